"""Questions about brokers, Kafka clusters and programs of Flink that need more than one property for an answer."""

import base64
import json
from typing import Any

import pytest

from msglint.model.amazon_mq import Broker
from msglint.model.flink import FlinkApplication
from msglint.model.kafka import EVERYONE, open_to_everyone
from msglint.model.model import Model
from msglint.model.msk import Cluster
from msglint.model.resource import Record
from msglint.model.sns import StandaloneSubscription
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document

REF = {"Ref": "Given"}


def made(type_: str, properties: Any, outputs: Any = None, **beside: Any) -> tuple[Record, Model]:
    """Make a resource beside others, and a parameter without a default."""
    resources = {"It": {"Type": type_, "Properties": properties}, **beside}
    text = {"Parameters": {"Given": {"Type": "String"}}, "Resources": resources, "Outputs": outputs or {}}
    part = read(Document("t.json", json.dumps(text)), Assumptions())
    record = part.record("It")
    assert record is not None
    return record, Model([part])


def cluster(**properties: Any) -> Cluster:
    return Cluster(made(Cluster.KIND, properties)[0])


@pytest.mark.parametrize(
    ("written", "everyone"),
    [
        ("", True),
        ("auto.create.topics.enable=false", True),
        (f"{EVERYONE}=false", False),
        (f"{EVERYONE} : FALSE ", False),
        (f"{EVERYONE}=true", True),
        (f"# {EVERYONE}=false", True),
        (f"{EVERYONE}=true\n{EVERYONE}=false", False),
        (base64.b64encode(f"{EVERYONE}=false\n".encode()).decode(), False),
        ({"Fn::Sub": f"{EVERYONE}=${{Given}}"}, None),
        (REF, None),
    ],
)
def test_whom_a_configuration_gives_topics_without_acls(written: Any, everyone: bool | None) -> None:
    configuration = {"Type": "AWS::MSK::Configuration", "Properties": {"Name": "n", "ServerProperties": written}}
    info = {"ConfigurationInfo": {"Arn": {"Ref": "Own"}, "Revision": 1}}
    record, model = made(Cluster.KIND, info, Own=configuration)
    assert open_to_everyone(Cluster(record), model).truth is everyone


def test_whom_a_cluster_gives_topics_whose_configuration_is_elsewhere() -> None:
    """Amazon MSK's own configuration gives them to everybody."""
    assert open_to_everyone(*_clustered({})).is_yes
    assert open_to_everyone(*_clustered({"ConfigurationInfo": {"Arn": REF, "Revision": 1}})).is_unknown


def _clustered(properties: Any) -> tuple[Cluster, Model]:
    record, model = made(Cluster.KIND, properties)
    return Cluster(record), model


@pytest.mark.parametrize(
    ("authentication", "signs_in", "certificates"),
    [
        ({}, False, False),
        ({"Sasl": {"Iam": {"Enabled": "true"}}}, True, False),
        ({"Sasl": {"Iam": {"Enabled": REF}}}, None, False),
        ({"Tls": {"CertificateAuthorityArnList": ["arn:aws:acm-pca:eu-west-1:111122223333:ca/1"]}}, True, True),
        ({"Tls": {"Enabled": False, "CertificateAuthorityArnList": ["arn:aws:acm-pca:x"]}}, False, False),
        ({"Tls": {"Enabled": True}}, True, True),
        ({"Unauthenticated": {"Enabled": True}}, False, False),
    ],
)
def test_how_clients_sign_in(authentication: Any, signs_in: bool | None, certificates: bool) -> None:
    its = cluster(ClientAuthentication=authentication)
    assert its.signs_in.truth is signs_in
    assert its.mutual_tls.truth is certificates


def test_any_destination_takes_logs() -> None:
    def logged(**destinations: Any) -> bool | None:
        return cluster(LoggingInfo={"BrokerLogs": destinations}).logged.truth

    assert logged() is False
    assert logged(S3={"Enabled": False}, Firehose={"Enabled": "true"}) is True
    assert logged(S3={"Enabled": REF}) is None
    assert logged(S3={"Enabled": REF}, CloudWatchLogs={"Enabled": True}) is True


@pytest.mark.parametrize(
    ("engine", "activemq"), [("ACTIVEMQ", True), ("ActiveMQ", True), ("RABBITMQ", False), (REF, None)]
)
def test_the_engine_is_written_in_either_case(engine: Any, activemq: bool | None) -> None:
    assert Broker(made(Broker.KIND, {"EngineType": engine})[0]).is_activemq.truth is activemq


@pytest.mark.parametrize(
    ("protocol", "endpoint", "in_plain_text"),
    [
        ("http", REF, True),
        ("https", "http://shop.example", False),
        (REF, "http://shop.example", True),
        (REF, "https://shop.example", False),
        (REF, {"Fn::Sub": "${Given}://shop.example"}, None),
        ("sqs", REF, False),
    ],
)
def test_the_address_tells_where_the_protocol_does_not(
    protocol: Any, endpoint: Any, in_plain_text: bool | None
) -> None:
    record, _ = made(StandaloneSubscription.KIND, {"Protocol": protocol, "Endpoint": endpoint, "TopicArn": "t"})
    assert StandaloneSubscription(record).subscription.by_http.truth is in_plain_text


def test_where_an_application_logs() -> None:
    def logs(name: Any, outputs: Any = None) -> bool | None:
        type_ = "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption"
        option = {"Type": type_, "Properties": {"ApplicationName": name}}
        record, model = made(FlinkApplication.KIND, {"ApplicationName": "totals"}, outputs, Option=option)
        return FlinkApplication(record).logs(model).truth

    assert logs({"Ref": "It"}) is True
    assert logs("totals") is True
    assert logs("joins") is False
    assert logs(REF) is None
    assert logs("joins", {"Name": {"Value": {"Ref": "It"}, "Export": {"Name": "totals"}}}) is None
