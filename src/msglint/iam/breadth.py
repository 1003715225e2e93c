"""How far a role's reach into Secrets Manager goes: to every secret, or to one that it has no use for."""

from collections.abc import Iterator

import msgspec

from msglint.iam.evaluate import Decision, allowed
from msglint.iam.identity import request
from msglint.iam.match import action
from msglint.iam.roles import users
from msglint.iam.secrets import READ
from msglint.iam.stranger import filled, segments
from msglint.model.access import Role
from msglint.model.events import Pipe
from msglint.model.identity_policies import Permissions, elsewhere
from msglint.model.model import Model
from msglint.model.policy import Policy, Statement
from msglint.model.secrets import Secret
from msglint.model.sign_in import secrets
from msglint.model.text import ARN_COLONS, SERVICE, Alphabet, Symbol, Text
from msglint.model.value import Absent, Known, Unknown, says
from msglint.verdict import YES, Doubt, Reason, Verdict, any_of, of, unknown


def _any(what: str, alphabet: Alphabet) -> Symbol:
    return Symbol(("any secret", what), alphabet, f"any {what}", fresh=True, foreign=True)


_REGION, _NAME, _SUFFIX = (
    _any(*each) for each in (("Region", Alphabet.REGION), ("name", Alphabet.NAME), ("suffix", Alphabet.SUFFIX))
)
"""What nobody has written down, and only a wildcard matches."""


class Reach(msgspec.Struct, frozen=True):
    """What stands beside each Allow of a role: all Denies that are known, and the boundary."""

    role: Role
    denies: tuple[Policy, ...]
    boundary: tuple[Policy | Unknown, ...]

    @classmethod
    def of(cls, role: Role, given: Permissions) -> "Reach":
        """Give what limits the Allows of a role."""
        denies = (_denies(each.policy) for each in given.policies if isinstance(each.policy, Policy))
        return cls(role, tuple(denies), tuple(each.policy for each in given.boundary))

    def reads_all(self, policy: Policy, statement: Statement) -> Verdict:
        """Say whether a statement lets the role read every secret: of its account, or of another that it names."""
        return any_of(self._alone(policy, statement, arn).verdict for arn in _arns(self.role, statement))

    def reads(self, policy: Policy, statement: Statement, secret: Secret) -> Verdict:
        """Say whether a statement lets the role read a secret; what a plan only names is not known for certain."""
        decision = self._alone(policy, statement, secret.arn)
        if decision.supposed:
            why = "the plan only names the secret, and does not say how"
            return unknown(Reason(Doubt.NOT_UNDERSTOOD, why, statement.at))
        return decision.verdict

    def _alone(self, policy: Policy, statement: Statement, arn: Text) -> Decision:
        alone = msgspec.structs.replace(policy, entries=(statement,), rest=None)
        call = request(self.role, READ, arn)
        return allowed((), [alone, *self.denies], call, YES, self.boundary, hidden_denies=False)


def reading(policy: Policy) -> Iterator[Statement]:
    """Give the statements that allow to read secrets, or may."""
    for statement in policy.statements:
        listed = statement.actions
        covered = listed is None or any(not action(element, READ).is_no for element in listed)
        if covered and not says(statement.effect, "Allow").is_no:
            yield statement


def _denies(policy: Policy) -> Policy:
    denying = tuple(each for each in policy.statements if not says(each.effect, "Deny").is_no)
    return msgspec.structs.replace(policy, entries=denying, rest=None)


def _arns(role: Role, statement: Statement) -> Iterator[Text]:
    """Give a secret that nobody has named, in whatever Region, and in the Regions and accounts that are written."""
    account = role.record.part.account(role.id)
    name = Text.of(_NAME, "-", _SUFFIX)
    yield Text.of("arn:aws:secretsmanager:", _REGION, ":", account, ":secret:", name)
    for element in statement.resources or ():
        pieces = segments(element.value) if isinstance(element, Known) else None
        if pieces is not None and pieces[SERVICE].literal_value == "secretsmanager":
            yield Text.join(":", (*map(filled, pieces[:ARN_COLONS]), Text.of("secret:", name)))


def has_use_for(role: Role, secret: Secret, model: Model) -> Verdict:
    """Say whether a role that runs no code has a use for a secret: only a pipe that signs in with it has."""
    using = [user.owner for user in users(role, model)]
    exported = role.record.part.exported(role.id, arns=True)
    if exported is not None or any(True for _ in elsewhere(role, model)) or not using:
        at = exported if exported is not None else role.at
        return unknown(Reason(Doubt.OUTSIDE, "something outside this run may use the role", at))
    return any_of(_signs_in(owner, secret, model) for owner in using if isinstance(owner, Pipe))


def _signs_in(pipe: Pipe, secret: Secret, model: Model) -> Verdict:
    named = (data if isinstance(data, Unknown) else model.find(data.text(), Secret) for data in secrets(pipe))
    return any_of(
        unknown(each.reason) if isinstance(each, Unknown) else of(each.record.key == secret.record.key)
        for each in named
        if not isinstance(each, Absent)
    )
