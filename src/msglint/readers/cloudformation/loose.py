"""A template as it is written, whatever its conditions say: for those who have to look at everything."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from msglint.model.disclosure import Traced
from msglint.model.expression import Expression, Fields, Given, Items, NeedsChoice, Shape
from msglint.model.glance import may_hold, system_of, tells
from msglint.model.held import held
from msglint.model.resource import Whole
from msglint.model.text import Text
from msglint.model.value import Absent, Known
from msglint.readers.cloudformation.nodes import LOOP, intrinsic, members, named, scalar, walk, written
from msglint.readers.cloudformation.scope import Scope
from msglint.readers.cloudformation.template import Template, is_quiet
from msglint.source import Node, Place

_TEXTS = frozenset({"Ref", "GetAtt", "Sub", "Join", "Select", "Split", "FindInMap", "ImportValue", "Base64"})
_TEMPLATE = "Template"
_ALIAS = r"(?:^|[\s:\-,\[])\*\w"
"""An alias of YAML."""
_NAMED_SECTIONS = ("Outputs", "Parameters", "Mappings")
_OTHER_SECTIONS = ("Metadata", "Description")


class Loose(msgspec.Struct, frozen=True):
    """A node of the template; of an `Fn::If` both values."""

    node: Node
    scope: Scope
    elsewhere: Mapping[str, str]
    """What parameters and maps say in which there may be a secret, by their names."""

    @property
    def at(self) -> Place:
        """The node's place."""
        return self.node

    def shape(self) -> Shape:
        """Give the head; of a function that gives a text, how it is written and what it may get from elsewhere."""
        node = self.node
        call = intrinsic(node)
        if call is not None and call.name in _TEXTS and (call.name != "Base64" or call.argument is node):
            text = written(node)
            more = (said for name, said in self.elsewhere.items() if name in text)
            return Known(Text.literal("\n".join([text, *more])), node)
        argument = node if call is None else call.argument
        if call is not None and call.name == "If":
            values = argument.items()[1:] if argument.kind == "sequence" else ()
            return Items(tuple(map(self._inside, values)), node)
        if argument is not node:
            return Items((self._inside(argument),), node)
        match node.kind:
            case "mapping":
                return Fields({name: self._inside(part) for name, part in node.fields().items()}, node)
            case "sequence":
                return Items(tuple(map(self._inside, node.items())), node)
            case _:
                return Absent(None, node) if node.value is None else Known(Text.literal(node.text), node)

    def traced(self) -> Traced | None:
        """Give the text with parameters and dynamic references as symbols."""
        return self.scope.trace(self.node)

    def legible(self) -> str:
        """Give the text as a name: with defaults put in, and other symbols by their names."""
        call = intrinsic(self.node)
        if call is None:
            return self.node.text if self.node.kind == "scalar" else ""
        if call.name == "If":
            values = call.argument.items()[1:] if call.argument.kind == "sequence" else ()
            return next(filter(None, (self._inside(value).legible() for value in values)), "")
        try:
            traced = self.traced()
        except NeedsChoice:
            return written(self.node)
        return "" if traced is None else traced.named

    def _inside(self, node: Node) -> "Loose":
        return Loose(node, self.scope, self.elsewhere)


class Declared(msgspec.Struct, frozen=True):
    """What a parameter is, whoever refers to it."""

    name: str
    scope: Scope

    @property
    def at(self) -> Place:
        """The place where it is declared."""
        return self.scope.template.parameters[self.name]

    def shape(self) -> Shape:
        """Give its default, as far as a glance can tell."""
        default = members(self.scope.template.parameters[self.name]).get("Default")
        return Known(Text.literal(scalar(default) or ""), self.at)

    def traced(self) -> Traced:
        """Give the symbol that says where it may come from."""
        return self.scope.parameter(self.name)


def section(template: Template, id_: str) -> Node | None:
    """Give what an id such as `Outputs.Url` or `Template.Metadata` names, which is no resource."""
    name, _, entry = id_.partition(".")
    root = members(template.root)
    if name == _TEMPLATE:
        return root.get(entry) if entry in _OTHER_SECTIONS else None
    return members(root.get(name)).get(entry) if name in _NAMED_SECTIONS else None


def beginning(template: Template, id_: str) -> Place:
    """Give the place where a section's entry begins."""
    name, _, entry = id_.partition(".")
    return (template.root if name == _TEMPLATE else members(template.root)[name]).key(entry)


def whole(template: Template, id_: str, scope: Scope, elsewhere: Mapping[str, str]) -> Iterator[Whole]:
    """Give all that is written of a resource, or in a section; `elsewhere` is what `said_elsewhere` gives."""

    def loose(node: Node) -> Loose:
        return Loose(node, scope, elsewhere)

    resource = template.resources.get(id_)
    if resource is not None:
        properties, metadata = template.properties(id_), members(resource).get("Metadata")
        if properties is not None:
            yield Whole((), loose(properties))
        if metadata is not None:
            yield Whole(("Metadata",), loose(metadata), shown=True)
        return
    node = section(template, id_)
    if node is None:
        return
    name, _, entry = id_.partition(".")
    if name not in {"Outputs", "Parameters"}:
        yield Whole((), Given(Fields({entry: loose(node)}, node)), shown=id_ == f"{_TEMPLATE}.Metadata")
        return
    said = members(node)
    value = Declared(entry, scope) if name == "Parameters" else loose(said["Value"]) if "Value" in said else None
    fields: dict[str, Expression] = {entry: value} if value is not None else {}
    if "Description" in said:
        fields["Description"] = loose(said["Description"])
    yield Whole((name,), Given(Fields(fields, node)), shown=name == "Outputs")


def holding(template: Template, scope: Scope, elsewhere: Mapping[str, str]) -> Sequence[str]:
    """Give the resources, and then the sections, that seem to hold a secret of a broker or of Kafka."""
    root = members(template.root)
    entries = [f"{name}.{entry}" for name in _NAMED_SECTIONS for entry in members(root.get(name))]
    others = [f"{_TEMPLATE}.{name}" for name in _OTHER_SECTIONS if name in root]
    quiet = {name for name, node in template.parameters.items() if is_quiet(members(node))}
    ids = (*template.resources, *entries, *others)
    # What stands elsewhere as well is not to be found where it is used, nor is what a loop puts together.
    text = template.document.text
    searched = not template.made and "Globals" not in root and LOOP not in text and re.search(_ALIAS, text) is None
    return [
        id_
        for id_ in ids
        if system_of(id_)
        or (
            (not searched or _may_hold(template, id_, (*elsewhere, *quiet)))
            and _holds(whole(template, id_, scope, elsewhere), quiet)
        )
    ]


def _may_hold(template: Template, id_: str, telling: Sequence[str]) -> bool:
    """Say whether a glance at the text of a resource or section tells that there may be a secret in it."""
    node = template.resources.get(id_) or section(template, id_)
    text = "" if node is None else node.document.slice(node.span)
    return may_hold(f"{id_}\n{text}") or any(name in text for name in telling)


def _holds(written_there: Iterable[Whole], quiet: AbstractSet[str]) -> bool:
    for each in written_there:
        for part in held(each.expression, each.path):
            if part.may_be_secret or (
                each.shown and isinstance(part.expression, Loose) and not quiet.isdisjoint(named(part.expression.node))
            ):
                return True
    return False


def said_elsewhere(template: Template) -> Mapping[str, str]:
    """Give what parameters and maps say in which there may be a secret."""
    defaults = {name: members(node).get("Default") for name, node in template.parameters.items()}
    said = {
        name: "\n".join(node.text for _, node in walk(node) if node.kind == "scalar" and tells(node.text))
        for name, node in (*defaults.items(), *template.mappings.items())
    }
    return {name: text for name, text in said.items() if text}
