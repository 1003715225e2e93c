"""The report for code scanning: SARIF 2.1.0, in the part of it that GitHub, GitLab and editors read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msglint import __version__
from msglint.finding import Entry, Finding, Related, Remark, Report, Severity
from msglint.reports.checkout import Checkout, checkout
from msglint.reports.interface import NOTE, Manner, explained, fingerprints, places, remarked, rules_of, shown
from msglint.reports.json_report import numbers, written
from msglint.reports.terminal import safe, sentence
from msglint.rules.interface import load
from msglint.source import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "msglint/v1"
ROOT = "%SRCROOT%"
SHOWN = 5_000
"""How many results of a run GitHub shows, the most severe first."""
MOST = 25_000
"""With more results in a run than these, GitHub refuses the file."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
# GitHub orders what is about security by these: above 7 is high, above 4 is medium.
_SECURITY = {Severity.ERROR: "8.0", Severity.WARNING: "6.0", Severity.INFO: "3.0"}
_EXPOSURE, _SECRETS = "MSG2", "MSG4"
_NOT_JUDGED = {"MSG001", "MSG002"}
_HEADING = re.compile(r"^## (.+)\n", re.MULTILINE)


def render(report: Report, manner: Manner) -> str:
    """Write a report as SARIF that ends in a line end; equal reports of one checkout give equal text."""
    at = manner.at or checkout()
    findings = shown(report, manner)
    codes = sorted({finding.code for finding in findings})
    known = rules_of(manner)
    entries = [known[code] for code in codes if code in known]
    rules = {entry.code: index for index, entry in enumerate(entries)}
    others = _others(report)
    tool: dict[str, Any] = {"driver": {"name": "msglint", "version": __version__, "rules": list(map(_rule, entries))}}
    if others:
        tool["extensions"] = [_extension(source, rules) for source, rules in others.items()]
    run = {
        "tool": tool,
        "invocations": [
            {
                "executionSuccessful": not report.unread,
                "toolExecutionNotifications": list(_notifications(report, findings, at)),
            }
        ],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository, or where msglint ran."}}},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "results": [
            _result(finding, rules[finding.code], fingerprint, at)
            for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
        ]
        + [_note(remark, remark.span, others, at) for remark in report.remarks if remark.span is not None],
        "properties": numbers(report),
    }
    return written({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def limit(results: int) -> str | None:
    """Say what becomes of that many results on GitHub, if it does not show them all."""
    if results > MOST:
        return f"{results} results: GitHub refuses a file with more than {MOST}; lint in parts, or --select rules"
    if results > SHOWN:
        return f"{results} results: GitHub shows the {SHOWN} most severe; this file has all"
    return None


def _rule(entry: Entry) -> dict[str, Any]:
    rule = load(entry)
    severity = Severity(entry.severities[0])
    body = rule.documentation.strip().partition("\n")[2].strip()
    _, *sections = _HEADING.split(body)
    told = {heading: " ".join(text.split()) for heading, text in zip(sections[::2], sections[1::2], strict=True)}
    tags = [entry.module.partition(".")[0]]
    properties = {"tags": tags, "precision": "very-high", "problem.severity": _PROBLEMS[severity]}
    if entry.code.startswith((_EXPOSURE, _SECRETS)):
        tags.append("security")
        properties["security-severity"] = _SECURITY[severity]
    return {
        "id": entry.code,
        "name": entry.name,
        "shortDescription": {"text": entry.summary},
        "fullDescription": {"text": told["Why it matters"]},
        "help": {
            "text": "\n\n".join(f"{heading}: {text}" for heading, text in told.items()),
            "markdown": "\n".join([body, "", "## References", *(f"- <{each}>" for each in rule.references)]),
        },
        "helpUri": rule.references[0],
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": properties,
    }


def _result(finding: Finding, index: int, fingerprint: str, at: Checkout) -> dict[str, Any]:
    related = places(finding)
    result = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "kind": "fail" if finding.decided else "open",
        "level": _LEVELS[finding.severity] if finding.decided else "none",
        "message": {"text": _message(finding, related, at)},
        "locations": [_location(finding.file, finding.span, finding.resource, at)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }
    if related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": _plain(each.message)}}
            | _location(each.file, each.span, each.resource, at)
            for number, each in enumerate(related, start=1)
        ]
    if finding.doubt is not None:
        result["properties"] = {"doubt": finding.doubt.value}
    return result


def _others(report: Report) -> dict[str, dict[str, Remark]]:
    """Give, by whoever says something about a place, the ids of their rules, each with a remark that it stands for."""
    found: dict[str, dict[str, Remark]] = {}
    for remark in report.remarks:
        if remark.span is not None:
            found.setdefault(remark.source, {}).setdefault(_id(remark), remark)
    return found


def _id(remark: Remark) -> str:
    return remark.code or remark.source


def _extension(source: str, rules: Mapping[str, Remark]) -> dict[str, Any]:
    """Give the rules of somebody else: what they call a fault, and where they explain it."""
    return {"name": safe(source), "rules": [_other_rule(id_, remark) for id_, remark in rules.items()]}


def _other_rule(id_: str, remark: Remark) -> dict[str, Any]:
    called = _plain(f"{remark.source}: {remark.code}" if remark.code else remark.source)
    told = {"shortDescription": {"text": called}, "fullDescription": {"text": called}}
    page = {"helpUri": remark.link} if remark.link.startswith("https://") else {}
    explained = {"help": {"text": _plain(remark.link or remark.source)}}
    return {"id": safe(id_), **told, **page, **explained, "defaultConfiguration": {"level": NOTE}}


def _note(remark: Remark, span: Span, others: Mapping[str, Mapping[str, Remark]], at: Checkout) -> dict[str, Any]:
    rule = [*others[remark.source]].index(_id(remark))
    return {
        "ruleId": safe(_id(remark)),
        "rule": {"index": rule, "toolComponent": {"index": [*others].index(remark.source)}},
        "kind": "fail",
        "level": NOTE,
        "message": {"text": _plain(f"{remark.source}: {remarked(remark)}")},
        "locations": [_location(remark.file, span, remark.resource, at)],
        "partialFingerprints": {FINGERPRINT: remark.fingerprint},
    }


def _message(finding: Finding, related: Sequence[Related], at: Checkout) -> str:
    """Give what is wrong in the first sentence, then the related places as links, then the repair."""
    lines = [f"{_plain(explained(finding))}."]
    if finding.construct is not None:
        lines.append(f"Construct: {_plain(str(finding.construct))}.")
    for number, each in enumerate(related, start=1):
        if each.deployed:
            lines.append(f"Deployed: {_plain(each.message)}.")
            continue
        place = f"{at.path(each.file).as_posix()}:{each.span.start.line}"
        resource = f" ({_plain(each.resource)})" if each.resource else ""
        lines.append(f"See [{_link(place)}]({number}){resource}: {_plain(each.message)}.")
    if finding.fix is not None:
        lines.append(f"Fix: {_plain(finding.fix.title)}.")
        if finding.fix.snippet:
            lines += ["", *(_inert(safe(line)) for line in finding.fix.snippet.split("\n"))]
    return "\n".join(lines)


def _location(file: str, span: Span, resource: str | None, at: Checkout) -> dict[str, Any]:
    (line, column), (end_line, end_column) = span
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(file, at), "region": region}}
    if resource:
        location["logicalLocations"] = [{"fullyQualifiedName": safe(resource), "kind": "resource"}]
    return location


def _artifact(file: str, at: Checkout) -> dict[str, str]:
    path = at.path(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": at.address(file), "uriBaseId": ROOT}


def _notifications(report: Report, findings: Sequence[Finding], at: Checkout) -> Iterator[dict[str, Any]]:
    """Say what was not judged, and what a reader of the file does not see."""
    for finding in findings:
        if finding.code in _NOT_JUDGED:
            yield {
                "descriptor": {"id": finding.code},
                "level": "error",
                "message": {"text": _plain(finding.message)},
                "locations": [_location(finding.file, finding.span, finding.resource, at)],
            }
    for each in report.unread:
        yield {"level": "error", "message": {"text": _plain(f"{each.name} could not be read: {each.reason}")}}
    for remark in report.remarks:
        if remark.span is None:
            yield {"level": NOTE, "message": {"text": _plain(f"{remark.source}: {remark.message}")}}
    if (cut := limit(len(findings) + len(report.remarks))) is not None:
        yield {"level": "warning", "message": {"text": cut}}


def _plain(text: str) -> str:
    return _inert(sentence(text))


def _inert(text: str) -> str:
    """Keep a reader from taking the words of a template for a link or a placeholder.

    Single braces stay: readers show `{{` as it is, and `${AWS::Region}` is part of what people copy.
    """
    return re.sub(r"\{(?=\d+\})", "{{", text).replace("](", "] (")


def _link(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", sentence(text))
