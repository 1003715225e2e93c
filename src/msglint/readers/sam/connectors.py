"""Connectors: the policies that the transform writes so that one resource may use another.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msglint.readers.cloudformation.nodes import intrinsic, members, scalar, written
from msglint.readers.sam.made import Content, attribute, elements, plain
from msglint.readers.sam.output import Maker, Output
from msglint.readers.sam.policies import allow
from msglint.source import Node

_CONNECTOR = "AWS::Serverless::Connector"
_BUCKET, _BUS, _FUNCTION, _QUEUE = (
    "AWS::S3::Bucket",
    "AWS::Events::EventBus",
    "AWS::Lambda::Function",
    "AWS::SQS::Queue",
)
_RULE, _TABLE, _TOPIC = "AWS::Events::Rule", "AWS::DynamoDB::Table", "AWS::SNS::Topic"
_STATE_MACHINE = "AWS::StepFunctions::StateMachine"
_RESOLVER, _GRAPH = "AWS::AppSync::DataSource", "AWS::AppSync::GraphQLApi"
_APIS = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::Serverless::Api", "AWS::Serverless::HttpApi")


class Let(NamedTuple):
    """What a service may do, by the policy of the destination."""

    service: str
    action: str


# From connector_profiles/profiles.json of aws/serverless-application-model, Copyright Amazon.com, Inc., Apache-2.0.
_BY_DESTINATION = {
    (_RULE, _FUNCTION): Let("events.amazonaws.com", "lambda:InvokeFunction"),
    (_RULE, _QUEUE): Let("events.amazonaws.com", "sqs:SendMessage"),
    (_RULE, _TOPIC): Let("events.amazonaws.com", "sns:Publish"),
    (_TOPIC, _FUNCTION): Let("sns.amazonaws.com", "lambda:InvokeFunction"),
    (_TOPIC, _QUEUE): Let("sns.amazonaws.com", "sqs:SendMessage"),
    (_BUCKET, _FUNCTION): Let("s3.amazonaws.com", "lambda:InvokeFunction"),
    (_GRAPH, _FUNCTION): Let("appsync.amazonaws.com", "lambda:InvokeFunction"),
    **{(api, _FUNCTION): Let("apigateway.amazonaws.com", "lambda:InvokeFunction") for api in _APIS},
}

# By a role: whose it is, what it may use, and its actions by permission; `/*` is what lies in it.
_READ_TABLE = "GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect"
_WRITE_TABLE = "PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete PartiQLInsert PartiQLUpdate"
_READ_BUCKET = (
    "GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTorrent GetObjectVersion "
    "GetObjectVersionAcl GetObjectVersionForReplication GetObjectVersionTorrent ListBucket "
    "ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts"
)
_WRITE_BUCKET = (
    "AbortMultipartUpload DeleteObject DeleteObjectVersion PutObject PutObjectLegalHold PutObjectRetention "
    "RestoreObject"
)
_POLLED_TABLE = "DescribeStream GetRecords GetShardIterator ListStreams"
_READ_PLACES = (
    "DescribePlaceIndex GetPlace SearchPlaceIndexForPosition SearchPlaceIndexForSuggestions SearchPlaceIndexForText"
)
_EXECUTIONS = "states:${AWS::Region}:${AWS::AccountId}:execution:${DestinationName}:*"
_AWAITING = (
    "events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"  # of AWS's own
)


class Use(NamedTuple):
    """What a role may do with a resource: the service, the endings of the resource's ARN, actions by permission."""

    service: str
    endings: tuple[str, ...]
    actions: Mapping[str, str]
    of_destination: bool = False
    """Whether the role is the destination's, which reads from the source."""
    beside: Mapping[str, Mapping[str, str]] = {}
    """What it may do with other resources: actions by permission and the ends of ARNs."""


_BY_ROLE = {
    (_FUNCTION, _FUNCTION): Use("lambda", ("",), {"Write": "InvokeAsync InvokeFunction"}),
    (_FUNCTION, _BUCKET): Use("s3", ("", "/*"), {"Read": _READ_BUCKET, "Write": _WRITE_BUCKET}),
    (_FUNCTION, _TABLE): Use("dynamodb", ("", "/index/*"), {"Read": _READ_TABLE, "Write": _WRITE_TABLE}),
    (_FUNCTION, _QUEUE): Use(
        "sqs",
        ("",),
        {
            "Read": "ReceiveMessage GetQueueAttributes",
            "Write": "DeleteMessage SendMessage ChangeMessageVisibility PurgeQueue",
        },
    ),
    (_FUNCTION, _TOPIC): Use("sns", ("",), {"Write": "Publish"}),
    (_FUNCTION, _BUS): Use("events", ("",), {"Write": "PutEvents"}),
    (_QUEUE, _FUNCTION): Use(
        "sqs", ("",), {"Write": "DeleteMessage", "Read": "ReceiveMessage GetQueueAttributes"}, of_destination=True
    ),
    (_TABLE, _FUNCTION): Use("dynamodb", ("/stream/*",), {"Read": _POLLED_TABLE}, of_destination=True),
    (_STATE_MACHINE, _FUNCTION): Use("lambda", ("",), {"Write": "InvokeAsync InvokeFunction"}),
    (_STATE_MACHINE, _TOPIC): Use("sns", ("",), {"Write": "Publish"}),
    (_STATE_MACHINE, _QUEUE): Use("sqs", ("",), {"Write": "SendMessage"}),
    (_STATE_MACHINE, _BUS): Use("events", ("",), {"Write": "PutEvents"}),
    (_STATE_MACHINE, _BUCKET): Use("s3", ("", "/*"), {"Read": _READ_BUCKET, "Write": _WRITE_BUCKET}),
    (_STATE_MACHINE, _TABLE): Use("dynamodb", ("", "/index/*"), {"Read": _READ_TABLE, "Write": _WRITE_TABLE}),
    (_FUNCTION, _STATE_MACHINE): Use(
        "states",
        ("",),
        {"Read": "DescribeStateMachine ListExecutions", "Write": "StartExecution StartSyncExecution"},
        beside={
            "Read": {_EXECUTIONS: "DescribeExecution DescribeStateMachineForExecution GetExecutionHistory"},
            "Write": {_EXECUTIONS: "StopExecution"},
        },
    ),
    (_FUNCTION, "AWS::Location::PlaceIndex"): Use("geo", ("",), {"Read": _READ_PLACES}),
    (_STATE_MACHINE, _STATE_MACHINE): Use(
        "states",
        ("",),
        {"Write": "StartExecution"},
        beside={
            "Read": {_EXECUTIONS: "DescribeExecution", _AWAITING: "DescribeRule"},
            "Write": {_EXECUTIONS: "StopExecution", _AWAITING: "PutTargets PutRule"},
        },
    ),
    (_RESOLVER, _TABLE): Use("dynamodb", ("", "/index/*"), {"Read": _READ_TABLE, "Write": _WRITE_TABLE}),
    (_RESOLVER, _FUNCTION): Use("lambda", ("", ":*"), {"Write": "InvokeAsync InvokeFunction"}),
    (_RESOLVER, _BUS): Use("events", ("",), {"Write": "PutEvents"}),
    (_RULE, _BUS): Use("events", ("",), {"Write": "PutEvents"}),
    (_RULE, _STATE_MACHINE): Use("states", ("",), {"Write": "StartExecution"}),
}
_ROLES = {_FUNCTION: "Role", _RESOLVER: "ServiceRoleArn", _STATE_MACHINE: "RoleArn"}


class _End(NamedTuple):
    """One end of a connector: its type, and its ARN, URL, name and its role's name where they can be told."""

    type: str
    arn: Content = None
    url: Content = None
    name: Content = None
    role: Content = None


def connectors(output: Output, section: Node) -> None:
    """Write the policies of all connectors, those of their own and those inside the resource that they start from."""
    for id_, node in list(output.resources.items()):
        fields = members(node)
        if scalar(fields.get("Type")) == _CONNECTOR:
            given = plain(fields.get("Properties"))
            maker = Maker(output, id_, id_, section.key(id_), fields.get("Condition"))
            _connect(maker, id_, given.get("Source"), given.get("Destination"), given)
        inside = fields.get("Connectors")
        for name, connector in plain(inside).items():
            given = plain(members(connector).get("Properties"))
            place = inside.key(name) if inside is not None else connector
            maker = Maker(output, id_, f"{id_}'s connector {name}", place, members(connector).get("Condition"))
            source = maker.made({**plain(given.get("SourceReference")), "Id": id_})
            _connect(maker, f"{id_}{name}", source, given.get("Destination"), given)


def _connect(maker: Maker, id_: str, source: Node | None, destination: Node | None, given: Mapping[str, Node]) -> None:
    listed = destination.items() if destination is not None and destination.kind == "sequence" else None
    wanted = [name for item in elements(given.get("Permissions")) if (name := scalar(item)) is not None]
    for index, each in enumerate(listed if listed is not None else [destination]):
        suffix = f"Destination{index}" if listed is not None else ""
        if not _write(maker, id_, suffix, plain(source), plain(each), wanted):
            about = {f"End{number}": _named(end, maker) for number, end in enumerate((source, each))}
            maker.unread("a connector writes policies for it", about)


def _named(end: Node | None, maker: Maker) -> Content:
    id_ = scalar(plain(end).get("Id"))
    return maker.ref(id_) if id_ is not None else end


def _write(
    maker: Maker, id_: str, suffix: str, source: Mapping[str, Node], destination: Mapping[str, Node], wanted: list[str]
) -> bool:
    """Write the policy of one connection; False where msglint does not know what the transform writes."""
    here, there = _end(source, destination, maker), _end(destination, source, maker)
    kinds = (here.type, there.type)
    let, use = _BY_DESTINATION.get(kinds), _BY_ROLE.get(kinds)
    if let is not None and "Write" in wanted:
        return _let(let, maker, id_, suffix, here, there)
    if use is None:
        return False
    user, used = (there, here) if use.of_destination else (here, there)
    if user.role is None or used.arn is None:
        return False
    resources: list[Content] = list(_resources("SourceArn" if use.of_destination else "DestinationArn", used.arn, use))
    statements = [
        allow([f"{use.service}:{action}" for action in actions.split()], resources)
        for permission, actions in use.actions.items()
        if permission in wanted
    ]
    beside = [item for permission in wanted for item in use.beside.get(permission, {}).items()]
    if beside and used.name is None:
        return False
    for ending, actions in beside:
        service, arn = ending.partition(":")[0], f"arn:${{AWS::Partition}}:{ending}"
        other: Content = {"Fn::Sub": [arn, {"DestinationName": used.name}] if "${DestinationName}" in arn else arn}
        statements.append(allow([f"{service}:{action}" for action in actions.split()], [other]))
    document: Content = {"Version": "2012-10-17", "Statement": statements}
    properties: dict[str, Content] = {"PolicyDocument": document, "Roles": [user.role]}
    maker.beside(f"{id_}Policy{suffix}", "AWS::IAM::ManagedPolicy", properties, "policy")
    return True


def _resources(name: str, arn: Content, use: Use) -> Iterator[Content]:
    for ending in use.endings:
        yield {"Fn::Sub": [f"${{{name}}}{ending}", {name: arn}]} if ending else arn


def _let(let: Let, maker: Maker, id_: str, suffix: str, here: _End, there: _End) -> bool:
    if there.type == _FUNCTION:
        permission: dict[str, Content] = {
            "Action": let.action,
            "FunctionName": there.arn,
            "Principal": let.service,
            "SourceArn": here.arn,
            "SourceAccount": maker.ref("AWS::AccountId") if here.type == _BUCKET else None,
        }
        known = there.arn is not None and (here.arn is not None or here.type in (*_APIS, _GRAPH))
        if known:
            maker.beside(f"{id_}WriteLambdaPermission{suffix}", "AWS::Lambda::Permission", permission, "permission")
        return known
    queue = there.type == _QUEUE
    attached = there.url if queue else there.arn
    if here.arn is None or there.arn is None or attached is None:
        return False
    statement: Content = {
        "Effect": "Allow",
        "Principal": {"Service": let.service},
        "Resource": there.arn,
        "Action": let.action,
        "Condition": {"ArnEquals": {"aws:SourceArn": here.arn}},
    }
    policy: dict[str, Content] = {
        "Queues" if queue else "Topics": [attached],
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
    what = "Queue" if queue else "Topic"
    maker.beside(f"{id_}{what}Policy{suffix}", f"AWS::{'SQS' if queue else 'SNS'}::{what}Policy", policy, "policy")
    return True


def _end(given: Mapping[str, Node], other: Mapping[str, Node], maker: Maker) -> _End:
    """Read one end, which names a resource of the template by its Id, or else says what it is."""
    id_ = scalar(given.get("Id"))
    if id_ is None:
        type_ = _SAM.get(scalar(given.get("Type")) or "", scalar(given.get("Type")) or "")
        return _End(type_, given.get("Arn"), given.get("QueueUrl"), given.get("Name"), given.get("RoleName"))
    output = maker.output
    type_ = output.type_of(id_)
    if type_ in (*_APIS, _GRAPH):
        return _End(type_)
    by_ref = type_ in {_TOPIC, _STATE_MACHINE}
    arn = maker.ref(id_) if by_ref else maker.arn(id_)
    role = output.properties(id_).get(_ROLES.get(type_, ""))
    if type_ == _RULE:
        role = _role_of_target(output.properties(id_).get("Targets"), other)
    named = _logical_id(role)
    return _End(type_, arn, maker.ref(id_), attribute(id_, maker.at, "Name"), maker.ref(named) if named else None)


_SAM = {
    "AWS::Serverless::Function": _FUNCTION,
    "AWS::Serverless::SimpleTable": _TABLE,
    "AWS::Serverless::StateMachine": _STATE_MACHINE,
}


def _role_of_target(targets: Node | None, other: Mapping[str, Node]) -> Node | None:
    """Give the role of the target that the other end is, by its logical id or in the same words."""
    id_, arn = scalar(other.get("Id")), other.get("Arn")
    for target in map(plain, elements(targets)):
        leads = target.get("Arn")
        by_id = id_ is not None and _logical_id(leads) == id_
        if by_id or (arn is not None and leads is not None and written(leads) == written(arn)):
            return target.get("RoleArn")
    return None


def _logical_id(node: Node | None) -> str | None:
    """Give the logical id that `Ref` or `GetAtt` names."""
    call = intrinsic(node) if node is not None else None
    if call is None or call.name not in {"Ref", "GetAtt"}:
        return None
    argument = call.argument
    if argument.kind == "sequence":
        return scalar(argument.items()[0]) if argument.items() else None
    return argument.text.partition(".")[0] if argument.kind == "scalar" else None
