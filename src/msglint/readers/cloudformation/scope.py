"""A template in one scenario: what its intrinsic functions give.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from msglint.model import identity
from msglint.model.data import Data
from msglint.model.disclosure import Source, Sourced, Traced, Way, is_placeholder, is_switch, unmarked
from msglint.model.expression import Expression, Fields, Given, Items, NeedsChoice, Shape
from msglint.model.resource import MODULE, Choice
from msglint.model.text import Alphabet, Reference, Symbol, Text
from msglint.model.value import Absent, Known, Mentions, Undecided, Unknown, not_understood, outside
from msglint.readers.cloudformation.attributes import Naming, by_name, by_ref
from msglint.readers.cloudformation.functions import FUNCTIONS, as_text, is_literal
from msglint.readers.cloudformation.nodes import (
    DYNAMIC_REFERENCE,
    LOOP,
    Intrinsic,
    arguments,
    intrinsic,
    is_list,
    joined_by,
    long_form,
    members,
    named,
    said,
    scalar,
    substitutions,
    walk,
)
from msglint.readers.cloudformation.template import STORED_ELSEWHERE, Template, is_quiet, texts
from msglint.readers.interface import partition_of, url_suffix
from msglint.readers.recognise import TAKING
from msglint.source import Node, Place
from msglint.verdict import EXPORT, Doubt, Lookup, Reason

if TYPE_CHECKING:
    from msglint.readers.cloudformation.exports import Export
    from msglint.readers.cloudformation.system import World

DEEPEST = 60  # nested functions, names of resources that name others; nobody writes more
MOST_SUBSTITUTED = 1024 * 1024  # characters of a text of Fn::Sub; no template may be larger
MOST_HANDED_ON = 64 * 1024  # characters of what one stack hands another; CloudFormation takes far less

_REFERENCE = re.compile(r"\{\{resolve:([^:}]*):.*?\}\}", re.DOTALL)
_NAMES_OF_SECRETS = ("Arn", "ARN", "Name", "Id", "Path")


class Written(msgspec.Struct, frozen=True):
    """A node of the template, to be evaluated in a scope."""

    node: Node
    scope: "Scope"

    @property
    def at(self) -> Place:
        """The node's place."""
        return self.node

    def shape(self) -> Shape:
        """Evaluate the node's head; may raise `NeedsChoice`."""
        return self.scope.evaluate(self.node)

    def under(self, condition: NeedsChoice, *, truth: bool) -> "Written":
        """Give the node in a scope with the condition decided."""
        return Written(self.node, self.scope.deciding(condition, truth=truth))

    def traced(self) -> Traced | None:
        """Give the text with parameters and dynamic references as symbols; may raise `NeedsChoice`."""
        return self.scope.trace(self.node)


class Scope:
    """Evaluates the nodes of one template under decided conditions.

    One that is made of another (`filled`) leaves parameters and dynamic references as symbols, to tell what is whose.
    """

    __slots__ = (
        "_attributes",
        "_filled",
        "_handed_on",
        "_pseudo_texts",
        "_tracing",
        "_truths",
        "_world",
        "chosen",
        "template",
    )

    def __init__(
        self, template: Template, chosen: Mapping[str, bool], world: "World", filled: "Scope | None" = None
    ) -> None:
        self.template = template
        self.chosen = chosen
        self._world = world
        self._filled = filled
        self._tracing: Scope | None = None
        self._attributes: dict[tuple[str, str], Text] = {}
        self._truths: dict[str, bool | None] = {}
        self._pseudo_texts: dict[str, Text] = {}
        self._handed_on: dict[str, Shape] = {}
        """What the stack makes of outputs, and of what it is passed, by the name in it."""

    def condition(self, name: str) -> bool:
        """Give the truth of a condition; raises `NeedsChoice` where both are possible."""
        called = self.template.prefix + name
        if called not in self._truths:
            known = self.chosen.get(called)
            self._truths[called] = self.template.conditions.value(called, self.chosen) if known is None else known
        truth = self._truths[called]
        if truth is None:
            raise NeedsChoice(self.template.tree, called)
        return truth

    def exists(self, condition: str | None) -> bool:
        """Say whether what has a condition is there, in a stack that is there; may raise `NeedsChoice`."""
        within = self.template.within
        around = self._world.scope(within.key) if within is not None else None
        if around is not None and within is not None:
            there = around.exists(around.template.condition_of(within.resource))
            if not there:
                return False
        return condition is None or self.condition(condition)

    def deciding(self, choice: NeedsChoice, *, truth: bool) -> "Scope":
        """Give the same stack where one more condition is decided, of whatever stack."""
        scope = self._world.deciding(Choice(choice.part, choice.condition, truth)).scope(self.template.key)
        return scope if self._filled is None else scope.following

    def evaluate(self, node: Node) -> Shape:
        """Give the value of a node, evaluated as far as its head."""
        call = intrinsic(node)
        if call is None:
            return self._plain(node)
        if self._world.busy >= DEEPEST:
            self._world.given_up += 1
            return not_understood("functions are nested too deeply, or names refer to one another", node)
        self._world.busy += 1
        try:
            return self._call(call, node)
        finally:
            self._world.busy -= 1
            if not self._world.busy:
                self._world.passing.clear()

    def _once(self, name: str, evaluate: Callable[[], Shape]) -> Shape:
        """Evaluate once what other stacks hand on, which they may name again and again."""
        # How deep one may go from here depends on where one comes from: that holds until this evaluation ends.
        passing = (self.template.key, self._filled is not None, name)
        found = self._handed_on.get(name) or self._world.passing.get(passing)
        if found is None:
            before = self._world.given_up
            found = evaluate()
            if isinstance(found, Known) and isinstance(found.value, Text) and _characters(found.value) > MOST_HANDED_ON:
                found = not_understood("this is longer than anything that CloudFormation hands on", found.at)
            if self._world.given_up == before:
                self._handed_on[name] = found
            else:
                self._world.passing[passing] = found
        return found

    def parameter(self, name: str) -> Traced:
        """Give what a parameter says of its own value, whoever refers to it."""
        at: Place = members(self.template.root)["Parameters"].key(name)
        return Traced(self.following.source(name), at)

    @property
    def is_following(self) -> bool:
        """Whether parameters and dynamic references are symbols here."""
        return self._filled is not None

    @property
    def following(self) -> "Scope":
        """The same stack with parameters and dynamic references as symbols."""
        if self._tracing is None:
            self._tracing = Scope(self.template, self.chosen, self._world, self)
        return self._tracing

    def _stack(self, key: str) -> "Scope":
        """Give the scope of another stack, which leaves symbols where this one does."""
        scope = self._world.scope(key)
        return scope if self._filled is None else scope.following

    def trace(self, node: Node) -> Traced | None:
        """Give the text of a node with parameters and dynamic references as symbols; None where it is no text."""
        shape = self.following.evaluate(node)
        match shape:
            case Known(value=Text() as text, at=at):
                return Traced(text, at)
            case Unknown(reason=reason, at=at) | Mentions(reason=reason, at=at):
                return Traced.untold(reason, at)
            case _:
                return None

    def _plain(self, node: Node) -> Shape:
        match node.kind:
            case "mapping":
                fields = node.fields()
                macro = next((name for name in fields if name.startswith("Fn::")), None)
                if macro is not None:
                    return self._added(macro, fields[macro], node)
                return Fields({name: Written(part, self) for name, part in fields.items()}, node)
            case "sequence":
                return Items(tuple(Written(part, self) for part in node.items()), node)
            case _:
                return self._scalar(node)

    def _scalar(self, node: Node) -> Shape:
        text = said(node) if self._filled is None else scalar(node)
        # Below a short tag a function's argument is the tagged node itself.
        text = node.text if text is None and node.value is not None else text
        return Absent(None, node) if text is None else Known(self.resolved(text, at=node), node)

    def _added(self, name: str, part: Node, node: Node) -> Unknown:
        """Say why a mapping cannot be told to which a macro, an include or a loop adds."""
        if name == "Fn::Transform":
            macro = scalar(members(part).get("Name")) or scalar(part)
            return outside(f"{f'the macro {macro}' if macro else 'a macro'} decides what stands here", node)
        if name.startswith(LOOP):
            from msglint.readers.cloudformation.loops import collection  # noqa: PLC0415  # few templates have any

            through = collection(part, self)
            if isinstance(through, Unknown):
                return through
        return not_understood(f"{name} adds to this", node)

    def _call(self, call: Intrinsic, node: Node) -> Shape:
        name, argument = call
        function = FUNCTIONS.get(name)
        if function is not None:
            return function(self, argument, node)
        match name:
            case "Ref":
                return self._ref(argument, node)
            case "GetAtt":
                return self._get_att(argument, node)
            case "Sub":
                return self._sub(argument, node)
            case "GetStackOutput":
                return self._stack_output(argument, node)
            case "ImportValue":
                return self._import(argument, node)
            case "Transform":
                return self._added("Fn::Transform", argument, node)
            case "GetAZs":
                return outside("the availability zones are those of the account", node)
            case "Unreadable":
                # What a transform leaves open; the argument says why.
                return not_understood(argument.text if argument.kind == "scalar" else "this cannot be read", node)
            case _ if name.startswith("Rain::"):
                return outside(f"!{name} is replaced before the template is deployed", node)
            case _ if name.startswith(LOOP[4:]):
                return self._added(f"Fn::{name}", argument, node)
            case _:
                return not_understood(f"Fn::{name} is not evaluated", node)

    def only(self, argument: Node, node: Node) -> Shape:
        """Evaluate the only argument of a function: below a short tag it is the tagged node itself."""
        if argument is not node:
            return self.evaluate(argument)
        inner = long_form(node)
        return self._plain(node) if inner is None else self._call(inner, node)

    def taken(self, node: Node) -> "Export | str | None":
        """Give the output of another stack that a function takes, or why it cannot be told; None: none of this run."""
        call = intrinsic(node)
        match call:
            case Intrinsic("ImportValue", argument):
                name = self.only(argument, node)
                known = name.value if isinstance(name, Known) else None
                return self._world.system.exported(known, self.template) if isinstance(known, Text) else None
            case Intrinsic("GetStackOutput", argument):
                return self._output_named(argument)
            case _:
                return None

    def _output_named(self, argument: Node) -> "Export | str | None":
        told = {name: self.text(part) for name, part in members(argument).items()}
        words = {name: text.value.literal_value for name, text in told.items() if isinstance(text, Known)}
        stack, output = words.get("StackName"), words.get("OutputName")
        if stack is None or output is None or "RoleArn" in told:
            return None
        return self._world.system.output_of(stack, output, words.get("Region"), self.template)

    def _stack_output(self, argument: Node, node: Node) -> Shape:
        """Give an output of a stack by the names of both.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
        """
        found = self._output_named(argument)
        if found is not None:
            return self._taken(found, node)
        told = {name: self.text(part) for name, part in members(argument).items()}
        unknown = next((each for each in told.values() if isinstance(each, Unknown | Mentions)), None)
        if unknown is not None:
            return unknown
        words = {name: each.value for name, each in sorted(told.items()) if isinstance(each, Known)}
        if not {"StackName", "OutputName"} <= words.keys():
            return not_understood("Fn::GetStackOutput takes the names of a stack and of its output", node)
        # Literal names mean the same, whichever template writes them.
        own = () if all(word.literal_value is not None for word in words.values()) else (self.template.key,)
        key = ("output", *own, *(f"{name}={word}" for name, word in words.items()))
        label = f"${{output {words['OutputName']} of {words['StackName']}}}"
        return Known(Text.of(Symbol(key, Alphabet.FILLED, label)), node)

    def _taken(self, found: "Export | str", node: Node) -> Shape:
        """Give what another stack hands on, as what stands here."""
        if isinstance(found, str):
            return outside(found, node)
        return _standing(self._stack(found.key).output(found.output, node), node)

    def _import(self, argument: Node, node: Node) -> Shape:
        called = self.only(argument, node)
        match called:
            case Known(value=Text() as name):
                exported = self._world.system.exported(name, self.template)
                if exported is not None:
                    return self._taken(exported, node)
                # The same literal name is the same export, whichever template imports it.
                deployed = self.template.exports.get(name.literal_value or "")
                if deployed is not None:
                    return Known(Text.literal(deployed), node)
                key = ("import",) if name.literal_value is not None else (self.template.key, "import")
                lookup = Lookup(EXPORT, name.literal_value) if name.literal_value is not None else None
                symbol = Symbol((*key, str(name)), Alphabet.FILLED, f"${{import {name}}}", lookup=lookup)
                return Known(Text.of(symbol), node)
            case Unknown() | Mentions():
                return called
            case _:
                return not_understood("Fn::ImportValue takes the name of an export", node)

    def _ref(self, argument: Node, node: Node) -> Shape:
        told = self._name(argument, node)
        if isinstance(told, Unknown | Mentions):
            return told
        found = self._referred(told, node)
        if found is not None:
            return found
        return self._undeclared(f"Ref to {told or 'something'}, which this template does not declare", told, node)

    def _referred(self, name: str, node: Node) -> Shape | None:
        """Give what a name refers to by itself; None where this template declares nothing of that name."""
        if name.startswith("AWS::"):
            return self._pseudo(name, node)
        if name in self.template.parameters:
            return self._parameter(name, node)
        name = self.template.names.get(name, name)
        if name in self.template.resources:
            return Known(self.attribute(name, by_ref(self.template.type_of(name))), node)
        return None

    def _name(self, argument: Node, node: Node) -> str | Undecided:
        """Give the name of what is referred to, which AWS::LanguageExtensions lets functions put together."""
        if (
            argument.kind == "scalar"
            and (argument is node or not argument.tag)
            and DYNAMIC_REFERENCE not in argument.text
        ):
            return argument.text
        value = self.decided(argument) if argument is not node else self.only(argument, node)
        match value:
            case Known(value=Text() as text):
                literal = text.literal_value
                return literal if literal is not None else outside(f"{text} decides what is referred to", node)
            case Unknown() | Mentions():
                return value
            case _:
                return not_understood("a name stands here in CloudFormation", node)

    def _undeclared(self, words: str, name: str, node: Node) -> Unknown:
        """Say that what a name leads to is not here; a module names its resources after itself."""
        for id_ in self.template.resources:
            if name.startswith(id_) and self.template.type_of(id_).endswith(MODULE):
                return outside(f"{name} may be a resource of the module {id_}", node)
        return outside(words, node)

    def _pseudo(self, name: str, node: Node) -> Shape:
        match name:
            case "AWS::NoValue":
                return Absent(None, node)
            case "AWS::NotificationARNs":
                return outside(f"{name} is chosen at the deployment", node)
            case _:
                return Known(self.pseudo(name), node)

    def output(self, name: str, node: Node) -> Shape:
        """Give what an output of the stack is, for a node of another stack that names it."""
        output = members(self.template.output(name))
        condition = scalar(output.get("Condition"))
        if "Value" not in output:
            return not_understood(f"{self.template.document.name} has no output {name}", node)
        if condition is not None and not self.condition(condition):
            return outside(f"{self.template.document.name} has no output {name} in this case", node)
        return self._once(f"Outputs.{name}", lambda: self.evaluate(output["Value"]))

    def named(self, name: str) -> Shape:
        """Give what a name such as `Queue.Arn` or that of a parameter stands for in Fn::Sub."""
        return self._substituted(name, {}, self.template.root)

    def pseudo(self, name: str) -> Text:
        """Give a pseudo parameter's text."""
        found = self._pseudo_texts.get(name)
        if found is None:
            found = self._pseudo_texts[name] = self._pseudo_text(name)
        return found

    def _pseudo_text(self, name: str) -> Text:
        known = self.template.pseudo.get(name)
        if known is not None:
            return Text.literal(known)
        region = self.template.conditions.parameter("AWS::Region", self.chosen)
        match name:
            case "AWS::Region" if region is not None:
                return Text.literal(region)
            case "AWS::Region":
                return Text.of(_here(name, Alphabet.REGION))
            case "AWS::AccountId":
                account = self.template.conditions.parameter("AWS::AccountId", self.chosen)
                return Text.literal(account) if account else Text.of(_here(name, Alphabet.ACCOUNT))
            case "AWS::Partition":
                held = self.template.conditions.parameter(name, self.chosen)
                return Text.literal(held or self._partition(region))
            case "AWS::URLSuffix":
                return Text.literal(url_suffix(self._partition(region)))
            case "AWS::StackName":
                return Text.of(self.symbol(name, Alphabet.STACK))
            case _:
                return Text.of(self.symbol(name, Alphabet.OPAQUE))

    def _partition(self, region: str | None) -> str:
        """Give the partition: that of the Region or, where no Region is known, the one that the template writes."""
        return partition_of(region) if region is not None else self.template.partition

    def symbol(self, name: str, alphabet: Alphabet) -> Symbol:
        """Give a symbol that belongs to this template."""
        return Symbol((self.template.key, name), alphabet, f"${{{name}}}")

    def _parameter(self, name: str, node: Node) -> Shape:
        declared = members(self.template.parameters[name])
        listed = is_list(declared)
        # What has no NoEcho is in the open already, whatever is passed.
        passed = self._passed(name, as_list=listed) if self._filled is None or is_quiet(declared) else None
        if passed is not None:
            # A literal stands where it is written, and what is made of other things where it is used.
            passed = passed if _is_written_out(passed) else _standing(passed, node)
            return _listed(passed) if listed else passed
        if self.is_following:
            return Known(self.source(name), node)
        value = self.template.conditions.parameter(self.template.prefix + name, self.chosen)
        if value is None and listed:
            return outside(f"${{{name}}} has no value here", node)
        if value is None:
            return Known(Text.of(self.symbol(name, Alphabet.OPAQUE)), node)
        default = declared.get("Default")
        at: Place = default if default is not None and said(default) == value else node
        if listed:
            return Items(tuple(Given(Known(Text.literal(item.strip()), at)) for item in value.split(",")), at)
        return Known(self.resolved(value, at=at), at)

    def _passed(self, name: str, *, as_list: bool) -> Shape | None:
        """Give what the stack around this one passes for a parameter; None where it passes nothing."""
        within = self.template.within
        declared = scalar(members(self.template.parameters[name]).get("Type")) or ""
        # Where the value is stored is passed, and not the value.
        if within is None or declared.startswith(STORED_ELSEWHERE):
            return None
        around = self._stack(within.key)
        body = around.template.properties(within.resource)
        if body is None:
            return None
        node = members(members(body).get("Parameters")).get(name)
        # A list that is joined for the way is taken as it is: where its texts hold commas nobody knows.
        listed = joined_by(node, ",") if as_list and node is not None else None
        given = Written(listed, around) if listed is not None else None
        value = Data(Written(body, around)).get("Parameters", name)
        passed = self._once(name, lambda: value.shape if given is None else given.shape())
        return None if isinstance(passed, Absent) else passed

    def source(self, name: str) -> Text:
        """Give the symbol of a parameter, which says whether its value is in the open."""
        declared = members(self.template.parameters[name])
        type_ = scalar(declared.get("Type")) or "String"
        at: Place = members(self.template.root)["Parameters"].key(name)
        default = scalar(declared.get("Default")) or ""
        quiet = is_quiet(declared)
        allowed = texts(declared.get("AllowedValues")) or ()
        if allowed and all(map(is_switch, allowed)):
            return Text.literal(default or allowed[0])
        doubt: Reason | None = None
        way = None if quiet else Way.ECHOED
        if type_.startswith(STORED_ELSEWHERE):
            way, default = Way.STORED, ""
        elif name.endswith(_NAMES_OF_SECRETS):
            way, doubt = None, Reason(Doubt.OUTSIDE, f"{name} seems to name a secret, not to be one", at)
        elif name in self.template.given:
            pass
        elif DYNAMIC_REFERENCE in default:
            return self.resolved(default, at=declared["Default"])
        elif default and not is_placeholder(default):
            way, at = Way.DEFAULT, declared["Default"]
        elif not default and any(allowed) and not any(map(is_placeholder, allowed)):
            way, at = Way.ALLOWED, declared["AllowedValues"]
        elif default and quiet:
            doubt = Reason(Doubt.OUTSIDE, f"the default of {name} looks like a placeholder", declared["Default"])
        return Text.of(Sourced.of(Source(name, at, way, doubt, Text.literal(default))))

    def resolved(self, text: str | Text, *, at: Place) -> Text:
        """Make a text with a dynamic reference symbolic: its value is read at the deployment."""
        text = Text.literal(text) if isinstance(text, str) else text
        if not any(isinstance(part, str) and DYNAMIC_REFERENCE in part for part in text.parts):
            return text
        return _with_references(Traced(text, at), _source_of if self.is_following else self._value_of)

    def _value_of(self, _service: str, reference: Text, _at: Place) -> Symbol:
        """Give the symbol of what a dynamic reference is replaced by: the same wherever it is written."""
        shown = str(reference)
        own = () if reference.literal_value is not None else (self.template.key,)
        return Symbol(("dynamic reference", *own, shown), Alphabet.FILLED, shown)

    def _get_att(self, argument: Node, node: Node) -> Shape:
        if argument.kind == "sequence":
            words: list[str] = []
            for item in argument.items():
                word = self._name(item, node)
                if isinstance(word, Unknown | Mentions):
                    return word
                words.append(word)
            name = ".".join(words) if len(words) > 1 else ""
        else:
            told = self._name(argument, node)
            if isinstance(told, Unknown | Mentions):
                return told
            name = told
        resource, attribute = self.template.split(name)
        if not attribute:
            return not_understood("Fn::GetAtt takes a resource and an attribute", node)
        if resource not in self.template.resources:
            return self._undeclared(f"GetAtt of {resource}, which this template does not declare", name, node)
        return self._attribute(resource, attribute, node)

    def _attribute(self, resource: str, attribute: str, node: Node) -> Shape:
        """Give an attribute by the name that a template calls it, also where it is an output of a nested stack."""
        of, _, output = attribute.partition(".")
        if of == "Outputs" and resource in self.template.nested:
            return _standing(self._stack(self.template.nested[resource]).output(output, node), node)
        return Known(self.attribute(resource, by_name(self.template.type_of(resource), attribute)), node)

    def attribute(self, resource: str, name: str) -> Text:
        """Give an attribute of a resource: "arn", "url" and "name" in their forms, any other as a symbol."""
        found = self._attributes.get((resource, name))
        if found is None:
            reference = Reference((self.template.key, resource), name)
            body = self.template.properties(resource) or self.template.resources[resource]
            properties = Data(Written(body, self))
            told = self.template.physical.get(resource, {}).get(name)
            form = (
                Text.literal(told)
                if told is not None
                else identity.attribute(self.template.type_of(resource), name, properties, Naming(self, resource))
            )
            # What a nested stack has made is no resource of this one.
            found = form if told is not None and name.startswith("Outputs.") else Text(form.parts, reference)
            self._attributes[resource, name] = found
        return found

    def text(self, node: Node) -> Known[Text] | Absent[Text] | Undecided:
        """Evaluate a node that has to be a text; numbers and JSON are their texts."""
        shape = as_text(self.evaluate(node))
        match shape:
            case Known(value=Text() as text, at=at):
                return Known(text, at)
            case Absent(at=at):
                return Absent(None, at)
            case Unknown() | Mentions():
                return shape
            case _:
                return not_understood("a text stands here in CloudFormation", node)

    def decided(self, node: Node) -> Known[Text] | Absent[Text] | Undecided:
        """Give the text of a key or an index, for which the value of a parameter counts, whosever it is."""
        return self.text(node) if self._filled is None else self._filled.text(node)

    def _sub(self, argument: Node, node: Node) -> Shape:
        given: Mapping[str, Node] = {}
        pattern = argument
        if argument.kind == "sequence":
            both = arguments(argument, 2)
            if both is None:
                return not_understood("Fn::Sub takes a text and a mapping", node)
            pattern, given = both[0], members(both[1])
        literal = node.text if pattern is node and node.kind == "scalar" else scalar(pattern)
        if literal is None:
            return not_understood("Fn::Sub takes a literal text", node)
        parts: list[str | Text] = []
        # What is there twice is evaluated once: inside one another, functions would double with each level.
        named: dict[str, Shape] = {}
        room = 0
        for piece, is_name in substitutions(literal):
            if room > MOST_SUBSTITUTED:
                return not_understood(f"Fn::Sub makes a text of more than {MOST_SUBSTITUTED:,} characters", node)
            if not is_name:
                parts.append(piece)
                continue
            if piece not in named:
                named[piece] = as_text(self._substituted(piece, given, node))
            match named[piece]:
                case Known(value=Text() as text):
                    parts.append(text)
                    room += _characters(text)
                case Unknown() | Mentions() as unknown:
                    return unknown
                case _:
                    return not_understood(f"${{{piece}}} has no text", node)
        return Known(self.resolved(Text.of(*parts), at=node), node)

    def _substituted(self, name: str, given: Mapping[str, Node], node: Node) -> Shape:
        if name in given:
            return self.evaluate(given[name])
        found = self._referred(name, node)
        if found is not None:
            return found
        resource, attribute = self.template.split(name)
        if resource in self.template.resources and attribute:
            return self._attribute(resource, attribute, node)
        return self._undeclared(f"${{{name}}} is declared nowhere in this template", name, node)

    def expression(self, node: Node) -> Expression:
        """Give a node as an expression of this scope."""
        return Written(node, self)


def _here(name: str, alphabet: Alphabet) -> Symbol:
    """Give the symbol of a Region or account: stacks that name one another are deployed to the same."""
    return Symbol(("", name), alphabet, f"${{{name}}}")


def _standing(shape: Shape, at: Place) -> Shape:
    """Give what comes from another stack as what stands in this one."""
    return msgspec.structs.replace(shape, at=at)


def _listed(passed: Shape) -> Shape:
    """Give what a nested stack makes of what it is passed for a list."""
    match passed:
        case Known(value=Text() as text, at=at):
            pieces = text.split(",")
            if pieces is None:
                return outside(f"how many elements {text} has is not known here", at)
            return Items(tuple(Given(Known(piece, at)) for piece in pieces), at)
        case _:
            return passed


def _characters(text: Text) -> int:
    return sum(len(part) if isinstance(part, str) else 1 for part in text.parts)


def _is_written_out(shape: Shape) -> bool:
    """Say whether a literal stands where it is said to, and is not made of what has names, such as a known account."""
    at = shape.at
    return (
        is_literal(shape) and isinstance(at, Node) and not any(_takes(part) or any(named(part)) for _, part in walk(at))
    )


def _takes(node: Node) -> bool:
    call = intrinsic(node)
    return call is not None and call.name in TAKING


def _with_references(traced: Traced, symbol: Callable[[str, Text, Place], Symbol]) -> Text:
    """Put a symbol for each dynamic reference, whatever it names."""
    written, marks = traced.marked()
    parts: list[str | Text] = []
    end = 0
    for found in _REFERENCE.finditer(written):
        of = symbol(found[1], unmarked(found[0], marks), traced.at)
        parts += [unmarked(written[end : found.start()], marks), Text.of(of)]
        end = found.end()
    return Text.of(*parts, unmarked(written[end:], marks))


def _source_of(service: str, reference: Text, at: Place) -> Symbol:
    """Give the symbol that says whether what a dynamic reference names is in the open."""
    if not re.fullmatch(r"ssm|ssm-secure|secretsmanager", service):
        doubt = Reason(Doubt.OUTSIDE, "which service the dynamic reference asks is not known", at)
        return Sourced.of(Source(str(reference), at, doubt=doubt))
    return Sourced.of(Source(str(reference), at, Way.STORED if service == "ssm" else None))
