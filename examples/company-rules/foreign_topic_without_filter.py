"""A queue takes everything that another team's topic says.

## What it does
Finds subscriptions of queues to topics of other teams that have no filter policy. Queues and topics of ACME are called
after their teams: `billing-invoices` belongs to another team than `shop-orders`. A topic that the same stacks make is
the team's own.

## Why it matters
Teams add events to their topics without asking who listens. A consumer that never heard of the new ones fails on them,
and they fill its dead-letter queue until nobody finds the messages that matter there.

## How to fix
Name the events that the consumer handles in the `FilterPolicy` of the subscription.

## When not to
The queue keeps all that the other team says, for instance for an archive.
"""

from collections.abc import Iterator

from msglint.rules.api import (
    NO,
    Candidate,
    Doubt,
    Known,
    Mentions,
    Model,
    Note,
    Property,
    Queue,
    Reason,
    Severity,
    StandaloneSubscription,
    Text,
    Topic,
    Unknown,
    Verdict,
    of,
    rule,
    unknown,
)


@rule(
    "ACME101",
    Severity.WARNING,
    each=StandaloneSubscription,
    since="1.0",
    references=["https://wiki.acme.example/messaging/listening-to-other-teams"],
)
def foreign_topic_without_filter(owner: StandaloneSubscription, model: Model) -> Iterator[Candidate]:
    """Judge the subscription of a queue of this run."""
    queue = model.find(owner.subscription.endpoint, Queue)
    if not isinstance(queue, Queue):
        return
    events = owner.properties.get("FilterPolicy")
    yield Candidate(
        when=_foreign(owner, queue, model) & ~events.exists(),
        resource=owner,
        at=events.at,
        message="{queue} takes everything that another team says on {topic} ({setting} is not set): what that team "
        "adds one day fails here",
        args={"queue": queue, "topic": owner.topic, "setting": Property(events.path)},
        related=(Note("takes it", queue.at, queue),),
    )


def _foreign(owner: StandaloneSubscription, queue: Queue, model: Model) -> Verdict:
    """Say whether a topic belongs to another team than the queue that listens to it."""
    if isinstance(model.find(owner.topic, Topic), Topic):
        return NO
    match owner.topic:
        case Known(value=arn, at=at):
            theirs, ours = _team(arn), _team(queue.name)
            if theirs is None or ours is None:
                which = f"whether {arn} is of the team of {queue} cannot be told from their names"
                return unknown(Reason(Doubt.OUTSIDE, which, at))
            return of(theirs != ours)
        case Unknown(reason=reason) | Mentions(reason=reason):
            return unknown(reason)
        case _:
            return NO


def _team(name: Text) -> str | None:
    """Give the team in a name or an ARN; None where nobody has written it."""
    segments = name.split(":")
    words = segments[-1].split("-", 1) if segments is not None else None
    return words[0].literal_value if words is not None and len(words) > 1 else None
