"""AWS IoT Core: what rules do with the messages of devices."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.resource import Resource


class TopicRule(Resource):
    """A rule of IoT Core. https://docs.aws.amazon.com/iot/latest/apireference/API_TopicRulePayload.html."""

    KIND = "AWS::IoT::TopicRule"
    PAYLOAD = "TopicRulePayload"
    __slots__ = ()

    def actions(self) -> Iterator[tuple[str, Data]]:
        """Give what is done, also where that fails: the name of each action and its own properties."""
        payload = self.properties.get(self.PAYLOAD)
        for action in (*payload.get("Actions").elements().known, payload.get("ErrorAction")):
            for name, data in action.fields().items():
                yield from ((name, each) for each in data.elements().known)
