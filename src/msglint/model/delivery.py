"""The edges: who sends to whom, in whose name, and what AWS documents about the call.

One row for each kind of edge. What a row leaves open AWS does not document, and it is unknown wherever it matters.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import msgspec

from msglint.model.access import Permission, QueueInlinePolicy, QueuePolicy, TopicInlinePolicy, TopicPolicy
from msglint.model.cloudwatch import Alarm
from msglint.model.data import Data
from msglint.model.events import Rule, RuleTarget, Target
from msglint.model.lambda_ import Function
from msglint.model.model import Model
from msglint.model.policy import Policy, read_policy
from msglint.model.resource import HANDS, UNREAD, Mention, Record, Resource
from msglint.model.s3 import Bucket, BucketNotification
from msglint.model.sns import StandaloneSubscription, Subscription, Topic
from msglint.model.sqs import Queue
from msglint.model.text import Text, same
from msglint.model.value import Absent, Known, Mentions, Unknown, Value, effective, not_understood, outside, says
from msglint.source import Place
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, any_of, of, unknown

Found: TypeAlias = Resource | Absent[Text] | Unknown
"""What an ARN or name leads to."""

_EVENTBRIDGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"
_EVENTBRIDGE_DLQ = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"
_EVENTBRIDGE_KEYS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/policy-keys-eventbridge.html"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"
_SNS = "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html"
_SNS_DLQ = "https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html"
_SNS_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html"
_ALARM = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"

SEND, PUBLISH, INVOKE = "sqs:SendMessage", "sns:Publish", "lambda:InvokeFunction"
EVENTS, S3, SNS, CLOUDWATCH = (
    "events.amazonaws.com",
    "s3.amazonaws.com",
    "sns.amazonaws.com",
    "cloudwatch.amazonaws.com",
)


class Key(enum.Enum):
    """Whether a sender puts a condition key into its calls."""

    SENT = "sent"
    ABSENT = "absent"
    UNDOCUMENTED = "undocumented"


class Support(enum.Enum):
    """Whether AWS documents that a delivery works in some circumstances."""

    WORKS = "works"
    REFUSED = "refused"
    UNDOCUMENTED = "undocumented"

    def refuses(self, because: Reason) -> Verdict:
        """Say whether it does not work there; if AWS is silent, for the given reason."""
        return unknown(because) if self is Support.UNDOCUMENTED else of(self is Support.REFUSED)


class EdgeKind(msgspec.Struct, frozen=True):
    """One way of delivery in a service's own name. What is left out AWS does not document."""

    source: type[Resource]
    destination: type[Resource]
    service: str
    action: str
    documentation: str
    dead_letter: bool = False
    source_arn: Key = Key.SENT
    source_account: Key = Key.SENT
    source_owner: Key = Key.ABSENT
    """Whether the old key `aws:SourceOwner` is sent, by which a topic's default policy lets services in."""
    fifo: Support = Support.UNDOCUMENTED
    """To a FIFO queue or topic."""
    other_region: Support = Support.UNDOCUMENTED
    """To a destination in another Region."""
    other_account: Support = Support.UNDOCUMENTED
    """To a destination of another account, in the service's own name."""
    encrypted: Support = Support.WORKS
    """To a destination on a customer managed key that lets the service in."""
    key_conditions: Support = Support.UNDOCUMENTED
    """With conditions on the source in the policy of that key."""
    doubt: str = ""
    """Why a destination that lets nobody in proves nothing; empty where it is documented who calls."""


EDGES = (
    EdgeKind(
        *(Bucket, Queue, S3, SEND, _S3),
        fifo=Support.REFUSED,
        other_region=Support.REFUSED,
        key_conditions=Support.WORKS,
    ),
    EdgeKind(Bucket, Topic, S3, PUBLISH, _S3, fifo=Support.REFUSED, other_region=Support.REFUSED),
    EdgeKind(Bucket, Function, S3, INVOKE, _S3),
    # Which topics a FIFO queue takes messages of depends on the topic.
    EdgeKind(
        *(Topic, Queue, SNS, SEND, _SNS),
        source_account=Key.UNDOCUMENTED,
        other_region=Support.WORKS,
        other_account=Support.WORKS,
        key_conditions=Support.WORKS,
    ),
    EdgeKind(*(Topic, Function, SNS, INVOKE, _SNS_LAMBDA), source_account=Key.UNDOCUMENTED, other_region=Support.WORKS),
    EdgeKind(
        *(Topic, Queue, SNS, SEND, _SNS_DLQ),
        dead_letter=True,
        source_account=Key.UNDOCUMENTED,
        other_region=Support.REFUSED,
        other_account=Support.REFUSED,
        key_conditions=Support.WORKS,
    ),
    EdgeKind(
        *(Rule, Queue, EVENTS, SEND, _EVENTBRIDGE),
        fifo=Support.WORKS,
        other_region=Support.REFUSED,
        key_conditions=Support.WORKS,
    ),
    EdgeKind(Rule, Topic, EVENTS, PUBLISH, _EVENTBRIDGE, key_conditions=Support.REFUSED),
    EdgeKind(Rule, Function, EVENTS, INVOKE, _EVENTBRIDGE, source_account=Key.UNDOCUMENTED),
    # The page on dead-letter queues shows the ARN; the one on condition keys lists both keys for rules.
    EdgeKind(
        *(Rule, Queue, EVENTS, SEND, f"{_EVENTBRIDGE_DLQ} {_EVENTBRIDGE_KEYS}"),
        dead_letter=True,
        fifo=Support.REFUSED,
        other_region=Support.REFUSED,
        other_account=Support.WORKS,
        key_conditions=Support.WORKS,
    ),
    EdgeKind(*(Alarm, Topic, CLOUDWATCH, PUBLISH, _ALARM), source_owner=Key.SENT, key_conditions=Support.WORKS),
)


class Edge(msgspec.Struct, frozen=True):
    """One delivery: `owner` is the resource that makes it, `at` the property that does."""

    kind: EdgeKind
    owner: Resource
    at: Place
    source: Resource
    destination: Resource


class Untold(msgspec.Struct, frozen=True):
    """A delivery of which one end lies outside the run or cannot be told."""

    owner: Resource
    at: Place
    dead_letter: bool
    reason: Reason


DESTINATIONS: Mapping[str, type[Resource]] = {kind.KIND: kind for kind in (Queue, Topic, Function)}
_SERVICES: Mapping[str, tuple[type[Resource], ...]] = {
    "sqs": (Queue,),
    "sns": (Topic,),
    "lambda": (Function,),
}
_PROTOCOLS = {"sqs": Queue.KIND, "lambda": Function.KIND}

DEAD_LETTER_OWNERS = (Rule, RuleTarget, StandaloneSubscription, Topic)
"""The resources that give their deliveries a dead-letter queue."""

SENDERS = (*DEAD_LETTER_OWNERS, Bucket, BucketNotification, Alarm)
"""The resources that make edges."""


def edges(owner: Resource, model: Model) -> Iterator[Edge | Untold]:
    """Give the deliveries that a resource makes in a service's own name; those through a role are not among them."""
    match owner:
        case Rule():
            for target in owner.targets():
                yield from _of_target(target, owner, model)
        case RuleTarget():
            yield from _of_target(owner.target, model.find(owner.rule, Rule, "name"), model)
        case StandaloneSubscription():
            yield from _of_subscription(owner.subscription, model.find(owner.topic, Topic), model)
        case Topic():
            for subscription in owner.subscriptions():
                yield from _of_subscription(subscription, owner, model)
        case Bucket():
            for destination in owner.notified():
                yield from _edge(owner, owner, destination, model)
        case BucketNotification():
            bucket = model.find(owner.bucket.text(), Bucket, "name")
            for destination in owner.notified():
                yield from _edge(owner, bucket, destination, model)
        case Alarm():
            for action in owner.actions():
                yield from _edge(owner, owner, action, model)
        case _:
            return


def deliveries_to(resource: Resource, model: Model) -> Iterator[Edge]:
    """Give the deliveries to a resource, of the senders that name it."""
    kinds = {kind.KIND: kind for kind in SENDERS}
    for by in dict.fromkeys(mention.by for mention in resource.mentions() if mention.by != resource.id):
        record = model.record((resource.record.part.key, by))
        if record is None or record.type not in kinds or not record.part.exists(by):
            continue
        for edge in edges(kinds[record.type](record), model):
            if isinstance(edge, Edge) and edge.destination.record.key == resource.record.key:
                yield edge


def attached_to(owner: QueuePolicy | TopicPolicy, model: Model) -> tuple[list[Resource], Unknown | None]:
    """Give the queues or topics that a policy is attached to, and why there may be others."""
    found: list[Resource] = []
    rest: Unknown | None = None
    for end in _ends(owner, model):
        if isinstance(end, Resource):
            found.append(end)
        elif isinstance(end, Unknown):
            rest = end
    return found, rest


def _ends(owner: QueuePolicy | TopicPolicy, model: Model) -> Sequence[Found]:
    """Give what each entry of a policy's list of queues or topics leads to, and first why entries may be missing."""
    return model.once(("ends", owner.record.key), lambda: tuple(_listed(owner, model)))


def _listed(owner: QueuePolicy | TopicPolicy, model: Model) -> Iterator[Found]:
    kind, attribute = (Queue, "url") if isinstance(owner, QueuePolicy) else (Topic, "arn")
    listed = owner.properties.get(owner.ATTACHED).elements()
    if listed.rest is not None:
        yield Unknown(listed.rest.reason, listed.rest.at)
    for element in listed.known:
        yield model.find(element.text(), kind, attribute)


def _of_target(target: Target, rule: Found, model: Model) -> Iterator[Edge | Untold]:
    yield from _edge(target.owner, rule, target.dead_letter, model, dead_letter=True)
    # A target with a role is sent to by the role, and so perhaps are all targets of a rule with one.
    if isinstance(target.role, Absent) and not (isinstance(rule, Rule) and not isinstance(rule.role, Absent)):
        yield from _edge(target.owner, rule, target.destination, model)


def _of_subscription(subscription: Subscription, topic: Found, model: Model) -> Iterator[Edge | Untold]:
    yield from _edge(subscription.owner, topic, subscription.dead_letter, model, dead_letter=True)
    protocol = effective(subscription.protocol)
    literal = protocol.literal_value if protocol is not None else None
    if literal is None or literal in _PROTOCOLS:
        yield from _edge(subscription.owner, topic, subscription.data.get("Endpoint"), model)


def _edge(
    owner: Resource, source: Found, written: Data, model: Model, *, dead_letter: bool = False
) -> Iterator[Edge | Untold]:
    value = written.text()
    destination = _destination(value, model)
    if destination is None or isinstance(source, Absent):
        return
    if isinstance(source, Unknown) or isinstance(destination, Unknown):
        blind = source if isinstance(source, Unknown) else destination
        if isinstance(blind, Unknown) and (dead_letter or not owner.record.permitted):
            yield Untold(owner, value.at, dead_letter, blind.reason)
        return
    for kind in EDGES:
        ends = isinstance(source, kind.source) and isinstance(destination, kind.destination)
        if ends and kind.dead_letter == dead_letter:
            yield Edge(kind, owner, value.at, source, destination)
            return


def _destination(value: Value[Text], model: Model) -> Resource | Unknown | None:
    """Follow an ARN to a queue, topic or function; None where it belongs to something else, or nothing is written."""
    match value:
        case Absent():
            return None
        case Unknown():
            return value
        case Mentions(references=references) if references:
            types = {record.type for each in references if (record := model.record(each.resource)) is not None}
            kinds = [DESTINATIONS[type_] for type_ in types if type_ in DESTINATIONS]
            if not kinds:
                return None
            found = model.find(value, kinds[0]) if len(kinds) == 1 else Unknown(value.reason, value.at)
            return None if isinstance(found, Absent) else found
        case Mentions(reason=reason, at=at):
            return Unknown(reason, at)
        case Known(value=text, at=at):
            return _named(value, text, at, model)


def _named(value: Known[Text], text: Text, at: Place, model: Model) -> Resource | Unknown | None:
    if text.refers is not None:
        record = model.record(text.refers.resource)
        if record is not None and record.type == "AWS::CloudFormation::Stack":
            return outside(f"{text} is an output of a nested stack", at)
        kind = DESTINATIONS.get(record.type) if record is not None else None
        found = model.find(value, kind) if kind is not None else None
        return None if isinstance(found, Absent) else found
    pieces = text.split(":", 5)
    if pieces is None or len(pieces) < 3:  # arn, partition, service
        return outside(f"where {text} leads cannot be told", at)
    missing: Unknown | None = None
    for kind in _SERVICES.get(pieces[2].literal_value or "", ()):
        found = model.find(value, kind)
        if isinstance(found, Resource):
            return found
        missing = found if isinstance(found, Unknown) else None
    return missing


class Attached(msgspec.Struct, frozen=True):
    """A policy of a resource, and the resource that it is written in."""

    owner: Resource
    policy: Policy | Unknown


def policies(resource: Resource, model: Model) -> Sequence[Attached]:
    """Give the policies that say who may send to a queue, topic or function."""
    return model.once(("policies", resource.record.key), lambda: _policies(resource, model))


def _policies(resource: Resource, model: Model) -> Sequence[Attached]:
    found: list[Attached] = []
    if isinstance(resource, Queue | Topic) and not resource.policy.exists().is_no:
        found.append(Attached(resource, read_policy(resource.policy)))
    mentions = resource.mentions()
    found += behind_the_scenes(resource, mentions, model)
    if isinstance(resource, Function):
        found += _permissions(resource)
    else:
        for by in dict.fromkeys(mention.by for mention in mentions if mention.by != resource.id):
            record = model.record((resource.record.part.key, by))
            attached = _attached(record, resource, model) if record is not None else None
            if attached is not None:
                found.append(attached)
        found += _anywhere(resource, model)
    return found or list(_elsewhere(resource))


def _elsewhere(resource: Resource) -> Iterator[Attached]:
    """Give, for a resource without any policy here, where one may come from all the same."""
    part = resource.record.part
    # A queue policy takes the queue's URL, a permission the function's name or ARN; a topic has a default policy.
    exported = None if isinstance(resource, Topic) else part.exported(resource.id, arns=isinstance(resource, Function))
    if exported is not None:
        yield Attached(resource, outside("it is exported, so another stack may attach a policy", exported))
    macro = part.opaque()
    if macro is not None:
        yield Attached(resource, not_understood("a macro or loop may add a policy that is not written here", macro))


def behind_the_scenes(resource: Resource, mentions: Sequence[Mention], model: Model) -> Iterator[Attached]:
    """Give the policies that a transform or another stack may write where this template shows nothing of them."""
    for mention in mentions:
        record = model.record((resource.record.part.key, mention.by))
        if record is None:
            continue
        if record.type == UNREAD and record.part.exists(record.id):
            why = str(effective(Resource(record).properties.get("Reason").text()))
            yield Attached(Resource(record), not_understood(f"SAM may write a policy for it: {why}", record.at))
        elif record.type.startswith(HANDS) and record.part.exists(record.id):
            why = "a nested stack or custom resource may write a policy for it"
            yield Attached(Resource(record), not_understood(why, record.at))


def _attached(record: Record, resource: Resource, model: Model) -> Attached | None:
    """Give what a resource that names another says about who may send to it."""
    kinds = {kind.KIND: kind for kind in _POLICIES.get(resource.record.type, ())}
    if record.type not in kinds:
        return None
    owner = kinds[record.type](record)
    covers = _covers(owner, resource, model)
    if covers.is_no or not record.part.exists(record.id):
        return None
    if covers.is_unknown:
        return Attached(owner, Unknown(covers.reasons[0], owner.at))
    return Attached(owner, read_policy(owner.document))


_POLICIES: Mapping[str, tuple[type[QueuePolicy | TopicPolicy], ...]] = {
    Queue.KIND: (QueuePolicy, QueueInlinePolicy),
    Topic.KIND: (TopicPolicy, TopicInlinePolicy),
}


def _permissions(function: Function) -> Iterator[Attached]:
    """Give the statements of a function's policy; a permission names its function by a bare name or an ARN."""
    part = function.record.part
    for id_ in part.types().get(Permission.KIND, ()):
        record = part.record(id_)
        if record is None:
            continue
        owner = Permission(record)
        qualifier = owner.properties.get("Qualifier")
        # What an alias or version is given does not hold for the function.
        meant = _is_function(owner.function, function) & (~qualifier.exists() | says(qualifier.text(), "$LATEST"))
        if meant.is_no or not part.exists(id_):
            continue
        yield Attached(owner, owner.policy(function.arn) if meant.is_yes else Unknown(meant.reasons[0], owner.at))


def _is_function(value: Value[Text], function: Function) -> Verdict:
    match value:
        case Unknown(reason=reason):
            return unknown(reason)
        case Mentions(references=references, complete=complete, reason=reason):
            named = {reference.resource for reference in references}
            if complete and named and function.record.key not in named:
                return NO
            return YES if complete and named == {function.record.key} else unknown(reason)
        case Known(value=text, at=at) if text.refers is None:
            because = Reason(Doubt.OUTSIDE, f"whether {text} is {function} cannot be told", at)
            partial = Text.of(function.record.part.account(function.id), ":function:", function.name)
            return any_of(same(text, form, because) for form in (function.name, function.arn, partial))
        case Known(value=text):
            return of(text.refers is not None and text.refers.resource == function.record.key)
        case Absent():
            return NO
    raise AssertionError("a Value is one of four kinds")


def _covers(owner: QueuePolicy | TopicPolicy, resource: Resource, model: Model) -> Verdict:
    found = NO
    for end in _ends(owner, model):
        if isinstance(end, Unknown):
            found |= unknown(end.reason)
        elif isinstance(end, Resource):
            found |= of(end.record.key == resource.record.key)
    return found


def _anywhere(resource: Resource, model: Model) -> Iterator[Attached]:
    """Give the policies that name no resource of the run at all: any of them may be this one's."""
    named = {mention.by for mention in resource.mentions()}
    for kind in _POLICIES.get(resource.record.type, ()):
        key = resource.record.part.key
        for owner in model.once((_unplaced, key, kind), partial(_unplaced, model, key, kind)):
            covers = NO if owner.id in named else _covers(owner, resource, model)
            if covers.is_unknown and model.exists(owner):
                yield Attached(owner, Unknown(covers.reasons[0], owner.at))


def _unplaced(model: Model, key: str, kind: type[QueuePolicy | TopicPolicy]) -> Sequence[QueuePolicy | TopicPolicy]:
    """Give the policies of one part and kind that may be attached to something which cannot be told."""
    ids = [(part, id_) for part in model.parts if part.key == key for id_ in part.types().get(kind.KIND, ())]
    owners = [kind(record) for part, id_ in ids if (record := part.record(id_)) is not None]
    return [owner for owner in owners if any(isinstance(end, Unknown) for end in _ends(owner, model))]
