"""AWS Lambda: functions, as CloudFormation and as SAM write them."""

from msglint.model.data import Data
from msglint.model.resource import Resource


class Function(Resource):
    """A function. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html."""

    KIND = "AWS::Lambda::Function"
    __slots__ = ()


class SamFunction(Function):
    """A function as SAM writes it."""

    KIND = "AWS::Serverless::Function"
    __slots__ = ()

    @property
    def events(self) -> Data:
        """What triggers the function, for which SAM writes permissions."""
        return self.properties.get("Events")
