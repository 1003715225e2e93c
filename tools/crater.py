"""Judge a corpus of templates and plans, and show how the findings differ from those of the committed summary.

Whoever changes a rule, a reader or the evaluation sees here what becomes of real files: each line that comes or goes
is to be read. `--write` puts what is found now into the summary, which is reviewed with the change.
"""

import argparse
import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from os.path import relpath
from pathlib import Path
from typing import NamedTuple

from msglint.engine import lint
from msglint.finding import Finding
from msglint.options import Options
from peers import ROOT

SUMMARY = ROOT / "tests" / "crater.txt"
HEADER = "# Findings in a corpus of public templates and plans. Written by `make crater CRATER=--write`.\n"
_UNDECIDED = "undecided"


class Judged(NamedTuple):
    """What was found in one file."""

    checksum: str
    """Of what it holds: the findings of another text are no news."""
    lines: Sequence[str]
    """How many questions were asked, and each finding with its place."""


Summary = Mapping[str, Judged]
"""What was found, by the names of files from the directory of the corpus."""


def survey(corpus: Path) -> Summary:
    """Judge all that lies below a directory, as one run, and with no configuration."""
    report = lint([str(corpus)], Options())
    asked = Counter(question.file for question in report.questions)
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in (*report.findings, *report.undecided):
        found[finding.file].append(finding)
    names = dict.fromkeys([*report.files, *found])
    return {
        Path(relpath(name, corpus)).as_posix(): Judged(
            _checksum(Path(name)),
            [f"{asked[name]} questions", *map(_line, sorted(found[name], key=lambda each: each.order))],
        )
        for name in sorted(names)
    }


def _checksum(path: Path) -> str:
    files = sorted(path.glob("*.tf")) if path.is_dir() else [path]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _line(finding: Finding) -> str:
    verdict = finding.severity.value if finding.decided else _UNDECIDED
    line, column = finding.span.start
    return f"{line}:{column} {verdict} {finding.code} {finding.resource or '-'}"


def written(summary: Summary) -> Iterator[str]:
    """Give a summary as text, line by line."""
    yield HEADER
    for name, judged in summary.items():
        yield f"{name} {judged.checksum}\n"
        yield from (f"  {line}\n" for line in judged.lines)


def read(text: str) -> Summary:
    """Give the summary that a text holds."""
    found: dict[str, Judged] = {}
    lines: list[str] = []
    for line in text.splitlines()[1:]:
        if line.startswith("  "):
            lines.append(line.strip())
        else:
            name, _, checksum = line.rpartition(" ")
            lines = []
            found[name] = Judged(checksum, lines)
    return found


def compared(before: Summary, now: Summary) -> Iterator[str]:
    """Give what differs in the files that both know with the same text, as a diff, line by line."""
    for name in sorted(before.keys() & now.keys()):
        one, other = before[name], now[name]
        if one.checksum == other.checksum and [*one.lines] != [*other.lines]:
            yield from unified_diff(one.lines, other.lines, name, name, n=0, lineterm="")


def counted(before: Summary, now: Summary) -> Iterator[str]:
    """Give the numbers that differ, in files that both know with the same text, and how many files were compared."""
    same = [name for name in before.keys() & now.keys() if before[name].checksum == now[name].checksum]
    one, other = (_numbers(each[name] for name in same) for each in (before, now))
    for what in sorted(one.keys() | other.keys()):
        if one[what] != other[what]:
            yield f"{what}: {one[what]} before, {other[what]} now"
    left = len(before.keys() | now.keys()) - len(same)
    yield f"{len(same)} files compared; {left} are not in both, or have another text"


def _numbers(judged: Iterator[Judged]) -> Counter[str]:
    found: Counter[str] = Counter()
    for asked, *lines in (each.lines for each in judged):
        found["questions"] += int(asked.split()[0])
        for line in lines:
            _, verdict, code, *_ = line.split()
            found[f"{code} {_UNDECIDED if verdict == _UNDECIDED else 'findings'}"] += 1
    return found


def main() -> int:
    """Compare or write; 1 where anything differs."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("corpus", type=Path, nargs="?", help="a directory with templates and plans")
    arguments.add_argument("--write", action="store_true", help="put what is found into tests/crater.txt")
    given = arguments.parse_args()
    if given.corpus is None:
        print("crater: skipped, since no corpus is named: make crater CORPUS=directory", file=sys.stderr)
        return 0
    now = survey(given.corpus)
    before = read(SUMMARY.read_text(encoding="utf-8")) if SUMMARY.is_file() else {}
    lines = [*compared(before, now)]
    print(*lines, *counted(before, now), sep="\n")
    if given.write:
        SUMMARY.write_text("".join(written(now)), encoding="utf-8")
    return 1 if lines and not given.write else 0


if __name__ == "__main__":
    sys.exit(main())
