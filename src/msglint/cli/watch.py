"""`msglint lint --watch`: judge again whenever something that was read is saved."""

import argparse
import gc
import os
import site
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from stat import S_ISREG
from sysconfig import get_path
from typing import Any, NamedTuple, NoReturn

from msglint.cli.interface import UsageError, complain, obeys, say, tell
from msglint.config.nearest import Flags, Nearest
from msglint.inputs import STANDARD_INPUT, inputs
from msglint.reports.formats import FORMATS
from msglint.reports.terminal import counted

SETTLED = 100
"""How long nothing must happen until saving is taken to be over, in milliseconds."""
LOOK = 5.0
"""How often is looked without being told, in seconds: some file systems tell nothing."""
FEW = 3
"""How many files that have changed are named."""
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"
_TERRAFORM = (".tf", ".tf.json", ".tfvars", ".tfvars.json")
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class _State(NamedTuple):
    """What tells one state of a file from another."""

    changed: int
    size: int
    inode: int


States = Mapping[str, _State | None]
"""Files by their absolute paths; None: there is none."""


def watched(given: argparse.Namespace, once: Callable[[argparse.Namespace], int]) -> NoReturn:
    """Judge with `once`, wait until something has changed, and judge again, until a signal ends it."""
    _check(given)
    watch = _watch()
    opened = _Opened()
    before: States = {}
    while True:
        opened.clear()
        searched = _searched(given, opened)
        there = {path: _state(path) for path in {*searched, *before}}
        try:
            once(given)
        except UsageError as error:
            # What is half written may be put right with the next save; what is wrong from the start is wrong usage.
            if not before:
                raise
            complain("lint", error)
            searched.update(before)
        sys.stdout.flush()
        gc.collect()
        before = {**{path: there[path] for path in searched}, **opened.files()}
        tell(f"msglint: watching {counted(sum(each is not None for each in before.values()), 'file')}; Ctrl-C ends it")
        now = _changed(given, before, opened, watch)
        say(_CLEAR if obeys(sys.stdout) else "---\n")
        tell(f"msglint: {_told(before, now)}")


def _check(given: argparse.Namespace) -> None:
    """Refuse what cannot be watched, and what people do not read while they write."""
    if STANDARD_INPUT in given.paths:
        raise UsageError("--watch: standard input is read once; name a file")
    for flag, value in {"--diff": given.diff, "--output": given.output, "--report": given.reports}.items():
        if value:
            raise UsageError(f"--watch shows all findings where it runs, so it takes no {flag}")
    if given.format is not None and not FORMATS[given.format].for_terminals:
        names = " or ".join(name for name, each in FORMATS.items() if each.for_terminals)
        raise UsageError(f"--watch shows findings to people: --format {names}")


def _watch() -> Callable[..., Iterator[object]]:
    try:
        from watchfiles import watch  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise UsageError("--watch needs watchfiles: python -m pip install 'msglint[watch]'") from error
    return watch


class _Opened:
    """Notes what this process reads: files as they were when they were first opened, so that no save is missed.

    Python tells a hook of each opening, so nothing that reads a file has to know that somebody watches.
    """

    def __init__(self) -> None:
        self._files: dict[str, _State | None] = {}
        self._directories: set[str] = set()
        python = (get_path("stdlib"), get_path("platstdlib"), *site.getsitepackages(), site.getusersitepackages())
        self._installed = tuple(os.path.join(each, "") for each in (*python, _PACKAGE))
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and not isinstance(arguments[0], int) and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            path = os.path.abspath(os.fsdecode(arguments[0]))
            if path not in self._files and not path.endswith(".pyc"):
                self._files[path] = _state(path)
        elif event in {"os.scandir", "os.listdir"} and not isinstance(arguments[0], int):
            self._directories.add(os.path.abspath(os.fsdecode(arguments[0] or ".")))

    def clear(self) -> None:
        """Forget all."""
        self._files.clear()
        self._directories.clear()

    def files(self) -> States:
        """Give the files that were opened or looked for, without those of Python and of what is installed."""
        return {path: state for path, state in self._files.items() if not path.startswith(self._installed)}

    def directories(self, files: Iterable[str]) -> frozenset[str]:
        """Give the directories that were searched and those of some files, as far as they are there."""
        return frozenset(map(_there, {*self._directories, *map(os.path.dirname, files)}))


def _state(path: str) -> _State | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return _State(found.st_mtime_ns, found.st_size, found.st_ino) if S_ISREG(found.st_mode) else None


def _there(directory: str) -> str:
    """Give a directory, or the nearest one above it that is there."""
    while not os.path.isdir(directory) and directory != os.path.dirname(directory):
        directory = os.path.dirname(directory)
    return directory


def _searched(given: argparse.Namespace, opened: _Opened) -> set[str]:
    """Give the files that a run would find now, by the configuration that there is now."""
    found: set[str] = set()
    modules = {os.path.dirname(path) for path in opened.files() if path.endswith(_TERRAFORM)}
    try:
        passing = Nearest(Flags(gitignore=not given.no_gitignore), file=given.config, isolated=given.isolated)
        for each in inputs(given.paths or ["."], passing):
            (modules if each.is_configuration else found).add(os.path.abspath(each.name))
        for module in modules:
            found.update(os.path.join(module, name) for name in os.listdir(module) if name.endswith(_TERRAFORM))
    except (UsageError, OSError):
        # The run says what is wrong.
        pass
    return found


def _changed(
    given: argparse.Namespace, before: States, opened: _Opened, watch: Callable[..., Iterator[object]]
) -> States:
    """Wait until files differ from what they were, and give them as they are now."""
    while True:
        searched = _searched(given, opened)
        directories = opened.directories((*before, *searched))
        due = 0.0
        # It comes back after each pause, and looks only if it was told something; at first for what it was not told.
        pauses = watch(
            *directories,
            watch_filter=None,
            step=SETTLED,
            rust_timeout=SETTLED,
            yield_on_timeout=True,
            recursive=False,
        )
        try:
            for told in pauses:
                if not told and time.monotonic() < due:
                    continue
                due = time.monotonic() + LOOK
                # A configuration that is new is opened by the search.
                now = {path: _state(path) for path in {*before, *_searched(given, opened), *opened.files()}}
                changed = {path: state for path, state in now.items() if state != before.get(path)}
                if changed:
                    return changed
                if opened.directories((*before, *now)) != directories:
                    break
        except FileNotFoundError:
            continue  # a directory is gone since it was searched
        except OSError as error:
            raise UsageError(f"--watch: {error}") from error


def _told(before: States, now: States) -> str:
    """Say which files have changed."""
    few = [f"{_shown(path)} {_what(before.get(path), now[path])}" for path in sorted(now)[:FEW]]
    more = [f"{len(now) - FEW} more"] if len(now) > FEW else []
    return " and ".join([", ".join(few), *more])


def _what(before: _State | None, now: _State | None) -> str:
    if before is None:
        return "is new"
    return "is gone" if now is None else "has changed"


def _shown(path: str) -> str:
    """Give the path of a file as the user would write it."""
    here = os.path.join(os.getcwd(), "")
    return path.removeprefix(here)
