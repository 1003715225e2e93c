"""The events that a rule's targets put back on the bus that the rule listens on."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from msglint.model.data import Data
from msglint.model.event_pattern import Event, fields_asked, matches_event
from msglint.model.events import DEFAULT_BUS, EventBus, Pipe, Rule, Target
from msglint.model.expression import Fields, Items
from msglint.model.lambda_ import Alias, Function, Version, function_of, invoke_configs
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.sqs import Queue
from msglint.model.state_machine import StateMachine
from msglint.model.target import FUNCTION, QUEUE, STATE_MACHINE, leads_to, targets
from msglint.model.text import ARN_COLONS, Text, same
from msglint.model.value import Absent, Known, Mentions, Unknown, Value, made_of, says
from msglint.source import Place
from msglint.verdict import YES, Doubt, Reason, Verdict, all_of, unknown

PUT_EVENTS = re.compile(r"arn:[\w-]+:states:::(?:events:putEvents|aws-sdk:eventbridge:putEvents)(?:\.\w+)?")
_SUBSTITUTION = re.compile(r"\$\{(\w+)\}")
_KEPT = frozenset({"version", "source", "detail-type", "account", "region", "resources", "detail"})
"""The fields that an event keeps on its way to another bus; a new one has an id and a time of its own."""


class PutBack(NamedTuple):
    """An event that comes back: what puts it there, and whether the rule takes it."""

    matches: Verdict
    by: Resource
    at: Place
    what: str


def put_back(rule: Rule, model: Model) -> Iterator[PutBack]:
    """Give the events that the targets of a rule put back on its bus."""
    around = rule.around
    home = _bus(rule.bus, around, model) if around and not rule.pattern.exists().is_no else None
    if home is None:
        return
    bus = _Bus(home, around, model)
    for target in targets(rule, model):
        if bus.is_named_by(target.destination.text()):
            yield PutBack(_same_again(rule, target), target.owner, target.destination.at, "what it matches back")
            continue
        for by, at, what, comes, event in _through(target, bus):
            whole: Event = {"version": Text.literal("0"), "account": around[4], "region": around[3], **event}
            yield PutBack(matches_event(rule.pattern, whole) & comes, by, at, what)


class _Put(NamedTuple):
    """One way for events to a bus: who puts them, where that is written, what and when, and what is known of them."""

    by: Resource
    at: Place
    what: str
    comes: Verdict
    event: Mapping[str, Event]


def _through(target: Target, bus: "_Bus") -> Iterator[_Put]:
    """Give what a target puts on a bus in its turn."""
    ways = ((FUNCTION, _by_function), (STATE_MACHINE, _by_machine), (QUEUE, _by_pipe))
    for kind, way in ways:
        if not leads_to(target.destination, kind, bus.model).is_no:
            yield from way(target, bus)


class _Bus:
    """The bus that a rule listens on."""

    __slots__ = ("_arn", "_around", "model")

    def __init__(self, arn: Text, around: Sequence[Text], model: Model) -> None:
        self._arn = arn
        self._around = around
        self.model = model

    def is_named_by(self, value: Value[Text]) -> bool:
        """Say whether an ARN or name is certain to be this bus."""
        if isinstance(value, Absent):
            return False
        other = _bus(value, self._around, self.model)
        return other is not None and same(other, self._arn, _NOT_KNOWN).is_yes


_NOT_KNOWN = Reason(Doubt.OUTSIDE, "not all of the event that comes back is known before it happens")


def _bus(value: Value[Text], around: Sequence[Text], model: Model) -> Text | None:
    """Give the ARN of the bus that a name or ARN stands for, in the account and Region of a rule."""
    named = made_of(value)
    record = model.record(named[0].resource) if len(named) == 1 else None
    if record is not None:
        return EventBus(record).arn if record.type == EventBus.KIND else None
    match value:
        case Absent():
            text = Text.literal(DEFAULT_BUS)
        case Known(value=text):
            pass
        case _:
            return None
    if text.starts_with("arn:").is_yes:
        return text
    return Text.of(Text.join(":", around), ":event-bus/", text)


def _same_again(rule: Rule, target: Target) -> Verdict:
    """Say whether a rule matches an event again that it sends back to its bus as it is."""
    at = target.destination.at
    shape = rule.pattern.structure()
    if isinstance(shape, Unknown | Mentions):
        return unknown(shape.reason)
    if not target.passes_events.is_yes:
        return unknown(Reason(Doubt.OUTSIDE, "what becomes of an event that the target changes is not documented", at))
    other = sorted(fields_asked(rule.pattern) - _KEPT)
    return unknown(Reason(Doubt.OUTSIDE, f"the event that comes back has another {other[0]}", at)) if other else YES


def _by_function(target: Target, bus: _Bus) -> Iterator[_Put]:
    """Give the records that Lambda puts on a bus which is a destination of asynchronous calls.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    function = function_of(target.destination.text(), bus.model)
    if not isinstance(function, Function):
        return
    for config, its in invoke_configs(function, bus.model):
        called = _calls(target.destination.text(), config.qualifier, bus.model) & its
        for outcome, destination in (("Success", config.on_success), ("Failure", config.on_failure)):
            if called.is_no or not bus.is_named_by(destination.text()):
                continue
            success = outcome == "Success"
            context: Event = {
                "requestId": _NOT_KNOWN,
                "functionArn": _NOT_KNOWN,
                "condition": Text.literal(outcome) if success else _NOT_KNOWN,
                "approximateInvokeCount": _NOT_KNOWN,
            }
            detail: Event = {
                "version": Text.literal("1.0"),
                "requestContext": context,
                **dict.fromkeys(("timestamp", "requestPayload", "responseContext", "responsePayload"), _NOT_KNOWN),
            }
            event: Mapping[str, Event] = {
                **dict.fromkeys(("id", "time", "resources"), _NOT_KNOWN),
                "source": Text.literal("lambda"),
                "detail-type": Text.literal(f"Lambda Function Invocation Result - {outcome}"),
                "detail": detail,
            }
            what = f"a record of each call that {'succeeds' if success else 'fails'}"
            yield _Put(function, destination.at, what, called, event)


def _calls(value: Value[Text], qualifier: Value[Text], model: Model) -> Verdict:
    """Say whether a function's ARN means the version or alias that a configuration is for."""
    named = made_of(value)
    record = model.record(named[0].resource) if len(named) == 1 else None
    if record is not None and record.type in {Alias.KIND, Version.KIND}:
        name, wanted = Resource(record).properties.get("Name").text(), qualifier
        if isinstance(name, Known) and isinstance(wanted, Known):
            return same(name.value, wanted.value, _NOT_KNOWN)
        return unknown(_NOT_KNOWN)
    pieces = value.value.split(":") if isinstance(value, Known) and value.value.refers is None else None
    if pieces is not None and len(pieces) > ARN_COLONS + 2:
        return says(qualifier, pieces[-1].literal_value or "")
    return says(qualifier, "$LATEST")


def _by_machine(target: Target, bus: _Bus) -> Iterator[_Put]:
    """Give what the tasks of a state machine put on a bus.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
    """
    machine = bus.model.find(target.destination.text(), StateMachine)
    if not isinstance(machine, StateMachine):
        return
    for named, put in bus.model.once((_puts, machine.record.key), lambda: tuple(_puts(machine))):
        if bus.is_named_by(named):
            yield put


def _puts(machine: StateMachine) -> Iterator[tuple[Value[Text], _Put]]:
    """Give the events that the tasks of a state machine put, each with the name of the bus."""
    every = list(machine.states())
    # A choice may be what ends the loop.
    chooses = any(state.get("Type").word() == "Choice" for state in every)
    doubt = Reason(Doubt.NOT_UNDERSTOOD, f"a choice of {machine} may end the loop", machine.definition.at)
    comes = unknown(doubt) if chooses else YES
    for state in every:
        if not PUT_EVENTS.fullmatch(state.get("Resource").word()):
            continue
        for request in ("Parameters", "Arguments"):
            for entry in state.get(request, "Entries").elements().known:
                put = _Entry(machine, entry)
                yield put.bus(), _Put(machine, state.get("Resource").at, put.what(), comes, put.event())


class _Entry:
    """An entry of a call of PutEvents in a state machine."""

    __slots__ = ("_entry", "_machine")

    def __init__(self, machine: StateMachine, entry: Data) -> None:
        self._machine = machine
        self._entry = entry

    def bus(self) -> Value[Text]:
        name = self._entry.get("EventBusName")
        if name.exists().is_no and "EventBusName.$" not in self._entry.fields():
            return Known(Text.literal(DEFAULT_BUS), name.at)
        text = self._member("EventBusName")
        return Known(text, name.at) if isinstance(text, Text) else Unknown(_NOT_KNOWN, name.at)

    def what(self) -> str:
        source = self._member("Source")
        return f"events of {source}" if isinstance(source, Text) else "events"

    def event(self) -> Mapping[str, Event]:
        return {
            **dict.fromkeys(("id", "time", "resources"), _NOT_KNOWN),
            "source": self._member("Source"),
            "detail-type": self._member("DetailType"),
            "detail": self._member("Detail"),
        }

    def _member(self, name: str) -> Event:
        data = self._entry.get(name)
        return _NOT_KNOWN if data.exists().is_no else self._read(data)

    def _read(self, data: Data) -> Event:
        shape = data.structure()
        match shape:
            case Fields():
                # What ends with `.$` is a path into the input of the state.
                return {
                    name.removesuffix(".$"): _NOT_KNOWN if name.endswith(".$") else self._read(part)
                    for name, part in data.fields().items()
                }
            case Items(items=items):
                return tuple(self._read(Data(item)) for item in items)
            case Known(value=Text() as text):
                return self._substituted(text)
            case Known(value=value):
                return value
            case Unknown(reason=reason) | Mentions(reason=reason):
                return reason
            case _:
                return None

    def _substituted(self, text: Text) -> Event:
        """Fill in what the state machine's definition is given; an expression of JSONata gives anything."""
        literal = text.literal_value
        if literal is None:
            return text
        if "{%" in literal:
            return _NOT_KNOWN
        parts: list[str | Text] = []
        for index, piece in enumerate(_SUBSTITUTION.split(literal)):
            value = self._machine.properties.get("DefinitionSubstitutions", piece).text() if index % 2 else None
            if index % 2 and not isinstance(value, Known):
                return _NOT_KNOWN
            parts.append(value.value if isinstance(value, Known) else piece)
        return Text.of(*parts)


def _by_pipe(target: Target, bus: _Bus) -> Iterator[_Put]:
    """Give what a pipe puts on a bus for the messages of a queue.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html
    """
    queue = bus.model.find(target.destination.text(), Queue)
    if not isinstance(queue, Queue):
        return
    for mention in bus.model.pollers(queue):
        record = bus.model.record(mention.by)
        if record is None or record.type != Pipe.KIND or not record.part.exists(record.id):
            continue
        pipe = Pipe(record)
        if not bus.is_named_by(pipe.target.text()):
            continue
        narrowed = Reason(Doubt.OUTSIDE, f"{pipe} may not pass on every event", pipe.at)
        passes = all_of(~each.exists() for each in (pipe.filters, pipe.enrichment))
        names = {"source": pipe.event.get("Source"), "detail-type": pipe.event.get("DetailType")}
        event: Mapping[str, Event] = {
            **dict.fromkeys(("id", "time", "resources", "detail"), _NOT_KNOWN),
            **{name: _constant(data) for name, data in names.items()},
        }
        source = event["source"]
        what = f"events of {source}" if isinstance(source, Text) else "events"
        yield _Put(pipe, pipe.target.at, what, YES if passes.is_yes else unknown(narrowed), event)


def _constant(data: Data) -> Event:
    """Give a parameter of a pipe's target, unless it is a path into the event."""
    value = data.text()
    if not isinstance(value, Known):
        return _NOT_KNOWN
    literal = value.value.literal_value
    return _NOT_KNOWN if literal is not None and "$" in literal else value.value
