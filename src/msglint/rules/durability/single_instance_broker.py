"""A broker has no second instance.

## What it does
Finds Amazon MQ brokers with the deployment mode `SINGLE_INSTANCE`, which is Terraform's default.

## Why it matters
When its availability zone or its instance fails, and in each maintenance window, no message is sent or received until
the broker is up again.

## How to fix
Set `DeploymentMode` to `ACTIVE_STANDBY_MULTI_AZ` for ActiveMQ or `CLUSTER_MULTI_AZ` for RabbitMQ, and name a subnet in
each zone. A broker has to be made anew for that.

## When not to
Brokers for development and tests, and those whose clients can wait.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Property, Severity
from msglint.model.amazon_mq import Broker
from msglint.model.model import Model
from msglint.model.value import says
from msglint.rules.interface import rule


@rule(
    "MSG709",
    Severity.INFO,
    each=Broker,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/amazon-mq-broker-architecture.html",
        "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-broker-architecture.html",
    ],
)
def single_instance_broker(broker: Broker, model: Model) -> Iterator[Candidate]:  # one signature for all rules
    """Judge the deployment mode of a broker."""
    mode, setting = broker.mode, broker.MODE
    several = "ACTIVE_STANDBY_MULTI_AZ" if broker.is_activemq.is_yes else "CLUSTER_MULTI_AZ"
    yield Candidate(
        when=says(mode, "SINGLE_INSTANCE"),
        resource=broker,
        at=mode.at,
        message="{broker} has one instance ({setting} is SINGLE_INSTANCE): while it is down, nobody sends or receives",
        args={"broker": broker, "setting": Property(setting)},
        fix=None
        if broker.is_activemq.is_unknown
        else Fix("Have an instance in more than one availability zone; it is made anew", broker, {setting: several}),
    )
