"""What a template says in whatever scenario: resources by type, who names whom, and what it hands to other stacks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from msglint.model.identity import words
from msglint.model.resource import Mention
from msglint.readers.cloudformation.nodes import intrinsic, joined, members, named, walk, written
from msglint.readers.cloudformation.template import Template
from msglint.source import Node

Name: TypeAlias = tuple[str, str]
"""The key of a stack, and a name in it: of a resource, a parameter, an output (`Outputs.Url`, `Child.Outputs.Url`)."""


_TAKING = frozenset({"ImportValue", "GetStackOutput"})
"""Functions that take a value of another stack."""


class Import(NamedTuple):
    """Where a stack imports a value: the call of the function, and who makes it or what it is handed on to."""

    node: Node
    by: Mention | Name


class Handed(NamedTuple):
    """Where a name of a stack goes on to: a parameter of a nested stack, or an output."""

    to: Name
    is_arn: bool
    """Whether it is handed on as an ARN."""


class Index:
    """The resources of a stack by their types, and the places that name something."""

    __slots__ = ("_handed", "_imports", "_names", "_template", "_words", "creations", "elsewhere", "holding", "types")

    def __init__(self, template: Template) -> None:
        self._template = template
        self.types: dict[str, list[str]] = {}
        for id_ in template.resources:
            self.types.setdefault(template.type_of(id_), []).append(id_)
        self._names: dict[str, list[Mention]] | None = None
        self._words: dict[str, list[Mention]] = {}
        self._handed: dict[str, list[Handed]] = {}
        self._imports: list[Import] = []
        self.holding: Sequence[str] | None = None
        """The resources and sections that seem to hold a secret, as soon as somebody has looked."""
        self.elsewhere: Mapping[str, str] = {}
        """What parameters and maps say in which there may be a secret, of such a template."""

        self.creations: Mapping[str, str] | None = None
        """Where the CDK's app makes each construct, by path, as soon as somebody has asked."""

    def named(self, name: str) -> Sequence[Mention]:
        """Give who names something by its name in this stack."""
        return self._read().get(name, ())

    def called(self, names: Collection[str]) -> Iterator[Mention]:
        """Give who names something by a word that its ARN or URL is known by."""
        self._read()
        return (mention for word in names for mention in self._words.get(word, ()))

    def words(self) -> Collection[str]:
        """Give the words of all ARNs and URLs that are written in the stack's resources."""
        self._read()
        return self._words

    def handed(self, name: str) -> Sequence[Handed]:
        """Give where a name goes on to."""
        self._read()
        return self._handed.get(name, ())

    def imports(self) -> Sequence[Import]:
        """Give what the stack imports."""
        self._read()
        return self._imports

    def _read(self) -> Mapping[str, Sequence[Mention]]:
        if self._names is None:
            self._names = {}
            template = self._template
            for id_, resource in template.resources.items():
                properties = members(resource).get("Properties")
                if id_ not in template.nested:
                    self._read_resource(id_, properties)
                else:
                    for name, value in members(members(properties).get("Parameters")).items():
                        self._read_handed((template.nested[id_], name), value)
            for name, output in members(members(template.root).get("Outputs")).items():
                self._read_handed((template.key, f"Outputs.{name}"), members(output).get("Value"))
        return self._names

    def _read_resource(self, id_: str, properties: Node | None) -> None:
        names = self._names if self._names is not None else {}
        by = (self._template.key, id_)
        for path, node in walk(properties):
            for name in self._names_in(node):
                names.setdefault(name, []).append(Mention(by, path))
            call = intrinsic(node)
            if call is not None and call.name in _TAKING:
                self._imports.append(Import(node, Mention(by, path)))
            text = node.text if node.kind == "scalar" else joined(node)
            if text is not None and ":" in text:
                for word, *_ in words(text):
                    self._words.setdefault(word, []).append(Mention(by, path))

    def _read_handed(self, to: Name, value: Node | None) -> None:
        for _, node in walk(value):
            for name in self._names_in(node):
                self._handed.setdefault(name, []).append(Handed(to, _says_arn(node)))
            call = intrinsic(node)
            if call is not None and call.name in _TAKING:
                self._imports.append(Import(node, to))

    def _names_in(self, node: Node) -> Iterator[str]:
        """Give the names of resources and parameters, and of outputs of nested stacks, that a node refers to."""
        for name in named(node):
            id_, attribute = self._template.split(name)
            yield f"{id_}.{attribute}" if id_ in self._template.nested else id_


def _says_arn(node: Node) -> bool:
    return written(node).rstrip("}]'\"").endswith("Arn")
