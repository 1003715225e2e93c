"""What the modules of services have in common: whom they ask, and what they give."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

UNREAD = "what was not asked for"
"""The parameter that stands for what is not asked of the account: it has no value, so nothing is taken for granted."""


class UnansweredError(Exception):
    """A call that was not answered: it is denied, or nobody is there; the message says why."""


class GoneError(Exception):
    """What is asked for is not there."""


class Ask(Protocol):
    """Makes a call in the Region of what is looked up."""

    def __call__(self, service: str, operation: str, /, **parameters: object) -> Mapping[str, Any]:
        """Give the answer; what is not there or not answered raises."""

    def pages(self, service: str, operation: str, key: str, /, **parameters: object) -> Iterator[Any]:
        """Give what all pages list under a key."""

    def listed(self, service: str, operation: str, key: str, /) -> Sequence[Any]:
        """Give what all pages list of an account and Region, asked for once in a run."""

    def or_none(self, service: str, operation: str, /, **parameters: object) -> Mapping[str, Any] | None:
        """Give the answer; None where there is no such thing."""


class Where(NamedTuple):
    """Where something is, and what it is called there."""

    partition: str
    account: str
    region: str
    name: str
    """An ARN, URL or name."""

    @property
    def last(self) -> str:
        """The part behind the last colon or slash."""
        return self.name.rsplit(":", 1)[-1].rsplit("/", 1)[-1]

    def arn(self, service: str, end: str, *, region: bool = True) -> str:
        """Give an ARN of this place."""
        return f"arn:{self.partition}:{service}:{self.region if region else ''}:{self.account}:{end}"


class Described(msgspec.Struct, frozen=True):
    """Something that is deployed, as the section of a template that would make it, and its names."""

    resources: Mapping[str, Mapping[str, object]] = {}
    physical: Mapping[str, Mapping[str, str]] = {}
    """The attributes of these resources that a template does not choose, by their logical ids."""
    value: str | None = None
    """The value of an export, or the type of a parameter."""


def resource(type_: str, properties: Mapping[str, object]) -> Mapping[str, object]:
    """Give a resource of a template, without properties that are not there."""
    return {"Type": type_, "Properties": {name: value for name, value in properties.items() if value is not None}}


def unread() -> Mapping[str, str]:
    """Give what stands for a property that was not asked for."""
    return {"Ref": UNREAD}
