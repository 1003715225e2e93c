"""What holds in some scenarios only: Fn::If at every level, and resources that are not always made."""

import pytest

from linting import said
from msglint.engine import lint_text
from msglint.finding import Finding
from msglint.judge import MOST_SCENARIOS
from msglint.options import Options

HEAD = """
Parameters: {Stage: {Type: String}, Extra: {Type: String}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Not [!Condition IsProd]
  HasExtra: !Equals [!Ref Extra, 'yes']
Resources:
  News: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Inbox: {Type: AWS::SQS::Queue, Properties: {QueueName: inbox}}
  Letters: {Type: AWS::SQS::Queue, Properties: {QueueName: letters.fifo, FifoQueue: true}}
"""
SUBSCRIBED = """
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Inbox.Arn}
"""
ALLOW = (
    "{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage, Resource: !GetAtt Inbox.Arn, "
    "Condition: {ArnEquals: {aws:SourceArn: !Ref News}}}"
)
OTHER = "{ArnEquals: {aws:SourceArn: 'arn:aws:sns:eu-west-1:111122223333:old'}}"
NOTHING = "!Ref AWS::NoValue"


def found(template: str, *codes: str) -> list[str]:
    """Give what is found under some codes: resource and scenario."""
    report = lint_text("t.yaml", template.encode(), Options(select=codes))
    assert not [each for each in report.findings if each.code in {"MSG001", "MSG002"}]

    def line(each: Finding) -> str:
        verdict = "" if each.decided else "undecided "
        return f"{verdict}{each.code} {each.resource}" + (f" {each.scenario}" if each.scenario else "")

    return [line(each) for each in (*report.findings, *report.undecided) if each.code in codes]


def policy(document: str, queues: str = "[!Ref Inbox]", condition: str = "") -> str:
    under = f"    Condition: {condition}\n" if condition else ""
    properties = f"    Properties: {{Queues: {queues}, PolicyDocument: {document}}}\n"
    return f"  Policy:\n    Type: AWS::SQS::QueuePolicy\n{under}{properties}"


def with_statement(old: str, new: str) -> str:
    assert old in ALLOW
    return policy("{Statement: [" + ALLOW.replace(old, new) + "]}")


PROPERTIES = f"""
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Fn::If:
        - IsProd
        - {{Queues: [!Ref Inbox], PolicyDocument: {{Statement: [{ALLOW}]}}}}
        - {{Queues: [!Ref Inbox], PolicyDocument: {{Statement: []}}}}
"""


@pytest.mark.parametrize(
    "written",
    [
        policy(f"{{Statement: [!If [IsProd, {ALLOW}, {NOTHING}]]}}"),
        policy(f"{{Statement: !If [IsProd, [{ALLOW}], []]}}"),
        policy(f"{{Statement: !If [IsProd, {ALLOW}, {ALLOW.replace('sns.', 's3.')}]}}"),
        policy(f"!If [IsProd, {{Statement: [{ALLOW}]}}, {{Statement: []}}]"),
        policy(f"{{Statement: [{ALLOW}]}}", condition="IsProd"),
        policy(f"{{Statement: [{ALLOW}]}}", queues="!If [IsProd, [!Ref Inbox], [!Ref Letters]]"),
        policy(f"{{Statement: [{ALLOW}]}}", queues=f"[!Ref Letters, !If [IsProd, !Ref Inbox, {NOTHING}]]"),
        policy(f"{{Statement: [!If [IsProd, !If [IsProd, {ALLOW}, {NOTHING}], {NOTHING}]]}}"),
        PROPERTIES,
        with_statement(
            "{Service: sns.amazonaws.com}",
            "!If [IsProd, {Service: sns.amazonaws.com}, {AWS: 'arn:aws:iam::111122223333:role/r'}]",
        ),
        with_statement("sns.amazonaws.com", "!If [IsProd, sns.amazonaws.com, s3.amazonaws.com]"),
        with_statement("sns.amazonaws.com", f"[s3.amazonaws.com, !If [IsProd, sns.amazonaws.com, {NOTHING}]]"),
        with_statement("sqs:SendMessage", "!If [IsProd, [sqs:SendMessage], sqs:ReceiveMessage]"),
        with_statement("sqs:SendMessage", f"[sqs:ReceiveMessage, !If [IsProd, sqs:SendMessage, {NOTHING}]]"),
        with_statement("!GetAtt Inbox.Arn", "!If [IsProd, !GetAtt Inbox.Arn, !GetAtt Letters.Arn]"),
        with_statement("Effect: Allow", "Effect: !If [IsProd, Allow, Deny]"),
        with_statement(
            "{ArnEquals: {aws:SourceArn: !Ref News}}",
            f"!If [IsProd, {{ArnEquals: {{aws:SourceArn: !Ref News}}}}, {OTHER}]",
        ),
        with_statement("{aws:SourceArn: !Ref News}", f"!If [IsProd, {{aws:SourceArn: !Ref News}}, {OTHER[12:-1]}]"),
        with_statement("aws:SourceArn: !Ref News", "aws:SourceArn: !If [IsProd, !Ref News, !GetAtt Letters.Arn]"),
        with_statement("!Ref News", f"[!GetAtt Letters.Arn, !If [IsProd, !Ref News, {NOTHING}]]"),
    ],
)
def test_a_policy_that_lets_in_in_one_scenario_is_a_fault_in_the_other(written: str) -> None:
    assert found(HEAD + SUBSCRIBED + written, "MSG102") == ["MSG102 Subscription when IsProd is false"]


def test_a_condition_that_is_left_out_in_one_scenario_opens_the_queue_there() -> None:
    written = with_statement(
        "{ArnEquals: {aws:SourceArn: !Ref News}}",
        f"!If [IsProd, {{ArnEquals: {{aws:SourceArn: !Ref News}}}}, {NOTHING}]",
    )
    assert found(HEAD + SUBSCRIBED + written, "MSG102", "MSG201") == ["MSG201 Policy when IsProd is false"]


@pytest.mark.parametrize(
    "written",
    [
        policy(f"{{Statement: [!If [IsProd, {ALLOW}, {ALLOW}]]}}"),
        policy(f"{{Statement: [{ALLOW}, !If [IsProd, {ALLOW}, {NOTHING}]]}}"),
        policy(f"{{Statement: [!If [HasExtra, {ALLOW}, {NOTHING}], !If [HasExtra, {NOTHING}, {ALLOW}]]}}"),
        policy(f"{{Statement: [{ALLOW}]}}", condition="IsProd")
        + policy(f"{{Statement: [{ALLOW}]}}", condition="IsTest").replace("Policy", "Second", 1),
    ],
)
def test_a_policy_that_lets_in_in_every_scenario_is_no_fault(written: str) -> None:
    assert found(HEAD + SUBSCRIBED + written, "MSG102") == []


def test_nothing_in_either_scenario_is_a_fault_without_one() -> None:
    written = policy(f"{{Statement: [!If [IsProd, {NOTHING}, {NOTHING}]]}}")
    assert found(HEAD + SUBSCRIBED + written, "MSG102") == ["MSG102 Subscription"]


def test_a_subscription_and_its_policy_under_one_condition_are_no_fault() -> None:
    subscribed = SUBSCRIBED.replace("    Properties", "    Condition: IsProd\n    Properties")
    allowed = policy(f"{{Statement: [{ALLOW}]}}", condition="IsProd")
    assert found(HEAD + subscribed + allowed, "MSG102") == []
    assert found(HEAD + subscribed + allowed.replace("IsProd", "IsTest"), "MSG102") == ["MSG102 Subscription"]
    extra = allowed.replace("IsProd", "HasExtra")
    assert found(HEAD + subscribed + extra, "MSG102") == ["MSG102 Subscription when HasExtra is false"]


REDRIVE = "{deadLetterTargetArn: !GetAtt Letters.Arn, maxReceiveCount: 3}"
STANDARD = REDRIVE.replace("Letters", "Inbox")


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (
            f"{{RedrivePolicy: !If [IsProd, {REDRIVE}, {NOTHING}]}}",
            ["MSG701 Work when IsProd is false", "MSG605 Work when IsProd is true"],
        ),
        (
            f"!If [IsProd, {{RedrivePolicy: {REDRIVE}}}, {NOTHING}]",
            ["MSG605 Work when IsProd is true", "MSG701 Work when IsProd is false"],
        ),
        (
            REDRIVE.replace("!GetAtt Letters.Arn", "!If [IsProd, !GetAtt Letters.Arn, !GetAtt Inbox.Arn]").join(
                ("{RedrivePolicy: ", "}")
            ),
            ["MSG605 Work when IsProd is true"],
        ),
        (
            f"{{FifoQueue: !If [IsProd, true, {NOTHING}], RedrivePolicy: {REDRIVE}}}",
            ["MSG605 Work when IsProd is false"],
        ),
        (
            f"{{RedrivePolicy: !If [IsProd, !If [HasExtra, {REDRIVE}, {NOTHING}], {STANDARD}]}}",
            [
                "MSG701 Work when IsProd is true and HasExtra is false",
                "MSG605 Work when IsProd is true and HasExtra is true",
            ],
        ),
    ],
)
def test_a_redrive_policy_is_judged_as_each_scenario_has_it(properties: str, expected: list[str]) -> None:
    work = f"  Work: {{Type: AWS::SQS::Queue, Properties: {properties}}}\n"
    lines = found(HEAD + work, "MSG605", "MSG701")
    assert sorted(line for line in lines if " Work" in line) == sorted(expected)


TARGET = "{Id: a, Arn: !GetAtt Inbox.Arn}"
GONE = "  Gone: {Type: AWS::SQS::Queue, Condition: IsProd, Properties: {QueueName: gone}}\n"


def rule(targets: str, condition: str = "") -> str:
    under = f"    Condition: {condition}\n" if condition else ""
    properties = f"    Properties: {{ScheduleExpression: rate(1 hour), Targets: {targets}}}\n"
    return f"  Rule:\n    Type: AWS::Events::Rule\n{under}{properties}"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (rule(f"[!If [IsProd, {TARGET}, {NOTHING}]]"), ["MSG102 Rule when IsProd is true"]),
        (rule(f"!If [IsProd, [{TARGET}], {NOTHING}]"), ["MSG102 Rule when IsProd is true"]),
        (rule(f"[{TARGET}]", "IsProd"), ["MSG102 Rule"]),
        (
            rule("[{Id: a, Arn: !If [IsProd, !GetAtt Inbox.Arn, !GetAtt Letters.Arn]}]"),
            ["MSG102 Rule when IsProd is true", "MSG102 Rule when IsProd is false"],
        ),
        # Where the queue is not made, CloudFormation refuses the template: there is no such deployment to speak of.
        (GONE + rule("[{Id: a, Arn: !GetAtt Gone.Arn}]"), ["MSG102 Rule"]),
        (GONE + rule("[{Id: a, Arn: !If [IsTest, !GetAtt Gone.Arn, !GetAtt Inbox.Arn]}]"), ["MSG102 Rule"]),
        (
            GONE + rule("[{Id: a, Arn: !If [IsProd, !GetAtt Gone.Arn, !GetAtt Inbox.Arn]}]"),
            ["MSG102 Rule when IsProd is true", "MSG102 Rule when IsProd is false"],
        ),
        (GONE.replace("IsProd", "Nowhere") + rule("[{Id: a, Arn: !GetAtt Gone.Arn}]"), ["MSG102 Rule"]),
        (GONE.replace("IsProd", "[]") + rule("[{Id: a, Arn: !GetAtt Gone.Arn}]"), ["MSG102 Rule"]),
    ],
)
def test_a_target_is_judged_as_each_scenario_has_it(written: str, expected: list[str]) -> None:
    assert sorted(found(HEAD + written, "MSG102")) == sorted(expected)


def test_what_refers_to_a_conditional_resource_decides_its_condition() -> None:
    refers = "  Reader: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub 'of ${Gone.QueueName}'}}\n"
    written = GONE + SUBSCRIBED + policy(f"{{Statement: [{ALLOW}]}}", condition="IsProd")
    assert found(HEAD + written, "MSG102") == ["MSG102 Subscription when IsProd is false"]
    assert found(HEAD + written + refers, "MSG102") == []
    output = "Outputs: {Gone: {Value: !Ref Gone}}\n"
    assert found(HEAD + written + output, "MSG102") == []
    conditional = output.replace("{Value", "{Condition: IsProd, Value")
    assert found(HEAD + written + conditional, "MSG102") == ["MSG102 Subscription when IsProd is false"]


def test_rules_of_a_template_exclude_scenarios() -> None:
    written = SUBSCRIBED + policy(f"{{Statement: [{ALLOW}]}}", condition="IsProd")
    rules = "Rules: {Only: {Assertions: [{Assert: {'Fn::Contains': [[prod], !Ref Stage]}}]}}\n"
    assert found(HEAD + written + rules, "MSG102") == []


def test_only_conditions_that_make_a_difference_are_named() -> None:
    first = f"!If [HasExtra, {ALLOW.replace('sns.', 's3.')}, {NOTHING}]"
    written = policy(f"{{Statement: [{first}, !If [IsProd, {ALLOW}, {NOTHING}]]}}")
    assert found(HEAD + SUBSCRIBED + written, "MSG102") == ["MSG102 Subscription when IsProd is false"]


def many(number: int, statement: str) -> str:
    """Give a template with a policy of so many statements, each under a condition of its own."""
    names = range(number)
    parameters = "".join(f"  P{each}: {{Type: String}}\n" for each in names)
    conditions = "".join(f"  C{each}: !Equals [!Ref P{each}, 'yes']\n" for each in names)
    statements = ", ".join(f"!If [C{each}, {statement}, {NOTHING}]" for each in names)
    resources = HEAD.partition("Resources:\n")[2]
    head = f"Parameters:\n{parameters}Conditions:\n{conditions}Resources:\n{resources}"
    return head + SUBSCRIBED + policy(f"{{Statement: [{statements}]}}")


def test_beyond_the_bound_what_was_proven_is_kept_and_the_rest_is_said_to_be_open() -> None:
    report = lint_text("t.yaml", many(26, ALLOW.replace("!Ref News", "!GetAtt Letters.Arn")).encode(), Options())
    lines = [line for line in said(report) if " MSG102 " in line]
    assert len(lines) == 2
    proven, rest = sorted(lines, key=lambda line: "undecided" in line)
    assert "[in a combination of 26 conditions in which C0 is true, C1 is true, C2 is true, C3 is true, " in proven
    assert rest.endswith(
        f"MSG102 undecided Subscription: more than {MOST_SCENARIOS} combinations of conditions bear on this, "
        "those of C0, C1, C2 and others"
    )


def test_up_to_the_bound_all_scenarios_are_judged() -> None:
    assert found(many(6, ALLOW), "MSG102") == [
        "MSG102 Subscription when C0 is false, C1 is false, C2 is false, C3 is false, C4 is false and C5 is false"
    ]


@pytest.mark.parametrize(
    "unrelated",
    [
        ALLOW.replace("sns.", "s3."),
        ALLOW.replace("SendMessage", "ReceiveMessage"),
        ALLOW.replace("Allow", "Deny").replace("sns.", "s3."),
        ALLOW.replace("Allow", "Deny").replace("SendMessage", "ReceiveMessage"),
    ],
)
def test_statements_about_others_do_not_touch_the_question(unrelated: str) -> None:
    assert found(many(26, unrelated), "MSG102") == ["MSG102 Subscription"]
    allowed = many(26, unrelated).replace("Statement: [", f"Statement: [!If [C0, {ALLOW}, {NOTHING}], ")
    assert found(allowed, "MSG102") == ["MSG102 Subscription when C0 is false"]
