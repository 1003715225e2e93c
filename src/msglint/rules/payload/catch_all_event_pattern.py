"""A rule takes every event of the account.

## What it does
Finds rules on the default bus whose pattern matches whatever event AWS sends there: one that asks only for the account
or the Region, or for any `source` at all.

## Why it matters
All AWS services put their events on the default bus. The target runs for each of them, also for those of services that
somebody starts to use tomorrow, and each run is paid for.

## How to fix
Name the `source` and the `detail-type` of the events that the target is made for.

## When not to
The target keeps or passes on all events: an event bus, a log group, a Firehose stream. These are not reported, nor are
rules on a bus of your own, which holds only what you put there.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Note, Property, Severity
from msglint.model.data import Data
from msglint.model.event_pattern import matches_every
from msglint.model.events import Rule
from msglint.model.model import Model
from msglint.model.target import BUS, FIREHOSE, LOG_GROUP, leads_to, targets
from msglint.rules.interface import rule
from msglint.verdict import Verdict, any_of


@rule(
    "MSG804",
    Severity.INFO,
    each=Rule,
    given={Rule: "EventPattern"},
    since="0.1",
    references=["https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-patterns-best-practices.html"],
)
def catch_all_event_pattern(event_rule: Rule, model: Model) -> Iterator[Candidate]:
    """Judge the pattern of a rule on the default bus."""
    pattern = event_rule.pattern
    if event_rule.on_default_bus.is_no or pattern.exists().is_no:
        return
    matching = event_rule.on_default_bus & event_rule.enabled & matches_every(pattern, event_rule.around)
    busy = [target for target in targets(event_rule, model) if not _keeps(target.destination, model).is_yes]
    yield Candidate(
        when=matching & any_of(~_keeps(each.destination, model) for each in busy),
        resource=event_rule,
        at=pattern.at,
        message="{rule} runs for every event of the account: its pattern matches whatever AWS puts on the default bus "
        "({setting})",
        args={"rule": event_rule, "setting": Property(pattern.path)},
        related=tuple(Note("runs for each event", each.destination.at, each.owner) for each in busy),
    )


def _keeps(destination: Data, model: Model) -> Verdict:
    """Say whether a target only keeps or passes on what it gets."""
    return any_of(leads_to(destination, kind, model) for kind in (BUS, LOG_GROUP, FIREHOSE))
