"""Every AWS account may put events on a bus.

## What it does
Asks of each Allow for everybody in an event bus's policy whether a caller of an account that nobody named is let in.
Buses of the second kind (`AWS::EventsV2::EventBus`) refuse such a policy, so that the deployment fails.

## Why it matters
Anybody can forge your events, and whatever your rules start with them runs.

## How to fix
Name the accounts, or ask for your organisation: `StringEquals aws:PrincipalOrgID`.

## When not to
The bus is meant to take events from anybody, and its rules check the `account` of each.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Severity
from msglint.iam.stranger import asked, caller_of_another_account
from msglint.model.access import BusResourcePolicy
from msglint.model.exposure import BUS_POLICY_HOLDERS, INLINE_POLICIES, held
from msglint.model.model import Model
from msglint.model.policy import Policy
from msglint.model.resource import Resource
from msglint.rules.grants import grants_to_everybody, unread
from msglint.rules.interface import rule


@rule(
    "MSG205",
    Severity.ERROR,
    each=BUS_POLICY_HOLDERS,
    given=INLINE_POLICIES,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eventsv2-resourcepolicy.html",
    ],
)
def open_event_bus(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the grants to everybody in an event bus's policy."""
    policy, action, _ = held(owner, model)
    refused = "; EventBridge refuses this policy" if isinstance(owner, BusResourcePolicy) else ""
    yield from unread(owner, policy)
    if not isinstance(policy, Policy):
        return
    for statement in grants_to_everybody(policy):
        what = asked(statement, action, model)
        if what is None:
            continue
        yield Candidate(
            when=caller_of_another_account(policy, statement, what),
            resource=owner,
            at=statement.at,
            message="every AWS account may call {action} on this bus: the statement names everybody, and no condition "
            "asks for an organisation or account{refused}",
            args={"action": what.action, "refused": refused},
        )
