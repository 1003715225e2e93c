"""CloudFormation's functions nested in one another: each in each place of the others, in both forms.

What a function gives is written down once, as a function of Python. Whatever stands where CloudFormation takes
something else, or hangs on what is not in the template, must be unknown with a reason.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

import pytest

from msglint.model.expression import Fields, Items, Shape
from msglint.model.resource import Part
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Mentions, Unknown
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document

SECTIONS: Mapping[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": "AWS::LanguageExtensions",
    "Parameters": {
        "Word": {"Type": "String", "Default": "w|x"},
        "Words": {"Type": "CommaDelimitedList", "Default": "x, y"},
        "Open": {"Type": "String"},
        "OpenWords": {"Type": "CommaDelimitedList"},
    },
    "Mappings": {"Map": {"top": {"text": "m", "list": ["p", "q"]}}},
    "Conditions": {"Yes": {"Fn::Equals": ["a", "a"]}, "No": {"Fn::Not": [{"Condition": "Yes"}]}},
}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}}


class Unknowable:
    """What cannot be told."""

    def __repr__(self) -> str:
        return "unknown"


class Encoded(NamedTuple):
    """A structure that is a text of JSON."""

    content: Any

    def text(self) -> str | Unknowable:
        """Give the text."""
        found = plain(self.content)
        return UNKNOWN if holds_unknown(found) else json.dumps(found, separators=(",", ":"))


UNKNOWN = Unknowable()
Value = str | int | Unknowable | Encoded | list[Any]


def plain(value: Any) -> Any:
    """Give what stands in JSON: a text of JSON is a string there; how a number of Fn::Length is written nobody says."""
    match value:
        case Encoded():
            return value.text()
        case dict():
            return {name: plain(part) for name, part in value.items()}
        case list():
            return [plain(part) for part in value]
        case int():
            return UNKNOWN
        case _:
            return value


def holds_unknown(value: Any) -> bool:
    match value:
        case dict():
            return any(map(holds_unknown, value.values()))
        case list():
            return any(map(holds_unknown, value))
        case _:
            return value is UNKNOWN


def of_text(give: Callable[[str], Value]) -> Callable[[Value], Value]:
    """Make a function of texts one of all values."""

    def given(value: Value) -> Value:
        match value:
            case int():
                return give(str(value))
            case Encoded():
                text = value.text()
                return UNKNOWN if isinstance(text, Unknowable) else give(text)
            case str():
                return give(value)
            case _:
                return UNKNOWN

    return given


def of_list(give: Callable[[list[Any]], Value]) -> Callable[[Value], Value]:
    def given(value: Value) -> Value:
        inner = value.content if isinstance(value, Encoded) else value
        return give(inner) if isinstance(inner, list) else UNKNOWN

    return given


def joined(items: list[Any]) -> Value:
    texts = [of_text(str)(item) for item in items]
    return UNKNOWN if UNKNOWN in texts else "-".join(map(str, texts))


def split(text: str) -> Value:
    return UNKNOWN if is_open(text) else list[Any](text.split("|"))


def is_open(text: str) -> bool:
    """Say whether a part of a text is known only at the deployment."""
    return "${" in text or "{{" in text


def opq(text: str) -> Value:
    return "opq"[int(text)] if text in {"0", "1", "2"} else UNKNOWN


def imported(value: Value) -> Value:
    # No export is named by a number or a text of JSON.
    return f"${{import {value}}}" if isinstance(value, str) else UNKNOWN


def encoded(content: Any) -> Value:
    return Encoded(content)


def never(_: Value) -> Value:
    return UNKNOWN


class Place(NamedTuple):
    """A place in a function for another value, and what the function gives then."""

    write: Callable[[Any], Any]
    gives: Callable[[Value], Value]


def same(value: Value) -> Value:
    return value


PLACES: Mapping[str, Place] = {
    "Sub, its mapping": Place(lambda x: {"Fn::Sub": ["<${A}>", {"A": x}]}, of_text(lambda text: f"<{text}>")),
    "Join, an element": Place(lambda x: {"Fn::Join": ["-", ["j", x]]}, lambda value: joined(["j", value])),
    "Join, the list": Place(lambda x: {"Fn::Join": ["-", x]}, of_list(joined)),
    "Select, the list": Place(lambda x: {"Fn::Select": [0, x]}, of_list(lambda items: items[0])),
    "Select, the element": Place(lambda x: {"Fn::Select": ["1", ["o", x, {"Ref": "Nowhere"}]]}, same),
    "Select, another element": Place(lambda x: {"Fn::Select": ["0", ["o", x]]}, lambda _: "o"),
    "Select, the index": Place(lambda x: {"Fn::Select": [x, ["o", "p", "q"]]}, of_text(opq)),
    "Split, the text": Place(lambda x: {"Fn::Split": ["|", x]}, of_text(split)),
    "If, what holds": Place(lambda x: {"Fn::If": ["Yes", x, "no"]}, same),
    "If, what does not": Place(lambda x: {"Fn::If": ["No", x, "no"]}, lambda _: "no"),
    "FindInMap, a key": Place(
        lambda x: {"Fn::FindInMap": ["Map", x, "text", {"DefaultValue": "d"}]},
        of_text(lambda text: UNKNOWN if is_open(text) else "m" if text == "top" else "d"),
    ),
    "FindInMap, the default": Place(lambda x: {"Fn::FindInMap": ["Map", "no", "text", {"DefaultValue": x}]}, same),
    "ToJsonString, a member": Place(lambda x: {"Fn::ToJsonString": {"k": x}}, lambda value: encoded({"k": value})),
    "ToJsonString, an element": Place(lambda x: {"Fn::ToJsonString": ['"', x]}, lambda value: encoded(['"', value])),
    "Length": Place(lambda x: {"Fn::Length": x}, of_list(len)),
    "ImportValue": Place(lambda x: {"Fn::ImportValue": x}, imported),
    "GetStackOutput": Place(
        lambda x: {"Fn::GetStackOutput": {"StackName": x, "OutputName": "Url"}},
        of_text(lambda text: f"${{output Url of {text}}}"),
    ),
    "Ref": Place(lambda x: {"Ref": x}, of_text(lambda text: "w|x" if text == "Word" else UNKNOWN)),
    "GetAtt, the attribute": Place(
        lambda x: {"Fn::GetAtt": ["Queue", x]},
        of_text(lambda text: UNKNOWN if is_open(text) else "orders" if text == "QueueName" else f"${{Queue.{text}}}"),
    ),
    "Base64": Place(lambda x: {"Fn::Base64": x}, never),
    "Cidr": Place(lambda x: {"Fn::Cidr": [x, 1, 8]}, never),
    "GetAZs": Place(lambda x: {"Fn::GetAZs": x}, never),
    "Transform": Place(lambda x: {"Fn::Transform": {"Name": "Macro", "Parameters": {"A": x}}}, never),
}


LEAVES: Mapping[str, tuple[Any, Value]] = {
    "a text": ("t", "t"),
    "a number": ("1", "1"),
    "a key": ("top", "top"),
    "a text of two lines with quotes": ('"a"\n\\b', '"a"\n\\b'),
    "the name of a parameter": ("Word", "Word"),
    "the name of an attribute": ("QueueName", "QueueName"),
    "Ref": ({"Ref": "Word"}, "w|x"),
    "Ref to what is given later": ({"Ref": "Open"}, "${Open}"),
    "Ref to a list": ({"Ref": "Words"}, ["x", "y"]),
    "Ref to a list that is given later": ({"Ref": "OpenWords"}, UNKNOWN),
    "Ref to nothing": ({"Ref": "Nowhere"}, UNKNOWN),
    "GetAtt": ({"Fn::GetAtt": ["Queue", "QueueName"]}, "orders"),
    "Sub": ({"Fn::Sub": "${Word}+${Queue.QueueName}"}, "w|x+orders"),
    "FindInMap of a text": ({"Fn::FindInMap": ["Map", "top", "text"]}, "m"),
    "FindInMap of a list": ({"Fn::FindInMap": ["Map", "top", "list"]}, ["p", "q"]),
    "a list": (["u", {"Ref": "Word"}], ["u", "w|x"]),
    "a dynamic reference": ("{{resolve:ssm:/a}}", "{{resolve:ssm:/a}}"),
}


class Case(NamedTuple):
    """Functions in one another, and what they give."""

    name: str
    written: Any
    expected: Value


def nested(depth: int) -> Iterator[Case]:
    """Give every leaf in every place of so many functions."""
    for names in product(PLACES, repeat=depth):
        for leaf, (value, meaning) in LEAVES.items():
            case = Case(leaf, value, meaning)
            for name in reversed(names):
                place = PLACES[name]
                case = Case(f"{name} of {case.name}", place.write(case.written), place.gives(case.expected))
            yield case


def template(written: Mapping[str, Any]) -> Mapping[str, Any]:
    judged = {"Type": "AWS::Example::Judged", "Properties": written}
    return {**SECTIONS, "Resources": {"Queue": QUEUE, "R": judged}}


def short(value: Any) -> str:
    """Write YAML with tags: a tag takes a text, a list or the long form of another function."""
    match value:
        case dict() if len(value) == 1 and (name := next(iter(value))) and (name == "Ref" or name.startswith("Fn::")):
            argument = value[name]
            inner = json.dumps(argument) if is_call(argument) else short(argument)
            return f"!{name.removeprefix('Fn::')} {inner}"
        case dict():
            return "{" + ", ".join(f"{json.dumps(name)}: {short(part)}" for name, part in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(short, value)) + "]"
        case _:
            return json.dumps(value)


def is_call(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def in_json(written: Mapping[str, Any]) -> Part:
    return read(Document("t.json", json.dumps(template(written))), Assumptions())


def in_yaml(written: Mapping[str, Any]) -> Part:
    return read(
        Document("t.yaml", "\n".join(f"{name}: {short(part)}" for name, part in template(written).items())),
        Assumptions(),
    )


def shown(shape: Shape) -> Any:
    """Write a value as it is expected."""
    match shape:
        case Known(value=Text() as text):
            return str(text)
        case Known(value=scalar):
            return scalar
        case Unknown(reason=reason) | Mentions(reason=reason):
            assert reason.text
            assert reason.at is not None
            return UNKNOWN
        case Absent():
            return None
        case Fields(fields=fields):
            found: Any = {name: shown(part.shape()) for name, part in fields.items()}
            return found if type(shape) is Fields else Encoded(found)
        case Items(items=items):
            listed = [shown(item.shape()) for item in items]
            return listed if type(shape) is Items else Encoded(listed)


@pytest.mark.parametrize("reading", [in_json, in_yaml])
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_each_function_in_each_place_of_the_others(reading: Callable[[Mapping[str, Any]], Part], depth: int) -> None:
    cases = list(nested(depth))
    part = reading({f"P{number}": case.written for number, case in enumerate(cases)})
    record = part.record("R")
    assert record is not None
    properties = record.properties.shape()
    assert isinstance(properties, Fields)
    wrong = []
    for number, case in enumerate(cases):
        found = shown(properties.fields[f"P{number}"].shape())
        if found != case.expected:
            wrong.append((case.name, case.written, found, case.expected))
    assert wrong == []
