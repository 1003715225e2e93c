"""Repairs in the user's language: the properties to write, nested as they stand there."""

import re
from collections.abc import Iterator

from msglint.finding import Fix, Made, Repair, RepairValue
from msglint.model.resource import Language
from msglint.reports.tree import CONTROLS, Changes, Tree, literal, quoted, tree

# What YAML would read as something other than the text it is, or could take for its own punctuation, is quoted.
_PLAIN = re.compile(
    r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[A-Za-z](?:[\w./+-]|:(?=[\w./+:-]))*", re.ASCII | re.IGNORECASE
)


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
            return "\n".join(_yaml({id_: {"Properties": tree(changes)}}, ""))
        case Language.CLOUDFORMATION_JSON:
            return "\n".join(_json_lines(id_, changes))
        case Language.TERRAFORM:
            from msglint.reports.hcl import terraform  # noqa: PLC0415  # the provider's tables are loaded for plans only

            return "\n".join(terraform(native, id_, tree(changes)))


def _yaml(members: Tree, indent: str) -> Iterator[str]:
    for name, value in members.items():
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
                yield f"{indent}{_yaml_text(name)}: {literal(value)}"


def _yaml_text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quoted(text)


def _json_lines(id_: str, changes: Changes) -> Iterator[str]:
    # JSON has no comments: what goes is said below the object.
    kept = {path: value for path, value in changes.items() if value is not None}
    if kept:
        yield _json({id_: {"Properties": tree(kept)}}, "")
    for path in changes:
        if path not in kept:
            yield f"remove {'.'.join(path)} from the properties of {id_}".translate(CONTROLS)


def _json(value: "Tree | RepairValue | None", indent: str) -> str:
    match value:
        case dict():
            inner = indent + "  "
            members = ",\n".join(f"{inner}{quoted(name)}: {_json(part, inner)}" for name, part in value.items())
            return f"{{\n{members}\n{indent}}}"
        case Made():
            attribute = _get_att(value)
            if attribute is None:
                return f'{{ "Ref": {quoted(_logical_id(value.name))} }}'
            return f'{{ "Fn::GetAtt": [{quoted(_logical_id(value.name))}, {quoted(attribute)}] }}'
        case None:
            return "null"
        case _:
            return literal(value)


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
