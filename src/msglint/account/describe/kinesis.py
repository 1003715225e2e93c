"""Streams of Amazon Kinesis and Amazon Data Firehose.

https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
https://docs.aws.amazon.com/firehose/latest/APIReference/API_DescribeDeliveryStream.html
"""

from msglint.account.describe.interface import Ask, Described, Where, resource, unread


def stream(where: Where, ask: Ask) -> Described:
    """Give a data stream and how it is encrypted."""
    said = ask("kinesis", "DescribeStreamSummary", StreamName=where.last)["StreamDescriptionSummary"]
    key = said.get("KeyId")
    encryption = {"EncryptionType": "KMS", "KeyId": key} if said.get("EncryptionType") == "KMS" and key else None
    properties = {
        "Name": said["StreamName"],
        "RetentionPeriodHours": said.get("RetentionPeriodHours"),
        "StreamEncryption": encryption,
    }
    return Described({where.last: resource("AWS::Kinesis::Stream", properties)})


def delivery_stream(where: Where, ask: Ask) -> Described:
    """Give a delivery stream: that it is there, and what it is fed from; where it delivers to is not asked for."""
    said = ask("firehose", "DescribeDeliveryStream", DeliveryStreamName=where.last)["DeliveryStreamDescription"]
    properties = {
        "DeliveryStreamName": said["DeliveryStreamName"],
        "DeliveryStreamType": said.get("DeliveryStreamType"),
        "ExtendedS3DestinationConfiguration": unread(),
    }
    return Described({where.last: resource("AWS::KinesisFirehose::DeliveryStream", properties)})
