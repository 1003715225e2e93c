"""A service sends to a FIFO queue or topic, and cannot.

## What it does
Finds deliveries to a FIFO queue or topic of services that AWS documents to send to standard ones only: notifications of
S3, events of RDS, rules of AWS IoT, destinations of Lambda functions, and the dead letters of EventBridge rules.

## Why it matters
The deployment fails, or nothing arrives.

## How to fix
Send to a standard queue or topic. Where the order matters, let a consumer of it pass the messages on in groups.

## When not to
Never. Services of which AWS does not say it are undecided.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Severity
from msglint.model.delivery import GIVEN, SENDERS, Edge, Stance, Untold, edges
from msglint.model.fifo import as_standard, is_fifo, named_fifo
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.role_delivery import GIVEN as ROLE_GIVEN
from msglint.model.role_delivery import OWNERS, RoleDelivery, role_deliveries
from msglint.model.role_uses import Part
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.text import Text
from msglint.model.value import effective
from msglint.rules.interface import rule
from msglint.verdict import NO, Doubt, Reason, Verdict, any_of

NAMES = {Queue: "queue", Topic: "topic"}


@rule(
    "MSG604",
    Severity.ERROR,
    each=tuple(dict.fromkeys((*SENDERS, *OWNERS))),
    given={kind: (*GIVEN.get(kind, ()), *ROLE_GIVEN.get(kind, ())) for kind in {**GIVEN, **ROLE_GIVEN}},
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
        "https://docs.aws.amazon.com/iot/latest/developerguide/sns-rule-action.html",
    ],
)
def sender_cannot_use_fifo(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the type of what a resource sends to."""
    for edge in edges(owner, model):
        yield from _told(edge) if isinstance(edge, Edge) else _untold(edge, model)
    for delivery in role_deliveries(owner, model):
        if isinstance(delivery, RoleDelivery):
            yield from _through_role(delivery)


def _told(edge: Edge) -> Iterator[Candidate]:
    to = edge.destination
    if isinstance(to, Queue | Topic):
        # The dead letters of a FIFO topic go to a FIFO queue.
        ordered = edge.source.fifo.holds(bool) if isinstance(edge.source, Topic) else NO
        when = to.fifo.holds(bool) & ~ordered & _refused(edge.kind.fifo, edge.service)
        yield _judged(edge, when, edge.service, to, type(to), dead_letter=edge.kind.dead_letter)


def _untold(edge: Untold, model: Model) -> Iterator[Candidate]:
    """Judge by its name what lies outside the run."""
    kinds = [kind for kind in edge.kinds if kind.fifo is Stance.REFUSED]
    arn = edge.destination
    if kinds and arn is not None:
        types = [Queue if kind.destination is Queue else Topic for kind in kinds]
        when = any_of(is_fifo(arn, type_, model) for type_ in types)
        to = effective(arn) or "its destination"
        yield _judged(edge, when, kinds[0].service, to, types[0], dead_letter=edge.dead_letter)


def _through_role(delivery: RoleDelivery) -> Iterator[Candidate]:
    row, to = delivery.row, delivery.destination
    kind = Queue if row.destination is Queue else Topic
    if row.destination is kind:
        fifo = to.fifo.holds(bool) if isinstance(to, Queue | Topic) else named_fifo(delivery.arn, delivery.at)
        when = fifo & _refused(row.fifo, row.service)
        yield _judged(delivery, when, row.service, to, kind, dead_letter=row.part is Part.DEAD_LETTER)


def _refused(stance: Stance, service: str) -> Verdict:
    text = f"AWS does not document whether {service} sends to FIFO queues and topics"
    return stance.refuses(Reason(Doubt.OUTSIDE, text))


def _judged(
    edge: Edge | Untold | RoleDelivery,
    when: Verdict,
    service: str,
    to: Resource | Text | str,
    kind: type[Queue] | type[Topic],
    *,
    dead_letter: bool,
) -> Candidate:
    what = NAMES[kind]
    refused = f"{{service}} takes no FIFO {what} for dead letters: the deployment fails"
    return Candidate(
        when=when,
        resource=edge.owner,
        at=edge.at,
        message=f"{{to}} is a FIFO {what}, and "
        + (refused if dead_letter else "{service} cannot send to one: the deployment fails, or nothing arrives"),
        args={"to": to, "service": service},
        related=(Note("the destination", to.at, to),) if isinstance(to, Resource) else (),
        fix=Fix(f"Make it a standard {what}; its name does not end with .fifo then", to, as_standard(to))
        if isinstance(to, Queue | Topic)
        else None,
    )
