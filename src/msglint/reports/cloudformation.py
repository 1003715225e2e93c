"""Repairs as CloudFormation writes them, in YAML and in JSON."""

import re
from collections.abc import Iterator

from msglint.finding import Made
from msglint.model.resource import Language, Resource
from msglint.model.text import Text
from msglint.reports.tree import Branch, Code, literal, quoted

# What YAML would read as something other than the text it is, or could take for its own punctuation, is quoted.
_PLAIN = re.compile(
    r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[A-Za-z](?:[\w./+-]|:(?=[\w./+:-]))*", re.ASCII | re.IGNORECASE
)


def call(language: Language, function: str, *arguments: str) -> Code:
    """Write a call of `Ref`, `GetAtt`, `Sub` or `ImportValue`."""
    if language is Language.CLOUDFORMATION_YAML:
        return Code(f"!{function} {_yaml_text('.'.join(arguments))}")
    name = function if function == "Ref" else f"Fn::{function}"
    given = ", ".join(map(quoted, arguments))
    return Code(f"{{ {quoted(name)}: {f'[{given}]' if len(arguments) > 1 else given} }}")


def attribute(language: Language, type_: str, id_: str, name: str) -> Code:
    """Write a reference to the "arn", "name" or "url" of a resource."""
    match type_, name:
        case "AWS::SNS::Topic", "name":
            return call(language, "GetAtt", id_, "TopicName")
        case "AWS::SQS::Queue", "name":
            return call(language, "GetAtt", id_, "QueueName")
        case _, "arn" if type_ not in {"AWS::SNS::Topic", "AWS::SecretsManager::Secret"}:
            return call(language, "GetAtt", id_, "Arn")
        case _:
            return call(language, "Ref", id_)


def reference(language: Language, to: Resource, name: str, holder: Resource) -> Code:
    """Write a reference to the "arn", "name" or "url" of a resource, for the template of another."""
    record, here = to.record, holder.record.part
    if record.part.key == here.key and not here.deployed:
        return attribute(language, record.type, record.id, name)
    if here.deployed or record.part.deployed:
        return _spelled(language, record.part.attribute(record.id, name))
    way = here.way_to(record.key, name)
    if way is None:
        # Nobody has handed it on so far.
        function = "Ref" if here.stack or record.part.stack else "ImportValue"
        way = (function, f"{record.id}{name.title()}")
    return call(language, *way)


def _spelled(language: Language, text: Text) -> Code:
    """Write down what no reference gives, with a wildcard for what is known only when it is deployed."""
    written = "".join(part if isinstance(part, str) else "*" for part in text.parts)
    return Code(_yaml_text(written) if language is Language.CLOUDFORMATION_YAML else quoted(written))


def yaml(branch: Branch, indent: str = "") -> Iterator[str]:
    """Give the lines of a value; what is taken away stands there as a comment."""
    match branch:
        case dict():
            for name, value in branch.items():
                key = f"{indent}{_yaml_text(name)}:"
                match value:
                    case None:
                        yield f"{indent}# remove {name}"
                    case dict() | list():
                        yield key
                        yield from yaml(value, indent + "  ")
                    case _:
                        yield from yaml(value, key + " ")
        case list():
            for item in branch:
                for number, line in enumerate(yaml(item)):
                    yield f"{indent}{'  ' if number else '- '}{line}"
        case str():
            yield indent + _yaml_text(branch)
        case _:
            yield indent + _single(branch, Language.CLOUDFORMATION_YAML)


def json(branch: Branch, indent: str = "") -> str:
    """Write a value."""
    match branch:
        case dict():
            inner = indent + "  "
            members = ",\n".join(f"{inner}{quoted(name)}: {json(part, inner)}" for name, part in branch.items())
            return f"{{\n{members}\n{indent}}}"
        case list():
            return f"[{', '.join(json(item, indent) for item in branch)}]"
        case _:
            return _single(branch, Language.CLOUDFORMATION_JSON)


def _single(value: Code | Made | str | int | bool | None, language: Language) -> str:
    match value:
        case Code(text=text):
            return text
        case Made(type=type_, name=name, attribute=wanted):
            return attribute(language, type_, re.sub(r"[^A-Za-z0-9]", "", name), wanted).text
        case None:
            return "null"
        case _:
            return literal(value)


def _yaml_text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quoted(text)
