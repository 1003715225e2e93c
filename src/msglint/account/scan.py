"""Judges stacks that are deployed: each with what it made, and with what lies outside of it looked up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

import msgspec

from msglint.account.access import Access
from msglint.account.describe.interface import GoneError, UnansweredError, Where
from msglint.account.drift import drifted, made
from msglint.account.lookups import Account, Asking, calling
from msglint.account.resolve import Remembered, resolved
from msglint.account.stack_sets import Instance
from msglint.account.stacks import Stack, Template, Wanted, stack, stacks, template
from msglint.finding import Remark, Report, Scope, Unread, fault
from msglint.model.resource import Part
from msglint.options import Options

Value = TypeVar("Value")
Told = Callable[[float, int], None]
"""Is told how many stacks are done, and of how many."""


_GONE = "it is not there any more"
"""Why something could not be read that was listed a moment ago."""


class Scanned(NamedTuple):
    """What was judged, with what could not be read, and what is not as its template has it."""

    report: Report
    drifts: Sequence[Remark] = ()
    parts: Sequence[Part] = ()
    """The stacks that were judged, where somebody wants to keep them."""


class Place(NamedTuple):
    """An account and Region to look into."""

    where: Where
    ask: Asking
    instances: Sequence[Instance] | None = None
    """The stacks that are meant there, where a stack set has made them; None: all."""

    @classmethod
    def of(
        cls, access: Access, partition: str, account: str, region: str, instances: Sequence[Instance] | None = None
    ) -> "Place":
        """Give the place that some access leads to."""
        where = Where(partition, account, region, "")
        return cls(where, Asking(access, where), instances)

    @property
    def shown(self) -> str:
        """What people call it."""
        return f"{self.where.account}/{self.where.region}"


def entered(own: Access, account: str, role: str) -> Access | Unread:
    """Give the access of a role of another account."""
    try:
        return own.assuming(account, role)
    except UnansweredError as error:
        return Unread(account, str(error))


def scan(
    places: Sequence[Place],
    wanted: Wanted,
    account: Account,
    options: Options,
    judge: Callable[[str, bytes, Options], Report],
    *,
    change_set: str | None = None,
    compare: bool = False,
    keep: bool = False,
    told: Told | None = None,
) -> Scanned:
    """Judge the stacks of some accounts and Regions that are wanted.

    `compare`: look up what each has made too, and tell where its policies are not those of the template. `keep`: give
    the stacks themselves, too.
    """
    unread: list[Unread] = []
    found: list[tuple[Stack, Asking]] = []
    source = Remembered(None, account)
    reports: list[Report] = []
    parts: list[Part] = []
    with calling() as pool:
        for place, several in zip(places, pool.map(lambda place: _listed(place, wanted), places), strict=True):
            unread += [each for each in several if isinstance(each, Unread)]
            found += [(each, place.ask) for each in several if isinstance(each, Stack)]
        read = pool.map(lambda each: _read(each[0], each[1], change_set), found)
        for number, each in enumerate(read, 1):
            if isinstance(each, Unread):
                unread.append(each)
            else:
                report, own = _judged(each, options, source, judge)
                reports.append(report)
                unread += [Unread(skipped.file, skipped.reason) for skipped in report.skipped]
                parts += own if compare or keep else ()
            if told is not None:
                told(number, len(found))
    if compare:
        source.look_up([lookup for part in parts for lookup in made(part)])
    known = {fact.lookup: fact for fact in source.facts.facts}
    drifts = [drift for part in parts for drift in drifted(part, known)]
    return Scanned(msgspec.structs.replace(merged(reports), unread=tuple(unread)), drifts, parts)


def _listed(place: Place, wanted: Wanted) -> Sequence[Stack | Unread | None]:
    """Give the stacks that are wanted there, and those that could not be read."""
    if place.instances is not None:
        # None of these: one that is not wanted.
        return [
            _or_unread(each.shown, partial(stack, place.ask, wanted, each.stack), _GONE) for each in place.instances
        ]
    found = _or_unread(place.shown, lambda: list(stacks(place.ask, wanted)), _GONE)
    return [found] if isinstance(found, Unread) else found


def _read(stack: Stack, ask: Asking, change_set: str | None) -> Template | Unread:
    gone = _GONE if change_set is None else f"it has no change set {change_set}"
    return _or_unread(stack.shown, lambda: template(stack, ask, change_set), gone)


def _or_unread(name: str, read: Callable[[], Value], gone: str) -> Value | Unread:
    """Read something, or say why nobody can: what is wrong with one stack must not take the others with it."""
    try:
        return read()
    except GoneError:
        return Unread(name, gone)
    except UnansweredError as error:
        return Unread(name, str(error))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return Unread(name, f"the answer is not understood: {fault(error)}")


def _judged(
    read: Template,
    options: Options,
    source: Remembered,
    judge: Callable[[str, bytes, Options], Report],
) -> tuple[Report, Iterable[Part]]:
    before = options.of(read.shown)
    assumed = msgspec.structs.replace(
        before.assumptions,
        accounts=read.assumptions.accounts,
        regions=read.assumptions.regions,
        parameters=read.assumptions.parameters,
        deployed=read.assumptions.deployed,
    )
    own = msgspec.structs.replace(before, assumptions=assumed, nearest=None)
    there: dict[str, Part] = {}

    def seen(judged: Sequence[Part]) -> None:
        there.update({part.key: part for part in judged})

    report = resolved(lambda options: judge(read.shown, read.text, options), own, source, seen).report
    return report, there.values()


def merged(reports: Iterable[Report]) -> Report:
    """Give one report of several that judged different things."""
    every = list(reports)
    return Report(
        findings=tuple(sorted((each for report in every for each in report.findings), key=lambda each: each.order)),
        undecided=tuple(sorted((each for report in every for each in report.undecided), key=lambda each: each.order)),
        questions=tuple(each for report in every for each in report.questions),
        files=tuple(each for report in every for each in report.files),
        skipped=tuple(each for report in every for each in report.skipped),
        suppressed=sum(report.suppressed for report in every),
        texts=_joined(report.texts for report in every),
        notices=tuple(dict.fromkeys(each for report in every for each in report.notices)),
        excepted=sum(report.excepted for report in every),
        unparsed=sum(report.unparsed for report in every),
        scope=Scope(
            _joined(report.scope.judged for report in every),
            frozenset(each for report in every for each in report.scope.failed),
            _joined(report.scope.modules for report in every),
            frozenset(each for report in every for each in report.scope.asked),
        ),
    )


def _joined(mappings: Iterable[Mapping[str, Value]]) -> Mapping[str, Value]:
    return {name: value for mapping in mappings for name, value in mapping.items()}
