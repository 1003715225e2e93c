"""Three-valued truth: yes, no, or unknown with the reasons it rests on."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import NamedTuple, NoReturn

import msgspec

from msglint.source import Place, Position

KEPT = 3  # a reader follows up on one or two causes; a long list only hides them


class Doubt(enum.Enum):
    """Whose limit it is that something is unknown."""

    OUTSIDE = "outside the run"
    """The answer lies elsewhere: an imported value, a role made elsewhere, a parameter without a value."""
    NOT_UNDERSTOOD = "not understood"
    """The answer lies in the input, and msglint could not evaluate it."""


EXPORT = "Fn::ImportValue"
"""The type of what a stack exports, as something that can be looked up."""
PARAMETER = "AWS::SSM::Parameter"
"""The type of what Parameter Store holds, of which nothing but its type is looked up."""
POLLERS = "pollers"
"""The type of all event source mappings and pipes that poll something, which are looked up by the ARN of that."""
SOURCES = "dead-letter sources"
"""The type of all queues whose dead-letter queue something is, looked up likewise."""
SUBSCRIPTIONS = "subscriptions"
"""The type of all subscriptions that deliver to something, looked up likewise."""


class Lookup(NamedTuple):
    """What somebody who may read the account can look up: something of a type, by its ARN, URL or name."""

    type: str
    """CloudFormation's name of the type; that of the intrinsic function for an export."""
    name: str
    account: str = ""
    region: str = ""
    """Where it is, if its name does not say so and somebody knows."""


class Reason(msgspec.Struct, frozen=True):
    """Why something is unknown, and the place that makes it so, where there is one."""

    doubt: Doubt
    text: str
    at: Place | None = None
    lookups: tuple[Lookup, ...] = ()
    """What is deployed and would tell more, wherever it is known what that is."""

    def same_cause(self, other: Reason) -> bool:
        """Tell whether doubt, text and start of the place are the same, finding out places only when all else is."""
        if self.text != other.text or self.doubt is not other.doubt:
            return False
        return self.at is other.at or _start(self.at) == _start(other.at)


def _start(at: Place | None) -> tuple[str, Position] | None:
    return None if at is None else (at.document.name, at.span.start)


class Verdict(msgspec.Struct, frozen=True):
    """The answer to a question about a system.

    Ask it by `is_yes`, `is_no` and `is_unknown`; combine answers by `&`, `|` and `~`. It refuses to be used as a bool,
    since an unknown answer must never pass for false. Make one by `YES`, `NO`, `of` or `unknown`.
    """

    truth: bool | None
    reasons: tuple[Reason, ...] = ()
    """Why the answer is unknown: one a cause, those not understood first, at most three. Empty if it is known."""

    @property
    def is_yes(self) -> bool:
        """Whether the answer is known to be yes."""
        return self.truth is True

    @property
    def is_no(self) -> bool:
        """Whether the answer is known to be no."""
        return self.truth is False

    @property
    def is_unknown(self) -> bool:
        """Whether the answer is not known."""
        return self.truth is None

    @property
    def doubt(self) -> Doubt | None:
        """The class of an unknown answer: not understood if any reason is, else outside the run. None if known."""
        # The reasons not understood come first, so the first one decides.
        return self.reasons[0].doubt if self.reasons else None

    def __and__(self, other: Verdict) -> Verdict:
        """Give yes if both are, no if either is."""
        if self.is_no or other.is_yes:
            return self
        if other.is_no or self.is_yes:
            return other
        return self._with_reasons_of(other)

    def __or__(self, other: Verdict) -> Verdict:
        """Give yes if either is, no if both are."""
        if self.is_yes or other.is_no:
            return self
        if other.is_yes or self.is_no:
            return other
        return self._with_reasons_of(other)

    def _with_reasons_of(self, other: Verdict) -> Verdict:
        # Among thousands of unknown answers most bring nothing that is kept, and to compare reasons takes long.
        full = len(self.reasons) == KEPT
        if full and (self.reasons[-1].doubt is Doubt.NOT_UNDERSTOOD or other.doubt is Doubt.OUTSIDE):
            return self
        return unknown(*self.reasons, *other.reasons)

    def __invert__(self) -> Verdict:
        """Give the opposite answer; what is unknown stays so for the same reasons."""
        return self if self.truth is None else of(not self.truth)

    def __bool__(self) -> NoReturn:
        message = "a Verdict may be unknown and has no bool; ask .is_yes, .is_no or .is_unknown, combine with & | ~"
        raise TypeError(message)


YES = Verdict(True)
NO = Verdict(False)


def of(truth: bool) -> Verdict:
    """Give YES for true and NO for false."""
    return YES if truth else NO


def unknown(reason: Reason, *more: Reason) -> Verdict:
    """Give an unknown answer for these reasons; those of one cause are merged and at most three are kept."""
    kept: list[Reason] = []
    for each in sorted((reason, *more), key=lambda each: each.doubt is Doubt.OUTSIDE):
        if not any(each.same_cause(other) for other in kept):
            kept.append(each)
        if len(kept) == KEPT:
            break
    return Verdict(None, tuple(kept))


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Give yes if all are, no as soon as one is (the rest is not looked at), yes for none at all."""
    result = YES
    for verdict in verdicts:
        result &= verdict
        if result.is_no:
            break
    return result


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Give yes as soon as one is (the rest is not looked at), no if none is, no for none at all."""
    result = NO
    for verdict in verdicts:
        result |= verdict
        if result.is_yes:
            break
    return result
