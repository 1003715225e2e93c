"""What `Fn::ToJsonString` gives: a structure, and the text of JSON that is made of it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ToJsonString.html
"""

import msgspec

from msglint.model.expression import Expression, Fields, Items, Shape
from msglint.model.text import Text
from msglint.model.value import Known
from msglint.readers.cloudformation.nodes import intrinsic
from msglint.readers.cloudformation.scope import Written

_Part = str | Text


class JsonFields(Fields, frozen=True):
    """A text: the JSON of a mapping."""

    def words(self) -> Text | None:
        """Give the text; None where a part of it is not known."""
        return _text(self)


class JsonItems(Items, frozen=True):
    """A text: the JSON of a list."""

    def words(self) -> Text | None:
        """Give the text; None where a part of it is not known."""
        return _text(self)


def _text(shape: Fields | Items) -> Text | None:
    parts: list[_Part] = []
    return Text.of(*parts) if _write(shape, parts, encoded=True) else None


def _write(shape: Shape, parts: list[_Part], *, encoded: bool = False) -> bool:
    """Write a value behind the parts; say whether it is known."""
    match shape:
        case JsonFields() | JsonItems() if not encoded:
            inner = shape.words()
            return inner is not None and _quoted(inner, parts)
        case Fields(fields=fields):
            for index, (name, part) in enumerate(fields.items()):
                parts.append("," if index else "{")
                parts.append(f"{_escaped(name)}:")
                if not _member(part, parts):
                    return False
            parts.append("}" if fields else "{}")
            return True
        case Items(items=items):
            for index, item in enumerate(items):
                parts.append("," if index else "[")
                if not _member(item, parts):
                    return False
            parts.append("]" if items else "[]")
            return True
        case Known(value=Text() as text):
            return _quoted(text, parts)
        case _:
            # What is made of AWS::NoValue is documented nowhere.
            return False


def _member(expression: Expression, parts: list[_Part]) -> bool:
    if isinstance(expression, Written) and intrinsic(expression.node) is None and expression.node.kind == "scalar":
        value = expression.node.value
        if isinstance(value, bool | int | float):
            parts.append(msgspec.json.encode(value).decode())
            return True
    return _write(expression.shape(), parts)


def _quoted(text: Text, parts: list[_Part]) -> bool:
    parts.append('"')
    # A symbol is taken to hold nothing that JSON escapes.
    parts.extend(_escaped(part)[1:-1] if isinstance(part, str) else Text.of(part) for part in text.parts)
    parts.append('"')
    return True


def _escaped(text: str) -> str:
    return msgspec.json.encode(text).decode()
