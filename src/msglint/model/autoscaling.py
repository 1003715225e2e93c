"""Amazon EC2 Auto Scaling: the hooks and notifications that tell of instances which come and go."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.notifiers import Notifier
from msglint.model.resource import Resource


class LifecycleHook(Resource):
    """A lifecycle hook. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html."""

    KIND = "AWS::AutoScaling::LifecycleHook"
    __slots__ = ()

    def hooks(self) -> Iterator[Data]:
        """Give the hook: what is notified, and with which role."""
        yield self.properties


class Group(Notifier):
    """A group of instances, with the hooks and notifications that are written inside it."""

    KIND = "AWS::AutoScaling::AutoScalingGroup"
    HOOKS = "LifecycleHookSpecificationList"
    NOTIFICATIONS = ("NotificationConfigurations", "NotificationConfiguration")
    __slots__ = ()

    def hooks(self) -> Iterator[Data]:
        """Give its hooks."""
        yield from self.properties.get(self.HOOKS).elements().known

    def topics(self) -> Iterator[Data]:
        """Give the topics that are told of its instances."""
        several, one = self.NOTIFICATIONS
        for each in self.properties.get(several).elements().known:
            yield each.get("TopicARN")
        yield self.properties.get(one, "TopicARN")


class GroupNotification(Notifier):
    """What tells a topic of the instances of groups, as Terraform writes it."""

    KIND = "aws_autoscaling_notification"
    __slots__ = ()

    def topics(self) -> Iterator[Data]:
        """Give the topic."""
        yield self.properties.get("TopicARN")
