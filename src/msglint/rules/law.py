"""What holds for the documentation of each rule, msglint's or a company's: it is the rule's page, and SARIF's text."""

import re
from collections.abc import Iterator

from msglint.rules.interface import Rule

HEADINGS = ("What it does", "Why it matters", "How to fix", "When not to")

_SUMMARY = re.compile(r"(\S[^.\n]*)\.\n\n")
_HEADING = re.compile(r"^## (.+)\n", re.MULTILINE)


def flaws(rule: Rule) -> Iterator[str]:
    """Say what is wrong with the docstring and the references of a rule."""
    summary = _SUMMARY.match(rule.documentation)
    if summary is None or not summary[1][0].isupper():
        yield "its docstring does not begin with one sentence and an empty line"
    _, *sections = _HEADING.split(rule.documentation)
    if tuple(sections[::2]) != HEADINGS:
        yield f"its docstring has not the headings {', '.join(HEADINGS)}, in this order"
    yield from (f"there is nothing below {name}" for name, text in _pairs(sections) if not text.strip())
    if not rule.references or not all(str(each).startswith(("https://", "http://")) for each in rule.references):
        yield "its references are no list of addresses of pages"


def _pairs(sections: list[str]) -> Iterator[tuple[str, str]]:
    return zip(sections[::2], sections[1::2], strict=True)
