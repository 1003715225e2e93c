"""YAML: values, tags, exact places, merges, and everything that is refused."""

import gc
import os
import subprocess
import sys

import pytest

from msglint.source import Document, Node, Position, SourceError, locate, read_yaml

TEMPLATE = """\
# A queue.
Resources:
  Queue:   # the name
    Type: AWS::SQS::Queue
    Properties:
      QueueName: "orders"
      Tags:
      - Key: é😀
        Value: 'x'   # why

      -   Key: b
          Value: !Sub "${A}-b"
      Text: |
        one
          two

      # between
      Folded: >-
        a
        b
  Topic:
    Type: !Ref Kind
    Names: [a, {b: c}]   # flow
    Plain: one
      two

Outputs: {}
"""

SCALARS = {
    "a: 010": 8,
    "a: 0x1F": 31,
    "a: 1_000": 1000,
    "a: 1:30": 90,
    "a: -7": -7,
    "a: 1.5": 1.5,
    "a: 1e3": "1e3",
    "a: yes": True,
    "a: Off": False,
    "a: true": True,
    "a: y": "y",
    "a: ~": None,
    "a: null": None,
    "a:": None,
    "a: ''": "",
    "a: '010'": "010",
    'a: "yes"': "yes",
    "a: |\n  5\n": "5\n",
    "a: 2012-10-17": "2012-10-17",
    "a: 0x_": "0x_",
    "a: =": "=",
    "a: !!str 010": "010",
    "a: !!int '12'": 12,
    "a: !!bool maybe": "maybe",
    "a: !!int ''": "",
    "a: !Ref 010": "010",
    "a: !!binary aGk=": "aGk=",
}


def read(text: str) -> Node:
    return read_yaml(Document("queue.yaml", text))


def refused(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(text)
    return caught.value


def written(node: Node) -> str:
    return node.document.slice(node.span)


def walk(node: Node) -> list[Node]:
    nodes = [node]
    if node.kind == "mapping":
        for name, value in node.fields().items():
            nodes += [node.key(name), *walk(value)]
    elif node.kind == "sequence":
        for item in node.items():
            nodes += walk(item)
    return nodes


@pytest.mark.parametrize(("text", "value"), SCALARS.items())
def test_value(text: str, value: object) -> None:
    found = read(text).fields()["a"].value
    assert (found, type(found)) == (value, type(value))


def test_a_number_of_absurd_length_stays_text() -> None:
    """Python would convert it in quadratic time."""
    number = "1" + ":1" * 100_000
    assert read(f"a: {number}").fields()["a"].value == number


def test_text_is_what_is_written() -> None:
    root = read("- 010\n- 2012-10-17\n- 'it''s'\n- yes\n- ~\n- 1.50\n- a\n  b\n")
    assert [item.text for item in root.items()] == ["010", "2012-10-17", "it's", "yes", "~", "1.50", "a b"]


@pytest.mark.parametrize(
    ("value", "tag", "kind"),
    [
        ("!Sub x", "!Sub", "scalar"),
        ("!Sub", "!Sub", "scalar"),
        ("!Join ['', []]", "!Join", "sequence"),
        ("!Transform {Name: x}", "!Transform", "mapping"),
        ("&a !Ref b", "!Ref", "scalar"),
        ("!!str x", "", "scalar"),
        ("!!python/object:os.system x", "!!python/object:os.system", "scalar"),
        ("!<tag:example.org,2026:x> y", "tag:example.org,2026:x", "scalar"),
        ("plain", "", "scalar"),
        ("{}", "", "mapping"),
    ],
)
def test_tags_are_kept(value: str, tag: str, kind: str) -> None:
    node = read(f"a: {value}").fields()["a"]
    assert (node.tag, node.kind) == (tag, kind)
    assert written(node) == value


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        (["Resources", "Queue", "Type"], "AWS::SQS::Queue"),
        (["Resources", "Queue", "Properties", "QueueName"], '"orders"'),
        (["Resources", "Queue", "Properties", "Tags", 0, "Key"], "é😀"),
        (["Resources", "Queue", "Properties", "Tags", 0], "Key: é😀\n        Value: 'x'"),
        (["Resources", "Queue", "Properties", "Tags", 1, "Value"], '!Sub "${A}-b"'),
        (
            ["Resources", "Queue", "Properties", "Tags"],
            "- Key: é😀\n        Value: 'x'   # why\n\n      -   Key: b\n          Value: !Sub \"${A}-b\"",
        ),
        (["Resources", "Queue", "Properties", "Text"], "|\n        one\n          two"),
        (["Resources", "Queue", "Properties", "Folded"], ">-\n        a\n        b"),
        (["Resources", "Topic", "Type"], "!Ref Kind"),
        (["Resources", "Topic", "Names"], "[a, {b: c}]"),
        (["Resources", "Topic", "Names", 1], "{b: c}"),
        (["Resources", "Topic", "Plain"], "one\n      two"),
        (["Outputs"], "{}"),
    ],
)
def test_a_span_is_the_text_of_its_value(path: list[str | int], text: str, line_end: str) -> None:
    root = read(TEMPLATE.replace("\n", line_end))
    assert written(locate(root, path)) == text.replace("\n", line_end)


def test_positions_are_those_of_an_editor() -> None:
    tag = locate(read(TEMPLATE), ["Resources", "Queue", "Properties", "Tags", 0])
    assert tag.span == (Position(8, 9), Position(9, 19))
    assert tag.fields()["Key"].span == (Position(8, 14), Position(8, 16))


def test_a_byte_order_mark_moves_nothing() -> None:
    root = read_yaml(Document.from_bytes("queue.yaml", b"\xef\xbb\xbfa: 1"))
    assert root.fields()["a"].span == (Position(1, 4), Position(1, 5))


def test_the_root_ends_with_its_text() -> None:
    root = read("# head\na:\n  b: 1 # tail\n\n# end\n")
    assert written(root) == "a:\n  b: 1"


def test_nothing_stands_behind_its_colon() -> None:
    """The place of a missing value is where it would be written."""
    root = read("a:\nb:   # later\nc:\n  - \n")
    assert [root.fields()[name].span for name in "ab"] == [(Position(1, 3),) * 2, (Position(2, 3),) * 2]
    assert written(root.fields()["c"]) == "-"


def test_a_key_has_its_own_place() -> None:
    root = read("a: 1\n'b c': 2\n? d\n: 3\n")
    assert [written(root.key(name)) for name in root.fields()] == ["a", "'b c'", "d"]
    with pytest.raises(KeyError):
        root.key("e")


def test_keys_are_text() -> None:
    root = read("010: a\nyes: b\n~: c\n[1, 2]: d\n2012-10-17: e\n")
    assert list(root.fields()) == ["010", "yes", "~", "[1, 2]", "2012-10-17"]


def test_an_alias_is_its_anchor() -> None:
    root = read("a: &x {k: 1}\nb: *x\nc: {k: 1}\n")
    a, b, c = root.fields().values()
    assert a == b
    assert hash(a) == hash(b)
    assert a.fields()["k"] == b.fields()["k"]
    assert a != c
    assert b.span == a.span


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1, 2]\nb:\n  c: *x",
        "a: &x 1\nb:\n  - 2\n  - *x\n  # *no\n  - *x",
        "a: &x 1\nb:\n  - &y\n  - *y",
        "a: &x 1\nb:\n  - 'a * b'\n  - *x",
        "a: &x 1\nb:\n  c: {d: *x}",
    ],
)
def test_a_collection_ends_with_its_last_alias(text: str) -> None:
    root = read(text + "   # a *comment\n\n# end\n")
    assert written(root) == text


def test_merge_keys() -> None:
    """What is written wins, then the earlier merge; order is that of the text."""
    root = read(
        "one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2, d: 2}\n"
        "three:\n  z: 3\n  <<: [*one, *two]\n  d: 3\nfour: {<<: *one, <<: *two}\nfive: {<<: {a: 5}, '<<': 6}\n"
    )
    three, four, five = [root.fields()[name] for name in ("three", "four", "five")]
    assert [(name, value.text) for name, value in three.fields().items()] == [
        ("z", "3"),
        ("a", "1"),
        ("b", "1"),
        ("c", "2"),
        ("d", "3"),
    ]
    assert three.key("c").span.start == Position(2, 18)
    assert {name: value.text for name, value in four.fields().items()} == {"a": "1", "b": "1", "c": "2", "d": "2"}
    assert {name: value.text for name, value in five.fields().items()} == {"a": "5", "<<": "6"}


def test_merging_what_is_no_mapping_is_refused() -> None:
    error = refused("a: &x 1\nb:\n  <<: [*x]\n")
    assert error.message == "'<<' merges mappings only"


@pytest.mark.parametrize(
    ("text", "message", "start"),
    [
        ("a: 1\n---\nb: 2\n", "more than one YAML document in one file", (2, 1)),
        ("é😀: 1\nb: é\x07\n", "not valid YAML: the character U+0007 is not allowed", (2, 5)),
        ("é😀: 1\nb: [é", "not valid YAML: '[' is never closed", (2, 4)),
    ],
)
def test_faults_of_syntax_are_pointed_at(text: str, message: str, start: tuple[int, int]) -> None:
    error = refused(text)
    assert message in error.message
    assert error.place.span.start == start


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "---\n", "--- # nothing\n...\n", "   "])
def test_an_empty_document_is_refused(text: str) -> None:
    assert refused(text).message == "empty"


def test_a_quoted_nothing_is_not_empty() -> None:
    assert read("''").value == ""


@pytest.mark.parametrize(
    ("text", "key", "first"),
    [
        ("a: 1\nb:\n  é: 1\n  c: 2\n  'é': 3\n", (5, 3), (3, 3)),
        ("- {a: 1, b: 2, a: 3}", (1, 16), (1, 4)),
        ("&x a: 1\n*x : 2\n", (1, 1), (1, 1)),
    ],
)
def test_duplicate_keys_are_refused(text: str, key: tuple[int, int], first: tuple[int, int]) -> None:
    error = refused(text)
    assert error.related is not None
    assert (error.place.span.start, error.related.span.start) == (key, first)
    assert error.message.startswith("duplicate key ")
    assert error.message.endswith(f", first given on line {first[0]}")


def test_duplicate_keys_are_found_in_a_large_mapping() -> None:
    error = refused("".join(f"k{number}: 1\n" for number in range(20_000)) + "k7: 2\n")
    assert error.message == "duplicate key 'k7', first given on line 8"


@pytest.mark.parametrize("text", ["a: &a [*a]", "&a {b: {c: *a}}", "&a {<<: *a}", "&a {? *a : 1}"])
def test_a_value_inside_itself_is_refused(text: str) -> None:
    assert refused(text).message == "this value contains itself through an alias"


@pytest.mark.parametrize("link", ["[{}]", "{{<<: [{}]}}"])
def test_an_alias_bomb_is_refused(link: str) -> None:
    lines = ["a0: &a0 {k: v}"]
    lines += [f"a{n}: &a{n} " + link.format(", ".join([f"*a{n - 1}"] * 10)) for n in range(1, 30)]
    assert refused("\n".join(lines)).message == "aliases repeat more than 250,000 names and values"


def test_many_nodes_without_aliases_are_no_bomb() -> None:
    assert len(read("[" + "a," * 260_000 + "]").items()) == 260_000


@pytest.mark.parametrize(
    ("bracket", "column"), [("[", 101), ("{", 101), ("- ", 201), ("? ", 201), ("{a: ", 401), ('["b", {c: ', 501)]
)
def test_deep_nesting_is_refused_before_it_overflows_a_stack(bracket: str, column: int) -> None:
    error = refused(bracket * 100_000)
    assert error.message == "nested more than 100 levels deep"
    assert error.place.span.start == Position(1, column)


def test_a_hundred_levels_are_read() -> None:
    assert read("[" * 100 + "]" * 100).kind == "sequence"
    assert read("[" * 100 + "x" + "]" * 100).kind == "sequence"
    assert refused("[" * 101 + "]" * 101).place.span.start == Position(1, 101)


def test_levels_behind_aliases_count() -> None:
    """Who reads the tree goes down through them."""
    deep = "[" * 60 + "]" * 60
    error = refused(f"a: &a {deep}\nb: {'[' * 60}*a{']' * 60}\n")
    assert error.message == "nested more than 100 levels deep"


@pytest.mark.parametrize("data", [TEMPLATE.encode(), b"a: &x {k: 1}\nb:\n  <<: *x\n  c: !Sub\n  - |\n   t\n  - {}\n"])
def test_no_truncation_is_more_than_a_source_error(data: bytes) -> None:
    """Whatever can be read, can be walked and sliced."""
    for size in range(len(data)):
        try:
            nodes = walk(read_yaml(Document.from_bytes("queue.yaml", data[:size])))
        except SourceError as error:
            assert error.message  # noqa: PT017  (either outcome is fine)
            continue
        assert all(node.span.start <= node.span.end for node in nodes)


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("text", ["a: 1", "a: ["])
def test_the_garbage_collector_is_left_as_it_was(text: str, *, enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        try:
            read(text)
        except SourceError:
            assert text == "a: ["
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_asking_for_what_the_kind_does_not_have_is_a_bug() -> None:
    mapping = read("a: [1]")
    sequence = mapping.fields()["a"]
    for question in (mapping.items, sequence.fields, sequence.items()[0].items, lambda: mapping.text):
        with pytest.raises(TypeError, match="was asked for what"):
            question()


def test_pyyaml_without_libyaml_reads_the_same() -> None:
    script = (
        "import sys\n"
        "if sys.argv[1] == 'pure': sys.modules['yaml._yaml'] = None\n"
        "import yaml; assert yaml.__with_libyaml__ is (sys.argv[1] != 'pure')\n"
        "from msglint.source import *\n"
        "def show(node):\n"
        "    print(node.span, node.tag, node.kind)\n"
        "    match node.kind:\n"
        "        case 'mapping':\n"
        "            for name, value in node.fields().items(): print(name, node.key(name).span); show(value)\n"
        "        case 'sequence':\n"
        "            for item in node.items(): show(item)\n"
        "        case 'scalar': print(repr(node.text), repr(node.value))\n"
        "show(read_yaml(Document('q', sys.stdin.buffer.read().decode())))\n"
        "for text in ('[' * 5000, 'a: \\1', 'a: 1\\n---\\n', '', '- a\\n- @', 'a: 1\\na: 1'):\n"
        "    try: read_yaml(Document('q', text))\n"
        "    except SourceError as error: print(error.place.span)\n"
        "    else: raise SystemExit(text)\n"
    )
    outputs = [
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", script, kind],
            input=TEMPLATE.encode(),
            capture_output=True,
            check=True,
            env=os.environ,
        ).stdout
        for kind in ("fast", "pure")
    ]
    assert b"!Sub" in outputs[0]
    assert outputs[0] == outputs[1]
