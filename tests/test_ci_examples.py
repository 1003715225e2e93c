"""The ready jobs in examples/ci and the snippets in docs/ci.md: as schemas say, pinned, and doing what they promise."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from command import run
from msglint import __version__
from msglint.cli.interface import Exit
from pipelines import ACTION, MIRROR, ROOT, Ran, action, check, included, job, programs, schema, with_inputs, workflow

CI = ROOT / "examples" / "ci"
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
SCHEMAS = {
    "github.yml": ["github-workflows"],
    "gitlab.yml": ["gitlab-ci", "--data-transform", "gitlab-ci"],
}
GITHUB = yaml.safe_load((CI / "github.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((CI / "gitlab.yml").read_text(encoding="utf-8"))
ZIZMOR = f"""\
rules:
  unpinned-uses:
    config:
      policies:
        "{MIRROR}": ref-pin  # nobody knows the commit of a copy
        "*": hash-pin
"""


def test_each_service_has_an_example() -> None:
    assert {path.name for path in CI.iterdir()} == SCHEMAS.keys()


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_example_is_what_its_service_takes(name: str) -> None:
    kind, *flags = SCHEMAS[name]
    assert schema(kind, CI / name, *flags) == ""


@pytest.mark.parametrize(
    "file", [*(CI / name for name in SCHEMAS), ROOT / "docs" / "ci.md"], ids=lambda file: file.name
)
def test_what_an_example_installs_is_pinned(file: Path) -> None:
    """Actions by commit, images by version, and msglint by the release that it comes with."""
    text = file.read_text(encoding="utf-8")
    assert set(re.findall(r"pip install\b.* ([^\s']+)", text)) <= {f"msglint=={__version__}"}
    for used in re.findall(r"uses: (.+)", text):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used) or used.startswith(f"{MIRROR}@")
    assert set(re.findall(rf"{MIRROR}(?:/msglint)?@(\S+?)`?\s|(?:ref|rev): (\S+)", text)) <= {
        (f"v{__version__}", ""),
        ("", f"v{__version__}"),
    }
    for image in re.findall(r"image: (\S+)|name: (\S+/\S+)", text):
        assert re.fullmatch(r"[\w./-]+:\d+\.[\w.-]+", "".join(image))


def test_the_workflow_may_do_no_more_than_it_needs() -> None:
    assert GITHUB["permissions"] == {}
    assert {name: each["permissions"] for name, each in GITHUB["jobs"].items()} == {
        "templates": {"contents": "read", "security-events": "write"},
        "plan": {"contents": "read", "id-token": "write"},
    }


def linted(text: str, folder: Path) -> str:
    """Lint a workflow; give what zizmor says."""
    (folder / "zizmor.yml").write_text(ZIZMOR, encoding="utf-8")
    path = folder / ".github" / "workflows" / "msglint.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return check("zizmor", "--offline", "--quiet", "--config", "zizmor.yml", str(path), at=folder)


def test_the_workflow_gives_the_action_what_it_takes() -> None:
    takes = set(yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"])
    used = [
        step for job in GITHUB["jobs"].values() for step in job["steps"] if str(step.get("uses", "")).startswith(MIRROR)
    ]
    assert used
    assert all(set(step.get("with", {})) <= takes for step in used)


def test_linters_find_nothing_in_the_workflow(tmp_path: Path) -> None:
    assert linted((CI / "github.yml").read_text(encoding="utf-8"), tmp_path) == ""


def github(name: str, at: Path, temporary: Path) -> Ran:
    """Run the step of a job of the workflow that lints."""
    [step] = [each for each in GITHUB["jobs"][name]["steps"] if each.get("uses", "").startswith(MIRROR)]
    return action(at, temporary, with_inputs(step["with"]))


def gitlab(name: str, at: Path, temporary: Path) -> Ran:
    """Run a job of the pipeline that lints."""
    jobs: dict[str, Any] = {}
    for each in GITLAB["include"]:
        assert (ROOT / each["file"]).exists()
        jobs |= included(each["inputs"])[1]
    assert name in jobs
    return job(at, programs(temporary / "programs"), jobs[name])


@pytest.mark.parametrize(
    ("service", "name"),
    [(github, "templates"), (github, "plan"), (gitlab, "msglint"), (gitlab, "msglint:plan")],
)
def test_a_job_fails_on_a_finding_and_passes_when_it_is_repaired(service: Any, name: str, tmp_path: Path) -> None:
    at, temporary = tmp_path / "checkout", tmp_path / "temporary"
    temporary.mkdir()
    for example, code in (("faulty", Exit.FINDINGS), ("repaired", Exit.CLEAN)):
        gathered(example, at)
        ran = service(name, at, temporary)
        assert ran.code == code, ran.log


def gathered(example: str, at: Path) -> None:
    """Lay an example out as the jobs expect it."""
    shutil.rmtree(at, ignore_errors=True)
    shutil.copytree(ROOT / "examples" / example, at / "templates", ignore=shutil.ignore_patterns("terraform"))
    shutil.copytree(ROOT / "examples" / example / "terraform", at / "terraform")


def test_jobs_that_need_another_are_jobs() -> None:
    """What the pipeline says of a job of the template is laid over that job."""
    made = {each["inputs"].get("job", "msglint") for each in GITLAB["include"]}
    written = {name for name in GITLAB if name != "include"}
    assert {name for name in written if name.startswith("msglint")} <= made
    assert {need for name in written for need in GITLAB[name].get("needs", ())} <= written | made


# docs/ci.md


def snippets(service: str, language: str) -> list[str]:
    """Give the snippets of a section of the page."""
    [section] = re.findall(rf"^## {service}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    found = re.findall(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert found
    return found


@pytest.mark.parametrize(
    ("service", "kind", "flags"),
    [
        ("GitLab", "gitlab-ci", ["--data-transform", "gitlab-ci"]),
        ("Azure DevOps", "azure-pipelines", ["--data-transform", "azure-pipelines"]),
        ("Bitbucket", "bitbucket-pipelines", []),
    ],
)
def test_a_snippet_is_what_its_service_takes(service: str, kind: str, flags: list[str], tmp_path: Path) -> None:
    for snippet in snippets(service, "yaml"):
        path = tmp_path / "pipeline.yml"
        path.write_text(snippet, encoding="utf-8")
        assert schema(kind, path, *flags) == ""


def test_the_steps_for_github_are_sound(tmp_path: Path) -> None:
    [snippet] = snippets("GitHub Actions", "yaml")
    steps: list[Mapping[str, Any]] = yaml.safe_load(snippet)
    text = yaml.safe_dump(workflow(steps, {"contents": "read", "pull-requests": "write"}), width=1000)
    text = re.sub(r"(uses: \S+@[0-9a-f]{40})", r"\1 # v6.0.2", text)
    assert linted(text, tmp_path) == ""


def test_the_page_names_inputs_and_outputs_that_there_are() -> None:
    [section] = re.findall(r"^## GitHub Actions\n(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"`(upload-sarif|comment|diff): true`", section))
    assert named | {"diff"} <= ACTION["inputs"].keys()
    assert {"exit-code", "findings", "sarif"} == ACTION["outputs"].keys()
    assert all(f"`{name}`" in section for name in ACTION["outputs"])
    for snippet in snippets("GitLab", "yaml"):
        for each in yaml.safe_load(snippet)["include"]:
            included(each["inputs"])


def test_the_hook_is_one_that_there_is() -> None:
    snippet, *_ = snippets("pre-commit", "yaml")
    hooks = {each["id"] for each in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {hook["id"] for repo in yaml.safe_load(snippet)["repos"] for hook in repo["hooks"]} <= hooks


def test_commands_of_the_page_do_what_they_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They find what is there, and write the files that the steps around them look for."""
    lines = re.findall(
        r"\bmsglint lint (.*?)(?:'?)$", "\n".join(re.findall(r"```\w+\n(.*?)```", PAGE, re.DOTALL)), re.M
    )
    assert len(lines) == 5
    monkeypatch.chdir(tmp_path)
    for line in lines:
        for example, code in (("faulty", Exit.FINDINGS), ("repaired", Exit.CLEAN)):
            gathered(example, tmp_path / "checkout")
            monkeypatch.chdir(tmp_path / "checkout")
            Path("test-results").mkdir()
            assert run("lint", *shlex.split(line)).exit_code == code
        reports = re.findall(r"=(\S+)", line)
        assert all(Path(report).is_file() for report in reports)


def test_links_of_the_page_lead_somewhere() -> None:
    targets = [target.partition("#")[0] for target in re.findall(r"\]\((?!https:)([^)]+)\)", PAGE)]
    assert targets
    assert [target for target in targets if not (ROOT / "docs" / target).exists()] == []


def test_the_build_for_docker_has_a_dockerfile() -> None:
    [snippet] = snippets("Docker", "sh")
    assert (ROOT / "Dockerfile").exists()
    syntax = subprocess.run(["sh", "-n"], input=snippet, text=True, check=False)  # noqa: S607
    assert syntax.returncode == 0
