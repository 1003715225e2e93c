"""A template or plan that cannot be read.

## What it does
Reports a file that is a template or a plan by its marks and cannot be read: not UTF-8, no YAML or JSON, duplicate keys,
sections that are no mappings, a plan of an unknown format. So is a file that goes beyond a limit: too large, nested too
deeply, more values or resources than anybody deploys, an alias bomb, or one that takes too long to judge. The message
names the limit.

## Why it matters
Nothing in the file was judged. A run that passes over it in silence would look clean.

## How to fix
Repair the place that the message names. Of a key that is given twice only one counts, and nobody sees which.

## When not to
The file is no template: leave it out of the run, or ignore this rule by its code.
"""

from collections.abc import Iterator

from msglint.finding import Failure, Severity
from msglint.rules.interface import report
from msglint.source import SourceError


@report("MSG001", Severity.ERROR, since="0.1", references=["https://yaml.org/spec/1.1/", "https://www.json.org/"])
def unreadable_file(error: SourceError) -> Iterator[Failure]:
    """Say what is wrong with a file, and where."""
    if error.limit:
        yield Failure(f"this file was not judged: {error.message} (limit: {error.limit})", error.place)
    else:
        yield Failure(f"this file cannot be read: {error.message}", error.place, error.related, error.note)
