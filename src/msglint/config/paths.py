"""Files by patterns as .gitignore has them, and what a search of directories passes over."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_MOST_BYTES = 1024 * 1024
_REPOSITORY = ".git"


def spec(patterns: Sequence[str]) -> "GitIgnoreSpec":
    """Make a matcher of patterns; raises `ValueError` for one that is none."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  # only where somebody writes a pattern

    return GitIgnoreSpec.from_lines(patterns)


def covering(pattern: str, directory: str) -> Callable[[str], bool]:
    """Give what says of a file whether a pattern, told from a directory, names it. Raises `ValueError`."""
    if pattern == "**":
        return lambda file: True
    matcher, root = spec([pattern]), os.path.abspath(directory)

    def covers(file: str) -> bool:
        path = below(root, os.path.abspath(file))
        return path is not None and matcher.match_file(path)

    return covers


def below(root: str, path: str) -> str | None:
    """Give a path as told from a directory, with slashes; None where it lies elsewhere, or is the directory."""
    start = os.path.join(root, "")
    return path[len(start) :].replace(os.sep, "/") if path.startswith(start) else None


def repository(directory: str) -> str | None:
    """Give the root of the git work tree around a directory; None outside of any."""
    here = os.path.abspath(directory)
    while not os.path.lexists(os.path.join(here, _REPOSITORY)):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return here


class Ignored:
    """What git ignores, by the .gitignore files of a work tree."""

    def __init__(self) -> None:
        self._specs: dict[str, GitIgnoreSpec | None] = {}
        self._around: dict[str, Sequence[str]] = {}

    def enter(self, directory: str, named: str) -> None:
        """Note that a directory is searched. What the user names is searched, whatever is written above it."""
        here = os.path.abspath(directory)
        if os.path.dirname(here) in self._around and os.path.abspath(named) != here:
            self._around[here] = (*self._around[os.path.dirname(here)], here)
            return
        above = _above(here)
        # The patterns that make git pass over it would make us pass over all that is in it.
        kept = [] if self._ignores(above, here, is_directory=True) else above
        self._around[here] = (*kept, here)

    def ignores(self, directory: str, name: str, *, is_directory: bool) -> bool:
        """Say whether git ignores a file or folder of a directory that was entered."""
        here = os.path.abspath(directory)
        return self._ignores(self._around[here], os.path.join(here, name), is_directory=is_directory)

    def _ignores(self, around: Sequence[str], path: str, *, is_directory: bool) -> bool:
        # What stands nearer wins over what stands above.
        for directory in reversed(around):
            matcher = self._spec(directory)
            own = below(directory, path) if matcher is not None else None
            if matcher is None or own is None:
                continue
            found = matcher.check_file(f"{own}/" if is_directory else own).include
            if found is not None:
                return found
        return False

    def _spec(self, directory: str) -> "GitIgnoreSpec | None":
        if directory not in self._specs:
            lines = _lines(os.path.join(directory, ".gitignore"))
            if os.path.isdir(os.path.join(directory, _REPOSITORY)):
                lines = [*_lines(os.path.join(directory, _REPOSITORY, "info", "exclude")), *lines]
            self._specs[directory] = spec(lines) if lines else None
        return self._specs[directory]


def _above(directory: str) -> list[str]:
    """Give the directories above one, up to the root of its work tree, the outermost first."""
    root = repository(directory)
    found: list[str] = []
    here = directory
    while root is not None and here != root:
        here = os.path.dirname(here)
        found.insert(0, here)
    return found


def _lines(path: str) -> Sequence[str]:
    try:
        with open(path, "rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ()
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
