"""The policy of a topic's key asks EventBridge for its source, which KMS does not see.

## What it does
Finds topics on a customer managed key whose policy lets `events.amazonaws.com` in under a condition on `aws:SourceArn`,
`aws:SourceAccount` or `aws:SourceOrgID` alone, and to which a rule of EventBridge sends.

## Why it matters
AWS documents that these conditions are not supported for EventBridge and encrypted topics. The condition is never met,
and what the rule sends is dropped without a word. In the policy of the topic, and for queues, it is right.

## How to fix
Take the condition out of the statement of the key's policy, and keep it in the policy of the topic.

## When not to
You have seen events of the rule arrive at the topic.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Grant, Note, Severity
from msglint.iam.keys import SENDING, UNSEEN, KeyUse, key_uses
from msglint.model.model import Model
from msglint.model.sns import Topic
from msglint.rules.grants import speaking
from msglint.rules.interface import rule


@rule(
    "MSG107",
    Severity.WARNING,
    each=Topic,
    given={Topic: "KmsMasterKeyId"},
    since="0.1",
    references=["https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"],
)
def key_condition_breaks_delivery(topic: Topic, model: Model) -> Iterator[Candidate]:
    """Judge the conditions in the policy of the key of a topic that rules send to."""
    for use in key_uses(topic, model):
        if not isinstance(use, KeyUse) or not isinstance(use.caller, str):
            continue
        statements = speaking(next(iter(use.refused.values()), None))
        asked = {condition.key.lower() for result in statements for condition in result.statement.conditions}
        denied = any(result.denies.is_yes for result in statements)
        yield Candidate(
            when=use.conditional,
            resource=topic,
            at=topic.key.at,
            message="{key}, which encrypts {topic}, asks {service} for {asked}, which KMS does not see when it sends "
            "to a topic: what comes from {sources} is lost",
            args={
                "key": use.key,
                "topic": topic,
                "service": use.caller,
                "asked": " and ".join(key for key in UNSEEN if key.lower() in asked),
                "sources": use.sources,
            },
            related=(
                *(Note("sends here", edge.at, edge.owner) for edge in use.edges[:3]),
                *(Note("the statement", result.statement.at) for result in statements[:3]),
            ),
            fix=None
            if denied
            else Fix(
                f"Add this statement, without a condition, to the policy of {use.key}",
                use.key,
                grant=Grant(use.caller, SENDING, use.key, None),
            ),
        )
