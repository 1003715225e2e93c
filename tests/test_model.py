"""Values and the way to them: what is coerced, what is refused, and JSON inside texts."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msglint.model.data import Data
from msglint.model.disclosure import Traced
from msglint.model.expression import Expression, Fields, Given, Items, NeedsChoice, Shape
from msglint.model.json_text import DEEPEST, parse
from msglint.model.text import Alphabet, Reference, Symbol, Text
from msglint.model.value import (
    Absent,
    Known,
    Mentions,
    Unknown,
    Value,
    astray,
    both,
    contains,
    effective,
    ends,
    made_of,
    not_empty,
    not_understood,
    outside,
    says,
    written,
)
from msglint.source import Document, Place, Spot
from msglint.verdict import Doubt, Reason

DOCUMENT = Document("t", "owner value")
OWNER, HERE = DOCUMENT.spot(0, 5), DOCUMENT.spot(6, 11)
NAME = Symbol(("name",), Alphabet.NAME, "${Name}")
ACCOUNT = Symbol(("account",), Alphabet.ACCOUNT, "${Account}")
OUTSIDE, BLIND = outside("elsewhere", HERE), not_understood("too hard", HERE)
QUEUE = Reference(("t", "Queue"), "arn")
MENTIONS = Mentions((QUEUE,), complete=True, reason=Reason(Doubt.NOT_UNDERSTOOD, "later", HERE), at=HERE)
NOTHING: Absent[Any] = Absent(None, HERE)


def expression(value: Any) -> Expression:
    """Make an expression of what JSON can say, of texts and of shapes."""
    match value:
        case dict():
            return Given(Fields({name: expression(part) for name, part in value.items()}, HERE))
        case list():
            return Given(Items(tuple(map(expression, value)), HERE))
        case str():
            return Given(Known(Text.literal(value), HERE))
        case Text() | int() | float():
            return Given(Known(value, HERE))
        case None:
            return Given(NOTHING)
        case _:
            return Given(value)


def data(value: Any) -> Data:
    return Data(expression(value), ("P",), OWNER)


# Coercion


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (20, 20),
        (20.0, 20),
        ("20", 20),
        (" 20 ", 20),
        ("20.0", 20),
        ("345.0", 345),
        ("-5", -5),
        ("+5", 5),
        ("010", 10),
        (0, 0),
        (20.5, None),
        ("20.5", None),
        ("--5", None),
        ("-+5", None),
        ("-", None),
        ("", None),
        ("twenty", None),
        ("1" * 19, int("1" * 19)),
        ("1" * 20, None),
        ("1" * 5000, None),
        (True, None),
        (float("inf"), None),
        (float("nan"), None),
        ([1], None),
        ({"a": 1}, None),
    ],
)
def test_whole_numbers(value: object, expected: int | None) -> None:
    answer = data({"a": value}).get("a").integer(7)
    if expected is None:
        assert answer == not_understood("P.a is not a whole number", HERE)
    else:
        assert answer == Known(expected, HERE)
        assert type(effective(answer)) is int


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((True, True), (False, False), ("true", True), ("True", True), ("yes", True), ("on", True)),
        *(("false", False), ("FALSE", False), ("no", False), ("off", False)),
        *(("", None), ("1", None), (1, None), (0, None), ("maybe", None), ([True], None), ({}, None)),
    ],
)
def test_truth_values(value: object, expected: bool | None) -> None:
    answer = data({"a": value}).get("a").boolean(default=True)
    if expected is None:
        assert answer == not_understood("P.a is neither true nor false", HERE)
    else:
        assert answer == Known(expected, HERE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "a"),
        ("", ""),
        (5, "5"),
        (2.5, "2.5"),
        (True, "true"),
        (False, "false"),
        (Text.of("a-", NAME), "a-${Name}"),
    ],
)
def test_texts_keep_their_letters(value: object, expected: str) -> None:
    answer = data(value).text()
    assert isinstance(answer, Known)
    assert (str(answer.value), answer.at) == (expected, HERE)
    assert data(value).word("nothing") == expected


class Sentence(Fields, frozen=True):
    """A mapping that the user's language wrote as a text."""

    def words(self) -> Text:
        """Give that text."""
        return Text.of("a-", NAME)


def test_what_is_no_text_but_was_written_as_one() -> None:
    assert data(Sentence({}, HERE)).text() == Known(Text.of("a-", NAME), HERE)
    others: list[Any] = [{}, {"b": 1}, []]
    for other in others:
        assert data({"a": other}).get("a").text() == not_understood("P.a is not a text", HERE)
        assert data(other).word("nothing") == "nothing"
        assert data(other).word() == ""


Ask = Callable[[Data], Value[Any]]
ASKED: list[Ask] = [lambda asked: asked.integer(7), lambda asked: asked.boolean(True), lambda asked: asked.text("x")]


@pytest.mark.parametrize("ask", ASKED)
def test_what_is_absent_has_the_default_and_the_place_of_its_owner(ask: Ask) -> None:
    answer = ask(data(None))
    assert isinstance(answer, Absent)
    assert answer.at == OWNER
    assert effective(answer) in (7, True, Text.literal("x"))


def test_what_the_users_own_tool_does_comes_before_what_aws_does() -> None:
    """Such as a provider's default, which is read as if it were written."""
    assert data(Absent(Text.literal("20"), HERE)).integer(7) == Absent(20, OWNER)
    assert data(Absent(Text.literal("false"), HERE)).boolean(default=True) == Absent(False, OWNER)
    assert data(Absent(20, HERE)).text("x") == Absent(Text.literal("20"), OWNER)
    assert data(Absent(Text.literal("twenty"), HERE)).integer(7) == Absent(None, OWNER)
    for ask in (data(None).integer, data(None).boolean, data(None).text):
        assert ask() == Absent(None, OWNER)


def test_what_the_users_own_tool_reports() -> None:
    reported = data(Absent(Text.literal("[1]"), HERE)).reported()
    assert reported.shape == Known(Text.literal("[1]"), OWNER)
    assert reported.path == ("P",)
    for other in (data(None), data(5), data(OUTSIDE)):
        assert other.reported() is other


@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize("blind", [OUTSIDE, BLIND, MENTIONS])
def test_what_is_unknown_stays_so(ask: Ask, blind: object) -> None:
    assert ask(data(blind)) == blind


def test_a_symbol_has_no_number_and_no_truth() -> None:
    for answer in (data(Text.of(NAME)).integer(), data(Text.of(NAME)).boolean()):
        assert answer == outside("${Name} has no value here", HERE)


# The way


def test_the_way_into_mappings() -> None:
    whole = data({"a": {"b": 1}, "c": None})
    assert whole.get("a", "b").integer() == Known(1, HERE)
    assert whole.get("a", "b").path == ("P", "a", "b")
    assert whole.get("a", "x", "y").integer(7) == Absent(7, HERE)
    assert whole.get("c", "x").integer(7) == Absent(7, HERE)
    assert data(None).get("x").integer(7) == Absent(7, OWNER)
    assert set(whole.fields()) == {"a", "c"}


def test_the_way_ends_where_something_else_stands() -> None:
    for wrong in (5, "text", [1, 2], []):
        there = data({"a": wrong}).get("a", "b", "c")
        assert there.integer(7) == not_understood("P.a is no mapping", HERE)
        assert there.path == ("P", "a", "b", "c")
    assert data({"a": OUTSIDE}).get("a", "b", "c").integer(7) == OUTSIDE
    symbolic = data({"a": Text.of("a-", NAME)}).get("a", "b", "c")
    assert symbolic.integer(7) == outside("a-${Name} has no value here", HERE)
    assert symbolic.path == ("P", "a", "b", "c")
    assert data("text").fields() == {}


def test_the_members_of_a_mapping() -> None:
    fields = data({"a": {"b": 1}, "c": Absent(None, OWNER)}).fields()
    assert fields["a"].get("b").integer() == Known(1, HERE)
    assert fields["a"].path == ("P", "a")
    assert fields["c"].at == HERE


def test_what_is_left_out_stands_where_its_owner_does() -> None:
    """That is the mapping that does not have it, or what the user is told instead of mappings inside a resource."""
    assert data({"a": 1}).get("x").at == HERE
    assert data({"a": 1}).get("x").shape == Absent(None, HERE)
    anchored = Data(expression({"a": {}}), ("P",), None, OWNER)
    assert anchored.get("x").at == OWNER
    assert anchored.get("x", "y").at == OWNER
    assert anchored.get("a", "x").at == HERE
    assert data([Absent(None, OWNER)]).get("b").at == HERE
    assert data([Absent(None, OWNER)]).entries().known[0].at == HERE
    assert data(None).at == OWNER
    assert data(5).at == HERE
    assert Data(expression(None)).at == HERE


class Written(msgspec.Struct, frozen=True):
    """An expression that stands in one place, and has its value from another."""

    at: Place
    given: Shape

    def shape(self) -> Shape:
        """Give the value."""
        return self.given


LONG, OTHER = Document("t", "before !Ref Value after"), Document("u", "before !Ref Value after")
REF = LONG.spot(7, 17)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (REF, REF),
        (LONG.spot(7, 11), LONG.spot(7, 11)),
        (LONG.spot(12, 17), LONG.spot(12, 17)),
        (LONG.spot(17, 23), LONG.spot(17, 23)),
        (LONG.spot(6, 17), REF),
        (LONG.spot(18, 23), REF),
        (OTHER.spot(12, 17), REF),
    ],
)
def test_where_a_resource_says_a_value_that_stands_elsewhere(value: Place, expected: Place) -> None:
    """A value that is written within the expression stands there; one of a parameter, where the expression does."""
    said = Data(Written(REF, Known(5, value)), ("P",), OWNER)
    assert said.at == value
    assert said.written_at == expected
    assert Data(Written(REF, Absent(None, value)), ("P",), OWNER).written_at == OWNER


def test_an_expression_is_evaluated_once() -> None:
    asked = []

    class Costly(Written, frozen=True):
        def shape(self) -> Shape:
            asked.append(self)
            return self.given

    text = Data(Costly(HERE, Known(Text.literal('{"a": 1}'), HERE)))
    assert text.structure() is text.structure()
    assert text.shape is text.shape
    assert len(asked) == 1


class Chosen(Written, frozen=True):
    """An expression that a condition decides."""

    def under(self, condition: NeedsChoice, *, truth: bool) -> Expression:
        """Give what it was asked."""
        return expression({"condition": condition.condition, "truth": truth} if truth else None)


def test_an_expression_where_a_condition_is_decided() -> None:
    need = NeedsChoice("t", "Live")
    assert str(need) == "t: Live"
    chosen = Data(Chosen(HERE, NOTHING), ("P",), OWNER, REF)
    yes, no = chosen.under(need, truth=True), chosen.under(need, truth=False)
    assert yes is not None
    assert no is not None
    assert yes.get("condition").word() == "Live"
    assert yes.get("truth").boolean() == Known(True, HERE)
    assert yes.path == ("P",)
    assert yes.get("x").at == REF
    assert no.at == OWNER
    assert data(5).under(need, truth=True) is None


class Told(Written, frozen=True):
    """An expression that tells where its text comes from."""

    def traced(self) -> Traced:
        """Give a symbol from elsewhere."""
        return Traced(Text.of(NAME), OWNER)


def test_where_a_text_comes_from() -> None:
    assert Data(Told(HERE, Known(Text.literal("a"), HERE))).trace() == Traced(Text.of(NAME), OWNER)
    assert data("a").trace() == Traced(Text.literal("a"), HERE)
    others: list[Any] = [5, None, {}, OUTSIDE]
    for other in others:
        assert data(other).trace() is None


def test_a_list_of_one_block_is_the_block() -> None:
    """As a plan writes blocks of which there is at most one."""
    assert data({"a": [{"b": 1}]}).get("a", "b").integer() == Known(1, HERE)


def test_elements_of_lists() -> None:
    listed = data([1, None, "b"]).elements()
    assert [str(effective(element.text())) for element in listed.known] == ["1", "b"]
    assert [element.path for element in listed.known] == [("P", "0"), ("P", "2")]
    assert listed.rest is None
    entries = data([1, None, "b"]).entries()
    assert [part.exists().truth for part in entries.known] == [True, False, True]
    assert [part.path for part in entries.known] == [("P", "0"), ("P", "1"), ("P", "2")]


def test_one_value_is_a_list_of_one_as_in_policies() -> None:
    for single in (5, "a", {"a": 1}, Text.of(NAME)):
        assert len(data(single).elements().known) == 1
        assert len(data(single).entries().known) == 1


def test_an_unknown_list_has_an_unknown_rest() -> None:
    assert (data(OUTSIDE).elements().known, data(OUTSIDE).elements().rest) == ((), OUTSIDE)
    named = data(MENTIONS).elements()
    assert [(part.shape, part.path) for part in named.known] == [(MENTIONS, ("P",))]
    assert named.rest == MENTIONS
    assert data(None).elements() == data([]).elements()


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, True), ("", True), ({}, True), ([], True), (None, False), (OUTSIDE, None), (BLIND, None), (MENTIONS, True)],
)
def test_whether_anything_is_written(value: object, expected: bool | None) -> None:
    assert data(value).exists().truth is expected


# Values and verdicts


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Known(5, HERE), True), (Known(3, HERE), False), (Absent(5, HERE), True), (NOTHING, False), (OUTSIDE, None)],
)
def test_a_predicate_of_a_value(value: Value[int], expected: bool | None) -> None:
    assert value.holds(lambda number: number > 4).truth is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (Known(1, HERE), Known(2, HERE), True),
        (Absent(1, HERE), Known(2, HERE), True),
        (Known(2, HERE), Absent(1, HERE), False),
        (NOTHING, Known(2, HERE), False),
        (OUTSIDE, Known(2, HERE), None),
        (NOTHING, MENTIONS, None),
    ],
)
def test_two_values_compared(left: Value[int], right: Value[int], expected: bool | None) -> None:
    assert both(left, right, lambda one, two: one < two).truth is expected


def text(*parts: str | Symbol) -> Known[Text]:
    return Known(Text.of(*parts), HERE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (text("KMS"), True),
        (text("NONE"), True),
        (text("kms"), False),
        (text(NAME), None),
        (text("x:", NAME), False),
        (Absent(Text.literal("NONE"), HERE), True),
        (Absent(Text.literal("other"), HERE), False),
        (NOTHING, False),
        (BLIND, None),
        (MENTIONS, None),
    ],
)
def test_a_text_is_one_of_some_words(value: Value[Text], expected: bool | None) -> None:
    assert says(value, "KMS", "NONE").truth is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (text("alias/aws/sqs"), True),
        (text("arn:aws:kms:eu-west-1:111122223333:alias/aws/sqs"), True),
        (text("arn:aws:kms:eu-west-1:", ACCOUNT, ":alias/aws/sqs"), True),
        (text("my-alias/aws/sqs"), False),
        (text("alias/aws/sqs2"), False),
        (text(ACCOUNT), False),
        (text("arn:aws:kms:eu-west-1:111122223333:", Symbol(("x",), Alphabet.OPAQUE, "x")), None),
        (NOTHING, False),
        (OUTSIDE, None),
    ],
)
def test_a_text_ends_with_a_word(value: Value[Text], expected: bool | None) -> None:
    assert ends(value, "alias/aws/sqs", ":").truth is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Known(Text.literal("raw/!{timestamp:yyyy}/"), HERE), True),
        (Known(Text.of(NAME, "/!{timestamp:yyyy}/"), HERE), True),
        (Known(Text.of(ACCOUNT, "/"), HERE), False),
        (Known(Text.of(NAME, "/"), HERE), None),
        (Absent(Text.literal("!{"), HERE), True),
        (NOTHING, False),
        (OUTSIDE, None),
        (MENTIONS, None),
    ],
)
def test_a_text_contains_a_piece(value: Value[Text], expected: bool | None) -> None:
    assert contains(value, "!{").truth is expected


@pytest.mark.parametrize(
    ("value", "expected", "references"),
    [
        (text("a"), True, ()),
        (text(""), False, ()),
        (text(NAME), True, ()),
        (text(Symbol(("x",), Alphabet.OPAQUE, "x")), None, ()),
        (Known(Text((NAME,), QUEUE), HERE), True, (QUEUE,)),
        (MENTIONS, None, (QUEUE,)),
        (Mentions((QUEUE,), complete=False, reason=BLIND.reason, at=HERE), None, ()),
        (NOTHING, False, ()),
        (OUTSIDE, None, ()),
    ],
)
def test_whether_a_text_is_written_and_what_of(
    value: Value[Text], expected: bool | None, references: tuple[Reference, ...]
) -> None:
    assert written(value).truth is expected
    assert made_of(value) == references


def test_an_empty_text_may_stand_for_nothing() -> None:
    assert not_empty(text("")) == Absent(None, HERE)
    for other in (text("a"), text(NAME), OUTSIDE, MENTIONS, NOTHING):
        assert not_empty(other) is other


# JSON inside texts


def plain(shape: Any) -> Any:
    """Write a shape as JSON would, with symbols by their labels."""
    match shape:
        case Fields(fields=fields):
            return {name: plain(part.shape()) for name, part in fields.items()}
        case Items(items=items):
            return [plain(item.shape()) for item in items]
        case Known(value=Text() as known):
            return str(known)
        case Known(value=known):
            return known
        case Absent():
            return None
        case _:
            return shape


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=3), values, max_size=3), st.integers(0, 4))
def test_json_in_a_text_is_what_json_says(value: Any, spaces: int) -> None:
    written_out = " " * spaces + json.dumps(value, indent=spaces or None)
    assert plain(parse(Text.literal(written_out), HERE)) == value


def test_symbols_stand_inside_strings_or_for_whole_values() -> None:
    whole = Text.of('{"a": "x-', NAME, '-\\"y\\"', ACCOUNT, '", "', NAME, '": [', ACCOUNT, ', "', NAME, '"]}')
    assert plain(parse(whole, HERE)) == {"a": 'x-${Name}-"y"${Account}', "${Name}": ["${Account}", "${Name}"]}
    shape = parse(whole, HERE)
    assert isinstance(shape, Fields)
    inner = shape.fields["a"].shape()
    assert isinstance(inner, Known)
    assert inner.value == Text.of("x-", NAME, '-"y"', ACCOUNT)
    assert shape.at == inner.at == HERE


@pytest.mark.parametrize("written_out", ["", "text", '"text"', "5", "arn:aws:sqs", " x{"])
def test_a_text_that_is_no_json_stays_a_text(written_out: str) -> None:
    whole = Text.literal(written_out)
    assert parse(whole, HERE) == Known(whole, HERE)


def test_a_text_that_begins_with_a_symbol_stays_a_text() -> None:
    whole = Text.of(NAME, "{}")
    assert parse(whole, HERE) == Known(whole, HERE)


@pytest.mark.parametrize(
    "whole",
    [
        Text.literal("{"),
        Text.literal("[1,]"),
        Text.literal("{a: b}"),
        Text.of('{"a": 1', NAME, "}"),
        Text.of('{"a": "b', NAME),
        Text.literal("[" * 100_000),
        Text.literal("[" + "9" * 5000 + "]"),
    ],
)
def test_what_only_begins_as_json_is_not_understood(whole: Text) -> None:
    shape = parse(whole, HERE)
    assert isinstance(shape, Unknown)
    assert shape.reason.doubt is Doubt.NOT_UNDERSTOOD


def test_json_that_nests_too_deeply_ends_unknown() -> None:
    depth = DEEPEST + 5
    here: Any = parse(Text.literal("[" * depth + "]" * depth), HERE)
    levels = 0
    while isinstance(here, Items) and here.items:
        here = here.items[0].shape()
        levels += 1
    assert isinstance(here, Unknown)
    assert levels <= depth


def test_a_policy_written_as_text_is_walked_like_a_mapping() -> None:
    policy = data(Text.of('{"deadLetterTargetArn": "arn:', NAME, '", "maxReceiveCount": "5", "list": ["a"]}'))
    target = policy.get("deadLetterTargetArn").text()
    assert isinstance(target, Known)
    assert str(target.value) == "arn:${Name}"
    assert policy.get("maxReceiveCount").integer() == Known(5, HERE)
    assert policy.get("missing").integer(7) == Absent(7, HERE)
    assert set(policy.fields()) == {"deadLetterTargetArn", "maxReceiveCount", "list"}
    assert len(data('["a", "b"]').elements().known) == 2
    assert isinstance(policy.at, Spot)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (text("orders"), "orders is no ARN"),
        (text("https://sqs.", NAME), "https://sqs.${Name} is no ARN"),
        (text("arn:aws:sqs"), "where arn:aws:sqs leads cannot be told"),
        (text(NAME), "${Name} is no ARN"),
        (text(Symbol(("given",), Alphabet.OPAQUE, "${Given}")), "where ${Given} leads cannot be told"),
    ],
)
def test_why_it_cannot_be_told_where_a_text_leads(value: Known[Text], expected: str) -> None:
    assert astray(value.value) == expected
