"""What others may have written for a resource of the run, and what an account says of that where it was asked.

A template that exports a queue cannot tell whether another stack has given it a policy. The account can, as soon as the
queue is there: what it has besides is what others have written. Only where the template is the one that is deployed
that is certain; else the account may still have what this very template wrote before, and takes away now.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from msglint.model.model import Model
from msglint.model.policy import Policy
from msglint.model.resource import Resource
from msglint.model.value import Unknown, outside
from msglint.verdict import Doubt, Lookup, Reason, Verdict, unknown

R = TypeVar("R", bound=Resource)


class Attached(msgspec.Struct, frozen=True):
    """A policy of a resource, and the resource that it is written in."""

    owner: Resource
    policy: Policy | Unknown
    by_this: bool = False
    """Whether it is why this very deployment may write one: before it nobody can look that up."""


def itself(resource: Resource) -> tuple[Lookup, ...]:
    """Give what tells what a resource is like in the account; nothing where its ARN is known only when it is made."""
    arn = resource.arn.literal_value
    return (Lookup(resource.record.type, arn),) if arn is not None and not resource.record.part.deployed else ()


def besides(
    doubts: Sequence[Attached], resource: R, model: Model, policies: Callable[[R], Iterable[Attached]]
) -> Iterator[Attached]:
    """Give why others may have written policies for a resource; where the account was asked, what they wrote.

    `policies` gives those of the resource as it is deployed.
    """
    if resource.record.part.deployed:
        # What a deployed template may write for it is there.
        doubts = [each for each in doubts if not each.owner.record.part.live]
    by_this = () if resource.record.part.live else [each for each in doubts if each.by_this]
    yield from by_this
    others = [each for each in doubts if not (by_this and each.by_this)]
    there = _there(resource, model) if others else None
    if there is None:
        yield from (Attached(each.owner, _told(each.policy, itself(resource))) for each in others)
    else:
        yield from besides_its_own(policies(there), resource)


def besides_its_own(there: Iterable[Attached], resource: Resource) -> Iterator[Attached]:
    """Give policies that are there for a resource, which its own template may have written before."""
    for each in there:
        if resource.record.part.live or isinstance(each.policy, Unknown):
            yield each
        else:
            yield Attached(each.owner, _doubted(each.policy, resource))


def done_elsewhere(doubt: Unknown, resource: R, model: Model, done: Callable[[R], Verdict] | None = None) -> Verdict:
    """Say whether others have done something with a resource that they are given, which `done` can tell."""
    if done is None:
        return unknown(doubt.reason)
    there = _there(resource, model)
    if there is None:
        return unknown(_with(doubt, itself(resource)).reason)
    verdict = done(there)
    return verdict if resource.record.part.live else verdict & unknown(_before(resource))


def _there(resource: R, model: Model) -> R | None:
    return None if resource.record.part.deployed else model.deployed(type(resource), resource.arn.literal_value)


def _told(policy: Policy | Unknown, lookups: tuple[Lookup, ...]) -> Policy | Unknown:
    return _with(policy, lookups) if isinstance(policy, Unknown) else policy


def _with(doubt: Unknown, lookups: tuple[Lookup, ...]) -> Unknown:
    reason = msgspec.structs.replace(doubt.reason, lookups=(*doubt.reason.lookups, *lookups))
    return msgspec.structs.replace(doubt, reason=reason)


def _doubted(policy: Policy, resource: Resource) -> Policy:
    """Give a policy whose statements may be gone when this is deployed."""
    doubt = outside(_before(resource).text, resource.at)
    gone = tuple(msgspec.structs.replace(each, more_conditions=doubt) for each in policy.statements)
    return msgspec.structs.replace(policy, entries=gone)


def _before(resource: Resource) -> Reason:
    text = f"{resource} has it in the account, and whether another stack wrote it or this one did before cannot be told"
    return Reason(Doubt.OUTSIDE, text, resource.at)
