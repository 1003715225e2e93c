"""A customer managed key does not let those use it who send or read.

## What it does
Asks, for each queue, topic and data stream on a key of the same run, whether those who send to it may call
`kms:GenerateDataKey` and `kms:Decrypt` (for a stream the first alone), and those who read it `kms:Decrypt`: services in
their own name by the key's policy, roles by that and their own policies.

## Why it matters
The queue or topic lets the sender in, and its key does not: what is sent cannot be encrypted, and is lost without a
word. That the policy of the key names the account helps roles, but no service that acts in its own name. Who may not
decrypt reads nothing.

## How to fix
Allow a service both actions in the key's policy, and a role in one of its own policies.

## When not to
Never, as long as somebody sends or reads. A key or role that is made elsewhere is undecided.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Grant, Need, Note, Severity
from msglint.iam.evaluate import StatementResult
from msglint.iam.explain import refused
from msglint.iam.keys import SENDING, KeyUse, Store, key_uses
from msglint.model.kinesis import Stream
from msglint.model.model import Model
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.rules.grants import because, speaking
from msglint.rules.interface import rule
from msglint.verdict import unknown


@rule(
    "MSG105",
    Severity.ERROR,
    each=(Queue, Topic, Stream),
    given={Queue: "KmsMasterKeyId", Topic: "KmsMasterKeyId", Stream: "StreamEncryption"},
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
        "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html",
    ],
)
def key_policy_blocks_sender(store: Store, model: Model) -> Iterator[Candidate]:
    """Judge who uses the key of a queue, topic or stream."""
    for use in key_uses(store, model):
        if isinstance(use, KeyUse):
            yield _judged(store, use)
        else:
            message = "who may use the key is decided elsewhere"
            yield Candidate(when=unknown(use.reason), resource=store, at=store.key.at, message=message)


def _judged(store: Store, use: KeyUse) -> Candidate:
    decision = next(iter(use.refused.values()), None)
    statements: tuple[StatementResult, ...] = ()
    if decision is not None:
        statements = speaking(decision) if isinstance(use.caller, str) else tuple(decision.nearest)
    # Several callers of one store are several faults, which their messages tell apart.
    caller = str(use.caller).replace("{", "{{").replace("}", "}}")
    blocked = f"is encrypted with {{key}}, on which {caller} may not call {{actions}} ({{why}})"
    if not use.supported:
        blocked = f"is encrypted, and {caller} does not publish to encrypted topics"
    loss = "nothing that it holds reaches {sources}" if use.reads else "what comes from {sources} is lost"
    return Candidate(
        when=~use.verdict & ~use.conditional,
        resource=store,
        at=store.key.at,
        message=f"{{store}} {blocked}: {loss}",
        args={
            "store": store,
            "key": use.key,
            "actions": " and ".join(use.refused),
            "why": _why(use, statements),
            "sources": use.sources,
        },
        related=(
            *(Note("reads here" if use.reads else "sends here", edge.at, edge.owner) for edge in use.edges[:3]),
            Note("the key", use.key.at, use.key),
            *(Note("the statement", result.statement.at) for result in statements[:3]),
        ),
        fix=_repair(use, statements),
    )


def _why(use: KeyUse, statements: tuple[StatementResult, ...]) -> str:
    decision = next(iter(use.refused.values()), None)
    if decision is None:
        return ""
    if not isinstance(use.caller, str):
        return refused(decision)
    if use.key.policy.exists().is_no:
        return "it has the default policy, which names the account alone"
    return because(statements) or f"no statement of the key's policy names {use.caller}"


def _repair(use: KeyUse, statements: tuple[StatementResult, ...]) -> Fix | None:
    if not use.supported or any(result.denies.is_yes for result in statements):
        return None
    if isinstance(use.caller, str):
        grant = Grant(use.caller, SENDING, use.key, None)
        title = f"Add this statement to the policy of {use.key}"
        if use.key.policy.exists().is_no:
            title = f"Give {use.key} a policy with this statement, beside one that allows the account all"
        return Fix(title, use.key, grant=grant)
    if any(decision.fence is not None for decision in use.refused.values()):
        # What refuses it is not that a statement of the role's is missing.
        return None
    need = Need(tuple(use.refused), use.key)
    return Fix(f"Add this statement to a policy of {use.caller}", use.caller, need=need)
