"""Amazon Kinesis Data Streams."""

from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value, not_empty


class Stream(Resource):
    """A data stream. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html."""

    KIND = "AWS::Kinesis::Stream"
    KEY = ("StreamEncryption", "KeyId")
    AWS_MANAGED_KEY = "alias/aws/kinesis"
    __slots__ = ()

    @property
    def encryption_type(self) -> Value[Text]:
        """KMS or NONE; a stream without encryption configuration is not encrypted."""
        return self.properties.get("StreamEncryption", "EncryptionType").text("NONE")

    @property
    def key(self) -> Value[Text]:
        """The KMS key; absent: none."""
        return not_empty(self.properties.get(*self.KEY).text())


class StreamConsumer(Resource):
    """A consumer with enhanced fan-out. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html."""

    KIND = "AWS::Kinesis::StreamConsumer"
    __slots__ = ()
