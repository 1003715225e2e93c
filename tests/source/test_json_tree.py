"""JSON: values, places that are found late, and everything that is refused."""

import json

import pytest

from msglint.source import Document, Node, Position, SourceError, Span, locate, read_json
from msglint.source.json_tree import JsonNode

TEMPLATE = """\
{
  "Resources" : {
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": { } },
\t"é😀\\n": [1, -2.50e+3 , true,null, "a\\"],}{[:\\\\", [ ], {"a": [{"b": 0}]}]
  },
  "Last": "\\ud83d\\ude00"
}
"""


def read(text: str) -> JsonNode:
    return read_json(Document("plan.json", text))


def refused(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(text)
    return caught.value


def written(node: Node) -> str:
    return node.document.slice(node.span)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ([], TEMPLATE.strip()),
        (["Resources", "Queue"], '{"Type": "AWS::SQS::Queue", "Properties": { } }'),
        (["Resources", "Queue", "Properties"], "{ }"),
        (["Resources", "é😀\n", 0], "1"),
        (["Resources", "é😀\n", 1], "-2.50e+3"),
        (["Resources", "é😀\n", 2], "true"),
        (["Resources", "é😀\n", 3], "null"),
        (["Resources", "é😀\n", 4], '"a\\"],}{[:\\\\"'),
        (["Resources", "é😀\n", 5], "[ ]"),
        (["Resources", "é😀\n", 6, "a", 0, "b"], "0"),
        (["Resources", "é😀\n", -1, "a", 0, "b"], "0"),
        (["Last"], '"\\ud83d\\ude00"'),
    ],
)
def test_a_span_is_the_text_of_its_value(path: list[str | int], text: str) -> None:
    node = locate(read(TEMPLATE), path)
    assert written(node) == text


def test_places_do_not_depend_on_the_order_of_questions() -> None:
    root = read(TEMPLATE)
    assert written(locate(root, ["Last"])) == '"\\ud83d\\ude00"'
    assert written(locate(root, ["Resources", "é😀\n", 4])) == '"a\\"],}{[:\\\\"'
    assert written(locate(root, ["Resources", "é😀\n", 1])) == "-2.50e+3"
    assert written(root.fields()["Resources"].fields()["Queue"].fields()["Type"]) == '"AWS::SQS::Queue"'


def test_positions_are_those_of_an_editor() -> None:
    node = locate(read(TEMPLATE.replace("\n", "\r\n")), ["Resources", "é😀\n", 0])
    assert node.span == Span(Position(4, 11), Position(4, 12))


def test_a_key_has_its_own_place() -> None:
    resources = read(TEMPLATE).fields()["Resources"]
    key = resources.key("é😀\n")
    assert written(key) == '"é😀\\n"'
    assert (key.value, key.text, key.kind) == ("é😀\n", "é😀\n", "scalar")
    assert key == resources.key("é😀\n") != resources.key("Queue")
    assert len({key, resources.key("é😀\n")}) == 1
    with pytest.raises(KeyError):
        resources.key("Topic")


def test_text_is_what_is_written() -> None:
    items = read('[1.50, 1E2, true, null, "a\\u00e9", -0]').items()
    assert [item.text for item in items] == ["1.50", "1E2", "true", "null", "aé", "-0"]
    assert [item.value for item in items] == [1.5, 100.0, True, None, "aé", 0]
    assert {item.tag for item in items} == {""}


def test_raw_is_plain() -> None:
    root = read(TEMPLATE)
    assert root.raw == json.loads(TEMPLATE)
    assert root.child("Resources").raw is root.raw["Resources"]


def test_nodes_are_found_again() -> None:
    root = read(TEMPLATE)
    assert locate(root, ["Resources", "Queue"]) is root.fields()["Resources"].fields()["Queue"]
    assert list(root.fields()["Resources"].fields()) == ["Queue", "é😀\n"]


@pytest.mark.parametrize("path", [["Resources", "Topic"], ["Resources", "é😀\n", 9]])
def test_a_path_that_leads_nowhere(path: list[str | int]) -> None:
    with pytest.raises(LookupError):
        locate(read(TEMPLATE), path)


def test_asking_for_what_the_kind_does_not_have_is_a_bug() -> None:
    root = read(TEMPLATE)
    for question in (
        root.items,
        lambda: root.text,
        lambda: root.value,
        lambda: root.child(0),
        root.child("Last").fields,
    ):
        with pytest.raises(TypeError, match="was asked for what"):
            question()


@pytest.mark.parametrize(
    ("text", "message", "start"),
    [
        ('{"a": 1,\n "b" 2}', "not valid JSON: expected ':' behind a name", (2, 6)),
        ('{"é😀": 1}\n x', "not valid JSON: text behind the end", (2, 2)),
        ('{"a": "b', "not valid JSON: this quotation mark is never closed", (1, 7)),
        ('{"a": "b\tc"}', "not valid JSON: a tab in a text is written '\\t'", (1, 9)),
        ("[1,\n 2", "not valid JSON: ", (2, 3)),
        ('["NaN", -Infinity]', "not valid JSON: -Infinity is no value", (1, 9)),
        ('{"a": {"b": NaN}}', "not valid JSON: NaN is no value", (1, 13)),
        ('[NaNs, "a" "b": 1]', "not valid JSON: NaN is no value", (1, 2)),
        ('{"a": -InfinityA::"b" }', "not valid JSON: -Infinity is no value", (1, 7)),
        ("[1, " + "1" * 5000 + "]", "a number of more than 4300 digits", (1, 5)),
        ("", "empty", (1, 1)),
        (" \n ", "empty", (1, 1)),
    ],
)
def test_faults_of_syntax_are_pointed_at(text: str, message: str, start: tuple[int, int]) -> None:
    error = refused(text)
    assert error.message.startswith(message)
    assert error.place.span.start == start


@pytest.mark.parametrize(
    ("text", "name", "key", "first"),
    [
        ('{"a": 1,\n "b": {"c": "a", "é": 1},\n "\\u0061" : 2}', "a", (3, 2), (1, 2)),
        ('[{"a": "a"}, {"x": [":"], "a": {"a": 1},\n "x": 2, "a": 3}]', "x", (2, 2), (1, 15)),
        ('{"": 1, "": 2}', "", (1, 9), (1, 2)),
    ],
)
def test_duplicate_keys_are_refused(text: str, name: str, key: tuple[int, int], first: tuple[int, int]) -> None:
    error = refused(text)
    assert error.related is not None
    assert error.message == f"duplicate key {name!r}, first given on line {first[0]}"
    assert (error.place.span.start, error.related.span.start) == (key, first)


def test_duplicate_keys_are_found_in_a_large_object() -> None:
    text = "{" + "\n".join(f'"k{number}": 1,' for number in range(20_000)) + '"k7": 2}'
    assert refused(text).message == "duplicate key 'k7', first given on line 8"


@pytest.mark.parametrize(("bracket", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting_is_refused(bracket: str, closing: str) -> None:
    for text in (bracket * 100_000, bracket * 101 + "1" + closing * 101, bracket * 5000 + "1" + closing * 5000):
        error = refused(text)
        assert error.message == "nested more than 100 levels deep"
        assert error.place.span.start == Position(1, len(bracket) * 100 + 1)
    assert read(bracket * 100 + "1" + closing * 100).raw


def test_what_is_nested_too_deep_is_told_before_a_fault_behind_it() -> None:
    """However deep the decoder goes, which differs from Python to Python."""
    for levels in (101, 30_000):
        assert refused(f"{'[' * levels}?").message == "nested more than 100 levels deep"
    assert refused(f"{'[' * 100}?").message == "not valid JSON: expected a value"


def test_no_truncation_is_more_than_a_source_error() -> None:
    data = TEMPLATE.rstrip().encode()
    for size in range(len(data)):
        with pytest.raises(SourceError):
            read_json(Document.from_bytes("plan.json", data[:size]))


def test_a_lone_surrogate_is_read() -> None:
    """RFC 8259 lets it through, and a fast reader does not."""
    root = read('{"a": "\\ud800", "b": 1}')
    assert root.fields()["a"].value == "\ud800"
    assert written(root.fields()["b"]) == "1"


def test_scalars_can_be_roots() -> None:
    root = read(" 12 ")
    assert (root.value, written(root)) == (12, "12")


def test_a_plan_on_one_line_is_located() -> None:
    resources = [{"address": f"aws_sqs_queue.q[{n}]", "values": {"tags": {}, "n": n}} for n in range(20_000)]
    root = read(json.dumps({"planned_values": {"resources": resources}, "end": 1}))
    for number in (19_999, 0, 12_345):
        node = locate(root, ["planned_values", "resources", number, "values", "n"])
        assert written(node) == str(number)
