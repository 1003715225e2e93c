"""A record that fails is tried again until it expires, and blocks those behind it.

## What it does
Finds event source mappings of Kinesis, DynamoDB and Kafka, and pipes of Kinesis and DynamoDB, that limit neither the
attempts nor the age of a record, and have no failure destination. Where there is one already, MSG507 says so instead.

## Why it matters
Records of a shard or partition are read in order. One that fails every time is tried again until it expires, after a
day or as long as its stream or topic keeps it, and nothing behind it is processed; what waits so long may expire as
well. `ReportBatchItemFailures` alone does not end the attempts.

## How to fix
Set `MaximumRetryAttempts`, or `MaximumRecordAgeInSeconds`, let batches be split, and name a failure destination. On
Kafka a failure destination alone suffices: Lambda then retries ten times at most.

## When not to
No record may ever be passed over, and somebody is called when the iterator's age or the consumer's lag grows. Pipes
have no such settings for Kafka, in queue mode no record of Kafka waits for another, and what is switched off reads
nothing: none of these is reported.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Property, RepairValue, Severity
from msglint.model.events import Pipe
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.polling import KAFKA, Poller, Retries, edge, retries
from msglint.rules.interface import rule

ATTEMPTS = 5


@rule(
    "MSG506",
    Severity.WARNING,
    each=(EventSourceMapping, Pipe),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html",
    ],
)
def failed_record_blocks_shard(poller: Poller, model: Model) -> Iterator[Candidate]:
    """Judge when a poller gives up on a record."""
    kept = retries(poller, model)
    if kept is None:
        return
    yield Candidate(
        when=kept.records & kept.endless & ~kept.failures.exists(),
        resource=poller,
        at=edge(poller),
        message="{poller} retries a failed record until it expires ({attempts} and {age} are -1): meanwhile "
        "nothing behind it in its {shard} is processed",
        args={
            "poller": poller,
            "attempts": Property(kept.attempts.path),
            "age": Property(kept.age.path),
            "shard": kept.shard,
        },
        fix=_repair(poller, kept),
    )


def _repair(poller: Poller, kept: Retries) -> Fix:
    changes: dict[tuple[str, ...], RepairValue | None] = {
        kept.failures.path: Made("AWS::SQS::Queue", "FailedRecords"),
    }
    if kept.kind in KAFKA:
        return Fix("Name a failure destination: Lambda then retries ten times at most", poller, changes)
    changes[kept.attempts.path] = ATTEMPTS
    pipe = isinstance(poller, Pipe)
    split = (*kept.settings.path, "OnPartialBatchItemFailure" if pipe else "BisectBatchOnFunctionError")
    changes[split] = "AUTOMATIC_BISECT" if pipe else True
    return Fix("Give up on a record that keeps failing, and keep what is known of it", poller, changes)
