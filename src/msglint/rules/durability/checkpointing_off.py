"""An application of Flink starts over after a failure.

## What it does
Finds applications of Amazon Managed Service for Apache Flink whose checkpoints are switched off, and, as information,
those whose snapshots are.

## Why it matters
Without checkpoints the application has no state to come back to when a task fails: what it had counted, joined or
read so far is lost or done twice. Without snapshots this happens whenever it is updated, scaled or stopped.

## How to fix
Leave `CheckpointConfiguration` at `DEFAULT`, or set `CheckpointingEnabled` to true; set `SnapshotsEnabled` to true.

## When not to
The application keeps no state and may skip or repeat records.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Property, Severity
from msglint.model.flink import FlinkApplication
from msglint.model.model import Model
from msglint.model.value import says
from msglint.rules.interface import rule


@rule(
    "MSG708",
    Severity.WARNING,
    Severity.INFO,
    each=FlinkApplication,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_CheckpointConfiguration.html",
        "https://docs.aws.amazon.com/managed-flink/latest/java/how-fault.html",
        "https://docs.aws.amazon.com/managed-flink/latest/java/how-snapshots.html",
    ],
)
def checkpointing_off(
    application: FlinkApplication, model: Model
) -> Iterator[Candidate]:  # one signature for all rules
    """Judge whether an application saves its state."""
    if application.is_flink.is_no:
        return
    checkpoints, snapshots = application.checkpointing, application.snapshots
    setting = (*application.CHECKPOINTS, "CheckpointingEnabled")
    yield Candidate(
        when=application.is_flink
        & says(application.checkpoint_type, "CUSTOM")
        & checkpoints.holds(lambda enabled: not enabled),
        resource=application,
        at=checkpoints.at,
        message="{application} takes no checkpoints ({setting} is false): after a failure its state is gone, and "
        "records are lost or worked on twice",
        args={"application": application, "setting": Property(setting)},
        fix=Fix("Take checkpoints", application, {setting: True}),
    )
    yield Candidate(
        when=application.is_flink & snapshots.holds(lambda enabled: not enabled),
        resource=application,
        at=snapshots.at,
        message="{application} takes no snapshots ({setting} is false): its state is lost whenever it is updated, "
        "scaled or stopped",
        args={"application": application, "setting": Property(application.SNAPSHOTS)},
        severity=Severity.INFO,
        fix=Fix("Take snapshots", application, {application.SNAPSHOTS: True}),
    )
