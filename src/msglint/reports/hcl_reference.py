"""References in HCL: what a resource is called in the block that names it, in whichever module that is."""

from collections.abc import Iterator

from msglint.model.expression import Expression, Fields, Items, NeedsChoice
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Known
from msglint.readers.terraform.address import Index, Step, modules_of, shown
from msglint.readers.terraform.kinds import own_name
from msglint.readers.terraform.part import TerraformPart
from msglint.readers.terraform.plan import Modules, prefix
from msglint.reports.hcl import index_of, local, module_of, own_address
from msglint.reports.tree import Code
from msglint.source import Place

_CALLED = {"arn": "ARN", "stream_arn": "stream ARN", "url": "URL"}
_NAMES = {"function_name": "name"}


def home(of: Resource) -> Modules:
    """Give the user's own module in which something about a resource can be written: its own module, if that is one."""
    modules = modules_of(of.id)
    part = of.record.part
    world = part.world if isinstance(part, TerraformPart) else None
    while world is not None and modules:
        scope = world.scope(modules)
        if scope is None or scope.outer is None:
            return modules
        modules = modules[:-1]
    return modules


def repeated(of: Resource) -> tuple[str, Code] | None:
    """Give what makes a block for each instance of a resource's block; None where it makes just one."""
    index, siblings = index_of(of.id), _siblings(of)
    if isinstance(index, str):
        return "for_each", Code(own_address(of.id))
    if isinstance(index, int) and len(siblings) > 1:
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
        if near is not None and inside == modules_of(near.id) and _alike(of, near):
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
    part = of.record.part
    world = part.world if isinstance(part, TerraformPart) else None
    if world is not None and inside[: len(modules)] == modules and world.scope(inside[: len(modules) + 1]) is not None:
        return f"# {called} has no output that is the {what} of {local(of.id)}"
    return f"# {local(of.id)} is in {called or 'the root module'}: pass its {what} to here"


def _alike(of: Resource, near: Resource) -> bool:
    """Say whether two have the same key, and so have all that are made by the same blocks."""
    return index_of(of.id) == index_of(near.id) and _siblings(of) == _siblings(near) and repeated(of) is not None


def _siblings(of: Resource) -> frozenset[Index]:
    part = of.record.part
    return part.indexes(of.id) if isinstance(part, TerraformPart) else frozenset()


def _outputs(of: Resource, attribute: str, modules: Modules, call: Step) -> Iterator[Code]:
    part = of.record.part
    world = part.world if isinstance(part, TerraformPart) else None
    inner = (*modules, call)
    scope = world.scope(inner) if world is not None else None
    if world is None or scope is None:
        return
    try:
        wanted = part.attribute(of.id, _NAMES.get(attribute, attribute))
    except NeedsChoice:
        return
    called = f"{prefix((call,)).removesuffix('.')}"
    for name, block in scope.directory.outputs.items():
        for way in _ways(world.output(inner, name, block.at), wanted, of.at):
            yield Code(f"{called}.{name}{way}")


def _ways(value: Expression, wanted: Text, at: Place) -> Iterator[str]:
    """Give the ways to a text in an output, which may be a map or a list of such."""
    shape = value.shape()
    match shape:
        case Known(value=Text() as text) if text == wanted:
            yield ""
        case Fields(fields=fields):
            yield from (shown(name) for name, part in fields.items() if _is(part, wanted))
        case Items(items=items):
            yield from (shown(number) for number, part in enumerate(items) if _is(part, wanted))


def _is(part: Expression, wanted: Text) -> bool:
    shape = part.shape()
    return isinstance(shape, Known) and shape.value == wanted
