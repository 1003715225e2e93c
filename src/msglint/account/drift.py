"""Where the policies of what a stack has made are not those of its template any more: somebody has changed them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msglint.account.facts import Fact
from msglint.account.lookups import gone
from msglint.account.resolve import as_part, made_arn
from msglint.finding import Remark
from msglint.model.access import Role
from msglint.model.delivery import policies
from msglint.model.expression import NeedsChoice
from msglint.model.identity_policies import permissions
from msglint.model.key_policies import key_policy
from msglint.model.kms import Key
from msglint.model.lambda_ import Function
from msglint.model.model import Model
from msglint.model.policy import Element, Policy, Principal, PrincipalKind, Statement, read_policy
from msglint.model.resource import Part, Resource
from msglint.model.secret_access import policies as secret_policies
from msglint.model.secret_access import policies_elsewhere
from msglint.model.secrets import Secret
from msglint.model.sign_in import is_associated
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.text import ACCOUNT_DIGITS
from msglint.model.value import Known, Unknown, outside
from msglint.source import innermost
from msglint.verdict import Lookup

SOURCE = "drift"
_Policies: TypeAlias = Sequence[Policy | Unknown]
_Plain: TypeAlias = tuple[tuple[str, ...], ...]


def made(part: Part) -> Sequence[Lookup]:
    """Give what tells the policies of all that a deployed stack has made."""
    return list(_lookups(part))


def drifted(part: Part, facts: Mapping[Lookup, Fact]) -> Iterator[Remark]:
    """Tell of the resources of a stack whose policies are not those of its template, as far as both are known.

    One that is gone has none. A statement that is there and not in the template is added; one that is in the template
    and not there is lost.
    """
    for lookup, resource in _lookups(part).items():
        fact = facts.get(lookup)
        if fact is not None and fact.missing == gone(lookup):
            yield _remark(resource, f"{resource} is in the template, and {fact.missing} any more")
        there = next(as_part(fact, ()), None) if fact is not None else None
        if there is None:
            continue
        live = next((id_ for id_ in there.types().get(lookup.type, ()) if made_arn(there, id_) == lookup.name), None)
        record = there.record(live) if live is not None else None
        if record is None:
            continue
        try:
            before = _plain(_READ[type(resource)](resource, Model([part])))
        except NeedsChoice:
            continue
        after = _plain(_READ[type(resource)](type(resource)(record), Model([there])))
        if before == {} and after is not None:
            after = {each: about for each, about in after.items() if not _is_default(each, lookup)}
        if before is not None and after is not None and before.keys() != after.keys():
            pairs = {"added": (after, before.keys()), "lost": (before, after.keys())}
            changes = {how: sorted(those[each] for each in those.keys() - of) for how, (those, of) in pairs.items()}
            said = "; ".join(f"{how}: {', '.join(which)}" for how, which in changes.items() if which)
            yield _remark(resource, f"the policy of {resource} is not that of the template ({said})")


def _is_default(statement: _Plain, lookup: Lookup) -> bool:
    """Say whether AWS itself writes a statement where nobody writes a policy: it lets in the account alone.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    _, partition, _, _, account, _ = lookup.name.split(":", 5)
    said = {part for part in statement if len(part) > 1}
    match lookup.type:
        case Key.KIND:
            root = ("Principal", f"AWS:arn:{partition}:iam::{account}:root")
            return said == {("", "Allow"), root, ("Action", "kms:*"), ("Resource", "*")}
        case Topic.KIND:
            # Older topics have one more action.
            whom = {part for part in said if part[0] not in {"Action", "Resource"}}
            return whom == {("", "Allow"), ("Principal", "AWS:*"), ("StringEquals aws:sourceowner", account)}
        case _:
            return False


def _remark(resource: Resource, message: str) -> Remark:
    at = innermost(resource.at)
    return Remark(source=SOURCE, message=message, file=at.document.name, span=at.span, resource=str(resource))


def _lookups(part: Part) -> dict[Lookup, Resource]:
    found: dict[Lookup, Resource] = {}
    for kind in _READ:
        for id_ in part.types().get(kind.KIND, ()):
            arn, record = made_arn(part, id_), part.record(id_)
            if arn is not None and record is not None:
                found[Lookup(kind.KIND, arn)] = kind(record)
    return found


def _of_sender(resource: Resource, model: Model) -> _Policies:
    return [each.policy for each in policies(resource, model)]


def _of_key(key: Resource, model: Model) -> _Policies:
    return [key_policy(key, model)] if isinstance(key, Key) else ()


def _of_function(function: Resource, model: Model) -> _Policies:
    # Another stack adds its permissions to those of the template.
    exported = function.record.part.exported(function.id, arns=True)
    others = [outside("another stack may let more in", exported)] if exported is not None else []
    return [*_of_sender(function, model), *others]


def _of_secret(secret: Resource, model: Model) -> _Policies:
    if not isinstance(secret, Secret):
        return ()
    # MSK gives the secrets of its clusters a policy by itself:
    # https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-tutorial.html
    if not is_associated(secret, model).is_no:
        return [outside("MSK writes its policy", secret.at)]
    return [each.policy for each in secret_policies(secret, model) or policies_elsewhere(secret, model)]


def _of_role(role: Resource, model: Model) -> _Policies:
    if not isinstance(role, Role):
        return ()
    may = permissions(role, model)
    return [read_policy(role.trust), *(each.policy for each in (*may.policies, *may.unread, *may.elsewhere))]


_READ: Mapping[type[Resource], Callable[[Resource, Model], _Policies]] = {
    Queue: _of_sender,
    Topic: _of_sender,
    Function: _of_function,
    Key: _of_key,
    Secret: _of_secret,
    Role: _of_role,
}
"""What has policies that are compared, and how these are read; what others may attach is no change by hand."""


def _plain(read: _Policies) -> Mapping[_Plain, str] | None:
    """Give statements without their places and names, each with what it is about; None if something is not known."""
    found = {}
    for policy in read:
        if isinstance(policy, Unknown) or policy.rest is not None:
            return None
        for statement in policy.statements:
            plain = _statement(statement)
            if plain is None:
                return None
            found[plain] = _about(statement)
    return found


def _statement(statement: Statement) -> _Plain | None:
    if statement.more_conditions is not None:
        return None
    parts = [
        _texts("", [statement.effect]),
        _principals("Principal", statement.principals),
        _principals("NotPrincipal", statement.not_principals),
        _texts("Action", statement.actions, str.lower),
        _texts("NotAction", statement.not_actions, str.lower),
        _texts("Resource", statement.resources),
        _texts("NotResource", statement.not_resources),
        *sorted(
            (_texts(f"{each.operator} {each.key.lower()}", each.values) for each in statement.conditions),
            key=lambda part: part or (),
        ),
    ]
    known = tuple(part for part in parts if part is not None)
    return known if len(known) == len(parts) else None


def _texts(
    name: str, elements: Iterable[Element] | None, spelled: Callable[[str], str] = str
) -> tuple[str, ...] | None:
    found = []
    for each in elements or ():
        literal = each.value.literal_value if isinstance(each, Known) else None
        if literal is None:
            return None
        found.append(spelled(literal))
    return (name, *sorted(found))


def _principals(name: str, principals: Sequence[Principal] | None) -> tuple[str, ...] | None:
    found = []
    for each in principals or ():
        literal = each.name.value.literal_value if isinstance(each.name, Known) else None
        if literal is None or each.kind is None:
            return None
        found.append(f"{each.kind.value}:{_spelled(literal, each.kind)}")
    return (name, *sorted(found))


def _spelled(name: str, kind: PrincipalKind) -> str:
    """Write an account as AWS does, which takes its id too."""
    is_account = kind is PrincipalKind.AWS and len(name) == ACCOUNT_DIGITS and name.isdecimal()
    return f"arn:aws:iam::{name}:root" if is_account else name


def _about(statement: Statement) -> str:
    """Say in a few words what a statement is about, of which all is known."""
    who = [_word(each.name) for each in (*(statement.principals or ()), *(statement.not_principals or ()))]
    what = [_word(each) for each in (*(statement.actions or ()), *(statement.not_actions or ()))]
    to = f" to {' and '.join(who)}" if who else ""
    return f"{_word(statement.effect)} {' '.join(what)}{to}"


def _word(element: Element) -> str:
    return str(element.value) if isinstance(element, Known) else ""
