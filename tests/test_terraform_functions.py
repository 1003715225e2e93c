"""Terraform's functions, operators and types: what msglint makes of them is what Terraform makes of them.

The answers under fixtures/readers/terraform_console are Terraform's own; MSGLINT_ACCEPT=1 asks again.
"""

import json
import os
from pathlib import Path

import pytest

from msglint.model.expression import Fields, Given, Items, Shape
from msglint.model.text import Text
from msglint.model.value import Known, Unknown
from msglint.readers.terraform.functions import EvaluationError, call, encoded
from msglint.readers.terraform.operators import operate, operate_alone
from msglint.readers.terraform.types import conform, constant
from msglint.source import Document, hcl
from terraform_console import REFUSED, TERRAFORM, ask, ask_variable

ANSWERS = Path(__file__).parent / "fixtures/readers/terraform_console"
ACCEPT = os.environ.get("MSGLINT_ACCEPT") == "1"
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="terraform is not on the path")


def read(expression: str) -> hcl.Expression:
    return hcl.read_hcl(Document("main.tf", f"x = {expression}\n")).attributes["x"].expression


def evaluate(expression: hcl.Expression) -> Shape:
    at = expression.at
    match expression:
        case hcl.Listed(items=items):
            return Items(tuple(Given(evaluate(item)) for item in items), at)
        case hcl.Mapped(items=members):
            named = [(name.value, value) for name, value in members if isinstance(name, hcl.Literal)]
            return Fields({str(name): Given(evaluate(value)) for name, value in named}, at)
        case hcl.Template(parts=parts):
            return call("join", [Known(Text.literal(""), at), Items(tuple(Given(evaluate(x)) for x in parts), at)], at)
        case hcl.Unary(operator=operator, operand=operand):
            return operate_alone(operator, evaluate(operand), at)
        case hcl.Binary(operator=operator, left=left, right=right):
            return operate(operator, evaluate(left), evaluate(right), at)
        case hcl.Call(name=name, arguments=arguments, expand=expand):
            given: list[Shape] = [evaluate(argument) for argument in arguments]
            if expand:
                rest = given.pop()
                assert isinstance(rest, Items)
                given += [part.shape() for part in rest.items]
            return call(name, given, at)
        case _:
            return constant(expression)


def said(expression: hcl.Expression, type_: hcl.Expression | None = None) -> str:
    """Write what msglint makes of an expression: its JSON, that it is refused, or why it is not known."""
    try:
        shape = evaluate(expression) if type_ is None else conform(evaluate(expression), type_, expression.at)
    except EvaluationError:
        return REFUSED
    answer = encoded(shape)
    if answer is not None:
        return str(answer)
    return f"unknown: {shape.reason.text if isinstance(shape, Unknown) else 'a part of it'}"


def table(name: str) -> dict[str, str]:
    answers: dict[str, str] = json.loads((ANSWERS / name).read_text())
    return answers


def write(name: str, answers: dict[str, str]) -> None:
    (ANSWERS / name).write_text(json.dumps(answers, indent=0, ensure_ascii=False) + "\n")


TABLES = ["functions.json", "operators.json", "regex.json", "types.json"]


def heard(case: str) -> str:
    """Write what msglint makes of an expression, or of a type and a value for it."""
    type_, arrow, value = case.partition(" <- ")
    return said(read(value), read(type_)) if arrow else said(read(case))


@pytest.mark.parametrize("name", TABLES)
def test_answers(name: str) -> None:
    """What msglint does not know it says; unknown.json lists it, so that nothing else is."""
    listed = table("unknown.json")
    heard_here = {case: (answer, heard(case)) for case, answer in table(name).items()}
    unknown = {case: mine for case, (answer, mine) in heard_here.items() if mine.startswith("unknown")}
    wrong = {case: pair for case, pair in heard_here.items() if case not in unknown and pair[0] != pair[1]}
    if ACCEPT:
        others = {case: mine for case, mine in listed.items() if case not in heard_here}
        write("unknown.json", dict(sorted({**others, **unknown}.items())))
    assert not wrong
    assert ACCEPT or unknown == {case: mine for case, mine in listed.items() if case in heard_here}


@needs_terraform
@pytest.mark.parametrize("name", TABLES[:-1])
def test_terraform_answers_so(name: str, tmp_path: Path) -> None:
    answers = table(name)
    asked = dict(zip(answers, ask(list(answers), tmp_path), strict=True))
    if ACCEPT:
        write(name, asked)
    else:
        assert asked == answers


@needs_terraform
@pytest.mark.slow
def test_terraform_converts_so(tmp_path: Path) -> None:
    answers = table("types.json")
    asked = {case: ask_variable(*case.split(" <- "), tmp_path) for case in answers}
    if ACCEPT:
        write("types.json", asked)
    else:
        assert asked == answers
