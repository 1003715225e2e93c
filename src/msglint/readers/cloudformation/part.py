"""A CloudFormation template as a part of the Model."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msglint.model.glance import may_hold
from msglint.model.identity import IDENTITIES, plainly, words
from msglint.model.resource import (
    Begun,
    Commented,
    Construct,
    Language,
    Mention,
    Opaque,
    Record,
    Scenario,
    Trust,
    Whole,
)
from msglint.model.text import Text
from msglint.readers.cloudformation.index import Index, texts_of
from msglint.readers.cloudformation.nodes import intrinsic, members, scalar, walk
from msglint.readers.cloudformation.scope import Scope
from msglint.readers.cloudformation.system import System, World
from msglint.readers.cloudformation.template import Template, open_template
from msglint.readers.interface import Assumptions
from msglint.source import Document, Node, Place


def read(document: Document, root: Node, assumptions: Assumptions) -> "CloudFormationPart":
    """Read a template; raises `SourceError` where it cannot be one."""
    template = open_template(document, root, assumptions)
    return CloudFormationPart(template, System([template]).world(()))


def _names(value: Node, called: Collection[str], index: Index, scope: Scope, *, arns: bool) -> bool:
    """Tell whether a value names a resource by what it is called in a stack, by its ARN alone only if ARNs count."""
    for _, node in walk(value):
        names_it = any(name in called for name in index.names_in(node))
        texts = list(texts_of(node, scope)) if names_it and not arns else ()
        if names_it and not (texts and all(text.starts_with("arn:").is_yes for text in texts)):
            return True
    return False


class CloudFormationPart:
    """One template in one scenario."""

    __slots__ = ("_index", "_mentions", "_records", "_scope", "_system", "_template", "_world")

    def __init__(self, template: Template, world: World) -> None:
        self._template = template
        self._world = world
        self._system = world.system
        self._index = self._system.index(template.key)
        self._scope = world.scope(template.key)
        self._records: dict[str, Record] = {}
        self._mentions: dict[str, Sequence[Mention]] = {}

    @property
    def template(self) -> Template:
        """The template as it is written."""
        return self._template

    @property
    def stack(self) -> str:
        """The logical ids on the way to a nested stack; empty for one that is deployed by itself."""
        return self._template.called

    @property
    def key(self) -> str:
        """The file's name, for a nested stack with the logical ids on the way to it."""
        return self._template.key

    @property
    def live(self) -> bool:
        """Whether the template is that of a stack, as it was deployed."""
        return self._template.live

    @property
    def deployed(self) -> bool:
        """No: it is a template."""
        return False

    @property
    def document(self) -> Document:
        """The template's text."""
        return self._template.document

    @property
    def language(self) -> Language:
        """YAML or JSON, as the template is written."""
        first = self.document.text.lstrip()[:1]
        return Language.CLOUDFORMATION_JSON if first == "{" else Language.CLOUDFORMATION_YAML

    def types(self) -> Mapping[str, Sequence[str]]:
        """Give the logical ids by type."""
        return self._index.types

    def holding(self) -> Sequence[str]:
        """Give the resources, and then the sections, that seem to hold a secret of a broker or of Kafka."""
        if self._index.holding is None:
            self._index.holding = ()
            if may_hold(self.document.text):
                from msglint.readers.cloudformation import loose  # noqa: PLC0415  # few templates hold any

                self._index.elsewhere = loose.said_elsewhere(self._template)
                self._index.holding = loose.holding(self._template, self._scope, self._index.elsewhere)
        return self._index.holding

    def whole(self, id: str) -> Sequence[Whole]:  # noqa: A002  # the field's own word
        """Give all that is written of a resource, or in a section."""
        from msglint.readers.cloudformation import loose  # noqa: PLC0415  # few templates are looked through

        return tuple(loose.whole(self._template, id, self._scope, self._index.elsewhere))

    def confidential(self) -> Collection[str]:
        """Give the defaults and given values of parameters with NoEcho, and the given ones of others that tell."""
        return self._template.confidential

    def unshown(self) -> Sequence[Place]:
        """Give nothing: who deploys gives values elsewhere."""
        return ()

    def record(self, id: str) -> Record | None:  # noqa: A002  # the field's own word
        """Give one resource."""
        if id not in self._template.resources:
            return self._section(id)
        found = self._records.get(id)
        if found is None:
            type_ = self._template.type_of(id)
            properties = self._template.properties(id)
            made = self._template.made.get(id)
            at = members(self._template.root)["Resources"].key(id) if made is None else made.at
            body = properties if properties is not None else self._nothing(id)
            origin = None if made is None else made.origin
            found = Record(self, id, type_, type_, at, self._scope.expression(body), origin)
            self._records[id] = found
        return found

    def _section(self, id_: str) -> Record | None:
        from msglint.readers.cloudformation import loose  # noqa: PLC0415  # few templates are looked through

        node = loose.section(self._template, id_)
        if node is None:
            return None
        type_ = id_.partition(".")[0]
        return Record(self, id_, type_, type_, loose.beginning(self._template, id_), self._scope.expression(node))

    def _nothing(self, id_: str) -> Node:
        # A resource without properties: its body has none of their names either.
        return self._template.resources[id_]

    def writes(self, id: str, name: str) -> bool:  # noqa: A002  # the field's own word
        """Say whether a property is written, or may come out of a function or macro."""
        properties = self._template.properties(id)
        names = members(properties)
        hidden = properties is not None and (
            intrinsic(properties) is not None or any(key[:4] == "Fn::" for key in names)
        )
        return hidden or name in names

    def exists(self, id: str) -> bool:  # noqa: A002  # the field's own word
        """Say whether the resource's condition holds."""
        if id.startswith("Outputs."):
            condition = scalar(members(self._template.output(id.partition(".")[2])).get("Condition"))
        else:
            condition = self._template.condition_of(id)
        return self._scope.exists(condition)

    def attribute(self, id: str, name: str) -> Text:  # noqa: A002  # the field's own word
        """Give an attribute of a resource."""
        return self._scope.attribute(id, name)

    def account(self, id: str) -> Text:  # noqa: A002  # the field's own word
        """Give the account of the stack."""
        return self._scope.pseudo("AWS::AccountId")

    @property
    def trust(self) -> Trust:
        """Whom the user counts as their own, beside the account of the stack."""
        return self._template.trust

    def siblings(self, id: str) -> Mapping[str | int | None, str]:  # noqa: A002  # the field's own word
        """Give the resource alone: each is written for itself."""
        return {None: id}

    def exported(self, id: str, *, arns: bool) -> Place | None:  # noqa: A002  # the field's own word
        """Give the output that exports the resource, of this stack or of one that is judged with it."""
        names = self._system.handed((self.key, id))
        for key in self._system.near(self.key):
            scope, index = self._world.scope(key), self._system.index(key)
            called = {name for of, name in names if of == key}
            for output in members(members(scope.template.root).get("Outputs")).values():
                value = members(output).get("Value") if "Export" in members(output) else None
                if value is not None and (
                    _names(value, called, index, scope, arns=arns) or self._says(value, id, scope, arns=arns)
                ):
                    return output
        return None

    def _says(self, value: Node, id_: str, scope: Scope, *, arns: bool) -> bool:
        """Tell whether a value is the resource's ARN, URL or name, of which the ARN counts only if ARNs do."""
        arn, name = self._scope.attribute(id_, "arn"), self._scope.attribute(id_, "name")
        own = {word.word for word in words(str(arn))}
        for text in texts_of(value, scope):
            if text.refers is not None:
                if text.refers.resource == (self.key, id_) and (arns or text.refers.attribute != "arn"):
                    return True
                continue
            spelled = (word for word in words(str(text)) if word.word in own and word.may_be(arn))
            if text == name or any(arns or word.is_url for word in spelled):
                return True
        return False

    def opaque(self, id: str) -> Opaque | None:  # noqa: A002  # the field's own word
        """Give the macro, include or loop that may add resources to this stack, or to another that is handed this one.

        Such a thing may also hand out what is here.
        """
        keys = dict.fromkeys(key for key, _ in self._system.handed((self.key, id)))
        found = (self._world.adding(key) for key in (self.key, *keys))
        return next((each for each in found if each is not None), None)

    def mentions(self, id: str) -> Sequence[Mention]:  # noqa: A002  # the field's own word
        """Give who names the resource: by its logical id, its ARN or URL, or its name where that stands alone."""
        if id not in self._mentions:
            self._mentions[id] = self._who_names(id)
        return self._mentions[id]

    def _who_names(self, id: str) -> Sequence[Mention]:  # noqa: A002  # the field's own word
        key = (self.key, id)
        mentions = self._system.mentions(key)
        by_name = self.spelling(
            self._template.type_of(id), *(self._scope.attribute(id, each) for each in ("arn", "name"))
        )
        return list(dict.fromkeys((*mentions, *(mention for mention in by_name if mention.by != key))))

    def spelling(self, type_: str, arn: Text, name: Text) -> Sequence[Mention]:
        """Give who spells an ARN or URL, or a name where that stands alone; nothing where AWS chooses the name."""
        identity = IDENTITIES.get(type_)
        if identity is None or arn.is_generated:
            return ()
        called = [*words(str(arn)), *([plainly(identity.called, str(name))] if identity.called else [])]
        spelled = (each for own in called for each in self._system.spelled(self.key, own.word, self._world))
        # Other Regions and accounts have resources of the same name.
        return [mention for word, mention in spelled if word.may_be(arn)]

    def users(self, id: str, how: str) -> Sequence[Mention]:  # noqa: A002  # the field's own word
        """Give what others have made that uses what a deployed stack made."""
        arn = self._scope.attribute(id, "arn").literal_value if self._template.users is not None else None
        return self._template.users(how, arn) if self._template.users is not None and arn is not None else ()

    def under(self, scenario: Scenario) -> "CloudFormationPart":
        """Give the template with conditions decided."""
        return CloudFormationPart(self._template, self._system.world(scenario))

    def possible(self, scenario: Scenario) -> bool:
        """Say whether some parameter values make the conditions so."""
        own = {choice.condition: choice.truth for choice in scenario if choice.part == self._template.tree}
        return self._template.conditions.possible(own)

    def spell(self, native: str, path: Sequence[str]) -> str:
        """Give a property's name: CloudFormation's is the API's."""
        return path[-1]

    def way_to(self, resource: tuple[str, str], attribute: str) -> tuple[str, ...] | None:
        """Give a parameter, an output of a nested stack or an import that is this attribute of a resource."""
        return self._system.way_to(self.key, resource, attribute)

    def holder(self, id: str, name: str) -> tuple[str, str] | None:  # noqa: A002  # the field's own word
        """Give the key that a loop writes where it makes the resource; else a property stands in its resource."""
        made = self._template.made.get(id)
        author = id if made is None else made.origin.author
        resources = members(self._template.root)["Resources"]
        key = resources.key(author).text if author in resources.fields() else author
        return (self._template.type_of(id), key) if key != author else None

    def commented(self) -> Iterable[Commented]:
        """Give the template, where it may hold suppressions."""
        if "msglint" not in self.document.text:
            return ()
        begun: dict[int, set[str]] = {}
        for id_ in self._template.resources:
            record = self.record(id_)
            if record is not None and record.asked:
                begun.setdefault(record.at.span.start.line, set()).add(record.label)
        begins = {line: Begun(frozenset(labels)) for line, labels in begun.items()}
        return (Commented(self.document, self._template.root.comments(), begins),)

    def notices(self) -> Sequence[str]:
        """Tell of given values with which CloudFormation refuses to deploy the template."""
        return self._template.refused if self._template.given else ()

    def parameters(self) -> Collection[str]:
        """Give the names of the template's parameters."""
        return self._template.parameters

    def directories(self) -> Iterable[str]:
        """Give nothing: a template is no module."""
        return ()

    def construct(self, id: str) -> Construct | None:  # noqa: A002  # the field's own word
        """Give the construct that the template's metadata name."""
        metadata = members(self._template.resources.get(id)).get("Metadata")
        path = scalar(members(metadata).get("aws:cdk:path"))
        if path is None:
            return None
        if self._index.creations is None:
            from msglint.readers.cloudformation import assembly  # noqa: PLC0415  # few templates are the CDK's

            self._index.creations = assembly.creations(self.document, path)
        # The CDK's own constructs name what they consist of so, and leave it out of logical ids.
        return Construct(path.removesuffix("/Resource").removesuffix("/Default"), self._index.creations.get(path))

    def metadata(self) -> Sequence[tuple[str | None, Node, Node]]:
        """Give the template's metadata and those of its resources."""
        whole = members(self._template.root).get("Metadata")
        root = self._template.root
        found: list[tuple[str | None, Node, Node]] = [(None, whole, root)] if whole is not None else []
        for id_, node in self._template.resources.items():
            own = members(node).get("Metadata")
            if own is not None:
                found.append((id_, own, node))
        return found
