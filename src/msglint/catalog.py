"""All rules, found by walking their package; and the index by which a run loads only those that it needs."""

import importlib
import pkgutil
from collections.abc import Iterator

from msglint.rules.interface import Rule


def rules() -> tuple[Rule, ...]:
    """Load every rule, in the order of their codes. For documentation, hosts and tests: a run uses the index."""
    return tuple(sorted(_found(), key=lambda rule: rule.code))


def _found() -> Iterator[Rule]:
    import msglint.rules  # noqa: PLC0415  # walked only here

    for module in pkgutil.walk_packages(msglint.rules.__path__, "msglint.rules."):
        if not module.ispkg and module.name.count(".") == 3:  # msglint.rules.<group>.<rule>
            loaded = importlib.import_module(module.name)
            yield from (value for value in vars(loaded).values() if isinstance(value, Rule))


def index() -> str:
    """Write the text of `rules/index.py`."""
    lines = [
        '"""The rules, by what they are asked of. Written by `make docs`; a test fails when it is out of date."""',
        "",
        "from typing import NamedTuple",
        "",
        "",
        "class Entry(NamedTuple):",
        '    """One rule, before its module is loaded."""',
        "",
        "    code: str",
        "    name: str",
        "    module: str",
        "    kinds: tuple[str, ...]",
        "    severities: tuple[str, ...]",
        "    summary: str",
        "",
        "",
        "RULES = (",
    ]
    for rule in rules():
        module = rule.check.__module__.removeprefix("msglint.rules.")
        severities = tuple(severity.value for severity in rule.severities)
        lines.append("    Entry(")
        lines += [f"        {_quoted(value)}," for value in (rule.code, rule.name, module)]
        lines += [f"        {_tuple(values)}," for values in (tuple(kind.KIND for kind in rule.each), severities)]
        lines += [f"        {_quoted(rule.summary)},", "    ),"]
    return "\n".join([*lines, ")", ""])


def _tuple(values: tuple[str, ...]) -> str:
    return f"({', '.join(map(_quoted, values))}{',' if len(values) == 1 else ''})"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
