"""Amazon MQ: brokers and their configurations."""

from collections.abc import Iterator

from msglint.model.credentials import Credential, configuration, decoded, effective_text
from msglint.model.disclosure import Traced
from msglint.model.resource import Resource
from msglint.model.text import Text, matches
from msglint.model.value import Known, Value
from msglint.verdict import Doubt, Reason, Verdict


class Broker(Resource):
    """A broker. https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html."""

    KIND = "AWS::AmazonMQ::Broker"
    LDAP = ("LdapServerMetadata", "ServiceAccountPassword")
    PUBLIC = ("PubliclyAccessible",)
    MODE = ("DeploymentMode",)
    GENERAL_LOGS = ("Logs", "General")
    AUDIT_LOGS = ("Logs", "Audit")
    __slots__ = ()

    @property
    def engine(self) -> Value[Text]:
        """ACTIVEMQ or RABBITMQ, in letters of either case."""
        return self.properties.get("EngineType").text()

    @property
    def is_activemq(self) -> Verdict:
        """Whether it is a broker of ActiveMQ."""
        engine = self.engine
        if not isinstance(engine, Known):
            return engine.holds(lambda _: False)
        because = Reason(Doubt.OUTSIDE, f"{engine.value} has no value here", engine.at)
        return matches(Text.literal("ACTIVEMQ"), engine.value, because, ignore_case=True)

    @property
    def public(self) -> Value[bool]:
        """Whether it has an address outside its VPC; false by default."""
        return self.properties.get(*self.PUBLIC).boolean(False)

    @property
    def mode(self) -> Value[Text]:
        """SINGLE_INSTANCE, ACTIVE_STANDBY_MULTI_AZ (ActiveMQ) or CLUSTER_MULTI_AZ (RabbitMQ)."""
        return self.properties.get(*self.MODE).text()

    @property
    def general_logs(self) -> Value[bool]:
        """Whether it writes its log to CloudWatch Logs."""
        return self.properties.get(*self.GENERAL_LOGS).boolean(False)

    @property
    def audit_logs(self) -> Value[bool]:
        """Whether ActiveMQ writes there who manages it; RabbitMQ has no such log."""
        return self.properties.get(*self.AUDIT_LOGS).boolean(False)

    def passwords(self) -> Iterator[Credential]:
        """Give the passwords of its users, and that by which it asks a directory."""
        users = self.properties.get("Users").elements()
        if users.rest is not None:
            yield Credential(Traced.untold(users.rest.reason, users.rest.at), "", ("Users", "Password"))
        for user in users.known:
            secret = user.get("Password").trace()
            if secret is not None:
                name = effective_text(user.get("Username").text())
                yield Credential(secret, str(name) if name is not None else "", ("Users", "Password"))
        secret = self.properties.get(*self.LDAP).trace()
        if secret is not None:
            yield Credential(secret, "", self.LDAP)


class BrokerConfiguration(Resource):
    """What a broker is configured with. https://docs.aws.amazon.com/amazon-mq/latest/api-reference/configurations.html.

    ActiveMQ takes XML, RabbitMQ takes properties.
    """

    KIND = "AWS::AmazonMQ::Configuration"
    __slots__ = ()

    def passwords(self) -> Iterator[Credential]:
        """Give the passwords inside, such as those of connectors to other brokers."""
        data = self.properties.get("Data").trace()
        inner = decoded(data) if data is not None else None
        for name, secret in configuration(inner) if inner is not None else ():
            yield Credential(secret, name, ("Data",))
