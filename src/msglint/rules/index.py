"""The rules, by what they are asked of. Written by `make docs`; a test fails when it is out of date."""

from typing import NamedTuple


class Entry(NamedTuple):
    """One rule, before its module is loaded."""

    code: str
    name: str
    module: str
    kinds: tuple[str, ...]
    severities: tuple[str, ...]
    summary: str


RULES = (
    Entry(
        "MSG001",
        "unreadable-file",
        "input.unreadable_file",
        (),
        ("error",),
        "A template or plan that cannot be read.",
    ),
    Entry(
        "MSG002",
        "rule-failed",
        "input.rule_failed",
        (),
        ("error",),
        "A rule that failed while it judged.",
    ),
    Entry(
        "MSG003",
        "unused-suppression",
        "input.unused_suppression",
        (),
        ("info",),
        "A suppression that hides nothing.",
    ),
    Entry(
        "MSG101",
        "dead-letter-queue-rejects-sender",
        "delivery.dead_letter_queue_rejects_sender",
        ("AWS::Events::Rule", "aws_cloudwatch_event_target", "AWS::SNS::Subscription", "AWS::SNS::Topic"),
        ("error",),
        "A dead-letter queue does not let the service in that should fill it.",
    ),
    Entry(
        "MSG102",
        "target-rejects-sender",
        "delivery.target_rejects_sender",
        ("AWS::Events::Rule", "aws_cloudwatch_event_target", "AWS::SNS::Subscription", "AWS::SNS::Topic", "AWS::S3::Bucket", "aws_s3_bucket_notification", "AWS::CloudWatch::Alarm"),
        ("error",),
        "A queue, topic or function does not let the service in that sends to it.",
    ),
    Entry(
        "MSG106",
        "aws-managed-key-blocks-sender",
        "delivery.aws_managed_key_blocks_sender",
        ("AWS::Events::Rule", "aws_cloudwatch_event_target", "AWS::SNS::Subscription", "AWS::SNS::Topic", "AWS::S3::Bucket", "aws_s3_bucket_notification", "AWS::CloudWatch::Alarm"),
        ("error",),
        "A service sends to a queue or topic that is encrypted with a key it cannot use.",
    ),
    Entry(
        "MSG301",
        "aws-managed-key",
        "encryption.aws_managed_key",
        ("AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Kinesis::Stream"),
        ("warning",),
        "Messages are encrypted with a key that AWS manages.",
    ),
    Entry(
        "MSG302",
        "no-customer-managed-key",
        "encryption.no_customer_managed_key",
        ("AWS::SQS::Queue", "AWS::SNS::Topic"),
        ("info",),
        "Messages are not encrypted with a key of your own.",
    ),
    Entry(
        "MSG303",
        "encryption-off",
        "encryption.encryption_off",
        ("AWS::SQS::Queue", "AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream"),
        ("warning",),
        "Messages or records are stored unencrypted.",
    ),
    Entry(
        "MSG501",
        "short-polling",
        "consuming.short_polling",
        ("AWS::SQS::Queue",),
        ("warning", "info"),
        "A queue answers receives at once when it is empty.",
    ),
    Entry(
        "MSG605",
        "dead-letter-queue-type-mismatch",
        "ordering.dead_letter_queue_type_mismatch",
        ("AWS::SQS::Queue",),
        ("error",),
        "A FIFO queue redrives into a standard queue, or a standard queue into a FIFO queue.",
    ),
    Entry(
        "MSG701",
        "queue-without-dead-letter-queue",
        "durability.queue_without_dead_letter_queue",
        ("AWS::SQS::Queue",),
        ("warning",),
        "A queue has nowhere to put messages that keep failing.",
    ),
    Entry(
        "MSG704",
        "dead-letter-retention-too-short",
        "durability.dead_letter_retention_too_short",
        ("AWS::SQS::Queue",),
        ("warning", "info"),
        "A dead-letter queue deletes messages no later than their source queue would.",
    ),
    Entry(
        "MSG801",
        "double-newline-delimiter",
        "payload.double_newline_delimiter",
        ("AWS::KinesisFirehose::DeliveryStream",),
        ("warning", "info"),
        "Firehose adds a newline to records that have one already.",
    ),
)
