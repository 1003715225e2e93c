"""Which statements let a role read every secret: against secrets that somebody might make."""

import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from msglint.engine import lint_text
from msglint.iam.breadth import Reach, reading
from msglint.model.access import Role
from msglint.model.identity_policies import permissions
from msglint.model.model import Model
from msglint.model.policy import Policy
from msglint.model.secrets import Secret
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document
from msglint.verdict import Doubt, Reason

Json: TypeAlias = Any

ARN = "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:"
READ = "secretsmanager:GetSecretValue"


def made(kind: str, **properties: Json) -> Json:
    return {"Type": kind, "Properties": properties}


def allow(**statement: Json) -> Json:
    return {"Effect": "Allow", "Action": READ, "Resource": "*", **statement}


def trusting(principal: Json) -> Json:
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}


LAMBDA = {"Service": "lambda.amazonaws.com"}


def scene(*statements: Json, principal: Json = LAMBDA, **more: Json) -> Mapping[str, Json]:
    """Give a role with these statements beside an event source that signs in to a broker."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {
        "Secret": made("AWS::SecretsManager::Secret", Name="shop/broker"),
        "Role": made(
            "AWS::IAM::Role",
            AssumeRolePolicyDocument=trusting(principal),
            Policies=[{"PolicyName": "p", "PolicyDocument": document}],
        ),
        "Source": made(
            "AWS::Lambda::EventSourceMapping",
            FunctionName="orders",
            SourceAccessConfigurations=[{"Type": "BASIC_AUTH", "URI": {"Ref": "Secret"}}],
        ),
        **more,
    }


def truth(resources: Mapping[str, Json], **more: Json) -> bool | None:
    """Say whether there is a finding; None where something is undecided."""
    text = json.dumps({"Resources": resources, "Parameters": {"Free": {"Type": "String"}}, **more})
    report = lint_text("t.json", text.encode(), Options(select=("MSG208",)))
    assert {each.code for each in (*report.findings, *report.undecided)} <= {"MSG208"}
    return True if report.findings else None if report.undecided else False


OPEN: Mapping[str, Json] = {
    "a star": allow(),
    "all secrets of the account": allow(Resource={"Fn::Sub": f"{ARN}*"}),
    "whatever their suffix": allow(Resource={"Fn::Sub": f"{ARN}*-??????"}),
    "all accounts": allow(Resource="arn:aws:secretsmanager:*:*:secret:*"),
    "another literal account": allow(Resource="arn:aws:secretsmanager:eu-west-1:111122223333:secret:*"),
    "all Regions and accounts by one star": allow(Resource="arn:aws:secretsmanager:*"),
    "all accounts by one star": allow(Resource="arn:aws:secretsmanager:eu-west-1:*"),
    "all accounts by a star in the Region": allow(Resource="arn:aws:secretsmanager:eu-west-1*"),
    "everything by its beginning": allow(Resource="arn:*"),
    "all of the account by its middle": allow(Resource={"Fn::Sub": "*:${AWS::AccountId}:secret:*"}),
    "all that begins with the account": allow(Resource={"Fn::Sub": "arn:aws:secretsmanager:*:${AWS::AccountId}*"}),
    "the whole service": allow(Action="secretsmanager:*"),
    "everything": allow(Action="*"),
    "reading in general": allow(Action="secretsmanager:Get*"),
    "all but one": {"Effect": "Allow", "Action": READ, "NotResource": {"Ref": "Secret"}},
    "all actions but some": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
    "under a condition that always holds": allow(Condition={"Bool": {"aws:SecureTransport": "true"}}),
}
CLOSED: Mapping[str, Json] = {
    "one secret": allow(Resource={"Ref": "Secret"}),
    "one secret by hand": allow(Resource={"Fn::Sub": f"{ARN}shop/broker-??????"}),
    "the secrets of one application": allow(Resource={"Fn::Sub": f"{ARN}shop/*"}),
    "a pattern that is given at the deployment": allow(Resource={"Fn::Sub": f"{ARN}${{Free}}-*"}),
    "another action": allow(Action=["secretsmanager:DescribeSecret", "secretsmanager:ListSecrets"]),
    "a random password": allow(Action="secretsmanager:GetRandomPassword"),
    "another service": allow(Resource="arn:aws:sqs:*:*:*"),
    "a Deny": {"Effect": "Deny", "Action": "*", "Resource": "*"},
}
HALF: Mapping[str, Json] = {
    "a star that may reach over a colon": allow(
        Resource={"Fn::Sub": "arn:aws:secretsmanager:*${AWS::AccountId}:secret*"}
    ),
    "secrets with a tag": allow(Condition={"StringEquals": {"aws:ResourceTag/application": "orders"}}),
    "secrets that a function rotates": allow(
        Condition={"StringEquals": {"secretsmanager:resource/AllowRotationLambdaArn": "arn:aws:lambda:::function:r"}}
    ),
}
ALL = [
    *((name, each, True) for name, each in OPEN.items()),
    *((name, each, False) for name, each in CLOSED.items()),
    *((name, each, None) for name, each in HALF.items()),
]


@pytest.mark.parametrize(("statement", "expected"), [each[1:] for each in ALL], ids=[each[0] for each in ALL])
def test_statements(statement: Json, expected: bool | None) -> None:
    assert truth(scene(statement)) is expected


@pytest.mark.parametrize("name", OPEN)
def test_a_deny_leaves_what_it_spares(name: str) -> None:
    """A statement beside it that denies all secrets but one makes the broad Allow a narrow one."""
    spared = {"Effect": "Deny", "Action": READ, "NotResource": {"Ref": "Secret"}}
    assert truth(scene(OPEN[name], spared)) is False


names = st.text("abz/_+=.@-159", min_size=1, max_size=12)
patterns = st.builds("".join, st.lists(st.sampled_from(["*", "?", "??????", "-", "shop", "/", "a"]), max_size=4))


@settings(deadline=None)
@given(patterns, names)
def test_every_secret_means_whatever_it_is_called(pattern: str, name: str) -> None:
    """A pattern that is reported covers each secret; one that is not leaves out a strange one."""
    found = truth(scene(allow(Resource={"Fn::Sub": f"{ARN}{pattern}"})))
    event(f"{found}")
    if found is True:
        assert fnmatchcase(f"{name}-1a2b3c", pattern)
    if found is False:
        assert not fnmatchcase("Qx7+Zk.w-QZQZQZ", pattern)


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
        {"Federated": "arn:aws:iam::111122223333:saml-provider/people"},
        {"Service": "codebuild.amazonaws.com"},
        {"Service": "cloudformation.amazonaws.com"},
    ],
)
def test_people_and_deployments_are_not_judged(principal: Json) -> None:
    assert truth(scene(OPEN["a star"], principal=principal)) is False


@pytest.mark.parametrize("service", ["lambda", "ecs-tasks", "ec2", "pipes", "states", "states.eu-west-1"])
def test_workloads_are_judged(service: str) -> None:
    assert truth(scene(OPEN["a star"], principal={"Service": [f"{service}.amazonaws.com"]})) is True


NARROW = CLOSED["the secrets of one application"]
MACRO = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://shop/statements.yaml"}}}


def reach(*statements: Json, **role: Json) -> tuple[Reach, Policy]:
    """Give what stands beside the Allows of the role with these statements, and its policy."""
    resources = {**scene(*statements), "Limit": made("AWS::IAM::ManagedPolicy", PolicyDocument=role.pop("limit", {}))}
    resources["Role"]["Properties"] |= role
    model = Model([read(Document("t.json", json.dumps({"Resources": resources})), Assumptions())])
    (found,) = model.every(Role)
    given = permissions(found, model)
    (policy,) = (each.policy for each in given.policies)
    assert isinstance(policy, Policy)
    return Reach.of(found, given), policy


@pytest.mark.parametrize("beside", [[OPEN["a star"]], [MACRO], [OPEN["a star"], MACRO]])
def test_each_statement_is_judged_alone(beside: Sequence[Json]) -> None:
    """Neither the other Allows of its policy nor what nobody can read of it makes it reach farther."""
    beyond, policy = reach(NARROW, *beside)
    assert beyond.reads_all(policy, policy.statements[0]).is_no


@pytest.mark.parametrize(
    ("limit", "expected"),
    [([allow()], True), ([allow(), MACRO], True), ([MACRO], None), ([NARROW], False), ([NARROW, MACRO], None)],
)
def test_a_boundary_is_taken_to_deny_nothing_that_it_does_not_say(limit: Sequence[Json], expected: bool | None) -> None:
    beyond, policy = reach(allow(), PermissionsBoundary={"Ref": "Limit"}, limit={"Statement": limit})
    assert beyond.reads_all(policy, policy.statements[0]).truth is expected


PLANS = Path(__file__).parent / "fixtures" / "rules" / "secret-open-to-other-roles"


def test_what_a_plan_only_names_is_not_known_to_be_read() -> None:
    text = (PLANS / "unknown.tfplan.json").read_text(encoding="utf-8")
    model = Model([read(Document("unknown.tfplan.json", text), Assumptions())])
    role = next(role for role in model.every(Role) if role.id == "aws_iam_role.labels")
    (secret,) = model.every(Secret)
    given = permissions(role, model)
    (policy,) = (each.policy for each in given.policies if isinstance(each.policy, Policy))
    (statement,) = reading(policy)
    why = "the plan only names the secret, and does not say how"
    verdict = Reach.of(role, given).reads(policy, statement, secret)
    assert verdict.reasons == (Reason(Doubt.NOT_UNDERSTOOD, why, statement.at),)


def test_without_a_broker_nothing_is_judged() -> None:
    database = scene(OPEN["a star"])
    database["Source"]["Properties"]["DocumentDBEventSourceConfig"] = {"DatabaseName": "orders"}
    assert truth(database) is False
    assert truth({"Role": database["Role"]}) is False
    assert truth({"Role": database["Role"], "Broker": made("AWS::AmazonMQ::Broker")}) is True


# A role that runs no code

PIPES = {"Service": "pipes.amazonaws.com"}
OWN = allow(Resource={"Ref": "Secret"})
QUEUE = made("AWS::Pipes::Pipe", RoleArn={"Fn::GetAtt": ["Role", "Arn"]}, Source="arn:aws:sqs:eu-west-1:1:q")


def signing_in(secret: Json) -> Json:
    parameters = {"ActiveMQBrokerParameters": {"Credentials": {"BasicAuth": secret}}}
    return made("AWS::Pipes::Pipe", RoleArn={"Fn::GetAtt": ["Role", "Arn"]}, SourceParameters=parameters)


def test_a_pipe_has_a_use_for_what_it_names() -> None:
    assert truth(scene(OWN, principal=PIPES, Pipe=QUEUE)) is True
    assert truth(scene(OWN, principal=PIPES, Pipe=signing_in({"Ref": "Secret"}))) is False
    assert truth(scene(OWN, principal=PIPES, Pipe=signing_in({"Ref": "Free"}))) is None
    assert truth(scene(OWN, principal=PIPES)) is None
    both = {"Service": ["pipes.amazonaws.com", "lambda.amazonaws.com"]}
    assert truth(scene(OWN, principal=both, Pipe=QUEUE)) is False
    assert truth(scene(OWN, principal={**PIPES, "AWS": "111122223333"}, Pipe=QUEUE)) is False


@pytest.mark.parametrize(
    ("pipe", "expected"),
    [
        (signing_in({"Ref": "AWS::NoValue"}), True),
        (signing_in("arn:aws:secretsmanager:eu-west-1:111122223333:secret:other-1a2b3c"), None),
        (signing_in(MACRO), None),
        (made("AWS::Pipes::Pipe", RoleArn={"Fn::GetAtt": ["Role", "Arn"]}, SourceParameters=MACRO), None),
    ],
)
def test_which_secret_a_pipe_signs_in_with_may_be_open(pipe: Json, expected: bool | None) -> None:
    assert truth(scene(OWN, principal=PIPES, Pipe=pipe)) is expected


RULE = made(
    "AWS::Events::Rule", Targets=[{"Id": "t", "Arn": "arn:aws:states:x", "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}]
)


def test_a_rule_signs_in_with_nothing() -> None:
    assert truth(scene(OWN, principal={"Service": ["events.amazonaws.com"]}, Rule=RULE)) is True


@pytest.mark.parametrize(
    "more",
    [
        {"Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}, "Export": {"Name": "role"}}}},
        {"Transform": "OwnMacro"},
    ],
)
def test_what_another_stack_does_with_a_role_is_open(more: Json) -> None:
    assert truth(scene(OWN, principal=PIPES, Pipe=QUEUE), **more) is None
