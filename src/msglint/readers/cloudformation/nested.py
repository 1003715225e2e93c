"""Stacks that a template makes of other templates on disk: nested stacks, applications of SAM, assets of the CDK.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from msglint.readers.cloudformation.conditions import And, Conditions, Domain, Formula, Named, Not, Or
from msglint.readers.cloudformation.formulas import TRUE, Cases, Formulas
from msglint.readers.cloudformation.nodes import intrinsic, members, named, scalar
from msglint.readers.cloudformation.template import Template, Within, domains_of, nested_template
from msglint.source import Document, Node, SourceError, parse

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
    """The paths of all that are nested, through all links, those that cannot be read among them."""
    faults: Sequence[SourceError]
    """Why some cannot be read."""


def tree(root: Template) -> Tree:
    """Follow a template to those that it nests, as far as they are on disk."""
    found: list[Template] = []
    files = _Files()
    waiting: list[tuple[Template, tuple[str, ...]]] = [(root, (file_of(root),))]
    while waiting:
        template, around = waiting.pop()
        nested: dict[str, str] = {}
        for id_ in template.resources:
            path, child = files.nested(template, id_)
            full = len(found) + len(waiting) + len(nested) >= MOST_STACKS or len(around) > DEEPEST
            if child is None or path in around or full:
                continue
            child = _within(child, template, id_)
            nested[id_] = child.key
            waiting.append((child, (*around, path)))
        found.append(msgspec.structs.replace(template, nested=nested))
    return Tree(tuple(_with_conditions(found)) if len(found) > 1 else found, files.read.keys(), files.faults)


def file_of(template: Template) -> str:
    """Give the path of a template's file, through all links."""
    name, beside = template.document.name, template.document.beside
    return name if beside is None else beside.real(name[name.rfind("/") + 1 :])


class _Files:
    """The templates that are nested in one, each read once."""

    def __init__(self) -> None:
        self.read: dict[str, Template | None] = {}
        """By their paths, through all links; None: it cannot be read, or is no template."""
        self.faults: list[SourceError] = []

    def nested(self, template: Template, id_: str) -> tuple[str, Template | None]:
        """Give the path of a nested stack's template, through all links, and the template; None: it is not on disk."""
        path, beside = _path(template, id_), template.document.beside
        if path is None or beside is None:
            return "", None
        real = beside.real(path)
        if real not in self.read:
            document = beside.open(path, MAX_BYTES)
            if document is None:
                return "", None
            self.read[real] = self._sections(document)
        return real, self.read[real]

    def _sections(self, document: Document) -> Template | None:
        try:
            root = parse(document)
            return nested_template(document, root) if root.kind == "mapping" else None
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
        trust=around.trust,
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
    told: dict[str, Formulas] = {}
    made: dict[str, Formula] = {}
    conditions: dict[str, Formula] = {}
    domains: dict[str, Domain] = {}
    constraints: list[Formula] = []
    by_key = {template.key: template for template in templates}
    for template in templates:
        within = template.within
        own_domains = domains_of(template)
        around = by_key[within.key] if within is not None else None
        bound: Mapping[str, Cases] = {}
        made[template.key] = TRUE
        if within is not None and around is not None:
            bound = _bound(around, within.resource, told[around.key])
            own_domains.update(_left_out(around, template, within.resource))
            named = around.condition_of(within.resource)
            own = Named(around.prefix + named) if named is not None else TRUE
            made[template.key] = And((made[around.key], own))
        domains.update(own_domains)
        formulas = told[template.key] = Formulas(template.root, template.prefix, bound, domains)
        conditions.update(formulas.conditions())
        # What a stack asks for holds where there is such a stack.
        constraints += [Or((Not(made[template.key]), each)) for each in formulas.constraints()]
    all_ = Conditions(conditions, domains, constraints)
    yield from (msgspec.structs.replace(template, conditions=all_) for template in templates)


def _bound(around: Template, id_: str, formulas: Formulas) -> Mapping[str, Cases]:
    """Give what a stack passes to one that is nested in it, as far as it is written out."""
    passed = members(members(around.properties(id_)).get("Parameters"))
    return {
        name: formulas.cases(node) or ((TRUE, formulas.untold(node)),)
        for name, node in passed.items()
        if not _is_left_out(node)
    }


def _left_out(around: Template, nested: Template, id_: str) -> Mapping[str, Domain]:
    """Give what is known of the parameters that a stack does not pass to one that is nested in it: their defaults."""
    properties = members(around.properties(id_))
    passed = properties.get("Parameters")
    written = members(passed)
    is_told = passed is None or (passed.kind == "mapping" and intrinsic(passed) is None)
    if not is_told or any(name.startswith("Fn::") for name in (*properties, *written)):
        return {}
    own = domains_of(nested)
    names = (nested.prefix + name for name in nested.parameters if _is_left_out(written.get(name)))
    return {name: msgspec.structs.replace(own[name], fixed=own[name].default) for name in names}


def _is_left_out(node: Node | None) -> bool:
    return node is None or [*named(node)] == ["AWS::NoValue"]
