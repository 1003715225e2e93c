"""Amazon S3: what a bucket notifies."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.resource import Resource

_LISTS = (
    ("QueueConfigurations", "Queue"),
    ("TopicConfigurations", "Topic"),
    ("LambdaConfigurations", "Function"),
)
_API_LISTS = (
    ("QueueConfigurations", "QueueArn"),
    ("TopicConfigurations", "TopicArn"),
    ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
)


class Bucket(Resource):
    """A bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html."""

    KIND = "AWS::S3::Bucket"
    NOTIFICATIONS = "NotificationConfiguration"
    __slots__ = ()

    def notified(self) -> Iterator[Data]:
        """Give the ARNs that the bucket's own configuration notifies."""
        return destinations(self.properties.get(self.NOTIFICATIONS))


class BucketNotification(Resource):
    """A bucket's notifications as a resource of their own, as Terraform writes them."""

    KIND = "aws_s3_bucket_notification"
    __slots__ = ()

    @property
    def bucket(self) -> Data:
        """The name of the bucket."""
        return self.properties.get("Bucket")

    def notified(self) -> Iterator[Data]:
        """Give the ARNs that are notified."""
        return destinations(self.properties)


class CustomBucketNotification(Resource):
    """A bucket's notifications as the CDK makes them: it hands the API's own configuration to a function of its own."""

    KIND = "Custom::S3BucketNotifications"
    __slots__ = ()

    @property
    def bucket(self) -> Data:
        """The name of the bucket."""
        return self.properties.get("BucketName")

    def notified(self) -> Iterator[Data]:
        """Give the ARNs that are notified."""
        return destinations(self.properties.get("NotificationConfiguration"), _API_LISTS)


def destinations(configuration: Data, lists: tuple[tuple[str, str], ...] = _LISTS) -> Iterator[Data]:
    """Give the ARNs of queues, topics and functions in a notification configuration."""
    for list_, name in lists:
        for entry in configuration.get(list_).elements().known:
            yield entry.get(name)
