"""What event source mappings and pipes poll, and when they give up on a record that fails.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeSourceParameters.html
"""

import enum
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from msglint.model.amazon_mq import Broker
from msglint.model.data import Data
from msglint.model.events import PIPE_PARAMETERS, Pipe
from msglint.model.kinesis import Stream
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.msk import Cluster, ServerlessCluster
from msglint.model.resource import Record, Resource
from msglint.model.sqs import Queue
from msglint.model.text import Text, service_of
from msglint.model.value import Absent, Known, Mentions, Unknown, Value, literal, outside, says
from msglint.source import Place
from msglint.verdict import NO, YES, Verdict, any_of, unknown

Poller: TypeAlias = EventSourceMapping | Pipe

ENDLESS = -1
"""What stands for no limit of attempts and of age, and is the default of both."""


class SourceKind(enum.Enum):
    """What a poller reads."""

    QUEUE = "a queue"
    STREAM = "a Kinesis stream"
    TABLE = "a DynamoDB stream"
    RECORDS = "a Kinesis or DynamoDB stream"
    """One of the two: nobody knows which."""
    ACTIVEMQ = "an ActiveMQ broker"
    RABBITMQ = "a RabbitMQ broker"
    BROKER = "an Amazon MQ broker"
    """Of either engine: nobody knows which."""
    CLUSTER = "an MSK cluster"
    SERVERLESS = "a cluster of MSK Serverless"
    SELF_MANAGED = "a self-managed Kafka cluster"
    DOCUMENTS = "a DocumentDB cluster"
    OTHER = "a source of another kind"


STREAMS = frozenset({SourceKind.STREAM, SourceKind.TABLE, SourceKind.RECORDS})
KAFKA = frozenset({SourceKind.CLUSTER, SourceKind.SERVERLESS, SourceKind.SELF_MANAGED})
PARAMETERS: Mapping[SourceKind, str] = {
    SourceKind.QUEUE: "SqsQueueParameters",
    SourceKind.STREAM: "KinesisStreamParameters",
    SourceKind.TABLE: "DynamoDBStreamParameters",
    **dict(
        zip(
            (SourceKind.ACTIVEMQ, SourceKind.RABBITMQ, SourceKind.CLUSTER, SourceKind.SELF_MANAGED),
            PIPE_PARAMETERS,
            strict=True,
        )
    ),
}
"""Where a pipe says how each kind of source is read."""

_ENGINES = {"activemq": SourceKind.ACTIVEMQ, "rabbitmq": SourceKind.RABBITMQ}
_SERVICES: Mapping[str, tuple[SourceKind, tuple[type[Resource], ...]]] = {
    "sqs": (SourceKind.QUEUE, (Queue,)),
    "kinesis": (SourceKind.STREAM, (Stream,)),
    "dynamodb": (SourceKind.TABLE, ()),
    "mq": (SourceKind.BROKER, (Broker,)),
    "kafka": (SourceKind.CLUSTER, (Cluster, ServerlessCluster)),
    "rds": (SourceKind.DOCUMENTS, ()),
}
"""What the service in an ARN tells, and as what its resources are looked for."""
_KINDS: Mapping[str, tuple[SourceKind, type[Resource] | None]] = {
    Queue.KIND: (SourceKind.QUEUE, Queue),
    Stream.KIND: (SourceKind.STREAM, Stream),
    "AWS::Kinesis::StreamConsumer": (SourceKind.STREAM, None),
    "AWS::DynamoDB::Table": (SourceKind.TABLE, None),
    "AWS::DynamoDB::GlobalTable": (SourceKind.TABLE, None),
    Broker.KIND: (SourceKind.BROKER, Broker),
    Cluster.KIND: (SourceKind.CLUSTER, Cluster),
    ServerlessCluster.KIND: (SourceKind.SERVERLESS, ServerlessCluster),
    "AWS::DocDB::DBCluster": (SourceKind.DOCUMENTS, None),
    "aws_docdb_cluster": (SourceKind.DOCUMENTS, None),
}


class Source(NamedTuple):
    """What a poller reads: its kind, and the resource of this run that it is, or why none is known."""

    kind: SourceKind
    resource: Resource | None = None
    elsewhere: Unknown | None = None


def source(poller: Poller, model: Model) -> Source | Unknown:
    """Give what a poller reads."""
    return model.once(("source", poller.record.key), lambda: _source(poller, model))


def _source(poller: Poller, model: Model) -> Source | Unknown:
    if isinstance(poller, EventSourceMapping):
        own = poller.self_managed.exists()
        if own.is_unknown:
            return Unknown(own.reasons[0], poller.self_managed.at)
        if own.is_yes:
            return Source(SourceKind.SELF_MANAGED)
    found = _led_to(poller.source.text(), model)
    if isinstance(found, Source):
        return found
    kind = _told_by_mapping(poller) if isinstance(poller, EventSourceMapping) else _told_by_pipe(poller)
    return Source(kind, elsewhere=found) if kind is not None else found


def edge(poller: Poller) -> Place:
    """Give the place of the property that names the source."""
    self_managed = isinstance(poller, EventSourceMapping) and poller.source.exists().is_no
    named = poller.self_managed if self_managed and isinstance(poller, EventSourceMapping) else poller.source
    return named.written_at


def is_queue(read: Source | Unknown) -> Verdict:
    """Say whether what is read is a queue."""
    return unknown(read.reason) if isinstance(read, Unknown) else YES if read.kind is SourceKind.QUEUE else NO


class Retries(NamedTuple):
    """When a poller gives up on a record that fails, and where the record goes then."""

    records: Verdict
    """Whether the source has records that block those behind them, and these settings apply to it."""
    kind: SourceKind | None
    settings: Data
    failures: Data
    """The ARN of what takes the records that are given up."""

    @property
    def attempts(self) -> Data:
        """How often a failed record is tried again."""
        return self.settings.get("MaximumRetryAttempts")

    @property
    def age(self) -> Data:
        """The age in seconds at which a record is given up."""
        return self.settings.get("MaximumRecordAgeInSeconds")

    @property
    def endless(self) -> Verdict:
        """Whether neither attempts nor age have a limit: a failed record is tried again until it expires."""
        return _endless(self.attempts) & _endless(self.age)

    @property
    def limit(self) -> Data:
        """The setting that ends the attempts, where one does."""
        by_age = _endless(self.age).is_no and not _endless(self.attempts).is_no
        return self.age if by_age else self.attempts

    @property
    def shard(self) -> str:
        """What stands still behind a failed record, in the words of the source."""
        return "partition" if self.kind in KAFKA else "shard"


def _endless(limit: Data) -> Verdict:
    return limit.integer(ENDLESS).holds(lambda most: most == ENDLESS)


def retries(poller: Poller, model: Model) -> Retries | None:
    """Give when a poller gives up on a record; None where its source has no such settings, or it reads nothing.

    Pipes have none for Kafka: what fails there is tried again until it expires.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
    """
    if poller.stopped:
        return None
    read = source(poller, model)
    return _of_pipe(poller, read) if isinstance(poller, Pipe) else _of_mapping(poller, read)


def _of_pipe(pipe: Pipe, read: Source | Unknown) -> Retries | None:
    blocks = {kind: pipe.source_parameters.get(PARAMETERS[kind]) for kind in (SourceKind.STREAM, SourceKind.TABLE)}
    if isinstance(read, Source) and read.kind not in blocks:
        return None
    kind = read.kind if isinstance(read, Source) else SourceKind.STREAM
    records = YES
    if isinstance(read, Unknown):
        # A pipe of a stream must have such a block.
        records = any_of(block.exists() for block in blocks.values()) & unknown(read.reason)
    settings = blocks[kind]
    return None if records.is_no else Retries(records, kind, settings, settings.get("DeadLetterConfig", "Arn"))


def _of_mapping(mapping: EventSourceMapping, read: Source | Unknown) -> Retries | None:
    kind = read.kind if isinstance(read, Source) else None
    # In queue mode the broker counts the deliveries of a record, and none waits for another.
    records = YES if kind in STREAMS else says(mapping.consumption_mode, "Stream")
    if isinstance(read, Unknown):
        # Streams and topics have a place where reading starts.
        records &= mapping.starting_position.exists() & unknown(read.reason)
    elif kind not in STREAMS | KAFKA:
        return None
    return None if records.is_no else Retries(records, kind, mapping.properties, mapping.on_failure)


def _led_to(value: Value[Text], model: Model) -> Source | Unknown:
    match value:
        case Unknown():
            return value
        case Absent():
            return Source(SourceKind.OTHER)
        case Mentions(references=references, complete=complete, reason=reason, at=at):
            found = [_of_record(model.record(each.resource)) for each in references]
            kinds = {each.kind if each is not None else None for each in found}
            first = found[0] if complete and len(kinds) == 1 else None
            if first is None:
                return Unknown(reason, at)
            return first if len(found) == 1 else Source(first.kind, elsewhere=Unknown(reason, at))
        case Known(value=text, at=at) if text.refers is not None:
            known = _of_record(model.record(text.refers.resource))
            return known if known is not None else outside(f"where {text} leads cannot be told", at)
        case Known(value=text, at=at):
            return _by_text(value, text, at, model)
    raise AssertionError("a Value is one of four kinds")


def _by_text(value: Value[Text], text: Text, at: Place, model: Model) -> Source | Unknown:
    if text.starts_with("smk://").is_yes:
        return Source(SourceKind.SELF_MANAGED)
    service = service_of(text)
    if service is None:
        return outside("what it reads is known only at the deployment", at, *text.lookups)
    kind, resources = _SERVICES.get(service, (SourceKind.OTHER, ()))
    elsewhere: Unknown | None = None
    for resource in resources:
        found = model.find(value, resource)
        known = _of_record(found.record) if isinstance(found, Resource) else None
        if known is not None:
            return known
        elsewhere = elsewhere or (found if isinstance(found, Unknown) else None)
    return Source(kind, elsewhere=elsewhere)


def _of_record(record: Record | None) -> Source | None:
    """Give the source that a resource of this run is; None where it is only the way to one."""
    if record is None or record.type not in _KINDS:
        return None
    kind, resource = _KINDS[record.type]
    if kind is SourceKind.BROKER:
        kind = _ENGINES.get((literal(Broker(record).engine) or "").lower(), kind)
    return Source(kind, resource(record) if resource is not None else None)


def _told_by_mapping(mapping: EventSourceMapping) -> SourceKind | None:
    """Tell a source by what only one kind has; streams have only a place to start from, queues not even that."""
    told = {
        SourceKind.BROKER: mapping.queues,
        SourceKind.CLUSTER: mapping.topics,
        SourceKind.DOCUMENTS: mapping.document_database,
    }
    found = [kind for kind, data in told.items() if data.exists().is_yes]
    if found:
        return found[0] if len(found) == 1 else None
    signs_in = mapping.access.elements()
    bare = all(data.exists().is_no for data in told.values()) and not signs_in.known and signs_in.rest is None
    starts = mapping.starting_position.exists()
    return None if not bare or starts.is_unknown else SourceKind.RECORDS if starts.is_yes else SourceKind.QUEUE


def _told_by_pipe(pipe: Pipe) -> SourceKind | None:
    """Tell a source by the parameters for one kind."""
    found = [kind for kind, block in PARAMETERS.items() if pipe.source_parameters.get(block).exists().is_yes]
    return found[0] if len(found) == 1 else None
