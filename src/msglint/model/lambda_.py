"""AWS Lambda: what polls queues and streams."""

from msglint.model.resource import Resource


class EventSourceMapping(Resource):
    """An event source mapping. https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html."""

    KIND = "AWS::Lambda::EventSourceMapping"
    __slots__ = ()
