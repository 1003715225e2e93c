"""How AWS names things: the property that holds a resource's name, and the form of its ARN.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import msgspec


class Identity(msgspec.Struct, frozen=True):
    """One resource type's names. `arn` and `url` hold {partition}, {region}, {account} and {name}."""

    name: str
    arn: str
    url: str = ""


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
