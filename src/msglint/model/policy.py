"""Policies as they are written: statements whose every text has a place and may be unknown.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias, cast

import msgspec

from msglint.model.data import Data
from msglint.model.expression import Items, NeedsChoice
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Mentions, Undecided, Unknown, Value, not_understood, outside, says
from msglint.source import Place
from msglint.verdict import Verdict

Element: TypeAlias = Known[Text] | Unknown | Mentions
"""One text of a policy's list. One that is not known stands for any number of texts, none included."""

WITH_VARIABLES = "2012-10-17"

MOST_STATEMENTS = 200
"""How many statements a policy may have to be read: each is judged with all that deny something.

SQS takes 20, SNS 100, and the 32 KB of a KMS key's policy have room for about as many that say anything.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
"""


class PrincipalKind(enum.Enum):
    """What a principal is named as."""

    ANYONE = "*"
    AWS = "AWS"
    SERVICE = "Service"
    FEDERATED = "Federated"
    CANONICAL_USER = "CanonicalUser"


class Principal(msgspec.Struct, frozen=True):
    """One principal that a statement names; of a `kind` None not even the kind is known."""

    kind: PrincipalKind | None
    name: Element


class Condition(msgspec.Struct, frozen=True):
    """One key of a condition block, operator and key as written."""

    operator: str
    key: str
    values: tuple[Element, ...]
    at: Place


class Statement(msgspec.Struct, frozen=True):
    """One statement. An element that is not written is None; `index` counts the written statements from 0."""

    effect: Element
    principals: tuple[Principal, ...] | None
    not_principals: tuple[Principal, ...] | None
    actions: tuple[Element, ...] | None
    not_actions: tuple[Element, ...] | None
    resources: tuple[Element, ...] | None
    not_resources: tuple[Element, ...] | None
    conditions: tuple[Condition, ...]
    more_conditions: Undecided | None
    """Why there may be more conditions."""
    at: Place
    index: int
    sid: str = ""


class Perhaps(msgspec.Struct, frozen=True):
    """A statement that a condition decides."""

    data: Data
    index: int
    part: str
    condition: str

    @property
    def needed(self) -> NeedsChoice:
        """What whoever cannot do without the statement raises."""
        return NeedsChoice(self.part, self.condition)

    def ways(self) -> Sequence[Statement]:
        """Give what it may be, where it is there; raises `NeedsChoice` where that takes more than one condition."""
        both = [self.data.under(self.needed, truth=truth) for truth in (True, False)]
        told = [_told(way, self.index) for way in both if way is not None]
        if len(told) < len(both) or any(isinstance(way, Unknown | Mentions) for way in told):
            raise self.needed
        return [way for way in told if isinstance(way, Statement)]


class Policy(msgspec.Struct, frozen=True, dict=True):
    """A policy; `rest` says why there may be more statements."""

    entries: tuple[Statement | Perhaps, ...]
    rest: Undecided | None
    variables: Verdict
    """Whether the version has policy variables: in older ones `${aws:username}` is plain text."""
    at: Place

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All that is written and read; raises `NeedsChoice` where a condition decides one of them."""
        for each in self.entries:
            if isinstance(each, Perhaps):
                raise each.needed
        return cast("tuple[Statement, ...]", self.entries)

    @cached_property
    def denials(self) -> tuple[Statement, ...]:
        """The statements that deny something, or may; raises `NeedsChoice` where a condition decides one of all."""
        return tuple(each for each in self.statements if not says(each.effect, "Deny").is_no)


def element(data: Data, default: str | None = None) -> Element:
    """Give one text of a policy that is written in properties of its own."""
    value = data.text(default)
    if not isinstance(value, Absent):
        return value
    return outside("nothing is written", data.at) if value.default is None else Known(value.default, data.at)


def read_policy(data: Data) -> Policy | Unknown:
    """Read a policy, written as a structure or as JSON in a text; one that is not written has no statements.

    Unknown where nothing of it can be read. May raise `NeedsChoice`.
    """
    parts = _members(data)
    if isinstance(parts, Unknown | Mentions):
        return Unknown(parts.reason, parts.at)
    if isinstance(data.shape, Absent):
        return Policy((), None, says(Absent(None, data.at), WITH_VARIABLES), data.at)
    written = data.get("Statement")
    if isinstance(written.shape, Absent):
        return not_understood("a policy has no statements", data.at)
    listed = written.entries()
    if len(listed.known) > MOST_STATEMENTS:
        return not_understood(f"a policy has more than {MOST_STATEMENTS} statements", data.at)
    found: list[Statement | Perhaps] = []
    rest = listed.rest
    for part in listed.known:
        entry = _entry(part, len(found))
        if isinstance(entry, Statement | Perhaps):
            found.append(entry)
        elif entry is not None:
            rest = rest or entry
    return Policy(tuple(found), rest, says(data.get("Version").text(), WITH_VARIABLES), data.at)


def _entry(data: Data, index: int) -> Statement | Perhaps | Undecided | None:
    """Read one entry of the list of statements; None where nothing is there."""
    try:
        return _told(data, index)
    except NeedsChoice as need:
        return Perhaps(data, index, need.part, need.condition)


def _told(data: Data, index: int) -> Statement | Undecided | None:
    if isinstance(data.shape, Absent):
        return None
    members = _members(data)
    if isinstance(members, Unknown | Mentions):
        return members
    return _statement(data, members, index) if members else not_understood("a statement that says nothing", data.at)


def _statement(data: Data, parts: Mapping[str, Data], index: int) -> Statement:
    conditions, more = _conditions(parts.get("Condition"))
    return Statement(
        effect=_effect(parts.get("Effect"), data.at),
        principals=_principals(parts.get("Principal")),
        not_principals=_principals(parts.get("NotPrincipal")),
        actions=_texts(parts.get("Action")),
        not_actions=_texts(parts.get("NotAction")),
        resources=_texts(parts.get("Resource")),
        not_resources=_texts(parts.get("NotResource")),
        conditions=conditions,
        more_conditions=more,
        at=data.at,
        index=index,
        sid=_label(parts.get("Sid")),
    )


def _members(data: Data) -> Mapping[str, Data] | Undecided:
    """Give the members of a mapping that are there, or why they cannot be told; none where nothing is written."""
    members = {name: part for name, part in data.fields().items() if not isinstance(part.shape, Absent)}
    if not members and isinstance(data.shape, Items):
        return not_understood(f"{'.'.join(data.path)} is no mapping", data.at)
    if members:
        return members
    if isinstance(data.shape, Known) and isinstance(data.shape.value, Text) and data.shape.value.literal_value is None:
        return outside(f"{data.shape.value} has no value here", data.at)
    shape = data.get("").shape
    return shape if isinstance(shape, Unknown | Mentions) else {}


def _written(data: Data | None) -> Data | None:
    return None if data is None or isinstance(data.shape, Absent) else data


def _elements(values: Iterable[Value[Text]]) -> Iterable[Element]:
    return (value for value in values if not isinstance(value, Absent))


def _texts(data: Data | None) -> tuple[Element, ...] | None:
    data = _written(data)
    if data is None:
        return None
    listed = data.elements()
    rest = () if listed.rest is None else (listed.rest,)
    return (*_elements(part.text() for part in listed.known), *rest)


def _label(data: Data | None) -> str:
    text = data.text() if data is not None else None
    return str(text.value) if isinstance(text, Known) else ""


def _effect(data: Data | None, at: Place) -> Element:
    effect = data.text() if data is not None else None
    if effect is None or isinstance(effect, Absent):
        return not_understood("a statement without an effect", at)
    if isinstance(effect, Known) and effect.value.literal_value not in {"Allow", "Deny", None}:
        return not_understood(f"an effect is Allow or Deny, not {effect.value}", effect.at)
    return effect


def _principals(data: Data | None) -> tuple[Principal, ...] | None:
    data = _written(data)
    if data is None:
        return None
    kinds = _members(data)
    match data.shape:
        case Known(value=Text() as text, at=at) if text.literal_value == "*":
            return (Principal(PrincipalKind.ANYONE, Known(text, at)),)
        case _ if isinstance(kinds, Unknown | Mentions):
            return (Principal(None, kinds),)
    found: list[Principal] = []
    for name, part in kinds.items():
        kind = next((kind for kind in PrincipalKind if kind.value == name), None)
        if kind is None:
            found.append(Principal(None, not_understood(f"{name} is no kind of principal", part.at)))
        else:
            found += [Principal(kind, element) for element in _texts(part) or ()]
    return tuple(found)


def _conditions(data: Data | None) -> tuple[tuple[Condition, ...], Undecided | None]:
    blocks = _members(data) if data is not None else {}
    if isinstance(blocks, Unknown | Mentions):
        return (), blocks
    found: list[Condition] = []
    more: Undecided | None = None
    for operator, block in blocks.items():
        keys = _members(block)
        if isinstance(keys, Unknown | Mentions):
            more = more or keys
        else:
            found += [Condition(operator, key, _texts(part) or (), part.at) for key, part in keys.items()]
    return tuple(found), more
