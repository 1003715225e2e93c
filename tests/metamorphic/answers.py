"""What a run answers, in a form in which the answers about two spellings of one system can be compared."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from msglint.finding import LIKEWISE, Finding, Report


class Answer(NamedTuple):
    """One rule's answer about one resource, wherever it stands."""

    code: str
    resource: str
    verdict: str
    """The severity of a finding, or that it is undecided."""


_WORD = re.compile(r"[^\s,;()]+")

Answers = dict[Answer, frozenset[str]]
"""What was said, with the messages; without any where one finding speaks for several resources."""


def answers(report: Report, named: Callable[[str], str] = str) -> Answers:
    """Give the answers of a report; `named` gives back each name in a text that was changed."""
    found: dict[Answer, set[str]] = {}
    together: set[Answer] = set()
    for finding in (*report.findings, *report.undecided):
        own = _answer(finding, finding.resource, named)
        found.setdefault(own, set()).add(" ".join(sorted(_WORD.findall(named(finding.message)))))
        others = [_answer(finding, each.resource, named) for each in finding.related if _is_likewise(each.message)]
        for other in others:
            found.setdefault(other, set())
        together.update((own, *others) if others else ())
    return {asked: frozenset() if asked in together else frozenset(said) for asked, said in found.items()}


def differences(before: Answers, after: Answers, *, words: bool = True) -> Iterable[str]:
    """Give what is said no more, and what is said newly; with `words` also messages that are not the same."""
    for asked in sorted({*before, *after}):
        if asked not in after:
            yield f"- {_line(asked, before[asked])}"
        elif asked not in before:
            yield f"+ {_line(asked, after[asked])}"
        elif words and before[asked] and after[asked] and before[asked] != after[asked]:
            yield f"~ {_line(asked, before[asked] - after[asked])} -> {'; '.join(sorted(after[asked] - before[asked]))}"


def _answer(finding: Finding, resource: str | None, named: Callable[[str], str]) -> Answer:
    verdict = finding.severity.value if finding.decided else "undecided"
    return Answer(finding.code, named(resource or "-"), verdict)


def _is_likewise(message: str) -> bool:
    return message.endswith(LIKEWISE)


def _line(asked: Answer, said: Iterable[str]) -> str:
    return f"{asked.code} {asked.verdict} {asked.resource}: {'; '.join(sorted(said))}"
