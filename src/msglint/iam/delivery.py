"""The two requests of each edge: the one that should be allowed, and the one that should be refused."""

from collections.abc import Sequence

import msgspec

from msglint.iam.evaluate import Decision, StatementResult, allowed_by_resource_policy
from msglint.iam.request import ABSENT, Context, ContextValue, Request, ServicePrincipal, sent
from msglint.model.delivery import Edge, EdgeKind, Key, policies
from msglint.model.elsewhere import Attached
from msglint.model.lambda_ import INVOKED
from msglint.model.logs import LogGroup
from msglint.model.model import Model
from msglint.model.policy import Policy
from msglint.model.resource import Resource
from msglint.model.sns import Topic
from msglint.model.text import Alphabet, Symbol, Text, same
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, of, unknown


class Arrival(msgspec.Struct, frozen=True):
    """Whether what an edge sends is let in; `decision` is None where there is no policy at all."""

    verdict: Verdict
    attached: Sequence[Attached]
    decision: Decision | None

    def holder(self, result: StatementResult) -> tuple[Resource, Policy]:
        """Give the resource that a statement is written in, and its policy."""
        holding = (
            (each.owner, each.policy)
            for each in self.attached
            if isinstance(each.policy, Policy)
            and any(statement is result.statement for statement in each.policy.entries)
        )
        return next(holding)


def arrival(edge: Edge, model: Model) -> Arrival:
    """Say whether the destination's policies let the sender of an edge in."""
    if edge.owner.record.permitted and isinstance(edge.destination, INVOKED):
        # A function's policy denies nobody, and the transform adds what lets its own event in.
        return Arrival(YES, (), None)
    asked = ("arrival", edge.kind, edge.source.record.key, edge.destination.record.key)
    return model.once(asked, lambda: _arrival(edge, model))


def _arrival(edge: Edge, model: Model) -> Arrival:
    attached = policies(edge.destination, model)
    decision: Decision | None = None
    if attached:
        # A permission lets somebody call a function, and none denies it; of logs nobody writes such a policy.
        denying = not isinstance(edge.destination, (*INVOKED, LogGroup))
        decision = allowed_by_resource_policy((each.policy for each in attached), intended(edge), hidden_denies=denying)
        verdict = decision.verdict
    elif isinstance(edge.destination, Topic):
        verdict = _owned(edge)
    else:
        verdict = NO
    if edge.doubt and not verdict.is_yes:
        verdict = unknown(Reason(Doubt.OUTSIDE, edge.doubt))
    return Arrival(verdict, attached, decision)


def _owned(edge: Edge) -> Verdict:
    """Say whether the default policy of a topic lets a service in: the source has to be of the topic's owner."""
    kind = edge.kind
    if kind.source_owner is Key.UNDOCUMENTED:
        text = f"AWS does not document whether {kind.service} says who owns its source, as the default policy asks"
        return unknown(Reason(Doubt.OUTSIDE, text))
    here, there = (end.record.part.account(end.id) for end in (edge.source, edge.destination))
    text = f"whether {edge.source} and {edge.destination} are of one account cannot be told"
    return of(kind.source_owner is Key.SENT) & same(here, there, Reason(Doubt.OUTSIDE, text, edge.at))


def intended(edge: Edge) -> Request:
    """Give the request that an edge makes."""
    part = edge.source.record.part
    account = sent(part.account(edge.source.id))
    keys = {
        **spoken(edge.service),
        "aws:SourceArn": _documented(edge.kind.source_arn, sent(edge.sender), edge.kind),
        "aws:SourceAccount": _documented(edge.kind.source_account, account, edge.kind),
        "aws:SourceOwner": _documented(edge.kind.source_owner, account, edge.kind),
    }
    return Request(
        ServicePrincipal(edge.service),
        edge.kind.action,
        _asked(edge.destination),
        Context.of(keys, undocumented(edge.service)),
    )


def _asked(destination: Resource) -> Text:
    """Give what a delivery is made to: a stream of a log group, else the destination itself."""
    if not isinstance(destination, LogGroup):
        return destination.arn
    group = Text.of(*(part.removesuffix(":*") if isinstance(part, str) else part for part in destination.arn.parts))
    return Text.of(group, ":log-stream:", Symbol(("log stream", destination.id), Alphabet.ASSIGNED, "<stream>"))


def spoken(service: str) -> dict[str, ContextValue]:
    """Give the keys that every call in a service's own name has, or has not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    return {
        "aws:SecureTransport": sent("true"),
        "aws:PrincipalIsAWSService": sent("true"),
        "aws:PrincipalServiceName": sent(service),
        "aws:PrincipalOrgID": ABSENT,
        "aws:PrincipalOrgPaths": ABSENT,
    }


def undocumented(service: str) -> Reason:
    """Give the reason for a key of which AWS does not say whether the service sends it."""
    return Reason(Doubt.OUTSIDE, f"AWS does not document whether {service} sends this condition key")


def _documented(key: Key, value: ContextValue, kind: EdgeKind) -> ContextValue:
    match key:
        case Key.SENT:
            return value
        case Key.ABSENT:
            return ABSENT
        case Key.UNDOCUMENTED:
            return undocumented(kind.service)
