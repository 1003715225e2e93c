"""What an expression names, said as terraform says it in the `references` of a plan's `configuration`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from msglint.source.hcl.nodes import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Listed,
    Literal,
    Mapped,
    Member,
    Name,
    Repeat,
    Splat,
    Template,
    Unary,
)

# What stands before the type and the name of a resource; `resource` itself is not said again.
_MODES = frozenset({"data", "ephemeral", "list", "action", "resource"})
_RESERVED = frozenset({"template", "lazy", "arg"})
_SINGLE = frozenset({"count", "each", "local", "path", "terraform", "var"})

_Steps = list[str]
"""A name and what follows it, each as it is said: `.arn`, `[0]`, `["key"]`."""


def references(expression: Expression, bound: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Give the list that terraform gives, in its order and with what is named twice; `bound`: names of iterators.

    Each thing that is named is followed by its beginnings, down to the resource, variable, local value or module:
    `aws_sqs_queue.q[0].arn`, `aws_sqs_queue.q[0]`, `aws_sqs_queue.q`. What is bound by a `for` is not named, and behind
    an index that must be calculated first, no more is said: `q[each.key].arn` is `q` and `each.key`.
    """
    return tuple(said for steps in _named(expression, bound) for said in _said(steps))


def _named(expression: Expression, bound: frozenset[str]) -> Iterator[_Steps]:
    match expression:
        case Name(name=name):
            if name not in bound:
                yield [name]
        case Member(of=of):
            steps = _steps(expression)
            if steps is None:
                yield from _named(of, bound)
            elif steps[0] not in bound:
                yield steps
        case Index(of=of, key=index):
            steps = _steps(expression)
            if steps is None:
                yield from _all((of, index), bound)
            elif steps[0] not in bound:
                yield steps
        case Splat(of=of, each=each):
            yield from _all((of, each), bound)
        case Call(arguments=parts) | Listed(items=parts) | Template(parts=parts):
            yield from _all(parts, bound)
        case Mapped(items=items):
            for pair in items:
                yield from _all(pair, bound)
        case Conditional(condition=condition, yes=yes, no=no):
            yield from _all((condition, yes, no), bound)
        case Binary(left=left, right=right):
            yield from _all((left, right), bound)
        case Unary(operand=operand):
            yield from _named(operand, bound)
        case For(key=key, value=value, source=source):
            yield from _named(source, bound)
            inside = (expression.result_key, expression.result, expression.condition)
            yield from _all([part for part in inside if part is not None], bound | {value, key or value})
        case Repeat(key=key, value=value, source=source, body=body):
            yield from _named(source, bound)
            yield from _named(body, bound | {value, key or value})


def _all(expressions: Iterable[Expression], bound: frozenset[str]) -> Iterator[_Steps]:
    for expression in expressions:
        yield from _named(expression, bound)


def _steps(expression: Expression) -> _Steps | None:
    """Give a way that can be said in advance: names and written keys behind a name."""
    steps: _Steps = []
    while not isinstance(expression, Name):
        match expression:
            case Member(name=name):
                steps.append(f".{name}" if isinstance(name, str) else f"[{name}]")
            case Index(key=Literal(value=str() as key)):
                steps.append(f"[{json.dumps(key, ensure_ascii=False)}]")
            case Index(key=Literal(value=int() | float() as key)) if not isinstance(key, bool):
                steps.append(f"[{key}]")
            case _:
                return None
        # What stands in parentheses is a value of its own.
        if expression.of.at.start != expression.at.start:
            return None
        expression = expression.of
    return [expression.name, *reversed(steps)]


def _said(steps: _Steps) -> Iterator[str]:
    if steps[0] in _RESERVED:
        return
    if steps[0] == "resource":
        steps = [step.removeprefix(".") for step in steps[1:2]] + steps[2:]
    # How many steps name the thing itself.
    own = 1 if steps[:1] == ["self"] else 3 if steps[:1] and steps[0] in _MODES else 2
    if len(steps) < own or any(step[0] == "[" for step in steps[:own]):
        return
    keyed = len(steps) > own and steps[own][0] == "["
    without = own
    if steps[0] == "module":
        own += keyed
        if len(steps) > own:
            without = own
            own += 1
    elif steps[0] != "self" and steps[0] not in _SINGLE:
        own += keyed
    for size in range(len(steps), own - 1, -1):
        yield "".join(steps[:size])
    if without < own:
        yield "".join(steps[:without])
