"""What the code says of AWS agrees with AWS's own models: botocore's of the services, CloudFormation's of its types."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StructureShape
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

import msglint
from msglint.model import apigateway, state_machine, states
from msglint.model.delivery import _PROTOCOLS, EDGES
from msglint.model.firehose import _OTHERS, _S3
from msglint.model.identity import IDENTITIES
from msglint.model.kinesis import Stream
from msglint.model.lambda_ import DEFAULT_BATCH, DEFAULT_TIMEOUT
from msglint.model.polling import ENDLESS
from msglint.model.resource import AnyResource, Resource
from msglint.model.role_delivery import ROLE_EDGES
from msglint.model.sqs import DEFAULT_RECEIVES, DEFAULT_RETENTION, DEFAULT_VISIBILITY, Queue
from msglint.readers.terraform.expressions import Spec
from msglint.readers.terraform.kinds import KINDS, OVERLAYS, Kind
from msglint.readers.terraform.references import _ATTRIBUTES, ECHOES
from msglint.rules.consuming import batch_without_window, short_polling
from msglint.rules.durability import dead_letter_retention_too_short
from msglint.rules.exposure import confused_deputy_in_role_trust
from msglint.rules.payload import double_newline_delimiter

LOADER = Loader()
SOURCES = Path(msglint.__file__).parent

CALLS = {
    "AWS::SQS::Queue": ("sqs:CreateQueue",),
    "AWS::SQS::QueuePolicy": (),
    "AWS::SNS::Topic": ("sns:CreateTopic",),
    "AWS::SNS::TopicPolicy": (),
    "AWS::SNS::Subscription": ("sns:Subscribe",),
    "AWS::Kinesis::Stream": ("kinesis:CreateStream",),
    "AWS::Kinesis::StreamConsumer": ("kinesis:RegisterStreamConsumer",),
    "AWS::DynamoDB::Table": ("dynamodb:CreateTable",),
    "AWS::Events::ApiDestination": ("events:CreateApiDestination",),
    "AWS::Kinesis::ResourcePolicy": ("kinesis:PutResourcePolicy",),
    "AWS::KinesisFirehose::DeliveryStream": ("firehose:CreateDeliveryStream",),
    "AWS::Lambda::EventSourceMapping": ("lambda:CreateEventSourceMapping",),
    "AWS::Lambda::Function": ("lambda:CreateFunction",),
    "AWS::Lambda::EventInvokeConfig": ("lambda:PutFunctionEventInvokeConfig",),
    "AWS::Lambda::Permission": ("lambda:AddPermission",),
    "AWS::StepFunctions::StateMachine": ("stepfunctions:CreateStateMachine",),
    "AWS::ApiGateway::Method": ("apigateway:PutMethod",),
    "AWS::ApiGateway::RestApi": ("apigateway:CreateRestApi",),
    "AWS::ApiGatewayV2::Integration": ("apigatewayv2:CreateIntegration",),
    "AWS::ApiGatewayV2::Api": ("apigatewayv2:CreateApi",),
    "AWS::Pipes::Pipe": ("pipes:CreatePipe",),
    "AWS::Scheduler::Schedule": ("scheduler:CreateSchedule",),
    "AWS::Scheduler::ScheduleGroup": ("scheduler:CreateScheduleGroup",),
    "AWS::Events::Rule": ("events:PutRule",),
    "AWS::Events::EventBus": ("events:CreateEventBus",),
    "AWS::Events::Connection": ("events:CreateConnection",),
    "AWS::Events::EventBusPolicy": ("events:PutPermission",),
    "AWS::CloudWatch::Alarm": ("cloudwatch:PutMetricAlarm",),
    "AWS::CloudWatch::CompositeAlarm": ("cloudwatch:PutCompositeAlarm",),
    "AWS::Logs::LogGroup": ("logs:CreateLogGroup",),
    "AWS::Logs::LogStream": ("logs:CreateLogStream",),
    "AWS::Logs::ResourcePolicy": ("logs:PutResourcePolicy",),
    "AWS::RDS::EventSubscription": ("rds:CreateEventSubscription",),
    "AWS::ElastiCache::CacheCluster": ("elasticache:CreateCacheCluster",),
    "AWS::ElastiCache::ReplicationGroup": ("elasticache:CreateReplicationGroup",),
    "AWS::SES::ConfigurationSetEventDestination": ("ses:CreateConfigurationSetEventDestination",),
    "AWS::SES::ReceiptRule": ("ses:CreateReceiptRule",),
    "aws_ses_identity_notification_topic": ("ses:SetIdentityNotificationTopic",),
    "AWS::CloudTrail::Trail": ("cloudtrail:CreateTrail",),
    "AWS::Config::DeliveryChannel": ("config:PutDeliveryChannel",),
    "AWS::CodeStarNotifications::NotificationRule": ("codestar-notifications:CreateNotificationRule",),
    "AWS::Budgets::Budget": ("budgets:CreateBudget",),
    "AWS::SMSVOICE::ConfigurationSet": ("sms-voice:CreateConfigurationSet",),
    "AWS::IAM::Role": ("iam:CreateRole",),
    "AWS::IAM::ManagedPolicy": ("iam:CreatePolicy",),
    "AWS::IAM::RolePolicy": ("iam:PutRolePolicy",),
    "AWS::SecretsManager::Secret": ("secretsmanager:CreateSecret", "secretsmanager:PutResourcePolicy"),
    "AWS::Lambda::Alias": ("lambda:CreateAlias",),
    "AWS::S3::Bucket": ("s3:CreateBucket",),
    "AWS::AmazonMQ::Broker": ("mq:CreateBroker",),
    "AWS::MSK::Cluster": ("kafka:CreateCluster",),
    "AWS::MSK::ServerlessCluster": ("kafka:CreateClusterV2",),
    "AWS::MSK::BatchScramSecret": ("kafka:BatchAssociateScramSecret",),
    "AWS::EventsV2::ResourcePolicy": ("eventbridgev2:PutResourcePolicy",),
    "AWS::MSK::Replicator": ("kafka:CreateReplicator",),
    "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption": (
        "kinesisanalyticsv2:AddApplicationCloudWatchLoggingOption",
    ),
    "AWS::MSK::ClusterPolicy": ("kafka:PutClusterPolicy",),
    "AWS::SecretsManager::RotationSchedule": ("secretsmanager:RotateSecret",),
    "AWS::AmazonMQ::Configuration": ("mq:CreateConfiguration", "mq:UpdateConfiguration"),
    "AWS::MSK::Configuration": ("kafka:CreateConfiguration",),
    "AWS::KafkaConnect::Connector": ("kafkaconnect:CreateConnector",),
    "AWS::KafkaConnect::WorkerConfiguration": ("kafkaconnect:CreateWorkerConfiguration",),
    "AWS::KinesisAnalyticsV2::Application": ("kinesisanalyticsv2:CreateApplication",),
    "AWS::ECS::TaskDefinition": ("ecs:RegisterTaskDefinition",),
    "AWS::IoT::TopicRule": ("iot:CreateTopicRule",),
    "aws_autoscaling_notification": ("autoscaling:PutNotificationConfiguration",),
    "AWS::AutoScaling::LifecycleHook": ("autoscaling:PutLifecycleHook",),
    "AWS::AutoScaling::AutoScalingGroup": ("autoscaling:CreateAutoScalingGroup",),
    "AWS::CodePipeline::Pipeline": ("codepipeline:CreatePipeline",),
    "AWS::EventsV2::Subscriber": (),
    "aws_secretsmanager_secret_version": ("secretsmanager:PutSecretValue",),
    "AWS::SecretsManager::ResourcePolicy": ("secretsmanager:PutResourcePolicy",),
    "AWS::KMS::Key": ("kms:CreateKey",),
    "AWS::KMS::ReplicaKey": ("kms:ReplicateKey",),
    "AWS::KMS::Alias": ("kms:CreateAlias",),
    "aws_iam_role_policy_attachment": ("iam:AttachRolePolicy",),
    "aws_cloudwatch_event_target": ("events:PutTargets", "events:PutTargets.Targets"),
    "aws_s3_bucket_notification": (
        "s3:PutBucketNotificationConfiguration",
        "s3:PutBucketNotificationConfiguration.NotificationConfiguration",
    ),
}
"""The calls that make each type, or a member of what such a call is given."""

PARTS = {
    "aws_cloudwatch_event_target": "AWS::Events::Rule.Targets",
    "aws_s3_bucket_notification": "AWS::S3::Bucket.NotificationConfiguration",
    "aws_secretsmanager_secret_version": "AWS::SecretsManager::Secret",
    "aws_iam_role_policy_attachment": "AWS::IAM::Role",
    "aws_ses_identity_notification_topic": "AWS::SES::EmailIdentity",
    "aws_autoscaling_notification": "AWS::AutoScaling::AutoScalingGroup.NotificationConfigurations",
}
"""Where CloudFormation writes what the provider makes a resource of its own."""

OWN = {
    "AWS::KinesisFirehose::DeliveryStream.DeliveryStreamEncryptionConfigurationInput.Enabled": "the provider's switch",
}
"""Properties in the provider's table that neither the API nor CloudFormation has, and what they are."""

CALLED = {
    "msglint.model.states": ("sqs",),
    "msglint.model.apigateway": ("sqs", "sns", "kinesis", "firehose", "stepfunctions"),
}
"""Services that what a module knows calls, so that it knows their words too."""

NOT_OF_THE_TYPE = {
    "StateMachineArn": "a parameter of integrations with Step Functions",
    "NotificationArn": "in the configuration of an approval",
    "Allow": "the language of policies",
    "StringEquals": "the language of policies",
    "StringLike": "the language of policies",
}
"""Words of the Model that are of no service."""

STATES_LANGUAGE = frozenset(
    [
        "Arguments",
        "Assign",
        "Branches",
        "Choice",
        "Choices",
        "Comment",
        "Default",
        "Fail",
        "InputPath",
        "Item",
        "ItemProcessor",
        "ItemSelector",
        "Items",
        "ItemsPath",
        "Iterator",
        "JSONPath",
        "JSONata",
        "Map",
        "Next",
        "Output",
        "OutputPath",
        "Parameters",
        "Pass",
        "QueryLanguage",
        "Resource",
        "Result",
        "ResultPath",
        "ResultSelector",
        "StartAt",
        "States",
        "Succeed",
        "Task",
        "Type",
        "Value",
        "Wait",
    ]
)
"""Words of https://states-language.net/spec.html, which state machines are written in."""

NO_OPERATIONS = {
    "lambda:InvokeFunction": "the action of the operation Invoke",
    "s3:ListBucket": "the action of the operation ListObjects",
    "sns:Endpoint": "a condition key",
    "kms:ViaService": "a condition key",
    "kms:CallerAccount": "a condition key",
    "events:InvokeApiDestination": "what rules and pipes do with an API destination",
    "dynamodb:DescribeStream": "an operation of DynamoDB Streams",
    "dynamodb:GetRecords": "an operation of DynamoDB Streams",
    "dynamodb:GetShardIterator": "an operation of DynamoDB Streams",
}
"""What looks like an action and is no operation of its service."""

CALLED_OTHERWISE = {
    "access-analyzer": "accessanalyzer",
    "events.rds": "rds",
    "sms-voice": "pinpoint-sms-voice-v2",
    "states": "stepfunctions",
}
"""Services whose name in actions and principals is not the one that botocore gives them."""

actions = re.compile(r"[a-z][a-z0-9-]+:[A-Z][A-Za-z]+").fullmatch
principals = re.compile(r"((?:events\.)?[a-z0-9-]+)\.amazonaws\.com").fullmatch


@cache
def service(name: str) -> ServiceModel:
    return ServiceModel(LOADER.load_service_model(CALLED_OTHERWISE.get(name, name), "service-2"))


def given(call: str) -> Shape:
    """Give what a call takes, or a member of that: `events:PutTargets.Targets` is one of the targets."""
    name, _, rest = call.partition(":")
    operation, *path = rest.split(".")
    shape: Shape = service(name).operation_model(operation).input_shape
    for step in path:
        shape = inner(shape.members[step])
    return shape


def inner(shape: Shape) -> Shape:
    return shape.member if isinstance(shape, ListShape) else shape


def members(shape: Shape) -> dict[str, Shape | None]:
    """Give the members of a structure; a map of attributes has those that its documentation or its keys' enum names."""
    if not isinstance(shape, StructureShape):
        return {}
    found: dict[str, Shape | None] = {name: inner(member) for name, member in shape.members.items()}
    attributes = shape.members.get("Attributes")
    if attributes is not None:
        found |= dict.fromkeys([*attributes.key.enum, *re.findall(r"<code>(\w+)</code>", attributes.documentation)])
    return found


def declared(type_: str) -> frozenset[str]:
    """Give the properties that CloudFormation's schema of a type declares, at any depth, each with its way."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema

    def walk(part: Mapping[str, object], way: str, passed: tuple[str, ...]) -> Iterator[str]:
        match part:
            case {"$ref": str(reference)} if reference not in passed:
                definition = schema["definitions"][reference.removeprefix("#/definitions/")]
                yield from walk(definition, way, (*passed, reference))
            case {"items": dict(items)}:
                yield from walk(items, way, passed)
            case {"properties": dict(properties)}:
                for name, property_ in properties.items():
                    yield f"{way}.{name}"
                    yield from walk(property_, f"{way}.{name}", passed)

    return frozenset(walk(schema, type_, ()))


def unheard_of(fields: Mapping[str, Spec], shapes: list[Shape], way: str, known: frozenset[str]) -> Iterator[str]:
    """Give the ways to properties that neither shapes of the API nor CloudFormation's schema know."""
    for name, spec in fields.items():
        here = f"{way}.{name}"
        taken = [found[name] for shape in shapes if name in (found := members(shape))]
        if not taken and here not in known:
            yield here
        yield from unheard_of(spec.fields or {}, [shape for shape in taken if shape is not None], here, known)


def told(kind: Kind) -> set[str]:
    """Give the ways to properties of a type that AWS does not know."""
    whole, _, part = PARTS.get(kind.type, kind.type).partition(".")
    begin = f"{whole}.{part}".rstrip(".")
    known = frozenset(kind.type + way.removeprefix(begin) for way in declared(whole) if way.startswith(begin))
    return set(unheard_of(kind.fields, [given(call) for call in CALLS[kind.type]], kind.type, known))


def test_properties_are_called_as_aws_calls_them() -> None:
    """In the provider's table: each is a parameter of the API or a property of CloudFormation."""
    overlays = [Kind(overlay.type, {overlay.property: Spec("")}) for overlay in OVERLAYS.values()]
    assert set().union(*map(told, [*KINDS.values(), *overlays])) == OWN.keys()


PROVIDERS = ("5.100.0", "6.47.0")
NOT_IN_EACH = {
    "aws_kinesis_firehose_delivery_stream.s3_configuration": [],  # until version 4
    "aws_lambda_event_source_mapping.amazon_managed_kafka_event_source_config.schema_registry_config": ["6.47.0"],
    "aws_lambda_event_source_mapping.self_managed_kafka_event_source_config.schema_registry_config": ["6.47.0"],
    "aws_msk_replicator.log_delivery": ["6.47.0"],
}
"""What the table has and a version of the provider has not, and which versions have it."""

NAMELESS = {"AWS::KMS::Key"}


@cache
def provider(version: str) -> dict[str, Any]:
    """Give the attributes and blocks of a version of the provider, by type."""
    path = Path(__file__).parent / "fixtures" / "schemas" / f"aws-{version}.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def missing(tree: Mapping[str, Any], fields: Mapping[str, Spec], way: str) -> Iterator[str]:
    """Give the ways to attributes and blocks that a provider has not; a block is where members are expected."""
    for spec in fields.values():
        here = f"{way}.{spec.attribute}"
        inner = tree if spec.here else tree.get(spec.attribute)
        if inner is None or (spec.fields is not None and not isinstance(inner, dict)):
            yield here
        elif spec.fields is not None:
            yield from missing(inner, spec.fields, way if spec.here else here)
        if spec.switch and isinstance(inner, dict) and spec.switch not in inner:
            yield f"{here}.{spec.switch}"


def test_attributes_are_called_as_both_versions_of_the_provider_call_them() -> None:
    lacking: dict[str, set[str]] = {}
    for version in PROVIDERS:
        for native, kind in KINDS.items():
            for way in missing(provider(version)[native], kind.fields, native):
                lacking.setdefault(way, set()).add(version)
    assert {way: sorted({*PROVIDERS} - versions) for way, versions in lacking.items()} == NOT_IN_EACH


@pytest.mark.parametrize("version", PROVIDERS)
def test_what_names_a_resource_is_an_attribute_of_the_provider(version: str) -> None:
    types = provider(version)
    named = {(native, kind.name_attribute) for native, kind in KINDS.items() if kind.type in {*IDENTITIES} - NAMELESS}
    laid = {(native, name) for native, over in OVERLAYS.items() for name in (over.target, over.attribute)}
    assert {
        (native, name) for native, name in named | laid | {*_ATTRIBUTES} | {*ECHOES} if name not in types[native]
    } == set()


def test_a_misspelt_attribute_would_be_found() -> None:
    tree = {"name": 0, "target": {"arn": 0}}
    fields = {"Target": Spec("target", {"Arn": Spec("arn"), "Role": Spec("role")}), "Name": Spec("name", {})}
    assert [*missing(tree, fields, "x")] == ["x.target.role", "x.name"]


def test_a_misspelt_property_would_be_found() -> None:
    """The test above does not pass because it looks at nothing."""
    fields = {
        "Target": Spec("", {"Arn": Spec(""), "DeadletterConfig": Spec("")}),
        "Name": Spec("", {"Inner": Spec("")}),
        "GroupNames": Spec(""),
    }
    assert told(Kind("AWS::Scheduler::Schedule", fields)) == {
        "AWS::Scheduler::Schedule.Target.DeadletterConfig",
        "AWS::Scheduler::Schedule.Name.Inner",
        "AWS::Scheduler::Schedule.GroupNames",
    }


@pytest.mark.parametrize("type_", sorted(IDENTITIES))
def test_the_properties_of_names_and_arns_are_of_their_type(type_: str) -> None:
    identity = IDENTITIES[type_]
    names = {identity.name, *(hole.property for hole in identity.holes.values())}
    assert {f"{type_}.{name}" for name in names} <= declared(type_)


@pytest.mark.parametrize(
    ("type_", "shape"),
    [
        ("AWS::SQS::Queue", "scheduler:DeadLetterConfigArnString"),
        ("AWS::Kinesis::Stream", "firehose:KinesisStreamARN"),
        ("AWS::KinesisFirehose::DeliveryStream", "firehose:DeliveryStreamARN"),
        ("AWS::Lambda::Function", "lambda:NameSpacedFunctionArn"),
        ("AWS::Events::ApiDestination", "events:ApiDestinationArn"),
        ("AWS::S3::Bucket", "firehose:BucketARN"),
        ("AWS::Events::EventBus", "events:NonPartnerEventBusArn"),
        ("AWS::Scheduler::Schedule", "scheduler:ScheduleArn"),
        ("AWS::Scheduler::ScheduleGroup", "scheduler:ScheduleGroupArn"),
        ("AWS::Pipes::Pipe", "pipes:PipeArn"),
        ("AWS::IAM::Role", "scheduler:RoleArn"),
    ],
)
def test_arns_have_the_form_that_the_api_takes(type_: str, shape: str) -> None:
    identity = IDENTITIES[type_]
    words = {"partition": "aws", "region": "eu-west-1", "account": "111122223333", "name": "orders"}
    holes = {name: f"{hole.default}{hole.after}" for name, hole in identity.holes.items()}
    assigned = dict.fromkeys(identity.assigned, "0a1b2c3d-0a1b")
    of, _, name = shape.partition(":")
    pattern = service(of).shape_for(name).metadata["pattern"]
    assert re.fullmatch(pattern, identity.arn.format(**words, **holes, **assigned))


def documented(attribute: str) -> tuple[int, int, int]:
    """Give the least, the most and the default value of a queue's attribute."""
    entries = given("sqs:CreateQueue").members["Attributes"].documentation.replace(",", "").split("<li>")
    text = next(entry for entry in entries if entry.strip(" <p>").startswith(f"code>{attribute}<"))
    found = re.search(r"Valid values: An integer from (\d+).*? to (\d+).*?Default: (\d+)", text)
    assert found
    least, most, default = map(int, found.groups())
    return least, most, default


def test_limits_and_defaults_of_queues() -> None:
    assert documented("ReceiveMessageWaitTimeSeconds") == (0, short_polling.LONGEST, 0)
    assert documented("MessageRetentionPeriod") == (60, dead_letter_retention_too_short.LONGEST, DEFAULT_RETENTION)
    assert documented("VisibilityTimeout")[::2] == (0, DEFAULT_VISIBILITY)
    redrive = given("sqs:CreateQueue").members["Attributes"].documentation
    assert re.search(rf"maxReceiveCount</code>[^<]*Default: {DEFAULT_RECEIVES}\b", redrive)


def test_limits_and_defaults_of_pollers() -> None:
    assert (
        f"The default is {DEFAULT_TIMEOUT} seconds" in given("lambda:CreateFunction").members["Timeout"].documentation
    )
    of_mappings = given("lambda:CreateEventSourceMapping").members
    assert re.search(rf"Simple Queue Service</b> . Default {DEFAULT_BATCH}\.", of_mappings["BatchSize"].documentation)
    assert f"the max is {batch_without_window.MOST}." in of_mappings["BatchSize"].documentation
    window = of_mappings["MaximumBatchingWindowInSeconds"].documentation
    assert f"a value greater than {batch_without_window.MOST}" in window.replace("<code>", "").replace("</code>", "")
    assert "Amazon SQS event sources, the default batching window is 0 seconds" in window
    of_pipes = [service("pipes").shape_for(f"PipeSource{of}StreamParameters").members for of in ("Kinesis", "DynamoDB")]
    for members_ in (of_mappings, *of_pipes):
        for limit in ("MaximumRetryAttempts", "MaximumRecordAgeInSeconds"):
            assert re.search(rf"default value is [^.]*{ENDLESS}\b", members_[limit].documentation)
            assert members_[limit].metadata["min"] == ENDLESS
    assert of_mappings["FunctionResponseTypes"].member.enum == ["ReportBatchItemFailures"]
    assert set(service("lambda").shape_for("KafkaEventSourceMappingConsumptionMode").enum) == {"Stream", "Queue"}


def test_words_that_the_code_compares_with() -> None:
    """Each is one of the values that the API documents or lists."""
    queue = given("sqs:CreateQueue").members["Attributes"].documentation
    assert {"allowAll", "denyAll", "byQueue", "deadLetterTargetArn"} <= set(re.findall(r"<code>(\w+)</code>", queue))
    assert _PROTOCOLS.keys() <= set(
        re.findall(r"<code>(\w+)</code>", given("sns:Subscribe").members["Protocol"].documentation)
    )
    assert double_newline_delimiter.PROCESSOR in service("firehose").shape_for("ProcessorType").enum
    assert "DirectPut" in service("firehose").shape_for("DeliveryStreamType").enum
    assert "AWS_OWNED_CMK" in service("firehose").shape_for("KeyType").enum
    assert service("kinesis").shape_for("EncryptionType").enum == ["NONE", "KMS"]


def test_the_destinations_of_firehose_are_complete() -> None:
    members = given("firehose:CreateDeliveryStream").members
    assert {*_S3, *_OTHERS} == {name for name in members if name.endswith("DestinationConfiguration")}


@pytest.mark.parametrize(("kind", "call"), [(Queue, "sqs:CreateQueue"), (Stream, "kinesis:StartStreamEncryption")])
def test_the_aliases_of_keys_that_aws_manages(kind: type[Queue | Stream], call: str) -> None:
    """SNS documents none with its API."""
    assert any(f"<code>{kind.AWS_MANAGED_KEY}</code>" in shape.documentation for shape in given(call).members.values())


def constants(path: Path) -> Iterator[str]:
    """Give the texts that stand in the code, of a file or of all files below a folder."""
    for file in path.rglob("*.py") if path.is_dir() else [path]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def vocabulary(name: str) -> set[str]:
    """Give the words of a service's API: members of its structures and what its strings may be."""
    model = service(name)
    shapes = [model.shape_for(shape) for shape in model.shape_names]
    found = {member for shape in shapes for member in members(shape)}
    return found.union(*(shape.enum for shape in shapes if shape.type_name == "string"))


def kinds(base: type[Resource] = Resource) -> Iterator[type[Resource]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


@pytest.mark.parametrize(
    "module",
    sorted(
        {apigateway.__name__, states.__name__}
        | {
            kind.__module__
            for kind in kinds()
            if kind is not AnyResource and kind.__module__.startswith("msglint.model.")
        }
    ),
)
def test_the_model_writes_words_that_aws_knows(module: str) -> None:
    """Each capitalised word beside a type is a member or value of its service's API, or a property of the type."""
    texts = set(constants(SOURCES.parent / f"{module.replace('.', '/')}.py"))
    types = texts & CALLS.keys()
    known = set().union(*(vocabulary(call.partition(":")[0]) for type_ in types for call in CALLS[type_]))
    known |= {way.rpartition(".")[2] for type_ in types for way in declared(PARTS.get(type_, type_).partition(".")[0])}
    for called in CALLED.get(module, ()):
        known |= vocabulary(called) | set(service(called).operation_names)
    if module in {states.__name__, state_machine.__name__}:
        known |= STATES_LANGUAGE
    written = {text for text in texts if re.fullmatch(r"[A-Z][A-Za-z]+", text)}
    assert written
    assert written - known <= NOT_OF_THE_TYPE.keys()


def test_actions_are_operations() -> None:
    """Every action in the code is an operation of its service."""
    found = {text for text in constants(SOURCES) if actions(text) and not text.startswith("aws:")}
    assert {edge.action for edge in EDGES} <= found
    assert {action for row in ROLE_EDGES for action in (*row.actions, *row.perhaps)} <= found
    unknown = set()
    for action in found:
        name, _, operation = action.partition(":")
        if operation not in service(name).operation_names:
            unknown.add(action)
    assert unknown == NO_OPERATIONS.keys()
    assert "Invoke" in service("lambda").operation_names


def test_service_principals_begin_with_a_service() -> None:
    """As botocore calls it."""
    found = {text for text in constants(SOURCES) if principals(text)} | set(confused_deputy_in_role_trust.ACTS_FOR)
    assert {edge.service for edge in EDGES} | {row.service for row in ROLE_EDGES} <= found
    names = {text.removesuffix(".amazonaws.com") for text in found}
    assert {CALLED_OTHERWISE.get(name, name) for name in names} <= set(LOADER.list_available_services("service-2"))
