"""Values of variables: from the files that terraform reads by itself, and from the user's flags; later ones win.

https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence

What the environment says (TF_VAR_…) is not read: a run says the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msglint.model.glance import names_secret
from msglint.readers.interface import Setting
from msglint.source import Document, Node, Place, SourceError
from msglint.source.text import Stretch

if TYPE_CHECKING:
    from msglint.source.hcl import Attribute, Block, Expression

MAX_VALUES = 4 * 1024 * 1024
"""The largest file of values, in bytes."""

_OWN = ("terraform.tfvars", "terraform.tfvars.json")
_AUTO = (".auto.tfvars", ".auto.tfvars.json")
_PLAIN = frozenset({"string", "number", "bool"})
_SAID = re.compile(r"[^\r\n]")


def automatic(names: Sequence[str]) -> Sequence[str]:
    """Give those of a directory's files that terraform reads by itself, in its order."""
    return [*(name for name in _OWN if name in names), *sorted(name for name in names if name.endswith(_AUTO))]


def values_of(document: Document) -> Mapping[str, Attribute]:
    """Read a file of values; raises `SourceError`, which shows nothing of the text."""
    try:
        return _json(document) if document.name.endswith(".json") else _hcl(document)
    except SourceError as error:
        raise _blank(document, error.place, "a file of values whose syntax is wrong here") from None


def value_of(setting: Setting, variable: Block | None) -> Attribute:
    """Read a value as terraform does: the text itself, or for a type that is no plain one an expression."""
    from msglint.source.hcl import Attribute, Literal, Name  # noqa: PLC0415  # few runs have any

    name = setting.variable or ""
    type_ = variable.body.attributes.get("type") if variable is not None else None
    plain = type_ is None or (isinstance(type_.expression, Name) and type_.expression.name in _PLAIN)
    if plain:
        at = Stretch(Document(f"--var {name}", setting.text), 0, len(setting.text))
        return Attribute(name, lambda: Literal(setting.text, at), at, at)
    document = Document(f"--var {name}", f"{name} = {setting.text}\n")
    try:
        return _hcl(document)[name]
    except (SourceError, KeyError) as error:
        place = error.place if isinstance(error, SourceError) else document.spot(0, 0)
        raise _blank(document, place, f"the value of {name} is no expression") from None


def _hcl(document: Document) -> Mapping[str, Attribute]:
    from msglint.source.hcl import read_hcl  # noqa: PLC0415  # few runs have any

    return read_hcl(document).attributes


def _json(document: Document) -> Mapping[str, Attribute]:
    from msglint.source import read_json  # noqa: PLC0415  # few runs have any
    from msglint.source.hcl import Attribute  # noqa: PLC0415

    root = read_json(document)
    if root.kind != "mapping":
        raise SourceError("values by the names of variables belong here", document.spot(0, 0))
    return {
        name: Attribute(name, partial(_expression, node), _stretch(node), _stretch(root.key(name)))
        for name, node in root.fields().items()
    }


def _expression(node: Node) -> Expression:
    """Give a value of JSON as an expression; texts in it are no templates."""
    from msglint.source.hcl import Listed, Literal, Mapped  # noqa: PLC0415  # few runs have any

    at = _stretch(node)
    match node.kind:
        case "mapping":
            members = node.fields().items()
            return Mapped(tuple((Literal(name, at), _expression(member)) for name, member in members), at)
        case "sequence":
            return Listed(tuple(map(_expression, node.items())), at)
        case _:
            return Literal(node.value, at)


def _stretch(node: Node) -> Stretch:
    start, end = node.span
    return Stretch(node.document, node.document.offset(start), node.document.offset(end))


def _blank(document: Document, place: Place, message: str) -> SourceError:
    """Make an error in a document that has the lines of another and nothing in them: a secret may stand anywhere."""
    blank = Document(document.name, _SAID.sub(" ", document.text))
    start, end = place.span
    return SourceError(message, blank.spot(document.offset(start), document.offset(end)))


def secrets(name: str, expression: Expression, *, declared: bool) -> Iterator[str]:
    """Give the texts of a value that are secret, since it is declared so or a name says it."""
    from msglint.source.hcl import Listed, Literal, Mapped, Template  # noqa: PLC0415  # few runs have any

    secret = declared or names_secret(name)
    match expression:
        case Literal(value=str() as text) if secret:
            yield text
        case Template(parts=parts) | Listed(items=parts):
            for part in parts:
                yield from secrets(name, part, declared=secret)
        case Mapped(items=items):
            for key, value in items:
                yield from secrets(str(key.value) if isinstance(key, Literal) else "", value, declared=secret)
        case _:
            pass
