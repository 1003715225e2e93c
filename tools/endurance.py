"""Write docs/hostile.md: what msglint and its peers do with the files of tools/hostile.py, in bounded time and memory.

An answer is judged from outside: by how the tool ends, and by whether it says anything of the file. Whether what it
says is right is not asked here.
"""

import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path

import hostile
from peers import MSGLINT, PEERS, ROOT, Peer, versions

PAGE = ROOT / "docs" / "hostile.md"
SECONDS = 30
"""How much of the processor's time a tool has for a file."""
MEMORY = 4 * 1024**3
"""How many bytes of memory it may ask for."""
PATIENCE = 10
"""How many times as long it may take by the clock: the machine may have other things to do."""
KINDS = {"yaml": "CloudFormation in YAML", "json": "CloudFormation in JSON", "plan": "Terraform plans"}
HEAD = """\
# msglint and its peers on hostile files

Written by `make hostile`, which gives each tool files of [tools/hostile.py](../tools/hostile.py) one by one: broken,
huge, and written to exhaust whoever reads them; of those that are alike, one. Each tool has {seconds} seconds of
the processor's time and {memory} GB of memory for a file. The peers come in these packages: {versions}.

| | what it means |
|---|---|
| answers | it says something of the file: a finding, or that it cannot be read, whatever the exit code |
| silent | it ends as for a file without fault, and says nothing: what it did not read looks clean |
| crashes | it ends with an exception, a panic or a signal |
| hangs | it has not ended when its time is over |
| memory | it asks for more memory than there is |

To be silent about a file that was not read is the worst of these: the gate is open and nobody knows. Not every silence
is that, though: some files are templates without a fault, and a tool without a rule for what is in them has nothing to
say.

"""
_CRASH = re.compile(
    r"Traceback \(most recent call last\)|panicked at|goroutine \d+ \[|SIGSEGV|stack overflow|RecursionError"
)
_MEMORY = re.compile(r"MemoryError|out of memory|cannot allocate memory|memory allocation of", re.IGNORECASE)
_SAYS = re.compile(
    r"\b(?:errors?|warn(?:ing)?|fail(?:ed|ures?)?|fatal|invalid|unable|cannot|high|medium|low|critical|FAIL)\b"
    r"|\b[EWI]\d{4}\b|\bMSG\d{3}\b|questions? judged|is no template",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"(?:(?:failed|skipped) checks|failures|errors?)\W{1,3}0\b", re.IGNORECASE)
_HEARD = 1_000_000
"""How much of what a tool says is looked at, in characters."""


class Outcome(Enum):
    """What a tool does with a file."""

    ANSWERS = "answers"
    SILENT = "silent"
    CRASHES = "crashes"
    HANGS = "hangs"
    MEMORY = "memory"


def bounded() -> None:
    """Bound what the process may take, before it becomes the tool."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def outcome(command: Sequence[str], said: Sequence[int]) -> Outcome:
    """Run a tool, and give what it does; `said` are the exit codes of a run that went well."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryFile() as heard:
        process = subprocess.Popen(
            command,
            cwd=here,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=heard,
            stderr=heard,
            start_new_session=True,
            preexec_fn=bounded,  # noqa: PLW1509  # nothing else runs in this process
        )
        end = time.monotonic() + PATIENCE * SECONDS
        try:
            code = process.wait(end - time.monotonic())
        except subprocess.TimeoutExpired:
            return Outcome.HANGS
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        heard.seek(0)
        return told(code, heard.read(_HEARD).decode("utf-8", "replace"), said)


def told(code: int, text: str, said: Sequence[int]) -> Outcome:
    """Give what an exit code and a text mean."""
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return Outcome.HANGS
    if _MEMORY.search(text):
        return Outcome.MEMORY
    if code < 0 or _CRASH.search(text):
        return Outcome.CRASHES
    says = any(_SAYS.search(_NOTHING.sub("", line)) for line in text.splitlines())
    return Outcome.ANSWERS if says or code not in said else Outcome.SILENT


def chosen() -> Iterator[str]:
    """Give the files that all tools are given: of those whose names begin alike the first, the large ones last."""
    alike: set[tuple[str, str, bool]] = set()
    for name in sorted(hostile.FILES, key=lambda name: name in hostile.LARGE):
        kind, _, rest = name.partition("/")
        group = kind, re.split(r"[-.]", rest)[0], name in hostile.LARGE
        if kind in KINDS and group not in alike:
            alike.add(group)
            yield name


def asked(directory: Path, homes: Sequence[tuple[Peer, Path]]) -> Mapping[str, Mapping[str, Outcome]]:
    """Give what each tool does with each file, by the file's name."""
    found: dict[str, dict[str, Outcome]] = {}
    for name in chosen():
        hostile.write(directory, [name])
        file = directory / name
        row = found[name] = {}
        for peer, home in homes:
            command = peer.command(home, file)
            if command is not None:
                row[peer.name] = outcome(command, peer.said)
        file.unlink()
        print(name, *(f"{tool}: {each.value}" for tool, each in row.items()), sep=" | ", file=sys.stderr, flush=True)
    return found


def page(found: Mapping[str, Mapping[str, Outcome]]) -> Iterator[str]:
    """Give the page, line by line."""
    yield HEAD.format(seconds=SECONDS, memory=MEMORY // 1024**3, versions=", ".join(versions()))
    tools = list(dict.fromkeys(tool for row in found.values() for tool in row))
    counts = {tool: Counter(row[tool] for row in found.values() if tool in row) for tool in tools}
    yield f"| | files | {' | '.join(each.value for each in Outcome)} |\n|---|---|{'---|' * len(Outcome)}\n"
    for tool, count in counts.items():
        yield f"| {tool} | {count.total()} | {' | '.join(str(count[each] or '-') for each in Outcome)} |\n"
    for kind, title in KINDS.items():
        rows = {name: row for name, row in found.items() if name.startswith(f"{kind}/")}
        here = [tool for tool in tools if any(tool in row for row in rows.values())]
        yield f"\n## {title}\n\n| file | {' | '.join(here)} |\n|---|{'---|' * len(here)}\n"
        for name, row in rows.items():
            cells = " | ".join(row[tool].value if tool in row else "" for tool in here)
            yield f"| {hostile.FILES[name]} | {cells} |\n"


def main() -> None:
    """Run all tools on all files, and write the page."""
    homes = [(MSGLINT, Path(sys.prefix)), *((peer, peer.make()) for peer in PEERS)]
    with tempfile.TemporaryDirectory() as name:
        found = asked(Path(name), homes)
    PAGE.write_text("".join(page(found)), encoding="utf-8")


if __name__ == "__main__":
    main()
