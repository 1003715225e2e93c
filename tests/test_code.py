"""What is read out of the code of functions: the forms in which people write it, and what is left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msglint.code.messages import Facts, facts, imports

IN_PYTHON = {
    "loop": 'for record in event["Records"]:\n    record["messageAttributes"]["SenderId"]',
    "index": 'event["Records"][0]["messageAttributes"]["SenderId"]',
    "get": 'for r in event.get("Records", []):\n    r.get("messageAttributes", {}).get("SenderId")',
    "alias": 'x = event["Records"]\nfor n, r in enumerate(x):\n    a = r["messageAttributes"]\n    a["SenderId"]',
    "comprehension": '[r["messageAttributes"]["SenderId"] for r in event["Records"] if r["body"]]',
    "function": 'def one(r):\n    r["messageAttributes"]["SenderId"]\nfor r in event["Records"]:\n    one(r)',
    "mapped function": 'def one(r):\n    r["messageAttributes"]["SenderId"]\nlist(map(one, event["Records"]))',
    "executor": 'def one(r):\n    r["messageAttributes"]["SenderId"]\npool.map(one, event["Records"])',
    "method": (
        "class Handler:\n"
        "    def all(self, event):\n        for r in event['Records']:\n            self.one(r)\n"
        "    def one(self, r):\n        r['messageAttributes']['SenderId']"
    ),
    "either": '(event["Records"][0].get("messageAttributes") or {}).get("SenderId")',
    "walrus": 'if a := event["Records"][0]["messageAttributes"]:\n    a["SenderId"]',
    "first of an iterator": 'next(iter(event["Records"]))["messageAttributes"]["SenderId"]',
    "powertools": 'for r in SQSEvent(event).records:\n    r.message_attributes["SenderId"]',
    "slice": 'for r in event["Records"][:5]:\n    r["messageAttributes"]["SenderId"]',
}
IN_JAVASCRIPT = {
    "loop": "for (const r of event.Records) { r.messageAttributes.SenderId }",
    "index": "for (let i = 0; i < 9; i++) { const r = event.Records[i]; r.messageAttributes['SenderId'] }",
    "optional": "event.Records[0]?.messageAttributes?.SenderId?.stringValue",
    "callback": "event.Records.forEach((r) => { console.log(r.messageAttributes.SenderId) })",
    "function expression": "event.Records.map(function (r) { return r.messageAttributes.SenderId })",
    "named callback": "const one = async (r) => r.messageAttributes.SenderId; Promise.all(event.Records.map(one))",
    "declared function": "function one(r) { r.messageAttributes.SenderId } for (const r of event.Records) one(r)",
    "destructured": "const { SenderId: sender } = event.Records[0].messageAttributes",
    "destructured parameter": "event.Records.map(({ messageAttributes: { SenderId } }) => SenderId)",
    "default": "const { Records = [] } = event; for (const { messageAttributes: a = {} } of Records) a.SenderId",
    "either": "const a = event.Records[0].messageAttributes || {}; a.SenderId",
    "later": "let a; a = event.Records[0].messageAttributes; a.SenderId",
    "method": "class H { all(e) { for (const r of e.Records) this.one(r) } one(r) { r.messageAttributes.SenderId } }",
    "filtered": "event.Records.filter((r) => r.body).find((r) => r).messageAttributes.SenderId",
}


def reads(text: str, suffix: str) -> list[tuple[str, bool, str]]:
    return [(read.name, read.user, text[read.start : read.end]) for read in facts(text, suffix).reads]


@pytest.mark.parametrize("text", IN_PYTHON.values(), ids=IN_PYTHON)
def test_a_record_is_followed_in_python(text: str) -> None:
    found = reads(text, ".py")
    assert [(name, user) for name, user, _ in found] == [("SenderId", True)]
    assert found[0][2].strip("\"'") == "SenderId"
    if "messageAttributes" in text:
        assert reads(text.replace("messageAttributes", "attributes"), ".py")[0][:2] == ("SenderId", False)


@pytest.mark.parametrize("text", IN_JAVASCRIPT.values(), ids=IN_JAVASCRIPT)
def test_a_record_is_followed_in_javascript(text: str) -> None:
    found = reads(text, ".js")
    assert [(name, user) for name, user, _ in found if name == "SenderId"] == [("SenderId", True)]
    assert found[0][2].strip("\"'") == "SenderId"


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        # Whose record it is cannot be told.
        (".py", 'def one(record):\n    record["messageAttributes"]["SenderId"]'),
        (".js", "export const one = (record) => record.messageAttributes.SenderId"),
        # SNS calls its attributes by another name.
        (".py", 'event["Records"][0]["Sns"]["MessageAttributes"]["SenderId"]'),
        # Which of the two it is depends on the way that led here.
        (".py", 'r = event["Records"][0]\na = r["attributes"]\nif old:\n    a = r["messageAttributes"]\na["SenderId"]'),
        (".js", "let a = r.attributes; if (old) a = event.Records[0].messageAttributes; a.SenderId"),
        # It is written here.
        (".py", 'r = event["Records"][0]\nr["messageAttributes"]["SenderId"] = 1\nr["messageAttributes"]["SenderId"]'),
        (".js", "const r = event.Records[0]; r.messageAttributes.SenderId = 1; r.messageAttributes.SenderId"),
        # Names that are made are not read.
        (".py", 'event["Records"][0]["messageAttributes"][name]'),
        (".js", "event.Records[0].messageAttributes[`Sender${what}`]"),
        # Something else was received.
        (".py", 'other.read()["Messages"][0]["MessageAttributes"]["SenderId"]'),
        # No program of this language.
        (".py", 'print event["Records"][0]["messageAttributes"]["SenderId"]'),
        (".js", "for (const r of event.Records { r.messageAttributes.SenderId }"),
        (".ts", "const a: string = event.Records[0].messageAttributes.SenderId"),
        (".rb", 'event["Records"][0]["messageAttributes"]["SenderId"]'),
    ],
)
def test_what_is_not_certain_is_no_read(suffix: str, text: str) -> None:
    assert [read for read in facts(text, suffix).reads if read.user] == []


ASKED = {
    "keywords": 'sqs.receive_message(QueueUrl="q", MessageAttributeNames=["A"], AttributeNames=["B"])',
    "constant": 'NAMES = ["A"]\nsqs.receive_message(MessageAttributeNames=NAMES, AttributeNames=("B",))',
    "mapping": 'asked = {"MessageAttributeNames": ["A"], "AttributeNames": ["B"]}\nsqs.receive_message(**asked)',
    "dict": 'sqs.receive_message(**dict(MessageAttributeNames=["A"], AttributeNames=["B"]))',
    "resource": 'queue.receive_messages(MessageAttributeNames=["A"], AttributeNames=["B"])',
    "client of its own": 'boto3.client("sqs").receive_message(MessageAttributeNames=["A"], AttributeNames=["B"])',
}
ASKED_IN_JAVASCRIPT = {
    "version 2": 'sqs.receiveMessage({ MessageAttributeNames: ["A"], AttributeNames: ["B"] }, (err, data) => {})',
    "version 3": 'client.send(new ReceiveMessageCommand({ MessageAttributeNames: ["A"], AttributeNames: ["B"] }))',
    "constant": 'const p = { MessageAttributeNames: ["A"], AttributeNames: ["B"] }; sqs.receiveMessage(p).promise()',
    "shorthand": 'const AttributeNames = ["B"]; sqs.receiveMessage({ MessageAttributeNames: ["A"], AttributeNames })',
    "enumeration": (
        'new sqs.ReceiveMessageCommand({ MessageAttributeNames: ["A"], AttributeNames: [QueueAttributeName.B] })'
    ),
}


@pytest.mark.parametrize("text", ASKED.values(), ids=ASKED)
def test_what_is_asked_for_in_python(text: str) -> None:
    (received,) = facts(text, ".py").receives
    assert {(each.list, each.name) for each in received.asked} == {
        ("MessageAttributeNames", "A"),
        ("AttributeNames", "B"),
    }
    assert received.complete


@pytest.mark.parametrize("text", ASKED_IN_JAVASCRIPT.values(), ids=ASKED_IN_JAVASCRIPT)
def test_what_is_asked_for_in_javascript(text: str) -> None:
    (received,) = facts(text, ".js").receives
    assert {(each.list, each.name) for each in received.asked} == {
        ("MessageAttributeNames", "A"),
        ("AttributeNames", "B"),
    }
    assert received.complete


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".py", "sqs.receive_message(**request)"),
        (".py", "sqs.receive_message(AttributeNames=names())"),
        (".py", 'sqs.receive_message(AttributeNames=["A", other])'),
        (".py", 'names = ["A"]\nnames.append(other)\nsqs.receive_message(AttributeNames=names)'),
        (".py", 'asked = {}\nasked["AttributeNames"] = ["A"]\nsqs.receive_message(**asked)'),
        (".py", 'if a:\n    n = ["A"]\nelse:\n    n = ["B"]\nsqs.receive_message(AttributeNames=n)'),
        (".js", "sqs.receiveMessage(params)"),
        (".js", "sqs.receiveMessage({ ...params })"),
        (".js", "const p = {}; p.AttributeNames = ['A']; sqs.receiveMessage(p)"),
        (".js", "const p = {}; Object.assign(p, more); sqs.receiveMessage(p)"),
        (".js", "const n = ['A']; n.push(other); sqs.receiveMessage({ AttributeNames: n })"),
        (".js", "sqs.receiveMessage({ AttributeNames: cond ? ['A'] : [] })"),
    ],
)
def test_what_may_be_asked_for_beside_is_not_complete(suffix: str, text: str) -> None:
    (received,) = facts(text, suffix).receives
    assert not received.complete


MESSAGES = {
    ".py": [
        'for m in sqs.receive_message()["Messages"]:\n    m["Attributes"]["SenderId"]',
        'answer = sqs.receive_message()\nm = answer["Messages"][0]\nm["Attributes"].get("SenderId")',
        'for m in queue.receive_messages():\n    m.attributes["SenderId"]',
        'def get():\n    pass\nm = sqs.receive_message().get("Messages", [{}]).pop()\nm["Attributes"]["SenderId"]',
    ],
    ".js": [
        "const { Messages } = await sqs.receiveMessage({}).promise(); Messages[0].Attributes.SenderId",
        "sqs.receiveMessage({}, (err, data) => { data.Messages.forEach((m) => m.Attributes.SenderId) })",
        "sqs.receiveMessage({}).promise().then((data) => data.Messages.map((m) => m.Attributes.SenderId))",
        "const c = new ReceiveMessageCommand({}); (await client.send(c)).Messages?.[0]?.Attributes?.SenderId",
        "const r = await c.send(new ReceiveMessageCommand({})); for (const m of r.Messages) m.Attributes.SenderId",
    ],
}


@pytest.mark.parametrize(("suffix", "text"), [(suffix, text) for suffix, texts in MESSAGES.items() for text in texts])
def test_messages_are_followed_to_the_call_that_received_them(suffix: str, text: str) -> None:
    found = facts(text, suffix)
    assert [(read.name, read.user, read.receives) for read in found.reads] == [("SenderId", False, found.receives)]


def test_offsets_count_characters() -> None:
    text = 'x = "Größe 😀"; event["Records"][0]["messageAttributes"]["SenderId"]'
    assert reads(text, ".py") == [("SenderId", True, '"SenderId"')]
    assert reads(text, ".js") == [("SenderId", True, '"SenderId"')]


def test_what_is_sent() -> None:
    assert facts('sqs.send_message(MessageAttributes={"SenderId": {"DataType": "String"}})', ".py").sent == {"SenderId"}
    assert facts('a["SenderId"] = {"DataType": "String", "StringValue": x}', ".py").sent == {"SenderId"}
    assert facts("send({ MessageAttributes: { SenderId: { DataType: 'String' } } })", ".js").sent == {"SenderId"}
    assert facts("a.SenderId = { DataType: 'String', StringValue: x }", ".js").sent == {"SenderId"}


def test_imports_of_its_own() -> None:
    text = "import os, app.one as o\nfrom app import two\nfrom . import three\nfrom ..far.off import x\n"
    found = [paths[0] for paths in imports(text, ".py")]
    assert found == ["os", "app/one", "app", "app/two", "./three", "./../far/off", "./../far/off/x"]
    text = (
        "const a = require('./a'); import b from '../b.mjs'; import 'aws-sdk'; export { c } from \"./c\"; import('./d')"
    )
    assert [paths[0] for paths in imports(text, ".js")] == ["./a", "../b.mjs", "./c", "./d"]


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".py", "(" * 10_000 + "SenderId"),
        (".py", "x = " + "-" * 50_000 + "1"),
        (".py", "x = a" + ".b" * 20_000),
        (".py", "x = " + " + ".join(["'SenderId'"] * 20_000)),
        (".py", "\0"),
        (".py", "x = '\\ud800'"),
        (".py", "for x in x:\n  x = x[0] or x['a']\n  x['b']\n" * 50),
        (".js", "[" * 50_000),
        (".js", "a" + ".b" * 50_000),
        (".js", "x = " + "!" * 50_000 + "1"),
        (".js", "f(" * 5_000 + ")" * 5_000),
        (".js", "let x = x; x = x[0] || x.a; for (const x of x) { x = x.b }"),
        (".js", "\ud800"),
        (".js", "SenderId" * 100_000),
    ],
)
def test_hostile_code_says_nothing(suffix: str, text: str) -> None:
    assert facts(text, suffix) == Facts()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [(".py", each) for each in IN_PYTHON.values()] + [(".js", each) for each in IN_JAVASCRIPT.values()]
    ),
    st.integers(0, 200),
    st.text(max_size=6),
)
def test_broken_code_raises_nothing(program: tuple[str, str], at: int, noise: str) -> None:
    suffix, text = program
    for broken in (text[:at], text[:at] + noise + text[at:]):
        for read in facts(broken, suffix).reads:
            assert broken[read.start : read.end].strip("\"'`") == read.name or noise
