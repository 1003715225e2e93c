"""An event source or pipe may not read the secret that it signs in with.

## What it does
Asks, for each secret with which a Lambda event source or a pipe signs in to a broker or a Kafka cluster, whether its
role may call `secretsmanager:GetSecretValue`, by its own policies or by that of the secret, and `kms:Decrypt` where a
customer managed key encrypts the secret. An event source reads with the role of its function.

## Why it matters
Without the user or certificate in the secret, nobody signs in to the broker or cluster, and no message is polled.
Lambda shows a failing event source, and the messages wait or expire.

## How to fix
Allow the role `secretsmanager:GetSecretValue` on the secret and `kms:Decrypt` on its key. Secrets Manager adds a hyphen
and six characters to the name: where you write the ARN by hand, end it with `secret:NAME-??????`.

## When not to
Never: an event source without its secret reads nothing. A secret that is made elsewhere is undecided, since its own
policy may let the role in.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Need, Note, Severity
from msglint.iam.evaluate import Decision
from msglint.iam.explain import refused
from msglint.iam.secrets import DECRYPT, READ, Reading, cannot_be_assumed, readings
from msglint.model.events import Pipe
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.value import Unknown
from msglint.rules.interface import rule
from msglint.verdict import unknown


@rule(
    "MSG112",
    Severity.ERROR,
    each=(EventSourceMapping, Pipe),
    given={kind: kind.ACCESS[0] for kind in (EventSourceMapping, Pipe)},
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/with-kafka-permissions.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html",
    ],
)
def secret_reader_denied(owner: EventSourceMapping | Pipe, model: Model) -> Iterator[Candidate]:
    """Judge the secrets that an event source or pipe names."""
    for reading in readings(owner, model):
        if isinstance(reading, Unknown):
            yield Candidate(
                when=unknown(reading.reason), resource=owner, at=reading.at, message="a secret that somebody reads"
            )
        elif not cannot_be_assumed(reading.role, owner, model):
            yield _judged(owner, reading)


def _judged(owner: EventSourceMapping | Pipe, reading: Reading) -> Candidate:
    decision, action, what = reading.read, READ, reading.called
    if reading.decrypt is not None and reading.decrypt.verdict.is_no and not reading.read.verdict.is_no:
        decision, action, what = reading.decrypt, DECRYPT, f"{reading.key}, which encrypts {reading.called}"
    nearest = tuple(decision.nearest)[:3]
    return Candidate(
        when=~reading.verdict,
        resource=owner,
        at=reading.at,
        message="{owner} cannot sign in with {secret}, so nothing is polled: {role} lacks {action} on {what} ({why})",
        args={
            "owner": owner,
            "secret": reading.called,
            "role": reading.role,
            "action": action,
            "what": what,
            "why": refused(decision),
        },
        related=(
            Note("reads the secret", reading.role.at, reading.role),
            *((Note("the secret", reading.secret.at, reading.secret),) if reading.secret is not None else ()),
            *(Note("the statement", result.statement.at) for result in nearest),
        ),
        fix=_repair(reading, decision, action),
    )


def _repair(reading: Reading, decision: Decision, action: str) -> Fix | None:
    of = reading.key if action == DECRYPT else reading.secret
    if of is None or decision.fence is not None or any(result.denies.is_yes for result in decision.results):
        # What refuses it is not that a statement is missing.
        return None
    return Fix(f"Add this statement to a policy of {reading.role}", reading.role, need=Need((action,), of))
