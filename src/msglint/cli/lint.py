"""`msglint lint`: judge files and directories, and report what was found."""

import argparse

from msglint.cli import choice, output
from msglint.cli.interface import Exit, counted, tell


def run(given: argparse.Namespace) -> int:
    """Judge templates and plans: files, directories, or - for standard input.

    CloudFormation templates (YAML, JSON) and Terraform plans (terraform show -json) are known by what they say,
    whatever their names. Exit code: 0 clean, 1 findings, 2 wrong usage, 3 msglint failed.
    """
    from msglint import engine  # noqa: PLC0415  # help needs no engine

    reports = output.targets(given)
    with choice.refusing():
        nearest = choice.nearest(given)
        options = choice.here(nearest)
        report = engine.lint(choice.paths(given, nearest), options)
    for notice in (*nearest.notices, *report.notices):
        tell(f"msglint: {notice}")
    if not report.files:
        tell(
            f"msglint: no template or plan among {counted(len(report.skipped), 'file')}{_ignored(nearest.passed_over)}"
        )
    output.write(report, reports, given, options)
    return Exit.FINDINGS if engine.fails(report, options) else Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    choice.flags(parser)
    output.flags(parser)


def _ignored(passed_over: list[str]) -> str:
    """Say what git ignores and was passed over: the templates may be there."""
    if not passed_over:
        return ""
    few = ", ".join(passed_over[:3]) + (" and others" if passed_over[3:] else "")
    return f"; git ignores {few}, which are judged when they are named, or with --no-gitignore"
