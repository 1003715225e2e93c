"""Roles that services assume to deliver: who uses them, and whether the trust policy lets them."""

from collections.abc import Iterator

import msgspec

from msglint.iam.delivery import spoken, undocumented
from msglint.iam.evaluate import Decision, allowed_by_resource_policy
from msglint.iam.request import Context, ContextValue, Request, ServicePrincipal, sent
from msglint.model.access import Role
from msglint.model.delivery import ROLE_EDGES, SCHEDULE_GROUP, RoleEdge
from msglint.model.events import Pipe, Rule, RuleTarget, Schedule
from msglint.model.model import Model
from msglint.model.policy import read_policy
from msglint.model.resource import Resource
from msglint.model.sns import StandaloneSubscription, Topic
from msglint.model.text import Text
from msglint.model.value import Value

ASSUME = "sts:AssumeRole"

_ROWS = {row.owner.KIND: row for row in ROLE_EDGES}


class User(msgspec.Struct, frozen=True):
    """A resource whose service assumes a role."""

    row: RoleEdge
    owner: Resource

    @property
    def service(self) -> str:
        """The service."""
        return self.row.service


def users(role: Role, model: Model) -> Iterator[User]:
    """Give the schedules, pipes, rule targets and subscriptions that deliver with a role."""
    for by in dict.fromkeys(mention.by for mention in role.mentions() if mention.names("rolearn")):
        record = model.record((role.record.part.key, by))
        row = _ROWS.get(record.type) if record is not None else None
        if record is None or row is None or not record.part.exists(by):
            continue
        owner = row.owner(record)
        for value in _roles(owner):
            found = model.find(value, Role)
            if isinstance(found, Role) and found.id == role.id:
                yield User(row, owner)
                break


def _roles(owner: Resource) -> Iterator[Value[Text]]:
    match owner:
        case Schedule():
            yield owner.target.role
        case Pipe():
            yield owner.role
        case Rule():
            yield from (target.role for target in owner.targets())
        case RuleTarget():
            yield owner.target.role
        case StandaloneSubscription():
            yield owner.subscription.role
        case Topic():
            yield from (subscription.role for subscription in owner.subscriptions())
        case _:
            return


def assumed(role: Role, user: User) -> Decision:
    """Say whether a trust policy lets a service assume the role for one of its users.

    What the service sends as its source AWS documents for Scheduler alone: the ARN of the schedule's group.
    """
    keys: dict[str, ContextValue] = {**spoken(user.service)}
    if user.row.source_arn == SCHEDULE_GROUP:
        keys["aws:SourceAccount"] = sent(user.owner.record.part.account(user.owner.id))
        group = _group(user.owner.arn)
        if group is not None:
            keys["aws:SourceArn"] = sent(group)
    context = Context.of(keys, undocumented(user.service))
    request = Request(ServicePrincipal(user.service), ASSUME, role.arn, context)
    return allowed_by_resource_policy([read_policy(role.trust)], request)


def _group(schedule: Text) -> Text | None:
    """Give the ARN of a schedule's group: `schedule/GROUP/NAME` belongs to `schedule-group/GROUP`."""
    pieces = schedule.split(":", 5)
    path = pieces[5].split("/") if pieces is not None and len(pieces) > 5 else None  # an ARN's resource
    if pieces is None or path is None or len(path) != 3:  # schedule, group, name
        return None
    return Text.join(":", (*pieces[:5], Text.of("schedule-group/", path[1])))
