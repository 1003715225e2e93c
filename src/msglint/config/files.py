"""Configuration files: where they are, what they say, and what is wrong with them."""

import os
from collections.abc import Container, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from msglint.config.written import Written
from msglint.options import UsageError
from msglint.source import Document, Node, SourceError, Spot, read_regular, read_toml, read_yaml

NAMES = ("msglint.toml", ".msglint.yaml", ".msglint.yml", "pyproject.toml")
"""What a configuration is called; of several in one directory the first holds."""

MAX_BYTES = 1024 * 1024
"""The largest configuration file, in bytes."""

MOST_TOLD = 20
"""How many faults of a configuration are told."""

_OWN = ("msglint.", ".msglint.")
_TABLE = ("tool", "msglint")


class ConfigurationError(UsageError):
    """A configuration cannot be used; `details` say why and where."""

    def __init__(self, faults: Sequence[SourceError | str]) -> None:
        told = [*map(str, faults[:MOST_TOLD]), *(["and more"] if faults[MOST_TOLD:] else [])]
        super().__init__("the configuration cannot be used", told)


class Read(NamedTuple):
    """A configuration file: what it says, and the tree in which each key has its place."""

    path: str
    written: Written
    root: Node

    @property
    def directory(self) -> str:
        """The directory from which its paths are told."""
        return os.path.dirname(self.path) or "."


def beside(directory: str) -> Iterator[str]:
    """Give the configuration files of a directory, the one that holds first."""
    for name in NAMES:
        path = os.path.join(directory, name)
        # What is there and cannot be read is no less of a configuration: reading it tells.
        if os.path.lexists(path) if name.startswith(_OWN) else os.path.isfile(path) and _configures(path):
            yield path


def read(path: str) -> Read:
    """Read a configuration file and check it; raises `ConfigurationError` with all that is wrong."""
    document = _document(path)
    try:
        root: Node | None = read_toml(document) if path.endswith(".toml") else read_yaml(document)
    except SourceError as error:
        # An empty file settles nothing, and is none the worse for it.
        root = None if error.message == "empty" else _raise([error])
    if root is None:
        root = read_toml(Document(path, ""))
    if os.path.basename(path) == "pyproject.toml":
        root = _table(root, document)
    plain = unplaced(root)
    # Only what is escaped may be one: a text with a NUL as it is was refused.
    nul = next(_nuls(root), None) if "\\" in document.text else None
    if nul is not None:
        raise ConfigurationError([SourceError("a NUL character stands here", Spot(nul.document, nul.span))])
    try:
        written = msgspec.convert(plain, Written)
    except msgspec.ValidationError as error:
        from msglint.config.faults import faults  # noqa: PLC0415  # a schema is slow to load, and most files are right

        raise ConfigurationError(faults(root, plain) or [SourceError(str(error), spot(root))]) from None
    return Read(path, written, root)


def _raise(faults: Sequence[SourceError]) -> Any:
    raise ConfigurationError(faults)


def _document(path: str) -> Document:
    """Open a file. Nothing but a regular file is read: a pipe might never end."""
    try:
        data = read_regular(path, MAX_BYTES)
    except OSError as error:
        raise ConfigurationError([_without(path, error.strerror or str(error))]) from None
    if data is None:
        raise ConfigurationError([_without(path, "no regular file")])
    if len(data) > MAX_BYTES:
        raise ConfigurationError([_without(path, f"larger than {MAX_BYTES} bytes")])
    try:
        return Document.from_bytes(path, data)
    except SourceError as error:
        raise ConfigurationError([error]) from None


def _without(path: str, message: str) -> SourceError:
    return SourceError(message, Document(path, "").spot(0, 0))


def _configures(path: str) -> bool:
    """Say whether a pyproject.toml has a table of msglint's; one that cannot be read may, and reading tells."""
    try:
        data = read_regular(path, MAX_BYTES)
    except OSError:
        return True
    if data is None or b"msglint" not in data:
        return False
    try:
        tool = read_toml(Document.from_bytes(path, data)).fields().get(_TABLE[0])
    except SourceError:
        return b"[tool.msglint" in data
    return tool is not None and tool.kind == "mapping" and _TABLE[1] in tool.fields()


def _table(root: Node, document: Document) -> Node:
    for name in _TABLE:
        found = root.fields().get(name) if root.kind == "mapping" else None
        if found is None:
            raise ConfigurationError([SourceError("there is no table [tool.msglint] here", document.spot(0, 0))])
        root = found
    return root


def unplaced(node: Node) -> Any:
    """Give what a tree says, without places."""
    match node.kind:
        case "mapping":
            return {name: unplaced(each) for name, each in node.fields().items()}
        case "sequence":
            return [unplaced(each) for each in node.items()]
        case _:
            return node.value


def _nuls(node: Node) -> Iterator[Node]:
    """Give the keys and values with a NUL. No path has one, and nothing else needs one."""
    match node.kind:
        case "mapping":
            for name, each in node.fields().items():
                if "\0" in name:
                    yield node.key(name)
                yield from _nuls(each)
        case "sequence":
            for each in node.items():
                yield from _nuls(each)
        case _ if isinstance(node.value, str) and "\0" in node.value:
            yield node


def spot(root: Node, *path: str | int) -> Spot:
    """Give the place of a key or an element, and of its parent where there is none."""
    node, last = root, root
    for part in path:
        if part not in _parts(node):
            return Spot(node.document, node.span)
        last, node = node, node.child(part)
    if path and isinstance(path[-1], str):
        node = last.key(path[-1])
    return Spot(node.document, node.span)


def _parts(node: Node) -> Container[str | int]:
    match node.kind:
        case "mapping":
            return node.fields()
        case "sequence":
            return range(len(node.items()))
        case _:
            return ()
