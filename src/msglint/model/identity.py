"""How AWS names things: the property that holds a resource's name, and the form of its ARN.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

import msgspec

from msglint.model.data import Data
from msglint.model.text import ACCOUNT, REGION, Alphabet, Symbol, Text, segment
from msglint.model.value import Absent, effective

_PLAIN = re.compile(r"[a-z0-9-]+").fullmatch
_HOLE = re.compile(r"\$\{([^{}]*)\}|\{\{([^{}]*)\}\}")
_ENDING = re.compile(r"[\s:\"',\])]+")
_HOLES = re.compile(r"\{(\w+)\}")
_LABEL = r"""(<[^>]*>|[^/\s"'.]+)"""
_ARN_OR_URL = re.compile(
    r"""arn:[^:\s"']+:([\w-]+):([^:\s"']*):([^:\s"']*):([^\s"',\]})]+)|"""
    rf"""https?://(?:sqs(?:-fips)?\.{_LABEL}|{_LABEL}\.queue|queue)\.[^/\s"']+/([^/\s"']+)/([^/\s"',\]}})]+)"""
)
_ENDPOINTS = (["amazonaws", "com"], ["amazonaws", "com", "cn"], ["api", "aws"])
_FIRST_REGION = "us-east-1"
"""The Region of the address that names none."""


class Hole(msgspec.Struct, frozen=True):
    """A part of an ARN that a property gives: a bus, a group, a path."""

    property: str
    default: str
    after: str = ""
    silent: bool = False
    """Whether the ARN leaves the default out."""


class Identity(msgspec.Struct, frozen=True):
    """One type's names. `arn` and `url` hold {partition}, {region}, {account}, {name} and holes of their own."""

    name: str
    arn: str
    url: str = ""
    holes: Mapping[str, Hole] = {}
    assigned: Mapping[str, tuple[Alphabet, str]] = {}
    """Parts of the ARN that AWS chooses, and how they are shown."""
    generated: tuple[str, ...] = ()
    """Parts of the ARN that AWS makes up: no text that somebody wrote is one."""
    more: Mapping[str, str] = {}
    """The forms of more ARNs and names, by the attribute that gives them."""
    sender: str = ""
    """The form of the ARN that the service sends as the source, where that is not its own."""
    called: str = ""
    """The property, folded, by which others name it without an ARN."""

    def form(self, attribute: str) -> str:
        """Give the form of an attribute; empty where it has none."""
        match attribute:
            case "arn":
                return self.arn
            case "sender":
                return self.sender
            case "url":
                return self.url
            case "name":
                return "{name}"
            case _:
                return self.more.get(attribute, "")

    def word(self, name: str) -> str:
        """Give the word by which `words` finds a resource of this name in ARNs and URLs."""
        _, _, service, _, _, end = self.arn.split(":", 5)
        for called, hole in self.holes.items():
            end = end.replace(f"{{{called}}}", "" if hole.silent else f"{hole.default}{hole.after}")
        return f"{service}:{end.replace('{name}', _closed(name))}"


class Naming(Protocol):
    """What a reader knows of the names of one resource."""

    def surroundings(self, what: str) -> Text:
        """Give the "partition", "region" or "account" that the resource is in."""

    def generated(self) -> Text:
        """Give the name that the tool chooses where nobody does."""

    def symbol(self, attribute: str, alphabet: Alphabet) -> Symbol:
        """Give a symbol for an attribute of the resource that is not known."""


def attribute(type_: str, name: str, properties: Data, naming: Naming) -> Text:
    """Give the "arn", "sender", "url" or "name" of a resource, or what its identity has more; others are symbols."""
    identity = IDENTITIES.get(type_)
    form = identity.form(name) if identity is not None else ""
    if identity is None or not form:
        return Text.of(naming.symbol(name, Alphabet.ASSIGNED))
    pieces = _HOLES.split(form)
    return Text.of(
        *(_filled(piece, identity, properties, naming) if index % 2 else piece for index, piece in enumerate(pieces))
    )


def _filled(hole: str, identity: Identity, properties: Data, naming: Naming) -> Text:
    if hole in {"partition", "region", "account"}:
        return naming.surroundings(hole)
    if hole in identity.assigned:
        alphabet, label = identity.assigned[hole]
        return Text.of(msgspec.structs.replace(naming.symbol(hole, alphabet), label=label))
    if hole in identity.generated:
        return Text.of(msgspec.structs.replace(naming.symbol(hole, Alphabet.NAME), fresh=True))
    if hole == "name":
        written = properties.get(identity.name).text()
        own = effective(written)
        if own is not None:
            return Text(own.parts)
        return naming.generated() if isinstance(written, Absent) else Text.of(naming.symbol("name", Alphabet.NAME))
    own_hole = identity.holes[hole]
    text = effective(properties.get(own_hole.property).text(own_hole.default))
    if text is None:
        text = Text.of(naming.symbol(hole, Alphabet.NAME))
    text = _last(text)
    if own_hole.silent and text.literal_value == own_hole.default:
        return Text.literal("")
    return Text.of(Text(text.parts), own_hole.after)


def _last(text: Text) -> Text:
    """Give the name at the end of an ARN: buses, groups and functions may be named by either."""
    first = text.parts[0] if text.parts else ""
    if not (isinstance(first, str) and first.startswith("arn:")):
        return text
    pieces = text.split("/")
    last = pieces[-1] if pieces else text
    # The ARN of a function ends with its name behind a colon.
    segments = last.split(":")
    return segments[-1] if segments else last


class Word(NamedTuple):
    """The service and last part of an ARN or queue URL that is written in a text, and where its resource is."""

    word: str
    region: str
    account: str
    is_url: bool = False

    def may_be(self, arn: Text) -> bool:
        """Say whether a resource of this ARN is in that Region and account, as far as both are written."""
        places = ((segment(arn, REGION), self.region), (segment(arn, ACCOUNT), self.account))
        known = ((place.literal_value, said) for place, said in places if place is not None)
        return all(not place or not _PLAIN(said) or place == said for place, said in known)


def plainly(property_: str, name: str) -> Word:
    """Give the word of a name that stands alone in a property which takes one."""
    return Word(f"{property_} {name}", "", "")


def words(text: str) -> Iterator[Word]:
    """Give each ARN and queue URL that is written in a text."""
    for match in _ARN_OR_URL.finditer(_closed(text)):
        service, region, account, end, here, legacy, owner, queue = match.groups()
        if service is not None:
            # Where a log group is named, the wildcard behind it may be left out.
            yield Word(f"{service}:{end.removesuffix(':*')}", region, account)
        else:
            yield Word(f"sqs:{queue}", here or legacy or _FIRST_REGION, owner, is_url=True)


def _closed(text: str) -> str:
    """Write variables such as `${AWS::StackName}` without what ends a part of an ARN."""
    return _HOLE.sub(lambda hole: f"<{_ENDING.sub('.', hole[1] or hole[2] or '')}>", text)


def queue_url(text: Text) -> Text:
    """Give the address of a queue as SQS writes it today, for an address at any of its endpoints; others as they are.

    https://docs.aws.amazon.com/general/latest/gr/sqs-service.html
    """
    pieces = text.split("/", 4)  # the scheme, nothing, the host, the account, the name
    labels = pieces[2].split(".") if pieces is not None and len(pieces) > 4 else None
    if pieces is None or labels is None or pieces[0].literal_value not in {"http:", "https:"}:
        return text
    match [label.literal_value for label in labels]:
        case ["sqs" | "sqs-fips", _, *rest] if rest in _ENDPOINTS:
            region = labels[1]
        case ["queue", *rest] if rest in _ENDPOINTS:
            region = Text.literal(_FIRST_REGION)
        case [_, "queue", *rest] if rest in _ENDPOINTS:
            region = labels[0]
        case _:
            return text
    return Text.of("https://sqs.", region, ".amazonaws.com/", pieces[3], "/", pieces[4])


QUEUE_URL = "https://sqs.{region}.amazonaws.com/{account}/{name}"
CLUSTER_ARN = "arn:{partition}:kafka:{region}:{account}:cluster/{name}/{uuid}"
# A key has no name but those that aliases give it.
KEY = Identity(
    "KeyId",
    "arn:{partition}:kms:{region}:{account}:key/{key_id}",
    generated=("key_id",),
    more={"key_id": "{key_id}"},
)

IDENTITIES = {
    "AWS::SQS::Queue": Identity("QueueName", "arn:{partition}:sqs:{region}:{account}:{name}", QUEUE_URL),
    "AWS::SNS::Topic": Identity("TopicName", "arn:{partition}:sns:{region}:{account}:{name}", called="snstopicname"),
    "AWS::KMS::Key": KEY,
    "AWS::KMS::ReplicaKey": KEY,
    "AWS::KMS::Alias": Identity("AliasName", "arn:{partition}:kms:{region}:{account}:{name}"),
    "AWS::IAM::ManagedPolicy": Identity(
        "ManagedPolicyName", "arn:{partition}:iam::{account}:policy{path}{name}", holes={"path": Hole("Path", "/")}
    ),
    "AWS::Kinesis::Stream": Identity(
        "Name", "arn:{partition}:kinesis:{region}:{account}:stream/{name}", called="streamname"
    ),
    "AWS::Kinesis::StreamConsumer": Identity(
        "ConsumerName",
        "arn:{partition}:kinesis:{region}:{account}:stream/{stream}/consumer/{name}:{created}",
        holes={"stream": Hole("StreamARN", "")},
        assigned={"created": (Alphabet.NAME, "<timestamp>")},
    ),
    "AWS::KinesisFirehose::DeliveryStream": Identity(
        "DeliveryStreamName",
        "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}",
        called="deliverystreamname",
    ),
    "AWS::Lambda::Function": Identity(
        "FunctionName", "arn:{partition}:lambda:{region}:{account}:function:{name}", called="functionname"
    ),
    "AWS::Lambda::Alias": Identity(
        "Name",
        "arn:{partition}:lambda:{region}:{account}:function:{function}{name}",
        holes={"function": Hole("FunctionName", "", after=":")},
    ),
    "AWS::Lambda::Version": Identity(
        "Version",
        "arn:{partition}:lambda:{region}:{account}:function:{function}{Version}",
        holes={"function": Hole("FunctionName", "", after=":")},
        assigned={"Version": (Alphabet.NAME, "<number>")},
    ),
    "AWS::StepFunctions::StateMachine": Identity(
        "StateMachineName", "arn:{partition}:states:{region}:{account}:stateMachine:{name}", called="statemachinename"
    ),
    "AWS::DynamoDB::Table": Identity(
        "TableName",
        "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
        assigned={"label": (Alphabet.ASSIGNED, "<label>")},
        more={"stream_arn": "arn:{partition}:dynamodb:{region}:{account}:table/{name}/stream/{label}"},
    ),
    "AWS::S3::Bucket": Identity("BucketName", "arn:{partition}:s3:::{name}"),
    "AWS::Events::Rule": Identity(
        "Name",
        "arn:{partition}:events:{region}:{account}:rule/{bus}{name}",
        holes={"bus": Hole("EventBusName", "default", after="/", silent=True)},
    ),
    "AWS::Events::EventBus": Identity("Name", "arn:{partition}:events:{region}:{account}:event-bus/{name}"),
    "AWS::Events::ApiDestination": Identity(
        "Name",
        "arn:{partition}:events:{region}:{account}:api-destination/{name}/{id}",
        assigned={"id": (Alphabet.NAME, "<id>")},
        more={"arn_for_policy": "arn:{partition}:events:{region}:{account}:api-destination/{name}"},
    ),
    "AWS::EventsV2::Subscriber": Identity(
        "Name",
        "arn:{partition}:events:{region}:{account}:subscriber/{id}",
        assigned={"id": (Alphabet.ASSIGNED, "<id>")},
    ),
    "AWS::IoT::TopicRule": Identity("RuleName", "arn:{partition}:iot:{region}:{account}:rule/{name}"),
    "AWS::Scheduler::Schedule": Identity(
        "Name",
        "arn:{partition}:scheduler:{region}:{account}:schedule/{group}{name}",
        holes={"group": Hole("GroupName", "default", after="/")},
    ),
    "AWS::Scheduler::ScheduleGroup": Identity(
        "Name", "arn:{partition}:scheduler:{region}:{account}:schedule-group/{name}"
    ),
    "AWS::Pipes::Pipe": Identity("Name", "arn:{partition}:pipes:{region}:{account}:pipe/{name}"),
    "AWS::CloudWatch::Alarm": Identity("AlarmName", "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"),
    "AWS::CloudWatch::CompositeAlarm": Identity(
        "AlarmName", "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"
    ),
    "AWS::Logs::LogGroup": Identity("LogGroupName", "arn:{partition}:logs:{region}:{account}:log-group:{name}:*"),
    "AWS::CloudTrail::Trail": Identity("TrailName", "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}"),
    "AWS::RDS::EventSubscription": Identity(
        "SubscriptionName",
        "arn:{partition}:rds:{region}:{account}:es:{name}",
        assigned={"database": (Alphabet.ASSIGNED, "<database>")},
        sender="arn:{partition}:rds:{region}:{account}:{database}",
    ),
    "AWS::SMSVOICE::ConfigurationSet": Identity(
        "ConfigurationSetName", "arn:{partition}:sms-voice:{region}:{account}:configuration-set/{name}"
    ),
    "AWS::AmazonMQ::Broker": Identity(
        "BrokerName",
        "arn:{partition}:mq:{region}:{account}:broker:{name}:{id}",
        assigned={"id": (Alphabet.NAME, "<id>")},
    ),
    "AWS::KinesisAnalyticsV2::Application": Identity(
        "ApplicationName", "arn:{partition}:kinesisanalytics:{region}:{account}:application/{name}"
    ),
    "AWS::MSK::Cluster": Identity("ClusterName", CLUSTER_ARN, assigned={"uuid": (Alphabet.NAME, "<uuid>")}),
    "AWS::MSK::ServerlessCluster": Identity("ClusterName", CLUSTER_ARN, assigned={"uuid": (Alphabet.NAME, "<uuid>")}),
    "AWS::IAM::Role": Identity(
        "RoleName", "arn:{partition}:iam::{account}:role{path}{name}", holes={"path": Hole("Path", "/")}
    ),
    "AWS::SecretsManager::Secret": Identity(
        "Name",
        "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{suffix}",
        assigned={"suffix": (Alphabet.SUFFIX, "<six characters>")},
    ),
}

CALLED = frozenset(identity.called for identity in IDENTITIES.values() if identity.called)
"""The properties that name a resource of another without an ARN."""
