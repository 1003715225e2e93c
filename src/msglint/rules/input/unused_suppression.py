"""A suppression that hides nothing.

## What it does
Reports an ignore comment, in a template or in the `.tf` files of a plan or configuration, or a metadata entry that hid
no finding in this run, although its rule ran; also one of a form that msglint does not know, such as
`# msglint: ignore MSG501`.

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


@report("MSG003", Severity.INFO, since="0.1", references=["https://docs.astral.sh/ruff/rules/unused-noqa/"])
def unused_suppression(rule: str, known: bool, at: Place) -> Iterator[Failure]:
    """Say which suppression hides nothing."""
    if not rule:
        how = "msglint: ignore[CODE] reason in a comment, ignore: [{rule: CODE, reason: …}] in metadata"
        said = f"msglint does not understand this suppression, so it hides nothing; write {how}"
        yield Failure(said, at, about="form")
        return
    why = "hides nothing here" if known else "names no rule of this run"
    yield Failure(f"ignore[{rule}] {why}; remove it, else it may hide the next fault unseen", at, about=rule)
