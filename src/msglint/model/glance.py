"""What a glance at a text tells: whether there may be a secret in it, and whose password a name is the name of.

The meaning of a place decides, and people write it into its name: `KAFKA_SASL_PASSWORD`, `spring.rabbitmq.password`.
"""

import re
from collections.abc import Iterator

_ADDRESS = r"""://(?:(?:[^\s/"'<>@]*:)?["']|[^\s/"'<>@]*:[^\s"'<>@/]*@)"""
_SECRETS = ("pass", "pwd", "loginmodule", "client.secret")
NAMING = frozenset({"secrets-manager", "parameter-store", "RuntimeEnvironmentSecrets", "runtime_environment_secrets"})
"""Under these, builds and App Runner are told the names of secrets, not what is in them."""
_SYSTEMS = ("kafka", "sasl", "jaas", "loginmodule", "msk", "confluent", "ksql", "registry", "karapace")
_BROKERS = ("rabbit", "activemq", "artemis", "mq", "broker", "stomp")
_ELSEWHERE = (
    *("resolve:ssm-secure", "resolve:${", "userdata", "user_data", "rabbitmqctl"),
    *("auth.user.info", "ssl.key", "ssl.keystore.key"),
)
_TELLING = (
    r"(?im)loginmodule|auth\.user\.info|ssl\.key|client\.secret|scram-sha-\d+=\[|rabbitmqctl\s"
    r"|(?:kafka|msk|sasl|ssl|jaas|confluent|ksql|registry|mq|rabbit|artemis|amqp|broker|stomp)[\w.\-/]*(?:pass|pwd)"
    r"|resolve:(?:ssm-secure|\$)|^[ \t]+[\"']?pass(?:word|wd|phrase)?[\"']?:[ \t]"
)
_KAFKA_KEYS = (
    r"(?i)(?:.*\.)?(?:sasl\.(?:.*\.)?password|sasl\.(?:.*\.)?client\.secret"
    r"|ssl\.(?:keystore\.|truststore\.|key\.)?password"
    r"|ssl\.keystore\.key|basic\.auth\.user\.info)"
)
_NAMES_OF_SECRETS = (
    r"(?i)(?:passw(?:or)?d|passphrase|pwd|secret|token|credential|plaintext"
    r"|(?:api|access|private|secret|auth|token|host|preshared|customer)_?key)s?"
    r"(?:_(?:wo|string|binary|value|map|pem|base64))*\Z"
)
_PIECE = r"(?s).{1,1000000}[^\s\"]*"
"""So much of a document is looked at in lower case at once; no word that is looked for goes beyond its end."""
_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+"
_KAFKA = frozenset({"kafka", "msk", "sasl", "confluent", "ksql", "ksqldb", "jaas"})
_BROKER = frozenset(
    {"rabbit", "rabbitmq", "activemq", "artemis", "amq", "amqp", "mq", "broker", "stomp", "mqtt", "amazonmq"}
)
_PASSWORD = frozenset({"password", "passwd", "pwd", "passphrase", "pass"})
_ANYBODYS = frozenset({"sasl", "jaas"})
"""What others than Kafka use too."""
_OTHERS = (
    r"db|database|sql|mysql|mssql|mariadb|pg|postgres|postgresql|oracle|jdbc|rds|aurora|redis|mongo|mongodb"
    r"|ldap|smtp|mail|ssh|s?ftp"
)
"""Whose passwords are somebody else's business."""
_QUESTIONS = r"uses?|enabled?|has|is|requires?|required|needs?|with|without|rotate|generate|reset|create|validate|allow"
"""What the name of a switch begins with, which no password stands under."""


def may_address(text: str) -> bool:
    """Say whether a text, such as a whole document, may hold an address with a password in it, or a part of one."""
    return "://" in text and re.search(_ADDRESS, text) is not None


def may_hold(document: str) -> bool:
    """Say whether there may be a secret of a broker or of Kafka in a document; much faster than to look for it."""
    if may_address(document):
        return True
    named = False
    for piece in _lowered(document):
        if any(word in piece for word in _ELSEWHERE):
            return True
        named = named or any(word in piece for word in _SECRETS)
    # Most documents name no secret, and then it need not be looked for whose it is.
    return named and any(word in piece for piece in _lowered(document) for word in (*_SYSTEMS, *_BROKERS))


def _lowered(document: str) -> Iterator[str]:
    return (piece[0].lower().replace("passrole", "") for piece in re.finditer(_PIECE, document))


def tells(text: str) -> bool:
    """Say whether a text speaks of a secret: an address with a password, an assignment, a JAAS configuration."""
    return may_address(text) or re.search(_TELLING, text) is not None


def is_kafka_property(name: str) -> bool:
    """Say whether a property of Kafka, with whatever prefix, is secret."""
    return re.fullmatch(_KAFKA_KEYS, name) is not None


def names_secret(name: str) -> bool:
    """Say whether a name ends with what tells that its value is secret, whoever's it is."""
    return re.search(_NAMES_OF_SECRETS, name) is not None


def is_bare(name: str) -> bool:
    """Say whether a name says no more than that a password is there: what it stands in says whose."""
    return name.lower() in _PASSWORD


def system_of(name: str) -> str:
    """Say whose password a name is the name of: "kafka", "broker", or nothing of either."""
    if is_kafka_property(name) and name.lower().startswith(("sasl.", "ssl.", "basic.auth.")):
        return "kafka"
    words = [word.lower() for word in re.findall(_WORD, name)]
    if not words or words[-1] not in _PASSWORD or re.fullmatch(_QUESTIONS, words[0]) or name.endswith(".$"):
        return ""  # in a state machine, what ends so is a path into its input
    # What stands nearest to the word for a password is whose it is.
    others = max((at for at, word in enumerate(words) if re.fullmatch(_OTHERS, word)), default=-1)
    near = set(words[others + 1 :])
    if {"schema", "registry"} <= near or not near.isdisjoint(_KAFKA if others < 0 else _KAFKA - _ANYBODYS):
        return "kafka"
    return "" if near.isdisjoint(_BROKER) else "broker"
