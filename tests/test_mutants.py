"""The faults that `make mutants` puts into modules, and whether it tells those that a test notices from others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mutant_runs import Judged
from mutate import EXPLAINED, HEADING, MODULES, PAGE, Count, Explained, count, explanations, suite_of, written
from mutations import mutants

TOOLS = Path(__file__).parents[1] / "tools"
RUN = """
import json, sys
from pathlib import Path
from mutant_runs import Suite, run
from mutations import mutants
faults = list(mutants(Path("tiny.py").read_text()))
[(module, judged)] = run(Suite((Path(sys.argv[1]),)), {"tiny": faults}, lambda module, judged: None)
print(json.dumps([each.mutant.now for each in judged if not each.killed]))
"""
TINY = """LIMIT = 3
KNOWN = {"a", "b"}


def allowed(count):
    return count < LIMIT


def twice(count):
    return count + count


class Box:
    @property
    def empty(self):
        return not KNOWN
"""
TEST = """from tiny import KNOWN, allowed, twice


def test_it():
    assert allowed(2) and not allowed(9) and twice(3) == 6


def test_the_table():
    assert "a" in KNOWN
"""


def test_a_fault_stays_the_same_while_what_it_is_in_does() -> None:
    """Only those of a function or table that was changed are tried again."""
    before, after = ({each.now: each.whole for each in mutants(text)} for text in (TINY, TINY.replace("3", "4", 1)))
    assert before["LIMIT = 4"] == "LIMIT = 4\n"
    assert before["return count - count"] == after["return count - count"]
    assert [now for now in before if before[now] != after.get(now)] == ["LIMIT = 4"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = a < b", ["x = a <= b"]),
        ("x = a and not b", ["x = a or not b", "x = a and b"]),
        ("x = f(a, b=c)", ["x = f(None, b=c)", "x = f(a, )"]),
        ("x = [a for a in b if c]", ["x = [a for a in b]"]),
        ("x = (a, b)", ["x = (b,)", "x = (a,)"]),
        ("x = YES", ["x = NO"]),
        (
            "x = Key.SENT, Key.ABSENT",
            ["x = Key.ABSENT,", "x = Key.SENT,", *("x = Key.ABSENT, Key.ABSENT", "x = Key.SENT, Key.SENT")],
        ),
        ("if a:\n    b()", ["if False:", "if True:", "None"]),
        ("match a:\n    case 1 if b:\n        pass", ["case 1 if False:", "case 1 if True:", "case 2 if b:"]),
        ("match a:\n    case (1):\n        pass", ["case object(nothing_has_this=_):", "case (2):"]),
        ("def f():\n    yield 1", ["(yield from ())", "yield 2"]),
        ("x = 'https://docs.aws.amazon.com/x'", []),
        ("from a import b", []),
        ('"""What it is."""', []),
        ("def f(x: 'Y') -> 'Z': pass", []),
        ("class A(B, frozen=True): pass", []),
        ("@rule('a')\ndef f(): pass", []),
    ],
)
def test_a_fault_is_one_change(text: str, expected: list[str]) -> None:
    assert [mutant.now for mutant in mutants(f"{text}\n")] == expected


def test_a_fault_knows_where_it_is() -> None:
    """Whatever runs while the module is imported is in no function: what a parameter is by default, too."""
    found = [(each.within, each.function, [*each.lines]) for each in mutants(f"{TINY}\ndef last(x=True): pass\n")]
    assert found == [
        ("", None, [1]),
        *[("", None, [2])] * 4,
        ("allowed", ("allowed", 5), [6]),
        ("twice", ("twice", 9), [10]),
        ("Box.empty", ("empty", 14), [16]),
        ("last", None, [18]),
    ]


def test_what_a_test_notices_is_killed_and_all_else_survives(tmp_path: Path) -> None:
    """In functions, in tables, and in what no test runs."""
    (tmp_path / "tiny.py").write_text(TINY, encoding="utf-8")
    (tmp_path / "test_tiny.py").write_text(TEST, encoding="utf-8")
    path = os.pathsep.join((str(tmp_path), str(TOOLS)))
    done = subprocess.run(  # noqa: S603  # our own tool
        [sys.executable, "-c", RUN, "test_tiny.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        check=True,
        capture_output=True,
    )
    survived = ["LIMIT = 4", 'KNOWN = {"a", }', 'KNOWN = {"a", "XXbXX"}', "return count <= LIMIT", "return KNOWN"]
    assert json.loads(done.stdout) == survived


def test_every_module_that_is_tried_has_tests() -> None:
    assert all(path.exists() for module in MODULES for path in suite_of(module).tests)


def test_what_is_explained_is_not_counted_as_survived() -> None:
    [fault] = mutants("x = a < b\n")
    judged = [Judged(fault, killed, 1) for killed in (True, False, False)]
    why = Explained("iam/match", "", "x = a < b", "x = a <= b", "they are never equal")
    assert count("iam/match", judged, [why]) == Count(1, 2, 0)
    assert count("iam/match", judged, [why._replace(now="")]) == Count(1, 2, 0)
    others = [why._replace(module="iam/keys"), why._replace(now="x = a > b"), why._replace(within="f")]
    assert count("iam/match", judged, others) == Count(1, 0, 2)


def test_a_table_keeps_the_rows_of_modules_that_were_not_tried_again() -> None:
    once = written(f"# Page\n\n{HEADING}\nMore.\n", {"iam/match": Count(7, 1, 2)})
    twice = written(once, {"iam/evaluate": Count(1, 0, 0)})
    rows = "| iam/evaluate | 1 | 1 | 0 | 0 |\n| iam/match | 10 | 7 | 1 | 2 |\n| **all** | 11 | 8 | 1 | 2 |\n"
    assert twice == f"# Page\n\n{HEADING}{rows}\nMore.\n"


@pytest.mark.slow
def test_every_explanation_is_of_a_fault_that_could_be_made() -> None:
    """Whether it survives is told by `make mutants`."""
    texts = {each.module: (EXPLAINED.parents[1] / "src/msglint" / f"{each.module}.py") for each in explanations()}
    made = {module: list(mutants(path.read_text("utf-8"))) for module, path in texts.items()}
    stale = [each for each in explanations() if not any(each.fits(each.module, made_) for made_ in made[each.module])]
    assert stale == []
    assert HEADING in PAGE.read_text("utf-8")
