"""What holds the configuration of Kafka brokers, clients and connectors."""

from collections.abc import Iterator

from msglint.model import iot
from msglint.model.credentials import Credential, connector, decoded, kafka, properties
from msglint.model.data import Data
from msglint.model.resource import Resource


class KafkaResource(Resource):
    """A resource that holds properties of Kafka."""

    __slots__ = ()

    def credentials(self) -> Iterator[Credential]:
        """Give the secrets among the properties."""
        raise NotImplementedError


class BrokerProperties(KafkaResource):
    """An MSK configuration. https://docs.aws.amazon.com/msk/1.0/apireference/configurations.html."""

    KIND = "AWS::MSK::Configuration"
    __slots__ = ()

    def credentials(self) -> Iterator[Credential]:
        """Give the secrets in the server's properties, base64 or not."""
        yield from _in_file(self.properties, "ServerProperties")


class WorkerConfiguration(KafkaResource):
    """What workers of MSK Connect are configured with."""

    KIND = "AWS::KafkaConnect::WorkerConfiguration"
    __slots__ = ()

    def credentials(self) -> Iterator[Credential]:
        """Give the secrets in the workers' properties, base64."""
        yield from _in_file(self.properties, "PropertiesFileContent")


class Connector(KafkaResource):
    """A connector. https://docs.aws.amazon.com/MSKC/latest/mskc/API_CreateConnector.html."""

    KIND = "AWS::KafkaConnect::Connector"
    __slots__ = ()

    def credentials(self) -> Iterator[Credential]:
        """Give the secrets in the connector's configuration: also those of the systems that it connects to."""
        for key, value in self.properties.get("ConnectorConfiguration").fields().items():
            traced = value.trace()
            for secret in connector(key, traced) if traced is not None else ():
                yield Credential(secret, key, ("ConnectorConfiguration",))


class FlinkApplication(KafkaResource):
    """An application of Managed Service for Apache Flink.

    https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_CreateApplication.html
    """

    KIND = "AWS::KinesisAnalyticsV2::Application"
    GROUPS = ("ApplicationConfiguration", "EnvironmentProperties", "PropertyGroups")
    __slots__ = ()

    def credentials(self) -> Iterator[Credential]:
        """Give the secrets in the property groups."""
        for group in self.properties.get(*self.GROUPS).elements().known:
            yield from _in_map(group.get("PropertyMap"), (*self.GROUPS, "PropertyMap"))


class TopicRule(KafkaResource):
    """A rule of IoT Core. https://docs.aws.amazon.com/iot/latest/apireference/API_KafkaAction.html."""

    KIND = "AWS::IoT::TopicRule"
    __slots__ = ()

    def credentials(self) -> Iterator[Credential]:
        """Give the secrets in the client properties of its Kafka actions, for failures too."""
        for name, action in iot.TopicRule(self.record).actions():
            if name == "Kafka":
                way = (iot.TopicRule.PAYLOAD, "Actions", name, "ClientProperties")
                yield from _in_map(action.get("ClientProperties"), way)


def _in_file(owner: Data, name: str) -> Iterator[Credential]:
    data = owner.get(name).trace()
    inner = decoded(data) if data is not None else None
    for key, value in properties(inner) if inner is not None else ():
        for secret in connector(key, value):
            yield Credential(secret, key, (name,))


def _in_map(owner: Data, path: tuple[str, ...]) -> Iterator[Credential]:
    for key, value in owner.fields().items():
        traced = value.trace()
        for secret in kafka(key, traced) if traced is not None else ():
            yield Credential(secret, key, path)
