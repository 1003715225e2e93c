"""Amazon API Gateway: integrations that receive messages from SQS, in resources of their own and in OpenAPI."""

import re
from collections.abc import Iterator

from msglint.code.lists import SYSTEM_LISTS, USER_LIST
from msglint.model.beside import structure
from msglint.model.data import Data
from msglint.model.receive import Asked, Receipt, Use
from msglint.model.resource import Resource

_SQS = re.compile(r":sqs:(?:path|action)/", re.IGNORECASE)
_SUBTYPE = "SQS-ReceiveMessage"
_FORM = re.compile(r"(MessageSystemAttributeName|MessageAttributeName|AttributeName)(?:\.\d+)?")
_QUERY = "integration.request.querystring."
_JSON_LIST = re.compile(r'"(MessageSystemAttributeNames|MessageAttributeNames|AttributeNames)"\s*:\s*\[([^\]]*)\]')
_JSON_TEXT = re.compile(r'"([^"\\]*)"')
_EXTENSION = "x-amazon-apigateway-integration"


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
