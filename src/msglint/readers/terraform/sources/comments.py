"""The comments in the user's own modules, and what the blocks below them became."""

from collections.abc import Iterable, Iterator

from msglint.model.resource import Begun, Commented
from msglint.readers.terraform.plan import Instance
from msglint.readers.terraform.sources.configuration import Names, Sources
from msglint.source import Document
from msglint.source.hcl import Block
from msglint.source.hcl.comments import comments

_MARK = "msglint"


def commented(sources: Sources, instances: Iterable[Instance]) -> Iterator[Commented]:
    """Give the files that may hold suppressions; of a block all its instances belong to it, of a call all inside."""
    own = [(names, module) for names, module in sources.own() if any(map(_is_marked, module.documents))]
    if not own:
        return
    made: dict[tuple[Names, str], set[str]] = {}
    inside: dict[Names, set[str]] = {}
    for instance in instances:
        names = tuple(step.name for step in instance.modules)
        made.setdefault((names, instance.local), set()).add(instance.address)
        for length in range(1, len(names) + 1):
            inside.setdefault(names[:length], set()).add(instance.address)
    files: dict[str, tuple[Document, dict[int, Begun]]] = {}
    for names, module in own:
        for document in filter(_is_marked, module.documents):
            files.setdefault(document.name, (document, {}))
        for local, block in module.resources.items():
            # Of data sources a plan need not show any: what is found in them stands there all the same.
            _begin(files, block, {local} if block.type == "data" else made.get((names, local), set()))
        for name, block in module.calls.items():
            _begin(files, block, inside.get((*names, name), set()))
    for document, begins in files.values():
        # Where there is nothing this time, nothing can be hidden, and what would hide it is not to blame.
        nothing = [range(line, begun.last + 1) for line, begun in begins.items() if not begun.ids]
        spans = (comment.span for comment in comments(document))
        yield Commented(
            document, [span for span in spans if not any(span.start.line in each for each in nothing)], begins
        )


def _is_marked(document: Document) -> bool:
    # JSON has no comments.
    return _MARK in document.text and not document.name.endswith(".json")


def _begin(files: dict[str, tuple[Document, dict[int, Begun]]], block: Block, ids: set[str]) -> None:
    """Note what a block became; a module that is called in several ways has its blocks in each of them."""
    name = block.at.document.name
    if name in files:
        begins = files[name][1]
        line = block.at.span.start.line
        before = begins[line].ids if line in begins else frozenset[str]()
        begins[line] = Begun(before | ids, block.whole.span.end.line)
