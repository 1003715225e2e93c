"""What all commands share: exit codes, wrong usage, and how they speak to people and write files."""

import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import IntEnum
from functools import partial
from typing import TextIO

from msglint.options import UsageError as UsageError  # noqa: PLC0414  # offered to the commands too

_OBEYING = ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")
"""What tells that the output goes to the log of a service that takes commands from it: also Gitea, Azure, TeamCity."""


class Exit(IntEnum):
    """What an exit code means."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    FAILED = 3


def tell(message: str) -> None:
    """Tell the user something beside the report, on standard error; where nobody can be told, the exit code is left."""
    try:
        sys.stderr.write(f"{_unheeded(safe(message))}\n")
    except OSError:
        mute(sys.stderr)


def complain(command: str, error: UsageError) -> None:
    """Tell what cannot be done, each detail in a line of its own."""
    for line in (f"msglint {command}: error: {error.message}", *(f"  {detail}" for detail in error.details)):
        tell(line)


def safe(message: str) -> str:
    """Write what a terminal could obey as an escape: names in a file may be anybody's."""
    from msglint.reports import terminal  # noqa: PLC0415  # few runs have anything to tell

    return terminal.safe(message)


def _unheeded(text: str) -> str:
    """Write what a service would obey in the log of a job so that it does not: names and lines may be anybody's."""
    if not any(name in os.environ for name in _OBEYING):
        return text
    import re  # noqa: PLC0415  # only where such a service runs it

    return re.sub(r"^(\s*:)(?=:)|(##)(?=\w*\[)", r"\1\2 ", text, flags=re.MULTILINE)


def say(text: str) -> None:
    """Write a text for people to standard output; what it cannot show becomes an escape."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    with _speaking():
        sys.stdout.write(_unheeded(text))
        sys.stdout.flush()


def hand_over(text: str) -> None:
    """Write a text for programmes to standard output, in UTF-8 whatever the terminal speaks."""
    with _speaking():
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()


@contextmanager
def _speaking() -> Iterator[None]:
    """Tell of an output that takes no more as of wrong usage; a pipe that is closed has a meaning of its own."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        mute(sys.stdout)
        raise UsageError(f"standard output: {error.strerror or error}") from error


def mute(stream: TextIO) -> None:
    """Write nothing more to a stream, also not what has waited for its turn until the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


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
            try:
                beside.write_bytes(data)
                if target.exists():
                    beside.chmod(target.stat().st_mode & 0o777)
                beside.replace(target)
            finally:
                beside.unlink(missing_ok=True)
        finally:
            # A signal interrupts once (see `signals`): where it has met the first, it does not meet this one.
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


def colored() -> bool:
    """Say whether standard output shows colours, and somebody wants them: https://no-color.org, https://force-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or obeys(sys.stdout)


def obeys(stream: TextIO) -> bool:
    """Say whether an output is a terminal that does what escape sequences say."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def listed(values: Sequence[str]) -> tuple[str, ...]:
    """Give the words of flags that may be given several times and with commas."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
