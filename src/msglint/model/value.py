"""Values of a template: known, left out, or unknown with a reason, and always with a place.

A rule compares values and gets a `Verdict`; it never sees an intrinsic function, `after_unknown` or a missing key.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from msglint.model.text import Reference, Text, same
from msglint.source import Place
from msglint.verdict import NO, YES, Doubt, Lookup, Reason, Verdict, any_of, of, unknown

T = TypeVar("T")


class Known(msgspec.Struct, Generic[T], frozen=True):
    """A value that is certain in this scenario."""

    value: T
    at: Place

    def holds(self, predicate: Callable[[T], bool]) -> Verdict:
        """Say whether the value satisfies the predicate."""
        return of(predicate(self.value))


class Absent(msgspec.Struct, Generic[T], frozen=True):
    """Nothing is written; `default` is what AWS does then (None: nothing at all). `at` is the owner's place."""

    default: T | None
    at: Place

    def holds(self, predicate: Callable[[T], bool]) -> Verdict:
        """Say whether the default satisfies the predicate; NO where there is no default."""
        return NO if self.default is None else of(predicate(self.default))


class Unknown(msgspec.Struct, frozen=True):
    """A value that cannot be known here; the reason says why and where."""

    reason: Reason
    at: Place

    def holds(self, predicate: Callable[..., bool]) -> Verdict:  # the same call as on a known value
        """Answer UNKNOWN with the reason."""
        return unknown(self.reason)


class Mentions(msgspec.Struct, frozen=True):
    """A value of a plan of which only the references are known.

    `references` lists what the expression names; `complete` says that nothing else can flow into the value.
    """

    references: tuple[Reference, ...]
    complete: bool
    reason: Reason
    at: Place

    def holds(self, predicate: Callable[..., bool]) -> Verdict:  # the same call as on a known value
        """Answer UNKNOWN with the reason."""
        return unknown(self.reason)


Value = Known[T] | Absent[T] | Unknown | Mentions
Undecided = Unknown | Mentions


def not_understood(text: str, at: Place) -> Unknown:
    """Give an Unknown for something that msglint cannot evaluate."""
    return Unknown(Reason(Doubt.NOT_UNDERSTOOD, text, at), at)


def outside(text: str, at: Place, *lookups: Lookup) -> Unknown:
    """Give an Unknown for something that is decided outside the run, and where the account would tell it."""
    return Unknown(Reason(Doubt.OUTSIDE, text, at, lookups), at)


def both(left: Value[T], right: Value[T], relation: Callable[[T, T], bool]) -> Verdict:
    """Compare two values; NO where one of them has neither a value nor a default."""
    match left, right:
        case ((Unknown() | Mentions() as blind), _):
            return unknown(blind.reason)
        case _, (Unknown() | Mentions() as blind):
            return unknown(blind.reason)
        case ((Known() | Absent()), (Known() | Absent())):
            first, second = effective(left), effective(right)
            return NO if first is None or second is None else of(relation(first, second))
    raise AssertionError("a Value is one of four kinds")


def effective(value: Value[T]) -> T | None:
    """Give what AWS will work with: the value or its default; None when unknown or when there is neither."""
    match value:
        case Known(value=known):
            return known
        case Absent(default=default):
            return default
        case _:
            return None


def literal(value: Value[Text]) -> str | None:
    """Give a text that is written and holds no symbol; None for every other, and where nothing is written."""
    return value.value.literal_value if isinstance(value, Known) else None


def says(value: Value[Text], *words: str) -> Verdict:
    """Say whether a text is one of some literal words."""
    match value:
        case Unknown(reason=reason) | Mentions(reason=reason):
            return unknown(reason)
        case Known(value=text, at=at):
            because = Reason(Doubt.OUTSIDE, f"{text} has no value here", at)
            return any_of(same(text, Text.literal(word), because) for word in words)
        case Absent(default=default):
            return of(default is not None and default.literal_value in words)
    raise AssertionError("a Value is one of four kinds")


def ends(value: Value[Text], word: str, boundary: str) -> Verdict:
    """Say whether a text is a word, or ends with it behind a boundary, as an ARN does with a name."""
    match value:
        case Known(value=text, at=at):
            because = Reason(Doubt.OUTSIDE, f"{text} has no value here", at)
            return says(value, word) | text.ends_with(boundary + word, because)
        case _:
            return says(value, word)


def contains(value: Value[Text], piece: str) -> Verdict:
    """Say whether a piece of text occurs in a text."""
    match value:
        case Known(value=text, at=at):
            return text.contains(piece, Reason(Doubt.OUTSIDE, f"{text} has no value here", at))
        case _:
            return value.holds(lambda text: piece in str(text))


def astray(text: Text) -> str:
    """Say why it cannot be told where a text leads that stands where an ARN belongs."""
    return f"{text} is no ARN" if text.starts_with("arn:").is_no else f"where {text} leads cannot be told"


def shown(value: Known[Text] | Unknown | Mentions) -> str:
    """Write a text as far as it is known; of what a plan only names, the names."""
    match value:
        case Known(value=text):
            return str(text)
        case Mentions(references=references) if references:
            names = (f"{each.resource[1]}.{each.attribute}".rstrip(".") for each in references)
            return " and ".join(names)
        case _:
            return "a value that is not known"


def made_of(value: Value[Text]) -> tuple[Reference, ...]:
    """Give the attributes of this run's resources that a text is one of; none where it may be something else."""
    match value:
        case Known(value=text) if text.refers is not None:
            return (text.refers,)
        case Mentions(references=references, complete=True):
            return references
        case _:
            return ()


def written(value: Value[Text]) -> Verdict:
    """Say whether there is a text and it is not empty."""
    match value:
        case Known(value=text, at=at) if text.refers is None:
            return ~same(text, Text.literal(""), Reason(Doubt.OUTSIDE, f"{text} has no value here", at))
        case Known():
            return YES
        case Absent():
            return NO
        case Unknown(reason=reason) | Mentions(reason=reason):
            return unknown(reason)
    raise AssertionError("a Value is one of four kinds")


def not_empty(value: Value[Text]) -> Value[Text]:
    """Take an empty text for nothing, as AWS does where an id is optional."""
    if isinstance(value, Known) and value.value.literal_value == "":
        return Absent(None, value.at)
    return value
