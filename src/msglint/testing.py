"""For those who write rules of their own: the tests of a rule by its examples, which are those of msglint's own rules.

A rule has a folder of its name with examples beside it: `bad.*` shows the fault, `good.*` the same put right, and
`unknown.*` what cannot be told. `expected.txt` is what msglint says of all of them under this rule alone.
"""

import os
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path

from msglint.engine import lint_text
from msglint.finding import Entry, Finding, Related, Report
from msglint.options import Options
from msglint.rules.interface import Rule, load
from msglint.rules.own import OwnRulesError, file_of, place
from msglint.rules.own import load as load_own
from msglint.source import Span

EXAMPLES = ("bad", "good", "unknown")
LANGUAGES = {"cfn": (".cfn.yaml", ".cfn.json"), "sam": (".sam.yaml",), "tfplan": (".tfplan.json",)}
"""How the files end in which examples are written."""
EXCUSES = "not-applicable.txt"
"""The file that says, in lines such as `unknown: why`, which examples a rule cannot have."""
EXPECTED = "expected.txt"


def check_rules(
    *directories: str | Path,
    packages: Sequence[str] = (),
    examples: str | Path | None = None,
    accept: bool | None = None,
) -> None:
    """Hold the rules of directories and packages to what holds for msglint's; AssertionError says all that is wrong.

    Every rule can be loaded, has one name, is documented without a TODO, and has examples that say what is expected;
    good ones are clean under all of these rules, and bad ones show every severity. The folders of examples are beside
    the rules, or in a directory of their own. With `accept`, or MSGLINT_ACCEPT=1 in the environment, what msglint says
    now is what is expected from now on: read the difference.
    """
    __tracebackhide__ = True  # pytest shows what is wrong, and not these lines
    try:
        entries = load_own(list(map(str, directories)), packages)
    except OwnRulesError as error:
        raise AssertionError(str(error)) from error
    accept = os.environ.get("MSGLINT_ACCEPT") == "1" if accept is None else accept
    wrong = [flaw for entry in entries for flaw in _wrong(entry, entries, examples, accept=accept)]
    places = [Path(examples)] if examples is not None else list(map(Path, directories))
    folders = (
        folder
        for directory in places
        if directory.is_dir()
        for folder in sorted(directory.iterdir())
        if folder.is_dir()
    )
    names = {entry.name for entry in entries}
    wrong += [
        f"{folder}: there is no rule of this name" for folder in folders if inputs(folder) and folder.name not in names
    ]
    if wrong:
        raise AssertionError("\n".join(wrong))


def inputs(folder: Path, kind: str = "") -> list[Path]:
    """Give the templates and plans of a rule's folder whose names begin with a word."""
    suffixes = tuple(suffix for suffixes in LANGUAGES.values() for suffix in suffixes)
    return sorted(path for path in folder.glob(f"{kind}*") if path.name.endswith(suffixes))


def judged(path: Path, options: Options) -> Report:
    """Judge one example, with what it names beside it."""
    return lint_text(path.name, path.read_bytes(), options, str(path.parent))


def said(report: Report) -> list[str]:
    """Write what a report says: findings and what is undecided, one line each, by place."""
    return [_line(finding) for finding in sorted((*report.findings, *report.undecided), key=lambda each: each.order)]


def excused(folder: Path) -> dict[str, str]:
    """Give the examples that a rule cannot have, each with the reason."""
    written = folder / EXCUSES
    lines = written.read_text(encoding="utf-8").splitlines() if written.exists() else []
    return {kind: reason.strip() for kind, _, reason in (line.partition(":") for line in lines)}


def unexpected(folder: Path, options: Options, *, accept: bool) -> list[str]:
    """Give the difference between what is expected of a folder's examples and what msglint says of them."""
    lines = [line for path in inputs(folder) for line in said(judged(path, options))]
    return differing(folder / EXPECTED, lines, accept=accept)


def differing(expected: Path, lines: list[str], *, accept: bool) -> list[str]:
    """Give the difference between the lines that a file expects and those that are there."""
    if accept:
        expected.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if not expected.exists():
        return [f"there is no {expected.name}"]
    known = expected.read_text(encoding="utf-8").splitlines()
    return list(unified_diff(known, lines, "expected", "said", n=0, lineterm=""))


def _wrong(entry: Entry, entries: tuple[Entry, ...], examples: str | Path | None, *, accept: bool) -> Iterator[str]:
    """Say all that is wrong with a rule and its examples."""
    rule = load(entry)
    at, file = place(rule), file_of(rule)
    if file.stem != rule.check.__name__:
        yield f"{at}: the file and the function of a rule have one name, and here it is {rule.check.__name__}"
    folder = (Path(examples) if examples is not None else file.parent) / rule.name
    if not folder.is_dir():
        yield f"{at}: there is no folder {folder} with examples"
        return
    for path in (file, *inputs(folder)):
        if "TODO" in path.read_text(encoding="utf-8"):
            yield f"{path}: there is something TODO"
    without = excused(folder)
    for kind in EXAMPLES:
        if not inputs(folder, kind) and not without.get(kind):
            yield f"{folder}: there is no {kind}.* among the examples, and no line `{kind}: why` in {EXCUSES}"
    alone = Options(select=(rule.code,), own=entries)
    differs = unexpected(folder, alone, accept=accept)
    if differs:
        why = (
            f"msglint does not say what {EXPECTED} expects; if it should, set MSGLINT_ACCEPT=1 and read the difference"
        )
        yield "\n".join([f"{folder}: {why}", *differs])
    theirs = Options(select=tuple(entry.code for entry in entries), own=entries)
    for path in inputs(folder, "good"):
        yield from (f"{folder}: not clean: {line}" for line in map(_line, judged(path, theirs).findings))
    yield from (f"{folder}: no bad example is at fault as {each}" for each in _not_shown(rule, folder, alone))


def _not_shown(rule: Rule, folder: Path, alone: Options) -> list[str]:
    found = {finding.severity for path in inputs(folder, "bad") for finding in judged(path, alone).findings}
    return [severity.value for severity in rule.severities if severity not in found]


def _line(finding: Finding) -> str:
    verdict = finding.severity.value if finding.decided else "undecided"
    words = finding.message if finding.decided else "; ".join(_reason(finding, reason) for reason in finding.reasons)
    scenario = f" [{finding.scenario}]" if finding.scenario is not None else ""
    related = "".join(f" [{_place(each.span)} {each.resource or '-'}: {each.message}]" for each in finding.related)
    heading = f"{finding.file}:{_place(finding.span)} {finding.code} {verdict} {finding.resource or '-'}"
    return f"{heading}: {words}{scenario}{related}"


def _reason(finding: Finding, reason: Related) -> str:
    return reason.message if reason.span == finding.span else f"{reason.message} ({_place(reason.span)})"


def _place(span: Span) -> str:
    return f"{span.start.line}:{span.start.column}"
