"""A secret by which Firehose or EventBridge signs in elsewhere is in the open.

## What it does
Finds secrets of Firehose's destinations (the access key of an HTTP endpoint, the password of Redshift, the token of
Splunk, the key of Snowflake) and of EventBridge's connections (API key, password, client secret, and parameters that
are marked as secret) that are a literal, a parameter without `NoEcho`, the default of a parameter or variable, or a
plain parameter of Parameter Store.

## Why it matters
Templates, plans and their history are read by more people than may use the destination. Who has the secret writes there
whatever they like, and where it is a password or an API key often reads there too.

## How to fix
Give Firehose the ARN of a secret in `SecretsManagerConfiguration`. In a connection refer to Secrets Manager:
`{{resolve:secretsmanager:…}}` in CloudFormation, a data source or a sensitive variable without a default in Terraform.
Change the secret: what was once in the open stays known.

## When not to
The destination is a throw-away in a test, and nothing else accepts its secret.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Severity
from msglint.model.destinations import INSTEAD, Connection, Destinations
from msglint.model.model import Model
from msglint.rules.disclosed import disclosed, once_a_value
from msglint.rules.interface import rule
from msglint.verdict import Doubt, Reason, unknown

SECRET = Made("AWS::SecretsManager::Secret", "DestinationCredentials")


@rule(
    "MSG405",
    Severity.ERROR,
    each=(Destinations, Connection),
    given={Connection: Connection.AUTH[0]},
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/firehose/latest/dev/secrets-manager-whats-secret.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-auth.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html",
    ],
)
def inline_destination_secret(holder: Destinations | Connection, model: Model) -> Iterator[Candidate]:
    """Judge each secret that a resource holds."""
    yield from once_a_value(_of_stream(holder) if isinstance(holder, Destinations) else _of_connection(holder))


def _of_stream(stream: Destinations) -> Iterator[Candidate]:
    for secret, replaced in stream.secrets():
        way = (secret.path[0], INSTEAD)
        fix = Fix(
            "Let Firehose take it from a secret, which its role may read",
            stream,
            {(*way, "Enabled"): True, (*way, "SecretARN"): SECRET, secret.path: None},
        )
        useless = Reason(
            Doubt.OUTSIDE,
            "Secrets Manager takes its place, and whether it still opens anything cannot be told",
            secret.secret.at,
        )
        also = ~replaced | unknown(useless)
        yield disclosed(stream, secret, what="{property} of {resource}", use="use the destination", fix=fix, also=also)


def _of_connection(connection: Connection) -> Iterator[Candidate]:
    for secret in connection.secrets():
        what = "the value of {key} in {resource}" if secret.key else "{property} of {resource}"
        fix = Fix("Let Secrets Manager hold it, and refer to it", connection, secret=secret.path)
        yield disclosed(connection, secret, what=what, use="sign in to its destination", fix=fix)
