"""Where resource policies are written: each resource that holds one, with what it is about."""

from collections.abc import Mapping
from typing import NamedTuple

from msglint.model.access import (
    BusResourcePolicy,
    ClusterPolicy,
    Permission,
    QueueInlinePolicy,
    QueuePolicy,
    SecretPolicy,
    StreamPolicy,
    TopicInlinePolicy,
    TopicPolicy,
)
from msglint.model.events import EventBus, EventBusPolicy
from msglint.model.model import Model
from msglint.model.policy import Policy, read_policy
from msglint.model.resource import Resource
from msglint.model.secrets import Secret
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.model.text import Text
from msglint.model.value import Unknown

POLICY_HOLDERS = (
    QueuePolicy,
    QueueInlinePolicy,
    TopicPolicy,
    TopicInlinePolicy,
    Queue,
    Topic,
    StreamPolicy,
    SecretPolicy,
    Secret,
    ClusterPolicy,
)
"""Resources that hold the policy of a queue, topic, stream, secret or cluster."""
BUS_POLICY_HOLDERS = (EventBusPolicy, EventBus, BusResourcePolicy)
INLINE_POLICIES: Mapping[type[Resource], str] = {
    Queue: "Policy",
    Topic: "Policy",
    Secret: "ResourcePolicy",
    EventBus: "Policy",
}
"""Where a policy is a property of the thing itself."""


class Held(NamedTuple):
    """A policy, and the action and kind of thing that it is about."""

    policy: Policy | Unknown
    action: str
    about: str

    @property
    def everything(self) -> frozenset[str]:
        """The patterns, in lower case, that stand for all actions on the thing."""
        service = self.action.partition(":")[0]
        # The actions on what is in a cluster have a prefix of their own.
        return frozenset({"*", f"{service}:*", *({"kafka-cluster:*"} if service == "kafka" else ())})


def held(owner: Resource, model: Model) -> Held:
    """Give the policy that a resource holds; one without statements where it holds none."""
    return model.once((held, owner.record.key), lambda: _held(owner))


def _held(owner: Resource) -> Held:
    match owner:
        case QueuePolicy():
            return Held(read_policy(owner.document), "sqs:SendMessage", "queue")
        case Queue():
            return Held(read_policy(owner.policy), "sqs:SendMessage", "queue")
        case TopicPolicy():
            return Held(read_policy(owner.document), "sns:Publish", "topic")
        case Topic():
            return Held(read_policy(owner.policy), "sns:Publish", "topic")
        case StreamPolicy():
            return Held(read_policy(owner.document), "kinesis:PutRecord", "stream")
        case SecretPolicy():
            return Held(read_policy(owner.document), "secretsmanager:GetSecretValue", "secret")
        case Secret():
            return Held(read_policy(owner.policy), "secretsmanager:GetSecretValue", "secret")
        case ClusterPolicy():
            return Held(read_policy(owner.document), "kafka:CreateVpcConnection", "cluster")
        case EventBusPolicy():
            return Held(owner.policy, "events:PutEvents", "event bus")
        case EventBus():
            return Held(read_policy(owner.policy), "events:PutEvents", "event bus")
        case BusResourcePolicy():
            return Held(read_policy(owner.document), "events:PutEvents", "event bus")
        case Permission():
            return Held(owner.policy(Text.literal("*")), "lambda:InvokeFunction", "function")
        case _:
            raise TypeError(f"{owner} holds no resource policy")
