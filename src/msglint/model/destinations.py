"""Where messages leave AWS, and the secrets that open it: Firehose's destinations, EventBridge's connections."""

import re
from collections.abc import Iterator

from msglint.model.credentials import Credential, effective_text
from msglint.model.data import Data
from msglint.model.resource import Resource
from msglint.verdict import Verdict

INSTEAD = "SecretsManagerConfiguration"
"""What makes Firehose take its credentials from Secrets Manager, where it is enabled."""

_KEPT = {
    "HttpEndpointDestinationConfiguration": (("EndpointConfiguration", "AccessKey"),),
    "RedshiftDestinationConfiguration": (("Password",),),
    "SnowflakeDestinationConfiguration": (("PrivateKey",), ("KeyPassphrase",)),
    "SplunkDestinationConfiguration": (("HECToken",),),
}
_AUTH = ("AuthParameters",)
_SECRETS = (
    (*_AUTH, "ApiKeyAuthParameters", "ApiKeyValue"),
    (*_AUTH, "BasicAuthParameters", "Password"),
    (*_AUTH, "OAuthParameters", "ClientParameters", "ClientSecret"),
)
_PARAMETERS = ((*_AUTH, "InvocationHttpParameters"), (*_AUTH, "OAuthParameters", "OAuthHttpParameters"))
_KINDS = ("HeaderParameters", "QueryStringParameters", "BodyParameters")
_PLAIN = r"(?i)grant_type|scope|audience|resource|content-type|accept|user-agent|response_type|redirect_uri|host"
"""Parameters that requests for a token have, and that console and samples mark as secret with the rest."""


class Connection(Resource):
    """A connection. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnection.html."""

    KIND = "AWS::Events::Connection"
    AUTH = _AUTH
    __slots__ = ()

    def secrets(self) -> Iterator[Credential]:
        """Give what is secret in the parameters by which requests are authorised; `key` names one of the user's own."""
        for path in _SECRETS:
            secret = self.properties.get(*path).trace()
            if secret is not None:
                yield Credential(secret, "", path)
        for way in _PARAMETERS:
            for kind in _KINDS:
                for parameter in self.properties.get(*way, kind).elements().known:
                    yield from _marked(parameter, (*way, kind, "Value"))


def _marked(parameter: Data, path: tuple[str, ...]) -> Iterator[Credential]:
    """Give the value of a parameter that says of itself that it is secret."""
    name = effective_text(parameter.get("Key").text())
    secret = parameter.get("Value").trace()
    said = parameter.get("IsValueSecret").boolean(False).holds(bool)
    if name is None or secret is None or not said.is_yes or re.fullmatch(_PLAIN, str(name)):
        return
    yield Credential(secret, str(name), path)


class Destinations(Resource):
    """A Firehose stream, for the secrets of its destinations.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_SecretsManagerConfiguration.html
    """

    KIND = "AWS::KinesisFirehose::DeliveryStream"
    __slots__ = ()

    def secrets(self) -> Iterator[tuple[Credential, Verdict]]:
        """Give the secrets, each with whether Secrets Manager takes its place."""
        for destination, ways in _KEPT.items():
            inside = self.properties.get(destination)
            replaced = inside.get(INSTEAD).exists() & inside.get(INSTEAD, "Enabled").boolean(False).holds(bool)
            for way in ways:
                secret = inside.get(*way).trace()
                if secret is not None:
                    yield Credential(secret, "", (destination, *way)), replaced
