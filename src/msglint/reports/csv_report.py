"""The report for spreadsheets: CSV as RFC 4180 describes it, and as Excel reads it without being asked anything."""

import csv
import io
import re

from msglint.finding import Finding, Report
from msglint.reports.interface import Manner, fingerprints, shown
from msglint.reports.terminal import safe, sentence

COLUMNS = (
    "file",
    "line",
    "column",
    "severity",
    "verdict",
    "code",
    "name",
    "resource",
    "message",
    "scenario",
    "fix",
    "fingerprint",
    "help",
)
"""What is called so in the report in JSON too."""

MARK = "\ufeff"
"""Excel takes a file that does not begin with it for one in the encoding of the machine."""

# What a spreadsheet would calculate, also in the wide forms of East Asian keyboards.
# Where Excel separates cells by semicolons, one in a text may end a cell although all is quoted.
_FORMULA = re.compile(r"(?:^|(?<=;))(?=[=+\-@\t\r\n＝＋－＠])")  # noqa: RUF001  # they are meant


def render(report: Report, manner: Manner) -> str:
    """Write a row for each finding, below one with the names of the columns."""
    findings = shown(report, manner)
    written = io.StringIO()
    # All is quoted, since where Excel separates cells by semicolons a bare one would begin a cell.
    rows = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows(_row(*each) for each in zip(findings, fingerprints(findings), strict=True))
    return MARK + written.getvalue()


def _row(finding: Finding, fingerprint: str) -> list[str]:
    line, column = finding.span.start
    cells = [
        safe(finding.file),
        str(line),
        str(column),
        finding.severity.value,
        "finding" if finding.decided else "undecided",
        finding.code,
        finding.name,
        safe(finding.resource or ""),
        sentence(finding.message),
        sentence(finding.scenario or ""),
        sentence(finding.fix.title) if finding.fix is not None else "",
        fingerprint,
        finding.help,
    ]
    return [_FORMULA.sub("'", cell) for cell in cells]
