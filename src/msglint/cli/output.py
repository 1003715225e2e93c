"""Where reports go, and in which formats."""

import argparse
import sys

from msglint.cli.interface import columns, on_terminal, save, say, tell
from msglint.finding import Report
from msglint.options import Options


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say how the report is written, and where."""
    add = parser.add_argument
    add(
        "--format",
        choices=["text", "json", "sarif", "github"],
        default="text",
        help="How findings are written: for people, programmes, code scanning, or as annotations in GitHub Actions.",
    )
    add("--output", metavar="FILE", help="Write the report to a file.")
    add("--quiet", action="store_true", help="One line for each finding and nothing else.")
    add("--no-color", action="store_true", help="No colours, also on a terminal.")


def write(report: Report, given: argparse.Namespace, options: Options) -> None:
    """Write the report of a run as the flags say. Raises `UsageError` where a file cannot be written."""
    # In CI nobody is asked again: what fails the run is in the report.
    undecided = options.show_undecided or options.strict
    output: str | None = given.output
    if given.format == "json":
        from msglint.reports.json_report import render as render_json  # noqa: PLC0415  # only the report asked for

        text = render_json(report, show_undecided=options.show_undecided)
    elif given.format == "sarif":
        from msglint.reports.sarif import limit  # noqa: PLC0415  # only the report asked for
        from msglint.reports.sarif import render as render_sarif  # noqa: PLC0415

        text = render_sarif(report, show_undecided=undecided, known=options.rules)
        if (cut := limit(len(report.findings) + (len(report.undecided) if undecided else 0))) is not None:
            tell(f"msglint: {cut}")
    elif given.format == "github":
        from msglint.reports.github import render as render_github  # noqa: PLC0415  # only the report asked for

        text = render_github(report, show_undecided=undecided, quiet=given.quiet)
    else:
        from msglint.reports.text import render as render_text  # noqa: PLC0415  # only the report asked for

        text = render_text(
            report,
            show_undecided=options.show_undecided,
            quiet=given.quiet,
            color=not given.no_color and output is None and on_terminal(),
            width=columns(),
        )
    if output is not None:
        save(text, output)
    elif given.format == "text":
        say(text)
    else:
        sys.stdout.buffer.write(text.encode())  # programmes read UTF-8, whatever the terminal speaks
