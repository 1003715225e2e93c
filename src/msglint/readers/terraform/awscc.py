"""The Cloud Control provider: CloudFormation's types and properties in snake case, policies as texts of JSON.

https://registry.terraform.io/providers/hashicorp/awscc/latest/docs
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import msgspec

from msglint.model.data import Data
from msglint.model.disclosure import Traced
from msglint.model.expression import Expression, Fields, Items, Shape
from msglint.model.identity import IDENTITIES
from msglint.model.resource import fold
from msglint.model.text import Text
from msglint.model.value import Absent, Mentions, Unknown
from msglint.readers.terraform.address import CLOUD_CONTROL
from msglint.readers.terraform.expressions import Planned, Spec
from msglint.readers.terraform.kinds import KINDS, Kind
from msglint.source import Place

_SERVICES = (
    *("AmazonMQ", "ApiGateway", "ApiGatewayV2", "AutoScaling", "Budgets", "CloudTrail", "CloudWatch", "CodePipeline"),
    *("CodeStarNotifications", "Config", "DocDB", "DynamoDB", "ECS", "ElastiCache", "Events", "EventsV2", "IAM", "IoT"),
    *("KMS", "KafkaConnect", "Kinesis", "KinesisAnalyticsV2", "KinesisFirehose", "Lambda", "Logs", "MSK", "Pipes"),
    *("RDS", "S3", "SES", "SMSVOICE", "SNS", "SQS", "SSM", "Scheduler", "SecretsManager", "StepFunctions"),
)
_SERVICE = {service.lower(): service for service in _SERVICES}
_WORDS = {"Cloudwatch": "CloudWatch", "DbCluster": "DBCluster"}
"""What the names of types write otherwise than word by word."""
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z\d])|(?<=\d)(?=[A-Za-z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ONE_WORD = re.compile("CloudFormation|CloudFront|CloudWatch|FSx")

_ARNS = {
    "AWS::SNS::Topic": "topic_arn",
    "AWS::IAM::ManagedPolicy": "policy_arn",
    "AWS::Lambda::Alias": "alias_arn",
    "AWS::Lambda::Version": "function_arn",
    "AWS::Kinesis::StreamConsumer": "consumer_arn",
    "AWS::EventsV2::Subscriber": "subscriber_arn",
    # Every resource has an `id` of the provider's, so a property of that name is called otherwise.
    "AWS::SecretsManager::Secret": "secret_id",
}
"""What the ARN is called where it is not `arn`."""
_BY_ARN = _ARNS.keys() | {
    *("AWS::Events::Rule", "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster", "AWS::StepFunctions::StateMachine"),
}
"""Types whose primary identifier, which the provider gives as `id`, is the ARN."""
_OTHER_IDS = {"AWS::SQS::Queue": "url", "AWS::KMS::Key": "key_id", "AWS::KMS::ReplicaKey": "key_id"}


def cloudformation(native: str) -> str | None:
    """Give CloudFormation's name of a type of the provider; None where msglint does not know its service."""
    service, _, resource = native.removeprefix(CLOUD_CONTROL).partition("_")
    if not native.startswith(CLOUD_CONTROL) or service not in _SERVICE or not resource:
        return None
    name = "".join(word.capitalize() for word in resource.split("_"))
    for word, written in _WORDS.items():
        name = name.replace(word, written)
    return f"AWS::{_SERVICE[service]}::{name}"


def native(type_: str) -> str:
    """Give the provider's name of one of CloudFormation's types."""
    _, service, resource = type_.split("::")
    return f"{CLOUD_CONTROL}{service.lower()}_{attribute(resource)}"


def attribute(name: str) -> str:
    """Spell a property of CloudFormation's as the provider does: `KmsMasterKeyId` is `kms_master_key_id`."""
    return _HUMP.sub("_", _ONE_WORD.sub(lambda word: word[0].capitalize(), name)).lower()


def canonical(type_: str, name: str) -> str:
    """Give what the Model calls an attribute: "arn", "url", "name" or "key_id"; else the attribute's own name."""
    identity = IDENTITIES.get(type_)
    if identity is None or name in identity.more:
        return name
    if name == "id":
        return "arn" if type_ in _BY_ARN else _OTHER_IDS.get(type_, "name")
    known = {_ARNS.get(type_, "arn"): "arn", "queue_url": "url", attribute(identity.name): "name"}
    return known.get(name, name)


def spelled(type_: str, name: str) -> str:
    """Give the provider's name of the attribute that the Model calls so."""
    identity = IDENTITIES.get(type_)
    match name:
        case "arn":
            return _ARNS.get(type_, "arn")
        case "url":
            return "queue_url"
        case "name" if identity is not None:
            return attribute(identity.name)
        case _:
            return name


@cache
def kind_of(native: str) -> Kind | None:
    """Give a type of the provider as the aws provider's types are given, for those who write HCL."""
    type_ = cloudformation(native)
    if type_ is None:
        return None
    twin = next((kind for kind in KINDS.values() if kind.type == type_), None)
    identity = IDENTITIES.get(type_)
    name = attribute(identity.name) if identity is not None else "name"
    return Kind(type_, Respelled(twin.fields if twin is not None else {}), name, generated="")


class Respelled(dict[str, Spec]):
    """The members of a type in this provider's spelling; each that CloudFormation has is there."""

    def __init__(self, fields: Mapping[str, Spec]) -> None:
        # Of the aws provider's own ways nothing stays but which structures are texts of JSON.
        inner = {name: None if spec.fields is None else Respelled(spec.fields) for name, spec in fields.items()}
        super().__init__({name: Spec(attribute(name), members) for name, members in inner.items()})

    def get(self, name: str, default: Any = None) -> Any:
        """Give a member."""
        return self[name] if name in self else Spec(attribute(name), Respelled({}))


class Properties(msgspec.Struct, frozen=True):
    """A resource, or what stands in one, whose members are found by the names of CloudFormation."""

    written: Expression
    top: bool = False
    inside: bool = False
    """Whether it is a member of what one expression gives as a whole, which may be silent about it."""
    silent: bool = False
    """Whether it is one, and the `.tf` files show that it is written nowhere."""

    @property
    def at(self) -> Place:
        """The place of what is written."""
        return self.written.at

    def shape(self) -> Shape:
        """Give the shape with its members under their names in either spelling."""
        match self.written.shape():
            case Fields(fields=fields, at=at) if self.top:
                kept = {name: part for name, part in fields.items() if not _reported(part)}
                return Fields(Folded({name: Properties(_whole(part)) for name, part in kept.items()}), at)
            case Fields(fields=fields, at=at):
                silent = _silent(self.written, fields)
                return Fields(
                    Folded(
                        {name: Properties(part, inside=True, silent=name in silent) for name, part in fields.items()}
                    ),
                    at,
                )
            case Items(items=items, at=at):
                return Items(tuple(Properties(item) for item in items), at)
            case Mentions(at=at) if self.silent:
                return Absent(None, at)
            case Mentions(references=(), complete=True, at=at) if self.inside:
                # What names nothing is known, so nobody has written this.
                return Absent(None, at)
            case Mentions(reason=reason, at=at) if self.inside:
                # The provider reports each member, so what is not known yet may be one that nobody has written.
                return Unknown(reason, at)
            case Absent(default=Text(parts=()), at=at):
                return Absent(None, at)
            case shape:
                return shape

    def traced(self) -> Traced | None:
        """Give the text with what flows into it left as symbols."""
        return Data(self.written).trace()


def _silent(whole: Expression, fields: Mapping[str, Expression]) -> Collection[str]:
    """Give the members that a structure does not have in the `.tf` files, where they show the structure."""
    shape = whole.written.shape() if isinstance(whole, Planned) and whole.written is not None else None
    if not isinstance(shape, Fields):
        return ()
    return {name for name, part in fields.items() if isinstance(part, Planned) and part.written is None}


def _whole(part: Expression) -> Expression:
    """Give an attribute with one expression for all that it holds: no block, with one for each argument."""
    silent = isinstance(part, Planned) and part.expression == {}
    return (
        msgspec.structs.replace(part, expression={"references": []}) if silent and isinstance(part, Planned) else part
    )


def _reported(part: Expression) -> bool:
    """Say whether a structure is only what AWS reports: nobody wrote it, and other resources may have made it."""
    return isinstance(part, Planned) and part.unwritten and isinstance(part.value, list | dict)


class Folded(dict[str, Expression]):
    """Members by their own names, and by those that differ from them in underscores and capitals only."""

    __slots__ = ("_folded",)

    def __init__(self, members: Mapping[str, Expression]) -> None:
        super().__init__(members)
        self._folded: dict[str, str] | None = None

    def get(self, name: str, default: Any = None) -> Any:
        """Give a member; the exact name wins."""
        if name in self:
            return self[name]
        if self._folded is None:
            self._folded = {fold(own): own for own in self}
        own = self._folded.get(fold(name))
        return self[own] if own is not None else default
