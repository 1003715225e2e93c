"""What a directory may hold beside templates: links, pipes, devices, odd names, and files that change while read."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from command import run
from msglint.cli.interface import Exit
from msglint.reports.formats import FORMATS

QUEUE = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties: {ReceiveMessageWaitTimeSeconds: 0}\n"
SHORT_POLLING = ("--isolated", "--select", "MSG501", "--format", "concise")
SECONDS = 60


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work in a directory with one template, which is told whatever stands beside it."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "template.yaml").write_text(QUEUE)
    (tmp_path / "outside.yaml").write_text(QUEUE)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "template.yaml").write_text(QUEUE)
    monkeypatch.chdir(folder)
    yield folder
    # What Python itself cannot remove, since it is too deep, would be in the way of the next run.
    subprocess.run(["rm", "-rf", "--", str(folder)], check=True)  # noqa: S603, S607


def lint(*arguments: str, script: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the command line as a process that may not wait for ever; `script` runs in it first."""
    command = f"{script}\nfrom msglint.__main__ import run\nrun()\n"
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", command, "lint", *SHORT_POLLING, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)  # a path that is longer than a hundred bytes is none for a socket


ENTRIES: dict[str, Callable[[Path], object]] = {
    "a FIFO": os.mkfifo,
    "a socket": listening,
    "a link to a device without an end": lambda path: path.symlink_to("/dev/zero"),
    "a link to random bytes": lambda path: path.symlink_to("/dev/random"),
    "a link to the terminal": lambda path: path.symlink_to("/dev/tty"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a link to its directory": lambda path: path.symlink_to("."),
    "a link to the root": lambda path: path.symlink_to("/"),
    "a link to what is open": lambda path: path.symlink_to("/dev/stdin"),
    "a link to a file outside": lambda path: path.symlink_to("../../outside.yaml"),
    "a link to a directory outside": lambda path: path.symlink_to("../../outside"),
    "a link to the memory of the process": lambda path: path.symlink_to("/proc/self/mem"),
}


@pytest.mark.parametrize("suffix", [".yaml", ".json", ".tf", ".tfplan", ""])
def test_what_is_no_file_of_the_directory_is_passed_over(suffix: str, here: Path) -> None:
    """Whatever its name promises, nobody opens it, and it ends nothing."""
    (here / "entries").mkdir()
    for number, make in enumerate(ENTRIES.values()):
        path = here / "entries" / f"e{number}{suffix}"
        os.chdir(path.parent)
        make(path)
    os.chdir(here)
    result = lint(".")
    assert "template.yaml:4:49: warning MSG501" in result.stdout
    assert result.stdout.count("MSG501") == 1
    # A Terraform module of which a file cannot be read is not judged, and that is told. Directories are no files.
    faults = [line for line in result.stdout.splitlines() if "MSG501" not in line]
    files = [name for name in ENTRIES if "directory" not in name and "root" not in name]
    assert len(faults) == (len(files) if suffix == ".tf" else 0), result.stdout
    assert all("MSG001 this file cannot be read: no regular file" in each for each in faults)
    assert (result.returncode, result.stderr) == (Exit.FINDINGS, "")


NAMES = (
    "a\nb.yaml",
    "a\r\n::error::b.yaml",
    "##[error]a.yaml",
    "'\"`$(touch owned)`.yaml",
    "-rf.yaml",
    "--output=owned.yaml",
    "*.yaml",
    "a b\t.yaml",
    "\x1b[31ma\x1b[0m.yaml",
    "\u202eb.yaml",
    "e\u0301.yaml",
    "\u200b.yaml",
    "a\\b.yaml",
    "a:1:1.yaml",
    "=cmd().yaml",
    "<b>&amp;.yaml",
    f"{'a' * 250}.yaml",
    "\U0001f600.yaml",
)
BYTES = (b"\xff\xfe.yaml", b"\x9b31m.yaml", b"a\xc3.yaml")


def odd_names(folder: Path) -> None:
    """Put a template under each odd name, files and directories both."""
    for name in (*map(os.fsencode, NAMES), *BYTES):
        (folder / os.fsdecode(name)).write_text(QUEUE)
        inner = folder / "folders" / os.fsdecode(name)
        inner.mkdir(parents=True)
        (inner / "template.yaml").write_text(QUEUE)


@pytest.mark.parametrize("format_", FORMATS)
def test_names_of_files_are_only_names(format_: str, here: Path) -> None:
    odd_names(here)
    result = run("lint", "--isolated", "--select", "MSG501", "--format", format_, ".")
    assert result.exit_code == Exit.FINDINGS, result.output
    assert result.stderr == ""
    assert "owned" not in os.listdir(here)  # noqa: PTH208
    found = run("lint", "--isolated", "--select", "MSG501", "--format", "json", ".")
    assert len(json.loads(found.stdout)["findings"]) == 1 + 2 * (len(NAMES) + len(BYTES))


def test_directories_are_searched_however_deep_they_are(here: Path) -> None:
    for _ in range(1000):
        Path("d").mkdir()
        os.chdir("d")
    Path("template.yaml").write_text(QUEUE)
    os.chdir(here)
    result = lint(".")
    assert result.stdout.count("MSG501") == 2
    assert (result.returncode, result.stderr) == (Exit.FINDINGS, "")


def test_a_path_that_is_too_long_is_a_finding(here: Path) -> None:
    name = "d" * 250
    for _ in range(20):
        Path(name).mkdir()
        os.chdir(name)
    Path("template.yaml").write_text(QUEUE)
    os.chdir(here)
    result = lint(".")
    fault = "error MSG001 this file cannot be read: a directory that cannot be searched: File name too long"
    assert "template.yaml:4:49: warning MSG501" in result.stdout
    assert result.stdout.count(fault) == 1
    assert (result.returncode, result.stderr) == (Exit.FINDINGS, "")


@pytest.mark.slow
def test_twenty_thousand_entries_are_searched(here: Path) -> None:
    for number in range(20_000):
        (here / f"{number}.yaml").write_text("a: b\n")
    result = lint(".")
    assert result.stdout.count("MSG501") == 1
    assert (result.returncode, result.stderr) == (Exit.FINDINGS, "")


CHANGES = {
    "it vanishes": "os.unlink(path)",
    "it becomes a FIFO": "os.unlink(path); os.mkfifo(path)",
    "it becomes a directory": "os.unlink(path); os.mkdir(path)",
    "it becomes a link to a device": "os.unlink(path); os.symlink('/dev/zero', path)",
    "it becomes a link to itself": "os.unlink(path); os.symlink(path, path)",
    "it shrinks": "os.truncate(path, 5)",
    "it is empty": "os.truncate(path, 0)",
    "it may not be read": "raise PermissionError(13, 'Permission denied', path)",
    "its disk fails": "raise OSError(5, 'Input/output error', path)",
}
TOLD = {
    "it becomes a directory": "Is a directory",
    "it becomes a link to itself": "Too many levels of symbolic links",
    "it may not be read": "Permission denied",
    "its disk fails": "Input/output error",
}
# Python tells hooks of a file that it is about to open: the last moment to change it.
CHANGING = """\
import os, sys
changed = set()
def change(event, arguments):
    path = str(arguments[0]) if event == "open" else ""
    if path.endswith("changing.yaml") and path not in changed:
        changed.add(path)
        {change}
sys.addaudithook(change)
"""


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("named", [False, True])
def test_a_file_that_changes_while_it_is_read_ends_nothing(change: str, here: Path, *, named: bool) -> None:
    """One that was found is a finding, where nobody can read it; to name one that cannot be read is wrong usage."""
    (here / "changing.yaml").write_text(QUEUE)
    names = ("changing.yaml", "template.yaml") if named else (".",)
    # Without links, so that each file is opened once.
    result = lint("--no-link", *names, script=CHANGING.format(change=CHANGES[change]))
    told = TOLD.get(change)
    if named and (told or change == "it vanishes"):
        assert result.returncode == Exit.USAGE
        assert f"error: changing.yaml: {told or 'No such file or directory'}" in result.stderr
        return
    assert "template.yaml:4:49: warning MSG501" in result.stdout
    assert (result.returncode, result.stderr) == (Exit.FINDINGS, "")
    fault = "changing.yaml:1:1: error MSG001 this file cannot be read: "
    assert result.stdout.count(fault + (told or "")) == (1 if told else 0)


def test_a_file_that_vanishes_between_two_looks_ends_nothing(here: Path) -> None:
    """Files are looked at for what links templates before they are read."""
    (here / "changing.yaml").write_text(QUEUE)
    result = lint(".", script=CHANGING.format(change=CHANGES["it vanishes"]))
    assert "template.yaml:4:49: warning MSG501" in result.stdout
    assert (result.returncode, result.stderr) == (Exit.FINDINGS, "")
