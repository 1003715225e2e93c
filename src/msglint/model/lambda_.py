"""AWS Lambda: functions, as CloudFormation and as SAM write them, and what polls for them."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.text import ARN_COLONS, Text
from msglint.model.value import Absent, Known, Unknown, Value, made_of, says


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


class SamFunction(Function):
    """A function as SAM writes it."""

    KIND = "AWS::Serverless::Function"
    __slots__ = ()

    @property
    def events(self) -> Data:
        """What triggers the function, for which SAM writes permissions."""
        return self.properties.get("Events")


class Alias(Resource):
    """A name for a version of a function."""

    KIND = "AWS::Lambda::Alias"
    __slots__ = ()

    @property
    def function(self) -> Value[Text]:
        """The function, by name or ARN."""
        return self.properties.get("FunctionName").text()


class Version(Alias):
    """A version of a function."""

    KIND = "AWS::Lambda::Version"
    __slots__ = ()


class EventSourceMapping(Resource):
    """A poller of Lambda's. https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html."""

    KIND = "AWS::Lambda::EventSourceMapping"
    ACCESS = ("SourceAccessConfigurations",)
    SECRETS = (
        "BASIC_AUTH",
        "SASL_SCRAM_512_AUTH",
        "SASL_SCRAM_256_AUTH",
        "CLIENT_CERTIFICATE_TLS_AUTH",
        "SERVER_ROOT_CA_CERTIFICATE",
    )
    """The types of access whose URI is a secret."""
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
    def document_database(self) -> Data:
        """Which collection of a DocumentDB cluster is polled."""
        return self.properties.get("DocumentDBEventSourceConfig")

    @property
    def function(self) -> Value[Text]:
        """The function, by name, ARN, alias or version."""
        return self.properties.get("FunctionName").text()

    @property
    def access(self) -> Data:
        """How the poller signs in: a list of entries with a Type and a URI."""
        return self.properties.get(*self.ACCESS)

    def secrets(self) -> Iterator[Data | Unknown]:
        """Give the ARNs of the secrets that the poller signs in with, and why there may be more."""
        listed = self.access.elements()
        for entry in listed.known:
            # The URI of another type is a network or a virtual host.
            secret = says(entry.get("Type").text(), *self.SECRETS)
            if secret.is_yes:
                yield entry.get("URI")
            elif secret.is_unknown:
                yield Unknown(secret.reasons[0], entry.at)
        if listed.rest is not None:
            yield Unknown(listed.rest.reason, listed.rest.at)

    def patterns(self) -> Iterator[Data]:
        """Give the filter patterns that decide which events reach the function; each is JSON."""
        for entry in self.properties.get("FilterCriteria", "Filters").elements().known:
            yield entry.get("Pattern")


def function_of(value: Value[Text], model: Model) -> Function | Absent[Text] | Unknown:
    """Follow a function's name or ARN, with or without an alias or version, to the function of this run."""
    if isinstance(value, Absent):
        return value
    named = made_of(value)
    record = model.record(named[0].resource) if len(named) == 1 else None
    if record is not None and record.type in {Alias.KIND, Version.KIND} and record.part.exists(record.id):
        return _named(Alias(record).function, model)
    return _named(value, model)


def _named(value: Value[Text], model: Model) -> Function | Absent[Text] | Unknown:
    named = made_of(value)
    if len(named) == 1:
        record = model.record(named[0].resource)
        if record is not None and record.type == Function.KIND and record.part.exists(record.id):
            return Function(record)
    return model.find(_unqualified(value), Function, _form(value))


def _form(value: Value[Text]) -> str:
    return "arn" if isinstance(value, Known) and value.value.starts_with("arn:").is_yes else "name"


def _unqualified(value: Value[Text]) -> Value[Text]:
    """Take the alias or version off: what follows the function's name behind a colon."""
    if not isinstance(value, Known) or value.value.refers is not None:
        return value
    pieces = value.value.split(":")
    names = ARN_COLONS + 2 if _form(value) == "arn" else 1  # an ARN ends with `function` and the name
    return value if pieces is None or len(pieces) <= names else Known(Text.join(":", pieces[:names]), value.at)
