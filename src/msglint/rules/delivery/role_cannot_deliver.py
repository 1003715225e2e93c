"""A role may not do what its delivery needs.

## What it does
Asks of each edge that goes through a role whether the role may do all that the edge needs at its far end: by its own
policies within its permissions boundary, or by the policy of the queue, topic, function, stream or bus. Edges are the
targets, sources, enrichments and dead-letter queues of rules, schedules, pipes and subscribers, Firehose subscriptions,
what polls for functions, where their failed and successful calls go, integrations of API Gateway, rules of AWS IoT,
lifecycle hooks and approvals of pipelines.

## Why it matters
The deployment succeeds, and nothing arrives. Where the role may not send to a dead-letter queue or on-failure
destination, what fails is lost in silence.

## How to fix
Add the missing action, on this resource, to a policy of the role. An alias or version of a function has an ARN of its
own, which that of the function does not cover.

## When not to
Never: what the role may not do does not happen. Where the far end is made elsewhere it is undecided, since its own
policy may let the role in.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Need, Note, Severity
from msglint.iam.explain import refused
from msglint.iam.passage import Passage, passage
from msglint.model.delivery import Untold
from msglint.model.lambda_ import Alias
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.role_delivery import GIVEN, OWNERS, RoleDelivery, role_deliveries
from msglint.model.role_uses import Part
from msglint.model.s3 import Bucket
from msglint.model.value import Unknown
from msglint.rules.grants import untold
from msglint.rules.interface import rule
from msglint.verdict import unknown

_LOST = {
    Part.SOURCE: "{owner} cannot poll {end}",
    Part.ENRICHMENT: "{owner} gets no answer from {end}",
    Part.TARGET: "nothing arrives at {end} from {owner}",
    Part.DEAD_LETTER: "what {owner} cannot deliver is lost before it reaches {end}",
    Part.ON_SUCCESS: "{end} is told of no success of {owner}",
    Part.ON_FAILURE: "what fails in {owner} is lost before it reaches {end}",
}


@rule(
    "MSG103",
    Severity.ERROR,
    each=OWNERS,
    given=GIVEN,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html",
        "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
    ],
)
def role_cannot_deliver(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the edges that a resource makes through a role."""
    for delivery in role_deliveries(owner, model):
        if isinstance(delivery, Untold):
            yield untold(delivery)
            continue
        passed = passage(delivery, model)
        if isinstance(passed, Unknown):
            yield Candidate(
                when=unknown(passed.reason), resource=owner, at=delivery.at, message="a role that is not in this run"
            )
        elif passed is not None:
            yield _judged(delivery, passed)


def _judged(delivery: RoleDelivery, passed: Passage) -> Candidate:
    end = delivery.destination
    nearest = tuple(passed.decision.nearest)[:3] if not passed.verdict.is_yes else ()
    return Candidate(
        when=~passed.verdict,
        resource=delivery.owner,
        at=delivery.at,
        message=_LOST[delivery.row.part] + ": {role} lacks {action} ({why})",
        args={
            "owner": delivery.owner,
            "end": end,
            "role": passed.role,
            "action": _listed(passed.missing or (passed.action,)),
            "why": refused(passed.decision),
        },
        related=(
            Note("its role", passed.role.at, passed.role),
            *((Note(f"the {delivery.row.part.value}", end.at, end),) if isinstance(end, Resource) else ()),
            *(Note("the statement", result.statement.at) for result in nearest),
        ),
        fix=_repair(delivery, passed),
    )


def _listed(words: tuple[str, ...]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def _repair(delivery: RoleDelivery, passed: Passage) -> Fix | None:
    end, decision = delivery.destination, passed.decision
    denied = any(result.denies.is_yes for result in decision.results)
    if not isinstance(end, Resource) or isinstance(end, Alias | Bucket):
        return None
    if not passed.missing or decision.fence is not None or denied:
        # What refuses it is not that a statement is missing.
        return None
    return Fix(f"Add this statement to a policy of {passed.role}", passed.role, need=Need(passed.missing, end))
