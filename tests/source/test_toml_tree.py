"""TOML: what is read is what the standard library reads, and each value is found where it stands."""

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msglint.source import Document, Node, SourceError, locate, read_toml

toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

TEXT = """\
# a comment
select = ["MSG1", 'ü', "x"] # another
a . "b c" = { d = 1.50, e = true }

[parameters]
Stage = "prod"
since = 2027-01-31

[[exceptions]]
rule = "MSG501"

[[exceptions]] # the second
rule = "MSG502"
[exceptions.more]
deep = [[1], [
  2, # two
]]
"""

scalars = st.one_of(st.booleans(), st.integers(-9, 9), st.text(st.characters(exclude_categories=["Cc", "Cs"])))


def written(document: Document, *path: str | int) -> str:
    return document.slice(locate(read_toml(document), path).span)


def test_a_value_is_found_where_it_stands() -> None:
    document = Document("msglint.toml", TEXT)
    assert written(document, "select") == """["MSG1", 'ü', "x"]"""
    assert written(document, "select", 1) == "'ü'"
    assert written(document, "select", 2) == '"x"'
    assert written(document, "a", "b c", "d") == "1.50"
    assert written(document, "a", "b c", "e") == "true"
    assert written(document, "parameters") == "parameters"
    assert written(document, "parameters", "since") == "2027-01-31"
    assert written(document, "exceptions", 0, "rule") == '"MSG501"'
    assert written(document, "exceptions", 1, "rule") == '"MSG502"'
    assert written(document, "exceptions", 1, "more", "deep", 1, 0) == "2"
    assert locate(read_toml(document), ("exceptions", 1, "rule")).span.start == (13, 8)


def test_a_key_is_found_where_it_stands() -> None:
    document = Document("msglint.toml", TEXT)
    root = read_toml(document)
    assert document.slice(root.key("select").span) == "select"
    assert document.slice(root.fields()["a"].key("b c").span) == 'a . "b c"'
    assert document.slice(root.fields()["parameters"].key("Stage").span) == "Stage"
    assert root.key("exceptions").span.start == (9, 3)
    assert root.key("select").value == "select"
    with pytest.raises(KeyError):
        root.key("none")


def test_a_date_is_text() -> None:
    node = locate(read_toml(Document("msglint.toml", TEXT)), ("parameters", "since"))
    assert (node.value, node.text) == ("2027-01-31", "2027-01-31")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = 1\nb ==", (2, 4)),
        ("a = 1\r\n[b", (2, 3)),
        ("a = 'ü\n", (2, 1)),
        ("a = 1\na = 2", (2, 6)),
        ("a = " + "[" * 20_000, (1, 1)),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(SourceError) as raised:
        read_toml(Document("msglint.toml", text))
    assert raised.value.place.span.start == place


def values(node: Node) -> Any:
    match node.kind:
        case "mapping":
            return {name: values(each) for name, each in node.fields().items()}
        case "sequence":
            return [values(each) for each in node.items()]
        case _:
            return node.value


def leaves(node: Node) -> Iterator[Node]:
    if node.kind == "scalar":
        yield node
    for each in node.fields().values() if node.kind == "mapping" else node.items() if node.kind == "sequence" else ():
        yield from leaves(each)


def inline(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case dict():
            return "{ " + ", ".join(f"{inline(name)} = {inline(each)}" for name, each in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(inline, value)) + "]"
        case _:
            return str(value)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1),
        st.recursive(
            scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner)
        ),
        max_size=4,
    )
)
def test_the_text_at_the_place_of_a_value_is_the_value(content: dict[str, Any]) -> None:
    text = "".join(f"{inline(name)} = {inline(value)}\n" for name, value in content.items())
    root = read_toml(Document("msglint.toml", text))
    assert values(root) == content
    for leaf in leaves(root):
        assert toml.loads(f"x = {leaf.document.slice(leaf.span)}") == {"x": leaf.value}
