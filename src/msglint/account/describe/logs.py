"""Groups of Amazon CloudWatch Logs, and the policies that are for all of an account and Region.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html
"""

import json
from collections.abc import Mapping

from msglint.account.describe.interface import Ask, Described, GoneError, Where, resource

_OF_ALL = "policies of CloudWatch Logs"


def group(where: Where, ask: Ask) -> Described:
    """Give a log group with its own policy."""
    # The name has slashes, and the ARN may end with a wildcard for the streams.
    name = where.name.rpartition(":log-group:")[2].split(":")[0]
    listed = ask.pages("logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix=name)
    said = next((each for each in listed if each["logGroupName"] == name), None)
    if said is None:
        raise GoneError(name)
    own = _policy(ask, {"policyScope": "RESOURCE", "resourceArn": where.arn("logs", f"log-group:{name}")})
    properties = {
        "LogGroupName": name,
        "KmsKeyId": said.get("kmsKeyId"),
        "RetentionInDays": said.get("retentionInDays"),
        "ResourcePolicyDocument": own if own["Statement"] else None,
    }
    return Described({name: resource("AWS::Logs::LogGroup", properties)})


def policies(where: Where, ask: Ask) -> Described:
    """Give the policies of the account as one; one without statements where there are none."""
    properties = {"PolicyName": _OF_ALL, "PolicyDocument": json.dumps(_policy(ask, {"policyScope": "ACCOUNT"}))}
    return Described({_OF_ALL: resource("AWS::Logs::ResourcePolicy", properties)}, {_OF_ALL: {"arn": where.name}})


def _policy(ask: Ask, scope: Mapping[str, str]) -> Mapping[str, object]:
    found: list[object] = []
    for each in ask.pages("logs", "DescribeResourcePolicies", "resourcePolicies", **scope):
        statements = json.loads(each["policyDocument"])["Statement"]
        found += statements if isinstance(statements, list) else [statements]
    return {"Version": "2012-10-17", "Statement": found}
