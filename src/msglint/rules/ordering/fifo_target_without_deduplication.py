"""A FIFO queue gets messages by which it cannot tell what is sent twice.

## What it does
Finds FIFO queues without content-based deduplication to which EventBridge rules and schedules send, which can give no
deduplication id, or pipes and subscribers that give none.

## Why it matters
A FIFO queue takes no message without a deduplication id unless it may make one of the body. EventBridge refuses some of
these targets when they are made; the others fail with each event.

## How to fix
Set `ContentBasedDeduplication` on the queue. A pipe or subscriber may give a
`MessageDeduplicationId` instead.

## When not to
Never: no FIFO queue takes such a message.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Property, Severity
from msglint.model.model import Model
from msglint.model.target import SENDERS, Sender, deduplicates, fifo, sendings
from msglint.rules.interface import rule

BY_CONTENT = ("ContentBasedDeduplication",)


@rule(
    "MSG602",
    Severity.ERROR,
    each=SENDERS,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html",
        "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_SqsParameters.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-custom-bus-target-sqs.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html",
    ],
)
def fifo_target_without_deduplication(owner: Sender, model: Model) -> Iterator[Candidate]:
    """Judge how each FIFO queue tells messages apart."""
    for sending in sendings(owner):
        found = fifo(sending, model)
        if found.is_one.is_no:
            continue
        given = sending.deduplication
        yield Candidate(
            when=found.is_one & ~deduplicates(sending, found),
            resource=owner,
            at=sending.destination.written_at,
            message="nothing arrives from {owner}: {queue} is a FIFO queue without content-based deduplication, "
            "and takes no message without a deduplication id"
            + (" ({given} is not set)" if given is not None else ", which EventBridge cannot give here"),
            args={
                "owner": owner,
                "queue": found.shown,
                "given": Property(given.path) if given is not None else "",
            },
            related=(Note("the FIFO queue", found.queue.at, found.queue),) if found.queue is not None else (),
            fix=Fix("Let the queue tell messages apart by their bodies", found.queue, {BY_CONTENT: True})
            if found.queue is not None
            else None,
        )
