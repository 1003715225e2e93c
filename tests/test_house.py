"""The laws of the house: what every rule has, and what is derived from the rules and must not lag behind."""

import inspect
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from linting import LANGUAGES, RULES, inputs, said
from msglint import catalog
from msglint.engine import lint_text
from msglint.examples import languages
from msglint.options import Options
from msglint.rules.index import RULES as INDEX
from msglint.rules.interface import Rule
from msglint.rules.law import flaws
from msglint.testing import EXAMPLES, excused

ROOT = Path(__file__).parents[1]
ALL = catalog.rules()

each_rule = pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
each_rule_of_resources = pytest.mark.parametrize(
    "rule", [rule for rule in ALL if rule.each], ids=lambda rule: rule.name
)


def test_codes_are_unique() -> None:
    assert len({rule.code for rule in ALL}) == len(ALL)


def test_a_module_holds_one_rule() -> None:
    """The package's modules below the groups are as many as the rules, so none holds two or none."""
    modules = {path for path in (ROOT / "src" / "msglint" / "rules").glob("*/*.py") if path.stem != "__init__"}
    files = [inspect.getsourcefile(rule.check) for rule in ALL]
    assert sorted(map(str, modules)) == sorted(map(str, files))


@each_rule
def test_a_rule_has_one_name(rule: Rule) -> None:
    """Its name, its function and its file are called the same, save for hyphens."""
    assert re.fullmatch(r"MSG\d{3}", rule.code)
    assert rule.name.replace("-", "_") == rule.check.__name__ == Path(inspect.getfile(rule.check)).stem


@each_rule
def test_a_rule_documents_itself(rule: Rule) -> None:
    """Its docstring is one sentence, then the four headings in order, each with text below it."""
    assert list(flaws(rule)) == []


def test_each_rule_has_examples_and_each_example_a_rule() -> None:
    assert {folder.name for folder in RULES.iterdir()} == {rule.name for rule in ALL}


@each_rule
def test_examples_are_complete(rule: Rule) -> None:
    """There is each kind of example in each language, or a line in not-applicable.txt that says why there is none."""
    folder = RULES / rule.name
    without = excused(folder)
    missing = {
        f"{kind}.{language}"
        for kind in EXAMPLES
        for language, suffixes in LANGUAGES.items()
        if not any(path.name.endswith(suffixes) for path in inputs(folder, kind))
    }
    assert missing == without.keys()
    assert all(without.values())


@pytest.mark.parametrize(
    "path",
    [path for rule in ALL for path in inputs(RULES / rule.name, "good")],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_a_good_example_is_clean_under_all_rules(path: Path) -> None:
    report = lint_text(path.name, path.read_bytes(), Options(), str(path.parent))
    assert [line for line in said(report) if " undecided " not in line] == []


@each_rule_of_resources
def test_the_bad_examples_of_all_languages_show_the_same(rule: Rule) -> None:
    twins = [RULES / rule.name / f"bad{suffixes[0]}" for suffixes in LANGUAGES.values()]
    reports = [lint_text(path.name, path.read_bytes(), Options(select=(rule.code,))) for path in twins if path.exists()]
    shown = [{(each.code, each.severity) for each in report.findings} for report in reports]
    assert shown[0] != set()
    assert all(others == shown[0] for others in shown)


@each_rule_of_resources
def test_every_severity_of_a_rule_is_shown(rule: Rule) -> None:
    """One that no example has would not be missed if it were gone."""
    options = Options(select=(rule.code,))
    reports = [lint_text(path.name, path.read_bytes(), options) for path in inputs(RULES / rule.name, "bad")]
    assert {finding.severity for report in reports for finding in report.findings} == set(rule.severities)


def test_the_index_is_current() -> None:
    """`make docs` writes it."""
    index = ROOT / "src" / "msglint" / "rules" / "index.py"
    assert index.read_text(encoding="utf-8") == catalog.index()
    assert [entry.code for entry in INDEX] == [rule.code for rule in ALL]


@cache
def pages() -> dict[Path, str]:
    return catalog.docs(ROOT)


@pytest.mark.slow
def test_the_pages_are_current() -> None:
    """`make docs` writes them."""
    written = {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in ROOT.glob("docs/rules/*.md")}
    assert written == pages()


@each_rule_of_resources
def test_a_page_shows_a_fault_in_each_language_that_has_one(rule: Rule) -> None:
    """SAM is shown where its own words make the fault, and a repair where the good example proves what it is."""
    text = pages()[Path("docs", "rules", f"{rule.name}.md")]
    for language in languages(RULES / rule.name):
        section = text.partition(f"\n### {language}\n")[2].partition("\n#")[0]
        assert language == "SAM" or re.search(r"Before:\n\n```\w+\n[^`]", section)
        assert re.search(rf"{rule.code} {rule.name}(?:  \S|\n)", section) or not section
    assert "\nAfter:\n" in text
    assert not re.search(r"```\w+\n\s*```", text)


def test_every_rule_is_listed_with_a_service() -> None:
    """That is how somebody who asks what msglint has to say about SQS finds it."""
    index = pages()[Path("docs", "rules", "index.md")].partition("\n## By service\n")[2]
    assert [rule.name for rule in ALL if rule.each and f"({rule.name}.md)" not in index] == []


def test_links_of_the_pages_lead_somewhere() -> None:
    broken = []
    for path, text in {Path("README.md"): (ROOT / "README.md").read_text(encoding="utf-8"), **pages()}.items():
        for target in re.findall(r"\]\(([^)]+)\)", text):
            page, _, heading = target.partition("#")
            to = (ROOT / path.parent / page).resolve() if page else ROOT / path
            headings = re.findall(r"^#+ (.+)$", to.read_text("utf-8"), re.MULTILINE) if heading else []
            if not to.exists() or (heading and heading not in {each.lower().replace(" ", "-") for each in headings}):
                broken.append(f"{path}: {target}")
    assert broken == []


def test_pages_of_retired_rules_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("src/msglint/rules", "docs/rules"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setattr(catalog, "docs", lambda root: pages())
    stale = tmp_path / "docs" / "rules" / "retired.md"
    stale.touch()
    catalog.main(tmp_path)
    assert not stale.exists()
    assert {path.stem for path in stale.parent.iterdir()} == {"index", *(rule.name for rule in ALL)}


def test_imports_point_downwards() -> None:
    """The contracts of pyproject.toml hold; one of them keeps the readers out of the rules."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_run_imports_no_more_than_it_needs(tmp_path: Path) -> None:
    """Start-up is most of the time of a run: a template of YAML needs no host, no schema and no reader of plans."""
    template = tmp_path / "template.yaml"
    template.write_text("Resources: {Orders: {Type: AWS::SQS::Queue}}\n", encoding="utf-8")
    command = [sys.executable, "-X", "importtime", "-m", "msglint", "lint", str(template)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert run.returncode == 1, run.stderr
    imported = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    hosts = {"aws_cdk", "cfnlint", "checkov", "boto3", "jsii", "samtranslator"}
    assert "msglint.readers.cloudformation.part" in imported
    later = {"tqdm", "watchfiles", "msglint.cli.watch"}
    assert not imported & {*hosts, *later, "jsonschema", "rich", "hypothesis", "msglint.catalog"}
    unused = (
        "msglint.hosts",
        "msglint.rules.own",
        "msglint.rules.api",
        "msglint.readers.sam",
        "msglint.readers.terraform",
        "msglint.rules.payload",
    )
    assert not {name for name in imported if name.startswith((*unused, "msglint.code", "tree_sitter"))}


def test_code_without_such_names_is_not_parsed(tmp_path: Path) -> None:
    """A function whose code has nothing to do with SQS costs no parser."""
    code = "exports.handler = async (event) => event.body"
    properties = f"{{Runtime: nodejs22.x, Handler: index.handler, Role: r, Code: {{ZipFile: '{code}'}}}}"
    template = tmp_path / "template.yaml"
    text = f"Resources: {{Consumer: {{Type: AWS::Lambda::Function, Properties: {properties}}}}}\n"
    template.write_text(text, encoding="utf-8")
    command = [sys.executable, "-X", "importtime", "-m", "msglint", "lint", str(template)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert run.returncode == 0, run.stderr
    imported = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert not imported & {"tree_sitter", "msglint.code.python", "msglint.code.javascript"}
