"""`msglint lint`: judge files and directories, and report what was found."""

import argparse

from msglint.cli import choice, judging, output
from msglint.cli.interface import Exit


def run(given: argparse.Namespace) -> int:
    """Judge templates and plans: files, directories, or - for standard input.

    CloudFormation templates (YAML, JSON) and Terraform plans (terraform show -json) are known by what they say,
    whatever their names. Exit code: 0 clean, 1 findings, 2 wrong usage, 3 msglint failed.
    """
    from msglint import engine  # noqa: PLC0415  # help needs no engine

    reports = output.targets(given)
    with choice.refusing():
        nearest = choice.nearest(given)
        baseline = choice.baseline(given, nearest)
    if baseline is None and given.diff is None:
        report, options = judging.judged(given, nearest)
    else:
        from msglint.cli.news import judged  # noqa: PLC0415  # most runs want to know all

        report, options = judged(given, nearest, baseline)
    output.write(report, reports, given, options)
    return Exit.FINDINGS if engine.fails(report, options) else Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    add = parser.add_argument
    choice.flags(parser)
    choice.gate(parser)
    add("--baseline", metavar="FILE", help="Show only what is not in this file, which msglint baseline writes.")
    add(
        "--diff",
        metavar="BASE",
        help="Show only what the change since a commit causes: a branch, a tag or any other name that git knows. It "
        "starts git.",
    )
    output.flags(parser)
