"""What is asked of each file: the configuration that is nearest to it, and the flags, which win."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from itertools import groupby
from typing import Any

import msgspec

from msglint.config import files
from msglint.config.files import ConfigurationError
from msglint.config.paths import Ignored, below, covering, repository, spec
from msglint.config.settings import NOTHING, Settings, exempt, settings
from msglint.config.settings import Setting as Said
from msglint.finding import Entry, Severity
from msglint.options import Excepted, Options, UsageError, named
from msglint.readers.interface import Assumptions, Configuration, Setting
from msglint.rules.index import RULES
from msglint.source import SourceError, Spot

_RUN = ("rules-dirs", "rules-packages")
"""What names code to run."""


class Flags(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says; what it leaves out is None or empty, and the files' or the default."""

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = None
    strict: bool = False
    show_undecided: bool = False
    link: bool = True
    suppressing: bool = True
    gitignore: bool = True
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    parameters: Mapping[str, str | None] = {}
    configuration: Configuration = Configuration()
    rules_dirs: tuple[str, ...] = ()
    rules_packages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """What the user named, to tell whether a run sees all that an exception may be for."""


class Nearest:
    """Finds the configuration nearest to each file. One for a run: what it has read it does not read again."""

    def __init__(
        self,
        flags: Flags,
        *,
        file: str | None = None,
        isolated: bool = False,
        own: tuple[Entry, ...] | None = None,
    ) -> None:
        """`file`: the one configuration for all; `isolated`: there is none; `own`: the company's rules, if loaded.

        Raises `ConfigurationError` for the file that is named.
        """
        self._flags = flags
        self._own = own
        self._isolated = isolated
        self._settings: dict[str | None, Settings] = {}
        self._options: dict[str | None, Options] = {}
        self._of: dict[str, Options] = {}
        self._directories: dict[str, str | None] = {}
        self._ignored = Ignored()
        self._excludes: dict[str | None, Callable[[str, bool], bool]] = {}
        self.notices: list[str] = []
        """What the user should know of the files of configuration."""
        self.passed_over: list[str] = []
        """What was passed over since git ignores it."""
        if file is not None:
            self._settings[file] = settings(file)
        self._file = file

    def file(self, directory: str) -> str | None:
        """Give the configuration file that holds for a directory: in it, or above it in its work tree."""
        if self._isolated or self._file is not None:
            return self._file
        here = os.path.abspath(directory)
        if here not in self._directories:
            self._directories[here] = self._found(here)
        return self._directories[here]

    def _found(self, here: str) -> str | None:
        found = list(files.beside(here))
        if found:
            # Under the name that the user would give it.
            shown = [_shown(each) for each in found]
            if found[1:]:
                names = " and ".join(os.path.basename(each) for each in found[1:])
                verb = "is" if len(found) == 2 else "are"
                self.notices.append(f"{shown[0]} is the configuration; {names} beside it {verb} not read")
            return shown[0]
        above = os.path.dirname(here)
        return None if above == here or _is_root(here) else self.file(above)

    def settings(self, file: str | None) -> Settings:
        """Give what a configuration file settles; raises `ConfigurationError`."""
        if file is None:
            return NOTHING
        if file not in self._settings:
            self._settings[file] = settings(file)
        return self._settings[file]

    def read(self) -> Mapping[str, frozenset[str]]:
        """Give the files of configuration that were read, each with the rules that are asked where it holds."""
        return {
            file: frozenset(entry.code for entry in self.known() if self.options(file).wants(entry.code, entry.name))
            for file in self._settings
            if file is not None
        }

    def of(self, name: str) -> Options:
        """Give what is asked of a file, or of the directory of a Terraform module; raises `ConfigurationError`."""
        found = self._of.get(name)
        if found is None:
            found = self._of[name] = self.options(self.of_path(name))
        return found

    def of_path(self, path: str) -> str | None:
        """Give the configuration file that holds for a file, or a directory."""
        return self.file(path if os.path.isdir(path) else os.path.dirname(path) or ".")

    def options(self, file: str | None) -> Options:
        """Give what a configuration file and the flags ask; raises `ConfigurationError`."""
        if file not in self._options:
            self._options[file] = self._merged(self.settings(file))
        return self._options[file]

    def own(self) -> tuple[Entry, ...]:
        """Give the company's own rules: those of the flags, and of the working directory's configuration.

        They are run, so no other configuration may name them: who lints a directory need not trust all that is in it.
        Raises `ConfigurationError` for what cannot be loaded.
        """
        if self._own is None:
            here = self.settings(self.file("."))
            own = [here.values[key] for key in _RUN if key in here.values]
            dirs = [_beside(each._replace(value=value)) for each in own[:1] for value in here.get("rules-dirs") or ()]
            self._own = _loaded(
                (*dirs, *self._flags.rules_dirs), (*(here.get("rules-packages") or ()), *self._flags.rules_packages)
            )
        return self._own

    def baseline(self) -> str | None:
        """Give the baseline that the working directory's configuration names; raises `ConfigurationError`."""
        found = self.settings(self.file(".")).values.get("baseline")
        return _beside(found) if found is not None else None

    def known(self) -> tuple[Entry, ...]:
        """Give all rules that there are."""
        return (*RULES, *self.own())

    def enter(self, directory: str, named: str) -> None:
        """Note that a directory is searched."""
        self._ignored.enter(directory, named)

    def passes_over(self, directory: str, name: str, *, is_directory: bool) -> bool:
        """Say whether a file or folder of a directory is passed over: excluded, or ignored by git."""
        path = os.path.join(directory, name)
        if self.excludes(path, is_directory=is_directory):
            return True
        settles = self.settings(self.file(directory)).get("gitignore")
        asked = self._flags.gitignore and (settles is None or settles)
        if asked and self._ignored.ignores(directory, name, is_directory=is_directory):
            self.passed_over.append(path.removeprefix("./"))
            return True
        return False

    def excludes(self, path: str, *, is_directory: bool = False) -> bool:
        """Say whether the configuration excludes a file or folder."""
        file = self.file(os.path.dirname(path) or ".")
        if file not in self._excludes:
            self._excludes[file] = _excluder(self.settings(file).each("exclude"))
        return self._excludes[file](path, is_directory)

    def _merged(self, said: Settings) -> Options:
        flags = self._flags
        self._check_own(said)
        self._check_rules(said)
        select = flags.select or said.get("select") or ()
        return Options(
            select=(*select, *flags.extend_select) if select else (),
            ignore=(*(said.get("ignore") or ()), *flags.ignore),
            fail_on=flags.fail_on or said.get("fail-on") or Severity.WARNING,
            strict=flags.strict or bool(said.get("strict")),
            show_undecided=flags.show_undecided,
            link=flags.link,
            suppressing=flags.suppressing,
            assumptions=self._assumptions(said),
            severities=dict(each.value for each in said.each("severities")),
            per_path=tuple(self._per_path(said)),
            exceptions=tuple(self._exceptions(said)),
            require_reason=bool(said.get("require-reason")),
            given=frozenset(flags.parameters),
            own=self.own(),
            nearest=self.of,
            passing=self,
        )

    def _assumptions(self, said: Settings) -> Assumptions:
        flags = self._flags
        return Assumptions(
            accounts=flags.accounts or said.get("accounts") or (),
            regions=flags.regions or said.get("regions") or (),
            parameters={**_parameters(said), **flags.parameters},
            configuration=msgspec.structs.replace(
                flags.configuration, settings=(*_variables(said), *flags.configuration.settings)
            ),
            trusted=frozenset(said.get("trusted-accounts") or ()),
            organisations=said.get("organisations") or (),
        )

    def _per_path(self, said: Settings) -> Iterator[tuple[Callable[[str], bool], tuple[str, ...]]]:
        for each in said.each("per-path-ignores"):
            pattern, rules = each.value
            yield _covering(pattern, each), rules

    def _exceptions(self, said: Settings) -> Iterator[Excepted]:
        for each in said.each("exceptions"):
            exception = exempt(each)
            yield Excepted(
                rule=exception.rule,
                resource=partial(_fits, exception.resource),
                file=_covering(exception.path, each),
                expires=exception.expires,
                reason=exception.reason,
                at=partial(_place, each),
                whole=self._sees_all(exception.path, _directory(each)),
            )

    def _sees_all(self, pattern: str, directory: str) -> bool:
        """Say whether the user named all files that a pattern may be for."""
        named_ = [os.path.abspath(each) for each in self._flags.paths]
        wild = any(sign in pattern for sign in "*?[")
        target = os.path.abspath(directory if wild else os.path.join(directory, pattern))
        return any(target == each or below(each, target) is not None for each in named_)

    def _check_own(self, said: Settings) -> None:
        """Refuse rules that a configuration below the working directory names: they would be run."""
        here = self.file(".")
        if said.file is not None and (here is None or said is not self.settings(here)):
            message = "only the configuration of the working directory may name rules, since they are run"
            faults = [SourceError(message, said.values[key].at) for key in _RUN if key in said.values]
            if faults:
                raise ConfigurationError(faults)

    def _check_rules(self, said: Settings) -> None:
        """Refuse what names no rule."""
        lists = [
            (word, setting.at)
            for key in ("select", "ignore")
            if (setting := said.values.get(key)) is not None
            for word in setting.value
        ]
        tables = [(each.value[0], each.at) for each in said.each("severities")]
        paths = [(word, each.at) for each in said.each("per-path-ignores") for word in each.value[1]]
        exceptions = [(exempt(each).rule, _place(each, "rule")) for each in said.each("exceptions")]
        faults = [
            SourceError(f"no rule is called {word!r}{self.misspelt(word)}", at)
            for word, at in (*lists, *tables, *paths, *exceptions)
            if not self.knows(word)
        ]
        if faults:
            raise ConfigurationError(faults)

    def check(self, words: Sequence[str]) -> None:
        """Raise `UsageError` for a word that names no rule, and for what is given as an account and can be none."""
        for account in self._flags.accounts:
            if not (len(account) == 12 and account.isascii() and account.isdecimal()):
                raise UsageError(f"an account is twelve digits, and not {account!r}")
        for word in words:
            if not self.knows(word):
                raise UsageError(f"no rule is called {word!r}{self.misspelt(word)}")

    def knows(self, word: str) -> bool:
        """Say whether a word names some rule: by code, the beginning of a code, or name."""
        return bool(word) and any(named(entry.code, entry.name, (word,)) for entry in self.known())

    def misspelt(self, word: str) -> str:
        """Give the end of a sentence that says which rule may be meant, or where all of them are."""
        from difflib import get_close_matches  # noqa: PLC0415  # only for who has misspelt one

        words = {name: entry for entry in self.known() for name in (entry.code, entry.name)}
        near = get_close_matches(word if "-" in word else word.upper(), words, 1) or get_close_matches(word, words, 1)
        # What looks like a code is near to any other.
        return f"; did you mean {near[0]}?" if near and not _is_code(word) else "; see msglint rules"


def _is_code(word: str) -> bool:
    """Say whether a word has the form of a rule's code: letters, then digits."""
    return word.isalnum() and word.rstrip("0123456789").isalpha() and word[-1].isdecimal()


def _loaded(dirs: Sequence[str], packages: Sequence[str]) -> tuple[Entry, ...]:
    if not dirs and not packages:
        return ()
    from msglint.rules.own import OwnRulesError, load  # noqa: PLC0415  # most runs have none

    try:
        return load(dirs, packages)
    except OwnRulesError as error:
        raise ConfigurationError([str(error)]) from error


def _fits(pattern: str, resource: str) -> bool:
    """Say whether a pattern names a resource. An address has brackets, which stand for themselves."""
    return fnmatchcase(resource, pattern.replace("[", "[[]"))


def _place(each: Said, *more: str) -> Spot:
    return each._replace(path=(*each.path, *more)).at


def _covering(pattern: str, each: Said) -> Callable[[str], bool]:
    try:
        return covering(pattern, _directory(each))
    except ValueError:
        raise ConfigurationError([SourceError("this is no pattern of files", each.at)]) from None


def _excluder(patterns: Sequence[Said]) -> Callable[[str, bool], bool]:
    """Give what says of a path whether patterns of several files exclude it."""
    matchers = []
    for directory, group in groupby(patterns, _directory):
        own = list(group)
        try:
            matchers.append((os.path.abspath(directory), spec([each.value for each in own])))
        except ValueError:
            raise ConfigurationError([SourceError("this is no pattern of files", own[0].at)]) from None

    def excludes(path: str, is_directory: bool) -> bool:
        full = os.path.abspath(path)
        ways = ((matcher, below(root, full)) for root, matcher in matchers)
        return any(way is not None and matcher.match_file(f"{way}/" if is_directory else way) for matcher, way in ways)

    return excludes


def _directory(each: Said) -> str:
    assert each.read is not None  # noqa: S101  # patterns and paths stand in files alone
    return each.read.directory


def _parameters(said: Settings) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for each in said.each("parameter-files"):
        from msglint.readers.cloudformation import parameter_files  # noqa: PLC0415  # few configurations name any

        try:
            values.update(parameter_files.values(_beside(each), "default"))
        except parameter_files.UnusableFileError as error:
            raise ConfigurationError([SourceError(str(error), each.at)]) from None
    return {**values, **{name: _written(value) for name, value in (each.value for each in said.each("parameters"))}}


def _variables(said: Settings) -> Iterator[Setting]:
    for each in said.each("variable-files"):
        path = _beside(each)
        if not os.path.isfile(path):
            raise ConfigurationError([SourceError(f"there is no file {path}", each.at)])
        yield Setting(None, path)
    for each in said.each("variables"):
        name, value = each.value
        yield Setting(name, _written(value))


def _beside(each: Said) -> str:
    """Give the path of a file that a configuration names, from the working directory."""
    return os.path.normpath(os.path.join(_directory(each), each.value))


def _written(value: Any) -> str:
    """Write a value as a parameter takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_root(directory: str) -> bool:
    return repository(directory) == directory


def _shown(path: str) -> str:
    """Give a path as told from the working directory, where it is below it or above."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith(os.path.join("..", "..", "..", "..")) else path
