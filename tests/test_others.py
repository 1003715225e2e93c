"""What others have written for a resource: told by facts that stand here, and so without any account."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from msglint import engine
from msglint.account.facts import Fact
from msglint.account.resolve import as_part, resolved
from msglint.finding import Finding
from msglint.model.delivery import policies
from msglint.model.elsewhere import Attached, besides
from msglint.model.model import Model
from msglint.model.policy import Policy
from msglint.model.sqs import Queue
from msglint.model.value import outside
from msglint.options import Options
from msglint.readers.interface import Assumptions, Deployed
from msglint.readers.recognise import read
from msglint.source import Document
from msglint.verdict import EXPORT, Doubt, Lookup

ACCOUNT, REGION = "111122223333", "eu-west-1"
PLACE = f"{REGION}:{ACCOUNT}"
ORDERS = f"arn:aws:sqs:{PLACE}:orders"
BUS = f"arn:aws:events:{PLACE}:event-bus/orders"
COURIER = f"arn:aws:iam::{ACCOUNT}:role/courier"
Resources = Mapping[str, Mapping[str, Any]]


class Account:
    """An account that knows some things."""

    account, region = ACCOUNT, REGION

    def __init__(self, facts: Mapping[Lookup, Resources], exports: Mapping[str, str] | None = None) -> None:
        self.facts = facts
        self.exports = exports or {}
        self.asked: list[Lookup] = []

    def look_up(self, wanted: Sequence[Lookup]) -> Sequence[Fact]:
        """Give what is known, and say of the rest that it is not there."""
        self.asked += wanted
        return [self.told(each) for each in wanted]

    def told(self, lookup: Lookup) -> Fact:
        """Give one answer."""
        if lookup.type == EXPORT and lookup.name in self.exports:
            return Fact(lookup, "now", ACCOUNT, REGION, value=self.exports[lookup.name])
        if lookup not in self.facts:
            return Fact(lookup, "now", ACCOUNT, REGION, missing="there is no such thing")
        made = self.facts[lookup]
        physical = {id_: {"arn": lookup.name} for id_ in made if lookup.name.startswith("arn:") and "policy" not in id_}
        return Fact(lookup, "now", ACCOUNT, REGION, made, physical)


def made(type_: str, **properties: object) -> Mapping[str, object]:
    """Write a resource."""
    return {"Type": type_, "Properties": properties}


def policy(*statements: object) -> Mapping[str, object]:
    """Write a policy."""
    return {"Version": "2012-10-17", "Statement": [*statements]}


def judge(
    resources: Resources,
    code: str,
    facts: Mapping[Lookup, Resources] | None = None,
    *,
    live: bool = True,
    physical: Mapping[str, Mapping[str, str]] | None = None,
    exports: Mapping[str, str] | None = None,
    **sections: object,
) -> tuple[Sequence[Finding], Account]:
    """Judge a template by one rule, deployed (`live`) or to be deployed, and give what the account was asked."""
    account = Account(facts or {}, exports or {})
    deployed = Deployed(physical=physical or {}, stack="shop", live=live)
    options = Options(tuple(code.split()), assumptions=Assumptions((ACCOUNT,), (REGION,), deployed=deployed))
    text = json.dumps({"Resources": resources, **sections}).encode()
    report = resolved(lambda given: engine.lint_text("shop.json", text, given), options, account).report
    return (*report.findings, *report.undecided), account


def truths(found: Sequence[Finding]) -> list[bool]:
    """Give whether each is decided."""
    return [each.decided for each in found]


EVENTS = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:*", "Resource": "*"}
RULE = made("AWS::Events::Rule", EventPattern={"source": ["shop"]}, Targets=[{"Id": "t", "Arn": ORDERS}])
QUEUE = made("AWS::SQS::Queue", QueueName="orders")
EXPORTED = {"Url": {"Value": {"Ref": "Orders"}, "Export": {"Name": "orders"}}}
ITSELF = Lookup("AWS::SQS::Queue", ORDERS)


def there(*statements: object) -> Mapping[Lookup, Resources]:
    """Give the queue as the account has it."""
    attached = made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "orders"}], PolicyDocument=policy(*statements))
    return {ITSELF: {"orders": QUEUE, **({"policy of orders": attached} if statements else {})}}


@pytest.mark.parametrize(
    ("facts", "live", "expected"),
    [
        (None, True, [False]),
        (there(), True, [True]),
        (there(), False, [True]),
        (there(EVENTS), True, []),
        (there(EVENTS), False, [False]),
        (there({**EVENTS, "Effect": "Deny"}, EVENTS), True, [True]),
        (there({**EVENTS, "Action": "sqs:ReceiveMessage"}), False, [True]),
    ],
)
def test_the_policy_of_a_queue_that_is_exported(
    facts: Mapping[Lookup, Resources] | None, live: bool, expected: list[bool]
) -> None:
    found, account = judge({"Orders": QUEUE, "Placed": RULE}, "MSG102", facts, live=live, Outputs=EXPORTED)
    assert truths(found) == expected
    assert account.asked == [ITSELF]


def test_what_a_template_may_have_written_before_is_said() -> None:
    (found,), _ = judge({"Orders": QUEUE, "Placed": RULE}, "MSG102", there(EVENTS), live=False, Outputs=EXPORTED)
    said = "Orders has it in the account, and whether another stack wrote it or this one did before cannot be told"
    (reason,) = (each for each in found.reasons if not each.deployed)
    assert (reason.message, reason.span.start.column) == (said, len('{"resources": {"'))
    assert found.doubt is Doubt.OUTSIDE
    assert found.lookups == ()


def test_what_is_not_exported_is_nobody_elses() -> None:
    found, account = judge({"Orders": QUEUE, "Placed": RULE}, "MSG102", there(EVENTS))
    assert (truths(found), account.asked) == ([True], [])


def test_a_name_that_cloudformation_chooses_is_nothing_to_ask_for() -> None:
    rule = made("AWS::Events::Rule", Targets=[{"Id": "t", "Arn": {"Fn::GetAtt": ["Orders", "Arn"]}}])
    found, account = judge({"Orders": made("AWS::SQS::Queue"), "Placed": rule}, "MSG102", Outputs=EXPORTED)
    assert (truths(found), account.asked) == ([False], [])


@pytest.mark.parametrize(("statements", "expected"), [([], [True]), ([EVENTS], [])])
def test_a_nested_stack_may_write_a_policy_beside_that_of_the_template(
    statements: list[object], expected: list[bool]
) -> None:
    own = made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "Orders"}], PolicyDocument=policy({**EVENTS, "Effect": "Deny"}))
    other = made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "Other"}], PolicyDocument=policy(EVENTS))
    nested = made("AWS::CloudFormation::Stack", TemplateURL="https://x", Parameters={"Queue": {"Ref": "Orders"}})
    resources = {"Orders": QUEUE, "Placed": RULE, "Nested": nested, "Other": made("AWS::SQS::Queue"), "Policy": other}
    found, account = judge(resources, "MSG102", there(*statements))
    assert (truths(found), account.asked) == (expected, [ITSELF])
    denied, _ = judge({**resources, "Own": own}, "MSG102", there(EVENTS))
    assert truths(denied) == [True]


GROUP = made("AWS::Logs::LogGroup", LogGroupName="/aws/events/orders")
LOGGED = made(
    "AWS::Events::Rule", EventPattern={"source": ["shop"]}, Targets=[{"Id": "t", "Arn": {"Fn::GetAtt": ["Log", "Arn"]}}]
)
OF_ALL = Lookup("AWS::Logs::ResourcePolicy", f"arn:aws:logs:{PLACE}:*")
LOGS = {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]}


def of_all(*statements: object) -> Mapping[Lookup, Resources]:
    """Give the policies of CloudWatch Logs that the account has."""
    return {
        OF_ALL: {"p": made("AWS::Logs::ResourcePolicy", PolicyName="p", PolicyDocument=json.dumps(policy(*statements)))}
    }


@pytest.mark.parametrize(
    ("facts", "live", "expected"),
    [
        (None, True, [False]),
        (of_all(), True, [True]),
        (of_all(), False, [True]),
        (of_all({"Effect": "Allow", "Principal": LOGS, "Action": "logs:*", "Resource": "*"}), True, []),
        (of_all({"Effect": "Allow", "Principal": LOGS, "Action": "logs:*", "Resource": "*"}), False, [False]),
    ],
)
def test_policies_of_logs(facts: Mapping[Lookup, Resources] | None, live: bool, expected: list[bool]) -> None:
    found, account = judge({"Log": GROUP, "Placed": LOGGED}, "MSG102", facts, live=live)
    assert (truths(found), account.asked) == (expected, [OF_ALL])


def test_a_log_group_without_a_name_is_in_no_place() -> None:
    found, account = judge({"Log": made("AWS::Logs::LogGroup"), "Placed": LOGGED}, "MSG102", of_all())
    assert (truths(found), account.asked) == ([False], [])


def trusted(service: str) -> Mapping[str, object]:
    """Write the trust policy of a role."""
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


ROLE = made("AWS::IAM::Role", RoleName="courier", AssumeRolePolicyDocument=trusted("events.amazonaws.com"))
HANDED = made(
    "AWS::Events::Rule",
    EventPattern={"source": ["shop"]},
    Targets=[{"Id": "t", "Arn": BUS, "RoleArn": {"Fn::GetAtt": ["Courier", "Arn"]}}],
)
OF_BUS = Lookup("AWS::Events::EventBus", BUS)
PUTS = {"Effect": "Allow", "Principal": {"AWS": COURIER}, "Action": "events:PutEvents", "Resource": BUS}


def bus(*statements: object) -> Mapping[Lookup, Resources]:
    """Give the bus as the account has it."""
    given = {
        f"policy {number}": made(
            "AWS::Events::EventBusPolicy", EventBusName={"Ref": "orders"}, StatementId="s", Statement=each
        )
        for number, each in enumerate(statements)
    }
    return {OF_BUS: {"orders": made("AWS::Events::EventBus", Name="orders"), **given}}


@pytest.mark.parametrize(
    ("facts", "live", "expected"),
    [
        (None, True, [False]),
        (bus(), True, [True]),
        (bus(PUTS), True, []),
        (bus(PUTS), False, [False]),
        (bus({**PUTS, "Principal": {"AWS": f"{COURIER}s"}}), True, [True]),
    ],
)
def test_the_policy_of_a_bus_that_is_exported(
    facts: Mapping[Lookup, Resources] | None, live: bool, expected: list[bool]
) -> None:
    outputs = {"Bus": {"Value": {"Ref": "Bus"}, "Export": {"Name": "bus"}}}
    resources = {"Courier": ROLE, "Placed": HANDED, "Bus": made("AWS::Events::EventBus", Name="orders")}
    found, account = judge(resources, "MSG103", facts, live=live, Outputs=outputs)
    assert (truths(found), account.asked) == (expected, [OF_BUS])


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize(("facts", "expected"), [(None, [False]), (bus(), [True]), (bus(PUTS), [])])
def test_the_policy_of_a_bus_of_others(
    facts: Mapping[Lookup, Resources] | None, expected: list[bool], live: bool
) -> None:
    """Nothing that the template takes away."""
    found, account = judge({"Courier": ROLE, "Placed": HANDED}, "MSG103", facts, live=live)
    assert (truths(found), account.asked) == (expected, [OF_BUS])


DEFAULT = Lookup("AWS::Events::EventBus", f"arn:aws:events:{PLACE}:event-bus/default")


@pytest.mark.parametrize(
    ("principal", "named", "expected"),
    [(COURIER, {}, []), (f"{COURIER}s", {}, [True]), (COURIER, {"EventBusName": "orders"}, [True])],
)
def test_a_policy_that_names_no_bus_is_of_the_default_one(principal: str, named: Any, expected: list[bool]) -> None:
    statement = {**PUTS, "Principal": {"AWS": principal}, "Resource": DEFAULT.name}
    resources = {
        "Courier": ROLE,
        "Placed": json.loads(json.dumps(HANDED).replace("event-bus/orders", "event-bus/default")),
        "Policy": made("AWS::Events::EventBusPolicy", StatementId="s", Statement=statement, **named),
    }
    facts = {DEFAULT: {"default": made("AWS::Events::EventBus", Name="default")}}
    found, account = judge(resources, "MSG103", facts)
    assert (truths(found), account.asked) == (expected, [DEFAULT])


def test_a_policy_of_a_bus_that_a_parameter_names_may_be_for_this_one() -> None:
    statement = {**PUTS, "Resource": {"Fn::GetAtt": ["Bus", "Arn"]}}
    resources = {
        "Courier": ROLE,
        "Placed": HANDED,
        "Bus": made("AWS::Events::EventBus", Name="orders"),
        "Policy": made(
            "AWS::Events::EventBusPolicy", EventBusName={"Ref": "Which"}, StatementId="s", Statement=statement
        ),
    }
    (found,), account = judge(resources, "MSG103", Parameters={"Which": {"Type": "String"}})
    assert (found.decided, account.asked) == (False, [])
    assert [reason.message for reason in found.reasons] == ["whether ${Which} is Bus cannot be told"]


SCHEDULE = made(
    "AWS::Scheduler::Schedule",
    ScheduleExpression="rate(1 day)",
    Target={"Arn": ORDERS, "RoleArn": {"Fn::GetAtt": ["Courier", "Arn"]}},
)
SENDER = made("AWS::IAM::Role", RoleName="courier", AssumeRolePolicyDocument=trusted("scheduler.amazonaws.com"))
OF_ROLE = Lookup("AWS::IAM::Role", COURIER)
SENDS = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": ORDERS}


def role(*statements: object) -> Mapping[Lookup, Resources]:
    """Give the role as the account has it, with a policy of others."""
    inline = [{"PolicyName": "others", "PolicyDocument": policy(*statements)}] if statements else []
    properties = {**SENDER["Properties"], "Policies": inline}  # type: ignore[dict-item]
    return {OF_ROLE: {"courier": made("AWS::IAM::Role", **properties)}}


@pytest.mark.parametrize(
    ("facts", "live", "expected"),
    [
        (None, True, [False]),
        (role(), True, [True]),
        (role(), False, [True]),
        (role(SENDS), True, []),
        (role(SENDS), False, [False]),
        (role({**SENDS, "Effect": "Deny"}, SENDS), True, [True]),
    ],
)
def test_the_policies_of_a_role_that_is_exported(
    facts: Mapping[Lookup, Resources] | None, live: bool, expected: list[bool]
) -> None:
    outputs = {"Role": {"Value": {"Ref": "Courier"}, "Export": {"Name": "courier"}}}
    resources = {"Orders": QUEUE, "Courier": SENDER, "Daily": SCHEDULE}
    found, account = judge(resources, "MSG103", facts, live=live, Outputs=outputs)
    assert (truths(found), account.asked) == (expected, [OF_ROLE])


BROKER = f"arn:aws:mq:{PLACE}:broker:orders:b-1234a5b6-78cd-901e-2fgh-3i45j6k17819"
SECRET = f"arn:aws:secretsmanager:{PLACE}:secret:broker-a1b2c3"
OF_SECRET = Lookup("AWS::SecretsManager::Secret", SECRET)
SIGNS_IN = {
    "Secret": made("AWS::SecretsManager::Secret", Name="broker"),
    "Worker": made("AWS::IAM::Role", RoleName="courier", AssumeRolePolicyDocument=trusted("lambda.amazonaws.com")),
    "F": made("AWS::Lambda::Function", Role={"Fn::GetAtt": ["Worker", "Arn"]}),
    "Read": made(
        "AWS::Lambda::EventSourceMapping",
        EventSourceArn=BROKER,
        FunctionName={"Ref": "F"},
        Queues=["orders"],
        SourceAccessConfigurations=[{"Type": "BASIC_AUTH", "URI": {"Ref": "Secret"}}],
    ),
}
NAMES = {"Secret": {"arn": SECRET, "name": "broker"}}
GIVEN = {"Secret": {"Value": {"Ref": "Secret"}, "Export": {"Name": "secret"}}}
READS = {"Effect": "Allow", "Principal": {"AWS": COURIER}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}


def secret(*statements: object, rotated: bool = False) -> Mapping[Lookup, Resources]:
    """Give the secret as the account has it."""
    own = {"SecretId": {"Ref": "broker"}}
    attached = made("AWS::SecretsManager::ResourcePolicy", **own, ResourcePolicy=policy(*statements))
    return {
        OF_SECRET: {
            "broker": made("AWS::SecretsManager::Secret", Name="broker"),
            **({"policy of it": attached} if statements else {}),
            **({"policy of rotation": made("AWS::SecretsManager::RotationSchedule", **own)} if rotated else {}),
        }
    }


@pytest.mark.parametrize(
    ("facts", "live", "expected"),
    [
        (None, True, [False]),
        (secret(), True, [True]),
        (secret(READS), True, []),
        (secret(READS), False, [False]),
        (secret({**READS, "Principal": {"AWS": f"{COURIER}s"}}), False, [True]),
    ],
)
def test_the_policy_of_a_secret_that_is_exported(
    facts: Mapping[Lookup, Resources] | None, live: bool, expected: list[bool]
) -> None:
    found, account = judge(SIGNS_IN, "MSG112", facts, live=live, physical=NAMES, Outputs=GIVEN)
    assert (truths(found), account.asked) == (expected, [OF_SECRET])


@pytest.mark.parametrize(
    ("facts", "live", "expected"),
    [
        (None, True, [False]),
        (secret(), True, [True]),
        (secret(), False, [True]),
        (secret(rotated=True), True, []),
        (secret(rotated=True), False, [False]),
    ],
)
def test_another_stack_may_rotate_a_secret_that_is_exported(
    facts: Mapping[Lookup, Resources] | None, live: bool, expected: list[bool]
) -> None:
    found, account = judge(SIGNS_IN, "MSG411", facts, live=live, physical=NAMES, Outputs=GIVEN)
    assert (truths(found), account.asked) == (expected, [OF_SECRET])
    for reason in (each for finding in found for each in finding.reasons if not each.deployed):
        assert found[0].doubt is Doubt.OUTSIDE
        assert (reason.span.start.column > 1, reason.file) == (True, "shop.json")


CLUSTER = f"arn:aws:kafka:{PLACE}:cluster/orders/abc-1"
OF_CLUSTER = Lookup("AWS::MSK::Cluster", CLUSTER)
KAFKA = made("AWS::MSK::Cluster", ClusterName="orders", ClientAuthentication={"Sasl": {"Scram": {"Enabled": True}}})


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("secrets", [None, [], [SECRET]])
def test_another_stack_may_associate_secrets_with_a_cluster_that_is_exported(
    secrets: list[str] | None, live: bool
) -> None:
    associated = made("AWS::MSK::BatchScramSecret", ClusterArn={"Ref": "orders"}, SecretArnList=secrets or [])
    there = {"orders": KAFKA, **({"policy of secrets": associated} if secrets else {})}
    outputs = {"Cluster": {"Value": {"Ref": "Kafka"}, "Export": {"Name": "cluster"}}}
    resources = {"Kafka": KAFKA, "Secret": made("AWS::SecretsManager::Secret", Name="AmazonMSK_orders")}
    names = {"Kafka": {"arn": CLUSTER, "name": "orders"}}
    facts = {OF_CLUSTER: there} if secrets is not None else {}
    found, account = judge(resources, "MSG410", facts, live=live, physical=names, Outputs=outputs)
    expected = [True] if secrets == [] else [] if secrets and live else [False]
    assert [each.decided for each in found if each.resource == "Kafka"] == expected
    assert OF_CLUSTER in account.asked


def test_what_nobody_doubts_is_not_what_others_have_written() -> None:
    """Also where it was looked up for something else."""
    part = read(Document("shop.json", json.dumps({"Resources": {"Orders": QUEUE}})), Assumptions((ACCOUNT,), (REGION,)))
    (deployed,) = as_part(Account(there(EVENTS)).told(ITSELF), [part])
    model = Model([part, deployed])
    (queue,) = model.every(Queue)
    written = partial(policies, model=model)
    assert list(besides([], queue, model, written)) == []
    doubt = Attached(queue, outside("others may write one", queue.at))
    (found,) = besides([doubt], queue, model, written)
    assert (found.owner.id, isinstance(found.policy, Policy)) == ("policy of orders", True)


def test_a_role_may_have_a_policy_that_nobody_knows() -> None:
    unknown = {**SENDER["Properties"], "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonWorkSpacesAdmin"]}  # type: ignore[dict-item]
    facts = {OF_ROLE: {"courier": made("AWS::IAM::Role", **unknown)}}
    outputs = {"Role": {"Value": {"Ref": "Courier"}, "Export": {"Name": "courier"}}}
    for live in (True, False):
        found, _ = judge(
            {"Orders": QUEUE, "Courier": SENDER, "Daily": SCHEDULE}, "MSG103", facts, live=live, Outputs=outputs
        )
        assert [(each.code, each.decided) for each in found] == [("MSG103", False)]


def test_nobody_asks_what_the_account_does_not_tell() -> None:
    """A secret says nothing of the clusters that it is associated with."""
    resources = {"Kafka": KAFKA, "Secret": made("AWS::SecretsManager::Secret", Name="AmazonMSK_orders")}
    names = {"Kafka": {"arn": CLUSTER, "name": "orders"}, "Secret": {"arn": SECRET, "name": "AmazonMSK_orders"}}
    _, account = judge(resources, "MSG410", physical=names, Outputs=GIVEN)
    assert OF_SECRET not in account.asked


ALIAS = "alias/aws/sqs"
KEY = f"arn:aws:kms:{PLACE}:key/0a1b2c3d-4e5f-6789-0a1b-2c3d4e5f6789"
USES = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
MAY = {**USES, "Principal": {"Service": "events.amazonaws.com"}, "Action": ["kms:GenerateDataKey", "kms:Decrypt"]}


def encrypted(key: str, *statements: object) -> Mapping[Lookup, Resources]:
    """Give a queue that lets events in and is encrypted, and its key."""
    queue = made("AWS::SQS::Queue", QueueName="orders", KmsMasterKeyId=key)
    facts = {ITSELF: {**there(EVENTS)[ITSELF], "orders": queue}}
    return {**facts, Lookup("AWS::KMS::Key", KEY): {"k": made("AWS::KMS::Key", KeyPolicy=policy(*statements))}}


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (encrypted(ALIAS), ["MSG106"]),
        (encrypted(KEY, USES), ["MSG105"]),
        (encrypted(KEY, USES, MAY), []),
        (there(EVENTS), []),
    ],
)
def test_the_key_of_a_queue_of_others_is_judged_where_something_is_sent_there(
    facts: Mapping[Lookup, Resources], expected: list[str], live: bool
) -> None:
    found, _ = judge({"Placed": RULE}, "MSG102 MSG105 MSG106", facts, live=live)
    assert [(each.code, each.resource, each.file, each.unit) for each in found] == [
        (code, "Placed", "shop.json", "shop.json") for code in expected
    ]
    assert truths(found) == [True] * len(expected)
    for each in found:
        assert each.related[0].deployed
        assert each.related[0].message.startswith(f"orders, {ORDERS} (")
        assert ORDERS in json.dumps({"Resources": {"Placed": RULE}})[each.span.start.column - 1 :]


def test_nobody_is_told_of_what_nothing_here_sends_to() -> None:
    other = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:*", "Resource": ORDERS}
    attached = made("AWS::SQS::QueuePolicy", Queues=[f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/orders"])
    attached["Properties"]["PolicyDocument"] = policy(other)  # type: ignore[index]
    found, _ = judge({"Policy": attached}, "MSG", encrypted(ALIAS))
    assert [each.code for each in found if each.code in {"MSG105", "MSG106", "MSG301", "MSG501", "MSG701"}] == []


def test_what_an_import_leads_to_is_judged_where_it_is_used() -> None:
    imported = {"Fn::ImportValue": "orders"}
    rule = made("AWS::Events::Rule", EventPattern={"source": ["shop"]}, Targets=[{"Id": "t", "Arn": imported}])
    found, account = judge({"Placed": rule}, "MSG102 MSG106", encrypted(ALIAS), exports={"orders": ORDERS})
    assert [(each.code, each.resource) for each in found] == [("MSG106", "Placed")]
    assert [each.type for each in account.asked] == [EXPORT, "AWS::SQS::Queue"]


@pytest.mark.parametrize(("service", "expected"), [("lambda.amazonaws.com", ["MSG104"]), ("events.amazonaws.com", [])])
def test_a_role_of_others_that_nobody_can_assume_is_told_where_it_is_used(service: str, expected: list[str]) -> None:
    target = f"arn:aws:events:{PLACE}:api-destination/orders/0a1b"
    allow = {"Effect": "Allow", "Action": "events:InvokeApiDestination", "Resource": "*"}
    properties = {"RoleName": "courier", "AssumeRolePolicyDocument": trusted(service)}
    inline = [{"PolicyName": "p", "PolicyDocument": policy(allow)}]
    facts = {OF_ROLE: {"courier": made("AWS::IAM::Role", **properties, Policies=inline)}}
    pattern = {"source": ["shop"]}
    rule = made("AWS::Events::Rule", EventPattern=pattern, Targets=[{"Id": "t", "Arn": target, "RoleArn": COURIER}])
    found, _ = judge({"Placed": rule}, "MSG103 MSG104", facts)
    assert [(each.code, each.resource, each.decided) for each in found] == [(code, "Placed", True) for code in expected]


def test_a_dead_letter_queue_of_others_may_refuse_its_source() -> None:
    dlq = made("AWS::SQS::Queue", QueueName="orders", RedriveAllowPolicy={"redrivePermission": "denyAll"})
    source = made(
        "AWS::SQS::Queue", QueueName="bills", RedrivePolicy={"deadLetterTargetArn": ORDERS, "maxReceiveCount": 5}
    )
    found, _ = judge({"Bills": source}, "MSG109 MSG605", {ITSELF: {"orders": dlq}})
    assert [(each.code, each.resource, each.decided) for each in found] == [("MSG109", "Bills", True)]


@pytest.mark.parametrize(("live", "expected"), [(False, [("MSG502", "Read")]), (True, [])])
def test_a_queue_of_others_may_hide_messages_too_short_a_time(live: bool, expected: list[tuple[str, str]]) -> None:
    """Of a deployed stack that is told where its queue is: who polls it is looked up."""
    mapping = made("AWS::Lambda::EventSourceMapping", EventSourceArn=ORDERS, FunctionName={"Ref": "F"})
    function = made("AWS::Lambda::Function", FunctionName="f", Timeout=60, Role=COURIER)
    found, _ = judge({"Read": mapping, "F": function}, "MSG103 MSG502", there(), live=live)
    assert [(each.code, each.resource) for each in found if each.code == "MSG502"] == expected


@pytest.mark.parametrize(("live", "expected"), [(True, [True]), (False, [False])])
def test_a_custom_resource_may_write_a_policy_for_a_queue_of_others(live: bool, expected: list[bool]) -> None:
    """Where the template is deployed, what it may write is there."""
    custom = made("Custom::Grant", ServiceToken="t", Queue=ORDERS)
    found, _ = judge({"Placed": RULE, "Custom": custom}, "MSG102", there(), live=live)
    assert truths(found) == expected


def test_sources_of_terraform_are_told_too(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(f"""
resource "aws_cloudwatch_event_rule" "placed" {{
  event_pattern = jsonencode({{ source = ["shop"] }})
}}
resource "aws_cloudwatch_event_target" "placed" {{
  rule = aws_cloudwatch_event_rule.placed.name
  arn  = "{ORDERS}"
}}
""")
    options = Options(("MSG102", "MSG106"), assumptions=Assumptions((ACCOUNT,), (REGION,)))
    account = Account(encrypted(ALIAS))
    report = resolved(lambda given: engine.lint([str(tmp_path)], given), options, account).report
    (found,) = report.findings
    assert (found.code, found.resource, found.span.start.line) == ("MSG106", "aws_cloudwatch_event_target.placed", 7)


@pytest.mark.parametrize(("live", "expected"), [(True, [True]), (False, [False])])
def test_what_the_deployment_itself_may_do_no_account_has_before(live: bool, expected: list[bool]) -> None:
    custom = made("Custom::Rotate", ServiceToken="t", Secret={"Ref": "Secret"})
    found, _ = judge({**SIGNS_IN, "Custom": custom}, "MSG411", secret(), live=live, physical=NAMES)
    assert truths(found) == expected


NESTED = made("AWS::CloudFormation::Stack", TemplateURL="https://x", Parameters={"Queue": {"Ref": "Orders"}})


@pytest.mark.parametrize("statements", [[], [EVENTS]])
def test_before_a_deployment_a_nested_stack_may_still_write_a_policy(statements: list[object]) -> None:
    """No account has it yet, and so nobody asks one."""
    resources = {"Orders": QUEUE, "Placed": RULE, "Nested": NESTED}
    found, account = judge(resources, "MSG102", there(*statements), live=False)
    assert (truths(found), account.asked) == ([False], [])
    # Asked for what others may have written, it still does not tell what this one will.
    found, account = judge(resources, "MSG102", there(*statements), live=False, Outputs=EXPORTED)
    assert truths(found) == [False]


@pytest.mark.parametrize(("live", "expected"), [(True, [True]), (False, [False])])
def test_a_macro_may_write_a_policy_before_the_deployment(live: bool, expected: list[bool]) -> None:
    found, account = judge({"Orders": QUEUE, "Placed": RULE}, "MSG102", there(), live=live, Transform="Ours")
    assert (truths(found), account.asked) == (expected, [ITSELF] if live else [])


GRANTING = made("Custom::Grant", ServiceToken="t", Group={"Ref": "Log"})
OF_GROUP = {"Group": {"Value": {"Ref": "Log"}, "Export": {"Name": "log"}}}


@pytest.mark.parametrize(
    ("more", "sections", "live", "expected"),
    [
        ({"Grant": GRANTING}, {}, True, [True]),
        ({"Grant": GRANTING}, {}, False, [False]),
        ({}, {"Transform": "Ours"}, False, [False]),
        ({}, {"Outputs": OF_GROUP}, False, [True]),
    ],
)
def test_what_this_deployment_may_write_for_logs(
    more: Resources, sections: Mapping[str, Any], live: bool, expected: list[bool]
) -> None:
    """What others may write the account tells; what this one will write it does not have."""
    found, _ = judge({"Log": GROUP, "Placed": LOGGED, **more}, "MSG102", of_all(), live=live, **sections)
    assert truths(found) == expected


def test_what_sam_may_write_no_account_has_before() -> None:
    connector = {
        "Type": "AWS::Serverless::Connector",
        "Properties": {
            "Source": {"Id": "Placed"},
            "Destination": {"Id": "Orders"},
            "Permissions": {"Ref": "Which"},
        },
    }
    sections: dict[str, Any] = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Which": {"Type": "CommaDelimitedList"}},
    }
    resources = {"Orders": QUEUE, "Placed": RULE, "Let": connector}
    for live, expected in ((True, [True]), (False, [False])):
        found, _ = judge(resources, "MSG102", there(), live=live, Outputs=EXPORTED, **sections)
        assert truths(found) == expected
