"""The events of functions and state machines: what the transform makes of each.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from msglint.readers.cloudformation.nodes import intrinsic, scalar
from msglint.readers.sam.made import (
    Content,
    branches,
    either,
    elements,
    is_mapping,
    is_nothing,
    named,
    plain,
    says_true,
)
from msglint.readers.sam.output import Maker, Words
from msglint.readers.sam.policies import Role, allow, trusting
from msglint.source import Node

SCHEDULER, EVENTS = "scheduler.amazonaws.com", "events.amazonaws.com"
INVOKE, START = "lambda:InvokeFunction", "states:StartExecution"


class Target(NamedTuple):
    """The function, alias or state machine that events go to."""

    arn: Callable[[Maker], Node]
    name: Callable[[Maker], Node]
    start: str
    """The action by which it is started through a role."""
    role: Role | None = None
    """The function's own role, where the transform makes one."""
    boundary: Node | None = None


class Event(NamedTuple):
    """One event of a function or state machine."""

    maker: Maker
    id: str
    """The logical id of what the transform makes of it."""
    given: Mapping[str, Node]
    target: Target

    def pick(self, *names: str) -> dict[str, Content]:
        """Give those of the event's properties that it hands on as they are."""
        return {name: self.given[name] for name in names if name in self.given}


def write(owner: Maker, events: Node | None, target: Target) -> None:
    """Make what all events of a function or state machine cause."""
    if events is None or (events.kind == "scalar" and events.value is None):
        return
    about: Mapping[str, Content] = {"Function": owner.ref(owner.author), "Events": events}
    if not (events.kind == "mapping" and intrinsic(events) is None):
        owner.unread("its events cannot be read", about)
        return
    for name, node in events.fields().items():
        if name.startswith("Fn::"):
            owner.unread(f"{name} adds events", about)
            continue
        way = (*owner.way, "Events", name, "Properties")
        label = f"{owner.author}'s event {name}"
        maker = Maker(owner.output, owner.author, label, events.key(name), owner.condition, way)
        _write(maker, name, node, target)


def _write(maker: Maker, name: str, node: Node, target: Target) -> None:
    type_ = scalar(plain(node).get("Type"))
    properties = plain(node).get("Properties")
    known = _FUNCTION_EVENTS if target.start == INVOKE else _STATE_MACHINE_EVENTS
    if type_ in _HARMLESS:
        return
    if type_ is None or (properties is not None and not is_mapping(properties)):
        maker.unread("the event cannot be read", {"Function": maker.ref(maker.author), "Event": node})
    elif type_ in known:
        known[type_](Event(maker, f"{maker.author}{name}", plain(properties), target))


_HARMLESS = frozenset({"AlexaSkill", "Api", "CloudWatchLogs", "Cognito", "HttpApi"})
"""Events of services that deliver no message: what the transform makes of them lets in nobody else."""


# Polled sources: the property that names the source, and the policy of AWS that the function's role gets.
_POLLED = {
    "DocumentDB": ("Cluster", ""),
    "DynamoDB": ("Stream", "AWSLambdaDynamoDBExecutionRole"),
    "Kinesis": ("Stream", "AWSLambdaKinesisExecutionRole"),
    "MQ": ("Broker", ""),
    "MSK": ("Stream", "AWSLambdaMSKExecutionRole"),
    "SQS": ("Queue", "AWSLambdaSQSQueueExecutionRole"),
    "SelfManagedKafka": ("", ""),
}
_NOT_HANDED_ON = frozenset(
    {
        "CollectionName",
        "ConsumerGroupId",
        "DatabaseName",
        "DestinationConfig",
        "DynamicPolicyName",
        "FullDocument",
        "KafkaBootstrapServers",
        "SchemaRegistryConfig",
        "SecretsManagerKmsKeyId",
        *(source for source, _ in _POLLED.values()),
    }
)


def _polled(type_: str) -> Callable[[Event], None]:
    source, policy = _POLLED[type_]

    def write_mapping(event: Event) -> None:
        given, maker = event.given, event.maker
        servers = given.get("KafkaBootstrapServers")
        properties: dict[str, Content] = {
            "FunctionName": event.target.name(maker),
            "EventSourceArn": given.get(source) if source else None,
            "SelfManagedEventSource": {"Endpoints": {"KafkaBootstrapServers": servers}} if servers else None,
            "DestinationConfig": _destination(given.get("DestinationConfig"), event),
            **_kafka(type_, given),
            **event.pick(*sorted(given.keys() - _NOT_HANDED_ON)),
        }
        words: Words = {("EventSourceArn",): (source,), ("SelfManagedEventSource", "Endpoints"): ()}
        maker.own(event.id, _MAPPING, properties, words, typed=_DESTINATIONS)
        if event.target.role is not None:
            _let_poll(type_, event, event.target.role, policy)

    return write_mapping


def _kafka(type_: str, given: Mapping[str, Node]) -> dict[str, Content]:
    """Give how a cluster's groups and schemas are written on the event source mapping."""
    names = {"MSK": "AmazonManagedKafkaEventSourceConfig", "SelfManagedKafka": "SelfManagedKafkaEventSourceConfig"}
    inner: Content = {name: given[name] for name in ("ConsumerGroupId", "SchemaRegistryConfig") if name in given}
    if type_ == "DocumentDB":
        database: Content = {name: given.get(name) for name in ("DatabaseName", "CollectionName", "FullDocument")}
        return {"DocumentDBEventSourceConfig": database}
    return {names[type_]: inner} if inner and type_ in names else {}


def _destination(written: Node | None, event: Event) -> Content:
    """Give a failure destination without its Type, which only tells the transform what the role needs."""
    failure = plain(written).get("OnFailure")
    if failure is None or not is_mapping(failure):
        return written
    type_, arn = scalar(plain(failure).get("Type")), plain(failure).get("Destination")
    if event.target.role is not None and type_ is not None:
        let_send(event.target.role, type_, arn, event.id)
    kept = {name: part for name, part in plain(failure).items() if name != "Type"}
    return {**plain(written), "OnFailure": kept}


def let_send(role: Role, type_: str, arn: Content, name: str) -> None:
    """Let a role send to a destination, as the transform does where its Type is written."""
    match type_:
        case "SQS":
            role.allow(f"{name}SQSPolicy", allow("sqs:SendMessage", arn))
        case "SNS":
            role.allow(f"{name}SNSPolicy", allow("sns:publish", arn))
        case "EventBridge":
            role.allow(f"{name}EventBridgePolicy", allow("events:PutEvents", arn))
        case "Lambda":
            role.allow(f"{name}LambdaPolicy", allow("lambda:InvokeFunction", arn))
        case "S3" | "S3Bucket":
            inside: Content = {"Fn::Join": ["/", [arn, "*"]]}
            role.allow(f"{name}S3Policy", allow("s3:PutObject", inside), allow("s3:ListBucket", arn))


_DESTINATIONS = frozenset(("DestinationConfig", on, "Destination") for on in ("OnFailure", "OnSuccess"))
"""Of which the user writes the Type too, so that the transform knows what the role needs."""

_READ_SECRET = ("secretsmanager:GetSecretValue",)
_SIGN_IN = {
    "DocumentDB": frozenset({"BASIC_AUTH"}),
    "MQ": frozenset({"BASIC_AUTH"}),
    "MSK": frozenset({"CLIENT_CERTIFICATE_TLS_AUTH"}),
    "SelfManagedKafka": frozenset(
        {
            "BASIC_AUTH",
            "CLIENT_CERTIFICATE_TLS_AUTH",
            "OAUTHBEARER_AUTH",
            "SASL_SCRAM_256_AUTH",
            "SASL_SCRAM_512_AUTH",
            "SERVER_ROOT_CA_CERTIFICATE",
        }
    ),
}
_POLICY_NAMES = {
    "DocumentDB": "SamAutoGeneratedDocumentDBPolicy",
    "MQ": "SamAutoGeneratedAMQPolicy",
    "MSK": "MSKExecutionRolePolicy",
    "SelfManagedKafka": "SelfManagedKafkaExecutionRolePolicy",
}


def _let_poll(type_: str, event: Event, role: Role, policy: str) -> None:
    """Let a function's role read the source, its secrets and the key of these."""
    if policy:
        role.manage(policy)
    statements: list[Content] = [allow(_READ_SECRET, uri) for uri in _secrets(type_, event.given)]
    key = scalar(event.given.get("SecretsManagerKmsKeyId"))
    if type_ == "MQ":
        statements.append(allow(("mq:DescribeBroker",), event.given.get("Broker")))
    if key is not None and type_ != "MSK":
        arn = f"arn:${{AWS::Partition}}:kms:${{AWS::Region}}:${{AWS::AccountId}}:key/{key}"
        statements.append(allow("kms:Decrypt", {"Fn::Sub": arn}))
    if statements and type_ in _POLICY_NAMES:
        role.allow(_POLICY_NAMES[type_], *statements, version=type_ == "SelfManagedKafka")


def _secrets(type_: str, given: Mapping[str, Node]) -> Iterator[Node]:
    """Give the secrets that a function signs in with, to the source and to the registry of its schemas."""
    for entry in map(plain, elements(given.get("SourceAccessConfigurations"))):
        if "URI" in entry and scalar(entry.get("Type")) in _SIGN_IN.get(type_, ()):
            yield entry["URI"]
    registry = plain(given.get("SchemaRegistryConfig"))
    yield from (entry["URI"] for entry in map(plain, elements(registry.get("AccessConfigs"))) if "URI" in entry)


_MAPPING = "AWS::Lambda::EventSourceMapping"


def _permission(event: Event, service: str, source: Content = None, account: Content = None) -> None:
    """Let a service call the function."""
    properties: dict[str, Content] = {
        "Action": INVOKE,
        "FunctionName": event.target.name(event.maker),
        "Principal": service,
        "SourceArn": source,
        "SourceAccount": account,
    }
    event.maker.beside(f"{event.id}Permission", "AWS::Lambda::Permission", properties, "permission")


def _dead_letters(event: Event, *, policy: bool) -> Content:
    """Give the dead-letter queue's ARN; where only its Type is written, make the queue, and the policy of a rule's."""
    written = event.given.get("DeadLetterConfig")
    if written is None:
        return None
    given = plain(written)
    if "Type" not in given or "Arn" in given:
        return written
    queue = scalar(given.get("QueueLogicalId")) or f"{event.id}Queue"
    maker = event.maker
    maker.beside(queue, "AWS::SQS::Queue", {}, "dead-letter queue")
    if policy:
        statement = _grant({"Service": EVENTS}, maker.arn(queue), maker.arn(event.id))
        _queue_policy(event, f"{event.id}QueuePolicy", maker.ref(queue), statement)
    return {"Arn": maker.arn(queue)}


def _grant(principal: Content, queue: Content, source: Content) -> Content:
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }


def _queue_policy(event: Event, id_: str, url: Content, statement: Content) -> None:
    document: Content = {"Version": "2012-10-17", "Statement": [statement]}
    properties: dict[str, Content] = {"Queues": [url], "PolicyDocument": document}
    event.maker.beside(id_, "AWS::SQS::QueuePolicy", properties, "queue policy")


_IN_TARGET: Words = {("Targets", "0"): (), ("Target",): (), ("Targets",): ()}


def _rule(event: Event, role: Content, **own: Content) -> None:
    suffix = "LambdaTarget" if event.target.start == INVOKE else "StepFunctionsTarget"
    named = plain(event.given.get("Target")).get("Id")
    target: Content = {
        "Arn": event.target.arn(event.maker),
        "Id": named if named is not None else f"{event.id[: 64 - len(suffix)]}{suffix}",
        "RoleArn": role,
        "DeadLetterConfig": _dead_letters(event, policy=True),
        **event.pick("Input", "InputPath", "InputTransformer", "RetryPolicy"),
    }
    words: Words = {**_IN_TARGET, ("EventPattern",): ("Pattern",), ("ScheduleExpression",): ("Schedule",)}
    rule = {**own, "State": _state(event), "Targets": [target]}
    event.maker.own(event.id, "AWS::Events::Rule", rule, words, permitted=True)


def _state(event: Event) -> Content:
    enabled = event.given.get("Enabled")
    if enabled is None:
        return event.given.get("State")
    off = enabled.kind == "scalar" and not enabled.tag and enabled.value is False
    return "DISABLED" if off else "ENABLED"


def _role_of(event: Event) -> Node:
    """Make the role by which EventBridge starts a state machine."""
    id_ = f"{event.id}Role"
    start = allow(event.target.start, event.target.arn(event.maker))
    policy: Content = {"PolicyName": f"{id_}StartExecutionPolicy", "PolicyDocument": {"Statement": [start]}}
    properties: dict[str, Content] = {
        "AssumeRolePolicyDocument": trusting(EVENTS),
        "Policies": [policy],
        "PermissionsBoundary": event.target.boundary,
    }
    event.maker.beside(id_, "AWS::IAM::Role", properties, "role")
    return event.maker.arn(id_)


def _pattern(event: Event) -> None:
    """Make a rule of an event pattern; a function is called by a permission, a state machine through a role."""
    given, function = event.given, event.target.start == INVOKE
    own = {**event.pick("EventBusName"), "EventPattern": given.get("Pattern"), "Name": given.get("RuleName")}
    _rule(event, None if function else _role_of(event), **own)
    if function:
        _permission(event, EVENTS, event.maker.arn(event.id))


def _schedule(event: Event) -> None:
    """Make a rule of a schedule."""
    function = event.target.start == INVOKE
    own = {**event.pick("Name", "Description"), "ScheduleExpression": event.given.get("Schedule")}
    role: Content = None
    if not function:
        role = event.given["RoleArn"] if "RoleArn" in event.given else _role_of(event)
    _rule(event, role, **own)
    if function:
        _permission(event, EVENTS, event.maker.arn(event.id))


def _schedule_v2(event: Event) -> None:
    """Make a schedule of EventBridge Scheduler, whose role writes to the dead-letter queue too."""
    given, maker = event.given, event.maker
    dead_letters = _dead_letters(event, policy=False)
    arn: Content = plain(given.get("DeadLetterConfig")).get("Arn")
    if isinstance(dead_letters, Mapping):
        arn = dead_letters["Arn"]
    role: Content = given.get("RoleArn")
    if role is None:
        role = maker.arn(f"{event.id}Role")
        invoke, suffix = event.target.start, "Lambda" if event.target.start == INVOKE else "StartExecution"
        policies: list[Content] = [_named(f"{event.id}{suffix}Policy", allow(invoke, event.target.arn(maker)))]
        if arn is not None:
            policies.append(_named(f"{event.id}SQSPolicy", allow("sqs:SendMessage", arn)))
        properties: dict[str, Content] = {
            "AssumeRolePolicyDocument": trusting(SCHEDULER),
            "Policies": policies,
            "PermissionsBoundary": given.get("PermissionsBoundary"),
        }
        maker.beside(f"{event.id}Role", "AWS::IAM::Role", properties, "role")
    target: Content = {
        "Arn": event.target.arn(maker),
        "RoleArn": role,
        "DeadLetterConfig": dead_letters,
        **event.pick("Input", "RetryPolicy"),
    }
    name = given.get("Name", None if says_true(given.get("OmitName")) else event.id)
    schedule = {
        "Name": name,
        "FlexibleTimeWindow": given.get("FlexibleTimeWindow", {"Mode": "OFF"}),
        "Target": target,
        **event.pick(
            "Description",
            "EndDate",
            "GroupName",
            "KmsKeyArn",
            "ScheduleExpression",
            "ScheduleExpressionTimezone",
            "StartDate",
            "State",
        ),
    }
    maker.own(event.id, "AWS::Scheduler::Schedule", schedule, _IN_TARGET)


def _named(name: str, *statements: Content) -> Content:
    return {"PolicyName": name, "PolicyDocument": {"Statement": statements}}


def _sns(event: Event) -> None:
    """Make a subscription of the function, or of a queue that is polled for it."""
    given, maker = event.given, event.maker
    topic, through = given.get("Topic"), given.get("SqsSubscription")
    if through is not None and through.kind == "scalar" and not through.tag and through.value is False:
        through = None
    if through is None:
        _permission(event, "sns.amazonaws.com", topic)
        _subscribe(event, "lambda", event.target.arn(maker))
    elif says_true(through):
        queue = f"{event.id}Queue"
        maker.beside(queue, "AWS::SQS::Queue", {"FifoQueue": _fifo(topic, maker)}, "queue")
        _through(event, maker.arn(queue), maker.ref(queue), {}, f"{event.id}QueuePolicy")
    elif {"QueueArn", "QueueUrl"} <= plain(through).keys():
        fields = plain(through)
        policy = scalar(fields.get("QueuePolicyLogicalId")) or f"{event.id}QueuePolicy"
        _through(event, fields["QueueArn"], fields["QueueUrl"], fields, policy)
    else:
        maker.unread("its SqsSubscription cannot be read", {"Function": maker.ref(maker.author), "Event": through})


def _through(event: Event, arn: Node, url: Node, given: Mapping[str, Node], policy: str) -> None:
    """Subscribe a queue, let the topic send to it, and let the function poll it."""
    maker = event.maker
    topic = event.given.get("Topic")
    _queue_policy(event, policy, url, _grant("*", arn, topic))
    _subscribe(event, "sqs", arn)
    properties: dict[str, Content] = {
        "FunctionName": event.target.name(maker),
        "EventSourceArn": arn,
        "BatchSize": given.get("BatchSize", 10),
        "Enabled": True,
    }
    # Of the mapping SqsSubscription says only the size of a batch, so nothing else of it can be reproached.
    maker.beside(f"{event.id}EventSourceMapping", _MAPPING, properties, "event source mapping")
    if event.target.role is not None:
        event.target.role.manage("AWSLambdaSQSQueueExecutionRole")


def _subscribe(event: Event, protocol: str, endpoint: Node) -> None:
    properties = {
        "Protocol": protocol,
        "Endpoint": endpoint,
        "TopicArn": event.given.get("Topic"),
        **event.pick("FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "Region"),
    }
    words: Words = {("TopicArn",): ("Topic",)}
    event.maker.own(event.id, "AWS::SNS::Subscription", properties, words, permitted=True)


def _fifo(topic: Node | None, maker: Maker) -> Content:
    """Give whether the topic of this template is a FIFO topic, as it is written there."""
    return maker.output.properties(named(topic)).get("FifoTopic")


def _s3(event: Event) -> None:
    """Let a bucket of this template notify the function."""
    maker = event.maker
    _permission(event, "s3.amazonaws.com", account=maker.ref("AWS::AccountId"))
    name = named(event.given.get("Bucket"))
    written = event.given.get("Events")
    if maker.output.type_of(name) != "AWS::S3::Bucket" or written is None:
        return
    for each in elements(written) or (written,):
        entry = maker.made({"Event": each, "Function": event.target.arn(maker), **event.pick("Filter")})
        if maker.condition is not None:
            entry = either(maker.condition, entry, maker.ref("AWS::NoValue"), maker.at)
        maker.output.notify(name, entry)


def _iot(event: Event) -> None:
    """Make a rule of IoT Core that calls the function."""
    maker = event.maker
    rule = "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}"
    source: Content = {"Fn::Sub": [rule, {"RuleName": maker.ref(event.id)}]}
    _permission(event, "iot.amazonaws.com", source, maker.ref("AWS::AccountId"))
    payload: Content = {
        "Actions": [{"Lambda": {"FunctionArn": event.target.arn(maker)}}],
        "RuleDisabled": False,
        **event.pick("Sql", "AwsIotSqlVersion"),
    }
    maker.own(
        event.id, "AWS::IoT::TopicRule", {"TopicRulePayload": payload}, {("TopicRulePayload",): ()}, permitted=True
    )


_FUNCTION_EVENTS: dict[str, Callable[[Event], None]] = {
    **{type_: _polled(type_) for type_ in _POLLED},
    "CloudWatchEvent": _pattern,
    "EventBridgeRule": _pattern,
    "IoTRule": _iot,
    "S3": _s3,
    "SNS": _sns,
    "Schedule": _schedule,
    "ScheduleV2": _schedule_v2,
}
_STATE_MACHINE_EVENTS = {
    name: _FUNCTION_EVENTS[name] for name in ("CloudWatchEvent", "EventBridgeRule", "Schedule", "ScheduleV2")
}


def invoke_config(maker: Maker, written: Node, role: Role | None, alias: Node | None) -> None:
    """Make what says where the results of asynchronous calls go, with the queue or topic that nobody else makes."""
    id_ = f"{maker.author}EventInvokeConfig"
    given = plain(written)
    destinations: dict[str, Content] = {}
    for name, node in plain(given.get("DestinationConfig")).items():
        if name in {"OnSuccess", "OnFailure"}:
            destinations[name] = {"Destination": _result(maker, f"{id_}{name}", plain(node), role)}
    properties: dict[str, Content] = {
        "FunctionName": maker.ref(maker.author),
        "Qualifier": alias if alias is not None else "$LATEST",
        "DestinationConfig": destinations,
        "MaximumEventAgeInSeconds": given.get("MaximumEventAgeInSeconds"),
        "MaximumRetryAttempts": given.get("MaximumRetryAttempts"),
    }
    maker.own(id_, "AWS::Lambda::EventInvokeConfig", properties, typed=_DESTINATIONS)


def _result(maker: Maker, id_: str, given: Mapping[str, Node], role: Role | None) -> Content:
    """Give the ARN of a destination; without one, or where a condition leaves it out, of one that is made."""
    type_, written = scalar(given.get("Type")), given.get("Destination")
    kinds = {"SQS": ("Queue", "AWS::SQS::Queue"), "SNS": ("Topic", "AWS::SNS::Topic")}
    arn: Content = written
    if type_ in kinds:
        suffix, kind = kinds[type_]
        new = maker.arn(f"{id_}{suffix}") if type_ == "SQS" else maker.ref(f"{id_}{suffix}")
        arn = new if written is None else where_nothing(written, new)
        if arn is not written:
            maker.beside(f"{id_}{suffix}", kind, {}, suffix.lower())
            maker.output.names[f"{maker.author}.Destination{suffix}"] = f"{id_}{suffix}"
    if role is not None and type_ is not None:
        let_send(role, type_, arn, id_)
    return arn


def where_nothing(written: Node, new: Node) -> Node:
    """Put a value where one branch of `Fn::If` has none."""
    decided = branches(written)
    if decided is None or is_nothing(decided[1]) == is_nothing(decided[2]):
        return written
    condition, *values = decided
    left, right = (new if is_nothing(value) else value for value in values)
    return either(condition, left, right, written)
