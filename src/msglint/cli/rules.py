"""`msglint rules`: all rules, a line each."""

import argparse
import sys

from msglint.cli import choice
from msglint.cli.interface import Exit, colored, columns, say


def run(given: argparse.Namespace) -> int:
    """List all rules with what they find."""
    from msglint.reports.rules import as_json, lines  # noqa: PLC0415  # only what is asked for

    rules = choice.known(given)
    say(
        as_json(rules)
        if given.format == "json"
        else lines(rules, color=colored(), width=columns() if sys.stdout.isatty() else None)
    )
    return Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--format", choices=["text", "json"], default="text", help="How they are written.")
    choice.own_rules(parser)
