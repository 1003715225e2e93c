"""What a CloudFormation template says: each intrinsic function in both its forms, alone, nested and malformed."""

import time
from textwrap import dedent

import pytest

from msglint.model.data import Data
from msglint.model.expression import Fields, Items, NeedsChoice
from msglint.model.resource import Choice, Part, Record
from msglint.model.text import Text, same
from msglint.model.value import Absent, Known, Mentions, Unknown
from msglint.readers.interface import Assumptions, NotATemplate
from msglint.readers.recognise import marks_a_template, read
from msglint.source import Document, SourceError
from msglint.verdict import Doubt, Reason

SECTIONS = """
    AWSTemplateFormatVersion: "2010-09-09"
    Parameters:
      Name: {Type: String}
      Stage: {Type: String, AllowedValues: [test, live], Default: test}
      Wait: {Type: Number, Default: 7}
      Closed: {Type: String, AllowedValues: [only]}
      Names: {Type: CommaDelimitedList, Default: "a, b ,c"}
      Zones: {Type: "List<AWS::EC2::AvailabilityZone::Name>"}
      Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /shop/queue}
      StoredNames: {Type: "AWS::SSM::Parameter::Value<List<String>>", Default: /shop/queues}
      StoredWhere: {Type: "AWS::SSM::Parameter::Name", Default: /shop/queue}
      Secret: {Type: String, Default: "{{resolve:ssm:/shop/secret}}"}
    Mappings:
      Regions:
        eu-west-1: {Wait: 0, Same: 5, Names: [x, y]}
        us-east-1: {Wait: 20, Same: 5, Names: [x, y]}
      Stages:
        test: {Queue: !Ref Name}
    Conditions:
      Live: !Equals [!Ref Stage, live]
      Ireland: !Equals [!Ref AWS::Region, eu-west-1]
    Resources:
      Queue: {Type: AWS::SQS::Queue}
      Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "orders-${Stage}"}}
      Billing: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Name}}
      Odd: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt Odd.QueueName}}
      Topic: {Type: AWS::SNS::Topic}
      Stream: {Type: AWS::Kinesis::Stream, Properties: {Name: clicks}}
      Archive: {Type: AWS::KinesisFirehose::DeliveryStream, Properties: {DeliveryStreamName: archive}}
      Function: {Type: AWS::Lambda::Function, Properties: {FunctionName: consume}}
      Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: shop}}
      Other: {Type: AWS::Example::Thing}
    """

NOTHING = Assumptions()
HERE = "${AWS::Region}:${AWS::AccountId}"


def part_of(properties: str, assumptions: Assumptions = NOTHING) -> Part:
    """Read the template above with one more resource, `R`, that has these properties."""
    body = dedent(SECTIONS) + f"  R:\n    Type: AWS::Example::Judged\n    Properties: {properties}\n"
    return read(Document("t.yaml", body), assumptions)


def record_of(part: Part, id_: str = "R") -> Record:
    record = part.record(id_)
    assert record is not None
    return record


def value_of(written: str, assumptions: Assumptions = NOTHING) -> Data:
    """Give the property `P` of `R`."""
    return Data(record_of(part_of(f"{{P: {written}}}", assumptions)).properties).get("P")


def shown(data: Data) -> object:
    """Write a value: texts with their symbols, None for what is absent, of an unknown whose limit it is."""
    match data.shape:
        case Known(value=Text() as text):
            return str(text)
        case Known(value=scalar):
            return scalar
        case Absent():
            return None
        case Unknown(reason=reason) | Mentions(reason=reason):
            return reason.doubt
        case Fields():
            return {name: shown(part) for name, part in data.fields().items()}
        case Items():
            return [shown(part) for part in data.elements().known]


def text_of(written: str) -> Text:
    shape = value_of(written).shape
    assert isinstance(shape, Known)
    assert isinstance(shape.value, Text)
    return shape.value


OUTSIDE, NOT_UNDERSTOOD = Doubt.OUTSIDE, Doubt.NOT_UNDERSTOOD
GENERATED = "${AWS::StackName}-Queue-<random>"
NO_INDEX, NO_NUMBER = "9" * 20, "9" * 5000
"""More than any index of a list in Python, and more digits than it takes for a number."""
TOPIC_ARN = f"arn:aws:sns:{HERE}:${{AWS::StackName}}-Topic-<random>"
QUEUE_ARN = f"arn:aws:sqs:{HERE}:{GENERATED}"


@pytest.mark.parametrize(
    ("short", "long", "expected"),
    [
        # Ref
        ("!Ref Name", "{Ref: Name}", "${Name}"),
        ("!Ref Stage", "{Ref: Stage}", "test"),
        ("!Ref Wait", "{Ref: Wait}", "7"),
        ("!Ref Closed", "{Ref: Closed}", "only"),
        ("!Ref Names", "{Ref: Names}", ["a", "b", "c"]),
        ("!Ref Zones", "{Ref: Zones}", OUTSIDE),
        ("!Ref Stored", "{Ref: Stored}", "${Stored}"),
        ("!Ref StoredNames", "{Ref: StoredNames}", OUTSIDE),
        ("!Ref StoredWhere", "{Ref: StoredWhere}", "/shop/queue"),
        ("!Ref Secret", "{Ref: Secret}", "{{resolve:ssm:/shop/secret}}"),
        ("!Ref AWS::Region", "{Ref: 'AWS::Region'}", "${AWS::Region}"),
        ("!Ref AWS::Partition", "{Ref: 'AWS::Partition'}", "aws"),
        ("!Ref AWS::URLSuffix", "{Ref: 'AWS::URLSuffix'}", "amazonaws.com"),
        ("!Ref AWS::StackId", "{Ref: 'AWS::StackId'}", "${AWS::StackId}"),
        ("!Ref AWS::NotificationARNs", "{Ref: 'AWS::NotificationARNs'}", OUTSIDE),
        ("!Ref AWS::NoValue", "{Ref: 'AWS::NoValue'}", None),
        ("!Ref Queue", "{Ref: Queue}", f"https://sqs.${{AWS::Region}}.amazonaws.com/${{AWS::AccountId}}/{GENERATED}"),
        ("!Ref Topic", "{Ref: Topic}", TOPIC_ARN),
        ("!Ref Stream", "{Ref: Stream}", "clicks"),
        ("!Ref Archive", "{Ref: Archive}", "archive"),
        ("!Ref Function", "{Ref: Function}", "consume"),
        ("!Ref Bucket", "{Ref: Bucket}", "shop"),
        ("!Ref Other", "{Ref: Other}", "${Other.ref}"),
        ("!Ref Nowhere", "{Ref: Nowhere}", OUTSIDE),
        # GetAtt
        ("!GetAtt Queue.Arn", "{'Fn::GetAtt': [Queue, Arn]}", QUEUE_ARN),
        ("!GetAtt [Queue, Arn]", "{'Fn::GetAtt': Queue.Arn}", QUEUE_ARN),
        ("!GetAtt Orders.QueueName", "{'Fn::GetAtt': [Orders, QueueName]}", "orders-test"),
        ("!GetAtt Billing.QueueName", "{'Fn::GetAtt': [Billing, QueueName]}", "${Name}"),
        ("!GetAtt Topic.TopicArn", "{'Fn::GetAtt': [Topic, TopicArn]}", TOPIC_ARN),
        ("!GetAtt Stream.Arn", "{'Fn::GetAtt': [Stream, Arn]}", f"arn:aws:kinesis:{HERE}:stream/clicks"),
        ("!GetAtt Archive.Arn", "{'Fn::GetAtt': [Archive, Arn]}", f"arn:aws:firehose:{HERE}:deliverystream/archive"),
        ("!GetAtt Function.Arn", "{'Fn::GetAtt': [Function, Arn]}", f"arn:aws:lambda:{HERE}:function:consume"),
        ("!GetAtt Bucket.Arn", "{'Fn::GetAtt': [Bucket, Arn]}", "arn:aws:s3:::shop"),
        ("!GetAtt Other.Outputs.Queue", "{'Fn::GetAtt': [Other, Outputs.Queue]}", "${Other.Outputs.Queue}"),
        ("!GetAtt Nowhere.Arn", "{'Fn::GetAtt': [Nowhere, Arn]}", OUTSIDE),
        ("!GetAtt Queue", "{'Fn::GetAtt': [Queue]}", NOT_UNDERSTOOD),
        # Sub
        ("!Sub '${Stage}-queue'", "{'Fn::Sub': '${Stage}-queue'}", "test-queue"),
        ("!Sub '${Queue.Arn}'", "{'Fn::Sub': '${Queue.Arn}'}", QUEUE_ARN),
        ("!Sub '${Topic}'", "{'Fn::Sub': '${Topic}'}", TOPIC_ARN),
        ("!Sub '${AWS::Region}-${Name}'", "{'Fn::Sub': '${AWS::Region}-${Name}'}", "${AWS::Region}-${Name}"),
        ("!Sub '${!Stage}'", "{'Fn::Sub': '${!Stage}'}", "${Stage}"),
        ("!Sub ['${A}-${Stage}', {A: !Ref Wait}]", "{'Fn::Sub': ['${A}-${Stage}', {A: {Ref: Wait}}]}", "7-test"),
        ("!Sub ['${Stage}', {Stage: mine}]", "{'Fn::Sub': ['${Stage}', {Stage: mine}]}", "mine"),
        ("!Sub '${Nowhere}'", "{'Fn::Sub': '${Nowhere}'}", OUTSIDE),
        ("!Sub '${Names}'", "{'Fn::Sub': '${Names}'}", NOT_UNDERSTOOD),
        ("!Sub '${Zones}'", "{'Fn::Sub': '${Zones}'}", OUTSIDE),
        ("!Sub '{{resolve:ssm:/${Stage}}}'", "{'Fn::Sub': '{{resolve:ssm:/${Stage}}}'}", "{{resolve:ssm:/test}}"),
        # Join
        (
            "!Join ['-', [a, !Ref Stage, !Ref Name]]",
            "{'Fn::Join': ['-', [a, {Ref: Stage}, {Ref: Name}]]}",
            "a-test-${Name}",
        ),
        ("!Join ['', []]", "{'Fn::Join': ['', []]}", ""),
        ("!Join [',', !Ref Names]", "{'Fn::Join': [',', {Ref: Names}]}", "a,b,c"),
        ("!Join [',', [a, !Ref AWS::NoValue, b]]", "{'Fn::Join': [',', [a, {Ref: 'AWS::NoValue'}, b]]}", "a,b"),
        ("!Join [',', !Ref Zones]", "{'Fn::Join': [',', {Ref: Zones}]}", OUTSIDE),
        ("!Join [',', !Ref Name]", "{'Fn::Join': [',', {Ref: Name}]}", NOT_UNDERSTOOD),
        ("!Join [',', [!Ref Nowhere]]", "{'Fn::Join': [',', [{Ref: Nowhere}]]}", OUTSIDE),
        ("!Join [!Ref Name, [a, b]]", "{'Fn::Join': [{Ref: Name}, [a, b]]}", NOT_UNDERSTOOD),
        # Select
        ("!Select [1, [a, b]]", "{'Fn::Select': [1, [a, b]]}", "b"),
        ("!Select ['0', !Ref Names]", "{'Fn::Select': ['0', {Ref: Names}]}", "a"),
        ("!Select [0, [{a: !Ref Wait}]]", "{'Fn::Select': [0, [{a: {Ref: Wait}}]]}", {"a": "7"}),
        ("!Select [2, [a, b]]", "{'Fn::Select': [2, [a, b]]}", NOT_UNDERSTOOD),
        ("!Select [-1, [a, b]]", "{'Fn::Select': [-1, [a, b]]}", NOT_UNDERSTOOD),
        (f"!Select ['{NO_INDEX}', [a, b]]", f"{{'Fn::Select': ['{NO_INDEX}', [a, b]]}}", NOT_UNDERSTOOD),
        (f"!Select ['{NO_NUMBER}', [a, b]]", f"{{'Fn::Select': ['{NO_NUMBER}', [a, b]]}}", NOT_UNDERSTOOD),
        ("!Select [0, !Ref Zones]", "{'Fn::Select': [0, {Ref: Zones}]}", OUTSIDE),
        ("!Select [!Ref Name, [a, b]]", "{'Fn::Select': [{Ref: Name}, [a, b]]}", OUTSIDE),
        ("!Select [0, !GetAZs '']", "{'Fn::Select': [0, {'Fn::GetAZs': ''}]}", OUTSIDE),
        # Split
        ("!Split [',', 'a,b']", "{'Fn::Split': [',', 'a,b']}", ["a", "b"]),
        ("!Split [':', !Ref Name]", "{'Fn::Split': [':', {Ref: Name}]}", OUTSIDE),
        ("!Split ['', a]", "{'Fn::Split': ['', a]}", NOT_UNDERSTOOD),
        (
            "!Select [5, !Split [':', !GetAtt Queue.Arn]]",
            "{'Fn::Select': [5, {'Fn::Split': [':', !GetAtt Queue.Arn]}]}",
            GENERATED,
        ),
        # FindInMap
        ("!FindInMap [Regions, us-east-1, Wait]", "{'Fn::FindInMap': [Regions, us-east-1, Wait]}", "20"),
        ("!FindInMap [Regions, eu-west-1, Names]", "{'Fn::FindInMap': [Regions, eu-west-1, Names]}", ["x", "y"]),
        ("!FindInMap [Stages, !Ref Stage, Queue]", "{'Fn::FindInMap': [Stages, {Ref: Stage}, Queue]}", "${Name}"),
        (
            "!FindInMap [Regions, !Ref AWS::Region, Wait]",
            "{'Fn::FindInMap': [Regions, {Ref: 'AWS::Region'}, Wait]}",
            OUTSIDE,
        ),
        (
            "!FindInMap [Regions, !Ref AWS::Region, Same]",
            "{'Fn::FindInMap': [Regions, {Ref: 'AWS::Region'}, Same]}",
            "5",
        ),
        ("!FindInMap [Regions, moon, Wait]", "{'Fn::FindInMap': [Regions, moon, Wait]}", NOT_UNDERSTOOD),
        ("!FindInMap [Nowhere, moon, Wait]", "{'Fn::FindInMap': [Nowhere, moon, Wait]}", NOT_UNDERSTOOD),
        (
            "!FindInMap [Regions, moon, Wait, {DefaultValue: !Ref Wait}]",
            "{'Fn::FindInMap': [Regions, moon, Wait, {DefaultValue: {Ref: Wait}}]}",
            "7",
        ),
        # ImportValue
        ("!ImportValue shop-queue", "{'Fn::ImportValue': shop-queue}", "${import shop-queue}"),
        (
            "!ImportValue {'Fn::Sub': '${Stage}-queue'}",
            "{'Fn::ImportValue': !Sub '${Stage}-queue'}",
            "${import test-queue}",
        ),
        # others
        ("!ToJsonString {a: !Ref Wait}", "{'Fn::ToJsonString': {a: {Ref: Wait}}}", {"a": "7"}),
        ("!Base64 a", "{'Fn::Base64': a}", NOT_UNDERSTOOD),
        ("!Cidr [!Ref Name, 1, 1]", "{'Fn::Cidr': [{Ref: Name}, 1, 1]}", NOT_UNDERSTOOD),
    ],
)
def test_intrinsic_functions_in_both_forms(short: str, long: str, expected: object) -> None:
    assert shown(value_of(short)) == expected
    assert shown(value_of(long)) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a", "a"),
        ("'{{resolve:secretsmanager:shop:SecretString:key}}'", "{{resolve:secretsmanager:shop:SecretString:key}}"),
        ("null", None),
        ("~", None),
        ("''", ""),
        ("[a, !Ref AWS::NoValue, !Ref Name]", ["a", "${Name}"]),
        ("{a: {b: [!Ref Wait]}, c: !Ref AWS::NoValue}", {"a": {"b": ["7"]}, "c": None}),
        ("{'Fn::Transform': {Name: 'AWS::Include'}, a: b}", OUTSIDE),
        (
            "!Join ['', ['{{resolve:secretsmanager:', !Ref Name, '::password}}']]",
            "{{resolve:secretsmanager:${Name}::password}}",
        ),
    ],
)
def test_values_without_a_function(written: str, expected: object) -> None:
    assert shown(value_of(written)) == expected


def test_a_dynamic_reference_has_no_literal_text() -> None:
    """Nobody may conclude anything from how it is written, only from what stands around it."""
    text = text_of("!Sub '{{resolve:ssm:/${Stage}/queue}}.fifo'")
    assert text.starts_with("{{").is_unknown
    assert text.ends_with(".fifo").is_yes
    assert text_of("'{{resolve:ssm:/queue.fifo}}'").contains(".fifo").is_unknown


@pytest.mark.parametrize(
    ("written", "attribute"),
    [
        ("!GetAtt Queue.Arn", "arn"),
        ("!Sub '${Queue.Arn}'", "arn"),
        ("!Join ['', [!GetAtt Queue.Arn]]", "arn"),
        ("!Select [0, [!GetAtt Queue.Arn]]", "arn"),
        ("!Ref Queue", "url"),
        ("!Sub ['${Q}', {Q: !Ref Queue}]", "url"),
        ("!GetAtt Queue.QueueName", "name"),
    ],
)
def test_an_attribute_refers_to_its_resource(written: str, attribute: str) -> None:
    refers = text_of(written).refers
    assert refers is not None
    assert (refers.resource, refers.attribute) == (("t.yaml", "Queue"), attribute)


@pytest.mark.parametrize("written", ["!Sub '${Queue.Arn}/*'", "!Join [':', [!GetAtt Queue.Arn, x]]", "!Ref Name"])
def test_what_is_more_than_an_attribute_refers_to_nothing(written: str) -> None:
    assert text_of(written).refers is None


BECAUSE = Reason(OUTSIDE, "a test")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("!Ref Name", "!Sub '${Name}'", True),
        ("!Ref Name", "!Ref Zones", None),
        ("!Ref Name", "a", None),
        ("!GetAtt Orders.Arn", "!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders-test'", True),
        ("!GetAtt Orders.Arn", "!Sub 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:orders-live'", False),
        ("!GetAtt Orders.Arn", "arn:aws:sqs:eu-west-1:111122223333:orders-test", None),
        ("!GetAtt Queue.QueueName", "!GetAtt Queue.QueueName", True),
        ("!GetAtt Queue.QueueName", "!Sub '${AWS::StackName}-Queue'", False),
        ("!GetAtt Queue.QueueName", "shop-Queue-1A2B3C", False),
        ("!GetAtt Queue.QueueName", "!Ref Name", False),
        ("!ImportValue a", "!ImportValue a", True),
        ("!ImportValue a", "!ImportValue b", None),
        ("!ImportValue {'Fn::Sub': '${Name}-a'}", "{'Fn::ImportValue': !Join ['-', [!Ref Name, a]]}", True),
        ("'{{resolve:ssm:/a}}'", "'{{resolve:ssm:/a}}'", True),
        ("'{{resolve:ssm:/a}}'", "'{{resolve:ssm:/b}}'", None),
    ],
)
def test_texts_have_identity(left: str, right: str, expected: bool | None) -> None:
    """A generated name is like no text that somebody writes; what has no value yet is still itself."""
    properties = Data(record_of(part_of(f"{{A: {left}, B: {right}}}")).properties)
    texts = [properties.get(name).text() for name in "AB"]
    literals = [value.value if isinstance(value, Known) else text_of("!Ref Stored") for value in texts]
    assert same(literals[0], literals[1], BECAUSE).truth is expected


def test_imports_under_names_that_cannot_be_told_are_not_the_same() -> None:
    imported = "{'Fn::ImportValue': !FindInMap [Regions, !Ref AWS::Region, Wait]}"
    assert shown(value_of(imported)) is OUTSIDE


# Assumptions


@pytest.mark.parametrize(
    ("written", "assumptions", "expected"),
    [
        ("!Ref AWS::Region", Assumptions(regions=("eu-west-1",)), "eu-west-1"),
        ("!Ref AWS::Region", Assumptions(regions=("eu-west-1", "eu-west-2")), "${AWS::Region}"),
        ("!Ref AWS::AccountId", Assumptions(accounts=("012345678901",)), "012345678901"),
        ("!Ref AWS::Partition", Assumptions(regions=("cn-north-1",)), "aws-cn"),
        ("!Ref AWS::Partition", Assumptions(regions=("us-gov-west-1",)), "aws-us-gov"),
        ("!Ref AWS::URLSuffix", Assumptions(regions=("cn-north-1",)), "amazonaws.com.cn"),
        ("!FindInMap [Regions, !Ref AWS::Region, Wait]", Assumptions(regions=("eu-west-1",)), "0"),
        ("!Ref Name", Assumptions(parameters={"Name": "shop"}), "shop"),
        ("!Ref Stage", Assumptions(parameters={"Stage": "live"}), "live"),
        ("!Ref Stage", Assumptions(parameters={"Stage": "somewhere"}), "somewhere"),
        ("!Ref Zones", Assumptions(parameters={"Zones": "a,b"}), ["a", "b"]),
        ("!Ref Stored", Assumptions(parameters={"Stored": "/other"}), "${Stored}"),
        ("!If [Live, a, b]", Assumptions(parameters={"Stage": "live"}), "a"),
        ("!If [Live, a, b]", Assumptions(parameters={"Stage": "test"}), "b"),
        ("!If [Ireland, a, b]", Assumptions(regions=("us-east-1",)), "b"),
    ],
)
def test_what_the_user_asserts(written: str, assumptions: Assumptions, expected: object) -> None:
    assert shown(value_of(written, assumptions)) == expected


# Conditions


def test_a_condition_asks_for_a_choice_and_then_decides() -> None:
    part = part_of("{P: !If [Live, !Ref Stage, !If [Ireland, !Ref AWS::Region, elsewhere]]}")
    with pytest.raises(NeedsChoice) as caught:
        Data(record_of(part).properties).get("P").text()
    assert (caught.value.part, caught.value.condition) == ("t.yaml", "Live")

    def under(**chosen: bool) -> object:
        scenario = tuple(Choice("t.yaml", name, truth) for name, truth in chosen.items())
        return shown(Data(record_of(part.under(scenario)).properties).get("P"))

    assert under(Live=True) == "live"
    assert under(Live=False, Ireland=True) == "eu-west-1"
    assert under(Live=False, Ireland=False) == "elsewhere"


def test_a_value_that_nobody_reads_asks_for_no_choice() -> None:
    properties = Data(record_of(part_of("{P: a, Q: !If [Live, a, b], S: {a: !If [Live, a, b], b: c}}")).properties)
    assert shown(properties.get("P")) == "a"
    assert shown(properties.get("S", "b")) == "c"


def test_a_resource_exists_under_its_condition() -> None:
    text = dedent(SECTIONS) + (
        "  A: {Type: 'AWS::SQS::Queue', Condition: Live}\n"
        "  B: {Type: 'AWS::SQS::Queue', Condition: Nowhere}\n"
        "  C: {Type: 'AWS::SQS::Queue'}\n"
    )
    part = read(Document("t", text), Assumptions())
    assert part.exists("C")
    for resource, condition in (("A", "Live"), ("B", "Nowhere")):
        with pytest.raises(NeedsChoice):
            part.exists(resource)
        assert part.under((Choice("t", condition, True),)).exists(resource)
        assert not part.under((Choice("t", condition, False),)).exists(resource)
    both = (Choice("t", "Live", True), Choice("another file", "Live", False))
    assert part.under(both).exists("A")
    assert part.possible(both)


# Whatever is written

MALFORMED = [
    *("!Ref [a]", "!Ref {a: b}", "{Ref: [a]}", "{Ref: null}", "!Ref ''", "{Ref: {Ref: Name}}"),
    *("!GetAtt []", "!GetAtt [Queue]", "!GetAtt {a: b}", "!GetAtt [[Queue], Arn]", "!GetAtt .Arn", "!GetAtt Queue."),
    *("!Sub []", "!Sub [a]", "!Sub {a: b}", "!Sub ['${a}', b]", "!Sub ['${a}', {a: [b]}]", "!Sub [[a], {}]"),
    *("!Sub '${'", "!Sub '${}'", "!Sub '${ }'", "!Sub ['${a}', {a: !Sub ['${b}', {b: !Ref a}]}]", "{'Fn::Sub': null}"),
    *("!Join a", "!Join []", "!Join [a]", "!Join [a, b]", "!Join [[a], [b]]", "!Join [',', [[a]]]", "!Join [a, b, c]"),
    *("!Select a", "!Select []", "!Select [0]", "!Select [a, [b]]", "!Select [0, b]", "!Select [[0], [b]]"),
    *("!Select [0, []]", "!Select [0, [!Ref AWS::NoValue]]", "!Select [1e9, [a]]", "!Select ['²', [a]]"),
    *("!Split a", "!Split [a]", "!Split [',', [a]]", "!Split [[a], b]", "!Split [',', !Ref AWS::NoValue]"),
    *("!FindInMap a", "!FindInMap [a]", "!FindInMap [a, b]", "!FindInMap [[a], b, c]", "!FindInMap [Regions, a, [b]]"),
    *("!FindInMap [Regions, a, b, c]", "!FindInMap [Regions, a, b, {c: d}]", "!FindInMap [Regions, eu-west-1, a]"),
    *("!FindInMap [!Ref Name, a, b]", "!FindInMap [Regions, !Ref Name, !Ref Name]", "{'Fn::FindInMap': {}}"),
    *("!If a", "!If []", "!If [Live]", "!If [Live, a]", "!If [[Live], a, b]", "!If [!Ref Live, a, b]", "{'Fn::If': x}"),
    *("!ImportValue []", "!ImportValue {a: b}", "{'Fn::ImportValue': [a]}", "{'Fn::ImportValue': null}"),
    *("!ImportValue {'Fn::Sub': []}", "!ToJsonString a", "!ToJsonString []", "{'Fn::ToJsonString': !Ref Nowhere}"),
    *("!Nothing a", "{'Fn::Nothing': a}", "{'Fn::': a}", "{'Fn::If': [Live, a, b], x: y}", "!Condition Live"),
    *("!Length a", "!Length {a: b}", "!Length null", "!Length [[a], !Ref Nowhere]", "{'Fn::Length': {Ref: Name}}"),
    *("!GetStackOutput a", "!GetStackOutput {StackName: a}", "{'Fn::GetStackOutput': {StackName: [a], OutputName: b}}"),
    *("!Ref {'Fn::Sub': []}", "{Ref: [a]}", "{Ref: null}", "!GetAtt [[a], b]", "{'Fn::GetAtt': {Ref: Names}}"),
    *("!Rain::Embed a", "{'Fn::ForEach::A': a}", "{'Fn::ForEach::A': [a, [b], {c: d}]}", "!Transform a"),
    *("{Condition: Live}", "!GetAtt Odd.QueueName", "!Ref Odd", "!Sub '${Odd.Arn}'", "!Transform {Name: x}"),
]


@pytest.mark.parametrize("written", MALFORMED)
def test_malformed_functions_are_values_of_some_kind(written: str) -> None:
    """Whoever asks for whatever kind of value gets an answer."""
    part = part_of(f"{{P: {written}}}").under((Choice("t.yaml", "Live", True),))
    data = Data(record_of(part).properties).get("P")
    for here in (data, data.get("a", "b"), *data.elements().known):
        for answer in (here.text(), here.integer(), here.boolean()):
            assert isinstance(answer, Known | Absent | Unknown | Mentions)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        *(("yes", "true"), ("Off", "false"), ("TRUE", "true"), ("y", "y"), ("'yes'", "yes"), ("!!bool no", "false")),
        *(("010", "8"), ("0x1F", "31"), ("0b11", "3"), ("1_800", "1800"), ("1:30", "90"), ("+5", "5"), ("08", "08")),
        *(("'010'", "010"), ("!!str 010", "010"), ("012345670123", "012345670123"), ("=", "=")),
        *(("2012-10-17", "2012-10-17"), ("!Join ['-', [010, on, 1.50, 7]]", "8-true-1.50-7"), ("!!int '7'", "7")),
    ],
)
def test_numbers_and_truth_values_are_those_of_yaml_1_1(written: str, text: str) -> None:
    """CloudFormation reads YAML 1.1; who writes an account without quotation marks means the account."""
    found = Data(record_of(part_of(f"{{P: {written}}}").under((Choice("t.yaml", "Live", True),))).properties).get("P")
    answer = found.text()
    assert isinstance(answer, Known)
    assert str(answer.value) == text


@pytest.mark.parametrize(
    "sections",
    ["Resources: [a]", "Parameters: a", "Conditions: [a]", "Mappings: 7", "Resources: !Ref a", "Resources: a"],
)
def test_a_section_that_is_no_mapping_is_an_error(sections: str) -> None:
    with pytest.raises(SourceError, match="is not a mapping"):
        read(Document("t", f"AWSTemplateFormatVersion: '2010-09-09'\n{sections}\n"), Assumptions())


@pytest.mark.parametrize("text", ["Resources: [a]  # AWS::SQS::Queue", "a: b", "[]", "Resources: 1", "openapi: 3.0.0"])
def test_what_is_no_template(text: str) -> None:
    with pytest.raises(NotATemplate):
        read(Document("t", text), Assumptions())


@pytest.mark.parametrize(
    ("written", "by"),
    [
        ("Transform: Macro", "a macro"),
        ("Transform: [AWS::LanguageExtensions, {Name: AWS::Include, Parameters: {Location: 's3://a/b'}}]", "a macro"),
        ("Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://a/b'}}", "a macro or include"),
        ("Outputs: {Fn::Transform: {Name: AWS::Include}}", "a macro or include"),
        ("Modules: {Content: {Source: ./content.yaml}}", "a module"),
    ],
)
def test_what_may_add_resources_is_told(written: str, by: str) -> None:
    for more, expected in (("", by), ("  Other: {Fn::Transform: {Name: Macro}}", "a macro or include")):
        text = (
            f"AWSTemplateFormatVersion: '2010-09-09'\n{written}\nResources:\n  A: {{Type: AWS::SQS::Queue}}\n{more}\n"
        )
        opaque = read(Document("t", text), Assumptions()).opaque("Queue")
        assert opaque is not None
        assert (opaque.by, opaque.doubt) == (expected, OUTSIDE)


@pytest.mark.parametrize(
    ("resource", "adds"),
    [
        ("{Fn::Transform: {Name: AWS::Include}}", True),
        ("!Rain::Module ./queue.yaml", True),
        ("{Type: !Rain::Module ./queue.yaml, Properties: {Name: a}}", True),
        ("{Type: !Ref A}", True),
        ("{Type: AWS::SQS::Queue, Fn::Transform: {Name: AWS::Include}}", False),
        ("{Properties: {QueueName: a}}", False),
    ],
)
def test_a_resource_whose_type_a_macro_tells_may_be_any(resource: str, adds: bool) -> None:
    text = f"AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: {resource}\n"
    assert (read(Document("t", text), Assumptions()).opaque("Queue") is not None) == adds


def test_a_map_that_an_include_adds_to_has_no_default() -> None:
    text = """
        AWSTemplateFormatVersion: "2010-09-09"
        Mappings:
          Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://a/b}}
          Known: {a: {b: c, Fn::Transform: {Name: AWS::Include}}}
        Resources:
          R:
            Type: AWS::Example::Judged
            Properties:
              Absent: !FindInMap [Other, a, b, {DefaultValue: d}]
              Inside: !FindInMap [Known, a, x, {DefaultValue: d}]
              Open: !FindInMap [Known, a, !Ref AWS::Region]
              There: !FindInMap [Known, a, b]
        """
    properties = Data(record_of(read(Document("t", dedent(text)), Assumptions())).properties)
    found = [shown(properties.get(name)) for name in ("Absent", "Inside", "Open", "There")]
    assert found == [OUTSIDE, OUTSIDE, OUTSIDE, "c"]


MODULE = """
    AWSTemplateFormatVersion: "2010-09-09"
    Resources:
      Shop: {Type: Acme::Shop::Queue::MODULE, Properties: {Topic: !Ref Topic}}
      Topic: {Type: AWS::SNS::Topic}
      R: {Type: AWS::Example::Judged, Properties: {P: WRITTEN}}
"""


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("!Ref ShopQueue", "ShopQueue may be a resource of the module Shop"),
        ("!Ref Shop.Queue", "Shop.Queue may be a resource of the module Shop"),
        ("!GetAtt ShopQueue.Arn", "ShopQueue.Arn may be a resource of the module Shop"),
        ("!Sub '${ShopQueue.Arn}'", "ShopQueue.Arn may be a resource of the module Shop"),
        ("!Ref Other", "Ref to Other, which this template does not declare"),
    ],
)
def test_a_resource_inside_a_module_is_outside_the_run(written: str, reason: str) -> None:
    part = read(Document("t", dedent(MODULE).replace("WRITTEN", written)), Assumptions())
    shape = Data(record_of(part).properties).get("P").shape
    assert isinstance(shape, Unknown)
    assert (shape.reason.text, shape.reason.doubt) == (reason, OUTSIDE)


def test_an_attribute_of_a_resource_inside_a_module_is_the_same_wherever_it_is_named() -> None:
    part = read(Document("t", dedent(MODULE).replace("WRITTEN", "!GetAtt [Shop, Queue.Arn]")), Assumptions())
    text = Data(record_of(part).properties).get("P").text()
    assert isinstance(text, Known)
    assert text.value == part.attribute("Shop", "Queue.Arn")


# Dynamic references


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("'{{resolve:ssm:/a}}'", "!Sub '{{resolve:ssm:/a}}'", True),
        ("'{{resolve:ssm:/a}}'", "!Join ['', ['{{resolve:', 'ssm:/a', '}}']]", True),
        ("'{{resolve:ssm:/a}}'", '"{{resolve:ssm:/a}}"', True),
        ("'{{resolve:ssm:/a}}'", "'{{resolve:ssm:/a:1}}'", None),
        ("'{{resolve:ssm:/a}}'", "'{{resolve:ssm-secure:/a}}'", None),
        ("'a-{{resolve:ssm:/a}}-{{resolve:ssm:/b}}'", "!Sub 'a-{{resolve:ssm:/a}}-{{resolve:ssm:/b}}'", True),
        ("'a-{{resolve:ssm:/a}}'", "'b-{{resolve:ssm:/a}}'", False),
        ("'a-{{resolve:ssm:/a}}'", "'a-b'", None),
        ("'{{resolve:secretsmanager:s:SecretString:k}}'", "'{{resolve:secretsmanager:s:SecretString:k::}}'", None),
        ("!Sub '{{resolve:ssm:/${Name}}}'", "!Join ['', ['{{resolve:ssm:/', !Ref Name, '}}']]", True),
        ("!Sub '{{resolve:ssm:/${Name}}}'", "'{{resolve:ssm:/a}}'", None),
    ],
)
def test_what_a_dynamic_reference_gives_has_identity(left: str, right: str, expected: bool | None) -> None:
    verdict = same(text_of(left), text_of(right), BECAUSE)
    assert (None if verdict.is_unknown else verdict.is_yes) is expected


def test_what_stands_around_a_dynamic_reference_is_known() -> None:
    arn = text_of("!Sub 'arn:aws:sqs:eu-west-1:${AWS::AccountId}:{{resolve:ssm:/queue}}.fifo'")
    assert arn.starts_with("arn:aws:sqs:eu-west-1:").is_yes
    assert arn.ends_with(".fifo").is_yes
    assert same(arn, text_of("arn:aws:sns:eu-west-1:111122223333:orders.fifo"), BECAUSE).is_no


def test_a_dynamic_reference_in_a_block_of_text() -> None:
    body = (
        dedent(SECTIONS)
        + "  R:\n    Type: AWS::Example::Judged\n    Properties:\n      P: |\n        {{resolve:ssm:/a}}\n"
    )
    text = Data(record_of(read(Document("t.yaml", body), NOTHING)).properties).get("P").text()
    assert isinstance(text, Known)
    assert text.value == Text.of(*text_of("'{{resolve:ssm:/a}}'").parts, "\n")


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("AWS::SSM::Parameter::Value<String>", "${P}"),
        ("AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "${P}"),
        ("AWS::SSM::Parameter::Value<List<String>>", OUTSIDE),
        ("AWS::SSM::Parameter::Value<CommaDelimitedList>", OUTSIDE),
        ("AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>", OUTSIDE),
        ("AWS::SSM::Parameter::Name", "/a/b"),
        ("AWS::EC2::VPC::Id", "/a/b"),
        ("List<AWS::EC2::VPC::Id>", ["/a/b"]),
    ],
)
def test_what_a_parameter_of_parameter_store_holds_is_not_here(type_: str, expected: object) -> None:
    text = f"""
        AWSTemplateFormatVersion: "2010-09-09"
        Parameters: {{P: {{Type: "{type_}", Default: /a/b}}}}
        Resources: {{R: {{Type: AWS::Example::Judged, Properties: {{P: !Ref P}}}}}}
        """
    part = read(Document("t", dedent(text)), Assumptions(parameters={"P": "/a/b"}))
    assert shown(Data(record_of(part).properties).get("P")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{Parameters: {}, Resources: {A: {Type: AWS::SQS::Queue}}}",
        "# AWS::SQS::Queue\r# why\rResources: {}\r",
        "---\r\n'Resources' : {A: {Type: AWS::SQS::Queue}}\r\n",
        "{\n# why\n, Resources: {A: {Type: AWS::SQS::Queue}}}",
        '{"Metadata": {}, "Resources": {"A": {"Type": "AWS::SQS::Queue"}}}',
    ],
)
def test_what_is_a_template(text: str) -> None:
    assert marks_a_template(text)


@pytest.mark.parametrize(
    "text",
    [
        " " * 100_000 + "\n" * 3000 + "Resources AWS::",
        "x, Resources: " * 100_000 + "AWS::",
        ("{Resources " + " " * 100) * 3000 + "AWS::",
    ],
)
def test_what_is_no_template_is_known_at_once(text: str) -> None:
    """Blanks that could be divided in many ways took minutes."""
    started = time.process_time()
    assert not marks_a_template(text)
    assert time.process_time() - started < 2


def test_odd_resources_and_parameters_are_passed_over() -> None:
    text = """
        AWSTemplateFormatVersion: "2010-09-09"
        Parameters: {A: null, B: [x], C: {Type: [String], AllowedValues: [[a], {b: c}], Default: {d: e}}}
        Mappings: {A: null, B: {C: null}}
        Conditions: {A: null, B: [x], C: !Equals [a], D: !And x, E: !Not [], F: !Equals [[a], !FindInMap [A, b, c]]}
        Resources:
          A: null
          B: [x]
          C: {Type: [x]}
          D: {Type: !Ref A}
          'Fn::ForEach::Queues': [Name, [a], {'Q${Name}': {Type: 'AWS::SQS::Queue'}}]
          Good: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Ref A, DelaySeconds: !Ref C, FifoQueue: !Ref B}}
        """
    part = read(Document("t", dedent(text)), Assumptions())
    assert part.types() == {"AWS::SQS::Queue": ["Good"]}
    assert part.record("A") is None
    assert shown(Data(record_of(part, "Good").properties).get("DelaySeconds")) == "${C}"


# Places and names


def test_places() -> None:
    """A value stands where it is written, a Default where it is declared, what is missing at its owner's name."""
    text = dedent("""\
        AWSTemplateFormatVersion: "2010-09-09"
        Parameters:
          Wait:
            Type: Number
            Default: 7
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties:
              DelaySeconds: 20
              VisibilityTimeout: !Ref Wait
              RedrivePolicy:
                maxReceiveCount: 5
          Billing:
            Type: AWS::SQS::Queue
        """)
    document = Document("t", text)
    part = read(document, Assumptions())
    orders = Data(
        record_of(part, "Orders").properties, owner=record_of(part, "Orders").at, anchor=record_of(part, "Orders").at
    )

    def start(data: Data) -> tuple[int, int]:
        line, column = data.at.span.start
        return line, column

    assert start(orders.get("DelaySeconds")) == (10, 21)
    assert start(orders.get("VisibilityTimeout")) == (5, 14)
    assert start(orders.get("RedrivePolicy", "maxReceiveCount")) == (13, 26)
    assert start(orders.get("MessageRetentionPeriod")) == (7, 3)
    assert record_of(part, "Billing").at.span.start == (14, 3)
    fixed = read(document, Assumptions(parameters={"Wait": "0"}))
    assert start(Data(record_of(fixed, "Orders").properties).get("VisibilityTimeout")) == (11, 26)


@pytest.mark.parametrize(
    "written",
    [
        "!Ref Orders",
        "{Ref: Orders}",
        "!GetAtt Orders.Arn",
        "!GetAtt [Orders, Arn]",
        "{'Fn::GetAtt': [Orders, Arn]}",
        "!Sub 'x ${Orders.Arn} y'",
        "!Sub ['${ Orders }', {}]",
        "!If [Live, !Ref Orders, x]",
        "[{a: !Join ['', [a, !Ref Orders]]}]",
        "{Ref: !Sub Orders}",
        "!Ref {'Fn::Sub': Orders}",
        "!GetAtt [!Join ['', [Or, ders]], Arn]",
        "{'Fn::ToJsonString': [{a: !GetAtt Orders.Arn}]}",
    ],
)
def test_who_names_a_resource(written: str) -> None:
    """The way to the place says in which role; functions are no steps of it."""
    found = part_of(f"{{RedrivePolicy: {{Target: {written}}}}}").mentions("Orders")
    assert {(mention.by[1], mention.path[:2]) for mention in found} == {("R", ("redrivepolicy", "target"))}
    assert all(mention.names("redrivepolicy") for mention in found)


def test_a_resource_is_known_by_its_physical_name_too() -> None:
    part = part_of("{A: 'arn:aws:sqs:eu-west-1:111122223333:orders-test', B: 'arn:aws:sqs:eu-west-1:1:orders'}")
    assert [(mention.by[1], mention.path) for mention in part.mentions("Orders")] == [("R", ("a",))]
    assert part.mentions("Queue") == []


BY_URL, BY_ARN, NOT = (True, True), (False, True), (False, False)
ADDRESS = "https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("!Ref Billing", BY_URL),
        ("!GetAtt Billing.QueueUrl", BY_URL),
        ("{'Fn::GetAtt': [Billing, QueueUrl]}", BY_URL),
        ("!Sub '${Billing}'", BY_URL),
        ("!Sub '${Billing.QueueUrl}'", BY_URL),
        ("!Join [',', [!Ref Queue, !Ref Billing]]", BY_URL),
        ("!If [Live, !Ref Billing, none]", BY_URL),
        (f"!Sub '{ADDRESS}/${{Billing.QueueName}}'", BY_URL),
        (f"!Sub '{ADDRESS}/${{Name}}'", BY_URL),
        (f"!Join ['', [!Sub '{ADDRESS}/', !Ref Name]]", BY_URL),
        (f"!Sub ['{ADDRESS}/${{N}}', {{N: !If [Live, !Ref Name, none]}}]", BY_URL),
        ("!GetAtt Billing.QueueName", BY_URL),
        ("!Ref Name", BY_URL),
        ("!Sub '${Billing.Arn} is at ${Billing}'", BY_URL),
        ("!Sub ['${Q} ${Zones}', {Q: !Ref Billing}]", BY_URL),
        ("!GetAtt Billing.Arn", BY_ARN),
        ("{'Fn::GetAtt': [Billing, Arn]}", BY_ARN),
        ("!Sub '${Billing.Arn}'", BY_ARN),
        ("!Sub '${Billing.Arn}/*'", BY_ARN),
        ("!Sub ['${A}', {A: !GetAtt Billing.Arn}]", BY_ARN),
        ("!Join [',', [!GetAtt Billing.Arn, !Ref Queue]]", BY_ARN),
        (f"!Sub 'arn:aws:sqs:{HERE}:${{Name}}'", BY_ARN),
        (f"!Sub 'arn:aws:sqs:{HERE}:${{Billing.QueueName}}'", BY_ARN),
        ("!Ref Queue", NOT),
        (f"!Sub '{ADDRESS}/${{Name}}-dlq'", NOT),
        ("billing", NOT),
    ],
)
def test_by_what_an_output_exports_a_queue(value: str, expected: tuple[bool, bool]) -> None:
    """A policy for a queue takes its URL, one for a function its name or ARN."""
    for export, counts in (("{Name: shop}", True), (None, False)):
        exported = f", Export: {export}" if export else ""
        text = dedent(SECTIONS) + f"Outputs:\n  Out: {{Value: {value}{exported}}}\n"
        part = read(Document("t.yaml", text), NOTHING)
        found = tuple(part.exported("Billing", arns=arns) is not None for arns in (False, True))
        assert found == (expected if counts else NOT)


@pytest.mark.parametrize(
    ("written", "regions", "partition", "suffix"),
    [
        ("[a]", (), "aws", "amazonaws.com"),
        ("['arn:aws:sns:x:1:a']", (), "aws", "amazonaws.com"),
        ("['arn:aws-cn:sns:x:1:a', !Sub 'arn:aws-cn:sqs:${AWS::Region}:1:a']", (), "aws-cn", "amazonaws.com.cn"),
        ("[!Sub 'arn:aws-us-gov:sqs:${AWS::Region}:1:a']", (), "aws-us-gov", "amazonaws.com"),
        # A template for several partitions.
        ("['arn:aws-cn:sns:x:1:a', 'arn:aws:sns:x:1:a']", (), "aws", "amazonaws.com"),
        ("['arn:aws-cn:sns:x:1:a']", ("eu-west-1",), "aws", "amazonaws.com"),
        ("['arn:aws:sns:x:1:a']", ("cn-north-1",), "aws-cn", "amazonaws.com.cn"),
    ],
)
def test_the_partition_that_a_template_is_for(
    written: str, regions: tuple[str, ...], partition: str, suffix: str
) -> None:
    properties = f"{{A: {written}, P: !Ref 'AWS::Partition', S: !Ref 'AWS::URLSuffix'}}"
    found = Data(record_of(part_of(properties, Assumptions(regions=regions))).properties)
    assert (shown(found.get("P")), shown(found.get("S"))) == (partition, suffix)
