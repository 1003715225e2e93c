"""An event that EventBridge cannot deliver is gone.

## What it does
Finds targets of EventBridge rules, schedules, and subscribers of event buses without a dead-letter queue.

## Why it matters
EventBridge tries again for a day, for a subscriber five times within five minutes. If the target of a rule is missing
or refuses, it does not even try again. Then the event is dropped, and only a metric tells that there was one.

## How to fix
Name a standard queue in the target's `DeadLetterConfig`, for a subscriber in `OnFailureConfiguration`. The queue's
policy has to let `events.amazonaws.com` in for the rule; for a schedule or subscriber, its role has to be allowed to
send.

## When not to
Events may be lost: the next one makes up for it. Targets that are a CloudWatch Logs group are not reported.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Property, Severity
from msglint.model.events import Rule, RuleTarget, Schedule
from msglint.model.events_v2 import Subscriber
from msglint.model.model import Model
from msglint.model.target import LOG_GROUP, delivered, leads_to
from msglint.rules.interface import rule


@rule(
    "MSG702",
    Severity.INFO,
    each=(Rule, RuleTarget, Schedule, Subscriber),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
        "https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-custom-bus-retry.html",
    ],
)
def rule_target_without_dead_letter_queue(
    owner: Rule | RuleTarget | Schedule | Subscriber, model: Model
) -> Iterator[Candidate]:
    """Judge each target of a rule, and the one of a schedule or subscriber."""
    for target in delivered(owner):
        if target.attempts.integer().holds(lambda attempts: attempts == 0).is_yes:
            # That nobody tries again is what is wrong there, and another rule's finding.
            continue
        queue = target.dead_letter
        yield Candidate(
            when=~queue.exists() & ~leads_to(target.destination, LOG_GROUP, model),
            resource=owner,
            at=queue.at,
            message="what {owner} cannot deliver{where} is dropped: it has no dead-letter queue ({setting} is not set)",
            args={
                "owner": owner,
                "where": " to this target" if isinstance(owner, Rule) else "",
                "setting": Property(queue.path[:-1]),
            },
            fix=Fix(
                "Keep what cannot be delivered",
                owner,
                {queue.path: Made("AWS::SQS::Queue", f"{owner.short}DeadLetters")},
            ),
        )
