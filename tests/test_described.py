"""What the account tells of things that files only name: each kind decides what files alone leave open."""

import ast
import base64
import datetime
import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

import msglint
from account import ACCOUNT, ALLOWED, CANARY, ROOT, answer, answering, client, function, policy, refused
from command import run
from conftest import REGION
from msglint.account.access import Access
from msglint.account.facts import Fact
from msglint.account.lookups import KINDS, LEFT, Account
from msglint.model import delivery, polling, role_delivery, role_uses
from msglint.model.kms import KEYS, Alias
from msglint.model.resource import Resource
from msglint.verdict import Lookup
from test_lookups import looked_up, of
from test_resolve import decisions

ROLE = f"arn:aws:iam::{ACCOUNT}:role/sender"
PLACE = f"{REGION}:{ACCOUNT}"
CONFIGURATION = f"arn:aws:kafka:{PLACE}:configuration/orders/1a2b-3"
BROKER = f"arn:aws:mq:{PLACE}:broker:warehouse:b-1234"


def judged(directory: Path, code: str, resources: Mapping[str, object]) -> tuple[list[str], list[str]]:
    """Give what is said of a template before and after the account is asked."""
    template = directory / "t.json"
    template.write_text(json.dumps({"Resources": resources}))
    return twice(str(template), code)


def twice(path: str, code: str) -> tuple[list[str], list[str]]:
    """Give what is said of a file or directory before and after the account is asked."""
    given = ("lint", "--isolated", "--show-undecided", "--no-progress", "--select", code)
    where = ("--account", ACCOUNT, "--region", REGION)
    before, after = run(*given, *where, path), run(*given, "--resolve", path)
    return decisions(before), decisions(after)


def made(type_: str, **properties: object) -> dict[str, object]:
    """Write a resource."""
    return {"Type": type_, "Properties": properties}


def role(service: str, *actions: str) -> dict[str, object]:
    """Write the role that a service assumes, with what it may do."""
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    may = {"Statement": [{"Effect": "Allow", "Action": [*actions], "Resource": "*"}]}
    policies = [{"PolicyName": "own", "PolicyDocument": may}] if actions else []
    return made("AWS::IAM::Role", RoleName="sender", AssumeRolePolicyDocument=trust, Policies=policies)


def scheduled(arn: str) -> dict[str, object]:
    """Write a schedule that sends to something by a role that may do nothing."""
    target = {"Arn": arn, "RoleArn": {"Fn::GetAtt": ["Sender", "Arn"]}}
    schedule = made("AWS::Scheduler::Schedule", ScheduleExpression="rate(1 day)", Target=target)
    return {"Daily": schedule, "Sender": role("scheduler.amazonaws.com", "s3:GetObject")}


def polling_from(arn: str, **more: object) -> dict[str, object]:
    """Write a function that polls something by a role that may do nothing there."""
    return {
        "Mapping": made("AWS::Lambda::EventSourceMapping", FunctionName={"Ref": "F"}, EventSourceArn=arn, **more),
        "F": made("AWS::Lambda::Function", Role={"Fn::GetAtt": ["Sender", "Arn"]}),
        "Sender": role("lambda.amazonaws.com", "s3:GetObject"),
    }


def letting_in(action: str) -> str:
    """Write the policy that lets the role in."""
    return policy({"Sid": "a", "Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": action, "Resource": "*"})


def stream(_: str) -> tuple[str, Callable[[], object]]:
    client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    arn = f"arn:aws:kinesis:{PLACE}:stream/clicks"
    given = letting_in("kinesis:PutRecord")
    return arn, lambda: client("kinesis").put_resource_policy(ResourceARN=arn, Policy=given)


def bus(_: str) -> tuple[str, Callable[[], object]]:
    arn = client("events").create_event_bus(Name="orders")["EventBusArn"]
    given = letting_in("events:PutEvents")
    return arn, lambda: client("events").put_permission(EventBusName="orders", Policy=given)


def queue(_: str) -> tuple[str, Callable[[], object]]:
    url = client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    given = {"Policy": letting_in("sqs:SendMessage")}
    allow = lambda: client("sqs").set_queue_attributes(QueueUrl=url, Attributes=given)  # noqa: E731
    return f"arn:aws:sqs:{PLACE}:orders", allow


def topic(_: str) -> tuple[str, Callable[[], object]]:
    arn = client("sns").create_topic(Name="orders")["TopicArn"]
    given = {"AttributeName": "Policy", "AttributeValue": letting_in("sns:Publish")}
    closed = {**given, "AttributeValue": letting_in("sns:Publish").replace("sender", "another")}
    client("sns").set_topic_attributes(TopicArn=arn, **closed)
    return arn, lambda: client("sns").set_topic_attributes(TopicArn=arn, **given)


def called(qualifier: str) -> tuple[str, Callable[[], object]]:
    arn = function("worker")
    client("lambda").publish_version(FunctionName="worker")
    client("lambda").create_alias(FunctionName="worker", Name="live", FunctionVersion="1")
    chosen = {"Qualifier": qualifier} if qualifier else {}
    given = {"StatementId": "a", "Action": "lambda:InvokeFunction", "Principal": ROLE, **chosen}
    allow = lambda: client("lambda").add_permission(FunctionName="worker", **given)  # noqa: E731
    return ":".join(filter(None, (arn, qualifier))), allow


@pytest.mark.parametrize(
    ("make", "word"), [(stream, ""), (bus, ""), (queue, ""), (topic, ""), (called, ""), (called, "live"), (called, "1")]
)
def test_what_a_role_reaches_may_let_it_in(
    aws: str, make: Callable[[str], tuple[str, Callable[[], object]]], word: str, tmp_path: Path
) -> None:
    """By a policy of its own, which nobody knows who has only the file."""
    arn, allow = make(word)
    assert judged(tmp_path, "MSG103", scheduled(arn)) == (["undecided"], ["error"])
    allow()
    assert judged(tmp_path, "MSG103", scheduled(arn)) == (["undecided"], [])


@pytest.mark.parametrize(("allowed", "said"), [(True, []), (False, ["error", "error"])])
def test_a_function_and_an_alias_of_it_are_both_looked_up(
    aws: str, allowed: bool, said: list[str], tmp_path: Path
) -> None:
    arn = function("worker")
    client("lambda").publish_version(FunctionName="worker")
    client("lambda").create_alias(FunctionName="worker", Name="live", FunctionVersion="1")
    given = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
    for number, chosen in enumerate(({}, {"Qualifier": "live"}) if allowed else ()):
        client("lambda").add_permission(FunctionName="worker", StatementId=f"s{number}", **given, **chosen)
    resources = {**placed(arn), "Again": placed(f"{arn}:live")["Placed"]}
    assert judged(tmp_path, "MSG102", resources) == (["undecided"] * 2, said)


def test_the_policy_of_another_bus_lets_nobody_in(aws: str, tmp_path: Path) -> None:
    arn, _ = bus("")
    statement = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "events:PutEvents", "Resource": "*"}
    written = {"EventBusName": {"Ref": "Other"}, "StatementId": "s", "Statement": statement}
    beside = {
        "Other": made("AWS::Events::EventBus", Name="other"),
        "Policy": made("AWS::Events::EventBusPolicy", **written),
    }
    assert judged(tmp_path, "MSG103", {**scheduled(arn), **beside})[1] == ["error"]
    beside["Policy"] = made("AWS::Events::EventBusPolicy", **{**written, "EventBusName": "orders"})
    assert judged(tmp_path, "MSG103", {**scheduled(arn), **beside})[1] == []


def test_a_policy_that_is_written_for_a_stream_of_another_stack_counts(aws: str, tmp_path: Path) -> None:
    arn, _ = stream("")
    given = {"ResourceArn": arn, "ResourcePolicy": json.loads(letting_in("kinesis:PutRecord"))}
    beside = {"Policy": made("AWS::Kinesis::ResourcePolicy", **given)}
    assert judged(tmp_path, "MSG103", {**scheduled(arn), **beside})[1] == []


def test_without_a_bus_of_its_own_a_policy_is_of_the_default_one(aws: str, tmp_path: Path) -> None:
    arn = f"arn:aws:events:{PLACE}:event-bus/default"
    statement = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "events:PutEvents", "Resource": arn}
    beside = {"Policy": made("AWS::Events::EventBusPolicy", StatementId="s", Statement=statement)}
    assert judged(tmp_path, "MSG103", scheduled(arn)) == (["undecided"], ["error"])
    assert judged(tmp_path, "MSG103", {**scheduled(arn), **beside})[1] == []


def test_a_consumer_of_a_stream_has_a_policy(aws: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto knows policies of streams alone."""
    of_stream, _ = stream("")
    made_ = client("kinesis").register_stream_consumer(StreamARN=of_stream, ConsumerName="books")
    arn = made_["Consumer"]["ConsumerARN"]
    assert of(looked_up("AWS::Kinesis::StreamConsumer", arn))["AWS::Kinesis::StreamConsumer"] == [
        {"ConsumerName": "books", "StreamARN": of_stream}
    ]
    given = polling_from(arn, StartingPosition="LATEST")
    assert judged(tmp_path, "MSG103", given) == (["undecided"], ["error"])
    answering(monkeypatch, {"GetResourcePolicy": answer({"Policy": letting_in("kinesis:SubscribeToShard")})})
    assert judged(tmp_path, "MSG103", given) == (["undecided"], [])


def test_consumers_of_two_streams_may_have_one_name(aws: str, tmp_path: Path) -> None:
    resources: dict[str, object] = {}
    for name in ("clicks", "views"):
        client("kinesis").create_stream(StreamName=name, ShardCount=1)
        named = {"StreamARN": f"arn:aws:kinesis:{PLACE}:stream/{name}", "ConsumerName": "books"}
        arn = client("kinesis").register_stream_consumer(**named)["Consumer"]["ConsumerARN"]
        given = polling_from(arn, StartingPosition="LATEST")
        resources |= {"F": given["F"], "Sender": given["Sender"], name: given["Mapping"]}
    assert judged(tmp_path, "MSG103", resources) == (["undecided"] * 2, ["error"] * 2)


def table() -> Any:
    """Make a table with a stream."""
    return client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]


def test_the_stream_of_a_table_has_a_policy(aws: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto knows policies of tables alone."""
    arn = table()["LatestStreamArn"]
    given = polling_from(arn, StartingPosition="LATEST")
    assert judged(tmp_path, "MSG103", given) == (["undecided"], ["error"])
    answering(monkeypatch, {"GetResourcePolicy": answer({"Policy": letting_in("dynamodb:*")})})
    assert judged(tmp_path, "MSG103", given) == (["undecided"], [])


TRUST = (
    '{"Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}'
)


def test_a_policy_of_terraform_for_a_stream_of_another_stack_may_let_in(aws: str, tmp_path: Path) -> None:
    """Nobody reads what it says."""
    arn = table()["LatestStreamArn"]
    (tmp_path / "main.tf").write_text(f"""
resource "aws_iam_role" "sender" {{
  name               = "sender"
  assume_role_policy = {json.dumps(TRUST)}
}}
resource "aws_lambda_function" "f" {{
  function_name = "f"
  role          = aws_iam_role.sender.arn
}}
resource "aws_lambda_event_source_mapping" "m" {{
  function_name     = aws_lambda_function.f.arn
  event_source_arn  = "{arn}"
  starting_position = "LATEST"
}}
""")
    without = twice(str(tmp_path), "MSG103")
    written = f'resource "aws_dynamodb_resource_policy" "p" {{\n  resource_arn = "{arn}"\n  policy = "{{}}"\n}}\n'
    (tmp_path / "policy.tf").write_text(written)
    assert (without[1], twice(str(tmp_path), "MSG103")[1]) == (["error"], ["undecided"])


@pytest.mark.parametrize(
    ("type_", "named", "said"),
    [
        ("grant", "", ["undecided"]),
        ("key_policy", "", ["undecided"]),
        ("grant", "aws_kms_key.own.arn", ["error"]),
    ],
)
def test_what_terraform_writes_for_a_key_of_another_stack_counts(
    aws: str, type_: str, named: str, said: list[str], tmp_path: Path
) -> None:
    """A grant or a policy, of which nobody reads what it says; a grant for another key lets nobody in."""
    described = {**ROOT, "Action": "kms:Describe*"}
    key = client("kms").create_key(Policy=policy(described))["KeyMetadata"]["Arn"]
    may = json.dumps(policy({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    (tmp_path / "main.tf").write_text(f"""
resource "aws_iam_role" "sender" {{
  name               = "sender"
  assume_role_policy = {json.dumps(TRUST)}
}}
resource "aws_iam_role_policy" "may" {{
  role   = aws_iam_role.sender.name
  policy = {may}
}}
resource "aws_lambda_function" "f" {{
  function_name = "f"
  role          = aws_iam_role.sender.arn
}}
resource "aws_sqs_queue" "orders" {{
  name              = "orders"
  kms_master_key_id = "{key}"
}}
resource "aws_lambda_event_source_mapping" "m" {{
  function_name    = aws_lambda_function.f.arn
  event_source_arn = aws_sqs_queue.orders.arn
}}
resource "aws_kms_key" "own" {{
}}
""")
    assert twice(str(tmp_path), "MSG105") == (["undecided"], ["error"])
    of_it = f'resource "aws_kms_{type_}" "it" {{\n  key_id = {named or json.dumps(key)}\n  policy = "{{}}"\n}}\n'
    (tmp_path / "it.tf").write_text(of_it)
    assert twice(str(tmp_path), "MSG105") == (["undecided"], said)


def test_a_table_is_told_by_its_name_its_arn_and_its_stream(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made_ = table()
    answering(monkeypatch, {"GetResourcePolicy": answer({"Policy": json.dumps(ALLOWED)})})
    for name in ("orders", made_["TableArn"], made_["LatestStreamArn"]):
        fact = looked_up("AWS::DynamoDB::Table", name)
        (there,) = of(fact)["AWS::DynamoDB::Table"]
        policy_ = {"PolicyDocument": ALLOWED}
        assert there["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE", "ResourcePolicy": policy_}
        assert fact.physical == {
            "orders": {"arn": made_["TableArn"], "name": "orders", "stream_arn": made_["LatestStreamArn"]}
        }
    old = f"{made_['TableArn']}/stream/2020-01-01T00:00:00.000"
    assert looked_up("AWS::DynamoDB::Table", old).missing == "the table orders has no such stream any more"
    assert looked_up("AWS::DynamoDB::Table", "none").missing == "there is no such table"


def test_a_table_without_a_stream_has_none(aws: str) -> None:
    client("dynamodb").create_table(
        TableName="plain",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    fact = looked_up("AWS::DynamoDB::Table", "plain")
    assert "StreamSpecification" not in of(fact)["AWS::DynamoDB::Table"][0]
    assert "stream_arn" not in fact.physical["plain"]


GROUP = f"arn:aws:logs:{PLACE}:log-group:/aws/events/orders"


def placed(arn: str) -> dict[str, object]:
    """Write a rule that sends to a log group."""
    targets = [{"Id": "l", "Arn": arn}]
    return {"Placed": made("AWS::Events::Rule", EventPattern={"source": ["shop"]}, Targets=targets)}


@pytest.mark.parametrize("end", ["", ":*"])
def test_the_account_lets_events_into_its_log_groups(aws: str, end: str, tmp_path: Path) -> None:
    client("logs").create_log_group(logGroupName="/aws/events/orders")
    client("logs").create_log_group(logGroupName="/aws/events/orders-of-the-shop")
    assert judged(tmp_path, "MSG102", placed(GROUP + end)) == (["undecided"], ["error"])
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    principal = {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]}
    given = policy({"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": f"{GROUP}:*"})
    client("logs").put_resource_policy(policyName="events", policyDocument=given)
    assert judged(tmp_path, "MSG102", placed(GROUP + end)) == (["undecided"], [])


def test_a_log_group_has_its_policy_and_the_account_others() -> None:
    """As AWS's own model has it: moto knows no policies of groups."""
    access = identified()
    one, two = ({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": end} for end in "ab")
    said = {"logGroupName": "/aws/events/orders", "retentionInDays": 7, "kmsKeyId": "k"}
    other = {"logGroupName": "/aws/events/orders-of-the-shop"}
    with Stubber(access._client("logs", REGION)) as answers:
        named = {"logGroupNamePrefix": "/aws/events/orders"}
        answers.add_response("describe_log_groups", {"logGroups": [other, said]}, named)
        of_group = {"resourcePolicies": [{"policyDocument": policy(two)}]}
        answers.add_response("describe_resource_policies", of_group, {"policyScope": "RESOURCE", "resourceArn": GROUP})
        found = of(asked(access, "AWS::Logs::LogGroup", f"{GROUP}:*"))
        several = [{"policyDocument": json.dumps({"Statement": one})}, {"policyDocument": policy(two)}]
        answers.add_response("describe_resource_policies", {"resourcePolicies": several}, {"policyScope": "ACCOUNT"})
        everywhere = of(asked(access, "AWS::Logs::ResourcePolicy", f"arn:aws:logs:{PLACE}:*"))
    assert found["AWS::Logs::LogGroup"] == [
        {
            "LogGroupName": "/aws/events/orders",
            "KmsKeyId": "k",
            "RetentionInDays": 7,
            "ResourcePolicyDocument": {"Version": "2012-10-17", "Statement": [two]},
        }
    ]
    (of_all,) = everywhere["AWS::Logs::ResourcePolicy"]
    assert json.loads(of_all["PolicyDocument"])["Statement"] == [one, two]


def test_a_rule_of_another_stack_is_given_a_target(aws: str, tmp_path: Path) -> None:
    events = client("events")
    events.create_event_bus(Name="orders")
    rule = events.put_rule(Name="placed", EventBusName="orders", EventPattern='{"source": ["shop"]}')["RuleArn"]
    written = """
resource "aws_cloudwatch_event_target" "t" {
  rule           = "placed"
  event_bus_name = "orders"
  arn            = aws_sqs_queue.orders.arn
}
resource "aws_sqs_queue" "orders" {
  name = "orders"
}
"""
    (tmp_path / "main.tf").write_text(written)
    assert twice(str(tmp_path), "MSG102") == (["undecided"], ["error"])
    condition = {"ArnEquals": {"aws:SourceArn": rule}}
    service = {"Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}
    given = json.dumps(policy({"Effect": "Allow", **service, "Condition": condition}))
    attached = f"  queue_url = aws_sqs_queue.orders.url\n  policy = {given}"
    (tmp_path / "policy.tf").write_text(f'resource "aws_sqs_queue_policy" "p" {{\n{attached}\n}}\n')
    assert twice(str(tmp_path), "MSG102") == (["undecided"], [])


def test_a_rule_is_told_by_its_arn_and_by_a_name_of_one_bus(aws: str) -> None:
    events = client("events")
    events.create_event_bus(Name="orders")
    arns = {}
    for bus_ in ("default", "orders"):
        given = {"EventPattern": '{"source": ["shop"]}', "State": "DISABLED", "RoleArn": ROLE}
        arns[bus_] = events.put_rule(Name="placed", EventBusName=bus_, **given)["RuleArn"]
    events.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    for bus_, arn in arns.items():
        fact = looked_up("AWS::Events::Rule", arn)
        (there,) = of(fact)["AWS::Events::Rule"]
        assert there == {
            "Name": "placed",
            "EventBusName": bus_,
            "EventPattern": {"source": ["shop"]},
            "State": "DISABLED",
            "RoleArn": ROLE,
            "Targets": {"Ref": "what was not asked for"},
        }
        assert fact.physical == {arn.rpartition(":rule/")[2]: {"arn": arn}}
    why = looked_up("AWS::Events::Rule", "placed").missing
    assert why == "rules of several buses are called so, of default and orders"
    (nightly,) = of(looked_up("AWS::Events::Rule", "nightly"))["AWS::Events::Rule"]
    assert (nightly["ScheduleExpression"], nightly["EventBusName"]) == ("rate(1 day)", "default")
    assert looked_up("AWS::Events::Rule", "none").missing == "there is no such rule"


def test_a_bus_of_a_partner_is_no_other_bus(aws: str) -> None:
    """Its name has slashes, and another may be called as its end."""
    client("events").create_event_bus(Name="orders")
    arn = f"arn:aws:events:{PLACE}:event-bus/aws.partner/shop.example/orders"
    for name in (arn, "aws.partner/shop.example/orders"):
        assert looked_up("AWS::Events::EventBus", name).missing == "there is no such event bus"


def test_a_rule_and_a_bucket_may_have_one_name(aws: str, tmp_path: Path) -> None:
    client("events").put_rule(Name="orders", EventPattern='{"source": ["shop"]}')
    client("s3").create_bucket(Bucket="orders", CreateBucketConfiguration={"LocationConstraint": REGION})
    (tmp_path / "main.tf").write_text("""
resource "aws_cloudwatch_event_target" "t" {
  rule = "orders"
  arn  = aws_sqs_queue.orders.arn
}
resource "aws_s3_bucket_notification" "n" {
  bucket = "orders"
  queue {
    queue_arn = aws_sqs_queue.orders.arn
    events    = ["s3:ObjectCreated:*"]
  }
}
resource "aws_sqs_queue" "orders" {
  name = "orders"
}
""")
    assert twice(str(tmp_path), "MSG102") == (["undecided"] * 2, ["error"] * 2)


def test_buses_of_all_pages_are_asked() -> None:
    access = identified()
    arn = f"arn:aws:events:{PLACE}:rule/orders/placed"
    with Stubber(access._client("events", REGION)) as answers:
        answers.add_response("list_event_buses", {"EventBuses": [{"Name": "default"}], "NextToken": "t"}, {})
        answers.add_response("list_event_buses", {"EventBuses": [{"Name": "orders"}]}, {"NextToken": "t"})
        gone = {"expected_params": {"Name": "placed", "EventBusName": "default"}}
        answers.add_client_error("describe_rule", "ResourceNotFoundException", **gone)
        said = {"Name": "placed", "Arn": arn, "EventBusName": "orders"}
        answers.add_response("describe_rule", said, {"Name": "placed", "EventBusName": "orders"})
        fact = asked(access, "AWS::Events::Rule", "placed")
    assert fact.physical == {"orders/placed": {"arn": arn}}


def test_a_state_machine_is_named_by_a_rule_of_iot(aws: str, tmp_path: Path) -> None:
    states = client("stepfunctions")
    secret = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": CANARY, "End": True}}})
    arn = states.create_state_machine(name="billing", definition=secret, roleArn=ROLE)["stateMachineArn"]
    action = {"StateMachineName": "billing", "RoleArn": {"Fn::GetAtt": ["Sender", "Arn"]}}
    payload = {"Sql": "SELECT * FROM 't'", "Actions": [{"StepFunctions": action}]}
    rule = made("AWS::IoT::TopicRule", TopicRulePayload=payload)
    closed = {"Billed": rule, "Sender": role("iot.amazonaws.com", "s3:GetObject")}
    assert judged(tmp_path, "MSG103", closed) == (["undecided"], ["error"])
    open_ = {"Billed": rule, "Sender": role("iot.amazonaws.com", "states:StartExecution")}
    assert judged(tmp_path, "MSG103", open_) == (["undecided"], [])
    for name in ("billing", arn, f"{arn}:live"):
        fact = looked_up("AWS::StepFunctions::StateMachine", name)
        (there,) = of(fact)["AWS::StepFunctions::StateMachine"]
        assert (there["StateMachineName"], there["DefinitionString"]) == ("billing", {"Ref": "what was not asked for"})
        assert CANARY not in str(fact)
    assert looked_up("AWS::StepFunctions::StateMachine", "none").missing == "there is no such state machine"


@pytest.mark.parametrize(("engine", "said"), [("ACTIVEMQ", ["error"]), ("RABBITMQ", [])])
def test_a_broker_says_of_which_engine_it_is(
    aws: str, engine: str, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, {"DescribeBroker": answer(broker(engine))})
    secret = f"arn:aws:secretsmanager:{PLACE}:secret:warehouse-abcdef"
    signing = [{"Type": "BASIC_AUTH", "URI": secret}, {"Type": "VIRTUAL_HOST", "URI": "/"}]
    given = polling_from(BROKER, SourceAccessConfigurations=signing, Queues=["orders"])
    assert judged(tmp_path, "MSG407", given) == (["undecided"], said)


def broker(engine: str) -> dict[str, object]:
    """Give a broker as DescribeBroker does in JSON."""
    return {
        "brokerName": "warehouse",
        "brokerArn": BROKER,
        "engineType": engine,
        "engineVersion": "5.18",
        "deploymentMode": "SINGLE_INSTANCE",
        "publiclyAccessible": False,
        "logs": {"general": True, "generalLogGroup": "/aws/amazonmq/broker/b-1234/general"},
        "users": [{"username": "shop"}],
    }


def test_a_broker_is_all_but_its_users() -> None:
    """As AWS's own model has it."""
    access = identified()
    said = {
        "BrokerName": "warehouse",
        "BrokerArn": BROKER,
        "EngineType": "ACTIVEMQ",
        "EngineVersion": "5.18",
        "DeploymentMode": "SINGLE_INSTANCE",
        "PubliclyAccessible": True,
        "Logs": {"General": True, "GeneralLogGroup": "/aws/amazonmq/broker/b-1234/general"},
        "Users": [{"Username": "shop"}],
    }
    with Stubber(access._client("mq", REGION)) as answers:
        answers.add_response("describe_broker", said, {"BrokerId": "b-1234"})
        fact = asked(access, "AWS::AmazonMQ::Broker", BROKER)
    unread = {"Ref": "what was not asked for"}
    assert of(fact)["AWS::AmazonMQ::Broker"] == [
        {
            **{name: said[name] for name in said if name not in {"BrokerArn", "Logs", "Users"}},
            "Logs": {"General": True},
            **dict.fromkeys(("Users", "LdapServerMetadata", "Configuration", "EncryptionOptions"), unread),
        }
    ]
    assert fact.physical == {"warehouse": {"arn": BROKER}}


CLUSTER = f"arn:aws:kafka:{PLACE}:cluster/orders/abc-1"


@pytest.mark.parametrize("scram", [True, False])
def test_a_cluster_of_another_stack_takes_scram_or_not(
    aws: str, scram: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs_in = {"sasl": {"scram": {"enabled": scram}, "iam": {"enabled": True}}}
    said = {"clusterType": "PROVISIONED", "clusterArn": CLUSTER, "clusterName": "orders"}
    cluster = {"clusterInfo": {**said, "provisioned": {"clientAuthentication": signs_in}}}
    answers = {"DescribeClusterV2": answer(cluster), "ListScramSecrets": answer({"secretArnList": []})}
    answering(monkeypatch, answers)
    secret = f"arn:aws:secretsmanager:{PLACE}:secret:AmazonMSK_orders-abcdef"
    access = [{"Type": "SASL_SCRAM_512_AUTH", "URI": secret}]
    template = polling_from(CLUSTER, Topics=["orders"], SourceAccessConfigurations=access)
    assert judged(tmp_path, "MSG407", template) == (["undecided"], [] if scram else ["error"])


@pytest.mark.parametrize("rotated", [True, False])
def test_a_secret_that_is_exported_may_be_rotated_by_another_stack(
    aws: str, rotated: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = client("secretsmanager").create_secret(Name="warehouse", SecretString="{}")
    answering(
        monkeypatch,
        {
            "DescribeSecret": answer({"ARN": secret["ARN"], "Name": "warehouse", "RotationEnabled": rotated}),
            "GetResourcePolicy": answer({"ARN": secret["ARN"], "Name": "warehouse"}),
        },
    )
    found = looked_up("AWS::SecretsManager::Secret", secret["ARN"])
    assert [each["SecretId"] for each in of(found).get("AWS::SecretsManager::RotationSchedule", [])] == (
        [{"Ref": "warehouse"}] if rotated else []
    )


@pytest.mark.parametrize("by_content", [True, False])
def test_a_fifo_queue_of_another_stack_deduplicates_or_not(aws: str, by_content: bool, tmp_path: Path) -> None:
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": str(by_content).lower()}
    client("sqs").create_queue(QueueName="orders.fifo", Attributes=attributes)
    target = {"Id": "t", "Arn": f"arn:aws:sqs:{PLACE}:orders.fifo", "SqsParameters": {"MessageGroupId": "g"}}
    rule = made("AWS::Events::Rule", EventPattern={"source": ["shop"]}, Targets=[target])
    assert judged(tmp_path, "MSG602", {"Placed": rule}) == (["undecided"], [] if by_content else ["error"])


def test_a_password_in_the_place_of_an_arn_is_asked_of_nobody(aws: str, tmp_path: Path) -> None:
    """And no cache keeps it."""
    signing = [{"Type": "BASIC_AUTH", "URI": CANARY}]
    polled = polling_from(BROKER, SourceAccessConfigurations=signing, Queues=["orders"])
    parameters = {"ActiveMQBrokerParameters": {"QueueName": "q", "Credentials": {"BasicAuth": CANARY}}}
    piped = {"RoleArn": {"Fn::GetAtt": ["Sender", "Arn"]}, "Source": BROKER, "Target": f"arn:aws:sqs:{PLACE}:orders"}
    pipe = made("AWS::Pipes::Pipe", SourceParameters=parameters, **piped)
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {**polled, "Piped": pipe}}))
    cache = tmp_path / "cache.json"
    result = run("lint", "--isolated", "--resolve", "--resolve-cache", str(cache), str(tmp_path / "t.json"))
    assert (CANARY in cache.read_text(), CANARY in result.output) == (False, False)
    alone = run("lint", "--isolated", "--show-undecided", str(tmp_path / "t.json"))
    assert CANARY not in alone.output


def identified() -> Access:
    """Give access whose account is known, so that all else is answered by stubs."""
    session = boto3.Session("id", "key", region_name=REGION)
    access = Access(REGION, session)
    with Stubber(access._client("sts", REGION)) as answers:
        said = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/me", "UserId": "me"}
        answers.add_response("get_caller_identity", said)
        access.identity()
    return access


def asked(access: Access, type_: str, name: str) -> Fact:
    """Look up one thing by some access."""
    (fact,) = Account(access).look_up([Lookup(type_, name)])
    return fact


def configured(*revisions: str) -> Fact:
    """Look up a configuration of MSK that has these revisions, as AWS's own model has it."""
    access = identified()
    named = {"Arn": CONFIGURATION}
    with Stubber(access._client("kafka", REGION)) as answers:
        answers.add_response("describe_configuration", {**named, "Name": "orders"}, named)
        made_ = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
        listed = [{"CreationTime": made_, "Revision": number} for number in range(1, len(revisions) + 1)]
        answers.add_response("list_configuration_revisions", {"Revisions": listed}, named)
        for number, text in enumerate(revisions, 1):
            said = {**named, "Revision": number, "ServerProperties": text.encode()}
            answers.add_response("describe_configuration_revision", said, {**named, "Revision": number})
        return asked(access, "AWS::MSK::Configuration", CONFIGURATION)


CLOSED = "allow.everyone.if.no.acl.found=false"


@pytest.mark.parametrize(
    ("revisions", "kept"),
    [
        ((f"ssl.keystore.password={CANARY}\n{CLOSED}\nauto.create.topics.enable=true",), CLOSED),
        (("auto.create.topics.enable=true",), ""),
        ((CLOSED, f"num.partitions=3\n{CLOSED}"), CLOSED),
        ((CLOSED, "num.partitions=3"), {"Ref": "what was not asked for"}),
        ((CLOSED.replace("=false", "=\\\nfalse"),), {"Ref": "what was not asked for"}),
        ((), {"Ref": "what was not asked for"}),
    ],
)
def test_of_a_configuration_one_property_is_kept(revisions: tuple[str, ...], kept: object) -> None:
    fact = configured(*revisions)
    assert of(fact)["AWS::MSK::Configuration"] == [{"Name": "orders", "ServerProperties": kept}]
    assert fact.physical == {"orders": {"arn": CONFIGURATION, "name": "orders"}}
    assert CANARY not in str(fact)


@pytest.mark.parametrize(("text", "said"), [(CLOSED, []), ("num.partitions=3", ["error"])])
def test_a_configuration_of_another_stack_lets_everybody_in_or_not(
    aws: str, text: str, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    properties = {"serverProperties": base64.b64encode(text.encode()).decode(), "revision": 1}
    answers = {
        "DescribeConfiguration": answer({"arn": CONFIGURATION, "name": "orders"}),
        "ListConfigurationRevisions": answer({"revisions": [{"revision": 1}]}),
        "DescribeConfigurationRevision": answer(properties),
    }
    answering(monkeypatch, answers)
    cluster = made(
        "AWS::MSK::Cluster",
        ClusterName="orders",
        ClientAuthentication={"Sasl": {"Scram": {"Enabled": True}}, "Unauthenticated": {"Enabled": False}},
        BrokerNodeGroupInfo={"ConnectivityInfo": {"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}}},
        ConfigurationInfo={"Arn": CONFIGURATION, "Revision": 1},
    )
    assert judged(tmp_path, "MSG207", {"Orders": cluster}) == (["undecided"], said)


CONSUMER = f"arn:aws:kinesis:{PLACE}:stream/clicks/consumer/books:1"


@pytest.mark.parametrize(
    ("type_", "name", "operation", "said"),
    [
        ("AWS::AmazonMQ::Broker", BROKER, "DescribeBroker", "mq:DescribeBroker"),
        ("AWS::DynamoDB::Table", "orders", "DescribeTable", "dynamodb:DescribeTable"),
        ("AWS::Events::Rule", "placed", "ListEventBuses", "events:ListEventBuses"),
        ("AWS::Events::Rule", "placed", "DescribeRule", "events:DescribeRule"),
        ("AWS::Kinesis::Stream", "clicks", "GetResourcePolicy", "kinesis:GetResourcePolicy"),
        ("AWS::Kinesis::StreamConsumer", CONSUMER, "DescribeStreamConsumer", "kinesis:DescribeStreamConsumer"),
        ("AWS::Logs::LogGroup", GROUP, "DescribeLogGroups", "logs:DescribeLogGroups"),
        ("AWS::MSK::Configuration", CONFIGURATION, "DescribeConfiguration", "kafka:DescribeConfiguration"),
        ("AWS::StepFunctions::StateMachine", "billing", "ListStateMachines", "states:ListStateMachines"),
    ],
)
def test_what_may_not_be_read_says_what_would_be_needed(
    aws: str, type_: str, name: str, operation: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    answering(monkeypatch, {operation: refused("AccessDeniedException", xml=False)})
    assert looked_up(type_, name).missing == f"{said} is not allowed (AccessDeniedException)"


@pytest.mark.parametrize(
    ("type_", "name", "word"),
    [
        ("AWS::Kinesis::StreamConsumer", CONSUMER, "consumer"),
        ("AWS::Logs::LogGroup", GROUP, "log group"),
        ("AWS::Events::Rule", f"arn:aws:events:{PLACE}:rule/placed", "rule"),
        ("AWS::AmazonMQ::Broker", BROKER, "broker"),
    ],
)
def test_what_is_not_there_is_said(aws: str, type_: str, name: str, word: str) -> None:
    assert looked_up(type_, name).missing == f"there is no such {word}"


def test_all_that_may_be_asked_for_is_looked_up_or_left_for_a_reason() -> None:
    """Each kind that something is followed to, in calls of `find` and in the tables that these take it from."""
    tables = (
        *(kind for kinds in delivery._SERVICES.values() for kind in kinds),
        *role_delivery._FAR.values(),
        *role_delivery._FORMS.values(),
        *(kind for _, kinds in polling._SERVICES.values() for kind in kinds),
        *role_uses._CALLED.values(),
        *(kind for kind, *_ in role_uses._IOT.values()),
        *(Alias, *KEYS),
    )
    asked_for = {kind.KIND for kind in (*tables, *_found())}
    assert asked_for - KINDS.keys() == {*LEFT}
    assert not KINDS.keys() & LEFT.keys()
    access = identified()
    assert all(asked(access, type_, "it").missing == why for type_, why in LEFT.items())


def _found() -> Iterator[type[Resource]]:
    """Give the kinds that are written in calls of `find`."""
    root = Path(msglint.__file__).parent
    for path in root.rglob("*.py"):
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "find"
        ]
        names = {call.args[1].id for call in calls if len(call.args) > 1 and isinstance(call.args[1], ast.Name)}
        if names:
            module = importlib.import_module(".".join(("msglint", *path.relative_to(root).with_suffix("").parts)))
            kinds = (getattr(module, name, None) for name in names)
            yield from (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Resource))
