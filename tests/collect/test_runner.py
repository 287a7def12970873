"""The threads of a tenure, and what they leave with the scheduler."""

import time
from datetime import UTC, datetime
from threading import Condition, Event

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from exporter.collect import Runner, ThreadPace
from exporter.errors import LeaseLostError
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer


class Idle:
    """A collector with nothing to do, until its lease is over."""

    name = "org"
    outdated = False

    def __init__(self, trouble=None):
        self.trouble = trouble

    def discover(self):
        if self.trouble:
            raise self.trouble

    def step(self):
        if self.trouble:
            raise self.trouble
        return float("inf")


@pytest.fixture
def scheduler():
    """One that was never started: what it would do stays to be seen."""
    return BackgroundScheduler(timezone="UTC")


@pytest.fixture
def runner(scheduler):
    made = []

    def make(collector=None):
        observer = Observer("org", Instruments(with_process=False))
        made.append(Runner(collector or Idle(), observer, ThreadPace(), scheduler, 3600.0))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_a_runner_that_stops_takes_along_what_it_left_with_the_scheduler(runner, scheduler):
    one = runner()
    one.start()
    one.stop()
    assert [job for job in scheduler.get_jobs() if job.id.startswith(("expiry", "guard"))] == []


def test_a_runner_that_stops_late_leaves_its_successor_alone(runner, scheduler):
    former, successor = runner(), runner()
    former.start()
    successor.start()
    former.stop()
    assert sum(job.id.startswith("expiry") for job in scheduler.get_jobs()) == 1


def test_the_end_of_a_lease_ends_its_threads(runner):
    one = runner(Idle(LeaseLostError("over")))
    one.start()
    for thread in one._threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in one._threads)


class Astray(Idle):
    """A collector that finds something gone from where the first discovery saw it."""

    def __init__(self):
        super().__init__()
        self.discovered = Event()

    def discover(self):
        self.outdated = False
        self.discovered.set()

    def step(self):
        self.discovered.wait(10)
        self.outdated = True
        return float("inf")


def next_look(scheduler):
    """Seconds until the next discovery, the last that was asked for; None if there is none."""
    at = [job.trigger.run_date for job in scheduler.get_jobs() if job.id.startswith("discovery")]
    return (at[-1] - datetime.now(UTC)).total_seconds() if at else None


def test_what_is_gone_from_where_it_was_is_looked_for_in_a_minute(runner, scheduler):
    runner(Astray()).start()
    for _ in range(1000):
        seconds = next_look(scheduler)
        if seconds and seconds < 61.0:
            return
        time.sleep(0.01)
    raise AssertionError(next_look(scheduler))


@pytest.mark.parametrize(
    ("outdated", "ago", "at_most"), [(True, 100.0, 1.0), (True, 10.0, 51.0), (False, 100.0, 3600.0)]
)
def test_a_discovery_comes_a_minute_after_the_last_at_the_earliest(runner, scheduler, outdated, ago, at_most):
    one = runner(Astray())
    one._collector.outdated = outdated
    one._looked_at = time.monotonic() - ago
    one._look_again(3600.0)
    assert at_most - 5.0 < next_look(scheduler) <= at_most


class Troubled(Idle):
    """A collector that is left alone for an hour after each failure."""

    def __init__(self, *, failed):
        super().__init__()
        self.failed = failed
        self.discoveries = 0
        self.steps = 0
        self.changed = Condition()

    def discover(self):
        self._counted(discoveries=1)
        return 3600.0

    def step(self):
        self._counted(steps=1)
        return 50.0

    def hurry(self):
        return self.failed

    def _counted(self, discoveries=0, steps=0):
        with self.changed:
            self.discoveries += discoveries
            self.steps += steps
            self.changed.notify_all()

    def wait(self, discoveries, steps):
        with self.changed:
            return self.changed.wait_for(
                lambda: self.discoveries >= discoveries and self.steps >= steps, timeout=20
            )


def test_what_failed_is_tried_again_at_once_when_hurried(runner):
    troubled = Troubled(failed=True)
    one = runner(troubled)
    one.start()
    assert troubled.wait(1, 1)
    one.hurry()
    assert troubled.wait(2, 2)


def test_what_goes_well_is_not_hurried(runner, scheduler):
    well = Troubled(failed=False)
    one = runner(well)
    one.start()
    assert well.wait(1, 1)
    one.hurry()
    assert not one._discoveries._woken
