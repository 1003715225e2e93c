"""Stacks that are judged together: what each says in a scenario, and where a name of one leads in another.

Only what a template says itself links stacks: the name of an export, a nested stack, an ARN in which nothing is open.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from msglint.model.expression import NeedsChoice, Shape
from msglint.model.identity import IDENTITIES, Word
from msglint.model.resource import Choice, Mention, Opaque, Scenario
from msglint.model.text import Text
from msglint.model.value import Known
from msglint.readers.cloudformation.adding import adding
from msglint.readers.cloudformation.index import Import, Index, Name, texts_of
from msglint.readers.cloudformation.nodes import members, scalar
from msglint.readers.cloudformation.scope import Scope
from msglint.readers.cloudformation.template import Template
from msglint.source import Node

if TYPE_CHECKING:
    from msglint.readers.cloudformation.exports import Export, Exports

_STACK_NAME = "AWS::StackName"


class World:
    """All stacks of a system in one scenario."""

    __slots__ = ("_scopes", "busy", "given_up", "passing", "scenario", "system")

    def __init__(self, system: "System", scenario: Scenario) -> None:
        self.system = system
        self.scenario = scenario
        self._scopes: dict[str, Scope] = {}
        self.busy = 0
        """How many functions are being evaluated, one inside the other."""
        self.given_up = 0
        """How often that were too many."""
        self.passing: dict[tuple[str, bool, str], Shape] = {}
        """What stacks hand on, as far as it was told before that; it holds while a function is being evaluated."""

    def deciding(self, choice: Choice) -> "World":
        """Give the scenario in which one more condition is decided."""
        return self.system.world((*self.scenario, choice))

    def adding(self, key: str) -> Opaque | None:
        """Give what may add resources to a stack, looked for once."""
        known = self.system.adding
        if key not in known:
            known[key] = adding(self.scope(key))
        return known[key]

    def scope(self, key: str) -> Scope:
        """Give one stack in this scenario."""
        found = self._scopes.get(key)
        if found is None:
            template = self.system.templates[key]
            chosen = {choice.condition: choice.truth for choice in self.scenario if choice.part == template.tree}
            found = self._scopes[key] = Scope(template, chosen, self)
        return found


class System:
    """The stacks of a run that may name one another; a template that is judged alone is one."""

    __slots__ = (
        "_called",
        "_environments",
        "_exported",
        "_imports",
        "_indexes",
        "_spelled",
        "_together",
        "_worlds",
        "adding",
        "templates",
    )

    def __init__(self, templates: Iterable[Template]) -> None:
        self.templates: Mapping[str, Template] = {template.key: template for template in templates}
        self._worlds: dict[Scenario, World] = {}
        self._indexes: dict[str, Index] = {}
        self.adding: dict[str, Opaque | None] = {}
        """What may add resources to a stack, as far as somebody has looked."""
        self._exported: Exports | None = None
        self._called: dict[str, list[str]] | None = None
        """The keys of the stacks of which a name is known."""
        self._environments: dict[str, tuple[str | None, ...]] = {}
        self._imports: dict[Name, list[Import]] | None = None
        self._together: Mapping[str, Sequence[str]] = {}
        self._spelled: dict[str, dict[str, list[tuple[Word, Mention]]]] = {}
        """Where stacks that are judged together write words, where no condition is decided, by the first of them."""

    def world(self, scenario: Scenario) -> World:
        """Give all stacks with these conditions decided."""
        order: Scenario = tuple(sorted(scenario))
        found = self._worlds.get(order)
        if found is None:
            found = self._worlds[order] = World(self, order)
        return found

    def index(self, key: str) -> Index:
        """Give what a stack says in whatever scenario."""
        found = self._indexes.get(key)
        if found is None:
            found = self._indexes[key] = Index(self.templates[key])
        return found

    def exported(self, name: Text, importer: Template) -> "Export | str | None":
        """Give the output that is exported by a name; why it cannot be told which; None if none of the run is.

        Two stacks of one account and Region cannot both export a name: where two may, each may be deployed elsewhere.
        """
        if len(self.templates) == 1:
            return None
        sure, perhaps = self._exports().named(name)
        candidates = [each for each in sure or perhaps if self._may_import(importer, each)]
        if len(candidates) > 1:
            files = sorted({self.templates[each.key].document.name for each in candidates})
            what = "stack" if len({each.key for each in candidates}) > 1 else "output"
            which = f"{what}{',' if len(files) > 1 else ''} of {' and '.join(files)}"
            return f"{name} {'is' if sure else 'may be'} exported by more than one {which}"
        if candidates and (sure or candidates[0].follows(name)):
            return candidates[0]
        return None

    def _may_import(self, importer: Template, export: "Export") -> bool:
        """Say whether an export may be one of the importer's account and Region."""
        places = zip(self._environment(export.key), self._environment(importer.key), strict=True)
        return export.key != importer.key and all(None in (here, there) or here == there for here, there in places)

    def output_of(self, stack: str, output: str, region: str | None, taker: Template) -> "Export | str | None":
        """Give an output of a stack that has a name; why it cannot be told which; None if no stack of the run is it."""
        if self._called is None:
            self._called = {}
            for key, template in self.templates.items():
                if _STACK_NAME in template.pseudo:
                    self._called.setdefault(template.pseudo[_STACK_NAME], []).append(key)
        named = [
            key
            for key in self._called.get(stack, ())
            if key != taker.key and region in {None, self._environment(key)[1], self._environment(taker.key)[1]}
        ]
        if len(named) > 1:
            return f"more than one stack of this run is called {stack}"
        if not named:
            return None
        from msglint.readers.cloudformation.exports import Export  # noqa: PLC0415  # few templates take any

        return Export(named[0], output, None)

    def _environment(self, key: str) -> tuple[str | None, ...]:
        """Give the account and the Region that a stack is deployed to, as far as they are known."""
        found = self._environments.get(key)
        if found is None:
            conditions = self.templates[key].conditions
            found = tuple(conditions.parameter(name, ()) for name in ("AWS::AccountId", "AWS::Region"))
            self._environments[key] = found
        return found

    def _exports(self) -> "Exports":
        if self._exported is None:
            from msglint.readers.cloudformation.exports import Exports  # noqa: PLC0415  # few templates import any

            # While the names are told, nothing is exported yet: a name that is imported itself stays open.
            self._exported = Exports(())
            self._exported = Exports(self._told_exports())
        return self._exported

    def _told_exports(self) -> Iterator["Export"]:
        from msglint.readers.cloudformation.exports import Export  # noqa: PLC0415  # as above

        for key, template in self.templates.items():
            for output, node in members(members(template.root).get("Outputs")).items():
                name = members(members(node).get("Export")).get("Name")
                if name is not None:
                    scope = self.world(()).scope(key)
                    known = _text(partial(scope.evaluate, name))
                    yield Export(key, output, known, tuple(texts_of(name, scope)) if known is None else ())

    def handed(self, name: Name) -> Sequence[Name]:
        """Give what a name is in other stacks, and the outputs that it is: itself first."""
        found = {name: None}
        waiting = [name]
        while waiting:
            key, inside = waiting.pop()
            onward = [*self.index(key).handed(inside)]
            if inside.startswith("Outputs."):
                onward += self._taken(key, inside)
            for each in onward:
                if each not in found:
                    found[each] = None
                    waiting.append(each)
        return tuple(found)

    def _taken(self, key: str, output: str) -> Iterator[Name]:
        """Give what an output is called where it is taken: around a nested stack, and where it is imported."""
        within = self.templates[key].within
        if within is not None:
            yield (within.key, f"{within.resource}.{output}")
        for importer in self.importers((key, output)):
            if isinstance(importer.by, Mention):
                continue
            yield importer.by

    def way_to(self, key: str, resource: Name, attribute: str) -> tuple[str, ...] | None:
        """Give how a stack may name an attribute of a resource of another one."""
        if resource[0] not in self.templates:
            return None
        world = self.world(())
        wanted = world.scope(resource[0]).attribute(resource[1], attribute)
        for of, name in self.handed(resource):
            scope = world.scope(of)
            section, _, output = name.partition(".")
            node = scope.template.output(output) if section == "Outputs" else None
            exported = scalar(members(members(node).get("Export")).get("Name"))
            way: tuple[str, ...]
            if node is not None and exported is not None and self.templates[of].tree != self.templates[key].tree:
                way, shape = ("ImportValue", exported), partial(scope.output, output, node)
            elif of == key and name in scope.template.parameters:
                way, shape = ("Ref", name), partial(scope.named, name)
            elif of == key and section in scope.template.nested:
                way, shape = ("GetAtt", *name.split(".", 1)), partial(scope.named, name)
            else:
                continue
            if _text(shape) == wanted:
                return way
        return None

    def near(self, key: str) -> Sequence[str]:
        """Give the stacks that are judged together with one, itself among them."""
        return self._together.get(key, (key,))

    def spelled(self, key: str, word: str, world: World) -> Iterator[tuple[Word, Mention]]:
        """Give where the stacks that are judged with one write or put together an ARN, URL or name with a word."""
        near = self.near(key)
        if len(near) == 1:
            yield from self.index(key).spelled(word, world.scope(key))
            return
        found = self._spelled.get(near[0])
        if found is None:
            found = self._spelled[near[0]] = {}
            for each in near:
                for own, pairs in self.index(each).all_spelled(self.world(()).scope(each)):
                    found.setdefault(own, []).extend(pairs)
        # Only what a stack of which a condition is decided puts together may be otherwise in this scenario.
        decided = {choice.part for choice in world.scenario}
        yield from (pair for pair in found.get(word, ()) if self.templates[pair[1].by[0]].tree not in decided)
        for each in near if decided else ():
            if self.templates[each].tree in decided:
                yield from self.index(each).spelled(word, world.scope(each))

    def mentions(self, name: Name) -> Sequence[Mention]:
        """Give who names a resource by what it is called in each stack, in whatever scenario."""
        return [mention for key, inside in self.handed(name) for mention in self._named_as(key, inside)]

    def _named_as(self, key: str, name: str) -> Iterator[Mention]:
        if name.startswith("Outputs."):
            imports = (each.by for each in self.importers((key, name)))
            yield from (by for by in imports if isinstance(by, Mention))
        else:
            yield from self.index(key).named(name)

    def importers(self, output: Name) -> Sequence[Import]:
        """Give who imports an output."""
        if len(self.templates) == 1:
            return ()
        return self._every_import().get(output, ())

    def _every_import(self) -> Mapping[Name, Sequence[Import]]:
        if self._imports is None:
            self._imports = {}
            for key, template in self.templates.items():
                for each in self.index(key).imports():
                    for export in self._imported(each.node, template):
                        self._imports.setdefault((export.key, f"Outputs.{export.output}"), []).append(each)
        return self._imports

    def _imported(self, node: Node, importer: Template) -> Sequence["Export"]:
        """Give the exports that an import may be of; where a condition decides the name, it may be any."""
        scope = self.world(()).scope(importer.key)
        try:
            # In a scenario a parameter may have another value than its default.
            found = (scope.taken(node), scope.following.taken(node))
        except NeedsChoice:
            return self._exports().all
        return tuple(dict.fromkeys(each for each in found if each is not None and not isinstance(each, str)))

    def together(self) -> Sequence[Sequence[str]]:
        """Give the stacks that are to be judged together: those nested in one another, and those that name others."""
        groups = {key: template.tree for key, template in self.templates.items()}

        def first(key: str) -> str:
            while groups[key] != key:
                groups[key] = key = groups[groups[key]]
            return key

        for (exporter, _), imports in self._every_import().items():
            for each in imports:
                by = each.by.by[0] if isinstance(each.by, Mention) else each.by[0]
                groups[first(by)] = first(exporter)
        for maker, user in self._by_arn():
            groups[first(user)] = first(maker)
        found: dict[str, list[str]] = {}
        for key in self.templates:
            found.setdefault(first(key), []).append(key)
        self._together = {key: keys for keys in found.values() for key in keys}
        return list(found.values())

    def _by_arn(self) -> Iterator[tuple[str, str]]:
        """Give the stacks of which one makes what the other names by an ARN or URL in which nothing is open.

        Where an account and a Region cannot have both of two stacks, since they make the same, nobody is taken for it.
        """
        makers: dict[tuple[tuple[str | None, ...], str], list[str]] = {}
        placed = {key: self._environment(key) for key in self.templates}
        placed = {key: place for key, place in placed.items() if None not in place}
        for key, place in placed.items():
            for word in self._made(key):
                makers.setdefault((place, word), []).append(key)
        for key, place in placed.items():
            for word, _ in self.index(key).all_spelled(self.world(()).scope(key)):
                found = makers.get((place, word), [])
                if len(found) == 1 and found[0] != key:
                    yield found[0], key

    def _made(self, key: str) -> Iterator[str]:
        """Give the words of the ARNs of what a stack makes under names that are known."""
        scope = self.world(()).scope(key)
        for type_, ids in self.index(key).types.items():
            identity = IDENTITIES.get(type_)
            for id_ in ids if identity is not None else ():
                with suppress(NeedsChoice):
                    name = scope.attribute(id_, "name").literal_value
                    if identity is not None and name is not None:
                        yield identity.word(name)


def _text(evaluate: Callable[[], Shape]) -> Text | None:
    """Give a text; None where a condition decides it, or it cannot be told."""
    try:
        shape = evaluate()
    except NeedsChoice:
        return None
    return shape.value if isinstance(shape, Known) and isinstance(shape.value, Text) else None
