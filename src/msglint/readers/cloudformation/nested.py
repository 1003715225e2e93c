"""Stacks that a template makes of other templates on disk: nested stacks, applications of SAM, assets of the CDK.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
"""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from msglint.readers.cloudformation.conditions import Conditions
from msglint.readers.cloudformation.nodes import members, scalar
from msglint.readers.cloudformation.template import Template, Within, conditions_of, sections
from msglint.source import Document, SourceError, parse

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
    inside: Collection[str]
    """Where all are that are nested, through all links, those that cannot be read among them."""
    faults: Sequence[SourceError]
    """Why some cannot be read."""


def tree(root: Template) -> Tree:
    """Follow a template to those that it nests, as far as they are on disk."""
    found: list[Template] = []
    files = _Files()
    waiting: list[tuple[Template, tuple[str, ...]]] = [(root, (place_of(root),))]
    while waiting:
        template, around = waiting.pop()
        nested: dict[str, str] = {}
        for id_ in template.resources:
            place, child = files.nested(template, id_)
            full = len(found) + len(waiting) + len(nested) >= MOST_STACKS or len(around) > DEEPEST
            if child is None or place in around or full:
                continue
            child = _within(child, template, id_)
            nested[id_] = child.key
            waiting.append((child, (*around, place)))
        found.append(msgspec.structs.replace(template, nested=nested))
    return Tree(tuple(_with_conditions(found)) if len(found) > 1 else found, files.read.keys(), files.faults)


def place_of(template: Template) -> str:
    """Give where a template is, through all links."""
    name, beside = template.document.name, template.document.beside
    return name if beside is None else beside.real(name[name.rfind("/") + 1 :])


class _Files:
    """The templates that are nested in one, each read once."""

    def __init__(self) -> None:
        self.read: dict[str, Template | None] = {}
        """By where they are, through all links; None: it cannot be read, or is no template."""
        self.faults: list[SourceError] = []

    def nested(self, template: Template, id_: str) -> tuple[str, Template | None]:
        """Give the template of a nested stack, and where it is; None where it is not on disk."""
        path, beside = _path(template, id_), template.document.beside
        if path is None or beside is None:
            return "", None
        place = beside.real(path)
        if place not in self.read:
            document = beside.open(path, MAX_BYTES)
            if document is None:
                return "", None
            self.read[place] = self._sections(document)
        return place, self.read[place]

    def _sections(self, document: Document) -> Template | None:
        try:
            root = parse(document)
            return sections(document, root) if root.kind == "mapping" else None
        except SourceError as error:
            self.faults.append(error)
            return None


def _within(child: Template, around: Template, id_: str) -> Template:
    """Give a template as the stack that another makes of it."""
    return msgspec.structs.replace(
        child,
        key=f"{around.key}/{id_}",
        within=Within(around.key, id_),
        tree=around.tree,
        prefix=f"{around.prefix}{id_}/",
        pseudo={name: value for name, value in around.pseudo.items() if name != "AWS::StackName"},
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
