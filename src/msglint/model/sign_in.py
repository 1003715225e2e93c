"""How brokers and Kafka clusters are signed in to, and which secrets are whose credentials.

https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from msglint.model.amazon_mq import Broker
from msglint.model.credentials import told
from msglint.model.data import Data
from msglint.model.disclosure import is_placeholder
from msglint.model.elsewhere import done_elsewhere
from msglint.model.events import Pipe
from msglint.model.expression import Fields, Items
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.msk import Cluster, ScramAssociation
from msglint.model.polling import Poller, Source, SourceKind, source
from msglint.model.resource import Mention, Record, Resource, hands_on
from msglint.model.secrets import MSK_SECRET, RotationSchedule, Secret, SecretVersion
from msglint.model.source_access import SourceAccess
from msglint.model.text import Symbol, Text
from msglint.model.value import (
    Absent,
    Known,
    Mentions,
    Unknown,
    Value,
    effective,
    literal,
    made_of,
    not_understood,
    outside,
    says,
)
from msglint.source import Place
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, any_of, of, unknown

BASIC, SCRAM_512 = "BASIC_AUTH", "SASL_SCRAM_512_AUTH"
PASSWORDS = (BASIC, SCRAM_512, "SASL_SCRAM_256_AUTH")
"""Ways to sign in with a user name and a password."""
SECRETS = (*PASSWORDS, "CLIENT_CERTIFICATE_TLS_AUTH", "SERVER_ROOT_CA_CERTIFICATE")
"""What stands in a secret."""
WORDS = (*SECRETS, "VIRTUAL_HOST", "VPC_SUBNET", "VPC_SECURITY_GROUP")

_READ_AT_DEPLOYMENT = "{{resolve:secretsmanager:"


BROKERS = frozenset({SourceKind.ACTIVEMQ, SourceKind.RABBITMQ, SourceKind.BROKER})
TAKES: Mapping[SourceKind, tuple[str, ...]] = {
    SourceKind.ACTIVEMQ: (BASIC,),
    SourceKind.RABBITMQ: (BASIC, "VIRTUAL_HOST"),
    SourceKind.BROKER: (BASIC, "VIRTUAL_HOST"),
    SourceKind.CLUSTER: (SCRAM_512, "CLIENT_CERTIFICATE_TLS_AUTH"),
    SourceKind.SERVERLESS: (),
    SourceKind.SELF_MANAGED: (*SECRETS, "VPC_SUBNET", "VPC_SECURITY_GROUP"),
}
"""The access configurations that each kind of source takes; MSK Serverless knows IAM alone."""


def unsigned(poller: Poller) -> Verdict:
    """Say whether a poller names no secret at all for its source."""
    there = any_of(says(each.type, *SECRETS) for each in poller.credentials() if each.to_source)
    rest = poller.access.elements().rest if isinstance(poller, EventSourceMapping) else None
    return ~there if rest is None or there.is_yes else ~there & unknown(rest.reason)


def secrets(poller: Poller) -> Iterator[Data | Unknown]:
    """Give the ARNs of the secrets with which a poller signs in to its source, and why there may be more."""
    for each in poller.credentials():
        # What goes with another way to sign in is a network or a virtual host.
        secret = says(each.type, *SECRETS) if each.to_source else NO
        if secret.is_yes:
            yield each.uri
        elif secret.is_unknown:
            yield Unknown(secret.reasons[0], each.uri.at)
    rest = poller.access.elements().rest if isinstance(poller, EventSourceMapping) else None
    if rest is not None:
        yield Unknown(rest.reason, rest.at)


def word_of(credential: SourceAccess) -> str:
    """Give the API's word for a way to sign in; empty where it is not known, or is none."""
    written = literal(credential.type)
    return written if written in WORDS else ""


def refuses(read: Source | Unknown, credential: SourceAccess) -> Verdict:
    """Say whether a source does not take a way to sign in."""
    word = word_of(credential)
    if not word:
        # A literal that is no word of the API at all is refused for another reason.
        return says(credential.type, *WORDS)
    if isinstance(read, Unknown):
        return unknown(read.reason)
    if word not in TAKES[read.kind]:
        return YES
    match read.kind, read.resource:
        case SourceKind.CLUSTER, Cluster() as cluster if word == SCRAM_512:
            return cluster.scram.holds(lambda on: not on)
        case SourceKind.CLUSTER, None if word == SCRAM_512 and read.elsewhere is not None:
            return unknown(read.elsewhere.reason)
        case SourceKind.BROKER, broker if word != BASIC:
            at = broker.at if broker is not None else None
            lookups = read.elsewhere.reason.lookups if read.elsewhere is not None else ()
            return unknown(Reason(Doubt.OUTSIDE, "whether it is a RabbitMQ broker is not known here", at, lookups))
        case _:
            return NO


def is_secret_arn(data: Data, model: Model) -> Verdict:
    """Say whether a value is the ARN of a secret. No reason repeats the value, which may be a password."""
    if isinstance(data.shape, Fields | Items):
        return NO  # what a secret holds, put together
    value = data.text()
    match value:
        case Unknown(reason=reason):
            return unknown(reason)
        case Absent():
            return NO
        case Mentions(references=references, complete=True, reason=reason) if references:
            found = [_names_secret(model.record(each.resource), each.attribute) for each in references]
            same_answer = found[0] if len(set(found)) == 1 else None
            return unknown(reason) if same_answer is None else of(same_answer)
        case Mentions(reason=reason):
            return unknown(reason)
        case Known(value=text, at=at):
            because = Reason(Doubt.OUTSIDE, f"it is made of {_symbols(text)}, which has no value here", at)
            literal = text.literal_value
            if literal is not None and is_placeholder(literal):
                return unknown(Reason(Doubt.OUTSIDE, "what stands there looks like a placeholder", at))
            if text.refers is not None:
                named = _names_secret(model.record(text.refers.resource), text.refers.attribute)
                return unknown(because) if named is None else of(named)
            if _reads_secret(text):
                return NO
            pieces = text.split(":", 3)
            if pieces is None or len(pieces) < 3:  # arn, partition, service
                return NO if text.starts_with("arn:").is_no else unknown(because)
            service = says(Known(pieces[2], at), "secretsmanager")
            return says(Known(pieces[0], at), "arn") & service if not service.is_unknown else unknown(because)
    raise AssertionError("a Value is one of four kinds")


def _names_secret(record: Record | None, attribute: str) -> bool | None:
    """Say whether an attribute of a resource is a secret's ARN; None where it may be one."""
    match record.type if record is not None else "":
        case Secret.KIND:
            return attribute in {"arn", ""}
        case SecretVersion.KIND:
            return attribute == "arn" or (None if not attribute else False)
        case "AWS::SecretsManager::SecretTargetAttachment" | "AWS::SecretsManager::RotationSchedule":
            return True
        case "aws_ssm_parameter" if attribute in {"arn", "name", "id"}:
            return False
        case "AWS::SSM::Parameter" if attribute == "ref":
            return False
        case _:
            return None


def _reads_secret(text: Text) -> bool:
    """Say whether a text is a dynamic reference, which CloudFormation replaces by the secret's value."""
    only = text.parts[0] if len(text.parts) == 1 else None
    return isinstance(only, Symbol) and only.label.startswith(_READ_AT_DEPLOYMENT)


def _symbols(text: Text) -> str:
    return " and ".join(part.label for part in text.parts if isinstance(part, Symbol)) or "what stands here"


class Use(NamedTuple):
    """A place that may use a secret."""

    owner: Resource
    at: Place
    signs_in: Verdict
    """Whether it is the user name and password for a broker or Kafka cluster."""
    scram: Verdict
    """Whether an MSK cluster takes it for SASL/SCRAM."""


def uses(secret: Secret, model: Model) -> Iterator[Use]:
    """Give where a secret is used as credentials of a broker or Kafka cluster."""
    for association in _associations(secret, model):
        named = associates(association, secret, model)
        yield Use(association, association.at, named, named)
    mentions = [mention for named in (secret, *_versions(secret, model)) for mention in named.mentions()]
    seen: set[tuple[str, str]] = set()
    for mention in mentions:
        record = model.record(mention.by)
        if record is None or record.key in seen or not _may_use(mention, record.type):
            continue
        # Asked last: the conditions of what uses the secret otherwise are no matter.
        if not record.part.exists(record.id):
            continue
        seen.add(record.key)
        if record.type == Broker.KIND:
            yield Use(Broker(record), record.at, _by_mention(mention, record), NO)
        else:
            poller = EventSourceMapping(record) if record.type == EventSourceMapping.KIND else Pipe(record)
            yield from _of_poller(poller, secret, model)


def _may_use(mention: Mention, type_: str) -> bool:
    """Say whether who names a secret may sign in with it to a broker or Kafka cluster."""
    if type_ == Broker.KIND:
        return mention.path[:1] in {("users",), ("user",)} and mention.path[-1] == "password"
    return type_ in {EventSourceMapping.KIND, Pipe.KIND}


def is_for_messaging(value: Secret | SecretVersion, model: Model) -> Verdict:
    """Say whether somebody signs in to a broker or Kafka cluster by a secret: a name in it tells, or who uses it."""
    secret = model.find(value.secret, Secret) if isinstance(value, SecretVersion) else value
    called = (literal(secret.called) if isinstance(secret, Secret) else None) or ""
    written = value.value.trace()
    if written is not None and any(told(called, written)):
        return YES
    if isinstance(secret, Secret):
        return YES if secret.is_called(MSK_SECRET).is_yes else any_of(use.signs_in for use in uses(secret, model))
    named = effective(value.secret) if isinstance(value, SecretVersion) else None
    name = named.literal_value if named is not None else None
    if name is None and isinstance(secret, Unknown):
        return unknown(secret.reason)
    return of(MSK_SECRET in (name or ""))


def _by_mention(mention: Mention, record: Record) -> Verdict:
    text = f"whether a user of {record.id} has its password from here cannot be told"
    return YES if mention.certain else unknown(Reason(Doubt.NOT_UNDERSTOOD, text, record.at))


def _of_poller(poller: Poller, secret: Secret, model: Model) -> Iterator[Use]:
    for credential in poller.credentials():
        named = names(credential.uri.text(), secret, model)
        if credential.to_source and not named.is_no:
            signs_in, scram = _meant(credential, source(poller, model))
            yield Use(poller, credential.uri.at, named & signs_in, named & scram)


def _meant(credential: SourceAccess, read: Source | Unknown) -> tuple[Verdict, Verdict]:
    """Say whether a credential is for a broker or Kafka cluster, and whether it is for SASL/SCRAM on an MSK cluster."""
    sasl, basic = says(credential.type, *PASSWORDS[1:]), says(credential.type, BASIC)
    scram = says(credential.type, SCRAM_512)
    if isinstance(read, Unknown):
        # Only Kafka knows SASL, while a cluster of DocumentDB takes a user name and a password too.
        return sasl | (basic & unknown(read.reason)), scram & unknown(read.reason)
    match read.kind:
        case SourceKind.CLUSTER:
            return scram, scram
        case kind if kind in TAKES and kind is not SourceKind.SERVERLESS:
            return sasl | basic, NO
        case _:
            return NO, NO


class Elsewhere(NamedTuple):
    """A secret of another run for SASL/SCRAM on an MSK cluster; `taken` says whether it is for that."""

    at: Place
    taken: Verdict
    name: Text | Unknown

    def is_called(self, prefix: str) -> Verdict:
        """Say whether the name begins with a prefix."""
        return unknown(self.name.reason) if isinstance(self.name, Unknown) else self.name.starts_with(prefix)


def scram_secrets_elsewhere(owner: ScramAssociation | Poller, model: Model) -> Iterator[Elsewhere]:
    """Give the secrets for SASL/SCRAM that an association or poller names and this run does not make."""
    if isinstance(owner, ScramAssociation):
        named = [(element, YES) for element in owner.secrets.known]
    else:
        read = source(owner, model)
        named = [(each.uri, _meant(each, read)[1]) for each in owner.credentials() if each.to_source]
    for data, taken in named:
        name = _name_elsewhere(data.text(), model)
        if name is not None and not taken.is_no:
            yield Elsewhere(data.at, taken, name)


def _name_elsewhere(value: Value[Text], model: Model) -> Text | Unknown | None:
    """Give the name at the end of a secret's ARN; None for a secret of this run, and where it is no such ARN."""
    records = [model.record(reference.resource) for reference in made_of(value)]
    own = {record.type for record in records if record is not None} & {Secret.KIND, SecretVersion.KIND}
    match value:
        case Known(value=text, at=at) if not own:
            pieces = text.split(":", 6)
            if pieces is None:
                return outside(f"which secret {_symbols(text)} is cannot be told", at)
            is_arn = len(pieces) > 6 and pieces[2].literal_value == "secretsmanager"  # the seventh is the name
            return pieces[6] if is_arn and not isinstance(model.find(value, Secret), Secret) else None
        case Unknown(reason=reason, at=at) | Mentions(reason=reason, at=at) if not own:
            return Unknown(reason, at)
        case _:
            return None


def names(value: Value[Text], secret: Secret, model: Model) -> Verdict:
    """Say whether a value names a secret, by itself or by a version of it."""
    value = _by_version(value, model)
    named = model.names(value, secret)
    if named.is_unknown and isinstance(value, Known):
        # A text that stands where a secret is named may be a password, so no reason repeats it.
        text = f"whether {_symbols(value.value)} is {secret} cannot be told"
        return unknown(Reason(Doubt.OUTSIDE, text, value.at))
    return named


def _by_version(value: Value[Text], model: Model) -> Value[Text]:
    """Give what the version of a secret that a value names says whose it is; else the value."""
    made = made_of(value)
    record = model.record(made[0].resource) if len(made) == 1 else None
    return SecretVersion(record).secret if record is not None and record.type == SecretVersion.KIND else value


def associates(association: ScramAssociation, secret: Secret, model: Model) -> Verdict:
    """Say whether an association names a secret."""
    listed = association.secrets
    found = any_of(names(element.text(), secret, model) for element in listed.known)
    return found if listed.rest is None or found.is_yes else found | _rest(listed.rest, secret)


def _rest(rest: Unknown | Mentions, secret: Secret) -> Verdict:
    """Say whether what is not known of a list may name a secret: not where the plan tells all that it names."""
    told = isinstance(rest, Mentions) and rest.complete and rest.references
    return NO if told else unknown(rest.reason)


def _versions(secret: Secret, model: Model) -> Iterator[SecretVersion]:
    for mention in secret.mentions():
        record = model.record(mention.by)
        if record is not None and record.type == SecretVersion.KIND:
            version = SecretVersion(record)
            if not names(version.secret, secret, model).is_no:
                yield version


def is_associated(secret: Secret, model: Model) -> Verdict:
    """Say whether a secret is associated with a cluster."""
    return any_of(associates(association, secret, model) for association in _associations(secret, model))


def _associations(secret: Secret, model: Model) -> Iterable[ScramAssociation]:
    """Give the associations that may name a secret."""

    def named(association: ScramAssociation) -> Iterator[Value[Text]]:
        listed = association.secrets
        yield from (_by_version(element.text(), model) for element in listed.known)
        if listed.rest is not None:
            yield listed.rest

    return model.pointing(secret, ScramAssociation, named)


def has_secrets(cluster: Cluster, model: Model) -> Verdict:
    """Say whether any secret is associated with a cluster."""
    found = model.pointing(cluster, ScramAssociation, lambda association: (association.cluster,))
    return any_of(model.names(association.cluster, cluster) for association in found)


def is_rotated(secret: Secret, model: Model) -> Verdict:
    """Say whether a secret is rotated."""
    found = model.pointing(secret, RotationSchedule, lambda rotation: (_by_version(rotation.secret, model),))
    return any_of(names(rotation.secret, secret, model) for rotation in found)


R = TypeVar("R", bound=Resource)
_RUNS = ("null_resource", "terraform_data")
_OF_THE_CDK = frozenset({"Custom::S3BucketNotifications", "Custom::LogRetention"})
"""Custom resources of the CDK that use what they are given for one thing that is known."""


def handed_on(resource: R, model: Model, done: Callable[[R], Verdict] | None = None) -> Verdict:
    """Say whether something that nobody sees here may associate or rotate a resource: UNKNOWN if so, else NO.

    `done` says it of the resource as the account has it, where that was looked up.
    """
    part = resource.record.part
    exported = part.exported(resource.id, arns=True)
    if exported is not None:
        doubt = outside(f"{resource} is exported, so another stack may do it", exported)
        return done_elsewhere(doubt, resource, model, done)
    opaque = part.opaque(resource.id)
    if opaque is not None:
        return done_elsewhere(opaque.may_add("resources that are"), resource, model, done if part.live else None)
    for mention in resource.mentions():
        # Who is the service token of a custom resource is called, and not handed on.
        record = model.record(mention.by) if mention.path[:1] != ("servicetoken",) else None
        if record is None or record.type in _OF_THE_CDK:
            continue
        if (hands_on(record.type) or record.type in _RUNS) and part.exists(record.id):
            text = f"{record.id} is given {resource} and may do it"
            # What this deployment does no account has yet.
            return done_elsewhere(not_understood(text, record.at), resource, model, done if part.live else None)
    return NO
