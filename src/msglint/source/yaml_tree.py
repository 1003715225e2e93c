"""YAML: composed by libyaml, checked as a whole, converted where it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from yaml import MappingNode, ScalarNode, SequenceNode

from msglint.source.text import Document, SourceError, Span, Spot, beyond
from msglint.source.tree import MAX_DEPTH, MAX_VALUES, Node, Scalar, too_deep, too_many, without_collector

MAX_ALIAS_NODES = 250_000
"""How many nodes the aliases of a document may add to those that are written in it."""

_STANDARD = "tag:yaml.org,2002:"
_STANDARD_TAGS = frozenset(
    _STANDARD + name
    for name in ("null", "bool", "int", "float", "str", "binary", "timestamp", "omap", "pairs", "set", "seq", "map")
)
# No number is longer; those that are would be converted in quadratic time.
_LONGEST_NUMBER = 100
_SCANNED_TOO_DEEP = "exceeded maximum nesting depth"
_BLOCK_STYLES = frozenset({"|", ">"})
_CLOSING = frozenset("]}")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Where lines end for YAML 1.1; for positions they end as in editors, which know the first two alone.
_LINE_ENDS = "\r\n\x85\u2028\u2029"
_COMMENT = re.compile(rf"(?:^|(?<=\s))#[^{_LINE_ENDS}]*")
_HEADER = re.compile(r"[|>][-+0-9]*[ \t]*(?:(?<=[ \t])#[^\r\n]*)?(?:\r\n?|\n|\Z)")
_COMMENT_OR_ALIAS = re.compile(rf"(?:(?<=\s)|^)#[^{_LINE_ENDS}]*|\*[^\s,\[\]{{}}]+", re.MULTILINE)

_resolver: Any = yaml.resolver.Resolver()
_constructor = yaml.constructor.SafeConstructor()
_CONSTRUCT = {
    _STANDARD + "bool": _constructor.construct_yaml_bool,
    _STANDARD + "int": _constructor.construct_yaml_int,
    _STANDARD + "float": _constructor.construct_yaml_float,
    _STANDARD + "null": _constructor.construct_yaml_null,
}


def read_yaml(document: Document) -> Node:
    """Read the one YAML document of a text; all faults of its syntax are found here, as SourceError."""
    with without_collector():
        root = _compose(document)
        if root is None or (isinstance(root, ScalarNode) and not (root.value or root.style or root.tag)):
            raise SourceError("empty", document.spot(0, 0))
        _Check(document).visit(root, 1)
    return _YamlNode(document, root)


class _Beyond(Exception):  # noqa: N818  (carries an offset out of the composer; nobody sees it)
    def __init__(self, start: int, *, deep: bool) -> None:
        self.start = start
        self.deep = deep


# PyYAML without libyaml has no CBaseLoader; it reads the same, slowly.
class _Composer(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Composes without resolving tags, and stops before deep nesting overflows the stack of the C composer."""

    depth = 0
    values = 0

    def resolve(self, _kind: object, _value: object, _implicit: object) -> str:
        return ""

    def descend_resolver(self, parent: Any, _index: object) -> None:
        self.depth += 1
        # Scalars stand one level below the deepest collection.
        if self.depth > MAX_DEPTH + 1:
            raise _Beyond(parent.start_mark.index, deep=True)
        self.values += 1
        if self.values > MAX_VALUES:
            raise _Beyond(parent.start_mark.index, deep=False)

    def ascend_resolver(self) -> None:
        self.depth -= 1


def _compose(document: Document, end: int | None = None) -> yaml.Node | None:
    try:
        root: yaml.Node | None = _Composer(document.text[:end]).get_single_node()
    except _Beyond as error:
        place = document.spot(error.start, error.start + 1)
        raise (too_deep(place) if error.deep else too_many(MAX_VALUES, place)) from None
    except yaml.reader.ReaderError as error:
        match = _UNPRINTABLE.search(document.text)
        offset = match.start() if match else 0
        message = f"not valid YAML: {f'the character U+{ord(match[0]):04X} is not allowed' if match else error.reason}"
        raise SourceError(message, document.spot(offset, offset + 1)) from None
    except yaml.MarkedYAMLError as error:
        if error.problem == _SCANNED_TOO_DEEP and error.problem_mark is not None and end is None:
            # libyaml reads ahead to its own, larger limit; up to there ours is met first.
            return _compose(document, error.problem_mark.index)
        from msglint.source.yaml_faults import said  # noqa: PLC0415  # only for what is no YAML

        raise said(document, error) from None
    return root


class _Check:
    """One linear walk over all nodes: duplicate keys, merges, and what aliases repeat."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.written = 0
        # Nodes and levels below each collection that was walked; None while it is.
        self.sizes: dict[int, tuple[int, int] | None] = {}

    def visit(self, node: yaml.Node, level: int) -> tuple[int, int]:
        """Count the nodes and the levels of collections in the expanded tree of a node."""
        if isinstance(node, ScalarNode):
            self.written += 1
            return 1, 0
        if id(node) in self.sizes:
            size = self.sizes[id(node)]
            if size is None:
                raise SourceError("this value contains itself through an alias", self.spot(node))
            if level + size[1] > MAX_DEPTH + 1:
                raise too_deep(self.spot(node))
            return size
        if level > MAX_DEPTH:
            raise too_deep(self.spot(node))
        self.sizes[id(node)] = None
        self.written += 1
        if isinstance(node, MappingNode):
            self.check_keys(node)
            children = [part for pair in node.value for part in pair]
        else:
            children = node.value
        count, depth = 1, 0
        for child in children:
            if type(child) is ScalarNode:
                count += 1
                self.written += 1
            else:
                size = self.visit(child, level + 1)
                count += size[0]
                depth = max(depth, size[1])
        if count - self.written > MAX_ALIAS_NODES:
            raise beyond("aliases", f"aliases repeat more than {MAX_ALIAS_NODES:,} names and values", self.spot(node))
        self.sizes[id(node)] = count, depth + 1
        return count, depth + 1

    def check_keys(self, mapping: MappingNode) -> None:
        first: dict[str, yaml.Node] = {}
        for key, value in mapping.value:
            if _is_merge(key):
                self.check_merge(value)
                continue
            name = _key_text(self.document, key)
            if name in first:
                related = self.spot(first[name])
                line = related.span.start.line
                message = f"duplicate key {name!r}, first given on line {line}"
                raise SourceError(message, self.spot(key), related, "it is given here first")
            first[name] = key

    def check_merge(self, value: yaml.Node) -> None:
        for source in value.value if isinstance(value, SequenceNode) else [value]:
            if not isinstance(source, MappingNode):
                raise SourceError("'<<' merges mappings only", self.spot(source))

    def spot(self, node: yaml.Node) -> Spot:
        return self.document.spot(*_bounds(self.document.text, node))


class _YamlNode(Node):
    __slots__ = ("_entries", "_fields", "_items", "_node", "_span")

    def __init__(self, document: Document, node: Any) -> None:
        super().__init__(document, node.id, _tag(node.tag) if node.tag else "")
        self._node = node
        self._span: Span | None = None
        self._entries: dict[str, tuple[yaml.Node, yaml.Node]] | None = None
        self._fields: dict[str, Node] | None = None
        self._items: tuple[Node, ...] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _YamlNode) and self._node is other._node

    def __hash__(self) -> int:
        return hash(id(self._node))

    @property
    def span(self) -> Span:
        if self._span is None:
            self._span = self.document.span(*_bounds(self.document.text, self._node))
        return self._span

    @property
    def text(self) -> str:
        self._expect("scalar")
        text: str = self._node.value
        return text

    @property
    def value(self) -> Scalar:
        text, tag = self.text, self._node.tag
        if tag not in _CONSTRUCT:
            if tag or self._node.style or len(text) > _LONGEST_NUMBER:
                return text
            tag = _resolver.resolve(ScalarNode, text, (True, False))
        try:
            value: Scalar = _CONSTRUCT[tag](self._node) if tag in _CONSTRUCT else text
        except (KeyError, ValueError, IndexError):
            # Not of the type that its tag claims, or a number without digits such as 0x_.
            return text
        return value

    def fields(self) -> Mapping[str, Node]:
        if self._fields is None:
            entries = self._merged()
            self._fields = {name: _YamlNode(self.document, value) for name, (_, value) in entries.items()}
        return self._fields

    def key(self, name: str) -> Node:
        return _YamlNode(self.document, self._merged()[name][0])

    def items(self) -> tuple[Node, ...]:
        if self._items is None:
            self._expect("sequence")
            self._items = tuple(_YamlNode(self.document, item) for item in self._node.value)
        return self._items

    def comments(self) -> Sequence[Span]:
        text, found, end = self.document.text, [], 0
        texts = iter(sorted(_texts(text, self._node)))
        start, stop = next(texts, (len(text), 0))
        while match := _COMMENT.search(text, end):
            while stop and stop <= match.start():
                start, stop = next(texts, (len(text), 0))
            if start <= match.start():
                end = stop
            else:
                found.append(self.document.span(*match.span()))
                end = match.end()
        return found

    def _merged(self) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        if self._entries is None:
            self._expect("mapping")
            self._entries = _entries(self.document, self._node)
        return self._entries


def _tag(tag: str) -> str:
    if tag in _STANDARD_TAGS:
        return ""
    return "!!" + tag[len(_STANDARD) :] if tag.startswith(_STANDARD) else tag


def _entries(document: Document, mapping: Any) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Key and value nodes of a mapping and of all that it merges."""
    own = {_key_text(document, key): (key, value) for key, value in mapping.value if not _is_merge(key)}
    if len(own) == len(mapping.value):
        return own
    merged: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key, value in mapping.value:
        if not _is_merge(key):
            merged[_key_text(document, key)] = key, value
            continue
        for source in value.value if isinstance(value, SequenceNode) else [value]:
            for name, entry in _entries(document, source).items():
                if name not in own:
                    merged.setdefault(name, entry)
    return merged


def _texts(text: str, root: yaml.Node) -> Iterator[tuple[int, int]]:
    """Give the stretches in which a `#` begins no comment: texts between quotes, and the lines of block scalars."""
    rest, seen = [root], {id(root)}
    while rest:
        node = rest.pop()
        if isinstance(node, ScalarNode):
            if node.style in _BLOCK_STYLES:
                yield _block(text, node)
            elif node.style:
                yield node.start_mark.index, node.end_mark.index
            continue
        parts = node.value if isinstance(node, SequenceNode) else [part for pair in node.value for part in pair]
        # What an alias stands for is written once.
        rest += [part for part in parts if id(part) not in seen]
        seen.update(map(id, parts))


def _block(text: str, node: ScalarNode) -> tuple[int, int]:
    """Give the lines of a block scalar: neither its header, nor the comments behind it, which are less indented."""
    header = _HEADER.search(text, node.start_mark.index)
    start = end = header.end() if header is not None else node.end_mark.index
    first = next((line for line in node.value.splitlines() if line.strip()), None)
    least: int | None = None
    for line in text[start : node.end_mark.index].splitlines(keepends=True):
        if line.strip():
            if first is None:
                break
            if least is None:
                least = _indent(line) - _indent(first)
            if _indent(line) < least:
                break
        end += len(line)
    return start, end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_merge(key: yaml.Node) -> bool:
    if not isinstance(key, ScalarNode):
        return False
    return (key.value == "<<" and not key.style and not key.tag) or key.tag == _STANDARD + "merge"


def _key_text(document: Document, key: Any) -> str:
    """Text of a key; as it is written when it is a collection."""
    if isinstance(key, ScalarNode):
        text: str = key.value
        return text
    start, end = _bounds(document.text, key)
    return document.text[start:end]


def _bounds(text: str, node: Any) -> tuple[int, int]:
    """Offsets of a node's own text: libyaml ends block collections and block scalars at the next token."""
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, ScalarNode):
        return start, _trimmed(text, start, end) if node.style in _BLOCK_STYLES else end
    # A mapping of one key in brackets, `[a: b]`, has none of its own, and ends like a block.
    if node.flow_style and text[end - 1] in _CLOSING:
        return start, end
    children = [part for pair in node.value for part in pair] if isinstance(node, MappingNode) else node.value
    # An alias is the node that it stands for, which is written further up.
    written, last, alias = start, None, False
    for child in children:
        alias = child.start_mark.index < written
        if not alias:
            last, written = child, max(child.start_mark.index + 1, child.end_mark.index)
    behind = start if last is None else _bounds(text, last)[1]
    if alias:
        for match in _COMMENT_OR_ALIAS.finditer(text, behind, end):
            if match[0].startswith("*"):
                behind = match.end()
    return start, _trimmed(text, start, behind)


def _trimmed(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip(" \t" + _LINE_ENDS))
