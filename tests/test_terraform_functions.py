"""Terraform's functions, operators and types: what msglint makes of them is what Terraform makes of them.

The answers under fixtures/readers/terraform_console are Terraform's own; MSGLINT_ACCEPT=1 asks again.
"""

import json
import os
import time
from pathlib import Path

import pytest

from msglint.model.expression import Fields, Given, Items, Shape
from msglint.model.text import Alphabet, Symbol, Text
from msglint.model.value import Known, Unknown, outside
from msglint.readers.terraform.evaluation.evaluate import picked
from msglint.readers.terraform.evaluation.functions import EvaluationError, call, encoded
from msglint.readers.terraform.evaluation.functions.values import Blind
from msglint.readers.terraform.evaluation.operators import operate, operate_alone
from msglint.readers.terraform.evaluation.types import conform, constant
from msglint.source import Document, hcl
from msglint.verdict import Doubt
from terraform_console import REFUSED, TERRAFORM, ask, ask_variable

AT = Document("main.tf", "").spot(0, 0)
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


def test_answers() -> None:
    """What msglint does not know it says; unknown.json lists it, so that nothing else is."""
    answers = {case: answer for name in TABLES for case, answer in table(name).items()}
    ours = {case: heard(case) for case in answers}
    unknown = {case: mine for case, mine in ours.items() if mine.startswith("unknown")}
    if ACCEPT:
        write("unknown.json", dict(sorted(unknown.items())))
    assert unknown == table("unknown.json")
    assert ours == answers | unknown


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
    asked = {}
    for case in answers:
        type_, _, value = case.partition(" <- ")
        asked[case] = ask_variable(type_, value, tmp_path)
    if ACCEPT:
        write("types.json", asked)
    else:
        assert asked == answers


def of(words: str) -> Shape:
    return Known(Text.literal(words), AT)


def listed(*shapes: Shape) -> Items:
    return Items(tuple(map(Given, shapes)), AT)


def is_unknown(shape: Shape) -> bool:
    return isinstance(shape, Unknown)


def test_results_have_limits() -> None:
    """Whoever writes a configuration that would never end learns what is not looked at, and at once."""
    start = time.process_time()
    long = of("a" * 900_000)
    many = listed(*[of("ab")] * 50_000)
    thousand = listed(*(of(str(number)) for number in range(1_000)))
    assert is_unknown(call("join", [of("-" * 100), many], AT))
    assert is_unknown(call("join", [of(""), listed(long, long)], AT))
    assert is_unknown(call("replace", [long, of("a"), of("bcd")], AT))
    assert is_unknown(call("replace", [long, of("/a/"), of("bcd")], AT))
    assert is_unknown(call("format", [of("%s%[1]s"), long], AT))
    assert is_unknown(call("format", [of("%99999999d"), Known(1, AT)], AT))
    assert is_unknown(call("formatlist", [of("%s%s"), many, of("x" * 1_000)], AT))
    assert is_unknown(call("setproduct", [thousand, thousand, thousand], AT))
    assert is_unknown(call("split", [of("a"), of("a" * 200_000)], AT))
    assert is_unknown(call("concat", [many, many, many], AT))
    assert is_unknown(call("indent", [Known(10**9, AT), of("a\nb")], AT))
    assert is_unknown(call("pow", [Known(10**100, AT), Known(10**100, AT)], AT))
    assert is_unknown(call("tonumber", [of("9" * 100_000)], AT))
    assert is_unknown(call("tonumber", [of("1e999999999")], AT))
    assert is_unknown(call("parseint", [of("9" * 100_000), Known(10, AT)], AT))
    assert is_unknown(call("regex", [of("(a*)*b"), long], AT))
    assert is_unknown(call("regex", [of("((a{100}){100}){100}"), long], AT))
    assert is_unknown(call("jsondecode", [of("[" * 100_000 + "]" * 100_000)], AT))
    assert is_unknown(call("yamldecode", [of("[" * 10_000 + "]" * 10_000)], AT))
    assert call("regex", [of("(a|aa)+$"), of("a" * 40 + "b" + "a" * 3)], AT) == listed(of("a"))
    assert time.process_time() - start < 20


@pytest.mark.slow
def test_values_that_hold_themselves_many_times_end() -> None:
    """Forty lists, each twice in the next, are a trillion elements to who goes through them all."""
    start = time.process_time()
    one, other, texts = listed(), listed(), listed(of("a"))
    for _ in range(40):
        one, other, texts = listed(one, one), listed(other, other), listed(texts, texts)
    for name in ("flatten", "distinct", "toset", "tolist"):
        call(name, [one], AT)
    assert is_unknown(operate("==", one, other, AT))
    assert is_unknown(call("contains", [listed(one), other], AT))
    assert is_unknown(call("length", [call("toset", [listed(one, other)], AT)], AT))
    assert is_unknown(call("format", [of("%v"), texts], AT))
    assert is_unknown(call("join", [of(""), listed(call("jsonencode", [texts], AT))], AT))
    assert is_unknown(call("flatten", [texts], AT))
    assert time.process_time() - start < 20


def test_long_texts_with_symbols_end() -> None:
    start = time.process_time()
    symbol = Symbol(("x",), Alphabet.OPAQUE, "x")
    behind, before = Text.of(symbol, "a" * 900_000), Text.of("a" * 900_000, symbol)
    for name in ("startswith", "endswith", "strcontains", "split", "trimprefix", "replace"):
        more = [of("b")] if name == "replace" else []
        words: list[Shape] = [Known(behind, AT), of("b" * 9)]
        call(name, [*(words[::-1] if name == "split" else words), *more], AT)
    call("replace", [Known(behind, AT), of("/(ab?){9}c/"), of("")], AT)
    assert is_unknown(operate("==", Known(behind, AT), Known(before, AT), AT))
    assert time.process_time() - start < 20


def test_patterns_that_match_whatever_a_symbol_is_not_even_once() -> None:
    queue: Shape = Known(Text.of("arn:aws:sqs:eu-west-1:", Symbol(("a",), Alphabet.ACCOUNT, "a"), ":orders"), AT)
    account: Shape = Known(Text.of("arn:aws:iam::", Symbol(("a",), Alphabet.ACCOUNT, "a")), AT)
    assert call("replace", [queue, of(r"/:\d+$/"), of(":*")], AT) == queue
    assert call("regexall", [of("^arn:aws:sns:"), queue], AT) == listed()
    with pytest.raises(EvaluationError):
        call("regex", [of("^arn:aws:sns:"), queue], AT)
    assert is_unknown(call("replace", [account, of(r"/:\d+$/"), of(":*")], AT))
    assert call("replace", [account, of(r"/:[a-z]+$/"), of(":*")], AT) == account


def test_keys_of_which_some_letters_are_open() -> None:
    queue: Shape = Known(Text.of("arn:aws:sqs:eu-west-1:", Symbol(("a",), Alphabet.ACCOUNT, "a"), ":orders"), AT)
    queues = Fields({"orders": Given(of("a")), "payments": Given(of("b"))}, AT)
    assert call("lookup", [queues, queue, of("none")], AT) == of("none")
    with pytest.raises(EvaluationError):
        picked(queues, queue, AT)
    name: Shape = Known(Text.of("ord", Symbol(("b",), Alphabet.NAME, "b")), AT)
    assert is_unknown(call("lookup", [queues, name, of("none")], AT))
    with pytest.raises(Blind):
        picked(queues, name, AT)


def test_arity_and_names() -> None:
    with pytest.raises(EvaluationError):
        call("lower", [], AT)
    with pytest.raises(EvaluationError):
        call("lower", [of("a"), of("b")], AT)
    assert call("core::lower", [of("A")], AT) == of("a")
    unknown = call("provider::other::do", [of("a")], AT)
    assert isinstance(unknown, Unknown)
    assert unknown.reason.doubt is Doubt.NOT_UNDERSTOOD
    for name in ("timestamp", "uuid", "plantimestamp"):
        changing = call(name, [], AT)
        assert isinstance(changing, Unknown)
        assert changing.reason.doubt is Doubt.OUTSIDE


def test_the_functions_of_the_provider() -> None:
    arn = "arn:aws:iam::111122223333:role/a/b/name"
    parsed = call("provider::aws::arn_parse", [of(arn)], AT)
    assert isinstance(parsed, Fields)
    parts = [part.shape() for part in parsed.fields.values()]
    assert call("provider::aws::arn_build", parts, AT) == of(arn)
    trimmed = call("provider::aws::trim_iam_role_path", [of(arn)], AT)
    assert trimmed == of("arn:aws:iam::111122223333:role/name")


def test_what_json_was_made_of_is_kept() -> None:
    """A policy is read as what it says; where its text is asked for, it is written with its symbols."""
    queue = Text.of("arn:aws:sqs:::", Symbol(("q",), Alphabet.NAME, "<q>"))
    policy = call("jsonencode", [Fields({"b": Given(Known(queue, AT)), "a": Given(Known(1, AT))}, AT)], AT)
    assert isinstance(policy, Fields)
    assert policy.fields["b"].shape() == Known(queue, AT)
    assert call("format", [of("%s"), policy], AT) == Known(Text.of('{"a":1,"b":"', queue, '"}'), AT)
    assert call("jsondecode", [policy], AT) == Fields(policy.fields, AT)
    assert is_unknown(call("length", [policy], AT))
    again = call("jsonencode", [policy], AT)
    assert again == Known(Text.of('"{\\"a\\":1,\\"b\\":\\"', queue, '\\"}"'), AT)
    assert call("yamldecode", [call("yamlencode", [Fields(policy.fields, AT)], AT)], AT) == Fields(policy.fields, AT)


def test_lists_without_a_known_order_keep_their_elements() -> None:
    """Whatever stands first, all of them are in the list."""
    queue: Shape = Known(Text.of("arn:", Symbol(("q",), Alphabet.NAME, "q")), AT)
    topic: Shape = Known(Text.of("arn:", Symbol(("t",), Alphabet.NAME, "t")), AT)
    both = listed(queue, topic)
    for ways in (("sort",), ("toset", "tolist"), ("toset", "flatten"), ("sort", "reverse"), ("sort", "concat")):
        shape: Shape = both
        for name in ways:
            shape = call(name, [shape], AT)
        assert isinstance(shape, Items)
        assert [part.shape() for part in shape.items] in ([queue, topic], [topic, queue])
        assert is_unknown(call("element", [shape, Known(0, AT)], AT))
        assert encoded(call("jsonencode", [shape], AT)) is None
        assert is_unknown(call("join", [of(","), shape], AT))
        assert call("contains", [shape, queue], AT) == Known(True, AT)
    assert call("length", [call("sort", [listed(of("b"), queue)], AT)], AT) == Known(2, AT)
    assert is_unknown(call("length", [call("toset", [both], AT)], AT))  # both may have one name


def test_parts_are_converted_when_asked_for() -> None:
    dark = Given(outside("nobody knows", AT))
    given = Fields({"a": dark, "b": Given(Known(5, AT)), "c": Given(Items((), AT))}, AT)
    shape = conform(given, read('object({a = string, b = string, c = number, d = optional(string, "x")})'), AT)
    assert isinstance(shape, Fields)
    parts = {name: part.shape() for name, part in shape.fields.items()}
    assert parts["a"] == dark.shape()
    assert parts["b"] == of("5")
    assert is_unknown(parts["c"])  # no list is a number, but who reads another part need not care
    default = parts["d"]
    assert isinstance(default, Known)
    assert default.value == Text.literal("x")
    assert default.at.document.slice(default.at.span) == '"x"'
