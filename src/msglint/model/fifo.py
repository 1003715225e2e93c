"""FIFO queues and topics: told by their properties, or by the end of a name that only they have.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
"""

from collections.abc import Mapping

from msglint.model.model import Model
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Value
from msglint.source import Place
from msglint.verdict import NO, Doubt, Reason, Verdict, unknown

SUFFIX = ".fifo"
TYPE = {Queue: "FifoQueue", Topic: "FifoTopic"}
"""What makes it one."""
_MORE = (
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
    "FifoThroughputScope",
    "ArchivePolicy",
)
"""What standard ones do not take."""


def is_fifo(arn: Value[Text], kind: type[Queue] | type[Topic], model: Model) -> Verdict:
    """Say whether an ARN is that of a FIFO queue or topic, of this run or not; NO where nothing is written."""
    found = model.find(arn, kind)
    if isinstance(found, Queue | Topic):
        return found.fifo.holds(bool)
    if isinstance(found, Absent):
        return NO
    if isinstance(arn, Known) and arn.value.refers is None:
        return named_fifo(arn.value, arn.at)
    return unknown(found.reason)


def named_fifo(arn: Text, at: Place) -> Verdict:
    """Say whether the name at the end of an ARN is that of a FIFO queue or topic."""
    return arn.ends_with(SUFFIX, Reason(Doubt.OUTSIDE, f"{arn} has no value here", at))


def as_standard(resource: Queue | Topic) -> Mapping[tuple[str, ...], None]:
    """Give what to remove from a FIFO queue or topic that it be a standard one."""
    more = (name for name in _MORE if not resource.properties.get(name).exists().is_no)
    return {(name,): None for name in (TYPE[type(resource)], *more)}
