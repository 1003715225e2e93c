"""The flags that name a company's own rules, and the rules of a run that come of them."""

import argparse

from msglint.cli.interface import UsageError, listed
from msglint.rules.index import RULES, Entry


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    add = parser.add_argument
    add(
        "--rules-dir",
        action="append",
        default=[],
        metavar="DIR",
        help="A directory of rules of your own. Its code is run: only directories that you trust.",
    )
    add(
        "--rules-package",
        action="append",
        default=[],
        metavar="NAME",
        help="An installed package of rules of your own.",
    )


def rules(given: argparse.Namespace) -> tuple[Entry, ...]:
    """Give the rules of msglint and those that the flags name. Raises `UsageError` for what is none."""
    dirs, packages = given.rules_dir, listed(given.rules_package)
    if not dirs and not packages:
        return RULES
    from msglint.rules.own import OwnRulesError, load  # noqa: PLC0415  # most runs have none

    try:
        return (*RULES, *load(dirs, packages))
    except OwnRulesError as error:
        raise UsageError(str(error)) from error
