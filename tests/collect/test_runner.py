"""The threads of a tenure, and what they leave with the scheduler."""

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from exporter.collect import Runner, ThreadPace
from exporter.errors import LeaseLostError
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer


class Idle:
    """A collector with nothing to do, until its lease is over."""

    name = "org"

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
