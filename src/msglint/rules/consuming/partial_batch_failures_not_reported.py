"""A function cannot say which messages of a batch have failed.

## What it does
Finds event source mappings of queues that hand over more than one message at a time without `ReportBatchItemFailures`
among their `FunctionResponseTypes`.

## Why it matters
If the function fails at one message, the whole batch returns to the queue. What was done already is done again, and
sound messages move to the dead-letter queue together with the one that fails.

## How to fix
Set `FunctionResponseTypes` to `ReportBatchItemFailures`, and let the function return the ids of the messages that
failed; in a FIFO queue, of the first that failed and all behind it. Without such an answer the setting alone makes no
difference.

## When not to
The function does all of a batch or nothing, as in one transaction. Or set `BatchSize` to 1.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Property, Severity
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.polling import is_queue, source
from msglint.rules.interface import rule


@rule(
    "MSG508",
    Severity.INFO,
    each=EventSourceMapping,
    since="0.1",
    references=["https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html"],
)
def partial_batch_failures_not_reported(mapping: EventSourceMapping, model: Model) -> Iterator[Candidate]:
    """Judge whether the function may report single messages."""
    queue = is_queue(source(mapping, model))
    if queue.is_no or mapping.stopped:
        return
    batch = mapping.batch_size
    setting = EventSourceMapping.RESPONSES
    yield Candidate(
        when=queue & batch.holds(lambda size: size > 1) & ~mapping.reports_failures,
        resource=mapping,
        at=mapping.properties.get(*setting).at,
        message="{mapping} hands over up to {batch} messages at once, and a function that fails at one cannot say at "
        "which ({setting} is not ReportBatchItemFailures): all of them come back",
        args={"mapping": mapping, "batch": batch, "setting": Property(setting)},
        fix=Fix(
            "Let the function report which messages failed, and return their ids from it",
            mapping,
            {(*setting, "0"): "ReportBatchItemFailures"},
        ),
    )
