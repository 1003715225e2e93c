"""A password of Kafka is in the open.

## What it does
Finds passwords in `sasl.jaas.config`, and SASL, keystore and schema registry passwords, that are a literal, a parameter
without `NoEcho`, the default or one of the allowed values of a parameter or variable, or a plain parameter of Parameter
Store: in configurations of MSK, connectors and workers of MSK Connect, property groups of Flink, Kafka actions of IoT
rules, and wherever a name says so: environment variables of functions, containers and builds, connections and jobs of
Glue, user data, files and commands of cfn-init, parameters, mappings. Every password of a connector counts, whichever
system it is for.

Outputs, metadata and plain parameters of Parameter Store show what they are given: there a parameter with `NoEcho` and
a generated password count too.

## Why it matters
Templates, plans, consoles and the logs of connectors are read by more people than may use the cluster. Who has the
password reads and writes its topics.

## How to fix
In MSK Connect use a configuration provider: `${secretsmanager:orders-kafka:password}`. Elsewhere pass the ARN of a
secret and read it when it is needed, or sign in by IAM, which has no password. Change the password: what was once in
the open stays known.

## When not to
The cluster is a throw-away in a test, and nothing else accepts its password.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Severity
from msglint.model.environment import credentials
from msglint.model.flink import FlinkApplication
from msglint.model.kafka import (
    BrokerProperties,
    Connector,
    KafkaResource,
    TopicRule,
    WorkerConfiguration,
)
from msglint.model.model import Model
from msglint.model.resource import AnyResource
from msglint.rules.disclosed import disclosed, once_a_value
from msglint.rules.interface import rule


@rule(
    "MSG402",
    Severity.ERROR,
    each=(
        BrokerProperties,
        Connector,
        WorkerConfiguration,
        FlinkApplication,
        TopicRule,
        AnyResource,
    ),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/msk/latest/developerguide/msk-connect-config-provider.html",
        "https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html",
        "https://docs.aws.amazon.com/iot/latest/developerguide/apache-kafka-rule-action.html",
    ],
)
def inline_kafka_credentials(holder: KafkaResource | AnyResource, model: Model) -> Iterator[Candidate]:
    """Judge each password that a resource holds."""
    match holder:
        case Connector() | WorkerConfiguration():
            fix = Fix("Use a configuration provider in its place: ${secretsmanager:orders-kafka:password}", holder)
        case BrokerProperties():
            fix = Fix("Take the password out of the configuration: consoles and the API show it", holder)
        case _:
            fix = Fix("Pass the ARN of a secret instead, and read the secret when it is needed", holder)
    found = holder.credentials() if isinstance(holder, KafkaResource) else credentials(holder, "kafka", model)
    what, use = "the password in {key} of {resource}", "sign in with it"
    yield from once_a_value(disclosed(holder, password, what=what, use=use, fix=fix) for password in found)
