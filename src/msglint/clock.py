"""How long something may take: what takes longer is given up, wherever it is."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeUp(BaseException):
    """The time is over. No `Exception`, so that nobody takes it for a failure of what was going on."""


class Clock:
    """Measures the processor's time of one thread, which does not depend on what else the machine does.

    Where the system has such a signal and nobody else uses it, the clock rings in the middle of what is done; else,
    and in other threads than the first, the time is over where somebody looks.
    """

    def __init__(self) -> None:
        self._end: float | None = None

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give so many seconds to what is done; it ends with `TimeUp` if it takes longer."""
        self._end = time.thread_time() + seconds
        rings = self._wound(seconds)
        try:
            yield
        finally:
            self._end = None
            if rings:
                signal.setitimer(signal.ITIMER_PROF, 0)
                signal.signal(signal.SIGPROF, signal.SIG_DFL)

    def look(self) -> None:
        """Raise `TimeUp` if the time is over."""
        if self._end is not None and time.thread_time() > self._end:
            raise TimeUp

    def _wound(self, seconds: float) -> bool:
        if not hasattr(signal, "setitimer") or signal.getsignal(signal.SIGPROF) not in {signal.SIG_DFL, self._ring}:
            return False
        try:
            signal.signal(signal.SIGPROF, self._ring)
        except ValueError:  # signals are for the first thread
            return False
        signal.setitimer(signal.ITIMER_PROF, seconds)
        return True

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        if self._end is None:
            return
        left = self._end - time.thread_time()
        if left > 0:  # it rings for the time of all threads
            signal.setitimer(signal.ITIMER_PROF, left)
        else:
            raise TimeUp
