"""What is read out of the code of functions: the forms in which people write it, and what is left alone."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msglint.code.messages import Facts, facts, handed_on, imports

IN_PYTHON = {
    "loop": 'for record in event["Records"]:\n    record["messageAttributes"]["SenderId"]',
    "index": 'event["Records"][0]["messageAttributes"]["SenderId"]',
    "get": 'for r in event.get("Records", []):\n    r.get("messageAttributes", {}).get("SenderId")',
    "alias": 'x = event["Records"]\nfor n, r in enumerate(x):\n    a = r["messageAttributes"]\n    a["SenderId"]',
    "comprehension": '[r["messageAttributes"]["SenderId"] for r in event["Records"] if r["body"]]',
    "function": 'def one(r):\n    r["messageAttributes"]["SenderId"]\nfor r in event["Records"]:\n    one(r)',
    "argument with a name": 'def one(*, r):\n    pass\ndef two(a, r):\n    r["messageAttributes"]["SenderId"]\n'
    'two(1, r=event["Records"][0])',
    "mapped function": 'def one(r):\n    r["messageAttributes"]["SenderId"]\nlist(map(one, event["Records"]))',
    "executor": 'def one(r):\n    r["messageAttributes"]["SenderId"]\npool.map(one, event["Records"])',
    "method": (
        "class Handler:\n"
        "    def all(self, event):\n        for r in event['Records']:\n            self.one(r)\n"
        "    def one(self, r):\n        r['messageAttributes']['SenderId']\nHandler().all(event)"
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
    "method": (
        "class H { all(e) { for (const r of e.Records) this.one(r) } one(r) { r.messageAttributes.SenderId } }"
        "const h = new H(); h.all(event)"
    ),
    "filtered": "event.Records.filter((r) => r.body).find((r) => r).messageAttributes.SenderId",
}


AROUND = {
    ".py": """
import boto3
from aws_lambda_powertools.utilities.data_classes import SQSEvent

sqs = boto3.client("sqs")
queue = boto3.resource("sqs").Queue("https://sqs.eu-west-1.amazonaws.com/111122223333/orders")


def handler(event, context):
""",
    ".js": """
const sdk = require("@aws-sdk/client-sqs");
const { SQS, SQSClient, ReceiveMessageCommand } = sdk;
const sqs = new SQS({});
const client = new SQSClient({});
exports.handler = async (event) => {
""",
}


def handler(text: str, suffix: str) -> str:
    """Give a program whose handler does this."""
    return f"{AROUND.get(suffix, '')}{textwrap.indent(text, '    ')}\n{'};' if suffix == '.js' else ''}"


def reads(text: str, suffix: str) -> list[tuple[str, bool, str]]:
    """Give what a handler that does this reads."""
    text = handler(text, suffix)
    return reads_of(text, suffix)


def reads_of(text: str, suffix: str) -> list[tuple[str, bool, str]]:
    return [(read.name, read.user, text[read.start : read.end]) for read in facts(text, suffix, "handler").reads]


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


HANDLERS = {
    ".py": [
        "def handler(event, context):\n    event['Records'][0]['messageAttributes']['SenderId']",
        "def main(event, context):\n    event['Records'][0]['messageAttributes']['SenderId']\nhandler = main",
        (
            "@logger.inject_lambda_context\n@event_source(data_class=SQSEvent)\n"
            "def handler(event, context):\n    next(event.records).message_attributes['SenderId']"
        ),
        (
            "def handler(event, context):\n    event['Records'][0]['messageAttributes']['SenderId']\n"
            "if __name__ == '__main__':\n    handler({'Records': [json.loads(given)]}, None)"
        ),
        (
            "def handler(event, context):\n    for r in event['Records']:\n        if r['eventSource'] == 'aws:sqs':\n"
            "            r['messageAttributes']['SenderId']"
        ),
    ],
    ".js": [
        "exports.handler = async (event) => event.Records[0].messageAttributes.SenderId",
        "module.exports.handler = function (event) { event.Records[0].messageAttributes.SenderId }",
        "const handler = async ({ Records }) => Records[0].messageAttributes.SenderId; exports.handler = handler",
        "async function main(event) { event.Records[0].messageAttributes.SenderId } module.exports = { handler: main }",
        "const handler = (event) => event.Records[0].messageAttributes.SenderId; module.exports = { handler }",
        "module.exports = { async handler(event) { return event.Records[0].messageAttributes.SenderId } }",
        "module.exports = { handler: (event) => event.Records[0].messageAttributes.SenderId }",
        "export const handler = async (event) => event.Records[0].messageAttributes.SenderId",
        "export async function handler(event) { event.Records[0].messageAttributes.SenderId }",
        "const main = (event) => event.Records[0].messageAttributes.SenderId; export const handler = main",
        "const main = (event) => event.Records[0].messageAttributes.SenderId; export { main as handler }",
        "function handler(event) { event.Records[0].messageAttributes.SenderId } export { handler }",
    ],
}
NO_HANDLERS = {
    ".py": [
        # Nobody says who calls it.
        "def process(event, context):\n    event['Records'][0]['messageAttributes']['SenderId']",
        "class H:\n    def handler(self, event):\n        event['Records'][0]['messageAttributes']['SenderId']",
        # What a decorator of somebody's gives it is not known.
        "@of_each_body\ndef handler(event, context):\n    event['Records'][0]['messageAttributes']['SenderId']",
        "def main(event, context):\n    event['Records'][0]['messageAttributes']['SenderId']\nhandler = wrap(main)",
        # It is called with something else too.
        (
            "def handler(event, context):\n    event['Records'][0]['messageAttributes']['SenderId']\n"
            "def replay(text):\n    handler(json.loads(text), None)"
        ),
    ],
    ".js": [
        "const handler = async (event) => event.Records[0].messageAttributes.SenderId",
        "const main = (event) => event.Records[0].messageAttributes.SenderId; exports.handler = middy(main)",
        "exports.handler = wrap((event) => event.Records[0].messageAttributes.SenderId)",
        "export class H { handler(event) { return event.Records[0].messageAttributes.SenderId } }",
        "exports.process = async (event) => event.Records[0].messageAttributes.SenderId",
        "module.exports = { ...others, process(event) { event.Records[0].messageAttributes.SenderId } }",
        "export { handler } from './other.mjs'; export const main = (e) => e.Records[0].messageAttributes.SenderId",
    ],
}


@pytest.mark.parametrize(("suffix", "text"), [(suffix, text) for suffix, texts in HANDLERS.items() for text in texts])
def test_the_event_is_what_lambda_hands_to_the_handler(suffix: str, text: str) -> None:
    assert [(name, user) for name, user, _ in reads_of(text, suffix) if name == "SenderId"] == [("SenderId", True)]
    assert facts(text, suffix, "other").reads == ()
    assert facts(text, suffix).reads == ()


@pytest.mark.parametrize(
    ("suffix", "text"), [(suffix, text) for suffix, texts in NO_HANDLERS.items() for text in texts]
)
def test_what_is_no_handler_has_no_event(suffix: str, text: str) -> None:
    assert reads_of(text, suffix) == []


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        # Records of something else.
        (".py", 'for r in json.loads(event["body"])["Records"]:\n    r["messageAttributes"]["SenderId"]'),
        (
            ".py",
            'event = json.loads(event["Records"][0]["body"])\nevent["Records"][0]["messageAttributes"]["SenderId"]',
        ),
        (".py", 'x = json.loads(event["Records"][0]["body"])["a"]\nx["Records"][0]["messageAttributes"]["SenderId"]'),
        (".py", 'event["detail"]["Records"][0]["messageAttributes"]["SenderId"]'),
        (
            ".py",
            'for r in event["Records"]:\n    r = {"messageAttributes": {}}\n    r["messageAttributes"]["SenderId"]',
        ),
        (".py", 'for r in event["Records"]:\n    r = json.loads(r["body"])\n    r["messageAttributes"]["SenderId"]'),
        (
            ".py",
            'for r in event["Records"]:\n    if r["eventSource"] == "own":\n        r["messageAttributes"]["SenderId"]',
        ),
        (".py", 'r = event["Records"][0]\nr["messageAttributes"] = own(r)\nr["messageAttributes"]["SenderId"]'),
        (".py", 'def one(r):\n    r["messageAttributes"]["SenderId"]\none(event["Records"][0])\none(own())'),
        (".py", 'def one(r):\n    r["messageAttributes"]["SenderId"]\none(event["Records"][0])\none(r=own())'),
        (".py", 'def one(r):\n    r["messageAttributes"]["SenderId"]\none(event["Records"][0])\none(**own())'),
        (".py", 'for r in event.get("Records", own()):\n    r["messageAttributes"]["SenderId"]'),
        (".py", 'for r in event.get("Records") or [event]:\n    r["messageAttributes"]["SenderId"]'),
        (".py", 'r = event["Records"][0]\nr.update(own())\nr["messageAttributes"]["SenderId"]'),
        (".py", 'del event["Records"][0]["messageAttributes"]["SenderId"]'),
        (".js", "const { Records } = JSON.parse(event.body); Records[0].messageAttributes.SenderId"),
        (".js", "event = JSON.parse(event.Records[0].body); event.Records[0].messageAttributes.SenderId"),
        (".js", "for (let r of event.Records) { r = JSON.parse(r.body); r.messageAttributes.SenderId }"),
        (".js", "const r = event.Records[0]; if (r.eventSource === 'own') r.messageAttributes.SenderId"),
        (".js", "const r = event.Records[0]; r.messageAttributes = own(r); r.messageAttributes.SenderId"),
        (".js", "const r = event.Records[0]; Object.assign(r, own()); r.messageAttributes.SenderId"),
        (".js", "event.Records.push(own()); event.Records[0].messageAttributes.SenderId"),
        (".js", "event.Records.concat(own())[0].messageAttributes.SenderId"),
        (".js", "const { Records = own() } = event; Records[0].messageAttributes.SenderId"),
        (".js", "delete event.Records[0].messageAttributes.SenderId"),
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
    assert [name for name, user, _ in reads(text, suffix) if user] == []


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
        'new sdk.ReceiveMessageCommand({ MessageAttributeNames: ["A"], AttributeNames: [QueueAttributeName.B] })'
    ),
}


@pytest.mark.parametrize("text", ASKED.values(), ids=ASKED)
def test_what_is_asked_for_in_python(text: str) -> None:
    (received,) = facts(handler(text, ".py"), ".py").receives
    assert {(each.list, each.name) for each in received.asked} == {
        ("MessageAttributeNames", "A"),
        ("AttributeNames", "B"),
    }
    assert received.complete


@pytest.mark.parametrize("text", ASKED_IN_JAVASCRIPT.values(), ids=ASKED_IN_JAVASCRIPT)
def test_what_is_asked_for_in_javascript(text: str) -> None:
    (received,) = facts(handler(text, ".js"), ".js").receives
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
    (received,) = facts(handler(text, suffix), suffix).receives
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
    found = facts(handler(text, suffix), suffix)
    assert [(read.name, read.user, read.receives) for read in found.reads] == [("SenderId", False, found.receives)]


CLIENTS = {
    ".py": [
        "import boto3\nboto3.client('sqs').receive_message()",
        "import boto3\nboto3.client(region_name='r', service_name='sqs').receive_message()",
        "import boto3 as b\nsession = b.Session(profile_name='p')\nsession.client('sqs').receive_message()",
        "import boto3.session\nboto3.session.Session().client('sqs').receive_message()",
        "from boto3 import client\nsqs = client('sqs')\nsqs.receive_message()",
        "from boto3.session import Session\nSession().resource('sqs').meta.client.receive_message()",
        "import boto3\nsqs = boto3.resource('sqs')\nsqs.get_queue_by_name(QueueName='q').receive_messages()",
        "import boto3\nfor q in boto3.resource('sqs').queues.all():\n    q.receive_messages()",
        (
            "import boto3\nclass C:\n    def __init__(self):\n        self.sqs = boto3.client('sqs')\n"
            "    def get(self):\n        return self.sqs.receive_message()"
        ),
        "import boto3\nclass C:\n    sqs = boto3.client('sqs')\n    def get(self):\n        self.sqs.receive_message()",
        "import boto3\ndef get(sqs):\n    sqs.receive_message()\nget(boto3.client('sqs'))",
        (
            "import aioboto3\nasync def f():\n"
            "    async with aioboto3.Session().client('sqs') as c:\n        await c.receive_message()"
        ),
    ],
    ".js": [
        "import { SQS } from '@aws-sdk/client-sqs'; new SQS({}).receiveMessage({})",
        "import * as sdk from '@aws-sdk/client-sqs'; c.send(new sdk.ReceiveMessageCommand({}))",
        "import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'; new ReceiveMessageCommand({})",
        "const { ReceiveMessageCommand } = require('@aws-sdk/client-sqs'); this.c.send(new ReceiveMessageCommand({}))",
        "const AWS = require('aws-sdk'); const sqs = new AWS.SQS({ apiVersion: '2012-11-05' }); sqs.receiveMessage({})",
        "import AWS from 'aws-sdk'; new AWS.SQS().receiveMessage({})",
        "const SQS = require('aws-sdk/clients/sqs'); class C { s = new SQS(); get() { this.s.receiveMessage({}) } }",
        (
            "const { SQS } = require('aws-sdk');"
            "class C { constructor() { this.sqs = new SQS() } get() { return this.sqs.receiveMessage({}) } }"
        ),
        "const X = require('aws-xray-sdk'); const A = X.captureAWS(require('aws-sdk')); new A.SQS().receiveMessage({})",
    ],
}
NO_CLIENTS = {
    ".py": [
        "from common.queues import client\nclient.receive_message()",
        "from .queues import client\nclient.receive_message()",
        "from common.queues import receive_message\nreceive_message('q')",
        "from azure.thing import queue\nqueue.receive_messages(max=5)",
        "import boto3\nboto3.client('other').receive_message()",
        "import boto3\nboto3.client(name).receive_message()",
        "class C:\n    def receive_message(self, **more):\n        pass\nsqs = C()\nsqs.receive_message()",
        "def get(sqs):\n    sqs.receive_message()",
        "import boto3\nsqs = boto3.client('sqs')\nif wrapped:\n    sqs = Wrapper(sqs)\nsqs.receive_message()",
        "import boto3\nclass C(Base):\n    def get(self):\n        self.sqs.receive_message()",
        (
            "import boto3\nclass C:\n    def __init__(self, s):\n        self.c = boto3.client('sqs')\n"
            "        self.c = s\n    def get(self):\n        self.c.receive_message()"
        ),
    ],
    ".js": [
        "const queue = require('./queue'); queue.receiveMessage({})",
        "const queue = require('/opt/queue'); queue.receiveMessage()",
        "import { receiveMessage } from './queue.mjs'; receiveMessage({})",
        "class Q { receiveMessage(more) { return other(more) } } const q = new Q(); q.receiveMessage({})",
        "class ReceiveMessageCommand {} c.send(new ReceiveMessageCommand({}))",
        "import { ReceiveMessageCommand } from './commands.mjs'; c.send(new ReceiveMessageCommand({}))",
        "const { SQS } = require('./sdk'); new SQS().receiveMessage({})",
        "const { SQS } = require('aws-sdk'); new SQS({ params: { AttributeNames: ['All'] } }).receiveMessage({})",
    ],
}


@pytest.mark.parametrize(("suffix", "text"), [(suffix, text) for suffix, texts in CLIENTS.items() for text in texts])
def test_clients_of_sqs(suffix: str, text: str) -> None:
    assert len(facts(text, suffix).receives) == 1


@pytest.mark.parametrize(("suffix", "text"), [(suffix, text) for suffix, texts in NO_CLIENTS.items() for text in texts])
def test_what_somebody_wrote_around_a_client_is_not_judged(suffix: str, text: str) -> None:
    assert facts(text, suffix).receives == ()


def test_a_wrapper_is_judged_by_what_it_asks_for_itself() -> None:
    text = (
        "import boto3\nclass Queue:\n    def __init__(self):\n        self.sqs = boto3.client('sqs')\n"
        "    def receive_message(self, **more):\n"
        "        return self.sqs.receive_message(MessageSystemAttributeNames=['All'], **more)\n"
        "queue = Queue()\nfor m in queue.receive_message()['Messages']:\n    m['Attributes']['SenderId']"
    )
    (received,) = facts(text, ".py").receives
    assert [each.name for each in received.asked] == ["All"]
    assert facts(text, ".py").reads == ()


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".py", "sqs.meta.events.register('provide-client-params.sqs.ReceiveMessage', add)\nsqs.receive_message()"),
        (".js", "client.middlewareStack.add(add); client.send(new ReceiveMessageCommand({}))"),
        (".py", "sqs.receive_message = more(sqs.receive_message)\nsqs.receive_message()"),
    ],
)
def test_a_hook_may_ask_for_more(suffix: str, text: str) -> None:
    (received,) = facts(handler(text, suffix), suffix).receives
    assert not received.complete


def test_attributes_that_the_program_put_there_are_its_own() -> None:
    text = "for m in sqs.receive_message()['Messages']:\n    m['Attributes'] = own(m)\n    m['Attributes']['SenderId']"
    assert reads(text, ".py") == []
    text = "const m = (await sqs.receiveMessage({})).Messages[0]; m.Attributes = own(m); m.Attributes.SenderId"
    assert reads(text, ".js") == []


def test_offsets_count_characters() -> None:
    text = 'x = "Größe 😀"; event["Records"][0]["messageAttributes"]["SenderId"]'
    assert reads(text, ".py") == [("SenderId", True, '"SenderId"')]
    assert reads(text, ".js") == [("SenderId", True, '"SenderId"')]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\r\r\n", "\f\n"])
def test_lines_of_python_end_where_python_ends_them(end: str) -> None:
    text = handler('for r in event["Records"]:\n    r["messageAttributes"]["SenderId"]', ".py")
    assert reads_of(text.replace("\n", end), ".py") == [("SenderId", True, '"SenderId"')]


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


def test_where_a_handler_is_taken_from() -> None:
    text = "from app.one import other, handler\nfrom .two import handler as other\nfrom .three import handlers\n"
    assert [paths[0] for paths in handed_on(text, ".py", "handler")] == ["app/one"]
    text = (
        "export { other, handler } from './a'; export * from \"./b.mjs\"; exports.handler = require('./c').handler;"
        "import { handler } from './d'; export { handlers } from './e'; module.exports.main = require('./f')"
    )
    assert [paths[0] for paths in handed_on(text, ".js", "handler")] == ["./a", "./b.mjs", "./c"]


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
