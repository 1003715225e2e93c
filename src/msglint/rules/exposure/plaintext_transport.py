"""Messages go over the network unencrypted.

## What it does
Finds SNS subscriptions by `http`, Amazon MSK clusters that speak plain text with clients or among their brokers, and
connectors of MSK Connect that speak plain text with their cluster.

## Why it matters
Whoever is on the way reads the messages and may change them. What comes by `http` may also have been sent by anybody.
Clients of Kafka that connect in plain text cannot sign in.

## How to fix
Subscribe an `https` endpoint; set `ClientBroker` to `TLS` and `InCluster` to true; connect by `TLS`.

## When not to
Clients are being moved to TLS and `TLS_PLAINTEXT` is there until the last one has been. Amazon MQ and MSK replicators
speak TLS alone.
"""

import re
from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Property, RepairValue, Severity
from msglint.model.kafka import Connector
from msglint.model.model import Model
from msglint.model.msk import Cluster
from msglint.model.sns import StandaloneSubscription, Subscription, Topic
from msglint.model.value import effective, literal, says
from msglint.rules.interface import rule

TLS, PLAINTEXT, BOTH = "TLS", "PLAINTEXT", "TLS_PLAINTEXT"


@rule(
    "MSG210",
    Severity.WARNING,
    each=(StandaloneSubscription, Topic, Cluster, Connector),
    given={Topic: "Subscription"},
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
        "https://docs.aws.amazon.com/msk/latest/developerguide/msk-encryption.html",
        "https://docs.aws.amazon.com/MSKC/latest/mskc/API_KafkaClusterEncryptionInTransit.html",
    ],
)
def plaintext_transport(
    owner: StandaloneSubscription | Topic | Cluster | Connector, model: Model
) -> Iterator[Candidate]:  # one signature for all rules
    """Judge how messages are carried."""
    match owner:
        case StandaloneSubscription():
            yield _delivery(owner.subscription)
        case Topic():
            for subscription in owner.subscriptions():
                yield _delivery(subscription)
        case Cluster():
            yield from _cluster(owner)
        case Connector():
            yield Candidate(
                when=says(owner.in_transit, PLAINTEXT),
                resource=owner,
                at=owner.in_transit.at,
                message="{connector} reads and writes topics in plain text ({setting} is PLAINTEXT)",
                args={"connector": owner, "setting": Property(owner.IN_TRANSIT)},
                fix=Fix("Speak TLS with the cluster", owner, {owner.IN_TRANSIT: TLS}),
            )


def _delivery(subscription: Subscription) -> Candidate:
    protocol, endpoint = subscription.data.get("Protocol"), literal(subscription.endpoint)
    changes: dict[tuple[str, ...], RepairValue | None] = {protocol.path: "https"}
    # An address may hold a password or token, which is not for reports.
    if endpoint is not None and re.fullmatch(r"http://[^@?]*", endpoint):
        changes[subscription.data.get("Endpoint").path] = endpoint.replace("http", "https", 1)
    return Candidate(
        when=subscription.by_http,
        resource=subscription.owner,
        at=subscription.protocol.at,
        message="SNS delivers to this endpoint unencrypted ({setting} is http): whoever is on the way reads the "
        "messages, and anybody may send the endpoint others",
        args={"setting": Property(protocol.path)},
        fix=Fix("Subscribe an address that begins with https://", subscription.owner, changes),
    )


def _cluster(cluster: Cluster) -> Iterator[Candidate]:
    clients, brokers = cluster.clients, cluster.brokers
    way = effective(clients)
    yield Candidate(
        when=says(clients, PLAINTEXT, BOTH),
        resource=cluster,
        at=clients.at,
        message="clients may speak with {cluster} in plain text, and need no user for it ({setting} is {way})",
        args={"cluster": cluster, "setting": Property(cluster.CLIENTS), "way": way},
        fix=Fix("Take clients by TLS alone", cluster, {cluster.CLIENTS: TLS}),
    )
    yield Candidate(
        when=brokers.holds(lambda on: not on),
        resource=cluster,
        at=brokers.at,
        message="the brokers of {cluster} copy messages to each other in plain text ({setting} is false)",
        args={"cluster": cluster, "setting": Property(cluster.BROKERS)},
        fix=Fix("Let brokers speak TLS with each other; the cluster is made anew", cluster, {cluster.BROKERS: True}),
    )
