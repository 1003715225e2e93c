"""Clusters of Amazon MSK. https://docs.aws.amazon.com/MSK/2.0/APIReference/v2-clusters-clusterarn.html."""

from collections.abc import Mapping
from typing import Any

from msglint.account.describe.interface import Ask, Described, Where, resource, unread


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
    associated = {"ClusterArn": {"Ref": name}, "SecretArnList": secrets}
    resources = {
        name: resource("AWS::MSK::Cluster", properties),
        f"secrets of {name}": resource("AWS::MSK::BatchScramSecret", associated),
    }
    return Described(resources, physical)


def _capital(said: Any) -> Any:
    """Give a structure with the names of a template, which begin with capitals."""
    if isinstance(said, Mapping):
        return {name[:1].upper() + name[1:]: _capital(value) for name, value in said.items()}
    return said
