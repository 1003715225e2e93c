"""A Firehose stream tells nobody what it cannot deliver.

## What it does
Finds Firehose streams whose destination has error logging switched off, as it is unless `CloudWatchLoggingOptions` are
set. Logging in the options of a backup bucket tells only of that bucket.

## Why it matters
Nobody hears from Firehose that records do not arrive, and why: a role that lost a permission, a bucket that is gone, a
function that fails. What cannot be written to S3 is tried again for 24 hours, or as long as the data stream or topic
that it comes from keeps it, and is then lost. What another destination does not take is left in an S3 bucket, where
somebody has to look for it.

## How to fix
Make a log group with a log stream, let the role of the destination call `logs:PutLogEvents` on it, and name both in
`CloudWatchLoggingOptions` with `Enabled: true`.

## When not to
You watch the metrics of the stream, such as `DeliveryToS3.DataFreshness`, and look for the cause when they tell.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Made, Property, Severity
from msglint.model.firehose import LOGGING, DeliveryStream
from msglint.model.model import Model
from msglint.rules.interface import rule

LOST = {
    True: "are lost after 24 hours",
    False: "are lost when their source does not keep them any longer",
    None: "are lost after a time",
}
"""What becomes of records that S3 does not take, by whether producers put them into the stream themselves."""


@rule(
    "MSG707",
    Severity.INFO,
    each=DeliveryStream,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html",
        "https://docs.aws.amazon.com/firehose/latest/dev/retry.html",
    ],
)
def firehose_failures_not_kept(stream: DeliveryStream, model: Model) -> Iterator[Candidate]:
    """Judge the error logging of the destination of a stream."""
    for destination in stream.destinations():
        logging = (*destination.data.path, LOGGING)
        logs = destination.logs_errors
        fate = LOST[stream.direct_put.truth] if destination.is_s3 else "are left in a bucket"
        yield Candidate(
            when=destination.data.exists() & logs.holds(lambda on: not on),
            resource=stream,
            at=logs.at,
            message="{stream} does not log errors ({setting}): records that it cannot deliver {fate}, and no log tells "
            "of it",
            args={"stream": stream, "setting": Property(logging), "fate": fate},
            fix=Fix(
                "Make a log group and a log stream that the role may write to, and log errors there",
                stream,
                {
                    (*logging, "Enabled"): True,
                    (*logging, "LogGroupName"): Made("AWS::Logs::LogGroup", "DeliveryErrors", "name"),
                    (*logging, "LogStreamName"): Made("AWS::Logs::LogStream", "DeliveryErrorStream", "name"),
                },
            ),
        )
