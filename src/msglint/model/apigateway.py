"""Amazon API Gateway: integrations that receive messages from SQS, in resources of their own and in OpenAPI."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msglint.code.lists import SYSTEM_LISTS, USER_LIST
from msglint.model.beside import structure
from msglint.model.data import Data
from msglint.model.disclosure import Traced, unmarked
from msglint.model.receive import Asked, Receipt, Use
from msglint.model.resource import Resource
from msglint.model.text import Symbol, Text
from msglint.model.value import Absent, Known, Value, not_understood, outside
from msglint.source import Place

_SQS = re.compile(r":sqs:(?:path|action)/", re.IGNORECASE)
_SUBTYPE = "SQS-ReceiveMessage"
_FORM = re.compile(r"(MessageSystemAttributeName|MessageAttributeName|AttributeName)(?:\.\d+)?")
_QUERY = "integration.request.querystring."
_JSON_LIST = re.compile(r'"(MessageSystemAttributeNames|MessageAttributeNames|AttributeNames)"\s*:\s*\[([^\]]*)\]')
_JSON_TEXT = re.compile(r'"([^"\\]*)"')
_EXTENSION = "x-amazon-apigateway-integration"


_SERVICE = re.compile(r":(sqs|sns|kinesis|firehose|states|events):(?:path|action)/")
_PATH = re.compile(r":sqs:path/[^/?]*/([^/?]+)")
_CALLED = {
    "sqs": ("QueueUrl", "url", ("SendMessage",)),
    "sns": ("TopicArn", "arn", ("Publish",)),
    "kinesis": ("StreamName", "name", ("PutRecord",)),
    "firehose": ("DeliveryStreamName", "name", ("PutRecord",)),
    "states": ("[sS]tateMachineArn", "arn", ("StartExecution", "StartSyncExecution")),
}
"""How a call names what it is for, which attribute that is, and the operations that send."""
_SUBTYPES = {
    "SQS-SendMessage": ("sqs", "QueueUrl"),
    "Kinesis-PutRecord": ("kinesis", "StreamName"),
    "StepFunctions-StartExecution": ("states", "StateMachineArn"),
    "StepFunctions-StartSyncExecution": ("states", "StateMachineArn"),
}
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html"""
_OF_CALLER = re.compile(r"arn:[^:]*:iam::[^:]*:user/\*")


class Call(NamedTuple):
    """What an integration sends to: the service if it is known, and what is named there, by which attribute."""

    service: str
    named: Value[Text]
    attribute: str
    role: Value[Text]
    """The ARN of the role; absent where API Gateway calls in its own name."""


class Integration:
    """What a method or route calls, whichever resource it is written in."""

    __slots__ = ("_data",)

    def __init__(self, data: Data) -> None:
        self._data = data

    def _get(self, name: str) -> Data:
        """Give a member; OpenAPI begins its name with a small letter."""
        given = self._data.get(name)
        return given if not given.exists().is_no else self._data.get(name[0].lower() + name[1:])

    def uses(self) -> Iterator[Use]:
        """Give the attributes that a ReceiveMessage asks for, save those that the caller of the method names."""
        yield from Receipt(tuple(self._asked()), complete=False, at=self._data.at).uses()

    def _asked(self) -> Iterator[Asked]:
        parameters = self._get("RequestParameters").fields()
        if self._get("IntegrationSubtype").word() == _SUBTYPE:
            for name, data in parameters.items():
                if name in {USER_LIST, *SYSTEM_LISTS}:
                    yield from (Asked(name, each, data.at) for each in _names(data.word()))
            return
        uri = self._get("Uri")
        if not _SQS.search(uri.word()):
            return
        templates = list(self._get("RequestTemplates").fields().values())
        everything = [
            uri.word(),
            *(f"{name}={data.word()}" for name, data in parameters.items()),
            *(template.word() for template in templates),
        ]
        if not any("ReceiveMessage" in text for text in everything):
            return
        yield from _form(uri.word().partition("?")[2], uri)
        for name, data in parameters.items():
            constant = re.fullmatch(r"'(.*)'", data.word(), re.DOTALL)
            if constant is not None and name.startswith(_QUERY):
                yield from _listed(name.removeprefix(_QUERY), constant[1], data)
        for template in templates:
            text = template.word()
            yield from _form(text, template)
            for match in _JSON_LIST.finditer(text):
                yield from (Asked(match[1], each, template.at) for each in _JSON_TEXT.findall(match[2]))

    def calls(self) -> Iterator[Call]:
        """Give what the integration sends to through a role: a queue, topic, stream or state machine."""
        given = self._get("CredentialsArn")
        role = (given if not given.exists().is_no else self._get("Credentials")).text()
        if isinstance(role, Absent) or (isinstance(role, Known) and _OF_CALLER.fullmatch(str(role.value))):
            # With the rights of whoever calls the method there is no role to judge.
            return
        service, parameter = _SUBTYPES.get(self._get("IntegrationSubtype").word(), ("", ""))
        if service:
            yield Call(service, self._get("RequestParameters").get(parameter).text(), _CALLED[service][1], role)
            return
        uri = self._address.text()
        if not isinstance(uri, Known | Absent):
            yield Call("", uri, "arn", role)
            return
        written = [each for each in (_marked(data) for data in self._texts()) if each is not None]
        found = _SERVICE.search(written[0].text) if isinstance(uri, Known) else None
        if found is None or found[1] not in _CALLED:
            return
        name, attribute, operations = _CALLED[found[1]]
        if not any(re.search(rf"\b{operation}\b", each.text) for each in written for operation in operations):
            return
        path = _PATH.search(written[0].text)
        if path is not None:
            yield Call("sqs", Known(written[0].part(path[1]), uri.at), "name", role)
            return
        form = re.compile(rf"""\b{name}["']?\s*[=:]\s*["']*(?:\$util\.urlEncode\(["'])?([^"'&$\s{{}}]+)["'&\s]""")
        matches = ((each, form.search(f"{each.text} ")) for each in written)
        named: Value[Text] | None
        named = next((Known(each.part(match[1]), each.at) for each, match in matches if match is not None), None)
        if named is None and any(re.search(rf"""\b{name}["']?\s*[=:]\s*["']*\$""", each.text) for each in written):
            named = outside("the request says where the integration sends it", uri.at)
        why = "what the integration sends to is not written where msglint looks"
        yield Call(found[1], named if named is not None else not_understood(why, uri.at), attribute, role)

    @property
    def _address(self) -> Data:
        """The address of what is called, which WebSocket APIs name otherwise."""
        written = self._data.get("IntegrationUri")
        return written if not written.exists().is_no else self._get("Uri")

    def _texts(self) -> Iterator[Data]:
        """Give all that says what is called: the address first."""
        yield self._address
        yield from self._get("RequestTemplates").fields().values()
        yield from self._get("RequestParameters").fields().values()


class _Marked(NamedTuple):
    """A text in which one character stands for each symbol."""

    text: str
    marks: Mapping[str, Symbol]
    at: Place

    def part(self, text: str) -> Text:
        """Give a part of it with its symbols again."""
        return unmarked(text, self.marks)


def _marked(data: Data) -> _Marked | None:
    value = data.text()
    if not isinstance(value, Known):
        return None
    text, marks = Traced(value.value, value.at).marked()
    # A parameter's name, such as `integration.request.querystring.Action`, is a part of what it says.
    return _Marked(f"{data.path[-1].rpartition('.')[2]}={text}" if "." in data.path[-1] else text, marks, value.at)


class Method(Resource):
    """A method of a REST API."""

    KIND = "AWS::ApiGateway::Method"
    __slots__ = ()

    def integrations(self) -> Iterator[Integration]:
        """Give the integration."""
        yield Integration(self.properties.get("Integration"))


class HttpIntegration(Resource):
    """An integration of an HTTP API."""

    KIND = "AWS::ApiGatewayV2::Integration"
    __slots__ = ()

    def integrations(self) -> Iterator[Integration]:
        """Give the integration."""
        yield Integration(self.properties)


class RestApi(Resource):
    """A REST API, with what its OpenAPI document says."""

    KIND = "AWS::ApiGateway::RestApi"
    __slots__ = ()

    def integrations(self) -> Iterator[Integration]:
        """Give the integrations of the document."""
        body = self._body()
        for path in body.get("paths").fields().values():
            for method in path.fields().values():
                found = method.get(_EXTENSION)
                if found.fields():
                    yield Integration(found)

    def _body(self) -> Data:
        body = self.properties.get("Body")
        if not body.exists().is_no:
            return body
        # `aws cloudformation package` uploads what is given by a local path here.
        return structure(self, self.properties.get("BodyS3Location").text()) or body


class HttpApi(RestApi):
    """An HTTP API, with what its OpenAPI document says."""

    KIND = "AWS::ApiGatewayV2::Api"
    __slots__ = ()


def _form(text: str, data: Data) -> Iterator[Asked]:
    """Read a form as the Query protocol takes it, in a template that may be broken over lines."""
    from urllib.parse import parse_qsl  # noqa: PLC0415  # only integrations with SQS need it

    for name, value in parse_qsl("".join(text.split())):
        yield from _listed(name, value, data)


def _listed(name: str, value: str, data: Data) -> Iterator[Asked]:
    match = _FORM.fullmatch(name)
    if match is not None and "$" not in value:
        yield Asked(f"{match[1]}s", value, data.at)


def _names(text: str) -> list[str]:
    """Read a list as a parameter mapping writes it: JSON, or names between commas."""
    import json  # noqa: PLC0415  # few templates have such a list

    if "$" in text:
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return [name.strip() for name in text.split(",")]
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else [str(found)]
