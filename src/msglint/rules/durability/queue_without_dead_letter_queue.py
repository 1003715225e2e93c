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

import re
from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Property, Severity
from msglint.model.model import Model
from msglint.model.sqs import Queue
from msglint.rules.interface import rule
from msglint.verdict import Doubt, Reason, unknown

REDRIVE = ("RedrivePolicy",)
RECEIVES = 5

_LIKE_A_DEAD_LETTER_QUEUE = re.compile(r"dlq|dead|fail|error|undeliver|poison", re.IGNORECASE)


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
    if model.failure_uses(queue):
        return
    when = ~queue.redrive.exists()
    looks_like_one = _LIKE_A_DEAD_LETTER_QUEUE.search(f"{queue.id} {queue.name}") and not model.pollers(queue)
    if looks_like_one or not queue.restricts_redrive.is_no:
        sign = "its name says so" if looks_like_one else "it restricts who may redrive to it"
        when &= unknown(Reason(Doubt.OUTSIDE, f"it may be another stack's dead-letter queue: {sign}", queue.at))
    target = Made("AWS::SQS::Queue", f"{queue.id.rpartition('.')[2]}DeadLetters")
    yield Candidate(
        when=when,
        resource=queue,
        at=queue.redrive.at,
        message="{queue} has no dead-letter queue ({setting} is not set): a message that cannot be handled comes back "
        "until its retention ends, and is then deleted without a trace",
        args={"queue": queue, "setting": Property(REDRIVE)},
        fix=Fix(
            "Send what keeps failing to a dead-letter queue",
            queue,
            {(*REDRIVE, "deadLetterTargetArn"): target, (*REDRIVE, "maxReceiveCount"): RECEIVES},
        ),
    )
