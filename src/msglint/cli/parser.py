"""How words of the command line become flags and paths, and what is said of those that cannot."""

import argparse
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from msglint.cli.interface import Exit, columns, tell
from msglint.options import misspelt

_NO_FLAG = "\0"
"""Marks a word behind `--`. No word of a command line can have it in it."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are short, and safe to show: a word may be the name of a file that anybody has made."""

    def __init__(self, prog: str, **more: Any) -> None:
        super().__init__(prog, formatter_class=_layout, allow_abbrev=False, **more)

    def parsed(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse the words of a command: flags and paths in any order, and behind `--` nothing but paths."""
        end = words.index("--") if "--" in words else len(words)
        # argparse forgets the end of the flags where these may stand between paths.
        behind = (f"{_NO_FLAG}{word}" if word.startswith("-") else word for word in words[end + 1 :])
        given, left = self.parse_known_intermixed_args([*words[:end], *behind])
        if left:
            # Not its value, which may be a secret.
            word = left[0].partition("=")[0].removeprefix(_NO_FLAG)
            known = self._option_string_actions  # a parser offers its flags nowhere else
            if left[0].startswith("-"):
                self.error(f"no flag is called {word!r}{misspelt(word, known)}")
            self.error(f"one word too many: {word!r}")
        return argparse.Namespace(**{name: _unmarked(value) for name, value in vars(given).items()})

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to read more, without all the flags: they would push it out of sight."""
        tell(self.format_usage().strip())
        tell(f"{self.prog}: error: {message.replace(repr(_NO_FLAG)[1:-1], '')}")
        tell(f"{self.prog} --help says more")
        self.exit(Exit.USAGE)


def _unmarked(value: object) -> object:
    if isinstance(value, list):
        return [_unmarked(each) for each in value]
    return value.removeprefix(_NO_FLAG) if isinstance(value, str) else value


class _Layout(argparse.HelpFormatter):
    """Lays out help. The usage names no flag: all of them are told below it."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: "Iterable[argparse._MutuallyExclusiveGroup]",
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, [each for each in actions if not each.option_strings], groups, prefix)

    def add_argument(self, action: argparse.Action) -> None:
        super().add_argument(action)
        # Python counts how far commands are indented only since 3.13.
        for each in self._iter_indented_subactions(action):
            length = len(self._format_action_invocation(each)) + self._current_indent
            self._action_max_length = max(self._action_max_length, length)


def _layout(prog: str) -> argparse.HelpFormatter:
    """Lay out help. A parser asks for this while it is made, and without a width it would import more for it."""
    return _Layout(f"{prog} [OPTIONS]", width=min(columns(), 100))
