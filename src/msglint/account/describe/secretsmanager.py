"""Secrets of AWS Secrets Manager: all about them but what they hold.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
"""

import json

from msglint.account.describe.interface import Ask, Described, Where, resource


def secret(where: Where, ask: Ask) -> Described:
    """Give a secret: its name, key and policy."""
    said = ask("secretsmanager", "DescribeSecret", SecretId=where.name)
    name = said["Name"]
    resources = {name: resource("AWS::SecretsManager::Secret", {"Name": name, "KmsKeyId": said.get("KmsKeyId")})}
    if said.get("RotationEnabled"):
        rotation = resource("AWS::SecretsManager::RotationSchedule", {"SecretId": {"Ref": name}})
        resources[f"rotation of {name}"] = rotation
    policy = ask("secretsmanager", "GetResourcePolicy", SecretId=said["ARN"]).get("ResourcePolicy")
    if policy:
        given = {"SecretId": {"Ref": name}, "ResourcePolicy": json.loads(policy)}
        resources[f"policy of {name}"] = resource("AWS::SecretsManager::ResourcePolicy", given)
    return Described(resources, {name: {"arn": said["ARN"], "name": name}})
