"""Secrets in use: who signs in with them, the policies that they hold, and the keys that encrypt them."""

from collections.abc import Sequence

from msglint.model.access import SecretPolicy
from msglint.model.data import Data
from msglint.model.delivery import behind_the_scenes
from msglint.model.elsewhere import Attached, besides
from msglint.model.events import Pipe
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.policy import read_policy
from msglint.model.secrets import Secret
from msglint.model.sign_in import secrets
from msglint.model.value import Unknown, outside

_SIGNED_IN_TO = (
    "AWS::AmazonMQ::Broker",
    "AWS::MSK::BatchScramSecret",
)
"""Types that a run holds only where somebody signs in to a broker or cluster."""


def has_messaging_credentials(model: Model) -> bool:
    """Tell whether somebody signs in to a broker or a Kafka cluster in this run."""
    made = (
        part.exists(id_)
        for type_ in _SIGNED_IN_TO
        for part in model.having(type_)
        for id_ in part.types().get(type_, ())
    )
    return any(made) or bool(_signed_in_with(model))


def broker_secrets(model: Model) -> Sequence[Secret]:
    """Give the secrets of the run with which its event sources and pipes sign in to brokers and clusters."""
    found = (model.find(data.text(), Secret) for data in _signed_in_with(model))
    return list({secret.record.key: secret for secret in found if isinstance(secret, Secret)}.values())


def _signed_in_with(model: Model) -> Sequence[Data]:
    def make() -> Sequence[Data]:
        mappings = (each for each in model.declared(EventSourceMapping) if each.document_database.exists().is_no)
        owners: list[EventSourceMapping | Pipe] = [*mappings, *model.declared(Pipe)]
        named = ((owner, data) for owner in owners for data in secrets(owner) if isinstance(data, Data))
        return [data for owner, data in named if data.exists().is_yes and model.exists(owner)]

    return model.once("signed in with", make)


def policies(secret: Secret, model: Model) -> Sequence[Attached]:
    """Give the policies of a secret that are written here."""
    found: list[Attached] = []
    if not secret.policy.exists().is_no:
        found.append(Attached(secret, read_policy(secret.policy)))
    for owner in model.pointing(secret, SecretPolicy, lambda policy: (policy.secret,)):
        meant = model.names(owner.secret, secret)
        if meant.is_no:
            continue
        unknown = Unknown(meant.reasons[0], owner.at) if meant.reasons else None
        found.append(Attached(owner, unknown or read_policy(owner.document)))
    return found


def policies_elsewhere(secret: Secret, model: Model) -> Sequence[Attached]:
    """Give why a secret without a policy here may have one all the same; where the account was asked, that one."""
    found = list(behind_the_scenes(secret.mentions(), model))
    exported = secret.record.part.exported(secret.id, arns=True)
    if exported is not None:
        why = "the secret is exported, so another stack may give it a policy"
        found.append(Attached(secret, outside(why, exported)))
    return list(besides(found, secret, model, lambda there: policies(there, model)))
