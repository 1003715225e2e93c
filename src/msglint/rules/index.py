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
        "MSG104",
        "role-cannot-be-assumed",
        "delivery.role_cannot_be_assumed",
        ("AWS::IAM::Role",),
        ("error",),
        "A service cannot assume the role that it should deliver with.",
    ),
    Entry(
        "MSG106",
        "aws-managed-key-blocks-sender",
        "delivery.aws_managed_key_blocks_sender",
        ("AWS::SQS::Queue", "AWS::SNS::Topic"),
        ("error",),
        "A service sends to a queue or topic that is encrypted with a key it cannot use.",
    ),
    Entry(
        "MSG108",
        "condition-never-matches",
        "delivery.condition_never_matches",
        ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::IAM::Role"),
        ("warning",),
        "A grant asks for something that its service never says.",
    ),
    Entry(
        "MSG110",
        "policy-names-another-queue",
        "delivery.policy_names_another_queue",
        ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"),
        ("warning",),
        "A policy speaks of queues or topics that it is not attached to.",
    ),
    Entry(
        "MSG201",
        "confused-deputy-in-resource-policy",
        "exposure.confused_deputy_in_resource_policy",
        ("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy", "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Kinesis::ResourcePolicy", "AWS::SecretsManager::ResourcePolicy", "AWS::MSK::ClusterPolicy", "AWS::Events::EventBusPolicy", "AWS::Events::EventBus"),
        ("warning",),
        "A grant to an AWS service works for every AWS account.",
    ),
    Entry(
        "MSG202",
        "bucket-grant-without-account",
        "exposure.bucket_grant_without_account",
        ("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy", "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Kinesis::ResourcePolicy", "AWS::SecretsManager::ResourcePolicy", "AWS::MSK::ClusterPolicy"),
        ("warning",),
        "A grant to S3 names a bucket but not whose bucket it is.",
    ),
    Entry(
        "MSG203",
        "confused-deputy-in-role-trust",
        "exposure.confused_deputy_in_role_trust",
        ("AWS::IAM::Role",),
        ("warning",),
        "A role can be assumed by a service that acts for somebody else.",
    ),
    Entry(
        "MSG204",
        "public-queue-or-topic",
        "exposure.public_queue_or_topic",
        ("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy", "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Kinesis::ResourcePolicy", "AWS::SecretsManager::ResourcePolicy", "AWS::MSK::ClusterPolicy"),
        ("error",),
        "Anybody may use a queue, topic, stream, cluster or secret.",
    ),
    Entry(
        "MSG205",
        "open-event-bus",
        "exposure.open_event_bus",
        ("AWS::Events::EventBusPolicy", "AWS::Events::EventBus"),
        ("error",),
        "Every AWS account may put events on a bus.",
    ),
    Entry(
        "MSG209",
        "wildcard-messaging-action",
        "exposure.wildcard_messaging_action",
        ("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy", "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Kinesis::ResourcePolicy", "AWS::SecretsManager::ResourcePolicy", "AWS::MSK::ClusterPolicy"),
        ("warning",),
        "Another principal may do everything with a queue or topic.",
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
