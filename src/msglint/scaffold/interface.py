"""What is made for a repository: a draft of a file, or why there is none and what to do by hand."""

import json
import os
import re
import stat
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msglint import __version__
from msglint.config.files import unplaced
from msglint.source import Document, Node, SourceError, read_yaml

MIRROR = "your-mirror/msglint"
"""What stands for the user's copy of msglint, as in its documentation."""

RELEASE = f"v{__version__}"
"""The tag of this release."""

MAX_BYTES = 1024 * 1024
"""The largest file that is added to, in bytes."""

_LINE_END = re.compile(r"\r\n?|\n")
_WORD = r"(?!-)[\w.+=@-]+(?: [\w.+=@-]+)*"
_PLAIN = re.compile(rf"{_WORD}(?:/{_WORD})*")
_UNQUOTED = re.compile(r"(?!(?i:true|false|yes|no|on|off|null|y|n)$)[A-Za-z_][\w.-]*(?:/[\w.-]+)*")


class Draft(NamedTuple):
    """A file as it should be."""

    path: str
    text: str
    before: str | None = None
    """As it is; None: there is none."""


class Left(NamedTuple):
    """Something that is left as it is: why, and the lines that somebody may add by hand."""

    reason: str
    lines: Sequence[str] = ()


class UnsafeError(Exception):
    """A file is not touched; the message says why."""


class Standing(NamedTuple):
    """A file of YAML that is there already."""

    document: Document
    mark: str
    """What stands before the text: a byte order mark, or nothing."""
    root: Node | None
    """None: there is nothing in it, or comments alone."""

    @property
    def line_end(self) -> str:
        """How its lines end."""
        found = _LINE_END.search(self.document.text)
        return found[0] if found is not None else "\n"

    @property
    def whole(self) -> str:
        """All that stands in the file."""
        return self.mark + self.document.text

    def said(self) -> Mapping[str, Any]:
        """Give what it says, by its keys. Raises `UnsafeError` where it has none."""
        if self.root is None:
            return {}
        if self.root.kind != "mapping":
            raise UnsafeError("it is not a mapping of keys to values")
        said: Mapping[str, Any] = unplaced(self.root)
        return said

    def appended(self, lines: Sequence[str]) -> str:
        """Give its text with lines after it."""
        text, end = self.document.text, self.line_end
        begin = text if not text or text.endswith(("\n", "\r")) else text + end
        return end.join([begin, *lines, ""]) if text else end.join([*lines, ""])

    def added(self, text: str, wanted: Mapping[str, Any]) -> Draft:
        """Give a draft of the file; raises `UnsafeError` unless it says what is wanted, and nothing else."""
        try:
            root = read_yaml(Document(self.document.name, text))
        except SourceError:
            root = None
        if root is None or unplaced(root) != wanted:
            raise UnsafeError("it is written in a form that cannot be added to safely")
        return Draft(self.document.name, self.mark + text, self.whole)


def says(lines: Sequence[str]) -> Mapping[str, Any]:
    """Give what lines of YAML say, by its keys."""
    said: Mapping[str, Any] = unplaced(read_yaml(Document("", "\n".join(lines))))
    return said


def standing(path: str) -> Standing | None:
    """Read a file of YAML, told from the working directory; None where there is none. Raises `UnsafeError`."""
    data = content(path)
    if data is None:
        return None
    try:
        document = Document.from_bytes(path, data)
    except SourceError as error:
        raise UnsafeError(f"it cannot be read: {error.message}") from None
    whole = data.decode()
    mark = whole[: len(whole) - len(document.text)]
    try:
        return Standing(document, mark, read_yaml(document))
    except SourceError as error:
        if error.message == "empty":
            return Standing(document, mark, None)
        # Not what is wrong with it in words: another programme reads this file, and may take it as it is.
        raise UnsafeError(f"line {error.place.span.start.line} is not understood here") from None


def content(path: str) -> bytes | None:
    """Give the bytes of a file, told from the working directory; None where there is none.

    Raises `UnsafeError` for what is no regular file, for links, and for what stands behind one.
    """
    if not os.path.lexists(path):
        if _resolved(os.path.dirname(path)):
            return None
        raise UnsafeError("a link stands in the way to it")
    if not _resolved(path):
        raise UnsafeError("it is a link, or stands behind one")
    try:
        # A pipe might never end.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise UnsafeError("it is no regular file")
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnsafeError(f"it cannot be read: {error.strerror or error}") from None
    if len(data) > MAX_BYTES:
        raise UnsafeError(f"it is larger than {MAX_BYTES} bytes")
    return data


def _resolved(path: str) -> bool:
    """Say whether no link stands on the way from the working directory to a path."""
    here = os.path.realpath(".")
    return os.path.realpath(path or ".") == os.path.normpath(os.path.join(here, path))


def is_plain(path: str) -> bool:
    """Say whether a path holds nothing that a pipeline, a shell or YAML could take for more than a name."""
    return _PLAIN.fullmatch(path) is not None


def scalar(text: str) -> str:
    """Write a plain path as a text of YAML, in quotes where it could be taken for something else."""
    return text if _UNQUOTED.fullmatch(text) else json.dumps(text, ensure_ascii=False)
