"""How far a role's reach into Secrets Manager goes: to every secret, or to one that it has no use for."""

from collections.abc import Iterator, Sequence

import msgspec

from msglint.iam.evaluate import Decision, allowed
from msglint.iam.identity import request
from msglint.iam.roles import users
from msglint.iam.secrets import READ
from msglint.iam.stranger import filled
from msglint.model.access import Role
from msglint.model.events import Pipe
from msglint.model.identity_policies import Permissions
from msglint.model.model import Model
from msglint.model.policy import Policy, Statement
from msglint.model.secrets import Secret, named_secrets
from msglint.model.text import ARN_COLONS, Alphabet, Symbol, Text
from msglint.model.value import Known, Unknown, says
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, any_of, of, unknown


def _any(what: str, alphabet: Alphabet) -> Symbol:
    return Symbol(("any secret", what), alphabet, f"any {what}", fresh=True, foreign=True)


_REGION, _NAME, _SUFFIX = (
    _any(*each) for each in (("Region", Alphabet.REGION), ("name", Alphabet.NAME), ("suffix", Alphabet.SUFFIX))
)
"""What nobody has written down, and only a wildcard matches."""


def reads_all(role: Role, policy: Policy, statement: Statement, beside: Permissions) -> Verdict:
    """Say whether a statement lets a role read every secret: of its account, or of another that it names."""
    return any_of(_alone(role, policy, statement, beside, arn).verdict for arn in _arns(role, statement))


def _arns(role: Role, statement: Statement) -> Iterator[Text]:
    """Give a secret that nobody has named, in whatever Region, and in the Regions and accounts that are written."""
    account = role.record.part.account(role.id)
    name = Text.of(_NAME, "-", _SUFFIX)
    yield Text.of("arn:aws:secretsmanager:", _REGION, ":", account, ":secret:", name)
    for element in statement.resources or ():
        pieces = element.value.split(":", ARN_COLONS) if isinstance(element, Known) else None
        if pieces is not None and len(pieces) > ARN_COLONS and pieces[2].literal_value == "secretsmanager":
            yield Text.of(*(part for piece in pieces[:ARN_COLONS] for part in (filled(piece), ":")), "secret:", name)


def reads(role: Role, policy: Policy, statement: Statement, beside: Permissions, secret: Secret) -> Verdict:
    """Say whether a statement lets a role read a secret; what a plan only names is not known for certain."""
    decision = _alone(role, policy, statement, beside, secret.arn)
    if decision.supposed:
        why = "the plan only names the secret, and does not say how"
        return unknown(Reason(Doubt.NOT_UNDERSTOOD, why, statement.at))
    return decision.verdict


def _alone(role: Role, policy: Policy, statement: Statement, beside: Permissions, arn: Text) -> Decision:
    """Judge one Allow together with all Denies that are known, within the boundary."""
    alone = msgspec.structs.replace(policy, statements=(statement,), rest=None)
    denies = [_denies(each.policy) for each in beside.policies if isinstance(each.policy, Policy)]
    boundary = [each.policy for each in beside.boundary]
    return allowed((), [alone, *denies], request(role, READ, arn), YES, boundary, hidden_denies=False)


def _denies(policy: Policy) -> Policy:
    denying = tuple(each for each in policy.statements if not says(each.effect, "Deny").is_no)
    return msgspec.structs.replace(policy, statements=denying, rest=None)


def has_use_for(role: Role, given: Permissions, secret: Secret, model: Model) -> Verdict:
    """Say whether a role that runs no code has a use for a secret: only a pipe that signs in with it has."""
    using = [user.owner for user in users(role, model)]
    exported = role.record.part.exported(role.id, arns=True)
    if exported is not None or given.elsewhere or not using:
        at = exported if exported is not None else role.at
        return unknown(Reason(Doubt.OUTSIDE, "something outside this run may use the role", at))
    return any_of(_signs_in(owner, secret, model) for owner in using if isinstance(owner, Pipe))


def _signs_in(pipe: Pipe, secret: Secret, model: Model) -> Verdict:
    found: Sequence[Verdict] = [_is(model.find(data.text(), Secret), secret) for data in named_secrets(pipe)]
    return any_of(found) if found else NO


def _is(found: object, secret: Secret) -> Verdict:
    match found:
        case Secret():
            return of(found.record.key == secret.record.key)
        case Unknown(reason=reason):
            return unknown(reason)
        case _:
            return NO
