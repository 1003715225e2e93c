"""The tools beside the package: what the linters are measured on, the table, and how the page about them is made."""

import json
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import pytest

import bench
import compare
import endurance
import make_loads
from bench import Cost, Outcome, Stopped, once, table
from compare import FAULTS, LANGUAGES, Said, cell
from msglint.engine import lint_text
from msglint.finding import Report
from msglint.options import Options
from peers import MSGLINT, PEERS


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (0, "", endurance.Outcome.SILENT),
        (0, "Passed checks: 1, Failed checks: 0, Skipped checks: 0\n", endurance.Outcome.SILENT),
        (0, "Passed checks: 0, Failed checks: 0, Parsing errors: 1\n", endurance.Outcome.ANSWERS),
        (0, "Failures: 1 (HIGH: 1, CRITICAL: 0)\n", endurance.Outcome.ANSWERS),
        (7, "", endurance.Outcome.ANSWERS),
        (1, "Traceback (most recent call last):\n  File\nValueError: x\n", endurance.Outcome.CRASHES),
        (1, "Traceback (most recent call last):\n  File\nMemoryError\n", endurance.Outcome.MEMORY),
        (-11, "", endurance.Outcome.CRASHES),
        (-24, "", endurance.Outcome.HANGS),
    ],
)
def test_what_a_tool_does_with_a_hostile_file_is_told_from_outside(
    code: int, text: str, expected: endurance.Outcome
) -> None:
    assert endurance.told(code, text, (0, 1)) is expected


def test_a_tool_that_takes_too_long_or_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endurance, "SECONDS", 1)
    assert endurance.outcome([sys.executable, "-c", "while True: pass"], (0,)) is endurance.Outcome.HANGS
    assert endurance.outcome([sys.executable, "-c", "x = bytearray(1 << 40)"], (0,)) is endurance.Outcome.MEMORY
    assert endurance.outcome([sys.executable, "-c", "print('error')"], (0,)) is endurance.Outcome.ANSWERS


def judged(name: str, text: str) -> Report:
    return lint_text(name, text.encode(), Options())


@pytest.mark.parametrize("write", [make_loads.template, make_loads.plan])
def test_a_system_that_is_there_many_times_has_as_many_faults(write: make_loads.Writer) -> None:
    """Its copies have names of their own, so that none is taken for another; a plan holds two systems in turn."""
    once, thrice = (judged("load", write(copies)) for copies in (2, 6))
    assert len(thrice.findings) == 3 * len(once.findings) > 0
    assert len(thrice.undecided) == 3 * len(once.undecided)


def test_a_large_plan_is_like_those_of_terraform() -> None:
    """Each resource of an instance is in the configuration of its module, and each address is there once."""
    plan = json.loads(make_loads.plan(10))
    calls = plan["configuration"]["root_module"]["module_calls"]
    addresses = [change["address"] for change in plan["resource_changes"]]
    assert len(set(addresses)) == len(addresses)
    for instance in plan["planned_values"]["root_module"]["child_modules"]:
        call = instance["address"].split(".")[1].partition("[")[0]
        configured = {resource["address"] for resource in calls[call]["module"]["resources"]}
        for resource in instance["resources"]:
            assert resource["address"] in addresses
            assert f"{resource['type']}.{resource['name']}" in {each.removeprefix("data.") for each in configured}


def test_a_load_is_as_large_as_asked_and_always_the_same() -> None:
    first, second = (make_loads.grown(make_loads.template, 50_000) for _ in range(2))
    assert first == second
    assert 50_000 <= len(first) < 65_000


@pytest.mark.slow
def test_the_directory_is_always_the_same_and_seldom_about_messages() -> None:
    first = dict(make_loads.directory())
    assert [*islice(make_loads.directory(), 100)] == [*islice(first.items(), 100)]
    assert len(first) == make_loads.TEMPLATES
    assert all(make_loads.SMALLEST <= len(text) < 2 * make_loads.LARGEST for text in first.values())
    about = sum("AWS::SQS::Queue" in text or "AWS::Kinesis::Stream" in text for text in first.values())
    assert 100 < about < 200


@pytest.mark.parametrize("kind", make_loads.SHARES)
def test_a_template_is_the_same_in_json(kind: str) -> None:
    text = make_loads.repeated(make_loads.source(kind), 2)
    yaml, json_ = (judged("load", each) for each in (text, make_loads.as_json(text)))
    assert [(each.code, each.resource, each.fault) for each in yaml.questions] == [
        (each.code, each.resource, each.fault) for each in json_.questions
    ]


def test_a_peer_is_given_the_directory_or_the_files_in_it(tmp_path: Path) -> None:
    for name in ("loads/b.yaml", "loads/a/c.yaml", "bin/cfn-lint", "bin/msglint"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    loads = tmp_path / "loads"
    cfn_lint = next(peer for peer in PEERS if peer.program == "bin/cfn-lint").command(tmp_path, loads) or []
    assert cfn_lint[-2:] == [str(loads / "a" / "c.yaml"), str(loads / "b.yaml")]
    assert (MSGLINT.command(tmp_path, loads) or [])[1:] == ["lint", str(loads)]
    assert next(peer for peer in PEERS if peer.name == "tf-nag").command(tmp_path, loads) is None


def test_what_is_never_parsed_is_told_below_the_table() -> None:
    assert bench.sentence(1000, 279).split(":")[0].strip() == "Of the 1,000 templates msglint never parses 279"


def test_the_table_shows_what_each_run_cost() -> None:
    small, huge, *_ = loads = list(bench.LOADS)
    rows: dict[str, Mapping[str, Outcome] | None] = {
        MSGLINT.name: dict.fromkeys(loads, Cost(0.1, 20)) | {huge: Cost(2, 70)},
        "slow": {small: Cost(1.234, 140.4), huge: Stopped(118.2)},
        "broken": {small: "exit status 3"},
        "absent": None,
    }
    lines = [line.split(" | ") for line in table(rows)]
    assert lines[2][:3] == ["| msglint", "0.10 s, 20 MB", "2.00 s, 70 MB"]
    assert lines[3][:4] == ["| slow", "1.23 s (12x), 140 MB", ">118 s (>59x), stopped", "-"]
    assert lines[4][1] == "exit status 3"
    assert set(lines[5][1:-1]) == {"not available"}
    assert {len(line) for line in lines[2:]} == {len(bench.LOADS) + 1}


def test_a_run_that_takes_too_long_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    child = f"import time, pathlib; time.sleep(2); pathlib.Path({str(started)!r}).touch()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert isinstance(once([sys.executable, "-c", parent], limit=1, said=(0,)), Stopped)
    assert once([sys.executable, "-c", "raise SystemExit(3)"], limit=60, said=(0, 1)) == "exit status 3"
    assert not started.exists()


def test_a_peer_that_cannot_be_had_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def offline() -> Path:
        raise OSError("no network")

    assert bench.row_of_peer(PEERS[0]._replace(make=offline), tmp_path, 1) is None
    assert bench.row_of_peer(PEERS[0]._replace(make=lambda: tmp_path), tmp_path, 1) is None
    assert f"{PEERS[0].name} is not available: no network" in capsys.readouterr().err


def test_a_cell_names_the_rules_that_are_about_the_fault() -> None:
    fault = next(fault for fault in FAULTS if "SNS subscription" in fault.title)
    told = [
        Said("MSG101", "aws_sns_topic_subscription.orders", "aws_sqs_queue.orders_undelivered does not let SNS in"),
        Said("MSG501", "aws_sqs_queue.orders_undelivered", "short polling"),
    ]
    assert cell(fault, "aws_sqs_queue.orders_undelivered", MSGLINT.name, told) == "MSG101"
    assert cell(fault, "aws_sqs_queue.orders", MSGLINT.name, told) == "-"
    assert cell(fault, "aws_sqs_queue.orders_undelivered", PEERS[0].name, told) == "-"


def test_the_planted_faults_are_marked_in_the_examples() -> None:
    """Each resource of a fault is there, and each gotcha has as many marks as faults."""
    for number, file in enumerate(LANGUAGES.values()):
        text = file.with_name("main.tf" if file.suffix == ".json" else file.name).read_text(encoding="utf-8")
        for fault in FAULTS:
            where = fault.where[number].replace("aws_", 'resource "aws_').replace(".", '" "')
            assert where in text
    assert set(compare.READERS) == {MSGLINT.name, *(peer.name for peer in PEERS)}
