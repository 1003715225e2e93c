"""One failed attempt loses an event, since nobody tries again and nobody keeps it.

## What it does
Finds targets of EventBridge rules, schedules, subscribers of event buses, and asynchronous calls of functions with no
retries (`MaximumRetryAttempts` or, for subscribers, `MaxRetryAttempts` is 0) that have neither a dead-letter queue nor,
for functions, a failure destination.

## Why it matters
A target that is throttled or a function that runs out of time is enough: the event is dropped at its first failure,
without a trace.

## How to fix
Keep failed events in a dead-letter queue, or let AWS try again; a consumer that must not see an event twice should
recognise it.

## When not to
The event is worthless after its first attempt, such as a heartbeat.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Property, Severity
from msglint.model.data import Data
from msglint.model.events import Rule, RuleTarget, Schedule
from msglint.model.events_v2 import Subscriber
from msglint.model.lambda_ import EventInvokeConfig, Function, function_of
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.target import delivered
from msglint.model.value import Unknown
from msglint.rules.interface import rule
from msglint.verdict import NO, Verdict, unknown


@rule(
    "MSG705",
    Severity.WARNING,
    each=(Rule, RuleTarget, Schedule, Subscriber, EventInvokeConfig),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-custom-bus-retry.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html",
    ],
)
def retries_off_without_dead_letter_queue(
    owner: Rule | RuleTarget | Schedule | Subscriber | EventInvokeConfig, model: Model
) -> Iterator[Candidate]:
    """Judge the retries of each target, and of a function's asynchronous calls."""
    if isinstance(owner, EventInvokeConfig):
        kept = _has_dead_letter_queue(owner, model)
        yield _lost(owner, owner.attempts, owner.on_failure, kept, "an event of an asynchronous call")
    else:
        for target in delivered(owner):
            yield _lost(owner, target.attempts, target.dead_letter, NO)


def _lost(owner: Resource, attempts: Data, keeper: Data, kept: Verdict, what: str = "an event") -> Candidate:
    return Candidate(
        when=attempts.integer().holds(lambda times: times == 0) & ~keeper.exists() & ~kept,
        resource=owner,
        at=attempts.at,
        message="{what} is lost at its first failure: {owner} never tries again ({setting} is 0), and nobody keeps "
        "what fails ({keeper} is not set)",
        args={"what": what, "owner": owner, "setting": Property(attempts.path), "keeper": Property(keeper.path[:-1])},
        fix=Fix(
            "Keep what fails",
            owner,
            {keeper.path: Made("AWS::SQS::Queue", f"{owner.short}DeadLetters")},
        ),
    )


def _has_dead_letter_queue(config: EventInvokeConfig, model: Model) -> Verdict:
    function = function_of(config.function, model)
    match function:
        case Function():
            return function.dead_letter.exists()
        case Unknown(reason=reason):
            return unknown(reason)
        case _:
            return NO
