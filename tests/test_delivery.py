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
from msglint.model.autoscaling import Group, GroupNotification
from msglint.model.cloudwatch import Alarm
from msglint.model.delivery import EDGES, SENDERS, Edge, EdgeKind, Untold, edges, policies
from msglint.model.delivery import Key as Sent
from msglint.model.events import EventBus, Rule
from msglint.model.kms import Key
from msglint.model.lambda_ import Function
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
    TextMessages,
    Trail,
)
from msglint.model.policy import Policy, read_policy
from msglint.model.resource import Resource
from msglint.model.s3 import Bucket
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document
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
    ],
)
def test_what_an_untold_delivery_may_be(destination: Any, services: set[type[Resource]]) -> None:
    """As far as the ARN tells it, by the service that is in it."""
    target = {"Id": "t", "Arn": destination, "DeadLetterConfig": {"Arn": destination}}
    found = told(model_of({"Sender": made(Rule.KIND, Targets=[target])}), "Sender")
    kinds = {each.dead_letter: {kind.destination for kind in each.kinds} for each in found if isinstance(each, Untold)}
    assert kinds == {True: services & {Queue}, False: services}


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
