"""Messages are not encrypted with a key of your own.

## What it does
Finds queues left on SSE-SQS, the default, and topics without a KMS key.

## Why it matters
Keys that SQS owns cannot be audited, restricted to some readers, or disabled when something leaks; a topic without a
key stores messages unencrypted by KMS. Many organisations ask for a customer managed key in production.

## How to fix
Make a customer managed key, allow the producers and consumers to use it, and name it here.

## When not to
SSE-SQS is enough for your data: it is encryption at rest, and every service can send to such a queue.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Property, Severity
from msglint.model.model import Model
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.rules.interface import rule


@rule(
    "MSG302",
    Severity.INFO,
    each=(Queue, Topic),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
    ],
)
def no_customer_managed_key(store: Queue | Topic, model: Model) -> Iterator[Candidate]:  # one signature for all rules
    """Judge whether a queue or topic names a key at all."""
    without_key = ~model.has_key(store.key)
    if isinstance(store, Queue):
        # A queue whose encryption is switched off is the graver fault of another rule.
        when = without_key & store.sse_sqs.holds(bool)
        instead = "SQS encrypts it with keys of its own"
    else:
        when = without_key
        instead = "its messages are not encrypted with KMS"
    yield Candidate(
        when=when,
        resource=store,
        at=store.key.at,
        message="{store} has no customer managed key ({setting} is not set): {instead}, and nobody can audit or cut "
        "off who decrypts",
        args={"store": store, "setting": Property(store.KEY), "instead": instead},
        fix=Fix(
            "Make a customer managed key that senders and readers may use, and name it",
            store,
            {store.KEY: Made("AWS::KMS::Key", "MessagesKey")},
        ),
    )
