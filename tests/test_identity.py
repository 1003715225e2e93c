"""What roles may do: against a plain evaluator of strings, and through every way of writing a policy for a role."""

import json
import string
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

import msglint.model
from msglint.engine import lint_text
from msglint.iam.evaluate import Fence, allowed, allowed_by_key_policy
from msglint.iam.identity import may, may_use_key
from msglint.iam.request import ABSENT, AwsPrincipal, Context, Request, sent
from msglint.iam.secrets import Reading, readings
from msglint.model.access import Role
from msglint.model.events import Pipe
from msglint.model.kms import Key
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.policy import Policy, read_policy
from msglint.model.secrets import Secret
from msglint.model.sqs import Queue
from msglint.model.text import Text, matches
from msglint.model.value import Unknown
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document
from msglint.verdict import YES, Doubt, Lookup, Reason
from policies import HIDDEN, WHY, data

Json: TypeAlias = Any

# Two evaluators: the one of msglint, and a plain one that knows one role, one key and one action

ACCOUNT, OTHER = "111122223333", "444455556666"
ROLE, ROOT = f"arn:aws:iam::{ACCOUNT}:role/orders", f"arn:aws:iam::{ACCOUNT}:root"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1a2b3c4d"
VIA = "secretsmanager.eu-west-1.amazonaws.com"
REQUEST = Request(
    AwsPrincipal(Text.literal(ROLE), Text.literal(ACCOUNT)),
    "kms:Decrypt",
    Text.literal(KEY),
    Context.of({"kms:ViaService": sent(VIA)}, ABSENT),
)

effects = st.sampled_from(["Allow", "Allow", "Allow", "Deny"])
actions = st.sampled_from(["kms:Decrypt", "kms:*", "*", "kms:Encrypt", "KMS:decrypt", "kms:De*"])
resources = st.sampled_from(["*", KEY, f"arn:aws:kms:*:{ACCOUNT}:key/*", f"{KEY}5", "arn:aws:sqs:*:*:*"])
names = st.sampled_from(["*", ROLE, ROOT, ACCOUNT, OTHER, f"arn:aws:iam::{OTHER}:root", f"{ROLE}s"])
conditions = st.sampled_from([{}, {}, {"kms:ViaService": VIA}, {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}])


@st.composite
def statements(draw: st.DrawFn, *, shared: bool) -> Json:
    statement: Json = {"Effect": draw(effects), "Action": draw(actions), "Resource": draw(resources)}
    if shared:
        statement["Principal"] = {"AWS": draw(st.lists(names, min_size=1, max_size=2))}
    condition = draw(conditions)
    return {**statement, "Condition": {"StringEquals": condition}} if condition else statement


def documents(*, shared: bool) -> st.SearchStrategy[Json]:
    return st.lists(statements(shared=shared), min_size=1, max_size=2).map(lambda listed: {"Statement": listed})


shared_policies = st.lists(documents(shared=True), max_size=2)
own_policies = st.lists(documents(shared=False), max_size=2)


class Plainly:
    """What the statements of each kind say: which Allows and which Denies apply."""

    def __init__(self, policies: Sequence[Json]) -> None:
        listed = [statement for policy in policies for statement in policy["Statement"]]
        applying = [each for each in listed if self.applies(each)]
        self.allows = [each for each in applying if each["Effect"] == "Allow"]
        self.denies = [each for each in applying if each["Effect"] == "Deny"]

    def applies(self, statement: Json) -> bool:
        """Tell whether a statement speaks of the request."""
        through = not self.named(statement).isdisjoint({"*", ROLE, ROOT, ACCOUNT})
        condition = statement.get("Condition", {}).get("StringEquals", {"kms:ViaService": VIA})
        return (
            through
            and fnmatchcase("kms:decrypt", statement["Action"].lower())
            and fnmatchcase(KEY, statement["Resource"])
            and condition["kms:ViaService"] == VIA
        )

    @staticmethod
    def named(statement: Json) -> set[str]:
        """Give whom a statement names; an identity's own names the identity."""
        return set(statement["Principal"]["AWS"]) if "Principal" in statement else {ROLE}

    def gives(self, *names: str) -> bool:
        """Tell whether an Allow names one of these."""
        return any(self.named(each) & set(names) for each in self.allows)


def plain_key(shared: Sequence[Json], own: Sequence[Json], limits: Sequence[Json]) -> bool:
    key, role, boundary = Plainly(shared), Plainly(own), Plainly(limits)
    bounded = not limits or bool(boundary.allows)
    given = key.gives("*") or (bounded and (key.gives(ROLE) or (key.gives(ROOT, ACCOUNT) and bool(role.allows))))
    return given and not (key.denies or role.denies or boundary.denies)


def plain_resource(shared: Sequence[Json], own: Sequence[Json], limits: Sequence[Json]) -> bool:
    key, role, boundary = Plainly(shared), Plainly(own), Plainly(limits)
    bounded = not limits or bool(boundary.allows)
    given = key.gives("*") or (bounded and (key.gives(ROLE) or bool(role.allows)))
    return given and not (key.denies or role.denies or boundary.denies)


def known(policies: Sequence[Json]) -> list[Policy | Unknown]:
    return [read_policy(data(policy)) for policy in policies]


@settings(max_examples=400, deadline=None)
@given(shared_policies, own_policies, st.lists(documents(shared=False), max_size=1))
def test_a_key_is_used_as_the_plain_evaluator_says(shared: list[Json], own: list[Json], limits: list[Json]) -> None:
    """The key's policy lets the role in by name, or leaves it to the account, whose policies then decide."""
    decision = allowed_by_key_policy(known(shared), known(own), REQUEST, known(limits))
    event(f"{decision.verdict.truth}")
    assert decision.verdict.truth is plain_key(shared, own, limits)
    if decision.fence is Fence.BOUNDARY:
        assert limits
    if decision.fence is not None:
        assert Plainly(own).allows
        assert decision.verdict.is_no


@settings(max_examples=400, deadline=None)
@given(shared_policies, own_policies, st.lists(documents(shared=False), max_size=1))
def test_a_resource_is_used_as_the_plain_evaluator_says(
    shared: list[Json], own: list[Json], limits: list[Json]
) -> None:
    """Either side allows it; only a grant to the whole account may leave it open."""
    verdict = allowed(known(shared), known(own), REQUEST, YES, known(limits)).verdict
    if verdict.is_unknown:
        assert Plainly(shared).gives(ROOT, ACCOUNT)
    else:
        assert verdict.truth is plain_resource(shared, own, limits)


EVERYTHING = {"Action": "*", "Resource": "*"}
TURNS_OUT: list[list[Json]] = [[], [{"Effect": "Allow", **EVERYTHING}], [{"Effect": "Deny", **EVERYTHING}]]


@settings(max_examples=300, deadline=None)
@given(shared_policies, own_policies, st.lists(documents(shared=False), max_size=1), st.integers(0, 2))
def test_what_is_certain_holds_whatever_a_hidden_policy_says(
    shared: list[Json], own: list[Json], limits: list[Json], where: int
) -> None:
    """One policy cannot be read: a yes or no holds whether it allows everything, denies everything, or nothing."""
    sides = [known(shared), known(own), known(limits)]
    sides[where] = [*sides[where], HIDDEN] if where < 2 else [HIDDEN]
    decision = allowed_by_key_policy(sides[0], sides[1], REQUEST, sides[2])
    event(f"{decision.verdict.truth}")
    for listed in TURNS_OUT:
        more = [{"Statement": [{**each, "Principal": {"AWS": ["*"]}} for each in listed] if where == 0 else listed}]
        turned = [[*shared, *more], own, limits] if where == 0 else [shared, [*own, *more], limits]
        turned = [shared, own, more] if where == 2 else turned
        assert decision.verdict.is_unknown or decision.verdict.truth is plain_key(*turned)


# Through templates: one event source, and a role that gets its permission in some way


def made(kind: str, **properties: Json) -> Json:
    return {"Type": kind, "Properties": properties}


def get(resource: str, attribute: str = "Arn") -> Json:
    return {"Fn::GetAtt": [resource, attribute]}


def sub(text: str) -> Json:
    return {"Fn::Sub": text}


def document(*listed: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in listed]}


READ = {"Action": "secretsmanager:GetSecretValue", "Resource": {"Ref": "Secret"}}
PATTERN = sub("arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:shop/*")
TRUST = document({"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})


def scene(role: Mapping[str, Json] | None = None, **more: Json) -> dict[str, Json]:
    """Give an event source with its secret, function and role."""
    access = [{"Type": "BASIC_AUTH", "URI": {"Ref": "Secret"}}]
    return {
        "Secret": made("AWS::SecretsManager::Secret", Name="shop/broker"),
        "Role": made("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, RoleName="orders", **(role or {})),
        "Function": made("AWS::Lambda::Function", FunctionName="orders", Role=get("Role")),
        "Source": made(
            "AWS::Lambda::EventSourceMapping",
            FunctionName={"Ref": "Function"},
            EventSourceArn="arn:aws:mq:eu-west-1:111122223333:broker:orders:b-1",
            SourceAccessConfigurations=access,
        ),
        **more,
    }


def model_of(resources: Mapping[str, Json], **more: Json) -> Model:
    return Model([read(Document("t.json", json.dumps({"Resources": resources, **more})), Assumptions())])


def found(resources: Mapping[str, Json], owner: str = "Source", **more: Json) -> list[Reading | Unknown]:
    model = model_of(resources, **more)
    record = model.record(("t.json", owner))
    assert record is not None
    return list(readings(Pipe(record) if record.type == Pipe.KIND else EventSourceMapping(record), model))


def truth(resources: Mapping[str, Json], owner: str = "Source", **more: Json) -> bool | None:
    (reading,) = found(resources, owner, **more)
    return None if isinstance(reading, Unknown) else reading.verdict.truth


def as_text(policy: Json) -> Json:
    """Write a policy as JSON in a text, with what its functions give."""
    names = {json.dumps({"Ref": "Secret"}): "${Secret}", json.dumps(PATTERN): PATTERN["Fn::Sub"]}
    whole = json.dumps(policy)
    for function, inside in names.items():
        whole = whole.replace(function, json.dumps(inside))
    return sub(whole)


Ways = Mapping[str, Callable[[Json], dict[str, Json]]]
MANAGED = {"Ref": "Managed"}
WAYS: Ways = {
    "inside the role": lambda policy: scene({"Policies": [{"PolicyName": "p", "PolicyDocument": policy}]}),
    "as JSON": lambda policy: scene({"Policies": [{"PolicyName": "p", "PolicyDocument": as_text(policy)}]}),
    "a policy by Ref": lambda policy: scene(
        P=made("AWS::IAM::Policy", PolicyName="p", Roles=["another", {"Ref": "Role"}], PolicyDocument=policy)
    ),
    "a policy by name": lambda policy: scene(
        P=made("AWS::IAM::Policy", PolicyName="p", Roles=["orders"], PolicyDocument=policy)
    ),
    "a policy of one role": lambda policy: scene(
        P=made("AWS::IAM::RolePolicy", PolicyName="p", RoleName={"Ref": "Role"}, PolicyDocument=policy)
    ),
    "a managed policy for roles": lambda policy: scene(
        Managed=made("AWS::IAM::ManagedPolicy", Roles=[{"Ref": "Role"}], PolicyDocument=policy)
    ),
    "a managed policy by Ref": lambda policy: scene(
        {"ManagedPolicyArns": [MANAGED]}, Managed=made("AWS::IAM::ManagedPolicy", PolicyDocument=policy)
    ),
    "a managed policy by attribute": lambda policy: scene(
        {"ManagedPolicyArns": [get("Managed", "PolicyArn")]},
        Managed=made("AWS::IAM::ManagedPolicy", PolicyDocument=policy),
    ),
    "a managed policy by ARN": lambda policy: scene(
        {"ManagedPolicyArns": [sub("arn:aws:iam::${AWS::AccountId}:policy/shop/read")]},
        Managed=made("AWS::IAM::ManagedPolicy", ManagedPolicyName="read", Path="/shop/", PolicyDocument=policy),
    ),
}
PLAIN = document({**READ, "Resource": PATTERN})


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_writing_gives_the_permission(way: str) -> None:
    assert truth(WAYS[way](PLAIN)) is True
    elsewhere = {**READ, "Resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:other-1a2b3c"}
    assert truth(WAYS[way](document(elsewhere))) is False


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_writing_may_deny(way: str) -> None:
    denied = {"Statement": [{"Effect": "Allow", **EVERYTHING}, {"Effect": "Deny", **READ}]}
    assert truth(WAYS[way](denied)) is False


def test_nothing_allows_nothing() -> None:
    assert truth(scene()) is False
    others = made("AWS::IAM::Policy", PolicyName="p", Roles=["another"], PolicyDocument=document(READ))
    assert truth(scene(P=others)) is False


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AdministratorAccess", True),
        ("PowerUserAccess", True),
        ("SecretsManagerReadWrite", True),
        ("service-role/AWSLambdaBasicExecutionRole", False),
        ("service-role/AWSLambdaMSKExecutionRole", False),
        ("AWSLambdaBasicExecutionRole", None),
        ("NobodyKnowsThisOne", None),
    ],
)
def test_policies_of_aws(name: str, expected: bool | None) -> None:
    """One of which there is no copy may allow it; a path that is left out names another policy."""
    assert truth(scene({"ManagedPolicyArns": [sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}")]})) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("SecretsManagerReadWrite", True), ("AWSLambdaBasicExecutionRole", False), ("NobodyKnowsThisOne", None)],
)
def test_policies_of_aws_by_their_bare_names(name: str, expected: bool | None) -> None:
    """As SAM takes them."""
    assert truth(scene({"ManagedPolicyArns": [name]})) is expected


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_policy_of_aws_is_looked_up_in_its_partition(partition: str) -> None:
    arn = f"arn:{partition}:iam::aws:policy/NobodyKnowsThisOne"
    (reading,) = found(scene({"ManagedPolicyArns": [arn]}))
    assert isinstance(reading, Reading)
    looked_up = [lookup for reason in reading.verdict.reasons for lookup in reason.lookups]
    assert looked_up == [Lookup("AWS::IAM::ManagedPolicy", arn)]


def test_the_copies_of_aws_policies_are_policies() -> None:
    """Each can be read whole, and none denies anything."""
    path = Path(msglint.model.__file__).with_name("managed_policies.json")
    copies = msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, Any]])
    assert list(copies) == sorted(copies)
    for policy in copies.values():
        copied = read_policy(data(policy))
        assert isinstance(copied, Policy)
        assert copied.rest is None
        assert copied.statements
        assert {each["Effect"] for each in policy["Statement"]} == {"Allow"}


ANYTHING = {"Policies": [{"PolicyName": "p", "PolicyDocument": document(EVERYTHING)}]}
BOUNDARIES: Mapping[str, tuple[Json, bool | None]] = {
    "of this template": ({"Ref": "Limit"}, False),
    "of AWS": ("arn:aws:iam::aws:policy/PowerUserAccess", True),
    "of AWS, too narrow": ("arn:aws:iam::aws:policy/AmazonSQSFullAccess", False),
    "made elsewhere": ("arn:aws:iam::111122223333:policy/limit", None),
}


@pytest.mark.parametrize("which", BOUNDARIES)
def test_a_boundary_limits(which: str) -> None:
    arn, expected = BOUNDARIES[which]
    limit = made("AWS::IAM::ManagedPolicy", PolicyDocument=document({"Action": "sqs:*", "Resource": "*"}))
    (reading,) = found(scene({**ANYTHING, "PermissionsBoundary": arn}, Limit=limit))
    assert isinstance(reading, Reading)
    assert reading.verdict.truth is expected
    assert (reading.read.fence is Fence.BOUNDARY) is (expected is False)


OTHER_ROLE = made("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST)


def secret_policy(principal: Json, **more: Json) -> Json:
    statement = {"Principal": {"AWS": principal}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", **more}
    return made("AWS::SecretsManager::ResourcePolicy", SecretId={"Ref": "Secret"}, ResourcePolicy=document(statement))


def test_the_policy_of_the_secret_lets_in_too() -> None:
    assert truth(scene(P=secret_policy(get("Role")))) is True
    assert truth(scene(P=secret_policy("arn:aws:iam::444455556666:role/other"))) is False


def test_a_secret_has_one_policy() -> None:
    """Where it is written here, no other stack writes it."""
    exported: Json = {"Outputs": {"Secret": {"Value": {"Ref": "Secret"}, "Export": {"Name": "secret"}}}}
    assert truth(scene(P=secret_policy({"Fn::GetAtt": ["Other", "Arn"]}), Other=OTHER_ROLE), **exported) is False
    assert truth(scene(Other=OTHER_ROLE), **exported) is None


MACRO = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://shop/secret.yaml"}}}


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ({"Ref": "AWS::NoValue"}, "no secret is named here"),
        (MACRO, "the macro AWS::Include decides what stands here"),
        ({"Ref": "Function"}, "this is the name of Function, where its ARN belongs"),
    ],
)
def test_what_names_no_secret_is_said(uri: Json, why: str) -> None:
    resources = scene()
    resources["Source"]["Properties"]["SourceAccessConfigurations"][0]["URI"] = uri
    (reading,) = found(resources)
    assert isinstance(reading, Unknown)
    assert reading.reason.text == why
    assert reading.at.document.name == "t.json"


ABROAD = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:broker-1a2b3c"


@pytest.mark.parametrize("uri", [ABROAD, get("Function")])
def test_a_secret_that_is_not_of_the_run_may_let_the_role_in(uri: Json) -> None:
    resources = scene()
    resources["Source"]["Properties"]["SourceAccessConfigurations"][0]["URI"] = uri
    (reading,) = found(resources)
    assert isinstance(reading, Reading)
    assert reading.secret is None
    if uri == ABROAD:
        assert reading.called == ABROAD
    why = "the secret is not in this run, and its own policy may let the role in"
    lookups = (Lookup("AWS::SecretsManager::Secret", ABROAD),) if uri == ABROAD else ()
    assert Reason(Doubt.OUTSIDE, why, reading.at, lookups) in reading.verdict.reasons


def test_a_function_without_a_role_reads_nothing() -> None:
    resources = scene()
    del resources["Function"]["Properties"]["Role"]
    assert found(resources) == []


@pytest.mark.parametrize(("services", "expected"), [(["pipes"], {"MSG112"}), (["scheduler"], set()), ([], set())])
def test_whether_the_pipe_itself_can_use_its_role(services: list[str], expected: set[str]) -> None:
    """That another user of the role cannot is no fault of the pipe's."""
    names = [f"{service}.amazonaws.com" for service in services]
    trust = document({"Principal": {"Service": names}, "Action": "sts:AssumeRole"}) if names else document()
    target = {"Arn": "arn:aws:sqs:eu-west-1:111122223333:orders", "RoleArn": get("Role")}
    resources = {
        "Secret": made("AWS::SecretsManager::Secret", Name="shop/broker"),
        "Role": made("AWS::IAM::Role", AssumeRolePolicyDocument=trust),
        "Pipe": made("AWS::Pipes::Pipe", RoleArn=get("Role"), SourceParameters=CREDENTIALS["ActiveMQ"]),
        "Schedule": made("AWS::Scheduler::Schedule", Target=target),
    }
    report = lint_text("t.json", json.dumps({"Resources": resources}).encode(), Options(select=("MSG112",)))
    assert {each.code for each in (*report.findings, *report.undecided)} == expected


PARAMETER: dict[str, Json] = {"Parameters": {"Arn": {"Type": "String"}}}
BLIND: Mapping[str, tuple[dict[str, Json], dict[str, Json]]] = {
    "a policy made elsewhere": (scene({"ManagedPolicyArns": [{"Ref": "Arn"}]}), PARAMETER),
    "a policy for whom nobody knows": (
        scene(P=made("AWS::IAM::Policy", PolicyName="p", Roles=[{"Ref": "Arn"}], PolicyDocument=document(READ))),
        PARAMETER,
    ),
    "a policy by a macro": (
        scene({"Policies": [{"PolicyName": "p", "PolicyDocument": {"Fn::Transform": {"Name": "AWS::Include"}}}]}),
        {},
    ),
    "a macro": (scene(), {"Transform": "OwnMacro"}),
    "the role's name is exported": (
        scene(),
        {"Outputs": {"Name": {"Value": {"Ref": "Role"}, "Export": {"Name": "role"}}}},
    ),
    "the secret is exported": (
        scene(),
        {"Outputs": {"Secret": {"Value": {"Ref": "Secret"}, "Export": {"Name": "secret"}}}},
    ),
    "a nested stack has the role": (
        scene(Stack=made("AWS::CloudFormation::Stack", TemplateURL="t", Parameters={"Role": {"Ref": "Role"}})),
        {},
    ),
    "a custom resource has the secret": (
        scene(Own=made("Custom::Own", ServiceToken="t", Secret={"Ref": "Secret"})),
        {},
    ),
    "a policy of the secret for whom nobody knows": (scene(P=secret_policy({"Ref": "Arn"})), PARAMETER),
    "a custom resource has the key": (
        scene(
            {"Policies": [{"PolicyName": "p", "PolicyDocument": document(READ, {"Action": "kms:*", "Resource": "*"})}]},
            Key=made(
                "AWS::KMS::Key", KeyPolicy=document({"Principal": {"Service": "sns.amazonaws.com"}, **EVERYTHING})
            ),
            Secret=made("AWS::SecretsManager::Secret", Name="shop/broker", KmsKeyId=get("Key")),
            Own=made("Custom::Own", ServiceToken="t", Key={"Ref": "Key"}),
        ),
        {},
    ),
}


@pytest.mark.parametrize("why", BLIND)
def test_what_may_come_from_elsewhere_is_undecided(why: str) -> None:
    resources, more = BLIND[why]
    assert truth(resources, **more) is None
    # What is certain stays so: a Deny refuses, whatever else there may be.
    deny = made(
        "AWS::IAM::RolePolicy",
        PolicyName="d",
        RoleName={"Ref": "Role"},
        PolicyDocument={"Statement": [{"Effect": "Deny", **EVERYTHING}]},
    )
    assert truth({**resources, "Denying": deny}, **more) is False


@pytest.mark.parametrize(
    "why",
    ["a macro", "the role's name is exported", "the secret is exported", "a custom resource has the secret"],
)
def test_what_may_come_from_elsewhere_takes_nothing_away(why: str) -> None:
    resources, more = BLIND[why]
    role = made("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, **ANYTHING)
    assert truth({**resources, "Role": role}, **more) is True


def test_the_exported_arn_of_a_role_changes_nothing() -> None:
    assert truth(scene(), Outputs={"Arn": {"Value": get("Role"), "Export": {"Name": "role"}}}) is False


HERE_VIA = "secretsmanager.${AWS::Region}.amazonaws.com"
KEYS: Mapping[str, tuple[Json, Json, bool]] = {
    "left to the account, and the role has nothing": ("root", {}, False),
    "left to the account, and the role decrypts": (
        "root",
        {"Action": "kms:Decrypt", "Resource": get("Key")},
        True,
    ),
    "no policy, and the role decrypts": (None, {"Action": "kms:*", "Resource": "*"}, True),
    "no policy, and the role decrypts for the secret": (
        None,
        {"Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": sub(HERE_VIA)}}},
        True,
    ),
    "no policy, and the role decrypts for queues": (
        None,
        {"Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLike": {"kms:ViaService": "sqs.*"}}},
        False,
    ),
    "no policy, and the role decrypts this secret": (
        None,
        {
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {"StringEquals": {"kms:EncryptionContext:SecretARN": {"Ref": "Secret"}}},
        },
        True,
    ),
    "no policy, and the role decrypts another secret": (
        None,
        {
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {"ArnLike": {"kms:EncryptionContext:SecretARN": "arn:aws:sqs:*:*:*"}},
        },
        False,
    ),
    "no policy, and the role has nothing": (None, {}, False),
    "the role by name": (get("Role"), {}, True),
    "another role": ("arn:aws:iam::444455556666:role/other", {"Action": "kms:Decrypt", "Resource": "*"}, False),
}


@pytest.mark.parametrize("which", KEYS)
@pytest.mark.parametrize("alias", [False, True])
def test_a_customers_key(which: str, alias: bool) -> None:
    principal, own, expected = KEYS[which]
    named = sub("arn:aws:iam::${AWS::AccountId}:root") if principal == "root" else principal
    via = {"StringEquals": {"kms:ViaService": sub(HERE_VIA)}}
    grant = {"Principal": {"AWS": named}, "Action": "kms:*", "Resource": "*", "Condition": via}
    given = [READ, own] if own else [READ]
    resources = scene(
        {"Policies": [{"PolicyName": "p", "PolicyDocument": document(*given)}]},
        Key=made("AWS::KMS::Key", **({"KeyPolicy": document(grant)} if principal is not None else {})),
        Alias=made("AWS::KMS::Alias", AliasName="alias/shop", TargetKeyId={"Ref": "Key"}),
    )
    resources["Secret"]["Properties"]["KmsKeyId"] = {"Ref": "Alias"} if alias else get("Key")
    assert truth(resources) is expected


PLAN = Path(__file__).parent / "fixtures" / "readers" / "permissions" / "plan.json"

# Accounts

ORDERS = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"
DECRYPT = {"Action": "kms:Decrypt", "Resource": f"arn:aws:kms:*:{OTHER}:key/*"}
FOR_QUEUES = {"Condition": {"StringLike": {"kms:ViaService": "sqs.*"}}}
HELPER: dict[str, Json] = {"Own": made("Custom::Own", ServiceToken="t", Key={"Ref": "Key"})}


def orders_role(*statements: Json, **more: Json) -> dict[str, Json]:
    policies = [{"PolicyName": "p", "PolicyDocument": document(*statements)}] if statements else []
    return {
        "Role": made("AWS::IAM::Role", RoleName="orders", AssumeRolePolicyDocument=TRUST, Policies=policies),
        **more,
    }


def of_accounts(*each: tuple[Mapping[str, Json], str | None]) -> Model:
    """Give a run of one template for each account; None is an account that nobody has told."""
    parts = []
    for number, (resources, account) in enumerate(each):
        told = Assumptions(accounts=(account,), regions=("eu-west-1",)) if account is not None else Assumptions()
        parts.append(read(Document(f"{number}.json", json.dumps({"Resources": resources})), told))
    return Model(parts)


@pytest.mark.parametrize(
    ("named", "own", "beside", "expected"),
    [
        (ROLE, [DECRYPT], {}, True),
        (ROOT, [DECRYPT], {}, True),
        (ROLE, [{**DECRYPT, **FOR_QUEUES}], {}, True),
        (ROLE, [], {}, False),
        (ROLE, [{**DECRYPT, "Effect": "Deny"}, DECRYPT], {}, False),
        (OTHER, [DECRYPT], {}, False),
        (OTHER, [DECRYPT], HELPER, None),
        (None, [DECRYPT], {}, False),
    ],
)
def test_a_key_of_another_account(named: Json, own: list[Json], beside: dict[str, Json], expected: bool | None) -> None:
    """Both sides must allow it: naming the role in the policy of the key is not enough."""
    grant = {"Principal": {"AWS": named}, "Action": "kms:*", "Resource": "*"}
    key = made("AWS::KMS::Key", **({"KeyPolicy": document(grant)} if named is not None else {}))
    model = of_accounts((orders_role(*own), ACCOUNT), ({"Key": key, **beside}, OTHER))
    (role,), (used,) = model.every(Role), model.every(Key)
    via = {"kms:ViaService": sent("sqs.eu-west-1.amazonaws.com")}
    assert may_use_key(role, "kms:Decrypt", used, model, via).verdict.truth is expected


def test_an_account_of_which_nobody_knows_may_be_the_same() -> None:
    """A plan with several providers does not tell whose account each of them is."""
    plan = PLAN.parents[1] / "accounts" / "plan.json"
    model = Model([read(Document("plan.json", plan.read_text(encoding="utf-8")), Assumptions())])
    queues = {queue.id: queue for queue in model.every(Queue)}
    (role,) = model.every(Role)
    partner = queues["aws_sqs_queue.partner"]
    verdict = may(role, "sqs:ReceiveMessage", partner.arn, model).verdict
    assert verdict.reasons == (Reason(Doubt.OUTSIDE, "the accounts may differ", partner.at),)
    # Its own account is written in the configuration of its provider.
    assert not may(role, "sqs:ReceiveMessage", Text.literal(ORDERS), model).verdict.is_no
    assert may(role, "sqs:ReceiveMessage", Text.literal(ORDERS.replace(ACCOUNT, OTHER)), model).verdict.is_no


@pytest.mark.parametrize(
    ("arn", "account", "expected"),
    [
        (ORDERS, ACCOUNT, True),
        (ORDERS, OTHER, False),
        (ORDERS, None, None),
        ("arn:aws:s3:::orders", ACCOUNT, None),
        ("orders", ACCOUNT, None),
    ],
)
def test_the_account_of_what_is_not_in_the_run(arn: str, account: str | None, expected: bool | None) -> None:
    """That of its ARN, where one stands there."""
    model = of_accounts((orders_role(EVERYTHING), account))
    (role,) = model.every(Role)
    verdict = may(role, "sqs:SendMessage", Text.literal(arn), model).verdict
    assert verdict.truth is expected
    why = f"whether {arn} is of the account that this is deployed to cannot be told"
    assert verdict.reasons == (() if expected is not None else (Reason(Doubt.OUTSIDE, why, role.at),))


@pytest.mark.parametrize(("account", "expected"), [(ACCOUNT, True), (OTHER, False)])
def test_the_account_of_what_is_in_the_run(account: str, expected: bool) -> None:
    model = of_accounts((orders_role(EVERYTHING), ACCOUNT), ({"Queue": made("AWS::SQS::Queue")}, account))
    (role,), (queue,) = model.every(Role), model.every(Queue)
    assert may(role, "sqs:SendMessage", queue.arn, model).verdict.truth is expected
    # A name that is built by hand is that of a resource all the same.
    assert may(role, "sqs:SendMessage", Text.literal("arn:aws:s3:::orders"), model, of=queue).verdict.truth is expected


@pytest.mark.parametrize(
    ("action", "key", "value", "expected"),
    [
        ("sqs:SendMessage", "aws:PrincipalArn", ROLE, True),
        ("sqs:SendMessage", "aws:PrincipalArn", f"{ROLE}s", False),
        ("sqs:SendMessage", "aws:PrincipalAccount", ACCOUNT, True),
        ("sqs:SendMessage", "aws:PrincipalAccount", OTHER, False),
        ("sqs:SendMessage", "aws:PrincipalIsAWSService", "false", True),
        ("sqs:SendMessage", "aws:PrincipalIsAWSService", "true", False),
        ("sqs:SendMessage", "aws:SecureTransport", "true", True),
        ("sqs:SendMessage", "aws:SecureTransport", "false", False),
        ("sqs:SendMessage", "aws:SourceArn", "*", False),
        ("sqs:SendMessage", "aws:SourceAccount", "*", False),
        ("sqs:SendMessage", "aws:SourceOrgID", "*", False),
        ("sqs:SendMessage", "aws:RequestedRegion", "eu-west-1", True),
        ("sqs:SendMessage", "aws:RequestedRegion", "us-east-1", False),
        ("sqs:SendMessage", "aws:ResourceAccount", ACCOUNT, True),
        ("sqs:SendMessage", "aws:ResourceAccount", OTHER, False),
        ("sqs:SendMessage", "aws:ViaAWSService", "false", True),
        ("kms:Decrypt", "aws:ViaAWSService", "*", None),
        ("sqs:SendMessage", "aws:PrincipalTag/team", "shop", None),
    ],
)
def test_which_keys_the_call_of_a_role_carries(action: str, key: str, value: str, expected: bool | None) -> None:
    given = {"Action": "*", "Resource": "*", "Condition": {"StringLike": {key: value}}}
    model = of_accounts((orders_role(given), ACCOUNT))
    (role,) = model.every(Role)
    verdict = may(role, action, Text.literal(ORDERS), model).verdict
    assert verdict.truth is expected
    if expected is None:
        why = "whether the call carries this condition key is not known"
        assert verdict.reasons == (Reason(Doubt.OUTSIDE, why, role.at),)


def test_a_call_that_is_about_no_place_carries_none() -> None:
    """The ARN of a bucket has no Region, so of the Region of the call nothing is known."""
    bucket = "arn:aws:s3:::orders"
    for key in ("aws:RequestedRegion", "aws:ResourceAccount"):
        given = {**EVERYTHING, "Condition": {"StringEquals": {key: ACCOUNT}}}
        model = of_accounts((orders_role(given), ACCOUNT))
        (role,) = model.every(Role)
        assert may(role, "s3:PutObject", Text.literal(bucket), model, of=role).verdict.is_unknown


@pytest.mark.parametrize(
    ("region", "via", "expected"),
    [
        ("eu-west-1", "secretsmanager.eu-west-1.amazonaws.com", True),
        ("eu-west-1", "secretsmanager.us-east-1.amazonaws.com", False),
        ("us-gov-west-1", "secretsmanager.us-gov-west-1.amazonaws.com", None),
        ("cn-north-1", "secretsmanager.cn-north-1.amazonaws.com.cn", None),
        ("cn-north-1", "secretsmanager.cn-north-1.amazonaws.com", None),
    ],
)
def test_the_service_that_calls_kms(region: str, via: str, expected: bool | None) -> None:
    """Elsewhere than in the usual partition AWS does not document its name."""
    own = {"Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": via}}}
    resources = scene(
        {"Policies": [{"PolicyName": "p", "PolicyDocument": document(READ, own)}]}, Key=made("AWS::KMS::Key")
    )
    resources["Secret"]["Properties"]["KmsKeyId"] = get("Key")
    there = Assumptions(accounts=(ACCOUNT,), regions=(region,))
    model = Model([read(Document("t.json", json.dumps({"Resources": resources})), there)])
    (mapping,) = model.every(EventSourceMapping)
    (reading,) = readings(mapping, model)
    assert isinstance(reading, Reading)
    assert reading.verdict.truth is expected


@pytest.mark.parametrize(("key", "expected"), [("alias/aws/secretsmanager", True), ("alias/shop", None)])
def test_other_keys(key: str, expected: bool | None) -> None:
    """The key that AWS manages asks for nothing more, and of one that is made elsewhere nobody can say."""
    resources = scene({"Policies": [{"PolicyName": "p", "PolicyDocument": document(READ)}]})
    resources["Secret"]["Properties"]["KmsKeyId"] = key
    assert truth(resources) is expected


FUNCTIONS: Mapping[str, Json] = {
    "Ref": {"Ref": "Function"},
    "ARN": get("Function"),
    "name": "orders",
    "name and alias": "orders:live",
    "ARN and alias": sub("${Function.Arn}:live"),
    "name by Ref and version": sub("${Function}:7"),
    "literal ARN": sub("arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:orders"),
    "literal ARN and alias": sub("arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:orders:live"),
    "alias": {"Ref": "Alias"},
    "version": {"Ref": "Version"},
}


@pytest.mark.parametrize("way", FUNCTIONS)
def test_every_way_of_naming_the_function(way: str) -> None:
    resources = scene(
        Alias=made("AWS::Lambda::Alias", Name="live", FunctionName={"Ref": "Function"}, FunctionVersion="7"),
        Version=made("AWS::Lambda::Version", FunctionName=get("Function")),
    )
    resources["Source"]["Properties"]["FunctionName"] = FUNCTIONS[way]
    assert truth(resources) is False


@pytest.mark.parametrize("name", ["returns", "orders-old:live", {"Ref": "Arn"}])
def test_a_function_made_elsewhere(name: Json) -> None:
    resources = scene()
    resources["Source"]["Properties"]["FunctionName"] = name
    assert truth(resources, **PARAMETER) is None


def test_what_is_no_secret_is_not_read() -> None:
    resources = scene()
    entries: list[Json] = [{"Type": "VIRTUAL_HOST", "URI": "/"}, {"Type": "VPC_SUBNET", "URI": "subnet:subnet-1"}]
    resources["Source"]["Properties"]["SourceAccessConfigurations"] = entries
    assert found(resources) == []
    entries.append({"Type": {"Ref": "Arn"}, "URI": {"Ref": "Secret"}})
    assert truth(resources, **PARAMETER) is None


CREDENTIALS: Mapping[str, Json] = {
    "ActiveMQ": {"ActiveMQBrokerParameters": {"Credentials": {"BasicAuth": {"Ref": "Secret"}}}},
    "RabbitMQ": {"RabbitMQBrokerParameters": {"Credentials": {"BasicAuth": {"Ref": "Secret"}}}},
    "MSK": {"ManagedStreamingKafkaParameters": {"Credentials": {"SaslScram512Auth": {"Ref": "Secret"}}}},
    "Kafka": {"SelfManagedKafkaParameters": {"Credentials": {"ClientCertificateTlsAuth": {"Ref": "Secret"}}}},
    "certificate": {"SelfManagedKafkaParameters": {"ServerRootCaCertificate": {"Ref": "Secret"}}},
}


@pytest.mark.parametrize("source", CREDENTIALS)
def test_pipes_read_with_their_own_role(source: str) -> None:
    pipe = made("AWS::Pipes::Pipe", RoleArn=get("Role"), SourceParameters=CREDENTIALS[source])
    assert truth(scene(Pipe=pipe), "Pipe") is False
    assert truth(scene(ANYTHING, Pipe=pipe), "Pipe") is True


def test_a_secret_made_elsewhere_has_a_policy_elsewhere() -> None:
    resources = scene()
    resources["Source"]["Properties"]["SourceAccessConfigurations"][0]["URI"] = {"Ref": "Arn"}
    assert truth(resources, **PARAMETER) is None


# Through a plan, before anything has an ARN


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("version", True),
        ("dynamic", True),
        ("managed", True),
        ("attached", None),
        ("exclusive", True),
        ("literal", True),
        ("alias", False),
        ("named", False),
    ],
)
def test_every_way_of_writing_in_terraform(source: str, expected: bool | None) -> None:
    """Of what a `for_each` attaches the plan does not say which instance gets which policy."""
    model = Model([read(Document("plan.json", PLAN.read_text(encoding="utf-8")), Assumptions())])
    record = model.record(("plan.json", f"aws_lambda_event_source_mapping.{source}"))
    assert record is not None
    (reading,) = readings(EventSourceMapping(record), model)
    assert isinstance(reading, Reading)
    assert reading.verdict.truth is expected


# The ARN of a secret ends with a hyphen and six characters that nobody knows

suffixes = st.text(string.ascii_letters + string.digits, min_size=6, max_size=6)
patterns = st.builds(
    "".join, st.lists(st.sampled_from(["shop/", "broker", "*", "?", "??????", "-", "a", "1a2b3c"]), max_size=4)
)


@given(patterns | st.sampled_from(["shop/broker", "shop/broker*", "shop/broker-*", "shop/broker-??????"]), suffixes)
def test_patterns_for_secrets(pattern: str, suffix: str) -> None:
    """What is said of a pattern holds for the characters that Secrets Manager really chooses."""
    model = model_of({"Secret": made("AWS::SecretsManager::Secret", Name="shop/broker")})
    (secret,) = model.every(Secret)
    begin = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:"
    name = Text.of("shop/broker-", secret.arn.parts[-1])
    verdict = matches(Text.literal(f"{begin}{pattern}"), Text.of(begin, name), WHY)
    event(f"{verdict.truth}")
    assert verdict.is_unknown or verdict.truth is fnmatchcase(f"shop/broker-{suffix}", pattern)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("shop/broker", False), ("shop/broker-?????", False), ("shop/broker-??????", True), ("shop/broker-*", True)],
)
def test_the_patterns_that_people_write(pattern: str, expected: bool) -> None:
    arn = sub(f"arn:aws:secretsmanager:${{AWS::Region}}:${{AWS::AccountId}}:secret:{pattern}")
    policy = document({**READ, "Resource": arn})
    assert truth(scene({"Policies": [{"PolicyName": "p", "PolicyDocument": policy}]})) is expected


def test_a_secret_without_a_name_is_called_as_nobody_knows() -> None:
    """CloudFormation does not document how: no pattern is said to miss it."""
    arn = sub("arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:Secret-*")
    policy = document({**READ, "Resource": arn})
    resources = scene({"Policies": [{"PolicyName": "p", "PolicyDocument": policy}]})
    del resources["Secret"]["Properties"]["Name"]
    assert truth(resources) is None


def test_the_attribute_id_of_a_secret_is_its_arn() -> None:
    resources = scene({"Policies": [{"PolicyName": "p", "PolicyDocument": document(READ)}]})
    resources["Source"]["Properties"]["SourceAccessConfigurations"][0]["URI"] = get("Secret", "Id")
    assert truth(resources) is True
    resources["Source"]["Properties"]["SourceAccessConfigurations"][0]["URI"] = sub("${Secret.Id}")
    assert truth(resources) is True


def test_the_repair_lets_the_role_in() -> None:
    """What is shown is a statement; one after the other they make the finding go."""
    resources = scene(Key=made("AWS::KMS::Key"))
    resources["Secret"]["Properties"]["KmsKeyId"] = get("Key")
    given: list[Json] = []
    for action in ("secretsmanager:GetSecretValue", "kms:Decrypt"):
        policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": given}}] if given else []
        resources["Role"]["Properties"]["Policies"] = policies
        text = json.dumps({"Resources": resources}).encode()
        (finding,) = lint_text("t.json", text, Options(select=("MSG112",))).findings
        assert finding.fix is not None
        statement = json.loads(finding.fix.snippet)
        assert statement["Action"] == action
        given.append(statement)
    resources["Role"]["Properties"]["Policies"] = [{"PolicyName": "p", "PolicyDocument": {"Statement": given}}]
    assert truth(resources) is True


@pytest.mark.parametrize(
    "more",
    [
        {"Statement": [{"Effect": "Allow", **EVERYTHING}, {"Effect": "Deny", **READ}]},
        {"Statement": [{"Effect": "Deny", **EVERYTHING}]},
    ],
)
def test_no_statement_repairs_a_deny(more: Json) -> None:
    text = json.dumps({"Resources": scene({"Policies": [{"PolicyName": "p", "PolicyDocument": more}]})}).encode()
    (finding,) = lint_text("t.json", text, Options(select=("MSG112",))).findings
    assert finding.fix is None
    assert "a statement denies it" in finding.message
