"""The two requests of each edge: the one that should be allowed, and the one that should be refused."""

from collections.abc import Sequence

import msgspec

from msglint.iam.evaluate import Decision, StatementResult, allowed_by_resource_policy
from msglint.iam.request import ABSENT, Context, ContextValue, Request, ServicePrincipal, sent
from msglint.model.delivery import Attached, Edge, EdgeKind, Key, policies
from msglint.model.lambda_ import Function
from msglint.model.model import Model
from msglint.model.policy import Policy
from msglint.model.resource import Resource
from msglint.model.sns import Topic
from msglint.verdict import YES, Doubt, Reason, Verdict, of


class Arrival(msgspec.Struct, frozen=True):
    """Whether what an edge sends is let in; `decision` is None where there is no policy at all."""

    verdict: Verdict
    attached: Sequence[Attached]
    decision: Decision | None

    def holder(self, result: StatementResult) -> Resource:
        """Give the resource that a statement is written in."""
        holding = (
            each.owner
            for each in self.attached
            if isinstance(each.policy, Policy)
            and any(statement is result.statement for statement in each.policy.statements)
        )
        return next(holding)


def arrival(edge: Edge, model: Model) -> Arrival:
    """Say whether the destination's policies let the sender of an edge in."""
    if edge.owner.record.permitted and isinstance(edge.destination, Function):
        # A function's policy denies nobody, and the transform adds what lets its own event in.
        return Arrival(YES, (), None)
    asked = ("arrival", edge.kind, edge.source.record.key, edge.destination.record.key)
    return model.once(asked, lambda: _arrival(edge, model))


def _arrival(edge: Edge, model: Model) -> Arrival:
    attached = policies(edge.destination, model)
    if not attached:
        # A topic without a policy of its own lets in the services that name its owner, and a queue nobody.
        owned = isinstance(edge.destination, Topic) and edge.kind.source_owner is Key.SENT
        return Arrival(of(owned), attached, None)
    # A permission lets somebody call a function, and none denies it.
    denying = not isinstance(edge.destination, Function)
    decision = allowed_by_resource_policy((each.policy for each in attached), intended(edge), hidden_denies=denying)
    return Arrival(decision.verdict, attached, decision)


def intended(edge: Edge) -> Request:
    """Give the request that an edge makes."""
    part = edge.source.record.part
    account = sent(part.account(edge.source.id))
    keys = {
        **spoken(edge.kind.service),
        "aws:SourceArn": _documented(edge.kind.source_arn, sent(edge.source.arn), edge.kind),
        "aws:SourceAccount": _documented(edge.kind.source_account, account, edge.kind),
        "aws:SourceOwner": _documented(edge.kind.source_owner, account, edge.kind),
    }
    caller = ServicePrincipal(edge.kind.service)
    return Request(caller, edge.kind.action, edge.destination.arn, Context.of(keys, undocumented(edge.kind.service)))


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
