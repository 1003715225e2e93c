"""From a rule's answer to a finding: the message in the user's words, the places, the repair, the fingerprint."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from msglint.finding import LIKEWISE, Candidate, Failure, Finding, Property, Related, Severity
from msglint.judge import Judged
from msglint.model.resource import SECTIONS, Choice, Part, Resource, Scenario
from msglint.model.value import Absent, Known, Mentions, Unknown, shown
from msglint.reports.snippet import repair
from msglint.rules.interface import Rule
from msglint.source import Place, Within, innermost

IN_MODULE = "in the module, here"
"""What is said of the place inside a module that is not the user's."""

_MOST_NAMED = 6
_OF_NESTED = re.compile(r"(?:\w+/)+\w+")
"""The condition of a nested stack, behind the logical ids that lead to it."""
_INSTANCE = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
"""Which instance of a block of Terraform: all of them are written in one place."""


def worded(rule: Rule, judged: Judged, asked: str, severity: Severity | None = None) -> Finding:
    """Give the finding of a candidate that holds or cannot be told; `asked` is what the rule was asked of.

    `severity` is how bad it is to the user, where that is not what the rule says.
    """
    candidate = judged.candidate
    reasons = [_related(reason.text, reason.at or candidate.at) for reason in candidate.when.reasons]
    related = [*_inside(candidate.at)]
    for note in candidate.related:
        related += [_related(note.message, note.at, note.resource), *_inside(note.at)]
    for reason in candidate.when.reasons:
        related += _inside(reason.at)
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=severity or candidate.severity or rule.severities[0],
        message=_message(rule, candidate),
        file=candidate.at.document.name,
        span=candidate.at.span,
        resource=candidate.resource.record.author,
        subject=candidate.resource.record.label,
        asked=asked,
        construct=candidate.resource.record.construct,
        decided=candidate.when.is_yes,
        doubt=candidate.when.doubt,
        reasons=tuple(reasons),
        related=tuple(dict.fromkeys(related)),
        scenario=_named(judged.scenario, candidate.resource.record.part),
        identity=_identity(candidate),
        unit=candidate.resource.record.part.document.name,
        stack=candidate.resource.record.part.stack,
        always=not judged.scenario,
        fix=repair(candidate.fix, candidate.at) if candidate.fix is not None else None,
        help=rule.references[0],
        lookups=tuple(dict.fromkeys(lookup for reason in candidate.when.reasons for lookup in reason.lookups)),
    )


def failed(rule: Rule, failure: Failure, severity: Severity | None = None) -> Finding:
    """Give the finding of what msglint itself could not do."""
    file = failure.at.document.name
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=severity or rule.severities[0],
        message=failure.message,
        file=file,
        span=failure.at.span,
        resource=failure.resource,
        related=(_related(failure.note, failure.related),) if failure.related is not None else (),
        identity=(failure.resource or "", failure.about),
        unit=file,
        help=rule.references[0],
    )


def in_stacks(found: Sequence[tuple[Part, Sequence[Finding]]]) -> Iterator[Finding]:
    """Give the findings of parts; of a template that is nested several times, those of some stacks alone name these."""
    stacks = Counter(part.document.name for part, _ in found)
    holders: dict[tuple[object, ...], list[str]] = {}
    for part, findings in found:
        for finding in findings if stacks[part.document.name] > 1 else ():
            holders.setdefault(_alike(finding), []).append(part.stack)
    # What holds always comes first: its words stand for those of the others.
    said = ((part, finding) for part, findings in found for finding in findings)
    for part, finding in sorted(said, key=lambda each: each[1].scenario is not None):
        those = dict.fromkeys(holders.get(_alike(finding), ()))
        if those and len(those) < stacks[part.document.name]:
            scenario = f"in the nested stack {' and '.join(those)}"
            scenario += f", {finding.scenario}" if finding.scenario is not None else ""
            yield msgspec.structs.replace(finding, scenario=scenario)
        else:
            yield finding


def _alike(finding: Finding) -> tuple[object, ...]:
    always = finding.scenario is None
    return (finding.code, finding.file, finding.span, finding.resource, finding.message, finding.decided, always)


def shared(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Make one finding of those that several resources owe to one value, such as a parameter's default.

    What leads to different places is not one: two targets that a module makes of what its call gives them.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        inside = tuple(each for each in finding.related[:1] if each.message == IN_MODULE)
        groups.setdefault((finding.code, finding.file, finding.span, inside, finding.decided), []).append(finding)
    for group in groups.values():
        ordered = sorted(group, key=lambda finding: finding.severity.rank)
        # What one resource is told of once is not said again for each of the related places.
        once: dict[tuple[str | None, str], Finding] = {}
        for finding in ordered:
            once.setdefault((finding.resource, finding.message), finding)
        # That a parameter holds what its users have from it is no news.
        users = [finding for finding in once.values() if not (finding.resource or "").startswith(SECTIONS)]
        first = next(iter(once.values()))
        together = [*_by_end(users or [each for each in once.values() if each.resource == first.resource])]
        told = {finding.identified for several in together for finding in several}
        # What nobody is told of by itself is a fault all the same, and the first one stands for it.
        untold = [finding.identified for finding in ordered if finding.identified not in told]
        for leading, *others in together:
            also = {other.resource: other for other in others if other.resource != leading.resource}
            notes = tuple(Related(f"{id_} {LIKEWISE}", leading.file, leading.span, id_) for id_ in also)
            stands_for = [*(other.identified for other in others if other.resource != leading.resource), *untold]
            untold = []
            yield (
                msgspec.structs.replace(
                    leading,
                    related=(*leading.related, *notes),
                    alike=tuple(each for each in dict.fromkeys(stands_for) if each != leading.identified),
                )
                if stands_for
                else leading
            )
            yield from (each for each in others if each.resource == leading.resource)


def _by_end(findings: Iterable[Finding]) -> Iterable[Sequence[Finding]]:
    """Give those together whose related places are those of the same blocks, and related in the same way.

    What the rounds of a loop make stands in one place. One queue without a policy and one whose statement refuses
    are two faults, also where one value leads to both.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    blocks: dict[tuple[object, ...], str] = {}
    for finding in findings:
        own = finding.resource or ""
        ends = tuple(
            blocks.setdefault((each.file, each.span), _INSTANCE.sub("", each.resource or ""))
            for each in finding.related
            if each.resource != own
        )
        ways = frozenset(each.message for each in finding.related) if finding.decided else frozenset()
        groups.setdefault((ends, ways), []).append(finding)
    return groups.values()


def _inside(at: Place | None) -> Iterator[Related]:
    """Give the place inside a module of somebody else, where the user only sees the call."""
    if isinstance(at, Within):
        yield _related(IN_MODULE, innermost(at))


def _related(message: str, at: Place, resource: Resource | None = None) -> Related:
    return Related(message, at.document.name, at.span, resource.record.author if resource is not None else None)


def _message(rule: Rule, candidate: Candidate) -> str:
    """Give what will happen; where that cannot be told, what it is about and why."""
    if candidate.when.is_yes:
        return _format(candidate.message, candidate.args, candidate.resource)
    why = "; ".join(dict.fromkeys(reason.text for reason in candidate.when.reasons))
    return f"{rule.summary.rstrip('.')}: not decided, because {why}"


def _format(message: str, args: Mapping[str, object], resource: Resource) -> str:
    return message.format(**{name: _shown(value, resource) for name, value in args.items()})


def _shown(value: object, resource: Resource) -> str:
    match value:
        case Property(path=path):
            record = resource.record
            way = record.written(path)
            # Who writes a text where the properties belong has no property for it.
            return record.part.spell(record.native, way) if way else record.label
        case Known(value=bool() as truth):
            return str(truth).lower()
        case Known(value=known):
            return str(known)
        case Absent(default=default):
            return str(default).lower() if isinstance(default, bool) else str(default)
        case Unknown() | Mentions():
            return shown(value)
        case _:
            return str(value)


def _named(scenario: Scenario, part: Part) -> str | None:
    """Name a scenario for somebody who reads of a part."""
    if not scenario:
        return None
    own = part.key.removesuffix(f"/{part.stack}") if part.stack else part.key
    said = [_decided(choice, own) for choice in scenario]
    if len(said) > _MOST_NAMED:
        # Only what was not judged in all combinations has so many.
        return f"in a combination of {len(said)} conditions in which {', '.join(said[:_MOST_NAMED])} and so on"
    return "when " + " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)


def _decided(choice: Choice, own: str) -> str:
    """Say what is decided of a condition: also of which nested stack it is, and in which other stack of the run."""
    path, name = "", choice.condition
    if _OF_NESTED.fullmatch(name):
        path, _, name = name.rpartition("/")
    whose = f" of {path}" if path else ""
    where = f" in {choice.part}" if choice.part != own else ""
    return f"{name}{whose} is {str(choice.truth).lower()}{where}"


def _identity(candidate: Candidate) -> tuple[str, ...]:
    ends = (note.resource.id for note in candidate.related if note.resource is not None)
    return (candidate.resource.id, candidate.message, *ends)
