"""A secret for SASL/SCRAM is not associated with the Amazon MSK cluster.

## What it does
Finds clusters with SASL/SCRAM and no associated secret beside secrets named `AmazonMSK_*` that no cluster has, and such
secrets where every cluster has others.

## Why it matters
A cluster knows the users whose secrets are associated with it, and nobody else. Until then every client that signs in
with this user name and password is refused.

## How to fix
Associate the secret with the cluster: `AWS::MSK::BatchScramSecret` in CloudFormation, in Terraform
`aws_msk_single_scram_secret_association` for one secret or `aws_msk_scram_secret_association` for all of a cluster.

## When not to
A script or another stack makes the association.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msglint.finding import Candidate, Fix, Note, Severity
from msglint.model.model import Model
from msglint.model.msk import Cluster
from msglint.model.secrets import MSK_SECRET, Secret
from msglint.model.sign_in import handed_on, has_secrets, is_associated
from msglint.rules.interface import rule
from msglint.verdict import Verdict, all_of, any_of


@rule(
    "MSG410",
    Severity.WARNING,
    each=(Cluster, Secret),
    since="0.1",
    references=["https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-tutorial.html"],
)
def msk_secret_not_associated(owner: Cluster | Secret, model: Model) -> Iterator[Candidate]:
    """Judge clusters that know no user beside secrets that no cluster has, and such secrets where each has others."""
    match owner:
        case Cluster() as cluster if not cluster.scram.holds(bool).is_no:
            free = model.once(_free, lambda: _free(model))
            yield Candidate(
                when=_has_no_users(cluster, model) & free.any,
                resource=cluster,
                at=cluster.scram.at,
                message="{cluster} takes SASL/SCRAM, and no secret is associated with it: nobody can sign in that way",
                args={"cluster": cluster},
                related=tuple(Note("associated with no cluster", secret.at, secret) for secret in free.secrets),
                fix=Fix("Associate the secret with the cluster", cluster),
            )
        case Secret() as secret if not secret.is_called(MSK_SECRET).is_no:
            taking = model.once(_taking, lambda: _taking(model))
            if taking.clusters:
                yield Candidate(
                    when=_is_free(secret, model) & taking.any & taking.have_users,
                    resource=secret,
                    at=secret.at,
                    message="{secret} is associated with no cluster: whoever signs in with it is refused",
                    args={"secret": secret},
                    related=tuple(Note("takes SASL/SCRAM", cluster.at, cluster) for cluster in taking.clusters),
                    fix=Fix("Associate the secret with the cluster", secret),
                )


class _Free(NamedTuple):
    """The secrets that may be associated with no cluster, looked through once for all clusters."""

    secrets: Sequence[Secret]
    any: Verdict


def _free(model: Model) -> _Free:
    secrets = [secret for secret in model.every(Secret) if not _is_free(secret, model).is_no]
    return _Free(secrets, any_of(_is_free(secret, model) for secret in secrets))


class _Taking(NamedTuple):
    """The clusters that may take SASL/SCRAM, looked through once for all secrets."""

    clusters: Sequence[Cluster]
    any: Verdict
    have_users: Verdict
    """Where a cluster has no secret at all, that is the one finding."""


def _taking(model: Model) -> _Taking:
    clusters = [cluster for cluster in model.every(Cluster) if not cluster.scram.holds(bool).is_no]
    have_users = all_of(~_has_no_users(cluster, model) for cluster in clusters)
    return _Taking(clusters, any_of(cluster.scram.holds(bool) for cluster in clusters), have_users)


def _is_free(secret: Secret, model: Model) -> Verdict:
    return secret.is_called(MSK_SECRET) & ~is_associated(secret, model) & ~handed_on(secret, model)


def _has_no_users(cluster: Cluster, model: Model) -> Verdict:
    return (
        cluster.scram.holds(bool)
        & ~has_secrets(cluster, model)
        & ~handed_on(cluster, model, lambda there: has_secrets(there, model))
    )
