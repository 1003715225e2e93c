"""The report for people: findings by file, each with its line, what it leads to, and how to repair it."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from msglint.finding import Finding, Known, Related, Remark, Report
from msglint.reports.interface import (
    NOTE,
    UNDECIDED,
    Manner,
    Summary,
    label,
    likewise,
    place,
    remarked,
    said_of,
    shown,
    summary,
)
from msglint.reports.terminal import cells, counted, excerpt, safe, sentence
from msglint.source import Span
from msglint.verdict import Doubt

NARROWEST = 40
WIDEST = 120
"""How wide prose is at most: longer lines are hard to follow. Code may take all the room that there is."""
_FIXED_SHOWN = 5

# Of the 256 colours, those about as far from white as from black: the yellow of many terminals is lost on white.
_STYLES = {
    "error": "1;38;5;160",
    "warning": "1;38;5;166",
    "info": "1;38;5;31",
    UNDECIDED: "1;38;5;133",
    NOTE: "1",
    "file": "1",
    "rule": "1",
    "fix": "38;5;28",
    "faint": "2",
}


class Ink(NamedTuple):
    """Paints text with ANSI colours, or leaves it as it is."""

    color: bool

    def __call__(self, style: str, text: str) -> str:
        """Give the text in a style."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.color and text else text


class Line(NamedTuple):
    """A line of an excerpt: the number in its margin, if it has one, the text, and whether that is marks alone."""

    number: str
    text: str
    marks: bool = False


def render(report: Report, manner: Manner) -> str:
    """Write a report in lines of about `manner.width` cells.

    Only with `manner.color` does it hold control characters other than line ends.
    """
    ink = Ink(manner.color)
    width = max(manner.width, NARROWEST)
    blocks = [
        "\n".join([ink("file", safe(file)), *_group(list(group), report, width, ink)])
        for file, group in groupby(shown(report, manner), key=lambda finding: finding.file)
    ]
    blocks += [
        "\n".join([*([ink("file", safe(file))] if file else []), *_remarks(list(group), width, ink)])
        for file, group in groupby(report.remarks, key=lambda remark: remark.file)
    ]
    end = textwrap.fill(told(summary(report), manner), min(width, WIDEST), break_on_hyphens=False)
    return "\n\n".join([*blocks, "\n".join([end, *_fixed(report.fixed)])]) + "\n"


def _fixed(fixed: Sequence[Known]) -> Iterator[str]:
    """Name a few of those that are gone."""
    for known in fixed[:_FIXED_SHOWN]:
        yield f"  {safe(known.file)}  {safe(known.rule)} {safe(known.name)}  {safe(known.resource)}".rstrip()
    if len(fixed) > _FIXED_SHOWN:
        yield f"  and {len(fixed) - _FIXED_SHOWN} more"


def _group(findings: Sequence[Finding], report: Report, width: int, ink: Ink) -> Iterator[str]:
    """Give the lines of one file; all that belongs to a finding hangs from one margin."""
    place_width = max(len(_place(finding.span)) for finding in findings)
    label_width = max(len(label(finding)) for finding in findings)
    lines = report.texts.get(findings[0].file, ())
    for index, finding in enumerate(findings):
        if index:
            yield ""
        named = label(finding)
        doubt = f"({finding.doubt.value})" if finding.doubt is not None else ""
        begin = [
            "",
            f"{_place(finding.span):<{place_width}}",
            f"{named:<{label_width}}",
            f"{finding.code} {finding.name}",
        ]
        resource = safe(finding.resource or "")
        fits = cells("  ".join([*begin, resource, doubt])) <= width
        heading = [
            "",
            ink("faint", begin[1]),
            ink(named, begin[2]),
            f"{ink('rule', finding.code)} {finding.name}",
            *([resource] if resource and fits else []),
            ink("faint", doubt),
        ]
        yield "  ".join(heading).rstrip()
        if not fits and resource not in sentence(finding.message):
            yield " " * (place_width + 4) + resource
        yield from _body(finding, lines, place_width + 4, width, ink)


def _remarks(remarks: Sequence[Remark], width: int, ink: Ink) -> Iterator[str]:
    """Give what others say of one file, or of none, laid out as findings are."""
    places = [_place(remark.span) if remark.span is not None else "" for remark in remarks]
    place_width = max(map(len, places))
    margin = place_width + 4 if place_width else 2
    for index, (remark, at) in enumerate(zip(remarks, places, strict=True)):
        if index:
            yield ""
        spot = [ink("faint", f"{at:<{place_width}}")] if place_width else []
        named = [ink(NOTE, NOTE), safe(remark.source), safe(remark.resource or "")]
        yield "  ".join(["", *spot, *named]).rstrip()
        yield from _wrapped("", remarked(remark), margin, width, ink)
        if remark.link:
            yield from _wrapped("see ", sentence(remark.link), margin, width, ink)


def _body(finding: Finding, lines: Sequence[str], margin: int, width: int, ink: Ink) -> Iterator[str]:
    yield from _wrapped("", sentence(finding.message), margin, width, ink)
    yield from _excerpt(finding, lines, margin, width, ink)
    if finding.construct is not None:
        yield from _wrapped("construct ", sentence(str(finding.construct)), margin, width, ink)
    if also := likewise(finding):
        yield from _wrapped("also ", also, margin, width, ink)
    for related in finding.related:
        if related.likewise:
            continue
        if related.deployed:
            yield from _wrapped("deployed: ", sentence(related.message), margin, width, ink)
        else:
            yield from _wrapped("see ", said_of(related), margin, width, ink)
    for reason in finding.reasons:
        elsewhere = _elsewhere(reason, finding)
        # The message of what is undecided tells a reason already.
        if elsewhere or reason.message not in finding.message:
            yield from _wrapped("because ", sentence(reason.message) + elsewhere, margin, width, ink)
    if finding.scenario is not None:
        yield from _wrapped("", sentence(finding.scenario), margin, width, ink)
    if finding.fix is not None:
        yield from _wrapped("fix: ", sentence(finding.fix.title), margin, width, ink)
        for line in finding.fix.snippet.split("\n") if finding.fix.snippet else ():
            yield (" " * (margin + 4) + ink("fix", safe(line))).rstrip()


def _excerpt(finding: Finding, lines: Sequence[str], margin: int, width: int, ink: Ink) -> Iterator[str]:
    """Give the excerpt of a finding, with its numbers left of the margin."""
    for line in pointed(finding, lines, width - margin - 2):
        text = line.text.lstrip(" ")
        painted = line.text[: -len(text)] + ink(label(finding), text) if line.marks else line.text
        yield ink("faint", f"{line.number:>{margin - 1}} | ") + painted


def pointed(finding: Finding, lines: Sequence[str], room: int) -> Iterator[Line]:
    """Give the line of a finding with carets below, up to the line's end if the finding goes on after it."""
    start, end = finding.span
    line = lines[start.line - 1] if 1 <= start.line <= len(lines) else ""
    if not line or line.isspace():  # no copy is made of what may be megabytes
        return
    last = end.column - 1 if end.line == start.line else len(line.rstrip())
    part = excerpt(line, start.column - 1, last, room)
    yield Line(str(start.line), part.text.rstrip())
    yield Line("", " " * part.before + "^" * part.pointed, marks=True)
    if line[start.column - 1 : last].strip() in {"{", "["} and start.line < min(end.line, len(lines)):
        # The bracket alone tells nobody which structure it is.
        yield Line(str(start.line + 1), excerpt(lines[start.line], 0, 0, room).text.rstrip())


def _wrapped(word: str, text: str, margin: int, width: int, ink: Ink) -> Iterator[str]:
    """Give a text in lines that hang from the margin, after a faint word."""
    hanging = "  " if word else ""
    # Long words are addresses and ARNs, which people copy.
    lines = textwrap.wrap(
        word + text,
        max(min(width, WIDEST) - margin, NARROWEST - margin),
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for index, line in enumerate(lines):
        led = bool(word) and index == 0
        yield " " * margin + (ink("faint", word.rstrip()) + line[len(word) - 1 :] if led else line)


def _elsewhere(reason: Related, finding: Finding) -> str:
    same = (reason.file, reason.span) == (finding.file, finding.span)
    return "" if same else f" ({place(reason.file, reason.span)})"


def _place(span: Span) -> str:
    return f"{span.start.line}:{span.start.column}"


def told(counts: Summary, manner: Manner) -> str:
    """Tell a run's numbers in a line, and what else there is to be told of it."""
    judged = f"{counted(counts.judged, 'question')} judged in {counted(counts.files, 'template')}"
    found = ", ".join(counted(number, severity.value) for severity, number in counts.findings.items() if number)
    if found:
        sentences = [f"{judged}: {found}."]
    else:
        sentences = [f"No findings: {judged}." if counts.files else "Nothing to judge."]
    undecided = sum(counts.undecided.values())
    if undecided:
        doubts = ", ".join(f"{counts.undecided[doubt]} {doubt.value}" for doubt in Doubt if counts.undecided[doubt])
        sentences.append(f"{undecided} undecided ({doubts}{'' if manner.undecided else '; see --show-undecided'}).")
    if counts.askable:
        sentences.append(f"Of these, {counts.askable} can be looked up in AWS; see --resolve.")
    hidden = {"suppressed": counts.suppressed, "excepted": counts.excepted}
    if any(hidden.values()):
        sentences.append(f"{', '.join(f'{number} {how}' for how, number in hidden.items() if number)}.")
    if counts.known:
        sentences.append(f"{counted(counts.known, 'known finding')} {_are(counts.known)} not shown.")
    if counts.elsewhere:
        left_out = f"{counted(counts.elsewhere, 'finding')} that this change does not cause"
        sentences.append(f"{left_out} {_are(counts.elsewhere)} not shown.")
    if counts.fixed:
        sentences.append(f"{counted(counts.fixed, 'finding')} of the baseline {_are(counts.fixed)} no longer there.")
    if counts.skipped:
        sentences.append(
            f"{counted(counts.skipped, 'file')} {'is no template' if counts.skipped == 1 else 'are no templates'}."
        )
    return " ".join([*sentences, *map(sentence, manner.notes)])


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
