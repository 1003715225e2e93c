"""What lets somebody use a KMS key: its policy, and what stands beside it."""

from collections.abc import Iterator

from msglint.model.delivery import behind_the_scenes
from msglint.model.kms import Key
from msglint.model.model import Model
from msglint.model.policy import Policy, read_policy
from msglint.model.resource import Record
from msglint.model.value import Unknown, not_understood

GRANT = "aws_kms_grant"
"""A permission for a key, as a resource of its own. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html"""
POLICY = "aws_kms_key_policy"
"""The policy of a key, as a resource of its own; that of a key of the run is among the key's properties."""


def key_policy(key: Key, model: Model) -> Policy | Unknown:
    """Give the policy of a key; one without statements where nobody writes it."""
    return model.once((key_policy, key.record.key), lambda: _policy(key, model))


def _policy(key: Key, model: Model) -> Policy | Unknown:
    for record in _apart(key, model) if key.record.part.deployed else ():
        if record.type == POLICY:
            return not_understood(f"{record.id} may set the policy of the key", record.at)
    return read_policy(key.policy)


def beside_the_policy(key: Key, model: Model) -> Iterator[Unknown]:
    """Give why a key may let in whom its policy does not name; none of this denies anything."""
    for record in _apart(key, model):
        if record.type == GRANT:
            yield not_understood(f"{record.id} may let it use the key", key.at)
    for attached in behind_the_scenes(key.mentions(), model):
        if isinstance(attached.policy, Unknown):
            yield attached.policy


def _apart(key: Key, model: Model) -> Iterator[Record]:
    """Give what names a key, or may; what names one of the run is for none that is deployed."""
    others = model.every(Key) if key.record.part.deployed else ()
    named = {mention.by for other in others for mention in other.mentions()}
    for by in dict.fromkeys(mention.by for mention in key.mentions()):
        record = model.record(by) if by not in named else None
        if record is not None:
            yield record
