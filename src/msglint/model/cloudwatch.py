"""Amazon CloudWatch alarms."""

from collections.abc import Iterator

from msglint.model.data import Data
from msglint.model.resource import Resource


class Alarm(Resource):
    """An alarm. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html."""

    KIND = "AWS::CloudWatch::Alarm"
    ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
    __slots__ = ()

    def actions(self) -> Iterator[Data]:
        """Give the ARNs of all actions of the alarm."""
        for name in self.ACTIONS:
            yield from self.properties.get(name).elements().known


class CompositeAlarm(Alarm):
    """An alarm made of others."""

    KIND = "AWS::CloudWatch::CompositeAlarm"
    __slots__ = ()
