"""What gives a role its permissions: all ways of writing a policy for it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import msgspec

from msglint.model.access import IdentityPolicy, ManagedPolicy, PolicyAttachment, Role, RolePolicy
from msglint.model.data import Data
from msglint.model.delivery import behind_the_scenes
from msglint.model.elsewhere import Attached, besides
from msglint.model.expression import Given, Items, NeedsChoice
from msglint.model.model import Model
from msglint.model.policy import Policy, read_policy
from msglint.model.resource import Resource
from msglint.model.text import ARN_COLONS, Text
from msglint.model.value import Absent, Known, Undecided, Unknown, Value, made_of, outside
from msglint.source import Place
from msglint.verdict import NO, Doubt, Lookup, Reason, Verdict, any_of, unknown

_KINDS = {kind.KIND: kind for kind in (IdentityPolicy, RolePolicy, ManagedPolicy, PolicyAttachment)}


class Permissions(msgspec.Struct, frozen=True):
    """The policies of a role, each with the resource that holds it."""

    policies: tuple[Attached, ...]
    boundary: tuple[Attached, ...] = ()
    """The policy that limits the others, if there is one."""
    unread: tuple[Attached, ...] = ()
    """Policies of AWS that msglint has no copy of, which are taken to deny nothing."""
    elsewhere: tuple[Attached, ...] = ()
    """Why policies may be attached that are not written here; they are taken to deny nothing too."""


def permissions(role: Role, model: Model) -> Permissions:
    """Give what a role is allowed to do; may raise `NeedsChoice`."""
    return model.once((permissions, role.record.key), lambda: _permissions(role, model))


def _permissions(role: Role, model: Model) -> Permissions:
    found = [*_inline(role), *_managed(role.managed, role, model)]
    for owner in _owners(role, model):
        covers = _covers(owner, role, model)
        if covers.is_no or not owner.record.part.exists(owner.id):
            continue
        if covers.is_unknown:
            found.append(Attached(owner, Unknown(covers.reasons[0], owner.at)))
        elif isinstance(owner, PolicyAttachment):
            found += _managed(owner.managed, owner, model)
        else:
            found.append(Attached(owner, read_policy(owner.document)))
    others = list(besides(list(elsewhere(role, model)), role, model, lambda there: _there(there, model)))
    found += (each for each in others if not isinstance(each.policy, Unknown))
    known = tuple(each for each in found if not isinstance(each.policy, Uncopied))
    uncopied = tuple(each for each in found if isinstance(each.policy, Uncopied))
    limit = role.boundary.text()
    boundary = () if isinstance(limit, Absent) else (_by_arn(limit, role, model),)
    open_ = tuple(each for each in others if isinstance(each.policy, Unknown))
    return Permissions(known, boundary, uncopied, open_)


def _there(role: Role, model: Model) -> Sequence[Attached]:
    """Give the policies of a role as it is deployed."""
    may = permissions(role, model)
    return (*may.policies, *may.unread)


class Uncopied(Unknown, frozen=True):
    """A policy of AWS that msglint has no copy of. Hardly one of them denies anything."""


def _inline(role: Role) -> Iterator[Attached]:
    listed = role.inline.elements()
    for entry in listed.known:
        yield Attached(role, read_policy(entry.get("PolicyDocument")))
    if listed.rest is not None:
        yield _hidden(role, listed.rest)


def _hidden(owner: Resource, rest: Undecided) -> Attached:
    return Attached(owner, Unknown(rest.reason, rest.at))


def _managed(arns: Data, owner: Resource, model: Model) -> Iterator[Attached]:
    listed = arns.elements()
    for part in listed.known:
        yield _by_arn(part.text(), owner, model)
    if listed.rest is not None:
        yield _hidden(owner, listed.rest)
    # What a plan reports, and nobody wrote in the role, is a default of the provider's and no element.
    shape = arns.shape
    for value in (Data(item).text() for item in shape.items) if isinstance(shape, Items) else ():
        if isinstance(value, Absent) and value.default is not None and value.default.starts_with("arn:").is_yes:
            yield _by_arn(Known(value.default, value.at), owner, model)


def _by_arn(value: Value[Text], owner: Resource, model: Model) -> Attached:
    """Follow the ARN of a managed policy: to one of AWS, or to one of this run."""
    known = _of_aws(value.value, value.at, model) if isinstance(value, Known) else None
    if isinstance(known, Policy):
        return Attached(owner, known)
    found = model.find(value, ManagedPolicy)
    match found:
        case ManagedPolicy():
            return Attached(found, read_policy(found.document))
        case _ if known is not None:
            # What is not among the copies may have been looked up; this was not.
            return Attached(owner, known)
        case Unknown():
            return Attached(owner, found)
        case Absent(at=at):
            return Attached(owner, outside("no policy is named here", at))


def _names_at_aws(arn: Text) -> Sequence[str]:
    """Give the path and name of a policy that AWS itself manages, whose ARN has the account `aws`.

    SAM takes such a policy's bare name too, of which it finds the path.
    """
    literal = arn.literal_value
    if literal and ":" not in literal:
        return literal, f"service-role/{literal}"
    pieces = arn.split(":", ARN_COLONS)
    if pieces is None or len(pieces) <= ARN_COLONS or pieces[4].literal_value != "aws":
        return ()
    named = pieces[5].literal_value
    return (named.removeprefix("policy/"),) if named is not None else ()


def _of_aws(arn: Text, at: Place, model: Model) -> Policy | Unknown | None:
    """Give a policy of AWS by its ARN, from copies without the names of statements; None where it is no such ARN.

    They are from https://docs.aws.amazon.com/aws-managed-policy and https://github.com/iann0036/iam-dataset, which
    has them as IAM gives them.
    """
    names = _names_at_aws(arn)
    if not names:
        return None
    known = model.once(_copies, _copies)
    raw = next((known[name] for name in names if name in known), None)
    if raw is None:
        why = f"what AWS's policy {names[0]} allows msglint does not know"
        # Each partition has its own. SAM's bare names are of whichever it is deployed to.
        whole = arn.literal_value if arn.starts_with("arn:").is_yes else None
        lookup = Lookup(ManagedPolicy.KIND, whole or f"arn:aws:iam::aws:policy/{names[0]}")
        return Uncopied(Reason(Doubt.NOT_UNDERSTOOD, why, at, (lookup,)), at)
    return read_policy(Data(Given(Known(Text.literal(bytes(raw).decode()), at))))


def _copies() -> Mapping[str, msgspec.Raw]:
    # Without pathlib, whose import is felt.
    with open(os.path.join(os.path.dirname(__file__), "managed_policies.json"), "rb") as copies:  # noqa: PTH118, PTH120, PTH123
        return msgspec.json.decode(copies.read(), type=dict[str, msgspec.Raw])


_Key: TypeAlias = tuple[str, str]


class _Names(msgspec.Struct, frozen=True):
    """The policies of a run that name roles not by a reference but by a literal name, or as nobody can tell: keys."""

    literal: Mapping[str, Sequence[_Key]]
    strange: Sequence[_Key]
    """Those of the literal ones that name no role which is known to have that name, and is the only one then."""
    other: Sequence[_Key]


def _names(model: Model) -> _Names:
    literal: dict[str, list[_Key]] = {}
    other: list[_Key] = []
    for kind in _KINDS.values():
        for owner in model.declared(kind):
            for name in _named(owner):
                if name is None:
                    other.append(owner.record.key)
                else:
                    literal.setdefault(name, []).append(owner.record.key)
    taken = {_taken(role, model) for role in model.declared(Role)}
    strange = [key for name, keys in literal.items() if name not in taken for key in keys]
    return _Names(literal, strange, other)


def _taken(role: Role, model: Model) -> str | None:
    """Give the literal name of a role that exists in whatever scenario."""
    try:
        return role.name.literal_value if model.exists(role) else None
    except NeedsChoice:
        return None


def _named(owner: IdentityPolicy) -> Iterator[str | None]:
    """Give the literal names of roles that a policy is for, and None for what is neither that nor a reference."""
    try:
        listed = owner.roles.elements()
        for name in (element.text() for element in listed.known):
            text = name.value if isinstance(name, Known) else None
            if text is not None and text.refers is None:
                yield text.literal_value
            elif not made_of(name):
                yield None
        if listed.rest is not None:
            yield None
    except NeedsChoice:
        # Whoever asks for a role that this may be about will have to choose.
        yield None


def _owners(role: Role, model: Model) -> Iterator[IdentityPolicy]:
    """Give the policies that name a role, and those that may be for it too."""
    names = model.once(_names, lambda: _names(model))
    called = role.name.literal_value
    by_name = names.literal.get(called, ()) if called is not None else ()
    if called is None and not role.name.is_generated:
        by_name = names.strange
    mentioning = (mention.by for mention in role.mentions() if mention.by != role.record.key)
    for key in dict.fromkeys((*mentioning, *by_name, *names.other)):
        record = model.record(key)
        if record is not None and record.type in _KINDS:
            yield _KINDS[record.type](record)


def _covers(owner: IdentityPolicy, role: Role, model: Model) -> Verdict:
    listed = owner.roles.elements()
    rest = NO if listed.rest is None else unknown(listed.rest.reason)
    return any_of(model.names(name.text(), role) for name in listed.known) | rest


def elsewhere(role: Role, model: Model) -> Iterator[Attached]:
    """Give where policies may come from that this part does not show; policies take a role's name, not its ARN."""
    yield from behind_the_scenes(role.mentions(), model)
    part = role.record.part
    exported = part.exported(role.id, arns=False)
    if exported is not None:
        yield Attached(role, outside("the role is exported by name, so another stack may attach a policy", exported))
    opaque = part.opaque(role.id)
    if opaque is not None:
        yield Attached(role, opaque.may_add("a policy that is"), by_this=True)
