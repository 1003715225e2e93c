"""Amazon EventBridge: rules with their targets, and buses; Scheduler and Pipes."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value


class Target:
    """What a rule sends its events to, written inside the rule or as a resource of its own."""

    __slots__ = ("data", "owner")

    def __init__(self, owner: Resource, data: Data) -> None:
        self.owner = owner
        self.data = data

    @property
    def destination(self) -> Data:
        """The ARN that events are sent to."""
        return self.data.get("Arn")

    @property
    def role(self) -> Value[Text]:
        """The ARN of the role that EventBridge assumes for this target; absent: it sends as a service."""
        return self.data.get("RoleArn").text()

    @property
    def dead_letter(self) -> Data:
        """The ARN of the queue for events that cannot be delivered."""
        return self.data.get("DeadLetterConfig", "Arn")


class Rule(Resource):
    """A rule. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html."""

    KIND = "AWS::Events::Rule"
    __slots__ = ()

    def targets(self) -> Iterator[Target]:
        """Give the targets that are written inside the rule."""
        for data in self.properties.get("Targets").elements().known:
            yield Target(self, data)


class RuleTarget(Resource):
    """A target that is a resource of its own, as Terraform writes it."""

    KIND = "aws_cloudwatch_event_target"
    __slots__ = ()

    @property
    def rule(self) -> Value[Text]:
        """The name of the rule."""
        return self.properties.get("Rule").text()

    @property
    def target(self) -> Target:
        """The target."""
        return Target(self, self.properties)


class EventBus(Resource):
    """An event bus."""

    KIND = "AWS::Events::EventBus"
    __slots__ = ()

    @property
    def policy(self) -> Data:
        """The policy that is written inside the bus."""
        return self.properties.get("Policy")


class EventBusPolicy(Resource):
    """A statement of a bus's policy. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html."""

    KIND = "AWS::Events::EventBusPolicy"
    __slots__ = ()


class Schedule(Resource):
    """A schedule of EventBridge Scheduler."""

    KIND = "AWS::Scheduler::Schedule"
    __slots__ = ()

    @property
    def target(self) -> Target:
        """The schedule's target; its role also writes to the dead-letter queue."""
        return Target(self, self.properties.get("Target"))


class Pipe(Resource):
    """A pipe of EventBridge Pipes."""

    KIND = "AWS::Pipes::Pipe"
    __slots__ = ()

    @property
    def role(self) -> Value[Text]:
        """The ARN of the role that the pipe assumes."""
        return self.properties.get("RoleArn").text()
