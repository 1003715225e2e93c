"""A service sends to a FIFO queue or topic, and cannot.

## What it does
Finds deliveries to a FIFO queue or topic of services that AWS documents to send to standard ones only: notifications of
S3, events of RDS, and the dead letters of EventBridge rules.

## Why it matters
The deployment fails, or nothing arrives.

## How to fix
Send to a standard queue or topic. Where the order matters, let a consumer of it pass the messages on in groups.

## When not to
Never. Services of which AWS does not say it are undecided.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Severity
from msglint.model.delivery import SENDERS, Edge, EdgeKind, Stance, Untold, edges
from msglint.model.fifo import is_fifo
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.value import effective
from msglint.rules.interface import rule
from msglint.verdict import NO, Doubt, Reason, Verdict, any_of

TYPE = {Queue: ("FifoQueue",), Topic: ("FifoTopic",)}
NAMES = {Queue: "queue", Topic: "topic"}


@rule(
    "MSG604",
    Severity.ERROR,
    each=SENDERS,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html",
    ],
)
def sender_cannot_use_fifo(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the type of what a resource sends to."""
    for edge in edges(owner, model):
        yield from _told(edge) if isinstance(edge, Edge) else _untold(edge, model)


def _told(edge: Edge) -> Iterator[Candidate]:
    to = edge.destination
    if not isinstance(to, Queue | Topic):
        return
    what = NAMES[type(to)]
    # The dead letters of a FIFO topic go to a FIFO queue.
    ordered = edge.source.fifo.holds(bool) if isinstance(edge.source, Topic) else NO
    yield Candidate(
        when=to.fifo.holds(bool) & ~ordered & _refused(edge.kind),
        resource=edge.owner,
        at=edge.at,
        message=_message(edge.kind),
        args={"service": edge.service, "destination": to, "what": what},
        related=(Note("the destination", to.at, to),),
        fix=Fix(f"Make it a standard {what}; its name does not end with .fifo then", to, {TYPE[type(to)]: None}),
    )


def _untold(edge: Untold, model: Model) -> Iterator[Candidate]:
    """Judge by its name what lies outside the run."""
    kinds = [kind for kind in edge.kinds if kind.fifo is Stance.REFUSED]
    arn = edge.destination
    if not kinds or arn is None:
        return
    named = effective(arn)
    yield Candidate(
        when=any_of(is_fifo(arn, Queue if kind.destination is Queue else Topic, model) for kind in kinds),
        resource=edge.owner,
        at=edge.at,
        message=_message(kinds[0]),
        args={
            "service": kinds[0].service,
            "destination": named if named is not None else "its destination",
            "what": "queue" if kinds[0].destination is Queue else "topic",
        },
    )


def _refused(kind: EdgeKind) -> Verdict:
    text = f"AWS does not document whether {kind.service} sends to FIFO queues and topics"
    return kind.fifo.refuses(Reason(Doubt.OUTSIDE, text))


def _message(kind: EdgeKind) -> str:
    if kind.dead_letter:
        return (
            "{destination} is a FIFO {what}, and {service} takes no FIFO queue for dead letters: the deployment fails"
        )
    return "{service} cannot send to {destination}, which is a FIFO {what}: the deployment fails, or nothing arrives"
