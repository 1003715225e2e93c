"""The loops of AWS::LanguageExtensions: what they make, where it stands, and what is said of it."""

import json
from textwrap import dedent
from typing import Any

import pytest
from cfnlint.decode import decode_str
from cfnlint.template import Template
from cfnlint.template.transforms._language_extensions import language_extension

from msglint.engine import lint_text
from msglint.finding import Report
from msglint.model.resource import Choice, Opaque
from msglint.options import Options
from msglint.readers.cloudformation.part import CloudFormationPart
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document, SourceError
from msglint.verdict import Doubt
from sam_oracle import plain

HEAD = """
    AWSTemplateFormatVersion: "2010-09-09"
    Transform: AWS::LanguageExtensions
    Parameters:
      Names: {Type: CommaDelimitedList, Default: "Orders, Billing"}
      Open: {Type: CommaDelimitedList}
      Quiet: {Type: CommaDelimitedList, Default: "one,two", NoEcho: true}
      Stage: {Type: String, AllowedValues: [test, live], Default: test}
    Mappings:
      Teams:
        shop: {Queues: [Cart, Basket]}
        bank: {Queues: [Loans]}
"""

SCENES = {
    "a list": """
        Resources:
          Fn::ForEach::Queues:
            - Name
            - [Orders, Billing]
            - "Queue${Name}":
                Type: AWS::SQS::Queue
                Properties:
                  QueueName: !Sub "shop-${Name}"
                  Tags: [{Key: name, Value: !Ref Name}, {Key: !Sub "${Name}", Value: !Sub "a ${Name} and ${Other}"}]
    """,
    "a parameter, and what refers to what the loop makes": """
        Resources:
          Fn::ForEach::Queues:
            - Name
            - !Ref Names
            - "${Name}Queue":
                Type: AWS::SQS::Queue
                Properties:
                  RedrivePolicy: {deadLetterTargetArn: !GetAtt [!Sub "${Name}Dead", Arn], maxReceiveCount: 5}
              "${Name}Dead":
                Type: AWS::SQS::Queue
                DependsOn: Topic
          Topic: {Type: AWS::SNS::Topic}
        Outputs:
          Fn::ForEach::Urls:
            - Name
            - !Ref Names
            - "${Name}Url": {Value: {Ref: !Sub "${Name}Queue"}, Export: {Name: !Sub "${Name}-url"}}
    """,
    "a loop in a loop that goes through what a map gives": """
        Resources:
          Fn::ForEach::Teams:
            - Team
            - [shop, bank]
            - Fn::ForEach::Queues:
                - Name
                - !FindInMap [Teams, !Ref Team, Queues]
                - "${Team}${Name}": {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${Team}-${Name}"}}
              "${Team}": {Type: AWS::SNS::Topic}
    """,
    "letters and digits alone": """
        Resources:
          Fn::ForEach::Queues:
            - Name
            - [orders.fifo, a-b/c]
            - "Queue&{Name}":
                Type: AWS::SQS::Queue
                Properties: {QueueName: !Ref Name, KmsMasterKeyId: !Sub "&{Name}"}
    """,
    "conditions": """
        Conditions:
          Fn::ForEach::Stages:
            - Is
            - [test, live]
            - "Is${Is}": !Equals [!Ref Stage, !Ref Is]
        Resources:
          Fn::ForEach::Queues:
            - Is
            - [test, live]
            - "Queue${Is}": {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Is}}
    """,
    "properties": """
        Resources:
          Queue:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: orders
              Fn::ForEach::Times:
                - Time
                - [DelaySeconds, VisibilityTimeout]
                - "${Time}": 30
    """,
    "two loops, with others between them": """
        Resources:
          First: {Type: AWS::SNS::Topic}
          Fn::ForEach::A: [Name, [B, C], {"A${Name}": {Type: "AWS::SQS::Queue"}}]
          Second: {Type: AWS::SNS::Topic}
          Fn::ForEach::D: [Name, [E], {"D${Name}": {Type: "AWS::SQS::Queue"}}]
    """,
}


def document(scene: str) -> str:
    return dedent(HEAD) + dedent(scene)


def part_of(scene: str, assumptions: Assumptions | None = None) -> CloudFormationPart:
    part = read(Document("t.yaml", document(scene)), assumptions or Assumptions())
    assert isinstance(part, CloudFormationPart)
    return part


def normal(value: Any) -> Any:
    """Write what means the same in the same way: the oracle leaves out a Sub that has nothing to put in."""
    match value:
        case {"Fn::Sub": str(text)} if "${" not in text:
            return text
        case {"Fn::GetAtt": str(text)}:
            return {"Fn::GetAtt": text.split(".", 1)}
        case dict():
            return {str(name): normal(part) for name, part in value.items()}
        case list():
            return [normal(part) for part in value]
        case _:
            return value


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
@pytest.mark.parametrize("language", ["yaml", "json"])
def test_loops_make_what_cfn_lint_makes_of_them(scene: str, language: str) -> None:
    text = document(scene)
    host, matches = decode_str(text)
    assert matches == []
    errors, expected = language_extension(Template("t.yaml", host, ["eu-west-1"]))
    assert errors == []
    written = text if language == "yaml" else json.dumps(host)
    part = read(Document(f"t.{language}", written), Assumptions())
    assert isinstance(part, CloudFormationPart)
    found = plain(part._template.root)
    for section in ("Conditions", "Resources", "Outputs"):
        assert normal(found.get(section)) == normal(expected.get(section)), section
    assert part.opaque("Queue") is None


def test_all_that_a_loop_makes_stands_where_it_is_written() -> None:
    part = part_of(SCENES["a list"])
    lines = document(SCENES["a list"]).splitlines()
    for id_ in ("QueueOrders", "QueueBilling"):
        record = part.record(id_)
        assert record is not None
        assert (record.id, record.label, record.author) == (id_, id_, id_)
        assert '"Queue${Name}":' in lines[record.at.span.start.line - 1]


def test_identifiers_are_replaced_in_plain_texts_too() -> None:
    """CloudFormation documents it of every text; the oracle does it in keys and functions alone."""
    part = part_of(
        """
        Conditions:
          Fn::ForEach::Stages: [Is, [test, live], {"Is${Is}": !Equals [!Ref Stage, !Ref Is]}]
        Resources:
          Fn::ForEach::Queues:
            - Is
            - [test, live]
            - "Queue${Is}":
                Type: "AWS::SQS::Queue"
                Condition: "Is${Is}"
                Properties:
                  QueueName: "a ${Is} of &{Is} and ${Other}"
                  RedrivePolicy: {deadLetterTargetArn: !GetAtt "Queue${Is}.Arn"}
                  DelaySeconds: !If ["Is${Is}", 1, 2]
        """
    )
    found = plain(part._template.root)["Resources"]["Queuelive"]
    assert found == {
        "Type": "AWS::SQS::Queue",
        "Condition": "Islive",
        "Properties": {
            "QueueName": "a live of live and ${Other}",
            "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": "Queuelive.Arn"}},
            "DelaySeconds": {"Fn::If": ["Islive", 1, 2]},
        },
    }
    live = part.under((Choice("t.yaml", "Islive", truth=True),))
    assert live.exists("Queuelive")
    assert not live.possible((Choice("t.yaml", "Islive", truth=True), Choice("t.yaml", "Istest", truth=True)))


OPEN = """
    Resources:
      Fn::ForEach::Queues: [Name, COLLECTION, {"Queue${Name}": {Type: AWS::SQS::Queue}}]
"""


@pytest.mark.parametrize(
    ("collection", "doubt"),
    [
        ("!Ref Open", Doubt.OUTSIDE),
        ("!Ref Nowhere", Doubt.OUTSIDE),
        ("[Orders, !Sub '${AWS::Region}']", Doubt.OUTSIDE),
        ("!Ref Quiet", Doubt.NOT_UNDERSTOOD),
        ("!If [Live, [A], [B]]", Doubt.NOT_UNDERSTOOD),
        ("!Ref Stage", Doubt.NOT_UNDERSTOOD),
        ("[[A, B]]", Doubt.NOT_UNDERSTOOD),
    ],
)
def test_a_loop_through_what_is_not_known_may_add_anything(collection: str, doubt: Doubt) -> None:
    part = part_of(OPEN.replace("COLLECTION", collection))
    assert not part.types()
    opaque = part.opaque("Queue")
    assert isinstance(opaque, Opaque)
    assert (opaque.by, opaque.doubt) == ("a loop", doubt)
    assert opaque.at.document.slice(opaque.at.span) == "Fn::ForEach::Queues"


def test_a_loop_goes_through_the_values_that_the_user_gives() -> None:
    given = Assumptions(parameters={"Open": "A,B"})
    part = part_of(OPEN.replace("COLLECTION", "!Ref Open"), given)
    assert part.types() == {"AWS::SQS::Queue": ["QueueA", "QueueB"]}
    assert part.opaque("Queue") is None


def test_there_are_no_loops_without_the_transform() -> None:
    text = document(SCENES["a list"]).replace("Transform: AWS::LanguageExtensions\n", "")
    part = read(Document("t.yaml", text), Assumptions())
    assert not part.types()
    assert part.opaque("Queue") is not None


@pytest.mark.parametrize(
    "body",
    [
        "{'Q${A}${B}${C}${D}': {Type: 'AWS::SQS::Queue'}}",
        "{}",
    ],
)
def test_loops_that_make_too_much_are_refused(body: str) -> None:
    values = ", ".join(map(str, range(60)))
    for name in "DCBA":
        body = f"{{'Fn::ForEach::{name}': [{name}, [{values}], {body}]}}"
    with pytest.raises(SourceError, match="more of this template than CloudFormation takes"):
        part_of(f"\nResources: {body}\n")


def report_of(scene: str, *rules: str) -> Report:
    return lint_text("t.yaml", document(scene).encode(), Options(select=rules))


REDRIVEN = """
    Resources:
      Fn::ForEach::Queues:
        - Name
        - !Ref Names
        - "Queue${Name}":  # COMMENT
            Type: AWS::SQS::Queue
            Properties:
              RedrivePolicy:
                deadLetterTargetArn: !GetAtt [!Sub "Dead${Name}", Arn]
                maxReceiveCount: 1
          "Dead${Name}": {Type: AWS::SQS::Queue}
"""


@pytest.mark.parametrize("rule", ["MSG505", "MSG704"])
def test_a_fault_of_all_rounds_is_one_finding(rule: str) -> None:
    (finding,) = report_of(REDRIVEN, rule).findings
    assert finding.resource in {"QueueOrders", "DeadOrders"}
    assert any(each.resource in {"QueueBilling", "DeadBilling"} for each in finding.related)
    assert finding.fix is not None
    assert finding.fix.snippet.startswith(('"Queue${Name}":', '"Dead${Name}":'))


def test_a_comment_beside_a_key_holds_for_all_rounds() -> None:
    report = report_of(REDRIVEN.replace("COMMENT", "msglint: ignore[MSG505] seen"), "MSG505")
    assert (report.findings, report.suppressed) == ((), 2)


def test_a_queue_of_each_round_has_the_policy_of_its_round() -> None:
    scene = """
        Resources:
          Topic: {Type: AWS::SNS::Topic}
          Fn::ForEach::Queues:
            - Name
            - [Orders, Billing]
            - "Queue${Name}": {Type: AWS::SQS::Queue}
              "Subscription${Name}":
                Type: AWS::SNS::Subscription
                Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt "Queue${Name}.Arn"}
              "Policy${Name}":
                Type: AWS::SQS::QueuePolicy
                Properties:
                  Queues: [{Ref: !Sub "Queue${Name}"}]
                  PolicyDocument:
                    Statement:
                      - Effect: Allow
                        Principal: {Service: sns.amazonaws.com}
                        Action: sqs:SendMessage
                        Resource: !Join ["", [!GetAtt "Queue${Name}.Arn"]]
                        Condition: {ArnEquals: {"aws:SourceArn": !Ref Topic}}
    """
    report = report_of(scene, "MSG102")
    assert (report.findings, report.undecided) == ((), ())
    refused = report_of(scene.replace('Queues: [{Ref: !Sub "Queue${Name}"}]', "Queues: [!Ref QueueOrders]"), "MSG102")
    assert [finding.resource for finding in refused.findings] == ["SubscriptionBilling"]


def test_functions_of_sam_may_stand_in_a_loop() -> None:
    scene = """
        Resources:
          Fn::ForEach::Functions:
            - Name
            - [Orders, Billing]
            - "${Name}Function":
                Type: AWS::Serverless::Function
                Properties:
                  Handler: index.handler
                  Runtime: python3.12
                  Events: {"Placed${Name}": {Type: SQS, Properties: {Queue: !GetAtt "${Name}Queue.Arn"}}}
              "${Name}Queue": {Type: AWS::SQS::Queue}
    """
    text = document(scene).replace(
        "Transform: AWS::LanguageExtensions", "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]"
    )
    part = read(Document("t.yaml", text), Assumptions())
    mappings = part.types()["AWS::Lambda::EventSourceMapping"]
    assert mappings == ["OrdersFunctionPlacedOrders", "BillingFunctionPlacedBilling"]


def test_what_a_loop_exports_is_exported() -> None:
    part = part_of(SCENES["a parameter, and what refers to what the loop makes"])
    exported = part.exported("OrdersQueue", arns=False)
    assert exported is not None
    assert part.exported("OrdersDead", arns=True) is None


def test_a_loop_among_the_outputs_that_is_not_unrolled_may_export_anything() -> None:
    part = part_of(
        """
        Resources:
          Orders: {Type: AWS::SQS::Queue}
        Outputs:
          Fn::ForEach::Urls: [Name, !Ref Open, {"${Name}Url": {Value: !Ref "${Name}", Export: {Name: !Ref Name}}}]
        """
    )
    opaque = part.opaque("Queue")
    assert opaque is not None
    assert opaque.by == "a loop"
