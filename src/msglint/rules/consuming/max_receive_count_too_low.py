"""A queue gives up on a message after too few attempts.

## What it does
Finds redrive policies whose `maxReceiveCount` is 1, or below 5 where a function polls the queue.

## Why it matters
Every receive counts, also one after which nothing was done: the consumer was stopped, the network failed, somebody
looked at the message in the console. With a count of 1 each of these puts a sound message into the dead-letter queue.
Lambda also receives messages while the function is throttled and gives them back, so under load a handful of attempts
is gone before the function has seen the message.

## How to fix
Set `maxReceiveCount` to 5 or more; left out it is 10.

## When not to
Work that must not be begun twice: then one attempt is what you want. Say so in a suppression.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Severity
from msglint.model.lambda_ import consumers
from msglint.model.model import Model
from msglint.model.sqs import Queue
from msglint.rules.interface import rule
from msglint.verdict import any_of

LEAST = 5
"""What AWS recommends where Lambda polls."""


@rule(
    "MSG505",
    Severity.WARNING,
    each=Queue,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    ],
)
def max_receive_count_too_low(queue: Queue, model: Model) -> Iterator[Candidate]:
    """Judge the redrive policy of a queue."""
    if queue.redrive.exists().is_no:
        return
    receives = queue.max_receives
    polled = list(consumers(queue, model))
    once = receives.holds(lambda most: most <= 1)
    yield Candidate(
        when=once | (receives.holds(lambda most: most < LEAST) & any_of(each.polls for each in polled)),
        resource=queue,
        at=receives.at,
        message="{queue} gives up on a message after {receives} {word} (maxReceiveCount): {why}, so messages that "
        "nothing is wrong with end in the dead-letter queue",
        args={
            "queue": queue,
            "receives": receives,
            "word": "receive" if once.is_yes else "receives",
            "why": "a receive counts also if Lambda cannot call the function, as when it is throttled"
            if polled
            else "a receive counts also if its consumer is stopped before it has done anything",
        },
        related=tuple(Note("polls it", each.mapping.at, each.mapping) for each in polled),
        fix=Fix("Try a message at least five times", queue, {Queue.RECEIVES: LEAST}),
    )
