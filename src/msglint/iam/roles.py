"""Roles that services assume to deliver: who uses them, and whether the trust policy lets them."""

from collections.abc import Iterator

import msgspec

from msglint.iam.delivery import spoken, undocumented
from msglint.iam.evaluate import Decision, allowed_by_resource_policy
from msglint.iam.request import Context, ContextValue, Request, ServicePrincipal, sent
from msglint.model.access import Role
from msglint.model.events import Schedule
from msglint.model.events_v2 import Subscriber
from msglint.model.iot import TopicRule
from msglint.model.lambda_ import EventInvokeConfig, EventSourceMapping, Function
from msglint.model.model import Model
from msglint.model.policy import Policy, read_policy
from msglint.model.resource import Resource
from msglint.model.role_delivery import SERVICES, owner_of
from msglint.model.role_uses import role_uses
from msglint.model.text import ARN_COLONS, Text
from msglint.model.value import Unknown

ASSUME = "sts:AssumeRole"


class User(msgspec.Struct, frozen=True):
    """A resource whose service assumes a role."""

    service: str
    owner: Resource


def users(role: Role, model: Model) -> Iterator[User]:
    """Give what delivers or reads with a role: schedules, pipes, rule targets, subscriptions, functions and theirs."""
    for owner in _owners(role, model):
        found = (model.find(use.role, Role) for use in role_uses(owner, model))
        if any(isinstance(each, Role) and each.record.key == role.record.key for each in found):
            yield User(SERVICES[owner.KIND], owner)


def _owners(role: Role, model: Model) -> Iterator[Resource]:
    """Give what names a role, or a function that has it: what polls for a function works with the function's role."""
    for owner in naming(role, model):
        yield owner
        if isinstance(owner, Function):
            yield from (each for each in naming(owner, model) if isinstance(each, _FOR_FUNCTIONS))


def naming(resource: Resource, model: Model) -> Iterator[Resource]:
    """Give what names a resource and may deliver with a role."""
    for by in dict.fromkeys(mention.by for mention in resource.mentions()):
        record = model.record(by)
        owner = owner_of(record) if record is not None and record.part.exists(record.id) else None
        if owner is not None:
            yield owner


_FOR_FUNCTIONS = (EventInvokeConfig, EventSourceMapping)


def trust(role: Role, model: Model) -> Policy | Unknown:
    """Give the policy that says who assumes a role."""
    return model.once((trust, role.record.key), lambda: read_policy(role.trust))


def assumed(role: Role, user: User, model: Model) -> Decision:
    """Say whether a trust policy lets a service assume the role for one of its users.

    What the service sends as its source AWS documents for these alone: Scheduler the ARN of the schedule's group,
    EventBridge that of a subscriber, IoT that of a rule.
    https://docs.aws.amazon.com/iot/latest/developerguide/iot-create-role.html
    """
    keys: dict[str, ContextValue] = {**spoken(user.service)}
    if isinstance(user.owner, Schedule | Subscriber | TopicRule):
        keys["aws:SourceAccount"] = sent(user.owner.record.part.account(user.owner.id))
        source = _group(user.owner.arn) if isinstance(user.owner, Schedule) else user.owner.arn
        if source is not None:
            keys["aws:SourceArn"] = sent(source)
    context = Context.of(keys, undocumented(user.service))
    request = Request(ServicePrincipal(user.service), ASSUME, role.arn, context)
    return allowed_by_resource_policy([trust(role, model)], request)


def _group(schedule: Text) -> Text | None:
    """Give the ARN of a schedule's group: `schedule/GROUP/NAME` belongs to `schedule-group/GROUP`."""
    match schedule.split(":", ARN_COLONS):
        case (*place, resource):
            match resource.split("/"):
                case (_, group, _):
                    return Text.join(":", (*place, Text.of("schedule-group/", group)))
    return None
