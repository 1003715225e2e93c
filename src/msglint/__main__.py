"""Run the command line as a process of its own: `msglint`, or `python -m msglint`."""

import atexit
import gc
import os
import sys
from typing import NoReturn


def run() -> NoReturn:
    """Run the command line and exit."""
    # A run is short and makes little garbage. To look for it costs a sixth of the time, most of that at the very end.
    gc.disable()
    atexit.register(gc.freeze)
    _stand_in()
    from msglint.cli.signals import Signals  # noqa: PLC0415  # what is imported is not searched for garbage either

    signals = Signals()
    try:
        try:
            from msglint.cli.main import main  # noqa: PLC0415  # from here on a signal ends the process quietly

            code = main(sys.argv[1:])
        finally:
            signals.stop()
    except KeyboardInterrupt:
        code = signals.code
        # What waits to be written may wait for somebody who does not read.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        # Python would wait for threads, and these for AWS.
        os._exit(code)
    sys.exit(code)


def _stand_in() -> None:
    """Put something in the place of streams that were closed: nothing is to be read, heard, or written.

    It takes their numbers too, which files that are opened would get otherwise.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: PTH123,SIM115  # pathlib is slow to import, and it stays open
    if sys.stdout is None:
        # What is opened to be read refuses what is written, so that the output is not lost in silence.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123,SIM115


if __name__ == "__main__":
    run()
