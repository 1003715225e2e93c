"""Ctrl-C and the other signals that ask a process to end: it ends at once, and leaves nothing half done."""

import signal
import sys
import time
from types import FrameType

from msglint.clock import TimeUp

PATIENCE = 5.0
"""How long those who hold something may take to put it away, in seconds."""
_AGAIN = 0.001
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM")
"""The last one is what a process sends to itself, where the first signal got lost."""


class Signals:
    """Turns the first of these signals into a KeyboardInterrupt, so that whoever holds something puts it away.

    Nobody is disturbed while they do. Who goes on working nevertheless is interrupted again.
    """

    def __init__(self) -> None:
        self.received: int | None = None
        self._quiet = 0.0
        self._over = False
        known = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
        # Who started this process may want it to ignore some, as nohup does.
        self._heeded = [each for each in known if signal.getsignal(each) is not signal.SIG_IGN]
        for each in self._heeded:
            signal.signal(each, self._end)
        sys.unraisablehook = self._lost

    @property
    def code(self) -> int:
        """The exit code of what a signal has ended, as shells count it."""
        return 128 + (self.received or signal.SIGINT)

    def stop(self) -> None:
        """Let signals do nothing any more: the run is over, and its exit code is known."""
        self._over = True
        for each in self._heeded:
            signal.signal(each, signal.SIG_IGN)

    def _end(self, number: int, _: FrameType | None) -> None:
        now = time.monotonic()
        if self._over or now < self._quiet:
            return
        self._quiet = now + PATIENCE
        self.received = self.received or number
        _ask_again(PATIENCE + _AGAIN)
        raise KeyboardInterrupt

    def _lost(self, unraisable: "sys.UnraisableHookArgs") -> None:
        """Ask again where an exception cannot get through: a finalizer, or a callback of the import system."""
        if issubclass(unraisable.exc_type, TimeUp):
            return  # whoever looks at the clock next will see
        if self.received is None and not self._over:
            sys.__unraisablehook__(unraisable)
        elif not self._over and issubclass(unraisable.exc_type, KeyboardInterrupt):
            self._quiet = 0.0
            _ask_again(_AGAIN)


def _ask_again(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
