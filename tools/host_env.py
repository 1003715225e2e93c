"""Print the path of a program that is installed apart from us, as locked; the first call installs it.

The environment does not hold msglint: who runs the program puts `src` on PYTHONPATH. Where it cannot be installed,
standard error says so and nothing is printed; that is a failure only where CI is set.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from environments import python_environment
from pythons import PYTHONS, found

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "tools" / "locks"


class Apart(NamedTuple):
    """What is installed, and what of it is run."""

    lock: Path
    program: str = "python"
    oldest: bool = False
    """Whether the oldest Python runs it, rather than ours."""


APART = {
    "checkov": Apart(ROOT / "tests" / "checkov-requirements.txt", "checkov"),
    "cdk": Apart(ROOT / "tests" / "cdk-requirements.txt"),
    "lowest": Apart(LOCKS / "lowest.txt", oldest=True),
    "moto": Apart(ROOT / "tests" / "moto-requirements.txt", "moto_server"),
    "release": Apart(LOCKS / "release.txt"),
}


def main(name: str) -> int:
    """Give the exit status."""
    apart = APART[name]
    try:
        oldest = next(filter(None, map(found, PYTHONS)), sys.executable) if apart.oldest else sys.executable
        where = python_environment(name, apart.lock, oldest)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"{name} is not installed ({error}): what needs it cannot run", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    print(where / "bin" / apart.program)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
