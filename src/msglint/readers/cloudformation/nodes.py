"""Intrinsic functions as they are written: the short tag and the long key are one."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msglint.model.resource import fold
from msglint.model.text import ACCOUNT_DIGITS
from msglint.source import Node, SourceError, Spot

DYNAMIC_REFERENCE = "{{resolve:"
LOOP = "Fn::ForEach::"
"""How the key of a loop begins."""
SUBSTITUTION = re.compile(r"\$\{([^{}]*)\}")
_LONGEST_INDEX = 9
"""How many digits the index of an element may have: no list is nearly as long."""
_SUBSTITUTED = re.compile(r"\$\{\s*([^{}!\s]+)")


class Intrinsic(NamedTuple):
    """A call of an intrinsic function: its long name without `Fn::`, and its argument."""

    name: str
    argument: Node


def intrinsic(node: Node) -> Intrinsic | None:
    """Give the intrinsic function that a node calls, in its short or its long form."""
    if node.tag.startswith("!"):
        return Intrinsic(node.tag[1:], node)
    return long_form(node)


def long_form(node: Node) -> Intrinsic | None:
    """Give the function that a mapping of one long key calls; below a short tag it is the tag's argument."""
    if node.kind == "mapping":
        fields = node.fields()
        if len(fields) == 1:
            ((name, argument),) = fields.items()
            if name == "Ref":
                return Intrinsic("Ref", argument)
            if name.startswith("Fn::"):
                return Intrinsic(name[4:], argument)
    return None


def condition_reference(node: Node) -> str | None:
    """Give the condition that `Condition: Name` or `!Condition Name` names inside the Conditions section."""
    if node.tag == "!Condition" and node.kind == "scalar":
        return node.text
    if node.kind == "mapping" and not node.tag:
        fields = node.fields()
        if len(fields) == 1 and "Condition" in fields and fields["Condition"].kind == "scalar":
            return fields["Condition"].text
    return None


def members(node: Node | None) -> Mapping[str, Node]:
    """Give the fields of a mapping, and none of anything else."""
    return node.fields() if node is not None and node.kind == "mapping" else {}


def scalar(node: Node | None) -> str | None:
    """Give the text of a scalar that is no intrinsic function and not null."""
    if node is None or node.kind != "scalar" or node.tag.startswith("!") or node.value is None:
        return None
    return node.text


def said(node: Node | None) -> str | None:
    """Give the text of such a scalar as CloudFormation takes it: YAML 1.1 has more ways to write numbers and truth.

    So `0x1F` is 31 and `yes` is true. Who writes an account with a zero in front means no octal number.
    """
    text = scalar(node)
    value = node.value if node is not None and text is not None else None
    if text is None or not isinstance(value, bool | int) or len(text) >= ACCOUNT_DIGITS:
        return text
    return str(value).lower()


def section(root: Node, name: str) -> dict[str, Node]:
    """Give a section of a template; raises `SourceError` where it is no mapping."""
    found = members(root).get(name)
    if found is None or (found.kind == "scalar" and found.value is None):
        return {}
    if found.kind != "mapping":
        raise SourceError(f"{name} is not a mapping of names to definitions", Spot(found.document, found.span))
    return dict(found.fields())


def is_list(parameter: Mapping[str, Node]) -> bool:
    """Say whether the values of a parameter are lists, written with commas."""
    type_ = scalar(parameter.get("Type")) or ""
    return "CommaDelimitedList" in type_ or "List<" in type_


def _substituted(node: Node) -> str | None:
    """Give a text as Fn::Sub would write it, where it is plain or one Ref or Fn::Sub."""
    call = intrinsic(node)
    return scalar(node) if call is None else _substitution(call)


def _substitution(call: Intrinsic) -> str | None:
    if call.argument.kind != "scalar" or call.name not in {"Ref", "Sub"}:
        return None
    return f"${{{call.argument.text}}}" if call.name == "Ref" else call.argument.text


def _joined(call: Intrinsic) -> str | None:
    both = arguments(call.argument, 2) if call.name == "Join" else None
    if both is None or both[1].kind != "sequence":
        return None
    pieces = [piece for item in both[1].items() if (piece := _substituted(item)) is not None]
    return (scalar(both[0]) or "").join(pieces) if len(pieces) == len(both[1].items()) else None


def joined_by(node: Node, delimiter: str) -> Node | None:
    """Give the list that Fn::Join puts together with a delimiter; None where a node is something else."""
    call = intrinsic(node)
    both = arguments(call.argument, 2) if call is not None and call.name == "Join" else None
    return both[1] if both is not None and scalar(both[0]) == delimiter else None


def transforms(root: Node) -> tuple[Node, ...]:
    """Give what the Transform section of a template lists."""
    section = members(root).get("Transform")
    if section is None:
        return ()
    return section.items() if section.kind == "sequence" else (section,)


def arguments(node: Node, least: int, most: int | None = None) -> tuple[Node, ...] | None:
    """Give the arguments of a function that takes a list of so many; None where it is written otherwise."""
    if node.kind != "sequence":
        return None
    items = node.items()
    return items if least <= len(items) <= (most or least) else None


def position(index: str, count: int) -> int | None:
    """Give the place that an index of Fn::Select means in a list of so many elements; None where there is none."""
    # Python refuses to read a number of some thousand digits.
    if not index.isdecimal() or len(index) > _LONGEST_INDEX:
        return None
    place = int(index)
    return place if place < count else None


def branches(argument: Node) -> tuple[str, Node, Node] | None:
    """Give the condition of Fn::If and its two values; None where it is written otherwise."""
    parts = arguments(argument, 3)
    condition = scalar(parts[0]) if parts is not None else None
    return (condition, parts[1], parts[2]) if parts is not None and condition is not None else None


def substitutions(pattern: str) -> Iterator[tuple[str, bool]]:
    """Give the pieces of a text of Fn::Sub: what is written there and, with True, the names of what belongs there."""
    for index, piece in enumerate(SUBSTITUTION.split(pattern)):
        if index % 2 == 0:
            yield piece, False
        elif piece.startswith("!"):
            yield f"${{{piece[1:]}}}", False
        else:
            yield piece.strip(), True


def written(node: Node) -> str:
    """Write a node on one line, so that equal expressions have equal texts."""
    tag = f"{node.tag} " if node.tag else ""
    match node.kind:
        case "mapping":
            return tag + "{" + ",".join(f"{name}:{written(part)}" for name, part in node.fields().items()) + "}"
        case "sequence":
            return tag + "[" + ",".join(written(part) for part in node.items()) + "]"
        case _:
            return tag + repr(node.text)


def walk(node: Node | None) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Give every node below a node with the folded names on the way.

    Intrinsic functions are left out of the way, and so are the variables of Fn::Sub.
    """
    stack: list[tuple[tuple[str, ...], Node]] = [((), node)] if node is not None else []
    while stack:
        path, here = stack.pop()
        yield path, here
        call = intrinsic(here)
        variables = arguments(call.argument, 2) if call is not None and call.name == "Sub" else None
        if variables is not None:
            stack += [(path, part) for part in (variables[0], *members(variables[1]).values())]
        elif here.kind == "mapping":
            silent = call is not None
            stack += [(path if silent else (*path, fold(name)), part) for name, part in here.fields().items()]
        elif here.kind == "sequence":
            stack += [(path, part) for part in here.items()]


def named(node: Node) -> Iterator[str]:
    """Give the names that a function refers to, such as `Orders.Arn`."""
    call = intrinsic(node)
    if call is None:
        return
    argument = call.argument
    match call.name:
        case "Ref":
            yield from _told(argument, node)
        case "GetAtt" if argument.kind == "sequence":
            parts = argument.items()
            attribute = scalar(parts[1]) if len(parts) > 1 else None
            for name in _told(parts[0], node) if parts else ():
                yield name if attribute is None else f"{name}.{attribute}"
        case "GetAtt":
            yield from _told(argument, node)
        case "Sub":
            pattern = argument.items()[0] if argument.kind == "sequence" and argument.items() else argument
            if pattern.kind == "scalar":
                yield from _SUBSTITUTED.findall(pattern.text)
        case _:
            return


def _told(name: Node, node: Node) -> Iterator[str]:
    """Give a name that is referred to, also where Fn::Sub or Fn::Join say it."""
    if name is node and name.kind == "scalar":
        yield name.text
        return
    call = long_form(name) if name is node else intrinsic(name)
    said = scalar(name) if call is None else _joined(call) or _substitution(call)
    if said is not None:
        yield said
