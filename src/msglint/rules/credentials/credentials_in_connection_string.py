"""A connection string has a password in it.

## What it does
Finds `user:password@` in addresses of brokers (`amqp`, `stomp`, `mqtt`, `ws`, `ssl`, `tcp` and their variants), of REST
interfaces of Kafka and of schema registries, in whatever property of whatever resource, and in outputs, parameters,
mappings, metadata and descriptions.

## Why it matters
Whoever reads the template, the plan or the console can use the broker. Addresses are also logged, with all that is in
them, more often than passwords.

## How to fix
Leave user and password out of the address. Pass the ARN of a secret, and put them in when the connection is made.
Change the password: what was once in the open stays known.

## When not to
The broker is a throw-away in a test, and nothing else accepts its password.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Severity
from msglint.model.environment import addresses
from msglint.model.model import Model
from msglint.model.resource import AnyResource
from msglint.rules.disclosed import disclosed
from msglint.rules.interface import rule


@rule(
    "MSG403",
    Severity.ERROR,
    each=AnyResource,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html",
        "https://www.rabbitmq.com/docs/uri-spec",
        "https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1",
    ],
)
def credentials_in_connection_string(resource: AnyResource, model: Model) -> Iterator[Candidate]:
    """Judge each address that a resource holds."""
    fix = Fix("Take user and password out of the address, and add them from a secret when connecting", resource)
    what = "the password in an address of {resource} ({key})"
    for password in addresses(resource, model):
        yield disclosed(resource, password, what=what, use="use the broker", fix=fix)
