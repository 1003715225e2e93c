"""A dead-letter queue is in another Region or account than it may be, or is its own.

## What it does
Compares the Region and account of each dead-letter queue with those of what it serves: rules of EventBridge,
subscriptions of SNS, and queues, of which it also tells whether one is its own dead-letter queue.

## Why it matters
The service refuses such a dead-letter queue or cannot reach it, and what fails is lost. A queue that is its own
dead-letter queue hands the messages that nobody can handle to the same consumers again.

## How to fix
Make a dead-letter queue in the same Region, and for a subscription in the same account.

## When not to
Never. EventBridge reaches dead-letter queues of other accounts in its own Region, which is no finding. On queues whose
dead-letter queue is in another account or Region AWS's pages differ, so that stays undecided.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Note, Severity
from msglint.model.delivery import DEAD_LETTER_OWNERS, Edge, EdgeKind, Untold, edges
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.sns import StandaloneSubscription
from msglint.model.sqs import Queue
from msglint.model.text import ACCOUNT, REGION, Text, same, segment
from msglint.model.value import Absent, Value, astray, effective
from msglint.rules.interface import rule
from msglint.verdict import Doubt, Reason, Verdict, any_of, unknown

WORDS = {REGION: "Region", ACCOUNT: "account"}


@rule(
    "MSG111",
    Severity.ERROR,
    each=(Queue, *DEAD_LETTER_OWNERS),
    given={Queue: "RedrivePolicy"},
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    ],
)
def dead_letter_queue_out_of_reach(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the dead-letter queue of a queue, rule, target, subscription, topic or bus."""
    if isinstance(owner, Queue):
        yield from _redrive(owner, model)
        return
    for edge in edges(owner, model):
        if isinstance(edge, Edge) and edge.kind.dead_letter:
            yield _delivery(edge, edge.kind, edge.source.arn, edge.destination.arn)
        elif isinstance(edge, Untold) and edge.dead_letter and edge.destination is not None:
            kind = next(iter(edge.kinds), None)
            if kind is not None:  # what belongs to another service takes no dead letters at all
                yield _delivery(edge, kind, edge.source or _named(edge.owner), _arn(edge.destination, model))


def _redrive(queue: Queue, model: Model) -> Iterator[Candidate]:
    target = queue.dead_letter_target
    if isinstance(target, Absent):
        return
    text = "AWS's pages differ on whether a queue reaches a dead-letter queue of another Region or account"
    contested = unknown(Reason(Doubt.OUTSIDE, text))
    because = Reason(Doubt.OUTSIDE, "where its dead-letter queue is cannot be told")
    there = _arn(target, model)
    elsewhere = any_of(_apart(segment(queue.arn, which), segment(there, which), because) for which in WORDS)
    name = f"{queue.short}DeadLetters"
    yield Candidate(
        when=model.names(target, queue) | (elsewhere & contested),
        resource=queue,
        at=target.at,
        message="{queue} is its own dead-letter queue: messages that nobody can handle come back to the same consumers",
        args={"queue": queue},
        fix=Fix("Make a dead-letter queue", queue, {("RedrivePolicy", "deadLetterTargetArn"): Made(queue.KIND, name)}),
    )


def _delivery(edge: Edge | Untold, kind: EdgeKind, source: Text | None, queue: Text | None) -> Candidate:
    """Judge what fills a dead-letter queue in the name of a service."""
    silent = Reason(Doubt.OUTSIDE, "AWS does not document which dead-letter queues are reached")
    because = _unknown_end(edge, source, queue)
    # Who subscribes may be of another account than the topic, and owns the subscription.
    here = {REGION: segment(source, REGION), ACCOUNT: edge.owner.record.part.account(edge.owner.id)}
    limits = {REGION: kind.other_region, ACCOUNT: kind.other_account}
    judged = {
        which: stance.refuses(silent) & _apart(here[which], segment(queue, which), because)
        for which, stance in limits.items()
    }
    which = next((which for which, verdict in judged.items() if verdict.is_yes), REGION)
    return Candidate(
        when=any_of(judged.values()),
        resource=edge.owner,
        at=edge.at,
        message="the dead-letter queue is in the {word} {there}, where {service} does not reach it for {owner}",
        args={
            "word": WORDS[which],
            "there": segment(queue, which),
            "service": kind.service,
            "owner": edge.owner,
        },
        related=(Note("the dead-letter queue", edge.destination.at, edge.destination),)
        if isinstance(edge, Edge)
        else (),
    )


def _unknown_end(edge: Edge | Untold, source: Text | None, queue: Text | None) -> Reason:
    """Give the end that cannot be told; of two that are, what is not known of them."""
    if queue is not None and segment(queue, REGION) is None:
        return Reason(Doubt.OUTSIDE, astray(queue), lookups=queue.lookups)
    if isinstance(edge, Untold) and (queue is None or segment(source, REGION) is None):
        return edge.reason
    return Reason(Doubt.OUTSIDE, f"whether {queue} is in reach of {edge.owner} cannot be told")


def _named(owner: Resource) -> Text | None:
    """Give the ARN of a topic that is of another stack, where it is written."""
    return effective(owner.topic) if isinstance(owner, StandaloneSubscription) else None


def _arn(target: Value[Text], model: Model) -> Text | None:
    """Give the ARN of a queue, as far as it is told."""
    found = model.find(target, Queue)
    return found.arn if isinstance(found, Queue) else effective(target)


def _apart(here: Text | None, there: Text | None, because: Reason) -> Verdict:
    """Say whether two Regions or accounts are different ones."""
    return unknown(because) if here is None or there is None else ~same(here, there, because)
