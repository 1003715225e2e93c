"""Whoever reaches a Kafka cluster may use it.

## What it does
Finds Amazon MSK clusters that let clients in without signing in, and clusters with public addresses whose configuration
gives topics without ACLs to everybody.

## Why it matters
Whatever runs in the network, or in one that is connected with it, reads and writes topics under no name: no ACL, IAM
policy or log tells one client from another. With public addresses, everybody who has any user at all gets at all topics
that nobody wrote ACLs for; Amazon MSK refuses to turn public access on in this state.

## How to fix
Set `ClientAuthentication.Unauthenticated.Enabled` to false and turn on IAM, SASL/SCRAM or mutual TLS. For public
access, set `allow.everyone.if.no.acl.found=false` in the configuration, or let clients sign in by IAM alone.

## When not to
A cluster for tests whose security groups admit one client. MSK Serverless always asks for IAM.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Note, RepairValue, Severity
from msglint.model.kafka import EVERYONE, open_to_everyone
from msglint.model.model import Model
from msglint.model.msk import Cluster
from msglint.model.value import Absent, says
from msglint.rules.interface import rule
from msglint.verdict import Doubt, Reason, Verdict, unknown


@rule(
    "MSG207",
    Severity.ERROR,
    each=Cluster,
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/msk/latest/developerguide/kafka_apis_iam.html",
        "https://docs.aws.amazon.com/msk/latest/developerguide/public-access.html",
        "https://docs.aws.amazon.com/msk/latest/developerguide/msk-acls.html",
    ],
)
def open_kafka_cluster(cluster: Cluster, model: Model) -> Iterator[Candidate]:
    """Judge whether clients have to sign in to a cluster, and what everybody may do where it is public."""
    open_to_all = _without_sign_in(cluster)
    changes: dict[tuple[str, ...], RepairValue | None] = {cluster.UNAUTHENTICATED: False}
    if not cluster.signs_in.is_yes:
        changes[cluster.IAM] = True
    yield Candidate(
        when=open_to_all,
        resource=cluster,
        at=cluster.unauthenticated.at,
        message="whoever reaches the brokers of {cluster} may read and write without signing in: unauthenticated "
        "access is on",
        args={"cluster": cluster},
        fix=Fix("Let clients sign in", cluster, changes),
    )
    public, own = says(cluster.public, "SERVICE_PROVIDED_EIPS"), cluster.configuration
    # Only who signs in by a password or certificate is subject to ACLs.
    with_acls = cluster.scram.holds(bool) | cluster.mutual_tls
    if not public.is_no:
        yield Candidate(
            when=public & with_acls & open_to_everyone(cluster, model) & ~open_to_all,
            resource=cluster,
            at=cluster.public.at,
            message="{cluster} has public addresses, and whoever can sign in gets at every topic without "
            "ACLs ({everyone} is true): Amazon MSK refuses to open it like this",
            args={"cluster": cluster, "everyone": EVERYONE},
            related=() if isinstance(own, Absent) else (Note("its configuration", own.at),),
            fix=Fix(f"Set {EVERYONE}=false in the cluster's configuration, and write ACLs", cluster),
        )


def _without_sign_in(cluster: Cluster) -> Verdict:
    """Say whether clients may come in without signing in; what AWS does where no way is written is not documented."""
    setting = cluster.unauthenticated
    if not isinstance(setting, Absent):
        return setting.holds(bool)
    text = "whether clients have to sign in is not documented where no way to do so is turned on"
    return ~cluster.signs_in & unknown(Reason(Doubt.OUTSIDE, text))
