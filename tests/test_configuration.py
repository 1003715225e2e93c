"""What a team settles once: where it is read, what it does, and what is said of what is wrong."""

import datetime
import json
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from msgspec.structs import FieldInfo, fields

from command import Result, run
from msglint import engine
from msglint.cli.interface import Exit
from msglint.config import schema
from msglint.config.nearest import Flags, Nearest
from msglint.config.settings import settings
from msglint.config.show import shown
from msglint.config.written import KEYS, Exempt, Written
from msglint.source import Document, read_toml

QUEUE = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {KmsMasterKeyId: alias/aws/sqs}
"""
"""One queue that MSG301, MSG501 and MSG701 find fault with."""
ALL = ["MSG301", "MSG501", "MSG701"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty working directory that is the root of a repository."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(dedent(text).lstrip("\n"), encoding="utf-8")


def lint(*arguments: str) -> Result:
    return run("lint", *arguments)


def found(*arguments: str, severity: bool = False) -> list[str]:
    """Give the codes of the findings of a run, each with its file where there are several, or its severity."""
    findings = json.loads(lint("--format", "json", *arguments).stdout)["findings"]
    if severity:
        return sorted(f"{each['code']} {each['severity']}" for each in findings)
    files = {each["file"] for each in findings}
    return sorted(each["code"] if len(files) < 2 else f"{each['file']} {each['code']}" for each in findings)


# Where it is read


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("msglint.toml", 'select = ["MSG501"]\n'),
        ("pyproject.toml", '[project]\nname = "x"\n[tool.msglint]\nselect = ["MSG501"]\n'),
        (".msglint.yaml", "select: [MSG501]\n"),
        (".msglint.yml", "# a comment\nselect:\n- MSG501\n"),
    ],
)
@pytest.mark.parametrize("path", ["a/queue.yaml", "a", "."])
def test_it_has_several_forms_and_holds_for_all_below(here: Path, name: str, text: str, path: str) -> None:
    write({"a/queue.yaml": QUEUE, name: text})
    assert found(path) == ["MSG501"]


def test_the_nearest_holds_whichever_way_a_file_is_named(here: Path) -> None:
    write({"a/queue.yaml": QUEUE, "b/c/queue.yaml": QUEUE, "msglint.toml": 'select = ["MSG301"]\n'})
    write({"b/msglint.toml": 'select = ["MSG701"]\n'})
    assert found(".") == ["a/queue.yaml MSG301", "b/c/queue.yaml MSG701"]
    assert found("b/c/queue.yaml") == found("b") == found(str(here / "b" / "c")) == ["MSG701"]


def test_a_pyproject_without_a_table_is_passed_over(here: Path) -> None:
    write({"a/queue.yaml": QUEUE, "msglint.toml": 'select = ["MSG301"]\n'})
    write({"a/pyproject.toml": '[project]\nname = "x"\n# not tool.msglint\n'})
    assert found("a") == ["MSG301"]


def test_nothing_is_read_above_the_repository(here: Path) -> None:
    write({"msglint.toml": 'select = ["MSG301"]\n', "inner/.git": "gitdir: elsewhere\n", "inner/queue.yaml": QUEUE})
    assert found("inner") == ALL


def test_of_two_in_one_directory_one_holds_and_the_other_is_told_of(here: Path) -> None:
    write({"queue.yaml": QUEUE, "msglint.toml": 'select = ["MSG301"]\n', ".msglint.yaml": "select: [MSG501]\n"})
    result = lint("--format", "json", "queue.yaml")
    assert [each["code"] for each in json.loads(result.stdout)["findings"]] == ["MSG301"]
    assert result.stderr == "msglint: msglint.toml is the configuration; .msglint.yaml beside it is not read\n"


def test_one_may_be_named_or_none_be_read(here: Path) -> None:
    write({"queue.yaml": QUEUE, "msglint.toml": 'select = ["MSG301"]\n', "other.toml": 'select = ["MSG501"]\n'})
    assert found("--config", "other.toml") == ["MSG501"]
    assert found("--isolated") == ALL
    assert lint("--isolated", "--config", "other.toml").exit_code == Exit.USAGE


def test_standard_input_has_the_configuration_of_the_working_directory(here: Path) -> None:
    write({"msglint.toml": 'select = ["MSG301"]\n'})
    result = run("lint", "-", "--format", "json", given=QUEUE)
    assert [each["code"] for each in json.loads(result.stdout)["findings"]] == ["MSG301"]


def test_an_empty_file_settles_nothing(here: Path) -> None:
    for name in ("msglint.toml", ".msglint.yaml"):
        write({"queue.yaml": QUEUE, name: "# nothing yet\n" if name.endswith("toml") else ""})
        assert found() == ALL


@pytest.mark.parametrize("kind", ["pipe", "loop", "dangling", "device", "directory"])
@pytest.mark.parametrize("name", ["msglint.toml", ".msglint.yaml"])
def test_what_is_called_so_and_cannot_be_read_is_not_passed_over(here: Path, kind: str, name: str) -> None:
    write({"queue.yaml": QUEUE})
    match kind:
        case "pipe":
            os.mkfifo(name)
        case "directory":
            Path(name).mkdir()
        case _:
            Path(name).symlink_to({"loop": name, "dangling": "nowhere", "device": "/dev/zero"}[kind])
    result = lint()
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert f"  {name}:1:1: " in result.stderr


def test_where_there_is_none_and_no_repository_that_of_the_working_directory_holds(
    here: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Plans are often written to a directory for temporary files."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write({"msglint.toml": 'select = ["MSG301"]\n', f"{elsewhere}/queue.yaml": QUEUE})
    assert found(str(elsewhere)) == found(str(elsewhere / "queue.yaml")) == ["MSG301"]
    (elsewhere / ".git").mkdir()
    assert found(str(elsewhere)) == ALL


def test_directories_may_be_deep(here: Path) -> None:
    deep = "/".join(["a"] * 600)
    write({f"{deep}/queue.yaml": QUEUE, "msglint.toml": 'select = ["MSG301"]\n'})
    assert found(f"{deep}/queue.yaml") == found() == ["MSG301"]


# What it does


def test_flags_win(here: Path) -> None:
    write({"queue.yaml": QUEUE, "msglint.toml": 'select = ["MSG301", "MSG501"]\nignore = ["MSG501"]\n'})
    assert found() == ["MSG301"]
    assert found("--select", "MSG7") == ["MSG701"]
    assert found("--extend-select", "MSG7") == ["MSG301", "MSG701"]
    assert found("--ignore", "MSG301") == []


def test_what_is_selected_and_ignored_is_told(here: Path) -> None:
    write({"queue.yaml": QUEUE, "msglint.toml": 'ignore = ["MSG501"]\n'})
    result = lint("--select", "MSG501")
    assert result.exit_code == Exit.CLEAN
    assert result.stderr == "msglint: MSG501 is selected, and the configuration ignores it: it is not asked\n"
    assert lint("--select", "MSG5").stderr == lint("--select", "MSG301", "--ignore", "MSG301").stderr == ""


def test_a_file_adds_to_the_one_that_it_extends(here: Path) -> None:
    write({"base.toml": 'select = ["MSG301"]\nignore = ["MSG701"]\n[severities]\nMSG301 = "info"\n'})
    write({"a/queue.yaml": QUEUE, "a/msglint.toml": 'extend = "../base.toml"\nextend-select = ["MSG501", "MSG701"]\n'})
    assert found("a", severity=True) == ["MSG301 info", "MSG501 warning"]
    write({"a/msglint.toml": 'extend = "../base.toml"\nselect = ["MSG701"]\nignore = []\n'})
    assert found("a") == ["MSG701"]
    write({"a/msglint.toml": 'extend = "../base.toml"\nextend-ignore = ["MSG301"]\n'})
    assert found("a") == []


def test_paths_are_told_from_the_file_that_has_them(here: Path) -> None:
    write({"shared/base.toml": 'exclude = ["old"]\n[per-path-ignores]\n"a.yaml" = ["MSG3"]\n'})
    write({"msglint.toml": 'extend = "shared/base.toml"\n'})
    write({f"{place}a.yaml": QUEUE for place in ("", "shared/", "old/", "shared/old/")})
    assert found("--select", "MSG301,MSG501") == [
        "a.yaml MSG301",
        "a.yaml MSG501",
        "old/a.yaml MSG301",
        "old/a.yaml MSG501",
        "shared/a.yaml MSG501",
    ]


def test_files_may_not_extend_one_another_in_a_circle(here: Path) -> None:
    write({"queue.yaml": QUEUE, "msglint.toml": '\nextend = "b.toml"\n', "b.toml": 'extend = "msglint.toml"\n'})
    result = lint()
    assert result.exit_code == Exit.USAGE
    assert "  b.toml:1:1: it extends itself, over this\n" in result.stderr


def test_severities_are_those_of_the_user_and_the_most_exact_holds(here: Path) -> None:
    write(
        {"queue.yaml": QUEUE, "msglint.toml": '[severities]\nMSG = "info"\nMSG7 = "error"\nshort-polling = "warning"\n'}
    )
    assert found(severity=True) == ["MSG301 info", "MSG501 warning", "MSG701 error"]
    assert lint("--ignore", "MSG7,MSG5").exit_code == Exit.CLEAN


def test_what_fails_a_run_is_settled_too(here: Path) -> None:
    write({"queue.yaml": QUEUE, "msglint.toml": 'fail-on = "error"\n'})
    assert lint().exit_code == Exit.CLEAN
    assert lint("--fail-on", "warning").exit_code == Exit.FINDINGS


def test_each_file_fails_by_its_own_configuration(here: Path) -> None:
    write({"a/queue.yaml": QUEUE, "a/msglint.toml": 'fail-on = "error"\n', "b/queue.yaml": QUEUE})
    assert lint("a").exit_code == Exit.CLEAN
    assert lint("a", "b").exit_code == Exit.FINDINGS


def test_what_is_found_in_another_file_fails_by_the_configuration_of_the_template(here: Path) -> None:
    """That of the function's own directory may be broken for all that it matters."""
    function = "Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: a.b, Role: r, Code: fn}"
    write({"queue.yaml": f"Resources: {{Orders: {{{function}}}}}\n"})
    write({"fn/a.py": 'def b(event, _):\n    return [r["messageAttributes"]["SenderId"] for r in event["Records"]]\n'})
    write({"msglint.toml": 'select = ["MSG503"]\nseverities.MSG503 = "warning"\nfail-on = "error"\n'})
    for text in ("sellect = 1\n", 'fail-on = "info"\n'):
        write({"fn/msglint.toml": text})
        result = lint("queue.yaml", "--format", "concise")
        assert "fn/a.py:2:37: warning MSG503" in result.stdout
        assert result.exit_code == Exit.CLEAN


def test_strictness_is_settled_too(here: Path) -> None:
    template = "Parameters: {Wait: {Type: Number}}\nResources: {Orders: {Type: AWS::SQS::Queue, Properties: {"
    write({"queue.yaml": template + "ReceiveMessageWaitTimeSeconds: !Ref Wait}}}\n", "msglint.toml": "strict = true\n"})
    assert lint("--select", "MSG501").exit_code == Exit.FINDINGS
    assert lint("--select", "MSG501", "--isolated").exit_code == Exit.CLEAN


@pytest.mark.parametrize("pattern", ["tests/", "tests/**", "*.test.yaml", "**/a.test.yaml", "/tests", "tests/*.yaml"])
def test_rules_are_ignored_by_path(here: Path, pattern: str) -> None:
    write(
        {
            "tests/a.test.yaml": QUEUE,
            "live.yaml": QUEUE,
            "msglint.toml": f'[per-path-ignores]\n"{pattern}" = ["MSG3", "MSG701"]\n',
        }
    )
    assert found() == [f"live.yaml {code}" for code in ALL] + ["tests/a.test.yaml MSG501"]
    assert found("tests/a.test.yaml") == ["MSG501"]


def test_what_is_excluded_is_passed_over_in_directories_and_judged_where_it_is_named(here: Path) -> None:
    write({"old/queue.yaml": QUEUE, "msglint.toml": 'exclude = ["old/", "*.old.yaml", "!keep.old.yaml"]\n'})
    write({"a.old.yaml": QUEUE, "keep.old.yaml": QUEUE})
    assert set(found("--select", "MSG501")) == {"MSG501"}
    assert json.loads(lint("--format", "json").stdout)["summary"]["files"] == 1
    assert found("old/queue.yaml", "--select", "MSG501") == ["MSG501"]
    assert found("old/queue.yaml", "a.old.yaml", "--force-exclude") == []


def test_what_is_excluded_is_searched_where_it_is_named(here: Path) -> None:
    write({"old/a/queue.yaml": QUEUE, "msglint.toml": 'exclude = ["old/"]\n'})
    assert found("--select", "MSG501") == []
    assert found("old", "--select", "MSG501") == found("old/a", "--select", "MSG501") == ["MSG501"]
    assert found("old", "--force-exclude") == found("old/a", "--force-exclude") == []


def test_what_is_excluded_above_is_excluded_whatever_a_configuration_below_says(here: Path) -> None:
    write({"old/queue.yaml": QUEUE, "old/msglint.toml": "strict = true\n", "msglint.toml": 'exclude = ["old/"]\n'})
    assert found() == found("old/queue.yaml", "--force-exclude") == []


def test_a_file_takes_out_of_what_the_one_that_it_extends_excludes(here: Path) -> None:
    write({"shared/base.toml": 'exclude = ["*.yaml"]\n'})
    write({"shared/a/msglint.toml": 'extend = "../base.toml"\nexclude = ["!kept.yaml"]\n'})
    write({"shared/a/kept.yaml": QUEUE, "shared/a/other.yaml": QUEUE})
    assert found("shared", "--select", "MSG501") == ["MSG501"]


# git


def test_what_git_ignores_is_passed_over_in_directories(here: Path) -> None:
    write({".gitignore": "build/\n*.gen.yaml\n!kept.gen.yaml\n", "a/.gitignore": "/local.yaml\n"})
    names = ["a.yaml", "build/b.yaml", "c.gen.yaml", "kept.gen.yaml", "a/local.yaml", "a/a/local.yaml"]
    write(dict.fromkeys(names, QUEUE))
    judged = ["a.yaml", "a/a/local.yaml", "kept.gen.yaml"]
    assert found("--select", "MSG501") == [f"{name} MSG501" for name in judged]
    assert len(found("--select", "MSG501", "--no-gitignore")) == len(names)
    write({"msglint.toml": "gitignore = false\n"})
    assert len(found("--select", "MSG501")) == len(names)


def test_what_the_user_names_is_judged_though_git_ignores_it(here: Path) -> None:
    """The CDK's assemblies and plans are seldom committed."""
    write({".gitignore": "cdk.out\n*.json\n", "cdk.out/a.template.yaml": QUEUE, "a/b.yaml": QUEUE})
    assert found("cdk.out", "--select", "MSG501") == ["MSG501"]
    assert found("cdk.out/a.template.yaml", "--select", "MSG501") == ["MSG501"]
    assert found("a", "--select", "MSG501") == ["MSG501"]


def test_a_run_without_templates_says_what_git_ignores(here: Path) -> None:
    write({".gitignore": "cdk.out\n", "cdk.out/a.template.yaml": QUEUE})
    assert (
        "no template or plan among 0 files; git ignores cdk.out, which are judged when they are named" in lint().stderr
    )


def test_outside_of_a_repository_only_the_named_directories_speak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write({".gitignore": "a.yaml\n", "in/.gitignore": "b.yaml\n", "in/a.yaml": QUEUE, "in/b.yaml": QUEUE})
    assert found("in", "--select", "MSG501") == ["MSG501"]
    assert found(".", "--select", "MSG501") == []


# What is known of the deployment


def test_values_of_parameters_are_settled_and_flags_win(here: Path) -> None:
    template = (
        "Parameters: {Wait: {Type: Number, Default: 0}}\nResources: {Orders: {Type: AWS::SQS::Queue, Properties: {"
    )
    write({"queue.yaml": template + "ReceiveMessageWaitTimeSeconds: !Ref Wait}}}\n"})
    write({"msglint.toml": "select = ['MSG501']\nparameter-files = ['values.json']\n", "values.json": '["Wait=20"]'})
    assert found() == []
    write({"msglint.toml": "select = ['MSG501']\n[parameters]\nWait = 20\n"})
    assert found() == []
    assert found("--parameter", "Wait=0") == ["MSG501"]


def test_a_parameter_of_the_configuration_need_not_be_in_every_template(here: Path) -> None:
    """Other templates of the repository have it; only who writes it for this run is told that nobody declares it."""
    write({"queue.yaml": QUEUE, "msglint.toml": "[parameters]\nStage = 'prod'\n"})
    assert lint().stderr == ""
    assert "declares the parameter Stag" in lint("--parameter", "Stag=prod").stderr


def test_variables_of_terraform_are_settled(here: Path) -> None:
    queue = 'resource "aws_sqs_queue" "orders" {\n  receive_wait_time_seconds = var.wait\n}\n'
    write({"main.tf": f'variable "wait" {{}}\n{queue}'})
    for text in ("[variables]\nwait = 0\n", "variable-files = ['prod.tfvars']\n"):
        write({"msglint.toml": f"select = ['MSG501']\n{text}"})
        write({"prod.tfvars": "wait = 0\n"})
        assert found() == ["MSG501"]
    assert found("--var", "wait=20") == []


POLICY = """\
Resources:
  Orders: {{Type: AWS::SQS::Queue}}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Orders]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {principal}
            Action: "sqs:*"
            Resource: !GetAtt Orders.Arn
            {condition}
"""


@pytest.mark.parametrize(
    ("principal", "condition", "said", "expected"),
    [
        ("{AWS: '111122223333'}", "", "", "undecided"),
        ("{AWS: '111122223333'}", "", "accounts = ['111122223333']", "clean"),
        ("{AWS: '111122223333'}", "", "accounts = ['444455556666']", "found"),
        ("{AWS: '111122223333'}", "", "accounts = ['444455556666', '111122223333']", "clean"),
        ("{AWS: '111122223333'}", "", "trusted-accounts = ['111122223333']", "clean"),
        ("{AWS: 'arn:aws:iam::111122223333:role/ops'}", "", "", "found"),
        ("{AWS: 'arn:aws:iam::111122223333:role/ops'}", "", "trusted-accounts = ['111122223333']", "clean"),
        (
            "{AWS: ['111122223333', 'arn:aws:iam::999999999999:root']}",
            "",
            "trusted-accounts = ['111122223333']\naccounts = ['444455556666']",
            "found",
        ),
        ("'*'", "Condition: {StringEquals: {'aws:PrincipalOrgID': o-a1b2c3d4e5}}", "", "found"),
        (
            "'*'",
            "Condition: {StringEquals: {'aws:PrincipalOrgID': o-a1b2c3d4e5}}",
            "organisations = ['o-a1b2c3d4e5']",
            "clean",
        ),
        (
            "'*'",
            "Condition: {StringEquals: {'aws:PrincipalOrgID': o-a1b2c3d4e5}}",
            "organisations = ['o-zzzzzzzzzz']",
            "found",
        ),
        (
            "'*'",
            "Condition: {'ForAnyValue:StringLike': {'aws:PrincipalOrgPaths': o-a1b2c3d4e5/*}}",
            "organisations = ['o-a1b2c3d4e5']",
            "clean",
        ),
    ],
)
def test_who_is_trusted_is_nobody_else(here: Path, principal: str, condition: str, said: str, expected: str) -> None:
    write(
        {
            "queue.yaml": POLICY.format(principal=principal, condition=condition),
            "msglint.toml": f"select = ['MSG209']\n{said}\n",
        }
    )
    report = engine.lint(["queue.yaml"], Nearest(Flags()).of("queue.yaml"))
    assert ("found" if report.findings else "undecided" if report.undecided else "clean") == expected


def test_organisations_keep_the_public_out_only_where_a_condition_asks_for_them(here: Path) -> None:
    write(
        {
            "queue.yaml": POLICY.format(principal="'*'", condition=""),
            "msglint.toml": "organisations = ['o-a1b2c3d4e5']\n",
        }
    )
    assert "MSG204" in found()


# Exceptions


def expecting(**more: str) -> str:
    entries = {"rule": "MSG501", "reason": "moves to long polling", "expires": "2999-01-01", **more}
    lines = [f"{key} = {value if key == 'expires' else json.dumps(value)}" for key, value in entries.items()]
    return "\n".join(["[[exceptions]]", *lines, ""])


@pytest.mark.parametrize(
    ("more", "hidden"),
    [
        ({}, True),
        ({"rule": "short-polling"}, True),
        ({"rule": "MSG5"}, True),
        ({"resource": "Orders"}, True),
        ({"resource": "Ord*"}, True),
        ({"resource": "Billing"}, False),
        ({"path": "queue.yaml"}, True),
        ({"path": "a/"}, False),
        ({"expires": "2020-01-01"}, False),
    ],
)
def test_an_exception_hides_what_is_expected_until_a_day(here: Path, more: dict[str, str], hidden: bool) -> None:
    write({"queue.yaml": QUEUE, "msglint.toml": expecting(**more)})
    result = json.loads(lint("--format", "json").stdout)
    assert ("MSG501" not in [each["code"] for each in result["findings"]]) is hidden
    assert result["summary"]["excepted"] == int(hidden)
    assert "MSG501" in found("--no-ignore")


def test_an_exception_holds_on_its_last_day(here: Path) -> None:
    write({"queue.yaml": QUEUE, "msglint.toml": expecting(expires="2027-01-31")})
    for today, codes in ((datetime.date(2027, 1, 31), ["MSG301", "MSG701"]), (datetime.date(2027, 2, 1), ALL)):
        options = msgspec.structs.replace(Nearest(Flags()).of("queue.yaml"), today=today, nearest=None)
        assert sorted(each.code for each in engine.lint(["queue.yaml"], options).findings) == codes


def test_an_exception_that_has_ended_is_told_beside_its_finding(here: Path) -> None:
    write({"queue.yaml": QUEUE, "msglint.toml": "# ours\n" + expecting(expires="2020-01-01")})
    (finding,) = json.loads(lint("--format", "json", "--select", "MSG501").stdout)["findings"]
    assert finding["related"][-1] == {
        "resource": None,
        "message": "the exception for this ended on 2020-01-01 (moves to long polling)",
        "file": "msglint.toml",
        "start": {"line": 2, "column": 3},
        "end": {"line": 2, "column": 13},
        "deployed": False,
    }


@pytest.mark.parametrize(
    ("path", "pattern", "told"),
    [
        (".", "**", True),
        ("a.yaml", "**", False),
        ("a.yaml", "/a.yaml", True),
        ("a.yaml", "a.yaml", False),  # another directory may have one too
        (".", "a.yaml", True),
        (".", "/a.yaml", True),
        ("b.yaml", "/a.yaml", False),
    ],
)
def test_an_exception_for_nothing_is_told_where_all_was_seen(here: Path, path: str, pattern: str, told: bool) -> None:
    write({"a.yaml": QUEUE, "b.yaml": QUEUE, "msglint.toml": expecting(resource="Gone", path=pattern)})
    lines = [each for each in json.loads(lint(path, "--format", "json").stdout)["findings"] if each["code"] == "MSG003"]
    assert [(each["file"], each["start"]["line"]) for each in lines] == ([("msglint.toml", 1)] if told else [])


def test_many_exceptions_take_no_long_time(here: Path) -> None:
    """Each has its place looked up, since none hides anything."""
    write({"queue.yaml": QUEUE, "msglint.toml": "".join(expecting(resource=f"Gone{n}*") for n in range(3000))})
    assert found("--select", "MSG0,MSG5").count("msglint.toml MSG003") == 3000


@pytest.mark.parametrize("rules", [["--ignore", "MSG501"], ["--select", "MSG003,MSG301"], ["--ignore", "MSG5"]])
def test_an_exception_for_a_rule_that_is_not_asked_is_not_told(here: Path, rules: list[str]) -> None:
    write({"queue.yaml": QUEUE, "msglint.toml": expecting()})
    assert "MSG003" not in found(*rules)
    write({"msglint.toml": expecting(rule="MSG5")})
    assert "MSG003" not in found(*rules)


def test_addresses_of_terraform_are_named_as_they_are(here: Path) -> None:
    write({"main.tf": 'resource "aws_sqs_queue" "q" {\n  for_each = toset(["a"])\n}\n'})
    write({"msglint.toml": "select = ['MSG501']\n" + expecting(resource='aws_sqs_queue.q["a"]')})
    assert found() == []


# Reasons, and what is hidden where


def test_a_reason_may_be_required(here: Path) -> None:
    commented = QUEUE.replace("Orders:", "Orders: # msglint: ignore[MSG501] {}")
    for reason, codes in (("polled by hand", ["MSG301", "MSG701"]), ("", ["MSG003", *ALL]), (" -- ", ["MSG003", *ALL])):
        write({"queue.yaml": commented.replace("{}", reason), "msglint.toml": "require-reason = true\n"})
        assert found() == codes
    assert "gives no reason" in lint().stdout
    assert found("--isolated") == ["MSG301", "MSG701"]


def test_metadata_may_speak_of_one_property(here: Path) -> None:
    def template(property_: str) -> str:
        ignore = {"rule": "MSG301", "property": property_, "reason": "no other account sends"}
        metadata = {"msglint": {"ignore": [ignore]}}
        queue = {
            "Type": "AWS::SQS::Queue",
            "Properties": {"KmsMasterKeyId": "alias/aws/sqs", "DelaySeconds": 1},
            "Metadata": metadata,
        }
        return json.dumps({"Resources": {"Orders": queue}}, indent=1)

    write({"queue.json": template("KmsMasterKeyId")})
    assert found() == ["MSG501", "MSG701"]
    write({"queue.json": template("DelaySeconds")})
    assert "MSG301" in found()
    assert "hides nothing here" in lint().stdout
    write({"queue.json": template("RedrivePolicy.maxReceiveCount")})
    assert "is for a property that the resource does not have" in lint().stdout


def test_nothing_is_hidden_where_all_is_to_be_seen(here: Path) -> None:
    write(
        {
            "queue.yaml": QUEUE.replace("Orders:", "Orders: # msglint: ignore[MSG501, MSG999] why"),
            "msglint.toml": expecting(rule="MSG301"),
        }
    )
    assert found() == ["MSG003", "MSG701"]
    result = lint("--no-ignore")
    assert [code for code in ALL if code in result.stdout] == ALL
    assert "suppressed" not in result.stdout


def test_the_summary_counts_what_is_hidden(here: Path) -> None:
    write(
        {
            "queue.yaml": QUEUE.replace("Orders:", "Orders: # msglint: ignore[MSG501] why"),
            "msglint.toml": expecting(rule="MSG301"),
        }
    )
    assert "1 suppressed, 1 excepted." in lint().stdout.replace("\n", " ")


# What is wrong with it


def refused(text: str, name: str = "msglint.toml") -> list[str]:
    """Give what is said of a configuration, without the first line."""
    write({"queue.yaml": QUEUE, name: text})
    result = lint()
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    first, *lines = result.stderr.splitlines()
    assert first == "msglint lint: error: the configuration cannot be used"
    return [line.strip() for line in lines]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('sellect = ["MSG1"]', "1:1: unknown key 'sellect'; did you mean select?"),
        ("a.b = 1", "1:1: unknown key 'a'"),
        ('fail-on = "eror"', "1:11: one of error, info and warning belongs here; did you mean error?"),
        ("accounts = [111122223333]", "1:13: a text in quotes belongs here"),
        ("accounts = ['123']", "1:13: an account is twelve digits in quotes"),
        ("organisations = ['x']", "1:18: an organisation is written like o-a1b2c3d4e5"),
        ("strict = 'yes'", "1:10: true or false belongs here"),
        ("select = 'MSG1'", "1:10: a list belongs here"),
        ("[[exceptions]]\nrule = 'MSG1'\nexpires = 2027-01-01", "1:3: reason is missing here"),
        ("[[exceptions]]\nrule = 'MSG1'\nreason = 'x'", "1:3: expires is missing here"),
        (
            "[[exceptions]]\nrule = 'MSG1'\nreason = 'x'\nexpires = 'soon'",
            "4:11: a day belongs here, such as 2027-01-31",
        ),
        (
            "[[exceptions]]\nrule = 'MSG1'\nreason = ''\nexpires = 2027-01-01",
            "3:10: a text belongs here, and this is empty",
        ),
        ("[parameters]\nA = [1]", "2:5: a text in quotes or a number or true or false belongs here"),
        ("select = ['MSG999']", "1:1: no rule is called 'MSG999'; see msglint rules"),
        ("[severities]\nshort-poling = 'info'", "2:1: no rule is called 'short-poling'; did you mean short-polling?"),
        ("[per-path-ignores]\n'*' = ['X']", "2:1: no rule is called 'X'"),
        ("[[exceptions]]\nrule = 'X'\nreason = 'x'\nexpires = 2027-01-01", "2:1: no rule is called 'X'"),
        ("extend = 'none.toml'", "1:1: there is no file none.toml"),
        ("variable-files = ['none.tfvars']", "1:19: there is no file none.tfvars"),
        ("parameter-files = ['none.json']", "1:20: none.json: No such file or directory"),
        ("exclude = ['ok', '[']", "1:18: this is no pattern of files"),
        ("exclude = ['']", "1:12: this is no pattern of files"),
        ("[per-path-ignores]\n'!a' = ['MSG5']", "2:1: this is no pattern of files"),
        (f"[parameters]\nA = {'9' * 5000}", "1:1: not valid TOML: a number with too many digits"),
        ('extend = "a\\u0000b"', "1:10: a NUL character stands here"),
        ('[parameters]\n"a\\u0000b" = 1', "2:1: a NUL character stands here"),
        ('rules-dirs = ["a", "a\\u0000b"]', "1:20: a NUL character stands here"),
        (f"a{'.a' * 5000} = 1", "1:1: nested more than 100 levels deep"),
        ("a = ", "1:5: not valid TOML: invalid value"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(here: Path, text: str, said: str) -> None:
    (line,) = refused(text + "\n")
    assert line.startswith(f"msglint.toml:{said}")


def test_all_that_is_wrong_is_told_at_once(here: Path) -> None:
    assert refused("sellect: []\nstrict: 7\nexceptions:\n- {rule: MSG1, reasn: x}\n", ".msglint.yaml") == [
        ".msglint.yaml:1:1: unknown key 'sellect'; did you mean select?",
        ".msglint.yaml:2:9: true or false belongs here",
        ".msglint.yaml:4:3: expires is missing here",
        ".msglint.yaml:4:3: reason is missing here",
        ".msglint.yaml:4:16: unknown key 'reasn'; did you mean reason?",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"k{number} = 1\n" for number in range(20_000)),
        f"ignore = [{', '.join(f'{chr(39)}MSG9{number}{chr(39)}' for number in range(20_000))}]\n",
        "[severities]\n" + "".join(f"MSG9{number} = 'info'\n" for number in range(20_000)),
    ],
    ids=["keys", "words", "table"],
)
def test_of_very_much_that_is_wrong_some_is_told(here: Path, text: str) -> None:
    lines = refused(text)
    assert (len(lines), lines[-1]) == (21, "and more")


def test_a_broken_pyproject_that_seems_to_configure_msglint_is_told_of(here: Path) -> None:
    assert refused("[tool.msglint]\nselect = [\n", "pyproject.toml") == [
        "pyproject.toml:3:1: not valid TOML: invalid value"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[parameters]\nPassword = ['hunter2-canary']\n",
        "parameters = 'hunter2-canary'\n",
        "[parameters]\nP = hunter2-canary\n",
    ],
)
def test_no_value_is_repeated(here: Path, text: str) -> None:
    assert not any("hunter2" in line for line in refused(text))


def test_names_that_a_terminal_would_obey_are_escaped(here: Path) -> None:
    assert refused('"\\u001b[31m" = 1\n') == [r"msglint.toml:1:1: unknown key '\x1b[31m'"]


def test_a_configuration_that_is_no_file_is_wrong_usage(here: Path) -> None:
    (here / "directory").mkdir()
    for name in ("directory", "none.toml"):
        assert lint("--config", name).exit_code == Exit.USAGE


LETTERS = st.characters(exclude_categories=["Cs", "Cc"])
words = st.sampled_from(["MSG1", "x", "", "111122223333", "error", "2027-01-01", "o-a1b2c3d4e5"])
plain = st.recursive(
    words | st.booleans() | st.integers(-3, 3) | st.none() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=6,
)
exempt = st.dictionaries(st.sampled_from(["rule", "reason", "expires", "resource", "path", "more"]), words, max_size=6)
contents = st.dictionaries(
    st.sampled_from([*schema.SCHEMA["properties"], "more"]), plain | st.lists(exempt, max_size=2), max_size=3
)


@given(contents)
def test_the_schema_takes_what_msglint_takes(content: dict[str, Any]) -> None:
    """What editors are told with the schema is what the fast check of a run says."""
    try:
        msgspec.convert(content, Written)
        taken = True
    except msgspec.ValidationError:
        taken = False
    assert taken is Draft202012Validator(schema.SCHEMA, format_checker=FormatChecker()).is_valid(content)


# What is shown of it


def test_what_is_settled_is_shown_with_its_place(here: Path) -> None:
    write({"base.toml": "select = ['MSG1']\n[parameters]\nStage = 'prod'\nDbPassword = 'hunter2'\n"})
    write({"a/msglint.toml": 'extend = "../base.toml"\nextend-select = ["MSG2"]\n' + expecting()})
    assert run("config", "show", "a").stdout == dedent("""\
        # a/msglint.toml holds for a.
        select = ["MSG1", "MSG2"]  # a/msglint.toml:2

        [parameters]
        Stage = "prod"  # base.toml:3
        DbPassword = "(not shown)"  # base.toml:4

        [[exceptions]]  # a/msglint.toml:3
        rule = "MSG501"
        reason = "moves to long polling"
        expires = 2999-01-01
        resource = "*"
        path = "**"
        """)
    said = json.loads(run("config", "show", "a", "--format", "json").stdout)
    assert said["select"] == {"value": ["MSG1", "MSG2"], "from": "a/msglint.toml:2"}
    assert said["fail-on"] == {"value": "warning", "from": "default"}
    assert run("config", "show").stdout == "# No configuration holds here.\n"


def test_a_secret_is_not_shown_whatever_it_is_called(here: Path) -> None:
    address = "amqps://orders:hunter2-canary@broker.example.com"
    write({"msglint.toml": f"[parameters]\nBroker = '{address}'\n[variables]\nurl = '{address}'\n"})
    for form in ("text", "json"):
        assert "hunter2" not in run("config", "show", "--format", form).stdout


def test_numbers_that_are_none_are_shown(here: Path) -> None:
    write({"msglint.toml": "[parameters]\nA = inf\nB = nan\n"})
    assert "A = inf  # msglint.toml:2\nB = nan  # msglint.toml:3\n" in run("config", "show").stdout
    said = json.loads(run("config", "show", "--format", "json").stdout, parse_constant=pytest.fail)
    assert said["parameters"]["value"] == [["A", "inf"], ["B", "nan"]]


def test_a_path_that_a_terminal_would_obey_is_escaped(here: Path) -> None:
    write({"a\x1b[31m\nb/msglint.toml": "strict = true\n"})
    assert run("config", "show", "a\x1b[31m\nb").stdout.splitlines() == [
        r"# a\x1b[31m\nb/msglint.toml holds for a\x1b[31m\nb.",
        r"strict = true  # a\x1b[31m\nb/msglint.toml:1",
    ]


def test_what_is_not_there_has_no_configuration(here: Path) -> None:
    result = run("config", "show", "none/queue.yaml")
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert result.stderr == "msglint config: error: none/queue.yaml: No such file or directory\n"


def test_all_that_can_be_settled_is_shown(here: Path) -> None:
    text = run("config", "show", "--all", "--isolated").stdout
    assert [
        key for key in schema.SCHEMA["properties"] if f"\n{key} = " not in text and f"\n# {key} is not" not in text
    ] == ["extend"]


def test_the_page_has_all_keys() -> None:
    """MSGLINT_ACCEPT=1 rewrites its table."""
    page = Path(__file__).parents[1] / "docs" / "configuration.md"
    text = page.read_text(encoding="utf-8")
    exempt = "".join(f"| `{each.encode_name}` of an exception | {described(each)} |\n" for each in fields(Exempt))
    table = "".join(f"| `{name}` | {described(each)} |\n" for name, each in KEYS.items()) + exempt
    current = re.sub(r"(\| key \| what it settles \|\n\|---\|---\|\n)(?:\|.*\n)+", lambda match: match[1] + table, text)
    if os.environ.get("MSGLINT_ACCEPT"):
        page.write_text(current, encoding="utf-8")
        return
    assert table in text
    assert current == text


def described(field: FieldInfo) -> str:
    return str(get_args(field.type)[1].description).replace("|", "\\|")


def test_the_schema_is_printed_and_published(here: Path) -> None:
    """`make docs` writes it."""
    text = run("config", "schema").stdout
    assert json.loads(text) == schema.SCHEMA
    Draft202012Validator.check_schema(schema.SCHEMA)
    assert (Path(__file__).parents[1] / "docs" / schema.ID).read_text(encoding="utf-8") == text


@given(
    st.dictionaries(
        st.sampled_from(["Stage", "a b", "ü", "\u202e"]), st.text(LETTERS) | st.booleans() | st.integers(-9, 9)
    )
)
def test_what_is_shown_is_toml_that_says_the_same(values: dict[str, Any]) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory, "given.yaml")
        path.write_text(json.dumps({"parameters": values}, ensure_ascii=False), encoding="utf-8")
        told = shown(settings(str(path)), "here")
    assert all(each.isprintable() or each == "\n" for each in told)
    table = read_toml(Document("x", told)).fields().get("parameters")
    assert {name: node.value for name, node in (table.fields() if table is not None else {}).items()} == values


# Rules of one's own

RULE = '''"""A queue.

## What it does
Finds queues.

## Why it matters
It does.

## How to fix
Do.

## When not to
Never.
"""

from collections.abc import Iterator

from msglint.rules.api import YES, Candidate, Model, Queue, Severity, rule

open("ran", "w").close()


@rule("ACME1", Severity.WARNING, each=Queue, since="1", references=["https://example.com/"])
def a_queue(queue: Queue, model: Model) -> Iterator[Candidate]:
    """Find it."""
    yield Candidate(when=YES, resource=queue, at=queue.at, message="{queue}", args={"queue": queue})
'''


def test_the_configuration_of_the_working_directory_names_rules(here: Path) -> None:
    write({"a/queue.yaml": QUEUE, "own/a_queue.py": RULE, "msglint.toml": "select = ['ACME']\nrules-dirs = ['own']\n"})
    assert found("a") == ["ACME1"]
    assert "ACME1" in run("rules").stdout
    assert found("a", "--isolated") == ALL


def test_no_other_configuration_may_name_rules_since_they_are_run(here: Path) -> None:
    """Who lints a directory need not trust all that is in it."""
    write({"a/queue.yaml": QUEUE, "a/a_queue.py": RULE, "a/msglint.toml": "strict = true\nrules-dirs = ['.']\n"})
    result = lint("a")
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert "a/msglint.toml:2:1: only the configuration of the working directory may name rules" in result.stderr
    assert run("config", "show", "a").exit_code == Exit.USAGE
    assert not (here / "ran").exists()


def test_outside_of_a_repository_no_file_above_names_rules(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may put one into a directory for temporary files."""
    (here / ".git").rmdir()
    write({"a/queue.yaml": QUEUE, "a_queue.py": RULE, "msglint.toml": "rules-dirs = ['.']\n"})
    monkeypatch.chdir(here / "a")
    result = lint()
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert "../msglint.toml:1:1: outside of a repository only a configuration in the working directory" in result.stderr
    assert run("rules").exit_code == Exit.USAGE
    assert not [*here.rglob("ran")]
    assert "ACME1" in found("--config", "../msglint.toml")
    monkeypatch.chdir(here)
    assert "ACME1" in found("a")


def test_a_configuration_is_that_of_the_working_directory_by_whatever_path(here: Path) -> None:
    write({"queue.yaml": QUEUE, "own/a_queue.py": RULE, "msglint.toml": "select = ['ACME']\nrules-dirs = ['own']\n"})
    link = here / "link"
    link.symlink_to(here)
    assert found(str(link / "queue.yaml")) == ["ACME1"]


def test_rules_that_cannot_be_loaded_are_wrong_usage(here: Path) -> None:
    write({"queue.yaml": QUEUE, "own/a_queue.py": "def (\n", "msglint.toml": "rules-dirs = ['own']\n"})
    assert refused("rules-dirs = ['own']\n") == ["own/a_queue.py:1: invalid syntax"]
    assert "there is no rule in this directory" not in lint("--isolated").stderr
