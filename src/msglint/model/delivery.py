"""The edges: who sends to whom, in whose name, and what AWS documents about the call.

One row for each kind of edge. What a row leaves open AWS does not document, and it is unknown wherever it matters.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

import msgspec

from msglint.model.access import Permission, QueueInlinePolicy, QueuePolicy, TopicInlinePolicy, TopicPolicy
from msglint.model.autoscaling import Group, GroupNotification
from msglint.model.cloudwatch import Alarm, CompositeAlarm
from msglint.model.data import Data
from msglint.model.elsewhere import Attached, besides, besides_its_own
from msglint.model.events import EventBus, Rule, RuleTarget, Target
from msglint.model.expression import NeedsChoice
from msglint.model.identity import IDENTITIES
from msglint.model.lambda_ import INVOKED, Alias, Function, Version, function_of
from msglint.model.logs import LogGroup, LogPolicy
from msglint.model.model import Model
from msglint.model.notifiers import (
    NOTIFIERS,
    Budget,
    CacheCluster,
    DatabaseEvents,
    DeliveryChannel,
    MailEvents,
    MailIdentity,
    NotificationRule,
    Notifier,
    ReceiptRule,
    ReplicationGroup,
    TextMessages,
    Trail,
)
from msglint.model.policy import read_policy
from msglint.model.resource import UNREAD, Mention, Record, Resource, hands_on, what_hands_on
from msglint.model.s3 import Bucket, BucketNotification, CustomBucketNotification
from msglint.model.sns import StandaloneSubscription, Subscription, Topic
from msglint.model.sqs import Queue
from msglint.model.text import ARN_COLONS, REGION, SERVICE, Text, last_segment, same, segment
from msglint.model.value import (
    Absent,
    Known,
    Mentions,
    Unknown,
    Value,
    astray,
    effective,
    made_of,
    not_understood,
    outside,
    says,
)
from msglint.source import Place
from msglint.verdict import NO, YES, Doubt, Lookup, Reason, Verdict, any_of, of, unknown

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

_AUTO_SCALING = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-sns-notifications.html"
_BUS_DLQ = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-dlq.html"
_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html"
_ELASTICACHE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ElastiCacheSNS.html"
_CLOUDTRAIL = (
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-permissions-for-sns-notifications.html"
)
_CONFIG = "https://docs.aws.amazon.com/config/latest/developerguide/sns-topic-policy.html"
_CODESTAR = "https://docs.aws.amazon.com/dtconsole/latest/userguide/set-up-sns.html"
_BUDGETS = "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html"
_SMS = "https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-sns-creating-role.html"

SEND, PUBLISH, INVOKE, LOG = "sqs:SendMessage", "sns:Publish", "lambda:InvokeFunction", "logs:PutLogEvents"
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


class Stance(enum.Enum):
    """What AWS documents of a delivery in some circumstances."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNDOCUMENTED = "undocumented"

    def refuses(self, because: Reason) -> Verdict:
        """Say whether it does not work there; if AWS is silent, for the given reason."""
        return unknown(because) if self is Stance.UNDOCUMENTED else of(self is Stance.REFUSED)


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
    fifo: Stance = Stance.UNDOCUMENTED
    """To a FIFO queue or topic."""
    other_region: Stance = Stance.UNDOCUMENTED
    """To a destination in another Region."""
    other_account: Stance = Stance.UNDOCUMENTED
    """To a destination of another account, in the service's own name."""
    encrypted: Stance = Stance.ALLOWED
    """To a destination on a customer managed key that lets the service in."""
    key_conditions: Stance = Stance.UNDOCUMENTED
    """With conditions on the source in the policy of that key."""
    doubt: str = ""
    """Why a destination that lets nobody in proves nothing; empty where it is documented who calls."""


EDGES = (
    EdgeKind(
        *(Bucket, Queue, S3, SEND, _S3),
        fifo=Stance.REFUSED,
        other_region=Stance.REFUSED,
        key_conditions=Stance.ALLOWED,
    ),
    EdgeKind(Bucket, Topic, S3, PUBLISH, _S3, fifo=Stance.REFUSED, other_region=Stance.REFUSED),
    EdgeKind(Bucket, Function, S3, INVOKE, _S3),
    # Of which topics a FIFO queue takes messages depends on the topic.
    EdgeKind(
        *(Topic, Queue, SNS, SEND, _SNS),
        source_account=Key.UNDOCUMENTED,
        fifo=Stance.ALLOWED,
        other_region=Stance.ALLOWED,
        other_account=Stance.ALLOWED,
        key_conditions=Stance.ALLOWED,
    ),
    EdgeKind(
        *(Topic, Function, SNS, INVOKE, _SNS_LAMBDA), source_account=Key.UNDOCUMENTED, other_region=Stance.ALLOWED
    ),
    EdgeKind(
        *(Topic, Queue, SNS, SEND, _SNS_DLQ),
        dead_letter=True,
        source_account=Key.UNDOCUMENTED,
        other_region=Stance.REFUSED,
        other_account=Stance.REFUSED,
        key_conditions=Stance.ALLOWED,
    ),
    EdgeKind(
        *(Rule, Queue, EVENTS, SEND, _EVENTBRIDGE),
        fifo=Stance.ALLOWED,
        other_region=Stance.REFUSED,
        key_conditions=Stance.ALLOWED,
    ),
    EdgeKind(Rule, Topic, EVENTS, PUBLISH, _EVENTBRIDGE, key_conditions=Stance.REFUSED),
    EdgeKind(Rule, Function, EVENTS, INVOKE, _EVENTBRIDGE, source_account=Key.UNDOCUMENTED),
    # The page on dead-letter queues shows the ARN; the one on condition keys lists both keys for rules.
    EdgeKind(
        *(Rule, Queue, EVENTS, SEND, f"{_EVENTBRIDGE_DLQ} {_EVENTBRIDGE_KEYS}"),
        dead_letter=True,
        fifo=Stance.REFUSED,
        other_region=Stance.REFUSED,
        other_account=Stance.ALLOWED,
        key_conditions=Stance.ALLOWED,
    ),
    EdgeKind(
        *(EventBus, Queue, EVENTS, SEND, _BUS_DLQ),
        dead_letter=True,
        source_arn=Key.UNDOCUMENTED,
        source_account=Key.UNDOCUMENTED,
    ),
    EdgeKind(
        *(Rule, LogGroup, EVENTS, LOG, _EVENTBRIDGE), source_arn=Key.UNDOCUMENTED, source_account=Key.UNDOCUMENTED
    ),
    EdgeKind(*(Alarm, Topic, CLOUDWATCH, PUBLISH, _ALARM), source_owner=Key.SENT, key_conditions=Stance.ALLOWED),
    EdgeKind(
        *(DatabaseEvents, Topic, "events.rds.amazonaws.com", PUBLISH, _RDS),
        source_owner=Key.SENT,
        fifo=Stance.REFUSED,
    ),
    EdgeKind(
        *(CacheCluster, Topic, "elasticache.amazonaws.com", PUBLISH, _ELASTICACHE),
        source_arn=Key.UNDOCUMENTED,
        source_account=Key.UNDOCUMENTED,
        source_owner=Key.SENT,
        other_region=Stance.REFUSED,
        other_account=Stance.REFUSED,
        encrypted=Stance.REFUSED,
        doubt="AWS does not document in which name ElastiCache publishes",
    ),
    *(
        EdgeKind(
            *(kind, Topic, "ses.amazonaws.com", PUBLISH, _ALARM), source_arn=Key.UNDOCUMENTED, source_owner=Key.SENT
        )
        for kind in (MailEvents, MailIdentity, ReceiptRule)
    ),
    EdgeKind(*(Trail, Topic, "cloudtrail.amazonaws.com", PUBLISH, _CLOUDTRAIL), source_account=Key.UNDOCUMENTED),
    EdgeKind(
        *(DeliveryChannel, Topic, "config.amazonaws.com", PUBLISH, _CONFIG),
        source_arn=Key.UNDOCUMENTED,
        source_owner=Key.UNDOCUMENTED,
        other_region=Stance.REFUSED,
        other_account=Stance.ALLOWED,
        encrypted=Stance.UNDOCUMENTED,
        doubt="AWS Config publishes with the recorder's role, and in its own name only where that is service-linked",
    ),
    EdgeKind(
        *(NotificationRule, Topic, "codestar-notifications.amazonaws.com", PUBLISH, _CODESTAR),
        source_arn=Key.UNDOCUMENTED,
        source_account=Key.UNDOCUMENTED,
        source_owner=Key.UNDOCUMENTED,
    ),
    EdgeKind(
        *(Budget, Topic, "budgets.amazonaws.com", PUBLISH, _BUDGETS),
        source_arn=Key.UNDOCUMENTED,
        source_account=Key.UNDOCUMENTED,
        source_owner=Key.UNDOCUMENTED,
        encrypted=Stance.UNDOCUMENTED,
        doubt="how AWS Budgets publishes is not verified",
    ),
    *(
        EdgeKind(
            *(kind, Topic, "autoscaling.amazonaws.com", PUBLISH, _AUTO_SCALING),
            source_arn=Key.UNDOCUMENTED,
            source_account=Key.UNDOCUMENTED,
            source_owner=Key.UNDOCUMENTED,
            encrypted=Stance.UNDOCUMENTED,
            doubt="Auto Scaling publishes with its service-linked role, not in its own name",
        )
        for kind in (Group, GroupNotification)
    ),
    EdgeKind(*(TextMessages, Topic, "sms-voice.amazonaws.com", PUBLISH, _SMS), source_owner=Key.UNDOCUMENTED),
)


class Edge(msgspec.Struct, frozen=True):
    """One delivery: `owner` is the resource that makes it, `at` the property that does."""

    kind: EdgeKind
    owner: Resource
    at: Place
    source: Resource
    destination: Resource
    regions: tuple[str, str] | None = None
    """The Regions of a topic and of what it delivers to, where they are known to be two."""

    @property
    def service(self) -> str:
        """The service that sends: from a Region that accounts opt into, SNS reaches others under its Region's name."""
        regions = self.regions
        if regions is None or regions[0] in ALWAYS_ON or regions[1] not in ALWAYS_ON:
            return self.kind.service
        return f"sns.{regions[0]}.amazonaws.com"

    @property
    def doubt(self) -> str:
        """Why a destination that lets nobody in proves nothing; empty where it is documented who calls."""
        regions = self.regions
        if regions is None or (regions[1] in ALWAYS_ON and regions[0] != OSAKA):
            return self.kind.doubt
        return "AWS's pages differ on the name under which SNS delivers to a Region that accounts opt into"

    @property
    def sends_own_arn(self) -> bool:
        """Whether it is documented that the service sends the ARN of the source, and not of something behind it."""
        identity = IDENTITIES.get(self.source.record.type)
        return self.kind.source_arn is Key.SENT and not (identity is not None and identity.sender)

    @property
    def sender(self) -> Text:
        """What the service sends as `aws:SourceArn`, if it does."""
        if self.sends_own_arn:
            return self.source.arn
        # No reference in a policy can be told to be that of another: it may be what stands behind the source.
        return Text(self.source.record.part.attribute(self.source.id, "sender").parts)


OSAKA = "ap-northeast-3"
"""A Region that SNS lists among those that accounts opt into, though none has to."""
ALWAYS_ON = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1"),
        *("ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "ap-southeast-2"),
        *("cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1"),
    }
)
"""The Regions that were there before 20 March 2019: SNS counts all others among those that accounts opt into.

https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html
"""


def _regions(kind: EdgeKind, source: Resource, destination: Resource) -> tuple[str, str] | None:
    if kind.service != SNS:
        return None
    regions = (segment(arn, REGION) for arn in (source.arn, destination.arn))
    match [region.literal_value for region in regions if region is not None]:
        case [str(here), str(there)] if here != there:
            return here, there
        case _:
            return None


class Untold(msgspec.Struct, frozen=True):
    """A delivery of which one end lies outside the run or cannot be told."""

    owner: Resource
    at: Place
    dead_letter: bool
    reason: Reason
    destination: Value[Text] | None = None
    """The ARN or name of what it goes to, as it is written."""
    source: Text | None = None
    """The ARN of what sends, where that is told."""

    @property
    def kinds(self) -> Sequence[EdgeKind]:
        """The ways of delivery that it may be one of, by who sends and by the service in the ARN."""
        source = _MAKES.get(type(self.owner), type(self.owner))
        text = self.destination.value if isinstance(self.destination, Known) else None
        named = segment(text, SERVICE)
        service = named.literal_value if named is not None else None
        takes = DESTINATIONS.values() if service is None else _SERVICES.get(service, ())
        return [
            kind
            for kind in EDGES
            if issubclass(source, kind.source) and kind.destination in takes and kind.dead_letter == self.dead_letter
        ]


_MAKES: Mapping[type[Resource], type[Resource]] = {
    RuleTarget: Rule,
    StandaloneSubscription: Topic,
    BucketNotification: Bucket,
    CustomBucketNotification: Bucket,
}
"""For whom a resource makes deliveries that are not its own."""


_SERVICES: Mapping[str, tuple[type[Resource], ...]] = {
    "sqs": (Queue,),
    "sns": (Topic,),
    "lambda": (Function, Alias, Version),
    "logs": (LogGroup,),
}
DESTINATIONS: Mapping[str, type[Resource]] = {kind.KIND: kind for kinds in _SERVICES.values() for kind in kinds}
_PROTOCOLS = {"sqs": Queue.KIND, "lambda": Function.KIND}

DEAD_LETTER_OWNERS = (Rule, RuleTarget, StandaloneSubscription, Topic, EventBus)
"""The resources that give their deliveries a dead-letter queue."""

SENDERS: tuple[type[Resource], ...] = (
    *DEAD_LETTER_OWNERS,
    *(Bucket, BucketNotification, CustomBucketNotification),
    *(Alarm, CompositeAlarm),
    *NOTIFIERS,
    *(Group, GroupNotification),
)
"""The resources that make edges."""
GIVEN: Mapping[type[Resource], tuple[str, ...]] = {
    Rule: ("Targets",),
    Topic: ("Subscription",),
    Bucket: (Bucket.NOTIFICATIONS,),
    Alarm: Alarm.ACTIONS,
    CompositeAlarm: Alarm.ACTIONS,
    CacheCluster: (CacheCluster.TOPIC,),
    ReplicationGroup: (CacheCluster.TOPIC,),
    Trail: (Trail.TOPIC,),
    DeliveryChannel: (DeliveryChannel.TOPIC,),
    Group: Group.NOTIFICATIONS,
}
"""The properties without any of which such a resource makes none."""


def edges(owner: Resource, model: Model) -> Sequence[Edge | Untold]:
    """Give the deliveries that a resource makes in a service's own name; those through a role are not among them."""
    return model.once((edges, owner.record.key), lambda: tuple(_made(owner, model)))


def _made(owner: Resource, model: Model) -> Iterator[Edge | Untold]:
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
        case BucketNotification() | CustomBucketNotification():
            bucket = model.find(owner.bucket.text(), Bucket, "name")
            for destination in owner.notified():
                yield from _edge(owner, bucket, destination, model)
        case Alarm():
            for action in owner.actions():
                yield from _edge(owner, owner, action, model)
        case EventBus() if not owner.key.exists().is_no:
            # Only a bus with a key of the customer's has events that it can neither encrypt nor decrypt.
            yield from _edge(owner, owner, owner.dead_letter, model, dead_letter=True)
        case Notifier():
            for topic in owner.topics():
                yield from _edge(owner, owner, topic, model)
        case _:
            return


def deliveries_to(resource: Resource, model: Model) -> Iterator[Edge]:
    """Give the deliveries to a resource, of the senders that name it."""
    for edge in _of_who_names(resource, model):
        if isinstance(edge, Edge) and edge.destination.record.key == resource.record.key:
            yield edge


def untold_to(resource: Resource, model: Model) -> Iterator[Untold]:
    """Give the deliveries of those that name a resource of which nobody can tell whether they go there."""
    for edge in _of_who_names(resource, model):
        if isinstance(edge, Untold) and isinstance(edge.destination, Unknown | Mentions):
            yield edge


def _of_who_names(resource: Resource, model: Model) -> Iterator[Edge | Untold]:
    kinds = {kind.KIND: kind for kind in SENDERS}
    for by in dict.fromkeys(mention.by for mention in resource.mentions()):
        record = model.record(by)
        if record is None or record.type not in kinds or not record.part.exists(record.id):
            continue
        yield from edges(kinds[record.type](record), model)


def attached_to(owner: QueuePolicy | TopicPolicy, model: Model) -> tuple[list[Resource], Unknown | None]:
    """Give the queues or topics that a policy is attached to, and why there may be others."""
    found: list[Resource] = []
    rest: Unknown | None = None
    for end, _ in _ends(owner, model):
        if isinstance(end, Resource):
            found.append(end)
        elif isinstance(end, Unknown):
            rest = end
    return found, rest


_End: TypeAlias = tuple[Found, Value[Text] | None]
"""What an entry of a policy's list leads to, and what is written there."""


def _ends(owner: QueuePolicy | TopicPolicy, model: Model) -> Sequence[_End]:
    """Give what each entry of a policy's list of queues or topics leads to, and first why entries may be missing."""
    return model.once(("ends", owner.record.key), lambda: tuple(_listed(owner, model)))


def _listed(owner: QueuePolicy | TopicPolicy, model: Model) -> Iterator[_End]:
    kind, attribute = (Queue, "url") if isinstance(owner, QueuePolicy) else (Topic, "arn")
    listed = owner.properties.get(owner.ATTACHED).elements()
    if listed.rest is not None:
        yield Unknown(listed.rest.reason, listed.rest.at), None
    for element in listed.known:
        value = element.text()
        yield model.find(value, kind, attribute), value


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
    destination = _named_topic(value, model) if isinstance(owner, Trail) else _destination(value, model)
    if destination is None or isinstance(source, Absent):
        return
    if isinstance(source, Unknown) or isinstance(destination, Unknown):
        blind = source if isinstance(source, Unknown) else destination
        if isinstance(blind, Unknown) and (dead_letter or not owner.record.permitted):
            told = source.arn if isinstance(source, Resource) else None
            yield Untold(owner, value.at, dead_letter, blind.reason, value, told)
        return
    for kind in EDGES:
        takes = INVOKED if kind.destination is Function else kind.destination
        ends = isinstance(source, kind.source) and isinstance(destination, takes)
        if ends and kind.dead_letter == dead_letter:
            yield Edge(kind, owner, value.at, source, destination, _regions(kind, source, destination))
            return


def _destination(value: Value[Text], model: Model) -> Resource | Unknown | None:
    """Follow an ARN to what deliveries go to; None where it belongs to something else, or nothing is written."""
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


def _named_topic(value: Value[Text], model: Model) -> Resource | Unknown | None:
    """Follow what may be the ARN of a topic or its name."""
    match value:
        case Known(value=text) if text.refers is not None and text.refers.attribute == "arn":
            return _destination(value, model)
        case Known(value=text) if not text.starts_with("arn:").is_yes:
            found = model.find(value, Topic, "name")
            return None if isinstance(found, Absent) else found
        case _:
            return _destination(value, model)


def _named(value: Known[Text], text: Text, at: Place, model: Model) -> Resource | Unknown | None:
    if text.refers is not None:
        record = model.record(text.refers.resource)
        if record is not None and hands_on(record.type):
            return outside(f"{text} is an output of {what_hands_on(record.type)}", at)
        kind = DESTINATIONS.get(record.type) if record is not None else None
        found = model.find(value, kind) if kind is not None else None
        return None if isinstance(found, Absent) else found
    pieces = text.split(":", 5)
    if pieces is None or len(pieces) < 3:  # arn, partition, service
        return outside(astray(text), at, *text.lookups)
    missing: Unknown | None = None
    for kind in _SERVICES.get(pieces[2].literal_value or "", ()):
        found = model.find(value, kind)
        if kind is LogGroup and not isinstance(found, Resource):
            # Rules name a log group without the wildcard that ends its ARN elsewhere.
            found = model.find(Known(Text.of(text, ":*"), at), kind)
        if isinstance(found, Resource):
            return found
        missing = found if isinstance(found, Unknown) else None
    return missing


def policies(resource: Resource, model: Model) -> Sequence[Attached]:
    """Give the policies that say who may send to a queue, topic, function or log group."""
    return model.once(("policies", resource.record.key), lambda: _policies(resource, model))


def _policies(resource: Resource, model: Model) -> Sequence[Attached]:
    found: list[Attached] = []
    if isinstance(resource, Queue | Topic | LogGroup) and not resource.policy.exists().is_no:
        found.append(Attached(resource, read_policy(resource.policy)))
    if isinstance(resource, LogGroup):
        return [*found, *model.once(_everywhere, lambda: _everywhere(model)), *_of_others(resource, model)]
    mentions = resource.mentions()

    def there(deployed: Resource) -> Sequence[Attached]:
        return policies(deployed, model)

    found += besides(list(behind_the_scenes(mentions, model)), resource, model, there)
    if isinstance(resource, INVOKED):
        found += _permissions(resource, model)
    else:
        for by in dict.fromkeys(mention.by for mention in mentions):
            record = model.record(by)
            attached = _attached(record, resource, model) if record is not None else None
            if attached is not None:
                found.append(attached)
        found += _anywhere(resource, model)
    return found or list(besides(list(_elsewhere(resource)), resource, model, there))


def _of_others(group: LogGroup, model: Model) -> Iterator[Attached]:
    """Give the policies of CloudWatch Logs that others have written in the account and Region of a log group."""
    literal = group.arn.literal_value
    everywhere = f"{literal.partition(':log-group:')[0]}:*" if literal is not None else None
    there = model.deployed(LogPolicy, everywhere)
    if there is not None:
        if not group.record.part.live:
            doubts = (*behind_the_scenes(group.mentions(), model), *_elsewhere(group))
            yield from (each for each in doubts if each.by_this)
        yield from besides_its_own([Attached(there, read_policy(there.document))], group)
    else:
        why = "policies of CloudWatch Logs are for a whole account and Region, so another stack may have written one"
        lookups = (Lookup(LogPolicy.KIND, everywhere),) if everywhere is not None else ()
        yield Attached(group, outside(why, group.at, *lookups))


def _everywhere(model: Model) -> Sequence[Attached]:
    """Give the policies of CloudWatch Logs, which are for all log groups."""
    return [Attached(policy, read_policy(policy.document)) for policy in model.every(LogPolicy)]


def _elsewhere(resource: Resource) -> Iterator[Attached]:
    """Give, for a resource without any policy here, where one may come from all the same."""
    part = resource.record.part
    # A queue policy takes the queue's URL, a permission the function's name or ARN; a topic has a default policy.
    exported = None if isinstance(resource, Topic) else part.exported(resource.id, arns=isinstance(resource, INVOKED))
    if exported is not None:
        yield Attached(resource, outside(f"{resource} is exported, so another stack may attach a policy", exported))
    opaque = part.opaque(resource.id)
    if opaque is not None:
        yield Attached(resource, opaque.may_add("a policy that is"), by_this=True)


def behind_the_scenes(mentions: Sequence[Mention], model: Model) -> Iterator[Attached]:
    """Give the policies that a transform or another stack may write where this template shows nothing of them."""
    for mention in mentions:
        record = model.record(mention.by)
        if record is None:
            continue
        if record.type == UNREAD and record.part.exists(record.id):
            reason = effective(Resource(record).properties.get("Reason").text())
            why = f"SAM may write a policy for it: {reason}"
            yield Attached(Resource(record), not_understood(why, record.at), by_this=True)
        elif hands_on(record.type) and record.type != CustomBucketNotification.KIND and record.part.exists(record.id):
            why = "a nested stack, module or custom resource may write a policy for it"
            yield Attached(Resource(record), not_understood(why, record.at), by_this=True)


def _attached(record: Record, resource: Resource, model: Model) -> Attached | None:
    """Give what a resource that names another says about who may send to it."""
    kinds = {kind.KIND: kind for kind in _POLICIES[resource.record.type]}
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


def _permissions(invoked: Function | Alias, model: Model) -> Iterator[Attached]:
    """Give the statements of the policy of a function, alias or version; of each Lambda asks its own alone."""
    for owner in _permissions_near(invoked, model):
        meant = _is_for(owner, invoked, model)
        if meant.is_no or not model.exists(owner):
            continue
        yield Attached(owner, owner.policy(invoked.arn) if meant.is_yes else Unknown(meant.reasons[0], owner.at))


class _Permitted(NamedTuple):
    """Permissions by the function that they name, all by number."""

    all: Sequence[Permission]

    by: Mapping[tuple[str, str] | str | None, Sequence[int]]
    """By its key, or the end of its ARN; None: it may be any."""
    strange: Sequence[int]
    """Those with a name that no function is known to have."""


def _permissions_near(invoked: Function | Alias, model: Model) -> Iterator[Permission]:
    """Give, in their order, the permissions that may be for a function, alias or version."""
    permitted = model.once(_permitted, lambda: _permitted(model))
    if not permitted.all:
        return
    function = _function(invoked, model) if isinstance(invoked, Alias) else None
    if isinstance(function, Unknown):
        # Whichever function it is of, that may be named with the alias as its qualifier.
        yield from permitted.all
        return
    near = {*permitted.by.get(None, ())}
    for each in (invoked, function):
        if isinstance(each, Function | Alias):
            last = last_segment(each.arn)
            near.update(permitted.by.get(each.record.key, ()), permitted.by.get(last, ()))
            if last is None and not each.arn.is_generated:
                near.update(permitted.strange if isinstance(each, Function) else range(len(permitted.all)))
    yield from (permitted.all[number] for number in sorted(near))


def _permitted(model: Model) -> _Permitted:
    permissions = tuple(model.declared(Permission))
    if not permissions:
        return _Permitted((), {}, ())
    by: dict[tuple[str, str] | str | None, list[int]] = {}
    for number, permission in enumerate(permissions):
        try:
            value = permission.function
        except NeedsChoice:
            value = None
        named = dict.fromkeys(reference.resource for reference in made_of(value)) if value is not None else {}
        end = last_segment(value.value) if isinstance(value, Known) else None
        for key in named or (end,):
            by.setdefault(key, []).append(number)
    taken = {end for function in model.declared(Function) if (end := _end_of(function, model)) is not None}
    return _Permitted(permissions, by, [number for key, all_ in by.items() if key not in taken for number in all_])


def _end_of(function: Function, model: Model) -> str | None:
    """Give the end of the ARN of a function that exists in whatever scenario."""
    try:
        return last_segment(function.arn) if model.exists(function) else None
    except NeedsChoice:
        return None


def _function(alias: Alias, model: Model) -> Function | Absent[Text] | Unknown:
    return model.once(("function", alias.record.key), lambda: function_of(alias.function, model))


def _is_for(permission: Permission, invoked: Function | Alias, model: Model) -> Verdict:
    """Say whether a permission is one of a function, alias or version, which it names itself or by a qualifier."""
    qualifier = permission.properties.get("Qualifier")
    if isinstance(invoked, Function):
        return _is(permission.function, invoked, model) & (~qualifier.exists() | says(qualifier.text(), "$LATEST"))
    alone = _is(permission.function, invoked, model) & ~qualifier.exists()
    match _function(invoked, model):
        case Function() as function:
            return alone | (_is(permission.function, function, model) & model.names(qualifier.text(), invoked))
        case Unknown(reason=reason):
            return alone | (model.names(qualifier.text(), invoked) & unknown(reason))
        case _:
            return alone


def _is(value: Value[Text], invoked: Function | Alias, model: Model) -> Verdict:
    """Say whether a text is the ARN or name of a function, alias or version."""
    match value:
        case Unknown(reason=reason):
            return unknown(reason)
        case Mentions(references=references, complete=complete, reason=reason):
            named = {reference.resource for reference in references}
            if complete and named and invoked.record.key not in named:
                return NO
            return YES if complete and named == {invoked.record.key} else unknown(reason)
        case Known(value=text, at=at) if text.refers is None:
            because = Reason(Doubt.OUTSIDE, f"whether {text} is {invoked} cannot be told", at)
            verdict = any_of(same(text, form, because) for form in _forms(invoked))
            return NO if verdict.is_unknown and model.is_anothers(text, invoked) else verdict
        case Known(value=text):
            return of(text.refers is not None and text.refers.resource == invoked.record.key)
        case Absent():
            return NO
    raise AssertionError("a Value is one of four kinds")


def _forms(invoked: Function | Alias) -> Iterator[Text]:
    """Give the ways to write what is invoked: its ARN, that without what comes before the account, and its name."""
    yield invoked.arn
    pieces = invoked.arn.split(":", ARN_COLONS + 1)
    if pieces is not None and len(pieces) > ARN_COLONS + 1:  # an ARN goes on with `function` and the name
        yield Text.join(":", pieces[4:])
        yield pieces[-1]


def _covers(owner: QueuePolicy | TopicPolicy, resource: Resource, model: Model) -> Verdict:
    found = NO
    for end, written in _ends(owner, model):
        if isinstance(end, Unknown):
            elsewhere = isinstance(written, Known) and model.may_name(written.value, resource).is_no
            found |= NO if elsewhere else unknown(end.reason)
        elif isinstance(end, Resource):
            found |= of(end.record.key == resource.record.key)
    return found


def _anywhere(resource: Resource, model: Model) -> Iterator[Attached]:
    """Give the policies that name no resource of the run at all: any of them may be this one's."""
    named = {mention.by for mention in resource.mentions()}
    for kind in _POLICIES[resource.record.type]:
        for owner in model.once((_unplaced, kind), partial(_unplaced, model, kind)):
            covers = NO if owner.record.key in named else _covers(owner, resource, model)
            if covers.is_unknown and model.exists(owner):
                yield Attached(owner, Unknown(covers.reasons[0], owner.at))


def _unplaced(model: Model, kind: type[QueuePolicy | TopicPolicy]) -> Sequence[QueuePolicy | TopicPolicy]:
    """Give the policies of a kind that may be attached to something which cannot be told."""
    perhaps = model.base.once((_unreferred, kind), lambda: _unreferred(model.base, kind))
    owners = (kind(record) for key in perhaps if (record := model.record(key)) is not None)
    return [owner for owner in owners if any(isinstance(end, Unknown) for end, _ in _ends(owner, model))]


def _unreferred(base: Model, kind: type[QueuePolicy | TopicPolicy]) -> Sequence[tuple[str, str]]:
    """Give the keys of the policies that do not only refer to resources of the run, whatever is decided."""
    return [owner.record.key for owner in base.declared(kind) if not _only_refers(owner, base)]


def _only_refers(owner: QueuePolicy | TopicPolicy, base: Model) -> bool:
    try:
        ends = _ends(owner, base)
    except NeedsChoice:
        return False
    return all(isinstance(end, Resource) and written is not None and made_of(written) for end, written in ends)
