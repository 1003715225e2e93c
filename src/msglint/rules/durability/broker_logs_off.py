"""A broker, cluster or application writes no logs.

## What it does
Finds Amazon MQ brokers without general logs (ActiveMQ: or audit logs), and Amazon MSK clusters, connectors of MSK
Connect, MSK replicators and applications of Managed Service for Apache Flink whose logs go nowhere.

## Why it matters
Why clients were turned away, a connector stopped or an application started over is then known to nobody: AWS
keeps no such logs by itself.

## How to fix
Set `Logs.General` (and `Logs.Audit` for ActiveMQ) to true, enable a destination of the broker, worker or replicator
logs, give the application a CloudWatch logging option.

## When not to
Nobody would read them. MSK Serverless has no such logs.
"""

from collections.abc import Iterator
from typing import TypeAlias

from msglint.finding import Candidate, Fix, RepairValue, Severity
from msglint.model.amazon_mq import Broker
from msglint.model.flink import FlinkApplication
from msglint.model.kafka import Connector
from msglint.model.model import Model
from msglint.model.msk import Cluster, Replicator
from msglint.rules.interface import rule

Delivering: TypeAlias = Cluster | Connector | Replicator

LOGS = {Cluster: "broker logs", Connector: "worker logs", Replicator: "replicator logs"}


@rule(
    "MSG710",
    Severity.INFO,
    each=(Broker, Cluster, Connector, Replicator, FlinkApplication),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/security-logging-monitoring.html",
        "https://docs.aws.amazon.com/msk/latest/developerguide/msk-logging.html",
        "https://docs.aws.amazon.com/msk/latest/developerguide/msk-connect-logging.html",
        "https://docs.aws.amazon.com/managed-flink/latest/java/cloudwatch-logs.html",
    ],
)
def broker_logs_off(owner: Broker | Delivering | FlinkApplication, model: Model) -> Iterator[Candidate]:
    """Judge whether there are logs."""
    match owner:
        case Broker():
            yield _broker(owner)
        case FlinkApplication() if not owner.is_flink.is_no:
            yield Candidate(
                when=owner.is_flink & ~owner.logs(model),
                resource=owner,
                at=owner.at,
                message="{application} writes no logs: it has no CloudWatch logging option",
                args={"application": owner},
                fix=Fix("Let it log to a log stream, by a CloudWatch logging option", owner),
            )
        case Cluster() | Connector() | Replicator():
            yield Candidate(
                when=~owner.logged,
                resource=owner,
                at=owner.properties.get(*owner.LOGS).at,
                message="{owner} delivers its {logs} nowhere",
                args={"owner": owner, "logs": LOGS[type(owner)]},
                fix=Fix(
                    "Deliver them, here to a log group that you name beside it",
                    owner,
                    {(*owner.LOGS, "CloudWatchLogs", "Enabled"): True},
                ),
            )


def _broker(broker: Broker) -> Candidate:
    general, audit = broker.general_logs, broker.audit_logs
    # RabbitMQ has no audit log.
    audited = ~broker.is_activemq | audit.holds(bool)
    off, missing = (audit, "audit") if general.holds(bool).is_yes else (general, "general")
    changes: dict[tuple[str, ...], RepairValue | None] = {broker.GENERAL_LOGS: True}
    if broker.is_activemq.is_yes:
        changes[broker.AUDIT_LOGS] = True
    return Candidate(
        when=~(general.holds(bool) & audited),
        resource=broker,
        at=off.at,
        message=f"{{broker}} writes no {missing} log to CloudWatch Logs",
        args={"broker": broker},
        fix=Fix("Write its logs", broker, changes),
    )
