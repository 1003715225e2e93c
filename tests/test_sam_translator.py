"""The Model of a SAM template against what aws-sam-translator makes of it.

The translator is a tool of development: msglint never runs it. Each resource of a type that msglint looks at must be
there under the same logical id, with the same type, condition and properties, save for what the tables below name.
"""

import os
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from linting import RULES
from msglint.readers.cloudformation.part import CloudFormationPart
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document, Node, SourceError

CORPUS = os.environ.get("MSGLINT_CORPUS", "")
SCENES = Path(__file__).parent / "fixtures" / "readers" / "sam"

COMPARED = frozenset(
    {
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::S3::Bucket",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::Scheduler::Schedule",
        "AWS::StepFunctions::StateMachine",
        "AWS::StepFunctions::StateMachineAlias",
    }
)

NOT_COMPARED: Mapping[str, Mapping[str, str]] = {
    "": {"Tags": "no rule looks at tags"},
    "AWS::Lambda::Alias": {
        "FunctionVersion": "its logical id is a hash of the code's place",
        "ProvisionedConcurrencyConfig": "no message depends on it",
    },
    "AWS::Lambda::Function": {
        "Code": "where the code lies; inline code is there",
        "Layers": "their logical ids are hashes of their content",
        "TracingConfig": "no message depends on it",
    },
    "AWS::StepFunctions::StateMachine": {
        "Definition": "kept as it is written, with its references",
        "DefinitionS3Location": "where the definition lies",
        "DefinitionString": "the definition as a text",
        "DefinitionSubstitutions": "what stands in the definition, with the user's own among it",
    },
    "AWS::StepFunctions::StateMachineAlias": {"DeploymentPreference": "no message depends on it"},
}
"""Properties that differ, by type; those of every type under an empty name."""

NOT_MADE = {
    "AWS::IAM::ManagedPolicy": "connectors with AppSync, Location, executions of state machines: not understood",
    "AWS::IAM::Role": "of APIs and CodeDeploy, which send no messages",
    "AWS::Lambda::Permission": "for API Gateway, IoT, Cognito, Alexa, CloudWatch Logs and function URLs",
}
"""Types of which the translator makes resources that the Model does without."""
ALWAYS_THERE = {"DecidedRole": "where a condition gives another role it is there all the same, and nothing names it"}
"""Resources that the translator makes under a condition of its own."""
PRINCIPALS = ("events.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com")
"""Whose permissions must all be there."""


def plain(node: Node) -> Any:
    """Give what a node says, functions in their long form."""
    if node.tag.startswith("!"):
        name = node.tag[1:] if node.tag in {"!Ref", "!Condition"} else f"Fn::{node.tag[1:]}"
        return {name: plain_content(node)}
    return plain_content(node)


def plain_content(node: Node) -> Any:
    match node.kind:
        case "mapping":
            return {name: plain(part) for name, part in node.fields().items()}
        case "sequence":
            return [plain(part) for part in node.items()]
        case _:
            return node.text if node.tag.startswith("!") else node.value


def normal(value: Any, names: Mapping[str, str]) -> Any:
    """Write what means the same in the same way."""
    match value:
        case {"Ref": str(name)} if name in names:
            return {"Ref": names[name]}
        case {"Fn::GetAtt": str(text)}:
            return normal({"Fn::GetAtt": text.split(".", 1)}, names)
        case {"Fn::GetAtt": [str(first), str(rest)]} if f"{first}.{rest.partition('.')[0]}" in names:
            second, _, others = rest.partition(".")
            return {"Fn::GetAtt": [names[f"{first}.{second}"], others]}
        case {"Fn::Sub": "${AWS::AccountId}"}:
            return {"Ref": "AWS::AccountId"}
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": re.sub(r"\$\{(\w+\.\w+)", lambda found: "${" + names.get(found[1], found[1]), text)}
        case dict():
            return {str(name): normal(part, names) for name, part in value.items() if part is not None}
        case list():
            return [normal(part, names) for part in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)  # YAML reads the version of a policy as a date


def ours(document: Document) -> tuple[dict[str, Any], Mapping[str, str]]:
    """Give the resources of the Model, the user's own policies back in their roles, and the names that may be used."""
    part = read(document, Assumptions())
    assert isinstance(part, CloudFormationPart)
    template = part._template
    resources = {id_: plain(node) for id_, node in template.resources.items()}
    for id_, made in template.made.items():
        if template.type_of(id_) == "AWS::IAM::Policy":
            taken = resources.pop(id_)["Properties"]
            role = resources[f"{made.origin.author}Role"]["Properties"]
            index = int(id_.rpartition("Policy")[2])
            own = {"PolicyName": taken["PolicyName"], "PolicyDocument": taken["PolicyDocument"]}
            role["Policies"] = [*role.get("Policies", []), own]
            assert id_ == f"{made.origin.author}RolePolicy{index}"
    return resources, template.names


def theirs(document: Document) -> dict[str, Any]:
    """Give the resources that the translator makes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not ours to mend
        from samtranslator.parser.parser import Parser  # noqa: PLC0415  # takes seconds to import
        from samtranslator.translator.translator import Translator  # noqa: PLC0415
        from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415

        template = yaml_parse(document.text)
        parameters = template.get("Parameters") or {}
        defaults = {name: given["Default"] for name, given in parameters.items() if "Default" in given}
        packaged(template)
        translated: dict[str, Any] = Translator({}, Parser()).translate(template, defaults)["Resources"]
    return translated


def packaged(template: dict[str, Any]) -> None:
    """Say of code that lies beside the template that it lies in a bucket, as `sam package` does."""
    shared = template.get("Globals", {}).get("Function", {})
    for resource in [{"Properties": shared}, *template["Resources"].values()]:
        given = resource.get("Properties") or {}
        for name in ("CodeUri", "ContentUri", "DefinitionUri"):
            if isinstance(given.get(name), str):
                given[name] = "s3://bucket/key"
        function = resource.get("Type") == "AWS::Serverless::Function" and given.get("PackageType") != "Image"
        if function and not {"InlineCode", "CodeUri", "ImageUri"} & given.keys():
            given["CodeUri"] = "s3://bucket/key"


NAMED_BY_HASH = re.compile(r"\w+\.(?:Stage|Version)\b")
"""Names for resources whose logical ids are hashes; no message goes to them."""

OTHER_SERVICES = ("ec2:", "glue:", "rds:")
"""Services of which a function's role may use something for its event sources, and no rule looks at it."""


def statements(policies: Any) -> list[str]:
    """Give the statements of a role's policies, each once and in one order, with the condition that decides them."""
    found = set()
    for policy in policies or []:
        condition, *documents = policy.get("Fn::If", ["", policy])
        documents = [part.get("PolicyDocument", part) for part in documents]
        if len(documents) == 1 and "Fn::If" in documents[0]:
            condition, *documents = documents[0]["Fn::If"]
        for branch, document in enumerate(documents):
            listed = document.get("Statement", document)
            for statement in listed if isinstance(listed, list) else [listed]:
                actions = statement.get("Action")
                actions = actions if isinstance(actions, list) else [actions]
                if not str(actions[0]).startswith(OTHER_SERVICES):
                    found.add(f"{condition} {branch} {sorted({**statement, 'Action': actions}.items())}")
    return sorted(found)


def managed(arns: Any) -> list[str]:
    """Give the policies of AWS that a role has, by their names; X-Ray's is not looked at."""
    names = {str(arn).rpartition("/")[2] if isinstance(arn, str) else str(arn) for arn in arns or []}
    return sorted(
        re.sub(r"arn:aws:iam::aws:policy/(?:service-role/)?", "", name) for name in names - {"AWSXrayWriteOnlyAccess"}
    )


def differences(document: Document, there: Mapping[str, Any]) -> Iterator[str]:
    """Tell what the Model has otherwise than the translator."""
    here, names = ours(document)
    for id_ in sorted(here.keys() | there.keys()):
        mine, other = normal(here.get(id_), names), normal(there.get(id_), names)
        types = {(resource or {}).get("Type") for resource in (mine, other)} - {None}
        if not types & COMPARED:
            continue
        if mine is None and types <= NOT_MADE.keys() and other["Properties"].get("Principal") not in PRINCIPALS:
            continue
        if mine is None or other is None or len(types) > 1:
            yield f"{document.name}: {id_}: {mine and mine['Type']} here, {other and other['Type']} there"
            continue
        if mine.get("Condition") != other.get("Condition") and id_ not in ALWAYS_THERE:
            yield f"{document.name}: {id_}: condition {mine.get('Condition')} here, {other.get('Condition')} there"
        yield from unlike(f"{document.name}: {id_}", mine["Type"], mine, other)


def unlike(where: str, type_: str, mine: Any, other: Any) -> Iterator[str]:
    left, right = (resource.get("Properties") or {} for resource in (mine, other))
    left_out = {**NOT_COMPARED[""], **NOT_COMPARED.get(type_, {})}
    for name in sorted((left.keys() | right.keys()) - left_out.keys()):
        values = [properties.get(name) or None for properties in (left, right)]
        if name == "Policies" and not unread(values[0]):
            values = [statements(value) for value in values]
        if name == "ManagedPolicyArns":
            values = [managed(value) for value in values]
        if name == "NotificationConfiguration":
            values = [once(value) for value in values]
        if name == "SourceArn" and "execute-api" in str(values[1]):
            continue  # of connectors from APIs, which send no messages
        if unread(values[0]) or NAMED_BY_HASH.search(str(values[0])) or values[0] == values[1]:
            continue
        yield f"{where}.{name}: {values[0]} here, {values[1]} there"


def once(notifications: Any) -> Any:
    """Leave out what is there twice: the user's own entry for the same function."""
    listed = (notifications or {}).get("LambdaConfigurations") or []
    unique = [entry for index, entry in enumerate(listed) if entry not in listed[:index]]
    return {**(notifications or {}), "LambdaConfigurations": unique}


def unread(value: Any) -> bool:
    """Say whether msglint says of a value that it does not know it all: other policy templates."""
    return "Fn::Unreadable" in str(value)


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


REFUSED = {
    "event-source-auth-mismatch/bad.sam.yaml": "SAM refuses a way to sign in that the source does not take",
    "event-source-auth-mismatch/unknown.sam.yaml": "SAM takes no parameter for the way to sign in",
    "event-source-without-secret/bad.sam.yaml": "SAM refuses a broker without BASIC_AUTH",
    "target-rejects-sender/unknown.sam.yaml": "the translator reads no events out of a file",
    "unreadable-file/bad.sam.yaml": "nobody can read it",
    "unreadable-file/good.sam.yaml": "no template",
}
OWN = [*sorted(SCENES.glob("*.yaml")), *sorted(RULES.glob("*/*.sam.yaml"))]
OWN = [path for path in OWN if f"{path.parent.name}/{path.name}" not in REFUSED]


@pytest.mark.parametrize("path", OWN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_model_is_what_the_transform_makes(path: Path) -> None:
    document = Document(path.name, path.read_text(encoding="utf-8"))
    assert list(differences(document, theirs(document))) == []


ACCEPTED = {
    "function_with_event_dest.yaml": "a queue or topic that a condition leaves out is there, and nothing names it",
}
"""Files of other people in which something differs for a reason."""


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="MSGLINT_CORPUS names no directory of templates")
def test_the_model_is_what_the_transform_makes_of_other_peoples_templates() -> None:
    found: list[str] = []
    compared = 0
    for path in sorted(Path(CORPUS).rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        if b"AWS::Serverless" not in data or path.name in ACCEPTED:
            continue
        try:
            there = theirs(Document.from_bytes(path.name, data))
        except Exception:  # noqa: BLE001, S112  # the translator refuses it, asks AWS about it, or stumbles over it
            continue
        try:
            found += differences(Document.from_bytes(path.name, data), there)
        except SourceError:
            continue  # duplicate keys, which the translator does not see
        compared += 1
    assert found == []
    assert compared > 0
