"""Whether policies allow a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import msgspec

from msglint.iam import match
from msglint.iam.conditions import judge
from msglint.iam.match import Cause
from msglint.iam.request import AwsKind, AwsPrincipal, Caller, ContextValue, Request, ServicePrincipal
from msglint.iam.variables import Dialect
from msglint.model.policy import Condition, Element, Perhaps, Policy, Principal, PrincipalKind, Statement
from msglint.model.value import Known, Unknown, says
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, any_of, unknown

SOURCE_KEYS = frozenset({"aws:sourcearn", "aws:sourceaccount"})


class Attached(enum.Enum):
    """What a policy is attached to."""

    RESOURCE = "resource"
    IDENTITY = "identity"
    """A role or user, which is the principal of all statements; permissions boundaries too."""


class Part(enum.Enum):
    """A part of a statement, in the order in which they are looked at."""

    PRINCIPAL = 0
    ACTION = 1
    RESOURCE = 2
    CONDITION = 3


_ABOUT_OTHERS = (Part.PRINCIPAL, Part.ACTION)


class StatementResult(msgspec.Struct, frozen=True):
    """What one statement says to a request.

    Where it does not apply for certain, `failed` is the first part that does not match, or else the first of which it
    cannot be told, and `cause` says why; `condition` and `sent` are set where that part is a condition.
    """

    statement: Statement
    request: Request
    applies: Verdict
    failed: Part | None = None
    cause: Cause | None = None
    condition: Condition | None = None
    sent: ContextValue | None = None
    supposed: bool = False
    """Whether it applies only because a plan names a resource where its ARN belongs."""

    @property
    def allows(self) -> Verdict:
        """Whether it is an Allow that applies."""
        return says(self.statement.effect, "Allow") & self.applies

    @property
    def denies(self) -> Verdict:
        """Whether it is a Deny that applies."""
        return says(self.statement.effect, "Deny") & self.applies


class Fence(enum.Enum):
    """What refuses a request that the caller's own policies allow."""

    BOUNDARY = "its permissions boundary"
    KEY = "the policy of the key"


class Decision(msgspec.Struct, frozen=True):
    """Whether a request is allowed, and what decides it."""

    verdict: Verdict
    results: tuple[StatementResult, ...]
    """Every statement, policy by policy."""
    supposed: bool
    """Whether a yes rests on what a plan only names: good for a pass, no ground for a finding."""
    fence: Fence | None = None

    @property
    def decisive(self) -> tuple[StatementResult, ...]:
        """The statements that decide: the Allows or the Denies that apply, else those that may.

        Where nothing allows the request: the Allows that come nearest, which are those whose conditions fail, else
        those whose resource does, and so on.
        """
        allowing = [result for result in self.results if result.allows.is_yes]
        denying = [result for result in self.results if result.denies.is_yes]
        if self.verdict.is_yes:
            return tuple(allowing)
        if denying:
            return tuple(denying)
        if self.verdict.is_unknown:
            return tuple(result for result in self.results if result.allows.is_unknown or result.denies.is_unknown)
        missed = [result for result in self.results if not says(result.statement.effect, "Allow").is_no]
        reached = max((_reached(result) for result in missed), default=0)
        return tuple(result for result in missed if _reached(result) == reached)

    @property
    def nearest(self) -> Iterator[StatementResult]:
        """The statements that refuse a role: the Denies, else the Allows of its action that miss by something else."""
        if any(result.denies.is_yes for result in self.results):
            return (result for result in self.results if result.denies.is_yes)
        about = (Part.RESOURCE, Part.CONDITION)
        missed = [result for result in self.results if result.failed in about and not result.allows.is_yes]
        allows = (result for result in missed if says(result.statement.effect, "Allow").is_yes)
        return iter(sorted(allows, key=_reached, reverse=True))


def _reached(result: StatementResult) -> int:
    return len(Part) if result.failed is None else result.failed.value


def evaluate(
    policies: Iterable[Policy | Unknown],
    request: Request,
    attached: Attached = Attached.RESOURCE,
    *,
    hidden_denies: bool = True,
) -> Decision:
    """Say whether policies allow a request: some Allow applies, and no Deny.

    A policy, or the rest of one, that cannot be read may allow the request and may deny it. So it turns a no into
    unknown, and a yes too; with `hidden_denies` off it is taken to deny nothing, and a yes stays one. A Deny that
    applies makes a no whatever the rest may hold.
    """
    read = _Read.of(policies, request, attached)

    def answer(*, certain: bool) -> Verdict:
        return read.allows(certain=certain) & ~read.denies(hidden=hidden_denies)

    return _decision(answer, read)


def allowed_by_resource_policy(
    policies: Iterable[Policy | Unknown], request: Request, *, hidden_denies: bool = True
) -> Decision:
    """Say whether the policies of a resource alone let a caller in: a service, or whom a trust policy trusts."""
    return evaluate(policies, request, Attached.RESOURCE, hidden_denies=hidden_denies)


def allowed(
    resource_policies: Sequence[Policy | Unknown],
    identity_policies: Sequence[Policy | Unknown],
    request: Request,
    same_account: Verdict,
    boundaries: Sequence[Policy | Unknown] = (),
    *,
    hidden_denies: bool = True,
) -> Decision:
    """Say whether a request is allowed by the policies of the resource and those of the caller together.

    In one account either allows it, across accounts both must, and a Deny anywhere refuses it. A boundary limits what
    the identity's policies give, and what the resource's give to a role by its ARN. Not for trust and key policies,
    which must allow the caller themselves. Services and anonymous callers have the resource's policies alone.
    """
    caller = request.principal
    if not isinstance(caller, AwsPrincipal):
        return evaluate(resource_policies, request, hidden_denies=hidden_denies)
    shared = _Read.of(resource_policies, request, Attached.RESOURCE)
    own = _Read.of(identity_policies, request, Attached.IDENTITY)
    limits = _Read.of(boundaries, request, Attached.IDENTITY)

    def answer(*, certain: bool) -> Verdict:
        bounded = limits.allows(certain=certain) if boundaries else YES
        by_identity = YES if caller.kind is AwsKind.ROOT else own.allows(certain=certain) & bounded
        given = any_of(_given(result, caller, bounded, certain=certain) for result in shared.results)
        inside = same_account & (by_identity | given | shared.may_hide)
        denied = any_of(each.denies(hidden=hidden_denies) for each in (shared, own, limits))
        return (inside | (by_identity & shared.allows(certain=certain))) & ~denied

    decision = _decision(answer, shared, own, limits)
    fenced = own.allows(certain=False).is_yes and bool(boundaries) and limits.allows(certain=False).is_no
    return msgspec.structs.replace(decision, fence=Fence.BOUNDARY) if fenced and decision.verdict.is_no else decision


def allowed_by_key_policy(
    key_policies: Sequence[Policy | Unknown],
    identity_policies: Sequence[Policy | Unknown],
    request: Request,
    boundaries: Sequence[Policy | Unknown] = (),
) -> Decision:
    """Say whether a KMS key may be used by an identity of its own account.

    The key's policy must let it in: by name, or by naming the account, whose own policies then decide.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    caller = request.principal
    if not isinstance(caller, AwsPrincipal):
        return evaluate(key_policies, request)
    shared = _Read.of(key_policies, request, Attached.RESOURCE)
    own = _Read.of(identity_policies, request, Attached.IDENTITY)
    limits = _Read.of(boundaries, request, Attached.IDENTITY)

    def answer(*, certain: bool) -> Verdict:
        bounded = limits.allows(certain=certain) if boundaries else YES
        delegated = own.allows(certain=certain) & bounded
        given = any_of(_given(result, caller, bounded, delegated, certain=certain) for result in shared.results)
        denied = any_of(each.denies(hidden=True) for each in (shared, own, limits))
        return (given | shared.may_hide) & ~denied

    decision = _decision(answer, shared, own, limits)
    if decision.verdict.is_no and own.allows(certain=False).is_yes:
        within = not boundaries or not limits.allows(certain=False).is_no
        return msgspec.structs.replace(decision, fence=Fence.KEY if within else Fence.BOUNDARY)
    return decision


def _decision(answer: "_Answer", *read: "_Read") -> Decision:
    verdict = answer(certain=False)
    results = tuple(result for each in read for result in each.results)
    supposed = verdict.is_yes and any(result.supposed for result in results) and not answer(certain=True).is_yes
    return Decision(verdict, results, supposed)


def _given(
    result: StatementResult, caller: AwsPrincipal, bounded: Verdict, delegated: Verdict | None = None, *, certain: bool
) -> Verdict:
    """Say whether a statement of a resource's policy gives a caller of the same account what it asks for.

    A grant to a role's ARN stays within the boundary; one to a session, a user or everyone does not. A grant to the
    account leaves the decision to the account, whose identities still need a policy of their own: `delegated` says
    whether they have one.
    """
    if result.allows.is_no or (certain and result.supposed):
        return NO
    because = Reason(Doubt.OUTSIDE, "the policy leaves it to the account", result.statement.at)
    if result.statement.principals is None:
        return result.allows & (bounded | unknown(because))
    exact = msgspec.structs.replace(caller, role=None)
    named = match.principals(result.statement.principals, caller, suppose=True)
    itself = match.principals(result.statement.principals, exact, suppose=True).itself
    direct = itself & bounded if caller.kind is AwsKind.ROLE else itself | (named.itself & bounded)
    through = unknown(because) if delegated is None else delegated
    return result.allows & (direct | named.anyone | (named.account & through))


class _Read(msgspec.Struct, frozen=True):
    """What the statements of several policies say, and why there may be more of them."""

    results: tuple[StatementResult, ...]
    hidden: tuple[Reason, ...]

    @classmethod
    def of(cls, policies: Iterable[Policy | Unknown], request: Request, attached: Attached) -> "_Read":
        results: list[StatementResult] = []
        hidden: list[Reason] = []
        for policy in policies:
            if isinstance(policy, Unknown):
                hidden.append(policy.reason)
                continue
            if policy.rest is not None:
                hidden.append(policy.rest.reason)
            dialect = Dialect(policy.variables, request.context)
            for entry in policy.entries:
                ways = entry.ways() if isinstance(entry, Perhaps) else (entry,)
                answers = [_result(statement, request, dialect, attached) for statement in ways]
                if not isinstance(entry, Perhaps):
                    results += answers
                # What is about others or other actions makes no difference, whether or not it is there.
                elif not all(each.applies.is_no and each.failed in _ABOUT_OTHERS for each in answers):
                    raise entry.needed
        return cls(tuple(results), tuple(hidden))

    @property
    def may_hide(self) -> Verdict:
        return any_of(unknown(reason) for reason in self.hidden)

    def allows(self, *, certain: bool) -> Verdict:
        counted = (result for result in self.results if not (certain and result.supposed))
        return any_of(result.allows for result in counted) | self.may_hide

    def denies(self, *, hidden: bool) -> Verdict:
        return any_of(result.denies for result in self.results) | (self.may_hide if hidden else NO)


class _Answer(Protocol):
    """The answer, counting what is supposed, or (certain) leaving it out."""

    def __call__(self, *, certain: bool) -> Verdict: ...


class _Looked(NamedTuple):
    """What one part of a statement says to a request."""

    part: Part
    verdict: Verdict
    cause: Cause
    condition: Condition | None = None


def _result(statement: Statement, request: Request, dialect: Dialect, attached: Attached) -> StatementResult:
    allow = says(statement.effect, "Allow").is_yes
    result = _tried(statement, request, dialect, attached, suppose=allow)
    if (
        allow
        and result.applies.is_yes
        and not _tried(statement, request, dialect, attached, suppose=False).applies.is_yes
    ):
        return msgspec.structs.replace(result, supposed=True)
    return result


def _tried(
    statement: Statement, request: Request, dialect: Dialect, attached: Attached, *, suppose: bool
) -> StatementResult:
    applies = YES
    first: _Looked | None = None
    for looked in _look(statement, request, dialect, attached, suppose=suppose):
        applies &= looked.verdict
        if looked.verdict.is_no:
            first = looked
            break
        if looked.verdict.is_unknown and first is None:
            first = looked._replace(cause=Cause.UNDECIDED)
    if first is None:
        return StatementResult(statement, request, applies)
    sent = request.context.get(first.condition.key) if first.condition is not None else None
    return StatementResult(statement, request, applies, first.part, first.cause, first.condition, sent)


def _look(
    statement: Statement, request: Request, dialect: Dialect, attached: Attached, *, suppose: bool
) -> Iterator[_Looked]:
    """Look at one part of a statement after the other, as far as somebody asks."""
    yield _principal(statement, request, attached, suppose=suppose)
    acting = _covered(
        statement, statement.actions, statement.not_actions, lambda element, _: match.action(element, request.action)
    )
    yield _Looked(Part.ACTION, acting, Cause.UNLISTED if statement.not_actions is None else Cause.EXCLUDED)
    if statement.resources is None and statement.not_resources is None and attached is Attached.RESOURCE:
        # A trust policy has no Resource: it is about the role that it belongs to.
        yield _Looked(Part.RESOURCE, YES, Cause.UNLISTED)
    else:
        touching = _covered(
            statement,
            statement.resources,
            statement.not_resources,
            lambda element, plain: match.resource(element, request.resource, dialect, suppose=suppose and plain),
        )
        yield _Looked(Part.RESOURCE, touching, Cause.UNLISTED if statement.not_resources is None else Cause.EXCLUDED)
    for condition in statement.conditions:
        verdict, miss = judge(condition, dialect, suppose=suppose)
        yield _Looked(Part.CONDITION, verdict, miss or Cause.UNDECIDED, condition)
    if statement.more_conditions is not None:
        yield _Looked(Part.CONDITION, unknown(statement.more_conditions.reason), Cause.UNDECIDED)


def _covered(
    statement: Statement,
    listed: tuple[Element, ...] | None,
    spared: tuple[Element, ...] | None,
    covers: Callable[[Element, bool], Verdict],
) -> Verdict:
    """Say whether a list covers something, or its counterpart that starts with Not does not.

    `covers` is told whether the list is the plain one.
    """
    if listed is not None and spared is None:
        return any_of(covers(element, True) for element in listed)
    if spared is not None and listed is None:
        return ~any_of(covers(element, False) for element in spared)
    return unknown(_malformed("the statement has neither an element nor its counterpart with Not, or both", statement))


def _principal(statement: Statement, request: Request, attached: Attached, *, suppose: bool) -> _Looked:
    listed, spared, caller = statement.principals, statement.not_principals, request.principal
    cause = Cause.UNLISTED if spared is None else Cause.EXCLUDED
    if attached is Attached.IDENTITY:
        because = _malformed("the policy of an identity names no principals", statement)
        return _Looked(Part.PRINCIPAL, YES if listed is spared is None else unknown(because), cause)
    if listed is not None and spared is None:
        verdict = match.principals(listed, caller, suppose=suppose).at_all
        if verdict.is_no and match.wildcard_in_arn(listed, caller):
            cause = Cause.LITERAL_WILDCARD
        elif verdict.is_no and _as_in_sample(statement, listed, caller):
            why = "AWS's samples let a service in by its account and aws:SourceArn, and whether they still work is open"
            verdict = unknown(_malformed(why, statement))
        return _Looked(Part.PRINCIPAL, verdict, cause)
    if spared is not None and listed is None:
        because = _malformed(
            "AWS does not say whether this spares an identity whose account is not listed too", statement
        )
        named = match.principals(spared, caller, suppose=False)
        return _Looked(Part.PRINCIPAL, ~named.excluded(caller, because), cause)
    return _Looked(
        Part.PRINCIPAL,
        unknown(_malformed("the statement has neither Principal nor NotPrincipal, or both", statement)),
        cause,
    )


def _as_in_sample(statement: Statement, listed: tuple[Principal, ...], caller: Caller) -> bool:
    """Tell whether a statement lets an account in and asks for a source, which only a service has."""
    sourced = any(condition.key.lower() in SOURCE_KEYS for condition in statement.conditions)
    # Roles and users have a path in their ARNs, accounts have none.
    account = any(
        principal.kind is PrincipalKind.AWS
        and isinstance(principal.name, Known)
        and "/" not in str(principal.name.value)
        for principal in listed
    )
    return isinstance(caller, ServicePrincipal) and sourced and account


def _malformed(text: str, statement: Statement) -> Reason:
    return Reason(Doubt.NOT_UNDERSTOOD, text, statement.at)
