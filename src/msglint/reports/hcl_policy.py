"""Statements of policies in the way in which the user writes the policy that takes them."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from msglint.model.resource import Part, Resource
from msglint.readers.terraform.part import TerraformPart
from msglint.reports.cloudformation import json
from msglint.reports.hcl import block, entries, lines
from msglint.reports.tree import Branch, Code, Tree

if TYPE_CHECKING:
    from msglint.readers.terraform.evaluation.evaluate import Scope
    from msglint.source import hcl

_POLICIES = ("policy", "policy_document", "assume_role_policy", "assume_role_policy_document", "access_policy")
"""The arguments that take a policy."""
_OF_ROLES = ("aws_iam_role_policy", "aws_iam_policy")
_DEEPEST = 10


class Style(enum.Enum):
    """How a policy is written."""

    BLOCKS = enum.auto()
    """As an `aws_iam_policy_document`."""
    OBJECT = enum.auto()
    """With `jsonencode`."""
    TEXT = enum.auto()
    """As JSON, in a heredoc or between quotes."""
    TEMPLATE = enum.auto()
    """As JSON in a file that `templatefile` reads."""
    FILE = enum.auto()
    """As JSON in a file that is taken as it is."""


_REMARKS = {
    Style.TEMPLATE: "# what stands in ${...} has to be passed to the template",
    Style.FILE: "# a file takes no references: read it with templatefile, and pass what stands in ${...}",
}


def style(holder: Resource) -> Style:
    """Say how the policy is written that a resource has; as blocks where nobody can tell."""
    return _style(holder.record.part, holder.id, _POLICIES)


def style_for(role: Resource) -> Style:
    """Say how the policies of a role are written, or those beside it."""
    part = role.record.part
    if not isinstance(part, TerraformPart) or part.world is None:
        return Style.BLOCKS
    own = part.plan.instances.get(role.id)
    if own is None:
        return Style.BLOCKS
    kinds = [part.world.naming(type_) for type_ in _OF_ROLES]
    policies = chain(*(kind.by.get(role.id, ()) for kind in kinds), *(kind.instances for kind in kinds))
    chosen = next((each for each in policies if each.modules == own.modules), None)
    return _style(part, chosen.address, ("policy",)) if chosen is not None else Style.BLOCKS


def statement(written: Tree, how: Style) -> Iterator[str]:
    """Give the lines of a statement, or of a part of one, whose elements have the names that JSON has."""
    match how:
        case Style.BLOCKS:
            yield from _blocks(written)
        case Style.OBJECT:
            yield from _object(written)
        case _:
            if how in _REMARKS:
                yield _REMARKS[how]
            yield from json(_put_in(written)).split("\n")


def blocks(written: Tree) -> Tree:
    """Give a statement in the provider's words."""
    found: Tree = {}
    for name, own in (("Action", "actions"), ("Resource", "resources")):
        if name in written:
            found[own] = _listed(written[name])
    principals = written.get("Principal")
    if isinstance(principals, dict):
        found["principals"] = [{"type": type_, "identifiers": _listed(who)} for type_, who in principals.items()]
    if "Condition" in written:
        found["condition"] = [*_conditions(written["Condition"])]
    return found


def _blocks(written: Tree) -> Iterator[str]:
    if "Effect" in written:
        yield from block("statement", blocks(written), {})
        return
    for condition in _conditions(written.get("Condition")):
        yield from block("condition", condition, {})


def _conditions(written: Branch) -> Iterator[Tree]:
    for operator, keys in written.items() if isinstance(written, dict) else ():
        for variable, values in keys.items() if isinstance(keys, dict) else ():
            yield {"test": operator, "variable": variable, "values": _listed(values)}


def _listed(value: Branch) -> list[Branch]:
    return value if isinstance(value, list) else [value]


def _object(written: Tree) -> Iterator[str]:
    if "Effect" not in written:
        yield from lines(entries(written), "")
        return
    yield "{"
    yield from lines(entries(written), "  ")
    yield "}"


def _put_in(branch: Branch) -> Branch:
    """Give a value of JSON whose references stand in texts."""
    match branch:
        case Code(text=text):
            return Code(f'"${{{text}}}"')
        case dict():
            return {name: _put_in(part) for name, part in branch.items()}
        case list():
            return [_put_in(part) for part in branch]
        case _:
            return branch


def _style(part: Part, address: str, attributes: tuple[str, ...]) -> Style:
    if not isinstance(part, TerraformPart) or part.world is None:
        return Style.BLOCKS
    instance = part.plan.instances.get(address)
    scope = part.world.scope(instance.modules) if instance is not None else None
    found = scope.directory.resources.get(instance.local) if scope is not None and instance is not None else None
    if scope is None or found is None:
        return Style.BLOCKS
    written = next((found.body.attributes[name] for name in attributes if name in found.body.attributes), None)
    return _style_of(written.expression, scope, 0) if written is not None else Style.BLOCKS


def _style_of(expression: hcl.Expression, scope: Scope, depth: int) -> Style:
    from msglint.source import hcl  # noqa: PLC0415  # only where there are sources

    if depth > _DEEPEST:
        return Style.BLOCKS
    match expression:
        case hcl.Call(name="jsonencode") | hcl.Mapped():
            return Style.OBJECT
        case hcl.Call(name="templatefile"):
            return Style.TEMPLATE
        case hcl.Call(name="file"):
            return Style.FILE
        case hcl.Call(arguments=(first, *_)):
            return _style_of(first, scope, depth + 1)
        case hcl.Literal(value=str()) | hcl.Template():
            return Style.TEXT
        case hcl.Conditional(yes=hcl.Literal(value=None), no=other) | hcl.Conditional(yes=other):
            return _style_of(other, scope, depth + 1)
        case hcl.Member(of=hcl.Name(name="local"), name=str() as name) if name in scope.directory.locals:
            return _style_of(scope.directory.locals[name].expression, scope, depth + 1)
        case _:
            return Style.BLOCKS
