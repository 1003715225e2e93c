"""Every call to AWS that msglint may make, and what IAM has to allow for it: each only reads, and none gives a secret.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Mapping
from typing import NamedTuple


class Call(NamedTuple):
    """An operation of a service, as boto3 calls both."""

    service: str
    operation: str


ACTIONS: Mapping[Call, str] = {
    Call("accessanalyzer", "ValidatePolicy"): "access-analyzer:ValidatePolicy",
    Call("cloudformation", "DescribeChangeSet"): "cloudformation:DescribeChangeSet",
    Call("cloudformation", "DescribeStacks"): "cloudformation:DescribeStacks",
    Call("cloudformation", "GetTemplate"): "cloudformation:GetTemplate",
    Call("cloudformation", "ListStackResources"): "cloudformation:ListStackResources",
    Call("cloudformation", "ListStackInstances"): "cloudformation:ListStackInstances",
    Call("cloudformation", "ListExports"): "cloudformation:ListExports",
    Call("dynamodb", "DescribeTable"): "dynamodb:DescribeTable",
    Call("dynamodb", "GetResourcePolicy"): "dynamodb:GetResourcePolicy",
    Call("events", "DescribeEventBus"): "events:DescribeEventBus",
    Call("events", "DescribeRule"): "events:DescribeRule",
    Call("events", "ListEventBuses"): "events:ListEventBuses",
    Call("firehose", "DescribeDeliveryStream"): "firehose:DescribeDeliveryStream",
    Call("iam", "GetPolicy"): "iam:GetPolicy",
    Call("iam", "GetPolicyVersion"): "iam:GetPolicyVersion",
    Call("iam", "GetRole"): "iam:GetRole",
    Call("iam", "GetRolePolicy"): "iam:GetRolePolicy",
    Call("iam", "ListAttachedRolePolicies"): "iam:ListAttachedRolePolicies",
    Call("iam", "ListRolePolicies"): "iam:ListRolePolicies",
    Call("kafka", "DescribeClusterV2"): "kafka:DescribeClusterV2",
    Call("kafka", "DescribeConfiguration"): "kafka:DescribeConfiguration",
    Call("kafka", "DescribeConfigurationRevision"): "kafka:DescribeConfigurationRevision",
    Call("kafka", "ListConfigurationRevisions"): "kafka:ListConfigurationRevisions",
    Call("kafka", "ListScramSecrets"): "kafka:ListScramSecrets",
    Call("kinesis", "DescribeStreamConsumer"): "kinesis:DescribeStreamConsumer",
    Call("kinesis", "DescribeStreamSummary"): "kinesis:DescribeStreamSummary",
    Call("kinesis", "GetResourcePolicy"): "kinesis:GetResourcePolicy",
    Call("kms", "DescribeKey"): "kms:DescribeKey",
    Call("kms", "GetKeyPolicy"): "kms:GetKeyPolicy",
    Call("kms", "ListGrants"): "kms:ListGrants",
    Call("lambda", "GetFunctionConfiguration"): "lambda:GetFunctionConfiguration",
    Call("lambda", "GetPolicy"): "lambda:GetPolicy",
    Call("lambda", "ListEventSourceMappings"): "lambda:ListEventSourceMappings",
    Call("logs", "DescribeLogGroups"): "logs:DescribeLogGroups",
    Call("logs", "DescribeResourcePolicies"): "logs:DescribeResourcePolicies",
    Call("mq", "DescribeBroker"): "mq:DescribeBroker",
    Call("pipes", "ListPipes"): "pipes:ListPipes",
    Call("s3", "GetBucketNotificationConfiguration"): "s3:GetBucketNotification",
    Call("s3", "GetBucketPolicy"): "s3:GetBucketPolicy",
    Call("secretsmanager", "DescribeSecret"): "secretsmanager:DescribeSecret",
    Call("secretsmanager", "GetResourcePolicy"): "secretsmanager:GetResourcePolicy",
    Call("sns", "GetTopicAttributes"): "sns:GetTopicAttributes",
    Call("sns", "ListSubscriptions"): "sns:ListSubscriptions",
    Call("sqs", "GetQueueAttributes"): "sqs:GetQueueAttributes",
    Call("sqs", "GetQueueUrl"): "sqs:GetQueueUrl",
    Call("sqs", "ListDeadLetterSourceQueues"): "sqs:ListDeadLetterSourceQueues",
    Call("ssm", "DescribeParameters"): "ssm:DescribeParameters",
    Call("stepfunctions", "ListStateMachines"): "states:ListStateMachines",
    Call("sts", "GetCallerIdentity"): "sts:GetCallerIdentity",
}
"""What IAM has to allow for a call."""

OF_OTHERS: Mapping[Call, str] = {
    Call("organizations", "ListAccounts"): "organizations:ListAccounts",
    Call("sts", "AssumeRole"): "sts:AssumeRole",
}
"""What it has to allow beside, where other accounts are looked into through a role of theirs."""

OF_CREDENTIALS = frozenset(
    {
        Call("sso", "GetRoleCredentials"),
        Call("sso-oidc", "CreateToken"),
        Call("sts", "AssumeRoleWithWebIdentity"),
    }
)
"""What botocore itself calls for the credentials of a profile, and what the configuration of those asks for.

https://docs.aws.amazon.com/boto3/latest/guide/credentials.html
"""


def policy() -> Mapping[str, object]:
    """Give the least policy with which all calls are allowed."""
    actions = sorted(set(ACTIONS.values()))
    statement = {"Sid": "MsglintReads", "Effect": "Allow", "Action": actions, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
