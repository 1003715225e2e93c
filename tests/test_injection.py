"""Hostile text, in every place that a run reads, reaches no terminal, log or reader as more than text."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from command import Result, run
from msglint.cli.interface import Exit
from msglint.reports.formats import FORMATS

WICKED = (
    "\x1b[31m\x1b]8;;https://e.example\x07\x1b]52;c;eA==\x07\x9b1m\x9d0;t\x9c\u202e\u200b\u2066\r\n::error::e\n##[error]e\x85"
    "\u2028\u2029=cmd()|<script>e</script>![e](x)`e`\n| e |\x00\x7f"
)
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")
# What a line is that begins as a command of ours is that command, whatever else stands in it.
COMMAND = re.compile(r"^\s*::(?!(?:error|warning|notice) file=)|^(?!::).*##\[", re.MULTILINE)
CI = {"GITHUB_ACTIONS": "true", "TF_BUILD": "True"}
FOR_PEOPLE = ("text", "concise", "markdown", "github")


def template() -> str:
    """Give a template with hostile text as each name and value that a report may show."""
    statement = {"Sid": WICKED, "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    condition = {"StringEquals": {WICKED: WICKED}, WICKED: {"aws:SourceArn": WICKED}}
    queue = {"QueueName": WICKED, "KmsMasterKeyId": "alias/aws/sqs", WICKED: WICKED}
    ignored = {"msglint": {"ignore": [{"rule": WICKED, "reason": WICKED}], WICKED: 1}, "aws:cdk:path": WICKED}
    policy = {"Statement": [statement, {**statement, "Condition": condition}]}
    return json.dumps(
        {
            "Parameters": {WICKED: {"Type": "String"}},
            "Conditions": {WICKED: {"Fn::Equals": [{"Ref": WICKED}, WICKED]}},
            "Resources": {
                WICKED: {"Type": "AWS::SQS::Queue", "Properties": queue, "Metadata": ignored, "Condition": WICKED},
                "P": {
                    "Type": "AWS::SQS::QueuePolicy",
                    "Properties": {"Queues": [{"Ref": WICKED}], "PolicyDocument": policy},
                },
                "R": {"Type": "AWS::SQS::Queue", "Properties": {"RedrivePolicy": {"deadLetterTargetArn": WICKED}}},
            },
        }
    )


def plan() -> str:
    address = f"aws_sqs_queue.q[{json.dumps(WICKED)}]"
    values = {
        "name": WICKED,
        "policy": json.dumps({"Statement": [{"Sid": WICKED, "Effect": "Allow", "Principal": "*"}]}),
    }
    queue = {"address": address, "mode": "managed", "type": "aws_sqs_queue", "name": "q", "values": values}
    return json.dumps({"format_version": "1.2", "planned_values": {"root_module": {"resources": [queue]}}})


def configuration() -> str:
    safe = json.dumps(WICKED.replace("\x00", ""), ensure_ascii=True).replace("\\u007f", "")
    queue = "for_each = toset([local.n])\n  name = each.key"
    return f'locals {{\n  n = {safe}\n}}\nresource "aws_sqs_queue" "q" {{\n  {queue}\n}}\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a directory whose every file, and whose names too, are hostile."""
    monkeypatch.chdir(tmp_path)
    name = WICKED.replace("/", "").replace("\x00", "")
    (tmp_path / f"{name}.json").write_text(template(), encoding="utf-8")
    (tmp_path / f"{name}p.json").write_text(plan(), encoding="utf-8")
    (tmp_path / f"{name}.yaml").write_text(
        f"Resources:\n  Q:\n    Type: AWS::SQS::Queue\n  \tx: {WICKED}\n", newline=""
    )
    folder = tmp_path / f"{name}d"
    folder.mkdir()
    (folder / f"{name}.tf").write_text(configuration(), encoding="utf-8")
    return tmp_path


def channels(result: Result, format_: str) -> Iterator[tuple[str, str]]:
    yield "standard error", result.stderr
    yield format_, result.stdout


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("in_ci", [False, True])
def test_no_output_holds_more_than_text(format_: str, here: Path, *, in_ci: bool) -> None:
    environment = {**(CI if in_ci else {}), "GITHUB_REPOSITORY": WICKED.replace("\x00", ""), "COLUMNS": "\x1b[31m"}
    result = run("lint", "--isolated", "--show-undecided", "--format", format_, ".", **environment)
    assert result.exit_code == Exit.FINDINGS, result.stderr
    for channel, text in channels(result, format_):
        found = OBEYED.search(text)
        if channel in {*FOR_PEOPLE, "standard error"}:
            assert found is None, (channel, text[max(found.start() - 80, 0) : found.end() + 20])
        assert not re.search("[\x00\x1b\x9b]", text), channel
        # Markdown is for a file or a comment, and is not changed for a log.
        if in_ci and channel in {"text", "concise", "github", "standard error"}:
            assert COMMAND.search(text) is None, (channel, COMMAND.search(text))
    match format_:
        case "json" | "sarif" | "gitlab":
            json.loads(result.stdout)
        case "junit":
            ET.fromstring(result.stdout)  # noqa: S314  # it is our own
        case "csv":
            cells = [cell for row in csv.reader(io.StringIO(result.stdout)) for cell in row]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
        case "markdown":
            shown = MarkdownIt("gfm-like").render(result.stdout)
            assert not re.search(r"<script|<img|href=\"x|https?://e\.example\"", shown)


NAMED = WICKED.replace("\x00", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("lint", NAMED),
        ("lint", "--select", NAMED),
        ("lint", "--account", NAMED),
        ("lint", "--region", NAMED, "."),
        ("lint", "--parameter", f"{NAMED}={NAMED}", "."),
        ("lint", "--parameters", NAMED),
        ("lint", "--config", NAMED),
        ("lint", "--baseline", NAMED),
        ("lint", "--var", f"{NAMED}={NAMED}", "."),
        ("lint", "--var-file", NAMED, "."),
        ("lint", "--terraform-dir", NAMED, "."),
        ("lint", "--format", NAMED),
        ("lint", "--output", f"{NAMED}/x", "."),
        ("lint", "--report", NAMED, "."),
        ("lint", "--diff", NAMED, "."),
        ("lint", "--rules-dir", NAMED, "."),
        ("lint", "--rules-package", NAMED, "."),
        (f"--{NAMED}",),
        (NAMED,),
        ("explain", NAMED),
        ("rules", "--select", NAMED),
        ("config", "show", NAMED),
        ("init", NAMED),
        ("new-rule", NAMED),
        ("baseline", "--output", f"{NAMED}/x"),
        ("completion", NAMED),
    ],
    ids=lambda arguments: " ".join(arguments[:2]).partition("\x1b")[0],
)
def test_no_word_of_the_command_line_is_obeyed_when_it_is_told(arguments: tuple[str, ...], here: Path) -> None:
    result = run(*arguments, **CI)
    assert result.exit_code in {Exit.CLEAN, Exit.FINDINGS, Exit.USAGE}, result.output
    assert OBEYED.search(result.output) is None, result.output
    assert COMMAND.search(result.output) is None, result.output


CONFIGURATIONS = {
    "a key": f"{json.dumps(NAMED)} = 1\n",
    "a rule": f"ignore = [{json.dumps(NAMED)}]\n",
    "a file": f"extend = {json.dumps(NAMED)}\n",
    "an exception": f'[[exceptions]]\nrule = "MSG501"\nreason = {json.dumps(NAMED)}\nexpires = 2020-01-01\n',
    "parameters": f"[parameters]\n{json.dumps(NAMED)} = {json.dumps(NAMED)}\n",
    "a pattern": f"exclude = [{json.dumps(NAMED)}]\n",
}


@pytest.mark.parametrize("command", [("lint", "."), ("config", "show", "."), ("config", "show", "--all", ".")])
@pytest.mark.parametrize("written", CONFIGURATIONS)
def test_no_configuration_is_obeyed_when_it_is_told(written: str, command: tuple[str, ...], here: Path) -> None:
    text = CONFIGURATIONS[written].replace("\\u007f", "").replace("\x7f", "")
    (here / "msglint.toml").write_text(text, encoding="utf-8")
    result = run(*command, **CI)
    assert result.exit_code in {Exit.CLEAN, Exit.FINDINGS, Exit.USAGE}, result.output
    assert OBEYED.search(result.output) is None, result.output
    assert COMMAND.search(result.output) is None, result.output


def test_a_name_in_another_encoding_reaches_no_terminal(here: Path) -> None:
    """The terminal may take less than UTF-8, and what it cannot show is an escape."""
    result = subprocess.run(
        [sys.executable, "-m", "msglint", "lint", "--isolated", "."],
        env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PATH": "/bin"},
        capture_output=True,
        check=False,
    )
    assert result.returncode == Exit.FINDINGS, result.stderr
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f-\xff]", result.stdout + result.stderr)
