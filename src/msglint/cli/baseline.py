"""`msglint baseline`: remember the findings that there are, so that later runs show only new ones."""

import argparse
import os

from msglint.cli import choice, judging, news
from msglint.cli.interface import Exit, safe, save, say, tell
from msglint.options import ALWAYS
from msglint.reports.terminal import counted

DEFAULT = "msglint-baseline.json"


def run(given: argparse.Namespace) -> int:
    """Write down the findings that there are now; msglint lint --baseline FILE shows only those that are new.

    What is no longer found is forgotten. What an earlier baseline says of files and rules that this run does not look
    at is kept.
    """
    from msglint import baseline  # noqa: PLC0415  # help needs none

    nearest = choice.nearest(given)
    output = given.output or nearest.baseline() or DEFAULT
    paths = baseline.Paths(news.directory(output))
    again = os.path.lexists(output)
    before = news.known(output) if again else ()
    report, _ = judging.judged(given, nearest)
    compared = baseline.compare(report, before, paths)
    now = [each for several in baseline.remembered(report, report.findings, paths) for each in several]
    save(baseline.written((*now, *compared.old)), output)
    fresh = len(now) - (len(before) - len(compared.old) - len(compared.fixed))
    said = counted(len(now) + len(compared.old), "fault")
    said += f"; {fresh} new, {len(compared.fixed)} no longer there" if again else ""
    say(f"{safe(output)}: {said}.\n")
    if not again and nearest.baseline() is None:
        say(f"msglint lint --baseline {safe(output)} shows what is not in it.\n")
    for each in (each for each in report.findings if each.code in ALWAYS):
        tell(f"msglint: {each.file}: {each.code} {each.message}; nothing of it is in the baseline")
    return Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    choice.flags(parser)
    choice.no_gate(parser)
    judging.flags(parser)
    parser.add_argument(
        "--output",
        metavar="FILE",
        help=f"Where to write the baseline (default: what the configuration names, else {DEFAULT}).",
    )
