"""What the names in a configuration's expressions mean: variables, locals, modules, data sources and resources.

What the plan knows is taken from it; for the rest the `.tf` files are evaluated, where they are at hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec

from msglint.model.data import Data
from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.identity import IDENTITIES, attribute
from msglint.model.text import Alphabet, Symbol, Text
from msglint.model.value import Absent, Known, Mentions, Unknown, not_understood, outside
from msglint.readers.terraform.address import Index, Step, roots, shown
from msglint.readers.terraform.evaluation.evaluate import Budget, Evaluator, Lazy, Scope, head, pairs
from msglint.readers.terraform.evaluation.functions import EvaluationError
from msglint.readers.terraform.evaluation.functions.values import Blind, EncodedFields, literal
from msglint.readers.terraform.evaluation.types import conform
from msglint.readers.terraform.evaluation.written import (
    OF_TERRAFORM,
    Argument,
    WrittenBlock,
    WrittenBlocks,
    bounded,
    settled,
)
from msglint.readers.terraform.expressions import Planned, Translated, planned_of
from msglint.readers.terraform.kinds import kind_of
from msglint.readers.terraform.plan import Instance, Modules, Path, Plan, prefix
from msglint.readers.terraform.policy_document import TYPE as POLICY_DOCUMENT
from msglint.readers.terraform.policy_document import policy_document
from msglint.readers.terraform.references import ECHOES, NAMES, References, Where, canonical, referenced
from msglint.readers.terraform.sources.configuration import Sources
from msglint.readers.terraform.sources.module import WrittenModule
from msglint.source import Place, hcl
from msglint.verdict import Doubt, Reason

if TYPE_CHECKING:
    from msglint.readers.terraform.evaluation.tracing import TracedWorld

SURROUNDINGS = {
    ("aws_caller_identity", "account_id"): "account",
    ("aws_caller_identity", "id"): "account",
    ("aws_region", "name"): "region",
    ("aws_region", "region"): "region",
    ("aws_region", "id"): "region",
    ("aws_partition", "partition"): "partition",
    ("aws_partition", "id"): "partition",
    ("aws_partition", "dns_suffix"): "domain",
}
"""What data sources tell of the place that something is deployed to."""

KEYS = {"aws_kms_alias": ("target_key_arn", "target_key_id"), "aws_kms_key": ("arn", "id", "key_id")}
"""Attributes of data sources that name a KMS key."""

_NAMELESS = OF_TERRAFORM - {"provisioner"}
"""What names resources for Terraform itself only; a provisioner's command may do something with them."""

_RANDOM = frozenset({"random_pet", "random_id", "random_uuid", "random_integer"})
"""Resources that make up names: letters and digits, and what joins them."""

_PATH: Path = ("resources", 0)
"""What stands for a place in a plan where no plan was made."""
_DEEPEST = 30
MOST_INSTANCES = 10_000


class Naming(Protocol):
    """What the resources of the plan are called."""

    def attribute(self, id: str, name: str) -> Text:  # noqa: A002  # the field's own word
        """Give an attribute by which a resource is named."""

    def surroundings(self, instance: Instance, what: str) -> Text:
        """Give the "partition", its "domain", the "region" or "account" of an instance."""


class Named(NamedTuple):
    """A resource that a value names, and the way to where it does."""

    way: tuple[str, ...]
    address: str


class Namers(NamedTuple):
    """The instances of a type, and those that name a resource by its address."""

    instances: Sequence[Instance]
    by: Mapping[str, Sequence[Instance]]


class World:
    """The meanings of names in one plan with its sources."""

    __slots__ = (
        "_evaluator",
        "_memory",
        "_namers",
        "_naming",
        "_plan",
        "_references",
        "_scopes",
        "_sources",
        "_supposed",
        "_traced",
        "_trials",
        "_written",
    )

    def __init__(
        self,
        plan: Plan,
        references: References,
        sources: Sources,
        naming: Naming,
        supposed: Mapping[tuple[Modules, str], Shape | None] = {},
        budget: Budget | None = None,
    ) -> None:
        """`supposed`: what is given to variables of modules, whatever their calls say."""
        self._supposed = supposed
        self._trials = Budget()
        self._plan = plan
        self._references = references
        self._sources = sources
        self._naming = naming
        self._evaluator = Evaluator(self, budget or Budget())
        self._memory: dict[tuple[object, ...], Lazy] = {}
        self._scopes: dict[Modules, Scope | None] = {}
        self._namers: dict[str, Namers] = {}
        self._written: dict[tuple[Modules, str, Index], WrittenBlock | None] = {}
        self._traced: TracedWorld | None = None

    def supposing(self, given: Mapping[tuple[Modules, str], Shape | None]) -> "World":
        """Give the same where other values are given to variables of modules; None: the default is left.

        All that is supposed is evaluated within one budget.
        """
        return World(self._plan, self._references, self._sources, self._naming, given, self._trials)

    def written(self, instance: Instance) -> WrittenBlock | None:
        """Give what is written of an instance; None where its module's files are not at hand.

        One block for one instance: dozens of rules ask for it, and what they ask of it is evaluated once.
        """
        key = (instance.modules, instance.local, instance.index)
        if key not in self._written:
            self._written[key] = self._block_of(instance)
        return self._written[key]

    def _block_of(self, instance: Instance) -> WrittenBlock | None:
        scope = self.scope(instance.modules)
        block = scope.directory.resources.get(instance.local) if scope is not None else None
        if scope is None or block is None:
            return None
        inner = msgspec.structs.replace(scope, bindings=self.repeated(instance.index, block, scope))
        return WrittenBlock(block.body, inner, self._evaluator, scope.at(block.at))

    def provider(self, name: str, modules: Modules) -> WrittenBlock | None:
        """Give what is written of a provider, by its name and alias; None where its module's files are not at hand."""
        scope = self.scope(modules)
        block = scope.directory.providers.get(name) if scope is not None else None
        if scope is None or block is None:
            return None
        return WrittenBlock(block.body, scope, self._evaluator, scope.at(block.at))

    def calls_of(self, directory: WrittenModule) -> int:
        """Count the calls that lead to a module."""
        called = {tuple(step.name for step in modules) for modules in self._references.modules()}
        return sum(self._sources.module(names) is directory for names in called)

    def declared(self, output: str) -> Argument | None:
        """Give what is written of an output of the root module."""
        scope = self.scope(())
        block = scope.directory.outputs.get(output) if scope is not None else None
        value = block.body.attributes.get("value") if block is not None else None
        if scope is None or value is None:
            return None
        evaluated = Lazy(lambda: bounded(head(self.output((), output, value.at))), value.expression.at)
        return Argument(value.expression, evaluated, value.at)

    def mentioned(self, instance: Instance) -> Mapping[str, Sequence[Named] | None]:
        """Give the resources that each argument of an instance names; None for one of which not all is known."""
        written = self.written(instance)
        names = [name for name in written.names() if name not in _NAMELESS] if written is not None else []
        found: dict[str, Sequence[Named] | None] = {}
        for name in names:
            member = written.member(name) if written is not None else None
            parts = _commands(member) if isinstance(member, WrittenBlocks) and name == "provisioner" else [member]
            named = [each for part in parts if part is not None for each in _named_in(part.shape(), ())]
            known = [each for each in named if each is not None]
            found[name] = known if len(known) == len(named) else None
        return found

    def naming(self, type_: str) -> Namers:
        """Give the instances of a type and what they name, looked through once for all that ask who names them."""
        found = self._namers.get(type_)
        if found is None:
            instances = [each for each in self._plan.instances.values() if each.type == type_]
            by: dict[str, list[Instance]] = {}
            for each in instances:
                for address in {part.address for named in self.mentioned(each).values() for part in named or ()}:
                    by.setdefault(address, []).append(each)
            found = self._namers[type_] = Namers(instances, by)
        return found

    def missing(self) -> Place | None:
        """Give the first call of a module whose files are not at hand."""
        for names, module in self._plan.modules.items():
            for called in module.calls:
                directory = self._sources.module(names)
                if directory is not None and self._sources.module((*names, called)) is None:
                    return directory.calls[called].at
        return None

    def variable(self, name: str) -> Shape:
        """Give the value of a variable of the root module."""
        return self.value_of((), name).shape()

    def value_of(self, modules: Modules, name: str) -> Lazy:
        """Give the value of a variable of a module."""
        return self._variable(modules, name, self._plan.place(("variables", name)))

    def default(self, name: str) -> Shape | None:
        """Give the default of a variable of the root module; None where it has none."""
        scope = self.scope(())
        declared = scope.directory.variables.get(name) if scope is not None else None
        written = declared.body.attributes.get("default") if declared is not None else None
        if scope is None or declared is None or written is None:
            return None
        type_ = declared.body.attributes.get("type")
        try:
            shape = self._evaluator.evaluate(written.expression, scope)
            return self._typed(shape, type_.expression, scope, written.at) if type_ is not None else shape
        except EvaluationError as error:
            return not_understood(error.message, error.at)

    def traced(self) -> "TracedWorld":
        """Give the world in which what may be secret is a symbol."""
        if self._traced is None:
            from msglint.readers.terraform.evaluation.tracing import TracedWorld  # noqa: PLC0415  # only for credentials

            self._traced = TracedWorld(self, self._plan, self._references, self._sources, self._naming)
        return self._traced

    def named(self, name: str, steps: Sequence[str | int | None], scope: Scope, at: Place) -> tuple[Shape, int]:
        """Give what a way begins with, and how many of its steps that takes."""
        match name, *steps:
            case "var", str() as variable, *_:
                return head(self._variable(scope.modules, variable, at)), 1
            case "local", str() as local, *_:
                return head(self._local(scope, local, at)), 1
            case "module", str() as called, *_:
                return head(self._module(scope.modules, called, at)), 1
            case "data", str() as type_, str() as local, *_:
                return head(self._resource(scope.modules, f"data.{type_}.{local}", at)), 2
            case "path", "module", *_:
                return Known(Text.literal(scope.directory.path), at), 1
            case "path", "root", *_:
                return Known(Text.literal("."), at), 1
            case "path" | "terraform", str() as what, *_:
                return self._known_later(f"{name}.{what}", at), 1
            case "each" | "count", *_:
                return outside("without a plan nobody knows which instance this is", at), len(steps)
            case "ephemeral", *_:
                return outside("an ephemeral value is known only during the apply", at), len(steps)
            case "var" | "local" | "module" | "data" | "path" | "terraform" | "self", *_:
                return not_understood(f"{name} stands where it means nothing", at), len(steps)
            case type_, str() as local, *_:
                return head(self._resource(scope.modules, f"{type_}.{local}", at)), 1
        raise EvaluationError(f"{name} is no name of a value", at)

    def _known_later(self, name: str, at: Place) -> Shape:
        return Known(Text.of(Symbol((self._plan.document.name, name), Alphabet.OPAQUE, f"${{{name}}}")), at)

    # Modules and what is written in them

    def scope(self, modules: Modules) -> Scope | None:
        """Give the scope of the expressions of a module; None where its files are not at hand."""
        if modules not in self._scopes:
            self._scopes[modules] = self._opened(modules)
        return self._scopes[modules]

    def _opened(self, modules: Modules) -> Scope | None:
        names = tuple(step.name for step in modules)
        directory = self._sources.module(names)
        if directory is None:
            return None
        return Scope(modules, directory, None if directory.local else self._outer(names))

    def _outer(self, names: tuple[str, ...]) -> Place | None:
        """Give the user's own call that leads to a module of somebody else's."""
        for length in range(len(names)):
            directory = self._sources.module(names[:length])
            call = directory.calls.get(names[length]) if directory is not None and directory.local else None
            inner = self._sources.module(names[: length + 1])
            if call is not None and inner is not None and not inner.local:
                return call.at
        return None

    def repeated(self, index: Index, block: hcl.Block, scope: Scope) -> Mapping[str, Shape]:
        """Give what `each` or `count` are for one instance."""
        match index:
            case int():
                return {"count": Fields({"index": Given(Known(index, scope.at(block.at)))}, scope.at(block.at))}
            case str():
                key: Shape = Known(Text.literal(index), scope.at(block.at))
                each = Lazy(lambda: self._each(index, block, scope), scope.at(block.at))
                return {"each": Fields({"key": Given(key), "value": each}, scope.at(block.at))}
        return {}

    def _each(self, index: str, block: hcl.Block, scope: Scope) -> Shape:
        at = scope.at(block.at)
        for_each = block.body.attributes.get("for_each")
        if for_each is None:
            return not_understood("the configuration says no for_each", at)
        shape = head(self._repeat(for_each, scope))
        match shape:
            case Fields(fields=fields) if index in fields:
                return head(fields[index])
            case Items():
                return Known(Text.literal(index), at)
            case Unknown() | Mentions():
                return Unknown(shape.reason, at)
        return not_understood(f"for_each has no {index}", at)

    def _repeat(self, written: hcl.Attribute, scope: Scope) -> Lazy:
        """Give what `count` or `for_each` is set to."""
        key = ("repeat", scope.modules, written.at)
        return self._once(key, lambda: self._evaluator.evaluate(written.expression, scope), scope.at(written.at))

    def _once(self, key: tuple[object, ...], evaluate: Callable[[], Shape], at: Place) -> Lazy:
        found = self._memory.get(key)
        if found is None:
            found = self._memory[key] = Lazy(evaluate, at)
        return found

    # Variables, locals, outputs

    def _local(self, scope: Scope, name: str, at: Place) -> Lazy:
        attribute = scope.directory.locals.get(name)
        if attribute is None:
            raise EvaluationError(f"there is no local.{name}", at)
        inner = msgspec.structs.replace(scope, bindings={})
        return self._once(
            ("local", scope.modules, name),
            lambda: self._evaluator.evaluate(attribute.expression, inner),
            scope.at(attribute.at),
        )

    def _variable(self, modules: Modules, name: str, at: Place) -> Lazy:
        return self._once(("var", modules, name), lambda: self._given(modules, name, at), at)

    def _given(self, modules: Modules, name: str, at: Place) -> Shape:
        """Give the value of a variable, as its type makes it."""
        scope = self.scope(modules)
        declared = scope.directory.variables.get(name) if scope is not None else None
        if scope is None or declared is None:
            raise EvaluationError(f"there is no var.{name}", at)
        here = scope.at(declared.at)
        given = self._argument(modules, name, here) if modules else self._root_variable(name, here)
        if modules and isinstance(given, Absent) and _is_false(declared.body.attributes.get("nullable")):
            given = None
        written = declared.body.attributes.get("default")
        default = self._evaluator.evaluate(written.expression, scope) if written is not None else None
        # What a plan says without a place may be what is written as the default.
        if default is not None and (given is None or (not modules and settled(given) == settled(default))):
            given = default
        if given is None:
            return self._known_later(f"{prefix(modules)}var.{name}", at)
        type_ = declared.body.attributes.get("type")
        return self._typed(given, type_.expression, scope, here) if type_ is not None else given

    def _typed(self, given: Shape, type_: hcl.Expression, scope: Scope, at: Place) -> Shape:
        """Convert a value to the type of a variable."""
        return conform(given, type_, at, lambda default: self._evaluator.evaluate(default, scope))

    def _root_variable(self, name: str, at: Place) -> Shape | None:
        given = self._plan.at(("variables", name))
        if isinstance(given, dict):
            return said(given.get("value"), at)
        value = self._sources.given.get(name)
        scope = self.scope(())
        return self._evaluator.evaluate(value.expression, scope) if value is not None and scope is not None else None

    def _argument(self, modules: Modules, name: str, at: Place) -> Shape | None:
        if (modules, name) in self._supposed:
            return self._supposed[modules, name]
        outer, call = modules[:-1], modules[-1]
        scope = self.scope(outer)
        block = scope.directory.calls.get(call.name) if scope is not None else None
        if scope is not None and block is not None:
            argument = block.body.attributes.get(name)
            if argument is None:
                return None
            inner = msgspec.structs.replace(scope, bindings=self.repeated(call.index, block, scope))
            value = self._evaluator.evaluate(argument.expression, inner)
            own = self.scope(modules)
            passes = scope.outer is None and own is not None and own.outer is not None
            # What a module of somebody else's is given is the user's own, here, whatever it is made of.
            return msgspec.structs.replace(value, at=argument.at) if passes else value
        module = self._plan.module(outer)
        called = module.calls.get(call.name, {}) if module is not None else {}
        arguments = called.get("expressions")
        if not isinstance(arguments, dict) or name not in arguments:
            return None
        return self._configured(arguments[name], Where(outer, call.index, each=called.get("for_each_expression")), at)

    def _configured(self, expression: Any, where: Where, at: Place) -> Shape:
        """Give what the plan alone says of an expression."""
        if isinstance(expression, dict) and "constant_value" in expression:
            return said(expression["constant_value"], at)
        named = self._references.follow(expression, where)
        names = roots(referenced(expression))
        about = f"made of {names[0]}; only the .tf source says how" if names else "the plan does not say of what"
        return Mentions(
            named.references, named.complete and not named.data, Reason(Doubt.NOT_UNDERSTOOD, about, at), at
        )

    def _module(self, modules: Modules, name: str, at: Place) -> Lazy:
        return self._once(("module", modules, name), lambda: self._outputs(modules, name, at), at)

    def _outputs(self, modules: Modules, name: str, at: Place) -> Shape:
        """Give what a call of a module is: its outputs, or those of each of its instances."""
        inner = self._plan.module((*modules, Step(name)))
        path = (*(step.name for step in modules), name)
        if self._plan.foreseen and self._sources.module(path) is None:
            return outside(f"module {name} is not at hand: {self._sources.missing(path)}", at)
        names = tuple(inner.outputs) if inner is not None else ()
        made: dict[Index, Expression] = {
            index: Given(Fields(Outputs(self, (*modules, Step(name, index)), names, at), at))
            for index in self._instances(modules, name, at)
        }
        return _collected(made, at)

    def _instances(self, modules: Modules, name: str, at: Place) -> Sequence[Index]:
        """Give the indexes of the instances of a call; raises `EvaluationError` where there is none."""
        module = self._plan.module(modules)
        called = module.calls.get(name) if module is not None else None
        if called is None:
            raise EvaluationError(f"there is no module.{name}", at)
        scope = self.scope(modules)
        block = scope.directory.calls.get(name) if scope is not None else None
        keys = self.keys(block, scope) if scope is not None and block is not None else None
        if keys is not None:
            return keys
        # An instance without resources is not in the plan.
        found = (inner[-1] for inner in self._references.modules() if inner and inner[:-1] == modules)
        return list(dict.fromkeys(step.index for step in found if step.name == name)) or [None]

    def keys(self, block: hcl.Block, scope: Scope) -> Sequence[Index] | None:
        """Give the indexes of what `count` or `for_each` makes of a block; None where they are not known."""
        count, for_each = (block.body.attributes.get(name) for name in ("count", "for_each"))
        written = count or for_each
        if written is None:
            return [None]
        at = scope.at(written.at)
        try:
            if for_each is not None:
                return [literal(key, at) for key, _ in pairs(head(self._repeat(for_each, scope)), at)]
            number = Data(Given(head(self._repeat(written, scope)))).integer()
        except (Blind, EvaluationError):
            return None
        if isinstance(number, Known) and number.value <= MOST_INSTANCES:
            return list(range(number.value))
        return None

    def output(self, modules: Modules, name: str, at: Place) -> Lazy:
        """Give an output of an instance of a module."""
        return self._once(("output", modules, name), lambda: self._output(modules, name, at), at)

    def _output(self, modules: Modules, name: str, at: Place) -> Shape:
        scope = self.scope(modules)
        if scope is not None:
            declared = scope.directory.outputs.get(name)
            value = declared.body.attributes.get("value") if declared is not None else None
            if value is None:
                raise EvaluationError(f"the module has no output {name}", at)
            return self._evaluator.evaluate(value.expression, scope)
        module = self._plan.module(modules)
        declared_ = module.outputs.get(name) if module is not None else None
        if declared_ is None:
            raise EvaluationError(f"the module has no output {name}", at)
        return self._configured(declared_.get("expression"), Where(modules), at)

    # Resources and data sources

    def _resource(self, modules: Modules, local: str, at: Place) -> Lazy:
        return self._once(("resource", modules, local), lambda: self._made(modules, local, at), at)

    def _made(self, modules: Modules, local: str, at: Place) -> Shape:
        """Give what a resource is: its one instance, or all of them."""
        instances = self._foreseen(modules, local, at) if self._plan.foreseen else self._planned(modules, local, at)
        made: dict[Index, Expression] = {
            each.index: Given(Fields(Attributes(self, each, at, open_=self._plan.foreseen), at)) for each in instances
        }
        if made:
            return _collected(made, at)
        scope = self.scope(modules)
        block = scope.directory.resources.get(local) if scope is not None else None
        listed = block is not None and "count" in block.body.attributes
        return Items((), at) if listed else Fields({}, at)

    def _planned(self, modules: Modules, local: str, at: Place) -> Sequence[Instance]:
        """Give the instances of a resource in the plan; raises `EvaluationError` and `Blind`."""
        instances = self._references.instances(modules, local)
        module = self._plan.module(modules)
        configuration = module.resources.get(local) if module is not None else None
        if configuration is None and not instances:
            raise EvaluationError(f"there is no {local}", at)
        if not instances and not {"count_expression", "for_each_expression"} & (configuration or {}).keys():
            raise Blind(outside(f"{local} is not in the plan", at))
        return instances

    def _foreseen(self, modules: Modules, local: str, at: Place) -> Sequence[Instance]:
        """Give the instances that there will be of a resource; raises `EvaluationError` and `Blind`."""
        scope = self.scope(modules)
        block = scope.directory.resources.get(local) if scope is not None else None
        if scope is None or block is None:
            raise EvaluationError(f"there is no {local}", at)
        known = self._references.instances(modules, local)
        indexes = [each.index for each in known] if known else self.keys(block, scope)
        if indexes is None or (None in indexes and _is_repeated(block)) or (indexes and not known and self._is_made):
            raise Blind(outside(f"how many instances {local} has is not known without a plan", at))
        return known or [blank(modules, local, index) for index in indexes]

    @property
    def _is_made(self) -> bool:
        """Whether it has been found out which instances there are."""
        return bool(self._plan.instances or self._plan.data)

    def attribute(self, instance: Instance, name: str, at: Place) -> Lazy:
        """Give an attribute of an instance."""
        return self._once(("attribute", instance.address, name), lambda: self._attribute(instance, name, at), at)

    def _attribute(self, instance: Instance, name: str, at: Place) -> Shape:
        if instance.type == POLICY_DOCUMENT and not instance.managed and name in {"json", "minified_json"}:
            # Also where its text is known: each statement stands at its own place.
            document = policy_document(self._plan, self._references, instance).shape()
            return EncodedFields(document.fields, document.at) if isinstance(document, Fields) else document
        argument = planned_of(self._plan, self._references, instance).member(name)
        if instance.values.get(name) is not None:
            shape = argument.shape()
            # What nobody has written is a default to who reads the resource; what names it gets the value.
            return Known(shape.default, at) if isinstance(shape, Absent) and shape.default is not None else shape
        return self._named_by(instance, name, argument, at) or self._said_or_computed(instance, name, argument, at)

    def _named_by(self, instance: Instance, name: str, argument: Planned, at: Place) -> Shape | None:
        """Give an attribute by which the instance is named, or what a data source tells of where it is; else None."""
        if not instance.managed:
            what = SURROUNDINGS.get((instance.type, name))
            if what is not None:
                return Known(self._naming.surroundings(instance, what), at)
            if name in KEYS.get(instance.type, ()):
                return self._alias(instance, at)
            found = self._found(instance, name)
            return Known(found, at) if found is not None else None
        echoed = ECHOES.get((instance.type, name))
        if echoed is not None:
            return head(self.attribute(instance, echoed, at))
        own = canonical(instance.type, name)
        if own not in NAMES or instance.type in _RANDOM:
            return None
        if argument.written is not None and kind_of(instance.type).type not in IDENTITIES:
            return None
        shape = argument.shape() if argument.written is not None else None
        written = isinstance(shape, Known) and not (isinstance(shape.value, Text) and shape.value.literal_value is None)
        return shape if written else Known(self._naming.attribute(instance.address, own), at)

    def _alias(self, instance: Instance, at: Place) -> Shape | None:
        """Give the alias by which a data source finds a KMS key: unlike the key's id it says whose key it is."""
        alias = self.attribute(instance, "name" if instance.type == "aws_kms_alias" else "key_id", at).shape()
        known = alias.value.literal_value if isinstance(alias, Known) and isinstance(alias.value, Text) else None
        return Known(Text.literal(known), at) if known is not None and known.startswith("alias/") else None

    def _said_or_computed(self, instance: Instance, name: str, argument: Planned, at: Place) -> Shape:
        mask = instance.unknown.get(name) if isinstance(instance.unknown, dict) else instance.unknown
        said_ = argument.written is not None or argument.expression is not None
        if said_ or not (mask or self._plan.foreseen):
            return argument.shape()
        return self._computed(instance, name, at)

    def _found(self, instance: Instance, name: str) -> Text | None:
        """Give what a data source will find, as far as the name that it looks for tells it."""
        planned = planned_of(self._plan, self._references, instance)
        kind = kind_of(instance.type)
        identity = IDENTITIES.get(kind.type)
        own = canonical(instance.type, name)
        # A path, a group or a bus would be told by the account only.
        if identity is None or identity.holes or not identity.form(own):
            return None
        properties = Data(Translated(planned, kind.fields))
        if not isinstance(properties.get(identity.name).text(), Known):
            return None
        return attribute(kind.type, own, properties, Sought(self._naming, self._plan.document.name, instance))

    def _computed(self, instance: Instance, name: str, at: Place) -> Shape:
        """Give what the provider computes: one value, whoever asks; nobody has written one that is random."""
        random = instance.type in _RANDOM
        key = (self._plan.document.name, instance.address, name)
        alphabet = Alphabet.NAME if random else Alphabet.ASSIGNED
        return Known(Text.of(Symbol(key, alphabet, f"${{{instance.address}.{name}}}", fresh=random)), at)


def blank(modules: Modules, local: str, index: Index, conditions: tuple[tuple[str, bool], ...] = ()) -> Instance:
    """Give an instance of which nothing is known but what is written."""
    *data, type_, name = local.split(".")
    address = f"{prefix(modules)}{local}{shown(index)}"
    return Instance(address, type_, name, index, modules, {}, True, _PATH, not data, conditions)


class Sought(NamedTuple):
    """What names a resource of the account that a data source looks for."""

    naming: Naming
    part: str
    instance: Instance

    def surroundings(self, what: str) -> Text:
        """Give the partition, Region or account of the data source's provider."""
        return self.naming.surroundings(self.instance, what)

    def generated(self) -> Text:
        """Give a symbol: who looks for a name has one."""
        return Text.of(self.symbol("name", Alphabet.NAME))

    def symbol(self, attribute: str, alphabet: Alphabet) -> Symbol:
        """Give a symbol for an attribute."""
        address = self.instance.address
        return Symbol((self.part, address, attribute), alphabet, f"${{{address}.{attribute}}}")


class Outputs(Mapping[str, Expression]):
    """The outputs of an instance of a module, evaluated when somebody asks for one."""

    __slots__ = ("_at", "_modules", "_names", "_world")

    def __init__(self, world: World, modules: Modules, names: Sequence[str], at: Place) -> None:
        self._world = world
        self._modules = modules
        self._names = names
        self._at = at

    def __getitem__(self, name: str) -> Expression:
        if name not in self._names:
            raise KeyError(name)
        return self._world.output(self._modules, name, self._at)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Attributes(Mapping[str, Expression]):
    """The attributes of an instance, evaluated when somebody asks for one."""

    __slots__ = ("_at", "_instance", "_names", "_open", "_world")

    def __init__(self, world: World, instance: Instance, at: Place, *, open_: bool) -> None:
        """`open_`: only a plan tells which attributes there are."""
        self._open = open_
        self._world = world
        self._instance = instance
        self._names = dict.fromkeys(
            (*instance.values, *(instance.unknown if isinstance(instance.unknown, dict) else ()))
        )
        self._at = at

    def __getitem__(self, name: str) -> Expression:
        if name not in self._names and not self._open:
            raise KeyError(name)
        return self._world.attribute(self._instance, name, self._at)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _commands(provisioners: WrittenBlocks) -> Iterator[Argument | WrittenBlocks | None]:
    for block in provisioners.blocks:
        yield from (block.member(name) for name in block.names() if name not in {"when", "on_failure"})


def _named_in(shape: Shape, way: tuple[str, ...]) -> Iterator[Named | None]:
    """Give the resources whose attributes a value holds; None for a part that is not known."""
    if len(way) > _DEEPEST:
        return
    match shape:
        case Known(value=Text() as text):
            refers = [text.refers.resource[1]] if text.refers is not None else []
            symbols = [part.key[1] for part in text.parts if isinstance(part, Symbol) and len(part.key) > 2]
            yield from (Named(way, address) for address in dict.fromkeys((*refers, *symbols)))
        case Fields(fields=fields):
            for name, part in fields.items():
                yield from _named_in(part.shape(), (*way, name))
        case Items(items=items):
            for part in items:
                yield from _named_in(part.shape(), way)
        case Unknown() | Mentions():
            yield None


def said(value: Any, at: Place) -> Shape:
    """Give a value of the plan as a shape, all of it at one place."""
    match value:
        case dict():
            return Fields({name: Given(said(part, at)) for name, part in value.items()}, at)
        case list():
            return Items(tuple(Given(said(part, at)) for part in value), at)
        case None:
            return Absent(None, at)
        case str():
            return Known(Text.literal(value), at)
        case _:
            return Known(value, at)


def _collected(made: Mapping[Index, Expression], at: Place) -> Shape:
    """Give the one instance that there is, or all of them in a list or a map, as `count` and `for_each` make it."""
    if None in made:
        return head(made[None])
    if all(isinstance(index, int) for index in made):
        return Items(tuple(part for _, part in sorted(made.items(), key=lambda each: int(each[0] or 0))), at)
    return Fields({str(index): part for index, part in made.items()}, at)


def _is_repeated(block: hcl.Block) -> bool:
    return not block.body.attributes.keys().isdisjoint({"count", "for_each"})


def _is_false(attribute: hcl.Attribute | None) -> bool:
    return (
        attribute is not None and isinstance(attribute.expression, hcl.Literal) and attribute.expression.value is False
    )
