"""What is said of values: written, left out, known only by name, or not known at all."""

import pytest

from msglint.model.text import Alphabet, Reference, Symbol, Text
from msglint.model.value import (
    Absent,
    Known,
    Mentions,
    Unknown,
    Value,
    astray,
    contains,
    effective,
    ends,
    literal,
    made_of,
    not_empty,
    not_understood,
    outside,
    says,
    shown,
    written,
)
from msglint.verdict import Doubt, Reason, Verdict
from policies import AT, HIDDEN, WHY, mentions

OPEN = Text.of("a", Symbol(("name",), Alphabet.OPAQUE, "${Name}"))
QUEUE = Reference(("t", "Orders"), "arn")
NOWHERE: Value[Text] = Absent(None, AT)
DEFAULT: Value[Text] = Absent(Text.literal("abc"), AT)
REFERS: Value[Text] = Known(Text(OPEN.parts, QUEUE), AT)
NAMED = mentions("aws_sqs_queue.orders", "aws_sqs_queue.refunds")


def known(text: str | Text) -> Value[Text]:
    return Known(Text.literal(text) if isinstance(text, str) else text, AT)


@pytest.mark.parametrize(
    ("value", "is_ab", "ends_b", "has_b", "is_there"),
    [
        (known("ab"), True, False, True, True),
        (known("x/b"), False, True, True, True),
        (known("b"), False, True, True, True),
        (known("xb"), False, False, True, True),
        (known(""), False, False, False, False),
        (NOWHERE, False, False, False, False),
        (DEFAULT, False, False, True, False),
        (Absent(Text.literal("b"), AT), False, True, True, False),
        (REFERS, None, None, None, True),
    ],
)
def test_what_a_text_says(
    value: Value[Text], is_ab: bool | None, ends_b: bool | None, has_b: bool | None, is_there: bool
) -> None:
    assert says(value, "ab", "cd").truth is is_ab
    assert ends(value, "b", "/").truth is ends_b
    assert contains(value, "b").truth is has_b
    assert written(value).truth is is_there


@pytest.mark.parametrize(("value", "why"), [(HIDDEN, WHY), (NAMED, NAMED.reason)])
def test_what_is_not_known_says_nothing(value: Unknown | Mentions, why: Reason) -> None:
    for verdict in (says(value, "ab"), ends(value, "b", "/"), contains(value, "b"), written(value)):
        assert verdict.reasons == (why,)
    assert effective(value) is None
    assert literal(value) is None


def test_why_a_text_with_a_symbol_says_nothing() -> None:
    value = known(OPEN)
    why = (Reason(Doubt.OUTSIDE, "a${Name} has no value here", AT),)
    verdicts: list[Verdict] = [says(value, "ab"), ends(value, "ab", "/"), contains(value, "b")]
    assert [each.reasons for each in verdicts] == [why, why, why]
    nothing = Text.of(Symbol(("name",), Alphabet.OPAQUE, "${Name}"))
    assert written(Known(Text(nothing.parts, QUEUE), AT)).is_yes
    assert written(known(nothing)).reasons == (Reason(Doubt.OUTSIDE, "${Name} has no value here", AT),)


@pytest.mark.parametrize(
    ("value", "works_with", "says_literally", "references"),
    [
        (known("abc"), Text.literal("abc"), "abc", ()),
        (known(OPEN), OPEN, None, ()),
        (REFERS, OPEN, None, (QUEUE,)),
        (NOWHERE, None, None, ()),
        (DEFAULT, Text.literal("abc"), None, ()),
        (NAMED, None, None, NAMED.references),
        (mentions("aws_sqs_queue.orders", complete=False), None, None, ()),
        (HIDDEN, None, None, ()),
    ],
)
def test_what_a_value_is(
    value: Value[Text], works_with: Text | None, says_literally: str | None, references: tuple[Reference, ...]
) -> None:
    assert effective(value) == works_with
    assert literal(value) == says_literally
    assert made_of(value) == references


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Known(OPEN, AT), "a${Name}"),
        (NAMED, "aws_sqs_queue.orders.arn and aws_sqs_queue.refunds.arn"),
        (mentions(".orders", attribute=""), ".orders"),
        (mentions(), "a value that is not known"),
        (Mentions((Reference(("t", "aws_sqs_queue.MAX"), ""),), True, WHY, AT), "aws_sqs_queue.MAX"),
        (HIDDEN, "a value that is not known"),
    ],
)
def test_how_people_are_shown_a_value(value: Known[Text] | Unknown | Mentions, expected: str) -> None:
    assert shown(value) == expected


def test_an_empty_text_is_nothing_where_an_id_is_optional() -> None:
    assert not_empty(known("")) == NOWHERE
    for value in (known("a"), known(OPEN), NOWHERE, DEFAULT, HIDDEN):
        assert not_empty(value) is value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (Text.literal("orders"), "orders is no ARN"),
        (Text.literal("arn:aws:sqs"), "where arn:aws:sqs leads cannot be told"),
        (OPEN, "where a${Name} leads cannot be told"),
    ],
)
def test_why_a_text_leads_astray(text: Text, expected: str) -> None:
    assert astray(text) == expected


def test_what_is_not_known_tells_why_and_where() -> None:
    assert not_understood("too deep", AT) == Unknown(Reason(Doubt.NOT_UNDERSTOOD, "too deep", AT), AT)
    assert outside("elsewhere", AT) == Unknown(Reason(Doubt.OUTSIDE, "elsewhere", AT), AT)
