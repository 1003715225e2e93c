"""What a repair changes, as a tree, and how single values are written in JSON, YAML and HCL alike."""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from msglint.finding import RepairValue


class Code(NamedTuple):
    """An expression in the user's language, such as a reference, which is written as it is."""

    text: str


Changes: TypeAlias = Mapping[tuple[str, ...], RepairValue | Code | None]
Tree: TypeAlias = dict[str, "Branch"]
Branch: TypeAlias = "Tree | list[Branch] | Code | RepairValue | None"

# These escapes mean the same in JSON, YAML and HCL.
CONTROLS = {code: f"\\u{code:04x}" for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF)}
ESCAPES = {**CONTROLS, ord('"'): '\\"', ord("\\"): "\\\\"}


def tree(changes: Changes) -> Tree:
    """Nest the changed properties as they stand in the resource."""
    return {name: _branch(name, changes) for name in dict.fromkeys(path[0] for path in changes)}


def _branch(name: str, changes: Changes) -> Branch:
    below = {path[1:]: value for path, value in changes.items() if path[0] == name}
    if () in below:
        return below[()]
    inner = tree(below)
    # The members of a list are named by their numbers.
    return list(inner.values()) if all(map(str.isdecimal, inner)) else inner


def quoted(text: str) -> str:
    """Write a text between quotation marks."""
    return f'"{text.translate(ESCAPES)}"'


def literal(value: str | int | bool) -> str:
    """Write a single value."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return quoted(value)
