"""Roles at work: what a resource reaches through a role, and with which."""

import enum
from collections.abc import Iterator
from typing import NamedTuple

from msglint.model.apigateway import HttpIntegration, Method, RestApi
from msglint.model.autoscaling import Group, LifecycleHook
from msglint.model.codepipeline import Pipeline
from msglint.model.data import Data
from msglint.model.delivery import Found
from msglint.model.events import EventBus, Pipe, Rule, RuleTarget, Schedule, Target
from msglint.model.events_v2 import Subscriber
from msglint.model.firehose import DeliveryStream
from msglint.model.iot import TopicRule
from msglint.model.kinesis import Stream
from msglint.model.lambda_ import EventInvokeConfig, EventSourceMapping, Function, function_of
from msglint.model.model import Model
from msglint.model.polling import STREAMS, Poller, SourceKind, source
from msglint.model.resource import Resource
from msglint.model.sns import StandaloneSubscription, Subscription, Topic
from msglint.model.sqs import Queue
from msglint.model.state_machine import StateMachine
from msglint.model.text import Text
from msglint.model.value import Absent, Unknown, Value, outside


class Part(enum.Enum):
    """What the far end of an edge is to its owner."""

    SOURCE = "source"
    ENRICHMENT = "enrichment"
    TARGET = "target"
    DEAD_LETTER = "dead-letter queue"
    ON_SUCCESS = "on-success destination"
    ON_FAILURE = "on-failure destination"


FAILURES = frozenset({Part.DEAD_LETTER, Part.ON_FAILURE})
"""What takes messages that could not be delivered."""


class RoleUse(NamedTuple):
    """A role at work; what it reaches is `named` by its ARN, or, where it can only be of one kind, otherwise."""

    part: Part
    named: Value[Text]
    role: Value[Text]
    """The ARN of the role; absent where there is none, and the service may come in its own name."""
    kind: type[Resource] | None = None
    attribute: str = "arn"
    """Which attribute of that kind `named` is: its ARN, name or URL."""


def role_uses(owner: Resource, model: Model) -> Iterator[RoleUse]:
    """Give what a resource reaches through a role, whether or not it is messaging."""
    match owner:
        case Rule():
            for target in owner.targets():
                yield RoleUse(Part.TARGET, target.destination.text(), _role_of_target(target, owner))
        case RuleTarget(target=target):
            role = _role_of_target(target, model.find(owner.rule, Rule, "name"))
            yield RoleUse(Part.TARGET, target.destination.text(), role)
        case Schedule(target=target):
            yield RoleUse(Part.TARGET, target.destination.text(), target.role)
            yield from _written(Part.DEAD_LETTER, target.dead_letter, target.role)
        case Pipe(role=role):
            yield from _polled(owner, role, model)
            yield from _written(Part.ENRICHMENT, owner.enrichment, role)
            yield RoleUse(Part.TARGET, owner.target.text(), role)
            for dead_letter in owner.dead_letters():
                yield from _written(Part.DEAD_LETTER, dead_letter, role)
        case Subscriber(role=role):
            yield RoleUse(Part.TARGET, owner.target, role)
            yield from _written(Part.DEAD_LETTER, owner.dead_letter, role)
        case StandaloneSubscription():
            yield from _subscribed(owner.subscription)
        case Topic():
            for subscription in owner.subscriptions():
                yield from _subscribed(subscription)
        case _:
            yield from _of_others(owner, model)


def _of_others(owner: Resource, model: Model) -> Iterator[RoleUse]:
    match owner:
        case Function():
            yield from _written(Part.DEAD_LETTER, owner.dead_letter, owner.role)
        case EventInvokeConfig():
            for part, data in ((Part.ON_SUCCESS, owner.on_success), (Part.ON_FAILURE, owner.on_failure)):
                yield from _written(part, data, _execution_role(owner, model))
        case EventSourceMapping():
            yield from _polled(owner, _execution_role(owner, model), model)
            yield from _written(Part.ON_FAILURE, owner.on_failure, _execution_role(owner, model))
        case Method() | HttpIntegration() | RestApi():
            calls = (call for integration in owner.integrations() for call in integration.calls())
            for service, named, attribute, role in calls:
                yield RoleUse(Part.TARGET, named, role, _CALLED.get(service), attribute)
        case TopicRule():
            for name, action in owner.actions(_IOT):
                kind, property_, attribute = _IOT[name]
                role = action.get("RoleArn").text()
                yield RoleUse(Part.TARGET, action.get(property_).text(), role, kind, attribute)
        case LifecycleHook() | Group():
            for hook in owner.hooks():
                yield from _written(Part.TARGET, hook.get("NotificationTargetARN"), hook.get("RoleARN").text())
        case Pipeline():
            for topic in owner.approvals():
                yield from _written(Part.TARGET, topic, owner.role)
        case _:
            return


_CALLED: dict[str, type[Resource]] = {
    "sqs": Queue,
    "sns": Topic,
    "kinesis": Stream,
    "firehose": DeliveryStream,
    "states": StateMachine,
    "events": EventBus,
}
_IOT: dict[str, tuple[type[Resource], str, str]] = {
    "Sqs": (Queue, "QueueUrl", "url"),
    "Sns": (Topic, "TargetArn", "arn"),
    "Kinesis": (Stream, "StreamName", "name"),
    "Firehose": (DeliveryStream, "DeliveryStreamName", "name"),
    "StepFunctions": (StateMachine, "StateMachineName", "name"),
}
"""What an action of IoT sends to, and how it is named there."""


def _written(part: Part, data: Data, role: Value[Text]) -> Iterator[RoleUse]:
    if not data.exists().is_no:
        yield RoleUse(part, data.text(), role)


def _polled(poller: Poller, role: Value[Text], model: Model) -> Iterator[RoleUse]:
    """Give what is polled; what brokers and clusters need of a role is another question than what queues do."""
    read = source(poller, model)
    if isinstance(read, Unknown) or read.kind is SourceKind.QUEUE or read.kind in STREAMS:
        yield from _written(Part.SOURCE, poller.source, role)


def _role_of_target(target: Target, rule: Found) -> Value[Text]:
    if isinstance(target.role, Absent) and isinstance(rule, Rule) and not isinstance(rule.role, Absent):
        at = rule.role.at
        return outside("AWS does not say whether a target without a role is reached by that of its rule", at)
    return target.role


def _subscribed(subscription: Subscription) -> Iterator[RoleUse]:
    yield from _written(Part.TARGET, subscription.data.get("Endpoint"), subscription.role)


def _execution_role(owner: EventInvokeConfig | EventSourceMapping, model: Model) -> Value[Text]:
    """Give the execution role of the function that something works for."""
    function = function_of(owner.function, model)
    if isinstance(function, Function):
        # A function has a role, also where nobody can read which.
        role = function.role
        return outside(f"no role of {function} is written here", role.at) if isinstance(role, Absent) else role
    return function if isinstance(function, Unknown) else outside("no function is named here", owner.at)
