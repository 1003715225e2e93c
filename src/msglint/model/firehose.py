"""Amazon Data Firehose."""

from collections.abc import Iterator

from msglint.model.data import Data, Elements
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value, contains, not_empty, says, written
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, any_of, unknown

_LINE_ENDS = ("\\n", "\n", "\\r\\n", "\r\n")
_S3 = ("ExtendedS3DestinationConfiguration", "S3DestinationConfiguration")
_REDSHIFT = "RedshiftDestinationConfiguration"
_PREFIX_FOR_ERRORS = (
    "ElasticsearchDestinationConfiguration",
    "AmazonopensearchserviceDestinationConfiguration",
    "AmazonOpenSearchServerlessDestinationConfiguration",
    "SplunkDestinationConfiguration",
)
_OTHERS = (
    _REDSHIFT,
    *_PREFIX_FOR_ERRORS,
    "HttpEndpointDestinationConfiguration",
    "SnowflakeDestinationConfiguration",
    "IcebergDestinationConfiguration",
)
LOGGING = "CloudWatchLoggingOptions"
ERROR_TYPE = "!{firehose:error-output-type}"
"""The expression that stands for what went wrong with failed records."""

_EXPRESSION = "!{"
_BOTH = "AWS says of this destination that an ErrorOutputPrefix is needed, and that Prefix stands in for it"
_IGNORED = "AWS ignores the ErrorOutputPrefix of a backup, and does not say what it takes"


class Naming:
    """How objects in S3 are called: by prefixes with expressions that are evaluated when records are written.

    https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html.
    """

    __slots__ = ("_missing", "_untyped", "data")

    def __init__(self, data: Data, missing: str = "", untyped: str = "") -> None:
        """Wrap a configuration; the texts say what AWS leaves open where there is no error prefix or no type in it."""
        self.data = data
        self._missing = missing
        self._untyped = untyped

    @property
    def prefix(self) -> Value[Text]:
        """What the names of objects with records begin with."""
        return self.data.get("Prefix").text()

    @property
    def error_prefix(self) -> Value[Text]:
        """What the names of objects with failed records begin with; an empty one is none."""
        return not_empty(self.data.get("ErrorOutputPrefix").text())

    def error_type_in_prefix(self) -> Verdict:
        """Say whether the prefix of records asks for the type of their error, which they have none of."""
        return contains(self.prefix, ERROR_TYPE)

    def error_prefix_missing(self) -> Verdict:
        """Say whether there is no prefix for failed records beside one with expressions, which Firehose refuses."""
        missing = contains(self.prefix, _EXPRESSION) & ~written(self.error_prefix)
        return missing & _open(self._missing, self.prefix)

    def error_type_missing(self) -> Verdict:
        """Say whether the prefix of failed records has expressions and not the type, which Firehose refuses."""
        error = self.error_prefix
        untyped = contains(error, _EXPRESSION) & ~contains(error, ERROR_TYPE)
        return untyped & _open(self._untyped, error)


def _open(question: str, value: Value[Text]) -> Verdict:
    return unknown(Reason(Doubt.OUTSIDE, question, value.at)) if question else YES


class Destination:
    """What a stream delivers to."""

    __slots__ = ("data",)

    def __init__(self, data: Data) -> None:
        self.data = data

    @property
    def is_s3(self) -> bool:
        """Whether records end in S3, in contrast to what keeps in S3 only those that it did not take."""
        return self.data.path[0] in _S3

    @property
    def logs_errors(self) -> Value[bool]:
        """Whether errors of processing and delivery are logged; not unless set.

        https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html.
        """
        return self.data.get(LOGGING, "Enabled").boolean(False)

    def namings(self) -> Iterator[Naming]:
        """Give how it calls the objects that it writes to S3; Redshift takes no expressions."""
        kind = self.data.path[0]
        if self.is_s3:
            yield Naming(self.data)
            yield Naming(self.data.get("S3BackupConfiguration"), _IGNORED, _IGNORED)
        elif kind in _PREFIX_FOR_ERRORS:
            yield Naming(self.data.get("S3Configuration"), _BOTH)
        elif kind != _REDSHIFT:
            yield Naming(self.data.get("S3Configuration"))


class DeliveryStream(Resource):
    """A Firehose stream. https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html."""

    KIND = "AWS::KinesisFirehose::DeliveryStream"
    ENCRYPTION = ("DeliveryStreamEncryptionConfigurationInput",)
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

    def destinations(self) -> Iterator[Destination]:
        """Give what the stream delivers to: the one destination that Firehose takes, or those that it may be.

        Older releases of Terraform's provider write the bucket of another destination as if S3 were one too.
        """
        for name in (*_OTHERS, *_S3):
            destination = Destination(self.properties.get(name))
            there = destination.data.exists()
            if not there.is_no:
                yield destination
            if there.is_yes:
                break

    @property
    def encryption(self) -> Data:
        """The server-side encryption of direct puts."""
        return self.properties.get(*self.ENCRYPTION)

    @property
    def encrypted(self) -> Verdict:
        """Whether Firehose encrypts what it stores; Terraform's block also has a switch, off unless set."""
        return self.encryption.exists() & self.encryption.get("Enabled").boolean(True).holds(bool)

    @property
    def aws_owns_key(self) -> Verdict:
        """Whether Firehose encrypts with a key that AWS owns, in contrast to one of the customer's."""
        return self.encrypted & says(self.encryption.get("KeyType").text(), "AWS_OWNED_CMK")

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
