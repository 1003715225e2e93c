"""Whether senders and readers may use the KMS key of a queue, topic or stream.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
"""

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeAlias

import msgspec

from msglint.iam.delivery import spoken, undocumented
from msglint.iam.evaluate import Decision, evaluate
from msglint.iam.identity import may_use_key, through
from msglint.iam.request import ABSENT, Context, ContextValue, Request, ServicePrincipal, sent
from msglint.iam.roles import User, assumed, naming
from msglint.model.access import Role
from msglint.model.delivery import Edge, Stance, deliveries_to
from msglint.model.delivery import Key as Documented
from msglint.model.key_policies import beside_the_policy, key_policy
from msglint.model.kinesis import Stream
from msglint.model.kms import Key
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.role_delivery import RoleDelivery, role_deliveries
from msglint.model.role_uses import Part
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.value import Absent, Unknown, says
from msglint.verdict import NO, Doubt, Reason, Verdict, all_of, of, unknown

Store: TypeAlias = Queue | Topic | Stream

DECRYPT = "kms:Decrypt"
SENDING = ("kms:GenerateDataKey", DECRYPT)
"""What a sender does with the key of a queue or topic; it decrypts to see that a data key is sound."""
UNSEEN = ("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID")
"""What KMS does not see where AWS says that the policy of a key cannot ask for the source."""


class KeyUse(msgspec.Struct, frozen=True):
    """What a service or role that sends or reads may do with a key: a decision for each action that it takes.

    `edges` are the deliveries that have the same answer.
    """

    key: Key
    caller: str | Role
    edges: tuple[Edge | RoleDelivery, ...]
    decisions: Mapping[str, Decision]
    conditional: Verdict = NO
    """Whether the caller may not use the key, and might if KMS saw the source of this kind of delivery."""
    doubt: Reason | None = None
    """Why nothing is lost for certain where the caller may not use the key."""
    supported: bool = True
    """Whether the service sends to something encrypted at all."""

    @property
    def verdict(self) -> Verdict:
        """Whether the caller may do all that it takes."""
        if not self.supported:
            return NO
        allowed = all_of(decision.verdict for decision in self.decisions.values())
        return unknown(self.doubt) if self.doubt is not None and allowed.is_no else allowed

    @property
    def refused(self) -> Mapping[str, Decision]:
        """What it may not do, or else what it perhaps may not."""
        denied = {action: each for action, each in self.decisions.items() if each.verdict.is_no}
        return denied or {action: each for action, each in self.decisions.items() if not each.verdict.is_yes}

    @property
    def sources(self) -> str:
        """What makes the deliveries."""
        made = (edge.source if isinstance(edge, Edge) else edge.owner for edge in self.edges)
        return " and ".join(dict.fromkeys(map(str, made)))

    @property
    def reads(self) -> bool:
        """Whether the caller reads, and does not send."""
        return DECRYPT in self.decisions and len(self.decisions) == 1


def key_uses(store: Store, model: Model) -> Iterator[KeyUse | Unknown]:
    """Give what those who send to a queue, topic or stream, or read it, do with its key.

    Unknown where the key or a role lies outside the run or cannot be told; nothing where no key is the customer's.
    """
    key = model.key_of(store)
    if key is None or (isinstance(store, Stream) and says(store.encryption_type, "NONE").is_yes):
        return
    services, roles = list(deliveries_to(store, model)), list(_by_roles(store, model))
    if isinstance(key, Unknown):
        if services or roles:
            yield key
        return
    alike: dict[Hashable, KeyUse] = {}
    for use in (
        *(_by_service(edge, key, model) for edge in services),
        *(_by_role(delivery, store, key, model) for delivery in roles),
    ):
        if isinstance(use, Unknown):
            yield use
        elif use is not None:
            caller = use.caller if isinstance(use.caller, str) else use.caller.record.key
            answer = (caller, tuple(use.decisions), use.verdict.truth, use.conditional.truth)
            first = alike.get(answer)
            edges = (*first.edges, *use.edges) if first is not None else use.edges
            alike[answer] = msgspec.structs.replace(first or use, edges=edges)
    yield from alike.values()


def _by_roles(store: Store, model: Model) -> Iterator[RoleDelivery]:
    """Give the edges through roles that end at a store, or begin there."""
    found = (each for owner in naming(store, model) for each in role_deliveries(owner, model))
    for delivery in (each for each in found if isinstance(each, RoleDelivery)):
        end = delivery.destination
        if isinstance(end, Resource) and end.record.key == store.record.key:
            yield delivery


def _by_role(delivery: RoleDelivery, store: Store, key: Key, model: Model) -> KeyUse | Unknown | None:
    """Say what a role may do with a key, by the policies of both; None where nobody can assume the role anyway."""
    role = model.find(delivery.role, Role)
    if not isinstance(role, Role):
        return None if isinstance(role, Absent) else role
    if assumed(role, User(delivery.row.service, delivery.owner), model).verdict.is_no:
        return None
    keys = through(role, store)
    if isinstance(store, Stream):
        keys["kms:EncryptionContext:aws:kinesis:arn"] = sent(store.arn)
    sending = SENDING[:1] if isinstance(store, Stream) else SENDING
    actions = (DECRYPT,) if delivery.row.part is Part.SOURCE else sending
    decisions = {action: may_use_key(role, action, key, model, keys) for action in actions}
    why = "AWS's pages contradict each other on whether a target with a role is reached in the service's own name"
    doubt = Reason(Doubt.OUTSIDE, why, delivery.at) if delivery.row.contested else None
    return KeyUse(key, role, (delivery,), decisions, doubt=doubt)


def _by_service(edge: Edge, key: Key, model: Model) -> KeyUse:
    """Say what a service may do with a key in its own name: the key's policy alone decides."""
    service = edge.service
    decisions = {action: _decision(edge, key, action, _seen(edge), model) for action in SENDING}
    why = edge.doubt
    if edge.kind.encrypted is Stance.UNDOCUMENTED:
        why = f"it is not verified with which key {service} publishes"
    doubt = Reason(Doubt.OUTSIDE, why, edge.at) if why else None
    supported = edge.kind.encrypted is not Stance.REFUSED
    use = KeyUse(key, service, (edge,), decisions, doubt=doubt, supported=supported)
    # What hangs on other keys alone does not hang on the source.
    others = all(reason.text == undocumented(service).text for reason in use.verdict.reasons)
    if edge.kind.key_conditions is not Stance.REFUSED or use.verdict.is_yes or (use.verdict.is_unknown and others):
        return use
    otherwise = (_decision(edge, key, action, _source(edge), model).verdict for action in SENDING)
    return msgspec.structs.replace(use, conditional=~use.verdict & of(not all_of(otherwise).is_no))


def _decision(edge: Edge, key: Key, action: str, keys: Mapping[str, ContextValue], model: Model) -> Decision:
    service = edge.service
    context = Context.of({**spoken(service), **keys}, undocumented(service))
    request = Request(ServicePrincipal(service), action, key.arn, context)
    policy = key_policy(key, model)
    decision = evaluate([policy], request)
    return evaluate([policy, *beside_the_policy(key, model)], request) if decision.verdict.is_no else decision


def _seen(edge: Edge) -> Mapping[str, ContextValue]:
    """Give what KMS sees of the source: as far as AWS documents that the policy of a key may ask for it."""
    match edge.kind.key_conditions:
        case Stance.ALLOWED:
            return _source(edge)
        case Stance.REFUSED:
            return dict.fromkeys(UNSEEN, ABSENT)
        case Stance.UNDOCUMENTED:
            return {}


def _source(edge: Edge) -> Mapping[str, ContextValue]:
    keys: dict[str, ContextValue] = {"aws:SourceArn": sent(edge.sender)}
    if edge.kind.source_account is Documented.SENT:
        keys["aws:SourceAccount"] = sent(edge.source.record.part.account(edge.source.id))
    return keys
