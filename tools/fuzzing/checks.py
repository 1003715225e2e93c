"""What is true of every tree, place and report, whatever the input was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any
from zlib import crc32

import jsonschema
import msgspec

from msglint.engine import lint_text
from msglint.finding import Report
from msglint.options import Options
from msglint.reports.checkout import Checkout
from msglint.reports.formats import FORMATS, render
from msglint.reports.interface import Manner
from msglint.source import MAX_DEPTH, Document, Node, SourceError, Span
from msglint.source.text import Stretch

ASKED = Options(show_undecided=True)
_FEW = 8
"""Of how many reports one is written in all formats, which takes longer than judging most texts."""


def document(name: str, data: bytes) -> Document | None:
    """Decode a text; None where it is none."""
    try:
        return Document.from_bytes(name, data)
    except SourceError as error:
        inside(error.place.document, error.place.span)
        return None


def inside(where: Document, span: Span) -> None:
    """Insist on it that a span lies in a document and does not end before it starts."""
    assert span.start <= span.end, span
    assert within(span, _lines(where)), span


@lru_cache(maxsize=2)
def _lines(where: Document) -> Sequence[str]:
    return where.lines


def within(span: Span, lines: Sequence[str]) -> bool:
    """Say whether both ends of a span are places in a text; the line end counts as a character."""
    return all(1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 2 for line, column in span)


def refused(error: SourceError) -> None:
    """Insist on it that an error points into its documents."""
    for place in filter(None, (error.place, error.related)):
        inside(place.document, place.span)


def plain(root: Node) -> Any:
    """Give what a tree says, and insist on it that all its places lie in the document."""
    known: dict[Node, Any] = {}

    def said(node: Node, depth: int) -> Any:
        assert depth <= MAX_DEPTH, "nested deeper than any reader lets it"
        inside(node.document, node.span)
        match node.kind:
            case "mapping":
                for name in node.fields():
                    key = node.key(name)
                    inside(key.document, key.span)
                return {name: once(value, depth + 1) for name, value in node.fields().items()}
            case "sequence":
                return [once(item, depth + 1) for item in node.items()]
            case _:
                assert isinstance(node.text, str)
                return node.value

    def once(node: Node, depth: int) -> Any:
        # What aliases repeat is the same wherever it is.
        if node not in known:
            known[node] = said(node, depth)
        return known[node]

    return once(root, 0)


def stretches(value: Any) -> Iterator[Stretch]:
    """Give all places that Structs of a syntax tree hold, however deep."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case Stretch() as found:
                yield found
            case msgspec.Struct() as parts:
                waiting += [getattr(parts, name) for name in parts.__struct_fields__]
            case tuple() | list() as several:
                waiting += several
            case dict() as named:
                waiting += named.values()


def judged(name: str, data: bytes) -> None:
    """Judge a text, and insist on it that no rule fails and that the report is right.

    Some are judged again, which has to say the same.
    """
    report = lint_text(name, data, ASKED)
    assert len(report.files) + len(report.skipped) == 1
    text = document(name, data)
    sound(report, {} if text is None else {name: text.lines})
    if crc32(data) % _FEW == 0:
        written(report)
        assert lint_text(name, data, ASKED) == report


def sound(report: Report, texts: Mapping[str, Sequence[str]]) -> None:
    """Insist on it that no rule failed, and that places lie in their files; `texts` are the lines of files."""
    for finding in (*report.findings, *report.undecided):
        assert finding.code != "MSG002", finding.message
        places = [(each.file, each.span) for each in (*finding.related, *finding.reasons)]
        for file, span in ((finding.file, finding.span), *places):
            assert span.start <= span.end, finding
            assert file not in texts or within(span, texts[file]), finding


def written(report: Report) -> None:
    """Insist on it that a report can be written in every format, and that the JSON is as its schema says."""
    manner = Manner(undecided=True, options=ASKED, at=_checkout())
    texts = {name: render(name, report, manner) for name in FORMATS}
    for name, text in texts.items():
        assert not text or text.endswith("\n"), name
        text.encode()
        assert "\x1b" not in text, name
    _schema().validate(json.loads(texts["json"]))
    for name in ("sarif", "gitlab"):
        json.loads(texts[name])


@cache
def _checkout() -> Checkout:
    here = PurePath("/somewhere")
    return Checkout(here, here)


@cache
def _schema() -> jsonschema.Draft202012Validator:
    schema = files("msglint.reports").joinpath("report.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(schema))
