"""The run as a whole: scenarios, suppressions, assumptions, failures, and whatever input there may be."""

import copy
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from linting import RULES, inputs, said
from msglint.engine import fails, lint, lint_text
from msglint.finding import Candidate, Entry, Finding, Note, Report, Severity
from msglint.model.model import Model
from msglint.model.sqs import Queue
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.rules.index import RULES as INDEX
from msglint.rules.interface import Rule, load, rule
from msglint.source import Document, Position, Span, Spot, Within
from msglint.verdict import YES, Doubt, Reason, unknown

POLLING = Options(select=("MSG501", "MSG003"))
HEADER = 'AWSTemplateFormatVersion: "2010-09-09"\n'


def run(template: str, options: Options = POLLING) -> Report:
    """Judge the sections of a template."""
    return lint_text("t.yaml", (HEADER + dedent(template)).encode(), options)


def brief(report: Report) -> list[str]:
    """Name each finding by code, resource and severity, or that it is undecided, with its scenario."""
    return [_brief(finding) for finding in (*report.findings, *report.undecided)]


def _brief(finding: Finding) -> str:
    scenario = f" {finding.scenario}" if finding.scenario is not None else ""
    verdict = finding.severity.value if finding.decided else "undecided"
    return f"{finding.code} {finding.resource or '-'} {verdict}{scenario}"


# Suppressions


def test_a_comment_hides_findings_of_its_line() -> None:
    report = run("""
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties:
              ReceiveMessageWaitTimeSeconds: 0  # msglint: ignore[MSG501] polled by hand
          Billing:
            Type: AWS::SQS::Queue
            Properties:
              ReceiveMessageWaitTimeSeconds: 0
        """)
    assert (brief(report), report.suppressed) == (["MSG501 Billing warning"], 1)


@pytest.mark.parametrize("word", ["MSG501", "msg501", "short-polling", "MSG701, MSG501", "MSG701 short-polling"])
def test_a_comment_of_its_own_line_hides_findings_of_the_next(word: str) -> None:
    """Other comments and empty lines in between do not matter, and one comment may name several rules."""
    report = run(
        f"""
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties:
              # msglint: ignore[{word}] polled by hand
              # As agreed with the shop.

              ReceiveMessageWaitTimeSeconds: 0
        """,
        Options(select=("MSG501",)),
    )
    assert (brief(report), report.suppressed) == ([], 1)


@pytest.mark.parametrize("place", ["beside", "above"])
def test_a_comment_at_a_logical_id_holds_for_the_resource(place: str) -> None:
    comment = "# msglint: ignore[MSG501]"
    report = run(f"""
        Resources:
          {comment if place == "above" else "# Takes orders."}
          Orders: {comment if place == "beside" else ""}
            Type: AWS::SQS::Queue
            Properties:
              ReceiveMessageWaitTimeSeconds: 0
          Billing:
            Type: AWS::SQS::Queue
        """)
    assert (brief(report), report.suppressed) == (["MSG501 Billing warning"], 1)


def test_metadata_of_a_resource_holds_for_it_in_yaml_and_json() -> None:
    """JSON has no comments, so there it is the only way."""
    polled = {"msglint": {"ignore": [{"rule": "short-polling", "reason": "polled by hand"}]}}
    resources = {
        "Orders": {"Type": "AWS::SQS::Queue", "Metadata": polled},
        "Billing": {"Type": "AWS::SQS::Queue"},
    }
    template = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    for text in (template, f"# the same as YAML\n{template}"):
        report = lint_text("t", text.encode(), POLLING)
        assert (brief(report), report.suppressed) == (["MSG501 Billing warning"], 1)


def test_metadata_of_a_template_holds_for_all_of_it() -> None:
    report = run("""
        Metadata:
          msglint:
            ignore:
              - {rule: MSG501, reason: everybody passes a wait time}
        Resources:
          Orders:
            Type: AWS::SQS::Queue
          Billing:
            Type: AWS::SQS::Queue
        """)
    assert (brief(report), report.suppressed) == ([], 2)


def test_what_cannot_be_decided_is_hidden_too() -> None:
    report = run("""
        Parameters: {Wait: {Type: Number}}
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties:
              ReceiveMessageWaitTimeSeconds: !Ref Wait  # msglint: ignore[MSG501]
        """)
    assert (brief(report), report.suppressed) == ([], 1)


def test_a_suppression_that_hides_nothing_is_reported_at_its_place() -> None:
    report = run("""
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Metadata: {msglint: {ignore: [{rule: MSG501}]}}
            Properties:
              ReceiveMessageWaitTimeSeconds: 20  # msglint: ignore[short-polling] polled by hand
        """)
    assert [(finding.code, finding.span.start, finding.message.partition(";")[0]) for finding in report.findings] == [
        ("MSG003", (6, 42), "ignore[MSG501] hides nothing here"),
        ("MSG003", (8, 42), "ignore[short-polling] hides nothing here"),
    ]


def test_a_suppression_of_no_rule_is_reported() -> None:
    template = """
        Resources:
          Orders:  # msglint: ignore[MSG999, MSG5]
            Type: AWS::SQS::Queue
        """
    messages = [finding.message for finding in run(template, Options(select=("MSG003",))).findings]
    assert [message.partition(";")[0] for message in messages] == [
        "ignore[MSG5] names no rule of this run",
        "ignore[MSG999] names no rule of this run",
    ]


@pytest.mark.parametrize(
    "options", [Options(select=("MSG003", "MSG701")), Options(ignore=("MSG501", "MSG302", "MSG7"))]
)
def test_a_suppression_is_not_unused_where_its_rule_did_not_run(options: Options) -> None:
    template = """
        Resources:
          DeadLetters:
            Type: AWS::SQS::Queue
            Properties:
              ReceiveMessageWaitTimeSeconds: 20  # msglint: ignore[MSG501]
        """
    assert "MSG003" not in {finding.code for finding in run(template, options).findings}


def test_a_suppression_hides_only_its_own_resource_where_a_value_is_shared() -> None:
    """Whichever resource comes first in the template."""
    for hidden, shown in (("Billing", "Orders"), ("Orders", "Billing")):
        report = run(f"""
            Parameters: {{Wait: {{Type: Number, Default: 0}}}}
            Resources:
              {hidden}:
                Type: AWS::SQS::Queue
                Metadata: {{msglint: {{ignore: [{{rule: MSG501}}]}}}}
                Properties: {{ReceiveMessageWaitTimeSeconds: !Ref Wait}}
              {shown}:
                Type: AWS::SQS::Queue
                Properties: {{ReceiveMessageWaitTimeSeconds: !Ref Wait}}
            """)
        assert (brief(report), report.suppressed) == ([f"MSG501 {shown} warning"], 1)


# One value, several resources


def test_what_several_resources_owe_to_one_value_is_one_finding() -> None:
    report = run("""
        Parameters: {Wait: {Type: Number, Default: 0}}
        Resources:
          Orders: {Type: 'AWS::SQS::Queue', Properties: {ReceiveMessageWaitTimeSeconds: !Ref Wait}}
          Billing: {Type: 'AWS::SQS::Queue', Properties: {ReceiveMessageWaitTimeSeconds: !Ref Wait}}
          Stock: {Type: 'AWS::SQS::Queue', Properties: {ReceiveMessageWaitTimeSeconds: 0}}
        """)
    merged, alone = report.findings
    assert (merged.resource, merged.span.start) == ("Orders", (3, 44))
    assert [note.resource for note in merged.related] == ["Billing"]
    assert (alone.resource, alone.related) == ("Stock", ())


def test_the_gravest_speaks_for_all_that_share_a_value() -> None:
    """A dead-letter queue is only told about short polling; that must not tone down what concerns its source."""
    report = run("""
        Parameters: {Wait: {Type: Number, Default: 0}}
        Resources:
          Dead: {Type: 'AWS::SQS::Queue', Properties: {ReceiveMessageWaitTimeSeconds: !Ref Wait}}
          Orders:
            Type: AWS::SQS::Queue
            Properties:
              ReceiveMessageWaitTimeSeconds: !Ref Wait
              RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5}
        """)
    assert brief(report) == ["MSG501 Orders warning"]
    assert [note.resource for note in report.findings[0].related] == ["Dead"]


# Scenarios

REGIONAL = """
    Conditions:
      Ireland: !Equals [!Ref AWS::Region, eu-west-1]
      Frankfurt: !Equals [!Ref AWS::Region, eu-central-1]
      Europe: !Or [!Condition Ireland, !Condition Frankfurt]
    """


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        ("!If [Ireland, 0, 20]", ["MSG501 Orders warning when Ireland is true"]),
        ("!If [Ireland, 20, 0]", ["MSG501 Orders warning when Ireland is false"]),
        ("!If [Ireland, 20, 10]", []),
        ("!If [Ireland, !If [Frankfurt, 0, 20], 20]", []),
        ("!If [Europe, !If [Ireland, 20, 0], 20]", ["MSG501 Orders warning when Europe is true and Ireland is false"]),
        ("!If [Ireland, !Ref AWS::NoValue, 20]", ["MSG501 Orders warning when Ireland is true"]),
        ("!If [Ireland, !Ref Wait, 20]", ["MSG501 Orders undecided when Ireland is true"]),
        ("!If [Ireland, !Ref Wait, !Ref Wait]", ["MSG501 Orders undecided", "MSG501 Orders undecided"]),
        ("!If [Nowhere, 0, 20]", ["MSG501 Orders warning when Nowhere is true"]),
    ],
)
def test_a_finding_says_in_which_scenario_it_holds(wait: str, expected: list[str]) -> None:
    report = run(f"""{REGIONAL}
    Parameters: {{Wait: {{Type: Number}}}}
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        Properties:
          ReceiveMessageWaitTimeSeconds: {wait}
    """)
    assert [line.partition(" when")[0] if "!Ref Wait, !Ref" in wait else line for line in brief(report)] == expected


def test_conditions_may_stand_at_every_level() -> None:
    """Around a resource's properties, inside a property, and in an element of a list."""
    report = run(
        f"""{REGIONAL}
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        Properties:
          ReceiveMessageWaitTimeSeconds: 20
          RedrivePolicy:
            Fn::If:
              - Ireland
              - deadLetterTargetArn: !If [Europe, !GetAtt Dead.Arn, arn:aws:sqs:us-east-1:111122223333:d.fifo]
                maxReceiveCount: 5
              - deadLetterTargetArn: !Select [0, [!If [Frankfurt, !GetAtt Fifo.Arn, !GetAtt Dead.Arn]]]
                maxReceiveCount: 5
      Dead:
        Type: AWS::SQS::Queue
      Fifo:
        Type: AWS::SQS::Queue
        Properties: {{FifoQueue: true}}
    """,
        Options(select=("MSG605",)),
    )
    assert brief(report) == ["MSG605 Orders error when Ireland is false and Frankfurt is true"]


def test_a_condition_that_the_resource_has_is_not_told() -> None:
    """It holds wherever there is the resource; one that excludes it is never judged."""
    report = run(f"""{REGIONAL}
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        Condition: Ireland
        Properties: {{ReceiveMessageWaitTimeSeconds: !If [Europe, 0, 20]}}
      Billing:
        Type: AWS::SQS::Queue
        Condition: Ireland
        Properties: {{ReceiveMessageWaitTimeSeconds: !If [Frankfurt, 0, 20]}}
    """)
    assert brief(report) == ["MSG501 Orders warning"]


def test_a_resource_that_is_never_made_has_no_findings() -> None:
    report = run("""
        Conditions: {Never: !Equals [a, b]}
        Resources:
          Orders: {Type: 'AWS::SQS::Queue', Condition: Never}
        """)
    assert brief(report) == []


def test_a_scenario_is_told_however_many_others_fail_in_it() -> None:
    """Two sources in one of two scenarios are not one source in both."""
    report = run(
        f"""{REGIONAL}
    Resources:
      Dead:
        Type: AWS::SQS::Queue
        Properties: {{MessageRetentionPeriod: !If [Ireland, 60, 1209600]}}
      Orders:
        Type: AWS::SQS::Queue
        Properties: {{RedrivePolicy: {{deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5}}}}
      Billing:
        Type: AWS::SQS::Queue
        Properties: {{RedrivePolicy: {{deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5}}}}
    """,
        Options(select=("MSG704",)),
    )
    assert set(brief(report)) == {"MSG704 Dead warning when Ireland is true"}


def _conditions(count: int) -> str:
    named = "\n".join(f"  C{number}: !Equals [!Ref P{number}, 'yes']" for number in range(count))
    parameters = "\n".join(f"  P{number}: {{Type: String}}" for number in range(count))
    return f"Parameters:\n{parameters}\nConditions:\n{named}\n"


def test_independent_conditions_do_not_multiply() -> None:
    queues = "\n".join(
        f"  Q{number}:\n    Type: AWS::SQS::Queue\n    Properties:\n"
        f"      ReceiveMessageWaitTimeSeconds: !If [C{number}, 0, 20]"
        for number in range(26)
    )
    began = time.process_time()
    report = run(f"{_conditions(26)}Resources:\n{queues}\n")
    assert time.process_time() - began < 2
    assert brief(report) == [f"MSG501 Q{number} warning when C{number} is true" for number in range(26)]


def test_too_many_combinations_are_undecided_and_say_so() -> None:
    sources = "\n".join(
        f"  Q{number}:\n    Type: AWS::SQS::Queue\n    Condition: C{number}\n    Properties:\n"
        "      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}"
        for number in range(26)
    )
    began = time.process_time()
    report = run(
        f"{_conditions(26)}Resources:\n  Dead: {{Type: 'AWS::SQS::Queue'}}\n{sources}\n", Options(select=("MSG704",))
    )
    assert time.process_time() - began < 2
    named = ", ".join(f"C{number} is true" for number in range(6))
    assert brief(report) == [
        f"MSG704 Dead info in a combination of 26 conditions in which {named} and so on",
        "MSG704 Dead undecided",
    ]
    assert report.undecided[0].doubt is Doubt.NOT_UNDERSTOOD
    assert [reason.message for reason in report.undecided[0].reasons] == [
        "more than 64 combinations of conditions bear on this, those of C0, C1, C2 and others"
    ]


# Assumptions


@pytest.mark.parametrize(
    ("assumptions", "expected"),
    [
        (Assumptions(), ["MSG501 Orders warning when Ireland is true", "MSG501 Billing undecided"]),
        (Assumptions(regions=("eu-west-1",)), ["MSG501 Orders warning", "MSG501 Billing undecided"]),
        (
            Assumptions(regions=("eu-west-1", "eu-west-2")),
            ["MSG501 Orders warning when Ireland is true", "MSG501 Billing undecided"],
        ),
        (Assumptions(regions=("us-east-1",), parameters={"Wait": "20"}), []),
        (Assumptions(regions=("us-east-1",), parameters={"Wait": "0", "Other": "1"}), ["MSG501 Billing warning"]),
        (
            Assumptions(accounts=("111122223333",), parameters={"Wait": "20"}),
            ["MSG501 Orders warning when Ireland is true", "MSG501 Stock warning"],
        ),
    ],
)
def test_what_the_user_asserts_decides(assumptions: Assumptions, expected: list[str]) -> None:
    template = f"""{REGIONAL}
      Own: !Equals [!Ref AWS::AccountId, "111122223333"]
    Parameters: {{Wait: {{Type: Number}}}}
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        Properties: {{ReceiveMessageWaitTimeSeconds: !If [Ireland, 0, 20]}}
      Billing:
        Type: AWS::SQS::Queue
        Properties: {{ReceiveMessageWaitTimeSeconds: !Ref Wait}}
      Stock:
        Type: AWS::SQS::Queue
        Properties: {{ReceiveMessageWaitTimeSeconds: !If [Own, 0, 20]}}
    """
    found = brief(run(template, Options(select=("MSG501",), assumptions=assumptions)))
    if not assumptions.accounts:
        found.remove("MSG501 Stock warning when Own is true")
    assert found == expected


def test_a_parameter_that_the_user_gives_is_found_where_it_is_used() -> None:
    """Its Default is not what is deployed, so the finding does not stand there."""
    template = """
        Parameters: {Wait: {Type: Number, Default: 20}}
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties:
              ReceiveMessageWaitTimeSeconds: !Ref Wait
        """
    assert brief(run(template)) == []
    (finding,) = run(template, Options(assumptions=Assumptions(parameters={"Wait": "0"}), select=("MSG501",))).findings
    assert finding.span.start == (8, 38)


# Places in what somebody else wrote


def test_a_fault_in_a_module_of_somebody_else_stands_at_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place inside is a related one, also of notes and reasons, and tells two faults of one call apart."""
    module = Document("module.tf", "first = 1\nsecond = 2\nthird = 3\n")

    def inside(queue: Queue, line: int) -> Within:
        start = Position(line, 1)
        return Within(queue.at, Spot(module, Span(start, Position(line, 4))))

    @rule("MSG501", Severity.WARNING, each=Queue, since="0", references=["https://example.com"])
    def short_polling(queue: Queue, model: Model) -> Iterator[Candidate]:
        note = Note("see this", inside(queue, 2), queue)
        doubt = Reason(Doubt.OUTSIDE, "nobody knows", inside(queue, 3))
        for message, when in (("a", YES), ("b", unknown(doubt))):
            yield Candidate(when=when, resource=queue, at=inside(queue, 1), message=message, related=(note, note))
        yield Candidate(when=YES, resource=queue, at=inside(queue, 2), message="a", secret=(inside(queue, 2),))

    def loaded(entry: Entry) -> Rule:
        return short_polling if entry.name == "short-polling" else load(entry)

    monkeypatch.setattr("msglint.engine.load", loaded)
    template = HEADER + "Resources: {Orders: {Type: 'AWS::SQS::Queue'}}\n"
    report = lint_text("t.yaml", template.encode(), POLLING)
    first, second, undecided = sorted((*report.findings, *report.undecided), key=lambda each: len(each.related))
    assert {(each.file, each.span.start) for each in (first, second, undecided)} == {("t.yaml", (2, 13))}
    found = [[(note.file, note.span.start.line, note.message) for note in each.related] for each in (first, second)]
    here = "in the module, here"
    assert found == [
        [("module.tf", 2, here)],
        [("module.tf", 1, here), ("t.yaml", 2, "see this"), ("module.tf", 2, here)],
    ]
    assert [note.span.start.line for note in undecided.related] == [1, 2, 2, 3]
    assert [(reason.file, reason.message) for reason in undecided.reasons] == [("t.yaml", "nobody knows")]
    # What is secret is the text in the module, not the user's call of it.
    assert report.texts["t.yaml"][1] == "Resources: {Orders: {Type: 'AWS::SQS::Queue'}}"


def test_a_reason_that_holds_at_several_places_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    @rule("MSG501", Severity.WARNING, each=Queue, since="0", references=["https://example.com"])
    def short_polling(queue: Queue, model: Model) -> Iterator[Candidate]:
        elsewhere = Spot(queue.at.document, Span(Position(1, 1), Position(1, 4)))
        doubts = [Reason(Doubt.OUTSIDE, "nobody knows", at) for at in (queue.at, elsewhere)]
        yield Candidate(when=unknown(*doubts), resource=queue, at=queue.at, message="a")

    def loaded(entry: Entry) -> Rule:
        return short_polling if entry.name == "short-polling" else load(entry)

    monkeypatch.setattr("msglint.engine.load", loaded)
    template = HEADER + "Resources: {Orders: {Type: 'AWS::SQS::Queue'}}\n"
    (undecided,) = lint_text("t.yaml", template.encode(), POLLING).undecided
    assert undecided.message.endswith("not decided, because nobody knows")
    assert len(undecided.reasons) == 2


# Failures and choices

TWO_QUEUES = """
    Resources:
      Orders: {Type: 'AWS::SQS::Queue'}
      Dead: {Type: 'AWS::SQS::Queue'}
    """


def test_a_rule_that_fails_is_a_finding_and_the_rest_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    @rule("MSG501", Severity.WARNING, each=Queue, since="0", references=["https://example.com"])
    def short_polling(queue: Queue, model: Model) -> Iterator[Any]:
        if queue.id == "Orders":
            raise ZeroDivisionError("no way")
        yield from ()

    def loaded(entry: Entry) -> Rule:
        return short_polling if entry.name == "short-polling" else load(entry)

    monkeypatch.setattr("msglint.engine.load", loaded)
    report = run(TWO_QUEUES, Options(select=("MSG501", "MSG701")))
    assert brief(report) == ["MSG002 Orders error", "MSG701 Orders warning", "MSG701 Dead undecided"]
    words = (
        r"rule MSG501 short-polling failed on Orders \(ZeroDivisionError in test_engine, line \d+\); all other rules"
    )
    assert re.match(words, report.findings[0].message)
    assert [(question.code, question.resource) for question in report.questions] == [
        ("MSG501", "Dead"),
        ("MSG701", "Orders"),
        ("MSG701", "Dead"),
    ]
    assert "MSG002" not in {finding.code for finding in run(TWO_QUEUES, Options(ignore=("MSG002",))).findings}


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        (("MSG501",), (), {"MSG501"}),
        (("msg3", "short-polling"), (), {"MSG302", "MSG501"}),
        (("MSG",), ("MSG3",), {"MSG501", "MSG701"}),
        ((), ("MSG5", "no-customer-managed-key"), {"MSG701"}),
        (("MSG501",), ("MSG501",), set()),
    ],
)
def test_rules_are_chosen_by_code_beginning_and_name(
    select: tuple[str, ...], ignore: tuple[str, ...], expected: set[str]
) -> None:
    report = run(TWO_QUEUES, Options(select=select, ignore=ignore))
    assert {finding.code for finding in report.findings} == expected


def test_what_cannot_be_read_is_said_whatever_is_selected() -> None:
    broken = b"AWSTemplateFormatVersion: '2010-09-09'\nResources: [}"
    assert brief(lint_text("t", broken, Options(select=("MSG501",)))) == ["MSG001 - error"]
    assert brief(lint_text("t", broken, Options(ignore=("MSG001",)))) == []


@pytest.mark.parametrize(
    ("template", "options", "expected"),
    [
        (TWO_QUEUES, Options(select=("MSG302",)), False),
        (TWO_QUEUES, Options(select=("MSG302",), fail_on=Severity.INFO), True),
        (TWO_QUEUES, Options(select=("MSG501",)), True),
        (TWO_QUEUES, Options(select=("MSG501",), fail_on=Severity.ERROR), False),
        (TWO_QUEUES, Options(select=("MSG701",), ignore=("MSG501",), fail_on=Severity.ERROR), False),
        (TWO_QUEUES, Options(select=("MSG701",), fail_on=Severity.ERROR, strict=True), True),
        (TWO_QUEUES, Options(select=("MSG801",), strict=True), False),
    ],
)
def test_severity_and_strictness_decide_what_fails(template: str, options: Options, expected: bool) -> None:
    assert fails(run(template, options), options) is expected


def test_a_question_is_one_rule_and_one_resource_whatever_the_scenarios() -> None:
    report = run(f"""{REGIONAL}
    Parameters: {{Wait: {{Type: Number}}}}
    Resources:
      Orders: {{Type: 'AWS::SQS::Queue', Properties: {{ReceiveMessageWaitTimeSeconds: !If [Europe, 0, 20]}}}}
      Billing: {{Type: 'AWS::SQS::Queue', Properties: {{ReceiveMessageWaitTimeSeconds: !Ref Wait}}}}
      Stock: {{Type: 'AWS::SQS::Queue', Properties: {{ReceiveMessageWaitTimeSeconds: 20}}}}
      News: {{Type: 'AWS::SNS::Topic'}}
    """)
    assert [(question.code, question.resource, question.fault) for question in report.questions] == [
        ("MSG501", "Orders", True),
        ("MSG501", "Billing", None),
        ("MSG501", "Stock", False),
    ]


def test_findings_of_several_files_are_sorted_and_each_file_is_judged_once(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml"):
        (tmp_path / name).write_text(HEADER + dedent(TWO_QUEUES), encoding="utf-8")
    (tmp_path / "package.json").write_text("{}", encoding="utf-8")
    report = lint([str(tmp_path), str(tmp_path / "b.yaml")], POLLING)
    assert [(Path(finding.file).name, finding.resource) for finding in report.findings] == [
        ("a.yaml", "Orders"),
        ("a.yaml", "Dead"),
        ("b.yaml", "Orders"),
        ("b.yaml", "Dead"),
    ]
    assert [Path(name).name for name in report.files] == ["a.yaml", "b.yaml"]
    assert [(Path(skipped.file).name, skipped.reason) for skipped in report.skipped] == [
        ("package.json", "no template")
    ]
    assert set(report.texts) == set(report.files)


def test_a_fingerprint_survives_what_happens_to_the_lines_around() -> None:
    moved = indent("# one line\n# and another\n", " " * 4) + TWO_QUEUES
    before, after = run(TWO_QUEUES, Options()).findings, run(moved, Options()).findings
    assert [finding.span for finding in before] != [finding.span for finding in after]
    assert [finding.fingerprint for finding in before] == [finding.fingerprint for finding in after]
    assert len({finding.fingerprint for finding in before}) == len(before)


# Plans

PLAN = RULES / "short-polling" / "bad.tfplan.json"


def _plan() -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(PLAN.read_bytes())
    return plan


def _lines(plan: dict[str, Any], **layout: Any) -> list[str]:
    """Say what a plan is told, without lines and columns."""
    report = lint_text("plan.json", json.dumps(plan, **layout).encode(), Options())
    return [re.sub(r"\b\d+:\d+\b", "", line).partition(" ")[2] for line in said(report)]


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.99"])
def test_plan_formats_that_are_read(version: str) -> None:
    assert sorted(_lines({**_plan(), "format_version": version})) == sorted(_lines(_plan()))


@pytest.mark.parametrize("version", ["2.0", "10.1", "1", "", "1.0\n", None, 1.2, ["1.2"]])
def test_plan_formats_that_are_not_read(version: object) -> None:
    (line,) = _lines({**_plan(), "format_version": version})
    assert line.startswith("MSG001 error -: this file cannot be read: this plan has format_version")


def test_a_plan_without_a_format_is_not_read() -> None:
    plan = _plan()
    del plan["format_version"]
    assert [line[:14] for line in _lines(plan)] == ["MSG001 error -"]


def test_a_plan_says_the_same_on_one_line_and_pretty() -> None:
    assert (
        sorted(_lines(_plan())) == sorted(_lines(_plan(), indent=2)) == sorted(_lines(_plan(), separators=(",", ":")))
    )


def test_places_in_a_pretty_plan() -> None:
    text = json.dumps(_plan(), indent=2)
    report = lint_text("plan.json", text.encode(), Options(select=("MSG501",)))
    lines = text.splitlines()
    for finding in report.findings:
        start, end = finding.span
        pointed = lines[start.line - 1][start.column - 1 : end.column - 1]
        assert pointed in {"0", json.dumps(finding.resource)}
    assert report.findings


def test_fields_of_other_versions_and_of_opentofu_are_passed_over() -> None:
    plan = _plan()
    expected = _lines(plan)
    plan |= {"complete": True, "errored": False, "deferred_changes": [], "action_invocations": [7], "checks": None}
    plan |= {"tofu_version": "1.10.0", "encryption": {"method": "none"}, "variables": {"x": {"deprecated": "yes"}}}
    for change in plan["resource_changes"]:
        change["provider_name"] = change["provider_name"].replace("terraform.io", "opentofu.org")
        change["action_reason"] = "new"
        change["change"]["importing"] = {"unknown": True}
    assert _lines(plan) == expected


def test_a_deposed_object_says_nothing_of_the_resource() -> None:
    """What is left of an earlier failed replacement is destroyed, under the same address."""
    plan = json.loads((RULES / "queue-without-dead-letter-queue" / "good.tfplan.json").read_bytes())
    deposed = copy.deepcopy(plan["resource_changes"])
    for change in deposed:
        change["deposed"] = "8f1c4c2e"
        change["change"] |= {"actions": ["delete"], "after": None, "after_unknown": {}}
    expected = _lines(plan)
    plan["resource_changes"] += deposed
    assert _lines(plan) == expected


# Hostile input

FOLDERS = [RULES / entry.name for entry in INDEX if entry.kinds]
CUTS = 24  # truncations of each file
STRIDE = 29  # bytes from one truncation to the next where time does not matter
FORMATS = [
    *(path for folder in FOLDERS for path in inputs(folder, "bad") if ".cfn." in path.name),
    RULES / "aws-managed-key" / "bad.tfplan.json",
]


def _is_told(name: str, data: bytes) -> Report:
    """Judge and insist on it that no rule fails."""
    report = lint_text(name, data, Options(show_undecided=True))
    assert "MSG002" not in {finding.code for finding in report.findings}, said(report)
    return report


@pytest.mark.parametrize("path", FORMATS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_truncated_files_have_findings_and_never_an_exception(path: Path) -> None:
    data = path.read_bytes()
    for cut in range(CUTS):
        _is_told(path.name, data[: len(data) * cut // CUTS])


@pytest.mark.slow
@pytest.mark.parametrize("path", FORMATS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_files_truncated_anywhere_have_findings_and_never_an_exception(path: Path) -> None:
    data = path.read_bytes()
    for size in range(0, len(data), STRIDE):
        _is_told(path.name, data[:size])


@pytest.mark.parametrize(
    ("properties", "asked"),
    [
        ("{QueueName: orders}", False),
        ("{KmsMasterKeyId: alias/aws/sqs}", True),
        ("!If [Live, {KmsMasterKeyId: alias/aws/sqs}, {}]", True),
        ("{Fn::Transform: {Name: AWS::Include}}", True),
    ],
)
def test_a_rule_that_needs_a_property_is_asked_where_it_may_be_written(properties: str, asked: bool) -> None:
    text = f"Resources:\n  Q: {{Type: 'AWS::SQS::Queue', Properties: {properties}}}\n"
    report = lint_text("t.yaml", text.encode(), Options(select=("MSG106",)))
    assert [question.resource for question in report.questions] == ["Q"] * asked


def test_a_text_in_the_place_of_the_properties_has_no_property_to_name() -> None:
    text = "Resources:\n  Orders: {Type: 'AWS::SQS::Queue', Properties: 'amqps://shop:s3cr3t-enough@broker:5671'}\n"
    (found,) = _is_told("t.yaml", text.encode()).findings
    assert (found.code, found.resource, "s3cr3t" in found.message) == ("MSG403", "Orders", False)


def test_a_data_source_may_hold_anything() -> None:
    plan = json.loads((RULES / "aws-managed-key" / "bad.tfplan.json").read_bytes())
    found = [each for each in plan["prior_state"]["values"]["root_module"]["resources"] if each["mode"] == "data"]
    for each in found:
        each["values"] = {name: {"odd": []} for name in each["values"]}
    assert found
    _is_told("t.tfplan.json", json.dumps(plan).encode())
