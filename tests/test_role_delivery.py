"""Edges through roles: which there are, what is at their far end, and that all rows are alike."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

import pytest

from msglint.model.delivery import Untold
from msglint.model.dynamodb import Table
from msglint.model.events import ApiDestination, EventBus, Pipe, Rule, RuleTarget, Schedule
from msglint.model.firehose import DeliveryStream
from msglint.model.kinesis import Stream, StreamConsumer
from msglint.model.lambda_ import EventInvokeConfig, EventSourceMapping, Function
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.role_delivery import ROLE_EDGES, Part, RoleDelivery, RoleEdge, owner_of, role_deliveries
from msglint.model.s3 import Bucket
from msglint.model.sns import StandaloneSubscription, Topic
from msglint.model.sqs import Queue
from msglint.model.state_machine import StateMachine
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document

Resources: TypeAlias = Mapping[str, Mapping[str, Any]]

ROLE = {"Fn::GetAtt": ["Role", "Arn"]}
ELSEWHERE = "arn:aws:iam::111122223333:role/elsewhere"
ENDS: Mapping[type[Resource], tuple[Any, str]] = {
    Queue: ({"Fn::GetAtt": ["End", "Arn"]}, "arn:aws:sqs:eu-west-1:111122223333:orders"),
    Topic: ({"Ref": "End"}, "arn:aws:sns:eu-west-1:111122223333:orders"),
    Function: ({"Fn::GetAtt": ["End", "Arn"]}, "arn:aws:lambda:eu-west-1:111122223333:function:orders:live"),
    Stream: ({"Fn::GetAtt": ["End", "Arn"]}, "arn:aws:kinesis:eu-west-1:111122223333:stream/orders"),
    StreamConsumer: (
        {"Fn::GetAtt": ["End", "ConsumerARN"]},
        "arn:aws:kinesis:eu-west-1:111122223333:stream/orders/consumer/books:1700000000",
    ),
    Table: (
        {"Fn::GetAtt": ["End", "StreamArn"]},
        "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000",
    ),
    DeliveryStream: (
        {"Fn::GetAtt": ["End", "Arn"]},
        "arn:aws:firehose:eu-west-1:111122223333:deliverystream/orders",
    ),
    StateMachine: ({"Ref": "End"}, "arn:aws:states:eu-west-1:111122223333:stateMachine:orders"),
    EventBus: ({"Fn::GetAtt": ["End", "Arn"]}, "arn:aws:events:eu-west-1:111122223333:event-bus/orders"),
    ApiDestination: (
        {"Fn::GetAtt": ["End", "Arn"]},
        "arn:aws:events:eu-west-1:111122223333:api-destination/orders/0a1b",
    ),
    Bucket: ({"Fn::GetAtt": ["End", "Arn"]}, "arn:aws:s3:::orders"),
}
STATES = "arn:aws:ecs:eu-west-1:111122223333:cluster/no-messaging"
FUNCTION = {"Type": "AWS::Lambda::Function", "Properties": {"Role": ROLE}}


def made(kind: str, **properties: Any) -> Mapping[str, Any]:
    return {"Type": kind, "Properties": properties}


def owner(row: RoleEdge, arn: Any) -> Resources:
    """Give the resources that make one edge: `Owner` to what the ARN belongs to, with `Role`."""
    match row.owner, row.part:
        case kind, _ if kind is Rule:
            return {"Owner": made(kind.KIND, Targets=[{"Id": "t", "Arn": arn, "RoleArn": ROLE}])}
        case kind, part if kind is Schedule:
            far = {"Arn": arn} if part is Part.TARGET else {"Arn": STATES, "DeadLetterConfig": {"Arn": arn}}
            return {"Owner": made(kind.KIND, Target={"RoleArn": ROLE, **far})}
        case kind, part if kind is Pipe:
            ends = {"Source": STATES, "Target": STATES, "RoleArn": ROLE}
            if part is Part.DEAD_LETTER:
                stream = {"DeadLetterConfig": {"Arn": arn}}
                return {"Owner": made(kind.KIND, **ends, SourceParameters={"KinesisStreamParameters": stream})}
            return {"Owner": made(kind.KIND, **{**ends, part.value.capitalize(): arn})}
        case kind, _ if kind is StandaloneSubscription:
            return {"Owner": made(kind.KIND, Protocol="firehose", Endpoint=arn, SubscriptionRoleArn=ROLE)}
        case kind, _ if kind is Topic:
            entry = {"Protocol": "firehose", "Endpoint": arn, "SubscriptionRoleArn": ROLE}
            return {"Owner": made(kind.KIND, Subscription=[entry])}
        case kind, _ if kind is Function:
            return {"Owner": made(kind.KIND, Role=ROLE, DeadLetterConfig={"TargetArn": arn})}
        case kind, part:
            function = {"FunctionName": {"Ref": "Function"}}
            if part is Part.SOURCE:
                return {"Function": FUNCTION, "Owner": made(kind.KIND, **function, EventSourceArn=arn)}
            name = "OnSuccess" if part is Part.ON_SUCCESS else "OnFailure"
            results = {name: {"Destination": arn}}
            return {"Function": FUNCTION, "Owner": made(kind.KIND, **function, DestinationConfig=results)}
    raise AssertionError(f"no template for {row}")


def model_of(resources: Resources, **more: Any) -> Model:
    role = made("AWS::IAM::Role", AssumeRolePolicyDocument={})
    document = {"Resources": {"Role": role, **resources}, **more}
    return Model([read(Document("t.json", json.dumps(document)), Assumptions())])


def told(model: Model, id_: str = "Owner") -> list[RoleDelivery | Untold]:
    (part,) = model.parts
    record = part.record(id_)
    found = owner_of(record) if record is not None else None
    assert found is not None, id_
    return list(role_deliveries(found, model))


WRITTEN = [row for row in ROLE_EDGES if row.owner is not RuleTarget]  # the provider's own, in the fixtures
NAMES = [f"{row.owner.__name__}-{row.part.name}-{row.destination.__name__}" for row in WRITTEN]


@pytest.mark.parametrize("row", WRITTEN, ids=NAMES)
def test_each_row_is_found(row: RoleEdge) -> None:
    """To a resource of the run, and to an ARN."""
    reference, arn = ENDS[row.destination]
    (inside,) = told(model_of({**owner(row, reference), "End": made(row.destination.KIND)}))
    assert isinstance(inside, RoleDelivery)
    assert inside.row == row
    assert isinstance(inside.destination, row.destination)
    (outside,) = told(model_of(owner(row, arn)))
    assert isinstance(outside, RoleDelivery)
    assert outside.row == row
    assert str(outside.destination) == str(outside.arn) == arn


@pytest.mark.parametrize("row", WRITTEN, ids=NAMES)
def test_a_far_end_that_cannot_be_told_is_said(row: RoleEdge) -> None:
    (found,) = told(model_of(owner(row, {"Ref": "Given"}), Parameters={"Given": {"Type": "String"}}))
    assert isinstance(found, Untold)


def test_rows_are_told_apart() -> None:
    assert len({(row.owner, row.part, row.destination) for row in ROLE_EDGES}) == len(ROLE_EDGES)


def test_the_rule_target_of_terraform_is_like_the_one_inside_a_rule() -> None:
    """The same rows, for whichever owner."""

    def rows(kind: type[Resource]) -> list[Any]:
        return [(row.destination, row.actions, row.contested) for row in ROLE_EDGES if row.owner is kind]

    assert rows(Rule) == rows(RuleTarget)
    assert rows(StandaloneSubscription) == rows(Topic)


@pytest.mark.parametrize(
    ("named", "written"),
    [
        ({"Ref": "Alias"}, "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:orders:live"),
        ({"Fn::Sub": "${End.Arn}:live"}, "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:orders:live"),
        ({"Ref": "Version"}, "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:orders:<version>"),
        ({"Fn::GetAtt": ["End", "Arn"]}, "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:orders"),
    ],
)
def test_a_function_is_called_as_it_is_named(named: Any, written: str) -> None:
    """What a policy must cover is the ARN of the alias or version."""
    row = next(row for row in ROLE_EDGES if row.owner is Schedule and row.destination is Function)
    function = {
        "End": made("AWS::Lambda::Function", FunctionName="orders"),
        "Alias": made("AWS::Lambda::Alias", FunctionName={"Ref": "End"}, Name="live"),
        "Version": made("AWS::Lambda::Version", FunctionName={"Fn::GetAtt": ["End", "Arn"]}),
    }
    (found,) = told(model_of({**owner(row, named), **function}))
    assert isinstance(found, RoleDelivery)
    assert found.row == row
    assert isinstance(found.destination, Resource)
    assert str(found.arn) == written


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"Arn": ENDS[Queue][1]}, 0),
        ({"Arn": STATES, "RoleArn": ROLE}, 0),
        ({"Arn": "kafka://orders", "RoleArn": ROLE}, 0),
    ],
)
def test_what_is_no_edge_through_a_role(target: Any, expected: int) -> None:
    """No role, nothing of messaging, no ARN at all."""
    model = model_of({"Owner": made(Rule.KIND, Targets=[{"Id": "t", **target}])})
    assert len(told(model)) == expected


def test_the_role_is_that_of_the_function() -> None:
    """One that is not of this run is not known, and the far end is all the same."""
    mapping = made(EventSourceMapping.KIND, FunctionName="arn:aws:lambda:eu-west-1:111122223333:function:f")
    mapping = {**mapping, "Properties": {**mapping["Properties"], "EventSourceArn": ENDS[Queue][1]}}
    (found,) = told(model_of({"Owner": mapping}))
    assert isinstance(found, RoleDelivery)
    assert not hasattr(found.role, "value")
    config = made(EventInvokeConfig.KIND, FunctionName={"Ref": "Function"})
    config = {
        "Type": config["Type"],
        "Properties": {**config["Properties"], "DestinationConfig": {"OnFailure": {"Destination": ENDS[Queue][1]}}},
    }
    (found,) = told(model_of({"Owner": config, "Function": FUNCTION}))
    assert isinstance(found, RoleDelivery)
    assert str(getattr(found.role, "value", None)).startswith("arn:aws:iam::")
