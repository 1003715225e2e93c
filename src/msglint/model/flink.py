"""Amazon Managed Service for Apache Flink: applications, and where they log."""

from collections.abc import Iterator

from msglint.model.credentials import Credential
from msglint.model.kafka import KafkaResource, in_map
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Mentions, Unknown, Value, outside
from msglint.verdict import NO, Verdict, any_of, unknown


class FlinkApplication(KafkaResource):
    """An application. https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_CreateApplication.html.

    The same type is that of notebooks and of applications in SQL, which have neither checkpoints nor snapshots.
    """

    KIND = "AWS::KinesisAnalyticsV2::Application"
    GROUPS = ("ApplicationConfiguration", "EnvironmentProperties", "PropertyGroups")
    CHECKPOINTS = ("ApplicationConfiguration", "FlinkApplicationConfiguration", "CheckpointConfiguration")
    SNAPSHOTS = ("ApplicationConfiguration", "ApplicationSnapshotConfiguration", "SnapshotsEnabled")
    LOGS = ("CloudWatchLoggingOptions",)
    __slots__ = ()

    def credentials(self) -> Iterator[Credential]:
        """Give the secrets in the property groups."""
        for group in self.properties.get(*self.GROUPS).elements().known:
            yield from in_map(group.get("PropertyMap"), (*self.GROUPS, "PropertyMap"))

    @property
    def is_flink(self) -> Verdict:
        """Whether it runs a program of Flink."""
        match self.properties.get("RuntimeEnvironment").text():
            case Known(value=text):
                return text.starts_with("FLINK-")
            case Absent():
                return NO
            case Unknown(reason=reason) | Mentions(reason=reason):
                return unknown(reason)
        raise AssertionError("a Value is one of four kinds")

    @property
    def checkpoint_type(self) -> Value[Text]:
        """DEFAULT, with which checkpoints are taken whatever else is written, or CUSTOM."""
        return self.properties.get(*self.CHECKPOINTS, "ConfigurationType").text("DEFAULT")

    @property
    def checkpointing(self) -> Value[bool]:
        """Whether checkpoints are taken, where the type is CUSTOM; AWS documents no default."""
        return self.properties.get(*self.CHECKPOINTS, "CheckpointingEnabled").boolean()

    @property
    def snapshots(self) -> Value[bool]:
        """Whether snapshots are taken at updates and stops; AWS documents no default."""
        return self.properties.get(*self.SNAPSHOTS).boolean()

    def logs(self, model: Model) -> Verdict:
        """Say whether its logs are written to CloudWatch Logs."""
        own = self.properties.get(*self.LOGS).exists()
        options = model.pointing(self, LoggingOption, lambda option: (option.application,))
        beside = (model.names(option.application, self) for option in options)
        exported = self.record.part.exported(self.id, arns=False)
        elsewhere = NO
        if exported is not None:
            elsewhere = unknown(outside(f"{self} is exported, so another stack may let it log", exported).reason)
        return any_of((own, *beside, elsewhere))


class LoggingOption(Resource):
    """Where an application logs, as CloudFormation writes it."""

    KIND = "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption"
    __slots__ = ()

    @property
    def application(self) -> Value[Text]:
        """The name of the application."""
        return self.properties.get("ApplicationName").text()
