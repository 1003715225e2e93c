"""A service sends to a queue or topic that is encrypted with a key it cannot use.

## What it does
Finds deliveries in a service's own name to a queue on `alias/aws/sqs` or a topic on `alias/aws/sns`.

## Why it matters
The service needs `kms:GenerateDataKey` and `kms:Decrypt` on the key, and the policy of a key that AWS manages cannot be
changed. What is sent is lost without a word.

## How to fix
Encrypt with a customer managed key whose policy allows the service both actions, or use SSE-SQS on the queue.

## When not to
Senders that use a role of the same account are let in by the managed key, and are not reported.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Note, Severity
from msglint.model.delivery import Edge, Stance, deliveries_to
from msglint.model.model import Model
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.rules.interface import rule
from msglint.verdict import YES, Doubt, Reason, Verdict, any_of, unknown


@rule(
    "MSG106",
    Severity.ERROR,
    each=(Queue, Topic),
    given={Queue: "KmsMasterKeyId", Topic: "KmsMasterKeyId"},
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    ],
)
def aws_managed_key_blocks_sender(store: Queue | Topic, model: Model) -> Iterator[Candidate]:
    """Judge the key of a queue or topic that services send to."""
    came = list(deliveries_to(store, model))
    if not came:
        return
    services = " and ".join(dict.fromkeys(edge.service for edge in came))
    sources = " and ".join(dict.fromkeys(str(edge.source) for edge in came))
    yield Candidate(
        when=model.on_aws_key(store) & any_of(map(_needs_key, came)),
        resource=store,
        at=store.key.at,
        message="{store} is encrypted with {key}, which {services} cannot use: what {sources} sends here is lost",
        args={"store": store, "key": store.key, "services": services, "sources": sources},
        related=tuple(Note("sends here", edge.at, edge.owner) for edge in came[:3]),
        fix=Fix(
            f"Make a customer managed key that {services} may use, and name it here",
            store,
            {store.KEY: Made("AWS::KMS::Key", "MessagesKey")},
        ),
    )


def _needs_key(edge: Edge) -> Verdict:
    """Say whether what an edge sends arrives once its service may use the key."""
    because = Reason(Doubt.OUTSIDE, f"AWS documents no key with which {edge.service} reaches an encrypted topic")
    return YES if edge.kind.encrypted is Stance.ALLOWED else unknown(because)
