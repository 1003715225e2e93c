"""Repairs in HCL, with the provider's names and blocks."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msglint.finding import Made, RepairValue
from msglint.readers.terraform.address import modules_of, shown, steps
from msglint.readers.terraform.expressions import Spec
from msglint.readers.terraform.kinds import KINDS
from msglint.reports.tree import CONTROLS, Tree, literal, quoted

Fields = Mapping[str, Spec]

_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def terraform(native: str, address: str, tree: Tree) -> Iterator[str]:
    """Give the lines of a resource with the arguments that change."""
    modules = modules_of(address)
    if modules:
        yield "# " + ".".join(f"module.{module.name}{shown(module.index)}" for module in modules).translate(CONTROLS)
    way = steps(address)
    kind = KINDS.get(native)
    yield f"resource {_hcl_text(native)} {_hcl_text(way[-1].name if way else address)} {{"
    yield from _block(_arguments(tree, kind.fields if kind is not None else {}), "  ")
    yield "}"


class _Argument(NamedTuple):
    """A member of a block: its value, and for nested members how to open, close and name them."""

    name: str
    value: "Tree | RepairValue | None"
    brackets: tuple[str, str]
    members: list["_Argument"]


def _arguments(tree: Tree, fields: Fields) -> list[_Argument]:
    found: list[_Argument] = []
    for name, value in tree.items():
        spec = fields.get(name) or Spec(_snake(name), {})
        own = spec.attribute or _snake(name)
        if not isinstance(value, dict):
            found.append(_Argument(own, value, ("", ""), []))
        elif spec.here:
            found += _arguments(value, spec.fields or {})
        elif spec.fields is None:
            # The provider takes a structure that it does not know as a text of JSON.
            found.append(_Argument(own, value, ("= jsonencode({", "})"), _entries(value)))
        else:
            switch = [_Argument(spec.switch, True, ("", ""), [])] if spec.switch else []
            found.append(_Argument(own, value, ("{", "}"), switch + _arguments(value, spec.fields)))
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
    single = [(member.name, _hcl(member.value)) for member in members if isinstance(member.value, str | int | Made)]
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


def _hcl(value: RepairValue) -> str:
    match value:
        case Made(type=type_, name=name, attribute=attribute):
            native = next((native for native, kind in KINDS.items() if kind.type == type_), None)
            if native is not None and attribute == "name":
                attribute = KINDS[native].name_attribute
            return f"{native or _snake(type_)}.{_snake(name)}.{attribute}"
        case str():
            return _hcl_text(value)
        case _:
            return literal(value)


def _hcl_text(text: str) -> str:
    return quoted(text).replace("${", "$${").replace("%{", "%%{")


def _snake(name: str) -> str:
    return re.sub(r"\W+", "_", _HUMP.sub("_", name)).lower()
