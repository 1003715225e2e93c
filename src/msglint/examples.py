"""What a page shows of the examples of its rule: one finding, the resources that it rests on, and these repaired."""

import json
import re
from collections.abc import Callable, Collection, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from msglint.engine import lint_text
from msglint.finding import Finding, Report
from msglint.options import Options
from msglint.rules.interface import Rule

LANGUAGES = {"CloudFormation": ".cfn.yaml", "SAM": ".sam.yaml", "Terraform": ".tfplan.json"}
"""How the examples of a language end."""

_RESOURCE = re.compile(r"^  (\w+):\n(?:    .*\n|\n(?=    ))+", re.MULTILINE)
_BLOCK = re.compile(r'^(?:resource|(data)|(var)iable) "(\w+)"(?: "(\w+)")? \{\n(?:(?:  .*)?\n)+\}', re.MULTILINE)
_ARGUMENT = re.compile(r"^(  \w+) += (.*[^\[({])$")
_EMPTY = re.compile(r"^    Properties:\n(?!      |\n)", re.MULTILINE)
_OF_SAM = "Type: AWS::Serverless::"
_GIVEN = ("var.", "data.")
"""How blocks are called whose values a plan holds already."""
_Part = tuple[str, str]
"""A block and one of its properties; no property: all of it."""


class Excerpt(NamedTuple):
    """A fault, what msglint says of it, and its repair."""

    before: str
    report: Report
    after: str
    """Empty where the good example cannot prove what of it is the repair, as a plan whose policies are not known."""


class _Example:
    """A template, or a configuration of Terraform with its plan, and the blocks that it is written in, by name."""

    def __init__(self, folder: Path, word: str, suffix: str) -> None:
        self.file = folder / f"{word}{suffix}"
        self.planned = suffix == LANGUAGES["Terraform"]
        single = folder / f"{word}.tf"
        written = (single if single.exists() else folder / f"{word}.tf.d" / "main.tf") if self.planned else self.file
        self.text = written.read_text(encoding="utf-8")
        found = (_BLOCK if self.planned else _RESOURCE).finditer(self.text.split("\nOutputs:\n")[0])
        self.blocks = {".".join(filter(None, match.groups())): match[0] for match in found}

    def report(self, rule: Rule, *without: _Part) -> Report:
        """Judge it by one rule, with some of its parts left out."""
        if self.planned:
            content = self.file.read_bytes()
            if without:
                content = json.dumps(_left(json.loads(content), without)).encode()
        else:
            text = self.text
            for name in {name for name, _ in without}:
                text = text.replace(self.blocks.get(name, "\0"), self.shortened(name, without), 1)
            content = text.encode()
        return lint_text(self.file.name, content, Options(select=(rule.code,)), str(self.file.parent))

    def properties(self, name: str) -> list[tuple[str, str]]:
        """Cut a block into the lines of its properties, each with its name; what is of none stands under no name."""
        start = re.compile(r"  (\w+)(?: +=| \{)" if self.planned else r"      (\w+):")
        cut: list[tuple[str, str]] = [("", "")]
        for line in self.blocks[name].splitlines(keepends=True):
            match = start.match(line)
            if match or line == "}":
                cut.append((match[1] if match else "", ""))
            cut[-1] = (cut[-1][0], cut[-1][1] + line)
        return cut

    def shortened(self, name: str, without: Collection[_Part]) -> str:
        """Write a block without some of its properties, or nothing of it."""
        if (name, "") in without:
            return ""
        kept = "".join(text for key, text in self.properties(name) if (name, key) not in without)
        if kept == self.blocks[name]:
            return kept
        return _aligned(kept) if self.planned else _EMPTY.sub("", kept)

    def around(self, shown: Collection[str]) -> set[str]:
        """Give the blocks that name one of these, or that one of these names."""
        pairs = ((name, other) for name in shown for other in self.blocks)
        return {other for name, other in pairs if self._names(name, other) or self._names(other, name)} - set(shown)

    def _names(self, name: str, other: str) -> bool:
        return re.search(rf"(?<![\w.]){re.escape(other)}(?!\w)", self.blocks[name].partition("\n")[2]) is not None

    def named(self, name: str, by: Collection[str]) -> bool:
        """Say whether one of some blocks names this one."""
        return any(self._names(each, name) for each in by)

    def needed(self, names: Collection[str], spares: Callable[[_Part], bool], other: "_Example") -> set[str]:
        """Give those of these blocks that there are, with those around them that cannot be left out."""
        shown = {name for name in names if name in self.blocks}
        asked: set[str] = set()
        while True:
            around = self.around(shown) - asked
            # What variables and data sources give is in a plan already: they count where the other example has others.
            given = {name for name in around if self.planned and name.startswith(_GIVEN)}
            asked |= around - given
            found = {name for name in around - given if not spares((name, ""))}
            found |= {
                name
                for name in given
                if self.blocks[name] != other.blocks.get(name) and self.named(name, shown | found)
            }
            if not found:
                return shown
            shown |= found

    def written(self, shown: Collection[str], without: Collection[_Part] = ()) -> str:
        """Write some blocks, without some of their properties, in their order."""
        blocks = (self.shortened(name, without).rstrip() for name in self.blocks if name in shown)
        return "\n\n".join(filter(None, blocks))


def languages(folder: Path) -> list[str]:
    """Give the languages in which the examples show the fault."""
    return [language for language, suffix in LANGUAGES.items() if (folder / f"bad{suffix}").exists()]


def excerpt(rule: Rule, folder: Path, language: str) -> Excerpt | None:
    """Show the fault that is told by the fewest resources; of SAM, one that is written in SAM's own words."""
    suffix = LANGUAGES[language]
    if not (folder / f"good{suffix}").exists():
        return None
    bad, good = (_Example(folder, word, suffix) for word in ("bad", "good"))
    report = bad.report(rule)
    findings = [each for each in report.findings if language != "SAM" or _OF_SAM in bad.blocks.get(_name(each), "")]
    if not findings:
        return None
    unproven = {_name(each) for each in good.report(rule).undecided}
    finding = min(findings, key=lambda each: _rank(each, report, bad, good, unproven))

    def faulty(*without: _Part) -> bool:
        """Say whether the fault is the same where something is left out."""
        rest = bad.report(rule, *without).findings
        return (finding.resource, finding.message) in {(each.resource, each.message) for each in rest}

    def repaired(*without: _Part) -> bool:
        """Say whether it is still repaired where something is left out."""
        rest = good.report(rule, *without)
        return not any(_name(each) == _name(finding) or not each.resource for each in (*rest.findings, *rest.undecided))

    about = {_name(finding), *(_bare(each.resource) for each in finding.related)}
    before = bad.needed(about, faulty, good)
    shown = msgspec.structs.replace(report, findings=(finding,), undecided=())
    if _name(finding) not in good.blocks or _name(finding) in unproven:
        return Excerpt(bad.written(before), shown, "")
    after = good.needed(before, repaired, bad)
    # What the fault names, and can do without, is no part of the repair where it stays as it is.
    same = {name for name in after - before if good.blocks[name] == bad.blocks.get(name)}
    after -= {name for name in same if bad.named(name, before)}
    # What the good example has for the sake of other rules is no part of the repair.
    advised = rule.documentation.partition("## How to fix")[2].partition("\n## ")[0]
    advised += finding.fix.snippet if finding.fix is not None else ""
    without: list[_Part] = []
    for name in sorted(after & before):
        given = {key for key, _ in bad.properties(name)}
        for key, _ in good.properties(name):
            if key not in given and key not in advised and repaired(*without, (name, key)):
                without.append((name, key))
    for name in sorted(after - before):
        if not name.startswith(_GIVEN) and repaired(*without, (name, "")):
            without.append((name, ""))
    kept = after - {name for name, key in without if not key}
    without += ((name, "") for name in kept - before if name.startswith(_GIVEN) and not good.named(name, kept))
    text = good.written(after, without)
    if text == bad.written(before):
        # What repairs it names it by a text.
        text = good.written(after | {name for name in good.blocks if not repaired((name, ""))}, without)
    return Excerpt(bad.written(before), shown, text)


def touched(rule: Rule, folder: Path) -> Iterator[str]:
    """Give CloudFormation's names of the types of all resources that findings in templates are about."""
    for suffix in (LANGUAGES["CloudFormation"], LANGUAGES["SAM"]):
        if (folder / f"bad{suffix}").exists():
            bad = _Example(folder, "bad", suffix)
            for finding in bad.report(rule).findings:
                for name in (finding.resource, finding.asked, *(each.resource for each in finding.related)):
                    type_ = re.search(r"^    Type: (\S+)", bad.blocks.get(_bare(name), ""), re.MULTILINE)
                    if type_:
                        yield type_[1]


def _rank(
    finding: Finding, report: Report, bad: _Example, good: _Example, unproven: Collection[str]
) -> tuple[bool, bool, bool, bool, int, int]:
    """Prefer what is repaired in the good example, holds in every scenario, stands in its resource, and is short."""
    name = _name(finding)
    own, repaired = bad.blocks.get(name, ""), good.blocks.get(name, "")
    # A report masks secrets, the example does not.
    lines = bad.text.splitlines() if finding.file == bad.file.name and not bad.planned else report.texts[finding.file]
    return (
        not (own and repaired),
        name in unproven,
        finding.scenario is not None,
        lines[finding.span.start.line - 1] not in own,
        finding.severity.rank,
        len(own) + len(repaired),
    )


def _name(finding: Finding) -> str:
    return _bare(finding.resource)


def _bare(resource: str | None) -> str:
    """Give the name of a resource in its text: without the instance."""
    return (resource or "").partition("[")[0]


def _left(part: Any, without: Collection[_Part]) -> Any:
    """Leave resources, or arguments of them, out of all parts of a plan."""
    match part:
        case {"address": str(address)}:
            gone = {key for name, key in without if name == _bare(address)}
            return {name: _without(value, gone) for name, value in part.items()} if "" not in gone else None
        case dict():
            return {name: _left(value, without) for name, value in part.items()}
        case list():
            return [kept for each in part if (kept := _left(each, without)) is not None or each is None]
        case _:
            return part


def _without(part: Any, gone: Collection[str]) -> Any:
    if not isinstance(part, dict):
        return part
    return {name: _without(value, gone) for name, value in part.items() if name not in gone}


def _aligned(block: str) -> str:
    """Put the signs of the arguments that stand together into one column, as `terraform fmt` does."""
    lines = block.splitlines()
    for _, group in groupby(range(len(lines)), key=lambda index: bool(_ARGUMENT.match(lines[index]))):
        found = {index: match for index in group if (match := _ARGUMENT.match(lines[index]))}
        width = max((len(match[1]) for match in found.values()), default=0)
        lines = [f"{found[n][1]:<{width}} = {found[n][2]}" if n in found else line for n, line in enumerate(lines)]
    return "\n".join(lines)
