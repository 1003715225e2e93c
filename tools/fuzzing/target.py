"""What a target is, and which there are."""

from __future__ import annotations

import pkgutil
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "tests" / "fixtures" / "fuzz"
"""The inputs that are kept, by targets: those that once broke something, and some that together reach far."""

LONGEST = 5.0
"""How long one input may take, in seconds of the processor's time."""

_LARGEST_SEED = 3_000


class TooLongError(AssertionError):
    """An input takes longer than anybody should have to wait for it."""


class Target(NamedTuple):
    """What is fuzzed. A target takes bytes or, where it has `shapes`, what these make."""

    check: Callable[[Any], None]
    """Raises for an input that breaks something; is silent for all others."""
    words: Sequence[str] = ()
    """The tokens of the language."""
    examples: Callable[[], Iterable[bytes]] = tuple
    """Inputs to begin with, beside those that are kept."""
    shapes: st.SearchStrategy[Any] | None = None

    def run(self, value: Any) -> None:
        """Check one input, and how long that takes; raises whatever is wrong."""
        began = time.process_time()
        self.check(value)
        took = time.process_time() - began
        if took > LONGEST:
            raise TooLongError(f"{took:.1f} seconds")


def kept(name: str) -> Mapping[str, bytes]:
    """Give the inputs that are kept for a target, by the names of their files."""
    directory = KEPT / name
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())} if directory.is_dir() else {}


def seeds(name: str) -> Sequence[bytes]:
    """Give the inputs that a target of bytes begins with."""
    return (*kept(name).values(), *targets()[name].examples())


def values(name: str) -> st.SearchStrategy[Any]:
    """Give the inputs of a target for hypothesis: those of its shapes, or seeds with stretches replaced by words."""
    target = targets()[name]
    return mutated(seeds(name), target.words) if target.shapes is None else target.shapes


def targets() -> Mapping[str, Target]:
    """Give all targets by name."""
    from fuzzing import targets as package  # noqa: PLC0415  # its modules need this one

    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    return {name: import_module(f"fuzzing.targets.{name}").TARGET for name in names}


def words(text: str) -> Sequence[str]:
    """Give the words of a text, between blanks and line ends: `␣` and `␤` in them stand for these."""
    return [word.replace("␣", " ").replace("␤", "\n") for word in re.split(r"[ \n]+", text.strip(" \n"))]


def files(*patterns: str) -> Iterable[bytes]:
    """Give the contents of small files of the repository, by patterns from its root."""
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and path.stat().st_size <= _LARGEST_SEED:
                yield path.read_bytes()


@st.composite
def mutated(draw: st.DrawFn, begun: Sequence[bytes], tokens: Sequence[str]) -> bytes:
    """Make an input of another one, or of nothing, by replacing some stretches of it."""
    data = draw(st.sampled_from([b"", *begun]))
    scrap = st.sampled_from([word.encode() for word in (*tokens, "\n", " ", "0", '"')]) | st.binary(max_size=6)
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 16)))
        data = data[:start] + draw(scrap) + data[end:]
    return data
