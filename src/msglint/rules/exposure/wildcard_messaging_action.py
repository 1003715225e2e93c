"""Another principal may do everything with a queue or topic.

## What it does
Finds Allows of `sqs:*`, `sns:*`, `kinesis:*` and the like, of `*`, or of all actions but some (`NotAction`), for a
principal other than the own account, in the policies of queues, topics, streams, event buses, Kafka clusters and
secrets.

## Why it matters
Who should only send may also read, delete and purge messages, and change the policy itself where a policy can allow
that.

## How to fix
Allow the actions that are needed, such as `sqs:SendMessage` or `sns:Publish`.

## When not to
The other principal owns the queue with you: name its account among the `trusted-accounts` of the configuration, or the
organisation among your `organisations`.
"""

from collections.abc import Collection, Iterator

from msglint.finding import Candidate, Severity
from msglint.iam.stranger import asked, caller_of_another_account
from msglint.model.exposure import BUS_POLICY_HOLDERS, INLINE_POLICIES, POLICY_HOLDERS, held
from msglint.model.model import Model
from msglint.model.policy import Policy, Principal, PrincipalKind, Statement
from msglint.model.resource import Resource
from msglint.model.text import Text, same
from msglint.model.value import Known, Mentions, Unknown, literal, shown
from msglint.rules.grants import allows, effective_on, unread
from msglint.rules.interface import rule
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, unknown


@rule(
    "MSG209",
    Severity.WARNING,
    each=(*POLICY_HOLDERS, *BUS_POLICY_HOLDERS),
    given=INLINE_POLICIES,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html"
    ],
)
def wildcard_messaging_action(owner: Resource, model: Model) -> Iterator[Candidate]:
    """Judge the actions that a resource policy gives to others."""
    holding = held(owner, model)
    policy, action, about = holding
    yield from unread(owner, policy)
    if not isinstance(policy, Policy):
        return
    account = owner.record.part.account(owner.id)
    for statement in allows(policy):
        wildcard = _wildcard(statement, holding.everything)
        if wildcard is None:
            continue
        what = asked(statement, action, model)
        # What everybody may do is the graver fault of another rule; the user's own organisation is nobody else.
        if what is not None and any(
            caller_of_another_account(policy, statement, what, organisation).is_yes
            for organisation in (None, *map(Text.literal, owner.record.part.trust.organisations))
        ):
            continue
        when, whom = _others(statement, account, owner.record.part.trust.accounts)
        yield Candidate(
            when=when & effective_on(owner, policy, statement, model),
            resource=owner,
            at=statement.at,
            message="{whom} may do everything with this {about} ({wildcard}), not only what it needs",
            args={"whom": whom, "about": about, "wildcard": wildcard},
        )


def _wildcard(statement: Statement, everything: frozenset[str]) -> str | None:
    if statement.not_actions is not None:
        left_out = {(literal(action) or "").lower() for action in statement.not_actions}
        none = "*" in left_out or everything <= {"*", *left_out}
        return None if none else "all actions but some, by NotAction"
    for action in statement.actions or ():
        written = literal(action)
        if written is not None and written.lower() in everything:
            return written
    return None


def _others(statement: Statement, account: Text, friends: Collection[str]) -> tuple[Verdict, str]:
    """Say whether a statement names a principal that is not the own account, nor of one that is trusted, and which."""
    answers = [(_is_other(each, account, friends), _called(each)) for each in statement.principals or ()]
    for verdict, name in answers:
        if verdict.is_yes:
            return verdict, name
    for verdict, name in answers:
        if verdict.is_unknown:
            return verdict, name
    return NO, "nobody else"


def _called(principal: Principal) -> str:
    name = shown(principal.name)
    return "everybody" if name == "*" else name


def _is_other(principal: Principal, account: Text, friends: Collection[str]) -> Verdict:
    match principal.name:
        case Mentions(references=(_, *_), complete=True):
            return YES
        case Unknown(reason=reason) | Mentions(reason=reason):
            return unknown(reason)
        case Known(value=text, at=at):
            if principal.kind is not PrincipalKind.AWS or text.refers is not None:
                return YES
            pieces = text.split(":", 5)
            if pieces is None:
                return unknown(Reason(Doubt.OUTSIDE, f"whether {text} is the own account cannot be told", at))
            whose = pieces[4] if len(pieces) > 5 else text  # arn, partition, service, region, account
            if whose.literal_value in friends:
                return NO
            if len(pieces) > 1 and pieces[-1].literal_value != "root":
                return YES
            return ~same(whose, account, Reason(Doubt.OUTSIDE, f"whether {whose} is the own account is not known", at))
