"""CloudFormation and SAM templates: resources of the examples and of the tables, with every function at every place."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st

from fuzzing.shapes.values import ODD, twisted
from fuzzing.target import ROOT
from msglint.readers.terraform.expressions import Spec
from msglint.readers.terraform.kinds import KINDS
from msglint.rules.index import RULES
from msglint.source import Document, Node, SourceError, parse

_OWN = ("A", "B", "C")
_CONDITIONS = ("Live", "Test", "Nowhere")
_NAMES = (*_OWN, "P", "AWS::Region", "AWS::AccountId", "AWS::NoValue", "AWS::StackName", "Nowhere", "M", "L", "&{L}")
_ATTRIBUTES = ("Arn", "QueueUrl", "QueueName", "TopicArn", "Outputs.O", "Nothing", "")
_LARGEST = 12_000


@st.composite
def templates(draw: st.DrawFn) -> bytes:
    """Make a template, as JSON or as YAML."""
    template: Any = draw(st.sampled_from(_examples()))
    resources = dict(template.get("Resources", {}))
    for name in draw(st.lists(st.sampled_from(_OWN), unique=True)):
        key, resource = _looped(draw, name, _resource(draw))
        resources[key] = resource
    template = {"AWSTemplateFormatVersion": "2010-09-09", **template, "Resources": resources}
    for section, strategy in _SECTIONS.items():
        if draw(st.integers(0, 3)) == 0:
            template[section] = draw(strategy)
    template = twisted(draw, template, _twists())
    comment = draw(st.sampled_from(["", "# YAML\n"]))
    return (comment + json.dumps(template)).encode()


def _resource(draw: st.DrawFn) -> Mapping[str, Any]:
    type_ = draw(st.sampled_from(_types()))
    if type_ in _seen() and draw(st.booleans()):
        resource = dict(draw(st.sampled_from(_seen()[type_])))
    else:
        names = _tables().get(type_, _ANY)
        resource = {"Type": type_, "Properties": _filled(draw, names)}
    if draw(st.integers(0, 4)) == 0:
        resource["Condition"] = draw(st.sampled_from(_CONDITIONS))
    if draw(st.integers(0, 6)) == 0:
        resource["Metadata"] = {
            "msglint": {"ignore": draw(st.lists(ODD | st.just({"rule": "MSG5", "reason": "x"}), max_size=2))}
        }
    return resource


def _filled(draw: st.DrawFn, names: Mapping[str, Spec], depth: int = 0) -> dict[str, Any]:
    """Give some properties of a table, with values of whatever kind."""
    found: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(sorted(names)), max_size=4, unique=True)) if names else ():
        inner = names[name].fields
        if inner is not None and depth < 4:
            block = _filled(draw, inner, depth + 1)
            found[name] = [block] if draw(st.booleans()) else block
        else:
            found[name] = draw(_VALUES)
    return found


def _looped(draw: st.DrawFn, name: str, resource: Any) -> tuple[str, Any]:
    """Put a resource into a loop, now and then."""
    if draw(st.integers(0, 5)):
        return name, resource
    through = draw(st.sampled_from([["x", "y"], [], {"Ref": "P"}, "x", [["x"]], {"Fn::Split": [",", "x,y"]}]))
    return f"Fn::ForEach::{name}", ["L", through, {f"{name}${{L}}": resource}]


@cache
def _twists() -> st.SearchStrategy[Callable[[Any], Any]]:
    """Give what may become of a part of a template: something odd, or a function of it."""
    return st.one_of(
        ODD.map(lambda odd: lambda _: odd), st.sampled_from(_FUNCTIONS), _references().map(lambda to: lambda _: to)
    )


@cache
def _references() -> st.SearchStrategy[Any]:
    name = st.sampled_from(_NAMES)
    return st.one_of(
        name.map(lambda of: {"Ref": of}),
        st.tuples(name, st.sampled_from(_ATTRIBUTES)).map(lambda of: {"Fn::GetAtt": list(of)}),
        st.tuples(name, st.sampled_from(_ATTRIBUTES)).map(lambda of: {"Fn::GetAtt": ".".join(of)}),
        st.tuples(name, name).map(lambda of: {"Fn::Sub": f"arn:aws:sqs:${{{of[0]}}}:${{{of[1]}.Arn}}${{!x}}"}),
        name.map(lambda of: {"Fn::FindInMap": ["M", {"Ref": of}, of]}),
        name.map(lambda of: {"Fn::ImportValue": {"Fn::Sub": f"${{{of}}}-x"}}),
        name.map(lambda of: {"Condition": of}),
    )


def _of(function: str, make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: {f"Fn::{function}": make(value)}


_FUNCTIONS: list[Callable[[Any], Any]] = [
    _of("If", lambda value: ["Live", value, {"Ref": "AWS::NoValue"}]),
    _of("If", lambda value: ["Test", {"Ref": "P"}, value]),
    _of("If", lambda value: ["Nowhere", value]),
    _of("Sub", lambda value: value),
    _of("Sub", lambda value: ["${x}-${A.Arn}-${x}", {"x": value}]),
    _of("Join", lambda value: [",", [value, "a", {"Ref": "A"}]]),
    _of("Join", lambda value: [value, value]),
    _of("Select", lambda value: [0, [value]]),
    _of("Select", lambda value: [value, ["a", "b"]]),
    _of("Split", lambda value: [",", value]),
    _of("FindInMap", lambda value: ["M", value, "a", {"DefaultValue": value}]),
    _of("ImportValue", lambda value: value),
    _of("GetStackOutput", lambda value: {"StackName": value, "OutputName": "O"}),
    _of("Cidr", lambda value: [value, 4, 8]),
    _of("GetAZs", lambda value: value),
    _of("Base64", lambda value: value),
    _of("ToJsonString", lambda value: value),
    _of("Length", lambda value: value),
    _of("Length", lambda value: [value]),
    _of("Transform", lambda value: {"Name": "AWS::Include", "Parameters": {"Location": value}}),
    _of("Transform", lambda value: [{"Name": "Own", "Parameters": value}]),
    _of("ForEach::X", lambda value: ["I", ["a", "b"], {"${I}": value}]),
    _of("ForEach::X", lambda value: ["I", value, {"k${I}": {"Ref": "I"}}]),
    _of("Equals", lambda value: [value, {"Ref": "P"}]),
    _of("And", lambda value: [value, {"Condition": "Live"}]),
    _of("Or", lambda value: [{"Condition": "Test"}, value]),
    _of("Not", lambda value: [value]),
    _of("RefAll", lambda value: value),
    json.dumps,
    lambda value: [value],
    lambda value: [value, value],
    lambda value: {"a": value},
]

_VALUES: st.SearchStrategy[Any] = st.recursive(
    ODD | _references(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(["Statement", "Effect", "Action", "deadLetterTargetArn", "Arn", "source"]),
            inner,
            max_size=2,
        ),
        st.tuples(st.sampled_from(_FUNCTIONS), inner).map(lambda both: both[0](both[1])),
    ),
    max_leaves=4,
)
_ANY = dict.fromkeys(("Policy", "PolicyDocument", "Arn", "Queues", "Topics", "Name", "Targets"), Spec("x"))
_ASKED = {kind for entry in RULES for kind in entry.kinds}
_SECTIONS: Mapping[str, st.SearchStrategy[Any]] = {
    "Transform": st.sampled_from(
        [
            "AWS::Serverless-2016-10-31",
            "AWS::LanguageExtensions",
            ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
            "Own",
            7,
        ]
    ),
    "Parameters": st.dictionaries(
        st.sampled_from(["P", "A"]),
        st.sampled_from(
            [{"Type": "String"}, {"Type": "Number", "Default": "x"}, {"Type": "CommaDelimitedList", "Default": "x,y"}]
        )
        | st.fixed_dictionaries({"Type": ODD, "Default": ODD, "AllowedValues": ODD, "NoEcho": ODD}),
        max_size=2,
    ),
    "Conditions": st.dictionaries(st.sampled_from(_CONDITIONS[:2]), _VALUES, max_size=2),
    "Mappings": st.fixed_dictionaries({"M": st.dictionaries(st.sampled_from(["a", "A"]), _VALUES, max_size=2)}),
    "Rules": st.fixed_dictionaries({"R": st.fixed_dictionaries({"RuleCondition": _VALUES, "Assertions": _VALUES})}),
    "Outputs": st.fixed_dictionaries(
        {"O": st.fixed_dictionaries({"Value": _VALUES, "Export": st.fixed_dictionaries({"Name": _VALUES})})}
    ),
    "Globals": st.fixed_dictionaries({"Function": _VALUES}),
    "Metadata": st.fixed_dictionaries({"msglint": st.fixed_dictionaries({"ignore": _VALUES})}),
}


@cache
def _examples() -> tuple[Mapping[str, Any], ...]:
    """Give the small templates of the fixtures, with functions in their long form."""
    found = []
    for pattern in ("rules/*/*.cfn.*", "rules/*/*.sam.*", "readers/sam/*.yaml", "linked/*/*.yaml"):
        for path in sorted((ROOT / "tests/fixtures").glob(pattern)):
            if path.stat().st_size <= _LARGEST and path.suffix in {".yaml", ".json"}:
                try:
                    template = _long(parse(Document.from_bytes(path.name, path.read_bytes())))
                except SourceError:
                    continue  # it is there to be one that cannot be read
                if isinstance(template, dict) and isinstance(template.get("Resources"), dict):
                    found.append(template)
    return ({}, *found)


def _long(node: Node) -> Any:
    value: Any
    match node.kind:
        case "mapping":
            value = {name: _long(each) for name, each in node.fields().items()}
        case "sequence":
            value = [_long(each) for each in node.items()]
        case _:
            value = node.value
    name = node.tag.removeprefix("!")
    if name == node.tag:
        return value
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


@cache
def _seen() -> Mapping[str, list[Mapping[str, Any]]]:
    """Give the resources of the examples by their types."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for template in _examples():
        for resource in template.get("Resources", {}).values():
            if isinstance(resource, dict) and isinstance(resource.get("Type"), str):
                found.setdefault(resource["Type"], []).append(resource)
    return found


@cache
def _types() -> tuple[str, ...]:
    return tuple(sorted({*_seen(), *_tables(), *_ASKED}))


@cache
def _tables() -> Mapping[str, Mapping[str, Spec]]:
    """Give the properties that msglint knows of each type."""
    return {kind.type: kind.fields for kind in KINDS.values()}
