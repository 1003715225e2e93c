"""What is asked of each file: the configuration that is nearest to it, and the flags, which win."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, islice
from typing import Any

import msgspec

from msglint.config import files
from msglint.config.files import MOST_TOLD, ConfigurationError
from msglint.config.paths import Ignored, Speaking, below, covering, is_root, matched, repository
from msglint.config.patterns import Pattern, Patterns, pattern
from msglint.config.settings import NOTHING, Settings, exempt, settings
from msglint.config.settings import Setting as Said
from msglint.finding import Entry, Severity
from msglint.options import TIMEOUT, Excepted, Options, UsageError, named
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
    timeout: float | None = None
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
        self._excluding: dict[str | None, Sequence[Speaking]] = {}
        self.notices: list[str] = []
        """What the user should know of the files of configuration."""
        self.passed_over: list[str] = []
        """What was passed over since git ignores it."""
        if file is not None:
            self._settings[file] = settings(file)
        self._file = file

    def file(self, directory: str) -> str | None:
        """Give the configuration file that holds for a directory: in it, or above it in its work tree.

        Where there is none and no repository, that of the working directory holds: plans are often written elsewhere.
        """
        if self._isolated or self._file is not None:
            return self._file
        here = os.path.abspath(directory)
        passed = []
        while here not in self._directories:
            passed.append(here)
            above = os.path.dirname(here)
            found = self._beside(here)
            if found is not None or is_root(here):
                self._directories[here] = found
            elif above == here:
                own = os.getcwd()
                self._directories[here] = None if passed[0] == own else self.file(own)
            else:
                here = above
        for each in passed:
            self._directories[each] = self._directories[here]
        return self._directories[here]

    def _beside(self, here: str) -> str | None:
        found = list(files.beside(here))
        if found[1:]:
            names = " and ".join(os.path.basename(each) for each in found[1:])
            verb = "is" if len(found) == 2 else "are"
            self.notices.append(f"{_shown(found[0])} is the configuration; {names} beside it {verb} not read")
        # Under the name that the user would give it.
        return _shown(found[0]) if found else None

    def settings(self, file: str | None) -> Settings:
        """Give what a configuration file settles; raises `ConfigurationError`."""
        if file is None:
            return NOTHING
        if file not in self._settings:
            self._settings[file] = settings(file, self._within(file))
        return self._settings[file]

    def _within(self, file: str) -> Sequence[str]:
        """Give the directories that a configuration may name files of; none where it may name any.

        As with rules, only the user's own is trusted.
        """
        own = self.file(".")
        if own is not None and os.path.realpath(own) == os.path.realpath(file) and self._is_own(file):
            return ()
        directory = os.path.dirname(os.path.abspath(file))
        return (repository(directory) or directory, os.getcwd())

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
            file = self.file(".")
            here = self.settings(file)
            if file is not None and not self._is_own(file):
                _refuse_rules(here, "outside of a repository only a configuration in the working directory itself")
            dirs = [_told(here.values["rules-dirs"], each) for each in here.get("rules-dirs") or ()]
            self._own = _loaded(
                (*dirs, *self._flags.rules_dirs), (*(here.get("rules-packages") or ()), *self._flags.rules_packages)
            )
        return self._own

    def _is_own(self, file: str) -> bool:
        """Say whether a configuration is named, or is the user's own as the working directory is.

        Anybody may put a file above it, say into a directory for temporary files.
        """
        return self._file is not None or not os.path.dirname(file) or repository(".") is not None

    def baseline(self) -> str | None:
        """Give the baseline that the working directory's configuration names; raises `ConfigurationError`."""
        found = self.settings(self.file(".")).values.get("baseline")
        return _told(found, found.value) if found is not None else None

    def known(self) -> tuple[Entry, ...]:
        """Give all rules that there are."""
        return (*RULES, *self.own())

    def within(self, directory: str, named: str) -> Callable[[str, bool], bool]:
        """Give what says of each name in a directory, and whether it is one, if it is passed over.

        It is where the configuration excludes it, or git ignores it. `named` is the directory that the user named.
        """
        here = os.path.abspath(directory)
        excluding = self._excludes(here)
        settles = self.settings(self.file(here)).get("gitignore")
        asked = self._flags.gitignore and (settles is None or settles)
        ignoring = self._ignored.within(here, os.path.abspath(named)) if asked else ()

        def passes_over(name: str, is_directory: bool) -> bool:
            if matched(excluding, here, name, is_directory=is_directory):
                return True
            if matched(ignoring, here, name, is_directory=is_directory):
                self.passed_over.append(os.path.join(directory, name).removeprefix("./"))
                return True
            return False

        return passes_over

    def excludes(self, path: str) -> bool:
        """Say whether the configuration excludes a file or folder, or one above it in its work tree."""
        here, is_directory = os.path.abspath(path), os.path.isdir(path)
        while not is_root(here):
            above, name = os.path.split(here)
            if above == here:
                break
            if matched(self._excludes(above), above, name, is_directory=is_directory):
                return True
            here, is_directory = above, True
        return False

    def _excludes(self, directory: str) -> Sequence[Speaking]:
        """Give what a configuration excludes in the directories that it holds for."""
        file = self.file(directory)
        if file not in self._excluding:
            self._excluding[file] = _excluding(self.settings(file).each("exclude"))
        return self._excluding[file]

    def _merged(self, said: Settings) -> Options:
        flags = self._flags
        self._check_own(said)
        self._check_rules(said)
        select = flags.select or said.get("select") or ()
        return Options(
            select=(*select, *flags.extend_select) if select else (),
            ignore=(*(said.get("ignore") or ()), *flags.ignore),
            fail_on=flags.fail_on or said.get("fail-on") or Severity.WARNING,
            timeout=flags.timeout or said.get("timeout-per-file") or TIMEOUT,
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
                resource=_fitting(exception.resource),
                file=_covering(exception.path, each),
                expires=exception.expires,
                reason=exception.reason,
                at=partial(_place, each),
                whole=self._sees_all(exception.path, _directory(each)),
            )

    def _sees_all(self, pattern_: str, directory: str) -> bool:
        """Say whether the user named all files that a pattern may be for."""
        way = pattern_.rstrip("/")
        # A name without a slash may be that of a file in any directory.
        anywhere = "/" not in way or any(sign in way for sign in "*?[\\")
        target = os.path.abspath(directory if anywhere else os.path.join(directory, way.lstrip("/")))
        seen = map(os.path.abspath, self._flags.paths)
        return any(target == each or below(each, target) is not None for each in seen)

    def _check_own(self, said: Settings) -> None:
        """Refuse rules that a configuration below the working directory names: they would be run."""
        here = self.file(".")
        own = here is not None and said.file is not None and os.path.realpath(here) == os.path.realpath(said.file.path)
        if not own:
            _refuse_rules(said, "only the configuration of the working directory")

    def _check_rules(self, said: Settings) -> None:
        """Refuse what names no rule."""
        wrong = ((word, each) for word, each in _words(said) if not self.knows(word))
        faults = [
            SourceError(f"no rule is called {word!r}{self.misspelt(word)}", each.at)
            for word, each in islice(wrong, MOST_TOLD + 1)
        ]
        if faults:
            raise ConfigurationError(faults)

    def unasked(self, options: Options) -> Iterator[str]:
        """Say which words of the flags select nothing but what the configuration ignores."""
        for word in (*self._flags.select, *self._flags.extend_select):
            meant = [entry for entry in self.known() if named(entry.code, entry.name, (word,))]
            kept = [entry for entry in meant if not named(entry.code, entry.name, self._flags.ignore)]
            if kept and not any(options.wants(entry.code, entry.name) for entry in kept):
                yield f"{word} is selected, and the configuration ignores it: it is not asked"

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


def _refuse_rules(said: Settings, whose: str) -> None:
    faults = [
        SourceError(f"{whose} may name rules, since they are run", said.values[key].at)
        for key in _RUN
        if key in said.values
    ]
    if faults:
        raise ConfigurationError(faults)


def _words(said: Settings) -> Iterator[tuple[str, Said]]:
    """Give all words of a configuration that should name a rule, each with what has its place."""
    for key in ("select", "ignore"):
        if key in said.values:
            yield from ((word, said.values[key]) for word in said.values[key].value)
    for each in said.each("severities"):
        yield each.value[0], each
    for each in said.each("per-path-ignores"):
        yield from ((word, each) for word in each.value[1])
    for each in said.each("exceptions"):
        yield exempt(each).rule, each._replace(path=(*each.path, "rule"))


def _fitting(wanted: str) -> Callable[[str], bool]:
    """Give what says whether a pattern names a resource. An address has brackets, which stand for themselves."""
    if wanted == "*":
        return bool
    from fnmatch import translate  # noqa: PLC0415  # few configurations name any
    from re import compile as compiled  # noqa: PLC0415

    fits = compiled(translate(wanted.replace("[", "[[]"))).match
    return lambda resource: fits(resource) is not None


def _covering(written: str, each: Said) -> Callable[[str], bool]:
    try:
        return covering(written, _directory(each))
    except ValueError:
        raise _no_pattern(each) from None


def _excluding(patterns: Sequence[Said]) -> Sequence[Speaking]:
    """Give what patterns of several files exclude; those of the nearest speak first."""
    found = []
    for directory, group in groupby(patterns, _directory):
        found.append(Speaking(os.path.abspath(directory), Patterns(map(_pattern, group))))
    return found[::-1]


def _pattern(each: Said) -> Pattern:
    try:
        return pattern(each.value)
    except ValueError:
        raise _no_pattern(each) from None


def _place(each: Said) -> Spot:
    return each.at


def _no_pattern(each: Said) -> ConfigurationError:
    return ConfigurationError([SourceError("this is no pattern of files", each.at)])


def _directory(each: Said) -> str:
    assert each.read is not None  # noqa: S101  # patterns and paths stand in files alone
    return each.read.directory


def _parameters(said: Settings) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for each in said.each("parameter-files"):
        from msglint.readers.cloudformation import parameter_files  # noqa: PLC0415  # few configurations name any

        try:
            values.update(parameter_files.values(_told(each, each.value), "default"))
        except parameter_files.UnusableFileError as error:
            raise ConfigurationError([SourceError(str(error), each.at)]) from None
    return {**values, **{name: _written(value) for name, value in (each.value for each in said.each("parameters"))}}


def _variables(said: Settings) -> Iterator[Setting]:
    for each in said.each("variable-files"):
        path = _told(each, each.value)
        if not os.path.isfile(path):
            raise ConfigurationError([SourceError(f"there is no file {path}", each.at)])
        yield Setting(None, path)
    for each in said.each("variables"):
        name, value = each.value
        yield Setting(name, _written(value))


def _told(each: Said, path: str) -> str:
    """Give a path that a configuration names as it is told from the working directory."""
    return os.path.normpath(os.path.join(_directory(each), path))


def _written(value: Any) -> str:
    """Write a value as a parameter takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(path: str) -> str:
    """Give a path as told from the working directory, where it is below it or above."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith(os.path.join("..", "..", "..", "..")) else path
