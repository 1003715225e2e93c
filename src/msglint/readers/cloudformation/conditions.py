"""Which combinations of a CloudFormation template's Conditions are possible.

The template reader writes each condition down as a formula over parameters. A parameter has few values that make a
difference: its AllowedValues, or the literals that it is compared with, its Default and one value unlike all of these.
`Conditions` searches the combinations of these values, so it knows which conditions follow from which others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeAlias

import msgspec

LIMIT = 20_000
"""How many formulas one search evaluates before it gives up: a fraction of a second."""

_DEPTH = 300


class Variable(msgspec.Struct, frozen=True, tag=True):
    """A parameter or pseudo parameter, such as `AWS::Region`."""

    name: str


class Attribute(Variable, frozen=True, tag=True):
    """The name, id or ARN that a resource gets: some text, and never an empty one."""


class Equals(msgspec.Struct, frozen=True, tag=True):
    """True if both operands, literal text or variable, are the same text; upper and lower case differ."""

    left: Operand
    right: Operand


class And(msgspec.Struct, frozen=True, tag=True):
    """True if all parts are."""

    parts: tuple[Formula, ...]


class Or(msgspec.Struct, frozen=True, tag=True):
    """True if at least one part is."""

    parts: tuple[Formula, ...]


class Not(msgspec.Struct, frozen=True, tag=True):
    """True if the part is false."""

    part: Formula


class Named(msgspec.Struct, frozen=True, tag=True):
    """The truth of another condition of the template."""

    condition: str


class Free(msgspec.Struct, frozen=True, tag=True):
    """Something that cannot be evaluated: true or false, but the same wherever the key is the same."""

    key: str


Operand: TypeAlias = str | Variable
Formula: TypeAlias = Equals | And | Or | Not | Named | Free
Choices: TypeAlias = Mapping[str, bool] | Iterable[tuple[str, bool]]


class Domain(msgspec.Struct, frozen=True):
    """What a template and its user say about the values of a parameter."""

    allowed: tuple[str, ...] | None = None
    """The AllowedValues; empty is the same as none given."""
    default: str | None = None
    fixed: str | None = None
    """The value that the user gave; nothing else counts then."""


# A Named atom is a condition that has no usable formula. Texts are values of variables, and so are numbers: each stands
# for some text that occurs nowhere in the template. Booleans are the values of the other atoms.
_Atom: TypeAlias = Variable | Named | Free
_Value: TypeAlias = str | int
_Goal: TypeAlias = tuple[str, bool]


class _GivenUpError(Exception):
    """The search has used up its limit."""


class Conditions:
    """The conditions of one template, and what choices among them imply.

    A condition that is not defined, or defined through itself, may be true or false independently of all others.
    `constraints` hold in each deployment, such as a template's Rules. Those that cannot hold together are left out:
    then nobody deploys the template as it is written, or they were not understood, and in either case all else of the
    template is still worth an answer, and not that nothing is possible.
    `exhausted` turns true when a search has been given up at its limit; what it asked about then counts as possible.
    """

    def __init__(
        self, formulas: Mapping[str, Formula], domains: Mapping[str, Domain], constraints: Iterable[Formula] = ()
    ) -> None:
        # No name of a condition has a bracket.
        held = {f"constraint[{number}]": each for number, each in enumerate(dict.fromkeys(constraints))}
        formulas = {**formulas, **held}
        recursive = {name for name, reached in _reachable(formulas).items() if name in reached}
        self._formulas = {name: formula for name, formula in formulas.items() if name not in recursive}
        self._domains = dict(domains)
        # A condition reaches more conditions than any that it refers to, so this order is bottom up.
        reachable = _reachable(self._formulas)
        sizes = {name: len(reached) for name, reached in reachable.items()}
        self._order = {name: (*sorted(reached, key=sizes.__getitem__), name) for name, reached in reachable.items()}
        own = {name: tuple(_atoms(formula, self._formulas)) for name, formula in self._formulas.items()}
        self._atoms: dict[str, tuple[_Atom, ...]] = {
            name: tuple(dict.fromkeys(atom for other in order for atom in own[other]))
            for name, order in self._order.items()
        }
        self._used = {atom for atoms in own.values() for atom in atoms}
        equalities = [
            part for formula in self._formulas.values() for part in _walk(formula) if isinstance(part, Equals)
        ]
        self._peers = _peers(equalities, [*map(Variable, domains), *(atom for atoms in own.values() for atom in atoms)])
        self._texts = self._distinguished(equalities)
        self._given: dict[_Atom, _Value] = {
            variable: texts[0] for variable, texts in self._texts.items() if self._closed(variable) and len(texts) == 1
        }
        self._answers: dict[tuple[frozenset[_Goal], tuple[_Atom, _Value] | None], bool | None] = {}
        self._constraints: list[_Goal] = [(name, True) for name in held]
        self._held: dict[_Atom, list[_Goal]] | None = None
        self.exhausted = False

    def value(self, condition: str, chosen: Choices) -> bool | None:
        """Return the truth that the choices force on a condition; None if both are possible.

        Choices that contradict each other force nothing.
        """
        goals = _goals(chosen)
        true, false = (self.possible(goals | {(condition, truth)}) for truth in (True, False))
        return None if true == false else true

    def possible(self, chosen: Choices) -> bool:
        """Whether some values of the parameters make all the choices hold together."""
        return all(self._holds(group, None) is not False for group, _ in self._groups(_goals(chosen)))

    def parameter(self, name: str, chosen: Choices) -> str | None:
        """Return the value of a parameter under choices that are possible together.

        It is the value that the user gave, else the Default if that goes with the choices, else the only value that
        does. None if there are several. Each parameter is looked at alone: two Defaults may each go with the choices
        and yet not both at once.
        """
        variable, domain = Variable(name), self._domains.get(name, Domain())
        texts = self._texts.get(variable, ())
        if domain.fixed is not None or variable in self._given:
            return texts[0]
        goals = _goals(chosen) if variable in self._used else frozenset()
        groups = self._groups(goals, variable)
        touching = next((group for group, atoms in groups if variable in atoms), [])
        if domain.default in texts and self._holds(touching, (variable, domain.default)):
            return domain.default
        left = [
            value
            for value in self._values(variable, self._given)
            if self._holds(touching, (variable, value)) is not False
        ]
        return left[0] if len(left) == 1 and isinstance(left[0], str) else None

    def _groups(
        self, goals: frozenset[_Goal], variable: Variable | None = None
    ) -> list[tuple[list[_Goal], Counter[_Atom]]]:
        """Give the independent groups of goals, each with the constraints on it; those on a variable are one too."""
        if self._held is None:
            groups = self._independent(self._constraints, self._given)
            met = [(group, atoms) for group, atoms in groups if self._holds(group, None)]
            self._held = {atom: group for group, atoms in met for atom in atoms}
        touched = (atom for name, _ in goals for atom in self._atoms.get(name, (Named(name),)))
        asked = touched if variable is None else chain(touched, (variable,))
        held = dict.fromkeys(goal for atom in asked for goal in self._held.get(atom, ()))
        groups = self._independent([*sorted(goals), *held], self._given)
        return [(group, atoms) for group, atoms in groups if variable in atoms or not goals.isdisjoint(group)]

    def _closed(self, variable: Variable) -> bool:
        domain = self._domains.get(variable.name, Domain())
        return domain.fixed is not None or bool(domain.allowed)

    def _distinguished(self, equalities: Iterable[Equals]) -> dict[Variable, tuple[str, ...]]:
        """Return the texts that each variable may take and that some equality can tell from others."""
        literals: dict[Variable, list[str]] = {}
        for equality in equalities:
            match equality:
                case (
                    Equals(left=Variable() as variable, right=str(text))
                    | Equals(left=str(text), right=Variable() as variable)
                ):
                    literals.setdefault(variable, []).append(text)
        said: dict[Variable, tuple[str, ...]] = {}
        for variable in self._peers:
            match self._domains.get(variable.name, Domain()):
                case Domain(fixed=str(fixed)):
                    said[variable] = (fixed,)
                case Domain(allowed=allowed, default=default):
                    said[variable] = allowed or (() if default is None else (default,))
        texts = {}
        for variable, peers in self._peers.items():
            if not self._closed(variable):
                of_peers = (text for peer in peers for text in (*literals.get(peer, ()), *said[peer]))
                texts[variable] = tuple(dict.fromkeys(of_peers))
                continue
            known = tuple(dict.fromkeys(said[variable]))
            if len(peers) == 1:
                # The values compared with nothing are all alike: two of them tell whether one or more are left.
                compared = set(literals.get(variable, ()))
                default = self._domains[variable.name].default
                alike = sorted((text for text in known if text not in compared), key=lambda text: text != default)
                known = (*(text for text in known if text in compared), *alike[:2])
            texts[variable] = known
        return texts

    def _values(self, atom: _Atom, assigned: Mapping[_Atom, _Value]) -> Iterable[_Value]:
        """Return what an atom can be, beside what others are already."""
        if not isinstance(atom, Variable):
            return (True, False)
        texts = self._texts.get(atom, ())
        if self._closed(atom):
            return texts
        # Texts from outside the template differ only in who shares them: those in use, and one more, are enough.
        taken = (assigned.get(peer) for peer in self._peers.get(atom, ()))
        return (*texts, *range(max((text for text in taken if isinstance(text, int)), default=-1) + 2))

    def _independent(
        self, goals: Iterable[_Goal], assigned: Collection[_Atom]
    ) -> list[tuple[list[_Goal], Counter[_Atom]]]:
        """Split goals into groups that share no unassigned atom; with each the count of goals per such atom."""
        groups: dict[int, tuple[list[_Goal], Counter[_Atom]]] = {}
        places: dict[_Atom, int] = {}
        for number, goal in enumerate(goals):
            members = [goal]
            atoms = Counter(atom for atom in self._atoms.get(goal[0], (Named(goal[0]),)) if atom not in assigned)
            joined = {places[atom]: None for atom in atoms if atom in places}
            # The largest takes in the others, so that no atom moves often.
            place = max(joined, key=lambda each: len(groups[each][1]), default=number)
            for each in joined:
                if each != place:
                    others, more = groups.pop(each)
                    members += others
                    atoms += more
            places.update(dict.fromkeys(atoms, place))
            group = groups.setdefault(place, ([], Counter()))
            group[0].extend(members)
            group[1].update(atoms)
        return list(groups.values())

    def _holds(self, goals: list[_Goal], pinned: tuple[_Atom, _Value] | None) -> bool | None:
        """Whether the goals can be reached together, where an atom may have its value already; None if given up."""
        key = frozenset(goals), pinned
        if key not in self._answers:
            assigned = {**self._given, **dict([pinned] if pinned else [])}
            try:
                self._answers[key] = self._solve(goals, assigned, iter(range(LIMIT)), _DEPTH)
            except _GivenUpError:
                self._answers[key] = None
                self.exhausted = True
        return self._answers[key]

    def _solve(self, goals: list[_Goal], assigned: dict[_Atom, _Value], budget: Iterator[int], depth: int) -> bool:
        if not depth:
            raise _GivenUpError
        state: dict[_Atom, _Value | None] = {**assigned}
        open_goals = []
        for name, wanted in goals:
            for other in self._order.get(name, ()):
                condition = Named(other)
                if condition not in state:
                    if next(budget, None) is None:
                        raise _GivenUpError
                    state[condition] = _truth(self._formulas[other], state)
            truth = state.get(Named(name))
            if truth is None:
                open_goals.append((name, wanted))
            elif truth is not wanted:
                return False
        for group, atoms in self._independent(open_goals, assigned):
            # What most goals share comes first, so that the rest falls into independent groups early.
            atom = max(atoms, key=atoms.__getitem__)
            for value in self._values(atom, assigned):
                assigned[atom] = value
                solved = self._solve(group, assigned, budget, depth - 1)
                del assigned[atom]
                if solved:
                    break
            else:
                return False
        return True


def _goals(chosen: Choices) -> frozenset[_Goal]:
    return frozenset(chosen.items() if isinstance(chosen, Mapping) else chosen)


def _walk(formula: Formula) -> Iterator[Formula]:
    """Yield a formula and all its parts, without a look into other conditions."""
    rest = [formula]
    while rest:
        part = rest.pop()
        yield part
        match part:
            case And(parts=parts) | Or(parts=parts):
                rest += reversed(parts)
            case Not(part=inner):
                rest.append(inner)


def _reachable(formulas: Mapping[str, Formula]) -> dict[str, set[str]]:
    """Return the defined conditions that each condition refers to, directly or through others."""
    direct = {
        name: [part.condition for part in _walk(formula) if isinstance(part, Named) and part.condition in formulas]
        for name, formula in formulas.items()
    }
    reachable = {}
    for name in formulas:
        reached: set[str] = set()
        rest = list(direct[name])
        while rest:
            other = rest.pop()
            if other not in reached:
                reached.add(other)
                rest += direct[other]
        reachable[name] = reached
    return reachable


def _atoms(formula: Formula, defined: Collection[str]) -> Iterator[_Atom]:
    for part in _walk(formula):
        match part:
            case Equals(left=left, right=right):
                yield from (operand for operand in (left, right) if isinstance(operand, Variable))
            case Free():
                yield part
            case Named(condition=condition) if condition not in defined:
                yield part


def _peers(equalities: Iterable[Equals], atoms: Iterable[_Atom]) -> dict[Variable, list[Variable]]:
    """Return for each variable the variables that it is compared with, directly or through others, and itself."""
    peers = {atom: [atom] for atom in atoms if isinstance(atom, Variable)}
    for equality in equalities:
        left, right = equality.left, equality.right
        if isinstance(left, Variable) and isinstance(right, Variable) and right not in peers[left]:
            joined = peers[left] + peers[right]
            peers.update(dict.fromkeys(joined, joined))
    return peers


def _truth(formula: Formula, state: Mapping[_Atom, _Value | None]) -> bool | None:
    """Return the truth of a formula as far as it is settled by the atoms and conditions known so far."""
    match formula:
        case Equals(left=left, right=right):
            if left == right:
                return True
            first, second = (state.get(side) if isinstance(side, Variable) else side for side in (left, right))
            return None if first is None or second is None else first == second
        case And(parts=parts):
            truths = [_truth(part, state) for part in parts]
            return False if False in truths else None if None in truths else True
        case Or(parts=parts):
            truths = [_truth(part, state) for part in parts]
            return True if True in truths else None if None in truths else False
        case Not(part=part):
            truth = _truth(part, state)
            return None if truth is None else not truth
        case Named() | Free():
            known = state.get(formula)
            return None if known is None else bool(known)
