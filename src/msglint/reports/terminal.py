"""What a terminal can be trusted with: text without control characters, measured in cells, cut to fit."""

import unicodedata
from itertools import takewhile
from typing import NamedTuple

CUT = "…"
TAB = " " * 4
LEAST_ROOM = 30  # below this the marks of a cut leave no room for the text


class Excerpt(NamedTuple):
    """A line as it is shown: the cells before the part that is pointed at, and the cells of that part."""

    text: str
    before: int
    pointed: int


def safe(text: str) -> str:
    r"""Write what a terminal could obey, hide or reorder as an escape such as `\x1b`."""
    return text if text.isprintable() else "".join(map(_safe, text))


def sentence(text: str) -> str:
    """Make one safe line of a text: each stretch of blanks becomes a space."""
    return safe(" ".join(text.split()))


def counted(number: int, noun: str) -> str:
    """Give a number with its noun, in the plural where that is due."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def cells(text: str) -> int:
    """Give the width of a safe text: East Asian characters take two cells, combining marks none."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def excerpt(line: str, start: int, end: int, room: int) -> Excerpt:
    """Show the part of a line around the characters from `start` up to `end`, counted from 0, in at most `room` cells.

    Tabs become four blanks. A long line is cut on both sides as needed; what is pointed at begins in what is shown.
    """
    room = max(room, LEAST_ROOM)
    start = min(start, len(line))
    end = min(max(end, start), len(line))
    inner = room - 2 * len(CUT)
    # No more characters are looked at than could be shown: a line may be megabytes long.
    if len(line) <= room and cells(_drawn(line)) <= room:
        begin, stop = 0, len(line)
    else:
        begin = (
            0
            if end <= inner and cells(_drawn(line[:end])) <= inner
            else start - _fitting(line[max(start - room, 0) : start][::-1], inner // 3)
        )
        stop = begin + _fitting(line[begin : begin + room], inner)
    left, right = CUT if begin else "", CUT if stop < len(line) else ""
    before = left + _drawn(line[begin:start])
    pointed = cells(_drawn(line[start : min(end, stop)]))
    return Excerpt(left + _drawn(line[begin:stop]) + right, cells(before), max(pointed, 1))


def _safe(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    return character.encode("unicode_escape").decode("ascii")


def _drawn(text: str) -> str:
    return safe(text.replace("\t", TAB))


def _cells(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in {"Mn", "Me"} else 1


def _fitting(text: str, room: int) -> int:
    """Count the characters that fit into some cells, from the left."""
    used = 0

    def fits(character: str) -> bool:
        nonlocal used
        used += cells(_drawn(character))
        return used <= room

    return sum(1 for _ in takewhile(fits, text))
