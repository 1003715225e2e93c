"""Messages that a function fails to handle are dropped.

## What it does
Finds functions that a topic, a bucket or a rule for events calls, and that have neither a dead-letter queue nor a
destination on failure.

## Why it matters
These services call asynchronously: they are done when Lambda has taken the message. If the function then fails,
Lambda tries again, twice unless set otherwise, and drops the message. The dead-letter queue of the subscription or rule
takes only what could not be handed over.

## How to fix
Set `DestinationConfig.OnFailure` of an `AWS::Lambda::EventInvokeConfig`, or `DeadLetterConfig` of the function, and let
the role of the function send there. In SAM, these are `EventInvokeConfig` and `DeadLetterQueue`, and a role that SAM
makes may send.

## When not to
The function keeps what it could not handle by itself. Functions that only a schedule calls are not reported.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Severity
from msglint.model.delivery import deliveries_to, untold_to
from msglint.model.events import Rule
from msglint.model.lambda_ import Function, aliases, keeps_failures, never_tries_again
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.sign_in import handed_on
from msglint.rules.interface import rule
from msglint.verdict import YES, Verdict, any_of, unknown

MOST = 3
"""How many senders a finding names."""


@rule(
    "MSG711",
    Severity.INFO,
    each=Function,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
    ],
)
def function_failures_not_kept(function: Function, model: Model) -> Iterator[Candidate]:
    """Judge what becomes of messages that a function fails to handle."""
    ends = (function, *aliases(function, model))
    edges = (edge for end in ends for edge in deliveries_to(end, model))
    senders = {edge.source.record.key: edge for edge in edges if not _sends(edge.source).is_no}
    perhaps = [edge for end in ends for edge in untold_to(end, model) if not edge.dead_letter]
    if senders or perhaps:
        named = tuple(senders.values())[:MOST]
        sources = [*(edge.source for edge in named), *(edge.owner for edge in perhaps)]
        called = any_of(_sends(edge.source) for edge in senders.values()) if senders else unknown(perhaps[0].reason)
        yield Candidate(
            when=called
            & ~keeps_failures(function, model)
            # That nobody tries again is another rule's finding.
            & ~never_tries_again(function, model)
            & ~handed_on(function, model),
            resource=function,
            at=function.dead_letter.at,
            message="{function} has no dead-letter queue and no destination on failure: what {source} sends and it "
            "cannot handle is dropped after the last try",
            args={"function": function, "source": sources[0]},
            related=tuple(Note("calls it asynchronously", edge.at, edge.source) for edge in named),
            fix=Fix("Name a queue, topic or other destination for what fails", function),
        )


def _sends(source: Resource) -> Verdict:
    """Say whether messages come from a source: the tick of a schedule is none, and the next one follows."""
    return source.pattern.exists() if isinstance(source, Rule) else YES
