"""Terraform's JSON syntax: the same parts as HCL, with places in the JSON."""

import json
from typing import Any

import pytest

from msglint.source import Document, SourceError
from msglint.source.hcl import (
    Attribute,
    Body,
    Call,
    Expression,
    Listed,
    Literal,
    Mapped,
    Member,
    Name,
    Template,
    blocks_of,
    read_hcl,
    read_tf_json,
)
from msglint.source.text import Stretch

CONFIGURATION = r"""{
  "//": "of the shop",
  "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}, "backend": {"s3": {"key": "k"}}},
  "provider": {"aws": [{"region": "eu-west-1"}, {"alias": "us", "region": "us-east-1"}]},
  "variable": {"name": {"type": "map(string)", "default": "${not.evaluated}"}},
  "locals": {"provider": "x ${var.name}"},
  "module": {"m": {"source": "./${m}", "providers": {"aws": "aws.us"}}},
  "resource": {
    "aws_sqs_queue": {
      "orders": {
        "//": "the queue",
        "provider": "aws.us",
        "name": "é-${var.name[\"a\\n\"]}-b",
        "tags": {"${local.key}": "v", "n": 1.5, "b": true, "z": null},
        "lifecycle": {"ignore_changes": ["tags[\"a\"]"]},
        "depends_on": ["aws_sqs_queue.dead"],
        "dynamic": {"rule": {"for_each": "${var.rules}", "content": {"a": "${rule.value}"}}},
        "setting": [{"x": "${jsonencode({a = 1})}"}, {"dynamic": {"deep": {"for_each": [1], "content": {"c": 2}}}}]
      },
      "dead": [{}]
    }
  }
}
"""


def read(text: str = CONFIGURATION) -> Body:
    return read_tf_json(Document("main.tf.json", text))


def written(stretch: Stretch) -> str:
    return stretch.document.text[stretch.start : stretch.end]


def block(kind: str, *labels: str) -> Body:
    return next(each.body for each in read().blocks if (each.type, each.labels) == (kind, labels))


def plain(expression: Expression) -> Any:
    match expression:
        case Literal(value=value):
            return value
        case Listed(items=items):
            return [plain(item) for item in items]
        case Mapped(items=items):
            return {plain(key): plain(value) for key, value in items}
        case Template(parts=parts):
            return tuple(plain(part) for part in parts)
        case _:
            return written(expression.at)


def values(body: Body) -> dict[str, Any]:
    return {name: plain(attribute.expression) for name, attribute in body.attributes.items()}


def test_blocks_are_found_by_their_labels() -> None:
    found = [(each.type, *each.labels) for each in read().blocks]
    assert found == [
        ("terraform",),
        ("provider", "aws"),
        ("provider", "aws"),
        ("variable", "name"),
        ("locals",),
        ("module", "m"),
        ("resource", "aws_sqs_queue", "orders"),
        ("resource", "aws_sqs_queue", "dead"),
    ]
    assert [(each.type, each.labels) for each in block("terraform").blocks] == [
        ("required_providers", ()),
        ("backend", ("s3",)),
    ]


def test_texts_are_templates_names_or_plain() -> None:
    assert values(block("variable", "name")) == {"type": "map(string)", "default": "${not.evaluated}"}
    assert isinstance(block("variable", "name").attributes["type"].expression, Call)
    assert values(block("module", "m")) == {"source": "./${m}", "providers": {"aws": "aws.us"}}
    assert values(block("locals")) == {"provider": ("x ", "var.name")}
    queue = block("resource", "aws_sqs_queue", "orders")
    assert isinstance(queue.attributes["provider"].expression, Member)
    assert values(queue)["tags"] == {"local.key": "v", "n": 1.5, "b": True, "z": None}
    assert values(queue)["depends_on"] == ["aws_sqs_queue.dead"]
    assert values(queue.blocks[0].body) == {"ignore_changes": [r"tags[\"a\"]"]}


def test_places_are_those_of_the_json() -> None:
    queue = next(each for each in read().blocks if each.labels == ("aws_sqs_queue", "orders"))
    assert written(queue.at) == '"orders"'
    assert written(queue.whole).startswith('"orders": {')
    assert written(queue.whole).endswith("}]\n      }")
    name = queue.body.attributes["name"]
    assert written(name.at) == r'"name": "é-${var.name[\"a\\n\"]}-b"'
    assert written(name.name_at) == '"name"'
    assert isinstance(name.expression, Template)
    assert [written(part.at) for part in name.expression.parts] == ["é-", r"var.name[\"a\\n\"]", "-b"]


def test_what_may_be_a_block_can_be_asked_for_as_one() -> None:
    queue = block("resource", "aws_sqs_queue", "orders")
    dynamic = queue.blocks[1]
    assert (dynamic.type, dynamic.labels, values(dynamic.body)) == ("dynamic", ("rule",), {"for_each": "var.rules"})
    assert values(dynamic.body.blocks[0].body) == {"a": "rule.value"}
    first, second = blocks_of(queue.attributes["setting"]) or ()
    assert (first.type, values(first.body)) == ("setting", {"x": "jsonencode({a = 1})"})
    (deep,) = second.body.blocks
    assert (deep.labels, values(deep.body), values(deep.body.blocks[0].body)) == (
        ("deep",),
        {"for_each": [1]},
        {"c": 2},
    )
    assert blocks_of(queue.attributes["name"]) is None


def test_blocks_of_a_list_in_hcl() -> None:
    body = read_hcl(Document("main.tf", 'a = [{ b = 1 }, { "c" = d }]\n'))
    assert [values(each.body) for each in blocks_of(body.attributes["a"]) or ()] == [{"b": 1}, {"c": "d"}]
    only = read_hcl(Document("main.tf", "a = { b = c }\n")).attributes["a"]
    (inside,) = blocks_of(only) or ()
    assert isinstance(inside.body.attributes["b"], Attribute)
    assert isinstance(inside.body.attributes["b"].expression, Name)


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("[]", "a configuration in JSON is an object", "[]"),
        ('{"resource": {"a": {"b": 1}}}', "resource is an object, or a list of objects", "1"),
        ('{"locals": {"a": "${b"}}', "this ${ is never closed", "${"),
        (r'{"locals": {"a": "\n\"é\u00e9\ud83d\ude00 ${b c}"}}', "expected } for the ${, found c", "c"),
        ('{"locals": {"a": "%{if b}"}}', "this if has no endif", "%{if b}"),
        ('{"resource": {"a": {"b": {"depends_on": ["a b"]}}}}', "expected the end of the expression, found b", "b"),
    ],
)
def test_what_is_refused_is_said_where_it_stands(text: str, message: str, place: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(text)
    assert caught.value.message.partition(";")[0] == message
    assert caught.value.place.document.slice(caught.value.place.span) == place


def test_a_text_with_escapes_keeps_its_places() -> None:
    text = "".join(map(chr, range(1, 0x3000, 7))) + "😀\ud83d"
    document = json.dumps({"locals": {"a": f"{text}${{b}}{text}"}})
    template = read(document).blocks[0].body.attributes["a"].expression
    assert isinstance(template, Template)
    assert [plain(part) for part in template.parts] == [text, "b", text]
    assert written(template.parts[1].at) == "b"
