"""Runs of the command line in a process in which Python tells of all that they ask of the system.

What a run may do is told beforehand: which directories it may read, which files it may write, which programmes it may
start. All else is unwanted, also what nobody has thought of: an event whose name is not known here.
"""

import importlib.metadata
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

SOURCES = Path(__file__).parents[1] / "src"
NAMED = frozenset({"msglint.toml", ".msglint.yaml", ".msglint.yml", "pyproject.toml"})
"""The configurations, which are looked for in all directories above what is judged."""
IGNORING = frozenset({".gitignore", ".git"})
"""What git ignores is told by these, in and above what is judged."""
_MADE = ("msglint_own_", "_sysconfigdata_")
"""How modules are called that a company's rules are in, that hold how Python was built."""
UNUSUAL = frozenset({"antigravity", "this", "turtle", "idlelib", "pdb", "webbrowser"})
"""Modules of Python that nobody imports unless told to."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_HARMLESS = frozenset(
    {
        *("sys._getframe", "sys._getframemodulename", "object.__getattr__", "object.__setattr__", "object.__delattr__"),
        *(
            "builtins.id",
            "array.__new__",
            "marshal.loads",
            "marshal.load",
            "code.__new__",
            "function.__new__",
            "cpython._PySys_ClearAuditHooks",
        ),
    }
)
"""What classes, the import system and the end of the process ask of Python, which leads nowhere outside of it."""
_SEARCHED = frozenset({"os.listdir", "os.scandir", "os.walk", "os.fwalk", "glob.glob", "glob.glob/2"})
_CHANGED = frozenset(
    {
        *("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.symlink"),
        *("os.truncate", "os.utime", "shutil.rmtree", "tempfile.mkdtemp", "tempfile.mkstemp"),
    }
)


class Asked(NamedTuple):
    """A run, and what it may do beyond reading what belongs to Python and msglint."""

    words: Sequence[str]
    reads: Sequence[str] = ()
    """Directories and files that it may read."""
    writes: Sequence[str] = ()
    """Files that it may write: into a new one beside, which then takes the place of the old one."""
    scratch: Sequence[str] = ()
    """Directories in which it may do as it likes."""
    starts: Sequence[str] = ()
    """The command lines that it may start, each by its beginning, with the name of the programme alone."""
    runs: Sequence[str] = ()
    """Directories of which it may run the code."""
    effect: str = ""
    """What is done once besides, by a name in `EFFECTS`."""
    given: str = ""
    """What stands on standard input."""
    environment: Mapping[str, str] = {}  # nobody changes it


class Done(NamedTuple):
    """What a run did."""

    code: int
    stdout: str
    stderr: str
    events: Mapping[str, int]
    unwanted: Sequence[str]
    """Each event that was not asked for, in words."""


def audited(runs: Sequence[Asked], cwd: Path, *flags: str) -> list[Done]:
    """Run command lines one after the other in one process, which starts in a directory, and give what they did."""
    return [Done(**each) for each in _child("all", [each._asdict() for each in runs], cwd, *flags)]


def killed(run: Asked, cwd: Path) -> list[dict[str, str | None]]:
    """Run a command line once for each change it makes on the disk, and end the process right there.

    Gives what the files that it writes hold afterwards, None for none; the last run is not ended.
    """
    return list(_child("killed", [run._asdict()], cwd))


def _child(mode: str, runs: list[dict[str, Any]], cwd: Path, *flags: str) -> Any:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-B", *flags, __file__, mode],
        input=json.dumps(runs),
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(SOURCES), "COLUMNS": "100"},
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# From here on: what the process does.


def _opened(path: Any) -> str:
    return os.path.abspath(os.fsdecode(path))


class Watch:
    """Judges events while it is on."""

    def __init__(self) -> None:
        self.on = False
        self.asked = Asked(())
        self.events: Counter[str] = Counter()
        self.unwanted: list[str] = []
        self.cwd = os.getcwd()
        self.changes = 0
        self.dies_at = 0
        """At which change the process ends; 0: never."""
        prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, str(SOURCES / "msglint")}
        # An environment may have its packages by links.
        self._installed = tuple(f"{each}{os.sep}" for each in {*prefixes, *map(os.path.realpath, prefixes)})
        known = {name for name in importlib.metadata.packages_distributions() if not name.startswith("_pytest")}
        # The last is asked for by xml.sax, for Jython.
        self._modules = {*sys.stdlib_module_names, *known, "msglint", "_yaml", "org"} - UNUSUAL
        sys.addaudithook(self._note)

    def begin(self, asked: Asked) -> None:
        """Note from now on what a run does."""
        self.asked = asked
        self.events = Counter()
        self.unwanted = []
        self.changes = 0

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event in _HARMLESS:
            self.events[event] += 1
            return
        self.on = False
        try:
            self.events[event] += 1
            if why := self._wrong(event, arguments):
                self.unwanted.append(f"{event}: {why}")
        finally:
            self.on = True

    def _wrong(self, event: str, arguments: tuple[Any, ...]) -> str:
        """Say what is unwanted of an event; nothing of one that may be."""
        match event, arguments:
            case "open", (int(), *_):
                return ""
            case "open", (path, _, flags):
                return self._written([path]) if flags & _WRITING else self._read(path)
            case _ if event in _SEARCHED:
                first = arguments[0]
                return "" if isinstance(first, int) else self._read("." if first is None else first)
            case "os.rename", (source, target, *_):
                # What is whole takes the place of what was there, and nothing else is moved.
                whole = _opened(target) in self.asked.writes and _is_beside(_opened(source), _opened(target))
                return self._change() if whole else self._written([source, target])
            case "os.link" | "os.symlink", (_, path, *_):
                return self._written([path])
            case _ if event in _CHANGED:
                # A path may be told from a directory that is open, which comes last.
                return "" if isinstance(arguments[0], int) else self._written([_at(arguments[0], arguments[-1])])
            case "os.chdir", (path,):
                there = _opened(path)
                return "" if there == self.cwd or self._is_scratch(there) else there
            case "subprocess.Popen", (_, [programme, *words], *_):
                line = " ".join([os.path.basename(os.fsdecode(programme)), *map(os.fsdecode, words)])
                return "" if any(line.startswith(each) for each in self.asked.starts) else line
            case "import", (name, *_):
                known = name.partition(".")[0] in self._modules or name.startswith(_MADE)
                return "" if known else str(name)
            case "sys.addaudithook", _:
                return "" if "--watch" in self.asked.words else "nobody watches"
            case "compile", (_, file):
                return self._compiled(str(os.fsdecode(file) if file is not None else ""), sys._getframe(2))
            case "exec", (code,):
                return self._compiled(code.co_filename, sys._getframe(2)) if isinstance(code, CodeType) else "?"
            case _:
                return " ".join(map(str, arguments))[:200] or "nobody asks for it"

    def _read(self, path: Any) -> str:
        real = _opened(path)
        if real == os.devnull or f"{real}{os.sep}".startswith(self._installed):
            return ""
        roots = [*self.asked.reads, *self.asked.scratch, *self.asked.writes, *self.asked.runs]
        if _is_in(real, roots):
            # Also where a link leads.
            return "" if _is_in(os.path.realpath(real), map(os.path.realpath, roots)) else f"{real}, a link"
        folder, name = os.path.split(re.sub(r"/\.git/info/exclude\Z", "/.git", real))
        is_above = any(_is_in(each, [folder.rstrip(os.sep)]) for each in [*roots, self.cwd])
        return "" if is_above and name in {*NAMED, *IGNORING} else real

    def _written(self, paths: Sequence[Any]) -> str:
        for real in map(_opened, paths):
            beside = any(_is_beside(real, each) for each in self.asked.writes)
            if not (beside or self._is_scratch(real) or real == os.devnull):
                return f"{real} is changed"
        return self._change()

    def _is_scratch(self, path: str) -> bool:
        return _is_in(path, self.asked.scratch)

    def _change(self) -> str:
        self.changes += 1
        if self.changes == self.dies_at:
            os._exit(9)
        return ""

    def _compiled(self, file: str, frame: FrameType | None) -> str:
        """Say what is unwanted of code: all but that of files that belong here, and what Python makes for classes."""
        if file.startswith(("<frozen", *self._installed, *(f"{each}{os.sep}" for each in self.asked.runs))):
            return ""
        caller = frame.f_code.co_filename if frame is not None else ""
        if caller == ast_file() and frame is not None and frame.f_back is not None:
            # Parsed and not run: what is run raises an event of its own.
            return "" if frame.f_back.f_code.co_filename == str(SOURCES / "msglint/code/python.py") else "parsed"
        own = caller.startswith(("<frozen", *self._installed)) and not caller.startswith(str(SOURCES))
        return "" if own and file.startswith("<") else f"{file} from {caller}"


def _at(path: Any, directory: Any) -> str:
    """Give a path that is told from a directory by the number under which that is open, if it is."""
    name = os.fsdecode(path)
    return os.path.join(os.readlink(f"/proc/self/fd/{directory}"), name) if _is_open(directory) else name


def _is_open(directory: Any) -> bool:
    return isinstance(directory, int) and directory > 2


def ast_file() -> str:
    """Give the file of the module that parses Python."""
    import ast  # noqa: PLC0415

    return str(ast.__file__)


def _is_in(path: str, places: Iterable[str]) -> bool:
    """Say whether a path is one of some places, or below one of them."""
    return any(path == each or path.startswith(f"{each}{os.sep}") for each in places)


def _is_beside(path: str, target: str) -> bool:
    folder, name = os.path.split(target)
    return path == os.path.join(folder, f".{name}.{os.getpid()}")


def _import_by_name() -> None:
    with suppress(ImportError):
        __import__("canary_handler")


def _socket() -> None:
    import socket  # noqa: PLC0415

    socket.socket().close()


def _resolved() -> None:
    import socket  # noqa: PLC0415

    socket.gethostbyname("localhost")


def _write(path: str) -> None:
    Path(path).write_text("written", encoding="utf-8")


def _renamed() -> None:
    _quietly(lambda: Path("no-such-file").rename("no-such-target"))


def _quietly(do: Callable[[], object]) -> None:
    with suppress(OSError):
        do()


def _started(*words: str) -> Callable[[], object]:
    return lambda: subprocess.run(words, check=False, capture_output=True)  # noqa: S603


def _forked() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


def _ctypes() -> None:
    import ctypes  # noqa: PLC0415

    ctypes.CDLL(None)


EFFECTS: Mapping[str, Callable[[], object]] = {
    "socket": _socket,
    "name": _resolved,
    "process": _started("true"),
    "other words for git": _started("git", "--version"),
    "shell": lambda: os.system("true"),  # noqa: S605,S607
    "fork": _forked,
    "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "write": lambda: _write("written.txt"),
    "write over": lambda: _write("report.txt"),
    "rename": _renamed,
    "remove": lambda: _quietly(lambda: Path("no-such-file").unlink()),
    "mkdir": lambda: _quietly(lambda: Path("no-such-directory/inner").mkdir()),
    "link": lambda: _quietly(lambda: Path("no/link").symlink_to("orders.yaml")),
    "chmod": lambda: _quietly(lambda: Path("no-such-file").chmod(0o600)),
    "read": lambda: _quietly(lambda: Path("/etc/hostname").read_bytes()),
    "search": lambda: _quietly(lambda: os.listdir("/etc")),
    "exec": lambda: exec("1 + 1"),  # noqa: S102
    "eval": lambda: eval("1 + 1"),  # noqa: S307
    "parse": lambda: __import__("ast").parse("1 + 1"),
    "import": _import_by_name,
    "unusual import": lambda: __import__("this"),
    "ctypes": _ctypes,
    "putenv": lambda: os.putenv("MSGLINT_CANARY", "1"),
    "kill": lambda: os.kill(os.getpid(), 0),
}
"""One of each kind that no run may have. None needs the network, or changes anything outside the working directory."""


def _run(watch: Watch, asked: Asked) -> Done:
    from msglint.cli import main as cli  # noqa: PLC0415  # watched

    for name, value in asked.environment.items():
        os.environ[name] = value
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(asked.given.encode())), out, err
    restore = _with_effect(EFFECTS[asked.effect]) if asked.effect else None
    watch.begin(asked)
    watch.on = True
    try:
        code = cli.main(asked.words)
    except KeyboardInterrupt:
        code = 130
    finally:
        watch.on = False
        sys.stdin, sys.stdout, sys.stderr = before
        if restore is not None:
            restore()
    return Done(code, _said(out), _said(err), watch.events, watch.unwanted)


def _said(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def _with_effect(effect: Callable[[], object]) -> Callable[[], None]:
    """Have the engine do something besides, until told otherwise."""
    from msglint import engine  # noqa: PLC0415  # watched

    lint = engine.lint

    def lint_and_more(*words: Any, **more: Any) -> Any:
        effect()
        return lint(*words, **more)

    engine.lint = lint_and_more

    def restore() -> None:
        engine.lint = lint

    return restore


def _unwatched() -> None:
    """Have what waits for saved files be interrupted at once: only the first round of watching is asked for."""
    from types import ModuleType  # noqa: PLC0415

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    module = ModuleType("watchfiles")
    module.__dict__["watch"] = interrupted
    sys.modules["watchfiles"] = module


def _killed(watch: Watch, asked: Asked) -> list[dict[str, str | None]]:
    before = {name: _content(name) for name in asked.writes}
    _run(watch, asked)  # what it imports is there then for all that follow
    found = []
    while True:
        for name, text in before.items():
            Path(name).unlink(missing_ok=True) if text is None else Path(name).write_text(text, encoding="utf-8")
        watch.dies_at += 1
        child = os.fork()
        if not child:
            os._exit(_run(watch, asked).code)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        found.append({name: _content(name) for name in asked.writes})
        if ended != 9:
            return found


def _content(name: str) -> str | None:
    return Path(name).read_text(encoding="utf-8") if Path(name).exists() else None


def main(mode: str) -> None:
    """Do what standard input asks for."""
    runs = [Asked(**each) for each in json.load(sys.stdin)]
    # Modules of the tests are nobody's business here.
    sys.path.remove(str(Path(__file__).parent))
    _unwatched()
    ast_file()
    watch = Watch()
    json.dump(
        _killed(watch, runs[0]) if mode == "killed" else [_run(watch, each)._asdict() for each in runs], sys.stdout
    )


if __name__ == "__main__":
    main(sys.argv[1])
