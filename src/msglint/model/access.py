"""Who may do what: resource policies, permissions of functions, and roles."""

from msglint.model.data import Data
from msglint.model.resource import Resource


class QueuePolicy(Resource):
    """A policy for queues. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html."""

    KIND = "AWS::SQS::QueuePolicy"
    ATTACHED = "Queues"
    __slots__ = ()

    @property
    def document(self) -> Data:
        """The policy."""
        return self.properties.get("PolicyDocument")


class TopicPolicy(Resource):
    """A policy for topics. It replaces the default policy of a topic."""

    KIND = "AWS::SNS::TopicPolicy"
    ATTACHED = "Topics"
    __slots__ = ()

    @property
    def document(self) -> Data:
        """The policy."""
        return self.properties.get("PolicyDocument")


class Permission(Resource):
    """A statement of a function's policy. https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html."""

    KIND = "AWS::Lambda::Permission"
    __slots__ = ()

    @property
    def function(self) -> Data:
        """The function, by name or ARN."""
        return self.properties.get("FunctionName")


class Role(Resource):
    """A role."""

    KIND = "AWS::IAM::Role"
    __slots__ = ()

    @property
    def trust(self) -> Data:
        """Who may assume it."""
        return self.properties.get("AssumeRolePolicyDocument")
