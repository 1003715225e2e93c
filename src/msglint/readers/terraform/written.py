"""What is written in `.tf` files beside the values of a plan: attributes, and blocks with the dynamic ones expanded."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Unknown, not_understood
from msglint.readers.terraform.evaluate import Evaluator, Lazy, Scope, pairs
from msglint.readers.terraform.functions import EvaluationError
from msglint.readers.terraform.functions.values import Blind
from msglint.source import Place, hcl
from msglint.source.text import Within


class Argument(msgspec.Struct, frozen=True):
    """`name = expression`; its place is all of it, and what is inside stands at its own."""

    expression: hcl.Expression
    value: Lazy
    at: Place

    def shape(self) -> Shape:
        """Evaluate what it is set to."""
        shape = self.value.shape()
        return (
            msgspec.structs.replace(shape, at=self.at)
            if isinstance(shape, Known) and _inside(shape.at, self.at)
            else shape
        )


def blocks_in(body: hcl.Body) -> tuple[hcl.Block, ...]:
    """Give the blocks of a body; in JSON what is `dynamic` looks like an argument."""
    dynamic = body.attributes.get("dynamic")
    return (*body.blocks, *((hcl.blocks_of(dynamic) or ()) if dynamic is not None else ()))


def content_of(dynamic: hcl.Block) -> hcl.Block | None:
    """Give what a `dynamic` block repeats."""
    attribute = dynamic.body.attributes.get("content")
    written = (hcl.blocks_of(attribute) or ()) if attribute is not None else dynamic.body.blocks
    return next((block for block in written if block.type == "content"), None)


class WrittenBlock:
    """One block, for one instance of what it is part of; its members are evaluated once."""

    __slots__ = ("_evaluator", "_members", "_scope", "at", "body", "dynamic")

    def __init__(self, body: hcl.Body, scope: Scope, evaluator: Evaluator, at: Place, *, dynamic: bool = False) -> None:
        """`dynamic`: a `dynamic` block makes it, and so the plan's configuration is silent about it."""
        self.body = body
        self.at = at
        self.dynamic = dynamic
        self._scope = scope
        self._evaluator = evaluator
        self._members: dict[str, Argument | WrittenBlocks | None] = {}

    def member(self, name: str) -> "Argument | WrittenBlocks | None":
        """Give an argument, or the blocks of a type; None where nothing is written."""
        if name not in self._members:
            self._members[name] = self._argument(name) or self._blocks(name)
        return self._members[name]

    def _argument(self, name: str) -> Argument | None:
        attribute = self.body.attributes.get(name)
        if attribute is None:
            return None
        expression = attribute.expression
        value = self._evaluator.lazy(expression, self._scope)
        return Argument(expression, value, self._scope.at(attribute.at))

    def names(self) -> Sequence[str]:
        """Give the names of all that is written, blocks by their types."""
        blocks = (
            block.labels[0] if block.type == "dynamic" and block.labels else block.type
            for block in blocks_in(self.body)
        )
        return tuple(dict.fromkeys((*self.body.attributes, *blocks)))

    def shape(self) -> Shape:
        """Give the block as a mapping."""
        members = {name: self.member(name) for name in self.names()}
        return Fields({name: member for name, member in members.items() if member is not None}, self.at)

    def _blocks(self, name: str) -> "WrittenBlocks | None":
        found: list[WrittenBlock] = []
        first: Place | None = None
        for block in blocks_in(self.body):
            if block.type == name:
                at = self._scope.at(block.at)
                found.append(WrittenBlock(block.body, self._scope, self._evaluator, at, dynamic=self.dynamic))
            elif block.type == "dynamic" and block.labels == (name,):
                at = self._scope.at(block.at)
                try:
                    found += self._repeated(block, name)
                except EvaluationError as error:
                    return WrittenBlocks((), first or at, not_understood(error.message, error.at))
                except Blind as without:
                    return WrittenBlocks((), first or at, Unknown(without.shape.reason, at))
            else:
                continue
            first = first or at
        return WrittenBlocks(tuple(found), first) if first is not None else None

    def _repeated(self, block: hcl.Block, name: str) -> "Iterator[WrittenBlock]":
        """Give the blocks that a `dynamic` block makes."""
        content = content_of(block)
        for_each = block.body.attributes.get("for_each")
        if content is None or for_each is None:
            raise EvaluationError("a dynamic block has for_each and content", self._scope.at(block.at))
        iterator = block.body.attributes.get("iterator")
        variable = (
            iterator.expression.name if iterator is not None and isinstance(iterator.expression, hcl.Name) else name
        )
        at = self._scope.at(content.at)
        repeated = self._evaluator.evaluate(for_each.expression, self._scope)
        for key, part in pairs(repeated, self._scope.at(for_each.at)):
            bound = self._scope.bound(**{variable: Fields({"key": Given(key), "value": part}, at)})
            yield WrittenBlock(content.body, bound, self._evaluator, _made_by(part, at), dynamic=True)


def _made_by(part: Expression, content: Place) -> Place:
    """Give the place of a block: in somebody else's module it stands at what the call gives to make it."""
    if isinstance(content, Within) and not isinstance(given := part.shape().at, Within):
        return Within(given, content.inner)
    return content


class WrittenBlocks(msgspec.Struct, frozen=True):
    """The blocks of one type; `unknown` says why nobody knows which there are."""

    blocks: tuple[WrittenBlock, ...]
    at: Place
    unknown: Unknown | None = None

    def shape(self) -> Shape:
        """Give the blocks as a list."""
        return self.unknown or Items(self.blocks, self.at)


OF_TERRAFORM = frozenset(
    {"count", "for_each", "dynamic", "provider", "depends_on", "lifecycle", "connection", "provisioner"}
)
"""What stands in the block of a resource and is no property of it."""
_DEEPEST = 20
MOST_COMPARED = 10_000
"""How many pairs of what is written and what is planned are looked at to tell the elements of a set apart."""

Written = Argument | WrittenBlock | WrittenBlocks | Expression


def member(written: Written | None, name: str) -> Written | None:
    """Give what is written of a member of a structure."""
    match written:
        case None | WrittenBlocks():
            return None
        case WrittenBlock():
            return written.member(name)
        case _:
            shape = written.shape()
            return shape.fields.get(name) if isinstance(shape, Fields) else None


def agrees(owner: Written, found: Written | None, expression: Any) -> bool:
    """Say whether an argument names the same things as the plan's configuration says of it."""
    if not isinstance(found, Argument) or (isinstance(owner, WrittenBlock) and owner.dynamic):
        return True
    if not isinstance(expression, dict):
        return False
    return tuple(expression.get("references", ())) == hcl.references(found.expression)


def static(written: Written) -> list[int]:
    """Give the numbers of the blocks that no dynamic block makes."""
    blocks = written.blocks if isinstance(written, WrittenBlocks) else ()
    return [number for number, block in enumerate(blocks) if not block.dynamic]


class Element(NamedTuple):
    """What is written of an element of a planned list, and its number there."""

    number: int
    written: Expression


def elements(written: Written | None, planned: Sequence[Any]) -> Sequence[Element | None]:
    """Give what is written of each of the planned elements of a list; None where nobody can tell which it is."""
    shape = written.shape() if written is not None else None
    unknown: list[Element | None] = [None] * len(planned)
    if not isinstance(shape, Items):
        return unknown
    parts = [Element(number, part) for number, part in enumerate(shape.items)]
    if len(parts) == len(planned) and (len(parts) == 1 or all(map(_may_be, shape.items, planned))):
        return parts
    # A set stands in the plan in an order of its own; what is known of an element tells it from the others.
    exactly = {str(value).lower(): part for part in parts if (value := _scalar(part.written)) is not None}
    same = [exactly.get(str(value).lower()) if value is not None else None for value in planned]
    taken = {each.number for each in same if each is not None}
    left = [part for part in parts if part.number not in taken]
    if len(left) * len(planned) > MOST_COMPARED:
        return same
    blind = [number for number, value in enumerate(planned) if value is None]
    hidden = [part for part in left if not any(value is not None and fits(part.written, value) for value in planned)]
    found = same
    for number, value in enumerate(planned):
        if value is not None and found[number] is None:
            fitting = [part for part in left if fits(part.written, value)]
            found[number] = fitting[0] if len(fitting) == 1 else None
    if len(hidden) == len(blind):
        for number, part in zip(blind, hidden, strict=True):
            found[number] = part
    return found


def _may_be(part: Expression, planned: Any) -> bool:
    """Say whether an element may have this value; one that is written out is known in the plan."""
    return fits(part, planned) and (planned is not None or not isinstance(_scalar(part), str))


def _scalar(part: Expression) -> object:
    """Give a single value that is written out."""
    shape = part.shape()
    value = shape.value if isinstance(shape, Known) else None
    return value.literal_value if isinstance(value, Text) else value


def fits(part: Expression, planned: Any) -> bool:
    """Say whether what is written may have this value in the plan."""
    if planned is None:
        return True
    shape = part.shape()
    match shape:
        case Known(value=Text() as text):
            return text.literal_value is None or (
                not isinstance(planned, dict | list) and _same(text.literal_value, planned)
            )
        case Known(value=value):
            return not isinstance(planned, dict | list) and _same(value, planned)
        case Fields(fields=fields) if isinstance(planned, dict):
            return all(
                name not in planned or planned[name] in (None, [], {}) or fits(inner, planned[name])
                for name, inner in fields.items()
            )
        case Items(items=items) if isinstance(planned, list):
            if len(items) != len(planned):
                return False
            return all(any(fits(inner, value) for value in planned) for inner in items)
        case Fields() if isinstance(planned, list):
            return len(planned) == 1 and fits(part, planned[0])
        case Fields() | Items():
            return isinstance(planned, str)  # written by jsonencode
        case _:
            return True


def _same(written: object, planned: object) -> bool:
    return str(written).lower() == str(planned).lower()


def _inside(place: Place, outer: Place) -> bool:
    return (
        place.document is outer.document and outer.span.start <= place.span.start and place.span.end <= outer.span.end
    )


def settled_block(written: WrittenBlock) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give a block's values as plans write them, and the mask of what is unknown in them."""
    values: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    for name in written.names():
        if name in OF_TERRAFORM:
            continue
        values[name], mask = _settled_written(written.member(name))
        if mask:
            unknown[name] = mask
    return values, unknown


def _settled_written(written: Written | None) -> tuple[Any, Any]:
    match written:
        case None:
            return None, False
        case WrittenBlocks(unknown=None, blocks=blocks):
            pairs = [settled_block(block) for block in blocks]
            return [value for value, _ in pairs], [mask for _, mask in pairs]
        case _:
            return settled(written.shape())


def settled(shape: Shape, depth: int = 0) -> tuple[Any, Any]:
    """Give a value as plans write it, and the mask of what is unknown in it."""
    if depth > _DEEPEST:
        return None, True
    match shape:
        case Absent():
            return None, False
        case Known(value=Text() as text):
            literal = text.literal_value
            return literal, literal is None
        case Known(value=value):
            return value, False
        case Fields(fields=fields):
            pairs = {name: settled(part.shape(), depth + 1) for name, part in fields.items()}
            masks = {name: mask for name, (_, mask) in pairs.items() if mask}
            return {name: value for name, (value, _) in pairs.items()}, masks
        case Items(items=items):
            found = [settled(part.shape(), depth + 1) for part in items]
            masks_ = [mask for _, mask in found]
            return [value for value, _ in found], masks_ if any(masks_) else False
        case _:
            return None, True
