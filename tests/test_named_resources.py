"""However a template names a resource, it is that resource: ARNs, URLs and names put together by hand."""

import re
from collections import Counter
from textwrap import dedent
from typing import ClassVar

import pytest

from msglint.engine import lint
from msglint.iam.roles import users
from msglint.model.access import Role
from msglint.model.data import Data
from msglint.model.delivery import policies
from msglint.model.identity import IDENTITIES
from msglint.model.model import Model
from msglint.model.resource import Choice, Part, Resource
from msglint.model.sqs import Queue
from msglint.model.text import Text
from msglint.model.value import Known, Unknown, Value
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document
from msglint.verdict import Doubt

HEAD = dedent("""\
    AWSTemplateFormatVersion: "2010-09-09"
    Parameters:
      Name: {Type: String}
      Other: {Type: String}
      Stage: {Type: String}
      Given: {Type: String, Default: orders}
      Tier: {Type: String, Default: live, AllowedValues: [live, test]}
      Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /shop/name}
      WholeArn: {Type: String, Default: "arn:aws:sqs:eu-west-1:111122223333:orders"}
      Arns: {Type: CommaDelimitedList, Default: "elsewhere, arn:aws:sqs:eu-west-1:111122223333:orders"}
    Mappings:
      Names: {eu-west-1: {Queue: orders}, us-east-1: {Queue: orders}}
    Conditions:
      Live: !Equals [!Ref Stage, live]
      Testing: !Equals [!Ref Tier, test]
    Resources:
    """)
REGION, ACCOUNT = "${AWS::Region}", "${AWS::AccountId}"

NAMES = [
    # how the resource says its name, and how others may write the same
    ("orders", ["orders", "!Ref Given", "!FindInMap [Names, !Ref 'AWS::Region', Queue]"]),
    ("!Ref Given", ["orders", "!Ref Given", "!Sub '${Given}'"]),
    ("!Ref Name", ["!Ref Name", "!Sub '${Name}'"]),
    (
        "!Sub '${Stage}-orders'",
        [
            *("!Sub '${Stage}-orders'", "!Join ['-', [!Ref Stage, orders]]", "!Join ['', [!Ref Stage, '-', orders]]"),
            *("!Sub ['${S}-orders', {S: !Ref Stage}]", "!Join ['-', [!Ref Stage, !Ref Given]]"),
        ],
    ),
    ("!Join ['-', [!Ref Stage, orders]]", ["!Sub '${Stage}-orders'", "!Join ['-', [!Ref Stage, orders]]"]),
    ("!Sub '${AWS::StackName}-orders'", ["!Join ['-', [!Ref 'AWS::StackName', orders]]"]),
    ("!FindInMap [Names, !Ref 'AWS::Region', Queue]", ["orders", "!Ref Given"]),
    ("!If [Live, a-orders, b-orders]", ["a-orders", "!If [Live, a-orders, b-orders]"]),
    ("!Ref Stored", ["!Ref Stored"]),
    ("!ImportValue shop-name", ["!ImportValue shop-name"]),
    ("'{{resolve:ssm:/shop/name}}'", ["'{{resolve:ssm:/shop/name}}'"]),
]
KINDS = {
    type_: identity.arn
    for type_, identity in IDENTITIES.items()
    if set(re.findall(r"\{(\w+)\}", identity.arn)) <= {"partition", "region", "account", "name"}
}


def spellings(form: str, name: str) -> list[str]:
    """Write an ARN of this form in the ways that people do."""
    before, after = form.replace("{partition}", "aws").split("{name}")
    plain = before.format(region=REGION, account=ACCOUNT)
    pieces = re.split(r"(\{\w+\})", before)
    pseudo = {"{region}": "!Ref 'AWS::Region'", "{account}": "!Ref 'AWS::AccountId'"}
    listed = ", ".join(pseudo.get(piece, f"'{piece}'") for piece in pieces)
    said = re.fullmatch(r"!Sub '([^']*)'", name) or re.fullmatch(r"([\w-]+)", name)
    substituted = said[1] if said else f"${{{found[1]}}}" if (found := re.fullmatch(r"!Ref (\w+)", name)) else None
    return [
        *([f"!Sub '{plain}{substituted}{after}'"] if substituted else []),
        f"!Sub ['{plain.replace(':aws:', ':${AWS::Partition}:')}${{N}}{after}', {{N: {name}}}]",
        f"!Join ['', [{listed}, {name}, '{after}']]",
        f"!Join ['', [!Join ['', [{listed}]], !Join ['', [{name}, '{after}']]]]",
        f"!Sub ['${{Begin}}${{N}}{after}', {{Begin: !Join ['', [{listed}]], N: {name}}}]",
    ]


def part_of(resources: str, assumptions: Assumptions | None = None) -> Part:
    return read(Document("t.yaml", HEAD + resources), assumptions or Assumptions())


def judged(type_: str, property_: str, name: str, use: str) -> Part:
    """Read a template with a resource of this name, and another that uses something."""
    thing = f"  Thing: {{Type: '{type_}', Properties: {{{property_}: {name}}}}}\n"
    part = part_of(f"{thing}  R: {{Type: AWS::Example::Judged, Properties: {{P: {use}}}}}\n")
    return part.under((Choice("t.yaml", "Live", True),)) if "!If" in name else part


def used(part: Part) -> Value[Text]:
    record = part.record("R")
    assert record is not None
    return Data(record.properties).get("P").text()


@pytest.mark.parametrize(("name", "others"), NAMES)
@pytest.mark.parametrize("type_", KINDS)
def test_an_arn_by_hand_is_that_of_the_resource(type_: str, name: str, others: list[str]) -> None:
    class Kind(Resource):
        KIND: ClassVar[str] = type_

    for use in [each for other in others for each in spellings(KINDS[type_], other)]:
        part = judged(type_, IDENTITIES[type_].name, name, use)
        found = Model([part]).find(used(part), Kind)
        assert isinstance(found, Kind), f"{use}: {found}"
        assert found.id == "Thing"
        assert ("R", ("p",)) in [(mention.by[1], mention.path) for mention in part.mentions("Thing")], use


@pytest.mark.parametrize(
    ("type_", "properties", "arn"),
    [
        ("AWS::Events::Rule", "{Name: r, EventBusName: !Ref Name}", "events:R:A:rule/${Name}/r"),
        ("AWS::Events::Rule", "{Name: r, EventBusName: default}", "events:R:A:rule/r"),
        ("AWS::Lambda::Alias", "{Name: live, FunctionName: !Ref Name}", "lambda:R:A:function:${Name}:live"),
        ("AWS::Scheduler::Schedule", "{Name: s, GroupName: !Ref Name}", "scheduler:R:A:schedule/${Name}/s"),
        ("AWS::Scheduler::Schedule", "{Name: s}", "scheduler:R:A:schedule/default/s"),
        ("AWS::IAM::Role", "{RoleName: r, Path: /shop/}", "iam::A:role/shop/r"),
        ("AWS::Logs::LogGroup", "{LogGroupName: /shop/log}", "logs:R:A:log-group:/shop/log"),
    ],
)
def test_what_stands_in_an_arn_beside_the_name(type_: str, properties: str, arn: str) -> None:
    written = f"arn:aws:{arn}".replace(":R:A:", f":{REGION}:{ACCOUNT}:").replace("::A:", f"::{ACCOUNT}:")
    thing = f"  Thing: {{Type: '{type_}', Properties: {properties}}}\n"
    part = part_of(f"{thing}  R: {{Type: AWS::Example::Judged, Properties: {{P: !Sub '{written}'}}}}\n")
    assert [mention.by[1] for mention in part.mentions("Thing")] == ["R"]


# Addresses

HOSTS = [
    *(f"{first}.{REGION}.{last}" for first in ("sqs", "sqs-fips") for last in ("amazonaws.com", "api.aws")),
    *(f"sqs.{REGION}.amazonaws.com.cn", f"sqs.{REGION}.${{AWS::URLSuffix}}", f"{REGION}.queue.amazonaws.com"),
]


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", HOSTS)
def test_all_addresses_of_a_queue_are_its_own(host: str, scheme: str) -> None:
    for name, other in (("orders", "orders"), ("!Ref Name", "${Name}"), ("!Sub '${Stage}-orders'", "${Stage}-orders")):
        part = judged(Queue.KIND, "QueueName", name, f"!Sub '{scheme}://{host}/{ACCOUNT}/{other}'")
        found = Model([part]).find(used(part), Queue, "url")
        assert isinstance(found, Queue), found
        assert [mention.by[1] for mention in part.mentions("Thing")] == ["R"]


@pytest.mark.parametrize(
    ("url", "region", "expected"),
    [
        ("https://queue.amazonaws.com/111122223333/orders", "us-east-1", True),
        ("https://queue.amazonaws.com/111122223333/orders", "eu-west-1", False),
        ("https://eu-west-1.queue.amazonaws.com/111122223333/orders", "eu-west-1", True),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/orders", "eu-west-1", True),
        ("https://sqs.eu-west-1.amazonaws.com/444455556666/orders", "eu-west-1", False),
        ("https://sqs.us-east-1.amazonaws.com/111122223333/orders", "eu-west-1", False),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/orders.fifo", "eu-west-1", False),
        ("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/orders", "cn-north-1", True),
        ("https://shop.example.com/111122223333/orders", "eu-west-1", False),
        # A colon for a dot: no address of a queue.
        ("https://sqs:eu-west-1.amazonaws.com/111122223333/orders", "eu-west-1", False),
    ],
)
def test_which_addresses_are_those_of_a_queue(url: str, region: str, expected: bool) -> None:
    here = Assumptions(accounts=("111122223333",), regions=(region,))
    part = part_of(f"{ORDERS}  R: {{Type: X, Properties: {{P: '{url}'}}}}\n", here)
    found = Model([part]).find(used(part), Queue, "url")
    assert isinstance(found, Queue) is expected
    assert bool(part.mentions("Orders")) is expected
    if isinstance(found, Unknown):
        assert found.reason.text == f"{url} is not in this run"


# What is something else, and what cannot be told

ORDERS = "  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}\n"


@pytest.mark.parametrize(
    ("written", "attribute", "expected"),
    [
        ("!Ref Orders", "arn", "this is the URL of Orders, where its ARN belongs"),
        ("!GetAtt Orders.Arn", "url", "this is the ARN of Orders, where its URL belongs"),
        ("!GetAtt Orders.QueueName", "url", "this is the name of Orders, where its URL belongs"),
        (f"!Sub 'arn:aws:sqs:{REGION}:{ACCOUNT}:orders'", "url", "this is the ARN of Orders, where its URL belongs"),
        (
            f"!Sub 'https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/orders'",
            "arn",
            "this is the URL of Orders, where its ARN belongs",
        ),
        ("orders", "arn", "this is the name of Orders, where its ARN belongs"),
        (f"!Sub 'arn:aws:sqs:{REGION}:{ACCOUNT}:order'", "arn", "{} is not in this run"),
        (f"!Sub 'arn:aws:sqs:{REGION}:{ACCOUNT}:orders-dlq'", "arn", "{} is not in this run"),
        (f"!Sub 'arn:aws:sqs:{REGION}:{ACCOUNT}:my-orders'", "arn", "{} is not in this run"),
        (f"!Sub 'arn:aws:sqs:{REGION}:{ACCOUNT}:orders.fifo'", "arn", "{} is not in this run"),
        (f"!Sub 'arn:aws:sqs:{REGION}:{ACCOUNT}:Orders'", "arn", "{} is not in this run"),
        (f"!Sub 'arn:aws:sns:{REGION}:{ACCOUNT}:orders'", "arn", "{} is not in this run"),
        (
            "arn:aws:sqs:eu-west-1:111122223333:orders",
            "arn",
            "whether {} is Orders depends on the Region and account of the deployment",
        ),
        (
            f"!Sub 'arn:aws:sqs:{REGION}:111122223333:orders'",
            "arn",
            "whether {} is Orders depends on the account of the deployment",
        ),
        (
            f"!Sub 'arn:aws:sqs:eu-west-1:{ACCOUNT}:orders'",
            "arn",
            "whether {} is Orders depends on the Region of the deployment",
        ),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/orders", "url", "whether {} is Orders cannot be told"),
        (f"!Sub 'arn:aws:sqs:{REGION}:{ACCOUNT}:${{Name}}'", "arn", "whether {} is Orders cannot be told"),
        ("!Ref Name", "arn", "${Name} has no value here"),
        ("!ImportValue shop-orders", "arn", "${import shop-orders} has no value here"),
    ],
)
def test_why_something_is_not_the_resource(written: str, attribute: str, expected: str) -> None:
    part = part_of(f"{ORDERS}  R: {{Type: X, Properties: {{P: {written}}}}}\n")
    value = used(part)
    found = Model([part]).find(value, Queue, attribute)
    assert isinstance(found, Unknown)
    assert isinstance(value, Known)
    assert found.reason.text == expected.replace("{}", str(value.value))
    assert found.reason.doubt is Doubt.OUTSIDE


@pytest.mark.parametrize("written", ["!Ref Name", "!Sub '${Name}'", "!Join ['', [!Ref Name]]"])
def test_a_name_that_is_one_parameter_is_that_of_the_resource(written: str) -> None:
    part = judged("AWS::S3::Bucket", "BucketName", "!Ref Name", written)

    class Bucket(Resource):
        KIND = "AWS::S3::Bucket"

    assert isinstance(Model([part]).find(used(part), Bucket, "name"), Bucket)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (f"!Sub 'arn:aws:sqs:{REGION}:{ACCOUNT}:${{Name}}'", (True, False)),
        (f"!Sub 'arn:aws:sqs:{REGION}:{ACCOUNT}:${{Other}}'", (False, True)),
        ("!Ref Name", (True, False)),
        (f"!Sub 'arn:aws:sqs:{REGION}:{ACCOUNT}:${{Stage}}'", (None, None)),
        (f"!Sub 'arn:aws:sqs:{REGION}:111122223333:${{Name}}'", (None, None)),
    ],
)
def test_what_is_one_resource_is_no_other(written: str, expected: tuple[bool | None, bool | None]) -> None:
    """Two parameters may have the same value, but no stack makes two queues of one name."""
    part = part_of(
        "  One: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Name}}\n"
        "  Two: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Other}}\n"
        f"  R: {{Type: X, Properties: {{P: {written}}}}}\n"
    )
    model = Model([part])
    assert tuple(model.names(used(part), queue).truth for queue in model.every(Queue)) == expected


@pytest.mark.parametrize("written", ["!Ref WholeArn", "!Ref Arns", "!Select [1, !Ref Arns]"])
def test_an_arn_that_is_the_default_of_a_parameter_names_the_resource(written: str) -> None:
    part = part_of(f"{ORDERS}  R: {{Type: X, Properties: {{P: {written}}}}}\n")
    assert [(mention.by[1], mention.path) for mention in part.mentions("Orders")] == [("R", ("p",))]
    ours = Assumptions(accounts=("444455556666",), regions=("eu-west-1",))
    assert part_of(f"{ORDERS}  R: {{Type: X, Properties: {{P: {written}}}}}\n", ours).mentions("Orders") == []


def test_who_names_a_resource_hangs_on_the_scenario() -> None:
    part = part_of(
        "  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders-test}}\n"
        f"  R: {{Type: X, Properties: {{P: !Sub 'arn:aws:sqs:{REGION}:{ACCOUNT}:orders-${{Tier}}'}}}}\n"
    )
    found = {truth: part.under((Choice("t.yaml", "Testing", truth),)).mentions("Orders") for truth in (True, False)}
    assert [len(found[truth]) for truth in (True, False)] == [1, 0]


def test_a_condition_inside_an_arn_hides_no_mention() -> None:
    written = f"!Sub ['arn:aws:sqs:{REGION}:{ACCOUNT}:${{N}}', {{N: !If [Live, orders, !If [Testing, others, none]]}}]"
    part = part_of(f"{ORDERS}  R: {{Type: X, Properties: {{P: {written}}}}}\n")
    assert [mention.by[1] for mention in part.mentions("Orders")] == ["R"]


# The places where resources are named

SCENE = """
  Thing: {Type: AWS::SQS::Queue, Properties: {QueueName: NAME}}
  Source: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, RedrivePolicy: {deadLetterTargetArn: ARN}}}
  Restricted:
    Type: AWS::SQS::Queue
    Properties: {RedriveAllowPolicy: {redrivePermission: byQueue, sourceQueueArns: [ARN]}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news, Subscription: [{Protocol: sqs, Endpoint: ARN}]}}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: ARN, RedrivePolicy: {deadLetterTargetArn: ARN}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Name: placed
      EventPattern: {source: [shop]}
      Targets: [{Id: a, Arn: ARN, DeadLetterConfig: {Arn: ARN}}]
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {NotificationConfiguration: {QueueConfigurations: [{Event: "s3:*", Queue: ARN}]}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: [lambda.amazonaws.com, pipes.amazonaws.com]}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: receive
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "sqs:ReceiveMessage", Resource: ARN}]
  Function:
    Type: AWS::Lambda::Function
    Properties: {Role: !GetAtt Role.Arn, Timeout: 60, Handler: a.b, DeadLetterConfig: {TargetArn: ARN}}
  Mapping: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Function, EventSourceArn: ARN}}
  Invoke:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: {FunctionName: !Ref Function, Qualifier: $LATEST, DestinationConfig: {OnFailure: {Destination: ARN}}}
  Pipe: {Type: AWS::Pipes::Pipe, Properties: {RoleArn: !GetAtt Role.Arn, Source: ARN, Target: ARN}}
  Schedule:
    Type: AWS::Scheduler::Schedule
    Properties:
      FlexibleTimeWindow: {Mode: "OFF"}
      ScheduleExpression: rate(1 hour)
      Target: {Arn: ARN, RoleArn: !GetAtt Role.Arn, DeadLetterConfig: {Arn: ARN}}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [URL]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: ARN
            Condition: {ArnEquals: {"aws:SourceArn": !Ref Topic}}
"""


def answers(
    tmp_path_factory: pytest.TempPathFactory, name: str, arn: str, url: str, head: str = HEAD
) -> Counter[tuple[object, ...]]:
    file = tmp_path_factory.mktemp("scene") / "t.yaml"
    file.write_text(head + SCENE.replace("NAME", name).replace("ARN", arn).replace("URL", url))
    report = lint([str(file)], Options())
    return Counter((each.code, each.resource, each.decided) for each in (*report.findings, *report.undecided))


@pytest.mark.parametrize(("name", "others"), [(name, others) for name, others in NAMES if "!If" not in name])
def test_every_place_takes_every_spelling(
    name: str, others: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    expected = answers(tmp_path_factory, name, "!GetAtt Thing.Arn", "!Ref Thing")
    assert expected
    arns = spellings(KINDS[Queue.KIND], others[-1])
    urls = spellings(IDENTITIES[Queue.KIND].url, others[-1])
    for arn, url in zip(arns, urls, strict=True):
        assert answers(tmp_path_factory, name, arn, url) == expected, (arn, url)


def test_what_cannot_be_evaluated_is_named_by_its_end() -> None:
    written = f"!Sub 'arn:aws:sqs:${{Nowhere}}:{ACCOUNT}:orders'"
    part = part_of(f"{ORDERS}  R: {{Type: X, Properties: {{P: {written}}}}}\n")
    assert [mention.by[1] for mention in part.mentions("Orders")] == ["R"]


@pytest.mark.parametrize(
    ("type_", "name", "property_"),
    [
        ("AWS::Lambda::Function", "FunctionName", "FunctionName"),
        ("AWS::SNS::Topic", "TopicName", "SnsTopicName"),
        ("AWS::Kinesis::Stream", "Name", "StreamName"),
        ("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName", "DeliveryStreamName"),
        ("AWS::StepFunctions::StateMachine", "StateMachineName", "StateMachineName"),
    ],
)
def test_a_property_that_takes_a_name_names_the_resource(type_: str, name: str, property_: str) -> None:
    for own, other in (("orders", "!Ref Given"), ("!Ref Name", "!Sub '${Name}'"), ("!Ref Name", "!Ref Other")):
        thing = f"  Thing: {{Type: '{type_}', Properties: {{{name}: {own}}}}}\n"
        part = part_of(f"{thing}  R: {{Type: X, Properties: {{{property_}: {other}, Else: {other}}}}}\n")
        expected = [] if "Other" in other else [("R", (property_.lower(),))]
        assert [(mention.by[1], mention.path) for mention in part.mentions("Thing")] == expected


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("!Ref Orders", 1),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/orders", 1),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/billing", 0),
        ("https://sqs.eu-west-1.amazonaws.com/444455556666/orders", 0),
        (f"!Sub 'https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/${{Name}}-billing'", 0),
        # What cannot be told may be this queue, and so may what stands in the wrong place.
        (f"!Sub 'https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/${{Name}}'", None),
        ("!Ref Name", None),
        ("!ImportValue shop-orders", None),
        ("!GetAtt Orders.Arn", None),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", None),
        ("!Ref Stack", None),
    ],
)
def test_whose_policy_it_is(listed: str, expected: int | None) -> None:
    part = part_of(
        f"{ORDERS}"
        "  Stack: {Type: AWS::CloudFormation::Stack}\n"
        "  Policy:\n"
        "    Type: AWS::SQS::QueuePolicy\n"
        f"    Properties: {{Queues: [{listed}], PolicyDocument: {{Statement: []}}}}\n",
        Assumptions(accounts=("111122223333",), regions=("eu-west-1",)),
    )
    model = Model([part])
    found = policies(next(model.every(Queue)), model)
    unknown = [each for each in found if isinstance(each.policy, Unknown) and each.owner.id == "Policy"]
    assert (None if unknown else len(found)) == expected


def test_a_template_for_china_names_its_own_queue(tmp_path_factory: pytest.TempPathFactory) -> None:
    arn = f"!Sub 'arn:aws-cn:sqs:{REGION}:{ACCOUNT}:orders'"
    expected = answers(tmp_path_factory, "orders", "!GetAtt Thing.Arn", "!Ref Thing")
    url = f"!Sub 'https://sqs.{REGION}.amazonaws.com.cn/{ACCOUNT}/orders'"
    head = HEAD.replace("arn:aws:", "arn:aws-cn:")
    assert answers(tmp_path_factory, "orders", arn, url, head) == expected


def test_a_mapping_that_calls_its_function_by_name_uses_the_functions_role() -> None:
    part = part_of(
        f"{ORDERS}"
        "  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}\n"
        "  Function: {Type: AWS::Lambda::Function, Properties: {FunctionName: !Ref Name, Role: !GetAtt Role.Arn}}\n"
        "  Mapping:\n"
        "    Type: AWS::Lambda::EventSourceMapping\n"
        "    Properties: {FunctionName: !Sub '${Name}', EventSourceArn: !GetAtt Orders.Arn}\n"
    )
    model = Model([part])
    assert "Mapping" in [user.owner.id for user in users(next(model.every(Role)), model)]
