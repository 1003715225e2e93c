"""A plan as `terraform show -json` prints it: instances, what is unknown of them, and the configuration behind.

https://developer.hashicorp.com/terraform/internals/json-format
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from msglint.readers.terraform.address import Index, Step, modules_of, shown
from msglint.source import Document, Node, Place, SourceError, Span, Spot, locate
from msglint.source.json_tree import JsonNode

Json = Mapping[str, Any]
Path = tuple[str | int, ...]
Modules = tuple[Step, ...]

_FORGOTTEN = ["forget"]
"""What stays, and is no longer this configuration's: a `removed` block that does not destroy."""
_FORMAT = re.compile(r"(0|1)\.\d+")


class PlanPlace(msgspec.Struct, frozen=True):
    """A place in a plan, found in the text only when somebody asks."""

    root: Node
    path: Path

    @property
    def document(self) -> Document:
        """The plan's text."""
        return self.root.document

    @property
    def span(self) -> Span:
        """Where the value stands; what is inside a text of JSON stands where the text does."""
        return locate(self.root, self.path, leaving=True).span


class Instance(msgspec.Struct, frozen=True):
    """One instance of a resource or data source, as it will be."""

    address: str
    type: str
    name: str
    index: Index
    modules: Modules
    values: Json
    unknown: Any
    path: Path
    managed: bool
    conditions: tuple[tuple[str, bool], ...] = ()
    """What must be true or false for it to be there, where no plan tells whether it is."""

    @property
    def local(self) -> str:
        """The name inside its module, as the configuration has it: that of a data source begins with `data.`."""
        return f"{self.type}.{self.name}" if self.managed else f"data.{self.type}.{self.name}"


class Module(msgspec.Struct, frozen=True):
    """The configuration of a module: resources by local address, calls of child modules, outputs."""

    resources: Mapping[str, Json]
    calls: Mapping[str, Json]
    outputs: Mapping[str, Json]


class Plan(msgspec.Struct, frozen=True):
    """A plan, its instances by address, data sources by address, and its configuration."""

    root: Node | None
    """The plan's text as a tree; None where no plan was made, and this is what can be told of one without."""
    document: Document
    raw: Json
    modules: Mapping[tuple[str, ...], Module]
    instances: Mapping[str, Instance]
    data: Mapping[str, Instance]

    @property
    def foreseen(self) -> bool:
        """Whether no plan was made, and all this is what the `.tf` files tell."""
        return self.root is None

    def place(self, path: Path) -> Place:
        """Give the place of a value."""
        return PlanPlace(self.root, path) if self.root is not None else self.document.spot(0, 0)

    def at(self, path: Path) -> Any:
        """Give what stands at a place; None where nothing does."""
        here: Any = self.raw
        try:
            for key in path:
                here = here[key]
        except (KeyError, IndexError, TypeError):
            return None
        return here

    def module(self, modules: Modules) -> Module | None:
        """Give the configuration of a module, whichever instance of it."""
        return self.modules.get(tuple(step.name for step in modules))

    def left_out(self) -> Iterator[tuple[tuple[str, ...], Json]]:
        """Give the resources, with their modules' names, of which an incomplete plan has no instance.

        A plan is incomplete that was made for some resources (`-target`), or ended with an error.
        """
        if self.raw.get("complete") is not False:
            return
        planned = {(tuple(step.name for step in each.modules), each.local) for each in self.instances.values()}
        for names, module in self.modules.items():
            for address, resource in module.resources.items():
                if resource.get("mode") == "managed" and (names, address) not in planned:
                    yield names, resource

    def configuration(self, instance: Instance) -> Json | None:
        """Give the configuration of an instance's resource."""
        module = self.module(instance.modules)
        return module.resources.get(instance.local) if module is not None else None


def open_plan(document: Document, root: JsonNode) -> Plan:
    """Read a plan; raises `SourceError` where the format is not one that is known."""
    raw = _mapping(root.raw)
    version = raw.get("format_version")
    if not isinstance(version, str) or not _FORMAT.fullmatch(version):
        at = locate(root, ("format_version",)) if "format_version" in raw else root
        message = f"this plan has format_version {version!r}; msglint reads 0.1 to 1.x"
        raise SourceError(message, Spot(document, at.span))
    changes = {
        change["address"]: (number, change)
        for number, change in enumerate(_list(raw.get("resource_changes")))
        # What an earlier run left behind is destroyed, and has the address of what replaced it.
        if isinstance(change, dict) and isinstance(change.get("address"), str) and "deposed" not in change
    }
    instances: dict[str, Instance] = {}
    data: dict[str, Instance] = {}
    prior = _mapping(_mapping(raw.get("prior_state")).get("values"))
    for source, start in (
        (prior, ("prior_state", "values")),
        (_mapping(raw.get("planned_values")), ("planned_values",)),
    ):
        first = start[0]
        for path, modules, resource in _resources(_mapping(source.get("root_module")), (*start, "root_module"), ()):
            managed = resource.get("mode") != "data"
            if managed and first == "prior_state":
                continue
            _, change = changes.get(resource["address"], (0, {}))
            if _mapping(change.get("change")).get("actions") == _FORGOTTEN:
                continue
            instance = _instance(path, modules, resource, change, managed)
            if instance is not None:
                (instances if managed else data)[instance.address] = instance
    for address, (number, change) in changes.items():
        if change.get("mode") == "data" and address not in data:
            deferred = _deferred(number, change)
            if deferred is not None:
                data[deferred.address] = deferred
    configured = dict(modules_in(_mapping(_mapping(raw.get("configuration")).get("root_module")), ()))
    return Plan(root, document, raw, configured, instances, data)


def modules_in(module: Json, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Module]]:
    """Give the modules of a configuration by the calls that lead to them."""
    resources = {str(part.get("address")): part for part in _list(module.get("resources")) if isinstance(part, dict)}
    calls = {name: _mapping(call) for name, call in _mapping(module.get("module_calls")).items()}
    outputs = {name: _mapping(output) for name, output in _mapping(module.get("outputs")).items()}
    yield names, Module(resources, calls, outputs)
    for name, call in calls.items():
        yield from modules_in(_mapping(call.get("module")), (*names, name))


def _instance(path: Path, modules: Modules, resource: Json, change: Json, managed: bool) -> Instance | None:
    address, type_, name = (resource.get(key) for key in ("address", "type", "name"))
    if not (isinstance(address, str) and isinstance(type_, str) and isinstance(name, str)):
        return None
    index = resource.get("index")
    index = index if isinstance(index, int | str) else None
    unknown = _mapping(change.get("change")).get("after_unknown", {})
    return Instance(address, type_, name, index, modules, _mapping(resource.get("values")), unknown, path, managed)


def _deferred(number: int, change: Json) -> Instance | None:
    """Give a data source that is read during the apply: only its change knows it."""
    after = _mapping(_mapping(change.get("change")).get("after"))
    as_resource = {**change, "values": after}
    path: Path = ("resource_changes", number, "change", "after")
    return _instance(path, modules_of(str(change.get("address"))), as_resource, change, managed=False)


def _resources(module: Json, path: Path, modules: Modules) -> Iterator[tuple[Path, Modules, Json]]:
    for number, resource in enumerate(_list(module.get("resources"))):
        if isinstance(resource, dict) and isinstance(resource.get("address"), str):
            yield (*path, "resources", number), modules, resource
    children = [pair for pair in enumerate(_list(module.get("child_modules"))) if isinstance(pair[1], dict)]
    # Terraform writes those inside another module in no order; what is said of the plan must not change with it.
    for number, child in sorted(children, key=lambda pair: str(pair[1].get("address"))):
        inner = modules_of(f"{child.get('address')}.x")
        yield from _resources(child, (*path, "child_modules", number), inner)


def prefix(modules: Modules) -> str:
    """Write the way into a module, with a dot at its end."""
    return "".join(f"module.{step.name}{shown(step.index)}." for step in modules)


def _mapping(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
