"""Typed access to expressions: integers, booleans, texts, lists and mappings with their places.

Coercion happens here and nowhere else: "20" is 20 and "true" is true, while texts keep their letters.
"""

from collections.abc import Mapping

import msgspec

from msglint.model.disclosure import Traced
from msglint.model.expression import (
    Decidable,
    Expression,
    Fields,
    Given,
    Items,
    NeedsChoice,
    Scalar,
    Shape,
    Traceable,
)
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Mentions, Undecided, Unknown, Value, effective, not_understood, outside
from msglint.source import Place
from msglint.verdict import NO, YES, Verdict, unknown

TRUE = frozenset({"true", "yes", "on"})
FALSE = frozenset({"false", "no", "off"})
LONGEST_NUMBER = 20


class Elements(msgspec.Struct, frozen=True):
    """The elements of a list; `rest` says why there may be more."""

    known: tuple["Data", ...]
    rest: Undecided | None = None


class Data:
    """One value of a resource and the way to its parts; `path` names it in the API's words."""

    __slots__ = ("_anchor", "_expression", "_owner", "_read", "_shape", "path")

    def __init__(
        self,
        expression: Expression,
        path: tuple[str, ...] = (),
        owner: Place | None = None,
        anchor: Place | None = None,
    ) -> None:
        """Wrap an expression; `owner` is named where it is absent, `anchor` where one of its members is."""
        self._expression = expression
        self._owner = owner
        self._anchor = anchor
        self._shape: Shape | None = None
        self._read: Shape | None = None
        self.path = path

    @property
    def shape(self) -> Shape:
        """The evaluated head; a text that holds JSON is read as what it says. May raise `NeedsChoice`."""
        if self._shape is None:
            self._shape = self._expression.shape()
        return self._shape

    @property
    def at(self) -> Place:
        """Where the value is written; where it is not, its owner's place."""
        shape = self.shape
        return self._owner if isinstance(shape, Absent) and self._owner is not None else shape.at

    @property
    def written_at(self) -> Place:
        """Where the resource says it: not where a parameter or mapping holds the value that it refers to."""
        at, own = self.at, self._expression.at
        if at is own or isinstance(self.shape, Absent):
            return at
        inside = at.document is own.document and own.span.start <= at.span.start <= own.span.end
        return at if inside else own

    def get(self, *names: str) -> "Data":
        """Walk into mappings by name; what is not there is a Data that is absent."""
        here = self
        for name in names:
            here = here._child(name)
        return here

    def _child(self, name: str) -> "Data":
        shape = self.structure()
        path = (*self.path, name)
        match shape:
            case Fields(fields=fields, at=at):
                found = fields.get(name)
                return Data(found if found is not None else Given(Absent(None, at)), path, self._anchor or at)
            case Absent() | Unknown() | Mentions():
                return Data(Given(shape), path, self._anchor or self.at)
            case Items(items=(only,)):
                # A block of which there is at most one is written as a list of one in a plan.
                return Data(only, self.path, shape.at).get(name)
            case Known(value=Text() as text, at=at) if text.literal_value is None:
                return Data(Given(self._symbolic(text, at)), path)
            case _:
                wrong = not_understood(f"{'.'.join(self.path)} is no mapping", shape.at)
                return Data(Given(wrong), path)

    def structure(self) -> Shape:
        """Give the shape, and for a text that is JSON what the text says. May raise `NeedsChoice`."""
        if self._read is None:
            shape = self._read = self.shape
            if isinstance(shape, Known) and isinstance(shape.value, Text):
                # Only policies and the like are written as text; the parser is loaded when one is.
                from msglint.model.json_text import parse  # noqa: PLC0415

                self._read = parse(shape.value, shape.at)
        return self._read

    def fields(self) -> Mapping[str, "Data"]:
        """Give the members of a mapping by name; empty where it is none."""
        shape = self.structure()
        if isinstance(shape, Fields):
            return {name: Data(part, (*self.path, name), shape.at) for name, part in shape.fields.items()}
        return {}

    def under(self, condition: NeedsChoice, *, truth: bool) -> "Data | None":
        """Give the same where a condition is decided; None where its expression does not know that."""
        if not isinstance(self._expression, Decidable):
            return None
        return Data(self._expression.under(condition, truth=truth), self.path, self._owner, self._anchor)

    def entries(self) -> Elements:
        """Give the elements of a list without a look at them, so that some may be absent."""
        shape = self.shape
        if not isinstance(shape, Items):
            return self.elements()
        named = enumerate(shape.items)
        return Elements(tuple(Data(item, (*self.path, str(index)), shape.at) for index, item in named))

    def elements(self) -> Elements:
        """Give the elements of a list; a single value counts as a list of one, as in policies."""
        shape = self.shape
        match shape:
            case Items():
                return Elements(tuple(part for part in self.entries().known if not isinstance(part.shape, Absent)))
            case Absent():
                return Elements(())
            case Unknown():
                return Elements((), shape)
            case Mentions(references=references, complete=complete, reason=reason, at=at):
                # A list that is known only after the apply has at least what it names, one by one.
                alone = [Given(Mentions((each,), complete, reason, at)) for each in references]
                return Elements(tuple(Data(each, self.path) for each in alone), shape)
            case Known(value=Text()):
                inner = self.structure()
                return Data(Given(inner), self.path).elements() if isinstance(inner, Items) else Elements((self,))
            case _:
                return Elements((self,))

    def exists(self) -> Verdict:
        """Say whether anything is written."""
        match self.shape:
            case Absent():
                return NO
            case Unknown(reason=reason) | Mentions(references=(), reason=reason):
                return unknown(reason)
            case _:
                return YES

    def integer(self, default: int | None = None) -> Value[int]:
        """Give a whole number."""
        shape = self.shape
        match shape:
            case Absent(default=own) if own is not None:
                return Absent(effective(self._given(own).integer()), self.at)
            case Absent():
                return Absent(default, self.at)
            case Unknown() | Mentions():
                return shape
            case Known(value=bool()):
                pass
            case Known(value=int() as number, at=at):
                return Known(number, at)
            case Known(value=float() as fraction, at=at) if fraction.is_integer():
                return Known(int(fraction), at)
            case Known(value=Text() as text, at=at):
                literal = text.literal_value
                if literal is None:
                    return self._symbolic(text, at)
                whole = _whole_number(literal)
                if whole is not None:
                    return Known(whole, at)
        return not_understood(f"{'.'.join(self.path)} is not a whole number", shape.at)

    def boolean(self, default: bool | None = None) -> Value[bool]:
        """Give a truth value."""
        shape = self.shape
        match shape:
            case Absent(default=own) if own is not None:
                return Absent(effective(self._given(own).boolean()), self.at)
            case Absent():
                return Absent(default, self.at)
            case Unknown() | Mentions():
                return shape
            case Known(value=bool() as truth, at=at):
                return Known(truth, at)
            case Known(value=Text() as text, at=at):
                literal = text.literal_value
                if literal is None:
                    return self._symbolic(text, at)
                if literal.lower() in TRUE | FALSE:
                    return Known(literal.lower() in TRUE, at)
        return not_understood(f"{'.'.join(self.path)} is neither true nor false", shape.at)

    def text(self, default: str | None = None) -> Value[Text]:
        """Give a text; numbers and truth values are given as CloudFormation would write them."""
        shape = self.shape
        match shape:
            case Absent(default=own) if own is not None:
                return Absent(effective(self._given(own).text()), self.at)
            case Absent():
                return Absent(None if default is None else Text.literal(default), self.at)
            case Unknown() | Mentions():
                return shape
            case Known(value=Text() as text, at=at):
                return Known(text, at)
            case Known(value=bool() as truth, at=at):
                return Known(Text.literal(str(truth).lower()), at)
            case Known(value=(int() | float()) as number, at=at):
                return Known(Text.literal(str(number)), at)
            case Fields() | Items():
                words = shape.words()
                about = f"{'.'.join(self.path)} is not a text"
                return Known(words, shape.at) if words is not None else not_understood(about, shape.at)
        raise AssertionError("a Shape is one of six kinds")

    def trace(self) -> Traced | None:
        """Give the text with what flows into it from elsewhere left as symbols; None where it is no text."""
        if isinstance(self._expression, Traceable):
            return self._expression.traced()
        shape = self.shape
        return Traced(shape.value, shape.at) if isinstance(shape, Known) and isinstance(shape.value, Text) else None

    def word(self, default: str = "") -> str:
        """Give a text as it is shown, symbols by their names; the default where none is known to be written."""
        value = self.text()
        return str(value.value) if isinstance(value, Known) else default

    def reported(self) -> "Data":
        """Give what the user's own tool reports of a value that nobody wrote as if it were written."""
        shape = self.shape
        return self._given(shape.default) if isinstance(shape, Absent) and shape.default is not None else self

    def _given(self, default: Scalar) -> "Data":
        """Give a default of the user's own tool, such as a provider's, as if it were written."""
        return Data(Given(Known(default, self.at)), self.path)

    @staticmethod
    def _symbolic(text: Text, at: Place) -> Unknown:
        return outside(f"{text} has no value here", at)


def _whole_number(literal: str) -> int | None:
    """Read "20", " 20 " and "20.0" as CloudFormation does."""
    digits = literal.strip()
    digits = digits[:-2] if digits.endswith(".0") else digits
    unsigned = digits[1:] if digits.startswith(("+", "-")) else digits
    is_number = unsigned.isdecimal() and len(digits) < LONGEST_NUMBER
    return int(digits) if is_number else None
