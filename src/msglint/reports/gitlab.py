"""The report for merge requests of GitLab: its Code Quality format, a list of faults with their places."""

from typing import Any

from msglint.finding import Finding, Report, Severity
from msglint.reports.checkout import Checkout, checkout
from msglint.reports.interface import Manner, explained, fingerprints, shown
from msglint.reports.json_report import written
from msglint.reports.terminal import sentence

# "blocker" is left to those who know what blocks them.
_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "minor"}


def render(report: Report, manner: Manner) -> str:
    """Write a list with an object for each finding; what is undecided is of the least severity."""
    at = manner.at or checkout()
    findings = shown(report, manner)
    return written([_fault(*each, at) for each in zip(findings, fingerprints(findings), strict=True)])


def _fault(finding: Finding, fingerprint: str, at: Checkout) -> dict[str, Any]:
    fix = f". Fix: {sentence(finding.fix.title)}" if finding.fix is not None else ""
    return {
        "description": f"{'' if finding.decided else 'Undecided: '}{sentence(explained(finding))}{fix}",
        "check_name": f"{finding.code} {finding.name}",
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity] if finding.decided else "info",
        "location": {"path": at.path(finding.file).as_posix(), "lines": {"begin": finding.span.start.line}},
    }
