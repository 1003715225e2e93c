"""The report for a step of a GitHub workflow: commands that make the runner annotate the lines of a change.

With them goes the summary of the job, which is the report in Markdown.
"""

from collections.abc import Iterator, Mapping

from msglint.finding import Finding, Remark, Report, Severity
from msglint.reports.checkout import Checkout, checkout
from msglint.reports.interface import UNDECIDED, Manner, remarked, shown, summary, words
from msglint.reports.terminal import safe, sentence
from msglint.reports.text import told
from msglint.source import Span

MOST = 10
"""How many annotations of a kind the runner takes from a step; the rest is only in the log."""
SUMMARY = 1024 * 1024
"""How many bytes of summary the runner takes from a step; of more it takes nothing."""

_KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report, manner: Manner) -> str:
    """Write a command for each finding, then for what could not be read and for remarks, and the summary in words."""
    at = manner.at or checkout()
    findings = shown(report, manner)
    lines = [_command(finding, at) for finding in findings]
    for each in report.unread:
        unread = sentence(f"{each.name} could not be read: {each.reason}")
        lines.append(_written("error", {"title": "not judged"}, unread))
    lines += [_notice(remark, at) for remark in report.remarks]
    lines += _end(report, findings, manner)
    return "".join(f"{line}\n" for line in lines)


def job_summary(report: Report, manner: Manner, taken: int) -> str:
    """Write the summary of the job, to be put behind as many bytes; empty where there is no room for it."""
    from msglint.reports.markdown import bounded  # noqa: PLC0415  # only where the runner asks for it

    # What the step has written so far may lack the end of its last line.
    begin = "\n" if taken else ""
    text = bounded(report, manner, SUMMARY - taken - len(begin))
    return text and begin + text


def _command(finding: Finding, at: Checkout) -> str:
    title = f"{finding.code} {finding.name}{'' if finding.decided else f' ({UNDECIDED})'}"
    properties = {**_spot(finding.file, finding.span, at), "title": title}
    return _written(_kind(finding), properties, "\n".join(words(finding, at)))


def _notice(remark: Remark, at: Checkout) -> str:
    spot = _spot(remark.file, remark.span, at) if remark.span is not None else {}
    text = [remarked(remark), *([f"see {sentence(remark.link)}"] if remark.link else [])]
    return _written("notice", {**spot, "title": sentence(remark.source)}, "\n".join(text))


def _spot(file: str, span: Span, at: Checkout) -> dict[str, object]:
    start, end = span
    place: dict[str, object] = {"file": safe(at.path(file).as_posix()), "line": start.line, "endLine": end.line}
    if start.line == end.line:  # columns of different lines are refused
        place |= {"col": start.column, "endColumn": end.column}
    return place


def _written(kind: str, properties: Mapping[str, object], text: str) -> str:
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{kind} {written}::{_data(text)}"


def _kind(finding: Finding) -> str:
    return _KINDS[finding.severity] if finding.decided else "notice"


def _end(report: Report, findings: list[Finding], manner: Manner) -> Iterator[str]:
    kinds = [*map(_kind, findings), *("error" for _ in report.unread), *("notice" for _ in report.remarks)]
    if any(kinds.count(kind) > MOST for kind in _KINDS.values()):
        yield f"GitHub shows {MOST} annotations of a kind; this log has all {len(kinds)}."
    # A command is told by the beginning of its line, or by this anywhere.
    yield told(summary(report), manner).replace("##[", "## [")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
