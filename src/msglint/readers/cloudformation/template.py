"""The sections of a CloudFormation template: parameters, mappings, conditions and resources."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from msglint.model.glance import names_secret
from msglint.model.resource import Origin, Trust
from msglint.readers.cloudformation.conditions import Conditions, Domain
from msglint.readers.cloudformation.nodes import (
    DYNAMIC_REFERENCE,
    LOOP,
    is_list,
    members,
    said,
    scalar,
    section,
    transforms,
)
from msglint.readers.interface import Assumptions, Users
from msglint.source import Document, Node

_SAM = "AWS::Serverless"
_CDK = "aws:cdk:"
_LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
_PARTITION = re.compile(r"arn:(aws[a-z-]*):")
STORED_ELSEWHERE = "AWS::SSM::Parameter::Value<"


class Generated(NamedTuple):
    """Where a resource of a transform comes from: the place of its cause, and the user's names."""

    at: Node
    origin: Origin


class Within(NamedTuple):
    """Which resource of which stack makes a stack of a template."""

    key: str
    resource: str


class Template(msgspec.Struct, frozen=True):
    """One template as a stack is made of it, and what its conditions allow."""

    key: str
    """What tells this stack from every other of the run."""
    document: Document
    root: Node
    parameters: dict[str, Node]
    mappings: dict[str, Node]
    resources: dict[str, Node]
    conditions: Conditions
    made: Mapping[str, Generated] = {}
    """The resources that a transform makes, or makes others of."""
    names: Mapping[str, str] = {}
    """What a template may call one of these beside its logical id, such as `Orders.Alias`."""
    given: Mapping[str, str | None] = {}
    """The values of parameters that the user has given; None: one that is not known here."""
    within: Within | None = None
    """The nested stack that it is; None: it is deployed by itself."""
    nested: Mapping[str, str] = {}
    """The keys of the stacks that its nested stacks are, by their logical ids, where their templates are at hand."""
    tree: str = ""
    """The key of the stack that is deployed, with all that is nested in it: a name of its conditions."""
    prefix: str = ""
    """What its conditions are called by there, before their names."""
    partition: str = "aws"
    """The partition that all ARNs of the template name; `aws` where they name several, or none."""
    pseudo: Mapping[str, str] = {}
    """The pseudo parameters that are known, such as the name of the stack."""
    trust: Trust = Trust()
    """Whom the user counts as their own."""
    physical: Mapping[str, Mapping[str, str]] = {}
    """The attributes of resources that are deployed, in the Model's words, by their logical ids."""
    users: Users | None = None
    """Gives what others have made that uses one of these resources."""
    live: bool = False
    """Whether it is that of a stack, as it was deployed."""
    exports: Mapping[str, str] = {}
    """What stacks that are no templates of the run export, by the names."""

    @property
    def called(self) -> str:
        """The logical ids on the way to a nested stack; empty for one that is deployed by itself."""
        return self.prefix.rstrip("/")

    def split(self, name: str) -> tuple[str, str]:
        """Split `Orders.Arn` into a logical id and an attribute."""
        first, _, rest = name.partition(".")
        if self.names:
            second, _, others = rest.partition(".")
            made = self.names.get(f"{first}.{second}")
            if made is not None:
                return made, others
        return first, rest

    @property
    def confidential(self) -> frozenset[str]:
        """What parameters with NoEcho are given, by default or otherwise, all that they may be, and given secrets."""
        quiet = {name: members(node) for name, node in self.parameters.items() if is_quiet(members(node))}
        values = [value for name in quiet for value in (scalar(quiet[name].get("Default")), self.given.get(name))]
        allowed = [value for fields in quiet.values() for value in texts(fields.get("AllowedValues")) or ()]
        given = [value for name, value in self.given.items() if names_secret(name)]
        said = (*values, *allowed, *given)
        return frozenset(value for value in said if value and not value.startswith(DYNAMIC_REFERENCE))

    @property
    def refused(self) -> Sequence[str]:
        """Say which given values are none of those that the template allows, and repeat none: it may be a secret.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
        """
        return [
            f"{self.key}: the value given for {name} is none of its AllowedValues: CloudFormation refuses to deploy it"
            for name, node in self.parameters.items()
            if not _may_be(members(node), self.given.get(name))
        ]

    def value(self, parameter: str) -> str | None:
        """Give the value of a parameter in whatever scenario: the user's, else its default."""
        default = said(members(self.parameters.get(parameter)).get("Default"))
        return self.given.get(parameter, default)

    def type_of(self, resource: str) -> str:
        """Give a resource's type; empty where it is not written."""
        return scalar(members(self.resources.get(resource)).get("Type")) or ""

    def properties(self, resource: str) -> Node | None:
        """Give the properties of a resource, where it has any."""
        return members(self.resources.get(resource)).get("Properties")

    def output(self, name: str) -> Node | None:
        """Give an output, as it is written."""
        return members(members(self.root).get("Outputs")).get(name)

    def condition_of(self, resource: str) -> str | None:
        """Give the condition under which a resource is made; None: always."""
        return scalar(members(self.resources.get(resource)).get("Condition"))


def open_template(document: Document, root: Node, assumptions: Assumptions) -> Template:
    """Read a template that is deployed by itself; raises `SourceError` where a section is no mapping."""
    template = _declared(document, root)
    template = msgspec.structs.replace(
        template,
        tree=template.key,
        given=assumptions.parameters,
        pseudo=_known(document, assumptions),
        trust=assumptions.trust,
        physical=assumptions.deployed.physical,
        users=assumptions.deployed.users,
        live=assumptions.deployed.live,
        exports=assumptions.deployed.exports,
    )
    domains = domains_of(template)
    conditions = Conditions({}, domains)
    template = _with_resources(msgspec.structs.replace(template, conditions=conditions))
    if section(template.root, "Conditions") or "Rules" in members(root):
        from msglint.readers.cloudformation.formulas import Formulas  # noqa: PLC0415  # many templates have none

        formulas = Formulas(template.root, domains=domains)
        conditions = Conditions(formulas.conditions(), domains, formulas.constraints())
    return msgspec.structs.replace(template, conditions=conditions)


def nested_template(document: Document, root: Node) -> Template:
    """Read a template of which others make stacks; nothing is known of its parameters so far.

    Raises `SourceError` where a section is no mapping.
    """
    return _with_resources(_declared(document, root))


def _declared(document: Document, root: Node) -> Template:
    parameters, mappings = dict(section(root, "Parameters")), dict(section(root, "Mappings"))
    partition = _partition(document.text)
    return Template(document.name, document, root, parameters, mappings, {}, Conditions({}, {}), partition=partition)


def _with_resources(template: Template) -> Template:
    """Give a template with its loops unrolled, as far as is known what they go through, and what SAM makes of it."""
    root, text = template.root, template.document.text
    if LOOP in text and any(scalar(each) == _LANGUAGE_EXTENSIONS for each in transforms(root)):
        root = _unrolled(template)
    resources = {
        name: node for name, node in section(root, "Resources").items() if scalar(members(node).get("Type")) is not None
    }
    template = msgspec.structs.replace(template, root=root, resources=resources)
    return _transformed(template) if _SAM in text else template


def domains_of(template: Template) -> dict[str, Domain]:
    """Give what is known of the parameters of a stack, by their names in its tree, and of its account and Region."""
    own = {template.prefix + name: _domain(name, node, template.given) for name, node in template.parameters.items()}
    return {**own, **{name: Domain(fixed=template.pseudo.get(name)) for name in ("AWS::AccountId", "AWS::Region")}}


def _known(document: Document, assumptions: Assumptions) -> Mapping[str, str]:
    """Give the pseudo parameters that are known of a deployment."""
    goes = None
    if _CDK in document.text:
        from msglint.readers.cloudformation.assembly import deployment  # noqa: PLC0415  # the CDK's alone

        goes = deployment(document)
    known = {
        "AWS::AccountId": (goes and goes.account) or assumptions.account,
        "AWS::Region": (goes and goes.region) or assumptions.region,
        "AWS::StackName": (goes and goes.stack) or assumptions.deployed.stack,
    }
    return {name: value for name, value in known.items() if value}


def _unrolled(template: Template) -> Node:
    from msglint.readers.cloudformation.loops import unrolled  # noqa: PLC0415  # few templates have any
    from msglint.readers.cloudformation.system import System  # noqa: PLC0415  # it needs this module

    return unrolled(template.root, System([template]).world(()).scope(template.key))


def _partition(text: str) -> str:
    named = set(_PARTITION.findall(text)) if "arn:aws-" in text else set()
    return named.pop() if len(named) == 1 else "aws"


def _transformed(template: Template) -> Template:
    """Give the template as CloudFormation gets it from SAM."""
    from msglint.readers.sam.transform import transform  # noqa: PLC0415  # only where SAM is written

    after = transform(template.root, template.resources, template.value)
    return msgspec.structs.replace(template, resources=after.resources, made=after.made, names=after.names)


def is_quiet(parameter: Mapping[str, Node]) -> bool:
    """Say whether a parameter has NoEcho."""
    return (scalar(parameter.get("NoEcho")) or "").lower() == "true"


def _may_be(parameter: Mapping[str, Node], value: str | None) -> bool:
    # How a number or a list is compared AWS does not say.
    allowed = texts(parameter.get("AllowedValues")) if scalar(parameter.get("Type")) == "String" else None
    return value is None or not allowed or value in allowed


def _domain(name: str, declared: Node, given: Mapping[str, str | None]) -> Domain:
    fields = members(declared)
    stored = (scalar(fields.get("Type")) or "").startswith(STORED_ELSEWHERE)
    if stored:
        # Where the value is stored is known; the value is read at the deployment.
        return Domain()
    default = None if name in given else said(fields.get("Default"))
    # What is allowed of a list are its elements, any number of them.
    allowed = None if is_list(fields) else texts(fields.get("AllowedValues"))
    return Domain(allowed, default, given.get(name))


def texts(node: Node | None) -> tuple[str, ...] | None:
    """Give the texts of a list; None where there is none, or some of it is no text."""
    if node is None or node.kind != "sequence":
        return None
    texts = tuple(text for item in node.items() if (text := said(item)) is not None)
    # Where one of them is no text, nobody knows what is allowed.
    return texts if len(texts) == len(node.items()) else None
