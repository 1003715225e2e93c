"""Run the command line as a process of its own: `msglint`, or `python -m msglint`."""

import atexit
import gc
import sys
from typing import NoReturn


def run() -> NoReturn:
    """Run the command line and exit."""
    # A run is short and makes little garbage. To look for it costs a sixth of the time, most of that at the very end.
    gc.disable()
    atexit.register(gc.freeze)
    from msglint.cli.main import main  # noqa: PLC0415  # what is imported is not searched for garbage either

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
