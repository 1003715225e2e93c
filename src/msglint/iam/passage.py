"""Whether an edge through a role gets through: the role may do at the far end all that the edge needs."""

from collections.abc import Iterator, Sequence

import msgspec

from msglint.iam.delivery import arrival
from msglint.iam.evaluate import Decision
from msglint.iam.identity import may
from msglint.iam.roles import User, assumed
from msglint.model.access import Role, StreamPolicy
from msglint.model.delivery import EDGES, Edge, behind_the_scenes, policies
from msglint.model.dynamodb import Table
from msglint.model.elsewhere import Attached, besides
from msglint.model.events import DEFAULT_BUS, ApiDestination, EventBus, EventBusPolicy, Rule, RuleTarget
from msglint.model.exposure import held
from msglint.model.kinesis import Stream, StreamConsumer
from msglint.model.lambda_ import Alias, Function
from msglint.model.model import Model, lookups
from msglint.model.policy import Policy, read_policy
from msglint.model.resource import Resource
from msglint.model.role_delivery import RoleDelivery, role_deliveries
from msglint.model.role_uses import role_uses
from msglint.model.s3 import Bucket
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.text import Alphabet, Symbol, Text
from msglint.model.value import Absent, Known, Unknown, Value, not_understood, outside
from msglint.verdict import YES, Doubt, Reason, Verdict, all_of, any_of, unknown

_WITH_POLICIES = (Queue, Topic, Function, Stream, StreamConsumer, EventBus, Table, Bucket)
"""What may have a policy of its own, which may let a role in beside the role's."""
_UNREAD = frozenset({"AWS::S3::BucketPolicy", "aws_s3_bucket_policy", "aws_dynamodb_resource_policy"})
"""Policies of those that nobody reads: an object of a bucket, a stream of a table."""
_OBJECT = Symbol(("object", "key"), Alphabet.FILLED, "<object>")


class Passage(msgspec.Struct, frozen=True):
    """Whether a role may do what an edge needs; `action` is what it may not, or what is in doubt."""

    role: Role
    verdict: Verdict
    action: str
    decision: Decision
    missing: tuple[str, ...]
    """All that it may not do."""


def passage(delivery: RoleDelivery, model: Model) -> Passage | Unknown | None:
    """Say whether an edge through a role gets through.

    None where nothing comes of it anyway, since nobody can assume the role: that is a fault of its own.
    """
    role = model.find(delivery.role, Role)
    if isinstance(role, Absent):
        return None
    if isinstance(role, Unknown):
        return role
    if assumed(role, User(delivery.row.service, delivery.owner), model).verdict.is_no:
        return None
    return _passage(delivery, role, model)


def needs(owner: Resource, role: Role, model: Model) -> Verdict:
    """Say whether something is lost that a resource does with a role where nobody can assume it."""
    uses = [use.role for use in role_uses(owner, model)]
    edges = [each for each in role_deliveries(owner, model) if isinstance(each, RoleDelivery) and each.row.contested]

    def is_it(named: Value[Text]) -> bool:
        found = model.find(named, Role)
        return isinstance(found, Role) and found.record.key == role.record.key

    contested = [edge for edge in edges if is_it(edge.role)]
    if len(contested) < sum(map(is_it, uses)):
        return YES
    return any_of(~_comes_without(edge, model) for edge in contested)


def _passage(delivery: RoleDelivery, role: Role, model: Model) -> Passage:
    row = delivery.row
    said = list(_policies(delivery.destination, delivery, model))
    known = [policy for policy in said if isinstance(policy, Policy)]
    elsewhere = [policy for policy in said if isinstance(policy, Unknown)]
    of = delivery.destination if isinstance(delivery.destination, Resource) else None
    arns = _arns(delivery)

    def asked(action: str) -> Decision:
        decisions = [may(role, action, arn, model, known, elsewhere, of=of) for arn in arns]
        found = next((decision for decision in decisions if not decision.verdict.is_no), decisions[0])
        # What a role may do in its own account is no fault of its policies in another.
        if found.verdict.is_no and not may(role, action, arns[0], model, known, elsewhere, of=role).verdict.is_no:
            why = f"{arns[0]} is of another account, which has to let the role in too"
            return msgspec.structs.replace(found, verdict=unknown(Reason(Doubt.OUTSIDE, why, delivery.at)))
        return found

    decisions = {action: asked(action) for action in row.actions}
    verdict = all_of(decision.verdict for decision in decisions.values())
    missing = tuple(action for action, decision in decisions.items() if decision.verdict.is_no)
    doubtful = (action for action, decision in decisions.items() if not decision.verdict.is_yes)
    action = next(iter(missing), next(doubtful, row.actions[0]))
    if verdict.is_no and any(not asked(other).verdict.is_no for other in row.perhaps):
        why = f"AWS does not say whether {row.service} calls {action} or {' or '.join(row.perhaps)} there"
        verdict = unknown(Reason(Doubt.OUTSIDE, why, role.at))
    if verdict.is_no and row.contested:
        verdict = _comes_without(delivery, model)
    return Passage(role, verdict, action, decisions[action], missing)


def _comes_without(delivery: RoleDelivery, model: Model) -> Verdict:
    """Say whether a rule's target is reached without the role: AWS's pages contradict each other on that.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    owner = delivery.owner
    source = model.find(owner.rule, Rule, "name") if isinstance(owner, RuleTarget) else owner
    kinds = (kind for kind in EDGES if kind.source is Rule and not kind.dead_letter)
    kind = next((kind for kind in kinds if kind.destination is delivery.row.destination), None)
    why = "AWS's pages contradict each other on whether a target with a role is reached in the service's own name"
    doubt = unknown(Reason(Doubt.OUTSIDE, why, delivery.at))
    if kind is None or not isinstance(source, Resource) or not isinstance(delivery.destination, kind.destination):
        return doubt
    edge = Edge(kind, owner, delivery.at, source, delivery.destination)
    return arrival(edge, model).verdict & doubt


def _arns(delivery: RoleDelivery) -> Sequence[Text]:
    """Give what a policy has to cover; where AWS documents several forms, each will do."""
    match delivery.row.destination, delivery.destination:
        case kind, _ if kind is Bucket:
            return (Text.of(delivery.arn, "/", _OBJECT),)
        case _, ApiDestination() as api:
            return (delivery.arn, api.record.part.attribute(api.id, "arn_for_policy"))
        case kind, Text(literal_value=str(arn)) if kind is ApiDestination and arn.count("/") > 1:
            return (delivery.arn, Text.literal(arn.rpartition("/")[0]))
        case _:
            return (delivery.arn,)


def _policies(end: Resource | Text, delivery: RoleDelivery, model: Model) -> Iterator[Policy | Unknown]:
    """Give the policies of a far end, and why there may be more."""
    if delivery.row.destination not in _WITH_POLICIES:
        return
    match end:
        case Text():
            why = f"{end}: it is not in this run, and its own policy may let the role in"
            yield outside(why, delivery.at, *lookups(Known(end, delivery.at), delivery.row.destination.KIND))
        case Queue() | Topic() | Function() | Alias():
            yield from (each.policy for each in policies(end, model))
        case _:
            yield from model.once((_held, end.record.key), lambda: tuple(_held(end, model)))


def _held(end: Resource, model: Model) -> Iterator[Policy | Unknown]:
    own = end.policy if isinstance(end, EventBus) else end.stream_policy if isinstance(end, Table) else None
    if own is not None and not own.exists().is_no:
        yield read_policy(own)
    mentions = end.mentions()
    doubts = list(behind_the_scenes(mentions, model))
    for by in dict.fromkeys(mention.by for mention in mentions):
        record = model.record(by)
        if record is None or not record.part.exists(record.id):
            continue
        if record.type in {StreamPolicy.KIND, EventBusPolicy.KIND}:
            owner = StreamPolicy(record) if record.type == StreamPolicy.KIND else EventBusPolicy(record)
            meant = model.names(_about(owner), end)
            if not meant.is_no:
                yield Unknown(meant.reasons[0], owner.at) if meant.is_unknown else held(owner, model).policy
        elif record.type in _UNREAD:
            yield not_understood(f"{record.id} may let the role in", record.at)
    exported = end.record.part.exported(end.id, arns=not isinstance(end, EventBus))
    if exported is not None:
        doubts.append(Attached(end, outside(f"{end} is exported, so another stack may give it a policy", exported)))
    yield from (each.policy for each in besides(doubts, end, model, lambda there: _there(there, model)))


def _there(end: Resource, model: Model) -> Iterator[Attached]:
    """Give the policies of a far end as it is deployed."""
    return (Attached(end, each) for each in _held(end, model))


def _about(owner: StreamPolicy | EventBusPolicy) -> Value[Text]:
    """Give the ARN or name of what a policy is for: of a bus that is not named, the default one."""
    if isinstance(owner, StreamPolicy):
        return owner.properties.get("ResourceArn").text()
    named = owner.properties.get("EventBusName").text()
    return Known(Text.literal(DEFAULT_BUS), named.at) if isinstance(named, Absent) else named
