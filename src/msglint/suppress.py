"""What the user chose to live with: comments and metadata that hide findings.

`# msglint: ignore[MSG501] reason` hides findings on its line; on a line of its own, those of the next line. Beside or
above a resource's logical id, or the header of a Terraform block, it holds for the whole resource or module.
`Metadata: {msglint: {ignore: [{rule, reason}]}}` holds for its resource, at the top of a template for all of it.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from msglint.finding import Finding
from msglint.model.resource import Begun, Commented, Part
from msglint.source import Node, Spot

_COMMENT = re.compile(r"(?:^|\s)(?:#|//)\s*msglint:\s*ignore\[([^\]\n]*)\]\s*(.*)")
_SEPARATOR = re.compile(r"[,\s]+")


class Suppression(msgspec.Struct, frozen=True):
    """One rule hidden in one place: on a line, in what begins there, or (neither) in the whole file."""

    rule: str
    reason: str
    at: Spot
    line: int | None = None
    begun: Begun | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from others of the run, whoever else reads its document."""
        return (self.rule, self.at.document.name, self.at.span)

    def hides(self, finding: Finding) -> bool:
        """Say whether a finding is hidden; the lines of another file are not those of the suppression's."""
        if self.rule.upper() != finding.code and self.rule != finding.name:
            return False
        if self.begun is not None and not self.begun.ids.isdisjoint({finding.resource, finding.subject}):
            return True
        if self.line is None:
            return self.begun is None
        last = self.line if self.begun is None else self.begun.last
        return finding.file == self.at.document.name and self.line <= finding.span.start.line <= last


def suppressions(part: Part) -> Sequence[Suppression]:
    """Give all suppressions of a template or plan."""
    found = [each for owner, metadata in part.metadata() for each in _metadata(owner, metadata)]
    return [*found, *(each for commented in part.commented() for each in _comments(commented))]


def _comments(commented: Commented) -> Iterator[Suppression]:
    document, comments, begins = commented
    lines = document.lines
    own = [comment for comment in comments if not lines[comment.start.line - 1][: comment.start.column - 1].strip()]
    passed = {line for comment in own for line in range(comment.start.line, comment.end.line + 1)}
    alone = set(own)
    for comment in comments:
        text = document.slice(comment)
        match = _COMMENT.search(text)
        if match is None:
            continue
        line = comment.start.line
        if comment in alone:
            below = range(comment.end.line + 1, len(lines) + 1)
            line = next((each for each in below if lines[each - 1].strip() and each not in passed), line)
        start = document.offset(comment.start) + match.start() + len(match[0]) - len(match[0].lstrip())
        at = document.spot(start, document.offset(comment.start) + len(text.rstrip()))
        for rule in filter(None, _SEPARATOR.split(match[1])):
            yield Suppression(rule, match[2].strip(), at, line, begins.get(line))


def _metadata(owner: str | None, metadata: Node) -> Iterator[Suppression]:
    begun = Begun(frozenset({owner})) if owner is not None else None
    own = metadata.fields().get("msglint") if metadata.kind == "mapping" else None
    entries = own.fields().get("ignore") if own is not None and own.kind == "mapping" else None
    if entries is None or entries.kind != "sequence":
        return
    for entry in entries.items():
        fields = entry.fields() if entry.kind == "mapping" else {}
        rule = fields.get("rule")
        if rule is None or rule.kind != "scalar":
            continue
        reason = fields.get("reason")
        said = reason.text if reason is not None and reason.kind == "scalar" else ""
        yield Suppression(rule.text, said, Spot(rule.document, rule.span), begun=begun)
