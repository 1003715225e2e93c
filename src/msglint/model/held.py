"""What stands under which name anywhere in a resource, a section of a template, or a text of JSON."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msglint.model.disclosure import Traced
from msglint.model.expression import Expression, Fields, Items, Legible, Traceable
from msglint.model.glance import NAMING, is_bare, system_of, tells
from msglint.model.text import Text
from msglint.model.value import Absent, Known

_NAMES = ("Name", "name", "Key", "key", "OptionName", "ParameterKey")
_VALUES = ("Value", "value", "insecure_value")
_STORED = ("PARAMETER_STORE", "SECRETS_MANAGER")
"""What CodeBuild calls a variable whose value is the name of a parameter or secret."""
_ENCODED = r"(?i)user_?data(?:_?base64)?"


class Held(NamedTuple):
    """One value: the way to it, the name it has there, and how it is written."""

    path: tuple[str, ...]
    name: str
    expression: Expression

    @property
    def text(self) -> str:
        """What is written, as far as a glance can tell."""
        shape = self.expression.shape()
        # What a plan shows and its configuration does not may still have been written.
        value = shape.value if isinstance(shape, Known) else shape.default if isinstance(shape, Absent) else None
        return str(value) if value is not None else ""

    @property
    def word(self) -> str:
        """What it says where a name or one of a few words stands, however that is put together."""
        return self.expression.legible() if isinstance(self.expression, Legible) else self.text

    @property
    def may_be_secret(self) -> bool:
        """Whether the name or the text says that there is a secret of a broker or of Kafka in it."""
        if isinstance(self.expression.shape(), Absent) and not self.text:
            return False
        return bool(system_of(self.name)) or re.fullmatch(_ENCODED, self.name) is not None or tells(self.text)

    def traced(self) -> Traced | None:
        """Give the text with what flows into it left as symbols; None where it is no text."""
        if isinstance(self.expression, Traceable):
            return self.expression.traced()
        shape = self.expression.shape()
        return Traced(shape.value, shape.at) if isinstance(shape, Known) and isinstance(shape.value, Text) else None


def held(here: Expression, path: tuple[str, ...] = (), name: str = "") -> Iterator[Held]:
    """Give all values in a structure. Of a pair such as `{Name: …, Value: …}` the name is what the pair says."""
    shape = here.shape()
    match shape:
        case Items(items=items):
            for item in items:
                yield from held(item, path, name)
        case Fields(fields=fields):
            label, value = _pair(fields)
            for key, part in fields.items():
                if key in NAMING:
                    continue
                if key == value:
                    yield from held(part, (*path, key), label)
                elif not label or key not in {*_NAMES, *_VALUES}:
                    yield from held(part, (*path, key), f"{path[-1]}.{key}" if path and is_bare(key) else key)
        case _:
            yield Held(path, name, here)


def _pair(fields: Mapping[str, Expression]) -> tuple[str, str]:
    """Give the name that a pair says, and the member with its value; none where that is the name of a secret."""
    label = next((Held((), "", fields[key]).word for key in _NAMES if key in fields), "")
    values = [key for key in _VALUES if key in fields and not isinstance(fields[key].shape(), Absent)]
    if not label or not any(key in fields for key in _VALUES):
        return "", ""
    stored = any(Held((), "", fields[key]).word in _STORED for key in ("Type", "type") if key in fields)
    return label, "" if stored or not values else values[0]
