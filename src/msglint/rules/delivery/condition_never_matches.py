"""A grant asks for something that its service never says.

## What it does
Finds Allows for a service principal with a condition that no request of that service can meet: a wildcard under
`StringEquals`, a subscription's ARN where SNS sends the topic's, a schedule's where Scheduler sends the group's, an ARN
with a Region for a bucket, `aws:PrincipalOrgID` for a service.

## Why it matters
The statement looks like protection and lets nothing through. Whoever relies on it loses messages, and whoever adds a
wider statement later does not see why the first one failed.

## How to fix
Write what the service sends: the ARN of the topic, rule, bucket or schedule group, under `ArnLike` where it has
wildcards.

## When not to
The statement is a leftover: remove it.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Severity
from msglint.iam.roles import assumed, trust, users
from msglint.iam.sender import never_met, turned_away
from msglint.model.access import QueuePolicy, Role, TopicPolicy
from msglint.model.delivery import attached_to
from msglint.model.exposure import INLINE_POLICIES, held
from msglint.model.model import Model
from msglint.model.policy import Policy, Statement
from msglint.model.resource import Resource
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.value import shown
from msglint.rules.grants import grants_to_services, unread
from msglint.rules.interface import rule
from msglint.verdict import YES


@rule(
    "MSG108",
    Severity.WARNING,
    each=(QueuePolicy, TopicPolicy, Queue, Topic, Role),
    given=INLINE_POLICIES,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
        "https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    ],
)
def condition_never_matches(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the conditions of grants to services."""
    policy = trust(owner, model) if isinstance(owner, Role) else held(owner, model).policy
    yield from unread(owner, policy)
    if not isinstance(policy, Policy):
        return
    for statement, services in grants_to_services(policy):
        conditions = [never_met(policy, statement, service, model) for service in services]
        others = len(statement.principals or ()) > len(services)
        condition = conditions[0]
        # A statement that serves one of several principals is no dead one; what loses a message here is an error.
        if condition is None or None in conditions or others or _is_named(statement, owner, model):
            continue
        asked = " or ".join(shown(value) for value in condition.values[:3])
        yield Candidate(
            when=YES,
            resource=owner,
            at=statement.at,
            message="this grant to {service} lets nothing through: {operator} asks that {key} is {asked}, which "
            "{service} never sends",
            args={"service": services[0], "operator": condition.operator, "key": condition.key, "asked": asked},
        )


def _is_named(statement: Statement, owner: Resource, model: Model) -> bool:
    """Say whether a lost delivery of this run is laid to the statement already."""
    match owner:
        case QueuePolicy() | TopicPolicy():
            return turned_away(statement, attached_to(owner, model)[0], model)
        case Role():
            decisions = [assumed(owner, user, model) for user in users(owner, model)]
            refusing = (decision.decisive for decision in decisions if decision.verdict.is_no)
            return any(result.statement.index == statement.index for results in refusing for result in results)
        case _:
            return turned_away(statement, [owner], model)
