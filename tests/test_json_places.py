"""Places in texts of JSON that have lines of their own."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msglint.model.data import Data
from msglint.model.expression import Given
from msglint.model.json_text import parse
from msglint.model.text import Alphabet, Symbol, Text
from msglint.source import Document, Place, Spot, Within
from msglint.source import parse as read_template
from msglint.source.text import Stretch

HOLE = Symbol(("t", "q"), Alphabet.OPAQUE, "${aws_sqs_queue.q.arn}")
SCALARS = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="$%")) | st.integers(0, 99)
STRUCTURES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text("ab{}[]\"\\,:'", max_size=3), inner)
)


def place(text: str, start: str, end: str) -> Spot:
    """Give the place of a stretch that begins and ends with some words."""
    document = Document("main.tf", text)
    return document.spot(text.index(start), text.rindex(end) + len(end))


def spelled(at: Place) -> str:
    return at.document.slice(at.span)


@given(st.dictionaries(st.sampled_from(["a", "b c", "d"]), STRUCTURES, min_size=1), st.sampled_from(["\n", "\r\n"]))
def test_each_part_stands_where_it_is_written(value: dict[str, Any], end: str) -> None:
    written = json.dumps(value, indent=2, ensure_ascii=False)
    text = f"x = 1\n  policy = <<-EOF\n{written}\n  EOF\n}}\n".replace("\n", end)
    at = place(text, "policy", "EOF")
    read = Data(Given(parse(Text.literal(written), at)))
    for name, part in value.items():
        assert json.loads(spelled(read.get(name).at)) == part


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("policy = <<EOF\n%s\nEOF\n", "policy", "EOF"),
        ("policy = <<-EOF\n  %s\n  EOF", "<<-EOF", "EOF"),
        ("%s\n", "{", "}"),
    ],
)
def test_what_is_put_in_may_be_anything(text: str, start: str, end: str) -> None:
    """In a text, or as a value of its own; braces and all."""
    written = '{\n  "To": "${f({a = q.arn})}", "Also": ${jsonencode(q)},\n  "Last": 1\n}'
    at = place(text % written, start, end)
    content = Text.of('{\n  "To": "', HOLE, '", "Also": ', HOLE, ',\n  "Last": 1\n}')
    read = Data(Given(parse(content, at)))
    assert spelled(read.get("To").at) == '"${f({a = q.arn})}"'
    assert spelled(read.get("Also").at) == "${jsonencode(q)}"
    assert spelled(read.get("Last").at) == "1"


@pytest.mark.parametrize(
    "text",
    [
        'policy = "{\\n  \\"Last\\": 1\\n}"',
        'policy = replace(<<EOF\n{\n  "Last": 1\n}\nEOF\n, "1", "2")',
        'policy = <<EOF\n%{ if a }\n{\n  "Last": 1\n}\n%{ endif }\nEOF',
        'policy = a ? <<A\n{\n  "Last": 1\n}\nA\n : <<B\n{\n  "Last": 1\n}\nB',
        'policy = <<EOF\n{\n  "Other": 1\n}\nEOF',
    ],
)
def test_what_is_made_otherwise_stands_where_it_is_made(text: str) -> None:
    at = place(text, text[0], text[-1])
    assert Data(Given(parse(Text.literal('{\n  "Last": 1\n}'), at))).get("Last").at.span == at.span


INSIDE = """{
  "It's": "${q.Arn}", "é😀": 0,
  "\\"Last\\"": 1
}"""


def indented(text: str) -> str:
    return text.replace("\n", "\n    ")


def single(text: str) -> str:
    return indented(text).replace("'", "''")


def escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def double(text: str) -> str:
    """Break lines as folded text has them, with and without a backslash, and write a brace by its number."""
    return "\\x7B\\\n    " + escaped(text)[1:].replace("\\n", "\n    ")


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("Policy: |\n    %s\nNext: b", indented),
        ("Policy: !Sub >-\n    %s\n", indented),
        ("Policy: &a !Sub >+2  # in lines\n    %s\n\n", indented),
        ("Policy:\n  Fn::Sub: |-\n    %s\n", indented),
        ("Policy:\n  Fn::Sub:\n  - |-\n    %s\n  - {A: b}\n", indented),
        ("Policy: !Sub\n  - |\n    %s\n  - A: b\n", indented),
        ("Policy: !Sub\n  '%s'\n", single),
        ("Policy: [!Sub &a '\n   %s', {}]\n", single),
        ('Policy: !Sub "%s"', double),
        ('Policy: !Sub ["%s", {}]', escaped),
        ('{"Policy": {"Fn::Sub": "%s"}}', escaped),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_part_stands_where_it_is_in_a_scalar(text: str, style: Callable[[str], str], end: str) -> None:
    document = Document("template", (text % style(INSIDE)).replace("\n", end))
    content = Text.of(INSIDE.partition("$")[0], HOLE, INSIDE.partition("}")[2])
    value = Data(Given(parse(content, read_template(document).fields()["Policy"])))
    symbol, number, last = (part.at for part in value.fields().values())
    assert spelled(symbol).replace("\\", "") == '"${q.Arn}"'
    assert spelled(number) == "0"
    assert spelled(last) == "1"
    assert document.offset(last.span.start) == document.text.rindex("1")


def test_what_is_in_a_module_stands_at_its_call() -> None:
    call = place('module "m" {', "module", '"m"')
    text = 'policy = <<EOF\n{\n  "Last": 1\n}\nEOF'
    at = (
        Data(Given(parse(Text.literal('{\n  "Last": 1\n}'), Within(call, place(text, "policy", "EOF"))))).get("Last").at
    )
    assert isinstance(at, Within)
    assert (spelled(at), spelled(at.inner)) == ('module "m"', "1")


def test_a_plan_may_write_it_on_one_line() -> None:
    """The provider makes JSON compact; what is written has lines all the same."""
    text = 'policy = <<EOF\n{\n  "First": {"Last": 1}\n}\nEOF'
    at = Stretch(Document("main.tf", text), 0, len(text))
    read = Data(Given(parse(Text.literal('{"First":{"Last":1}}'), at)))
    assert spelled(read.get("First").at) == '{"Last": 1}'
    assert spelled(read.get("First", "Last").at) == "1"
