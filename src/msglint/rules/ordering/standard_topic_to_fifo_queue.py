"""A FIFO queue subscribes to a standard topic.

## What it does
Compares the type of a topic with that of each queue that subscribes to it.

## Why it matters
SNS refuses the subscription: the deployment fails.

## How to fix
Make the topic a FIFO topic, or subscribe a standard queue. FIFO topics deliver to queues alone, and few services of AWS
send to them.

## When not to
Never. The other way round works: SNS delivers from FIFO topics to standard queues.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Severity
from msglint.model.delivery import deliveries_to
from msglint.model.fifo import is_fifo
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.sns import StandaloneSubscription, Subscription, Topic
from msglint.model.sqs import Queue
from msglint.model.text import Text
from msglint.model.value import Absent, Value, literal
from msglint.rules.interface import rule
from msglint.verdict import Verdict


@rule(
    "MSG603",
    Severity.ERROR,
    each=(StandaloneSubscription, Topic),
    given={Topic: "Subscription"},
    since="0.1",
    references=["https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html"],
)
def standard_topic_to_fifo_queue(owner: StandaloneSubscription | Topic, model: Model) -> Iterator[Candidate]:
    """Judge a subscription, or those inside a topic."""
    if isinstance(owner, Topic):
        for subscription in owner.subscriptions():
            yield from _judged(subscription, owner, owner.fifo.holds(bool), model)
        return
    topic = model.find(owner.topic, Topic)
    ordered = is_fifo(owner.topic, Topic, model)
    yield from _judged(owner.subscription, topic if isinstance(topic, Topic) else owner.topic, ordered, model)


def _judged(
    subscription: Subscription, topic: Topic | Value[Text], ordered: Verdict, model: Model
) -> Iterator[Candidate]:
    endpoint = subscription.endpoint
    # Where it is told only at the deployment how to deliver, a queue can be delivered to in one way alone.
    if literal(subscription.protocol) not in {None, "sqs"} or isinstance(endpoint, Absent):
        return
    found = model.find(endpoint, Queue)
    queue = found if isinstance(found, Queue) else endpoint
    ends = {"the queue": queue, "the topic": topic}
    when = ~ordered & is_fifo(endpoint, Queue, model)
    yield Candidate(
        when=when,
        resource=subscription.owner,
        at=endpoint.at,
        message="{queue} is a FIFO queue, and {topic} is a standard topic: SNS refuses the subscription, so the "
        "deployment fails",
        args={"queue": queue, "topic": topic},
        related=tuple(Note(what, end.at, end) for what, end in ends.items() if isinstance(end, Resource)),
        fix=Fix("Make the topic a FIFO topic; its name ends with .fifo then", topic, {("FifoTopic",): True})
        if not when.is_no and isinstance(topic, Topic) and _may_be_fifo(topic, model)
        else None,
    )


def _may_be_fifo(topic: Topic, model: Model) -> bool:
    """Say whether a FIFO topic would do: no service sends to it, and queues alone subscribe."""
    subscriptions = (*topic.subscriptions(), *model.subscriptions(topic))
    return all(literal(each.protocol) == "sqs" for each in subscriptions) and not list(deliveries_to(topic, model))
