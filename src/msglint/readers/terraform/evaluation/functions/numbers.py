"""Functions on numbers, and those that convert a single value."""

from __future__ import annotations

import math
import string
from collections.abc import Callable

from msglint.model.expression import Shape
from msglint.model.text import Text
from msglint.model.value import Known
from msglint.readers.terraform.evaluation.functions.sets import as_text
from msglint.readers.terraform.evaluation.functions.values import (
    EncodedFields,
    EncodedItems,
    EvaluationError,
    Number,
    exact,
    fraction,
    literal,
    number,
    settled,
    text,
    too_much,
    truth,
    whole,
)
from msglint.source import Place

_LONGEST_NUMBER = 150
_DIGITS = string.digits + string.ascii_lowercase + string.ascii_uppercase


def abs_(at: Place, value: Shape) -> Shape:
    """Leave out the sign."""
    return Known(abs(number(value, at)), at)


def ceil(at: Place, value: Shape) -> Shape:
    """Round up."""
    return Known(math.ceil(fraction(number(value, at), at)), at)


def floor(at: Place, value: Shape) -> Shape:
    """Round down."""
    return Known(math.floor(fraction(number(value, at), at)), at)


def max_(at: Place, *values: Shape) -> Shape:
    """Give the largest number."""
    return Known(max(_numbers(values, at), key=lambda each: fraction(each, at)), at)


def min_(at: Place, *values: Shape) -> Shape:
    """Give the smallest number."""
    return Known(min(_numbers(values, at), key=lambda each: fraction(each, at)), at)


def _numbers(values: tuple[Shape, ...], at: Place) -> list[Number]:
    if not values:
        raise EvaluationError("there must be a number", at)
    return [number(each, at) for each in values]


def pow_(at: Place, base: Shape, power: Shape) -> Shape:
    """Raise to a power, as precisely as a float does."""
    return _float(math.pow, base, power, at)


def log(at: Place, value: Shape, base: Shape) -> Shape:
    """Give the logarithm to a base."""
    return _float(lambda one, other: math.log(one) / math.log(other), value, base, at)


def _float(operation: Callable[[float, float], float], left: Shape, right: Shape, at: Place) -> Shape:
    one, other = number(left, at), number(right, at)
    try:
        result = operation(float(one), float(other))
    except ZeroDivisionError:
        result = math.inf
    except ValueError:
        raise EvaluationError("there is no such number", at) from None
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        too_much("a number of this size", at)
    return Known(exact(fraction(result, at), at), at)


def signum(at: Place, value: Shape) -> Shape:
    """Give the sign: -1, 0 or 1."""
    known = whole(value, at)
    return Known((known > 0) - (known < 0), at)


def parseint(at: Place, value: Shape, base: Shape) -> Shape:
    """Read a whole number written to a base of 2 to 62."""
    known = settled(value)
    if isinstance(known, Known) and not isinstance(known.value, Text):
        raise EvaluationError("parseint reads texts only", at)
    written, radix = literal(value, at), whole(base, at)
    if not 2 <= radix <= len(_DIGITS):
        raise EvaluationError("there are only the bases from 2 to 62", at)
    digits = written[1:] if written.startswith(("+", "-")) else written
    digits = digits.lower() if radix <= 36 else digits
    if not digits or any(digit not in _DIGITS[:radix] for digit in digits):
        raise EvaluationError("this is no number to this base", at)
    if len(digits) > _LONGEST_NUMBER:
        too_much("a number of this size", at)
    total = 0
    for digit in digits:
        total = total * radix + _DIGITS.index(digit)
    return Known(exact(fraction(-total if written.startswith("-") else total, at), at), at)


def tostring(at: Place, value: Shape) -> Shape:
    """Convert to a text."""
    match settled(value):
        case None:
            return value
        case EncodedFields() | EncodedItems():
            return value
        case Known() as known:
            text(known, at)
            return as_text(known)
        case _:
            raise EvaluationError("this is a collection, and a text is needed", at)


def tonumber(at: Place, value: Shape) -> Shape:
    """Convert to a number."""
    return value if settled(value) is None else Known(number(value, at), at)


def tobool(at: Place, value: Shape) -> Shape:
    """Convert to a truth value."""
    return value if settled(value) is None else Known(truth(value, at), at)


def itself(_at: Place, value: Shape) -> Shape:
    """Give the value; whether it is shown is not our concern."""
    return value


FUNCTIONS: dict[str, Callable[..., Shape]] = {
    "abs": abs_,
    "ceil": ceil,
    "ephemeralasnull": itself,
    "floor": floor,
    "log": log,
    "max": max_,
    "min": min_,
    "nonsensitive": itself,
    "parseint": parseint,
    "pow": pow_,
    "sensitive": itself,
    "signum": signum,
    "tobool": tobool,
    "tonumber": tonumber,
    "tostring": tostring,
}
