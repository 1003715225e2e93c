"""Write the scripts of `msglint completion` from the parsers of the command line and the index of the rules."""

import argparse
from pathlib import Path

import shtab

from msglint.cli.completion import SHELLS
from msglint.cli.main import about_all
from msglint.reports.formats import FORMATS
from msglint.rules.index import RULES

FOLDER = Path(__file__).parents[1] / "src" / "msglint" / "cli" / "shells"
FILES = {"PATH": shtab.FILE, "FILE": shtab.FILE, "DIR": shtab.DIRECTORY}
RULE = [word for rule in RULES for word in (rule.code, rule.name)]
WORDS = {"RULE": RULE, "RULES": RULE, "FORMAT": list(FORMATS)}
"""What the metavar of a value says of it."""


def script(shell: str) -> str:
    """Write the script of a shell."""
    parser = about_all()
    _describe(parser)
    text = shtab.complete(parser, shell)
    # shtab lets zsh complete the first of several paths alone.
    text = text.replace('"(*)::', '"*:') if shell == "zsh" else text
    return text.rstrip() + "\n"


def _describe(parser: argparse.ArgumentParser) -> None:
    """Say of each value of a parser, and of those of its commands, what completes it."""
    for action in parser._actions:  # noqa: SLF001  # shtab goes the same way
        if isinstance(action.choices, dict):
            for command in action.choices.values():
                _describe(command)
        elif action.metavar in FILES:
            action.complete = FILES[action.metavar]  # type: ignore[attr-defined]  # read by shtab
        elif action.metavar in WORDS:
            action.choices = WORDS[action.metavar]


def main() -> None:
    """Write all scripts."""
    FOLDER.mkdir(exist_ok=True)
    for shell in SHELLS:
        (FOLDER / shell).write_text(script(shell), encoding="utf-8")


if __name__ == "__main__":
    main()
