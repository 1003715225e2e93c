"""What the user chose to live with: comments and metadata that hide findings.

`# msglint: ignore[MSG501] reason` hides findings on its line; on a line of its own, those of the next line. Beside or
above a resource's logical id it holds for the whole resource. `Metadata: {msglint: {ignore: [{rule, reason}]}}` holds
for its resource, at the top of a template for all of it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from msglint.finding import Finding
from msglint.model.resource import Language, Part, Record
from msglint.source import Node, Position, Span

_COMMENT = re.compile(r"(?:^|\s)#\s*msglint:\s*ignore\[([^\]\n]*)\]\s*(.*)")
_SEPARATOR = re.compile(r"[,\s]+")


class Suppression(msgspec.Struct, frozen=True):
    """One rule hidden in one place: on a line, in a resource or event, or (neither) in the whole file."""

    rule: str
    reason: str
    span: Span
    line: int | None = None
    resource: str | None = None

    def hides(self, finding: Finding, file: str) -> bool:
        """Say whether a finding is hidden by this suppression of a file; the lines of another file are not its own."""
        if self.rule.upper() != finding.code and self.rule != finding.name:
            return False
        if self.resource is not None:
            return self.resource in {finding.resource, finding.subject}
        return self.line is None or (finding.file == file and finding.span.start.line == self.line)


def suppressions(part: Part) -> Sequence[Suppression]:
    """Give all suppressions of a template."""
    found = [each for owner, metadata in part.metadata() for each in _metadata(owner, metadata)]
    if part.language is Language.CLOUDFORMATION_YAML and "msglint:" in part.document.text:
        found += _comments(part, _beginnings(part))
    return found


def _beginnings(part: Part) -> Mapping[int, str]:
    """Give what begins on each line: a resource, or an event of one where no resource does."""
    known = (part.record(id_) for ids in part.types().values() for id_ in ids)
    records = sorted((record for record in known if record is not None and record.asked), key=_is_authored)
    return {record.at.span.start.line: record.label for record in records}


def _is_authored(record: Record) -> bool:
    return record.author == record.id


def _comments(part: Part, resources: Mapping[int, str]) -> Iterator[Suppression]:
    lines = part.document.lines
    for number, text in enumerate(lines, 1):
        match = _COMMENT.search(text)
        if match is None:
            continue
        line = number
        if text.lstrip().startswith("#"):
            line = next((below for below in range(number + 1, len(lines) + 1) if _says(lines[below - 1])), number)
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        span = Span(Position(number, start + 1), Position(number, len(text.rstrip()) + 1))
        for rule in filter(None, _SEPARATOR.split(match[1])):
            yield Suppression(rule, match[2].strip(), span, line, resources.get(line))


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _metadata(owner: str | None, metadata: Node) -> Iterator[Suppression]:
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
        yield Suppression(rule.text, said, rule.span, resource=owner)
