"""Repairs in HCL, with the provider's names and blocks."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msglint.finding import Made, RepairValue
from msglint.readers.terraform.address import CLOUD_CONTROL, modules_of, shown, steps
from msglint.readers.terraform.expressions import Spec
from msglint.readers.terraform.kinds import KINDS, OVERLAYS, kind_of
from msglint.reports.tree import CONTROLS, Branch, Code, Tree, literal, quoted

Fields = Mapping[str, Spec]

ATTRIBUTE = "= {"
"""How a structure opens that is an attribute, as in newer providers, and no block."""

_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def terraform(native: str, address: str, tree: Tree) -> Iterator[str]:
    """Give the lines of a resource with the arguments that change."""
    module = module_of(address)
    if module:
        yield f"# {module}"
    way = steps(address)
    yield from resource(native, way[-1].name if way else address, tree)


def resource(native: str, name: str, tree: Tree) -> Iterator[str]:
    """Give the lines of a resource of this name with these properties."""
    over = OVERLAYS.get(native)
    fields = {over.property: Spec(over.attribute)} if over is not None else kind_of(native).fields
    nested = ATTRIBUTE if native.startswith(CLOUD_CONTROL) else "{"
    yield from block(f"resource {_hcl_text(native)} {_hcl_text(name)}", tree, fields, nested)


def block(heading: str, tree: Tree, fields: Fields, nested: str = "{") -> Iterator[str]:
    """Give the lines of a block; a member that `fields` does not know is spelled by its habit.

    `nested` opens the members that have members: blocks of their own, or attributes as in newer providers.
    """
    yield f"{heading} {{"
    yield from _block(_arguments(tree, fields, nested), "  ")
    yield "}"


def module_of(address: str) -> str:
    """Write the module calls that an address leads through; empty in the root module."""
    modules = modules_of(address)
    return ".".join(f"module.{module.name}{shown(module.index)}" for module in modules).translate(CONTROLS)


def local(address: str) -> str:
    """Write an address as its own module does."""
    way = steps(address)[2 * len(modules_of(address)) :]
    return ".".join(f"{step.name}{'' if step.index is None else f'[{_hcl(step.index)}]'}" for step in way)


def native_of(type_: str) -> str:
    """Give the provider's name of a type; spelled by its habit where the table has none."""
    return next((native for native, kind in KINDS.items() if kind.type == type_), None) or snake(type_)


class _Argument(NamedTuple):
    """A member of a block: its value, and for nested members how to open, close and name them."""

    name: str
    value: Branch
    brackets: tuple[str, str]
    members: list["_Argument"]


def _arguments(tree: Tree, fields: Fields, nested: str) -> list[_Argument]:
    found: list[_Argument] = []
    for name, value in tree.items():
        spec = fields.get(name) or Spec(snake(name), {})
        own = spec.attribute or snake(name)
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            each = [argument for item in value for argument in _arguments({name: item}, fields, nested)]
            listed = {(ATTRIBUTE, "}"): ("= [{", "}]")}
            found += [argument._replace(brackets=listed.get(argument.brackets, argument.brackets)) for argument in each]
        elif not isinstance(value, dict):
            found.append(_Argument(own, value, ("", ""), []))
        elif spec.here:
            found += _arguments(value, spec.fields or {}, nested)
        elif spec.fields is None:
            # The provider takes a structure that it does not know as a text of JSON.
            found.append(_Argument(own, value, ("= jsonencode({", "})"), _entries(value)))
        else:
            switch = [_Argument(spec.switch, True, ("", ""), [])] if spec.switch else []
            found.append(_Argument(own, value, (nested, "}"), switch + _arguments(value, spec.fields, nested)))
    return found


def _entries(tree: Tree) -> list[_Argument]:
    return [
        _Argument(
            name if _IDENTIFIER.fullmatch(name) else _hcl_text(name),
            value,
            ("= {", "}"),
            _entries(value) if isinstance(value, dict) else [],
        )
        for name, value in tree.items()
    ]


def _block(members: list[_Argument], indent: str) -> Iterator[str]:
    """Give the members as `terraform fmt` writes them: single values first, with their signs in one column."""
    single = [(name, _hcl(value)) for name, value, _, _ in members if value is not None and not isinstance(value, dict)]
    width = max((len(name) for name, _ in single), default=0)
    for name, value in single:
        yield f"{indent}{name:<{width}} = {value}"
    for name, inner, brackets, nested in members:
        if inner is None:
            yield f"{indent}# remove {name}"
        elif isinstance(inner, dict):
            yield f"{indent}{name} {brackets[0]}"
            yield from _block(nested, indent + "  ")
            yield f"{indent}{brackets[1]}"


def _hcl(value: Code | RepairValue | list[Branch]) -> str:
    match value:
        case Code(text=text):
            return text
        case list():
            return f"[{', '.join(_hcl(item) for item in value if item is not None and not isinstance(item, dict))}]"
        case Made(type=type_, name=name, attribute=attribute):
            native = native_of(type_)
            if native in KINDS and attribute == "name":
                attribute = KINDS[native].name_attribute
            return f"{native}.{snake(name)}.{attribute}"
        case str():
            return _hcl_text(value)
        case _:
            return literal(value)


def _hcl_text(text: str) -> str:
    return quoted(text).replace("${", "$${").replace("%{", "%%{")


def snake(name: str) -> str:
    """Spell a name as the provider does."""
    return re.sub(r"\W+", "_", _HUMP.sub("_", name)).lower()
