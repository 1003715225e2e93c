"""The report for programmes: JSON as `report.schema.json` beside this file describes it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from msglint import __version__
from msglint.finding import Finding, Related, Remark, Repair, Report
from msglint.reports.interface import Manner, fingerprints, shown, summary
from msglint.source import Position, Span

SCHEMA = "1"
"""Changes when a reader of the report has to."""

# JSON leaves these as they are, but a terminal obeys some, and the others cannot be written as UTF-8 or reorder a line.
_UNSAFE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def render(report: Report, manner: Manner) -> str:
    """Write a report as indented JSON that ends in a line end; equal reports give equal text."""
    findings = shown(report, manner)
    content = {
        "schema": SCHEMA,
        "version": __version__,
        "findings": list(map(_finding, findings, fingerprints(findings))),
        "skipped": [{"file": skipped.file, "reason": skipped.reason} for skipped in report.skipped],
        "fixed": [
            {"code": known.rule, "name": known.name, "resource": known.resource or None, "file": known.file}
            for known in report.fixed
        ],
        "remarks": list(map(_remark, report.remarks)),
        "unread": [{"name": unread.name, "reason": unread.reason} for unread in report.unread],
        "summary": numbers(report),
    }
    return written(content)


def numbers(report: Report) -> dict[str, Any]:
    """Give a run in numbers, under the names that reports for programmes use."""
    counts = summary(report)
    return {
        "files": counts.files,
        "unparsed": counts.unparsed,
        "skipped": counts.skipped,
        "judged": counts.judged,
        "findings": {severity.value: number for severity, number in counts.findings.items()},
        "undecided": {doubt.name.lower(): number for doubt, number in counts.undecided.items()},
        "suppressed": counts.suppressed,
        "excepted": counts.excepted,
        "known": counts.known,
        "fixed": counts.fixed,
        "elsewhere": counts.elsewhere,
    }


def written(content: Mapping[str, Any] | Sequence[Any]) -> str:
    """Write indented JSON in which every terminal and encoding can be trusted, up to its line end."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _finding(finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "verdict": "finding" if finding.decided else "undecided",
        "message": finding.message,
        "resource": finding.resource,
        "construct": finding.construct._asdict() if finding.construct is not None else None,
        **_place(finding.file, finding.span),
        "related": [_related(related) for related in finding.related],
        "doubt": finding.doubt.value if finding.doubt is not None else None,
        "reasons": [_told(reason) for reason in finding.reasons],
        "scenario": finding.scenario,
        "fingerprint": fingerprint,
        "fix": _fix(finding.fix) if finding.fix is not None else None,
        "help": finding.help,
    }


def _related(related: Related) -> dict[str, Any]:
    return {"resource": related.resource, **_told(related)}


def _told(related: Related) -> dict[str, Any]:
    return {"message": related.message, **_place(related.file, related.span), "deployed": related.deployed}


def _remark(remark: Remark) -> dict[str, Any]:
    nowhere = {"file": None, "start": None, "end": None}
    return {
        "source": remark.source,
        "type": remark.type or None,
        "code": remark.code or None,
        "message": remark.message,
        "resource": remark.resource,
        **(_place(remark.file, remark.span) if remark.span is not None else nowhere),
        "link": remark.link,
    }


def _fix(repair: Repair) -> dict[str, str]:
    return {"title": repair.title, "language": repair.language.value, "snippet": repair.snippet}


def _place(file: str, span: Span) -> dict[str, Any]:
    return {"file": file, "start": _position(span.start), "end": _position(span.end)}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
