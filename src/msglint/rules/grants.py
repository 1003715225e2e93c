"""What rules about grants say alike: why a sender is let in or not, and which statement would."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

from msgspec import structs

from msglint.finding import Candidate, Fix, Grant, Note
from msglint.iam.delivery import Arrival, arrival
from msglint.iam.evaluate import Decision, Part, StatementResult
from msglint.iam.explain import explain
from msglint.iam.sender import never_met, touches
from msglint.iam.stranger import sources
from msglint.model.access import Permission, QueuePolicy, Role, SecretPolicy, TopicPolicy
from msglint.model.delivery import EDGES, EVENTS, S3, SNS, Edge, Key, Untold, attached_to, deliveries_to
from msglint.model.expression import NeedsChoice
from msglint.model.lambda_ import INVOKED
from msglint.model.model import Model
from msglint.model.notifiers import Trail
from msglint.model.policy import Policy, Principal, PrincipalKind, Statement
from msglint.model.resource import Resource
from msglint.model.secrets import Secret
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.text import ARN_COLONS, SERVICE, Text, matches
from msglint.model.value import Known, Unknown, literal, made_of, says
from msglint.verdict import YES, Doubt, Reason, Verdict, any_of, unknown

MOST_SOURCES = 10
"""How many more sources a repair names; whoever has more writes a wildcard."""
MOST_SIBLINGS = 500
"""Of how many queues of one block the repair of one looks at the others."""
_BUCKETS = "arn:aws:s3:"
_ACCOUNT = "aws:sourceaccount"
_LITERAL = Reason(Doubt.NOT_UNDERSTOOD, "nothing is open in a literal")


def untold(edge: Untold) -> Candidate:
    """Give the undecided answer for a delivery of which one end is not known."""
    return Candidate(
        when=unknown(edge.reason),
        resource=edge.owner,
        at=edge.at,
        message="{owner} sends to something outside this run",
        args={"owner": edge.owner},
    )


def rejection(edge: Edge, came: Arrival, lost: str, model: Model) -> Candidate:
    """Give the answer to whether what an edge sends is turned away; `lost` says what happens then."""
    # Whoever is let in needs no reasons: these are looked for among all statements.
    named = speaking(came.decision if not came.verdict.is_yes else None)
    return Candidate(
        when=~came.verdict,
        resource=edge.owner,
        at=edge.at,
        message=lost + ": {destination} does not let {service} in ({why})",
        args={
            "source": edge.source,
            "destination": edge.destination,
            "service": edge.service,
            "why": because(named) or _why(edge, came),
        },
        related=(
            Note("the destination", edge.destination.at, edge.destination),
            *(Note("the statement", result.statement.at) for result in named[:3]),
        ),
        fix=_repair(edge, named, came, model),
    )


def _grant(edge: Edge, others: tuple[Resource, ...] = ()) -> Grant | None:
    """Give the statement that lets the sender of an edge in; None where AWS documents no condition for it."""
    account = edge.kind.source_account is Key.SENT
    # A trail is not made before the policy is there, which then cannot refer to it.
    if isinstance(edge.source, Trail) or not (edge.sends_own_arn or account):
        return None
    source = edge.source if edge.sends_own_arn else None
    alone = edge.service == S3
    return Grant(edge.service, edge.kind.action, edge.destination, source, account=alone, others=others)


def speaking(decision: Decision | None) -> tuple[StatementResult, ...]:
    """Give the statements that decide and speak of the service: for the others what is missing is one for it."""
    results = decision.decisive if decision is not None else ()
    return tuple(result for result in results if result.failed is not Part.PRINCIPAL)


def because(named: Sequence[StatementResult]) -> str | None:
    """Say why the first of these statements turns somebody away; None where there is none."""
    if not named:
        return None
    return explain(named[0]) if not named[0].denies.is_yes else "a statement denies it"


def _rejected_likewise(edge: Edge, model: Model) -> tuple[Resource, ...] | None:
    """Give the other sources that one statement for all of a service's has to let in; None: nobody can tell them."""
    found: dict[tuple[str, str], Resource] = {}
    # A repair is no reason to look into more conditions than the question did.
    try:
        for other in model.once((deliveries_to, edge.destination.record.key), partial(_deliveries, edge, model)):
            if other.service == edge.service and other.sends_own_arn:
                found[other.source.record.key] = other.source
    except NeedsChoice:
        return None
    found.pop(edge.source.record.key, None)
    return tuple(found.values()) if len(found) <= MOST_SOURCES else None


def _deliveries(edge: Edge, model: Model) -> Sequence[Edge]:
    return tuple(deliveries_to(edge.destination, model))


def _repair(edge: Edge, named: tuple[StatementResult, ...], came: Arrival, model: Model) -> Fix | None:
    if came.verdict.is_yes or any(result.denies.is_yes for result in named):
        return None
    held = came.holder(named[0]) if named else None
    holder = held[0] if held is not None else next((each.owner for each in came.attached), None)
    if holder is not None and not holder.record.asked:
        # Nobody can change a policy that a transform writes.
        return None
    if holder is None or isinstance(edge.destination, INVOKED):
        return _let_in(edge, model)
    grant = _grant(edge)
    if grant is None:
        return None
    if held is not None and _helps_nobody(named[0], held[1], edge, model):
        others = _rejected_likewise(edge, model)
        if others is not None:
            return Fix("Put this in the place of the statement that fails", holder, grant=_grant(edge, others))
    return Fix("Add this statement to the policy", holder, grant=grant)


def _helps_nobody(result: StatementResult, policy: Policy, edge: Edge, model: Model) -> bool:
    """Say whether a statement is for this service and destination alone, and lets the service in for no source.

    What is put in the place of any other locks somebody out.
    """
    statement = result.statement
    match statement.principals, statement.resources:
        case (Principal(kind=PrincipalKind.SERVICE, name=Known()),), (resource,):
            pass
        case _:
            return False
    alone = len(edge.destination.record.part.siblings(edge.destination.id)) == 1
    named = literal(resource)
    exact = len(made_of(resource)) == 1 or (named is not None and not {"*", "?"} & set(named))
    failed = result.failed is Part.CONDITION and result.applies.is_no
    return failed and alone and exact and never_met(policy, statement, edge.service, model) is not None


def _lacks_statement(edge: Edge, came: Arrival) -> bool:
    """Say whether a repair is a resource of its own: a permission, or the policy of what has none."""
    return not came.verdict.is_yes and (not came.attached or isinstance(edge.destination, INVOKED))


def _let_in(edge: Edge, model: Model) -> Fix | None:
    """Give the policy or permission that is missing, with those that the same block makes others lack."""
    grant = _resource_made(edge, model)
    if grant is None:
        return None
    lacking: Mapping[Hashable, Sequence[str]] = {}
    part = edge.destination.record.part
    siblings = part.siblings(edge.destination.id)
    if 1 < len(siblings) <= MOST_SIBLINGS:
        asked = ("lacking", edge.service, part.key, next(iter(siblings.values())))
        with suppress(NeedsChoice):
            lacking = model.once(asked, lambda: _lacking(edge, siblings.values(), model))
    alike = structs.replace(grant, alike=tuple(lacking.get(_for_each(grant), ())))
    return Fix(f"Let {edge.service} in", edge.destination, grant=alike)


def _lacking(edge: Edge, siblings: Iterable[str], model: Model) -> Mapping[Hashable, Sequence[str]]:
    """Give the destinations of one block that lack a policy or permission, by what that has to say."""
    found: dict[Hashable, dict[str, None]] = {}
    records = (edge.destination.record.part.record(id_) for id_ in siblings)
    for destination in (type(edge.destination)(record) for record in records if record is not None):
        for other in deliveries_to(destination, model):
            if other.service == edge.service and _lacks_statement(other, arrival(other, model)):
                grant = _resource_made(other, model)
                if grant is not None:
                    found.setdefault(_for_each(grant), {})[destination.id] = None
    return {said: tuple(ids) for said, ids in found.items()}


def _for_each(grant: Grant) -> Hashable:
    """Give the sources of a grant, those that have the destination's own key as their block: it has one for each."""
    to = grant.destination
    keys = to.record.part.siblings(to.id)
    own = next((key for key, id_ in keys.items() if id_ == to.id), None)
    named: list[tuple[str, bool]] = []
    for source in (grant.source, *grant.others):
        if source is not None:
            those = source.record.part.siblings(source.id)
            each = len(those) > 1 and those.keys() == keys.keys() and those.get(own) == source.id
            named.append((next(iter(those.values())) if each else source.id, each))
    return (*sorted(named), grant.account)


def _resource_made(edge: Edge, model: Model) -> Grant | None:
    # A queue or topic has one policy, which is for all that is sent there; a permission is for one source.
    others = _rejected_likewise(edge, model) if not isinstance(edge.destination, INVOKED) else None
    return _grant(edge, others or ())


def _why(edge: Edge, came: Arrival) -> str:
    match edge.destination:
        case Topic() if not came.attached and edge.kind.source_owner is Key.SENT:
            return "its default policy admits what is of its own account"
        case Topic() if not came.attached:
            return "its default policy admits no service that does not name the owner"
        case Queue() if not came.attached:
            return "it has no policy"
        case _:
            return f"no statement of its policy names {edge.service}"


def grants_to_services(policy: Policy) -> Iterator[tuple[Statement, tuple[str, ...]]]:
    """Give each Allow with the AWS services that it names."""
    for statement in allows(policy):
        known = (each for each in statement.principals or () if each.kind is PrincipalKind.SERVICE)
        literals = [each.name.value.literal_value for each in known if isinstance(each.name, Known)]
        services = tuple(dict.fromkeys(literal for literal in literals if literal))
        if services:
            yield statement, services


def effective_on(owner: Resource, policy: Policy, statement: Statement, model: Model) -> Verdict:
    """Say whether a statement covers anything that its policy is attached to, since else it grants nothing."""
    match owner:
        case QueuePolicy() | TopicPolicy():
            attached, rest = attached_to(owner, model)
            if not attached:
                # What it is attached to lies outside the run, and is taken to be what it speaks of.
                return YES
            covered = any_of(touches(policy, statement, resource.arn) for resource in attached)
            return covered if rest is None else covered | unknown(rest.reason)
        case Queue() | Topic():
            return touches(policy, statement, owner.arn)
        case _:
            return YES


def grants_to_everybody(policy: Policy) -> Iterator[Statement]:
    """Give each Allow that names everybody, or all but some."""
    for statement in allows(policy):
        named = (statement.principals or (), statement.not_principals)
        if named[1] is not None or any(_is_everybody(principal) for principal in named[0]):
            yield statement


def allows(policy: Policy) -> Iterator[Statement]:
    """Give each statement that allows, or may."""
    return (statement for statement in policy.statements if not says(statement.effect, "Allow").is_no)


def _is_everybody(principal: Principal) -> bool:
    if principal.kind is PrincipalKind.ANYONE:
        return True
    written = literal(principal.name)
    return principal.kind is PrincipalKind.AWS and written == "*"


def grants_to_buckets(policy: Policy, model: Model) -> Iterator[Statement]:
    """Give each Allow that asks for a bucket as the source, for S3 or for everybody."""
    for statement, services in grants_to_services(policy):
        if any(is_for_buckets(statement, service) for service in services):
            yield statement
    for statement in grants_to_everybody(policy):
        if any(text.starts_with(_BUCKETS).is_yes for text in sources(statement, model)):
            yield statement


def grants_to_sources(policy: Policy, model: Model) -> Iterator[tuple[Statement, tuple[str, ...]]]:
    """Give each Allow for everybody that asks for a source, with the services that act for such topics and rules.

    Who asks for an account alone asks for no topic: SNS is not known to send one.
    """
    for statement in grants_to_everybody(policy):
        asked = list(sources(statement, model))
        found = tuple(service for service in (SNS, EVENTS) if any(_may_act_for(service, source) for source in asked))
        if not asked and any(condition.key.lower() == _ACCOUNT for condition in statement.conditions):
            found = (EVENTS,)
        if found:
            yield statement, found


def _may_act_for(service: str, source: Text) -> bool:
    """Say whether what is asked for may be a source of a service: also where it leaves open whose source it is."""
    pieces = source.split(":", ARN_COLONS) or (source,)
    named = pieces[min(SERVICE, len(pieces) - 1)].literal_value
    whole = len(pieces) > SERVICE or (named is not None and named.endswith("*"))
    name = Text.literal(service.split(".", maxsplit=1)[0])
    return named is not None and whole and matches(Text.literal(named), name, _LITERAL).is_yes


def is_for_buckets(statement: Statement, service: str) -> bool:
    """Say whether a grant to S3 asks for a source."""
    return service == S3 and any(condition.key.lower() == "aws:sourcearn" for condition in statement.conditions)


def attached_by_aws(owner: Resource, service: str) -> bool:
    """Say whether a grant is one that AWS writes itself: MSK lets itself read an associated secret.

    https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html
    """
    return isinstance(owner, SecretPolicy | Secret) and service == "kafka.amazonaws.com"


def is_path(owner: Resource, service: str) -> bool:
    """Say whether messages come by a grant: to functions not every service that may call one sends them."""
    return not isinstance(owner, Permission) or any(
        kind.destination in INVOKED and kind.service == service for kind in EDGES
    )


def unread(owner: Resource, policy: Policy | Unknown) -> Iterator[Candidate]:
    """Give the undecided answer for a policy, or statements of one, that cannot be read."""
    rest = policy if isinstance(policy, Unknown) else policy.rest
    if rest is not None:
        yield Candidate(when=unknown(rest.reason), resource=owner, at=rest.at, message="a policy that cannot be read")


def narrowed(owner: Resource, services: Sequence[str], action: str, model: Model) -> Fix | None:
    """Give the repair that lets a service act for one source alone, on the first thing that a policy is for.

    Where no delivery of this run tells the source, the own account will do if the service is known to send it: advice
    that breaks a delivery is worse than none. A statement for several services is taken apart by hand.
    """
    if isinstance(owner, Permission):
        return Fix(f"Name your own source in {owner.record.part.spell(owner.record.native, ('SourceArn',))}", owner)
    grant = _scoped(owner, services[0], action, model) if len(services) == 1 else None
    return Fix(f"Let {services[0]} act for your own source alone", owner, grant=grant) if grant is not None else None


def _scoped(owner: Resource, service: str, action: str, model: Model) -> Grant | None:
    """Give the narrower grant, if it is the same for all whose policies one block writes."""
    part = owner.record.part
    siblings = part.siblings(owner.id)
    grant = _scoped_to(owner, service, action, model)
    if grant is None or len(siblings) < 2:
        return grant

    def said() -> Collection[Hashable]:
        records = (part.record(id_) for id_ in siblings.values())
        grants = (_scoped_to(type(owner)(each), service, action, model) for each in records if each is not None)
        return {each and _for_each(each) for each in grants}

    asked = ("scoped", service, action, part.key, next(iter(siblings.values())))
    return grant if len(model.once(asked, said)) == 1 else None


def _scoped_to(owner: Resource, service: str, action: str, model: Model) -> Grant | None:
    target = _target(owner, model)
    if target is None:
        return None
    try:
        edges = [edge for edge in deliveries_to(target, model) if edge.service == service]
    except NeedsChoice:
        return None
    senders = {edge.source.record.key: edge.source for edge in edges if edge.sends_own_arn}
    if senders:
        first, *others = senders.values()
        # Whoever is not named is locked out.
        if len(others) > MOST_SOURCES or not all(edge.sends_own_arn for edge in edges):
            return None
        return Grant(service, action, target, first, account=service == S3, others=tuple(others))
    documented = any(kind.service == service and kind.source_account is Key.SENT for kind in EDGES)
    return Grant(service, action, target, None, account=True) if documented or isinstance(owner, Role) else None


def _target(owner: Resource, model: Model) -> Resource | None:
    match owner:
        case QueuePolicy() | TopicPolicy():
            attached, rest = attached_to(owner, model)
            return attached[0] if len(attached) == 1 and rest is None else None
        case Queue() | Topic() | Role():
            return owner
        case _:
            return None
