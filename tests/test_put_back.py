"""Rules that start themselves: which events come back to the bus, and of which it is not known."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from msglint.engine import lint_text
from msglint.options import Options

BUS = {"Fn::GetAtt": ["Bus", "Arn"]}
LABEL = {"Fn::GetAtt": ["Label", "Arn"]}
OWN_BUS: Mapping[str, Any] = {"Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "shop"}}}
FUNCTION: Mapping[str, Any] = {"Label": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "label"}}}
ALIAS: Mapping[str, Any] = {
    "Live": {"Type": "AWS::Lambda::Alias", "Properties": {"Name": "live", "FunctionName": {"Ref": "Label"}}}
}


def rule(pattern: Any, target: Any, **properties: Any) -> Mapping[str, Any]:
    own = {"EventBusName": {"Ref": "Bus"}, "EventPattern": pattern, **properties}
    targets = [target if isinstance(target, dict) and "Arn" in target else {"Arn": target}]
    return {"Rule": {"Type": "AWS::Events::Rule", "Properties": {**own, "Targets": targets}}}


def calls(success: Any = None, failure: Any = None, qualifier: str = "$LATEST") -> Mapping[str, Any]:
    destinations = {"OnSuccess": success, "OnFailure": failure}
    given = {name: {"Destination": arn} for name, arn in destinations.items() if arn is not None}
    properties = {"FunctionName": {"Ref": "Label"}, "Qualifier": qualifier, "DestinationConfig": given}
    return {"Calls": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": properties}}


def machine(*states: Any, **properties: Any) -> Mapping[str, Any]:
    definition = {"StartAt": "S0", "States": {f"S{index}": state for index, state in enumerate(states)}}
    return {
        "Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"Definition": definition, **properties}}
    }


def puts(source: Any = "shop.orders", member: str = "Parameters", **more: Any) -> Mapping[str, Any]:
    named = {} if source is None else {"Source": source}
    entry = {**named, "DetailType": "Booked", "Detail": {"state": "booked"}, **more}
    return {"Type": "Task", "Resource": "arn:aws:states:::events:putEvents", member: {"Entries": [entry]}}


def pipe(**properties: Any) -> Mapping[str, Any]:
    own = {"Source": {"Fn::GetAtt": ["Queue", "Arn"]}, "Target": BUS, **properties}
    return {"Queue": {"Type": "AWS::SQS::Queue"}, "Pipe": {"Type": "AWS::Pipes::Pipe", "Properties": own}}


def parameters(source: str) -> Mapping[str, Any]:
    return {"TargetParameters": {"EventBridgeEventBusParameters": {"Source": source, "DetailType": "Booked"}}}


def said(*parts: Mapping[str, Any], **sections: Any) -> list[bool | None]:
    """Give whether each loop that is looked at is one; None where that cannot be told."""
    resources = {name: resource for part in parts for name, resource in part.items()}
    report = lint_text("t.json", json.dumps({"Resources": resources, **sections}).encode(), Options(select=("MSG803",)))
    assert not any(finding.code == "MSG002" for finding in report.findings)
    return [*(True for _ in report.findings), *(None for _ in report.undecided)]


ORDERS = {"source": ["shop.orders"]}
RECORDS = {"source": ["lambda"]}
MACHINE, QUEUE = {"Ref": "Machine"}, {"Fn::GetAtt": ["Queue", "Arn"]}
ON_BUS: dict[str, Any] = {"EventBusName": {"Ref": "Bus"}}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        # From a bus to itself, under all its names.
        ((OWN_BUS, rule(ORDERS, BUS)), [True]),
        ((OWN_BUS, rule(ORDERS, BUS, EventBusName="shop")), [True]),
        ((OWN_BUS, rule(ORDERS, BUS, EventBusName=BUS)), [True]),
        ((OWN_BUS, rule(ORDERS, BUS, EventBusName="other")), []),
        ((OWN_BUS, rule(ORDERS, "arn:aws:events:eu-west-1:111122223333:event-bus/shop")), []),
        ((OWN_BUS, rule(ORDERS, {"Arn": BUS, "Input": "{}"})), [None]),
        ((OWN_BUS, rule({**ORDERS, "replay-name": [{"exists": False}]}, BUS)), [None]),
        ((OWN_BUS, rule({"$or": [ORDERS, {"time": [{"prefix": "2026"}]}]}, BUS)), [None]),
        ((OWN_BUS, rule({"$or": [ORDERS, {"account": [{"prefix": ""}]}]}, BUS)), [True]),
        ((OWN_BUS, rule({"Fn::Transform": {"Name": "Patterns"}}, BUS)), [None]),
        # The records of a function's calls.
        ((OWN_BUS, FUNCTION, calls(BUS), rule(RECORDS, LABEL)), [True]),
        ((OWN_BUS, FUNCTION, calls(failure=BUS), rule(RECORDS, LABEL)), [True]),
        (
            (OWN_BUS, FUNCTION, calls(BUS), rule({"detail": {"requestContext": {"condition": ["Success"]}}}, LABEL)),
            [True],
        ),
        (
            (OWN_BUS, FUNCTION, calls(None, BUS), rule({"detail": {"requestContext": {"condition": ["x"]}}}, LABEL)),
            [None],
        ),
        ((OWN_BUS, FUNCTION, calls(BUS), rule({"detail": {"responsePayload": {"ok": [True]}}}, LABEL)), [None]),
        ((OWN_BUS, FUNCTION, calls(BUS), rule({"detail": {"state": ["open"]}}, LABEL)), []),
        ((OWN_BUS, FUNCTION, calls(BUS), rule(ORDERS, LABEL)), []),
        ((OWN_BUS, FUNCTION, calls(BUS), rule(RECORDS, LABEL, EventBusName="default")), []),
        ((OWN_BUS, FUNCTION, calls("arn:aws:sqs:eu-west-1:1:records"), rule(RECORDS, LABEL)), []),
        # Which version is called, and whose destinations these are.
        ((OWN_BUS, FUNCTION, ALIAS, calls(BUS), rule(RECORDS, {"Ref": "Live"})), []),
        ((OWN_BUS, FUNCTION, ALIAS, calls(BUS, qualifier="live"), rule(RECORDS, {"Ref": "Live"})), [True]),
        ((OWN_BUS, FUNCTION, ALIAS, calls(BUS, qualifier="live"), rule(RECORDS, LABEL)), []),
        # The tasks of a state machine.
        ((OWN_BUS, machine(puts(**ON_BUS)), rule(ORDERS, MACHINE)), [True]),
        ((OWN_BUS, machine(puts("shop.stock", **ON_BUS)), rule(ORDERS, MACHINE)), []),
        ((OWN_BUS, machine(puts()), rule(ORDERS, MACHINE)), []),
        ((machine(puts()), rule(ORDERS, MACHINE, EventBusName="default")), [True]),
        (
            (
                machine(puts()),
                rule({**ORDERS, "account": [{"Ref": "AWS::AccountId"}]}, MACHINE, EventBusName="default"),
            ),
            [True],
        ),
        ((OWN_BUS, machine(puts(**ON_BUS)), rule({"detail": {"state": ["booked"]}}, MACHINE)), [True]),
        ((OWN_BUS, machine(puts(**ON_BUS)), rule({"detail": {"state": ["placed"]}}, MACHINE)), []),
        ((OWN_BUS, machine(puts(None, **{"Source.$": "$.source", **ON_BUS})), rule(ORDERS, MACHINE)), [None]),
        (
            (
                OWN_BUS,
                machine(puts(**ON_BUS, Detail={"id.$": "$.id"})),
                rule({"detail": {"id": ["1"]}}, MACHINE),
            ),
            [None],
        ),
        ((OWN_BUS, machine(puts("{% $source %}", "Arguments", **ON_BUS)), rule(ORDERS, MACHINE)), [None]),
        ((OWN_BUS, machine(puts(member="Arguments", **ON_BUS)), rule(ORDERS, MACHINE)), [True]),
        ((OWN_BUS, machine(puts(**ON_BUS), {"Type": "Choice"}), rule(ORDERS, MACHINE)), [None]),
        (
            (
                OWN_BUS,
                machine({"Type": "Map", "ItemProcessor": {"States": {"T": puts(**ON_BUS)}}}),
                rule(ORDERS, MACHINE),
            ),
            [True],
        ),
        (
            (
                OWN_BUS,
                machine(puts(EventBusName="${Bus}"), DefinitionSubstitutions={"Bus": {"Ref": "Bus"}}),
                rule(ORDERS, MACHINE),
            ),
            [True],
        ),
        ((OWN_BUS, machine(puts(EventBusName="${Bus}")), rule(ORDERS, MACHINE)), []),
        # A queue that a pipe reads for the bus.
        ((OWN_BUS, pipe(**parameters("shop.orders")), rule(ORDERS, QUEUE)), [True]),
        ((OWN_BUS, pipe(**parameters("shop.stock")), rule(ORDERS, QUEUE)), []),
        ((OWN_BUS, pipe(**parameters("$.body.source")), rule(ORDERS, QUEUE)), [None]),
        ((OWN_BUS, pipe(), rule(ORDERS, QUEUE)), [None]),
        ((OWN_BUS, pipe(**parameters("shop.orders"), Enrichment=LABEL), rule(ORDERS, QUEUE)), [None]),
        ((OWN_BUS, pipe(**parameters("shop.orders"), Target="arn:aws:sqs:eu-west-1:1:q"), rule(ORDERS, QUEUE)), []),
        # A rule that does not run, or has no pattern.
        ((OWN_BUS, rule(ORDERS, BUS, State="DISABLED")), []),
        ((OWN_BUS, rule({"Ref": "AWS::NoValue"}, BUS, ScheduleExpression="rate(1 day)")), []),
    ],
)
def test_events_that_come_back(parts: tuple[Mapping[str, Any], ...], expected: list[bool | None]) -> None:
    assert said(*parts) == expected


def test_a_bus_that_is_given_at_the_deployment_is_the_same_as_itself() -> None:
    given = {"Ref": "BusArn"}
    declared = {"BusArn": {"Type": "String"}, "OtherArn": {"Type": "String"}}
    assert said(rule(ORDERS, given, EventBusName=given), Parameters=declared) == [True]
    assert said(rule(ORDERS, {"Ref": "OtherArn"}, EventBusName=given), Parameters=declared) == []
