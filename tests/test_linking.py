"""Which templates are one system, and what goes from one stack into another."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from msglint.engine import lint
from msglint.finding import Report
from msglint.options import Options
from msglint.readers.interface import Assumptions

NOWHERE = Assumptions()
HERE = Assumptions(accounts=("111122223333",), regions=("eu-west-1",))

FAILED = """
    Resources:
      Failed: {Type: AWS::SQS::Queue, Properties: {QueueName: failed, MessageRetentionPeriod: 60}}
    """
ORDERS = """
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        Properties:
          RedrivePolicy: {deadLetterTargetArn: "arn:aws:sqs:eu-west-1:111122223333:failed", maxReceiveCount: 5}
    """


def judged(directory: Path, select: str, assumptions: Assumptions = NOWHERE, **templates: str) -> Report:
    """Write templates into a directory and judge it."""
    for name, text in templates.items():
        path = directory / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    given = frozenset(assumptions.parameters)
    return lint([str(directory)], Options(select=(select,), assumptions=assumptions, given=given))


def told(report: Report) -> list[str]:
    """Give the findings and undecided answers in a few words."""
    return [f"{each.code} {each.subject}" for each in report.findings] + [
        f"{each.code} {each.subject}?" for each in report.undecided
    ]


def test_an_arn_leads_to_another_template_where_account_and_region_are_known(tmp_path: Path) -> None:
    """One account and Region has one queue of a name."""
    assert told(judged(tmp_path, "MSG704", HERE, failed=FAILED, orders=ORDERS)) == ["MSG704 Failed"]


def test_an_arn_leads_nowhere_where_the_deployment_is_not_known(tmp_path: Path) -> None:
    assert told(judged(tmp_path, "MSG704", failed=FAILED, orders=ORDERS)) == []


def test_an_arn_that_two_templates_make_leads_nowhere(tmp_path: Path) -> None:
    """They are two versions of a system: which of them is deployed nobody says."""
    assert told(judged(tmp_path, "MSG704", HERE, failed=FAILED, copy=FAILED, orders=ORDERS)) == []


EXPORTS = """
    Resources:
      Failed: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
    Outputs:
      Arn: {Value: !GetAtt Failed.Arn, Export: {Name: !Sub "${AWS::StackName}-failed"}}
    """


def importing(name: str, condition: str = "") -> str:
    return f"""
    Parameters:
      Stack: {{Type: String, Default: ""}}
    Conditions:
      Linked: !Not [!Equals [!Ref Stack, ""]]
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        {condition}
        Properties:
          RedrivePolicy: {{deadLetterTargetArn: {{"Fn::ImportValue": {name}}}, maxReceiveCount: 5}}
    """


def test_an_import_of_one_scenario_alone_links_too(tmp_path: Path) -> None:
    """By default the parameter is empty, and nothing is imported; the finding says when it is."""
    named = importing('!Sub "${Stack}-failed"', "Condition: Linked")
    assert told(judged(tmp_path, "MSG605", queues=EXPORTS, orders=named)) == ["MSG605 Orders"]


@pytest.mark.parametrize("type_", ["Custom::Grants", "AWS::KMS::Alias"])
def test_who_imports_is_read_whatever_else_it_holds(tmp_path: Path, type_: str) -> None:
    """No rule asks anything of a custom resource, but it may let others use the key that it is given."""
    key = """
    Resources:
      Key: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: true}}
      Orders: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !GetAtt Key.Arn}}
      Topic: {Type: AWS::SNS::Topic}
      Subscription:
        Type: AWS::SNS::Subscription
        Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Orders.Arn}
    Outputs:
      Key: {Value: !GetAtt Key.Arn, Export: {Name: key}}
    """
    grants = f"""
    AWSTemplateFormatVersion: "2010-09-09"
    Resources:
      Grants: {{Type: "{type_}", Properties: {{Key: !ImportValue key}}}}
    """
    expected = ["MSG105 Orders?"] if type_ == "Custom::Grants" else ["MSG105 Orders"]
    assert told(judged(tmp_path, "MSG105", key=key, grants=grants)) == expected


def test_an_import_by_a_name_that_ends_otherwise_does_not_link(tmp_path: Path) -> None:
    """The export's name is that of its stack, with an end; another end is another export."""
    named = importing('!Sub "${Stack}-broken"', "Condition: Linked")
    assert told(judged(tmp_path, "MSG605", queues=EXPORTS, orders=named)) == ["MSG605 Orders?"]


@pytest.mark.parametrize(("parameter", "expected"), [("Stage", ["MSG605 Orders"]), ("Environment", ["MSG605 Orders?"])])
def test_a_name_that_two_stacks_write_alike_links(tmp_path: Path, parameter: str, expected: list[str]) -> None:
    """Each has a parameter of its own, and whoever deploys them gives both the same."""
    exports = EXPORTS.replace("${AWS::StackName}-failed", "${Stage}-failed")
    exports = exports.replace("Resources:", "Parameters: {Stage: {Type: String}}\n    Resources:")
    orders = f"""
    Parameters:
      {parameter}: {{Type: String}}
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        Properties:
          RedrivePolicy:
            deadLetterTargetArn: {{"Fn::ImportValue": !Sub "${{{parameter}}}-failed"}}
            maxReceiveCount: 5
    """
    assert told(judged(tmp_path, "MSG605", queues=exports, orders=orders)) == expected


def test_nothing_is_exported_where_the_output_is_not_there(tmp_path: Path) -> None:
    exports = EXPORTS.replace("Resources:", "Conditions: {Never: !Equals [a, b]}\n    Resources:")
    exports = exports.replace("Arn: {Value", "Arn: {Condition: Never, Value").replace("${AWS::StackName}-", "")
    report = judged(tmp_path, "MSG605", queues=exports, orders=importing("failed"))
    assert told(report) == ["MSG605 Orders?"]
    assert "has no output Arn" in report.undecided[0].message


CHILD = """
    Parameters:
      Topic: {Type: String}
      Wait: {Type: Number, Default: 20}
    Resources:
      Queue: {Type: AWS::SQS::Queue, Properties: {ReceiveMessageWaitTimeSeconds: !Ref Wait}}
      Subscription:
        Type: AWS::SNS::Subscription
        Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn}
    Outputs:
      Url: {Value: !Ref Queue}
      Arn: {Value: !GetAtt Queue.Arn}
    """


def parent(*stacks: str, more: str = "") -> str:
    """Give a template with a topic and nested stacks."""
    written = "\n".join(f"      {each}" for each in stacks)
    return f"""
    Resources:
      Topic: {{Type: AWS::SNS::Topic}}
{written}
    {more}
    """


def stack(name: str, parameters: str = "Topic: !Ref Topic", more: str = "", url: str = "child.yaml") -> str:
    properties = f"{{TemplateURL: {url}, Parameters: {{{parameters}}}}}"
    return f"{name}: {{Type: AWS::CloudFormation::Stack, {more}Properties: {properties}}}"


POLICY = """
      Policy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!GetAtt Left.Outputs.Url]
          PolicyDocument:
            Statement:
              - Effect: Allow
                Principal: {Service: sns.amazonaws.com}
                Action: sqs:SendMessage
                Resource: !GetAtt Left.Outputs.Arn
                Condition: {ArnEquals: {aws:SourceArn: !Ref Topic}}
    """


def test_the_policy_of_a_nested_queue_may_stand_around_it(tmp_path: Path) -> None:
    """It takes the URL that the nested stack hands out; of two stacks of one template the other one has none."""
    one = parent(stack("Left"), more=POLICY)
    assert told(judged(tmp_path, "MSG102", parent=one, child=CHILD)) == []
    two = parent(stack("Left"), stack("Right"), more=POLICY)
    report = judged(tmp_path, "MSG102", parent=two, child=CHILD)
    assert told(report) == ["MSG102 Subscription"]
    assert report.findings[0].scenario == "in the nested stack Right"
    assert report.findings[0].file.endswith("child.yaml")


def test_an_output_may_be_named_in_two_words(tmp_path: Path) -> None:
    """JSON and the CDK write Fn::GetAtt as a list."""
    policy = re.sub(r"!GetAtt Left\.(Outputs\.\w+)", r"{'Fn::GetAtt': [Left, \1]}", POLICY)
    assert told(judged(tmp_path, "MSG102", parent=parent(stack("Left"), more=policy), child=CHILD)) == []


def test_what_all_stacks_of_a_template_have_is_said_once(tmp_path: Path) -> None:
    report = judged(tmp_path, "MSG102", parent=parent(stack("Left"), stack("Right")), child=CHILD)
    assert told(report) == ["MSG102 Subscription"]
    assert report.findings[0].scenario is None
    assert len(report.files) == 2


@pytest.mark.parametrize("wait", ["Wait: 0", 'Wait: !Sub "0"', 'Wait: !Join ["", [0]]'])
def test_a_literal_that_is_passed_is_found_where_it_is_passed(tmp_path: Path, wait: str) -> None:
    report = judged(tmp_path, "MSG501", parent=parent(stack("Left", f"Topic: x, {wait}")), child=CHILD)
    assert told(report) == ["MSG501 Queue"]
    assert report.findings[0].file.endswith("parent.yaml")
    assert report.texts[report.findings[0].file][report.findings[0].span.start.line - 1].count(wait) == 1


@pytest.mark.parametrize("assumptions", [NOWHERE, HERE])
def test_what_is_passed_and_not_written_out_is_found_where_it_is_used(tmp_path: Path, assumptions: Assumptions) -> None:
    """That the account is known, and so the ARN of the topic, changes no place."""
    topic = "AWS::SNS::Topic, Properties: {FifoTopic: true, TopicName: news.fifo}}"
    one = parent(stack("Left")).replace("AWS::SNS::Topic}", topic)
    child = """
    Parameters: {Topic: {Type: String}}
    Resources: {Events: {Type: AWS::RDS::EventSubscription, Properties: {SnsTopicArn: !Ref Topic}}}
    """
    report = judged(tmp_path, "MSG604", assumptions, parent=one, child=child)
    assert [Path(each.file).name for each in report.findings] == ["child.yaml"]


@pytest.mark.parametrize(("condition", "expected"), [("[a, a]", ["MSG102 Subscription"]), ("[a, b]", [])])
def test_a_nested_stack_is_there_when_its_condition_holds(tmp_path: Path, condition: str, expected: list[str]) -> None:
    around = parent(stack("Left", more="Condition: Made, "))
    around = around.replace("Resources:", f"Conditions: {{Made: !Equals {condition}}}\n    Resources:", 1)
    assert told(judged(tmp_path, "MSG102", parent=around, child=CHILD)) == expected


SWITCHED = """
    Parameters:
      Fast: {Type: String, Default: "no"}
    Conditions:
      IsFast: !Equals [!Ref Fast, "yes"]
    Resources:
      Queue: {Type: AWS::SQS::Queue, Properties: {ReceiveMessageWaitTimeSeconds: !If [IsFast, 0, 20]}}
    """


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        ("", []),
        ("Fast: !Ref AWS::NoValue", []),
        ("Fast: 'yes'", [None]),
        ("Fast: !Ref Topic", ["when IsFast of Left is true"]),
        ("Fn::Transform: {Name: Added}", ["when IsFast of Left is true"]),
    ],
)
def test_what_is_not_passed_is_the_default(tmp_path: Path, passed: str, expected: list[str | None]) -> None:
    """Nobody else gives a nested stack its parameters."""
    around = parent(stack("Left", passed))
    report = judged(tmp_path, "MSG501", parent=around, child=SWITCHED)
    assert [each.scenario for each in report.findings] == expected


def test_a_fault_of_one_stack_is_told_without_the_conditions_of_another(tmp_path: Path) -> None:
    """Of a template that is nested twice the queue of one stack has it always, that of the other sometimes."""
    stacks = (stack("Left", "Fast: 'yes'"), stack("Right", "Fast: !Ref Topic"))
    for order in (stacks, stacks[::-1]):
        report = judged(tmp_path, "MSG501", parent=parent(*order), child=SWITCHED)
        assert [each.scenario for each in report.findings] == ["in the nested stack Left"]


def test_an_export_of_what_a_nested_stack_makes_leaves_its_policy_open(tmp_path: Path) -> None:
    """Another stack may attach one to the URL, which goes through two outputs."""
    exported = "Outputs: {Url: {Value: !GetAtt Left.Outputs.Url, Export: {Name: url}}}"
    report = judged(tmp_path, "MSG102", parent=parent(stack("Left"), more=exported), child=CHILD)
    assert told(report) == ["MSG102 Subscription?"]


def test_lists_are_passed_as_texts(tmp_path: Path) -> None:
    child = """
    Parameters: {Topics: {Type: CommaDelimitedList}}
    Resources:
      Queue: {Type: AWS::SQS::Queue}
      Subscription:
        Type: AWS::SNS::Subscription
        Properties: {TopicArn: !Select [1, !Ref Topics], Protocol: sqs, Endpoint: !GetAtt Queue.Arn}
    """
    passed = 'Topics: !Join [",", [a, !Ref Topic]]'
    assert told(judged(tmp_path, "MSG102", parent=parent(stack("Left", passed)), child=child)) == [
        "MSG102 Subscription"
    ]


def test_a_secret_that_is_passed_in_the_open_is_found_where_it_stands(tmp_path: Path) -> None:
    child = """
    Parameters: {Password: {Type: String, NoEcho: true}}
    Resources:
      Broker:
        Type: AWS::AmazonMQ::Broker
        Properties: {EngineType: RABBITMQ, Users: [{Username: shop, Password: !Ref Password}]}
    """
    report = judged(tmp_path, "MSG401", parent=parent(stack("Left", "Password: correct-horse")), child=child)
    assert [each.file.rpartition("/")[2] for each in report.findings] == ["parent.yaml"]
    assert "correct-horse" not in str(report)


def test_a_nested_template_that_cannot_be_read_is_a_finding_once(tmp_path: Path) -> None:
    """What is around it is judged all the same, and what it may do is not known."""
    report = judged(tmp_path, "MSG102", parent=parent(stack("Left"), stack("Right")), child="Resources: [}")
    assert [(each.code, each.file.rpartition("/")[2]) for each in report.findings] == [("MSG001", "child.yaml")]


@pytest.mark.parametrize("url", ["no\\0where.yaml", "child.yaml/", ".", "", "parent.yaml", "../child.yaml", "n" * 300])
def test_a_path_that_leads_to_no_template_leads_nowhere(tmp_path: Path, url: str) -> None:
    report = judged(tmp_path, "MSG102", parent=parent(stack("Left", url=f'"{url}"')))
    assert told(report) == []
    assert len(report.files) == 1


@pytest.mark.parametrize("names", [("parent.yaml", "child.yaml"), ("child.yaml", "parent.yaml"), ("parent.yaml",)])
def test_the_order_of_files_does_not_matter(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A nested template is judged with the one around it, also where the user names only that."""
    judged(tmp_path, "MSG102", parent=parent(stack("Left")), child=CHILD)
    report = lint([str(tmp_path / name) for name in names], Options(select=("MSG102",)))
    assert told(report) == ["MSG102 Subscription"]


def test_who_exports_a_name_is_told_in_one_order(tmp_path: Path) -> None:
    exports = EXPORTS.replace('!Sub "${AWS::StackName}-failed"', "failed")
    judged(tmp_path, "MSG605", blue=exports, green=exports, orders=importing("failed"))
    names = ["blue.yaml", "green.yaml", "orders.yaml"]
    files = [[str(tmp_path / name) for name in order] for order in (names, reversed(names))]
    first, second = (lint(each, Options(select=("MSG605",))) for each in files)
    assert [each.message for each in first.undecided] == [each.message for each in second.undecided] != []


def test_a_suppression_in_a_nested_template_holds_for_all_its_stacks(tmp_path: Path) -> None:
    child = CHILD.replace(
        "      Subscription:", "      # msglint: ignore[MSG102] somebody else does\n      Subscription:"
    )
    report = judged(tmp_path, "MSG102", parent=parent(stack("Left"), stack("Right")), child=child)
    assert told(report) == []
    assert report.suppressed == 2  # one in each stack


def test_many_stacks_of_many_stacks_end(tmp_path: Path) -> None:
    """Each level makes ten of the next; what is beyond the limit is not followed."""
    levels = {}
    for level in range(6):
        stacks = [stack(f"S{number}", url=f"level{level + 1}.yaml") for number in range(10)]
        levels[f"level{level}"] = "Parameters: {Topic: {Type: String}}\n" + dedent(parent(*stacks)).lstrip("\n")
    report = judged(tmp_path, "MSG102", NOWHERE, **levels, level6=CHILD)
    assert len(report.files) == 7


@pytest.mark.parametrize("twice", ['!Join ["", [{one}, {one}]]', "!Select [1, [{one}, {one}]]"])
@pytest.mark.parametrize("last", ["handed on", "!ImportValue made0"])
def test_what_is_handed_on_again_and_again_is_evaluated_once(tmp_path: Path, twice: str, last: str) -> None:
    """Each of these takes the one behind it twice, and the last may take the first."""
    many = 18
    templates = {
        f"stack{number}": f"""
        Resources:
          Queue:
            Type: AWS::SQS::Queue
            Properties: {{RedrivePolicy: {{deadLetterTargetArn: !ImportValue made0, maxReceiveCount: 5}}}}
        Outputs:
          Made: {{Export: {{Name: made{number}}}, Value: {
            last if number == many else twice.format(one=f"!ImportValue made{number + 1}")
        }}}
        """
        for number in range(many + 1)
    }
    report = judged(tmp_path, "MSG605", NOWHERE, **templates)
    assert {each.code for each in (*report.findings, *report.undecided)} <= {"MSG605"}


def test_a_repair_makes_no_two_stacks_wait_for_one_another(tmp_path: Path) -> None:
    """The stack of the rule imports the queue: that of the queue cannot import the rule, and says what its ARN is."""
    queues = """
    Resources:
      Failed: {Type: AWS::SQS::Queue}
      Policy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!Ref Failed]
          PolicyDocument: {Statement: [{Effect: Deny, Principal: "*", Action: sqs:SendMessage, Resource: "*"}]}
    Outputs:
      Arn: {Value: !GetAtt Failed.Arn, Export: {Name: failed-arn}}
    """
    events = """
    Resources:
      Rule:
        Type: AWS::Events::Rule
        Properties:
          ScheduleExpression: rate(1 day)
          Targets: [{Id: a, Arn: !Ref Topic, DeadLetterConfig: {Arn: !ImportValue failed-arn}}]
      Topic: {Type: AWS::SNS::Topic}
    """
    deny = '{Effect: Deny, Principal: "*", Action: sqs:SendMessage, Resource: "*"}'
    other = "{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage, Resource: '*'}"
    report = judged(tmp_path, "MSG101", queues=queues.replace(deny, other), events=events)
    assert told(report) == ["MSG101 Rule"]
    fix = report.findings[0].fix
    assert fix is not None
    assert fix.title == f"Add this statement to the policy (this goes into {tmp_path}/queues.yaml)"
    assert "Resource: !GetAtt Failed.Arn" in fix.snippet
    assert "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*-Rule-*" in fix.snippet
    added = "\n".join(" " * 12 + line for line in fix.snippet.split("\n"))
    repaired = queues.replace(f"{{Statement: [{deny}]}}", f"\n            Statement:\n{added}")
    assert told(judged(tmp_path, "MSG101", queues=repaired, events=events)) == []


def test_a_repair_names_what_the_stack_can_name(tmp_path: Path) -> None:
    """What is imported already by its import; what nobody has handed on so far as a parameter or an import."""
    topic = """
    Resources:
      Topic: {Type: AWS::SNS::Topic}
    Outputs:
      Topic: {Value: !Ref Topic, Export: {Name: EXPORTED}}
    """
    queue = """
    Resources:
      Queue: {Type: AWS::SQS::Queue}
      Subscription:
        Type: AWS::SNS::Subscription
        Properties: {TopicArn: !ImportValue EXPORTED, Protocol: sqs, Endpoint: !GetAtt Queue.Arn}
    """
    report = judged(tmp_path, "MSG102", queue=queue, topic=topic)
    fix = report.findings[0].fix
    assert fix is not None
    assert "aws:SourceArn: !ImportValue EXPORTED" in fix.snippet


CONDITIONAL = """
    Parameters: {Stage: {Type: String}}
    Conditions: {Live: !Equals [!Ref Stage, live]}
    Resources:
      Failed:
        Type: AWS::SQS::Queue
        Properties: {MessageRetentionPeriod: !If [Live, 1209600, 60]}
    Outputs:
      Arn: {Value: !GetAtt Failed.Arn, Export: {Name: failed}}
    """


def test_a_condition_of_another_stack_is_named_with_the_stack(tmp_path: Path) -> None:
    orders = """
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        Properties: {RedrivePolicy: {deadLetterTargetArn: !ImportValue failed, maxReceiveCount: 5}}
    """
    report = judged(tmp_path, "MSG704", queues=CONDITIONAL, orders=orders)
    assert [each.scenario for each in report.findings] == ["when Live is false"]
    redrive = """
    Parameters: {Stage: {Type: String}}
    Conditions: {Live: !Equals [!Ref Stage, live]}
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        Condition: Live
        Properties: {RedrivePolicy: {deadLetterTargetArn: !ImportValue failed, maxReceiveCount: 1000}}
    """
    fifo = CONDITIONAL.replace(
        "MessageRetentionPeriod: !If [Live, 1209600, 60]", 'FifoQueue: !If [Live, "true", "false"]'
    )
    report = judged(tmp_path, "MSG605", queues=fifo, orders=redrive)
    assert [each.scenario for each in report.findings] == [f"when Live is true in {tmp_path}/queues.yaml"]


def test_a_condition_of_a_nested_stack_is_named_with_the_stack(tmp_path: Path) -> None:
    child = CONDITIONAL.replace("Export: {Name: failed}", "")
    around = """
    Resources:
      Shop: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Stage: !Ref Stage}}}
      Orders:
        Type: AWS::SQS::Queue
        Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Shop.Outputs.Arn, maxReceiveCount: 5}}
    Parameters: {Stage: {Type: String}}
    """
    report = judged(tmp_path, "MSG704", child=child, around=around)
    assert [(each.resource, each.scenario) for each in report.findings] == [("Failed", "when Live of Shop is false")]


def test_a_name_that_a_condition_decides_is_one_of_those_that_it_may_be(tmp_path: Path) -> None:
    """The API is exported under one of two names, and neither is that of the queue."""
    api = """
    Conditions: {Live: !Equals [!Ref "AWS::Region", eu-west-1]}
    Resources:
      Api: {Type: AWS::ApiGatewayV2::Api}
    Outputs:
      One: {Value: !Ref Api, Export: {Name: !If [Live, ApiId, !Sub "${AWS::StackName}-ApiId"]}}
      Two: {Value: !GetAtt Api.ApiEndpoint, Export: {Name: !If [Live, NAME, !Sub "${AWS::StackName}-Api"]}}
    """
    exports = EXPORTS.replace("${AWS::StackName}-", "")
    orders = importing("failed")
    other = api.replace("NAME", "ApiUrl")
    assert told(judged(tmp_path, "MSG605", queues=exports, orders=orders, api=other)) == ["MSG605 Orders"]
    twice = api.replace("ApiId,", "failed,").replace("NAME", "failed")
    (tmp_path / "queues.yaml").unlink()
    report = judged(tmp_path, "MSG605", orders=orders, api=twice)
    assert "failed may be exported by more than one output of" in report.undecided[0].message


def test_conditions_of_those_that_name_a_secret_for_something_else_do_not_matter(tmp_path: Path) -> None:
    """Eight databases import a secret, each only if it is asked for."""
    shared = """
    Resources:
      Password: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {}}}
    Outputs:
      Password: {Value: !Ref Password, Export: {Name: password}}
    """
    database = """
    Parameters: {Wanted: {Type: String}}
    Conditions: {IsWanted: !Equals [!Ref Wanted, "yes"]}
    Resources:
      Database:
        Type: AWS::SecretsManager::SecretTargetAttachment
        Condition: IsWanted
        Properties: {SecretId: !ImportValue password, TargetType: AWS::RDS::DBInstance, TargetId: database}
      Queue: {Type: AWS::SQS::Queue}
    """
    databases = {f"database{number}": database for number in range(8)}
    report = judged(tmp_path, "MSG", NOWHERE, shared=shared, **databases)
    assert [each for each in told(report) if "Password" in each] == []


def test_conditions_of_names_of_other_functions_do_not_matter(tmp_path: Path) -> None:
    """Each stack has an alias of a function with a name that a condition decides; all of them use one topic."""
    topic = """
    Resources:
      Topic: {Type: AWS::SNS::Topic}
      Handler: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: x}}}
      Subscription:
        Type: AWS::SNS::Subscription
        Properties: {TopicArn: !Ref Topic, Protocol: lambda, Endpoint: !GetAtt Handler.Arn}
    Outputs:
      Topic: {Value: !Ref Topic, Export: {Name: topic}}
    """
    service = """
    Parameters: {Stage: {Type: String}}
    Conditions: {Live: !Equals [!Ref Stage, live]}
    Resources:
      Function:
        Type: AWS::Lambda::Function
        Properties: {FunctionName: !If [Live, NAME, !Sub "NAME-${Stage}"], Code: {ZipFile: x}}
      Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Function, Name: live}}
      Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!ImportValue topic]}}
    """
    services = {name: service.replace("NAME", name) for name in ("a", "b", "c", "d", "e", "f", "g")}
    assert told(judged(tmp_path, "MSG711", NOWHERE, topic=topic, **services)) == ["MSG711 Handler"]


def test_a_repair_takes_what_a_nested_stack_is_passed_already(tmp_path: Path) -> None:
    """The stack is made after the topic anyway, whose ARN is a parameter of it."""
    report = judged(tmp_path, "MSG102", parent=parent(stack("Left"), more=SUBSCRIBED), child=CHILD)
    fix = next(each.fix for each in report.findings if each.subject == "Outer")
    assert fix is not None
    assert fix.snippet.endswith("aws:SourceArn: !Ref Topic")


SUBSCRIBED = """
      Outer:
        Type: AWS::SNS::Subscription
        Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Left.Outputs.Arn}
    """


def test_a_value_for_a_parameter_of_a_nested_template_alone_is_told(tmp_path: Path) -> None:
    """The stack around it passes what it has."""
    given = Assumptions(parameters={"Wait": "0"})
    report = judged(tmp_path, "MSG501", given, parent=parent(stack("Left", "Topic: x, Wait: 20")), child=CHILD)
    assert told(report) == []
    assert report.notices == ("only a nested template declares the parameter Wait, which is given a value",)
