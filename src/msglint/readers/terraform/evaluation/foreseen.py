"""The plan that terraform would make of `.tf` files, as far as they tell it alone.

It has the form of a plan, so that all that reads plans reads it: instances with their values, what is unknown of them,
and the configuration behind. What the account, the state or a provider would tell is unknown.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from msglint.model.text import Alphabet, Symbol, Text
from msglint.readers.interface import Assumptions
from msglint.readers.terraform.address import Index, Step
from msglint.readers.terraform.evaluation.evaluate import Scope
from msglint.readers.terraform.evaluation.world import MOST_INSTANCES, World, blank
from msglint.readers.terraform.evaluation.written import OF_TERRAFORM, blocks_in, content_of, settled, settled_block
from msglint.readers.terraform.part import TerraformPart
from msglint.readers.terraform.plan import Instance, Json, Modules, Plan, modules_in, prefix
from msglint.readers.terraform.references import References
from msglint.readers.terraform.sources.configuration import Found, Sources
from msglint.readers.terraform.sources.module import WrittenModule
from msglint.source import Beside, Document, SourceError, hcl

_DEEPEST = 20
_DEFAULTS: dict[str, dict[str, dict[str, Any]]] = {
    "aws_mq_broker": {"": {"deployment_mode": "SINGLE_INSTANCE"}, "encryption_options": {"use_aws_owned_key": True}},
    "aws_kinesis_firehose_delivery_stream": {"server_side_encryption": {"key_type": "AWS_OWNED_CMK"}},
}
"""What the provider sets where nothing is written and AWS has no such default, by type and block ("" for none).

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/mq_broker
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kinesis_firehose_delivery_stream
"""
_RUN = "provisioner"
_OF_CALLS = frozenset({"source", "version", "providers", "count", "for_each", "depends_on"})


def read(sources: Sources, assumptions: Assumptions) -> TerraformPart:
    """Read a configuration without a plan; raises `SourceError` where one of the user's own files cannot be read."""
    files = sources.files
    document = Document(files.name("."), "", Beside(files.shown, files.directory, files.boundary.root))
    if sources.module(()) is None:
        raise next(iter(sources.faults), SourceError(sources.missing(()), document.spot(0, 0)))
    plan = foresee(sources, document)
    if sources.faults:
        raise sources.faults[0]
    return TerraformPart(plan, assumptions, Found(sources))


def foresee(sources: Sources, document: Document) -> Plan:
    """Give the plan; `document` stands for the directory."""
    root = _configured(sources, (), {})
    raw: dict[str, Any] = {"configuration": {"root_module": root, "provider_config": _providers(sources)}}
    plan = Plan(None, document, raw, dict(modules_in(root, ())), {}, {})
    raw["variables"] = dict(_given(sources, _world(plan, sources)))
    world = _world(plan, sources)
    found = {each.address: each for each in _expanded(world, (), _Room())}
    plan = _with(plan, found)
    world = _world(plan, sources)
    plan = _with(plan, {address: _filled(each, world) for address, each in found.items()})
    outputs = {name: _output(name, block, world) for name, block in _declared(sources, ()).outputs.items()}
    raw["planned_values"] = {"outputs": {name: output for name, (output, _) in outputs.items()}}
    raw["output_changes"] = {name: {"after_unknown": unknown} for name, (_, unknown) in outputs.items()}
    return plan


class _Nameless:
    """Names of resources while the plan is made: nothing that it holds depends on them."""

    def attribute(self, id: str, name: str) -> Text:  # noqa: A002  # the field's own word
        """Give a symbol."""
        return Text.of(Symbol((id, name), Alphabet.ASSIGNED, f"${{{id}.{name}}}"))

    def surroundings(self, instance: Instance, what: str) -> Text:
        """Give a symbol."""
        return Text.of(Symbol((instance.address, what), Alphabet.ASSIGNED, f"${{{what}}}"))


def _world(plan: Plan, sources: Sources) -> World:
    references = References(plan, plan.document.name)
    world = World(plan, references, sources, _Nameless())
    references.world = world
    return world


def _with(plan: Plan, found: dict[str, Instance]) -> Plan:
    managed = {address: each for address, each in found.items() if each.managed}
    data = {address: each for address, each in found.items() if not each.managed}
    return msgspec.structs.replace(plan, instances=managed, data=data)


def _declared(sources: Sources, modules: Modules) -> WrittenModule:
    directory = sources.module(tuple(step.name for step in modules))
    assert directory is not None  # noqa: S101  # only what is at hand is walked
    return directory


# What the configuration says, in the form in which a plan repeats it


def _configured(sources: Sources, names: tuple[str, ...], given: Mapping[str, str]) -> Json:
    """Give a module's configuration; `given` are its providers, by what it calls them itself."""
    directory = sources.module(names)
    if directory is None or len(names) > _DEEPEST:
        return {}
    providers = {**given, **{name: _provider_key(names, name) for name in directory.providers}}
    calls = {name: _called(sources, (*names, name), block, providers) for name, block in directory.calls.items()}
    return {
        "resources": [_resource(local, block, providers) for local, block in directory.resources.items()],
        "module_calls": calls,
        "variables": {name: _variable(block) for name, block in directory.variables.items()},
        "outputs": {
            name: {"expression": _said(block.body.attributes.get("value")), "sensitive": _is_true(block, "sensitive")}
            for name, block in directory.outputs.items()
        },
    }


def _provider_key(names: tuple[str, ...], name: str) -> str:
    return f"{'.'.join(f'module.{each}' for each in names)}:{name}" if names else name


def _called(sources: Sources, names: tuple[str, ...], block: hcl.Block, providers: Mapping[str, str]) -> Json:
    arguments = {name: _said(each) for name, each in block.body.attributes.items() if name not in _OF_CALLS}
    # What nobody hands over is inherited, aliases aside.
    given = {name: key for name, key in providers.items() if "." not in name}
    handed = block.body.attributes.get("providers")
    if handed is not None and isinstance(handed.expression, hcl.Mapped):
        for key, value in handed.expression.items:
            own = ".".join(_way(key)) or (key.value if isinstance(key, hcl.Literal) else "")
            way = ".".join(_way(value))
            given[str(own)] = providers.get(way, way)
    return {"expressions": arguments, "module": _configured(sources, names, given), **_repeats(block)}


def _resource(local: str, block: hcl.Block, providers: Mapping[str, str]) -> Json:
    mode = "data" if local.startswith("data.") else "managed"
    *_, type_, name = local.split(".")
    provider = block.body.attributes.get("provider")
    key = ".".join(_way(provider.expression)) if provider is not None else type_.partition("_")[0]
    return {
        "address": local,
        "mode": mode,
        "type": type_,
        "name": name,
        "provider_config_key": providers.get(key, key),
        "expressions": _expressions(block.body),
        "provisioners": [{"expressions": _expressions(each.body)} for each in block.body.blocks if each.type == _RUN],
        **_repeats(block),
    }


def _expressions(body: hcl.Body) -> dict[str, Any]:
    arguments = {name: _said(attribute) for name, attribute in body.attributes.items() if name not in OF_TERRAFORM}
    blocks: dict[str, list[dict[str, Any]]] = {}
    for block in blocks_in(body):
        dynamic = block.type == "dynamic" and bool(block.labels)
        made = content_of(block) if dynamic else block
        if made is not None and block.type not in OF_TERRAFORM - {"dynamic"}:
            name = block.labels[0] if dynamic else block.type
            blocks.setdefault(name, []).append(_expressions(made.body))
    # No name is both, and terraform refuses the file where one is.
    return {**arguments, **{name: each for name, each in blocks.items() if name not in arguments}}


def _repeats(block: hcl.Block) -> Json:
    attributes = block.body.attributes
    return {f"{name}_expression": _said(attributes[name]) for name in ("count", "for_each") if name in attributes}


def _said(attribute: hcl.Attribute | None) -> Json:
    if attribute is None:
        return {}
    if isinstance(attribute.expression, hcl.Literal):
        return {"constant_value": attribute.expression.value}
    # One expression for all that it holds, also where it names nothing: no block, which has one for each argument.
    return {"references": list(hcl.references(attribute.expression))}


def _variable(block: hcl.Block) -> Json:
    default = block.body.attributes.get("default")
    said = _said(default)
    return {
        **({"default": said["constant_value"]} if "constant_value" in said else {}),
        **({"sensitive": True} if _is_true(block, "sensitive") else {}),
    }


def _providers(sources: Sources, names: tuple[str, ...] = ()) -> Json:
    directory = sources.module(names)
    if directory is None or len(names) > _DEEPEST:
        return {}
    found = {
        _provider_key(names, name): {
            "name": name.partition(".")[0],
            "expressions": _expressions(block.body),
            **({"module_address": _provider_key(names, "").removesuffix(":")} if names else {}),
        }
        for name, block in directory.providers.items()
    }
    for called in directory.calls:
        found.update(_providers(sources, (*names, called)))
    return found


def _is_true(block: hcl.Block, name: str) -> bool:
    attribute = block.body.attributes.get(name)
    return (
        attribute is not None and isinstance(attribute.expression, hcl.Literal) and attribute.expression.value is True
    )


def _way(expression: hcl.Expression) -> tuple[str, ...]:
    match expression:
        case hcl.Name(name=name):
            return (name,)
        case hcl.Member(of=of, name=name):
            return (*_way(of), str(name))
        case _:
            return ()


# What becomes of it


def _given(sources: Sources, world: World) -> Iterator[tuple[str, Json]]:
    """Give the values of the root module's variables, where they have one."""
    for name in _declared(sources, ()).variables:
        value, unknown = settled(world.variable(name))
        if not unknown:
            yield name, {"value": value}


class _Room:
    """How many more instances there may be."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST_INSTANCES


def _expanded(
    world: World, modules: Modules, room: _Room, conditions: tuple[tuple[str, bool], ...] = ()
) -> Iterator[Instance]:
    """Give the instances of a module and those it calls; one stands for those of which nobody knows how many."""
    scope = world.scope(modules)
    if scope is None or len(modules) > _DEEPEST:
        return
    for local, block in scope.directory.resources.items():
        indexes, more = _instances(block, scope, world, room)
        yield from (blank(modules, local, index, (*conditions, *more)) for index in indexes)
    for name, block in scope.directory.calls.items():
        indexes, more = _instances(block, scope, world, room)
        for index in indexes:
            yield from _expanded(world, (*modules, Step(name, index)), room, (*conditions, *more))


def _instances(
    block: hcl.Block, scope: Scope, world: World, room: _Room
) -> tuple[Sequence[Index], tuple[tuple[str, bool], ...]]:
    """Give the indexes of a block's instances; or none, and what must be true for there to be any."""
    indexes = world.keys(block, scope)
    if indexes is not None and (len(indexes) <= max(room.left, 1)):
        room.left -= len(indexes)
        return indexes, ()
    attributes = block.body.attributes
    repeat = (attributes.get("count") or attributes["for_each"]).expression
    where = prefix(scope.modules)
    match repeat:
        case hcl.Conditional(condition=condition, yes=hcl.Literal(value=1), no=hcl.Literal(value=0)):
            return [None], ((where + _text(condition), True),)
        case hcl.Conditional(condition=condition, yes=hcl.Literal(value=0), no=hcl.Literal(value=1)):
            return [None], ((where + _text(condition), False),)
        case _:
            return [None], ((f"{where}length({_text(repeat)}) > 0", True),)


def _text(expression: hcl.Expression) -> str:
    at = expression.at
    return " ".join(at.document.text[at.start : at.end].split())


def _filled(instance: Instance, world: World) -> Instance:
    """Give an instance with its values."""
    written = world.written(instance)
    values, unknown = settled_block(written) if written is not None else ({}, {})
    for block, defaults in _DEFAULTS.get(instance.type, {}).items():
        for each in [values] if not block else values.get(block) or ():
            for name, default in defaults.items():
                each.setdefault(name, default)
    return msgspec.structs.replace(instance, values=values, unknown=unknown)


def _output(name: str, block: hcl.Block, world: World) -> tuple[Json, Any]:
    written = world.declared(name)
    value, unknown = settled(written.shape()) if written is not None else (None, False)
    known = {} if unknown is True else {"value": value}
    return {"sensitive": _is_true(block, "sensitive"), **known}, unknown
