"""What a role may do: by its own policies, and by those of what it does it to."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from msglint.iam.evaluate import Decision, allowed, allowed_by_key_policy
from msglint.iam.request import ABSENT, AwsPrincipal, Context, ContextValue, Request, sent
from msglint.model.access import Role
from msglint.model.identity_policies import Permissions, permissions
from msglint.model.key_policies import beside_the_policy, key_policy
from msglint.model.kms import Key
from msglint.model.model import Model
from msglint.model.policy import Policy
from msglint.model.resource import Record, Resource
from msglint.model.text import ACCOUNT, REGION, Text, same, segment
from msglint.model.value import Unknown
from msglint.verdict import Doubt, Reason, Verdict, unknown

_Policies: TypeAlias = Sequence[Policy | Unknown]


def may(
    role: Role,
    action: str,
    resource: Text,
    model: Model,
    resource_policies: Sequence[Policy | Unknown] = (),
    elsewhere: Sequence[Unknown] = (),
    keys: Mapping[str, ContextValue] | None = None,
    of: Resource | None = None,
) -> Decision:
    """Say whether a role may act on a resource; `keys` are condition keys that the call carries beside the usual.

    `of` is the resource of this run that the ARN belongs to, where it is not just that resource's own.
    `elsewhere` says why the resource may have policies that are not written here. They, and those that the role may get
    from elsewhere, are taken to deny nothing, so they matter only where nothing that is written allows it.
    """
    call = request(role, action, resource, keys)
    inside = _same_account(role, resource, of, model)

    def asked(own: _Policies, boundary: _Policies, more: _Policies) -> Decision:
        return allowed([*resource_policies, *more], own, call, inside, boundary)

    return _asked(permissions(role, model), asked, elsewhere)


def may_use_key(
    role: Role, action: str, key: Key, model: Model, keys: Mapping[str, ContextValue] | None = None
) -> Decision:
    """Say whether a role may use a key of this run; a key without a policy leaves it to the account."""
    beside = tuple(beside_the_policy(key, model))
    if key.policy.exists().is_no:
        return may(role, action, key.arn, model, elsewhere=beside, keys=keys)
    if _made_in_account(role, key.record).is_no:
        # Then the key's policy does not do without the role's own.
        return may(role, action, key.arn, model, [key_policy(key, model)], beside, keys)
    call = request(role, action, key.arn, keys)

    def asked(own: _Policies, boundary: _Policies, more: _Policies) -> Decision:
        return allowed_by_key_policy([key_policy(key, model), *more], own, call, boundary)

    return _asked(permissions(role, model), asked, beside)


def through(role: Role, store: Resource) -> dict[str, ContextValue]:
    """Give the condition keys of a call to KMS that a service makes for a role, for what it encrypts.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    keys: dict[str, ContextValue] = {"kms:CallerAccount": sent(role.record.part.account(role.id))}
    match store.arn.split(":", REGION + 1):
        # In China the name of a service ends otherwise.
        case (_, partition, service, region, _) if partition.literal_value == "aws":
            keys["kms:ViaService"] = sent(Text.of(service, ".", region, ".amazonaws.com"))
    return keys


def _asked(
    of: Permissions, asked: Callable[[_Policies, _Policies, _Policies], Decision], elsewhere: Sequence[Unknown]
) -> Decision:
    own, boundary = ([each.policy for each in attached] for attached in (of.policies, of.boundary))
    decision = asked(own, boundary, ())
    more = [each.policy for each in (*of.unread, *of.elsewhere)]
    return asked([*own, *more], boundary, elsewhere) if decision.verdict.is_no and (more or elsewhere) else decision


def request(role: Role, action: str, resource: Text, keys: Mapping[str, ContextValue] | None = None) -> Request:
    """Give the request of a role, with condition keys beside those that each of its calls has.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    account = role.record.part.account(role.id)
    places = {"aws:RequestedRegion": segment(resource, REGION), "aws:ResourceAccount": segment(resource, ACCOUNT)}
    usual: dict[str, ContextValue] = {
        "aws:PrincipalArn": sent(role.arn),
        "aws:PrincipalAccount": sent(account),
        "aws:PrincipalIsAWSService": sent("false"),
        "aws:SecureTransport": sent("true"),
        # Those carry them that a service makes in its own name.
        **dict.fromkeys(("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID"), ABSENT),
        **{key: sent(place) for key, place in places.items() if place is not None and place.parts},
    }
    if not action.startswith("kms:"):
        # So it is with roles that services assume. Keys are used on behalf of another call.
        usual["aws:ViaAWSService"] = sent("false")
    default = Reason(Doubt.OUTSIDE, "whether the call carries this condition key is not known", role.at)
    return Request(AwsPrincipal(role.arn, account), action, resource, Context.of({**usual, **(keys or {})}, default))


def _same_account(role: Role, resource: Text, of: Resource | None, model: Model) -> Verdict:
    """Say whether a resource belongs to the role's account: that of its ARN, or of the run that makes it."""
    record = of.record if of is not None else None
    if record is None and resource.refers is not None:
        record = model.record(resource.refers.resource)
    if record is not None:
        return _made_in_account(role, record)
    because = Reason(
        Doubt.OUTSIDE, f"whether {resource} is of the account that this is deployed to cannot be told", role.at
    )
    account = segment(resource, ACCOUNT)
    if account is None or account.literal_value == "":
        return unknown(because)
    return same(account, role.record.part.account(role.id), because)


def _made_in_account(role: Role, record: Record) -> Verdict:
    because = Reason(Doubt.OUTSIDE, "the accounts may differ", record.at)
    return same(record.part.account(record.id), role.record.part.account(role.id), because)
