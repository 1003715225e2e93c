"""Print the path of a host that is installed apart from us, as its lock in tests/ says; the first call installs it.

The environment does not hold msglint: who runs the host puts `src` on PYTHONPATH. Where it cannot be installed,
standard error says so and nothing is printed; that is a failure only where CI is set.
"""

import os
import subprocess
import sys
from pathlib import Path

from environments import python_environment

TESTS = Path(__file__).parents[1] / "tests"
PROGRAMMES = {"checkov": "checkov", "cdk": "python"}
"""What is run: the CDK is a library."""


def main(host: str) -> int:
    """Give the exit status."""
    try:
        where = python_environment(host, TESTS / f"{host}-requirements.txt")
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"{host} is not installed ({error}): the tests of its door cannot run", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    print(where / "bin" / PROGRAMMES[host])
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
