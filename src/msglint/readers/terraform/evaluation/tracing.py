"""The evaluation of a configuration in which what variables and secret sources give is left as symbols.

It says where each part of a text comes from: what is no symbol is a literal that somebody has written. What decides
over others, such as a condition or a key, is decided by its value all the same.
"""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from msglint.model.disclosure import Encoded, Source, Sourced, Traced, Way
from msglint.model.expression import Expression, Fields, Given, Items, Scalar, Shape
from msglint.model.text import Alphabet, Symbol, Text
from msglint.model.value import Absent, Known, Mentions, Unknown, not_understood
from msglint.readers.terraform.address import Index
from msglint.readers.terraform.evaluation.evaluate import Budget, Evaluator, Lazy, Scope, head
from msglint.readers.terraform.evaluation.functions import EvaluationError, call
from msglint.readers.terraform.evaluation.functions.collections import sort
from msglint.readers.terraform.evaluation.functions.sets import make_set
from msglint.readers.terraform.evaluation.functions.values import (
    Blind,
    EncodedFields,
    EncodedItems,
    Set,
    Unordered,
    text,
    together,
)
from msglint.readers.terraform.evaluation.world import Naming, World
from msglint.readers.terraform.evaluation.written import Argument, WrittenBlock, WrittenBlocks
from msglint.readers.terraform.origins import Origins, placed
from msglint.readers.terraform.plan import Instance, Modules, Plan
from msglint.readers.terraform.references import References, Where
from msglint.readers.terraform.sources.configuration import Sources
from msglint.source import Place, hcl

MOST_LEAVES = 200_000
"""How many values of one configuration are looked through for what functions may have made their answers of."""
MOST_SEARCHED = 10_000_000
"""In how many characters, all in all, symbols are looked for in one answer."""

_DEEPEST = 60
_COMPARING = frozenset(
    {"contains", "index", "distinct", "matchkeys", "setintersection", "setproduct", "setsubtract", "setunion", "toset"}
)
"""Functions to which it matters what each value is, and which take long to compare symbols."""


class TracedWorld(World):
    """The meanings of names, of which those that may be secret are symbols; `origins.py` says which these are."""

    __slots__ = ("_blocks", "_origins", "_tracer", "_valued")

    def __init__(self, valued: World, plan: Plan, references: References, sources: Sources, naming: Naming) -> None:
        """`valued` says what the names are worth."""
        super().__init__(plan, references, sources, naming)
        self._evaluator = self._tracer = Tracer(self, Budget())
        self._valued = valued
        self._origins = Origins(plan, references)
        self._blocks: dict[str, WrittenBlock | None] = {}

    def written(self, instance: Instance) -> WrittenBlock | None:
        """Give what is written of an instance, evaluated once."""
        if instance.address not in self._blocks:
            self._blocks[instance.address] = super().written(instance)
        return self._blocks[instance.address]

    def keys(self, block: hcl.Block, scope: Scope) -> Sequence[Index] | None:
        """Give the indexes of a block's instances."""
        valued = self._valued.scope(scope.modules)
        return self._valued.keys(block, valued) if valued is not None else None

    def named(self, name: str, steps: Sequence[str | int | None], scope: Scope, at: Place) -> tuple[Shape, int]:
        """Give what a way begins with; nobody has written an ephemeral value."""
        if name == "ephemeral":
            shown = ".".join(("ephemeral", *(str(step) for step in steps if step is not None)))
            return _symbol(Source(shown, at), None, at), len(steps)
        return super().named(name, steps, scope, at)

    def _each(self, index: str, block: hcl.Block, scope: Scope) -> Shape:
        for_each = block.body.attributes.get("for_each")
        shape = head(self._repeat(for_each, scope)) if for_each is not None else None
        return shape if isinstance(shape, Known) else super()._each(index, block, scope)

    def _given(self, modules: Modules, name: str, at: Place) -> Shape:
        if modules:
            return super()._given(modules, name, at)
        value, default = self._valued.variable(name), self._valued.default(name)
        return self._variable_part(f"var.{name}", value, default, value.at if default is None else default.at)

    def _variable_part(self, name: str, value: Shape, default: Shape | None, at: Place) -> Shape:
        """Give the value of a root variable; where nobody gave another, it is the default's and in the open."""
        match value:
            case Known(value=Text() as known):
                written = known.literal_value
                if not written:
                    return value if written == "" else _symbol(Source(name, at), None, at)
                if isinstance(default, Known) and default.value == known:
                    return _symbol(Source(name, default.at, Way.DEFAULT, default=known), written, at)
                return _symbol(Source(name, at), written, at)
            case Fields(fields=fields):
                defaults = default.fields if isinstance(default, Fields) else {}
                return msgspec.structs.replace(
                    value,
                    fields={key: self._inner(f"{name}.{key}", part, defaults.get(key)) for key, part in fields.items()},
                )
            case Items(items=items):
                beside = default.items if isinstance(default, Items) and len(default.items) == len(items) else ()
                parts = (
                    self._inner(f"{name}[{number}]", part, beside[number] if beside else None)
                    for number, part in enumerate(items)
                )
                return msgspec.structs.replace(value, items=tuple(parts))
            case _:
                return value

    def _inner(self, name: str, part: Expression, default: Expression | None) -> Lazy:
        return Lazy(
            lambda: self._variable_part(
                name, part.shape(), None if default is None else default.shape(), (default or part).at
            ),
            part.at,
        )

    def _typed(self, given: Shape, type_: hcl.Expression, scope: Scope, at: Place) -> Shape:
        typed = super()._typed
        return self._tracer.through(lambda shapes: typed(shapes[0], type_, scope, at), [given])

    def _configured(self, expression: object, where: Where, at: Place) -> Shape:
        shape = super()._configured(expression, where, at)
        if not isinstance(shape, Mentions):
            return shape
        return Known(self._origins.unknown(at, expression, where, alone=True).text, at)

    def _attribute(self, instance: Instance, name: str, at: Place) -> Shape:
        origin = self._origins.of_attribute(instance, name, at)
        block = self.written(instance) if not (origin.source is not None and origin.sensitive) else None
        member = block.member(name) if block is not None else None
        if member is not None:
            return head(member.value if isinstance(member, Argument) else member)
        if origin.source is None:
            return super()._attribute(instance, name, at)
        return _secret(origin.source, instance.values.get(name), at)


class Tracer(Evaluator):
    """Evaluates to texts with symbols; what is not known is a symbol as well, with its reason."""

    __slots__ = ("_left",)

    def __init__(self, world: World, budget: Budget) -> None:
        super().__init__(world, budget)
        self._left = MOST_LEAVES

    def evaluate(self, expression: hcl.Expression, scope: Scope) -> Shape:
        """Evaluate the head of an expression; raises `EvaluationError`."""
        shape = super().evaluate(expression, scope)
        return _doubtful(shape) if isinstance(shape, Unknown | Mentions) else shape

    def deciding(self, shape: Shape) -> Shape:
        """Give the value that stands behind the symbols."""
        return valued(shape)

    def called(self, name: str, arguments: Sequence[Shape], at: Place) -> Shape:
        """Give what a function makes of its arguments; what it makes of a symbol comes from there as well."""
        if name == "base64encode" and len(arguments) == 1:
            try:
                inner = text(arguments[0], at)
            except Blind as without:
                return without.shape
            if inner.literal_value is None:
                key = ("base64", *map(str, inner.parts))
                return Known(Text.of(Encoded(key, Alphabet.OPAQUE, "<base64>", inner=inner)), at)
        return self.through(lambda shapes: call(name, shapes, at), arguments, by_value=name in _COMPARING)

    def picked(self, shape: Shape, key: Shape, at: Place) -> Shape:
        """Give an attribute or element; that of a symbol comes from where the symbol does."""
        match shape:
            case Known(value=Text(parts=(Sourced(value=None),))):
                return shape
            case _:
                return super().picked(shape, key, at)

    def through(
        self, operation: Callable[[Sequence[Shape]], Shape], arguments: Sequence[Shape], *, by_value: bool = False
    ) -> Shape:
        """Give what is made of values, where their letters count too: symbols are put where their values have gone.

        `by_value`: only their letters count.
        """
        shape: Shape | None = None
        refused: EvaluationError | None = None
        if not by_value:
            try:
                shape = operation(arguments)
            except EvaluationError as error:
                refused = error
            if shape is not None and _is_settled(shape):
                return shape
        for deep in (True,) if by_value else (False, True):
            marks = _Marks(arguments, self._left, deep=deep)
            self._left -= marks.seen
            if self._left <= 0 or not (marks.symbols or by_value):
                continue
            try:
                found = operation(marks.values)
            except EvaluationError as error:
                refused = error
                continue
            if deep or _is_settled(found):
                return marks.put(found)
        if shape is None and refused is not None:
            raise refused
        return shape or not_understood("more values than msglint looks through go into this", arguments[0].at)

    def _chosen(self, condition: Shape, yes: hcl.Expression, no: hcl.Expression, scope: Scope) -> Shape:
        try:
            return super()._chosen(condition, yes, no, scope)
        except Blind:
            either = [self.evaluate(yes, scope), self.evaluate(no, scope)]
            if all(map(_is_quiet, either)):
                return either[0]
            raise


def traced(written: Argument | WrittenBlock | WrittenBlocks | Expression) -> Traced | None:
    """Give the text that is written, and where: what somebody wrote stands there, what comes from elsewhere is used."""
    own = written.value if isinstance(written, Argument) else written
    shape = own.shape()
    match shape:
        case Known(value=Text() as known):
            return Traced(known, shape.at if _is_written(shape) else own.at)
        case Unknown(reason=reason) | Mentions(reason=reason):
            return Traced.untold(reason, own.at)
        case Known() | EncodedFields() | EncodedItems():
            try:
                return Traced(text(shape, own.at), own.at)
            except Blind as without:
                return Traced.untold(without.shape.reason, own.at)
        case _:
            return None


def _is_written(shape: Known[Scalar]) -> bool:
    """Say whether a text, or a part of it, is written in a `.tf` file, and not in one that this reads."""
    literal = isinstance(shape.value, Text) and any(isinstance(part, str) for part in shape.value.parts)
    return literal and shape.at.document.name.endswith((".tf", ".tf.json"))


def within(written: Argument | WrittenBlock | WrittenBlocks | Expression, key: str | int) -> Expression | None:
    """Give a part of what is written; that of a symbol comes from where the symbol does."""
    if isinstance(written, WrittenBlock) and isinstance(key, str):
        return written.member(key)
    shape = written.shape()
    match shape, key:
        case Fields(fields=fields), str():
            return fields.get(key)
        case Items(items=items), int() if key < len(items):
            return items[key]
        case Known(value=Text(parts=(Sourced(),))), _:
            return Given(shape)
        case _:
            return None


def valued(shape: Shape) -> Shape:
    """Give a value as it is, without symbols where what stands behind them is known."""
    match shape:
        case Known(value=Text() as known, at=at) if not _is_plain(known):
            worth = _worth(known)
            if worth is not None:
                return Known(Text.literal(worth), at)
            pieces: list[str | Symbol] = []
            for part in known.parts:
                if isinstance(part, Sourced) and part.value is None and part.source.doubt is not None:
                    return Unknown(part.source.doubt, at)
                pieces.append(part.value if isinstance(part, Sourced) and part.value is not None else part)
            return Known(together(pieces), at)
        case EncodedItems(items=items, of=of):
            return msgspec.structs.replace(shape, items=tuple(map(_Valued, items)), of=valued(of))
        case Set(items=items, at=at):
            return make_set([Given(valued(part.shape())) for part in items], at)
        case Unordered(items=items, at=at):
            known_parts = [valued(part.shape()) for part in items]
            return sort(at, Items(tuple(map(Given, known_parts)), at))
        case Fields(fields=fields):
            return msgspec.structs.replace(shape, fields={name: _Valued(part) for name, part in fields.items()})
        case Items(items=items):
            return msgspec.structs.replace(shape, items=tuple(map(_Valued, items)))
        case _:
            return shape


class _Valued(msgspec.Struct, frozen=True):
    """A part of a structure as it is."""

    part: Expression

    @property
    def at(self) -> Place:
        return self.part.at

    def shape(self) -> Shape:
        return valued(self.part.shape())


class _Marks:
    """What a function is given: the texts with symbols by what they are, and all symbols."""

    __slots__ = ("_of_text", "_texts", "seen", "symbols", "values")

    def __init__(self, arguments: Sequence[Shape], most: int, *, deep: bool) -> None:
        """`deep`: also what is in structures, of which a function that takes scalars too only picks."""
        self.seen = 0
        self.values = [valued(each) if deep or isinstance(each, Known) else each for each in arguments]
        self.symbols: dict[Sourced, None] = {}
        self._texts: dict[str, Text] = {}
        self._of_text = deep or all(isinstance(each, Known | Absent) for each in arguments)
        for known in (found for each in arguments for found in _texts(each, 0, deep=deep)):
            if self.seen >= most:
                break
            self.seen += 1
            worth = _worth(known)
            if worth:
                self._texts.setdefault(worth, known)
            self.symbols |= dict.fromkeys(part for part in known.parts if isinstance(part, Sourced))

    def put(self, shape: Shape) -> Shape:
        """Put the symbols where what they stand for is, and where nobody knows what was made of them."""
        match shape:
            case Known(value=Text() as known, at=at):
                written = known.literal_value
                return Known(self._put(written) if written else known, at)
            case Unknown(at=at) | Mentions(at=at):
                return Known(Text.of(*self.symbols), at)
            case EncodedItems(items=items, of=of):
                return msgspec.structs.replace(shape, items=tuple(map(self._part, items)), of=self.put(of))
            case Fields(fields=fields):
                return msgspec.structs.replace(shape, fields={name: self._part(part) for name, part in fields.items()})
            case Items(items=items):
                return msgspec.structs.replace(shape, items=tuple(map(self._part, items)))
            case _:
                return shape

    def _put(self, written: str) -> Text:
        if written in self._texts:
            return self._texts[written]
        known = [(each.value, each) for each in self.symbols if each.value is not None]
        few = len(known) * len(written) <= MOST_SEARCHED
        found, there = placed(written, known) if few else (Text.of(*self.symbols), set(self.symbols))
        if there or not self._of_text:
            return found
        made = (
            Sourced.of(
                msgspec.structs.replace(each.source, default=Text.literal(written))
                if each.source.default is not None
                else each.source,
                written,
            )
            for each in self.symbols
        )
        return Text.of(*made)

    def _part(self, part: Expression) -> Lazy:
        return Lazy(lambda: self.put(head(part)), part.at)


def _texts(shape: Shape, depth: int, *, deep: bool) -> Iterator[Text]:
    match shape:
        case Known(value=Text() as known):
            yield known
        case Fields(fields=fields) if deep and depth < _DEEPEST:
            for part in fields.values():
                yield from _texts(part.shape(), depth + 1, deep=deep)
        case Items(items=items) if deep and depth < _DEEPEST:
            for part in items:
                yield from _texts(part.shape(), depth + 1, deep=deep)
        case Unknown() | Mentions():
            yield from _texts(_doubtful(shape), depth, deep=deep)
        case _:
            return


def _is_settled(shape: Shape) -> bool:
    return not isinstance(shape, Unknown | Mentions | Unordered)


def _is_plain(known: Text) -> bool:
    return not any(isinstance(part, Sourced) for part in known.parts)


def _worth(known: Text) -> str | None:
    """Give what a text is, where all of it is known."""
    pieces = [part.value if isinstance(part, Sourced) else part for part in known.parts]
    return "".join(pieces) if all(isinstance(piece, str) for piece in pieces) else None  # type: ignore[arg-type]


def _is_quiet(shape: Shape) -> bool:
    """Say whether a text is a secret that nobody has written."""
    parts = shape.value.parts if isinstance(shape, Known) and isinstance(shape.value, Text) else ()
    return bool(parts) and all(
        isinstance(part, Sourced) and part.source.way is None and part.source.doubt is None for part in parts
    )


def _symbol(source: Source, value: str | None, at: Place) -> Shape:
    return Known(Text.of(Sourced.of(source, value)), at)


def _secret(source: Source, value: object, at: Place) -> Shape:
    """Give what a secret source holds, each text of it as a symbol."""
    match value:
        case dict():
            return Fields({name: Given(_secret(source, part, at)) for name, part in value.items()}, at)
        case list():
            return Items(tuple(Given(_secret(source, part, at)) for part in value), at)
        case bool() | int() | float():
            return Known(value, at)
        case _:
            return _symbol(source, value if isinstance(value, str) else None, at)


def _doubtful(shape: Unknown | Mentions) -> Shape:
    reason = shape.reason
    return _symbol(Source(reason.text, reason.at or shape.at, doubt=reason), None, shape.at)
