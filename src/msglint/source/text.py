"""Text and where: documents, positions, spans, and the error that points at a user's mistake."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, overload

import msgspec

if TYPE_CHECKING:
    from msglint.source.beside import Beside

MAX_BYTES = 100 * 1024 * 1024
"""The largest file that is read, in bytes."""

# The header of a block scalar stands on the line above it, below the keys of a function that takes it.
_HEADER_LINES = 4

_LINE_END = re.compile(r"\r\n?|\n")


class Position(NamedTuple):
    """A line and a column, both counted from 1; columns count characters, as editors do."""

    line: int
    column: int


class Span(NamedTuple):
    """A stretch of text; `end` is one past its last character."""

    start: Position
    end: Position


class Document:
    """A text under the name that the user knows it by, without a byte order mark.

    Lines end at LF, CRLF or CR, as in editors and git. U+0085, U+2028 and U+2029, which YAML 1.1 takes for line ends
    too, end none here. Offsets count characters from 0.
    """

    __slots__ = ("_line_starts", "beside", "name", "text")

    def __init__(self, name: str, text: str, beside: Beside | None = None) -> None:
        self.name = name
        self.text = text
        self.beside = beside
        self._line_starts: array[int] | None = None

    def __repr__(self) -> str:
        return f"Document({self.name!r})"

    @classmethod
    def from_bytes(cls, name: str, data: bytes, beside: Beside | None = None) -> Document:
        """Decode UTF-8, with or without a byte order mark; `beside` reads the files that the text names.

        Raises SourceError for anything else, and for more than MAX_BYTES.
        """
        if len(data) > MAX_BYTES:
            raise beyond("file-size", f"more than {MAX_BYTES:,} bytes", Document(name, "").spot(0, 0))
        if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (0 in data[:2] and len(data) > 1):
            raise _unreadable(name, "encoded as UTF-16 or UTF-32; save the file as UTF-8")
        try:
            # Files that were put together may have several marks.
            document = cls(name, data.decode("utf-8-sig").lstrip("\ufeff"), beside)
        except UnicodeDecodeError as error:
            # The error counts from behind the byte order mark.
            at = error.start + len(data) - len(error.object)
            document = cls(name, data.decode("utf-8-sig", errors="replace"))
            offset = len(error.object[: error.start].decode("utf-8"))
            message = f"not UTF-8: byte 0x{data[at]:02x} at byte offset {at}"
            raise SourceError(message, document.spot(offset, offset + 1)) from None
        if (offset := document.text.find("\0")) >= 0:
            raise SourceError("a NUL byte: this is no text file", document.spot(offset, offset + 1))
        return document

    @property
    def lines(self) -> Sequence[str]:
        """All lines without their line ends, each made when it is asked for: there may be tens of millions."""
        return Lines(self, len(self._starts()))

    def line(self, number: int) -> str:
        """Text of a line, counted from 1, without its line end; IndexError when there is no such line."""
        starts = self._starts()
        if not 1 <= number <= len(starts):
            raise IndexError(f"{self.name} has no line {number}")
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def position(self, offset: int) -> Position:
        """Position of the character at an offset; the end of the text counts as a character."""
        starts = self._starts()
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def offset(self, position: Position) -> int:
        """Offset of a position of this document, the inverse of `position`."""
        return self._starts()[position.line - 1] + position.column - 1

    def span(self, start: int, end: int) -> Span:
        """Span between two offsets."""
        return Span(self.position(start), self.position(end))

    def spot(self, start: int, end: int) -> Spot:
        """Place between two offsets; an end behind the end of the text is cut to it."""
        size = len(self.text)
        return Spot(self, self.span(min(start, size), min(end, size)))

    def slice(self, span: Span) -> str:
        """Text that a span covers."""
        return self.text[self.offset(span.start) : self.offset(span.end)]

    def inside(self, span: Span, text: str, start: int, end: int) -> Span:
        """Give the place of a stretch of a text that was read from a span, such as a line of a block scalar.

        The span itself where the text's lines do not stand there, indented, one below the other.
        """
        lines = text.split("\n")
        ends = Document("", text).span(start, end)
        last = ends.end.line
        for above in range(span.start.line, min(span.start.line + _HEADER_LINES, span.end.line - last + 1)):
            here = [self.line(above + number) for number in range(1, last + 1)]
            if _indented(here, lines[:last]):
                by = _indent(here[last - 1]) - _indent(lines[last - 1])
                return Span(*(Position(above + place.line, place.column + by) for place in ends))
        return span

    def _starts(self) -> array[int]:
        if self._line_starts is None:
            self._line_starts = array("L", (0,))
            self._line_starts.extend(match.end() for match in _LINE_END.finditer(self.text))
        return self._line_starts


class Lines(Sequence[str]):
    """The lines of a document without their line ends."""

    __slots__ = ("_count", "_document")

    def __init__(self, document: Document, count: int) -> None:
        self._document = document
        self._count = count

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self._document.line(each + 1) for each in range(self._count)[index]]
        return self._document.line(range(self._count)[index] + 1)

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and [*self] == [*other]

    def __hash__(self) -> int:
        return hash(self._document.text)


def _indented(lines: list[str], written: list[str]) -> bool:
    """Tell whether lines are those of a text with nothing but blanks before them.

    In lines above the last, something may have been put in the place of `${…}`.
    """
    *above, (last, wanted) = zip(lines, written, strict=False)
    same = all(line.strip() == text.strip() or "${" in line for line, text in above)
    return same and last.strip() == wanted.strip()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


class Place(Protocol):
    """Anything that knows where it stands."""

    @property
    def document(self) -> Document:
        """The document it stands in."""

    @property
    def span(self) -> Span:
        """The text it covers there."""


class Spot(msgspec.Struct, frozen=True):
    """A fixed place."""

    document: Document
    span: Span


class Stretch(msgspec.Struct, frozen=True):
    """A place by its offsets; its lines are counted only when somebody asks."""

    document: Document
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.document.span(self.start, self.end)


class Within(msgspec.Struct, frozen=True):
    """A place in what the user only calls, such as a module of somebody else: it stands where the user calls it."""

    outer: Place
    """The user's own place, such as the call of the module."""
    inner: Place
    """Where it is written."""

    @property
    def document(self) -> Document:
        """The user's document."""
        return self.outer.document

    @property
    def span(self) -> Span:
        """The user's place."""
        return self.outer.span


def innermost(place: Place) -> Place:
    """Give the place where something is written, whoever calls it."""
    while isinstance(place, Within):
        place = place.inner
    return place


class SourceError(Exception):
    """A document that cannot be read, through a fault of its author: what is wrong, where, and what it has to do with.

    `note` says what it has to do with the related place, and `limit` which limit of docs/limits.md it goes beyond.
    """

    def __init__(
        self,
        message: str,
        place: Spot,
        related: Spot | None = None,
        note: str = "it clashes with this",
        limit: str = "",
    ) -> None:
        super().__init__(message, place, related, note, limit)
        self.message = message
        self.place = place
        self.related = related
        self.note = note
        self.limit = limit

    def __str__(self) -> str:
        line, column = self.place.span.start
        return f"{self.place.document.name}:{line}:{column}: {self.message}"


def beyond(limit: str, message: str, place: Spot) -> SourceError:
    """Give the error of a document that goes beyond a limit of docs/limits.md, by its name there."""
    return SourceError(message, place, limit=limit)


def _unreadable(name: str, message: str) -> SourceError:
    return SourceError(message, Document(name, "").spot(0, 0))
