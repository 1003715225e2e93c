"""A rule matches the events that its own targets put on its bus.

## What it does
Follows the targets of EventBridge rules to what they put back on the bus that the rule listens on: the same bus as a
target, functions with the bus as a destination of asynchronous calls, state machines with a task that puts events, and
queues that a pipe reads for the bus. Asks whether the rule's pattern matches these events.

## Why it matters
Each event causes the next one, and each is paid for. EventBridge stops an event only that goes from bus to bus for the
second time.

## How to fix
Let the pattern ask for something that the events which come back do not have, such as another `detail-type`; or put
these on another bus.

## When not to
Something that msglint does not see ends the loop, such as a function that fails on purpose.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Note, Property, Severity
from msglint.model.events import Rule
from msglint.model.model import Model
from msglint.model.put_back import put_back
from msglint.rules.interface import rule


@rule(
    "MSG803",
    Severity.WARNING,
    each=Rule,
    given={Rule: "EventPattern"},
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
    ],
)
def event_loop(event_rule: Rule, model: Model) -> Iterator[Candidate]:
    """Judge a rule by what comes back to its bus."""
    pattern = event_rule.pattern
    for back in put_back(event_rule, model):
        yield Candidate(
            when=back.matches & event_rule.enabled,
            resource=event_rule,
            at=pattern.at,
            message="{rule} starts itself again: {by} puts {what} on the bus of the rule, and {setting} matches that",
            args={
                "rule": event_rule,
                "by": back.by if back.by.record.key != event_rule.record.key else "it",
                "what": back.what,
                "setting": Property(pattern.path),
            },
            related=(Note("puts events on the same bus", back.at, back.by),),
        )
