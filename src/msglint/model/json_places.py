"""Where the parts of a JSON text stand: in a scalar of YAML or JSON, or on the lines of a heredoc."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from msglint.source import Document, Node, Place, SourceError, Span, Within, innermost, locate, read_json
from msglint.source.text import Stretch

# What stands around JSON in Terraform: `policy = <<-EOF` and the end of the heredoc; around a file of JSON, nothing.
_BEFORE = re.compile(r"(?:(?:[\w.-]+\s*=\s*)?<<[-~]?[\w-]+)\r?\n\s*|\s*(?=[{\[])")
_AFTER = re.compile(r"\s*[\w-]*\s*")
# What stands before the content of a scalar: tag, anchor, and the header of a block.
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*(?:[|>][^\r\n]*)?")
_PIECES = {
    '"': re.compile(r"[^\\]+|\\(?:x..|u....|U........|\r\n|.)", re.DOTALL),
    "'": re.compile(r"[^']+|''", re.DOTALL),
}
_WHITE = "nrt\r\n"
_LARGEST = 1_000_000
_HOLE = re.compile(r'[$%]\{|\\.|"|[\r\n]')


class JsonSource:
    """A text of JSON as it is written, read when somebody asks for a place; `${…}` in it may be anything."""

    __slots__ = ("_at", "_offsets", "_tree")

    def __init__(self, at: Place) -> None:
        self._at = at
        self._offsets: Sequence[int] = ()
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
        start, end = (self._offsets[part.document.offset(position)] for position in part.span)
        return self.document.span(start, end)

    def _read(self) -> Node | None:
        at = _argument(self._at)
        document, span = at.document, at.span
        text, first = document.slice(span), document.offset(span.start)
        if len(text) > _LARGEST:
            return None
        if isinstance(at, Node):
            content, offsets = _scalar(text)
        else:
            before = _BEFORE.match(text)
            end = max(text.rfind("}"), text.rfind("]")) + 1
            if before is None or span.start.line == span.end.line or not _AFTER.fullmatch(text, end):
                return None
            content, offsets = text[before.end() : end], range(before.end(), end + 1)
        written = "".join(_plain(content))
        if len(written) != len(content):
            return None
        self._offsets = [first + offset for offset in offsets]
        try:
            return read_json(Document("", written))
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
        self._source = JsonSource(inner) if has_lines or written or isinstance(inner, Node) else None

    def __call__(self, path: tuple[str | int, ...]) -> Place:
        """Give the place of a part; in what the user only calls, it stands where that is called."""
        if self._source is None:
            return self._at
        part = JsonPart(self._source, path)
        return Within(self._at.outer, part) if isinstance(self._at, Within) else part


def _argument(at: Place) -> Place:
    """Give the text that a function such as Fn::Sub takes, which stands first, or alone."""
    while isinstance(at, Node) and at.kind != "scalar":
        parts = at.items()[:1] if at.kind == "sequence" else tuple(at.fields().values())
        if len(parts) != 1:
            break
        (at,) = parts
    return at


def _scalar(text: str) -> tuple[str, Sequence[int]]:
    """Give the content of a scalar of YAML or JSON as it is written, and the offset of each of its characters.

    Indents and line ends stay: JSON reads them as blanks.
    """
    properties = _PROPERTIES.match(text)
    start = properties.end() if properties else 0
    pieces = _PIECES.get(text[start : start + 1])
    if pieces is None:
        return text[start:], range(start, len(text) + 1)
    content: list[str] = []
    offsets: list[int] = []
    for found in pieces.finditer(text, start + 1, len(text) - 1):
        escape = found[0][0] in "\\'"
        content.append(_meant(found[0]) if escape else found[0])
        offsets += range(found.start(), found.start() + 1 if escape else found.end())
    return "".join(content), [*offsets, len(text) - 1]


def _meant(escape: str) -> str:
    """Give the one character that an escape stands for; for those that matter to no JSON, any."""
    if len(escape) > 3:  # the backslash, x, and two digits
        return chr(int(escape[2:], 16))
    return " " if escape[1] in _WHITE else escape[1]


def _plain(text: str) -> Iterator[str]:
    """Give JSON with a text of the same length for each `${…}`; less where there is something else in it."""
    done = 0
    quoted = False
    for mark in _HOLE.finditer(text):
        start, end = mark.span()
        if start < done or mark[0][0] == "\\":
            continue
        if mark[0] in "\r\n":
            # A folded text has a blank there; in others JSON allows no line end.
            if quoted:
                yield text[done:start] + " "
                done = end
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
