"""What several tests need: the rule folders, and what reports and nodes say."""

from pathlib import Path
from typing import Any

from msglint.finding import Finding, Related, Report
from msglint.source import Node, Span

RULES = Path(__file__).parent / "fixtures" / "rules"
LANGUAGES = {"cfn": (".cfn.yaml", ".cfn.json"), "sam": (".sam.yaml",), "tfplan": (".tfplan.json",)}


def inputs(folder: Path, kind: str = "") -> list[Path]:
    """Give the templates and plans of a rule's folder whose names begin with a word."""
    suffixes = tuple(suffix for suffixes in LANGUAGES.values() for suffix in suffixes)
    return sorted(path for path in folder.glob(f"{kind}*") if path.name.endswith(suffixes))


def said(report: Report) -> list[str]:
    """Write what a report says: findings and what is undecided, one line each, by place."""
    return [_line(finding) for finding in sorted((*report.findings, *report.undecided), key=lambda each: each.order)]


def plain(node: Node) -> Any:
    """Give what a node says."""
    match node.kind:
        case "mapping":
            return {name: plain(value) for name, value in node.fields().items()}
        case "sequence":
            return [plain(item) for item in node.items()]
        case _:
            return node.value


def _line(finding: Finding) -> str:
    verdict = finding.severity.value if finding.decided else "undecided"
    words = finding.message if finding.decided else "; ".join(_reason(finding, reason) for reason in finding.reasons)
    scenario = f" [{finding.scenario}]" if finding.scenario is not None else ""
    related = "".join(f" [{_place(each.span)} {each.resource or '-'}: {each.message}]" for each in finding.related)
    heading = f"{finding.file}:{_place(finding.span)} {finding.code} {verdict} {finding.resource or '-'}"
    return f"{heading}: {words}{scenario}{related}"


def _reason(finding: Finding, reason: Related) -> str:
    return reason.message if reason.span == finding.span else f"{reason.message} ({_place(reason.span)})"


def _place(span: Span) -> str:
    return f"{span.start.line}:{span.start.column}"
