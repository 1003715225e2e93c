"""An event source mapping asks for a batch that Lambda does not gather.

## What it does
Finds event source mappings of queues with a `BatchSize` above 10 and no batching window, and those of FIFO queues
with a `BatchSize` above 10.

## Why it matters
One ReceiveMessage gives ten messages. For more Lambda has to gather messages for at least a second, and in a FIFO
queue it gathers none. It refuses the event source mapping, so the deployment fails.

## How to fix
Set `MaximumBatchingWindowInSeconds` to 1 or more, and add that to the visibility timeout; for a FIFO queue set
`BatchSize` to 10 or less.

## When not to
Never: Lambda refuses it.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Property, Severity
from msglint.model.fifo import is_fifo
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.polling import edge, is_queue, source
from msglint.model.sqs import Queue
from msglint.rules.interface import rule

MOST = 10
"""What one ReceiveMessage gives."""


@rule(
    "MSG509",
    Severity.ERROR,
    each=EventSourceMapping,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    ],
)
def batch_without_window(mapping: EventSourceMapping, model: Model) -> Iterator[Candidate]:
    """Judge the size of a batch."""
    read = source(mapping, model)
    queue = is_queue(read)
    if queue.is_no:
        return
    batch, window, fifo = mapping.batch_size, mapping.batching_window, is_fifo(mapping.source.text(), Queue, model)
    large, gathers = batch.holds(lambda size: size > MOST), window.holds(lambda seconds: seconds >= 1)
    yield Candidate(
        when=queue & large & (fifo | ~gathers),
        resource=mapping,
        at=edge(mapping),
        message="{mapping} asks for {batch} messages at once ({size}), and {why}: Lambda refuses the event source "
        "mapping, so the deployment fails",
        args={
            "mapping": mapping,
            "batch": batch,
            "size": Property(EventSourceMapping.BATCH),
            "why": "a FIFO queue gives at most 10" if fifo.is_yes else "more than 10 need a batching window",
        },
        related=(Note("the size of a batch", batch.at),),
        fix=Fix("Ask for ten at most", mapping, {EventSourceMapping.BATCH: MOST})
        if fifo.is_yes
        else Fix("Gather messages for a second at least", mapping, {EventSourceMapping.WINDOW: 1}),
    )
