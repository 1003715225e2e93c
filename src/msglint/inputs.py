"""The files of a run: what was named, and what a named directory holds.

A Terraform module is one input: its directory, whichever of its files was named.
"""

import os
import sys
from collections.abc import Iterator, Sequence

import msgspec

from msglint.options import Passing, UsageError
from msglint.readers.recognise import NESTING, TAKING
from msglint.source import MAX_BYTES, Beside, is_directory, read_regular

STANDARD_INPUT = "-"
STANDARD_NAME = "<stdin>"
"""What standard input is called in reports."""

LARGEST_TEMPLATE = 8 * 1024 * 1024
"""The size, in bytes, of files that are looked through for templates that nest others; AWS takes less than that."""

_NESTING = tuple(sign.encode() for sign in NESTING)
_TAKING = tuple(sign.encode() for sign in TAKING)

_SUFFIXES = (".yaml", ".yml", ".json", ".template", ".tfplan")
_MODULE = (".tf", ".tf.json")
_VALUES = (".tfvars", ".tfvars.json")
_PASSED_OVER = {"node_modules", "__pycache__", "venv"}


class Input(msgspec.Struct, frozen=True):
    """One file to read. `named`: the user named it, and did not only name a directory above it."""

    name: str
    named: bool
    root: str = ""
    """The directory outside of which nothing is read that the file names; empty: its own."""
    is_configuration: bool = False
    """Whether it is a directory with the `.tf` files of a Terraform module."""
    fault: str = ""
    """Why nobody can tell what is in it: a directory below the one that was named."""

    @property
    def shown(self) -> str:
        """What it is called in reports."""
        return STANDARD_NAME if self.name == STANDARD_INPUT else self.name


class MissingInputError(UsageError):
    """A path that the user named cannot be read: bad usage, not a finding."""


def inputs(paths: Sequence[str], passing: Passing | None = None) -> Iterator[Input]:
    """Give the files of a run and the directories of Terraform modules, each once, in the order of names.

    `passing` says what of a directory is passed over. Raises `MissingInputError`.
    """
    seen: set[str] = set()
    for path in paths:
        if path != STANDARD_INPUT and os.path.isdir(path):
            found = _below(path, passing)
        elif path.lower().endswith((*_MODULE, *_VALUES)) and os.path.isfile(path):
            found = _module(path)
        else:
            found = iter([Input(path, named=True)])
        for each in found:
            key = each.name if each.name == STANDARD_INPUT else os.path.realpath(each.name)
            if key not in seen:
                seen.add(key)
                yield each


def _below(directory: str, passing: Passing | None) -> Iterator[Input]:
    """Walk a directory; hidden folders, environments and links are passed over."""
    waiting = [directory]
    while waiting:
        here = waiting.pop()
        try:
            folders, names = _listed(here)
        except OSError as error:
            if here == directory:
                raise MissingInputError(f"{here}: {error.strerror or error}") from error
            # What is not there any more has nothing to be judged.
            if not isinstance(error, FileNotFoundError):
                yield Input(here.removeprefix("./"), named=False, root=directory, fault=error.strerror or str(error))
            continue
        folders = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_OVER)
        files = [name for name in names if name.lower().endswith((*_SUFFIXES, *_MODULE))]
        if passing is not None:
            passes_over = passing.within(here, directory)
            folders = [name for name in folders if not passes_over(name, True)]
            files = [name for name in files if not passes_over(name, False)]
        waiting += [os.path.join(here, name) for name in reversed(folders)]
        if any(name.endswith(_MODULE) for name in files):
            own = os.path.normpath(here)
            yield Input(own, named=own == os.path.normpath(directory), root=directory, is_configuration=True)
        for name in sorted(files):
            path = os.path.join(here, name).removeprefix("./")
            if name.lower().endswith(_MODULE):
                continue
            if not os.path.islink(path) and os.path.isfile(path):
                yield Input(path, named=False, root=directory)


def _listed(directory: str) -> tuple[list[str], list[str]]:
    """Give the folders in a directory, and all else save links to folders; raises `OSError`."""
    folders: list[str] = []
    names: list[str] = []
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            elif not is_directory(entry):
                names.append(entry.name)
    return folders, names


def _module(path: str) -> Iterator[Input]:
    """Give the module that a file is a part of; values stand beside one or elsewhere."""
    own = directory_of(path)
    if path.lower().endswith(_MODULE) or any(name.endswith(_MODULE) for name in os.listdir(own)):
        yield Input(own, named=True, root=own, is_configuration=True)
    else:
        yield Input(path, named=True)


def beside(each: Input) -> Beside | None:
    """Give the reader of the files that a file names; None for standard input, which stands nowhere."""
    if each.name == STANDARD_INPUT:
        return None
    own = directory_of(each.name)
    return Beside(own, own, each.root or own)


def directory_of(name: str) -> str:
    """Give the directory that a file is in, as the file is named."""
    return os.path.dirname(name) or "."


def is_binary_plan(data: bytes) -> bool:
    """Say whether bytes are a plan as terraform saves it: an archive of which the first file has this name."""
    return data.startswith(b"PK\x03\x04") and data[26:28] == b"\x06\0" and data[30:36] == b"tfplan"


class Links(msgspec.Struct, frozen=True):
    """What a glance at the bytes of files tells of links between templates."""

    nesting: frozenset[str] = frozenset()
    """The names of the files that may be templates which nest others."""
    taken: bool = False
    """Whether some template may take what others hand out."""


def links(files: Sequence[Input]) -> Links:
    """Look through files for what may link templates."""
    nesting, taken = set(), False
    for each in files:
        data = _glanced(each)
        if any(sign in data for sign in _NESTING):
            nesting.add(each.name)
        taken = taken or any(sign in data for sign in _TAKING)
    return Links(frozenset(nesting), taken)


def _glanced(each: Input) -> bytes:
    try:
        small = each.name != STANDARD_INPUT and os.stat(each.name).st_size <= LARGEST_TEMPLATE
        return (content(each) if small else None) or b""
    except OSError:
        return b""  # whoever reads it will say so


def content(each: Input) -> bytes | None:
    """Give the bytes of a file; None for what is no regular file.

    Raises `MissingInputError` for what was named and cannot be read, and `OSError` for what was only found. One byte
    more than is allowed is read, never more, so that a huge file is noticed and not loaded.
    """
    if each.name == STANDARD_INPUT:
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
        if not data:
            raise MissingInputError("standard input is empty: see whether the command before the pipe has failed")
        return data
    try:
        return read_regular(each.name, MAX_BYTES)
    except OSError as error:
        if each.named:
            raise MissingInputError(f"{each.name}: {error.strerror or error}") from error
        raise
