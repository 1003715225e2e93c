"""Deliveries: who sends to whom, which policies speak of it, and whether they let the sender in."""

import json
import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import pytest

from msglint.iam.delivery import Arrival, arrival, intended
from msglint.iam.request import ABSENT, Present
from msglint.model.access import QueuePolicy
from msglint.model.autoscaling import Group, GroupNotification
from msglint.model.cloudwatch import Alarm, CompositeAlarm
from msglint.model.delivery import (
    ALWAYS_ON,
    EDGES,
    GIVEN,
    SENDERS,
    Edge,
    EdgeKind,
    Stance,
    Untold,
    attached_to,
    deliveries_to,
    edges,
    policies,
    untold_to,
)
from msglint.model.delivery import Key as Sent
from msglint.model.events import EventBus, Rule
from msglint.model.kms import Key
from msglint.model.lambda_ import Alias, Function
from msglint.model.logs import LogGroup
from msglint.model.model import Model
from msglint.model.notifiers import (
    Budget,
    CacheCluster,
    DatabaseEvents,
    DeliveryChannel,
    MailEvents,
    MailIdentity,
    NotificationRule,
    Notifier,
    ReceiptRule,
    ReplicationGroup,
    TextMessages,
    Trail,
)
from msglint.model.policy import Policy, read_policy
from msglint.model.resource import Choice, Resource
from msglint.model.s3 import Bucket
from msglint.model.sns import StandaloneSubscription, Topic
from msglint.model.sqs import Queue
from msglint.model.value import Unknown
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document, Place
from msglint.testing import differing
from msglint.verdict import Doubt, Reason

PLANS = Path(__file__).parent / "fixtures" / "rules" / "target-rejects-sender"
TABLE = Path(__file__).parent / "fixtures" / "edges.txt"
OWN: Any = {"Ref": "AWS::AccountId"}

Resources: TypeAlias = Mapping[str, Mapping[str, Any]]


def get(resource: str, attribute: str = "Arn") -> Any:
    return {"Fn::GetAtt": [resource, attribute]}


def made(kind: str, **properties: Any) -> Mapping[str, Any]:
    return {"Type": kind, "Properties": properties}


def model_of(resources: Resources, **more: Any) -> Model:
    return Model([read(Document("t.json", json.dumps({"Resources": resources, **more})), Assumptions())])


def told(model: Model, owner: str) -> list[Edge | Untold]:
    """Give the deliveries that a resource makes."""
    (part,) = model.parts
    record = part.record(owner)
    assert record is not None, owner
    kind = next(kind for kind in SENDERS if record.type == kind.KIND)
    return list(edges(kind(record), model))


def arrivals(model: Model, owner: str = "Sender") -> list[Arrival]:
    return [arrival(edge, model) for edge in told(model, owner) if isinstance(edge, Edge)]


def truths(resources: Resources, owner: str = "Sender", **more: Any) -> list[bool | None]:
    """Say of each delivery of a template's resource whether it arrives."""
    return [each.verdict.truth for each in arrivals(model_of(resources, **more), owner)]


# A small system for each kind of edge: `Sender` makes the delivery, `Source` is who sends, `End` takes it.

ENDS: Mapping[type[Resource], Any] = {
    Queue: get("End"),
    Topic: {"Ref": "End"},
    Function: get("End"),
    LogGroup: "arn:aws:logs:*:*:log-group:/aws/events/*",
}
NOTIFYING: Mapping[type[Resource], Any] = {
    DatabaseEvents: {"SnsTopicArn": ENDS[Topic], "SubscriptionName": "failovers"},
    CacheCluster: {"NotificationTopicArn": ENDS[Topic]},
    MailEvents: {"EventDestination": {"SnsDestination": {"TopicARN": ENDS[Topic]}}},
    MailIdentity: {"SnsTopic": ENDS[Topic]},
    ReceiptRule: {"Rule": {"Actions": [{"S3Action": {"BucketName": "mail", "TopicArn": ENDS[Topic]}}]}},
    Trail: {"SnsTopicName": get("End", "TopicName")},
    DeliveryChannel: {"SnsTopicARN": ENDS[Topic]},
    NotificationRule: {"Targets": [{"TargetType": "SNS", "TargetAddress": ENDS[Topic]}]},
    Budget: {
        "NotificationsWithSubscribers": [
            {
                "Subscribers": [
                    {"SubscriptionType": "EMAIL", "Address": "shop@shop.test"},
                    {"SubscriptionType": "SNS", "Address": ENDS[Topic]},
                ]
            }
        ]
    },
    Group: {"NotificationConfigurations": [{"TopicARN": ENDS[Topic], "NotificationTypes": ["autoscaling:TEST"]}]},
    GroupNotification: {"TopicARN": ENDS[Topic]},
    TextMessages: {"EventDestinations": [{"SnsDestination": {"TopicArn": ENDS[Topic]}}]},
}
"""The properties by which each of these names the topic that it publishes to."""
OTHERS = {
    "OtherSource": "arn:aws:sns:eu-west-1:111122223333:other",
    "OtherEnd": "arn:aws:sqs:eu-west-1:111122223333:other",
}
CHOICE: Any = {"Fn::Select": [{"Ref": "Number"}, [get("End"), get("Other")]]}
STATES = "arn:aws:states:eu-west-1:111122223333:stateMachine:orders"


def sender(kind: EdgeKind) -> Resources:
    """Give the resources that make one delivery of a kind."""
    arn = get("End") if kind.destination is LogGroup else ENDS[kind.destination]
    match kind.source, kind.destination, kind.dead_letter:
        case source, destination, _ if source is Bucket:
            lists = {
                Queue: {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": arn}]},
                Topic: {"TopicConfigurations": [{"Event": "s3:ObjectCreated:*", "Topic": arn}]},
                Function: {"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": arn}]},
            }
            return {"Sender": made(Bucket.KIND, BucketName="uploads", NotificationConfiguration=lists[destination])}
        case source, _, dead if source is Rule:
            role = "arn:aws:iam::111122223333:role/events"
            target = {"Arn": STATES, "RoleArn": role, "DeadLetterConfig": {"Arn": arn}} if dead else {"Arn": arn}
            return {"Sender": made(Rule.KIND, Targets=[{"Id": "t", **target}])}
        case source, destination, dead if source is Topic:
            protocol = {Queue: "sqs", Function: "lambda"}[destination]
            delivered = {"Protocol": protocol, "Endpoint": arn}
            failed = {"Protocol": "https", "Endpoint": "https://x.test", "RedrivePolicy": {"deadLetterTargetArn": arn}}
            subscription = made("AWS::SNS::Subscription", TopicArn={"Ref": "Source"}, **(failed if dead else delivered))
            return {"Source": made(Topic.KIND), "Sender": subscription}
        case source, _, _ if source is Alarm:
            return {"Sender": made(Alarm.KIND, AlarmActions=[arn])}
        case source, _, _ if source is EventBus:
            return {"Sender": made(EventBus.KIND, Name="orders", KmsKeyIdentifier="k", DeadLetterConfig={"Arn": arn})}
        case source, _, _ if issubclass(source, Notifier):
            return {"Sender": made(source.KIND, **NOTIFYING[source])}
    raise AssertionError(f"no template for {kind}")


def source_of(kind: EdgeKind) -> Any:
    return {"Ref": "Source"} if kind.source is Topic else get("Sender")


def statement(kind: EdgeKind, condition: Any, effect: str = "Allow") -> Mapping[str, Any]:
    return {
        "Effect": effect,
        "Principal": {"Service": kind.service},
        "Action": kind.action,
        "Resource": ENDS[kind.destination],
        **({"Condition": condition} if condition else {}),
    }


def end(kind: EdgeKind, *statements: Mapping[str, Any]) -> Resources:
    """Give what the delivery goes to, with a policy of these statements; a function with the first as a permission."""
    name = {"LogGroupName": "/aws/events/orders"} if kind.destination is LogGroup else {}
    made_of: Resources = {"End": made(kind.destination.KIND, **name)}
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    if not statements:
        return made_of
    if kind.destination is Queue:
        return {**made_of, "Policy": made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "End"}], PolicyDocument=document)}
    if kind.destination is LogGroup:
        policy = made("AWS::Logs::ResourcePolicy", PolicyName="events", PolicyDocument=json.dumps(document))
        return {**made_of, "Policy": policy}
    if kind.destination is Topic:
        return {**made_of, "Policy": made("AWS::SNS::TopicPolicy", Topics=[{"Ref": "End"}], PolicyDocument=document)}
    asked: dict[str, Any] = {"Action": statements[0]["Action"], "Principal": statements[0]["Principal"]["Service"]}
    for keys in statements[0].get("Condition", {}).values():
        asked |= {key.removeprefix("aws:"): value for key, value in keys.items()}
    return {**made_of, "Policy": made("AWS::Lambda::Permission", FunctionName={"Ref": "End"}, **asked)}


def named(kind: EdgeKind) -> str:
    return f"{kind.source.__name__}-{kind.destination.__name__}{'-dead-letters' if kind.dead_letter else ''}"


each_kind = pytest.mark.parametrize("kind", EDGES, ids=named)


def refused(kind: EdgeKind) -> bool | None:
    """Give what is said of a delivery that no policy here lets in: of some nobody knows who sends, or lets in."""
    return None if kind.doubt or kind.destination is LogGroup else False


OWN_ARN = {Bucket, Topic, Rule, Alarm, Trail, TextMessages}
"""What AWS documents to be named in `aws:SourceArn` itself; for databases it is the database."""


@each_kind
def test_a_delivery_is_one_of_its_kind(kind: EdgeKind) -> None:
    (edge,) = told(model_of({**sender(kind), **end(kind)}), "Sender")
    assert isinstance(edge, Edge)
    assert edge.kind == kind
    assert (edge.owner.id, edge.source.id, edge.destination.id) == (
        "Sender",
        "Source" if kind.source is Topic else "Sender",
        "End",
    )


@each_kind
def test_a_grant_for_the_source_lets_it_in(kind: EdgeKind) -> None:
    condition = {"ArnLike": {"aws:SourceArn": source_of(kind)}}
    expected = True if kind.source in OWN_ARN and kind.destination is not LogGroup else None
    assert truths({**sender(kind), **end(kind, statement(kind, condition))}) == [expected]


@each_kind
def test_a_grant_without_a_condition_lets_it_in(kind: EdgeKind) -> None:
    assert truths({**sender(kind), **end(kind, statement(kind, None))}) == [True]


@each_kind
def test_a_grant_for_another_source_does_not(kind: EdgeKind) -> None:
    condition = {"ArnLike": {"aws:SourceArn": OTHERS["OtherSource"]}}
    expected = False if kind.source_arn is Sent.SENT else None
    assert truths({**sender(kind), **end(kind, statement(kind, condition))}) == [expected]


@each_kind
def test_a_grant_to_another_service_or_for_another_action_does_not(kind: EdgeKind) -> None:
    for change in ({"service": "iot.amazonaws.com"}, {"action": "sqs:ReceiveMessage"}):
        wrong = EdgeKind(
            kind.source,
            kind.destination,
            change.get("service", kind.service),
            change.get("action", kind.action),
            kind.documentation,
        )
        assert truths({**sender(kind), **end(kind, statement(wrong, None))}) == [refused(kind)]


@pytest.mark.parametrize(
    ("operator", "key", "right", "wrong"),
    [
        ("Bool", "aws:SecureTransport", "true", "false"),
        ("Bool", "aws:PrincipalIsAWSService", "true", "false"),
        ("StringEquals", "aws:PrincipalServiceName", "s3.amazonaws.com", "sns.amazonaws.com"),
        ("Null", "aws:PrincipalOrgID", "true", "false"),
        ("Null", "aws:PrincipalOrgPaths", "true", "false"),
    ],
)
def test_what_each_call_of_a_service_says_of_who_calls(operator: str, key: str, right: str, wrong: str) -> None:
    (kind,) = (each for each in EDGES if (each.source, each.destination) == (Bucket, Queue))
    for value, expected in ((right, True), (wrong, False)):
        assert truths({**sender(kind), **end(kind, statement(kind, {operator: {key: value}}))}) == [expected]


@pytest.mark.parametrize("kind", [kind for kind in EDGES if kind.destination is not Function], ids=named)
def test_a_grant_for_another_resource_or_beside_a_denial_does_not(kind: EdgeKind) -> None:
    elsewhere = {**statement(kind, None), "Resource": OTHERS["OtherEnd"]}
    assert truths({**sender(kind), **end(kind, elsewhere)}) == [refused(kind)]
    denial = statement(kind, {"Bool": {"aws:SecureTransport": "true"}}, "Deny")
    expected = None if kind.doubt else False
    assert truths({**sender(kind), **end(kind, statement(kind, None), denial)}) == [expected]


NAMES_THE_OWNER = {Alarm, DatabaseEvents, CacheCluster, MailEvents, MailIdentity, ReceiptRule}
"""Those of the services on https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html#source-account-versus-source-owner."""
MAY_NAME_IT = {DeliveryChannel, NotificationRule, Budget, TextMessages, Group, GroupNotification}


@each_kind
def test_what_reaches_something_without_a_policy(kind: EdgeKind) -> None:
    """A topic's default policy lets in the services that say who owns their source; queues and functions have none."""
    by_default = kind.source in NAMES_THE_OWNER or (None if kind.source in MAY_NAME_IT else refused(kind))
    assert truths({**sender(kind), **end(kind)}) == [by_default]


@each_kind
def test_where_aws_documents_that_the_account_is_sent(kind: EdgeKind) -> None:
    """Of SNS it says nothing, and of rules that call functions two things."""
    services = {Bucket, Alarm, DatabaseEvents, MailEvents, MailIdentity, ReceiptRule, DeliveryChannel, TextMessages}
    documented = kind.source in services or (kind.source is Rule and kind.destination in {Queue, Topic})
    condition = {"StringEquals": {"aws:SourceAccount": OWN}}
    expected = True if documented else None
    assert truths({**sender(kind), **end(kind, statement(kind, condition))}) == [expected]


@pytest.mark.parametrize("kind", [kind for kind in EDGES if kind.destination is Topic], ids=named)
def test_a_topic_policy_like_the_default_one_lets_in_the_same(kind: EdgeKind) -> None:
    condition = {"StringEquals": {"AWS:SourceOwner": OWN}}
    everybody = {**statement(kind, condition), "Principal": {"AWS": "*"}}
    expected = kind.source in NAMES_THE_OWNER or (None if kind.source in MAY_NAME_IT else False)
    assert truths({**sender(kind), **end(kind, everybody)}) == [expected]


@each_kind
def test_what_a_delivery_says_of_itself(kind: EdgeKind) -> None:
    (edge,) = told(model_of({**sender(kind), **end(kind)}), "Sender")
    assert isinstance(edge, Edge)
    request = intended(edge)
    assert request.action == kind.action
    assert request.resource == edge.destination.arn or kind.destination is LogGroup
    if kind.source in OWN_ARN and kind.destination is not LogGroup:
        assert request.context.get("AWS:SOURCEARN") == Present((edge.source.arn,))
    assert request.context.get("aws:PrincipalOrgID") is ABSENT


def test_what_is_documented_of_each_kind() -> None:
    """Compare with edges.txt: what of it changes is to be read beside the page of AWS."""
    lines = [
        f"{named(kind)}: {kind.service} {kind.action} {kind.doubt or 'in its own name'}: "
        + " ".join(
            f"{name}={value.value}" for name, value in msgspec.structs.asdict(kind).items() if isinstance(value, Enum)
        )
        + f" {kind.documentation}"
        for kind in EDGES
    ]
    lines += [f"SNS takes for always on: {region}" for region in sorted(ALWAYS_ON)]
    assert differing(TABLE, lines, accept=os.environ.get("MSGLINT_ACCEPT") == "1") == []


SNS_TO_QUEUE = next(kind for kind in EDGES if (kind.source, kind.destination) == (Topic, Queue))
RULE_TO_QUEUE = next(kind for kind in EDGES if (kind.source, kind.destination) == (Rule, Queue))
RULE_TO_TOPIC = next(kind for kind in EDGES if (kind.source, kind.destination) == (Rule, Topic))
RULE_TO_FUNCTION = next(kind for kind in EDGES if (kind.source, kind.destination) == (Rule, Function))


# Ends that are no deliveries, or cannot be told


def test_a_target_with_a_role_is_sent_to_by_the_role() -> None:
    target = {"Id": "t", "Arn": get("End"), "RoleArn": "arn:aws:iam::111122223333:role/events"}
    assert told(model_of({"Sender": made(Rule.KIND, Targets=[target]), "End": made(Queue.KIND)}), "Sender") == []


@pytest.mark.parametrize(
    ("protocol", "endpoint", "count"),
    [
        ("sqs", get("End"), 1),
        ({"Ref": "Protocol"}, get("End"), 1),
        ({"Fn::Transform": {"Name": "Chosen"}}, get("End"), 1),
        ("firehose", get("End"), 0),
        ("https", "https://shop.test", 0),
        ("email", "shop@shop.test", 0),
    ],
)
def test_which_subscriptions_are_deliveries(protocol: Any, endpoint: Any, count: int) -> None:
    """A parameter that says how to deliver to a queue can only say sqs."""
    topic = made(Topic.KIND, Subscription=[{"Protocol": protocol, "Endpoint": endpoint}])
    parameters = {"Protocol": {"Type": "String"}}
    model = model_of({"Sender": topic, "End": made(Queue.KIND)}, Parameters=parameters)
    assert len(told(model, "Sender")) == count


@pytest.mark.parametrize(
    "arn",
    [{"Ref": "Parameter"}, {"Fn::ImportValue": "queue"}, OTHERS["OtherEnd"], {"Fn::GetAtt": ["Custom", "QueueArn"]}],
)
def test_an_end_outside_the_run_is_untold(arn: Any) -> None:
    resources = {"Sender": made(Rule.KIND, Targets=[{"Id": "t", "Arn": arn}]), "Custom": made("Custom::Queue")}
    found = told(model_of(resources, Parameters={"Parameter": {"Type": "String"}}), "Sender")
    assert [type(each) for each in found] == [Untold]


@pytest.mark.parametrize(
    ("destination", "services"),
    [
        ("arn:aws:sqs:eu-west-1:111122223333:other", {Queue}),
        ("arn:aws:sns:eu-west-1:111122223333:other", {Topic}),
        ({"Fn::ImportValue": "other"}, {Queue, Topic, Function, LogGroup}),
        ({"Fn::Transform": {"Name": "Chosen"}}, {Queue, Topic, Function, LogGroup}),
    ],
)
def test_what_an_untold_delivery_may_be(destination: Any, services: set[type[Resource]]) -> None:
    """As far as the ARN tells it, by the service that is in it."""
    target = {"Id": "t", "Arn": destination, "DeadLetterConfig": {"Arn": destination}}
    found = told(model_of({"Sender": made(Rule.KIND, Targets=[target])}), "Sender")
    kinds = {each.dead_letter: {kind.destination for kind in each.kinds} for each in found if isinstance(each, Untold)}
    assert kinds == {True: services & {Queue}, False: services}


@pytest.mark.parametrize(
    ("owner", "source"),
    [
        (made("AWS::SNS::Subscription", TopicArn={"Ref": "Source"}, Protocol="sqs", Endpoint={"Ref": "Given"}), Topic),
        (made("Custom::S3BucketNotifications", BucketName={"Ref": "Uploads"}), Bucket),
    ],
)
def test_an_untold_delivery_is_one_of_those_that_its_owner_makes_for_another(
    owner: Mapping[str, Any], source: type[Resource]
) -> None:
    list_ = {"QueueConfigurations": [{"Events": ["s3:ObjectCreated:*"], "QueueArn": {"Ref": "Given"}}]}
    resources = {
        "Sender": {**owner, "Properties": {**owner["Properties"], "NotificationConfiguration": list_}},
        "Source": made(Topic.KIND),
        "Uploads": made(Bucket.KIND),
    }
    (found,) = told(model_of(resources, Parameters={"Given": {"Type": "String"}}), "Sender")
    assert isinstance(found, Untold)
    assert {kind.source for kind in found.kinds} == {source}
    assert found.kinds


@pytest.mark.parametrize(
    ("owner", "source"), [("aws_cloudwatch_event_target.tickets", Rule), ("aws_s3_bucket_notification.uploads", Bucket)]
)
def test_an_untold_delivery_of_a_plan_is_one_of_those_that_its_owner_makes_for_another(
    owner: str, source: type[Resource]
) -> None:
    whole: dict[str, Any] = json.loads((PLANS / "unknown.tfplan.json").read_text(encoding="utf-8"))
    for resource in whole["configuration"]["root_module"]["resources"]:
        for queue in resource.get("expressions", {}).get("queue", ()):
            queue["queue_arn"] = {"references": ["each.value"]}
    found = told(Model([read(Document("p.json", json.dumps(whole)), Assumptions())]), owner)
    assert [{kind.source for kind in each.kinds} for each in found if isinstance(each, Untold)] == [{source}]


GIVEN_PROPERTIES: Any = [
    *((kind, {name: [{"Ref": "End"}]}) for kind in (Alarm, CompositeAlarm) for name in Alarm.ACTIONS),
    (Rule, {"Targets": [{"Id": "t", "Arn": {"Ref": "End"}}]}),
    (Topic, {"Subscription": [{"Protocol": "sqs", "Endpoint": get("Queue")}]}),
    (Bucket, {"NotificationConfiguration": {"TopicConfigurations": [{"Event": "s3:*", "Topic": {"Ref": "End"}}]}}),
    *((kind, NOTIFYING[kind]) for kind in (CacheCluster, Trail, DeliveryChannel, Group)),
    (ReplicationGroup, NOTIFYING[CacheCluster]),
    (Group, {"NotificationConfiguration": {"TopicARN": ENDS[Topic]}}),
]


@pytest.mark.parametrize(("kind", "properties"), GIVEN_PROPERTIES)
def test_by_which_properties_what_may_send_does(kind: type[Resource], properties: Mapping[str, Any]) -> None:
    """Most alarms, topics and buckets send to nobody, and are asked nothing then."""
    ends = {"End": made(Topic.KIND), "Queue": made(Queue.KIND)}
    assert len(told(model_of({"Sender": made(kind.KIND, **properties), **ends}), "Sender")) == 1
    assert told(model_of({"Sender": made(kind.KIND), **ends}), "Sender") == []
    assert set(properties) <= set(GIVEN[kind])


def test_what_is_said_of_deliveries_to_a_resource() -> None:
    """Those that are told, and those of which nobody can tell whether they go there."""
    targets = [CHOICE, get("End"), get("Other"), OTHERS["OtherEnd"]]
    resources = {
        "End": made(Queue.KIND),
        "Other": made(Queue.KIND),
        "Policy": made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "End"}], PolicyDocument={"Statement": []}),
        "Sender": made(Rule.KIND, Targets=[{"Id": f"t{number}", "Arn": arn} for number, arn in enumerate(targets)]),
        "Never": {**made(Rule.KIND, Targets=[{"Id": "t", "Arn": get("End")}]), "Condition": "Never"},
    }
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}
    model = model_of(resources, Parameters={"Number": {"Type": "Number"}}, Conditions=conditions)
    (part,) = model.parts
    record = part.record("End")
    assert record is not None
    assert [(edge.owner.id, edge.destination.id) for edge in deliveries_to(Queue(record), model)] == [("Sender", "End")]
    (untold,) = untold_to(Queue(record), model)
    (rule,) = model.every(Rule)
    assert untold.owner.id == "Sender"
    assert untold.source == rule.arn
    assert slice_of(untold.at) == json.dumps(CHOICE)
    assert untold.reason.text == "${Number} decides which element Fn::Select gives"
    assert [slice_of(edge.at) for edge in told(model, "Sender") if isinstance(edge, Edge)] == [
        json.dumps(get(end)) for end in ("End", "Other")
    ]


def slice_of(at: Place) -> str:
    return at.document.slice(at.span)


@pytest.mark.parametrize(
    ("queues", "attached", "rest"),
    [
        ([{"Ref": "End"}, {"Ref": "Other"}], ["End", "Other"], None),
        ([{"Ref": "End"}, {"Ref": "Url"}], ["End"], {"Ref": "Url"}),
        ({"Ref": "Urls"}, [], {"Ref": "Urls"}),
        ([{"Ref": "End"}, {"Ref": "AWS::NoValue"}], ["End"], None),
    ],
)
def test_what_a_policy_is_attached_to(queues: Any, attached: list[str], rest: Any) -> None:
    resources = {
        "End": made(Queue.KIND),
        "Other": made(Queue.KIND),
        "Policy": made("AWS::SQS::QueuePolicy", Queues=queues, PolicyDocument={"Statement": []}),
    }
    model = model_of(resources, Parameters={"Url": {"Type": "String"}, "Urls": {"Type": "CommaDelimitedList"}})
    (policy,) = model.every(QueuePolicy)
    found, more = attached_to(policy, model)
    assert [each.id for each in found] == attached
    assert (slice_of(more.at) if more is not None else None) == (json.dumps(rest) if rest is not None else None)


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ({"TopicArn": CHOICE, "Protocol": "sqs", "Endpoint": get("End")}, CHOICE),
        ({"TopicArn": CHOICE, "Protocol": "sqs", "Endpoint": {"Ref": "Arn"}}, CHOICE),
        ({"TopicArn": {"Ref": "Source"}, "Protocol": "sqs", "Endpoint": {"Ref": "Arn"}}, {"Ref": "Arn"}),
        ({"TopicArn": {"Ref": "Arn"}, "Protocol": "https", "Endpoint": "https://shop.test"}, None),
        ({"Protocol": "sqs", "Endpoint": {"Ref": "Arn"}}, None),
    ],
)
def test_a_subscription_of_which_an_end_cannot_be_told(properties: Any, why: Any) -> None:
    """What nobody delivers is none, whatever is not known of the topic."""
    resources = {
        "Sender": made("AWS::SNS::Subscription", **properties),
        "Source": made(Topic.KIND),
        "End": made(Queue.KIND),
        "Other": made(Queue.KIND),
    }
    model = model_of(resources, Parameters={"Arn": {"Type": "String"}, "Number": {"Type": "Number"}})
    found = told(model, "Sender")
    if why is None:
        assert found == []
        return
    (untold,) = found
    assert isinstance(untold, Untold)
    assert untold.reason.at is not None
    assert slice_of(untold.reason.at) == json.dumps(why)
    assert slice_of(untold.at) == json.dumps(properties["Endpoint"])
    (source,) = model.every(Topic)
    assert untold.source == (None if why is CHOICE else source.arn)


def test_whom_sam_lets_in_needs_nothing_told() -> None:
    """It writes the permission of what calls a function, whichever topic that is; of dead letters it writes none."""
    failed = {"RedrivePolicy": {"deadLetterTargetArn": {"Ref": "Given"}}}
    for more, count in (({}, 0), (failed, 1)):
        events = {"News": {"Type": "SNS", "Properties": {"Topic": {"Ref": "Given"}, **more}}}
        resources = {"End": made("AWS::Serverless::Function", Events=events)}
        model = model_of(resources, Parameters={"Given": {"Type": "String"}})
        (subscription,) = model.every(StandaloneSubscription)
        assert len(edges(subscription, model)) == count


def test_who_names_a_topic_otherwise_than_by_its_arn() -> None:
    """A trail may, an alarm may not."""
    for owner, type_ in (
        (made(Alarm.KIND, AlarmActions=["audit"]), Untold),
        (made(Trail.KIND, SnsTopicName="audit"), Edge),
    ):
        found = told(model_of({"Sender": owner, "End": made(Topic.KIND, TopicName="audit")}), "Sender")
        assert [type(each) for each in found] == [type_]


def test_a_rule_with_a_role_may_send_to_all_its_targets_by_it() -> None:
    rule = made(Rule.KIND, RoleArn="arn:aws:iam::111122223333:role/events", Targets=[{"Id": "t", "Arn": get("End")}])
    assert told(model_of({"Sender": rule, "End": made(Queue.KIND)}), "Sender") == []


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (
            get("Nested", "Outputs.Arn"),
            "${Nested.Outputs.Arn} is an output of a nested stack whose template is not read here",
        ),
        ("orders", "orders is no ARN"),
        ({"Fn::Sub": "${Arn}:x"}, "where ${Arn}:x leads cannot be told"),
        ("arn:aws:sqs", "arn:aws:sqs is not in this run"),
        (OTHERS["OtherEnd"], "arn:aws:sqs:eu-west-1:111122223333:other is not in this run"),
        ("arn:aws:logs:eu-west-1:1:log-group:/x", "arn:aws:logs:eu-west-1:1:log-group:/x:* is not in this run"),
        (CHOICE, "${Number} decides which element Fn::Select gives"),
        (get("Machine"), None),
        (STATES, None),
    ],
)
def test_why_it_cannot_be_told_where_a_delivery_goes(arn: Any, expected: str | None) -> None:
    resources = {
        "Sender": made(Rule.KIND, Targets=[{"Id": "t", "Arn": arn}]),
        "Nested": made("AWS::CloudFormation::Stack", TemplateURL="https://templates.test/t.yaml"),
        "Machine": made("AWS::StepFunctions::StateMachine"),
        "End": made(Queue.KIND),
        "Other": made(Queue.KIND),
    }
    found = told(model_of(resources, Parameters={"Arn": {"Type": "String"}, "Number": {"Type": "Number"}}), "Sender")
    reasons = [each.reason for each in found if isinstance(each, Untold)]
    assert [reason.text for reason in reasons] == ([expected] if expected is not None else [])
    assert len(reasons) == len(found)
    for reason in reasons:
        assert reason.at is not None
        assert slice_of(reason.at) == json.dumps(arn)


@pytest.mark.parametrize(
    ("arn", "end"),
    [
        ("arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:restock", "End"),
        ("arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:restock:live", "Live"),
        ("arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Logs}", "Logs"),
        ("arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Logs}:*", "Logs"),
        ("${Logs.Arn}", "Logs"),
        ("arn:aws:sns:${AWS::Region}:${AWS::AccountId}:audit", "Audit"),
    ],
)
def test_an_arn_that_is_put_together_leads_to_its_resource(arn: str, end: str) -> None:
    resources = {
        "Sender": made(Rule.KIND, Targets=[{"Id": "t", "Arn": {"Fn::Sub": arn}}]),
        "End": made(Function.KIND, FunctionName="restock"),
        "Live": made("AWS::Lambda::Alias", FunctionName={"Ref": "End"}, FunctionVersion="1", Name="live"),
        "Logs": made(LogGroup.KIND),
        "Audit": made(Topic.KIND, TopicName="audit"),
    }
    assert [getattr(each.destination, "id", None) for each in told(model_of(resources), "Sender")] == [end]


def test_a_trail_cannot_name_what_is_no_topic() -> None:
    for topic, why in (
        (get("Custom"), "${Custom.arn} is an output of a custom resource"),
        (get("Queue", "QueueName"), "Queue is not what belongs here"),
    ):
        trail = made(Trail.KIND, SnsTopicName=topic)
        resources = {"Sender": trail, "Custom": made("Custom::Topic"), "Queue": made(Queue.KIND)}
        (found,) = told(model_of(resources), "Sender")
        assert isinstance(found, Untold)
        assert found.reason.text == why


REFERENCES = Path(__file__).parent / "fixtures" / "readers" / "references" / "plan.json"
PLAIN = ("aws_sqs_queue.plain.arn", "aws_sqs_queue.plain")
NEWS = ("aws_sns_topic.news.arn", "aws_sns_topic.news")
KNOWN = ("aws_sns_topic_subscription.known.arn", "aws_sns_topic_subscription.known")


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (PLAIN, [Edge]),
        ((*PLAIN, "aws_sqs_queue.counted[0].arn", "aws_sqs_queue.counted[0]", "aws_sqs_queue.counted"), [Untold]),
        ((*PLAIN, *NEWS), [Untold]),
        ((*PLAIN, *KNOWN), [Untold]),
        ((*PLAIN, "aws_sns_topic.news.name", "aws_sns_topic.news"), [Untold]),
        (("each.value",), [Untold]),
        (NEWS, []),
        (KNOWN, []),
    ],
)
def test_what_a_plan_only_names_may_be_an_end(references: tuple[str, ...], expected: list[type]) -> None:
    whole: dict[str, Any] = json.loads(REFERENCES.read_text(encoding="utf-8"))
    for resource in whole["configuration"]["root_module"]["resources"]:
        if resource["address"] == "aws_sns_topic_subscription.direct":
            resource["expressions"]["endpoint"] = {"references": list(references)}
    found = told(
        Model([read(Document("p.json", json.dumps(whole)), Assumptions())]), "aws_sns_topic_subscription.direct"
    )
    assert [type(each) for each in found] == expected
    for each in found:
        if isinstance(each, Untold):
            assert each.reason.text.startswith("known only after the apply (made of ")
            assert each.reason.at is not None


REGIONS = Path(__file__).parent / "fixtures" / "readers" / "regions" / "plan.json"


@pytest.mark.parametrize(
    ("here", "there", "service", "doubtful"),
    [
        ("eu-west-1", "eu-central-1", "sns.amazonaws.com", False),
        ("eu-south-1", "eu-central-1", "sns.eu-south-1.amazonaws.com", False),
        ("eu-west-1", "eu-south-1", "sns.amazonaws.com", True),
        ("eu-south-1", "ap-east-1", "sns.amazonaws.com", True),
        ("ap-northeast-3", "eu-central-1", "sns.ap-northeast-3.amazonaws.com", True),
        ("ap-northeast-3", "ap-northeast-3", "sns.amazonaws.com", False),
        ("eu-south-1", "eu-south-1", "sns.amazonaws.com", False),
    ],
)
def test_under_which_name_sns_reaches_another_region(here: str, there: str, service: str, doubtful: bool) -> None:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html."""
    text = REGIONS.read_text(encoding="utf-8").replace("eu-west-1", here).replace("eu-central-1", there)
    model = Model([read(Document("p.json", text), Assumptions())])
    found = told(model, "aws_sns_topic_subscription.crossing")
    assert [type(each) for each in found] == [Edge, Edge]
    for edge in found:
        assert isinstance(edge, Edge)
        assert edge.service == service
        differ = "AWS's pages differ on the name under which SNS delivers to a Region that accounts opt into"
        assert edge.doubt == (differ if doubtful else "")
        assert edge.regions == (None if here == there else (here, there))
    for other in told(model, "aws_s3_bucket_notification.uploads"):
        assert isinstance(other, Edge)
        assert other.regions is None


def test_what_is_documented_decides_whether_something_works() -> None:
    why = Reason(Doubt.OUTSIDE, "AWS is silent")
    assert Stance.ALLOWED.refuses(why).is_no
    assert Stance.REFUSED.refuses(why).is_yes
    assert Stance.UNDOCUMENTED.refuses(why).reasons == (why,)


def test_a_bus_on_a_key_of_aws_has_no_dead_letters() -> None:
    bus = made(EventBus.KIND, Name="orders", DeadLetterConfig={"Arn": get("End")})
    assert told(model_of({"Sender": bus, "End": made(Queue.KIND)}), "Sender") == []


@pytest.mark.parametrize(
    "topic",
    [
        {"Ref": "End"},
        get("End", "TopicName"),
        "audit",
        {"Fn::Sub": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:audit"},
    ],
)
def test_a_trail_names_its_topic_by_its_arn_or_name(topic: Any) -> None:
    resources = {"Sender": made(Trail.KIND, SnsTopicName=topic), "End": made(Topic.KIND, TopicName="audit")}
    (edge,) = told(model_of(resources), "Sender")
    assert isinstance(edge, Edge)
    assert isinstance(edge.destination, Topic)


def test_notifications_to_people_and_chats_are_none_to_topics() -> None:
    chat = {"TargetType": "AWSChatbotSlack", "TargetAddress": {"Ref": "Chat"}}
    mail = {"Subscribers": [{"SubscriptionType": "EMAIL", "Address": {"Ref": "Chat"}}]}
    resources = {
        "Builds": made(NotificationRule.KIND, Targets=[chat]),
        "Costs": made(Budget.KIND, NotificationsWithSubscribers=[mail]),
    }
    model = model_of(resources, Parameters={"Chat": {"Type": "String"}})
    assert [told(model, owner) for owner in resources] == [[], []]


@pytest.mark.parametrize("list_", ["Queue", "Topic", "LambdaFunction"])
def test_notifications_that_the_cdk_makes(list_: str) -> None:
    """They are those of the bucket, and what makes them writes no policies."""
    end = {"Queue": Queue, "Topic": Topic, "LambdaFunction": Function}[list_]
    configuration = {f"{list_}Configurations": [{"Events": ["s3:ObjectCreated:*"], f"{list_}Arn": ENDS[end]}]}
    resources = {
        "Uploads": made(Bucket.KIND),
        "Sender": made(
            "Custom::S3BucketNotifications", BucketName={"Ref": "Uploads"}, NotificationConfiguration=configuration
        ),
        "End": made(end.KIND),
    }
    (edge,) = told(model_of(resources), "Sender")
    assert isinstance(edge, Edge)
    assert (edge.source.id, edge.destination.id) == ("Uploads", "End")
    assert truths(resources) == [False]


def test_a_log_group_is_named_with_and_without_its_wildcard() -> None:
    for arn in (get("End"), {"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${End}"}):
        resources = {"Sender": made(Rule.KIND, Targets=[{"Id": "t", "Arn": arn}]), "End": made(LogGroup.KIND)}
        assert truths(resources) == [None]


RULE_TO_LOGS = next(kind for kind in EDGES if kind.destination is LogGroup)
HERE = "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/events/orders"


def logging_to(resource: str) -> Arrival:
    """Give what becomes of events for a log group whose policy has this Resource."""
    document = json.dumps({"Statement": [{**statement(RULE_TO_LOGS, None), "Resource": resource}]})
    policy = made("AWS::Logs::ResourcePolicy", PolicyName="events", PolicyDocument={"Fn::Sub": document})
    (came,) = arrivals(model_of({**sender(RULE_TO_LOGS), **end(RULE_TO_LOGS), "Policy": policy}))
    return came


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (f"{HERE}:*", True),
        (f"{HERE}:log-stream:*", True),
        (f"{HERE}*", True),
        ("${End.Arn}", True),
        (HERE, None),
        (f"{HERE}:log-stream:one", None),
        (f"{HERE}-old:*", None),
    ],
)
def test_events_are_written_to_a_stream_of_a_log_group(resource: str, expected: bool | None) -> None:
    """A policy has to cover the streams; where one does not, there may be another elsewhere."""
    assert logging_to(resource).verdict.truth is expected


def test_why_it_is_open_whether_a_log_group_is_covered() -> None:
    """It is told with the stream that is written to, which nobody has named."""
    here = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/events/orders:*"
    why = f"whether {here} names {HERE}:log-stream:<stream> depends on the deployment"
    assert why in {reason.text for reason in logging_to(here).verdict.reasons}


@pytest.mark.parametrize("kind", [kind for kind in EDGES if kind.destination in (Queue, Topic)], ids=named)
def test_what_aws_does_not_document_of_a_call_is_open(kind: EdgeKind) -> None:
    condition = {"StringEquals": {"aws:UserAgent": "shop"}}
    (came,) = arrivals(model_of({**sender(kind), **end(kind, statement(kind, condition))}))
    assert came.decision is not None
    why = f"AWS does not document whether {kind.service} sends this condition key"
    assert came.decision.verdict.reasons == (Reason(Doubt.OUTSIDE, why),)


def test_of_a_topic_that_may_be_of_another_account_it_is_open_who_may_publish() -> None:
    """The default policy is for what the owner of the topic has."""
    text = (PLANS.parents[1] / "readers" / "accounts" / "plan.json").read_text(encoding="utf-8")
    model = Model([read(Document("p.json", text), Assumptions())])
    alarm = "aws_cloudwatch_metric_alarm.errors"
    found = {edge.destination.id: edge for edge in told(model, alarm) if isinstance(edge, Edge)}
    why = f"whether {alarm} and aws_sns_topic.partner are of one account cannot be told"
    edge = found["aws_sns_topic.partner"]
    assert arrival(edge, model).verdict.reasons == (Reason(Doubt.OUTSIDE, why, edge.at),)


def test_a_target_of_another_service_is_nothing_of_ours() -> None:
    assert told(model_of({"Sender": made(Rule.KIND, Targets=[{"Id": "t", "Arn": STATES}])}), "Sender") == []


# Where policies are written


def test_policies_inside_and_beside_a_queue_add_up() -> None:
    right = statement(RULE_TO_QUEUE, {"ArnEquals": {"aws:SourceArn": get("Sender")}})
    wrong = statement(RULE_TO_QUEUE, {"ArnEquals": {"aws:SourceArn": OTHERS["OtherSource"]}})
    system = {**sender(RULE_TO_QUEUE), **end(RULE_TO_QUEUE, wrong)}
    assert truths(system) == [False]
    second = made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "End"}], PolicyDocument={"Statement": [right]})
    model = model_of({**system, "Second": second})
    (came,) = arrivals(model)
    assert came.verdict.is_yes
    assert came.decision is not None
    assert [came.holder(result)[0].id for result in came.decision.decisive] == ["Second"]


def test_the_policy_of_another_queue_says_nothing() -> None:
    right = statement(RULE_TO_QUEUE, {"ArnEquals": {"aws:SourceArn": get("Sender")}})
    other = made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "Other"}], PolicyDocument={"Statement": [right]})
    resources = {**sender(RULE_TO_QUEUE), **end(RULE_TO_QUEUE), "Other": made(Queue.KIND), "Policy": other}
    assert truths(resources) == [False]


@pytest.mark.parametrize(
    "queues",
    [[{"Ref": "Urls"}], {"Ref": "Urls"}, [{"Ref": "Other"}, {"Fn::ImportValue": "queue"}], {"Fn::Transform": {}}],
)
def test_a_policy_for_queues_that_are_not_known_may_be_this_ones(queues: Any) -> None:
    policy = made("AWS::SQS::QueuePolicy", Queues=queues, PolicyDocument={"Statement": []})
    resources = {**sender(RULE_TO_QUEUE), **end(RULE_TO_QUEUE), "Other": made(Queue.KIND), "Policy": policy}
    assert truths(resources, Parameters={"Urls": {"Type": "CommaDelimitedList"}}) == [None]


DOCUMENT: Any = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
EVERYWHERE = "policies of CloudWatch Logs are for a whole account and Region, so another stack may have written one"
PASSED: Any = {"TemplateURL": "https://templates.test/t.yaml", "Parameters": {"End": {"Ref": "End"}}}


@pytest.mark.parametrize(
    ("kind", "resources", "more", "expected"),
    [
        (Queue, {}, {}, []),
        (
            LogGroup,
            {
                "End": made(LogGroup.KIND, ResourcePolicyDocument=DOCUMENT),
                "Policy": made("AWS::Logs::ResourcePolicy", PolicyName="p", PolicyDocument=json.dumps(DOCUMENT)),
            },
            {},
            [("End", "", ""), ("Policy", "", ""), ("End", EVERYWHERE, '"End"')],
        ),
        (Topic, {}, {"Outputs": {"End": {"Value": {"Ref": "End"}, "Export": {"Name": "end"}}}}, []),
        (Topic, {}, {"Outputs": {"End": {"Value": get("End", "TopicName"), "Export": {"Name": "end"}}}}, []),
        (
            Queue,
            {},
            {"Outputs": {"End": {"Value": {"Ref": "End"}, "Export": {"Name": "end"}}}},
            [("End", "End is exported, so another stack may attach a policy", '{"Value": {"Ref": "End"}')],
        ),
        (
            Function,
            {},
            {"Outputs": {"End": {"Value": get("End"), "Export": {"Name": "end"}}}},
            [("End", "End is exported, so another stack may attach a policy", '{"Value": {"Fn::GetAtt"')],
        ),
        (Queue, {}, {"Transform": ["Ours"]}, [("End", "a macro may add a policy that is not written here", '"Ours"')]),
        (
            Function,
            {"End": made("AWS::Serverless::Function", Events={"Ref": "Events"})},
            {},
            [("EndUnread1", "SAM may write a policy for it: its events cannot be read", '"End"')],
        ),
        (
            Queue,
            {"Nested": made("AWS::CloudFormation::Stack", **PASSED)},
            {},
            [("Nested", "a nested stack, module or custom resource may write a policy for it", '"Nested"')],
        ),
        (
            Queue,
            {"Policy": made("AWS::SQS::QueuePolicy", Queues=[CHOICE], PolicyDocument=DOCUMENT)},
            {},
            [("Policy", "${Number} decides which element Fn::Select gives", '"Policy"')],
        ),
        (
            Queue,
            {"Policy": made("AWS::SQS::QueuePolicy", Queues={"Ref": "Urls"}, PolicyDocument=DOCUMENT)},
            {},
            [("Policy", "${Urls} has no value here", '"Policy"')],
        ),
        (
            Queue,
            {
                "Custom": made("Custom::Queue"),
                "Policy": made("AWS::SQS::QueuePolicy", Queues=[get("Custom", "Url")], PolicyDocument=DOCUMENT),
            },
            {},
            [("Policy", "this is the Url of Custom, where its URL belongs", '"Policy"')],
        ),
        (
            Queue,
            {"Policy": made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "Url"}, {"Ref": "End"}], PolicyDocument=DOCUMENT)},
            {},
            [("Policy", "", "")],
        ),
        (
            Queue,
            {"Policy": made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "End"}, {"Ref": "Url"}], PolicyDocument=DOCUMENT)},
            {},
            [("Policy", "", "")],
        ),
        (
            Queue,
            {
                "End": made(Queue.KIND, QueueName="orders"),
                "Policy": made(
                    "AWS::SQS::QueuePolicy",
                    Queues=["https://sqs.eu-west-1.amazonaws.com/111122223333/other"],
                    PolicyDocument={"Statement": [{"Effect": "Allow", "Resource": get("End")}]},
                ),
            },
            {},
            [],
        ),
        (
            Queue,
            {
                "Policy": made(
                    "AWS::SQS::QueuePolicy", Queues=[{"Ref": "End"}, {"Ref": "Other"}], PolicyDocument=DOCUMENT
                )
            },
            {},
            [("Policy", "", "")],
        ),
        (
            Queue,
            {
                "Policy": made(
                    "AWS::SQS::QueuePolicy", Queues=[{"Ref": "Other"}, {"Ref": "Url"}], PolicyDocument=DOCUMENT
                )
            },
            {},
            [("Policy", "${Url} has no value here", '"Policy"')],
        ),
        (
            Queue,
            {
                "End": made(Queue.KIND, QueueName="orders"),
                "Policy": made(
                    "AWS::SQS::QueuePolicy",
                    Queues=["https://sqs.eu-west-1.amazonaws.com/111122223333/other", {"Ref": "Other"}],
                    PolicyDocument=DOCUMENT,
                ),
            },
            {},
            [],
        ),
        (Queue, {"Policy": made("AWS::SNS::TopicPolicy", Topics={"Ref": "Urls"}, PolicyDocument=DOCUMENT)}, {}, []),
        (
            Topic,
            {"Policy": made("AWS::SNS::TopicPolicy", Topics={"Ref": "Urls"}, PolicyDocument=DOCUMENT)},
            {},
            [("Policy", "${Urls} has no value here", '"Policy"')],
        ),
        (
            Queue,
            {"Policy": made("AWS::SQS::QueueInlinePolicy", Queue={"Ref": "End"}, PolicyDocument=DOCUMENT)},
            {},
            [("Policy", "", "")],
        ),
        (
            Topic,
            {"Policy": made("AWS::SNS::TopicInlinePolicy", TopicArn={"Ref": "End"}, PolicyDocument=DOCUMENT)},
            {},
            [("Policy", "", "")],
        ),
    ],
)
def test_which_policies_speak_of_a_resource(
    kind: type[Resource], resources: Resources, more: Any, expected: list[tuple[str, str, str]]
) -> None:
    """Those that are attached to it, and those of which nobody can tell: why, and where."""
    parameters = {"Number": {"Type": "Number"}, "Url": {"Type": "String"}, "Urls": {"Type": "CommaDelimitedList"}}
    around = {"End": made(kind.KIND), "Other": made(Queue.KIND), "Audit": made(Topic.KIND)}
    model = model_of({**around, **resources}, Parameters=parameters, **more)
    (part,) = model.parts
    record = part.record("End")
    assert record is not None
    found = policies(kind(record), model)
    assert [each.owner.id for each in found] == [owner for owner, _, _ in expected]
    for each, (_, why, place) in zip(found, expected, strict=True):
        assert type(each.policy) is (Unknown if why else Policy)
        if isinstance(each.policy, Unknown):
            assert each.policy.reason.text == why
            assert slice_of(each.policy.at).startswith(place)


@pytest.mark.parametrize("live", [True, False])
def test_whose_policy_it_is_hangs_on_the_scenario(live: bool) -> None:
    """A policy that is surely another queue's in one deployment may be this queue's in another one."""
    queues = [{"Fn::If": ["Live", {"Ref": "Other"}, {"Ref": "Url"}]}]
    policy = made("AWS::SQS::QueuePolicy", Queues=queues, PolicyDocument=DOCUMENT)
    resources = {"End": made(Queue.KIND), "Other": made(Queue.KIND), "Policy": policy}
    given = {"Url": {"Type": "String"}, "Stage": {"Type": "String"}}
    conditions = {"Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}}
    base = model_of(resources, Parameters=given, Conditions=conditions)
    (part,) = base.parts
    model = base.under((Choice(part.key, "Live", live),))
    end, _ = model.every(Queue)
    assert [each.owner.id for each in policies(end, model)] == ([] if live else ["Policy"])


@pytest.mark.parametrize(
    ("named", "others", "expected"),
    [
        ({"Ref": "Name"}, {}, ""),
        (get("End"), {}, ""),
        (CHOICE, {}, "${Number} decides which element Fn::Select gives"),
        ({"Fn::Sub": "${Name}-x"}, {}, "whether ${Name}-x is End cannot be told"),
        ("restock", {}, "whether restock is End cannot be told"),
        # It is another's, which is known to have that name.
        ("restock", {"Restock": made(Function.KIND, FunctionName="restock")}, None),
        # It is not made at all.
        (
            "restock",
            {"Restock": {**made(Function.KIND, FunctionName="restock"), "Condition": "Never"}},
            "whether restock is End cannot be told",
        ),
        (get("Other"), {}, None),
    ],
)
def test_of_which_function_a_permission_is_whose_name_is_given(
    named: Any, others: Resources, expected: str | None
) -> None:
    resources = {
        "End": made(Function.KIND, FunctionName={"Ref": "Name"}),
        "Other": made(Function.KIND),
        "First": made("AWS::Lambda::Permission", FunctionName={"Ref": "Other"}, **GRANT),
        "Policy": made("AWS::Lambda::Permission", FunctionName=named, **GRANT),
        **others,
    }
    parameters = {"Number": {"Type": "Number"}, "Name": {"Type": "String"}}
    model = model_of(resources, Parameters=parameters, Conditions={"Never": {"Fn::Equals": ["a", "b"]}})
    (part,) = model.parts
    record = part.record("End")
    assert record is not None
    found = policies(Function(record), model)
    assert [each.owner.id for each in found] == ([] if expected is None else ["Policy"])
    for each in found:
        assert isinstance(each.policy, Unknown) == bool(expected)
        if isinstance(each.policy, Unknown):
            assert (each.policy.reason.doubt, each.policy.reason.text) == (Doubt.OUTSIDE, expected)
            assert each.policy.reason.at is not None
            assert slice_of(each.policy.at) == '"Policy"'


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"FunctionName": "restock", "Qualifier": "live"}, None),
        ({"FunctionName": "restock:live"}, None),
        ({"FunctionName": {"Ref": "End"}, "Qualifier": {"Ref": "Name"}}, True),
        ({"FunctionName": "restock:other"}, None),
        ({"FunctionName": "restock"}, False),
        ({"FunctionName": "other", "Qualifier": "live"}, False),
        ({}, False),
    ],
)
def test_an_alias_whose_name_is_given_may_be_the_one_of_a_permission(asked: Any, expected: bool | None) -> None:
    resources = {
        "Sender": made(Rule.KIND, Targets=[{"Id": "t", "Arn": {"Ref": "Live"}}]),
        "End": made(Function.KIND, FunctionName="restock"),
        "Other": made(Function.KIND, FunctionName="other"),
        "Live": made("AWS::Lambda::Alias", FunctionName={"Ref": "End"}, FunctionVersion="1", Name={"Ref": "Name"}),
        "Test": made("AWS::Lambda::Alias", FunctionName={"Ref": "End"}, FunctionVersion="1", Name="test"),
        "Policy": made("AWS::Lambda::Permission", **asked, **GRANT),
    }
    assert truths(resources, Parameters={"Name": {"Type": "String"}}) == [expected]


LAMBDA = "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}"


@pytest.mark.parametrize(
    ("function", "asked", "expected"),
    [
        ({"Ref": "Which"}, {"FunctionName": {"Ref": "End"}, "Qualifier": "live"}, None),
        ({"Ref": "Which"}, {"FunctionName": "restock", "Qualifier": "live"}, None),
        ({"Ref": "Which"}, {"FunctionName": "restock", "Qualifier": "test"}, False),
        ({"Ref": "Which"}, {"FunctionName": "restock"}, False),
        ({"Ref": "Which"}, {"FunctionName": {"Ref": "Live"}}, True),
        ({"Ref": "End"}, {"FunctionName": {"Ref": "Other"}, "Qualifier": "live"}, False),
        ({"Ref": "Other"}, {"FunctionName": {"Ref": "Other"}, "Qualifier": "live"}, True),
        # That one is an alias of another function.
        ({"Ref": "Which"}, {"FunctionName": {"Fn::Sub": f"{LAMBDA}:function:billing:live"}}, False),
        ({"Ref": "Which"}, {"FunctionName": {"Fn::Sub": f"{LAMBDA}:function:refunds:live"}}, None),
        # Of none at all.
        ({"Ref": "AWS::NoValue"}, {"FunctionName": {"Ref": "Live"}}, True),
        ({"Ref": "AWS::NoValue"}, {"FunctionName": {"Ref": "End"}, "Qualifier": "live"}, False),
    ],
)
def test_two_aliases_are_of_the_functions_that_they_name(function: Any, asked: Any, expected: bool | None) -> None:
    resources = {
        "Sender": made(Rule.KIND, Targets=[{"Id": name, "Arn": {"Ref": name}} for name in ("First", "Live")]),
        "End": made(Function.KIND),
        "Other": made(Function.KIND),
        "Billing": made(Function.KIND, FunctionName="billing"),
        "Bills": made("AWS::Lambda::Alias", FunctionName={"Ref": "Billing"}, FunctionVersion="1", Name="live"),
        "First": made("AWS::Lambda::Alias", FunctionName={"Ref": "End"}, FunctionVersion="1", Name="live"),
        "Live": made("AWS::Lambda::Alias", FunctionName=function, FunctionVersion="1", Name="live"),
        "Policy": made("AWS::Lambda::Permission", **asked, **GRANT),
    }
    assert truths(resources, Parameters={"Which": {"Type": "String"}})[1] is expected


def test_a_policy_that_cannot_be_read_leaves_it_open() -> None:
    system = {**sender(RULE_TO_QUEUE), "End": made(Queue.KIND)}
    policy = made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "End"}], PolicyDocument={"Ref": "Document"})
    assert truths({**system, "Policy": policy}, Parameters={"Document": {"Type": "String"}}) == [None]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"Value": {"Ref": "End"}, "Export": {"Name": "url"}}, None),
        ({"Value": {"Fn::GetAtt": ["End", "QueueUrl"]}, "Export": {"Name": "url"}}, None),
        ({"Value": {"Ref": "End"}}, False),
        ({"Value": get("End"), "Export": {"Name": "arn"}}, False),
        ({"Value": {"Fn::Sub": "${End.Arn}"}, "Export": {"Name": "arn"}}, False),
    ],
)
def test_another_stack_may_attach_a_policy_to_a_queue_whose_url_it_knows(output: Any, expected: bool | None) -> None:
    system = {**sender(RULE_TO_QUEUE), **end(RULE_TO_QUEUE)}
    assert truths(system, Outputs={"Queue": output}) == [expected]


def test_an_exported_queue_with_a_policy_has_that_one() -> None:
    wrong = statement(RULE_TO_QUEUE, {"ArnEquals": {"aws:SourceArn": OTHERS["OtherSource"]}})
    output = {"Value": {"Ref": "End"}, "Export": {"Name": "url"}}
    assert truths({**sender(RULE_TO_QUEUE), **end(RULE_TO_QUEUE, wrong)}, Outputs={"Queue": output}) == [False]


@pytest.mark.parametrize("kind", [RULE_TO_QUEUE, RULE_TO_TOPIC, RULE_TO_FUNCTION], ids=named)
def test_a_nested_stack_that_gets_the_resource_may_write_its_policy(kind: EdgeKind) -> None:
    url = "https://templates.test/t.yaml"
    nested = made("AWS::CloudFormation::Stack", TemplateURL=url, Parameters={"End": {"Ref": "End"}})
    system = {**sender(kind), **end(kind)}
    assert truths({**system, "Nested": nested}) == [None]
    apart = made("AWS::CloudFormation::Stack", TemplateURL=url)
    assert truths({**system, "Nested": apart}) == [False]


def test_what_others_add_to_a_function_denies_nobody() -> None:
    """A permission allows and never denies, so whoever is let in here is let in."""
    nested = made("AWS::CloudFormation::Stack", TemplateURL="https://t.test/t.yaml", Parameters={"End": {"Ref": "End"}})
    let_in = made("AWS::Lambda::Permission", FunctionName={"Ref": "End"}, SourceArn=get("Sender"), **GRANT)
    system = {**sender(RULE_TO_FUNCTION), **end(RULE_TO_FUNCTION), "Policy": let_in}
    assert truths({**system, "Nested": nested}) == [True]


@pytest.mark.parametrize("kind", [RULE_TO_QUEUE, RULE_TO_TOPIC, RULE_TO_FUNCTION], ids=named)
def test_a_connector_lets_its_source_in(kind: EdgeKind) -> None:
    ends = {"Source": {"Id": "Sender"}, "Destination": {"Id": "End"}, "Permissions": ["Write"]}
    system = {**sender(kind), **end(kind)}
    assert truths({**system, "Connector": made("AWS::Serverless::Connector", **ends)}) == [True]
    inside = {"Connectors": {"C": {"Properties": {"Destination": {"Id": "End"}, "Permissions": ["Write"]}}}}
    within = {**system, "Sender": {**system["Sender"], **inside}}
    assert truths(within, Transform="AWS::Serverless-2016-10-31") == [True]


def test_a_connector_that_cannot_be_read_may_write_a_policy() -> None:
    system = {**sender(RULE_TO_QUEUE), **end(RULE_TO_QUEUE)}
    ends = {"Source": {"Id": "Sender"}, "Destination": {"Fn::If": ["A", {"Id": "End"}, {"Ref": "End"}]}}
    assert truths({**system, "Connector": made("AWS::Serverless::Connector", **ends)}) == [None]


def test_a_policy_under_a_condition_that_is_false_is_none() -> None:
    right = statement(RULE_TO_QUEUE, {"ArnEquals": {"aws:SourceArn": get("Sender")}})
    system = {**sender(RULE_TO_QUEUE), **end(RULE_TO_QUEUE, right)}
    switched = {**system, "Policy": {**system["Policy"], "Condition": "On"}}
    for truth in (True, False):
        decided = {"On": {"Fn::Equals": ["a", "a" if truth else "b"]}}
        assert truths(switched, Conditions=decided) == [truth]


# Permissions of functions

GRANT = {"Action": RULE_TO_FUNCTION.action, "Principal": RULE_TO_FUNCTION.service}
ARN: Any = {"Fn::Sub": "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:restock"}


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ({"Ref": "End"}, True),
        (get("End"), True),
        ("restock", True),
        (ARN, True),
        ({"Fn::Sub": "${AWS::AccountId}:function:restock"}, True),
        ("arn:aws:lambda:eu-west-1:111122223333:function:restock", None),
        ("111122223333:function:restock", None),
        ("other", False),
        ("111122223333:function:other", False),
        ({"Ref": "Other"}, False),
        ({"Ref": "Alias"}, False),
        ("restock:live", False),
        ({"Fn::Sub": "${End}:live"}, False),
        ({"Fn::Sub": "${End.Arn}:live"}, False),
        ({"Ref": "Name"}, None),
    ],
)
def test_how_a_permission_names_its_function(function: Any, expected: bool | None) -> None:
    """A name, an ARN or the end of one; what is given to an alias alone does not let in who calls the function."""
    resources = {
        **sender(RULE_TO_FUNCTION),
        "End": made(Function.KIND, FunctionName="restock"),
        "Other": made(Function.KIND),
        "Alias": made("AWS::Lambda::Alias", FunctionName={"Ref": "End"}, FunctionVersion="1", Name="live"),
        "Policy": made("AWS::Lambda::Permission", FunctionName=function, **GRANT),
    }
    assert truths(resources, Parameters={"Name": {"Type": "String"}}) == [expected]


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"Ref": "Name"}, None),
        ({"Fn::Sub": "${Name}.amazonaws.com"}, None),
        ({"Fn::Sub": "s3.${AWS::URLSuffix}"}, False),
        ({"Fn::Sub": "events.${AWS::URLSuffix}"}, True),
        ({"Fn::Sub": "sns.${Name}"}, False),
        ({"Ref": "AWS::AccountId"}, False),
        ({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}, False),
        (get("Role"), False),
    ],
)
def test_whom_a_permission_names_may_be_open(principal: Any, expected: bool | None) -> None:
    resources = {
        **sender(RULE_TO_FUNCTION),
        "End": made(Function.KIND, FunctionName="restock"),
        "Role": made("AWS::IAM::Role"),
        "Policy": made("AWS::Lambda::Permission", FunctionName={"Ref": "End"}, **{**GRANT, "Principal": principal}),
    }
    assert truths(resources, Parameters={"Name": {"Type": "String"}}) == [expected]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"FunctionName": {"Ref": "Live"}}, True),
        ({"FunctionName": get("Live", "AliasArn")}, True),
        ({"FunctionName": "restock:live"}, True),
        ({"FunctionName": {"Fn::Sub": "${End.Arn}:live"}}, True),
        ({"FunctionName": {"Ref": "End"}, "Qualifier": "live"}, True),
        ({"FunctionName": get("End"), "Qualifier": "live"}, True),
        ({"FunctionName": {"Ref": "End"}}, False),
        ({"FunctionName": {"Ref": "End"}, "Qualifier": "test"}, False),
        ({"FunctionName": {"Ref": "Other"}, "Qualifier": "live"}, False),
        ({"FunctionName": {"Ref": "Test"}}, False),
        ({"FunctionName": {"Ref": "End"}, "Qualifier": {"Ref": "Which"}}, None),
        ({"FunctionName": {"Ref": "Which"}}, None),
    ],
)
def test_who_calls_an_alias_needs_a_permission_for_it(asked: Any, expected: bool | None) -> None:
    version = {"FunctionName": {"Ref": "End"}, "FunctionVersion": "1"}
    resources = {
        "Sender": made(Rule.KIND, Targets=[{"Id": "t", "Arn": {"Ref": "Live"}}]),
        "End": made(Function.KIND, FunctionName="restock"),
        "Other": made(Function.KIND, FunctionName="other"),
        "Live": made("AWS::Lambda::Alias", Name="live", **version),
        "Test": made("AWS::Lambda::Alias", Name="test", **version),
        "Policy": made("AWS::Lambda::Permission", **asked, **GRANT),
    }
    assert truths(resources, Parameters={"Which": {"Type": "String"}}) == [expected]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"FunctionName": {"Ref": "First"}}, True),
        ({"FunctionName": {"Ref": "End"}, "Qualifier": get("First", "Version")}, True),
        ({"FunctionName": {"Ref": "End"}, "Qualifier": "1"}, None),
        ({"FunctionName": {"Ref": "End"}}, False),
    ],
)
def test_who_calls_a_version_needs_a_permission_for_it(asked: Any, expected: bool | None) -> None:
    resources = {
        "Sender": made(Rule.KIND, Targets=[{"Id": "t", "Arn": {"Ref": "First"}}]),
        "End": made(Function.KIND),
        "First": made("AWS::Lambda::Version", FunctionName={"Ref": "End"}),
        "Policy": made("AWS::Lambda::Permission", **asked, **GRANT),
    }
    assert truths(resources) == [expected]


def test_the_name_of_a_function_without_one_is_nobody_elses() -> None:
    resources = {
        **sender(RULE_TO_FUNCTION),
        "End": made(Function.KIND),
        "Policy": made("AWS::Lambda::Permission", FunctionName="restock", **GRANT),
    }
    assert truths(resources) == [False]


def test_permissions_of_a_function_add_up() -> None:
    asked = {"FunctionName": {"Ref": "End"}, **GRANT}
    resources = {
        **sender(RULE_TO_FUNCTION),
        **end(RULE_TO_FUNCTION),
        "One": made("AWS::Lambda::Permission", SourceArn=OTHERS["OtherSource"], **asked),
        "Two": made("AWS::Lambda::Permission", SourceArn=get("Sender"), **asked),
    }
    assert truths(resources) == [True]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ({}, False),
        ({"Api": {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}}, False),
        ({"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "events.yaml"}}}, None),
        ({"Ref": "Events"}, None),
        ({"Placed": {"Fn::If": ["A", {"Type": "SNS"}, {"Ref": "AWS::NoValue"}]}}, None),
    ],
)
def test_sam_writes_permissions_for_events(events: Any, expected: bool | None) -> None:
    resources = {**sender(RULE_TO_FUNCTION), "End": made("AWS::Serverless::Function", Events=events)}
    assert truths(resources) == [expected]


# Plans


def plan(name: str) -> Model:
    return Model([read(Document("p.json", (PLANS / name).read_text(encoding="utf-8")), Assumptions())])


@pytest.mark.parametrize(
    ("name", "owner", "expected"),
    [
        ("bad.tfplan.json", "aws_s3_bucket_notification.uploads", False),
        ("bad.tfplan.json", "aws_sns_topic_subscription.billing", False),
        ("bad.tfplan.json", "aws_sns_topic_subscription.warehouse", False),
        ("bad.tfplan.json", "aws_sns_topic_subscription.labels", False),
        ("bad.tfplan.json", "aws_cloudwatch_event_target.stock", False),
        ("bad.tfplan.json", "aws_sns_topic_subscription.reviews", None),
        ("bad.steady.tfplan.json", "aws_sns_topic_subscription.reviews", False),
        ("unknown.tfplan.json", "aws_s3_bucket_notification.uploads", None),
        ("unknown.tfplan.json", "aws_sns_topic_subscription.billing", None),
    ],
)
def test_what_a_plan_tells_before_the_apply(name: str, owner: str, expected: bool | None) -> None:
    """A policy document is known but for the ARNs in it; a policy that is put together in the resource is not."""
    assert [each.verdict.truth for each in arrivals(plan(name), owner)] == [expected]


@pytest.mark.parametrize(("qualifier", "expected"), [(None, True), ("$LATEST", True), ("live", False)])
def test_a_permission_for_an_alias_is_none_for_the_function(qualifier: str | None, expected: bool) -> None:
    whole: dict[str, Any] = json.loads((PLANS / "good.tfplan.json").read_text(encoding="utf-8"))
    for resources, given, value in (
        (whole["planned_values"]["root_module"]["resources"], "values", qualifier),
        (whole["configuration"]["root_module"]["resources"], "expressions", {"constant_value": qualifier}),
    ):
        for resource in resources:
            if resource["type"] == "aws_lambda_permission":
                resource[given]["qualifier"] = value
    model = Model([read(Document("p.json", json.dumps(whole)), Assumptions())])
    came = [edge for edge in told(model, "aws_cloudwatch_event_target.refunds_ledger") if isinstance(edge, Edge)]
    assert [arrival(edge, model).verdict.truth for edge in came if isinstance(edge.destination, Function)] == [expected]


LEDGER = ("aws_lambda_function.ledger.arn", "aws_lambda_function.ledger")
DEAD_LETTERS = ("aws_sqs_queue.dead_letters.arn", "aws_sqs_queue.dead_letters")


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (LEDGER, True),
        (DEAD_LETTERS, False),
        ((*LEDGER, *DEAD_LETTERS), None),
        (("each.value",), None),
        ((*LEDGER, "each.value"), None),
    ],
)
def test_a_permission_of_which_a_plan_names_the_function(references: tuple[str, ...], expected: bool | None) -> None:
    whole: dict[str, Any] = json.loads((PLANS / "good.tfplan.json").read_text(encoding="utf-8"))
    for resource in whole["configuration"]["root_module"]["resources"]:
        if resource["address"] == "aws_lambda_permission.orders":
            resource["expressions"]["function_name"] = {"references": list(references)}
    model = Model([read(Document("p.json", json.dumps(whole)), Assumptions())])
    (function,) = model.every(Function)
    found = [each.policy for each in policies(function, model) if each.owner.id == "aws_lambda_permission.orders"]
    assert [isinstance(each, Policy) for each in found] == ([] if expected is False else [expected is True])
    for each in found:
        if isinstance(each, Unknown):
            assert each.reason.text.startswith("known only after the apply (made of ")


ALIAS: Any = {"address": "aws_lambda_alias.live", "mode": "managed", "type": "aws_lambda_alias", "name": "live"}
ALIAS_VALUES = {"function_name": "ledger", "function_version": "1", "name": "live", "region": "eu-west-1"}
ALIAS_EXPRESSIONS = {"function_name": {"references": list(LEDGER)}, "name": {"constant_value": "live"}}


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (LEDGER, False),
        ((*LEDGER, *DEAD_LETTERS), False),
        (("aws_lambda_alias.live.arn", "aws_lambda_alias.live"), True),
        ((*LEDGER, "each.value"), None),
    ],
)
def test_a_permission_of_which_a_plan_names_the_alias(references: tuple[str, ...], expected: bool | None) -> None:
    whole: dict[str, Any] = json.loads((PLANS / "good.tfplan.json").read_text(encoding="utf-8"))
    whole["planned_values"]["root_module"]["resources"].append({**ALIAS, "values": ALIAS_VALUES})
    configuration = whole["configuration"]["root_module"]["resources"]
    configuration.append({**ALIAS, "expressions": ALIAS_EXPRESSIONS})
    for resource in configuration:
        if resource["address"] == "aws_lambda_permission.orders":
            resource["expressions"]["function_name"] = {"references": list(references)}
    model = Model([read(Document("p.json", json.dumps(whole)), Assumptions())])
    (alias,) = model.every(Alias)
    found = [each.policy for each in policies(alias, model) if each.owner.id == "aws_lambda_permission.orders"]
    assert [isinstance(each, Policy) for each in found] == ([] if expected is False else [expected is True])


def test_a_first_plan_shows_what_is_named_and_not_what_is_made_of_it() -> None:
    """A reference is enough to let the sender in; the yes is then supposed. Once all is known, it is not."""
    supposed: dict[str, set[bool]] = {}
    for name in ("good.tfplan.json", "good.steady.tfplan.json"):
        model = plan(name)
        (part,) = model.parts
        owners = [id_ for kind in SENDERS for id_ in part.types().get(kind.KIND, ())]
        came = [each for owner in owners for each in arrivals(model, owner)]
        assert not any(each.verdict.is_no for each in came)
        yes = [each for each in came if each.verdict.is_yes]
        supposed[name] = {each.decision.supposed for each in yes if each.decision is not None}
    assert supposed["good.tfplan.json"] == {True, False}
    assert supposed["good.steady.tfplan.json"] == {False}


def test_a_resource_that_makes_no_deliveries() -> None:
    (part,) = model_of({"Queue": made(Queue.KIND)}).parts
    record = part.record("Queue")
    assert record is not None
    queue = Queue(record)
    assert list(edges(queue, Model([part]))) == []
    assert list(policies(queue, Model([part]))) == []


KEY_POLICY = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement: {Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: kms:Decrypt, Resource: "*"}
"""


def test_the_policies_of_keys_are_read_wherever_they_are_written() -> None:
    plan = (Path(__file__).parent / "fixtures" / "readers" / "keys" / "plan.json").read_text(encoding="utf-8")
    for name, text, expected in (("key.yaml", KEY_POLICY, {"Key": 1}), ("plan.json", plan, {"inside": 1, "beside": 1})):
        model = Model([read(Document(name, text), Assumptions())])
        found = {key.id.rpartition(".")[2]: read_policy(key.policy) for key in model.every(Key)}
        statements = {id_: len(policy.statements) for id_, policy in found.items() if isinstance(policy, Policy)}
        assert statements == expected
