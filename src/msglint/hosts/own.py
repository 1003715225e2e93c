"""The rules that the doors ask: msglint's and a company's own, of which the hosts have no flags to tell.

`MSGLINT_RULES_DIRS` names directories, separated as in `PATH`, and `MSGLINT_RULES_PACKAGES` packages, separated by
commas.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

from msglint.rules.index import RULES, Entry

DIRS, PACKAGES = "MSGLINT_RULES_DIRS", "MSGLINT_RULES_PACKAGES"


class Rules(NamedTuple):
    """The rules of a door; `fault` says why a company's own are not among them, where they should be."""

    entries: tuple[Entry, ...]
    fault: str = ""


def rules(environment: Mapping[str, str] = os.environ) -> Rules:
    """Give the rules of this process. Where the company's cannot be loaded, msglint's are asked all the same."""
    dirs = [each for each in environment.get(DIRS, "").split(os.pathsep) if each]
    packages = [each.strip() for each in environment.get(PACKAGES, "").split(",") if each.strip()]
    if not dirs and not packages:
        return Rules(RULES)
    from msglint.rules.own import OwnRulesError, load  # noqa: PLC0415  # most runs have none

    try:
        return Rules((*RULES, *load(dirs, packages)))
    except OwnRulesError as error:
        return Rules(RULES, f"your own rules cannot be loaded, and none of them was asked: {error}")
