"""Repairs in the user's language: the properties to write, nested as they stand there."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msglint.finding import Fix, Made, Repair, RepairValue
from msglint.model.resource import Language
from msglint.readers.terraform.address import modules_of, shown, steps
from msglint.readers.terraform.expressions import Spec
from msglint.readers.terraform.kinds import KINDS

Changes = Mapping[tuple[str, ...], RepairValue | None]
Tree = dict[str, "Tree | RepairValue | None"]
Fields = Mapping[str, Spec]

# What YAML would read as something other than the text it is, or could take for its own punctuation, is quoted.
_PLAIN = re.compile(
    r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[A-Za-z](?:[\w./+-]|:(?=[\w./+:-]))*", re.ASCII | re.IGNORECASE
)
_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# These escapes mean the same in JSON, YAML and HCL.
_CONTROLS = {code: f"\\u{code:04x}" for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF)}
_ESCAPES = {**_CONTROLS, ord('"'): '\\"', ord("\\"): "\\\\"}


def repair(fix: Fix) -> Repair:
    """Write a repair in the language of the resource's file."""
    record = fix.resource.record
    language = record.part.language
    return Repair(fix.title, language, snippet(language, record.native, record.id, fix.changes))


def snippet(language: Language, native: str, id_: str, changes: Changes) -> str:
    """Show a resource with the properties that change: those to set, and those to take away in words.

    `native` is the language's name of the resource's type, `id_` its logical id or address. No line end at the end;
    empty where a repair changes no property.
    """
    if not changes:
        return ""
    match language:
        case Language.CLOUDFORMATION_YAML:
            return "\n".join(_yaml({id_: {"Properties": _tree(changes)}}, ""))
        case Language.CLOUDFORMATION_JSON:
            return "\n".join(_json_lines(id_, changes))
        case Language.TERRAFORM:
            return "\n".join(_terraform(native, id_, _tree(changes)))


def _tree(changes: Changes) -> Tree:
    return {name: _branch(name, changes) for name in dict.fromkeys(path[0] for path in changes)}


def _branch(name: str, changes: Changes) -> "Tree | RepairValue | None":
    below = {path[1:]: value for path, value in changes.items() if path[0] == name}
    return below[()] if () in below else _tree(below)


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'


def _literal(value: str | int | bool) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _quoted(value)


def _yaml(tree: Tree, indent: str) -> Iterator[str]:
    for name, value in tree.items():
        match value:
            case None:
                yield f"{indent}# remove {name}"
            case dict():
                yield f"{indent}{_yaml_text(name)}:"
                yield from _yaml(value, indent + "  ")
            case Made():
                attribute = _get_att(value)
                made = _logical_id(value.name)
                function = f"!GetAtt {made}.{attribute}" if attribute else f"!Ref {made}"
                yield f"{indent}{_yaml_text(name)}: {function}"
            case str():
                yield f"{indent}{_yaml_text(name)}: {_yaml_text(value)}"
            case _:
                yield f"{indent}{_yaml_text(name)}: {_literal(value)}"


def _yaml_text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _quoted(text)


def _json_lines(id_: str, changes: Changes) -> Iterator[str]:
    # JSON has no comments: what goes is said below the object.
    kept = {path: value for path, value in changes.items() if value is not None}
    if kept:
        yield _json({id_: {"Properties": _tree(kept)}}, "")
    for path in changes:
        if path not in kept:
            yield f"remove {'.'.join(path)} from the properties of {id_}".translate(_CONTROLS)


def _json(value: "Tree | RepairValue | None", indent: str) -> str:
    match value:
        case dict():
            inner = indent + "  "
            members = ",\n".join(f"{inner}{_quoted(name)}: {_json(part, inner)}" for name, part in value.items())
            return f"{{\n{members}\n{indent}}}"
        case Made():
            attribute = _get_att(value)
            if attribute is None:
                return f'{{ "Ref": {_quoted(_logical_id(value.name))} }}'
            return f'{{ "Fn::GetAtt": [{_quoted(_logical_id(value.name))}, {_quoted(attribute)}] }}'
        case None:
            return "null"
        case _:
            return _literal(value)


def _get_att(made: Made) -> str | None:
    """Give what Fn::GetAtt calls an attribute; None where it is what Ref gives."""
    match made.type, made.attribute:
        case "AWS::SNS::Topic", "arn":
            return None
        case "AWS::SNS::Topic", "name":
            return "TopicName"
        case "AWS::SQS::Queue", "name":
            return "QueueName"
        case _, "arn":
            return "Arn"
        case _:
            return None


def _logical_id(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", name)


def _terraform(native: str, address: str, tree: Tree) -> Iterator[str]:
    modules = modules_of(address)
    if modules:
        yield "# " + ".".join(f"module.{module.name}{shown(module.index)}" for module in modules).translate(_CONTROLS)
    way = steps(address)
    kind = KINDS.get(native)
    yield f"resource {_hcl_text(native)} {_hcl_text(way[-1].name if way else address)} {{"
    yield from _block(_arguments(tree, kind.fields if kind is not None else {}), "  ")
    yield "}"


class _Argument(NamedTuple):
    """A member of a block: its value, and for nested members how to open, close and name them."""

    name: str
    value: "Tree | RepairValue | None"
    brackets: tuple[str, str]
    members: list["_Argument"]


def _arguments(tree: Tree, fields: Fields) -> list[_Argument]:
    found: list[_Argument] = []
    for name, value in tree.items():
        spec = fields.get(name) or Spec(_snake(name), {})
        own = spec.attribute or _snake(name)
        if not isinstance(value, dict):
            found.append(_Argument(own, value, ("", ""), []))
        elif spec.here:
            found += _arguments(value, spec.fields or {})
        elif spec.fields is None:
            # The provider takes a structure that it does not know as a text of JSON.
            found.append(_Argument(own, value, ("= jsonencode({", "})"), _entries(value)))
        else:
            found.append(_Argument(own, value, ("{", "}"), _arguments(value, spec.fields)))
    return found


def _entries(tree: Tree) -> list[_Argument]:
    return [
        _Argument(
            name if _IDENTIFIER.fullmatch(name) else _hcl_text(name),
            value,
            ("= {", "}"),
            _entries(value) if isinstance(value, dict) else [],
        )
        for name, value in tree.items()
    ]


def _block(members: list[_Argument], indent: str) -> Iterator[str]:
    """Give the members as `terraform fmt` writes them: single values first, with their signs in one column."""
    single = [(member.name, _hcl(member.value)) for member in members if isinstance(member.value, str | int | Made)]
    width = max((len(name) for name, _ in single), default=0)
    for name, value in single:
        yield f"{indent}{name:<{width}} = {value}"
    for name, inner, brackets, nested in members:
        if inner is None:
            yield f"{indent}# remove {name}"
        elif isinstance(inner, dict):
            yield f"{indent}{name} {brackets[0]}"
            yield from _block(nested, indent + "  ")
            yield f"{indent}{brackets[1]}"


def _hcl(value: RepairValue) -> str:
    match value:
        case Made(type=type_, name=name, attribute=attribute):
            native = next((native for native, kind in KINDS.items() if kind.type == type_), None)
            if native is not None and attribute == "name":
                attribute = KINDS[native].name_attribute
            return f"{native or _snake(type_)}.{_snake(name)}.{attribute}"
        case str():
            return _hcl_text(value)
        case _:
            return _literal(value)


def _hcl_text(text: str) -> str:
    return _quoted(text).replace("${", "$${").replace("%{", "%%{")


def _snake(name: str) -> str:
    return re.sub(r"\W+", "_", _HUMP.sub("_", name)).lower()
