"""A dead-letter queue does not let a queue redrive to it.

## What it does
Asks, for each queue with a redrive allow policy, whether that lets in the queues that name it in their redrive policy.

## Why it matters
The source keeps what it cannot get rid of: messages that fail come back until their retention ends, and are then gone.

## How to fix
Name the source queue's ARN in `sourceQueueArns`, or leave the redrive allow policy away.

## When not to
Never: a redrive allow policy that denies is obeyed.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Property, Severity
from msglint.model.model import Model
from msglint.model.sqs import Queue
from msglint.model.text import Text, same
from msglint.model.value import Known, Value, says
from msglint.rules.interface import rule
from msglint.verdict import NO, Doubt, Reason, Verdict, any_of, unknown

POLICY = "RedriveAllowPolicy"


@rule(
    "MSG109",
    Severity.ERROR,
    each=Queue,
    given={Queue: POLICY},
    since="0.1",
    references=["https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"],
)
def redrive_denied(queue: Queue, model: Model) -> Iterator[Candidate]:
    """Judge the redrive allow policy of a queue against each queue that redrives to it."""
    permission, listed = queue.redrive_permission, queue.redrive_allowed
    denies_all = says(permission.text(), "denyAll")
    for source in model.redrive_sources(queue):
        named = any_of(_names(each.text(), source, model) for each in listed.elements().known) | _rest(queue)
        yield Candidate(
            when=denies_all | (says(permission.text(), "byQueue") & ~named),
            resource=queue,
            at=permission.at if denies_all.is_yes else listed.at,
            message="{queue} takes no messages from {source}: its {policy} {what}, so what fails in {source} never "
            "gets there",
            args={
                "queue": queue,
                "source": source,
                "policy": Property((POLICY,)),
                "what": "denies every queue" if denies_all.is_yes else f"does not name {source}",
            },
            related=(Note("redrives to it", source.dead_letter_target.at, source),),
            fix=Fix(
                f"Let every queue redrive here, or name {source} in sourceQueueArns",
                queue,
                {
                    (POLICY, "redrivePermission"): "allowAll",
                    **({} if listed.exists().is_no else {(POLICY, "sourceQueueArns"): None}),
                },
            ),
        )


def _names(written: Value[Text], source: Queue, model: Model) -> Verdict:
    """Say whether an ARN is that of a queue: since a name that AWS chooses may have been copied, none is foreign."""
    match written:
        case Known(value=text, at=at) if text.refers is None:
            because = Reason(Doubt.OUTSIDE, f"whether {text} is {source} cannot be told", at)
            return same(text, source.arn.as_deployed(), because)
        case _:
            return model.names(written, source)


def _rest(queue: Queue) -> Verdict:
    rest = queue.redrive_allowed.elements().rest
    return NO if rest is None else unknown(rest.reason)
