"""SAM templates as msglint reads them: what belongs to whom, what is asked, and how it is said."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from linting import RULES, said
from msglint.engine import lint_text
from msglint.finding import Report
from msglint.model.access import Role
from msglint.model.lambda_ import EventSourceMapping, Function
from msglint.model.model import Model
from msglint.model.resource import UNREAD, Resource
from msglint.model.sqs import Queue
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.readers.sam.kinds import KINDS
from msglint.source import Document, parse

SCENES = Path(__file__).parent / "fixtures" / "readers" / "sam"
QUEUES = {"Orders": {"Type": "AWS::SQS::Queue"}, "Lost": {"Type": "AWS::SQS::Queue"}}


def template(resources: Mapping[str, Any], **sections: Any) -> str:
    transform = "AWS::Serverless-2016-10-31"
    return json.dumps({"Transform": transform, **sections, "Resources": {**QUEUES, **resources}}, indent=1)


def function(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Serverless::Function", "Properties": properties}


def rule(**dead_letters: Any) -> dict[str, Any]:
    return {
        "Type": "EventBridgeRule",
        "Properties": {"Pattern": {"source": ["shop"]}, "DeadLetterConfig": dead_letters},
    }


def lint(resources: Mapping[str, Any], *rules: str, **sections: Any) -> Report:
    return lint_text("t.json", template(resources, **sections).encode(), Options(select=rules))


def model(resources: Mapping[str, Any], **sections: Any) -> Model:
    return Model([read(Document("t.json", template(resources, **sections)), Assumptions())])


LOST = {"Fn::GetAtt": ["Lost", "Arn"]}
QUEUED = {"Type": "SQS", "Properties": {"Queue": {"Fn::GetAtt": ["Orders", "Arn"]}}}
KEPT = {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:111122223333:undelivered"}


def test_a_finding_stands_at_the_event_and_belongs_to_the_function() -> None:
    report = lint({"Worker": function(Events={"Returned": rule(Arn=LOST)})}, "MSG101")
    (finding,) = report.findings
    assert finding.resource == "Worker"
    assert finding.message.startswith("what Worker's event Returned cannot deliver")
    text = template({"Worker": function(Events={"Returned": rule(Arn=LOST)})}).splitlines()
    assert '"Arn": {' in text[finding.span.start.line - 1]
    assert [(each.code, each.resource, each.fault) for each in report.questions] == [("MSG101", "Worker", True)]


@pytest.mark.parametrize(
    "events",
    [
        {"Returned": rule(Type="SQS")},
        {"Returned": rule(Type="SQS", QueueLogicalId="WorkersLost")},
        {"Scheduled": {"Type": "ScheduleV2", "Properties": {"DeadLetterConfig": {"Arn": LOST}}}},
        {"Scheduled": {"Type": "ScheduleV2", "Properties": {"DeadLetterConfig": {"Type": "SQS"}}}},
        {"Announced": {"Type": "SNS", "Properties": {"Topic": {"Fn::ImportValue": "topic"}, "SqsSubscription": True}}},
        {"Announced": {"Type": "SNS", "Properties": {"Topic": {"Fn::ImportValue": "topic"}}}},
    ],
)
def test_what_the_transform_makes_by_itself_is_never_reproached(events: Any) -> None:
    """Nothing is found and nothing undecided: neither of its queues and roles, nor of what these let in."""
    own = {"Worker": function(Events=events)}
    # That the user keeps nothing of what fails is another matter.
    options = Options(ignore=("MSG703", "MSG711"))
    alone = json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": own})
    report = lint_text("t.json", alone.encode(), options)
    queue = lint_text("t.json", template(own).encode(), options)
    assert [finding for finding in queue.findings if finding.resource not in QUEUES] == []
    assert [line for line in said(report) if "Lost" not in line] == []


def test_one_resource_is_one_question() -> None:
    """A rule asked of two events of a function has one answer: the worst."""
    events = {"Fine": rule(Type="SQS"), "Wrong": rule(Arn=LOST)}
    questions = lint({"Worker": function(Events=events)}, "MSG101").questions
    assert [(each.resource, each.fault) for each in questions] == [("Worker", True)]


def test_a_value_of_globals_is_one_finding_at_the_value() -> None:
    """Two functions share a dead-letter queue of the wrong kind there; one has a key of its own."""
    shared = {"Function": {"Environment": {"Variables": {"QUEUE": {"Ref": "Orders"}}}}}
    system = model({"One": function(), "Two": function(Environment={"Variables": {"STAGE": "test"}})}, Globals=shared)
    values = [each.environment.get("QUEUE") for each in system.every(Function)]
    assert [str(value.text().value) for value in values if hasattr(value.text(), "value")]  # type: ignore[union-attr]
    assert len({value.at.span for value in values}) == 1


def records(system: Model, type_: str) -> list[Resource]:
    part = system.parts[0]
    return [Resource(record) for id_ in part.types().get(type_, ()) if (record := part.record(id_)) is not None]


def test_names_of_generated_resources_lead_to_them() -> None:
    """Their logical ids are documented, and `Worker.Alias` and the like are names for them."""
    results = {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Ref": "Worker.DestinationTopic"}}}
    alias = {"Parameters": {"Alias": {"Type": "String", "Default": "live"}}}
    config = {"DestinationConfig": {"OnSuccess": {"Type": "SNS"}}}
    worker = function(AutoPublishAlias={"Ref": "Alias"}, EventInvokeConfig=config, Events={"Queued": QUEUED})
    permission = {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": {"Fn::Sub": "${Worker.Alias}"}}}
    system = model({"Worker": worker, "Results": results, "Permission": permission}, **alias)
    part = system.parts[0]
    named = {mention.by[1] for mention in part.mentions("WorkerAliaslive")}
    assert {"Permission", "WorkerQueued"} <= named
    assert {mention.by[1] for mention in part.mentions("WorkerEventInvokeConfigOnSuccessTopic")} >= {"Results"}
    (mapping,) = system.every(EventSourceMapping)
    assert str(mapping) == "Worker's event Queued"


def test_the_role_is_the_users_where_the_trust_policy_is() -> None:
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
    system = model({"Worker": function(AssumeRolePolicyDocument=trust), "Other": function()})
    assert {role.record.author: role.record.asked for role in system.every(Role)} == {"Worker": True, "Other": False}


def test_documents_of_policies_are_the_users() -> None:
    """Each is a policy of the role, at its place; names and templates of policies stay in the role."""
    document = {"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}
    policies = ["AmazonSQSFullAccess", {"SQSPollerPolicy": {"QueueName": "orders"}}, document]
    worker = function(Policies=policies)
    for given in (worker, {"Type": "AWS::Serverless::StateMachine", "Properties": {"Policies": policies}}):
        (policy,) = records(model({"Worker": given}), "AWS::IAM::Policy")
        assert (policy.id, policy.record.author, policy.record.asked) == ("WorkerRolePolicy2", "Worker", True)
        assert str(policy) == "policy 3 of Worker"
        assert policy.record.written(("PolicyDocument", "Statement")) == ("Policies", "2", "Statement")


@pytest.mark.parametrize(
    ("type_", "path", "written"),
    [
        ("AWS::Lambda::EventSourceMapping", ("EventSourceArn",), ("Events", "Queued", "Properties", "Queue")),
        ("AWS::Lambda::EventSourceMapping", ("BatchSize",), ("Events", "Queued", "Properties", "BatchSize")),
        ("AWS::Lambda::Function", ("DeadLetterConfig", "TargetArn"), ("DeadLetterQueue", "TargetArn")),
        (
            "AWS::Events::Rule",
            ("Targets", "0", "DeadLetterConfig", "Arn"),
            ("Events", "Returned", "Properties", "DeadLetterConfig", "Arn"),
        ),
    ],
)
def test_properties_are_called_as_the_user_writes_them(
    type_: str, path: tuple[str, ...], written: tuple[str, ...]
) -> None:
    system = model({"Worker": function(Events={"Queued": QUEUED, "Returned": rule(Type="SQS")})})
    (resource,) = records(system, type_)
    assert resource.record.written(path) == written


def test_conditions_of_a_function_hold_for_its_events() -> None:
    worker = {**function(Events={"Returned": rule(Arn=LOST)}), "Condition": "Live"}
    decided = {"Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}}
    stage = {"Stage": {"Type": "String"}}
    (finding,) = lint({"Worker": worker}, "MSG101", Conditions=decided, Parameters=stage).findings
    assert finding.scenario is None
    never = {"Live": {"Fn::Equals": ["a", "b"]}}
    assert lint({"Worker": worker}, "MSG101", Conditions=never).findings == ()


def test_the_repair_of_an_event_is_written_at_the_event() -> None:
    (finding,) = lint({"Worker": function(Events={"Returned": rule(Arn=LOST)})}, "MSG101").findings
    assert finding.fix is not None
    assert '{ "Fn::GetAtt": ["WorkerReturned", "Arn"] }' in finding.fix.snippet


def test_the_repair_tells_the_type_of_a_destination() -> None:
    """Without it the transform does not let the role send there."""
    stream = {
        "Type": "Kinesis",
        "Properties": {"Stream": "arn:aws:kinesis:eu-west-1:1:stream/a", "StartingPosition": "LATEST"},
    }
    (finding,) = lint({"Worker": function(Events={"Placed": stream})}, "MSG506").findings
    assert finding.fix is not None
    (_, body) = json.loads(finding.fix.snippet).popitem()
    failure = body["Properties"]["Events"]["Placed"]["Properties"]["DestinationConfig"]["OnFailure"]
    assert failure == {"Type": "SQS", "Destination": {"Fn::GetAtt": ["FailedRecords", "Arn"]}}


def test_nobody_is_told_to_change_a_policy_that_the_transform_writes() -> None:
    through = {"QueueArn": {"Fn::GetAtt": ["Lost", "Arn"]}, "QueueUrl": {"Ref": "Lost"}}
    announced = {"Type": "SNS", "Properties": {"Topic": {"Ref": "Topic"}, "SqsSubscription": through}}
    worker = function(Events={"Announced": announced, "Returned": rule(Arn=LOST)})
    (finding,) = lint({"Worker": worker, "Topic": {"Type": "AWS::SNS::Topic"}}, "MSG101").findings
    assert finding.fix is None


def test_a_queue_that_an_event_polls_is_polled() -> None:
    system = model({"Worker": function(Events={"Queued": QUEUED})})
    polled = {queue.id: bool(system.pollers(queue)) for queue in system.every(Queue)}
    assert polled == {"Orders": True, "Lost": False}


@pytest.mark.parametrize(
    "worker",
    [
        {"Properties": {"Fn::Transform": {"Name": "AWS::Include"}}},
        {"Properties": {"Handler": "a.b", "Fn::Transform": {"Name": "AWS::Include"}}},
        {"Properties": {"Events": {"Ref": "Events"}}},
        {"Properties": {"Events": {"Fn::ForEach::Queues": ["Name", ["A"], {}], "Queued": QUEUED}}},
        {"Properties": {"Events": {"Announced": {"Type": "SNS", "Properties": {"Ref": "Given"}}}}},
        {"Properties": {"Events": {"Announced": {"Type": {"Ref": "Given"}}}}},
        {"Properties": {"Events": {"Announced": {"Type": "SNS", "Properties": {"SqsSubscription": {"Ref": "Given"}}}}}},
    ],
)
def test_what_cannot_be_read_may_let_anybody_in(worker: Any) -> None:
    """A rule that calls the function is neither let in nor turned away."""
    caller = {
        "Type": "AWS::Events::Rule",
        "Properties": {"Targets": [{"Id": "a", "Arn": {"Fn::GetAtt": ["Worker", "Arn"]}}]},
    }
    system = {"Worker": {"Type": "AWS::Serverless::Function", **worker}, "Caller": caller}
    report = lint(system, "MSG102")
    assert (report.findings, len(report.undecided)) == ((), 1)
    assert records(model(system), UNREAD)


WRONG: list[Any] = [
    None,
    1,
    True,
    "text",
    [],
    ["text"],
    [[]],
    {},
    {"Ref": "Nobody"},
    {"Fn::If": []},
    {"Fn::GetAtt": []},
    {"": None},
]


@pytest.mark.parametrize("wrong", WRONG, ids=json.dumps)
def test_wrong_types_at_each_level_are_no_failure(wrong: Any) -> None:
    """No exception, no rule that fails, and no finding of the function whatever stands in a place."""
    names = ["Events", "Policies", "Role", "DeadLetterQueue", "EventInvokeConfig", "AutoPublishAlias", "Environment"]
    names += ["AssumeRolePolicyDocument", "VpcConfig", "InlineCode"]
    kinds = ["SQS", "Kinesis", "DynamoDB", "MSK", "MQ", "SelfManagedKafka", "DocumentDB", "SNS", "S3", "Schedule"]
    kinds += ["ScheduleV2", "EventBridgeRule", "CloudWatchEvent", "Api", "Nothing"]
    inside = [
        "Queue",
        "Stream",
        "Topic",
        "Bucket",
        "Events",
        "SqsSubscription",
        "DeadLetterConfig",
        "DestinationConfig",
    ]
    inside += [
        "SourceAccessConfigurations",
        "KafkaBootstrapServers",
        "Pattern",
        "Enabled",
        "RoleArn",
        "OmitName",
        "Target",
    ]
    every = {f"E{kind}{name}": {"Type": kind, "Properties": {name: wrong}} for kind in kinds for name in inside}
    bare = {f"B{kind}": {"Type": kind, "Properties": wrong} for kind in kinds} | {"Wrong": wrong}
    resources: dict[str, Any] = {f"F{name}": function(**{name: wrong}) for name in names}
    resources |= {f"M{name}": {"Type": "AWS::Serverless::StateMachine", "Properties": {name: wrong}} for name in names}
    resources |= {
        "Events": function(Events=every | bare),
        "Bare": {"Type": "AWS::Serverless::Function", "Properties": wrong},
    }
    resources |= {"Machine": {"Type": "AWS::Serverless::StateMachine", "Properties": wrong}}
    resources |= {"Busy": {"Type": "AWS::Serverless::StateMachine", "Properties": {"Events": every | bare}}}
    nested = function(
        EventInvokeConfig={"DestinationConfig": {"OnFailure": wrong}}, Policies=[wrong, {"SQSPollerPolicy": wrong}]
    )
    resources |= {"Nested": nested, "Connected": {**function(), "Connectors": {"C": wrong, "D": {"Properties": wrong}}}}
    resources |= {
        f"C{name}": {"Type": "AWS::Serverless::Connector", "Properties": {name: wrong, "Source": {"Id": "Orders"}}}
        for name in ("Source", "Destination", "Permissions")
    }
    for shared in (wrong, {"Function": wrong}, {"Function": {"Events": wrong, "Environment": wrong}}):
        report = lint(resources, Globals=shared)
        assert [finding for finding in report.findings if finding.code in {"MSG001", "MSG002"}] == []


@pytest.mark.parametrize(
    "event",
    [
        {"Type": "S3", "Properties": {"Bucket": {"Ref": "Bucket"}, "Events": "s3:ObjectCreated:*"}},
        {"Type": "SNS", "Properties": {"Topic": {"Ref": "Topic"}, "RedrivePolicy": KEPT}},
        {"Type": "SNS", "Properties": {"Topic": {"Ref": "Topic"}, "RedrivePolicy": KEPT, "SqsSubscription": True}},
        {"Type": "ScheduleV2", "Properties": {"DeadLetterConfig": {"Type": "SQS"}}},
    ],
    ids=json.dumps,
)
def test_many_events_of_a_kind_are_judged_soon(event: Any) -> None:
    """Each of them is let in by a permission or policy of its own, and none is looked for among all others."""
    events = {f"E{number}": event for number in range(300)}
    ends = {"Bucket": {"Type": "AWS::S3::Bucket"}, "Topic": {"Type": "AWS::SNS::Topic"}}
    start = time.process_time()
    report = lint({"Busy": function(Events=events), **ends})
    assert time.process_time() - start < 10  # a fraction of a second; hundreds of times that, were it quadratic
    found = [finding for finding in report.findings if finding.resource == "Busy"]
    assert {finding.code for finding in found} <= {"MSG711"}


def test_many_events_and_functions_are_read_soon() -> None:
    events = {f"E{number}": rule(Arn=LOST) for number in range(400)}
    workers = {f"Worker{number}": function(Events={"Queued": QUEUED}) for number in range(400)}
    report = lint({"Busy": function(Events=events), **workers}, "MSG101")
    assert len(report.findings) == len(events)


def test_globals_that_would_be_copied_too_often_cannot_be_read() -> None:
    shared = {"Function": {"Environment": {"Variables": {f"V{number}": "x" for number in range(20_000)}}}}
    workers = {f"Worker{number}": function() for number in range(1_000)}
    report = lint(workers, "MSG001", Globals=shared)
    assert [finding.code for finding in report.findings] == ["MSG001"]
    assert "Globals" in report.findings[0].message


@pytest.mark.slow
def test_truncated_examples_are_no_failure() -> None:
    for path in sorted(RULES.glob("*/bad.sam.yaml")):
        data = path.read_bytes()
        for end in range(0, len(data), max(1, len(data) // 40)):
            report = lint_text(path.name, data[:end], Options())
            assert [finding for finding in report.findings if finding.code == "MSG002"] == []


@pytest.mark.parametrize("path", sorted(SCENES.glob("*.yaml")), ids=lambda path: path.name)
def test_the_doors_know_what_each_type_becomes(path: Path) -> None:
    """A linter that asks by type asks by the user's, so all types that rules may be asked of stand beside one."""
    part = read(Document(path.name, path.read_text(encoding="utf-8")), Assumptions())
    written = yaml_types(path)
    made = [record for ids in part.types().values() for id_ in ids if (record := part.record(id_)) and record.origin]
    assert made
    for record in made:
        authored = written[record.author]
        if record.asked and authored in KINDS:
            assert record.type in KINDS[authored]


def yaml_types(path: Path) -> dict[str, str]:
    """Give the types of the resources as they are written."""
    root = parse(Document(path.name, path.read_text(encoding="utf-8")))
    return {id_: node.fields()["Type"].text for id_, node in root.fields()["Resources"].fields().items()}
