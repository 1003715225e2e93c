"""A grant to S3 names a bucket but not whose bucket it is.

## What it does
Finds an Allow for `s3.amazonaws.com` with a condition on `aws:SourceArn` and none on `aws:SourceAccount`, and a
permission of a function with `SourceArn` and without `SourceAccount`.

## Why it matters
A bucket's ARN holds no account. When the bucket is deleted, anybody can make one of the same name, and its
notifications are let in.

## How to fix
Add `StringEquals aws:SourceAccount` with your account beside `aws:SourceArn`; `SourceAccount` in a permission.

## When not to
The bucket can never be deleted.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Grant, Severity
from msglint.iam.stranger import asked, bucket_of_another_account
from msglint.model.access import Permission
from msglint.model.delivery import S3
from msglint.model.exposure import INLINE_POLICIES, POLICY_HOLDERS, held
from msglint.model.model import Model
from msglint.model.policy import Policy
from msglint.model.resource import Resource
from msglint.rules.grants import effective_on, grants_to_buckets, unread
from msglint.rules.interface import rule


@rule(
    "MSG202",
    Severity.WARNING,
    each=(*POLICY_HOLDERS, Permission),
    given=INLINE_POLICIES,
    since="0.1",
    references=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"],
)
def bucket_grant_without_account(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the grants to S3 in a resource policy."""
    policy, action, about = held(owner, model)
    yield from unread(owner, policy)
    if not isinstance(policy, Policy):
        return
    for statement in grants_to_buckets(policy, model):
        what = asked(statement, action, model)
        if what is None:
            continue
        yield Candidate(
            when=effective_on(owner, policy, statement, model)
            & bucket_of_another_account(policy, statement, what, model),
            resource=owner,
            at=statement.at,
            message="S3 may call {action} on this {about} for a bucket of that name in any account: a bucket's ARN "
            "does not say whose it is, and the statement does not ask for aws:SourceAccount",
            args={"action": what.action, "about": about},
            fix=_repair(owner, what.action),
        )


def _repair(owner: Resource, action: str) -> Fix:
    if isinstance(owner, Permission):
        return Fix(
            f"Name your account in {owner.record.part.spell(owner.record.native, ('SourceAccount',))} too", owner
        )
    return Fix("Ask for the bucket's account too", owner, grant=Grant(S3, action, owner, None, beside=True))
