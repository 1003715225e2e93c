"""Type constraints of variables: what Terraform makes of a value that is given to a variable of a type.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.text import Text
from msglint.model.value import Absent, Known, not_understood
from msglint.readers.terraform.evaluation.functions import EvaluationError
from msglint.readers.terraform.evaluation.functions.collections import tolist, tomap, toset
from msglint.readers.terraform.evaluation.functions.numbers import tobool, tonumber, tostring
from msglint.readers.terraform.evaluation.functions.sets import arranged, items, make_set
from msglint.readers.terraform.evaluation.functions.values import Blind, is_null, mapping, sequence, settled
from msglint.readers.terraform.evaluation.operators import operate_alone
from msglint.source import Place, hcl

Constant: TypeAlias = Callable[[hcl.Expression], Shape]

_SCALARS: Mapping[str, Callable[[Place, Shape], Shape]] = {"string": tostring, "number": tonumber, "bool": tobool}
_COLLECTIONS = frozenset({"list", "set", "map"})
_OF_ANY: Mapping[str, Callable[[Place, Shape], Shape]] = {"list": tolist, "set": toset, "map": tomap}


def constant(expression: hcl.Expression) -> Shape:
    """Give the value of an expression that names nothing, such as a default inside `optional`."""
    at = expression.at
    match expression:
        case hcl.Literal(value=None):
            return Absent(None, at)
        case hcl.Literal(value=str() as words):
            return Known(Text.literal(words), at)
        case hcl.Literal(value=(bool() | int() | float()) as value):
            return Known(value, at)
        case hcl.Listed(items=items):
            return Items(tuple(Given(constant(item)) for item in items), at)
        case hcl.Mapped(items=members):
            names = [(name.value, value) for name, value in members if isinstance(name, hcl.Literal)]
            return Fields({str(name): Given(constant(value)) for name, value in names}, at)
        case hcl.Unary(operator=operator, operand=operand):
            return operate_alone(operator, constant(operand), at)
        case _:
            return not_understood("msglint does not evaluate this default", at)


def conform(shape: Shape, type_: hcl.Expression, at: Place, evaluate: Constant = constant) -> Shape:
    """Convert a value to a type; `EvaluationError` where that is impossible.

    The parts of collections are converted when somebody asks for them; one that cannot be is not understood.
    `evaluate` gives the defaults of optional attributes.
    """
    try:
        return _conform(shape, type_, at, evaluate)
    except Blind as without:
        return without.shape


def _conform(shape: Shape, type_: hcl.Expression, at: Place, evaluate: Constant) -> Shape:
    known = settled(shape)
    match type_:
        case hcl.Name(name="any") | hcl.Literal(value="any"):
            return shape
        case _ if known is None:
            return shape
        case hcl.Name(name=name) | hcl.Literal(value=str() as name) if name in _SCALARS:
            return _SCALARS[name](known.at, known)
        case hcl.Name(name=name) | hcl.Literal(value=str() as name) if name in _COLLECTIONS:
            return _OF_ANY[name](known.at, known)
        case hcl.Call(name=name, arguments=(hcl.Name(name="any"),)) if name in _COLLECTIONS:
            return _OF_ANY[name](known.at, known)
        case hcl.Call(name="map", arguments=(of,)):
            return Fields({name: _Part(part, of, evaluate) for name, part in mapping(known, at).items()}, known.at)
        case hcl.Call(name="list", arguments=(of,)):
            parts = sequence(known, at)
            return arranged([_Part(part, of, evaluate) for part in parts.items], (parts,), known.at)
        case hcl.Call(name="set", arguments=(of,)):
            return make_set([_Part(part, of, evaluate) for part in sequence(known, at).items], known.at)
        case hcl.Call(name="tuple", arguments=(hcl.Listed(items=types),)):
            return _tuple(items(known, at), types, known.at, evaluate)
        case hcl.Call(name="object", arguments=(hcl.Mapped(items=members),)):
            return _object(mapping(known, at), members, known.at, at, evaluate)
        case _:
            return not_understood("msglint does not know this type", type_.at)


def _tuple(known: Sequence[Expression], types: Sequence[hcl.Expression], at: Place, evaluate: Constant) -> Shape:
    if len(known) != len(types):
        raise EvaluationError(f"a tuple of {len(types)} elements is needed", at)
    return Items(tuple(_Part(part, type_, evaluate) for part, type_ in zip(known, types, strict=True)), at)


def _object(
    fields: Mapping[str, Expression],
    members: Sequence[tuple[hcl.Expression, hcl.Expression]],
    owner: Place,
    at: Place,
    evaluate: Constant,
) -> Shape:
    converted: dict[str, Expression] = {}
    for key, type_ in members:
        name = str(key.value) if isinstance(key, hcl.Literal) else ""
        given = fields.get(name)
        match type_:
            case hcl.Call(name="optional", arguments=(of, *defaults)):
                part = given if given is not None else Given(Absent(None, owner))
                converted[name] = _Part(part, of, evaluate, defaults[0] if defaults else None)
            case _ if given is None:
                raise EvaluationError(f"the attribute {name} is required", at)
            case _:
                converted[name] = _Part(given, type_, evaluate)
    return Fields(converted, owner)


class _Part:
    """A part of a value, converted when somebody asks for it."""

    __slots__ = ("_default", "_evaluate", "_part", "_shape", "_type")

    def __init__(
        self, part: Expression, type_: hcl.Expression, evaluate: Constant, default: hcl.Expression | None = None
    ) -> None:
        self._part = part
        self._type = type_
        self._evaluate = evaluate
        self._default = default
        self._shape: Shape | None = None

    @property
    def at(self) -> Place:
        """The place of the part."""
        return self._part.at

    def shape(self) -> Shape:
        """Convert; null becomes the default where there is one."""
        if self._shape is None:
            shape = self._part.shape()
            if self._default is not None and is_null(shape):
                shape = self._evaluate(self._default)
            try:
                self._shape = conform(shape, self._type, shape.at, self._evaluate)
            except EvaluationError as refused:
                self._shape = not_understood(refused.message, refused.at)
        return self._shape
