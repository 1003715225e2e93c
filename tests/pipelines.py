"""The shell of our pipelines, run as the runners of GitHub and GitLab run it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
TEMPLATE = ROOT / "templates" / "msglint.yml"
MIRROR = "your-mirror/msglint"
"""What the documentation calls the user's copy of this repository."""


class Ran(NamedTuple):
    """What a step or a job did: its exit code, what it wrote, and the outputs and the summary that it gave GitHub."""

    code: int
    log: str
    outputs: Mapping[str, str] = {}
    summary: str = ""


def programs(folder: Path) -> Path:
    """Make a directory with the `msglint` and the `python` of these tests, as an installation has them."""
    folder.mkdir(exist_ok=True)
    for name, words in (("python", ""), ("msglint", " -m msglint")):
        program = folder / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}"{words} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    return folder


def recorded(folder: Path) -> Path:
    """Let the `msglint` of a directory of programs write down its words, each ended by NUL, and end with 2."""
    words = folder / "words"
    (folder / "msglint").write_text(f"#!/bin/sh\nprintf '%s\\0' \"$@\" > '{words}'\nexit 2\n", encoding="utf-8")
    return words


def shell(script: str, at: Path, environment: Mapping[str, str], *interpreter: str) -> Ran:
    """Run a script in a directory, with no more of this environment than Python needs to find msglint."""
    source = os.pathsep.join([str(ROOT / "src"), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": source, "LANG": "C.UTF-8"}
    ran = subprocess.run(  # noqa: S603
        [*interpreter, script],
        cwd=at,
        env={**kept, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout)


# GitHub


def step(name: str) -> dict[str, Any]:
    """Give the step of the action with this name."""
    [found] = [each for each in ACTION["runs"]["steps"] if each.get("name") == name]
    return dict(found)


def act(name: str, at: Path, temporary: Path, known: Mapping[str, str], **environment: str) -> Ran:
    """Run one step of the action in a checkout; `known` are the values of expressions, such as `inputs.paths`."""
    files = {each: temporary / each.lower() for each in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("", encoding="utf-8")
    script = temporary / "script.sh"
    script.write_text(step(name)["run"], encoding="utf-8")
    given = {
        variable: re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: known.get(match[1], ""), value)
        for variable, value in step(name)["env"].items()
    }
    runner = {"RUNNER_TEMP": str(temporary), "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(at)}
    runner |= {variable: str(file) for variable, file in files.items()}
    ran = shell(
        str(script), at, {**runner, **given, **environment}, "bash", "--noprofile", "--norc", "-e", "-o", "pipefail"
    )
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines())
    return ran._replace(outputs=outputs, summary=files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"))


def action(at: Path, temporary: Path, inputs: Mapping[str, str]) -> Ran:
    """Lint a checkout with the action as it is installed, and pass or fail."""
    known = {f"inputs.{name}": str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
    known |= {f"inputs.{name}": value for name, value in inputs.items()}
    known["steps.install.outputs.programs"] = str(programs(temporary / "programs"))
    ran = act("Lint", at, temporary, known)
    if ran.code == 0:
        known |= {f"steps.lint.outputs.{name}": value for name, value in ran.outputs.items()}
        ran = ran._replace(code=act("Pass or fail", at, temporary, known).code)
    return ran


def with_inputs(given: Mapping[str, Any]) -> dict[str, str]:
    """Give what a step passes as GitHub hands it on: as text."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}


# GitLab


def included(inputs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the header and the jobs of the template with these inputs in it, put in as text, as GitLab does."""
    header_text, _, text = TEMPLATE.read_text(encoding="utf-8").partition("\n---\n")
    header: dict[str, Any] = yaml.safe_load(header_text)
    specified = header["spec"]["inputs"]
    assert inputs.keys() <= specified.keys()
    values = {name: each["default"] for name, each in specified.items()} | dict(inputs)

    def value(match: re.Match[str]) -> str:
        given = values[match[1]]
        return given if isinstance(given, str) else json.dumps(given, separators=(",", ":"))

    return header, yaml.safe_load(re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", value, text))


def job(at: Path, installed: Path, written: Mapping[str, Any]) -> Ran:
    """Run what a job of the template does after it has installed msglint, with a directory of programs in its place."""
    install, *lines = written["script"]
    assert install.startswith("python -m pip install ")
    path = f"{installed}{os.pathsep}{os.environ['PATH']}"
    return shell("\n".join(lines), at, {**written["variables"], "PATH": path}, "sh", "-e", "-c")


# Linters


def check(*command: str, at: Path = ROOT) -> str:
    """Run a linter of these files, and give what it says where it finds anything; otherwise nothing."""
    program = Path(sys.executable).with_name(command[0])
    ran = subprocess.run([str(program), *command[1:]], cwd=at, capture_output=True, text=True, check=False)  # noqa: S603
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def schema(name: str, file: Path, *flags: str) -> str:
    """Hold a file against a schema that comes with check-jsonschema."""
    return check("check-jsonschema", "--builtin-schema", f"vendor.{name}", *flags, str(file))


def shellcheck(script: str, dialect: str, temporary: Path) -> str:
    """Lint a script of a runner, which stops at the first command that fails."""
    file = temporary / "script.sh"
    file.write_text(script, encoding="utf-8")
    return check("shellcheck", "--shell", dialect, "--severity", "style", str(file))


def workflow(steps: Sequence[Mapping[str, Any]], permissions: Mapping[str, str]) -> dict[str, Any]:
    """Give a workflow of one job with these steps."""
    job = {"runs-on": "ubuntu-24.04", "permissions": dict(permissions), "steps": [dict(each) for each in steps]}
    return {"name": "msglint", "on": "pull_request", "permissions": {}, "jobs": {"msglint": job}}


def stacks(at: Path) -> Path:
    """Make a checkout with a faulty and a repaired template, whose directories have spaces in their names."""
    for example in ("faulty", "repaired"):
        folder = at / f"{example} stacks"
        folder.mkdir(parents=True)
        shutil.copy(ROOT / "examples" / example / "orders.yaml", folder)
    return at
