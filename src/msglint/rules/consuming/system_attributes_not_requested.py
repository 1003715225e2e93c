"""A system attribute is read from messages, and the ReceiveMessage did not ask for it.

## What it does
Finds code of functions and state machines that read `Attributes.AWSTraceHeader` and other system attributes from
messages, where the ReceiveMessage that brought these does not ask for them.

## Why it matters
SQS returns no attributes that it is not asked for. The trace ends, the count of receives looks like none, and code that
expects the attribute fails on the first message.

## How to fix
Name the attribute in `MessageSystemAttributeNames`, or ask for `All`.

## When not to
Never: what is not asked for is never there. (Events that the pollers of Lambda and of pipes deliver have them all.)
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Severity
from msglint.model.lambda_ import Function
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.state_machine import StateMachine
from msglint.model.uses import uses
from msglint.rules.interface import rule


@rule(
    "MSG504",
    Severity.WARNING,
    each=(StateMachine, Function),
    since="0.1",
    references=["https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html"],
)
def system_attributes_not_requested(resource: Resource, model: Model) -> Iterator[Candidate]:
    """Judge what a resource reads from the messages that it receives."""
    for use in uses(resource, model):
        if use.unasked is None:
            continue
        yield Candidate(
            when=use.unasked,
            resource=resource,
            at=use.pinpoint(),
            message=f"{{resource}} reads {use.name} from {use.list}, and its ReceiveMessage does not ask for it: SQS "
            "leaves it out",
            args={"resource": resource},
            fix=Fix(f"Ask for {use.name} in MessageSystemAttributeNames", resource),
        )
