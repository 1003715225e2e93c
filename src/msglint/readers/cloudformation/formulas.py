"""The Conditions and Rules of a template, written down as formulas over its parameters.

What a function gives depends on what its parameters are: `Formulas` tries each value that makes a difference, as far
as the function looks at it, and says of each result under which formula it is the result.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TypeAlias, TypeVar

from msglint.readers.cloudformation.conditions import (
    And,
    Attribute,
    Domain,
    Equals,
    Formula,
    Free,
    Named,
    Not,
    Operand,
    Or,
    Variable,
)
from msglint.readers.cloudformation.nodes import (
    DYNAMIC_REFERENCE,
    Intrinsic,
    arguments,
    branches,
    condition_reference,
    intrinsic,
    is_list,
    members,
    named,
    position,
    said,
    scalar,
    section,
    substitutions,
    walk,
    written,
)
from msglint.readers.interface import partition_of, url_suffix
from msglint.source import Node

T = TypeVar("T")

Cases: TypeAlias = tuple[tuple[Formula, Operand], ...]
"""What an expression may be: each text or variable under the formula under which it is that. One formula holds."""

MOST_CASES = 64
"""How many cases an expression may have."""
TRUE, FALSE = And(()), Or(())
_EVERYWHERE = frozenset({"AWS::Region", "AWS::AccountId", "AWS::Partition", "AWS::URLSuffix"})
"""Pseudo parameters that a nested stack has in common with its parent."""
_OF_REGION: Mapping[str, Callable[[str], str]] = {
    "AWS::Partition": partition_of,
    "AWS::URLSuffix": lambda region: url_suffix(partition_of(region)),
}


class _Open(Exception):  # noqa: N818  # a request to try each way, no error
    """What an expression gives depends on this: each way has the formula under which it is taken."""

    def __init__(self, asked: Hashable, ways: Iterable[tuple[Formula, object]]) -> None:
        super().__init__(asked)
        self.asked = asked
        self.ways = tuple(ways)


class _Untold(Exception):  # noqa: N818  # an answer, no error
    """Nobody knows what an expression gives."""


class _Refused(Exception):  # noqa: N818  # an answer, no error
    """A function finds nothing, and CloudFormation refuses to deploy the template with such values."""


class Formulas:
    """What the Conditions and Rules of one template say.

    The names of conditions and of parameters carry the `prefix`, so that the formulas of several templates may stand
    together. Parameters in `bound` are what another template passes. `domains` say what is known of variables, under
    their names with the prefix.
    """

    def __init__(
        self,
        root: Node,
        prefix: str = "",
        bound: Mapping[str, Cases] = {},
        domains: Mapping[str, Domain] = {},
    ) -> None:
        self.prefix = prefix
        self.bound = bound
        self.domains = domains
        self.parameters = members(members(root).get("Parameters"))
        self.mappings = members(members(root).get("Mappings"))
        self.resources = members(members(root).get("Resources"))
        self.outputs = members(members(root).get("Outputs"))
        self._conditions = section(root, "Conditions")
        self._rules = members(members(root).get("Rules"))
        self._compared: dict[str, list[str]] | None = None

    def conditions(self) -> dict[str, Formula]:
        """Give the formula of each condition, by its name with the prefix."""
        return {self.prefix + name: self._formula(node, []) for name, node in self._conditions.items()}

    def constraints(self) -> tuple[Formula, ...]:
        """Give what holds wherever the template is deployed.

        These are its Rules; that each condition can be evaluated, for CloudFormation evaluates all of them before it
        makes anything, and fails where one finds nothing in a map; and that what is made refers to what is made.
        """
        refused: list[Formula] = []
        for node in self._conditions.values():
            self._formula(node, refused)
        return (*map(self._rule, self._rules.values()), *map(Not, refused), *self._resolved())

    def cases(self, node: Node) -> Cases | None:
        """Give what an expression of the template may be; None where it is no text, or too much for that."""
        if intrinsic(node) is None and scalar(node) is None:
            return None
        refused: list[Formula] = []
        leaves = self._leaves(lambda case: case.operand(node), refused)
        if leaves is None:
            return None
        results: dict[Operand, list[Formula]] = {}
        # Whether it is ever asked for where it cannot be evaluated is not known here.
        for where, operand in (*leaves, *((where, None) for where in refused)):
            results.setdefault(self.untold(node) if operand is None else operand, []).append(where)
        return tuple((_either(places), operand) for operand, places in results.items())

    def texts(self, variable: Variable) -> tuple[str, ...]:
        """Give the texts of a variable to be tried: all that it may be, or its default and what it is compared with."""
        domain = self.domains.get(variable.name, Domain())
        if self.closed(variable):
            return domain.allowed or () if domain.fixed is None else (domain.fixed,)
        if self._compared is None:
            self._compared = {}
            for name, text in self._comparisons():
                self._compared.setdefault(name, []).append(text)
        default = () if domain.default is None else (domain.default,)
        return tuple(dict.fromkeys((*default, *self._compared.get(variable.name, ()))))

    def closed(self, variable: Variable) -> bool:
        """Say whether a variable is one of its texts and nothing else."""
        domain = self.domains.get(variable.name, Domain())
        return domain.fixed is not None or bool(domain.allowed)

    def variable(self, name: str) -> Variable:
        """Give the variable of a parameter that nobody passes, or of a pseudo parameter."""
        return Variable(name if name in _EVERYWHERE else self.prefix + name)

    def _comparisons(self) -> Iterator[tuple[str, str]]:
        """Give the names of variables with the literals that conditions and rules hold them against."""
        for node in (*self._conditions.values(), *self._rules.values()):
            for _, part in walk(node):
                call = intrinsic(part)
                sides = arguments(call.argument, 2) if call is not None and call.name == "Equals" else None
                for one, other in (sides, sides[::-1]) if sides is not None else ():
                    inner, text = intrinsic(one), said(other)
                    if (
                        text is not None
                        and inner is not None
                        and inner.name == "Ref"
                        and inner.argument.kind == "scalar"
                    ):
                        yield self.variable(inner.argument.text).name, text

    def _formula(self, node: Node, refused: list[Formula]) -> Formula:
        """Write down a condition, and in `refused` where CloudFormation cannot evaluate it."""
        other = condition_reference(node)
        if other is not None:
            return Named(self.prefix + other)
        call = intrinsic(node)
        parts = call.argument.items() if call is not None and call.argument.kind == "sequence" else ()
        match call.name if call is not None else "":
            case "And":
                return And(tuple(self._formula(part, refused) for part in parts))
            case "Or":
                return Or(tuple(self._formula(part, refused) for part in parts))
            case "Not" if len(parts) == 1:
                return Not(self._formula(parts[0], refused))
            case name:
                free = Free(self.prefix + written(node))
                leaves = self._leaves(lambda case: case.holds(name, parts), refused) if len(parts) == 2 else None
                if leaves is None:
                    return free
                return _either(_both(where, free if formula is None else formula) for where, formula in leaves)

    def _rule(self, node: Node) -> Formula:
        fields = members(node)
        listed = fields.get("Assertions")
        assertions = listed.items() if listed is not None and listed.kind == "sequence" else ()
        asserted = (members(each).get("Assert") for each in assertions)
        held = And(tuple(self._formula(each, []) for each in asserted if each is not None))
        return Or((Not(self._formula(fields["RuleCondition"], [])), held)) if "RuleCondition" in fields else held

    def _resolved(self) -> Iterator[Formula]:
        """Give that what a resource or output refers to is there: else CloudFormation refuses the template."""
        made = {name: found for name, node in self.resources.items() if (found := self._under(node)) is not None}
        waiting = [
            (self._under(node) or TRUE, members(node).get(body))
            for section, body in ((self.resources, "Properties"), (self.outputs, "Value"))
            for node in (section.values() if made else ())
        ]
        while waiting:
            where, node = waiting.pop()
            if node is None:
                continue
            call = intrinsic(node)
            choice = branches(call.argument) if call is not None and call.name == "If" else None
            if choice is not None:
                condition, left, right = choice
                truth = Named(self.prefix + condition)
                waiting += [(_both(where, truth), left), (_both(where, Not(truth)), right)]
                continue
            for name in named(node):
                there = made.get(name.partition(".")[0])
                if there is not None and there != where:
                    yield Or((Not(where), there))
            if node.kind != "scalar":
                inner = node.fields().values() if node.kind == "mapping" else node.items()
                waiting += [(where, part) for part in inner]

    def _under(self, node: Node) -> Formula | None:
        name = scalar(members(node).get("Condition"))
        return None if name is None else Named(self.prefix + name)

    def _leaves(self, ask: Callable[["_Case"], T], refused: list[Formula]) -> Sequence[tuple[Formula, T | None]] | None:
        """Give each answer with where it is the answer; that is None where it cannot be told.

        What makes CloudFormation refuse goes into `refused`. None where the answer depends on too much.
        """
        leaves: list[tuple[Formula, T | None]] = []
        waiting: list[tuple[Formula, dict[Hashable, object]]] = [(TRUE, {})]
        while waiting:
            where, decided = waiting.pop()
            try:
                leaves.append((where, ask(_Case(self, decided))))
            except _Open as choice:
                if len(leaves) + len(waiting) + len(choice.ways) > MOST_CASES:
                    return None
                ways = reversed(choice.ways)
                waiting += [(_both(where, formula), {**decided, choice.asked: way}) for formula, way in ways]
            except _Untold:
                leaves.append((where, None))
            except _Refused:
                refused.append(where)
        return leaves

    def untold(self, node: Node) -> Variable:
        """Give what an expression gives, whatever that is: the same wherever it is written so."""
        return Variable(self.prefix + written(node))


class _Case:
    """Evaluates expressions where some of what they depend on is decided.

    The depth of a template is bounded, and so is the recursion: no expression leads out of itself but into a map.
    """

    def __init__(self, formulas: Formulas, decided: Mapping[Hashable, object]) -> None:
        self._formulas = formulas
        self._decided = decided

    def holds(self, name: str, parts: Sequence[Node]) -> Formula:
        """Give the formula of a comparison of two things."""
        one, other = parts
        match name:
            case "Equals":
                return _equal(self._side(one), self._side(other))
            case "Contains":
                side = self._side(other)
                return _either(_equal(each, side) for each in self._sides(one))
            case "EachMemberEquals":
                side = self._side(other)
                return _all(_equal(each, side) for each in self._sides(one))
            case "EachMemberIn":
                among = self._sides(other)
                return _all(_either(_equal(each, side) for side in among) for each in self._sides(one))
            case _:
                raise _Untold

    def operand(self, node: Node) -> Operand:
        """Give the text or variable that an expression is."""
        call = intrinsic(node)
        if call is not None:
            return self._called(call)
        text = said(node)
        if text is None or DYNAMIC_REFERENCE in text:
            raise _Untold
        return text

    def _side(self, node: Node) -> Operand:
        """Give one side of a comparison, which is some text even where nobody knows it."""
        try:
            return self.operand(node)
        except _Untold:
            if intrinsic(node) is None and scalar(node) is None:
                raise
            return self._formulas.untold(node)

    def _sides(self, node: Node) -> Sequence[Operand]:
        return [each if isinstance(each, str | Variable) else self._side(each) for each in self._items(node)]

    def _called(self, call: Intrinsic) -> Operand:
        argument = call.argument
        match call.name:
            case "Ref" if argument.kind == "scalar":
                return self._ref(argument.text)
            case "GetAtt":
                return self._attribute(argument)
            case "If":
                return self.operand(self._branch(argument))
            case "FindInMap":
                return self.operand(self._found(argument))
            case "Sub":
                return self._together("", self._substituted(argument))
            case "Join":
                delimiter, listed = _two(argument)
                return self._together(self._text(self.operand(delimiter)), map(self._element, self._items(listed)))
            case "Select":
                index, listed = _two(argument)
                number, items = self._text(self.operand(index)), self._items(listed)
                place = position(number, len(items))
                if place is None:
                    raise _Refused
                # CloudFormation evaluates the others too, and refuses where one finds nothing.
                for other in items:
                    with suppress(_Untold):
                        self._element(other)
                return self._element(items[place])
            case _:
                raise _Untold

    def _ref(self, name: str) -> Operand:
        if name in self._formulas.bound:
            return self._passed(name)
        if name in _OF_REGION:
            try:
                return _OF_REGION[name](self._text(self._ref("AWS::Region")))
            except _Untold:
                pass
        if name in {"AWS::NoValue", "AWS::NotificationARNs"}:
            raise _Untold
        if name in self._formulas.resources:
            return Attribute(f"{self._formulas.prefix}${{{name}}}")
        return self._known(self._formulas.variable(name))

    def _passed(self, name: str) -> Operand:
        cases = self._formulas.bound[name]
        asked = ("passed", name)
        if len(cases) > 1 and asked not in self._decided:
            raise _Open(asked, cases)
        passed = self._decided.get(asked, cases[0][1])
        return self._known(passed) if isinstance(passed, Variable) else str(passed)

    def _known(self, variable: Variable) -> Operand:
        known = self._decided.get(variable)
        return known if isinstance(known, str) else variable

    def _attribute(self, argument: Node) -> Operand:
        """Give an attribute of a resource; an ARN is never empty."""
        if argument.kind == "sequence":
            name = ".".join(self._text(self.operand(each)) for each in argument.items())
        else:
            name = argument.text if argument.kind == "scalar" else ""
        resource, _, attribute = name.partition(".")
        if resource not in self._formulas.resources:
            raise _Untold
        kind = Attribute if attribute.upper().endswith("ARN") else Variable
        return kind(f"{self._formulas.prefix}${{{name}}}")

    def _branch(self, argument: Node) -> Node:
        choice = branches(argument)
        if choice is None:
            raise _Untold
        name, left, right = choice
        condition = Named(self._formulas.prefix + name)
        if condition not in self._decided:
            raise _Open(condition, ((condition, True), (Not(condition), False)))
        return left if self._decided[condition] else right

    def _found(self, argument: Node) -> Node:
        keys = arguments(argument, 3, 4)
        here = self._formulas.mappings.get(self._text(self.operand(keys[0]))) if keys is not None else None
        if keys is None or here is None:
            raise _Untold
        for key in keys[1:3]:
            fields = members(here)
            if any(name.startswith("Fn::") for name in fields):
                raise _Untold
            word = self._among(self.operand(key), fields)
            if word is None or word not in fields:
                default = members(keys[3]).get("DefaultValue") if len(keys) == 4 else None
                if default is None:
                    raise _Refused
                return default
            here = fields[word]
        return here

    def _items(self, node: Node) -> Sequence[Node | str]:
        """Give the elements of a list."""
        call = intrinsic(node)
        match call.name if call is not None else "":
            case "" if node.kind == "sequence":
                return [each for item in node.items() if (each := self._chosen(item)) is not None]
            case "Ref" if call is not None and call.argument.kind == "scalar":
                return self._listed(call.argument.text)
            case "If" if call is not None:
                return self._items(self._branch(call.argument))
            case "FindInMap" if call is not None:
                return self._items(self._found(call.argument))
            case "Split" if call is not None:
                delimiter, whole = _two(call.argument)
                at = scalar(delimiter)
                if not at:
                    raise _Untold
                return self._text(self.operand(whole)).split(at)
            case _:
                raise _Untold

    def _chosen(self, item: Node) -> Node | None:
        """Give what stands at a place of a list; None where nothing does."""
        call = intrinsic(item)
        if call is not None and call.name == "If":
            return self._chosen(self._branch(call.argument))
        return None if call is not None and call.name == "Ref" and written(call.argument).endswith("NoValue'") else item

    def _listed(self, name: str) -> Sequence[str]:
        declared = self._formulas.parameters.get(name)
        if not is_list(members(declared)):
            raise _Untold
        return [each.strip() for each in self._text(self._ref(name)).split(",")]

    def _substituted(self, argument: Node) -> Iterator[Operand]:
        """Give the pieces of a text with substitutions."""
        pattern, given = _two(argument) if argument.kind == "sequence" else (argument, None)
        if pattern.kind != "scalar":
            raise _Untold
        for piece, is_name in substitutions(pattern.text):
            if not is_name:
                if piece:
                    yield piece
            elif piece in members(given):
                yield self.operand(members(given)[piece])
            elif "." in piece:
                raise _Untold
            else:
                yield self._ref(piece)

    def _element(self, item: Node | str) -> Operand:
        return item if isinstance(item, str) else self.operand(item)

    def _together(self, delimiter: str, pieces: Iterable[Operand]) -> Operand:
        listed = list(pieces)
        return listed[0] if len(listed) == 1 else delimiter.join(map(self._text, listed))

    def _text(self, operand: Operand) -> str:
        """Give the text that an operand is, wherever that makes a difference."""
        text = self._among(operand, ())
        if text is None:
            raise _Untold
        return text

    def _among(self, operand: Operand, texts: Iterable[str]) -> str | None:
        """Give the text that an operand is; None where it is none of these texts."""
        if isinstance(operand, str):
            return operand
        tried = self._decided.get(operand, ())
        if not isinstance(tried, tuple):
            return str(tried)
        closed = self._formulas.closed(operand)
        candidates = dict.fromkeys((*self._formulas.texts(operand), *(() if closed else texts)))
        untried = [text for text in candidates if text not in tried]
        if not untried:
            return None
        ways: list[tuple[Formula, object]] = [(Equals(operand, text), text) for text in untried]
        rest = Not(_either(formula for formula, _ in ways))
        raise _Open(operand, ways if closed else [*ways, (rest, (*tried, *untried))])


def _two(argument: Node) -> tuple[Node, Node]:
    both = arguments(argument, 2)
    if both is None:
        raise _Untold
    return both[0], both[1]


def _equal(left: Operand, right: Operand) -> Formula:
    if isinstance(left, str) and isinstance(right, str):
        return TRUE if left == right else FALSE
    empty = "" in (left, right) and (isinstance(left, Attribute) or isinstance(right, Attribute))
    return FALSE if empty else Equals(left, right)


def _all(formulas: Iterable[Formula]) -> Formula:
    parts = tuple(formula for formula in formulas if formula != TRUE)
    return FALSE if FALSE in parts else parts[0] if len(parts) == 1 else And(parts)


def _both(where: Formula, formula: Formula) -> Formula:
    return _all((where, formula))


def _either(formulas: Iterable[Formula]) -> Formula:
    parts = tuple(formula for formula in formulas if formula != FALSE)
    return TRUE if TRUE in parts else parts[0] if len(parts) == 1 else Or(parts)
