"""The files beside a document: those that it names by a relative path, below one directory and never outside it."""

from __future__ import annotations

import os
import stat

from msglint.source.text import Document, SourceError

MAX_BESIDE = 512 * 1024
"""The largest file that is read beside another, in bytes."""


class Beside:
    """Reads files that a document names.

    `shown` is the directory of the document as the user writes it, `directory` the same where the process finds it, and
    `root` the directory that nothing is read outside of, through links either.
    """

    __slots__ = ("_directory", "_found", "_root", "_shown")

    def __init__(self, shown: str, directory: str, root: str) -> None:
        self._shown = shown
        self._directory = directory
        self._root = root
        self._found: dict[str, Document | None] = {}

    def open(self, path: str) -> Document | None:
        """Give a file by its path from the document's directory; None for what is not there, or not to be read."""
        path = os.path.normpath(path)
        if path not in self._found:
            self._found[path] = self._open(path)
        return self._found[path]

    def _open(self, path: str) -> Document | None:
        from pathlib import Path  # noqa: PLC0415  # few documents name files, and the import is felt

        if "\0" in path or Path(path).is_absolute():
            return None
        try:
            real = Path(os.path.realpath(Path(self._directory, path)))
            if not real.is_relative_to(os.path.realpath(self._root)) or not stat.S_ISREG(real.stat().st_mode):
                return None
            with real.open("rb") as file:
                data = file.read(MAX_BESIDE + 1)
            if len(data) > MAX_BESIDE:
                return None
            return Document.from_bytes(os.path.normpath(Path(self._shown, path)), data)
        except (OSError, ValueError, SourceError):
            return None
