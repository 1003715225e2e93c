"""A CloudFormation template as a part of the Model."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from msglint.model.address import may_address
from msglint.model.disclosure import Sourced, Traced
from msglint.model.identity import IDENTITIES, words
from msglint.model.resource import Language, Mention, Record, Scenario, fold
from msglint.model.text import Text
from msglint.readers.cloudformation.nodes import intrinsic, members, scalar, written
from msglint.readers.cloudformation.scope import Scope
from msglint.readers.cloudformation.template import Template, open_template
from msglint.readers.interface import Assumptions
from msglint.source import Document, Node, Place

_SUBSTITUTED = re.compile(r"\$\{\s*([^{}!\s]+)")


def read(document: Document, root: Node, assumptions: Assumptions) -> "CloudFormationPart":
    """Read a template; raises `SourceError` where it cannot be one."""
    template = open_template(document, root, assumptions)
    return CloudFormationPart(template, Index(template), {})


class Index:
    """What a template says in whatever scenario: resources by type, and who names whom."""

    __slots__ = ("_addressing", "_names", "_template", "_words", "types")

    def __init__(self, template: Template) -> None:
        self._template = template
        self.types: dict[str, list[str]] = {}
        for id_ in template.resources:
            self.types.setdefault(template.type_of(id_), []).append(id_)
        self._names: dict[str, list[Mention]] | None = None
        self._words: dict[str, list[Mention]] = {}
        self._addressing: dict[str, list[tuple[tuple[str, ...], Node]]] | None = None

    def addressing(self) -> Mapping[str, Sequence[tuple[tuple[str, ...], Node]]]:
        """Give the nodes that may be an address with a password in it, or take one from elsewhere, by resource."""
        if self._addressing is None:
            self._addressing = {}
            if may_address(self._template.document.text):
                elsewhere = self._with_addresses()
                for id_ in self._template.resources:
                    found = list(_addressing(self._template.properties(id_), elsewhere))
                    if found:
                        self._addressing[id_] = found
        return self._addressing

    def _with_addresses(self) -> frozenset[str]:
        """Give the parameters and maps that hold an address."""
        defaults = {name: members(node).get("Default") for name, node in self._template.parameters.items()}
        return frozenset(
            name
            for name, whole in (*defaults.items(), *self._template.mappings.items())
            if any(node.kind == "scalar" and may_address(node.text) for _, node in _walk(whole))
        )

    def mentions(self, id_: str, word: str | None) -> Sequence[Mention]:
        """Give who names a resource by its logical id, or by the word that its ARN or URL is known by."""
        if self._names is None:
            self._names = {}
            for by, resource in self._template.resources.items():
                self._read(by, resource)
        named = self._words.get(word, []) if word else []
        return [*self._names.get(id_, []), *(mention for mention in named if mention.by != id_)]

    def _read(self, by: str, resource: Node) -> None:
        names = self._names if self._names is not None else {}
        for path, node in _walk(members(resource).get("Properties")):
            for name in _named(node):
                names.setdefault(self._template.split(name)[0], []).append(Mention(by, path))
            if node.kind == "scalar" and ":" in node.text:
                for word in words(node.text):
                    self._words.setdefault(word, []).append(Mention(by, path))


def _addressing(node: Node | None, elsewhere: frozenset[str]) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Give the outermost nodes that may be an address, with the names on the way as they are spelled."""
    stack: list[tuple[tuple[str, ...], Node]] = [((), node)] if node is not None else []
    while stack:
        path, here = stack.pop()
        if _may_address(here, elsewhere):
            yield path or ("Properties",), here
        elif here.kind == "mapping":
            silent = intrinsic(here) is not None
            stack += [(path if silent else (*path, name), part) for name, part in here.fields().items()]
        elif here.kind == "sequence":
            stack += [(path, part) for part in here.items()]


def _may_address(node: Node, elsewhere: frozenset[str]) -> bool:
    """Say whether a node is a text or a function that gives one, in which there may be an address."""
    call = intrinsic(node)
    match call.name if call is not None else "":
        case "Join":
            return may_address(written(node))
        case "Sub" | "Ref":
            return may_address(written(node)) or not elsewhere.isdisjoint(_named(node))
        case "FindInMap":
            return any(name in written(node) for name in elsewhere)
        case "":
            return node.kind == "scalar" and may_address(node.text)
        case _:
            return False


def _walk(node: Node | None) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Give every node below a node with the folded names on the way, intrinsic functions left out of the way."""
    stack: list[tuple[tuple[str, ...], Node]] = [((), node)] if node is not None else []
    while stack:
        path, here = stack.pop()
        yield path, here
        if here.kind == "mapping":
            silent = intrinsic(here) is not None
            stack += [(path if silent else (*path, fold(name)), part) for name, part in here.fields().items()]
        elif here.kind == "sequence":
            stack += [(path, part) for part in here.items()]


def _named(node: Node) -> Iterator[str]:
    call = intrinsic(node)
    if call is None:
        return
    argument = call.argument
    match call.name:
        case "Ref" if argument.kind == "scalar":
            yield argument.text
        case "GetAtt" if argument.kind == "scalar":
            yield argument.text
        case "GetAtt" if argument.kind == "sequence" and argument.items() and argument.items()[0].kind == "scalar":
            yield argument.items()[0].text
        case "Sub":
            pattern = argument.items()[0] if argument.kind == "sequence" and argument.items() else argument
            if pattern.kind == "scalar":
                yield from _SUBSTITUTED.findall(pattern.text)
        case _:
            return


_KNOWN_TRANSFORMS = frozenset(
    {
        "AWS::Serverless-2016-10-31",
        "AWS::LanguageExtensions",
        "AWS::CodeDeployBlueGreen",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::ServiceCatalog",
    }
)
"""Transforms of AWS that write no policies for what the template itself declares."""


def _says_arn(node: Node) -> bool:
    return written(node).rstrip("}]'\"").endswith("Arn")


class CloudFormationPart:
    """One template in one scenario."""

    __slots__ = ("_chosen", "_index", "_records", "_scope", "_template")

    def __init__(self, template: Template, index: Index, chosen: Mapping[str, bool]) -> None:
        self._template = template
        self._index = index
        self._chosen = chosen
        self._scope = Scope(template, chosen)
        self._records: dict[str, Record] = {}

    @property
    def key(self) -> str:
        """The file's name."""
        return self._template.key

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

    def addressing(self) -> Sequence[str]:
        """Give the ids of resources that may hold an address with a password."""
        return tuple(self._index.addressing())

    def addresses(self, id: str) -> Iterator[tuple[tuple[str, ...], Traced]]:  # noqa: A002  # the field's own word
        """Give the texts of a resource that may be such an address; for a parameter, what its default says."""
        for path, node in self._index.addressing().get(id, ()):
            traced = self._scope.trace(node)
            for part in traced.text.parts if traced is not None else ():
                if isinstance(part, Sourced) and part.source.default is not None:
                    yield path, Traced(part.source.default, part.source.at)
            if traced is not None:
                yield path, traced

    def confidential(self) -> Collection[str]:
        """Give the defaults and given values of parameters with NoEcho."""
        return self._template.confidential

    def unshown(self) -> Sequence[Place]:
        """Give nothing: who deploys gives values elsewhere."""
        return ()

    def record(self, id: str) -> Record | None:  # noqa: A002  # the field's own word
        """Give one resource."""
        if id not in self._template.resources:
            return None
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
        condition = self._template.condition_of(id)
        return condition is None or self._scope.condition(condition)

    def attribute(self, id: str, name: str) -> Text:  # noqa: A002  # the field's own word
        """Give an attribute of a resource."""
        return self._scope.attribute(id, name)

    def account(self, id: str) -> Text:  # noqa: A002  # the field's own word
        """Give the account of the stack."""
        return self._scope.pseudo("AWS::AccountId")

    def exported(self, id: str, *, arns: bool) -> Place | None:  # noqa: A002  # the field's own word
        """Give the output that exports the resource."""
        for output in members(members(self._template.root).get("Outputs")).values():
            value = members(output).get("Value") if "Export" in members(output) else None
            for _, node in _walk(value):
                named = any(self._template.split(name)[0] == id for name in _named(node))
                if named and (arns or not _says_arn(node)):
                    return output
        return None

    def opaque(self) -> Place | None:
        """Give the transform that is a macro, or the loop or include among the resources."""
        root = members(self._template.root)
        for name in members(root.get("Resources")):
            if name.startswith("Fn::"):
                return root["Resources"].key(name)
        written = root.get("Transform")
        listed = () if written is None else written.items() if written.kind == "sequence" else (written,)
        return next((each for each in listed if scalar(each) not in _KNOWN_TRANSFORMS), None)

    def mentions(self, id: str) -> Sequence[Mention]:  # noqa: A002  # the field's own word
        """Give who names the resource."""
        name = self._scope.attribute(id, "name").literal_value
        identity = IDENTITIES.get(self._template.type_of(id))
        return self._index.mentions(id, identity.word(name) if identity is not None and name else None)

    def under(self, scenario: Scenario) -> "CloudFormationPart":
        """Give the template with conditions decided."""
        return CloudFormationPart(self._template, self._index, self._own(scenario))

    def possible(self, scenario: Scenario) -> bool:
        """Say whether some parameter values make the conditions so."""
        return self._template.conditions.possible(self._own(scenario))

    def _own(self, scenario: Scenario) -> dict[str, bool]:
        return {choice.condition: choice.truth for choice in scenario if choice.part == self.key}

    def spell(self, type: str, path: Sequence[str]) -> str:  # noqa: A002  # the field's own word
        """Give a property's name: CloudFormation's is the API's."""
        return path[-1]

    def metadata(self) -> Sequence[tuple[str | None, Node]]:
        """Give the template's metadata and those of its resources."""
        whole = members(self._template.root).get("Metadata")
        found: list[tuple[str | None, Node]] = [(None, whole)] if whole is not None else []
        for id_, node in self._template.resources.items():
            own = members(node).get("Metadata")
            if own is not None:
                found.append((id_, own))
        return found
