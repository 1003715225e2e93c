"""What an account says of something that is deployed, as the template that would make it."""

from collections.abc import Mapping, Sequence

import msgspec

from msglint.model.resource import Language, Mention, Part, Scenario
from msglint.readers.cloudformation.part import CloudFormationPart
from msglint.readers.cloudformation.system import System, World
from msglint.readers.cloudformation.template import Template, open_template
from msglint.readers.interface import Assumptions, Deployed
from msglint.source import Document, read_json

WRITTEN_APART = (
    "AWS::SQS::QueuePolicy",
    "AWS::SQS::QueueInlinePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SNS::TopicInlinePolicy",
    "AWS::SNS::Subscription",
    "AWS::Events::EventBusPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::Kinesis::ResourcePolicy",
    "AWS::Lambda::Permission",
    "AWS::S3::BucketPolicy",
    "AWS::SecretsManager::ResourcePolicy",
    "aws_dynamodb_resource_policy",
    "aws_kms_grant",
    "aws_kms_key_policy",
    "aws_s3_bucket_policy",
)
"""What the user may write for something that another stack has made."""


class DeployedPart(CloudFormationPart):
    """Something that is deployed. What is asked of it may be answered by policies that the user writes beside it."""

    __slots__ = ("_beside", "_language", "_user")

    def __init__(self, template: Template, world: World, user: Sequence[Part]) -> None:
        super().__init__(template, world)
        self._user = user
        self._beside = [
            Mention((part.key, id_), ())
            for part in user
            for type_ in WRITTEN_APART
            for id_ in part.types().get(type_, ())
        ]
        language = next((part.language for part in user), Language.CLOUDFORMATION_JSON)
        self._language = Language.CLOUDFORMATION_JSON if language is Language.TERRAFORM else language

    @property
    def deployed(self) -> bool:
        """Yes."""
        return True

    @property
    def live(self) -> bool:
        """Yes: it is what the account has."""
        return True

    @property
    def language(self) -> Language:
        """The language of the user's templates; JSON, as IAM writes policies, beside plans."""
        return self._language

    def holding(self) -> Sequence[str]:
        """Give nothing: no secret is looked up."""
        return ()

    def _who_names(self, id: str) -> Sequence[Mention]:  # noqa: A002  # the field's own word
        """Give the places that name the resource, those of the user's too, and the user's policies that may."""
        own = (self.attribute(id, "arn"), self.attribute(id, "name"))
        spelled = (each for part in self._user for each in part.spelling(self._template.type_of(id), *own))
        return [*super()._who_names(id), *self._beside, *spelled]

    def under(self, scenario: Scenario) -> "DeployedPart":
        """Give the same: no condition decides what is there."""
        return self


def read(
    document: Document, assumptions: Assumptions, physical: Mapping[str, Mapping[str, str]], user: Sequence[Part]
) -> DeployedPart:
    """Read what an account says; `physical` are the names that it knows, and `user` all that this is judged with.

    Raises `SourceError` where the text is no template.
    """
    told = msgspec.structs.replace(assumptions, deployed=Deployed(physical=physical))
    template = open_template(document, read_json(document), told)
    return DeployedPart(template, System([template]).world(()), user)
