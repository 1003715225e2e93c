"""What all commands share: exit codes, wrong usage, and how they speak to people and write files."""

import io
import os
import sys
from collections.abc import Sequence
from enum import IntEnum


class Exit(IntEnum):
    """What an exit code means."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    FAILED = 3
    INTERRUPTED = 130


class UsageError(Exception):
    """What the user asks for cannot be done; the message says why, and `details` what more there is, in lines."""

    def __init__(self, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.details = details


def tell(message: str) -> None:
    """Tell the user something beside the report, on standard error."""
    sys.stderr.write(f"{safe(message)}\n")


def safe(message: str) -> str:
    """Write what a terminal could obey as an escape: names in a file may be anybody's."""
    from msglint.reports import terminal  # noqa: PLC0415  # few runs have anything to tell

    return terminal.safe(message)


def say(text: str) -> None:
    """Write a text for people to standard output; what it cannot show becomes an escape."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write(text)


def save(text: str, name: str) -> None:
    """Write a file at once or not at all; a pipe or a device is only written to."""
    from pathlib import Path  # noqa: PLC0415  # a thirtieth of a short run, and seldom needed

    target = Path(name)
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
            return
        target = Path(os.path.realpath(target))
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            beside.write_text(text, encoding="utf-8")
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{target}: {error.strerror or error}") from error


def columns() -> int:
    """Give the columns of the terminal, as `shutil.get_terminal_size` does, which is slow to import."""
    try:
        return int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size().columns or 100
    except (ValueError, OSError):
        return 100


def on_terminal() -> bool:
    """Say whether somebody reads standard output on a terminal that shows colours, and wants them."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def counted(number: int, noun: str) -> str:
    """Give a number with its noun, in the plural where that is due."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(values: Sequence[str]) -> tuple[str, ...]:
    """Give the words of flags that may be given several times and with commas."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
