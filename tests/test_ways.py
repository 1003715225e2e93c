"""Every way to write a policy, a role or a queue in Terraform is read: before the first apply and after it."""

import json
import shutil
from functools import cache
from pathlib import Path

import pytest

from msglint.engine import lint, lint_text
from msglint.finding import Report
from msglint.options import Options

PLANS = Path(__file__).parent / "fixtures" / "readers" / "ways"
FIRST, STEADY = "plan.json", "steady.json"
"""The first plan is one of version 5 of the provider, the other of version 6."""


@cache
def report_of(plan: str) -> Report:
    return lint_text("p.json", (PLANS / plan).read_bytes(), Options())


def found(plan: str, code: str) -> set[str]:
    return {finding.resource or "" for finding in report_of(plan).findings if finding.code == code}


@pytest.mark.parametrize("plan", [FIRST, STEADY])
def test_a_role_may_do_what_is_written_in_any_way(plan: str) -> None:
    """Inline, managed, attached one by one, for several roles, as the only ones, and within a boundary."""
    lacking = {id_.removeprefix("aws_pipes_pipe.") for id_ in found(plan, "MSG103") if "pipes" in id_}
    assert lacking == {"bounded", "emptied", "none"}
    why = {each.resource: each.message for each in report_of(plan).findings if each.code == "MSG103"}
    assert "its permissions boundary does not allow it" in why["aws_pipes_pipe.bounded"]
    assert "no statement of its policies allows it" in why["aws_pipes_pipe.emptied"]


@pytest.mark.parametrize("plan", [FIRST, STEADY])
@pytest.mark.parametrize(
    "open_to_all",
    [
        "aws_sqs_queue_policy.open",
        "aws_sns_topic_policy.news",
        "aws_kinesis_resource_policy.k",
        "aws_msk_cluster_policy.m",
        "aws_secretsmanager_secret_policy.s",
    ],
)
def test_each_policy_resource_is_read(plan: str, open_to_all: str) -> None:
    """With `*`, with AWS `*`, with everybody but some."""
    assert open_to_all in found(plan, "MSG204")
    assert found(plan, "MSG205") == {"aws_cloudwatch_event_bus_policy.bus"}


@pytest.mark.parametrize("plan", [FIRST, STEADY])
def test_what_arrives_and_what_does_not(plan: str) -> None:
    """Of merged documents the later statement counts; a policy by the keys of a map lets its own queue be sent to."""
    assert found(plan, "MSG102") == {
        "aws_sns_topic_subscription.bad",
        "aws_sns_topic_subscription.merged",
        "aws_s3_bucket_notification.b",
    }
    assert found(plan, "MSG105") == {"aws_sqs_queue.enc"}


@pytest.mark.parametrize("plan", [FIRST, STEADY])
def test_dead_letter_queues_are_laid_over_queues_of_each_instance(plan: str) -> None:
    assert not [id_ for id_ in found(plan, "MSG701") if ".aws_sqs_queue.main" in id_]
    redrives = {each.resource: each.related for each in report_of(plan).findings if each.code == "MSG704"}
    for key in ("billing", "orders"):
        (source,) = redrives[f'module.queue["{key}"].aws_sqs_queue.failed']
        assert source.resource == f'module.queue["{key}"].aws_sqs_queue.main'


def test_the_first_plan_says_what_the_plan_after_the_apply_says() -> None:
    """So do version 5 and version 6 of the provider."""
    said = [{(each.code, each.resource) for each in report_of(plan).findings} for plan in (FIRST, STEADY)]
    assert said[0] == said[1]


def test_the_files_alone_say_what_a_plan_with_its_files_says(tmp_path: Path) -> None:
    """One finding for what several resources owe to one line names the first, which may be another."""
    shutil.copytree(PLANS, tmp_path / "here", ignore=shutil.ignore_patterns("*.json"))
    alone, planned = (lint([str(path)], Options()) for path in (tmp_path / "here", PLANS / FIRST))
    said = [{(each.code, each.resource, each.span) for each in report.findings} for report in (alone, planned)]
    assert {code for code, _, _ in said[0] ^ said[1]} <= {"MSG203"}


def test_a_text_of_json_that_names_nothing_is_written(tmp_path: Path) -> None:
    """Terraform shows nothing of such an expression, and nothing of a block without arguments."""
    redrive = 'jsonencode({ deadLetterTargetArn = "arn:aws:sqs:eu-central-1:111122223333:failed" })'
    topic = 'topic_arn = "arn:aws:sns:eu-west-1:111122223333:news"'
    text = f'resource "aws_sns_topic_subscription" "a" {{\n{topic}\nprotocol = "sqs"\nredrive_policy = {redrive}\n}}\n'
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    codes = {finding.code for finding in lint([str(tmp_path)], Options()).findings}
    assert "MSG111" in codes
    assert "MSG703" not in codes


def test_an_element_of_a_module_with_other_keys_may_be_any() -> None:
    """`each.value` is the instance of its own key only where both have the same keys."""
    plan = json.loads((PLANS / FIRST).read_text(encoding="utf-8"))
    root = plan["planned_values"]["root_module"]
    (one,) = (each for each in root["resources"] if each["address"] == 'aws_sns_topic_subscription.each["orders"]')
    one["index"], one["address"] = "letters", 'aws_sns_topic_subscription.each["letters"]'
    for change in plan["resource_changes"]:
        if change["address"] == 'aws_sns_topic_subscription.each["orders"]':
            change.update(one)
    report = lint_text("p.json", json.dumps(plan).encode(), Options())
    undecided = {finding.resource for finding in report.undecided if finding.code == "MSG102"}
    assert undecided == {f'aws_sns_topic_subscription.each["{key}"]' for key in ("billing", "letters")}
