"""Whether the role of an event source or pipe may read and decrypt the secrets that it signs in with."""

from collections.abc import Iterator

import msgspec

from msglint.iam.evaluate import Decision
from msglint.iam.identity import may, may_use_key
from msglint.iam.request import sent
from msglint.iam.roles import assumed, users
from msglint.model.access import Role
from msglint.model.data import Data
from msglint.model.events import Pipe
from msglint.model.kms import Key
from msglint.model.lambda_ import EventSourceMapping, Function, function_of
from msglint.model.model import Model
from msglint.model.secrets import Secret, key_of, named_secrets, policies
from msglint.model.text import ARN_COLONS, Text
from msglint.model.value import Absent, Known, Mentions, Unknown, outside
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
    for data in named_secrets(owner):
        role = reader(owner, model) if role is None else role
        value = data.text()
        if isinstance(role, Unknown):
            yield Unknown(role.reason, value.at)
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
        case Unknown(), Known(value=text) if text.refers is None or text.refers.attribute == "arn":
            # It lies outside, and so does its policy, which may let the role in.
            why = outside("the secret is not in this run, and its own policy may let the role in", value.at)
            return Reading(role, value.at, None, str(text), may(role, READ, text, model, [why]))
        case _, (Unknown() | Mentions() as blind):
            return Unknown(blind.reason, blind.at)
        case Unknown(), _:
            return found
        case _:
            return outside("no secret is named here", value.at)


def _own(role: Role, secret: Secret, at: Place, model: Model) -> Reading:
    resource = [each.policy for each in policies(secret, model)]
    read = may(role, READ, secret.arn, model, resource)
    key = key_of(secret, model)
    decrypt = None
    if isinstance(key, Key):
        pieces = secret.arn.split(":", ARN_COLONS)
        region = pieces[3] if pieces is not None and len(pieces) > ARN_COLONS else None
        via = Text.of("secretsmanager.", region, ".amazonaws.com") if region is not None else None
        account = sent(role.record.part.account(role.id))
        # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
        keys = {"kms:EncryptionContext:SecretARN": sent(secret.arn), "kms:CallerAccount": account}
        decrypt = may_use_key(role, DECRYPT, key, model, keys | ({"kms:ViaService": sent(via)} if via else {}))
    doubt = key if isinstance(key, Unknown) else None
    return Reading(role, at, secret, str(secret), read, key if isinstance(key, Key) else None, decrypt, doubt)


def cannot_be_assumed(role: Role, owner: EventSourceMapping | Pipe, model: Model) -> bool:
    """Tell whether the role is of no use to the pipe anyway: that is a fault of its own."""
    return any(user.owner.id == owner.id and assumed(role, user).verdict.is_no for user in users(role, model))
