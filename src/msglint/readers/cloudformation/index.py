"""What a template says in whatever scenario: resources by type, who names whom, and what it hands to other stacks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from msglint.model.expression import Items, NeedsChoice, Shape
from msglint.model.identity import CALLED, Word, plainly, words
from msglint.model.resource import Mention
from msglint.model.text import Text
from msglint.model.value import Known
from msglint.readers.cloudformation.nodes import intrinsic, members, named, walk
from msglint.readers.cloudformation.scope import Scope
from msglint.readers.cloudformation.template import Template
from msglint.readers.recognise import TAKING
from msglint.source import Node

Name: TypeAlias = tuple[str, str]
"""The key of a stack, and a name in it: of a resource, a parameter, an output (`Outputs.Url`, `Child.Outputs.Url`)."""

_GIVING_TEXT = frozenset({"Ref", "Sub", "Join", "Select", "FindInMap"})
_MOST_CHOICES = 4
"""How many conditions are followed inside one text; nobody writes an ARN of more."""

_Named = dict[str, list[tuple[Word, Mention]]]


class Import(NamedTuple):
    """Where a stack imports a value: the call of the function, and who makes it or what it is handed on to."""

    node: Node
    by: Mention | Name


class Index:
    """The resources of a stack by their types, and the places that name something."""

    __slots__ = (
        "_functions",
        "_handed",
        "_imports",
        "_literal",
        "_names",
        "_template",
        "_texts",
        "creations",
        "elsewhere",
        "holding",
        "types",
    )

    def __init__(self, template: Template) -> None:
        self._template = template
        self.types: dict[str, list[str]] = {}
        for id_ in template.resources:
            self.types.setdefault(template.type_of(id_), []).append(id_)
        self._names: dict[str, list[Mention]] | None = None
        self._literal: _Named = {}
        self._functions: list[tuple[Node, Mention]] = []
        self._texts: dict[tuple[tuple[str, bool], ...], _Named] = {}
        """What the functions give, by the conditions that are decided."""
        self._handed: dict[str, list[Name]] = {}
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

    def spelled(self, word: str, scope: Scope) -> Iterator[tuple[Word, Mention]]:
        """Give where an ARN, URL or name with this word is written or put together."""
        yield from self._literally().get(word, ())
        yield from self._evaluated(scope).get(word, ())

    def all_spelled(self, scope: Scope) -> Iterator[tuple[str, Sequence[tuple[Word, Mention]]]]:
        """Give all words of ARNs, URLs and names in the stack's resources, with where they are."""
        yield from self._literally().items()
        yield from self._evaluated(scope).items()

    def _literally(self) -> _Named:
        self._read()
        return self._literal

    def _evaluated(self, scope: Scope) -> _Named:
        key = tuple(sorted(scope.chosen.items()))
        found = self._texts.get(key)
        if found is None:
            found = self._texts[key] = {}
            for node, mention in (*self._functions, *self._imported()):
                texts = list(texts_of(node, scope))
                for text in texts:
                    if text.refers is None:
                        _put(found, str(text), mention)
                if not texts and node.kind == "scalar":
                    # What cannot be evaluated may end with a name all the same.
                    _put(found, node.text, mention)
        return found

    def _imported(self) -> Iterator[tuple[Node, Mention]]:
        """Give the imports of which somebody has asked the account what they are."""
        found = self._imports if self._template.exports else ()
        return ((each.node, each.by) for each in found if isinstance(each.by, Mention))

    def handed(self, name: str) -> Sequence[Name]:
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
            mention = Mention(by, path)
            for name in self.names_in(node):
                names.setdefault(name, []).append(mention)
            call = intrinsic(node)
            if call is None and node.kind == "scalar":
                _put(self._literal, node.text, mention)
            elif call is not None and call.name in _GIVING_TEXT:
                self._functions.append((node, mention))
            if call is not None and call.name in TAKING:
                self._imports.append(Import(node, mention))

    def _read_handed(self, to: Name, value: Node | None) -> None:
        for _, node in walk(value):
            for name in self.names_in(node):
                self._handed.setdefault(name, []).append(to)
            call = intrinsic(node)
            if call is not None and call.name in TAKING:
                self._imports.append(Import(node, to))

    def names_in(self, node: Node) -> Iterator[str]:
        """Give the names of resources and parameters, and of outputs of nested stacks, that a node refers to."""
        for name in named(node):
            id_, attribute = self._template.split(name)
            yield f"{id_}.{attribute}" if id_ in self._template.nested else id_


def _put(found: _Named, text: str, mention: Mention) -> None:
    if ":" in text:
        for word in words(text):
            found.setdefault(word.word, []).append((word, mention))
    if mention.path and mention.path[-1] in CALLED:
        word = plainly(mention.path[-1], text)
        found.setdefault(word.word, []).append((word, mention))


def texts_of(node: Node, scope: Scope, left: int = _MOST_CHOICES) -> Iterator[Text]:
    """Give the texts that a node says, whatever the conditions are that the scope leaves open."""
    try:
        yield from list(_texts(scope.evaluate(node)))
    except NeedsChoice as needed:
        if left:
            for truth in (True, False):
                yield from texts_of(node, scope.deciding(needed, truth=truth), left - 1)


def _texts(shape: Shape) -> Iterator[Text]:
    match shape:
        case Known(value=Text() as text):
            yield text
        case Items(items=items):
            for item in items:
                yield from _texts(item.shape())
