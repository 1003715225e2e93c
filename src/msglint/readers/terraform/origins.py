"""Where the text of a plan's value comes from: the configuration, variables, secret sources.

A plan lists what an expression names, and knows the values of most of that. So a part of the text that is the value of
a variable is taken to come from it, and the rest is written in the configuration, if nothing else may flow there.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from msglint.model.disclosure import Source, Sourced, Traced, Way
from msglint.model.text import Symbol, Text
from msglint.readers.terraform.address import Step, roots, steps
from msglint.readers.terraform.plan import Instance, Json, Path, Plan
from msglint.readers.terraform.references import DEEPEST, References, Where, referenced
from msglint.readers.terraform.sensitive import texts
from msglint.source import Place
from msglint.verdict import PARAMETER, Doubt, Lookup, Reason

SHORTEST = 4  # a shorter text is found inside others by chance

_NEUTRAL = frozenset({"count", "path", "terraform", "self"})
_SECRET_TYPES = ("aws_secretsmanager_", "aws_iam_access_key", "aws_kms_")
_PLAIN_DATA = re.compile(
    r"aws_(?:caller_identity|region|partition|availability_zones?|vpcs?|subnets?|security_groups?|ami|iam_policy_document"
    r"|iam_role|mq_broker|msk_cluster|msk_bootstrap_brokers|sqs_queue|sns_topic|kinesis_stream|kms_key|kms_alias"
    r"|s3_bucket|ecr_repository|ecs_cluster)"
)
"""Data sources that hold nothing secret."""


class Origin(msgspec.Struct, frozen=True):
    """One thing that an expression names. `source` is None for what holds no secret, such as an ARN."""

    source: Source | None
    value: Any = None
    sensitive: bool = False


class Origins:
    """Follows the expressions of one plan to where their values come from."""

    __slots__ = ("_plan", "_references")

    def __init__(self, plan: Plan, references: References) -> None:
        self._plan = plan
        self._references = references

    def trace(self, text: str, path: Path, expression: Any, where: Where) -> Traced:
        """Give a text of the plan with what flows into it left as symbols."""
        at = self._plan.place(path)
        if expression is None:
            return Traced(Text.literal(text), at, _unclear("the plan does not say what it is made of", at))
        found = [origin for origin in self._of(expression, where, at, 0) if origin.source is not None]
        known = [
            (leaf, Sourced.of(each.source, leaf))
            for each in found
            if each.source
            for leaf in _leaves(each.value)
            if leaf in text  # of a resource with thousands of instances hardly any is
        ]
        written, there = placed(text, known)
        sources = {symbol.source for symbol in there}
        # What is sensitive marks all that is made of it.
        open_ = self._marked(path) is False
        lost = next(
            (
                origin.source
                for origin in found
                if origin.source not in sources
                and origin.source is not None
                and (origin.source.way is None)
                and not (open_ and origin.sensitive)
            ),
            None,
        )
        doubt = _unclear(f"it is made of {lost.name}; only the .tf source says how", at) if lost is not None else None
        return Traced(written, at, doubt)

    def unknown(self, at: Place, expression: Any, where: Where, *, alone: bool) -> Traced:
        """Give a text that is known only after the apply: made of a secret source, or of nobody knows what.

        `alone`: the expression is that of this text, and of no others beside it.
        """
        sources = [origin.source for origin in self._of(expression, where, at, 0)] if expression is not None else []
        secret = (source for source in sources if source is not None and source.way is None and source.doubt is None)
        only = next(secret, None) if alone else None
        if only is None:
            names = roots(referenced(expression))
            doubt = _unclear(f"known only after the apply (made of {names[0] if names else 'something'})", at)
            only = Source(doubt.text, at, doubt=doubt)
        return Traced(Text.of(Sourced.of(only)), at)

    def of_attribute(self, instance: Instance, name: str, at: Place) -> Origin:
        """Give where an attribute of one resource or data source comes from."""
        shown, values = f"{instance.address}.{name}", [instance.values]
        if instance.managed:
            return _of_resource(shown, instance.type, (name,), values, at)
        return self._of_data(shown, instance.type, values, at)

    def _of_data(self, name: str, type_: str, values: Sequence[Json], at: Place) -> Origin:
        """Give where what a data source reads comes from; `name` is what an expression says of it."""
        if type_ == "aws_ssm_parameter":
            return _of_parameter(name, values, self._references.secure, at)
        if _PLAIN_DATA.fullmatch(type_):
            return Origin(None)
        return Origin(Source(name, at), values, sensitive=type_.startswith(_SECRET_TYPES))

    def _of(self, expression: Any, where: Where, at: Place, depth: int) -> Iterator[Origin]:
        if depth > DEEPEST:
            yield Origin(_unfollowed("what lies too deep", at))
            return
        names = roots(referenced(expression))
        for name in names:
            yield from self._named(name, steps(name), names, where, at, depth)

    def _named(
        self, name: str, way: tuple[Step, ...], beside: tuple[str, ...], where: Where, at: Place, depth: int
    ) -> Iterator[Origin]:
        match [step.name for step in way]:
            case ["var", _, *_]:
                yield from self._variable(way, where, at, depth)
            case ["each", *_]:
                each = roots(referenced(where.each))
                inner = Where(where.modules, where.index, where.keys)
                for source in each:
                    # What for_each is made of has for the same keys what belongs to the same keys.
                    yield from self._named(source, steps(source), (*each, name), inner, at, depth + 1)
            case ["module", called, output, *_]:
                yield from self._output(called, output, name, where, at, depth)
            case ["data", type_, local, *_]:
                yield self._of_data(name, type_, self._values(where, f"data.{type_}.{local}", way[2], beside), at)
            case [first, *_] if first in _NEUTRAL:
                yield Origin(None)
            case ["local", *_]:
                yield Origin(_unfollowed(name, at))
            case ["ephemeral", *_]:
                yield Origin(Source(name, at), None, sensitive=True)
            case [type_, local, *rest] if "_" in type_:
                yield _of_resource(name, type_, rest, self._values(where, f"{type_}.{local}", way[1], beside), at)
            case _:
                yield Origin(_unfollowed(name, at))

    def _variable(self, way: tuple[Step, ...], where: Where, at: Place, depth: int) -> Iterator[Origin]:
        name = way[1].name
        outer = where.modules[:-1]
        if where.modules:
            module = self._plan.module(outer)
            call = where.modules[-1]
            called = module.calls.get(call.name, {}) if module is not None else {}
            arguments = called.get("expressions")
            if isinstance(arguments, dict) and name in arguments:
                inner = Where(outer, call.index, each=called.get("for_each_expression"))
                yield from self._of(arguments[name], inner, at, depth + 1)
            # Else it is the default that the module's own configuration gives.
            return
        path: Path = ("configuration", "root_module", "variables", name)
        declared = self._plan.at(path)
        given = self._plan.at(("variables", name))
        keys = _keys(way[1:])
        default = _below(_member(declared, "default"), keys)
        value = _below(_member(given, "value"), keys)
        sensitive = _member(declared, "sensitive") is True
        shown = ".".join(step.name for step in way)
        if default in (None, "") or default != value:
            yield Origin(Source(shown, at), value, sensitive)
            return
        at = self._plan.place((*path, "default", *keys))
        said = Text.literal(default) if isinstance(default, str) else None
        yield Origin(Source(shown, at, Way.DEFAULT, default=said), value, sensitive)

    def _output(self, called: str, output: str, name: str, where: Where, at: Place, depth: int) -> Iterator[Origin]:
        module = self._plan.modules.get((*(step.name for step in where.modules), called))
        if module is None or output not in module.outputs:
            yield Origin(_unfollowed(name, at))
            return
        inner = Where((*where.modules, Step(called)))
        yield from self._of(module.outputs[output].get("expression"), inner, at, depth + 1)

    def _values(self, where: Where, local: str, step: Step, beside: tuple[str, ...]) -> Sequence[Json]:
        return [each.values for each in self._references.picked(where.modules, local, step.index, beside, where)]

    def _marked(self, path: Path) -> bool | None:
        """Say whether the plan marks a value as sensitive; None where it does not tell."""
        if "values" not in path:
            return None
        index = path.index("values")
        mask = _member(self._plan.at(path[:index]), "sensitive_values")
        if mask is None:
            return None
        for key in path[index + 1 :]:
            if isinstance(mask, bool):
                break
            mask = _below(mask, (key,))
        return mask is True or (mask is not None and mask is not False and bool(mask))


def _of_parameter(name: str, values: Sequence[Json], secure: Mapping[str, bool], at: Place) -> Origin:
    """Give where the value of a parameter of Systems Manager comes from: a secret, or what stands there in the open."""
    kinds = {str(each.get("type")) for each in values}
    called = [str(each["name"]) for each in values if each.get("name")]
    told = {secure.get(each) for each in called}
    if kinds == {"SecureString"} or told == {True}:
        return Origin(Source(name, at), values, sensitive=True)
    if (kinds and kinds <= {"String", "StringList"}) or told == {False}:
        return Origin(Source(name, at, Way.STORED), values, sensitive=True)
    lookups = tuple(Lookup(PARAMETER, each) for each in dict.fromkeys(called))
    doubt = Reason(Doubt.OUTSIDE, f"whether {_local(name)} is a SecureString is not known", at, lookups)
    return Origin(Source(name, at, doubt=doubt), values, sensitive=True)


def _of_resource(name: str, type_: str, rest: Sequence[str], values: Sequence[Json], at: Place) -> Origin:
    """Give where an attribute of a resource comes from; `rest` are the steps behind the resource."""
    secret = type_.startswith(_SECRET_TYPES)
    if type_.startswith("aws_") and not (secret and "arn" not in rest and "id" not in rest):
        return Origin(None)
    return Origin(Source(name, at), values, sensitive=secret or type_ == "random_password")


def _local(name: str) -> str:
    return name.rpartition(".")[0] or name


def placed(text: str, known: Iterable[tuple[str, Sourced]]) -> tuple[Text, set[Sourced]]:
    """Put symbols where a text holds what they stand for, the longest first; give those that it holds too."""
    pieces: list[str | Symbol] = [text]
    there: set[Sourced] = set()
    for leaf, symbol in sorted(known, key=lambda pair: -len(pair[0])):
        if leaf != text and len(leaf) < SHORTEST:
            continue
        split: list[str | Symbol] = []
        for piece in pieces:
            if isinstance(piece, Symbol) or leaf not in piece:
                split.append(piece)
                continue
            there.add(symbol)
            for number, rest in enumerate(piece.split(leaf)):
                split += [symbol, rest] if number else [rest]
        pieces = split
    return Text.of(*pieces), there


def _leaves(value: Any) -> Iterator[str]:
    """Give the texts in a value, also those in a text of JSON."""
    for text in texts(value):
        yield text
        if text.lstrip().startswith(("{", "[")):
            try:
                inner = json.loads(text)
            except (ValueError, RecursionError):
                continue
            yield from _leaves(inner)


def _keys(way: tuple[Step, ...]) -> tuple[str | int, ...]:
    found: list[str | int] = []
    for number, step in enumerate(way):
        if number:
            found.append(step.name)
        if step.index is not None:
            found.append(step.index)
    return tuple(found)


def _below(value: Any, keys: Sequence[str | int]) -> Any:
    for key in keys:
        match value, key:
            case dict(), str():
                value = value.get(key)
            case list(), int() if key < len(value):
                value = value[key]
            case _:
                return None
    return value


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _unclear(text: str, at: Place) -> Reason:
    return Reason(Doubt.NOT_UNDERSTOOD, text, at)


def _unfollowed(name: str, at: Place) -> Source:
    return Source(name, at, doubt=_unclear(f"it is made of {name}; only the .tf source says how", at))
