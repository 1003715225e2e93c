"""What all reports share: how they are asked for, which findings they show, in which order, and what they count.

A report is a module with a function `render` that takes a `Report` and a `Manner`, and gives a text that ends in a line
end or is empty. `formats` lists these modules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from msglint.finding import Entry, Finding, Related, Remark, Report, Severity
from msglint.options import Options
from msglint.reports.terminal import safe, sentence
from msglint.rules.index import RULES
from msglint.source import Span
from msglint.verdict import Doubt

if TYPE_CHECKING:  # paths are slow to import, and not every report names files by them
    from msglint.reports.checkout import Checkout

UNDECIDED = "undecided"
NOTE = "note"


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How a report is to be written; each report heeds what concerns it."""

    undecided: bool = False
    """Whether what could not be decided is shown."""
    options: Options = Options()
    """What the run was asked, and so what fails it."""
    color: bool = False
    width: int = 100
    """About how many cells a line for people has."""
    at: Checkout | None = None
    """Where files stand in the repository; None: it is found out when it is asked for."""
    notes: tuple[str, ...] = ()
    """Sentences that the summary in words ends with."""


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
    askable: int = 0
    """Of those that are undecided: how many the account may decide."""
    excepted: int = 0
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
        askable=sum(bool(finding.lookups) for finding in report.undecided),
        excepted=report.excepted,
        known=report.known,
        fixed=len(report.fixed),
        elsewhere=report.elsewhere,
    )


def shown(report: Report, manner: Manner) -> list[Finding]:
    """Give the findings, and the undecided ones that are asked for or fail the run, by file and place."""
    # Nobody should have to run it again to see what failed it.
    undecided = [each for each in report.undecided if manner.undecided or fails(each, manner)]
    return sorted((*report.findings, *undecided), key=lambda finding: finding.order)


def fails(finding: Finding, manner: Manner) -> bool:
    """Say whether a finding fails the run."""
    return manner.options.fails(finding)


def label(finding: Finding) -> str:
    """Give the severity of a finding in a word, or say that it is undecided."""
    return finding.severity.value if finding.decided else UNDECIDED


def place(file: str, span: Span) -> str:
    """Give a place as editors and terminals know it: file, line and column."""
    return f"{safe(file)}:{span.start.line}:{span.start.column}"


def rules_of(manner: Manner) -> Mapping[str, Entry]:
    """Give the rules of the run by their codes."""
    return {entry.code: entry for entry in (*RULES, *manner.options.own)}


def explained(finding: Finding) -> str:
    """Give the message of a finding, with the conditions under which it holds."""
    return finding.message if finding.scenario is None else f"{finding.message} ({finding.scenario})"


def places(finding: Finding) -> tuple[Related, ...]:
    """Give the other places that a finding speaks of, with those that an undecided answer hangs on."""
    here = (finding.file, finding.span)
    return (*finding.related, *(reason for reason in finding.reasons if (reason.file, reason.span) != here))


def said_of(related: Related, file: str = "") -> str:
    """Say in a line what there is to say of another place; `file`: how the report calls the file."""
    resource = f" ({safe(related.resource)})" if related.resource else ""
    return f"{place(file or related.file, related.span)}{resource}: {sentence(related.message)}"


def words(finding: Finding, at: Checkout) -> Iterator[str]:
    """Give a finding in plain lines, for reports that lay nothing out. The first says what is wrong, and where."""
    yield f"{place(at.path(finding.file).as_posix(), finding.span)}: {sentence(explained(finding))}"
    if finding.construct is not None:
        yield f"construct {sentence(str(finding.construct))}"
    if also := likewise(finding):
        yield f"also {also}"
    for related in places(finding):
        if related.likewise:
            continue
        if related.deployed:
            yield f"deployed: {sentence(related.message)}"
        else:
            yield f"see {said_of(related, at.path(related.file).as_posix())}"
    if finding.fix is not None:
        yield f"fix: {sentence(finding.fix.title)}"
        if finding.fix.snippet:
            yield from map(safe, finding.fix.snippet.split("\n"))


def remarked(remark: Remark) -> str:
    """Give a remark in one line, with how bad it is and what it is to whoever says it."""
    called = " ".join(filter(None, (remark.type, remark.code)))
    return sentence(f"{called}: {remark.message}" if called else remark.message)


def likewise(finding: Finding) -> str:
    """Name the other resources that have the same fault at the same place."""
    return ", ".join(safe(related.resource or "") for related in finding.related if related.likewise)


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
