"""Credentials inside texts: in JAAS configurations, properties, XML, connection strings and environment variables."""

import base64
import binascii
import re
from collections.abc import Iterator

import msgspec

from msglint.model.data import Data
from msglint.model.disclosure import Encoded, Traced, Way
from msglint.model.expression import Given
from msglint.model.glance import NAMING, is_bare, is_kafka_property, system_of, tells
from msglint.model.json_text import parse
from msglint.model.text import Symbol, Text
from msglint.model.value import Known, Value, effective
from msglint.verdict import Doubt, Reason

LARGEST = 1024 * 1024
"""The largest configuration that is taken apart, in characters; AWS takes smaller ones."""

# Compiled only where there is a credential.
_MODULE = r"""(?s)(?<!IAM)LoginModule\b(?:\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^;])*"""
"""A login module of a JAAS configuration with its options, up to the semicolon; that of IAM has no password."""
_JAAS = (
    r"(?i)\b(?:password|clientSecret|oauth\.client\.secret)\s*=\s*"
    r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\\"([^"\\]*)\\"|([^\s;"']+))"""
)
_PROPERTY = r"(?m)^[ \t]*([^#!\s=:][^\s=:]*)[ \t]*[=:][ \t]*(.*?)[ \t]*$"
_CONTINUED = r"\\\n[ \t]*"
_URL = r"""(?i)\b([a-z][a-z0-9+.-]{1,20})://([^\s/"'<>@:,()\\]*):([^\s/"'<>@,()\\]+)@([^\s/"'<>@,()\\]*)"""
_SAMPLE = r"(?i)(?:user(?:name)?|usr|login):(?:pass(?:word|wd)?|pwd?|secret)|guest:guest"
_MESSAGING_SCHEMES = (
    r"(?i)amqps?|amqp\+ssl|stomps?|stomp\+ssl|mqtts?|mqtt\+ssl|wss?|ssl|tcp|(?:nio|auto)(?:\+ssl)?|kafka"
)
_MESSAGING_HOST = (
    r"(?i)schema[-_.]?registry|kafka|ksql|karapace|confluent|rabbit|activemq|artemis|(?<![a-z])a?mq(?![a-z])"
    r"|:(?:8081|8082|8083|8161|8162|15671|15672)$"
)
_ASSIGNED = (
    r"""(?m)(?:^\$?|(?<=[\s"'\[(,]))(?:--|-D)?([A-Za-z][\w.\-]*)(?:[ \t]*=[ \t]*(?:"([^"\n]*)"|'([^'\n]*)')"""
    r"""|=(\$\{[^}\n]*\}|[^\s"';,&|()\[\]{}]+)(?=[\s;&|]|\Z))"""
    r"""|^[ \t-]*["']?([A-Za-z][\w.\-]*)["']?:[ \t]+(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"'#|>&*,]+))[ \t]*,?[ \t]*$"""
    r"""|^[ \t]*((?!self\.|this\.)[a-z][\w\-]*(?:\.[\w\-]+)*\.(?:password|passwd|passphrase))[ \t]+=[ \t]*"""
    r"""([^\s"';]+)[ \t]*$"""
)
"""Assignments as shells, programs and command lines write them, lines of YAML with one word for a value, properties."""
_COMMANDS = {
    "kafka": r"(?i)scram-sha-\d+=\[[^\]\n]{0,200}?password=([^\],\s]+)",
    "broker": r"\brabbitmqctl[ \t](?:-[^\n;|&]{0,100}?[ \t])?[ \t]*(?:add_user|change_password)[ \t]+\S+[ \t]+"
    r"[\"']?(?![#<>])([^\s\"';|&]+)",
}
_FILLED_HERE = r"\$\(.*|`.*|\$\{?\w+.*"
_FILLED_UNLESS = r"\$\{\w+:?[-=]([^}$`]+)\}"
"""A variable of a shell, and what takes its place where there is none."""
_OF_CODE = (
    r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+|\w*(?i:pass|pwd|secret|token|cred)\w*"
    r"|(?i:str|string|bytes|bool|boolean|any|none|null|nil|undefined)|Optional\[\w+\]"
)
"""What stands without quotation marks in a program: a member, a variable that is called after what it holds, a type."""
_NEAR = 512  # how far a line of YAML may be from the key that it belongs to
_BASE64 = r"(?:[A-Za-z0-9+/]{4}){6,}[A-Za-z0-9+/=]*"


class Credential(msgspec.Struct, frozen=True):
    """A secret by which somebody signs in. `key` is the name that it has in its text, or the property that holds it."""

    secret: Traced
    key: str
    path: tuple[str, ...]
    """The property, in the API's words."""
    way: Way | None = None
    """How the place gives away what stands there, wherever that comes from; None: it does not."""


def jaas(value: Traced) -> Iterator[Traced]:
    """Give the passwords of a JAAS configuration, such as that of ScramLoginModule; IAMLoginModule has none."""
    written, marks = value.marked()
    if "LoginModule" in written and len(written) <= LARGEST:
        for module in re.finditer(_MODULE, written):
            for found in re.finditer(_JAAS, module[0]):
                yield value.unmarked(next(group for group in found.groups() if group is not None), marks)


def properties(value: Traced) -> Iterator[tuple[str, Traced]]:
    """Give the names and values of Java properties; lines go on after a backslash."""
    written, marks = value.marked()
    if len(written) <= LARGEST:
        lines = re.sub(r"\r\n?", "\n", written)
        for found in re.finditer(_PROPERTY, re.sub(_CONTINUED, "", lines)):
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
    elif is_kafka_property(key) and not any(urls(value)):
        yield value


def connector(key: str, value: Traced) -> Iterator[Traced]:
    """Give what is secret in one property of a connector, whose passwords are those of any system."""
    found = list(kafka(key, value))
    if not found and key.lower().endswith("password") and not any(urls(value)):
        found = [value]
    yield from found


def environment(name: str, value: Traced) -> tuple[str, list[Traced]]:
    """Give what is secret in a text under a name, and of what: "kafka", "broker", or nothing of either."""
    if "LoginModule" in str(value.text):
        return "kafka", list(jaas(value))
    kind = system_of(name)
    return (kind, [value]) if kind and not any(urls(value)) else ("", [])


def told(name: str, value: Traced) -> Iterator[tuple[str, str, Traced]]:
    """Give what is secret in a text under a name, also in JSON and in a script: of what, under which name, and what."""
    from msglint.model.held import held  # noqa: PLC0415  # few templates are looked through

    inner = decoded(value) if not system_of(name) and _is_encoded(value) else value
    if inner is None:
        return
    parts = list(held(Given(parse(inner.text, inner.at)), (name,) if name else ()))
    if len(parts) != 1 or parts[0].name:
        for part in parts:
            text = effective_text(Data(part.expression).text())
            if text is not None:
                yield from told(part.name, inner.part(text))
        return
    kind, secrets = environment(name, inner)
    yield from ((kind, name, secret) for secret in secrets)
    if not system_of(name):
        yield from _scripted(name, inner)


def _is_encoded(value: Traced) -> bool:
    match value.text.parts:
        case (Encoded(),):
            return True
        case (str() as written,):
            return re.fullmatch(_BASE64, written) is not None
        case _:
            return False


def _scripted(name: str, value: Traced) -> Iterator[tuple[str, str, Traced]]:
    """Give the secrets that a script or file assigns; what a variable or command of its own fills in is passed over."""
    written, marks = value.marked()
    if len(written) > LARGEST or not tells(written):
        return
    for found in re.finditer(_ASSIGNED, written):
        key, *texts = [text for text in found.groups() if text is not None]
        secret = "".join(texts)
        plain = any(found[unquoted] is not None for unquoted in (4, 8, 10))
        if found[5] is not None and (is_bare(key) or system_of(key)):
            parent = _parent(written, found.start())
            if parent in NAMING:
                continue
            key = f"{parent}.{key}" if is_bare(key) else key
        unless = re.fullmatch(_FILLED_UNLESS, secret)
        secret = secret if unless is None else unless[1]
        if re.fullmatch(_FILLED_HERE, secret) or (plain and not key.isupper() and re.fullmatch(_OF_CODE, secret)):
            continue
        text = value.unmarked(secret, marks)
        if secret and system_of(key) and not any(urls(text)):
            yield system_of(key), key, text
    for kind, command in _COMMANDS.items():
        for found in re.finditer(command, written):
            if not re.fullmatch(_FILLED_HERE, found[1]):
                yield kind, name, value.unmarked(found[1], marks)


def _parent(written: str, at: int) -> str:
    """Give the key that a line of YAML belongs to: the nearest before it that stands further to the left."""
    line = written[at : written.find("\n", at)]
    for before in reversed(written[max(at - _NEAR, 0) : at].splitlines()):
        found = re.fullmatch(r"([ \t-]*)[\"']?([\w.\-]+)[\"']?:[ \t]*", before)
        if found is not None and len(found[1]) < len(line) - len(line.lstrip(" \t-")):
            return found[2]
    return ""


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
