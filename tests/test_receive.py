"""Attributes of messages in definitions and in files beside a template: what is found, where, and what is not read."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from msglint.engine import lint, lint_text
from msglint.options import Options
from msglint.source import Beside, Document

LAMBDA = "arn:aws:states:::lambda:invoke"
RECEIVE = "arn:aws:states:::aws-sdk:sqs:receiveMessage"
BOTH = Options(select=("MSG503", "MSG504"))


def said(resources: Mapping[str, Any]) -> list[tuple[str, str | None, bool]]:
    """Give code and resource of what is said of some resources, and whether it is decided."""
    text = json.dumps(
        {"Resources": {name: {"Type": type_, "Properties": body} for name, (type_, body) in resources.items()}}
    )
    report = lint_text("template.json", text.encode(), BOTH)
    return [(each.code, each.resource, each.decided) for each in (*report.findings, *report.undecided)]


def machine(states: Mapping[str, Any], **more: Any) -> list[tuple[str, bool]]:
    """Give what is said of a state machine, written as a structure and as text."""
    definition = {"StartAt": next(iter(states)), "States": states, **more}
    kind = "AWS::StepFunctions::StateMachine"
    found = said({"M": (kind, {"Definition": definition})})
    assert found == said({"M": (kind, {"DefinitionString": json.dumps(definition)})})
    return [(code, decided) for code, _, decided in found]


def task(**more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": RECEIVE, "Parameters": {"QueueUrl": "q"}, **more}


READ = {"Type": "Pass", "Parameters": {"x.$": "$.Messages[0].Attributes.SenderId"}, "End": True}

TAKEN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "behind it": ({"R": task(Next="P"), "P": READ}, {}),
    "with a result path": (
        {
            "R": task(ResultPath="$.a.b", Next="P"),
            "P": {"Type": "Pass", "InputPath": "$.a.b.Messages[0].Attributes.SenderId"},
        },
        {},
    ),
    "in brackets": (
        {"R": task(Next="P"), "P": {"Type": "Pass", "InputPath": "$['Messages'][0]['Attributes']['SenderId']"}},
        {},
    ),
    "in a function": (
        {
            "R": task(Next="P"),
            "P": {"Type": "Pass", "Parameters": {"x.$": "States.Format('{}', $.Messages[0].Attributes.SenderId)"}},
        },
        {},
    ),
    "selected": (
        {
            "R": task(ResultSelector={"found.$": "$.Messages"}, Next="P"),
            "P": {"Type": "Pass", "InputPath": "$.found[0].Attributes.SenderId"},
        },
        {},
    ),
    "in its own selector": ({"R": task(ResultSelector={"x.$": "$.Messages[0].Attributes.SenderId"}, End=True)}, {}),
    "in a variable": (
        {
            "R": task(Assign={"found.$": "$.Messages"}, Next="P"),
            "P": {"Type": "Pass", "InputPath": "$found[0].Attributes.SenderId"},
        },
        {},
    ),
    "in a map": (
        {
            "R": task(Next="M"),
            "M": {
                "Type": "Map",
                "ItemsPath": "$.Messages",
                "Iterator": {"StartAt": "P", "States": {"P": {"Type": "Pass", "InputPath": "$.Attributes.SenderId"}}},
            },
        },
        {},
    ),
    "in a map's selector": (
        {
            "R": task(Next="M"),
            "M": {
                "Type": "Map",
                "ItemsPath": "$.Messages",
                "ItemSelector": {"x.$": "$$.Map.Item.Value.Attributes.SenderId"},
                "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}},
            },
        },
        {},
    ),
    "in a branch": (
        {"R": task(Next="B"), "B": {"Type": "Parallel", "Branches": [{"StartAt": "P", "States": {"P": READ}}]}},
        {},
    ),
    "past another task": (
        {
            "R": task(Next="L"),
            "L": {"Type": "Task", "Resource": LAMBDA, "ResultPath": "$.more", "Next": "C"},
            "C": {"Type": "Choice", "Choices": [{"Variable": "$.more", "IsNull": True, "Next": "P"}], "Default": "R"},
            "P": READ,
        },
        {},
    ),
    "passed on under another name": (
        {
            "R": task(Next="L"),
            "L": {"Type": "Pass", "Parameters": {"all.$": "$.Messages"}, "ResultPath": "$.x", "Next": "P"},
            "P": {"Type": "Pass", "InputPath": "$.x.all[0].Attributes.SenderId"},
        },
        {},
    ),
    "in JSONata": (
        {
            "R": {"Type": "Task", "Resource": RECEIVE, "Arguments": {"QueueUrl": "q"}, "Next": "W"},
            "W": {"Type": "Wait", "Seconds": 1, "Next": "P"},
            "P": {"Type": "Pass", "Output": "{% $states.input.Messages[0].Attributes.SenderId %}"},
        },
        {"QueryLanguage": "JSONata"},
    ),
    "in JSONata, as an output": (
        {
            "R": {
                "Type": "Task",
                "Resource": RECEIVE,
                "Arguments": {"QueueUrl": "q"},
                "Output": {"found": "{% $states.result.Messages %}"},
                "Next": "P",
            },
            "P": {"Type": "Pass", "Output": "{% $states.input.found[0].Attributes.SenderId %}"},
        },
        {"QueryLanguage": "JSONata"},
    ),
}


@pytest.mark.parametrize(("states", "more"), TAKEN.values(), ids=TAKEN)
def test_messages_are_followed_through_a_state_machine(states: dict[str, Any], more: dict[str, Any]) -> None:
    assert machine(states, **more) == [("MSG504", True)]
    wrong = json.loads(json.dumps(states).replace("Attributes.SenderId", "MessageAttributes.SenderId"))
    wrong = json.loads(json.dumps(wrong).replace("['Attributes']", "['MessageAttributes']"))
    assert machine(wrong, **more) == [("MSG503", True)]
    asked = json.loads(json.dumps(states).replace('"QueueUrl": "q"', '"AttributeNames": ["All"]'))
    assert machine(asked, **more) == []


@pytest.mark.parametrize(
    "states",
    [
        # The result is thrown away, or goes elsewhere.
        {"R": task(ResultPath=None, Next="P"), "P": READ},
        {"R": task(ResultPath="$.other", Next="P"), "P": READ},
        {"R": task(ResultSelector={"n.$": "$.Messages[0].Body"}, Next="P"), "P": READ},
        # Nothing was received.
        {"P": READ},
        {"R": {"Type": "Task", "Resource": LAMBDA, "Next": "P"}, "P": READ},
        # What another task gives comes in its place.
        {"R": task(Next="L"), "L": {"Type": "Task", "Resource": LAMBDA, "Next": "P"}, "P": READ},
        {
            "R": task(Next="L"),
            "L": {"Type": "Task", "Resource": LAMBDA, "ResultPath": "$.Messages", "Next": "P"},
            "P": READ,
        },
        {"R": task(Next="L"), "L": {"Type": "Pass", "Result": {"Messages": []}, "Next": "P"}, "P": READ},
        {"R": task(Next="L"), "L": {"Type": "Wait", "Seconds": 1, "OutputPath": "$.x", "Next": "P"}, "P": READ},
        # What a task is given is not what it gives.
        {"R": task(Parameters={"QueueUrl.$": "$.Messages[0].Attributes.SenderId"}, End=True)},
    ],
)
def test_what_was_not_received_is_not_judged(states: dict[str, Any]) -> None:
    assert machine(states) == []


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"MessageAttributeNames": ["AWSTraceHeader"]}, [("MSG503", True)]),
        ({"MessageAttributeNames": ["All", ".*", "AWS.*", "tenant"]}, []),
        ({"MessageAttributeNames": ["SenderId"], "AttributeNames": ["SenderId"]}, []),
        ({"MessageAttributeNames": ["SenderId"], "MessageSystemAttributeNames": ["All"]}, []),
        ({"AttributeNames": ["RULE_ARN"]}, [("MSG503", True)]),
        ({"AttributeNames": ["ErrorMessage"], "MessageAttributeNames": ["All"]}, []),
        ({"AttributeNames": ["All", "QueueArn", "tenant"]}, []),
        ({"MessageAttributeNames.$": "$.names"}, []),
        ({"MessageAttributeNames": "{% $names %}"}, []),
    ],
)
def test_what_a_task_asks_for(request_: dict[str, Any], expected: list[tuple[str, bool]]) -> None:
    assert machine({"R": task(Parameters=request_)}) == expected


def test_one_mistake_is_one_finding() -> None:
    """Who asks in the wrong list is told so once; who asks rightly and reads from the wrong place is told that."""
    read = {"Type": "Pass", "InputPath": "$.Messages[0].MessageAttributes.SenderId"}
    wrong = {"MessageAttributeNames": ["SenderId"]}
    for more in ({}, {"AttributeNames": ["All"]}):
        assert machine({"R": task(Parameters={**wrong, **more}, Next="P"), "P": read}) == [("MSG503", True)]
    assert machine({"R": task(Parameters=wrong, Next="P"), "P": READ}) == [("MSG503", True)]


@pytest.mark.parametrize("definition", ["{", "[" * 5_000, '{"States": []}', '{"States": {"R": 1}}', '{"StartAt": {}}'])
def test_a_hostile_definition_says_nothing(definition: str) -> None:
    assert said({"M": ("AWS::StepFunctions::StateMachine", {"DefinitionString": definition})}) == []


def test_states_that_lead_in_circles() -> None:
    states = {
        "R": task(Next="C"),
        "C": {"Type": "Choice", "Choices": [{"Next": "C"}, {"Next": "W"}], "Default": "R"},
        "W": {"Type": "Wait", "Next": "C"},
    }
    assert machine(states) == []


@pytest.mark.parametrize(
    ("source", "pattern", "expected"),
    [
        ("arn:aws:sqs:eu-west-1:111122223333:orders", {"messageAttributes": {"SenderId": ["x"]}}, [True]),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", {"attributes": {"SenderId": ["x"]}}, []),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", {"messageAttributes": {"tenant": ["x"]}}, []),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", {"messageAttributes": {"SenderId": [{"exists": False}]}}, []),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", {"attributes": {"ERROR_CODE": ["x"]}}, [True]),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", {"body": {"messageAttributes": {"SenderId": ["x"]}}}, []),
        ("arn:aws:kinesis:eu-west-1:111122223333:stream/orders", {"messageAttributes": {"SenderId": ["x"]}}, []),
        ({"Fn::GetAtt": ["Stream", "Arn"]}, {"messageAttributes": {"SenderId": ["x"]}}, []),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, {"messageAttributes": {"SenderId": ["x"]}}, [True]),
        ({"Fn::GetAtt": ["Nested", "Outputs.Arn"]}, {"messageAttributes": {"SenderId": ["x"]}}, [False]),
        ({"Fn::GetAtt": ["Table", "StreamArn"]}, {"messageAttributes": {"SenderId": ["x"]}}, []),
        ({"Fn::ImportValue": "orders"}, {"messageAttributes": {"SenderId": ["x"]}}, [False]),
    ],
)
def test_filters_of_queues(source: Any, pattern: dict[str, Any], expected: list[bool]) -> None:
    filters = {"FilterCriteria": {"Filters": [{"Pattern": json.dumps(pattern)}]}}
    ends: dict[str, Any] = {"Stream": ("AWS::Kinesis::Stream", {}), "Queue": ("AWS::SQS::Queue", {})}
    ends |= {"Table": ("AWS::DynamoDB::Table", {}), "Nested": ("AWS::CloudFormation::Stack", {})}
    mapping = {"EventSourceArn": source, "FunctionName": "f", **filters}
    pipe = {"Source": source, "Target": "t", "RoleArn": "r", "SourceParameters": filters}
    assert [decided for _, _, decided in said({**ends, "It": ("AWS::Pipes::Pipe", pipe)})] == expected
    # Only a queue is polled by a mapping without a place to start from.
    told = [True for _ in expected]
    assert [decided for _, _, decided in said({**ends, "It": ("AWS::Lambda::EventSourceMapping", mapping)})] == told


@pytest.mark.parametrize(
    ("patterns", "all_fail"),
    [
        ([{"messageAttributes": {"SenderId": ["x"]}}], True),
        ([{"messageAttributes": {"SenderId": ["x"]}}, {"attributes": {"ERROR_CODE": ["x"]}}], True),
        ([{"messageAttributes": {"SenderId": ["x"]}}, {"body": {"kind": ["order"]}}], False),
        ([{"messageAttributes": {"SenderId": ["x"]}}, {"Ref": "Pattern"}], False),
    ],
)
def test_one_pattern_that_matches_is_enough(patterns: list[Any], all_fail: bool) -> None:
    filters = [{"Pattern": each if "Ref" in each else json.dumps(each)} for each in patterns]
    body = {"EventSourceArn": "arn:aws:sqs:eu-west-1:111122223333:orders", "FilterCriteria": {"Filters": filters}}
    resources = {"It": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": body}}
    text = json.dumps({"Parameters": {"Pattern": {"Type": "String"}}, "Resources": resources})
    messages = [each.message for each in lint_text("template.json", text.encode(), BOTH).findings]
    assert messages
    for message in messages:
        assert ("messages of a queue that match no filter are deleted" in message) is all_fail
        assert ("no message matches this pattern" in message) is not all_fail


@pytest.mark.parametrize("dumped", [False, True], ids=["in YAML", "in a string"])
def test_each_state_of_a_definition_that_is_a_text_has_its_place(dumped: bool) -> None:
    """Two states with the same mistake are two findings, each at the state; so are two lines of one state."""
    read = "{% $states.result.Messages[0].Attributes.SenderId %}"
    state = {"Type": "Task", "Resource": RECEIVE, "Arguments": {"QueueUrl": "${Queue}"}, "Output": {"x": read}}
    twice = {**state, "Output": {"x": read, "y": read}}
    asks = {**state, "Arguments": {"MessageAttributeNames": ["SenderId"]}, "Output": "{% 1 %}"}
    states = {"A": {**state, "Next": "B"}, "B": {**state, "Next": "C"}, "C": {**twice, "Next": "D"}, "D": asks}
    definition = {"QueryLanguage": "JSONata", "StartAt": "A", "States": states}
    text = json.dumps(definition, indent=None if dumped else 1)
    lines = "".join(f"        {line}\n" for line in text.split("\n"))
    value = json.dumps(text) if dumped else f"!Sub |\n{lines}"
    resource = f"  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: {value}\n"
    template_ = f"Resources:\n{resource}  Queue: {{Type: AWS::SQS::Queue}}\n"
    found = lint_text("template.yaml", template_.encode(), BOTH).findings
    document = Document("template.yaml", template_)
    begin = [document.text.index(f'{"" if not dumped else chr(92)}"{name}') for name in ("A", "B", "C", "D")]
    starts = sorted((document.offset(each.span.start), each.code) for each in found)
    by_state = [[code for place, code in starts if sum(place >= first for first in begin) == at] for at in (1, 2, 3, 4)]
    assert by_state == [["MSG504"], ["MSG504"], ["MSG504", "MSG504"], ["MSG503"]]
    assert all(template_[place:].startswith("SenderId") for place, _ in starts)


CODE = 'def handler(event, context):\n    return [r["messageAttributes"]["SenderId"] for r in event["Records"]]\n'


def template(folder: Path, code: Any, handler: str = "app.handler", runtime: str = "python3.13") -> Path:
    """Write a template with one function."""
    body = {"Runtime": runtime, "Handler": handler, "Role": "r", "Code": code}
    path = folder / "template.json"
    path.write_text(json.dumps({"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": body}}}))
    return path


def places(path: Path) -> list[str]:
    found = lint([str(path)], BOTH).findings
    return [f"{Path(each.file).name}:{each.span.start.line}:{each.span.start.column}" for each in found]


def test_code_is_read_where_its_handler_leads(tmp_path: Path) -> None:
    package = tmp_path / "src" / "orders"
    package.mkdir(parents=True)
    (package / "app.py").write_text("from orders.more import handler\n")
    (package / "more.py").write_text(CODE)
    (package / "unused.py").write_text(CODE)
    assert places(template(tmp_path, "src", "orders.app.handler")) == ["more.py:2:37"]
    assert places(template(tmp_path, "./src/", "orders/app.handler")) == ["more.py:2:37"]
    (tmp_path / "src" / "app.mjs").write_text('export { handler } from "./lib/it.mjs";\n')
    (tmp_path / "src" / "lib").mkdir()
    (tmp_path / "src" / "lib" / "it.mjs").write_text(
        "export const handler = (e) => e.Records[0].messageAttributes.SenderId;\n"
    )
    assert places(template(tmp_path, "src", runtime="nodejs22.x")) == ["it.mjs:1:62"]


def test_a_function_of_the_same_name_is_no_handler(tmp_path: Path) -> None:
    """Only where the first file gives it as its own, a function of another file is the handler."""
    (tmp_path / "orders.py").write_text(CODE)
    for first, expected in {
        "from orders import handler\n": ["orders.py:2:37"],
        "import orders\ndef handler(event, context):\n    return orders.handler(load(event), context)\n": [],
        "from orders import other\n": [],
    }.items():
        (tmp_path / "app.py").write_text(first)
        assert places(template(tmp_path, ".")) == expected
    assert places(template(tmp_path, ".", "orders.other")) == []
    (tmp_path / "app.js").write_text("exports.handler = require('./lib').handler;")
    (tmp_path / "lib.js").write_text("exports.handler = async (e) => e.Records[0].messageAttributes.SenderId;")
    assert places(template(tmp_path, ".", runtime="nodejs22.x")) == ["lib.js:1:63"]
    (tmp_path / "app.js").write_text("const l = require('./lib'); exports.handler = (e) => l.handler(JSON.parse(e));")
    assert places(template(tmp_path, ".", runtime="nodejs22.x")) == []


@pytest.mark.parametrize(
    "code", ["../outside", "linked", "linked.d", "missing", "", "s3://bucket/key", "template.json"]
)
def test_nothing_is_read_outside(tmp_path: Path, code: str) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    (outside / "app.py").write_text(CODE)
    inside.mkdir()
    (inside / "linked").symlink_to(outside, target_is_directory=True)
    (inside / "linked.d").mkdir()
    (inside / "linked.d" / "app.py").symlink_to(outside / "app.py")
    assert places(template(inside, code)) == []
    assert places(template(inside, str(outside))) == []


def test_a_named_directory_holds_what_its_templates_name(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(CODE)
    (tmp_path / "infra").mkdir()
    path = template(tmp_path / "infra", "../src")
    assert places(path) == []
    assert places(tmp_path) == ["app.py:2:37"]


def test_a_text_at_hand_names_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.py").write_text(CODE)
    path = template(tmp_path, ".")
    monkeypatch.chdir(tmp_path)
    assert lint_text(path.name, path.read_bytes(), BOTH).findings == ()
    assert len(lint_text(path.name, path.read_bytes(), BOTH, str(tmp_path)).findings) == 1


def test_a_suppression_counts_no_lines_of_other_files(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(CODE)
    path = tmp_path / "template.yaml"
    properties = "{{Runtime: python3.13, Handler: app.handler, Code: .}}"
    body = f"Resources:\n  {{}}\n  F:{{}}\n    Type: AWS::Lambda::Function\n    Properties: {properties}\n"
    path.write_text(body.format("# msglint: ignore[MSG504] for the next line", ""))
    assert places(path) == ["app.py:2:37"]
    path.write_text(body.format("", "  # msglint: ignore[MSG503] the senders write it"))
    assert places(path) == []


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["..", ".", "", "root", "out", "in", "link", "app.py", "other.py"]), max_size=6))
def test_no_path_leads_out(tmp_path: Path, steps: list[str]) -> None:
    """Whatever a template writes, what is read lies below the root, without a link on the way out."""
    root = tmp_path / "root"
    if not root.exists():
        (root / "in").mkdir(parents=True)
        (tmp_path / "out").mkdir()
        for folder in (root, root / "in", tmp_path, tmp_path / "out"):
            (folder / "app.py").write_text(str(folder.name))
        (root / "link").symlink_to(tmp_path / "out")
        (root / "other.py").symlink_to(tmp_path / "app.py")
    found = Beside(str(root), str(root), str(root)).open("/".join(steps))
    assert found is None or found.text in {"root", "in"}


def test_strange_files_are_passed_over(tmp_path: Path) -> None:
    for name, data in {"big.py": b"#" * 600_000, "latin.py": b"\xff\xfe", "nul.py": b"\0"}.items():
        (tmp_path / name).write_bytes(data)
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    beside = Beside("shown", str(tmp_path), str(tmp_path))
    names = ("big.py", "latin.py", "nul.py", "pipe.py", "folder.py", "a\0b", str(tmp_path / "latin.py"), "x" * 5_000)
    assert [beside.open(name) for name in names] == [None] * len(names)
    (tmp_path / "app.py").write_text(CODE)
    found = beside.open("./app.py")
    assert found is not None
    assert (found.name, found.text) == ("shown/app.py", CODE)
    assert beside.open("app.py") is found


def test_a_definition_beside_the_template(tmp_path: Path) -> None:
    definition = {"StartAt": "R", "States": {"R": task(Parameters={"MessageAttributeNames": ["SenderId"]})}}
    (tmp_path / "machine.asl.json").write_text(json.dumps(definition, indent=1))
    (tmp_path / "broken.asl.json").write_text("{")
    (tmp_path / "machine.asl.yaml").write_text(
        f"StartAt: R\nStates:\n  R:\n    Resource: {RECEIVE}\n"
        "    Arguments:\n      MessageAttributeNames:\n        - SenderId\n"
    )
    path = tmp_path / "template.json"
    for name, expected in {
        "machine.asl.json": ["machine.asl.json:9:7"],
        "machine.asl.yaml": ["machine.asl.yaml:7:11"],
        "broken.asl.json": [],
        "missing.json": [],
    }.items():
        body = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionS3Location": name}}
        path.write_text(json.dumps({"Resources": {"M": body}}))
        assert places(path) == expected


@pytest.mark.parametrize(
    ("template_", "expected"),
    [
        ("a: |\n  one\n  two\n", "2:3"),
        ("a: !Sub |\n    one\n    two\n", "2:5"),
        ("a: |\n  one\n  ${two}\n", "2:3"),
        ("a:\n  Fn::Sub:\n    - |\n      one\n      two\n    - {}\n", "4:7"),
        ('a: "one\\ntwo\\n"\n', "1:4"),
        ("a: >\n  one\n  two\n", "2:3"),
        ("a: >\n  one two\n  two\n", "1:4"),
    ],
)
def test_the_place_of_a_line_inside_a_text(template_: str, expected: str) -> None:
    document = Document("t", template_)
    start = template_.index("!Sub") if "!Sub" in template_ else template_.index(" Fn") + 1 if "Fn" in template_ else 3
    span = document.span(start, len(template_))
    found = document.inside(span, "one\ntwo\n", 0, 3)
    assert f"{found.start.line}:{found.start.column}" == expected


def test_an_enrichment_takes_the_place_of_the_message() -> None:
    source = "arn:aws:sqs:eu-west-1:111122223333:orders"
    template = {"InputTemplate": '{"x": "<$.messageAttributes.SenderId.stringValue>"}'}
    pipe = {"Source": source, "Target": "t", "RoleArn": "r"}
    for more, expected in (
        ({"TargetParameters": template}, 1),
        ({"TargetParameters": template, "Enrichment": "e"}, 0),
        ({"EnrichmentParameters": template, "Enrichment": "e"}, 1),
        ({"TargetParameters": {"InputTemplate": "<$.messageAttributes.tenant> <$.attributes.SenderId>"}}, 0),
    ):
        assert len(said({"P": ("AWS::Pipes::Pipe", {**pipe, **more})})) == expected


@pytest.mark.parametrize(
    ("integration", "expected"),
    [
        ({"Uri": "arn:aws:apigateway:eu-west-1:sqs:path/1/q?Action=ReceiveMessage&MessageAttributeName.1=SenderId"}, 1),
        (
            {
                "Uri": "arn:aws:apigateway:eu-west-1:sqs:path/1/q",
                "RequestParameters": {
                    "integration.request.querystring.Action": "'ReceiveMessage'",
                    "integration.request.querystring.MessageAttributeName.1": "'SenderId'",
                    "integration.request.querystring.MessageAttributeName.2": "method.request.querystring.name",
                },
            },
            1,
        ),
        (
            {
                "Uri": "arn:aws:apigateway:eu-west-1:sqs:path/1/q",
                "RequestParameters": {"integration.request.header.X-Amz-Target": "'AmazonSQS.ReceiveMessage'"},
                "RequestTemplates": {"application/json": '{"MessageAttributeNames": ["SenderId"], "QueueUrl": "$x"}'},
            },
            1,
        ),
        (
            {
                "Uri": "arn:aws:apigateway:eu-west-1:sqs:path/1/q",
                "RequestTemplates": {"a": "Action=SendMessage&x=SenderId"},
            },
            0,
        ),
        (
            {
                "Uri": "https://example.com",
                "RequestTemplates": {"a": "Action=ReceiveMessage&MessageAttributeName.1=SenderId"},
            },
            0,
        ),
        ({"Uri": {"Ref": "Nothing"}}, 0),
        ({}, 0),
    ],
)
def test_integrations(integration: dict[str, Any], expected: int) -> None:
    assert len(said({"M": ("AWS::ApiGateway::Method", {"Integration": integration})})) == expected
    operation = {name[0].lower() + name[1:]: value for name, value in integration.items()}
    body = {"paths": {"/": {"get": {"x-amazon-apigateway-integration": operation}}}}
    assert len(said({"A": ("AWS::ApiGateway::RestApi", {"Body": body})})) == expected


def test_lists_of_http_apis() -> None:
    for names, expected in {
        '["SenderId"]': 1,
        "SenderId,x": 1,
        "$request.querystring.names": 0,
        "All": 0,
        "[": 0,
    }.items():
        parameters = {"QueueUrl": "q", "MessageAttributeNames": names}
        body = {"IntegrationSubtype": "SQS-ReceiveMessage", "RequestParameters": parameters}
        assert len(said({"I": ("AWS::ApiGatewayV2::Integration", body)})) == expected


def test_what_sam_calls_otherwise(tmp_path: Path) -> None:
    """The code and the definitions of functions, state machines and APIs are read as SAM writes them."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(CODE)
    states = {"R": task(Parameters={"MessageAttributeNames": ["SenderId"], "QueueUrl": "${Queue}", "Max": "${Max}"})}
    (tmp_path / "machine.json").write_text(json.dumps({"StartAt": "R", "States": states}))
    operation = {"uri": "arn:aws:apigateway:r:sqs:path/q?Action=ReceiveMessage&MessageAttributeName.1=SenderId"}
    body = {"paths": {"/": {"get": {"x-amazon-apigateway-integration": operation}}}}
    (tmp_path / "api.json").write_text(json.dumps(body))
    python = {"Runtime": "python3.13", "Handler": "app.handler"}
    resources: dict[str, tuple[str, dict[str, Any]]] = {
        "Inline": ("AWS::Serverless::Function", {**python, "InlineCode": CODE}),
        "Local": ("AWS::Serverless::Function", {**python, "CodeUri": "src/"}),
        "Machine": ("AWS::Serverless::StateMachine", {"DefinitionUri": "machine.json"}),
        "Inside": ("AWS::Serverless::Api", {"DefinitionBody": body}),
        "Api": ("AWS::Serverless::HttpApi", {"DefinitionUri": "api.json"}),
        "Stored": ("AWS::Serverless::StateMachine", {"DefinitionUri": {"Bucket": "b", "Key": "k"}}),
    }
    path = tmp_path / "template.json"
    written = {name: {"Type": type_, "Properties": properties} for name, (type_, properties) in resources.items()}
    path.write_text(json.dumps({"Resources": written}))
    found = lint([str(path)], BOTH).findings
    assert {each.resource for each in found} == resources.keys() - {"Stored"}
