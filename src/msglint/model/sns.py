"""Amazon SNS: topics and subscriptions."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Known, Value, not_empty, says
from msglint.source import Place
from msglint.verdict import Verdict

PROGRAMS = ("sqs", "lambda", "firehose", "http", "https")


class Topic(Resource):
    """A topic. https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html."""

    KIND = "AWS::SNS::Topic"
    KEY = ("KmsMasterKeyId",)
    AWS_MANAGED_KEY = "alias/aws/sns"
    __slots__ = ()

    @property
    def fifo(self) -> Value[bool]:
        """Whether this is a FIFO topic."""
        return self.properties.get("FifoTopic").boolean(False)

    @property
    def policy(self) -> Data:
        """The policy that is written inside the topic."""
        return self.properties.get("Policy")

    def subscriptions(self) -> Iterator["Subscription"]:
        """Give the subscriptions that are written inside the topic."""
        for entry in self.properties.get("Subscription").elements().known:
            yield Subscription(self, entry)

    @property
    def key(self) -> Value[Text]:
        """The KMS key; absent: messages are not encrypted with KMS."""
        return not_empty(self.properties.get(*self.KEY).text())


class Subscription:
    """A subscription, written as a resource of its own or inside its topic."""

    __slots__ = ("data", "owner")

    def __init__(self, owner: Resource, data: Data) -> None:
        self.owner = owner
        self.data = data

    @property
    def at(self) -> Place:
        """Where the subscription is written."""
        return self.owner.at if isinstance(self.owner, StandaloneSubscription) else self.data.at

    @property
    def protocol(self) -> Value[Text]:
        """How SNS delivers: sqs, lambda, firehose, https and so on."""
        return self.data.get("Protocol").text()

    @property
    def endpoint(self) -> Value[Text]:
        """Where SNS delivers to: an ARN, a URL, an address or a number."""
        return self.data.get("Endpoint").text()

    @property
    def by_http(self) -> Verdict:
        """Whether SNS delivers without TLS; where the protocol is not known, the address tells."""
        protocol, endpoint = says(self.protocol, "http"), self.endpoint
        if not protocol.is_unknown or not isinstance(endpoint, Known):
            return protocol
        return protocol if (by_address := endpoint.value.starts_with("http://")).is_unknown else by_address

    @property
    def dead_letter(self) -> Data:
        """The ARN of the queue for messages that cannot be delivered."""
        return self.data.get("RedrivePolicy", "deadLetterTargetArn")

    @property
    def reaches_programs(self) -> Verdict:
        """Whether messages go to a programme, and not to a person's mailbox or telephone."""
        return says(self.protocol, *PROGRAMS)

    @property
    def role(self) -> Value[Text]:
        """The ARN of the role with which SNS writes to Firehose."""
        return self.data.get("SubscriptionRoleArn").text()


class StandaloneSubscription(Resource):
    """A subscription that is a resource of its own."""

    KIND = "AWS::SNS::Subscription"
    __slots__ = ()

    @property
    def topic(self) -> Value[Text]:
        """The ARN of the topic."""
        return self.properties.get("TopicArn").text()

    @property
    def subscription(self) -> Subscription:
        """The subscription that it makes."""
        return Subscription(self, self.properties)
