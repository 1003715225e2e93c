"""AWS Step Functions: state machines, the messages that their tasks receive, and what becomes of these.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msglint.model.beside import structure
from msglint.model.data import Data
from msglint.model.expression import Fields, Items
from msglint.model.receive import SYSTEM_LISTS, USER_LIST, Asked, Receipt, Use, taken
from msglint.model.resource import Resource
from msglint.model.text import Text
from msglint.model.value import Absent, Known
from msglint.source import Place

RECEIVE = re.compile(r"arn:[\w-]+:states:::aws-sdk:sqs:receiveMessage(?:\.\w+)?")

_STEP = r"""(?:\.[A-Za-z_][\w-]*|\[(?:\d+|\*|'[^'\]]*'|"[^"\]]*")\])"""
_PATH = re.compile(rf"\$(?:\$|[A-Za-z_]\w*)?{_STEP}*")
_NAMED = re.compile(r"""\.([A-Za-z_][\w-]*)|\[['"]([^'"\]]*)['"]\]""")
_ALONE = re.compile(r"\s*(?:\{%\s*(.*?)\s*%\}|(.*?))\s*", re.DOTALL)
_ATTRIBUTES = frozenset({"Attributes", "MessageAttributes"})
_PASSING = ("Choice", "Wait")
_SHAPING = ("InputPath", "Parameters", "OutputPath", "Output")
_SILENT = frozenset({"Branches", "Iterator", "ItemProcessor", "Comment", "Resource", "QueryLanguage"})


class StateMachine(Resource):
    """A state machine. https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html."""

    KIND = "AWS::StepFunctions::StateMachine"
    __slots__ = ()

    @property
    def definition(self) -> Data:
        """The definition, in the template or in a file beside it; absent where it lies elsewhere."""
        for name in ("Definition", "DefinitionString"):
            given = self.properties.get(name)
            if not given.exists().is_no:
                return given
        for name in ("DefinitionUri", "DefinitionS3Location"):
            found = structure(self, self.properties.get(name).text())
            if found is not None:
                return found
        return given


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

    def _walk(self, level: Data, known: _Places, first: _Places, *, jsonata: bool) -> None:
        """Walk a machine, branch or map: `known` is where messages are, `first` where its first state has them."""
        jsonata = _word(level.get("QueryLanguage"), "JSONata" if jsonata else "JSONPath") == "JSONata"
        states = level.get("States").fields()
        known = dict(known)
        inputs: dict[str, _Places] = {}
        own: dict[str, _Places] = {}
        for name, state in states.items():
            self.sent |= _sent(state)
            if not RECEIVE.fullmatch(_word(state.get("Resource"))):
                continue
            receipt = _receipt(state)
            self.receipts.append(receipt)
            local = _word(state.get("QueryLanguage"), "JSONata" if jsonata else "JSONPath") == "JSONata"
            result = Path("$states", ("result", "Messages")) if local else Path("$", ("Messages",))
            own[name] = {result: (receipt,)}
            if local:
                _join(known, _bound(state.get("Assign"), own[name], variables=True))
                _join(inputs.setdefault(_word(state.get("Next")), {}), _output(state, own[name]))
            else:
                _join(known, _bound(state.get("Assign"), own[name], variables=True))
                _join(known, _result(state, own[name]))
        start = _word(level.get("StartAt"))
        _join(inputs.setdefault(start, {}), first)
        for name in list(inputs):
            _pass_on(name, states, inputs)
        for name, state in states.items():
            here = _joined(known, inputs.get(name, {}), own.get(name, {}))
            self._take(state, here)
            for branch in state.get("Branches").elements().known:
                self._walk(branch, known, here, jsonata=jsonata)
            for processor in ("ItemProcessor", "Iterator"):
                inner = state.get(processor)
                if inner.fields():
                    variables: _Places = {
                        path: each for path, each in known.items() if path.root not in {"$", "$$", "$states"}
                    }
                    self._take(state, _item(state, here))
                    self._walk(inner, variables, _first(state, here), jsonata=jsonata)

    def _take(self, state: Data, places: _Places) -> None:
        if not places:
            return
        for data, text in _texts(state):
            for path in _paths(text):
                for index, step in enumerate(path.steps[:-1]):
                    receipts = places.get(Path(path.root, path.steps[:index]))
                    if step in _ATTRIBUTES and receipts:
                        self.taken[Taken(path.steps[index + 1], step, data.at, receipts)] = None


def _sent(state: Data) -> set[str]:
    given = (state.get(name, "MessageAttributes") for name in ("Parameters", "Arguments"))
    return {name for attributes in given for name in attributes.fields()}


def _receipt(state: Data) -> Receipt:
    asked: list[Asked] = []
    complete = True
    for given in ("Parameters", "Arguments"):
        request = state.get(given)
        if request.exists().is_no:
            continue
        members = request.fields()
        # What is not written as a mapping is made by an expression, and so is a list whose name ends with `.$`.
        complete &= bool(members)
        for list_ in (USER_LIST, *SYSTEM_LISTS):
            names, whole = _names(list_, members[list_]) if list_ in members else ([], f"{list_}.$" not in members)
            asked += names
            complete &= whole or list_ == USER_LIST
    return Receipt(tuple(asked), complete, state.get("Resource").at)


def _names(list_: str, data: Data) -> tuple[list[Asked], bool]:
    elements = data.elements()
    found: list[Asked] = []
    for each in elements.known:
        text = _word(each)
        if text and "{%" not in text and "${" not in text:
            found.append(Asked(list_, text, each.at))
    return found, elements.rest is None and len(found) == len(elements.known)


def _result(state: Data, result: _Places) -> _Places:
    """Give where the messages are behind a JSONPath task, by its result selector and result path."""
    selector = state.get("ResultSelector")
    if not selector.exists().is_no:
        result = _bound(selector, result)
    where = state.get("ResultPath")
    if isinstance(where.shape, Absent):
        # Nothing is written, and the result is all of the output; null throws it away.
        return result if "ResultPath" not in state.fields() else {}
    target = _path(_word(where))
    return (
        {Path("$", (*target.steps, *path.steps)): each for path, each in result.items()} if target is not None else {}
    )


def _output(state: Data, result: _Places) -> _Places:
    """Give where the next state of a JSONata task finds the messages in its input."""
    output = state.get("Output")
    if output.exists().is_no:
        return {Path("$states", ("input", *path.steps[1:])): each for path, each in result.items()}
    if output.fields():
        named = _bound(output, result)
        return {Path("$states", ("input", *path.steps)): each for path, each in named.items()}
    return _renamed(_word(output), result, Path("$states", ("input",)))


def _bound(data: Data, places: _Places, *, variables: bool = False) -> _Places:
    """Give where the members of a mapping have messages, as variables or in what the mapping makes."""
    found: _Places = {}
    for key, value in data.fields().items():
        name = key.removesuffix(".$")
        new = Path(f"${name}", ()) if variables else Path("$", (name,))
        _join(found, _renamed(_word(value), places, new))
    return found


def _item(state: Data, here: _Places) -> _Places:
    """Give where a map's own expressions have one of the messages that it goes over."""
    jsonata = not state.get("Items").exists().is_no
    path = Path("$states", ("context", "Map", "Item", "Value")) if jsonata else Path("$$", ("Map", "Item", "Value"))
    found = _renamed(_word(state.get("Items" if jsonata else "ItemsPath"), "$"), here, path)
    return {path: found[path]} if path in found else {}


def _first(state: Data, here: _Places) -> _Places:
    """Give where the first state of a map has the message."""
    jsonata = not state.get("Items").exists().is_no
    item = _item(state, here)
    start = ("input",) if jsonata else ()
    root = "$states" if jsonata else "$"
    for name in ("ItemSelector", "Parameters"):
        selector = state.get(name)
        if selector.fields():
            return {Path(root, (*start, *path.steps)): each for path, each in _bound(selector, item).items()}
        if not selector.exists().is_no:
            return {}
    return {Path(root, start): each for each in item.values()}


def _pass_on(name: str, states: Mapping[str, Data], inputs: dict[str, _Places]) -> None:
    """Give what a state has in its input to the states behind it too, as long as states only choose or wait."""
    waiting, seen = [name], set[str]()
    for here in waiting:
        state = states.get(here)
        if state is None or here in seen or _word(state.get("Type")) not in _PASSING:
            continue
        seen.add(here)
        if any(not state.get(shaping).exists().is_no for shaping in _SHAPING):
            continue
        choices = [choice.get("Next") for choice in state.get("Choices").elements().known]
        for following in (state.get("Next"), state.get("Default"), *choices):
            target = _word(following)
            if target:
                _join(inputs.setdefault(target, {}), inputs[here])
                waiting.append(target)


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


def _join(into: _Places, more: _Places) -> None:
    for path, receipts in more.items():
        into[path] = tuple(dict.fromkeys((*into.get(path, ()), *receipts)))


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


def _word(data: Data, default: str = "") -> str:
    value = data.text()
    return str(value.value) if isinstance(value, Known) else default
