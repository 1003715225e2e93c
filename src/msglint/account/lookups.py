"""Looks up what a run wants to know, each thing in the account and Region that it is in."""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

from msglint.account.access import Access
from msglint.account.describe import (
    cloudformation,
    dynamodb,
    events,
    iam,
    kafka,
    kinesis,
    kms,
    lambda_,
    logs,
    mq,
    s3,
    secretsmanager,
    sns,
    sqs,
    ssm,
    stepfunctions,
    users,
)
from msglint.account.describe.interface import Ask, Described, GoneError, UnansweredError, Where
from msglint.account.facts import Fact
from msglint.finding import fault
from msglint.model.identity import words
from msglint.verdict import EXPORT, PARAMETER, POLLERS, SOURCES, SUBSCRIPTIONS, Lookup

AT_ONCE = 8
"""How many things are looked up at once."""


@contextmanager
def calling() -> Iterator[ThreadPoolExecutor]:
    """Give who makes several calls at once. Whoever gives up waits for none of them: AWS may be slow, or not there."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Kind(NamedTuple):
    describe: Callable[[Where, Ask], Described]
    word: str
    """What people call it."""
    regional: bool = True


KINDS: Mapping[str, _Kind] = {
    EXPORT: _Kind(cloudformation.export, "export"),
    "AWS::AmazonMQ::Broker": _Kind(mq.broker, "broker"),
    "AWS::DynamoDB::Table": _Kind(dynamodb.table, "table"),
    "AWS::Events::EventBus": _Kind(events.event_bus, "event bus"),
    "AWS::Events::Rule": _Kind(events.rule, "rule"),
    "AWS::IAM::ManagedPolicy": _Kind(iam.managed_policy, "managed policy", regional=False),
    "AWS::IAM::Role": _Kind(iam.role, "role", regional=False),
    "AWS::KMS::Key": _Kind(kms.key, "key"),
    "AWS::Kinesis::Stream": _Kind(kinesis.stream, "stream"),
    "AWS::Kinesis::StreamConsumer": _Kind(kinesis.consumer, "consumer"),
    "AWS::KinesisFirehose::DeliveryStream": _Kind(kinesis.delivery_stream, "delivery stream"),
    "AWS::Lambda::Alias": _Kind(lambda_.function, "alias"),
    "AWS::Lambda::Function": _Kind(lambda_.function, "function"),
    "AWS::Lambda::Version": _Kind(lambda_.function, "alias or version"),
    "AWS::Logs::ResourcePolicy": _Kind(logs.policies, "policy of CloudWatch Logs"),
    "AWS::Logs::LogGroup": _Kind(logs.group, "log group"),
    "AWS::MSK::Cluster": _Kind(kafka.cluster, "cluster"),
    "AWS::MSK::Configuration": _Kind(kafka.configuration, "configuration"),
    "AWS::S3::Bucket": _Kind(s3.bucket, "bucket"),
    "AWS::SNS::Topic": _Kind(sns.topic, "topic"),
    "AWS::SQS::Queue": _Kind(sqs.queue, "queue"),
    PARAMETER: _Kind(ssm.parameter, "parameter"),
    "AWS::SecretsManager::Secret": _Kind(secretsmanager.secret, "secret"),
    POLLERS: _Kind(users.pollers, "queue"),
    SOURCES: _Kind(users.sources, "queue"),
    SUBSCRIPTIONS: _Kind(users.subscriptions, "topic"),
    "AWS::StepFunctions::StateMachine": _Kind(stepfunctions.state_machine, "state machine"),
}
"""What can be looked up, by CloudFormation's names of the types."""
LEFT: Mapping[str, str] = {
    "AWS::Events::ApiDestination": "an API destination has no policy, and whether a role may call it its ARN tells",
    "AWS::KMS::Alias": "an alias is looked up as the key that it leads to",
    "AWS::KMS::ReplicaKey": "a replica is looked up as any key",
    "AWS::MSK::ServerlessCluster": "a cluster is looked up by the ARN that those of both kinds have",
}
"""What the Model knows of and nobody looks up, and why that changes no verdict."""


class Asking:
    """Makes calls in one account and Region."""

    def __init__(self, access: Access, where: Where) -> None:
        self._access = access
        self.where = where

    def __call__(self, service: str, operation: str, /, **parameters: object) -> Mapping[str, Any]:
        """Give the answer; raises as `Access.ask` does."""
        return self._access.ask(service, operation, self.where.region, **parameters)

    def pages(self, service: str, operation: str, key: str, /, **parameters: object) -> Iterator[Any]:
        """Give what all pages list under a key; raises as `Access.ask` does."""
        return self._access.pages(service, operation, self.where.region, key, **parameters)

    def listed(self, service: str, operation: str, key: str, /) -> Sequence[Any]:
        """Give what all pages list, asked for once in a run; raises as `Access.ask` does."""
        return self._access.listed(service, operation, self.where.region, key)

    def or_none(self, service: str, operation: str, /, **parameters: object) -> Mapping[str, Any] | None:
        """Give the answer; None where there is no such thing."""
        try:
            return self(service, operation, **parameters)
        except GoneError:
            return None


class Account:
    """What the credentials at hand can look up."""

    def __init__(self, access: Access, others: Mapping[str, Access] | None = None) -> None:
        """Take the access of those who ask, and that to other accounts, by their ids."""
        self.access = access
        self._others = others or {}

    @property
    def account(self) -> str:
        """The account whose credentials are used. Raises `UnansweredError` where there are none."""
        return self.access.identity().account

    @property
    def region(self) -> str:
        """The Region of what is named without one; empty where none is known."""
        return self.access.region or ""

    def look_up(self, wanted: Sequence[Lookup]) -> Sequence[Fact]:
        """Give a fact for each lookup, also where nothing was found. Raises `UnansweredError` if nobody can ask."""
        self.access.identity()
        with calling() as pool:
            return list(pool.map(self._fact, wanted))

    def _fact(self, lookup: Lookup) -> Fact:
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        kind = KINDS.get(lookup.type)
        if kind is None:
            return Fact(lookup, now, missing=LEFT.get(lookup.type, f"msglint looks up no {lookup.type}"))
        identity = self.access.identity()
        where = located(lookup, identity.partition, identity.account, self.region)
        region = where.region if kind.regional else ""
        own = where.account in {identity.account, "aws"}
        access = self.access if own else self._others.get(where.account)
        if access is None:
            why = f"it is of account {where.account}, and the credentials are of {identity.account}"
            return Fact(lookup, now, where.account, region, missing=why)
        try:
            found = kind.describe(where, Asking(access, where._replace(region=region or self.region)))
        except GoneError:
            return Fact(lookup, now, where.account, region, missing=gone(lookup))
        except UnansweredError as error:
            return Fact(lookup, now, where.account, region, missing=str(error))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            # What one thing is made of that nobody has foreseen must not take the others with it.
            return Fact(lookup, now, where.account, region, missing=f"the answer is not understood: {fault(error)}")
        return Fact(lookup, now, where.account, region, found.resources, found.physical, found.value)


def gone(lookup: Lookup) -> str:
    """Say that there is nothing of that name."""
    return f"there is no such {KINDS[lookup.type].word}"


def located(lookup: Lookup, partition: str, account: str, region: str) -> Where:
    """Give where something is that is called by an ARN, a queue's URL or a name; what these do not say is given."""
    name = lookup.name
    account, region = lookup.account or account, lookup.region or region
    if name.startswith("arn:"):
        pieces = name.split(":", 5)
        if len(pieces) == 6:
            return Where(pieces[1], pieces[4] or account, pieces[3] or region, name)
    url = next((each for each in words(name) if each.is_url), None)
    if url is not None:
        return Where(partition, url.account, url.region, name)
    return Where(partition, account, region, name)
