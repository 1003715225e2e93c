"""How far a run has come, for who waits for it at a terminal."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msglint.cli.interface import obeys
from msglint.reports.terminal import counted

if TYPE_CHECKING:
    from tqdm.std import tqdm

    from msglint.engine import Told

PATIENCE = 1.0
"""How long a run shows nothing, in seconds: most are over by then, and never load the bar."""
_OFTEN = 0.1
_CLEAR = "\r\x1b[K"


@contextmanager
def shown(given: argparse.Namespace, what: str = "file") -> "Iterator[Told | None]":
    """Give whom a run tells how far it has come, if somebody watches; what was shown is gone at the end."""
    if given.no_progress or os.environ.get("CI") or not obeys(sys.stderr):
        yield None
        return
    bar = _Bar(what)
    try:
        yield bar.told
    finally:
        bar.close()


class _Bar:
    """A bar on standard error, once a run has taken a while. It is drawn when the run tells something, by no thread."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = time.time()
        self._due = time.monotonic() + PATIENCE
        self._begun = False
        self._bar: tqdm[None] | None = None

    def told(self, done: float, files: int) -> None:
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + _OFTEN
        self._begun = True
        if self._bar is None:
            self._bar = _made(files, self._what, self._began)
        self._bar.n = done
        self._bar.refresh()

    def close(self) -> None:
        if not self._begun:
            return
        try:
            if self._bar is not None:
                self._bar.close()
        finally:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


def flags(parser: argparse.ArgumentParser) -> "argparse._ArgumentGroup":
    """Add the flags that say how a run behaves while it runs, and give the group of them."""
    group = parser.add_argument_group("while it runs")
    group.add_argument("--no-progress", action="store_true", help="Show no bar on long runs, also on a terminal.")
    return group


def _made(number: int, what: str, began: float) -> "tqdm[None]":
    from threading import RLock  # noqa: PLC0415  # only long runs pay for it

    from tqdm.std import tqdm  # noqa: PLC0415  # only long runs pay for it

    class Quiet(tqdm):  # type: ignore[type-arg]  # generic in its stubs alone
        """Starts no thread that looks after bars, and makes no lock across processes, which may start one."""

        monitor_interval = 0
        _lock = RLock()

    bar = Quiet(
        total=number,
        desc=f"Judging {counted(number, what)}",
        bar_format="{desc} |{bar:30}| {percentage:3.0f}% {elapsed}",
        leave=False,
        delay=_OFTEN,  # not before it is told how much is done
        file=sys.stderr,
        dynamic_ncols=True,
    )
    bar.start_t = began
    return bar
