"""What is wrong with a configuration file, each fault with its place and, of a misspelt word, what may be meant."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from msglint.config.files import MOST_TOLD
from msglint.config.schema import SCHEMA
from msglint.options import LONGEST_TIMEOUT, misspelt
from msglint.source import Node, SourceError, Spot, locate

_TYPES = {
    "string": "a text in quotes",
    "array": "a list",
    "object": "a table of keys and values",
    "boolean": "true or false",
    "integer": "a number",
    "number": "a number",
}
_PATTERNS = {
    r"^\d{12}$": "an account is twelve digits in quotes",
    r"^o-[a-z0-9]{10,32}$": "an organisation is written like o-a1b2c3d4e5",
}


def faults(root: Node, plain: Any) -> list[SourceError]:
    """Give what the schema refuses in a file, in the order of its text; `plain` is its content without places."""
    validator = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    found = (fault for error in validator.iter_errors(plain) for fault in _told(root, error))
    # Each key that is missing is an error of its own, which does not say which one it is.
    once = {(fault.place.span, fault.message): fault for fault in islice(found, MOST_TOLD + 1)}
    return [once[key] for key in sorted(once)]


def _told(root: Node, error: Any) -> Iterator[SourceError]:
    at = locate(root, list(error.absolute_path))
    match error.validator:
        case "additionalProperties":
            known = list(error.schema["properties"])
            for name in (name for name in at.fields() if name not in known):
                yield _fault(f"unknown key {name!r}{misspelt(name, known)}", at.key(name))
        case "required":
            for name in (name for name in error.validator_value if name not in at.fields()):
                yield _fault(f"{name} is missing here", at)
        case "enum":
            word = at.text if at.kind == "scalar" else ""
            words = error.validator_value
            said = f"one of {', '.join(words[:-1])} and {words[-1]} belongs here{misspelt(word, words)}"
            yield _fault(said, at)
        case "type" | "anyOf":
            types = [error.validator_value] if error.validator == "type" else _alternatives(error)
            wanted = " or ".join(dict.fromkeys(_TYPES[each] for each in types))
            yield _fault(f"{wanted} belongs here", at)
        case "pattern":
            yield _fault(_PATTERNS[error.validator_value], at)
        case "exclusiveMinimum" | "maximum":
            yield _fault(f"a number above 0 and up to {LONGEST_TIMEOUT:.0f} belongs here", at)
        case "format":
            yield _fault("a day belongs here, such as 2027-01-31", at)
        case "minLength":
            yield _fault("a text belongs here, and this is empty", at)
        case _:
            # Not what stands there, which may be a secret: only which rule of the schema it breaks.
            yield _fault(f"this breaks the rule {error.validator} of the schema", at)


def _alternatives(error: Any) -> list[str]:
    return [each["type"] for each in error.validator_value]


def _fault(message: str, at: Node) -> SourceError:
    return SourceError(message, Spot(at.document, at.span))
