"""`msglint rules`: all rules, a line each."""

import argparse

from msglint.cli.interface import Exit, on_terminal, say
from msglint.rules.index import RULES


def run(given: argparse.Namespace) -> int:
    """List all rules with what they find."""
    from msglint.reports.rules import as_json, lines  # noqa: PLC0415  # only what is asked for

    say(as_json(RULES) if given.format == "json" else lines(RULES, color=on_terminal()))
    return Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--format", choices=["text", "json"], default="text", help="How they are written.")
