"""Hostile files: whatever one holds, there are findings or a sentence, soon, and the other files go on.

The small ones are in fixtures/invalid, by what reads them; what is said of each stands in expected.txt there, which
MSGLINT_ACCEPT=1 rewrites. The large ones are made by tools/hostile.py, which writes both for other linters too.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

import hostile
from command import Result, run
from msglint.cli.interface import Exit

LONGEST = 20
"""Seconds of the processor's time for one small file."""
MOST_TOLD = 160
"""So much of each line is kept: what is quoted may be thousands of digits long."""
GIGABYTE = 1 << 30
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters: {Wait: {Type: Number}}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {ReceiveMessageWaitTimeSeconds: !Ref Wait}
  Other:
    Type: AWS::SQS::Queue
    Properties: {ReceiveMessageWaitTimeSeconds: 0}
"""


class Case(NamedTuple):
    """One hostile file or directory, and how it is given to a run."""

    name: str
    arguments: Sequence[str]
    codes: Sequence[Exit] = (Exit.CLEAN, Exit.FINDINGS)


def cases(work: Path) -> Iterator[Case]:
    """Give all cases of a copy of the fixtures; what is no template itself stands beside one."""
    (work / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    for folder in sorted(path for path in work.iterdir() if path.is_dir()):
        for path in sorted(folder.iterdir()):
            name = path.relative_to(work).as_posix()
            match folder.name:
                case "baseline":
                    yield Case(name, ("--isolated", "--baseline", name, "template.yaml"), (Exit.USAGE,))
                case "parameters":
                    (file,) = path.iterdir()
                    given = file.relative_to(work).as_posix()
                    yield Case(name, ("--isolated", "--parameters", given, "template.yaml"), tuple(Exit)[:3])
                case "configuration":
                    (path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
                    # Where the configuration is broken nobody knows what is asked.
                    yield Case(name, (name,), tuple(Exit)[:3])
                case "gitignore":
                    (path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
                    # Under its own name git would obey it.
                    (path / "gitignore").rename(path / ".gitignore")
                    (path / ".git").mkdir()
                    yield Case(name, (name,))
                case _:
                    yield Case(name, ("--isolated", name))


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the fixtures, which is the working directory."""
    copy = tmp_path / "work"
    shutil.copytree(hostile.COMMITTED, copy)
    monkeypatch.chdir(copy)
    return copy


def told(case: Case, result: Result) -> str:
    """Give what a run said of a case, each line cut, wherever it ran."""
    lines = [
        line if len(line) <= MOST_TOLD else f"{line[:MOST_TOLD]}… ({len(line)} characters)"
        for line in result.output.replace(str(Path.cwd()), "/here").splitlines()
    ]
    return "".join(f"{line}\n" for line in [f"# {case.name}: {result.exit_code}", *lines, ""])


@pytest.mark.slow
def test_each_small_file_is_judged_or_refused(work: Path) -> None:
    said = []
    for case in cases(work):
        start = time.process_time()
        result = run("lint", "--no-progress", "--format", "concise", *case.arguments)
        assert time.process_time() - start < LONGEST, case.name
        assert result.exit_code in case.codes, (case.name, result.output)
        assert "MSG002" not in result.output, (case.name, result.output)
        assert all(character.isprintable() or character == "\n" for character in result.output), case.name
        said.append(told(case, result))
    expected = hostile.COMMITTED / "expected.txt"
    text = "".join(said)
    if os.environ.get("MSGLINT_ACCEPT"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


@pytest.mark.slow
def test_all_small_files_together_are_one_run(work: Path) -> None:
    """What one says of exports, stacks and plans is no more than that to the others."""
    for folder in hostile.OWN:
        shutil.rmtree(work / folder)
    result = run("lint", "--isolated", "--no-progress", "--format", "concise", ".")
    assert result.exit_code == Exit.FINDINGS
    assert "MSG002" not in result.output
    for folder in (path.name for path in work.iterdir() if path.is_dir()):
        assert f"\n{folder}/" in f"\n{result.stdout}", folder


def test_no_tag_is_obeyed() -> None:
    """What the tags of the fixtures would run leaves a file behind."""
    assert any(b"/tmp/owned" in path.read_bytes() for path in hostile.COMMITTED.rglob("*") if path.is_file())
    assert not Path("/tmp/owned").exists()  # noqa: S108


@pytest.mark.parametrize("name", hostile.FILES)
def test_each_file_is_one_that_linters_take_and_says_what_it_is(name: str) -> None:
    assert name.endswith((".yaml", ".json", ".tf", ".tfvars"))
    assert hostile.FILES[name]


def test_the_files_are_written_for_other_linters(tmp_path: Path) -> None:
    names = [name for name in hostile.FILES if name not in hostile.LARGE] + ["json/10000-levels-of-lists.json"]
    hostile.write(tmp_path, names)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()) == sorted(
        names
    )


LONG = ("json/10000-resources.json", "plan/100-mb-on-one-line.json")
"""What is judged in full, and takes ten to twenty seconds."""
SOON = [name for name in hostile.LARGE if name not in LONG]
"""What ends within some seconds, most of it by a limit."""


@pytest.mark.slow
@pytest.mark.parametrize("name", SOON)
def test_each_large_file_ends_within_bounds(name: str, tmp_path: Path) -> None:
    """A minute of the processor and two gigabytes are far more than it takes; beyond them the process is ended."""
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    hostile.write(tmp_path, [name])

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        resource.setrlimit(resource.RLIMIT_AS, (2 * GIGABYTE, 2 * GIGABYTE))

    result = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "msglint", "lint", "--isolated", "--format", "concise", str(tmp_path)],
        preexec_fn=bounded,  # no thread of the tests is at work
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (Exit.FINDINGS, "")
    assert "MSG002" not in result.stdout
    assert f"{tmp_path}/template.yaml:9:49: warning MSG501" in result.stdout
