"""A role can be assumed by a service that acts for somebody else.

## What it does
Asks of the trust policy of each role for EventBridge rules, Pipes, Scheduler, Managed Service for Apache Flink and MSK
Connect whether the service may assume it on behalf of another account.

## Why it matters
Somebody who can make a rule, pipe or schedule in another account, and knows the role's ARN, may have the service act
with your role's permissions.

## How to fix
Add `StringEquals aws:SourceAccount` with your account to the trust policy, or `ArnLike aws:SourceArn` with the ARN of
the pipe, rule or schedule group.

## When not to
Other services, `lambda.amazonaws.com` among them, are not reported: AWS documents no such condition for their roles.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Severity
from msglint.iam.stranger import ASSUME_ROLE, service_of_another_account
from msglint.model.access import Role
from msglint.model.model import Model
from msglint.model.policy import Policy, read_policy
from msglint.rules.grants import grants_to_services, narrowed, unread
from msglint.rules.interface import rule
from msglint.verdict import any_of

ACTS_FOR = {
    "events.amazonaws.com": "rule",
    "pipes.amazonaws.com": "pipe",
    "scheduler.amazonaws.com": "schedule",
    "kinesisanalytics.amazonaws.com": "application",
    "kafkaconnect.amazonaws.com": "connector",
}
"""The services that are documented to say for whose resource they assume a role, and what that is."""


@rule(
    "MSG203",
    Severity.WARNING,
    each=Role,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    ],
)
def confused_deputy_in_role_trust(role: Role, model: Model) -> Iterator[Candidate]:  # one signature for all rules
    """Judge the trust policy of a role."""
    policy = read_policy(role.trust)
    yield from unread(role, policy)
    if not isinstance(policy, Policy):
        return
    for statement, services in grants_to_services(policy):
        judged = [
            (service, service_of_another_account(policy, statement, service, ASSUME_ROLE, model))
            for service in services
            if service in ACTS_FOR
        ]
        open_to = [service for service, verdict in judged if verdict.is_yes]
        yield Candidate(
            when=any_of(verdict for _, verdict in judged),
            resource=role,
            at=statement.at,
            message="{services} may assume {role} for every AWS account: no condition of the trust policy says whose "
            "{source} it must be",
            args={
                "services": " and ".join(open_to),
                "role": role,
                "source": " or ".join(ACTS_FOR[service] for service in open_to),
            },
            fix=narrowed(role, services, "sts:AssumeRole", model) if open_to else None,
        )
