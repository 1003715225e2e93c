"""Messages or records are stored unencrypted.

## What it does
Finds queues with `SqsManagedSseEnabled: false` and no KMS key, data streams without stream encryption, and Firehose
streams that take direct puts without server-side encryption.

## Why it matters
Whatever is stored lies in the clear: messages in the queue, records in the stream for as long as they are kept.

## How to fix
Name a customer managed key, or leave SSE-SQS on; give the stream a `StreamEncryption`.

## When not to
A Firehose stream that reads a data stream or MSK stores no records itself, and is not reported.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Property, RepairValue, Severity
from msglint.model.firehose import DeliveryStream
from msglint.model.kinesis import Stream
from msglint.model.model import Model
from msglint.model.sqs import Queue
from msglint.model.value import says
from msglint.rules.interface import rule

KEY = Made("AWS::KMS::Key", "MessagesKey")


@rule(
    "MSG303",
    Severity.WARNING,
    each=(Queue, Stream, DeliveryStream),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html",
        "https://docs.aws.amazon.com/streams/latest/dev/server-side-encryption.html",
        "https://docs.aws.amazon.com/firehose/latest/dev/encryption.html",
    ],
)
def encryption_off(
    store: Queue | Stream | DeliveryStream, model: Model
) -> Iterator[Candidate]:  # one signature for all rules
    """Judge whether what is stored is encrypted at all."""
    setting: tuple[str, ...]
    changes: dict[tuple[str, ...], RepairValue | None]
    match store:
        case Queue():
            when = store.sse_sqs.holds(lambda on: not on) & ~model.has_key(store.key)
            at, setting = store.sse_sqs.at, ("SqsManagedSseEnabled",)
            message = "{store} stores its messages unencrypted: {setting} is false and no KMS key is named"
            changes = {setting: None, store.KEY: KEY}
        case Stream():
            # A key alone does nothing in Terraform, and CloudFormation asks for the type.
            when = says(store.encryption_type, "NONE")
            at, setting = store.encryption_type.at, ("StreamEncryption", "EncryptionType")
            message = "{store} stores its records unencrypted: no KMS encryption is set ({setting})"
            changes = {setting: "KMS", **({} if model.has_key(store.key).is_yes else {store.KEY: KEY})}
        case DeliveryStream():
            when = store.direct_put & ~store.encrypted
            at, setting = store.encryption.at, store.ENCRYPTION
            message = "{store} stores what is put into it unencrypted: no server-side encryption is on ({setting})"
            changes = {(*setting, "KeyType"): "CUSTOMER_MANAGED_CMK", (*setting, "KeyARN"): KEY}
    yield Candidate(
        when=when,
        resource=store,
        at=at,
        message=message,
        args={"store": store, "setting": Property(setting)},
        fix=Fix("Make a customer managed key that senders and readers may use, and encrypt with it", store, changes),
    )
