"""An event source signs in by a way that its broker or cluster does not take.

## What it does
Finds access configurations of a type that the source of the event source mapping or pipe does not take:
`BASIC_AUTH` or `SASL_SCRAM_256_AUTH` on Amazon MSK, `VIRTUAL_HOST` on ActiveMQ, a password for MSK Serverless, SCRAM
on a cluster that has it switched off.

## Why it matters
The poller cannot sign in, or is refused at the deployment, so no message is ever polled.

## How to fix
Amazon MSK takes `SASL_SCRAM_512_AUTH` and `CLIENT_CERTIFICATE_TLS_AUTH`, or IAM where nothing is written; Amazon MQ
takes `BASIC_AUTH`, and RabbitMQ a `VIRTUAL_HOST` too; MSK Serverless takes IAM alone.

## When not to
Never: each type is documented for the sources that take it.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, Severity
from msglint.model.events import Pipe
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.msk import Cluster
from msglint.model.polling import Poller, Source, SourceKind, edge, source
from msglint.model.sign_in import PASSWORDS, TAKES, refuses, word_of
from msglint.model.source_access import SourceAccess
from msglint.model.value import Unknown
from msglint.rules.interface import rule


@rule(
    "MSG407",
    Severity.ERROR,
    each=(EventSourceMapping, Pipe),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html",
    ],
)
def event_source_auth_mismatch(poller: Poller, model: Model) -> Iterator[Candidate]:
    """Judge how a poller signs in to its source."""
    read = source(poller, model)
    for credential in poller.credentials():
        if not credential.to_source or (isinstance(read, Source) and read.kind not in TAKES):
            continue
        word = word_of(credential)
        yield Candidate(
            when=refuses(read, credential),
            resource=poller,
            at=edge(poller),
            message=f"{{poller}} signs in by {word}, which {{source}} does not take: {{instead}}",
            args={"poller": poller, "source": _called(read), "instead": _instead(read, word)},
            related=(Note("the way to sign in", credential.type.at), *_notes(read)),
            fix=_repair(poller, read, credential),
        )


def _called(read: Source | Unknown) -> str:
    if isinstance(read, Unknown):
        return "its source"
    return f"{read.resource}, {read.kind.value}," if read.resource is not None else read.kind.value


def _instead(read: Source | Unknown, word: str) -> str:
    taken = TAKES[read.kind] if isinstance(read, Source) else ()
    if word in taken:
        return "its SASL/SCRAM is off"
    if isinstance(read, Source) and read.kind is SourceKind.SERVERLESS:
        return "it takes IAM alone"
    iam = ("IAM where nothing is written",) if isinstance(read, Source) and read.kind is SourceKind.CLUSTER else ()
    return f"it takes {' or '.join((*taken, *iam))}"


def _repair(poller: Poller, read: Source | Unknown, credential: SourceAccess) -> Fix:
    """Give the way to sign in that the source takes in the place of this one, or take this one away."""
    password = word_of(credential) in PASSWORDS and isinstance(poller, EventSourceMapping)
    instead = next(iter(TAKES[read.kind]), None) if password and isinstance(read, Source) else None
    if isinstance(read, Source) and isinstance(read.resource, Cluster) and instead == word_of(credential):
        return Fix("Let clients sign in by SASL/SCRAM", read.resource, {Cluster.SCRAM: True})
    if instead == word_of(credential):
        return Fix("Let clients of the cluster sign in by SASL/SCRAM", poller)
    if instead is None:
        return Fix("Sign in as the source asks for, and take this away", poller)
    entry = credential.uri.path[:-1]
    return Fix(f"Sign in by {instead}", poller, {(*entry, "Type"): instead})


def _notes(read: Source | Unknown) -> tuple[Note, ...]:
    resource = read.resource if isinstance(read, Source) else None
    return () if resource is None else (Note("the source", resource.at, resource),)
