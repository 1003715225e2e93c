"""Amazon CloudWatch Logs: groups, and who may write to them."""

from msglint.model.access import ResourcePolicy
from msglint.model.data import Data
from msglint.model.resource import Resource


class LogGroup(Resource):
    """A log group. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html."""

    KIND = "AWS::Logs::LogGroup"
    __slots__ = ()

    @property
    def policy(self) -> Data:
        """The policy that is written inside the group."""
        return self.properties.get("ResourcePolicyDocument")


class LogPolicy(ResourcePolicy):
    """A policy of a whole account and Region. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html."""

    KIND = "AWS::Logs::ResourcePolicy"
    __slots__ = ()
