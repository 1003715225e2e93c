"""Runs one target of bytes guided by the coverage of msglint: `guided.py TARGET …`, with the arguments of libFuzzer."""

import sys
from itertools import islice

import atheris

from fuzzing.target import seeds, targets

_FIRST = 3


def _main(name: str, arguments: list[str]) -> None:
    # What is imported only where it is needed is instrumented then.
    with atheris.instrument_imports(include=["msglint", "yaml"]):
        target = targets()[name]
        # The first inputs pay for imports, so nobody counts how long they take.
        for seed in islice(seeds(name), _FIRST):
            target.check(seed)
        atheris.Setup([name, *arguments], target.run)
        atheris.Fuzz()


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
