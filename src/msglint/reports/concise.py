"""The report in one line for each finding, for people in a hurry and for editors that jump to the place."""

from msglint.finding import Report
from msglint.reports.interface import Manner, label, place, shown
from msglint.reports.terminal import sentence
from msglint.reports.text import Ink


def render(report: Report, manner: Manner) -> str:
    """Write `path:line:column: severity CODE message` for each finding, and nothing where there is none."""
    ink = Ink(manner.color)
    return "".join(
        f"{place(each.file, each.span)}: {ink(label(each), label(each))} {each.code} {sentence(each.message)}\n"
        for each in shown(report, manner)
    )
