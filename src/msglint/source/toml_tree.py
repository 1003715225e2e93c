"""TOML: read by the standard library, placed by a grammar where somebody asks where a value stands."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msglint.source.text import Document, SourceError, Span, Spot
from msglint.source.tree import MAX_DEPTH, Kind, Node, Scalar, too_deep

if TYPE_CHECKING:
    import tree_sitter

_toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")
_QUOTED = re.compile(r"'[^']{3,}'|\"")
_KINDS: Mapping[type, Kind] = {dict: "mapping", list: "sequence"}

_Path = tuple[str | int, ...]
_Bytes = tuple[int, int]


def read_toml(document: Document) -> Node:
    """Read a TOML text; SourceError for faults of its syntax, without a word of what stands there."""
    try:
        raw = _toml.loads(document.text)
    except RecursionError:
        raise too_deep(document.spot(0, 0)) from None
    except _toml.TOMLDecodeError as error:
        raise SourceError(_said(str(error)), _place(document, str(error))) from None
    except ValueError:
        raise SourceError("not valid TOML: a number with too many digits", document.spot(0, 0)) from None
    _check_depth(raw, document)
    return _TomlNode(_Places(document), raw, ())


def _check_depth(raw: object, document: Document) -> None:
    """Refuse what is nested too deep for whoever reads it: names with many dots are, and the parser takes them."""
    level = [raw]
    for _ in range(MAX_DEPTH):
        inner = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        level = [part for parts in inner for part in parts]
    if any(isinstance(each, dict | list) for each in level):
        raise too_deep(document.spot(0, 0))


def _said(message: str) -> str:
    """Say what is wrong, unless that would repeat what stands in the text: it may be a secret."""
    reason = _AT.sub("", message)
    return "not valid TOML" if _QUOTED.search(reason) else f"not valid TOML: {reason[:1].lower()}{reason[1:]}"


def _place(document: Document, message: str) -> Spot:
    found = _AT.search(message)
    if found is None or found[1] is None:
        return document.spot(len(document.text), len(document.text)) if found else document.spot(0, 0)
    starts = [0, *(match.end() for match in re.finditer("\n", document.text))]
    offset = min(starts[int(found[1]) - 1] + int(found[2]) - 1, len(document.text))
    return document.spot(offset, offset)


class _Places:
    """Where the keys and values of a document stand, found out when the first is asked for."""

    __slots__ = ("_bytes", "_found", "document")

    def __init__(self, document: Document) -> None:
        self.document = document
        self._bytes = document.text.encode("utf-8", "surrogatepass")
        self._found: dict[_Path, tuple[_Bytes, _Bytes]] | None = None

    def of(self, path: _Path, *, key: bool = False) -> Span:
        """Give the place of a value, or of its key; of what no syntax stands for, that of what is around it."""
        if self._found is None:
            self._found = {}
            self._read()
        while path and path not in self._found:
            path = path[:-1]
        if not path:
            return self.document.span(0, 0)
        start, end = self._found[path][0 if key else 1]
        return self.document.span(self._offset(start), self._offset(end))

    def _offset(self, at: int) -> int:
        if len(self._bytes) == len(self.document.text):
            return at
        return len(self._bytes[:at].decode("utf-8", "surrogatepass"))

    def _read(self) -> None:
        import tree_sitter  # noqa: PLC0415  # few runs have anything to say of a TOML file
        import tree_sitter_toml  # noqa: PLC0415

        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
        tables: dict[_Path, int] = {}
        for node in parser.parse(self._bytes).root_node.named_children:
            match node.type:
                case "pair":
                    self._pair((), node)
                case "table" | "table_array_element":
                    header, *pairs = (each for each in node.named_children if each.type != "comment")
                    path = self._entered(header, tables, is_array=node.type == "table_array_element")
                    self._note(path, header, header)
                    for pair in pairs:
                        self._pair(path, pair)

    def _entered(self, header: tree_sitter.Node, tables: dict[_Path, int], *, is_array: bool) -> _Path:
        """Give the path that a header stands for: of an array of tables, that of its last element."""
        path: _Path = ()
        words = _words(header)
        for index, word in enumerate(words):
            path = (*path, word)
            if is_array and index == len(words) - 1:
                self._note(path, header, header)
                tables[path] = tables.get(path, -1) + 1
            if path in tables:
                path = (*path, tables[path])
        return path

    def _pair(self, path: _Path, pair: tree_sitter.Node) -> None:
        key, value = (each for each in pair.named_children if each.type != "comment")
        for word in _words(key):
            path = (*path, word)
            self._note(path, key, value)
        self._value(path, value)

    def _value(self, path: _Path, value: tree_sitter.Node) -> None:
        inner = [each for each in value.named_children if each.type != "comment"]
        if value.type == "array":
            for index, each in enumerate(inner):
                self._note((*path, index), each, each)
                self._value((*path, index), each)
        elif value.type == "inline_table":
            for pair in inner:
                self._pair(path, pair)

    def _note(self, path: _Path, key: tree_sitter.Node, value: tree_sitter.Node) -> None:
        assert self._found is not None  # noqa: S101  # it is made before anything is read
        self._found.setdefault(path, ((key.start_byte, key.end_byte), (value.start_byte, value.end_byte)))


def _words(key: tree_sitter.Node) -> list[str]:
    """Give the words of a key as it is written: bare, quoted or dotted."""
    table = _toml.loads(f"{(key.text or b'').decode()} = 0")
    words = []
    while isinstance(table, dict):
        ((word, table),) = table.items()
        words.append(word)
    return words


class _TomlNode(Node):
    """A value of a TOML text; dates and times are text."""

    __slots__ = ("_fields", "_items", "_path", "_places", "_raw")

    def __init__(self, places: _Places, raw: Any, path: _Path) -> None:
        super().__init__(places.document, _KINDS.get(type(raw), "scalar"))
        self._places = places
        self._raw = raw
        self._path = path
        self._fields: dict[str, Node] | None = None
        self._items: tuple[Node, ...] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _TomlNode) and (self._places, self._path) == (other._places, other._path)

    def __hash__(self) -> int:
        return hash((id(self._places), self._path))

    @property
    def span(self) -> Span:
        """Its text; of a table, its header."""
        return self._places.of(self._path)

    @property
    def text(self) -> str:
        """Content of a string; any other scalar in its shortest form, such as `1.5` for `1.50`."""
        self._expect("scalar")
        return str(self._raw).lower() if isinstance(self._raw, bool) else str(self._raw)

    @property
    def value(self) -> Scalar:
        """The string, number or boolean; dates and times in the form of ISO 8601."""
        self._expect("scalar")
        return self._raw if isinstance(self._raw, str | int | float) else str(self._raw)

    def fields(self) -> Mapping[str, Node]:
        """Values of a table by their keys."""
        self._expect("mapping")
        if self._fields is None:
            self._fields = {name: _TomlNode(self._places, raw, (*self._path, name)) for name, raw in self._raw.items()}
        return self._fields

    def key(self, name: str) -> Node:
        """Give the key itself, KeyError without it; where tables are nested, the header that names it."""
        self._expect("mapping")
        if name not in self._raw:
            raise KeyError(name)
        return _TomlKey(self._places, name, (*self._path, name))

    def items(self) -> tuple[Node, ...]:
        """Elements of an array."""
        self._expect("sequence")
        if self._items is None:
            items = (_TomlNode(self._places, raw, (*self._path, index)) for index, raw in enumerate(self._raw))
            self._items = tuple(items)
        return self._items


class _TomlKey(_TomlNode):
    """A key, which is a text of its own."""

    __slots__ = ()

    @property
    def span(self) -> Span:
        """Its text."""
        return self._places.of(self._path, key=True)
