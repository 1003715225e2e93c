"""Clusters of Amazon MSK and their configurations.

https://docs.aws.amazon.com/MSK/2.0/APIReference/v2-clusters-clusterarn.html
https://docs.aws.amazon.com/msk/1.0/apireference/configurations-arn-revisions-revision.html
"""

from collections.abc import Mapping
from typing import Any

from msglint.account.describe.interface import Ask, Described, Where, resource, unread
from msglint.model.kafka import EVERYONE


def cluster(where: Where, ask: Ask) -> Described:
    """Give a cluster: how clients sign in, and with which secrets."""
    said = ask("kafka", "DescribeClusterV2", ClusterArn=where.name)["ClusterInfo"]
    name = said["ClusterName"]
    physical = {name: {"arn": said["ClusterArn"], "name": name}}
    if said.get("ClusterType") == "SERVERLESS":
        properties: dict[str, object] = {"ClusterName": name}
        return Described({name: resource("AWS::MSK::ServerlessCluster", properties)}, physical)
    given = said.get("Provisioned", {})
    properties = {
        "ClusterName": name,
        "ClientAuthentication": _capital(given.get("ClientAuthentication")),
        "EncryptionInfo": unread(),
        "BrokerNodeGroupInfo": unread(),
        "LoggingInfo": unread(),
    }
    secrets = [*ask.pages("kafka", "ListScramSecrets", "SecretArnList", ClusterArn=said["ClusterArn"])]
    resources = {name: resource("AWS::MSK::Cluster", properties)}
    if secrets:
        associated = {"ClusterArn": {"Ref": name}, "SecretArnList": secrets}
        resources[f"secrets of {name}"] = resource("AWS::MSK::BatchScramSecret", associated)
    return Described(resources, physical)


def configuration(where: Where, ask: Ask) -> Described:
    """Give a configuration by its ARN, with the one property that is asked of it: others may be secret, and are left.

    A cluster names one revision; where they differ it is not known of which it is asked.
    """
    name = ask("kafka", "DescribeConfiguration", Arn=where.name)["Name"]
    revisions = ask.pages("kafka", "ListConfigurationRevisions", "Revisions", Arn=where.name)
    said = {_asked(ask, where.name, each["Revision"]) for each in revisions}
    text = said.pop() if len(said) == 1 else None
    properties = {"Name": name, "ServerProperties": unread() if text is None else text}
    return Described({name: resource("AWS::MSK::Configuration", properties)}, {name: {"arn": where.name, "name": name}})


def _asked(ask: Ask, arn: str, revision: int) -> str | None:
    """Give what a revision says of the property; None where it is written in a way that may hide it."""
    said = ask("kafka", "DescribeConfigurationRevision", Arn=arn, Revision=revision)
    text = said["ServerProperties"].decode()
    # A line that goes on in the next, and letters by their numbers.
    return None if "\\" in text else "\n".join(line for line in text.splitlines() if EVERYONE in line)


def _capital(said: Any) -> Any:
    """Give a structure with the names of a template, which begin with capitals."""
    if isinstance(said, Mapping):
        return {name[:1].upper() + name[1:]: _capital(value) for name, value in said.items()}
    return said
