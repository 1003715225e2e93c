"""The Cloud Control provider's resources are CloudFormation's, spelled in snake case."""

import ast
import json
import re
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

import msglint
from cloud_control import ACCOUNT, REGION, UnwrittenError, plan_of
from linting import RULES
from msglint.engine import lint, lint_text
from msglint.finding import Report
from msglint.model.data import Data
from msglint.model.expression import Given, Items, NeedsChoice
from msglint.model.identity import IDENTITIES
from msglint.model.resource import Part, fold
from msglint.model.value import Absent, Known, Unknown
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.readers.terraform.awscc import Folded, attribute, canonical, cloudformation, kind_of, native, spelled
from msglint.source import Document

PLANS = Path(__file__).parent / "fixtures" / "readers" / "awscc"
FIRST, STEADY = "plan.json", "steady.json"
NOT_OF_CLOUD_CONTROL = {"AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Stack", "AWS::Serverless::Unread"}
LOST_WHERE_UNKNOWN = {"MSG102", "MSG104", "MSG105", "MSG702"}


def text_of(plan: str) -> str:
    return (PLANS / plan).read_text(encoding="utf-8")


@cache
def part_of(plan: str) -> Part:
    return read(Document("p.json", text_of(plan)), Assumptions())


@cache
def report_of(plan: str) -> Report:
    return lint_text("p.json", text_of(plan).encode(), Options())


def properties_of(plan: str, address: str) -> Data:
    record = part_of(plan).record(address)
    assert record is not None
    return Data(record.properties, owner=record.at)


# Names


def types_in_the_code() -> set[str]:
    folder = Path(msglint.__file__).parent
    files = [file for part in ("model", "iam", "rules") for file in (folder / part).rglob("*.py")]
    texts = {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if re.fullmatch(r"AWS::\w+::\w+", text)} - NOT_OF_CLOUD_CONTROL


def test_each_type_that_msglint_knows_is_found_by_its_native_name() -> None:
    types = types_in_the_code() | IDENTITIES.keys()
    assert len(types) > 60
    assert {type_: cloudformation(native(type_)) for type_ in types} == {type_: type_ for type_ in types}


@pytest.mark.parametrize("other", ["aws_sqs_queue", "awscc_sqs", "awscc_sqs_", "awscc_unheard_of", "awscc_", ""])
def test_what_is_no_type_of_the_provider_has_none_of_cloudformation(other: str) -> None:
    assert cloudformation(other) is None
    assert kind_of(other) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("KmsMasterKeyId", "kms_master_key_id"),
        ("ReceiveMessageWaitTimeSeconds", "receive_message_wait_time_seconds"),
        ("DynamoDBStreamParameters", "dynamo_db_stream_parameters"),
        ("ActiveMQBrokerParameters", "active_mq_broker_parameters"),
        ("CloudWatchLogsParameters", "cloudwatch_logs_parameters"),
        ("SaslScram512Auth", "sasl_scram_512_auth"),
        ("PrincipalOrgID", "principal_org_id"),
        ("S3DestinationConfiguration", "s3_destination_configuration"),
        ("SecretARN", "secret_arn"),
        ("OAuthParameters", "o_auth_parameters"),
        ("OKActions", "ok_actions"),
    ],
)
def test_properties_are_spelled_as_the_provider_documents(name: str, expected: str) -> None:
    assert attribute(name) == expected


@pytest.mark.parametrize("type_", sorted(IDENTITIES))
def test_no_spelling_loses_a_property(type_: str) -> None:
    """No two of a type differ in capitals only, or the wrong one would be found."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
    for part in (schema, *schema.get("definitions", {}).values()):
        names = part.get("properties", {})
        assert len({fold(attribute(name)) for name in names}) == len(names)
        assert all(fold(attribute(name)) == fold(name) for name in names)


def identifier(type_: str) -> str:
    """Give what the Model calls a type's primary identifier, told by CloudFormation's schema."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
    name = attribute(schema["primaryIdentifier"][0].removeprefix("/properties/"))
    # The provider calls its own identifier so.
    return canonical(type_, f"{attribute(type_.rpartition('::')[2])}_id" if name == "id" else name)


@pytest.mark.parametrize("type_", sorted(IDENTITIES))
def test_the_id_of_a_resource_is_its_primary_identifier(type_: str) -> None:
    if identifier(type_) in {"broker_id"}:
        assert canonical(type_, "id") == "name"  # it is nobody's reference
    else:
        assert canonical(type_, "id") == identifier(type_)


@pytest.mark.parametrize("type_", sorted(IDENTITIES))
def test_the_attributes_that_name_a_resource_are_those_of_its_schema(type_: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
    attributes = {attribute(name) for name in schema["properties"]} | {f"{attribute(type_.rpartition('::')[2])}_id"}
    assert spelled(type_, "name") in attributes
    if any(name == "Arn" or name.endswith(("Arn", "ARN")) for name in schema.get("readOnlyProperties", [])):
        assert spelled(type_, "arn") in attributes
    assert canonical(type_, spelled(type_, "arn")) == "arn"
    assert canonical(type_, spelled(type_, "name")) == ("key_id" if type_.endswith("Key") else "name")


def test_the_exact_name_wins() -> None:
    """The keys of a map, such as variables, may differ in underscores only."""
    at = properties_of(FIRST, "awscc_sqs_queue.orders").at
    one, other = (Given(Absent(None, at)) for _ in range(2))
    members = Folded({"queue_url": one, "QUEUE_URL": other})
    assert members.get("queue_url") is one
    assert members.get("QUEUE_URL") is other
    assert members.get("nothing") is None


# Values


@pytest.mark.parametrize(
    ("address", "name", "expected"),
    [
        ("awscc_sqs_queue.orders", "arn", "arn:aws:sqs:eu-west-1:123456789012:orders"),
        ("awscc_sqs_queue.orders", "url", "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"),
        ("awscc_sqs_queue.failed", "arn", "arn:aws:sqs:eu-west-1:123456789012:<random>"),
        ("awscc_sns_topic.news", "arn", "arn:aws:sns:eu-west-1:123456789012:news"),
        ("awscc_events_rule.shop", "arn", "arn:aws:events:eu-west-1:123456789012:rule/shop/shop"),
        ("awscc_iam_role.worker", "arn", "arn:aws:iam::123456789012:role/worker"),
    ],
)
def test_names_and_arns(address: str, name: str, expected: str) -> None:
    assert str(part_of(FIRST).attribute(address, name)) == expected


def test_the_arn_that_is_known_counts() -> None:
    topic = part_of(STEADY).attribute("awscc_sns_topic.news", "arn")
    assert topic.literal_value == "arn:aws:sns:eu-west-1:123456789012:news"


def test_properties_have_the_names_of_cloudformation() -> None:
    queue = properties_of(FIRST, "awscc_sqs_queue.orders")
    assert isinstance(queue.get("VisibilityTimeout").integer(), Known)
    assert isinstance(queue.get("FifoQueue").boolean(), Absent)
    assert part_of(FIRST).writes("awscc_sqs_queue.orders", "VisibilityTimeout")
    targets = properties_of(FIRST, "awscc_events_rule.shop").get("Targets")
    assert isinstance(targets.shape, Items)
    assert str(targets.elements().known[0].get("Id").word()) == "orders"


def test_a_member_that_is_not_known_yet_may_be_one_that_nobody_wrote() -> None:
    """The plan has one expression for the whole structure, and each member that nobody wrote is unknown too."""
    (target,) = properties_of(FIRST, "awscc_events_rule.shop").get("Targets").elements().known
    assert isinstance(target.get("Arn").shape, Unknown)
    assert isinstance(target.get("DeadLetterConfig").shape, Unknown)
    (target,) = properties_of(STEADY, "awscc_events_rule.shop").get("Targets").elements().known
    assert isinstance(target.get("Arn").shape, Known)
    assert isinstance(target.get("DeadLetterConfig").shape, Absent)


# Findings


def test_the_first_plan_says_what_the_plan_after_the_apply_says() -> None:
    """All but what stands inside of `targets` and `target`, of which only the sources tell."""
    first = {(finding.code, finding.resource) for finding in report_of(FIRST).findings}
    steady = {(finding.code, finding.resource) for finding in report_of(STEADY).findings}
    assert first < steady
    assert {code for code, _ in steady - first} <= LOST_WHERE_UNKNOWN
    undecided = {finding.resource for finding in report_of(FIRST).undecided}
    assert {"awscc_events_rule.shop", "awscc_scheduler_schedule.nightly"} <= undecided
    assert {
        ("MSG102", "awscc_events_rule.shop"),
        ("MSG103", "awscc_lambda_event_source_mapping.worker"),
        ("MSG104", "awscc_iam_role.worker"),
        ("MSG105", "awscc_sqs_queue.orders"),
        ("MSG205", "awscc_events_event_bus_policy.shop"),
        ("MSG404", "awscc_secretsmanager_secret.kafka"),
        ("MSG502", "awscc_sqs_queue.orders"),
        ("MSG704", "awscc_sqs_queue.failed"),
    } <= steady
    # A policy that lets it in is found.
    assert ("MSG102", "awscc_sns_subscription.orders") not in steady


def test_the_files_of_the_configuration_tell_which_members_are_written() -> None:
    """With them the first plan says all that the plan after the apply says."""
    first = lint([str(PLANS / FIRST)], Options())
    assert {(each.code, each.resource) for each in first.findings} == {
        (each.code, each.resource) for each in report_of(STEADY).findings
    }


def test_findings_speak_as_the_provider_does() -> None:
    by_code = {(each.code, each.resource): each for each in report_of(STEADY).findings}
    hidden = by_code["MSG502", "awscc_sqs_queue.orders"]
    assert "(visibility_timeout)" in hidden.message
    assert hidden.fix is not None
    assert hidden.fix.snippet == 'resource "awscc_sqs_queue" "orders" {\n  visibility_timeout = 60\n}'
    dropped = by_code["MSG702", "awscc_events_rule.shop"]
    assert dropped.fix is not None
    assert dropped.fix.snippet.splitlines()[1:3] == ["  targets = [{", "    dead_letter_config = {"]
    lost = by_code["MSG703", "awscc_sns_subscription.orders"]
    assert lost.fix is not None
    assert "  redrive_policy = jsonencode({" in lost.fix.snippet
    refused = by_code["MSG102", "awscc_events_rule.shop"]
    assert refused.fix is not None
    assert "[awscc_sqs_queue.orders.arn]" in refused.fix.snippet


@pytest.mark.parametrize("plan", [FIRST, STEADY])
def test_no_secret_is_shown(plan: str) -> None:
    assert "canary" in text_of(plan)
    assert "canary" not in repr(report_of(plan))


@pytest.mark.parametrize("plan", [FIRST, STEADY])
def test_what_the_plan_marks_as_sensitive_is_not_shown(plan: str) -> None:
    """A name that comes from a sensitive variable, wherever an ARN or message would hold it."""
    text = text_of(plan).replace('"queue_name": "orders"', '"queue_name": "canary-name"')
    raw = json.loads(text.replace(":orders", ":canary-name").replace("012/orders", "012/canary-name"))
    for resource in raw["planned_values"]["root_module"]["resources"]:
        resource["sensitive_values"] = {"queue_name": True} if resource["type"] == "awscc_sqs_queue" else {}
    report = lint_text("p.json", json.dumps(raw).encode(), Options())
    said = {finding.code for finding in (*report.findings, *report.undecided)}
    assert {"MSG103", "MSG105", "MSG502"} <= said
    assert "canary" not in repr(report)


# The same system in both languages

SECRETS_ARE_FILLED_IN = {"MSG401", "MSG402", "MSG403", "MSG404", "MSG405", "MSG412"}
"""Rules about values that the plan knows, where the template only names a parameter."""
ABOUT_TEMPLATES = {"unused-suppression", "unreadable-file"}

BOTH = Options(assumptions=Assumptions(accounts=(ACCOUNT,), regions=(REGION,)))


def cases() -> list[Path]:
    """Give the templates of the rules' fixtures, those aside that are about what a template leaves open."""
    found = (path for kind in ("bad", "good") for path in RULES.glob(f"*/{kind}*.cfn.yaml"))
    return sorted(path for path in found if path.parent.name not in ABOUT_TEMPLATES)


def said_of(report: Report) -> set[tuple[str, str]]:
    """Give the codes and logical ids of findings."""
    return {
        (finding.code, (finding.resource or "").removeprefix("awscc_").rpartition(".")[2])
        for finding in report.findings
        if finding.code not in SECRETS_ARE_FILLED_IN
    }


def test_a_plan_of_the_same_resources_has_the_findings_of_the_template() -> None:
    """Of each template in which no condition decides what there is."""
    compared = 0
    for case in cases():
        template = case.read_text(encoding="utf-8")
        with suppress(UnwrittenError, NeedsChoice):
            plan = plan_of(template)
            found = lint_text("p.json", json.dumps(plan).encode(), BOTH)
            assert said_of(found) == said_of(lint_text("t.yaml", template.encode(), BOTH)), case
            compared += 1
    assert compared > 60
