"""The code of a function: inline in the template, or the files beside it that its handler leads to."""

import posixpath
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from msglint.code.messages import Facts, Received, facts, imports
from msglint.model.lambda_ import Function
from msglint.model.receive import WORDS, Asked, Receipt, Use, taken
from msglint.model.text import Text
from msglint.model.value import Known, Value
from msglint.source import Beside, Document, Place, Spot

MOST_FILES = 60
"""How many files of one function are read."""
MOST_IMPORTS = 1_000
"""How many imports of one function are followed."""

_SUFFIXES = {"python": (".py",), "nodejs": (".js", ".mjs", ".cjs")}


def uses(function: Function) -> Iterator[Use]:
    """Give the attributes that the code of a function asks for, and those that it reads."""
    for source in sources(function):
        found = source.facts()
        receipts = {received: _receipt(received, source) for received in found.receives}
        for receipt in receipts.values():
            yield from receipt.uses()
        read = {(each.name, each.user) for each in found.reads}
        for each in found.reads:
            # Code that looks in both places loses nothing.
            if (each.name, not each.user) not in read:
                by = ("MessageAttributes", "Attributes") if each.receives else ("messageAttributes", "attributes")
                own = [receipts[received] for received in each.receives]
                at = source.at(each.start, each.end)
                yield from taken(each.name, own, user=each.user, by=by[0 if each.user else 1], at=at)


def sent(function: Function) -> frozenset[str]:
    """Give the names of the user attributes that the code of a function sends."""
    return frozenset(name for source in sources(function) for name in source.facts().sent)


def _receipt(received: Received, source: "Source") -> Receipt:
    asked = tuple(Asked(each.list, each.name, source.at(each.start, each.end)) for each in received.asked)
    return Receipt(asked, received.complete, source.at(received.start, received.end))


class Source(NamedTuple):
    """A text of a function's code; `within` is the template's value that holds it, None for a file of its own."""

    document: Document
    suffix: str
    within: Place | None = None

    def facts(self) -> Facts:
        """Give what the code says; only code that has such names in it is parsed."""
        return facts(self.document.text, self.suffix) if WORDS.search(self.document.text) else Facts()

    def at(self, start: int, end: int) -> Place:
        """Give the place of a stretch of the code."""
        if self.within is None:
            return self.document.spot(start, end)
        outer, span = self.within.document, self.within.span
        return Spot(outer, outer.inside(span, self.document.text, start, end))


def sources(function: Function) -> Iterator[Source]:
    """Give the code of a function that is at hand."""
    runtime = _literal(function.runtime) or ""
    suffixes = next((each for start, each in _SUFFIXES.items() if runtime.startswith(start)), ())
    inline = function.inline_code.text()
    if isinstance(inline, Known):
        if suffixes:
            yield Source(Document("", str(inline.value)), suffixes[0], inline.at)
        return
    beside, path, handler = (
        function.record.part.document.beside,
        _literal(function.code_path),
        _literal(function.handler),
    )
    if beside is not None and path and handler and suffixes:
        yield from _reached(beside, path, _modules(handler, suffixes[0]), suffixes)


def _modules(handler: str, suffix: str) -> tuple[str, ...]:
    """Give the paths that the module of a handler such as `src/app.handler` may have, without a suffix."""
    if suffix == ".py":
        path = handler.rpartition(".")[0].replace(".", "/")
        return (path, f"{path}/__init__")
    folder, name = posixpath.split(handler)
    return (posixpath.join(folder, name.partition(".")[0]),)


def _reached(beside: Beside, root: str, start: tuple[str, ...], suffixes: tuple[str, ...]) -> Iterator[Source]:
    """Give the files of a program that its first module leads to, each once."""
    waiting, seen = [start], set[str]()
    for paths in waiting:
        names = [name for path in paths for name in (path, *(path + suffix for suffix in suffixes))]
        found = next((name for name in names if name.endswith(suffixes) and _there(beside, root, name)), None)
        document = beside.open(posixpath.join(root, found)) if found is not None else None
        if found is None or document is None or document.name in seen:
            continue
        seen.add(document.name)
        suffix = posixpath.splitext(found)[1]
        yield Source(document, suffix)
        if len(seen) == MOST_FILES:
            return
        here = posixpath.dirname(found)
        for modules in islice(imports(document.text, suffix), max(0, MOST_IMPORTS - len(waiting))):
            beside_it = (posixpath.join(here, each) if each.startswith(".") else each for each in modules)
            waiting.append(tuple(beside_it))


def _there(beside: Beside, root: str, name: str) -> bool:
    return beside.open(posixpath.join(root, name)) is not None


def _literal(value: Value[Text]) -> str | None:
    return value.value.literal_value if isinstance(value, Known) else None
