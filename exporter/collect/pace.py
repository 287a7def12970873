"""Time as the collector sees it: what o'clock it is, and waiting that can be ended."""

import time
from threading import Condition
from typing import Protocol


class Stopped(Exception):  # noqa: N818 - it is no error: the daemon is being stopped
    """Raised out of any wait once the daemon stops, to leave whatever was being done."""


class Pace(Protocol):
    """What the collector needs of time."""

    def now(self) -> float:
        """Unix seconds: for what is compared with AWS's dates."""

    def monotonic(self) -> float:
        """Seconds that never step: for deadlines and intervals."""

    def pause(self, seconds: float) -> None:
        """Wait; raises Stopped if the daemon stops meanwhile, or has."""


_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def steady() -> float:
    """Seconds that never step and, where the system can tell, go on while it sleeps."""
    return time.clock_gettime(_BOOT)


class ThreadPace:
    """A :class:`Pace` of real time for one thread, which others may wake or stop."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._stopped = False
        self._woken = False
        self._roused = False

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def steady(self) -> float:
        return steady()

    def pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped, max(0.0, seconds))
            if self._stopped:
                raise Stopped

    def nap(self, seconds: float) -> None:
        """``pause``, but for one who is roused."""
        with self._changed:
            self._roused = False
            self._changed.wait_for(lambda: self._stopped or self._roused, max(0.0, seconds))
            if self._stopped:
                raise Stopped

    def rouse(self) -> None:
        """End a nap, and wake."""
        with self._changed:
            self._roused = self._woken = True
            self._changed.notify_all()

    def idle(self) -> None:
        """Wait until woken; a wake that came since the last idle counts. Raises Stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._woken)
            self._woken = False
            if self._stopped:
                raise Stopped

    def wake(self) -> None:
        """There may be something to do."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def stop(self) -> None:
        """End every wait, now and later."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
