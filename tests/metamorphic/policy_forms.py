"""Terraform's policies, moved between the forms that the provider takes: documents, `jsonencode`, JSON, and inline."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from metamorphic.configurations import SUFFIX, Files, attributes_of, blocks, replaced, said
from msglint.source.hcl import Block, Call, Expression, For, Index, Listed, Literal, Mapped, Member, Name, Template

DOCUMENT = "aws_iam_policy_document"
PARTS = {
    "sid": "Sid",
    "effect": "Effect",
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
PRINCIPALS = {"principals": "Principal", "not_principals": "NotPrincipal"}
SCALARS = {"Sid", "Effect"}
POLICIES = {"policy", "assume_role_policy", "access_policy"}
OWNERS = {"aws_sqs_queue_policy": "queue_url", "aws_sns_topic_policy": "arn"}
"""What each resource that is the policy of another says of that."""
ONE = re.compile(r"(arn|id|url|name|account_id|region|partition|key|value)")
"""The attributes that are one text, and no list."""


class Move(NamedTuple):
    """A configuration in two forms that mean the same, in which some answers are about other resources."""

    before: str
    after: str
    names: Mapping[str, str]
    """What each resource that is in one of the two alone is in both."""


# Documents


def encoded(text: str) -> Files:
    """Write each `aws_iam_policy_document` as `jsonencode` where it is used."""
    for block, _ in blocks(text):
        if block.type == "data" and block.labels[0] == DOCUMENT and (policy := _as_object(block)) is not None:
            reference = rf"data\.{DOCUMENT}\.{block.labels[1]}\b"
            index = r"\[each\.(?:key|value)\]" if "for_each" in block.body.attributes else ""
            found, used = (len(re.findall(f"{reference}{end}", text)) for end in ("", rf"{index}\.json\b"))
            if found == used > 0:
                # The replacement is no pattern: what it holds of backslashes stays.
                encoding = f"jsonencode({policy})".replace("\\", r"\\")
                text = re.sub(rf"{reference}{index}\.json\b", encoding, text)
    return {"main.tf": _without_unused(text)}


def _without_unused(text: str) -> str:
    unused = [
        (block.whole.start, block.whole.end, "")
        for block, _ in blocks(text)
        if block.labels[:1] == (DOCUMENT,) and not re.search(rf"data\.{DOCUMENT}\.{block.labels[1]}\b", text)
    ]
    return replaced(text, unused)


def _as_object(document: Block) -> str | None:
    """Write a document as the object that it gives; None where it does more than that."""
    if {block.type for block in document.body.blocks} != {"statement"}:
        return None
    if not {*document.body.attributes} <= {"for_each", "version"} or "each.value" in said(document):
        return None
    statements = [_statement_object(block) for block in document.body.blocks]
    if None in statements:
        return None
    return f'{{ Version = "2012-10-17", Statement = [{", ".join(map(str, statements))}] }}'


def _statement_object(statement: Block) -> str | None:
    attributes = {name: said(each.expression) for name, each in statement.body.attributes.items()}
    if {block.type for block in statement.body.blocks} - {*PRINCIPALS, "condition"}:
        return None
    parts = {"Effect": '"Allow"', **{PARTS[name]: value for name, value in attributes.items()}}
    for type_, key in PRINCIPALS.items():
        by_kind = _gathered((b["type"], b["identifiers"]) for b in attributes_of(statement, type_))
        if list(by_kind) == ['"*"']:
            parts[key] = '"*"'
        elif by_kind:
            parts[key] = _object(by_kind)
    asked: dict[str, list[tuple[str, str]]] = {}
    for block in attributes_of(statement, "condition"):
        asked.setdefault(block["test"], []).append((block["variable"], block["values"]))
    if asked:
        parts["Condition"] = _object({test: _object(_gathered(values)) for test, values in asked.items()})
    return _object(parts).replace("&{", "$${")


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: several[0] if len(several) == 1 else f"concat({', '.join(several)})" for key, several in found.items()}


def _object(parts: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in parts.items()) + " }"


def in_documents(text: str) -> Files:
    """Write each policy that is an object as an `aws_iam_policy_document`."""
    changes: list[tuple[int, int, str]] = []
    documents: list[str] = []
    for block, encoding in _encodings(text):
        statements = _statement_blocks(encoding.arguments[0])
        if statements is None:
            continue
        name = f"document{len(documents)}{SUFFIX}"
        several = [key for key in ("count", "for_each") if key in block.body.attributes]
        repeat = "".join(f"  {key} = {said(block.body.attributes[key].expression)}\n" for key in several)
        index = {"count": "[count.index]", "for_each": "[each.key]"}[several[0]] if several else ""
        documents.append(f'data "{DOCUMENT}" "{name}" {{\n{repeat}{"".join(statements)}}}\n')
        changes.append((encoding.at.start, encoding.at.end, f"data.{DOCUMENT}.{name}{index}.json"))
    return {"main.tf": "\n".join([replaced(text, changes), *documents])}


def _encodings(text: str) -> Iterator[tuple[Block, Call]]:
    """Give each policy of a resource that `jsonencode` makes of an object."""
    for block, _ in blocks(text):
        for name, attribute in block.body.attributes.items():
            match attribute.expression:
                case Call(name="jsonencode", arguments=(Mapped(),)) as encoding if (
                    block.type == "resource" and name in POLICIES
                ):
                    yield block, encoding
                case _:
                    pass


def _entries(value: Expression) -> dict[str, Expression] | None:
    """Give the entries of an object whose keys are all written there."""
    if not isinstance(value, Mapped):
        return None
    found: dict[str, Expression] = {}
    for key, part in value.items:
        match key:
            case Literal(value=str() as name) | Name(name=name):
                found[name] = part
            case _:
                return None
    return found


def _items(value: Expression) -> tuple[Expression, ...]:
    return value.items if isinstance(value, Listed) else (value,)


def _statement_blocks(policy: Expression) -> list[str] | None:
    parts = _entries(policy) or {}
    if not {*parts} <= {"Version", "Statement"} or "Statement" not in parts:
        return None
    found = [_statement_block(each) for each in _items(parts["Statement"])]
    return None if None in found else [each for each in found if each is not None]


def _statement_block(statement: Expression) -> str | None:
    parts = _entries(statement)
    names = {key: name for name, key in PARTS.items()}
    if parts is None or not {*parts} <= {*names, *PRINCIPALS.values(), "Condition"}:
        return None
    lines = [
        f"{names[key]} = {said(value) if key in SCALARS else _list(value)}"
        for key, value in parts.items()
        if key in names
    ]
    for type_, key in PRINCIPALS.items():
        match parts.get(key):
            case None:
                pass
            case Literal(value="*"):
                lines.append(f'{type_} {{\n type = "*"\n identifiers = ["*"]\n }}')
            case value:
                kinds = _entries(value)
                if kinds is None:
                    return None
                for kind, each in kinds.items():
                    lines.append(f'{type_} {{\n type = "{kind}"\n identifiers = {_list(each)}\n }}')
    conditions = _entries(parts["Condition"]) if "Condition" in parts else {}
    if conditions is None:
        return None
    for test, asked in conditions.items():
        keys = _entries(asked)
        if keys is None:
            return None
        for key, each in keys.items():
            lines.append(f'condition {{\n test = "{test}"\n variable = "{key}"\n values = {_list(each)}\n }}')
    return ("  statement {\n    " + "\n    ".join(lines) + "\n  }\n").replace("$${", "&{")


def _list(value: Expression) -> str:
    match value:
        case Listed() | For():
            return said(value)
        case Literal() | Template():
            return f"[{said(value)}]"
        case Member(name=str() as name) if ONE.fullmatch(name):
            return f"[{said(value)}]"
        case _:
            return f"flatten([{said(value)}])"


# JSON


def in_heredocs(text: str) -> Files:
    """Write each policy, also of a document, as JSON with values put in."""
    text = encoded(text)["main.tf"]
    changes = [
        (encoding.at.start, encoding.at.end, f"<<-EOT\n{_json(encoding.arguments[0])}\nEOT")
        for _, encoding in _encodings(text)
    ]
    return {"main.tf": replaced(text, changes)}


def _json(value: Expression) -> str:
    match value:
        case Mapped() if (entries := _entries(value)) is not None:
            return "{" + ", ".join(f'"{key}": {_json(part)}' for key, part in entries.items()) + "}"
        case Listed():
            return "[" + ", ".join(map(_json, value.items)) + "]"
        case Literal() | Template() if "\\" not in said(value):
            return said(value)
        case Member(name=str() as name) if ONE.fullmatch(name):
            return f'"${{{said(value)}}}"'
        case Member(of=Member(name="outputs")) | Index(of=Member(name="outputs")):
            return f'"${{{said(value)}}}"'
        case _:
            return f"${{jsonencode({said(value)})}}"


# Resources of their own


def inline(text: str) -> Move:
    """Write the policies of queues and topics inside these, where nothing in Terraform may name its own resource."""
    text = encoded(text)["main.tf"]
    own = {".".join(block.labels): block for block, _ in blocks(text) if block.type == "resource"}
    names: dict[str, str] = {}
    stars: list[tuple[int, int, str]] = []
    taken: dict[str, str] = {}
    for address, block in own.items():
        of = OWNERS.get(block.labels[0])
        owner = said(block.body.attributes[of].expression).rpartition(".")[0] if of else ""
        if owner not in own or owner in taken or {"for_each", "count"} & {*block.body.attributes}:
            continue
        policy = block.body.attributes["policy"].expression
        itself = re.sub(rf"\$\{{{owner}\.arn\}}", "*", re.sub(rf"(?<!\{{){owner}\.arn\b", '"*"', said(policy)))
        if "policy" in own[owner].body.attributes or re.search(rf"{owner}\b", itself) or "local." in itself:
            continue
        names[address] = owner
        taken[owner] = itself
        stars.append((policy.at.start, policy.at.end, itself))
    before = replaced(text, stars)
    after = []
    for block, body in blocks(before):
        address = ".".join(block.labels)
        if address in taken and block.type == "resource":
            after.append(f"{body.rstrip().removesuffix('}')}\n  policy = {taken[address]}\n}}")
        elif address not in names:
            after.append(body)
    return Move(before, "\n\n".join(after) + "\n", names)


def apart(text: str) -> Move:
    """Write the policies inside queues and topics as resources of their own."""
    changes, added, names = [], [], {}
    for block, _ in blocks(text):
        for type_, of in OWNERS.items():
            policy = block.body.attributes.get("policy")
            if block.type != "resource" or block.labels[0] != type_.removesuffix("_policy") or policy is None:
                continue
            if {"for_each", "count"} & {*block.body.attributes}:
                continue
            address = ".".join(block.labels)
            name = f"{block.labels[1]}{SUFFIX}"
            owner = f"{address}.{'id' if of == 'queue_url' else of}"
            added.append(
                f'resource "{type_}" "{name}" {{\n  {of} = {owner}\n  policy = {said(policy.expression)}\n}}\n'
            )
            changes.append((policy.at.start, policy.at.end, ""))
            names[f"{type_}.{name}"] = address
    return Move(text, "\n".join([replaced(text, changes), *added]), names)
