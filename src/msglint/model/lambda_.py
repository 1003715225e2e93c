"""AWS Lambda: functions, and what polls for them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from msglint.model.data import Data
from msglint.model.expression import Given, NeedsChoice
from msglint.model.model import Model
from msglint.model.resource import Choice, Resource
from msglint.model.source_access import SourceAccess
from msglint.model.sqs import Queue
from msglint.model.text import ARN_COLONS, Text
from msglint.model.value import Absent, Known, Unknown, Value, made_of, says
from msglint.verdict import POLLERS, YES, Verdict, any_of, of, unknown

DEFAULT_TIMEOUT = 3
DEFAULT_BATCH = 10
"""Messages of a queue in a batch; of other sources there are more."""


class Function(Resource):
    """A function. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html."""

    KIND = "AWS::Lambda::Function"
    ENVIRONMENT = ("Environment", "Variables")
    __slots__ = ()

    @property
    def role(self) -> Value[Text]:
        """The ARN of the execution role."""
        return self.properties.get("Role").text()

    @property
    def dead_letter(self) -> Data:
        """The ARN of the queue or topic for events that an asynchronous call could not handle."""
        return self.properties.get("DeadLetterConfig", "TargetArn")

    @property
    def environment(self) -> Data:
        """The environment variables, by name."""
        return self.properties.get(*self.ENVIRONMENT)

    @property
    def runtime(self) -> Value[Text]:
        """The runtime, such as `python3.13`."""
        return self.properties.get("Runtime").text()

    @property
    def handler(self) -> Value[Text]:
        """The method that is called, behind the path of its module."""
        return self.properties.get("Handler").text()

    @property
    def timeout(self) -> Value[int]:
        """Seconds that a call may take; 3 unless set."""
        return self.properties.get("Timeout").integer(DEFAULT_TIMEOUT)

    @property
    def inline_code(self) -> Data:
        """The code, where the template itself holds it."""
        code = self.properties.get("Code")
        return code.get("ZipFile") if code.fields() else Data(Given(Absent(None, code.at)))

    @property
    def code_path(self) -> Value[Text]:
        """The local directory of the code, which SAM and `aws cloudformation package` upload."""
        return self.properties.get("Code").text()


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

    @property
    def name(self) -> Text:
        """The number that Lambda gives it."""
        return self.record.part.attribute(self.record.id, "Version")


INVOKED = (Function, Alias)
"""What is invoked: each alias and version has permissions of its own."""


class EventInvokeConfig(Resource):
    """What becomes of asynchronous calls. https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html."""

    KIND = "AWS::Lambda::EventInvokeConfig"
    __slots__ = ()

    @property
    def function(self) -> Value[Text]:
        """The function, by name or ARN."""
        return self.properties.get("FunctionName").text()

    @property
    def qualifier(self) -> Value[Text]:
        """The alias or version that is called."""
        return self.properties.get("Qualifier").text("$LATEST")

    @property
    def attempts(self) -> Data:
        """How often Lambda tries again; twice unless set."""
        return self.properties.get("MaximumRetryAttempts")

    @property
    def on_success(self) -> Data:
        """The ARN of what is told of calls that succeeded."""
        return self.properties.get("DestinationConfig", "OnSuccess", "Destination")

    @property
    def on_failure(self) -> Data:
        """The ARN of what is told of calls that failed."""
        return self.properties.get("DestinationConfig", "OnFailure", "Destination")


class EventSourceMapping(Resource):
    """A poller of Lambda's. https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html."""

    KIND = "AWS::Lambda::EventSourceMapping"
    ACCESS = ("SourceAccessConfigurations",)
    BATCH = ("BatchSize",)
    RESPONSES = ("FunctionResponseTypes",)
    WINDOW = ("MaximumBatchingWindowInSeconds",)
    ON_FAILURE = ("DestinationConfig", "OnFailure", "Destination")
    __slots__ = ()

    @property
    def stopped(self) -> bool:
        """Whether it is certain that it reads nothing."""
        return self.properties.get("Enabled").boolean(True).holds(bool).is_no

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

    @property
    def queues(self) -> Data:
        """The queue of an Amazon MQ broker; no other source has one."""
        return self.properties.get("Queues")

    @property
    def topics(self) -> Data:
        """The topic of a Kafka cluster; no other source has one."""
        return self.properties.get("Topics")

    @property
    def starting_position(self) -> Data:
        """Where in a stream or topic polling begins; queues and brokers have no such place."""
        return self.properties.get("StartingPosition")

    @property
    def consumption_mode(self) -> Value[Text]:
        """Whether a Kafka topic is read as a stream, partition by partition, or as a queue."""
        return self.properties.get("SelfManagedKafkaEventSourceConfig", "ConsumptionMode").text("Stream")

    @property
    def batch_size(self) -> Value[int]:
        """The most messages of a queue that a call is given; 10 unless set."""
        return self.properties.get(*self.BATCH).integer(DEFAULT_BATCH)

    @property
    def batching_window(self) -> Value[int]:
        """The most seconds for which messages of a queue are gathered for a batch; 0 unless set."""
        return self.properties.get(*self.WINDOW).integer(0)

    @property
    def reports_failures(self) -> Verdict:
        """Whether the function may say which messages of a batch have failed."""
        types = self.properties.get(*self.RESPONSES).elements()
        told = any_of(says(each.text(), "ReportBatchItemFailures") for each in types.known)
        return told if types.rest is None else told | unknown(types.rest.reason)

    @property
    def on_failure(self) -> Data:
        """The ARN of what takes the records that are given up."""
        return self.properties.get(*self.ON_FAILURE)

    def credentials(self) -> Iterator[SourceAccess]:
        """Give what the poller signs in with, to the source and to a schema registry."""
        for entry in self.access.elements().known:
            yield SourceAccess(entry.get("Type").text(), entry.get("URI"))
        for kafka in ("AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig"):
            registry = self.properties.get(kafka, "SchemaRegistryConfig", "AccessConfigs")
            for entry in registry.elements().known:
                yield SourceAccess(entry.get("Type").text(), entry.get("URI"), to_source=False)

    @property
    def filters(self) -> Data:
        """The filters that decide which events reach the function; each has a pattern in JSON."""
        return self.properties.get("FilterCriteria", "Filters")


class Consumer(NamedTuple):
    """An event source mapping that polls a queue, and whether it does."""

    mapping: EventSourceMapping
    polls: Verdict


def consumers(queue: Queue, model: Model) -> Iterator[Consumer]:
    """Give the event source mappings that poll a queue."""
    mentions = (*queue.mentions(), *queue.users(POLLERS))
    named = (mention.by for mention in mentions if mention.path[:1] == ("eventsourcearn",))
    for by in dict.fromkeys(named):
        record = model.record(by)
        if record is not None and record.type == EventSourceMapping.KIND and record.part.exists(record.id):
            mapping = EventSourceMapping(record)
            polls = model.names(mapping.source.text(), queue)
            if not (polls.is_no or mapping.stopped):
                yield Consumer(mapping, polls)


def function_of(value: Value[Text], model: Model) -> Function | Absent[Text] | Unknown:
    """Follow a function's name or ARN, with or without an alias or version, to the function of this run."""
    if isinstance(value, Absent):
        return value
    named = made_of(value)
    record = model.record(named[0].resource) if len(named) == 1 else None
    if record is not None and record.type in {Alias.KIND, Version.KIND}:
        return _named(Alias(record).function, model)
    return _named(value, model)


B = TypeVar("B", Alias, EventInvokeConfig)
_MOST_CHOICES = 2
"""How many conditions are followed to the function that an alias names."""


def keeps_failures(function: Function, model: Model) -> Verdict:
    """Say whether anything takes what a function fails to handle when it is called asynchronously."""
    destinations = (its & config.on_failure.exists() for config, its in invoke_configs(function, model))
    return any_of((function.dead_letter.exists(), *destinations))


def never_tries_again(function: Function, model: Model) -> Verdict:
    """Say whether a function gets each event of an asynchronous call only once, whatever becomes of it."""
    return any_of(
        its & config.attempts.integer().holds(lambda attempts: attempts == 0)
        for config, its in invoke_configs(function, model)
    )


def invoke_configs(function: Function, model: Model) -> Iterator[tuple[EventInvokeConfig, Verdict]]:
    """Give what is said of a function's asynchronous calls, and whether it is of this function."""
    return _beside(EventInvokeConfig, function, model)


def aliases(function: Function, model: Model) -> Iterator[Alias]:
    """Give the names that a function has beside its own."""
    return (alias for alias, its in _beside(Alias, function, model) if its.is_yes)


def _beside(kind: type[B], function: Function, model: Model) -> Iterator[tuple[B, Verdict]]:
    """Give the resources that speak of a function, and whether it is this one."""
    index = model.once((_beside, kind), lambda: _by_function(kind, model))
    yield from ((each, YES) for each in index.get(function.record.key, ()) if model.exists(each))
    for each in index.get(None, ()):
        found = function_of(each.function, model)
        if isinstance(found, Function):
            its = of(found.record.key == function.record.key)
        else:
            its = model.names(each.function, function)
        if not its.is_no and model.exists(each):
            yield each, its


def _by_function(kind: type[B], model: Model) -> Mapping[tuple[str, str] | None, Sequence[B]]:
    """Give those of a kind by the function that each speaks of; None: it cannot be told, or a condition decides."""
    found: dict[tuple[str, str] | None, list[B]] = {}
    for each in model.declared(kind):
        found.setdefault(_spoken_of(each, model), []).append(each)
    return found


def _spoken_of(each: Alias | EventInvokeConfig, model: Model, left: int = _MOST_CHOICES) -> tuple[str, str] | None:
    """Give the key of the function that one speaks of, whichever name conditions give it; None: it cannot be told."""
    record = model.record(each.record.key)
    if record is None:
        return None
    try:
        function = function_of(type(each)(record).function, model)
    except NeedsChoice as need:
        if not left:
            return None
        choices = [Choice(need.part, need.condition, truth) for truth in (True, False)]
        found = {_spoken_of(each, model.under((*model.scenario, choice)), left - 1) for choice in choices}
        return found.pop() if len(found) == 1 else None
    return function.record.key if isinstance(function, Function) else None


def _named(value: Value[Text], model: Model) -> Function | Absent[Text] | Unknown:
    named = made_of(value)
    if len(named) == 1:
        record = model.record(named[0].resource)
        if record is not None and record.type == Function.KIND:
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
