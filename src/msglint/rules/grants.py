"""What rules about grants say alike: why a sender is let in or not, and which statement would."""

from msglint.finding import Candidate, Fix, Grant, Note
from msglint.iam.delivery import Arrival
from msglint.iam.evaluate import StatementResult
from msglint.iam.explain import explain
from msglint.model.delivery import S3, Edge, Untold
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.verdict import unknown


def untold(edge: Untold) -> Candidate:
    """Give the undecided answer for a delivery of which one end is not known."""
    return Candidate(
        when=unknown(edge.reason),
        resource=edge.owner,
        at=edge.at,
        message="{owner} sends to something outside this run",
        args={"owner": edge.owner},
    )


def rejection(edge: Edge, came: Arrival, lost: str) -> Candidate:
    """Give the answer to whether what an edge sends is turned away; `lost` says what happens then."""
    results = came.decision.decisive if came.decision is not None else ()
    notes = [
        Note(f"this statement does not let {edge.kind.service} in: {explain(result)}", result.statement.at)
        for result in results
        if not result.denies.is_yes
    ]
    notes += [Note("this statement denies it", result.statement.at) for result in results if result.denies.is_yes]
    holder = came.holder(results[0]) if results else next((each.owner for each in came.attached), edge.destination)
    grant = Grant(edge.kind.service, edge.kind.action, edge.destination, edge.source, account=edge.kind.service == S3)
    return Candidate(
        when=~came.verdict,
        resource=edge.owner,
        at=edge.at,
        message=lost + ": {destination} does not let {service} in ({why})",
        args={
            "source": edge.source,
            "destination": edge.destination,
            "service": edge.kind.service,
            "why": _why(edge, results, came),
        },
        related=(Note("does not let it in", edge.destination.at, edge.destination), *notes[:3]),
        fix=Fix(f"Allow {edge.kind.service} to {edge.kind.action} for this source", holder, grant=grant),
    )


def _why(edge: Edge, results: tuple[StatementResult, ...], came: Arrival) -> str:
    match edge.destination:
        case _ if results:
            return explain(results[0]) if not results[0].denies.is_yes else "a statement denies it"
        case Topic() if not came.attached:
            return "its default policy admits no service that does not name the owner"
        case Queue() if not came.attached:
            return "it has no policy"
        case _:
            return "no statement allows it"
