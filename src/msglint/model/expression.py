"""The seam between readers and the Model: a part of a template, evaluated only as far as somebody looks.

A reader gives expressions; `shape()` evaluates the head of one and leaves its children alone, so that a condition
under a property that nobody reads never splits a scenario.
"""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import msgspec

from msglint.model.disclosure import Traced
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Mentions, Unknown
from msglint.source import Place

Scalar = Text | bool | int | float


class Expression(Protocol):
    """Something written in a template that has a value."""

    @property
    def at(self) -> Place:
        """The place where it is written."""

    def shape(self) -> "Shape":
        """Evaluate the head; may raise `NeedsChoice`."""


@runtime_checkable
class Traceable(Protocol):
    """An expression that can tell where its text comes from."""

    def traced(self) -> Traced | None:
        """Give the text with what flows into it left as symbols; None where it is no text. May raise `NeedsChoice`."""


@runtime_checkable
class Legible(Protocol):
    """An expression that can be read as a name, however it is written."""

    def legible(self) -> str:
        """Give the name: with the defaults of parameters put in, and other symbols as `${Stage}`.

        Of several that a condition chooses from it is the first, and what is no text is no name.
        """


@runtime_checkable
class Decidable(Protocol):
    """An expression that can tell what it is where a condition has been decided."""

    def under(self, condition: "NeedsChoice", *, truth: bool) -> Expression:
        """Give the same expression with the condition decided."""


class Fields(msgspec.Struct, frozen=True):
    """A mapping: names in the language of AWS's API, as CloudFormation spells them."""

    fields: Mapping[str, Expression]
    at: Place

    def words(self) -> Text | None:
        """Give the text that it was made into, where the user's language wrote it as one; None where it did not."""
        return None


class Items(msgspec.Struct, frozen=True):
    """A list."""

    items: tuple[Expression, ...]
    at: Place

    def words(self) -> Text | None:
        """Give the text that it was made into, as for a mapping."""
        return None


# An absent value may have a default of the tool that the user writes for, such as a Terraform provider's.
Shape = Fields | Items | Known[Scalar] | Absent[Scalar] | Unknown | Mentions


class Given(msgspec.Struct, frozen=True):
    """An expression whose shape is at hand."""

    given: Shape

    @property
    def at(self) -> Place:
        """The place of the shape."""
        return self.given.at

    def shape(self) -> Shape:
        """Give the shape."""
        return self.given


class NeedsChoice(Exception):  # noqa: N818  # a request to the engine, no error
    """Raised where a value depends on an undecided condition; the engine judges the subject both ways."""

    def __init__(self, part: str, condition: str) -> None:
        super().__init__(f"{part}: {condition}")
        self.part = part
        self.condition = condition
