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
from msglint.model.delivery import SENDERS, Untold, edges
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.value import ends
from msglint.rules.interface import rule
from msglint.verdict import NO


@rule(
    "MSG106",
    Severity.ERROR,
    each=SENDERS,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    ],
)
def aws_managed_key_blocks_sender(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the key of what a rule, subscription, bucket or alarm sends to."""
    for edge in edges(owner, model):
        if isinstance(edge, Untold) or not isinstance(edge.destination, Queue | Topic):
            continue
        store = edge.destination
        yield Candidate(
            when=NO if model.has_own_key(store.key) else ends(store.key, store.AWS_MANAGED_KEY, ":"),
            resource=owner,
            at=edge.at,
            message="{destination} is encrypted with {key}, which {service} cannot use: what {source} sends "
            "there is lost",
            args={"destination": store, "key": store.key, "service": edge.kind.service, "source": edge.source},
            related=(Note("the key", store.key.at, store),),
            fix=Fix(
                f"Make a customer managed key that {edge.kind.service} may use, and name it here",
                store,
                {store.KEY: Made("AWS::KMS::Key", "MessagesKey")},
            ),
        )
