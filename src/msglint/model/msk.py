"""Amazon MSK: clusters, the secrets by which clients sign in to them, and replicators."""

from msglint.model.data import Data, Elements
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value
from msglint.verdict import Verdict, any_of


class Cluster(Resource):
    """A provisioned cluster. https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html."""

    KIND = "AWS::MSK::Cluster"
    SCRAM = ("ClientAuthentication", "Sasl", "Scram", "Enabled")
    IAM = ("ClientAuthentication", "Sasl", "Iam", "Enabled")
    UNAUTHENTICATED = ("ClientAuthentication", "Unauthenticated", "Enabled")
    CLIENTS = ("EncryptionInfo", "EncryptionInTransit", "ClientBroker")
    BROKERS = ("EncryptionInfo", "EncryptionInTransit", "InCluster")
    PUBLIC = ("BrokerNodeGroupInfo", "ConnectivityInfo", "PublicAccess", "Type")
    LOGS = ("LoggingInfo", "BrokerLogs")
    __slots__ = ()

    @property
    def unauthenticated(self) -> Value[bool]:
        """Whether clients may come in without signing in; AWS documents no default."""
        return self.properties.get(*self.UNAUTHENTICATED).boolean()

    @property
    def iam(self) -> Value[bool]:
        """Whether clients may sign in by IAM."""
        return self.properties.get(*self.IAM).boolean(False)

    @property
    def signs_in(self) -> Verdict:
        """Whether clients may sign in by some way."""
        return self.iam.holds(bool) | self.scram.holds(bool) | self.mutual_tls

    @property
    def mutual_tls(self) -> Verdict:
        """Whether clients may sign in by a certificate."""
        tls = self.properties.get("ClientAuthentication", "Tls")
        authorities = tls.get("CertificateAuthorityArnList").elements()
        return tls.get("Enabled").boolean(bool(authorities.known)).holds(bool)

    @property
    def clients(self) -> Value[Text]:
        """How clients speak with brokers: TLS, which CloudFormation and Terraform take, TLS_PLAINTEXT or PLAINTEXT."""
        return self.properties.get(*self.CLIENTS).text("TLS")

    @property
    def brokers(self) -> Value[bool]:
        """Whether brokers speak TLS with each other."""
        return self.properties.get(*self.BROKERS).boolean(True)

    @property
    def public(self) -> Value[Text]:
        """SERVICE_PROVIDED_EIPS where the brokers have public addresses; absent: they have none."""
        return self.properties.get(*self.PUBLIC).text()

    @property
    def configuration(self) -> Value[Text]:
        """The ARN of the configuration; absent: that of Amazon MSK."""
        return self.properties.get("ConfigurationInfo", "Arn").text()

    @property
    def logged(self) -> Verdict:
        """Whether the brokers' logs are delivered anywhere."""
        return delivered(self.properties.get(*self.LOGS))

    @property
    def scram(self) -> Value[bool]:
        """Whether clients may sign in by SASL/SCRAM."""
        return self.properties.get(*self.SCRAM).boolean(False)


class ServerlessCluster(Resource):
    """A cluster of MSK Serverless, to which clients sign in by IAM alone."""

    KIND = "AWS::MSK::ServerlessCluster"
    __slots__ = ()


class ScramAssociation(Resource):
    """The secrets that are associated with a cluster, all of them or one."""

    KIND = "AWS::MSK::BatchScramSecret"
    __slots__ = ()

    @property
    def cluster(self) -> Value[Text]:
        """The cluster's ARN."""
        return self.properties.get("ClusterArn").text()

    @property
    def secrets(self) -> Elements:
        """The secrets' ARNs."""
        return self.properties.get("SecretArnList").elements()


class Replicator(Resource):
    """A replicator, which copies topics to another cluster, by TLS alone.

    https://docs.aws.amazon.com/msk/latest/developerguide/msk-replicator.html
    """

    KIND = "AWS::MSK::Replicator"
    LOGS = ("LogDelivery", "ReplicatorLogDelivery")
    __slots__ = ()

    @property
    def logged(self) -> Verdict:
        """Whether its logs are delivered anywhere."""
        return delivered(self.properties.get(*self.LOGS))


def delivered(logs: Data) -> Verdict:
    """Say whether logs are delivered to CloudWatch Logs, Firehose or S3, which are off unless they are turned on."""
    return any_of(logs.get(name, "Enabled").boolean(False).holds(bool) for name in ("CloudWatchLogs", "Firehose", "S3"))
