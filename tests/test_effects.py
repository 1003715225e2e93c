"""A run does nothing but what it was asked for: no network, no programme, no write, no code of a template."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import hostile
from audited import EFFECTS, Asked, Done, audited, killed
from checkout import git
from linting import RULES, inputs
from msglint.reports.formats import FORMATS
from msglint.rules.index import RULES as INDEX
from test_binary_plan import archive, terraform

REPOSITORY = Path(__file__).parents[1]
FIXTURES = REPOSITORY / "tests" / "fixtures"
READ_ONLY = ("rev-parse", "merge-base", "ls-files", "diff", "ls-tree", "cat-file")
"""What is asked of git, of which nothing writes, fetches, or runs what a repository names."""
QUEUE = "Resources: {Orders: {Type: AWS::SQS::Queue}}\n"


def wrong(done: Sequence[Done]) -> dict[str, int]:
    """Give what was not asked for, with how often that was."""
    return dict(Counter(each for one in done for each in one.unwanted))


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Give a directory that nothing above is configured in."""
    (tmp_path / "here").mkdir()
    (tmp_path / "nothing").mkdir()
    return tmp_path / "here"


def environment(here: Path) -> Mapping[str, str]:
    """Give one in which nothing of the machine's user is there to be read."""
    return {"HOME": str(here.parent / "nothing"), "TMPDIR": str(here.parent / "nothing")}


def reports(here: Path) -> tuple[list[str], list[str]]:
    """Give the flags for a report in each format, and the files that they name."""
    files = [str(here / f"report.{name}") for name in FORMATS]
    return [word for name, file in zip(FORMATS, files, strict=True) for word in ("--report", f"{name}={file}")], files


@pytest.mark.slow
def test_no_command_does_what_it_is_not_asked_for(here: Path) -> None:
    """All of them, in all formats, with what they are asked for and no more."""
    (here / "orders.yaml").write_text(QUEUE, encoding="utf-8")
    shutil.copytree(REPOSITORY / "examples", here / "examples")
    shutil.copytree(FIXTURES / "linked", here / "linked")
    (here / "plan").write_bytes(archive("tfplan"))
    (here / "bin").mkdir()
    run = terraform(here / "bin", f"cat {shutil.copy(FIXTURES / 'readers/modules/plan.json', here / 'plan.json')}")
    (here / "new").mkdir()
    flags, files = reports(here)
    own, base, orders = (str(here / name) for name in ("examples/company-rules", "base.json", "orders.yaml"))
    everything, some = ["examples", "linked", "plan.json"], ["examples/faulty", "plan.json"]
    inside = [str(here)]
    runs = [
        Asked(["lint", *everything, "--show-undecided", *flags], inside, files),
        Asked(["lint", *some, "--no-link", "--output", "report.text"], inside, files),
        Asked(["lint", "-", *flags], [], files, given=QUEUE),
        *(Asked(["lint", "orders.yaml", "--format", name], [orders]) for name in FORMATS),
        Asked(["lint", "orders.yaml", "--rules-dir", own], [orders], runs=[own]),
        Asked(["baseline", *some, "--output", "base.json"], inside, [base]),
        Asked(["baseline", *some, "--output", "base.json"], inside, [base]),
        Asked(["lint", *some, "--baseline", "base.json"], inside, [base]),
        Asked(["lint", "--watch", *some], inside),
        Asked(["lint", "plan", "--terraform-bin", run], inside, starts=[f"terraform show -json {here / 'plan'}"]),
        Asked(["lint", "plan"], inside),
        Asked(["init", "--dry-run"], inside),
        Asked(["init", "--yes"], inside, [str(here / name) for name in ("msglint.toml", ".pre-commit-config.yaml")]),
        Asked(["new-rule", "ACME101", "queue-without-alarm", "--dir", "new"], [], [], [str(here / "new")]),
        *(Asked(["explain", entry.code]) for entry in INDEX),
        *(Asked(["completion", shell]) for shell in ("bash", "zsh")),
        *(
            Asked(words)
            for words in (["rules"], ["rules", "--format", "json"], ["config", "show"], ["config", "schema"])
        ),
        *(
            Asked(words)
            for words in (["--help"], ["lint", "--help"], ["--version"], [], ["lnt"], ["lint", "--no-flag"])
        ),
        Asked(["lint", "no-such-file.yaml"], [str(here / "no-such-file.yaml")]),
    ]
    done = audited([each._replace(environment=environment(here)) for each in runs], here)
    assert wrong(done) == {}
    assert [each.words for each, one in zip(runs, done, strict=True) if one.code not in {0, 1}] == [
        *(["lint", "--watch", *some], [], ["lnt"], ["lint", "--no-flag"], ["lint", "no-such-file.yaml"])
    ]
    assert all(Path(file).stat().st_size for file in [*files, base])
    assert [*(here.parent / "nothing").iterdir()] == []
    # What is told here has been seen, and the process has told of it.
    assert sum(done[0].events.values()) > 1000


def test_a_change_is_asked_of_git_and_of_nothing_else(here: Path) -> None:
    (here / "orders.yaml").write_text(QUEUE, encoding="utf-8")
    (here / ".gitignore").write_text("build\n", encoding="utf-8")
    (here / "main.tf").write_text('resource "aws_sqs_queue" "orders" {}\n', encoding="utf-8")
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Add orders"]):
        git(here, *words)
    (here / "orders.yaml").write_text(QUEUE.replace("Orders", "More"), encoding="utf-8")
    scratch = str(here.parent / "nothing")
    run = Asked(
        ["lint", "--diff", "HEAD"],
        [str(here)],
        scratch=[scratch],
        starts=["git --no-pager -c "],
        environment=environment(here),
    )
    before = {path: path.stat().st_mtime_ns for path in here.rglob("*")}
    allowed, forbidden = audited([run, run._replace(starts=[])], here)
    assert (allowed.code, allowed.unwanted) == (1, [])
    assert {path: path.stat().st_mtime_ns for path in here.rglob("*")} == before
    assert [*Path(scratch).iterdir()] == []
    # The commands are those that only read.
    asked = [each.removeprefix("subprocess.Popen: git --no-pager ").split() for each in forbidden.unwanted]
    verbs = [next(word for at, word in enumerate(words) if at % 2 == 0 and word != "-c") for words in asked]
    assert verbs
    assert {*verbs} <= {*READ_ONLY}


@pytest.mark.slow
def test_no_example_of_a_rule_makes_a_run_do_anything(here: Path) -> None:
    """Each of them, in all languages, and in all formats."""
    for folder in (path for path in sorted(RULES.iterdir()) if path.is_dir()):
        for path in inputs(folder):
            shutil.copy(path, here / f"{folder.name}.{path.name}")
        for path in folder.glob("*.tf"):
            module = here / f"{folder.name}.{path.stem}"
            module.mkdir()
            shutil.copy(path, module / "main.tf")
    flags, files = reports(here.parent)
    run = Asked(["lint", ".", "--show-undecided", *flags], [str(here)], files, environment=environment(here))
    (done,) = audited([run], here)
    assert (done.code, wrong([done])) == (1, {})
    codes = {each["code"] for each in json.loads(Path(f"{here.parent}/report.json").read_text("utf-8"))["findings"]}
    assert codes >= {entry.code for entry in INDEX if entry.kinds}


HOSTILE = {
    "handlers.yaml": """
Transform: [AWS::Serverless-2016-10-31, {Name: AWS::Include, Parameters: {Location: s3://canary/x.yaml}}]
Resources:
  A: {Type: AWS::Serverless::Function, Properties: {Handler: canary_handler.run, Runtime: python3.13, CodeUri: .}}
  B: {Type: AWS::Serverless::Function, Properties: {Handler: this.run, Runtime: python3.13, CodeUri: ../outside}}
  C:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.run
      Runtime: python3.13
      Code:
        ZipFile: |
          import canary_handler, os, boto3, urllib.request, antigravity
          os.system("touch canary")
          open("canary", "w").close()
          def run(event, context):
              exec("open('canary', 'w')")
              boto3.client("sqs").receive_message(QueueUrl=event["url"], AttributeNames=["All"])
  D: {Type: AWS::Lambda::Function, Properties: {Handler: index.run, Runtime: nodejs22.x, Code: {ZipFile:
    "require('child_process').execSync('touch canary'); require('./canary_handler')"}}}
  E: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: ../outside/api.yaml}}
  F: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionUri: /etc/hostname}}
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${AWS::StackName}", KmsMasterKeyId: !Ref Q}}
""",
    "nested.yaml": """
Resources:
  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../outside/stack.yaml}}
  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: /etc/hostname}}
  C: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://canary.example.com/stack.yaml}}
  D: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: link.yaml}}
  E: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "file:///etc/hostname"}}
  F: {Type: AWS::Serverless::Application, Properties: {Location: "../outside/stack.yaml"}}
  Q: {Type: AWS::SQS::Queue}
""",
    "object.yaml": """
Resources:
  A: !!python/object/apply:os.system ["touch canary"]
  B: !!python/name:canary_handler.run
  C: !!python/module:canary_handler
""",
    "jinja.yaml": "Resources: {Q: {Type: AWS::SQS::Queue, X: \"{{ ''.__class__.__mro__[1].__subclasses__() }}\"}}\n",
    "module/main.tf": """
module "outside" { source = "../../outside" }
module "linked" { source = "./linked" }
module "git" { source = "git::https://canary.example.com/module.git" }
module "registry" {
  source  = "canary/module/aws"
  version = "1.0"
}
data "http" "x" { url = "https://canary.example.com/" }
data "external" "x" { program = ["sh", "-c", "touch canary"] }
resource "null_resource" "x" {
  provisioner "local-exec" { command = "touch canary" }
}
resource "aws_sqs_queue" "q" {
  name   = file("/etc/hostname")
  policy = templatefile("../../outside/policy.json", { x = filebase64("../../outside/stack.yaml") })
  tags   = { a = join("", fileset("../../outside", "**")), b = filesha256("link.json"), c = pathexpand("~/.aws/c") }
}
terraform {
  backend "http" { address = "https://canary.example.com/" }
}
""",
    "settings/msglint.toml": 'baseline = "base.json"\n',
    "canary_handler.py": 'raise SystemExit(open("canary", "w"))\n',
    "samconfig.toml": '[default.deploy.parameters]\nparameter_overrides = "A=b"\n',
}


def test_a_directory_of_rules_stays_as_it_was(here: Path) -> None:
    """Python would keep beside a module what it has made of it."""
    (here / "orders.yaml").write_text(QUEUE, encoding="utf-8")
    rules = here / "rules"
    shutil.copytree(REPOSITORY / "examples" / "company-rules", rules, ignore=shutil.ignore_patterns("__pycache__"))
    before = {path: path.stat().st_mtime_ns for path in rules.rglob("*")}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "msglint", "lint", "orders.yaml", "--rules-dir", "rules"]
    done = subprocess.run(command, cwd=here, env=kept, capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 1, done.stderr
    assert {path: path.stat().st_mtime_ns for path in rules.rglob("*")} == before


@pytest.mark.slow
def test_what_stands_in_a_template_is_neither_run_nor_followed_outside(here: Path) -> None:
    outside = here.parent / "outside"
    for name in ("stack.yaml", "api.yaml", "policy.json", "main.tf", "index.py"):
        outside.mkdir(exist_ok=True)
        (outside / name).write_text(QUEUE, encoding="utf-8")
    for name, text in HOSTILE.items():
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text(text, encoding="utf-8")
    (here / "link.yaml").symlink_to(outside / "stack.yaml")
    (here / "module" / "link.json").symlink_to(outside / "policy.json")
    (here / "module" / "linked").symlink_to(outside)
    (here / "around").symlink_to(here)
    os.mkfifo(here / "fifo.yaml")
    for folder in ("invalid", "rules/unreadable-file"):
        if (FIXTURES / folder).is_dir():
            # Not what is meant for flags, or configures: one that cannot be used ends a run.
            shutil.copytree(FIXTURES / folder, here / "more" / folder, ignore=shutil.ignore_patterns(*hostile.OWN))
    flags, files = reports(here.parent)
    runs = [
        Asked(words, [str(here)], files, environment=environment(here))
        for words in (
            ["lint", ".", "--show-undecided", *flags],
            ["lint", *(str(here / name) for name in HOSTILE if name.endswith((".yaml", ".tf"))), "link.yaml"],
            ["lint", "--watch", "."],
            ["init", "--dry-run"],
        )
    ]
    runs[1] = runs[1]._replace(reads=[*runs[1].reads, str(outside / "stack.yaml")])  # a link that is named is followed
    done = audited(runs, here)
    assert wrong(done) == {}
    assert {each.code for each in done} == {0, 1, 130}
    assert [*here.parent.rglob("canary")] == []


def test_each_effect_would_be_noticed(here: Path) -> None:
    """What is not wanted is done once, while a run that may read and write something does that."""
    (here / "orders.yaml").write_text(QUEUE, encoding="utf-8")
    run = Asked(["lint", "orders.yaml", "--output", "report.txt"], [str(here / "orders.yaml")])
    run = run._replace(writes=[str(here / "report.txt")], starts=["git --no-pager"], environment=environment(here))
    quiet, *noticed = audited([run, *(run._replace(effect=effect) for effect in EFFECTS)], here)
    assert (quiet.code, quiet.unwanted) == (1, [])
    assert {each.code for each in noticed} == {1}
    assert [effect for effect, each in zip(EFFECTS, noticed, strict=True) if not each.unwanted] == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["lint", "orders.yaml", "--output", "a.txt", "--report", "json=b.json"], ["a.txt", "b.json"]),
        (["baseline", "orders.yaml", "--output", "base.json"], ["base.json"]),
        (["init", "--yes"], ["msglint.toml", ".pre-commit-config.yaml"]),
    ],
    ids=lambda each: each[0],
)
def test_a_run_that_is_killed_leaves_each_file_old_or_new(words: list[str], names: list[str], here: Path) -> None:
    """At any change that it makes on the disk; it can put nothing away then."""
    (here / "orders.yaml").write_text(QUEUE, encoding="utf-8")
    files = [str(here / name) for name in names]
    run = Asked(words, [str(here)], files, environment=environment(here))
    if words[0] != "init":
        audited([run], here)
        (here / "orders.yaml").write_text(QUEUE.replace("Orders", "More"), encoding="utf-8")
    before = {file: Path(file).read_text("utf-8") if Path(file).exists() else None for file in files}
    found = killed(run, here)
    after = found[-1]
    assert all(after[file] not in {before[file], None} for file in files)
    assert len(found) > 2 * len(files)
    for file in files:
        assert {each[file] for each in found} == {before[file], after[file]}
