"""An attribute of messages is looked for in the wrong one of the two lists.

## What it does
Finds what SQS itself says of a message (`AWSTraceHeader`, `SenderId`, `SentTimestamp` …) looked for among the
attributes that the sender wrote, and the failure metadata of EventBridge and Lambda (`RULE_ARN`, `ERROR_CODE` …), which
are user attributes, looked for among those of SQS: in tasks of state machines, API Gateway integrations, filters and
input templates of event sources and pipes, and in the Python and JavaScript code of functions, inline or beside the
template.

## Why it matters
The two lists never mix. A name in the wrong list of a ReceiveMessage brings nothing, what is read there is missing, and
a filter on it matches no message: messages of a queue that match none of its filters are deleted.

## How to fix
Ask for system attributes in `MessageSystemAttributeNames` (or `AttributeNames`) and read them from `Attributes`; ask
for failure metadata in `MessageAttributeNames` and read them from `MessageAttributes`. In the events that functions and
pipes get, the two are called `attributes` and `messageAttributes`. Filters of SQS event sources see only the `body`.

## When not to
The sender writes a user attribute that has the name of a system attribute. Where a function or state machine of the
same template does, the answer is undecided. A name that stands in both lists, and code that looks in both places, is no
fault.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Severity
from msglint.model.apigateway import HttpApi, HttpIntegration, Method, RestApi
from msglint.model.events import Pipe
from msglint.model.lambda_ import EventSourceMapping, Function
from msglint.model.model import Model
from msglint.model.receive import How
from msglint.model.resource import Resource
from msglint.model.state_machine import StateMachine
from msglint.model.uses import sent, uses
from msglint.rules.interface import rule

KINDS = {True: "system", False: "user"}
FAULTS = {
    How.ASKED: "asks SQS for {name} in {list}, and it is a {kind} attribute, which comes only by {right}: SQS leaves "
    "it out",
    How.READ: "reads {name} from {list}, and it is a {kind} attribute, which is only in {right}: nothing is there",
    How.FILTERED: "filters on {name} in {list}, and it is a {kind} attribute, which is never there: no message "
    "matches, and messages of a queue that match no filter are deleted",
    How.FILTERED_BESIDE: "filters on {name} in {list} in one of its patterns, and it is a {kind} attribute, which is "
    "never there: no message matches this pattern",
    How.PASSED: "passes on {name} from {list}, and it is a {kind} attribute, which is only in {right}: nothing comes",
}
RIGHT = {
    "MessageAttributeNames": "MessageSystemAttributeNames or AttributeNames",
    "MessageSystemAttributeNames": "MessageAttributeNames",
    "AttributeNames": "MessageAttributeNames",
    "MessageAttributes": "Attributes",
    "Attributes": "MessageAttributes",
    "messageAttributes": "attributes",
    "attributes": "messageAttributes",
}
REPAIRS = {
    How.ASKED: "Ask for {name} in {right}",
    How.READ: "Read {name} from {right}",
    How.FILTERED: "Take {name} out of the filter, and look for it in {right} where the messages arrive",
    How.FILTERED_BESIDE: "Take {name} out of this pattern, and look for it in {right} where the messages arrive",
    How.PASSED: "Take {name} from {right}",
}


@rule(
    "MSG503",
    Severity.ERROR,
    each=(StateMachine, Function, Method, HttpIntegration, RestApi, HttpApi, EventSourceMapping, Pipe),
    given={EventSourceMapping: "FilterCriteria"},
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html",
    ],
)
def system_attribute_requested_as_user_attribute(resource: Resource, model: Model) -> Iterator[Candidate]:
    """Judge what a resource looks for."""
    for use in uses(resource, model):
        if not use.misplaced:
            continue
        right = RIGHT[use.list]
        if use.how is How.ASKED and use.user and isinstance(resource, HttpIntegration | HttpApi):
            # HTTP APIs have no other name for it.
            right = "AttributeNames"
        words = {"name": use.name, "list": use.list, "kind": KINDS[use.user], "right": right}
        yield Candidate(
            when=use.applies & ~sent(use.name, model) if use.user else use.applies,
            resource=resource,
            at=use.pinpoint(),
            message="{resource} " + FAULTS[use.how].format(**words),
            args={"resource": resource},
            fix=Fix(REPAIRS[use.how].format(**words), resource),
        )
