"""What no report may show of the files of a run, and findings and lines without it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from msglint.finding import Entry, Finding, Related, Remark
from msglint.judge import Judged, Worlds, judge, subjects
from msglint.model.model import Model
from msglint.model.resource import Part
from msglint.rules.index import RULES
from msglint.rules.interface import Rule, load
from msglint.source import Document, Span, innermost

if TYPE_CHECKING:
    from msglint.reports.redaction import Secrets


class Secrecy:
    """The secrets of a run: in each file where they stand, and texts that may stand anywhere in it."""

    __slots__ = ("_places", "_texts", "_words")

    def __init__(self) -> None:
        self._places: dict[str, set[Span]] = {}
        self._texts: dict[str, set[str]] = {}
        self._words: set[str] = set()
        """The texts that rules have found since `begin`."""

    def begin(self) -> None:
        """Begin with another system, whose secrets are its own."""
        self._words = set()

    def add(self, judged: Iterable[Judged]) -> None:
        """Note what rules have found to be secret."""
        for each in judged:
            self._words.update(each.candidate.words)
            for place in map(innermost, each.candidate.secret):
                self._places.setdefault(place.document.name, set()).add(place.span)
                # It may be written elsewhere too, or stand in the message of another rule.
                self._words.add(place.document.slice(place.span).strip("\"'\\"))

    def look(
        self, part: Part, worlds: Worlds, rule: Callable[[Entry], Rule] = load, asked: Collection[str] = ()
    ) -> None:
        """Find out what is secret by the rules that know, save those that were `asked` and told already."""
        for entry in RULES:
            if entry.module.startswith("credentials.") and entry.code not in asked:
                for subject in subjects(entry, part):
                    # What fails here would be no news: nobody asked for the rule.
                    with suppress(Exception):
                        self.add(judge(rule(entry), (part.key, subject), worlds))

    def keep(self, parts: Sequence[Part], files: Iterable[str]) -> None:
        """Note what parts declare to be secret, for all files that were spoken of: secrets flow between them."""
        words = self._words.union(*(part.confidential() for part in parts))
        for name in {*files, *(part.document.name for part in parts)}:
            self._texts.setdefault(name, set()).update(words)
        for place in (innermost(place) for part in parts for place in part.unshown()):
            self._places.setdefault(place.document.name, set()).add(place.span)

    def scrubbed(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Give findings whose words hold no secret, whatever rules have worded them."""
        if not findings:
            return ()
        from msglint.reports.redaction import Secrets  # noqa: PLC0415  # a clean run says nothing

        hidden = {name: Secrets(texts) for name, texts in self._texts.items()}
        none = Secrets()
        return [_without(finding, hidden.get(finding.file, none)) for finding in findings]

    def remarks(self, remarks: Sequence[Remark], parts: Sequence[Part]) -> tuple[Remark, ...]:
        """Give what others say of parts without what is secret in these: they were told all of the policies."""
        if not remarks:
            return ()
        from msglint.reports.redaction import Secrets, scrubbed  # noqa: PLC0415  # few runs have any

        files = {remark.file for remark in remarks}
        for part in parts:
            if part.document.name in files:
                self.look(part, Worlds(Model([part])))
        hidden = Secrets(self._words.union(*(part.confidential() for part in parts)))
        covered = (msgspec.structs.replace(each, message=scrubbed(each.message, hidden)) for each in remarks)
        return tuple(sorted(covered, key=lambda each: each.order))

    def lines(
        self, texts: Mapping[str, Document], findings: Sequence[Finding], broken: Collection[str]
    ) -> dict[str, Sequence[str]]:
        """Give the lines of files that reports may show; `broken`: those that could not be read to their end."""
        if not findings:
            return {}
        from msglint.reports.redaction import lines_shown  # noqa: PLC0415  # a clean run shows none

        places: dict[str, set[Span]] = {}
        for finding in findings:
            places.setdefault(finding.file, set()).add(finding.span)
            for each in (*finding.related, *finding.reasons):
                places.setdefault(each.file, set()).add(each.span)
        return {
            name: lines_shown(
                document,
                places.get(name, ()),
                self._places.get(name, ()),
                self._texts.get(name, ()),
                broken=name in broken,
            )
            for name, document in texts.items()
        }


def _without(finding: Finding, secrets: "Secrets") -> Finding:
    from msglint.reports.redaction import scrubbed  # noqa: PLC0415  # a clean run says nothing

    def clean(related: tuple[Related, ...]) -> tuple[Related, ...]:
        return tuple(msgspec.structs.replace(each, message=scrubbed(each.message, secrets)) for each in related)

    return msgspec.structs.replace(
        finding,
        message=scrubbed(finding.message, secrets),
        related=clean(finding.related),
        reasons=clean(finding.reasons),
        identity=tuple(scrubbed(each, secrets) for each in finding.identity),
        alike=tuple(
            each._replace(identity=tuple(scrubbed(word, secrets) for word in each.identity)) for each in finding.alike
        ),
        scenario=finding.scenario and scrubbed(finding.scenario, secrets),
        fix=finding.fix and msgspec.structs.replace(finding.fix, snippet=scrubbed(finding.fix.snippet, secrets)),
    )
