"""What rules about grants say alike: why a sender is let in or not, and which statement would."""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Grant, Note
from msglint.iam.delivery import Arrival
from msglint.iam.evaluate import StatementResult
from msglint.iam.explain import explain
from msglint.iam.stranger import sources
from msglint.model.access import SecretPolicy
from msglint.model.delivery import S3, Edge, Untold
from msglint.model.model import Model
from msglint.model.policy import Policy, Principal, PrincipalKind, Statement
from msglint.model.resource import Resource
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.value import Known, Unknown, says
from msglint.verdict import unknown

_BUCKETS = "arn:aws:s3:"


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


def grants_to_services(policy: Policy) -> Iterator[tuple[Statement, str]]:
    """Give each Allow with each AWS service that it names."""
    for statement in allows(policy):
        for principal in statement.principals or ():
            literal = principal.name.value.literal_value if isinstance(principal.name, Known) else None
            if principal.kind is PrincipalKind.SERVICE and literal:
                yield statement, literal


def grants_to_everybody(policy: Policy) -> Iterator[Statement]:
    """Give each Allow that names everybody, or all but some."""
    for statement in allows(policy):
        named = (statement.principals or (), statement.not_principals)
        if named[1] is not None or any(_is_everybody(principal) for principal in named[0]):
            yield statement


def allows(policy: Policy) -> Iterator[Statement]:
    """Give each statement that allows, or may."""
    return (statement for statement in policy.statements if not says(statement.effect, "Allow").is_no)


def _is_everybody(principal: Principal) -> bool:
    if principal.kind is PrincipalKind.ANYONE:
        return True
    literal = principal.name.value.literal_value if isinstance(principal.name, Known) else None
    return principal.kind is PrincipalKind.AWS and literal == "*"


def grants_to_buckets(policy: Policy, model: Model) -> Iterator[Statement]:
    """Give each Allow that asks for a bucket as the source, for S3 or for everybody."""
    for statement, service in grants_to_services(policy):
        if is_for_buckets(statement, service):
            yield statement
    for statement in grants_to_everybody(policy):
        if any(text.starts_with(_BUCKETS).is_yes for text in sources(statement, model)):
            yield statement


def is_for_buckets(statement: Statement, service: str) -> bool:
    """Say whether a grant to S3 asks for a source."""
    return service == S3 and any(condition.key.lower() == "aws:sourcearn" for condition in statement.conditions)


def attached_by_aws(owner: Resource, service: str) -> bool:
    """Say whether a grant is one that AWS writes itself: MSK lets itself read an associated secret.

    https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html
    """
    return isinstance(owner, SecretPolicy) and service == "kafka.amazonaws.com"


def unread(owner: Resource, policy: Policy | Unknown) -> Iterator[Candidate]:
    """Give the undecided answer for a policy, or statements of one, that cannot be read."""
    rest = policy if isinstance(policy, Unknown) else policy.rest
    if rest is not None:
        yield Candidate(when=unknown(rest.reason), resource=owner, at=rest.at, message="a policy that cannot be read")
