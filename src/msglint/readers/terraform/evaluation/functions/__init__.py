"""Terraform's functions over the Model's shapes.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msglint.model.expression import Shape
from msglint.model.value import not_understood
from msglint.readers.terraform.evaluation.functions import (
    addresses,
    collections,
    documents,
    encoding,
    networks,
    numbers,
    outcomes,
    strings,
)
from msglint.readers.terraform.evaluation.functions.encoding import encoded
from msglint.readers.terraform.evaluation.functions.sets import alike, equal
from msglint.readers.terraform.evaluation.functions.values import Blind, EvaluationError, Set, ordered
from msglint.source import Place

__all__ = ["EvaluationError", "Set", "alike", "call", "encoded", "equal", "ordered"]

_VARIADIC = 0x04  # of a code object: it takes any number of arguments
_FUNCTIONS: dict[str, Callable[..., Shape]] = {
    name: function
    for group in (addresses, collections, documents, encoding, networks, numbers, outcomes, strings)
    for name, function in group.FUNCTIONS.items()
}


def call(name: str, arguments: Sequence[Shape], at: Place) -> Shape:
    """Give what a function of Terraform makes of its arguments; what Terraform refuses raises `EvaluationError`."""
    function = _FUNCTIONS.get(name.removeprefix("core::"))
    if function is None:
        return not_understood(f"msglint does not know the function {name}", at)
    code = function.__code__
    most = None if code.co_flags & _VARIADIC else code.co_argcount - 1
    least = code.co_argcount - 1 - len(function.__defaults__ or ())
    if len(arguments) < least or (most is not None and len(arguments) > most):
        raise EvaluationError(f"{name} is called with {len(arguments)} arguments", at)
    try:
        return function(at, *arguments)
    except Blind as without:
        return without.shape
