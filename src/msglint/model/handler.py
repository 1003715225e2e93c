"""The code of a function: inline in the template, or the files beside it that its handler leads to.

What reads code is imported only where there is some to read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from msglint.model.lambda_ import Function
from msglint.model.model import Model
from msglint.model.receive import WORDS, Asked, Receipt, Use, taken
from msglint.model.value import Known, literal
from msglint.source import Beside, Document, Place, Spot

if TYPE_CHECKING:
    from msglint.code.messages import Facts, Received

MOST_FILES = 60
"""How many files of one function are read."""
MOST_IMPORTS = 1_000
"""How many imports of one file are followed."""

_SUFFIXES = {"python": (".py",), "nodejs": (".js", ".mjs", ".cjs")}


def uses(function: Function, model: Model) -> Iterator[Use]:
    """Give the attributes that the code of a function asks for, and those that it reads."""
    for source in _sources(function, model):
        found = _facts(source, model)
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


def sent(function: Function, model: Model) -> Iterator[str]:
    """Give the names of the user attributes that the code of a function sends."""
    for source in _sources(function, model):
        yield from _facts(source, model).sent


class Source(NamedTuple):
    """A text of a function's code; `within` is the template's value that holds it, None for a file of its own."""

    document: Document
    suffix: str
    handler: str
    """The function that Lambda calls, where it may be one of this text."""
    within: Place | None = None

    def at(self, start: int, end: int) -> Place:
        """Give the place of a stretch of the code."""
        if self.within is None:
            return self.document.spot(start, end)
        outer, span = self.within.document, self.within.span
        return Spot(outer, outer.inside(span, self.document.text, start, end))


def _facts(source: Source, model: Model) -> Facts:
    """Give what code says; it is parsed only if it has such a name in it, and once for all functions that share it."""
    from msglint.code.messages import Facts, facts  # noqa: PLC0415

    text, given = source.document.text, (source.suffix, source.handler)
    return model.once((facts, given, text), lambda: facts(text, *given) if WORDS.search(text) else Facts())


def _receipt(received: Received, source: Source) -> Receipt:
    asked = tuple(Asked(each.list, each.name, source.at(each.start, each.end)) for each in received.asked)
    return Receipt(asked, received.complete, source.at(received.start, received.end))


def _sources(function: Function, model: Model) -> Sequence[Source]:
    """Give the code of a function that is at hand."""
    runtime = literal(function.runtime) or ""
    suffixes = next((each for start, each in _SUFFIXES.items() if runtime.startswith(start)), ())
    inline, handler = function.inline_code.text(), literal(function.handler) or ""
    called = handler.rpartition(".")[2]
    if isinstance(inline, Known):
        return (Source(Document("", str(inline.value)), suffixes[0], called, inline.at),) if suffixes else ()
    beside, path = function.record.part.document.beside, literal(function.code_path)
    if beside is None or not path or not handler or not suffixes:
        return ()
    start = _modules(handler, suffixes[0])
    key = (beside, path, start, called, suffixes)
    return model.once(key, lambda: tuple(_reached(beside, path, start, called, suffixes, model)))


def _modules(handler: str, suffix: str) -> tuple[str, ...]:
    """Give the paths that the module of a handler such as `src/app.handler` may have, without a suffix."""
    if suffix == ".py":
        path = handler.rpartition(".")[0].replace(".", "/")
        return (path, f"{path}/__init__")
    folder, name = posixpath.split(handler)
    return (posixpath.join(folder, name.partition(".")[0]),)


def _reached(
    beside: Beside, root: str, start: tuple[str, ...], called: str, suffixes: tuple[str, ...], model: Model
) -> Iterator[Source]:
    """Give the files of a program that its first module leads to, each once; `called` is the handler in this."""
    from msglint.code.messages import handed_on, imports  # noqa: PLC0415

    waiting, seen = {start: called}, set[str]()
    while waiting and len(seen) < MOST_FILES:
        paths = next(iter(waiting))
        handler = waiting.pop(paths)
        found = next((name for name in _names(paths, suffixes) if beside.open(posixpath.join(root, name))), None)
        document = beside.open(posixpath.join(root, found)) if found is not None else None
        if found is None or document is None or document.name in seen:
            continue
        seen.add(document.name)
        suffix = posixpath.splitext(found)[1]
        yield Source(document, suffix, handler)
        here, text = posixpath.dirname(found), document.text
        imported = model.once((imports, suffix, text), lambda: tuple(islice(imports(text, suffix), MOST_IMPORTS)))  # noqa: B023
        # A file that takes the handler from another gives it as its own.
        handed = set(handed_on(text, suffix, handler)) if handler else set()
        for modules in imported:
            # What begins with a dot lies beside the file, all else below the root.
            names = tuple(posixpath.join(here, each) if each.startswith(".") else each for each in modules)
            waiting[names] = handler if modules in handed else waiting.get(names, "")


def _names(paths: Sequence[str], suffixes: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        yield from (name for name in (path, *(path + suffix for suffix in suffixes)) if name.endswith(suffixes))
