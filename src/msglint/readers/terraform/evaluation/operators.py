"""The operators of HCL over shapes: https://developer.hashicorp.com/terraform/language/expressions/operators."""

from __future__ import annotations

import operator as of_python
from collections.abc import Callable
from fractions import Fraction

from msglint.model.expression import Fields, Items, Shape
from msglint.model.value import Absent, Known, not_understood
from msglint.readers.terraform.evaluation.functions.sets import equal
from msglint.readers.terraform.evaluation.functions.values import (
    Blind,
    EncodedFields,
    EncodedItems,
    Set,
    calculated,
    fraction,
    judged,
    number,
    too_much,
    truth,
)
from msglint.source import Place
from msglint.verdict import Verdict, of, unknown

_ARITHMETIC: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": of_python.add,
    "-": of_python.sub,
    "*": of_python.mul,
    "/": of_python.truediv,
    # The remainder has the sign of what is divided.
    "%": lambda left, right: left - right * int(left / right),
}
_COMPARISONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": of_python.lt,
    "<=": of_python.le,
    ">": of_python.gt,
    ">=": of_python.ge,
}


def operate(operator: str, left: Shape, right: Shape, at: Place) -> Shape:
    """Give `left operator right`; what Terraform refuses raises `EvaluationError`.

    A truth value is known as soon as one side decides it.
    """
    try:
        match operator:
            case "==":
                return judged(_equal(left, right, at), at)
            case "!=":
                return judged(~_equal(left, right, at), at)
            case "&&":
                return judged(_truth(left, at) & _truth(right, at), at)
            case "||":
                return judged(_truth(left, at) | _truth(right, at), at)
        one, other = number(left, at), number(right, at)
        if operator in _COMPARISONS:
            return Known(_COMPARISONS[operator](fraction(one, at), fraction(other, at)), at)
        if operator in "/%" and not other:
            too_much("a division by zero", at)
        return Known(calculated(_ARITHMETIC[operator], one, other, at), at)
    except Blind as without:
        return without.shape


def operate_alone(operator: str, operand: Shape, at: Place) -> Shape:
    """Give `!operand` or `-operand`; what Terraform refuses raises `EvaluationError`."""
    try:
        return judged(~_truth(operand, at), at) if operator == "!" else Known(-number(operand, at), at)
    except Blind as without:
        return without.shape


def _truth(shape: Shape, at: Place) -> Verdict:
    try:
        return of(truth(shape, at))
    except Blind as without:
        return unknown(without.shape.reason)


def _equal(left: Shape, right: Shape, at: Place) -> Verdict:
    verdict = equal(left, right)
    if verdict.is_yes and not (_has_one_type(left) and _has_one_type(right)):
        # A list is never equal to a tuple, nor a map to an object: `var.names == []` is false of an empty list.
        return unknown(not_understood("whether both collections are of one type is not known", at).reason)
    return verdict


def _has_one_type(shape: Shape) -> bool:
    match shape:
        case Known() | Absent() | EncodedFields() | EncodedItems() | Set():
            return True
        case _:
            return not isinstance(shape, Fields | Items)
