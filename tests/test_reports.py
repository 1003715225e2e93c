"""Reports against golden files, against the schema that ships, and against hostile text."""

import json
import os
import re
import unicodedata
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from msglint.finding import Finding, Fix, Grant, Made, Question, Related, Repair, RepairValue, Report, Severity, Skipped
from msglint.iam.delivery import arrival
from msglint.model.access import Permission, QueuePolicy, Role, TopicPolicy
from msglint.model.delivery import INVOKE, PUBLISH, S3, SEND, SENDERS, Edge, edges
from msglint.model.events import Rule
from msglint.model.lambda_ import Function
from msglint.model.model import Model
from msglint.model.resource import Language, Resource
from msglint.model.s3 import Bucket
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.reports.interface import Manner
from msglint.reports.json_report import render as render_json
from msglint.reports.snippet import repair, snippet
from msglint.reports.terminal import LEAST_ROOM, cells, excerpt, safe
from msglint.reports.text import WIDEST
from msglint.reports.text import render as render_text
from msglint.source import Document, Position, Span
from msglint.verdict import Doubt

GOLDEN = Path(__file__).parent / "fixtures" / "reports"
SCHEMA = json.loads(files("msglint.reports").joinpath("report.schema.json").read_text(encoding="utf-8"))
EMPTY = Report((), (), (), (), (), 0, {})
UNDECIDED_TOO = Manner(undecided=True)


def span(line: int, column: int, length: int = 1) -> Span:
    return Span(Position(line, column), Position(line, column + length))


ORDERS = """\
Resources:
  OrdersQueue:
    Type: AWS::SQS::Queue
    Properties:
      ReceiveMessageWaitTimeSeconds: 0
      KmsMasterKeyId: !Ref Key
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt OrdersDeadLetters.Arn
        maxReceiveCount: 5
\tTags: [{Key: 所有者, Value: 注文チーム}, {Key: \x1b[31mred, Value: x}]"""
PLAN = (
    '{"planned_values":{"resources":[' + '{"address":"aws_sqs_queue.other"},' * 40 + '{"address":"aws_sqs_queue.q"}]}}'
)

FINDINGS = (
    Finding(
        code="MSG501",
        name="short-polling",
        severity=Severity.WARNING,
        message="OrdersQueue answers at once when it is empty (ReceiveMessageWaitTimeSeconds is 0): consumers that "
        "pass no WaitTimeSeconds of their own poll in a loop",
        file="templates/orders.yaml",
        span=span(5, 38),
        resource="OrdersQueue",
        scenario="when IsProd is true and HasKey is false",
        identity=("OrdersQueue", "short polling"),
        fix=Repair(
            "Let receives wait for messages",
            Language.CLOUDFORMATION_YAML,
            "OrdersQueue:\n  Properties:\n    ReceiveMessageWaitTimeSeconds: 20",
        ),
        help="https://docs.aws.amazon.com/",
    ),
    Finding(
        code="MSG605",
        name="dead-letter-queue-type-mismatch",
        severity=Severity.ERROR,
        message="OrdersQueue is a standard queue, and its dead-letter queue is not",
        file="templates/orders.yaml",
        span=Span(Position(7, 7), Position(9, 27)),
        resource="OrdersQueue",
        related=(
            Related("the dead-letter queue", "billing.yaml", span(30, 5), "OrdersDeadLetters"),
            Related(
                "a place without a resource, and a text that is long enough for a second line",
                "billing.yaml",
                span(4, 1),
            ),
        ),
    ),
    Finding(
        code="MSG401",
        name="wide",
        severity=Severity.INFO,
        message="注文 is wide,\nand \x1b[31mred\x1b[0m is not",
        file="templates/orders.yaml",
        span=span(10, 27, 5),
        resource="OrdersQueue",
    ),
    Finding(
        code="MSG704",
        name="far-out",
        severity=Severity.INFO,
        message="The plan is one line",
        file="plan.json",
        span=span(1, PLAN.index('"aws_sqs_queue.q"') + 1, 17),
        resource="aws_sqs_queue.q",
        fix=Repair("Think about it", Language.TERRAFORM, ""),
    ),
    Finding(
        code="MSG001",
        name="unreadable",
        severity=Severity.ERROR,
        message="no such line is at hand",
        file="broken.yaml",
        span=span(3, 1),
    ),
)
UNDECIDED = (
    Finding(
        code="MSG301",
        name="aws-managed-key",
        severity=Severity.WARNING,
        message="OrdersQueue is encrypted with the key that AWS manages",
        file="templates/orders.yaml",
        span=span(6, 23, 8),
        resource="OrdersQueue",
        decided=False,
        doubt=Doubt.OUTSIDE,
        reasons=(
            Related("the parameter Key has no default", "templates/orders.yaml", span(2, 3)),
            Related("said of the place itself", "templates/orders.yaml", span(6, 23, 8)),
        ),
    ),
    Finding(
        code="MSG301",
        name="aws-managed-key",
        severity=Severity.WARNING,
        message="Billing is encrypted with the key that AWS manages",
        file="billing.yaml",
        span=span(1, 1),
        resource="Billing",
        decided=False,
        doubt=Doubt.NOT_UNDERSTOOD,
        reasons=(Related("Fn::Transform is not evaluated", "billing.yaml", span(2, 2)),),
    ),
)
REPORT = Report(
    findings=FINDINGS,
    undecided=UNDECIDED,
    questions=tuple(Question("MSG501", "templates/orders.yaml", f"Q{number}", fault=True) for number in range(12)),
    files=("templates/orders.yaml", "plan.json", "broken.yaml", "billing.yaml"),
    skipped=(Skipped("package.json", "no template"),),
    suppressed=2,
    texts={"templates/orders.yaml": tuple(ORDERS.split("\n")), "plan.json": (PLAN,)},
)


def matches_golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("MSGLINT_ACCEPT"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


@pytest.mark.parametrize(
    ("name", "manner"),
    [
        ("text.txt", Manner()),
        ("undecided.txt", Manner(undecided=True)),
        ("narrow.txt", Manner(width=50)),
        ("wide.txt", Manner(width=200)),
        ("color.txt", Manner(color=True, undecided=True)),
    ],
)
def test_text(name: str, manner: Manner) -> None:
    matches_golden(name, render_text(REPORT, manner))


def test_prose_stays_narrow_on_a_wide_terminal_and_code_takes_the_room() -> None:
    texts = {"templates/orders.yaml": ("x" * 300,) * 10}
    lines = render_text(replace(REPORT, texts=texts), Manner(width=200)).splitlines()
    code = [line for line in lines if " | " in line]
    assert max(map(len, code)) > WIDEST
    assert all(cells(line) <= WIDEST for line in lines if line not in code)


def test_a_summary_ends_with_what_else_there_is_to_tell() -> None:
    manner = Manner(notes=("3 faults are\nold.", "\x1b is no command."))
    assert render_text(EMPTY, manner) == "Nothing to judge. 3 faults are old. \\x1b is no command.\n"


def test_a_blank_line_is_not_shown() -> None:
    """A binary file has nothing to show, nor has a file of values."""
    report = replace(REPORT, texts={"templates/orders.yaml": ("",) * 20})
    assert " |" not in render_text(report, Manner())


def test_a_resource_that_does_not_fit_leaves_no_gap_in_the_heading() -> None:
    long = replace(UNDECIDED[1], resource="module." + "b" * 90)
    lines = render_text(replace(REPORT, undecided=(long,)), Manner(undecided=True)).splitlines()
    at = next(number for number, line in enumerate(lines) if line.endswith("(not understood)"))
    assert lines[at].endswith("undecided  MSG301 aws-managed-key  (not understood)")
    assert lines[at + 1].strip() == long.resource


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (EMPTY, "Nothing to judge.\n"),
        (Report((), (), (), (), (Skipped("a", "no template"),), 0, {}), "Nothing to judge. 1 file is no template.\n"),
        (
            Report((), (), (Question("MSG501", "a", "Q", fault=False),), ("a", "b"), (), 0, {}),
            "No findings: 1 question judged in 2 templates.\n",
        ),
        (
            Report((), UNDECIDED[:1], (Question("MSG501", "a", "Q", fault=None),), ("a",), (), 0, {}),
            "No findings: 1 question judged in 1 template. 1 undecided (1 outside the run; see --show-undecided).\n",
        ),
    ],
)
def test_summary_without_findings(report: Report, expected: str) -> None:
    assert render_text(report, Manner()) == expected


def test_json_is_what_its_schema_says() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for report in (REPORT, EMPTY):
        jsonschema.validate(json.loads(render_json(report, UNDECIDED_TOO)), SCHEMA, jsonschema.Draft202012Validator)


def test_the_schema_notices_a_missing_field() -> None:
    """Without this the schema could as well allow everything."""
    report = json.loads(render_json(REPORT, Manner()))
    del report["findings"][0]["fingerprint"]
    with pytest.raises(jsonschema.ValidationError, match="fingerprint"):
        jsonschema.validate(report, SCHEMA, jsonschema.Draft202012Validator)


def test_json_shows_undecided_only_when_asked_and_counts_them_always() -> None:
    report = json.loads(render_json(REPORT, Manner()))
    assert {finding["verdict"] for finding in report["findings"]} == {"finding"}
    assert report["summary"]["undecided"] == {"outside": 1, "not_understood": 1}


def test_every_field_of_the_schema_is_documented() -> None:
    page = (Path(__file__).parent.parent / "docs" / "json-report.md").read_text(encoding="utf-8")
    fields = {
        *SCHEMA["properties"],
        *SCHEMA["properties"]["summary"]["properties"],
        *SCHEMA["$defs"]["finding"]["properties"],
        *SCHEMA["$defs"]["remark"]["properties"],
    }
    assert [field for field in sorted(fields) if f"`{field}`" not in page] == []


HOSTILE = st.text(st.characters(), max_size=60) | st.text("ab \t\x1b\x9b\u202e\u200b\u0301漢\ud800\n\r", max_size=200)
SPANS = st.builds(
    lambda line, column, more, width: Span(Position(line, column), Position(line + more, column + width)),
    st.integers(1, 4),
    st.integers(1, 250),
    st.integers(0, 1),
    st.integers(0, 250),
)
RELATED = st.builds(Related, HOSTILE, HOSTILE, SPANS, st.none() | HOSTILE)
HOSTILE_FINDINGS = st.builds(
    Finding,
    code=st.just("MSG501"),
    name=st.just("short-polling"),
    severity=st.sampled_from(Severity),
    message=HOSTILE,
    file=st.just("a.yaml") | HOSTILE,
    span=SPANS,
    resource=st.none() | HOSTILE,
    reasons=st.lists(RELATED, max_size=2).map(tuple),
    related=st.lists(RELATED, max_size=2).map(tuple),
    scenario=st.none() | HOSTILE,
    fix=st.none() | st.builds(Repair, HOSTILE, st.sampled_from(Language), HOSTILE),
)
REPORTS = st.builds(
    lambda findings, lines, skipped: Report(
        tuple(findings), (), (), ("a.yaml",), (Skipped(skipped, skipped),), 0, {"a.yaml": tuple(lines)}
    ),
    st.lists(HOSTILE_FINDINGS, max_size=3),
    st.lists(HOSTILE, max_size=4),
    HOSTILE,
)


@given(REPORTS, st.integers(1, 200))
def test_no_text_reaches_the_terminal_as_a_command(report: Report, width: int) -> None:
    text = render_text(report, Manner(width=width))
    unsafe = {
        character for character in text if unicodedata.category(character)[0] == "C" or character in "\u2028\u2029"
    }
    assert unsafe <= {"\n"}
    text.encode()


@given(REPORTS)
def test_whatever_the_text_json_holds_it_and_can_be_written(report: Report) -> None:
    text = render_json(report, Manner())
    text.encode()
    read = json.loads(text)
    jsonschema.validate(read, SCHEMA, jsonschema.Draft202012Validator)
    assert sorted(finding["message"] for finding in read["findings"]) == sorted(
        each.message for each in report.findings
    )


@given(HOSTILE, st.integers(0, 250), st.integers(0, 250), st.integers(0, 150))
def test_the_caret_stands_below_what_it_points_at(line: str, start: int, length: int, room: int) -> None:
    part = excerpt(line, start, start + length, room)
    assert cells(part.text) <= max(room, LEAST_ROOM)
    assert part.before + part.pointed <= cells(part.text) + 1
    if start < len(line):
        left = next(end for end in range(len(part.text) + 1) if cells(part.text[:end]) == part.before)
        rest = part.text[left:].lstrip("\u0301")
        shown = safe(line[start].replace("\t", "    ")).lstrip("\u0301")
        assert rest.startswith(shown)


@pytest.mark.parametrize("column", [0, 500_000, 999_999])
def test_a_long_line_is_cut_around_the_caret(column: int) -> None:
    line = "x" * column + "!" + "x" * (999_999 - column)
    part = excerpt(line, column, column + 1, 60)
    assert part.text[part.before] == "!"
    assert len(part.text) <= 60
    assert part.text.startswith("…") is (column > 0)
    assert part.text.endswith("…") is (column < 999_999)


KEY = Made("AWS::KMS::Key", "MessagesKey")
TOPIC = Made("AWS::SNS::Topic", "Orders")
CHANGES: dict[tuple[str, ...], RepairValue | None] = {
    ("SqsManagedSseEnabled",): None,
    ("KmsMasterKeyId",): KEY,
    ("FifoQueue",): True,
    ("RedrivePolicy", "deadLetterTargetArn"): Made("AWS::SQS::Queue", "OrdersDLQ"),
    ("RedrivePolicy", "maxReceiveCount"): 5,
}


def test_a_repair_in_yaml() -> None:
    assert (
        snippet(Language.CLOUDFORMATION_YAML, "AWS::SQS::Queue", "Orders", CHANGES)
        == """\
Orders:
  Properties:
    # remove SqsManagedSseEnabled
    KmsMasterKeyId: !GetAtt MessagesKey.Arn
    FifoQueue: true
    RedrivePolicy:
      deadLetterTargetArn: !GetAtt OrdersDLQ.Arn
      maxReceiveCount: 5"""
    )


def test_a_repair_in_json() -> None:
    assert (
        snippet(Language.CLOUDFORMATION_JSON, "AWS::SQS::Queue", "Orders", CHANGES)
        == """\
{
  "Orders": {
    "Properties": {
      "KmsMasterKeyId": { "Fn::GetAtt": ["MessagesKey", "Arn"] },
      "FifoQueue": true,
      "RedrivePolicy": {
        "deadLetterTargetArn": { "Fn::GetAtt": ["OrdersDLQ", "Arn"] },
        "maxReceiveCount": 5
      }
    }
  }
}
remove SqsManagedSseEnabled from the properties of Orders"""
    )


def test_a_repair_in_terraform() -> None:
    """A structure that the provider takes as text is encoded, and a module's resource is found in its module."""
    address = 'module.shop["eu.west"].aws_sqs_queue.orders["a.b"]'
    assert (
        snippet(Language.TERRAFORM, "aws_sqs_queue", address, CHANGES)
        == """\
# module.shop
resource "aws_sqs_queue" "orders" {
  kms_master_key_id = aws_kms_key.messages_key.arn
  fifo_queue        = true
  # remove sqs_managed_sse_enabled
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.orders_dlq.arn
    maxReceiveCount     = 5
  })
}"""
    )


def test_terraform_nests_blocks_as_the_provider_does() -> None:
    """Some of the API's structures are blocks, some are spread over their parent."""
    stream: dict[tuple[str, ...], RepairValue | None] = {
        ("ExtendedS3DestinationConfiguration", "Prefix"): "a/${x}/%{y}",
        ("DeliveryStreamEncryptionConfigurationInput", "KeyType"): "CUSTOMER_MANAGED_CMK",
    }
    assert (
        snippet(
            Language.TERRAFORM, "aws_kinesis_firehose_delivery_stream", "aws_kinesis_firehose_delivery_stream.s", stream
        )
        == """\
resource "aws_kinesis_firehose_delivery_stream" "s" {
  extended_s3_configuration {
    prefix = "a/$${x}/%%{y}"
  }
  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
  }
}"""
    )
    encryption: dict[tuple[str, ...], RepairValue | None] = {("StreamEncryption", "KeyId"): KEY}
    assert "\n  kms_key_id = aws_kms_key.messages_key.arn\n" in snippet(
        Language.TERRAFORM, "aws_kinesis_stream", "aws_kinesis_stream.s", encryption
    )


def test_a_type_that_is_not_in_the_table_is_spelled_by_its_habit() -> None:
    policy: dict[tuple[str, ...], RepairValue | None] = {("RoleARN",): Made("AWS::IAM::Role", 'sender["a"]Role')}
    assert (
        snippet(Language.TERRAFORM, "aws_new_thing", "aws_new_thing.t[0]", policy)
        == """\
resource "aws_new_thing" "t" {
  role_arn = aws_iam_role.sender_a_role.arn
}"""
    )


@pytest.mark.parametrize(
    ("made", "yaml_text", "json_text", "terraform"),
    [
        (TOPIC, "!Ref Orders", '{ "Ref": "Orders" }', "aws_sns_topic.orders.arn"),
        (
            Made("AWS::SQS::Queue", "Orders", "name"),
            "!GetAtt Orders.QueueName",
            '{ "Fn::GetAtt": ["Orders", "QueueName"] }',
            "aws_sqs_queue.orders.name",
        ),
        (
            Made("AWS::SNS::Topic", "Orders", "name"),
            "!GetAtt Orders.TopicName",
            '{ "Fn::GetAtt": ["Orders", "TopicName"] }',
            "aws_sns_topic.orders.name",
        ),
        (Made("AWS::SQS::Queue", "Orders", "url"), "!Ref Orders", '{ "Ref": "Orders" }', "aws_sqs_queue.orders.url"),
        (Made("AWS::S3::Bucket", "Logs", "name"), "!Ref Logs", '{ "Ref": "Logs" }', "aws_s3_bucket.logs.bucket"),
    ],
)
def test_what_names_a_resource(made: Made, yaml_text: str, json_text: str, terraform: str) -> None:
    changes: dict[tuple[str, ...], RepairValue | None] = {("P",): made}
    written = [snippet(language, "aws_x", "aws_x.x", changes) for language in Language]
    assert [text.split("P: ")[-1] for text in written[:1]] == [yaml_text]
    assert f'"P": {json_text}' in written[1]
    assert f"  p = {terraform}\n" in written[2]


@pytest.mark.parametrize("language", Language)
def test_a_repair_without_changes_shows_nothing(language: Language) -> None:
    assert snippet(language, "aws_sqs_queue", "aws_sqs_queue.q", {}) == ""


def test_a_repair_that_only_takes_away() -> None:
    gone: dict[tuple[str, ...], RepairValue | None] = {("KmsMasterKeyId",): None}
    assert (
        snippet(Language.CLOUDFORMATION_JSON, "AWS::SQS::Queue", "Q", gone)
        == "remove KmsMasterKeyId from the properties of Q"
    )
    assert yaml.safe_load(snippet(Language.CLOUDFORMATION_YAML, "AWS::SQS::Queue", "Q", gone)) == {
        "Q": {"Properties": None}
    }


def test_a_repair_of_a_member_of_a_list() -> None:
    """It is named by its number; CloudFormation refers to a secret, whose `Ref` is its ARN."""
    entry = ("SourceAccessConfigurations", "0")
    changes: dict[tuple[str, ...], RepairValue | None] = {
        (*entry, "Type"): "BASIC_AUTH",
        (*entry, "URI"): Made("AWS::SecretsManager::Secret", "Credentials"),
    }
    assert (
        snippet(Language.CLOUDFORMATION_YAML, "AWS::Lambda::EventSourceMapping", "Orders", changes)
        == """\
Orders:
  Properties:
    SourceAccessConfigurations:
      - Type: BASIC_AUTH
        URI: !Ref Credentials"""
    )
    written = json.loads(snippet(Language.CLOUDFORMATION_JSON, "AWS::Lambda::EventSourceMapping", "Orders", changes))
    assert written["Orders"]["Properties"]["SourceAccessConfigurations"] == [
        {"Type": "BASIC_AUTH", "URI": {"Ref": "Credentials"}}
    ]
    assert (
        snippet(
            Language.TERRAFORM,
            "aws_lambda_event_source_mapping",
            "aws_lambda_event_source_mapping.orders",
            changes,
        )
        == """\
resource "aws_lambda_event_source_mapping" "orders" {
  source_access_configuration {
    type = "BASIC_AUTH"
    uri  = aws_secretsmanager_secret.credentials.arn
  }
}"""
    )


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["yes", "Null", "1", "a: b", "a:", "- a"]
)
VALUES = st.integers() | st.booleans() | WORDS


@given(WORDS.filter(bool), st.dictionaries(st.tuples(WORDS), VALUES, min_size=1))
def test_cloudformation_reads_back_what_a_repair_says(
    id_: str, changes: dict[tuple[str, ...], RepairValue | None]
) -> None:
    expected = {id_: {"Properties": {path[0]: value for path, value in changes.items()}}}
    assert yaml.safe_load(snippet(Language.CLOUDFORMATION_YAML, "AWS::SQS::Queue", id_, changes)) == expected
    assert json.loads(snippet(Language.CLOUDFORMATION_JSON, "AWS::SQS::Queue", id_, changes)) == expected


EVENTS = "events.amazonaws.com"
SYSTEM = """\
Resources:
  Nightly: {Type: AWS::Events::Rule, Properties: {Targets: [
    {Id: a, Arn: !GetAtt Orders.Arn}, {Id: b, Arn: !Ref Alerts}, {Id: c, Arn: !GetAtt Handler.Arn}]}}
  Uploads: {Type: AWS::S3::Bucket, Properties: {BucketName: shop-uploads, NotificationConfiguration: {
    QueueConfigurations: [{Event: "s3:ObjectCreated:*", Queue: !GetAtt Orders.Arn}]}}}
  Orders: {Type: AWS::SQS::Queue}
  Alerts: {Type: AWS::SNS::Topic}
  Handler: {Type: AWS::Lambda::Function}
"""
MORE = """\
  Unnamed: {Type: AWS::S3::Bucket}
  Sometimes: {Type: AWS::S3::Bucket, Properties: {BucketName: !If [Production, shop-scans, !Ref AWS::NoValue]}}
  Guard: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Orders], PolicyDocument: {Statement: []}}}
  Callers: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Handler, Principal: sns.amazonaws.com}}
  Pusher: {Type: AWS::IAM::Role}
Parameters: {Stage: {Type: String}}
Conditions: {Production: !Equals [!Ref Stage, prod]}
"""
SHOP = 'module.shop["eu"].'
ADDRESSES = (
    "aws_cloudwatch_event_rule.nightly[0]",
    'module.shop["eu"].aws_cloudwatch_event_rule.nightly',
    'module.shop["eu"].aws_sqs_queue.orders["a.${b}"]',
    "aws_sqs_queue.orders",
    "aws_sqs_queue_policy.orders",
    "aws_sns_topic.alerts",
    "aws_lambda_function.handler",
    "aws_s3_bucket.uploads",
    "aws_iam_role.pusher",
)
KINDS = {kind.KIND: kind for kind in (Rule, Bucket, Queue, Topic, Function, QueuePolicy, TopicPolicy, Permission, Role)}


def model_of(name: str, text: str) -> tuple[Model, dict[str, Resource]]:
    part = read(Document.from_bytes(name, text.encode()), Assumptions())
    records = [part.record(id_) for ids in part.types().values() for id_ in ids]
    return Model([part]), {record.id: KINDS[record.type](record) for record in records if record is not None}


def planned(**inner: dict[str, Any]) -> dict[str, Resource]:
    """Give the resources of a plan; `inner` holds values of aws_x.name as name."""
    listed: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for address in ADDRESSES:
        type_, name, index = re.findall(r"(\w+)\.(\w+)(?:\[(.+)\])?$", address.removeprefix(SHOP))[0]
        resource = {"address": address, "mode": "managed", "type": type_, "name": name, "values": inner.get(name, {})}
        listed[address.startswith(SHOP)].append({**resource, **({"index": json.loads(index)} if index else {})})
    shop = {"address": SHOP.removesuffix("."), "resources": listed[True]}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": listed[False], "child_modules": [shop]}},
    }
    return model_of("plan.json", json.dumps(plan))[1]


def written(
    holder: Resource,
    service: str,
    action: str,
    destination: Resource,
    source: Resource | None,
    account: bool = False,
) -> str:
    return repair(Fix("Let it in", holder, grant=Grant(service, action, destination, source, account))).snippet


def test_a_grant_is_a_statement_where_there_is_a_policy() -> None:
    """In the two languages of CloudFormation; a bucket with a name is named, since a reference would go in a circle."""
    _, own = model_of("t.yaml", SYSTEM + MORE)
    grant = (S3, SEND, own["Orders"], own["Uploads"])
    assert (
        written(own["Guard"], *grant, account=True)
        == """\
- Effect: Allow
  Principal:
    Service: s3.amazonaws.com
  Action: sqs:SendMessage
  Resource: !GetAtt Orders.Arn
  Condition:
    ArnEquals:
      aws:SourceArn: !Sub "arn:${AWS::Partition}:s3:::shop-uploads"
    StringEquals:
      aws:SourceAccount: !Ref AWS::AccountId"""
    )
    resources = {
        "Orders": {"Type": "AWS::SQS::Queue"},
        "Guard": {"Type": "AWS::SQS::QueuePolicy"},
        "Uploads": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "shop-uploads"}},
    }
    _, own = model_of("t.json", json.dumps({"Resources": resources}))
    assert json.loads(written(own["Guard"], S3, SEND, own["Orders"], own["Uploads"], account=True)) == {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": {"Fn::GetAtt": ["Orders", "Arn"]},
        "Condition": {
            "ArnEquals": {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:s3:::shop-uploads"}},
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        },
    }


def test_a_grant_is_a_policy_where_there_is_none() -> None:
    _, own = model_of("t.yaml", SYSTEM)
    assert (
        written(own["Alerts"], EVENTS, PUBLISH, own["Alerts"], own["Nightly"])
        == """\
AlertsPolicy:
  Type: AWS::SNS::TopicPolicy
  Properties:
    Topics:
      - !Ref Alerts
    PolicyDocument:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal:
            Service: events.amazonaws.com
          Action: sns:Publish
          Resource: !Ref Alerts
          Condition:
            ArnEquals:
              aws:SourceArn: !GetAtt Nightly.Arn"""
    )


def test_a_policy_in_json() -> None:
    resources = {"Orders": {"Type": "AWS::SQS::Queue"}, "Alerts": {"Type": "AWS::SNS::Topic"}}
    _, own = model_of("t.json", json.dumps({"Resources": resources}))
    assert (
        written(own["Orders"], "sns.amazonaws.com", SEND, own["Orders"], own["Alerts"])
        == """\
{
  "OrdersPolicy": {
    "Type": "AWS::SQS::QueuePolicy",
    "Properties": {
      "Queues": [{ "Ref": "Orders" }],
      "PolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [{
          "Effect": "Allow",
          "Principal": {
            "Service": "sns.amazonaws.com"
          },
          "Action": "sqs:SendMessage",
          "Resource": { "Fn::GetAtt": ["Orders", "Arn"] },
          "Condition": {
            "ArnEquals": {
              "aws:SourceArn": { "Ref": "Alerts" }
            }
          }
        }]
      }
    }
  }
}"""
    )


@pytest.mark.parametrize("holder", ["Handler", "Callers"])
def test_a_function_gets_a_permission_beside_those_it_has(holder: str) -> None:
    _, own = model_of("t.yaml", SYSTEM + MORE)
    assert (
        written(own[holder], EVENTS, INVOKE, own["Handler"], own["Nightly"])
        == """\
HandlerNightlyPermission:
  Type: AWS::Lambda::Permission
  Properties:
    FunctionName: !Ref Handler
    Action: lambda:InvokeFunction
    Principal: events.amazonaws.com
    SourceArn: !GetAtt Nightly.Arn"""
    )


@pytest.mark.parametrize("bucket", ["Unnamed", "Sometimes"])
def test_a_bucket_without_one_certain_name_is_referred_to(bucket: str) -> None:
    """Also where a condition that nobody has decided chooses the name."""
    _, own = model_of("t.yaml", SYSTEM + MORE)
    assert f"aws:SourceArn: !GetAtt {bucket}.Arn\n" in written(
        own["Guard"], S3, SEND, own["Orders"], own[bucket], account=True
    )


def test_without_a_source_a_statement_asks_for_the_account() -> None:
    _, own = model_of("t.yaml", SYSTEM + MORE)
    assert written(own["Guard"], EVENTS, SEND, own["Orders"], None).endswith("""\
  Condition:
    StringEquals:
      aws:SourceAccount: !Ref AWS::AccountId""")
    assert "SourceAccount: !Ref AWS::AccountId" in written(own["Handler"], EVENTS, INVOKE, own["Handler"], None)


def test_a_trust_policy_names_no_resource() -> None:
    _, own = model_of("t.yaml", SYSTEM + MORE)
    trust = ("pipes.amazonaws.com", "sts:AssumeRole")
    assert "Resource" not in yaml.safe_load(written(own["Pusher"], *trust, own["Pusher"], None).replace("!Ref", ""))[0]
    role = planned()["aws_iam_role.pusher"]
    assert "resources" not in written(role, *trust, role, None)


def test_what_a_grant_shows_lets_the_sender_in() -> None:
    """Each policy that is shown, pasted into the template, makes its delivery arrive."""
    model, own = model_of("t.yaml", SYSTEM)
    seen = [edge for id_ in ("Nightly", "Uploads") for edge in edges(own[id_], model) if isinstance(edge, Edge)]
    assert len(seen) == 4
    for edge in seen:
        assert isinstance(edge.owner, SENDERS)
        assert arrival(edge, model).verdict.is_no
        kind, to = edge.kind, edge.destination
        shown = written(to, kind.service, kind.action, to, edge.source, account=kind.service == S3)
        mended, again = model_of("t.yaml", SYSTEM + "".join(f"  {line}\n" for line in shown.split("\n")))
        [same] = [
            each
            for each in edges(again[edge.owner.id], mended)
            if isinstance(each, Edge) and each.destination.id == to.id
        ]
        assert arrival(same, mended).verdict.is_yes


def test_a_statement_in_terraform() -> None:
    """For the document that the policy is made of; what is asked for beside it stands above."""
    own = planned()
    holder, queue, bucket = (
        own[name] for name in ("aws_sqs_queue_policy.orders", "aws_sqs_queue.orders", "aws_s3_bucket.uploads")
    )
    assert (
        written(holder, S3, SEND, queue, bucket, account=True)
        == """\
# with data "aws_caller_identity" "current" {}
statement {
  actions   = ["sqs:SendMessage"]
  resources = [aws_sqs_queue.orders.arn]
  principals {
    type        = "Service"
    identifiers = ["s3.amazonaws.com"]
  }
  condition {
    test     = "ArnEquals"
    variable = "aws:SourceArn"
    values   = [aws_s3_bucket.uploads.arn]
  }
  condition {
    test     = "StringEquals"
    variable = "aws:SourceAccount"
    values   = [data.aws_caller_identity.current.account_id]
  }
}"""
    )


def test_a_policy_inside_a_terraform_resource_takes_a_statement() -> None:
    """A policy resource beside it would fight with it."""
    own = planned(alerts={"policy": '{"Statement": []}'})
    topic, rule = own["aws_sns_topic.alerts"], own["aws_cloudwatch_event_rule.nightly[0]"]
    shown = written(topic, EVENTS, PUBLISH, topic, rule)
    assert shown.startswith("statement {\n")
    assert "\n    values   = [aws_cloudwatch_event_rule.nightly[0].arn]\n" in shown


def test_a_policy_in_terraform() -> None:
    """In a module, for one of several instances, and a sender of another module: what can be said from here."""
    own = planned()
    queue, rule = own['module.shop["eu"].aws_sqs_queue.orders["a.${b}"]'], own["aws_cloudwatch_event_rule.nightly[0]"]
    assert (
        written(queue, EVENTS, SEND, queue, rule)
        == """\
# module.shop
# aws_cloudwatch_event_rule.nightly[0] is in the root module: pass its ARN to here
data "aws_iam_policy_document" "orders" {
  for_each = aws_sqs_queue.orders
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.orders[each.key].arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.nightly[0].arn]
    }
  }
}
resource "aws_sqs_queue_policy" "orders" {
  for_each  = aws_sqs_queue.orders
  queue_url = aws_sqs_queue.orders[each.key].url
  policy    = data.aws_iam_policy_document.orders[each.key].json
}"""
    )


def test_a_permission_in_terraform() -> None:
    own = planned()
    function, rule = own["aws_lambda_function.handler"], own['module.shop["eu"].aws_cloudwatch_event_rule.nightly']
    assert (
        written(function, EVENTS, INVOKE, function, rule)
        == """\
# aws_cloudwatch_event_rule.nightly is in module.shop: pass its ARN to here
resource "aws_lambda_permission" "handler_nightly" {
  function_name = aws_lambda_function.handler.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.nightly.arn
}"""
    )
