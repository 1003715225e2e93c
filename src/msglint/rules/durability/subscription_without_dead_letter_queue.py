"""A message that SNS cannot deliver is gone.

## What it does
Finds subscriptions of queues, functions, Firehose streams and web addresses without a dead-letter queue.

## Why it matters
Where the endpoint is missing or refuses, SNS drops the message at once; where it does not answer, after its retries,
which take an hour at most for a web address. Only a metric tells that there was a message.

## How to fix
Name a queue in the subscription's `RedrivePolicy`, a FIFO queue for a FIFO topic, and let `sns.amazonaws.com` send to
it for the topic. A subscription that is written inside its topic has no such property: write it as a resource of its
own.

## When not to
Messages may be lost: the next one makes up for it. Subscriptions of people, by mail or to telephones, are not reported.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Property, Severity
from msglint.model.model import Model
from msglint.model.sns import StandaloneSubscription, Topic
from msglint.rules.interface import rule


@rule(
    "MSG703",
    Severity.INFO,
    each=(StandaloneSubscription, Topic),
    given={Topic: "Subscription"},
    since="0.1",
    references=["https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html"],
)
def subscription_without_dead_letter_queue(owner: StandaloneSubscription | Topic, model: Model) -> Iterator[Candidate]:
    """Judge each subscription."""
    alone = isinstance(owner, StandaloneSubscription)
    for subscription in [owner.subscription] if isinstance(owner, StandaloneSubscription) else owner.subscriptions():
        queue = subscription.dead_letter
        dead_letters = Made("AWS::SQS::Queue", f"{owner.short}DeadLetters")
        yield Candidate(
            when=~queue.exists() & subscription.reaches_programs,
            resource=owner,
            at=queue.at,
            message="what SNS cannot deliver for {owner} is dropped: the subscription has no dead-letter queue "
            "({setting} is not set)"
            if alone
            else "what SNS cannot deliver for this subscription of {owner} is dropped: it has no dead-letter queue, "
            "which only a subscription that is a resource of its own may have ({setting})",
            args={"owner": owner, "setting": Property(queue.path[:-1])},
            fix=Fix("Keep what cannot be delivered", owner, {queue.path: dead_letters}) if alone else None,
        )
