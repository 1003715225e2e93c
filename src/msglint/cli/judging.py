"""A run as the command line asks for it."""

import argparse

import msgspec

from msglint.cli import choice, progress, resolving
from msglint.cli.interface import UsageError, tell
from msglint.config.nearest import Nearest
from msglint.finding import Report
from msglint.inputs import STANDARD_INPUT, STANDARD_NAME
from msglint.options import Options
from msglint.reports.terminal import counted


def judged(given: argparse.Namespace, nearest: Nearest) -> tuple[Report, Options]:
    """Judge what the user names, and tell the notices of that; `UsageError` for what cannot be.

    The options are those of the working directory.
    """
    report, options = asked(given, nearest)
    for notice in (*nearest.unasked(options), *nearest.notices, *report.notices):
        tell(f"msglint: {notice}")
    if STANDARD_INPUT in given.paths and any(each.file == STANDARD_NAME for each in report.skipped):
        # Nobody pipes what is none on purpose, and a gate must not open for it.
        raise UsageError("standard input is no template or plan (terraform show takes -json)")
    if not report.files:
        match report.skipped:
            case (only,):
                nothing = f"{only.file} is no template or plan"
            case several:
                nothing = f"no template or plan among {counted(len(several), 'file')}"
        tell(f"msglint: {nothing}{_ignored(nearest.passed_over)}")
    return report, options


def asked(given: argparse.Namespace, nearest: Nearest) -> tuple[Report, Options]:
    """Judge without a word beside the report."""
    from msglint import engine  # noqa: PLC0415  # help needs no engine

    with progress.shown(given) as told:
        options = choice.here(nearest)
        paths = choice.paths(given, nearest)

        def judge(options: Options) -> Report:
            return engine.lint(paths, options, told)

        if given.resolve or given.resolve_cache is not None or given.access_analyzer:
            report = resolving.judged(given, options, judge)
        else:
            report = judge(options)
        # A configuration is at fault where nothing is as it expects.
        scope = msgspec.structs.replace(report.scope, judged={**nearest.read(), **report.scope.judged})
        return msgspec.structs.replace(report, scope=scope), options


def flags(parser: argparse.ArgumentParser) -> "argparse._ArgumentGroup":
    """Add the flags that say how a run behaves while it runs, and give the group of them."""
    resolving.flags(parser)
    return progress.flags(parser)


def _ignored(passed_over: list[str]) -> str:
    """Say what git ignores and was passed over: the templates may be there."""
    if not passed_over:
        return ""
    few = ", ".join(passed_over[:3]) + (" and others" if passed_over[3:] else "")
    return f"; git ignores {few}, which are judged when they are named, or with --no-gitignore"
