"""`msglint lint`: judge files and directories, and report what was found."""

import argparse

from msglint.cli import choice, judging, output
from msglint.cli.interface import Exit, UsageError


def run(given: argparse.Namespace) -> int:
    """Judge templates and plans: files, directories, or - for standard input.

    CloudFormation and SAM templates (YAML, JSON) and Terraform plans (terraform show -json) are known by what they say,
    whatever their names; .tf files are judged by the directory. Behind -- all words are paths. Exit code: 0 clean,
    1 findings, 2 wrong usage, 3 msglint failed.
    """
    if given.watch and given.resolve:
        raise UsageError("--watch would ask AWS at each save: keep the answers first, and watch with --resolve-cache")
    if given.watch:
        from msglint.cli.watch import watched  # noqa: PLC0415  # few runs go on

        watched(given, once)
    return once(given)


def once(given: argparse.Namespace) -> int:
    """Judge and report."""
    from msglint import engine  # noqa: PLC0415  # help needs no engine

    reports = output.targets(given)
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
    choice.flags(parser)
    choice.gate(parser)
    add = parser.add_argument_group("new findings").add_argument
    add("--baseline", metavar="FILE", help="Show only what is not in this file, which msglint baseline writes.")
    add("--diff", metavar="BASE", help="Show only what the change since a commit causes. It starts git.")
    output.flags(parser)
    add = judging.flags(parser).add_argument
    add("--watch", action="store_true", help="Judge again whenever a file is saved, until Ctrl-C.")
