"""Functions on lists, sets and maps; what they need not look into stays as it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.text import Text, same
from msglint.model.value import Absent, Known
from msglint.readers.terraform.evaluation.functions.sets import (
    Index,
    alike,
    arranged,
    as_text,
    elements,
    items,
    make_set,
    settle_size,
    unique,
)
from msglint.readers.terraform.evaluation.functions.values import (
    Blind,
    EncodedFields,
    EncodedItems,
    EvaluationError,
    Number,
    Set,
    Unordered,
    calculated,
    characters,
    decided,
    fraction,
    given,
    is_null,
    judged,
    limited,
    listed,
    literal,
    mapping,
    member,
    no_set,
    number,
    ordered,
    sequence,
    settled,
    text,
    texts,
    truth,
    whole,
)
from msglint.source import Place
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, of, unknown

_LONGEST_RANGE = 1024  # Terraform's own limit


def length(at: Place, value: Shape) -> Shape:
    """Count elements, members or letters."""
    match given(value, "a collection or a text", at):
        case EncodedFields() | EncodedItems() | Known(value=Text()):
            return Known(len(characters(literal(value, at), at)), at)
        case Fields(fields=fields):
            return Known(len(fields), at)
        case Items(items=parts) as known:
            settle_size(known)
            return Known(len(parts), at)
        case _:
            raise EvaluationError("this has no length", at)


def merge(at: Place, *maps: Shape) -> Shape:
    """Put maps together; the last one to have a key gives its value."""
    merged: dict[str, Expression] = {}
    for each in maps:
        if settled(each) is not None:
            merged.update(mapping(each, at))
    limited(len(merged), at)
    return Fields(merged, at)


def concat(at: Place, *lists: Shape) -> Shape:
    """Put lists one behind the other."""
    if not lists:
        raise EvaluationError("concat needs a list", at)
    known = [no_set(each, at) for each in lists]
    return arranged([part for each in known for part in each.items], known, at)


def flatten(at: Place, value: Shape) -> Shape:
    """Put the elements of the lists in a list in their place."""
    flat: list[Expression] = []
    outer = sequence(value, at)
    lists = [outer]
    waiting = list(outer.items[::-1])
    count = 0
    while waiting:
        count += 1
        limited(count, at)
        part = waiting.pop()
        known = settled(part.shape())
        if isinstance(known, Items) and not isinstance(known, EncodedItems):
            lists.append(known)
            waiting += known.items[::-1]
        else:
            flat.append(part)
    return arranged(flat, lists, at)


def lookup(at: Place, fields: Shape, key: Shape, default: Shape | None = None) -> Shape:
    """Give a member of a map, or else the default."""
    found = member(mapping(fields, at), key, at)
    if found is not None:
        return found.shape()
    if default is None:
        raise EvaluationError(f"the map has no key {text(key, at)}", at)
    return default


def element(at: Place, value: Shape, index: Shape) -> Shape:
    """Give an element of a list, counting on from the start behind its end."""
    parts, place = elements(value, at), whole(index, at)
    if not parts or place < 0:
        raise EvaluationError("there is no such element", at)
    return parts[place % len(parts)].shape()


def keys(at: Place, fields: Shape) -> Shape:
    """Give the keys of a map in their order."""
    return listed([Given(Known(Text.literal(name), at)) for name in sorted(mapping(fields, at))], at)


def values(at: Place, fields: Shape) -> Shape:
    """Give the values of a map in the order of their keys."""
    return listed([part for _, part in ordered(mapping(fields, at))], at)


def contains(at: Place, value: Shape, wanted: Shape) -> Shape:
    """Say whether a value is one of the elements."""
    if is_null(wanted):
        raise EvaluationError("null is not searched for", at)
    return judged(Index(part.shape() for part in sequence(value, at).items).holds(wanted), at)


def index(at: Place, value: Shape, wanted: Shape) -> Shape:
    """Tell where a value stands first in a list."""
    found = Index(part.shape() for part in elements(value, at)).first(wanted)
    if found is None:
        raise EvaluationError("the list has no such element", at)
    return Known(found, at)


def distinct(at: Place, value: Shape) -> Shape:
    """Leave out what stands in a list already."""
    known = sequence(value, at)
    return arranged(unique(known.items, certain=True), (known,), at)


def compact(at: Place, value: Shape) -> Shape:
    """Leave out the empty texts of a list, and nulls."""
    kept: list[Expression] = []
    known = sequence(value, at)
    for part in known.items:
        shape = part.shape()
        if not is_null(shape) and decided(_filled(shape, at), at):
            kept.append(Given(as_text(shape)))
    return arranged(kept, (known,), at)


def _filled(shape: Shape, at: Place) -> Verdict:
    """Say whether a value is something else than an empty text."""
    match settled(shape):
        case Known(value=Text() as words):
            because = Reason(Doubt.OUTSIDE, f"{words} has no value here", at)
            return ~same(words, Text.literal(""), because)
        case _:
            return YES


def coalesce(at: Place, *values: Shape) -> Shape:
    """Give the first value that is neither null nor an empty text."""
    for each in values:
        if not is_null(each) and decided(_filled(each, at), at):
            return alike([each, *(other for other in values if isinstance(other, Known))])[0]
    raise EvaluationError("all values are null or empty", at)


def coalescelist(at: Place, *lists: Shape) -> Shape:
    """Give the first list that is not empty."""
    for each in lists:
        if no_set(each, at).items:
            return each
    raise EvaluationError("all lists are empty", at)


def zipmap(at: Place, names: Shape, parts: Shape) -> Shape:
    """Make a map of a list of keys and a list of values."""
    known, belonging = items(names, at), items(parts, at)
    if len(known) != len(belonging):
        raise EvaluationError("the lists of keys and of values are not of one length", at)
    keys = [literal(name.shape(), at) for name in known]
    return Fields(dict(zip(keys, belonging, strict=True)), at)


def setunion(at: Place, *sets: Shape) -> Shape:
    """Give what is in any of some sets."""
    return make_set([part for each in _sets(sets, at) for part in each.items], at)


def setintersection(at: Place, *sets: Shape) -> Shape:
    """Give what is in all of some sets."""
    first, *others = _sets(sets, at)
    kept: Sequence[Expression] = first.items
    for other in others:
        kept = _among(kept, other, at)
    return make_set(kept, at)


def setsubtract(at: Place, value: Shape, without: Shape) -> Shape:
    """Give what is in one set and not in the other."""
    first, other = _sets((value, without), at)
    return make_set(_among(first.items, other, at, wanted=False), at)


def _among(parts: Sequence[Expression], others: Set, at: Place, *, wanted: bool = True) -> list[Expression]:
    index = Index(other.shape() for other in others.items)
    return [part for part in parts if decided(index.holds(part.shape()), at) is wanted]


def _sets(sets: Sequence[Shape], at: Place) -> list[Set]:
    """Convert to sets whose elements are all of one type."""
    if not sets:
        raise EvaluationError("there must be a set", at)
    groups = [sequence(each, at).items for each in sets]
    limited(sum(map(len, groups)), at)
    converted = iter(alike([part.shape() for group in groups for part in group]))
    return [make_set([Given(next(converted)) for _ in group], at) for group in groups]


def setproduct(at: Place, *sets: Shape) -> Shape:
    """Give all ways to take one element of each."""
    if len(sets) < 2:
        raise EvaluationError("setproduct needs two sets", at)
    count = 1
    known = [sequence(each, at) for each in sets]
    for each in known:
        count *= len(each.items)
    limited(count * len(sets), at)
    # Each list becomes one of elements of one type.
    lists = [[Given(shape) for shape in alike([part.shape() for part in each.items])] for each in known]
    ways: list[Expression] = [Given(Items(way, at)) for way in product(*lists)]
    return make_set(ways, at) if all(isinstance(each, Set) for each in known) else arranged(ways, known, at)


def slice_(at: Place, value: Shape, start: Shape, end: Shape) -> Shape:
    """Give a stretch of a list."""
    parts, begin, behind = elements(value, at), whole(start, at), whole(end, at)
    if not 0 <= begin <= behind <= len(parts):
        raise EvaluationError("the list has no such stretch", at)
    return Items(parts[begin:behind], at)


def sort(at: Place, value: Shape) -> Shape:
    """Sort texts by their characters."""
    shapes = [part.shape() for part in sequence(value, at).items]
    if any(map(is_null, shapes)):
        raise EvaluationError("null cannot be sorted", at)
    try:
        return texts(sorted(literal(shape, at) for shape in shapes), at)
    except Blind:
        parts = tuple(Given(as_text(shape)) for shape in shapes)
        return Unordered(parts, at) if len(parts) > 1 else Items(parts, at)


def reverse(at: Place, value: Shape) -> Shape:
    """Turn a list around."""
    known = sequence(value, at)
    return arranged(known.items[::-1], (known,), at)


def range_(at: Place, *limits: Shape) -> Shape:
    """Count from the first number (or 0) up or down to before the second, by the third."""
    if not 1 <= len(limits) <= 3:
        raise EvaluationError("range needs one to three numbers", at)
    numbers = [number(each, at) for each in limits]
    start, end = (0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    step = numbers[2] if len(numbers) == 3 else 1 if fraction(end, at) >= fraction(start, at) else -1
    if not step or (fraction(end, at) - fraction(start, at)) * fraction(step, at) < 0:
        raise EvaluationError("these steps do not lead from the start to the end", at)
    counted: list[Expression] = []
    here: Number = start
    while fraction(here, at) < fraction(end, at) if step > 0 else fraction(here, at) > fraction(end, at):
        counted.append(Given(Known(here, at)))
        if len(counted) > _LONGEST_RANGE:
            raise EvaluationError(f"range gives no more than {_LONGEST_RANGE} numbers", at)
        here = calculated(lambda one, other: one + other, here, step, at)
    return Items(tuple(counted), at)


def one(at: Place, value: Shape) -> Shape:
    """Give the only element, null where there is none."""
    known = sequence(value, at)
    settle_size(known)
    if len(known.items) > 1:
        raise EvaluationError("there is more than one element", at)
    return known.items[0].shape() if known.items else Absent(None, at)


def chunklist(at: Place, value: Shape, size: Shape) -> Shape:
    """Cut a list into lists of so many elements."""
    parts, count = elements(value, at), whole(size, at)
    if count < 0:
        raise EvaluationError("a list has no negative length", at)
    step = count or max(len(parts), 1)
    return listed([Given(Items(parts[begin : begin + step], at)) for begin in range(0, len(parts), step)], at)


def transpose(at: Place, value: Shape) -> Shape:
    """Turn a map of lists of texts around: the texts become the keys."""
    turned: dict[str, list[Expression]] = {}
    count = 0
    for name, part in ordered(mapping(value, at)):
        for each in items(part.shape(), at):
            turned.setdefault(literal(each.shape(), at), []).append(Given(Known(Text.literal(name), at)))
            count += 1
            limited(count, at)
    return Fields({name: Given(Items(tuple(turned[name]), at)) for name in sorted(turned)}, at)


def matchkeys(at: Place, values: Shape, names: Shape, searched: Shape) -> Shape:
    """Give the values whose keys are among those that are searched for."""
    parts, known, wanted = items(values, at), items(names, at), sequence(searched, at).items
    if len(parts) != len(known):
        raise EvaluationError("the lists of values and of keys are not of one length", at)
    shapes = alike([each.shape() for each in (*known, *wanted)])
    sought = Index(shapes[len(known) :])
    chosen = [part for part, name in zip(parts, shapes, strict=False) if decided(sought.holds(name), at)]
    return Items(tuple(chosen), at)


def alltrue(at: Place, value: Shape) -> Shape:
    """Say whether all elements are true."""
    verdict = YES
    for part in sequence(value, at).items:
        verdict &= _holds(part.shape(), at)
    return judged(verdict, at)


def anytrue(at: Place, value: Shape) -> Shape:
    """Say whether any element is true."""
    verdict = NO
    for part in sequence(value, at).items:
        verdict |= _holds(part.shape(), at)
    return judged(verdict, at)


def _holds(shape: Shape, at: Place) -> Verdict:
    if is_null(shape):
        return NO
    try:
        return of(truth(shape, at))
    except Blind as without:
        return unknown(without.shape.reason)


def sum_(at: Place, value: Shape) -> Shape:
    """Add numbers up."""
    known = sequence(value, at)
    settle_size(known)
    parts = known.items
    if not parts:
        raise EvaluationError("nothing can be added up", at)
    total: Number = 0
    for part in parts:
        total = calculated(lambda one, other: one + other, total, number(part.shape(), at), at)
    return Known(total, at)


def tolist(at: Place, value: Shape) -> Shape:
    """Convert to a list of elements of one type."""
    if settled(value) is None:
        return value
    known = sequence(value, at)
    return arranged([Given(shape) for shape in alike([part.shape() for part in known.items])], (known,), at)


def toset(at: Place, value: Shape) -> Shape:
    """Convert to a set."""
    if settled(value) is None:
        return value
    known = sequence(value, at)
    return known if isinstance(known, Set) else make_set(known.items, at)


def tomap(at: Place, value: Shape) -> Shape:
    """Convert to a map of values of one type."""
    if settled(value) is None:
        return value
    fields = mapping(value, at)
    shapes = alike([part.shape() for part in fields.values()])
    return Fields({name: Given(shape) for name, shape in zip(fields, shapes, strict=True)}, at)


FUNCTIONS: dict[str, Callable[..., Shape]] = {
    "alltrue": alltrue,
    "anytrue": anytrue,
    "chunklist": chunklist,
    "coalesce": coalesce,
    "coalescelist": coalescelist,
    "compact": compact,
    "concat": concat,
    "contains": contains,
    "distinct": distinct,
    "element": element,
    "flatten": flatten,
    "index": index,
    "keys": keys,
    "length": length,
    "lookup": lookup,
    "matchkeys": matchkeys,
    "merge": merge,
    "one": one,
    "range": range_,
    "reverse": reverse,
    "setintersection": setintersection,
    "setproduct": setproduct,
    "setsubtract": setsubtract,
    "setunion": setunion,
    "slice": slice_,
    "sort": sort,
    "sum": sum_,
    "tolist": tolist,
    "tomap": tomap,
    "toset": toset,
    "transpose": transpose,
    "values": values,
    "zipmap": zipmap,
}
