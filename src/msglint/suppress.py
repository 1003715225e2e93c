"""What the user chose to live with: comments and metadata that hide findings, and exceptions of the configuration.

`# msglint: ignore[MSG501] reason` hides findings on its line; on a line of its own, those of the next line. Beside or
above a resource's logical id, or the header of a Terraform block, it holds for the whole resource or module.
`Metadata: {msglint: {ignore: [{rule, reason}]}}` holds for its resource, or with `property` for one of its properties;
at the top of a template for all of it. The rules may also be named alone, or each with its reason in a mapping. What
looks like a suppression and is none is told.
"""

import enum
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date

import msgspec

from msglint.finding import Finding, Related
from msglint.model.resource import Begun, Commented, Part
from msglint.options import Excepted, Options
from msglint.source import Node, Span, Spot

_MARK = re.compile(r"(?:^|(?<=\s))(?:#|//)\s*(?=msglint(?::|\s+ignore\b))")
_IGNORE = re.compile(r"msglint:\s*ignore\[([^\]\n]*)\](.*)")
_SEPARATOR = re.compile(r"[,\s]+")


class Idle(enum.Enum):
    """Why a suppression or an exception hides nothing."""

    FORM = enum.auto()
    """It is of no form that msglint knows."""
    NO_RULE = enum.auto()
    NO_REASON = enum.auto()
    NO_PROPERTY = enum.auto()
    NOTHING = enum.auto()
    """There is nothing that it could hide."""
    NOT_EXPECTED = enum.auto()
    """The same of an exception."""


class Suppression(msgspec.Struct, frozen=True):
    """One rule hidden in one place: on a line, in what begins there, or (neither) in the whole file."""

    rule: str
    """Empty: it names none, or is of no form that msglint knows, and hides nothing."""
    reason: str
    at: Spot
    line: int | None = None
    begun: Begun | None = None
    within: Span | None = None
    """The property of the resource that it is for; without one it is for all of them."""
    fault: Idle | None = None
    """Why it can hide nothing."""

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from others of the run, whoever else reads its document."""
        return (self.rule, self.at.document.name, self.at.span)

    def hides(self, finding: Finding) -> bool:
        """Say whether a finding is hidden; the lines of another file are not those of the suppression's."""
        if self.rule.upper() != finding.code and self.rule != finding.name:
            return False
        if self.within is not None and not self._inside(finding, self.within):
            return False
        if self.begun is not None and not self.begun.ids.isdisjoint({finding.resource, finding.subject}):
            return True
        if self.line is None:
            return self.begun is None
        last = self.line if self.begun is None else self.begun.last
        return finding.file == self.at.document.name and self.line <= finding.span.start.line <= last

    def _inside(self, finding: Finding, span: Span) -> bool:
        own = finding.file == self.at.document.name
        return own and span.start <= finding.span.start and finding.span.end <= span.end


class Suppressions:
    """What the suppressions and exceptions of a run hide, and which of them hide nothing."""

    __slots__ = ("_hiding", "_idle", "_rules", "_today", "_used", "excepted", "hidden")

    def __init__(self, rules: Container[str]) -> None:
        """`rules`: the codes and names of all rules."""
        self._rules = rules
        self._idle: dict[object, tuple[Suppression, Idle]] = {}
        self._used: set[object] = set()
        self._hiding: dict[int, Excepted] = {}
        self._today: date | None = None
        self.hidden = 0
        """How many findings are hidden by comments and metadata."""
        self.excepted = 0
        """How many are hidden by exceptions of the configuration."""

    def shown(self, part: Part, found: Sequence[Finding], options: Options, asked: Container[str]) -> Sequence[Finding]:
        """Give the findings of a part that nothing hides; `asked`: the codes and names of the rules that were asked."""
        if not options.suppressing:
            return found
        own = [self._judged(each, options) for each in suppressions(part)]
        shown: list[Finding] = []
        for finding in found:
            hiding = [each for each in own if each.fault is None and each.hides(finding)]
            self._used.update(each.key for each in hiding)
            if hiding:
                self.hidden += 1
            else:
                shown.append(finding)
        self._idle.update((each.key, (each, each.fault or Idle.NOTHING)) for each in own if self._may_hide(each, asked))
        return list(self._unexpected(shown, options)) if options.exceptions else shown

    def unused(self, exceptions: Iterable[Excepted]) -> Iterator[tuple[str, Idle, Spot]]:
        """Give those that hid nothing anywhere: the rule that each names, why, and where.

        Another plan of the same files may have needed one.
        """
        for key, (each, why) in self._idle.items():
            if key not in self._used:
                yield each.rule, why, each.at
        for exception in exceptions:
            if exception.whole and id(exception) not in self._hiding:
                yield exception.rule, Idle.NOT_EXPECTED, exception.at()

    def _judged(self, suppression: Suppression, options: Options) -> Suppression:
        known = suppression.rule in self._rules or suppression.rule.upper() in self._rules
        if suppression.fault is None and not known:
            return msgspec.structs.replace(suppression, fault=Idle.NO_RULE)
        if suppression.fault is None and options.require_reason and not suppression.reason:
            return msgspec.structs.replace(suppression, fault=Idle.NO_REASON)
        return suppression

    def _may_hide(self, suppression: Suppression, asked: Container[str]) -> bool:
        """Say whether a suppression might have hidden something, or could never."""
        nothing = suppression.begun is not None and not suppression.begun.ids
        if suppression.fault is not None:
            return not nothing
        return (suppression.rule in asked or suppression.rule.upper() in asked) and not nothing

    def _unexpected(self, found: Iterable[Finding], options: Options) -> Iterator[Finding]:
        """Give the findings that no exception is for, and those whose exception has ended, which then is told."""
        today = options.today or self._today or date.today()
        self._today = today
        for finding in found:
            fitting = [each for each in options.exceptions if each.matches(finding)]
            self._hiding.update((id(each), each) for each in fitting)
            if any(today <= each.expires for each in fitting):
                self.excepted += 1
                continue
            ended = tuple(_ended(each) for each in fitting)
            yield msgspec.structs.replace(finding, related=(*finding.related, *ended)) if ended else finding


def _ended(exception: Excepted) -> Related:
    at = exception.at()
    message = f"the exception for this ended on {exception.expires.isoformat()} ({exception.reason})"
    return Related(message, at.document.name, at.span)


def suppressions(part: Part) -> Sequence[Suppression]:
    """Give all suppressions of a template or plan."""
    found = [each for owner, metadata, of in part.metadata() for each in _metadata(owner, metadata, of)]
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
            found = _IGNORE.match(text[:end], mark.end())
            reason = found[2].strip(" \t:-") if found is not None else ""
            for rule in _rules(found[1] if found is not None else ""):
                yield Suppression(rule, reason, at, line, begins.get(line), fault=None if rule else Idle.FORM)


def _rules(written: str) -> Sequence[str]:
    """Give the rules that are named; an empty one where there is none."""
    return [*filter(None, _SEPARATOR.split(written))] or [""]


def _metadata(owner: str | None, metadata: Node, of: Node) -> Iterator[Suppression]:
    """Give the suppressions of the metadata of a resource, or of a template; `of` is the whole of either."""
    begun = Begun(frozenset({owner})) if owner is not None else None
    own = metadata.fields().get("msglint") if metadata.kind == "mapping" else None
    if own is None:
        return
    named = own.fields() if own.kind == "mapping" else {}
    found = [*_ignored(named["ignore"])] if "ignore" in named else []
    unknown = [own.key(name) for name in named if name != "ignore"] if named else [own]
    for each in (*found, *(_Named("", "", at) for at in unknown)):
        fault = None if each.rule else Idle.FORM
        within = None
        if each.property is not None:
            within = _property(of, each.property) if owner is not None else None
            fault = fault or (Idle.NO_PROPERTY if within is None else None)
        yield Suppression(
            each.rule, each.reason, Spot(each.at.document, each.at.span), begun=begun, within=within, fault=fault
        )


class _Named(msgspec.Struct, frozen=True):
    """A rule that metadata name."""

    rule: str
    reason: str
    at: Node
    property: str | None = None


def _ignored(node: Node, reason: str = "", of: str | None = None) -> Iterator[_Named]:
    """Give the rules that are named: alone, in a list, by names with reasons, or in entries of rule and reason."""
    if node.kind == "sequence":
        for item in node.items():
            yield from _ignored(item, reason, of)
    elif node.kind == "scalar":
        rules = _rules(node.text if isinstance(node.value, str) else "")
        yield from (_Named(rule, reason, node, of) for rule in rules)
    elif "rule" in (fields := node.fields()):
        yield from _ignored(fields["rule"], _text(fields.get("reason")) or "", _text(fields.get("property")))
    else:
        yield from (_Named(name, _text(field) or "", node.key(name)) for name, field in fields.items())


def _text(node: Node | None) -> str | None:
    if node is None:
        return None
    return node.text.strip() if node.kind == "scalar" and node.value is not None else ""


def _property(resource: Node, path: str) -> Span | None:
    """Give the place of a property, key and value, by its path such as `RedrivePolicy.maxReceiveCount`."""
    node, key = resource, resource
    for step in ("Properties", *path.split(".")):
        if node.kind == "mapping" and step in node.fields():
            node, key = node.fields()[step], node.key(step)
        elif node.kind == "sequence" and step.isdecimal() and int(step) < len(node.items()):
            node = key = node.items()[int(step)]
        else:
            return None
    return Span(min(key.span.start, node.span.start), node.span.end)
