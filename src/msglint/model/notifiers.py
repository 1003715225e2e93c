"""What publishes to topics in the name of its service, and sends to nothing else that msglint knows."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.resource import Resource
from msglint.model.value import says


class Notifier(Resource):
    """A resource that makes its service publish to topics."""

    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topics that are published to, by ARN."""
        raise NotImplementedError


class DatabaseEvents(Notifier):
    """A subscription to events of databases. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateEventSubscription.html."""

    KIND = "AWS::RDS::EventSubscription"
    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topic."""
        yield self.properties.get("SnsTopicArn")


class CacheCluster(Notifier):
    """A cluster of ElastiCache."""

    KIND = "AWS::ElastiCache::CacheCluster"
    TOPIC = "NotificationTopicArn"
    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topic."""
        yield self.properties.get(self.TOPIC)


class ReplicationGroup(CacheCluster):
    """A replication group of ElastiCache."""

    KIND = "AWS::ElastiCache::ReplicationGroup"
    __slots__ = ()


class MailEvents(Notifier):
    """An event destination of a configuration set of SES."""

    KIND = "AWS::SES::ConfigurationSetEventDestination"
    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topic."""
        yield self.properties.get("EventDestination", "SnsDestination", "TopicARN")


class MailIdentity(Notifier):
    """The topic for bounces, complaints or deliveries of a sender of SES, as Terraform writes it."""

    KIND = "aws_ses_identity_notification_topic"
    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topic."""
        yield self.properties.get("SnsTopic")


class ReceiptRule(Notifier):
    """A rule of SES for incoming mail; each of its actions may publish to a topic."""

    KIND = "AWS::SES::ReceiptRule"
    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topics of the actions."""
        for action in self.properties.get("Rule", "Actions").elements().known:
            for kind in action.fields().values():
                # The provider has a block for each action, and so several of a kind.
                for member in kind.elements().known:
                    yield member.get("TopicArn")


class Trail(Notifier):
    """A trail of CloudTrail, which may name its topic by its name alone."""

    KIND = "AWS::CloudTrail::Trail"
    TOPIC = "SnsTopicName"
    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topic."""
        yield self.properties.get(self.TOPIC)


class DeliveryChannel(Notifier):
    """The delivery channel of AWS Config."""

    KIND = "AWS::Config::DeliveryChannel"
    TOPIC = "SnsTopicARN"
    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topic."""
        yield self.properties.get(self.TOPIC)


class NotificationRule(Notifier):
    """A notification rule of the developer tools."""

    KIND = "AWS::CodeStarNotifications::NotificationRule"
    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topics among the targets, which may be chat clients too."""
        for target in self.properties.get("Targets").elements().known:
            if not says(target.get("TargetType").text("SNS"), "SNS").is_no:
                yield target.get("TargetAddress")


class Budget(Notifier):
    """A budget."""

    KIND = "AWS::Budgets::Budget"
    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topics among the subscribers, who may be people too."""
        for notification in self.properties.get("NotificationsWithSubscribers").elements().known:
            for subscriber in notification.get("Subscribers").elements().known:
                if not subscriber.fields():
                    # The provider lists the ARNs of topics apart.
                    yield subscriber
                elif not says(subscriber.get("SubscriptionType").text(), "SNS").is_no:
                    yield subscriber.get("Address")


class TextMessages(Notifier):
    """A configuration set of AWS End User Messaging SMS."""

    KIND = "AWS::SMSVOICE::ConfigurationSet"
    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topics of its event destinations."""
        for destination in self.properties.get("EventDestinations").elements().known:
            yield destination.get("SnsDestination", "TopicArn")


NOTIFIERS: tuple[type[Notifier], ...] = (
    DatabaseEvents,
    CacheCluster,
    ReplicationGroup,
    MailEvents,
    MailIdentity,
    ReceiptRule,
    Trail,
    DeliveryChannel,
    NotificationRule,
    Budget,
    TextMessages,
)
