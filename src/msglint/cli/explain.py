"""`msglint explain`: what a rule finds, why it matters, and how to repair it."""

import argparse
from collections.abc import Sequence

from msglint.cli import choice
from msglint.cli.interface import Exit, UsageError, colored, columns, say
from msglint.finding import Entry


def run(given: argparse.Namespace) -> int:
    """Print the documentation of a rule, by its code or name."""
    from msglint.reports.rules import page  # noqa: PLC0415  # only what is asked for
    from msglint.rules.interface import load  # noqa: PLC0415

    entry = _called(given.rule, choice.known(given))
    say(page(load(entry), width=columns(), color=colored()))
    return Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("rule", metavar="RULE", help="Its code or name.")
    choice.own_rules(parser)


def _called(name: str, rules: Sequence[Entry]) -> Entry:
    """Give the rule of a code or name, in whatever case; wrong usage if there is none."""
    known = {word: entry for entry in rules for word in (entry.code.lower(), entry.name)}
    found = known.get(name.lower())
    if found is not None:
        return found
    from difflib import get_close_matches  # noqa: PLC0415  # only for who has misspelt it

    near = dict.fromkeys(known[word] for word in get_close_matches(name.lower(), known))
    told = "the nearest: " + ", ".join(f"{entry.code} {entry.name}" for entry in near)
    raise UsageError(f"no rule is called {name!r}; {told if near else 'see msglint rules'}")
