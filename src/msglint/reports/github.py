"""The report for a step of a GitHub workflow: commands that make the runner annotate the lines of a change."""

from collections.abc import Iterator

from msglint.finding import Finding, Report, Severity
from msglint.reports.checkout import Checkout, checkout
from msglint.reports.interface import explained, places, shown, summary
from msglint.reports.terminal import safe, sentence
from msglint.reports.text import told

MOST = 10
"""How many annotations of a kind the runner takes from a step; the rest is only in the log."""

_KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report, *, show_undecided: bool = False, quiet: bool = False, at: Checkout | None = None) -> str:
    """Write a command for each finding, and below them the summary in words, unless `quiet`."""
    at = at or checkout()
    findings = shown(report, show_undecided=show_undecided)
    lines = [_command(finding, at) for finding in findings]
    if not quiet:
        lines += _end(report, findings, show_undecided=show_undecided)
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding, at: Checkout) -> str:
    start, end = finding.span
    file = at.path(finding.file).as_posix()
    place: dict[str, object] = {"file": safe(file), "line": start.line, "endLine": end.line}
    if start.line == end.line:  # columns of different lines are refused
        place |= {"col": start.column, "endColumn": end.column}
    title = f"{finding.code} {finding.name}{'' if finding.decided else ' (undecided)'}"
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in (place | {"title": title}).items())
    return f"::{_kind(finding)} {properties}::{_data(chr(10).join(_words(finding, at)))}"


def _kind(finding: Finding) -> str:
    return _KINDS[finding.severity] if finding.decided else "notice"


def _words(finding: Finding, at: Checkout) -> Iterator[str]:
    """Give the lines of a message. The first says where, since the log does not."""
    line, column = finding.span.start
    yield f"{safe(at.path(finding.file).as_posix())}:{line}:{column}: {sentence(explained(finding))}"
    if finding.construct is not None:
        yield f"construct {sentence(str(finding.construct))}"
    also = ", ".join(safe(related.resource or "") for related in finding.related if related.likewise)
    if also:
        yield f"also {also}"
    for related in places(finding):
        if related.likewise:
            continue
        resource = f" ({safe(related.resource)})" if related.resource else ""
        place = f"{safe(at.path(related.file).as_posix())}:{related.span.start.line}:{related.span.start.column}"
        yield f"see {place}{resource}: {sentence(related.message)}"
    if finding.fix is not None:
        yield f"fix: {sentence(finding.fix.title)}"
        if finding.fix.snippet:
            yield from map(safe, finding.fix.snippet.split("\n"))


def _end(report: Report, findings: list[Finding], *, show_undecided: bool) -> Iterator[str]:
    kinds = [_kind(finding) for finding in findings]
    if any(kinds.count(kind) > MOST for kind in _KINDS.values()):
        yield f"GitHub shows {MOST} annotations of a kind; this log has all {len(findings)}."
    yield told(summary(report), show_undecided=show_undecided)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
