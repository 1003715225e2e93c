"""AWS Lambda: functions, as CloudFormation and as SAM write them, and what polls for them."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.expression import Given
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Absent, Value


class Function(Resource):
    """A function. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html."""

    KIND = "AWS::Lambda::Function"
    __slots__ = ()

    @property
    def role(self) -> Value[Text]:
        """The ARN of the execution role."""
        return self.properties.get("Role").text()

    @property
    def environment(self) -> Data:
        """The environment variables, by name."""
        return self.properties.get("Environment", "Variables")

    @property
    def runtime(self) -> Value[Text]:
        """The runtime, such as `python3.13`."""
        return self.properties.get("Runtime").text()

    @property
    def handler(self) -> Value[Text]:
        """The method that is called, behind the path of its module."""
        return self.properties.get("Handler").text()

    @property
    def inline_code(self) -> Data:
        """The code, where the template itself holds it."""
        inline = self.properties.get("InlineCode")
        code = self.properties.get("Code")
        return (
            inline
            if not inline.exists().is_no
            else code.get("ZipFile")
            if code.fields()
            else Data(Given(Absent(None, code.at)))
        )

    @property
    def code_path(self) -> Value[Text]:
        """The local directory of the code, which SAM and `aws cloudformation package` upload."""
        own = self.properties.get("CodeUri")
        return own.text() if not own.exists().is_no else self.properties.get("Code").text()


class SamFunction(Function):
    """A function as SAM writes it."""

    KIND = "AWS::Serverless::Function"
    __slots__ = ()

    @property
    def events(self) -> Data:
        """What triggers the function, for which SAM writes permissions."""
        return self.properties.get("Events")


class EventSourceMapping(Resource):
    """A poller of Lambda's. https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html."""

    KIND = "AWS::Lambda::EventSourceMapping"
    __slots__ = ()

    @property
    def source(self) -> Data:
        """The ARN of the queue, stream, broker or cluster that is polled; absent for a self-managed Kafka cluster."""
        return self.properties.get("EventSourceArn")

    @property
    def self_managed(self) -> Data:
        """The endpoints of a self-managed Kafka cluster."""
        return self.properties.get("SelfManagedEventSource")

    @property
    def function(self) -> Value[Text]:
        """The function, by name, ARN, alias or version."""
        return self.properties.get("FunctionName").text()

    @property
    def access(self) -> Data:
        """How the poller signs in: a list of entries with a Type and a URI."""
        return self.properties.get("SourceAccessConfigurations")

    def patterns(self) -> Iterator[Data]:
        """Give the filter patterns that decide which events reach the function; each is JSON."""
        for entry in self.properties.get("FilterCriteria", "Filters").elements().known:
            yield entry.get("Pattern")
