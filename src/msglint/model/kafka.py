"""What holds the configuration of Kafka brokers, clients and connectors."""

from collections.abc import Iterator

from msglint.model import iot
from msglint.model.credentials import Credential, connector, decoded, kafka, properties
from msglint.model.data import Data
from msglint.model.disclosure import Traced
from msglint.model.model import Model
from msglint.model.msk import Cluster, delivered
from msglint.model.resource import Resource
from msglint.model.text import Text, matches
from msglint.model.value import Absent, Known, Unknown, Value, not_understood
from msglint.verdict import YES, Doubt, Reason, Verdict, unknown

EVERYONE = "allow.everyone.if.no.acl.found"
"""The property of a broker that says who gets at a topic without ACLs."""


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

    @property
    def allows_everyone(self) -> Verdict:
        """Whether everybody who may connect gets at topics without ACLs, as Amazon MSK has it where nothing is written.

        https://docs.aws.amazon.com/msk/latest/developerguide/msk-acls.html
        """
        written = self.properties.get("ServerProperties").text()
        if not isinstance(written, Known):
            return written.holds(lambda _: True)
        inner = decoded(Traced(written.value, written.at))
        if inner is None:
            return unknown(not_understood("these properties cannot be read", written.at).reason)
        given = [value.text for key, value in properties(inner) if key == EVERYONE]
        reason = Reason(Doubt.OUTSIDE, f"{EVERYONE} has no value here", written.at)
        return YES if not given else ~matches(Text.literal("false"), given[-1], reason, ignore_case=True)


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
    IN_TRANSIT = ("KafkaClusterEncryptionInTransit", "EncryptionType")
    LOGS = ("LogDelivery", "WorkerLogDelivery")
    __slots__ = ()

    @property
    def in_transit(self) -> Value[Text]:
        """How it speaks with the cluster: TLS or PLAINTEXT."""
        return self.properties.get(*self.IN_TRANSIT).text()

    @property
    def logged(self) -> Verdict:
        """Whether the workers' logs are delivered anywhere."""
        return delivered(self.properties.get(*self.LOGS))

    def credentials(self) -> Iterator[Credential]:
        """Give the secrets in the connector's configuration: also those of the systems that it connects to."""
        for key, value in self.properties.get("ConnectorConfiguration").fields().items():
            traced = value.trace()
            for secret in connector(key, traced) if traced is not None else ():
                yield Credential(secret, key, ("ConnectorConfiguration",))


class TopicRule(KafkaResource):
    """A rule of IoT Core. https://docs.aws.amazon.com/iot/latest/apireference/API_KafkaAction.html."""

    KIND = "AWS::IoT::TopicRule"
    __slots__ = ()

    def credentials(self) -> Iterator[Credential]:
        """Give the secrets in the client properties of its Kafka actions, for failures too."""
        for name, action in iot.TopicRule(self.record).actions(("Kafka",)):
            way = (iot.TopicRule.PAYLOAD, "Actions", name, "ClientProperties")
            yield from in_map(action.get("ClientProperties"), way)


def open_to_everyone(cluster: Cluster, model: Model) -> Verdict:
    """Say whether the configuration of a cluster gives topics without ACLs to everybody who may connect."""
    match model.find(cluster.configuration, BrokerProperties):
        case BrokerProperties() as own:
            return own.allows_everyone
        case Absent():
            return YES
        case Unknown(reason=reason):
            return unknown(reason)


def _in_file(owner: Data, name: str) -> Iterator[Credential]:
    data = owner.get(name).trace()
    inner = decoded(data) if data is not None else None
    for key, value in properties(inner) if inner is not None else ():
        for secret in connector(key, value):
            yield Credential(secret, key, (name,))


def in_map(owner: Data, path: tuple[str, ...]) -> Iterator[Credential]:
    """Give the secrets in a mapping of properties."""
    for key, value in owner.fields().items():
        traced = value.trace()
        for secret in kafka(key, traced) if traced is not None else ():
            yield Credential(secret, key, path)
