"""A queue shows a message again while the function may still be at work on it.

## What it does
Compares the visibility timeout of each queue that a function polls with six times the timeout of the function, plus
the batching window of the event source mapping.

## Why it matters
Lambda retries a batch while the function is throttled, and all that time the messages must stay hidden. Messages that
come back too early are worked on twice, and each return counts towards `maxReceiveCount`, so sound messages end in
the dead-letter queue.

## How to fix
Set `VisibilityTimeout` to the number of seconds that the finding names, or shorten the timeout of the function.

Below the timeout of the function itself Lambda refuses the event source mapping; that is all that rule E3505 of
cfn-lint asks for. The six times and the window are what AWS recommends beyond it.

## When not to
The function is never throttled and works on a message twice without harm, and quick retries matter more.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Property, Severity
from msglint.model.lambda_ import Consumer, Function, consumers, function_of
from msglint.model.model import Model
from msglint.model.sqs import Queue
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Mentions, Unknown, Value, both, effective
from msglint.rules.interface import rule
from msglint.verdict import any_of

FACTOR = 6


@rule(
    "MSG502",
    Severity.WARNING,
    each=Queue,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-lambda-function-trigger.html",
    ],
)
def visibility_timeout_too_short(queue: Queue, model: Model) -> Iterator[Candidate]:
    """Judge a queue against the consumer that needs the longest."""
    hidden = queue.visibility_timeout
    found = [(consumer, function_of(consumer.mapping.function, model)) for consumer in consumers(queue, model)]
    if not found:
        return
    needs = [(consumer, function, _needed(consumer, function)) for consumer, function in found]
    consumer, function, needed = max(needs, key=lambda each: effective(each[2]) or 0)
    window, seconds = effective(consumer.mapping.batching_window), effective(needed) or 0
    yield Candidate(
        when=any_of(each.polls & both(hidden, need, lambda given, least: given < least) for each, _, need in needs),
        resource=queue,
        at=hidden.at,
        message="{queue} hides a message for {hidden} s ({setting}), and {mapping} may need {needed} s, {factor} times "
        "the timeout of {function} ({timeout} s){window}: a message that comes back earlier is worked on twice",
        args={
            "queue": queue,
            "hidden": hidden,
            "setting": Property(Queue.VISIBILITY),
            "mapping": consumer.mapping,
            "needed": needed,
            "factor": FACTOR,
            "function": function,
            "timeout": function.timeout if isinstance(function, Function) else function,
            "window": f" and a batching window of {window} s" if window else "",
        },
        related=(
            Note("polls it", consumer.mapping.at, consumer.mapping),
            *((Note("its timeout", function.timeout.at, function),) if isinstance(function, Function) else ()),
        ),
        # Where another function's timeout is what nobody knows, the longest that is known may be short enough.
        fix=Fix("Hide messages for as long as the function may need", queue, {Queue.VISIBILITY: seconds})
        if seconds > (effective(hidden) or 0)
        else None,
    )


def _needed(consumer: Consumer, function: Function | Absent[Text] | Unknown) -> Value[int]:
    """Give the seconds for which a consumer may need a message."""
    if not isinstance(function, Function):
        return function if isinstance(function, Unknown) else Absent(None, function.at)
    timeout, window = function.timeout, consumer.mapping.batching_window
    for each in (timeout, window):
        if isinstance(each, Unknown | Mentions):
            return each
    return Known(FACTOR * (effective(timeout) or 0) + (effective(window) or 0), timeout.at)
