"""A rule that failed while it judged.

## What it does
Reports a rule that raised an exception, and the resource that it was asked of. All other rules ran.

## Why it matters
The failed rule has judged nothing of that resource, so silence there means nothing.

## How to fix
This is a fault of msglint. Please report it with the template, or the part of it that brings the failure about. A rule
whose code does not begin with MSG is one of your own: there the message names the line that failed.

## When not to
Ignore this rule by its code until a release repairs the failure.
"""

from collections.abc import Iterator

from msglint.finding import Failure, Severity, fault
from msglint.model.resource import Record
from msglint.rules.interface import RESERVED, report


@report("MSG002", Severity.ERROR, since="0.1", references=["https://docs.python.org/3/tutorial/errors.html"])
def rule_failed(code: str, name: str, subject: Record, error: Exception) -> Iterator[Failure]:
    """Say which rule failed on which resource."""
    failed = f"rule {code} {name} failed on {subject.label} ({fault(error)}); all other rules ran"
    whose = "Please report this" if code.startswith(RESERVED) else "It is a rule of your own"
    yield Failure(f"{failed}. {whose}", subject.at, resource=subject.author, about=code)
