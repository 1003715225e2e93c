"""Each node stands where it was written, in whatever style, and says what other readers make of it."""

import os
from bisect import bisect_left
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

import pytest
import yaml

from linting import plain
from msglint.source import Document, Node, SourceError, parse, read_yaml
from yaml_styles import Place, Writer

TESTS = Path(__file__).parents[1]
CORPUS = os.environ.get("MSGLINT_CORPUS", "")
LARGEST = 200_000
"""The largest file that the slow scanner is asked about, in bytes."""


Entry = TypeVar("Entry")
A_SEED = 250
SEEDS = range(0, 10 * A_SEED, A_SEED)


class Written(NamedTuple):
    """A token that somebody wrote, without the blank lines behind a block scalar."""

    start: int
    end: int


def tokens(text: str) -> list[Written]:
    found = []
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        start, end = token.start_mark.index, token.end_mark.index
        if isinstance(token, yaml.ScalarToken) and token.style in {"|", ">"}:
            while text[end - 1] in " \t\r\n":
                end -= 1
        # The scanner makes some tokens of indentation alone, and keys of what stands before a colon.
        if start < end and not isinstance(token, yaml.StreamStartToken | yaml.StreamEndToken):
            found.append(Written(start, end))
    return found


def merges(key: Any) -> bool:
    return bool(key.tag == "tag:yaml.org,2002:merge")


def merged(mapping: Any, read: Callable[[Any], dict[str, Entry]]) -> Iterator[tuple[str, Entry]]:
    """Give what the merge keys of a mapping add, the first source first."""
    for key, value in mapping.value:
        if merges(key):
            for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                yield from read(source).items()


class Oracle:
    """Where the nodes of a text stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)

    def bounds(self, node: Any) -> tuple[int, int]:
        """Give where a node begins, and where its last token ends."""
        start = node.start_mark.index
        first = bisect_left(self.tokens, (start,))
        end = start
        for token in self.tokens[first:]:
            if token.start >= node.end_mark.index:
                break
            end = token.end
        return start, end

    def fields(self, mapping: Any) -> dict[str, tuple[Any, Any]]:
        """Give the keys and values of a mapping and of what it merges."""
        own = {self.name(key): (key, value) for key, value in mapping.value if not merges(key)}
        for name, entry in merged(mapping, self.fields):
            own.setdefault(name, entry)
        return own

    def name(self, key: Any) -> str:
        """Give the text of a key, as written where it is a collection."""
        if isinstance(key, yaml.ScalarNode):
            return str(key.value)
        start, end = self.bounds(key)
        return self.text[start:end]

    def differences(self, node: Node, other: Any, way: str = "") -> Iterator[str]:
        """Give where a node is not what the other reader has read."""
        start, end = (node.document.offset(position) for position in node.span)
        if (start, end) != self.bounds(other):
            wanted = self.text[slice(*self.bounds(other))]
            yield f"{way}: {node.document.slice(node.span)!r} is not {wanted!r}"
        match other:
            case yaml.MappingNode():
                theirs = self.fields(other)
                ours = node.fields()
                if set(theirs) != set(ours):
                    yield f"{way}: {set(theirs) ^ set(ours)}"
                for name, (key, value) in theirs.items():
                    yield from self.differences(node.key(name), key, f"{way}.{name} (key)")
                    yield from self.differences(ours[name], value, f"{way}.{name}")
            case yaml.SequenceNode():
                for number, (item, value) in enumerate(zip(node.items(), other.value, strict=True)):
                    yield from self.differences(item, value, f"{way}[{number}]")
            case yaml.ScalarNode():
                if node.text != other.value:
                    yield f"{way}: {node.text!r} is not {other.value!r}"


def written(node: Node) -> Place:
    """Give a node as the writer would have noted it."""
    start, end = (node.document.offset(position) for position in node.span)
    match node.kind:
        case "mapping":
            fields = {name: (written(node.key(name)), written(value)) for name, value in node.fields().items()}
            return Place(start, end, node.tag, fields)
        case "sequence":
            return Place(start, end, node.tag, [written(item) for item in node.items()])
        case _:
            return Place(start, end, node.tag, node.text)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_node_stands_where_it_was_written(seed: int) -> None:
    for number in range(seed, seed + A_SEED):
        writer = Writer(Random(number))  # noqa: S311
        root = writer.document()
        mark = b"\xef\xbb\xbf" if number % 2 else b""
        assert written(read_yaml(Document.from_bytes("any.yaml", mark + writer.text.encode()))) == root


class Plain(yaml.CSafeLoader):
    """Reads as PyYAML does, save that tags of CloudFormation say nothing, and dates and keys are texts."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Give the value of a node."""
        if node.tag.startswith("!") or node.tag in {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value"}:
            kinds = {"scalar": self.construct_scalar, "sequence": self.construct_sequence, "mapping": self.mapping}
            return kinds[node.id](node)
        return self.mapping(node) if node.id == "mapping" else super().construct_object(node, deep=True)

    def construct_sequence(self, node: Any, deep: bool = False) -> Any:
        """Give the values of a list."""
        return [self.construct_object(item) for item in node.value]

    def mapping(self, node: Any) -> Any:
        """Give the values of a mapping by the texts of its keys."""
        own = {key.value: self.construct_object(value) for key, value in node.value if not merges(key)}
        for name, value in merged(node, self.mapping):
            own.setdefault(name, value)
        return own


@pytest.mark.parametrize("seed", SEEDS)
def test_each_value_is_what_pyyaml_makes_of_it(seed: int) -> None:
    for number in range(seed, seed + A_SEED):
        writer = Writer(Random(number))  # noqa: S311
        writer.document()
        assert plain(read_yaml(Document("any.yaml", writer.text))) == yaml.load(writer.text, Loader=Plain)  # noqa: S506


def own_files() -> list[Path]:
    """Give the templates of examples and tests, save those on which the reader in Python runs out of its stack."""
    folders = [folder for folder in sorted((TESTS / "fixtures").iterdir()) if folder.name != "invalid"]
    return [path for folder in (*folders, TESTS.parent / "examples") for path in documents(folder)]


def documents(folder: Path) -> list[Path]:
    suffixes = {".json", ".yaml", ".yml", ".template"}
    found = (path for path in sorted(folder.rglob("*")) if path.suffix in suffixes)
    return [path for path in found if path.is_file() and path.stat().st_size < LARGEST]


def test_places_in_own_templates_are_those_of_tokens() -> None:
    assert not list(all_differences(own_files()[::20]))


@pytest.mark.slow
def test_places_in_all_own_templates_are_those_of_tokens() -> None:
    assert not list(all_differences(own_files()))


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="MSGLINT_CORPUS names no directory of templates and plans")
def test_places_in_templates_of_others_are_those_of_tokens() -> None:
    assert not list(all_differences(documents(Path(CORPUS))))


def all_differences(paths: list[Path]) -> Iterator[str]:
    """Give where the two readers differ; what one of them cannot read, such as JSON with tabs, is passed over."""
    compared = 0
    for path in paths:
        try:
            document = Document.from_bytes(path.name, path.read_bytes())
            other = Oracle(document.text)
            root = yaml.compose(document.text, Loader=yaml.SafeLoader)
            node = parse(document)
        except (SourceError, yaml.YAMLError):
            continue
        compared += 1
        yield from (f"{path}{each}" for each in other.differences(node, root))
    if compared < len(paths) / 2:
        yield f"only {compared} of {len(paths)} files were compared"
