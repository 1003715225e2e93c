"""An event source signs in to a broker or cluster without a secret.

## What it does
Finds event source mappings and pipes whose credentials are something other than the ARN of a Secrets Manager secret: a
name, a parameter, a password, a dynamic reference that puts the password there; and Amazon MQ sources without any.

## Why it matters
Lambda and Pipes read the user name and password from Secrets Manager. From anything else they cannot sign in, so no
message is ever polled; and a password that stands there is shown to everybody who may describe the poller.

## How to fix
Keep the user name and password in a secret, and give its ARN; in CloudFormation `!Ref` of the secret is its ARN.

## When not to
Never: no poller takes credentials in another form. A source on Amazon MSK may do without any, and is not reported.
"""

from collections.abc import Iterator, Mapping

from msglint.finding import Candidate, Fix, Made, Note, Property, RepairValue, Severity
from msglint.model.events import Pipe
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.polling import PARAMETERS, Poller, Source, SourceKind, edge, source
from msglint.model.sign_in import BASIC, BROKERS, SECRETS, TAKES, is_secret_arn, unsigned, word_of
from msglint.model.value import literal, says
from msglint.rules.interface import rule

SECRET = Made("AWS::SecretsManager::Secret", "BrokerCredentials")


@rule(
    "MSG406",
    Severity.ERROR,
    each=(EventSourceMapping, Pipe),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-mq.html",
    ],
)
def event_source_without_secret(poller: Poller, model: Model) -> Iterator[Candidate]:
    """Judge each credential of a poller, and whether a broker's has one."""
    read = source(poller, model)
    if isinstance(poller, Pipe) and isinstance(read, Source) and read.kind not in TAKES:
        return
    for credential in poller.credentials():
        missing = says(credential.type, *SECRETS) & ~is_secret_arn(credential.uri, model)
        written = literal(credential.uri.text()) if missing.is_yes else None
        yield Candidate(
            when=missing,
            resource=poller,
            at=edge(poller),
            message="{poller} cannot sign in: {setting} is not the ARN of a secret in Secrets Manager",
            args={"poller": poller, "setting": Property(credential.uri.path)},
            related=(Note(f"this stands for {word_of(credential) or 'it'}", credential.uri.at),),
            # What stands there may be a password.
            secret=(credential.uri.at,) if written is not None else (),
            fix=Fix("Keep the credentials in a secret, and give its ARN", poller, {credential.uri.path: SECRET}),
        )
    if isinstance(read, Source) and read.kind in BROKERS:
        yield Candidate(
            when=unsigned(poller),
            resource=poller,
            at=edge(poller),
            message="{poller} cannot sign in to {kind}: {setting} names no secret with a user name and password",
            args={"poller": poller, "kind": read.kind.value, "setting": Property(poller.ACCESS)},
            fix=Fix("Keep the credentials in a secret, and name it", poller, _named(poller, read.kind)),
        )


def _named(poller: Poller, kind: SourceKind) -> Mapping[tuple[str, ...], RepairValue | None]:
    if isinstance(poller, EventSourceMapping):
        entry = (*poller.ACCESS, "0")
        return {(*entry, "Type"): BASIC, (*entry, "URI"): SECRET}
    return {(*poller.ACCESS, PARAMETERS[kind], "Credentials", "BasicAuth"): SECRET} if kind in PARAMETERS else {}
