"""AWS Secrets Manager: secrets, their versions and their rotation."""

import re
from collections.abc import Iterator

from msglint.model.credentials import Credential, members, structure, urls
from msglint.model.data import Data
from msglint.model.disclosure import Traced
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Mentions, Unknown, Value, not_empty
from msglint.verdict import Verdict, unknown

MSK_SECRET = "AmazonMSK_"  # noqa: S105  # a name
"""How the name of a secret begins that signs in to MSK."""

_SECRET = re.compile(
    r"(?:password|passphrase|passwd|pwd|secret|token|(?:secret|private)[-_.]?(?:access[-_.]?)?key)"
    r"(?:[-_.]?(?:\d+|value|base64|pem))?$",
    re.IGNORECASE,
)
_NAME = ("SecretString",)
_TEMPLATE = ("GenerateSecretString", "SecretStringTemplate")


class Secret(Resource):
    """A secret. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html."""

    KIND = "AWS::SecretsManager::Secret"
    NAME = ("Name",)
    KEY = ("KmsKeyId",)
    AWS_MANAGED_KEY = "alias/aws/secretsmanager"
    __slots__ = ()

    @property
    def called(self) -> Value[Text]:
        """The name, where one is given."""
        return self.properties.get(*self.NAME).text()

    @property
    def key(self) -> Value[Text]:
        """The KMS key; absent: the one that AWS manages for Secrets Manager."""
        return not_empty(self.properties.get(*self.KEY).text())

    @property
    def policy(self) -> Data:
        """The policy that is written inside the secret, as Terraform may do it."""
        return self.properties.get("ResourcePolicy")

    @property
    def value(self) -> Data:
        """The secret itself, where the template has it."""
        return self.properties.get(*_NAME)

    def secrets(self) -> Iterator[Credential]:
        """Give what is secret in the value, and in what a generated one is put into."""
        yield from _secrets(self.value)
        template = self.properties.get(*_TEMPLATE).trace()
        generated = self.properties.get(_TEMPLATE[0], "GenerateStringKey").word()
        for name, member in members(template) if template is not None else ():
            if _SECRET.search(name) and name != generated:
                yield Credential(member, name, _TEMPLATE)

    def is_called(self, prefix: str) -> Verdict:
        """Say whether the name begins with a prefix."""
        match self.called:
            case Unknown(reason=reason) | Mentions(reason=reason):
                return unknown(reason)
            case _:
                return self.name.starts_with(prefix)


class SecretVersion(Resource):
    """A value of a secret that is a resource of its own, as Terraform writes it. Its ARN is the secret's."""

    KIND = "aws_secretsmanager_secret_version"
    __slots__ = ()

    @property
    def secret(self) -> Value[Text]:
        """The secret, by name or ARN."""
        return self.properties.get("SecretId").text()

    @property
    def value(self) -> Data:
        """The secret itself, where the plan has it."""
        return self.properties.get(*_NAME)

    def secrets(self) -> Iterator[Credential]:
        """Give what is secret in the value."""
        return _secrets(self.value)


class RotationSchedule(Resource):
    """The rotation of a secret. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html."""

    KIND = "AWS::SecretsManager::RotationSchedule"
    __slots__ = ()

    @property
    def secret(self) -> Value[Text]:
        """The secret, by name or ARN."""
        return self.properties.get("SecretId").text()


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
