"""The formats of reports: an output is one module beside this one, and one line here."""

from importlib import import_module
from typing import NamedTuple

from msglint.finding import Report
from msglint.reports.interface import Manner


class Format(NamedTuple):
    """A module, what its reports are for in a few words, and whether people read them on their terminals.

    Programmes read UTF-8, whatever the terminal speaks. `remarks`: whether there is a place for what others say.
    """

    module: str
    purpose: str
    for_terminals: bool = False
    remarks: bool = True


FORMATS = {
    "text": Format("text", "findings by file, with their lines and repairs", for_terminals=True),
    "concise": Format("concise", "one line for each finding and remark and nothing else", for_terminals=True),
    "json": Format("json_report", "all that there is to know, for programmes"),
    "sarif": Format("sarif", "code scanning and editors"),
    "junit": Format("junit", "a test case for each question, for services that show tests", remarks=False),
    "github": Format("github", "annotations and the summary of a job in GitHub Actions"),
    "gitlab": Format("gitlab", "Code Quality in merge requests of GitLab", remarks=False),
    "markdown": Format("markdown", "a comment on a pull request"),
    "csv": Format("csv_report", "spreadsheets", remarks=False),
}


def render(name: str, report: Report, manner: Manner) -> str:
    """Write a report in a format; only its own module is loaded."""
    return str(import_module(f"msglint.reports.{FORMATS[name].module}").render(report, manner))
