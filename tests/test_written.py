"""What `.tf` files say beside a plan: places, blocks, and files that have been changed since."""

import json
import shutil
from pathlib import Path

import pytest

from msglint.engine import lint
from msglint.model.data import Data
from msglint.model.expression import Expression, Fields, Given, Items
from msglint.model.text import Alphabet, Symbol, Text
from msglint.model.value import Absent, Known, effective
from msglint.options import Options
from msglint.readers.interface import Assumptions, Configuration
from msglint.readers.recognise import read
from msglint.readers.terraform.evaluation.foreseen import foresee
from msglint.readers.terraform.evaluation.written import elements
from msglint.readers.terraform.part import TerraformPart
from msglint.readers.terraform.plan import Plan
from msglint.readers.terraform.sources.configuration import opened
from msglint.source import Beside, Document

CONFIGURATION = Path(__file__).parent / "fixtures/readers/evaluation"
ORDERS = 'aws_sqs_queue.each["orders"]'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(CONFIGURATION, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def part(here: Path) -> TerraformPart:
    document = Document.from_bytes("plan.json", (here / "plan.json").read_bytes(), Beside(".", ".", "."))
    found = read(document, Assumptions())
    assert isinstance(found, TerraformPart)
    return found


def place(here: Path, address: str, *names: str) -> tuple[str, str]:
    """Give the file of a property, and the text there."""
    record = part(here).record(address)
    assert record is not None
    expression = record.properties
    for name in names:
        shape = expression.shape()
        inner = shape.items[0].shape() if isinstance(shape, Items) else shape
        expression = inner.fields[name]  # type: ignore[union-attr]
    at = expression.shape().at
    return at.document.name, at.document.slice(at.span)


def change(here: Path, before: str, after: str) -> None:
    main = here / "main.tf"
    text = main.read_text(encoding="utf-8")
    assert before in text
    main.write_text(text.replace(before, after), encoding="utf-8")


def test_a_property_stands_where_it_is_written(here: Path) -> None:
    assert place(here, ORDERS, "DelaySeconds") == ("main.tf", "delay_seconds              = each.value.delay")


def test_what_is_not_written_stands_at_the_block(here: Path) -> None:
    assert place(here, ORDERS, "RedrivePolicy") == ("main.tf", 'resource "aws_sqs_queue" "each"')


def test_a_changed_argument_stands_at_its_block(here: Path) -> None:
    change(here, "= each.value.delay", "= local.delay")
    assert place(here, ORDERS, "DelaySeconds") == ("main.tf", 'resource "aws_sqs_queue" "each"')
    assert place(here, ORDERS, "QueueName")[0] == "main.tf"


def test_a_resource_that_is_gone_stands_in_the_plan(here: Path) -> None:
    change(here, 'resource "aws_cloudwatch_event_rule" "rule" {', 'resource "aws_cloudwatch_event_rule" "other" {')
    assert place(here, ORDERS, "DelaySeconds")[0] == "plan.json"


def test_files_that_cannot_be_read_leave_the_plan(here: Path) -> None:
    change(here, 'output "files" {', 'output "files" {{')
    assert place(here, ORDERS, "DelaySeconds")[0] == "plan.json"


def test_the_files_of_another_configuration_are_not_this_plans(here: Path) -> None:
    (here / "more.tf").write_text('resource "aws_sqs_queue" "more" {}\n', encoding="utf-8")
    assert place(here, ORDERS, "DelaySeconds")[0] == "plan.json"


def test_dynamic_blocks_stand_at_their_content(here: Path) -> None:
    found = part(here).record("aws_cloudwatch_event_target.blocks")
    assert found is not None
    planned = part(here)._planned(part(here)._plan.instances["aws_cloudwatch_event_target.blocks"])
    targets = planned.member("run_command_targets").shape()
    assert isinstance(targets, Items)
    keys = [item.shape().fields["key"].shape() for item in targets.items]  # type: ignore[union-attr]
    assert [str(key.value) for key in keys if isinstance(key, Known)] == ["InstanceIds", "tag:Name"]
    assert {key.at.document.slice(key.at.span) for key in keys} == {"key    = target.key"}


def test_blocks_beside_dynamic_ones_are_those_that_the_plan_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of blocks of one type the configuration shows those that are written; the plan has the others too."""
    shutil.copytree(CONFIGURATION.parent / "dynamic", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    assert resources(tmp_path) == ["arn:aws:sqs:eu-west-1:${account}:orders"] * 2
    change(
        tmp_path, "resources = [aws_sqs_queue.orders.arn]\n    principals", "resources = [local.other]\n    principals"
    )
    assert resources(tmp_path) == ["arn:aws:sqs:eu-west-1:${account}:orders", None]


def test_what_is_null_is_left_to_the_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As modules hand it on: `delay_seconds = var.delay`."""
    shutil.copytree(CONFIGURATION.parent / "dynamic", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    plan["configuration"]["root_module"]["variables"]["delay"] = {}
    for resource in plan["configuration"]["root_module"]["resources"]:
        if resource["address"] == "aws_sqs_queue.orders":
            resource["expressions"]["delay_seconds"] = {"references": ["var.delay"]}
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    change(tmp_path, 'name = "orders"', 'name = "orders"\n  delay_seconds = var.delay')
    main = (tmp_path / "main.tf").read_text(encoding="utf-8")
    for default, told in (("null", Absent), ("0", Known)):
        text = f'{main}\nvariable "delay" {{\n  default = {default}\n}}\n'
        (tmp_path / "main.tf").write_text(text, encoding="utf-8")
        found = part(tmp_path).record("aws_sqs_queue.orders")
        assert found is not None
        delay = Data(found.properties).get("DelaySeconds").integer()
        assert isinstance(delay, told)
        assert effective(delay) == 0


def resources(here: Path) -> list[str | None]:
    """Give the resources of the statements of the policy of `orders`, None for one that is not known."""
    found = part(here).record("aws_sqs_queue_policy.orders")
    assert found is not None
    statements = Data(found.properties).get("PolicyDocument", "Statement").elements().known
    texts = [each.get("Resource").elements().known[0].text() for each in statements]
    return [str(text.value) if isinstance(text, Known) else None for text in texts]


def test_a_block_of_an_installed_module_stands_where_the_call_gives_it(tmp_path: Path) -> None:
    """Of several statements in one argument the one at fault is shown, also where two are at fault alike."""
    module = """
      variable "statements" {
        type = map(object({ services = list(string), resources = optional(list(string), ["*"]) }))
      }
      data "aws_iam_policy_document" "p" {
        dynamic "statement" {
          for_each = var.statements
          content {
            actions   = ["sqs:SendMessage"]
            resources = statement.value.resources
            principals {
              type        = "Service"
              identifiers = statement.value.services
            }
          }
        }
        dynamic "statement" {
          for_each = [1]
          content {
            actions   = ["sqs:SendMessage"]
            resources = ["*"]
            principals {
              type        = "Service"
              identifiers = ["sns.amazonaws.com"]
            }
          }
        }
      }
      resource "aws_sqs_queue" "q" {}
      resource "aws_sqs_queue_policy" "q" {
        queue_url = aws_sqs_queue.q.url
        policy    = data.aws_iam_policy_document.p.json
      }
    """
    call = """module "m" {
      source     = "acme/m/aws"
      statements = {
        one = { services = ["events.amazonaws.com"] }
        two = { services = ["events.amazonaws.com"] }
      }
    }
    """
    inner = tmp_path / ".terraform" / "modules" / "m"
    inner.mkdir(parents=True)
    (inner / "main.tf").write_text(module, encoding="utf-8")
    (inner.parent / "modules.json").write_text('{"Modules": [{"Key": "m", "Dir": ".terraform/modules/m"}]}')
    (tmp_path / "main.tf").write_text(call, encoding="utf-8")
    report = lint([str(tmp_path)], Options(select=("MSG201",)))
    assert [finding.span.start.line for finding in report.findings] == [1, 4, 5]


def test_faults_of_one_line_that_end_elsewhere_are_told_apart(tmp_path: Path) -> None:
    """Each queue needs a policy of its own; those that one block makes need one block."""
    text = """
      resource "aws_sns_topic" "t" {}
      resource "aws_sqs_queue" "one" {}
      resource "aws_sqs_queue" "many" { count = 2 }
      resource "aws_sns_topic_subscription" "s" {
        for_each  = { one = aws_sqs_queue.one.arn, a = aws_sqs_queue.many[0].arn, b = aws_sqs_queue.many[1].arn }
        topic_arn = aws_sns_topic.t.arn
        protocol  = "sqs"
        endpoint  = each.value
      }
    """
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    found = lint([str(tmp_path)], Options(select=("MSG102",))).findings
    assert [each.resource for each in found] == [f'aws_sns_topic_subscription.s["{key}"]' for key in ("a", "one")]
    also = [[note.resource for note in each.related if note.likewise] for each in found]
    assert also == [['aws_sns_topic_subscription.s["b"]'], []]


def test_blocks_of_json_syntax_are_made_by_dynamic_too(here: Path) -> None:
    text = """{"resource": {"aws_cloudwatch_event_target": {"more": {"rule": "r", "arn": "a",
      "dynamic": {"run_command_targets": {"for_each": ["i-1", "i-2"], "content":
        {"key": "InstanceIds", "values": ["${run_command_targets.value}"]}}}}}}}"""
    (here / "more.tf.json").write_text(text, encoding="utf-8")
    made = foreseen(here).instances["aws_cloudwatch_event_target.more"].values
    assert made["run_command_targets"] == [
        {"key": "InstanceIds", "values": ["i-1"]},
        {"key": "InstanceIds", "values": ["i-2"]},
    ]


def foreseen(here: Path) -> Plan:
    return foresee(opened(str(here), str(here), Configuration()), Document("here", ""))


AT = Document("main.tf", "").spot(0, 0)
ARN = Given(Known(Text.of("arn:", Symbol(("plan", "aws_x.y", "arn"), Alphabet.ASSIGNED, "${aws_x.y.arn}")), AT))


def word(text: str) -> Given:
    return Given(Known(Text.literal(text), AT))


def block(**members: Expression) -> Given:
    return Given(Fields(members, AT))


@pytest.mark.parametrize(
    ("written", "planned", "numbers"),
    [
        ([word("a"), word("b")], ["a", "b"], [0, 1]),
        # A set is sorted, and what is unknown of it stands last.
        ([word("b"), word("a")], ["a", "b"], [1, 0]),
        ([ARN, word("a")], ["a", None], [1, 0]),
        ([ARN, word("a")], ["a", "arn:x"], [1, 0]),
        ([block(n=word("a"), arn=ARN), block(n=word("b"), arn=ARN)], [{"n": "b"}, {"n": "a"}], [1, 0]),
        # One that says more is more likely meant.
        ([block(n=ARN), block(n=word("arn:b"))], [{"n": "arn:b"}, {"n": "arn:a"}], [1, 0]),
        ([ARN, ARN], ["arn:x", "arn:y"], [0, 1]),
        ([word("a")], ["a", "b"], [0, None]),
    ],
)
def test_elements_of_a_set_are_told_apart(
    written: list[Expression], planned: list[object], numbers: list[int | None]
) -> None:
    found = elements(Given(Items(tuple(written), AT)), planned)
    assert [each.number if each is not None else None for each in found] == numbers
