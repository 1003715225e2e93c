"""A dead-letter queue deletes messages no later than their source queue would.

## What it does
Compares the retention of a standard dead-letter queue with that of the queues that redrive to it.

## Why it matters
On a standard queue a message keeps the time at which it was first sent. One that failed for days is moved to the
dead-letter queue with hardly any time left, and is deleted before anybody has looked at it.

## How to fix
Keep messages longer in the dead-letter queue than in its sources: 14 days (1209600 seconds) is the most.

## When not to
FIFO queues start the time afresh when they move a message, and are not reported.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Property, Severity
from msglint.model.model import Model
from msglint.model.sqs import DEFAULT_RETENTION, Queue
from msglint.model.value import Absent, both, effective
from msglint.rules.interface import rule

RETENTION = ("MessageRetentionPeriod",)
LONGEST = 1_209_600


@rule(
    "MSG704",
    Severity.WARNING,
    Severity.INFO,
    each=Queue,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html"
    ],
)
def dead_letter_retention_too_short(queue: Queue, model: Model) -> Iterator[Candidate]:
    """Judge a dead-letter queue against each of its sources."""
    kept = queue.retention
    for source in model.redrive_sources(queue):
        life = source.retention
        defaults = isinstance(kept, Absent) and isinstance(life, Absent)
        standard = queue.fifo.holds(lambda fifo: not fifo) & source.fifo.holds(lambda fifo: not fifo)
        yield Candidate(
            when=standard & both(kept, life, lambda dead, alive: dead <= alive),
            resource=queue,
            at=kept.at,
            message="{queue} keeps messages for {kept} s, {source} for {life} s ({setting}): the time counts from when "
            "a message was first sent, so one that failed late is deleted before anybody has looked at it",
            args={"queue": queue, "kept": kept, "source": source, "life": life, "setting": Property(RETENTION)},
            severity=Severity.INFO if defaults else Severity.WARNING,
            related=(Note("redrives to it", life.at, source),),
            fix=Fix("Keep failed messages for 14 days", queue, {RETENTION: LONGEST})
            if effective(kept) != LONGEST
            else Fix("Keep messages in the source for fewer days", source, {RETENTION: DEFAULT_RETENTION}),
        )
