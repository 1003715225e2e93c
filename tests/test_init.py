"""`msglint init`: what it finds, what it writes for that, and that it leaves all else as it was."""

import json
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import checkout
from checkout import git
from command import Result, run
from msglint.cli import interface
from msglint.cli.interface import Exit, UsageError, save, save_all
from msglint.config.written import KEYS
from msglint.scaffold import hook
from msglint.scaffold.interface import Draft
from msglint.scaffold.survey import GITHUB, GITLAB, Survey
from msglint.source import Document, read_toml
from pipelines import MIRROR, action, check, included, job, programs, schema, with_inputs
from test_ci_examples import linted

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
HOOKS = ".pre-commit-config.yaml"
WORKFLOW = ".github/workflows/msglint.yml"
PIPELINE = ".gitlab-ci.yml"
QUEUE = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"
SAM = "Transform: AWS::Serverless-2016-10-31\n" + QUEUE
TF = 'resource "aws_sqs_queue" "orders" {}\n'
CDK = {"app/cdk.json": '{"app": "node app.js"}', "app/package.json": "{}", ".gitignore": "cdk.out\n"}
PLAN = (EXAMPLES / "faulty/terraform/plan.json").read_text(encoding="utf-8")
LIVE = '[{"ParameterKey": "Stage", "ParameterValue": "live"}]'
REPOSITORIES: Mapping[str, Mapping[str, str]] = {
    "empty": {},
    "CloudFormation": {"templates/orders.yaml": QUEUE, "parameters/live.json": LIVE},
    "SAM": {
        "template.yaml": SAM,
        "samconfig.toml": 'version = 0.1\n[default.deploy.parameters]\nparameter_overrides = "Stage=live"\n',
    },
    "CDK": CDK,
    "Terraform": {
        "infra/main.tf": f'module "queue" {{\n  source = "./modules/queue"\n}}\n{TF}',
        "infra/modules/queue/main.tf": TF,
        "infra/live.tfvars": 'stage = "live"\n',
        "infra/terraform.tfvars": 'stage = "test"\n',
    },
    "plans": {"plans/plan.json": PLAN},
    "all": {
        **CDK,
        "services/orders/template.yml": QUEUE,
        "services/billing/template.json": json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}),
        "live stacks/main.tf": TF,
        "package.json": '{"name": "orders"}',
    },
}
FORGES: Mapping[str, Mapping[str, str]] = {
    "neither": {},
    GITHUB: {".git/config": '[remote "origin"]\n\turl = git@github.com:shop/orders.git\n'},
    GITLAB: {".git/config": '[remote "origin"]\n\turl = https://x:y@gitlab.example.com/shop/orders\n'},
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def lay(*several: Mapping[str, str]) -> None:
    """Write files into the working directory."""
    for files in several:
        for name, text in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text, encoding="utf-8", newline="")


def init(*arguments: str) -> Result:
    result = run("init", *arguments)
    assert result.exit_code == Exit.CLEAN, result.output
    return result


def files() -> dict[str, bytes]:
    """Give all that is in the working directory, by its path."""
    return {str(each): each.read_bytes() for each in sorted(Path().rglob("*")) if each.is_file()}


def hooks() -> list[str]:
    """Give the hooks of msglint that are set up."""
    repos = yaml.safe_load(Path(HOOKS).read_bytes())["repos"]
    [own] = [each for each in repos if MIRROR in each["repo"]]
    return [each["id"] for each in own["hooks"]]


def set_all(text: str) -> str:
    """Take the # away from all settings of a configuration."""
    return re.sub(r"^#(?! |$)", "", text, flags=re.MULTILINE)


# What is written for what is found


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("kind", REPOSITORIES)
def test_what_is_written_is_valid_and_touches_nothing_else(kind: str, forge: str, here: Path, tmp_path: Path) -> None:
    lay(REPOSITORIES[kind], FORGES[forge])
    before = files()
    shown = init().stdout
    assert files() == before
    written = init("--yes").stdout
    after = files()
    assert written.startswith(shown)
    assert {name: after[name] for name in before} == before
    made = after.keys() - before.keys()
    ci = {GITHUB: {WORKFLOW}, GITLAB: {PIPELINE}}.get(forge, set())
    assert made == {"msglint.toml", *ci} | (set() if kind == "CDK" else {HOOKS})
    if HOOKS in made:
        assert check("pre-commit", "validate-config", HOOKS, at=here) == ""
    if WORKFLOW in made:
        assert schema("github-workflows", here / WORKFLOW) == ""
        assert linted(Path(WORKFLOW).read_text(encoding="utf-8"), tmp_path) == ""
    if PIPELINE in made:
        assert schema("gitlab-ci", here / PIPELINE, "--data-transform", "gitlab-ci") == ""
    assert run("config", "show", "--all").exit_code == Exit.CLEAN
    again = init("--yes").stdout
    assert files() == after
    assert "There is nothing to do." in again


@pytest.mark.parametrize(
    ("kind", "ids", "paths"),
    [
        ("empty", ["msglint"], ["."]),
        ("CloudFormation", ["msglint"], ["templates"]),
        ("SAM", ["msglint"], ["."]),
        ("CDK", None, ["app/cdk.out"]),
        ("Terraform", ["msglint-terraform"], ["infra"]),
        ("plans", ["msglint-plan"], ["plans"]),
        ("all", ["msglint", "msglint-terraform"], ["live stacks", "services", "app/cdk.out"]),
    ],
)
def test_hooks_and_jobs_are_asked_of_what_there_is(kind: str, ids: list[str] | None, paths: list[str]) -> None:
    lay(REPOSITORIES[kind], {".github/CODEOWNERS": "", PIPELINE: ""})
    init("--yes")
    assert (hooks() if Path(HOOKS).exists() else None) == ids
    *_, step = yaml.safe_load(Path(WORKFLOW).read_bytes())["jobs"]["msglint"]["steps"]
    assert step["with"]["paths"].splitlines() == paths
    [include] = yaml.safe_load(Path(PIPELINE).read_bytes())["include"]
    assert include["inputs"]["paths"] == paths
    included(include["inputs"])


@pytest.mark.parametrize("kind", REPOSITORIES)
def test_each_setting_of_the_configuration_can_be_made(kind: str) -> None:
    lay(REPOSITORIES[kind])
    init("--yes", "--only", "config")
    text = Path("msglint.toml").read_text(encoding="utf-8")
    assert read_toml(Document("", text)).fields().keys() == {"fail-on"}
    Path("msglint.toml").write_text(set_all(text), encoding="utf-8")
    shown = run("config", "show", "--all")
    assert shown.exit_code == Exit.CLEAN, shown.stderr
    made = read_toml(Document("", set_all(text))).fields().keys()
    assert made <= KEYS.keys()
    assert len(made) > 12
    assert all(f"# {key} is not set" not in shown.stdout for key in made)


def test_files_of_values_are_proposed_and_their_values_are_not_shown() -> None:
    lay(REPOSITORIES["CloudFormation"], REPOSITORIES["SAM"], REPOSITORIES["Terraform"])
    lay({"flat.json": '{"a": "b"}', "list.json": '["README"]', "broken.json": '{"ParameterKey": '})
    shown = init("--yes").stdout
    said = read_toml(Document("", set_all(Path("msglint.toml").read_text(encoding="utf-8")))).fields()
    assert [each.text for each in said["parameter-files"].items()] == ["parameters/live.json", "samconfig.toml"]
    assert [each.text for each in said["variable-files"].items()] == ["infra/live.tfvars"]
    assert "ParameterValue" not in shown


def test_what_git_ignores_is_not_looked_at() -> None:
    lay({"templates/orders.yaml": QUEUE, "build/orders.yaml": QUEUE, ".gitignore": "build/\n"})
    assert "Found: 1 template in templates.\n" in init().stdout


def test_templates_of_the_cdk_that_git_has_need_not_be_made() -> None:
    lay(CDK, {"app/cdk.out/shop.template.json": json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})})
    lay({".gitignore": "", ".github/x": ""})
    init("--yes")
    assert hooks() == ["msglint"]
    [_, step] = yaml.safe_load(Path(WORKFLOW).read_bytes())["jobs"]["msglint"]["steps"]
    assert step["with"]["paths"] == "app/cdk.out"


@pytest.mark.parametrize(
    ("more", "commands"),
    [
        ({"app/package.json": '{"devDependencies": {"aws-cdk": "2"}}'}, ["npm install", "npx cdk synth --quiet"]),
        ({"app/package-lock.json": ""}, ["npm ci", "npx --yes aws-cdk@2 synth --quiet"]),
        ({"app/yarn.lock": ""}, ["yarn install --frozen-lockfile", "npx --yes aws-cdk@2 synth --quiet"]),
        (
            {"app/requirements.txt": "", "app/cdk.json": '{"output": "dist"}'},
            ["python3 -m venv .venv", ". .venv/bin/activate", "pip install --requirement requirements.txt"],
        ),
    ],
)
def test_an_app_is_made_with_what_it_is_written_with(more: Mapping[str, str], commands: list[str]) -> None:
    lay(CDK, more, {".github/x": "", PIPELINE: "stages: [lint]\n"})
    init("--yes", "--only", "ci")
    [_, step, lint] = yaml.safe_load(Path(WORKFLOW).read_bytes())["jobs"]["msglint"]["steps"]
    assert step["working-directory"] == "app"
    assert step["run"].splitlines()[: len(commands)] == commands
    assert lint["with"]["paths"] == ("app/dist" if "app/requirements.txt" in more else "app/cdk.out")
    pipeline = yaml.safe_load(Path(PIPELINE).read_bytes())
    assert pipeline["msglint:synth"]["stage"] == pipeline["include"][0]["inputs"]["stage"] == "lint"
    script = pipeline["msglint:synth"]["script"]
    assert script[script.index("cd app") + 1 :][: len(commands)] == commands
    assert pipeline["msglint:synth"]["artifacts"]["paths"] == [lint["with"]["paths"]]


@pytest.mark.parametrize(
    ("urls", "forges"),
    [
        (["https://github.com/a/b.git"], [GITHUB]),
        (["git@gitlab.com:a/b.git"], [GITLAB]),
        (["ssh://git@github.example.com:2222/a/b"], [GITHUB]),
        (["https://codecommit.eu-west-1.amazonaws.com/v1/repos/github"], []),
        (["/srv/gitlab"], []),
        (["git@github.com:a/b", "git@gitlab.com:a/b"], [GITHUB, GITLAB]),
    ],
)
def test_remotes_tell_where_changes_are_reviewed(urls: list[str], forges: list[str]) -> None:
    lay({".git/config": "".join(f'[remote "r{index}"]\n\turl = {url}\n' for index, url in enumerate(urls))})
    assert f"Found: {'; '.join(forges) or 'nothing to judge yet'}.\n" in init().stdout


@pytest.mark.parametrize(
    ("kept", "branch"),
    [
        ({}, "main"),
        ({".git/HEAD": "ref: refs/heads/master\n"}, "master"),
        ({".git/refs/remotes/origin/HEAD": "ref: refs/remotes/origin/release/2.x\n"}, "release/2.x"),
        ({".git/refs/remotes/origin/HEAD": "ref: refs/remotes/origin/${{x}}\n"}, "main"),
    ],
)
def test_the_branch_that_changes_go_to_is_the_one_of_the_remote(kept: Mapping[str, str], branch: str) -> None:
    lay(kept, {".github/x": ""})
    init("--yes", "--only", "ci")
    assert yaml.safe_load(Path(WORKFLOW).read_bytes())[True]["push"]["branches"] == [branch]


def test_a_work_tree_beside_another_has_its_remotes(tmp_path: Path) -> None:
    Path(".git").rmdir()
    lay({".git": f"gitdir: {tmp_path}/main/.git/worktrees/x\n"})
    lay({f"{tmp_path}/main/.git/worktrees/x/commondir": "../..\n"})
    lay({f"{tmp_path}/main/.git/config": FORGES[GITHUB][".git/config"]})
    assert f"Found: {GITHUB}." in init().stdout


@pytest.mark.parametrize("name", ["${{ secrets.KEY }}", "a: b # c", "-rf", "a\nb", "a;b", "\x1b[31m", "$(id)", " a"])
def test_a_name_of_a_folder_is_nothing_but_a_name(name: str) -> None:
    lay({f"{name}/orders.yaml": QUEUE, f"{name}/cdk.json": "{}", ".github/x": "", PIPELINE: ""})
    result = init("--yes")
    assert "\x1b" not in result.output
    *steps, step = yaml.safe_load(Path(WORKFLOW).read_bytes())["jobs"]["msglint"]["steps"]
    assert len(steps) == 1
    assert step["with"]["paths"] == "."
    assert yaml.safe_load(Path(PIPELINE).read_bytes())["include"][0]["inputs"]["paths"] == ["."]


@pytest.mark.parametrize("name", ["on", "1.0", "true", "über", "live stacks", "a+b", "0x1f", "~", "a@b"])
def test_a_plain_name_stays_text(name: str) -> None:
    lay({f"{name}/main.tf": TF, ".github/x": "", PIPELINE: ""})
    init("--yes")
    *_, step = yaml.safe_load(Path(WORKFLOW).read_bytes())["jobs"]["msglint"]["steps"]
    expected = "." if name == "~" else name
    assert step["with"]["paths"] == expected
    assert yaml.safe_load(Path(PIPELINE).read_bytes())["include"][0]["inputs"]["paths"] == [expected]


def test_many_directories_become_the_whole_repository() -> None:
    assert Survey(templates=[f"s{number}/t.yaml" for number in range(6)]).paths() == ["."]
    assert Survey(templates=["a/b/c/t.yaml", "a/b/d/t.yaml"], modules=["e"]).paths() == ["a/b", "e"]


# Files that are there already

STYLES = {
    "as pre-commit proposes it": "repos:\n-   repo: https://x\n    rev: '1'\n    hooks:\n    -   id: a\n",
    "indented": 'repos:\n  - repo: https://x\n    rev: "1"\n    hooks:\n      - id: a\n',
    "not indented": "repos:\n- repo: https://x\n  rev: 1.0\n  hooks:\n  - id: a\n",
    "no line end": "repos:\n- repo: https://x\n  hooks: [{id: a}]",
    "line ends of Windows": "# ours\r\nrepos:\r\n- repo: https://x\r\n  hooks:\r\n  - id: a\r\n\r\nci: {}\r\n",
    "line ends of Windows at the end": "repos:\r\n- repo: local\r\n  hooks:\r\n  - id: a",
    "a mark": "\ufeffrepos:\n- repo: https://x\n  hooks:\n  - id: a\n",
    "keys below": "repos:\n  - repo: https://x\n    hooks:\n      - id: a\n\n# for the service\nci:\n  skip: [a]\n",
    "comments": "repos: # b\n  # c\n  - repo: x\n    hooks:\n      - id: a # e\n        # f\n      # - id: g\n\n# h\n",
    "texts": "repos:\n- repo: x\n  hooks:\n  - id: a\n    files: |\n      (?x)^(\n       a\n      )$\n\nci: {}\n",
    "brackets": "repos:\n- {repo: x, hooks: [{id: a}]}\n- {repo: y,\n   hooks: [\n    {id: b}]}\nfail_fast: true\n",
    "folded": "repos:\n- repo: x\n  hooks:\n  - id: a\n    exclude: ^a$|\n      ^b$\nci: {}\n",
    "a start of a document": "---\nrepos:\n- repo: x\n  hooks:\n  - id: a\n",
    "anchors": "repos:\n- repo: x\n  hooks:\n  - &a\n    id: a\n  - <<: *a\n    name: b\n",
    "wide": "repos:\n   -    repo: x\n        hooks:\n           -    id: a\n",
    "nothing": "",
    "comments alone": "# nothing yet",
    "no hooks": "repos:\n- repo: x\n",
}
UNSAFE = {
    "an empty list": "repos: []\n",
    "no list": "repos:\n",
    "no repos": "fail_fast: true\n",
    "brackets": "repos: [{repo: x, hooks: [{id: a}]}]\n",
    "JSON": '{"repos": [{"repo": "x", "hooks": []}]}\n',
    "a list": "- repo: x\n  hooks: []\n",
    "an alias in the end": "x: &x {repo: x, hooks: []}\nrepos:\n- *x\n",
    "all of it an alias": "x: &x\n- repo: x\n  hooks: []\nrepos: *x\n",
    "two documents": "repos:\n- repo: x\n---\nrepos:\n- repo: y\n",
    "a tab": "repos:\n-\trepo: x\n",
    "an element below its dash": "repos:\n-\n  repo: x\n  hooks: []\n",
    "broken": "repos:\n- repo: [\n",
    "a key twice": "repos:\n- repo: x\nrepos:\n- repo: y\n",
    "kept line ends": "repos:\n- repo: x\n  name: |+\n    a\n\n\n",
    "a text without line end": "repos:\n- repo: x\n  name: |\n    a",
}


def is_added(before: bytes, after: bytes) -> bool:
    """Say whether something was put into a text in one place, and the rest is as it was."""
    start = next((at for at, each in enumerate(before) if after[at : at + 1] != bytes([each])), len(before))
    return after.endswith(before[start:]) and len(after) > len(before)


def said(data: bytes) -> Any:
    return yaml.safe_load(data.decode("utf-8-sig")) or {}


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES)
def test_the_hook_is_added_to_a_file_without_touching_the_rest(text: str) -> None:
    before = text.encode()
    Path(HOOKS).write_bytes(before)
    shown = init("--yes", "--only", "hook").stdout
    after = Path(HOOKS).read_bytes()
    assert is_added(before, after)
    old, new = said(before), said(after)
    own = {"repo": f"https://github.com/{MIRROR}", "rev": "v0.1.0", "hooks": [{"id": "msglint"}]}
    assert new == {**old, "repos": [*old.get("repos", []), own]}
    # None but the lines that are new are shown as such, and they are written as the others are.
    assert not re.search(r"^-(?!--)", shown, re.MULTILINE)
    assert after.count(b"\r\n") in {0, after.count(b"\n")}
    assert b"\r" not in after or after.count(b"\r") == after.count(b"\n")


@pytest.mark.parametrize("text", UNSAFE.values(), ids=UNSAFE)
def test_a_file_that_cannot_be_added_to_safely_is_left_alone(text: str) -> None:
    Path(HOOKS).write_text(text, encoding="utf-8")
    shown = init("--yes", "--only", "hook").stdout
    assert Path(HOOKS).read_text(encoding="utf-8") == text
    assert f"{HOOKS}: " in shown
    assert f"- repo: https://github.com/{MIRROR}\n" in shown
    assert "There is nothing to do." in shown


def test_indentation_is_that_of_the_file() -> None:
    Path(HOOKS).write_text(STYLES["as pre-commit proposes it"], encoding="utf-8")
    init("--yes", "--only", "hook")
    assert (
        Path(HOOKS)
        .read_text(encoding="utf-8")
        .endswith(f"\n-   repo: https://github.com/{MIRROR}\n    rev: v0.1.0\n    hooks:\n    -   id: msglint\n")
    )


def test_comments_stay_with_what_they_are_about() -> None:
    Path(HOOKS).write_text(STYLES["comments"], encoding="utf-8")
    init("--yes", "--only", "hook")
    text = Path(HOOKS).read_text(encoding="utf-8")
    assert text.index("# - id: g") < text.index(MIRROR) < text.index("# h")


BLANKS = st.integers(0, 4).map(lambda number: " " * number)
NAMES = st.sampled_from(["a", '"b: c"', "'d #e'", "|\n{}  f\n", "[g, h]", "i # j", ">-\n{}   k\n{}   l\n\n"])


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """Write a file of pre-commit as somebody may."""
    before, behind = draw(BLANKS), " " + draw(BLANKS)
    inner = f"{before} {behind}"
    end = draw(st.sampled_from(["\n", "\r\n"]))
    lines = [*draw(st.sampled_from([[], ["# ours"], ["default_stages: [pre-commit]", ""]])), "repos:"]
    for _ in range(draw(st.integers(1, 3))):
        hook_before, hook_behind = draw(BLANKS), " " + draw(BLANKS)
        lines += [f"{before}-{behind}repo: https://x", f"{inner}rev: v1", f"{inner}hooks:"]
        for _ in range(draw(st.integers(1, 2))):
            deep = f"{inner}{hook_before} {hook_behind}"
            name = draw(NAMES).format(deep, deep).rstrip("\n")
            lines += [f"{inner}{hook_before}-{hook_behind}id: a", *f"{deep}name: {name}".split("\n")]
        lines += draw(st.sampled_from([[], [""], ["# between"], [f"{inner}# of it"], ["", "# next"]]))
    lines += draw(st.sampled_from([[], ["ci: {}"], ["", "fail_fast: true", "# end"]]))
    return draw(st.sampled_from(["", "\ufeff"])) + end.join(lines) + draw(st.sampled_from(["", end, end * 3]))


@given(configurations())
def test_whatever_the_style_all_bytes_of_the_user_stay(text: str) -> None:
    Path(HOOKS).write_bytes(text.encode())
    drafted = hook.draft(Survey(templates=["a.yaml"], modules=["b"]))
    if not isinstance(drafted, Draft):
        # The last line of a text in lines has no line end, and would get one.
        assert not text.endswith("\n")
        return
    assert drafted.before == text
    assert is_added(text.encode(), drafted.text.encode())
    old, new = said(text.encode()), said(drafted.text.encode())
    assert new["repos"][:-1] == old["repos"]
    assert [each["id"] for each in new["repos"][-1]["hooks"]] == ["msglint", "msglint-terraform"]
    assert {**new, "repos": 0} == {**old, "repos": 0}


@given(st.text(alphabet="repos:-[]{}&*!|>#'\" \t\n\rx", max_size=60))
def test_no_text_is_harmed(text: str) -> None:
    Path(HOOKS).write_bytes(text.encode())
    drafted = hook.draft(Survey())
    if isinstance(drafted, Draft):
        assert is_added(text.encode(), drafted.text.encode())


@pytest.mark.parametrize("entry", ["id: msglint-plan", "id: own\n    entry: python -m msglint lint"])
def test_a_hook_that_is_there_is_not_added_again(entry: str) -> None:
    Path(HOOKS).write_text(f"repos:\n- repo: local\n  hooks:\n  - {entry}\n", encoding="utf-8")
    assert f"{HOOKS} asks msglint already." in init("--yes", "--only", "hook").stdout


def link_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (link_to("../shared.yaml"), "link"),
        (link_to("own.yaml"), "link"),
        (link_to("missing"), "link"),
        (Path.mkdir, "no regular file"),
        (os.mkfifo, "no regular file"),
        (lambda path: path.write_bytes(b"repos: [\xff]"), "not UTF-8"),
        (lambda path: path.write_bytes("repos:\n- repo: x\n".encode("utf-16")), "UTF-16"),
        (lambda path: path.write_bytes(b"#" * 1024 * 1024 + b"\n\n"), "larger than"),
    ],
)
@pytest.mark.parametrize("name", [HOOKS, PIPELINE, WORKFLOW])
def test_what_is_no_file_of_ones_own_is_left_alone(
    name: str, make: Callable[[Path], Any], why: str, tmp_path: Path
) -> None:
    lay({"own.yaml": "repos:\n- repo: x\n", "../shared.yaml": "repos:\n- repo: x\n"})
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    make(Path(name))
    listed = sorted(tmp_path.rglob("*"))
    read = {path: path.read_bytes() for path in listed if path.is_file()}
    shown = init("--yes", "--only", "hook,ci" if name == HOOKS else "ci").stdout
    assert name != HOOKS or why in shown
    assert "There is nothing to do." in shown
    assert {path: path.read_bytes() for path in read} == read
    assert sorted(tmp_path.rglob("*")) == listed


def test_a_link_on_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    Path(".github").symlink_to(tmp_path / "elsewhere")
    assert "a link stands in the way" in init("--yes", "--only", "ci").stdout
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("", True),
        ("# ours\n", True),
        ("build:\n  script: make", True),
        ("stages:\r\n  - build\r\n\r\nbuild:\r\n  script: [!reference [.x, script]]\r\n", True),
        ("include: other.yml\n", False),
        ("spec:\n  inputs: {}\n---\nbuild: {script: make}\n", False),
        ("{build: {script: make}}\n", False),
        ("stages: !reference [.x, stages]\n", False),
        ("stages: []\n", False),
        ("msglint-old: {script: make}\n", None),
    ],
)
def test_a_pipeline_is_added_to_or_left_alone(text: str, added: bool | None) -> None:
    Path(PIPELINE).write_bytes(text.encode())
    shown = init("--yes", "--only", "ci").stdout
    after = Path(PIPELINE).read_bytes()
    assert is_added(text.encode(), after) if added else after == text.encode()
    assert ("file: templates/msglint.yml" in shown) is (added is not None)
    assert (f"{PIPELINE} asks msglint already." in shown) is (added is None)


@pytest.mark.parametrize(
    "files_",
    [
        {"msglint.toml": 'select = ["MSG1"]\n'},
        {".msglint.yaml": "strict: true\n"},
        {"pyproject.toml": "[tool.msglint]\nstrict = true\n"},
    ],
    ids=str,
)
def test_a_configuration_that_is_there_is_said_and_stays(files_: Mapping[str, str]) -> None:
    lay(files_)
    [name] = files_
    assert f"{name} is the configuration here already, and stays as it is." in init("--yes").stdout
    assert Path(name).read_text(encoding="utf-8") == files_[name]
    assert {"msglint.toml"} - {name} == ({"msglint.toml"} - {name}) - files().keys()


def test_a_configuration_that_cannot_be_used_is_said() -> None:
    lay({"msglint.toml": "strict = 1\n"})
    result = run("init", "--yes")
    assert result.exit_code == Exit.USAGE
    assert "msglint.toml:1:" in result.stderr


def test_a_workflow_that_is_there_stays() -> None:
    lay({WORKFLOW: "mine"})
    assert f"{WORKFLOW} is there already" in init("--yes", "--only", "ci").stdout
    assert Path(WORKFLOW).read_text(encoding="utf-8") == "mine"


def test_a_workflow_that_asks_msglint_is_enough() -> None:
    lay({".github/workflows/lint.yaml": "# runs msglint"})
    assert ".github/workflows/lint.yaml asks msglint already." in init("--yes", "--only", "ci").stdout
    assert not Path(WORKFLOW).exists()


# Asking, and writing


def on_terminal(answer: str) -> str:
    """Run it on a terminal, give an answer, and give all that is shown."""
    outer, inner = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "msglint", "init"]
    with subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=environment) as process:  # noqa: S603
        os.close(inner)
        os.write(outer, answer.encode())
        shown = b""
        try:
            while part := os.read(outer, 65536):
                shown += part
        except OSError:  # that is how a terminal ends on Linux
            pass
        assert process.wait(30) == Exit.CLEAN
    os.close(outer)
    return shown.decode()


@pytest.mark.parametrize(("answer", "written"), [("y\n", True), ("yes\n", True), ("n\n", False), ("\n", False)])
def test_on_a_terminal_it_asks(answer: str, written: bool) -> None:
    lay(REPOSITORIES["CloudFormation"], FORGES[GITHUB])
    shown = on_terminal(answer)
    assert "Write these 3 files? [y/N] " in shown
    assert re.search(r"\x1b\[[\d;]+m\+repos:\x1b\[0m", shown)
    assert Path("msglint.toml").exists() is Path(HOOKS).exists() is Path(WORKFLOW).exists() is written
    assert ("Nothing is written." in shown) is not written


def test_without_a_terminal_nothing_is_written_and_it_says_how() -> None:
    result = init()
    assert "+++ msglint.toml\n" in result.stdout
    assert "msglint init --yes" in result.stderr
    assert files() == {}


def test_a_dry_run_only_shows() -> None:
    result = init("--dry-run", "--yes")
    assert "+++ msglint.toml\n" in result.stdout
    assert result.stderr == ""
    assert files() == {}


@pytest.mark.parametrize(
    ("only", "made"),
    [("config", {"msglint.toml"}), ("hook", {HOOKS}), ("ci", {WORKFLOW}), ("config,ci", {"msglint.toml", WORKFLOW})],
)
def test_parts_can_be_chosen(only: str, made: set[str]) -> None:
    lay({".github/x": ""})
    init("--yes", "--only", only)
    assert files().keys() - {".github/x"} == made


def test_a_part_that_there_is_not_is_wrong_usage() -> None:
    result = run("init", "--only", "hooks")
    assert result.exit_code == Exit.USAGE
    assert "--only takes config, hook, ci" in result.stderr


def test_a_hook_belongs_into_the_root_of_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("infra").mkdir()
    monkeypatch.chdir("infra")
    result = run("init", "--yes")
    assert result.exit_code == Exit.USAGE
    assert "the repository begins in ..:" in result.stderr
    init("--yes", "--only", "config")
    assert files().keys() == {"msglint.toml"}


def test_a_repository_without_a_work_tree_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bare").mkdir()
    git(tmp_path / "bare", "init", "--quiet", "--bare")
    monkeypatch.chdir(tmp_path / "bare")
    before = files()
    result = run("init", "--yes")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "has no work tree" in result.stderr
    assert files() == before


def test_what_is_found_is_said_of_the_directory_itself_in_words() -> None:
    lay({"orders.yaml": QUEUE})
    assert "Found: 1 template in this directory.\n" in init().stdout


def test_the_output_of_an_app_is_named_where_that_is_no_plain_name() -> None:
    lay({"cdk.json": '{"app": "x", "output": "$(id)"}', ".gitlab-ci.yml": ""})
    assert "$(id): such a name is not written into a pipeline" in init().stdout


def test_where_one_file_cannot_be_written_none_is(monkeypatch: pytest.MonkeyPatch) -> None:
    lay({HOOKS: STYLES["indented"], ".github/x": ""})
    before = files()

    def failing(text: str | bytes, name: str) -> None:
        if name == WORKFLOW:
            raise UsageError(f"{name}: Read-only file system")
        save(text, name)

    monkeypatch.setattr(interface, "save", failing)
    result = run("init", "--yes")
    assert result.exit_code == Exit.USAGE
    assert "Read-only file system" in result.stderr
    assert files() == before
    assert not Path(".github/workflows").exists()


def test_a_directory_that_cannot_be_made_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refusing)
    with pytest.raises(UsageError, match="a: Permission denied"):
        save_all({"one": "1", "a/b/two": "2"})
    assert files() == {}


def test_a_file_that_changes_meanwhile_is_not_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    lay({HOOKS: STYLES["indented"]})
    monkeypatch.setattr("msglint.cli.init._agreed", lambda _: Path(HOOKS).write_text("# mine\n", encoding="utf-8"))
    result = run("init")
    assert result.exit_code == Exit.USAGE
    assert f"{HOOKS} has changed since it was read" in result.stderr
    assert files() == {HOOKS: b"# mine\n"}


def test_a_file_keeps_its_permissions() -> None:
    lay({HOOKS: STYLES["indented"]})
    Path(HOOKS).chmod(0o640)
    init("--yes", "--only", "hook")
    assert Path(HOOKS).stat().st_mode & 0o777 == 0o640


def test_an_escape_in_a_file_is_not_obeyed() -> None:
    lay({HOOKS: "# \u202e mine\nrepos:\n- repo: x # \x85\n"})
    assert "\u202e" not in init().stdout


# What to do next


def following(result: Result) -> list[str]:
    """Give the lines of what to do next."""
    return [line.strip() for line in result.stdout.partition("\nNext:\n")[2].splitlines()]


def test_it_ends_with_the_commands_for_this_repository() -> None:
    lay(REPOSITORIES["CloudFormation"], FORGES[GITHUB])
    lint, remember, install, address = following(init("--yes"))
    assert re.fullmatch(r"msglint lint templates  # \d findings today", lint)
    assert remember.startswith("msglint baseline templates  # remembers them; then take the # from baseline in ")
    assert install.startswith("pre-commit install  # ")
    assert address.endswith(f" in {HOOKS} and {WORKFLOW}.")
    assert run(*shlex.split(remember, comments=True)[1:]).exit_code == Exit.CLEAN
    text = Path("msglint.toml").read_text(encoding="utf-8")
    assert run(*shlex.split(lint, comments=True)[1:]).exit_code == Exit.FINDINGS
    Path("msglint.toml").write_text(text.replace("#baseline", "baseline"), encoding="utf-8")
    assert run(*shlex.split(lint, comments=True)[1:]).exit_code == Exit.CLEAN


def test_templates_that_are_not_made_yet_are_made_first() -> None:
    lay(CDK)
    lint, *_ = following(init("--yes"))
    assert lint == "(cd app && npx --yes aws-cdk@2 synth --quiet) && msglint lint app/cdk.out"


def test_where_nothing_is_found_nothing_is_to_be_remembered() -> None:
    lay({"orders.yaml": (EXAMPLES / "repaired/orders.yaml").read_text(encoding="utf-8")})
    [lint] = following(init("--yes", "--only", "config"))
    assert lint == "msglint lint  # no findings today"


# The files at work


@pytest.mark.parametrize("example", ["faulty", "repaired"])
def test_the_jobs_fail_on_a_finding_and_pass_without(example: str, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / example, "live stacks")
    lay({".github/x": "", PIPELINE: ""})
    init("--yes")
    code = {"faulty": Exit.FINDINGS, "repaired": Exit.CLEAN}[example]
    *_, step = yaml.safe_load(Path(WORKFLOW).read_bytes())["jobs"]["msglint"]["steps"]
    (tmp_path / "temporary").mkdir()
    ran = action(Path.cwd(), tmp_path / "temporary", with_inputs(step["with"]))
    assert ran.code == code, ran.log
    [include] = yaml.safe_load(Path(PIPELINE).read_bytes())["include"]
    ran = job(Path.cwd(), programs(tmp_path / "programs"), included(include["inputs"])[1]["msglint"])
    assert ran.code == code, ran.log


def test_actions_are_those_of_the_example() -> None:
    lay({".github/x": ""})
    init("--yes", "--only", "ci")
    example = (EXAMPLES / "ci/github.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)(?: # v\S+)?", Path(WORKFLOW).read_text(encoding="utf-8"))
    assert len(used) == 2
    assert set(used) <= set(re.findall(r"uses: (\S+)", example))


@pytest.mark.slow
def test_pre_commit_runs_the_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy of msglint is this checkout, as somebody's mirror would have it."""
    mirror = tmp_path / "mirror"
    for name in git(
        ROOT, "ls-files", "src", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"
    ).stdout.split():
        (mirror / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, mirror / name)
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "Copy"], ["tag", "v0.1.0"]):
        assert git(mirror, *words).returncode == 0
    monkeypatch.setitem(checkout.SETTINGS, f"url.{mirror}.insteadOf", f"https://github.com/{MIRROR}")
    Path(".git").rmdir()
    git(Path.cwd(), "init", "--quiet")
    lay({"templates/orders.yaml": (EXAMPLES / "faulty/orders.yaml").read_text(encoding="utf-8")})
    lay({HOOKS: "repos:\n- repo: meta\n  hooks:\n  - id: check-hooks-apply"})
    init("--yes")
    script = Path(".git/hooks/pre-commit")
    script.parent.mkdir(exist_ok=True)
    command = shlex.join([sys.executable, "-m", "pre_commit", "run", "--color", "never"])
    script.write_text(f"#!/bin/sh\nunset GIT_DIR GIT_INDEX_FILE\nexec {command}\n", encoding="utf-8")
    script.chmod(0o755)
    git(Path.cwd(), "add", ".")
    refused = git(Path.cwd(), "commit", "-m", "Begin")
    assert refused.returncode == 1
    assert "MSG102 target-rejects-sender" in refused.stdout + refused.stderr
    shutil.copy(EXAMPLES / "repaired/orders.yaml", "templates/orders.yaml")
    git(Path.cwd(), "add", ".")
    made = git(Path.cwd(), "commit", "-m", "Begin")
    assert made.returncode == 0, made.stdout + made.stderr
