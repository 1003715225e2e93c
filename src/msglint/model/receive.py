"""Attributes of messages: what is asked of SQS, read or filtered by, and in which of the two lists it is looked for.

SQS keeps what it knows of a message (system attributes) apart from what the sender wrote (user attributes):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html.
"""

import enum
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from msglint.code.lists import USER_LIST
from msglint.source import Place
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, all_of, unknown

ALL = frozenset({"All", ".*"})
SYSTEM = frozenset(
    {
        "AWSTraceHeader",
        "ApproximateFirstReceiveTimestamp",
        "ApproximateReceiveCount",
        "DeadLetterQueueSourceArn",
        "MessageDeduplicationId",
        "MessageGroupId",
        "SenderId",
        "SentTimestamp",
        "SequenceNumber",
    }
)
"""What SQS itself says of a message."""
FAILURES = frozenset(
    {
        "RULE_ARN",
        "TARGET_ARN",
        "ERROR_CODE",
        "ERROR_MESSAGE",
        "EXHAUSTED_RETRY_CONDITION",
        "RETRY_ATTEMPTS",
        "RequestID",
        "ErrorCode",
        "ErrorMessage",
    }
)
"""What EventBridge and Lambda write beside a message in a dead-letter queue:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html,
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html.
"""
WORDS = re.compile("|".join(sorted(SYSTEM | FAILURES)))


class How(enum.Enum):
    """What is done with an attribute."""

    ASKED = "asks SQS for"
    READ = "reads"
    FILTERED = "filters on"
    FILTERED_BESIDE = "filters on, in one of several patterns,"
    PASSED = "passes on"


class Use(msgspec.Struct, frozen=True):
    """One place that looks for an attribute in one of the two lists."""

    name: str
    user: bool
    """Whether it is looked for among the user attributes."""
    how: How
    list: str
    """The list's name, as it is written there."""
    at: Place
    applies: Verdict = YES
    """Whether the messages are those of a queue."""
    unasked: Verdict | None = None
    """Whether the ReceiveMessage that gave the message did not ask for it; None where there is nothing to ask for."""

    @property
    def misplaced(self) -> bool:
        """Whether the attribute is never there: what SQS says among what senders wrote, or the other way round."""
        return self.name in (SYSTEM if self.user else FAILURES)

    def pinpoint(self) -> Place:
        """Give the place of the name itself, where the text that holds it has it once, or once behind its list."""
        document, span = self.at.document, self.at.span
        start, end = document.offset(span.start), document.offset(span.end)
        name = rf"(?<!\w)({re.escape(self.name)})(?!\w)"
        for pattern in (name, rf"(?<!\w){re.escape(self.list)}\W{{1,4}}{name}"):
            match [match.span(1) for match in re.compile(pattern).finditer(document.text, start, end)]:
                case [(first, last)]:
                    return document.spot(first, last)
        return self.at


class Asked(NamedTuple):
    """A name in one of the lists of a ReceiveMessage."""

    list: str
    name: str
    at: Place

    @property
    def user(self) -> bool:
        """Whether it is the list of user attributes."""
        return self.list == USER_LIST


class Receipt(NamedTuple):
    """A ReceiveMessage: what it asks for, and whether all the system attributes that it asks for are told."""

    asked: tuple[Asked, ...]
    complete: bool
    at: Place

    def wants(self, name: str, *, user: bool) -> bool:
        """Say whether it asks for an attribute, or for all of the list."""
        return any(each.user is user and each.name in {name, *ALL} for each in self.asked)

    def uses(self) -> Iterator[Use]:
        """Give what it asks for; a name that is in the other list too comes from there, and nothing is lost."""
        for each in self.asked:
            if not self.wants(each.name, user=not each.user):
                yield Use(each.name, each.user, How.ASKED, each.list, each.at)


def taken(name: str, receipts: Iterable[Receipt], *, user: bool, by: str, at: Place) -> Iterator[Use]:
    """Give the use of an attribute that is read from messages; none where asking for it is the mistake already."""
    receipts = tuple(receipts)
    if any(use.name == name and use.misplaced for receipt in receipts for use in receipt.uses()):
        return
    # Events come with all of them; only a ReceiveMessage has to ask.
    asks = bool(receipts) and not user and name in SYSTEM
    unasked = all_of(_unasked(name, receipt) for receipt in receipts) if asks else None
    yield Use(name, user, How.READ, by, at, unasked=unasked)


def _unasked(name: str, receipt: Receipt) -> Verdict:
    if receipt.wants(name, user=False):
        return NO
    if receipt.complete:
        return YES
    text = "which attributes this ReceiveMessage asks for is not written beside it"
    return unknown(Reason(Doubt.NOT_UNDERSTOOD, text, receipt.at))
