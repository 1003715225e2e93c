"""A secret with the credentials of a broker or Kafka cluster is not rotated.

## What it does
Finds secrets that hold the user name and password for a broker or Kafka cluster (an event source signs in with them, a
broker's user has its password from there, or they are associated with an MSK cluster) and that nothing rotates.

## Why it matters
A password that never changes stays good for everybody who ever saw it: in a log, on a laptop, in a former job.

## How to fix
Give the secret a rotation schedule with a function of your own: AWS has none ready for Amazon MQ or Amazon MSK. The
function changes the password where it is checked, too; a user of RabbitMQ is changed by the broker's own API.

## When not to
Something else changes the password regularly, or another stack rotates the secret.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Severity
from msglint.model.model import Model
from msglint.model.secrets import Secret
from msglint.model.sign_in import handed_on, is_rotated, uses
from msglint.rules.interface import rule
from msglint.verdict import any_of


@rule(
    "MSG411",
    Severity.INFO,
    each=Secret,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html",
    ],
)
def secret_not_rotated(secret: Secret, model: Model) -> Iterator[Candidate]:
    """Judge whether anything rotates a secret that somebody signs in with."""
    found = [use for use in uses(secret, model) if not use.signs_in.is_no]
    if found:
        yield Candidate(
            when=any_of(use.signs_in for use in found)
            & ~is_rotated(secret, model)
            & ~handed_on(secret, model, lambda there: is_rotated(there, model)),
            resource=secret,
            at=secret.at,
            message="{secret} holds the credentials of a broker or Kafka cluster, and nothing rotates it: whoever saw "
            "the password once can use it for ever",
            args={"secret": secret},
            related=tuple(Note("signs in with it", use.at, use.owner) for use in found),
            fix=Fix("Give the secret a rotation schedule, with a function of your own", secret),
        )
