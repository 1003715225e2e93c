"""Who may do what: resource policies, permissions of functions, and roles."""

from typing import ClassVar

from msglint.model.data import Data
from msglint.model.policy import Condition, Element, Policy, Principal, PrincipalKind, Statement, element
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Value, literal
from msglint.verdict import NO


class ResourcePolicy(Resource):
    """A policy that is a resource of its own; `DOCUMENT` names the property that holds it."""

    DOCUMENT: ClassVar[str] = "PolicyDocument"
    __slots__ = ()

    @property
    def document(self) -> Data:
        """The policy."""
        return self.properties.get(self.DOCUMENT)


class QueuePolicy(ResourcePolicy):
    """A policy for queues. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html."""

    KIND = "AWS::SQS::QueuePolicy"
    ATTACHED = "Queues"
    __slots__ = ()


class TopicPolicy(ResourcePolicy):
    """A policy for topics. It replaces the default policy of a topic."""

    KIND = "AWS::SNS::TopicPolicy"
    ATTACHED = "Topics"
    __slots__ = ()


class QueueInlinePolicy(QueuePolicy):
    """The policy of one queue."""

    KIND = "AWS::SQS::QueueInlinePolicy"
    ATTACHED = "Queue"
    __slots__ = ()


class TopicInlinePolicy(TopicPolicy):
    """The policy of one topic."""

    KIND = "AWS::SNS::TopicInlinePolicy"
    ATTACHED = "TopicArn"
    __slots__ = ()


class StreamPolicy(ResourcePolicy):
    """The policy of a Kinesis data stream or consumer."""

    KIND = "AWS::Kinesis::ResourcePolicy"
    DOCUMENT = "ResourcePolicy"
    __slots__ = ()


class SecretPolicy(ResourcePolicy):
    """The policy of a secret."""

    KIND = "AWS::SecretsManager::ResourcePolicy"
    DOCUMENT = "ResourcePolicy"
    __slots__ = ()

    @property
    def secret(self) -> Value[Text]:
        """The secret, by ARN or name."""
        return self.properties.get("SecretId").text()


class ClusterPolicy(ResourcePolicy):
    """The policy of an MSK cluster."""

    KIND = "AWS::MSK::ClusterPolicy"
    DOCUMENT = "Policy"
    __slots__ = ()


class BusResourcePolicy(ResourcePolicy):
    """The policy of an event bus of the second kind.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eventsv2-resourcepolicy.html
    """

    KIND = "AWS::EventsV2::ResourcePolicy"
    __slots__ = ()


class Permission(Resource):
    """A statement of a function's policy. https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html."""

    KIND = "AWS::Lambda::Permission"
    __slots__ = ()

    @property
    def function(self) -> Value[Text]:
        """The function, by name or ARN."""
        return self.properties.get("FunctionName").text()

    def policy(self, function: Text) -> Policy:
        """Give the statement that the permission adds to the function's policy.

        Lambda compares the source's ARN as StringLike.
        """
        given = self.properties
        compared = (
            ("StringLike", "aws:SourceArn", "SourceArn"),
            ("StringEquals", "aws:SourceAccount", "SourceAccount"),
            ("StringEquals", "aws:PrincipalOrgID", "PrincipalOrgID"),
        )
        conditions = tuple(
            Condition(operator, key, (element(given.get(name)),), given.get(name).at)
            for operator, key, name in compared
            if not isinstance(given.get(name).shape, Absent)
        )
        principal = element(given.get("Principal"))
        statement = Statement(
            effect=Known(Text.literal("Allow"), self.at),
            principals=(Principal(_principal_kind(principal), principal),),
            not_principals=None,
            actions=(element(given.get("Action")),),
            not_actions=None,
            resources=(Known(function, self.at),),
            not_resources=None,
            conditions=conditions,
            more_conditions=None,
            at=self.at,
            index=0,
        )
        return Policy((statement,), None, NO, self.at)


def _principal_kind(name: Element) -> PrincipalKind | None:
    """Say what kind of principal a permission names: a service, an account or role, or everyone."""
    written = literal(name)
    if written is None:
        # The ARN of a role that is made here has no literal text.
        is_arn = isinstance(name, Known) and name.value.starts_with("arn:").is_yes
        return PrincipalKind.AWS if is_arn else None
    if written == "*":
        return PrincipalKind.ANYONE
    return PrincipalKind.SERVICE if "." in written and not written.startswith("arn:") else PrincipalKind.AWS


class Role(Resource):
    """A role."""

    KIND = "AWS::IAM::Role"
    __slots__ = ()

    @property
    def trust(self) -> Data:
        """Who may assume it."""
        return self.properties.get("AssumeRolePolicyDocument")

    @property
    def inline(self) -> Data:
        """The policies that are written inside the role: a list of entries with a PolicyDocument."""
        return self.properties.get("Policies")

    @property
    def managed(self) -> Data:
        """The ARNs of the managed policies that the role itself names."""
        return self.properties.get("ManagedPolicyArns")

    @property
    def boundary(self) -> Data:
        """The ARN of the managed policy that limits what all others give."""
        return self.properties.get("PermissionsBoundary")


class IdentityPolicy(ResourcePolicy):
    """A policy for roles; `ATTACHED` names the property that lists them."""

    KIND = "AWS::IAM::Policy"
    ATTACHED = "Roles"
    __slots__ = ()

    @property
    def roles(self) -> Data:
        """The names of the roles that it is attached to."""
        return self.properties.get(self.ATTACHED)


class RolePolicy(IdentityPolicy):
    """A policy inside one role, as a resource of its own."""

    KIND = "AWS::IAM::RolePolicy"
    ATTACHED = "RoleName"
    __slots__ = ()


class ManagedPolicy(IdentityPolicy):
    """A policy that roles may share, by its ARN. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html."""

    KIND = "AWS::IAM::ManagedPolicy"
    __slots__ = ()


class PolicyAttachment(IdentityPolicy):
    """That managed policies are attached to roles, as Terraform writes it."""

    KIND = "aws_iam_role_policy_attachment"
    ATTACHED = "RoleName"
    __slots__ = ()

    @property
    def managed(self) -> Data:
        """The ARNs of the managed policies."""
        return self.properties.get("PolicyArn")
