"""Messages are not encrypted with a key of your own.

## What it does
Finds queues left on SSE-SQS, the default, topics without a KMS key, and Firehose streams that take direct puts and
encrypt them with a key that AWS owns.

## Why it matters
Keys that AWS owns cannot be audited, restricted to some readers, or disabled when something leaks; a topic without a
key stores messages unencrypted by KMS. Many organisations ask for a customer managed key in production.

## How to fix
Make a customer managed key, allow the producers and consumers to use it, and name it here.

## When not to
A key of AWS is enough for your data: SSE-SQS is encryption at rest, and every service can send to such a queue.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Property, RepairValue, Severity
from msglint.model.firehose import DeliveryStream
from msglint.model.model import Model
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.rules.interface import rule

KEY = Made("AWS::KMS::Key", "MessagesKey")


@rule(
    "MSG302",
    Severity.INFO,
    each=(Queue, Topic, DeliveryStream),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
        "https://docs.aws.amazon.com/firehose/latest/dev/encryption.html",
    ],
)
def no_customer_managed_key(
    store: Queue | Topic | DeliveryStream, model: Model
) -> Iterator[Candidate]:  # one signature for all rules
    """Judge whether a queue, topic or stream names a key at all."""
    setting: tuple[str, ...]
    changes: dict[tuple[str, ...], RepairValue | None]
    match store:
        case Queue():
            # A queue whose encryption is switched off is the graver fault of another rule, and so it is for streams.
            when = ~model.has_key(store.key) & store.sse_sqs.holds(bool)
            at, setting, given = store.key.at, store.KEY, "is not set"
            instead = "SQS encrypts it with keys of its own"
            changes = {setting: KEY}
        case Topic():
            when = ~model.has_key(store.key)
            at, setting, given = store.key.at, store.KEY, "is not set"
            instead = "its messages are not encrypted with KMS"
            changes = {setting: KEY}
        case DeliveryStream():
            when = store.direct_put & store.aws_owns_key
            at, setting, given = store.encryption.get("KeyType").at, (*store.ENCRYPTION, "KeyType"), "is AWS_OWNED_CMK"
            instead = "Firehose encrypts it with a key of AWS"
            changes = {setting: "CUSTOMER_MANAGED_CMK", (*store.ENCRYPTION, "KeyARN"): KEY}
    yield Candidate(
        when=when,
        resource=store,
        at=at,
        message="{store} has no customer managed key ({setting} {given}): {instead}, and nobody can audit or cut "
        "off who decrypts",
        args={"store": store, "setting": Property(setting), "given": given, "instead": instead},
        fix=Fix("Make a customer managed key that senders and readers may use, and name it", store, changes),
    )
