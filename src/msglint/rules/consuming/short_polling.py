"""A queue answers receives at once when it is empty.

## What it does
Finds queues whose effective `ReceiveMessageWaitTimeSeconds` is 0, the default.

## Why it matters
With short polling SQS asks only some of its servers and answers at once. Consumers that pass no `WaitTimeSeconds` of
their own are told "empty" while messages wait, ask again in a tight loop, and pay for each empty answer.

## How to fix
Set `ReceiveMessageWaitTimeSeconds` to 20 on the queue.

## When not to
Every consumer passes a wait time of its own. Where Lambda or EventBridge Pipes poll the queue, their poller decides and
the finding is only informational, as it is for a queue that only takes other queues' failures.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Property, Severity
from msglint.model.model import Model
from msglint.model.sqs import Queue
from msglint.rules.interface import rule

LONGEST = 20


@rule(
    "MSG501",
    Severity.WARNING,
    Severity.INFO,
    each=Queue,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html"
    ],
)
def short_polling(queue: Queue, model: Model) -> Iterator[Candidate]:
    """Judge the wait time of a queue."""
    wait = queue.receive_wait_time
    polled = model.may_be_polled(queue)
    own_consumers = not polled and model.takes_failures(queue).is_no
    whom = (
        "Lambda and Pipes wait as long as they like; other consumers that pass no WaitTimeSeconds of their own"
        if polled
        else "consumers that pass no WaitTimeSeconds of their own"
    )
    setting = ("ReceiveMessageWaitTimeSeconds",)
    yield Candidate(
        when=wait.holds(lambda seconds: seconds == 0),
        resource=queue,
        at=wait.at,
        message="{queue} answers at once when it is empty ({setting} is 0): {whom} poll in a loop, miss messages that "
        "are there, and pay for every empty answer",
        args={"queue": queue, "setting": Property(setting), "whom": whom},
        severity=Severity.WARNING if own_consumers else Severity.INFO,
        fix=Fix("Let receives wait for messages", queue, {setting: LONGEST}),
    )
