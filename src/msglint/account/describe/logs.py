"""Policies of Amazon CloudWatch Logs, which are for all log groups of an account and Region.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html
"""

import json
from collections.abc import Mapping

from msglint.account.describe.interface import Ask, Described, Where, resource

_CALLED = "policies of CloudWatch Logs"


def policies(where: Where, ask: Ask) -> Described:
    """Give all of them as one policy; one without statements where there are none."""
    said = ask.pages("logs", "DescribeResourcePolicies", "resourcePolicies")
    documents = [json.loads(each["policyDocument"]) for each in said if each.get("policyDocument")]
    statements = [statement for document in documents for statement in _several(document["Statement"])]
    written = json.dumps({"Version": "2012-10-17", "Statement": statements})
    properties = {"PolicyName": _CALLED, "PolicyDocument": written}
    return Described({_CALLED: resource("AWS::Logs::ResourcePolicy", properties)}, {_CALLED: {"arn": where.name}})


def _several(statements: object) -> list[object]:
    return [statements] if isinstance(statements, Mapping) else [*statements] if isinstance(statements, list) else []
