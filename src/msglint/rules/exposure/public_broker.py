"""A broker can be reached from the internet.

## What it does
Finds Amazon MQ brokers with `PubliclyAccessible: true`.

## Why it matters
The endpoints and the web console of the broker have public addresses. Whoever guesses or finds a user's password reads,
sends and deletes messages from anywhere.

## How to fix
Leave `PubliclyAccessible` out or set it to false, and reach the broker through the VPC, a VPN or peering. A broker has
to be made anew for that.

## When not to
Clients outside of AWS have no other way, and security groups (ActiveMQ) or the network before it let in only them.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Property, Severity
from msglint.model.amazon_mq import Broker
from msglint.model.model import Model
from msglint.rules.interface import rule


@rule(
    "MSG206",
    Severity.WARNING,
    each=Broker,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/using-amazon-mq-securely.html",
        "https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html",
    ],
)
def public_broker(broker: Broker, model: Model) -> Iterator[Candidate]:  # one signature for all rules
    """Judge whether a broker has public addresses."""
    public = broker.public
    yield Candidate(
        when=public.holds(bool),
        resource=broker,
        at=public.at,
        message="{broker} has public addresses ({setting} is true): whoever gets through to them and can sign in "
        "reads, sends and deletes messages from anywhere",
        args={"broker": broker, "setting": Property(broker.PUBLIC)},
        fix=Fix("Keep the broker inside its VPC; it is made anew", broker, {broker.PUBLIC: False}),
    )
