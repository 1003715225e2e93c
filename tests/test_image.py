"""The Dockerfile: linted, and its steps done by hand, since these tests have no engine."""

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from msglint import __version__
from msglint.cli.interface import Exit
from pipelines import ROOT, check

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_hadolint_finds_nothing() -> None:
    assert check("hadolint", "--failure-threshold", "style", "Dockerfile") == ""


def test_both_stages_have_the_same_python() -> None:
    """The environment that one makes is run by the interpreter of the other."""
    [build, run] = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert build == run
    assert re.fullmatch(r"python:3\.\d+-slim", run)


def context(into: Path) -> Path:
    """Copy what `.dockerignore` leaves of the checkout: what it takes back, less what it then leaves out."""
    first, *patterns = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert first == "*"
    ignored = [pattern.removeprefix("**/") for pattern in patterns if not pattern.startswith("!")]
    for name in (pattern[1:] for pattern in patterns if pattern.startswith("!")):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=shutil.ignore_patterns(*ignored))
        else:
            into.mkdir(exist_ok=True)
            shutil.copy(source, into)
    assert not [path for path in into.rglob("*") if any(fnmatch(path.name, pattern) for pattern in ignored)]
    return into


def state(folder: Path) -> dict[Path, int]:
    """Give all that is in a directory, with the times of its last changes."""
    return {path: path.lstat().st_mtime_ns for path in (folder, *folder.rglob("*"))}


@pytest.mark.slow
def test_the_image_lints_and_writes_nothing(tmp_path: Path) -> None:
    """What RUN does, in a directory of its own; then a run with the environment of the image, which has no home."""
    installed, work = tmp_path / "opt" / "msglint", tmp_path / "work"
    [script] = re.findall(r"^RUN (.+)$", DOCKERFILE, re.MULTILINE)
    script = script.replace("python -m", f"{sys.executable} -m").replace("/opt/msglint", str(installed))
    subprocess.run(["sh", "-ec", script], cwd=context(tmp_path / "source"), check=True)  # noqa: S603, S607
    shutil.copytree(ROOT / "examples" / "faulty", work)
    before = state(tmp_path)
    environment = {"PATH": f"{installed / 'bin'}:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    assert [name for name in environment if f"{name}=" not in DOCKERFILE] == []
    for words, code in (["--version"], Exit.CLEAN), (["lint", "."], Exit.FINDINGS):
        command = [str(installed / "bin" / "msglint"), *words]
        ran = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        assert (ran.returncode, ran.stderr) == (code, "")
        assert (f"msglint {__version__}" if words == ["--version"] else "MSG102") in ran.stdout
    assert state(tmp_path) == before


def test_the_user_of_the_image_is_a_number_and_not_root() -> None:
    """Kubernetes (runAsNonRoot) cannot tell of a name that it is not root."""
    assert re.findall(r"^(?:USER (\d+):\d+|ENTRYPOINT (.+))$", DOCKERFILE, re.MULTILINE) == [
        ("65532", ""),
        ("", '["msglint"]'),
    ]
