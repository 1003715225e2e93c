"""Streams of Amazon Kinesis with their consumers, and those of Amazon Data Firehose.

https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamConsumer.html
https://docs.aws.amazon.com/firehose/latest/APIReference/API_DescribeDeliveryStream.html
"""

import json
from collections.abc import Mapping

from msglint.account.describe.interface import Ask, Described, Where, resource, unread


def stream(where: Where, ask: Ask) -> Described:
    """Give a data stream with its policy, and how it is encrypted."""
    said = ask("kinesis", "DescribeStreamSummary", StreamName=where.last)["StreamDescriptionSummary"]
    key = said.get("KeyId")
    encryption = {"EncryptionType": "KMS", "KeyId": key} if said.get("EncryptionType") == "KMS" and key else None
    properties = {
        "Name": said["StreamName"],
        "RetentionPeriodHours": said.get("RetentionPeriodHours"),
        "StreamEncryption": encryption,
    }
    policy = _policy(where.last, where.arn("kinesis", f"stream/{where.last}"), "Arn", ask)
    return Described({where.last: resource("AWS::Kinesis::Stream", properties), **policy})


def consumer(where: Where, ask: Ask) -> Described:
    """Give a consumer of a data stream by its ARN, with its policy."""
    said = ask("kinesis", "DescribeStreamConsumer", ConsumerARN=where.name)["ConsumerDescription"]
    name, arn = said["ConsumerName"], said["ConsumerARN"]
    id_ = arn.rpartition(":stream/")[2]  # each stream has names of its own
    properties = {"ConsumerName": name, "StreamARN": said["StreamARN"]}
    resources = {
        id_: resource("AWS::Kinesis::StreamConsumer", properties),
        **_policy(id_, arn, "ConsumerARN", ask),
    }
    return Described(resources, {id_: {"arn": arn, "name": name}})


def _policy(id_: str, arn: str, attribute: str, ask: Ask) -> Mapping[str, Mapping[str, object]]:
    """Give the policy of a stream or consumer; Kinesis says that there is none, or gives an empty one.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetResourcePolicy.html
    """
    said = ask.or_none("kinesis", "GetResourcePolicy", ResourceARN=arn)
    document = json.loads(said["Policy"]) if said is not None and said["Policy"] else None
    if not document:
        return {}
    given = {"ResourceArn": {"Fn::GetAtt": [id_, attribute]}, "ResourcePolicy": document}
    return {f"policy of {id_}": resource("AWS::Kinesis::ResourcePolicy", given)}


def delivery_stream(where: Where, ask: Ask) -> Described:
    """Give a delivery stream: that it is there, and what it is fed from; where it delivers to is not asked for."""
    said = ask("firehose", "DescribeDeliveryStream", DeliveryStreamName=where.last)["DeliveryStreamDescription"]
    properties = {
        "DeliveryStreamName": said["DeliveryStreamName"],
        "DeliveryStreamType": said.get("DeliveryStreamType"),
        "ExtendedS3DestinationConfiguration": unread(),
        "DeliveryStreamEncryptionConfigurationInput": unread(),
    }
    return Described({where.last: resource("AWS::KinesisFirehose::DeliveryStream", properties)})
