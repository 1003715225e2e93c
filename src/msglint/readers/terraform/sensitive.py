"""What a plan marks as sensitive: what no report may show.

https://developer.hashicorp.com/terraform/internals/json-format
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msglint.model.expression import Items
from msglint.source import Place

if TYPE_CHECKING:
    from msglint.readers.terraform.evaluation.written import Written

from msglint.readers.terraform.references import leaves

_SECTIONS = ("planned_values", "prior_state", "resource_changes", "resource_drift", "output_changes")
"""What holds values with marks."""
_MARKS = {"values": "sensitive_values", "before": "before_sensitive", "after": "after_sensitive"}
_KEYS = re.compile(r"passw|secret|token|access_key|private_key", re.IGNORECASE)
_SILENT = frozenset({"after_unknown", *_MARKS.values()})
"""They hold no texts."""
_COLLECTIONS = (dict, list)
_TELLING = re.compile(r"passw|pwd|secret|token|key|credential|auth", re.IGNORECASE)


def sensitive(plan: Any) -> frozenset[str]:
    """Give the texts of a plan that are marked as sensitive, and those of sensitive variables and providers' keys."""
    found: set[str] = set()
    stack = [plan.get(section) for section in _SECTIONS]
    while stack:
        here = stack.pop()
        if isinstance(here, list):
            stack += here
        elif isinstance(here, dict):
            for name, part in here.items():
                mark = here.get(_MARKS[name]) if name in _MARKS else None
                if mark is not None:
                    found.update(_marked(part, mark))
                elif isinstance(part, _COLLECTIONS) and name not in _SILENT:
                    stack.append(part)
            if here.get("sensitive") is True:
                found.update(texts(here.get("value")))
    configuration = _mapping(plan.get("configuration"))
    for provider in _mapping(configuration.get("provider_config")).values():
        for path, expression in leaves(_mapping(provider).get("expressions")):
            if any(map(_KEYS.search, path)):
                found.update(texts(expression.get("constant_value")))
    root = _mapping(configuration.get("root_module"))
    declared = _mapping(root.get("variables"))
    for name, given in _mapping(plan.get("variables")).items():
        if _mapping(declared.get(name)).get("sensitive") is True:
            found.update(texts(_mapping(given).get("value")))
    for variable in _variables(root):
        if variable.get("sensitive") is True:
            found.update(texts(variable.get("default")))
    return frozenset(found)


def _variables(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the variables that a module of a configuration declares, and those of the modules that it calls."""
    stack = [root]
    while stack:
        module = stack.pop()
        yield from map(_mapping, _mapping(module.get("variables")).values())
        stack += (_mapping(_mapping(call).get("module")) for call in _mapping(module.get("module_calls")).values())


def marks(plan: Any) -> Iterator[tuple[str, Any]]:
    """Give what is marked as sensitive in the resources of a plan, by their addresses."""
    changes = plan.get("resource_changes")
    for change in changes if isinstance(changes, list) else ():
        address, mark = _mapping(change).get("address"), _mapping(_mapping(change).get("change")).get("after_sensitive")
        if isinstance(address, str) and mark:
            yield address, mark
    stack = [_mapping(plan.get("planned_values")).get("root_module")]
    while stack:
        module = _mapping(stack.pop())
        for resource in _list(module.get("resources")):
            address, mark = _mapping(resource).get("address"), _mapping(resource).get("sensitive_values")
            if isinstance(address, str) and mark:
                yield address, mark
        stack += _list(module.get("child_modules"))


def written_under(written: "Written", mark: Any) -> Iterator[Place]:
    """Give the places in `.tf` files of what is marked; of a whole block what a name tells to be secret."""
    from msglint.readers.terraform.evaluation.written import Argument, WrittenBlock, WrittenBlocks, member  # noqa: PLC0415

    match written, mark:
        case WrittenBlocks(blocks=blocks), list():
            # A set of blocks stands in the plan in an order of its own.
            yield from (place for block in blocks for each in mark for place in written_under(block, each))
        case WrittenBlocks(blocks=blocks), _:
            yield from (place for block in blocks for place in written_under(block, mark))
        case WrittenBlock(), True:
            for inner in written.names():
                own = written.member(inner)
                if own is not None and (isinstance(own, WrittenBlocks) or _TELLING.search(inner)):
                    yield from written_under(own, True)
        case Argument(), True:
            yield from (written.value.at, written.value.shape().at)
        case _, True:
            yield from (written.at, written.shape().at)
        case _, dict():
            for inner, below in mark.items():
                part = member(written, inner)
                if part is not None:
                    yield from written_under(part, below)
        case _, list():
            shape = written.shape()
            for element, below in zip(shape.items if isinstance(shape, Items) else (), mark, strict=False):
                yield from written_under(element, below)
        case _:
            return


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _marked(value: Any, mark: Any) -> Iterator[str]:
    if not mark:
        return
    if mark is True and isinstance(value, dict | list):
        # Providers mark a whole block for one secret in it: a user's name is none.
        yield from (text for name, text in _named(value, "") if _TELLING.search(name))
    elif mark is True:
        yield from texts(value)
    elif isinstance(mark, dict) and isinstance(value, dict):
        for name, inner in mark.items():
            if inner:
                yield from _marked(value.get(name), inner)
    elif isinstance(mark, list) and isinstance(value, list):
        for part, inner in zip(value, mark, strict=False):
            yield from _marked(part, inner)


def _named(value: Any, name: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, part in value.items():
                yield from _named(part, key)
        case list():
            for part in value:
                yield from _named(part, name)
        case str() if value:
            yield name, value
        case _:
            return


def texts(value: Any) -> Iterator[str]:
    """Give the texts in a value, and none that are empty."""
    stack = [value]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            stack += here.values()
        elif isinstance(here, list):
            stack += here
        elif isinstance(here, str) and here:
            yield here


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
