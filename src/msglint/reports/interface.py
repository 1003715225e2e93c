"""What all reports share: which findings they show, in which order, and what they count.

A report is a module with a function `render` that takes a `Report` and, by name, how to show it, and gives a text.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from msglint.finding import Finding, Related, Report, Severity
from msglint.verdict import Doubt


class Summary(msgspec.Struct, frozen=True):
    """A run in numbers. `judged` counts the questions asked: one is one rule asked of one resource."""

    files: int
    unparsed: int
    skipped: int
    judged: int
    findings: Mapping[Severity, int]
    """By severity, the worst first; zero where there is none."""
    undecided: Mapping[Doubt, int]
    suppressed: int
    known: int = 0
    """Findings that are not shown since a baseline has them."""
    fixed: int = 0
    """Findings of a baseline that are no longer there."""
    elsewhere: int = 0
    """Findings that are not shown since a change does not cause them."""


def summary(report: Report) -> Summary:
    """Count what a run found and did not find."""
    severities = [finding.severity for finding in report.findings]
    doubts = [finding.doubt or Doubt.NOT_UNDERSTOOD for finding in report.undecided]
    return Summary(
        files=len(report.files),
        unparsed=report.unparsed,
        skipped=len(report.skipped),
        judged=len(report.questions),
        findings={severity: severities.count(severity) for severity in Severity},
        undecided={doubt: doubts.count(doubt) for doubt in Doubt},
        suppressed=report.suppressed,
        known=report.known,
        fixed=len(report.fixed),
        elsewhere=report.elsewhere,
    )


def shown(report: Report, *, show_undecided: bool) -> list[Finding]:
    """Give the findings, and the undecided ones if they are asked for, by file and place."""
    undecided = report.undecided if show_undecided else ()
    return sorted((*report.findings, *undecided), key=lambda finding: finding.order)


def explained(finding: Finding) -> str:
    """Give the message of a finding, with the conditions under which it holds."""
    return finding.message if finding.scenario is None else f"{finding.message} ({finding.scenario})"


def places(finding: Finding) -> tuple[Related, ...]:
    """Give the other places that a finding speaks of, with those that an undecided answer hangs on."""
    here = (finding.file, finding.span)
    return (*finding.related, *(reason for reason in finding.reasons if (reason.file, reason.span) != here))


def fingerprints(findings: Sequence[Finding]) -> list[str]:
    """Give each finding a fingerprint of its own.

    Faults of the same kind in the same resource are counted in the order of their places; what is decided comes first,
    so that its fingerprints do not depend on whether the undecided ones are shown.
    """
    seen: Counter[str] = Counter()
    marks = [""] * len(findings)
    for index in sorted(range(len(findings)), key=lambda index: (not findings[index].decided, findings[index].order)):
        mark = findings[index].fingerprint
        seen[mark] += 1
        marks[index] = mark if seen[mark] == 1 else f"{mark}:{seen[mark]}"
    return marks
