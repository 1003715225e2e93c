"""Edges through roles: which there are, what is at their far end, and that all rows are alike."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from msglint.iam.explain import refused
from msglint.iam.passage import Passage, needs, passage
from msglint.iam.roles import User, assumed, naming, users
from msglint.model.access import Role
from msglint.model.apigateway import HttpApi, HttpIntegration, Method, RestApi
from msglint.model.autoscaling import Group, LifecycleHook
from msglint.model.codepipeline import Pipeline
from msglint.model.delivery import Untold
from msglint.model.dynamodb import Table
from msglint.model.events import ApiDestination, EventBus, Pipe, Rule, RuleTarget, Schedule
from msglint.model.events_v2 import Subscriber
from msglint.model.firehose import DeliveryStream
from msglint.model.iot import TopicRule
from msglint.model.kinesis import Stream, StreamConsumer
from msglint.model.lambda_ import EventInvokeConfig, EventSourceMapping, Function
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.role_delivery import ROLE_EDGES, RoleDelivery, RoleEdge, owner_of, role_deliveries
from msglint.model.role_uses import Part
from msglint.model.s3 import Bucket
from msglint.model.sns import StandaloneSubscription, Topic
from msglint.model.sqs import Queue
from msglint.model.state_machine import StateMachine
from msglint.model.value import Unknown
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read, read_configuration
from msglint.readers.terraform.sources.roots import roots
from msglint.source import Document
from msglint.verdict import Doubt, Lookup, Reason

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
ECS = "arn:aws:ecs:eu-west-1:111122223333:cluster/no-messaging"
FUNCTION = {"Type": "AWS::Lambda::Function", "Properties": {"Role": ROLE}}


def made(kind: str, **properties: Any) -> Mapping[str, Any]:
    return {"Type": kind, "Properties": properties}


def sub(text: str) -> Any:
    return {"Fn::Sub": text}


REST: Mapping[type[Resource], tuple[str, str]] = {
    Queue: ("sqs:path/${AWS::AccountId}/${End.QueueName}", "Action=SendMessage&MessageBody=$input.body"),
    Topic: ("sns:action/Publish", "Action=Publish&TopicArn=$util.urlEncode('${End}')&Message=$input.body"),
    Stream: ("kinesis:action/PutRecord", '{"StreamName": "${End}", "Data": "$util.base64Encode($input.body)"}'),
    DeliveryStream: ("firehose:action/PutRecord", '{"DeliveryStreamName": "${End}", "Record": {}}'),
    StateMachine: ("states:action/StartExecution", '{"input": "{}", "stateMachineArn": "${End}"}'),
}
HTTP: Mapping[type[Resource], tuple[str, Mapping[str, Any]]] = {
    Queue: ("SQS-SendMessage", {"QueueUrl": {"Ref": "End"}, "MessageBody": "$request.body"}),
    Stream: ("Kinesis-PutRecord", {"StreamName": {"Ref": "End"}, "Data": "$request.body", "PartitionKey": "k"}),
    StateMachine: ("StepFunctions-StartExecution", {"StateMachineArn": {"Ref": "End"}, "Input": "$request.body"}),
}
IOT: Mapping[type[Resource], tuple[str, str]] = {
    Queue: ("Sqs", "QueueUrl"),
    Topic: ("Sns", "TargetArn"),
    Stream: ("Kinesis", "StreamName"),
    DeliveryStream: ("Firehose", "DeliveryStreamName"),
    StateMachine: ("StepFunctions", "StateMachineName"),
}
BY_NAME = (Method, HttpIntegration, RestApi, HttpApi, TopicRule)


def api(kind: type[Resource], end: type[Resource]) -> Resources:
    """Give an API that sends to `End`, in a resource or in OpenAPI."""
    if kind in {HttpIntegration, HttpApi} and end in HTTP:
        subtype, parameters = HTTP[end]
        call = {"IntegrationSubtype": subtype, "RequestParameters": parameters, "CredentialsArn": ROLE}
    else:
        uri, body = REST[end]
        call = {
            # So WebSocket APIs call it.
            "IntegrationUri" if kind is HttpIntegration else "Uri": sub("arn:aws:apigateway:${AWS::Region}:" + uri),
            "RequestTemplates": {"application/json": sub(body)},
            "CredentialsArn" if kind is HttpIntegration else "Credentials": ROLE,
        }
    if kind in {Method, HttpIntegration}:
        return {"Owner": made(kind.KIND, **({"Integration": call} if kind is Method else call))}
    small = {name[0].lower() + name[1:]: value for name, value in call.items() if not name.startswith("Credentials")}
    operation = {"x-amazon-apigateway-integration": {**small, "credentials": ROLE}}
    return {"Owner": made(kind.KIND, Body={"paths": {"/orders": {"post": operation}}})}


def iot(end: type[Resource]) -> Resources:
    name, property_ = IOT[end]
    named = {"Fn::GetAtt": ["End", "Name"]} if end is StateMachine else {"Ref": "End"}
    actions = [{name: {property_: named, "RoleArn": ROLE}}]
    return {"Owner": made(TopicRule.KIND, TopicRulePayload={"Sql": "SELECT * FROM 'a'", "Actions": actions})}


def owner(row: RoleEdge, arn: Any) -> Resources:
    """Give the resources that make one edge: `Owner` to what the ARN belongs to, with `Role`."""
    match row.owner, row.part:
        case kind, _ if kind is Rule:
            return {"Owner": made(kind.KIND, Targets=[{"Id": "t", "Arn": arn, "RoleArn": ROLE}])}
        case kind, part if kind is Schedule:
            far = {"Arn": arn} if part is Part.TARGET else {"Arn": ECS, "DeadLetterConfig": {"Arn": arn}}
            return {"Owner": made(kind.KIND, Target={"RoleArn": ROLE, **far})}
        case kind, _ if kind in {Method, HttpIntegration, RestApi, HttpApi}:
            return api(kind, row.destination)
        case kind, _ if kind is TopicRule:
            return iot(row.destination)
        case kind, part if kind is Subscriber:
            far = {"TargetArn": arn} if part is Part.TARGET else {"TargetArn": ECS}
            failed = {} if part is Part.TARGET else {"OnFailureConfiguration": {"Arn": arn}}
            return {"Owner": made(kind.KIND, InvokeConfiguration={**far, "RoleArn": ROLE}, **failed)}
        case kind, _ if kind is LifecycleHook:
            return {"Owner": made(kind.KIND, NotificationTargetARN=arn, RoleARN=ROLE)}
        case kind, _ if kind is Group:
            hooks = [{"NotificationTargetARN": arn, "RoleARN": ROLE}]
            return {"Owner": made(kind.KIND, LifecycleHookSpecificationList=hooks)}
        case kind, _ if kind is Pipeline:
            approval = {"ActionTypeId": {"Category": "Approval"}, "Configuration": {"NotificationArn": arn}}
            return {"Owner": made(kind.KIND, RoleArn=ROLE, Stages=[{"Actions": [approval]}])}
        case kind, part if kind is Pipe:
            ends = {"Source": ECS, "Target": ECS, "RoleArn": ROLE}
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
    if row.owner in BY_NAME:
        return
    (outside,) = told(model_of(owner(row, arn)))
    assert isinstance(outside, RoleDelivery)
    assert outside.row == row
    assert str(outside.destination) == str(outside.arn) == arn


@pytest.mark.parametrize("row", WRITTEN, ids=NAMES)
def test_a_far_end_that_cannot_be_told_is_said(row: RoleEdge) -> None:
    # Without the resource at the far end, what names it is no longer declared.
    (found,) = told(model_of(owner(row, {"Ref": "Given"}), Parameters={"Given": {"Type": "String"}}))
    assert isinstance(found, Untold)


def allowed(row: RoleEdge, actions: list[str], **more: Any) -> bool | None:
    """Say whether a role gets through that may do these things at the far end."""
    reference, _ = ENDS[row.destination]
    resource = {"Fn::Sub": "${End.Arn}/*"} if row.destination is Bucket else reference
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    document = {"Statement": [statement, *more.get("beside", ())]}
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": row.service}, "Action": "sts:AssumeRole"}]}
    policies = [{"PolicyName": "p", "PolicyDocument": document}]
    role = made("AWS::IAM::Role", AssumeRolePolicyDocument=trust, Policies=policies)
    model = model_of({**owner(row, reference), "End": made(row.destination.KIND), "Role": role})
    (delivery,) = told(model)
    assert isinstance(delivery, RoleDelivery)
    passed = passage(delivery, model)
    assert isinstance(passed, Passage)
    return passed.verdict.truth


@pytest.mark.parametrize("row", WRITTEN, ids=NAMES)
def test_a_role_needs_all_actions_of_its_row(row: RoleEdge) -> None:
    """With all of them it gets through, and with one less it does not; a Deny counts."""
    assert allowed(row, list(row.actions)) is True
    for missing in row.actions:
        others = [action for action in row.actions if action != missing]
        assert allowed(row, [*others, "s3:GetObject"]) is False
    deny = {"Effect": "Deny", "Action": row.actions[0], "Resource": "*"}
    assert allowed(row, list(row.actions), beside=[deny]) is False


@pytest.mark.parametrize("row", [row for row in WRITTEN if row.perhaps])
def test_where_aws_does_not_say_which_action_is_called(row: RoleEdge) -> None:
    assert allowed(row, list(row.perhaps)) is None


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:RequestedRegion": {"Ref": "AWS::Region"}}}, True),
        ({"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}, True),
        ({"Bool": {"aws:ViaAWSService": "false"}}, True),
        ({"Bool": {"aws:ViaAWSService": "true"}}, False),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, None),
        ({"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}, False),
        ({"ArnLike": {"aws:SourceArn": "*"}}, False),
        ({"ArnLikeIfExists": {"aws:SourceArn": "arn:aws:s3:::orders"}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, None),
    ],
)
def test_what_each_call_of_a_role_carries(condition: Any, expected: bool | None) -> None:
    (row,) = (row for row in ROLE_EDGES if (row.owner, row.part, row.destination) == (Schedule, Part.TARGET, Queue))
    given = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": condition}
    assert allowed(row, ["s3:GetObject"], beside=[given]) is expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [("${Stream.Arn}/consumer/*", True), ("${Stream.Arn}/*", True), ("${Stream.Arn}", False), ("${End}", True)],
)
def test_a_consumer_is_named_below_its_stream(resource: str, expected: bool) -> None:
    (row,) = (row for row in ROLE_EDGES if (row.owner, row.destination) == (EventSourceMapping, StreamConsumer))
    given = {"Effect": "Allow", "Action": "kinesis:*", "Resource": sub(resource)}
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": row.service}, "Action": "sts:AssumeRole"}]}
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": [given]}}]
    stream = {"Fn::GetAtt": ["Stream", "Arn"]}
    model = model_of(
        {
            **owner(row, {"Ref": "End"}),
            "Stream": made("AWS::Kinesis::Stream"),
            "End": made("AWS::Kinesis::StreamConsumer", ConsumerName="orders", StreamARN=stream),
            "Role": made("AWS::IAM::Role", AssumeRolePolicyDocument=trust, Policies=policies),
        }
    )
    (delivery,) = told(model)
    assert isinstance(delivery, RoleDelivery)
    passed = passage(delivery, model)
    assert isinstance(passed, Passage)
    assert passed.verdict.truth is expected


OWNERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "schedule": ("scheduler", made(Schedule.KIND, Name="nightly")),
    "schedule of a group": ("scheduler", made(Schedule.KIND, Name="nightly", GroupName="night")),
    "schedule of a group that is given": ("scheduler", made(Schedule.KIND, Name="nightly", GroupName={"Ref": "Given"})),
    "subscriber": ("events", made(Subscriber.KIND, Name="orders")),
    "rule of IoT": ("iot", made(TopicRule.KIND, RuleName="orders")),
    "pipe": ("pipes", made(Pipe.KIND, Name="orders")),
}
HERE = "${AWS::Region}:${AWS::AccountId}"


@pytest.mark.parametrize(
    ("owner", "key", "value", "expected"),
    [
        ("schedule", "aws:SourceArn", f"arn:aws:scheduler:{HERE}:schedule-group/default", True),
        ("schedule", "aws:SourceArn", f"arn:aws:scheduler:{HERE}:schedule-group/night", False),
        ("schedule", "aws:SourceArn", f"arn:aws:scheduler:{HERE}:schedule/default/nightly", False),
        ("schedule", "aws:SourceAccount", "${AWS::AccountId}", True),
        ("schedule", "aws:SourceOrgID", "o-a1b2c3d4e5", None),
        ("schedule of a group", "aws:SourceArn", f"arn:aws:scheduler:{HERE}:schedule-group/night", True),
        ("schedule of a group", "aws:SourceArn", f"arn:aws:scheduler:{HERE}:schedule-group/default", False),
        ("schedule of a group that is given", "aws:SourceArn", "arn:aws:s3:::orders", None),
        ("schedule of a group that is given", "aws:SourceAccount", "${AWS::AccountId}", True),
        ("subscriber", "aws:SourceArn", "arn:aws:events:*:subscriber/*", True),
        ("subscriber", "aws:SourceArn", "arn:aws:s3:::orders", False),
        ("subscriber", "aws:SourceAccount", "${AWS::AccountId}", True),
        ("rule of IoT", "aws:SourceArn", f"arn:aws:iot:{HERE}:rule/orders", True),
        ("rule of IoT", "aws:SourceArn", f"arn:aws:iot:{HERE}:rule/returns", False),
        ("rule of IoT", "aws:SourceAccount", "${AWS::AccountId}", True),
        ("pipe", "aws:SourceArn", "arn:aws:s3:::orders", None),
        ("pipe", "aws:SourceAccount", "${AWS::AccountId}", None),
        ("pipe", "aws:PrincipalServiceName", "pipes.amazonaws.com", True),
        ("pipe", "aws:PrincipalServiceName", "sns.amazonaws.com", False),
        ("pipe", "aws:SecureTransport", "true", True),
    ],
)
def test_what_a_trust_policy_sees(owner: str, key: str, value: str, expected: bool | None) -> None:
    """The source of those of whom AWS documents it; for a schedule that is its group."""
    service, resource = OWNERS[owner]
    trusted = {"Service": f"{service}.amazonaws.com"}
    condition = {"StringLike": {key: {"Fn::Sub": value}}}
    statement = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole", "Condition": condition}
    role = made("AWS::IAM::Role", AssumeRolePolicyDocument={"Statement": [statement]})
    model = model_of({"Owner": resource, "Role": role}, Parameters={"Given": {"Type": "String"}})
    (part,) = model.parts
    record = part.record("Owner")
    found = owner_of(record) if record is not None else None
    assert found is not None
    (asked,) = model.every(Role)
    verdict = assumed(asked, User(f"{service}.amazonaws.com", found), model).verdict
    assert verdict.truth is expected
    if expected is None:
        why = f"AWS does not document whether {service}.amazonaws.com sends this condition key"
        assert verdict.reasons == (Reason(Doubt.OUTSIDE, why),)


def test_a_trust_policy_is_about_its_own_role() -> None:
    """AWS takes none with a Resource, and what one says of its role holds."""
    statement = {"Effect": "Allow", "Principal": {"Service": "pipes.amazonaws.com"}, "Action": "sts:AssumeRole"}
    for resource, expected in ((ROLE, True), ("arn:aws:s3:::orders", False)):
        trust = {"Statement": [{**statement, "Resource": resource}]}
        role = made("AWS::IAM::Role", AssumeRolePolicyDocument=trust)
        model = model_of({"Owner": OWNERS["pipe"][1], "Role": role})
        (asked,), (pipe,) = model.every(Role), model.every(Pipe)
        assert assumed(asked, User("pipes.amazonaws.com", pipe), model).verdict.truth is expected


def gets_through(row: RoleEdge, actions: list[str], **more: Any) -> Passage:
    """Say whether the role of an edge gets through that may do these things, beside other resources."""
    reference, _ = ENDS[row.destination]
    end = {"End": made(row.destination.KIND, **more.pop("end", {}))}
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": row.service}, "Action": "sts:AssumeRole"}]}
    allow = {"Effect": "Allow", "Action": actions, "Resource": more.pop("resource", "*")}
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": [allow]}}] if actions else []
    role = made("AWS::IAM::Role", AssumeRolePolicyDocument=trust, Policies=policies)
    sections = {name: more.pop(name) for name in ("Conditions", "Outputs") if name in more}
    model = model_of({**owner(row, more.pop("arn", reference)), **end, "Role": role, **more}, **sections)
    (delivery,) = told(model)
    assert isinstance(delivery, RoleDelivery)
    passed = passage(delivery, model)
    assert isinstance(passed, Passage)
    return passed


def row_of(owner: type[Resource], destination: type[Resource], part: Part = Part.TARGET) -> RoleEdge:
    return next(row for row in ROLE_EDGES if (row.owner, row.destination, row.part) == (owner, destination, part))


def texts(passed: Passage) -> list[str]:
    return [reason.text for reason in passed.verdict.reasons]


def policy_of(kind: type[Resource], principal: Any, actions: Any = "*") -> Mapping[str, Any]:
    """Give a resource that holds a policy for `End`."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    arn = ENDS[kind][0]
    match kind:
        case _ if kind is Queue:
            return made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "End"}], PolicyDocument=document)
        case _ if kind is Topic:
            return made("AWS::SNS::TopicPolicy", Topics=[{"Ref": "End"}], PolicyDocument=document)
        case _ if kind is EventBus:
            action = {"Action": "events:PutEvents", "Resource": arn}
            return made(
                "AWS::Events::EventBusPolicy",
                StatementId="s",
                EventBusName={"Ref": "End"},
                Statement={**statement, **action},
            )
        case _ if kind is Bucket:
            return made("AWS::S3::BucketPolicy", Bucket={"Ref": "End"}, PolicyDocument=document)
        case _:
            return made("AWS::Kinesis::ResourcePolicy", ResourceArn=arn, ResourcePolicy=document)


EVENTS = {"Service": "events.amazonaws.com"}
CONTESTED = "AWS's pages contradict each other on whether a target with a role is reached in the service's own name"


@pytest.mark.parametrize("destination", [Queue, Topic])
def test_a_rule_may_come_without_its_role(destination: type[Resource]) -> None:
    """Then the policy of the target decides: where it lets events in, nothing is lost for certain."""
    row = row_of(Rule, destination)
    (allowed_,) = row.actions
    assert gets_through(row, [allowed_]).verdict.is_yes
    assert gets_through(row, []).verdict.is_no
    assert gets_through(row, [], Policy=policy_of(destination, {"Service": "s3.amazonaws.com"})).verdict.is_no
    passed = gets_through(row, [], Policy=policy_of(destination, EVENTS))
    assert passed.verdict.is_unknown
    (reason,) = passed.verdict.reasons
    assert (reason.doubt, reason.text) == (Doubt.OUTSIDE, CONTESTED)
    assert reason.at is not None
    assert passed.missing == (allowed_,)


@pytest.mark.parametrize("row", [row for row in WRITTEN if row.contested])
def test_of_a_target_that_lies_outside_it_is_not_known_who_may_come(row: RoleEdge) -> None:
    passed = gets_through(row, [], arn=ENDS[row.destination][1])
    assert passed.verdict.is_unknown
    deny = {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    denied = made("AWS::IAM::Policy", PolicyName="p", Roles=[{"Ref": "Role"}], PolicyDocument=deny)
    assert texts(gets_through(row, [], arn=ENDS[row.destination][1], Denying=denied)) == [CONTESTED]
    assert CONTESTED in texts(passed) or any("its own policy may let the role in" in text for text in texts(passed))


@pytest.mark.parametrize("row", [row for row in WRITTEN if row.perhaps])
def test_which_action_may_be_called_instead_is_said(row: RoleEdge) -> None:
    passed = gets_through(row, list(row.perhaps))
    (action,), (other,) = row.actions, row.perhaps
    (reason,) = passed.verdict.reasons
    assert reason.text == f"AWS does not say whether {row.service} calls {action} or {other} there"
    assert reason.doubt is Doubt.OUTSIDE
    assert reason.at == passed.role.at
    assert gets_through(row, ["s3:GetObject"]).verdict.is_no


def test_what_a_role_lacks_is_told_in_the_order_of_its_row() -> None:
    row = row_of(EventSourceMapping, Queue, Part.SOURCE)
    assert gets_through(row, []).missing == row.actions
    assert gets_through(row, [row.actions[0]]).missing == row.actions[1:]
    lacking = gets_through(row, list(row.actions[:1]))
    assert lacking.action == row.actions[1]
    assert lacking.decision.verdict.is_no
    whole = gets_through(row, list(row.actions))
    assert (whole.action, whole.missing) == (row.actions[0], ())
    tagged = {"StringEquals": {"aws:PrincipalTag/team": "shop"}}
    statement = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": tagged}
    document = {"Statement": [statement]}
    beside = made("AWS::IAM::Policy", PolicyName="p", Roles=[{"Ref": "Role"}], PolicyDocument=document)
    doubtful = gets_through(row, [row.actions[0]], Beside=beside)
    assert doubtful.verdict.is_unknown
    assert (doubtful.action, doubtful.missing) == (row.actions[1], ())


@pytest.mark.parametrize(
    ("row", "resource", "expected"),
    [
        (row_of(Rule, ApiDestination), "${End.Arn}", True),
        (row_of(Rule, ApiDestination), "${End.ArnForPolicy}", True),
        (row_of(Rule, ApiDestination), "arn:aws:s3:::orders", False),
        (row_of(Rule, EventBus), "${End.Arn}", True),
        (row_of(TopicRule, Queue), "${End.Arn}", True),
    ],
)
def test_what_a_policy_has_to_name(row: RoleEdge, resource: str, expected: bool) -> None:
    """The ARN of an API destination ends with an id that people leave out."""
    assert gets_through(row, list(row.actions), resource=sub(resource)).verdict.truth is expected


@pytest.mark.parametrize(("named", "refused"), [("orders", False), ("orders/0a1b", False), ("bills", True)])
def test_the_id_is_left_out_of_destinations_elsewhere_too(named: str, refused: bool) -> None:
    """Without the account it is open; what names another destination lets nobody through, whatever the account."""
    row, (_, arn) = row_of(Rule, ApiDestination), ENDS[ApiDestination]
    covered = arn.replace("orders/0a1b", named)
    assert gets_through(row, list(row.actions), arn=arn, resource=covered).verdict.is_no is refused


def test_nothing_else_is_left_out() -> None:
    row, arn = row_of(Rule, ApiDestination), ENDS[ApiDestination][1].removesuffix("/0a1b")
    assert gets_through(row, list(row.actions), arn=arn, resource=arn.removesuffix("/orders")).verdict.is_no
    row, arn = row_of(EventSourceMapping, StreamConsumer, Part.SOURCE), ENDS[StreamConsumer][1]
    assert not gets_through(row, list(row.actions), arn=arn, resource=arn.rpartition("/")[0]).verdict.is_yes


def test_what_lies_elsewhere_is_what_would_tell() -> None:
    row, arn = row_of(Schedule, Queue), ENDS[Queue][1]
    text = f"{arn}: it is not in this run, and its own policy may let the role in"
    (reason,) = (each for each in gets_through(row, [], arn=arn).verdict.reasons if each.text == text)
    assert (reason.lookups, reason.at is not None) == ((Lookup(Queue.KIND, arn),), True)


@pytest.mark.parametrize(
    "row",
    [
        row_of(Rule, EventBus),
        row_of(TopicRule, Queue),
        row_of(Method, Topic),
        row_of(Schedule, Queue),
        row_of(EventSourceMapping, Stream, Part.SOURCE),
        row_of(EventSourceMapping, StreamConsumer, Part.SOURCE),
    ],
)
def test_the_policy_of_the_far_end_lets_a_role_in(row: RoleEdge) -> None:
    role = {"AWS": ROLE}
    assert gets_through(row, [], Policy=policy_of(row.destination, role, list(row.actions))).verdict.is_yes
    none = {"Service": "s3.amazonaws.com"}
    assert gets_through(row, [], Policy=policy_of(row.destination, none)).verdict.is_no


def test_the_policy_inside_a_bus_or_table_lets_a_role_in() -> None:
    bus = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "events:PutEvents", "Resource": "*"}
    row = row_of(Rule, EventBus)
    assert gets_through(row, [], end={"Name": "orders", "Policy": {"Statement": [bus]}}).verdict.is_yes
    row = row_of(EventSourceMapping, Table, Part.SOURCE)
    stream = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "dynamodb:*", "Resource": "*"}
    inside = {"ResourcePolicy": {"PolicyDocument": {"Statement": [stream]}}}
    assert gets_through(row, [], end={"StreamSpecification": inside}).verdict.is_yes
    assert gets_through(row, [], end={}).verdict.is_no


def test_a_policy_that_nobody_reads_may_let_a_role_in() -> None:
    row = row_of(EventInvokeConfig, Bucket, Part.ON_FAILURE)
    written = policy_of(Bucket, {"AWS": ROLE})
    passed = gets_through(row, [], Policy=written)
    (reason,) = passed.verdict.reasons
    assert (reason.doubt, reason.text) == (Doubt.NOT_UNDERSTOOD, "Policy may let the role in")
    assert reason.at is not None
    switched = {**written, "Condition": "On"}
    assert gets_through(row, [], Policy=switched, Conditions={"On": {"Fn::Equals": ["a", "b"]}}).verdict.is_no


@pytest.mark.parametrize(
    ("row", "exported", "why"),
    [
        (
            row_of(EventInvokeConfig, Bucket, Part.ON_FAILURE),
            {"Ref": "End"},
            "End is exported, so another stack may give it a policy",
        ),
        (row_of(Rule, EventBus), {"Ref": "End"}, "End is exported, so another stack may give it a policy"),
        (row_of(Rule, EventBus), {"Fn::GetAtt": ["End", "Arn"]}, None),
        (
            row_of(EventSourceMapping, Stream, Part.SOURCE),
            {"Fn::GetAtt": ["End", "Arn"]},
            "End is exported, so another stack may give it a policy",
        ),
    ],
)
def test_another_stack_may_give_a_far_end_a_policy(row: RoleEdge, exported: Any, why: str | None) -> None:
    """A bus is given one by its name."""
    passed = gets_through(row, [], Outputs={"End": {"Value": exported, "Export": {"Name": "end"}}})
    assert texts(passed) == ([why] if why is not None else [])
    assert passed.verdict.truth is (None if why is not None else False)
    assert all(reason.at is not None for reason in passed.verdict.reasons)


HERE_ACCOUNT, THERE = "111122223333", "444455556666"
LET_IN = policy_of(Queue, {"AWS": f"arn:aws:iam::{HERE_ACCOUNT}:role/nightly"})


@pytest.mark.parametrize(
    ("actions", "beside", "expected"),
    [
        (["sqs:SendMessage"], {}, None),
        (["s3:GetObject"], {}, False),
        (["sqs:SendMessage"], {"Policy": LET_IN}, True),
        (["sqs:SendMessage"], {"Policy": policy_of(Queue, EVENTS)}, None),
        (["s3:GetObject"], {"Own": made("Custom::Own", ServiceToken="t", End={"Ref": "End"})}, None),
    ],
)
def test_a_far_end_of_another_account_has_to_let_the_role_in_too(
    actions: list[str], beside: Resources, expected: bool | None
) -> None:
    """That it does not is no fault of the role's policies."""
    arn = f"arn:aws:sqs:eu-west-1:{THERE}:orders"
    trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policies = [
        {"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}}
    ]
    role = made(
        "AWS::IAM::Role", RoleName="nightly", AssumeRolePolicyDocument={"Statement": [trust]}, Policies=policies
    )
    here = {"Owner": made(Schedule.KIND, Target={"Arn": arn, "RoleArn": ROLE}), "Role": role}
    there = {"End": made(Queue.KIND, QueueName="orders"), **beside}
    model = Model(
        [
            read(
                Document(f"{account}.json", json.dumps({"Resources": resources})),
                Assumptions(accounts=(account,), regions=("eu-west-1",)),
            )
            for account, resources in ((HERE_ACCOUNT, here), (THERE, there))
        ]
    )
    (schedule,) = model.every(Schedule)
    (delivery,) = role_deliveries(schedule, model)
    assert isinstance(delivery, RoleDelivery)
    assert isinstance(delivery.destination, Queue)
    passed = passage(delivery, model)
    assert isinstance(passed, Passage)
    assert passed.verdict.truth is expected
    if expected is None:
        why = f"{arn} is of another account, which has to let the role in too"
        assert passed.verdict.reasons == (Reason(Doubt.OUTSIDE, why, delivery.at),)


def test_each_far_end_has_its_own_policy() -> None:
    """One that is not made is none."""
    row = row_of(EventSourceMapping, Stream, Part.SOURCE)
    let_in = policy_of(Stream, {"AWS": ROLE})
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": row.service}, "Action": "sts:AssumeRole"}]}
    function = {"FunctionName": {"Ref": "Function"}}
    model = model_of(
        {
            "Other": made(Stream.KIND),
            "End": made(Stream.KIND),
            "Function": FUNCTION,
            "Owner": made(EventSourceMapping.KIND, **function, EventSourceArn={"Fn::GetAtt": ["Other", "Arn"]}),
            "Second": made(EventSourceMapping.KIND, **function, EventSourceArn=ENDS[Stream][0]),
            "Denying": {**policy_of(Stream, {"AWS": ELSEWHERE}), "Condition": "On"},
            "Policy": let_in,
            "Role": made("AWS::IAM::Role", AssumeRolePolicyDocument=trust),
        },
        Conditions={"On": {"Fn::Equals": ["a", "b"]}},
    )
    for id_, expected in (("Owner", False), ("Second", True)):
        (delivery,) = told(model, id_)
        assert isinstance(delivery, RoleDelivery)
        passed = passage(delivery, model)
        assert isinstance(passed, Passage)
        assert passed.verdict.truth is expected


STEADY = Path(__file__).parent / "fixtures" / "rules" / "role-cannot-deliver" / "bad.steady.tfplan.json"
RULE_ARN = "arn:aws:events:eu-west-1:123456789012:rule/clicks"


@pytest.mark.parametrize(
    ("named", "source", "expected"),
    [
        ("clicks", RULE_ARN, None),
        ("clicks", f"{RULE_ARN}s", False),
        ("elsewhere", RULE_ARN, None),
        ("elsewhere", f"{RULE_ARN}s", None),
    ],
)
def test_the_target_of_a_plan_comes_in_the_name_of_its_rule(named: str, source: str, expected: bool | None) -> None:
    """Where the policy of the queue lets that in; of a rule that is not in the plan nobody knows."""
    plan = json.loads(STEADY.read_text(encoding="utf-8"))
    values = {each["address"]: each["values"] for each in plan["planned_values"]["root_module"]["resources"]}
    target, queue = values["aws_cloudwatch_event_target.clicks"], values["aws_sqs_queue.web"]
    target |= {"arn": queue["arn"], "rule": named}
    statement = {"Effect": "Allow", "Principal": EVENTS, "Action": "sqs:SendMessage", "Resource": "*"}
    condition = {"ArnEquals": {"aws:SourceArn": source}}
    queue["policy"] = json.dumps({"Statement": [{**statement, "Condition": condition}]})
    configured = {
        each["address"]: each.setdefault("expressions", {})
        for each in plan["configuration"]["root_module"]["resources"]
    }
    configured["aws_sqs_queue.web"]["policy"] = {"constant_value": queue["policy"]}
    if named != "clicks":
        configured["aws_cloudwatch_event_target.clicks"]["rule"] = {"constant_value": named}
    model = Model([read(Document("plan.json", json.dumps(plan)), Assumptions())])
    (owner_,) = model.every(RuleTarget)
    (delivery,) = role_deliveries(owner_, model)
    assert isinstance(delivery, RoleDelivery)
    passed = passage(delivery, model)
    assert isinstance(passed, Passage)
    assert passed.verdict.truth is expected
    assert texts(passed) == ([] if expected is not None else [CONTESTED])


CONFIGURATION = """
resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = aws_iam_role.worker.arn
}

resource "aws_dynamodb_table" "orders" {
  name             = "orders"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn = aws_dynamodb_table.orders.stream_arn
  function_name    = aws_lambda_function.worker.arn
}

resource "aws_s3_bucket" "failed" {
  bucket = "failed"
}

resource "aws_lambda_function_event_invoke_config" "worker" {
  function_name = aws_lambda_function.worker.function_name

  destination_config {
    on_failure {
      destination = aws_s3_bucket.failed.arn
    }
  }
}
"""
POLICIES = {
    "aws_dynamodb_resource_policy": "resource_arn = aws_dynamodb_table.orders.stream_arn",
    "aws_s3_bucket_policy": "bucket = aws_s3_bucket.failed.id",
}


@pytest.mark.parametrize(
    ("kind", "mapped", "configured"),
    [
        (None, False, False),
        ("aws_dynamodb_resource_policy", None, False),
        ("aws_s3_bucket_policy", False, None),
    ],
)
def test_policies_of_terraform_that_nobody_reads(
    kind: str | None, mapped: bool | None, configured: bool | None, tmp_path: Path
) -> None:
    """Each may let a role in to what it is for."""
    written = f'resource "{kind}" "it" {{\n  {POLICIES[kind]}\n  policy = "{{}}"\n}}\n' if kind is not None else ""
    (tmp_path / "main.tf").write_text(CONFIGURATION + written, encoding="utf-8")
    folder = str(tmp_path)
    root = next(iter(roots([(folder, folder)], lambda _: Assumptions(), set())))
    model = Model([read_configuration(root, Assumptions())])
    for owner_kind, expected in ((EventSourceMapping, mapped), (EventInvokeConfig, configured)):
        (owner_,) = model.every(owner_kind)
        (delivery,) = role_deliveries(owner_, model)
        assert isinstance(delivery, RoleDelivery)
        passed = passage(delivery, model)
        assert isinstance(passed, Passage)
        assert passed.verdict.truth is expected
        assert texts(passed) == ([f"{kind}.it may let the role in"] if expected is None else [])


@pytest.mark.parametrize(("principal", "expected"), [(ROLE, True), (None, False)])
def test_a_permission_for_an_alias_lets_a_role_in(principal: Any, expected: bool | None) -> None:
    row = row_of(Schedule, Function)
    alias = made("AWS::Lambda::Alias", FunctionName={"Ref": "End"}, FunctionVersion="1", Name="live")
    granted = {"FunctionName": {"Ref": "Live"}, "Action": "lambda:InvokeFunction", "Principal": principal}
    beside = {"Permission": made("AWS::Lambda::Permission", **granted)} if principal is not None else {}
    passed = gets_through(row, [], arn={"Ref": "Live"}, Live=alias, **beside)
    assert passed.verdict.truth is expected


@pytest.mark.parametrize(("principal", "expected"), [(ROLE, True), ({"Fn::GetAtt": ["Other", "Arn"]}, False)])
def test_a_permission_for_a_function_lets_a_role_of_the_template_in(principal: Any, expected: bool) -> None:
    granted = {"FunctionName": {"Ref": "End"}, "Action": "lambda:InvokeFunction", "Principal": principal}
    other = made("AWS::IAM::Role", AssumeRolePolicyDocument={})
    beside = {"Permission": made("AWS::Lambda::Permission", **granted), "Other": other}
    passed = gets_through(row_of(Schedule, Function), [], arn={"Fn::GetAtt": ["End", "Arn"]}, **beside)
    assert passed.verdict.truth is expected


def test_a_policy_that_mentions_a_bus_is_not_of_that_bus() -> None:
    row = row_of(Schedule, EventBus)
    statement = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "events:PutEvents"}
    resource = {"Fn::GetAtt": ["End", "Arn"]}
    policy = made(
        "AWS::Events::EventBusPolicy",
        EventBusName={"Ref": "Other"},
        StatementId="s",
        Statement={**statement, "Resource": resource},
    )
    passed = gets_through(row, [], Other=made("AWS::Events::EventBus", Name="other"), Policy=policy)
    assert passed.verdict.is_no


def test_what_is_written_to_a_bucket_is_an_object_in_it() -> None:
    """That the bucket alone is named is told by what is missing."""
    row = row_of(EventInvokeConfig, Bucket, Part.ON_FAILURE)
    passed = gets_through(row, list(row.actions), resource=sub("${End.Arn}"), end={"BucketName": "failed"})
    assert refused(passed.decision) == "its Resource does not cover arn:aws:s3:::failed/<object>"
    for resource, expected in (("${End.Arn}/*", True), ("${End.Arn}/failed/*", None)):
        passed = gets_through(row, list(row.actions), resource=sub(resource), end={"BucketName": "failed"})
        assert passed.verdict.truth is expected


def test_each_statement_is_looked_at_once() -> None:
    row = row_of(TopicRule, Queue)
    results = gets_through(row, ["s3:GetObject"], Policy=policy_of(Queue, EVENTS)).decision.results
    assert len(results) == 2


@pytest.mark.parametrize("row", [row_of(Rule, EventBus), row_of(EventSourceMapping, Stream, Part.SOURCE)])
def test_a_custom_resource_may_give_a_far_end_a_policy(row: RoleEdge) -> None:
    """Which is taken to deny nothing."""
    own = made("Custom::Own", ServiceToken="t", End=ENDS[row.destination][0])
    assert gets_through(row, list(row.actions), Own=own).verdict.is_yes
    assert texts(gets_through(row, [], Own=own)) == [
        "a nested stack, module or custom resource may write a policy for it"
    ]


@pytest.mark.parametrize("row", [row for row in WRITTEN if row.owner not in BY_NAME])
def test_what_lies_outside_may_have_a_policy_of_its_own(row: RoleEdge) -> None:
    """Where such a thing has policies at all: a state machine has none."""
    _, arn = ENDS[row.destination]
    if row.contested:
        return
    passed = gets_through(row, ["s3:GetObject"], arn=arn)
    why = f"{arn}: it is not in this run, and its own policy may let the role in"
    without = {DeliveryStream, StateMachine, ApiDestination}
    assert (why in texts(passed)) is (row.destination not in without)
    assert all(reason.at is not None for reason in passed.verdict.reasons)
    assert passed.verdict.truth is (None if row.destination not in without else passed.verdict.truth)


def test_a_role_that_cannot_be_told_is_said() -> None:
    row = row_of(Schedule, Queue)
    model = model_of({"Owner": made(Schedule.KIND, Target={"Arn": ENDS[Queue][1], "RoleArn": ELSEWHERE})})
    (delivery,) = told(model)
    assert isinstance(delivery, RoleDelivery)
    assert delivery.row == row
    found = passage(delivery, model)
    assert isinstance(found, Unknown)
    assert found.reason.text == f"{ELSEWHERE} is not in this run"


@pytest.mark.parametrize(
    ("kind", "policy", "expected"),
    [(None, {}, True), (Queue, {}, True), (Queue, {"Policy": policy_of(Queue, EVENTS)}, None), (Stream, {}, True)],
)
def test_what_is_lost_where_nobody_can_assume_the_role(
    kind: type[Resource] | None, policy: Resources, expected: bool | None
) -> None:
    """All that needs it; a rule may come without it where the policy of its target lets events in."""
    arn, end = (ENDS[kind][0], {"End": made(kind.KIND)}) if kind is not None else (ECS, {})
    targets = [{"Id": "t", "Arn": arn, "RoleArn": ROLE}, {"Id": "s", "Arn": STATE_MACHINE, "RoleArn": ROLE}]
    for count, lost in ((1, expected), (2, True)):
        model = model_of({"Owner": made(Rule.KIND, Targets=targets[:count]), **end, **policy})
        (rule,), (role,) = model.every(Rule), model.every(Role)
        assert needs(rule, role, model).truth is lost


OTHER_ROLE = {"Fn::GetAtt": ["Other", "Arn"]}
STATE_MACHINE = ENDS[StateMachine][1]


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((ROLE, OTHER_ROLE), None),
        ((OTHER_ROLE, ROLE), True),
        ((ROLE, ROLE), True),
        ((ROLE, ELSEWHERE), None),
        ((OTHER_ROLE, ELSEWHERE), False),
    ],
)
def test_of_several_targets_those_count_that_have_the_role(roles: tuple[Any, Any], expected: bool | None) -> None:
    """The policy of the first one's queue lets events in, and the second one's queue has none."""
    arns = (ENDS[Queue][0], {"Fn::GetAtt": ["Second", "Arn"]})
    targets = [{"Id": f"t{index}", "Arn": arns[index], "RoleArn": role} for index, role in enumerate(roles)]
    model = model_of(
        {
            "Owner": made(Rule.KIND, Targets=targets),
            "End": made(Queue.KIND),
            "Second": made(Queue.KIND),
            "Other": made("AWS::IAM::Role", AssumeRolePolicyDocument={}),
            "Policy": policy_of(Queue, EVENTS),
        }
    )
    (rule,) = model.every(Rule)
    role = next(role for role in model.every(Role) if role.id == "Role")
    assert needs(rule, role, model).truth is expected


def test_who_uses_a_role() -> None:
    """What works with it, once each: not what only names it, and what is for a function that has it."""
    other = OTHER_ROLE
    queue = ENDS[Queue][1]
    function = {"Fn::GetAtt": ["Function", "Arn"]}
    firehose = {"Protocol": "firehose", "Endpoint": ENDS[DeliveryStream][1], "SubscriptionRoleArn": ROLE}
    targets = [{"Id": role, "Arn": queue, "RoleArn": named} for role, named in (("a", ROLE), ("b", other))]
    told = {"Destination": {"Ref": "Topic"}}
    model = model_of(
        {
            "Other": made("AWS::IAM::Role", AssumeRolePolicyDocument={}),
            "Function": made(Function.KIND, Role=ROLE, DeadLetterConfig={"TargetArn": queue}),
            "Naming": made(Function.KIND, Role=other, Environment={"Variables": {"ROLE": ROLE}}),
            "Rule": made(Rule.KIND, Targets=targets),
            "Elsewhere": made(Rule.KIND, Targets=[{**targets[0], "RoleArn": ELSEWHERE}, targets[0]]),
            "Topic": made(Topic.KIND, Subscription=[firehose]),
            "Results": made(
                EventInvokeConfig.KIND, FunctionName={"Ref": "Function"}, DestinationConfig={"OnFailure": told}
            ),
            "Source": made(EventSourceMapping.KIND, FunctionName={"Ref": "Function"}, EventSourceArn=queue),
            "Schedule": made(Schedule.KIND, Target={"Arn": function, "RoleArn": ROLE}),
            "Pipe": made(Pipe.KIND, RoleArn=other, Source=queue, Target=function),
            "Switched": {**made(Pipe.KIND, RoleArn=ROLE, Source=queue, Target=function), "Condition": "On"},
            "Policy": made("AWS::IAM::Policy", PolicyName="p", Roles=[{"Ref": "Role"}], PolicyDocument={}),
        },
        Conditions={"On": {"Fn::Equals": ["yes", "no"]}},
    )
    role = next(role for role in model.every(Role) if role.id == "Role")
    names = {"Elsewhere", "Function", "Naming", "Rule", "Schedule", "Topic"}
    assert {each.id for each in naming(role, model)} == names
    assert sorted((user.owner.id, user.service) for user in users(role, model)) == [
        ("Elsewhere", "events.amazonaws.com"),
        ("Function", "lambda.amazonaws.com"),
        ("Results", "lambda.amazonaws.com"),
        ("Rule", "events.amazonaws.com"),
        ("Schedule", "scheduler.amazonaws.com"),
        ("Source", "lambda.amazonaws.com"),
        ("Topic", "sns.amazonaws.com"),
    ]


def test_nobody_asks_what_a_role_may_do_that_cannot_be_assumed() -> None:
    """That is a fault of its own."""
    row = WRITTEN[0]
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
    role = made("AWS::IAM::Role", AssumeRolePolicyDocument=trust)
    model = model_of({**owner(row, ENDS[row.destination][0]), "End": made(row.destination.KIND), "Role": role})
    (delivery,) = told(model)
    assert isinstance(delivery, RoleDelivery)
    assert passage(delivery, model) is None


@pytest.mark.parametrize(("source", "asked_"), [("schedule-group/default", True), ("schedule-group/night", False)])
def test_for_whom_a_role_is_assumed_decides(source: str, asked_: bool) -> None:
    row = row_of(Schedule, Queue)
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:scheduler:*:*:{source}"}}
    statement = {"Effect": "Allow", "Principal": {"Service": row.service}, "Action": "sts:AssumeRole"}
    trust = {"Statement": [{**statement, "Condition": condition}]}
    role = made("AWS::IAM::Role", AssumeRolePolicyDocument=trust)
    model = model_of({**owner(row, ENDS[Queue][0]), "End": made(Queue.KIND), "Role": role})
    (delivery,) = told(model)
    assert isinstance(delivery, RoleDelivery)
    assert (passage(delivery, model) is not None) is asked_


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
        ({"Ref": "Version"}, "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:orders:<number>"),
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
        ({"Arn": ECS, "RoleArn": ROLE}, 0),
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


@pytest.mark.parametrize(
    "body",
    [
        '{"StreamName": "$input.params(\'stream\')", "Data": "$input.body"}',
        '{"StreamName": $input.json("$.stream"), "Data": "$input.body"}',
    ],
)
def test_a_request_may_name_where_it_goes(body: str) -> None:
    integration = {
        "Uri": sub("arn:aws:apigateway:${AWS::Region}:kinesis:action/PutRecord"),
        "RequestTemplates": {"application/json": body},
        "Credentials": ROLE,
    }
    (found,) = told(model_of({"Owner": made(Method.KIND, Integration=integration)}))
    assert isinstance(found, Untold)
    assert found.reason.doubt is Doubt.OUTSIDE
