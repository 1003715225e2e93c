"""One interface for the tree of a document, whichever language it is written in."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal, TypeAlias

from msglint.source.text import Document, SourceError, Span, Spot, beyond

MAX_DEPTH = 100
"""How many mappings and sequences may stand inside one another."""
MAX_VALUES = 500_000
"""How many names and values a text may have that people write; CloudFormation takes less than 1 MB of it."""
MAX_PLAN_VALUES = 5_000_000
"""How many names and values a text may have that a programme writes."""

Scalar = str | int | float | bool | None
Kind: TypeAlias = Literal["mapping", "sequence", "scalar"]


def too_deep(place: Spot) -> SourceError:
    """Give the error of what is nested deeper than `MAX_DEPTH`."""
    return beyond("nesting", f"nested more than {MAX_DEPTH} levels deep", place)


def too_many(limit: int, place: Spot) -> SourceError:
    """Give the error of a text that says more than so many names and values."""
    return beyond("values", f"more than {limit:,} names and values", place)


class Node:
    """A mapping, a sequence or a scalar of a document, and its place; converted only when it is asked.

    Nodes can be compared and hashed: a YAML alias is equal to what it stands for. Asking a node
    for what its kind does not have is a TypeError.
    """

    __slots__ = ("document", "kind", "tag")

    def __init__(self, document: Document, kind: Kind, tag: str = "") -> None:
        """Make a node of what is looked at again and again.

        `kind` is what it is, whatever its tag says; `tag` is its YAML tag as written, such as `!Sub`: empty without
        one, for the standard tags of YAML, and in JSON.
        """
        self.document = document
        self.kind: Kind = kind
        self.tag = tag

    @property
    def span(self) -> Span:
        """Its text: quotes, brackets and tag included, trailing blanks and comments not.

        A YAML alias has the place of its anchor.
        """
        raise NotImplementedError

    @property
    def text(self) -> str:
        """Content of a scalar: what stands between quotes, or the characters as written (`010` stays `010`)."""
        raise NotImplementedError

    @property
    def value(self) -> Scalar:
        """Value of a scalar; plain YAML as YAML 1.1 has it (`010` is 8, `yes` is True), save that dates stay text."""
        raise NotImplementedError

    def fields(self) -> Mapping[str, Node]:
        """Values of a mapping by the text of their keys, in the order of the document.

        YAML merge keys (`<<`) are resolved: a key of the mapping itself wins, then the earlier merge.
        """
        raise NotImplementedError

    def key(self, name: str) -> Node:
        """Give the key itself of a mapping, KeyError without it; a merged key stands where it is defined."""
        raise NotImplementedError

    def items(self) -> tuple[Node, ...]:
        """Elements of a sequence."""
        raise NotImplementedError

    def comments(self) -> Sequence[Span]:
        """Give the comments of the document, of its root; JSON has none."""
        return ()

    def child(self, part: str | int) -> Node:
        """Give one value of a mapping or element of a sequence; KeyError or IndexError without it."""
        return self.fields()[part] if isinstance(part, str) else self.items()[part]

    def _expect(self, kind: Kind) -> None:
        if self.kind != kind:
            raise TypeError(f"{self.document.name}: a {self.kind} was asked for what a {kind} has")


def locate(node: Node, path: Sequence[str | int], *, leaving: bool = False) -> Node:
    """Descend from a node along keys and indexes; KeyError, IndexError or TypeError when the path leads nowhere.

    `leaving`: a path that goes on where there is no structure any more leads to what is there.
    """
    for part in path:
        if leaving and node.kind == "scalar":
            break
        node = node.child(part)
    return node


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the garbage collector out while a tree is built: it would search the growing tree again and again."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
