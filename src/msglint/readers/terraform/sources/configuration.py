"""A configuration on disk: its modules, the files that it reads, and the values of its variables.

All is read when somebody asks for it, and nothing outside of a boundary: the git work tree that the configuration is
in, or else the directory that the user named.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from msglint.model.glance import names_secret
from msglint.readers.interface import Assumptions, Configuration, Setting
from msglint.readers.terraform.sources.files import Files
from msglint.readers.terraform.sources.module import WrittenModule, source_of
from msglint.source import Document, Place, SourceError
from msglint.source.beside import Boundary, is_directory

if TYPE_CHECKING:
    from msglint.readers.terraform.plan import Plan
    from msglint.source.hcl import Attribute, Block, Body

MAX_WRITTEN = 16 * 1024 * 1024
"""The largest module that is read, in bytes."""
MOST_FILES = 1_000
"""The most files that a module is read from."""
MOST_MODULES = 5_000
"""The most calls of modules that are followed."""
DEEPEST = 40
"""How many calls of modules may be inside one another."""

_WRITTEN = (".tf", ".tf.json")
_MANIFEST = ".terraform/modules/modules.json"
_INSTALLED = "/.terraform/modules/"
_NAMES_TOLD = 3

_Of = TypeVar("_Of")
Names = tuple[str, ...]
"""The way to a module: the names of the calls."""


class Found(NamedTuple):
    """The configuration of a plan, and what the user should be told where there is none."""

    sources: Sources | None
    notice: str = ""


NOTHING = Found(None)


def of_plan(plan: Plan, assumptions: Assumptions) -> Found:
    """Find the configuration that a plan was made of: where the user says, or where the plan or the process is."""
    configuration = assumptions.configuration
    if configuration.directory is not None:
        sources = opened(configuration.directory, configuration.directory, configuration)
        wrong = _wrong(sources, plan)
        if not wrong:
            return Found(sources)
        notice = f"{configuration.directory} does not hold the root module of {plan.document.name}: {wrong}"
        return Found(None, f"{notice}. The plan is judged without its sources")
    beside = plan.document.beside
    places = [(beside.shown, beside.directory, beside.root)] if beside is not None else []
    places += [(".", ".", ".")] if configuration.here else []
    unreadable = ""
    for shown, directory, named in places:
        if is_written(directory):
            sources = opened(shown, directory, configuration, named)
            wrong = _wrong(sources, plan)
            if not wrong:
                return Found(sources)
            # What names other things belongs to another plan, and what cannot be read may belong to this one.
            unreadable = unreadable or (wrong if sources.module(()) is None else "")
    notice = f"{plan.document.name} is judged without the sources that it may have: {unreadable}"
    return Found(None, notice) if unreadable else NOTHING


def _wrong(sources: Sources, plan: Plan) -> str:
    root = sources.module(())
    return sources.missing(()) if root is None else _difference(root.names, plan)


def _difference(written: Collection[str], plan: Plan) -> str:
    """Say which names only the sources or only the plan has; nothing where they are the same."""
    module = plan.modules.get(())
    planned = [*module.resources, *(f"module.{name}" for name in module.calls)] if module is not None else []
    if not planned:
        return "the plan does not say what it was made of"
    lacking = sorted(set(planned) - set(written))
    more = sorted(set(written) - set(planned))
    said = [f"it lacks {told(lacking)}"] if lacking else []
    return " and ".join([*said, *([f"the plan lacks {told(more)}"] if more else [])])


def told(names: Sequence[str]) -> str:
    """Give some of the names, and how many more there are."""
    more = len(names) - _NAMES_TOLD
    return ", ".join(names[:_NAMES_TOLD]) + (f" and {more} more" if more > 0 else "")


def is_written(directory: str) -> bool:
    """Say whether a directory holds a module."""
    try:
        with os.scandir(directory) as entries:
            return any(_is_part(entry.name) for entry in entries)
    except OSError:
        return False


def opened(shown: str, directory: str, configuration: Configuration, named: str | None = None) -> Sources:
    """Open the configuration of a directory, of which `named` is the one above it that the user named."""
    boundary = _boundary(directory, directory if named is None else named)
    return Sources(Files(shown, os.path.realpath(directory), boundary), configuration)


def _boundary(directory: str, named: str) -> Boundary:
    here = os.path.realpath(directory)
    while os.path.dirname(here) != here:
        if os.path.exists(os.path.join(here, ".git")):
            return Boundary(here)
        here = os.path.dirname(here)
    working = Boundary(".")
    everything = os.path.dirname(working.root) == working.root
    return working if not everything and working.real(named) is not None else Boundary(named)


def _is_part(name: str) -> bool:
    """Say whether terraform takes a file for a part of the module."""
    return name.endswith(_WRITTEN) and not name.startswith(".")


def _overrides(name: str) -> bool:
    stem = name.removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


class Sources:
    """A configuration: the root module's directory, and the modules that are reached from it."""

    __slots__ = ("_configuration", "_directories", "_followed", "_given", "_installed", "_modules", "_values", "files")

    def __init__(self, files: Files, configuration: Configuration) -> None:
        self.files = files
        self._configuration = configuration
        self._modules: dict[Names, WrittenModule | str] = {}
        self._directories: dict[tuple[str, bool], WrittenModule | str] = {}
        self._installed: Mapping[str, str] | None = None
        self._given: Mapping[str, Attribute] | None = None
        self._values: list[SourceError] = []
        self._followed = 0

    @property
    def directory(self) -> str:
        """Where the root module is, through all links."""
        return self.files.directory

    def module(self, names: Names) -> WrittenModule | None:
        """Give the module behind some calls, () for the root; None where its source cannot be had as a whole."""
        found = self._found(names)
        return None if isinstance(found, str) or found.faults else found

    def missing(self, names: Names) -> str:
        """Say why the source of a module cannot be had."""
        found = self._found(names)
        if isinstance(found, str):
            return found
        return f"{found.faults[0]}" if found.faults else ""

    def left_out(self) -> Mapping[Names, str]:
        """Say why modules that somebody asked for cannot be had, save those inside of one of them."""
        asked = sorted(names for names in self._modules if names)
        return {names: self.missing(names) for names in asked if self.module(names) is None and self.module(names[:-1])}

    @property
    def faults(self) -> Sequence[SourceError]:
        """What is wrong with the user's own files, as far as they were read."""
        modules = (each for each in self._directories.values() if isinstance(each, WrittenModule) and each.local)
        return [*(fault for module in modules for fault in module.faults), *self._values]

    def own(self) -> Iterator[tuple[Names, WrittenModule]]:
        """Give the root module and all that are the user's own, each by every way that leads there."""
        waiting: list[Names] = [()]
        while waiting and self._followed <= MOST_MODULES:
            names = waiting.pop()
            module = self.module(names)
            if module is not None and module.local:
                yield names, module
                waiting += [(*names, name) for name in reversed(module.calls)]

    def documents(self) -> Iterator[Document]:
        """Give what was read: the files of the modules, and those that they read."""
        for module in self._directories.values():
            if isinstance(module, WrittenModule):
                yield from module.documents
        yield from self.files.opened()
        if self._given is not None:
            yield from {id(each.at.document): each.at.document for each in self._given.values()}.values()

    def may_call(self) -> bool:
        """Say at a glance whether the root module may call others through paths."""
        read = (self.files.read(name, MAX_WRITTEN) for name in self._names(".") if _is_part(name))
        return any(data is not None and (b'"./' in data or b'"../' in data) for data in read)

    def is_of(self, plan: Plan) -> bool:
        """Say whether this is what a plan was made of: its root module names the same resources and modules."""
        return not _wrong(self, plan)

    def _found(self, names: Names) -> WrittenModule | str:
        for length in range(len(names) + 1):
            if names[:length] not in self._modules:
                self._modules[names[:length]] = self._follow(names[:length])
        return self._modules[names]

    def _follow(self, names: Names) -> WrittenModule | str:
        if not names:
            return self._read(".", local=True)
        parent = self._modules[names[:-1]]
        if isinstance(parent, str):
            return parent
        call = parent.calls.get(names[-1])
        if call is None:
            return f"no module is called {names[-1]} in {self.files.name(parent.path)}"
        self._followed += 1
        if self._followed > MOST_MODULES or len(names) > DEEPEST:
            return f"more modules are called than msglint follows ({MOST_MODULES}, or {DEEPEST} inside one another)"
        found = self._called(names, parent, call)
        above = (self._modules[names[:length]] for length in range(len(names)))
        if isinstance(found, WrittenModule) and any(found is each for each in above):
            return f"the module {names[-1]} calls itself"
        return found

    def _called(self, names: Names, parent: WrittenModule, call: Block) -> WrittenModule | str:
        source = source_of(call)
        if source is None:
            return f"the module {names[-1]} has no source that is a text"
        if source.startswith(("./", "../")):
            path = posixpath.normpath(posixpath.join(parent.path, source))
            return self._read(path, local=parent.local and _INSTALLED not in f"/{path}/")
        installed = self._manifest().get(".".join(names))
        if installed is None:
            return f"the module {names[-1]} ({source}) is not installed here; terraform init installs it"
        return self._read(posixpath.normpath(installed), local=False)

    def _manifest(self) -> Mapping[str, str]:
        """Give the directories of the modules that terraform has installed, by the calls that lead there."""
        if self._installed is None:
            self._installed = {}
            data = self.files.read(_MANIFEST, MAX_WRITTEN)
            if data is not None:
                self._installed = dict(_installed(data))
        return self._installed

    def _read(self, path: str, *, local: bool) -> WrittenModule | str:
        real = self.files.real(path)
        if real is None:
            return f"{path} lies outside of {self.files.boundary.root}, and nothing is read there"
        key = (real, local)
        if key not in self._directories:
            self._directories[key] = self._directory(path, real, local=local)
        return self._directories[key]

    def _directory(self, path: str, real: str, *, local: bool) -> WrittenModule | str:
        names = [name for name in self._names(path) if _is_part(name)]
        if not names:
            return f"{self.files.name(path)} holds no .tf file"
        module = WrittenModule(path, real, local, self.files)
        if len(names) > MOST_FILES:
            module.faults.append(self._fault(path, f"more than {MOST_FILES:,} files", "module-files"))
            return module
        left = MAX_WRITTEN
        for name in sorted(names, key=lambda name: (_overrides(name), name)):
            file = posixpath.join(path, name)
            data = self.files.read(file, left)
            if data is None:
                module.faults.append(self._unread(file, left, f"all of a module more than {MAX_WRITTEN:,} bytes"))
                continue
            left -= len(data)
            try:
                document = Document.from_bytes(self.files.name(file), data)
                module.take(document, _body(document), override=_overrides(name))
            except SourceError as error:
                module.faults.append(error)
        return module

    def _names(self, path: str) -> Sequence[str]:
        """Give what is in a directory, save other directories; nothing where it cannot be read."""
        real = self.files.real(path)
        if real is None:
            return ()
        try:
            with os.scandir(real) as entries:
                return sorted(entry.name for entry in entries if not is_directory(entry))
        except OSError:
            return ()

    def _unread(self, path: str, left: int, too_large: str) -> SourceError:
        """Give why a file was not read, of which no more than so many bytes are."""
        if self.files.is_larger(path, left):
            return self._fault(path, too_large, "file-size")
        return self._fault(path, "no regular file, or it leads out of what is read")

    def _fault(self, path: str, message: str, limit: str = "") -> SourceError:
        return SourceError(message, Document(self.files.name(path), "").spot(0, 0), limit=limit)

    @property
    def given(self) -> Mapping[str, Attribute]:
        """The values of the root module's variables that are given: in files beside it, and by the user."""
        if self._given is None:
            from msglint.readers.terraform.sources.settings import automatic  # noqa: PLC0415  # a plan knows its variables

            given: dict[str, Attribute] = {}
            for name in automatic(self._names(".")):
                given |= self._tried(self._beside, name)
            for setting in self._configuration.settings:
                given |= self._tried(self._set, setting)
            self._given = given
        return self._given

    def _tried(self, read: Callable[[_Of], Mapping[str, Attribute]], what: _Of) -> Mapping[str, Attribute]:
        try:
            return read(what)
        except SourceError as error:
            self._values.append(error)
            return {}

    def _beside(self, name: str) -> Mapping[str, Attribute]:
        """Read a file of values that terraform reads by itself."""
        from msglint.readers.terraform.sources.settings import MAX_VALUES, values_of  # noqa: PLC0415

        data = self.files.read(name, MAX_VALUES)
        if data is None:
            raise self._unread(name, MAX_VALUES, f"more than {MAX_VALUES:,} bytes")
        return values_of(Document.from_bytes(self.files.name(name), data))

    def _set(self, setting: Setting) -> Mapping[str, Attribute]:
        """Read what the user gives."""
        from msglint.readers.terraform.sources.settings import value_of, values_of  # noqa: PLC0415

        if setting.variable is None:
            return values_of(_named_file(setting.text))
        root = self.module(())
        variable = root.variables.get(setting.variable) if root is not None else None
        return {setting.variable: value_of(setting, variable)}

    def unshown(self) -> Sequence[Place]:
        """Give what no report shows: values and defaults of variables, and literals that names tell to be secret."""
        from msglint.readers.terraform.sources.telling import in_attribute, in_block  # noqa: PLC0415  # only with findings

        found: list[Place] = [each.expression.at for each in self.given.values()]
        for module in {id(module): module for _, module in self.own()}.values():
            for attribute in module.locals.values():
                found += in_attribute(attribute)
            for block in module.blocks():
                found += in_block(block)
            for variable in module.variables.values():
                default = variable.body.attributes.get("default")
                if default is not None and (_is_sensitive(variable) or names_secret(variable.labels[0])):
                    found.append(default.expression.at)
        return found

    def confidential(self) -> Collection[str]:
        """Give the texts of variables' values and defaults that are declared as secret, or called so."""
        from msglint.readers.terraform.sources.settings import secrets  # noqa: PLC0415  # only where there are findings

        found: set[str] = set()
        for names, module in self.own():
            given = self.given if not names else {}
            for name, variable in module.variables.items():
                for value in (variable.body.attributes.get("default"), given.get(name)):
                    if value is not None:
                        found |= set(secrets(name, value.expression, declared=_is_sensitive(variable)))
        return found


def _is_sensitive(variable: Block) -> bool:
    from msglint.source.hcl import Literal  # noqa: PLC0415  # imported with the first file

    attribute = variable.body.attributes.get("sensitive")
    return attribute is not None and not (
        isinstance(attribute.expression, Literal) and attribute.expression.value in (False, "false")
    )


def _body(document: Document) -> Body:
    from msglint.source.hcl import read_hcl, read_tf_json  # noqa: PLC0415  # only where there are sources

    return read_tf_json(document) if document.name.endswith(".json") else read_hcl(document)


def _installed(data: bytes) -> Iterator[tuple[str, str]]:
    import msgspec  # noqa: PLC0415

    try:
        manifest = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    modules = manifest.get("Modules") if isinstance(manifest, dict) else None
    for each in modules if isinstance(modules, list) else ():
        match each:
            case {"Key": str() as key, "Dir": str() as directory}:
                yield key, directory
            case _:
                pass


def _named_file(path: str) -> Document:
    """Read a file of values that the user names, wherever it is."""
    from msglint.readers.terraform.sources.settings import MAX_VALUES  # noqa: PLC0415  # few runs name one

    name = posixpath.normpath(path)
    data = Boundary(os.path.dirname(os.path.realpath(path))).read(path, MAX_VALUES)
    if data is None:
        wrong = f"no regular file, or more than {MAX_VALUES:,} bytes"
        raise SourceError(wrong, Document(name, "").spot(0, 0))
    return Document.from_bytes(name, data)
