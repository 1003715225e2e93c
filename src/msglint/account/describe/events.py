"""Event buses and rules of Amazon EventBridge.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html
"""

import json
from collections.abc import Iterator

from msglint.account.describe.interface import Ask, Described, GoneError, UnansweredError, Where, resource, unread


def event_bus(where: Where, ask: Ask) -> Described:
    """Give an event bus with its policy."""
    name = where.name.rpartition(":event-bus/")[2]  # that of a partner's has slashes
    said = ask("events", "DescribeEventBus", Name=name)
    properties = {
        "Name": said["Name"],
        "KmsKeyIdentifier": said.get("KmsKeyIdentifier"),
        "DeadLetterConfig": said.get("DeadLetterConfig"),
    }
    resources = {name: resource("AWS::Events::EventBus", properties)}
    written = json.loads(said["Policy"])["Statement"] if said.get("Policy") else []
    for number, statement in enumerate([written] if isinstance(written, dict) else written):
        given = {"EventBusName": {"Ref": name}, "StatementId": f"s{number}", "Statement": statement}
        resources[f"statement {number + 1} of {name}"] = resource("AWS::Events::EventBusPolicy", given)
    return Described(resources)


def rule(where: Where, ask: Ask) -> Described:
    """Give a rule by its ARN, or by a name that rules of one bus alone have; its targets are not asked for."""
    _, is_arn, behind = where.name.rpartition(":rule/")
    bus, _, name = behind.rpartition("/")
    buses = [bus or "default"] if is_arn else [*_buses(ask)]
    found = [ask.or_none("events", "DescribeRule", Name=name, EventBusName=each) for each in buses]
    match [each for each in found if each is not None]:
        case [said]:
            pass
        case []:
            raise GoneError(where.name)
        case several:
            those = " and ".join(each["EventBusName"] for each in several)
            raise UnansweredError(f"rules of several buses are called so, of {those}")
    properties = {
        "Name": name,
        "EventBusName": said["EventBusName"],
        "EventPattern": json.loads(said["EventPattern"]) if said.get("EventPattern") else None,
        "ScheduleExpression": said.get("ScheduleExpression"),
        "State": said.get("State"),
        "RoleArn": said.get("RoleArn"),
        "Targets": unread(),
    }
    id_ = said["Arn"].rpartition(":rule/")[2]  # each bus has names of its own
    return Described({id_: resource("AWS::Events::Rule", properties)}, {id_: {"arn": said["Arn"]}})


def _buses(ask: Ask) -> Iterator[str]:
    """Give the names of all buses: of these botocore has no pages."""
    token: dict[str, str] = {}
    while True:
        page = ask("events", "ListEventBuses", **token)
        yield from (each["Name"] for each in page["EventBuses"])
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}
