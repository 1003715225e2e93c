"""Files by patterns as .gitignore has them, and what git ignores in a search of directories."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from msglint.config.patterns import Patterns, lines, pattern
from msglint.source import read_regular

_MOST_BYTES = 1024 * 1024
_REPOSITORY = ".git"


class Speaking(NamedTuple):
    """Patterns, and the directory from which they are told."""

    directory: str
    patterns: Patterns

    def says(self, directory: str, name: str, *, is_directory: bool) -> bool | None:
        """Say whether a file or folder of a directory is named, or taken out again (False); None: neither."""
        if directory == self.directory:
            return self.patterns.says(name, is_directory=is_directory)
        way = below(self.directory, directory)
        return self.patterns.says(f"{way}/{name}", is_directory=is_directory) if way is not None else None


def matched(speaking: Iterable[Speaking], directory: str, name: str, *, is_directory: bool) -> bool:
    """Say whether patterns name a file or folder of a directory; those that speak first win."""
    for each in speaking:
        said = each.says(directory, name, is_directory=is_directory)
        if said is not None:
            return said
    return False


def covering(written: str, directory: str) -> Callable[[str], bool]:
    """Give what says of a file whether a pattern, told from a directory, names it. Raises `ValueError`."""
    if written == "**":
        return lambda file: True
    one, root = pattern(written), os.path.abspath(directory)
    if one.negated:
        raise ValueError("nothing to take out of")
    patterns = Patterns([one])

    def covers(file: str) -> bool:
        path = below(root, os.path.abspath(file))
        return path is not None and patterns.cover(path)

    return covers


def below(root: str, path: str) -> str | None:
    """Give a path as told from a directory, with slashes; None where it lies elsewhere, or is the directory."""
    start = os.path.join(root, "")
    return path[len(start) :].replace(os.sep, "/") if path.startswith(start) else None


def is_root(directory: str) -> bool:
    """Say whether a directory is the root of a git work tree."""
    return os.path.lexists(os.path.join(directory, _REPOSITORY))


def repository(directory: str) -> str | None:
    """Give the root of the git work tree around a directory; None outside of any."""
    here = os.path.abspath(directory)
    while not is_root(here):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return here


def git_directory(root: str) -> str:
    """Give the directory in which a repository keeps what belongs to all its work trees."""
    own = os.path.join(root, _REPOSITORY)
    mark, _, elsewhere = _text(own).rstrip("\n").partition(": ")
    if mark != "gitdir":
        return own
    own = os.path.join(root, elsewhere)
    return os.path.join(own, _text(os.path.join(own, "commondir")).rstrip("\n"))


class Ignored:
    """What git ignores by the files of a work tree; what it ignores everywhere on a machine is no matter of theirs."""

    def __init__(self) -> None:
        self._within: dict[str, Sequence[Speaking]] = {}

    def within(self, directory: str, named: str) -> Sequence[Speaking]:
        """Give what speaks in a directory that is searched, as `named` is: it, or one above it that a user named.

        What a user names is searched, whatever is written above it.
        """
        if directory not in self._within:
            self._within[directory] = (*_own(directory), *self._above(directory, named))
        return self._within[directory]

    def _above(self, directory: str, named: str) -> Sequence[Speaking]:
        if is_root(directory):
            return ()
        if directory != named and os.path.dirname(directory) in self._within:
            return self._within[os.path.dirname(directory)]
        speaking: Sequence[Speaking] = ()
        root = repository(directory)
        way = [directory]
        while root is not None and way[-1] != root:
            way.append(os.path.dirname(way[-1]))
        for here, inner in pairwise(reversed(way)):
            speaking = (*_own(here), *speaking)
            # What makes git pass over a directory might make us pass over all that is in it.
            if matched(speaking, here, os.path.basename(inner), is_directory=True):
                return ()
        return speaking


def _own(directory: str) -> Iterator[Speaking]:
    """Give what speaks first in a directory, if anything does."""
    own = os.path.join(directory, ".gitignore")
    # git follows no link there.
    text = "" if os.path.islink(own) else _text(own)
    before = _text(os.path.join(git_directory(directory), "info", "exclude")) if is_root(directory) else ""
    if found := (*lines(before), *lines(text)):
        yield Speaking(directory, Patterns(found))


def _text(path: str) -> str:
    """Read a file; nothing where there is none. A pipe might never end."""
    try:
        data = read_regular(path, _MOST_BYTES) or b""
    except (OSError, ValueError):
        return ""
    # Names of files that are no text have the same form.
    return data[:_MOST_BYTES].decode("utf-8", "surrogateescape")
