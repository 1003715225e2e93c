"""Firehose adds a newline to records that have one already.

## What it does
Finds Firehose streams to S3 that an SNS subscription feeds and that have `AppendDelimiterToRecord` enabled.

## Why it matters
What SNS delivers through Firehose to S3 is newline-delimited already. The processor adds another newline, so every
second line of the objects is empty: readers of JSON lines fail, and counts are doubled.

## How to fix
Remove the `AppendDelimiterToRecord` processor.

## When not to
Other producers without newlines of their own write to the same stream, or another processor takes newlines away; then
the finding is only informational.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, RepairValue, Severity
from msglint.model.firehose import DeliveryStream
from msglint.model.model import Model
from msglint.model.value import Absent, says
from msglint.rules.interface import rule
from msglint.verdict import Doubt, Reason, of, unknown

PROCESSOR = "AppendDelimiterToRecord"


@rule(
    "MSG801",
    Severity.WARNING,
    Severity.INFO,
    each=DeliveryStream,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/firehose/latest/APIReference/API_Processor.html",
        "https://docs.aws.amazon.com/sns/latest/dg/firehose-s3-destinations.html",
    ],
)
def double_newline_delimiter(stream: DeliveryStream, model: Model) -> Iterator[Candidate]:
    """Judge the processors of a stream that SNS feeds."""
    processor, works = stream.processor(PROCESSOR)
    if works.is_no:
        return
    at = processor.get("Type").at if processor is not None else stream.s3_destination.at
    if processor is not None:
        works &= stream.appends_newline(processor)
    if not stream.transforms.is_no:
        works &= unknown(Reason(Doubt.OUTSIDE, "a function transforms the records, and may take line ends away"))
    # Where it is the only processor, switching processing off is the whole repair.
    alone = len(stream.processors.known) == 1
    changes: dict[tuple[str, ...], RepairValue | None] = {(*stream.PROCESSING, "Enabled"): False} if alone else {}
    for subscription in model.subscriptions(stream):
        found = model.find(subscription.endpoint, DeliveryStream)
        if isinstance(found, Absent):
            continue
        fed = of(found.record.key == stream.record.key) if isinstance(found, DeliveryStream) else unknown(found.reason)
        yield Candidate(
            when=fed & works & ~stream.converts_format & says(subscription.protocol, "firehose"),
            resource=stream,
            at=at,
            message="{stream} appends a newline to records that SNS has delimited already ({processor}): every second "
            "line of the objects in S3 is empty, and readers of JSON lines fail",
            args={"stream": stream, "processor": PROCESSOR},
            severity=Severity.WARNING if alone and not model.producers(stream) else Severity.INFO,
            related=(Note("feeds the stream", subscription.at, subscription.owner),),
            fix=Fix("Do not add a second delimiter: remove the processor", stream, changes),
        )
