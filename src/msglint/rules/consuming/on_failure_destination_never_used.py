"""A failure destination stands beside endless retries, and gets nothing.

## What it does
Finds event source mappings and pipes of Kinesis and DynamoDB with a failure destination that limit neither the
attempts nor the age of a record.

## Why it matters
What takes failed records gets those that are given up. Without a limit none is given up: a record that fails is tried
again until it expires and blocks its shard, while the queue that somebody watches stays empty.

## How to fix
Set `MaximumRetryAttempts`, or `MaximumRecordAgeInSeconds`.

## When not to
Never: to wait for the record to expire needs no destination. On Kafka Lambda retries ten times at most where there is
a destination, so that is not reported.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Property, Severity
from msglint.model.events import Pipe
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.polling import KAFKA, Poller, edge, retries
from msglint.rules.interface import rule

ATTEMPTS = 5


@rule(
    "MSG507",
    Severity.WARNING,
    each=(EventSourceMapping, Pipe),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html",
    ],
)
def on_failure_destination_never_used(poller: Poller, model: Model) -> Iterator[Candidate]:
    """Judge whether a failure destination can get a record."""
    kept = retries(poller, model)
    if kept is None or kept.kind in KAFKA or kept.failures.exists().is_no:
        return
    yield Candidate(
        when=kept.records & kept.endless & kept.failures.exists(),
        resource=poller,
        at=edge(poller),
        message="{poller} retries a failed record until it expires ({attempts} and {age} are -1): meanwhile "
        "nothing reaches {failures}, and nothing behind the record in its shard is processed",
        args={
            "poller": poller,
            "attempts": Property(kept.attempts.path),
            "age": Property(kept.age.path),
            "failures": Property(kept.failures.path[:-1]),
        },
        related=(Note("the failure destination", kept.failures.written_at),),
        fix=Fix("Give up on a record that keeps failing", poller, {kept.attempts.path: ATTEMPTS}),
    )
