"""Strangers: whether a statement lets in a service that acts for another account, or a caller whom nobody named."""

import json

import pytest

from msglint.iam.match import of_element
from msglint.iam.stranger import ACCOUNT as OTHER
from msglint.iam.stranger import (
    asked,
    bucket_of_another_account,
    caller_of_another_account,
    service_of_another_account,
    sources,
)
from msglint.model.model import Model
from msglint.model.policy import Policy
from msglint.model.text import Alphabet, Symbol, Text
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document
from msglint.verdict import Doubt, Reason
from policies import AT, HIDDEN, Plain, mentions, policy

ACCOUNT = "111122223333"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:news"
SNS = "sns.amazonaws.com"
HERE = Text.of(Symbol(("t", "AWS::AccountId"), Alphabet.ACCOUNT, "${AWS::AccountId}"))
GIVEN = Text.of(Symbol(("t", "Parameter"), Alphabet.FILLED, "${Parameter}"))
NOBODY = Model([])


def grant(principal: Plain, condition: Plain = None, **more: Plain) -> Plain:
    """Give an Allow to send to the queue."""
    asks = {} if condition is None else {"Condition": condition}
    return {"Principal": principal, "Action": "sqs:SendMessage", "Resource": QUEUE, **asks, **more}


def service(condition: Plain, *beside: Plain, principal: str = SNS) -> bool | None:
    """Say whether the first statement lets the service in for another account."""
    whole = policy(grant({"Service": principal}, condition), *beside)
    statement = whole.statements[0]
    about = asked(statement, "sqs:SendMessage", NOBODY)
    assert about is not None
    return service_of_another_account(whole, statement, principal, about, NOBODY).truth


def bucket(condition: Plain) -> bool | None:
    whole = policy(grant({"Service": "s3.amazonaws.com"}, condition))
    about = asked(whole.statements[0], "sqs:SendMessage", NOBODY)
    assert about is not None
    return bucket_of_another_account(whole, whole.statements[0], about, NOBODY).truth


def caller_in(whole: Policy) -> bool | None:
    about = asked(whole.statements[0], "sqs:SendMessage", NOBODY)
    assert about is not None
    return caller_of_another_account(whole, whole.statements[0], about).truth


def caller(condition: Plain, *beside: Plain, principal: Plain = "*", **more: Plain) -> bool | None:
    """Say whether the first statement lets anybody in."""
    return caller_in(policy(grant(principal, condition, **more), *beside))


# A service that acts for somebody else


@pytest.mark.parametrize(
    ("condition", "let_in"),
    [
        (None, True),
        ({"ArnEquals": {"aws:SourceArn": TOPIC}}, False),
        ({"ArnLike": {"AWS:SourceArn": f"arn:aws:sns:*:{ACCOUNT}:*"}}, False),
        ({"ArnLike": {"aws:SourceArn": Text.of("arn:aws:sns:*:", HERE, ":*")}}, False),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:*:news"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:*:*:*:*:*"}}, True),
        ({"StringLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:*:news"}}, True),
        ({"StringLike": {"aws:SourceArn": "*"}}, True),
        ({"StringLike": {"aws:SourceArn": f"arn:aws:sns:*:{ACCOUNT}:*"}}, False),
        ({"StringEquals": {"aws:SourceArn": TOPIC}}, False),
        ({"StringEquals": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, False),
        ({"ArnNotLike": {"aws:SourceArn": TOPIC}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"ArnEquals": {"aws:SourceArn": GIVEN}}, False),
        ({"ArnEquals": {"aws:SourceArn": [TOPIC, "arn:aws:sns:*:*:news"]}}, True),
    ],
)
def test_conditions_on_the_source(condition: Plain, let_in: bool) -> None:
    """A wildcard in the place of the account asks for nobody's; StringEquals knows no wildcard."""
    assert service(condition) is let_in


@pytest.mark.parametrize(
    ("condition", "let_in"),
    [
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, False),
        ({"StringEquals": {"aws:SourceAccount": HERE}}, False),
        ({"StringEquals": {"aws:SourceAccount": [ACCOUNT, GIVEN]}}, False),
        ({"StringLike": {"aws:SourceAccount": "*"}}, True),
        ({"StringLike": {"aws:SourceAccount": GIVEN}}, False),
        ({"StringEquals": {"aws:SourceOwner": ACCOUNT}}, False),
        ({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}, False),
        ({"StringLike": {"aws:SourceOrgID": "o-*"}}, True),
        ({"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/*"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, True),
        ({"StringEquals": {"aws:PrincipalServiceName": SNS}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, None),
    ],
)
def test_conditions_on_the_account_and_on_other_keys(condition: Plain, let_in: bool | None) -> None:
    assert service(condition) is let_in


@pytest.mark.parametrize(
    ("condition", "let_in"),
    [
        ({"Null": {"aws:SourceArn": "false"}}, True),
        ({"Null": {"aws:SourceAccount": "false"}}, True),
        ({"ArnLikeIfExists": {"aws:SourceArn": TOPIC}}, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}, False),
        ({"ForAllValues:StringEquals": {"aws:SourceAccount": ACCOUNT}}, False),
        ({"ForAllValues:ArnLike": {"aws:SourceArn": TOPIC}}, False),
        ({"StringEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}, True),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
    ],
)
def test_conditions_that_hold_without_the_key(condition: Plain, let_in: bool) -> None:
    """A service says for whom it acts, but that account may belong to no organisation."""
    assert service(condition) is let_in


def test_whose_condition_each_statement_is() -> None:
    """Statements are alternatives, so one with a condition does not limit the other; a Deny limits all."""
    open_, own = {"Service": SNS}, {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert service(None, grant(open_, own)) is True
    assert service(own, grant(open_)) is False
    denial = {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}
    assert service(None, grant("*", denial, Effect="Deny")) is False
    assert service(None, grant("*", {"ArnNotLike": {"aws:SourceArn": TOPIC}}, Effect="Deny")) is False
    assert service(None, grant("*", {"Bool": {"aws:SecureTransport": "false"}}, Effect="Deny")) is True


def test_both_conditions_of_a_statement_must_hold() -> None:
    everybody = {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}
    assert service({**everybody, "StringEquals": {"aws:SourceAccount": ACCOUNT}}) is False
    assert service({**everybody, "Null": {"aws:SourceArn": "false"}}) is True


def test_what_a_first_plan_names_is_the_own_source() -> None:
    assert service({"ArnEquals": {"aws:SourceArn": mentions("aws_sns_topic.news")}}) is False
    assert service({"ArnEquals": {"aws:SourceArn": mentions("aws_sns_topic.news", complete=False)}}) is None
    assert service({"ArnEquals": {"aws:SourceArn": HIDDEN}}) is None


def test_which_values_are_those_of_the_source() -> None:
    condition: Plain = {
        "ArnLike": {"AWS:SourceArn": [TOPIC, HIDDEN, f"{TOPIC}-*"], "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:root"},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
    }
    (statement,) = policy(grant({"Service": SNS}, condition)).statements
    assert list(sources(statement, NOBODY)) == [Text.literal(TOPIC), Text.literal(f"{TOPIC}-*")]


def test_what_a_plan_names_has_an_arn() -> None:
    """The bucket that another account has under this name meets what asks for its ARN in two ways."""
    template = {"Resources": {"uploads": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "uploads"}}}}
    model = Model([read(Document("plan", json.dumps(template)), Assumptions())])
    condition: Plain = {
        "ArnEquals": {"aws:SourceArn": mentions("uploads")},
        "ArnLike": {"aws:SourceArn": "arn:aws:s3:::upl*"},
    }
    whole = policy(grant({"Service": "s3.amazonaws.com"}, condition))
    about = asked(whole.statements[0], "sqs:SendMessage", model)
    assert about is not None
    assert bucket_of_another_account(whole, whole.statements[0], about, model).is_yes


def test_what_cannot_be_read_of_a_policy_is_judged_apart() -> None:
    """Each statement is asked for itself; whether another hides something is told where the policy is read."""
    assert service(None, HIDDEN) is True
    assert service({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, HIDDEN) is False
    assert caller(None, HIDDEN) is True
    assert caller({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, HIDDEN) is False


def test_a_generated_name_is_the_own_source_too() -> None:
    """The stranger's ARN holds the same name, which only the deployment tells, and another account."""
    rule = mentions("aws_cloudwatch_event_rule.news")
    name = Symbol((*rule.references[0].resource, "name"), Alphabet.NAME, "news-<random>")
    own, strange = (Text.of("arn:aws:events:eu-west-1:", account, ":rule/", name) for account in (HERE, OTHER))
    assert of_element(rule, own, suppose=True).is_yes
    assert of_element(rule, strange, suppose=True).is_no


# A bucket of the same name


@pytest.mark.parametrize(
    ("condition", "let_in"),
    [
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::uploads"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:uploads"}}, True),
        ({"StringLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, True),
        ({"StringEquals": {"aws:SourceArn": "arn:aws:s3:::uploads", "aws:SourceAccount": ACCOUNT}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::uploads"}, "StringEquals": {"aws:SourceAccount": HERE}}, False),
        ({"StringEquals": {"aws:SourceArn": GIVEN}}, True),
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, False),
        (None, True),
        ({"ArnNotLike": {"aws:SourceArn": "arn:aws:s3:::uploads"}}, True),
        # No bucket is called so.
        ({"StringEquals": {"aws:SourceArn": "arn:aws:s3:::uploads-*"}}, False),
        ({"StringEquals": {"aws:SourceArn": "arn:aws:s3:::uploads-?"}}, False),
        ({"StringEquals": {"aws:SourceArn": Text.of("arn:aws:s3:::", *GIVEN.parts, "-*")}}, False),
        ({"StringLike": {"aws:SourceArn": Text.of("arn:aws:s3:::", *GIVEN.parts, "-?")}}, True),
    ],
)
def test_a_bucket_needs_both_keys(condition: Plain, let_in: bool) -> None:
    """Its ARN does not say whose it is, and its name is free again once it is deleted."""
    assert bucket(condition) is let_in


# Anybody


@pytest.mark.parametrize(
    ("principal", "let_in"),
    [("*", True), ({"AWS": "*"}, True), ({"AWS": ACCOUNT}, False), ({"Service": SNS}, False), ({"AWS": GIVEN}, None)],
)
def test_whom_a_statement_without_conditions_lets_in(principal: Plain, let_in: bool | None) -> None:
    assert caller(None, principal=principal) is let_in


def test_not_principal_lets_in_everybody_else() -> None:
    but: Plain = {"NotPrincipal": {"AWS": ACCOUNT}, "Action": "sqs:SendMessage", "Resource": QUEUE}
    assert caller_in(policy(but)) is True


@pytest.mark.parametrize(
    ("condition", "let_in"),
    [
        ({"ArnEquals": {"aws:SourceArn": TOPIC}}, False),
        ({"ArnLikeIfExists": {"aws:SourceArn": TOPIC}}, True),
        ({"ForAllValues:ArnLike": {"aws:SourceArn": TOPIC}}, True),
        ({"ForAllValues:StringEquals": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"ArnNotLike": {"aws:SourceArn": TOPIC}}, True),
        ({"Null": {"aws:SourceArn": "false"}}, False),
        ({"Null": {"aws:SourceArn": "true"}}, True),
        ({"StringEquals": {"aws:SourceOwner": ACCOUNT}}, False),
        ({"StringLike": {"aws:SourceAccount": "*"}}, False),
    ],
)
def test_a_caller_has_no_source(condition: Plain, let_in: bool) -> None:
    """Only services send whom they act for: what holds without the key keeps nobody out."""
    assert caller(condition) is let_in


@pytest.mark.parametrize(
    ("condition", "let_in"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": GIVEN}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-1/*"}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, False),
        ({"StringLike": {"aws:PrincipalAccount": "*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}}, False),
        ({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, False),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/team": "shop"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/team": [HIDDEN, "shop"]}}, True),
        ({"StringEquals": {"aws:PrincipalTag/team": ["shop", HIDDEN]}}, True),
        ({"StringEquals": {"aws:PrincipalTag/team": HIDDEN}}, None),
        ({"StringNotEquals": {"aws:PrincipalTag/team": "shop"}}, True),
        ({"StringLike": {"aws:UserAgent": "shop-*"}}, True),
        ({"StringEquals": {"aws:UserAgent": "shop-*"}}, True),
        ({"StringEquals": {"aws:Referer": GIVEN}}, True),
        ({"StringEquals": {"events:source": "shop"}}, True),
        ({"StringEquals": {"events:detail-type": "OrderPlaced"}}, True),
        ({"StringEquals": {"aws:UserId": "AROAEXAMPLE"}}, None),
        ({"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}, None),
    ],
)
def test_conditions_on_the_caller(condition: Plain, let_in: bool | None) -> None:
    """Tags of one's own role and headers are chosen freely; addresses, organisations and accounts are not."""
    assert caller(condition) is let_in


@pytest.mark.parametrize(
    ("condition", "let_in"),
    [
        ({"StringEquals": {"sns:Protocol": "https"}}, True),
        ({"StringLike": {"sns:Endpoint": "*@shop.example"}}, False),
        ({"StringLike": {"sns:Endpoint": f"arn:aws:sqs:*:{ACCOUNT}:*"}}, False),
        ({"ArnLike": {"sns:Endpoint": "arn:aws:sqs:*:*:*"}}, True),
        ({"StringLike": {"sns:Endpoint": "*"}}, True),
    ],
)
def test_whom_a_topic_lets_subscribe(condition: Plain, let_in: bool) -> None:
    assert caller(condition, Action="sns:Subscribe", Resource=TOPIC) is let_in


@pytest.mark.parametrize("key", ["Arn", "Account", "Owner", "OrgID"])
def test_no_source_is_sent_by_a_caller(key: str) -> None:
    assert caller({"StringLike": {f"aws:Source{key}": "*"}}) is False
    assert caller({"Null": {f"aws:Source{key}": "true"}}) is True


@pytest.mark.parametrize("key", ["PrincipalOrgPaths", "SourceOrgPaths"])
def test_an_account_may_be_in_several_places_of_its_organisation(key: str) -> None:
    """The paths are a set, which AWS does not say how to compare without saying which of them is meant."""
    asks: Plain = {"StringLike": {f"aws:{key}": "o-a1b2c3d4e5/*"}}
    assert (service(asks) if key.startswith("Source") else caller(asks)) is None


@pytest.mark.parametrize(
    ("condition", "let_in"),
    [
        (None, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-ffffffffff"}}, False),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*/"}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/?"}}, False),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/????????????/"}}, None),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-1a2b/*"}}, False),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-ffffffffff/*"}}, False),
        ({"StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}, None),
    ],
)
def test_whom_of_an_organisation_a_statement_lets_in(condition: Plain, let_in: bool | None) -> None:
    whole = policy(grant("*", condition))
    about = asked(whole.statements[0], "sqs:SendMessage", NOBODY)
    assert about is not None
    member = caller_of_another_account(whole, whole.statements[0], about, Text.literal("o-a1b2c3d4e5"))
    assert member.truth is let_in


def test_why_it_is_open_whether_a_service_gets_in() -> None:
    whole = policy(grant({"Service": SNS}, {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    about = asked(whole.statements[0], "sqs:SendMessage", NOBODY)
    assert about is not None
    why = f"AWS does not document whether {SNS} sends this condition key"
    verdict = service_of_another_account(whole, whole.statements[0], SNS, about, NOBODY)
    assert verdict.reasons == (Reason(Doubt.OUTSIDE, why),)


def test_why_it_is_open_whether_a_stranger_gets_in() -> None:
    whole = policy(grant("*", {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}))
    about = asked(whole.statements[0], "sqs:SendMessage", NOBODY)
    assert about is not None
    why = "whether this condition keeps strangers out depends on where they are"
    assert caller_of_another_account(whole, whole.statements[0], about).reasons == (Reason(Doubt.OUTSIDE, why, AT),)


def test_a_stranger_has_the_name_that_a_pattern_asks_for() -> None:
    mine, theirs = (f"arn:aws:iam::{account}:role/??-worker*" for account in (ACCOUNT, "*"))
    assert caller({"ArnLike": {"aws:PrincipalArn": theirs}}) is True
    assert caller({"ArnLike": {"aws:PrincipalArn": [HIDDEN, mine]}}) is None
    assert caller({"StringLike": {"aws:PrincipalArn": theirs}}) is True
    assert caller({"ArnLike": {"aws:PrincipalArn": mine}}) is False


def test_a_denial_of_others_keeps_them_out() -> None:
    for condition in (
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}},
        {"StringNotEqualsIfExists": {"aws:SourceAccount": ACCOUNT}},
    ):
        assert caller(None, grant("*", condition, Effect="Deny")) is False, condition
    assert caller(None, grant("*", {"Bool": {"aws:SecureTransport": "false"}}, Effect="Deny")) is True


# What a statement is asked


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ("sqs:SendMessage", "sqs:SendMessage"),
        ("sqs:*", "sqs:SendMessage"),
        ("*", "sqs:SendMessage"),
        (["sqs:ReceiveMessage", "sqs:DeleteMessage"], "sqs:ReceiveMessage"),
        ("sqs:Receive*", "sqs:Receive*"),
        ([Text.of("s3:", *GIVEN.parts), "sqs:ReceiveMessage"], "sqs:ReceiveMessage"),
        (HIDDEN, "sqs:SendMessage"),
    ],
)
def test_which_action_a_statement_is_asked_for(actions: Plain, expected: str) -> None:
    """One that it speaks of: with a wildcard, the usual one if that is covered."""
    whole = policy(grant("*", Action=actions))
    about = asked(whole.statements[0], "sqs:SendMessage", NOBODY)
    assert about is not None
    assert about.action == expected
    assert caller_in(whole) is (None if actions is HIDDEN else True)


@pytest.mark.parametrize(
    ("resources", "let_in"),
    [("*", True), ("arn:aws:sqs:*:*:orders-?", True), (GIVEN, True), ([HIDDEN, QUEUE], True), (HIDDEN, None)],
)
def test_which_resource_a_statement_is_asked_for(resources: Plain, let_in: bool | None) -> None:
    assert caller(None, Resource=resources) is let_in
    assert caller({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, Resource=resources) is False


def test_what_a_statement_that_rules_out_is_asked_for() -> None:
    """What nobody names is not ruled out, and the action that matters is asked for if it is not."""
    but: dict[str, Plain] = {"Principal": "*", "NotAction": "sqs:DeleteQueue", "NotResource": f"{QUEUE}-private"}
    whole = policy(but)
    about = asked(whole.statements[0], "sqs:SendMessage", NOBODY)
    assert about is not None
    assert about.action == "sqs:SendMessage"
    assert caller_in(whole) is True
    assert caller_in(policy({**but, "NotAction": "sqs:Send*"})) is False
    assert caller_in(policy({**but, "NotResource": "*"})) is False


@pytest.mark.parametrize("nothing", [{"Action": []}, {"Resource": []}, {"Action": [], "Resource": []}])
def test_a_statement_that_speaks_of_nothing_is_asked_nothing(nothing: dict[str, Plain]) -> None:
    assert asked(policy(grant("*", **nothing)).statements[0], "sqs:SendMessage", NOBODY) is None


@pytest.mark.parametrize("pattern", ["*", "arn:*", "arn:aws:sns:*", "arn:aws:sns:eu-west-1:*", "arn:aws:sns*"])
def test_a_wildcard_in_place_of_an_account_lets_in_every_account(pattern: str) -> None:
    assert service({"StringLike": {"aws:SourceArn": pattern}}) is True


@pytest.mark.parametrize("pattern", ["arn:aws:sns:eu-west-1", f"arn:aws:sns:*:{ACCOUNT}:*", ""])
def test_a_pattern_that_ends_before_the_account_or_names_one_lets_nobody_in(pattern: str) -> None:
    assert service({"StringLike": {"aws:SourceArn": pattern}}) is False


@pytest.mark.parametrize(
    ("condition", "let_in"),
    [
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}, False),
        ({"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}}, False),
        ({"StringLike": {"aws:SourceVpce": "*"}}, True),
        ({"StringLike": {"aws:SourceVpce": "vpce-*"}}, True),
        ({"StringLike": {"aws:SourceVpc": "vpc-*"}}, True),
        ({"Null": {"aws:SourceVpce": "true"}}, True),
        ({"Null": {"aws:SourceVpc": "true"}}, True),
        ({"Null": {"aws:SourceIp": "true"}}, True),
    ],
)
def test_a_stranger_comes_over_the_internet_or_through_an_endpoint_of_their_own(condition: Plain, let_in: bool) -> None:
    """Who comes through an endpoint has no address that AWS tells."""
    assert caller(condition) is let_in


def test_a_deny_of_all_but_an_address_holds_for_who_has_none() -> None:
    deny = grant("*", {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, Effect="Deny")
    assert caller(None, deny) is False
