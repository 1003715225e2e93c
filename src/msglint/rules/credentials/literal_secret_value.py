"""A secret of a broker or of Kafka has its value in the template.

## What it does
Finds secrets of Secrets Manager whose value is written in the template or plan, also beside what is generated, where
the secret is named `AmazonMSK_…`, is used by a broker, an event source, a pipe or an MSK cluster, or says in a name
that it is the password of a broker or of Kafka.

## Why it matters
A secret is no secret if the file that makes it says what it is: templates, plans and their history are read by more
people than may read the secret.

## How to fix
Let Secrets Manager make the password by `GenerateSecretString`. In Terraform use `random_password`, or the write-only
argument `secret_string_wo`, which is kept out of plan and state. Change the password: what was once in the open stays
known.

## When not to
The value is that of a test, and nothing else accepts it.
"""

from collections.abc import Iterator
from itertools import chain

from msglint.finding import Candidate, Fix, Severity
from msglint.model.amazon_mq import Broker
from msglint.model.disclosure import disclosure
from msglint.model.environment import credentials, holders
from msglint.model.model import Model
from msglint.model.secrets import Secret, SecretVersion
from msglint.model.sign_in import is_for_messaging
from msglint.rules.disclosed import disclosed
from msglint.rules.interface import rule


@rule(
    "MSG404",
    Severity.ERROR,
    each=(Secret, SecretVersion),
    given={Secret: ("SecretString", "GenerateSecretString"), SecretVersion: "SecretString"},
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html",
        "https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html",
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/secretsmanager_secret_version",
    ],
)
def literal_secret_value(value: Secret | SecretVersion, model: Model) -> Iterator[Candidate]:
    """Judge what is secret in the value."""
    ours = is_for_messaging(value, model)
    if ours.is_no:
        return
    fix = Fix("Let Secrets Manager make the password", value)
    for password in value.secrets():
        if disclosure(password.secret).at.span not in model.once(_told, lambda: _told(model)):
            yield disclosed(value, password, what="the value of {resource}", use="sign in with it", fix=fix, also=ours)


def _told(model: Model) -> set[object]:
    """Give the places that are the fault of a password somewhere else: one fault is one finding."""
    found = chain(
        *(broker.passwords() for broker in model.every(Broker)),
        *(credentials(each, of, model) for each in holders(model) for of in ("broker", "kafka")),
    )
    return {disclosure(password.secret).at.span for password in found}
