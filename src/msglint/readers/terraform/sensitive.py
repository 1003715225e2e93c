"""What a plan marks as sensitive: what no report may show.

https://developer.hashicorp.com/terraform/internals/json-format
"""

import re
from collections.abc import Iterator
from typing import Any

from msglint.readers.terraform.references import leaves

_MARKS = {"values": "sensitive_values", "before": "before_sensitive", "after": "after_sensitive"}
_KEYS = re.compile(r"passw|secret|token|access_key|private_key", re.IGNORECASE)
_TELLING = re.compile(r"passw|pwd|secret|token|key|credential|auth", re.IGNORECASE)


def sensitive(plan: Any) -> frozenset[str]:
    """Give the texts of a plan that are marked as sensitive, and those of sensitive variables and providers' keys."""
    found: set[str] = set()
    stack = [plan.get("planned_values"), plan.get("prior_state"), plan.get("resource_changes")]
    while stack:
        here = stack.pop()
        if isinstance(here, list):
            stack += here
        elif isinstance(here, dict):
            for name, part in here.items():
                mark = here.get(_MARKS[name]) if name in _MARKS else None
                if mark is not None:
                    found.update(_marked(part, mark))
                elif isinstance(part, dict | list):
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
    return frozenset(found)


def _marked(value: Any, mark: Any) -> Iterator[str]:
    if mark is True and isinstance(value, dict | list):
        # Providers mark a whole block for one secret in it: a user's name is none.
        yield from (text for name, text in _named(value, "") if _TELLING.search(name))
    elif mark is True:
        yield from texts(value)
    elif isinstance(mark, dict) and isinstance(value, dict):
        for name, inner in mark.items():
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
