"""Functions that write and read JSON, Base64 and URLs."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from msglint.model.expression import Fields, Items, Shape
from msglint.model.text import Symbol, Text
from msglint.model.value import Known, not_understood
from msglint.readers.terraform.evaluation.functions.sets import arranged, settle_order
from msglint.readers.terraform.evaluation.functions.values import (
    DEEPEST,
    LONGEST_TEXT,
    Blind,
    EncodedFields,
    EncodedItems,
    EvaluationError,
    literal,
    ordered,
    printed,
    said,
    settled,
    text,
    together,
    too_much,
)
from msglint.source import Place

# Go escapes these in JSON, for JSON that stands in HTML.
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def encoded(shape: Shape) -> Text | None:
    """Give the JSON of a value as Terraform writes it, symbols as symbols; None where a part of it is not known."""
    try:
        return json_of(shape, shape.at)
    except Blind:
        return None


def json_of(shape: Shape, at: Place) -> Text:
    """Give the JSON of a value; raises `Blind` where a part of it is not known."""
    writer = _Writer(at)
    writer.write(shape, 0)
    return together(writer.pieces)


def json_text(shape: EncodedFields | EncodedItems, at: Place) -> Text:
    """Give the text that an encoded structure is."""
    if shape.language != "JSON":
        raise Blind(not_understood(f"msglint does not write {shape.language} as Terraform does", at))
    return json_of(shape.of if isinstance(shape, EncodedItems) else Fields(shape.fields, shape.at), at)


class _Writer:
    """Writes compact JSON, the members of objects in the order of their names."""

    def __init__(self, at: Place) -> None:
        self.pieces: list[str | Symbol] = []
        self._room = 0
        self._at = at

    def write(self, shape: Shape, depth: int) -> None:
        """Write a value; raises `Blind` where it is not known, or too large."""
        if depth > DEEPEST:
            too_much("JSON nested so deep", self._at)
        match settled(shape):
            case None:
                self._put("null")
            case EncodedFields() | EncodedItems() as inner:
                self.quote(json_text(inner, self._at))
            case Known(value=Text() as words):
                self.quote(words)
            case Known(value=bool() as truth):
                self._put(str(truth).lower())
            case Known(value=(int() | float()) as number):
                self._put(printed(number, self._at))
            case Fields(fields=fields):
                mark = "{"
                for name, part in ordered(fields):
                    self._put(f'{mark}"{_escaped(name)}":')
                    self.write(part.shape(), depth + 1)
                    mark = ","
                self._put("}" if mark == "," else "{}")
            case Items(items=parts) as known:
                settle_order(known)
                mark = "["
                for part in parts:
                    self._put(mark)
                    self.write(part.shape(), depth + 1)
                    mark = ","
                self._put("]" if mark == "," else "[]")

    def quote(self, words: Text) -> None:
        """Write a text in quotes."""
        self._put('"')
        for part in words.parts:
            self._put(part if isinstance(part, Symbol) else _escaped(part))
        self._put('"')

    def _put(self, piece: str | Symbol) -> None:
        self._room += len(piece) if isinstance(piece, str) else 1
        if self._room > LONGEST_TEXT:
            too_much(f"a text of more than {LONGEST_TEXT:,} characters", self._at)
        self.pieces.append(piece)


def _escaped(words: str) -> str:
    written = msgspec.json.encode(words).decode()[1:-1]
    for letter, escape in _ESCAPED.items():
        written = written.replace(letter, escape)
    return written


def quoted(words: Text, at: Place) -> Text:
    """Give a text as a JSON string."""
    writer = _Writer(at)
    writer.quote(words)
    return together(writer.pieces)


def jsonencode(at: Place, value: Shape) -> Shape:
    """Give the structure itself, marked as text: the Model reads JSON as what it says."""
    match settled(value):
        case EncodedFields() | EncodedItems() as inner:
            return said(quoted(json_text(inner, at), at), at)
        case Fields(fields=fields):
            return EncodedFields(fields, at)
        case Items(items=parts) as known:
            return EncodedItems(parts, at, known)
        case None:
            return said("null", at)
        case Known() as scalar:
            return said(json_of(scalar, at), at)


def decoded(value: Shape, language: str, at: Place) -> Shape | None:
    """Give what a text was made of, where it was made in this language of a structure."""
    match settled(value):
        case EncodedFields(fields=fields, language=written) if written == language:
            return Fields(fields, at)
        case EncodedItems(of=inner, language=written) if written == language:
            # A set is written as a list, and its order may not be known.
            return arranged(inner.items, (inner,), at)
        case _:
            return None


def jsondecode(at: Place, value: Shape) -> Shape:
    """Read JSON, in which symbols may stand in texts."""
    from msglint.model.json_text import parse  # noqa: PLC0415  # few configurations read JSON

    inside = decoded(value, "JSON", at)
    if inside is not None:
        return inside
    words = text(value, at)
    written = words.literal_value
    if written is None:
        return parse(words, at)
    try:
        msgspec.json.decode(written)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        if "out of range" in str(error) or isinstance(error, RecursionError):
            too_much("such JSON", at)
        raise EvaluationError("this text is no JSON", at) from None
    # `parse` leaves alone what is no structure.
    parsed = parse(Text.literal(f"[{written}]"), at)
    return parsed.items[0].shape() if isinstance(parsed, Items) else parsed


def base64encode(at: Place, value: Shape) -> Shape:
    """Encode the UTF-8 of a text."""
    from base64 import b64encode  # noqa: PLC0415

    return said(b64encode(literal(value, at).encode()).decode(), at)


def base64decode(at: Place, value: Shape) -> Shape:
    """Decode to a text."""
    from base64 import b64decode  # noqa: PLC0415

    try:
        return said(b64decode(literal(value, at), validate=True).decode(), at)
    except ValueError:
        raise EvaluationError("this is not the Base64 of a text", at) from None


def urlencode(at: Place, value: Shape) -> Shape:
    """Escape a text for a query."""
    from urllib.parse import quote_plus  # noqa: PLC0415

    return said(quote_plus(literal(value, at)), at)


FUNCTIONS: dict[str, Callable[..., Shape]] = {
    "base64decode": base64decode,
    "base64encode": base64encode,
    "jsondecode": jsondecode,
    "jsonencode": jsonencode,
    "urlencode": urlencode,
}
