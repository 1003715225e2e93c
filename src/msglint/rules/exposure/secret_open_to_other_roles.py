"""A role may read secrets of brokers that it has nothing to do with.

## What it does
Looks, where somebody signs in to a broker or a Kafka cluster, at the roles that a service assumes to run your code or
to move messages, and finds statements that let them read every secret. Of a role that only pipes, rules or schedules
use it also finds statements for a broker's secret with which none of its pipes signs in.

## Why it matters
Whoever gets hold of one function reads the users of all brokers and clusters, and everything else that is kept in
Secrets Manager.

## How to fix
Name the secret in `Resource`: its ARN, or `secret:NAME-??????` where you write it by hand.

## When not to
A service that has to read secrets which do not exist yet. Whether code that may read exactly one secret has a use for
it cannot be told from a template, so it is not reported. Neither are roles of people and of deployment services.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Note, Severity
from msglint.iam.breadth import Reach, has_use_for, reading
from msglint.model.access import IdentityPolicy, ManagedPolicy, Role
from msglint.model.identity_policies import permissions
from msglint.model.lambda_ import Function
from msglint.model.model import Model
from msglint.model.policy import Policy, Statement, read_policy
from msglint.model.resource import Resource
from msglint.model.secret_access import broker_secrets, has_messaging_credentials
from msglint.model.value import shown
from msglint.rules.grants import allows, unread
from msglint.rules.interface import rule
from msglint.verdict import Verdict

CONFIGURED = frozenset({"pipes", "events", "scheduler"})
"""Services that read no secret but those that their resources name."""
WORKLOADS = CONFIGURED | {
    "lambda",
    "ecs-tasks",
    "ec2",
    "states",
    "kafkaconnect",
    "kinesisanalytics",
    "firehose",
    "glue",
}
"""Services that run code or move messages, and so have a use for some secrets and not for all."""


@rule(
    "MSG208",
    Severity.WARNING,
    each=(Role, Function),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html",
    ],
)
def secret_open_to_other_roles(owner: Role | Function, model: Model) -> Iterator[Candidate]:
    """Judge what a role may read; one that a transform makes for a function holds the function's policies."""
    role = owner if isinstance(owner, Role) else model.find(owner.role, Role)
    if isinstance(role, Role) and role.record.asked is isinstance(owner, Role):
        yield from _judged(role, model)


def _judged(role: Role, model: Model) -> Iterator[Candidate]:
    services = _assuming(role)
    if not services & WORKLOADS or not has_messaging_credentials(model):
        return
    given = permissions(role, model)
    reach = Reach.of(role, given)
    secrets = broker_secrets(model) if services <= CONFIGURED else ()
    for attached in (*given.policies, *given.unread):
        policy, owner = attached.policy, attached.owner
        yield from unread(owner, policy)
        if not isinstance(policy, Policy):
            continue
        for statement in reading(policy):
            every = reach.reads_all(policy, statement)
            yield _open(role, owner, statement, every, "every secret, whichever broker's it is")
            for secret in secrets:
                useless = reach.reads(policy, statement, secret) & ~has_use_for(role, secret, model)
                yield _open(role, owner, statement, useless, f"{secret}, with which no pipe of the role signs in")


def _assuming(role: Role) -> set[str]:
    """Give whom the trust policy lets in: services by their short names, and an empty name where it does not tell."""
    trust = read_policy(role.trust)
    statements = list(allows(trust)) if isinstance(trust, Policy) else []
    names = [principal.name for statement in statements for principal in statement.principals or ()]
    told = isinstance(trust, Policy) and trust.rest is None and all(each.principals for each in statements)
    return {*(shown(name).partition(".")[0] for name in names), *([] if told else [""])}


def _shared(owner: Resource) -> bool:
    return isinstance(owner, ManagedPolicy) or (
        isinstance(owner, IdentityPolicy) and len(owner.roles.elements().known) > 1
    )


def _open(role: Role, owner: Resource, statement: Statement, when: Verdict, what: str) -> Candidate:
    return Candidate(
        when=when,
        resource=owner,
        at=statement.at,
        message="{role} may read {what}",
        args={"role": f"each role with {owner}" if _shared(owner) else role, "what": what},
        related=(Note("the role", role.at, role),) if owner.record.key != role.record.key else (),
    )
