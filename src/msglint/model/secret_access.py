"""Secrets in use: who signs in with them, the policies that they hold, and the keys that encrypt them."""

from collections.abc import Sequence
from typing import TypeVar

from msglint.model.access import SecretPolicy
from msglint.model.data import Data
from msglint.model.delivery import Attached, behind_the_scenes
from msglint.model.events import Pipe
from msglint.model.kms import Alias, Key
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.policy import read_policy
from msglint.model.resource import Resource
from msglint.model.secrets import Secret
from msglint.model.sign_in import secrets
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Unknown, Value, made_of, outside

R = TypeVar("R", bound=Resource)

_SIGNED_IN_TO = (
    "AWS::AmazonMQ::Broker",
    "AWS::MSK::BatchScramSecret",
)
"""Types that a run holds only where somebody signs in to a broker or cluster."""


def has_messaging_credentials(model: Model) -> bool:
    """Tell whether somebody signs in to a broker or a Kafka cluster in this run."""
    made = (part.exists(id_) for part in model.parts for type_ in _SIGNED_IN_TO for id_ in part.types().get(type_, ()))
    return any(made) or bool(_signed_in_with(model))


def broker_secrets(model: Model) -> Sequence[Secret]:
    """Give the secrets of the run with which its event sources and pipes sign in to brokers and clusters."""
    found = (model.find(data.text(), Secret) for data in _signed_in_with(model))
    return list({secret.id: secret for secret in found if isinstance(secret, Secret)}.values())


def _signed_in_with(model: Model) -> Sequence[Data]:
    def make() -> Sequence[Data]:
        mappings = [each for each in model.every(EventSourceMapping) if each.document_database.exists().is_no]
        owners: list[EventSourceMapping | Pipe] = [*mappings, *model.every(Pipe)]
        named = (data for owner in owners for data in secrets(owner))
        return [data for data in named if isinstance(data, Data) and data.exists().is_yes]

    return model.once("signed in with", make)


def policies(secret: Secret, model: Model) -> Sequence[Attached]:
    """Give the policies of a secret that are written here."""
    found: list[Attached] = []
    if not secret.policy.exists().is_no:
        found.append(Attached(secret, read_policy(secret.policy)))
    part = secret.record.part
    for id_ in part.types().get(SecretPolicy.KIND, ()):
        record = part.record(id_)
        if record is None:
            continue
        owner = SecretPolicy(record)
        meant = model.names(owner.secret, secret)
        if meant.is_no or not part.exists(id_):
            continue
        unknown = Unknown(meant.reasons[0], owner.at) if meant.reasons else None
        found.append(Attached(owner, unknown or read_policy(owner.document)))
    return found


def policies_elsewhere(secret: Secret, model: Model) -> Sequence[Attached]:
    """Give why a secret without a policy here may have one all the same."""
    found = list(behind_the_scenes(secret, secret.mentions(), model))
    exported = secret.record.part.exported(secret.id, arns=True)
    if exported is not None:
        why = "the secret is exported, so another stack may give it a policy"
        found.append(Attached(secret, outside(why, exported)))
    return found


def key_of(secret: Secret, model: Model) -> Key | Unknown | None:
    """Give the customer's key that encrypts a secret; None where it is the one that AWS manages."""
    value = secret.key
    match value:
        case Absent():
            return None
        case Known(value=text) if text.refers is None and Secret.AWS_MANAGED_KEY in str(text):
            return None
        case Unknown():
            return value
        case _:
            return _key(value, model) or outside("the key of the secret is not in this run", value.at)


def _key(value: Value[Text], model: Model) -> Key | None:
    """Follow a key's id or ARN, or an alias, to a key of this run."""
    alias = _made(value, Alias, model) or _found(value, Alias, model)
    # The target of an alias is a key, so this ends.
    target = alias.target if alias is not None else value
    return _made(target, Key, model) or _found(target, Key, model)


def _made(value: Value[Text], kind: type[R], model: Model) -> R | None:
    named = made_of(value)
    record = model.record(named[0].resource) if len(named) == 1 else None
    return kind(record) if record is not None and record.type == kind.KIND and record.part.exists(record.id) else None


def _found(value: Value[Text], kind: type[R], model: Model) -> R | None:
    candidates = (model.find(value, kind, attribute) for attribute in ("arn", "key_id"))
    return next((found for found in candidates if isinstance(found, kind)), None)
