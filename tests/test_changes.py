"""Which resources of a plan are judged: those that are there after the apply, and each of them once."""

import json
from pathlib import Path
from typing import Any

import pytest

from msglint.engine import lint_text
from msglint.finding import Report
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document

PLANS = Path(__file__).parent / "fixtures" / "readers"
QUEUES = [
    "aws_sqs_queue.counted[0]",
    "aws_sqs_queue.imported",
    "aws_sqs_queue.new_name",
    "aws_sqs_queue.replaced",
    "aws_sqs_queue.replaced_first",
    "aws_sqs_queue.same",
]


def raw_plan(case: str, name: str = "plan.json") -> dict[str, Any]:
    plan: dict[str, Any] = json.loads((PLANS / case / name).read_text(encoding="utf-8"))
    return plan


def report_of(plan: dict[str, Any]) -> Report:
    return lint_text("p.json", json.dumps(plan).encode(), Options())


def judged(plan: dict[str, Any]) -> list[str]:
    """Give the resources that lack a dead-letter queue, each as often as that is said."""
    return [finding.resource or "" for finding in report_of(plan).findings if finding.code == "MSG701"]


def actions(plan: dict[str, Any]) -> set[tuple[str, ...]]:
    return {tuple(change["change"]["actions"]) for change in plan["resource_changes"]}


def test_what_stays_or_comes_is_judged_once() -> None:
    """Moved, imported, replaced in either order, untouched; not what is destroyed, and not what is let go."""
    plan = raw_plan("changed")
    replaced = {("delete", "create"), ("create", "delete")}
    assert actions(plan) == {("no-op",), ("read",), ("delete",), ("forget",), *replaced}
    assert judged(plan) == QUEUES


def test_what_an_earlier_run_left_behind_is_not_judged() -> None:
    """A deposed object has the address of what takes its place."""
    plan = raw_plan("changed")
    (change,) = (each for each in plan["resource_changes"] if each["address"] == "aws_sqs_queue.same")
    gone = {"actions": ["delete"], "before": change["change"]["after"], "after": None, "after_unknown": {}}
    plan["resource_changes"].append({**change, "deposed": "byebye01", "change": gone})
    assert judged(plan) == QUEUES


def test_a_part_that_somebody_changed_by_hand_is_judged_as_it_will_be() -> None:
    """Drift is what the provider found; the apply makes it what is planned."""
    plan = raw_plan("changed")
    (change,) = (each for each in plan["resource_changes"] if each["address"] == "aws_sqs_queue.same")
    by_hand = {**change["change"]["after"], "receive_wait_time_seconds": 0, "visibility_timeout_seconds": 0}
    drift = {**change, "change": {**change["change"], "actions": ["update"], "after": by_hand}}
    said = [finding.message for finding in report_of(plan).findings]
    plan["resource_drift"] = [drift]
    assert [finding.message for finding in report_of(plan).findings] == said


def test_a_plan_that_destroys_all_has_nothing_to_judge() -> None:
    plan = raw_plan("targeted", "destroy.json")
    assert actions(plan) == {("delete",)}
    report = report_of(plan)
    assert (report.findings, report.undecided) == ((), ())


def test_a_plan_for_some_resources_does_not_tell_what_others_add() -> None:
    """The queue has a policy and a redrive policy, and neither is in a plan that is made for the subscription."""
    report = report_of(raw_plan("targeted"))
    assert not {"MSG102", "MSG701"} & {finding.code for finding in report.findings}
    why = {finding.code: finding.reasons[0].message for finding in report.undecided}
    assert why["MSG102"] == "what this incomplete plan leaves out may add a policy that is not written here"
    assert why["MSG701"] == "aws_sqs_queue_redrive_policy.orders may set it, and this incomplete plan leaves that out"
    # What the plan does say is judged.
    assert "MSG501" in {finding.code for finding in report.findings}


def test_a_plan_without_what_is_missing_is_decided() -> None:
    """The same plan, from a configuration that has no more, or from a Terraform that tells no completeness."""
    plan = raw_plan("targeted")
    del plan["complete"]
    assert {"MSG102", "MSG701"} <= {finding.code for finding in report_of(plan).findings}
    plan = raw_plan("targeted")
    planned = {each["address"] for each in plan["planned_values"]["root_module"]["resources"]}
    root = plan["configuration"]["root_module"]
    root["resources"] = [each for each in root["resources"] if each["address"] in planned]
    assert {"MSG102", "MSG701"} <= {finding.code for finding in report_of(plan).findings}


def test_a_plan_that_ended_with_an_error_is_judged_as_far_as_it_goes() -> None:
    plan = {**raw_plan("targeted"), "errored": True, "applyable": False}
    plan["checks"] = [{"status": "fail", "instances": [{"problems": [{"message": "A queue has an owner."}]}]}]
    codes = {finding.code for finding in report_of(plan).findings}
    assert "MSG501" in codes
    assert "MSG102" not in codes


@pytest.mark.parametrize("missing", ["resource_changes", "prior_state", "configuration", "planned_values"])
def test_a_plan_without_a_section_is_read(missing: str) -> None:
    plan = raw_plan("changed")
    plan[missing] = {} if missing == "planned_values" else None
    part = read(Document("p.json", json.dumps(plan)), Assumptions())
    assert ("AWS::SQS::Queue" in part.types()) == (missing != "planned_values")
    report_of(plan)
