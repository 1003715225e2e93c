"""`msglint scan`: judge stacks that are deployed, or are about to be."""

import argparse
from collections.abc import Mapping, Sequence
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
    from msglint.account.stacks import Wanted


def run(given: argparse.Namespace) -> int:
    """Judge the CloudFormation stacks of an account: as they are deployed, with what they made and what that meets.

    Stacks are named, or all of them are meant; `*` stands for any letters. It only reads. Credentials, profile and
    endpoints are those of boto3. Exit code: 0 clean, 1 findings, 2 wrong usage, or a stack that could not be read.
    """
    from msglint import engine  # noqa: PLC0415  # help needs no engine

    reports = output.targets(given)
    nearest = choice.nearest(given)
    options = choice.here(nearest)
    regions = options.assumptions.regions or (None,)
    own = access(regions[0])
    from msglint.account.describe.interface import UnansweredError  # noqa: PLC0415  # they need boto3 too
    from msglint.account.lookups import Account  # noqa: PLC0415
    from msglint.account.scan import scan  # noqa: PLC0415

    try:
        others, refused = _others(given, own, options.assumptions.accounts)
        places = _places(own, others, regions, options.assumptions.accounts)
        account = Account(own, others)
        with progress.shown(given, "stack") as told:
            found = scan(
                places,
                _wanted(given),
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
    if given.stacks and not found.report.files and not unread:
        raise UsageError(
            f"no stack is called {' or '.join(given.stacks)} in {' or '.join(each.shown for each in places)}"
        )
    remarks = [*found.drifts, *(analyzed(found.parts, account) if given.access_analyzer else ())]
    report = remarked(msgspec.structs.replace(found.report, unread=unread), remarks, found.parts)
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
    add("--tag", action="append", default=[], metavar="KEY=VALUE", help="Only stacks with this tag; KEY: any value.")
    add("--change-set", metavar="NAME", help="Judge what this change set would make of the stack.")
    add(
        "--drift",
        action="store_true",
        help="Tell where policies of what the stacks made are not those of the template.",
    )
    add("--access-analyzer", action="store_true", help="Tell what IAM Access Analyzer says of the resource policies.")
    add("--region", action="append", default=[], metavar="REGION", help="A Region (default: that of the credentials).")
    add("--account", action="append", default=[], metavar="ID", help="An account, with --role-name.")
    add(
        "--role-name", metavar="NAME", help="The role to assume in --account, else in all accounts of the organisation."
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
        tags[name] = value if equals else None
    if given.change_set is not None and len(names) != 1:
        raise UsageError("--change-set is of one stack, which has to be named")
    if not names:
        return Wanted(tags=tags)
    unmade = given.change_set is not None
    return Wanted(lambda name: any(fnmatchcase(name, pattern) for pattern in names), tags, unmade)


def _others(
    given: argparse.Namespace, own: "Access", accounts: Sequence[str]
) -> "tuple[Mapping[str, Access], Sequence[Unread]]":
    """Give the access to other accounts, where a role of theirs is named, and those that nobody gets into."""
    from msglint.account.scan import entered  # noqa: PLC0415  # help needs none

    others = [each for each in accounts if each != own.identity().account]
    if given.role_name is None:
        if others:
            raise UsageError(f"the credentials are of {own.identity().account}: --role-name leads to {others[0]}")
        return {}, ()
    entering = {each: entered(own, each, given.role_name) for each in (others if accounts else own.others())}
    refused = [each for each in entering.values() if isinstance(each, Unread)]
    return {account: each for account, each in entering.items() if not isinstance(each, Unread)}, refused


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
        for region in regions
    ]
