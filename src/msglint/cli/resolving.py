"""What is deployed, looked up while files are judged: the flags that ask for it."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from msglint.cli.interface import UsageError, save, tell
from msglint.finding import Remark, Report
from msglint.options import Options
from msglint.reports.terminal import counted

if TYPE_CHECKING:
    from msglint.account.access import Access
    from msglint.account.lookups import Account
    from msglint.model.resource import Part


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say whether AWS is asked, and where answers are kept."""
    add = parser.add_argument_group("what is deployed").add_argument
    add("--resolve", action="store_true", help="Ask AWS, by calls that only read, what files alone cannot tell.")
    add(
        "--access-analyzer",
        action="store_true",
        help="With --resolve: tell what IAM Access Analyzer says of the resource policies.",
    )
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

    if given.access_analyzer and not given.resolve:
        raise UsageError("--access-analyzer asks AWS: with --resolve")
    path: str | None = given.resolve_cache
    try:
        known = facts.load(path) if path is not None else None
    except facts.UnusableError as error:
        raise UsageError(f"--resolve-cache: {error}") from error
    if known is None and not given.resolve:
        raise UsageError(f"--resolve-cache: there is no file {path}; --resolve makes it")
    region = options.assumptions.region
    try:
        account = _account(region) if given.resolve else None
        source = Remembered(known, account)
        parts: dict[str, Part] = {}
        found = resolved(judge, options, source, lambda judged: parts.update({part.key: part for part in judged}))
        remarks = analyzed(parts.values(), account) if given.access_analyzer and account is not None else ()
    except UnansweredError as error:
        raise UsageError(f"--resolve: {error}") from error
    if path is not None and given.resolve:
        save(facts.dump(source.facts), path)
    missing = [fact for fact in found.facts if fact.missing]
    if given.resolve:
        looked = f"looked up {counted(source.asked, 'thing')} in account {source.account}"
        tell(f"msglint: {looked}" + (f", of which {len(missing)} could not be found or read" if missing else ""))
    return remarked(found.report, remarks, [*parts.values()])


def analyzed(parts: "Iterable[Part]", account: "Account") -> Sequence[Remark]:
    """Give what IAM Access Analyzer says of the resource policies of some parts."""
    from msglint.account.analyzer import remarks  # noqa: PLC0415  # few runs ask for it

    return remarks(parts, account)


def remarked(report: Report, remarks: Sequence[Remark], parts: "Sequence[Part]") -> Report:
    """Give a report that has remarks about some parts too, in which nothing is shown that is secret there."""
    from msglint.secrecy import Secrecy  # noqa: PLC0415  # help needs none

    return msgspec.structs.replace(report, remarks=Secrecy().remarks(remarks, parts))


def access(region: str | None) -> "Access":
    """Give the access to AWS of whoever runs this; raises `UsageError` without boto3, or where nobody can ask."""
    try:
        from msglint.account.access import Access  # noqa: PLC0415  # boto3 is slow to import, and an extra
    except ModuleNotFoundError as error:
        raise UsageError("boto3 is not installed, which asks AWS: pip install 'msglint[aws]'") from error
    from msglint.account.describe.interface import UnansweredError  # noqa: PLC0415

    try:
        return Access(region)
    except UnansweredError as error:
        raise UsageError(str(error)) from error


def _account(region: str | None) -> "Account":
    own = access(region)
    from msglint.account.lookups import Account  # noqa: PLC0415  # it needs boto3 too

    return Account(own)
