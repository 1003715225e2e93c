"""Expressions of HCL, evaluated to the Model's own shapes as far as somebody looks.

What terraform would refuse raises `EvaluationError`; what is not known is a value with its reason.
https://developer.hashicorp.com/terraform/language/expressions
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Mentions, Unknown, not_understood, outside
from msglint.readers.terraform.evaluation.functions import EvaluationError, call
from msglint.readers.terraform.evaluation.functions.sets import arranged, elements
from msglint.readers.terraform.evaluation.functions.values import (
    Blind,
    EncodedFields,
    EncodedItems,
    Set,
    given,
    literal,
    mapping,
    member,
    ordered,
    said,
    sequence,
    settled,
    text,
    together,
    truth,
)
from msglint.readers.terraform.evaluation.operators import operate, operate_alone
from msglint.readers.terraform.plan import Modules
from msglint.readers.terraform.sources.module import WrittenModule
from msglint.source import Place, SourceError, hcl
from msglint.source.text import Stretch, Within

DEEPEST = 120
"""How many expressions may stand inside, or lead to, one another."""
MOST_STEPS = 1_000_000
"""How many expressions of one configuration are evaluated."""

MOST_FORCED = 10_000
"""How many parts of a value `try` looks at."""
_LONGEST_INDEX = 9
_HERE = "[*]"  # what no variable can be called


class Scope(msgspec.Struct, frozen=True):
    """Where an expression stands: its module, and what the names that are bound there mean."""

    modules: Modules
    directory: WrittenModule
    outer: Place | None = None
    """The user's call of the module, where the module is not the user's own."""
    bindings: Mapping[str, Shape] = {}

    def at(self, stretch: Stretch) -> Place:
        """Give the place of an expression for people, who can only change what is their own."""
        return stretch if self.outer is None else Within(self.outer, stretch)

    def bound(self, **more: Shape) -> "Scope":
        """Give the same place with more names."""
        return msgspec.structs.replace(self, bindings={**self.bindings, **more})


class World(Protocol):
    """What the names of a configuration mean."""

    def named(self, name: str, steps: Sequence[str | int | None], scope: Scope, at: Place) -> tuple[Shape, int]:
        """Give what a way begins with, such as `var.x` or `aws_sqs_queue.q`, and how many steps of it that takes.

        A step is None where it is an expression that picks an element.
        """


class Lazy:
    """An expression that is evaluated when somebody looks."""

    __slots__ = ("_error", "_evaluate", "_shape", "at")

    def __init__(self, evaluate: Callable[[], Shape], at: Place) -> None:
        self._evaluate: Callable[[], Shape] | None = evaluate
        self._shape: Shape | None = None
        self._error: EvaluationError | None = None
        self.at = at

    def head(self) -> Shape:
        """Evaluate; raises `EvaluationError`."""
        if self._error is not None:
            raise self._error
        if self._shape is None:
            if self._evaluate is None:
                raise EvaluationError("this refers to itself", self.at)
            evaluate, self._evaluate = self._evaluate, None
            try:
                self._shape = evaluate()
            except EvaluationError as error:
                self._error = error
                raise
        return self._shape

    def shape(self) -> Shape:
        """Evaluate; what terraform would refuse is not understood."""
        try:
            return self.head()
        except EvaluationError as error:
            return not_understood(error.message, error.at)
        except RecursionError:
            return not_understood("too many expressions lead to one another here", self.at)


def head(expression: Expression) -> Shape:
    """Give the shape of an expression; raises `EvaluationError`, so that `try` sees it."""
    return expression.head() if isinstance(expression, Lazy) else expression.shape()


class Budget:
    """Counts the expressions that are evaluated."""

    __slots__ = ("used",)

    def __init__(self) -> None:
        self.used = 0


class Evaluator:
    """Evaluates the expressions of one configuration, within one budget of steps."""

    __slots__ = ("_budget", "_depth", "_references", "_world")

    def __init__(self, world: World, budget: Budget) -> None:
        self._world = world
        self._budget = budget
        self._depth = 0
        # By the expression's identity, which stays its own as it is kept: all instances of a resource share it.
        self._references: dict[int, tuple[hcl.Expression, tuple[str, ...]]] = {}

    def references(self, expression: hcl.Expression) -> tuple[str, ...]:
        """Give what an expression names, as a plan lists it."""
        found = self._references.get(id(expression))
        if found is None:
            found = self._references[id(expression)] = expression, hcl.references(expression)
        return found[1]

    def lazy(self, expression: hcl.Expression, scope: Scope, at: Place | None = None) -> Lazy:
        """Give an expression that is evaluated when somebody looks."""
        return Lazy(lambda: self.evaluate(expression, scope), at or scope.at(expression.at))

    def spend(self, steps: int, at: Place) -> None:
        """Take steps; raises `Blind` where there are none left."""
        self._budget.used += steps
        if self._budget.used > MOST_STEPS:
            raise Blind(not_understood(f"this configuration takes more than {MOST_STEPS:,} steps to evaluate", at))

    def evaluate(self, expression: hcl.Expression, scope: Scope) -> Shape:
        """Evaluate the head of an expression; raises `EvaluationError`."""
        at = scope.at(expression.at)
        try:
            self.spend(1, at)
        except Blind as exhausted:
            return exhausted.shape
        if self._depth > DEEPEST:
            return not_understood(f"more than {DEEPEST} expressions lead to one another here", at)
        self._depth += 1
        try:
            return self._evaluated(expression, scope, at)
        except Blind as without:
            return without.shape
        finally:
            self._depth -= 1

    def deciding(self, shape: Shape) -> Shape:
        """Give a value that decides over others, as a condition or a key does."""
        return shape

    def called(self, name: str, arguments: Sequence[Shape], at: Place) -> Shape:
        """Give what a function makes of its arguments; raises `EvaluationError`."""
        return call(name, arguments, at)

    def picked(self, shape: Shape, key: Shape, at: Place) -> Shape:
        """Give an attribute or element; raises `EvaluationError` and `Blind`."""
        return picked(shape, key, at)

    def _evaluated(self, expression: hcl.Expression, scope: Scope, at: Place) -> Shape:
        match expression:
            case hcl.Literal(value=value):
                return _scalar(value, at)
            case hcl.Template(parts=parts):
                return said(together([text(self.evaluate(part, scope), at) for part in parts]), at)
            case hcl.Repeat():
                return self._repeated(expression, scope, at)
            case hcl.Name() | hcl.Member() | hcl.Index():
                return self._followed(expression, scope, at)
            case hcl.Here():
                return scope.bindings[_HERE]
            case hcl.Splat(of=of, each=each):
                return self._splat(self.evaluate(of, scope), each, scope, at)
            case hcl.Call():
                return self._called(expression, scope, at)
            case hcl.Conditional(condition=condition, yes=yes, no=no):
                return self._chosen(self._decision(condition, scope), yes, no, scope)
            case hcl.For():
                return self._for(expression, scope, at)
            case hcl.Listed(items=items):
                return Items(tuple(self.lazy(item, scope) for item in items), at)
            case hcl.Mapped(items=items):
                return self._mapped(items, scope, at)
            case hcl.Unary(operator=operator, operand=operand):
                return operate_alone(operator, self._decision(operand, scope), at)
            case hcl.Binary(operator=operator, left=left, right=right):
                return operate(operator, self._decision(left, scope), self._decision(right, scope), at)

    def _decision(self, expression: hcl.Expression, scope: Scope) -> Shape:
        return self.deciding(self.evaluate(expression, scope))

    def _repeated(self, repeat: hcl.Repeat, scope: Scope, at: Place) -> Shape:
        source = pairs(self.evaluate(repeat.source, scope), at)
        inner = (_within(scope, repeat.key, repeat.value, key, part) for key, part in source)
        return said(together([text(self.evaluate(repeat.body, each), at) for each in inner]), at)

    def _followed(self, expression: hcl.Expression, scope: Scope, at: Place) -> Shape:
        way: list[str | int | hcl.Expression] = []
        here = expression
        while isinstance(here, hcl.Member | hcl.Index):
            way.append(here.name if isinstance(here, hcl.Member) else here.key)
            here = here.of
        way.reverse()
        if not isinstance(here, hcl.Name):
            shape = self.evaluate(here, scope)
        elif here.name in scope.bindings:
            shape = scope.bindings[here.name]
        else:
            steps = [step if isinstance(step, str | int) else None for step in way]
            shape, used = self._world.named(here.name, steps, scope, at)
            way = way[used:]
        if isinstance(here, hcl.Name) and here.name not in {*scope.bindings, "var", "local"}:
            return _at(self._steps_down(shape, way, scope, at), at)
        return self._steps_down(shape, way, scope, at)

    def _steps_down(self, shape: Shape, way: Sequence[str | int | hcl.Expression], scope: Scope, at: Place) -> Shape:
        for step in way:
            key = _scalar(step, at) if isinstance(step, str | int) else self._decision(step, scope)
            shape = self.picked(shape, key, at)
        return shape

    def _splat(self, source: Shape, each: hcl.Expression, scope: Scope, at: Place) -> Shape:
        parts: Sequence[Expression]
        match settled(source):
            case None:
                parts = ()
            case Items(items=items) as listed if not isinstance(listed, EncodedItems):
                parts = items
            case Known(value=Text() as one) if one.literal_value is None:
                return outside(f"{one} is known only when it is deployed", at)
            case _:
                parts = (Given(source),)
        made = [self._of_each(each, part, scope) for part in parts]
        return arranged(made, [source] if isinstance(source, Items) else [], at)

    def _of_each(self, each: hcl.Expression, part: Expression, scope: Scope) -> Lazy:
        return Lazy(lambda: self.evaluate(each, scope.bound(**{_HERE: head(part)})), scope.at(each.at))

    def _called(self, expression: hcl.Call, scope: Scope, at: Place) -> Shape:
        arguments = expression.arguments
        match expression.name:
            case "try" | "can":
                return self._tried(expression, scope, at)
            case "templatefile" if len(arguments) == 2:
                return self._template(self._decision(arguments[0], scope), arguments[1], scope, at)
            case "file" | "fileexists" | "fileset":
                words = [self._decision(argument, scope) for argument in arguments]
                return self._file(expression.name, words, scope, at)
        shapes = [self.evaluate(argument, scope) for argument in arguments]
        if expression.expand and shapes:
            shapes += [head(part) for part in sequence(shapes.pop(), at).items]
        return self.called(expression.name, shapes, at)

    def _tried(self, expression: hcl.Call, scope: Scope, at: Place) -> Shape:
        error = EvaluationError("try has no argument that can be evaluated", at)
        for argument in expression.arguments:
            try:
                shape = self.evaluate(argument, scope)
                self._force(shape)
            except EvaluationError as raised:
                error = raised
                continue
            if expression.name == "can":
                return Unknown(shape.reason, at) if isinstance(shape, Unknown | Mentions) else Known(True, at)
            return shape
        if expression.name == "can":
            return Known(False, at)
        raise error

    def _force(self, shape: Shape) -> None:
        """Look at the parts that are still to be evaluated, for an error in one is an error of the whole."""
        waiting: list[Shape] = [shape]
        for _ in range(MOST_FORCED):
            if not waiting:
                return
            match waiting.pop():
                case Items(items=items):
                    parts: Iterable[Expression] = items[:MOST_FORCED]
                case Fields(fields=dict() as fields):
                    parts = fields.values()
                case _:
                    continue
            waiting += [part.head() for part in parts if isinstance(part, Lazy)]

    def _template(self, path: Shape, variables: hcl.Expression, scope: Scope, at: Place) -> Shape:
        document = scope.directory.file(literal(path, at))
        if document is None:
            return not_understood(f"the file {literal(path, at)} is not at hand", at)
        bindings = _Heads(mapping(self.evaluate(variables, scope), at))
        try:
            template = hcl.read_template(document)
        except SourceError as error:
            raise EvaluationError(str(error), at) from error
        return self.evaluate(template, msgspec.structs.replace(scope, bindings=bindings))

    @staticmethod
    def _file(name: str, arguments: Sequence[Shape], scope: Scope, at: Place) -> Shape:
        """Read what is beside the configuration; what a file is made of later is not known."""
        words = [literal(argument, at) for argument in arguments]
        match name, words:
            case "file", [path]:
                document = scope.directory.file(path)
                if document is not None:
                    return said(document.text, at)
            case "fileexists", [path]:
                there = scope.directory.exists(path)
                if there is not None:
                    return Known(there, at)
            case "fileset", [directory, pattern]:
                names = scope.directory.fileset(directory, pattern)
                if names is not None:
                    return Set(tuple(Given(said(each, at)) for each in names), at)
        return not_understood(f"what {name}({', '.join(words)}) gives is not at hand", at)

    def _chosen(self, condition: Shape, yes: hcl.Expression, no: hcl.Expression, scope: Scope) -> Shape:
        return self.evaluate(yes if truth(condition, scope.at(yes.at)) else no, scope)

    def _for(self, loop: hcl.For, scope: Scope, at: Place) -> Shape:
        source = self.evaluate(loop.source, scope)
        every = pairs(source, at)
        inner = [_within(scope, loop.key, loop.value, key, part) for key, part in every]
        condition = loop.condition
        kept = [each for each in inner if condition is None or truth(self._decision(condition, each), at)]
        if loop.result_key is None:
            parts = [self.lazy(loop.result, each) for each in kept]
            return arranged(parts, [source] if isinstance(source, Items) else [], at)
        found: dict[str, list[Expression]] = {}
        for each in kept:
            key = literal(self._decision(loop.result_key, each), at)
            found.setdefault(key, []).append(self.lazy(loop.result, each))
        if loop.grouped:
            return Fields({key: Given(Items(tuple(parts), at)) for key, parts in found.items()}, at)
        if any(len(parts) > 1 for parts in found.values()):
            raise EvaluationError("two elements have the same key", at)
        return Fields({key: parts[0] for key, parts in found.items()}, at)

    def _mapped(self, items: Sequence[tuple[hcl.Expression, hcl.Expression]], scope: Scope, at: Place) -> Shape:
        found = {literal(self._decision(key, scope), at): self.lazy(part, scope) for key, part in items}
        return Fields(found, at)


class _Heads(Mapping[str, Shape]):
    """The shapes of the members of a mapping, evaluated when somebody asks."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, Expression]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> Shape:
        return head(self._fields[name])

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def picked(shape: Shape, key: Shape, at: Place) -> Shape:
    """Give an attribute or element; raises `EvaluationError` where there is none, and `Blind` where it is not known."""
    match given(shape, "a structure", at):
        case EncodedFields() | EncodedItems():
            raise EvaluationError("this is a text, and has no attributes", at)
        case Fields(fields=fields):
            part = member(fields, key, at)
            if part is None:
                raise EvaluationError(f"there is no {text(key, at)} here", at)
            return head(part)
        case Items() as listed:
            number = literal(key, at)
            parts = elements(listed, at)
            if not number.isdecimal() or len(number) > _LONGEST_INDEX:
                raise EvaluationError(f"{number} is no index of a list", at)
            if int(number) >= len(parts):
                raise EvaluationError(f"the list has no element {number}", at)
            return head(parts[int(number)])
        case Known(value=Text() as known) if known.literal_value is None:
            return outside(f"{known} is known only when it is deployed", at)
        case _:
            raise EvaluationError("this value has no attributes", at)


def pairs(source: Shape, at: Place) -> Sequence[tuple[Shape, Expression]]:
    """Give the keys and elements that a `for` or `for_each` goes through; raises `EvaluationError` and `Blind`."""
    match given(source, "a collection", at):
        case EncodedFields() | EncodedItems():
            raise EvaluationError("this is a text, and no collection", at)
        case Set(items=items):
            return [(head(item), item) for item in items]
        case Items(items=items):
            return [(Known(number, at), item) for number, item in enumerate(items)]
        case Fields(fields=fields):
            return [(Known(Text.literal(name), at), part) for name, part in ordered(fields)]
        case Known(value=Text() as known) if known.literal_value is None:
            raise Blind(outside(f"{known} is known only when it is deployed", at))
        case _:
            raise EvaluationError("this value is no collection", at)


def _at(shape: Shape, at: Place) -> Shape:
    """Give a single value that nobody has written as one that stands where it is named."""
    return msgspec.structs.replace(shape, at=at) if isinstance(shape, Known | Absent) else shape


def _within(scope: Scope, key_name: str | None, value_name: str, key: Shape, part: Expression) -> Scope:
    names = {} if key_name is None else {key_name: key}
    return scope.bound(**names, **{value_name: head(part)})


def _scalar(value: str | bool | int | float | None, at: Place) -> Shape:
    if value is None:
        return Absent(None, at)
    return Known(Text.literal(value) if isinstance(value, str) else value, at)
