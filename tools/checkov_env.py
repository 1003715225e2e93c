"""Print the path of a checkov installed as tests/checkov-requirements.txt says; the first call installs it.

It does not hold msglint: who runs that checkov puts `src` on PYTHONPATH. Where it cannot be installed, standard error
says so and nothing is printed; that is a failure only where CI is set.
"""

import os
import subprocess
import sys
from pathlib import Path

from environments import python_environment

LOCK = Path(__file__).parents[1] / "tests" / "checkov-requirements.txt"


def main() -> int:
    """Give the exit status."""
    try:
        where = python_environment("checkov", LOCK)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"checkov is not installed ({error}): the tests of its door cannot run", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    print(where / "bin" / "checkov")
    return 0


if __name__ == "__main__":
    sys.exit(main())
