"""What may add resources to a stack that nobody sees: macros, includes, modules, and loops that are not unrolled."""

from msglint.model.resource import Opaque
from msglint.model.value import Mentions, Unknown
from msglint.readers.cloudformation.nodes import LOOP, intrinsic, members, scalar, transforms
from msglint.readers.cloudformation.scope import Scope
from msglint.source import Node
from msglint.verdict import Doubt

_KNOWN_TRANSFORMS = frozenset(
    {
        "AWS::Serverless-2016-10-31",
        "AWS::LanguageExtensions",
        "AWS::CodeDeployBlueGreen",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::ServiceCatalog",
    }
)
"""Transforms of AWS that write no policies for what the template itself declares."""


def adding(scope: Scope) -> Opaque | None:
    """Give the macro, include or loop that may add resources to a stack, or hand out those that are there."""
    node = scope.template.root
    root = members(node)
    for name in ("Resources", "Outputs"):
        for key, part in members(root.get(name)).items():
            if key.startswith(LOOP):
                from msglint.readers.cloudformation.loops import collection  # noqa: PLC0415  # few templates have any

                through = collection(part, scope)
                doubt = through.reason.doubt if isinstance(through, Unknown | Mentions) else Doubt.NOT_UNDERSTOOD
                return Opaque("a loop", root[name].key(key), doubt)
            if key.startswith("Fn::") or (name == "Resources" and _may_be_anything(part)):
                return Opaque("a macro or include", root[name].key(key), Doubt.OUTSIDE)
    for name in root:
        if name.startswith("Fn::") or name == "Modules":
            by = "a module" if name == "Modules" else "a macro or include"
            return Opaque(by, node.key(name), Doubt.OUTSIDE)
    unknown = next((each for each in transforms(node) if scalar(each) not in _KNOWN_TRANSFORMS), None)
    return Opaque("a macro", unknown, Doubt.OUTSIDE) if unknown is not None else None


def _may_be_anything(resource: Node) -> bool:
    """Say whether a macro, an include or a tool that writes templates tells what type a resource has."""
    fields = members(resource)
    if scalar(fields.get("Type")) is not None:
        return False
    return intrinsic(resource) is not None or any(name == "Type" or name.startswith("Fn::") for name in fields)
