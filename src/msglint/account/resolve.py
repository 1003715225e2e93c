"""Judges again and again, each time knowing what the last time did not, until nothing more can be known."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeAlias

import msgspec

from msglint.account.describe.interface import UNREAD
from msglint.account.facts import Fact, Facts
from msglint.finding import Finding, Related, Report
from msglint.model.expression import NeedsChoice
from msglint.model.resource import Mention, Part
from msglint.options import Options
from msglint.readers.cloudformation import deployed
from msglint.readers.interface import Assumptions, Deployed
from msglint.source import Document
from msglint.verdict import EXPORT, PARAMETER, POLLERS, SOURCES, SUBSCRIPTIONS, Lookup

SECURE = "SecureString"
"""The type of a parameter whose value is a secret."""
_USES = {
    POLLERS: "what polls",
    SOURCES: "whose dead-letter queue is",
    SUBSCRIPTIONS: "what is subscribed for",
}
"""How what is looked up uses something, in words before its ARN."""
_WAYS = {
    "AWS::SQS::Queue": ("redrivepolicy", "deadlettertargetarn"),
    "AWS::Lambda::EventSourceMapping": ("eventsourcearn",),
    "AWS::Pipes::Pipe": ("source",),
    "AWS::SNS::Subscription": ("endpoint",),
}
"""The folded ways to the properties by which what uses a resource names it."""
ROUNDS = 10
"""How often is looked up what the last answers make one ask."""

_Question: TypeAlias = tuple[str, str, str | None]


class Source(Protocol):
    """Gives facts: an account, or a file of what one said."""

    @property
    def account(self) -> str:
        """The account of what is named without one; empty where none is known."""

    @property
    def region(self) -> str:
        """The Region of what is named without one; empty where none is known."""

    def look_up(self, wanted: Sequence[Lookup]) -> Sequence[Fact]:
        """Give the facts that are known of these lookups."""


class Remembered:
    """What a file of facts holds; what it does not hold is asked of an account, where there is one."""

    def __init__(self, facts: Facts | None, account: Source | None = None) -> None:
        self._facts = facts or Facts()
        self._known = {fact.lookup: fact for fact in self._facts.facts}
        self._account = account
        self._asked: set[Lookup] = set()

    @property
    def account(self) -> str:
        """The account that is asked, else that of the file."""
        return self._account.account if self._account is not None else self._facts.account

    @property
    def region(self) -> str:
        """The Region of the account that is asked, else that of the file."""
        return self._account.region if self._account is not None else self._facts.region

    def look_up(self, wanted: Sequence[Lookup]) -> Sequence[Fact]:
        """Give the facts of the file, and those of the account.

        What was not found, or denied, when the file was written may be there now.
        """
        open_ = (lookup for lookup in wanted if lookup not in self._known or self._known[lookup].missing)
        new = [lookup for lookup in open_ if lookup not in self._asked]
        if new and self._account is not None:
            self._asked.update(new)
            self._known |= {fact.lookup: fact for fact in self._account.look_up(new)}
        return [self._known[lookup] for lookup in wanted if lookup in self._known]

    @property
    def asked(self) -> int:
        """How many things the account was asked for."""
        return len(self._asked)

    @property
    def facts(self) -> Facts:
        """All that is known now, for a file."""
        return Facts(account=self.account, region=self.region, facts=tuple(self._known.values()))


class Resolved(msgspec.Struct, frozen=True):
    """What was judged, and what was looked up for it."""

    report: Report
    facts: Sequence[Fact]


def resolved(
    judge: Callable[[Options], Report],
    options: Options,
    source: Source,
    seen: Callable[[Sequence[Part]], None] = lambda _parts: None,
) -> Resolved:
    """Judge, look up what is missing, and judge again, as long as that tells more.

    Whatever `source` raises is let through. `seen` is told of what is judged together, each time.
    """
    known: dict[Lookup, Fact] = {}
    by_unit: dict[str, dict[Lookup, None]] = {}
    by_question: dict[_Question, dict[Lookup, None]] = {}
    wished: dict[str, dict[Lookup, None]] = {}
    report = judge(_knowing(options, source, {}, seen, wished))
    for _ in range(ROUNDS):
        for finding in report.undecided:
            lookups = dict.fromkeys(_placed(finding.lookups, finding.unit, options, source))
            wished.setdefault(finding.unit, {}).update(lookups)
            by_question.setdefault(_question(finding), {}).update(lookups)
        added: dict[Lookup, None] = {}
        for unit, lookups in wished.items():
            asked = by_unit.setdefault(unit, {})
            added.update(dict.fromkeys(lookups.keys() - asked.keys()))
            asked.update(lookups)
        new = [lookup for lookup in sorted(added) if lookup not in known]
        known |= {fact.lookup: fact for fact in source.look_up(new)} if new else {}
        if not any(known[lookup].tells for lookup in added if lookup in known):
            break
        report = judge(_knowing(options, source, _told(known, by_unit), seen, wished))
    of_units = _told(known, by_unit)

    def said(finding: Finding) -> Finding:
        names = {_called(fact): fact for fact in of_units.get(finding.unit, ())}
        asked = by_question.get(_question(finding), {})
        placed = _placed(finding.lookups, finding.unit, options, source)
        # What was looked up would tell no more.
        left = tuple(each for each, there in zip(finding.lookups, placed, strict=True) if there not in known)
        finding = msgspec.structs.replace(finding, lookups=left)
        return _said(finding, [known[each] for each in asked if each in known], names)

    findings, undecided = tuple(map(said, report.findings)), tuple(map(said, report.undecided))
    report = msgspec.structs.replace(report, findings=findings, undecided=undecided)
    return Resolved(report, tuple(known.values()))


def made_arn(part: Part, id_: str) -> str | None:
    """Give the ARN of what a part makes for certain, where all of it is known."""
    try:
        return part.attribute(id_, "arn").literal_value if part.exists(id_) else None
    except NeedsChoice:
        return None


def _placed(lookups: Collection[Lookup], unit: str, options: Options, source: Source) -> Sequence[Lookup]:
    """Give the lookups of what is judged, each saying where to look, if its name does not."""
    if not lookups:
        return ()  # whose account it is nobody needs to know
    assumptions = options.of(unit).assumptions
    account, region = assumptions.account or source.account, assumptions.region or source.region
    return [
        each if each.name.startswith(("arn:", "https:")) else each._replace(account=account, region=region)
        for each in lookups
    ]


def _told(known: Mapping[Lookup, Fact], asked: Mapping[str, Iterable[Lookup]]) -> Mapping[str, Sequence[Fact]]:
    """Give what is known of what was asked for each file."""
    return {unit: [known[each] for each in lookups if each in known] for unit, lookups in asked.items()}


def _question(finding: Finding) -> _Question:
    return (finding.code, finding.unit, finding.asked)


def _knowing(
    options: Options,
    source: Source,
    facts: Mapping[str, Sequence[Fact]],
    seen: Callable[[Sequence[Part]], None],
    wished: dict[str, dict[Lookup, None]],
) -> Options:
    """Give the same options for a run in which each file knows these facts; in `wished` goes what it would know more.

    Where nobody says which account and Region are deployed to, they are those that are asked.
    """
    made: dict[tuple[int, str], Options] = {}

    def own(file: str) -> Options:
        before = options.of(file)
        key = (id(before), file if facts.get(file) or before.assumptions.deployed.live else "")
        if key not in made:
            assumptions = msgspec.structs.replace(
                before.assumptions,
                accounts=before.assumptions.accounts or _one(source.account),
                regions=before.assumptions.regions or _one(source.region),
                deployed=_deployed(before.assumptions.deployed, facts.get(file, ()), wished.setdefault(file, {})),
            )
            made[key] = msgspec.structs.replace(before, assumptions=assumptions)
        return made[key]

    def parts(judged: Sequence[Part]) -> Sequence[Part]:
        seen(judged)
        asked = {fact.lookup: fact for part in judged for fact in facts.get(part.document.name, ())}
        return [each for fact in _once(asked.values()) for each in as_part(fact, judged)]

    def wish(unit: str, lookups: Collection[Lookup]) -> None:
        wished.setdefault(unit, {}).update(dict.fromkeys(_placed(lookups, unit, options, source)))

    return msgspec.structs.replace(options, nearest=own, deployed=parts, wished=wish)


def _deployed(before: Deployed, facts: Sequence[Fact], wished: dict[Lookup, None]) -> Deployed:
    used = {fact.lookup: _mentions(fact, before.physical) for fact in facts if fact.lookup.type in _USES}

    def users(how: str, arn: str) -> Sequence[Mention]:
        lookup = Lookup(how, arn)
        wished[lookup] = None
        return used.get(lookup, ())

    values = [fact for fact in facts if fact.value is not None]
    return msgspec.structs.replace(
        before,
        exports={fact.lookup.name: fact.value for fact in values if fact.lookup.type == EXPORT and fact.value},
        users=users if before.live else None,
        secure={fact.lookup.name: fact.value == SECURE for fact in values if fact.lookup.type == PARAMETER},
    )


def _mentions(fact: Fact, own: Mapping[str, Mapping[str, str]]) -> Sequence[Mention]:
    """Give where others name what a stack has made; what it made itself stands in its template."""
    made = {name for attributes in own.values() for name in attributes.values()}
    others = (id_ for id_ in fact.resources if made.isdisjoint(fact.physical.get(id_, {}).values()))
    ways = ((id_, _WAYS.get(str(fact.resources[id_]["Type"]))) for id_ in others)
    return [Mention((_called(fact), id_), way) for id_, way in ways if way is not None]


def _once(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Give each thing once that was looked up: a function by its name and its ARN, a key by its id and an alias."""
    seen: set[tuple[object, ...]] = set()
    for fact in facts:
        own = {id_: (fact.account, fact.region, each.get("Type"), id_) for id_, each in fact.resources.items()}
        new = {id_: each for id_, each in fact.resources.items() if own[id_] not in seen}
        seen.update(own.values())
        if new:
            yield msgspec.structs.replace(fact, resources=new)


def as_part(fact: Fact, judged: Sequence[Part]) -> Iterator[Part]:
    """Give what was looked up as a part of the Model, beside those that are judged; nothing where nothing was found."""
    if not fact.resources:
        return
    template = {"Parameters": {UNREAD: {"Type": "String"}}, "Resources": fact.resources}
    document = Document(_called(fact), json.dumps(template, indent=2))
    assumptions = Assumptions(accounts=_one(fact.account), regions=_one(fact.region))
    yield deployed.read(document, assumptions, fact.physical, judged)


def _called(fact: Fact) -> str:
    """Give what the document is called that says what was looked up: each has a name of its own."""
    type_, name = fact.lookup.type, fact.lookup.name
    if type_ in _USES:
        return f"{_USES[type_]} {name}"
    # A rule and a bucket may have one name.
    return f"{type_} {name}" if fact.resources and not name.startswith(("arn:", "https:", "alias/")) else name


def _one(word: str) -> tuple[str, ...]:
    return (word,) if word else ()


def _said(finding: Finding, facts: Sequence[Fact], names: Mapping[str, Fact]) -> Finding:
    """Give a finding that says what it rests on in the account; that has no place in any file of the user's."""
    related = [_at(each, finding, names) for each in finding.related]
    seen = {each.file for each in finding.related}
    # What could not be read is why something is not decided; what was read tells who acts on what is.
    telling = [fact for fact in facts if _called(fact) not in seen and bool(fact.missing) is not finding.decided]
    read = [Related(_words(fact), finding.file, finding.span, deployed=True) for fact in telling]
    if finding.decided:
        return msgspec.structs.replace(finding, related=(*related, *read))
    reasons = [_at(each, finding, names) for each in finding.reasons]
    return msgspec.structs.replace(finding, related=tuple(related), reasons=(*reasons, *read))


def _at(related: Related, finding: Finding, names: Mapping[str, Fact]) -> Related:
    fact = names.get(related.file)
    if fact is None:
        return related
    # What uses something is told by its own name; what was looked up is only whose users these are.
    words = f"{related.resource} ({_read(fact)})" if fact.lookup.type in _USES else _words(fact)
    return Related(f"{related.message}, {words}", finding.file, finding.span, related.resource, deployed=True)


def _words(fact: Fact) -> str:
    name = _called(fact)
    if fact.missing:
        return f"{name} could not be looked up{f' in {fact.place}' if fact.place else ''}: {fact.missing}"
    if fact.lookup.type == EXPORT:
        name = f"the export {name}, {fact.value}"
    return f"{name} ({_read(fact)})"


def _read(fact: Fact) -> str:
    return f"{fact.place}, read {fact.read}"
