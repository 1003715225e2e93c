"""Rules that a company writes itself: the same to all doors as those of msglint, and refused where they are not."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from command import run
from doors import REPOSITORY
from doors import run as run_host
from msglint.cli.interface import Exit
from msglint.engine import lint, lint_text
from msglint.options import Options
from msglint.rules import api
from msglint.rules.own import OwnRulesError, load
from msglint.testing import check_rules
from test_host_checkov import places, scanned

COMPANY = REPOSITORY / "examples" / "company-rules"
EXAMPLES = COMPANY / "foreign-topic-without-filter"
DIR = ("--rules-dir", str(COMPANY))
CFN_LINT = Path(sys.executable).with_name("cfn-lint")

QUEUE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Orders:
    Type: AWS::SQS::Queue
"""
CONFIGURATION = """\
resource "aws_sqs_queue" "orders" {
  name = "shop-orders"
}

resource "aws_sns_topic_subscription" "invoices" {
  topic_arn = "arn:aws:sns:eu-west-1:111122223333:billing-invoices"
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.orders.arn
}

resource "aws_sns_topic_subscription" "parcels" {
  topic_arn     = "arn:aws:sns:eu-west-1:111122223333:warehouse-parcels"
  protocol      = "sqs"
  endpoint      = aws_sqs_queue.orders.arn
  filter_policy = jsonencode({ event = ["parcel.sent"] })
}
"""
DOCUMENTED = """\
\"\"\"A queue is there.

## What it does
Finds queues.

## Why it matters
It shows that the rule ran.

## How to fix
Take the queue away.

## When not to
Queues are allowed.
\"\"\"
"""
IMPORTS = """
from collections.abc import Iterator

from msglint.rules.api import YES, Candidate, Model, Queue, Severity, rule
"""
JUDGES = """

@rule("ACME1", Severity.WARNING, each=Queue, since="1.0", references=["https://example.com/queues"])
def queue_is_there(queue: Queue, model: Model) -> Iterator[Candidate]:
    \"\"\"Judge that there is a queue.\"\"\"
    yield Candidate(when=YES, resource=queue, at=queue.at, message="{queue} is there", args={"queue": queue})
"""
RULE = DOCUMENTED + IMPORTS + JUDGES


@pytest.fixture
def rules(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes the modules of a directory of rules."""

    def written(**modules: str) -> Path:
        directory = tmp_path / "rules"
        directory.mkdir(exist_ok=True)
        for name, text in modules.items():
            (directory / f"{name}.py").write_text(text, encoding="utf-8")
        return directory

    return written


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(QUEUE, encoding="utf-8")
    return path


# The example, through all doors


def test_the_example_holds_what_holds_for_rules() -> None:
    check_rules(COMPANY)


def bad() -> list[Path]:
    return sorted(EXAMPLES.glob("bad.*"))


def configure(directory: Path, rules: Path = COMPANY) -> None:
    """Name a directory of rules in the configuration of a directory: hosts have no flags for them."""
    (directory / "msglint.toml").write_text(f"rules-dirs = [{json.dumps(str(rules))}]\n", encoding="utf-8")


def expected(*paths: Path) -> set[str]:
    """Give the places where the engine finds the example's fault."""
    report = lint(list(map(str, paths)), Options(own=load([str(COMPANY)])))
    own = [each for each in report.findings if each.code == "ACME101"]
    return {f"{each.file}:{each.span.start.line}:{each.span.start.column}" for each in own}


def test_the_command_line_finds_it() -> None:
    result = run("lint", *DIR, *map(str, bad()), "--format", "concise", "--select", "acme")
    assert result.exit_code == Exit.FINDINGS
    found = {line.partition(": ")[0] for line in result.stdout.splitlines() if " ACME101 " in line}
    assert found == expected(*bad())
    assert len(found) == 3
    assert run("lint", *DIR, *map(str, sorted(EXAMPLES.glob("good.*"))), "--select", "ACME").exit_code == Exit.CLEAN


def test_it_is_found_in_terraform_too(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    said = run("lint", *DIR, str(tmp_path), "--format", "concise", "--select", "ACME").stdout.splitlines()
    assert [
        "aws_sqs_queue.orders takes everything" in line and "filter_policy is not set" in line for line in said
    ] == [True]


def test_cfn_lint_finds_it(tmp_path: Path) -> None:
    paths = [Path(shutil.copy(path, tmp_path)) for path in bad()]
    command: list[str | Path] = [CFN_LINT, "-a", "msglint.hosts.cfn_lint", "--format", "json", "-t", *paths]
    configure(tmp_path)
    done = run_host(command, tmp_path, {**os.environ})
    told = [each["Message"] for each in json.loads(done.stdout) if each["Rule"]["Id"] == "WACME101"]
    assert {each.rpartition(" (")[2].rstrip(")") for each in told} == expected(*paths)


def test_checkov_finds_it(checkov: Path, tmp_path: Path) -> None:
    paths = [Path(shutil.copy(path, tmp_path)) for path in sorted(EXAMPLES.glob("*.yaml"))]
    only = ("--framework", "cloudformation", "--check", "ACME*")
    configure(tmp_path)
    scan = scanned(checkov, tmp_path, tmp_path, "--directory", tmp_path, *only)
    failed = [each for each in scan.records if each.result == "FAILED"]
    assert {place for each in failed for place in places(each)} == {Path(each).name for each in expected(*paths)}
    assert {each.file.name for each in scan.records if each.result == "PASSED"} == {"good.cfn.yaml", "good.sam.yaml"}


# What goes with a rule


def test_it_is_listed_and_explained() -> None:
    last = run("rules", *DIR).stdout.splitlines()[-1]
    assert last.split()[:3] == ["ACME101", "warning", "foreign-topic-without-filter"]
    assert json.loads(run("rules", *DIR, "--format", "json").stdout)["rules"][-1]["code"] == "ACME101"
    page = run("explain", "acme101", *DIR)
    assert "Why it matters" in page.stdout
    assert page.stdout == run("explain", "foreign-topic-without-filter", *DIR).stdout


def test_sarif_has_its_description() -> None:
    result = run("lint", *DIR, str(EXAMPLES / "bad.cfn.yaml"), "--select", "ACME", "--format", "sarif")
    (driver,) = [each["tool"]["driver"] for each in json.loads(result.stdout)["runs"]]
    (described,) = driver["rules"]
    assert described["id"] == "ACME101"
    assert described["helpUri"] == "https://wiki.acme.example/messaging/listening-to-other-teams"
    assert described["fullDescription"]["text"].startswith("Teams add events to their topics")


def test_it_is_not_there_where_nobody_names_it(template: Path) -> None:
    assert run("explain", "ACME101").exit_code == Exit.USAGE
    result = run("lint", str(template), "--select", "ACME101")
    assert (result.exit_code, "no rule is called 'ACME101'" in result.stderr) == (Exit.USAGE, True)


def test_suppressions_and_flags_know_it(rules: Callable[..., Path], template: Path) -> None:
    named = ("lint", str(template), "--format", "concise", "--rules-dir", str(rules(queue_is_there=RULE)))
    assert "ACME1" in run(*named).stdout
    for flags in (("--ignore", "queue-is-there"), ("--ignore", "ACME"), ("--select", "MSG501")):
        assert "ACME1" not in run(*named, *flags).stdout
    hiding = QUEUE.replace("  Orders:", "  Orders:  # msglint: ignore[ACME1] it may stay")
    template.write_text(hiding, encoding="utf-8")
    hidden = run(*named).stdout
    assert ("ACME1" in hidden, "MSG003" in hidden) == (False, False)
    template.write_text(hiding.replace("Queue", "QueuePolicy"), encoding="utf-8")
    assert "ignore[ACME1] hides nothing here" in run(*named).stdout


def test_a_rule_that_fails_is_a_finding_that_says_whose_it_is(rules: Callable[..., Path], template: Path) -> None:
    broken = RULE.replace("    yield", "    1 / 0\n    yield")
    directory = rules(queue_is_there=broken)
    said = run("lint", str(template), "--format", "concise", "--rules-dir", str(directory)).stdout
    assert re.search(
        r"error MSG002 rule ACME1 queue-is-there failed on Orders \(ZeroDivisionError in \S+queue_is_there", said
    )
    assert "It is a rule of your own" in said
    assert "MSG501" in said


def test_a_template_is_read_that_only_it_asks_about(rules: Callable[..., Path], tmp_path: Path) -> None:
    """No rule of msglint is asked of such a table, so without this one the file would not be parsed."""
    (tmp_path / "table.yaml").write_text(QUEUE.replace("AWS::SQS::Queue", "AWS::DynamoDB::GlobalTable"), "utf-8")
    kind = 'class Table(Resource):\n    KIND = "AWS::DynamoDB::GlobalTable"\n\n'
    text = IMPORTS.replace("Queue,", "Resource,") + "\n" + kind + JUDGES.replace("Queue", "Table")
    directory = rules(queue_is_there=DOCUMENTED + text)
    assert "ACME1" in run("lint", str(tmp_path), "--format", "concise", "--rules-dir", str(directory)).stdout


# Where rules come from


def test_rules_share_what_begins_with_an_underscore(rules: Callable[..., Path], template: Path) -> None:
    """Tests beside them are not loaded, and a rule that has changed is loaded anew."""
    shared = RULE.replace('"{queue} is there"', "SAYS").replace(IMPORTS, f"{IMPORTS}from ._words import SAYS\n")
    directory = rules(queue_is_there=shared, _words='SAYS = "{queue} says so"\n', test_it="1 / 0", conftest="1 / 0")
    for words in ("says so", "says something else"):
        rules(_words=f'SAYS = "{{queue}} {words}"\n')
        assert (
            f"Orders {words}" in run("lint", str(template), "--format", "concise", "--rules-dir", str(directory)).stdout
        )


def test_a_package_is_walked(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "acme_rules"
    for folder in (package, package / "queues", package / "_private"):
        folder.mkdir()
        (folder / "__init__.py").touch()
    (package / "queues" / "queue_is_there.py").write_text(RULE, encoding="utf-8")
    (package / "_private" / "broken.py").write_text("1 / 0", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert "ACME1" in run("lint", str(template), "--format", "concise", "--rules-package", "acme_rules").stdout
    with pytest.raises(AssertionError, match=r"there is no folder .* with examples"):
        check_rules(packages=["acme_rules"], examples=tmp_path / "nowhere")


def test_one_directory_named_twice_is_one(rules: Callable[..., Path], tmp_path: Path) -> None:
    directory = rules(queue_is_there=RULE)
    (tmp_path / "link").symlink_to(directory)
    assert [entry.code for entry in load([str(directory), str(tmp_path / "link")])] == ["ACME1"]


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"broken": "x = 1\ndef ("}, r"rules/broken\.py:2: "),
        ({"broken": "import os\n1 / 0"}, r"rules/broken\.py:2: ZeroDivisionError: division by zero"),
        ({"broken": "import sys\n\nsys.exit(0)"}, r"rules/broken\.py:3: SystemExit: 0"),
        ({"broken": "from msglint.rules.api import NoSuchThing"}, r"rules/broken\.py:1: ImportError: cannot import"),
        ({"broken": "\0"}, r"rules/broken\.py: (SyntaxError: )?source code "),
        ({"empty": "x = 1"}, r"rules/empty\.py: there is no rule in this file"),
        ({"_shared": "x = 1"}, r"rules: there is no rule in this directory"),
        (
            {"one": RULE, "two": RULE.replace("queue_is", "topic_is")},
            r"rules/two\.py:\d+: \S+one\.py:\d+ has a rule ACME1 ",
        ),
        (
            {"one": RULE, "two": RULE.replace("ACME1", "ACME2")},
            r"rules/two\.py:\d+: .* has a rule queue-is-there already",
        ),
        ({"two": RULE + JUDGES.replace("queue_is", "topic_is")}, r"rules/two\.py:\d+: a file holds one rule"),
        ({"ours": RULE.replace("ACME1", "MSG501")}, "codes that begin with MSG are those of msglint"),
        ({"ours": RULE.replace("ACME1", "MSG999")}, "codes that begin with MSG are those of msglint"),
        ({"ours": RULE.replace("queue_is_there", "short_polling")}, "msglint has a rule short-polling already"),
        ({"code": RULE.replace("ACME1", "acme-1")}, "the code 'acme-1' is not capital letters and a number"),
        ({"code": RULE.replace('"ACME1"', "1")}, "the code '1' is not capital letters and a number"),
        (
            {"name": RULE.replace("queue_is_there", "QueueIsThere")},
            "the name 'QueueIsThere' is not words in small letters",
        ),
        ({"none": RULE.replace("each=Queue", "each=()")}, "each is no kind of resource"),
        ({"none": RULE.replace("each=Queue", "each=Candidate")}, "each is no kind of resource"),
        ({"none": RULE.replace("Severity.WARNING, ", "")}, "it has no severity"),
        ({"page": RULE.replace("## Why it matters", "## Why")}, "its docstring has not the headings What it does, "),
        ({"page": RULE.replace("Finds queues.", "")}, "there is nothing below What it does"),
        ({"page": RULE.replace("A queue is there.\n", "A queue\n")}, "does not begin with one sentence"),
        ({"page": RULE.replace('["https://example.com/queues"]', '"https://example.com"')}, "references are no list"),
        ({"page": RULE.replace('["https://example.com/queues"]', "[]")}, "references are no list"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(
    modules: dict[str, str], said: str, rules: Callable[..., Path], template: Path
) -> None:
    result = run("lint", str(template), "--rules-dir", str(rules(**modules)))
    assert result.exit_code == Exit.USAGE
    assert result.stdout == ""
    assert re.search(said, result.stderr), result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--rules-dir", "nowhere"), "nowhere: No such file or directory"),
        (("--rules-package", "no_such_package"), "no_such_package: ModuleNotFoundError: "),
        (("--rules-package", ".relative"), ".relative: TypeError: "),
        (("--rules-package", "this"), "this: this is a module and no package"),
    ],
)
def test_what_is_not_there_is_told(flags: tuple[str, str], said: str) -> None:
    for command in (("lint",), ("rules",), ("explain", "MSG501")):
        result = run(*command, *flags)
        assert (result.exit_code, said in result.stderr) == (Exit.USAGE, True), result.stderr


def test_nothing_runs_that_nobody_has_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither beside the templates nor in the working directory."""
    for name in ("msglint_rules.py", "conftest.py", "rules.py", "sitecustomize.py"):
        (tmp_path / name).write_text('raise AssertionError("this must not run")', encoding="utf-8")
    (tmp_path / "template.yaml").write_text(QUEUE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run("lint", ".", "--select", "MSG501").exit_code == Exit.FINDINGS


# Rules that cannot be loaded, in the doors


def test_cfn_lint_says_what_cannot_be_loaded_and_asks_the_rest(rules: Callable[..., Path], template: Path) -> None:
    configure(template.parent, rules(broken="def ("))
    command: list[str | Path] = [CFN_LINT, "-a", "msglint.hosts.cfn_lint", "--format", "json", "-t", template]
    done = run_host(command, template.parent, {**os.environ})
    told = {each["Rule"]["Id"]: each["Message"] for each in json.loads(done.stdout)}
    assert told.keys() >= {"EMSG002", "WMSG501"}
    assert re.match(r"your own rules cannot be loaded, and none of them was asked: .*broken\.py:1: ", told["EMSG002"])


def test_checkov_says_what_cannot_be_loaded_and_asks_the_rest(
    rules: Callable[..., Path], template: Path, checkov: Path
) -> None:
    options = ("--framework", "cloudformation", "--file", template, "--check", "MSG*")
    configure(template.parent, rules(broken="def ("))
    scan = scanned(checkov, template.parent, template.parent, *options)
    failed = {each.code: each for each in scan.records if each.result == "FAILED"}
    assert failed.keys() >= {"MSG002", "MSG501"}
    for said in (failed["MSG002"].name, scan.errors):
        assert "your own rules cannot be loaded, and none of them was asked: rules/broken.py:1: " in said


# A new rule


def kinds() -> list[str]:
    return [name for name in api.__all__ if "::" in getattr(getattr(api, name), "KIND", "")]


@pytest.mark.parametrize("kind", kinds())
def test_a_new_rule_can_be_loaded_and_is_not_finished(kind: str, tmp_path: Path) -> None:
    directory = tmp_path / "rules"
    result = run("new-rule", "ACME7", "thing-forgotten", "--dir", str(directory), "--each", kind, "--severity", "error")
    assert result.exit_code == Exit.CLEAN
    made = {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}
    examples = {f"thing-forgotten/{name}.cfn.yaml" for name in ("bad", "good", "unknown")}
    assert made == {"thing_forgotten.py", "test_rules.py", *examples}
    assert all(str(directory / name) in result.stdout for name in made)
    (entry,) = load([str(directory)])
    assert (entry.code, entry.severities, entry.kinds) == ("ACME7", ("error",), (getattr(api, kind).KIND,))
    for name in examples:
        report = lint_text(name, (directory / name).read_bytes(), Options(select=("ACME7",), own=(entry,)))
        assert [question.fault for question in report.questions] == [False], name
    with pytest.raises(AssertionError) as unfinished:
        check_rules(directory)
    for words in ("thing_forgotten.py: there is something TODO", "there is no expected.txt", "at fault as error"):
        assert words in str(unfinished.value)


def test_a_new_rule_overwrites_nothing(tmp_path: Path) -> None:
    command = ("new-rule", "ACME7", "thing-forgotten", "--dir", str(tmp_path))
    (tmp_path / "test_rules.py").write_text("mine", encoding="utf-8")
    assert run(*command).exit_code == Exit.CLEAN
    assert (tmp_path / "test_rules.py").read_text(encoding="utf-8") == "mine"
    (tmp_path / "thing_forgotten.py").write_text("mine", encoding="utf-8")
    again = run(*command)
    assert (again.exit_code, "thing_forgotten.py is there already" in again.stderr) == (Exit.USAGE, True)
    assert (tmp_path / "thing_forgotten.py").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("MSG900", "thing-forgotten"), "codes that begin with MSG are those of msglint"),
        (("acme", "thing-forgotten"), "is not capital letters and a number"),
        (("ACME7", "../thing"), "is not words in small letters"),
        (("ACME7", "short-polling"), "msglint has a rule short-polling already"),
        (("ACME7", "class"), "class.py cannot be the file of a rule"),
        (("ACME7", "queue"), "queue.py cannot be the file of a rule"),
        (("ACME7", "test-queue"), "test_queue.py cannot be the file of a rule"),
        (("ACME7", "thing-forgotten", "--each", "Model"), "--each: Model is none of Alarm, "),
    ],
)
def test_a_new_rule_is_named_as_rules_are(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("new-rule", *arguments)
    assert (result.exit_code, said in result.stderr) == (Exit.USAGE, True), result.stderr
    assert list(tmp_path.iterdir()) == []


# The tests of a company's rules


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda folder: (folder / "expected.txt").unlink(), "there is no expected.txt"),
        (lambda folder: (folder / "unknown.cfn.yaml").unlink(), r"there is no unknown\.\*"),
        (lambda folder: (folder / "bad.cfn.yaml").write_text(QUEUE), r"-bad\.cfn\.yaml:10:3 ACME101 "),
        (lambda folder: shutil.copy(folder / "bad.cfn.yaml", folder / "good.1.cfn.yaml"), r"not clean: good\.1\.cfn"),
        (
            lambda folder: folder.rename(folder.with_name("another")),
            "there is no folder .*foreign-topic-without-filter",
        ),
        (lambda folder: shutil.copytree(folder, folder.with_name("another")), "another: there is no rule of this name"),
        (lambda folder: [path.unlink() for path in folder.glob("bad.*")], "no bad example is at fault as warning"),
        (
            lambda folder: (folder.parent / "foreign_topic_without_filter.py").rename(folder.parent / "filter.py"),
            "the file and the function of a rule have one name",
        ),
        (lambda folder: (folder.parent / "broken.py").write_text("1 / 0"), r"broken\.py:1: ZeroDivisionError"),
    ],
)
def test_what_does_not_hold_fails_the_check(broken: Callable[[Path], object], said: str, tmp_path: Path) -> None:
    directory = tmp_path / "rules"
    shutil.copytree(COMPANY, directory)
    check_rules(directory)
    broken(directory / "foreign-topic-without-filter")
    with pytest.raises(AssertionError, match=said):
        check_rules(directory)


def test_what_is_said_can_be_accepted_and_examples_excused(tmp_path: Path) -> None:
    directory = tmp_path / "rules"
    shutil.copytree(COMPANY, directory)
    folder = directory / "foreign-topic-without-filter"
    (folder / "unknown.cfn.yaml").unlink()
    (folder / "not-applicable.txt").write_text("unknown: every name is written\n", encoding="utf-8")
    check_rules(directory, accept=True)
    check_rules(directory)
    assert "unknown" not in (folder / "expected.txt").read_text(encoding="utf-8")


# What is promised


def test_the_documentation_names_all_that_rules_are_written_with() -> None:
    page = (REPOSITORY / "docs" / "company-rules.md").read_text(encoding="utf-8")
    table = page.partition("## What rules are written with")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (.*?) \|", table, re.MULTILINE)))) == set(api.__all__)


def test_a_refusal_is_an_exception_of_its_own() -> None:
    with pytest.raises(OwnRulesError):
        load(["nowhere"])
