"""A grant to an AWS service works for every AWS account.

## What it does
Asks of each Allow for a service principal, in the policies of queues, topics, buses, streams and secrets, whether the
same service is let in when it acts for a resource of another account; likewise of each Allow for everybody with a
condition on the topic or rule. Permissions of functions are asked for those services that deliver messages to them.

## Why it matters
Anybody can make a topic, rule or bucket of their own and point it here. The service then writes to your queue,
publishes to your topic or calls your function on their behalf: forged messages that look like the service's own.

## How to fix
Add a condition that names the source: `ArnEquals aws:SourceArn` with its ARN, or `StringEquals aws:SourceAccount` with
your account.

## When not to
Every AWS account is meant to send here through that service.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Severity
from msglint.iam.stranger import asked, caller_of_another_account, service_of_another_account
from msglint.model.access import Permission
from msglint.model.exposure import BUS_POLICY_HOLDERS, INLINE_POLICIES, POLICY_HOLDERS, held
from msglint.model.model import Model
from msglint.model.policy import Policy
from msglint.model.resource import Resource
from msglint.rules.grants import (
    attached_by_aws,
    effective_on,
    grants_to_services,
    grants_to_sources,
    is_for_buckets,
    is_path,
    narrowed,
    unread,
)
from msglint.rules.interface import rule
from msglint.verdict import any_of


@rule(
    "MSG201",
    Severity.WARNING,
    each=(*POLICY_HOLDERS, *BUS_POLICY_HOLDERS, Permission),
    given=INLINE_POLICIES,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html",
    ],
)
def confused_deputy_in_resource_policy(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the grants to services in a resource policy."""
    policy, action, about = held(owner, model)
    yield from unread(owner, policy)
    if not isinstance(policy, Policy):
        return
    for statement, named in (*grants_to_services(policy), *grants_to_sources(policy, model)):
        services = tuple(service for service in named if is_path(owner, service))
        what = asked(statement, action, model) if services else None
        # Whom everybody may call is the graver fault of another rule.
        if what is None or caller_of_another_account(policy, statement, what).is_yes:
            continue
        effect = effective_on(owner, policy, statement, model)
        judged = [
            (service, effect & service_of_another_account(policy, statement, service, what, model))
            for service in services
            # What asks for a bucket but not for its account is a fault of its own.
            if not is_for_buckets(statement, service) and not attached_by_aws(owner, service)
        ]
        open_to = [service for service, verdict in judged if verdict.is_yes]
        yield Candidate(
            when=any_of(verdict for _, verdict in judged),
            resource=owner,
            at=statement.at,
            message="{services} may call {action} on this {about} for every AWS account: no condition of the statement "
            "keeps out what acts for somebody else's resource",
            args={"services": " and ".join(open_to), "action": what.action, "about": about},
            fix=narrowed(owner, open_to, what.action, model) if open_to else None,
        )
