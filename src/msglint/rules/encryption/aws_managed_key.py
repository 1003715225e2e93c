"""Messages are encrypted with a key that AWS manages.

## What it does
Finds queues, topics and streams that use `alias/aws/sqs`, `alias/aws/sns` or `alias/aws/kinesis`.

## Why it matters
The policy of an AWS managed key cannot be changed. Nobody in another account can be allowed to use it, nor can a
service such as SNS, S3 or EventBridge that sends to the queue: what they send is lost. Who may decrypt cannot be
audited or cut off key by key either.

## How to fix
Make a customer managed key, allow the producers and consumers to use it, and name it here.

## When not to
Every producer and consumer is a role of the same account, and your organisation accepts keys that AWS manages.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Property, Severity
from msglint.model.kinesis import Stream
from msglint.model.model import Model
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.rules.interface import rule


@rule(
    "MSG301",
    Severity.WARNING,
    each=(Queue, Topic, Stream),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
        "https://docs.aws.amazon.com/streams/latest/dev/server-side-encryption.html",
    ],
)
def aws_managed_key(store: Queue | Topic | Stream, model: Model) -> Iterator[Candidate]:  # one signature for all rules
    """Judge the key of a queue, topic or stream."""
    key = store.key
    # Services write to a data stream through a role of the account, which the key admits.
    shut_out = "no other account" if isinstance(store, Stream) else "no other account and no service that sends here"
    yield Candidate(
        when=model.on_aws_key(store),
        resource=store,
        at=key.at,
        message="{store} is encrypted with the key that AWS manages ({setting} is {key}): its policy cannot be "
        "changed, so {shut_out} can be allowed to use it",
        args={"store": store, "setting": Property(store.KEY), "key": key, "shut_out": shut_out},
        fix=Fix(
            "Make a customer managed key that senders and readers may use, and name it",
            store,
            {store.KEY: Made("AWS::KMS::Key", "MessagesKey")},
        ),
    )
