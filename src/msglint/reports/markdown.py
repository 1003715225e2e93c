"""The report for people who review a change: Markdown for a comment on a pull request, or for the summary of a job."""

import re
from collections.abc import Iterator, Sequence

from msglint.finding import Finding, Related, Remark, Report
from msglint.model.resource import Language
from msglint.reports.checkout import Checkout, checkout
from msglint.reports.interface import (
    NOTE,
    Manner,
    explained,
    fails,
    label,
    likewise,
    places,
    remarked,
    shown,
    summary,
)
from msglint.reports.terminal import CUT, safe, sentence
from msglint.reports.text import pointed, told
from msglint.source import Span

MARKER = "<!-- msglint report -->"
"""How a bot knows its own comment, to write it anew."""
MOST = 65_536
"""How many characters GitHub takes in a comment."""

_LONGEST = 1_000  # a message that somebody made as long as they could must not be all that is shown
_ROOM = 100
_CODE = {Language.CLOUDFORMATION_YAML: "yaml", Language.CLOUDFORMATION_JSON: "json", Language.TERRAFORM: "hcl"}
_AND_MORE = "- and {} more, which do not fit here\n"

# What Markdown, or a service that shows it, would not leave as it is. A comment keeps them from making links of names,
# numbers and addresses.
_MEANING = re.compile(
    r"(?P<linked>@|[#!$&](?=\d)|GH-(?=\d)|:/(?=/)|www(?=\.))|(?P<html>[<>&])|[\\`*_\[\]~|$^]", re.IGNORECASE
)
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def render(report: Report, manner: Manner) -> str:
    """Write a comment: the verdict, the numbers, and the findings, the worst first, with what does not fit counted."""
    return bounded(report, manner, MOST)


def bounded(report: Report, manner: Manner, room: int) -> str:
    """Write at most so many bytes, which are at least as many as characters; empty if not even the numbers fit.

    Lines come before details: of many findings all are named, and the worst are explained.
    """
    at = manner.at or checkout()
    findings = sorted(shown(report, manner), key=lambda each: (not each.decided, each.severity.rank, each.order))
    all_found = (*report.findings, *report.undecided)
    verdict = "failed" if report.unread or any(fails(finding, manner) for finding in all_found) else "passed"
    head = f"{MARKER}\n## msglint: {verdict}\n\n{_escaped(told(summary(report), manner))}\n"
    # What could not be read comes first: nobody knows what is at fault there. Remarks come last: they fail nothing.
    unread = [f"- **not judged** {_prose(each.name)}: {_prose(each.reason)}\n" for each in report.unread]
    lines = [*unread, *(_line(finding, at) for finding in findings), *(_note(each, at) for each in report.remarks)]
    left = room - _size(head) - _size(_AND_MORE.format(len(lines)))
    if left < 0:
        return ""
    parts: list[str] = []
    for line in lines:
        if _size(line) > left:
            break
        parts.append(line)
        left -= _size(line)
    named = len(parts)
    for index, finding in enumerate(findings[: max(named - len(unread), 0)], len(unread)):
        details = _details(finding, report.texts.get(finding.file, ()), at)
        if _size(details) > left:
            break
        parts[index] += details
        left -= _size(details)
    if named < len(lines):
        parts.append(_AND_MORE.format(len(lines) - named))
    return "\n".join([head, "".join(parts)]) if parts else head


def _size(text: str) -> int:
    return len(text.encode()) + 1


def _line(finding: Finding, at: Checkout) -> str:
    rule = f"{finding.code} {finding.name}"
    return f"- **{label(finding)}** {rule}, {_link(finding.file, finding.span, at)}: {_prose(explained(finding))}\n"


def _note(remark: Remark, at: Checkout) -> str:
    spot = f", {_link(remark.file, remark.span, at)}" if remark.span is not None else ""
    page = f" ({_prose(remark.link)})" if remark.link else ""
    return f"- **{NOTE}** {_prose(remark.source)}{spot}: {_prose(remarked(remark))}{page}\n"


def _details(finding: Finding, lines: Sequence[str], at: Checkout) -> str:
    """Give what is folded away below the line of a finding: the line in the file, other places, and the repair."""
    shown_ = [*_more(finding, lines, at)]
    if not shown_:
        return ""
    begin = ["", f"<details><summary>{'Details and repair' if finding.fix is not None else 'Details'}</summary>", ""]
    return "".join(f"  {line}".rstrip() + "\n" for line in [*begin, *shown_, "</details>", ""])


def _more(finding: Finding, lines: Sequence[str], at: Checkout) -> Iterator[str]:
    excerpt = [f"{line.number:>6} | {line.text}" for line in pointed(finding, lines, _ROOM)]
    if excerpt:
        yield from _fence("text", excerpt)
    if finding.construct is not None:
        yield from (f"Construct {_prose(str(finding.construct))}", "")
    if also := likewise(finding):
        yield from (f"Also {_prose(also)}", "")
    others = [related for related in places(finding) if not related.likewise]
    yield from (f"- {_see(related, at)}" for related in others)
    if others:
        yield ""
    if finding.fix is not None:
        yield from (f"Fix: {_prose(finding.fix.title)}", "")
        if finding.fix.snippet:
            yield from _fence(_CODE[finding.fix.language], [safe(line) for line in finding.fix.snippet.split("\n")])


def _see(related: Related, at: Checkout) -> str:
    if related.deployed:
        return f"Deployed: {_prose(related.message)}"
    resource = f" ({_prose(related.resource)})" if related.resource else ""
    return f"{_link(related.file, related.span, at)}{resource}: {_prose(related.message)}"


def _fence(language: str, lines: Sequence[str]) -> Iterator[str]:
    """Give a block of code that none of its lines can end."""
    longest = max(map(len, re.findall("`+", "\n".join(lines))), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}{language}", *lines, fence, "")


def _link(file: str, span: Span, at: Checkout) -> str:
    """Link to a place in the repository; what lies outside is only named."""
    path = at.path(file)
    text = f"{_escaped(_cut(safe(path.as_posix())))}:{span.start.line}"
    return text if path.is_absolute() else f"[{text}]({at.address(file)}#L{span.start.line})"


def _prose(text: str) -> str:
    return _escaped(_cut(sentence(text)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + CUT


def _escaped(text: str) -> str:
    """Write a safe text so that it means nothing in Markdown."""
    return _MEANING.sub(_meaningless, text)


def _meaningless(found: re.Match[str]) -> str:
    text = found[0]
    if found["linked"]:
        return f"{_ENTITIES.get(text, text)}<!-- -->"
    return _ENTITIES[text] if found["html"] else f"\\{text}"
