"""The words of HCL: a text cut into tokens in one pass, in linear time.

Whatever is not closed is found here, where its author would look for it, and so is what is nested too deep:
the grammar sees only brackets that fit.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NoReturn

from msglint.source.text import Document, SourceError, beyond
from msglint.source.tree import MAX_DEPTH, too_deep

MAX_TOKENS = 2_000_000
"""How many words and signs a text may have."""

ESCAPE = r'\\(?:["\\nrt]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})'
_CODE = re.compile(
    rf"""
    [ \t]*(?:
      (?P<name>[^\W\d][\w-]*)
    | (?P<text>"[^"\\$%\r\n]*(?:(?:{ESCAPE}|[$%](?![{{$%]))[^"\\$%\r\n]*)*")  # with nothing to put in
    | (?P<line>\r?\n)
    | (?P<number>[0-9](?:\.*(?:[eE][-+]?)?[0-9])*)
    | (?P<comment>\#[^\n]*|//[^\n]*|/\*(?s:.*?)\*/)
    | (?P<heredoc><<-?(?P<marker>[^\W\d][\w-]*)\r?\n)
    | (?P<open>[\[({{])
    | (?P<close>~?\}}|[\])])
    | (?P<sign>=>|[=!<>]=|&&|\|\||::|\.\.\.|[-+*%<>!?:=.,]|/(?!\*))
    | (?P<quote>")
    | (?P<strange>/\*|[^ \t])
    | (?P<rest>\Z)
    )
    """,
    re.VERBOSE,
)
_QUOTED = re.compile(rf'{ESCAPE}|\$\$\{{|%%\{{|(?P<put>[$%]\{{~?)|(?P<quote>")|(?P<wrong>[\\\r\n])')
_PUT = re.compile(r"\$\$\{|%%\{|(?P<put>[$%]\{~?)|(?P<line>\n)|(?P<wrong>\r(?!\n))")
# A `for` between braces: its lines end where they please, those of an object and of a block do not.
_FOR = re.compile(r"\s+[^\W\d][\w-]*(?:\s*,|\s+in\b)")
_CLOSES = {"[": "]", "(": ")", "{": "}", "$": "}", "%": "}"}


class Tokens:
    """The tokens of a text, one after the other: what each is, and where it starts and ends.

    A sign is its own kind; others are `name`, `number`, `line` (its end, where that means something), `text` (in
    quotes, with nothing to put in) and `end`. Of other texts there are the opening quote (`"`, `<<`, `<<-`), `piece`
    for what stands there as it is, `${`, `${~`, `%{` or `%{~`, tokens in between up to `put}` or `put~}`, and `close`.
    Where there is a `fault`, they end before it: of two faults the first should be told.
    """

    def __init__(self, document: Document, *, template: bool = False) -> None:
        """`template`: the text is the inside of a template, without quotes."""
        self._document = document
        self._text = document.text
        self.kinds: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        # What is open, with its offset: a bracket, `${`, a quote, or `<<` with the marker of a heredoc.
        self._open: list[tuple[str, int]] = []
        self.fault: SourceError | None = None
        try:
            self._all("<<" if template else "")
        except SourceError as fault:
            self.fault = fault
        self._add("end", len(self._text), len(self._text))

    def _all(self, outside: str) -> None:
        at, size = 0, len(self._text)
        while at < size:
            around = self._open[-1][0] if self._open else outside
            if around == '"':
                at = self._quoted(at)
            elif around.startswith("<<"):
                at = self._lines(at, around[2:])
            else:
                at = self._code(at)
        if self._open:
            self._unclosed(*self._open[-1])

    def _add(self, kind: str, start: int, end: int) -> None:
        self.kinds.append(kind)
        self.starts.append(start)
        self.ends.append(end)

    def _code(self, at: int) -> int:
        kinds, starts, ends, text = self.kinds, self.starts, self.ends, self._text
        # Whether the end of a line means something here: not within parentheses and square brackets.
        lines = not self._open or self._open[-1][0] == "{"
        for match in _CODE.finditer(text, at):
            kind = match.lastgroup or ""
            start = match.start(kind)
            if kind in {"comment", "rest"} or (kind == "line" and not lines):
                continue
            if kind == "name" and kinds and kinds[-1] in {"{", "line"} and text.startswith("for", start):
                lines = lines and not self._is_for(match)
            elif kind == "sign":
                kind = match[kind]
            elif kind == "open":
                kind = match[kind]
                self._enter(kind, start)
                lines = kind == "{"
            elif kind == "close":
                kind = self._leave(match[kind], start)
                around = self._open[-1][0] if self._open else "{"
                lines = around == "{"
                if kind.startswith("put"):
                    self._add(kind, start, match.end())
                    return match.end()
            elif kind == "quote":
                self._enter('"', start)
                self._add('"', start, match.end())
                return match.end()
            elif kind == "heredoc":
                self._enter("<<" + match["marker"], start)
                self._add("<<-" if text.startswith("<<-", start) else "<<", start, match.end())
                return match.end()
            elif kind == "strange":
                self._strange(match[kind], start)
            if len(kinds) > MAX_TOKENS:
                raise beyond(
                    "values", f"more than {MAX_TOKENS:,} words and signs", self._document.spot(start, start + 1)
                )
            kinds.append(kind)
            starts.append(start)
            ends.append(match.end())
        return len(text)

    def _is_for(self, match: re.Match[str]) -> bool:
        """Tell whether a word that may begin with `for` begins a `for` between braces, and forget the lines before."""
        before = len(self.kinds)
        while before and self.kinds[before - 1] == "line":
            before -= 1
        if match["name"] != "for" or not before or self.kinds[before - 1] != "{":
            return False
        if not _FOR.match(self._text, match.end()):
            return False
        del self.kinds[before:], self.starts[before:], self.ends[before:]
        self._open[-1] = ("{for", self._open[-1][1])
        return True

    def _quoted(self, at: int) -> int:
        start = at
        for match in _QUOTED.finditer(self._text, at):
            if match.lastgroup is None:
                continue
            found, end = match.start(), match.end()
            if match.lastgroup == "wrong":
                if match[0] != "\\":
                    break
                message = "this is no escape of HCL; a backslash is written as two"
                raise self._error(message, found, min(end + 1, len(self._text)))
            if found > start:
                self._add("piece", start, found)
            if match.lastgroup == "quote":
                self._open.pop()
                self._add("close", found, end)
            else:
                self._put(match)
            return end
        return self._unclosed(*self._open[-1])

    def _lines(self, at: int, marker: str) -> int:
        """Read the lines of a heredoc, or of a template without a marker, up to what is put in or the end."""
        text, size = self._text, len(self._text)
        # A line in which something was put is not the marker.
        fresh = at == 0 or text[at - 1] == "\n"
        while at < size:
            if fresh and marker and (end := text.find("\n", at)) >= 0 and text[at:end].strip() == marker:
                self._open.pop()
                stop = at + len(text[at:end].rstrip())
                self._add("close", at, stop)
                return stop
            end = size
            for match in _PUT.finditer(text, at):
                if match.lastgroup == "put":
                    if match.start() > at:
                        self._add("piece", at, match.start())
                    self._put(match)
                    return match.end()
                if match.lastgroup == "wrong":
                    self._strange("\r", match.start())
                if match.lastgroup == "line":
                    end = match.end()
                    break
            self._add("piece", at, end)
            at = end
            fresh = True
        return at

    def _put(self, match: re.Match[str]) -> None:
        self._enter(match[0][0], match.start())
        self._add(match[0], match.start(), match.end())

    def _enter(self, opened: str, at: int) -> None:
        self._open.append((opened, at))
        if len(self._open) > MAX_DEPTH:
            raise too_deep(self._document.spot(at, at + 1))

    def _leave(self, bracket: str, at: int) -> str:
        if not self._open:
            raise self._error(f"{bracket} closes nothing", at, at + len(bracket))
        opened, start = self._open.pop()
        wanted = _CLOSES[opened[0]]
        if opened in {"$", "%"} and bracket in {"}", "~}"}:
            return "put" + bracket
        if wanted != bracket:
            opened = self._text[start : start + (2 if opened in {"$", "%"} else 1)]
            line = self._document.position(start).line
            related = self._document.spot(start, start + len(opened))
            message = f"expected {wanted} for the {opened} of line {line}, found {bracket}"
            raise SourceError(message, self._document.spot(at, at + len(bracket)), related)
        return bracket

    def _unclosed(self, opened: str, at: int) -> NoReturn:
        if opened == '"':
            # What follows it belongs to no text that could be read.
            end = bisect_left(self.starts, at)
            del self.kinds[end:], self.starts[end:], self.ends[end:]
        if opened == '"' and len(self._open) > 1 and self._open[-2][0] in {"$", "%"}:
            # What looks like the start of a text is the end of the one around.
            opened, at = self._open[-2]
        if opened == '"':
            line = len(self._document.line(self._document.position(at).line))
            end = at + line - self._document.position(at).column + 1
            raise self._error("this text has no closing quote on its line", at, end)
        if opened.startswith("<<"):
            message = f"this heredoc has no end: a line with nothing but {opened[2:]}"
            raise self._error(message, at, self._text.find("\n", at))
        opened = self._text[at : at + (2 if opened in {"$", "%"} else 1)]
        raise self._error(f"this {opened} is never closed", at, at + len(opened))

    def _strange(self, found: str, at: int) -> NoReturn:
        message = {
            "/*": "this comment has no end",
            "'": "texts stand in double quotes",
            "\r": "a carriage return that ends no line",
        }.get(found, f"{found!r} has no meaning here")
        raise self._error(message, at, at + len(found))

    def _error(self, message: str, start: int, end: int) -> SourceError:
        return SourceError(message, self._document.spot(start, end))
