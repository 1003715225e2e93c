"""A company's own rules: found in directories and packages that the user names, looked over, and made entries.

To find a rule is to run its module. So nothing is loaded from anywhere that the user has not named.
"""

import importlib
import os
import pkgutil
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from msglint.finding import Entry, Severity
from msglint.model.resource import Resource
from msglint.rules.index import RULES
from msglint.rules.interface import RESERVED, Rule
from msglint.rules.law import flaws

NO_RULES = ("_", "test_", "conftest")
"""How the names of modules begin that hold no rule, but what rules share, and their tests."""

_NUL = "source code string cannot contain null bytes"
"""What Python says of such a file: since 3.11 as a fault of its syntax, before as one of a value."""

_CODE = re.compile(r"[A-Z]+[0-9]+")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class OwnRulesError(Exception):
    """A company's rules cannot be used; the message names the file, and the line where there is one, and says why."""


def load(dirs: Sequence[str] = (), packages: Sequence[str] = ()) -> tuple[Entry, ...]:
    """Load the rules of directories and packages, in the order of their codes.

    Every module holds one rule, save those whose names begin with `_` or `test_`, and `conftest`. Raises
    `OwnRulesError` for a directory, package or module that cannot be loaded or holds no rule, for a rule that is not
    like one of msglint's, and for a code or name that two rules have.
    """
    found: list[Rule] = []
    taken = {word: "msglint" for each in RULES for word in (each.code, each.name)}
    for module in _modules(dirs, packages):
        rule = _only_rule(module)
        for flaw in _flaws(rule):
            raise OwnRulesError(f"{place(rule)}: {flaw}")
        for word in (rule.code, rule.name):
            if word in taken:
                raise OwnRulesError(f"{place(rule)}: {taken[word]} has a rule {word} already")
            taken[word] = place(rule)
        found.append(rule)
    return tuple(map(_entry, sorted(found, key=lambda rule: rule.code)))


def _entry(rule: Rule) -> Entry:
    kinds = tuple(kind.KIND for kind in rule.each)
    severities = tuple(severity.value for severity in rule.severities)
    return Entry(rule.code, rule.name, "own", kinds, severities, rule.given, rule.summary, rule)


def misnamed(code: str, name: str) -> Iterator[str]:
    """Say why a code or a name cannot be that of an own rule."""
    if not _CODE.fullmatch(code):
        yield f"the code {code!r} is not capital letters and a number, such as ACME101"
    elif code.startswith(RESERVED):
        yield f"codes that begin with {RESERVED} are those of msglint, so {code} cannot be one of yours"
    if not _NAME.fullmatch(name):
        yield f"the name {name!r} is not words in small letters, such as queue-without-alarm"


def file_of(rule: Rule) -> Path:
    """Give the file that a rule is written in."""
    return Path(rule.check.__code__.co_filename)


def place(rule: Rule) -> str:
    """Give the file and line of a rule, for messages."""
    return f"{_shown(file_of(rule))}:{rule.check.__code__.co_firstlineno}"


def _modules(dirs: Sequence[str], packages: Sequence[str]) -> Iterator[ModuleType]:
    for directory in dict.fromkeys(Path(each).resolve() for each in dirs):
        yield from _of_directory(directory)
    for name in dict.fromkeys(packages):
        yield from _of_package(name)


def _of_directory(directory: Path) -> Iterator[ModuleType]:
    """Load the modules of a directory; for what they import of each other it is a package, of a name of its own."""
    try:
        files = sorted(each for each in directory.iterdir() if each.suffix == ".py")
    except OSError as error:
        raise OwnRulesError(f"{_shown(directory)}: {error.strerror or error}") from error
    files = [each for each in files if not each.name.startswith(NO_RULES)]
    if not files:
        raise OwnRulesError(f"{_shown(directory)}: there is no rule in this directory")
    name = f"msglint_own_{zlib.crc32(os.fsencode(directory)):08x}"
    # What is there now is loaded, whatever this process has loaded from there before.
    for known in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[known]
    package = ModuleType(name)
    package.__path__ = [str(directory)]
    sys.modules[name] = package
    for path in files:
        spec = spec_from_file_location(f"{name}.{path.stem}", path)
        if spec is None or spec.loader is None:
            raise OwnRulesError(f"{_shown(path)}: Python cannot load this file")
        module = sys.modules[spec.name] = module_from_spec(spec)
        with _loading(_shown(path), within=str(directory)), _unkept():
            spec.loader.exec_module(module)
        yield module


def _of_package(name: str) -> Iterator[ModuleType]:
    """Load the modules of a package and of the packages in it."""
    with _loading(name):
        package = importlib.import_module(name)
    paths = getattr(package, "__path__", None)
    if paths is None:
        raise OwnRulesError(f"{name}: this is a module and no package")
    modules = list(_in_package(paths, name))
    if not modules:
        raise OwnRulesError(f"{name}: there is no rule in this package")
    yield from modules


def _in_package(paths: Sequence[str], name: str) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(paths):
        if not found.name.startswith(NO_RULES):
            inner = f"{name}.{found.name}"
            with _loading(inner):
                module = importlib.import_module(inner)
            if found.ispkg:
                yield from _in_package(module.__path__, inner)
            else:
                yield module


@contextmanager
def _unkept() -> Iterator[None]:
    """Have Python keep nothing of what it makes of modules: their directory was only to be read."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


@contextmanager
def _loading(what: str, within: str = "") -> Iterator[None]:
    """Make an `OwnRulesError` of whatever is raised while a module is loaded, which runs code of others.

    It names the last line that ran of a file whose path begins with `within`.
    """
    try:
        yield
    except SyntaxError as error:
        at = f"{_shown(error.filename)}:{error.lineno}" if error.filename and error.lineno else what
        raise OwnRulesError(f"{at}: {error.msg}") from error
    except (Exception, SystemExit) as error:
        if str(error) == _NUL:
            raise OwnRulesError(f"{what}: {error}") from error
        raise OwnRulesError(f"{_last_line(error, within) or what}: {type(error).__name__}: {error}") from error


def _last_line(error: BaseException, within: str) -> str:
    last, trace = "", error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if Path(file).is_absolute() and file.startswith(within) and file not in {__file__, importlib.__file__}:
            last = f"{_shown(file)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return last


def _only_rule(module: ModuleType) -> Rule:
    own = [value for value in vars(module).values() if isinstance(value, Rule)]
    rules = {id(rule): rule for rule in own if rule.check.__module__ == module.__name__}
    match list(rules.values()):
        case [rule]:
            return rule
        case []:
            raise OwnRulesError(f"{_shown(str(module.__file__))}: there is no rule in this file")
        case [_, second, *_]:
            raise OwnRulesError(f"{place(second)}: a file holds one rule, whose page its docstring is")
    raise AssertionError("a list has a length")


def _flaws(rule: Rule) -> Iterator[str]:
    """Say in what a rule is not like one of msglint's; it was written by hand, and perhaps checked by nobody."""
    yield from misnamed(str(rule.code), rule.name)
    if not rule.severities or not all(isinstance(each, Severity) for each in rule.severities):
        yield "it has no severity, such as Severity.WARNING"
    if not rule.each or not all(map(_is_kind, rule.each)):
        yield "each is no kind of resource that has a KIND, such as Queue"
    yield from flaws(rule)


def _is_kind(each: object) -> bool:
    return isinstance(each, type) and issubclass(each, Resource) and hasattr(each, "KIND")


def _shown(path: Path | str) -> str:
    """Name a path as it is seen from the working directory, where it is below that."""
    here, path = Path.cwd(), Path(path)
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
