"""What the transform makes of a template, and how it is put down."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, TypeAlias

from msglint.model.resource import UNREAD, Origin
from msglint.readers.cloudformation.made import Made
from msglint.readers.cloudformation.nodes import members, scalar
from msglint.readers.cloudformation.template import Generated
from msglint.readers.sam.made import Content, attribute, is_mapping, made, plain, ref
from msglint.source import Node

Words: TypeAlias = Mapping[tuple[str, ...], tuple[str, ...]]
"""What the user writes for the beginning of a path to a property."""


class Output:
    """The resources of a template after the transform, as far as msglint follows it."""

    __slots__ = ("_notifications", "made", "names", "resources", "value")

    def __init__(self, resources: Mapping[str, Node], value: Callable[[str], str | None]) -> None:
        self.resources = dict(resources)
        self.made: dict[str, Generated] = {}
        self.names: dict[str, str] = {}
        """What a template may call a resource that the transform makes, such as `Orders.Alias`."""
        self.value = value
        """What a parameter is, by its name; None where nobody knows."""
        self._notifications: dict[str, list[Node]] = {}

    def type_of(self, id_: str) -> str:
        """Give the type of a resource as it is now."""
        return scalar(members(self.resources.get(id_)).get("Type")) or ""

    def properties(self, id_: str) -> Mapping[str, Node]:
        """Give the properties of a resource."""
        return plain(members(self.resources.get(id_)).get("Properties"))

    def turn(self, id_: str, type_: str, properties: Node | None, origin: Origin, at: Node) -> None:
        """Make a resource of the user one that CloudFormation knows."""
        written = members(self.resources[id_])
        kept = {**written, "Type": Made(type_, written["Type"])}
        if properties is not None:
            kept["Properties"] = properties
        self.resources[id_] = Made(kept, self.resources[id_])
        self.made[id_] = Generated(at, origin)

    def notify(self, bucket: str, entry: Node) -> None:
        """Let a bucket notify a function as well."""
        self._notifications.setdefault(bucket, []).append(entry)

    def finish(self) -> None:
        """Write down what buckets notify, each only once."""
        for bucket, entries in self._notifications.items():
            node = self.resources[bucket]
            body = members(node).get("Properties")
            given = plain(body)
            configuration = given.get("NotificationConfiguration")
            listed = plain(configuration).get("LambdaConfigurations")
            unclear = (body is not None and not is_mapping(body)) or (
                configuration is not None and not is_mapping(configuration)
            )
            if unclear or (listed is not None and listed.kind != "sequence"):
                continue
            lambdas = (*(listed.items() if listed is not None else ()), *entries)
            notifications = {**plain(configuration), "LambdaConfigurations": Made(lambdas, listed or node)}
            properties = {**given, "NotificationConfiguration": Made(notifications, configuration or node)}
            self.resources[bucket] = Made({**members(node), "Properties": Made(properties, body or node)}, node)


class Maker(NamedTuple):
    """Makes the resources that one thing in the template causes."""

    output: Output
    author: str
    """The logical id of the user's resource."""
    label: str
    """How the user would call the cause, such as "Orders's event Placed"."""
    at: Node
    condition: Node | None = None
    way: tuple[str, ...] = ()
    """The way to what the user writes of it, below the properties of the author."""

    def ref(self, name: str) -> Node:
        """Refer to a resource."""
        return ref(name, self.at)

    def arn(self, name: str) -> Node:
        """Refer to the ARN of a resource."""
        return attribute(name, self.at)

    def made(self, content: Content) -> Node:
        """Make a value."""
        return made(content, self.at)

    def own(
        self,
        id_: str,
        type_: str,
        properties: Mapping[str, Content],
        words: Words | None = None,
        *,
        typed: Collection[tuple[str, ...]] = (),
        permitted: bool = False,
    ) -> None:
        """Make a resource that says what the user wrote; `words` tell where the user wrote it otherwise."""
        origin = Origin(self.author, self.label, True, self.way, words or {}, typed, permitted)
        self._write(id_, type_, properties, origin)

    def beside(self, id_: str, type_: str, properties: Mapping[str, Content], what: str) -> None:
        """Make a resource that the transform adds by itself."""
        self._write(id_, type_, properties, Origin(self.author, f"the {what} of {self.label}", asked=False))

    def unread(self, reason: str, about: Mapping[str, Content]) -> None:
        """Say that the transform may write policies for the resources that are named in `about`."""
        id_ = f"{self.author}Unread{len(self.output.made)}"
        self._write(id_, UNREAD, {"Reason": reason, **about}, Origin(self.author, self.label, asked=False))

    def _write(self, id_: str, type_: str, properties: Mapping[str, Content], origin: Origin) -> None:
        if id_ in self.output.resources:
            return
        node = {"Type": type_, "Condition": self.condition, "Properties": dict(properties)}
        self.output.resources[id_] = made(node, self.at)
        self.output.made[id_] = Generated(self.at, origin)
