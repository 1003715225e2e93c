"""The sections of a CloudFormation template: parameters, mappings, conditions and resources."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from msglint.model.resource import Origin
from msglint.readers.cloudformation.conditions import (
    And,
    Conditions,
    Domain,
    Equals,
    Formula,
    Free,
    Named,
    Not,
    Operand,
    Or,
    Variable,
)
from msglint.readers.cloudformation.nodes import condition_reference, intrinsic, members, scalar, written
from msglint.readers.interface import Assumptions
from msglint.source import Document, Node, SourceError, Spot

_SAM = "AWS::Serverless"
STORED_ELSEWHERE = "AWS::SSM::Parameter::Value<"


class Generated(NamedTuple):
    """Where a resource of a transform comes from: the place of its cause, and the user's names."""

    at: Node
    origin: Origin


class Template(msgspec.Struct, frozen=True):
    """One template as it is written, and what its conditions allow."""

    key: str
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

    def split(self, name: str) -> tuple[str, str]:
        """Split `Orders.Arn` into a logical id and an attribute."""
        first, _, rest = name.partition(".")
        if self.names:
            second, _, others = rest.partition(".")
            made = self.names.get(f"{first}.{second}")
            if made is not None:
                return made, others
        return first, rest

    given: Mapping[str, str] = {}
    """The values of parameters that the user has given."""

    @property
    def confidential(self) -> frozenset[str]:
        """What parameters with NoEcho are given, by default or otherwise, and all that they may be."""
        quiet = {name: members(node) for name, node in self.parameters.items() if is_quiet(members(node))}
        values = [value for name in quiet for value in (scalar(quiet[name].get("Default")), self.given.get(name))]
        allowed = [value for fields in quiet.values() for value in texts(fields.get("AllowedValues")) or ()]
        return frozenset(value for value in (*values, *allowed) if value and not value.startswith("{{resolve:"))

    def type_of(self, resource: str) -> str:
        """Give a resource's type; empty where it is not written."""
        return scalar(members(self.resources.get(resource)).get("Type")) or ""

    def properties(self, resource: str) -> Node | None:
        """Give the properties of a resource, where it has any."""
        return members(self.resources.get(resource)).get("Properties")

    def condition_of(self, resource: str) -> str | None:
        """Give the condition under which a resource is made; None: always."""
        return scalar(members(self.resources.get(resource)).get("Condition"))


def open_template(document: Document, root: Node, assumptions: Assumptions) -> Template:
    """Read the sections of a template; raises `SourceError` where one is no mapping."""
    parameters = dict(_section(root, "Parameters"))
    mappings = dict(_section(root, "Mappings"))
    resources = {
        name: node
        for name, node in _section(root, "Resources").items()
        if scalar(members(node).get("Type")) is not None
    }
    formulas = {name: _formula(node) for name, node in _section(root, "Conditions").items()}
    domains = {name: _domain(node, assumptions.parameters.get(name)) for name, node in parameters.items()}
    domains["AWS::Region"] = Domain(fixed=assumptions.region)
    domains["AWS::AccountId"] = Domain(fixed=assumptions.account)
    conditions = Conditions(formulas, domains)
    template = Template(
        document.name, document, root, parameters, mappings, resources, conditions, given=assumptions.parameters
    )
    return _transformed(template) if _SAM in document.text else template


def _transformed(template: Template) -> Template:
    """Give the template as CloudFormation gets it from SAM."""
    from msglint.readers.sam.transform import transform  # noqa: PLC0415  # only where SAM is written

    after = transform(template.root, template.resources, template.parameters)
    return msgspec.structs.replace(template, resources=after.resources, made=after.made, names=after.names)


def is_quiet(parameter: Mapping[str, Node]) -> bool:
    """Say whether a parameter has NoEcho."""
    return (scalar(parameter.get("NoEcho")) or "").lower() == "true"


def _section(root: Node, name: str) -> dict[str, Node]:
    section = members(root).get(name)
    if section is None or (section.kind == "scalar" and section.value is None):
        return {}
    if section.kind != "mapping":
        place = Spot(section.document, section.span)
        raise SourceError(f"{name} is not a mapping of names to definitions", place)
    return dict(section.fields())


def _domain(declared: Node, fixed: str | None) -> Domain:
    fields = members(declared)
    stored = (scalar(fields.get("Type")) or "").startswith(STORED_ELSEWHERE)
    if stored:
        # Where the value is stored is known; the value is read at the deployment.
        return Domain()
    return Domain(texts(fields.get("AllowedValues")), scalar(fields.get("Default")), fixed)


def texts(node: Node | None) -> tuple[str, ...] | None:
    """Give the texts of a list; None where there is none, or some of it is no text."""
    if node is None or node.kind != "sequence":
        return None
    texts = tuple(text for item in node.items() if (text := scalar(item)) is not None)
    # Where one of them is no text, nobody knows what is allowed.
    return texts if len(texts) == len(node.items()) else None


def _formula(node: Node) -> Formula:
    named = condition_reference(node)
    if named is not None:
        return Named(named)
    call = intrinsic(node)
    parts = call.argument.items() if call is not None and call.argument.kind == "sequence" else ()
    match call.name if call is not None else "":
        case "Equals" if len(parts) == 2:  # two things are equal
            left, right = _operand(parts[0]), _operand(parts[1])
            if left is not None and right is not None:
                return Equals(left, right)
        case "And":
            return And(tuple(_formula(part) for part in parts))
        case "Or":
            return Or(tuple(_formula(part) for part in parts))
        case "Not" if len(parts) == 1:
            return Not(_formula(parts[0]))
        case _:
            pass
    return Free(written(node))


def _operand(node: Node) -> Operand | None:
    call = intrinsic(node)
    if call is None:
        return scalar(node)
    if call.name == "Ref" and call.argument.kind == "scalar":
        return Variable(call.argument.text)
    return None
