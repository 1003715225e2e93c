"""A run says the same wherever it runs: in any order and locale, without a home, a terminal, or streams to speak to."""

import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import msgspec
import pytest

import msglint
from command import run
from msglint.reports.formats import FORMATS

REPOSITORY = Path(__file__).parents[1]
SOURCES = REPOSITORY / "src"
EXAMPLES = REPOSITORY / "examples"
QUEUE = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"
SHUFFLED = """\
import os, random, sys
sys.path.insert(0, sys.argv.pop(1))
anyhow = random.Random(sys.argv.pop(1))
scandir, listdir = os.scandir, os.listdir
class Shuffled:
    def __init__(self, *where):
        with scandir(*where) as entries:
            self.entries = list(entries)
        anyhow.shuffle(self.entries)
        self.close = lambda: None
    def __enter__(self):
        return self
    def __exit__(self, *_):
        pass
    def __iter__(self):
        return self
    def __next__(self):
        if not self.entries:
            raise StopIteration
        return self.entries.pop()
def shuffled(*where):
    names = listdir(*where)
    anyhow.shuffle(names)
    return names
os.scandir, os.listdir = Shuffled, shuffled
from msglint.__main__ import run
run()
"""
"""Runs msglint with the entries of directories in an order by chance, as file systems give them in any."""


def process(
    *words: str, cwd: Path, python: Sequence[str] = ("-m", "msglint"), through: str = "", **environment: str | None
) -> "subprocess.CompletedProcess[bytes]":
    """Run msglint in a process of its own; `through`: what a shell does before, or with its streams."""
    kept = {**os.environ, "PYTHONPATH": str(SOURCES), "COLUMNS": "100", **environment}
    command = [sys.executable, *python, *words]
    if through:
        command = ["sh", "-c", through.replace("RUN", 'exec "$@"'), "sh", *command]
    return subprocess.run(  # noqa: S603
        command,
        cwd=cwd,
        env={name: value for name, value in kept.items() if value is not None},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a directory with a template."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "orders.yaml").write_text(QUEUE, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


# Order


@pytest.mark.slow
def test_reports_are_the_same_in_any_order_with_any_seed_and_locale(tmp_path: Path) -> None:
    reports: list[list[bytes]] = []
    variants: list[Mapping[str, str]] = [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Kiritimati"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "LANG": "tr_TR.UTF-8"},
        {"PYTHONHASHSEED": "4294967295", "LC_ALL": "C.UTF-8", "TZ": "America/St_Johns"},
    ]
    for number, variant in enumerate(variants):
        files = [tmp_path / f"{number}.{name}" for name in FORMATS]
        more = [word for name, file in zip(FORMATS, files, strict=True) for word in ("--report", f"{name}={file}")]
        done = process(
            *(str(SOURCES), str(number), "lint", "examples", "tests/fixtures/linked", "--show-undecided", *more),
            cwd=REPOSITORY,
            python=("-c", SHUFFLED),
            **variant,
        )
        assert done.returncode == 1, done.stderr
        reports.append([done.stderr, *(file.read_bytes() for file in files)])
    assert all(each == reports[0] for each in reports[1:])


def test_reports_are_the_same_for_any_order_of_paths_and_twice_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)
    paths = [
        str(path.relative_to(EXAMPLES))
        for folder in ("faulty", "linked")
        for path in (EXAMPLES / folder).rglob("*.yaml")
    ]
    orders = [Random(seed).sample(paths, len(paths)) for seed in range(4)]  # noqa: S311
    said = [run("lint", *order, "--format", "json") for order in [paths, paths, *orders]]
    assert said[0].exit_code == 1
    assert all(each == said[0] for each in said[1:])


def test_files_say_the_same_together_in_parts_and_alone() -> None:
    """Where nothing links them."""
    paths = sorted(path for path in EXAMPLES.rglob("*.yaml") if "cdk" not in path.parts)

    def found(*parts: Sequence[Path]) -> list[str]:
        reports = [msglint.lint(part, link=False) for part in parts]
        said = [each for report in reports for each in (*report.findings, *report.undecided)]
        return sorted(map(repr, said))

    together = found(paths)
    assert len(together) > 20
    assert found(paths[::3], paths[1::3], paths[2::3]) == together
    assert found(*([path] for path in paths)) == together


def test_threads_say_the_same_as_one() -> None:
    folders = [EXAMPLES / name for name in ("faulty", "linked", "gotchas", "repaired")] * 2
    alone = [msglint.lint([folder]) for folder in folders]
    ready = threading.Barrier(4)

    def at_once(folder: Path) -> msglint.Report:
        ready.wait()
        return msglint.lint([folder])

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(at_once, folders))
    assert [msgspec.structs.astuple(each)[:2] for each in together] == [
        msgspec.structs.astuple(each)[:2] for each in alone
    ]


def test_a_name_from_elsewhere_is_all_that_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)
    near = run("lint", "faulty", "linked", "--format", "json")
    far = run("lint", str(EXAMPLES / "faulty"), str(EXAMPLES / "linked"), "--format", "json")
    monkeypatch.chdir(EXAMPLES / "start")
    above = run("lint", "../faulty", "../linked", "--format", "json")

    def told(text: str, prefix: str) -> list[tuple[object, ...]]:
        findings = json.loads(text.replace(prefix, ""))["findings"]
        return sorted(
            (each["file"], each["code"], str(each["start"]), each["message"].replace(prefix, "")) for each in findings
        )

    assert told(near.stdout, "") == told(far.stdout, f"{EXAMPLES}/") == told(above.stdout, "../") != []


# Where it runs


ENVIRONMENTS: Mapping[str, tuple[Sequence[str], Mapping[str, str | None]]] = {
    "no home": ((), {"HOME": None, "XDG_CACHE_HOME": None, "XDG_CONFIG_HOME": None, "PATH": None}),
    "a home that is not there": ((), {"HOME": "/nowhere", "XDG_CONFIG_HOME": "/nowhere", "XDG_CACHE_HOME": "/nowhere"}),
    "C": ((), {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "POSIX, in UTF-8": ((), {"LC_ALL": "POSIX", "PYTHONUTF8": "1"}),
    "ASCII": ((), {"PYTHONIOENCODING": "ascii"}),
    "no terminal": ((), {"TERM": None}),
    "a dumb terminal": ((), {"TERM": "dumb"}),
    "no columns": ((), {"COLUMNS": "0"}),
    "columns that are no number": ((), {"COLUMNS": "wide"}),
    "-O": (("-O",), {}),
    "-OO": (("-OO",), {}),
    "warnings are errors": (("-W", "error"), {}),
    "development": (("-X", "dev", "-W", "error"), {}),
    "no bytecode": (("-B",), {}),
}
LIMITS = {
    "few files": "ulimit -n 32; RUN",
    "a small stack": "ulimit -s 512; RUN",
    "umask 077": "umask 077; RUN",
    "no standard input": "RUN <&-",
    "no standard error": "RUN 2>&-",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*ENVIRONMENTS, *LIMITS])
def test_it_says_the_same(name: str, here: Path) -> None:
    flags, environment = ENVIRONMENTS.get(name, ((), {}))
    done = process("lint", cwd=here, python=[*flags, "-m", "msglint"], through=LIMITS.get(name, ""), **environment)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode() == run("lint").stdout


def test_it_runs_apart_from_its_surroundings(here: Path) -> None:
    """With -I nothing of the environment or the working directory is looked at."""
    (here / "msgspec.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(SOURCES)!r}); from msglint.__main__ import run; run()"
    done = process("lint", cwd=here, python=["-I", "-c", code])
    assert (done.returncode, done.stderr, done.stdout.decode()) == (1, b"", run("lint").stdout)


@pytest.mark.slow
def test_it_runs_from_an_archive(here: Path) -> None:
    archive = here.parent / "msglint.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in SOURCES.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                file.write(path, path.relative_to(SOURCES))
        file.writestr("__main__.py", "from msglint.__main__ import run\nrun()\n")
    for words in (["lint"], ["lint", "--format", "sarif"], ["explain", "MSG501"], ["completion", "zsh"]):
        done = process(*words, cwd=here, python=[str(archive)], PYTHONPATH=None)
        assert (done.returncode, done.stderr, done.stdout.decode()) == (
            int(words[0] == "lint"),
            b"",
            run(*words).stdout,
        )


@pytest.mark.parametrize("shell", ["RUN >&-", "RUN >/dev/full", "ulimit -f 0; RUN >../out", "RUN <&- >&-"])
@pytest.mark.parametrize("words", [["lint"], ["lint", "--format", "json"], ["rules"], ["init", "--dry-run"]])
def test_an_output_that_takes_nothing_is_wrong_usage(words: list[str], shell: str, here: Path) -> None:
    done = process(*words, cwd=here, through=shell)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"msglint {words[0]}: error: standard output: ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full", "<&- >&- 2>&-", ">/dev/full 2>/dev/full"])
def test_the_exit_code_says_it_where_nobody_can_be_told(stream: str, here: Path) -> None:
    shut = ">" in stream.replace("2>", "")
    for words, code in (
        (["lint"], 2 if shut else 1),
        (["lint", "--fail-on", "error"], 2 if shut else 0),
        (["lint", "no-such-file"], 2),
        (["lint", "--no-such-flag"], 2),
        (["lint", "--output", "../report.txt"], 1),
        (["baseline", "--output", "../base.json"], 2 if shut else 0),
    ):
        assert process(*words, cwd=here, through=f"RUN {stream}").returncode == code, words
    assert (here.parent / "report.txt").read_text("utf-8") == run("lint").stdout
    assert json.loads((here.parent / "base.json").read_text("utf-8"))


def test_standard_input_that_is_closed_brings_nothing(here: Path) -> None:
    done = process("lint", "-", cwd=here, through="RUN <&-")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"msglint lint: error: standard input is empty")


def test_a_file_that_has_no_room_stays_as_it_was(here: Path) -> None:
    (here.parent / "report.txt").write_text("old", encoding="utf-8")
    done = process("lint", "--output", "../report.txt", cwd=here, through="ulimit -f 0; RUN")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"File too large" in done.stderr
    assert {path.name: path.read_text("utf-8") for path in here.parent.iterdir() if path.is_file()} == {
        "report.txt": "old"
    }


@pytest.mark.parametrize(("umask", "mode"), [("000", 0o666), ("077", 0o600)])
def test_a_report_has_the_permissions_that_a_new_file_has(umask: str, mode: int, here: Path) -> None:
    assert process("lint", "--output", "../report.txt", cwd=here, through=f"umask {umask}; RUN").returncode == 1
    assert (here.parent / "report.txt").stat().st_mode & 0o777 == mode


def test_rules_keep_their_pages_without_docstrings(here: Path) -> None:
    """They are what -OO leaves out."""
    own = str(EXAMPLES / "company-rules")
    for words in (["explain", "MSG501"], ["lint", "--format", "sarif"], ["explain", "ACME101", "--rules-dir", own]):
        done = process(*words, cwd=here, python=["-OO", "-m", "msglint"])
        assert (done.returncode, done.stderr) == (int(words[0] == "lint"), b"")
        assert done.stdout.decode() == run(*words).stdout
