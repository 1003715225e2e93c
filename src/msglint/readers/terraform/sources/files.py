"""The files that a configuration reads, by their paths from where terraform works: the root module's directory."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence

from msglint.source import Document, SourceError
from msglint.source.beside import Boundary

MAX_TEXT = 1_000_000
"""The largest file that `file` and `templatefile` give, in bytes."""
MOST_ENTRIES = 10_000
_MOST_ALTERNATIVES = 64
_ANY_DEPTH = "**"


class Files:
    """Reads files inside a boundary. `shown` is the root module's directory as the user writes it."""

    __slots__ = ("_opened", "boundary", "directory", "shown")

    def __init__(self, shown: str, directory: str, boundary: Boundary) -> None:
        self.shown = shown
        self.directory = directory
        self.boundary = boundary
        self._opened: dict[str, Document | None] = {}

    def real(self, path: str) -> str | None:
        """Give where a path leads; None for what lies outside of the boundary, or in somebody's home."""
        if "\0" in path or path.startswith("~"):
            return None
        return self.boundary.real(posixpath.join(self.directory, posixpath.normpath(path)))

    def name(self, path: str) -> str:
        """Give the user's name of a file."""
        return posixpath.normpath(posixpath.join(self.shown, path))

    def read(self, path: str, limit: int) -> bytes | None:
        """Give the bytes of a regular file of limited size."""
        real = self.real(path)
        return self.boundary.read(real, limit) if real is not None else None

    def is_larger(self, path: str, size: int) -> bool:
        """Say whether a regular file has more bytes than that."""
        real = self.real(path)
        return real is not None and os.path.isfile(real) and os.path.getsize(real) > size

    def open(self, path: str) -> Document | None:
        """Give a text, as `file` and `templatefile` do; None for what is not there, no text, or not to be read."""
        path = posixpath.normpath(path)
        if path not in self._opened:
            self._opened[path] = self._open(path)
        return self._opened[path]

    def opened(self) -> Iterator[Document]:
        """Give the texts that were opened."""
        yield from (document for document in self._opened.values() if document is not None)

    def _open(self, path: str) -> Document | None:
        data = self.read(path, MAX_TEXT)
        try:
            return Document.from_bytes(self.name(path), data) if data is not None else None
        except SourceError:
            return None

    def exists(self, path: str) -> bool | None:
        """Say whether there is a regular file, as `fileexists` does; None where nobody may look."""
        real = self.real(path)
        return os.path.isfile(real) if real is not None else None

    def matching(self, directory: str, pattern: str) -> Sequence[str] | None:
        """Give the files below a directory that match a pattern, as `fileset` does; None where nobody can tell.

        https://developer.hashicorp.com/terraform/language/functions/fileset
        """
        start = self.real(directory)
        patterns = _alternatives(pattern)
        if start is None or not patterns or "\\" in pattern or ".." in pattern:
            return None
        wanted = [posixpath.normpath(each).split("/") for each in patterns]
        deepest = None if any(_ANY_DEPTH in each for each in wanted) else max(map(len, wanted))
        found: list[str] = []
        for seen, path in enumerate(self._below(start, deepest)):
            if seen >= MOST_ENTRIES:
                return None
            if path is not None and any(_fits(path.split("/"), each) for each in wanted):
                found.append(path)
        return sorted(found)

    def _below(self, start: str, deepest: int | None) -> Iterator[str | None]:
        """Walk below a directory, through no link to another: the paths of files, and None for all else."""
        waiting = [""]
        while waiting:
            here = waiting.pop()
            try:
                with os.scandir(posixpath.join(start, here)) as entries:
                    for entry in entries:
                        path = posixpath.join(here, entry.name)
                        is_folder = entry.is_dir(follow_symlinks=False)
                        if is_folder and (deepest is None or path.count("/") + 1 < deepest):
                            waiting.append(path)
                        yield path if not is_folder and self.exists(posixpath.join(start, path)) else None
            except OSError:
                continue


def _alternatives(pattern: str) -> Sequence[str]:
    """Write out `{a,b}`; nothing for too many."""
    written: list[str] = []
    waiting = [pattern]
    while waiting:
        if len(waiting) + len(written) > _MOST_ALTERNATIVES:
            return ()
        each = waiting.pop()
        # The innermost one holds no other.
        end = each.find("}")
        start = each.rfind("{", 0, max(end, 0))
        if start < 0:
            written.append(each)
        else:
            waiting += [each[:start] + choice + each[end + 1 :] for choice in each[start + 1 : end].split(",")]
    return written


def _fits(names: Sequence[str], pattern: Sequence[str]) -> bool:
    from fnmatch import fnmatchcase  # noqa: PLC0415  # few configurations ask for sets of files

    states = _closed({0}, pattern)
    for name in names:
        states = _closed(
            {
                state + (pattern[state] != _ANY_DEPTH)
                for state in states
                if state < len(pattern)
                and (pattern[state] == _ANY_DEPTH or fnmatchcase(name, pattern[state].replace("[^", "[!")))
            },
            pattern,
        )
    return len(pattern) in states


def _closed(states: set[int], pattern: Sequence[str]) -> set[int]:
    """Give the states that are reached where `**` stands for nothing."""
    for state in sorted(states):
        after = state
        while after < len(pattern) and pattern[after] == _ANY_DEPTH:
            after += 1
            states.add(after)
    return states
