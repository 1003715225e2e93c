"""Terraform's `format` and `formatlist`.

https://developer.hashicorp.com/terraform/language/functions/format
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from msglint.model.expression import Expression, Given, Items, Shape
from msglint.model.text import Text
from msglint.model.value import Known, not_understood
from msglint.readers.terraform.evaluation.functions.encoding import json_of, quoted
from msglint.readers.terraform.evaluation.functions.sets import arranged, items
from msglint.readers.terraform.evaluation.functions.values import (
    LONGEST_TEXT,
    Blind,
    EncodedFields,
    EncodedItems,
    EvaluationError,
    blind,
    bounded,
    characters,
    is_null,
    limited,
    number,
    printed,
    said,
    sequence,
    settled,
    size,
    text,
    together,
    too_much,
    truth,
)
from msglint.source import Place

_VERB = re.compile(r"%([#0 +-]*)(\d*)(?:\.(\d*))?(?:\[(\d*)\])?(.?)", re.DOTALL | re.ASCII)
_WIDEST = 10_000
_LONGEST_VERB = 9
_FRACTION_DIGITS = 14


def format_(at: Place, pattern: Shape, *arguments: Shape) -> Shape:
    """Put arguments into a text."""
    return said(_formatted(text(pattern, at), arguments, at), at)


def formatlist(at: Place, pattern: Shape, *arguments: Shape) -> Shape:
    """Put the elements of lists into a text, one after the other."""
    known = {index: sequence(each, at) for index, each in enumerate(arguments) if _is_list(each)}
    # The order of a single list is that of the result.
    lists = {index: each.items if len(known) == 1 else items(each, at) for index, each in known.items()}
    counts = {len(each) for each in lists.values()}
    if len(counts) > 1:
        raise EvaluationError("these lists are not of one length", at)
    words = text(pattern, at)
    count = counts.pop() if counts else 1
    limited(count, at)
    made: list[Expression] = []
    room = 0
    for row in range(count):
        chosen = [lists[index][row].shape() if index in lists else each for index, each in enumerate(arguments)]
        try:
            written = _formatted(words, chosen, at)
        except Blind as without:
            made.append(Given(without.shape))
            continue
        room += size(written)
        if room > LONGEST_TEXT:
            too_much(f"a text of more than {LONGEST_TEXT:,} characters", at)
        made.append(Given(Known(written, at)))
    return arranged(made, known.values(), at)


def _is_list(shape: Shape) -> bool:
    known = settled(shape)
    return isinstance(known, Items) and not isinstance(known, EncodedItems)


def _formatted(pattern: Text, arguments: Sequence[Shape], at: Place) -> Text:
    pieces: list[Text] = []
    room = following = highest = 0
    for part in pattern.parts:
        if not isinstance(part, str):
            # A symbol that holds a verb is taken for one that has none: nobody gives one from outside.
            pieces.append(Text.of(part))
            continue
        start = 0
        while (begin := part.find("%", start)) >= 0:
            pieces.append(Text.literal(part[start:begin]))
            verb = _VERB.match(part, begin)
            assert verb is not None  # noqa: S101  # all of it but the percent sign may be missing
            start = verb.end()
            if verb[0] == "%%":
                pieces.append(Text.literal("%"))
                continue
            if not verb[5] and part is not pattern.parts[-1]:
                blind(pattern, at)
            if max(map(len, verb.groups(""))) > _LONGEST_VERB:
                too_much("a verb so wide", at)
            which = int(verb[4]) - 1 if verb[4] else following
            if not 0 <= which < len(arguments):
                raise EvaluationError("there are fewer arguments than verbs", at)
            pieces.append(_put(verb, arguments[which], at))
            following = which + 1
            highest = max(highest, following)
            room += size(pieces[-1]) + begin
            if room > LONGEST_TEXT:
                too_much(f"a text of more than {LONGEST_TEXT:,} characters", at)
        pieces.append(Text.literal(part[start:]))
    if highest < len(arguments):
        raise EvaluationError("there are more arguments than verbs", at)
    bounded(map(size, pieces), at)
    return together(pieces)


def _put(verb: re.Match[str], shape: Shape, at: Place) -> Text:
    flags, width, precision, mode = verb[1], int(verb[2] or 0), verb[3], verb[5]
    if width > _WIDEST or int(precision or 0) > _WIDEST:
        too_much("a verb so wide", at)
    if mode == "v":
        return _padded(_as_it_is(shape, "#" in flags, at), flags, width, at)
    if mode not in set("tbdoxXeEfgGsq"):
        raise EvaluationError(f"%{mode} is no verb of format", at)
    if is_null(shape):
        raise EvaluationError("this is null, and format needs a value", at)
    if mode == "t":
        return Text.literal(str(truth(shape, at)).lower())
    if mode in "sq":
        words = text(shape, at)
        if precision:
            words = Text.literal(_letters(words, at)[: int(precision)])
        return _padded(quoted(words, at) if mode == "q" else words, flags, width, at)
    return Text.literal(_number(verb, shape, at))


def _as_it_is(shape: Shape, sharp: bool, at: Place) -> Text:
    match settled(shape):
        case Known(value=Text() as words) if not sharp:
            return words
        case EncodedFields() | EncodedItems() if not sharp:
            return text(shape, at)
        case Known(value=(int() | float()) as known) if not isinstance(known, bool) and not sharp:
            return Text.literal(_shortest(known, "g", at))
        case _:
            return json_of(shape, at)


def _padded(words: Text, flags: str, width: int, at: Place) -> Text:
    if not width:
        return words
    missing = max(width - len(_letters(words, at)), 0)
    if "-" in flags:
        return Text.of(words, " " * missing)
    return Text.of(("0" if "0" in flags else " ") * missing, words)


def _letters(words: Text, at: Place) -> str:
    written = words.literal_value
    return blind(words, at) if written is None else characters(written, at)


def _number(verb: re.Match[str], shape: Shape, at: Place) -> str:
    flags, width, precision, mode = verb[1], verb[2], verb[3], verb[5]
    known = number(shape, at)
    if mode in "bdoxX":
        if not isinstance(known, int):
            raise EvaluationError("this is not a whole number", at)
        if mode == "b":
            if set(flags) - {"0"} or precision is not None:
                raise Blind(not_understood("msglint does not know this verb of format", at))
            return format(known, f"{flags}{width}b")
        if "#" in flags and mode == "o":
            raise Blind(not_understood("msglint does not know this verb of format", at))
    elif int(precision or 0) > _FRACTION_DIGITS:
        too_much("a verb so wide", at)
    dot = "" if precision is None else f".{precision}"
    if mode in "gG":
        if set(flags) - {"0"} or precision is not None or width:
            raise Blind(not_understood("msglint does not know this verb of format", at))
        return _shortest(known, mode, at)
    if mode in "fF":
        # A decimal has the digits that a float has lost.
        digits = format(Decimal(repr(known)), f".{precision or 0}f" if precision is not None else ".6f")
        return _aligned(digits, flags, int(width or 0))
    return f"%{flags}{width}{dot}{mode}" % known


def _aligned(digits: str, flags: str, width: int) -> str:
    sign = "" if digits.startswith("-") else "+" if "+" in flags else " " if " " in flags else ""
    if "-" in flags:
        return (sign + digits).ljust(width)
    return (sign + digits).zfill(width) if "0" in flags else (sign + digits).rjust(width)


def _shortest(known: float, mode: str, at: Place) -> str:
    """Write a number with as few digits as it has, and the exponent that Go writes from a million on."""
    known = number(Known(known, at), at)
    _, digits, exponent = Decimal(repr(known)).as_tuple()
    assert isinstance(exponent, int)  # noqa: S101  # a number is neither infinite nor none
    power = len(digits) + exponent - 1
    if known == 0 or -5 < power < 6:
        return printed(known, at)
    behind = "".join(map(str, digits[1:])).rstrip("0")
    sign = "-" if known < 0 else ""
    letter = "e" if mode == "g" else "E"
    return f"{sign}{digits[0]}{'.' if behind else ''}{behind}{letter}{'-' if power < 0 else '+'}{abs(power):02d}"
