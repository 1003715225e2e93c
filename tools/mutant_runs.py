"""Run tests against the mutants of modules: pytest collects once, and each mutant is a fork of that process.

A mutant of a function gives the functions that are there its code, so that nothing is imported anew. One that the
import of a module runs takes a pytest of its own, which finds the changed text where the module would be.
"""

import contextlib
import functools
import gc
import importlib
import importlib.util
import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple, TypeVar

import pytest
from hypothesis import Phase, settings

from mutations import Mutant

Result = TypeVar("Result")
Line = tuple[str, int]
"""A file and the number of a line."""

PATIENCE = 3
"""A test may compute as many times as long as it does, traced, without a fault, and as many seconds more."""
MEMORY = 4 << 30
"""Bytes that a mutant may ask for."""
_CACHE = type(functools.cache(len))


class Suite(NamedTuple):
    """The tests that are to notice a fault in some modules."""

    tests: tuple[Path, ...]
    """The files, those that find most first."""
    of: Callable[[str, str], bool] = lambda _module, _test: True
    """Whether a test is there for a module: its name, and the id of the test."""


class Judged(NamedTuple):
    """What became of a mutant, and how many tests there are that run its lines."""

    mutant: Mutant
    killed: bool
    tests: int


class _Traced(NamedTuple):
    seconds: float
    lines: frozenset[Line]


class _Found(NamedTuple):
    killed: bool
    tests: tuple[str, ...]
    anew: bool
    """Whether it takes an import to tell."""


def run(
    suite: Suite, wanted: Mapping[str, Sequence[Mutant]], note: Callable[[str, Judged], None]
) -> Iterator[tuple[str, list[Judged]]]:
    """Run the tests of a suite against the mutants that are wanted of each module, and give what became of them.

    `note` is told of each as soon as that is known. RuntimeError where no test can be run without any fault.
    """
    files = {module: file_of(module) for module in wanted}

    def collected() -> tuple[dict[str, list[_Found]], Mapping[str, _Traced]] | None:
        session = _Session(suite, wanted, files, note)
        return (session.found, session.runs) if _pytest(suite.tests, session) == pytest.ExitCode.OK else None

    found = _in_fork(collected)
    if found is None:
        raise RuntimeError(f"no test passes without a fault: {' '.join(map(str, suite.tests))}")
    for module, file in files.items():
        judged = []
        for mutant, each in zip(wanted[module], found[0][module], strict=True):
            killed = each.killed or (each.anew and _killed_anew(module, file, mutant, each.tests, found[1], suite))
            judged.append(Judged(mutant, killed, len(each.tests)))
            if each.anew and not each.killed:
                note(module, judged[-1])
        yield module, judged


class _Session:
    """A plugin of pytest: let it collect, trace each test, and fork for each mutant of a function."""

    def __init__(
        self,
        suite: Suite,
        wanted: Mapping[str, Sequence[Mutant]],
        files: Mapping[str, str],
        note: Callable[[str, Judged], None],
    ) -> None:
        self.found: dict[str, list[_Found]] = {}
        self.runs: Mapping[str, _Traced] = {}
        self._suite, self._wanted, self._files, self._note = suite, wanted, files, note
        self._lines: set[Line] = set()
        self._traced_files = frozenset(files.values())
        self._failed = False
        sys.settrace(self._called)

    def pytest_configure(self) -> None:
        _settle_hypothesis()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if any(self._suite.of(module, item.nodeid) for module in self._wanted)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        imported = self._lines
        items = {item.nodeid: item for item in session.items}
        sys.settrace(None)
        traced = None if session.testsfailed else _in_fork(lambda: self._traced(list(items.values())))
        runs, loaded = traced or ({}, [])
        if not runs:
            raise session.Failed("no test passes without a fault")
        # What is imported only when it is asked would else be imported again for each mutant.
        self._lines = set(imported)
        sys.settrace(self._called)
        for name in (*self._files, *loaded):
            importlib.import_module(name)
        sys.settrace(None)
        imported = self._lines
        self.runs = runs
        objects = gc.get_objects()
        caches = [each for each in objects if isinstance(each, _CACHE)]
        functions = [each for each in objects if isinstance(each, FunctionType) and self._is_ours(each.__code__)]
        gc.freeze()
        for module, file in self._files.items():
            mine = {name: each for name, each in runs.items() if self._suite.of(module, name)}
            touching = set(_ordered(mine, {line for each in mine.values() for line in each.lines if line[0] == file}))
            # A test may look at a table without running any line of the module.
            files = tuple(path.name for path in self._suite.tests if module in path.read_text(encoding="utf-8"))
            touching |= {name for name in mine if name.partition("::")[0].endswith(files)} if files else set()
            all_ = tuple(sorted(touching, key=lambda name: runs[name].seconds))
            self.found[module] = []
            for mutant in self._wanted[module]:
                lines = {(file, line) for line in mutant.lines}
                there = [each for each in functions if _place(each.__code__) == (file, mutant.function)]
                # A function that another one made before it got its code keeps the old one.
                inner = tuple(f"{each.__qualname__}.<locals>." for each in there)
                made = any(each.__qualname__.startswith(inner) for each in functions) if inner else False
                anew = made or not there or not lines.isdisjoint(imported)
                tests = _ordered(mine, lines) if there else ()
                chosen = [items[name] for name in tests]
                killed = bool(tests) and self._killed(compile(mutant.text, file, "exec"), there, caches, chosen)
                self.found[module].append(_Found(killed, all_ if anew else tests, anew))
                if killed or not anew:
                    self._note(module, Judged(mutant, killed, len(tests)))
        return True

    def _killed(
        self, module: CodeType, functions: Sequence[FunctionType], caches: Sequence[Any], items: Sequence[pytest.Item]
    ) -> bool:
        code = _code(module, _place(functions[0].__code__))

        def survives() -> bool:
            for function in functions:
                function.__code__ = code
            for cache in caches:
                cache.cache_clear()
            return all(
                self._passes(item, following, PATIENCE * (1 + self.runs[item.nodeid].seconds))
                for item, following in zip(items, (*items[1:], None), strict=True)
            )

        return not _in_fork(survives, bounded=True)

    def _passes(self, item: pytest.Item, following: pytest.Item | None, seconds: float = 0) -> bool:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)  # 0 is as long as it takes
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self._failed

    def _traced(self, items: Sequence[pytest.Item]) -> tuple[dict[str, _Traced], list[str]]:
        """Run each test without a fault, and give the modules that are loaded then. One that fails is not asked."""
        runs = {}
        for item, following in zip(items, (*items[1:], None), strict=True):
            self._lines, self._failed = set(), False
            started = time.process_time()
            sys.settrace(self._called)
            passes = self._passes(item, following)
            sys.settrace(None)
            if passes:
                runs[item.nodeid] = _Traced(time.process_time() - started, frozenset(self._lines))
            else:
                print(f"{item.nodeid} fails while its lines are traced, and is left out", file=sys.stderr)
        return runs, [name for name in sys.modules if name.startswith("msglint.")]

    def _called(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        return self._line if self._is_ours(frame.f_code) else None

    def _is_ours(self, code: CodeType) -> bool:
        return code.co_filename in self._traced_files

    def _line(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            self._lines.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line


class _Picked:
    """A plugin of pytest: run the tests for a module, the quickest first, and those that a mutant made new."""

    def __init__(self, runs: Mapping[str, _Traced], wanted: Sequence[str]) -> None:
        self._runs, self._wanted = runs, frozenset(wanted)

    def pytest_configure(self) -> None:
        _settle_hypothesis()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        picked = [item for item in items if item.nodeid in self._wanted or item.nodeid not in self._runs]
        items[:] = sorted(picked, key=lambda item: self._runs[item.nodeid].seconds if item.nodeid in self._runs else 0)


class _Mutated(SourceFileLoader):
    """Finds one module with another text."""

    def __init__(self, module: str, file: str, text: str) -> None:
        super().__init__(module, file)
        self._text = text

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._text, self.get_filename(fullname), "exec")


def _killed_anew(
    module: str, file: str, mutant: Mutant, tests: Sequence[str], runs: Mapping[str, _Traced], suite: Suite
) -> bool:
    for path in suite.tests:
        mine = [name for name in tests if name.partition("::")[0].endswith(path.name)]

        def survives(path: Path = path, mine: Sequence[str] = mine) -> bool:
            sys.meta_path.insert(0, _Mutated(module, file, mutant.text))
            signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE * (5 + sum(runs[name].seconds for name in mine)))
            return _pytest([path], _Picked(runs, mine)) in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}

        if mine and not _in_fork(survives, bounded=True):
            return True
    return False


def _pytest(tests: Sequence[Path], plugin: object) -> int:
    quiet = ["-q", "-s", "-x", "-m", "not slow", "--tb=native", "--assert=plain", "-p", "no:cacheprovider"]
    out = os.open(os.devnull, os.O_WRONLY)
    os.dup2(out, sys.stdout.fileno())
    return pytest.main([*quiet, "-p", "no:xdist", *map(str, tests)], plugins=[plugin])


def _settle_hypothesis() -> None:
    """Have properties tried with the same examples each time, and no smaller one sought for what fails."""
    settings.register_profile(
        "mutants", settings(), derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
    )
    settings.load_profile("mutants")


def _ordered(runs: Mapping[str, _Traced], lines: Set[Line]) -> tuple[str, ...]:
    """Give the tests that run some of these lines, the quickest first."""
    found = [name for name, each in runs.items() if not each.lines.isdisjoint(lines)]
    return tuple(sorted(found, key=lambda name: runs[name].seconds))


def _place(code: CodeType) -> tuple[str, tuple[str, int]]:
    return code.co_filename, (code.co_name, code.co_firstlineno)


def _code(within: CodeType, place: tuple[str, tuple[str, int]]) -> CodeType:
    """Find the code of a function, the outermost that is there; LookupError where there is none."""
    inner = [each for each in within.co_consts if isinstance(each, CodeType)]
    for each in inner:
        if _place(each) == place:
            return each
    for each in inner:
        with contextlib.suppress(LookupError):
            return _code(each, place)
    raise LookupError(place)


def file_of(module: str) -> str:
    """Give the path of a module's text."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return spec.origin


def _in_fork(work: Callable[[], Result], *, bounded: bool = False) -> Result | None:
    """Give what something gives in a fork of this process, and None where it fails, is ended or asks for memory."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            if bounded:
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
                gc.disable()
            given = pickle.dumps(work())
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(given)
        finally:
            os._exit(0)  # whatever a mutant does, it does not go on as its parent
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(answer) if answer else None  # noqa: S301  # from a fork of ours
