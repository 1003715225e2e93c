"""Amazon DynamoDB: the tables whose streams are polled."""

from msglint.model.data import Data
from msglint.model.resource import Resource


class Table(Resource):
    """A table. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html."""

    KIND = "AWS::DynamoDB::Table"
    __slots__ = ()

    @property
    def stream_policy(self) -> Data:
        """The policy of the table's stream."""
        return self.properties.get("StreamSpecification", "ResourcePolicy", "PolicyDocument")
