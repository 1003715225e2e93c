"""The GitHub action: what it is made of, and what its shell does with what it is given."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from msglint.cli.interface import Exit
from msglint.reports.markdown import MARKER
from pipelines import ACTION, ROOT, Ran, act, action, check, programs, recorded, schema, shellcheck, stacks

STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SHELL = [each for each in STEPS if "run" in each]
HOSTILE = [
    "$(touch taken)",
    "`touch taken`",
    "; touch taken",
    "x' ; touch taken ; '",
    'x" ; touch taken ; "',
    "x\ntouch taken",
    "x\nexit-code=0\nfindings=0",
    "x\n::error::taken",
    "--output=taken",
    "--report=json=taken",
    "-",
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a checkout with a faulty and a repaired template, whose directories have spaces in their names."""
    (tmp_path / "temporary").mkdir()
    return stacks(tmp_path / "checkout")


def lint(checkout: Path, **inputs: str) -> Ran:
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    return action(checkout, checkout.parent / "temporary", given)


# What it is


def test_the_action_is_what_github_takes() -> None:
    assert schema("github-actions", ROOT / "action.yml") == ""


def test_zizmor_finds_nothing_in_the_action() -> None:
    """Among other things that no input becomes code (template-injection)."""
    assert check("zizmor", "--offline", "--quiet", "--no-config", "--persona", "pedantic", "action.yml") == ""


@pytest.mark.parametrize("step", SHELL, ids=lambda step: step["name"])
def test_the_shell_of_the_action_is_sound(step: dict[str, Any], tmp_path: Path) -> None:
    assert shellcheck(step["run"], "bash", tmp_path) == ""
    assert "${{" not in step["run"]
    assert step["shell"] == "bash"
    # The bash of macOS is 3.2.
    assert not re.search(r"\b(mapfile|readarray|declare -[An])\b|\$\{\w+[@^,]", step["run"])


def test_expressions_of_the_action_name_what_there_is() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    steps = {step["id"] for step in STEPS if "id" in step}
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    assert set(re.findall(r"steps\.([\w-]+)\.", text)) <= steps
    for step, output in re.findall(r"steps\.([\w-]+)\.outputs\.([\w-]+)", text):
        told = next(each for each in STEPS if each.get("id") == step).get("run", "python-path=")
        assert f"{output}=" in told, f"{step} has no output {output}"


def test_actions_of_others_are_pinned() -> None:
    used = re.findall(r"uses: (.+)", (ROOT / "action.yml").read_text(encoding="utf-8"))
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used)


# What it does


def test_a_clean_checkout_passes(checkout: Path) -> None:
    ran = lint(checkout, paths="repaired stacks")
    assert (ran.code, ran.outputs["exit-code"], ran.outputs["findings"]) == (Exit.CLEAN, "0", "0"), ran.log
    assert json.loads(Path(ran.outputs["sarif"]).read_text(encoding="utf-8"))["runs"][0]["results"] == []


def test_findings_fail_the_step_and_are_told_everywhere(checkout: Path) -> None:
    ran = lint(checkout, paths="faulty stacks\r\nrepaired stacks\n", sarif_file="code scanning.sarif")
    assert (ran.code, ran.outputs["exit-code"]) == (Exit.FINDINGS, "1"), ran.log
    results = json.loads((checkout / "code scanning.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert ran.outputs["sarif"] == "code scanning.sarif"
    assert (
        int(ran.outputs["findings"]) == len(results) == len(re.findall(r"^::(?:error|warning|notice) ", ran.log, re.M))
    )
    assert {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results} == {
        "faulty%20stacks/orders.yaml"
    }
    assert "MSG102" in ran.summary


def test_the_whole_checkout_is_judged_where_no_paths_are_given(checkout: Path) -> None:
    ran = lint(checkout)
    assert "file=faulty stacks/orders.yaml," in ran.log
    assert ran.code == Exit.FINDINGS


def test_the_other_inputs_reach_msglint(checkout: Path) -> None:
    chosen = lint(checkout, select="MSG501\nMSG102,MSG301", ignore="MSG102")
    assert set(re.findall(r"title=(MSG\d+)", chosen.log)) == {"MSG501", "MSG301"}
    assert (chosen.code, chosen.outputs["findings"]) == (Exit.FINDINGS, "2")
    lenient = lint(checkout, select="MSG501", fail_on="error")
    assert (lenient.code, lenient.outputs["findings"]) == (Exit.CLEAN, "1")
    (checkout / "open.yaml").write_text(
        "Resources: {Orders: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !ImportValue key}}}\n",
        encoding="utf-8",
    )
    arguments = {"paths": "open.yaml", "select": "MSG301"}
    assert lint(checkout, **arguments).code == Exit.CLEAN
    assert lint(checkout, **arguments, strict="true").code == Exit.FINDINGS


@pytest.mark.parametrize(
    "inputs",
    [
        {"paths": "no such directory"},
        {"fail-on": "everything"},
        {"strict": "yes"},
        {"select": "MSG999"},
        {"config": "no-such-file.toml"},
        {"baseline": "no-such-file.json"},
        {"diff": "no-such-commit"},
    ],
    ids=lambda inputs: next(iter(inputs)),
)
def test_wrong_usage_fails_the_step_and_gives_no_report(inputs: dict[str, str], checkout: Path) -> None:
    ran = lint(checkout, **inputs)
    assert (ran.code, dict(ran.outputs)) == (Exit.USAGE, {"exit-code": "2"}), ran.log
    assert "msglint lint: error: " in ran.log


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_input_is_code_or_a_flag(hostile: str, checkout: Path) -> None:
    """Not even where a workflow passes on the names of changed files, which anybody may choose."""
    temporary = checkout.parent / "temporary"
    installed = programs(temporary / "programs")
    words = recorded(installed)
    text = ["paths", "config", "baseline", "diff", "select", "ignore", "fail-on", "strict", "sarif-file"]
    before = set(checkout.rglob("*"))
    known = {"steps.install.outputs.programs": str(installed), **{f"inputs.{name}": hostile for name in text}}
    ran = act("Lint", checkout, temporary, known)
    assert (ran.code, ran.log, dict(ran.outputs)) == (0, "", {"exit-code": "2"})
    assert set(checkout.rglob("*")) == before
    lines = hostile.splitlines()
    assert words.read_text(encoding="utf-8").split("\0") == [
        *("lint", "--format", "github", f"--fail-on={hostile}"),
        *(f"--report=sarif={lines[0]}", f"--report=json={temporary}/msglint.json"),
        f"--report=markdown={temporary}/msglint.md",
        *(f"--config={hostile}", f"--baseline={hostile}", f"--diff={hostile}", f"--strict={hostile}"),
        *(f"--select={line}" for line in lines),
        *(f"--ignore={line}" for line in lines),
        *(f"./{line}" if line.startswith("-") else line for line in lines),
        "",
    ]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_path_that_is_no_path_is_wrong_usage(hostile: str, checkout: Path) -> None:
    ran = lint(checkout, paths=hostile)
    assert (ran.code, dict(ran.outputs)) == (Exit.USAGE, {"exit-code": "2"}), ran.log
    assert not [line for line in ran.log.splitlines() if line.startswith("::")]


def test_a_name_that_looks_like_a_flag_is_a_path(checkout: Path) -> None:
    (checkout / "--quiet.yaml").symlink_to(checkout / "faulty stacks" / "orders.yaml")
    ran = lint(checkout, paths="--quiet.yaml", select="MSG501")
    assert "file=--quiet.yaml," in ran.log
    assert ran.code == Exit.FINDINGS


# Installing


@pytest.mark.slow
def test_the_action_installs_its_own_checkout_beside_the_python_of_the_job(checkout: Path) -> None:
    """And runs no module of the checkout that it is about to judge."""
    for module in ("pip", "venv", "json", "msglint"):
        (checkout / f"{module}.py").write_text("open('taken', 'w')\n", encoding="utf-8")
    here = checkout.parent / "action"
    ignored = shutil.ignore_patterns(".*", "build", "*.egg-info", "tests", "docs")
    shutil.copytree(ROOT, here, ignore=ignored)
    temporary = checkout.parent / "temporary"
    known = {"steps.python.outputs.python-path": sys.executable, "github.action_path": str(here)}
    ran = act("Install msglint", checkout, temporary, known, PYTHONPATH="")
    assert ran.code == 0, ran.log
    program = Path(ran.outputs["programs"], "msglint")
    assert program.is_relative_to(temporary)
    command = [str(program), "lint", "repaired stacks"]
    assert subprocess.run(command, cwd=checkout, env={}, check=False).returncode == Exit.CLEAN  # noqa: S603
    assert not (checkout / "taken").exists()


# The comment

GH = """\
#!/bin/sh
printf '%s\\n' "$*" >> "$CALLS"
case "$*" in *--paginate*) printf '%s' "$COMMENTS" ;; *) cat "${*##*body=@}" > "$BODY" ;; esac
"""


def comment(
    folder: Path, report: str, *, findings: int, code: int | None = None, comments: str = "", category: str = "msglint"
) -> tuple[list[str], str]:
    """Run the step with a `gh` that finds such comments; give how that was called, and what it was to write."""
    gh = folder / "gh"
    gh.write_text(GH, encoding="utf-8")
    gh.chmod(0o755)
    (folder / "msglint.md").write_text(report, encoding="utf-8")
    calls, body = folder / "calls", folder / "body"
    known = {
        "github.event.pull_request.number": "7",
        "steps.lint.outputs.findings": str(findings),
        "steps.lint.outputs.exit-code": str(int(findings > 0) if code is None else code),
        "inputs.category": category,
        "inputs.token": "token",
    }
    path = f"{folder}:/usr/bin:/bin"
    variables = {"GITHUB_REPOSITORY": "a/b", "CALLS": str(calls), "BODY": str(body), "COMMENTS": comments, "PATH": path}
    ran = act("Comment on the pull request", folder, folder, known, **variables)
    assert ran.code == 0, ran.log
    return calls.read_text(encoding="utf-8").splitlines(), body.read_text(encoding="utf-8") if body.exists() else ""


REPORT = f"{MARKER}\n## msglint: failed\n"


def test_findings_are_told_in_a_comment_that_knows_its_own_again(tmp_path: Path) -> None:
    calls, body = comment(tmp_path, REPORT, findings=3)
    assert "--method POST repos/a/b/issues/7/comments " in calls[1]
    mark, rest = body.split("\n", 1)
    assert re.fullmatch(r"<!-- msglint \d{6} -->", mark)
    assert rest == "## msglint: failed\n"
    assert len(mark) == len(MARKER)  # so that the report still fits
    assert comment(tmp_path, REPORT, findings=3, category="plan")[1].split("\n", 1)[0] != mark


def test_later_runs_rewrite_the_comment(tmp_path: Path) -> None:
    calls, body = comment(tmp_path, f"{MARKER}\n## msglint: passed\n", findings=0, comments="11\n12\n")
    assert "--method PATCH repos/a/b/issues/comments/11 " in calls[1]
    assert body.endswith("\n## msglint: passed\n")


def test_a_clean_change_gets_no_comment(tmp_path: Path) -> None:
    calls, body = comment(tmp_path, REPORT, findings=0)
    assert (len(calls), body) == (1, "")


def test_what_is_undecided_is_told_where_it_fails_the_step(tmp_path: Path) -> None:
    calls, body = comment(tmp_path, REPORT, findings=0, code=1)
    assert "--method POST" in calls[1]
    assert body.endswith("\n## msglint: failed\n")


def test_a_change_of_a_fork_gets_no_comment() -> None:
    """Its token may not write."""
    [step] = [each for each in STEPS if each.get("name") == "Comment on the pull request"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in step["if"]
