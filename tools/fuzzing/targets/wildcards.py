"""Texts and wildcards: a line is a pattern or a text, and letters between < and > are symbols of it."""

import re
from itertools import product

from fuzzing.target import Target, words
from msglint.model.text import Alphabet, Part, Symbol, Text, arn_like, matches, same
from msglint.verdict import Doubt, Reason

_WHY = Reason(Doubt.OUTSIDE, "test")
_ALPHABETS = list(Alphabet)
_SYMBOL = re.compile(r"<(\w)>")
WORDS = words(
    """
    * ? ** <a> <b> <i> : / arn:aws:sqs: ␤ \\ a
    """
)


def _check(data: bytes) -> None:
    lines = data.decode("utf-8", "replace").split("\n")[:4]
    texts = [_text(line) for line in lines]
    for one, other in product(texts, repeat=2):
        reaches = matches(one, other, _WHY)
        alike = arn_like(one, other, _WHY)
        assert same(one, other, _WHY).is_yes == same(other, one, _WHY).is_yes
        assert same(one, other, _WHY).is_no == same(other, one, _WHY).is_no
        pattern, text = one.literal_value, other.literal_value
        if pattern is not None and text is not None:
            assert reaches.is_yes == _reaches(pattern, text), (pattern, text)
            assert not (alike.is_yes and not reaches.is_yes)
            assert not reaches.is_unknown
    for each in texts:
        for piece in (":", "/", "a"):
            parts = each.split(piece)
            assert parts is None or Text.join(piece, parts) == each
            if (literal := each.literal_value) is not None:
                assert each.starts_with(piece).is_yes == literal.startswith(piece)
                assert each.ends_with(piece).is_yes == literal.endswith(piece)
                assert each.contains(piece).is_yes == (piece in literal)


def _text(line: str) -> Text:
    parts: list[Part] = []
    for number, piece in enumerate(_SYMBOL.split(line)):
        of = ord(piece) if number % 2 else 0
        parts.append(
            Symbol((piece,), _ALPHABETS[of % len(_ALPHABETS)], piece, fresh=of % 5 == 0) if number % 2 else piece
        )
    return Text.of(*parts)


def _reaches(pattern: str, text: str) -> bool:
    """Match wildcards the slow way: by which lengths of the text the pattern so far can reach."""
    reached = {0}
    for sign in pattern:
        match sign:
            case "*":
                reached = set(range(min(reached), len(text) + 1)) if reached else set()
            case "?":
                reached = {at + 1 for at in reached if at < len(text)}
            case _:
                reached = {at + 1 for at in reached if at < len(text) and text[at] == sign}
    return len(text) in reached


TARGET = Target(_check, WORDS)
