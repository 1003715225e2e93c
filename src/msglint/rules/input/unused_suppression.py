"""A suppression that hides nothing.

## What it does
Reports an ignore comment, in a template or in the `.tf` files of a plan or configuration, or a metadata entry that hid
no finding in this run, although its rule ran; also one of a form that msglint does not know, such as
`# msglint: ignore MSG501`, one without the reason that the configuration requires, and an exception of the
configuration that is for nothing.

## Why it matters
The fault that it hid is gone, or the name of the rule is misspelt. It would hide the next fault of that kind unseen.

## How to fix
Remove the comment or the entry, or write it as `# msglint: ignore[MSG501] the reason`, in metadata as
`msglint: {ignore: [{rule: MSG501, reason: …}]}`.

## When not to
The template is also linted with other parameters, under which the suppression is needed.
"""

from collections.abc import Iterator

from msglint.finding import Failure, Severity
from msglint.rules.interface import report
from msglint.source import Place
from msglint.suppress import Idle

_FORM = "msglint: ignore[CODE] reason in a comment, ignore: [{rule: CODE, reason: …}] in metadata"


@report("MSG003", Severity.INFO, since="0.1", references=["https://docs.astral.sh/ruff/rules/unused-noqa/"])
def unused_suppression(rule: str, why: Idle, at: Place) -> Iterator[Failure]:
    """Say which suppression or exception hides nothing, and why."""
    match why:
        case Idle.FORM:
            said = f"msglint does not understand this suppression, so it hides nothing; write {_FORM}"
        case Idle.NO_RULE:
            said = f"ignore[{rule}] names no rule of msglint; remove it, else it may hide the next fault unseen"
        case Idle.NO_REASON:
            said = f"ignore[{rule}] gives no reason, which the configuration requires, so it hides nothing"
        case Idle.NO_PROPERTY:
            said = f"ignore[{rule}] is for a property that the resource does not have, so it hides nothing"
        case Idle.NOTHING:
            said = f"ignore[{rule}] hides nothing here; remove it, else it may hide the next fault unseen"
        case Idle.NOT_EXPECTED:
            said = f"no finding is the one that this exception for {rule} expects; remove it, or correct what it names"
    yield Failure(said, at, about=rule or "form")
