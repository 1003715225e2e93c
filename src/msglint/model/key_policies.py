"""What lets somebody use a KMS key: its policy, and what stands beside it."""

from collections.abc import Iterator

from msglint.model.delivery import behind_the_scenes
from msglint.model.kms import Key
from msglint.model.model import Model
from msglint.model.policy import Policy, read_policy
from msglint.model.value import Unknown, not_understood

GRANT = "aws_kms_grant"
"""A permission for a key, as a resource of its own. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html"""


def key_policy(key: Key, model: Model) -> Policy | Unknown:
    """Give the policy of a key; one without statements where nobody writes it."""
    return model.once((key_policy, key.record.key), lambda: read_policy(key.policy))


def beside_the_policy(key: Key, model: Model) -> Iterator[Unknown]:
    """Give why a key may let in whom its policy does not name; none of this denies anything."""
    mentions = key.mentions()
    for by in dict.fromkeys(mention.by for mention in mentions):
        record = model.record(by)
        if record is not None and record.type == GRANT:
            yield not_understood(f"{record.id} may let it use the key", key.at)
    for attached in behind_the_scenes(mentions, model):
        if isinstance(attached.policy, Unknown):
            yield attached.policy
