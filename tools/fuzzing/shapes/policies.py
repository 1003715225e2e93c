"""Policy documents and requests that they are asked about."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from hypothesis import strategies as st

from fuzzing.shapes.values import ODD, twisted
from msglint.iam.conditions import _FAMILIES
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
from msglint.model.text import Alphabet, Symbol, Text
from msglint.source import Document
from msglint.verdict import Doubt, Reason

AT = Document("policy.json", "{}").spot(0, 2)
LATER = Reason(Doubt.OUTSIDE, "known later", AT)

ACCOUNT = Symbol(("account",), Alphabet.ACCOUNT, "${AWS::AccountId}")
STRANGER = Symbol(("stranger",), Alphabet.ACCOUNT, "stranger", fresh=True, foreign=True)


class Case(NamedTuple):
    """A policy document in JSON, and requests."""

    document: str
    requests: tuple[Request, ...]
    order: tuple[int, ...]
    """Another order of its statements."""


_ACTIONS = st.sampled_from(
    ["*", "sqs:*", "sqs:SendMessage", "SQS:sendmessage", "s?s:Send*", "kms:Decrypt", "sns:Publish", ":", "${*}"]
)
_ARNS = st.sampled_from(
    [
        *(
            "*",
            "arn:aws:sqs:eu-west-1:111122223333:a",
            "arn:aws:sqs:*:*:a*",
            "arn:*",
            "arn:aws:sqs:eu-west-1:111122223333:a/${aws:PrincipalTag/x}",
        ),
        *(
            "${aws:username}",
            "${aws:SourceArn, 'x'}",
            "${",
            "${*}${?}${$}",
            "arn:aws:iam::111122223333:role/r",
            "*a*a*a*b",
            "",
        ),
    ]
)
_PRINCIPALS = st.sampled_from(
    [
        *(
            "*",
            {"AWS": "*"},
            {"AWS": "111122223333"},
            {"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:user/u"]},
        ),
        *(
            {"Service": "sns.amazonaws.com"},
            {"Service": ["*"]},
            {"Federated": "x"},
            {"CanonicalUser": "x"},
            {"Other": "x"},
            {},
        ),
        {"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"},
    ]
)
_KEYS = (
    "aws:SourceArn",
    "AWS:sourceaccount",
    "aws:PrincipalOrgID",
    "aws:CurrentTime",
    "aws:SourceIp",
    "aws:PrincipalTag/x",
    "${x}",
    "",
)
_SAID = st.sampled_from(
    [
        *(
            "111122223333",
            "arn:aws:sns:*:111122223333:*",
            "true",
            "10.0.0.0/8",
            "2020-01-01T00:00:00Z",
            "2020",
            "1e5",
            "-1",
            "9" * 30,
        ),
        *(
            "o-a1b2c3d4e5",
            "*",
            "?",
            "",
            "${aws:SourceArn}",
            "::1",
            "0.5",
            "-.5",
            "\u0661",
            "1" * 400 + ".0",
            "0001-01-01",
            "9999-12-31",
        ),
    ]
)
_OPERATORS = st.tuples(
    st.sampled_from(["", "ForAllValues:", "ForAnyValue:", "x:"]),
    st.sampled_from([*_FAMILIES, "null", "StringEquals", "nothing"]),
    st.sampled_from(["", "IfExists"]),
).map("".join)


def _some(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return of | st.lists(of, max_size=3)


_STATEMENTS: st.SearchStrategy[Mapping[str, Any]] = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Allow", "Deny", "allow", ""])},
    optional={
        "Sid": ODD,
        "Principal": _PRINCIPALS,
        "NotPrincipal": _PRINCIPALS,
        "Action": _some(_ACTIONS),
        "NotAction": _some(_ACTIONS),
        "Resource": _some(_ARNS),
        "NotResource": _some(_ARNS),
        "Condition": st.dictionaries(
            _OPERATORS, st.dictionaries(st.sampled_from(_KEYS), _some(_SAID), max_size=2), max_size=2
        ),
    },
)
_TEXTS: st.SearchStrategy[Text] = st.one_of(
    _SAID.map(Text.literal),
    _ARNS.map(Text.literal),
    st.sampled_from([Text.of(ACCOUNT), Text.of(STRANGER), Text.of("arn:aws:sqs:eu-west-1:", ACCOUNT, ":a")]),
)
_SENT: st.SearchStrategy[ContextValue] = st.one_of(
    _TEXTS.map(sent),
    st.lists(_TEXTS, max_size=2).map(lambda several: Present(tuple(several), multi=True)),
    st.sampled_from([ABSENT, LATER]),
)
_CALLERS: st.SearchStrategy[Caller] = st.one_of(
    st.sampled_from([ServicePrincipal("sns.amazonaws.com"), Anonymous()]),
    st.builds(
        AwsPrincipal,
        st.sampled_from(["arn:aws:iam::111122223333:role/r", "arn:aws:sts::111122223333:assumed-role/r/s", "*"]).map(
            Text.literal
        ),
        st.sampled_from([Text.literal("111122223333"), Text.of(ACCOUNT), Text.of(STRANGER)]),
        st.sampled_from(AwsKind),
        st.none() | st.just(Text.literal("arn:aws:iam::111122223333:role/r")),
    ),
)
_REQUESTS = st.builds(
    Request,
    _CALLERS,
    st.sampled_from(["sqs:SendMessage", "kms:Decrypt", "sns:Publish"]),
    _TEXTS,
    st.builds(Context.of, st.dictionaries(st.sampled_from(_KEYS), _SENT, max_size=3), st.sampled_from([ABSENT, LATER])),
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Make a document and requests."""
    statements = draw(st.lists(_STATEMENTS, max_size=4))
    said: Any = {"Version": draw(st.sampled_from(["2012-10-17", "2008-10-17", None])), "Statement": statements}
    said = twisted(draw, said, ODD.map(lambda odd: lambda _: odd), most=2)
    order = tuple(draw(st.permutations(range(len(statements)))))
    return Case(json.dumps(said), tuple(draw(st.lists(_REQUESTS, min_size=1, max_size=3))), order)
