"""Three ways to read Terraform, held against one another: a plan, a plan beside its sources, the sources alone."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from linting import RULES
from msglint.engine import lint
from msglint.finding import Finding, Report
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.verdict import Doubt

ACCEPT = os.environ.get("MSGLINT_ACCEPT") == "1"
DIFFERENCES = RULES.parent / "readers" / "foreseen" / "differences.txt"
"""What differs for a reason; each line ends with it. MSGLINT_ACCEPT=1 writes the file, and leaves `?` for a reason."""
NO_REASON = "?"
# The account is what only a plan knows.
OPTIONS = Options(assumptions=Assumptions(accounts=("123456789012",)))
KINDS = ("bad", "good", "unknown")
BESIDE = ".tf.d"
SHARED = "has it from here too"

Faults = dict[tuple[str, str], Finding]


def cases() -> Iterator[tuple[str, str]]:
    """Give the fixtures of rules that have both a plan and its sources."""
    for folder in sorted(RULES.iterdir()):
        for kind in KINDS:
            sources = (folder / f"{kind}.tf", folder / f"{kind}{BESIDE}")
            if (folder / f"{kind}.tfplan.json").exists() and any(source.exists() for source in sources):
                yield folder.name, kind


def configured(folder: Path, kind: str, directory: Path) -> Path:
    """Lay the sources of a fixture into a directory of their own, as a user has them."""
    source = folder / f"{kind}{BESIDE}"
    if source.is_dir():
        shutil.copytree(source, directory)
        return directory
    directory.mkdir()
    shutil.copy(folder / f"{kind}.tf", directory / "main.tf")
    for inner in folder.iterdir():
        if inner.is_dir() and not inner.name.endswith(BESIDE):
            shutil.copytree(inner, directory / inner.name)
    return directory


def faults(report: Report) -> Faults:
    """Give the findings of each resource, also of those that share one with others."""
    found: Faults = {}
    for finding in report.findings:
        shared = [each.resource for each in finding.related if each.message.endswith(SHARED)]
        found |= {(finding.code, resource or ""): finding for resource in (finding.resource, *shared)}
    return found


def place(finding: Finding) -> str:
    """Write where a finding is, without the directory."""
    return f"{Path(finding.file).name}:{finding.span.start.line}:{finding.span.start.column}"


def lost(first: Faults, second: Faults) -> Iterator[str]:
    """Give the findings that only the first of two reports has."""
    yield from (f"{code} {resource}" for code, resource in first.keys() - second.keys())


def changed(first: Faults, second: Faults, *, exactly: bool) -> Iterator[str]:
    """Give what two reports say otherwise of the same fault."""
    for code, resource in first.keys() & second.keys():
        one, other = first[code, resource], second[code, resource]
        if one.severity is not other.severity:
            yield f"{code} {resource} is {one.severity.value}, then {other.severity.value}"
        if exactly and place(one) != place(other):
            yield f"{code} {resource} is at {place(one)}, then {place(other)}"
        if exactly and one.message != other.message and one.resource == other.resource == resource:
            yield f"{code} {resource} in other words"


def muddled(first: Report, second: Report) -> Iterator[str]:
    """Give the questions that were decided and are not understood now."""
    decided = {(each.code, each.resource) for each in first.questions if each.fault is not None}
    for finding in second.undecided:
        if finding.doubt is Doubt.NOT_UNDERSTOOD and (finding.code, finding.asked) in decided:
            yield f"{finding.code} {finding.asked} not understood"


def differences(name: str, kind: str, directory: Path) -> Iterator[str]:
    """Give all in which the three reports of one fixture differ and need a reason."""
    plan = RULES / name / f"{kind}.tfplan.json"
    here = configured(RULES / name, kind, directory / "infra")
    foreseen = lint([str(here)], OPTIONS)
    shutil.copy(plan, here / "plan.json")
    alone, beside = lint([str(plan)], OPTIONS), lint([str(here / "plan.json")], OPTIONS)
    planned, evaluated, seen = faults(alone), faults(beside), faults(foreseen)
    yield from (f"with sources no {each}" for each in lost(planned, evaluated))
    yield from (f"with sources {each}" for each in changed(planned, evaluated, exactly=False))
    yield from (f"with sources {each}" for each in muddled(alone, beside))
    yield from (f"without a plan no {each}" for each in lost(evaluated, seen))
    yield from (f"without a plan also {each}" for each in lost(seen, evaluated))
    yield from (f"without a plan {each}" for each in changed(evaluated, seen, exactly=True))
    yield from (f"without a plan {each}" for each in muddled(beside, foreseen))


def reasons() -> dict[str, str]:
    """Give the reasons of the differences that have one."""
    lines = DIFFERENCES.read_text(encoding="utf-8").splitlines() if DIFFERENCES.exists() else []
    return {line.partition(" | ")[0]: line.partition(" | ")[2] for line in lines}


@pytest.mark.parametrize(("name", "kind"), list(cases()))
def test_a_plan_and_its_sources_say_the_same(name: str, kind: str, tmp_path: Path) -> None:
    """With sources nothing is lost, and without a plan nearly nothing; what differs has a reason."""
    told = reasons()
    begin = f"{name} {kind}: "
    found = sorted(f"{begin}{each}" for each in differences(name, kind, tmp_path))
    if ACCEPT:
        told = {line: reason for line, reason in told.items() if not line.startswith(begin)} | {
            line: told.get(line, NO_REASON) for line in found
        }
        DIFFERENCES.parent.mkdir(exist_ok=True)
        DIFFERENCES.write_text("".join(f"{line} | {told[line]}\n" for line in sorted(told)), encoding="utf-8")
    assert found == sorted(line for line in told if line.startswith(begin))


def test_each_difference_has_a_reason_and_is_of_a_fixture() -> None:
    begins = {f"{name} {kind}" for name, kind in cases()}
    for line, reason in reasons().items():
        assert line.partition(": ")[0] in begins
        assert reason not in {"", NO_REASON}
