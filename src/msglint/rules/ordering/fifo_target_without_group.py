"""A FIFO queue gets messages without a message group.

## What it does
Looks at the message group that EventBridge rules, schedules, pipes and subscribers give what they send to FIFO queues.

## Why it matters
A FIFO queue takes no message without a `MessageGroupId`. EventBridge refuses some of these targets when they are made;
the others fail with each event.

## How to fix
Set `MessageGroupId` in the target's parameters for SQS: one constant where all events keep their order; in a pipe a
path into the event, such as `$.body.orderId`, where only those of one order do.

## When not to
Never: no FIFO queue takes such a message.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Property, Severity
from msglint.model.model import Model
from msglint.model.target import SENDERS, Sender, fifo, sendings
from msglint.model.value import written
from msglint.rules.interface import rule


@rule(
    "MSG601",
    Severity.ERROR,
    each=SENDERS,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SqsParameters.html",
        "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_SqsParameters.html",
        "https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeTargetSqsQueueParameters.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-custom-bus-target-sqs.html",
    ],
)
def fifo_target_without_group(owner: Sender, model: Model) -> Iterator[Candidate]:
    """Judge each message group."""
    for sending in sendings(owner):
        found = fifo(sending, model)
        if found.is_one.is_no:
            continue
        yield Candidate(
            when=found.is_one & ~written(sending.group.text()),
            resource=owner,
            at=sending.destination.written_at,
            message="nothing arrives from {owner}: {queue} is a FIFO queue, and takes no message without a message "
            "group ({setting} is not set)",
            args={"owner": owner, "queue": found.shown, "setting": Property(sending.group.path)},
            related=(Note("the FIFO queue", found.queue.at, found.queue),) if found.queue is not None else (),
            fix=Fix("Name a message group", owner, {sending.group.path: "events"}),
        )
