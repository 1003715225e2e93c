"""Anybody may use a queue, topic, stream, cluster or secret.

## What it does
Asks of each Allow in a resource policy that names everybody whether a caller of an account that nobody named is let in.

## Why it matters
Every AWS account can send forged messages, read and delete yours, or subscribe to them.

## How to fix
Name the principals that may, or add a condition that only they meet: `ArnEquals aws:SourceArn` for a service,
`StringEquals aws:PrincipalOrgID` for your organisation.

## When not to
The queue or topic is meant to be public.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Severity
from msglint.iam.stranger import asked, caller_of_another_account
from msglint.model.exposure import INLINE_POLICIES, POLICY_HOLDERS, held
from msglint.model.model import Model
from msglint.model.policy import Policy
from msglint.model.resource import Resource
from msglint.rules.grants import effective_on, grants_to_everybody, unread
from msglint.rules.interface import rule


@rule(
    "MSG204",
    Severity.ERROR,
    each=POLICY_HOLDERS,
    given=INLINE_POLICIES,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    ],
)
def public_queue_or_topic(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the grants to everybody in a resource policy."""
    policy, action, about = held(owner, model)
    yield from unread(owner, policy)
    if not isinstance(policy, Policy):
        return
    for statement in grants_to_everybody(policy):
        what = asked(statement, action, model)
        if what is None:
            continue
        yield Candidate(
            when=effective_on(owner, policy, statement, model) & caller_of_another_account(policy, statement, what),
            resource=owner,
            at=statement.at,
            message="anybody may call {action} on this {about}: the statement names {whom}, and "
            "no condition keeps strangers out",
            args={
                "action": what.action,
                "about": about,
                "whom": "everybody" if statement.not_principals is None else "everybody but some (NotPrincipal)",
            },
        )
