"""A secret for SASL/SCRAM on Amazon MSK is encrypted with the key that AWS manages.

## What it does
Finds secrets that are associated with a cluster, or that an event source on Amazon MSK signs in with by
`SASL_SCRAM_512_AUTH`, and that have no customer managed key: none at all, or `alias/aws/secretsmanager`.

## Why it matters
Amazon MSK does not take a secret that is encrypted with the default key of Secrets Manager. The association fails, and
with it the deployment; without it nobody signs in to the cluster as this user.

## How to fix
Make a symmetric customer managed key, and name it on the secret.

## When not to
Never: Amazon MSK takes no other secret.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Note, Property, Severity
from msglint.model.model import Model
from msglint.model.secrets import MSK_SECRET, Secret
from msglint.model.sign_in import uses
from msglint.model.value import Absent
from msglint.rules.interface import rule
from msglint.verdict import Doubt, Reason, any_of, unknown


@rule(
    "MSG409",
    Severity.ERROR,
    each=Secret,
    since="0.1",
    references=["https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-tutorial.html"],
)
def msk_secret_on_default_key(secret: Secret, model: Model) -> Iterator[Candidate]:
    """Judge the key of a secret that an MSK cluster takes."""
    found = [use for use in uses(secret, model) if not use.scram.is_no]
    used = any_of(use.scram for use in found)
    if not found and secret.is_called(MSK_SECRET).is_yes:
        text = "its name is one for Amazon MSK, and whether a cluster takes it is not told here"
        used = unknown(Reason(Doubt.OUTSIDE, text, secret.called.at))
    if not used.is_no:
        yield Candidate(
            when=used & model.is_default_key(secret.key, secret.AWS_MANAGED_KEY),
            resource=secret,
            at=secret.key.at,
            message="{secret} is encrypted with the key that AWS manages ({setting} is {key}), and Amazon MSK takes "
            "for SASL/SCRAM only secrets with a customer managed key",
            args={
                "secret": secret,
                "setting": Property(secret.KEY),
                "key": "not set" if isinstance(secret.key, Absent) else secret.key,
            },
            related=tuple(Note("for SASL/SCRAM", use.at, use.owner) for use in found),
            fix=Fix("Make a customer managed key, and name it", secret, {secret.KEY: Made("AWS::KMS::Key", "MskKey")}),
        )
