"""AWS Step Functions: state machines, the messages that their tasks receive, and what becomes of these.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from msglint.code.lists import SYSTEM_LISTS, USER_LIST
from msglint.model.data import Data
from msglint.model.expression import Fields, Items
from msglint.model.receive import Asked, Receipt, Use, taken
from msglint.model.text import Text
from msglint.model.value import Absent, Known
from msglint.source import Place

RECEIVE = re.compile(r"arn:[\w-]+:states:::aws-sdk:sqs:receiveMessage(?:\.\w+)?")

_STEP = r"""(?:\.[A-Za-z_][\w-]*|\[(?:\d+|\*|'[^'\]]*'|"[^"\]]*")\])"""
_PATH = re.compile(rf"\$(?:\$|[A-Za-z_]\w*)?{_STEP}*")
_NAMED = re.compile(r"""\.([A-Za-z_][\w-]*)|\[['"]([^'"\]]*)['"]\]""")
_ALONE = re.compile(r"\s*(?:\{%\s*(.*?)\s*%\}|(.*?))\s*", re.DOTALL)
_MADE = re.compile(r"\{%|\$\{")
_BRACE = re.compile(r"[{}]")
_LISTS = frozenset({"Attributes", "MessageAttributes"})
_ITEM = ("Map", "Item", "Value")
_SELECTS = ("ItemSelector", "Parameters")
_OF_RESULT = ("ResultSelector", "Assign")
_LONGEST_PATH = 10
_MOST_STEPS = 5_000
_SILENT = frozenset({"Branches", "Iterator", "ItemProcessor", "Comment", "Resource", "QueryLanguage"})


class Path(NamedTuple):
    """A way into a state's data: `$`, `$$`, `$states` or a variable, and the names behind it; indexes left out."""

    root: str
    steps: tuple[str, ...]


class Taken(NamedTuple):
    """An attribute that a state takes from messages which some of these states received."""

    name: str
    list: str
    at: Place
    receipts: tuple[Receipt, ...]


_Places = dict[Path, tuple[Receipt, ...]]
"""Where the received messages are."""


class Machine:
    """All states of a definition."""

    def __init__(self, definition: Data) -> None:
        self.receipts: list[Receipt] = []
        self.taken: dict[Taken, None] = {}
        self.sent: set[str] = set()
        """The names of the message attributes that tasks send."""
        self._walk(definition, {}, {}, jsonata=False)

    def uses(self) -> Iterator[Use]:
        """Give the attributes that tasks ask for, and those that states take from what was received."""
        for receipt in self.receipts:
            yield from receipt.uses()
        for each in self.taken:
            user = each.list == "MessageAttributes"
            yield from taken(each.name, each.receipts, user=user, by=each.list, at=each.at)

    def _walk(self, level: Data, variables: _Places, first: _Places, *, jsonata: bool) -> None:
        """Walk a machine, branch or map: where messages are in its variables, and in the input of its first state."""
        jsonata = _in_jsonata(level, jsonata)
        states = {
            name: _State(name, data, _in_jsonata(data, jsonata)) for name, data in level.get("States").fields().items()
        }
        for state in states.values():
            self.sent |= _sent(state.data)
            if state.receipt is not None:
                self.receipts.append(state.receipt)
        inputs: dict[str, _Places] = {name: {} for name in states}
        inputs.setdefault(level.get("StartAt").word(), {}).update(first)
        variables = dict(variables)
        waiting = list(states)
        for _ in range(_MOST_STEPS):
            if not waiting:
                break
            state, given = states[waiting[0]], inputs[waiting.pop(0)]
            if _join(variables, state.assigned(_joined(given, variables))):
                waiting = list(dict.fromkeys((*waiting, *states)))
            leaving = state.output(given, variables)
            waiting += [name for name in state.following() if name in states and _join(inputs[name], leaving)]
        for name, state in states.items():
            seen = state.seen(inputs[name], variables)
            self._take(state, seen, variables)
            for branch in state.data.get("Branches").elements().known:
                self._walk(branch, variables, {} if state.shapes_input() else inputs[name], jsonata=jsonata)
            for processor in ("ItemProcessor", "Iterator"):
                inner = state.data.get(processor)
                if inner.fields():
                    self._walk(inner, variables, state.first(seen), jsonata=jsonata)

    def _take(self, state: "_State", seen: _Places, variables: _Places) -> None:
        result = _joined(state.result(), variables)
        for name, part in state.data.fields().items():
            places = result if name in _OF_RESULT and state.gives_result and not state.jsonata else seen
            if name in _SELECTS:
                places = _joined(places, state.item(seen))
            if name not in _SILENT and places:
                for data, text in _texts(part):
                    for name_, list_, receipts in _attributes(text, places):
                        self.taken[Taken(name_, list_, state.at(data), receipts)] = None


class _State:
    """One state, and how messages go through it. Inputs and outputs begin at `$`, whatever language it is in."""

    __slots__ = ("_name", "data", "gives_result", "jsonata", "kind", "receipt")

    def __init__(self, name: str, data: Data, jsonata: bool) -> None:
        self._name = name
        self.data = data
        self.jsonata = jsonata
        self.kind = data.get("Type").word("Task")
        self.gives_result = self.kind not in {"Pass", "Choice", "Wait", "Succeed", "Fail"}
        self.receipt = self._receipt() if RECEIVE.fullmatch(data.get("Resource").word()) else None

    def at(self, part: Data) -> Place:
        """Give the place of a part of the state; where the whole definition is one text, that of the state in it."""
        place = part.at
        return _inside(place, self._name) if place.span == self.data.at.span else place

    def _receipt(self) -> Receipt:
        asked: list[Asked] = []
        complete = True
        for given in ("Parameters", "Arguments"):
            request = self.data.get(given)
            if request.exists().is_no:
                continue
            members = request.fields()
            # What is not written as a mapping is made by an expression, and so is a list whose name ends with `.$`.
            complete &= bool(members)
            for list_ in (USER_LIST, *SYSTEM_LISTS):
                names, whole = _names(members[list_]) if list_ in members else ([], f"{list_}.$" not in members)
                asked += [Asked(list_, each.word(), self.at(each)) for each in names]
                complete &= whole or list_ == USER_LIST
        return Receipt(tuple(asked), complete, self.at(self.data.get("Resource")))

    def result(self) -> _Places:
        """Give where the messages are in the result of the task."""
        return {Path("$", ("Messages",)): (self.receipt,)} if self.receipt is not None else {}

    def seen(self, given: _Places, variables: _Places) -> _Places:
        """Give where the state's own expressions find messages."""
        if not self.jsonata:
            return _joined(given, variables)
        inside = {Path("$states", ("input", *path.steps)): each for path, each in given.items()}
        results = {Path("$states", ("result", *path.steps)): each for path, each in self.result().items()}
        return _joined(inside, results, variables)

    def assigned(self, given: _Places) -> _Places:
        """Give where the variables that the state assigns have messages; a JSONPath task makes them of its result."""
        places = self.result() if self.gives_result and not self.jsonata else self.seen(given, {})
        found: _Places = {}
        for key, value in self.data.get("Assign").fields().items():
            _join(found, _renamed(value.word(), places, Path(f"${key.removesuffix('.$')}", ())))
        return found

    def output(self, given: _Places, variables: _Places) -> _Places:
        """Give where the messages are in what the state passes on."""
        seen = self.seen(given, variables)
        if self.jsonata:
            output = self.data.get("Output")
            if output.exists().is_no:
                return self.result() if self.gives_result else given
            return _bound(output, seen) if output.fields() else _renamed(output.word(), seen, Path("$", ()))
        if self._has("OutputPath"):
            return {}
        if not self.gives_result and not self.shapes_input() and not self._has("Result"):
            return given
        result = _bound(self.data.get("Parameters"), seen) if self.kind == "Pass" else self.result()
        if self._has("ResultSelector"):
            result = _bound(self.data.get("ResultSelector"), result)
        where = self.data.get("ResultPath")
        if isinstance(where.shape, Absent):
            # Nothing is written, and the result is all of the output; null throws it away.
            return given if "ResultPath" in self.data.fields() else result
        target = _path(where.word())
        if target is None:
            return {}
        size = len(target.steps)
        kept = {path: each for path, each in given.items() if path.steps[:size] != target.steps}
        return _joined(kept, {Path("$", (*target.steps, *path.steps)): each for path, each in result.items()})

    def following(self) -> Iterator[str]:
        """Give the names of the states that may come next."""
        choices = (choice.get("Next") for choice in self.data.get("Choices").elements().known)
        for name in (self.data.get("Next"), self.data.get("Default"), *choices):
            yield name.word()

    def shapes_input(self) -> bool:
        """Say whether the state works on something else than its input as it comes."""
        return self._has("InputPath") or self._has("Parameters") or self._has("Arguments")

    def item(self, seen: _Places) -> _Places:
        """Give where a map's own expressions have one of the messages that it goes over."""
        path = Path("$states", ("context", *_ITEM)) if self.jsonata else Path("$$", _ITEM)
        over = self.data.get("Items" if self.jsonata else "ItemsPath")
        found = _renamed(over.word("$"), seen, path)
        return {path: found[path]} if path in found else {}

    def first(self, seen: _Places) -> _Places:
        """Give where the first state of a map has the message."""
        item = self.item(seen)
        for name in _SELECTS:
            if self._has(name):
                return _bound(self.data.get(name), item)
        return {Path("$", ()): each for each in item.values()}

    def _has(self, name: str) -> bool:
        return not self.data.get(name).exists().is_no


def _in_jsonata(data: Data, outer: bool) -> bool:
    return data.get("QueryLanguage").word("JSONata" if outer else "JSONPath") == "JSONata"


def _attributes(text: str, places: _Places) -> Iterator[tuple[str, str, tuple[Receipt, ...]]]:
    """Give the attributes that a text takes from messages, and from which of the two lists."""
    for path in _paths(text):
        for index, step in enumerate(path.steps[:-1]):
            receipts = places.get(Path(path.root, path.steps[:index]))
            if step in _LISTS and receipts:
                yield path.steps[index + 1], step, receipts


def _sent(state: Data) -> set[str]:
    given = (state.get(name, "MessageAttributes") for name in ("Parameters", "Arguments"))
    return {name for attributes in given for name in attributes.fields()}


def _names(data: Data) -> tuple[list[Data], bool]:
    """Give the names of a list that are written there, and whether these are all."""
    elements = data.elements()
    found = [each for each in elements.known if each.word() and not _MADE.search(each.word())]
    return found, elements.rest is None and len(found) == len(elements.known)


def _inside(place: Place, name: str) -> Place:
    """Give the place of a state in the text of a definition, up to its closing brace; the text's if it is not clear."""
    document, span = place.document, place.span
    start, end = document.offset(span.start), document.offset(span.end)
    # In a plan, quotation marks inside a text are escaped.
    key = re.compile(rf'\\?"{re.escape(name)}\\?"\s*:\s*\{{')
    match list(key.finditer(document.text, start, end)):
        case [found]:
            depth = 0
            for brace in _BRACE.finditer(document.text, found.end() - 1, end):
                depth += 1 if brace[0] == "{" else -1
                if depth == 0:
                    return document.spot(found.start(), brace.end())
    return place


def _bound(data: Data, places: _Places) -> _Places:
    """Give where a mapping has messages that is made of others."""
    found: _Places = {}
    for key, value in data.fields().items():
        _join(found, _renamed(value.word(), places, Path("$", (key.removesuffix(".$"),))))
    return found


def _renamed(text: str, places: _Places, new: Path) -> _Places:
    """Give where messages are under a new path, which stands for what an expression gives."""
    path = _path(text)
    if path is None:
        return {}
    size = len(path.steps)
    return {
        Path(new.root, (*new.steps, *known.steps[size:])): each
        for known, each in places.items()
        if known.root == path.root and known.steps[:size] == path.steps
    }


def _joined(*several: _Places) -> _Places:
    found: _Places = {}
    for places in several:
        _join(found, places)
    return found


def _join(into: _Places, more: _Places) -> bool:
    """Add places to others, and say whether there are new ones."""
    grown = False
    for path, receipts in more.items():
        new = tuple(dict.fromkeys((*into.get(path, ()), *receipts)))
        if new != into.get(path) and len(path.steps) <= _LONGEST_PATH:
            into[path] = new
            grown = True
    return grown


def _path(text: str) -> Path | None:
    """Read an expression that is a path and nothing else."""
    match = _ALONE.fullmatch(text)
    inner = (match[1] or match[2] or "") if match is not None else ""
    return _read(inner) if _PATH.fullmatch(inner) else None


def _paths(text: str) -> Iterator[Path]:
    for match in _PATH.finditer(text):
        yield _read(match[0])


def _read(path: str) -> Path:
    root = re.match(r"\$(?:\$|\w*)", path)
    steps = tuple(match[1] or match[2] for match in _NAMED.finditer(path))
    return Path(root[0] if root is not None else "$", steps)


def _texts(data: Data) -> Iterator[tuple[Data, str]]:
    """Give every text of a state, what is inside other states left out."""
    stack = [data]
    while stack:
        here = stack.pop()
        match here.shape:
            case Fields():
                stack += [part for name, part in here.fields().items() if name not in _SILENT]
            case Items():
                stack += here.elements().known
            case Known(value=Text() as text):
                yield here, str(text)
