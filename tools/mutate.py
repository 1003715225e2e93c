"""Put faults into modules, one at a time, and count in docs/mutants.md how many of them the tests notice.

A mutant that no test notices is killed by a better test, or explained in tests/mutants.toml. What was killed is kept in
build/mutants, and is not tried again while the function or class that it is in stays as it is: delete that to try all.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from mutant_runs import Judged, Suite, file_of, run
from mutations import Mutant, mutants

toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "msglint"
TESTS = ROOT / "tests"
PAGE = ROOT / "docs" / "mutants.md"
KILLED = ROOT / "build" / "mutants" / "killed.txt"
EXPLAINED = TESTS / "mutants.toml"
HEADING = "| module | mutants | killed | explained | survived |\n|---|---:|---:|---:|---:|\n"


def _files(*names: str) -> tuple[Path, ...]:
    return tuple(TESTS / f"test_{name}.py" for name in names)


def _own(module: str, test: str) -> bool:
    """Whether a test is that of a rule's examples."""
    return test.endswith(f"[{module.rpartition('.')[2].replace('_', '-')}]")


def _with(rules: str, *names: str) -> Suite:
    """Give the tests of some files, and the examples of some rules."""
    own = tuple(f"[{rule}]" for rule in rules.split())
    return Suite(_files(*names, "rules"), lambda _module, test: "test_rules.py" not in test or test.endswith(own))


SUITES = {
    "iam/breadth": _with("secret-open-to-other-roles", "breadth"),
    "iam/delivery": _with(
        "target-rejects-sender dead-letter-queue-rejects-sender policy-names-another-queue", "delivery", "grants"
    ),
    "iam/evaluate": Suite(_files("iam", "scenarios", "stranger", "keys", "identity")),
    "iam/identity": _with(
        "role-cannot-deliver secret-reader-denied secret-open-to-other-roles key-policy-blocks-sender",
        *("identity", "keys", "role_delivery"),
    ),
    "iam/keys": _with("key-condition-breaks-delivery key-policy-blocks-sender", "keys"),
    "iam/passage": _with("role-cannot-deliver role-cannot-be-assumed", "role_delivery", "others"),
    "iam/roles": _with(
        "condition-never-matches role-cannot-be-assumed secret-open-to-other-roles", "role_delivery", "named_resources"
    ),
    "iam/secrets": _with("secret-reader-denied secret-open-to-other-roles", "identity"),
    "iam/sender": _with("policy-names-another-queue condition-never-matches", "grants"),
    "iam/stranger": _with(
        "public-queue-or-topic confused-deputy-in-resource-policy confused-deputy-in-role-trust open-event-bus"
        " bucket-grant-without-account wildcard-messaging-action",
        *("stranger", "grants"),
    ),
    "iam/": Suite(_files("iam", "scenarios", "stranger", "keys")),
    "model/delivery": Suite(_files("delivery", "named_resources", "aws_tables", "reports", "others")),
    "model/elsewhere": Suite(_files("others")),
    "model/data": _with(
        "inline-destination-secret literal-secret-value",
        *("model", "written", "cloudformation", "intrinsics", "json_places", "awscc", "terraform"),
    ),
    "model/value": Suite(_files("value", "model")),
    "model/": Suite(_files("text", "model", "intrinsics", "event_pattern", "iam")),
    # Whom the user trusts is said in no example.
    "rules/exposure/wildcard_messaging_action": _with("wildcard-messaging-action", "configuration"),
    "rules/credentials/msk_secret_not_associated": _with("msk-secret-not-associated", "others"),
    "rules/credentials/secret_not_rotated": _with("secret-not-rotated", "others"),
    "rules/": Suite(_files("rules"), _own),
    "verdict": _with("open-event-bus", "verdict"),
}
"""The tests for the modules whose names begin so; the first that fits."""
MODULES = (
    *(f"iam/{path.stem}" for path in sorted((PACKAGE / "iam").glob("[a-z]*.py"))),
    *("model/data", "model/delivery", "model/elsewhere", "model/expression", "model/text", "model/value", "verdict"),
    *(
        f"rules/{path.parent.name}/{path.stem}"
        for path in sorted((PACKAGE / "rules").glob("*/[a-z]*.py"))
        if path.parent.name != "input"
    ),
)


class Explained(NamedTuple):
    """A fault that no test can notice, or need not: a line as it was and is, in a function or class, and why."""

    module: str
    within: str
    was: str
    now: str
    why: str

    def fits(self, module: str, mutant: Mutant) -> bool:
        """Whether this mutant is meant; `now` may be empty, which is all mutants of a line."""
        place = (self.module, self.within, self.was)
        return place == (module, mutant.within, mutant.was) and self.now in {"", mutant.now}


class Count(NamedTuple):
    """What became of the mutants of a module."""

    killed: int
    explained: int
    survived: int

    def row(self, module: str) -> str:
        """Give the row of the table."""
        return f"| {module} | {sum(self)} | {self.killed} | {self.explained} | {self.survived} |\n"


def explanations() -> list[Explained]:
    """Give what is written of the faults that survive."""
    return [Explained(**{"now": "", **each}) for each in toml.loads(EXPLAINED.read_text("utf-8"))["explained"]]


def suite_of(module: str) -> Suite:
    """Give the tests for a module such as `iam/match`."""
    return next(suite for name, suite in SUITES.items() if module.startswith(name))


def try_all(modules: Sequence[str], told: Callable[[str, Judged], None]) -> Iterator[tuple[str, list[Judged]]]:
    """Try the mutants of modules with their tests; those killed before count. `told` of each that survives, at once."""
    KILLED.parent.mkdir(parents=True, exist_ok=True)
    KILLED.touch()
    known = set(KILLED.read_text("ascii").split())

    def note(name: str, judged: Judged) -> None:
        module = name.removeprefix("msglint.").replace(".", "/")
        if judged.killed:
            with KILLED.open("a", encoding="ascii") as file:
                file.write(f"{_digest(module, judged.mutant)}\n")
        else:
            told(module, judged)

    for suite in dict.fromkeys(map(suite_of, modules)):
        every = {
            module: list(mutants(Path(file_of(_dotted(module))).read_text("utf-8")))
            for module in modules
            if suite_of(module) is suite
        }
        wanted = {
            _dotted(module): [mutant for mutant in all_ if _digest(module, mutant) not in known]
            for module, all_ in every.items()
        }
        tried = dict(run(suite, wanted, note)) if any(wanted.values()) else {}
        for module, all_ in every.items():
            judged = {each.mutant: each for each in tried.get(_dotted(module), [])}
            yield module, [judged.get(mutant) or Judged(mutant, killed=True, tests=0) for mutant in all_]


def count(module: str, judged: Sequence[Judged], explained: Sequence[Explained]) -> Count:
    """Count what became of mutants."""
    alive = [each.mutant for each in judged if not each.killed]
    meant = sum(any(why.fits(module, mutant) for why in explained) for mutant in alive)
    return Count(len(judged) - len(alive), meant, len(alive) - meant)


def written(page: str, rows: dict[str, Count]) -> str:
    """Give the page with new rows in its table, which is in the order of the modules and ends with the sum."""
    before, heading, after = page.partition(HEADING)
    table = re.match(r"(?:\|.*\n)*", after)
    old = {
        name: Count(*map(int, numbers.split(" | ")[1:]))
        for name, numbers in re.findall(r"\| (\S+) \| ([0-9 |]+) \|\n", table[0] if table else "")
    }
    all_ = {module: (old | rows)[module] for module in MODULES if module in old | rows}
    total = Count(*map(sum, zip(*all_.values(), strict=True)))
    lines = [each.row(module) for module, each in all_.items()]
    return before + heading + "".join(lines) + total.row("**all**") + (after[table.end() :] if table else after)


def _dotted(module: str) -> str:
    return f"msglint.{module.replace('/', '.')}"


def _digest(module: str, mutant: Mutant) -> str:
    return hashlib.sha256(f"{module}\n{mutant.whole}".encode()).hexdigest()[:20]


def main() -> int:
    """Try, print what survives, and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="how their names begin, such as `iam/match` or `rules/delivery`")
    given = parser.parse_args()
    modules = [module for module in MODULES if module.startswith(tuple(given.modules or [""]))]
    explained = explanations()
    rows = {}

    def told(module: str, judged: Judged) -> None:
        if not any(why.fits(module, judged.mutant) for why in explained):
            place = f"{module}:{judged.mutant.lines.start} {judged.mutant.within} ({judged.tests} tests)"
            # Standard output is that of the tests, which nobody is to see.
            print(f"{place}\n    - {judged.mutant.was}\n    + {judged.mutant.now}", file=sys.stderr)

    for module, judged in try_all(modules, told):
        rows[module] = count(module, judged, explained)
        alive = [each.mutant for each in judged if not each.killed]
        for why in explained:
            if why.module == module and not any(why.fits(module, mutant) for mutant in alive):
                print(f"{module} {why.within}: no such mutant survives, but it is explained: {why.was} -> {why.now}")
    PAGE.write_text(written(PAGE.read_text("utf-8"), rows), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
