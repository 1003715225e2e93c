"""What people write to live with a finding: which comments and metadata count, and what is told of the others."""

import json
from textwrap import dedent

import pytest
import yaml

from msglint.engine import lint_text
from msglint.finding import Report
from msglint.options import Options
from msglint.source import Document, parse, read_yaml

UNKNOWN_FORM = "msglint does not understand this suppression, so it hides nothing"


def run(template: str, *select: str) -> Report:
    return lint_text("template.yaml", dedent(template).lstrip("\n").encode(), Options(select=("MSG003", *select)))


def said(report: Report) -> list[str]:
    """Write the code, resource and line of each finding, and how a suppression is told of."""
    return [
        f"{each.message.partition(';')[0]} at {each.span.start.line}:{each.span.start.column}"
        if each.code == "MSG003"
        else f"{each.code} {each.resource}"
        for each in report.findings
    ]


# Which text is a comment


def comments(text: str) -> list[str]:
    document = Document("template.yaml", text)
    return [document.slice(span) for span in read_yaml(document).comments()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1 # x\n# y\nb: 2#z\n", ["# x", "# y"]),
        ('a: \' # x\' # y\nb: " # x\\" # z" # w', ["# y", "# w"]),
        ("a: 'x\n  # x\n  y'\n# y\n", ["# y"]),
        ("{a: ' # x', # y\n b: [1, # z\n 2]}\n", ["# y", "# z"]),
        ("a: | # x\n  # y\n\n  z # y\n # v\nb: 1 # w\n", ["# x", "# v", "# w"]),
        ("a: >-\n  # y\n    # y\n# x\n", ["# x"]),
        ("a: !Sub |2-\n    # y\n  # y\n# x\n", ["# x"]),
        ("a: !Sub\n  - |\n   # y\n  - b: 1 # x\n", ["# x"]),
        ("a: &a |+\n  # y\n\nb: *a # x\n", ["# x"]),
        ("a: |\n# x\nb: |\n\n# z\n", ["# x", "# z"]),
        ("a: |\r\n  # y\r\n# x\r\n", ["# x"]),
        ("a: &a {b: ' # y'}\nc: *a\nd: {<<: *a}\n? ' # y'\n: |\n  # y\n", []),
        ("- |\n # y\n- |\n\n   # y\n   z\n  # x\n", ["# x"]),
        ("# x: 'y\na: 1 # it's\n", ["# x: 'y", "# it's"]),
        ("# x\n--- |\n # y", ["# x"]),
    ],
)
def test_a_sign_in_a_text_begins_no_comment(text: str, expected: list[str]) -> None:
    assert comments(text) == expected


def test_json_has_no_comments() -> None:
    assert parse(Document("template.json", '{"a": " # x"}')).comments() == ()


def test_what_stands_in_code_or_between_quotes_hides_nothing() -> None:
    report = run(
        """
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: "orders # msglint: ignore[MSG501]"
              ReceiveMessageWaitTimeSeconds: 0
          Init:
            Type: AWS::Lambda::Function
            Properties:
              Code:
                ZipFile: |
                  # msglint: ignore[MSG302]
                  return 1
        """,
        "MSG501",
    )
    assert said(report) == ["MSG501 Orders"]


# Comments


def test_flow_style_has_comments_also_where_it_begins_as_json_does() -> None:
    report = run(
        """
        {Resources: {
          Orders: {Type: AWS::SQS::Queue}, # msglint: ignore[MSG501] polled by hand
          Billing: {Type: AWS::SQS::Queue},
        }}
        """,
        "MSG501",
    )
    assert (said(report), report.suppressed) == (["MSG501 Billing"], 1)


def test_a_comment_beside_several_resources_holds_for_all_of_them() -> None:
    both = "Orders: {Type: AWS::SQS::Queue}, Billing: {Type: AWS::SQS::Queue}"
    report = run(f"Resources: {{{both}}}  # msglint: ignore[MSG501]\n", "MSG501")
    assert (said(report), report.suppressed) == ([], 2)


def test_one_comment_may_hold_several_suppressions_and_those_of_others() -> None:
    report = run(
        """
        Resources:
          Orders:  # checkov:skip=MSG701:why # msglint: ignore[MSG501] one # msglint: ignore[MSG701] two
            Type: AWS::SQS::Queue
        """,
        "MSG501",
        "MSG701",
    )
    assert (said(report), report.suppressed) == ([], 2)


@pytest.mark.parametrize(
    "comment",
    [
        "^# msglint: ignore MSG501",
        "^# msglint: ignore",
        "^# msglint: ignore[]",
        "^# msglint: ignore[ , ]",
        "^# msglint: ignore=MSG501",
        "^# msglint: disable[MSG501]",
        "^#msglint:skip=MSG501:why",
        "^# msglint ignore[MSG501] without the colon",
        "# polled by hand  ^# msglint: ignore (MSG501)",
    ],
)
def test_a_comment_of_another_form_hides_nothing_and_is_told(comment: str) -> None:
    line = f"  Orders:  {comment}"
    report = run(f"Resources:\n{line.replace('^', '')}\n    Type: AWS::SQS::Queue\n", "MSG501")
    assert said(report) == ["MSG501 Orders", f"{UNKNOWN_FORM} at 2:{line.index('^') + 1}"]


def test_a_comment_that_speaks_of_msglint_is_no_suppression() -> None:
    text = "Resources:\n  # msglint wants a queue here, see #7\n  Orders:\n    Type: AWS::SQS::Queue\n"
    assert said(run(text, "MSG501")) == ["MSG501 Orders"]


def test_a_comment_in_an_anchored_block_holds_for_all_that_it_becomes() -> None:
    report = run(
        """
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties: &polling
              ReceiveMessageWaitTimeSeconds: 0  # msglint: ignore[MSG501]
          Billing:
            Type: AWS::SQS::Queue
            Properties: *polling
          Returns:
            Type: AWS::SQS::Queue
            Properties: {<<: *polling}
        """,
        "MSG501",
    )
    assert (said(report), report.suppressed) == ([], 3)


# Metadata


@pytest.mark.parametrize(
    "ignore",
    [
        "[{rule: MSG501, reason: polled by hand}]",
        "[{rule: short-polling}]",
        "{rule: msg501, reason: polled by hand}",
        "[{rule: [MSG501, MSG701]}]",
        "MSG501",
        "MSG701, MSG501",
        "[MSG701, MSG501]",
        "{MSG501: polled by hand}",
        "[MSG701: kept, MSG501: ]",
    ],
)
@pytest.mark.parametrize("language", ["YAML", "JSON"])
@pytest.mark.parametrize("of", ["resource", "template"])
def test_metadata_name_rules_with_reasons_or_alone(of: str, language: str, ignore: str) -> None:
    queue = {"Type": "AWS::SQS::Queue"}
    metadata = {"Metadata": {"msglint": {"ignore": yaml.safe_load(ignore)}}}
    resources = {"Orders": {**queue, **metadata}} if of == "resource" else {"Orders": queue}
    whole = {"Resources": resources, **(metadata if of == "template" else {})}
    text = json.dumps(whole)
    report = lint_text("t", (text if language == "JSON" else f"# YAML\n{text}").encode(), Options(select=("MSG501",)))
    assert (said(report), report.suppressed) == ([], 1)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("{msglint: ^MSG501}", UNKNOWN_FORM),
        ("{msglint: ^{}}", UNKNOWN_FORM),
        ("{msglint: {^ignores: [MSG501]}}", UNKNOWN_FORM),
        ("{msglint: {ignore: [], ^disable: [MSG501]}}", UNKNOWN_FORM),
        ("{msglint: {ignore: ^''}}", UNKNOWN_FORM),
        ("{msglint: {ignore: [^501]}}", UNKNOWN_FORM),
        ("{msglint: {ignore: [{rule: ^~}]}}", UNKNOWN_FORM),
        ("{msglint: {ignore: [{^id: MSG501}]}}", "ignore[id] names no rule of this run"),
        ("{msglint: {ignore: [{rule: ^MSG999}]}}", "ignore[MSG999] names no rule of this run"),
    ],
)
def test_metadata_of_another_form_hide_nothing_and_are_told(metadata: str, message: str) -> None:
    line = f"    Metadata: {metadata}"
    report = run(f"Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n{line.replace('^', '')}\n", "MSG501")
    assert said(report) == ["MSG501 Orders", f"{message} at 4:{line.index('^') + 1}"]


def test_what_others_keep_in_metadata_is_theirs() -> None:
    text = "Metadata: [a]\nResources:\n  Orders: {Type: AWS::SQS::Queue, Metadata: {cfn-lint: {ignore: 7}}}\n"
    assert said(run(text, "MSG501")) == ["MSG501 Orders"]


# SAM


SAM = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.13
    EventInvokeConfig:
      MaximumRetryAttempts: 0{of_globals}
Resources:
  Billing:{of_function}
    Type: AWS::Serverless::Function
    Metadata: {{msglint: {{ignore: [{metadata}]}}}}
    Properties:
      Handler: billing.handler
      CodeUri: src/
      Events:
        Read:{of_event}
          Type: Kinesis
          Properties:
            Stream: arn:aws:kinesis:eu-west-1:111122223333:stream/orders{of_property}
            StartingPosition: LATEST
"""
NOTHING = {"of_globals": "", "of_function": "", "of_event": "", "of_property": "", "metadata": ""}


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ({}, ["MSG705 Billing", "MSG506 Billing"]),
        ({"metadata": "MSG506, MSG705"}, []),
        ({"of_function": "  # msglint: ignore[MSG506, MSG705]"}, []),
        ({"of_event": "  # msglint: ignore[MSG506]"}, ["MSG705 Billing"]),
        ({"of_globals": "  # msglint: ignore[MSG705]"}, ["MSG506 Billing"]),
    ],
)
def test_in_sam_what_is_made_of_a_resource_is_its_own(written: dict[str, str], left: list[str]) -> None:
    report = run(SAM.format(**{**NOTHING, **written}), "MSG506", "MSG705")
    assert (said(report), report.suppressed) == (left, 2 - len(left))
