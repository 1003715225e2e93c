"""One faulty template in all the styles that people write: the same findings, each exactly where it is caused."""

import json
import re
from random import Random
from textwrap import indent
from typing import Any, NamedTuple

import pytest
import yaml

from msglint.engine import lint_text
from msglint.finding import Finding
from msglint.options import Options
from msglint.source import Document

STATEMENT = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "sqs:SendMessage",
    "Resource": {"Fn::GetAtt": ["Orders", "Arn"]},
}
FIFTH = {"deadLetterTargetArn": {"Fn::GetAtt": ["Failed", "Arn"]}, "maxReceiveCount": 1}
TEMPLATE: dict[str, Any] = {
    "Parameters": {"Stage": {"Type": "String", "Default": "é😀"}},
    "Resources": {
        "Orders": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"VisibilityTimeout": 33, "RedrivePolicy": FIFTH, "QueueName": {"Fn::Sub": "😀é-${Stage}"}},
        },
        "Failed": {"Type": "AWS::SQS::Queue", "Properties": {"MessageRetentionPeriod": 61}},
        "OrdersPolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Ref": "Orders"}], "PolicyDocument": {"Statement": [STATEMENT]}},
        },
        "Worker": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Timeout": 300, "Role": "arn:aws:iam::111122223333:role/w"},
        },
        "Poll": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"EventSourceArn": {"Fn::GetAtt": ["Orders", "Arn"]}, "FunctionName": {"Ref": "Worker"}},
        },
    },
}
FOUND = {
    ("MSG302", "Orders"): "Orders",
    ("MSG302", "Failed"): "Failed",
    ("MSG501", "Orders"): "Orders",
    ("MSG501", "Failed"): "Failed",
    ("MSG502", "Orders"): 33,
    ("MSG505", "Orders"): 1,
    ("MSG508", "Poll"): "Poll",
    ("MSG704", "Failed"): 61,
    ("MSG204", "OrdersPolicy"): {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"},
}


class Call(NamedTuple):
    """A function in its short form."""

    name: str
    argument: Any


class Literal(str):
    """A text in lines."""


class Folded(str):
    """A text whose lines mean nothing."""


class Dumper(yaml.SafeDumper):
    """Writes functions by their tags."""


class Loader(yaml.SafeLoader):
    """Reads functions as what they are given."""


def _call(dumper: yaml.SafeDumper, call: Call) -> yaml.Node:
    if isinstance(call.argument, list):
        return dumper.represent_sequence(f"!{call.name}", call.argument, flow_style=True)
    style = "|" if isinstance(call.argument, Literal) else ">" if isinstance(call.argument, Folded) else None
    return dumper.represent_scalar(f"!{call.name}", str(call.argument), style)


Dumper.add_representer(Call, _call)
Dumper.add_representer(Literal, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), "|"))
Dumper.add_representer(Folded, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), ">"))
Loader.add_multi_constructor("!", lambda _loader, tag, _node: tag)


def short(value: Any) -> Any:
    """Write functions by their tags, `Fn::GetAtt` with a dot."""
    match value:
        case {"Ref": name}:
            return Call("Ref", name)
        case {"Fn::GetAtt": [resource, attribute]}:
            return Call("GetAtt", f"{resource}.{attribute}")
        case {"Fn::Sub": argument}:
            return Call("Sub", argument)
        case dict():
            return {name: short(part) for name, part in value.items()}
        case list():
            return [short(part) for part in value]
        case _:
            return value


def dumped(value: Any, **options: Any) -> str:
    given = {"default_flow_style": False, "allow_unicode": True, "sort_keys": False, "width": 10_000, **options}
    return str(yaml.dump(value, Dumper=Dumper, **given))


def commented(text: str) -> str:
    lines = text.splitlines()
    return "".join(f"{line}  # it's: [{number}\n\n   # - \"{number}\n" for number, line in enumerate(lines))


def with_policy(document: Any) -> Any:
    """Give the template with another policy."""
    resources = TEMPLATE["Resources"]
    properties = {**resources["OrdersPolicy"]["Properties"], "PolicyDocument": document}
    policy = {**resources["OrdersPolicy"], "Properties": properties}
    return {**TEMPLATE, "Resources": {**resources, "OrdersPolicy": policy}}


def shared(*names: str) -> Any:
    """Give the template with something of it in Metadata too, which PyYAML then writes once, behind an anchor."""
    part: Any = TEMPLATE["Resources"]
    for name in names:
        part = part[name]
    return {"Metadata": {"Shared": part}, **TEMPLATE}


def merged(name: str, *, listed: bool = False) -> str:
    """Write a resource whose properties come by a merge key."""
    text = dumped(shared(name, "Properties"))
    return re.sub(r"Properties: (\*id\d+)", r"Properties: {<<: [\1]}" if listed else r"Properties: {<<: \1}", text)


TEXT = json.dumps({"Statement": [{**STATEMENT, "Resource": "${Orders.Arn}"}]}, indent=2)
JSON = json.dumps(TEMPLATE, indent=2, ensure_ascii=False)
STYLES = {
    "JSON": JSON,
    "JSON on one line": json.dumps(TEMPLATE, separators=(",", ":"), ensure_ascii=False),
    "JSON with escapes": json.dumps(TEMPLATE),
    "JSON with tabs": json.dumps(TEMPLATE, indent="\t", ensure_ascii=False),
    "JSON with comments and commas": JSON.replace(",\n", ",  # it's: [\n").replace("\n}", ",\n}"),
    "JSON behind a comment": f"# A template.\n{JSON}",
    "long": dumped(TEMPLATE),
    "short": dumped(short(TEMPLATE)),
    "flow": dumped(TEMPLATE, default_flow_style=True),
    "flow, short, in many lines": dumped(short(TEMPLATE), default_flow_style=True, width=20, indent=3),
    "leaves in flow": dumped(short(TEMPLATE), default_flow_style=None),
    "single quotes": dumped(short(TEMPLATE), default_style="'"),
    "double quotes": dumped(TEMPLATE, default_style='"', allow_unicode=False),
    "comments everywhere": commented(dumped(short(TEMPLATE))),
    "comments in flow": commented(dumped(TEMPLATE, default_flow_style=True, width=20)),
    "explicit": dumped(short(TEMPLATE), explicit_start=True, explicit_end=True, version=(1, 1)),
    "an anchored resource": dumped(shared("Orders")),
    "anchored properties": dumped(shared("Orders", "Properties")),
    "an anchored leaf": dumped(shared("Orders", "Properties", "RedrivePolicy")),
    "an anchored statement": dumped(shared("OrdersPolicy", "Properties", "PolicyDocument", "Statement")),
    "merged properties": merged("Orders"),
    "merged properties of a list": merged("Failed", listed=True),
    "policy in a literal text": dumped(with_policy(Call("Sub", Literal(TEXT)))),
    "policy in a folded text": dumped(short(with_policy(Call("Sub", Folded(TEXT)))), width=30),
    "policy in a text, long": dumped(with_policy({"Fn::Sub": Literal(TEXT + "\n\n")})),
    "policy in a text with a list": dumped(with_policy({"Fn::Sub": [Literal(TEXT), {"A": "b"}]})),
    "policy in a quoted text": dumped(with_policy({"Fn::Sub": TEXT}), default_style="'", width=30),
    "policy in an escaped text": dumped(with_policy({"Fn::Sub": TEXT}), default_style='"', width=30),
    "policy in a text in JSON": json.dumps(with_policy({"Fn::Sub": TEXT})),
}


def said(finding: Finding, document: Document) -> Any:
    """Give what the text at the place of a finding says."""
    text = document.slice(finding.span)
    if '\\"' in text:
        text = re.sub(r"\\(?:\r\n|\r|\n)\s*", "", text).replace("\\ ", " ").replace("\\n", " ").replace('\\"', '"')
    line = document.line(finding.span.start.line)
    before = re.sub(r"[^ ]", " ", line[: finding.span.start.column - 1])
    value = yaml.load(before + text.replace("\r\n", "\n").replace("\t", " "), Loader=Loader)  # noqa: S506
    return {name: part for name, part in value.items() if name != "Resource"} if isinstance(value, dict) else value


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("style", STYLES)
def test_each_style_has_the_same_findings_at_the_same_texts(style: str, end: str, mark: bytes) -> None:
    text = STYLES[style].replace("\n", end)
    report = lint_text("template", mark + text.encode(), Options())
    document = Document("template", text)
    assert {(each.code, each.resource): said(each, document) for each in report.findings} == FOUND


@pytest.mark.parametrize("style", STYLES)
def test_what_is_cut_or_changed_is_judged_or_refused(style: str) -> None:
    """No exception, no rule that fails, and no place outside of the text."""
    chance = Random(style)  # noqa: S311
    for _ in range(12):
        text = STYLES[style]
        at = chance.randrange(len(text))
        put = chance.choice(
            [*"[]{}:,-?!&*|>'\"%#@\\ \n\t\r\x85", "- ", ": ", "<<: ", "*id001", "&id001 ", "${", "\ufeff"]
        )
        text = chance.choice([text[:at], text[:at] + put + text[at:], text[:at] + text[at + chance.randint(1, 9) :]])
        document = Document("template", text)
        for finding in lint_text("template", text.encode(), Options()).findings:
            assert finding.code != "MSG002", finding.message
            assert document.offset(finding.span.start) <= document.offset(finding.span.end) <= len(text)


CODE = """\
import boto3
sqs = boto3.client("sqs", region_name="${AWS::Region}")

def handler(event, context):
  for message in sqs.receive_message(QueueUrl="${Q}")["Messages"]:
    print("é😀", message["Attributes"]["SentTimestamp"])
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(
    "header",
    [
        "|",
        "!Sub |",
        "!Sub &code |-",
        "|4+  # it",
        "\n  Fn::Sub: |",
        "\n  Fn::Sub:\n  - |",
        "!Sub\n  - |",
        "\n  # |\n  !Sub |",
    ],
)
def test_code_stands_where_it_is_in_the_text(header: str, end: str) -> None:
    code = indent(f"ZipFile: {header}\n{indent(CODE, '    ')}" + ("  - {A: b}\n" if "- |" in header else ""), " " * 8)
    text = (
        "Resources:\n  Q: {Type: AWS::SQS::Queue}\n  W:\n    Type: AWS::Lambda::Function\n    Properties:\n"
        f"      Runtime: python3.12\n      Handler: index.handler\n      Code:\n{code}"
    ).replace("\n", end)
    document = Document("template", text)
    found = [each for each in lint_text("template", text.encode(), Options()).findings if each.code == "MSG504"]
    assert [document.offset(each.span.start) for each in found] == [text.index("SentTimestamp")]
    assert [document.slice(each.span) for each in found] == ["SentTimestamp"]
