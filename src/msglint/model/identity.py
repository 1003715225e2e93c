"""How AWS names things: the property that holds a resource's name, and the form of its ARN.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from collections.abc import Iterator

import msgspec

_HOLE = re.compile(r"\$\{[^{}]*\}")
_ARN_OR_URL = re.compile(
    r"""arn:[^:\s"']+:([\w-]+):[^:\s"']*:[^:\s"']*:([^\s"',\]})]+)|https://(sqs)\.[^/\s"']+/[^/\s"']+/([^/\s"',\]})]+)"""
)


class Identity(msgspec.Struct, frozen=True):
    """One resource type's names. `arn` and `url` hold {partition}, {region}, {account} and {name}."""

    name: str
    arn: str
    url: str = ""

    def word(self, name: str) -> str:
        """Give the word by which `words` finds a resource of this name in ARNs and URLs."""
        _, _, service, _, _, end = self.arn.split(":", 5)
        return f"{service}:{end.replace('{name}', name)}"


def words(text: str) -> Iterator[str]:
    """Give the service and the last part of each ARN and queue URL that is written in a text."""
    for match in _ARN_OR_URL.finditer(_HOLE.sub(lambda hole: hole[0].replace(":", "."), text)):
        yield f"{match[1] or match[3]}:{match[2] or match[4]}"


QUEUE_URL = "https://sqs.{region}.amazonaws.com/{account}/{name}"

IDENTITIES = {
    "AWS::SQS::Queue": Identity("QueueName", "arn:{partition}:sqs:{region}:{account}:{name}", QUEUE_URL),
    "AWS::SNS::Topic": Identity("TopicName", "arn:{partition}:sns:{region}:{account}:{name}"),
    "AWS::Kinesis::Stream": Identity("Name", "arn:{partition}:kinesis:{region}:{account}:stream/{name}"),
    "AWS::KinesisFirehose::DeliveryStream": Identity(
        "DeliveryStreamName", "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}"
    ),
    "AWS::Lambda::Function": Identity("FunctionName", "arn:{partition}:lambda:{region}:{account}:function:{name}"),
    "AWS::Serverless::Function": Identity("FunctionName", "arn:{partition}:lambda:{region}:{account}:function:{name}"),
    "AWS::S3::Bucket": Identity("BucketName", "arn:{partition}:s3:::{name}"),
}
