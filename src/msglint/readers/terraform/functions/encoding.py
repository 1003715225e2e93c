"""Functions that write and read JSON, Base64 and URLs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from msglint.model.expression import Fields, Items, Shape
from msglint.model.text import Symbol, Text
from msglint.model.value import Known, not_understood
from msglint.readers.terraform.functions.sets import settle_order
from msglint.readers.terraform.functions.values import (
    DEEPEST,
    LONGEST_TEXT,
    Blind,
    EncodedFields,
    EncodedItems,
    EvaluationError,
    Set,
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
_Piece = str | Symbol


def encoded(shape: Shape) -> Text | None:
    """Give the JSON of a value as Terraform writes it, symbols as symbols; None where a part of it is not known."""
    try:
        return json_of(shape, shape.at)
    except Blind:
        return None


def json_of(shape: Shape, at: Place) -> Text:
    """Give the JSON of a value; raises `Blind` where a part of it is not known."""
    pieces: list[_Piece] = []
    room = 0
    for piece in _written(shape, at, 0):
        room += len(piece) if isinstance(piece, str) else 1
        if room > LONGEST_TEXT:
            too_much(f"a text of more than {LONGEST_TEXT:,} characters", at)
        pieces.append(piece)
    return together(pieces)


def json_text(shape: EncodedFields | EncodedItems, at: Place) -> Text:
    """Give the text that an encoded structure is."""
    if shape.language != "JSON":
        raise Blind(not_understood(f"msglint does not write {shape.language} as Terraform does", at))
    return json_of(shape.of if isinstance(shape, EncodedItems) else Fields(shape.fields, shape.at), at)


def _written(shape: Shape, at: Place, depth: int) -> Iterator[_Piece]:
    if depth > DEEPEST:
        too_much("JSON nested so deep", at)
    match settled(shape):
        case None:
            yield "null"
        case EncodedFields() | EncodedItems() as inner:
            yield from _quoted(json_text(inner, at))
        case Known(value=Text() as words):
            yield from _quoted(words)
        case Known(value=bool() as truth):
            yield str(truth).lower()
        case Known(value=(int() | float()) as number):
            yield printed(number, at)
        case Fields(fields=fields):
            yield "{"
            for index, (name, part) in enumerate(ordered(fields)):
                yield "," if index else ""
                yield from _quoted(Text.literal(name))
                yield ":"
                yield from _written(part.shape(), at, depth + 1)
            yield "}"
        case Items(items=parts) as known:
            if isinstance(known, Set):
                settle_order(known)
            yield "["
            for index, part in enumerate(parts):
                yield "," if index else ""
                yield from _written(part.shape(), at, depth + 1)
            yield "]"


def _quoted(words: Text) -> Iterator[_Piece]:
    yield '"'
    for part in words.parts:
        yield part if isinstance(part, Symbol) else _escaped(part)
    yield '"'


def _escaped(words: str) -> str:
    written = msgspec.json.encode(words).decode()[1:-1]
    for letter, escape in _ESCAPED.items():
        written = written.replace(letter, escape)
    return written


def quoted(words: Text) -> Text:
    """Give a text as a JSON string."""
    return together(list(_quoted(words)))


def jsonencode(at: Place, value: Shape) -> Shape:
    """Give the structure itself, marked as text: the Model reads JSON as what it says."""
    match settled(value):
        case EncodedFields() | EncodedItems() as inner:
            return said(quoted(json_text(inner, at)), at)
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
            return inner if isinstance(inner, Set) else Items(inner.items, at)
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
    except (ValueError, RecursionError) as error:
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
