"""Event patterns of EventBridge, asked of events of which not all is known.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html; where that page is silent,
the matcher that AWS publishes decides: https://github.com/aws/event-ruler. What neither knows is not understood.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msglint.model.data import Data
from msglint.model.expression import Fields, Items, Scalar
from msglint.model.text import Alphabet, Symbol, Text, matches, same
from msglint.model.value import Absent, Known, Mentions, Unknown
from msglint.source import Place
from msglint.verdict import NO, Doubt, Reason, Verdict, all_of, any_of, of, unknown

Event: TypeAlias = "Mapping[str, Event] | tuple[Event, ...] | Scalar | Reason | None"
"""A part of an event. None is a null; a Reason says why nobody knows what stands there, or whether anything does."""

OR = "$or"
_FILTERS = frozenset(
    ["anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix", "wildcard"],
)
# With such a name in an alternative, `$or` is the name of a field.
_NO_FIELDS = _FILTERS | {"exactly", "regex", "=", "<", "<=", ">", ">="}
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class _Missing:
    """The value of a field that an event does not have."""


_MISSING = _Missing()
_Leaf: TypeAlias = "Scalar | Reason | _Missing | None"


def matches_every(pattern: Data, around: Sequence[Text]) -> Verdict:
    """Say whether an event pattern matches every event of an account, which an ARN of that account tells.

    It has to match an event whose source and type nobody has named, and then whatever these are.
    """
    unknown_account = Reason(Doubt.NOT_UNDERSTOOD, "the account cannot be told", pattern.at)
    region, account = around[3:5] if around else (unknown_account, unknown_account)
    own: Mapping[str, Event] = {"version": Text.literal("0"), "account": account, "region": region}
    strange = matches_event(pattern, {**own, **_some_event(strange=True)})
    return of(matches_event(pattern, {**own, **_some_event()}).is_yes) if strange.is_yes else strange


def _some_event(*, strange: bool = False) -> Mapping[str, Event]:
    """Give the fields that every event has, of which nobody knows more.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
    """
    names = ("id", "source", "detail-type", "time")
    texts = {name: Text.of(Symbol(("event", name), Alphabet.FILLED, f"<{name}>", strange)) for name in names}
    detail: Event = {} if strange else Reason(Doubt.OUTSIDE, "the details are those of each event")
    return {**texts, "resources": (texts["id"],) if strange else (), "detail": detail}


def matches_event(pattern: Data, event: Event) -> Verdict:
    """Say whether an event pattern matches an event, or a part of one."""
    shape = pattern.structure()
    match shape:
        case Unknown(reason=reason) | Mentions(reason=reason):
            return unknown(reason)
        case Fields() if shape.fields:
            return all_of(_field(name, part, event) for name, part in pattern.fields().items())
        case Fields():
            return _not_understood("whether EventBridge takes an empty pattern is not documented", pattern)
        case _:
            return _not_understood("this is no event pattern", pattern)


def fields_asked(pattern: Data) -> frozenset[str]:
    """Give the fields of an event that a pattern asks for, also in one of several alternatives."""
    found: frozenset[str] = frozenset()
    for name, part in pattern.fields().items():
        alternatives = _alternatives(part) if name == OR else ()
        found = found.union(*map(fields_asked, alternatives)) if alternatives else found | {name}
    return found


def _field(name: str, pattern: Data, event: Event) -> Verdict:
    alternatives = _alternatives(pattern) if name == OR else ()
    if alternatives:
        return any_of(matches_event(each, event) for each in alternatives)
    value: Event | _Missing = event if isinstance(event, Reason) else _MISSING
    if isinstance(event, Mapping):
        value = event.get(name, _MISSING)
    shape = pattern.structure()
    match shape:
        case Fields():
            return _below(pattern, value)
        case Items(items=items):
            tests = [Data(item, pattern.path) for item in items]
            return any_of(_test(test, leaf) for leaf in _leaves(value) for test in tests)
        case Unknown(reason=reason) | Mentions(reason=reason):
            return unknown(reason)
        case _:
            return _not_understood(f"{name} is neither a list nor a pattern of its own", pattern)


def _alternatives(pattern: Data) -> Sequence[Data]:
    """Give the patterns of an `$or`; none where it is the name of a field."""
    shape = pattern.structure()
    if not isinstance(shape, Items) or len(shape.items) < 2:  # one alternative is none
        return ()
    found = [Data(item, pattern.path) for item in shape.items]
    taken = [isinstance(each.structure(), Fields) and _NO_FIELDS.isdisjoint(each.fields()) for each in found]
    return found if all(taken) else ()


def _below(pattern: Data, value: "Event | _Missing") -> Verdict:
    """Ask a part of a pattern of what stands there; of a list, one of the objects has to match as a whole."""
    match value:
        case Mapping() | Reason():
            return matches_event(pattern, value)
        case tuple():
            inner = [each for each in value if isinstance(each, Mapping | tuple | Reason)]
            found = [_below(pattern, each) for each in inner or ({},)]
            # A field that one of several objects has is there for those tests that no object has passed before.
            if any_of(found).is_yes and not all_of(found).is_yes and _asks_for_absence(pattern):
                return _not_understood("it asks for a field that only some of several objects lack", pattern)
            return any_of(found)
        case _:
            return matches_event(pattern, {})


def _asks_for_absence(pattern: Data) -> bool:
    shape = pattern.structure()
    if isinstance(shape, Items):
        asked = (Data(item, pattern.path).get("exists").boolean() for item in shape.items)
        return any(isinstance(each, Known) and not each.value for each in asked)
    return any(_asks_for_absence(part) for part in pattern.fields().values())


def _leaves(value: "Event | _Missing") -> Iterator[_Leaf]:
    """Give the values that the list of a field is asked of; nothing else than these is there for EventBridge."""
    stack: list[Event | _Missing] = [value]
    found = False
    while stack:
        here = stack.pop()
        if isinstance(here, tuple):
            stack += here
        elif not isinstance(here, Mapping | _Missing):
            found = True
            yield here
    if not found:
        yield _MISSING


def _test(test: Data, leaf: _Leaf) -> Verdict:
    shape = test.shape
    match shape:
        case Fields():
            return _filter(test, leaf)
        case Absent():
            return unknown(leaf) if isinstance(leaf, Reason) else of(leaf is None)
        case Known(value=value, at=at):
            return _equal(value, leaf, at)
        case Unknown(reason=reason) | Mentions(reason=reason):
            return unknown(reason)
        case _:
            return _not_understood("a list stands where a value belongs", test)


def _equal(wanted: Scalar, leaf: _Leaf, at: Place) -> Verdict:
    """Compare as EventBridge does: numbers by their value, and never with a text."""
    match wanted, leaf:
        case _, Reason():
            return unknown(leaf)
        case Text(), Text():
            return same(wanted, leaf, Reason(Doubt.OUTSIDE, f"whether {leaf} is {wanted} cannot be told", at))
        case Text(), bool() | int() | float():
            # YAML does not tell a number from a text once it is read.
            reads_alike = wanted.literal_value is None or _number(wanted) == leaf or str(wanted) == str(leaf).lower()
            text = f"whether {wanted} is a text or a number cannot be told"
            return unknown(Reason(Doubt.NOT_UNDERSTOOD, text, at)) if reads_alike else NO
        case bool(), bool():
            return of(wanted == leaf)
        case ((int() | float()), (int() | float())):
            return of(not isinstance(wanted, bool) and not isinstance(leaf, bool) and wanted == leaf)
        case _:
            return NO


def _filter(test: Data, leaf: _Leaf) -> Verdict:
    fields = test.fields()
    name, operand = next(iter(fields.items())) if len(fields) == 1 else ("", test)
    if name not in _FILTERS:
        return _not_understood(f"the filter {name or 'of several'} is not known", test)
    if name == "exists":
        wanted = operand.boolean()
        if not isinstance(wanted, Known):
            return _not_understood("exists is neither true nor false", operand)
        # What is not known may be an object with no value in it, so that nothing exists.
        return unknown(leaf) if isinstance(leaf, Reason) else of((not isinstance(leaf, _Missing)) == wanted.value)
    if isinstance(leaf, _Missing):
        return NO
    if isinstance(leaf, Reason):
        return unknown(leaf)
    match name:
        case "anything-but":
            return ~_excluded(operand, leaf)
        case "numeric":
            return _numeric(operand, leaf)
        case _:
            return _texts(name, operand, leaf)


def _excluded(operand: Data, leaf: _Leaf) -> Verdict:
    """Say whether a value is one of those that `anything-but` names."""
    shape = operand.shape
    if isinstance(shape, Items) and shape.items:
        return any_of(_test(Data(item, operand.path), leaf) for item in shape.items)
    if not isinstance(shape, Fields):
        return _test(operand, leaf)
    fields = operand.fields()
    name, inner = next(iter(fields.items())) if len(fields) == 1 else ("", operand)
    listed = inner.shape
    each = [Data(item, inner.path) for item in listed.items] if isinstance(listed, Items) else [inner]
    if name not in {"prefix", "suffix", "equals-ignore-case", "wildcard"} or not isinstance(leaf, Text) or not each:
        return _not_understood(f"anything-but {name} of this value is not documented", operand)
    return any_of(_texts(name, one, leaf) for one in each)


def _texts(name: str, operand: Data, leaf: _Leaf) -> Verdict:
    """Ask a filter that only texts can pass."""
    if not isinstance(leaf, Text):
        return NO
    folded = name == "equals-ignore-case"
    if name in {"prefix", "suffix"} and operand.fields().keys() == {"equals-ignore-case"}:
        folded, operand = True, operand.get("equals-ignore-case")
    value = operand.text()
    if isinstance(value, Unknown | Mentions):
        return unknown(value.reason)
    wanted = value.value.literal_value if isinstance(value, Known) else None
    if wanted is None:
        return unknown(Reason(Doubt.OUTSIDE, f"what {name} asks for has no value here", operand.at))
    whole = leaf.literal_value
    because = Reason(Doubt.OUTSIDE, f"{leaf} is known only when it is deployed", operand.at)
    if name == "cidr":
        return unknown(because) if whole is None else _in_network(wanted, whole, operand)
    pieces = _pieces(name, wanted)
    if pieces is None:
        return _not_understood("EventBridge refuses this wildcard", operand)
    if whole is not None:
        return of(_fits([piece.lower() for piece in pieces], whole.lower()) if folded else _fits(pieces, whole))
    if any("*" in piece or "?" in piece for piece in pieces):
        return unknown(because)
    return matches(Text.literal("*".join(pieces)), leaf, because, ignore_case=folded)


def _pieces(name: str, wanted: str) -> list[str] | None:
    """Give the literals between the runs of any characters; None for a wildcard that is none."""
    match name:
        case "prefix":
            return [wanted, ""]
        case "suffix":
            return ["", wanted]
        case "wildcard":
            return _between_wildcards(wanted)
        case _:
            return [wanted]


def _between_wildcards(wanted: str) -> list[str] | None:
    pieces = [""]
    letters = iter(wanted)
    for letter in letters:
        if letter == "*":
            if len(pieces) > 1 and not pieces[-1]:
                return None
            pieces.append("")
            continue
        escaped = next(letters, "") if letter == "\\" else letter
        if letter == "\\" and escaped not in {"*", "\\"}:
            return None
        pieces[-1] += escaped
    return pieces


def _fits(pieces: Sequence[str], whole: str) -> bool:
    """Look for the pieces from the left: the first possible place of each leaves most room to the others."""
    first, *others = pieces
    if not others:
        return first == whole
    last = others.pop()
    if not whole.startswith(first):
        return False
    place = len(first)
    for piece in others:
        found = whole.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return len(whole) - len(last) >= place and whole.endswith(last)


def _numeric(operand: Data, leaf: _Leaf) -> Verdict:
    shape = operand.shape
    if not isinstance(shape, Items) or not shape.items or len(shape.items) % 2:
        return _not_understood("numeric takes comparisons and numbers", operand)
    words = [Data(item, operand.path) for item in shape.items]
    asked = [
        (_COMPARISONS.get(word.word()), _operand(number)) for word, number in zip(words[::2], words[1::2], strict=True)
    ]
    tests = [(test, number) for test, number in asked if test is not None and number is not None]
    if len(tests) < len(asked):
        return _not_understood("numeric takes comparisons and numbers", operand)
    is_number = isinstance(leaf, int | float) and not isinstance(leaf, bool)
    return of(isinstance(leaf, int | float) and is_number and all(test(leaf, number) for test, number in tests))


def _operand(data: Data) -> float | None:
    match data.shape:
        case Known(value=bool()):
            return None
        case Known(value=(int() | float()) as number):
            return number
        case Known(value=Text() as text):
            return _number(text)
        case _:
            return None


def _number(text: Text) -> float | None:
    try:
        return float(text.literal_value or "")
    except ValueError:
        return None


def _in_network(wanted: str, whole: str, operand: Data) -> Verdict:
    import ipaddress  # noqa: PLC0415  # hardly a pattern asks for networks

    try:
        network = ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return _not_understood("this is no CIDR block", operand)
    try:
        address = ipaddress.ip_address(whole)
    except ValueError:
        return NO
    return of(address.version == network.version and address in network)


def _not_understood(text: str, data: Data) -> Verdict:
    return unknown(Reason(Doubt.NOT_UNDERSTOOD, text, data.at))
