"""A secret for SASL/SCRAM on Amazon MSK has a name that MSK does not take.

## What it does
Finds secrets that are associated with a cluster, or that an event source on Amazon MSK signs in with by
`SASL_SCRAM_512_AUTH`, and whose names do not begin with `AmazonMSK_`. A name that CloudFormation or Terraform makes
does not, unless a prefix says so.

## Why it matters
Amazon MSK associates only secrets whose names begin with `AmazonMSK_`. The association fails, and with it the
deployment; without it nobody signs in to the cluster as this user.

## How to fix
Name the secret `AmazonMSK_` and something of your own. A secret cannot be renamed: this makes a new one.

## When not to
Never: Amazon MSK takes no other name.
"""

import re
from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Severity
from msglint.model.events import Pipe
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.msk import ScramAssociation
from msglint.model.secrets import MSK_SECRET, Secret
from msglint.model.sign_in import scram_secrets_elsewhere, uses
from msglint.model.value import Absent, effective
from msglint.rules.interface import rule
from msglint.verdict import any_of


@rule(
    "MSG408",
    Severity.ERROR,
    each=(Secret, ScramAssociation, EventSourceMapping, Pipe),
    given={EventSourceMapping: "SourceAccessConfigurations", Pipe: "SourceParameters"},
    since="0.1",
    references=["https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-tutorial.html"],
)
def msk_secret_misnamed(
    owner: Secret | ScramAssociation | EventSourceMapping | Pipe, model: Model
) -> Iterator[Candidate]:
    """Judge the name of a secret, and of those outside the run that an association or a poller names by their ARNs."""
    if isinstance(owner, Secret):
        yield from _own(owner, model)
        return
    for named in scram_secrets_elsewhere(owner, model):
        yield Candidate(
            when=named.taken & ~named.is_called(MSK_SECRET),
            resource=owner,
            at=named.at,
            message="{owner} names the secret {secret}, whose name does not begin with {prefix}: Amazon MSK does not "
            "take it for SASL/SCRAM",
            args={"owner": owner, "secret": named.name, "prefix": MSK_SECRET},
        )


def _own(secret: Secret, model: Model) -> Iterator[Candidate]:
    found = [use for use in uses(secret, model) if not use.scram.is_no]
    if found:
        # Where CloudFormation makes the name, nobody knows here what it begins with.
        begins = isinstance(next(iter(secret.name.parts), None), str)
        called = "has no name of its own" if isinstance(secret.called, Absent) and not begins else "is named {name}"
        yield Candidate(
            when=any_of(use.scram for use in found) & ~secret.is_called(MSK_SECRET),
            resource=secret,
            at=secret.called.at,
            message=f"{{secret}} {called}, and Amazon MSK takes for SASL/SCRAM only secrets whose names begin with "
            "{prefix}",
            args={"secret": secret, "name": secret.name, "prefix": MSK_SECRET},
            related=tuple(Note("for SASL/SCRAM", use.at, use.owner) for use in found),
            fix=Fix("Begin the secret's name with AmazonMSK_", secret, {secret.NAME: f"{MSK_SECRET}{_end(secret)}"}),
        )


def _end(secret: Secret) -> str:
    """Give the name that the secret has, or its id without what MSK would not take."""
    written = effective(secret.called)
    literal = written.literal_value if written is not None else None
    return literal or re.sub(r"[^A-Za-z0-9_]", "_", secret.id.rpartition(".")[2])
