"""The loops of a template, unrolled as the transform AWS::LanguageExtensions does it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from msglint.model.expression import Items, NeedsChoice, Shape
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Mentions, Undecided, Unknown, not_understood, outside
from msglint.readers.cloudformation.made import Made
from msglint.readers.cloudformation.nodes import LOOP, arguments, intrinsic, members, named, scalar, walk
from msglint.readers.cloudformation.scope import Scope
from msglint.readers.cloudformation.template import is_quiet
from msglint.source import Node, SourceError, Spot

LARGEST = 250_000
"""How many nodes a template with its loops unrolled may have: CloudFormation takes none that is nearly as large."""

_SECTIONS = ("Conditions", "Resources", "Outputs")
"""Where loops may stand."""
_PLACEHOLDER = re.compile(r"([$&])\{([^{}]*)\}")
_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z]+")

Given = Mapping[str, str]
"""What the identifiers of the loops around a node stand for in one round."""


def unrolled(root: Node, scope: Scope) -> Node:
    """Give a template with its loops unrolled, save those of which the scope cannot tell what they go through.

    All that a round makes stands where it is written in the loop. Raises `SourceError` where the loops make the
    template larger than CloudFormation takes.
    """
    loops = _Loops(scope)
    fields = {name: loops.round(part, {}) if name in _SECTIONS else part for name, part in root.fields().items()}
    return Made(fields, root, keys={name: root.key(name) for name in fields})


def collection(loop: Node, scope: Scope) -> Sequence[str] | Undecided:
    """Give the texts that a loop goes through, or why they cannot be told."""
    parts = arguments(loop, 3)
    if parts is None or not scalar(parts[0]) or parts[2].kind != "mapping":
        return not_understood("Fn::ForEach takes an identifier, a list and a mapping", loop)
    if any(_is_secret(name, scope) for _, node in walk(parts[1]) for name in named(node)):
        return not_understood("a loop through the values of a parameter with NoEcho is not unrolled", parts[1])
    try:
        return _texts(scope.evaluate(parts[1]), parts[1])
    except NeedsChoice as need:
        return not_understood(f"the condition {need.condition} decides what this loop goes through", parts[1])


def _is_secret(name: str, scope: Scope) -> bool:
    return is_quiet(members(scope.template.parameters.get(name)))


def _texts(shape: Shape, at: Node) -> Sequence[str] | Undecided:
    if isinstance(shape, Unknown | Mentions):
        return shape
    if not isinstance(shape, Items):
        return not_understood("Fn::ForEach goes through a list", at)
    found: list[str] = []
    for item in shape.items:
        match item.shape():
            case Known(value=Text() as text) if text.literal_value is not None:
                found.append(text.literal_value)
            case Known(value=Text() as text, at=place):
                return outside(f"the loop goes through {text}, which has no value here", place)
            case Absent():
                continue
            case Unknown() | Mentions() as unknown:
                return unknown
            case _:
                return not_understood("Fn::ForEach goes through texts", at)
    return found


class _Loops:
    """Unrolls the loops of one template."""

    __slots__ = ("_left", "_scope")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._left = LARGEST

    def round(self, node: Node, given: Given) -> Node:
        """Give a node as it is in one round of the loops around it; itself where nothing of it changes."""
        self._charge(node)
        call = intrinsic(node)
        if call is not None and call.name == "Ref" and call.argument.kind == "scalar" and call.argument.text in given:
            return Made(given[call.argument.text], node)
        match node.kind:
            case "mapping":
                return self._mapping(node, given)
            case "sequence":
                before = node.items()
                items = tuple(self.round(item, given) for item in before)
                changed = any(new is not old for new, old in zip(items, before, strict=True))
                return Made(items, node, node.tag) if changed else node
            case _:
                text = node.value
                said = _said(text, given) if isinstance(text, str) else text
                return node if said == text else Made(said, node, node.tag)

    def _mapping(self, node: Node, given: Given) -> Node:
        before = node.fields()
        fields: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        for name, part, key in self._members(node, given):
            fields[name] = part
            keys[name] = key
        changed = len(fields) != len(before) or any(before.get(name) is not part for name, part in fields.items())
        return Made(fields, node, node.tag, keys) if changed else node

    def _members(self, node: Node, given: Given) -> Iterator[tuple[str, Node, Node]]:
        for name, part in node.fields().items():
            if not name.startswith(LOOP):
                yield _said(name, given), self.round(part, given), node.key(name)
                continue
            loop = self._head(part, given)
            through = collection(loop, self._scope)
            if isinstance(through, Unknown | Mentions):
                yield name, loop, node.key(name)
                continue
            identifier, _, body = loop.items()
            for value in through:
                self._charge(loop)
                yield from self._members(body, {**given, identifier.text: value})

    def _charge(self, node: Node) -> None:
        self._left -= 1
        if self._left < 0:
            message = "the loops make more of this template than CloudFormation takes"
            raise SourceError(message, Spot(node.document, node.span))

    def _head(self, loop: Node, given: Given) -> Node:
        """Give a loop with what it goes through as it is in this round, and its body as it is written."""
        if loop.kind != "sequence" or len(loop.items()) != 3:  # an identifier, a collection and a body
            return loop
        identifier, through, body = loop.items()
        return Made((identifier, self.round(through, given), body), loop)


def _said(text: str, given: Given) -> str:
    """Put the values of a round into a text: `&{Name}` stands for the letters and digits of the value alone."""
    if not given or "{" not in text:
        return text
    return _PLACEHOLDER.sub(lambda found: _value(found, given), text)


def _value(found: re.Match[str], given: Given) -> str:
    value = given.get(found[2])
    if value is None:
        return found[0]
    return value if found[1] == "$" else _NOT_ALPHANUMERIC.sub("", value)
