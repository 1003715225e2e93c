"""Whether two values are the same, and what follows from it: sets, their order, and lists of values of one type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NoReturn

from msglint.model.expression import Expression, Fields, Given, Items, Scalar, Shape
from msglint.model.text import Text, same
from msglint.model.value import Absent, Known, Mentions, Unknown, not_understood
from msglint.readers.terraform.evaluation.functions.values import (
    DEEPEST,
    Blind,
    EncodedFields,
    EncodedItems,
    EvaluationError,
    Set,
    Unordered,
    decided,
    fraction,
    is_null,
    limited,
    literal,
    no_set,
    ordered,
    printed,
    sequence,
    settled,
    size,
    text,
    too_much,
)
from msglint.source import Place
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, all_of, any_of, of, unknown

_MOST_COMPARISONS = 100_000
_LONGEST_SYMBOLIC = 20_000  # characters of a text with symbols that is compared with another


def equal(left: Shape, right: Shape) -> Verdict:
    """Say whether two values are the same and of one type, no matter whether collections are lists or tuples."""
    return Comparison().equal(left, right)


class Comparison:
    """Compares values with one another, and gives up on very many."""

    def __init__(self) -> None:
        self._left = _MOST_COMPARISONS

    def equal(self, left: Shape, right: Shape, depth: int = 0) -> Verdict:
        """Say whether two values are the same and of one type."""
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            return unknown(not_understood("so many values are not compared with one another", left.at).reason)
        left, right = _effective(left), _effective(right)
        match left, right:
            case (Absent(), Absent()):
                return YES
            case (Absent(), (Unknown() | Mentions()) as blind) | ((Unknown() | Mentions()) as blind, _):
                return unknown(blind.reason)
            case _, (Unknown() | Mentions() as blind):
                return unknown(blind.reason)
            case (Absent(), _) | (_, Absent()):
                return NO
            case (EncodedFields(language=written), EncodedFields(language=other)) | (
                EncodedItems(language=written),
                EncodedItems(language=other),
            ) if written == other:
                return self._same_parts(left, right, depth)
            case ((EncodedFields() | EncodedItems() as encoded), (Known(value=Text()) as words)) | (
                (Known(value=Text()) as words),
                (EncodedFields() | EncodedItems() as encoded),
            ):
                try:
                    return self.equal(Known(text(encoded, encoded.at), encoded.at), words)
                except Blind as without:
                    return unknown(without.shape.reason)
            case ((EncodedFields() | EncodedItems()), _) | (_, (EncodedFields() | EncodedItems())):
                return NO
            case (Known(value=one), Known(value=other)):
                return _same_scalars(one, other, left.at)
            case _:
                return self._same_parts(left, right, depth)

    def _same_parts(self, left: Shape, right: Shape, depth: int) -> Verdict:
        match left, right:
            case (Fields(fields=ours), Fields(fields=theirs)):
                if ours.keys() != theirs.keys():
                    return NO
                return all_of(self.equal(ours[name].shape(), theirs[name].shape(), depth + 1) for name in ours)
            case (Items(items=ours), Items(items=theirs)):
                if isinstance(left, Set) != isinstance(right, Set):
                    return NO
                try:
                    for one in (left, right):
                        settle_size(one)
                        settle_order(one)
                except Blind as without:
                    return unknown(without.shape.reason)
                if len(ours) != len(theirs):
                    return NO
                return all_of(
                    self.equal(one.shape(), other.shape(), depth + 1) for one, other in zip(ours, theirs, strict=True)
                )
            case _:
                return NO


def _effective(shape: Shape) -> Shape:
    return Known(shape.default, shape.at) if isinstance(shape, Absent) and shape.default is not None else shape


def _same_scalars(one: Scalar, other: Scalar, at: Place) -> Verdict:
    match one, other:
        case (Text(), Text()):
            if one.literal_value is None or other.literal_value is None:
                longest = max(size(one), size(other))
                if one.parts != other.parts and longest > _LONGEST_SYMBOLIC:
                    return unknown(not_understood("texts of such a length are not compared", at).reason)
            open_one = one if one.literal_value is None else other
            return same(one, other, Reason(Doubt.OUTSIDE, f"{open_one} has no value here", at))
        case (bool(), bool()):
            return of(one == other)
        case (bool(), _) | (_, bool()) | (Text(), _) | (_, Text()):
            return NO
        case _:
            return of(fraction(one, at) == fraction(other, at))


class Index:
    """Finds values among others."""

    def __init__(self, shapes: Iterable[Shape] = ()) -> None:
        self._comparison = Comparison()
        self._shapes: list[Shape] = []
        self._places: dict[object, int] = {}
        self._odd: list[int] = []
        for shape in shapes:
            self.add(shape)

    def add(self, shape: Shape) -> None:
        """Add one behind the others."""
        key = _key(shape)
        if key is None:
            self._odd.append(len(self._shapes))
        else:
            self._places.setdefault(key, len(self._shapes))
        self._shapes.append(shape)

    def first(self, wanted: Shape) -> int | None:
        """Give where a value stands first; raises `Blind` where that cannot be told."""
        key = _key(wanted)
        place = None if key is None else self._places.get(key)
        for index in self._candidates(key):
            if place is not None and index > place:
                break
            if decided(self._comparison.equal(self._shapes[index], wanted), wanted.at):
                return index
        return place

    def holds(self, wanted: Shape) -> Verdict:
        """Say whether a value is there."""
        key = _key(wanted)
        if key is not None and key in self._places:
            return YES
        return any_of(self._comparison.equal(self._shapes[index], wanted) for index in self._candidates(key))

    def _candidates(self, key: object) -> Sequence[int]:
        """Give what may be the same as a value: a literal is only as a literal or as what has no key."""
        return range(len(self._shapes)) if key is None else self._odd


def unique(parts: Sequence[Expression], *, certain: bool) -> list[Expression]:
    """Leave out what stands there already; where `certain`, raises `Blind` if that cannot be told."""
    kept: list[Expression] = []
    index = Index()
    for shape in alike([part.shape() for part in parts]):
        verdict = index.holds(shape)
        if verdict.is_yes:
            continue
        if certain and verdict.is_unknown:
            raise Blind(Unknown(verdict.reasons[0], shape.at))
        index.add(shape)
        kept.append(Given(shape))
    return kept


def _key(shape: Shape) -> object:
    """Give what two equal scalars have in common; None where more has to be asked."""
    match shape:
        case Known(value=Text() as words):
            return words.literal_value
        case Known(value=bool() as truth):
            return ("bool", truth)
        case Known(value=(int() | float()) as number):
            return ("number", fraction(number, shape.at))
        case _:
            return None


def make_set(parts: Sequence[Expression], at: Place) -> Set:
    """Give the set of some values, in Terraform's order where they have one."""
    limited(len(parts), at)
    kept = unique(parts, certain=False)
    keys = [_order(part.given) for part in kept if isinstance(part, Given)]
    if all(key is not None for key in keys):
        kept = [part for _, _, part in sorted(zip(keys, range(len(kept)), kept, strict=True))]
    return Set(tuple(kept), at)


def _order(shape: Shape) -> tuple[int, object] | None:
    """Give what Terraform sorts the elements of a set by; None where it is not known."""
    match shape:
        case Known(value=Text() as words):
            return None if words.literal_value is None else (2, words.literal_value)
        case Known(value=bool() as truth):
            return (0, truth)
        case Known(value=(int() | float()) as number):
            return (1, fraction(number, shape.at))
        case Absent(default=None):
            return (4, "")
        case Fields() | Items():
            try:
                return (3, "".join(_few(_hashed(shape, 0), shape.at)))
            except Blind:
                return None
        case _:
            return None


def _few(pieces: Iterable[str], at: Place) -> Iterator[str]:
    for number, piece in enumerate(pieces):
        if number > _MOST_COMPARISONS:
            too_much("a value with so many parts", at)
        yield piece


def _hashed(shape: Shape, depth: int) -> Iterator[str]:
    """Write a value as Terraform does to sort those that have no order of their own."""
    if depth > DEEPEST:
        raise Blind(not_understood("values nested so deep are not sorted", shape.at))
    match settled(shape):
        case None:
            yield "~"
        case Known(value=bool() as truth):
            yield "T" if truth else "F"
        case Known(value=(int() | float()) as number):
            yield printed(number, shape.at)
        case Fields(fields=fields) as known if not isinstance(known, EncodedFields):
            yield "{"
            for name, part in ordered(fields):
                yield f"{name}:"
                yield from _hashed(part.shape(), depth + 1)
                yield ";"
            yield "}"
        case Items(items=parts) as known if not isinstance(known, EncodedItems):
            settle_order(known)
            yield "["
            for part in parts:
                yield from _hashed(part.shape(), depth + 1)
                yield ";"
            yield "]"
        case known:
            yield f'"{literal(known, shape.at)}"'


def arranged(parts: Sequence[Expression], sources: Iterable[Items], at: Place) -> Items:
    """Give a list that was made of others, going through them in their order as far as that is known."""
    limited(len(parts), at)
    try:
        for source in sources:
            settle_order(source)
    except Blind:
        return Unordered(tuple(parts), at)
    return Items(tuple(parts), at)


def settle_order(known: Items) -> None:
    """Raise `Blind` where the elements may stand in another order, or be fewer."""
    if len(known.items) > 1 and isinstance(known, Set | Unordered):
        for item in known.items:
            shape = item.shape()
            if _order(shape) is None:
                _stop(shape, "the order of this set is not known")
        if isinstance(known, Unordered):
            raise Blind(not_understood("the order of this list is not known", known.at))


def items(shape: Shape, at: Place) -> tuple[Expression, ...]:
    """Give the elements of a list or a set in their order; raises `Blind` where that is not known."""
    known = sequence(shape, at)
    settle_order(known)
    return known.items


def elements(shape: Shape, at: Place) -> tuple[Expression, ...]:
    """Give the elements of a list in their order; a set is refused, as Terraform refuses it."""
    return items(no_set(shape, at), at)


def settle_size(known: Items) -> None:
    """Raise `Blind` where a set, or a list made of one, may have fewer elements, since some may be the same."""
    if isinstance(known, Set | Unordered):
        unique(known.items, certain=True)


def _stop(shape: Shape, why: str) -> NoReturn:
    match shape:
        case Unknown():
            raise Blind(shape)
        case Mentions(reason=reason, at=at):
            raise Blind(Unknown(reason, at))
        case Known(value=Text() as words):
            raise Blind(Unknown(Reason(Doubt.OUTSIDE, f"{words} has no value here", shape.at), shape.at))
        case _:
            raise Blind(not_understood(why, shape.at))


def alike(shapes: Sequence[Shape]) -> list[Shape]:
    """Convert scalars to the one type that the elements of a collection have: to texts where one is a text.

    What stands inside collections keeps its type: nobody can tell a 20 from a "20" there.
    """
    kinds = {kind for shape in shapes if (kind := _kind(shape)) is not None}
    if kinds == {"text"} or len(kinds) < 2:
        return list(shapes)
    if kinds <= {"text", "number", "bool"} and "text" in kinds:
        return [as_text(shape) for shape in shapes]
    raise EvaluationError("all elements must have the same type", shapes[0].at)


def as_text(shape: Shape) -> Shape:
    """Convert a number or a truth value to text; what is neither stays as it is."""
    match shape:
        case Known(value=bool() as truth, at=at):
            return Known(Text.literal(str(truth).lower()), at)
        case Known(value=(int() | float()) as number, at=at):
            try:
                return Known(Text.literal(printed(number, at)), at)
            except Blind as without:
                return without.shape
        case _:
            return shape


def _kind(shape: Shape) -> str | None:
    match shape:
        case EncodedFields() | EncodedItems() | Known(value=Text()):
            return "text"
        case Known(value=bool()):
            return "bool"
        case Known():
            return "number"
        case Fields():
            return "fields"
        case Items():
            return "items"
        case _:
            return None if is_null(shape) or isinstance(shape, Unknown | Mentions) else "text"
