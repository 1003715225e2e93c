"""Which attributes of messages the resources of a run look for, and which they send."""

import re
from collections.abc import Iterator
from itertools import chain

import msgspec

from msglint.model.apigateway import HttpIntegration, Method, RestApi
from msglint.model.data import Data
from msglint.model.events import Pipe
from msglint.model.expression import Items
from msglint.model.lambda_ import EventSourceMapping, Function
from msglint.model.model import Model
from msglint.model.polling import is_queue, source
from msglint.model.receive import How, Use
from msglint.model.resource import Resource
from msglint.model.state_machine import StateMachine
from msglint.model.states import Machine
from msglint.model.value import Known
from msglint.verdict import NO, Doubt, Reason, Verdict, unknown

_PLACEHOLDER = re.compile(r"<\$\.(messageAttributes|attributes)\.([\w.-]+?)(?:\.\w+Values?)?>")
_LISTS = {"messageAttributes": True, "attributes": False}


def uses(resource: Resource, model: Model) -> Iterator[Use]:
    """Give all attributes that a resource looks for."""
    match resource:
        case StateMachine():
            yield from Machine(resource.definition).uses()
        case Function():
            # The readers of code are loaded where a function is judged.
            from msglint.model import handler  # noqa: PLC0415

            yield from handler.uses(resource, model)
        case Method() | HttpIntegration() | RestApi():
            for integration in resource.integrations():
                yield from integration.uses()
        case EventSourceMapping():
            yield from _filtered(resource.filters, is_queue(source(resource, model)))
        case Pipe():
            queue = is_queue(source(resource, model))
            yield from _filtered(resource.filters, queue)
            enriching, passing = resource.templates()
            yield from _passed(enriching, queue)
            # Behind an enrichment the template is filled from what that gives.
            yield from _passed(passing, queue & ~resource.enrichment.exists())


def _filtered(filters: Data, queue: Verdict) -> Iterator[Use]:
    if queue.is_no:
        return
    entries = filters.elements()
    found = [list(_wanted(entry.get("Pattern"), queue)) for entry in entries.known]
    # A message comes through if one pattern matches.
    all_fail = entries.rest is None and all(any(use.misplaced for use in wanted) for wanted in found)
    for use in chain.from_iterable(found):
        yield use if all_fail else msgspec.structs.replace(use, how=How.FILTERED_BESIDE)


def _wanted(pattern: Data, queue: Verdict) -> Iterator[Use]:
    for list_, user in _LISTS.items():
        for name, data in pattern.get(list_).fields().items():
            if not _wants_none(data):
                yield Use(name, user, How.FILTERED, list_, data.at, applies=queue)


def _wants_none(data: Data) -> bool:
    """Say whether a part of a pattern matches where nothing is."""
    stack = [data]
    while stack:
        here = stack.pop()
        if isinstance(here.shape, Items):
            stack += here.elements().known
        elif here.get("exists").boolean(True).holds(lambda exists: not exists).is_yes:
            return True
        else:
            stack += here.fields().values()
    return False


def _passed(template: Data, queue: Verdict) -> Iterator[Use]:
    value = template.text()
    for list_, name in _PLACEHOLDER.findall(str(value.value)) if isinstance(value, Known) else ():
        if not queue.is_no:
            yield Use(name, _LISTS[list_], How.PASSED, list_, template.at, applies=queue)


def sent(name: str, model: Model) -> Verdict:
    """Say whether a function or a state machine of the run sends a user attribute of this name."""
    producer = model.once(_senders, lambda: _senders(model)).get(name)
    if producer is None:
        return NO
    text = f"{producer} sends messages with a user attribute of this name"
    return unknown(Reason(Doubt.OUTSIDE, text, producer.at))


def _senders(model: Model) -> dict[str, Resource]:
    """Give who sends which user attributes, in whatever scenario."""
    from msglint.model import handler  # noqa: PLC0415  # as above

    found: dict[str, Resource] = {}
    for machine in model.declared(StateMachine):
        found |= dict.fromkeys(Machine(machine.definition).sent, machine)
    for function in model.declared(Function):
        found |= dict.fromkeys(handler.sent(function, model), function)
    return found
