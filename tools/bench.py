"""Measure whole runs of msglint and its peers, and print the table that the README shows; `--write` puts it there.

A run is a process with all that it starts: CPU seconds, and the memory of its largest process at its highest. Short
runs are repeated, and the median counts. A run that takes longer than its limit is stopped. A peer that cannot be had
is a row that says so.
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from make_loads import DIRECTORY, TEMPLATES
from peers import MSGLINT, PEERS, ROOT, Peer, install_msglint

LOADS = {
    "small.template.yaml": "small template",
    "large.template.yaml": "1 MB template",
    DIRECTORY: f"{TEMPLATES:,} templates",
    "small.plan.json": "small plan",
    "large.plan.json": "1 MB plan",
    "larger.plan.json": "10 MB plan",
    "huge.plan.json": "50 MB plan",
}
README = ROOT / "README.md"
SHOWN = re.compile(r"(<!-- bench -->\n).*?(<!-- end -->)", re.DOTALL)
SHORT = 3.0  # seconds; what takes longer is run once
RUNS = 9


class Cost(NamedTuple):
    """What a run took."""

    cpu: float
    """Seconds."""
    memory: float
    """MB."""


class Stopped(NamedTuple):
    """A run that did not end by itself in time."""

    cpu: float
    """Seconds of CPU time until then."""


Outcome = Cost | Stopped | str | None  # a text says what went wrong; None: not a file for this peer


def once(command: Sequence[str], limit: int, said: Sequence[int]) -> Cost | Stopped | str:
    """Run a command in a process group of its own, and give what it took."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    nothing = subprocess.DEVNULL
    with tempfile.TemporaryDirectory() as here:
        process = subprocess.Popen(
            command, cwd=here, env=environment, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
        )
        end = time.monotonic() + limit
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() > end:
                os.killpg(process.pid, signal.SIGKILL)
                usage = os.wait4(process.pid, 0)[2]
                process.returncode = -signal.SIGKILL
                return Stopped(usage.ru_utime + usage.ru_stime)
            time.sleep(0.005)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in said:
            return f"exit status {process.returncode}"
    kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
    return Cost(usage.ru_utime + usage.ru_stime, kilobytes / 1024)


def measure(command: Sequence[str], limit: int, said: Sequence[int]) -> Cost | Stopped | str:
    """Give the median of some runs; the first one warms up and does not count unless it was long."""
    first = once(command, limit, said)
    if not isinstance(first, Cost) or first.cpu > SHORT:
        return first
    costs = [cost for _ in range(RUNS) if isinstance(cost := once(command, limit, said), Cost)]
    if not costs:
        return "no run ended well"
    return Cost(statistics.median(cost.cpu for cost in costs), statistics.median(cost.memory for cost in costs))


def table(results: Mapping[str, Mapping[str, Outcome] | None]) -> Iterator[str]:
    """Give the lines of the table, a row for each linter; the ratios are those of CPU time to msglint's."""
    ours = results.get(MSGLINT.name) or {}
    yield "| | " + " | ".join(LOADS.values()) + " |\n"
    yield "|---|" + "---|" * len(LOADS) + "\n"
    for name, row in results.items():
        cells = (
            ["not available"] * len(LOADS) if row is None else [_cell(row.get(load), ours.get(load)) for load in LOADS]
        )
        yield f"| {name} | " + " | ".join(cells) + " |\n"


def _cell(outcome: Outcome, ours: Outcome) -> str:
    match outcome:
        case None:
            return "-"
        case str():
            return outcome
        case Stopped(cpu=cpu):
            ratio = f" (>{_ratio(cpu / ours.cpu)}x)" if isinstance(ours, Cost) else ""
            return f">{cpu:.0f} s{ratio}, stopped"
        case Cost(cpu=cpu, memory=memory):
            ratio = f" ({_ratio(cpu / ours.cpu)}x)" if isinstance(ours, Cost) and outcome is not ours else ""
            return f"{cpu:.{2 if cpu < 10 else 0}f} s{ratio}, {memory:.0f} MB"


def _ratio(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def parsed(home: Path, loads: Path) -> str:
    """Say how many templates of the directory msglint has to parse."""
    command = MSGLINT.command(home, loads / DIRECTORY, json=True)
    report = json.loads(subprocess.run(command or (), capture_output=True, check=False).stdout)
    return sentence(report["summary"]["files"], report["summary"]["unparsed"])


def sentence(files: int, unparsed: int) -> str:
    """Write what the numbers of a run over the directory say of parsing."""
    return f"\nOf the {files:,} templates msglint never parses {unparsed:,}: no rule has anything to ask of them.\n"


def row(peer: Peer, home: Path, loads: Path, limit: int) -> dict[str, Outcome]:
    """Measure one linter on all loads."""
    results: dict[str, Outcome] = {}
    for load, title in LOADS.items():
        command = peer.command(home, loads / load)
        results[load] = None if command is None else measure(command, limit, peer.said)
        print(f"{peer.name}, {title}: {_cell(results[load], None)}", file=sys.stderr, flush=True)
    return results


def row_of_peer(peer: Peer, loads: Path, limit: int) -> dict[str, Outcome] | None:
    """Measure a peer; None where it cannot be had."""
    try:
        return row(peer, peer.make(), loads, limit)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{peer.name} is not available: {error}", file=sys.stderr)
        return None


def main() -> None:
    """Measure all and print the table."""
    arguments = argparse.ArgumentParser(description="Measure msglint and its peers.")
    arguments.add_argument("--limit", type=int, default=120, help="seconds that a run may take (default 120)")
    arguments.add_argument("--only", default="", metavar="NAME", help="measure the linters whose names begin so")
    arguments.add_argument("--write", action="store_true", help="put the table into README.md")
    given = arguments.parse_args()
    results: dict[str, Mapping[str, Outcome] | None] = {}
    with tempfile.TemporaryDirectory() as name:
        loads, home = Path(name, "loads"), Path(name, "msglint")
        loads.mkdir()
        # In a process of its own: what this one needs at its highest would be counted as that of its children.
        subprocess.run([sys.executable, str(ROOT / "tools" / "make_loads.py"), str(loads)], check=True)
        for peer in (MSGLINT._replace(make=lambda: install_msglint(home)), *PEERS):
            if peer.name.startswith(given.only):
                results[peer.name] = row_of_peer(peer, loads, given.limit)
        text = "".join(table(results))
        if results.get(MSGLINT.name) is not None:
            text += parsed(home, loads)
    print(text, end="")
    if given.write:
        readme = README.read_text(encoding="utf-8")
        README.write_text(SHOWN.sub(lambda match: match[1] + text + match[2], readme), encoding="utf-8")


if __name__ == "__main__":
    main()
