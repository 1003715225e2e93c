"""What all commands share: exit codes, wrong usage, and how they speak to people and write files."""

import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import IntEnum
from functools import partial

from msglint.options import UsageError as UsageError  # noqa: PLC0414  # offered to the commands too


class Exit(IntEnum):
    """What an exit code means."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    FAILED = 3
    INTERRUPTED = 130


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


def save(text: str | bytes, name: str) -> None:
    """Write a file at once or not at all; a pipe or a device is only written to."""
    from pathlib import Path  # noqa: PLC0415  # a thirtieth of a short run, and seldom needed

    target, data = Path(name), text.encode() if isinstance(text, str) else text
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        target = Path(os.path.realpath(target))
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            beside.write_bytes(data)
            if target.exists():
                beside.chmod(target.stat().st_mode & 0o777)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{target}: {error.strerror or error}") from error


def save_all(texts: Mapping[str, str]) -> None:
    """Write several files, in directories that are made for them: all, or none."""
    from pathlib import Path  # noqa: PLC0415

    undo: list[Callable[[], object]] = []
    try:
        for name, text in texts.items():
            path = Path(name)
            for directory in (each for each in reversed(path.parents) if not each.exists()):
                directory.mkdir()
                undo.append(directory.rmdir)
            before = path.read_bytes() if path.exists() else None
            save(text, name)
            undo.append(path.unlink if before is None else partial(save, before, name))
    except BaseException as error:
        for each in reversed(undo):
            # One that cannot be undone is no reason to leave the others.
            with suppress(OSError, UsageError):
                each()
        if isinstance(error, OSError):
            raise UsageError(f"{error.filename}: {error.strerror or error}") from error
        raise


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
