"""The files beside a document: those that it names by a relative path, below one directory and never outside it."""

from __future__ import annotations

import os
import stat

from msglint.source.text import Document, SourceError

MAX_BESIDE = 512 * 1024
"""The largest file that is read beside another, in bytes."""


def read_regular(path: str, limit: int) -> bytes | None:
    """Give the bytes of a regular file, at most one more than the limit; None for what is none.

    Raises `OSError`, and `ValueError` for a path with a NUL. Nothing else is opened, as that may have effects; and what
    becomes a pipe between two looks is not waited for.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        return None
    with open(path, "rb", opener=_open) as file:
        return file.read(limit + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None


def is_directory(entry: os.DirEntry[str]) -> bool:
    """Say whether an entry is a directory, or a link to one; a link to itself is none, and raises nothing."""
    return entry.is_dir(follow_symlinks=False) or (entry.is_symlink() and os.path.isdir(entry.path))


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


class Boundary:
    """A directory that nothing is read outside of, through links either."""

    __slots__ = ("root",)

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)

    def real(self, path: str) -> str | None:
        """Give where a path leads, whether or not there is anything; None for what lies outside."""
        try:
            found = os.path.realpath(path)
        except (OSError, ValueError):
            return None
        inside = found == self.root or found.startswith(os.path.join(self.root, ""))
        return found if inside else None

    def read(self, path: str, limit: int) -> bytes | None:
        """Give the bytes of a regular file; None for what is none, lies outside or is larger than the limit."""
        real = self.real(path)
        try:
            data = read_regular(real, limit) if real is not None else None
        except (OSError, ValueError):
            return None
        return data if data is not None and len(data) <= limit else None


class Beside:
    """Reads files that a document names.

    `shown` is the directory of the document as the user writes it, `directory` the same where the process finds it, and
    `root` the directory that nothing is read outside of, through links either.
    """

    __slots__ = ("_boundary", "_found", "directory", "root", "shown")

    def __init__(self, shown: str, directory: str, root: str) -> None:
        self.shown = shown
        self.directory = directory
        self.root = root
        self._boundary: Boundary | None = None
        self._found: dict[str, Document | None] = {}

    def open(self, path: str, limit: int = MAX_BESIDE) -> Document | None:
        """Give a file by its path from the document's directory; None for what is not there, or not to be read.

        The file names others from its own directory, within the same root.
        """
        path = os.path.normpath(path)
        if path not in self._found:
            self._found[path] = self._open(path, limit)
        return self._found[path]

    def real(self, path: str) -> str:
        """Give where a file is, by its path from the document's directory, through all links."""
        found = os.path.join(self.directory, path)
        return found if "\0" in path else os.path.realpath(found)

    def _open(self, path: str, limit: int) -> Document | None:
        if "\0" in path or os.path.isabs(path):
            return None
        if self._boundary is None:
            self._boundary = Boundary(self.root)
        data = self._boundary.read(os.path.join(self.directory, path), limit)
        if data is None:
            return None
        own = os.path.dirname(path)
        below = Beside(os.path.join(self.shown, own), os.path.join(self.directory, own), self.root)
        try:
            return Document.from_bytes(os.path.normpath(os.path.join(self.shown, path)), data, below)
        except SourceError:
            return None
