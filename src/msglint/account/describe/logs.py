"""Groups of Amazon CloudWatch Logs.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
"""

import json

from msglint.account.describe.interface import Ask, Described, GoneError, Where, resource


def group(where: Where, ask: Ask) -> Described:
    """Give a log group with what its own policy and those of the account say.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html
    """
    # The name has slashes, and the ARN may end with a wildcard for the streams.
    name = where.name.rpartition(":log-group:")[2].split(":")[0]
    listed = ask.pages("logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix=name)
    said = next((each for each in listed if each["logGroupName"] == name), None)
    if said is None:
        raise GoneError(name)
    arn = where.arn("logs", f"log-group:{name}")
    scopes = ({"policyScope": "ACCOUNT"}, {"policyScope": "RESOURCE", "resourceArn": arn})
    policies = [each for scope in scopes for each in _policies(ask, scope)]
    properties = {
        "LogGroupName": name,
        "KmsKeyId": said.get("kmsKeyId"),
        "RetentionInDays": said.get("retentionInDays"),
        # Those of the account are for this group as its own is; nobody asks of the group in whose name they stand.
        "ResourcePolicyDocument": {"Version": "2012-10-17", "Statement": policies} if policies else None,
    }
    return Described({name: resource("AWS::Logs::LogGroup", properties)})


def _policies(ask: Ask, scope: dict[str, str]) -> list[object]:
    found: list[object] = []
    for each in ask.pages("logs", "DescribeResourcePolicies", "resourcePolicies", **scope):
        statements = json.loads(each["policyDocument"])["Statement"]
        found += statements if isinstance(statements, list) else [statements]
    return found
