"""Functions that read YAML and CSV, and the one that writes YAML."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction

from msglint.model.expression import Fields, Given, Items, Shape
from msglint.model.json_text import FIRST_MARK
from msglint.model.text import Symbol, Text
from msglint.model.value import Absent, Known, not_understood
from msglint.readers.terraform.evaluation.functions.encoding import decoded
from msglint.readers.terraform.evaluation.functions.values import (
    MOST_ELEMENTS,
    Blind,
    EncodedFields,
    EncodedItems,
    EvaluationError,
    exact,
    limited,
    literal,
    said,
    settled,
    text,
    too_much,
)
from msglint.source import Document, Node, Place, SourceError, read_yaml

# Plain scalars, as https://github.com/zclconf/go-cty-yaml resolves them.
_NULL = re.compile(r"|~|null|Null|NULL")
_TRUE = re.compile(r"[yY]|yes|Yes|YES|true|True|TRUE|on|On|ON")
_FALSE = re.compile(r"[nN]|no|No|NO|false|False|FALSE|off|Off|OFF")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d?-\d\d?[Tt \t].*", re.ASCII)
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)")
_ANCHOR = re.compile(r"(?:&\S+\s+)?")
_LONGEST_NUMBER = 100
_NOT_YAML = ("not valid YAML", "empty", "more than one")


def yamldecode(at: Place, value: Shape) -> Shape:
    """Read YAML, in which symbols may stand in texts."""
    inside = decoded(value, "YAML", at)
    if inside is not None:
        return inside
    return _Reader(text(value, at), at).read()


def yamlencode(at: Place, value: Shape) -> Shape:
    """Give the structure itself, marked as text; how Terraform breaks its lines nobody asks."""
    match settled(value):
        case Fields(fields=fields) as known if not isinstance(known, EncodedFields):
            return EncodedFields(fields, at, "YAML")
        case Items(items=parts) as known if not isinstance(known, EncodedItems):
            return EncodedItems(parts, at, known, "YAML")
        case _:
            return not_understood("msglint writes no YAML of a single value", at)


class _Reader:
    """Reads a text with characters for its symbols, as the Model reads JSON."""

    def __init__(self, words: Text, at: Place) -> None:
        symbols = dict.fromkeys(part for part in words.parts if isinstance(part, Symbol))
        marks = {symbol: chr(FIRST_MARK + number) for number, symbol in enumerate(symbols)}
        self._symbols = {mark: symbol for symbol, mark in marks.items()}
        self._marked = re.compile(f"([{''.join(self._symbols)}])") if marks else None
        written = [marks[part] if isinstance(part, Symbol) else part for part in words.parts]
        self._document = Document("yaml", "".join(written))
        self._at = at
        self._count = 0

    def read(self) -> Shape:
        try:
            return self._shape(read_yaml(self._document))
        except SourceError as error:
            if error.message.startswith(_NOT_YAML):
                raise EvaluationError("this text is no YAML", self._at) from None
            raise Blind(not_understood("msglint does not read this YAML", self._at)) from None

    def _shape(self, node: Node) -> Shape:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            too_much(f"YAML of more than {MOST_ELEMENTS:,} values", self._at)
        if node.tag:
            raise EvaluationError(f"YAML with the tag {node.tag} is refused", self._at)
        match node.kind:
            case "mapping":
                return Fields(
                    {self._key(node.key(name)): Given(self._shape(part)) for name, part in node.fields().items()},
                    self._at,
                )
            case "sequence":
                return Items(tuple(Given(self._shape(part)) for part in node.items()), self._at)
            case _:
                return self._scalar(node)

    def _key(self, node: Node) -> str:
        if node.kind != "scalar":
            raise EvaluationError("a key of YAML must be a text", self._at)
        return str(text(self._scalar(node), self._at))

    def _scalar(self, node: Node) -> Shape:
        written = node.text
        start = self._document.slice(node.span)
        start = start[len(match[0]) :] if (match := _ANCHOR.match(start)) else start
        if start.startswith("!"):
            if not start.startswith("!!str"):
                raise Blind(not_understood("msglint does not read this YAML", self._at))
            return Known(self._text(written), self._at)
        if start.startswith(("'", '"', "|", ">")):
            return Known(self._text(written), self._at)
        return self._plain(written)

    def _plain(self, written: str) -> Shape:
        if _NULL.fullmatch(written):
            return Absent(None, self._at)
        if (is_true := bool(_TRUE.fullmatch(written))) or _FALSE.fullmatch(written):
            return Known(is_true, self._at)
        if _NO_NUMBER.fullmatch(written) or _TIME.fullmatch(written):
            raise Blind(not_understood("msglint does not read this YAML", self._at))
        if len(written) <= _LONGEST_NUMBER and _OTHER_BASE.fullmatch(written):
            return Known(int(written, 0), self._at)
        if len(written) <= _LONGEST_NUMBER and _DECIMAL.fullmatch(written):
            return Known(exact(Fraction(written), self._at), self._at)
        if day := _DATE.fullmatch(written):
            try:
                return Known(Text.literal(f"{date(*map(int, day.groups()))}T00:00:00Z"), self._at)
            except ValueError:
                pass
        return Known(self._text(written), self._at)

    def _text(self, written: str) -> Text:
        if self._marked is None:
            return Text.literal(written)
        return Text.of(*(self._symbols.get(part, part) for part in self._marked.split(written)))


def csvdecode(at: Place, value: Shape) -> Shape:
    """Read a table whose first line names the columns."""
    import csv  # noqa: PLC0415

    written = literal(value, at)
    try:
        lines = [line for line in csv.reader(written.splitlines(keepends=True), strict=True) if line]
    except csv.Error:
        raise EvaluationError("this text is no CSV", at) from None
    names, *rows = lines or [[]]
    if '""' not in written and any('"' in cell for row in lines for cell in row):
        raise EvaluationError("this text is no CSV: a quotation mark stands inside a cell", at)
    if len(set(names)) < len(names) or any(len(row) != len(names) for row in rows) or not names:
        raise EvaluationError("this text is no CSV with one name for each column", at)
    limited(len(rows), at)
    return Items(
        tuple(
            Given(Fields({name: Given(said(cell, at)) for name, cell in zip(names, row, strict=True)}, at))
            for row in rows
        ),
        at,
    )


FUNCTIONS: dict[str, Callable[..., Shape]] = {
    "csvdecode": csvdecode,
    "yamldecode": yamldecode,
    "yamlencode": yamlencode,
}
