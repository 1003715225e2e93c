"""`msglint scan`: judge stacks that are deployed, or are about to be."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from msglint.cli import choice, output, progress
from msglint.cli.interface import Exit, UsageError, tell
from msglint.cli.resolving import access, analyzed, remarked
from msglint.finding import Unread
from msglint.reports.terminal import counted

if TYPE_CHECKING:
    from msglint.account.access import Access
    from msglint.account.scan import Place
    from msglint.account.stack_sets import Instance
    from msglint.account.stacks import Wanted


def run(given: argparse.Namespace) -> int:
    """Judge the CloudFormation stacks of an account as they are deployed, with what others have made for them.

    Stacks are named, or all of them are meant, or those of a stack set; `*` stands for any letters. It only reads.
    Credentials, profile, Region and endpoints are those of boto3. Exit code: 0 clean, 1 findings, 2 wrong usage, or
    no findings and something that could not be read, 3 msglint failed.
    """
    from msglint import engine  # noqa: PLC0415  # help needs no engine

    reports = output.targets(given)
    nearest = choice.nearest(given)
    options = choice.here(nearest)
    regions, accounts = options.assumptions.regions, options.assumptions.accounts
    # A stack set is where its administrator is, and Regions say only which of its stacks are meant.
    own = access(None if given.stack_sets or not regions else regions[0])
    wanted = _wanted(given)
    from msglint.account.describe.interface import UnansweredError  # noqa: PLC0415  # they need boto3 too
    from msglint.account.lookups import Account  # noqa: PLC0415
    from msglint.account.scan import scan  # noqa: PLC0415

    try:
        if given.stack_sets:
            others, places, refused = _of_sets(given, own, regions, accounts)
        else:
            others, refused = _others(given, own, accounts)
            places = _places(own, others, regions or (None,), accounts)
        account = Account(own, others)
        with progress.shown(given, "stack") as told:
            found = scan(
                places,
                wanted,
                account,
                options,
                engine.lint_text,
                change_set=given.change_set,
                compare=given.drift,
                keep=given.access_analyzer,
                told=told,
            )
    except UnansweredError as error:
        raise UsageError(str(error)) from error
    unread = (*refused, *found.report.unread)
    report = found.report
    seen = [*report.files, *(each.name for each in unread)]
    if (given.stacks or given.tag or given.stack_sets) and not seen:
        raise UsageError(_nothing(given, given.stacks, places))
    # Where nothing could be listed, nobody knows which stacks there are.
    if listed := [each for each in places if each.shown not in {each.name for each in unread}]:
        unread += tuple(Unread(each, _nothing(given, (each,), listed)) for each in _unseen(given.stacks, seen))
    remarks = [*found.drifts, *(analyzed(found.parts, account) if given.access_analyzer else ())]
    report = remarked(msgspec.structs.replace(report, unread=unread), remarks, found.parts)
    output.write(report, reports, given, options)
    for each in unread:
        tell(f"msglint: {each.name} could not be read: {each.reason}")
    tell(f"msglint: {counted(own.calls + sum(each.calls for each in others.values()), 'call')} to AWS")
    if engine.fails(report, options):
        return Exit.FINDINGS
    return Exit.USAGE if unread else Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="The names of stacks, or patterns (default: all).")
    add = parser.add_argument_group("stacks").add_argument
    add(
        "--tag",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="Only stacks with this tag, of several with all of them; KEY: any value.",
    )
    add(
        "--stack-set",
        action="append",
        dest="stack_sets",
        default=[],
        metavar="NAME",
        help="Only stacks that this stack set of the account and Region of the credentials has made.",
    )
    add("--change-set", metavar="NAME", help="Judge what this change set would make of the stack.")
    add(
        "--drift",
        action="store_true",
        help="Tell where what the stacks made is gone, or has other policies than the template writes.",
    )
    add("--access-analyzer", action="store_true", help="Tell what IAM Access Analyzer says of the resource policies.")
    add(
        "--region",
        action="append",
        default=[],
        metavar="REGION",
        help="A Region to look into (default: that of the credentials).",
    )
    add(
        "--account",
        action="append",
        default=[],
        metavar="ID",
        help="An account to look into; all but your own take --role-name.",
    )
    add(
        "--role-name",
        metavar="NAME",
        help="The role to assume in --account, else in all accounts of the stack sets or the organisation.",
    )
    choice.rules(parser)
    choice.no_files(parser)
    choice.gate(parser)
    output.flags(parser)
    progress.flags(parser)


def _wanted(given: argparse.Namespace) -> "Wanted":
    from fnmatch import fnmatchcase  # noqa: PLC0415  # help needs none

    from msglint.account.stacks import Wanted  # noqa: PLC0415

    names: list[str] = given.stacks
    tags: dict[str, str | None] = {}
    for tag in given.tag:
        name, equals, value = tag.partition("=")
        if not name:
            raise UsageError("--tag takes KEY=VALUE, or KEY for any value")
        if name in tags:
            raise UsageError(f"--tag {name} is given twice, and a stack has one value of it")
        tags[name] = value if equals else None
    if given.change_set is not None and len(names) != 1:
        raise UsageError("--change-set is of one stack, which has to be named")
    if given.change_set is not None and given.stack_sets:
        raise UsageError("--change-set is of one stack, and --stack-set of several")
    if not names:
        return Wanted(tags=tags)
    unmade = given.change_set is not None
    return Wanted(lambda name: any(fnmatchcase(name, pattern) for pattern in names), tags, unmade)


def _others(
    given: argparse.Namespace, own: "Access", accounts: Sequence[str]
) -> "tuple[Mapping[str, Access], Sequence[Unread]]":
    """Give the access to other accounts, where a role of theirs is named, and those that nobody gets into."""
    others = [each for each in accounts if each != own.identity().account]
    if given.role_name is None:
        if others:
            raise UsageError(f"the credentials are of {own.identity().account}: --role-name leads to {others[0]}")
        return {}, ()
    return _entered(own, others if accounts else _of_organisation(own), given.role_name)


def _of_organisation(own: "Access") -> Sequence[str]:
    from msglint.account.describe.interface import UnansweredError  # noqa: PLC0415  # help needs none

    try:
        return own.others()
    except UnansweredError as error:
        raise UsageError(f"{error}: --account names the accounts that --role-name leads to") from error


def _entered(own: "Access", accounts: Iterable[str], role: str) -> "tuple[Mapping[str, Access], Sequence[Unread]]":
    from msglint.account.scan import entered  # noqa: PLC0415  # help needs none

    entering = {each: entered(own, each, role) for each in accounts}
    refused = [each for each in entering.values() if isinstance(each, Unread)]
    return {account: each for account, each in entering.items() if not isinstance(each, Unread)}, refused


def _of_sets(
    given: argparse.Namespace, own: "Access", regions: Sequence[str], accounts: Sequence[str]
) -> "tuple[Mapping[str, Access], Sequence[Place], Sequence[Unread]]":
    """Give the access to other accounts, the stacks of stack sets by their places, and those that nobody can read."""
    from itertools import groupby  # noqa: PLC0415  # help needs none

    from msglint.account.scan import Place  # noqa: PLC0415
    from msglint.account.stack_sets import meant  # noqa: PLC0415

    if own.region is None and regions:
        own.region = regions[0]
    identity = own.identity()
    sets = dict.fromkeys(given.stack_sets)
    found = meant((each for name in sets for each in _instances(own, name)), accounts, regions)
    unread = [each.unmade for each in found if not each.stack]
    made = sorted(each for each in found if each.stack)
    away = [each for each in made if each.account != identity.account]
    others: Mapping[str, Access] = {}
    if given.role_name is not None:
        others, refused = _entered(own, dict.fromkeys(each.account for each in away), given.role_name)
        unread += refused
    else:
        why = f"the credentials are of {identity.account}: --role-name leads to other accounts"
        unread += [Unread(each.shown, why) for each in away]
    leading = {identity.account: own, **others}
    places = [
        Place.of(leading[account], identity.partition, account, region, [*several])
        for (account, region), several in groupby(made, key=lambda each: (each.account, each.region))
        if account in leading
    ]
    return others, places, unread


def _instances(own: "Access", name: str) -> "Sequence[Instance]":
    from msglint.account.describe.interface import GoneError  # noqa: PLC0415  # help needs none
    from msglint.account.scan import Place  # noqa: PLC0415
    from msglint.account.stack_sets import instances  # noqa: PLC0415

    identity = own.identity()
    place = Place.of(own, identity.partition, identity.account, own.region or "")
    try:
        return [*instances(place.ask, name)]
    except GoneError as error:
        raise UsageError(f"no stack set is called {name} in {place.shown}") from error


def _unseen(names: Sequence[str], seen: Iterable[str]) -> Sequence[str]:
    """Give the names and patterns that no stack has."""
    from fnmatch import fnmatchcase  # noqa: PLC0415  # help needs none

    called = {each.rpartition("/")[2] for each in seen}
    return [name for name in dict.fromkeys(names) if not any(fnmatchcase(each, name) for each in called)]


def _nothing(given: argparse.Namespace, names: Sequence[str], places: "Sequence[Place]") -> str:
    """Say that nothing is meant by what the user names: that is no clean run."""
    called = [f"is called {' or '.join(names)}"] if names else []
    tagged = [f"has the tag {' and '.join(given.tag)}"] if given.tag else []
    meant = " and ".join((*called, *tagged)) or "is meant"
    if given.stack_sets:
        return f"no stack of the stack set {' or '.join(given.stack_sets)} {meant}"
    return f"no stack {meant} in {' or '.join(each.shown for each in places)}"


def _places(
    own: "Access", others: "Mapping[str, Access]", regions: Sequence[str | None], accounts: Sequence[str]
) -> "Sequence[Place]":
    from msglint.account.scan import Place  # noqa: PLC0415  # help needs none

    wanted = {own.identity().account: own, **others}
    wanted = {account: wanted[account] for account in accounts or wanted if account in wanted}
    partition = own.identity().partition
    return [
        Place.of(access, partition, account, region or access.region or "")
        for account, access in wanted.items()
        for region in dict.fromkeys(regions)
    ]
