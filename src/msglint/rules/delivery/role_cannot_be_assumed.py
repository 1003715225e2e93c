"""A service cannot assume the role that it should deliver with.

## What it does
Asks of each role with which a service delivers messages or polls for them whether its trust policy lets the service
assume it: roles of schedules, pipes, rule targets, subscribers and Firehose subscriptions, of functions with a source,
a dead-letter queue or destinations, of integrations of API Gateway, rules of IoT, lifecycle hooks and pipelines.

## Why it matters
The role has all the permissions that it needs, and nobody can use it. Nothing is delivered; some services say so when
the resource is made, others only in a metric.

## How to fix
Trust the service that uses the role. For Scheduler, `aws:SourceArn` is the ARN of the schedule group, not of the
schedule; for a subscriber that of the subscriber, for IoT that of the rule.

## When not to
Never: a role that its service cannot assume delivers nothing. Where the policy of a queue, topic or function lets a
rule in, AWS's pages differ on whether the rule needs the role of its target, so that stays undecided.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Note, Severity
from msglint.iam.explain import explain
from msglint.iam.passage import needs
from msglint.iam.roles import assumed, users
from msglint.model.access import Role
from msglint.model.model import Model
from msglint.rules.interface import rule


@rule(
    "MSG104",
    Severity.ERROR,
    each=Role,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html",
        "https://docs.aws.amazon.com/sns/latest/dg/firehose-endpoints-prerequisites.html",
        "https://docs.aws.amazon.com/iot/latest/developerguide/iot-create-role.html",
    ],
)
def role_cannot_be_assumed(role: Role, model: Model) -> Iterator[Candidate]:
    """Judge the trust policy of a role for each service that uses it."""
    for user in users(role, model):
        decision = assumed(role, user, model)
        nearest = next(iter(decision.decisive), None)
        why = explain(nearest) if nearest is not None else "no statement trusts it"
        if nearest is not None and nearest.denies.is_yes:
            why = "a statement denies it"
        yield Candidate(
            when=~decision.verdict & needs(user.owner, role, model),
            resource=role,
            at=nearest.statement.at if nearest is not None else role.trust.at,
            message="{service} cannot assume {role}, so {user} delivers nothing ({why})",
            args={"service": user.service, "role": role, "user": user.owner, "why": why},
            related=(Note("uses the role", user.owner.at, user.owner),),
        )
