"""Where the parts of a JSON text stand that has lines of its own: in a heredoc, or a block scalar of YAML."""

import re
from collections.abc import Iterator

import msgspec

from msglint.source import Document, Node, Place, SourceError, Span, Within, innermost, locate, read_json
from msglint.source.text import Stretch

# What stands around the JSON: `policy = <<-EOF` or `|`, and the end of the heredoc; around a file of JSON, nothing.
_BEFORE = re.compile(r"(?:(?:[\w.-]+\s*=\s*)?<<[-~]?[\w-]+|(?:![\w:]+ +)?[|>][-+\d]*[^\n]*)\r?\n\s*|\s*(?=[{\[])")
_AFTER = re.compile(r"\s*[\w-]*\s*")
_LARGEST = 1_000_000
_HOLE = re.compile(r'[$%]\{|\\.|"|\n')


class JsonSource:
    """A text of JSON as it is written, read when somebody asks for a place; `${…}` in it may be anything."""

    __slots__ = ("_at", "_start", "_tree")

    def __init__(self, at: Place) -> None:
        self._at = at
        self._start = 0
        self._tree: Node | bool | None = False

    @property
    def document(self) -> Document:
        """The document that it is written in."""
        return self._at.document

    def span(self, path: tuple[str | int, ...]) -> Span:
        """Give the place of a part; that of the whole text where it cannot be told."""
        if self._tree is False:
            self._tree = self._read()
        if not isinstance(self._tree, Node):
            return self._at.span
        try:
            part = locate(self._tree, path)
        except (KeyError, IndexError, TypeError):
            return self._at.span
        start, end = (self._start + part.document.offset(position) for position in part.span)
        return self.document.span(start, end)

    def _read(self) -> Node | None:
        document, span = self._at.document, self._at.span
        if span.start.line == span.end.line:
            return None
        text = document.slice(span)
        before = _BEFORE.match(text)
        if before is None or len(text) > _LARGEST:
            return None
        end = max(text.rfind("}"), text.rfind("]")) + 1
        written = "".join(_plain(text[before.end() : end]))
        if len(written) != end - before.end() or not _AFTER.fullmatch(text, end):
            return None
        self._start = document.offset(span.start) + before.end()
        try:
            return read_json(Document("", written), duplicates=False)
        except SourceError:
            return None


class JsonPart(msgspec.Struct, frozen=True):
    """The place of a part of a text of JSON."""

    source: JsonSource
    path: tuple[str | int, ...]

    @property
    def document(self) -> Document:
        """The document that it is written in."""
        return self.source.document

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.source.span(self.path)


class JsonPlaces:
    """The places in one text of JSON that stands at a place."""

    __slots__ = ("_at", "_source")

    def __init__(self, at: Place, *, has_lines: bool) -> None:
        """`has_lines`: the text has several; a plan may have put what is written on several lines in one."""
        inner = innermost(at)
        written = isinstance(inner, Stretch) and "\n" in inner.document.text[inner.start : inner.end]
        self._at = at
        self._source = JsonSource(inner) if has_lines or written else None

    def __call__(self, path: tuple[str | int, ...]) -> Place:
        """Give the place of a part; in what the user only calls, it stands where that is called."""
        if self._source is None:
            return self._at
        part = JsonPart(self._source, path)
        return Within(self._at.outer, part) if isinstance(self._at, Within) else part


def _plain(text: str) -> Iterator[str]:
    """Give JSON with a text of the same length for each `${…}`; less where there is something else in it."""
    done = 0
    quoted = False
    for mark in _HOLE.finditer(text):
        start, end = mark.span()
        if start < done or mark[0] == "\n" or mark[0][0] == "\\":
            continue
        if mark[0] == '"':
            quoted = not quoted
            continue
        if mark[0][0] == "%":
            return
        end = _closed(text, end)
        if not end or "\n" in text[start:end]:
            return
        yield text[done:start]
        yield "_" * (end - start) if quoted else f'"{"_" * (end - start - 2)}"'
        done = end
    yield text[done:]


def _closed(text: str, start: int) -> int:
    """Give the end of what stands in braces; 0 where they do not close."""
    depth = 1
    for brace in re.compile(r"[{}]").finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.end()
    return 0
