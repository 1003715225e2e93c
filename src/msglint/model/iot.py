"""AWS IoT Core: what rules do with the messages of devices."""

from collections.abc import Iterable, Iterator

from msglint.model.data import Data
from msglint.model.resource import Resource


class TopicRule(Resource):
    """A rule of IoT Core. https://docs.aws.amazon.com/iot/latest/apireference/API_TopicRulePayload.html."""

    KIND = "AWS::IoT::TopicRule"
    PAYLOAD = "TopicRulePayload"
    __slots__ = ()

    def actions(self, names: Iterable[str]) -> Iterator[tuple[str, Data]]:
        """Give what is done by actions of these names, also where one fails: the name and the action's properties."""
        payload = self.properties.get(self.PAYLOAD)
        for action in (*payload.get("Actions").elements().known, payload.get("ErrorAction")):
            for name in names:
                yield from ((name, each) for each in action.get(name).elements().known)
