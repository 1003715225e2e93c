"""Records of a stream that are given up leave no trace.

## What it does
Finds event source mappings of Kinesis, DynamoDB and Kafka, and pipes of Kinesis and DynamoDB, that limit the attempts
or the age of a record and have no failure destination.

## Why it matters
After the last attempt the record is passed over, and nothing tells which one it was. Only a metric of the function's
errors is left.

## How to fix
Name a queue, topic or bucket that gets what is given up. A queue or topic gets the position of the record in its
stream, a bucket the record itself; records must be fetched before they expire.

## When not to
Losing single records is fine, as with measurements, or the function keeps what it cannot process.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Note, Property, Severity
from msglint.model.events import Pipe
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.polling import Poller, retries
from msglint.rules.interface import rule


@rule(
    "MSG706",
    Severity.INFO,
    each=(EventSourceMapping, Pipe),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html",
    ],
)
def stream_without_failure_destination(poller: Poller, model: Model) -> Iterator[Candidate]:
    """Judge where the records go that a poller gives up."""
    kept = retries(poller, model)
    if kept is None:
        return
    limit = kept.limit
    yield Candidate(
        when=kept.records & ~kept.endless & ~kept.failures.exists(),
        resource=poller,
        at=kept.failures.at,
        message="{poller} passes over a record that keeps failing ({limit} is {value}), and {failures} is not set: "
        "nothing tells which record was lost",
        args={
            "poller": poller,
            "limit": Property(limit.path),
            "value": limit.integer(),
            "failures": Property(kept.failures.path[:-1]),
        },
        related=() if limit.exists().is_no else (Note("the limit", limit.at),),
        fix=Fix(
            "Keep what is known of a lost record",
            poller,
            {kept.failures.path: Made("AWS::SQS::Queue", "FailedRecords")},
        ),
    )
