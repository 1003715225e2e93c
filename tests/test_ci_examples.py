"""The ready jobs in examples/ci: as their schemas say, pinned, and made of commands that do what they promise."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from command import run
from msglint import __version__
from msglint.cli.interface import Exit

ROOT = Path(__file__).parent.parent
CI = ROOT / "examples" / "ci"
SCHEMAS = {
    "github.yml": ["--builtin-schema", "vendor.github-workflows"],
    "gitlab.yml": ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
}


def test_each_service_has_an_example() -> None:
    assert {path.name for path in CI.iterdir()} == SCHEMAS.keys()


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_example_is_what_its_service_takes(name: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", *SCHEMAS[name], str(CI / name)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_an_example_installs_is_pinned(name: str) -> None:
    """Actions by commit, images by version, and msglint by the one that it comes with."""
    text = (CI / name).read_text(encoding="utf-8")
    assert set(re.findall(r"pip install\b.* (\S+)\n", text)) == {f"msglint=={__version__}"}
    for action in re.findall(r"uses: (.+)", text):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)
    for image in re.findall(r"image: (\S+)|name: (\S+/\S+)", text):
        assert re.fullmatch(r"[\w./-]+:\d+\.[\w.-]+", "".join(image))


def test_the_workflow_may_do_no_more_than_it_needs() -> None:
    workflow = yaml.safe_load((CI / "github.yml").read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()} == {
        "templates": {"contents": "read", "security-events": "write"},
        "plan": {"contents": "read", "id-token": "write"},
    }


def commands(name: str) -> dict[str, list[str]]:
    """Give what each job runs, in lines."""
    content = yaml.safe_load((CI / name).read_text(encoding="utf-8"))
    jobs: dict[str, Any] = content.get("jobs", content)
    return {job: list(_lines(each)) for job, each in jobs.items()}


def _lines(job: dict[str, Any]) -> Iterator[str]:
    for step in (*job.get("script", ()), *(step.get("run", "") for step in job.get("steps", ()))):
        yield from step.splitlines()


@pytest.mark.parametrize(
    ("name", "job"),
    [
        ("github.yml", "templates"),
        ("github.yml", "plan"),
        ("gitlab.yml", "msglint:templates"),
        ("gitlab.yml", "msglint:plan"),
    ],
)
def test_a_job_fails_on_a_finding_and_passes_when_it_is_repaired(
    name: str, job: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    linting = [shlex.split(line, comments=True) for line in commands(name)[job] if line.startswith("msglint ")]
    assert linting
    for example, code in (("faulty", Exit.FINDINGS), ("repaired", Exit.CLEAN)):
        shutil.rmtree("templates", ignore_errors=True)
        shutil.copytree(ROOT / "examples" / example, "templates", ignore=shutil.ignore_patterns("terraform"))
        shutil.copytree(ROOT / "examples" / example / "terraform", "terraform", dirs_exist_ok=True)
        for words in linting:
            arguments = words[1 : words.index("||")] if "||" in words else words[1:]
            assert run(*arguments).exit_code == code
    assert Path("msglint.sarif").exists() is any("sarif" in words for words in linting)
    assert any("||" not in words for words in linting)
