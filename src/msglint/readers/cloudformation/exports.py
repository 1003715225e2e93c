"""What stacks of a run export, found by the names that others import."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msglint.model.text import Symbol, Text, same
from msglint.verdict import Doubt, Reason

MOST_COMPARED = 100
"""How many exports that end alike are compared with a name that is imported: of more, each may be it."""

_BECAUSE = Reason(Doubt.OUTSIDE, "whether it is exported here cannot be told")


class Export(NamedTuple):
    """An output that other stacks may take."""

    key: str
    """The key of the stack."""
    output: str
    name: Text | None
    """What it is exported as; None where a condition decides it, or it cannot be told."""
    names: tuple[Text, ...] = ()
    """What it may be exported as where a condition decides it; empty where that cannot be told."""

    def follows(self, name: Text) -> bool:
        """Say whether people who write such a name mean this export, where no other comes into question.

        Two stacks may have a parameter of one name, as in `${Stage}-queue`. And AWS shows how to export under the name
        of a stack: `${AWS::StackName}-SubnetID` is imported as `${NetworkStackName}-SubnetID`.
        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/walkthrough-crossstackref.html
        """
        match self.name.parts if self.name is not None else ():
            case (Symbol(key=(_, "AWS::StackName")), str() as tail):
                return _end(name).endswith(tail)
            case _:
                return self.name is not None and str(self.name) == str(name)


class Exports:
    """Exports by their names."""

    __slots__ = ("_literal", "_named", "_open", "all")

    def __init__(self, exports: Iterable[Export]) -> None:
        self.all = tuple(exports)
        self._literal: dict[str, list[Export]] = {}
        self._open: list[tuple[str, Text | None, Export]] = []
        self._named: dict[Text, tuple[Sequence[Export], Sequence[Export]]] = {}
        for export in self.all:
            literal = export.name.literal_value if export.name is not None else None
            if literal is not None:
                self._literal.setdefault(literal, []).append(export)
            for name in [export.name] if export.name is not None and literal is None else export.names:
                self._open.append((_end(name), name, export))
            if export.name is None and not export.names:
                self._open.append(("", None, export))

    def named(self, name: Text) -> tuple[Sequence[Export], Sequence[Export]]:
        """Give the exports of a name, and those that may be."""
        if name not in self._named:
            self._named[name] = self._find(name)
        return self._named[name]

    def _find(self, name: Text) -> tuple[Sequence[Export], Sequence[Export]]:
        literal = name.literal_value
        sure = [*self._literal.get(literal, ())] if literal is not None else []
        ending = _end(name)
        # By far the most end otherwise.
        near = [each for each in self._open if each[0].endswith(ending) or ending.endswith(each[0])]
        literals = [] if literal is not None else [each for exports in self._literal.values() for each in exports]
        if len(near) + len(literals) > MOST_COMPARED:
            return sure, tuple(dict.fromkeys([*(export for _, _, export in near), *literals]))
        perhaps: list[Export] = []
        for _, written, export in near:
            verdict = same(written, name, _BECAUSE) if written is not None else None
            if verdict is not None and verdict.is_yes and export.name is not None:
                sure.append(export)
            elif verdict is None or not verdict.is_no:
                perhaps.append(export)
        perhaps += [each for each in literals if each.name and not same(each.name, name, _BECAUSE).is_no]
        return sure, tuple(dict.fromkeys(perhaps))


def _end(name: Text) -> str:
    last = name.parts[-1] if name.parts else ""
    return last if isinstance(last, str) else ""
