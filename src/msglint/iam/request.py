"""Requests: who asks for what, and what AWS knows of the call."""

import enum
from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from msglint.model.text import Text
from msglint.verdict import Reason


class ServicePrincipal(msgspec.Struct, frozen=True):
    """An AWS service that calls in its own name, such as `events.amazonaws.com`."""

    name: str


class AwsKind(enum.Enum):
    """What kind of identity of an account calls."""

    ROLE = "role"
    USER = "user"
    ROOT = "root"
    SESSION = "assumed-role"


class AwsPrincipal(msgspec.Struct, frozen=True):
    """An identity of an account. `role` is the ARN of the role that a session was made from.

    A role whose sessions have names that nobody knows is a ROLE, as if it called itself.
    """

    arn: Text
    account: Text
    kind: AwsKind = AwsKind.ROLE
    role: Text | None = None


class Anonymous(msgspec.Struct, frozen=True):
    """A caller without credentials."""


Caller: TypeAlias = ServicePrincipal | AwsPrincipal | Anonymous


class Present(msgspec.Struct, frozen=True):
    """The values that a context key has; more or fewer than one only if the key is multivalued (`multi`)."""

    values: tuple[Text, ...]
    multi: bool = False

    def __post_init__(self) -> None:
        if not self.multi and len(self.values) != 1:
            raise ValueError("a single-valued context key has exactly one value")


class NotSent(enum.Enum):
    """That a context key is not in the request."""

    ABSENT = "absent"


ABSENT = NotSent.ABSENT

ContextValue: TypeAlias = Present | NotSent | Reason
"""What is known of a context key; a Reason says why it is not known whether it is sent, or what it holds."""


class Context(msgspec.Struct, frozen=True):
    """The context keys of a request. Made by `of`, since the names of keys know no case."""

    keys: Mapping[str, ContextValue]
    default: ContextValue
    """What holds for the keys that are not listed."""

    @classmethod
    def of(cls, keys: Mapping[str, ContextValue], default: ContextValue) -> "Context":
        """Give the context with these keys, in whatever case they are written."""
        return cls({key.lower(): value for key, value in keys.items()}, default)

    def get(self, key: str) -> ContextValue:
        """Give what is known of a key, in whatever case it is written."""
        return self.keys.get(key.lower(), self.default)


def sent(value: str | Text) -> Present:
    """Give a single-valued key's value."""
    return Present((Text.literal(value) if isinstance(value, str) else value,))


class Request(msgspec.Struct, frozen=True):
    """One call: `action` as in `sqs:SendMessage`, `resource` an ARN."""

    principal: Caller
    action: str
    resource: Text
    context: Context
