"""AWS KMS."""

from collections.abc import Sequence
from typing import ClassVar

from msglint.model.data import Data
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value


class Key(Resource):
    """A customer managed key. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html."""

    KIND = "AWS::KMS::Key"
    CALLED: ClassVar[Sequence[str]] = ("arn", "key_id")
    """The attributes by which others name it."""
    __slots__ = ()

    @property
    def policy(self) -> Data:
        """Who may use the key; a key without a policy leaves it to the account. A plan may report one set elsewhere."""
        return self.properties.get("KeyPolicy").reported()


class ReplicaKey(Key):
    """A replica of a multi-Region key, with a policy of its own.

    https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
    """

    KIND = "AWS::KMS::ReplicaKey"
    __slots__ = ()


class Alias(Resource):
    """A name for a key, which is never another alias."""

    KIND = "AWS::KMS::Alias"
    # Terraform gives the key of an alias as an attribute of the alias.
    CALLED: ClassVar[Sequence[str]] = ("name", "arn", "target_key_arn", "target_key_id")
    __slots__ = ()

    @property
    def target(self) -> Value[Text]:
        """The key, by id or ARN."""
        return self.properties.get("TargetKeyId").text()


KEYS: Sequence[type[Key | Alias]] = (Key, ReplicaKey, Alias)
"""What makes a key that is the customer's own, or a name for one: those of AWS are never made by a template."""
