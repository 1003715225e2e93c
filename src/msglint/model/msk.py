"""Amazon MSK: clusters, and the secrets by which clients sign in to them."""

from msglint.model.data import Elements
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value


class Cluster(Resource):
    """A provisioned cluster. https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html."""

    KIND = "AWS::MSK::Cluster"
    SCRAM = ("ClientAuthentication", "Sasl", "Scram", "Enabled")
    __slots__ = ()

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
