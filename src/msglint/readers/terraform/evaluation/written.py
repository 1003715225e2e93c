"""What is written in `.tf` files beside the values of a plan: attributes, and blocks with the dynamic ones expanded."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.text import Text, same
from msglint.model.value import Absent, Known, Unknown, not_understood
from msglint.readers.terraform.evaluation.evaluate import Evaluator, Lazy, Scope, pairs
from msglint.readers.terraform.evaluation.functions import EvaluationError
from msglint.readers.terraform.evaluation.functions.values import Blind, EncodedFields, EncodedItems
from msglint.source import Place, Within, hcl
from msglint.source.text import Stretch
from msglint.verdict import Doubt, Reason


class Argument(msgspec.Struct, frozen=True):
    """`name = expression`; its place is all of it, and what is inside stands at its own."""

    expression: hcl.Expression
    value: Lazy
    at: Place

    def shape(self) -> Shape:
        """Evaluate what it is set to; what names a resource stands where it does, however it got there.

        What the call of somebody else's module gives stands in the call.
        """
        shape = self.value.shape()
        given = isinstance(self.at, Within) and not isinstance(shape.at, Within)
        if isinstance(shape, Known | Fields | Items) and not given and (_inside(shape.at, self.at) or _is_name(shape)):
            return msgspec.structs.replace(shape, at=self.at)
        return shape


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
        at = self._scope.at(expression.at)
        value = Lazy(lambda: bounded(self._evaluator.evaluate(expression, self._scope)), at)
        return Argument(expression, value, self._scope.at(attribute.at))

    def references(self, argument: Argument) -> tuple[str, ...]:
        """Give what an argument names, as a plan lists it."""
        return self._evaluator.references(argument.expression)

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
            self._evaluator.spend(_STEPS_OF_BLOCK, at)
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


def bounded(shape: Shape) -> Shape:
    """Give a value, or that it has more parts than anybody wants to look at: a few lines can make billions."""
    waiting: list[Shape] = [shape]
    for _ in range(MOST_PARTS):
        if not waiting:
            return shape
        match waiting.pop():
            case Items(items=items):
                parts: Iterable[Expression] = items[:MOST_PARTS]
            case Fields(fields=dict() as fields):
                parts = fields.values()
            case _:
                continue
        waiting += [part.shape() for part in parts]
    return not_understood(f"this has more than {MOST_PARTS:,} parts", shape.at)


OF_TERRAFORM = frozenset(
    {"count", "for_each", "dynamic", "provider", "depends_on", "lifecycle", "connection", "provisioner"}
)
"""What stands in the block of a resource and is no property of it."""
_DEEPEST = 20
_STEPS_OF_BLOCK = 10
"""What a block costs that a `dynamic` one makes."""
MOST_PARTS = 100_000
"""How many parts a value may have, those of its parts among them."""
MOST_COMPARED = 10_000
"""How many pairs of what is written and what is planned are looked at to tell the elements of a set apart."""
_MOST_INSIDE = 100
"""How many elements of a list inside of another are looked at for that."""

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


def is_silent(written: Written | None, name: str) -> bool:
    """Say whether all that is written of a structure is at hand, and nothing of a member."""
    match written:
        case None | WrittenBlocks():
            return False
        case WrittenBlock():
            return written.member(name) is None
        case _:
            shape = written.shape()
            return isinstance(shape, Fields) and name not in shape.fields


def agrees(owner: Written, found: Written | None, expression: Any) -> bool:
    """Say whether an argument names the same things as the plan's configuration says of it."""
    if not isinstance(found, Argument) or (isinstance(owner, WrittenBlock) and owner.dynamic):
        return True
    if not isinstance(expression, dict):
        return False
    written = owner.references(found) if isinstance(owner, WrittenBlock) else hcl.references(found.expression)
    return tuple(expression.get("references", ())) == written


def static(written: Written) -> list[int]:
    """Give the numbers of the blocks that no dynamic block makes."""
    blocks = written.blocks if isinstance(written, WrittenBlocks) else ()
    return [number for number, block in enumerate(blocks) if not block.dynamic]


class Element(NamedTuple):
    """What is written of an element of a planned list, and its number there."""

    number: int
    written: Expression


def elements(written: Written | None, planned: Sequence[Any]) -> Sequence[Element | None]:
    """Give what is written of each of the planned elements of a list; None where nobody can tell which it is.

    A set stands in the plan in an order of its own; what is known of an element tells it from the others.
    """
    shape = written.shape() if written is not None else None
    if not isinstance(shape, Items):
        return [None] * len(planned)
    parts = [Element(number, part) for number, part in enumerate(shape.items)]
    pairs = list(zip(shape.items, planned, strict=False))
    in_order = len(parts) == len(planned) and all(_rated(*pair) is not None for pair in pairs)
    if in_order and (len(parts) == 1 or not any(value is None and _plain(part) is not None for part, value in pairs)):
        return parts
    exactly = {text.lower(): part for part in parts if (text := _plain(part.written)) is not None}
    found = [None if value is None else exactly.get(str(value).lower()) for value in planned]
    if len(parts) * len(planned) <= MOST_COMPARED:
        known = zip(found, planned, strict=True)
        found = [same or (None if value is None else _closest(parts, value)) for same, value in known]
    taken = {each.number for each in found if each is not None}
    left = [part for part in parts if part.number not in taken]
    if len(left) == planned.count(None):
        return [left.pop(0) if value is None else each for each, value in zip(found, planned, strict=True)]
    return parts if in_order else found


def _closest(parts: Sequence[Element], planned: Any) -> Element | None:
    """Give the one that says most of what is planned; None where several say as much."""
    rated = [(rating, part) for part in parts if (rating := _rated(part.written, planned)) is not None]
    best = max((rating for rating, _ in rated), default=0)
    closest = [part for rating, part in rated if rating == best]
    return closest[0] if len(closest) == 1 else None


def _plain(part: Expression) -> str | None:
    """Give a text that is written as it is, and that no plan calls unknown."""
    shape = part.shape()
    if not isinstance(shape, Known) or not isinstance(shape.value, Text) or shape.value.refers is not None:
        return None
    return shape.value.literal_value


def _rated(part: Expression, planned: Any) -> int | None:
    """Say how much of a value in the plan is what is written; None where something else is written."""
    shape = part.shape()
    match shape, planned:
        case _, None:
            return 0
        case ((Fields() | Items()), str()):
            return 0  # written by jsonencode
        case Known(value=Text() as words), _ if words.literal_value is None:
            because = Reason(Doubt.OUTSIDE, f"{words} has no value here", shape.at)
            return None if same(words, Text.literal(str(planned)), because).is_no else 0
        case Known(value=value), _:
            # The provider converts scalars.
            return 1 if str(value).lower() == str(planned).lower() else None
        case Fields(fields=fields), dict():
            told = (name for name in fields if planned.get(name) not in (None, [], {}))
            return _added(_rated(fields[name], planned[name]) for name in told)
        case Items(items=parts), list() if len(parts) > _MOST_INSIDE:
            return 0 if len(parts) == len(planned) else None
        case Items(items=parts), list():
            return _added(_best(parts, value) for value in planned) if len(parts) == len(planned) else None
        case Fields(), list():
            return _rated(part, planned[0]) if len(planned) == 1 else None
        case _:
            return 0


def _best(parts: Sequence[Expression], planned: Any) -> int | None:
    return max((rating for part in parts if (rating := _rated(part, planned)) is not None), default=None)


def _added(ratings: Iterable[int | None]) -> int | None:
    total = 0
    for rating in ratings:
        if rating is None:
            return None
        total += rating
    return total


def _is_name(shape: Shape) -> bool:
    return isinstance(shape, Known) and isinstance(shape.value, Text) and shape.value.refers is not None


def _inside(place: Place, outer: Place) -> bool:
    if isinstance(place, Stretch) and isinstance(outer, Stretch):  # nearly all are, and lines take long to count
        return place.document is outer.document and outer.start <= place.start and place.end <= outer.end
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
        case Known(value=Text() as words):
            literal = words.literal_value
            return literal, literal is None
        case Known(value=value):
            return value, False
        case EncodedFields() | EncodedItems():
            whole = shape.words()
            literal = whole.literal_value if whole is not None else None
            return literal, literal is None
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
