"""What a program asks SQS for, which attributes of messages it reads, and which it sends."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from msglint.code.lists import SYSTEM_LISTS, USER_LIST
from msglint.code.program import (
    Called,
    Either,
    Element,
    Event,
    Imported,
    Listed,
    Literal,
    Mapped,
    Member,
    Name,
    Opaque,
    Program,
    Receive,
    Value,
)

LARGEST = 512 * 1024
"""The longest program that is read, in characters."""

_LANGUAGES = {".py": "python", ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript"}
_ENUMERATIONS = frozenset({"MessageSystemAttributeName", "QueueAttributeName"})
_RESOURCE_NAMES = {"message_attributes": "MessageAttributes", "attributes": "Attributes"}
_SOURCE = "aws:sqs"
_CALLS = frozenset({"receive_message", "receive_messages", "receiveMessage", "send"})
_SDK = re.compile(
    r"(?:aio)?boto3\.(?:(?:session\.)?Session\.\(\)\.)?"
    r"(?:client\.\(sqs\)|resource\.\(sqs\)(?:\.meta\.client|\.(?:Queue|get_queue_by_name|create_queue)\.\(.*\)|"
    r"\.queues\.(?:all|filter|limit)\.\(\)\.\[\]))"
    r"|@aws-sdk/client-sqs\.(?:SQS\.\(\)|ReceiveMessageCommand)"
    r"|aws-sdk(?:\.SQS|/clients/sqs)\.\(\)"
)
"""What receives messages, in boto3 and in both versions of the SDK for JavaScript."""
_PASSING = re.compile(
    r"aws_lambda_powertools\.utilities\.data_classes\.(?:sqs_event\.)?SQSEvent"
    r"|aws-xray-sdk(?:-core)?\.capture(?:AWS|AWSClient|AWSv3Client)"
)
"""What gives its argument in another dress."""
_DEEPEST = 40
_LONGEST_WAY = 8
_MOST_WAYS = 16


class Asked(msgspec.Struct, frozen=True):
    """A name in one of the lists of a ReceiveMessage, and where it stands."""

    name: str
    list: str
    start: int
    end: int


class Received(msgspec.Struct, frozen=True):
    """A call of ReceiveMessage: the names that it asks for, and whether these are all the system attributes."""

    asked: tuple[Asked, ...]
    complete: bool
    start: int
    end: int


class Read(msgspec.Struct, frozen=True):
    """A read of an attribute: from the messages of these calls, or (none) from the records of an event."""

    name: str
    user: bool
    start: int
    end: int
    receives: tuple[Received, ...]


class Facts(msgspec.Struct, frozen=True):
    """All that a program says about the attributes of messages."""

    receives: tuple[Received, ...] = ()
    reads: tuple[Read, ...] = ()
    sent: frozenset[str] = frozenset()


def facts(text: str, suffix: str, handler: str = "") -> Facts:
    """Read a program by the suffix of its language; no facts where it cannot be read.

    `handler` is the name of the function that Lambda calls with an event, where it is one of this program.
    """
    program = _program(text, _LANGUAGES.get(suffix, ""), handler) if len(text) <= LARGEST else None
    if program is None:
        return Facts()
    try:
        return _Analysis(program, any_source=_tells_sources(program) and _SOURCE not in text).facts()
    except RecursionError:
        return Facts()


def _tells_sources(program: Program) -> bool:
    return any(member.name in {"eventSource", "event_source"} for member in program.members)


def _program(text: str, language: str, handler: str) -> Program | None:
    # Each parser is loaded only for a program of its language.
    match language:
        case "python":
            from msglint.code import python  # noqa: PLC0415

            return python.read(text, handler)
        case "javascript":
            from msglint.code import javascript  # noqa: PLC0415

            return javascript.read(text, handler)
        case _:
            return None


_PYTHON_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+\(?([\w, \t]*)|import[ \t]+([\w., \t]+))", re.M
)
_JAVASCRIPT_IMPORT = re.compile(r"""(?:\brequire\s*\(|\bfrom|\bimport\s*\(?)\s*["'](\.{1,2}/[^"'\n]+)["']""")


def imports(text: str, suffix: str) -> Iterator[tuple[str, ...]]:
    """Give the modules of its own that a program may import: for each the paths that it may have, without a suffix.

    A path of Python begins at the root of the program or, with `./`, beside the importing file.
    """
    if _LANGUAGES.get(suffix) == "javascript":
        for match in _JAVASCRIPT_IMPORT.finditer(text):
            yield (match[1], f"{match[1]}/index")
        return
    for match in _PYTHON_IMPORT.finditer(text):
        origin, names, plain = match.groups()
        if plain is not None:
            for name in plain.split(","):
                words = name.split()
                if words:
                    yield _module("", words[0])
            continue
        dots = len(origin) - len(origin.lstrip("."))
        start = "./" + "../" * (dots - 1) if dots else ""
        package = origin.lstrip(".")
        if package:
            yield _module(start, package)
        for name in names.split(","):
            words = name.split()
            if words:
                yield _module(start, f"{package}.{words[0]}" if package else words[0])


def handed_on(text: str, suffix: str, name: str) -> Iterator[tuple[str, ...]]:
    """Give the modules, as `imports` names them, that a program takes a function from to give it as its own."""
    if _LANGUAGES.get(suffix) == "javascript":
        word = rf"\b{re.escape(name)}\b"
        taken = rf"\bexport\s*(?:\*|\{{[^}}]*{word}[^}}]*\}})\s*from\s*|\bexports\.{word}\s*=\s*require\s*\(\s*"
        for match in re.finditer(rf"""(?:{taken})["'](\.{{1,2}}/[^"'\n]+)["']""", text):
            yield (match[1], f"{match[1]}/index")
        return
    for match in _PYTHON_IMPORT.finditer(text):
        origin, names, _ = match.groups()
        if origin and name in (each.strip() for each in names.split(",")):
            dots = len(origin) - len(origin.lstrip("."))
            yield _module("./" + "../" * (dots - 1) if dots else "", origin.lstrip("."))


def _module(start: str, name: str) -> tuple[str, ...]:
    path = start + name.replace(".", "/")
    return (path, f"{path}/__init__")


class _Way(NamedTuple):
    """How a value is reached: from one of these or (None) from anywhere, by these members."""

    origin: Receive | Event | Imported | None
    steps: tuple[str, ...]

    def then(self, step: str) -> "_Way":
        return self if self.origin is None else _Way(self.origin, (*self.steps, step))

    def imported(self) -> str:
        """Give the path of what others made; empty where it is nothing such."""
        return ".".join((self.origin.module, *self.steps)) if isinstance(self.origin, Imported) else ""


class _Analysis:
    """Follows values to where they come from. What is written nowhere, and what goes too far, is not followed."""

    def __init__(self, program: Program, *, any_source: bool) -> None:
        """Take a program; `any_source`: its events come from sources that are not told."""
        self._program = program
        self._any_source = any_source
        self._ways: dict[int, frozenset[_Way]] = {}
        self._hooked = any(map(_hooks, program.members)) or not program.assigned.isdisjoint(_CALLS)
        self._received = {id(each): self._receive(each) for each in program.receives if self._is_of_sdk(each)}

    def facts(self) -> Facts:
        reads = dict.fromkeys(read for member in self._program.members if (read := self._read(member)) is not None)
        return Facts(tuple(self._received.values()), tuple(reads), frozenset(self._program.sent))

    def _read(self, member: Member) -> Read | None:
        """Give the attribute that a member is, wherever its value may come from."""
        if member.name in self._program.assigned:
            # What the program writes there itself may be there.
            return None
        ways = self._follow(member, 0)
        kinds = {_attributes(way) for way in ways}
        if len(kinds) != 1:
            return None
        (user,) = kinds
        if user is None:
            return None
        if any(step in self._program.assigned for way in ways for step in way.steps):
            return None
        calls = {id(way.origin): self._received[id(way.origin)] for way in ways if isinstance(way.origin, Receive)}
        if self._any_source and not calls:
            return None
        return Read(member.name, user, member.start, member.end, tuple(calls.values()))

    def _follow(self, value: Value, depth: int) -> frozenset[_Way]:
        found = self._ways.get(id(value))
        if found is None:
            # What refers to itself adds nothing to what it is.
            self._ways[id(value)] = frozenset()
            found = self._ways[id(value)] = self._followed(value, depth + 1) if depth < _DEEPEST else _ANYTHING
        return found

    def _followed(self, value: Value, depth: int) -> frozenset[_Way]:
        match value:
            case Name(name=name, scope=scope):
                owner = scope.owner(name)
                bound = owner.bound[name] if owner is not None and name not in owner.mixed else []
                return self._all(bound, depth) if bound else _ANYTHING
            case Either(values=values):
                return self._all(values, depth)
            case Member(of=of, name=name):
                return frozenset(way.then(name) for way in self._follow(of, depth) if len(way.steps) < _LONGEST_WAY)
            case Element(of=of):
                return frozenset(way.then("[]") for way in self._follow(of, depth) if len(way.steps) < _LONGEST_WAY)
            case Called(of=of, argument=argument):
                functions = self._follow(of, depth)
                if functions and all(_PASSING.fullmatch(way.imported()) for way in functions):
                    return self._follow(argument, depth)
                return frozenset(way.then(_call(argument)) for way in functions if len(way.steps) < _LONGEST_WAY)
            case Receive(messages=messages):
                if not self._is_of_sdk(value):
                    return _ANYTHING
                return frozenset({_Way(value, ("Messages",) if messages else ())})
            case Event() | Imported():
                return frozenset({_Way(value, ())})
            case Mapped(members=members, open=more):
                return _ANYTHING if members or more else frozenset()
            case Listed(items=items):
                return _ANYTHING if self._all(items, depth) else frozenset()
            case Opaque():
                return _ANYTHING
            case Literal():
                return frozenset()

    def _is_of_sdk(self, receive: Receive) -> bool:
        """Say whether it is SQS that is called, by the SDK itself and nothing that somebody wrote around it."""
        ways = self._follow(receive.of, 0)
        return bool(ways) and all(_SDK.fullmatch(way.imported()) for way in ways)

    def _all(self, values: "list[Value] | tuple[Value, ...]", depth: int) -> frozenset[_Way]:
        ways = frozenset(way for each in values for way in self._follow(each, depth))
        return ways if len(ways) <= _MOST_WAYS else _ANYTHING

    def _receive(self, receive: Receive) -> Received:
        request, complete = self._request(receive.request, 0)
        asked: list[Asked] = []
        for name in (USER_LIST, *SYSTEM_LISTS):
            names, whole = self._names(request[name], 0) if name in request else ([], True)
            asked += [Asked(text, name, start, end) for text, start, end in names]
            complete &= whole or name == USER_LIST
        return Received(tuple(asked), complete and not self._hooked, receive.start, receive.end)

    def _request(self, value: Value, depth: int) -> tuple[Mapping[str, Value], bool]:
        match value:
            case Mapped(members=members, open=more):
                return members, not more
            case Name():
                bound, alone = _only(value)
                if bound is not None and depth < _DEEPEST:
                    members, complete = self._request(bound, depth + 1)
                    return members, complete and alone
        return {}, False

    def _names(self, value: Value, depth: int) -> tuple[list[tuple[str, int, int]], bool]:
        match value:
            case Literal(text=text, start=start, end=end):
                return [(text, start, end)], True
            case Member(of=Name(name=name), name=text, start=start, end=end) if name in _ENUMERATIONS:
                return [(text, start, end)], True
            case Listed(items=items):
                each = [self._names(item, depth) for item in items]
                return [name for names, _ in each for name in names], all(whole for _, whole in each)
            case Name():
                bound, alone = _only(value)
                if bound is not None and depth < _DEEPEST:
                    names, whole = self._names(bound, depth + 1)
                    return names, whole and alone
        return [], False


_ANYTHING = frozenset({_Way(None, ())})


def _call(argument: Value) -> str:
    """Give the step of a call; what is made with parameters for all its requests has another name."""
    match argument:
        case Literal(text=text):
            return f"({text})"
        case Mapped(members={"params": _}):
            return "(params)"
        case _:
            return "()"


def _hooks(member: Member) -> bool:
    """Say whether it is a member of a client by which a program changes the requests that it makes."""
    match member:
        case Member(name="middlewareStack") | Member(name="events", of=Member(name="meta")):
            return True
        case _:
            return False


def _only(name: Name) -> tuple[Value | None, bool]:
    """Give the one value of a name, and whether it is never written to."""
    owner = name.scope.owner(name.name)
    match owner.bound[name.name] if owner is not None else []:
        case [value]:
            return value, owner is not None and name.name not in owner.changed
        case _:
            return None, False


def _attributes(way: _Way) -> bool | None:
    """Say whether a way leads to a user attribute, or to a system attribute; None: to neither."""
    match way:
        case _Way(origin=Event(), steps=("Records", "[]", "messageAttributes", _)):
            return True
        case _Way(origin=Event(), steps=("records", "[]", "message_attributes", _)):
            # As Powertools for AWS Lambda call them in Python.
            return True
        case _Way(origin=Event(), steps=("Records", "[]", "attributes", _)):
            return False
        case _Way(origin=Receive(messages=messages), steps=("Messages", "[]", attributes, _)):
            return _RECEIVED.get(_RESOURCE_NAMES.get(attributes, "") if messages else attributes)
        case _:
            return None


_RECEIVED = {"MessageAttributes": True, "Attributes": False}
