"""Where reports go, and in which formats."""

import argparse
import os
from collections.abc import Sequence
from typing import NamedTuple

from msglint.cli.interface import UsageError, colored, columns, hand_over, save, say, tell
from msglint.finding import Report
from msglint.options import Options, misspelt
from msglint.reports.formats import FORMATS, render
from msglint.reports.interface import Manner, shown
from msglint.reports.terminal import counted

STANDARD_OUTPUT = "-"


class Target(NamedTuple):
    """A report to write: its format, and the file that it goes to, or `-`."""

    format: str
    file: str


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say how reports are written, and where."""
    add = parser.add_argument_group("report").add_argument
    add("--format", type=_format, metavar="FORMAT", help=f"One of {', '.join(FORMATS)} (default: text).")
    add("--output", metavar="FILE", help="Write the report to a file.")
    add(
        "--report",
        action="append",
        dest="reports",
        default=[],
        type=_target,
        metavar="FORMAT=FILE",
        help="Write one more report, to a file or (-) to standard output.",
    )
    add("--no-color", action="store_true", help="Show no colours, also on a terminal.")


def targets(given: argparse.Namespace) -> Sequence[Target]:
    """Give the reports that are asked for. Raises `UsageError` where two would go to one file."""
    more: list[Target] = given.reports
    if given.format is None and given.output is None and any(each.file == STANDARD_OUTPUT for each in more):
        asked = more
    else:
        file = STANDARD_OUTPUT if given.output is None else given.output
        asked = [Target(given.format or "text", file), *more]
    seen: dict[str, Target] = {}
    for each in asked:
        one = seen.setdefault(each.file if each.file == STANDARD_OUTPUT else os.path.realpath(each.file), each)
        if one is not each:
            where = "standard output" if each.file == STANDARD_OUTPUT else each.file
            raise UsageError(f"two reports go to {where}: {one.format} and {each.format}")
    return asked


def write(report: Report, asked: Sequence[Target], given: argparse.Namespace, options: Options) -> None:
    """Write the reports of a run, once all are made. Raises `UsageError` where a file cannot be written."""
    texts = [
        render(format_, report, _manner(options, color=file == STANDARD_OUTPUT and not given.no_color))
        for format_, file in asked
    ]
    formats = {each.format for each in asked}
    if report.remarks and not any(FORMATS[name].remarks for name in formats):
        tell(
            f"msglint: {counted(len(report.remarks), 'remark')} not shown: {' and '.join(sorted(formats))} has no place"
        )
    if "sarif" in formats:
        from msglint.reports.sarif import limit  # noqa: PLC0415  # only where it is asked for

        if (cut := limit(len(shown(report, _manner(options))) + len(report.remarks))) is not None:
            tell(f"msglint: {cut}")
    for (_, file), text in zip(asked, texts, strict=True):
        if file != STANDARD_OUTPUT:
            save(text, file)
    for (format_, file), text in zip(asked, texts, strict=True):
        if file == STANDARD_OUTPUT and FORMATS[format_].for_terminals:
            say(text)
        elif file == STANDARD_OUTPUT:
            hand_over(text)
    if "github" in formats and (name := os.environ.get("GITHUB_STEP_SUMMARY")):
        _summarize(report, _manner(options), name)


def _manner(options: Options, *, color: bool = False) -> Manner:
    return Manner(
        undecided=options.show_undecided,
        options=options,
        color=color and colored(),
        width=columns(),
    )


def _summarize(report: Report, manner: Manner, name: str) -> None:
    """Append to the summary of a job of GitHub. The runner names the file, so a fault of it is not the user's."""
    from msglint.reports.github import job_summary  # noqa: PLC0415  # only where it is asked for

    try:
        # Without a buffer it is written at once, or not at all.
        with open(name, "ab", buffering=0) as file:  # noqa: PTH123  # pathlib is slow to import
            text = job_summary(report, manner, file.tell())
            file.write(text.encode())
    except OSError as error:
        tell(f"msglint: the summary of the job cannot be written: {error.strerror or error}")
    else:
        if not text:
            tell("msglint: there is no room left in the summary of the job")


def _format(name: str) -> str:
    """Take the name of a format."""
    if name in FORMATS:
        return name
    hint = misspelt(name, FORMATS) or f" (there are {', '.join(FORMATS)})"
    raise argparse.ArgumentTypeError(f"no format is called {name!r}{hint}")


def _target(written: str) -> Target:
    """Take a report: FORMAT=FILE."""
    name, _, file = written.partition("=")
    if not file:
        raise argparse.ArgumentTypeError(f"it takes FORMAT=FILE, not {written!r}")
    return Target(_format(name), file)
