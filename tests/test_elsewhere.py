"""What others have made for a resource, or use it for: told by an account that moto plays."""

import json
import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from account import ACCOUNT, answer, answer_in_xml, answering, client, function, policy, refused
from command import Result, run
from conftest import REGION
from msglint import engine
from msglint.options import Options
from msglint.readers.interface import Assumptions, Deployed
from test_scan import deploy, scan, told

ORDERS = f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"
ORDERS_QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders", "ReceiveMessageWaitTimeSeconds": 20}}
EVENTS = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:*", "Resource": "*"}
PLACED = {
    "Type": "AWS::Events::Rule",
    "Properties": {
        "EventPattern": {"source": ["shop"]},
        "Targets": [{"Id": "t", "Arn": {"Fn::GetAtt": ["Orders", "Arn"]}}],
    },
}
EXPORTED = {"Url": {"Value": {"Ref": "Orders"}, "Export": {"Name": "orders"}}}
SHOP = {"Orders": ORDERS_QUEUE, "Placed": PLACED}


def let_in(*statements: object, queue: str = "orders") -> None:
    """Give a queue a policy, as another stack or somebody by hand does."""
    url = client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
    client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(*statements)})


def lint(directory: Path, template: object, code: str, *arguments: str) -> list[str]:
    """Judge a template by one rule, and give what comes of it, each with what is said below."""
    (directory / "t.json").write_text(json.dumps(template))
    given = ("--isolated", "--no-progress", "--show-undecided", "--select", code)
    result = run("lint", *given, *arguments, str(directory / "t.json"))
    return [line.strip() for line in result.stdout.splitlines() if " MSG" in line or "undecided:" in line]


def decisions(lines: list[str]) -> list[str]:
    """Give whether each is decided."""
    return [line.split()[1] for line in lines if " MSG" in line]


def said(result: Result) -> str:
    """Give a report as one line."""
    return " ".join(result.stdout.split())


def test_another_stack_has_written_the_policy_of_a_queue_that_is_exported(aws: str, tmp_path: Path) -> None:
    deploy("shop", SHOP, Outputs=EXPORTED)
    files_alone = lint(tmp_path, {"Resources": SHOP, "Outputs": EXPORTED}, "MSG102")
    assert decisions(files_alone) == ["undecided"]
    # The queue is there, and has no policy.
    assert told(scan("--select", "MSG102")) == [f"{ACCOUNT}/{REGION}/shop MSG102 Placed error"]
    let_in(EVENTS)
    assert told(scan("--select", "MSG102")) == []
    let_in({**EVENTS, "Effect": "Deny"}, EVENTS)
    result = scan("--select", "MSG102")
    assert told(result) == [f"{ACCOUNT}/{REGION}/shop MSG102 Placed error"]
    assert f"deployed: the statement, {ORDERS} (account {ACCOUNT}, {REGION}, read 2" in said(result)


def test_what_is_there_may_be_what_a_template_takes_away(aws: str, tmp_path: Path) -> None:
    """Before a deployment nobody can tell whose a policy is; where there is none, it is nobody's."""
    template = {"Resources": SHOP, "Outputs": EXPORTED}
    client("sqs").create_queue(QueueName="orders")
    assert decisions(lint(tmp_path, template, "MSG102", "--resolve")) == ["error"]
    let_in(EVENTS)
    lines = lint(tmp_path, template, "MSG102", "--resolve")
    assert decisions(lines) == ["undecided"]
    (tmp_path / "t.json").write_text(json.dumps(template))
    result = run("lint", "--isolated", "--show-undecided", "--select", "MSG102", "--resolve", str(tmp_path / "t.json"))
    assert "whether another stack wrote it or this one did before cannot be told" in said(result)


NESTED = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://x/y.yaml"}}
CUSTOM = {"Type": "Custom::Policy", "Properties": {"ServiceToken": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"}}


def given_to(maker: dict[str, Any], value: object) -> dict[str, Any]:
    """Write a resource that makes others out of what it is given."""
    return {**maker, "Properties": {**maker["Properties"], "Parameters": {"Given": value}}}


def test_what_a_deployment_itself_makes_nobody_can_look_up_before(aws: str, tmp_path: Path) -> None:
    """A macro, a nested stack or a custom resource of the template may write the policy that is not there yet."""
    client("sqs").create_queue(QueueName="orders")
    making = [{"Makes": given_to(each, {"Ref": "Orders"})} for each in (NESTED, CUSTOM)]
    templates = [{"Resources": {**SHOP, **more}} for more in making] + [{"Resources": SHOP, "Transform": ["Own"]}]
    for template in templates:
        assert decisions(lint(tmp_path, template, "MSG102", "--resolve")) == ["undecided"]


def deployed_with(monkeypatch: pytest.MonkeyPatch, resources: dict[str, Any], more: dict[str, Any]) -> None:
    """Deploy a stack whose template has more than moto can make."""
    deploy("shop", resources)
    body = escape(json.dumps({"Resources": {**resources, **more}}))
    answering(monkeypatch, {"GetTemplate": answer_in_xml("GetTemplate", f"<TemplateBody>{body}</TemplateBody>")})


def test_once_it_is_deployed_what_a_custom_resource_has_made_is_there(
    aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed_with(monkeypatch, SHOP, {"Makes": given_to(CUSTOM, {"Ref": "Orders"})})
    assert told(scan("--select", "MSG102")) == [f"{ACCOUNT}/{REGION}/shop MSG102 Placed error"]


def test_a_role_may_get_its_policy_by_the_deployment_itself(aws: str, tmp_path: Path) -> None:
    trust = json.dumps(ROLE["Properties"]["AssumeRolePolicyDocument"])
    client("iam").create_role(RoleName="courier", AssumeRolePolicyDocument=trust)
    resources = {"Orders": ORDERS_QUEUE, "Courier": ROLE, "Daily": SCHEDULE}
    template = {"Resources": resources, "Transform": ["Own"]}
    assert decisions(lint(tmp_path, {"Resources": resources}, "MSG103", "--resolve")) == ["error"]
    assert decisions(lint(tmp_path, template, "MSG103", "--resolve")) == ["undecided"]


def test_a_custom_resource_may_write_a_policy_of_logs(
    aws: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the CDK for targets of rules does."""
    assert decisions(lint(tmp_path, {"Resources": LOGGED}, "MSG102", "--resolve")) == ["error"]
    makes = {"Makes": given_to(CUSTOM, {"Fn::GetAtt": ["Log", "Arn"]})}
    assert decisions(lint(tmp_path, {"Resources": {**LOGGED, **makes}}, "MSG102", "--resolve")) == ["undecided"]
    deployed_with(monkeypatch, LOGGED, makes)
    assert told(scan("--select", "MSG102")) == [f"{ACCOUNT}/{REGION}/shop MSG102 Placed error"]


def test_a_change_set_may_take_away_what_is_there(aws: str) -> None:
    deploy("shop", SHOP, Outputs=EXPORTED)
    let_in(EVENTS)
    body = json.dumps({"Resources": SHOP, "Outputs": EXPORTED})
    client("cloudformation").create_change_set(
        StackName="shop", ChangeSetName="next", TemplateBody=body, ChangeSetType="UPDATE"
    )
    result = scan("shop", "--change-set", "next", "--select", "MSG102")
    assert told(result) == [f"{ACCOUNT}/{REGION}/shop MSG102 Placed undecided"]


ROLE: dict[str, Any] = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "RoleName": "courier",
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        },
    },
}
SCHEDULE = {
    "Type": "AWS::Scheduler::Schedule",
    "Properties": {
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": {"Fn::GetAtt": ["Orders", "Arn"]}, "RoleArn": {"Fn::GetAtt": ["Courier", "Arn"]}},
    },
}


def test_another_stack_has_attached_the_policy_of_a_role_that_is_exported(aws: str) -> None:
    handed = {"Role": {"Value": {"Ref": "Courier"}, "Export": {"Name": "courier"}}}
    deploy("shop", {"Orders": ORDERS_QUEUE, "Courier": ROLE, "Daily": SCHEDULE}, Outputs=handed)
    assert told(scan("--select", "MSG103")) == [f"{ACCOUNT}/{REGION}/shop MSG103 Daily error"]
    sends = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": ORDERS}
    client("iam").put_role_policy(RoleName="courier", PolicyName="sends", PolicyDocument=policy(sends))
    assert told(scan("--select", "MSG103")) == []


def consumer(*, timeout: int = 17) -> None:
    """Have a function poll the queue that no stack has made."""
    function("worker")
    client("lambda").update_function_configuration(FunctionName="worker", Timeout=timeout)
    client("lambda").create_event_source_mapping(EventSourceArn=ORDERS, FunctionName="worker")


def test_who_polls_a_queue_of_another_stack_is_known(aws: str) -> None:
    deploy("shop", {"Orders": ORDERS_QUEUE})
    assert told(scan("--select", "MSG502")) == []
    consumer()
    result = scan("--select", "MSG502")
    assert told(result) == [f"{ACCOUNT}/{REGION}/shop MSG502 Orders warning"]
    assert "102 s, 6 times the timeout of worker (17 s)" in said(result)
    mapping = r"event source mapping [-0-9a-f]{36}"
    assert re.search(rf"deployed: polls it, {mapping} \(account {ACCOUNT}, {REGION}, read 2", said(result))


def test_what_a_stack_has_made_itself_is_not_others(aws: str) -> None:
    """Its event source mapping is listed by AWS too."""
    function("worker")
    mapping = {"EventSourceArn": {"Fn::GetAtt": ["Orders", "Arn"]}, "FunctionName": "worker"}
    deploy("shop", {"Orders": ORDERS_QUEUE, "Read": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping}})
    result = scan("--select", "MSG502")
    assert told(result) == [f"{ACCOUNT}/{REGION}/shop MSG502 Orders warning"]
    assert "what polls" not in said(result)


def test_where_a_function_polls_short_polling_is_only_informational(aws: str) -> None:
    short = {**ORDERS_QUEUE["Properties"], "ReceiveMessageWaitTimeSeconds": 0}  # type: ignore[dict-item]
    deploy("shop", {"Orders": {"Type": "AWS::SQS::Queue", "Properties": short}})
    assert told(scan("--select", "MSG501")) == [f"{ACCOUNT}/{REGION}/shop MSG501 Orders warning"]
    consumer()
    assert told(scan("--select", "MSG501")) == [f"{ACCOUNT}/{REGION}/shop MSG501 Orders info"]


def source(**attributes: str) -> None:
    """Have a queue that no stack has made send its failures to the queue."""
    redrive = json.dumps({"deadLetterTargetArn": ORDERS, "maxReceiveCount": 5})
    client("sqs").create_queue(QueueName="bills", Attributes={"RedrivePolicy": redrive, **attributes})


def test_a_dead_letter_queue_of_another_stack_needs_none(aws: str) -> None:
    deploy("shop", {"Orders": ORDERS_QUEUE})
    assert told(scan("--select", "MSG701")) == [f"{ACCOUNT}/{REGION}/shop MSG701 Orders warning"]
    source()
    assert told(scan("--select", "MSG701")) == []


def test_letters_that_aws_has_chosen_are_no_name() -> None:
    """CloudFormation ends a name by letters at random, which may spell anything."""
    name = "shop-Orders-DLQ1X2Y3Z4A5"
    url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
    deployed = Deployed(physical={"Orders": {"url": url, "name": name}}, stack="shop", live=True)
    given = Options(("MSG701",), assumptions=Assumptions((ACCOUNT,), (REGION,), deployed=deployed))
    for properties, decided in (({}, [True]), ({"QueueName": "orders-dlq"}, [])):
        template = json.dumps({"Resources": {"Orders": {"Type": "AWS::SQS::Queue", "Properties": properties}}})
        report = engine.lint_text("shop", template.encode(), given)
        assert [finding.decided for finding in report.findings] == decided


def test_a_dead_letter_queue_is_compared_with_sources_of_other_stacks(aws: str) -> None:
    deploy("shop", {"Orders": ORDERS_QUEUE})
    source(MessageRetentionPeriod="1209600")
    result = scan("--select", "MSG704")
    assert told(result) == [f"{ACCOUNT}/{REGION}/shop MSG704 Orders warning"]


def test_what_was_looked_up_as_a_source_has_its_policy(aws: str) -> None:
    """A rule of the stack sends to it, too."""
    target = f"arn:aws:sqs:{REGION}:{ACCOUNT}:bills"
    billed = {**PLACED["Properties"], "Targets": [{"Id": "t", "Arn": target}]}  # type: ignore[dict-item]
    deploy("shop", {"Orders": ORDERS_QUEUE, "Billed": {"Type": "AWS::Events::Rule", "Properties": billed}})
    source()
    selected = ("--select", "MSG102,MSG704")
    assert told(scan(*selected)) == [
        f"{ACCOUNT}/{REGION}/shop MSG704 Orders warning",
        f"{ACCOUNT}/{REGION}/shop MSG102 Billed error",
    ]
    let_in(EVENTS, queue="bills")
    assert told(scan(*selected)) == [f"{ACCOUNT}/{REGION}/shop MSG704 Orders warning"]


def test_files_ask_whether_a_queue_takes_failures(aws: str, tmp_path: Path) -> None:
    """Its name says so; that another queue sends it what failed is proof."""
    named = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}}
    template = {"Resources": {"OrdersDlq": named}}
    client("sqs").create_queue(QueueName="orders")
    assert decisions(lint(tmp_path, template, "MSG701")) == ["undecided"]
    assert decisions(lint(tmp_path, template, "MSG701", "--resolve")) == ["undecided"]
    source()
    assert decisions(lint(tmp_path, template, "MSG701", "--resolve")) == []


def test_files_are_not_told_who_polls(aws: str, tmp_path: Path) -> None:
    """What polls it now may be what the template is about to change."""
    client("sqs").create_queue(QueueName="orders")
    consumer()
    assert lint(tmp_path, {"Resources": {"Orders": ORDERS_QUEUE}}, "MSG502", "--resolve") == []


def test_what_polls_nothing_is_no_consumer(aws: str) -> None:
    deploy("shop", {"Orders": ORDERS_QUEUE})
    function("worker")
    client("lambda").create_event_source_mapping(EventSourceArn=ORDERS, FunctionName="worker", Enabled=False)
    assert told(scan("--select", "MSG502")) == []


LOGGED: dict[str, Any] = {
    "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/aws/events/orders"}},
    "Placed": {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "EventPattern": {"source": ["shop"]},
            "Targets": [{"Id": "t", "Arn": {"Fn::GetAtt": ["Log", "Arn"]}}],
        },
    },
}


@pytest.mark.parametrize(
    ("action", "decided"), [("logs:DescribeLogGroups", ["error"]), ("logs:*", []), (None, ["error"])]
)
def test_policies_of_logs_are_those_of_the_account(aws: str, action: str | None, decided: list[str]) -> None:
    deploy("shop", LOGGED)
    if action is not None:
        principal = {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]}
        statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
        client("logs").put_resource_policy(policyName="a", policyDocument=policy(statement))
    assert [each.split()[-1] for each in told(scan("--select", "MSG102"))] == decided


def test_sns_may_feed_a_delivery_stream_from_another_stack(aws: str) -> None:
    appends = {"Enabled": True, "Processors": [{"Type": "AppendDelimiterToRecord"}]}
    role = f"arn:aws:iam::{ACCOUNT}:role/courier"
    lands = {"BucketARN": "arn:aws:s3:::lake", "RoleARN": role, "ProcessingConfiguration": appends}
    properties = {"DeliveryStreamName": "orders", "ExtendedS3DestinationConfiguration": lands}
    deploy("shop", {"Stream": {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": properties}})
    assert told(scan("--select", "MSG801")) == []
    topic = client("sns").create_topic(Name="orders")["TopicArn"]
    stream = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/orders"
    client("sns").subscribe(
        TopicArn=topic, Protocol="firehose", Endpoint=stream, Attributes={"SubscriptionRoleArn": role}
    )
    result = scan("--select", "MSG801")
    assert told(result) == [f"{ACCOUNT}/{REGION}/shop MSG801 Stream warning"]
    assert f"deployed: feeds the stream, subscription {topic}:" in said(result)


PIPE = {"Name": "p", "Arn": f"arn:aws:pipes:{REGION}:{ACCOUNT}:pipe/p", "Source": ORDERS, "Target": "arn:aws:x"}


@pytest.mark.parametrize(
    ("pipes", "severity"),
    [
        ([{**PIPE, "Name": "q", "Source": f"{ORDERS}-more"}, PIPE], "info"),
        ([{**PIPE, "Name": "q", "Source": f"{ORDERS}-more"}], "warning"),
        ([{**PIPE, "DesiredState": "STOPPED"}], "warning"),
        # Of another stack, and called as the queue is.
        ([{**PIPE, "Name": "orders", "Arn": PIPE["Arn"].replace("/p", "/orders")}], "info"),
    ],
)
def test_a_pipe_polls_too(
    aws: str, pipes: list[dict[str, str]], severity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = {**ORDERS_QUEUE["Properties"], "ReceiveMessageWaitTimeSeconds": 0}  # type: ignore[dict-item]
    deploy("shop", {"Orders": {"Type": "AWS::SQS::Queue", "Properties": short}})
    answering(monkeypatch, {"ListPipes": answer({"Pipes": pipes})})
    assert told(scan("--select", "MSG501")) == [f"{ACCOUNT}/{REGION}/shop MSG501 Orders {severity}"]


def test_who_uses_it_is_asked_only_where_a_rule_asks(aws: str) -> None:
    deploy("shop", {"Orders": ORDERS_QUEUE})
    calls = scan("--select", "MSG301").stderr
    assert calls == "msglint: 4 calls to AWS\n"


@pytest.mark.parametrize(("secrets", "faulty"), [([], "Orders"), (["arn:aws:secretsmanager:x"], "Free")])
def test_another_stack_gives_a_cluster_its_users_or_nobody_does(
    aws: str, monkeypatch: pytest.MonkeyPatch, secrets: list[str], faulty: str
) -> None:
    """Where it has other users, the secret is of no use."""
    arn = f"arn:aws:kafka:{REGION}:{ACCOUNT}:cluster/orders/abc-1"
    signs_in = {"Sasl": {"Scram": {"Enabled": True}}}
    cluster = {"Type": "AWS::MSK::Cluster", "Properties": {"ClusterName": "orders", "ClientAuthentication": signs_in}}
    exported = {"Arn": {"Value": {"Ref": "Orders"}, "Export": {"Name": "orders"}}}
    deploy("shop", {"Q": ORDERS_QUEUE})
    free = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "AmazonMSK_orders"}}
    body = escape(json.dumps({"Resources": {"Orders": cluster, "Free": free}, "Outputs": exported}))
    written = f"<LogicalResourceId>Orders</LogicalResourceId><PhysicalResourceId>{arn}</PhysicalResourceId>"
    member = f"<member>{written}<ResourceType>AWS::MSK::Cluster</ResourceType></member>"
    there = {"clusterType": "PROVISIONED", "clusterArn": arn, "clusterName": "orders"}
    takes = {"clientAuthentication": {"sasl": {"scram": {"enabled": True}}}}
    answers = {
        "GetTemplate": answer_in_xml("GetTemplate", f"<TemplateBody>{body}</TemplateBody>"),
        "ListStackResources": answer_in_xml(
            "ListStackResources", f"<StackResourceSummaries>{member}</StackResourceSummaries>"
        ),
        "DescribeClusterV2": answer({"clusterInfo": {**there, "provisioned": takes}}),
        "ListScramSecrets": answer({"secretArnList": secrets}),
    }
    answering(monkeypatch, answers)
    assert told(scan("--select", "MSG410")) == [f"{ACCOUNT}/{REGION}/shop MSG410 {faulty} warning"]


def test_what_is_denied_is_no_answer(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy("shop", SHOP, Outputs=EXPORTED)
    let_in(EVENTS)
    answering(monkeypatch, {"GetQueueAttributes": refused("AccessDeniedException", xml=False)})
    result = scan("--select", "MSG102")
    assert told(result) == [f"{ACCOUNT}/{REGION}/shop MSG102 Placed undecided"]
    assert "sqs:GetQueueAttributes is not allowed" in said(result)
