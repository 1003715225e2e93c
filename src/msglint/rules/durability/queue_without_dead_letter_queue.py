"""A queue has nowhere to put messages that keep failing.

## What it does
Finds queues without a redrive policy that are not themselves a dead-letter queue or failure destination of anything.

## Why it matters
A message that no consumer can handle comes back again and again until its retention ends, and is then deleted without a
trace. On a FIFO queue it blocks its message group all that time.

## How to fix
Make a dead-letter queue of the same type, keep its messages for 14 days, and name it in a redrive policy.

## When not to
Losing messages that cannot be handled is fine, or the queue is another stack's dead-letter queue.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Property, Severity
from msglint.model.model import Model
from msglint.model.sqs import Queue
from msglint.model.value import effective
from msglint.rules.interface import rule

REDRIVE = ("RedrivePolicy",)
RECEIVES = 5


@rule(
    "MSG701",
    Severity.WARNING,
    each=Queue,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
    ],
)
def queue_without_dead_letter_queue(queue: Queue, model: Model) -> Iterator[Candidate]:
    """Judge whether a source queue has a dead-letter queue."""
    fifo = effective(queue.fifo)
    target = Made("AWS::SQS::Queue", f"{queue.short}DeadLetters")
    yield Candidate(
        when=~queue.redrive.exists() & ~model.takes_failures(queue),
        resource=queue,
        at=queue.redrive.at,
        message="{queue} has no dead-letter queue ({setting} is not set): a message that cannot be handled comes back "
        "until its retention ends, and is then deleted without a trace",
        args={"queue": queue, "setting": Property(REDRIVE)},
        fix=Fix(
            f"Make a {'FIFO ' if fifo else ''}dead-letter queue, and send there what keeps failing",
            queue,
            {(*REDRIVE, "deadLetterTargetArn"): target, (*REDRIVE, "maxReceiveCount"): RECEIVES},
        ),
    )
