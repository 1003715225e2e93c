"""Repairs of what stands in somebody else's module: the user's call of it, with the arguments to give."""

from collections.abc import Iterator, Mapping
from typing import Any

from msglint.model.expression import Fields, Given, Items, Shape
from msglint.model.text import Alphabet, Symbol, Text
from msglint.model.value import Known
from msglint.readers.terraform.evaluation.arguments import NEEDLESS, Arguments, Form, Passed, Setting
from msglint.readers.terraform.part import TerraformPart
from msglint.readers.terraform.plan import Modules
from msglint.reports.hcl import ATTRIBUTE, ATTRIBUTES, BLOCK, Argument, calls, entries, lines, single, text
from msglint.reports.tree import Branch, Code, Tree
from msglint.source import Place

Way = tuple[str, ...]
_NESTED = {BLOCK, ATTRIBUTE, ATTRIBUTES}
_Nested = dict[str | int, Any]


def through_call(
    part: TerraformPart, address: str, members: list[Argument], module: str, at: Place | None = None
) -> tuple[list[str], list[Argument], str]:
    """Give the calls that set what they can, what is left to set inside the module, and what to say of that.

    What stands in a module of the user's own is set there, unless the module makes it of what each call gives.
    Of several blocks the one is meant whose value is at `at`.
    """
    world, instance = part.world, part.plan.instances.get(address)
    scope = world.scope(instance.modules) if world is not None and instance is not None else None
    if world is None or instance is None or scope is None:
        return [], members, module
    leaves = sorted(_leaves(members, ()), key=lambda each: each[1] is None)
    arguments = Arguments(world, instance, at)
    if scope.outer is None and not arguments.are_apart(way for way, _ in leaves):
        return [], members, module
    given: dict[Modules, list[tuple[Passed, Branch]]] = {}
    left: set[Way] = set()
    barred: set[str] = set()
    # What is taken away may be gone when the rest is set.
    for way, value in leaves:
        found = arguments.find(Setting(way, _shape(value, part.plan.place(instance.path))))
        if not isinstance(found, Passed):
            left.add(way)
            barred.add(_barred(found.modules, module) if found.certain and scope.outer is not None else module)
        elif found is not NEEDLESS:
            given.setdefault(found.modules, []).append((found, value))
    written = [line for modules, passed in given.items() for line in _call(modules, passed)]
    return written, _only(members, left, ()), barred.pop() if len(barred) == 1 else module


def _barred(modules: Modules, module: str) -> str:
    called = calls(modules)
    if called == module:
        return f"{module} has no argument that sets this; inside the module it would be:"
    return f"{called} gives its own modules nothing that sets this; inside {module} it would be:"


def _leaves(members: list[Argument], way: Way) -> Iterator[tuple[Way, Branch]]:
    for member in members:
        here = (*way, member.name)
        if member.brackets[0] in _NESTED:
            yield from _leaves(member.members, here)
        else:
            yield here, member.value


def _only(members: list[Argument], left: set[Way], way: Way) -> list[Argument]:
    """Give the members that are left."""
    found: list[Argument] = []
    for member in members:
        here = (*way, member.name)
        if member.brackets[0] in _NESTED:
            inner = _only(member.members, left, here)
            found += [member._replace(members=inner)] if inner else []
        elif here in left:
            found.append(member)
    return found


def _shape(value: Branch, at: Place) -> Shape | None:
    """Give a value as the evaluator has it; a reference is one that equals nothing else."""
    match value:
        case None:
            return None
        case dict():
            parts = {name: _shape(part, at) for name, part in value.items()}
            return Fields({name: Given(part) for name, part in parts.items() if part is not None}, at)
        case list():
            items = (_shape(part, at) for part in value)
            return Items(tuple(Given(item) for item in items if item is not None), at)
        case bool() | int():
            return Known(value, at)
        case str():
            return Known(Text.literal(value), at)
        case _:
            written = single(value)
            return Known(Text.of(Symbol(("repair", written), Alphabet.OPAQUE, f"${{{written}}}", fresh=True)), at)


def _call(modules: Modules, passed: list[tuple[Passed, Branch]]) -> Iterator[str]:
    """Give the lines of a call with the arguments to give."""
    outer = calls(modules[:-1])
    if outer:
        yield f"# {outer}"
    nested: _Nested = {}
    labels: dict[tuple[str | int, ...], tuple[str, str]] = {}
    members: list[Argument] = []
    for found, value in passed:
        labels.update(found.labels)
        here = nested
        for step in found.way[:-1]:
            here = here.setdefault(step, {})
        match found.form:
            case Form.NULL:
                here[found.way[-1]] = Code("null")
            case Form.ENCODED if isinstance(value, dict) and len(found.way) == 1:
                members.append(Argument(str(found.way[0]), value, ("= jsonencode({", "})"), entries(value)))
            case Form.ENCODED if isinstance(value, dict):
                here[found.way[-1]] = Code(
                    "jsonencode({ " + ", ".join(f"{n} = {single(v)}" for n, v in value.items()) + " })"
                )
            case _:
                here[found.way[-1]] = value
    yield f"module {text(modules[-1].name)} {{"
    yield from lines([*entries(_tree(nested, (), labels)), *members], "  ")
    yield "}"


def _tree(nested: _Nested, way: tuple[str | int, ...], labels: Mapping[tuple[str | int, ...], tuple[str, str]]) -> Tree:
    found: Tree = {}
    for step, value in nested.items():
        here = (*way, step)
        if not isinstance(value, dict):
            found[str(step)] = value
        elif value and all(isinstance(inner, int) for inner in value):
            found[str(step)] = [_element(part, (*here, inner), labels) for inner, part in value.items()]
        else:
            found[str(step)] = _tree(value, here, labels)
    return found


def _element(
    nested: _Nested, way: tuple[str | int, ...], labels: Mapping[tuple[str | int, ...], tuple[str, str]]
) -> Branch:
    """Give an element of a list with what tells it from others."""
    name, label = labels.get(way, ("", ""))
    inner = _tree(nested, way, labels)
    return {name: label, **inner} if name else inner
