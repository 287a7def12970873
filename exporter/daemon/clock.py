"""A clock that is set while the daemon runs.

APScheduler goes by the wall clock: set back by an hour, whatever it has to do comes an hour late. Set ahead,
all of it comes at once, which harms nothing.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import structlog
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.base import BaseScheduler

from exporter.collect import steady

LOOK = 0.25  # s between two looks at the clock: one that is set ahead and back in between goes unseen
STEP = 2.0  # s: what is less is no step

_log = structlog.get_logger()


class ClockWatch:
    """Compares the clock with one that cannot be set; ``stepped`` is called after a step."""

    def __init__(
        self,
        scheduler: BaseScheduler,
        stepped: Callable[[], None],
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = steady,
    ) -> None:
        self._scheduler = scheduler
        self._stepped = stepped
        self._clock = clock
        self._steady = steady
        self._ahead = clock() - steady()

    def look(self) -> None:
        """If the clock was set since the last look, keep background jobs from waiting for it."""
        step = self._clock() - self._steady() - self._ahead
        if abs(step) < STEP:
            return
        self._ahead += step
        _log.warning("clock.stepped", seconds=round(step, 1))
        if step < 0:
            self._advance(timedelta(seconds=step))
        self._stepped()

    def _advance(self, step: timedelta) -> None:
        """One that was planned since the step comes early by this, once."""
        for job in self._scheduler.get_jobs():
            if job.next_run_time:
                with suppress(JobLookupError):
                    job.modify(next_run_time=job.next_run_time + step)
