"""All that a company's own rules are written with: `from msglint.rules.api import Candidate, Model, Queue, rule`.

What is listed here stays as it is from one minor version to the next; CHANGELOG.md names what changes. Everything else
of msglint may change with any release. docs/company-rules.md says what each name is for.
"""

from msglint.finding import Candidate, Fix, Made, Note, Property, Severity
from msglint.model.access import QueuePolicy, Role, TopicPolicy
from msglint.model.amazon_mq import Broker
from msglint.model.cloudwatch import Alarm
from msglint.model.data import Data, Elements
from msglint.model.delivery import Edge, Untold, deliveries_to, edges, untold_to
from msglint.model.dynamodb import Table
from msglint.model.events import EventBus, Pipe, RuleTarget, Schedule
from msglint.model.events import Rule as EventRule
from msglint.model.firehose import DeliveryStream
from msglint.model.kinesis import Stream
from msglint.model.kms import Key
from msglint.model.lambda_ import EventSourceMapping, Function, consumers
from msglint.model.logs import LogGroup
from msglint.model.model import Model
from msglint.model.msk import Cluster
from msglint.model.resource import Mention, Resource
from msglint.model.s3 import Bucket
from msglint.model.secrets import Secret
from msglint.model.sns import StandaloneSubscription, Subscription, Topic
from msglint.model.sqs import Queue
from msglint.model.state_machine import StateMachine
from msglint.model.text import Text, same
from msglint.model.value import (
    Absent,
    Known,
    Mentions,
    Unknown,
    Value,
    both,
    contains,
    effective,
    ends,
    literal,
    not_understood,
    outside,
    says,
    shown,
)
from msglint.rules.interface import rule
from msglint.source import Place
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, all_of, any_of, of, unknown

__all__ = [
    "NO",
    "YES",
    "Absent",
    "Alarm",
    "Broker",
    "Bucket",
    "Candidate",
    "Cluster",
    "Data",
    "DeliveryStream",
    "Doubt",
    "Edge",
    "Elements",
    "EventBus",
    "EventRule",
    "EventSourceMapping",
    "Fix",
    "Function",
    "Key",
    "Known",
    "LogGroup",
    "Made",
    "Mention",
    "Mentions",
    "Model",
    "Note",
    "Pipe",
    "Place",
    "Property",
    "Queue",
    "QueuePolicy",
    "Reason",
    "Resource",
    "Role",
    "RuleTarget",
    "Schedule",
    "Secret",
    "Severity",
    "StandaloneSubscription",
    "StateMachine",
    "Stream",
    "Subscription",
    "Table",
    "Text",
    "Topic",
    "TopicPolicy",
    "Unknown",
    "Untold",
    "Value",
    "Verdict",
    "all_of",
    "any_of",
    "both",
    "consumers",
    "contains",
    "deliveries_to",
    "edges",
    "effective",
    "ends",
    "literal",
    "not_understood",
    "of",
    "outside",
    "rule",
    "same",
    "says",
    "shown",
    "unknown",
    "untold_to",
]
