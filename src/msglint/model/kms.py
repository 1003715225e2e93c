"""AWS KMS."""

from msglint.model.data import Data
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value

KEY_TYPES = frozenset({"AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias"})
"""What makes a key that is the customer's own, or a name for one: those of AWS are never made by a template."""


class Key(Resource):
    """A customer managed key. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html."""

    KIND = "AWS::KMS::Key"
    __slots__ = ()

    @property
    def policy(self) -> Data:
        """Who may use the key; a key without a policy leaves it to the account."""
        return self.properties.get("KeyPolicy")


class Alias(Resource):
    """A name for a key, which is never another alias."""

    KIND = "AWS::KMS::Alias"
    __slots__ = ()

    @property
    def target(self) -> Value[Text]:
        """The key, by id or ARN."""
        return self.properties.get("TargetKeyId").text()
