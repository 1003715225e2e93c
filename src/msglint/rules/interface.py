"""What a rule is: one file, whose docstring is its documentation and whose one function is its judgement."""

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from msglint.finding import Candidate, Entry, Failure, Severity
from msglint.model.model import Model
from msglint.model.resource import ANY, Resource

Check = Callable[[Any, Model], Iterator[Candidate]]
Account = Callable[..., Iterator[Failure]]

RESERVED = "MSG"
"""How the codes of msglint's own rules begin, and no others."""


class Rule(msgspec.Struct, frozen=True):
    """A rule: its code, its severities (the first unless a candidate says otherwise), and what it judges."""

    code: str
    name: str
    severities: tuple[Severity, ...]
    each: tuple[type[Resource], ...]
    given: tuple[tuple[str, str], ...]
    since: str
    references: tuple[str, ...]
    check: Callable[..., Iterator[Any]]
    documentation: str

    def kind(self, type: str) -> type[Resource]:  # noqa: A002  # the field's own word
        """Give the kind of subject that a type of resource is; raises `KeyError` for one that is not asked."""
        kinds = {kind.KIND: kind for kind in self.each}
        return kinds[type] if type in kinds else kinds[ANY]

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.documentation.strip().splitlines()[0]


def rule(
    code: str,
    *severities: Severity,
    each: type[Resource] | tuple[type[Resource], ...],
    given: Mapping[type[Resource], str | tuple[str, ...]] | None = None,
    since: str,
    references: Sequence[str],
) -> Callable[[Check], Rule]:
    """Make a rule of a function of a subject and the Model that yields every candidate, decided or not.

    `each` names the kinds of resource that the rule is asked of; `given`, for some of them, the properties without any
    of which there is nothing to ask, so that the rule is not even loaded.
    """
    kinds = each if isinstance(each, tuple) else (each,)
    needed = {kind: names if isinstance(names, tuple) else (names,) for kind, names in (given or {}).items()}
    properties = tuple(sorted({(kind.KIND, name) for kind, names in needed.items() for name in names}))

    def make(check: Check) -> Rule:
        return _rule(code, severities, kinds, properties, since, references, check)

    return make


def report(code: str, severity: Severity, *, since: str, references: Sequence[str]) -> Callable[[Account], Rule]:
    """Make a rule of a function with which the engine says what it could not do itself."""

    def make(account: Account) -> Rule:
        return _rule(code, (severity,), (), (), since, references, account)

    return make


def _rule(
    code: str,
    severities: tuple[Severity, ...],
    each: tuple[type[Resource], ...],
    given: tuple[tuple[str, str], ...],
    since: str,
    references: Sequence[str],
    check: Any,
) -> Rule:
    module = check.__globals__
    documentation = module.get("__doc__") or (_docstring(module) if sys.flags.optimize > 1 else "")
    name = check.__name__.replace("_", "-")
    return Rule(code, name, severities, each, given, since, tuple(references), check, documentation)


def _docstring(module: Mapping[str, Any]) -> str:
    """Read what `python -OO` leaves out of a module from its file."""
    import ast  # noqa: PLC0415  # few run it so

    return ast.get_docstring(ast.parse(module["__loader__"].get_source(module["__name__"])), clean=False) or ""


def load(entry: Entry) -> Rule:
    """Load one rule: its module below `msglint.rules`, unless the entry holds it already."""
    if isinstance(entry.rule, Rule):
        return entry.rule
    found = getattr(importlib.import_module(f"msglint.rules.{entry.module}"), entry.name.replace("-", "_"))
    if not isinstance(found, Rule):
        raise TypeError(f"{entry.module} holds no rule {entry.name}")
    return found
