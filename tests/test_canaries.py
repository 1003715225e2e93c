"""No canary is seen: in no report, on no terminal, in no log, baseline or message of another linter."""

import base64
import json
import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest

import msglint.engine
from audited import Asked, audited
from canaries import WRITTEN, Canaries, cuts, module, plan, template
from checkout import git
from command import run
from linting import RULES, inputs
from msglint.engine import lint, lint_text
from msglint.finding import Candidate, Entry, Report
from msglint.hosts import cfn_lint, violations
from msglint.hosts.own import Rules
from msglint.model.glance import names_secret
from msglint.options import Options
from msglint.reports.formats import FORMATS, render
from msglint.reports.interface import Manner
from msglint.rules.index import RULES as INDEX
from msglint.rules.interface import load
from msglint.source import Document, Node, parse
from msglint.verdict import YES

FILES = Canaries()
"""Those in files, which the tests of the command line share."""
SHARES = 3


def placed(text: str, new: Canaries) -> list[str]:
    """Give the canaries that stand in a text."""
    return [canary for canary in new.places if canary in text]


def outputs(report: Report, formats: Iterable[str] = tuple(FORMATS)) -> str:
    """Give a report in formats, with all that it has to say."""
    manners = (Manner(), Manner(undecided=True, color=True))
    return "\n".join([repr(report), *(render(name, report, each) for name in formats for each in manners)])


@pytest.fixture
def pointing(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Have a rule point at every line of texts that are put into this by their names."""
    texts: dict[str, str] = {}

    def check(resource: Any, *_: Any) -> Iterator[Candidate]:
        for name, text in texts.items():
            document = Document.from_bytes(name, text.encode())
            for line in re.finditer("[^\r\n]+", document.text):
                at = document.spot(line.start(), line.end())
                yield Candidate(when=YES, resource=resource, at=at, message="here")

    def loaded(entry: Entry) -> Any:
        rule = load(entry)
        return msgspec.structs.replace(rule, check=check) if rule.code == "MSG303" else rule

    monkeypatch.setattr(msglint.engine, "load", loaded)
    return texts


def test_canaries_are_seen_where_they_are() -> None:
    new = Canaries()
    one, other = new("one"), new("other")
    assert new.seen(f"x{one}y") == ["one"]
    assert new.seen(base64.b64encode(f"..{other}..".encode()).decode()) == ["other"]
    assert new.seen("nothing") == []


@pytest.mark.parametrize("name", WRITTEN)
def test_a_template_shows_none(name: str) -> None:
    new = Canaries()
    text = WRITTEN[name](template(new))
    report = lint_text(name, text.encode(), Options(show_undecided=True))
    assert {"MSG401", "MSG402", "MSG403", "MSG404"} <= {each.code for each in report.findings}
    assert new.seen(outputs(report)) == []


@pytest.mark.parametrize("name", WRITTEN)
def test_no_line_of_a_template_shows_one(name: str, pointing: dict[str, str]) -> None:
    """Whatever rule points at it."""
    new = Canaries()
    text = pointing[name] = WRITTEN[name](template(new))
    report = lint_text(name, text.encode(), Options(select=("MSG303",)))
    assert {each.span.start.line for each in report.findings} == {
        number for number, line in enumerate(text.splitlines(), start=1) if line
    }
    assert new.seen(outputs(report)) == []


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("select", [(), ("MSG303",)])
def test_a_plan_shows_none(indent: int | None, select: tuple[str, ...], pointing: dict[str, str]) -> None:
    new = Canaries()
    text = json.dumps(plan(new), indent=indent)
    if select:
        pointing["plan.json"] = text
    report = lint_text("plan.json", text.encode(), Options(select=select, show_undecided=True))
    assert report.findings
    assert new.seen(outputs(report)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [*WRITTEN, "plan.json", "main.tf"])
def test_a_file_that_breaks_off_shows_none(name: str) -> None:
    """At or behind any canary; of the forms of a template each takes its share."""
    new = Canaries()
    share = slice(None)
    match name:
        case "plan.json":
            text = json.dumps(plan(new), indent=2)
        case "main.tf":
            text = module(new)["main.tf"]
        case _:
            text = WRITTEN[name](template(new))
            share = slice([*WRITTEN].index(name) % SHARES, None, SHARES)
    broken = 0
    for cut in cuts(text, placed(text, new)[share]):
        report = judged(name, cut)
        # What can be read all the same is another text.
        if [each for each in report.findings if each.code == "MSG001"]:
            broken += 1
            assert new.seen(outputs(report, ["text", "json"])) == []
    assert broken > len(placed(text, new)[share])


def judged(name: str, text: str) -> Report:
    """Judge a text, as a file of a configuration where it is one."""
    if not name.endswith(".tf"):
        return lint_text(name, text.encode(), Options())
    with TemporaryDirectory() as folder:
        (Path(folder) / name).write_text(text, encoding="utf-8")
        return lint([folder], Options())


def telling(node: Node, key: str = "") -> Iterator[Node]:
    """Give the texts of a tree that stand under a name which ends with what tells of a secret, save roles and names."""
    match node.kind:
        case "mapping":
            for name, value in node.fields().items():
                yield from telling(value, name)
        case "sequence":
            for value in node.items():
                yield from telling(value)
        case _:
            written = node.document.slice(node.span).strip("\"'")
            if isinstance(node.value, str) and names_secret(key) and not written.startswith(("!", "arn:")):
                yield node


EXAMPLES = [
    (path, node.span)
    for folder in sorted(RULES.iterdir())
    if folder.is_dir() and folder.name != "unreadable-file"
    for path in inputs(folder)
    for node in telling(parse(Document.from_bytes(path.name, path.read_bytes())))
]
"""The places of the rules' examples that look like secrets to somebody who knows nothing but names."""


@pytest.mark.slow
def test_no_example_shows_one_in_the_place_of_its_secrets(pointing: dict[str, str]) -> None:
    """Whether or not the rule it is an example of is asked, and whatever line is pointed at."""
    new = Canaries()
    for path in sorted({path for path, _ in EXAMPLES}):
        document = Document.from_bytes(path.name, path.read_bytes())
        text = document.text
        for span in sorted((span for each, span in EXAMPLES if each == path), reverse=True):
            start, end = (document.offset(place) for place in span)
            quote = text[start] if text[start] in "\"'" else ""
            text = f"{text[:start]}{quote}{new(f'{path.parent.name}/{path.name}')}{quote}{text[end:]}"
        for select in ((), ("MSG303",)):
            pointing.clear()
            if select:
                pointing[path.name] = text
            report = lint_text(path.name, text.encode(), Options(select=select, show_undecided=True))
            assert new.seen(outputs(report)) == [], path
    assert len(new.places) >= 100


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a repository with canaries in all that is committed, and in all that has changed since."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    _fill(folder)
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Add orders"]):
        git(folder, *words)
    text = (folder / "block.yaml").read_text("utf-8")
    (folder / "block.yaml").write_text(text.replace("Orders", "More"), encoding="utf-8")
    (folder / "new.yaml").write_text(text, encoding="utf-8")
    return folder


def _fill(folder: Path) -> None:
    new = FILES
    texts = {
        **{name: write(template(new)) for name, write in WRITTEN.items()},
        "plan.json": json.dumps(plan(new), indent=2),
        "infra/.env": f"KAFKA_PASSWORD={new('.env')}\n",
        **{f"infra/{name}": text for name, text in module(new).items()},
        ".env": f"KAFKA_PASSWORD={new('.env')}\n",
        "env.json": json.dumps([{"ParameterKey": "Given", "ParameterValue": new("parameter file")}]),
        "given.yaml": GIVEN,
        "broken.yaml": f"Resources:\n  Q:\n    Type: AWS::AmazonMQ::Broker\n    Password: {new('broken')}\n  ]: [\n",
        "broken.json": f'{{"Resources": {{"Q": {{"Type": "AWS::SQS::Queue", "Password": "{new("broken, JSON")}" "x"}}',
        "broken/main.tf": f'resource "aws_mq_broker" "b" {{\n  password =\n  "{new("broken, HCL")}\n',
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


GIVEN = """
Parameters:
  Given: {Type: String, NoEcho: true}
  Said: {Type: String, NoEcho: true}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "orders-${Given}-${Said}", DelaySeconds: !Ref Said}}
  Topic: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, Endpoint: !Ref Given}]}}
  Worker: {Type: AWS::Lambda::Function, Properties: {Environment: {Variables: {MQ_PASSWORD: !Ref Given, A: !Ref Said}}}}
"""
FLAGS = (
    *("--parameters", "env.json", "--parameter", f"Said={FILES('--parameter')}", "--show-undecided"),
    *("--var", f"said={FILES('--var')}", "--var-file", "infra/live.tfvars"),
)


def shown(*words: str) -> str:
    """Give all that a command says and writes."""
    files = [Path("..") / f"report.{name}" for name in FORMATS]
    more = [word for name, file in zip(FORMATS, files, strict=True) for word in ("--report", f"{name}={file}")]
    done = run(*words, *(more if words[0] == "lint" else []))
    assert done.exit_code in {0, 1, 3}, done.stderr
    written = [file.read_text("utf-8") for file in (*files, Path("../base.json")) if file.exists()]
    return "\n".join([done.stdout, done.stderr, *written])


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_the_command_line_shows_none(caplog: pytest.LogCaptureFixture) -> None:
    """In its reports, on its terminal, in a baseline, and of a change."""
    with caplog.at_level(logging.DEBUG):
        for words in (
            ["lint", ".", *FLAGS],
            ["baseline", ".", *FLAGS[:-5], *FLAGS[-4:], "--output", "../base.json"],
            ["lint", ".", *FLAGS, "--baseline", "../base.json"],
            ["lint", ".", *FLAGS, "--diff", "HEAD"],
            ["init", "--dry-run"],
            ["config", "show"],
        ):
            assert FILES.seen(shown(*words)) == [], words
    assert FILES.seen(caplog.text) == []


@pytest.mark.slow
def test_watching_shows_none(here: Path) -> None:
    (done,) = audited([Asked(["lint", "--watch", ".", *FLAGS], [str(here)])], here)
    assert "MSG401" in done.stdout
    assert "watching" in done.stderr
    assert FILES.seen(done.stdout + done.stderr) == []


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("fails", ["rule", "engine"])
def test_a_failure_shows_none(fails: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its message may hold whatever was read."""
    text = Path("block.yaml").read_text("utf-8")

    def broken(*words: Any) -> Any:
        raise ValueError(f"{text} {words!r}")

    if fails == "engine":
        monkeypatch.setattr(msglint.engine, "lint", broken)
    else:
        monkeypatch.setattr(msglint.engine, "load", lambda each: msgspec.structs.replace(load(each), check=broken))
    said = shown("lint", "block.yaml", *FLAGS)
    assert "MSG002" in said or "msglint failed (ValueError" in said
    assert FILES.seen(said) == []


@pytest.mark.usefixtures("here")
def test_words_that_are_wrong_show_none() -> None:
    """What is not understood may have been meant as a secret."""
    canary = FILES("a wrong word")
    for words in (
        ["--parameter", canary],
        ["--var", canary],
        [f"--pasword={canary}"],
        [f"--no-color={canary}"],
        ["--var", f"={canary}"],
        ["--parameter", f"={canary}"],
    ):
        done = run("lint", *words)
        assert done.exit_code == 2
        assert FILES.seen(done.output) == [], words


def test_other_linters_are_told_none(here: Path) -> None:
    """Nobody covers what they are told."""
    from cfnlint.decode import decode  # noqa: PLC0415  # an import of seconds
    from cfnlint.template import Template  # noqa: PLC0415

    for name in ("block.yaml", "indented.json", "given.yaml"):
        decoded, _ = decode(str(here / name))
        judged = cfn_lint._judge(Template(str(here / name), decoded, ["eu-west-1"]), Rules(INDEX))
        told = [match.message for matches in judged.values() for match in matches]
        assert told
        assert FILES.seen("\n".join(told)) == []
    said = repr(violations.judge({str(here / "indented.json"): "orders"}, str(here), Options(show_undecided=True)))
    assert "MSG401" in said
    assert FILES.seen(said) == []
