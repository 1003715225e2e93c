"""The files of a run: what was named, and what a named directory holds."""

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn

import msgspec

from msglint.source import MAX_BYTES, Beside

STANDARD_INPUT = "-"

_SUFFIXES = (".yaml", ".yml", ".json", ".template", ".tfplan")
_PASSED_OVER = {"node_modules", "__pycache__", "venv"}


class Input(msgspec.Struct, frozen=True):
    """One file to read. `named`: the user named it, and did not only name a directory above it."""

    name: str
    named: bool
    root: str = ""
    """The directory outside of which nothing is read that the file names; empty: its own."""


class MissingInputError(Exception):
    """A path that the user named cannot be read: bad usage, not a finding."""


def inputs(paths: Sequence[str]) -> Iterator[Input]:
    """Give the files of a run, each once, directories in the order of names; raises `MissingInputError`."""
    seen: set[str] = set()
    for path in paths:
        found = _below(path) if path != STANDARD_INPUT and os.path.isdir(path) else [Input(path, named=True)]
        for each in found:
            key = each.name if each.name == STANDARD_INPUT else os.path.realpath(each.name)
            if key not in seen:
                seen.add(key)
                yield each


def _below(directory: str) -> Iterator[Input]:
    """Walk a directory; hidden folders, environments and links that lead out of it are passed over."""
    for here, folders, files in os.walk(directory, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_OVER)
        for name in sorted(files):
            path = os.path.join(here, name).removeprefix("./")
            if name.lower().endswith(_SUFFIXES) and not os.path.islink(path) and os.path.isfile(path):
                yield Input(path, named=False, root=directory)


def _refuse(error: OSError) -> NoReturn:
    raise MissingInputError(f"{error.filename}: {error.strerror or error}") from error


def beside(each: Input) -> Beside | None:
    """Give the reader of the files that a file names; None for standard input, which stands nowhere."""
    if each.name == STANDARD_INPUT:
        return None
    own = directory_of(each.name)
    return Beside(own, own, each.root or own)


def directory_of(name: str) -> str:
    """Give the directory that a file is in, as the file is named."""
    return os.path.dirname(name) or "."


def content(each: Input) -> bytes | None:
    """Give the bytes of a file; None for what is no regular file. Raises `MissingInputError`.

    One byte more than is allowed is read, never more, so that a huge file is noticed and not loaded.
    """
    if each.name == STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        if not stat.S_ISREG(os.stat(each.name).st_mode):
            return None
        with open(each.name, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise MissingInputError(f"{each.name}: {error.strerror or error}") from error
