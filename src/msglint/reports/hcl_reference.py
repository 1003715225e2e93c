"""References in HCL: what a resource is called in the block that names it, in whichever module that is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from msglint.model.expression import Expression, Fields, Items, NeedsChoice
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Absent, Known
from msglint.readers.terraform.address import Index, Step, modules_of, shown
from msglint.readers.terraform.kinds import own_name
from msglint.readers.terraform.part import TerraformPart
from msglint.readers.terraform.plan import Modules, prefix
from msglint.reports.hcl import index_of, local, module_of, own_address
from msglint.reports.tree import Code

if TYPE_CHECKING:
    from msglint.readers.terraform.evaluation.world import World

_DEEPEST = 2
"""How deep in an output a value is looked for."""
_MOST = 200
"""How many members of an output are looked at."""
_CALLED = {"arn": "ARN", "stream_arn": "stream ARN", "url": "URL"}
_NAMES = {"function_name": "name"}


def home(of: Resource) -> Modules:
    """Give the user's own module in which something about a resource can be written: its own module, if that is one."""
    modules = modules_of(of.id)
    world = _world(of)
    while world is not None and modules:
        scope = world.scope(modules)
        if scope is None or scope.outer is None:
            return modules
        modules = modules[:-1]
    return modules


def repeated(of: Resource) -> tuple[str, Code] | None:
    """Give what makes a block for each instance of a resource's block; None where it makes just one."""
    index = index_of(of.id)
    if isinstance(index, str):
        return "for_each", Code(own_address(of.id))
    if isinstance(index, int) and len(of.record.part.siblings(of.id)) > 1:
        return "count", Code(f"length({own_address(of.id)})")
    return None


def key(of: Resource) -> str:
    """Give what picks the own instance in a block that is made for each instance of a resource's block."""
    made = repeated(of)
    return "" if made is None else "[each.key]" if made[0] == "for_each" else "[count.index]"


def reference(of: Resource, attribute: str, near: Resource | None, modules: Modules) -> Code | None:
    """Give an attribute as a block calls it that is made for `near` in a module; None where nothing leads there.

    What is inside a module that is called there is had by an output of it.
    """
    inside = modules_of(of.id)
    own = own_name(of.record.native, attribute)
    if inside == modules:
        if near is not None and inside == modules_of(near.id) and alike(of, near):
            return Code(f"{own_address(of.id)}{key(of)}.{own}")
        return Code(f"{local(of.id)}.{own}")
    if inside[: len(modules)] != modules:
        return None
    return next(_outputs(of, attribute, modules, inside[len(modules)]), None)


def out_of_reach(of: Resource, attribute: str, near: Resource | None, modules: Modules) -> str:
    """Say in a comment what has to be done before a block can name an attribute; nothing if it can."""
    if reference(of, attribute, near, modules) is not None:
        return ""
    what = _CALLED.get(attribute, "name")
    inside, called = modules_of(of.id), module_of(of.id)
    if inside[: len(modules)] == modules and _world(of) is not None:
        return f"# {local(of.id)} is in {called}, which has to give its {what} as an output"
    return f"# {local(of.id)} is in {called or 'the root module'}: pass its {what} to here"


def alike(of: Resource, near: Resource) -> bool:
    """Say whether two have the same key, and so have all that are made by the same blocks."""
    if index_of(of.id) != index_of(near.id) or repeated(of) is None:
        return False
    return of.id == near.id or _siblings(of) == _siblings(near)


def _siblings(of: Resource) -> frozenset[Index]:
    return frozenset(of.record.part.siblings(of.id))


def _outputs(of: Resource, attribute: str, modules: Modules, call: Step) -> Iterator[Code]:
    part, world = of.record.part, _world(of)
    inner = (*modules, call)
    scope = world.scope(inner) if world is not None else None
    if world is None or scope is None:
        return
    try:
        wanted = part.attribute(of.id, _NAMES.get(attribute, attribute))
    except NeedsChoice:
        return
    called = f"{prefix((call,)).removesuffix('.')}"
    own = _NAMES.get(attribute, attribute)
    # An output that is called after what it is comes first; a name may be that of anything else.
    named = sorted(scope.directory.outputs.items(), key=lambda each: own not in each[0])
    for name, block in named:
        if own == "name" and own not in name:
            continue
        for way in _ways(world.output(inner, name, block.at), wanted):
            yield Code(f"{called}.{name}{way}")


def _ways(value: Expression, wanted: Text, depth: int = 0) -> Iterator[str]:
    """Give the ways to a text in an output, which may be a map or a list of such."""
    shape = value.shape()
    match shape:
        case Known(value=Text() as text) | Absent(default=Text() as text) if text == wanted:
            yield ""
        case Fields(fields=fields) if depth < _DEEPEST:
            for name, part in islice(fields.items(), _MOST):
                yield from (f"{shown(name)}{way}" for way in _ways(part, wanted, depth + 1))
        case Items(items=items) if depth < _DEEPEST:
            for number, part in enumerate(items[:_MOST]):
                yield from (f"{shown(number)}{way}" for way in _ways(part, wanted, depth + 1))


def _world(of: Resource) -> World | None:
    part = of.record.part
    return part.world if isinstance(part, TerraformPart) else None
