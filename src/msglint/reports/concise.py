"""The report in one line for each finding and remark, for people in a hurry and for editors that jump to the place."""

from msglint.finding import Report
from msglint.reports.interface import NOTE, Manner, label, place, remarked, shown
from msglint.reports.terminal import safe, sentence
from msglint.reports.text import Ink


def render(report: Report, manner: Manner) -> str:
    """Write `path:line:column: severity CODE message` for each finding, and nothing where there is none.

    What others say is a `note`, with the one who says it instead of a code.
    """
    ink = Ink(manner.color)
    lines = [
        f"{place(each.file, each.span)}: {ink(label(each), label(each))} {each.code} {sentence(each.message)}\n"
        for each in shown(report, manner)
    ]
    lines += [
        f"{f'{place(each.file, each.span)}: ' if each.span is not None else ''}"
        f"{ink(NOTE, NOTE)} {safe(each.source)}: {remarked(each)}\n"
        for each in report.remarks
    ]
    return "".join(lines)
