"""AWS Secrets Manager: secrets."""

from msglint.model.data import Data
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value, not_empty


class Secret(Resource):
    """A secret. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html."""

    KIND = "AWS::SecretsManager::Secret"
    KEY = ("KmsKeyId",)
    AWS_MANAGED_KEY = "alias/aws/secretsmanager"
    __slots__ = ()

    @property
    def key(self) -> Value[Text]:
        """The KMS key; absent: the one that AWS manages for Secrets Manager."""
        return not_empty(self.properties.get(*self.KEY).text())

    @property
    def policy(self) -> Data:
        """The policy that is written inside the secret, as Terraform may do it."""
        return self.properties.get("ResourcePolicy")
