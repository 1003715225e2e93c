"""Amazon Data Firehose."""

from msglint.model.data import Data, Elements
from msglint.model.resource import Resource
from msglint.model.value import says
from msglint.verdict import NO, YES, Verdict, any_of, unknown

_LINE_ENDS = ("\\n", "\n", "\\r\\n", "\r\n")


class DeliveryStream(Resource):
    """A Firehose stream. https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html."""

    KIND = "AWS::KinesisFirehose::DeliveryStream"
    PROCESSING = ("ExtendedS3DestinationConfiguration", "ProcessingConfiguration")
    __slots__ = ()

    @property
    def direct_put(self) -> Verdict:
        """Whether producers put records themselves, in contrast to a source that Firehose reads.

        Only then does Firehose store records, and server-side encryption is its own:
        https://docs.aws.amazon.com/firehose/latest/dev/encryption.html.
        """
        sources = ("KinesisStreamSourceConfiguration", "MSKSourceConfiguration", "DatabaseSourceConfiguration")
        named = self.properties.get("DeliveryStreamType").text("DirectPut")
        return ~any_of(self.properties.get(source).exists() for source in sources) & says(named, "DirectPut")

    @property
    def encryption(self) -> Data:
        """The server-side encryption of direct puts."""
        return self.properties.get("DeliveryStreamEncryptionConfigurationInput")

    @property
    def encrypted(self) -> Verdict:
        """Whether Firehose encrypts what it stores; Terraform's block also has a switch, off unless set."""
        return self.encryption.exists() & self.encryption.get("Enabled").boolean(True).holds(bool)

    @property
    def s3_destination(self) -> Data:
        """The extended S3 destination."""
        return self.properties.get("ExtendedS3DestinationConfiguration")

    @property
    def converts_format(self) -> Verdict:
        """Whether records become Parquet or ORC, which need no delimiter."""
        conversion = self.s3_destination.get("DataFormatConversionConfiguration")
        return conversion.exists() & conversion.get("Enabled").boolean(True).holds(bool)

    @property
    def processors(self) -> Elements:
        """What is done to records on their way to S3."""
        return self.properties.get(*self.PROCESSING, "Processors").elements()

    @property
    def transforms(self) -> Verdict:
        """Whether a function sees the records on their way, which may end them as it likes."""
        return any_of(says(processor.get("Type").text(), "Lambda") for processor in self.processors.known)

    @staticmethod
    def appends_newline(processor: Data) -> Verdict:
        """Say whether a delimiter that is appended is a line end, as it is where none is chosen."""
        for parameter in processor.get("Parameters").elements().known:
            if not says(parameter.get("ParameterName").text(), "Delimiter").is_no:
                return says(parameter.get("ParameterValue").text(), *_LINE_ENDS)
        return YES

    def processor(self, type: str) -> tuple[Data | None, Verdict]:  # noqa: A002  # the field's own word
        """Give the first processor of a type and whether it works: it is there and processing is enabled."""
        enabled = self.properties.get(*self.PROCESSING, "Enabled").boolean(False).holds(bool)
        elements = self.processors
        doubtful: Verdict = NO if elements.rest is None else unknown(elements.rest.reason)
        for processor in elements.known:
            there = says(processor.get("Type").text(), type)
            if there.is_yes:
                return processor, enabled
            doubtful |= there
        return None, doubtful & enabled
