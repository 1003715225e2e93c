"""Whether the role of an event source or pipe may read and decrypt the secrets that it signs in with."""

from collections.abc import Iterator

import msgspec

from msglint.iam.evaluate import Decision
from msglint.iam.identity import may, may_use_key, through
from msglint.iam.request import sent
from msglint.iam.roles import assumed, users
from msglint.model.access import Role
from msglint.model.data import Data
from msglint.model.events import Pipe
from msglint.model.kms import Key
from msglint.model.lambda_ import EventSourceMapping, Function, function_of
from msglint.model.model import Model
from msglint.model.secret_access import policies, policies_elsewhere
from msglint.model.secrets import Secret
from msglint.model.sign_in import secrets
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Unknown, outside
from msglint.source import Place
from msglint.verdict import YES, Verdict, unknown

READ, DECRYPT = "secretsmanager:GetSecretValue", "kms:Decrypt"


class Reading(msgspec.Struct, frozen=True):
    """One secret that a role has to read, named at `at`; `secret` where it is of this run."""

    role: Role
    at: Place
    secret: Secret | None
    called: str
    read: Decision
    key: Key | None = None
    decrypt: Decision | None = None
    doubt: Unknown | None = None
    """Why it cannot be told whether the role may use the key."""

    @property
    def verdict(self) -> Verdict:
        """Whether the role gets at what the secret holds."""
        opened = self.decrypt.verdict if self.decrypt is not None else YES
        return self.read.verdict & opened & (unknown(self.doubt.reason) if self.doubt is not None else YES)


def readings(owner: EventSourceMapping | Pipe, model: Model) -> Iterator[Reading | Unknown]:
    """Give what the role of an event source or pipe has to read; an Unknown where it is not known which, or by whom."""
    role: Role | Absent[Text] | Unknown | None = None
    for data in secrets(owner):
        role = reader(owner, model) if role is None else role
        if isinstance(data, Unknown):
            yield data
        elif isinstance(role, Unknown):
            yield Unknown(role.reason, data.at)
        elif isinstance(role, Role):
            yield _reading(role, data, model)


def reader(owner: EventSourceMapping | Pipe, model: Model) -> Role | Absent[Text] | Unknown:
    """Give the role with which an event source or pipe reads: that of its function, or its own."""
    if isinstance(owner, Pipe):
        return model.find(owner.role, Role)
    function = function_of(owner.function, model)
    return model.find(function.role, Role) if isinstance(function, Function) else function


def _reading(role: Role, data: Data, model: Model) -> Reading | Unknown:
    value = data.text()
    found = model.find(value, Secret)
    match found, value:
        case Secret(), _:
            return _own(role, found, value.at, model)
        case Unknown(reason=reason), Known(value=text) if text.refers is None or text.refers.attribute == "arn":
            # It lies outside, and so does its policy, which may let the role in.
            words = "the secret is not in this run, and its own policy may let the role in"
            why = outside(words, value.at, *reason.lookups)
            return Reading(role, value.at, None, str(text), may(role, READ, text, model, [why]))
        case Unknown(), _:
            return found
        case _:
            return outside("no secret is named here", value.at)


def _own(role: Role, secret: Secret, at: Place, model: Model) -> Reading:
    known = [each.policy for each in policies(secret, model)]
    # A secret has one policy: whoever writes it here does not write it elsewhere.
    elsewhere = [] if known else [each.policy for each in policies_elsewhere(secret, model)]
    known += (each for each in elsewhere if not isinstance(each, Unknown))
    read = may(role, READ, secret.arn, model, known, [each for each in elsewhere if isinstance(each, Unknown)])
    match model.key_of(secret):
        case Key() as key:
            # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
            keys = {**through(role, secret), "kms:EncryptionContext:SecretARN": sent(secret.arn)}
            decrypt = may_use_key(role, DECRYPT, key, model, keys)
            return Reading(role, at, secret, str(secret), read, key, decrypt)
        case doubt:
            return Reading(role, at, secret, str(secret), read, doubt=doubt)


def cannot_be_assumed(role: Role, owner: EventSourceMapping | Pipe, model: Model) -> bool:
    """Tell whether the role is of no use to the pipe anyway: that is a fault of its own."""
    using = (user for user in users(role, model) if user.owner.record.key == owner.record.key)
    return any(assumed(role, user, model).verdict.is_no for user in using)
