"""Which argument of a module's call sets an argument inside: the user can change the call, and not somebody's module.

Names in the module's expressions are candidates. Each is tried: the resource is evaluated as if the call gave it, and
only what makes the resource's argument what is wanted is an answer.
"""

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.json_text import parse
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Mentions, Unknown
from msglint.readers.terraform.evaluation.functions.values import EncodedFields
from msglint.readers.terraform.evaluation.world import World
from msglint.readers.terraform.evaluation.written import WrittenBlock, WrittenBlocks, member
from msglint.readers.terraform.kinds import OVERLAYS, kind_of
from msglint.readers.terraform.plan import Instance, Modules
from msglint.source import Place, hcl, innermost

MOST_TRIES = 300
"""How many candidates are tried for one argument."""
_MOST_OBJECTS = 60
_DEEPEST = 3
"""How deep inside the value of a variable an object is looked for."""
_LABELS = ("name", "id", "sid")
"""The members of objects that tell them apart, and hold no secret."""

Way = tuple[str | int, ...]
_Supposed = Mapping[tuple[Modules, str], Shape | None]


class Form(enum.Enum):
    """How a value is given to a module."""

    PLAIN = enum.auto()
    ENCODED = enum.auto()
    """As a text of JSON."""
    NULL = enum.auto()


class Setting(NamedTuple):
    """An argument of a resource, by the provider's names, and what it should be; None: nothing."""

    way: tuple[str, ...]
    value: Shape | None


class Passed(NamedTuple):
    """An argument of a call, or a member of one, that sets an argument inside the module."""

    modules: Modules
    way: Way
    form: Form = Form.PLAIN
    labels: Mapping[Way, tuple[str, str]] = {}
    """For a member in a list: what tells its element from others, by the way to the element."""


class Barred(NamedTuple):
    """No argument sets it; `modules` is the call that gives nothing on, and `certain` that msglint has seen it all."""

    modules: Modules
    certain: bool


NEEDLESS = Passed((), ())
"""Nothing has to be written: the other changes see to it."""


class Arguments:
    """Looks for the arguments of calls that give a resource some settings, one after the other."""

    def __init__(self, world: World, instance: Instance, at: Place | None = None) -> None:
        """Take an instance; of several blocks in it the one is meant whose value is at `at`, and else the first."""
        self._at = at
        self._world = world
        self._instance = instance
        self._given: dict[tuple[Modules, str], Shape | None] = {}
        self._barred = instance.modules
        self._certain = True
        self._tries = 0
        self._block = 0

    def are_apart(self, ways: Iterable[Sequence[str]]) -> bool:
        """Say whether arguments are made apart for each instance or call, so that the block is no place to set them."""
        scope = self._world.scope(self._instance.modules)
        block = scope.directory.resources.get(self._instance.local) if scope is not None else None
        if scope is None or block is None:
            return False
        if self._world.calls_of(scope.directory) > 1:
            return True
        dynamic = {each.labels for each in block.body.blocks if each.type == "dynamic"}
        return any(
            way[:1] in dynamic or any(isinstance(node, hcl.Name) and node.name == "each" for node in _nodes(expression))
            for way in map(tuple, ways)
            for expression in _expressions(block.body, way)
        )

    def find(self, setting: Setting) -> Passed | Barred:
        """Give the user's argument for a setting, beside those that were found before."""
        block = self._meant(setting.way)
        if block is None:
            return Barred(self._instance.modules, certain=False)
        self._block = block
        if self._holds(self._given, setting) is True:
            return NEEDLESS
        self._barred = self._instance.modules
        self._certain = True
        self._tries = 0
        for expressions in self._written(setting):
            found = self._outwards(self._instance.modules, expressions, setting)
            if found is not None:
                return found
        return Barred(self._barred, self._certain)

    def _meant(self, way: Sequence[str]) -> int | None:
        """Give which of several blocks is meant; None where nobody can tell."""
        written = self._world.written(self._instance)
        blocks = written.member(way[0]) if written is not None else None
        if written is None or not isinstance(blocks, WrittenBlocks) or not blocks.blocks[1:]:
            return 0
        for number in range(len(blocks.blocks)):
            if self._at is not None and _same(_value(written, way, number).at, self._at):
                return number
        return None

    def _written(self, setting: Setting) -> Iterator[list[hcl.Expression]]:
        """Give the expressions that make the argument: in the resource, or in one that is laid over it."""
        scope = self._world.scope(self._instance.modules)
        own = scope.directory.resources.get(self._instance.local) if scope is not None else None
        for block in [own, *(over for _, over in self._over(setting))] if own is not None else ():
            expressions = list(_expressions(block.body, setting.way))
            if expressions:
                for_each = block.body.attributes.get("for_each")
                yield [*expressions, *([for_each.expression] if for_each is not None else [])]
                if block is own:
                    return

    def _over(self, setting: Setting) -> Iterator[tuple[str, hcl.Block]]:
        scope = self._world.scope(self._instance.modules)
        kind = kind_of(self._instance.type)
        for local, block in scope.directory.resources.items() if scope is not None else ():
            overlay = OVERLAYS.get(local.partition(".")[0])
            if overlay is None or (overlay.type, overlay.attribute) != (kind.type, setting.way[0]):
                continue
            target = block.body.attributes.get(overlay.target)
            named = [".".join(_way(node)[:2]) for node in _nodes(target.expression)] if target is not None else []
            if self._instance.local in named:
                yield local, block

    def _outwards(self, modules: Modules, expressions: Sequence[hcl.Expression], setting: Setting) -> Passed | None:
        """Try what the expressions of a module name, and follow it to a call that is the user's own."""
        outer = modules[:-1]
        scope = self._world.scope(outer)
        if scope is None:
            self._certain = False
            return None
        call = scope.directory.calls.get(modules[-1].name)
        if call is None:
            return None
        for passed, shape in self._tried(modules, expressions, setting):
            name = str(passed.way[0])
            if scope.outer is None:
                if shape is None and name not in call.body.attributes:
                    continue
                self._given[modules, name] = shape
                return passed
            self._barred = outer
            argument = call.body.attributes.get(name)
            if argument is not None:
                found = self._outwards(outer, [argument.expression], setting)
                if found is not None:
                    return found
        return None

    def _tried(
        self, modules: Modules, expressions: Sequence[hcl.Expression], setting: Setting
    ) -> Iterator[tuple[Passed, Shape | None]]:
        """Give what makes the argument what is wanted, when the call of a module says so."""
        for way in self._candidates(modules, expressions, setting.way):
            for form, wanted in _forms(setting.value, expressions[0].at):
                if self._tries >= MOST_TRIES:
                    self._certain = False
                    return
                self._tries += 1
                name = str(way[0])
                before = self._given.get((modules, name)) or self._world.value_of(modules, name).shape()
                if isinstance(before, Unknown | Mentions) and len(way) > 1:
                    self._certain = False
                    continue
                shape = _with(before, way[1:], wanted)
                holds = self._holds({**self._given, (modules, name): shape}, setting)
                if holds is None:
                    self._certain = False
                if holds:
                    yield Passed(modules, way, form, _labels(before, way)), shape

    def _candidates(
        self, modules: Modules, expressions: Sequence[hcl.Expression], wanted: tuple[str, ...]
    ) -> Iterator[Way]:
        """Give the variables that expressions name, then the members of objects in them by names that are read.

        A module that takes blocks as objects has them nested as the resource has them.
        """
        variables, words = self._named(modules, expressions)
        yield from ((name,) for name in variables)
        own = self._own()
        for name in variables:
            value = self._world.value_of(modules, name).shape()
            objects = list(_objects(value, (name,), 0))[:_MOST_OBJECTS]
            # The object that this instance is made of comes first.
            for way, shape in sorted(objects, key=lambda each: -_shared(each[1], own)):
                fields = shape.fields if isinstance(shape, Fields) else {}
                yield from ((*way, word) for word in words if word not in fields or not _is_structure(fields[word]))
                yield from ((*way, *wanted[start:]) for start in range(len(wanted) - 1))

    def _named(self, modules: Modules, expressions: Sequence[hcl.Expression]) -> tuple[list[str], list[str]]:
        """Give the variables that expressions lead to, the nearest first, and all names of members in them."""
        scope = self._world.scope(modules)
        declared = scope.directory.variables if scope is not None else {}
        variables: dict[str, None] = {}
        words: dict[str, None] = {}
        seen: set[str] = set()
        waiting = list(expressions)
        while waiting:
            for node in _nodes(waiting.pop(0)):
                match node:
                    case hcl.Member(of=hcl.Name(name="var"), name=str() as name) if name in declared:
                        variables.setdefault(name)
                    case hcl.Member(of=hcl.Name(name="local"), name=str() as name) if name not in seen:
                        seen.add(name)
                        local = scope.directory.locals.get(name) if scope is not None else None
                        if local is not None:
                            waiting.append(local.expression)
                    case hcl.Member(name=str() as name) | hcl.Literal(value=str() as name) if name:
                        words.setdefault(name)
        return list(variables), list(words)

    def _own(self) -> Fields | None:
        """Give the `each.value` of the instance, where that is an object."""
        scope = self._world.scope(self._instance.modules)
        block = scope.directory.resources.get(self._instance.local) if scope is not None else None
        if scope is None or block is None:
            return None
        each = self._world.repeated(self._instance.index, block, scope).get("each")
        value = each.fields["value"].shape() if isinstance(each, Fields) else None
        return value if isinstance(value, Fields) else None

    def _holds(self, given: _Supposed, setting: Setting) -> bool | None:
        """Say whether the argument is what is wanted, if this is given; None where it cannot be told."""
        world = self._world.supposing(given)
        written = world.written(self._instance)
        shape = _value(written, setting.way, self._block) if written is not None else None
        if isinstance(shape, Absent):
            for local, block in self._over(setting):
                over = self._laid_over(world, local, block, setting)
                shape = over if over is not None else shape
        return _is(shape, setting.value) if shape is not None else None

    def _laid_over(self, world: World, local: str, block: hcl.Block, setting: Setting) -> Shape | None:
        """Give what a resource that is laid over this one says; None where there is none of it."""
        scope = world.scope(self._instance.modules)
        keys = world.keys(block, scope) if scope is not None else None
        if not keys:
            return None
        type_, _, name = local.partition(".")
        written = world.written(msgspec.structs.replace(self._instance, type=type_, name=name, index=keys[0]))
        return _value(written, setting.way, self._block) if written is not None else None


def _expressions(body: hcl.Body, way: Sequence[str]) -> Iterator[hcl.Expression]:
    """Give the expressions that make what stands at a way, with those that say how many blocks there are on it."""
    name, *rest = way
    attribute = body.attributes.get(name)
    if attribute is not None:
        yield attribute.expression
    for block in body.blocks:
        if block.type == name and rest:
            yield from _expressions(block.body, rest)
        elif block.type == "dynamic" and block.labels == (name,):
            content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
            if content is not None and rest:
                yield from _expressions(content.body, rest)
            if "for_each" in block.body.attributes:
                yield block.body.attributes["for_each"].expression


def _nodes(expression: Any) -> Iterator[hcl.Expression]:
    """Give an expression and all inside it, as they are read."""
    waiting = [expression]
    while waiting:
        here = waiting.pop()
        if isinstance(here, tuple):
            waiting += reversed(here)
        elif isinstance(here, msgspec.Struct) and not hasattr(here, "document"):
            yield here  # type: ignore[misc]  # the parts of an expression are expressions and places
            waiting += [getattr(here, name) for name in reversed(here.__struct_fields__)]


def _way(expression: hcl.Expression) -> tuple[str, ...]:
    match expression:
        case hcl.Name(name=name):
            return (name,)
        case hcl.Member(of=of, name=name):
            return (*_way(of), str(name))
        case hcl.Index(of=of):
            return _way(of)
        case _:
            return ()


def _same(one: Place, other: Place) -> bool:
    """Say whether two places are one, in the user's files and inside a module."""
    return all(
        each.document is wanted.document and each.span == wanted.span
        for each, wanted in ((one, other), (innermost(one), innermost(other)))
    )


def _value(written: WrittenBlock, way: Sequence[str], block: int) -> Shape:
    """Give what stands at a way, which leads through one of several blocks."""
    here: Any = written
    for name in way:
        if isinstance(here, WrittenBlocks):
            if here.unknown is not None:
                return here.unknown
            here = here.blocks[block] if block < len(here.blocks) else None
            block = 0
        here = member(here, name)
    return here.shape() if here is not None else Absent(None, written.at)


def _is(shape: Shape, wanted: Shape | None) -> bool | None:
    """Say whether a value is what is wanted, and may be more; None where it is not known."""
    match shape, wanted:
        case ((Unknown() | Mentions()), _):
            return None
        case _, None:
            return isinstance(shape, Absent)
        case Known(value=Text() as text), Fields():
            read = parse(text, shape.at)
            return isinstance(read, Fields) and _is(read, wanted)
        case Known(value=value), Known(value=other):
            return str(value).lower() == str(other).lower()
        case Fields(fields=fields), Fields(fields=others):
            parts = [_is(fields[name].shape(), other.shape()) for name, other in others.items() if name in fields]
            return len(parts) == len(others) and all(parts)
        case Items(items=items), Items(items=others_):
            return len(items) == len(others_) and all(map(_is, _shapes(items), _shapes(others_)))
        case Items(items=(only,)), _:
            return _is(only.shape(), wanted)
        case _:
            return False


def _shapes(items: Sequence[Expression]) -> Iterator[Shape]:
    return (item.shape() for item in items)


def _forms(value: Shape | None, at: Place) -> Iterator[tuple[Form, Shape | None]]:
    """Give the forms in which a module may take a value; where its default is not nothing, null may be."""
    yield Form.PLAIN, value
    if isinstance(value, Fields):
        yield Form.ENCODED, EncodedFields(value.fields, value.at)
    if value is None:
        yield Form.NULL, Absent(None, at)


def _with(before: Shape, way: Way, value: Shape | None) -> Shape | None:
    """Give a value with another member; None where it is left out as a whole."""
    if not way:
        return value
    step, rest = way[0], way[1:]
    match before:
        case Fields(fields=fields, at=at):
            inner = fields[str(step)].shape() if step in fields else Absent(None, at)
            part = _with(inner, rest, value)
            kept = {name: each for name, each in fields.items() if name != step}
            return Fields(kept if part is None else {**kept, str(step): Given(part)}, at)
        case Items(items=items, at=at) if isinstance(step, int):
            part = _with(items[step].shape(), rest, value)
            return Items((*items[:step], *([Given(part)] if part is not None else []), *items[step + 1 :]), at)
        case Absent(at=at) if isinstance(step, str):
            part = _with(Absent(None, at), rest, value)
            return Fields({step: Given(part)} if part is not None else {}, at)
        case _:
            return before


def _objects(value: Shape, way: Way, depth: int) -> Iterator[tuple[Way, Shape]]:
    """Give the objects in a value, and the value itself where it may become one."""
    match value:
        case Fields(fields=fields):
            yield way, value
            parts: list[tuple[str | int, Expression]] = list(fields.items())
        case Items(items=items):
            parts = list(enumerate(items))
        case Absent():
            yield way, value
            return
        case _:
            return
    if depth < _DEEPEST:
        for name, part in parts[:_MOST_OBJECTS]:
            inner = part.shape()
            if isinstance(inner, Fields | Items):
                yield from _objects(inner, (*way, name), depth + 1)


def _shared(shape: Shape, own: Fields | None) -> int:
    """Count the parts that an object has in common with what an instance is made of."""
    if own is None or not isinstance(shape, Fields):
        return 0
    return sum(own.fields.get(name) is part for name, part in shape.fields.items())


def _is_structure(expression: Expression) -> bool:
    return isinstance(expression.shape(), Fields | Items)


def _labels(value: Shape, way: Way) -> Mapping[Way, tuple[str, str]]:
    """Give what tells the elements of lists on a way from others."""
    found: dict[Way, tuple[str, str]] = {}
    here = value
    for length, step in enumerate(way[1:], start=2):
        match here:
            case Fields(fields=fields) if step in fields:
                here = fields[str(step)].shape()
            case Items(items=items) if isinstance(step, int):
                here = items[step].shape()
                found[way[:length]] = _label(here)
    return found


def _label(element: Shape) -> tuple[str, str]:
    fields = element.fields if isinstance(element, Fields) else {}
    for name in _LABELS:
        shape = fields[name].shape() if name in fields else None
        if isinstance(shape, Known) and isinstance(shape.value, Text) and shape.value.literal_value:
            return name, shape.value.literal_value
    return "", ""
