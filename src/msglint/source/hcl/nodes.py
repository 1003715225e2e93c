"""The parts of HCL: bodies of attributes and blocks, and the expressions in them, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from msglint.source.text import Stretch


class Literal(msgspec.Struct, frozen=True):
    """A text, number, truth value or null as it is written; of a text what it says, with its escapes resolved."""

    value: str | bool | int | float | None
    at: Stretch


class Template(msgspec.Struct, frozen=True):
    """A text in quotes or a heredoc with something to put in; its parts follow one another."""

    parts: tuple[Expression, ...]
    at: Stretch


class Repeat(msgspec.Struct, frozen=True):
    """In a template: `%{ for key, value in source }` with what is repeated, one text for each element."""

    key: str | None
    value: str
    source: Expression
    body: Expression
    at: Stretch


class Name(msgspec.Struct, frozen=True):
    """The first name of a way: `var`, `local`, `aws_sqs_queue`, the variable of a `for`."""

    name: str
    at: Stretch


class Member(msgspec.Struct, frozen=True):
    """`of.name`; also `of.0`, whose name is a number."""

    of: Expression
    name: str | int
    at: Stretch


class Index(msgspec.Struct, frozen=True):
    """`of[key]`."""

    of: Expression
    key: Expression
    at: Stretch


class Here(msgspec.Struct, frozen=True):
    """In what is done to each element of a splat: the element."""

    at: Stretch


class Splat(msgspec.Struct, frozen=True):
    """`of[*].name` and `of.*.name`: `each` is what becomes of an element, which is `Here` in it."""

    of: Expression
    each: Expression
    at: Stretch


class Call(msgspec.Struct, frozen=True):
    """A function; `expand`: the last argument is a list of arguments (`...`)."""

    name: str
    arguments: tuple[Expression, ...]
    expand: bool
    at: Stretch


class Conditional(msgspec.Struct, frozen=True):
    """`condition ? yes : no`, and `%{ if }` of a template."""

    condition: Expression
    yes: Expression
    no: Expression
    at: Stretch


class For(msgspec.Struct, frozen=True):
    """`[for key, value in source : result if condition]`; with a `result_key` an object, `grouped` by `...`."""

    key: str | None
    value: str
    source: Expression
    result_key: Expression | None
    result: Expression
    condition: Expression | None
    grouped: bool
    at: Stretch


class Listed(msgspec.Struct, frozen=True):
    """`[a, b]`."""

    items: tuple[Expression, ...]
    at: Stretch


class Mapped(msgspec.Struct, frozen=True):
    """`{ key = value }`; a bare word as a key is a `Literal`."""

    items: tuple[tuple[Expression, Expression], ...]
    at: Stretch


class Unary(msgspec.Struct, frozen=True):
    """`!a` or `-a`."""

    operator: str
    operand: Expression
    at: Stretch


class Binary(msgspec.Struct, frozen=True):
    """`a operator b`."""

    operator: str
    left: Expression
    right: Expression
    at: Stretch


Expression: TypeAlias = (
    Literal
    | Template
    | Repeat
    | Name
    | Member
    | Index
    | Here
    | Splat
    | Call
    | Conditional
    | For
    | Listed
    | Mapped
    | Unary
    | Binary
)


class Attribute:
    """`name = expression`; the expression is taken apart when somebody asks for it."""

    __slots__ = ("_expression", "_make", "at", "name", "name_at")

    def __init__(self, name: str, make: Callable[[], Expression], at: Stretch, name_at: Stretch) -> None:
        """`at` is the whole attribute, `name_at` its name."""
        self.name = name
        self.at = at
        self.name_at = name_at
        self._make = make
        self._expression: Expression | None = None

    @property
    def expression(self) -> Expression:
        """What it is set to."""
        if self._expression is None:
            self._expression = self._make()
        return self._expression


class Block(msgspec.Struct, frozen=True):
    """`type "label" "label" { … }`; `at` is its header, up to the brace, and `whole` all of it."""

    type: str
    labels: tuple[str, ...]
    body: Body
    at: Stretch
    whole: Stretch


class Body(msgspec.Struct, frozen=True):
    """Attributes by name, and blocks in their order."""

    attributes: Mapping[str, Attribute]
    blocks: tuple[Block, ...]
