"""What rules about grants must not say, in templates that real users wrote."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

import policies
from msglint.engine import lint_text
from msglint.finding import Repair
from msglint.iam.sender import touches
from msglint.model.text import Reference, Text
from msglint.options import Options
from msglint.verdict import Doubt

QUEUE: Mapping[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}}
TOPIC: Mapping[str, Any] = {"Type": "AWS::SNS::Topic"}
SUBSCRIPTION: Mapping[str, Any] = {
    "Type": "AWS::SNS::Subscription",
    "Properties": {"TopicArn": {"Ref": "Topic"}, "Protocol": "sqs", "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]}},
}
ALARM: Mapping[str, Any] = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": [{"Ref": "Topic"}]}}


def said(resources: Mapping[str, Any], *codes: str, **sections: Any) -> dict[str, str]:
    """Lint a template with some rules: the resource of each finding by its code, `?` behind what is undecided."""
    text = json.dumps({"Resources": resources, **sections}).encode()
    report = lint_text("t.json", text, Options(select=codes))
    found = {each.code: str(each.resource) for each in report.findings}
    return found | {each.code: f"{each.resource}?" for each in report.undecided}


def grant(condition: Mapping[str, Any], resource: Any = None, service: str = "sns.amazonaws.com") -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["sqs:GetQueueAttributes", "sqs:SendMessage"],
        "Resource": resource or {"Fn::GetAtt": ["Queue", "Arn"]},
        **({"Condition": condition} if condition else {}),
    }


def policy(*statements: Any) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": document}}


OWN = {"ArnEquals": {"aws:SourceArn": {"Ref": "Topic"}}}
EDGE: Mapping[str, Any] = {"Queue": QUEUE, "Topic": TOPIC, "Subscription": SUBSCRIPTION}


def test_an_inline_policy_is_a_policy() -> None:
    document = {"Statement": grant(OWN)}
    inline = {
        "Type": "AWS::SQS::QueueInlinePolicy",
        "Properties": {"Queue": {"Ref": "Queue"}, "PolicyDocument": document},
    }
    assert said(EDGE, "MSG102") == {"MSG102": "Subscription"}
    assert said({**EDGE, "Policy": inline}, "MSG102") == {}
    topic = {"Statement": grant({}, {"Ref": "Topic"}, "cloudwatch.amazonaws.com") | {"Action": "sns:Publish"}}
    inline = {
        "Type": "AWS::SNS::TopicInlinePolicy",
        "Properties": {"TopicArn": {"Ref": "Topic"}, "PolicyDocument": topic},
    }
    assert said({"Topic": TOPIC, "Alarm": ALARM, "Policy": inline}, "MSG102", "MSG201") == {"MSG201": "Policy"}


@pytest.mark.parametrize(
    "more",
    [
        {"Transform": ["AWS::Serverless-2016-10-31", "GrantsForQueues"]},
        {"Resources": {"Setter": {"Type": "Custom::Policy", "Properties": {"Url": {"Ref": "Queue"}}}}},
        {
            "Resources": {
                "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://shop/policies.yaml"}}
            }
        },
        {
            "Resources": {
                "Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": {"Q": {"Ref": "Queue"}}}}
            }
        },
        {"Outputs": {"Url": {"Value": {"Ref": "Queue"}, "Export": {"Name": "orders-url"}}}},
    ],
    ids=["macro", "custom-resource", "include", "nested-stack", "export"],
)
def test_a_policy_may_come_from_where_nobody_sees_it(more: Mapping[str, Any]) -> None:
    sections = {name: part for name, part in more.items() if name != "Resources"}
    resources = {**EDGE, **more.get("Resources", {})}
    assert said(resources, "MSG102", **sections) == {"MSG102": "Subscription?"}


def test_sam_alone_writes_no_policy_for_what_is_declared() -> None:
    assert said(EDGE, "MSG102", Transform="AWS::Serverless-2016-10-31") == {"MSG102": "Subscription"}


@pytest.mark.parametrize("value", [{"Fn::GetAtt": ["Function", "Arn"]}, {"Ref": "Function"}], ids=["arn", "name"])
def test_a_function_that_is_exported_may_be_permitted_elsewhere(value: Any) -> None:
    function = {"Type": "AWS::Lambda::Function"}
    edge = {**SUBSCRIPTION["Properties"], "Protocol": "lambda", "Endpoint": {"Fn::GetAtt": ["Function", "Arn"]}}
    resources = {"Topic": TOPIC, "Function": function, "Subscription": {**SUBSCRIPTION, "Properties": edge}}
    assert said(resources, "MSG102") == {"MSG102": "Subscription"}
    exported = {"Function": {"Value": value, "Export": {"Name": "f"}}}
    assert said(resources, "MSG102", Outputs=exported) == {"MSG102": "Subscription?"}


def test_an_output_of_a_nested_stack_is_undecided() -> None:
    edge = {**SUBSCRIPTION["Properties"], "Endpoint": {"Fn::GetAtt": ["Nested", "Outputs.QueueArn"]}}
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://shop/queue.yaml"}}
    resources = {"Topic": TOPIC, "Nested": nested, "Subscription": {**SUBSCRIPTION, "Properties": edge}}
    assert said(resources, "MSG102") == {"MSG102": "Subscription?"}


@pytest.mark.parametrize(
    ("condition", "dead"),
    [
        ({"ForAnyValue:ArnEquals": {"aws:SourceArn": {"Ref": "Topic"}}}, False),
        ({"ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:aws:sns:*:${AWS::AccountId}:${Topic.TopicName}"}}}, False),
        ({"ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:aws-cn:sns:*:*:orders"}}}, False),
        ({"StringEquals": {"aws:SourceArn": "arn:aws:sns:*:*:orders"}}, True),
        ({"ForAnyValue:ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}}, True),
    ],
)
def test_a_condition_is_dead_only_where_no_sender_meets_it(condition: Mapping[str, Any], dead: bool) -> None:
    resources = {"Queue": QUEUE, "Topic": TOPIC, "Policy": policy(grant(condition))}
    assert said(resources, "MSG108") == ({"MSG108": "Policy"} if dead else {})


def test_a_statement_about_another_queue_grants_nothing() -> None:
    resources = {"Queue": QUEUE, "Policy": policy(grant({}, "arn:aws:sqs:eu-west-1:111122223333:billing"))}
    assert said(resources, "MSG110", "MSG201", "MSG204") == {"MSG110": "Policy"}


def test_one_finding_names_all_services_and_the_action_that_matters() -> None:
    statement = grant({}) | {"Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}}
    text = json.dumps({"Resources": {"Queue": QUEUE, "Policy": policy(statement)}}).encode()
    (finding,) = lint_text("t.json", text, Options(select=("MSG201",))).findings
    assert finding.message.startswith(
        "sns.amazonaws.com and events.amazonaws.com may call sqs:SendMessage on this queue"
    )
    assert finding.fix is None


def test_a_rule_with_a_role_may_deliver_through_it() -> None:
    target = {"Id": "orders", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}
    rule = {"Type": "AWS::Events::Rule", "Properties": {"Targets": [target]}}
    assert said({"Queue": QUEUE, "Rule": rule}, "MSG102") == {"MSG102": "Rule"}
    with_role = {**rule, "Properties": {"RoleArn": "arn:aws:iam::111122223333:role/r", "Targets": [target]}}
    assert said({"Queue": QUEUE, "Rule": with_role}, "MSG102") == {}


def rule_with_dead_letters(**more: Any) -> dict[str, Any]:
    target = {"Id": "t", "Arn": {"Ref": "Topic"}, "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}}
    return {"Type": "AWS::Events::Rule", "Properties": {"Targets": [target]}, **more}


def test_one_new_policy_lets_all_sources_in() -> None:
    """A queue has one policy: the repairs of all that send to it are the same, and any of them repairs all."""
    resources = {"Queue": QUEUE, "Topic": TOPIC, "B": rule_with_dead_letters(), "A": rule_with_dead_letters()}
    text = json.dumps({"Resources": resources}).encode()
    findings = lint_text("t.json", text, Options(select=("MSG101",))).findings
    snippets = {finding.fix.snippet for finding in findings if finding.fix is not None}
    assert len(findings) == 2
    assert len(snippets) == 1
    assert said({**resources, **json.loads(snippets.pop())}, "MSG101") == {}


def test_a_repair_looks_into_no_more_conditions() -> None:
    """Whether another rule exists makes no second deployment of the question about this one."""
    conditions = {"Live": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
    resources = {"Queue": QUEUE, "Topic": TOPIC, "A": rule_with_dead_letters()}
    resources["B"] = rule_with_dead_letters(Condition="Live")
    text = json.dumps({"Resources": resources, "Conditions": conditions}).encode()
    findings = lint_text("t.json", text, Options(select=("MSG101",))).findings
    assert {finding.resource: finding.scenario for finding in findings} == {"A": None, "B": None}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::Events::Rule", {"Targets": [{"Id": "t", "Arn": {"Ref": "Given"}, "EcsParameters": {"TaskCount": 1}}]}),
        ("AWS::Pipes::Pipe", {"Target": {"Ref": "Given"}, "TargetParameters": {"HttpParameters": {"x": "y"}}}),
    ],
)
def test_the_parameters_of_a_target_tell_that_it_is_no_queue(kind: str, properties: Mapping[str, Any]) -> None:
    given = {"Parameters": {"Given": {"Type": "String"}}}
    owner = {"Type": kind, "Properties": properties}
    assert said({"Owner": owner}, "MSG601", "MSG602", **given) == {}
    properties = json.loads(json.dumps(properties).replace("EcsP", "SqsP").replace("HttpP", "SqsQueueP"))
    assert "MSG601" in said({"Owner": {**owner, "Properties": properties}}, "MSG601", "MSG602", **given)


@pytest.mark.parametrize(
    ("more", "repaired"),
    [
        ({}, True),
        ({"Alarm": ALARM}, False),
        ({"Mail": {**SUBSCRIPTION, "Properties": {**SUBSCRIPTION["Properties"], "Protocol": "email"}}}, False),
    ],
)
def test_a_topic_is_made_fifo_only_where_all_that_uses_it_could(more: Mapping[str, Any], repaired: bool) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}}
    text = json.dumps({"Resources": {**EDGE, "Queue": queue, **more}}).encode()
    (found,) = lint_text("t.json", text, Options(select=("MSG603",))).findings
    assert (found.fix is not None) is repaired


def repairs(resources: Mapping[str, Any], code: str) -> list[Repair | None]:
    text = json.dumps({"Resources": resources}).encode()
    return [each.fix for each in lint_text("t.json", text, Options(select=(code,))).findings]


ELSEWHERE = "arn:aws:sqs:eu-west-1:111122223333:billing"
WILD = {"StringEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:*"}}
OTHER = {"ArnEquals": {"aws:SourceArn": {"Ref": "Other"}}}
BOTH = {"Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}}


@pytest.mark.parametrize(
    "statement",
    [
        grant(OTHER),
        grant(WILD) | BOTH,
        grant(WILD, [{"Fn::GetAtt": ["Queue", "Arn"]}, ELSEWHERE]),
        grant(WILD, "*"),
        grant({}, ELSEWHERE),
        grant(WILD) | {"Principal": "*"},
    ],
    ids=["another-topic", "two-services", "two-queues", "all-queues", "another-queue", "everybody"],
)
def test_a_statement_that_is_for_others_too_stays(statement: dict[str, Any]) -> None:
    resources = {**EDGE, "Other": TOPIC, "Policy": policy(statement)}
    (fix,) = repairs(resources, "MSG102")
    assert fix is not None
    assert fix.title == "Add this statement to the policy"
    repaired = {**resources, "Policy": policy(statement, json.loads(fix.snippet))}
    assert said(repaired, "MSG102") == {}


def test_what_is_put_in_the_place_of_a_statement_lets_all_in_that_it_was_for() -> None:
    second = {**SUBSCRIPTION, "Properties": {**SUBSCRIPTION["Properties"], "TopicArn": {"Ref": "Other"}}}
    resources = {**EDGE, "Other": TOPIC, "Second": second, "Policy": policy(grant(WILD))}
    fixes = repairs(resources, "MSG102")
    assert len(fixes) == 2
    for fix in fixes:
        assert fix is not None
        assert fix.title == "Put this in the place of the statement that fails"
        assert said({**resources, "Policy": policy(json.loads(fix.snippet))}, "MSG102") == {}


def test_each_permission_is_a_statement_of_its_own() -> None:
    function = {"Type": "AWS::Lambda::Function"}
    to = {**SUBSCRIPTION["Properties"], "Protocol": "lambda", "Endpoint": {"Fn::GetAtt": ["Function", "Arn"]}}
    permission = {"FunctionName": {"Ref": "Function"}, "Action": "lambda:InvokeFunction"}
    permission |= {"Principal": "sns.amazonaws.com", "SourceArn": {"Ref": "Other"}}
    resources = {
        "Topic": TOPIC,
        "Other": TOPIC,
        "Function": function,
        "Subscription": {**SUBSCRIPTION, "Properties": to},
    }
    resources["Permission"] = {"Type": "AWS::Lambda::Permission", "Properties": permission}
    (fix,) = repairs(resources, "MSG102")
    assert fix is not None
    assert fix.title == "Let sns.amazonaws.com in"
    assert said({**resources, **json.loads(fix.snippet)}, "MSG102") == {}


def test_a_narrower_statement_keeps_all_who_send() -> None:
    second = {**SUBSCRIPTION, "Properties": {**SUBSCRIPTION["Properties"], "TopicArn": {"Ref": "Other"}}}
    resources = {**EDGE, "Other": TOPIC, "Second": second, "Policy": policy(grant({}))}
    (fix,) = repairs(resources, "MSG201")
    assert fix is not None
    assert said({**resources, "Policy": policy(json.loads(fix.snippet))}, "MSG102", "MSG201") == {}
    shared = json.loads(json.dumps(resources).replace('"Queues": [', '"Queues": [{"Ref": "More"}, '))
    assert repairs({**shared, "More": {"Type": "AWS::SQS::Queue"}}, "MSG201") == [None]


OPEN_TO_ALL = {
    "any source": 'StringLike: {aws:SourceArn: "*"}',
    "any source, as an ARN": 'ArnLike: {aws:SourceArn: "arn:*:*:*:*:*"}',
    "any source of a service that may be any": 'ArnLike: {aws:SourceArn: "arn:aws:s*:*:*:*"}',
    "any topic": 'StringLike: {aws:SourceArn: "arn:aws:sns:*"}',
    "any account": 'StringLike: {aws:SourceAccount: "*"}',
}


@pytest.mark.parametrize("condition", OPEN_TO_ALL.values(), ids=list(OPEN_TO_ALL))
def test_everybody_with_a_condition_that_each_service_meets_is_every_account(condition: str) -> None:
    assert exposed(condition) == {("MSG201", True)}


@pytest.mark.parametrize(
    "condition",
    [
        "StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}",
        'ArnLike: {aws:SourceArn: !Sub "arn:aws:*:*:${AWS::AccountId}:*"}',
        'StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}, StringLike: {aws:SourceArn: "*"}',
        'StringEquals: {aws:SourceArn: "*"}',
    ],
)
def test_everybody_with_a_condition_on_the_own_account_is_nobody_else(condition: str) -> None:
    assert exposed(condition) == set()


def exposed(condition: str) -> set[tuple[str, bool]]:
    """Give what is said of a queue that lets everybody send who meets a condition."""
    grant = (
        f'Effect: Allow, Principal: "*", Action: sqs:SendMessage, Resource: !GetAtt Q.Arn, Condition: {{{condition}}}'
    )
    template = f"""
Resources:
  Q: {{Type: AWS::SQS::Queue}}
  P: {{Type: AWS::SQS::QueuePolicy, Properties: {{Queues: [!Ref Q], PolicyDocument: {{Statement: [{{{grant}}}]}}}}}}
"""
    report = lint_text("t.yaml", template.encode(), Options(select=("MSG20",)))
    return {(finding.code, finding.decided) for finding in (*report.findings, *report.undecided)}


# What a service can say of itself

WHERE = "eu-west-1:111122223333"
SAYS = {
    "sns.amazonaws.com": f"arn:aws:sns:{WHERE}:news",
    "events.amazonaws.com": f"arn:aws:events:{WHERE}:rule/news",
    "s3.amazonaws.com": "arn:aws:s3:::uploads",
    "cloudwatch.amazonaws.com": f"arn:aws:cloudwatch:{WHERE}:alarm:errors",
    "events.rds.amazonaws.com": f"arn:aws:rds:{WHERE}:db:orders",
    "cloudtrail.amazonaws.com": f"arn:aws:cloudtrail:{WHERE}:trail/audit",
    "sms-voice.amazonaws.com": f"arn:aws:sms-voice:{WHERE}:configuration-set/shop",
    "scheduler.amazonaws.com": f"arn:aws:scheduler:{WHERE}:schedule-group/night",
}
NEVER = {
    "sns.amazonaws.com": [f"arn:aws:sns:{WHERE}:news/old", "arn:aws:sns:::news"],
    "events.amazonaws.com": ["arn:aws:events:::rule/news"],
    "s3.amazonaws.com": [f"arn:aws:s3:{WHERE}:uploads", "arn:aws:s3:::uploads/in"],
    "cloudwatch.amazonaws.com": [f"arn:aws:cloudwatch:{WHERE}:errors", "arn:aws:cloudwatch:::alarm:errors"],
    "events.rds.amazonaws.com": ["arn:aws:rds:::db:orders"],
    "cloudtrail.amazonaws.com": [f"arn:aws:cloudtrail:{WHERE}:audit", "arn:aws:cloudtrail:::trail/audit"],
    "sms-voice.amazonaws.com": [f"arn:aws:sms-voice:{WHERE}:shop", "arn:aws:sms-voice:::configuration-set/shop"],
    "scheduler.amazonaws.com": [
        f"arn:aws:scheduler:{WHERE}:schedule/night/report",
        "arn:aws:scheduler:::schedule-group/night",
    ],
}


def never_met(condition: Mapping[str, Any], service: str, **more: Any) -> bool:
    """Say whether a grant for a service in the policy of a queue is said to let nothing through."""
    resources = {"Queue": QUEUE, "Policy": policy(grant(condition, service=service)), **more}
    found = said(resources, "MSG108", Parameters={"Given": {"Type": "String"}})
    assert found.keys() <= {"MSG108"}
    return bool(found)


@pytest.mark.parametrize("service", SAYS)
def test_the_form_of_what_each_service_names_as_its_source(service: str) -> None:
    for operator in ("ArnEquals", "ArnLikeIfExists", "StringEquals", "ForAnyValue:StringLike", "StringEqualsIfExists"):
        for arn in (SAYS[service], SAYS[service].replace(":aws:", ":aws-cn:")):
            assert not never_met({operator: {"aws:SourceArn": arn}}, service), arn
        others = [arn for other, arn in SAYS.items() if other != service]
        for arn in (*others, *NEVER[service], f"X{SAYS[service]}"):
            assert never_met({operator: {"AWS:SourceArn": arn}}, service), arn
        assert never_met({operator: {"aws:SourceArn": others}}, service)
        for piece, never in ((":aws:", ":AWS:"), ("eu-west-1", "EU-WEST-1"), ("111122223333", "shop")):
            if piece in SAYS[service]:
                assert never_met({operator: {"aws:SourceArn": SAYS[service].replace(piece, never)}}, service), never
        # Nothing is called so.
        literal = operator.startswith("StringEquals")
        assert never_met({operator: {"aws:SourceArn": f"{SAYS[service]}-*"}}, service) is literal
        assert not never_met({operator: {"aws:SourceArn": [*others, SAYS[service]]}}, service)
        assert not never_met({operator: {"aws:SourceArn": {"Ref": "Given"}}}, service)


@pytest.mark.parametrize("service", [*SAYS, "iot.amazonaws.com"])
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:SourceAccount": "111122223333"}}, False),
        ({"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}, False),
        ({"StringEquals": {"aws:SourceAccount": "shop"}}, True),
        ({"StringEquals": {"aws:SourceAccount": "*"}}, True),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "1111*"}}, True),
        ({"StringEquals": {"aws:SourceAccount": ["*", "1111????3333"]}}, True),
        ({"StringEquals": {"aws:SourceAccount": ["*", "111122223333"]}}, False),
        ({"StringEquals": {"aws:SourceAccount": ["*", {"Ref": "Given"}]}}, False),
        ({"StringLike": {"aws:SourceAccount": "*"}}, False),
        ({"StringEquals": {"aws:SourceOrgID": "o-*"}}, True),
        ({"StringEquals": {"aws:SourceOrgID": "o-?1b2c3d4e5"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:SourceOrgID": "o-*"}}, True),
        ({"StringLike": {"aws:SourceOrgID": "o-*"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, False),
        ({"Bool": {"aws:SecureTransport": "false"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceAccount": "shop"}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": []}}, False),
        ({"ForAllValues:StringEquals": {"aws:SourceOrgID": []}}, False),
        # Where the service sends no such key, these hold.
        ({"StringEqualsIfExists": {"aws:SourceOrgID": "o-*"}}, False),
        ({"ForAllValues:StringEquals": {"aws:SourceOrgID": "o-*"}}, False),
        ({"ForAllValues:StringEquals": {"aws:SourceAccount": "*"}}, True),
    ],
)
def test_what_no_service_says_of_itself(service: str, condition: Mapping[str, Any], expected: bool) -> None:
    assert never_met(condition, service) is expected


def test_who_calls_is_the_service_itself() -> None:
    for service in ("iot.amazonaws.com", "sns.amazonaws.com"):
        called = {"StringEquals": {"aws:PrincipalServiceName": service}}
        assert not never_met(called, service)
        assert never_met({"StringEquals": {"aws:PrincipalServiceName": "s3.amazonaws.com"}}, service)
    # Of a service whose sources are not known nothing is said of them.
    assert not never_met({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::uploads"}}, "iot.amazonaws.com")


def source(kind: str, arn: Any = None, **properties: Any) -> tuple[dict[str, Any], Any]:
    return {"Type": kind, "Properties": properties}, arn or {"Fn::GetAtt": ["Source", "Arn"]}


SOURCES = {
    "sns.amazonaws.com": [source("AWS::SNS::Topic", {"Ref": "Source"})],
    "events.amazonaws.com": [source("AWS::Events::Rule"), source("AWS::EventsV2::Subscriber")],
    "s3.amazonaws.com": [source("AWS::S3::Bucket")],
    "cloudwatch.amazonaws.com": [source("AWS::CloudWatch::Alarm"), source("AWS::CloudWatch::CompositeAlarm")],
    "cloudtrail.amazonaws.com": [source("AWS::CloudTrail::Trail")],
    "sms-voice.amazonaws.com": [source("AWS::SMSVOICE::ConfigurationSet")],
    "scheduler.amazonaws.com": [source("AWS::Scheduler::ScheduleGroup")],
}
"""Resources whose ARNs a service sends."""


@pytest.mark.parametrize("service", SOURCES)
@pytest.mark.parametrize("operator", ["ArnEquals", "ArnLike", "StringEquals", "StringLike", "StringEqualsIfExists"])
def test_which_resources_of_the_run_a_service_sends_for(service: str, operator: str) -> None:
    queue = {"Fn::GetAtt": ["Queue", "Arn"]}
    for own, arn in SOURCES[service]:
        assert not never_met({operator: {"aws:SourceArn": arn}}, service, Source=own)
        both = {operator: {"aws:SourceArn": arn}, "Bool": {"aws:SecureTransport": "false"}}
        assert never_met(both, service, Source=own)
        assert not never_met({operator: {"aws:SourceArn": [queue, arn]}}, service, Source=own)
        for other, sources in SOURCES.items():
            if other != service:
                (strange, name), *_ = sources
                assert never_met({operator: {"aws:SourceArn": name}}, service, Source=strange), other
    # Nothing is known of how these ARNs are written, only whose they are.
    for kind in ("AWS::IoT::Thing", "AWS::Pinpoint::App"):
        arn = {"Fn::GetAtt": ["Source", "Arn"]}
        assert never_met({operator: {"aws:SourceArn": arn}}, service, Source={"Type": kind}), kind
    assert never_met({operator: {"AWS:SourceArn": [queue, queue]}}, service)
    # What only looks like one of them is no resource of the run.
    assert not never_met({operator: {"aws:SourceArn": [queue, SAYS[service]]}}, service)
    assert not never_met({operator: {"aws:SourceArn": [queue, {"Ref": "Given"}]}}, service)


def test_a_resource_is_ruled_out_where_a_service_sends_another() -> None:
    queue = {"Fn::GetAtt": ["Queue", "Arn"]}
    for operator in ("ArnNotEquals", "StringNotLike"):
        assert not never_met({operator: {"aws:SourceArn": queue}}, "sns.amazonaws.com")
    # Databases send for many kinds of resources.
    cluster = {"Type": "AWS::RDS::DBCluster"}
    arn = {"Fn::GetAtt": ["Source", "DBClusterArn"]}
    assert not never_met({"ArnEquals": {"aws:SourceArn": arn}}, "events.rds.amazonaws.com", Source=cluster)


@pytest.mark.parametrize(
    ("resource", "expected", "why"),
    [
        ({"Resource": "arn:aws:sqs:*:*:orders"}, True, None),
        ({"Resource": ["arn:aws:sqs:*:*:billing", "*"]}, True, None),
        ({"Resource": "arn:aws:sqs:*:*:billing"}, False, None),
        ({"NotResource": "arn:aws:sqs:*:*:billing"}, True, None),
        ({"NotResource": ["arn:aws:sqs:*:*:billing", "*"]}, False, None),
        (
            {"Resource": "arn:aws:sqs:*:*:${aws:username}"},
            None,
            "what the variables in arn:aws:sqs:*:*:${aws:username} stand for is not known",
        ),
        ({}, None, "the statement names no resource"),
    ],
)
def test_what_a_statement_is_about(resource: dict[str, Any], expected: bool | None, why: str | None) -> None:
    whole = policies.policy({"Principal": "*", "Action": "sqs:SendMessage", **resource})
    verdict = touches(whole, whole.statements[0], Text.literal("arn:aws:sqs:eu-west-1:111122223333:orders"))
    assert verdict.truth is expected
    assert [reason.text for reason in verdict.reasons] == ([why] if why is not None else [])
    assert all(reason.at == policies.AT for reason in verdict.reasons)
    assert verdict.doubt is Doubt.NOT_UNDERSTOOD or resource


def test_what_a_plan_only_names_is_not_ruled_out_for_certain() -> None:
    orders = Text(("arn:aws:sqs:eu-west-1:111122223333:orders",), Reference(("plan", "orders"), "arn"))
    for name, expected in (("orders", None), ("billing", True)):
        whole = policies.policy({"Principal": "*", "Action": "*", "NotResource": policies.mentions(name)})
        assert touches(whole, whole.statements[0], orders).truth is expected


NOBODY = {"StringEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:orders-*"}}
EVENTS = "events.amazonaws.com"
NEVER_OF_EVENTS = {"StringEquals": {"aws:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/orders-*"}}


@pytest.mark.parametrize(
    ("statements", "second", "expected"),
    [
        # The lost delivery is laid to it.
        ([grant(NOBODY)], [], {}),
        ([grant(NOBODY), grant(OTHER)], [], {}),
        # Nothing is lost.
        ([grant(NOBODY), grant(OWN)], [], {"MSG108": "Policy"}),
        ([grant(NOBODY)], [grant(OWN)], {"MSG108": "Policy"}),
        # It is laid to another statement, which may be the first of its policy, too.
        ([grant(NEVER_OF_EVENTS, service=EVENTS), grant(OTHER)], [], {"MSG108": "Policy"}),
        ([grant(NEVER_OF_EVENTS, service=EVENTS)], [grant(OTHER)], {"MSG108": "Policy"}),
    ],
)
def test_a_grant_is_not_named_twice(statements: list[Any], second: list[Any], expected: dict[str, str]) -> None:
    resources = {
        **EDGE,
        "Other": TOPIC,
        "Policy": policy(*statements),
        **({"Second": policy(*second)} if second else {}),
    }
    assert said(resources, "MSG108") == expected
