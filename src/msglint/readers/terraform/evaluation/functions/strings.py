"""Functions on texts. What can be said of a text whatever its symbols stand for is said; the rest is not known."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence

from msglint.model.expression import Expression, Given, Items, Shape
from msglint.model.text import Symbol, Text
from msglint.model.value import Known
from msglint.readers.terraform.evaluation.functions.formatting import format_, formatlist
from msglint.readers.terraform.evaluation.functions.sets import items
from msglint.readers.terraform.evaluation.functions.values import (
    LONGEST_TEXT,
    EvaluationError,
    blind,
    bounded,
    characters,
    decided,
    is_null,
    judged,
    limited,
    literal,
    said,
    size,
    text,
    texts,
    together,
    too_much,
    whole,
)
from msglint.source import Place
from msglint.verdict import Doubt, Reason, Verdict, of, unknown

_LONGEST_SYMBOLIC = 20_000  # characters of a text with symbols that is searched
SPACES = " \t\n\v\f\r\x85\xa0"


def upper(at: Place, value: Shape) -> Shape:
    """Write in capital letters."""
    return _cased(text(value, at), str.upper, string.ascii_lowercase, at)


def lower(at: Place, value: Shape) -> Shape:
    """Write in small letters."""
    return _cased(text(value, at), str.lower, string.ascii_uppercase, at)


def _cased(words: Text, change: Callable[[str], str], changed: str, at: Place) -> Shape:
    if any(isinstance(part, Symbol) and any(map(part.alphabet.holds, changed)) for part in words.parts):
        blind(words, at)
    # Go changes letter by letter: it leaves a sharp s alone, which becomes two letters in Python.
    parts = [
        part
        if isinstance(part, Symbol)
        else "".join(new if len(new := change(letter)) == 1 else letter for letter in part)
        for part in words.parts
    ]
    return Known(together(parts), at)


def title(at: Place, value: Shape) -> Shape:
    """Begin each word with a capital letter."""
    words = literal(value, at)
    separators = [" ", *words[:-1]]
    parts = [
        letter.upper() if _separates(before) and len(letter.upper()) == 1 else letter
        for before, letter in zip(separators, words, strict=False)
    ]
    return said("".join(parts), at)


def _separates(letter: str) -> bool:
    return not (letter.isalnum() or letter == "_") if letter.isascii() else letter.isspace()


def trim(at: Place, value: Shape, characters: Shape) -> Shape:
    """Take characters off both ends."""
    cut = literal(characters, at)
    return said(_trimmed(text(value, at), cut, at), at)


def trimspace(at: Place, value: Shape) -> Shape:
    """Take blanks off both ends."""
    words = text(value, at)
    written = words.literal_value
    return said(_trimmed(words, SPACES, at) if written is None else written.strip(), at)


def chomp(at: Place, value: Shape) -> Shape:
    """Take line ends off the end."""
    return said(_trimmed(text(value, at), "\r\n", at, start=False), at)


def _trimmed(words: Text, cut: str, at: Place, *, start: bool = True) -> Text:
    parts = list(words.parts)
    ends = (0, -1) if start else (-1,)
    for end in ends:
        while parts:
            part = parts[end]
            if isinstance(part, Symbol):
                if any(map(part.alphabet.holds, cut)):
                    blind(words, at)
                break
            parts[end] = part.lstrip(cut) if end == 0 else part.rstrip(cut)
            if parts[end]:
                break
            parts.pop(end)
    return Text.of(*parts)


def trimprefix(at: Place, value: Shape, prefix: Shape) -> Shape:
    """Take a text off the start, once."""
    words, cut = text(value, at), literal(prefix, at)
    if not decided(_judged(words, cut, str.startswith, Text.starts_with), at) or not cut:
        return Known(words, at)
    first, *rest = words.parts
    return Known(Text.of(first.removeprefix(cut), *rest), at) if isinstance(first, str) else blind(words, at)


def trimsuffix(at: Place, value: Shape, suffix: Shape) -> Shape:
    """Take a text off the end, once."""
    words, cut = text(value, at), literal(suffix, at)
    if not decided(_judged(words, cut, str.endswith, Text.ends_with), at) or not cut:
        return Known(words, at)
    *rest, last = words.parts
    return Known(Text.of(*rest, last.removesuffix(cut)), at) if isinstance(last, str) else blind(words, at)


def startswith(at: Place, value: Shape, prefix: Shape) -> Shape:
    """Say whether a text begins so."""
    return judged(_judged(text(value, at), literal(prefix, at), str.startswith, Text.starts_with), at)


def endswith(at: Place, value: Shape, suffix: Shape) -> Shape:
    """Say whether a text ends so."""
    return judged(_judged(text(value, at), literal(suffix, at), str.endswith, Text.ends_with), at)


def strcontains(at: Place, value: Shape, piece: Shape) -> Shape:
    """Say whether a text occurs in another."""
    return judged(_judged(text(value, at), literal(piece, at), str.__contains__, Text.contains), at)


def _judged(
    words: Text, piece: str, of_string: Callable[[str, str], bool], of_text: Callable[[Text, str], Verdict]
) -> Verdict:
    written = words.literal_value
    if written is not None:
        return of(of_string(written, piece))
    if max(size(words), len(piece)) > _LONGEST_SYMBOLIC:
        return unknown(Reason(Doubt.NOT_UNDERSTOOD, "texts of such a length are not searched"))
    return of_text(words, piece)


def substr(at: Place, value: Shape, offset: Shape, length: Shape) -> Shape:
    """Give a piece by the number of its first letter, from the end if negative, and of its letters, -1 for all."""
    words, start, count = text(value, at), whole(offset, at), whole(length, at)
    written = words.literal_value
    if written is None:
        first = words.parts[0]
        # What lies before the first symbol is known.
        if not isinstance(first, str) or start < 0 or count < 0 or start + count > len(first):
            if (start, count) == (0, -1):
                return Known(words, at)
            blind(words, at)
        written = first
    letters = characters(written, at)
    begin = max(len(letters) + start, 0) if start < 0 else start
    return said(letters[begin:] if count < 0 else letters[begin : begin + count], at)


def strrev(at: Place, value: Shape) -> Shape:
    """Write backwards."""
    return said(characters(literal(value, at), at)[::-1], at)


def indent(at: Place, spaces: Shape, value: Shape) -> Shape:
    """Indent all lines but the first."""
    count = whole(spaces, at)
    if count < 0:
        raise EvaluationError("a text cannot be indented by less than nothing", at)
    return _replaced(text(value, at), "\n", Text.literal("\n" + " " * min(count, LONGEST_TEXT)), at)


def replace(at: Place, value: Shape, needle: Shape, replacement: Shape) -> Shape:
    """Replace one text by another wherever it occurs; `/…/` is a regular expression."""
    words, found, other = text(value, at), literal(needle, at), text(replacement, at)
    if len(found) > 1 and found.startswith("/") and found.endswith("/"):
        from msglint.readers.terraform.evaluation.functions.regex import letters_for, substituted  # noqa: PLC0415

        written, template = letters_for(found[1:-1], words, at), other.literal_value
        if written is None:
            return said(words, at)
        if template is None:
            blind(other, at)
        return said(substituted(found[1:-1], written, template, at), at)
    return _replaced(words, found, other, at)


def _replaced(words: Text, needle: str, replacement: Text, at: Place) -> Shape:
    written, other = words.literal_value, replacement.literal_value
    if written is not None and other is not None:
        bounded((len(written) + written.count(needle) * (len(other) - len(needle)),), at)
        return said(written.replace(needle, other), at)
    pieces: Sequence[Text] | None
    if needle:
        pieces = _split(words, needle)
    else:
        pieces = None if written is None else list(map(Text.literal, ("", *written, "")))
    if pieces is None:
        blind(words, at)
    return said(_joined(pieces, replacement, at), at)


def _split(words: Text, separator: str) -> Sequence[Text] | None:
    pieces = words.split(separator)
    if pieces is None and _judged(words, separator, str.__contains__, Text.contains).is_no:
        return (words,)
    return pieces


def _joined(pieces: Sequence[Text], separator: Text, at: Place) -> Text:
    bounded((size(separator) * len(pieces), *map(size, pieces)), at)
    parts: list[str | Symbol | Text] = []
    for piece in pieces:
        parts += [separator, piece] if parts else [piece]
    return together(parts)


def join(at: Place, separator: Shape, *lists: Shape) -> Shape:
    """Write the elements of lists one after the other."""
    between = text(separator, at)
    if not lists:
        raise EvaluationError("join needs a list", at)
    pieces: list[Text] = []
    room = 0
    for each in lists:
        for part in items(each, at):
            shape = part.shape()
            if is_null(shape):
                raise EvaluationError("an element is null, and a text is needed", at)
            pieces.append(text(shape, at))
            room += size(pieces[-1])
            if room > LONGEST_TEXT:
                too_much(f"a text of more than {LONGEST_TEXT:,} characters", at)
    return said(_joined(pieces, between, at), at)


def split(at: Place, separator: Shape, value: Shape) -> Shape:
    """Give the texts between the separators."""
    between, words = literal(separator, at), text(value, at)
    pieces = _split(words, between) if between else list(map(Text.literal, literal(value, at)))
    if pieces is None:
        blind(words, at)
    limited(len(pieces), at)
    return texts(pieces, at)


def regex(at: Place, pattern: Shape, value: Shape) -> Shape:
    """Give the first match of a regular expression: the text, or of its groups a list or a map."""
    from msglint.readers.terraform.evaluation.functions.regex import letters_for, matches  # noqa: PLC0415

    sought = literal(pattern, at)
    written = letters_for(sought, text(value, at), at)
    for match in () if written is None else matches(sought, written, at):
        return match
    raise EvaluationError("the pattern matches nothing in this text", at)


def regexall(at: Place, pattern: Shape, value: Shape) -> Shape:
    """Give all matches of a regular expression."""
    from msglint.readers.terraform.evaluation.functions.regex import letters_for, matches  # noqa: PLC0415

    sought = literal(pattern, at)
    written = letters_for(sought, text(value, at), at)
    found: list[Expression] = []
    for match in () if written is None else matches(sought, written, at):
        found.append(Given(match))
        limited(len(found), at)
    return Items(tuple(found), at)


FUNCTIONS: dict[str, Callable[..., Shape]] = {
    "chomp": chomp,
    "endswith": endswith,
    "format": format_,
    "formatlist": formatlist,
    "indent": indent,
    "join": join,
    "lower": lower,
    "regex": regex,
    "regexall": regexall,
    "replace": replace,
    "split": split,
    "startswith": startswith,
    "strcontains": strcontains,
    "strrev": strrev,
    "substr": substr,
    "title": title,
    "trim": trim,
    "trimprefix": trimprefix,
    "trimspace": trimspace,
    "trimsuffix": trimsuffix,
    "upper": upper,
}
