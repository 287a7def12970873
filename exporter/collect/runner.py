"""The two threads of one organization, and what the scheduler does to them.

boto3 blocks, so each organization has a thread for discoveries and one for jobs. Both are daemon threads: a
call that hangs must not keep the process from leaving.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Lock, Thread

from apscheduler.schedulers.base import BaseScheduler

from exporter.collect.collector import Collector
from exporter.collect.pace import Stopped, ThreadPace
from exporter.errors import LeaseLostError
from exporter.telemetry.observer import Observer

_LOOKS = 60.0  # s between the beginnings of two discoveries, where AWS asks for one
_GUARD = 60.0  # s: how long a stepping clock can keep due work from being seen
_AFTER_CRASH = 30.0  # s


class Runner:
    """Runs a collector until stopped, or until its lease is over.

    ``jobs`` and ``discoveries`` are the paces of the two threads; the collector's own is ``jobs``.
    """

    def __init__(
        self,
        collector: Collector,
        observer: Observer,
        jobs: ThreadPace,
        scheduler: BaseScheduler,
        discovery_interval: float,
    ) -> None:
        self._collector = collector
        self._observer = observer
        self._jobs = jobs
        self._discoveries = ThreadPace()
        self._scheduler = scheduler
        self._interval = discovery_interval
        self._looked_at = float("-inf")
        self._looking = Lock()
        name = collector.name
        # Another runner of the same name may start before this one has stopped.
        self._own = f"{name}:{id(self):x}"
        self._threads = [
            Thread(target=self._run_discoveries, name=f"discovery:{name}", daemon=True),
            Thread(target=self._run_jobs, name=f"jobs:{name}", daemon=True),
        ]

    def start(self) -> None:
        """Begin with a discovery; jobs follow as soon as something is due."""
        self._every("expiry", _GUARD, self._expire)
        self._every("guard", _GUARD, self._guard)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End both threads at their next wait; a call that is under way is abandoned."""
        for job in ("expiry", "guard", "discovery", "refresh"):
            if self._scheduler.get_job(f"{job}:{self._own}"):
                self._scheduler.remove_job(f"{job}:{self._own}")
        self._jobs.stop()
        self._discoveries.stop()

    def hurry(self) -> None:
        """Try again at once what has failed."""
        if self._collector.hurry():
            self._discoveries.wake()
            self._jobs.rouse()

    def _every(self, job: str, seconds: float, call: Callable[[], None]) -> None:
        self._scheduler.add_job(call, "interval", seconds=seconds, id=f"{job}:{self._own}")

    def _once(self, job: str, seconds: float, call: Callable[[], None]) -> None:
        if seconds == float("inf"):
            return
        self._scheduler.add_job(
            call,
            "date",
            run_date=datetime.now(UTC) + timedelta(seconds=min(seconds, 366 * 86400.0)),
            id=f"{job}:{self._own}",
            replace_existing=True,
            misfire_grace_time=None,  # one that is dropped never comes again
        )

    def _run_discoveries(self) -> None:
        self._guarded(self._discover, self._discoveries)

    def _discover(self) -> None:
        self._looked_at = self._discoveries.monotonic()
        retry = self._collector.discover()
        self._jobs.wake()
        self._look_again(self._interval if retry is None else retry)
        self._discoveries.idle()

    def _look_again(self, seconds: float) -> None:
        """The next discovery comes after so long; sooner where AWS has shown that it is wanted."""
        with self._looking:
            if self._collector.outdated:
                soon = self._looked_at + _LOOKS - self._discoveries.monotonic()
                seconds = min(seconds, max(0.0, soon))
            self._once("discovery", seconds, self._discoveries.wake)

    def _run_jobs(self) -> None:
        self._guarded(self._step, self._jobs)

    def _step(self) -> None:
        outdated = self._collector.outdated
        wait = self._collector.step()
        if self._collector.outdated and not outdated:
            self._look_again(_LOOKS)
        if wait <= 0:
            return
        if wait < _GUARD:
            self._jobs.nap(wait)
            return
        self._once("refresh", wait, self._jobs.wake)
        self._jobs.idle()

    def _expire(self) -> None:
        with suppress(LeaseLostError):
            self._collector.expire()

    def _guard(self) -> None:
        self._jobs.wake()
        with suppress(LeaseLostError):
            self._collector.keep()

    def _guarded(self, turn: Callable[[], None], pace: ThreadPace) -> None:
        while True:
            try:
                turn()
            except (Stopped, LeaseLostError):
                return
            except Exception:  # noqa: BLE001 - the thread is all an organization has; what went wrong is logged
                self._observer.crashed(turn.__name__.removeprefix("_"))
                try:
                    pace.pause(_AFTER_CRASH)
                except Stopped:
                    return
