"""Functions and state machines as SAM writes them, with all that the transform makes of one.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html
"""

from collections.abc import Mapping

from msglint.model.resource import Origin
from msglint.readers.cloudformation.nodes import intrinsic, members, scalar
from msglint.readers.sam import events
from msglint.readers.sam.made import (
    Content,
    attribute,
    branches,
    either,
    is_mapping,
    is_nothing,
    named,
    plain,
    says_true,
)
from msglint.readers.sam.output import Maker, Output, Words
from msglint.readers.sam.policies import Role, allow
from msglint.source import Node

# What SAM takes of a function and CloudFormation does not.
_OF_SAM = frozenset(
    {
        "AssumeRolePolicyDocument",
        "AutoPublishAlias",
        "AutoPublishAliasAllProperties",
        "AutoPublishCodeSha256",
        "CapacityProviderConfig",
        "CodeUri",
        "DeadLetterQueue",
        "DeploymentPreference",
        "EventInvokeConfig",
        "Events",
        "FunctionUrlConfig",
        "ImageUri",
        "InlineCode",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "ProvisionedConcurrencyConfig",
        "Role",
        "RolePath",
        "SourceKMSKeyArn",
        "Tags",
        "Tracing",
        "VersionDeletionPolicy",
        "VersionDescription",
    }
)
_FUNCTION_WORDS: Words = {
    ("Code", "ZipFile"): ("InlineCode",),
    ("Code",): ("CodeUri",),
    ("DeadLetterConfig",): ("DeadLetterQueue",),
}

# What SAM calls otherwise than CloudFormation, and what only SAM knows.
_RENAMED = {
    "DefinitionUri": "DefinitionS3Location",
    "Logging": "LoggingConfiguration",
    "Name": "StateMachineName",
    "Tracing": "TracingConfiguration",
    "Type": "StateMachineType",
}
_OF_STATE_MACHINES = frozenset(
    {
        "AutoPublishAlias",
        "DeploymentPreference",
        "Events",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "Role",
        "RolePath",
        "Tags",
        "UseAliasAsEventTarget",
    }
)
_STATE_MACHINE_WORDS: Words = {
    ("RoleArn",): ("Role",),
    **{(new,): (old,) for old, new in _RENAMED.items()},
}
_API_RENAMED = {"DefinitionBody": "Body", "DefinitionUri": "BodyS3Location"}
_API_WORDS: Words = {(new,): (old,) for old, new in _API_RENAMED.items()}


def function(output: Output, id_: str, properties: Node | None, at: Node) -> None:
    """Make a function what CloudFormation knows, with its role, its events and where its results go."""
    condition = members(output.resources[id_]).get("Condition")
    maker = Maker(output, id_, id_, at, condition)
    origin = Origin(id_, id_, asked=True, words=_FUNCTION_WORDS)
    if properties is not None and (properties.kind != "mapping" or intrinsic(properties) is not None):
        output.turn(id_, "AWS::Lambda::Function", properties, origin, at)
        maker.unread("its properties cannot be read", {"Function": maker.ref(id_), "Properties": properties})
        return
    given = _written(properties)
    role = Role(maker, "lambda.amazonaws.com") if _makes_role(given.get("Role")) else None
    alias = _alias(maker, given.get("AutoPublishAlias"))
    kept = _kept(given, maker, role)
    output.turn(id_, "AWS::Lambda::Function", maker.made(kept), origin, at)
    if "EventInvokeConfig" in given:
        way = ("EventInvokeConfig",)
        config = Maker(output, id_, f"{id_}'s EventInvokeConfig", at, condition, way)
        events.invoke_config(config, given["EventInvokeConfig"], role, given.get("AutoPublishAlias"))
    if role is not None:
        durable = "DurableConfig" in given
        role.manage("AWSLambdaBasicDurableExecutionRolePolicy" if durable else "AWSLambdaBasicExecutionRole")
        if "VpcConfig" in given:
            role.manage("AWSLambdaVPCAccessExecutionRole")
        _let_dead_letters(given.get("DeadLetterQueue"), role)
        role.take(given.get("Policies"))
    target = events.Target(
        arn=lambda event: event.ref(alias) if alias else event.arn(id_),
        name=lambda event: event.ref(alias or id_),
        start=events.INVOKE,
        role=role,
    )
    events.write(maker, given.get("Events"), target)
    _more(maker, given)
    if role is not None:
        role.write(given.get("AssumeRolePolicyDocument"), given.get("RolePath"), given.get("PermissionsBoundary"))


def _written(properties: Node | None) -> dict[str, Node]:
    """Give what is written, null left out."""
    fields = members(properties)
    return {name: part for name, part in fields.items() if part.kind != "scalar" or part.tag or part.value is not None}


def _kept(given: Mapping[str, Node], maker: Maker, role: Role | None) -> dict[str, Content]:
    kept: dict[str, Content] = {name: part for name, part in given.items() if name not in _OF_SAM}
    kept["Role"] = _role(given.get("Role"), maker, role)
    if "InlineCode" in given:
        kept["Code"] = {"ZipFile": given["InlineCode"]}
    elif "CodeUri" in given:
        kept["Code"] = given["CodeUri"]
    letters = given.get("DeadLetterQueue")
    if letters is not None:
        kept["DeadLetterConfig"] = {"TargetArn": plain(letters).get("TargetArn")} if is_mapping(letters) else letters
    return kept


def _makes_role(written: Node | None) -> bool:
    """Say whether the transform makes a role: where none is written, or where a condition leaves it out."""
    decided = branches(written) if written is not None else None
    return written is None or (decided is not None and any(map(is_nothing, decided[1:])))


def _role(written: Node | None, maker: Maker, role: Role | None) -> Node | None:
    if role is None:
        return written
    new = maker.arn(role.id)
    decided = branches(written) if written is not None else None
    if decided is None:
        return new
    condition, *values = decided
    left, right = (new if is_nothing(value) else value for value in values)
    return either(condition, left, right, maker.at)


def _let_dead_letters(written: Node | None, role: Role) -> None:
    given = plain(written)
    actions = {"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}
    action = actions.get(scalar(given.get("Type")) or "")
    if action is not None:
        role.allow("DeadLetterQueuePolicy", allow(action, given.get("TargetArn")), version=True)


def _alias(maker: Maker, written: Node | None) -> str | None:
    """Make the alias that events go to; its name may be a parameter's value."""
    if written is None:
        return None
    name = maker.output.value(named(written)) if named(written) else scalar(written)
    id_ = f"{maker.author}Alias{(name or '').replace('-', 'D').replace('_', 'U')}"
    version = f"{maker.author}Version"  # SAM puts a hash of the code behind it
    maker.output.names[f"{maker.author}.Alias"] = id_
    maker.output.names[f"{maker.author}.Version"] = version
    maker.beside(version, "AWS::Lambda::Version", {"FunctionName": maker.ref(maker.author)}, "version")
    properties = {
        "FunctionName": maker.ref(maker.author),
        "FunctionVersion": attribute(version, maker.at, "Version"),
        "Name": written,
    }
    maker.beside(id_, "AWS::Lambda::Alias", properties, "alias")
    return id_


def _more(maker: Maker, given: Mapping[str, Node]) -> None:
    """Say so where a macro may add events, or what lets others in."""
    for name, part in given.items():
        if name.startswith("Fn::"):
            maker.unread(f"{name} adds to its properties", {"Function": maker.ref(maker.author), "Macro": part})


def state_machine(output: Output, id_: str, properties: Node | None, at: Node) -> None:
    """Make a state machine what CloudFormation knows, with its role and its events."""
    node = members(output.resources[id_])
    maker = Maker(output, id_, id_, at, node.get("Condition"))
    origin = Origin(id_, id_, asked=True, words=_STATE_MACHINE_WORDS)
    if properties is not None and (properties.kind != "mapping" or intrinsic(properties) is not None):
        output.turn(id_, "AWS::StepFunctions::StateMachine", properties, origin, at)
        return
    given = _written(properties)
    role = None if "Role" in given else Role(maker, "states.amazonaws.com")
    kept: dict[str, Content] = {
        _RENAMED.get(name, name): part for name, part in given.items() if name not in _OF_STATE_MACHINES
    }
    kept["RoleArn"] = given.get("Role") if role is None else maker.arn(role.id)
    output.turn(id_, "AWS::StepFunctions::StateMachine", maker.made(kept), origin, at)
    alias = _state_machine_alias(maker, given)
    boundary = given.get("PermissionsBoundary")
    target = events.Target(
        arn=lambda event: event.ref(alias or id_),
        name=lambda event: event.ref(alias or id_),
        start=events.START,
        boundary=boundary,
    )
    if role is not None:
        role.take(given.get("Policies"))
        role.write(None, given.get("RolePath"), boundary)
    events.write(maker, given.get("Events"), target)


def _state_machine_alias(maker: Maker, given: Mapping[str, Node]) -> str | None:
    """Make the alias of a state machine, where events go to it."""
    name = scalar(given.get("AutoPublishAlias"))
    if name is None:
        return None
    id_ = f"{maker.author}Alias{name}"
    maker.beside(id_, "AWS::StepFunctions::StateMachineAlias", {"Name": name}, "alias")
    return id_ if says_true(given.get("UseAliasAsEventTarget")) else None


def api(output: Output, id_: str, type_: str, properties: Node | None, at: Node) -> None:
    """Make an API what CloudFormation knows, as far as its OpenAPI document says what it does."""
    origin = Origin(id_, id_, asked=True, words=_API_WORDS)
    if properties is not None and properties.kind == "mapping" and intrinsic(properties) is None:
        kept: dict[str, Content] = {_API_RENAMED.get(name, name): part for name, part in _written(properties).items()}
        properties = Maker(output, id_, id_, at).made(kept)
    output.turn(id_, type_, properties, origin, at)
