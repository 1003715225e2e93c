"""AWS CodePipeline: approvals that are asked for by SNS."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value, says


class Pipeline(Resource):
    """A pipeline. https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-iam-permissions.html."""

    KIND = "AWS::CodePipeline::Pipeline"
    __slots__ = ()

    @property
    def role(self) -> Value[Text]:
        """The ARN of the service role."""
        return self.properties.get("RoleArn").text()

    def approvals(self) -> Iterator[Data]:
        """Give the topics that people are asked by; an action with a role of its own does not use the pipeline's."""
        for stage in self.properties.get("Stages").elements().known:
            for action in stage.get("Actions").elements().known:
                own = action.get("RoleArn").exists()
                if own.is_no and says(action.get("ActionTypeId", "Category").text(), "Approval").is_yes:
                    yield action.get("Configuration", "NotificationArn")
