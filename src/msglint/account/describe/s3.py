"""Buckets of Amazon S3. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html."""

import json
from collections.abc import Mapping
from typing import Any

from msglint.account.describe.interface import Ask, Described, Where, resource, unread

_KINDS = {
    "QueueConfigurations": ("Queue", "QueueArn"),
    "TopicConfigurations": ("Topic", "TopicArn"),
    "LambdaFunctionConfigurations": ("Function", "LambdaFunctionArn"),
}


def bucket(where: Where, ask: Ask) -> Described:
    """Give a bucket with its policy and its notifications."""
    name = where.last
    notified = ask("s3", "GetBucketNotificationConfiguration", Bucket=name)
    policy = ask.or_none("s3", "GetBucketPolicy", Bucket=name)
    properties = {
        "BucketName": name,
        "NotificationConfiguration": _notifications(notified),
        "BucketEncryption": unread(),
    }
    resources = {name: resource("AWS::S3::Bucket", properties)}
    if policy is not None:
        given = {"Bucket": {"Ref": name}, "PolicyDocument": json.loads(policy["Policy"])}
        resources[f"policy of {name}"] = resource("AWS::S3::BucketPolicy", given)
    return Described(resources)


def _notifications(said: Mapping[str, Any]) -> Mapping[str, object]:
    """Give notifications in the words of a template, which names each event by itself.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html
    """
    found: dict[str, object] = {}
    for kind, (word, arn) in _KINDS.items():
        own = "LambdaConfigurations" if word == "Function" else kind
        each = [{"Event": event, word: one[arn]} for one in said.get(kind, ()) for event in one["Events"]]
        if each:
            found[own] = each
    if "EventBridgeConfiguration" in said:
        found["EventBridgeConfiguration"] = {"EventBridgeEnabled": True}
    return found
