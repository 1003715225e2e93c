"""What the tests of policies need: places, and policies made of plain values with symbols and unknown ones in them."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msglint.model.data import Data
from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.policy import Policy, read_policy
from msglint.model.text import Reference, Text
from msglint.model.value import Absent, Known, Mentions, Unknown
from msglint.source import Document, Place
from msglint.verdict import Doubt, Reason

AT: Place = Document("policy.json", "{}").spot(0, 2)
WHY = Reason(Doubt.OUTSIDE, "decided elsewhere", AT)
HIDDEN = Unknown(WHY, AT)

Plain: TypeAlias = "str | bool | int | float | Text | Unknown | Mentions | Sequence[Plain] | Mapping[str, Plain] | None"


def mentions(*resources: str, complete: bool = True, attribute: str = "arn") -> Mentions:
    """Give a value of a first plan that names these resources."""
    references = tuple(Reference(("plan", resource), attribute) for resource in resources)
    return Mentions(references, complete, Reason(Doubt.NOT_UNDERSTOOD, "known only after the apply", AT), AT)


def data(value: Plain) -> Data:
    """Give what a reader makes of a value."""
    return Data(_expression(value))


def policy(*statements: Plain, version: Plain = "2012-10-17") -> Policy:
    """Give the policy of these statements, each with the effect Allow unless it says another."""
    read = read_policy(data({"Version": version, "Statement": [_filled(each) for each in statements]}))
    assert isinstance(read, Policy)
    return read


def _filled(statement: Plain) -> Plain:
    return {"Effect": "Allow", **statement} if isinstance(statement, Mapping) else statement


def _expression(value: Plain) -> Expression:
    return Given(_shape(value))


def _shape(value: Plain) -> Shape:
    match value:
        case str():
            return Known(Text.literal(value), AT)
        case Mapping():
            return Fields({name: _expression(part) for name, part in value.items()}, AT)
        case Sequence():
            return Items(tuple(_expression(part) for part in value), AT)
        case None:
            return Absent(None, AT)
        case Unknown() | Mentions():
            return value
        case _:
            return Known(value, AT)
