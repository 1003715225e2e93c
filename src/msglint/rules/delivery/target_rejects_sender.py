"""A queue, topic or function does not let the service in that sends to it.

## What it does
Asks, for each delivery that a service makes in its own name, whether the destination's policies let it in: S3, SNS and
EventBridge rules to queues, topics, functions and their aliases, rules to log groups; CloudWatch alarms, CloudTrail,
RDS, SES and other services that notify, to topics.

## Why it matters
Without such a grant nothing arrives. Some services say so at the deployment, most only when the first message is lost.
The policy of a topic takes the place of its default policy, which lets in the account's alarms, RDS and SES: whoever
writes one for S3 shuts these out.

## How to fix
Allow the service to act for this source in the destination's policy, with `aws:SourceArn` as the source's ARN; for S3
also `aws:SourceAccount`.

## When not to
The policy is made elsewhere: then msglint says undecided where it can see that.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Severity
from msglint.iam.delivery import arrival
from msglint.model.delivery import GIVEN, SENDERS, Untold, edges
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.rules.grants import rejection, untold
from msglint.rules.interface import rule


@rule(
    "MSG102",
    Severity.ERROR,
    each=SENDERS,
    given=GIVEN,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html",
        "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
    ],
)
def target_rejects_sender(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge what a rule, subscription, bucket, alarm or another sender sends to."""
    for edge in edges(owner, model):
        if isinstance(edge, Untold):
            if not edge.dead_letter:
                yield untold(edge)
        elif not edge.kind.dead_letter:
            yield rejection(edge, arrival(edge, model), "nothing arrives from {source}", model)
