"""AWS Lambda: functions, and what polls for them."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value


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
