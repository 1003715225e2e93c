"""The command line: what it reads, what it writes where, and its exit codes."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from command import Result
from command import run as ask
from msglint import __version__, engine
from msglint.cli import interface, output
from msglint.cli.interface import Exit
from msglint.finding import Entry, Report, Severity
from msglint.model.events import RuleTarget
from msglint.model.firehose import DeliveryStream
from msglint.model.resource import Part
from msglint.options import Options
from msglint.readers.cloudformation import part as cloudformation
from msglint.readers.interface import Assumptions
from msglint.readers.terraform.sources.configuration import Sources
from msglint.reports.formats import FORMATS
from msglint.reports.rules import lines, page
from msglint.rules.index import RULES
from msglint.rules.interface import Rule, load
from msglint.source import Document, read_yaml

PLANS = Path(__file__).parent / "fixtures" / "readers"
CLEAN = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      KmsMasterKeyId: alias/orders
      ReceiveMessageWaitTimeSeconds: 20
      RedrivePolicy: {deadLetterTargetArn: !Sub "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:dead", maxReceiveCount: 5}
"""
SHORT_POLLING = CLEAN.replace("Seconds: 20", "Seconds: 0")
NO_KEY = CLEAN.replace("      KmsMasterKeyId: alias/orders\n", "")
UNDECIDED = CLEAN.replace("alias/orders", "!ImportValue orders-key")
UNREADABLE = CLEAN + "  Orders: {}\n"
NO_TEMPLATE = "name: orders\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(*arguments: str, given: str | bytes | None = None, **environment: str) -> Result:
    return ask("lint", *arguments, given=given, **environment)


def run(*arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run it in a process of its own; one that hangs fails the test."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "msglint", *arguments],
        input=given,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    ("template", "options", "code"),
    [
        (CLEAN, (), Exit.CLEAN),
        (SHORT_POLLING, (), Exit.FINDINGS),
        (SHORT_POLLING, ("--fail-on", "error"), Exit.CLEAN),
        (SHORT_POLLING, ("--ignore", "short-polling"), Exit.CLEAN),
        (SHORT_POLLING, ("--select", "MSG7,encryption-off"), Exit.CLEAN),
        (SHORT_POLLING, ("--select", "msg501"), Exit.FINDINGS),
        (NO_KEY, (), Exit.CLEAN),
        (NO_KEY, ("--fail-on", "info"), Exit.FINDINGS),
        (UNDECIDED, ("--fail-on", "info"), Exit.CLEAN),
        (UNDECIDED, ("--strict",), Exit.FINDINGS),
        (UNREADABLE, ("--fail-on", "error", "--select", "short-polling"), Exit.FINDINGS),
        (UNREADABLE, ("--ignore", "unreadable-file"), Exit.CLEAN),
        (NO_TEMPLATE, ("--strict", "--fail-on", "info"), Exit.CLEAN),
    ],
)
def test_the_exit_code_tells_what_was_found(template: str, options: tuple[str, ...], code: Exit, here: Path) -> None:
    (here / "template.yaml").write_text(template, encoding="utf-8")
    result = lint("template.yaml", *options)
    assert result.exit_code == code, result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.yaml",), "missing.yaml: No such file or directory"),
        (("--select", "no-such-rule"), "no rule is called 'no-such-rule'"),
        (("--parameter", "Stage"), "--parameter takes KEY=VALUE"),
        (("--parameter", "=live"), "--parameter takes KEY=VALUE"),
        (("--ignore", "MSG999"), "no rule is called 'MSG999'; see msglint rules"),
        (("--account", "1234"), "an account is twelve digits, and not '1234'"),
        (("--fail-on", "never"), "invalid choice: 'never'"),
        (("--no-such-option",), "no flag is called '--no-such-option'"),
        (("--selct", "MSG5"), "no flag is called '--selct'; did you mean --select?"),
        (("--output", "missing/report.txt"), "No such file or directory"),
        (("--output", "."), "Is a directory"),
    ],
)
def test_wrong_usage_is_explained(arguments: tuple[str, ...], said: str) -> None:
    result = lint(*arguments)
    assert result.exit_code == Exit.USAGE
    assert said in result.stderr
    assert result.stdout == ""


def test_a_failure_of_msglint_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("first line\nsecond line")

    monkeypatch.setattr(engine, "lint", broken)
    result = lint(".")
    assert result.exit_code == Exit.FAILED
    assert result.stdout == ""
    assert re.match(r"msglint failed \(RuntimeError in test_cli, line \d+\)\. ", result.stderr)
    assert result.stderr.count("\n") == 1


def test_the_rules_are_listed() -> None:
    """A line for each, in columns, with all severities that it may have."""
    result = ask("rules")
    assert result.exit_code == Exit.CLEAN
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [entry.code for entry in RULES]
    assert all(line.endswith(f"  {entry.summary}") for line, entry in zip(lines, RULES, strict=True))
    assert len({line.index(entry.name) for line, entry in zip(lines, RULES, strict=True)}) == 1
    assert len({line.index(entry.summary) for line, entry in zip(lines, RULES, strict=True)}) == 1
    assert [line for line in lines if line.startswith("MSG501  warning, info  short-polling  ")]


def test_the_rules_are_listed_for_programmes() -> None:
    listed = json.loads(ask("rules", "--format", "json").stdout)
    assert listed["version"] == __version__
    assert [rule["code"] for rule in listed["rules"]] == [entry.code for entry in RULES]
    assert {rule["code"]: rule for rule in listed["rules"]}["MSG501"] == {
        "code": "MSG501",
        "name": "short-polling",
        "severities": ["warning", "info"],
        "summary": "A queue answers receives at once when it is empty.",
        "asked_of": ["AWS::SQS::Queue"],
    }


@pytest.mark.parametrize("entry", RULES, ids=lambda entry: entry.name)
def test_each_rule_is_explained(entry: Entry) -> None:
    """With all of its documentation, save for where the lines break."""
    result = ask("explain", entry.code)
    assert result.exit_code == Exit.CLEAN
    rule = load(entry)
    text = rule.documentation.strip().removeprefix(rule.summary).replace("## ", "")
    assert result.stdout.startswith(f"{rule.code} {rule.name}\n\n{rule.summary}\n\n")
    assert " ".join(text.split()) in " ".join(result.stdout.split())
    for part in (*rule.references, *(kind.KIND for kind in rule.each), *(each.value for each in rule.severities)):
        assert part in result.stdout
    assert all(len(line) <= 100 for line in result.stdout.splitlines() if "https://" not in line)


def test_a_rule_is_explained_by_code_or_name() -> None:
    assert ask("explain", "MSG501").stdout == ask("explain", "msg501").stdout == ask("explain", "short-polling").stdout


def test_an_explanation_reads_calmly() -> None:
    rule = Rule(
        code="MSG501",
        name="short-polling",
        severities=(Severity.WARNING, Severity.INFO),
        each=(DeliveryStream, RuleTarget),
        given=(),
        since="0.1",
        references=("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/",),
        check=lambda *_: iter(()),
        documentation="A queue answers at once.\n\n## What it does\nFinds queues whose\n`ReceiveMessageWaitTimeSeconds`"
        " is 0.\n\nAlso those that say nothing of it.\n\n## Why it matters\nConsumers miss messages.\n",
    )
    expected = """\
MSG501 short-polling

A queue answers at once.

severity  warning, info
since     0.1
asked of  AWS::KinesisFirehose::DeliveryStream
            (aws_kinesis_firehose_delivery_stream)
          aws_cloudwatch_event_target

What it does
  Finds queues whose
  `ReceiveMessageWaitTimeSeconds` is 0.

  Also those that say nothing of it.

Why it matters
  Consumers miss messages.

References
  https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
"""
    assert page(rule, width=50) == expected


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("short_poling", "no rule is called 'short_poling'; the nearest: MSG501 short-polling\n"),
        ("701", "the nearest: MSG701 queue-without-dead-letter-queue"),
        ("xyzzy", "no rule is called 'xyzzy'; see msglint rules\n"),
    ],
)
def test_a_rule_that_there_is_not_is_wrong_usage(word: str, said: str) -> None:
    result = ask("explain", word)
    assert result.exit_code == Exit.USAGE
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [("rules",), ("explain", "MSG101")])
def test_rules_are_told_without_the_engine(arguments: tuple[str, ...]) -> None:
    """Reading about a rule waits for no reader of templates."""
    code = f"import sys; from msglint.cli.main import main; main({arguments!r}); print(*sys.modules)"
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)  # noqa: S603
    imported = set(shown.stdout.splitlines()[-1].split())
    assert "msglint.reports.rules" in imported
    assert not imported & {"msglint.engine", "msglint.catalog", "yaml"}


def test_standard_input_is_read() -> None:
    result = lint("-", "--format", "concise", given=SHORT_POLLING)
    assert result.exit_code == Exit.FINDINGS
    assert result.stdout.startswith("<stdin>:6:38: warning MSG501 Orders answers at once")


def test_without_a_path_the_working_directory_is_read(here: Path) -> None:
    (here / "template.yaml").write_text(SHORT_POLLING, encoding="utf-8")
    assert lint("--format", "concise").stdout == lint("--format", "concise", ".").stdout != ""


def test_directories_are_searched(here: Path) -> None:
    """For templates by their suffix, in the order of names; hidden folders and environments are passed over."""
    for name in ("b/one.yaml", "b/two.template", "a.yml", "a.txt", ".git/x.yaml", "node_modules/x.yaml", "venv/x.yaml"):
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text(SHORT_POLLING, encoding="utf-8")
    lines = lint("--format", "concise").stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["a.yml", "b/one.yaml", "b/two.template"]


def test_a_file_that_is_named_needs_no_suffix(here: Path) -> None:
    (here / "a.txt").write_text(SHORT_POLLING, encoding="utf-8")
    assert lint("a.txt").exit_code == Exit.FINDINGS


def test_a_file_is_judged_once(here: Path) -> None:
    (here / "template.yaml").write_text(SHORT_POLLING, encoding="utf-8")
    (here / "link.yaml").symlink_to("template.yaml")
    assert (
        len(lint("--format", "concise", "template.yaml", ".", "./template.yaml", "link.yaml").stdout.splitlines()) == 1
    )


def test_a_file_that_is_no_template_is_counted_and_nothing_more(here: Path) -> None:
    (here / "template.yaml").write_text(CLEAN, encoding="utf-8")
    (here / "package.json").write_text("{}", encoding="utf-8")
    result = lint(".")
    assert "No findings" in result.stdout
    assert "1 file is no template." in result.stdout
    assert "package.json" not in result.output
    assert result.stderr == ""


def test_a_run_without_a_template_says_so(here: Path) -> None:
    (here / "package.json").write_text("{}", encoding="utf-8")
    result = lint(".")
    assert result.exit_code == Exit.CLEAN
    assert result.stderr == "msglint: package.json is no template or plan\n"


def test_a_pipe_that_brings_nothing_is_wrong_usage() -> None:
    """Where the command before it has failed, the gate does not open."""
    result = lint("-", given="")
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert "standard input is empty" in result.stderr


@pytest.mark.parametrize(
    "make", [os.mkfifo, lambda path: Path(path).symlink_to(path)], ids=["a FIFO", "a link to itself"]
)
def test_what_is_no_regular_file_does_not_hang(make: Callable[[Path], None], here: Path) -> None:
    make(here / "template.yaml")
    (here / "loop").symlink_to(".")
    result = run("lint", ".")
    assert result.returncode == Exit.CLEAN, result.stderr
    assert b"no template or plan among 0 files" in result.stderr


def test_a_fifo_that_is_named_is_skipped(here: Path) -> None:
    os.mkfifo(here / "template.yaml")
    result = run("lint", "template.yaml")
    assert result.returncode == Exit.CLEAN
    assert b"template.yaml is no template or plan" in result.stderr


def test_a_link_to_itself_that_is_named_is_wrong_usage(here: Path) -> None:
    (here / "template.yaml").symlink_to("template.yaml")
    result = run("lint", "template.yaml")
    assert result.returncode == Exit.USAGE
    assert b"template.yaml: Too many levels of symbolic links" in result.stderr


@pytest.mark.parametrize(
    ("unreadable", "code", "told"),
    [
        (".", Exit.USAGE, "msglint lint: error: .: Permission denied"),
        (
            "./inner",
            Exit.FINDINGS,
            "inner:1:1: error MSG001 this file cannot be read: a directory that cannot be searched: Permission denied",
        ),
    ],
)
def test_a_directory_that_cannot_be_read_is_not_passed_over(
    unreadable: str, code: Exit, told: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The superuser reads every directory, so the refusal is made up. One that was only found ends no run."""
    scandir = os.scandir
    (here / "inner").mkdir()
    (here / "template.yaml").write_text(SHORT_POLLING, encoding="utf-8")

    def refusing(path: str) -> object:
        if path == unreadable:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    result = lint("--format", "concise", ".")
    assert result.exit_code == code
    assert told in result.output.splitlines()
    assert ("template.yaml:" in result.stdout) == (code == Exit.FINDINGS)


def test_json_is_as_its_schema_says(here: Path) -> None:
    schema = json.loads(resources.files("msglint.reports").joinpath("report.schema.json").read_text(encoding="utf-8"))
    for name, text in {"a.yaml": SHORT_POLLING, "b.yaml": UNREADABLE, "c.yaml": UNDECIDED, "d.yaml": "x"}.items():
        (here / name).write_text(text, encoding="utf-8")
    result = lint(".", "--format", "json", "--show-undecided")
    report = json.loads(result.stdout)
    Draft202012Validator(schema).validate(report)
    assert [finding["file"] for finding in report["findings"]] == ["a.yaml", "b.yaml", "c.yaml"]
    assert [finding["verdict"] for finding in report["findings"]] == ["finding", "finding", "undecided"]


def test_undecided_questions_are_counted_and_shown_when_asked_for() -> None:
    assert "undecided" in lint("-", given=UNDECIDED).stdout
    assert "orders-key" not in lint("-", given=UNDECIDED).stdout
    assert "orders-key" in lint("-", "--show-undecided", given=UNDECIDED).stdout


def test_a_concise_report_is_a_line_for_each_finding() -> None:
    assert lint("-", "--format", "concise", given=CLEAN).output == ""
    assert len(lint("-", "--format", "concise", given=SHORT_POLLING).output.splitlines()) == 1


def test_the_user_says_what_is_deployed() -> None:
    """Parameters, Regions and accounts decide what a template leaves open."""
    template = SHORT_POLLING.replace("Seconds: 0", "Seconds: !Ref Wait") + "Parameters: {Wait: {Type: Number}}\n"
    assert "undecided" in lint("-", given=template).stdout
    assert lint("-", "--parameter", "Wait=20", given=template).exit_code == Exit.CLEAN
    assert lint("-", "--parameter", "Wait=0", given=template).exit_code == Exit.FINDINGS
    somewhere = SHORT_POLLING.replace("Seconds: 0", "Seconds: !If [There, 0, 20]")
    here = "!And [!Equals [!Ref AWS::Region, eu-west-1], !Equals [!Ref AWS::AccountId, '111122223333']]"
    there = f"Conditions: {{There: {here}}}\n"
    for region, account, code in (
        ("eu-west-1", "111122223333", Exit.FINDINGS),
        ("eu-west-2", "111122223333", Exit.CLEAN),
        ("eu-west-1", "222233334444", Exit.CLEAN),
    ):
        assert lint("-", "--region", region, "--account", account, given=somewhere + there).exit_code == code


def test_the_report_is_written_to_a_file(here: Path) -> None:
    (here / "report.txt").write_text("old", encoding="utf-8")
    result = lint("-", "--output", "report.txt", given=SHORT_POLLING)
    assert result.exit_code == Exit.FINDINGS
    assert result.output == ""
    assert "MSG501" in (here / "report.txt").read_text(encoding="utf-8")
    assert [path.name for path in here.iterdir()] == ["report.txt"]


def test_a_report_that_cannot_be_written_leaves_the_old_one(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "report.txt").write_text("old", encoding="utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    result = lint("-", "--output", "report.txt", given=SHORT_POLLING)
    assert result.exit_code == Exit.USAGE
    assert "No space left on device" in result.stderr
    assert (here / "report.txt").read_text(encoding="utf-8") == "old"
    assert [path.name for path in here.iterdir()] == ["report.txt"]


def test_the_report_is_written_through_a_link(here: Path) -> None:
    (here / "latest.txt").symlink_to("report.txt")
    lint("-", "--output", "latest.txt", given=SHORT_POLLING)
    assert (here / "latest.txt").is_symlink()
    assert "MSG501" in (here / "report.txt").read_text(encoding="utf-8")


def test_the_report_is_written_into_a_pipe(here: Path) -> None:
    """What is no regular file is written to, not replaced."""
    result = run("lint", "-", "--output", "/dev/stdout", given=SHORT_POLLING.encode())
    assert b"MSG501" in result.stdout
    assert Path("/dev/stdout").is_symlink()


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    def colored(*arguments: str, **environment: str) -> bool:
        return (
            "\x1b["
            in lint("-", *arguments, given=SHORT_POLLING, **{"TERM": "xterm", "NO_COLOR": "", **environment}).stdout
        )

    assert not colored()
    monkeypatch.setattr(output, "colored", lambda: True)
    assert colored()
    assert not colored("--no-color")
    assert not colored("--format", "json")


@pytest.mark.parametrize(
    ("environment", "terminal", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": ""}, False, False),
    ],
)
def test_the_environment_decides_on_colours(
    environment: dict[str, str], terminal: bool, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"NO_COLOR": "", "FORCE_COLOR": "", "TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert interface.colored() is expected


def test_colours_are_forced_into_a_pipe_and_never_into_a_file_or_a_report_for_programmes(here: Path) -> None:
    (here / "template.yaml").write_text(SHORT_POLLING, encoding="utf-8")
    forced = {"FORCE_COLOR": "1", "NO_COLOR": ""}
    assert b"\x1b[" in run("lint", "template.yaml", given=b"", **forced).stdout
    assert b"\x1b[" not in run("lint", "template.yaml", "--no-color", given=b"", **forced).stdout
    assert b"\x1b[" not in run("lint", "template.yaml", "--format", "json", given=b"", **forced).stdout
    run("lint", "template.yaml", "--output", "report.txt", given=b"", **forced)
    assert b"\x1b[" not in (here / "report.txt").read_bytes()


def test_options_stand_anywhere(here: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (here / name).write_text(SHORT_POLLING, encoding="utf-8")
    assert (
        len(lint("a.yaml", "--format", "concise", "b.yaml", "--select", "MSG5", "--select=MSG7").stdout.splitlines())
        == 2
    )


def test_behind_two_hyphens_there_are_paths_alone(here: Path) -> None:
    """The name of a file may be anything, so hooks end their flags with them."""
    for name in ("--output=z.yaml", "-", "b.yaml"):
        (here / name).write_text(SHORT_POLLING, encoding="utf-8")
    result = lint("b.yaml", "--format", "concise", "--", "--output=z.yaml", "--", "--isolated", given=SHORT_POLLING)
    assert result.exit_code == Exit.USAGE
    assert result.stderr.startswith("msglint lint: error: --: ")
    result = lint("b.yaml", "--format", "concise", "--", "--output=z.yaml", "-", given=SHORT_POLLING)
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == ["--output=z.yaml", "<stdin>", "b.yaml"]
    assert not (here / "z.yaml").exists()
    assert ask("explain", "--", "MSG501").exit_code == Exit.CLEAN
    assert "invalid choice: '--x'" in ask("completion", "--", "--x").stderr


@pytest.mark.parametrize("word", ["--x\n::error::x\x1b[31m", "x\n::error::x\x1b[31m"])
@pytest.mark.parametrize("command", [(), ("lint",), ("explain", "MSG501"), ("lint", "--format"), ("lint", "--fail-on")])
def test_what_is_said_of_wrong_words_is_safe_and_short(command: tuple[str, ...], word: str) -> None:
    """They may be names of files, which end up on terminals and in the logs of CI."""
    result = ask(*command, word)
    assert result.exit_code == Exit.USAGE
    assert "::error::x" in result.stderr or "expected one argument" in result.stderr
    assert "\x1b" not in result.stderr
    assert not [line for line in result.stderr.splitlines() if line.startswith("::")]
    assert len(result.stderr.splitlines()) <= 3


def test_wrong_usage_is_told_in_three_lines() -> None:
    assert lint("--output").stderr.splitlines() == [
        "usage: msglint lint [OPTIONS] [PATH ...]",
        "msglint lint: error: argument --output: expected one argument",
        "msglint lint --help says more",
    ]


def test_a_misspelt_flag_does_not_show_its_value() -> None:
    result = lint("--paramter=Password=hunter22")
    assert "'--paramter'; did you mean --parameter?" in result.stderr
    assert "hunter22" not in result.output


def test_a_misspelt_command_is_told_the_nearest() -> None:
    assert "no command is called 'lnit'; did you mean lint?" in ask("lnit", "--select", "MSG501").stderr
    assert "no command is called 'judge' (there are init, lint, scan, baseline, " in ask("judge").stderr


def test_a_path_in_the_place_of_the_command_is_told_the_command() -> None:
    assert "no command is called '.'; did you mean msglint lint .?" in ask(".").stderr


def test_a_flag_in_the_place_of_the_command_is_told_so() -> None:
    assert "the command comes first, then '--select'" in ask("--select", "MSG501", "lint").stderr


def test_without_a_word_there_is_help() -> None:
    result = ask()
    assert (result.exit_code, result.stderr) == (Exit.USAGE, ask("--help").stdout)


@pytest.mark.parametrize(("command", "missing"), [("config", "{show,schema}"), ("completion", "{bash,zsh,fish}")])
def test_a_word_that_is_missing_is_told_with_what_it_may_be(command: str, missing: str) -> None:
    assert f"the following arguments are required: {missing}" in ask(command).stderr


@pytest.mark.parametrize("words", [(), ("judge",), ("--no-color", "lint"), ("--", "lint")])
def test_a_command_is_needed(words: tuple[str, ...]) -> None:
    result = ask(*words)
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert result.stderr.startswith("usage: msglint ")


def test_help_names_all_commands_and_options() -> None:
    assert {"lint", "explain", "rules"} <= set(ask("--help").stdout.split())
    shown = ask("lint", "-h")
    assert shown.exit_code == Exit.CLEAN
    assert {"--select", "--fail-on", "--show-undecided", "--parameter"} <= set(shown.stdout.split())
    assert "Judge templates and plans" in shown.stdout
    assert shown.stdout.startswith("usage: msglint lint [OPTIONS] [PATH ...]\n\n")


def test_each_command_stands_in_one_line_with_what_it_does() -> None:
    """Pythons before 3.13 count the longest name without its indentation."""
    assert re.search("^    completion  Print the script ", ask("--help").stdout, re.MULTILINE)


@pytest.mark.parametrize("columns", [80, 120])
def test_help_is_in_groups_and_fits(columns: int) -> None:
    """Each flag is told in one line, or two where it is narrow."""
    lines = lint("--help", COLUMNS=str(columns)).stdout.splitlines()
    assert max(map(len, lines)) <= columns
    groups = {line.rstrip(":") for line in lines if line.endswith(":") and not line.startswith(" ")}
    assert {"files", "rules", "what fails", "Terraform", "report", "new findings", "while it runs"} <= groups
    flags = [number for number, line in enumerate(lines) if line.startswith("  --")]
    assert all(
        any(not line or line.startswith("  --") for line in lines[number + 1 : number + 4]) for number in flags[:-1]
    )


def test_the_version_is_shown() -> None:
    result = run("--version")
    assert (result.returncode, result.stdout.decode().strip()) == (Exit.CLEAN, f"msglint {__version__}")


def test_it_runs_as_a_module() -> None:
    result = run("lint", "-", "--format", "concise", given=SHORT_POLLING.encode())
    assert result.returncode == Exit.FINDINGS
    assert b"MSG501" in result.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device here that is always full")
@pytest.mark.parametrize("format_", ["text", "json"])
def test_an_output_that_takes_no_more_is_told(format_: str, here: Path) -> None:
    (here / "template.yaml").write_text(SHORT_POLLING, encoding="utf-8")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "msglint", "lint", "--format", format_],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == Exit.USAGE
    assert done.stderr == b"msglint lint: error: standard output: No space left on device\n"


@pytest.mark.parametrize("service", ["GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"])
@pytest.mark.parametrize("format_", ["text", "concise"])
def test_a_service_that_runs_it_finds_no_command_in_its_log(
    service: str, format_: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They take commands from lines that begin with `::`, and from `##[`, `##vso[` and `##teamcity[` anywhere."""
    for each in ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"):
        monkeypatch.delenv(each, raising=False)
    command = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
    folder = here / "::warning file=orders.yaml::nothing to see"
    folder.mkdir()
    queue = SHORT_POLLING.replace("Seconds: 0", "Seconds: 0 # ##[error]x ##vso[task.setvariable variable=PATH]y")
    (folder / "orders.yaml").write_text(queue, encoding="utf-8")
    (folder / "broken.yaml").write_text(UNREADABLE, encoding="utf-8")
    (folder / "msglint.toml").write_text("slect = []\n", encoding="utf-8")
    for arguments in (["--isolated"], []):
        bare, there = (lint("--format", format_, *arguments, **name) for name in ({}, {service: "true"}))
        assert command.search(bare.output)
        assert not command.search(there.output)
        assert len(there.output.splitlines()) == len(bare.output.splitlines())
        assert there.exit_code == bare.exit_code == (1 if arguments else 2)


@pytest.mark.parametrize(
    "words", [("lint",), ("lint", "--diff", "HEAD"), ("lint", "--format", "junit"), ("baseline",), ("init",)]
)
def test_a_working_directory_that_is_gone_is_wrong_usage(words: tuple[str, ...], here: Path) -> None:
    (here / "gone").mkdir()
    os.chdir(here / "gone")
    (here / "gone").rmdir()
    result = ask(*words)
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert result.stderr == f"msglint {words[0]}: error: the working directory is not there any more\n"


def test_names_that_a_terminal_cannot_show_are_escaped(here: Path) -> None:
    """A file's name is any bytes, and a resource's id any text; not every terminal speaks UTF-8."""
    name = os.fsdecode(b"\xff\x1b[31m.yaml")
    (here / name).write_text(SHORT_POLLING.replace("Orders", "Bestellungenü"), encoding="utf-8")
    for encoding in ("ascii", "utf-8"):
        plain = run("lint", ".", PYTHONIOENCODING=encoding)
        assert plain.returncode == Exit.FINDINGS, plain.stderr
        assert b"\x1b" not in plain.stdout
        assert b"MSG501" in plain.stdout
        report = run("lint", ".", "--format", "json", PYTHONIOENCODING=encoding)
        assert json.loads(report.stdout)["findings"][0]["resource"] == "Bestellungenü"


@pytest.mark.parametrize("words", [("lint", "."), ("lint", ".", "--format", "json"), ("lint", "--help"), ("rules",)])
def test_a_reader_that_stops_reading_is_no_failure(words: tuple[str, ...], here: Path) -> None:
    """`msglint lint | head` says nothing more."""
    (here / "template.yaml").write_text(
        "Resources:\n" + "".join(f"  Q{number}: {{Type: AWS::SQS::Queue}}\n" for number in range(2000)),
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "msglint", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdout is not None
        assert process.stderr is not None
        if words[-1] == ".":
            process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) in {Exit.CLEAN, Exit.FINDINGS}


# Terraform


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--terraform-dir", "missing"), "--terraform-dir: there is no directory missing"),
        (("--var-file", "missing.tfvars"), "--var-file: there is no file missing.tfvars"),
        (("--var", "hunter22"), "--var takes NAME=VALUE"),
        (("--var", "=hunter22"), "--var takes NAME=VALUE"),
        (("--terraform-bin", "no-such-programme"), "--terraform-bin: there is no programme no-such-programme"),
    ],
)
def test_what_is_said_of_terraform_must_be_there(arguments: tuple[str, ...], said: str) -> None:
    result = lint(*arguments)
    assert result.exit_code == Exit.USAGE
    assert said in result.stderr
    assert "hunter22" not in result.output


def test_values_of_variables_keep_their_order(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Options] = []

    def noted(_: object, options: Options, __: object) -> Report:
        asked.append(options)
        return engine.Run(options).report()

    monkeypatch.setattr(engine, "lint", noted)
    for name in ("a.tfvars", "b.tfvars"):
        (here / name).touch()
    lint("--var", "a=1=2", "--var-file", "a.tfvars", "--var", "b=", "--var-file=b.tfvars", "--terraform-dir", ".")
    configuration = asked[0].assumptions.configuration
    assert configuration.settings == (("a", "1=2"), (None, "a.tfvars"), ("b", ""), (None, "b.tfvars"))
    assert (configuration.directory, configuration.here, configuration.binary) == (".", True, None)


def test_a_directory_without_the_plans_configuration_is_told_and_the_plan_is_judged(here: Path) -> None:
    (here / "plan.json").write_bytes((PLANS / "modules" / "plan.json").read_bytes())
    (here / "infra").mkdir()
    (here / "infra" / "main.tf").write_text('resource "aws_sqs_queue" "other" {}\n', encoding="utf-8")
    result = lint("plan.json", "--terraform-dir", "infra", "--format", "concise", "--select", "MSG501")
    assert result.stderr == (
        "msglint: infra does not hold the root module of plan.json: it lacks aws_sqs_queue.intake, "
        "aws_sqs_queue.spare, module.orders and 1 more and the plan lacks aws_sqs_queue.other. "
        "The plan is judged without its sources\n"
    )
    assert len(result.stdout.splitlines()) == 4


def test_a_plan_on_standard_input_is_that_of_the_working_directory(here: Path) -> None:
    shutil.copytree(PLANS / "modules", here, dirs_exist_ok=True)
    plan = (here / "plan.json").read_bytes()
    main = here / "main.tf"
    text = main.read_text(encoding="utf-8")
    main.write_text(text.replace('"intake" {', '"intake" { # msglint: ignore[MSG501]'), encoding="utf-8")
    result = lint("-", "--format", "concise", "--select", "MSG501", given=plan)
    assert "MSG501 module.orders.aws_sqs_queue.this" in result.stdout
    assert "aws_sqs_queue.intake" not in result.stdout


# Configurations without a plan: which they are, whoever reads them


@pytest.fixture
def configurations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which configurations are read, as if there was nothing in them."""
    read: list[str] = []

    def noted(sources: Sources, _: Assumptions) -> Part:
        assert sources.given is not None
        if sources.faults:
            raise sources.faults[0]
        read.append(sources.files.shown)
        template = Document("t", "Resources: {}")
        return cloudformation.read(template, read_yaml(template), Assumptions())

    monkeypatch.setattr(engine, "read_configuration", noted)
    return read


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ((".",), ["live", "test"]),
        (("live/main.tf", "live/more.tf"), ["live"]),
        (("modules/queue/main.tf",), ["modules/queue"]),
        (("modules", "live"), ["live"]),
        (("live/live.tfvars", "live/main.tf"), ["live"]),
        (("values/live.tfvars",), []),
        (("planned",), []),
        (("planned/plan.json", "planned/main.tf", "planned/queue/main.tf"), []),
        (("planned/main.tf",), ["planned"]),
    ],
)
def test_configurations_are_read_from_their_directories(
    paths: tuple[str, ...], expected: list[str], configurations: list[str], here: Path
) -> None:
    shutil.copytree(PLANS / "modules", here / "planned")
    for name, text in {
        "live/main.tf": 'module "queue" {\n  source = "../modules/queue"\n}\n',
        "live/more.tf": "",
        "live/live.tfvars": "",
        "live/.terraform/modules/x/main.tf": "",
        "test/main.tf": "",
        "modules/queue/main.tf": "",
        "values/live.tfvars": "",
        "docs/x.json": "{}",
    }.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(text, encoding="utf-8")
    lint(*paths, "--select", "MSG001")
    assert configurations == expected


def test_a_configuration_that_cannot_be_read_is_a_finding_for_each_file(configurations: list[str], here: Path) -> None:
    (here / "a.tf").write_text("resource {\n", encoding="utf-8")
    (here / "b.tf").write_text('a = "\n', encoding="utf-8")
    lines = lint("--format", "concise").stdout.splitlines()
    assert [line.split(" ")[:3] for line in lines] == [
        ["a.tf:1:10:", "error", "MSG001"],
        ["b.tf:1:5:", "error", "MSG001"],
    ]
    assert configurations == []


@pytest.mark.parametrize("format_", FORMATS)
def test_a_password_among_the_values_is_shown_nowhere(format_: str, here: Path) -> None:
    (here / "main.tf").write_text(
        """
variable "password" {}
variable "logins" { type = map(string) }
variable "wait" {}
resource "aws_sqs_queue" "orders" {
  name                      = "orders-${var.password}"
  receive_wait_time_seconds = var.wait
}
resource "aws_lambda_function" "worker" {
  environment {
    variables = { RABBIT_URL = "amqps://u:${var.password}@host", KAFKA_PASSWORD = var.logins.password }
  }
}
""",
        encoding="utf-8",
    )
    (here / "live.tfvars").write_text('password = "Hunter22Hunter22"\nwait = 0\n', encoding="utf-8")
    logins = 'logins={ password = "Hunter33Hunter33" }'
    result = lint("main.tf", "--show-undecided", "--format", format_, "--var-file", "live.tfvars", "--var", logins)
    assert "MSG501" in result.stdout
    assert "Hunter" not in result.output


@pytest.mark.parametrize("name", ["terraform.tfvars", "live.auto.tfvars.json"])
@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.usefixtures("configurations")
def test_nothing_of_a_file_of_values_is_shown(name: str, format_: str, here: Path) -> None:
    (here / "main.tf").touch()
    (here / name).write_text('login = "hunter22hunter22" hunter22hunter22\nx = {\n', encoding="utf-8")
    result = lint("--format", format_, "--var", "login=hunter22hunter22", "--var", "x=hunter22hunter22")
    assert "MSG001" in result.stdout
    assert name in result.stdout
    assert "hunter22" not in result.output


@pytest.mark.parametrize("width", [70, 80, 100, 200])
def test_the_list_of_rules_fits_a_terminal(width: int) -> None:
    text = lines(RULES, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert " ".join(text.split()) == " ".join(lines(RULES).split())
    assert len(lines(RULES).splitlines()) == len(RULES)


@pytest.mark.parametrize("text", ["a: 1\n", "Terraform used the selected providers to generate the plan.\n", "[]"])
def test_standard_input_that_is_no_template_opens_no_gate(text: str) -> None:
    result = lint("-", given=text)
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert result.stderr == "msglint lint: error: standard input is no template or plan (terraform show takes -json)\n"
