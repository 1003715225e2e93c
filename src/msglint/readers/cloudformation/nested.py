"""Stacks that a template makes of other templates on disk: nested stacks, applications of SAM, assets of the CDK.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
"""

from collections.abc import Iterator, Sequence

import msgspec

from msglint.readers.cloudformation.conditions import Conditions
from msglint.readers.cloudformation.nodes import members, scalar
from msglint.readers.cloudformation.template import Template, Within, conditions_of, sections
from msglint.source import SourceError, parse

STACK = "AWS::CloudFormation::Stack"
MOST_STACKS = 200
"""How many stacks may be nested in one, all together, that are followed."""
DEEPEST = 10
"""How many stacks may be nested in one another."""
MAX_BYTES = 1024 * 1024
"""The largest template that CloudFormation takes, in bytes."""


class Tree(msgspec.Struct, frozen=True):
    """A stack that is deployed by itself, with those that are nested in it."""

    templates: Sequence[Template]
    """Those around others come first."""
    faults: Sequence[SourceError]
    """What templates could not be read for."""


def tree(root: Template) -> Tree:
    """Follow a template to those that it nests, as far as they are on disk."""
    found: list[Template] = []
    faults: list[SourceError] = []
    waiting: list[tuple[Template, tuple[str, ...]]] = [(root, (place_of(root),))]
    while waiting:
        template, around = waiting.pop()
        nested: dict[str, str] = {}
        for id_ in template.resources:
            if len(found) + len(waiting) + len(nested) >= MOST_STACKS or len(around) > DEEPEST:
                break
            try:
                child = _child(template, id_)
            except SourceError as error:
                faults.append(error)
                continue
            if child is None or (place := place_of(child)) in around:
                continue
            nested[id_] = child.key
            waiting.append((child, (*around, place)))
        found.append(msgspec.structs.replace(template, nested=nested))
    return Tree(tuple(_with_conditions(found)) if len(found) > 1 else found, faults)


def place_of(template: Template) -> str:
    """Give where a template is, through all links."""
    beside = template.document.beside
    return template.document.name if beside is None else beside.real(template.document.name)


def _child(template: Template, id_: str) -> Template | None:
    """Give the template of a nested stack; None where it is not on disk."""
    path = _path(template, id_)
    beside = template.document.beside
    document = beside.open(path, MAX_BYTES) if beside is not None and path is not None else None
    if document is None:
        return None
    child = sections(document, parse(document))
    return msgspec.structs.replace(
        child,
        key=f"{template.key}/{id_}",
        within=Within(template.key, id_),
        tree=template.tree,
        prefix=f"{template.prefix}{id_}/",
        pseudo={name: value for name, value in template.pseudo.items() if name != "AWS::StackName"},
    )


def _path(template: Template, id_: str) -> str | None:
    """Give the path that a nested stack's template has on disk; None for one in S3 or in a repository."""
    if template.type_of(id_) != STACK:
        return None
    metadata = members(members(template.resources[id_]).get("Metadata"))
    if scalar(metadata.get("aws:asset:property")) == "TemplateURL":
        return scalar(metadata.get("aws:asset:path"))
    properties = members(template.properties(id_))
    path = scalar(properties.get("TemplateURL")) or scalar(properties.get("Location"))
    return path if path is not None and "://" not in path else None


def _with_conditions(templates: Sequence[Template]) -> Iterator[Template]:
    """Give the templates with the conditions of all of them, under their names in the tree."""
    formulas, domains = {}, {}
    by_key = {template.key: template for template in templates}
    for template in templates:
        around = by_key[template.within.key] if template.within is not None else None
        own, parameters = conditions_of(template, around)
        formulas.update(own)
        domains.update(parameters)
    conditions = Conditions(formulas, domains)
    yield from (msgspec.structs.replace(template, conditions=conditions) for template in templates)
