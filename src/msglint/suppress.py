"""What the user chose to live with: comments and metadata that hide findings.

`# msglint: ignore[MSG501] reason` hides findings on its line; on a line of its own, those of the next line. Beside or
above a resource's logical id, or the header of a Terraform block, it holds for the whole resource or module.
`Metadata: {msglint: {ignore: [{rule, reason}]}}` holds for its resource, at the top of a template for all of it. The
rules may also be named alone, or each with its reason in a mapping. What looks like a suppression and is none is told.
"""

import re
from collections.abc import Container, Iterator, Sequence

import msgspec

from msglint.finding import Finding
from msglint.model.resource import Begun, Commented, Part
from msglint.source import Node, Spot

_MARK = re.compile(r"(?:^|(?<=\s))(?:#|//)\s*(?=msglint(?::|\s+ignore\b))")
_IGNORE = re.compile(r"msglint:\s*ignore\[([^\]\n]*)\]")
_SEPARATOR = re.compile(r"[,\s]+")


class Suppression(msgspec.Struct, frozen=True):
    """One rule hidden in one place: on a line, in what begins there, or (neither) in the whole file."""

    rule: str
    """Empty: it names none, or is of no form that msglint knows, and hides nothing."""
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


class Suppressions:
    """What the suppressions of a run hide, and which of them hide nothing."""

    __slots__ = ("_asked", "_idle", "_rules", "_used", "hidden")

    def __init__(self, rules: Container[str], asked: Container[str]) -> None:
        """`rules`: the codes and names of all rules; `asked`: those of the rules that were asked."""
        self._rules = rules
        self._asked = asked
        self._idle: dict[object, Suppression] = {}
        self._used: set[object] = set()
        self.hidden = 0
        """How many findings are hidden."""

    def shown(self, part: Part, found: Sequence[Finding]) -> Sequence[Finding]:
        """Give the findings that nothing in their part hides."""
        own = suppressions(part)
        shown: list[Finding] = []
        for finding in found:
            hiding = [each for each in own if each.hides(finding)]
            self._used.update(each.key for each in hiding)
            if hiding:
                self.hidden += 1
            else:
                shown.append(finding)
        self._idle.update((each.key, each) for each in own if self._may_hide(each))
        return shown

    def unused(self) -> Iterator[tuple[Suppression, bool]]:
        """Give those that hid nothing anywhere, each with whether there is such a rule.

        Another plan of the same files may have needed one.
        """
        for key, each in self._idle.items():
            if key not in self._used:
                yield each, each.rule in self._rules or each.rule.upper() in self._rules

    def _may_hide(self, suppression: Suppression) -> bool:
        """Say whether a suppression might have hidden something, or names no rule that there is."""
        upper = suppression.rule.upper()
        rule = upper if upper in self._rules else suppression.rule
        nothing = suppression.begun is not None and not suppression.begun.ids
        return (rule in self._asked or rule not in self._rules) and not nothing


def suppressions(part: Part) -> Sequence[Suppression]:
    """Give all suppressions of a template or plan."""
    found = [each for owner, metadata in part.metadata() for each in _metadata(owner, metadata)]
    return [*found, *(each for commented in part.commented() for each in _comments(commented))]


def _comments(commented: Commented) -> Iterator[Suppression]:
    document, comments, begins = commented
    lines = document.lines
    own = [comment for comment in comments if not lines[comment.start.line - 1][: comment.start.column - 1].strip()]
    passed = {line for comment in own for line in range(comment.start.line, comment.end.line + 1)}
    # For each line, itself or the next that holds more than comments and blanks; 0: there is none.
    next_: list[int] = [0] * (len(lines) + 2)
    for line in range(len(lines), 0, -1):
        next_[line] = line if lines[line - 1].strip() and line not in passed else next_[line + 1]
    alone = set(own)
    for comment in comments:
        text = document.slice(comment)
        marks = [*_MARK.finditer(text)]
        if not marks:
            continue
        line = comment.start.line
        if comment in alone:
            line = next_[comment.end.line + 1] or line
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        for mark, end in zip(marks, ends, strict=True):
            said = text[mark.start() : end].partition("\n")[0].rstrip()
            start = document.offset(comment.start) + mark.start()
            at = document.spot(start, start + len(said))
            found = _IGNORE.match(text, mark.end())
            for rule in _rules(found[1] if found is not None else ""):
                yield Suppression(rule, at, line, begins.get(line))


def _rules(written: str) -> Sequence[str]:
    """Give the rules that are named; an empty one where there is none."""
    return [*filter(None, _SEPARATOR.split(written))] or [""]


def _metadata(owner: str | None, metadata: Node) -> Iterator[Suppression]:
    begun = Begun(frozenset({owner})) if owner is not None else None
    own = metadata.fields().get("msglint") if metadata.kind == "mapping" else None
    if own is None:
        return
    named = own.fields() if own.kind == "mapping" else {}
    found = [*_ignored(named["ignore"])] if "ignore" in named else []
    unknown = [own.key(name) for name in named if name != "ignore"] if named else [own]
    for rule, at in (*found, *(("", each) for each in unknown)):
        yield Suppression(rule, Spot(at.document, at.span), begun=begun)


def _ignored(node: Node) -> Iterator[tuple[str, Node]]:
    """Give the rules that are named: alone, in a list, by names with reasons, or in entries of rule and reason."""
    if node.kind == "sequence":
        for item in node.items():
            yield from _ignored(item)
    elif node.kind == "scalar":
        yield from ((rule, node) for rule in _rules(node.text if isinstance(node.value, str) else ""))
    elif "rule" in node.fields():
        yield from _ignored(node.fields()["rule"])
    else:
        yield from ((name, node.key(name)) for name in node.fields())
