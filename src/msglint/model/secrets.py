"""AWS Secrets Manager."""

import re
from collections.abc import Iterator

from msglint.model.credentials import Credential, effective_text, members, structure, urls
from msglint.model.data import Data
from msglint.model.disclosure import Traced
from msglint.model.model import Model
from msglint.model.resource import Mention, Resource
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Unknown, Value
from msglint.verdict import YES, Verdict, of, unknown

MSK_SECRET = "AmazonMSK_"  # noqa: S105  # a name
"""How the name of a secret begins that signs in to MSK."""

_SECRET = re.compile(r"password|passphrase|passwd|pwd|secret|private.?key|token", re.IGNORECASE)
_NAME = ("SecretString",)


class Secret(Resource):
    """A secret. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html."""

    KIND = "AWS::SecretsManager::Secret"
    __slots__ = ()

    @property
    def called(self) -> Value[Text]:
        """The name, where one is given."""
        return self.properties.get("Name").text()

    @property
    def value(self) -> Data:
        """The secret itself, where the template has it."""
        return self.properties.get("SecretString")

    @property
    def generated(self) -> Data:
        """How Secrets Manager makes the secret."""
        return self.properties.get("GenerateSecretString")

    @property
    def key(self) -> Value[Text]:
        """The KMS key; absent: the AWS managed one."""
        return self.properties.get("KmsKeyId").text()

    def secrets(self) -> Iterator[Credential]:
        """Give what is secret in the value."""
        return _secrets(self.value)


class SecretVersion(Resource):
    """A secret's value, which Terraform has in a resource of its own."""

    KIND = "aws_secretsmanager_secret_version"
    __slots__ = ()

    @property
    def secret(self) -> Value[Text]:
        """The secret's id, which is its ARN."""
        return self.properties.get("SecretId").text()

    def secrets(self) -> Iterator[Credential]:
        """Give what is secret in the value."""
        return _secrets(self.properties.get(*_NAME))


def signs_in_to_messaging(value: Secret | SecretVersion, model: Model) -> Verdict:
    """Say whether somebody signs in to a broker or to Kafka by a secret: its name tells, or who uses it."""
    secret: Secret | Absent[Text] | Unknown = (
        model.find(value.secret, Secret) if isinstance(value, SecretVersion) else value
    )
    if not isinstance(secret, Secret):
        named = effective_text(value.secret) if isinstance(value, SecretVersion) else None
        literal = named.literal_value if named is not None else None
        if literal is None and isinstance(secret, Unknown):
            return unknown(secret.reason)
        return of(MSK_SECRET in (literal or ""))
    called = secret.called
    if isinstance(called, Known) and called.value.starts_with(MSK_SECRET).is_yes:
        return YES
    return of(any(_signs_in(secret, mention, model) for mention in secret.mentions()))


def _signs_in(secret: Secret, mention: Mention, model: Model) -> bool:
    record = model.record((secret.record.part.key, mention.by))
    match record.type if record is not None else "":
        case "AWS::AmazonMQ::Broker" | "AWS::MSK::BatchScramSecret":
            return True
        case "aws_msk_scram_secret_association" | "aws_msk_single_scram_secret_association":
            return True
        case "AWS::Lambda::EventSourceMapping":
            return mention.names("sourceaccess")
        case "AWS::Serverless::Function":
            return mention.path[0] == "events" and mention.names("sourceaccess")
        case "AWS::Pipes::Pipe":
            return mention.names("credentials")
        case _:
            return False


def _secrets(value: Data) -> Iterator[Credential]:
    """Give the secret members of a JSON object, or the whole text; an address with a password has a rule of its own."""
    traced = value.trace()
    if traced is None or any(urls(traced)):
        return
    shape = structure(traced).shape
    if isinstance(shape, Unknown):
        yield Credential(Traced.untold(shape.reason, traced.at), _NAME[-1], _NAME)
    elif not structure(traced).fields():
        yield Credential(traced, _NAME[-1], _NAME)
    else:
        for name, member in members(traced):
            if _SECRET.search(name):
                yield Credential(member, name, _NAME)
