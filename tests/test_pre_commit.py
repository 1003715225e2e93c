"""The hooks of this repository, run by pre-commit for real on commits to a repository of somebody else."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from checkout import git
from command import run

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository without a commit, on which no user configuration of git has a say."""
    folder = tmp_path / "orders"
    folder.mkdir()
    git(folder, "init", "--quiet")
    return folder


def hook(repository: Path, id_: str) -> None:
    """Let each commit ask one hook of this checkout, with the changes in it that git knows."""
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), id_, "--color", "never"]
    script = repository / ".git" / "hooks" / "pre-commit"
    script.parent.mkdir(exist_ok=True)
    # git tells its hooks where this repository is; pre-commit would ask the checkout the same way.
    script.write_text(f"#!/bin/sh\nunset GIT_DIR GIT_INDEX_FILE\nexec {shlex.join(command)}\n", encoding="utf-8")
    script.chmod(0o755)


def commit(repository: Path, file: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Commit a file under a name."""
    (repository / name).parent.mkdir(exist_ok=True)
    shutil.copy(file, repository / name)
    git(repository, "add", name)
    return git(repository, "commit", "-m", f"Change {name}")


HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}


def test_pre_commit_understands_the_hooks() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert run.returncode == 0, run.stdout
    assert set(HOOKS) == {"msglint", "msglint-plan", "msglint-terraform"}
    assert all(each["require_serial"] for each in HOOKS.values())


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("orders.yaml", {"msglint"}),
        ("infra/orders.template", {"msglint"}),
        ("package.json", {"msglint"}),
        ("plan.json", {"msglint", "msglint-plan"}),
        ("infra/prod.tfplan.json", {"msglint", "msglint-plan"}),
        ("plans/prod.tfplan", {"msglint-plan"}),
        ("planning/orders.yml", {"msglint"}),
        ("infra/main.tf", {"msglint-terraform"}),
        ("live.auto.tfvars", {"msglint-terraform"}),
        ("main.tf.json", {"msglint", "msglint-terraform"}),
        ("README.md", set()),
    ],
)
def test_hooks_are_asked_of_what_they_may_read(name: str, ids: set[str]) -> None:
    assert {id_ for id_, each in HOOKS.items() if re.search(each["files"], name)} == ids


@pytest.mark.parametrize("id_", HOOKS)
def test_the_name_of_a_file_is_never_a_flag(id_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever can commit a file would choose what a hook does."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLES / "faulty" / "orders.yaml", tmp_path / "--output=z.yaml")
    _, *words = shlex.split(HOOKS[id_]["entry"])
    result = run(*words, *HOOKS[id_]["args"], "--output=z.yaml")
    assert result.exit_code == 1
    assert result.stdout.startswith("--output=z.yaml\n")


def test_files_that_are_no_templates_cost_no_parser(tmp_path: Path) -> None:
    """The hook is asked of every YAML and JSON file of a repository."""
    files = [tmp_path / f"{number}{suffix}" for number in range(20) for suffix in (".yaml", ".json")]
    for file in files:
        file.write_text('{"name": "orders"}\n', encoding="utf-8")
    command = [sys.executable, "-X", "importtime", "-m", "msglint", "lint", *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert run.returncode == 0
    imported = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert "msglint.readers.recognise" in imported
    assert not imported & {"yaml", "msglint.readers.cloudformation", "msglint.readers.terraform.part"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("id_", "file", "name"),
    [
        ("msglint", "orders.yaml", "infra/orders.yaml"),
        ("msglint-plan", "terraform/plan.json", "infra/orders.tfplan.json"),
        ("msglint-terraform", "terraform/main.tf", "infra/main.tf"),
    ],
)
def test_a_faulty_commit_is_refused_and_a_repaired_one_is_made(
    id_: str, file: str, name: str, repository: Path
) -> None:
    hook(repository, id_)
    refused = commit(repository, EXAMPLES / "faulty" / file, name)
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1, said
    assert re.search(rf"^{re.escape(name)}\n  \d+:\d+ +(error|warning|info) +MSG\d+ ", said, re.MULTILINE), said
    assert re.search(r"^  \d+:\d+ +warning +MSG501 short-polling", said, re.MULTILINE), said
    assert git(repository, "rev-parse", "--verify", "HEAD").returncode != 0
    made = commit(repository, EXAMPLES / "repaired" / file, name)
    said = made.stdout + made.stderr
    assert made.returncode == 0, said
    assert "Passed" in said
    assert git(repository, "show", "--format=", "--name-only", "HEAD").stdout == f"{name}\n"
