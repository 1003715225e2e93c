"""What a change causes, in repositories made for the purpose."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from checkout import git
from command import Result, run
from msglint import changes
from test_baseline import NESTED, QUEUE, stacks, template

ROOT = Path(__file__).parent.parent
FLOW = """\
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: alias/orders}}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref Topic
      Protocol: sqs
      Endpoint: !GetAtt Orders.Arn
  Orders:
    Type: AWS::SQS::Queue
    Properties: {SqsManagedSseEnabled: false}
"""
POLICY = """\
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Orders]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Orders.Arn
            Condition: {ArnEquals: {aws:SourceArn: !Ref Topic}}
"""


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a repository without a commit."""
    folder = tmp_path / "orders"
    folder.mkdir()
    git(folder, "init", "--quiet", "-b", "main")
    monkeypatch.chdir(folder)
    return folder


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def commit(folder: Path | None = None) -> None:
    here = folder or Path()
    git(here, "add", "--all")
    made = git(here, "commit", "--quiet", "--allow-empty", "-m", "Change")
    assert made.returncode == 0, made.stderr


def diff(*arguments: str, base: str = "main", **environment: str) -> Result:
    return run("lint", "--diff", base, "--format", "concise", *arguments, **environment)


def shown(*arguments: str, base: str = "main", **environment: str) -> list[str]:
    """Give what is shown: file, line, rule."""
    result = diff(*arguments, base=base, **environment)
    assert result.exit_code == bool(result.stdout), result.output
    return [re.sub(r":\d+: \w+ (\w+) .*", r" \1", line, flags=re.DOTALL) for line in result.stdout.splitlines()]


def test_nothing_is_shown_where_nothing_has_changed() -> None:
    write("orders.yaml", template("Orders", "Returns"))
    commit()
    result = run("lint", "--diff", "main")
    assert result.exit_code == 0
    assert "2 findings that this change does not cause are not shown." in " ".join(result.stdout.split())
    counts = json.loads(run("lint", "--diff", "main", "--format", "json").stdout)["summary"]
    assert (counts["elsewhere"], counts["findings"]["warning"]) == (2, 0)


def test_what_is_committed_staged_changed_and_untracked_is_a_change() -> None:
    write("orders.yaml", template("Orders"))
    commit()
    git(Path(), "switch", "--quiet", "-c", "change")
    write("committed.yaml", template("Orders"))
    commit()
    write("staged.yaml", template("Orders"))
    git(Path(), "add", "staged.yaml")
    write("orders.yaml", template("Orders", "Returns"))
    write("untracked.yaml", template("Orders"))
    assert shown() == [
        "committed.yaml:6 MSG501",
        "orders.yaml:12 MSG501",
        "staged.yaml:6 MSG501",
        "untracked.yaml:6 MSG501",
    ]


def test_what_others_did_since_is_no_part_of_the_change() -> None:
    write("orders.yaml", template("Orders"))
    commit()
    git(Path(), "switch", "--quiet", "-c", "change")
    write("other.yaml", template(good=("Returns",)))
    commit()
    git(Path(), "switch", "--quiet", "main")
    write("orders.yaml", template(good=("Orders",)))
    commit()
    git(Path(), "switch", "--quiet", "change")
    assert shown() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("alias/orders", "alias/other"),
        ("      KmsMasterKeyId: alias/orders\n", "      KmsMasterKeyId: alias/orders\n      DelaySeconds: 5\n"),
        ("      KmsMasterKeyId: alias/orders\n", ""),
        ("Count: 5}\n", "Count: 5}\n      DelaySeconds: 5\n"),
    ],
)
def test_an_old_fault_in_a_resource_that_changes_is_shown(before: str, after: str) -> None:
    write("orders.yaml", template("First") + QUEUE.format(name="Orders", seconds=0).replace(before, "@"))
    text = template("First", "Orders", "Last")
    write("orders.yaml", text)
    commit()
    head, middle, tail = re.split(r"(?=  Orders:|  Last:)", text)
    write("orders.yaml", head + middle.replace(before, after) + tail)
    assert [re.sub(r":\d+", "", each) for each in shown("--select", "MSG501")] == ["orders.yaml MSG501"]


def test_the_last_property_of_a_resource_is_its_own_and_what_follows_is_not() -> None:
    text = "Resources:\n" + "".join(
        f"  {name}:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: 5\n      VisibilityTimeout: 5\n"
        for name in ("Orders", "Returns")
    )
    write("orders.yaml", text)
    commit()
    write("orders.yaml", text.replace("      VisibilityTimeout: 5\n  Returns", "  Returns"))
    assert shown("--select", "MSG501") == ["orders.yaml:2 MSG501"]
    write("orders.yaml", text[: text.index("  Returns")])
    assert shown("--select", "MSG501") == []


def test_a_statement_that_is_deleted_here_breaks_a_target_there() -> None:
    write("orders.yaml", FLOW + POLICY)
    commit()
    assert "MSG102" not in run("lint", "--format", "concise").stdout
    write("orders.yaml", FLOW)
    assert shown("--select", "MSG102") == ["orders.yaml:8 MSG102"]
    write("orders.yaml", FLOW + POLICY.replace("sqs:SendMessage", "sqs:ReceiveMessage"))
    assert shown("--select", "MSG102") == ["orders.yaml:8 MSG102"]


def test_an_old_fault_that_speaks_of_a_changed_line_is_shown() -> None:
    wrong = FLOW + POLICY.replace("aws:SourceArn: !Ref Topic", "aws:SourceArn: arn:aws:sns:*:*:other")
    write("orders.yaml", wrong)
    commit()
    report = json.loads(run("lint", "--select", "MSG102", "--format", "json").stdout)
    line = report["findings"][0]["related"][0]["start"]["line"]
    assert line != report["findings"][0]["start"]["line"]
    assert shown("--select", "MSG102") == []
    lines = wrong.splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace("\n", " # changed\n")
    write("orders.yaml", "".join(lines))
    assert shown("--select", "MSG102") == ["orders.yaml:8 MSG102"]


def test_stacks_that_import_from_one_another_break_one_another() -> None:
    """The queue and its policy are in one template, and the subscription in another."""
    outputs = "Outputs:\n  Arn: {Value: !GetAtt Orders.Arn, Export: {Name: orders-arn}}\n"
    queue = "Resources:\n  Orders: {Type: AWS::SQS::Queue, Properties: {SqsManagedSseEnabled: false}}\n"
    allow = POLICY.replace(
        "ArnEquals: {aws:SourceArn: !Ref Topic}", "StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}"
    )
    subscription = FLOW[: FLOW.index("  Orders:")].replace("!GetAtt Orders.Arn", "!ImportValue orders-arn")
    write("queue.yaml", queue + allow + outputs)
    write("topic.yaml", subscription)
    commit()
    assert shown("--select", "MSG102") == []
    write("queue.yaml", queue + outputs)
    assert shown("--select", "MSG102") == ["topic.yaml:8 MSG102"]


def test_what_is_passed_to_one_more_nested_stack_is_a_change_of_the_nested_template() -> None:
    write("queues.yaml", NESTED)
    write("root.yaml", stacks("slow", "fast"))
    commit()
    write("root.yaml", "# two stacks\n" + stacks("slow", "fast"))
    assert shown("--select", "MSG501") == []
    write("root.yaml", stacks("slow", "slow"))
    assert shown("--select", "MSG501") == ["queues.yaml:4 MSG501"]


@pytest.mark.parametrize("autocrlf", ["true", "false"])
def test_line_ends_are_no_change_where_git_says_so(autocrlf: str) -> None:
    git(Path(), "config", "core.autocrlf", autocrlf)
    write("orders.yaml", template("Orders", "Returns").replace("\n", "\r\n"))
    commit()
    assert shown() == []
    write("orders.yaml", template("Orders", "Returns", "Payments").replace("\n", "\r\n"))
    assert shown() == ["orders.yaml:18 MSG501"]


def test_other_line_ends_are_no_change_of_a_line() -> None:
    write("orders.yaml", template("Orders", "Returns"))
    commit()
    write("orders.yaml", template("Orders", "Returns", "Payments").replace("\n", "\r\n"))
    assert shown() == ["orders.yaml:18 MSG501"]


def test_a_module_beside_the_configuration_is_there_before_too() -> None:
    """The named directory is not the end of what is read: that is the work tree."""
    write("modules/queue/main.tf", 'resource "aws_sqs_queue" "q" {\n  receive_wait_time_seconds = 0\n}\n')
    write("infra/main.tf", 'module "orders" {\n  source = "../modules/queue"\n}\n')
    commit()
    assert shown("infra", "--select", "MSG501") == []
    write("modules/queue/main.tf", 'resource "aws_sqs_queue" "q" {\n\n  receive_wait_time_seconds = 0\n}\n')
    assert shown("infra", "--select", "MSG501") == ["modules/queue/main.tf:3 MSG501"]


def test_the_configuration_is_that_of_before() -> None:
    """A rule that the change begins to ask finds what is old, and the change causes that it is found."""
    write("orders.yaml", template("Orders"))
    write("msglint.toml", 'ignore = ["MSG501"]\n')
    commit()
    assert shown("orders.yaml") == []
    write("msglint.toml", "ignore = []\n")
    assert shown("orders.yaml") == ["orders.yaml:6 MSG501"]
    write("msglint.toml", "no = such\n")
    commit()
    Path("msglint.toml").unlink()
    assert shown("orders.yaml") == []


NAMES = [
    "with blank.yaml",
    "日本/注文.yaml",
    'quote"d\\.yaml',
    "line\nend.yaml",
    "tab\t.yaml",
    " b/ a.yaml ",
    "-x.yaml",
]


@pytest.mark.parametrize("name", [name if name.endswith(".yaml") else f"{name.strip()}.yaml" for name in NAMES])
def test_files_may_be_called_whatever_they_like(name: str) -> None:
    write(name, template("Orders", "Returns"))
    commit()
    write(name, template("Orders", "Returns").replace("alias/orders", "alias/other", 1))
    report = json.loads(run("lint", "--diff", "main", "--format", "json").stdout)
    assert [(each["file"], each["resource"]) for each in report["findings"]] == [(name, "Orders")]
    git(Path(), "mv", "--", name, "renamed.yaml")
    report = json.loads(run("lint", "--diff", "main", "--format", "json").stdout)
    assert [(each["file"], each["resource"]) for each in report["findings"]] == [("renamed.yaml", "Orders")]


def test_a_renamed_file_or_directory_has_its_old_faults() -> None:
    write("templates/orders.yaml", template("Orders", "Returns", "Payments"))
    write("infra/main.tf", 'resource "aws_sqs_queue" "orders" {\n  receive_wait_time_seconds = 0\n}\n' + "# x\n" * 9)
    commit()
    git(Path(), "mv", "templates", "stacks")
    git(Path(), "mv", "infra", "live")
    assert shown("stacks", "live") == []
    write("stacks/orders.yaml", template("Orders", "Returns", "Payments").replace("alias/orders", "alias/x", 1))
    assert shown("stacks/orders.yaml") == ["stacks/orders.yaml:6 MSG501"]


def test_a_copied_file_is_new() -> None:
    write("orders.yaml", template("Orders"))
    commit()
    shutil.copy("orders.yaml", "copy.yaml")
    assert shown() == ["copy.yaml:6 MSG501"]


def test_files_are_named_from_anywhere(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a/orders.yaml", template("Orders"))
    write("b/orders.yaml", template("Orders"))
    commit()
    write("a/orders.yaml", template("Orders", "Returns"))
    monkeypatch.chdir("b")
    assert shown("../a/orders.yaml") == ["../a/orders.yaml:12 MSG501"]
    assert shown() == []
    file = str(repository / "a" / "orders.yaml")
    assert shown(file) == [f"{file}:12 MSG501"]


def test_what_lies_outside_of_the_repository_has_not_changed(tmp_path: Path) -> None:
    write("../outside/orders.yaml", template("Orders"))
    write("orders.yaml", template("Orders"))
    commit()
    assert shown("../outside", "orders.yaml") == []
    assert shown(str(tmp_path / "outside" / "orders.yaml")) == []


def test_what_git_ignores_is_shown_as_a_whole_and_that_is_said() -> None:
    write(".gitignore", "out/\n")
    write("out/orders.yaml", template("Orders"))
    commit()
    result = diff("out/orders.yaml")
    assert "out/orders.yaml:6" in result.stdout
    assert "git does not track out/orders.yaml: all that is found in it is shown" in result.stderr


def test_standard_input_is_wrong_usage() -> None:
    commit()
    result = run("lint", "-", "--diff", "main", given=template("Orders"))
    assert result.exit_code == 2
    assert "git knows no earlier state of standard input" in result.stderr


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("nowhere", "git knows no commit 'nowhere' here"),
        ("--output=stolen", "git knows no commit '--output=stolen' here"),
        ("", "git knows no commit '' here"),
        ("main..main", "git knows no commit 'main..main' here"),
        ("main:orders.yaml", "git knows no commit 'main:orders.yaml' here"),
        ("alone", "'alone' and the checkout have no commit in common"),
        ("\x1b[31m", r"git knows no commit '\x1b[31m' here"),
    ],
)
def test_a_base_that_is_none_is_wrong_usage(base: str, said: str) -> None:
    write("orders.yaml", template("Orders"))
    commit()
    git(Path(), "switch", "--quiet", "--orphan", "alone")
    commit()
    git(Path(), "switch", "--quiet", "main")
    result = run("lint", f"--diff={base}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert not Path("stolen").exists()


def test_a_repository_without_a_commit_and_no_repository_are_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "git knows no commit 'main' here" in diff().stderr
    monkeypatch.chdir(tmp_path)
    result = diff(GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert result.exit_code == 2
    assert "is in no checkout of a git repository" in result.stderr


def test_a_machine_without_git_is_wrong_usage() -> None:
    result = diff(PATH="/nowhere")
    assert result.exit_code == 2
    assert "there is no git on the PATH" in result.stderr


def test_a_shallow_clone_says_how_to_be_a_whole_one(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("orders.yaml", template("Orders"))
    commit()
    git(repository, "switch", "--quiet", "-c", "change")
    for _ in range(3):
        commit()
    git(repository, "switch", "--quiet", "main")
    commit()
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--no-single-branch", f"file://{repository}", "clone")
    monkeypatch.chdir(tmp_path / "clone")
    result = diff(base="origin/change")
    assert result.exit_code == 2
    assert "have no commit in common; the clone is shallow" in result.stderr
    assert "fetch-depth: 0" in result.stderr
    assert "fetch-depth: 0" in diff(base="nowhere").stderr
    git(tmp_path / "clone", "fetch", "--quiet", "--unshallow")
    assert diff(base="origin/change").exit_code == 0


def test_a_worktree_and_a_detached_head_are_checkouts_too(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("orders.yaml", template("Orders"))
    commit()
    git(repository, "worktree", "add", "--quiet", "--detach", str(tmp_path / "beside"))
    monkeypatch.chdir(tmp_path / "beside")
    write("orders.yaml", template("Orders", "Returns"))
    assert shown() == ["orders.yaml:12 MSG501"]
    commit()
    assert shown() == ["orders.yaml:12 MSG501"]


def test_a_hook_of_another_repository_says_nothing_here(repository: Path, tmp_path: Path) -> None:
    """Hooks are told which repository they run for."""
    write("orders.yaml", template("Orders"))
    commit()
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    environment = {"GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other), "GIT_INDEX_FILE": "nowhere"}
    write("orders.yaml", template("Orders", "Returns"))
    assert shown(**environment) == ["orders.yaml:12 MSG501"]
    assert list(repository.glob(".git/*.lock")) == []


def test_a_submodule_has_lines_of_its_own(repository: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet", "-b", "main")
    (inner / "orders.yaml").write_text(template("Orders"), encoding="utf-8")
    commit(inner)
    added = git(repository, "submodule", "--quiet", "add", str(inner), "sub dir")
    assert added.returncode == 0, added.stderr
    commit()
    assert shown() == []
    write("sub dir/orders.yaml", template("Orders", "Returns"))
    assert shown() == ["sub dir/orders.yaml:12 MSG501"]
    commit(repository / "sub dir")
    commit()
    assert shown(base="main~1") == ["sub dir/orders.yaml:12 MSG501"]


def test_nothing_of_the_repository_is_run_or_written(repository: Path, tmp_path: Path) -> None:
    """Neither a monitor, a text conversion, another programme for differences, nor a filter of a checkout."""
    write(".gitattributes", "*.yaml diff=bad filter=bad\n")
    write("orders.yaml", template("Orders"))
    commit()
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n", encoding="utf-8")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "diff.bad.textconv", "diff.bad.command", "diff.external", "filter.bad.smudge"):
        git(repository, "config", key, str(script))
    for key, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.interHunkContext": "9",
        "color.ui": "always",
        "diff.submodule": "log",
        "core.quotePath": "false",
        "diff.relative": "true",
    }.items():
        git(repository, "config", key, value)
    write("orders.yaml", template("Orders", "Returns"))
    before = {path: path.stat().st_mtime_ns for path in repository.glob(".git/**/*")}
    assert shown() == ["orders.yaml:12 MSG501"]
    assert {path: path.stat().st_mtime_ns for path in repository.glob(".git/**/*")} == before
    assert not (tmp_path / "ran").exists()


def test_links_lead_nowhere_outside_of_what_was_before(tmp_path: Path) -> None:
    """A link inside of the repository is one before, too: modules are often shared so."""
    write("../secret/main.tf", 'variable "name" {}\n')
    write("shared/variables.tf", 'variable "seconds" {\n  default = 0\n}\n')
    write("infra/main.tf", 'resource "aws_sqs_queue" "q" {\n  receive_wait_time_seconds = var.seconds\n}\n')
    Path("infra/variables.tf").symlink_to("../shared/variables.tf")
    Path("outside").symlink_to(tmp_path / "secret")
    Path("etc").symlink_to("../../../../../../../../etc")
    commit()
    assert shown("infra", "--select", "MSG501") == []
    with changes.since("main", str(Path())) as change:
        before = Path(change.before)
        assert sorted(path.name for path in before.iterdir()) == [".git", "infra", "shared"]
        assert (before / "infra" / "variables.tf").is_symlink()
    assert not before.exists()


QUEUES = """\
resource "aws_sqs_queue" "orders" {
  name                      = "orders"
  receive_wait_time_seconds = 0
}

resource "aws_sqs_queue" "returns" {
  name                      = "returns"
  receive_wait_time_seconds = 0
}
"""


def planned(*names: str) -> str:
    resources = [
        {
            "address": f"aws_sqs_queue.{name}",
            "mode": "managed",
            "type": "aws_sqs_queue",
            "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "values": {"name": name, "receive_wait_time_seconds": 0},
        }
        for name in names
    ]
    configured = [
        {"address": each["address"], "mode": "managed", "type": each["type"], "name": each["name"], "expressions": {}}
        for each in resources
    ]
    configuration = {"root_module": {"resources": configured}}
    return json.dumps(
        {
            "format_version": "1.2",
            "planned_values": {"root_module": {"resources": resources}},
            "configuration": configuration,
        }
    )


def test_of_a_plan_that_git_does_not_have_what_the_sources_say_is_shown() -> None:
    write(".gitignore", "plan.json\n")
    write("main.tf", QUEUES)
    write("plan.json", planned("orders", "returns"))
    commit()
    assert shown("plan.json", "--select", "MSG501") == []
    write("main.tf", QUEUES.replace('"returns"\n', '"returned"\n'))
    result = diff("plan.json", "--select", "MSG501")
    assert result.stdout.startswith("main.tf:6:")
    assert len(result.stdout.splitlines()) == 1
    assert "main has no plan plan.json that could be judged" in result.stderr
    assert len(shown(".", "--select", "MSG501")) == 1


def test_a_plan_that_git_has_is_compared() -> None:
    write("main.tf", QUEUES)
    write("plan.json", planned("orders", "returns"))
    commit()
    result = diff("plan.json", "--select", "MSG501")
    assert result.output == ""


def test_modules_that_are_installed_were_so_before() -> None:
    """What a module of somebody else makes is no news because git does not have the module."""
    write(".gitignore", ".terraform/\n")
    write("main.tf", 'module "q" {\n  source = "example.com/queues/aws"\n}\n')
    write(".terraform/modules/q/main.tf", QUEUES)
    entries = [{"Key": "", "Source": "", "Dir": "."}, {"Key": "q", "Source": "x", "Dir": ".terraform/modules/q"}]
    write(".terraform/modules/modules.json", json.dumps({"Modules": entries}))
    commit()
    assert "MSG501" in run("lint", "--select", "MSG501", "--format", "concise").stdout
    assert shown("--select", "MSG501") == []


def test_values_are_those_of_before() -> None:
    """A file of values is changed like any other, and what it causes stands elsewhere."""
    text = "Parameters: {Seconds: {Type: Number}}\n" + template("Orders").replace("s: 0", "s: !Ref Seconds")
    write("orders.yaml", text)
    write("live.json", '[{"ParameterKey": "Seconds", "ParameterValue": "20"}]')
    commit()
    arguments = ("orders.yaml", "--parameters", "live.json", "--select", "MSG501")
    assert shown(*arguments) == []
    write("live.json", '[{"ParameterKey": "Seconds", "ParameterValue": "0"}]')
    assert shown(*arguments) == ["orders.yaml:7 MSG501"]
    write("live.json", "{")
    commit()
    write("live.json", '[{"ParameterKey": "Seconds", "ParameterValue": "0"}]')
    assert shown(*arguments) == ["orders.yaml:7 MSG501"]


def test_a_file_that_could_not_be_read_before_and_is_not_touched_is_no_news() -> None:
    write("broken.yaml", template("Orders") + "  Orders: {}\n")
    write("orders.yaml", template("Orders"))
    commit()
    assert shown() == []
    write("broken.yaml", "# here\n" + template("Orders") + "  Orders: {}\n")
    assert [each.partition(" ")[2] for each in shown()] == ["MSG001"]


def test_what_was_undecided_before_is_shown_when_it_is_decided() -> None:
    """What is undecided as before is not."""
    text = "Parameters: {Seconds: {Type: Number}}\n" + template("Orders").replace("s: 0", "s: !Ref Seconds")
    write("orders.yaml", text)
    commit()
    arguments = ("--select", "MSG501", "--show-undecided")
    assert "undecided MSG501" in run("lint", "--format", "concise", *arguments).stdout
    assert diff(*arguments).stdout == ""
    write("live.json", '[{"ParameterKey": "Seconds", "ParameterValue": "0"}]')
    assert diff(*arguments, "--parameters", "live.json").stdout.startswith("orders.yaml:7:")


def test_a_baseline_and_a_change_both_hold() -> None:
    write("orders.yaml", template("Orders"))
    write("returns.yaml", template("Returns"))
    commit()
    assert run("baseline", "returns.yaml").exit_code == 0
    write("orders.yaml", template("Orders", "Payments"))
    write("returns.yaml", template("Returns").replace("alias/orders", "alias/other"))
    assert shown() == ["orders.yaml:12 MSG501", "returns.yaml:6 MSG501"]
    assert shown("--baseline", "msglint-baseline.json") == ["orders.yaml:12 MSG501"]
    result = run("lint", "--diff", "main", "--baseline", "msglint-baseline.json", "--format", "json")
    counts = json.loads(result.stdout)["summary"]
    assert (counts["known"], counts["elsewhere"]) == (1, 1)


def test_one_broken_line_fails_a_run_only_where_it_is_shown() -> None:
    write("orders.yaml", template("Orders"))
    commit()
    write("orders.yaml", template("Orders", good=("Returns",)))
    assert diff("--fail-on", "info").exit_code == 0
    write("orders.yaml", template("Returns", good=("Orders",)))
    assert diff("--fail-on", "error").exit_code == 0
    assert diff().exit_code == 1


SHOWN = re.compile(r"(<!-- shown: msglint (.*?) -->\n```\n)(.*?)(```\n<!-- end -->)", re.DOTALL)


def test_the_page_shows_the_real_output() -> None:
    """MSGLINT_ACCEPT=1 rewrites its blocks."""
    page = ROOT / "docs" / "baseline.md"
    text = page.read_text(encoding="utf-8")
    template = (ROOT / "examples" / "faulty" / "orders.yaml").read_text(encoding="utf-8")
    write("templates/orders.yaml", template)
    commit()
    _, _, policy = template.partition("  ShippingPolicy:")
    statement = re.search(r" +- Effect: Allow\n(?: +[A-Z].*\n)+", policy)
    assert statement is not None
    polling = template.replace("WaitTimeSeconds: 20}", "WaitTimeSeconds: 0}", 1)
    states = iter([template, polling, template.replace(policy, policy.replace(statement[0], "", 1))])

    def output(command: str) -> str:
        write("templates/orders.yaml", next(states))
        return run(*command.split()).output

    current = SHOWN.sub(lambda match: match[1] + output(match[2]) + match[4], text)
    if os.environ.get("MSGLINT_ACCEPT"):
        page.write_text(current, encoding="utf-8")
    assert current == page.read_text(encoding="utf-8")
    assert len(SHOWN.findall(text)) == 3
