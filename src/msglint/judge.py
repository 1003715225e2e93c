"""One rule asked of one subject, in every scenario that makes a difference to the answer.

A value under an undecided condition raises `NeedsChoice`; the subject is judged again with the condition true and
false. Only conditions that somebody reads split, so independent ones never multiply.
"""

from collections.abc import Collection, Container, Iterator, Sequence

import msgspec

from msglint.finding import Candidate, Entry, Note
from msglint.model.expression import NeedsChoice
from msglint.model.model import Model
from msglint.model.resource import ANY, Choice, Part, Resource, Scenario
from msglint.model.value import not_understood
from msglint.rules.interface import Rule
from msglint.source import Place, innermost
from msglint.verdict import unknown

MOST_SCENARIOS = 64
NAMED = 3  # enough to tell which conditions are meant


class Judged(msgspec.Struct, frozen=True):
    """A candidate, decided over all scenarios; `scenario` names conditions where it does not hold in all of them."""

    candidate: Candidate
    scenario: Scenario
    found: Scenario = ()
    """All that was decided where it was found."""

    def told_at(self, place: Place, elsewhere: Collection[str]) -> "Judged":
        """Give the same at a place of the user's, where it stands in one of the documents that no file holds."""
        candidate = self.candidate
        if candidate.at.document.name not in elsewhere:
            return self
        note = Note(str(candidate.resource), candidate.at)
        moved = msgspec.structs.replace(candidate, at=place, related=(note, *candidate.related))
        return msgspec.structs.replace(self, candidate=moved)

    def told_by_user(self, elsewhere: Collection[str], using: Resource | None) -> "Judged | None":
        """Give the same of what is deployed, told where something of the user's uses it; None where nothing does.

        `using` does where nobody can tell, and so nobody says what is concerned.
        """
        candidate = self.candidate
        ends = (each for each in candidate.related if each.resource is not None)
        own = next((each for each in ends if each.at.document.name not in elsewhere), None)
        if own is None and using is not None and candidate.when.is_unknown:
            own = Note("", using.at, using)
        if own is None or own.resource is None:
            return None
        others = (each for each in candidate.related if each is not own)
        note = Note(str(candidate.resource), candidate.at)
        moved = msgspec.structs.replace(candidate, resource=own.resource, at=own.at, related=(note, *others))
        return msgspec.structs.replace(self, candidate=moved)


def subjects(entry: Entry, part: Part) -> Iterator[str]:
    """Give the resources that a rule is asked of: all of its kinds, where some need properties those that have one.

    Those that a transform adds by itself are not among them.
    """
    types = part.types()
    for kind in entry.kinds:
        ids = part.holding() if kind == ANY else types.get(kind, ())
        needed = [name for of, name in entry.given if of == kind] if ids else ()
        for id_ in ids:
            if needed and not any(part.writes(id_, name) for name in needed):
                continue
            record = part.record(id_)
            if record is not None and record.asked and (kind != ANY or record.type not in entry.kinds):
                yield id_


class Worlds:
    """The models of a run by scenario, made once each."""

    __slots__ = ("_models",)

    def __init__(self, model: Model) -> None:
        self._models: dict[Scenario, Model] = {(): model}

    def under(self, scenario: Scenario) -> Model:
        """Give the model with these conditions decided."""
        order: Scenario = tuple(sorted(scenario))
        found = self._models.get(order)
        if found is None:
            found = self._models[order] = self._models[()].under(order)
        return found


def judge(rule: Rule, subject: tuple[str, str], worlds: Worlds) -> Sequence[Judged]:
    """Ask a rule of the resource with this key; at most one answer for each place and message."""
    leaves: list[tuple[Scenario, Sequence[Candidate]]] = []
    waiting: list[Scenario] = [()]
    while waiting:
        scenario = waiting.pop()
        try:
            candidates = _candidates(rule, subject, worlds.under(scenario))
        except NeedsChoice as need:
            if len(leaves) + len(waiting) >= MOST_SCENARIOS:
                proven = _merged([(where, [each for each in found if each.when.is_yes]) for where, found in leaves])
                # What else there is nobody has looked at, so each holds where it was found and perhaps elsewhere.
                whole = (msgspec.structs.replace(each, scenario=each.found) for each in proven)
                return [*whole, *_given_up(rule, subject, worlds, (scenario, *waiting))]
            both = [(*scenario, Choice(need.part, need.condition, truth)) for truth in (False, True)]
            waiting += [choice for choice in both if worlds.under(()).possible(choice)]
            continue
        if candidates is not None:
            leaves.append((scenario, candidates))
    return list(_merged(leaves))


def _candidates(rule: Rule, subject: tuple[str, str], model: Model) -> Sequence[Candidate] | None:
    """Give what a rule says in one scenario; None where the subject does not exist in it."""
    record = model.record(subject)
    if record is None:
        return None
    resource: Resource = rule.kind(record.type)(record)
    return list(rule.check(resource, model)) if model.exists(resource) else None


def _given_up(rule: Rule, subject: tuple[str, str], worlds: Worlds, scenarios: Sequence[Scenario]) -> Sequence[Judged]:
    record = worlds.under(()).record(subject)
    if record is None:
        return ()
    names = list(dict.fromkeys(choice.condition for scenario in scenarios for choice in scenario))
    named = f"{', '.join(names[:NAMED])} and others"
    text = f"more than {MOST_SCENARIOS} combinations of conditions bear on this, those of {named}"
    blind = not_understood(text, record.at)
    resource = rule.kind(record.type)(record)
    message = "{resource} was not judged in all its combinations of conditions"
    candidate = Candidate(
        when=unknown(blind.reason), resource=resource, at=record.at, message=message, args={"resource": resource}
    )
    return [Judged(candidate, ())]


def _merged(leaves: Sequence[tuple[Scenario, Sequence[Candidate]]]) -> Iterator[Judged]:
    """Give one answer for each fault: it holds in some scenario, or cannot be told in some, or holds in none."""
    match leaves:
        case [(_, ())]:
            return
        case [(scenario, (only,))]:
            # By far the most answers: one, which nothing is to be told apart from.
            yield Judged(only if only.when.is_no else _with_all_notes(only, [only]), (), scenario)
            return
    groups: dict[tuple[object, ...], list[Judged]] = {}
    for scenario, candidates in leaves:
        for candidate in candidates:
            key = (candidate.resource.record.key, _where(candidate), candidate.message)
            groups.setdefault(key, []).append(Judged(candidate, scenario))
    scenarios = [scenario for scenario, _ in leaves]
    for judged in groups.values():
        holding = [each for each in judged if each.candidate.when.is_yes]
        unclear = [each for each in judged if each.candidate.when.is_unknown]
        best = min(holding or unclear or judged, key=_simplicity)
        alike = [each for each in holding or unclear or judged if _rank(each) == _rank(best)]
        telling = _telling(best.scenario, {each.scenario for each in alike}, scenarios)
        beside = [each.candidate for each in holding or unclear if each.scenario == best.scenario]
        yield Judged(_with_all_notes(best.candidate, beside), telling, best.scenario)


def _telling(scenario: Scenario, where: Container[Scenario], scenarios: Sequence[Scenario]) -> Scenario:
    """Leave out of a scenario what makes no difference: without it, it is still one of those in which a fault is."""
    for choice in scenario:
        rest = tuple(each for each in scenario if each != choice)
        if all(each in where or _excludes(each, rest) for each in scenarios):
            scenario = rest
    return scenario


def _excludes(one: Scenario, other: Scenario) -> bool:
    return any(choice._replace(truth=not choice.truth) in one for choice in other)


def _with_all_notes(best: Candidate, beside: Sequence[Candidate]) -> Candidate:
    """Give a candidate with the related places of those that say the same of the same place."""
    if len(best.related) < 2 and all(each is best for each in beside):  # nothing to look up in a long plan
        return best
    notes = {
        (note.message, note.resource.id if note.resource is not None else None, innermost(note.at).span): note
        for candidate in (best, *beside)
        for note in candidate.related
    }
    return msgspec.structs.replace(best, related=tuple(notes.values())) if notes else best


def _where(candidate: Candidate) -> tuple[object, ...]:
    # A place in a long plan is looked up only for what may be shown.
    if candidate.when.is_no:
        return ()
    return tuple((at.document.name, at.span.start) for at in (candidate.at, innermost(candidate.at)))


def _simplicity(judged: Judged) -> tuple[int, int]:
    return (_rank(judged), len(judged.scenario))


def _rank(judged: Judged) -> int:
    severity = judged.candidate.severity
    return severity.rank if severity is not None else 0
