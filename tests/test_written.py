"""What `.tf` files say beside a plan: places, blocks, and files that have been changed since."""

import shutil
from pathlib import Path

import pytest

from msglint.engine import lint
from msglint.model.expression import Items
from msglint.model.value import Known
from msglint.options import Options
from msglint.readers.interface import Assumptions, Configuration
from msglint.readers.recognise import read
from msglint.readers.terraform.foreseen import foresee
from msglint.readers.terraform.part import TerraformPart
from msglint.readers.terraform.plan import Plan
from msglint.readers.terraform.sources import opened
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
