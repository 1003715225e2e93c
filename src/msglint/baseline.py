"""What is known of earlier findings: which of a run's are new, which are gone, and the file that remembers them.

A finding is recognised by its rule, its resource, what the fault is, and what was judged when it was found: a template,
a plan or the directory of a Terraform configuration. Lines, layout and the files of a configuration do not matter. What
is known stands for one fault and never for two, so that nothing new hides behind it.
"""

import json
import os
import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from typing import NamedTuple

import msgspec

from msglint.finding import Finding, Identified, Known, Report
from msglint.inputs import STANDARD_NAME
from msglint.options import ALWAYS
from msglint.source import Document, Node, SourceError, read_json

SCHEMA = 1
"""Changes when a reader of the file has to."""

_SCHEMA = re.compile(r"msglint-baseline/(\d{1,9})")

_FIELDS = ("file", "rule", "name", "resource", "fault", "text")
_UNIT = "judged"
_MOST_LINES = 20
_MOST_CHARACTERS = 400
"""How much of the text of a finding is looked at; of a longer line only what it points at."""
_MOST_UNITS = 50
"""A fault that as many templates have as this says nothing of which of them has another name now."""


class Compared(NamedTuple):
    """A run beside what was known."""

    report: Report
    """With what is new alone; it counts what was known, and names what was fixed."""
    old: tuple[Known, ...]
    """What was known and was not found, and of which the run does not say that it is gone."""
    fixed: tuple[Known, ...]


class UnusableBaselineError(Exception):
    """A file is no baseline, or none that this version reads; the message says where."""


class Paths:
    """The paths of files from one directory, through all links, however a run names them."""

    __slots__ = ("_found", "_root")

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._found: dict[str, str] = {STANDARD_NAME: STANDARD_NAME}

    def __call__(self, name: str) -> str:
        """Give the path, with slashes; an absolute one where no other leads there."""
        found = self._found.get(name)
        if found is None:
            real = os.path.realpath(name)
            with suppress(ValueError):  # another drive
                real = os.path.relpath(real, self._root)
            found = self._found[name] = real.replace(os.sep, "/")
        return found

    def gone(self, path: str) -> bool:
        """Say whether there is nothing at such a path any more."""
        return path != STANDARD_NAME and not os.path.lexists(os.path.join(self._root, path))


def remembered(report: Report, findings: Iterable[Finding], paths: Callable[[str], str]) -> list[tuple[Known, ...]]:
    """Give for each of some findings of a report what to remember of it: one of each fault that it stands for.

    Nothing where nothing was judged: what was a fault there is not known.
    """
    return [
        tuple(
            Known(
                paths(finding.file),
                finding.code,
                finding.name,
                each.identity[0] if each.identity else "",
                _fault_of(finding.code, each),
                _hash(_text(finding, report.texts.get(finding.file, ()))),
                _unit(each.unit, report, paths),
            )
            for each in (finding.identified, *finding.alike)
        )
        if finding.code not in ALWAYS
        else ()
        for finding in findings
    ]


def _fault_of(code: str, what: Identified) -> str:
    sometimes = () if what.always else ("under conditions",)
    return _hash(code, *what.identity[:2], *sorted({*what.identity[2:]}), *sometimes)


def _wider(findings: Iterable[Finding]) -> Mapping[str, str]:
    """Give by the faults that hold under conditions what they would be if they held always."""
    return {
        _fault_of(finding.code, each): _fault_of(finding.code, each._replace(always=True))
        for finding in findings
        for each in (finding.identified, *finding.alike)
        if not each.always
    }


def _hash(*words: str) -> str:
    return sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _text(finding: Finding, lines: Sequence[str]) -> str:
    """Give the text that a finding stands on, as reports may show it, without its layout."""
    start, end = finding.span
    shown = list(lines[start.line - 1 : min(end.line, start.line + _MOST_LINES)])
    if shown and len(shown[0]) > _MOST_CHARACTERS:
        shown[0] = shown[0][start.column - 1 : end.column - 1 if end.line == start.line else None]
    return "".join("".join(line[:_MOST_CHARACTERS].split()) for line in shown)


def compare(
    report: Report,
    known: Iterable[Known],
    paths: Paths,
    *,
    gone: Callable[[str], bool] | None = None,
    doubted: Iterable[Known] = (),
) -> Compared:
    """Tell what is new in a report from what is `known`; `doubted` is what was undecided then.

    `gone` says of a path whether nothing is there any more. What was judged there may have another name now.
    """
    gone = cache(gone or paths.gone)
    judged = _judged(report, paths)
    found = remembered(report, report.findings, paths)
    new = dict(enumerate(each for several in found for each in several))
    old = dict(enumerate(known))
    own = {(each.unit, each.fault) for each in old.values()}
    _pair(new, old, _place)
    # What is known to hold always is known where it holds under conditions, and not the other way.
    wider = _wider((*report.findings, *report.undecided))

    def place_if_always(known: Known) -> tuple[str, str]:
        return (known.unit, wider.get(known.fault, known.fault))

    _pair(new, old, place_if_always, _place)
    free = {number: each for number, each in new.items() if _place(each) not in own}
    lost = {number: each for number, each in old.items() if each.unit not in judged and gone(each.unit)}
    owned, staying = new.keys() - free.keys(), old.keys() - lost.keys()
    _pair_moved(free, lost)
    new = {number: each for number, each in new.items() if number in owned or number in free}
    old = {number: each for number, each in old.items() if number in staying or number in lost}
    # What was found and cannot be told any more is neither news nor gone.
    unclear = remembered(report, report.undecided, paths)
    unsure = dict(enumerate(each for several in unclear for each in several))
    asked = {_question(each) for each in unsure.values()}
    before = dict(enumerate(doubted))
    _pair(unsure, before, _place)
    _pair(unsure, before, place_if_always, _place)
    waiting = dict(old)
    _pair(unsure, waiting, _place)
    _pair(unsure, waiting, _question)
    failed = {(code, _unit(unit, report, paths)) for code, unit in report.scope.failed}
    ever = report.scope.asked.union(*report.scope.judged.values())
    fixed = tuple(
        sorted(
            each
            for each in old.values()
            if each.rule in (judged.get(_home(each, judged)) or (ever if gone(each.unit) else ()))
            and _question(each) not in asked
            and (each.rule, each.unit) not in failed
        )
    )
    findings = tuple(_unmatched(report.findings, found, new))
    return Compared(
        msgspec.structs.replace(
            report,
            findings=findings,
            undecided=tuple(_unmatched(report.undecided, unclear, unsure)),
            known=len(report.findings) - len(findings),
            fixed=fixed,
        ),
        tuple(sorted((Counter(old.values()) - Counter(fixed)).elements())),
        fixed,
    )


def _place(known: Known) -> tuple[str, str]:
    return (known.unit, known.fault)


def _question(known: Known) -> tuple[str, str, str]:
    return (known.unit, known.rule, known.resource)


def _pair(
    new: dict[int, Known],
    old: dict[int, Known],
    key: Callable[[Known], Hashable],
    key_of_old: Callable[[Known], Hashable] | None = None,
) -> None:
    """Take out of both what is the same by a key, one for one: those with the same text first, then in their order."""
    key_of_old = key_of_old or key
    for text in (True, False):
        waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
        for number, each in reversed(old.items()):
            waiting[key_of_old(each), text and each.text].append(number)
        for number, each in [*new.items()]:
            if numbers := waiting.get((key(each), text and each.text)):
                del new[number], old[numbers.pop()]


def _pair_moved(free: dict[int, Known], lost: dict[int, Known]) -> None:
    """Pair what is new in one place with what was known in another that is gone; the places most alike come first."""
    here, there = _by_unit(free), _by_unit(lost)
    for was, is_ in _alike(free.values(), lost.values()):
        _pair(here[is_], there[was], lambda known: known.fault)
    # What many templates have in common is the same whichever of them it is taken from.
    _keep(free, here.values())
    _keep(lost, there.values())
    _pair(free, lost, lambda known: known.fault)


def _by_unit(known: dict[int, Known]) -> dict[str, dict[int, Known]]:
    units: defaultdict[str, dict[int, Known]] = defaultdict(dict)
    for number, each in known.items():
        units[each.unit][number] = each
    return units


def _keep(known: dict[int, Known], left: Iterable[dict[int, Known]]) -> None:
    """Keep of what is known only what is left."""
    numbers = {number for each in left for number in each}
    for number in [*known]:
        if number not in numbers:
            del known[number]


def _alike(free: Iterable[Known], lost: Iterable[Known]) -> Sequence[tuple[str, str]]:
    """Give where something was and where it may be now, by how many faults both have."""
    here, there = _units(free), _units(lost)
    pairs = Counter(
        (was, is_)
        for fault in here.keys() & there.keys()
        if len(here[fault]) <= _MOST_UNITS and len(there[fault]) <= _MOST_UNITS
        for was in there[fault]
        for is_ in here[fault]
    )
    return [pair for pair, _ in sorted(pairs.items(), key=lambda each: (-each[1], each[0]))]


def _units(known: Iterable[Known]) -> dict[str, set[str]]:
    units: defaultdict[str, set[str]] = defaultdict(set)
    for each in known:
        units[each.fault].add(each.unit)
    return units


def _judged(report: Report, paths: Callable[[str], str]) -> dict[str, frozenset[str]]:
    """Give what was judged, and the modules of configurations, each with the rules that were asked."""
    judged = {paths(name): rules for name, rules in report.scope.judged.items()}
    for name, modules in report.scope.modules.items():
        for directory in modules:
            judged.setdefault(paths(directory), report.scope.judged.get(name, frozenset()))
    return judged


def _unit(name: str, report: Report, paths: Callable[[str], str]) -> str:
    """Give the path of what was judged: of a plan with sources that of its root module."""
    return paths(report.scope.modules.get(name, (name,))[0])


def _home(known: Known, judged: Mapping[str, frozenset[str]]) -> str:
    """Give what was to be judged for something to be found again: a comment in a file of a module has only the file."""
    directory = posixpath.dirname(known.unit) or "."
    return directory if known.unit.endswith(".tf") and known.unit not in judged else known.unit


def _unmatched(
    findings: Sequence[Finding], faults: Sequence[tuple[Known, ...]], new: dict[int, Known]
) -> Iterator[Finding]:
    """Give the findings that stand for something new, or for nothing that could be known."""
    number = 0
    for finding, several in zip(findings, faults, strict=True):
        if not several or any(each in new for each in range(number, number + len(several))):
            yield finding
        number += len(several)


def read(name: str) -> tuple[Known, ...]:
    """Read a baseline; raises `UnusableBaselineError`."""
    try:
        with open(name, "rb") as file:
            root = read_json(Document.from_bytes(name, file.read()))
        _check_schema(root)
        return tuple(map(_known, _member(root, "findings", "sequence").items()))
    except SourceError as error:
        raise UnusableBaselineError(str(error)) from error
    except OSError as error:
        raise UnusableBaselineError(f"{name}: {error.strerror or error}") from error


def _check_schema(root: Node) -> None:
    if root.kind != "mapping":
        raise _fault("this is no baseline of msglint", root)
    schema = _member(root, "schema", "scalar")
    found = _SCHEMA.fullmatch(schema.text)
    if found is None:
        raise _fault("this is no baseline of msglint", schema)
    if int(found[1]) > SCHEMA:
        raise _fault("a newer msglint has written this baseline; update msglint, or write it again", schema)


def _known(node: Node) -> Known:
    if node.kind != "mapping":
        raise _fault("a finding is an object", node)
    values = {name: _text_of(_member(node, name, "scalar")) for name in _FIELDS}
    return Known(**values, unit=_text_of(node.child(_UNIT)) if _UNIT in node.fields() else values["file"])


def _member(node: Node, name: str, kind: str) -> Node:
    found = node.fields().get(name)
    if found is None:
        raise _fault(f"no baseline of msglint: {name!r} is missing here", node)
    if found.kind != kind:
        raise _fault(f"no baseline of msglint: {name!r} is something else there", found)
    return found


def _text_of(node: Node) -> str:
    if node.kind != "scalar" or not isinstance(node.value, str):
        raise _fault("a text belongs here", node)
    return node.value


def _fault(message: str, node: Node) -> SourceError:
    start = node.document.offset(node.span.start)
    return SourceError(message, node.document.spot(start, start + 1))


def written(known: Iterable[Known]) -> str:
    """Write a baseline, in one order and with a line for each fault, so that changes of it can be read and merged."""
    lines = ",\n".join(f"    {json.dumps(_written(each))}" for each in sorted(known))
    findings = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "schema": "msglint-baseline/{SCHEMA}",\n  "findings": {findings}\n}}\n'


def _written(known: Known) -> dict[str, str]:
    fields = {name: str(getattr(known, name)) for name in _FIELDS}
    return fields if known.unit == known.file else {**fields, _UNIT: known.unit}
