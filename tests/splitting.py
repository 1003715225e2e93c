"""Templates cut into stacks that say the same: with exports and imports, or nested in one that passes values on."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from msglint.readers.cloudformation.nodes import intrinsic
from msglint.source import Document, Node, parse

_SUBSTITUTION = re.compile(r"\$\{([^{}]*)\}")

Json: TypeAlias = Any
Cut: TypeAlias = Mapping[str, int]
"""The number of the stack of each resource."""

COPIED = ("AWSTemplateFormatVersion", "Mappings", "Conditions", "Rules")
"""Sections that each stack has."""
ONCE = ("Description", "Metadata")
"""Sections that one of the stacks has."""
NESTED = "AWS::CloudFormation::Stack"


def plain(node: Node) -> Json:
    """Give a node as JSON says it, functions in their long form."""
    call = intrinsic(node) if node.tag.startswith("!") else None
    if call is not None:
        argument = _untagged(node)
        if call.name in {"Ref", "Condition"}:
            return {call.name: argument}
        if call.name == "GetAtt" and isinstance(argument, str):
            argument = argument.split(".", 1)
        return {f"Fn::{call.name}": argument}
    return _untagged(node)


def _untagged(node: Node) -> Json:
    match node.kind:
        case "mapping":
            return {name: plain(part) for name, part in node.fields().items()}
        case "sequence":
            return [plain(part) for part in node.items()]
        case _:
            # Dates and accounts with a zero in front stay as they are written.
            return node.text if isinstance(node.value, int) and node.text.startswith("0") else node.value


def loaded(path: Path) -> dict[str, Json]:
    """Give a template as JSON says it."""
    found = plain(parse(Document.from_bytes(path.name, path.read_bytes())))
    assert isinstance(found, dict)
    return found


def named(value: Json, resources: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Give the resources that a value refers to, each with the attribute; that of Ref is empty."""
    if isinstance(value, list):
        for each in value:
            yield from named(each, resources)
    if not isinstance(value, dict):
        return
    for key, part in value.items():
        if key == "Ref" and part in resources:
            yield part, ""
        elif key == "Fn::GetAtt" and isinstance(part, str | list):
            id_, attribute = part.split(".", 1) if isinstance(part, str) else part
            if id_ in resources:
                yield id_, attribute
            continue
        elif key == "Fn::Sub":
            pattern, given = (part, {}) if isinstance(part, str) else part
            for name in _SUBSTITUTION.findall(pattern):
                id_, _, attribute = name.partition(".")
                if id_ in resources and name not in given:
                    yield id_, attribute
        yield from named(part, resources)


def levels(resources: Mapping[str, Json]) -> Cut:
    """Put each resource into the stack after those of all that it refers to."""
    found: dict[str, int] = {}

    def level(id_: str) -> int:
        if id_ not in found:
            found[id_] = 0
            others = {other for other, _ in named(resources[id_], resources) if other != id_}
            found[id_] = max((level(other) + 1 for other in others), default=0)
        return found[id_]

    return {id_: level(id_) for id_ in resources}


def singles(resources: Mapping[str, Json]) -> Cut:
    """Put each resource into a stack of its own."""
    return {id_: number for number, id_ in enumerate(resources)}


def rewritten(value: Json, own: Callable[[str], bool], taken: Callable[[str, str], Json]) -> Json:
    """Give a value in which each name of a resource of another stack is taken from there."""
    if isinstance(value, list):
        return [rewritten(each, own, taken) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, part),) = value.items()
        if key == "Ref" and isinstance(part, str) and not own(part):
            return taken(part, "")
        if key == "Fn::GetAtt" and isinstance(part, str | list):
            id_, attribute = part.split(".", 1) if isinstance(part, str) else part
            return value if own(id_) else taken(id_, attribute)
        if key == "Fn::Sub":
            return _substitution(part, own, taken)
    return {key: rewritten(part, own, taken) for key, part in value.items()}


def _substitution(part: Json, own: Callable[[str], bool], taken: Callable[[str, str], Json]) -> Json:
    pattern, given = (part, {}) if isinstance(part, str) else part
    given = {name: rewritten(each, own, taken) for name, each in given.items()}

    def one(match: re.Match[str]) -> str:
        name = match[1].strip()
        id_, _, attribute = name.partition(".")
        if name in given or name.startswith("!") or own(id_):
            return match[0]
        variable = called(id_, attribute)
        given[variable] = taken(id_, attribute)
        return f"${{{variable}}}"

    pattern = _SUBSTITUTION.sub(one, pattern)
    return {"Fn::Sub": [pattern, given] if given else pattern}


def called(id_: str, attribute: str) -> str:
    """Give the name under which an attribute goes from one stack into another."""
    return re.sub("[^A-Za-z0-9]", "", f"{id_}Of{attribute or 'Ref'}")


def split(template: Mapping[str, Json], cut: Cut, *, nested: bool) -> dict[str, Json]:
    """Give the stacks of a template, by the names of their files: nested in one, or with exports and imports."""
    resources = template["Resources"]
    outputs = dict(template.get("Outputs") or {})
    numbers = sorted(set(cut.values()))
    homes = {
        name: next((cut[id_] for id_, _ in named(output, resources)), numbers[0]) for name, output in outputs.items()
    }
    parameters = template.get("Parameters") or {}
    stacks: dict[str, Json] = {}
    wanted: dict[int, dict[tuple[str, str], None]] = {number: {} for number in numbers}
    for number in numbers:

        def own(id_: str, number: int = number) -> bool:
            return cut.get(id_, number) == number

        def taken(id_: str, attribute: str, number: int = number) -> Json:
            wanted[number][(id_, attribute)] = None
            name = called(id_, attribute)
            return {"Ref": name} if nested else {"Fn::ImportValue": name}

        stack = {name: template[name] for name in COPIED if template.get(name)}
        stack["Resources"] = {
            id_: {key: rewritten(part, own, taken) for key, part in resource.items() if key != "DependsOn"}
            for id_, resource in resources.items()
            if cut[id_] == number
        }
        said = {name: rewritten(output, own, taken) for name, output in outputs.items() if homes[name] == number}
        if parameters:
            stack["Parameters"] = dict(parameters)
        if said:
            stack["Outputs"] = said
        if number == numbers[0]:
            stack |= {name: template[name] for name in ONCE if name in template}
        stacks[f"stack{number}.json"] = stack
    for id_, attribute in dict.fromkeys(each for number in numbers for each in wanted[number]):
        name = called(id_, attribute)
        output = {"Value": {"Fn::GetAtt": [id_, attribute]} if attribute else {"Ref": id_}}
        if not nested:
            output["Export"] = {"Name": name}
        if "Condition" in resources[id_]:
            output["Condition"] = resources[id_]["Condition"]
        stacks[f"stack{cut[id_]}.json"].setdefault("Outputs", {})[name] = output
    if nested:
        stacks["main.json"] = _around(template, stacks, cut, wanted)
    return stacks


def _around(
    template: Mapping[str, Json],
    stacks: Mapping[str, Json],
    cut: Cut,
    wanted: Mapping[int, Mapping[tuple[str, str], None]],
) -> Json:
    parameters = template.get("Parameters") or {}
    main: dict[str, Json] = {"Resources": {}}
    main |= {name: template[name] for name in COPIED if template.get(name)}
    if parameters:
        main["Parameters"] = dict(parameters)
    for number, taken in wanted.items():
        passed: dict[str, Json] = {name: _passed(name, declared) for name, declared in parameters.items()}
        for id_, attribute in taken:
            name = called(id_, attribute)
            stacks[f"stack{number}.json"].setdefault("Parameters", {})[name] = {"Type": "String"}
            passed[name] = {"Fn::GetAtt": [f"Stack{cut[id_]}", f"Outputs.{name}"]}
            if "Condition" in template["Resources"][id_]:
                # An output under a condition is not there otherwise.
                passed[name] = {
                    "Fn::If": [template["Resources"][id_]["Condition"], passed[name], {"Ref": "AWS::NoValue"}]
                }
                stacks[f"stack{number}.json"]["Parameters"][name]["Default"] = ""
        properties = {"TemplateURL": f"stack{number}.json", **({"Parameters": passed} if passed else {})}
        main["Resources"][f"Stack{number}"] = {"Type": NESTED, "Properties": properties}
    return main


def _passed(name: str, declared: Mapping[str, Json]) -> Json:
    type_ = declared.get("Type", "String")
    listed = "CommaDelimitedList" in type_ or "List<" in type_
    return {"Fn::Join": [",", {"Ref": name}]} if listed else {"Ref": name}


def write(directory: Path, stacks: Mapping[str, Json]) -> None:
    """Write stacks into a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, stack in stacks.items():
        (directory / name).write_text(json.dumps(stack, indent=1), encoding="utf-8")
