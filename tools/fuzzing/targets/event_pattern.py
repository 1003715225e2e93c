"""Event patterns: the first line of an input is one, the second an event, both in JSON."""

import json
from typing import Any

from fuzzing.target import Target, words
from msglint.model.data import Data
from msglint.model.event_pattern import fields_asked, matches_event, matches_every
from msglint.model.expression import Given
from msglint.model.json_text import parse
from msglint.model.text import Text
from msglint.source import Document
from msglint.verdict import Doubt, Reason

_AT = Document("t", "pattern").spot(0, 7)
_LATER = Reason(Doubt.OUTSIDE, "known later", _AT)
WORDS = words(
    """
    "source": "detail-type": "detail": "$or":[ "anything-but": "cidr": "equals-ignore-case": "exists": "numeric":[">",
    "prefix": "suffix": "wildcard":"a*b" "account": "region": "later" { } [ ] , null true 1e5 -0.0 "10.0.0.0/8"
    "::1/64" \\u0000 ␤ "=" "<=" "a"
    """
)


def _check(data: bytes) -> None:
    written, _, happened = data.decode("utf-8", "replace").partition("\n")
    pattern = Data(Given(parse(Text.literal(written), _AT)))
    fields_asked(pattern)
    everything = matches_every(pattern, [])
    try:
        event = json.loads(happened)
    except (ValueError, RecursionError):
        return
    if isinstance(event, dict) and len(happened) < 1000 and not _deep(event):
        said = matches_event(pattern, _event(event))
        assert not (everything.is_yes and said.is_no and "source" in event and "detail" in event)


def _deep(value: Any, level: int = 0) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return level > 50 or any(_deep(each, level + 1) for each in inner)


def _event(value: Any) -> Any:
    match value:
        case "later":
            return _LATER
        case dict():
            return {name: _event(each) for name, each in value.items()}
        case list():
            return tuple(_event(each) for each in value)
        case str():
            return Text.literal(value)
        case _:
            return value


TARGET = Target(_check, WORDS)
