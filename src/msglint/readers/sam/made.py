"""What SAM's transform adds to a template, standing where its cause is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msglint.readers.cloudformation.made import Made
from msglint.readers.cloudformation.nodes import intrinsic
from msglint.source import Node, Scalar

UNREADABLE = "!Unreadable"
"""The function that stands for what msglint cannot tell; its argument is the reason."""

Content: TypeAlias = "Node | Scalar | Mapping[str, Content] | Sequence[Content]"
"""What a node is made of: nodes of the user are taken as they are, and None among the members is left out."""


def made(content: Content, place: Node) -> Node:
    """Make a node, and those below it."""
    match content:
        case Node():
            return content
        case str() | int() | float() | None:
            return Made(content, place)
        case Mapping():
            return Made({name: made(part, place) for name, part in content.items() if part is not None}, place)
        case _:
            return Made(tuple(made(part, place) for part in content), place)


def ref(name: str, place: Node) -> Node:
    """Make a reference to a resource."""
    return Made(name, place, "!Ref")


def attribute(name: str, place: Node, of: str = "Arn") -> Node:
    """Make a reference to an attribute of a resource."""
    return Made(f"{name}.{of}", place, "!GetAtt")


def unreadable(reason: str, place: Node) -> Node:
    """Make a value that msglint cannot tell."""
    return Made(reason, place, UNREADABLE)


def either(condition: Node, left: Node, right: Node, place: Node) -> Node:
    """Make a value that a condition decides."""
    return Made((condition, left, right), place, "!If")


def is_mapping(node: Node | None) -> bool:
    """Say whether a node is a plain mapping, no function and without a macro in it."""
    return (
        node is not None
        and node.kind == "mapping"
        and intrinsic(node) is None
        and not any(name.startswith("Fn::") for name in node.fields())
    )


def plain(node: Node | None) -> Mapping[str, Node]:
    """Give the members of a plain mapping, and none of anything else; null is nothing."""
    if node is None or not is_mapping(node):
        return {}
    return {name: part for name, part in node.fields().items() if part.kind != "scalar" or part.value is not None}


def elements(node: Node | None) -> tuple[Node, ...]:
    """Give the elements of a list, and none of anything else."""
    return node.items() if node is not None and node.kind == "sequence" and intrinsic(node) is None else ()


def named(node: Node | None) -> str:
    """Give the name that `Ref` refers to; empty for anything else."""
    call = intrinsic(node) if node is not None else None
    return call.argument.text if call is not None and call.name == "Ref" and call.argument.kind == "scalar" else ""


def says_true(node: Node | None) -> bool:
    """Say whether a node is the word for true."""
    return node is not None and node.kind == "scalar" and not node.tag and node.value is True


def is_nothing(node: Node) -> bool:
    """Say whether a node is `!Ref AWS::NoValue`."""
    return named(node) == "AWS::NoValue"


def branches(node: Node) -> tuple[Node, Node, Node] | None:
    """Give the condition and the two values of `Fn::If`; None where a node is something else."""
    call = intrinsic(node)
    if call is None or call.name != "If" or call.argument.kind != "sequence":
        return None
    items = call.argument.items()
    return (items[0], items[1], items[2]) if len(items) == 3 else None  # a condition and two values
