"""What policies say: AWS's own examples, each operator on each kind of key, and what cannot be told."""

import json
import time
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest

from msglint.iam.evaluate import (
    Attached,
    Decision,
    Fence,
    Part,
    allowed,
    allowed_by_key_policy,
    allowed_by_resource_policy,
    evaluate,
)
from msglint.iam.explain import explain, refused
from msglint.iam.match import Cause, principals
from msglint.iam.request import (
    ABSENT,
    Anonymous,
    AwsKind,
    AwsPrincipal,
    Caller,
    Context,
    ContextValue,
    Present,
    Request,
    ServicePrincipal,
    sent,
)
from msglint.model.data import Data
from msglint.model.expression import NeedsChoice
from msglint.model.policy import MOST_STATEMENTS, Policy, Principal, PrincipalKind, read_policy
from msglint.model.resource import Choice
from msglint.model.text import Alphabet, Reference, Symbol, Text
from msglint.model.value import Known, Mentions, Unknown
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, unknown
from policies import AT, HIDDEN, WHY, Plain, data, mentions, policy

ACCOUNT, OTHER = "111122223333", "444455556666"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:news"
BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"
WORKER = f"arn:aws:iam::{ACCOUNT}:role/worker"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/one"
SNS = ServicePrincipal("sns.amazonaws.com")
EVERYBODY: dict[str, Plain] = {"Principal": "*", "Action": "*", "Resource": "*"}
UNKNOWN = unknown(WHY)


def label(value: object) -> str:
    """Name a case the same in every process: a set has no order of its own."""
    return ",".join(sorted(map(str, value))) if isinstance(value, set | frozenset) else str(value)


def user(arn: str = BOB, kind: AwsKind = AwsKind.USER, role: str | None = None) -> AwsPrincipal:
    account = Text.literal(arn.split(":")[4])
    return AwsPrincipal(Text.literal(arn), account, kind, Text.literal(role) if role is not None else None)


def asks(
    caller: Caller = SNS,
    action: str = "sqs:SendMessage",
    resource: str | Text = QUEUE,
    default: ContextValue = ABSENT,
    **keys: ContextValue,
) -> Request:
    """Give a request; keys of the context are written without `aws:`."""
    context = Context.of({f"aws:{key}": value for key, value in keys.items()}, default)
    return Request(caller, action, Text.literal(resource) if isinstance(resource, str) else resource, context)


def verdict(request: Request, *statements: Plain) -> Verdict:
    return evaluate([policy(*statements)], request).verdict


def truth(request: Request, *statements: Plain) -> bool | None:
    return verdict(request, *statements).truth


def under(condition: Plain, **more: Plain) -> Plain:
    return {**EVERYBODY, "Condition": condition, **more}


OPEN = Text.of(Symbol(("account",), Alphabet.ACCOUNT, "${Account}"))
NAMELESS = Text.of("arn:aws:sqs:eu-west-1:", ACCOUNT, ":", Symbol(("name",), Alphabet.NAME, "${Name}"))
REACH = "arn:aws:sqs:*west-1:*:orders"
OPAQUE = Symbol(("any",), Alphabet.OPAQUE, "${Any}")


@pytest.mark.parametrize(
    ("statement", "request_", "doubt", "why"),
    [
        (
            {"NotAction": "sns:*"},
            asks(),
            Doubt.NOT_UNDERSTOOD,
            "the statement has neither an element nor its counterpart with Not, or both",
        ),
        (
            {"NotPrincipal": {"AWS": OTHER}},
            asks(),
            Doubt.NOT_UNDERSTOOD,
            "the statement has neither Principal nor NotPrincipal, or both",
        ),
        (
            {"Principal": None, "NotPrincipal": {"AWS": BOB}},
            asks(user()),
            Doubt.NOT_UNDERSTOOD,
            "AWS does not say whether this spares an identity whose account is not listed too",
        ),
        (
            {"Principal": {"AWS": ACCOUNT}, "Condition": {"ArnLike": {"aws:SourceArn": TOPIC}}},
            asks(SourceArn=sent(TOPIC)),
            Doubt.NOT_UNDERSTOOD,
            "AWS's samples let a service in by its account and aws:SourceArn, and whether they still work is open",
        ),
        (
            {"Principal": {"Service": "*"}},
            asks(),
            Doubt.NOT_UNDERSTOOD,
            "AWS does not say whom `Service: *` names",
        ),
        (
            {"Principal": {"CanonicalUser": "79a5"}},
            asks(user()),
            Doubt.OUTSIDE,
            "whose canonical user id this is cannot be told",
        ),
        (
            {"Principal": {"AWS": "AIDAEXAMPLE"}},
            asks(user()),
            Doubt.OUTSIDE,
            "whose unique id AIDAEXAMPLE is cannot be told",
        ),
        (
            {"Principal": {"AWS": SESSION}},
            asks(user(WORKER, AwsKind.ROLE)),
            Doubt.OUTSIDE,
            "how the role's sessions are called is open",
        ),
        ({"Principal": {"AWS": OPEN}}, asks(user()), Doubt.OUTSIDE, "${Account} has no value here"),
        (
            {"Principal": {"AWS": Text.of("arn:aws:iam::", OPEN, ":root")}},
            asks(user()),
            Doubt.OUTSIDE,
            "arn:aws:iam::${Account}:root has no value here",
        ),
        (
            {"Action": Text.of("sqs:", Symbol(("a",), Alphabet.NAME, "${Action}"))},
            asks(),
            Doubt.OUTSIDE,
            "sqs:${Action} has no value here",
        ),
        (
            {"Resource": QUEUE},
            asks(resource=NAMELESS),
            Doubt.OUTSIDE,
            f"whether {QUEUE} names {NAMELESS} depends on the deployment",
        ),
        ({"Resource": NAMELESS}, asks(), Doubt.OUTSIDE, f"{NAMELESS} has no value here"),
        (
            {"Resource": REACH},
            asks(resource="arn:aws:sqs:a:b:west-1:c:orders"),
            Doubt.NOT_UNDERSTOOD,
            f"AWS does not say how far the wildcards of {REACH} reach",
        ),
        (
            {"Condition": {"StringEquals": {"aws:${x}": "a"}}},
            asks(),
            Doubt.NOT_UNDERSTOOD,
            "the key aws:${x} is not known",
        ),
        (
            {"Condition": {"StringSame": {"aws:x": "a"}}},
            asks(x=sent("a")),
            Doubt.NOT_UNDERSTOOD,
            "StringSame is no condition operator that msglint knows",
        ),
        (
            {"Condition": {"EveryValue:StringEquals": {"aws:x": "a"}}},
            asks(x=sent("a")),
            Doubt.NOT_UNDERSTOOD,
            "EveryValue:StringEquals is no condition operator that msglint knows",
        ),
        (
            {"Condition": {"StringEquals": {"aws:x": "a"}}},
            asks(x=Present((Text.literal("a"),), multi=True)),
            Doubt.NOT_UNDERSTOOD,
            "aws:x may have several values, and AWS does not say how StringEquals compares them",
        ),
        (
            {"Condition": {"ForAnyValue:StringEqualsIfExists": {"aws:x": "a"}}},
            asks(),
            Doubt.NOT_UNDERSTOOD,
            "AWS does not say whether ForAnyValue:StringEqualsIfExists holds where the request does not have aws:x",
        ),
        (
            {"Condition": {"Null": {"aws:x": "true"}}},
            asks(x=sent("")),
            Doubt.NOT_UNDERSTOOD,
            "whether an empty aws:x counts as null is not documented",
        ),
        (
            {"Condition": {"ForAnyValue:StringEquals": {"aws:x": Text.of(OPAQUE)}}},
            asks(x=Present((Text.of(OPAQUE),), multi=True)),
            Doubt.OUTSIDE,
            "${Any} has no value here",
        ),
        (
            {"Condition": {"StringEquals": {"aws:x": "a"}}},
            asks(x=Present((Text.of(OPAQUE),))),
            Doubt.OUTSIDE,
            "whether the call carries a cannot be told",
        ),
        (
            {"Condition": {"StringEqualsIgnoreCase": {"aws:x": "A"}}},
            asks(x=Present((Text.of(OPAQUE),))),
            Doubt.OUTSIDE,
            "whether the call carries A cannot be told",
        ),
        (
            {"Condition": {"ArnLike": {"aws:x": "*"}}},
            asks(x=sent(TOPIC)),
            Doubt.NOT_UNDERSTOOD,
            "* is no ARN, and AWS does not say what it matches",
        ),
        (
            {"Condition": {"Bool": {"aws:x": "yes"}}},
            asks(x=sent("true")),
            Doubt.NOT_UNDERSTOOD,
            "yes compared with true is no truth value",
        ),
        (
            {"Condition": {"Bool": {"aws:x": "true"}}},
            asks(x=Present((Text.of(OPAQUE),))),
            Doubt.OUTSIDE,
            "whether the call carries true cannot be told",
        ),
        (
            {"Condition": {"IpAddress": {"aws:x": "here"}}},
            asks(x=sent("203.0.113.9")),
            Doubt.NOT_UNDERSTOOD,
            "here or 203.0.113.9 is no address",
        ),
        (
            {"Condition": {"IpAddress": {"aws:x": Text.of(OPAQUE)}}},
            asks(x=sent("203.0.113.9")),
            Doubt.OUTSIDE,
            "whether the call carries ${Any} cannot be told",
        ),
        (
            {"Condition": {"IpAddress": {"aws:x": "203.0.113.0/24"}}},
            asks(x=Present((Text.of(OPAQUE),))),
            Doubt.OUTSIDE,
            "whether the call carries 203.0.113.0/24 cannot be told",
        ),
        (
            {"Condition": {"NumericEquals": {"aws:x": "many"}}},
            asks(x=sent("1")),
            Doubt.NOT_UNDERSTOOD,
            "many and 1 cannot be compared",
        ),
        (
            {"Condition": {"NumericEquals": {"aws:x": "1"}}},
            asks(x=sent("many")),
            Doubt.NOT_UNDERSTOOD,
            "1 and many cannot be compared",
        ),
        (
            {"Condition": {"NumericEquals": {"aws:x": "1"}}},
            asks(x=Present((Text.of(OPAQUE),))),
            Doubt.OUTSIDE,
            "whether the call carries 1 cannot be told",
        ),
        (
            {"Condition": {"NumericEquals": {"aws:x": Text.of(OPAQUE)}}},
            asks(x=sent("1")),
            Doubt.OUTSIDE,
            "whether the call carries ${Any} cannot be told",
        ),
        (
            {"Condition": {"StringEquals": {"aws:x": "${aws:y}"}}},
            asks(x=sent("a"), y=WHY),
            Doubt.OUTSIDE,
            "what the variables in ${aws:y} stand for is not known",
        ),
    ],
)
def test_why_it_cannot_be_told(statement: dict[str, Plain], request_: Request, doubt: Doubt, why: str) -> None:
    """One reason, with the place that makes it so."""
    found = verdict(request_, {**EVERYBODY, **statement})
    assert [(each.doubt, each.text, each.at) for each in found.reasons] == [(doubt, why, AT)]


@pytest.mark.parametrize(
    ("statement", "part", "why"),
    [
        ({"Principal": "*"}, Part.PRINCIPAL, "the policy of an identity names no principals"),
        ({"Principal": None, "Condition": HIDDEN}, Part.CONDITION, WHY.text),
        ({"Principal": None, "Resource": HIDDEN}, Part.RESOURCE, WHY.text),
    ],
)
def test_which_part_of_an_identitys_statement_cannot_be_told(statement: dict[str, Plain], part: Part, why: str) -> None:
    (result,) = evaluate([policy({**EVERYBODY, **statement})], asks(user()), Attached.IDENTITY).results
    assert (result.failed, result.cause) == (part, Cause.UNDECIDED)
    assert [(each.text, each.at) for each in result.applies.reasons] == [(why, AT)]


# Operators


HERE: dict[str, tuple[ContextValue, Plain, Plain]] = {
    # the key's value, a value of the policy that it has, and one that it has not
    "StringEquals": (sent("a"), "a", "A"),
    "StringEqualsIgnoreCase": (sent("aB"), "Ab", "b"),
    "StringLike": (sent("abc"), "a?*", "b*"),
    "NumericEquals": (sent("10"), "10.0", "11"),
    "NumericLessThan": (sent("9"), "10", "9"),
    "NumericLessThanEquals": (sent("10"), 10, "9.5"),
    "NumericGreaterThan": (sent("10"), "-1", "10"),
    "NumericGreaterThanEquals": (sent("10"), "10", "10.5"),
    "DateEquals": (sent("2024-05-06T07:08:09Z"), "1714979289", "2024"),
    "DateLessThan": (sent("2024-05-06T07:08:09Z"), "2024-06", "2024-05-06"),
    "DateLessThanEquals": (sent("1714979289"), "2024-05-06T09:08:09+02:00", "2024-05-06T07:08Z"),
    "DateGreaterThan": (sent("2024-05-06"), "2024-05", "2024-05-06T00:00:00Z"),
    "DateGreaterThanEquals": (sent("2024-05-06"), "2024-05-06", "2024-05-06T00:00:01Z"),
    "Bool": (sent("true"), True, "false"),
    "BinaryEquals": (sent("QmluYXJ5"), "QmluYXJ5", "qmluYXJ5"),
    "IpAddress": (sent("203.0.113.9"), "203.0.113.0/24", "2001:db8::/32"),
    "ArnEquals": (sent(TOPIC), "arn:aws:sns:*:*:ne?s", "arn:aws:sns:*:news"),
    "ArnLike": (sent(TOPIC), TOPIC, "arn:aws:sns:*:444455556666:*"),
}
NEGATED = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
    "IpAddress": "NotIpAddress",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
}
BASES = [(name, False) for name in HERE] + [(name, True) for name in NEGATED]


@pytest.mark.parametrize(("base", "negated"), BASES)
def test_each_operator_on_each_kind_of_key(base: str, negated: bool) -> None:
    value, fits, fits_not = HERE[base]
    name = NEGATED[base] if negated else base
    whose = f"{name}IfExists"
    if base == "ArnEquals":
        fits_not = f"{TOPIC}s"
    for written in (name, name.lower(), whose, f"ForAllValues:{name}", f"ForAnyValue:{whose}"):
        assert truth(asks(x=value), under({written: {"AWS:X": fits}})) is (not negated)
        assert truth(asks(x=value), under({written: {"aws:x": [fits_not]}})) is negated
        assert truth(asks(x=value), under({written: {"aws:x": [fits_not, fits]}})) is (not negated)
        assert truth(asks(x=WHY), under({written: {"aws:x": fits}})) is None
    assert truth(asks(), under({name: {"aws:x": fits}})) is negated
    assert truth(asks(), under({whose: {"aws:x": fits}})) is True
    for absent in (ABSENT, Present((), multi=True)):
        assert truth(asks(x=absent), under({f"ForAllValues:{name}": {"aws:x": fits}})) is True
        assert truth(asks(x=absent), under({f"ForAnyValue:{name}": {"aws:x": fits}})) is False
        # The page on IfExists says yes, the one on ForAnyValue no.
        assert truth(asks(x=absent), under({f"ForAnyValue:{whose}": {"aws:x": fits}})) is None


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        (sent("a"), "false", True),
        (sent("a"), "true", False),
        (sent("a"), ["true", "false"], True),
        (ABSENT, "true", True),
        (ABSENT, False, False),
        (Present((), multi=True), True, True),
        (WHY, "true", None),
        (sent("a"), "perhaps", None),
        (sent("a"), HIDDEN, None),
        (sent(""), "false", None),
    ],
)
def test_null_asks_whether_the_key_is_there(value: ContextValue, wanted: Plain, expected: bool | None) -> None:
    assert truth(asks(x=value), under({"Null": {"aws:x": wanted}})) is expected


@pytest.mark.parametrize(
    ("operator", "wanted", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b", "c"], True),
        ("ForAllValues:StringEquals", ["a"], False),
        ("ForAnyValue:StringEquals", ["b", "c"], True),
        ("ForAnyValue:StringEquals", ["c"], False),
        ("ForAllValues:StringNotEquals", ["c"], True),
        ("ForAllValues:StringNotEquals", ["a"], False),
        ("ForAnyValue:StringNotEquals", ["a"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], False),
        ("StringEquals", ["a", "b"], None),
        ("StringNotEqualsIfExists", ["c"], None),
        ("ForSomeValues:StringEquals", ["a"], None),
    ],
)
def test_sets_of_values(operator: str, wanted: list[Plain], expected: bool | None) -> None:
    """A key of several values takes an operator on sets; AWS says of the others only not to use them."""
    several = Present((Text.literal("a"), Text.literal("b")), multi=True)
    assert truth(asks(x=several), under({operator: {"aws:x": wanted}})) is expected


def test_an_empty_value_is_no_value_of_a_set() -> None:
    """Of values that resolve to an empty string ForAllValues says yes, and ForAnyValue no."""
    assert truth(asks(x=sent("")), under({"ForAllValues:StringEquals": {"aws:x": "a"}})) is True
    assert truth(asks(x=sent("")), under({"ForAnyValue:StringEquals": {"aws:x": ""}})) is False


@pytest.mark.parametrize(
    ("operator", "value", "wanted"),
    [
        ("StringEqual", "a", "a"),
        ("NullIfExists", "a", "false"),
        ("NumericEquals", "10", "ten"),
        ("NumericEquals", "ten", "10"),
        ("NumericEquals", "10", "1_0"),
        ("NumericLessThan", "10", "."),
        ("NumericLessThan", "10", "9" * 5000),
        ("DateLessThan", "2027-01-31", "9" * 5000),
        ("DateEquals", "2024-05-06", "yesterday"),
        ("Bool", "true", "yes"),
        ("IpAddress", "203.0.113.9", "203.0.113.*"),
        ("ArnLike", TOPIC, "*"),
        ("ArnEquals", TOPIC, "arn:aws:sns:*"),
        ("StringEquals", "a", HIDDEN),
    ],
)
def test_what_aws_does_not_document_is_unknown(operator: str, value: str, wanted: Plain) -> None:
    assert truth(asks(x=sent(value)), under({operator: {"aws:x": wanted}})) is None


def test_one_empty_value_among_others_does_not_make_a_set_empty() -> None:
    some = asks(x=Present((Text.literal(""), Text.literal("a")), multi=True))
    assert truth(some, under({"ForAnyValue:StringEquals": {"aws:x": "a"}})) is True
    assert truth(some, under({"ForAllValues:StringEquals": {"aws:x": "b"}})) is False
    assert truth(some, under({"Null": {"aws:x": "false"}})) is True


def test_the_arn_of_a_resource_is_not_empty() -> None:
    news = asks(x=Present((topic("news"),), multi=True))
    assert truth(news, under({"ForAnyValue:ArnEquals": {"aws:x": topic("news")}})) is True


@pytest.mark.parametrize(
    ("operator", "wanted", "expected"),
    [
        ("NumericEquals", "${aws:y}", None),  # variables are for strings and ARNs
        ("ArnLike", "news*", False),
        ("ArnLike", "arn:aws:sns:*:*", None),  # one segment is missing
        ("StringEquals", "${aws:y}", True),
        ("StringNotEquals", "${aws:y}", False),
        ("StringEqualsIgnoreCase", "${aws:y}", True),
        ("StringNotEqualsIgnoreCase", "${aws:y}", False),
        ("StringLike", "${aws:y}", True),
        ("StringNotLike", "${aws:y}", False),
        ("ArnEquals", "${aws:y}", True),
        ("ArnNotEquals", "${aws:y}", False),
        ("ArnLike", "${aws:y}", True),
        ("ArnNotLike", "${aws:y}", False),
        ("Bool", "${aws:y}", None),
        ("BinaryEquals", "${aws:y}", False),
        ("IpAddress", "${aws:y}", None),
        ("NotIpAddress", "${aws:y}", None),
        ("IpAddress", "203.0.113.77/24", True),  # the bits of the host say nothing
        ("DateEquals", "2024-05-06T09:08:09+02:00", True),
        ("DateEquals", "2024-05-06T07:08:09", True),
        ("DateEquals", "2024-05-06T07:08:09Z", True),
        ("DateEquals", "2024-05-06T07:08:09+01:00", False),
        ("DateLessThan", "2025", True),  # a year, and no second of 1970
        ("DateLessThan", "202400", False),
        ("DateLessThan", "20250101", False),
    ],
)
def test_how_an_operator_takes_what_is_written(operator: str, wanted: Plain, expected: bool | None) -> None:
    values = {"NumericEquals": "1", "IpAddress": "203.0.113.9", "NotIpAddress": "203.0.113.9", "Bool": "true"}
    value = "2024-05-06T07:08:09Z" if operator.startswith("Date") else values.get(operator, TOPIC)
    assert truth(asks(x=sent(value), y=sent(value)), under({operator: {"aws:x": wanted}})) is expected


@pytest.mark.parametrize(("digits", "expected"), [(100, True), (101, None)])
def test_longer_numbers_than_anybody_compares_are_not_read(digits: int, expected: bool | None) -> None:
    number = "1" * digits
    assert truth(asks(x=sent(number)), under({"NumericEquals": {"aws:x": number}})) is expected


@pytest.mark.parametrize("operator", ["StringEquals", "StringEqualsIgnoreCase"])
def test_a_wildcard_that_is_no_wildcard_is_a_character(operator: str) -> None:
    for name, equal in ((operator, True), (operator.replace("Equals", "NotEquals"), False)):
        assert truth(asks(x=sent("a*")), under({name: {"aws:x": "a*"}})) is equal
        assert truth(asks(x=sent("ab")), under({name: {"aws:x": "a*"}})) is not equal


def test_a_date_without_a_zone_is_one_of_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "America/New_York")
        time.tzset()
        dated = under({"DateEquals": {"aws:x": "2024-05-06T07:08:09"}})
        assert truth(asks(x=sent("2024-05-06T07:08:09Z")), dated) is True
    time.tzset()


def test_every_key_of_every_operator_must_hold() -> None:
    """The page on several keys: operators and keys are joined by AND, values by OR."""
    block: Plain = {
        "StringEqualsIgnoreCase": {"aws:department": ["finance", "hr", "legal"], "aws:role": ["audit", "security"]},
        "StringEquals": {"aws:account": "123456789012"},
    }
    fits = {"aws:department": sent("HR"), "aws:role": sent("audit"), "aws:account": sent("123456789012")}

    def answer(**change: ContextValue) -> bool | None:
        keys = {**fits, **{f"aws:{key}": value for key, value in change.items()}}
        return truth(Request(SNS, "sqs:SendMessage", Text.literal(QUEUE), Context.of(keys, ABSENT)), under(block))

    assert answer() is True
    for wrong in (sent("other"), ABSENT):
        assert answer(department=wrong) is answer(role=wrong) is answer(account=wrong) is False


def test_an_arn_operator_keeps_to_the_segments() -> None:
    """The example of the page on operators: StringLike runs over colons, ArnLike does not."""
    value = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
    wanted = "arn:aws:someservice:*:111122223333:finance/*"
    assert truth(asks(x=sent(value)), under({"StringLike": {"aws:x": wanted}})) is True
    assert truth(asks(x=sent(value)), under({"ArnLike": {"aws:x": wanted}})) is False


def test_a_key_whose_name_is_symbolic_is_unknown() -> None:
    assert truth(asks(), under({"StringEquals": {"aws:PrincipalTag/${Tag}": "a"}})) is None


def test_conditions_that_cannot_be_read_leave_it_open() -> None:
    assert truth(asks(), under(HIDDEN)) is None
    assert truth(asks(), under({"StringEquals": HIDDEN})) is None
    assert truth(asks(), under([{"StringEquals": {"aws:x": "a"}}])) is None
    assert truth(asks(), under({"StringEquals": HIDDEN, "Bool": {"aws:x": True}})) is False
    assert truth(asks(), under(None)) is True


# Variables


def test_variables_take_the_values_of_the_request() -> None:
    home: Plain = {**EVERYBODY, "Resource": "arn:aws:sqs:us-east-2:*:${aws:username}-queue"}
    own = "arn:aws:sqs:us-east-2:111122223333:bob-queue"
    assert truth(asks(resource=own, username=sent("bob")), home) is True
    assert truth(asks(resource=own, UserName=sent("eve")), home) is False
    assert truth(asks(resource=own), home) is False
    assert truth(asks(resource=own, username=WHY), home) is None
    assert truth(asks(resource="arn:aws:sqs:us-east-2:111122223333:bob", username=WHY), home) is False
    assert truth(asks(username=sent("*")), {**EVERYBODY, "Resource": "${aws:username}"}) is False


def test_what_stands_behind_a_variable_is_text_of_the_policy() -> None:
    """A `*` there is a wildcard for the operators that have wildcards, and for no others."""
    for operator, wanted, value, expected in [
        ("StringLike", "${aws:y}*", "ab", True),
        ("StringEquals", "${aws:y}*", "ab", False),
        ("StringEquals", "${aws:y}*", "a*", True),
        ("StringEquals", "${aws:y}-}", "a-}", True),
    ]:
        assert truth(asks(x=sent(value), y=sent("a")), under({operator: {"aws:x": wanted}})) is expected


def test_a_variable_that_is_not_known_may_stand_for_letters_of_either_case() -> None:
    either: Plain = {"StringEqualsIgnoreCase": {"aws:x": "RED-${aws:y}"}}
    assert truth(asks(x=sent("red-1"), y=WHY), under(either)) is None
    assert truth(asks(x=sent("blue-1"), y=WHY), under(either)) is False


@pytest.mark.parametrize(("default", "expected"), [("''", True), ("'b'", False), ("'", False), ("b", False)])
def test_a_default_is_written_in_quotes(default: str, expected: bool) -> None:
    assert truth(asks(x=sent("a")), under({"StringEquals": {"aws:x": f"a${{aws:y, {default}}}"}})) is expected


def test_a_variable_without_a_value_takes_its_default() -> None:
    """The example of the page on variables: a bucket for those whose team has none."""
    team: Plain = {**EVERYBODY, "Resource": "arn:aws:s3:::example-${aws:PrincipalTag/team, 'company-wide'}"}
    tagged = Context.of({"aws:PrincipalTag/team": sent("yellow")}, ABSENT)
    own, common = Text.literal("arn:aws:s3:::example-yellow"), Text.literal("arn:aws:s3:::example-company-wide")
    assert truth(Request(SNS, "s3:GetObject", own, tagged), team) is True
    assert truth(Request(SNS, "s3:GetObject", common, tagged), team) is False
    assert truth(Request(SNS, "s3:GetObject", common, Context.of({}, ABSENT)), team) is True


def test_a_variable_without_a_value_matches_nothing() -> None:
    """So a negated operator holds, as the example with the tag of a team says."""
    block: Plain = {"StringNotEquals": {"aws:x": "${aws:PrincipalTag/Team}"}}
    assert truth(asks(x=sent("red")), under(block)) is True
    assert truth(asks(x=sent("red")), under({"StringLike": {"aws:x": "${aws:PrincipalTag/Team}*"}})) is False
    assert truth(asks(), {**EVERYBODY, "Resource": None, "NotResource": "*${aws:username}"}) is True


def test_characters_that_are_written_as_variables_are_no_wildcards() -> None:
    for wanted, value, expected in [
        ("a${*}", "a*", True),
        ("a${*}", "ab", False),
        ("a${?}", "ab", False),
        ("${$}${?}", "$?", True),
    ]:
        assert truth(asks(x=sent(value)), under({"StringLike": {"aws:x": wanted}})) is expected
        assert truth(asks(x=sent(value)), under({"StringEquals": {"aws:x": wanted}})) is expected


@pytest.mark.parametrize(("version", "expected"), [("2008-10-17", False), (None, False), (HIDDEN, None)])
def test_variables_came_with_a_version(version: Plain, expected: bool | None) -> None:
    """In older policies they are plain text."""
    read_in = policy(under({"StringEquals": {"aws:x": "${aws:y}"}}), version=version)
    assert evaluate([read_in], asks(x=sent("a"), y=sent("a"))).verdict.truth is expected
    assert evaluate([read_in], asks(x=sent("${aws:y}"), y=sent("a"))).verdict.truth in {True, None}


def test_a_variable_of_several_values_is_unknown() -> None:
    several = Present((Text.literal("a"), Text.literal("b")), multi=True)
    assert truth(asks(x=sent("a"), y=several), under({"StringEquals": {"aws:x": "${aws:y}"}})) is None


def test_a_symbol_inside_a_variable_leaves_it_open() -> None:
    name = Text.of("a${aws:PrincipalTag/", Symbol(("t", "key"), Alphabet.NAME, "${Key}"), "}")
    assert truth(asks(x=sent("ab")), under({"StringEquals": {"aws:x": name}})) is None
    assert truth(asks(x=sent("b")), under({"StringEquals": {"aws:x": name}})) is False


# Principals


CALLERS: dict[str, Caller] = {
    "service": SNS,
    "role": user(WORKER, AwsKind.ROLE),
    "session": user(SESSION, AwsKind.SESSION, WORKER),
    "user": user(),
    "root": user(f"arn:aws:iam::{ACCOUNT}:root", AwsKind.ROOT),
    "stranger": user(f"arn:aws:iam::{OTHER}:role/worker", AwsKind.ROLE),
    "anonymous": Anonymous(),
}
ALL = set(CALLERS)
OWN = {"role", "session", "user", "root"}


@pytest.mark.parametrize(
    ("named", "lets_in", "leaves_open"),
    [
        ("*", ALL, set()),
        ({"AWS": "*"}, ALL, set()),
        ({"*": "*"}, ALL, set()),
        ({"AWS": ACCOUNT}, OWN, set()),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, OWN, set()),
        ({"AWS": [OTHER, BOB]}, {"stranger", "user"}, set()),
        ({"AWS": WORKER}, {"role", "session"}, set()),
        ({"AWS": SESSION}, {"session"}, {"role"}),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/Bob"}, set(), set()),
        ({"AWS": "arn:aws:iam::*:user/bob"}, set(), set()),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}"}, set(), set()),
        ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, set(), OWN | {"stranger"}),
        ({"Service": "sns.amazonaws.com"}, {"service"}, set()),
        ({"Service": ["sns.eu-south-1.amazonaws.com", "SNS.amazonaws.com"]}, set(), set()),
        ({"Service": "*"}, set(), {"service"}),
        ({"Federated": "www.amazon.com"}, set(), set()),
        ({"CanonicalUser": "79a5"}, set(), OWN | {"stranger"}),
        ({"AWS": HIDDEN}, set(), ALL),
        ({"Service": HIDDEN}, set(), {"service"}),
        ({"Federated": HIDDEN}, set(), set()),
        ({"Everyone": "*"}, set(), ALL),
        (HIDDEN, set(), ALL),
        (ACCOUNT, set(), ALL),
        (Text.of(Symbol(("t", "who"), Alphabet.OPAQUE, "${Who}")), set(), ALL),
    ],
    ids=label,
)
def test_whom_a_principal_names(named: Plain, lets_in: set[str], leaves_open: set[str]) -> None:
    found = {name: truth(asks(caller), {**EVERYBODY, "Principal": named}) for name, caller in CALLERS.items()}
    assert {name for name, answer in found.items() if answer} == lets_in
    assert {name for name, answer in found.items() if answer is None} == leaves_open


@pytest.mark.parametrize(
    ("named", "spared", "open_"),
    [
        ({"AWS": [BOB, f"arn:aws:iam::{ACCOUNT}:root"]}, {"user", "root"}, {"role", "session"}),
        ({"AWS": BOB}, set(), {"user"}),
        ({"AWS": [SESSION, WORKER, f"arn:aws:iam::{ACCOUNT}:root"]}, {"session", "role", "root"}, {"user"}),
        ({"Service": "sns.amazonaws.com"}, {"service"}, set()),
        ({"AWS": "*"}, ALL, set()),
        ({"AWS": HIDDEN}, set(), ALL),
    ],
    ids=label,
)
def test_whom_a_deny_with_not_principal_spares(named: Plain, spared: set[str], open_: set[str]) -> None:
    """The examples of the page on NotPrincipal: without its account an identity may be denied all the same."""
    deny: Plain = {"Effect": "Deny", "NotPrincipal": named, "Action": "*", "Resource": "*"}
    found = {name: truth(asks(caller), EVERYBODY, deny) for name, caller in CALLERS.items()}
    assert {name for name, answer in found.items() if answer} == spared
    assert {name for name, answer in found.items() if answer is None} == open_


def test_an_allow_with_not_principal_lets_in_everybody_else() -> None:
    allow: Plain = {"NotPrincipal": {"AWS": [BOB, ACCOUNT]}, "Action": "*", "Resource": "*"}
    assert truth(asks(Anonymous()), allow) is True
    assert truth(asks(SNS), allow) is True
    assert truth(asks(user()), allow) is False


@pytest.mark.parametrize(
    ("named", "caller"),
    [
        ({"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, SNS),
        ({"Service": ["sns.amazonaws.com", "*"]}, SNS),
        ({"AWS": ["*", OTHER]}, SNS),
        ({"AWS": ["*", OTHER]}, Anonymous()),
        ({"AWS": ["*", OTHER]}, user()),
        ({"AWS": [BOB, OTHER]}, user()),
        ({"AWS": [ACCOUNT, OTHER]}, user()),
        ({"AWS": [BOB, HIDDEN]}, user()),
        ({"AWS": BOB, "CanonicalUser": "79a5"}, user()),
        ({"AWS": "*", "Service": "events.amazonaws.com"}, SNS),
    ],
)
def test_one_principal_of_several_is_enough(named: Plain, caller: Caller) -> None:
    """In whatever order they are written."""
    [(kind, names), *others] = list(named.items())  # type: ignore[union-attr]
    backwards = {**dict(others), kind: names[::-1] if isinstance(names, list) else names}
    for principal in (named, backwards):
        assert allowed_by_resource_policy([policy({**EVERYBODY, "Principal": principal})], asks(caller)).verdict.is_yes


@pytest.mark.parametrize("named", [{"Federated": "arn:aws:iam::*:role/*"}, {"AWS": mentions("other")}], ids=label)
def test_only_in_the_arn_of_an_identity_a_wildcard_is_to_blame(named: Plain) -> None:
    caller = AwsPrincipal(planned("r"), Text.literal(ACCOUNT))
    (result,) = evaluate([policy({**EVERYBODY, "Principal": named})], asks(caller)).decisive
    assert (result.failed, result.cause) == (Part.PRINCIPAL, Cause.UNLISTED)


REGION = Symbol(("t", "region"), Alphabet.REGION, "${AWS::Region}")


@pytest.mark.parametrize(
    "named",
    [
        Text.of("arn:aws:", REGION, f"::{ACCOUNT}:root"),
        Text.of("arn:aws:iam::", *OPEN.parts, ":root"),
        Text.of(f"arn:aws:iam::{ACCOUNT}:", REGION),
        Text.of("arn:aws:", REGION, f"::{ACCOUNT}:assumed-role/worker/one"),
        Text.of("arn:aws:sts::", *OPEN.parts, ":assumed-role/worker/one"),
    ],
    ids=str,
)
def test_whom_an_arn_names_that_is_put_together_is_open(named: Text) -> None:
    """For the reason that it has no value here, and for a session that nobody knows how it is called."""
    answer = verdict(asks(user(WORKER, AwsKind.ROLE)), {**EVERYBODY, "Principal": {"AWS": named}})
    assert answer.is_unknown
    sessions = "how the role's sessions are called is open"
    assert {reason.text for reason in answer.reasons} - {sessions} == {f"{named} has no value here"}


def test_a_canonical_user_who_is_not_known_may_be_anybody_of_aws() -> None:
    statement: dict[str, Plain] = {**EVERYBODY, "Principal": {"CanonicalUser": HIDDEN}}
    assert truth(asks(user()), statement) is None
    assert truth(asks(), statement) is False


def test_a_regional_service_is_another_one() -> None:
    """A topic in an opt-in Region calls as the service of that Region."""
    region = Symbol(("t", "region"), Alphabet.REGION, "${AWS::Region}")
    named: Plain = {**EVERYBODY, "Principal": {"Service": Text.of("sns.", region, ".amazonaws.com")}}
    assert truth(asks(SNS), named) is False
    assert truth(asks(ServicePrincipal("sns.eu-south-1.amazonaws.com")), named) is None


def test_the_sample_that_lets_a_service_in_by_its_account_is_left_open() -> None:
    """The page on operators has it, for a topic that sends to a queue; without a source it is the account alone."""
    sample: dict[str, Plain] = {
        "Principal": {"AWS": ACCOUNT},
        "Action": "SQS:SendMessage",
        "Resource": QUEUE,
        "Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}},
    }
    assert truth(asks(SourceArn=sent(TOPIC)), sample) is None
    assert truth(asks(SourceArn=sent(f"{TOPIC}s")), sample) is False
    assert truth(asks(SourceArn=sent(TOPIC)), {**sample, "Condition": None}) is False
    assert truth(asks(SourceArn=sent(TOPIC)), {**sample, "Principal": {"AWS": WORKER}}) is False
    assert truth(asks(SourceArn=sent(TOPIC)), {**sample, "Principal": {"AWS": [WORKER, ACCOUNT]}}) is None
    by_account: Plain = {**sample, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}
    assert truth(asks(SourceAccount=sent(ACCOUNT)), by_account) is None


# Actions and resources


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("sqs:SendMessage", True),
        ("SQS:sendmessage", True),
        ("sqs:*", True),
        ("*", True),
        ("sqs:?end*", True),
        ("sqs:Send", False),
        ("sns:*", False),
        ([], False),
        (["sns:*", "sqs:S*"], True),
        (HIDDEN, None),
    ],
)
def test_what_an_action_covers(pattern: Plain, expected: bool | None) -> None:
    assert truth(asks(), {**EVERYBODY, "Action": pattern}) is expected
    opposite = None if expected is None else not expected
    assert truth(asks(), {**EVERYBODY, "Action": None, "NotAction": pattern}) is opposite


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        ("*", QUEUE, True),
        (QUEUE, QUEUE, True),
        (QUEUE.upper(), QUEUE, False),
        ("arn:aws:sqs:*:*:orders", QUEUE, True),
        # A star that ends a segment may run over colons.
        ("arn:aws:sqs:*:orders", QUEUE, True),
        ("arn:aws:sqs:*", QUEUE, True),
        # Of others AWS does not say it.
        ("arn:aws:sqs:e*s", QUEUE, None),
        ("arn:aws:sqs:e*X*", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:Xorders", None),
        ("arn:aws:sqs:eu-west-1?111122223333:orders", QUEUE, None),
        ("arn:aws:sqs:eu-*-1:*:o*s", QUEUE, True),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/orders", QUEUE, False),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/2/test/3/object.jpg", True),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1///test///object.jpg", True),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket//test/object.jpg", True),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/test/", True),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1-test/object.jpg", False),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/test/object.jpg", False),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/2/test.jpg", False),
    ],
)
def test_what_a_resource_covers(pattern: Plain, resource: str, expected: bool | None) -> None:
    assert truth(asks(resource=resource), {**EVERYBODY, "Resource": pattern}) is expected
    opposite = None if expected is None else not expected
    assert truth(asks(resource=resource), {**EVERYBODY, "Resource": None, "NotResource": pattern}) is opposite


def test_an_element_beside_its_counterpart_is_not_understood() -> None:
    for name in EVERYBODY:
        answer = verdict(asks(), {**EVERYBODY, f"Not{name}": "*"})
        assert answer.doubt is Doubt.NOT_UNDERSTOOD
    assert truth(asks(), {"Principal": "*", "Resource": "*"}) is None
    assert truth(asks(), {"Action": "*", "Resource": "*"}) is None


def test_a_trust_policy_has_no_resource() -> None:
    trust: Plain = {"Principal": {"Service": "sns.amazonaws.com"}, "Action": "sts:AssumeRole"}
    assert truth(asks(action="sts:AssumeRole", resource=WORKER), trust) is True
    assert evaluate([policy({"Action": "*"})], asks(), Attached.IDENTITY).verdict.is_unknown


def test_the_policy_of_a_resource_may_leave_it_out_too() -> None:
    """It is about what it belongs to; an identity's own policy says what it is about."""
    everybody, own = policy({"Principal": "*", "Action": "*"}), policy({"Action": "*"})
    assert allowed_by_resource_policy([everybody], asks()).verdict.is_yes
    assert allowed([everybody], [], asks(user()), YES).verdict.is_yes
    assert allowed_by_key_policy([everybody], [], asks(user())).verdict.is_yes
    assert allowed([], [own], asks(user()), YES).verdict.is_unknown


def test_what_applies_without_a_plan_is_not_supposed() -> None:
    """Whatever it is attached to, and it is said of the request that was made."""
    trusting = asks(action="sts:AssumeRole", resource=WORKER)
    trust = policy({"Principal": {"Service": "sns.amazonaws.com"}, "Action": "sts:AssumeRole"})
    doing = asks(user(WORKER, AwsKind.ROLE))
    for decision, request in (
        (allowed_by_resource_policy([trust], trusting), trusting),
        (allowed([], [policy(GRANT)], doing, YES), doing),
        (allowed([policy(EVERYBODY)], [], doing, YES, [policy(GRANT)]), doing),
    ):
        assert decision.verdict.is_yes
        assert not decision.supposed
        assert [(each.supposed, each.request) for each in decision.results] == [(False, request)] * len(
            decision.results
        )


# Symbols


def topic(name: str) -> Text:
    """Give the ARN of a resource of this run whose form is not known."""
    return Text((Symbol(("t", name, "arn"), Alphabet.OPAQUE, f"${{{name}.Arn}}"),), Reference(("t", name), "arn"))


@pytest.mark.parametrize("operator", ["ArnEquals", "ArnLike", "StringEquals", "StringLike"])
def test_the_arn_of_one_resource_is_not_that_of_another(operator: str) -> None:
    block: Plain = {operator: {"aws:SourceArn": topic("News")}}
    assert truth(asks(SourceArn=sent(topic("News"))), under(block)) is True
    assert truth(asks(SourceArn=sent(topic("Other"))), under(block)) is False
    assert truth(asks(SourceArn=sent(TOPIC)), under(block)) is None
    assert truth(asks(resource=topic("News")), {**EVERYBODY, "Resource": topic("Other")}) is False
    role = AwsPrincipal(topic("Role"), Text.literal(ACCOUNT))
    assert truth(asks(role), {**EVERYBODY, "Principal": {"AWS": topic("Role")}}) is True
    assert truth(asks(role), {**EVERYBODY, "Principal": {"AWS": topic("Other")}}) is False
    assert truth(asks(SNS), {**EVERYBODY, "Principal": {"AWS": topic("Role")}}) is False
    # An attribute that is no ARN may be anything, an account or everybody.
    attribute = Text(topic("Macro").parts, Reference(("t", "Macro"), "Principal"))
    for caller in (SNS, role, user()):
        assert truth(asks(caller), {**EVERYBODY, "Principal": {"AWS": attribute}}) is None


def test_two_resources_of_one_arn_are_one() -> None:
    """Two parts of a run may both write the same queue."""
    here, there = (Text((QUEUE,), Reference((part, "orders"), "arn")) for part in ("here", "there"))
    assert truth(asks(resource=there), {**EVERYBODY, "Resource": here}) is True
    assert truth(asks(SourceArn=sent(there)), under({"ArnEquals": {"aws:SourceArn": here}})) is True


def test_an_attribute_that_is_called_otherwise_may_be_the_arn() -> None:
    """What a custom resource gives is anything."""
    given = Text((OPAQUE,), Reference(("plan", "custom"), "QueueArn"))
    queue = Text((QUEUE,), Reference(("plan", "orders"), "arn"))
    for one, other in ((given, queue), (queue, given)):
        assert truth(asks(resource=one), {**EVERYBODY, "Resource": other}) is None
        assert truth(asks(SourceArn=sent(one)), under({"ArnEquals": {"aws:SourceArn": other}})) is None


def test_why_it_is_open_whom_an_arn_names() -> None:
    called = Text.of(f"arn:aws:iam::{ACCOUNT}:role/", Symbol(("name",), Alphabet.NAME, "${Name}"))
    answer = verdict(asks(AwsPrincipal(called, Text.literal(ACCOUNT))), {**EVERYBODY, "Principal": {"AWS": WORKER}})
    assert answer.reasons == (Reason(Doubt.OUTSIDE, f"whether {WORKER} names {called} depends on the deployment", AT),)


def test_names_of_two_resources_may_be_the_same() -> None:
    first, second = (Text(topic(name).parts, Reference(("t", name), "name")) for name in ("One", "Two"))
    assert truth(asks(x=sent(first)), under({"StringEquals": {"aws:x": second}})) is None


ATTACKER = Symbol(("attacker",), Alphabet.ACCOUNT, "another account", fresh=True)
OWNER = Symbol(("t", "AWS::AccountId"), Alphabet.ACCOUNT, "${AWS::AccountId}")


@pytest.mark.parametrize(
    ("condition", "intended", "attack"),
    [
        ({"StringEquals": {"aws:SourceAccount": Text.of(OWNER)}}, True, False),
        ({"ArnLike": {"aws:SourceArn": Text.of("arn:aws:s3:*:*:bucket")}}, True, True),
        (
            {
                "ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"},
                "StringEquals": {"aws:SourceAccount": Text.of(OWNER)},
            },
            True,
            False,
        ),
        ({"StringEqualsIfExists": {"aws:SourceAccount": Text.of(OWNER)}}, True, False),
        ({"ForAllValues:StringEquals": {"aws:SourceAccount": Text.of(OWNER)}}, True, False),
        ({"Null": {"aws:SourceArn": "false"}}, True, True),
        ({"StringEquals": {"aws:SourceAccount": Text.of(Symbol(("t", "P"), Alphabet.OPAQUE, "${P}"))}}, None, False),
        ({"StringLike": {"aws:SourceAccount": "*"}}, True, True),
        ({"StringNotEquals": {"aws:SourceAccount": "000000000000"}}, None, True),
        ({"StringEquals": {"aws:SourceArn": "arn:aws:s3:::*"}}, False, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-example"}}, False, False),
    ],
)
def test_a_grant_to_a_service_is_for_the_own_bucket_only(
    condition: Plain, intended: bool | None, attack: bool | None
) -> None:
    """S3 on behalf of the own bucket, and on behalf of one of the same name in another account, elsewhere in time."""
    grant: Plain = {**EVERYBODY, "Principal": {"Service": "s3.amazonaws.com"}, "Condition": condition}
    service, bucket = ServicePrincipal("s3.amazonaws.com"), sent("arn:aws:s3:::bucket")
    assert truth(asks(service, SourceArn=bucket, SourceAccount=sent(Text.of(OWNER))), grant) is intended
    assert truth(asks(service, SourceArn=bucket, SourceAccount=sent(Text.of(ATTACKER))), grant) is attack


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({"ArnEquals": {"aws:SourceArn": TOPIC}}, False),
        ({"StringEquals": {"AWS:SourceOwner": ACCOUNT}}, False),
        ({"ArnLikeIfExists": {"aws:SourceArn": TOPIC}}, True),
        ({"ForAllValues:ArnEquals": {"aws:SourceArn": TOPIC}}, True),
        ({"ForAnyValue:ArnEquals": {"aws:SourceArn": TOPIC}}, False),
        ({"ArnNotEquals": {"aws:SourceArn": TOPIC}}, True),
        ({"Null": {"aws:SourceArn": False}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ],
)
def test_a_grant_to_everybody_is_limited_by_keys_that_people_do_not_send(condition: Plain, public: bool) -> None:
    grant: Plain = {**EVERYBODY, "Principal": {"AWS": "*"}, "Condition": condition}
    assert truth(asks(Anonymous(), SecureTransport=sent("true")), grant) is public


# Plans


def planned(name: str) -> Text:
    """Give the ARN of a resource of a plan."""
    whole = Text.of(f"arn:aws:sqs:eu-west-1:{ACCOUNT}:", Symbol(("plan", name, "random"), Alphabet.NAME, "r", True))
    return Text(whole.parts, Reference(("plan", name), "arn"))


FOREIGN = Text.of("arn:aws:sqs:eu-west-1:", ATTACKER, ":orders")


@pytest.mark.parametrize(
    ("element", "resource", "expected"),
    [
        (mentions("q"), planned("q"), True),
        (mentions("a", "q"), planned("q"), True),
        (mentions("a"), planned("q"), False),
        (mentions("a"), FOREIGN, False),
        (mentions("q"), Text.of(planned("q"), "/x"), True),
        (mentions("a"), Text.literal(QUEUE), None),
        (mentions("a", complete=False), planned("q"), None),
        (mentions("q", complete=False), planned("q"), True),
        (mentions(), planned("q"), False),
    ],
)
def test_what_a_plan_only_mentions(element: Mentions, resource: Text, expected: bool | None) -> None:
    """What names the resource is taken for it where that gives a pass; it never refuses anything."""
    opposite = None if expected is not False else True
    for name, asked in (("Resource", asks(resource=resource)), ("Condition", asks(SourceArn=sent(resource)))):
        block: dict[str, dict[str, Plain]] = {
            "Resource": {"Resource": [element]},
            "Condition": {"Condition": {"ArnEquals": {"aws:SourceArn": element}}},
        }
        own: Plain = {**EVERYBODY, **block[name]}
        decision = evaluate([policy(own)], asked)
        assert decision.verdict.truth is expected
        assert decision.supposed is (expected is True)
        denied = truth(asked, EVERYBODY, {**EVERYBODY, **block[name], "Effect": "Deny"})
        assert denied is opposite
    negated: Plain = under({"ArnNotEquals": {"aws:SourceArn": element}})
    assert truth(asks(SourceArn=sent(resource)), negated) is opposite
    assert truth(asks(resource=resource), {**EVERYBODY, "Resource": None, "NotResource": [element]}) is opposite


def test_a_yes_is_supposed_only_where_nothing_else_gives_it() -> None:
    own: Plain = {**EVERYBODY, "Resource": mentions("q")}
    assert evaluate([policy(own)], asks(resource=planned("q"))).supposed
    assert not evaluate([policy(own, EVERYBODY)], asks(resource=planned("q"))).supposed
    role = AwsPrincipal(planned("r"), Text.literal(ACCOUNT))
    by_name: Plain = {**EVERYBODY, "Principal": {"AWS": mentions("r")}}
    decision = allowed([policy(by_name)], [policy({"Action": "*", "Resource": mentions("q")})], asks(role), YES)
    assert decision.verdict.is_yes
    assert decision.supposed


def test_what_a_plan_only_mentions_fences_nobody_in() -> None:
    """A boundary, or policies of a role, that may be meant for a resource are taken for it."""
    role = asks(user(WORKER, AwsKind.ROLE), resource=planned("q"))
    meant, other = policy({**GRANT, "Resource": mentions("q")}), policy(ELSEWHERE)
    denial = policy({**EVERYBODY, "Effect": "Deny"})
    assert allowed([], [meant], role, YES, [other]).fence is Fence.BOUNDARY
    assert allowed([denial], [policy({"Action": "*", "Resource": "*"})], role, YES, [meant]).fence is None
    assert allowed_by_key_policy([], [meant], role).fence is Fence.KEY
    assert allowed_by_key_policy([denial], [meant], role, [meant]).fence is Fence.KEY


MIXED = msgspec.structs.replace(
    mentions("other"), references=(Reference(("plan", "other"), "arn"), Reference(("plan", "account"), "id"))
)


@pytest.mark.parametrize(
    ("named", "service", "role"),
    [
        (mentions("r"), False, True),
        (mentions("other"), False, False),
        (mentions("account", attribute="id"), False, None),
        (mentions("r", complete=False), None, True),
        (MIXED, False, None),
    ],
)
def test_whom_a_plan_mentions_as_principal(named: Mentions, service: bool | None, role: bool | None) -> None:
    grant: Plain = {**EVERYBODY, "Principal": {"AWS": [named]}}
    assert truth(asks(SNS), grant) is service
    assert truth(asks(AwsPrincipal(planned("r"), Text.literal(ACCOUNT))), grant) is role
    assert truth(asks(Anonymous()), grant) is service


def test_whom_a_plan_only_mentions_is_not_spared_for_certain() -> None:
    role = asks(AwsPrincipal(planned("r"), Text.literal(ACCOUNT)))
    spared: dict[str, Plain] = {"NotPrincipal": {"AWS": [mentions("r"), ACCOUNT]}, "Action": "*", "Resource": "*"}
    assert truth(role, spared) is None
    assert truth(role, EVERYBODY, {**spared, "Effect": "Deny"}) is None
    other: dict[str, Plain] = {**spared, "NotPrincipal": {"AWS": [mentions("other"), OTHER]}}
    assert truth(role, other) is True


# Allow and Deny


def test_a_deny_wins() -> None:
    deny: dict[str, Plain] = {**EVERYBODY, "Effect": "Deny"}
    decision = evaluate([policy(EVERYBODY, deny)], asks())
    assert decision.verdict.is_no
    assert [result.statement.index for result in decision.decisive] == [1]
    assert truth(asks(), EVERYBODY, {**deny, "Resource": HIDDEN}) is None
    assert truth(asks(), {**EVERYBODY, "Resource": HIDDEN}, deny) is False
    assert truth(asks(), {**deny, "Resource": HIDDEN}) is False
    assert truth(asks(), EVERYBODY, {**deny, "Action": "sns:*"}) is True


@pytest.mark.parametrize("effect", [HIDDEN, "allow", None])
def test_a_statement_whose_effect_cannot_be_told_may_do_both(effect: Plain) -> None:
    assert truth(asks(), {**EVERYBODY, "Effect": effect}) is None
    assert truth(asks(), EVERYBODY, {**EVERYBODY, "Effect": effect}) is None
    assert truth(asks(), {**EVERYBODY, "Effect": effect, "Action": "sns:*"}) is False


def test_what_cannot_be_read_may_allow_and_deny() -> None:
    yes, no = policy(EVERYBODY), policy({**EVERYBODY, "Action": "sns:*"})
    deny = policy({**EVERYBODY, "Effect": "Deny"})
    rest = policy(EVERYBODY, HIDDEN)
    for hidden in (HIDDEN, policy(HIDDEN)):
        assert evaluate([yes, hidden], asks()).verdict == UNKNOWN
        assert evaluate([yes, hidden], asks(), hidden_denies=False).verdict.is_yes
        assert evaluate([no, hidden], asks(), hidden_denies=False).verdict == UNKNOWN
        assert evaluate([deny, hidden], asks()).verdict.is_no
        assert evaluate([hidden, deny], asks()).verdict.is_no
        assert allowed_by_resource_policy([yes, hidden], asks()).verdict == UNKNOWN
        assert allowed_by_resource_policy([yes, hidden], asks(), hidden_denies=False).verdict.is_yes
        for caller in (SNS, user()):
            assert allowed([yes, hidden], [], asks(caller), YES).verdict == UNKNOWN
            assert allowed([yes, hidden], [], asks(caller), YES, hidden_denies=False).verdict.is_yes
    assert evaluate([rest], asks()).verdict == UNKNOWN
    assert evaluate([], asks()).verdict.is_no


def test_transport_that_must_be_secure() -> None:
    """The usual Deny: a caller over plain HTTP is refused, and of a caller that may come either way nobody knows."""
    deny: Plain = {**EVERYBODY, "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    for secure, expected in ((sent("true"), True), (sent("false"), False), (WHY, None), (ABSENT, True)):
        assert truth(asks(SecureTransport=secure), EVERYBODY, deny) is expected


# Identities and resources together

GRANT: dict[str, Plain] = {"Action": "sqs:*", "Resource": QUEUE}


def together(
    caller: str,
    resource: Plain,
    own: Plain,
    same_account: Verdict = YES,
    boundary: Plain = None,
) -> bool | None:
    resources = [policy({**GRANT, **resource})] if isinstance(resource, dict) else []
    owns = [policy(own)] if own else []
    limits = [policy(boundary)] if boundary else []
    return allowed(resources, owns, asks(CALLERS[caller]), same_account, limits).verdict.truth


@pytest.mark.parametrize(
    ("caller", "resource", "own", "inside", "across"),
    [
        ("user", {"Principal": {"AWS": BOB}}, None, True, False),
        ("user", None, GRANT, True, False),
        ("user", {"Principal": {"AWS": BOB}}, GRANT, True, True),
        ("user", None, None, False, False),
        ("user", {"Principal": "*"}, None, True, False),
        # The account decides, and whether its own policies suffice is said here by none.
        ("user", {"Principal": {"AWS": ACCOUNT}}, None, None, False),
        ("user", {"Principal": {"AWS": ACCOUNT}}, GRANT, True, True),
        ("user", {"Principal": {"AWS": BOB}, "Effect": "Deny"}, GRANT, False, False),
        ("user", {"Principal": {"AWS": BOB}}, {**GRANT, "Effect": "Deny"}, False, False),
        ("root", None, None, True, False),
        ("root", {"Principal": {"AWS": ACCOUNT}}, None, True, True),
        ("service", {"Principal": {"Service": "sns.amazonaws.com"}}, None, True, True),
        ("service", None, GRANT, False, False),
        ("anonymous", {"Principal": "*"}, None, True, True),
    ],
)
def test_what_identity_and_resource_give_together(
    caller: str, resource: Plain, own: Plain, inside: bool | None, across: bool | None
) -> None:
    """In one account either suffices, across accounts it takes both."""
    assert together(caller, resource, own) is inside
    assert together(caller, resource, own, NO) is across
    assert together(caller, resource, own, UNKNOWN) is (inside if inside is across else None)


@pytest.mark.parametrize(
    ("caller", "named", "expected"),
    [
        ("role", WORKER, False),
        ("session", WORKER, False),
        ("session", SESSION, True),
        ("user", BOB, True),
        ("role", "*", True),
    ],
)
def test_a_boundary_limits_what_a_role_is_given(caller: str, named: str, expected: bool) -> None:
    """The page on evaluation: a grant to a session or user is not limited by what the boundary leaves out."""
    other: Plain = {"Action": "s3:*", "Resource": "*"}
    assert together(caller, {"Principal": {"AWS": named}}, GRANT, boundary=other) is expected
    assert together(caller, {"Principal": {"AWS": named}}, None, boundary=GRANT) is True
    assert together(caller, {"Principal": {"AWS": named}}, GRANT, boundary={**GRANT, "Effect": "Deny"}) is False
    assert together(caller, None, GRANT, boundary=other) is False


ELSEWHERE: dict[str, Plain] = {"Action": "s3:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("own", "boundary", "fence"),
    [
        (GRANT, ELSEWHERE, Fence.BOUNDARY),
        (GRANT, mentions("orders"), None),
        (None, ELSEWHERE, None),
        (ELSEWHERE, GRANT, None),
        (GRANT, GRANT, None),
    ],
)
def test_a_boundary_is_named_where_it_alone_refuses(own: Plain, boundary: Plain, fence: Fence | None) -> None:
    limits = [policy({**GRANT, "Resource": boundary})] if isinstance(boundary, Mentions) else [policy(boundary)]
    owns = [policy(own)] if own else []
    decision = allowed([], owns, asks(user(WORKER, AwsKind.ROLE)), YES, limits)
    assert decision.fence is fence
    if fence is not None:
        # What comes nearest is the statement that does apply.
        assert [result.failed for result in decision.decisive] == [None]


@pytest.mark.parametrize(
    ("key", "own", "boundary", "expected", "fence"),
    [
        (ACCOUNT, GRANT, None, True, None),
        (ACCOUNT, GRANT, GRANT, True, None),
        (ACCOUNT, None, None, False, None),
        (ACCOUNT, GRANT, ELSEWHERE, False, Fence.BOUNDARY),
        (OTHER, GRANT, None, False, Fence.KEY),
        (OTHER, GRANT, GRANT, False, Fence.KEY),
        (OTHER, GRANT, ELSEWHERE, False, Fence.BOUNDARY),
        (OTHER, None, GRANT, False, None),
        (WORKER, None, None, True, None),
        (WORKER, {**GRANT, "Effect": "Deny"}, None, False, None),
        (WORKER, None, {**GRANT, "Effect": "Deny"}, False, None),
    ],
)
def test_a_key_decides_who_decides(key: str, own: Plain, boundary: Plain, expected: bool, fence: Fence | None) -> None:
    """Its policy lets somebody in itself, or leaves that to the account."""
    grants = [policy({**GRANT, "Principal": {"AWS": key}})]
    owns, limits = ([policy(each)] if each else [] for each in (own, boundary))
    decision = allowed_by_key_policy(grants, owns, asks(user(WORKER, AwsKind.ROLE)), limits)
    assert (decision.verdict.truth, decision.fence) == (expected, fence)


def test_a_service_has_the_policy_of_the_key_alone() -> None:
    grants = [policy({**GRANT, "Principal": {"Service": "sns.amazonaws.com"}})]
    assert allowed_by_key_policy(grants, [], asks()).verdict.is_yes
    assert allowed_by_key_policy([], [policy(GRANT)], asks()).verdict.is_no


MISSED: dict[str, Plain] = {
    "its Action does not cover sqs:SendMessage": {**GRANT, "Action": "sqs:Get*"},
    f"its Resource does not cover {QUEUE}": {**GRANT, "Resource": TOPIC},
    "StringEquals asks for aws:x, which this request does not have": {
        **GRANT,
        "Condition": {"StringEquals": {"aws:x": "y"}},
    },
}


@pytest.mark.parametrize("backwards", [False, True])
def test_what_nearly_lets_a_role_do_it(backwards: bool) -> None:
    """What comes nearest is first, and what is about other actions is not named."""
    beside: Plain = {**GRANT, "Effect": "Deny", "Resource": TOPIC}
    statements = [*MISSED.values(), beside]
    decision = allowed([], [policy(*statements[:: -1 if backwards else 1])], asks(user(WORKER, AwsKind.ROLE)), YES)
    assert [explain(each) for each in decision.nearest] == [*MISSED][:0:-1]
    assert refused(decision) == [*MISSED][-1]


def test_what_applies_comes_nearer_than_what_a_condition_keeps_out() -> None:
    """What refuses it then is the boundary."""
    own = policy(*MISSED.values(), GRANT)
    decision = allowed([], [own], asks(user(WORKER, AwsKind.ROLE)), YES, [policy(ELSEWHERE)])
    assert decision.fence is Fence.BOUNDARY
    assert [each.statement.index for each in decision.decisive] == [3]


def test_a_denial_alone_refuses_a_role() -> None:
    denial: Plain = {**GRANT, "Effect": "Deny"}
    decision = allowed([], [policy(GRANT, denial, *MISSED.values())], asks(user(WORKER, AwsKind.ROLE)), YES)
    assert [each.statement.index for each in decision.nearest] == [1]
    assert refused(decision) == "a statement denies it"


def test_what_decides() -> None:
    """The Allows that apply, else the Denies that do, else those that may."""
    some: list[Plain] = [
        GRANT,
        {**GRANT, "Action": "s3:*"},
        {**GRANT, "Effect": "Deny", "Action": "s3:*"},
        {**GRANT, "Resource": HIDDEN},
    ]

    def decides(*statements: Plain) -> list[int]:
        decision = evaluate([policy(*statements)], asks(user()), Attached.IDENTITY)
        return [each.statement.index for each in decision.decisive]

    assert decides(*some) == [0]
    assert decides(*some, {**GRANT, "Effect": "Deny"}) == [4]
    assert decides(*some[1:]) == [2]
    assert decides(*some[1:3]) == [0]
    assert decides(GRANT, {**GRANT, "Effect": "Deny", "Resource": HIDDEN}) == [1]


@pytest.mark.parametrize(
    ("named", "boundaries"),
    [
        ({"Principal": {"AWS": ACCOUNT}}, []),
        ({"NotPrincipal": {"AWS": OTHER}}, [policy(ELSEWHERE)]),
    ],
)
def test_why_a_grant_to_the_account_leaves_it_open(named: dict[str, Plain], boundaries: list[Policy]) -> None:
    found = allowed([policy({**GRANT, **named})], [], asks(user()), YES, boundaries).verdict
    assert found.reasons == (Reason(Doubt.OUTSIDE, "the policy leaves it to the account", AT),)


def test_how_a_boundary_limits_a_grant_with_not_principal_is_not_documented() -> None:
    grant: Plain = {"NotPrincipal": {"AWS": OTHER}}
    assert together("user", grant, None, boundary={"Action": "s3:*", "Resource": "*"}) is None
    assert together("user", grant, None, boundary=GRANT) is True


def test_the_user_and_the_bucket_for_logs() -> None:
    """The worked example of the page on evaluation, in one account."""
    carlos = user(f"arn:aws:iam::{ACCOUNT}:user/carlos")
    buckets: Plain = ["arn:aws:s3:::carlos/*", "arn:aws:s3:::carlos"]
    own = policy(
        {"Action": ["s3:GetBucketLocation", "s3:ListAllMyBuckets"], "Resource": "arn:aws:s3:::*"},
        {"Action": "s3:*", "Resource": buckets},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::*log*"},
    )
    bucket = policy(
        {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/carlos"}, "Action": "s3:*", "Resource": buckets}
    )
    put = asks(carlos, "s3:PutObject", "arn:aws:s3:::carlos/a")
    logs = asks(carlos, "s3:PutObject", "arn:aws:s3:::carlos-logs/a")
    assert allowed([bucket], [own], put, YES).verdict.is_yes
    assert allowed([], [own], logs, YES).verdict.is_no


def test_implicit_and_explicit_denies() -> None:
    """The example of the page on evaluation: get and list, but no reports."""
    own = policy(
        {"Action": ["iam:Get*", "iam:List*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:*Report", "Resource": "*"},
    )
    for action, expected in (("GetUser", True), ("CreateUser", False), ("GetOrganizationsAccessReport", False)):
        request = asks(user(), f"iam:{action}", "*")
        assert evaluate([own], request, Attached.IDENTITY).verdict.truth is expected


def named(name: Text | str, kind: PrincipalKind | None = None) -> Principal:
    """Give a principal; without a kind, that of a permission which a parameter chooses."""
    return Principal(kind, Known(Text.of(name) if isinstance(name, str) else name, AT))


CHOSEN = named(Text.of(OPAQUE))
CHOSEN_SERVICE = named(Text.of(OPAQUE, ".amazonaws.com"))
CLOSED = named(Text.of("sns.", OPAQUE))
TOLD = named("events.amazonaws.com", PrincipalKind.SERVICE)
ANYBODY = named("*", PrincipalKind.ANYONE)


@pytest.mark.parametrize(
    ("listed", "itself", "anyone"),
    [
        ([CHOSEN], None, None),
        ([CHOSEN_SERVICE], None, False),
        ([CLOSED], False, False),
        ([TOLD, CLOSED], True, False),
        ([TOLD, CHOSEN], True, None),
        ([CLOSED, TOLD], True, False),
        ([ANYBODY, CLOSED], False, True),
        ([CLOSED, ANYBODY], False, True),
    ],
)
def test_a_principal_of_which_not_even_the_kind_is_known(
    listed: list[Principal], itself: bool | None, anyone: bool | None
) -> None:
    """That of a permission: it may become a service, everybody, or an account."""
    found = principals(listed, ServicePrincipal("events.amazonaws.com"), suppose=False)
    assert (found.itself.truth, found.anyone.truth) == (itself, anyone)
    reasons = [reason for verdict in (found.itself, found.anyone) for reason in verdict.reasons]
    assert all((reason.text.endswith(" has no value here"), reason.at) == (True, AT) for reason in reasons)


def test_the_policy_of_an_identity_names_no_principals() -> None:
    answer = evaluate([policy(EVERYBODY)], asks(user()), Attached.IDENTITY).verdict
    assert answer.doubt is Doubt.NOT_UNDERSTOOD


# What decides, and why


def only(request: Request, statement: Plain) -> Decision:
    decision = allowed_by_resource_policy([policy(statement)], request)
    assert len(decision.decisive) == 1
    return decision


@pytest.mark.parametrize(
    ("change", "part", "cause", "sentence"),
    [
        (
            {"Principal": {"Service": "events.amazonaws.com"}},
            Part.PRINCIPAL,
            Cause.UNLISTED,
            "its Principal does not cover sns.amazonaws.com",
        ),
        (
            {"Principal": None, "NotPrincipal": {"Service": "sns.amazonaws.com"}},
            Part.PRINCIPAL,
            Cause.EXCLUDED,
            "its NotPrincipal lists sns.amazonaws.com",
        ),
        ({"Action": "sns:*"}, Part.ACTION, Cause.UNLISTED, "its Action does not cover sqs:SendMessage"),
        (
            {"Action": None, "NotAction": "sqs:*"},
            Part.ACTION,
            Cause.EXCLUDED,
            "its NotAction lists sqs:SendMessage",
        ),
        ({"Resource": f"{QUEUE}s"}, Part.RESOURCE, Cause.UNLISTED, f"its Resource does not cover {QUEUE}"),
        (
            {"Resource": None, "NotResource": [f"{QUEUE}s", QUEUE]},
            Part.RESOURCE,
            Cause.EXCLUDED,
            f"its NotResource lists {QUEUE}",
        ),
        (
            {"Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:sns:*"}}},
            Part.CONDITION,
            Cause.LITERAL_WILDCARD,
            "StringEquals compares aws:SourceArn literally, so the wildcard in arn:aws:sns:* never matches",
        ),
        (
            {"Condition": {"ArnEquals": {"aws:SourceArn": [f"{TOPIC}/1", f"{TOPIC}/2", f"{TOPIC}/3", f"{TOPIC}/4"]}}},
            Part.CONDITION,
            Cause.UNLISTED,
            f"ArnEquals asks that aws:SourceArn is {TOPIC}/1 or {TOPIC}/2 or {TOPIC}/3 or 1 more, but it is {TOPIC}",
        ),
        (
            {"Condition": {"StringEquals": {"aws:SourceArn": f"{TOPIC}s"}}},
            Part.CONDITION,
            Cause.UNLISTED,
            f"StringEquals asks that aws:SourceArn is {TOPIC}s, but it is {TOPIC}",
        ),
        (
            {"Condition": {"StringEquals": {"aws:SourceArn": [f"{TOPIC}X", "arn:aws:sns:*"]}}},
            Part.CONDITION,
            Cause.LITERAL_WILDCARD,
            "StringEquals compares aws:SourceArn literally, so the wildcard in arn:aws:sns:* never matches",
        ),
        (
            {"Condition": {"Null": {"aws:PrincipalOrgID": "false"}}},
            Part.CONDITION,
            Cause.NOT_SENT,
            "Null asks for aws:PrincipalOrgID, which this request does not have",
        ),
        (
            {"Condition": {"StringNotLike": {"aws:SourceArn": "*"}}},
            Part.CONDITION,
            Cause.EXCLUDED,
            f"StringNotLike rules out that aws:SourceArn is {TOPIC}",
        ),
        (
            {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-example"}}},
            Part.CONDITION,
            Cause.NOT_SENT,
            "StringEquals asks for aws:PrincipalOrgID, which this request does not have",
        ),
        (
            {"Condition": {"Null": {"aws:SourceArn": "true"}}},
            Part.CONDITION,
            Cause.SENT,
            "Null asks that aws:SourceArn is missing, and this request has it",
        ),
        (
            {"Condition": {"ArnEquals": {"aws:SourceArn": [f"{TOPIC}/1", f"{TOPIC}/2", f"{TOPIC}/3"]}}},
            Part.CONDITION,
            Cause.UNLISTED,
            f"ArnEquals asks that aws:SourceArn is {TOPIC}/1 or {TOPIC}/2 or {TOPIC}/3, but it is {TOPIC}",
        ),
        (
            {"Condition": {"StringEquals": {"aws:SourceArn": []}}},
            Part.CONDITION,
            Cause.UNLISTED,
            f"StringEquals asks that aws:SourceArn is nothing, but it is {TOPIC}",
        ),
        (
            {"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}},
            Part.CONDITION,
            Cause.UNLISTED,
            "ForAllValues:StringEquals asks that aws:TagKeys is a, but it is a and b",
        ),
        ({"Resource": HIDDEN}, Part.RESOURCE, Cause.UNDECIDED, "decided elsewhere"),
        (
            {"Principal": None},
            Part.PRINCIPAL,
            Cause.UNDECIDED,
            "the statement has neither Principal nor NotPrincipal, or both",
        ),
        (
            {"Action": Unknown(Reason(Doubt.OUTSIDE, "decided there"), AT), "Resource": HIDDEN},
            Part.ACTION,
            Cause.UNDECIDED,
            "decided there; decided elsewhere",
        ),
    ],
)
def test_why_a_statement_does_not_apply(change: dict[str, Plain], part: Part, cause: Cause, sentence: str) -> None:
    tags = Present((Text.literal("a"), Text.literal("b")), multi=True)
    decision = only(asks(SourceArn=sent(TOPIC), TagKeys=tags), {**EVERYBODY, **change})
    (result,) = decision.decisive
    assert (result.failed, result.cause) == (part, cause)
    assert explain(result) == sentence


def test_a_caller_without_credentials_is_named_so() -> None:
    decision = only(asks(Anonymous()), {**EVERYBODY, "Principal": {"AWS": OTHER}})
    assert explain(decision.decisive[0]) == "its Principal does not cover a caller without credentials"


def test_why_a_role_is_refused_that_no_statement_is_about() -> None:
    role = asks(user(WORKER, AwsKind.ROLE))
    assert refused(allowed([], [policy({**GRANT, "Action": "s3:*"})], role, YES)) == (
        "no statement of its policies allows it"
    )
    fenced = allowed([], [policy(GRANT)], role, YES, [policy(ELSEWHERE)])
    assert refused(fenced) == "its permissions boundary does not allow it"
    assert refused(allowed_by_key_policy([], [policy(GRANT)], role)) == "the policy of the key does not allow it"


@pytest.mark.parametrize("others", [{}, {"Service": "sns.amazonaws.com"}, {"AWS": OTHER}])
def test_a_wildcard_inside_a_principal_matches_nobody(others: dict[str, str]) -> None:
    wild = f"arn:aws:iam::{ACCOUNT}:user/*"
    named: Plain = {**others, "AWS": [wild, others["AWS"]] if "AWS" in others else wild}
    decision = only(asks(user()), {**EVERYBODY, "Principal": named})
    assert decision.decisive[0].cause is Cause.LITERAL_WILDCARD
    assert explain(decision.decisive[0]) == (
        f"a wildcard inside a principal's ARN matches nobody, so it does not name {BOB}"
    )


def test_the_statements_that_come_nearest_decide_a_refusal() -> None:
    decision = evaluate(
        [
            policy({**EVERYBODY, "Action": "sns:*"}, {**EVERYBODY, "Resource": TOPIC}),
            policy({**EVERYBODY, "Resource": f"{QUEUE}-2"}, {**EVERYBODY, "Effect": "Deny", "Action": "sns:*"}),
        ],
        asks(),
    )
    assert [str(result.statement.index) for result in decision.decisive] == ["1", "0"]
    assert explain(evaluate([policy(EVERYBODY)], asks()).decisive[0]) == "the statement applies"
    assert evaluate([], asks()).decisive == ()


# Reading

TEMPLATE = dedent("""
    AWSTemplateFormatVersion: "2010-09-09"
    Parameters:
      Stage: {Type: String}
      Whole: {Type: String}
    Conditions:
      Live: !Equals [!Ref Stage, live]
    Resources:
      Queue: {Type: AWS::SQS::Queue}
      Topic: {Type: AWS::SNS::Topic}
      Policy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!Ref Queue]
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - !If
                - Live
                - Sid: Live
                  Effect: Allow
                  Principal: {Service: sns.amazonaws.com}
                  Action: sqs:SendMessage
                  Resource: !GetAtt Queue.Arn
                  Condition: {ArnEquals: {aws:SourceArn: !Ref Topic}}
                - !Ref AWS::NoValue
              - Effect: Allow
                Principal: "*"
                Action: [sqs:SendMessage]
                Resource: [!If [Live, !GetAtt Queue.Arn, !Ref AWS::NoValue], "*"]
      Scalar:
        Type: AWS::SQS::QueuePolicy
        Properties:
          PolicyDocument:
            Statement: {Effect: Deny, Principal: "*", Action: "*", Resource: "*"}
      Text:
        Type: AWS::SQS::QueuePolicy
        Properties:
          PolicyDocument: !Sub |
            {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "${AWS::AccountId}"}, "Action": "sqs:*",
              "Resource": "${Queue.Arn}"}]}
      Outside:
        Type: AWS::SQS::QueuePolicy
        Properties: {PolicyDocument: !Ref Whole}
      Macro:
        Type: AWS::SQS::QueuePolicy
        Properties:
          PolicyDocument:
            Statement:
              - Fn::Transform: {Name: Grants}
              - {Effect: Allow, Principal: "*", Action: "*", Resource: "*"}
""")


def template(name: str, live: bool | None = None) -> Policy | Unknown:
    part = read(Document("t.yaml", TEMPLATE), Assumptions())
    if live is not None:
        part = part.under((Choice("t.yaml", "Live", live),))
    record = part.record(name)
    assert record is not None
    return read_policy(Data(record.properties, owner=record.at).get("PolicyDocument"))


def known(name: str, live: bool | None = None) -> Policy:
    found = template(name, live)
    assert isinstance(found, Policy)
    return found


def test_a_statement_under_a_condition_needs_a_choice() -> None:
    found = template("Policy")
    assert isinstance(found, Policy)
    with pytest.raises(NeedsChoice):
        _ = found.statements


def test_a_policy_of_a_template() -> None:
    live, other = known("Policy", live=True), known("Policy", live=False)
    assert [(each.index, each.sid) for each in live.statements] == [(0, "Live"), (1, "")]
    assert [(each.index, each.sid) for each in other.statements] == [(0, "")]
    assert live.variables.is_yes
    assert live.rest is None
    first = live.statements[0]
    assert first.at.span.start.line == 20
    assert first.principals is not None
    assert [(each.kind, str(each.name.value)) for each in first.principals if isinstance(each.name, Known)] == [
        (PrincipalKind.SERVICE, "sns.amazonaws.com")
    ]
    (condition,) = first.conditions
    assert (condition.operator, condition.key) == ("ArnEquals", "aws:SourceArn")
    (value,) = condition.values
    assert isinstance(value, Known)
    assert value.value.refers == Reference(("t.yaml", "Topic"), "arn")
    resources = [each.statements[-1].resources for each in (live, other)]
    assert [len(each) for each in resources if each is not None] == [2, 1]


def test_single_values_count_as_lists() -> None:
    (statement,) = known("Scalar").statements
    assert statement.actions is not None
    assert [str(each.value) for each in statement.actions if isinstance(each, Known)] == ["*"]
    assert known("Scalar").variables.is_no


def test_a_policy_in_a_text() -> None:
    found = known("Text")
    (statement,) = found.statements
    assert statement.resources is not None
    assert len(statement.resources) == 1
    assert evaluate([found], asks(SNS)).verdict.is_no


def test_a_policy_from_outside_is_unknown() -> None:
    found = template("Outside")
    assert isinstance(found, Unknown)
    assert found.reason.doubt is Doubt.OUTSIDE


def test_statements_that_a_macro_makes_are_the_rest() -> None:
    found = known("Macro")
    assert len(found.statements) == 1
    assert found.rest is not None


PLAN = Path(__file__).parent / "fixtures" / "readers" / "policies" / "plan.json"


def test_a_policy_document_of_a_first_plan() -> None:
    """The queue, the topic and the role get their ARNs only in the apply; who is named is known all the same."""
    part = read(Document("p.json", PLAN.read_text(encoding="utf-8")), Assumptions())
    record = part.record("aws_sqs_queue.orders")
    assert record is not None
    found = read_policy(Data(record.properties, owner=record.at).get("RedrivePolicy"))
    assert isinstance(found, Policy)
    assert [(each.index, each.sid) for each in found.statements] == [(0, "Send"), (1, ""), (2, ""), (3, "")]
    queue, news = part.attribute("aws_sqs_queue.orders", "arn"), part.attribute("aws_sns_topic.news", "arn")
    elsewhere = Text.of("arn:aws:sns:eu-west-1:", ATTACKER, ":news")
    granting = msgspec.structs.replace(found, entries=found.statements[:1])

    def answer(source: Text, resource: Text, asked: Policy = granting) -> Decision:
        own, organisation = sent(ACCOUNT), sent("o-example")
        request = asks(resource=resource, SourceArn=sent(source), SourceAccount=own, PrincipalOrgID=organisation)
        return evaluate([asked], request)

    assert answer(news, queue).verdict.is_yes
    assert answer(news, queue).supposed
    assert answer(elsewhere, queue).verdict.is_no
    assert answer(news, part.attribute("aws_sqs_queue.billing", "arn")).verdict.is_no
    # The Deny of the second statement spares everybody.
    assert answer(news, queue, found).verdict.is_yes


@pytest.mark.parametrize(
    "written",
    ["text", [], 7, {}, {"Version": "2012-10-17"}, HIDDEN, mentions("q"), {"Statement": None}],
    ids=label,
)
def test_what_is_no_policy_is_unknown(written: Plain) -> None:
    assert isinstance(read_policy(data(written)), Unknown)


@pytest.mark.parametrize("written", ["text", 7, {}, HIDDEN, mentions("q"), {"Fn::If": []}], ids=label)
def test_what_is_no_statement_is_the_rest(written: Plain) -> None:
    found = read_policy(data({"Statement": [written, {"Effect": "Allow", **EVERYBODY}]}))
    assert isinstance(found, Policy)
    assert evaluate([found], asks()).verdict.is_unknown


def test_what_is_not_written_says_nothing() -> None:
    found = read_policy(data(None))
    assert isinstance(found, Policy)
    assert found.statements == ()
    assert found.rest is None


def test_a_context_key_has_one_value_unless_it_is_multivalued() -> None:
    with pytest.raises(ValueError, match=r"^a single-valued context key has exactly one value$"):
        Present((Text.literal("a"), Text.literal("b")))


def test_a_policy_in_json_keeps_numbers_and_truth_values() -> None:
    text = json.dumps({"Statement": under({"Bool": {"aws:x": True}, "NumericEquals": {"aws:y": 5}}, Effect="Allow")})
    found = read_policy(data(text))
    assert isinstance(found, Policy)
    assert evaluate([found], asks(x=sent("true"), y=sent("5"))).verdict.is_yes
    assert found.at is AT


def test_a_policy_of_more_statements_than_are_read_is_not_understood() -> None:
    """Each would be judged with all that deny something, which has to have an end."""
    statement: Plain = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    assert len(policy(*[statement] * MOST_STATEMENTS).statements) == MOST_STATEMENTS
    found = read_policy(data({"Statement": [statement] * (MOST_STATEMENTS + 1)}))
    assert isinstance(found, Unknown)
    assert found.reason.text == "a policy has more than 200 statements"
    assert found.reason.doubt is Doubt.NOT_UNDERSTOOD
