"""What a change causes: the lines that it touches, as git tells them, and the files as they were before it.

git is only read: no hook, filter of a checkout, pager or helper of it runs, nothing is fetched, and nothing is written
to the repository.
"""

import os
import re
import shutil
import subprocess
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, NamedTuple

import msgspec

from msglint.baseline import Paths, compare, remembered
from msglint.finding import Finding, Known, Report
from msglint.options import ALWAYS
from msglint.source import MAX_BYTES, Document, Node, SourceError, Span, parse

LARGEST_BESIDE = 1_000_000
"""The largest file that is read beside a template or plan, in bytes; what is larger counts only if it may be one."""
MOST_BYTES = 2 * 1024 * 1024 * 1024
"""How much is taken out of git at most."""
DEEPEST = 8
"""How many submodules are followed inside one another."""

_JUDGED = (".yaml", ".yml", ".json", ".template", ".tfplan", ".tf", ".tfvars")
_LINK, _SUBMODULE = "120000", "160000"
_NOT_OURS = {"", ".", "..", ".git"}
_INSTALLED = os.path.join(".terraform", "modules")
_OF_THE_CALLER = re.compile(
    r"GIT_(?:DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX|NAMESPACE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES"
    r"|IMPLICIT_WORK_TREE|GRAFT_FILE|SHALLOW_FILE|REPLACE_REF_BASE|NO_REPLACE_OBJECTS|QUARANTINE_PATH|DIFF_OPTS"
    r"|EXTERNAL_DIFF|(?:LITERAL|GLOB|NOGLOB|ICASE)_PATHSPECS|TRACE\w*)"
)
"""What git tells its hooks of the repository that they run for, and what would change how it answers."""
_SETTINGS = ("core.fsmonitor=false", "core.quotePath=true", "diff.autoRefreshIndex=false", "protocol.allow=never")
_DIFF = (
    *("--unified=0", "--inter-hunk-context=0", "--no-color", "--no-ext-diff", "--no-textconv", "--text", "-M"),
    "--ignore-cr-at-eol",
    *("--no-relative", "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=all"),
)
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')
_ESCAPES = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}


class UnknownChangeError(Exception):
    """git does not tell what has changed; the message says why."""


class Stretch(NamedTuple):
    """Lines that are new, or the line behind which lines were taken away."""

    first: int
    last: int
    taken: int | None = None
    """Where lines were taken away, the indentation of the first of them."""

    def touches(self, span: Span, *, block: bool = False) -> bool:
        """Say whether lines of a span are among these; what was taken away at the end of a block belonged to it."""
        start, end = span
        last = end.line - (end.column == 1 and end.line > start.line)
        if self.taken is None:
            return self.first <= last and start.line <= self.last
        return start.line <= self.first < last or (block and self.first == last and self.taken >= start.column)


_UNSEEN = -1
"""The indentation of blank lines."""

ALL = (Stretch(1, sys.maxsize),)
"""The lines of a file that is new as a whole."""


class Change(msgspec.Struct, frozen=True):
    """What has changed in a checkout. Paths are those from its root, with slashes."""

    base: str
    """What the user calls the state before it."""
    root: str
    before: str
    """A directory with the files as they were."""
    touched: Mapping[str, Sequence[Stretch]]
    renamed: Mapping[str, str]
    """The paths of files by those that they had before."""
    tracked: frozenset[str]

    def then(self, path: str) -> str:
        """Give where a file of the checkout was before; one outside of it is where it is now."""
        now = self._inside(path)
        if now is None:
            return os.path.realpath(path)
        was = next((old for old, new in self.renamed.items() if new == now), now)
        return os.path.normpath(os.path.join(self.before, was))

    def moved_into(self, paths: Iterable[str]) -> Iterator[str]:
        """Give where files were before that are at or below some paths now."""
        inside = [each for each in map(self._inside, paths) if each is not None]
        for old, new in self.renamed.items():
            if any(each in {".", new} or new.startswith(f"{each}/") for each in inside):
                yield os.path.join(self.before, old)

    def _inside(self, path: str) -> str | None:
        real = os.path.realpath(path)
        inside = real == self.root or real.startswith(os.path.join(self.root, ""))
        return os.path.relpath(real, self.root).replace(os.sep, "/") if inside else None


class _Found(NamedTuple):
    """What is gathered of a checkout and its submodules."""

    touched: dict[str, Sequence[Stretch]]
    renamed: dict[str, str]
    tracked: set[str]
    links: list[tuple[str, str]]
    """The links there were, each with what it led to."""


class _Repository(NamedTuple):
    """The checkout of a repository; `prefix` is its path from the outermost one, with a slash."""

    git: str
    directory: str
    prefix: str = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not _OF_THE_CALLER.fullmatch(name)}
        said = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
        return {**kept, **said}

    def command(self, *arguments: str) -> list[str]:
        settings = (word for setting in _SETTINGS for word in ("-c", setting))
        return [self.git, "--no-pager", *settings, *arguments]

    def ask(self, *arguments: str) -> tuple[int, bytes, str]:
        """Ask git, and give its exit code, what it answers, and what it says of its troubles."""
        run = subprocess.run(  # noqa: S603  # a fixed programme, and no shell
            self.command(*arguments),
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return run.returncode, run.stdout, " ".join(run.stderr.decode("utf-8", "replace").split())

    def answer(self, *arguments: str) -> bytes:
        """Give what git answers; `UnknownChangeError` where it cannot."""
        code, answer, said = self.ask(*arguments)
        if code:
            raise UnknownChangeError(f"git {arguments[0]}: {said or f'exit code {code}'}")
        return answer

    @contextmanager
    def reading(self, *arguments: str, given: IO[bytes] | None = None) -> Iterator[IO[bytes]]:
        """Read what git answers while it answers, and find out at the end whether it could."""
        with (
            TemporaryFile() as troubles,
            subprocess.Popen(  # noqa: S603  # a fixed programme, and no shell
                self.command(*arguments),
                cwd=self.directory,
                env=self.environment,
                stdin=given or subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=troubles,
            ) as process,
        ):
            try:
                if process.stdout is not None:
                    yield process.stdout
            except BaseException:
                # It may look for what is renamed for a while before it notices that nobody reads.
                process.kill()
                raise
            if process.wait():
                troubles.seek(0)
                said = " ".join(troubles.read(1000).decode("utf-8", "replace").split())
                raise UnknownChangeError(f"git {arguments[0]}: {said}")


@contextmanager
def since(base: str, here: str) -> Iterator[Change]:
    """Give what has changed in the checkout around a directory since it parted from a commit.

    What is not committed has changed too. The files of before are there until the end. Raises `UnknownChangeError`.
    """
    git = shutil.which("git")
    if git is None:
        raise UnknownChangeError("there is no git on the PATH, which knows what has changed")
    code, top, said = _Repository(git, here).ask("rev-parse", "--show-toplevel")
    if code:
        raise UnknownChangeError(f"{here} is in no checkout of a git repository: {said}")
    root = os.path.realpath(os.fsdecode(top.removesuffix(b"\n")))
    repository = _Repository(git, root)
    commit = _parted(repository, base)
    with TemporaryDirectory(prefix="msglint-", ignore_cleanup_errors=True) as directory, _removing(directory):
        before = os.path.realpath(directory)
        found = _Found({}, {}, set(), [])
        try:
            _gather(repository, commit, before, found)
            _make_links(before, found.links)
            # Here what reads files stops looking for what belongs to them, as it does in the checkout.
            os.mkdir(os.path.join(before, ".git"))
        except OSError as error:
            raise UnknownChangeError(f"the files of {base} cannot be written down: {error.strerror}") from error
        yield Change(base, root, before, found.touched, found.renamed, frozenset(found.tracked))


@contextmanager
def _removing(directory: str) -> Iterator[None]:
    """Remove a directory at the end, before it is removed once more: a signal interrupts one of the two, never both."""
    try:
        yield
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _parted(repository: _Repository, base: str) -> str:
    """Give the commit at which the checkout parted from another."""
    deep = repository.answer("rev-parse", "--is-shallow-repository").strip() != b"true"
    hint = "" if deep else "; the clone is shallow: let it have the whole history (fetch-depth: 0 of actions/checkout)"
    commits = []
    for name in (base, "HEAD"):
        code, answer, _ = repository.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if code:
            wrong = "there is no commit yet" if name == "HEAD" else f"git knows no commit {base!r} here"
            raise UnknownChangeError(f"{wrong}{hint}")
        commits.append(answer.decode().strip())
    code, answer, said = repository.ask("merge-base", *commits)
    if code > 1:
        raise UnknownChangeError(f"git merge-base: {said}")
    if code:
        raise UnknownChangeError(f"{base!r} and the checkout have no commit in common{hint}")
    return answer.decode().split()[0]


def _gather(repository: _Repository, commit: str, into: str, found: _Found, depth: int = 0) -> None:
    """Gather what has changed since a commit, and write down the files of then; submodules have their own commits."""
    prefix = repository.prefix
    found.tracked.update(prefix + path for path in _paths(repository.answer("ls-files", "-z")))
    untracked = repository.answer("ls-files", "--others", "--exclude-standard", "-z")
    found.touched.update((prefix + path, ALL) for path in _paths(untracked))
    with repository.reading("diff", *_DIFF, commit, "--") as answer:
        _read_diff(answer, prefix, found)
    for path, oid in _write_down(repository, commit, into, found):
        inner = _Repository(repository.git, os.path.join(repository.directory, path), f"{prefix}{path}/")
        here = os.path.realpath(inner.directory) == inner.directory and os.path.lexists(f"{inner.directory}/.git")
        if here and depth < DEEPEST and not inner.ask("cat-file", "-e", f"{oid}^{{commit}}")[0]:
            _gather(inner, oid, os.path.join(into, path), found, depth + 1)


def _paths(answer: bytes) -> Iterator[str]:
    return (os.fsdecode(path) for path in answer.split(b"\0") if path)


def _write_down(repository: _Repository, commit: str, into: str, found: _Found) -> Sequence[tuple[str, str]]:
    """Write the files of a commit into a directory; give its submodules with their commits."""
    blobs: list[tuple[str, str, bool]] = []
    submodules: list[tuple[str, str]] = []
    size = 0
    for entry in _paths(repository.answer("ls-tree", "-r", "-z", "-l", "--full-tree", commit)):
        about, _, path = entry.partition("\t")
        mode, _, oid, length = about.split()
        if any(name.lower() in _NOT_OURS or os.sep in name for name in path.split("/")):
            continue
        if mode == _SUBMODULE:
            submodules.append((path, oid))
        elif length.isdigit() and int(length) <= (MAX_BYTES if path.lower().endswith(_JUDGED) else LARGEST_BESIDE):
            blobs.append((path, oid, mode == _LINK))
            size += int(length)
    if size > MOST_BYTES:
        raise UnknownChangeError(f"the files of {commit} have {size} bytes, and msglint takes at most {MOST_BYTES}")
    with TemporaryFile() as asked:
        asked.write("".join(f"{oid}\n" for _, oid, _ in blobs).encode())
        asked.seek(0)
        with repository.reading("cat-file", "--batch", "--buffer", given=asked) as answer:
            for path, _, link in blobs:
                heading = answer.readline().split()
                if len(heading) != 3:
                    raise UnknownChangeError(
                        f"{path} of {commit} is not in this clone, which seems to be a partial one"
                    )
                data = answer.read(int(heading[2]))
                answer.read(1)
                target = os.path.join(into, path)
                if link:
                    found.links.append((target, os.fsdecode(data)))
                    continue
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as file:
                    file.write(data)
    modules = {os.path.dirname(path) for path, _, _ in blobs if path.endswith(".tf")}
    for module in modules:
        _copy_installed(os.path.join(repository.directory, module), os.path.join(into, module))
    return submodules


def _copy_installed(now: str, then: str) -> None:
    """Take the modules that terraform has installed for those of before: git seldom has them, and calls lead there."""
    source = os.path.join(now, _INSTALLED)
    if not os.path.isdir(source):
        return

    def left_out(directory: str, names: Sequence[str]) -> list[str]:
        sizes = {name: os.lstat(os.path.join(directory, name)).st_size for name in names}
        return [name for name in names if name == ".git" or sizes[name] > LARGEST_BESIDE]

    with suppress(OSError):
        shutil.copytree(source, os.path.join(then, _INSTALLED), symlinks=True, ignore=left_out, dirs_exist_ok=True)


def _make_links(before: str, links: Iterable[tuple[str, str]]) -> None:
    """Make the links that lead to files of before, when all of these have been written."""
    made = []
    for path, target in links:
        if not os.path.isabs(target) and "\0" not in target and not os.path.lexists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.symlink(target, path)
            made.append(path)
    for path in made:
        if not os.path.realpath(path).startswith(os.path.join(before, "")):
            os.unlink(path)


def _read_diff(answer: IO[bytes], prefix: str, found: _Found) -> None:
    """Read which lines of which files are new, and which files have another name now."""
    path, old = None, ""
    minus = plus = 0
    stretches: list[Stretch] = []
    for line in answer:
        if line[:1] == b"-" and minus:
            minus -= 1
            if stretches and stretches[-1].taken == _UNSEEN and (text := line[1:].lstrip()):
                stretches[-1] = stretches[-1]._replace(taken=len(line) - 1 - len(text))
        elif line[:1] == b"+" and plus:
            plus -= 1
        elif (hunk := _HUNK.match(line)) is not None:
            minus, first, plus = int(hunk[1] or 1), int(hunk[2]), int(hunk[3] or 1)
            if path is not None:
                stretches.append(Stretch(first, first + plus - 1) if plus else Stretch(first, first, _UNSEEN))
        elif line.startswith(b"diff --git "):
            path, stretches = None, []
        elif line.startswith(b"+++ ") and not line.startswith(b"+++ /dev/null"):
            path, stretches = prefix + _name(line[4:])[2:], []
            found.touched[path] = stretches
        elif line.startswith(b"rename from "):
            old = prefix + _name(line[12:])
        elif line.startswith(b"rename to "):
            found.renamed[old] = prefix + _name(line[10:])


def _name(written: bytes) -> str:
    """Give the name of a file as git writes it: one with a blank has a tab behind it, others stand between quotes."""
    written = written.removesuffix(b"\n").removesuffix(b"\t")
    if written[:1] == b'"':
        written = _ESCAPE.sub(lambda found: _character(found[1]), written[1:-1])
    return os.fsdecode(written)


def _character(escaped: bytes) -> bytes:
    return bytes([int(escaped, 8) & 255]) if escaped.isdigit() else _ESCAPES.get(escaped, escaped)


def caused(report: Report, before: Report, change: Change) -> tuple[Report, Sequence[str]]:
    """Give a report with what a change causes alone, and what the user should know of that.

    `before` is the same run before the change.
    """
    paths, then = Paths(change.root), _paths_before(change)
    blind = _blind(report, before, change)
    known = [*_known(before, before.findings, then, change)]
    doubted = _known(before, before.undecided, then, change)
    compared = compare(report, known, paths, doubted=doubted).report
    fresh = {id(finding) for finding in (*compared.findings, *compared.undecided)}
    failed = {
        (each.code, change.renamed.get(then(each.file), then(each.file)), each.identity) for each in before.findings
    }
    places = _Places(paths, change)

    def is_caused(finding: Finding) -> bool:
        if finding.code in ALWAYS:
            here = paths(finding.file)
            return here in change.touched or (finding.code, here, finding.identity) not in failed
        if finding.unit not in blind and id(finding) in fresh:
            return True
        return places.touched(finding)

    findings = tuple(filter(is_caused, report.findings))
    shown = msgspec.structs.replace(
        report,
        findings=findings,
        undecided=tuple(filter(is_caused, report.undecided)),
        elsewhere=len(report.findings) - len(findings),
    )
    notices = [
        f"{change.base} has no plan {name} that could be judged: what the change causes in resources that it does not "
        "touch cannot be told"
        for name in blind
    ]
    files = dict.fromkeys(finding.file for finding in findings if places.untracked(finding.file))
    notices += [f"git does not track {name}: all that is found in it is shown" for name in files]
    return shown, notices


def _paths_before(change: Change) -> Callable[[str], str]:
    """Give the paths of files of before, from the root of the checkout as well; those outside of it have not moved."""
    inside, outside = Paths(change.before), Paths(change.root)

    def path(name: str) -> str:
        found = inside(name)
        return outside(name) if found == ".." or found.startswith("../") or os.path.isabs(found) else found

    return path


def _known(before: Report, findings: Sequence[Finding], then: Callable[[str], str], change: Change) -> Iterator[Known]:
    for several in remembered(before, findings, then):
        for each in several:
            yield each._replace(unit=change.renamed.get(each.unit, each.unit))


def _blind(report: Report, before: Report, change: Change) -> Sequence[str]:
    """Give the plans whose findings stand in `.tf` files, and of which there was none before."""
    paths, then = Paths(change.root), _paths_before(change)
    judged = {change.renamed.get(path, path) for path in map(then, before.scope.judged)}
    plans = (name for name, modules in report.scope.modules.items() if paths(name) != paths(modules[0]))
    return [name for name in plans if paths(name) not in judged]


class _Blocks(NamedTuple):
    """The blocks of a file that a change touches: their names, and where they are, in order."""

    names: frozenset[str]
    spans: Sequence[Span]


class _Places:
    """Which findings stand on what a change touches, or speak of it."""

    __slots__ = ("_blocks", "_change", "_paths")

    def __init__(self, paths: Paths, change: Change) -> None:
        self._paths = paths
        self._change = change
        self._blocks: dict[str, _Blocks | None] = {}

    def untracked(self, file: str) -> bool:
        """Say whether git ignores a file of the checkout, so that nobody knows what has changed in it."""
        path = self._paths(file)
        known = path in self._change.tracked or path in self._change.touched
        return not known and not path.startswith("../") and not os.path.isabs(path) and os.path.isfile(file)

    def touched(self, finding: Finding) -> bool:
        """Say whether the change touches where a finding stands, its block, or a place that it speaks of."""
        if self.untracked(finding.file):
            return True
        spoken = ((each.file, each.span) for each in (*finding.related, *finding.reasons))
        if any(self._is_touched(file, span) for file, span in ((finding.file, finding.span), *spoken)):
            return True
        if not self._lines(finding.file):
            return False
        blocks = self._in(finding.file)
        if blocks is None or finding.resource in blocks.names:
            return True
        at = finding.span.start
        before = bisect_right(blocks.spans, at, key=lambda span: span.start)
        return before > 0 and at < blocks.spans[before - 1].end

    def _is_touched(self, file: str, span: Span, *, block: bool = False) -> bool:
        """Look only at what has changed from the first line of a span on: there may be thousands of both."""
        lines = self._lines(file)
        from_there = range(bisect_left(lines, span.start.line, key=lambda stretch: stretch.last), len(lines))
        near = takewhile(lambda index: lines[index].first <= span.end.line, from_there)
        return any(lines[index].touches(span, block=block) for index in near)

    def _lines(self, file: str) -> Sequence[Stretch]:
        return self._change.touched.get(self._paths(file), ())

    def _in(self, file: str) -> _Blocks | None:
        """Give the blocks of a file that the change touches; None where blocks cannot be told."""
        if file not in self._blocks:
            blocks = _blocks(file)
            self._blocks[file] = None
            if blocks is not None:
                touched = [(name, span) for name, span in blocks if self._is_touched(file, span, block=True)]
                names = frozenset(name for name, _ in touched)
                self._blocks[file] = _Blocks(names, sorted(span for _, span in touched))
        return self._blocks[file]


def _blocks(file: str) -> Sequence[tuple[str, Span]] | None:
    """Give the blocks of a file, such as resources, with their names; None where they cannot be told."""
    try:
        with open(file, "rb") as opened:
            document = Document.from_bytes(file, opened.read(MAX_BYTES + 1))
        if file.lower().endswith(".tf"):
            from msglint.source.hcl import read_hcl  # noqa: PLC0415  # only where such a file has changed

            blocks = read_hcl(document).blocks
            return [(".".join(block.labels), Span(block.at.span.start, block.whole.span.end)) for block in blocks]
        return [*_members(parse(document))]
    except (SourceError, OSError):
        return None


def _members(root: Node) -> Iterator[tuple[str, Span]]:
    """Give what stands in the sections of a template; of another text nothing."""
    sections = root.fields() if root.kind == "mapping" else {}
    for section in sections.values() if "Resources" in sections else ():
        for name, node in section.fields().items() if section.kind == "mapping" else ():
            yield name, Span(section.key(name).span.start, node.span.end)
