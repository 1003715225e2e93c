"""A FIFO queue redrives into a standard queue, or a standard queue into a FIFO queue.

## What it does
Compares the type of a queue with that of the dead-letter queue in its redrive policy.

## Why it matters
SQS refuses the redrive policy: the deployment fails, or the queue is left without a dead-letter queue.

## How to fix
Make the dead-letter queue of the same type as its source.

## When not to
Never: SQS has no redrive between the two types.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Property, Severity
from msglint.model.fifo import as_standard, is_fifo
from msglint.model.model import Model
from msglint.model.sqs import Queue
from msglint.model.value import Absent, effective
from msglint.rules.interface import rule

TYPES = {True: "a FIFO queue", False: "a standard queue", None: "a queue"}


@rule(
    "MSG605",
    Severity.ERROR,
    each=Queue,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
    ],
)
def dead_letter_queue_type_mismatch(queue: Queue, model: Model) -> Iterator[Candidate]:
    """Judge a queue against its dead-letter queue."""
    target = queue.dead_letter_target
    found = model.find(target, Queue)
    if isinstance(found, Absent):
        return
    notes: tuple[Note, ...] = ()
    fix: Fix | None = None
    if isinstance(found, Queue):
        notes = (Note("the dead-letter queue", found.at, found),)
        source_is_fifo = effective(queue.fifo)
        if source_is_fifo is not None:
            suffix = "; its name ends with .fifo then" if source_is_fifo else ""
            title = f"Make the dead-letter queue {TYPES[source_is_fifo]}{suffix}"
            fix = Fix(title, found, {("FifoQueue",): True} if source_is_fifo else as_standard(found))
    ordered, dead = queue.fifo.holds(bool), is_fifo(target, Queue, model)
    yield Candidate(
        when=(ordered & ~dead) | (~ordered & dead),
        resource=queue,
        at=target.at,
        message="{queue} is {type}, and {target} in its {setting} is of the other type: SQS refuses the redrive "
        "policy, so the deployment fails",
        args={
            "queue": queue,
            "type": TYPES[effective(queue.fifo)],
            "target": found if isinstance(found, Queue) else target,
            "setting": Property(("RedrivePolicy",)),
        },
        related=notes,
        fix=fix,
    )
