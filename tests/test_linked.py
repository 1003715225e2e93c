"""Systems that are spread over several stacks: what is found where they are judged together, and where they are not."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from command import run

FIXTURES = Path(__file__).parent / "fixtures" / "linked"
EXAMPLES = Path(__file__).parent.parent / "examples"

_SYSTEMS = [folder.name for folder in sorted(FIXTURES.iterdir())]


class Expected:
    """What `expected.txt` says of a fixture: words for people, the rules, and for each way to run it what is found."""

    def __init__(self, folder: Path) -> None:
        lines = (folder / "expected.txt").read_text(encoding="utf-8").splitlines()
        start = next(number for number, line in enumerate(lines) if line.startswith("rules "))
        self.rules = lines[start].split()[1:]
        self.answers: dict[str, list[str]] = {}
        found: list[str] = []
        for line in lines[start + 1 :]:
            if line.startswith("  "):
                found.append(line.strip())
            else:
                found = self.answers[line] = []


@pytest.mark.parametrize("name", _SYSTEMS)
def test_stacks_are_judged_together(name: str) -> None:
    """Faults that no stack has by itself are found, and what another stack decides is decided."""
    expected = Expected(FIXTURES / name)

    assert _answers([FIXTURES / name], expected.rules) == expected.answers["linked"]


@pytest.mark.parametrize("name", _SYSTEMS)
def test_stacks_are_judged_apart_where_the_user_says_so(name: str) -> None:
    """Nothing is taken from one file into another."""
    expected = Expected(FIXTURES / name)

    assert _answers([FIXTURES / name], expected.rules, "--no-link") == expected.answers["not linked"]


@pytest.mark.parametrize("name", _SYSTEMS)
def test_a_template_alone_knows_nothing_of_others(name: str) -> None:
    """Each file in a run of its own, from standard input, tells what all tell apart."""
    expected = Expected(FIXTURES / name)
    found: list[str] = []
    for file in (*(FIXTURES / name).rglob("*.yaml"), *(FIXTURES / name).rglob("*.template.json")):
        found += _answers(["-"], expected.rules, given=file.read_bytes())

    assert sorted(found) == expected.answers["not linked"]


def test_nothing_is_read_outside_of_the_directory_that_the_user_names() -> None:
    """A nested template above it stays unknown."""
    expected = Expected(FIXTURES / "nested-outside")

    assert _answers([FIXTURES / "nested-outside" / "inside"], expected.rules) == expected.answers["linked inside"]


def test_the_linked_example_is_right() -> None:
    """Three stacks that only know each other by exports: no finding, and no question is left open."""
    report = _report([EXAMPLES / "linked"])

    assert report["findings"] == []
    assert report["summary"]["files"] == 3
    assert report["summary"]["undecided"] == {"outside": 0, "not_understood": 0}


def test_the_linked_example_is_wrong_without_its_policies() -> None:
    """A topic without a policy refuses the rule of the other stack; a queue whose URL is exported may have one."""
    stacks = [EXAMPLES / "linked" / name for name in ("messaging.yaml", "events.yaml")]

    assert _answers(stacks, []) == [
        "finding MSG102 OrderPlacedRule",
        "undecided MSG101 BillingSubscription",
        "undecided MSG101 OrderPlacedRule",
        "undecided MSG102 BillingSubscription",
    ]


@pytest.mark.parametrize("name", ["messaging.yaml", "events.yaml", "policies.yaml"])
def test_no_stack_of_the_linked_example_is_wrong_by_itself(name: str) -> None:
    """What one of them cannot know is undecided, since it lies outside."""
    report = _report([EXAMPLES / "linked" / name])

    assert {finding["verdict"] for finding in report["findings"]} == {"undecided"}
    assert {finding["doubt"] for finding in report["findings"]} == {"outside the run"}


def test_the_assembly_of_the_cdk_is_right() -> None:
    """Stacks, a nested stack and a stage: no finding, and no question is left open."""
    report = _report([EXAMPLES / "cdk" / "cdk.out"])

    assert report["findings"] == []
    assert report["summary"]["undecided"] == {"outside": 0, "not_understood": 0}


def test_the_assembly_of_the_cdk_is_wrong_without_its_policies(tmp_path: Path) -> None:
    """The topic of that assembly refuses its rule; the stage, which is whole, stays right."""
    assembly = tmp_path / "cdk.out"
    shutil.copytree(EXAMPLES / "cdk" / "cdk.out", assembly)
    next(assembly.glob("ShopPolicies*.template.json")).unlink()

    assert _answers([assembly], []) == [
        "finding MSG102 OrderPlacedDB034628",
        "undecided MSG101 OrderPlacedDB034628",
    ]


def _answers(
    paths: Sequence[Path | str], rules: Sequence[str], *arguments: str, given: bytes | None = None
) -> list[str]:
    """Give the findings and undecided answers of a run, by verdict, code and logical id."""
    chosen = [part for rule in rules for part in ("--select", rule)]
    findings = _report(paths, *chosen, *arguments, given=given)["findings"]
    return sorted(f"{each['verdict']} {each['code']} {each['resource'].rpartition('.')[2]}" for each in findings)


def _report(paths: Sequence[Path | str], *arguments: str, given: bytes | None = None) -> Mapping[str, Any]:
    result = run("lint", "--format", "json", "--show-undecided", *arguments, *map(str, paths), given=given)
    assert result.exit_code in {0, 1}, result.stderr
    report: Mapping[str, Any] = json.loads(result.stdout)
    return report
