"""The little that is kept of a program, whichever language it is written in: values, names, and ways to members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeAlias

import msgspec


class Name(msgspec.Struct, frozen=True, eq=False):
    """A variable, looked up from the scope that it is used in."""

    name: str
    scope: Scope


class Member(msgspec.Struct, frozen=True, eq=False):
    """A member of a value by its literal name, which stands between two offsets of the program."""

    of: Value
    name: str
    start: int
    end: int


class Element(msgspec.Struct, frozen=True, eq=False):
    """Any one element of a list: by an index, by a loop, by a callback."""

    of: Value


class Literal(msgspec.Struct, frozen=True, eq=False):
    """A text."""

    text: str
    start: int
    end: int


class Listed(msgspec.Struct, frozen=True, eq=False):
    """A list as it is written."""

    items: tuple[Value, ...]


class Mapped(msgspec.Struct, frozen=True, eq=False):
    """A mapping as it is written; `open` where more may be in it than is written."""

    members: Mapping[str, Value]
    open: bool


class Either(msgspec.Struct, frozen=True, eq=False):
    """One of several values."""

    values: tuple[Value, ...]


class Imported(msgspec.Struct, frozen=True, eq=False):
    """A module of others, by the name that it is imported by."""

    module: str


class Called(msgspec.Struct, frozen=True, eq=False):
    """What a function gives that is called with this argument first, or what a class makes."""

    of: Value
    argument: Value


class Event(msgspec.Struct, frozen=True, eq=False):
    """The event that Lambda hands to the handler."""


class Receive(msgspec.Struct, frozen=True, eq=False):
    """What looks like a call of ReceiveMessage; `messages`: it gives the messages, not an answer that holds them."""

    of: Value
    """Whose method it is, or the class of the command."""
    request: Value
    start: int
    end: int
    messages: bool = False


class Opaque(msgspec.Struct, frozen=True, eq=False):
    """Anything else."""


Value: TypeAlias = (
    Name | Member | Element | Literal | Listed | Mapped | Either | Imported | Called | Event | Receive | Opaque
)

UNSEEN = Opaque()
EVENT = Event()
EMPTY = Mapped({}, open=False)
"""A value that has no members, such as a number."""


class Scope:
    """The names that a function, or the whole program, binds."""

    __slots__ = ("bound", "changed", "mixed", "parent")

    def __init__(self, parent: Scope | None = None) -> None:
        self.parent = parent
        self.bound: dict[str, list[Value]] = {}
        self.changed: set[str] = set()
        """Names whose value is written to after it was made."""
        self.mixed: set[str] = set()
        """Names whose value gets members from elsewhere that are not named."""

    def bind(self, name: str, value: Value) -> None:
        """Say that a name may have a value."""
        self.bound.setdefault(name, []).append(value)

    def owner(self, name: str) -> Scope | None:
        """Give the scope that a name belongs to."""
        scope: Scope | None = self
        while scope is not None and name not in scope.bound:
            scope = scope.parent
        return scope


class Program(msgspec.Struct, frozen=True):
    """What a program reads, receives and sends."""

    members: list[Member]
    receives: list[Receive]
    sent: set[str]
    """The names of the message attributes that the program writes."""
    assigned: set[str]
    """The names of all members that the program writes to."""


class _Call(NamedTuple):
    """A call of a function or method of the program's own."""

    function: str
    arguments: Sequence[Value]
    of: Value | None
    named: Mapped

    def hands(self, parameters: Sequence[str]) -> Iterator[tuple[str, Value]]:
        """Give what each parameter gets; anything, where arguments are not written one by one."""
        yield from zip(parameters, self.arguments, strict=False)
        for parameter in parameters[len(self.arguments) :]:
            if parameter in self.named.members:
                yield parameter, self.named.members[parameter]
            elif self.named.open:
                yield parameter, UNSEEN


class Builder:
    """Collects a program while it is walked; both languages tell it the same things."""

    def __init__(self) -> None:
        self.scope = Scope()
        self._program = Program([], [], set(), set())
        self._instance = self.scope
        self._functions: dict[str, list[tuple[Scope, Sequence[str]]]] = {}
        self._classes: set[str] = set()
        self._calls: list[_Call] = []
        self._changes: list[tuple[Name, bool]] = []

    def name(self, name: str) -> Name:
        """Give a variable of the scope that is walked."""
        return Name(name, self.scope)

    def member(self, of: Value, name: str, start: int, end: int) -> Member:
        """Give a member, and note that it is read."""
        member = Member(of, name, start, end)
        self._program.members.append(member)
        return member

    def mapped(self, members: Mapping[str, Value], *, open: bool) -> Mapped:  # noqa: A002  # as in `Mapped`
        """Give a mapping, and note the message attributes in it, which are mappings with a data type themselves."""
        for name, value in members.items():
            self._sends(name, value)
        return Mapped(members, open)

    def assigned(self, name: str, value: Value) -> None:
        """Note that a member of this name is written to."""
        self._program.assigned.add(name)
        self._sends(name, value)

    def _sends(self, name: str, value: Value) -> None:
        if isinstance(value, Mapped) and not value.members.keys().isdisjoint(_TYPED):
            self._program.sent.add(name)

    def own(self, name: str) -> Name:
        """Give a member of the object whose class is walked, which has one value for all its methods."""
        return Name(f"self.{name}", self._instance)

    def owns(self, name: str, value: Value) -> None:
        """Say that this member may have a value."""
        self._instance.bind(f"self.{name}", value)

    @contextmanager
    def inside_class(self, name: str) -> Iterator[None]:
        """Walk a class inside the present scope."""
        outer = self._instance
        self._classes.add(name)
        with self.inside():
            self._instance = self.scope
            try:
                yield
            finally:
                self._instance = outer

    def receive(self, of: Value, request: Value, start: int, end: int, *, messages: bool = False) -> Receive:
        """Give a call of ReceiveMessage."""
        receive = Receive(of, request, start, end, messages)
        self._program.receives.append(receive)
        return receive

    def changed(self, value: Value, *, mixed: bool = False) -> None:
        """Note that a value is written to; `mixed`: with members that are not named."""
        while isinstance(value, Member | Element):
            value = value.of
        if isinstance(value, Name):
            self._changes.append((value, mixed))

    @contextmanager
    def inside(self, function: str = "", parameters: Sequence[str] = ()) -> Iterator[None]:
        """Walk a scope inside the present one, of a function where it has a name or parameters."""
        outer = self.scope
        self.scope = Scope(outer)
        self.scope.bound.update({parameter: [] for parameter in parameters})
        if function:
            self._functions.setdefault(function, []).append((self.scope, parameters))
        try:
            yield
        finally:
            self.scope = outer

    def call(
        self, function: str, arguments: Sequence[Value], of: Value | None = None, named: Mapped | None = None
    ) -> None:
        """Note a call of a function by its name, or of a method of some object."""
        self._calls.append(_Call(function, arguments, of, EMPTY if named is None else named))

    def _is_own(self, value: Value) -> bool:
        """Say whether a value is an object of a class of this program."""
        match value:
            case Called(of=Name(name=name)):
                return name in self._classes
            case Name(name=name, scope=scope):
                owner = scope.owner(name)
                bound = owner.bound[name] if owner is not None else []
                return len(bound) == 1 and isinstance(bound[0], Called) and self._is_own(bound[0])
            case _:
                return False

    def program(self) -> Program:
        """Give the program: a parameter is what the function's own callers pass, where there are some."""
        for call in self._calls:
            match self._functions.get(call.function):
                case [(scope, parameters)] if call.of is None or self._is_own(call.of):
                    for parameter, argument in call.hands(parameters):
                        scope.bind(parameter, argument)
        for change, mixed in self._changes:
            owner = change.scope.owner(change.name)
            if owner is not None:
                owner.changed.add(change.name)
                if mixed:
                    owner.mixed.add(change.name)
        return self._program


_TYPED = frozenset({"DataType", "StringValue", "BinaryValue"})
