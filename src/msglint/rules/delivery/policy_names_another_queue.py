"""A policy speaks of queues or topics that it is not attached to.

## What it does
Finds statements of queue and topic policies whose `Resource` covers none of the queues or topics that the policy is
attached to.

## Why it matters
The statement has no effect: what it allows is not allowed, and what it denies is not denied. It was copied from another
queue, or names a URL where an ARN belongs.

## How to fix
Name the ARN of the queue or topic that the policy is attached to.

## When not to
One policy document serves several queues with a statement for each: that is no fault and not reported.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Note, Severity
from msglint.iam.sender import touches, turned_away
from msglint.model.access import QueueInlinePolicy, QueuePolicy, TopicInlinePolicy, TopicPolicy
from msglint.model.delivery import attached_to
from msglint.model.exposure import INLINE_POLICIES, held
from msglint.model.model import Model
from msglint.model.policy import Element, Policy, Statement, read_policy
from msglint.model.resource import Resource
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.value import Known, shown
from msglint.rules.grants import unread
from msglint.rules.interface import rule
from msglint.verdict import NO, all_of, unknown


@rule(
    "MSG110",
    Severity.WARNING,
    each=(QueuePolicy, QueueInlinePolicy, TopicPolicy, TopicInlinePolicy, Queue, Topic),
    given=INLINE_POLICIES,
    since="0.1",
    references=["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"],
)
def policy_names_another_queue(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the resources of each statement of a policy."""
    policy = held(owner, model).policy
    yield from unread(owner, policy)
    attached, rest = attached_to(owner, model) if isinstance(owner, QueuePolicy | TopicPolicy) else ([owner], None)
    if not isinstance(policy, Policy) or not (attached or rest):
        return
    for statement in policy.statements:
        misses = all_of(~touches(policy, statement, resource.arn) for resource in attached)
        if rest is not None:
            misses &= NO if _covers_everything(statement) else unknown(rest.reason)
        if misses.is_yes and (
            _serves_others(owner, policy, statement, model) or turned_away(statement, attached, model)
        ):
            continue
        yield Candidate(
            when=misses,
            resource=owner,
            at=statement.at,
            message="this statement has no effect: its Resource ({found}) is not {attached}, which the policy "
            "is attached to",
            args={"found": _found(statement), "attached": " or ".join(map(str, attached))},
            related=tuple(Note("the policy is attached here", resource.at, resource) for resource in attached[:3]),
        )


def _found(statement: Statement) -> str:
    named = statement.resources if statement.resources is not None else statement.not_resources
    return ("" if statement.resources is not None else "all but ") + " and ".join(map(_name, named or ()))


def _name(element: Element) -> str:
    refers = element.value.refers if isinstance(element, Known) else None
    if refers is None:
        text = shown(element)
        # A reference that was written as a text looks like one.
        return text if text.startswith("arn:") or not isinstance(element, Known) else f'"{text}"'
    return refers.resource[1] if refers.attribute == "arn" else f"the {refers.attribute} of {refers.resource[1]}"


def _covers_everything(statement: Statement) -> bool:
    return any(isinstance(each, Known) and each.value.literal_value == "*" for each in statement.resources or ())


def _serves_others(owner: Resource, policy: Policy, statement: Statement, model: Model) -> bool:
    """Say whether a document is shared: each of its policies has a statement of its own, and this is another's."""
    if not isinstance(owner, QueuePolicy | TopicPolicy):
        return False
    if not any(_serves(owner, own, model) for own in policy.statements):
        return False
    others = (other for other in model.declared(type(owner)) if other.record.key != owner.record.key)
    return any(_serves(other, statement, model) and model.exists(other) for other in others)


def _serves(owner: QueuePolicy | TopicPolicy, statement: Statement, model: Model) -> bool:
    """Say whether a policy has such a statement, and it covers what the policy is attached to."""
    policy = read_policy(owner.document)
    attached, _ = attached_to(owner, model)
    return isinstance(policy, Policy) and any(
        _text(each) == _text(statement) and not touches(policy, each, resource.arn).is_no
        for each in policy.statements
        for resource in attached
    )


def _text(statement: Statement) -> tuple[str, ...]:
    """Give what a statement says, wherever it is written."""
    elements = (*(statement.actions or ()), *(statement.resources or ()))
    conditions = ((each.operator, each.key, *map(shown, each.values)) for each in statement.conditions)
    return (statement.sid, *map(shown, elements), *(word for condition in conditions for word in condition))
