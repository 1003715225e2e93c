"""What a SAM template is to msglint beside what aws-sam-translator makes of it, difference by difference.

The translator is a tool of development: msglint never runs it. Two things are compared. *Resources*: each of a type
that the Model knows has the same logical id, type, condition and properties. *Answers*: the translator's output,
written out as a CloudFormation template, has the same findings and is asked the same questions as what the user wrote.
A difference is either in `LISTED`, with the reason, or a fault of msglint's.
"""

import json
import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple, TypeAlias

import msgspec

import msglint.model
from msglint.engine import Run
from msglint.model.resource import SECTIONS, Origin, Resource
from msglint.options import Options
from msglint.readers.cloudformation.part import CloudFormationPart
from msglint.readers.cloudformation.system import System
from msglint.readers.cloudformation.template import Generated, Template
from msglint.readers.interface import Assumptions, NotATemplate
from msglint.readers.recognise import read
from msglint.source import Document, Node

POLICY, ROLE, PERMISSION = "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::Lambda::Permission"
FUNCTION, STATE_MACHINE = "AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"
TABLE, ALIAS = "AWS::DynamoDB::Table", "AWS::Lambda::Alias"
APIS = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
WHOLE = ""
"""The name of the property of a difference that is about a whole resource."""
CONDITION = "Condition"
UNUSED = "MSG003"
"""The rule about suppressions, which are no part of the Model: SAM copies those in metadata and drops comments."""
ANSWER = "answer"
"""The type of a difference between answers; its property is the code of the rule."""


class Refused(Exception):  # noqa: N818  # nobody's error: SAM takes something else
    """There is nothing to compare: msglint, YAML or SAM takes no such template; the message says why."""


class Difference(NamedTuple):
    """Something that is otherwise in msglint's Model than in the translator's output."""

    id: str
    """The resource."""
    type: str
    name: str
    """The property; empty for the whole resource, the code of a rule for an answer."""
    here: Any
    there: Any
    put_in: bool = False
    """Whether it is the same where parameters have their defaults."""

    @property
    def reason(self) -> str | None:
        """Why it is listed; None for a fault."""
        return next((reason for reason, covers in LISTED.items() if covers(self)), None)

    def __str__(self) -> str:
        return f"{self.id}: {self.type} {self.name}: {self.here} here, {self.there} there"


Covers: TypeAlias = Callable[[Difference], bool]


def _properties(types: str | tuple[str, ...], *names: str) -> Covers:
    listed = (types,) if isinstance(types, str) else types
    return lambda found: found.type in listed and found.name in names


def _any(*several: Covers) -> Covers:
    return lambda found: any(covers(found) for covers in several)


def _not_made(*types: str) -> Covers:
    return lambda found: found.type in types and found.name == WHOLE and found.here is None


SENDERS = ("events.amazonaws.com", "iot.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com")
"""Who delivers messages to functions by a permission: these must all be there."""


def _is_permission_of_another(found: Difference) -> bool:
    if found.name == "SourceArn":
        return found.here is None and re.search(":(execute-api|appsync):", str(found.there)) is not None
    made = _not_made(PERMISSION)(found)
    return made and (found.there.get("Properties") or {}).get("Principal") not in SENDERS


def _is_added_to_api(found: Difference) -> bool:
    """Say whether it is about an API, and what the user lets it call is in SAM's document too."""
    return found.type in APIS and (
        found.name != "Body" or {*_integrations(found.here)} <= {*_integrations(found.there)}
    )


def _integrations(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        if "x-amazon-apigateway-integration" in document:
            yield _text(document["x-amazon-apigateway-integration"])
        for part in document.values():
            yield from _integrations(part)


def _is_of_sam(found: Difference) -> bool:
    return found.type.startswith("AWS::Serverless::") and found.name == WHOLE


def _is_policy_of_graph(found: Difference) -> bool:
    return _not_made("AWS::IAM::ManagedPolicy")(found) and "DataSource" in found.id


def _is_unknown_type(found: Difference) -> bool:
    return found.name == WHOLE and found.here is None and found.type not in kinds()


def _is_attribute_of_made(found: Difference) -> bool:
    return found.name in _ATTRIBUTES[1:] and found.here is None


def _is_policy_template(found: Difference) -> bool:
    return found.name == "Policies" and "msglint does not read the policy template" in str(found.here)


def _is_other_service(found: Difference) -> bool:
    if found.type != ROLE or found.name != "Policies" or "Fn::Unreadable" in str(found.here):
        return False
    return all(re.search(r'"Action": \["(ec2|glue|rds):', each) for each in {*found.here} ^ {*found.there})


def _is_tracing(found: Difference) -> bool:
    if found.type != ROLE or found.name != "ManagedPolicyArns":
        return _properties(FUNCTION, "TracingConfig")(found)
    return len({*found.there} - {*found.here} - {"AWSXrayWriteOnlyAccess", "AWSXRayDaemonWriteAccess"}) == 0


def _is_turned_condition(found: Difference) -> bool:
    made = ("OnSuccessQueue", "OnFailureQueue", "OnSuccessTopic", "OnFailureTopic", "Role")
    return (found.id.endswith(made) and found.name == CONDITION) or (
        found.name in {"DestinationConfig", "Policies"} and "Fn::If" in str(found.here) and "NOT" in str(found.there)
    )


def _is_silent_section(found: Difference) -> bool:
    return found.type == ANSWER and found.id.startswith(SECTIONS) and not found.here and not found.there


def _is_let_in(found: Difference) -> bool:
    return found.type == ANSWER and found.name == "MSG102" and not found.here and "undecided" in str(found.there)


def _is_named_otherwise(found: Difference) -> bool:
    """Say whether both find the same of the same, in other words."""
    if found.type != ANSWER or not found.here or not found.there:
        return False
    said, expected = ([each.rpartition(": ")[0] for each in sorted(answer)] for answer in (found.here, found.there))
    return said == expected


LISTED: Mapping[str, Covers] = {
    "Tags: no rule looks at them": lambda found: found.name == "Tags",
    "Code and its layers: msglint reads what lies beside the template, SAM what lies in a bucket": _any(
        _properties(FUNCTION, "Code", "Layers"), _properties("AWS::Lambda::LayerVersion", "Content")
    ),
    "Tracing, and the policy for it: it carries no message": _is_tracing,
    "Descriptions, scaling and concurrency of versions, and the shifting of traffic: it is the same function": _any(
        _properties("AWS::Lambda::Version", "Description", "FunctionScalingConfig"),
        _properties(FUNCTION, "Description"),
        _properties(ALIAS, "ProvisionedConcurrencyConfig"),
        _properties("AWS::StepFunctions::StateMachineAlias", "DeploymentPreference"),
    ),
    "Definitions of state machines: kept as they are written, SAM makes a text of them": _properties(
        STATE_MACHINE, "Definition", "DefinitionS3Location", "DefinitionString", "DefinitionSubstitutions"
    ),
    "APIs: what SAM writes into their documents calls functions and starts state machines by what it writes too": _any(
        _is_added_to_api, _not_made("AWS::ApiGatewayV2::Integration")
    ),
    "Names of stages of APIs: no message goes to one": lambda found: ".Stage" in str(found.here),
    "Permissions of APIs, AppSync, Cognito, Alexa, CloudWatch Logs and for function URLs: they send no message": (
        _is_permission_of_another
    ),
    "Roles of APIs, of CodeDeploy and of types of SAM that are not turned: they are for no message": _not_made(ROLE),
    "Types of SAM that are not turned, such as layers and GraphQL APIs: no rule looks at them": _any(
        _is_of_sam, _properties(FUNCTION, "CapacityProviderConfig"), _is_policy_of_graph
    ),
    "Triggers that SAM writes into Cognito's user pools: they send no message": _properties(
        "AWS::Cognito::UserPool", "LambdaConfig"
    ),
    "Resources of types that the Model does not know, such as stages, deployments and subscription filters": (
        _is_unknown_type
    ),
    "Applications: their template is named as it is written": _properties(
        "AWS::CloudFormation::Stack", "Location", "TemplateURL"
    ),
    "Keys and billing of a `SimpleTable`: no rule looks at them": _properties(
        TABLE,
        "AttributeDefinitions",
        "BillingMode",
        "KeySchema",
        "PrimaryKey",
        "ProvisionedThroughput",
        "SSESpecification",
    ),
    "Deletion policies and metadata of what SAM makes: suppressions are read from what the user wrote": (
        _is_attribute_of_made
    ),
    "Policy templates of other services: msglint knows only of which service they are": _is_policy_template,
    "What a role may do with EC2, Glue and RDS for its event sources: no rule asks for it": _is_other_service,
    "Roles, queues and topics that a condition leaves out: made without that condition, and nothing names them then": (
        _is_turned_condition
    ),
    "Values of parameters that SAM puts in: msglint knows them too": lambda found: found.put_in,
    "Outputs looked through for secrets: which they are depends on the text, and none is found": _is_silent_section,
    "Messages that name an event as the sender, where the output names a topic": _is_named_otherwise,
    "Undecided in the output alone: msglint knows of an event of SAM that SAM lets in what it delivers": _is_let_in,
}
"""The differences that there may be, each with its reason."""


def _template(part: CloudFormationPart) -> Template:
    return part._template  # noqa: SLF001  # what is compared lies behind what rules may ask


@cache
def kinds() -> frozenset[str]:
    """Give all types of resources that the Model knows."""
    for module in iter_modules(msglint.model.__path__):
        import_module(f"msglint.model.{module.name}")
    waiting, found = [Resource], set()
    while waiting:
        waiting += (subclasses := waiting.pop().__subclasses__())
        found |= {kind for each in subclasses if (kind := getattr(each, "KIND", "")).startswith("AWS::")}
    return frozenset(found)


def translated(document: Document, region: str = "us-east-1") -> dict[str, Any]:
    """Give the template that the translator makes; raises `Refused`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not ours to mend
        from samtranslator.model.exceptions import InvalidDocumentException  # noqa: PLC0415  # takes seconds to import
        from samtranslator.parser.parser import Parser  # noqa: PLC0415
        from samtranslator.plugins.application.serverless_app_plugin import ServerlessAppPlugin  # noqa: PLC0415
        from samtranslator.translator.translator import Translator  # noqa: PLC0415
        from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415

        template = _unrolled(document) if "Fn::ForEach" in document.text else yaml_parse(document.text)
        values = {
            name: given["Default"]
            for name, given in (template.get("Parameters") or {}).items()
            if isinstance(given, dict) and "Default" in given
        }
        os.environ["AWS_DEFAULT_REGION"] = region
        try:
            _package(template)
            plugins = [ServerlessAppPlugin(sar_client=_Repository(), parameters=values)]
            translator = Translator({}, Parser(), plugins=plugins)
            made: dict[str, Any] = translator.translate(template, values, passthrough_metadata=True)
        except InvalidDocumentException as error:
            raise Refused(f"SAM refuses it: {_first(error)}") from error
        except (AttributeError, KeyError, TypeError) as error:
            raise Refused("the translator stumbles over what is no resource") from error
    return made


def _unrolled(document: Document) -> dict[str, Any]:
    """Give the template after AWS::LanguageExtensions, which comes before SAM, as cfn-lint takes loops apart."""
    from cfnlint.decode import cfn_yaml  # noqa: PLC0415  # takes seconds to import
    from cfnlint.template import Template  # noqa: PLC0415
    from cfnlint.template.transforms._language_extensions import language_extension  # noqa: PLC0415

    faults, made = language_extension(Template(document.name, cfn_yaml.loads(document.text), ["us-east-1"]))
    if faults or not made:
        raise Refused("a loop cannot be taken apart")
    unrolled: dict[str, Any] = json.loads(json.dumps(made))
    return unrolled


def _first(error: Any) -> str:
    """Give the first fault that SAM tells, without what tells one template from another."""
    message = str(error.causes[0].message if error.causes else error.message)
    message = re.sub(r"^Resource with id \[\w+\] is invalid\. |Event with id \[\w+\] is invalid\. ", "", message)
    return re.sub(r"\[[^\]]*\]|'[^']*'\}'", "[…]", message).rstrip(".")


class _Repository:
    """Stands for the Serverless Application Repository, which says where an application's template is."""

    def create_cloud_formation_template(self, **_: object) -> dict[str, str]:
        """Say where a template is."""
        return {"TemplateUrl": "https://applications.test/template", "Status": "ACTIVE"}


_PLACES = ("CodeUri", "ContentUri", "DefinitionUri")


def _package(template: dict[str, Any]) -> None:
    """Say of what lies beside the template that it lies in a bucket, as `sam package` does."""
    shared = (template.get("Globals") or {}).get("Function") or {}
    resources = [each for each in template["Resources"].values() if isinstance(each, dict)]
    for resource in [{"Properties": shared}, *resources]:
        given = resource.get("Properties")
        if given is None and resource.get("Type") == "AWS::Serverless::Function":
            given = resource["Properties"] = {}
        if not isinstance(given, dict):
            continue
        for name in _PLACES:
            if isinstance(given.get(name), str):
                given[name] = "s3://bucket/key"
        function = resource.get("Type") == "AWS::Serverless::Function" and given.get("PackageType") != "Image"
        if function and not {"InlineCode", "CodeUri", "ImageUri"} & given.keys():
            given["CodeUri"] = "s3://bucket/key"


_HASHED = ("AWS::Lambda::Version", "AWS::Lambda::LayerVersion")
"""Types whose logical ids end in a hash of their content: ten digits, which msglint leaves out."""


class Pair(NamedTuple):
    """A template of SAM, and the translator's output as a template that knows whose its resources are."""

    here: CloudFormationPart
    there: CloudFormationPart


_NOTHING = Assumptions()


def pair(document: Document, output: Mapping[str, Any], assumptions: Assumptions = _NOTHING) -> Pair:
    """Read both; raises `SourceError` where msglint cannot."""
    # The transform drops comments, so those that suppress findings count on neither side.
    quiet = re.sub(r"(#\s*msglint):", r"\1 ", document.text)
    here = _read(document.name, quiet, assumptions)
    if "Fn::ForEach" in quiet and here.opaque(WHOLE) is not None:
        raise Refused("a loop that msglint does not take apart")
    text = json.dumps(output, default=str, indent=1)
    for id_, resource in output["Resources"].items():
        if resource.get("Type") in _HASHED and re.search(r"[0-9a-f]{10}$", id_):
            text = text.replace(f'"{id_}', f'"{id_[:-10]}')
    # A condition that SAM makes of two names each in a mapping too many.
    text = re.sub(r'\{\s*"Condition":\s*(\{\s*"Condition":\s*"\w+"\s*\})\s*\}', r"\1", text)
    template = json.loads(text)
    _put_apart(template["Resources"], here)
    there = _read(document.name, json.dumps(template, indent=1), assumptions)
    return Pair(here, _told(there, here))


def _read(name: str, text: str, assumptions: Assumptions) -> CloudFormationPart:
    part = read(Document(name, text), assumptions)
    if not isinstance(part, CloudFormationPart):
        raise NotATemplate
    return part


def _put_apart(resources: dict[str, Any], here: CloudFormationPart) -> None:
    """Make policies that the user wrote resources of their own: in CloudFormation both say the same."""
    for id_, made in _template(here).made.items():
        role = resources.get(f"{made.origin.author}Role")
        if _template(here).type_of(id_) != POLICY or role is None:
            continue
        for policy in [each for each in role["Properties"].get("Policies", ()) if _name(each) == id_]:
            role["Properties"]["Policies"].remove(policy)
            own = {
                "PolicyName": id_,
                "PolicyDocument": _document(policy),
                "Roles": [{"Ref": f"{made.origin.author}Role"}],
            }
            resources[id_] = {**role, "Type": POLICY, "Properties": own}


def _name(policy: dict[str, Any]) -> str | None:
    """Give the name of a policy in a role, also where a condition decides which it is."""
    names = (each.get("PolicyName") for each in policy.get("Fn::If", [policy]) if isinstance(each, dict))
    return next((name for name in names if name is not None), None)


def _document(policy: dict[str, Any]) -> Any:
    if "Fn::If" not in policy:
        return policy["PolicyDocument"]
    condition, *values = policy["Fn::If"]
    return {"Fn::If": [condition, *(value.get("PolicyDocument", value) for value in values)]}


def _told(there: CloudFormationPart, here: CloudFormationPart) -> CloudFormationPart:
    """Say of the resources in the output whose they are, so that the same are asked and called by the same names."""
    template, section = _template(there), _template(there).root.fields()["Resources"]
    made = {}
    for id_ in template.resources:
        known = _template(here).made.get(id_)
        if known is not None:
            # Whether SAM lets a delivery in has to be seen from the permissions.
            origin = msgspec.structs.replace(known.origin, permitted=False)
            made[id_] = Generated(section.key(id_), origin)
        elif id_ not in _template(here).resources:
            made[id_] = Generated(section.key(id_), Origin(id_, id_, asked=False))
    template = msgspec.structs.replace(template, made=made)
    return CloudFormationPart(template, System([template]).world(()))


def differences(both: Pair) -> Iterator[Difference]:
    """Tell what the Model has otherwise than the translator."""
    yield from _differing_resources(both)
    yield from _differing_answers(both)


def _differing_answers(both: Pair) -> Iterator[Difference]:
    here, there = map(answers, both)
    for code, resource in sorted(here.keys() | there.keys()):
        said, expected = here.get((code, resource)), there.get((code, resource))
        if said != expected:
            yield Difference(resource, ANSWER, code, said, expected)


def answers(part: CloudFormationPart) -> dict[tuple[str, str], list[str]]:
    """Give what is found, by the rule and the user's resource that it is asked of; nothing is an answer too."""
    run = Run(Options())
    run._judge([part])  # noqa: SLF001  # a part that no text is
    report = run.report()
    found: dict[tuple[str, str], list[str]] = {(each.code, each.resource): [] for each in report.questions}
    for each in (*report.findings, *report.undecided):
        if each.code == UNUSED:
            continue
        said = "found" if each.decided else "undecided"
        found.setdefault((each.code, each.resource or ""), []).append(f"{said}: {each.subject}: {each.message}")
    # What SAM writes down several times the user wrote once.
    return {asked: sorted({*said}) for asked, said in found.items()}


def _differing_resources(both: Pair) -> Iterator[Difference]:
    here, there = (resources(part) for part in both)
    names, defaults = _template(both.here).names, _defaults(both.here)
    for id_ in sorted(here.keys() | there.keys()):
        mine, other = _normal(here.get(id_), names), _normal(there.get(id_), names)
        if mine is None or other is None:
            yield Difference(id_, (mine or other)["Type"], WHOLE, mine, other)
        elif mine["Type"] != other["Type"]:
            yield Difference(id_, mine["Type"], WHOLE, mine, other)
        else:
            yield from _differing_properties(id_, mine["Type"], mine, other, defaults)


_ATTRIBUTES = (CONDITION, "DeletionPolicy", "UpdateReplacePolicy", "Metadata")


def _differing_properties(
    id_: str, type_: str, mine: Any, other: Any, defaults: Mapping[str, str]
) -> Iterator[Difference]:
    for name in _ATTRIBUTES:
        if mine.get(name) != other.get(name):
            yield Difference(id_, type_, name, mine.get(name), other.get(name))
    left, right = (resource.get("Properties") or {} for resource in (mine, other))
    for name in sorted(left.keys() | right.keys()):
        values = [properties.get(name) or None for properties in (left, right)]
        compared = _COMPARED.get((type_, name), _same)
        if "Fn::Unreadable" in str(values[0]):
            compared = _same
        mine_, other_ = map(compared, values)
        if mine_ != other_:
            known = [compared(json.loads(_put_in(value, defaults))) for value in values]
            yield Difference(id_, type_, name, mine_, other_, put_in=known[0] == known[1])


def _same(value: Any) -> Any:
    return value


def _defaults(part: CloudFormationPart) -> dict[str, str]:
    """Give the values that SAM knows: defaults of parameters, and the Region."""
    parameters = {id_: plain(node) for id_, node in _template(part).parameters.items()}
    known = {id_: str(given["Default"]) for id_, given in parameters.items() if "Default" in (given or {})}
    return {**known, "AWS::Region": "us-east-1"}


def _put_in(value: Any, defaults: Mapping[str, str]) -> str:
    """Write a value with what SAM knows in it."""
    text = _text(value)
    for name, default in defaults.items():
        text = text.replace(_text({"Ref": name}), _text(default)).replace(f"${{{name}}}", default)
    return text


def resources(part: CloudFormationPart) -> dict[str, Any]:
    """Give the resources of the Model as plain values, and not what stands for something unread."""
    template = _template(part)
    return {
        id_: plain(node)
        for id_, node in template.resources.items()
        if template.type_of(id_) != "AWS::Serverless::Unread"
    }


def plain(node: Node) -> Any:
    """Give what a node says, functions in their long form."""
    if node.tag.startswith("!"):
        name = node.tag[1:] if node.tag in {"!Ref", "!Condition"} else f"Fn::{node.tag[1:]}"
        return {name: _content(node)}
    return _content(node)


def _content(node: Node) -> Any:
    match node.kind:
        case "mapping":
            return {name: plain(part) for name, part in node.fields().items()}
        case "sequence":
            return [plain(part) for part in node.items()]
        case _:
            return node.text if node.tag.startswith("!") else node.value


def _normal(value: Any, names: Mapping[str, str]) -> Any:
    """Write what means the same in the same way."""
    match value:
        case {"Ref": str(name)} if name in names:
            return {"Ref": names[name]}
        case {"Fn::GetAtt": str(text)}:
            return _normal({"Fn::GetAtt": text.split(".", 1)}, names)
        case {"Fn::GetAtt": [str(first), str(rest)]} if "." in first:
            return _normal({"Fn::GetAtt": f"{first}.{rest}"}, names)
        case {"Fn::GetAtt": [str(first), str(rest)]} if f"{first}.{rest.partition('.')[0]}" in names:
            second, _, others = rest.partition(".")
            return {"Fn::GetAtt": [names[f"{first}.{second}"], others]}
        case {"Fn::Sub": "${AWS::AccountId}"}:
            return {"Ref": "AWS::AccountId"}
        case {"Fn::Sub": str(text)} if "${" not in text:
            return text
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _substituted(text, names)}
        case {"Fn::Sub": [str(text), others]}:
            return {"Fn::Sub": [_substituted(text, names), _normal(others, names)]}
        case dict():
            return {str(name): _normal(part, names) for name, part in value.items() if part is not None}
        case list():
            return [_normal(part, names) for part in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)  # YAML reads the version of a policy as a date


def _substituted(text: str, names: Mapping[str, str]) -> str:
    """Write a text of `Fn::Sub` with the names of what is made, and without the partition of the Region."""
    text = re.sub(r"\barn:aws(?:-cn|-us-gov)?:", "arn:${AWS::Partition}:", text)
    return re.sub(r"\$\{(\w+\.\w+)", lambda found: "${" + names.get(found[1], found[1]), text)


def _statements(policies: Any) -> list[str]:
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
                actions = sorted(actions, key=str) if isinstance(actions, list) else [actions]
                found.add(f"{condition} {branch} {_text({**statement, 'Action': actions})}")
    return sorted(found)


def _text(value: Any) -> str:
    """Write a value so that equal values have equal texts."""
    return json.dumps(value, default=str, sort_keys=True)


def _managed(arns: Any) -> list[str]:
    """Give the policies of AWS that a role has, by their names: SAM writes a name that the user wrote as an ARN."""
    written = (arn.get("Fn::Sub", arn) if isinstance(arn, dict) else arn for arn in arns or [])
    names = {arn.rpartition("/")[2] if isinstance(arn, str) else str(arn) for arn in written}
    return sorted(re.sub(r"arn:[\w-]+:iam::aws:policy/(?:service-role/)?", "", name) for name in names)


def _once(notifications: Any) -> Any:
    """Write each notification once and in one order: the user may have an entry for the same function."""
    listed = (notifications or {}).get("LambdaConfigurations") or []
    return {**(notifications or {}), "LambdaConfigurations": sorted({*map(_text, listed)})}


_COMPARED: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    ("AWS::IAM::ManagedPolicy", "PolicyDocument"): lambda document: _statements([document or {}]),
    (ROLE, "ManagedPolicyArns"): _managed,
    (ROLE, "Policies"): _statements,
    ("AWS::S3::Bucket", "NotificationConfiguration"): _once,
}
"""Properties whose values may be written in several ways."""
