"""Amazon EventBridge with subscribers, its second generation: what subscribes to buses."""

from msglint.model.data import Data
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Known, Value


class Subscriber(Resource):
    """What sends events of a bus to one target. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-subscribers.html."""

    KIND = "AWS::EventsV2::Subscriber"
    INVOKE = "InvokeConfiguration"
    __slots__ = ()

    @property
    def role(self) -> Value[Text]:
        """The ARN of the role that EventBridge assumes, for the target and for what fails."""
        return self.properties.get(self.INVOKE, "RoleArn").text()

    @property
    def target(self) -> Value[Text]:
        """The ARN of the target, with the version or alias of a function."""
        target = self.properties.get(self.INVOKE, "TargetArn").text()
        qualifier = self.properties.get(self.INVOKE, "LambdaParameters", "Qualifier").text()
        if isinstance(target, Known) and isinstance(qualifier, Known):
            return Known(Text.of(Text(target.value.parts), ":", qualifier.value), target.at)
        return target

    @property
    def destination(self) -> Data:
        """The ARN that events are sent to."""
        return self.properties.get(self.INVOKE, "TargetArn")

    @property
    def attempts(self) -> Data:
        """How often EventBridge tries again; 5 times unless set, and no longer than five minutes.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-custom-bus-retry.html
        """
        return self.properties.get("RetryPolicy", "MaxRetryAttempts")

    @property
    def to_queue(self) -> Data:
        """How messages for a queue are grouped and told apart: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-custom-bus-target-sqs.html."""
        return self.properties.get(self.INVOKE, "SqsParameters")

    @property
    def dead_letter(self) -> Data:
        """The ARN of the queue for events that could not be delivered."""
        return self.properties.get("OnFailureConfiguration", "Arn")
