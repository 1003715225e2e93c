"""What event source mappings and pipes read, when they give up on a record, and which of them poll a queue."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from msglint.model.events import Pipe
from msglint.model.fifo import is_fifo
from msglint.model.lambda_ import EventSourceMapping, consumers
from msglint.model.model import Model
from msglint.model.polling import Poller, Source, SourceKind, retries, source
from msglint.model.sqs import Queue
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document

KAFKA = "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/8f3b8f2e-1c44-4c5a-9e2b-5d1f0a7c6b21-3"
MQ = "arn:aws:mq:eu-west-1:111122223333:broker:orders:b-1234a5b6-78cd-901e-2fgh-3i45j6k17819"
STREAM = "arn:aws:kinesis:eu-west-1:111122223333:stream/orders"

OTHERS = {
    "Rabbit": {"Type": "AWS::AmazonMQ::Broker", "Properties": {"EngineType": "RabbitMQ", "BrokerName": "rabbit"}},
    "Active": {"Type": "AWS::AmazonMQ::Broker", "Properties": {"EngineType": "ACTIVEMQ", "BrokerName": "active"}},
    "Either": {"Type": "AWS::AmazonMQ::Broker", "Properties": {"EngineType": {"Ref": "Given"}}},
    "Cluster": {"Type": "AWS::MSK::Cluster", "Properties": {"ClusterName": "cluster"}},
    "Serverless": {"Type": "AWS::MSK::ServerlessCluster"},
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "queue"}},
    "Ordered": {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": "true"}},
    "Stream": {"Type": "AWS::Kinesis::Stream"},
    "Reader": {"Type": "AWS::Kinesis::StreamConsumer"},
    "Table": {"Type": "AWS::DynamoDB::Table"},
    "Documents": {"Type": "AWS::DocDB::DBCluster"},
    "Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "child.yaml"}},
}


def model_of(type_: str, properties: Mapping[str, Any]) -> Model:
    resources = {**OTHERS, "Poller": {"Type": type_, "Properties": properties}}
    text = json.dumps({"Parameters": {"Given": {"Type": "String"}}, "Resources": resources})
    return Model([read(Document("t.json", text), Assumptions())])


def mapping(**properties: Any) -> tuple[Poller, Model]:
    model = model_of(EventSourceMapping.KIND, {"FunctionName": "consumer", **properties})
    return next(model.every(EventSourceMapping)), model


def pipe(written: Any, **parameters: Any) -> tuple[Poller, Model]:
    model = model_of(Pipe.KIND, {"Source": written, "SourceParameters": parameters})
    return next(model.every(Pipe)), model


def get(resource: str, attribute: str = "Arn") -> Any:
    return {"Fn::GetAtt": [resource, attribute]}


def kind(found: Any) -> SourceKind | None:
    return found.kind if isinstance(found, Source) else None


GIVEN = {"Ref": "Given"}
ACCESS = [{"Type": "BASIC_AUTH", "URI": GIVEN}]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"EventSourceArn": get("Rabbit")}, SourceKind.RABBITMQ),
        ({"EventSourceArn": get("Active")}, SourceKind.ACTIVEMQ),
        ({"EventSourceArn": get("Either")}, SourceKind.BROKER),
        ({"EventSourceArn": MQ}, SourceKind.BROKER),
        ({"EventSourceArn": get("Cluster")}, SourceKind.CLUSTER),
        ({"EventSourceArn": {"Ref": "Cluster"}}, SourceKind.CLUSTER),
        ({"EventSourceArn": KAFKA}, SourceKind.CLUSTER),
        ({"EventSourceArn": {"Fn::Sub": KAFKA.replace("eu-west-1", "${AWS::Region}")}}, SourceKind.CLUSTER),
        ({"EventSourceArn": {"Ref": "Serverless"}}, SourceKind.SERVERLESS),
        ({"SelfManagedEventSource": {"Endpoints": {}}}, SourceKind.SELF_MANAGED),
        ({"EventSourceArn": get("Queue")}, SourceKind.QUEUE),
        ({"EventSourceArn": {"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:1:${Given}"}}, SourceKind.QUEUE),
        ({"EventSourceArn": get("Stream")}, SourceKind.STREAM),
        ({"EventSourceArn": get("Reader", "ConsumerARN")}, SourceKind.STREAM),
        ({"EventSourceArn": f"{STREAM}/consumer/reader:1"}, SourceKind.STREAM),
        ({"EventSourceArn": get("Table", "StreamArn")}, SourceKind.TABLE),
        ({"EventSourceArn": "arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026"}, SourceKind.TABLE),
        ({"EventSourceArn": get("Documents")}, SourceKind.DOCUMENTS),
        ({"EventSourceArn": "arn:aws:rds:eu-west-1:111122223333:cluster:orders"}, SourceKind.DOCUMENTS),
        ({"EventSourceArn": "arn:aws:events:eu-west-1:111122223333:event-bus/orders"}, SourceKind.OTHER),
        # What only one kind of source has tells it where its ARN is not known.
        ({"EventSourceArn": GIVEN, "Queues": ["orders"]}, SourceKind.BROKER),
        ({"EventSourceArn": GIVEN, "Topics": ["orders"], "StartingPosition": "LATEST"}, SourceKind.CLUSTER),
        ({"EventSourceArn": GIVEN, "DocumentDBEventSourceConfig": {"DatabaseName": "a"}}, SourceKind.DOCUMENTS),
        ({"EventSourceArn": GIVEN, "StartingPosition": "LATEST"}, SourceKind.RECORDS),
        ({"EventSourceArn": GIVEN, "StartingPosition": "LATEST", "SourceAccessConfigurations": []}, SourceKind.RECORDS),
        # Only Kinesis and DynamoDB are read without signing in.
        ({"EventSourceArn": GIVEN, "StartingPosition": "LATEST", "SourceAccessConfigurations": ACCESS}, None),
        ({"EventSourceArn": GIVEN, "Queues": ["orders"], "Topics": ["orders"]}, None),
        # A queue has neither a place to start from nor anything else to say which part of it is read.
        ({"EventSourceArn": GIVEN}, SourceKind.QUEUE),
        ({"EventSourceArn": {"Fn::ImportValue": "orders"}}, SourceKind.QUEUE),
        ({"EventSourceArn": get("Child", "Outputs.Orders")}, SourceKind.QUEUE),
        ({"EventSourceArn": {"Fn::Sub": "arn:aws:${Given}:eu-west-1:111122223333:orders"}}, SourceKind.QUEUE),
        ({"EventSourceArn": GIVEN, "StartingPosition": GIVEN, "SourceAccessConfigurations": ACCESS}, None),
        ({"EventSourceArn": GIVEN, "SourceAccessConfigurations": ACCESS}, None),
    ],
)
def test_what_an_event_source_mapping_reads(properties: Mapping[str, Any], expected: SourceKind | None) -> None:
    assert kind(source(*mapping(**properties))) is expected


@pytest.mark.parametrize(
    ("written", "blocks", "expected"),
    [
        (get("Active"), (), SourceKind.ACTIVEMQ),
        ("smk://kafka.example.com:9092", ("SelfManagedKafkaParameters",), SourceKind.SELF_MANAGED),
        ({"Fn::Sub": "smk://${Given}"}, (), SourceKind.SELF_MANAGED),
        (GIVEN, ("RabbitMQBrokerParameters",), SourceKind.RABBITMQ),
        (GIVEN, ("ManagedStreamingKafkaParameters",), SourceKind.CLUSTER),
        (GIVEN, ("SqsQueueParameters",), SourceKind.QUEUE),
        (GIVEN, ("KinesisStreamParameters",), SourceKind.STREAM),
        (GIVEN, ("DynamoDBStreamParameters",), SourceKind.TABLE),
        (GIVEN, ("RabbitMQBrokerParameters", "ActiveMQBrokerParameters"), None),
        (GIVEN, (), None),
    ],
)
def test_what_a_pipe_reads(written: Any, blocks: tuple[str, ...], expected: SourceKind | None) -> None:
    assert kind(source(*pipe(written, **{block: {"TopicName": "orders"} for block in blocks}))) is expected


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (get("Queue"), False),
        (get("Ordered"), True),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", False),
        ("arn:aws:sqs:eu-west-1:111122223333:orders.fifo", True),
        ({"Fn::Sub": "arn:aws:sqs:eu-west-1:111122223333:${Given}.fifo"}, True),
        ({"Fn::Sub": "arn:aws:sqs:eu-west-1:111122223333:${Given}-orders"}, False),
        ({"Fn::Sub": "arn:aws:sqs:eu-west-1:111122223333:${Given}"}, None),
        (GIVEN, None),
    ],
)
def test_which_queue_is_a_fifo_queue(arn: Any, expected: bool | None) -> None:
    poller, model = mapping(EventSourceArn=arn)
    assert is_fifo(poller.source.text(), Queue, model).truth is expected


QUEUE_MODE = {"ConsumptionMode": "Queue"}
SELF_MANAGED = {"SelfManagedEventSource": {"Endpoints": {}}, "Topics": ["orders"]}


@pytest.mark.parametrize(
    ("properties", "applies", "endless"),
    [
        ({"EventSourceArn": STREAM}, True, True),
        ({"EventSourceArn": STREAM, "MaximumRetryAttempts": "-1", "MaximumRecordAgeInSeconds": -1}, True, True),
        ({"EventSourceArn": STREAM, "MaximumRetryAttempts": 0}, True, False),
        ({"EventSourceArn": STREAM, "MaximumRecordAgeInSeconds": "60"}, True, False),
        ({"EventSourceArn": STREAM, "MaximumRetryAttempts": GIVEN, "MaximumRecordAgeInSeconds": 60}, True, False),
        ({"EventSourceArn": STREAM, "MaximumRetryAttempts": GIVEN}, True, None),
        ({"EventSourceArn": KAFKA}, True, True),
        (SELF_MANAGED, True, True),
        ({**SELF_MANAGED, "SelfManagedKafkaEventSourceConfig": {"ConsumptionMode": GIVEN}}, None, True),
        ({"EventSourceArn": GIVEN, "StartingPosition": "LATEST"}, True, True),
        ({"EventSourceArn": GIVEN, "StartingPosition": "LATEST", "SourceAccessConfigurations": ACCESS}, None, True),
    ],
)
def test_when_a_mapping_gives_up(properties: Mapping[str, Any], applies: bool | None, endless: bool | None) -> None:
    kept = retries(*mapping(**properties))
    assert kept is not None
    assert (kept.records.truth, kept.endless.truth) == (applies, endless)


@pytest.mark.parametrize(
    ("poller", "model"),
    [
        mapping(EventSourceArn=get("Queue")),
        mapping(EventSourceArn=MQ),
        mapping(EventSourceArn=get("Documents"), StartingPosition="LATEST"),
        mapping(**SELF_MANAGED, SelfManagedKafkaEventSourceConfig=QUEUE_MODE),
        # Without a place to start from it is no stream, whatever it is.
        mapping(EventSourceArn=GIVEN),
        pipe(get("Queue")),
        pipe(KAFKA, ManagedStreamingKafkaParameters={"TopicName": "orders"}),
        pipe(GIVEN),
        # What is switched off tries nothing.
        mapping(EventSourceArn=STREAM, Enabled="false"),
    ],
)
def test_what_has_no_records_that_block(poller: Poller, model: Model) -> None:
    assert retries(poller, model) is None


def test_a_pipe_that_is_stopped_tries_nothing() -> None:
    model = model_of(Pipe.KIND, {"Source": STREAM, "DesiredState": "STOPPED"})
    assert retries(next(model.every(Pipe)), model) is None


def test_a_mapping_that_is_switched_off_polls_no_queue() -> None:
    _, model = mapping(EventSourceArn=get("Queue"), Enabled=False)
    assert not [each for queue in model.every(Queue) for each in consumers(queue, model)]


def test_a_pipe_of_which_nothing_is_known_may_block() -> None:
    model = model_of(Pipe.KIND, {"Source": GIVEN, "SourceParameters": {"Fn::ImportValue": "parameters"}})
    kept = retries(next(model.every(Pipe)), model)
    assert kept is not None
    assert kept.records.is_unknown


def test_when_a_pipe_gives_up() -> None:
    block = {"MaximumRetryAttempts": 3, "DeadLetterConfig": {"Arn": get("Queue")}}
    kept = retries(*pipe(GIVEN, KinesisStreamParameters=block))
    assert kept is not None
    assert kept.endless.is_no
    assert kept.limit.path == ("SourceParameters", "KinesisStreamParameters", "MaximumRetryAttempts")
    assert kept.failures.exists().is_yes


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (get("Queue"), [True]),
        ({"Fn::Sub": "${Queue.Arn}"}, [True]),
        ({"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:queue"}, [True]),
        ({"Fn::Sub": "arn:aws:sqs:eu-west-1:111122223333:queue"}, [None]),
        (get("Ordered"), []),
        (GIVEN, []),
    ],
)
def test_which_mappings_poll_a_queue(arn: Any, expected: list[bool | None]) -> None:
    _, model = mapping(EventSourceArn=arn)
    queue = next(each for each in model.every(Queue) if each.id == "Queue")
    assert [each.polls.truth for each in consumers(queue, model)] == expected
