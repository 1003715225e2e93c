"""A Terraform plan as a part of the Model."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from msglint.model import identity
from msglint.model.data import Data
from msglint.model.expression import Expression, Fields, Given, NeedsChoice, Shape
from msglint.model.glance import may_hold, tells
from msglint.model.held import held
from msglint.model.identity import IDENTITIES, Word, words
from msglint.model.resource import Commented, Language, Mention, Opaque, Record, Scenario, Whole, fold
from msglint.model.text import Alphabet, Reference, Symbol, Text
from msglint.model.value import Known, Mentions, Unknown, Value, effective, not_understood, outside
from msglint.readers.interface import Assumptions, url_suffix
from msglint.readers.terraform.address import CLOUD_CONTROL, Index, Step
from msglint.readers.terraform.expressions import Planned, Translated, planned_of
from msglint.readers.terraform.kinds import OVERLAYS, Kind, Overlay, kind_of, own_name, spelled
from msglint.readers.terraform.plan import Instance, Plan, open_plan, prefix
from msglint.readers.terraform.providers import Providers
from msglint.readers.terraform.references import References, Where, leaves, referenced
from msglint.readers.terraform.sources.configuration import NOTHING, Found, of_plan, told
from msglint.source import Document, Node, Place
from msglint.source.json_tree import JsonNode
from msglint.verdict import Doubt

if TYPE_CHECKING:
    from msglint.readers.terraform.evaluation.world import World
    from msglint.readers.terraform.evaluation.written import Argument

_OUTPUT = "output."
_OUTPUTS = ("planned_values", "outputs")
_REASONS_TOLD = 3
_SCRIPTS = ("user_data", "user_data_base64")


def read(document: Document, root: JsonNode, assumptions: Assumptions) -> "TerraformPart":
    """Read a plan; raises `SourceError` where it cannot be one."""
    plan = open_plan(document, root)
    return TerraformPart(plan, assumptions, of_plan(plan, assumptions))


class _Called(NamedTuple):
    """The resources of a type, looked through once for all that may be laid over one of them."""

    addresses: frozenset[str]
    by_name: Mapping[str, Sequence[str]]


class TerraformPart:
    """One plan, with the files that it was made of where they are at hand.

    A plan is one deployment. Where there are only the files, it may depend on what nobody said how many there are of
    something.
    """

    __slots__ = (
        "_archives",
        "_attributes",
        "_by_call",
        "_chosen",
        "_expressions",
        "_holders",
        "_holding",
        "_left_out",
        "_mentions",
        "_naming",
        "_overlays",
        "_owners",
        "_plan",
        "_providers",
        "_records",
        "_references",
        "_sources",
        "_told",
        "_types",
        "_words",
        "trust",
    )

    def __init__(self, plan: Plan, assumptions: Assumptions, found: Found = NOTHING) -> None:
        self._plan = plan
        self._sources, self._told = found
        self._chosen: Mapping[str, bool] = {}
        self._references = References(plan, self.key)
        if self._sources is not None:
            from msglint.readers.terraform.evaluation.world import World  # noqa: PLC0415  # only where there are sources

            self._references.world = World(plan, self._references, self._sources, self)
        self._types: dict[str, list[str]] = {}
        for address, instance in plan.instances.items():
            self._types.setdefault(_kind(instance).type, []).append(address)
        self._records: dict[str, Record] = {}
        self._attributes: dict[tuple[str, str], Text] = {}
        self._by_call: dict[str, _Called] = {}
        self._mentions: dict[str, list[Mention]] | None = None
        self._naming: dict[str, Sequence[Mention]] = {}
        self._words: dict[str, list[tuple[Word, Mention]]] = {}
        self._overlays: dict[str, dict[str, Expression]] | None = None
        self._holders: dict[tuple[str, str], Instance] = {}
        self._owners: dict[str, str] = {}
        self._archives: dict[str, Instance] | None = None
        self._expressions: dict[int, Sequence[tuple[tuple[str, ...], Any]]] = {}
        self._holding: Sequence[str] | None = None
        self._left_out = tuple(plan.left_out())
        self._references.secure = assumptions.deployed.secure
        self.trust = assumptions.trust
        self._providers = Providers(plan, self._references, assumptions, self.key)

    @property
    def key(self) -> str:
        """The file's name."""
        return self._plan.document.name

    @property
    def stack(self) -> str:
        """Nothing: a plan is deployed by itself."""
        return ""

    @property
    def live(self) -> bool:
        """No: a plan is of what is to come."""
        return False

    @property
    def deployed(self) -> bool:
        """No: it is a plan."""
        return False

    @property
    def document(self) -> Document:
        """The plan's text."""
        return self._plan.document

    @property
    def language(self) -> Language:
        """Terraform."""
        return Language.TERRAFORM

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self._plan

    @property
    def world(self) -> "World | None":
        """What the names in the configuration mean, where its files are at hand."""
        return self._references.world

    def siblings(self, id: str) -> Mapping[Index, str]:  # noqa: A002  # the field's own word
        """Give the addresses of all that one block makes in one instance of its module, by their indexes."""
        instance = self._plan.instances.get(id)
        return self._references.addresses(instance) if instance is not None else {}

    def types(self) -> Mapping[str, Sequence[str]]:
        """Give the addresses by CloudFormation's type, where it has one, else by Terraform's."""
        return self._types

    def holding(self) -> Sequence[str]:
        """Give the resources, and then the outputs, that seem to hold a secret of a broker or of Kafka."""
        if self._holding is None:
            self._holding = ()
            if any(map(may_hold, self._texts())):
                self._holding = (
                    *(address for address, instance in self._plan.instances.items() if self._may_hold(instance)),
                    *(f"{_OUTPUT}{name}" for name in self._outputs()),
                )
        return self._holding

    def _texts(self) -> Iterator[str]:
        """Give the plan's text, and those of the files that it was made of."""
        yield self.document.text
        if self._sources is not None:
            for modules in self._references.modules():
                self._sources.module(tuple(step.name for step in modules))
            yield from (document.text for document in self._sources.documents())

    def _may_hold(self, instance: Instance) -> bool:
        """Say whether there may be a secret of a broker or of Kafka in a resource, from its names and texts alone."""
        planned = self._planned(instance)
        scripts = (planned.member(name) for name in _SCRIPTS)
        if any(script.value or script.written is not None for script in scripts):
            return True
        text = "\n".join(_words(planned))
        return may_hold(text) and tells(text)

    def whole(self, id: str) -> Sequence[Whole]:  # noqa: A002  # the field's own word
        """Give all that is planned of a resource, or the value of an output."""
        instance = self._plan.instances.get(id)
        if instance is not None:
            return (Whole((), self._planned(instance)),)
        name = id.removeprefix(_OUTPUT)
        output = self._outputs().get(name, {})
        configured = self._plan.at(("configuration", "root_module", "outputs", name, "expression"))
        later = self._plan.at(("output_changes", name, "after_unknown"))
        world = self._references.world
        path = (*_OUTPUTS, name, "value") if "value" in output else (*_OUTPUTS, name)
        value = Planned(
            self._plan,
            self._references,
            Where(()),
            output.get("value"),
            later,
            configured,
            path,
            configured is not None,
            written=self._declared(name),
            symbolic=(lambda: world.traced().declared(name)) if world is not None else None,
        )
        at = value.at
        return (Whole(("output",), Given(Fields({name: value}, at)), shown=output.get("sensitive") is not True),)

    def _declared(self, output: str) -> "Argument | None":
        world = self._references.world
        return world.declared(output) if world is not None else None

    def _outputs(self) -> Mapping[str, Any]:
        """Give the outputs of the root module, which Terraform prints."""
        outputs = self._plan.at(_OUTPUTS)
        return (
            {name: each for name, each in outputs.items() if isinstance(each, dict)}
            if isinstance(outputs, dict)
            else {}
        )

    def confidential(self) -> Collection[str]:
        """Give the texts that are marked as sensitive."""
        from msglint.readers.terraform.sensitive import sensitive  # noqa: PLC0415  # only for plans with findings

        return {*sensitive(self._plan.raw), *(self._sources.confidential() if self._sources is not None else ())}

    def unshown(self) -> Sequence[Place]:
        """Give the values of variables, and what is written where a plan marks the value as sensitive.

        A plan on one line has the variables right before its first resource.
        """
        planned = not self._plan.foreseen and self._plan.raw.get("variables")
        return [*([self._plan.place(("variables",))] if planned else ()), *self._unshown_sources()]

    def _unshown_sources(self) -> Iterator[Place]:
        world = self._references.world
        if world is None or self._sources is None:
            return
        from msglint.readers.terraform.sensitive import marks, written_under  # noqa: PLC0415  # only with findings

        yield from self._sources.unshown()
        for address, mark in marks(self._plan.raw):
            instance = self._plan.instances.get(address)
            written = world.written(instance) if instance is not None else None
            if written is not None:
                yield from written_under(written, mark)

    def record(self, id: str) -> Record | None:  # noqa: A002  # the field's own word
        """Give one resource."""
        instance = self._plan.instances.get(id)
        if instance is None:
            name = id.removeprefix(_OUTPUT)
            if name == id or name not in self._outputs():
                return None
            written = self._declared(name)
            at = written.at if written is not None else self._plan.place((*_OUTPUTS, name))
            return Record(self, id, "output", "output", at, Given(Fields({}, at)))
        found = self._records.get(id)
        if found is None:
            kind = _kind(instance)
            planned = self._planned(instance)
            at = planned.at
            more = {**self._overlaid(id, kind.type), **self._packed(instance, at)}
            properties = Overlaid(self._translated(instance, kind), more, at)
            found = Record(self, id, kind.type, instance.type, at, properties)
            self._records[id] = found
        return found

    def _planned(self, instance: Instance) -> Planned:
        return planned_of(self._plan, self._references, instance)

    def _translated(self, instance: Instance, kind: Kind) -> Expression:
        planned = self._planned(instance)
        if instance.type.startswith(CLOUD_CONTROL):
            from msglint.readers.terraform.awscc import Properties  # noqa: PLC0415  # few plans have such resources

            return Properties(planned, top=True)
        return Translated(planned, kind.fields)

    def _overlaid(self, address: str, type_: str) -> Mapping[str, Expression]:
        if not any(overlay.type == type_ for overlay in OVERLAYS.values()):
            return {}
        overlays = self._laid_over()
        return {**overlays.get("", {}), **overlays.get(address, {})}

    def _packed(self, instance: Instance, at: Place) -> Mapping[str, Expression]:
        """Give the directory that a function's code comes from, where the plan packs it with `archive_file`."""
        package = instance.values.get("filename")
        if instance.type != "aws_lambda_function" or not package:
            return {}
        if self._archives is None:
            archives = [each for each in self._plan.data.values() if each.type == "archive_file"]
            self._archives = {str(each.values.get("output_path")): each for each in reversed(archives)}
        archive = self._archives.get(package) if isinstance(package, str) else None
        directory, file = (archive.values.get(name) if archive else None for name in ("source_dir", "source_file"))
        path = directory or (posixpath.dirname(file) or "." if isinstance(file, str) else None)
        return {"Code": Given(Known(Text.literal(path), at))} if isinstance(path, str) else {}

    def _laid_over(self) -> dict[str, dict[str, Expression]]:
        """Give what resources such as `aws_sqs_queue_redrive_policy` set on others, by the others' addresses."""
        if self._overlays is None:
            self._overlays = {}
            for instance in self._plan.instances.values():
                overlay = OVERLAYS.get(instance.type)
                if overlay is not None:
                    self._overlay(instance, overlay, self._overlays)
            for names, resource in self._left_out:
                self._overlay_left_out(names, resource, self._overlays)
        return self._overlays

    def _overlay_left_out(
        self, names: tuple[str, ...], resource: Mapping[str, Any], overlays: dict[str, dict[str, Expression]]
    ) -> None:
        """Lay doubt over all that a resource may set a property of which an incomplete plan leaves out."""
        overlay = OVERLAYS.get(str(resource.get("type")))
        if overlay is None:
            return
        written = resource.get("expressions")
        target = written.get(overlay.target) if isinstance(written, dict) else None
        doubt = outside(
            f"{resource.get('address')} may set it, and this incomplete plan leaves that out",
            self._plan.place(("complete",)),
        )
        for modules in self._references.modules():
            if tuple(step.name for step in modules) == names:
                for reference in self._references.follow(target, Where(modules)).references:
                    overlays.setdefault(reference.resource[1], {}).setdefault(overlay.property, Given(doubt))

    def _overlay(self, instance: Instance, overlay: Overlay, overlays: dict[str, dict[str, Expression]]) -> None:
        """Lay one resource's property over the resource that it names; over all where it cannot be told which."""
        planned = self._planned(instance)
        target = planned.member(overlay.target)
        value: Expression = planned.member(overlay.attribute)
        if any(self._chosen.get(condition, truth) is not truth for condition, truth in instance.conditions):
            return
        if any(condition not in self._chosen for condition, _ in instance.conditions):
            value = Given(outside(f"without a plan nobody knows whether {instance.address} is made", planned.at))
        own = self._called(overlay.type)
        named = self._references.follow(target.expression, target.where)
        known = isinstance(target.value, str)
        called = own.by_name.get(target.value, ()) if known else ()
        meant = called or [found.resource[1] for found in named.references if found.resource[1] in own.addresses]
        if len(meant) == 1 and (called or named.complete):
            overlays.setdefault(meant[0], {})[overlay.property] = value
            self._owners[instance.address] = meant[0]
            self._holders[meant[0], overlay.property] = instance
            return
        doubt = not_understood(f"{instance.address} may set it, and which resource it names cannot be told", target.at)
        for address in meant or ([] if known else [""]):
            overlays.setdefault(address, {})[overlay.property] = Given(doubt)

    def _called(self, type_: str) -> "_Called":
        """Give what other resources call those of a type by: a URL or ARN, or the id of a key."""
        found = self._by_call.get(type_)
        if found is None:
            addresses = self._types.get(type_, ())
            by_name: dict[str, list[str]] = {}
            for address in addresses:
                for name in {self.attribute(address, each).literal_value for each in ("url", "arn", "key_id")}:
                    if name is not None:
                        by_name.setdefault(name, []).append(address)
            found = self._by_call[type_] = _Called(frozenset(addresses), by_name)
        return found

    def writes(self, id: str, name: str) -> bool:  # noqa: A002  # the field's own word
        """Say whether an argument has a value, or may have one after the apply."""
        instance = self._plan.instances[id]
        kind = _kind(instance)
        spec = kind.fields.get(name)
        if name in self._overlaid(id, kind.type):
            return True
        if spec is None:
            return False
        planned = self._planned(instance).member(spec.attribute)
        return planned.value not in (None, "", []) or planned.unknown is True

    def exists(self, id: str) -> bool:  # noqa: A002  # the field's own word
        """Say whether the resource is planned: what is destroyed or has count 0 is not in the plan's values."""
        instance = self._plan.instances.get(id)
        for condition, truth in instance.conditions if instance is not None else ():
            if condition not in self._chosen:
                raise NeedsChoice(self.key, condition)
            if self._chosen[condition] is not truth:
                return False
        return instance is not None or id.startswith(_OUTPUT)

    def attribute(self, id: str, name: str) -> Text:  # noqa: A002  # the field's own word
        """Give an attribute of a resource."""
        found = self._attributes.get((id, name))
        if found is None:
            found = Text(self._attribute(self._plan.instances[id], name).parts, Reference((self.key, id), name))
            self._attributes[id, name] = found
        return found

    def _attribute(self, instance: Instance, name: str) -> Text:
        known = instance.values.get(own_name(instance.type, name))
        if name != "name" and isinstance(known, str) and known:
            return Text.literal(known)
        properties = Data(self._translated(instance, _kind(instance)))
        return identity.attribute(_kind(instance).type, name, properties, Naming(self, instance))

    def argument(self, instance: Instance, name: str) -> Value[Text]:
        """Give an argument of a resource that is no property of AWS's API."""
        return Data(self._planned(instance).member(name)).text()

    def surroundings(self, instance: Instance, what: str) -> Text:
        """Give the partition, its domain, the Region or account of a resource, as its provider says."""
        match what:
            case "region":
                return self._providers.region(instance)
            case "account":
                return self._providers.account(instance)
            case "domain":
                return Text.literal(url_suffix(self._providers.partition(instance)))
            case _:
                return Text.literal(self._providers.partition(instance))

    def account(self, id: str) -> Text:  # noqa: A002  # the field's own word
        """Give the account of the resource's provider."""
        return self.surroundings(self._plan.instances[id], "account")

    def exported(self, id: str, *, arns: bool) -> Place | None:  # noqa: A002  # the field's own word
        """Give nothing: outputs of the root module attach no policy."""
        return None

    def construct(self, id: str) -> None:  # noqa: A002  # the field's own word
        """Give nothing: the CDK makes no plans."""

    def opaque(self, id: str) -> Opaque | None:  # noqa: A002  # the field's own word; it may be for anything
        """Give what may make more than there is here: a module that is not at hand, or the rest of a plan."""
        world = self._references.world
        missing = world.missing() if world is not None and self._plan.foreseen else None
        if missing is not None:
            return Opaque("a module that is not at hand", missing, Doubt.OUTSIDE)
        if not self._left_out:
            return None
        return Opaque("what this incomplete plan leaves out", self._plan.place(("complete",)), Doubt.OUTSIDE)

    def mentions(self, id: str) -> Sequence[Mention]:  # noqa: A002  # the field's own word
        """Give who names the resource: by a reference, or by its physical name at the end of an ARN or URL."""
        if id not in self._naming:
            self._naming[id] = self._who_names(id)
        return self._naming[id]

    def users(self, id: str, how: str) -> Sequence[Mention]:  # noqa: A002  # the field's own words
        """Give nothing: a plan is of what is to come."""
        return ()

    def _who_names(self, id: str) -> Sequence[Mention]:  # noqa: A002  # the field's own word
        mentions = self._all_mentions().get(id, [])
        by_name = self.spelling(
            _kind(self._plan.instances[id]).type, self.attribute(id, "arn"), self.attribute(id, "name")
        )
        return list(dict.fromkeys((*mentions, *(mention for mention in by_name if mention.by[1] != id))))

    def spelling(self, type_: str, arn: Text, name: Text) -> Sequence[Mention]:
        """Give who spells a name at the end of an ARN or URL."""
        self._all_mentions()
        form, literal = IDENTITIES.get(type_), name.literal_value
        written = self._words.get(form.word(literal), []) if form is not None and literal else []
        # Other Regions and accounts have resources of the same name.
        return [mention for word, mention in written if word.may_be(arn)]

    def _all_mentions(self) -> Mapping[str, list[Mention]]:
        """Give who names what, by addresses and by the last parts of ARNs, whatever is decided about conditions."""
        if self._mentions is None:
            self._laid_over()
            found: dict[str, list[Mention]] = {}
            for instance in self._plan.instances.values():
                for name, mention in self._names(instance):
                    found.setdefault(name, []).append(mention)
            for name, mention in self._arguments():
                found.setdefault(name, []).append(mention)
            self._mentions = found
        return self._mentions

    def _arguments(self) -> Iterator[tuple[str, Mention]]:
        """Give what calls of modules name: the argument often says what for, where the plan loses it inside."""
        world = self._references.world
        for modules in self._references.modules():
            module = self._plan.module(modules)
            for name, call in module.calls.items() if module is not None else ():
                if world is not None and world.scope((*modules, Step(name))) is not None:
                    continue
                called = f"{prefix(modules)}module.{name}"
                for path, expression in leaves(call.get("expressions")):
                    for reference in self._references.follow(expression, Where(modules)).references:
                        yield reference.resource[1], Mention((self.key, called), tuple(map(fold, path)), certain=False)

    def _names(self, instance: Instance) -> Iterator[tuple[str, Mention]]:
        where = self._references.where(instance)
        # What is laid over a resource is said by that resource.
        by = (self.key, self._owners.get(instance.address, instance.address))
        world = self._references.world
        told = {fold(name): found for name, found in (world.mentioned(instance) if world is not None else {}).items()}
        for name, addresses in told.items():
            for way, address in addresses or ():
                yield address, Mention(by, (name, *map(fold, way)))
        for way, expression in self._naming_expressions(instance):
            named = self._references.follow(expression, where)
            if not named.complete and way and told.get(way[0]) is not None:
                continue  # the `.tf` file says which of them it is
            for reference in named.references:
                yield reference.resource[1], Mention(by, way, certain=named.complete)
        # What a resource is called itself is no naming; the ARN of one that has none is another's.
        own = {"id", own_name(instance.type, "url"), *_own_arn(instance)}
        stack: list[tuple[tuple[str, ...], Any]] = [
            ((name,), part) for name, part in instance.values.items() if part and name not in own
        ]
        while stack:
            way, value = stack.pop()
            if isinstance(value, dict):
                stack += [((*way, name), part) for name, part in value.items() if part]
            elif isinstance(value, list):
                stack += [(way, part) for part in value]
            elif isinstance(value, str) and ("arn:" in value or "https://sqs." in value):
                for word in words(value):
                    self._words.setdefault(word.word, []).append((word, Mention(by, tuple(map(fold, way)))))

    def _naming_expressions(self, instance: Instance) -> Sequence[tuple[tuple[str, ...], Any]]:
        """Give the expressions of a resource that name something; all its instances share them."""
        configuration = self._plan.configuration(instance)
        if configuration is None:
            return ()
        found = self._expressions.get(id(configuration))
        if found is None:
            commands = ((("provisioner", *way), each) for way, each in leaves(configuration.get("provisioners")))
            written = (*leaves(configuration.get("expressions")), *commands)
            found = [(tuple(map(fold, way)), expression) for way, expression in written if referenced(expression)]
            self._expressions[id(configuration)] = found
        return found

    def under(self, scenario: Scenario) -> "TerraformPart":
        """Give the same with it decided what there is; a plan has decided that."""
        if not self._plan.foreseen:
            return self
        self._all_mentions()  # of which the copies make use too
        other = copy(self)
        other._decide({choice.condition: choice.truth for choice in scenario if choice.part == self.key})  # noqa: SLF001  # its own kind
        return other

    def _decide(self, chosen: Mapping[str, bool]) -> None:
        """Forget what other decisions have led to."""
        self._chosen = chosen
        self._records = {}
        self._overlays = None
        self._owners = {}
        self._holders = {}

    def possible(self, scenario: Scenario) -> bool:  # each condition is one of its own
        """Say yes: nothing is known of a condition that nobody decides."""
        return True

    def spell(self, native: str, path: Sequence[str]) -> str:
        """Give the provider's name of a property."""
        return spelled(kind_of(native), tuple(path))

    def way_to(self, resource: tuple[str, str], attribute: str) -> tuple[str, ...] | None:
        """Give none: nothing is judged together with a plan."""
        return None

    def holder(self, id: str, name: str) -> tuple[str, str] | None:  # noqa: A002  # the field's own word
        """Give the resource that is laid over another to set the property, such as `aws_sqs_queue_redrive_policy`."""
        self._laid_over()
        over = self._holders.get((id, name))
        if over is None:
            return None
        shape = self._translated(self._plan.instances[id], _kind(self._plan.instances[id])).shape()
        itself = shape.fields.get(name) if isinstance(shape, Fields) else None
        return (over.type, over.address) if itself is None or not _says_something(itself) else None

    def commented(self) -> Iterable[Commented]:
        """Give the files of the user's own modules, where there may be suppressions."""
        if self._sources is None:
            return ()
        from msglint.readers.terraform.sources.comments import commented  # noqa: PLC0415  # only where there are sources

        return commented(self._sources, self._plan.instances.values())

    def notices(self) -> Sequence[str]:
        """Give what is wrong with the directory that the user names, and which modules nobody could read."""
        if self._sources is None:
            return (self._told,) if self._told else ()
        left_out = self._sources.left_out()
        names = [prefix(tuple(Step(name) for name in way)).rstrip(".") for way in left_out]
        why = "; ".join(list(dict.fromkeys(left_out.values()))[:_REASONS_TOLD])
        said = f"the .tf files in {self._sources.files.shown} are read without {told(names)}: {why}"
        return (said,) if names else ()

    def parameters(self) -> Collection[str]:
        """Give nothing: the values of variables have flags of their own."""
        return ()

    def directories(self) -> Iterable[str]:
        """Give the directories of the user's own modules."""
        return (module.directory for _, module in self._sources.own()) if self._sources is not None else ()

    def metadata(self) -> Sequence[tuple[str | None, Node, Node]]:
        """Give none: JSON has no comments, and Terraform no metadata."""
        return ()


class Naming:
    """What the provider gives to the names of one resource."""

    __slots__ = ("_instance", "_part")

    def __init__(self, part: TerraformPart, instance: Instance) -> None:
        self._part = part
        self._instance = instance

    def surroundings(self, what: str) -> Text:
        """Give the partition, Region or account."""
        return self._part.surroundings(self._instance, what)

    def generated(self) -> Text:
        """Give the provider's own name: a prefix that the user wrote or `terraform-`, and something random.

        https://developer.hashicorp.com/terraform/plugin/sdkv2/resources
        """
        kind = _kind(self._instance)
        start = self._part.argument(self._instance, f"{kind.name_attribute}_prefix")
        if isinstance(start, Unknown | Mentions):
            return Text.of(self.symbol("name", Alphabet.NAME))
        prefix = effective(start)
        key = (self._part.key, self._instance.address, "random")
        random = Symbol(key, Alphabet.NAME, "<random>", fresh=True)
        return Text.of(prefix if prefix is not None and prefix.parts else kind.generated, random)

    def symbol(self, attribute: str, alphabet: Alphabet) -> Symbol:
        """Give a symbol for an attribute."""
        address = self._instance.address
        return Symbol((self._part.key, address, attribute), alphabet, f"${{{address}.{attribute}}}")


class Overlaid:
    """A resource's properties with what other resources set on it; put together once, as a plan has no conditions."""

    __slots__ = ("_base", "_more", "_shape", "at")

    def __init__(self, base: Expression, more: Mapping[str, Expression], at: Place) -> None:
        self._base = base
        self._more = more
        self._shape: Shape | None = None
        self.at = at

    def shape(self) -> Shape:
        """Give the properties; what the resource says itself wins."""
        if self._shape is None:
            self._shape = self._joined()
        return self._shape

    def _joined(self) -> Shape:
        shape = self._base.shape()
        if not self._more or not isinstance(shape, Fields):
            return shape
        own = {name: part for name, part in shape.fields.items() if name not in self._more or _says_something(part)}
        return Fields({**self._more, **own}, shape.at)


def _words(planned: Planned) -> Iterator[str]:
    """Give the names and texts of a resource; of those that only the `.tf` files know, what is known of them."""
    yield from _planned_words([planned.value, planned.unknown])
    if planned.written is not None:
        yield from _written_words(planned, planned.unknown)


def _written_words(planned: Planned, mask: Any) -> Iterator[str]:
    match mask:
        case True if planned.written is not None:
            for part in held(planned):
                yield from (*part.path, part.name, part.text)
        case dict():
            for name, inner in mask.items():
                yield from _written_words(planned.member(name), inner)
        case list() if isinstance(planned.value, list):
            for index, inner in enumerate(mask[: len(planned.value)]):
                if inner:
                    yield from _written_words(planned.item(index), inner)
        case _:
            return


def _planned_words(values: list[Any]) -> Iterator[str]:
    while values:
        here = values.pop()
        if isinstance(here, dict):
            yield from here
            values += here.values()
        elif isinstance(here, list):
            values += here
        elif isinstance(here, str):
            yield here


def _says_something(part: Expression) -> bool:
    from msglint.model.value import Absent  # noqa: PLC0415

    return not isinstance(part.shape(), Absent)


def _own_arn(instance: Instance) -> Sequence[str]:
    return (own_name(instance.type, "arn"),) if _kind(instance).type in IDENTITIES else ()


def _kind(instance: Instance) -> Kind:
    return kind_of(instance.type)
