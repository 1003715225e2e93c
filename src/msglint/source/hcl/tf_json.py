"""Terraform's JSON syntax: the same parts as those of HCL.

https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msglint.source.hcl.nodes import Attribute, Block, Body, Expression, Listed, Literal, Mapped
from msglint.source.hcl.parse import parse_within
from msglint.source.json_tree import JsonNode, read_json
from msglint.source.text import Document, SourceError, Spot, Stretch

_Blocks: TypeAlias = Mapping[str, int]
"""Types of blocks, with the number of their labels."""

_DYNAMIC: _Blocks = {"dynamic": 1}
_OF_RESOURCE: _Blocks = {"lifecycle": 0, "connection": 0, "provisioner": 1, **_DYNAMIC}
_CONDITIONS: _Blocks = {"precondition": 0, "postcondition": 0}
_BLOCKS: Mapping[str, _Blocks] = {
    "": {
        "terraform": 0,
        "locals": 0,
        "moved": 0,
        "removed": 0,
        "import": 0,
        "variable": 1,
        "output": 1,
        "module": 1,
        "provider": 1,
        "check": 1,
        "resource": 2,
        "data": 2,
        "ephemeral": 2,
    },
    "terraform": {"required_providers": 0, "cloud": 0, "backend": 1, "provider_meta": 1},
    "cloud": {"workspaces": 0},
    "variable": {"validation": 0},
    "output": {"precondition": 0},
    "check": {"data": 2, "assert": 0},
    "removed": {"lifecycle": 0, "provisioner": 1},
    "resource": _OF_RESOURCE,
    "data": _OF_RESOURCE,
    "ephemeral": _OF_RESOURCE,
    "lifecycle": _CONDITIONS,
    "provisioner": {"connection": 0},
    "dynamic": {"content": 0},
    "content": _DYNAMIC,
}
# Attributes, by the block they stand in, whose texts are no templates but say what they say …
_PLAIN: Mapping[str, frozenset[str]] = {
    "variable": frozenset({"default", "description"}),
    "output": frozenset({"description"}),
    "module": frozenset({"source", "version"}),
}
# … and those whose texts are expressions.
_NAMING: Mapping[str, frozenset[str]] = {
    "variable": frozenset({"type"}),
    "output": frozenset({"depends_on"}),
    "module": frozenset({"depends_on", "providers"}),
    "resource": frozenset({"depends_on", "provider"}),
    "data": frozenset({"depends_on", "provider"}),
    "ephemeral": frozenset({"depends_on", "provider"}),
    "lifecycle": frozenset({"ignore_changes", "replace_triggered_by"}),
    "moved": frozenset({"from", "to"}),
    "removed": frozenset({"from"}),
    "import": frozenset({"to", "provider"}),
}
_CHARACTER = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|[^\\]", re.DOTALL)


def parse_json(document: Document) -> Body:
    """Read a file in Terraform's JSON syntax.

    Texts are templates, save where Terraform takes them as they are or as names. Blocks that Terraform itself knows are
    blocks. What stands in a resource may be a block or an attribute, which only its schema tells: it is always an
    attribute here, a `Mapped` or a `Listed` of these where it may be a block, of which `as_blocks` makes one.
    """
    root = read_json(document)
    if root.kind != "mapping":
        raise SourceError("a configuration in JSON is an object", _spot(root))
    return _body(root, "")


def as_blocks(kind: str, value: Expression, attribute: Attribute) -> tuple[Block, ...] | None:
    """Make blocks of a value that is an object, or a list of them; None for any other."""
    objects = value.items if isinstance(value, Listed) else (value,)
    blocks = []
    for each in objects:
        if not isinstance(each, Mapped):
            return None
        blocks.append(Block(kind, (), _as_body(each), attribute.name_at, attribute.at))
    return tuple(blocks)


def _as_body(mapped: Mapped) -> Body:
    attributes = {}
    blocks: list[Block] = []
    for key, value in mapped.items:
        if not isinstance(key, Literal) or not isinstance(key.value, str):
            continue
        at = Stretch(key.at.document, key.at.start, value.at.end)
        attribute = Attribute(key.value, lambda value=value: value, at, key.at)  # type: ignore[misc]
        if key.value == "dynamic" and isinstance(value, Mapped):
            blocks += _as_dynamic(value, attribute)
        else:
            attributes[key.value] = attribute
    return Body(attributes, tuple(blocks))


def _as_dynamic(mapped: Mapped, attribute: Attribute) -> Iterator[Block]:
    for label, value in mapped.items:
        for block in as_blocks("dynamic", value, attribute) or ():
            content = block.body.attributes.get("content")
            if isinstance(label, Literal) and isinstance(label.value, str):
                others = {name: other for name, other in block.body.attributes.items() if name != "content"}
                inner = (content and as_blocks("content", content.expression, content)) or ()
                yield Block("dynamic", (label.value,), Body(others, inner), label.at, block.whole)


def _body(node: JsonNode, kind: str) -> Body:
    attributes = {}
    blocks: list[Block] = []
    nested = _BLOCKS.get(kind, {})
    for name, value in node.fields().items():
        if name == "//":
            continue
        key = _stretch(node.key(name))
        if name in nested:
            blocks += _blocks(name, value, nested[name], (), key, key.start)
        else:
            attributes[name] = _attribute(name, value, kind, key)
    return Body(attributes, tuple(blocks))


def _blocks(kind: str, node: JsonNode, labels: int, given: tuple[str, ...], at: Stretch, start: int) -> Iterator[Block]:
    """Give the blocks of a value, which is one or a list of them, below as many levels of labels as are left."""
    for one in node.items() if node.kind == "sequence" else (node,):
        if one.kind != "mapping":
            if one.raw is None:
                continue
            raise SourceError(f"{kind} is an object, or a list of objects", _spot(one))
        if not labels:
            yield Block(kind, given, _body(one, kind), at, Stretch(at.document, start, _stretch(one).end))
            continue
        for label, value in one.fields().items():
            if label != "//":
                key = _stretch(one.key(label))
                yield from _blocks(kind, value, labels - 1, (*given, label), key, key.start)


def _attribute(name: str, node: JsonNode, kind: str, key: Stretch) -> Attribute:
    if name in _PLAIN.get(kind, ()) or kind == "required_providers":
        how = "plain"
    elif name in _NAMING.get(kind, ()):
        how = "expression"
    else:
        how = "template"
    expression = _expression(node, how)
    return Attribute(name, lambda: expression, Stretch(key.document, key.start, _stretch(node).end), key)


def _expression(node: JsonNode, how: str) -> Expression:
    at = _stretch(node)
    if node.kind == "mapping":
        of_key = "template" if how == "template" else "plain"
        items = [
            (_text(name, _stretch(node.key(name)), of_key), _expression(value, how))
            for name, value in node.fields().items()
            if name != "//"
        ]
        return Mapped(tuple(items), at)
    if node.kind == "sequence":
        return Listed(tuple(_expression(item, how) for item in node.items()), at)
    return _text(node.value, at, how) if isinstance(node.value, str) else Literal(node.value, at)


def _text(text: str, at: Stretch, how: str) -> Expression:
    if how == "plain" or (how == "template" and "${" not in text and "%{" not in text):
        return Literal(text, at)
    written = at.document.text[at.start + 1 : at.end - 1]
    if "\\" not in written:
        offsets = list(range(at.start + 1, at.end))
    else:
        offsets = [at.start + 1 + match.start() for match in _CHARACTER.finditer(written)] + [at.end - 1]
    expression = parse_within(at, text, offsets, template=how == "template")
    return Literal(expression.value, at) if isinstance(expression, Literal) else expression


def _stretch(node: JsonNode) -> Stretch:
    start, end = node.span
    return Stretch(node.document, node.document.offset(start), node.document.offset(end))


def _spot(node: JsonNode) -> Spot:
    return Spot(node.document, node.span)
