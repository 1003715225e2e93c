"""Queues of Amazon SQS. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html."""

import json

from msglint.account.describe.interface import Ask, Described, Where, resource

_TEXTS = ("KmsMasterKeyId",)
_NUMBERS = (
    "DelaySeconds",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "VisibilityTimeout",
)
_BOOLEANS = ("ContentBasedDeduplication", "FifoQueue", "SqsManagedSseEnabled")
_STRUCTURES = ("RedriveAllowPolicy", "RedrivePolicy")
_NAMES = ("QueueArn", "Policy", *_TEXTS, *_NUMBERS, *_BOOLEANS, *_STRUCTURES)


def queue(where: Where, ask: Ask, id_: str | None = None) -> Described:
    """Give a queue with its policy; without an id of its own it is called by its name."""
    id_ = id_ or where.last
    url = ask("sqs", "GetQueueUrl", QueueName=where.last)["QueueUrl"]
    said = ask("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
    properties: dict[str, object] = {"QueueName": where.last}
    properties |= {name: said[name] for name in _TEXTS if said.get(name)}
    properties |= {name: int(said[name]) for name in _NUMBERS if said.get(name)}
    properties |= {name: said[name] == "true" for name in _BOOLEANS if said.get(name)}
    properties |= {name: json.loads(said[name]) for name in _STRUCTURES if said.get(name)}
    resources = {id_: resource("AWS::SQS::Queue", properties)}
    if said.get("Policy"):
        policy = {"Queues": [{"Ref": id_}], "PolicyDocument": json.loads(said["Policy"])}
        resources[f"policy of {id_}"] = resource("AWS::SQS::QueuePolicy", policy)
    return Described(resources)
