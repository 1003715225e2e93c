"""A dead-letter queue does not let the service in that should fill it.

## What it does
Asks, for each dead-letter queue of an EventBridge rule target, of an event bus with a key of its own or of an SNS
subscription, whether the queue's policies let `events.amazonaws.com` or `sns.amazonaws.com` send for it.

## Why it matters
The dead-letter queue is the last place that a failed message has. Neither service says anything when it is turned away
there: the deployment succeeds, the message is dropped, and only a metric that nobody watches counts it.

## How to fix
Allow the service to `sqs:SendMessage` to the queue, with `aws:SourceArn` as the rule's or the topic's ARN.

## When not to
The queue's policy is made elsewhere: then msglint says undecided where it can see that.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Severity
from msglint.iam.delivery import arrival
from msglint.model.delivery import DEAD_LETTER_OWNERS, Untold, edges
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.rules.grants import rejection, untold
from msglint.rules.interface import rule


@rule(
    "MSG101",
    Severity.ERROR,
    each=DEAD_LETTER_OWNERS,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html",
    ],
)
def dead_letter_queue_rejects_sender(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the dead-letter queues of a rule, target, subscription, topic or bus."""
    for edge in edges(owner, model):
        if isinstance(edge, Untold):
            if edge.dead_letter:
                yield untold(edge)
        elif edge.kind.dead_letter:
            lost = "what {source} cannot deliver is dropped in silence"
            yield rejection(edge, arrival(edge, model), lost, model)
