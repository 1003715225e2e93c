"""Regular expressions as Terraform has them, those of RE2: a pattern is run over a text in linear time.

Python's own module would go back and forth for ever over some patterns, and matches others in another way.
https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple, NoReturn, TypeAlias

from msglint.model.expression import Fields, Given, Items, Shape
from msglint.model.text import Alphabet, Text
from msglint.model.value import Absent, not_understood
from msglint.readers.terraform.evaluation.functions.values import (
    DEEPEST,
    LONGEST_TEXT,
    Blind,
    EvaluationError,
    blind,
    said,
    too_much,
)
from msglint.source import Place

_STEPS = 500_000
_LONGEST_PROGRAM = 5_000
_MOST_REPEATS = 1_000  # RE2's own limit

_LAST = 0x10FFFF
_LAST_OF_ASCII = 0x7F
_Ranges: TypeAlias = tuple[tuple[int, int], ...]
_DIGIT: _Ranges = ((0x30, 0x39),)
_UPPER: _Ranges = ((0x41, 0x5A),)
_LOWER: _Ranges = ((0x61, 0x7A),)
_ALPHA = _UPPER + _LOWER
_WORD = (*_DIGIT, *_ALPHA, (0x5F, 0x5F))
_SPACE: _Ranges = ((9, 10), (12, 13), (32, 32))
_PERL = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_POSIX: dict[str, _Ranges] = {
    "alnum": _DIGIT + _ALPHA,
    "alpha": _ALPHA,
    "ascii": ((0, 0x7F),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": _DIGIT,
    "graph": ((33, 126),),
    "lower": _LOWER,
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": _UPPER,
    "word": _WORD,
    "xdigit": (*_DIGIT, (0x41, 0x46), (0x61, 0x66)),
}
_CONTROL = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_COUNT = re.compile(r"\{(\d+)(,(\d*))?\}")
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAME = re.compile(r"\(\?P?<(\w+)>", re.ASCII)
_OCTAL = re.compile(r"[1-7][0-7]")
_TEMPLATE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})", re.ASCII)


class _Letter(NamedTuple):
    """One character out of some."""

    ranges: _Ranges
    fold: bool = False

    def accepts(self, code: int) -> bool:
        return any(low <= each <= high for each in self._variants(code) for low, high in self.ranges)

    def _variants(self, code: int) -> tuple[int, ...]:
        if not self.fold or not chr(code).isalpha():
            return (code,)
        return (code, code ^ 0x20)


class _Assertion(NamedTuple):
    kind: str


class _Sequence(NamedTuple):
    parts: tuple[_Node, ...]


class _Choice(NamedTuple):
    parts: tuple[_Node, ...]


class _Group(NamedTuple):
    part: _Node
    number: int


class _Repeated(NamedTuple):
    part: _Node
    least: int
    most: int | None
    greedy: bool


_Node: TypeAlias = _Letter | _Assertion | _Sequence | _Choice | _Group | _Repeated


class _Parser:
    def __init__(self, pattern: str, at: Place) -> None:
        self.pattern = pattern
        self.at = at
        self.here = 0
        self.flags: frozenset[str] = frozenset()
        self.names: list[str | None] = []

    def parse(self) -> _Node:
        node = self.choice(0)
        if self.here < len(self.pattern):
            self.wrong()
        return node

    def wrong(self) -> NoReturn:
        raise EvaluationError("this is no regular expression of RE2", self.at)

    def unread(self) -> NoReturn:
        raise Blind(not_understood("msglint does not read this regular expression", self.at))

    def ahead(self, what: str) -> bool:
        return self.pattern.startswith(what, self.here)

    def taken(self, what: str) -> bool:
        found = self.ahead(what)
        self.here += len(what) if found else 0
        return found

    def choice(self, depth: int) -> _Node:
        if depth > DEEPEST:
            self.unread()
        outer = self.flags
        parts = [self.sequence(depth)]
        while self.taken("|"):
            parts.append(self.sequence(depth))
        self.flags = outer
        return parts[0] if len(parts) == 1 else _Choice(tuple(parts))

    def sequence(self, depth: int) -> _Node:
        parts: list[_Node] = []
        while self.here < len(self.pattern) and not self.ahead("|") and not self.ahead(")"):
            if self.taken("\\Q"):
                quoted, _, rest = self.pattern[self.here :].partition("\\E")
                self.here = len(self.pattern) - len(rest)
                parts += map(self.letter, quoted)
            elif (flags := _FLAGS.match(self.pattern, self.here)) and flags[3] == ")":
                self.here = flags.end()
                self.flags = self.flags - set(flags[2] or "") | set(flags[1])
            else:
                parts.append(self.repeated(self.atom(depth)))
        return parts[0] if len(parts) == 1 else _Sequence(tuple(parts))

    def repeated(self, part: _Node) -> _Node:
        bounds = self.bounds()
        if bounds is None:
            return part
        least, most = bounds
        greedy = self.taken("?") == ("U" in self.flags)
        if self.bounds() is not None or max(least, most or 0) > _MOST_REPEATS or (most is not None and most < least):
            self.wrong()
        return _Repeated(part, least, most, greedy)

    def bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.taken(sign):
                return bounds
        count = _COUNT.match(self.pattern, self.here)
        if count is None:
            return None
        self.here = count.end()
        if max(map(len, count.groups(""))) > len(str(_MOST_REPEATS)) + 1:
            self.wrong()
        least = int(count[1])
        return (least, least) if count[2] is None else (least, int(count[3]) if count[3] else None)

    def atom(self, depth: int) -> _Node:
        if self.bounds() is not None:
            self.wrong()
        if self.ahead("("):
            return self.group(depth)
        letter = self.pattern[self.here]
        self.here += 1
        match letter:
            case "[":
                return self.one_of()
            case ".":
                return _Letter(((0, _LAST),) if "s" in self.flags else _others(((10, 10),)))
            case "^":
                return _Assertion("line start" if "m" in self.flags else "start")
            case "$":
                return _Assertion("line end" if "m" in self.flags else "end")
            case "\\" if self.pattern[self.here : self.here + 1] in {"A", "z", "b", "B"}:
                self.here += 1
                kinds = {"A": "start", "z": "end", "b": "word", "B": "no word"}
                return _Assertion(kinds[self.pattern[self.here - 1]])
            case "\\":
                return self.folded(self.escape())
            case _:
                return self.letter(letter)

    def letter(self, letter: str) -> _Node:
        return self.folded(((ord(letter), ord(letter)),))

    def folded(self, ranges: _Ranges) -> _Letter:
        return _Letter(ranges, "i" in self.flags)

    def group(self, depth: int) -> _Node:
        outer = self.flags
        number = None
        if flags := _FLAGS.match(self.pattern, self.here):
            self.here = flags.end()
            self.flags = self.flags - set(flags[2] or "") | set(flags[1])
        else:
            name = _NAME.match(self.pattern, self.here)
            if name is None and self.ahead("(?"):
                self.wrong()
            if name is not None and name[1] in self.names:
                self.wrong()
            self.here = name.end() if name else self.here + 1
            self.names.append(name[1] if name else None)
            number = len(self.names)
        part = self.choice(depth + 1)
        if not self.taken(")"):
            self.wrong()
        self.flags = outer
        return part if number is None else _Group(part, number)

    def escape(self) -> _Ranges:
        """Read what stands behind a backslash."""
        letter = self.pattern[self.here : self.here + 1]
        self.here += 1
        if letter.lower() in _PERL:
            ranges = _PERL[letter.lower()]
            return _others(ranges) if letter.isupper() else ranges
        if letter in _CONTROL:
            return ((_CONTROL[letter], _CONTROL[letter]),)
        if letter == "x":
            digits = re.compile(r"([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\}").match(self.pattern, self.here)
            if digits is None:
                self.wrong()
            self.here = digits.end()
            code = int(digits[1] or digits[2], 16)
            return ((code, code),)
        if letter in {"p", "P", "0", "Q", "E"} or _OCTAL.match(self.pattern, self.here - 1):
            self.unread()
        if not letter.isascii() or letter.isalnum() or not letter:
            self.wrong()
        return ((ord(letter), ord(letter)),)

    def one_of(self) -> _Node:
        negated = self.taken("^")
        ranges: list[tuple[int, int]] = []
        first = True
        while first or not self.ahead("]"):
            first = False
            if self.here >= len(self.pattern):
                self.wrong()
            if self.ahead("[:"):
                name = self.pattern[self.here + 2 :].partition(":]")[0]
                known = _POSIX.get(name.removeprefix("^"))
                if known is None:
                    self.wrong()
                self.here += len(name) + 4
                ranges += _others(known) if name.startswith("^") else known
                continue
            low = self.member()
            if self.ahead("-") and not self.ahead("-]") and len(low) == 1 and low[0][0] == low[0][1]:
                self.here += 1
                high = self.member()
                if len(high) > 1 or high[0][0] != high[0][1] or high[0][0] < low[0][0]:
                    self.wrong()
                low = ((low[0][0], high[0][0]),)
            ranges += low
        self.here += 1
        letters = self.folded(tuple(ranges))
        if not negated:
            return letters
        if letters.fold:
            both = [(low, high) for low, high in ranges] + [
                (code ^ 0x20, code ^ 0x20)
                for low, high in ranges
                for code in range(max(low, 0x41), min(high, 0x7A) + 1)
                if chr(code).isalpha()
            ]
            return _Letter(_others(tuple(both)))
        return _Letter(_others(tuple(ranges)))

    def member(self) -> _Ranges:
        if self.here >= len(self.pattern):
            self.wrong()
        if self.taken("\\"):
            return self.escape()
        code = ord(self.pattern[self.here])
        self.here += 1
        return ((code, code),)


def _others(ranges: _Ranges) -> _Ranges:
    left: list[tuple[int, int]] = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            left.append((start, low - 1))
        start = max(start, high + 1)
    return (*left, (start, _LAST)) if start <= _LAST else tuple(left)


class _Step(NamedTuple):
    """One step of a program: a letter or an assertion to pass, a place to note, or where to go on, best way first."""

    passes: _Letter | _Assertion | None = None
    note: int | None = None
    ways: tuple[int, ...] = ()


class _Threads(NamedTuple):
    """The letters that may come next, the best first, each with the places noted so far; and all steps passed here."""

    waiting: dict[int, tuple[int, ...]]
    seen: set[int]


class Pattern:
    """A compiled pattern."""

    def __init__(self, pattern: str, at: Place) -> None:
        """Compile; raises `EvaluationError` where RE2 refuses it, and `Blind` where msglint does not read it."""
        self._at = at
        parser = _Parser(pattern, at)
        node = parser.parse()
        self.names = parser.names
        self._steps: list[_Step] = []
        self._emit(_Group(node, 0))
        self._left = _STEPS
        self._folds = any(isinstance(step.passes, _Letter) and step.passes.fold for step in self._steps)
        self._ascii = pattern.isascii()

    def _add(self, step: _Step) -> int:
        if len(self._steps) >= _LONGEST_PROGRAM:
            too_much("a regular expression so large", self._at)
        self._steps.append(step)
        return len(self._steps) - 1

    def _emit(self, node: _Node) -> None:
        match node:
            case _Letter() | _Assertion():
                self._add(_Step(passes=node))
            case _Sequence(parts=parts):
                for part in parts:
                    self._emit(part)
            case _Group(part=part, number=number):
                self._add(_Step(note=2 * number))
                self._emit(part)
                self._add(_Step(note=2 * number + 1))
            case _Choice(parts=parts):
                ends = []
                for part in parts[:-1]:
                    split = self._add(_Step())
                    self._emit(part)
                    ends.append(self._add(_Step()))
                    self._steps[split] = _Step(ways=(split + 1, len(self._steps)))
                self._emit(parts[-1])
                for end in ends:
                    self._steps[end] = _Step(ways=(len(self._steps),))
            case _Repeated():
                self._repeat(node)

    def _repeat(self, node: _Repeated) -> None:
        for _ in range(node.least - 1 if node.most is None else node.least):
            self._emit(node.part)
        if node.most is None:
            # What may be nothing is tried once before it is left out.
            skip = self._add(_Step()) if node.least == 0 else None
            start = len(self._steps)
            self._emit(node.part)
            again = self._add(_Step())
            self._steps[again] = _Step(ways=_ways(start, again + 1, node.greedy))
            if skip is not None:
                self._steps[skip] = _Step(ways=_ways(start, again + 1, node.greedy))
            return
        skips = []
        for _ in range(node.most - node.least):
            skips.append(self._add(_Step()))
            self._emit(node.part)
        for skip in skips:
            self._steps[skip] = _Step(ways=_ways(skip + 1, len(self._steps), node.greedy))

    def search(self, text: str, start: int) -> tuple[int, ...] | None:
        """Give where the first match and its groups begin and end, -1 for groups without a part in it."""
        if self._folds and not (self._ascii and text.isascii()):
            raise Blind(not_understood("msglint does not fold the letters of this text", self._at))
        blank = (-1,) * (2 * len(self.names) + 2)
        found: tuple[int, ...] | None = None
        threads = _Threads({}, set())
        for here in range(start, len(text) + 1):
            if found is None:
                self._follow(0, blank, text, here, threads)
            elif not threads.waiting:
                break
            following = _Threads({}, set())
            code = ord(text[here]) if here < len(text) else None
            for place, noted in threads.waiting.items():
                if place == len(self._steps):
                    # Threads behind this one would match less well.
                    found = noted
                    break
                letter = self._steps[place].passes
                if code is not None and isinstance(letter, _Letter) and letter.accepts(code):
                    self._follow(place + 1, noted, text, here + 1, following)
            threads = following
        return found

    def may_match(self, words: Text) -> bool:
        """Say whether it may match somewhere in a text, whatever its symbols stand for."""
        letters: list[str | Alphabet] = []
        for part in words.parts:
            letters += part if isinstance(part, str) else [part.alphabet]
        known = [here for here, letter in enumerate(letters) if isinstance(letter, str)]
        first, last = (known[0], known[-1]) if known else (len(letters), -1)
        reached: set[int] = set()
        for here in range(len(letters) + 1):
            ends = {"start": here <= first, "end": here > last}
            reached = self._reached({*reached, 0}, ends)
            if len(self._steps) in reached:
                return True
            if here == len(letters):
                break
            letter = letters[here]
            if isinstance(letter, str):
                reached = self._passed(reached, letter)
                continue
            ends["end"] = here + 1 > last
            # As many letters as you like, also none.
            while more := self._reached(self._passed(reached, letter), ends) - reached:
                reached |= more
        return False

    def _passed(self, places: set[int], letter: str | Alphabet) -> set[int]:
        """Give where these places lead to by one letter."""
        found = set()
        for place in places:
            step = self._steps[place].passes if place < len(self._steps) else None
            if isinstance(step, _Letter) and (
                step.accepts(ord(letter)) if isinstance(letter, str) else _some(step, letter)
            ):
                found.add(place + 1)
        return found

    def _reached(self, places: set[int], ends: Mapping[str, bool]) -> set[int]:
        """Give what can be reached without a letter; an assertion of which `ends` does not tell may hold."""
        seen: set[int] = set()
        stack = list(places)
        while stack:
            place = stack.pop()
            if place in seen:
                continue
            seen.add(place)
            self._left -= 1
            if self._left < 0:
                too_much("a regular expression that takes so long", self._at)
            step = self._steps[place] if place < len(self._steps) else None
            if step is None or isinstance(step.passes, _Letter):
                continue
            if not isinstance(step.passes, _Assertion) or ends.get(step.passes.kind, True):
                stack += step.ways or (place + 1,)
        return seen

    def _follow(self, place: int, noted: tuple[int, ...], text: str, here: int, threads: _Threads) -> None:
        """Add what can be reached without a letter, the best way first."""
        stack = [(place, noted)]
        while stack:
            place, noted = stack.pop()
            if place in threads.seen:
                continue
            threads.seen.add(place)
            self._left -= 1
            if self._left < 0:
                too_much("a regular expression that takes so long", self._at)
            step = self._steps[place] if place < len(self._steps) else None
            if step is None or isinstance(step.passes, _Letter):
                threads.waiting[place] = noted
            elif step.note is not None:
                stack.append((place + 1, (*noted[: step.note], here, *noted[step.note + 1 :])))
            elif isinstance(step.passes, _Assertion):
                if _holds(step.passes.kind, text, here):
                    stack.append((place + 1, noted))
            else:
                stack += [(way, noted) for way in reversed(step.ways)]


@cache
def _some(step: _Letter, alphabet: Alphabet) -> bool:
    """Say whether it may accept a letter of these."""
    return step.fold or any(
        high > _LAST_OF_ASCII or any(alphabet.holds(chr(code)) for code in range(low, high + 1))
        for low, high in step.ranges
    )


def _ways(inside: int, behind: int, greedy: bool) -> tuple[int, int]:
    return (inside, behind) if greedy else (behind, inside)


def _holds(kind: str, text: str, here: int) -> bool:
    match kind:
        case "start":
            return here == 0
        case "end":
            return here == len(text)
        case "line start":
            return here == 0 or text[here - 1] == "\n"
        case "line end":
            return here == len(text) or text[here] == "\n"
        case _:
            between = _is_word(text[max(here - 1, 0) : here]) != _is_word(text[here : here + 1])
            return between == (kind == "word")


def _is_word(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter == "_")


def letters_for(pattern: str, words: Text, at: Place) -> str | None:
    """Give the letters of a text; None where the pattern matches none of it, whatever its symbols stand for."""
    written = words.literal_value
    if written is None and Pattern(pattern, at).may_match(words):
        blind(words, at)
    return written


def matches(pattern: str, text: str, at: Place) -> Iterator[Shape]:
    """Give the matches one after the other: the text, or of the groups a list or, by name, a map."""
    compiled = Pattern(pattern, at)
    names = [name for name in compiled.names if name is not None]
    if names and len(names) != len(compiled.names):
        raise EvaluationError("either all groups have names or none", at)
    here, before = 0, -1
    while here <= len(text):
        found = compiled.search(text, here)
        if found is None:
            return
        start, end = found[:2]
        # An empty match that follows a match at once is none.
        counts = end != here or start != before
        here = here + 1 if end == here else end
        before = end
        if counts:
            yield _match(found, text, names, at)


def _match(found: tuple[int, ...], text: str, names: list[str], at: Place) -> Shape:
    pieces = [
        Given(Absent(None, at) if start < 0 else said(text[start:end], at))
        for start, end in zip(found[::2], found[1::2], strict=True)
    ]
    if len(pieces) == 1:
        return pieces[0].given
    if names:
        return Fields(dict(zip(names, pieces[1:], strict=True)), at)
    return Items(tuple(pieces[1:]), at)


def substituted(pattern: str, text: str, template: str, at: Place) -> str:
    """Replace all matches; in the template `$1`, `$name` and `${name}` are what a group has matched."""
    compiled = Pattern(pattern, at)
    pieces: list[str] = []
    room = here = last = 0
    while here <= len(text):
        found = compiled.search(text, here)
        if found is None:
            break
        start, end = found[:2]
        pieces.append(text[last:start])
        if end > last or start == 0:
            pieces.append(_expanded(template, found, text, compiled.names))
            room += len(pieces[-1])
            if room > LONGEST_TEXT:
                too_much(f"a text of more than {LONGEST_TEXT:,} characters", at)
        last = end
        here = max(here + 1, end)
    return "".join((*pieces, text[last:]))


def _expanded(template: str, found: tuple[int, ...], text: str, names: list[str | None]) -> str:
    def put(reference: re.Match[str]) -> str:
        if reference[1]:
            return "$"
        name = reference[2] or reference[3]
        number = names.index(name) + 1 if name in names else int(name) if name.isdecimal() and len(name) < 4 else -1
        if not 0 <= number <= len(names) or found[2 * number] < 0:
            return ""
        return text[found[2 * number] : found[2 * number + 1]]

    return _TEMPLATE.sub(put, template)
