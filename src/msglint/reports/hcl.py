"""Repairs in HCL, with the provider's names and blocks."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msglint.finding import Made
from msglint.model.resource import Part, Record
from msglint.readers.terraform.address import CLOUD_CONTROL, Index, Step, modules_of, steps
from msglint.readers.terraform.expressions import Spec
from msglint.readers.terraform.kinds import KINDS, OVERLAYS, kind_of
from msglint.readers.terraform.part import TerraformPart
from msglint.reports.tree import Branch, Code, Tree, literal, quoted
from msglint.source import Place

Fields = Mapping[str, Spec]

BLOCK = "{"
ATTRIBUTE = "= {"
"""How a structure opens that is an attribute, as in newer providers, and no block."""
ATTRIBUTES = "= [{"
"""How a list opens of one such structure."""

_LONGEST = 90
"""How long an object may be that stands in one line."""
_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def terraform(
    native: str, address: str, tree: Tree, part: Part | None = None, at: Place | None = None
) -> Iterator[str]:
    """Give the lines of a resource with the arguments that change, or of the call of the module that it is in.

    What stands in somebody else's module is changed through its call, as far as `part` has the files that say how.
    """
    members = _of_type(native, tree)
    note = module_of(address)
    if note and isinstance(part, TerraformPart) and part.world is not None:
        from msglint.reports.hcl_call import through_call  # noqa: PLC0415  # only for what stands in modules

        called, members, note = through_call(part, address, members, note, at)
        yield from called
    if members:
        if note:
            yield f"# {note}"
        way = steps(address)
        yield from _braced(_heading(native, way[-1].name if way else address), members)


def referring(record: Record, tree: Tree, line: str, at: Place | None) -> Iterator[str]:
    """Give the line of an argument that refers to something, or the call of the module that sets it."""
    members = _of_type(record.native, tree)
    called: list[str] = []
    module = module_of(record.id)
    if module and isinstance(record.part, TerraformPart) and record.part.world is not None:
        from msglint.reports.hcl_call import through_call  # noqa: PLC0415  # only for what stands in modules

        called, members, _ = through_call(record.part, record.id, members, module, at)
    yield from called if called and not members else [line]


def resource(native: str, name: str, tree: Tree) -> Iterator[str]:
    """Give the lines of a resource of this name with these properties."""
    yield from _braced(_heading(native, name), _of_type(native, tree))


def _heading(native: str, name: str) -> str:
    return f"resource {text(native)} {text(name)}"


def _of_type(native: str, tree: Tree) -> list["Argument"]:
    over = OVERLAYS.get(native)
    fields = {over.property: Spec(over.attribute)} if over is not None else kind_of(native).fields
    return _arguments(tree, fields, ATTRIBUTE if native.startswith(CLOUD_CONTROL) else BLOCK)


def block(heading: str, tree: Tree, fields: Fields) -> Iterator[str]:
    """Give the lines of a block; a member that `fields` does not know is spelled by its habit."""
    yield from _braced(heading, _arguments(tree, fields, BLOCK))


def _braced(heading: str, members: list["Argument"]) -> Iterator[str]:
    yield f"{heading} {{"
    yield from lines(members, "  ")
    yield "}"


def module_of(address: str) -> str:
    """Write the module calls that an address leads through; empty in the root module."""
    return calls(modules_of(address))


def calls(modules: tuple[Step, ...]) -> str:
    """Write the way to a module, whose files are the same for all its keys."""
    return ".".join(f"module.{module.name}" for module in modules)


def local(address: str) -> str:
    """Write an address as its own module does."""
    way = _way(address)
    return ".".join(f"{step.name}{'' if step.index is None else f'[{single(step.index)}]'}" for step in way)


def own_address(address: str) -> str:
    """Write the address of the block that a resource is made by, as its own module does."""
    return ".".join(step.name for step in _way(address))


def index_of(address: str) -> Index:
    """Give which of a block's resources one is."""
    way = _way(address)
    return way[-1].index if way else None


def _way(address: str) -> tuple[Step, ...]:
    return steps(address)[2 * len(modules_of(address)) :]


def native_of(type_: str) -> str:
    """Give the provider's name of a type; spelled by its habit where the table has none."""
    return next((native for native, kind in KINDS.items() if kind.type == type_), None) or snake(type_)


class Argument(NamedTuple):
    """A member of a block: its value, and for nested members how to open, close and name them.

    One without a value is taken away; its first bracket may say what else a comment in its place says.
    """

    name: str
    value: Branch
    brackets: tuple[str, str]
    members: list["Argument"]


def _arguments(tree: Tree, fields: Fields, nested: str) -> list[Argument]:
    found: list[Argument] = []
    for name, value in tree.items():
        spec = fields.get(name) or Spec(snake(name), {})
        own = spec.attribute or snake(name)
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            each = [argument for item in value for argument in _arguments({name: item}, fields, nested)]
            listed = {(ATTRIBUTE, "}"): (ATTRIBUTES, "}]")}
            found += [argument._replace(brackets=listed.get(argument.brackets, argument.brackets)) for argument in each]
        elif not isinstance(value, dict):
            found.append(Argument(own, value, ("", ""), []))
        elif spec.here:
            found += _arguments(value, spec.fields or {}, nested)
        elif spec.fields is None:
            # The provider takes a structure that it does not know as a text of JSON.
            found.append(Argument(own, value, ("= jsonencode({", "})"), entries(value)))
        else:
            switch = [Argument(spec.switch, True, ("", ""), [])] if spec.switch else []
            found.append(Argument(own, value, (nested, "}"), switch + _arguments(value, spec.fields, nested)))
    return found


def entries(tree: Tree) -> list[Argument]:
    """Give the members of an object."""
    return [_entry(name if _IDENTIFIER.fullmatch(name) else text(name), value) for name, value in tree.items()]


def _entry(name: str, value: Branch) -> Argument:
    if isinstance(value, dict):
        members = entries(value)
        if len(members) == 1 and members[0].value is not None and not members[0].brackets[0]:
            alone = f"{{ {members[0].name} = {single(members[0].value)} }}"
            if len(alone) <= _LONGEST:
                return Argument(name, Code(alone), ("", ""), [])
        return Argument(name, value, ("= {", "}"), members)
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        parts = [Argument("", item, ("{", "},"), entries(item)) for item in value if isinstance(item, dict)]
        return Argument(name, value, ("= [", "]"), parts)
    return Argument(name, value, ("", ""), [])


def lines(members: list[Argument], indent: str) -> Iterator[str]:
    """Give the members as `terraform fmt` writes them: single values first, with their signs in one column."""
    alone = [(each.name, single(each.value)) for each in members if each.value is not None and not each.brackets[0]]
    width = max((len(name) for name, _ in alone), default=0)
    for name, value in alone:
        yield f"{indent}{name:<{width}} = {value}"
    for name, inner, brackets, nested in members:
        if inner is None:
            yield f"{indent}# {brackets[0] or f'remove {name}'}"
        elif brackets[0]:
            yield indent + f"{name} {brackets[0]}".lstrip()
            yield from lines(nested, indent + "  ")
            yield f"{indent}{brackets[1]}"


def single(value: Branch) -> str:
    """Write a value that stands in one line."""
    match value:
        case Code(text=code):
            return code
        case list():
            return f"[{', '.join(single(item) for item in value if item is not None and not isinstance(item, dict))}]"
        case Made(type=type_, name=name, attribute=attribute):
            native = native_of(type_)
            if native in KINDS and attribute == "name":
                attribute = KINDS[native].name_attribute
            return f"{native}.{snake(name)}.{attribute}"
        case str():
            return text(value)
        case bool() | int():
            return literal(value)
        case _:
            return ""


def text(written: str) -> str:
    """Write a text."""
    return quoted(written).replace("${", "$${").replace("%{", "%%{")


def snake(name: str) -> str:
    """Spell a name as the provider does."""
    return re.sub(r"\W+", "_", _HUMP.sub("_", name)).lower()
