"""msglint's rules inside checkov, which is run for real: it says what the command line says."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from doors import REPOSITORY, found, gathered, run
from msglint.engine import lint
from msglint.options import Options
from msglint.readers.sam.kinds import KINDS as SAM_KINDS
from msglint.rules.index import RULES

CHECKS = REPOSITORY / "custom_rules" / "checkov"
ALL = ("--framework", "cloudformation", "terraform_plan", "terraform", "--check", "MSG*")

PLAIN = """
Resources:
  Orders:
    Type: AWS::SQS::Queue
  Hidden: # msglint: ignore[MSG501] its consumers wait
    Type: AWS::SQS::Queue
  Commented: # checkov:skip=MSG501:its consumers wait
    Type: AWS::SQS::Queue
  Described:
    Type: AWS::SQS::Queue
    Metadata: {checkov: {skip: [{id: MSG501, comment: its consumers wait}]}}
"""
SERVERLESS = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.13, CodeUri: src/}}
Resources:
  Told:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Events: {Read: EVENT}}
  Commented: # checkov:skip=MSG506:its records may be lost
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Events: {Read: EVENT}}
  Described:
    Type: AWS::Serverless::Function
    Metadata: {checkov: {skip: [{id: MSG506, comment: its records may be lost}]}}
    Properties: {Handler: a.b, Events: {Read: EVENT}}
  Hidden:
    Type: AWS::Serverless::Function
    Metadata: {msglint: {ignore: {MSG506: its records may be lost}}}
    Properties: {Handler: a.b, Events: {Read: EVENT}}
""".replace(
    "EVENT", "{Type: Kinesis, Properties: {Stream: arn:aws:kinesis:eu-west-1:1:stream/a, StartingPosition: LATEST}}"
)
TWICE = """
Parameters:
  Stage: {Type: String}
Conditions:
  Live: !Equals [!Ref Stage, live]
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      ReceiveMessageWaitTimeSeconds: !If
        - Live
        - 0
        - 0
"""
PASSED_OVER = """
Parameters:
  Stage: {Type: String, Default: test}
Conditions:
  Live: !Equals [!Ref Stage, live]
Resources:
  Orders: {Type: AWS::SQS::Queue, Condition: Live}
  Topic: {Type: AWS::SNS::Topic}
  Returns: {Type: AWS::SQS::Queue}
"""
SKIPPED = PASSED_OVER.replace(
    "  Returns:", "  Billing: {Type: AWS::SQS::Queue, Metadata: {checkov: {skip: [{id: MSG701}]}}}\n  Returns:"
)
UNUSED = """
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Returns: {Type: AWS::SQS::Queue}
# msglint: ignore[MSG501] there is no queue below
Outputs: {}
"""
SABOTAGE = """
import msglint.engine
import msglint.hosts.checkov

load, lint = msglint.engine.load, msglint.hosts.checkov.lint

def broken_load(entry):
    if entry.name == "short-polling":
        raise ZeroDivisionError("broken on purpose")
    return load(entry)

def broken_lint(paths, options):
    if "unlucky" in paths[0]:
        raise RecursionError("broken on purpose")
    return lint(paths, options)

msglint.engine.load, msglint.hosts.checkov.lint = broken_load, broken_lint
"""
REGISTERED = """
import json
from msglint.hosts.checkov import register
register()
from checkov.cloudformation.checks.resource.registry import cfn_registry
from checkov.terraform.checks.resource.registry import resource_registry
print(json.dumps([
    {check.id: check.supported_resources for _, check in registry.all_checks() if check.id.startswith("MSG")}
    for registry in (cfn_registry, resource_registry)
]))
"""


class Record(NamedTuple):
    """What checkov says of one rule and one resource. `file` is as checkov names it, `name` is the message."""

    framework: str
    result: str
    file: Path
    code: str
    resource: str
    name: str
    details: list[str]
    severity: str


class Scan(NamedTuple):
    """What one run of checkov says."""

    directory: Path
    records: list[Record]
    errors: str

    def records_of(self, file: str, result: str = "FAILED") -> list[Record]:
        """Give the records of a file with a result."""
        return [each for each in self.records if each.result == result and each.file.name == file]


@pytest.fixture(scope="module")
def scan(checkov: Path, tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Run checkov once over all examples of the rules and some templates of this file."""
    directory = tmp_path_factory.mktemp("scan")
    for kind in ("bad", "good", "unknown"):
        gathered(directory, kind)
    texts = {"plain": PLAIN, "serverless": SERVERLESS, "twice": TWICE, "passed-over": PASSED_OVER, "skipped": SKIPPED}
    for name, text in {**texts, "unused": UNUSED}.items():
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
    (directory / "main.tf").write_text('resource "aws_sqs_queue" "orders" {}\n', encoding="utf-8")
    return scanned(checkov, directory, tmp_path_factory.mktemp("elsewhere"), "--directory", directory, *ALL)


def scanned(checkov: Path, directory: Path, cwd: Path, *options: str | Path, **more: str) -> Scan:
    """Run checkov with msglint's checks; `more` is added to the environment."""
    command = (checkov, "--external-checks-dir", CHECKS, "--skip-download", "--compact", "--output", "json", *options)
    done = run(command, cwd, {**environment(), **more})
    reports = json.loads(done.stdout)
    return Scan(directory, list(records(reports if isinstance(reports, list) else [reports])), done.stderr)


def environment() -> dict[str, str]:
    """Give the environment in which checkov finds msglint, which is not installed beside it."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}


def records(reports: list[dict[str, Any]]) -> Iterator[Record]:
    """Read checkov's JSON."""
    for report in reports:
        results = report.get("results", {})
        for each in (
            record for kind in ("failed", "passed", "skipped") for record in results.get(f"{kind}_checks", ())
        ):
            yield Record(
                report["check_type"],
                each["check_result"]["result"],
                Path(each["file_abs_path"]),
                each["check_id"],
                each["resource_address"] or each["resource"].rpartition(".")[2],
                each["check_name"],
                each["details"],
                each["severity"],
            )


def places(record: Record) -> list[str]:
    """Give the places at the ends of the lines of a message."""
    return re.findall(rf"\((\S*{re.escape(record.file.name)}:\d+:\d+)\)(?= \| |$)", record.name)


def where(record: Record) -> list[str]:
    """Give the lines and columns of these places."""
    return [place.partition(":")[2] for place in places(record)]


def templates(scan: Scan) -> list[Path]:
    """Give the files that checkov can parse too; in `.tf` files it asks no check of templates and plans."""
    files = [path for path in scan.directory.iterdir() if path.suffix != ".tf"]
    broken = {each.file for each in found(files) if each.code == "MSG001"}
    return [path for path in files if str(path) not in broken]


QUEUE = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"
CONFIGURATIONS = {
    "select": ('select = ["MSG501"]', {"MSG501"}),
    "ignore": ('ignore = ["MSG5"]', {"MSG302", "MSG701"}),
    "severity": ('[severities]\nMSG501 = "error"\nMSG701 = "info"', {"MSG302", "MSG501", "MSG701"}),
    "path": ('[per-path-ignores]\n"*.yaml" = ["MSG5"]', {"MSG302", "MSG701"}),
    "expected": ('[[exceptions]]\nrule = "MSG501"\nreason = "x"\nexpires = 2999-01-01', {"MSG302", "MSG701"}),
    "ended": ('[[exceptions]]\nrule = "MSG501"\nreason = "x"\nexpires = 2020-01-01', {"MSG302", "MSG501", "MSG701"}),
    "broken": ("sellect = 1", {"MSG002"}),
}


def test_the_configuration_nearest_to_a_template_holds(checkov: Path, tmp_path: Path) -> None:
    for name, (configuration, _) in CONFIGURATIONS.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "queue.yaml").write_text(QUEUE, encoding="utf-8")
        (tmp_path / name / "msglint.toml").write_text(f"{configuration}\n", encoding="utf-8")
    told = scanned(checkov, tmp_path, tmp_path, "--directory", ".", *ALL).records
    for name, (_, expected) in CONFIGURATIONS.items():
        assert {each.code for each in told if each.file.parent.name == name and each.result == "FAILED"} == expected
        hidden = {"MSG302", "MSG501", "MSG701"} - expected
        assert hidden.isdisjoint(each.code for each in told if each.file.parent.name == name)


def test_a_broken_configuration_of_the_working_directory_is_a_finding(checkov: Path, tmp_path: Path) -> None:
    (tmp_path / "queue.yaml").write_text(QUEUE, encoding="utf-8")
    (tmp_path / "msglint.toml").write_text("sellect = 1\n", encoding="utf-8")
    told = scanned(checkov, tmp_path, tmp_path, "--directory", ".", *ALL)
    assert {(each.code, each.result) for each in told.records} == {("MSG002", "FAILED")}
    assert "unknown key 'sellect'; did you mean select?" in told.errors


@pytest.mark.slow
def test_checkov_finds_what_the_command_line_finds(scan: Scan) -> None:
    """The same rules speak of the same places, and of the same resources where checkov does not pass over them."""
    skipped = {(each.code, str(each.file), each.resource) for each in scan.records if each.result == "SKIPPED"}
    expected = {
        (each.code, each.place): each
        for each in found(templates(scan))
        if (each.code, each.file, each.resource) not in skipped
    }
    failed = {(each.code, place): each for each in scan.records if each.result == "FAILED" for place in places(each)}
    known = {(str(each.file), each.resource) for each in scan.records}
    assert failed.keys() == expected.keys()
    for place, each in expected.items():
        assert each.resource == failed[place].resource or (each.file, each.resource) not in known
    assert "msglint failed" not in scan.errors


@pytest.mark.slow
def test_only_what_was_decided_passes(scan: Scan) -> None:
    """A resource passes where the command line asked the rule and found nothing, decided or not.

    One that takes the finding of a resource that checkov passes over does not.
    """
    report = lint([str(path) for path in templates(scan)], Options())
    said = {(each.file, each.code, each.resource) for each in (*report.findings, *report.undecided)}
    asked = {(each.file, each.code, each.resource) for each in report.questions if each.fault is False}
    passed = {(str(each.file), each.code, each.resource) for each in scan.records if each.result == "PASSED"}
    known = {(str(each.file), each.resource) for each in scan.records}
    assert report.undecided
    # What is said of a resource that checkov passes over is told by the first one that it asks about, which fails then.
    others = {(each.file, each.code) for each in report.findings if (each.file, each.resource) not in known}
    failed = {(str(each.file), each.code, each.resource) for each in scan.records if each.result == "FAILED"}
    takers = {each for each in failed - said if each[:2] in others}
    assert passed == {each for each in asked - said - takers if (each[0], each[2]) in known}


@pytest.mark.slow
def test_terraforms_own_language_is_not_judged(scan: Scan) -> None:
    """Plans are read; a resource in the language itself neither passes nor fails."""
    assert not [each for each in scan.records if each.framework == "terraform"]


@pytest.mark.slow
def test_suppressions_of_both_tools_are_honoured(scan: Scan) -> None:
    """Those of msglint leave no record of the rule, those of checkov a skipped one; other rules still speak."""
    polling = {each.resource for each in scan.records_of("plain.yaml") if each.code == "MSG501"}
    assert polling == {"Orders"}
    assert {each.resource for each in scan.records_of("plain.yaml", "SKIPPED")} == {"Commented", "Described"}
    assert {each.resource for each in scan.records_of("plain.yaml") if each.code == "MSG701"} >= {"Hidden", "Described"}
    assert not [each for each in scan.records_of("plain.yaml", "PASSED") if each.code == "MSG501"]


@pytest.mark.slow
def test_suppressions_hold_for_what_sam_makes_of_a_resource(scan: Scan) -> None:
    (told,) = [each for each in scan.records_of("serverless.yaml") if each.code == "MSG506"]
    assert told.resource == "Told"
    assert {each.resource for each in scan.records_of("serverless.yaml", "SKIPPED")} == {"Commented", "Described"}


def test_the_flag_of_checkov_skips(checkov: Path, tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text(PLAIN, encoding="utf-8")
    only = ("--check", "MSG*", "--skip-check", "MSG501", "--framework", "cloudformation")
    scan = scanned(checkov, tmp_path, tmp_path, "--file", "plain.yaml", *only)
    codes = {each.code for each in scan.records}
    assert "MSG701" in codes
    assert "MSG501" not in codes
    assert "MSG501" in {each.code for each in found([tmp_path / "plain.yaml"])}


@pytest.mark.slow
def test_several_findings_of_a_resource_are_one_message(scan: Scan) -> None:
    """Both branches of an Fn::If are at fault: checkov has room for one record."""
    [record] = [each for each in scan.records_of("twice.yaml") if each.code == "MSG501"]
    assert where(record) == ["12:11", "13:11"]
    assert "(when Live is true)" in record.name


@pytest.mark.slow
def test_what_belongs_to_no_resource_goes_to_the_first(scan: Scan) -> None:
    """A suppression that hides nothing is said once."""
    [record] = [each for each in scan.records_of("unused.yaml") if each.code == "MSG003"]
    assert record.resource == "Orders"
    assert where(record) == ["5:1"]


@pytest.mark.slow
def test_what_checkov_passes_over_goes_to_the_first_resource(scan: Scan) -> None:
    """A resource whose condition is false by default has no record, but another stage may make it."""
    [record] = [each for each in scan.records_of("passed-over.yaml") if each.code == "MSG701"]
    assert record.resource == "Returns"
    assert where(record) == ["9:3", "7:3"]


@pytest.mark.slow
def test_a_resource_that_is_skipped_takes_no_finding_of_another(scan: Scan) -> None:
    failed = {each.resource: where(each) for each in scan.records_of("skipped.yaml") if each.code == "MSG701"}
    assert failed == {"Returns": ["10:3", "7:3"]}


@pytest.mark.slow
def test_plans_have_the_repair_in_the_details(scan: Scan) -> None:
    """They are shown for plans only; a rule's worst severity is its own."""
    record = next(each for each in scan.records_of("short-polling.bad.tfplan.json") if each.code == "MSG501")
    assert record.details[0] == "fix: Let receives wait for messages"
    assert any("receive_wait_time_seconds = 20" in line for line in record.details)
    assert record.severity == "MEDIUM"


def test_failures_are_said_and_the_rest_is_judged(checkov: Path, tmp_path: Path) -> None:
    """A rule that raises and a file on which all of msglint raises are findings, said on standard error too."""
    sabotage = tmp_path / "sabotage"
    sabotage.mkdir()
    (sabotage / "__init__.py").touch()
    (sabotage / "msglint_sabotage.py").write_text(SABOTAGE, encoding="utf-8")
    for name in ("plain.yaml", "unlucky.yaml"):
        (tmp_path / name).write_text(PLAIN, encoding="utf-8")
    files = ("--file", "plain.yaml", "unlucky.yaml")
    only = ("--check", "MSG002,MSG501,MSG701", "--framework", "cloudformation")
    scan = scanned(checkov, tmp_path, tmp_path, *files, *only, "--external-checks-dir", sabotage)
    assert {each.code for each in scan.records if each.result != "SKIPPED"} == {"MSG002", "MSG701"}
    plain = scan.records_of("plain.yaml")
    everything = {"Orders", "Hidden", "Commented", "Described"}
    assert {each.resource for each in plain if each.code == "MSG002"} == everything
    assert {each.resource for each in plain if each.code == "MSG701"} == everything
    [unlucky] = scan.records_of("unlucky.yaml")
    assert (unlucky.code, unlucky.resource) == ("MSG002", "Orders")
    assert "RecursionError in msglint_sabotage, line " in unlucky.name
    assert unlucky.name in scan.errors
    assert "ZeroDivisionError in msglint_sabotage, line " in scan.errors
    assert places(plain[0])[0].startswith("plain.yaml:")


def test_every_rule_is_a_check_of_both_languages(checkov: Path) -> None:
    """Each is asked of its kinds of resource and of those that SAM makes them of, what is about files of all kinds."""
    python = checkov.with_name("python")
    done = run([python, "-c", REGISTERED], REPOSITORY, environment())
    templates, plans = json.loads(done.stdout)
    every = {kind for rule in RULES for kind in rule.kinds}
    asked = {rule.code: set(rule.kinds) or every for rule in RULES}
    sam = {code: {type_ for type_, made in SAM_KINDS.items() if made & kinds} for code, kinds in asked.items()}
    assert {code: set(kinds) for code, kinds in templates.items()} == {code: asked[code] | sam[code] for code in asked}
    assert sam["MSG101"] == {"AWS::Serverless::Function", "AWS::Serverless::StateMachine"}
    assert sam["MSG302"] == set()
    assert plans.keys() == templates.keys()
    assert plans["MSG501"] == ["aws_sqs_queue", "awscc_sqs_queue"]
