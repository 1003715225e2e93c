"""A module as it is written: the blocks of all its files by their names, with those of override files laid over them.

https://developer.hashicorp.com/terraform/language/files/override
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from msglint.readers.terraform.sources.files import Files
from msglint.source import Document, Place, SourceError, Spot

if TYPE_CHECKING:
    from msglint.source.hcl import Attribute, Block, Body

_Written = TypeVar("_Written", "Block", "Attribute")

_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1, "provider": 1}
_PREFIXES = {"data": "data.", "ephemeral": "ephemeral."}


class WrittenModule(msgspec.Struct, frozen=True):
    """The module of one directory. `path` is what `path.module` says, and `local` whether it is the user's own."""

    path: str
    directory: str
    local: bool
    files: Files
    documents: list[Document] = []
    resources: dict[str, Block] = {}
    """By `aws_sqs_queue.q`, `data.aws_region.here`, `ephemeral.aws_secretsmanager_secret_version.v`."""
    variables: dict[str, Block] = {}
    outputs: dict[str, Block] = {}
    locals: dict[str, Attribute] = {}
    calls: dict[str, Block] = {}
    providers: dict[str, Block] = {}
    """By `aws` and, with an alias, `aws.west`."""
    settings: list[Block] = []
    """The `terraform` blocks."""
    removed: list[Block] = []
    faults: list[SourceError] = []

    @property
    def names(self) -> frozenset[str]:
        """The names of its resources, data sources and calls of modules, as the plan of a configuration has them."""
        resources = (name for name in self.resources if not name.startswith("ephemeral."))
        return frozenset((*resources, *(f"module.{name}" for name in self.calls)))

    def blocks(self) -> Iterator[Block]:
        """Give all blocks but those of locals."""
        for named in (self.resources, self.variables, self.outputs, self.calls, self.providers):
            yield from named.values()
        yield from self.settings

    def file(self, path: str) -> Document | None:
        """Give a text that the module reads; terraform takes paths from the root module's directory."""
        return self.files.open(path)

    def exists(self, path: str) -> bool | None:
        """Say whether there is a file; None where nobody may look."""
        return self.files.exists(path)

    def fileset(self, directory: str, pattern: str) -> Sequence[str] | None:
        """Give the files that match a pattern; None where nobody can tell."""
        return self.files.matching(directory, pattern)

    def take(self, document: Document, body: Body, *, override: bool) -> None:
        """Take in what a file says; files that override come after all others."""
        self.documents.append(document)
        for block in body.blocks:
            match block.type:
                case "locals":
                    for name, value in block.body.attributes.items():
                        self._put(self.locals, name, value, f"local.{name}", value.name_at, override=override)
                case "terraform":
                    self.settings.append(block)
                case "removed":
                    self.removed.append(block)
                case "check":
                    for inner in block.body.blocks:
                        if inner.type == "data":
                            self._declare(inner, override=override)
                case _:
                    self._declare(block, override=override)

    def _declare(self, block: Block, *, override: bool) -> None:
        wanted = _LABELS.get(block.type)
        if wanted is None:
            return
        if len(block.labels) != wanted:
            message = f"a {block.type} block has {wanted} {'label' if wanted == 1 else 'labels'}"
            self.faults.append(SourceError(message, Spot(block.at.document, block.at.span)))
            return
        own = {"variable": self.variables, "output": self.outputs, "module": self.calls, "provider": self.providers}
        known = own.get(block.type, self.resources)
        name = _PREFIXES.get(block.type, "") + ".".join(block.labels)
        if block.type == "provider" and (alias := _text(block, "alias")):
            name = f"{name}.{alias}"
        before = known.get(name)
        shown = name if known is self.resources else f"{block.type} {name}"
        laid = _laid_over(before, block) if before is not None and override else block
        self._put(known, name, laid, shown, block.at, override=override)

    def _put(
        self, known: dict[str, _Written], name: str, value: _Written, shown: str, at: Place, *, override: bool
    ) -> None:
        before = known.get(name)
        if before is None or override:
            known[name] = value
            return
        first = Spot(before.at.document, before.at.span)
        self.faults.append(SourceError(f"{shown} is declared twice", Spot(at.document, at.span), first))


def _text(block: Block, name: str) -> str | None:
    from msglint.source.hcl import Literal  # noqa: PLC0415  # imported with the first file

    attribute = block.body.attributes.get(name)
    match attribute and attribute.expression:
        case Literal(value=str() as text):
            return text
        case _:
            return None


def source_of(call: Block) -> str | None:
    """Give the source of a module, which is a text and no expression."""
    return _text(call, "source")


def _laid_over(base: Block, over: Block) -> Block:
    """Lay a block of an override file over the one of its name."""
    from msglint.source.hcl import Block, Body  # noqa: PLC0415  # imported with the first file

    given = {_made(block) for block in over.body.blocks}
    kept = {name: each for name, each in base.body.attributes.items() if name not in given}
    body = Body({**kept, **over.body.attributes}, tuple(_blocks(base.body, over.body)))
    return Block(base.type, base.labels, body, base.at, base.whole)


def _blocks(base: Body, over: Body) -> Iterator[Block]:
    """Give blocks inside a block: those of an override take the place of all of their type, dynamic or not.

    Of `lifecycle` only the arguments that are given again are replaced. In JSON a block may look like an attribute.
    """
    replaced = {*map(_made, over.blocks), *over.attributes}
    cycles = [block for block in base.blocks if block.type == "lifecycle"]
    yield from (block for block in base.blocks if _made(block) not in replaced)
    for block in over.blocks:
        yield _laid_over(cycles[0], block) if block.type == "lifecycle" and cycles else block


def _made(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type
