"""The rules on a terminal: all of them in lines, and the documentation of one."""

import json
import re
import textwrap
from collections.abc import Iterator, Sequence

from msglint import __version__
from msglint.finding import Entry
from msglint.readers.terraform.kinds import KINDS
from msglint.reports.text import NARROWEST, Ink
from msglint.rules.interface import Rule

MARGIN = "  "
WIDEST = 100
_LEAST_ROOM = 40


def lines(entries: Sequence[Entry], *, color: bool = False, width: int | None = None) -> str:
    """Write a line for each rule, in columns: code, severities, name, and what it finds.

    With a width, what it finds is wrapped in its column; where that would be narrow, it stands below the name.
    """
    ink = Ink(color)
    severities = [", ".join(entry.severities) for entry in entries]
    wide = max(map(len, severities))
    widest = max(len(entry.name) for entry in entries)
    longest = max(len(entry.code) for entry in entries)
    before = longest + wide + 4
    below = width is not None and width - before - widest < _LEAST_ROOM
    margin = " " * (before if below else before + widest + 2)
    room = None if width is None else max(width - len(margin), NARROWEST // 2)
    listed = []
    for entry, severity in zip(entries, severities, strict=True):
        told = [entry.summary] if room is None else textwrap.wrap(entry.summary, room)
        first = entry.name if below else f"{entry.name:<{widest}}  {told.pop(0)}"
        start = f"{ink('rule', f'{entry.code:<{longest}}')}  {ink(entry.severities[0], f'{severity:<{wide}}')}  "
        listed += [start + first, *(margin + line for line in told)]
    return "".join(f"{line}\n" for line in listed)


def as_json(entries: Sequence[Entry]) -> str:
    """Write the rules as indented JSON that ends in a line end."""
    listed = [
        {
            "code": entry.code,
            "name": entry.name,
            "severities": entry.severities,
            "summary": entry.summary,
            "asked_of": entry.kinds,
        }
        for entry in entries
    ]
    return json.dumps({"version": __version__, "rules": listed}, indent=2) + "\n"


def page(rule: Rule, *, width: int = WIDEST, color: bool = False) -> str:
    """Write the documentation of a rule in lines of about `width` cells, and never of more than 100."""
    ink = Ink(color)
    width = min(max(width, NARROWEST), WIDEST)
    summary, *sections = re.split(r"^## (.+)\n", rule.documentation, flags=re.MULTILINE)
    blocks = [f"{ink('rule', rule.code)} {rule.name}", _wrapped(summary, width), "\n".join(_facts(rule, width, ink))]
    for heading, text in zip(sections[::2], sections[1::2], strict=True):
        blocks.append(f"{ink('rule', heading)}\n{_wrapped(text, width, MARGIN)}")
    blocks.append("\n".join([ink("rule", "References"), *(MARGIN + reference for reference in rule.references)]))
    return "\n\n".join(blocks) + "\n"


def _facts(rule: Rule, width: int, ink: Ink) -> Iterator[str]:
    facts = {
        "severity": [", ".join(severity.value for severity in rule.severities)],
        "since": [rule.since],
        "asked of": [_kind(kind.KIND) for kind in rule.each] or ["the whole file"],
    }
    margin = " " * (max(map(len, facts)) + len(MARGIN))
    for label, values in facts.items():
        text = "\n".join(_filled(value, width, margin, margin + MARGIN) for value in values)
        yield ink("faint", label) + text[len(label) :]


def _kind(name: str) -> str:
    """Give a type of resource in the words of CloudFormation, and the provider's."""
    natives = [native for native, kind in KINDS.items() if kind.type == name != native]
    return f"{name} ({', '.join(natives)})" if natives else name


def _wrapped(text: str, width: int, margin: str = "") -> str:
    return "\n\n".join(_filled(paragraph, width, margin, margin) for paragraph in text.strip().split("\n\n"))


def _filled(text: str, width: int, margin: str, hanging: str) -> str:
    # Long words are names of properties, which people copy.
    return textwrap.fill(
        text, width, initial_indent=margin, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
