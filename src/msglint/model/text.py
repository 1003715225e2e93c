"""Symbolic text: strings of which parts are known only by name, and what can be said of them all the same."""

from __future__ import annotations

import enum
import string
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple, TypeAlias

import msgspec

from msglint.verdict import NO, YES, Doubt, Lookup, Reason, Verdict, all_of, of, unknown

ACCOUNT_DIGITS = 12
SECRET_SUFFIX = 6  # https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
ARN_COLONS = 5  # an ARN has six segments; only the last may hold colons
SERVICE, REGION, ACCOUNT = 2, 3, 4  # which of them
LETTERS_AND_DIGITS = frozenset(string.ascii_letters + string.digits)
REGION_CHARACTERS = frozenset(string.ascii_lowercase + string.digits + "-")


class Alphabet(enum.Enum):
    """Which strings a symbol may stand for."""

    ACCOUNT = "twelve digits"
    SUFFIX = "six letters and digits"
    REGION = "lower-case letters, digits and hyphens, at least one"
    PARTITION = "as of a region"
    STACK = "letters, digits and hyphens, at least one"
    NAME = "at least one character, none of them a colon or a slash"
    ASSIGNED = "what AWS assigns: any string but the empty one, with no wildcards in it"
    FILLED = "any string but the empty one"
    OPAQUE = "any string, even an empty one"

    def holds(self, character: str) -> bool:
        """Tell whether the character may occur in such a string."""
        match self:
            case Alphabet.ACCOUNT:
                return character in string.digits
            case Alphabet.SUFFIX:
                return character in LETTERS_AND_DIGITS
            case Alphabet.REGION | Alphabet.PARTITION:
                return character in REGION_CHARACTERS
            case Alphabet.STACK:
                return character in LETTERS_AND_DIGITS or character == "-"
            case Alphabet.NAME:
                return character not in ":/"
            case Alphabet.ASSIGNED | Alphabet.FILLED | Alphabet.OPAQUE:
                return True


class Symbol(msgspec.Struct, frozen=True, eq=False):
    """A string known only by name.

    The same key is the same string everywhere; equality and hash look at the key only.
    """

    key: tuple[str, ...]
    alphabet: Alphabet
    label: str
    """What people are shown, such as `${AWS::Region}`."""
    fresh: bool = False
    """Whether it is a string that occurs nowhere else: only itself and wildcards match it, and it is never empty."""
    foreign: bool = False
    """Whether not even a wildcard that is given at the deployment matches it, as with a stranger's account."""
    lookup: Lookup | None = None
    """What tells the string, where the account does."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Symbol) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Reference(msgspec.Struct, frozen=True):
    """An attribute of a resource of this run."""

    resource: tuple[str, str]
    """The key of the part of the run that the resource stands in, and its id there."""
    attribute: str
    """`arn`, `url`, `name`, `id`, or the attribute's own name."""


Part: TypeAlias = str | Symbol


class Text(msgspec.Struct, frozen=True, eq=False):
    """A string made of literals and symbols. Made by `of` or `literal`; equality and hash look at the parts only."""

    parts: tuple[Part, ...]
    refers: Reference | None = None
    """The attribute that this text is, all of it and nothing else."""

    @classmethod
    def literal(cls, value: str) -> Text:
        """Give the text that is exactly this string."""
        return cls((value,) if value else ())

    @classmethod
    def of(cls, *parts: Part | Text) -> Text:
        """Give these parts one after the other, in their one normal form.

        A reference survives only if nothing is added to the text that has it.
        """
        kept = [part for part in parts if part != "" and not (isinstance(part, Text) and not part.parts)]
        match kept:
            case [Text() as only]:
                return only
        joined: list[Part] = []
        for part in kept:
            for piece in part.parts if isinstance(part, Text) else (part,):
                if isinstance(piece, str) and joined and isinstance(joined[-1], str):
                    joined[-1] += piece
                else:
                    joined.append(piece)
        return cls(tuple(joined))

    @classmethod
    def join(cls, separator: str, pieces: Iterable[Text]) -> Text:
        """Give the pieces with the separator between them, as `str.join` does."""
        parts: list[Part | Text] = []
        for piece in pieces:
            parts += [separator, piece] if parts else [piece]
        return cls.of(*parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.parts == other.parts

    def __ne__(self, other: object) -> bool:  # the Struct's own would ask whether it is the same object
        return not self == other

    def __hash__(self) -> int:
        return hash(self.parts)

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else part.label for part in self.parts)

    @property
    def literal_value(self) -> str | None:
        """The string, or None if it holds a symbol."""
        match self.parts:
            case ():
                return ""
            case (str() as value,):
                return value
        return None

    @property
    def is_symbol(self) -> bool:
        """Whether nothing of it is written: it is one symbol, which may stand for a whole ARN."""
        return len(self.parts) == 1 and isinstance(self.parts[0], Symbol)

    @property
    def is_generated(self) -> bool:
        """Whether it holds what occurs nowhere else, so that no text without that is the same."""
        return any(isinstance(part, Symbol) and part.fresh for part in self.parts)

    def split(self, separator: str, at_most: int = -1) -> tuple[Text, ...] | None:
        """Give the texts between the separators, using at most so many of them (negative: all), as `str.split` does.

        None if a symbol might hold a separator that counts. ValueError if the separator is empty.
        """
        pieces: list[list[Part]] = [[]]
        for part in self.parts:
            if isinstance(part, str):
                first, *others = part.split(separator, at_most)
                at_most -= len(others)
                pieces[-1].append(first)
                pieces.extend([other] for other in others)
            elif at_most != 0 and any(map(part.alphabet.holds, separator)):
                return None
            else:
                pieces[-1].append(part)
        return (self,) if len(pieces) == 1 else tuple(Text.of(*piece) for piece in pieces)

    def starts_with(self, prefix: str, because: Reason | None = None) -> Verdict:
        """Tell whether the text begins with the prefix; if unknown, for the given reason or one naming the text."""
        first = self.parts[0] if self.parts else ""
        if isinstance(first, str) and (len(first) >= len(prefix) or len(self.parts) <= 1):
            return of(first.startswith(prefix))
        return _judge([*prefix, _RUN], _items(self), because or self._unsettled(), self)

    def ends_with(self, suffix: str, because: Reason | None = None) -> Verdict:
        """Tell whether the text ends with the suffix; if unknown, for the given reason or one naming the text."""
        last = self.parts[-1] if self.parts else ""
        if isinstance(last, str) and (len(last) >= len(suffix) or len(self.parts) <= 1):
            return of(last.endswith(suffix))
        return _judge([_RUN, *suffix], _items(self), because or self._unsettled(), self)

    def contains(self, piece: str, because: Reason | None = None) -> Verdict:
        """Tell whether the piece occurs in the text; if unknown, for the given reason or one naming the text."""
        if any(isinstance(part, str) and piece in part for part in self.parts):
            return YES
        return _judge([_RUN, *piece, _RUN], _items(self), because or self._unsettled(), self)

    def as_deployed(self) -> Text:
        """Give the text with what is chosen at the deployment taken for any string: somebody may have copied it."""
        known = (part if isinstance(part, str) else msgspec.structs.replace(part, fresh=False) for part in self.parts)
        return Text.of(*known)

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """What tells the symbols in it, where the account does."""
        return tuple(part.lookup for part in self.parts if isinstance(part, Symbol) and part.lookup is not None)

    def _unsettled(self) -> Reason:
        return Reason(Doubt.OUTSIDE, f"{self} is known only when it is deployed")


def segment(arn: Text | None, number: int) -> Text | None:
    """Give a segment of an ARN; None where nothing is written, or it cannot be told where the segments are."""
    pieces = arn.split(":", ARN_COLONS) if arn is not None else None
    return pieces[number] if pieces is not None and len(pieces) > ARN_COLONS else None


def last_segment(name: Text) -> str | None:
    """Give what stands behind the last colon or slash of a name, ARN or URL; None if symbols have a part in it."""
    last = name.parts[-1] if name.parts else ""
    if not isinstance(last, str):
        return None
    start = max(last.rfind(":"), last.rfind("/")) + 1
    return last[start:] if start or len(name.parts) <= 1 else None


def service_of(arn: Text) -> str | None:
    """Give the service that an ARN names, also where the rest of it is not known; None where it cannot be told."""
    pieces = arn.split(":", SERVICE + 1)
    return pieces[SERVICE].literal_value if pieces is not None and len(pieces) > SERVICE else None


def same(a: Text, b: Text, because: Reason) -> Verdict:
    """Tell whether both are the same string, letter case included.

    Yes if they are whatever the symbols stand for, no if they never are, else unknown for the given reason.
    """
    if a.parts == b.parts:
        return YES
    # Each ARN is compared with all of its kind, and most comparisons end here: nobody has written a name that is
    # made up at the deployment.
    if (
        (a.literal_value is not None and b.literal_value is not None)
        or _begin_apart(a, b)
        or _made_up(a) != _made_up(b)
    ):
        return NO
    return _judge(_items(a), _items(b), because, a, b)


def _seeking(because: Reason, *texts: Text) -> Reason:
    """Give a reason with what would tell the symbols of these texts."""
    lookups = tuple(lookup for text in texts for lookup in text.lookups)
    return msgspec.structs.replace(because, lookups=(*because.lookups, *lookups)) if lookups else because


def _begin_apart(a: Text, b: Text) -> bool:
    """Say whether the literals that two texts begin with are those of different strings."""
    if not (a.parts and b.parts):
        return False
    one, other = a.parts[0], b.parts[0]
    return isinstance(one, str) and isinstance(other, str) and not (one.startswith(other) or other.startswith(one))


def _made_up(text: Text) -> set[tuple[str, ...]]:
    return {part.key for part in text.parts if isinstance(part, Symbol) and part.fresh}


def matches(pattern: Text, text: Text, because: Reason, *, ignore_case: bool = False) -> Verdict:
    """Tell whether the pattern, in whose literals `*` is any string and `?` any one character, matches all of the text.

    Yes if it does whatever the symbols stand for, no if it never does, else unknown for the given reason. A symbol that
    may stand for anything may hold wildcards too. Symbols that occur several times are not held together when a "no" is
    sought.
    """
    plain, whole = pattern.literal_value, text.literal_value
    if plain == "*" or pattern.parts == text.parts:
        return YES
    if plain is not None and whole is not None and "*" not in plain and "?" not in plain:
        return YES if plain == whole or (ignore_case and plain.lower() == whole.lower()) else NO
    return _judge(_pattern_items(pattern, ignore_case), _items(text, ignore_case), because, pattern, text)


def arn_like(pattern: Text, text: Text, because: Reason) -> Verdict:
    """Tell whether the pattern matches the ARN segment by segment, no wildcard reaching beyond its segment's colons.

    A pattern and a text with different numbers of segments do not match. Else as `matches`; where symbols leave open
    where the segments are, yes only if all wildcards are certain to be in the last one.
    """
    patterns, texts = pattern.split(":", ARN_COLONS), text.split(":", ARN_COLONS)
    if patterns is not None and texts is not None:
        if len(patterns) != len(texts):
            return NO
        return all_of(matches(*pair, because) for pair in zip(patterns, texts, strict=True))
    items = _pattern_items(pattern)
    exact = list(takewhile(lambda item: not isinstance(item, _Wildcard), items))
    whole = _judge(items, _items(text), because, pattern, text)
    confined = len(exact) == len(items) or exact.count(":") >= ARN_COLONS
    # Segments that match make a whole that matches, but not the other way round.
    return whole if whole.is_no or confined else unknown(_seeking(because, pattern, text))


class _Wildcard(NamedTuple):
    run: bool


class _Atom(NamedTuple):
    """A stretch of the string that a symbol stands for: one character, or (run) any number of them."""

    key: tuple[str, ...]
    place: int
    alphabet: Alphabet
    fresh: bool
    foreign: bool
    run: bool = False
    wild: bool = False
    """Whether it stands in a pattern, and may hold wildcards."""

    def may_be(self, other: str | _Atom) -> bool:
        if self.wild and isinstance(other, _Atom) and other.fresh:
            return not other.foreign
        if self.fresh:
            return False
        return self.alphabet.holds(other) if isinstance(other, str) else not other.fresh


_GIVEN = (Alphabet.FILLED, Alphabet.OPAQUE)
_LENGTHS = {Alphabet.ACCOUNT: ACCOUNT_DIGITS, Alphabet.SUFFIX: SECRET_SUFFIX}
_ONE = _Wildcard(run=False)
_RUN = _Wildcard(run=True)
_Concrete: TypeAlias = str | _Atom  # a single character, or a stretch of a symbol
_Item: TypeAlias = _Concrete | _Wildcard


def _atoms(symbol: Symbol) -> list[_Atom]:
    # `may_be` rests on it that all alphabets intersect: a region may hold digits, a name all that a region holds.
    key, alphabet, fresh, foreign = symbol.key, symbol.alphabet, symbol.fresh, symbol.foreign
    if alphabet in _LENGTHS:
        return [_Atom(key, index, alphabet, fresh, foreign) for index in range(_LENGTHS[alphabet])]
    rest = _Atom(key, 1, alphabet, fresh, foreign, run=True)
    return [rest] if alphabet is Alphabet.OPAQUE and not fresh else [_Atom(key, 0, alphabet, fresh, foreign), rest]


def _items(text: Text, ignore_case: bool = False) -> list[_Concrete]:
    items: list[_Concrete] = []
    for part in text.parts:
        if isinstance(part, Symbol):
            items.extend(_atoms(part))
        else:
            items.extend(part.lower() if ignore_case else part)
    return items


def _pattern_items(pattern: Text, ignore_case: bool = False) -> list[_Item]:
    items: list[_Item] = []
    for item in _items(pattern, ignore_case):
        if isinstance(item, _Atom) and item.alphabet in _GIVEN and not item.fresh:
            # What is given at the deployment may hold wildcards of its own.
            items.append(item._replace(wild=True))
        elif item == "?":
            items.append(_ONE)
        elif item != "*":
            items.append(item)
        elif not items or items[-1] != _RUN:
            items.append(_RUN)
    return items


def _judge(pattern: Sequence[_Item], text: Sequence[_Concrete], because: Reason, *texts: Text) -> Verdict:
    # What stands before the first wildcard and behind the last must be equal. Taking off what is the same on both sides
    # holds symbols together there: `<stack>-a` never is `<stack>-x-a`, though two free strings might do it.
    start, shorter = 0, min(len(pattern), len(text))
    while start < shorter and _same(pattern[start], text[start]):
        start += 1
    end = 0
    while end < shorter - start and _same(pattern[-1 - end], text[-1 - end]):
        end += 1
    pattern, text = pattern[start : len(pattern) - end], text[start : len(text) - end]
    if not (pattern or text):
        return YES
    if not _reaches(pattern, text, hopeful=True):
        return NO
    if not any(isinstance(item, _Atom) for item in (*pattern, *text)) or _reaches(pattern, text, hopeful=False):
        return YES
    return unknown(_seeking(because, *texts))


def _same(pattern: _Item, text: _Concrete) -> bool:
    return pattern == text or (isinstance(pattern, _Atom) and pattern.wild and pattern._replace(wild=False) == text)


def _reaches(pattern: Sequence[_Item], text: Sequence[_Concrete], *, hopeful: bool) -> bool:
    """Run the pattern's automaton over the text, all its states at once as the bits of one number.

    Not hopeful: a stretch of a symbol is matched only by itself or a wildcard, so what matches does so always.
    Hopeful: it also matches all that its alphabet allows, so what does not match never does.
    """
    places: dict[_Item, int] = {}
    runs = 0
    for index, item in enumerate(pattern):
        places[item] = places.get(item, 0) | 1 << index
        if item == _RUN or (hopeful and isinstance(item, _Atom) and item.run):
            runs |= 1 << index

    def spread(states: int) -> int:
        """Add the states behind runs, which may be empty."""
        while (more := states | (states & runs) << 1) != states:
            states = more
        return states

    accepting: dict[_Concrete, int] = {}
    states = spread(1)
    for item in text:
        if item not in accepting:
            accepting[item] = sum(bits for other, bits in places.items() if _accepts(other, item, hopeful=hopeful))
        accepts = accepting[item]
        endless = hopeful and isinstance(item, _Atom) and item.run
        while True:
            taken = states & accepts
            after = spread(taken & runs | (taken & ~runs) << 1)
            if not endless:
                states = after
                break
            if states | after == states:
                break
            states |= after
        if not states:
            return False
    return bool(states >> len(pattern) & 1)


def _accepts(pattern: _Item, text: _Concrete, *, hopeful: bool) -> bool:
    if isinstance(pattern, _Wildcard):
        # One character is not all of a stretch, unless the stretch may be that short.
        return pattern.run or hopeful or isinstance(text, str) or not text.run
    if _same(pattern, text):
        return True
    if isinstance(pattern, _Atom):
        return hopeful and pattern.may_be(text)
    return hopeful and isinstance(text, _Atom) and text.may_be(pattern)
