"""JSON: decoded at once at C speed, located only where somebody asks for a place."""

# ruff: noqa: SLF001  (the nodes of a tree ask one another)

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

from msglint.source.text import Document, SourceError, Span
from msglint.source.tree import (
    MAX_DEPTH,
    MAX_VALUES,
    Kind,
    Node,
    Scalar,
    too_deep,
    too_many,
    without_collector,
)

_BLANK = re.compile(r"[ \t\n\r]*")
_BLANK_OR_COMMA = re.compile(r"[ \t\n\r,]*")
_BLANK_OR_COLON = re.compile(r"[ \t\n\r:]*")
# The decoder stops at one of these words whatever follows it, and what follows may be anything.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}:]|NaN|-?Infinity|[^\s\[\]{}:,"]+')
# Python converts no number with more digits.
_DIGITS = 4300
_KINDS: Mapping[type, Kind] = {dict: "mapping", list: "sequence"}

# Skips a value and learns where it ends; its numbers are never looked at.
_skip = JSONDecoder(parse_int=str, parse_float=str, strict=False).raw_decode

_SAID = {
    "Expecting property name": "expected a name between double quotation marks",
    "Expecting ':'": "expected ':' behind a name",
    "Expecting ','": "expected ',' or a closing bracket",
    "Expecting value": "expected a value",
    "Illegal trailing comma": "no comma stands before a closing bracket",
    "Extra data": "text behind the end",
    "Unterminated string": "this quotation mark is never closed",
    "Invalid \\u": "expected 4 hexadecimal digits behind '\\u'",
    "Invalid \\": "a backslash in a text is written '\\\\'",
}


class _Fault(Exception):  # noqa: N818  (the decoder's hooks know that there is a fault, not where)
    pass


def read_json(document: Document, most: int = MAX_VALUES) -> JsonNode:
    """Read a JSON text of so many names and values at most; SourceError for faults of its syntax and duplicate keys.

    A key that is given twice would leave open which of its values has a place.
    """
    _check_size(document, most)
    return JsonNode(document, _decode(document))


class JsonNode(Node):
    """A value of a JSON text; `raw` is the same as plain Python objects, which are not to be changed."""

    __slots__ = ("_children", "_fields", "_items", "_name", "_parent", "_seen", "_skipped", "raw")

    def __init__(self, document: Document, raw: Any, parent: JsonNode | None = None, name: str | int = 0) -> None:
        super().__init__(document, _KINDS.get(type(raw), "scalar"))
        self.raw = raw
        self._parent = parent
        self._name = name
        self._children: dict[str | int, JsonNode] = {}
        self._fields: dict[str, JsonNode] | None = None
        self._items: tuple[JsonNode, ...] | None = None
        # Offsets of the keys and values that were passed on the way to a child, and of the last of these values.
        self._seen: dict[str | int, tuple[int, int]] = {}
        self._skipped: int | None = None

    @property
    def span(self) -> Span:
        """Its text, brackets and quotes included."""
        return self.document.span(*self._bounds())

    @property
    def text(self) -> str:
        """Content of a string; numbers, true, false and null as written."""
        self._expect("scalar")
        if isinstance(self.raw, str):
            return self.raw
        start, end = self._bounds()
        return self.document.text[start:end]

    @property
    def value(self) -> Scalar:
        """The string, number, boolean or None."""
        self._expect("scalar")
        value: Scalar = self.raw
        return value

    def fields(self) -> Mapping[str, JsonNode]:
        """Values of an object by their keys, in the order of the document."""
        if self._fields is None:
            self._expect("mapping")
            self._fields = {name: self._child(name, raw) for name, raw in self.raw.items()}
        return self._fields

    def key(self, name: str) -> JsonNode:
        """Give the key itself of an object; KeyError without it."""
        return _JsonKey(self.child(name), name)

    def items(self) -> tuple[JsonNode, ...]:
        """Elements of an array."""
        if self._items is None:
            self._expect("sequence")
            self._items = tuple(self._child(index, raw) for index, raw in enumerate(self.raw))
        return self._items

    def child(self, part: str | int) -> JsonNode:
        """Give one value of an object or element of an array; KeyError or IndexError without it."""
        self._expect("mapping" if isinstance(part, str) else "sequence")
        if isinstance(part, int) and part < 0:
            part += len(self.raw)
        return self._child(part, self.raw[part])

    def _child(self, part: str | int, raw: Any) -> JsonNode:
        child = self._children.get(part)
        if child is None:
            child = self._children[part] = JsonNode(self.document, raw, self, part)
        return child

    def _bounds(self) -> tuple[int, int]:
        start = self._start()
        return start, _skip(self.document.text, start)[1]

    def _start(self) -> int:
        if self._parent is None:
            return _blank_end(_BLANK, self.document.text, 0)
        return self._parent._seek(self._name)[1]

    def _seek(self, part: str | int) -> tuple[int, int]:
        """Offsets of a child's key and value. Siblings on the way are skipped once, the child itself is not."""
        text, seen = self.document.text, self._seen
        while part not in seen:
            at = self._start() + 1 if self._skipped is None else _skip(text, self._skipped)[1]
            key = at = _blank_end(_BLANK_OR_COMMA, text, at)
            name: str | int = len(seen)
            if isinstance(self.raw, dict):
                name, at = _skip(text, key)
                at = _blank_end(_BLANK_OR_COLON, text, at)
            seen[name] = key, at
            self._skipped = at
        return seen[part]


class _JsonKey(JsonNode):
    """The key of a field."""

    __slots__ = ()

    def __init__(self, field: JsonNode, name: str) -> None:
        super().__init__(field.document, name, field._parent, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _JsonKey) and self._parent is other._parent and self._name == other._name

    def __hash__(self) -> int:
        return hash((id(self._parent), self._name))

    def _start(self) -> int:
        assert self._parent is not None  # noqa: S101  (a key has an object around it)
        return self._parent._seek(self._name)[0]


def _blank_end(blank: re.Pattern[str], text: str, offset: int) -> int:
    match = blank.match(text, offset)
    return match.end() if match else offset


def _decode(document: Document) -> Any:
    try:
        with without_collector():
            raw = json.loads(document.text, object_pairs_hook=_unique, parse_constant=_refuse)
    except JSONDecodeError as error:
        if not document.text.strip():
            raise _error(document, "empty", 0, 0) from None
        _check_depth(document, error.pos)
        said = _said(error, document.text)
        raise _error(document, f"not valid JSON: {said}", error.pos, error.pos + 1) from None
    except (_Fault, RecursionError, ValueError):
        _raise_fault(document)
    if _too_deep(raw):
        _raise_fault(document)
    return raw


def _check_size(document: Document, limit: int) -> None:
    """Refuse what would take far more memory than its text, before it does."""
    text = document.text
    # Each name and value but the first of its collection has one of these before it, and each may stand in a text.
    if sum(map(text.count, "[{:,")) < limit:
        return
    said = 0
    for token in _TOKEN.finditer(text):
        said += token[0] not in "]}:"
        if said > limit:
            raise too_many(limit, document.spot(*token.span()))


def _check_depth(document: Document, end: int) -> None:
    """Refuse what is nested too deep before a fault: how deep the decoder itself goes depends on who asks it."""
    deep = 0
    for token in _TOKEN.finditer(document.text, 0, end):
        deep += (token[0] in "[{") - (token[0] in "]}")
        if deep > MAX_DEPTH:
            raise too_deep(document.spot(*token.span()))


def _said(error: JSONDecodeError, text: str) -> str:
    """Say what is wrong in words that are those of no version of Python."""
    here = text[error.pos : error.pos + 1]
    if error.msg.startswith("Expecting"):
        if not text[error.pos :].strip():
            return "the text ends before its brackets are closed"
        if text.startswith(("//", "/*", "#"), error.pos):
            return "JSON has no comments"
    if error.msg.startswith("Invalid control character"):
        if here in "\r\n":
            return "no quotation mark ends this text on its line"
        return "a tab in a text is written '\\t'" if here == "\t" else f"U+{ord(here):04X} in a text has to be escaped"
    return next((words for start, words in _SAID.items() if error.msg.startswith(start)), error.msg)


def _too_deep(raw: Any) -> bool:
    level = [raw] if type(raw) in _KINDS else []
    for _ in range(MAX_DEPTH):
        level = [
            value
            for collection in level
            for value in (collection.values() if type(collection) is dict else collection)
            if type(value) in _KINDS
        ]
    return bool(level)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _Fault
    return fields


def _refuse(_constant: str) -> NoReturn:
    raise _Fault


def _raise_fault(document: Document) -> NoReturn:
    """Find the first fault that is not one of syntax, in a text that is known to have one."""
    around: list[dict[str, re.Match[str]] | None] = []
    previous: re.Match[str] | None = None
    for token in _TOKEN.finditer(document.text):
        match token[0]:
            case "{" | "[" as bracket:
                around.append({} if bracket == "{" else None)
                if len(around) > MAX_DEPTH:
                    raise too_deep(document.spot(*token.span()))
            case "}" | "]":
                around.pop()
            case ":":
                _note_key(document, around[-1], previous)
            case "NaN" | "Infinity" | "-Infinity" as constant:
                raise _error(document, f"not valid JSON: {constant} is no value", *token.span())
            case number if number[0] != '"' and len(number) > _DIGITS:
                raise _error(document, f"a number of more than {_DIGITS} digits", *token.span())
        previous = token
    raise too_deep(document.spot(0, 0))


def _note_key(document: Document, keys: dict[str, re.Match[str]] | None, key: re.Match[str] | None) -> None:
    if keys is None or key is None:
        return
    name = json.loads(key[0])
    first = keys.setdefault(name, key)
    if first is key:
        return
    related = document.spot(*first.span())
    message = f"duplicate key {name!r}, first given on line {related.span.start.line}"
    raise SourceError(message, document.spot(*key.span()), related, "it is given here first")


def _error(document: Document, message: str, start: int, end: int) -> SourceError:
    return SourceError(message, document.spot(start, end))
