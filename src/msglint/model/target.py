"""The targets of rules, schedules and pipes: whose they are, and what kind of thing they lead to."""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from msglint.model.data import Data
from msglint.model.events import EventBus, Pipe, Rule, RuleTarget, Schedule, Target
from msglint.model.events_v2 import Subscriber
from msglint.model.fifo import is_fifo
from msglint.model.firehose import DeliveryStream
from msglint.model.lambda_ import Alias, Function, Version
from msglint.model.logs import LogGroup
from msglint.model.model import Model
from msglint.model.resource import Resource, hands_on
from msglint.model.sqs import Queue
from msglint.model.state_machine import StateMachine
from msglint.model.text import Reference, Text, segment
from msglint.model.value import Absent, Known, Mentions, Unknown, astray, literal, written
from msglint.verdict import NO, Doubt, Lookup, Reason, Verdict, any_of, of, unknown


class Kind(NamedTuple):
    """A kind of target: the types of its resources, and how its ARNs go on behind `arn:aws:`."""

    types: tuple[str, ...]
    service: str
    begin: str = ""
    """How the last segment of the ARN begins."""


QUEUE = Kind((Queue.KIND,), "sqs")
FUNCTION = Kind((Function.KIND, Alias.KIND, Version.KIND), "lambda")
STATE_MACHINE = Kind((StateMachine.KIND,), "states")
BUS = Kind((EventBus.KIND,), "events", "event-bus/")
LOG_GROUP = Kind((LogGroup.KIND,), "logs")
FIREHOSE = Kind((DeliveryStream.KIND,), "firehose")


def own_targets(owner: Rule | RuleTarget | Schedule) -> Iterator[Target]:
    """Give the targets that are written in a resource."""
    if isinstance(owner, Rule):
        yield from owner.targets()
    else:
        yield owner.target


def delivered(owner: Rule | RuleTarget | Schedule | Subscriber) -> Iterator[Target | Subscriber]:
    """Give what has retries and a dead-letter queue of its own: each target, and a subscriber as a whole."""
    if isinstance(owner, Subscriber):
        yield owner
    else:
        yield from own_targets(owner)


def targets(rule: Rule, model: Model) -> Iterator[Target]:
    """Give the targets of a rule, those that are resources of their own among them."""
    yield from rule.targets()
    for each in model.pointing(rule, RuleTarget, lambda target: (target.rule,)):
        found = model.find(each.rule, Rule, "name")
        if isinstance(found, Rule) and found.record.key == rule.record.key:
            yield each.target


def leads_to(destination: Data, kind: Kind, model: Model) -> Verdict:
    """Say whether an ARN leads to a thing of some kind."""
    value = destination.text()
    match value:
        case Absent():
            return NO
        case Unknown(reason=reason):
            return unknown(reason)
        case Mentions(references=references, complete=complete, reason=reason):
            answers = [_is_of(each, kind, model) for each in references]
            if complete and answers and all(answer == answers[0] for answer in answers):
                return of(answers[0]) if answers[0] is not None else unknown(reason)
            return unknown(reason)
        case Known(value=text, at=at):
            because = Reason(Doubt.OUTSIDE, astray(text), at, text.lookups)
            if text.refers is not None:
                answer = _is_of(text.refers, kind, model)
                return of(answer) if answer is not None else unknown(because)
            service, last = _segments(text)
            if service is None:
                return unknown(because)
            begins = last.starts_with(kind.begin, because) if last is not None else unknown(because)
            return of(service == kind.service) & begins
    raise AssertionError("a Value is one of four kinds")


def _segments(text: Text) -> tuple[str | None, Text | None]:
    """Give the service of an ARN and its last segment, as far as they can be told."""
    first = text.split(":", 3)
    service = first[2].literal_value if first is not None and len(first) > 3 else None  # arn, partition, service
    return service, segment(text, -1)


def _is_of(reference: Reference, kind: Kind, model: Model) -> bool | None:
    """Say whether an attribute is the ARN of such a thing; None where it may be the ARN of something else."""
    record = model.record(reference.resource)
    if record is None or hands_on(record.type):
        return None
    if record.type in kind.types:
        return True
    return False if reference.attribute in {"arn", ""} else None


Sender: TypeAlias = Rule | RuleTarget | Schedule | Pipe | Subscriber
SENDERS = (Rule, RuleTarget, Schedule, Pipe, Subscriber)
"""What of EventBridge sends to queues."""


class Sending(NamedTuple):
    """What may go to a queue, and how the sender groups it."""

    owner: Resource
    destination: Data
    group: Data
    deduplication: Data | None = None
    """The deduplication id, where the sender can give one."""
    parameters: Data | None = None
    """Where the parameters of each kind of target stand."""


def sendings(owner: Sender) -> Iterator[Sending]:
    """Give what a resource sends that a queue could get."""
    match owner:
        case Pipe():
            yield Sending(owner, owner.target, owner.message_group, owner.deduplication, owner.parameters)
        case Subscriber():
            given = owner.to_queue
            yield Sending(owner, owner.destination, given.get("MessageGroupId"), given.get("MessageDeduplicationId"))
        case _:
            for target in own_targets(owner):
                yield Sending(owner, target.destination, target.message_group, parameters=target.data)


_OF_OTHERS = (
    *("BatchParameters", "EcsParameters", "EventBridgeParameters", "HttpParameters", "KinesisParameters"),
    *("RedshiftDataParameters", "RunCommandParameters", "SageMakerPipelineParameters", "AppSyncParameters"),
    *("BatchJobParameters", "CloudWatchLogsParameters", "EcsTaskParameters", "EventBridgeEventBusParameters"),
    *("KinesisStreamParameters", "LambdaFunctionParameters", "StepFunctionStateMachineParameters"),
)
"""The parameters of targets that are no queues, of rules, schedules and pipes."""


class FifoQueue(NamedTuple):
    """What a sender sends to, and whether it is a FIFO queue."""

    is_one: Verdict
    queue: Queue | None
    """The queue, where this run makes it."""
    shown: str
    lookups: tuple[Lookup, ...] = ()
    """What is deployed and would tell more of it."""


def fifo(sending: Sending, model: Model) -> FifoQueue:
    """Say whether a destination is a FIFO queue."""
    value = sending.destination.text()
    found = model.find(value, Queue)
    if isinstance(found, Queue):
        return FifoQueue(is_fifo(value, Queue, model), found, str(found))
    is_one = leads_to(sending.destination, QUEUE, model)
    if is_one.is_unknown and sending.parameters is not None:
        is_one &= ~any_of(sending.parameters.get(name).exists() for name in _OF_OTHERS)
    # Of a name that nobody knows one reason is enough.
    is_one = is_one if is_one.is_unknown and literal(value) is None else is_one & is_fifo(value, Queue, model)
    lookups = found.reason.lookups if isinstance(found, Unknown) else ()
    return FifoQueue(is_one, None, str(value.value) if isinstance(value, Known) else "a queue", lookups)


def deduplicates(sending: Sending, found: FifoQueue) -> Verdict:
    """Say whether a FIFO queue can tell what is sent twice."""
    given = written(sending.deduplication.text()) if sending.deduplication is not None else NO
    if found.queue is not None:
        return given | found.queue.deduplicates_by_content.holds(bool)
    text = f"whether {found.shown} deduplicates by content cannot be told"
    return given | unknown(Reason(Doubt.OUTSIDE, text, sending.destination.at, found.lookups))
