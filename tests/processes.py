"""Runs of the command line as processes of their own: on a terminal, or ready to be interrupted."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

SECONDS = 30
"""How long a test waits for what must come."""
_READY = """\
import os
from msglint.cli import signals
class Ready(signals.Signals):
    def __init__(self):
        super().__init__()
        os.write(1, b"!")
signals.Signals = Ready
from msglint.__main__ import run
run()
"""


def environment(**more: str) -> dict[str, str]:
    """Give the environment of a person at a terminal, whatever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if name not in {"CI", "NO_COLOR", "FORCE_COLOR"}}
    return {**kept, "TERM": "xterm", "COLUMNS": "100", **more}


def heeding(*arguments: str, **more: str) -> "subprocess.Popen[bytes]":
    """Start a run, and come back as soon as it heeds signals."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", _READY, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**more),
    )
    assert process.stdout is not None
    assert process.stdout.read(1) == b"!"
    return process


class Terminal(NamedTuple):
    """A run on a terminal, with all that the terminal has got."""

    process: "subprocess.Popen[bytes]"
    read: Callable[[], bytes]

    def until(self, *said: str) -> str:
        """Read until the last words of what is said have come, in this order, and give all since the last time."""
        text = b""
        end = time.monotonic() + SECONDS
        while not _in_order(text.decode(errors="replace"), said):
            more = self.read()
            text += more
            assert time.monotonic() < end, text
            assert more or self.process.poll() is None, text
        return text.decode()

    def rest(self) -> str:
        """Read until the run ends."""
        text = b""
        end = time.monotonic() + SECONDS
        while self.process.poll() is None:
            text += self.read()
            assert time.monotonic() < end, text
        while more := self.read():
            text += more
        return text.decode()


def _in_order(text: str, said: tuple[str, ...]) -> bool:
    for each in said:
        _, found, text = text.partition(each)
        if not found:
            return False
    return True


@contextmanager
def on_terminal(*command: str, cwd: Path, stdout: int | None = None, **more: str) -> Iterator[Terminal]:
    """Run Python on a terminal of its own; `stdout`: where that output goes instead."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, *command],
        stdin=theirs,
        stdout=theirs if stdout is None else stdout,
        stderr=theirs,
        cwd=cwd,
        env=environment(**more),
        start_new_session=True,
    )
    os.close(theirs)

    def read() -> bytes:
        ready, _, _ = select.select([ours], [], [], 0.05)
        try:
            return os.read(ours, 1 << 16) if ready else b""
        except OSError:  # nobody has the terminal any more
            return b""

    try:
        yield Terminal(process, read)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(ours)
