"""Credentials inside texts: in JAAS configurations, properties, XML, connection strings and environment variables."""

import base64
import binascii
import re
from collections.abc import Iterator

import msgspec

from msglint.model.data import Data
from msglint.model.disclosure import Encoded, Traced
from msglint.model.expression import Given
from msglint.model.json_text import parse
from msglint.model.text import Symbol, Text
from msglint.model.value import Known, Value, effective
from msglint.verdict import Doubt, Reason

LARGEST = 1024 * 1024
"""The largest configuration that is taken apart, in characters; AWS takes smaller ones."""

# Compiled only where there is a credential.
_JAAS = (
    r"(?i)\b(?:password|clientSecret|oauth\.client\.secret)\s*=\s*"
    r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;"']+))"""
)
_PROPERTY = r"(?m)^[ \t]*([^#!\s=:][^\s=:]*)[ \t]*[=:][ \t]*(.*?)[ \t]*$"
_CONTINUED = r"\\\r?\n[ \t]*"
_URL = r"""(?i)\b([a-z][a-z0-9+.-]{1,20})://([^\s/"'<>@:,()\\]*):([^\s/"'<>@,()\\]+)@([^\s/"'<>@,()\\]*)"""
_SAMPLE = r"(?i)(?:user(?:name)?|usr|login):(?:pass(?:word|wd)?|pwd?|secret)|guest:guest"
_MESSAGING_SCHEMES = (
    r"(?i)amqps?|amqp\+ssl|stomps?|stomp\+ssl|mqtts?|mqtt\+ssl|wss?|ssl|tcp|(?:nio|auto)(?:\+ssl)?|kafka"
)
_MESSAGING_HOST = (
    r"(?i)schema[-_.]?registry|kafka|ksql|karapace|confluent|rabbit|activemq|artemis|(?<![a-z])a?mq(?![a-z])"
    r"|:(?:8081|8082|8083|8161|8162|15671|15672)$"
)
_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+"
_KAFKA = frozenset({"kafka", "msk", "sasl", "confluent", "ksql", "ksqldb", "jaas"})
_BROKER = frozenset(
    {"rabbit", "rabbitmq", "activemq", "artemis", "amq", "amqp", "mq", "broker", "stomp", "mqtt", "amazonmq"}
)
_PASSWORD = frozenset({"password", "passwd", "pwd", "passphrase"})
_KAFKA_KEYS = (
    r"(?i)(?:.*\.)?(?:sasl\.(?:.*\.)?password|sasl\.(?:.*\.)?client\.secret"
    r"|ssl\.(?:keystore\.|truststore\.|key\.)?password"
    r"|ssl\.keystore\.key|basic\.auth\.user\.info)"
)


class Credential(msgspec.Struct, frozen=True):
    """A secret by which somebody signs in. `key` is the name that it has in its text, or the property that holds it."""

    secret: Traced
    key: str
    path: tuple[str, ...]
    """The property, in the API's words."""


def jaas(value: Traced) -> Iterator[Traced]:
    """Give the passwords of a JAAS configuration, such as that of ScramLoginModule; IAMLoginModule has none."""
    written, marks = value.marked()
    if "LoginModule" in written and len(written) <= LARGEST:
        for found in re.finditer(_JAAS, written):
            yield value.unmarked(next(group for group in found.groups() if group is not None), marks)


def properties(value: Traced) -> Iterator[tuple[str, Traced]]:
    """Give the names and values of Java properties; lines go on after a backslash."""
    written, marks = value.marked()
    if len(written) <= LARGEST:
        for found in re.finditer(_PROPERTY, re.sub(_CONTINUED, "", written)):
            yield str(value.unmarked(found[1], marks).text), value.unmarked(found[2], marks)


def urls(value: Traced, context: str = "") -> Iterator[Traced]:
    """Give the passwords of a text's connection strings: of brokers, and of HTTP what speaks for Kafka or a broker.

    `context` is the name that the text has, which may say what it is for.
    """
    written, marks = value.marked()
    if "://" not in written:
        return
    for found in re.finditer(_URL, written):
        http = found[1].lower() in {"http", "https"}
        if re.fullmatch(_MESSAGING_SCHEMES, found[1]) or (http and re.search(_MESSAGING_HOST, f"{context} {found[4]}")):
            sample = re.fullmatch(_SAMPLE, f"{found[2]}:{found[3]}")
            doubt = Reason(Doubt.OUTSIDE, "user and password look like those of a sample", value.at)
            secret = value.unmarked(found[3], marks)
            yield secret if sample is None else Traced(secret.text, value.at, doubt)


def kafka(key: str, value: Traced) -> Iterator[Traced]:
    """Give what is secret in one property of a Kafka client or broker."""
    if "LoginModule" in str(value.text):
        yield from jaas(value)
    elif re.fullmatch(_KAFKA_KEYS, key) and not any(urls(value)):
        yield value


def connector(key: str, value: Traced) -> Iterator[Traced]:
    """Give what is secret in one property of a connector, whose passwords are those of any system."""
    found = list(kafka(key, value))
    if not found and key.lower().endswith("password") and not any(urls(value)):
        found = [value]
    yield from found


def environment(name: str, value: Traced) -> "tuple[str, list[Traced]]":
    """Give what is secret in an environment variable, and of what: "kafka", "broker", or nothing of either."""
    if "LoginModule" in str(value.text):
        return "kafka", list(jaas(value))
    if any(urls(value)):
        return "", []
    if re.fullmatch(_KAFKA_KEYS, name) and name.lower().startswith(("sasl.", "ssl.", "basic.auth.")):
        return "kafka", [value]
    words = [word.lower() for word in re.findall(_WORD, name)]
    if not words or words[-1] not in _PASSWORD:
        return "", []
    if not _KAFKA.isdisjoint(words) or {"schema", "registry"} <= set(words):
        return "kafka", [value]
    if not _BROKER.isdisjoint(words):
        return "broker", [value]
    return "", []


def decoded(value: Traced) -> Traced | None:
    """Give the text behind a base64 text; the text itself where it is none; None where that cannot be told."""
    match value.text.parts:
        case (Encoded(inner=inner),):
            return value.part(inner)
        case (str() as written,):
            if len(written) > LARGEST:
                return None
            try:
                plain = base64.b64decode("".join(written.split()), validate=True).decode()
            except (binascii.Error, ValueError):
                return value
            return value.part(Text.literal(plain))
        case (Symbol(),):
            return None
        case _:
            return value


def configuration(value: Traced) -> Iterator[tuple[str, Traced]]:
    """Give the passwords in a broker's configuration: attributes of ActiveMQ's XML, properties of RabbitMQ."""
    written, marks = value.marked()
    if len(written) > LARGEST:
        return
    if not written.lstrip().startswith("<"):
        yield from ((key, part) for key, part in properties(value) if key.lower().endswith(("password", "secret")))
        return
    from msglint.model.xml_text import UnreadableXml, attributes  # noqa: PLC0415  # few templates hold XML

    try:
        for element, name, text in attributes(written):
            if name.lower().endswith("password"):
                yield f"{element} {name}", value.unmarked(text, marks)
    except UnreadableXml as error:
        doubt = Reason(Doubt.NOT_UNDERSTOOD, f"this configuration is no XML that can be read: {error}", value.at)
        yield "password", Traced.untold(doubt, value.at)


def members(value: Traced) -> Iterator[tuple[str, Traced]]:
    """Give the texts of a JSON object that a text holds, by name; none where it holds none."""
    for name, part in structure(value).fields().items():
        text = effective_text(part.text())
        if text is not None:
            yield name, value.part(text)


def structure(value: Traced) -> Data:
    """Give what a text of JSON says."""
    return Data(Given(parse(value.text, value.at)))


def effective_text(value: Value[Text]) -> Text | None:
    """Give a text that is known."""
    return effective(value) if isinstance(value, Known) else None
