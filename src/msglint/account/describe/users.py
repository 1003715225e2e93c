"""Who uses what a stack has made: other stacks say so, and it does not.

https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_ListPipes.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html
https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from msglint.account.describe import sqs
from msglint.account.describe.interface import Ask, Described, GoneError, Where, resource, unread

_Found = tuple[str, Mapping[str, object], Mapping[str, str]]
"""What something is called, how it would stand in a template, and its attributes that no template chooses."""
_UNREAD = ("FilterPolicy", "RawMessageDelivery", "RedrivePolicy", "SubscriptionRoleArn")
"""Properties of subscriptions that are not listed."""
_OFF = frozenset({"Disabled", "Disabling", "Deleting"})


def pollers(where: Where, ask: Ask) -> Described:
    """Give the event source mappings and pipes that poll a queue."""
    mappings = ask.listed("lambda", "ListEventSourceMappings", "EventSourceMappings")
    pipes = ask.listed("pipes", "ListPipes", "Pipes")
    return _described(
        *(
            (f"event source mapping {each['UUID']}", _mapping(each), {"ref": each["UUID"]})
            for each in mappings
            if each.get("EventSourceArn") == where.name
        ),
        *(
            # By no name: a queue of the stack may have the same.
            (f"pipe {each['Name']}", _pipe(each), {"arn": each["Arn"]})
            for each in pipes
            if each.get("Source") == where.name and each.get("DesiredState") != "STOPPED"
        ),
    )


def sources(where: Where, ask: Ask) -> Described:
    """Give the queues whose dead-letter queue a queue is, with their policies: what is there is never half there."""
    url = ask("sqs", "GetQueueUrl", QueueName=where.last)["QueueUrl"]
    found = ask.pages("sqs", "ListDeadLetterSourceQueues", "queueUrls", QueueUrl=url)
    ids = {f"queue {source.rsplit('/', 1)[-1]}": source for source in found}
    resources: dict[str, Mapping[str, object]] = {}
    for id_, source in ids.items():
        with suppress(GoneError):  # it was deleted since it was listed
            resources |= sqs.queue(where._replace(name=source), ask, id_).resources
    return Described(resources, {id_: {"url": source} for id_, source in ids.items() if id_ in resources})


def subscriptions(where: Where, ask: Ask) -> Described:
    """Give the subscriptions that deliver to something."""
    found = ask.listed("sns", "ListSubscriptions", "Subscriptions")
    return _described(
        *(
            (f"subscription {each['SubscriptionArn']}", _subscription(each), {"arn": each["SubscriptionArn"]})
            for each in found
            if each.get("Endpoint") == where.name
        )
    )


def _described(*found: _Found) -> Described:
    return Described(
        {called: made for called, made, _ in found}, {called: attributes for called, _, attributes in found}
    )


def _mapping(said: Mapping[str, Any]) -> Mapping[str, object]:
    given = ("EventSourceArn", "BatchSize", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes", "ScalingConfig")
    properties = {name: said.get(name) for name in given}
    enabled = said.get("State") not in _OFF
    return resource(
        "AWS::Lambda::EventSourceMapping", {**properties, "FunctionName": said["FunctionArn"], "Enabled": enabled}
    )


def _pipe(said: Mapping[str, Any]) -> Mapping[str, object]:
    properties = {"Name": said["Name"], "Source": said["Source"], "Target": said.get("Target"), "RoleArn": unread()}
    return resource("AWS::Pipes::Pipe", {**properties, "SourceParameters": unread(), "TargetParameters": unread()})


def _subscription(said: Mapping[str, Any]) -> Mapping[str, object]:
    properties = {name: said[name] for name in ("TopicArn", "Protocol", "Endpoint")}
    return resource("AWS::SNS::Subscription", {**properties, **dict.fromkeys(_UNREAD, unread())})
