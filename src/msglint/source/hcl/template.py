"""Templates of HCL: what is cut away around their parts, and how `if` and `for` take in what follows them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TypeAlias

from msglint.source.hcl.nodes import Conditional, Expression, Literal, Repeat, Template
from msglint.source.text import SourceError, Stretch
from msglint.source.tree import MAX_DEPTH, too_deep

# White space as Go has it.
_BLANK = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


class Part:
    """One piece of text (`piece`), what is put in (`put`), or a directive by its name."""

    __slots__ = ("at", "expression", "key", "kind", "text")

    def __init__(
        self, kind: str, at: Stretch, text: str = "", expression: Expression | None = None, key: str | None = None
    ) -> None:
        """`text`: of a piece, or the variable of a `for`; `expression`: what it puts in, asks or goes through."""
        self.kind = kind
        self.at = at
        self.text = text
        self.expression = expression
        self.key = key

    def strip_left(self) -> None:
        """Cut the white space at the start of a piece."""
        self.text = self.text.lstrip(_BLANK)

    def strip_right(self) -> None:
        """Cut the white space at the end of a piece."""
        if self.kind == "piece":
            self.text = self.text.rstrip(_BLANK)


Parts: TypeAlias = list[Part]
"""Parts that follow one another; pieces of a heredoc are at most one line long."""


class _Open:
    """A directive that waits for its end, with what it asks or goes through; and the whole, which nothing ends."""

    def __init__(self, part: Part, source: Expression) -> None:
        self.part = part
        self.source = source
        self.yes: list[Expression] = []
        self.no: list[Expression] = []
        self.other: Part | None = None

    @property
    def inside(self) -> list[Expression]:
        """What stands in it, of an `if` behind its `else` where that has come."""
        return self.yes if self.other is None else self.no

    def closed(self, end: Stretch) -> Expression:
        """Give the whole directive."""
        document, first = end.document, self.part.at
        whole = Stretch(document, first.start, end.end)
        middle = end if self.other is None else self.other.at
        yes = _joined(self.yes, Stretch(document, first.end, middle.start))
        if self.part.kind == "for":
            return Repeat(self.part.key, self.part.text, self.source, yes, whole)
        no = _joined(self.no, Stretch(document, min(middle.end, end.start), end.start))
        return Conditional(self.source, yes, no, whole)


def put_together(parts: Parts, at: Stretch, *, flush: bool) -> tuple[Expression, int]:
    """Make one expression of the parts, and tell how deep its directives nest; `flush`: a heredoc `<<-`."""
    if flush:
        _flush(parts)
    if len(parts) == 1 and parts[0].kind == "put" and parts[0].expression is not None:
        return parts[0].expression, 0
    around = [_Open(Part("", at), Literal("", at))]
    nested = 0
    for part in _melded(parts):
        now = around[-1]
        if part.kind == "piece":
            if part.text:
                now.inside.append(Literal(part.text, part.at))
        elif part.kind in {"else", "endif", "endfor"}:
            if now.part.kind != ("for" if part.kind == "endfor" else "if") or (part.kind == "else" and now.other):
                raise _error(f"nothing is open that this {part.kind} belongs to", part.at)
            if part.kind == "else":
                now.other = part
            else:
                around.pop()
                around[-1].inside.append(now.closed(part.at))
        elif part.expression is not None:
            if part.kind == "put":
                now.inside.append(part.expression)
                continue
            around.append(_Open(part, part.expression))
            nested = max(nested, len(around))
            if nested > MAX_DEPTH:
                raise too_deep(part.at.document.spot(part.at.start, part.at.end))
    if len(around) > 1:
        last = around[-1].part
        raise _error(f"this {last.kind} has no end{last.kind}", last.at)
    return _joined(around[0].yes, at), nested


def _joined(parts: list[Expression], at: Stretch) -> Expression:
    """Make one text of its parts."""
    if not parts:
        return Literal("", at)
    if len(parts) == 1 and isinstance(parts[0], Literal) and isinstance(parts[0].value, str):
        return Literal(parts[0].value, at)
    return Template(tuple(parts), at)


def _melded(parts: Parts) -> Iterator[Part]:
    """Give the parts with pieces that follow one another as one."""
    for piece, run in groupby(parts, key=lambda part: part.kind == "piece"):
        if not piece:
            yield from run
            continue
        pieces = list(run)
        at = Stretch(pieces[0].at.document, pieces[0].at.start, pieces[-1].at.end)
        yield Part("piece", at, "".join(part.text for part in pieces))


def _flush(parts: Parts) -> None:
    """Cut from each line the white space that all lines begin with; lines of white space alone do not count."""
    least: int | None = None
    first: Parts = []
    fresh = True
    for part in parts:
        piece = part.kind == "piece"
        if fresh:
            indent = len(part.text) - len(part.text.lstrip(_BLANK)) if piece else 0
            if not piece or indent < len(part.text) or not part.text.endswith("\n"):
                least = indent if least is None else min(least, indent)
                if piece:
                    first.append(part)
        fresh = piece and part.text.endswith("\n")
    for part in first:
        part.text = part.text[least:]


def _error(message: str, at: Stretch) -> SourceError:
    return SourceError(message, at.document.spot(at.start, at.end))
