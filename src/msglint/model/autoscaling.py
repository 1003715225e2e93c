"""Amazon EC2 Auto Scaling: the hooks that tell of instances which come and go."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.resource import Resource


class LifecycleHook(Resource):
    """A lifecycle hook. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html."""

    KIND = "AWS::AutoScaling::LifecycleHook"
    __slots__ = ()

    def hooks(self) -> Iterator[Data]:
        """Give the hook: what is notified, and with which role."""
        yield self.properties


class Group(Resource):
    """A group of instances, with the hooks that are written inside it."""

    KIND = "AWS::AutoScaling::AutoScalingGroup"
    HOOKS = "LifecycleHookSpecificationList"
    __slots__ = ()

    def hooks(self) -> Iterator[Data]:
        """Give its hooks."""
        yield from self.properties.get(self.HOOKS).elements().known
