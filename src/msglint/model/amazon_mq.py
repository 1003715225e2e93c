"""Amazon MQ."""

from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value


class Broker(Resource):
    """A broker. https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html."""

    KIND = "AWS::AmazonMQ::Broker"
    __slots__ = ()

    @property
    def engine(self) -> Value[Text]:
        """ACTIVEMQ or RABBITMQ, in letters of either case."""
        return self.properties.get("EngineType").text()
