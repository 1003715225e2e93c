"""A secure string of Parameter Store stands where CloudFormation takes none.

## What it does
Finds `{{resolve:ssm-secure:…}}` in properties of brokers, clusters, streams, buses, queues and topics, and wherever a
name says that the password of a broker or of Kafka stands there, such as a function's environment.

## Why it matters
Only a short list of properties takes secure strings. Anywhere else CloudFormation refuses the whole change set: "SSM
Secure reference is not supported in: …". Of what carries messages only the password of Firehose's Redshift is listed.

## How to fix
Keep the password in Secrets Manager, and refer to it by `{{resolve:secretsmanager:…}}`, which every property takes. Do
not use `{{resolve:ssm:…}}`: that is plain text.

## When not to
Never: the stack cannot be deployed.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Severity
from msglint.model.model import Model
from msglint.model.resource import AnyResource
from msglint.model.secure_strings import secure_strings
from msglint.rules.interface import rule


@rule(
    "MSG412",
    Severity.ERROR,
    each=AnyResource,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html",
    ],
)
def secure_string_not_supported(resource: AnyResource, model: Model) -> Iterator[Candidate]:
    """Judge each reference to a secure string."""
    for each in secure_strings(resource, model):
        yield Candidate(
            when=each.refused,
            resource=resource,
            at=each.place.text.at,
            message="{name} of {resource} takes no secure string: CloudFormation refuses to deploy {reference} there",
            args={"name": each.place.name, "resource": resource, "reference": each.name},
            fix=Fix("Keep it in Secrets Manager, and refer to that", resource, secret=each.place.path),
        )
