"""What a resource keeps in a file beside its template, in JSON or YAML."""

import msgspec

from msglint.model.data import Data
from msglint.model.expression import Expression, Fields, Items, Shape
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Value, literal
from msglint.source import Node, Place, SourceError, parse


class Plain(msgspec.Struct, frozen=True):
    """A node of a document that has no functions of a template in it."""

    node: Node

    @property
    def at(self) -> Place:
        """The node's place."""
        return self.node

    def shape(self) -> Shape:
        """Give what is written."""
        match self.node.kind:
            case "mapping":
                fields: dict[str, Expression] = {name: Plain(part) for name, part in self.node.fields().items()}
                return Fields(fields, self.node)
            case "sequence":
                return Items(tuple(Plain(part) for part in self.node.items()), self.node)
        match self.node.value:
            case None:
                return Absent(None, self.node)
            case str() as text:
                return Known(Text.literal(text), self.node)
            case scalar:
                return Known(scalar, self.node)


def structure(resource: Resource, path: Value[Text]) -> Data | None:
    """Give the structure that a JSON or YAML file beside the template holds; None where there is none to be read."""
    beside = resource.record.part.document.beside
    name = literal(path)
    document = beside.open(name) if beside is not None and name else None
    if document is None:
        return None
    try:
        return Data(Plain(parse(document)))
    except SourceError:
        return None
