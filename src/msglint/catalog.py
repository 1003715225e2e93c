"""All rules, found by walking their package, and what is written from them: the index of a run, and the pages.

`python -m msglint.catalog` writes both into the checkout that it is run in.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

import msgspec

from msglint.finding import Finding, Report
from msglint.options import Options
from msglint.readers.terraform.kinds import KINDS
from msglint.reports.text import render
from msglint.rules.interface import Rule

_RESOURCE = re.compile(r"^  (\w+):\n(?:    .*\n|\n(?=    ))+", re.MULTILINE)
_BLOCK = re.compile(r'^(?:resource|(var)iable) "(\w+)"(?: "(\w+)")? \{\n(?:(?:  .*)?\n)+\}', re.MULTILINE)


def rules() -> tuple[Rule, ...]:
    """Load every rule, in the order of their codes. For documentation, hosts and tests: a run uses the index."""
    return tuple(sorted(_found(), key=lambda rule: rule.code))


def _found() -> Iterator[Rule]:
    import msglint.rules  # noqa: PLC0415  # walked only here

    for module in pkgutil.walk_packages(msglint.rules.__path__, "msglint.rules."):
        if not module.ispkg and module.name.count(".") == 3:  # msglint.rules.<group>.<rule>
            loaded = importlib.import_module(module.name)
            yield from (value for value in vars(loaded).values() if isinstance(value, Rule))


def index() -> str:
    """Write the text of `rules/index.py`."""
    lines = [
        '"""The rules, by what they are asked of. Written by `make docs`; a test fails when it is out of date."""',
        "",
        "from typing import NamedTuple",
        "",
        "",
        "class Entry(NamedTuple):",
        '    """One rule, before its module is loaded."""',
        "",
        "    code: str",
        "    name: str",
        "    module: str",
        "    kinds: tuple[str, ...]",
        "    severities: tuple[str, ...]",
        "    given: tuple[tuple[str, str], ...]",
        "    summary: str",
        "",
        "",
        "RULES = (",
    ]
    for rule in rules():
        module = rule.check.__module__.removeprefix("msglint.rules.")
        severities = [_quoted(severity.value) for severity in rule.severities]
        lines.append("    Entry(")
        lines += [f"        {_quoted(value)}," for value in (rule.code, rule.name, module)]
        kinds = [_quoted(kind.KIND) for kind in rule.each]
        given = [_tuple([_quoted(word) for word in pair]) for pair in rule.given]
        lines += [f"        {_tuple(items)}," for items in (kinds, severities, given)]
        lines += [f"        {_quoted(rule.summary)},", "    ),"]
    return "\n".join([*lines, ")", ""])


def _tuple(items: list[str]) -> str:
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def docs(root: Path) -> dict[Path, str]:
    """Write the pages of all rules from their docstrings and from the examples of a checkout, by path below it."""
    folder = Path("docs", "rules")
    examples = root / "tests" / "fixtures" / "rules"
    pages = {folder / f"{rule.name}.md": _page(rule, examples / rule.name) for rule in rules()}
    return {folder / "index.md": _contents(), **pages}


def _contents() -> str:
    """List the rules by their groups."""
    lines = ["<!-- Written by `make docs`. -->", "# Rules"]
    for group, members in groupby(rules(), key=lambda rule: rule.check.__module__.rpartition(".")[0]):
        title, _, text = (importlib.import_module(group).__doc__ or "").strip().partition(": ")
        lines += [
            "",
            f"## {title}",
            "",
            f"{text[:1].upper()}{text[1:]}",
            "",
            "| code | rule | severity | what it finds |",
        ]
        lines.append("|---|---|---|---|")
        lines += [
            f"| {rule.code} | [{rule.name}]({rule.name}.md) | {_severities(rule)} | {rule.summary} |"
            for rule in members
        ]
    return "\n".join([*lines, ""])


def _page(rule: Rule, examples: Path) -> str:
    summary, _, text = rule.documentation.strip().partition("\n")
    natives = {kind.type: native for native, kind in reversed(KINDS.items())}
    kinds = [f"`{kind.KIND}`" + (f" (`{natives[kind.KIND]}`)" if kind.KIND in natives else "") for kind in rule.each]
    facts = {"severity": _severities(rule), "asked of": ", ".join(kinds) or "the whole file", "since": rule.since}
    return "\n".join(
        [
            "<!-- Written by `make docs` from the rule and its examples. -->",
            f"# {rule.code} {rule.name}",
            "",
            summary,
            "",
            f"| {' | '.join(facts)} |",
            "|---" * len(facts) + "|",
            f"| {' | '.join(facts.values())} |",
            text.rstrip(),
            *_examples(rule, examples),
            "",
            "## References",
            "",
            *(f"- <{reference}>" for reference in rule.references),
            "",
        ]
    )


def _severities(rule: Rule) -> str:
    return ", ".join(severity.value for severity in rule.severities)


def _examples(rule: Rule, folder: Path) -> Iterator[str]:
    from msglint.engine import lint_text  # noqa: PLC0415  # it reads the index, which is written first

    template = folder / "bad.cfn.yaml"
    if not template.exists():
        return
    yield from ("", "## Example")
    if not rule.each:
        report = lint_text(template.name, template.read_bytes(), Options())
        yield from ("", "```yaml", template.read_text(encoding="utf-8").rstrip(), "```", "", *_output(report))
        return
    report = lint_text(template.name, template.read_bytes(), Options(select=(rule.code,)))
    before, after = _blocks(template, _RESOURCE), _blocks(folder / "good.cfn.yaml", _RESOURCE)
    finding = _plainest(report, before, after)
    yield from ("", *_excerpt(finding, before, "yaml"), "")
    yield from _output(msgspec.structs.replace(report, findings=(finding,), undecided=()))
    yield from ("", "Repaired:", "", *_excerpt(finding, after, "yaml"))
    plan = folder / "bad.tfplan.json"
    if not plan.exists():
        return
    report = lint_text(plan.name, plan.read_bytes(), Options(select=(rule.code,)))
    before, after = (_blocks(_configuration(folder, word), _BLOCK) for word in ("bad", "good"))
    finding = _plainest(report, before, after)
    yield from ("", "In Terraform:", "", *_excerpt(finding, before, "hcl"))
    yield from ("", "Repaired:", "", *_excerpt(finding, after, "hcl"))


def _configuration(folder: Path, word: str) -> Path:
    single = folder / f"{word}.tf"
    return single if single.exists() else folder / f"{word}.tf.d" / "main.tf"


def _blocks(file: Path, pattern: re.Pattern[str]) -> dict[str, str]:
    """Cut an example into its resources, each with its name."""
    found = pattern.finditer(file.read_text(encoding="utf-8").split("\nOutputs:\n")[0])
    return {".".join(filter(None, match.groups())): match[0].rstrip() for match in found}


def _plainest(report: Report, before: Mapping[str, str], after: Mapping[str, str]) -> Finding:
    """Choose the finding that is best told by one resource: repaired in the good example, and in every scenario."""

    def rank(finding: Finding) -> tuple[bool, bool, bool, int, int]:
        name = _name(finding.resource)
        lines = report.texts[finding.file]
        told = lines[finding.span.start.line - 1] in before.get(name, "")
        short = len(before.get(name, ""))
        return (
            name not in before or name not in after,
            finding.scenario is not None,
            not told,
            finding.severity.rank,
            short,
        )

    return min(report.findings, key=rank)


def _excerpt(finding: Finding, blocks: Mapping[str, str], language: str) -> Iterator[str]:
    """Show the resource of a finding, and those that it names, that name it, or that belong to the finding."""
    name = _name(finding.resource)
    about = {name, *(_name(each.resource) for each in finding.related)}
    own = blocks.get(name, "")
    about |= {other for other, block in blocks.items() if _names(own, other) or _names(block, name)}
    shown = [block for other, block in blocks.items() if other in about]
    yield from (f"```{language}", "\n\n".join(shown), "```")


def _name(resource: str | None) -> str:
    """Give the name of a finding's resource in the excerpt: without the instance."""
    return (resource or "").partition("[")[0]


def _names(block: str, other: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(other)}(?!\w)", block.partition("\n")[2]) is not None


def _output(report: Report) -> Iterator[str]:
    told = render(report, width=100).rstrip("\n").rpartition("\n\n")[0]
    yield from ("msglint says:", "", "```text", told, "```")


def main(root: Path) -> None:
    """Write the index and the pages of a checkout, and take away the pages of rules that are gone."""
    (root / "src" / "msglint" / "rules" / "index.py").write_text(index(), encoding="utf-8")
    pages = docs(root)
    folder = root / "docs" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    for stale in {path.relative_to(root) for path in folder.glob("*.md")} - pages.keys():
        (root / stale).unlink()
    for path, text in pages.items():
        (root / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path.cwd())
