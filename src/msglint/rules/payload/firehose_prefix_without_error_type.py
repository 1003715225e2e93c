"""A Firehose stream names its objects in a way that Firehose refuses.

## What it does
Reads the `Prefix` and `ErrorOutputPrefix` of Firehose streams to S3, and of the S3 buckets of other destinations. Finds
a `Prefix` with expressions such as `!{timestamp:yyyy}` without an `ErrorOutputPrefix`, an `ErrorOutputPrefix` with
expressions but without `!{firehose:error-output-type}`, and a `Prefix` with `!{firehose:error-output-type}`.

## Why it matters
Firehose neither makes nor updates such a stream: the deployment fails. An error prefix without expressions is taken.

## How to fix
Set an `ErrorOutputPrefix` with `!{firehose:error-output-type}` in it, such as `failed/!{firehose:error-output-type}/`.
It sorts failed records by what went wrong with them, and keeps them apart from the good ones.

## When not to
Never. Redshift, whose `Prefix` takes no expressions at all, is not reported; what AWS leaves open for OpenSearch,
Splunk and the backup of an S3 destination is undecided.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Property, RepairValue, Severity
from msglint.model.firehose import ERROR_TYPE as TYPE
from msglint.model.firehose import DeliveryStream
from msglint.model.model import Model
from msglint.model.text import Text
from msglint.model.value import Value, literal
from msglint.rules.interface import rule
from msglint.verdict import Verdict

FAILED = f"failed/{TYPE}/"

Changes = dict[tuple[str, ...], RepairValue | None]


@rule(
    "MSG802",
    Severity.ERROR,
    each=DeliveryStream,
    since="0.1",
    references=["https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html"],
)
def firehose_prefix_without_error_type(stream: DeliveryStream, model: Model) -> Iterator[Candidate]:
    """Judge how each destination of a stream names its objects."""
    namings = (naming for destination in stream.destinations() for naming in destination.namings())
    for naming in namings:
        prefix, error = ((*naming.data.path, name) for name in ("Prefix", "ErrorOutputPrefix"))
        misplaced = naming.error_type_in_prefix()
        faults: tuple[tuple[str, Verdict, Value[Text], Changes], ...] = (
            (
                "{prefix} contains {type}, which only {error} may",
                misplaced,
                naming.prefix,
                _without_type(prefix, naming.prefix),
            ),
            (
                "{prefix} contains expressions, so {error} must be set",
                ~misplaced & naming.error_prefix_missing(),
                naming.prefix,
                {error: FAILED},
            ),
            (
                "{error} contains expressions, but not {type}",
                naming.error_type_missing(),
                naming.error_prefix,
                {error: _with_type(naming.error_prefix)},
            ),
        )
        for message, when, value, changes in faults:
            yield Candidate(
                when=when,
                resource=stream,
                at=value.at,
                message="Firehose refuses {stream}: " + message,
                args={"stream": stream, "prefix": Property(prefix), "error": Property(error), "type": TYPE},
                fix=Fix("Name failed records, and only these, by what went wrong", stream, changes),
            )


def _without_type(path: tuple[str, ...], prefix: Value[Text]) -> Changes:
    text = literal(prefix)
    return {path: text.replace(f"{TYPE}/", "").replace(TYPE, "") or None} if text else {}


def _with_type(prefix: Value[Text]) -> str:
    text = literal(prefix)
    return f"{text.rstrip('/')}/{TYPE}/" if text else FAILED
