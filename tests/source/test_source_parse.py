"""Reading whatever a file holds, and reading back whatever was written."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from linting import plain
from msglint.source import Document, Node, SourceError, parse, read_json, read_yaml

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["yes", "010", "1:30", "2012-10-17", "<<", "=", "~", "", "a\nb\n", " x ", "# y", "a: b", "\ufeff", "\x85", "\u2028"]
)
SCALARS = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | TEXT
JSON_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT


def nested(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=20
    )


def check_slices(node: Node, data: Any) -> None:
    """Check that the text of each span says what the node says."""
    assert json.loads(node.document.slice(node.span)) == data
    if isinstance(data, dict):
        for name, value in data.items():
            assert json.loads(node.document.slice(node.key(name).span)) == name
            check_slices(node.fields()[name], value)
    elif isinstance(data, list):
        for item, value in zip(node.items(), data, strict=True):
            check_slices(item, value)


@given(nested(JSON_SCALARS), st.sampled_from([None, 0, 3]), st.booleans())
def test_json_is_read_back(data: Any, indent: int | None, ascii_only: bool) -> None:
    document = Document("any.json", json.dumps(data, indent=indent, ensure_ascii=ascii_only))
    root = read_json(document)
    assert plain(root) == data
    check_slices(root, data)


@given(nested(SCALARS), st.sampled_from([None, True, False]), st.sampled_from(["\n", "\r\n"]))
def test_yaml_is_read_back(data: Any, flow: bool | None, line_end: str) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, line_break=line_end, sort_keys=False)
    assert plain(read_yaml(Document("any.yaml", text))) == data
    text = yaml.safe_dump(data, default_flow_style=flow, line_break=line_end, sort_keys=False, allow_unicode=True)
    # PyYAML writes these line breaks as they are, and does not read them back itself.
    if not set("\x85\u2028\u2029") & set(text):
        assert plain(read_yaml(Document("any.yaml", text))) == data


@given(nested(SCALARS), st.sampled_from([None, True, False]))
def test_a_slice_of_yaml_is_the_same_yaml(data: Any, flow: bool | None) -> None:
    """The span of a value holds all of it, and nothing else."""
    text = yaml.safe_dump({"a": {"b": [data, 1]}}, default_flow_style=flow)
    node = read_yaml(Document("any.yaml", text)).fields()["a"].fields()["b"].items()[0]
    indent = " " * (node.span.start.column - 1)
    assert plain(read_yaml(Document("slice.yaml", indent + node.document.slice(node.span)))) == plain(node)


@given(st.text(max_size=60) | st.text(st.sampled_from("[]{}:,-?!&*|>'\"%#a \n\t\r"), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        document = Document.from_bytes("any", text.encode("utf-8", errors="surrogatepass"))
        plain(parse(document))
    except SourceError as error:
        document = error.place.document
        assert document.offset(error.place.span.end) <= len(document.text)  # noqa: PT017  (either outcome is fine)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('\n {"a": 1}', "JsonNode"),
        ("[1]", "JsonNode"),
        ("{a: 1}", "_YamlNode"),
        ('{"a": 1, # why\n "b": 2,}', "_YamlNode"),
        ("# why\n{}", "_YamlNode"),
        ("---\n{}", "_YamlNode"),
        ("a: 1", "_YamlNode"),
    ],
)
def test_the_language_is_told_by_the_content(text: str, kind: str) -> None:
    assert type(parse(Document("template.txt", text))).__name__ == kind


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n "b" 2}', "not valid JSON: expected ':' behind a name"),
        ('{"a": 1, "a": 2}', "duplicate key 'a', first given on line 1"),
        ("a: 1\na: 2", "duplicate key 'a', first given on line 1"),
        ("", "empty"),
        ("[" * 100_000, "nested more than 100 levels deep"),
    ],
)
def test_the_error_is_that_of_the_language(text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(Document("template.txt", text))
    assert caught.value.message == message


def test_large_broken_json_is_not_read_again_as_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("msglint.source._MAX_FLOW_YAML", 5)
    assert parse(Document("template.txt", "{a: }")).kind == "mapping"
    with pytest.raises(SourceError, match="not valid JSON"):
        parse(Document("template.txt", "{a: 1}"))


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("", {"json", "yaml"}),
        ("read_json(Document('q', '{}'))", {"yaml"}),
        ("read_yaml(Document('q', 'a: 1'))", {"json"}),
    ],
)
def test_parsers_are_imported_when_they_are_used(statement: str, absent: set[str]) -> None:
    script = f"import sys\nfrom msglint.source import *\n{statement}\nprint(*sys.modules)"
    output = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], capture_output=True, check=True, text=True, env=os.environ
    ).stdout
    assert absent.isdisjoint(output.split())
