"""JSON written inside a text: a policy, a redrive policy, an event pattern, with symbols where the text has some."""

from collections.abc import Mapping
from typing import Any

import msgspec

from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.json_places import JsonPlaces
from msglint.model.text import Symbol, Text
from msglint.model.value import Absent, Known, not_understood
from msglint.source import Place

FIRST_MARK = 0xF0000  # a private-use plane of Unicode stands for symbols while the text is parsed
DEEPEST = 100


def parse(text: Text, at: Place) -> Shape:
    """Read a text as JSON; a text that is none stays as it is.

    Everything inside stands at its own place, in Terraform only where the text has lines, and else at the text's.
    A symbol may stand inside a string, or alone as a value; one that is a part of the structure makes it unknown.
    """
    first = text.parts[0] if text.parts else ""
    if not isinstance(first, str) or not first.lstrip().startswith(("{", "[")):
        return Known(text, at)
    marks: dict[str, Symbol] = {}
    written: list[str] = []
    quoted = False
    for part in text.parts:
        if isinstance(part, Symbol):
            mark = chr(FIRST_MARK + len(marks))
            marks[mark] = part
            written.append(mark if quoted else f'"{mark}"')
        else:
            quoted ^= _quotes(part) % 2 == 1
            written.append(part)
    try:
        decoded = msgspec.json.decode("".join(written))
    except (msgspec.MsgspecError, ValueError, RecursionError):  # msgspec of old makes no ValueError of it
        return not_understood("this text is not the JSON that it starts as", at)
    return _expression(decoded, marks, JsonPlaces(at, has_lines="\n" in "".join(written)), ()).shape()


def decoded(text: str) -> Any:
    """Give what a text of JSON says; None for what is none, or nests too deeply."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # msgspec of old makes no ValueError of it
        return None


def _quotes(text: str) -> int:
    """Count the quotation marks that are not escaped."""
    return text.replace("\\\\", "").replace('\\"', "").count('"')


def _expression(value: Any, marks: Mapping[str, Symbol], places: JsonPlaces, way: tuple[str | int, ...]) -> Expression:
    at = places(way)
    if len(way) > DEEPEST:
        return Given(not_understood("this text nests JSON too deeply", at))
    match value:
        case dict():
            parts = {name: _expression(part, marks, places, (*way, name)) for name, part in value.items()}
            return Given(Fields({_plain(name, marks): part for name, part in parts.items()}, at))
        case list():
            items = (_expression(part, marks, places, (*way, index)) for index, part in enumerate(value))
            return Given(Items(tuple(items), at))
        case str():
            return Given(Known(_text(value, marks), at))
        case None:
            return Given(Absent(None, at))
        case _:
            return Given(Known(value, at))


def _plain(key: str, marks: Mapping[str, Symbol]) -> str:
    return str(_text(key, marks))


def _text(written: str, marks: Mapping[str, Symbol]) -> Text:
    if not marks:
        return Text.literal(written)
    parts: list[str | Symbol] = []
    literal = ""
    for letter in written:
        symbol = marks.get(letter)
        if symbol is None:
            literal += letter
        else:
            parts += [literal, symbol]
            literal = ""
    return Text.of(*parts, literal)
