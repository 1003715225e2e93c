"""What the expressions of a plan's configuration name, followed through variables, outputs and instances.

A plan says of an expression only which things it names, so what comes out is a list of attributes, never a value.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from msglint.model.text import Reference
from msglint.readers.terraform.address import CLOUD_CONTROL, Index, Step, roots, steps
from msglint.readers.terraform.plan import Instance, Modules, Plan

if TYPE_CHECKING:
    from msglint.readers.terraform.evaluation.world import World

DEEPEST = 30  # modules within modules; nobody nests more

_SELF_EVIDENT = {"each", "count", "path", "terraform", "self"}
_ATTRIBUTES = {
    ("aws_sqs_queue", "id"): "url",
    ("aws_sns_topic", "id"): "arn",
    ("aws_kinesis_stream", "id"): "arn",
    ("aws_kinesis_firehose_delivery_stream", "id"): "arn",
    ("aws_iam_policy", "id"): "arn",
    ("aws_s3_bucket", "id"): "name",
    ("aws_s3_bucket", "bucket"): "name",
    ("aws_cloudwatch_event_rule", "id"): "name",
    ("aws_cloudwatch_event_bus", "id"): "name",
    ("aws_lambda_function", "id"): "name",
    ("aws_lambda_function", "function_name"): "name",
    ("aws_iam_role", "id"): "name",
    ("aws_kms_key", "id"): "key_id",
    ("aws_kms_external_key", "id"): "key_id",
    ("aws_kms_replica_key", "id"): "key_id",
    ("aws_kms_replica_external_key", "id"): "key_id",
    ("aws_kms_alias", "id"): "name",
    ("aws_msk_cluster", "id"): "arn",
    ("aws_msk_serverless_cluster", "id"): "arn",
    ("aws_secretsmanager_secret", "id"): "arn",
    ("aws_secretsmanager_secret_version", "secret_id"): "arn",
}


NAMES = frozenset(
    {"arn", "url", "name", "id", "key_id", "invoke_arn", "qualified_arn", "stream_arn"}
    | {"target_key_arn", "target_key_id", ""}
) | {"secret_string"}
"""Attributes by which something is named; what stands in a secret leads to the secret too."""


class Named(msgspec.Struct, frozen=True):
    """What an expression names.

    `complete`: nothing else of this run can flow into its value. `settled`: all that it names is known in the plan, so
    a value that is unknown all the same is null, and the provider will compute it.
    """

    references: tuple[Reference, ...] = ()
    data: tuple[str, ...] = ()
    complete: bool = True
    settled: bool = True

    @classmethod
    def together(cls, all_: Sequence["Named"]) -> "Named":
        """Give what several name together."""
        if len(all_) == 1:
            return all_[0]
        references = dict.fromkeys(reference for each in all_ for reference in each.references)
        data = dict.fromkeys(address for each in all_ for address in each.data)
        complete, settled = all(each.complete for each in all_), all(each.settled for each in all_)
        return cls(tuple(references), tuple(data), complete, settled)


def canonical(type_: str, attribute: str) -> str:
    """Give the Model's name of an attribute: the `id` of a queue is its URL, that of a topic its ARN."""
    if type_.startswith(CLOUD_CONTROL):
        from msglint.readers.terraform import awscc  # noqa: PLC0415  # few plans have such resources

        return awscc.canonical(awscc.cloudformation(type_) or type_, attribute)
    return _ATTRIBUTES.get((type_, attribute), attribute)


BLIND = Named(complete=False, settled=False)
"""What is said of an expression that cannot be followed."""

ECHOES = {
    ("aws_secretsmanager_secret_version", "arn"): "secret_id",
    ("aws_secretsmanager_secret_rotation", "id"): "secret_id",
    ("aws_secretsmanager_secret_policy", "id"): "secret_arn",
}
"""Attributes that give back what an argument says: the other resource's, not the own ARN."""


class Where(msgspec.Struct, frozen=True):
    """The place of an expression: the module it is written in, and the instance that it is evaluated for."""

    modules: Modules
    index: Index = None
    keys: frozenset[Index] = frozenset()
    """All instances of the resource that the expression is written in."""
    each: Any = None
    """The `for_each` of the resource or module call that the expression is written in."""


def referenced(expression: Any) -> list[str]:
    """Give the references of one expression, as the plan lists them."""
    found = expression.get("references") if isinstance(expression, dict) else None
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


class _Group(NamedTuple):
    """Instances of one resource by their keys. Equal sets of keys are one object, so that comparing them is cheap."""

    instances: Mapping[Index, Instance]
    keys: frozenset[Index]


_NOTHING = _Group({}, frozenset())


class References:
    """Follows references inside one plan."""

    __slots__ = (
        "_addresses",
        "_call_keys",
        "_calls",
        "_chains",
        "_followed",
        "_key",
        "_keys",
        "_plan",
        "_siblings",
        "_ways",
        "secure",
        "world",
    )

    def __init__(self, plan: Plan, key: str) -> None:
        self._plan = plan
        self._key = key
        self.world: World | None = None
        """What the `.tf` files say, where they are at hand."""
        self.secure: Mapping[str, bool] = {}
        """Whether parameters of Systems Manager are secure strings, by their names, where the account has told."""
        siblings: dict[tuple[Modules, str], dict[Index, Instance]] = {}
        for instance in (*plan.instances.values(), *plan.data.values()):
            siblings.setdefault((instance.modules, instance.local), {})[instance.index] = instance
        self._keys: dict[frozenset[Index], frozenset[Index]] = {}
        self._siblings = {place: self._group(instances) for place, instances in siblings.items()}
        self._calls: dict[tuple[Modules, str], list[Modules]] = {}
        for modules in self.modules():
            if modules:
                self._calls.setdefault((modules[:-1], modules[-1].name), []).append(modules)
        self._call_keys = {
            call: self._shared(frozenset(modules[-1].index for modules in made)) for call, made in self._calls.items()
        }
        # Thousands of instances may share a variable, an output or a `for_each`, and it may name thousands of others.
        self._followed: dict[Hashable, Named] = {}
        self._ways: dict[int, tuple[Any, tuple[str, ...], Sequence[tuple[Step, ...]]]] = {}
        """What an expression names, by its identity, which stays its own as it is kept."""
        self._chains: dict[Hashable, _Group] = {}
        self._addresses: dict[tuple[Modules, str], Mapping[Index, str]] = {}

    def _group(self, instances: dict[Index, Instance]) -> "_Group":
        return _Group(instances, self._shared(frozenset(instances)))

    def _shared(self, keys: frozenset[Index]) -> frozenset[Index]:
        """Give the one set of these keys, so that it need not be compared."""
        return self._keys.setdefault(keys, keys)

    def _once(self, key: Hashable, follow: Callable[[], Named]) -> Named:
        found = self._followed.get(key)
        if found is None:
            found = self._followed[key] = follow()
        return found

    def modules(self) -> Iterable[Modules]:
        """Give all instances of modules that have resources, and the root."""
        return dict.fromkeys([(), *(modules for modules, _ in self._siblings)])

    def instances(self, modules: Modules, local: str) -> list[Instance]:
        """Give the instances of a resource, or of a data source as `data.type.name`, in one instance of a module."""
        return list(self._siblings.get((modules, local), _NOTHING).instances.values())

    def addresses(self, instance: Instance) -> Mapping[Index, str]:
        """Give the addresses of all that the block of an instance makes in its module, by their indexes."""
        place = (instance.modules, instance.local)
        found = self._addresses.get(place)
        if found is None:
            made = self._siblings.get(place, _NOTHING).instances
            found = self._addresses[place] = {index: each.address for index, each in made.items()}
        return found

    def where(self, instance: Instance) -> Where:
        """Give the place of an instance's own expressions."""
        configuration = self._plan.configuration(instance) or {}
        siblings = self._siblings.get((instance.modules, instance.local)) or self._group({instance.index: instance})
        return Where(instance.modules, instance.index, siblings.keys, configuration.get("for_each_expression"))

    def follow(self, expression: Any, where: Where, depth: int = 0) -> Named:
        """Give the attributes of resources and the data sources that an expression names."""
        if depth > DEEPEST:
            return BLIND
        if id(expression) not in self._ways:
            names = roots(referenced(expression))
            self._ways[id(expression)] = expression, names, [steps(name) for name in names]
        _, names, ways = self._ways[id(expression)]
        return Named.together([self._follow(way, names, where, depth) for way in ways])

    def whose(self, name: str, expression: Any, where: Where) -> Reference | None:
        """Give the resource that a known name is the name of, as resources of other Regions may be called the same."""
        named = self.follow(expression, where) if referenced(expression) else BLIND
        if not named.complete or named.data or len(named.references) != 1:
            return None
        (only,) = named.references
        instance = self._plan.instances.get(only.resource[1])
        if instance is None or only.attribute not in {"name", ""}:
            return None
        called = (canonical(instance.type, attribute) for attribute, value in instance.values.items() if value == name)
        return Reference(only.resource, "name") if "name" in called else None

    def _follow(self, way: tuple[Step, ...], beside: tuple[str, ...], where: Where, depth: int) -> Named:
        if not way:
            return BLIND
        match way[0].name:
            case "each" if len(way) > 1 and way[1].name == "value":
                return self._each(way, where, depth)
            case first if first in _SELF_EVIDENT:
                return Named()
            case "var":
                return self._variable(way, where, depth)
            case "module" if len(way) > 2:  # module, its name, the output
                return self._output(way[1], way[2].name, where, depth)
            case "data" if len(way) > 2:  # data, type, name
                instances = self.picked(where.modules, f"data.{way[1].name}.{way[2].name}", way[2].index, beside, where)
                # What was read during the plan is known; what is in `resource_changes` is read during the apply.
                read = all(instance.path[0] == "prior_state" for instance in instances)
                addresses = tuple(instance.address for instance in instances)
                return Named(data=addresses, complete=bool(instances), settled=read)
            case type_ if len(way) > 1 and "_" in type_:
                return self._resource(way, beside, where, depth)
            case _:
                return BLIND

    def _each(self, way: tuple[Step, ...], where: Where, depth: int) -> Named:
        if not isinstance(where.each, dict) or where.each.keys().isdisjoint({"references", "constant_value"}):
            return BLIND
        called = self._called(where)
        if called is not None and len(way) > 2:  # each, value, the output
            return self._output(called, way[2].name, where, depth + 1)
        expression, outer = where.each, Where(where.modules)
        key = (id(expression), where.modules, depth)
        found = self._once(key, lambda: self.follow(expression, outer, depth + 1))
        chained = self._chained(key, found, where) if len(way) > 2 else None  # each, value, attribute
        if chained is not None:
            attribute = canonical(chained.type, way[2].name)
            if attribute in NAMES:
                known = chained.values.get(way[2].name) is not None
                return Named((Reference((self._key, chained.address), attribute),), settled=known)
        # The plan does not say which of the things that the map names is this instance's.
        only = found.complete and not found.references and not found.data
        return Named(found.references, found.data, complete=only, settled=found.settled)

    def _called(self, where: Where) -> Step | None:
        """Give the module instance that `each.value` is, where `for_each` is a module call with the same keys."""
        match [steps(name) for name in roots(referenced(where.each))]:
            case [(Step(name="module"), Step(name=name, index=None))]:
                keys = self._call_keys.get((where.modules, name))
                return Step(name, where.index) if keys is where.keys else None
            case _:
                return None

    def _chained(self, key: Hashable, found: Named, where: Where) -> Instance | None:
        """Give the instance that `each.value` is, where `for_each` is another resource with the same keys."""
        if key not in self._chains:
            self._chains[key] = self._chain(found)
        chain = self._chains[key]
        return chain.instances.get(where.index) if chain.keys is where.keys else None

    def _chain(self, found: Named) -> _Group:
        instances = [self._plan.instances.get(reference.resource[1]) for reference in found.references]
        known = [instance for instance in instances if instance is not None]
        whole = found.complete and not found.data and all(not reference.attribute for reference in found.references)
        one = len({(instance.modules, instance.local) for instance in known}) == 1
        return self._group({instance.index: instance for instance in known}) if whole and one else _NOTHING

    def _variable(self, way: tuple[Step, ...], where: Where, depth: int) -> Named:
        if not where.modules or len(way) == 1:
            # A variable of the root module has a value in every plan; nothing of the run flows through it.
            return Named()
        outer, call = where.modules[:-1], where.modules[-1]
        module = self._plan.module(outer)
        called = module.calls.get(call.name, {}) if module is not None else {}
        arguments = called.get("expressions")
        expression = arguments.get(way[1].name) if isinstance(arguments, dict) else None
        given = Where(outer, call.index, each=called.get("for_each_expression"))
        key = (where.modules, way[1].name, depth)
        found = self._once(key, lambda: self.follow(expression, given, depth + 1))
        # Of a variable that is an object only one member may be used here, and the plan does not say which it is.
        whole = len(way) == 2  # var, its name
        return found if whole else Named(found.references, found.data, complete=False, settled=found.settled)

    def _output(self, call: Step, output: str, where: Where, depth: int) -> Named:
        inner_names = (*(step.name for step in where.modules), call.name)
        module = self._plan.modules.get(inner_names)
        if module is None or output not in module.outputs:
            return BLIND
        called = self._calls.get((where.modules, call.name), ())
        picked = [modules for modules in called if call.index is None or modules[-1].index == call.index]
        if not picked:
            picked = [(*where.modules, call)]
        expression = module.outputs[output].get("expression")
        return self._once(
            (where.modules, call, output, depth),
            lambda: Named.together([self.follow(expression, Where(modules), depth + 1) for modules in picked]),
        )

    def _resource(self, way: tuple[Step, ...], beside: tuple[str, ...], where: Where, depth: int) -> Named:
        type_, resource = way[0].name, way[1]
        instances = self.picked(where.modules, f"{type_}.{resource.name}", resource.index, beside, where)
        # `queue[each.key].arn` is listed as `queue` and `each.key`: the attribute is lost, and stays empty here.
        attribute = way[2].name if len(way) > 2 else ""  # type, name, attribute
        echoed = ECHOES.get((type_, attribute))
        if echoed is not None:
            return self._echo(instances, echoed, depth)
        own = canonical(type_, attribute)
        references = tuple(Reference((self._key, instance.address), own) for instance in instances)
        settled = all(instance.values.get(attribute) is not None for instance in instances)
        module = self._plan.module(where.modules)
        # Of a resource with count 0 nothing can flow into the value.
        declared = module is not None and f"{type_}.{resource.name}" in module.resources
        if own not in NAMES:
            # What another attribute holds, such as a stack's outputs, may be anything unless it is known.
            return Named(complete=settled, settled=settled)
        return Named(references, complete=declared or bool(instances), settled=settled)

    def _echo(self, instances: Iterable[Instance], argument: str, depth: int) -> Named:
        return Named.together(
            [
                self.follow(self._expressions(instance).get(argument), self.where(instance), depth + 1)
                for instance in instances
            ]
        )

    def _expressions(self, instance: Instance) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (self._plan.configuration(instance) or {}).get("expressions", {})
        return found

    def picked(
        self, modules: Modules, local: str, index: Index, beside: tuple[str, ...], where: Where
    ) -> list[Instance]:
        """Give the instances that a reference may pick, one where it can be told."""
        instances, keys = self._siblings.get((modules, local), _NOTHING)
        if index is None and len(instances) > 1 and keys is where.keys:
            index = where.index if any(name.startswith(("each.key", "count.index")) for name in beside) else None
        if index is None:
            return list(instances.values())
        return [instances[index]] if index in instances else []


def leaves(expression: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Give every expression below a block of the configuration, with the names on the way."""
    stack: list[tuple[tuple[str, ...], Any]] = [(path, expression)]
    while stack:
        way, here = stack.pop()
        if isinstance(here, list):
            stack += [(way, part) for part in here]
        elif isinstance(here, dict):
            if "references" in here or "constant_value" in here:
                yield way, here
            else:
                stack += [((*way, name), part) for name, part in here.items()]
