"""Signals end a run at any moment, quietly, and leave nothing half done."""

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from checkout import git
from msglint.cli.interface import UsageError, save
from processes import SECONDS, heeding

EXAMPLES = Path(__file__).parents[1] / "examples"
ROUNDS = 12
OLD = "old\n"
ENDED = {signal.SIGINT: 130, signal.SIGTERM: 143}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a repository with templates that have changed since the last commit."""
    folder = tmp_path / "orders"
    shutil.copytree(EXAMPLES / "faulty", folder)
    git(folder, "init", "--quiet", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "Add orders")
    shutil.copy(folder / "orders.yaml", folder / "more.yaml")
    (tmp_path / "temporary").mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        (("lint", ".", "--report", "sarif=../out/a.sarif", "--output", "../out/a.txt"), ("a.sarif", "a.txt")),
        (("baseline", ".", "--output", "../out/a.json"), ("a.json",)),
        (("lint", ".", "--diff", "main", "--output", "../out/a.txt"), ("a.txt",)),
    ],
    ids=["reports", "a baseline", "a change"],
)
def test_a_signal_at_any_moment_ends_a_run_and_leaves_old_or_new_files(
    arguments: tuple[str, ...], written: tuple[str, ...], repository: Path
) -> None:
    """Two of them: the second one comes while the first one is heeded."""
    out, temporary = repository.parent / "out", repository.parent / "temporary"
    out.mkdir()
    began = time.monotonic()
    whole = heeding(*arguments, TMPDIR=str(temporary))
    assert whole.communicate(timeout=SECONDS)[1] == b""
    took = time.monotonic() - began
    new = {name: (out / name).read_text(encoding="utf-8") for name in written}
    chance = random.Random(20)  # noqa: S311
    codes = []
    for _ in range(ROUNDS):
        for name in written:
            # A baseline remembers what it reads, so what was there before is a baseline.
            (out / name).write_text(OLD if name != "a.json" else new[name] + "\n", encoding="utf-8")
        number, other = chance.choice([*ENDED]), chance.choice([*ENDED])
        process = heeding(*arguments, TMPDIR=str(temporary))
        time.sleep(chance.uniform(0, took))
        process.send_signal(number)
        time.sleep(chance.uniform(0, 0.02))
        process.send_signal(other)
        err = process.communicate(timeout=SECONDS)[1]
        assert err == b"", err.decode()
        # Of two that have come at once either may be heeded.
        assert process.returncode in {0, 1, ENDED[number], ENDED[other]}
        codes.append(process.returncode)
        assert sorted(path.name for path in out.iterdir()) == sorted(written)
        for name in written:
            assert (out / name).read_text(encoding="utf-8") in {OLD, new[name], new[name] + "\n"}
        assert list(temporary.iterdir()) == []
        assert not working_in(repository)
    assert set(codes) & set(ENDED.values())


def working_in(directory: Path) -> list[str]:
    """Give the processes that go on working in a directory, where the system tells."""
    end = time.monotonic() + 2
    while (found := [each for each in _processes() if _place(each) == directory]) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def _processes() -> list[str]:
    numbers = [path.name for path in Path("/proc").iterdir() if path.name.isdecimal()] if Path("/proc").exists() else []
    return [each for each in numbers if each != str(os.getpid())]


def _place(process: str) -> Path | None:
    try:
        return Path(f"/proc/{process}/cwd").readlink()
    except OSError:  # it has ended
        return None


LOST = """\
import os, signal, time
from msglint.cli import signals
signals.PATIENCE = 0.2
class Lost:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0)
"""
CAUGHT = """\
try:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(20)
except BaseException:
    pass
"""


@pytest.mark.parametrize("loses", ["Lost()\n", CAUGHT], ids=["a finalizer", "somebody who catches all"])
def test_a_signal_that_gets_lost_ends_the_run_all_the_same(loses: str, tmp_path: Path) -> None:
    """Python only tells of what a finalizer raises; whoever was interrupted there would go on."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "slow.py").write_text(f"{LOST}{loses}time.sleep(20)\n", encoding="utf-8")
    process = heeding("lint", str(tmp_path), "--rules-dir", str(rules))
    assert process.communicate(timeout=10)[1] == b""
    assert process.returncode == 143


@pytest.mark.slow
def test_what_waits_to_be_written_holds_up_no_end(repository: Path) -> None:
    """The reader of a pipe has stopped reading, as a pager does."""
    (repository / "many.yaml").write_text(
        "Resources:\n" + "".join(f"  Q{number}: {{Type: AWS::SQS::Queue}}\n" for number in range(2000)),
        encoding="utf-8",
    )
    process = heeding("lint", "many.yaml")
    time.sleep(3)  # by now it waits for the pipe
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130
    process.communicate()


def test_signals_that_were_ignored_stay_so(repository: Path) -> None:
    """That is how nohup, and shells with what they run in the background, protect a process."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = heeding("lint", "orders.yaml")
    finally:
        signal.signal(signal.SIGINT, before)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=SECONDS)[1] == b""
    assert process.returncode == 1


@contextmanager
def interrupted_at(line: int) -> Iterator[Callable[[], int]]:
    """Raise KeyboardInterrupt at the n-th line of Python that runs, once; give how many have run."""
    lines = 0

    def trace(_: FrameType, event: str, __: Any) -> Any:
        nonlocal lines
        if event == "line":
            lines += 1
            if lines == line:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield lambda: lines
    finally:
        sys.settrace(before)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of files that nobody closes
@pytest.mark.parametrize("fails", [False, True], ids=["written", "no room"])
def test_an_interrupt_at_any_line_leaves_the_old_file_or_the_new_one(
    fails: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "report.txt"
    if fails:
        monkeypatch.setattr(Path, "replace", full)
    line, found = 0, set()
    while True:
        line += 1
        file.write_text("old", encoding="utf-8")
        try:
            with interrupted_at(line) as ran:
                save("new", str(file))
        except (KeyboardInterrupt, UsageError):
            pass
        found.add(file.read_text(encoding="utf-8"))
        assert [each.name for each in tmp_path.iterdir()] == ["report.txt"]
        if ran() < line:
            break
    assert line > 20
    assert found == ({"old"} if fails else {"old", "new"})
