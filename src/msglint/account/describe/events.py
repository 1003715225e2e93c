"""Event buses of Amazon EventBridge. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html."""

import json

from msglint.account.describe.interface import Ask, Described, Where, resource


def event_bus(where: Where, ask: Ask) -> Described:
    """Give an event bus with its policy."""
    said = ask("events", "DescribeEventBus", Name=where.last)
    properties = {
        "Name": said["Name"],
        "KmsKeyIdentifier": said.get("KmsKeyIdentifier"),
        "DeadLetterConfig": said.get("DeadLetterConfig"),
    }
    resources = {where.last: resource("AWS::Events::EventBus", properties)}
    statements = json.loads(said["Policy"])["Statement"] if said.get("Policy") else []
    for number, statement in enumerate(statements):
        given = {"EventBusName": {"Ref": where.last}, "StatementId": f"s{number}", "Statement": statement}
        resources[f"statement {number + 1} of {where.last}"] = resource("AWS::Events::EventBusPolicy", given)
    return Described(resources)
