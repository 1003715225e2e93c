"""Fuzz msglint for a while: `fuzz.py [TARGET …]`, all targets without a name, FUZZ_SECONDS for each of them.

atheris leads inputs to code that none has reached yet. Where it is not installed, hypothesis makes inputs without
knowing what they reach. An input that breaks something is left in build/fuzz, and the exit code is 1.
"""

import argparse
import os
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Verbosity, given, settings

from fuzzing.target import ROOT, Target, seeds, targets, values

SECONDS = 300
ROUND = 1_000
"""How many inputs hypothesis makes at a time."""
STUCK = 60
"""An input that takes longer ends the run of its target."""
LARGEST = 16_384
"""How many bytes an input may have."""

_RUNS = re.compile(r"stat::number_of_executed_units: (\d+)|^#(\d+)\s", re.MULTILINE)


class _OverError(BaseException):
    """The time of a target is over, and that is no fault for hypothesis to look into."""


class Fuzzed(NamedTuple):
    """What became of a target."""

    runs: int
    broken: str
    """Where the input is that broke it, or what it is; empty where none did."""


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = targets()
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(known)}")
    parser.add_argument("--seconds", type=int, default=int(os.environ.get("FUZZ_SECONDS", SECONDS)))
    asked = parser.parse_args()
    if strange := [name for name in asked.targets if name not in known]:
        parser.error(f"no target is called {strange[0]}: there are {', '.join(known)}")
    guided = find_spec("atheris") is not None
    if not guided:
        print("atheris is not installed here: hypothesis makes inputs without knowing what they reach")
    broken = False
    for name in asked.targets or known:
        began = time.monotonic()
        # Of shapes hypothesis makes more without the burden of counting what they reach.
        run = _guided if guided and known[name].shapes is None else _unguided
        fuzzed = run(name, known[name], asked.seconds)
        print(f"{name}: {fuzzed.runs} inputs in {time.monotonic() - began:.0f} s {fuzzed.broken}".rstrip(), flush=True)
        broken |= bool(fuzzed.broken)
    return int(broken)


def _guided(name: str, target: Target, seconds: int) -> Fuzzed:
    """Fuzz with atheris, in a process of its own: libFuzzer ends the one that it runs in."""
    here = ROOT / "build" / "fuzz" / name
    corpus, begin = here / "corpus", here / "begin"
    _fill(corpus, ())
    _fill(begin, seeds(name))
    words = here / "words"
    words.write_text("".join(f'"{_quoted(word)}"\n' for word in target.words), encoding="ascii")
    log = here / "log"
    arguments = [
        *(f"-max_total_time={seconds}", f"-max_len={LARGEST}", f"-timeout={STUCK}", "-rss_limit_mb=4096"),
        *("-print_final_stats=1", f"-artifact_prefix={here}/", str(corpus), str(begin)),
        *([f"-dict={words}"] if target.words else []),
    ]
    with log.open("w") as said:
        command = [sys.executable, "-m", "fuzzing.guided", name, *arguments]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tools")])}
        code = subprocess.run(command, env=environment, stdout=said, stderr=said, check=False, cwd=ROOT).returncode
    told = log.read_text(errors="replace")
    runs = max((int(one or other) for one, other in _RUNS.findall(told)), default=0)
    return Fuzzed(runs, f"broken: see {here.relative_to(ROOT)}" if code else "")


def _unguided(name: str, target: Target, seconds: int) -> Fuzzed:
    """Fuzz with hypothesis alone, in rounds: it remembers each input of a round."""
    runs = 0
    last: object = None
    end = time.monotonic() + seconds

    quiet = settings(max_examples=ROUND, deadline=None, database=None, verbosity=Verbosity.quiet)

    @settings(quiet, suppress_health_check=list(HealthCheck))
    @given(values(name))
    def check(value: object) -> None:
        nonlocal runs, last
        if time.monotonic() > end:
            raise _OverError
        runs += 1
        last = value
        target.run(value)

    try:
        while True:
            check()
    except _OverError:
        return Fuzzed(runs, "")
    except Exception:  # noqa: BLE001  # whatever it is, it is told
        here = ROOT / "build" / "fuzz" / name
        here.mkdir(parents=True, exist_ok=True)
        (here / "broken").write_bytes(last if isinstance(last, bytes) else str(last).encode("utf-8", "replace"))
        (here / "log").write_text(traceback.format_exc(), encoding="utf-8", errors="replace")
        return Fuzzed(runs, f"broken: see {here.relative_to(ROOT)}")


def _fill(directory: Path, inputs: Iterable[bytes]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(inputs):
        (directory / f"{number:04}").write_bytes(data)


def _quoted(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


if __name__ == "__main__":
    sys.exit(_main())
