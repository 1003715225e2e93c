"""The edges that go through a role: a service assumes it, and the role sends or reads.

One row for each kind of edge. Here the role's policies decide, those of the far end beside them; what a row leaves open
AWS does not document, and it is unknown wherever it matters.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import msgspec

from msglint.model.apigateway import HttpApi, HttpIntegration, Method, RestApi
from msglint.model.autoscaling import Group, LifecycleHook
from msglint.model.codepipeline import Pipeline
from msglint.model.delivery import EVENTS, INVOKE, PUBLISH, SEND, SNS, Stance, Untold
from msglint.model.dynamodb import Table
from msglint.model.events import ApiDestination, EventBus, Pipe, Rule, RuleTarget, Schedule
from msglint.model.events_v2 import Subscriber
from msglint.model.firehose import DeliveryStream
from msglint.model.iot import TopicRule
from msglint.model.kinesis import Stream, StreamConsumer
from msglint.model.lambda_ import Alias, EventInvokeConfig, EventSourceMapping, Function, Version, function_of
from msglint.model.model import Model
from msglint.model.resource import Record, Resource, hands_on, what_hands_on
from msglint.model.role_uses import FAILURES, Part, RoleUse, role_uses
from msglint.model.s3 import Bucket
from msglint.model.sns import StandaloneSubscription, Topic
from msglint.model.sqs import Queue
from msglint.model.state_machine import StateMachine
from msglint.model.text import Text, matches, service_of
from msglint.model.value import Absent, Known, Mentions, Unknown, Value, astray, outside
from msglint.source import Place
from msglint.verdict import Doubt, Reason


class RoleEdge(msgspec.Struct, frozen=True):
    """One kind of edge through a role."""

    owner: type[Resource]
    part: Part
    destination: type[Resource]
    """The far end: where messages go, or, for a source, where they come from."""
    service: str
    """The service that assumes the role."""
    actions: tuple[str, ...]
    """What the role must be allowed to do there: all of it."""
    documentation: str
    perhaps: tuple[str, ...] = ()
    """Actions of which one may do in place of all those: which the service calls AWS does not say."""
    fifo: Stance = Stance.UNDOCUMENTED
    """Whether the far end may be a FIFO queue or topic."""
    other_region: Stance = Stance.UNDOCUMENTED
    """Whether it may be in another Region."""
    other_account: Stance = Stance.UNDOCUMENTED
    """Whether it may be in another account."""
    contested: bool = False
    """Whether AWS's pages contradict each other on whether the role counts, or the service's own name."""


_Needs: TypeAlias = Mapping[type[Resource], tuple[str, ...]]


def _rows(
    owner: type[Resource],
    part: Part,
    service: str,
    documentation: str,
    needs: _Needs,
    *,
    fifo: Mapping[type[Resource], Stance] | None = None,
    other_region: Stance = Stance.UNDOCUMENTED,
    other_account: Stance = Stance.UNDOCUMENTED,
) -> tuple[RoleEdge, ...]:
    """Give the rows of one owner and part, which differ in what the far end is and in what it needs."""
    return tuple(
        RoleEdge(
            owner,
            part,
            destination,
            service,
            actions,
            documentation,
            _INSTEAD.get(actions, ()),
            (fifo or {}).get(destination, Stance.UNDOCUMENTED),
            other_region,
            other_account,
        )
        for destination, actions in needs.items()
    )


_INSTEAD: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("kinesis:PutRecord",): ("kinesis:PutRecords",),
    ("firehose:PutRecord",): ("firehose:PutRecordBatch",),
    ("states:StartExecution",): ("states:StartSyncExecution",),
    ("states:StartSyncExecution",): ("states:StartExecution",),
}

_TO_QUEUE: _Needs = {Queue: (SEND,)}
_TO_TOPIC: _Needs = {Topic: (PUBLISH,)}
_TO_FUNCTION: _Needs = {Function: (INVOKE,)}
_TO_BUS: _Needs = {EventBus: ("events:PutEvents",)}
_TO_STREAMS: _Needs = {Stream: ("kinesis:PutRecord",), DeliveryStream: ("firehose:PutRecord",)}
_TO_STATE_MACHINE: _Needs = {StateMachine: ("states:StartExecution",)}
_TO_API: _Needs = {ApiDestination: ("events:InvokeApiDestination",)}
_TO_BUCKET: _Needs = {Bucket: ("s3:PutObject",)}
"""Where events go as objects of a bucket."""
_BY_SERVICE_TOO: _Needs = {**_TO_QUEUE, **_TO_TOPIC, **_TO_FUNCTION}
_MESSAGING: _Needs = {**_BY_SERVICE_TOO, **_TO_STREAMS, **_TO_STATE_MACHINE, **_TO_BUS}
_FROM_QUEUE: _Needs = {Queue: ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")}
# AWS's lists are longer. Its own policy templates leave some of it out, and pollers work all the same.
_FROM_STREAMS: _Needs = {
    Stream: ("kinesis:GetRecords", "kinesis:GetShardIterator"),
    Table: ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
}
_FROM_CONSUMER: _Needs = {StreamConsumer: ("kinesis:SubscribeToShard",)}

_QUEUES: Mapping[type[Resource], Stance] = {Queue: Stance.ALLOWED}
_NO_QUEUES: Mapping[type[Resource], Stance] = {Queue: Stance.REFUSED}
_EITHER: Mapping[type[Resource], Stance] = {Queue: Stance.ALLOWED, Topic: Stance.ALLOWED}
_NEITHER: Mapping[type[Resource], Stance] = {Queue: Stance.REFUSED, Topic: Stance.REFUSED}

SCHEDULER, PIPES, LAMBDA = "scheduler.amazonaws.com", "pipes.amazonaws.com", "lambda.amazonaws.com"

_RULES = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html"
_RULES_OR_POLICIES = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"
_SCHEDULED = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html"
_SCHEDULED_DLQ = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html"
_PIPED = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html"
_FIREHOSE = "https://docs.aws.amazon.com/sns/latest/dg/firehose-endpoints-prerequisites.html"
_ASYNC = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
_SQS_POLLED = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
_STREAM_POLLED = "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html"
_TABLE_POLLED = "https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html"
_SUBSCRIBERS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-subscribers.html"
_CALLING = "https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html"
_IOT_SQS = "https://docs.aws.amazon.com/iot/latest/developerguide/sqs-rule-action.html"
_IOT_ACTIONS = "https://docs.aws.amazon.com/iot/latest/developerguide/iot-rule-actions.html"
_HOOKED = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html"
_APPROVED = "https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-iam-permissions.html"
_POLLED_FAILURES = "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"


def _of_rule(owner: type[Resource]) -> tuple[RoleEdge, ...]:
    needs: _Needs = {**_TO_STREAMS, **_TO_STATE_MACHINE, **_TO_API}
    by_either = _rows(
        owner,
        Part.TARGET,
        EVENTS,
        _RULES_OR_POLICIES,
        _BY_SERVICE_TOO,
        fifo=_QUEUES,
        other_region=Stance.REFUSED,
        other_account=Stance.ALLOWED,
    )
    return (
        *(msgspec.structs.replace(row, contested=True) for row in by_either),
        *_rows(owner, Part.TARGET, EVENTS, _RULES, needs, other_region=Stance.REFUSED),
        *_rows(
            owner,
            Part.TARGET,
            EVENTS,
            _RULES,
            _TO_BUS,
            other_region=Stance.ALLOWED,
            other_account=Stance.ALLOWED,
        ),
    )


def _of_subscription(owner: type[Resource]) -> tuple[RoleEdge, ...]:
    documented: _Needs = {DeliveryStream: ("firehose:PutRecord",)}
    rows = _rows(owner, Part.TARGET, SNS, _FIREHOSE, documented)
    # Here the least that is needed is documented.
    return tuple(msgspec.structs.replace(row, perhaps=()) for row in rows)


_API, _IOT, _HOOKS, _APPROVALS = (
    "apigateway.amazonaws.com",
    "iot.amazonaws.com",
    "autoscaling.amazonaws.com",
    "codepipeline.amazonaws.com",
)
_CALLED: _Needs = {**_TO_QUEUE, **_TO_TOPIC, **_TO_STREAMS, **_TO_STATE_MACHINE}

ROLE_EDGES: tuple[RoleEdge, ...] = (
    *_of_rule(Rule),
    *_of_rule(RuleTarget),
    *_rows(Schedule, Part.TARGET, SCHEDULER, _SCHEDULED, _MESSAGING, fifo=_QUEUES),
    *_rows(Schedule, Part.DEAD_LETTER, SCHEDULER, _SCHEDULED_DLQ, _TO_QUEUE),
    *_rows(Pipe, Part.SOURCE, PIPES, _PIPED, {**_FROM_QUEUE, **_FROM_STREAMS, **_FROM_CONSUMER}, fifo=_QUEUES),
    *_rows(
        Pipe,
        Part.ENRICHMENT,
        PIPES,
        _PIPED,
        {**_TO_FUNCTION, **_TO_API, StateMachine: ("states:StartSyncExecution",)},
    ),
    *_rows(Pipe, Part.TARGET, PIPES, _PIPED, {**_MESSAGING, **_TO_API}, fifo=_QUEUES),
    *_rows(Pipe, Part.DEAD_LETTER, PIPES, _PIPED, {**_TO_QUEUE, **_TO_TOPIC}),
    *_rows(
        Subscriber,
        Part.TARGET,
        EVENTS,
        _SUBSCRIBERS,
        {**_BY_SERVICE_TOO, Stream: ("kinesis:PutRecord",), **_TO_STATE_MACHINE},
        fifo=_EITHER,
        other_account=Stance.REFUSED,
    ),
    *_rows(Subscriber, Part.DEAD_LETTER, EVENTS, _SUBSCRIBERS, _TO_QUEUE, fifo=_QUEUES),
    *_of_subscription(StandaloneSubscription),
    *_of_subscription(Topic),
    *_rows(Function, Part.DEAD_LETTER, LAMBDA, _ASYNC, {**_TO_QUEUE, **_TO_TOPIC}),
    *_rows(EventInvokeConfig, Part.ON_SUCCESS, LAMBDA, _ASYNC, {**_BY_SERVICE_TOO, **_TO_BUS}, fifo=_NEITHER),
    *_rows(
        EventInvokeConfig, Part.ON_FAILURE, LAMBDA, _ASYNC, {**_BY_SERVICE_TOO, **_TO_BUS, **_TO_BUCKET}, fifo=_NEITHER
    ),
    *_rows(
        EventSourceMapping,
        Part.SOURCE,
        LAMBDA,
        _SQS_POLLED,
        _FROM_QUEUE,
        fifo=_QUEUES,
        other_region=Stance.REFUSED,
        other_account=Stance.ALLOWED,
    ),
    *_rows(EventSourceMapping, Part.SOURCE, LAMBDA, _STREAM_POLLED, {**_FROM_STREAMS, **_FROM_CONSUMER}),
    *_rows(EventSourceMapping, Part.ON_FAILURE, LAMBDA, _POLLED_FAILURES, {**_TO_QUEUE, **_TO_TOPIC, **_TO_BUCKET}),
    *(
        row
        for kind in (Method, RestApi, HttpIntegration, HttpApi)
        for row in _rows(kind, Part.TARGET, _API, _CALLING, _CALLED, fifo=_EITHER)
    ),
    *_rows(TopicRule, Part.TARGET, _IOT, _IOT_SQS, _TO_QUEUE, fifo=_NEITHER, other_region=Stance.ALLOWED),
    *_rows(
        TopicRule,
        Part.TARGET,
        _IOT,
        _IOT_ACTIONS,
        {**_TO_TOPIC, **_TO_STREAMS, **_TO_STATE_MACHINE},
        fifo=_NEITHER,
    ),
    *_rows(LifecycleHook, Part.TARGET, _HOOKS, _HOOKED, {**_TO_QUEUE, **_TO_TOPIC}, fifo=_NO_QUEUES),
    *_rows(Group, Part.TARGET, _HOOKS, _HOOKED, {**_TO_QUEUE, **_TO_TOPIC}, fifo=_NO_QUEUES),
    *_rows(Pipeline, Part.TARGET, _APPROVALS, _APPROVED, _TO_TOPIC),
)

SERVICES: Mapping[str, str] = {row.owner.KIND: row.service for row in ROLE_EDGES}
"""Which service assumes the roles of each kind of owner."""

_KINDS: Mapping[str, type[Resource]] = {row.owner.KIND: row.owner for row in ROLE_EDGES}
OWNERS: tuple[type[Resource], ...] = tuple(_KINDS.values())
"""The resources that make edges through a role."""
GIVEN: Mapping[type[Resource], tuple[str, ...]] = {
    Rule: ("Targets",),
    Topic: ("Subscription",),
    Function: ("DeadLetterConfig",),
    EventInvokeConfig: ("DestinationConfig",),
    Group: (Group.HOOKS,),
}
"""The property without which such a resource makes none."""

_ROWS = {(row.owner.KIND, row.part, row.destination.KIND): row for row in ROLE_EDGES}
_FAR = {row.destination.KIND: row.destination for row in ROLE_EDGES} | {kind.KIND: kind for kind in (Alias, Version)}


class RoleDelivery(msgspec.Struct, frozen=True):
    """One edge through a role: `owner` is the resource that makes it, `at` the property that does.

    `destination` is the resource at the far end, or, where that is not of this run, its ARN.
    """

    row: RoleEdge
    owner: Resource
    at: Place
    role: Value[Text]
    destination: Resource | Text
    arn: Text
    """The ARN as it is written: of an alias, where an alias is named."""


def role_deliveries(owner: Resource, model: Model) -> Sequence[RoleDelivery | Untold]:
    """Give the edges that a resource makes through a role; one whose far end cannot be told is `Untold`.

    What is no messaging, such as a task of ECS, is no edge.
    """
    return model.once((role_deliveries, owner.record.key), lambda: tuple(_made(owner, model)))


def _made(owner: Resource, model: Model) -> Iterator[RoleDelivery | Untold]:
    for use in role_uses(owner, model):
        if isinstance(use.role, Absent):
            continue
        found = _named(use, use.kind, model) if use.kind is not None else _far_end(use.named, model)
        if isinstance(found, Unknown):
            yield Untold(owner, use.named.at, use.part in FAILURES, found.reason)
        elif found is not None:
            kind, destination, arn = found
            row = _ROWS.get((owner.KIND, use.part, kind.KIND))
            if row is not None:
                yield RoleDelivery(row, owner, use.named.at, use.role, destination, arn)


def _named(use: RoleUse, kind: type[Resource], model: Model) -> "_Far | Unknown | None":
    """Follow a name or URL, of whose kind the place that it stands in tells."""
    found = model.find(use.named, kind, use.attribute)
    if isinstance(found, Resource):
        return kind, found, found.arn
    return found if isinstance(found, Unknown) else None


_Far: TypeAlias = tuple[type[Resource], Resource | Text, Text]


def _far_end(value: Value[Text], model: Model) -> _Far | Unknown | None:
    """Follow an ARN to the far end of an edge; None where it belongs to something else, or nothing is written."""
    match value:
        case Absent():
            return None
        case Unknown():
            return value
        case Mentions(references=references) if references:
            records = [record for each in references if (record := model.record(each.resource)) is not None]
            kinds = {record.type for record in records}
            if not kinds & _FAR.keys():
                return None
            kind = _FAR[kinds.pop()] if len(kinds) == 1 else None
            return _found(value, kind, model) if kind is not None else Unknown(value.reason, value.at)
        case Mentions(reason=reason, at=at):
            return Unknown(reason, at)
        case Known(value=text, at=at) if text.refers is not None:
            record = model.record(text.refers.resource)
            if record is not None and hands_on(record.type):
                return outside(f"{text} is an output of {what_hands_on(record.type)}", at)
            kind = _FAR.get(record.type) if record is not None else None
            return _found(value, kind, model) if kind is not None else None
        case Known(value=text, at=at):
            return _by_arn(value, text, at, model)
    raise AssertionError("a Value is one of four kinds")


def _found(value: Known[Text] | Mentions, kind: type[Resource], model: Model) -> _Far | Unknown:
    found = model.find(value, kind, _attribute(kind))
    if isinstance(found, Absent):
        return outside("nothing is named here", value.at)
    if isinstance(found, Unknown):
        return found
    # An alias or version is called as its function is.
    row = Function if isinstance(found, Alias) else kind
    return row, found, found.record.part.attribute(found.id, _attribute(kind))


def _attribute(kind: type[Resource]) -> str:
    """Give the attribute by which something is a far end: of a table it is its stream."""
    return "stream_arn" if kind is Table else "arn"


def _by_arn(value: Known[Text], text: Text, at: Place, model: Model) -> _Far | Unknown | None:
    """Tell by its form what an ARN belongs to that may be of no resource here."""
    because = Reason(Doubt.OUTSIDE, astray(text), at, text.lookups)
    doubtful = False
    service = service_of(text)
    for pattern, kind in _FORMS.items():
        if service is not None and pattern.split(":")[2] != service:
            continue
        fits = matches(Text.literal(pattern), text, because)
        if fits.is_yes:
            found = _invoked(value, model) if kind is Function else model.find(value, kind, _attribute(kind))
            return kind, found if isinstance(found, Resource) else text, text
        doubtful |= fits.is_unknown
    return Unknown(because, at) if doubtful else None


def _invoked(value: Value[Text], model: Model) -> Resource | Absent[Text] | Unknown:
    """Follow an ARN to the alias or version that it names, which has a policy of its own; else to the function."""
    named = (model.find(value, kind) for kind in (Alias, Version))
    return next((each for each in named if isinstance(each, Alias)), None) or function_of(value, model)


_FORMS: Mapping[str, type[Resource]] = {
    "arn:*:sqs:*:*:*": Queue,
    "arn:*:sns:*:*:*": Topic,
    "arn:*:lambda:*:*:function:*": Function,
    "arn:*:kinesis:*:*:stream/*/consumer/*": StreamConsumer,
    "arn:*:kinesis:*:*:stream/*": Stream,
    "arn:*:firehose:*:*:deliverystream/*": DeliveryStream,
    "arn:*:states:*:*:stateMachine:*": StateMachine,
    "arn:*:events:*:*:event-bus/*": EventBus,
    "arn:*:events:*:*:api-destination/*": ApiDestination,
    "arn:*:dynamodb:*:*:table/*/stream/*": Table,
    "arn:*:s3:::*": Bucket,
}
"""What an ARN of each form belongs to: the first that fits."""


def owner_of(record: Record) -> Resource | None:
    """Give a record as the owner of edges through a role; None where it is none."""
    kind = _KINDS.get(record.type)
    return kind(record) if kind is not None else None
