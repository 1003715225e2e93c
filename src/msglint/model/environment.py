"""Passwords of brokers and of Kafka wherever they are written: in variables, scripts, parameters, outputs, metadata."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msglint.model.amazon_mq import Broker, BrokerConfiguration
from msglint.model.credentials import Credential, decoded, told, urls
from msglint.model.disclosure import Sourced, Traced, Way
from msglint.model.flink import FlinkApplication
from msglint.model.glance import system_of
from msglint.model.held import Held, held
from msglint.model.kafka import BrokerProperties, Connector, TopicRule, WorkerConfiguration
from msglint.model.model import Model
from msglint.model.resource import AnyResource
from msglint.model.text import Text

STORED = ("AWS::SSM::Parameter", "aws_ssm_parameter")
"""The types of parameters in Parameter Store, of which only a SecureString is encrypted."""

_PLAIN = ("String", "StringList")
_KAFKA = (BrokerProperties, WorkerConfiguration, Connector, FlinkApplication, TopicRule)
_CONNECTING = (Connector.KIND, WorkerConfiguration.KIND)
"""Whose passwords are all told as those of connectors."""
_SECRETS = ("AWS::SecretsManager::Secret", "aws_secretsmanager_secret_version")


class Place(NamedTuple):
    """A text of a resource: the way to it, the name that it has there, and how the place itself gives it away."""

    path: tuple[str, ...]
    name: str
    text: Traced
    way: Way | None


def texts(resource: AnyResource, model: Model) -> Iterator[Place]:
    """Give the texts of a resource that seem to hold a secret, and of what is shown to everybody all."""
    # Several rules ask for them.
    for part, name, way in model.once((texts, resource.record.key), lambda: tuple(_parts(resource))):
        traced = part.traced()
        if traced is not None:
            yield Place(part.path, name, traced, way)


def _parts(resource: AnyResource) -> Iterator[tuple[Held, str, Way | None]]:
    stored = resource.record.type in STORED
    for whole in resource.record.part.whole(resource.id):
        parts = list(held(whole.expression, whole.path))
        plain = stored and any(part.path in {("Type",), ("type",)} and part.word in _PLAIN for part in parts)
        for part in parts:
            # A parameter that says no name of its own has that of its resource.
            unnamed = stored and part.name == "Value" and bool(system_of(resource.id))
            name = resource.id if unnamed else part.name
            if whole.shown or unnamed or part.may_be_secret:
                yield part, name, Way.SHOWN if whole.shown else Way.KEPT if plain else None


def holders(model: Model) -> Iterator[AnyResource]:
    """Give the resources and sections of a run that seem to hold a secret."""
    records = (part.record(id_) for part in model.parts for id_ in part.holding())
    yield from (AnyResource(record) for record in records if record is not None)


def credentials(resource: AnyResource, of: str, model: Model) -> Iterator[Credential]:
    """Give the passwords in a resource that are a broker's, or Kafka's; what a secret holds has a rule of its own."""
    if resource.record.type in _SECRETS or (of == "broker" and resource.record.type in _CONNECTING):
        return
    for place in texts(resource, model):
        if place.name.lower().endswith("description"):
            continue  # prose names things, and assigns nothing
        for text in (place.text,) if system_of(place.name) else _with_defaults(place.text):
            for kind, key, secret in told(place.name, text):
                if kind == of:
                    yield Credential(secret, key, place.path, place.way)
        if place.way is Way.SHOWN and not system_of(place.name) and not any(urls(place.text)):
            yield from _printed(place, of, model)


def _printed(place: Place, of: str, model: Model) -> Iterator[Credential]:
    """Give what is shown under some name, and is the password of a broker or cluster elsewhere in the run."""
    known = model.once(_passwords, lambda: _passwords(model))
    for part in place.text.text.parts:
        if isinstance(part, Sourced) and known.get(part.source.name) == of:
            yield Credential(place.text.part(Text.of(part)), place.name, place.path, place.way)


def _passwords(model: Model) -> Mapping[str, str]:
    """Give the parameters and the like that passwords come from, and whose they are."""
    found = [("broker", password) for broker in model.every(Broker) for password in broker.passwords()]
    for configuration in model.every(BrokerConfiguration):
        found += [("broker", password) for password in configuration.passwords()]
    for kind in _KAFKA:
        found += [("kafka", password) for each in model.every(kind) for password in each.credentials()]
    return {
        part.source.name: of
        for of, password in found
        for part in password.secret.text.parts
        if isinstance(part, Sourced) and part.source.doubt is None
    }


def addresses(resource: AnyResource, model: Model) -> Iterator[Credential]:
    """Give the passwords in addresses; for a parameter, in what its default says too."""
    for place in texts(resource, model):
        for text in _with_defaults(place.text):
            inner = decoded(text)
            for password in urls(inner, place.name) if inner is not None else ():
                yield Credential(password, place.name, place.path, place.way)


def _with_defaults(text: Traced) -> Iterator[Traced]:
    for part in text.text.parts:
        if isinstance(part, Sourced) and part.source.default is not None:
            yield Traced(part.source.default, part.source.at)
    yield text
