"""The mutants of a module: its text with one small fault in it.

The operators are those of mutmut, which itself mutates neither tables nor functions that are decorated, and a few for
what this project is made of: conditions, filters, guards, statements, the members of tables and of enumerations, and
the words in which verdicts are put together.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

import libcst as cst
import libcst.matchers as m
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from mutmut.mutation import mutators

Operator = Callable[[Any], Iterable[cst.CSTNode]]

_PAIRS = (("YES", "NO"), ("all_of", "any_of"), ("all", "any"), ("min", "max"))
SWAPPED = dict((*_PAIRS, *((second, first) for first, second in _PAIRS)))
"""Names that stand for each other in a mutant."""


class Mutant(NamedTuple):
    """One fault in a module."""

    within: str
    """The function or class that holds it, with dots; empty at the top."""
    function: tuple[str, int] | None
    """Name and first line of the outermost function that holds it; None where the import of the module runs it."""
    lines: range
    """The lines of the statement; of one with a body, those before the body."""
    was: str
    now: str
    """The lines that differ, as one line."""
    whole: str
    """The function, the class or the other statement of the module that it is in."""
    text: str
    """All the module's text."""


def mutants(text: str) -> Iterator[Mutant]:
    """Give the mutants of a module, in the order of its text; no two have the same text."""
    wrapper = MetadataWrapper(cst.parse_module(text))
    positions = wrapper.resolve(PositionProvider)
    places = _Places(positions, _members(wrapper.module))
    lines = text.splitlines(keepends=True)
    starts = list(accumulate((len(line) for line in lines), initial=0))
    wholes = [starts[positions[each].start.line - 1] for each in wrapper.module.body] + [len(text)]
    seen = {text}
    for place in places.below(wrapper.module, _Place((), None, range(0))):
        for target, made in places.mutated(place.node):
            span = positions[target]
            start, end = (starts[at.line - 1] + at.column for at in (span.start, span.end))
            piece = made if isinstance(made, str) else wrapper.module.code_for_node(made)
            changed = text[:start] + piece + text[end:]
            if changed not in seen:
                seen.add(changed)
                first, last = starts[span.start.line - 1], starts[span.end.line]
                was, now = text[first:last], text[first:start] + piece + text[end:last]
                line, instead = (" ".join(each.split()) for each in (was, now))
                after = bisect_right(wholes, start)
                whole = text[wholes[after - 1] : start] + piece + text[end : wholes[after]]
                yield Mutant(".".join(place.within), place.function, place.lines, line, instead, whole, changed)


class _Place(NamedTuple):
    within: tuple[str, ...]
    function: tuple[str, int] | None
    lines: range
    node: cst.CSTNode = cst.Pass()


class _Places(NamedTuple):
    positions: Mapping[cst.CSTNode, CodeRange]
    members: Mapping[str, list[str]]

    def below(self, node: cst.CSTNode, place: _Place) -> Iterator[_Place]:
        """Give all that may be mutated, with the outer before the inner."""
        for child in node.children:
            if m.matches(child, _LEFT_ALONE):
                continue
            here = place._replace(node=child)
            match child:
                case cst.FunctionDef(name=cst.Name(value=name)) | cst.ClassDef(name=cst.Name(value=name)):
                    here = here._replace(within=(*place.within, name), lines=self._lines(child))
                case cst.SimpleStatementLine() | cst.BaseCompoundStatement() | cst.MatchCase():
                    here = here._replace(lines=self._lines(child))
                # What a parameter is by default is found when the function is made.
                case cst.IndentedBlock() if isinstance(node, cst.FunctionDef) and place.function is None:
                    first = node.decorators[0] if node.decorators else node
                    here = here._replace(function=(node.name.value, self.positions[first].start.line))
            yield here
            yield from self.below(child, here)

    def mutated(self, node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode | str]]:
        """Give what may stand in the place of a node or of a part of it."""
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                for made in operator(node):
                    # The parentheses around a node do not belong to its position.
                    same = getattr(node, "lpar", ()) and getattr(made, "lpar", ())
                    yield node, made.with_changes(lpar=(), rpar=()) if same else made
        match node:
            case cst.If(test=test) | cst.While(test=test):
                yield test, "False"
                if isinstance(node, cst.If):
                    yield test, "True"
            case cst.MatchCase(guard=cst.BaseExpression() as guard):
                yield from ((guard, "False"), (guard, "True"))
            case cst.MatchCase(pattern=pattern):
                yield pattern, "object(nothing_has_this=_)"
            case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=member)) if name in self.members:
                others = self.members[name]
                other = others[(others.index(member) + 1) % len(others)] if member in others else member
                yield node, node.with_changes(attr=cst.Name(other))

    def _lines(self, node: cst.CSTNode) -> range:
        span = self.positions[node]
        match node:
            case cst.Match():
                return range(span.start.line, span.start.line + 1)
            case cst.FunctionDef(body=body) | cst.ClassDef(body=body) | cst.MatchCase(body=body):
                end = self.positions[body].start.line
            case cst.If(body=body) | cst.For(body=body) | cst.While(body=body) | cst.With(body=body):
                end = self.positions[body].start.line
            case _:
                end = span.end.line + 1
        return range(span.start.line, max(end, span.start.line + 1))


def _members(module: cst.Module) -> dict[str, list[str]]:
    """Give the members that a module names of each enumeration, as they are written."""
    found: dict[str, list[str]] = {}
    for each in m.findall(module, m.Attribute(value=m.Name(), attr=m.Name())):
        match each:
            case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=member)) if member.isupper():
                found.setdefault(name, [])
                if member not in found[name]:
                    found[name].append(member)
    return {name: members for name, members in found.items() if len(members) > 1}


def _argument(node: cst.Call) -> Iterator[cst.CSTNode]:
    for index, argument in enumerate(node.args):
        others = [node.args[:index], node.args[index + 1 :]]
        if argument.keyword is not None:
            yield node.with_changes(args=[*others[0], *others[1]])
        elif not argument.star and not m.matches(argument.value, m.Name("None")):
            yield node.with_changes(args=[*others[0], argument.with_changes(value=cst.Name("None")), *others[1]])


def _filter(node: cst.CompFor) -> Iterator[cst.CSTNode]:
    for index in range(len(node.ifs)):
        yield node.with_changes(ifs=[*node.ifs[:index], *node.ifs[index + 1 :]])


def _statement(node: cst.Expr) -> Iterator[cst.CSTNode]:
    if isinstance(node.value, cst.Yield | cst.Call):
        # A function that yields nothing is still a generator.
        yield node.with_changes(value=cst.parse_expression("(yield from ())" if _yields(node) else "None"))


def _yields(node: cst.Expr) -> bool:
    return isinstance(node.value, cst.Yield)


def _member(node: cst.Tuple | cst.List | cst.Set | cst.Dict) -> Iterator[cst.CSTNode]:
    if len(node.elements) > 1:
        for index in range(len(node.elements)):
            left = [*node.elements[:index], *node.elements[index + 1 :]]
            if len(left) == 1 and isinstance(node, cst.Tuple):
                left = [left[0].with_changes(comma=cst.Comma())]
            yield node.with_changes(elements=left)


def _swapped(node: cst.Name) -> Iterator[cst.CSTNode]:
    if node.value in SWAPPED:
        yield node.with_changes(value=SWAPPED[node.value])


def _string(node: cst.SimpleString) -> Iterator[cst.CSTNode]:
    yield from list(mutators.operator_string(node))[:1]  # the others are of upper and lower case


OPERATORS: tuple[tuple[type | tuple[type, ...], Operator], ...] = (
    (cst.BaseNumber, mutators.operator_number),
    (cst.SimpleString, _string),
    (cst.Name, mutators.operator_name),
    (cst.Name, _swapped),
    (cst.AugAssign, mutators.operator_augmented_assignment),
    (cst.UnaryOperation, mutators.operator_remove_unary_ops),
    (cst.Call, _argument),
    (cst.Call, mutators.operator_symmetric_string_methods_swap),
    (cst.Call, mutators.operator_unsymmetrical_string_methods_swap),
    (cst.CSTNode, mutators.operator_keywords),
    (cst.CSTNode, mutators.operator_swap_op),
    (cst.IfExp, mutators.operator_if_exp),
    (cst.CompFor, _filter),
    (cst.Expr, _statement),
    ((cst.Tuple, cst.List, cst.Set, cst.Dict), _member),
)

_LEFT_ALONE = (
    m.Annotation()
    | m.Decorator()
    | m.Import()
    | m.ImportFrom()
    | m.Arg(keyword=m.Name("frozen"))
    | m.Expr(value=m.SimpleString() | m.ConcatenatedString())
    | m.SimpleString(value=m.MatchRegex(r".https://.*"))
    | m.AnnAssign(annotation=m.Annotation(annotation=m.Name("TypeAlias")))
)
"""Types, what they keep frozen, documentation with its addresses, and what the index of the rules repeats."""
