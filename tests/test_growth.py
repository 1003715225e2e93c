"""What is judged grows with the input and no faster: twice as much of something takes about twice as many steps.

A step is a call of a function, so that nothing depends on the machine.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import make_loads
from checkout import git
from command import run
from msglint.engine import lint, lint_text
from msglint.model.policy import MOST_STATEMENTS
from msglint.options import Options
from msglint.readers.cloudformation import exports
from msglint.reports.formats import FORMATS, render
from msglint.reports.interface import Manner
from msglint.verdict import Doubt

MOST = 2.3
FEW = 25

KEYS = 'provider "aws" {{ region = "eu-central-1" }}\nlocals {{\n  keys = toset([for n in range({}) : "k${{n}}"])\n}}\n'

QUEUES = """
resource "aws_sqs_queue" "dead" {
  for_each = local.keys
  name     = "dead-${each.key}"
}
resource "aws_sqs_queue" "work" {
  for_each       = { for key, queue in aws_sqs_queue.dead : key => queue.arn }
  name           = "work-${each.key}"
  redrive_policy = jsonencode({ deadLetterTargetArn = each.value, maxReceiveCount = 3 })
}
resource "aws_sns_topic" "news" {
  for_each = local.keys
  name     = "news-${each.key}"
}
resource "aws_sns_topic_subscription" "news" {
  for_each  = aws_sqs_queue.work
  topic_arn = aws_sns_topic.news[each.key].arn
  protocol  = "sqs"
  endpoint  = each.value.arn
}
resource "aws_sqs_queue_policy" "work" {
  for_each  = aws_sqs_queue.work
  queue_url = each.value.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = each.value.arn
    }]
  })
}
resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  for_each  = aws_sqs_queue.dead
  queue_url = each.value.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.work[each.key].arn]
  })
}
"""
FUNCTIONS = """
resource "aws_sqs_queue" "work" {
  for_each = local.keys
  name     = "work-${each.key}"
}
resource "aws_iam_role" "work" {
  for_each           = local.keys
  name               = "work-${each.key}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "work" {
  for_each = aws_iam_role.work
  role     = each.value.id
  policy   = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:ReceiveMessage"], Resource = aws_sqs_queue.work[each.key].arn }]
  })
}
resource "aws_lambda_function" "work" {
  for_each      = local.keys
  function_name = "work-${each.key}"
  role          = aws_iam_role.work[each.key].arn
  runtime       = "python3.13"
  handler       = "work.handle"
  filename      = "work.zip"
}
resource "aws_lambda_event_source_mapping" "work" {
  for_each         = aws_sqs_queue.work
  event_source_arn = each.value.arn
  function_name    = aws_lambda_function.work[each.key].arn
}
resource "aws_cloudwatch_event_rule" "tick" {
  for_each            = local.keys
  name                = "tick-${each.key}"
  schedule_expression = "rate(1 hour)"
}
resource "aws_cloudwatch_event_target" "tick" {
  for_each = aws_cloudwatch_event_rule.tick
  rule     = each.value.name
  arn      = aws_lambda_function.work[each.key].arn
}
resource "aws_lambda_permission" "tick" {
  for_each      = aws_cloudwatch_event_rule.tick
  function_name = aws_lambda_function.work[each.key].function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = each.value.arn
}
"""
SECRETS = """
resource "aws_secretsmanager_secret" "user" {
  for_each = local.keys
  name     = "AmazonMSK_${each.key}"
}
resource "aws_secretsmanager_secret_version" "user" {
  for_each      = aws_secretsmanager_secret.user
  secret_id     = each.value.id
  secret_string = jsonencode({ username = "user", password = "one of ${each.key}" })
}
resource "aws_msk_cluster" "log" {
  for_each               = local.keys
  cluster_name           = "log-${each.key}"
  kafka_version          = "3.8.x"
  number_of_broker_nodes = 3
  client_authentication {
    sasl {
      scram = true
    }
  }
}
resource "aws_msk_single_scram_secret_association" "log" {
  for_each    = local.keys
  cluster_arn = aws_msk_cluster.log[each.key].arn
  secret_arn  = aws_secretsmanager_secret.user[each.key].arn
}
"""
CONFIGURATIONS = {"queues": QUEUES, "functions": FUNCTIONS, "secrets": SECRETS}


def steps(run: Callable[[], object]) -> int:
    """Count the functions that are called."""
    called = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal called
        called += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(before)
    return called


def of_keys(directory: Path, configuration: str, number: int) -> int:
    """Count the steps that a configuration takes with so many keys."""
    file = directory / str(number) / "main.tf"
    file.parent.mkdir()
    file.write_text(KEYS.format(number) + configuration, encoding="utf-8")
    return steps(lambda: lint([str(file)], Options()))


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_twice_as_many_keys_take_twice_as_many_steps(name: str, tmp_path: Path) -> None:
    of_keys(tmp_path, CONFIGURATIONS[name], 1)  # what is imported is no part of it
    assert of_keys(tmp_path, CONFIGURATIONS[name], 2 * FEW) < MOST * of_keys(tmp_path, CONFIGURATIONS[name], FEW)


def test_twice_as_many_systems_in_a_plan_take_twice_as_many_steps() -> None:
    def of_systems(number: int) -> int:
        text = make_loads.plan(number).encode()
        return steps(lambda: lint_text("plan.json", text, Options()))

    of_systems(1)
    assert of_systems(20) < MOST * of_systems(10)


@pytest.mark.parametrize("kind", make_loads.SHARES)
def test_twice_as_many_systems_in_a_template_take_twice_as_many_steps(kind: str) -> None:
    def of_systems(number: int) -> int:
        text = make_loads.repeated(make_loads.source(kind), number).encode()
        return steps(lambda: lint_text("template", text, Options()))

    of_systems(1)
    assert of_systems(20) < MOST * of_systems(10)


def test_a_template_that_no_rule_asks_about_costs_a_search_however_large_it_is(tmp_path: Path) -> None:
    def of_systems(number: int) -> int:
        folder = tmp_path / str(number)
        folder.mkdir()
        text = make_loads.repeated(make_loads.source("storage"), number)
        (folder / "template.yaml").write_text(text, encoding="utf-8")
        return steps(lambda: lint([str(folder)], Options()))

    of_systems(1)
    assert of_systems(20) == of_systems(10)


def test_twice_as_many_suppressions_take_twice_as_many_steps(tmp_path: Path) -> None:
    def queues(number: int) -> str:
        body = "# msglint: ignore[MSG501] it is long enough\n  name = "
        return "".join(f'resource "aws_sqs_queue" "q{each}" {{\n  {body}"q{each}"\n}}\n' for each in range(number))

    of_keys(tmp_path, queues(1), 1)
    assert of_keys(tmp_path, queues(8 * FEW), 3) < MOST * of_keys(tmp_path, queues(4 * FEW), 2)


def of_text(template: str) -> int:
    """Count the steps that a template takes."""
    return steps(lambda: lint_text("t.yaml", template.encode(), Options()))


def under_conditions(number: int, resources: str) -> str:
    """Give a template with so many times the same resources, each time under a condition of its own."""
    parameters = "".join(f"  P{each}: {{Type: String}}\n" for each in range(number))
    conditions = "".join(f"  C{each}: !Equals [!Ref P{each}, 'yes']\n" for each in range(number))
    made = "".join(resources.replace("%", str(each)) for each in range(number))
    return f"Parameters:\n{parameters}Conditions:\n{conditions}Resources:\n{made}"


CONDITIONAL = """
  Queue%: {Type: AWS::SQS::Queue, Condition: C%, Properties: {QueueName: queue%}}
  Topic%: {Type: AWS::SNS::Topic, Properties: {TopicName: topic%}}
  Subscription%:
    Type: AWS::SNS::Subscription
    Condition: C%
    Properties: {TopicArn: !Ref Topic%, Protocol: sqs, Endpoint: !GetAtt Queue%.Arn}
  Policy%:
    Type: AWS::SQS::QueuePolicy
    Condition: C%
    Properties:
      Queues: [!Ref Queue%]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Queue%.Arn
            Condition: {ArnEquals: {aws:SourceArn: !Ref Topic%}}
  Function%:
    Type: AWS::Lambda::Function
    Condition: C%
    Properties: {Runtime: python3.13, Handler: index.handle, Code: {ZipFile: pass}, Role: !GetAtt Role%.Arn}
  Role%:
    Type: AWS::IAM::Role
    Condition: C%
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: ["sqs:*"], Resource: !GetAtt Queue%.Arn}
  Mapping%:
    Type: AWS::Lambda::EventSourceMapping
    Condition: C%
    Properties: {EventSourceArn: !GetAtt Queue%.Arn, FunctionName: !Ref Function%}
  Failures%:
    Type: AWS::Lambda::EventInvokeConfig
    Condition: C%
    Properties: {FunctionName: !Ref Function%, Qualifier: $LATEST, MaximumRetryAttempts: 0}
"""


def test_twice_as_many_independent_conditions_take_twice_as_many_steps() -> None:
    of_text(under_conditions(1, CONDITIONAL))
    # Each scenario looks once through the policies, for those that may be anything's.
    some_more = 1.1 * MOST
    assert of_text(under_conditions(26, CONDITIONAL)) < some_more * of_text(under_conditions(13, CONDITIONAL))


def test_what_is_under_a_condition_of_its_own_is_decided_however_much_there_is() -> None:
    report = lint_text("t.yaml", under_conditions(26, CONDITIONAL).encode(), Options())
    assert not [each for each in report.undecided if each.doubt is Doubt.NOT_UNDERSTOOD]


def test_a_question_that_touches_too_many_conditions_takes_no_more_steps_than_one_within_the_bound() -> None:
    def of_statements(number: int) -> int:
        allow = "{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage, Resource: '*'}"
        listed = ", ".join(f"!If [C{each}, {allow}, !Ref AWS::NoValue]" for each in range(number))
        queue = "  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: queue}}\n"
        properties = f"{{Queues: [!Ref Queue], PolicyDocument: {{Statement: [{listed}]}}}}"
        return of_text(
            under_conditions(number, "")
            + queue
            + f"  Policy: {{Type: AWS::SQS::QueuePolicy, Properties: {properties}}}\n"
        )

    of_statements(1)
    within = of_statements(6)
    assert of_statements(26) < 26 / 6 * MOST * within


def test_twice_as_long_a_chain_of_conditions_takes_twice_as_many_steps() -> None:
    def of_chain(number: int) -> int:
        chain = {"C0": {"Fn::Equals": [{"Ref": "P"}, "a"]}}
        ways: tuple[Callable[[str, str], Any], ...] = (
            lambda one, other: {"Fn::And": [{"Condition": one}, {"Condition": other}]},
            lambda one, other: {"Fn::Or": [{"Condition": one}, {"Condition": other}]},
            lambda one, other: {"Fn::Not": [{"Condition": one}]},
        )
        for each in range(1, number):
            chain[f"C{each}"] = ways[each % 3](f"C{each - 1}", f"C{each // 2}")
        queue = {"Type": "AWS::SQS::Queue", "Condition": f"C{number - 1}"}
        template = {"Parameters": {"P": {"Type": "String"}}, "Conditions": chain, "Resources": {"Q": queue}}
        return of_text(json.dumps(template))

    of_chain(1)
    assert of_chain(200) < MOST * of_chain(100)


def test_twice_as_many_allowed_values_take_twice_as_many_steps() -> None:
    def of_parameters(number: int) -> int:
        allowed = [f"v{each}" for each in range(10)]
        parameters = {f"P{each}": {"Type": "String", "AllowedValues": allowed} for each in range(number)}
        conditions = {f"C{each}": {"Fn::Equals": [{"Ref": f"P{each}"}, "v3"]} for each in range(number)}
        conditions |= {f"D{each}": {"Fn::Equals": [{"Fn::Sub": f"${{P{each}}}-x"}, "v7-x"]} for each in range(number)}
        queues = {
            f"Q{each}": {"Type": "AWS::SQS::Queue", "Condition": f"{name}{each}"}
            for each in range(number)
            for name in "CD"
        }
        return of_text(json.dumps({"Parameters": parameters, "Conditions": conditions, "Resources": queues}))

    of_parameters(1)
    assert of_parameters(30) < MOST * of_parameters(15)


def test_twice_as_many_changed_resources_take_twice_as_many_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is changed, with a finding in it."""
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "--quiet", "-b", "main")

    def of_resources(number: int) -> int:
        file = tmp_path / f"{number}.yaml"
        queue = (
            "  Queue{}:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: 0\n      KmsMasterKeyId: {}\n"
        )
        for key in ("a", "b"):
            queues = "".join(queue.format(each, key) for each in range(number))
            file.write_text(f"Resources:\n{queues}", encoding="utf-8")
            if key == "a":
                git(tmp_path, "add", "--all")
                git(tmp_path, "commit", "--quiet", "-m", "Change")
        return steps(lambda: run("lint", file.name, "--select", "MSG501", "--diff", "main", "--format", "concise"))

    of_resources(1)
    assert of_resources(400) < MOST * of_resources(200)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_report_grows_with_the_resources_of_one_finding_and_no_faster(format_: str) -> None:
    def of_resources(number: int) -> int:
        queue = "  Queue{}: {{Type: AWS::SQS::Queue, Properties: {{ReceiveMessageWaitTimeSeconds: !Ref Wait}}}}\n"
        queues = "".join(queue.format(each) for each in range(number))
        text = f"Parameters:\n  Wait: {{Type: Number, Default: 0}}\nResources:\n{queues}"
        report = lint_text("t.yaml", text.encode(), Options(select=("MSG501",)))
        assert len(report.findings) == 1
        return len(render(format_, report, Manner()))

    assert of_resources(800) < MOST * of_resources(400)


def of_statements(number: int) -> int:
    """Count the steps that a queue's policy takes with so many statements that all let the same service in."""
    grant = "{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage, Resource: !GetAtt Q.Arn}"
    return of_text(
        "Resources:\n  Q: {Type: AWS::SQS::Queue}\n  P:\n    Type: AWS::SQS::QueuePolicy\n    Properties:\n"
        "      Queues: [!Ref Q]\n      PolicyDocument:\n        Statement:\n" + f"        - {grant}\n" * number
    )


def test_twice_as_many_statements_take_twice_as_many_steps() -> None:
    of_statements(1)
    assert of_statements(160) < MOST * of_statements(80)


def test_a_policy_of_more_statements_than_are_read_costs_no_more() -> None:
    """Statements are judged together with all that deny something: that has an end."""
    assert of_statements(2000) < of_statements(MOST_STATEMENTS)


def of_exports(directory: Path, number: int) -> int:
    """Count the steps of as many exports as imports, of names that nobody knows."""
    folder = directory / str(number)
    folder.mkdir()
    parameters = "Parameters: {A: {Type: String}, B: {Type: String}}\nResources:\n"
    outputs = "".join(f"  O{n}: {{Value: !Ref Q, Export: {{Name: !Sub '${{A}}{n}${{B}}'}}}}\n" for n in range(number))
    name = "!ImportValue {Fn::Sub: '${A}-%${B}'}"
    queues = "".join(
        f"  Q{n}: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {name.replace('%', str(n))}}}}}\n"
        for n in range(number)
    )
    (folder / "exports.yaml").write_text(f"{parameters}  Q: {{Type: AWS::SQS::Queue}}\nOutputs:\n{outputs}")
    (folder / "imports.yaml").write_text(f"{parameters}{queues}")
    return steps(lambda: lint([str(folder)], Options()))


def test_exports_that_may_all_be_meant_are_not_all_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many by so many comparisons would take minutes, and tell no more than that each may be meant."""
    monkeypatch.setattr(exports, "MOST_COMPARED", FEW)
    of_exports(tmp_path, 1)
    assert of_exports(tmp_path, FEW + 1) < of_exports(tmp_path, FEW)
