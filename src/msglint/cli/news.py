"""What of a run is new: beside a baseline, or in a change."""

import argparse
import os

from msglint.cli import judging
from msglint.cli.interface import UsageError
from msglint.config.nearest import Nearest
from msglint.finding import Known, Report
from msglint.options import Options


def judged(given: argparse.Namespace, nearest: Nearest, baseline: str | None) -> tuple[Report, Options]:
    """Judge what the user names, and leave out what the baseline has and what the change does not cause."""
    before = known(baseline) if baseline is not None else None
    if given.diff is None:
        report, options = judging.judged(given, nearest)
        return unknown(report, baseline, before), options
    from msglint.cli.diff import caused  # noqa: PLC0415  # only who asks for it starts git

    return caused(given, nearest, lambda report: unknown(report, baseline, before))


def unknown(report: Report, file: str | None, known_before: tuple[Known, ...] | None) -> Report:
    """Give a report without what a baseline has."""
    if file is None or known_before is None:
        return report
    from msglint.baseline import Paths, compare  # noqa: PLC0415  # only where there is one

    return compare(report, known_before, Paths(directory(file))).report


def known(file: str) -> tuple[Known, ...]:
    """Read a baseline; `UsageError` for what is none."""
    from msglint.baseline import UnusableBaselineError, read  # noqa: PLC0415  # only where there is one

    try:
        return read(file)
    except UnusableBaselineError as error:
        raise UsageError(f"--baseline: {error}") from error


def directory(file: str) -> str:
    """Give the directory of a baseline: what its paths are relative to."""
    return os.path.dirname(os.path.realpath(file))
