"""Nodes that nobody wrote: what transforms make of a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msglint.source import Node, Scalar, Span


class Made(Node):
    """A node that a transform writes. It stands where the node does that causes it."""

    __slots__ = ("_content", "_keys", "_place")

    def __init__(
        self,
        content: Mapping[str, Node] | tuple[Node, ...] | Scalar,
        place: Node,
        tag: str = "",
        keys: Mapping[str, Node] | None = None,
    ) -> None:
        """`keys`: where the names of a mapping are written."""
        match content:
            case Mapping():
                super().__init__(place.document, "mapping", tag)
            case tuple():
                super().__init__(place.document, "sequence", tag)
            case _:
                super().__init__(place.document, "scalar", tag)
        self._content = content
        self._keys = keys
        self._place = place

    @property
    def span(self) -> Span:
        """The text of its cause."""
        return self._place.span

    @property
    def text(self) -> str:
        """Content of a scalar."""
        return str(self.value)

    @property
    def value(self) -> Scalar:
        """Value of a scalar."""
        self._expect("scalar")
        return self._content if isinstance(self._content, str | int | float) else None

    def fields(self) -> Mapping[str, Node]:
        """Values of a mapping."""
        self._expect("mapping")
        return self._content if isinstance(self._content, Mapping) else {}

    def key(self, name: str) -> Node:
        """Give the key of a mapping; where that is written nowhere, the value."""
        return self._keys[name] if self._keys is not None else self.fields()[name]

    def items(self) -> tuple[Node, ...]:
        """Elements of a sequence."""
        self._expect("sequence")
        return self._content if isinstance(self._content, tuple) else ()

    def comments(self) -> Sequence[Span]:
        """Give the comments of what it was made of."""
        return self._place.comments()
