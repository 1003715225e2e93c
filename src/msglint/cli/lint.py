"""`msglint lint`: judge files and directories, and report what was found."""

import argparse

import msgspec

from msglint.cli import judging, output
from msglint.cli.interface import Exit
from msglint.finding import Severity

SEVERITIES = [severity.value for severity in Severity]


def run(given: argparse.Namespace) -> int:
    """Judge templates and plans: files, directories, or - for standard input.

    CloudFormation templates (YAML, JSON) and Terraform plans (terraform show -json) are known by what they say,
    whatever their names. Exit code: 0 clean, 1 findings, 2 wrong usage, 3 msglint failed.
    """
    from msglint import engine  # noqa: PLC0415  # help needs no engine

    options = msgspec.structs.replace(
        judging.options(given),
        fail_on=Severity(given.fail_on),
        show_undecided=given.show_undecided,
        strict=given.strict,
    )
    if given.baseline is None and given.diff is None:
        report = judging.judged(given, options)
    else:
        from msglint.cli.news import judged  # noqa: PLC0415  # most runs want to know all

        report = judged(given, options)
    output.write(report, given, options)
    return Exit.FINDINGS if engine.fails(report, options) else Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    add = parser.add_argument
    judging.flags(parser)
    output.flags(parser)
    add("--fail-on", choices=SEVERITIES, default="warning", help="Least severity that fails the run.")
    add("--show-undecided", action="store_true", help="Show what could not be decided, and why.")
    add("--strict", action="store_true", help="Fail where something could not be decided.")
    add("--baseline", metavar="FILE", help="Show only what is not in this file, which msglint baseline writes.")
    add(
        "--diff",
        metavar="BASE",
        help="Show only what the change since a commit causes: a branch, a tag or any other name that git knows. It "
        "starts git.",
    )
