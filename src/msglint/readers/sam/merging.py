"""The Globals section: what a template says of all its functions at once.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from collections.abc import Mapping

from msglint.readers.cloudformation.made import Made
from msglint.readers.cloudformation.nodes import intrinsic, members, scalar
from msglint.source import Node, SourceError, Spot

LARGEST = 1_000_000
"""How many nodes all copies of Globals may have: CloudFormation takes no template that is nearly as large."""

_REPLACED = frozenset({("Architectures",)})


class Globals:
    """The Globals section of a template."""

    __slots__ = ("_left", "_sections", "_sizes")

    def __init__(self, root: Node) -> None:
        self._sections = members(members(root).get("Globals"))
        self._sizes: dict[str, int] = {}
        self._left = LARGEST

    def merged(self, type_: str, resource: Node) -> Node | None:
        """Give the properties of a resource with those of all resources of its type; None where nothing is written.

        Raises `SourceError` where the copies would be more than CloudFormation takes.
        """
        own = members(resource).get("Properties")
        name = type_.rpartition("::")[2]
        shared = self._sections.get(name)
        if shared is None or shared.kind != "mapping":
            return own
        self._charge(name, shared)
        ignored = _ignored(members(resource).get("IgnoreGlobals"))
        kept = {key: value for key, value in shared.fields().items() if ignored is not None and key not in ignored}
        if not kept:
            return own
        place = own if own is not None else shared
        left = Made(kept, place)
        return left if own is None or (own.kind == "scalar" and own.value is None) else _merged(left, own, ())

    def _charge(self, name: str, shared: Node) -> None:
        if name not in self._sizes:
            self._sizes[name] = _size(shared)
        self._left -= self._sizes[name]
        if self._left < 0:
            place = Spot(shared.document, shared.span)
            raise SourceError("Globals make more of this template than CloudFormation takes", place)


def _ignored(node: Node | None) -> frozenset[str] | None:
    """Give the names that a resource does not take from Globals; None: it takes none at all."""
    if node is None:
        return frozenset()
    if scalar(node) == "*":
        return None
    items = node.items() if node.kind == "sequence" else ()
    return frozenset(name for item in items if (name := scalar(item)) is not None)


def _size(node: Node) -> int:
    count, stack = 0, [node]
    while stack and count <= LARGEST:
        here = stack.pop()
        count += 1
        if here.kind == "mapping":
            stack += here.fields().values()
        elif here.kind == "sequence":
            stack += here.items()
    return count


def _merged(shared: Node, own: Node, way: tuple[str, ...]) -> Node:
    """Merge mappings, join lists, and prefer what the resource says itself; a function is no mapping."""
    if shared.kind != own.kind or intrinsic(shared) is not None or intrinsic(own) is not None or way in _REPLACED:
        return own
    match own.kind:
        case "mapping":
            return Made(_members(shared.fields(), own.fields(), way), own)
        case "sequence":
            return Made((*shared.items(), *own.items()), own)
        case _:
            return own


def _members(shared: Mapping[str, Node], own: Mapping[str, Node], way: tuple[str, ...]) -> dict[str, Node]:
    merged = dict(shared)
    for name, value in own.items():
        merged[name] = _merged(shared[name], value, (*way, name)) if name in shared else value
    return merged
