"""Templates of a run that may name one another, held back until all have been read and it is known which do."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from msglint.model.resource import Language, Part
from msglint.readers.recognise import hands_out, nests, takes
from msglint.source import SourceError

if TYPE_CHECKING:
    from msglint.readers.cloudformation.nested import Tree


class Linked(msgspec.Struct, frozen=True):
    """The systems of a run."""

    systems: Sequence[Sequence[Part]] = ()
    """Each with the stacks that are judged together."""
    faults: Sequence[SourceError] = ()
    """Why templates of nested stacks cannot be read."""


class Held:
    """Templates that nest others, and those that others may name."""

    __slots__ = ("_inside", "_placed", "_taken", "_trees")

    def __init__(self, *, taken: bool, placed: bool) -> None:
        """`taken`: templates may take what others hand out; `placed`: account and Region are known, so ARNs lead on."""
        self._taken = taken
        self._placed = placed
        self._trees: list[Tree] = []
        self._inside: set[str] = set()

    def take(self, part: Part) -> bool:
        """Hold a part back if it may name others, or others it."""
        text = part.document.text
        if part.language is Language.TERRAFORM:
            return False
        if not (nests(text) or self._placed or (self._taken and (takes(text) or hands_out(text)))):
            return False
        from msglint.readers.cloudformation.linking import tree_of  # noqa: PLC0415  # few templates do

        tree = tree_of(part)
        self._trees.append(tree)
        self._inside.update(tree.inside)
        return True

    def nests(self, path: str) -> bool:
        """Say whether a template that is held nests the one in a file."""
        return bool(self._inside) and os.path.realpath(path) in self._inside

    def linked(self) -> Linked:
        """Give what is judged together: a template that another nests is no stack of its own."""
        if not self._trees:
            return Linked()
        from msglint.readers.cloudformation.linking import deployed, systems  # noqa: PLC0415  # as above

        trees = deployed(self._trees)
        return Linked(systems(trees), [fault for each in trees for fault in each.faults])
