"""What is deployed, looked up while files are judged: the flags that ask for it."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from msglint.cli.interface import UsageError, save, tell
from msglint.finding import Report
from msglint.options import Options

if TYPE_CHECKING:
    from msglint.account.lookups import Account

WANTED = "boto3 is not installed, which asks AWS: pip install 'msglint[aws]'"


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say whether AWS is asked, and where answers are kept."""
    add = parser.add_argument_group("what is deployed").add_argument
    add("--resolve", action="store_true", help="Ask AWS, by calls that only read, what files alone cannot tell.")
    add(
        "--resolve-cache",
        metavar="FILE",
        help="Keep the answers of --resolve in this file; without --resolve, know what it holds and ask nobody.",
    )


def judged(given: argparse.Namespace, options: Options, judge: Callable[[Options], Report]) -> Report:
    """Judge with what is deployed; raises `UsageError` where nobody can be asked."""
    from msglint.account import facts  # noqa: PLC0415  # few runs ask anybody
    from msglint.account.describe.interface import UnansweredError  # noqa: PLC0415
    from msglint.account.resolve import Remembered, resolved  # noqa: PLC0415

    path: str | None = given.resolve_cache
    try:
        known = facts.load(path) if path is not None else None
    except facts.UnusableError as error:
        raise UsageError(f"--resolve-cache: {error}") from error
    if known is None and not given.resolve:
        raise UsageError(f"--resolve-cache: there is no file {path}; --resolve makes it")
    region = options.assumptions.region
    try:
        source = Remembered(known, _account(region) if given.resolve else None)
        found = resolved(judge, options, source)
    except UnansweredError as error:
        raise UsageError(f"--resolve: {error}") from error
    if path is not None and given.resolve:
        save(facts.dump(source.facts), path)
    missing = [fact for fact in found.facts if fact.missing]
    if given.resolve:
        looked = f"looked up {len(found.facts)} things in account {source.account}"
        tell(f"msglint: {looked}" + (f", of which {len(missing)} could not be read" if missing else ""))
    return found.report


def _account(region: str | None) -> "Account":
    try:
        from msglint.account.access import Access  # noqa: PLC0415  # boto3 is slow to import, and an extra
        from msglint.account.lookups import Account  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(f"--resolve: {WANTED}") from error
    return Account(Access(region))
