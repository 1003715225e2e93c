"""Stacks that are deployed, in an account that moto plays: judged with what lies outside of them looked up."""

import datetime
import json
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session
from botocore.stub import Stubber

from account import (
    ACCOUNT,
    ALLOWED,
    FAILURES,
    ROOT,
    Raw,
    answer_in_xml,
    answering,
    client,
    function,
    hooked,
    policy,
    refused,
    stack_elsewhere,
    throttling,
)
from command import Result, run
from conftest import REGION
from msglint import engine
from msglint.account.access import Access
from msglint.account.calls import OF_OTHERS, Call
from msglint.account.describe.interface import UnansweredError, Where
from msglint.account.lookups import Asking
from msglint.account.stack_sets import instances
from msglint.account.stacks import Stack, named, template
from msglint.options import Options
from msglint.verdict import Lookup
from processes import SECONDS, heeding


def scan(*arguments: str) -> Result:
    """Judge what is deployed."""
    return run("scan", "--isolated", "--no-progress", "--show-undecided", *arguments)


def told(result: Result) -> list[str]:
    """Give what is said, each with the stack and the resource."""
    found = []
    stack = ""
    for line in result.stdout.splitlines():
        if re.match(r"\d{12}/", line):
            stack = line
        elif match := re.match(r" +\d+:\d+ +(\w+) +(MSG\d+) [\w-]+ +(\w+)", line):
            found.append(f"{stack} {match[2]} {match[3]} {match[1]}")
    return found


def deploy(name: str, resources: object, **more: object) -> str:
    """Deploy a stack, and give its id."""
    body = json.dumps({"Resources": resources, **more})
    return str(client("cloudformation").create_stack(StackName=name, TemplateBody=body)["StackId"])


def rule(queue: object) -> dict[str, Any]:
    """Give a rule whose failed events go to a queue."""
    target = {"Id": "t", "Arn": {"Fn::GetAtt": ["Orders", "Arn"]}, "DeadLetterConfig": {"Arn": queue}}
    return {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"source": ["shop"]}, "Targets": [target]}}


def shop() -> None:
    """Deploy a shop of two stacks, of which one gives its dead-letter queue to the other."""
    deploy("shared", {"Failures": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "failures"}}})
    orders = {"Type": "AWS::SQS::Queue", "Properties": {"ReceiveMessageWaitTimeSeconds": 20}}
    deploy("shop", {"Orders": orders, "Placed": rule(FAILURES)})


def test_a_stack_is_judged_with_what_others_have_made(aws: str) -> None:
    shop()
    result = scan("--select", "MSG101")
    assert told(result) == [f"{ACCOUNT}/{REGION}/shop MSG101 Placed error"]
    assert result.exit_code == 1
    said = re.sub(r"\s+", " ", result.stdout)
    assert re.search(rf"deployed: the destination, {FAILURES} \(account {ACCOUNT}, {REGION}, read 2", said)


def test_what_is_live_counts(aws: str) -> None:
    shop()
    url = client("sqs").get_queue_url(QueueName="failures")["QueueUrl"]
    let_in = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:*", "Resource": "*"}
    client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(let_in)})
    assert (told(scan("--select", "MSG101")), scan("--select", "MSG101").exit_code) == ([], 0)


@pytest.mark.parametrize(
    ("status", "found"),
    [("CREATE_COMPLETE", [f"{ACCOUNT}/{REGION}/shop MSG501 Q warning"]), ("ROLLBACK_COMPLETE", [])],
)
def test_of_a_stack_that_could_not_be_made_nothing_is_there(
    aws: str, status: str, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation has taken back what it had begun, and keeps the template."""
    id_ = deploy("shop", {"Q": {"Type": "AWS::SQS::Queue"}})
    fields = {"StackName": "shop", "StackId": id_, "CreationTime": "2026-01-01T00:00:00Z", "StackStatus": status}
    written = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    listed = f"<Stacks><member>{written}</member></Stacks>"
    answering(monkeypatch, {"DescribeStacks": answer_in_xml("DescribeStacks", listed)})
    assert told(scan("--select", "MSG501")) == found


def test_stacks_are_chosen_by_name_pattern_and_tag(aws: str) -> None:
    queue = {"Q": {"Type": "AWS::SQS::Queue"}}
    for name in ("orders-prod", "orders-test", "bills-prod"):
        stage = {"Key": "stage", "Value": name[-4:]}
        body = json.dumps({"Resources": queue})
        client("cloudformation").create_stack(StackName=name, TemplateBody=body, Tags=[stage])

    def chosen(*arguments: str) -> list[str]:
        return [each.split()[0].rpartition("/")[2] for each in told(scan("--select", "MSG501", *arguments))]

    assert chosen() == ["bills-prod", "orders-prod", "orders-test"]
    assert chosen("orders-prod") == ["orders-prod"]
    assert chosen("orders-*") == ["orders-prod", "orders-test"]
    assert chosen("orders-test", "bills-*") == ["bills-prod", "orders-test"]
    assert chosen("--tag", "stage=prod") == ["bills-prod", "orders-prod"]
    assert chosen("--tag", "stage=prod", "orders-*") == ["orders-prod"]
    assert chosen("--tag", "stage") == ["bills-prod", "orders-prod", "orders-test"]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["orders"], f"no stack is called orders in {ACCOUNT}/{REGION}"),
        (["--tag", "stage=prd"], f"no stack has the tag stage=prd in {ACCOUNT}/{REGION}"),
        (
            ["own", "--tag", "a", "--tag", "b=c"],
            f"no stack is called own and has the tag a and b=c in {ACCOUNT}/{REGION}",
        ),
        (["--tag", "=prod"], "--tag takes KEY=VALUE, or KEY for any value"),
        (["--tag", "a=b", "--tag", "a=c"], "--tag a is given twice, and a stack has one value of it"),
    ],
)
def test_what_no_stack_has_is_no_clean_run(aws: str, flags: list[str], said: str) -> None:
    deploy("own", {"Q": {"Type": "AWS::SQS::Queue"}})
    result = scan(*flags)
    assert (result.exit_code, result.stderr) == (2, f"msglint scan: error: {said}\n")


def test_a_name_that_no_stack_has_is_told_beside_others(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that nobody has spelt right must not open. Where nothing can be listed, nobody knows."""
    deploy("own", {"Q": {"Type": "AWS::SQS::Queue"}})
    result = scan("o*", "orders", "--fail-on", "error", "--format", "json")
    said = f"no stack is called orders in {ACCOUNT}/{REGION}"
    assert json.loads(result.stdout)["unread"] == [{"name": "orders", "reason": said}]
    assert (f"msglint: orders could not be read: {said}\n" in result.stderr, result.exit_code) == (True, 2)
    answering(monkeypatch, {"DescribeStacks": refused("AccessDenied", xml=True)})
    unread = json.loads(scan("own", "--format", "json").stdout)["unread"]
    assert [each["name"] for each in unread] == [f"{ACCOUNT}/{REGION}"]


def test_a_stack_whose_template_is_none_is_told(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy("own", {"Q": {"Type": "AWS::SQS::Queue"}})
    answering(monkeypatch, {"GetTemplate": answer_in_xml("GetTemplate", "<TemplateBody>{}</TemplateBody>")})
    result = scan("own")
    assert f"msglint: {ACCOUNT}/{REGION}/own could not be read: " in result.stderr
    assert result.exit_code == 2


def test_a_configuration_names_stacks_as_files(aws: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a template that was deployed with a suppression keeps it."""
    monkeypatch.chdir(tmp_path)
    ignored = {"Metadata": {"msglint": {"ignore": [{"rule": "MSG501", "reason": "known"}]}}}
    for name, more in {"orders": {}, "orders-2": {}, "bills": {}, "mails": ignored}.items():
        deploy(name, {"Q": {"Type": "AWS::SQS::Queue", **more}})
    exception = 'rule = "MSG501"\nreason = "known"\nexpires = 2999-01-01\n'
    named = f'[[exceptions]]\npath = "{ACCOUNT}/*/orders"\n{exception}'
    ignores = f'[per-path-ignores]\n"{ACCOUNT}/{REGION}/bills" = ["MSG5"]\n'
    (tmp_path / "msglint.toml").write_text(f'select = ["MSG501"]\n{ignores}{named}', encoding="utf-8")
    result = run("scan")
    assert told(result) == [f"{ACCOUNT}/{REGION}/orders-2 MSG501 Q warning"]
    assert "1 suppressed, 1 excepted" in result.stdout


def test_parameters_are_those_of_the_deployment(aws: str) -> None:
    """And not the defaults."""
    resources = {
        "Q": {"Type": "AWS::SQS::Queue", "Properties": {"ReceiveMessageWaitTimeSeconds": {"Ref": "Wait"}}},
    }
    body = {"Parameters": {"Wait": {"Type": "Number", "Default": 20}}, "Resources": resources}
    given = [{"ParameterKey": "Wait", "ParameterValue": "0"}]
    client("cloudformation").create_stack(StackName="orders", TemplateBody=json.dumps(body), Parameters=given)
    assert told(scan("--select", "MSG501")) == [f"{ACCOUNT}/{REGION}/orders MSG501 Q warning"]


def test_several_regions_are_looked_into(aws: str) -> None:
    for region in ("eu-west-1", "us-east-1"):
        body = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})
        boto3.client("cloudformation", region_name=region).create_stack(StackName="orders", TemplateBody=body)
    regions = ("eu-west-1", "us-east-1", "eu-west-1")
    result = scan("--select", "MSG501", *(word for region in regions for word in ("--region", region)))
    assert told(result) == [
        f"{ACCOUNT}/eu-west-1/orders MSG501 Q warning",
        f"{ACCOUNT}/us-east-1/orders MSG501 Q warning",
    ]


def test_other_accounts_are_looked_into_by_a_role_of_theirs(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "111122223333"
    client("iam")  # the account of the credentials has no stack
    stack_elsewhere(other, "orders")
    assert told(scan("--select", "MSG501")) == []
    result = scan("--select", "MSG501", "--account", other, "--role-name", "audit")
    assert told(result) == [f"{other}/{REGION}/orders MSG501 Q warning"]
    refusing = scan("--select", "MSG501", "--account", other)
    assert (refusing.exit_code, "--role-name" in refusing.stderr) == (2, True)


def test_an_account_that_nobody_gets_into_is_told(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are looked into."""
    deploy("own", {"Q": {"Type": "AWS::SQS::Queue"}})
    answering(monkeypatch, {"AssumeRole": refused("AccessDenied", xml=True)})
    given = ("--account", ACCOUNT, "--account", "111122223333", "--role-name", "audit")
    result = scan("--select", "MSG501", "--fail-on", "error", *given)
    assert told(result) == [f"{ACCOUNT}/{REGION}/own MSG501 Q warning"]
    role = "arn:aws:iam::111122223333:role/audit"
    said = f"111122223333 could not be read: the role {role} cannot be assumed: sts:AssumeRole is not allowed"
    assert said in result.stderr
    assert result.exit_code == 2


def test_where_nobody_lists_the_accounts_they_are_to_be_named(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, {"ListAccounts": refused("AccessDeniedException", xml=False)})
    result = scan("--role-name", "audit")
    denied = "organizations:ListAccounts is not allowed (AccessDeniedException)"
    said = f"msglint scan: error: {denied}: --account names the accounts that --role-name leads to\n"
    assert (result.stderr, result.exit_code) == (said, 2)


def test_what_could_not_be_read_is_told_and_fails_the_run(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is judged."""
    for name in ("a", "b", "c"):
        deploy(name, {"Q": {"Type": "AWS::SQS::Queue"}})
    answering(monkeypatch, {"GetTemplate": refused("AccessDenied", xml=True)}, times=1)
    result = scan("--select", "MSG501", "--fail-on", "error")
    assert len(told(result)) == 2
    assert re.search(
        rf"{ACCOUNT}/{REGION}/[abc] could not be read: cloudformation:GetTemplate is not allowed", result.stderr
    )
    assert result.exit_code == 2
    answering(monkeypatch, {"GetTemplate": refused("AccessDenied", xml=True)}, times=1)
    report = json.loads(scan("--select", "MSG501", "--format", "json").stdout)
    [unread] = report["unread"]
    assert unread["name"] in {f"{ACCOUNT}/{REGION}/{name}" for name in "abc"}
    assert unread["reason"] == "cloudformation:GetTemplate is not allowed (AccessDenied)"
    answering(monkeypatch, {"DescribeStacks": refused("AccessDenied", xml=True)}, times=1)
    [run_] = json.loads(scan("--format", "sarif").stdout)["runs"]
    [notification] = run_["invocations"][0]["toolExecutionNotifications"]
    assert (notification["level"], f"{ACCOUNT}/{REGION} could not be read" in notification["message"]["text"]) == (
        "error",
        True,
    )


@pytest.mark.parametrize("operation", ["GetTemplate", "ListStackResources"])
def test_a_stack_that_is_deleted_while_others_are_read_is_told(
    aws: str, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    """It was listed a moment ago; the others are judged."""
    for name in ("a", "b"):
        deploy(name, {"Q": {"Type": "AWS::SQS::Queue"}})
    gone = refused("ValidationError", xml=True, message="Stack with id x does not exist")
    answering(monkeypatch, {operation: gone}, times=1)
    result = scan("--select", "MSG501", "--fail-on", "error")
    assert len(told(result)) == 1
    assert re.search(rf"{ACCOUNT}/{REGION}/[ab] could not be read: it is not there any more\n", result.stderr)
    assert result.exit_code == 2


def test_an_answer_that_nobody_understands_costs_one_stack(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        deploy(name, {"Q": {"Type": "AWS::SQS::Queue"}})
    answering(monkeypatch, {"GetTemplate": answer_in_xml("GetTemplate", "")}, times=1)
    result = scan("--select", "MSG501", "--fail-on", "error")
    assert (len(told(result)), result.exit_code) == (1, 2)
    assert re.search(r"/[ab] could not be read: the answer is not understood: KeyError in msglint", result.stderr)


def test_a_nested_stack_that_is_gone_leaves_its_parent(aws: str) -> None:
    """And so does one with an output that has no value yet."""
    access = Access()
    stack = Stack(Where("aws", ACCOUNT, REGION, "shop"), "arn:shop", {}, {})
    body = {"TemplateBody": json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})}
    made = [
        {
            "LogicalResourceId": name,
            "ResourceType": "AWS::CloudFormation::Stack",
            "PhysicalResourceId": f"arn:{name}",
            "LastUpdatedTimestamp": 0,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for name in ("Gone", "Young")
    ]
    young = {"StackName": "y", "StackStatus": "CREATE_IN_PROGRESS", "CreationTime": 0, "Outputs": [{"OutputKey": "U"}]}
    with Stubber(access._client("cloudformation", REGION)) as answers:
        answers.add_response("get_template", body)
        answers.add_response("list_stack_resources", {"StackResourceSummaries": made})
        answers.add_client_error("describe_stacks", "ValidationError", "Stack with id arn:Gone does not exist")
        answers.add_response("describe_stacks", {"Stacks": [young]}, {"StackName": "arn:Young"})
        read = template(stack, Asking(access, stack.where))
    assert {name: "Outputs.U" in each for name, each in read.assumptions.deployed.physical.items()} == {
        "Gone": False,
        "Young": False,
    }


def test_a_change_set_that_is_gone_is_told(aws: str) -> None:
    deploy("orders", {"Q": {"Type": "AWS::SQS::Queue"}})
    result = scan("orders", "--change-set", "none")
    assert f"{ACCOUNT}/{REGION}/orders could not be read: it has no change set none\n" in result.stderr
    assert result.exit_code == 2


def test_a_change_set_is_judged_before_it_is_executed(aws: str) -> None:
    """The last gate, as AWS has it: what the stack would become, with the parameters that it would have then."""
    resources = {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"ReceiveMessageWaitTimeSeconds": {"Ref": "Wait"}}}}
    body = {"Parameters": {"Wait": {"Type": "Number"}}, "Resources": resources}
    access = Access()
    where = Where("aws", ACCOUNT, REGION, "orders")
    stack = Stack(where, "arn:orders", {"Wait": "20"}, {})
    asked = {"StackName": "arn:orders", "ChangeSetName": "less"}
    with Stubber(access._client("cloudformation", REGION)) as answers:
        answers.add_response(
            "get_template", {"TemplateBody": json.dumps(body)}, {**asked, "TemplateStage": "Processed"}
        )
        changed = {"Parameters": [{"ParameterKey": "Wait", "ParameterValue": "0"}]}
        answers.add_response("describe_change_set", changed, asked)
        answers.add_client_error("list_stack_resources", "ValidationError", "Stack with id orders does not exist")
        read = template(stack, Asking(access, where), "less")
    report = engine.lint_text(read.shown, read.text, Options(select=("MSG501",), assumptions=read.assumptions))
    assert [each.resource for each in report.findings] == ["Q"]


def test_a_change_set_is_of_one_stack(aws: str) -> None:
    for names in ([], ["a", "b"]):
        result = scan(*names, "--change-set", "less")
        assert (result.exit_code, "one stack" in result.stderr) == (2, True)


def test_outputs_of_nested_stacks_lead_on(aws: str) -> None:
    """As AWS has them: a nested stack is a stack of its own, and its outputs are known."""
    said = {
        "Stacks": [
            {
                "StackName": "shop-Queues-ABC",
                "StackStatus": "CREATE_COMPLETE",
                "CreationTime": 0,
                "Outputs": [{"OutputKey": "Failures", "OutputValue": FAILURES}],
            }
        ]
    }
    client("sqs").create_queue(QueueName="failures")
    resources: dict[str, Any] = {
        "Queues": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://x/y.yaml"}},
        "Orders": {"Type": "AWS::SQS::Queue"},
        "Placed": rule({"Fn::GetAtt": ["Queues", "Outputs.Failures"]}),
    }
    made = [
        {"LogicalResourceId": name, "ResourceType": each["Type"], "PhysicalResourceId": physical}
        for (name, each), physical in zip(
            resources.items(),
            ("arn:aws:cloudformation:x", f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/orders", "r"),
            strict=True,
        )
    ]
    access = Access()
    where = Where("aws", ACCOUNT, REGION, "shop")
    stack = Stack(where, "arn:shop", {}, {})
    with Stubber(access._client("cloudformation", REGION)) as answers:
        body = {"TemplateBody": json.dumps({"Resources": resources})}
        answers.add_response("get_template", body, {"StackName": "arn:shop", "TemplateStage": "Processed"})
        summaries = [{**each, "LastUpdatedTimestamp": 0, "ResourceStatus": "CREATE_COMPLETE"} for each in made]
        answers.add_response("list_stack_resources", {"StackResourceSummaries": summaries}, {"StackName": "arn:shop"})
        answers.add_response("describe_stacks", said, {"StackName": "arn:aws:cloudformation:x"})
        read = template(stack, Asking(access, where))
    assert read.assumptions.deployed.physical["Queues"]["Outputs.Failures"] == FAILURES
    options = Options(assumptions=read.assumptions)
    (fault,) = (each for each in engine.lint_text(read.shown, read.text, options).undecided if each.code == "MSG101")
    assert fault.lookups == (Lookup("AWS::SQS::Queue", FAILURES),)


@pytest.mark.parametrize(
    ("type_", "physical", "told_"),
    [
        ("AWS::SQS::Queue", f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/orders", {"name": "orders"}),
        ("AWS::SNS::Topic", f"arn:aws:sns:{REGION}:{ACCOUNT}:orders", {"name": "orders"}),
        ("AWS::IAM::Role", "worker", {"name": "worker"}),
        ("AWS::IAM::ManagedPolicy", f"arn:aws:iam::{ACCOUNT}:policy/team/own", {"name": "own"}),
        ("AWS::KMS::Key", "1234-abc", {"arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234-abc", "key_id": "1234-abc"}),
        (
            "AWS::SecretsManager::Secret",
            f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:team/own-a1B2c3",
            {"name": "team/own"},
        ),
        ("AWS::MSK::Cluster", f"arn:aws:kafka:{REGION}:{ACCOUNT}:cluster/orders/abc-1", {"name": "orders"}),
        ("AWS::Pipes::Pipe", "orders", {"arn": f"arn:aws:pipes:{REGION}:{ACCOUNT}:pipe/orders"}),
        ("AWS::Events::Rule", "placed", {"name": "placed"}),
        ("AWS::Events::Rule", "shop|placed", {"arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/shop/placed"}),
        ("AWS::Custom::Thing", "x", {"ref": "x"}),
    ],
)
def test_a_physical_id_tells_the_names(type_: str, physical: str, told_: dict[str, str]) -> None:
    found = named(type_, physical, Where("aws", ACCOUNT, REGION, "shop"))
    assert physical in found.values()
    assert {name: found[name] for name in told_} == told_


def test_a_rule_of_another_bus_sends_its_own_arn(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """CloudFormation's id of it is of the bus and the name that it has made."""
    placed = {"EventBusName": "shop", "EventPattern": {"source": ["shop"]}, "Targets": [{"Id": "t", "Arn": FAILURES}]}
    client("events").create_event_bus(Name="shop")
    deploy("shop", {"Placed": {"Type": "AWS::Events::Rule", "Properties": placed}})
    url = client("sqs").create_queue(QueueName="failures")["QueueUrl"]
    rules = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/shop/shop-Placed-*"
    condition = {"ArnLike": {"aws:SourceArn": rules}}
    service = {"Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}
    given = policy({"Effect": "Allow", **service, "Condition": condition})
    client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": given})
    made = ("Placed", "AWS::Events::Rule", "shop|shop-Placed-1A2B3C")
    tags = ("LogicalResourceId", "ResourceType", "PhysicalResourceId")
    written = "".join(f"<{tag}>{text}</{tag}>" for tag, text in zip(tags, made, strict=True))
    summaries = f"<StackResourceSummaries><member>{written}</member></StackResourceSummaries>"
    answering(monkeypatch, {"ListStackResources": answer_in_xml("ListStackResources", summaries)})
    assert told(scan("--select", "MSG102")) == []


def test_all_accounts_of_the_organisation_are_looked_into(aws: str) -> None:
    client("organizations").create_organization(FeatureSet="ALL")
    made = client("organizations").create_account(AccountName="shop", Email="shop@example.com")["CreateAccountStatus"]
    other = made["AccountId"]
    stack_elsewhere(other, "orders")
    deploy("own", {"Q": {"Type": "AWS::SQS::Queue"}})
    assert told(scan("--select", "MSG501", "--role-name", "audit")) == sorted(
        [f"{other}/{REGION}/orders MSG501 Q warning", f"{ACCOUNT}/{REGION}/own MSG501 Q warning"]
    )


OTHER = "111122223333"


def assumed(id_: str, minutes: int) -> AWSResponse:
    """Give the answer of STS with credentials for some minutes."""
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    named = {"AccessKeyId": id_, "SecretAccessKey": "a-key", "SessionToken": "a-token", "Expiration": end.isoformat()}
    content = "".join(f"<{name}>{value}</{name}>" for name, value in named.items())
    return answer_in_xml("AssumeRole", f"<Credentials>{content}</Credentials>")


def assuming(monkeypatch: pytest.MonkeyPatch, *answers: AWSResponse) -> Access:
    """Assume a role, and have it answered so, one time after the other."""
    left = [*answers]
    hooked(monkeypatch, lambda operation: left.pop(0) if operation == "AssumeRole" else None)
    own = Access()
    other = own.assuming(OTHER, "audit")
    assert (own.calls, len(left)) == (2, len(answers) - 1)
    return other


def key_of(access: Access) -> str:
    """Give the id of the key that calls are signed with."""
    return str(access._session.get_credentials().get_frozen_credentials().access_key)


def test_a_role_is_assumed_anew_before_its_time_is_over(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = assuming(monkeypatch, assumed("first", 5), assumed("second", 60))
    for _ in range(3):
        other.ask("sts", "GetCallerIdentity", REGION)
    assert (key_of(other), other.calls) == ("second", 3)


def test_a_role_that_lasts_is_assumed_once(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = assuming(monkeypatch, assumed("first", 60))
    other.ask("sts", "GetCallerIdentity", REGION)
    assert key_of(other) == "first"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refused("AccessDenied", xml=True), rf"the role arn:aws:iam::{OTHER}:role/audit cannot be assumed: sts:Assume"),
        (assumed("late", -5), "still expired"),
    ],
)
def test_a_role_that_cannot_be_assumed_anew_gives_no_answer(
    aws: str, monkeypatch: pytest.MonkeyPatch, answer: AWSResponse, said: str
) -> None:
    other = assuming(monkeypatch, assumed("first", 5), answer)
    with pytest.raises(UnansweredError, match=said):
        other.ask("sts", "GetCallerIdentity", REGION)


def test_a_role_is_assumed_by_listed_calls_only(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = assuming(monkeypatch, assumed("first", 5), assumed("second", 60))
    monkeypatch.delitem(OF_OTHERS, Call("sts", "AssumeRole"))
    with pytest.raises(UnansweredError, match="sts AssumeRole is no call that msglint makes"):
        other.ask("sts", "GetCallerIdentity", REGION)


def stack_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deploy stacks that a stack set has made here and in another account, and others, and have AWS list the former."""
    here = deploy("StackSet-base-1", {"Q": {"Type": "AWS::SQS::Queue"}})
    deploy("own", {"Q": {"Type": "AWS::SQS::Queue"}})
    stack_elsewhere(OTHER, "own")
    made = [
        (ACCOUNT, REGION, here),
        (OTHER, REGION, stack_elsewhere(OTHER, "StackSet-base-2")),
        (OTHER, "us-east-1", stack_elsewhere(OTHER, "StackSet-base-3", "us-east-1")),
    ]
    known = "<Status>CURRENT</Status>"
    failed = (
        "<Status>OUTDATED</Status><StackInstanceStatus><DetailedStatus>FAILED</DetailedStatus></StackInstanceStatus>"
    )
    members = [(*each, known) for each in made] + [("444455556666", REGION, "", failed)]
    summaries = [
        f"<member><Account>{account}</Account><Region>{region}</Region>"
        f"{f'<StackId>{id_}</StackId>' if id_ else ''}{status}</member>"
        for account, region, id_, status in (*members, members[0])
    ]
    listed = answer_in_xml("ListStackInstances", f"<Summaries>{''.join(summaries)}</Summaries>")
    answering(monkeypatch, {"ListStackInstances": listed})


UNMADE = (
    f"msglint: 444455556666/{REGION}/base could not be read: the stack set has made no stack there (OUTDATED, FAILED)"
)


def test_the_stacks_of_a_stack_set_are_judged_wherever_they_are(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stack_set(monkeypatch)
    result = scan("--select", "MSG501", "--fail-on", "error", "--stack-set", "base", "--role-name", "audit")
    assert told(result) == [
        f"{OTHER}/{REGION}/StackSet-base-2 MSG501 Q warning",
        f"{OTHER}/us-east-1/StackSet-base-3 MSG501 Q warning",
        f"{ACCOUNT}/{REGION}/StackSet-base-1 MSG501 Q warning",
    ]
    assert [line for line in result.stderr.splitlines() if "could not" in line] == [UNMADE]
    assert result.exit_code == 2


def test_without_a_role_stacks_of_a_stack_set_in_other_accounts_are_told(
    aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack_set(monkeypatch)
    result = scan("--select", "MSG501", "--fail-on", "error", "--stack-set", "base")
    assert told(result) == [f"{ACCOUNT}/{REGION}/StackSet-base-1 MSG501 Q warning"]
    why = f"could not be read: the credentials are of {ACCOUNT}: --role-name leads to other accounts"
    assert [line for line in result.stderr.splitlines() if "could not" in line] == [
        UNMADE,
        f"msglint: {OTHER}/{REGION}/StackSet-base-2 {why}",
        f"msglint: {OTHER}/us-east-1/StackSet-base-3 {why}",
    ]


@pytest.mark.parametrize(
    ("flags", "judged", "unread"),
    [
        (["--account", OTHER], [2, 3], 0),
        (["--region", "us-east-1"], [3], 0),
        (["StackSet-base-[12]"], [2, 1], 1),
        (["--account", OTHER, "--region", REGION, "--region", "us-east-1"], [2, 3], 0),
        (["--account", "444455556666"], [], 1),
        (["--tag", "stage=prod", "--account", ACCOUNT], None, 0),
        (["--account", "777788889999"], None, 0),
    ],
)
def test_the_stacks_of_a_stack_set_are_chosen_among(
    aws: str, monkeypatch: pytest.MonkeyPatch, flags: list[str], judged: list[int] | None, unread: int
) -> None:
    """By account, Region, name and tag. Where none is left, nobody takes that for a clean run."""
    stack_set(monkeypatch)
    result = scan("--select", "MSG501", "--stack-set", "base", "--role-name", "audit", *flags)
    assert [int(each.split()[0][-1]) for each in told(result)] == (judged or [])
    assert result.stderr.count("could not be read") == unread
    meant = "has the tag stage=prod" if "--tag" in flags else "is meant"
    nothing = f"msglint scan: error: no stack of the stack set base {meant}\n"
    assert (result.stderr == nothing and result.exit_code == 2) is (judged is None)


def test_a_stack_that_a_stack_set_has_lost_is_told(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stack_set(monkeypatch)
    client("cloudformation").delete_stack(StackName="StackSet-base-1")
    result = scan("--stack-set", "base", "--account", ACCOUNT)
    said = f"msglint: {ACCOUNT}/{REGION}/StackSet-base-1 could not be read: it is not there any more"
    assert (said in result.stderr, result.exit_code) == (True, 2)


def test_a_stack_set_that_is_not_there_is_no_clean_run(aws: str) -> None:
    result = scan("--stack-set", "none")
    said = f"msglint scan: error: no stack set is called none in {ACCOUNT}/{REGION}\n"
    assert (result.exit_code, result.stderr) == (2, said)
    refusing = scan("orders", "--stack-set", "none", "--change-set", "next")
    assert (refusing.exit_code, "--stack-set of several" in refusing.stderr) == (2, True)


def test_a_delegated_administrator_sees_the_stack_sets_of_the_organisation(aws: str) -> None:
    access = Access()
    summary = {"Account": OTHER, "Region": REGION, "StackId": f"arn:aws:cloudformation:{REGION}:{OTHER}:stack/a/b"}
    with Stubber(access._client("cloudformation", REGION)) as answers:
        answers.add_client_error("list_stack_instances", "StackSetNotFoundException", "no")
        asked = {"StackSetName": "base", "CallAs": "DELEGATED_ADMIN"}
        answers.add_response("list_stack_instances", {"Summaries": [summary], "NextToken": "more"}, asked)
        answers.add_response("list_stack_instances", {"Summaries": []}, {**asked, "NextToken": "more"})
        (found,) = instances(Asking(access, Where("aws", ACCOUNT, REGION, "")), "base")
    assert (found.account, found.shown) == (OTHER, f"{OTHER}/{REGION}/a")


@pytest.mark.parametrize("operation", ["DescribeStacks", "GetTemplate", "ListStackResources", "ListExports"])
def test_an_answer_that_is_none_is_told(aws: str, operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As from a proxy in between, which answers in its own words."""
    arn = {"Fn::GetAtt": ["Failures", "Arn"]}
    exported = {"Arn": {"Value": arn, "Export": {"Name": "failures"}}}
    deploy("shared", {"Failures": {"Type": "AWS::SQS::Queue"}}, Outputs=exported)
    imported = rule({"Fn::ImportValue": "failures"})
    deploy("shop", {"Orders": {"Type": "AWS::SQS::Queue"}, "Placed": imported})
    answering(monkeypatch, {operation: AWSResponse("http://127.0.0.1", 200, {}, Raw(b"<html>sign in</p>"))})
    result = scan("--select", "MSG101")
    assert (result.exit_code, "is no answer of AWS" in result.output) == (0 if operation == "ListExports" else 2, True)


def owned() -> None:
    """Deploy a stack of what has policies, all of which are those of its template."""
    allow = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["SQS:SendMessage"], "Resource": "*"}
    topic = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}
    trust = {"Effect": "Allow", "Principal": {"Service": "pipes.amazonaws.com"}, "Action": "sts:AssumeRole"}
    may = {"Effect": "Allow", "Action": "sqs:*", "Resource": {"Fn::GetAtt": ["Orders", "Arn"]}}

    def document(statement: object) -> dict[str, Any]:
        return {"Version": "2012-10-17", "Statement": [statement]}

    deploy(
        "own",
        {
            "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}},
            "OrdersPolicy": {
                "Type": "AWS::SQS::QueuePolicy",
                "Properties": {"Queues": [{"Ref": "Orders"}], "PolicyDocument": document(allow)},
            },
            "News": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}},
            "NewsPolicy": {
                "Type": "AWS::SNS::TopicPolicy",
                "Properties": {"Topics": [{"Ref": "News"}], "PolicyDocument": document(topic)},
            },
            "Worker": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": "worker",
                    "AssumeRolePolicyDocument": document(trust),
                    "Policies": [{"PolicyName": "own", "PolicyDocument": document(may)}],
                },
            },
        },
    )

    # moto's CloudFormation makes no policies of queues and topics, and writes those of roles as Python does.
    orders = f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"
    inline = policy({**may, "Resource": orders})
    client("iam").put_role_policy(RoleName="worker", PolicyName="own", PolicyDocument=inline)
    url = client("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
    client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(allow)})
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
    client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy(topic))


def test_what_is_as_the_template_has_it_is_no_drift(aws: str) -> None:
    owned()
    result = scan("--drift", "--format", "json")
    assert json.loads(result.stdout)["remarks"] == []


def test_what_aws_writes_itself_where_a_template_writes_no_policy_is_no_drift(
    aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every topic and key has a policy: the first one is that of AWS, until somebody changes it."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}}
    # moto's CloudFormation makes no key without this.
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy(ROOT)}}
    deploy("own", {"News": topic, "K": key})
    written = json.dumps({"Resources": {"News": topic, "K": {"Type": "AWS::KMS::Key"}}})
    answering(monkeypatch, {"GetTemplate": answer_in_xml("GetTemplate", f"<TemplateBody>{written}</TemplateBody>")})
    assert json.loads(scan("--drift", "--format", "json").stdout)["remarks"] == []
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
    written = client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]
    [statement] = json.loads(written)["Statement"]
    for condition in ({}, {"StringEquals": {"AWS:SourceOwner": "111122223333"}}):
        changed = policy({**statement, "Condition": condition})
        client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=changed)
        [remark] = json.loads(scan("--drift", "--format", "json").stdout)["remarks"]
        assert remark["resource"] == "News"


def test_policies_that_were_changed_by_hand_are_told(aws: str) -> None:
    owned()
    url = client("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(anybody)})
    more = policy({"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"})
    client("iam").put_role_policy(RoleName="worker", PolicyName="more", PolicyDocument=more)
    before, result = scan(), scan("--drift")
    queue = "(added: Allow sqs:SendMessage to *; lost: Allow SQS:SendMessage to 111122223333)"
    changed = "is not that of the template"
    assert re.findall(r"^ +\d+:\d+ +note  (.+)$", result.stdout, re.MULTILINE) == ["drift  Orders", "drift  Worker"]
    said = re.sub(r"\s+", " ", result.stdout)
    assert f"the policy of Orders {changed} {queue}" in said
    assert f"the policy of Worker {changed} (added: Allow kms:Decrypt)" in said
    # Without the flag nobody asks for what a stack has made itself; with it nothing else changes.
    assert changed not in before.output
    assert (told(before), before.exit_code) == (told(result), result.exit_code)
    assert changed not in result.stderr
    [first, _] = json.loads(scan("--drift", "--format", "json").stdout)["remarks"]
    assert (first["source"], first["file"], first["resource"]) == ("drift", f"{ACCOUNT}/{REGION}/own", "Orders")
    assert first["start"]["line"] > 1


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("none", "The config profile (none) could not be found"),
        ("broken", "Unable to parse config file: {config}"),
        ("empty", "there are no credentials: AWS_PROFILE names some, and boto3 finds them in other places too"),
        ("denied", "sts:AssumeRole is not allowed (AccessDenied)"),
    ],
)
def test_credentials_that_cannot_be_had_are_wrong_usage(
    aws: str, profile: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is no fault of msglint."""
    config = tmp_path / "config"
    role = f"[profile denied]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/ci\nsource_profile = own\n"
    own = "[profile own]\naws_access_key_id = an-id\naws_secret_access_key = a-key\n"
    written = "[broken\n" if profile == "broken" else f"[profile empty]\nregion = {REGION}\n{role}{own}"
    config.write_text(written, encoding="utf-8")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    given = {"AWS_CONFIG_FILE": str(config), "AWS_PROFILE": profile, "AWS_EC2_METADATA_DISABLED": "true"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    # botocore asks for the role with a client of its own.
    original = URLLib3Session.send

    def send(self: Any, request: Any) -> Any:
        return refused("AccessDenied", xml=True) if "AssumeRole" in str(request.body) else original(self, request)

    monkeypatch.setattr(URLLib3Session, "send", send)
    result = scan()
    assert (result.stderr, result.exit_code) == (f"msglint scan: error: {said.format(config=config)}\n", 2)
    (tmp_path / "t.yaml").write_text("Resources: {Q: {Type: AWS::SQS::Queue}}", encoding="utf-8")
    result = run("lint", str(tmp_path / "t.yaml"), "--resolve")
    assert (said.format(config=config) in result.stderr, result.exit_code) == (True, 2)


@contextmanager
def silent() -> Iterator[tuple[str, threading.Event]]:
    """Give the address of a service that tells whose credentials these are and nothing else, and what it was asked."""
    asked, over = threading.Event(), threading.Event()
    said = f"<Account>{ACCOUNT}</Account><Arn>arn:aws:iam::{ACCOUNT}:user/me</Arn>"
    known = f"<a><GetCallerIdentityResult>{said}</GetCallerIdentityResult></a>".encode()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if b"GetCallerIdentity" in body:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(known)
            else:
                asked.set()
                over.wait()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            over.set()
            server.shutdown()


@pytest.mark.parametrize("arguments", [("scan",), ("lint", "--resolve", "t.yaml")], ids=["scan", "resolve"])
def test_an_interrupt_waits_for_nobody_who_does_not_answer(
    arguments: tuple[str, ...], aws: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    named = json.dumps({"Resources": {"Orders": {"Type": "AWS::SQS::Queue"}, "Placed": rule(FAILURES)}})
    (tmp_path / "t.yaml").write_text(named, encoding="utf-8")
    with silent() as (address, asked):
        process = heeding(*arguments, AWS_ENDPOINT_URL=address)
        assert asked.wait(SECONDS)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=4) == (b"", b"")
    assert process.returncode == 130


@pytest.mark.slow
def test_a_hundred_stacks_are_all_judged_however_slow_aws_is(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS takes so many calls a second, and a page holds few stacks: nothing is lost, and each thing is asked once."""
    number = 100
    client("sqs").create_queue(QueueName="failures")
    body = json.dumps({"Resources": {"Orders": {"Type": "AWS::SQS::Queue"}, "Placed": rule(FAILURES)}})
    for each in range(number):
        client("cloudformation").create_stack(StackName=f"shop-{each}", TemplateBody=body)
    refusals = throttling(monkeypatch, 30)
    result = scan("--select", "MSG101")
    assert len(told(result)) == number
    assert f"{number} templates: {number} errors." in re.sub(r"\s+", " ", result.stdout)
    assert refusals
    # Once for who asks, pages of stacks, two for each stack, and two for the queue that all of them name.
    calls = int(re.findall(r"(\d+) calls to AWS", result.stderr)[0])
    assert 2 * number < calls < 2 * number + 20


def test_what_somebody_has_deleted_by_hand_is_drift(aws: str) -> None:
    owned()
    client("sns").delete_topic(TopicArn=f"arn:aws:sns:{REGION}:{ACCOUNT}:news")
    [remark] = json.loads(scan("--drift", "--format", "json").stdout)["remarks"]
    assert (remark["resource"], remark["message"]) == (
        "News",
        "News is in the template, and there is no such topic any more",
    )


MAY = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
KAFKA = {"Principal": {"Service": "kafka.amazonaws.com"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}


OWN: dict[str, Any] = {
    "FunctionName": {"Ref": "It"},
    "Action": "lambda:InvokeFunction",
    "Principal": "events.amazonaws.com",
}


def role_with_more() -> tuple[str, str]:
    """Make a role that is allowed more than the template says, and give its type and physical id."""
    client("iam").create_role(RoleName="it", AssumeRolePolicyDocument=json.dumps(ALLOWED))
    client("iam").put_role_policy(RoleName="it", PolicyName="more", PolicyDocument=policy(MAY))
    return "AWS::IAM::Role", "it"


def function_with_more() -> tuple[str, str]:
    """Make a function that lets in more."""
    function("it")
    for principal in (OWN["Principal"], "sns.amazonaws.com"):
        given = {"Action": OWN["Action"], "Principal": principal}
        client("lambda").add_permission(FunctionName="it", StatementId=principal[:3], **given)
    return "AWS::Lambda::Function", "it"


def secret_with_more() -> tuple[str, str]:
    """Make a secret with the policy that MSK gives to those of its clusters."""
    arn = client("secretsmanager").create_secret(Name="it", SecretString="{}")["ARN"]
    client("secretsmanager").put_resource_policy(SecretId=arn, ResourcePolicy=policy({"Effect": "Allow", **KAFKA}))
    return "AWS::SecretsManager::Secret", arn


ASSOCIATED = {
    "Type": "AWS::MSK::BatchScramSecret",
    "Properties": {"ClusterArn": "arn:x", "SecretArnList": [{"Ref": "It"}]},
}


@pytest.mark.parametrize("make", [role_with_more, function_with_more, secret_with_more])
@pytest.mark.parametrize("how", ["alone", "exported", "associated"])
def test_what_others_may_attach_is_no_drift(
    aws: str, how: str, make: Callable[[], tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another stack to what is exported, and MSK to the secrets of its clusters."""
    type_, physical = make()
    properties = {"AssumeRolePolicyDocument": ALLOWED} if make is role_with_more else {}
    template: dict[str, Any] = {"Resources": {"It": {"Type": type_, "Properties": properties}}}
    if make is function_with_more:
        template["Resources"]["Own"] = {"Type": "AWS::Lambda::Permission", "Properties": OWN}
    if how == "exported":
        template["Outputs"] = {"It": {"Value": {"Ref": "It"}, "Export": {"Name": "it"}}}
    if how == "associated":
        template["Resources"]["Users"] = ASSOCIATED
    deploy("shop", {"Q": {"Type": "AWS::SQS::Queue"}})
    made = f"<LogicalResourceId>It</LogicalResourceId><PhysicalResourceId>{physical}</PhysicalResourceId>"
    member = f"<member>{made}<ResourceType>{type_}</ResourceType></member>"
    summaries = f"<StackResourceSummaries>{member}</StackResourceSummaries>"
    body = f"<TemplateBody>{escape(json.dumps(template))}</TemplateBody>"
    contents = {"GetTemplate": body, "ListStackResources": summaries}
    answering(monkeypatch, {name: answer_in_xml(name, content) for name, content in contents.items()})
    remarks = json.loads(scan("--drift", "--format", "json").stdout)["remarks"]
    others = how == "exported" or (how, make) == ("associated", secret_with_more)
    assert [each["resource"] for each in remarks] == ([] if others else ["It"])
