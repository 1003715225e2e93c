"""Patterns of files as git reads them in .gitignore: https://git-scm.com/docs/gitignore.

Anybody may write them, so none may take long: the time that a pattern takes grows with its length times that of the
path. Nearly every search of a repository has some, so they have to be ready at once.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

_LONGEST = 1024
"""No name in a file system has more characters; a pattern that asks for more names nothing."""
_WILD = re.compile(r"[*?\[\\]")
_STAR, _STARS = "*", "**"
_CLASS = re.compile(r"\[:([^\]]*)\]")
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"\x21-\x2f:-@\[-`{-~",
    "space": r" \t-\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}

_Matches = Callable[[str], bool]


class Pattern(NamedTuple):
    """What one line says: `matches` is asked of the name of a file, or of its path where the line has a slash."""

    matches: _Matches
    of_path: bool
    only_directories: bool
    negated: bool


class Patterns:
    """Several patterns, of which the last that names a file decides."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._patterns = [*patterns][::-1]

    def says(self, path: str, *, is_directory: bool) -> bool | None:
        """Say whether a path itself is named, or taken out again (False); None: neither.

        The path is told from the directory of the patterns, with slashes.
        """
        name = path[path.rfind("/") + 1 :]
        for matches, of_path, only_directories, negated in self._patterns:
            if (is_directory or not only_directories) and matches(path if of_path else name):
                return not negated
        return None

    def cover(self, path: str) -> bool:
        """Say whether the path of a file is named, or a directory above it."""
        at = path.find("/")
        while at >= 0:
            if self.says(path[:at], is_directory=True):
                return True
            at = path.find("/", at + 1)
        return bool(self.says(path, is_directory=False))


def lines(text: str) -> Sequence[Pattern]:
    """Read a file of patterns, as git does: what names nothing is passed over."""
    found = []
    for line in text.removeprefix("\ufeff").split("\n"):
        if said := line.removesuffix("\r"):
            try:
                found.append(pattern(said))
            except ValueError:
                continue
    return found


def pattern(line: str) -> Pattern:
    """Read a line; raises `ValueError` for what names nothing, such as a comment or an open bracket."""
    if line.startswith("#"):
        raise ValueError("a comment")
    said = line.rstrip(" ")
    if len(said) < len(line) and (len(said) - len(said.rstrip("\\"))) % 2:
        said += " "  # it is escaped
    negated = said.startswith("!")
    said = said[negated:]
    only_directories = said.endswith("/")
    said = said.removesuffix("/")
    of_path = "/" in said
    return Pattern(_matching(said.removeprefix("/"), of_path=of_path), of_path, only_directories, negated)


def _matching(said: str, *, of_path: bool) -> _Matches:
    if said and not _WILD.search(said):
        return said.__eq__
    if said.startswith("*") and not of_path and not _WILD.search(said, 1):
        return partial(_ends, said[1:])
    components = [*map(_component, _components(said))]
    return partial(_along, components) if of_path else components[0] or _anything


def _along(components: Sequence[_Matches | None], path: str) -> bool:
    """Say whether components match those of a path, one by one; None stands for any number of them."""
    names = path.split("/")
    at = here = 0
    any_, from_ = -1, 0
    while here < len(names):
        matches = components[at] if at < len(components) else _nothing
        if matches is None:
            any_, from_ = at, here
            at += 1
            if at == len(components):
                return True
        elif matches(names[here]):
            at += 1
            here += 1
        elif any_ >= 0:
            # What stands for any number takes one more. No earlier one need take more: it could have been this one.
            from_ += 1
            at, here = any_ + 1, from_
        else:
            return False
    return at == len(components)


def _component(pieces: Sequence[str]) -> _Matches | None:
    """Give what says whether a name matches; None for what stands for any number of names."""
    if pieces == [_STARS]:
        return None
    parts: list[list[str]] = [[]]
    for each in pieces:
        if each in {_STAR, _STARS}:
            parts.append([])
        else:
            parts[-1].append(each)
    first, *middle, last = map("".join, parts) if parts[1:] else ("".join(parts[0]), None)
    if last is None:
        return partial(_fits, re.compile(first, re.DOTALL))
    # Where a star ends first, what is behind it has the most room: there is no need to look back.
    once = "".join(f"(?=(?P<m{number}>.*?{part}))(?P=m{number})" for number, part in enumerate(middle))
    return partial(_fits, re.compile(f"{first}{once}.*{last}", re.DOTALL))


def _fits(expression: re.Pattern[str], name: str) -> bool:
    return expression.fullmatch(name) is not None


def _ends(end: str, name: str) -> bool:
    return name.endswith(end)


def _anything(_name: str) -> bool:
    return True


def _nothing(_name: str) -> bool:
    return False


def _components(said: str) -> Sequence[Sequence[str]]:
    """Take a pattern apart at its slashes, each part into stars and expressions of one character."""
    components: list[list[str]] = [[]]
    at = 0
    while at < len(said):
        match said[at]:
            case "*":
                stars = at
                while said.startswith("*", at):
                    at += 1
                components[-1].append(_STARS if at > stars + 1 else _STAR)
            case "?":
                components[-1].append(".")
                at += 1
            case "[":
                expression, at = _set(said, at + 1)
                components[-1].append(expression)
            case _:
                sign, at = _escaped(said, at)
                if sign == "/":
                    components.append([])
                else:
                    components[-1].append(re.escape(sign))
    if any(not each or len(each) > 2 * _LONGEST for each in components):
        raise ValueError("a name that no file has")
    return components


def _set(said: str, at: int) -> tuple[str, int]:
    """Give the expression for a set of characters, which begins behind its bracket, and the place behind it."""
    negated = said.startswith(("!", "^"), at)
    at += negated
    begin, before, parts = at, "", list[str]()
    while at == begin or not said.startswith("]", at):
        named = _CLASS.match(said, at)
        if said.startswith("-", at) and before and at + 1 < len(said) and said[at + 1] != "]":
            last, at = _escaped(said, at + 1)
            parts += [f"{re.escape(before)}-{re.escape(last)}"] if before <= last else []
            before = ""
        elif named is not None and named[1].endswith(":"):
            if (class_ := named[1][:-1]) not in _CLASSES:
                raise ValueError("no class of characters")
            parts.append(_CLASSES[class_])
            before, at = "", named.end()
        else:
            before, at = _escaped(said, at)
            parts.append(re.escape(before))
    if not parts:
        return "." if negated else "(?!)", at + 1
    return f"[{'^' if negated else ''}{''.join(parts)}]", at + 1


def _escaped(said: str, at: int) -> tuple[str, int]:
    """Give the character that is meant at a place, and the place behind it."""
    at += said.startswith("\\", at)
    if at >= len(said):
        raise ValueError("nothing where a character belongs")
    return said[at], at + 1
