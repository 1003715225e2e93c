"""Amazon SQS: queues and their redrive."""

import re

from msglint.model.data import Data
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Value, not_empty, says
from msglint.verdict import Verdict

DEFAULT_RETENTION = 345_600
DEFAULT_VISIBILITY = 30
DEFAULT_RECEIVES = 10

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FAILURES = re.compile(
    r"dlq|dead[-_.]?letter|(?<![a-z])(?:dead|failed|failures?|errors?|poison|undelivered)(?![a-z])", re.IGNORECASE
)


class Queue(Resource):
    """A queue. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html."""

    KIND = "AWS::SQS::Queue"
    KEY = ("KmsMasterKeyId",)
    RECEIVES = ("RedrivePolicy", "maxReceiveCount")
    VISIBILITY = ("VisibilityTimeout",)
    AWS_MANAGED_KEY = "alias/aws/sqs"
    __slots__ = ()

    @property
    def receive_wait_time(self) -> Value[int]:
        """Seconds that a ReceiveMessage without a wait time of its own waits; 0 unless set."""
        return self.properties.get("ReceiveMessageWaitTimeSeconds").integer(0)

    @property
    def visibility_timeout(self) -> Value[int]:
        """Seconds that a received message is hidden from other consumers; 30 unless set."""
        return self.properties.get(*self.VISIBILITY).integer(DEFAULT_VISIBILITY)

    @property
    def retention(self) -> Value[int]:
        """Seconds that a message is kept; four days unless set."""
        return self.properties.get("MessageRetentionPeriod").integer(DEFAULT_RETENTION)

    @property
    def fifo(self) -> Value[bool]:
        """Whether this is a FIFO queue."""
        return self.properties.get("FifoQueue").boolean(False)

    @property
    def deduplicates_by_content(self) -> Value[bool]:
        """Whether a FIFO queue takes the hash of a body for its deduplication id."""
        return self.properties.get("ContentBasedDeduplication").boolean(False)

    @property
    def key(self) -> Value[Text]:
        """The KMS key of SSE-KMS; absent: none."""
        return not_empty(self.properties.get(*self.KEY).text())

    @property
    def sse_sqs(self) -> Value[bool]:
        """Whether SQS encrypts with keys of its own; on unless switched off."""
        return self.properties.get("SqsManagedSseEnabled").boolean(True)

    @property
    def policy(self) -> Data:
        """The policy that is written inside the queue."""
        return self.properties.get("Policy")

    @property
    def redrive(self) -> Data:
        """The redrive policy."""
        return self.properties.get("RedrivePolicy")

    @property
    def dead_letter_target(self) -> Value[Text]:
        """The ARN of the queue's dead-letter queue; absent: it has none."""
        return self.redrive.get("deadLetterTargetArn").text()

    @property
    def max_receives(self) -> Value[int]:
        """How often a message is received before it moves to the dead-letter queue; 10 unless set."""
        return self.properties.get(*self.RECEIVES).integer(DEFAULT_RECEIVES)

    @property
    def redrive_permission(self) -> Data:
        """Which queues may use this one as their dead-letter queue: all of the account and Region unless set."""
        return self.properties.get("RedriveAllowPolicy", "redrivePermission")

    @property
    def redrive_allowed(self) -> Data:
        """The ARNs of the queues that may, where only some may."""
        return self.properties.get("RedriveAllowPolicy", "sourceQueueArns")

    @property
    def restricts_redrive(self) -> Verdict:
        """Whether a redrive allow policy lets some queues use this one as their dead-letter queue."""
        allowed = self.properties.get("RedriveAllowPolicy")
        return allowed.exists() & ~says(self.redrive_permission.text(), "denyAll")

    @property
    def written_name(self) -> Data:
        """The name, where the user has chosen one."""
        return self.properties.get("QueueName")

    @staticmethod
    def sounds_like_failures(name: str) -> bool:
        """Say whether a name is one that people give to dead-letter queues."""
        return bool(_FAILURES.search(_HUMP.sub("-", name)))
