"""What Terraform's functions work with: sets, conversions of one value, and the two ways in which there is no answer.

What Terraform would refuse is an `EvaluationError`. What is not known is a value of the Model; inside the functions it
travels as `Blind` from where it is met up to `call`, which gives it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import NoReturn

from msglint.model.expression import Expression, Fields, Given, Items, Scalar, Shape
from msglint.model.text import Symbol, Text, same
from msglint.model.value import Absent, Known, Mentions, Undecided, Unknown, not_understood, outside
from msglint.source import Place
from msglint.verdict import Doubt, Reason, Verdict

LONGEST_TEXT = 1_000_000
"""How many characters the text may have that a function gives."""
MOST_ELEMENTS = 100_000
"""How many elements the list may have that a function gives."""
DEEPEST = 100
"""How many collections may stand inside one another."""
_LARGEST = 10**150  # Terraform keeps 512 bits of a number
_DIGITS = 15  # as many decimal digits pass through a float unchanged
_LONGEST_NUMBER = 200
_MOST_COMPARED = 1_000  # keys of a map with one that is not known

Number = int | float


class EvaluationError(Exception):
    """What Terraform itself refuses to evaluate: a wrong type, a missing key; `try` and `can` catch it."""

    def __init__(self, message: str, at: Place) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class Blind(Exception):  # noqa: N818  # no error: the answer is a value that is not known
    """The answer is not known, for the reason that the shape gives."""

    def __init__(self, shape: Undecided) -> None:
        super().__init__()
        self.shape = shape


class Set(Items, frozen=True):
    """A set: no value stands in it twice, and the elements are in Terraform's order as far as that can be told."""


class Unordered(Items, frozen=True):
    """A list whose order is not known, such as that of texts with symbols once they are sorted."""


class EncodedFields(Fields, frozen=True):
    """A text: what was made of a map or an object in some language."""

    language: str = "JSON"

    def words(self) -> Text | None:
        """Give the text; None where a part of it is not known."""
        return _words(self)


class EncodedItems(Items, frozen=True):
    """A text: what was made of a list or a set in some language."""

    of: Items
    """What it was made of."""
    language: str = "JSON"

    def words(self) -> Text | None:
        """Give the text; None where a part of it is not known."""
        return _words(self)


def _words(encoded: EncodedFields | EncodedItems) -> Text | None:
    try:
        return text(encoded, encoded.at)
    except (Blind, EvaluationError):
        return None


def blind(text: Text, at: Place) -> NoReturn:
    """Stop at a text that holds a symbol where its letters are asked for."""
    raise Blind(outside(f"{text} has no value here", at))


def too_much(what: str, at: Place) -> NoReturn:
    """Stop at what is larger than msglint looks at."""
    raise Blind(not_understood(f"{what} is more than msglint looks at", at))


def settled(shape: Shape) -> Fields | Items | Known[Scalar] | None:
    """Give a value that is known, and None for null; raises `Blind` where it is not known."""
    match shape:
        case Unknown():
            raise Blind(shape)
        case Mentions(references=references, reason=reason, at=at):
            # What a function makes of it is not what it was.
            raise Blind(Mentions(references, complete=False, reason=reason, at=at))
        case Absent(default=default, at=at):
            return None if default is None else Known(default, at)
        case _:
            return shape


def given(shape: Shape, what: str, at: Place) -> Fields | Items | Known[Scalar]:
    """Give a value that is known; null is refused, and said to be no `what`."""
    known = settled(shape)
    if known is None:
        raise EvaluationError(f"this is null, and {what} is needed", at)
    return known


def characters(words: str, at: Place) -> str:
    """Give a text of which each character is a letter to the reader; Terraform counts those."""
    if any(letter >= "\u0300" for letter in words) or "\r\n" in words:
        raise Blind(not_understood("msglint does not count the letters of this text", at))
    return words


def is_null(shape: Shape) -> bool:
    """Say whether it is null."""
    return isinstance(shape, Absent) and shape.default is None


def text(shape: Shape, at: Place) -> Text:
    """Give a text; numbers and truth values become one as Terraform writes them."""
    match given(shape, "a text", at):
        case Known(value=Text() as known):
            return known
        case Known(value=bool() as truth):
            return Text.literal(str(truth).lower())
        case Known(value=(int() | float()) as number):
            return Text.literal(printed(number, at))
        case EncodedFields() | EncodedItems() as encoded:
            from msglint.readers.terraform.evaluation.functions.encoding import json_text  # noqa: PLC0415  # it needs this module

            return json_text(encoded, at)
        case _:
            raise EvaluationError("this is a collection, and a text is needed", at)


def literal(shape: Shape, at: Place) -> str:
    """Give a text that holds no symbol."""
    known = text(shape, at)
    written = known.literal_value
    return blind(known, shape.at) if written is None else written


def number(shape: Shape, at: Place) -> Number:
    """Give a number; a text that says one becomes it."""
    match given(shape, "a number", at):
        case Known(value=bool()):
            pass
        case Known(value=(int() | float()) as known):
            return exact(fraction(known, at), at)
        case Known(value=Text() as words):
            written = words.literal_value
            if written is None:
                blind(words, shape.at)
            read = _read_number(written, at)
            if read is not None:
                return read
        case _:
            pass
    raise EvaluationError("this is not a number", at)


def whole(shape: Shape, at: Place) -> int:
    """Give a whole number."""
    known = number(shape, at)
    if isinstance(known, int):
        return known
    raise EvaluationError("this is not a whole number", at)


def truth(shape: Shape, at: Place) -> bool:
    """Give a truth value; a text that says one becomes it."""
    match given(shape, "a truth value", at):
        case Known(value=bool() as known):
            return known
        case Known(value=Text() as words):
            written = words.literal_value
            if written is None:
                blind(words, shape.at)
            if written in {"true", "false", "1", "0"}:
                return written in {"true", "1"}
        case _:
            pass
    raise EvaluationError("this is neither true nor false", at)


def sequence(shape: Shape, at: Place) -> Items:
    """Give a list or a set, whose order may not be known."""
    known = given(shape, "a list", at)
    if isinstance(known, Items) and not isinstance(known, EncodedItems):
        return known
    raise _no(known, "a list", at)


def no_set(shape: Shape, at: Place) -> Items:
    """Give a list, whose order may not be known; a set is refused, as Terraform refuses it."""
    known = sequence(shape, at)
    if isinstance(known, Set):
        raise EvaluationError("this is a set, and a list is needed", at)
    return known


def mapping(shape: Shape, at: Place) -> Mapping[str, Expression]:
    """Give the members of a map or an object."""
    known = given(shape, "a map", at)
    if isinstance(known, Fields) and not isinstance(known, EncodedFields):
        return known.fields
    raise _no(known, "a map", at)


def member(fields: Mapping[str, Expression], key: Shape, at: Place) -> Expression | None:
    """Give what a key names; None where no key is the same, whatever its symbols stand for."""
    name = text(key, at)
    written = name.literal_value
    if written is not None:
        return fields.get(written)
    because = Reason(Doubt.OUTSIDE, f"{name} has no value here", at)
    if len(fields) <= _MOST_COMPARED and all(same(name, Text.literal(each), because).is_no for each in fields):
        return None
    blind(name, key.at)


def _no(known: Shape, what: str, at: Place) -> EvaluationError:
    """Refuse what is no collection; of what is known by name only nobody can tell."""
    match known:
        case Known(value=Text(parts=(Symbol(),)) as name):
            blind(name, known.at)
        case _:
            return EvaluationError(f"this is not {what}", at)


def ordered(fields: Mapping[str, Expression]) -> list[tuple[str, Expression]]:
    """Give the members of a map in the order in which Terraform goes through them: that of the keys' characters."""
    return sorted(fields.items(), key=lambda member: member[0])


def said(known: Text | str, at: Place) -> Known[Scalar]:
    """Give a text as a shape; one that is too long is not looked at."""
    whole_text = Text.literal(known) if isinstance(known, str) else known
    bounded((size(whole_text),), at)
    return Known(whole_text, at)


def size(known: Text) -> int:
    """Give how much room a text takes: its characters, and one for each symbol."""
    return sum(len(part) if isinstance(part, str) else 1 for part in known.parts)


def bounded(sizes: Iterable[int], at: Place) -> None:
    """Refuse to put together a text that is too long."""
    total = 0
    for each in sizes:
        total += each
        if total > LONGEST_TEXT:
            too_much(f"a text of more than {LONGEST_TEXT:,} characters", at)


def together(parts: Sequence[str | Symbol | Text]) -> Text:
    """Give many parts one after the other, as `Text.of` does, in linear time."""
    joined: list[str | Symbol | Text] = []
    for is_literal, run in groupby(parts, key=lambda part: _plain(part) is not None):
        pieces = list(run)
        joined += ["".join(_plain(piece) or "" for piece in pieces)] if is_literal else pieces
    return Text.of(*joined)


def _plain(part: str | Symbol | Text) -> str | None:
    if isinstance(part, Text):
        return None if part.refers is not None else part.literal_value
    return part if isinstance(part, str) else None


def listed(parts: Sequence[Expression], at: Place) -> Items:
    """Give a list; one that is too long is not looked at."""
    limited(len(parts), at)
    return Items(tuple(parts), at)


def limited(count: int, at: Place) -> None:
    """Refuse to make a list of so many elements."""
    if count > MOST_ELEMENTS:
        too_much(f"a list of more than {MOST_ELEMENTS:,} elements", at)


def texts(words: Iterable[Text | str], at: Place) -> Items:
    """Give a list of texts."""
    return listed([Given(said(word, at)) for word in words], at)


def judged(verdict: Verdict, at: Place) -> Shape:
    """Give a truth value, which may be unknown."""
    return Unknown(verdict.reasons[0], at) if verdict.truth is None else Known(verdict.truth, at)


def decided(verdict: Verdict, at: Place) -> bool:
    """Give the truth where it is known; else raises `Blind`."""
    if verdict.truth is None:
        raise Blind(Unknown(verdict.reasons[0], at))
    return verdict.truth


def fraction(known: Number, at: Place) -> Fraction:
    """Give a number as the decimal that was written."""
    try:
        return Fraction(known) if isinstance(known, int) else Fraction(repr(known))
    except ValueError:
        too_much("a number of this size", at)


def exact(known: Fraction, at: Place) -> Number:
    """Give the number, whole where it is."""
    if abs(known) > _LARGEST:
        too_much("a number of this size", at)
    return int(known) if known.denominator == 1 else float(known)


def was_cut(known: Number) -> bool:
    """Say whether a fraction has more digits than msglint keeps."""
    return isinstance(known, float) and len(Decimal(repr(known)).as_tuple().digits) > _DIGITS


def calculated(operation: Callable[[Fraction, Fraction], Fraction], left: Number, right: Number, at: Place) -> Number:
    """Calculate with decimals, as Terraform does."""
    result = operation(fraction(left, at), fraction(right, at))
    if was_cut(left) or was_cut(right):
        # A third three times is one.
        nearest = round(result)
        if nearest and abs(result / nearest - 1) < Fraction(1, 10**_DIGITS):
            return nearest
    return exact(result, at)


def printed(known: Number, at: Place) -> str:
    """Write a number as Terraform does: all its digits, and no exponent."""
    known = exact(fraction(known, at), at)
    if was_cut(known):
        too_much("a number with so many digits", at)
    return str(known) if isinstance(known, int) else format(Decimal(repr(known)), "f")


def _read_number(written: str, at: Place) -> Number | None:
    unsigned = written.removeprefix("-").removeprefix("+") if written[:2] not in {"-+", "+-"} else ""
    digits, _, exponent = unsigned.lower().partition("e")
    before, dot, behind = digits.partition(".")
    power = exponent.removeprefix("-") if exponent.startswith("-") else exponent.removeprefix("+")
    if not all(map(str.isascii, (digits, power))) or not (before + behind).isdecimal():
        return None
    if ("e" in unsigned.lower() and not power.isdecimal()) or (dot and not (before or behind)):
        return None
    if len(written) > _LONGEST_NUMBER or len(power) > len(str(_LONGEST_NUMBER)) or int(power or 0) > _LONGEST_NUMBER:
        too_much("a number of this size", at)
    return exact(Fraction(written), at)
