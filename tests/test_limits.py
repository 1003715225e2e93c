"""What goes beyond a limit is a finding that names it, and the other files go on."""

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from command import run
from msglint import engine, judge
from msglint.cli.interface import Exit
from msglint.clock import Clock, TimeUp
from msglint.engine import lint, lint_text
from msglint.finding import Report
from msglint.model import handler, policy
from msglint.options import TIMEOUT, Options
from msglint.readers import recognise
from msglint.readers.cloudformation import conditions, exports, formulas, nested, scope
from msglint.readers.terraform.evaluation import evaluate, world
from msglint.readers.terraform.evaluation.functions import values
from msglint.readers.terraform.sources import configuration, files
from msglint.source import beside, read_json, text, tree, yaml_tree
from msglint.source.hcl import tokens

DOCS = Path(__file__).parents[1] / "docs" / "limits.md"
BOUNDS = (
    text.MAX_BYTES,
    recognise.MAX_BYTES,
    configuration.MAX_WRITTEN,
    tree.MAX_DEPTH,
    yaml_tree.MAX_ALIAS_NODES,
    tree.MAX_VALUES,
    tree.MAX_PLAN_VALUES,
    tokens.MAX_TOKENS,
    recognise.MOST_RESOURCES,
    configuration.MOST_FILES,
    int(TIMEOUT),
    judge.MOST_SCENARIOS,
    conditions.LIMIT,
    formulas.MOST_CASES,
    nested.MOST_STACKS,
    nested.DEEPEST,
    nested.MAX_BYTES,
    beside.MAX_BESIDE,
    handler.MOST_FILES,
    files.MAX_TEXT,
    configuration.MOST_MODULES,
    world.MOST_INSTANCES,
    evaluate.MOST_STEPS,
    policy.MOST_STATEMENTS,
    exports.MOST_COMPARED,
    scope.MOST_SUBSTITUTED,
    values.MOST_ELEMENTS,
)
"""The bounds of the code, in the order of the page."""

QUEUE = "Resources:\n  Queue: {Type: AWS::SQS::Queue}\n"
PLAN = '{"format_version": "1.2", "planned_values": {"outputs": {"a": {"value": [1, 2, 3, 4]}}}}'
BOMB = "x: &a [1, 2]\ny: [*a, *a]\n" + QUEUE


def lowered(patch: pytest.MonkeyPatch, most: int) -> None:
    """Let a template in JSON have so many names and values at most."""
    patch.setattr("msglint.source.read_json", partial(read_json, most=most))


LOWERED: dict[str, tuple[str, str, Callable[[pytest.MonkeyPatch], None]]] = {
    "file-size": ("t.yaml", QUEUE + "#" * 60, lambda patch: patch.setattr(text, "MAX_BYTES", 60)),
    "file-size of a template": (
        "t.yaml",
        QUEUE + "#" * 60,
        lambda patch: patch.setattr(recognise, "MAX_BYTES", 60),
    ),
    "nesting": ("t.yaml", QUEUE + "  Deep: " + "[" * 120 + "]" * 120, lambda _: None),
    "aliases": ("t.yaml", BOMB, lambda patch: patch.setattr(yaml_tree, "MAX_ALIAS_NODES", 3)),
    "values": ("t.yaml", QUEUE, lambda patch: patch.setattr(yaml_tree, "MAX_VALUES", 4)),
    "values in JSON": (
        "t.json",
        '{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {}}}}',
        lambda patch: lowered(patch, 7),
    ),
    "values of a plan": ("p.json", PLAN, lambda patch: patch.setattr(recognise, "MAX_PLAN_VALUES", 9)),
    "values in .tf": (
        "main.tf",
        'resource "aws_sqs_queue" "q" {\n  name = "a"\n}\n',
        lambda patch: patch.setattr(tokens, "MAX_TOKENS", 6),
    ),
    "resources": (
        "t.yaml",
        QUEUE + "  Other: {Type: AWS::SQS::Queue}\n",
        lambda patch: patch.setattr(recognise, "MOST_RESOURCES", 1),
    ),
    "module-files": ("main.tf", "", lambda patch: patch.setattr(configuration, "MOST_FILES", 0)),
    "file-size of a module": (
        "main.tf",
        'locals {\n  a = "b"\n}\n',
        lambda patch: patch.setattr(configuration, "MAX_WRITTEN", 10),
    ),
}


def test_the_page_tells_the_bounds_of_the_code() -> None:
    rows = re.findall(r"^\| .* \| ([\d,]+) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(row.replace(",", "")) for row in rows] == list(BOUNDS)


@pytest.mark.parametrize("name", LOWERED)
def test_a_file_beyond_a_limit_is_a_finding_that_names_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, content, lower = LOWERED[name]
    for directory in ("alone", "beside"):
        (tmp_path / directory).mkdir()
    (tmp_path / "alone" / file).write_text(content, encoding="utf-8")
    (tmp_path / "beside" / "q.json").write_text('{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}', encoding="utf-8")
    lower(monkeypatch)
    report = lint([str(tmp_path)], Options())
    assert told(report) == [("alone" if name == "module-files" else file, name.partition(" ")[0])]
    assert {Path(finding.file).name for finding in report.findings if finding.code != "MSG001"} == {"q.json"}


def test_as_much_as_a_limit_allows_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan has five names, four mappings and a list, a text and four numbers."""
    monkeypatch.setattr(recognise, "MAX_PLAN_VALUES", 15)
    assert told(lint_text("p.json", PLAN.encode(), Options())) == []
    monkeypatch.setattr(recognise, "MAX_PLAN_VALUES", 14)
    assert told(lint_text("p.json", PLAN.encode(), Options())) == [("p.json", "values")]


def told(report: Report) -> list[tuple[str, str]]:
    """Give the files that were not judged, each with the limit that it goes beyond."""
    found = (re.search(r"\(limit: ([\w-]+)\)$", finding.message) for finding in report.findings)
    return [
        (Path(finding.file).name, limit[1])
        for finding, limit in zip(report.findings, found, strict=True)
        if finding.code == "MSG001" and limit is not None
    ]


def endless(slow: Sequence[str]) -> Callable[..., Iterator[object]]:
    """Give what judges the files with these names for ever, and all others at once."""
    real = judge.judge

    def judged(rule: object, subject: tuple[str, str], worlds: object) -> object:
        while Path(subject[0]).name in slow:
            pass
        return real(rule, subject, worlds)  # type: ignore[arg-type]

    return judged  # type: ignore[return-value]


TEMPLATES = {"a.yaml": QUEUE, "b.yaml": QUEUE, "c.yaml": QUEUE}
HASTY = Options(timeout=0.2)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """Give a directory with three templates."""
    for name, content in TEMPLATES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_a_file_that_takes_too_long_is_given_up_and_the_others_go_on(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "judge", endless(["b.yaml"]))
    report = lint([str(templates)], HASTY)
    assert told(report) == [("b.yaml", "timeout-per-file")]
    assert {Path(each.file).name for each in report.findings} == {"a.yaml", "b.yaml", "c.yaml"}
    assert {Path(question.file).name for question in report.questions} == {"a.yaml", "c.yaml"}
    assert {Path(name).name for name in report.scope.judged} == {"a.yaml", "c.yaml"}
    assert sorted(Path(name).name for name in report.files) == ["a.yaml", "b.yaml", "c.yaml"]


def test_reading_takes_of_the_same_time(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def reads(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr("msglint.reading.read", reads)
    report = lint([str(templates)], HASTY)
    assert told(report) == [(name, "timeout-per-file") for name in TEMPLATES]


def test_a_configuration_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("slow", "swift"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n', encoding="utf-8")
    monkeypatch.setattr(engine, "judge", endless(["slow"]))
    report = lint([str(tmp_path)], HASTY)
    assert told(report) == [("slow", "timeout-per-file")]
    assert {Path(finding.file).name for finding in report.findings} == {"slow", "main.tf"}


def test_templates_that_are_judged_together_are_given_up_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nest = "Resources:\n  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml}}\n"
    for name, content in {"inner.yaml": QUEUE, "outer.yaml": nest, "other.yaml": QUEUE}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(engine, "subjects", slow_subjects(judge.subjects))
    report = lint([str(tmp_path)], HASTY)
    assert told(report) == [("inner.yaml", "timeout-per-file"), ("outer.yaml", "timeout-per-file")]
    assert {Path(finding.file).name for finding in report.findings} == {"inner.yaml", "outer.yaml", "other.yaml"}


def slow_subjects(real: Callable[..., Iterator[str]]) -> Callable[..., Iterator[str]]:
    """Take forever over the stacks that are nested in others."""

    def found(entry: object, part: object) -> Iterator[str]:
        while getattr(part, "stack", ""):
            pass
        return real(entry, part)

    return found


def test_in_another_thread_the_time_is_over_at_the_next_question(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = judge.judge

    def slow(*asked: object) -> object:
        end = time.thread_time() + 0.3
        while time.thread_time() < end:
            pass
        return real(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "judge", slow)
    reports: list[Report] = []
    thread = threading.Thread(target=lambda: reports.append(lint([str(templates / "a.yaml")], HASTY)))
    thread.start()
    thread.join()
    assert told(reports[0]) == [("a.yaml", "timeout-per-file")]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timer")
def test_a_clock_takes_no_signal_that_somebody_else_uses() -> None:
    def own(*_: object) -> None:
        """Do nothing."""

    before = signal.signal(signal.SIGPROF, own)
    try:
        with Clock().within(60):
            assert signal.getsignal(signal.SIGPROF) is own
            assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    finally:
        signal.signal(signal.SIGPROF, before)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timer")
def test_a_clock_leaves_no_signal_behind() -> None:
    clock = Clock()

    def forever() -> None:
        with clock.within(0.01):
            while True:
                pass

    with pytest.raises(TimeUp):
        forever()
    assert signal.getsignal(signal.SIGPROF) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    clock.look()  # nothing is going on


def test_the_user_says_how_long_a_file_may_take(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "judge", endless(["b.yaml"]))
    monkeypatch.chdir(templates)
    result = run("lint", "--timeout-per-file", "0.2", "--format", "concise", "--fail-on", "error")
    assert result.exit_code == Exit.FINDINGS
    assert "b.yaml:1:1: error MSG001 this file was not judged: it takes longer than 0.2 seconds" in result.output
    (templates / "msglint.toml").write_text("timeout-per-file = 0.3\n", encoding="utf-8")
    assert "longer than 0.3 seconds" in run("lint", "--format", "concise").output


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon", "1e9"])
def test_a_time_that_is_none_is_wrong_usage(seconds: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("lint", f"--timeout-per-file={seconds}").exit_code == Exit.USAGE
    (tmp_path / "msglint.toml").write_text(f"timeout-per-file = {seconds}\n", encoding="utf-8")
    assert run("lint").exit_code == Exit.USAGE
