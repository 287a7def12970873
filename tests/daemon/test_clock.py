"""Background jobs come when they should, whatever is done to the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from structlog.testing import capture_logs

from exporter.daemon.clock import ClockWatch

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Scene:
    def __init__(self):
        self.moment = NOON.timestamp()
        self.passed = 0.0
        self.steps = 0
        # Paused, it keeps what is planned and runs nothing.
        self.scheduler = BackgroundScheduler(timezone="UTC")
        self.scheduler.start(paused=True)
        self.scheduler.add_job(print, "date", run_date=NOON + timedelta(minutes=10), id="discovery")
        self.watch = ClockWatch(self.scheduler, self.stepped, lambda: self.moment, lambda: self.passed)

    def stepped(self):
        self.steps += 1

    def let_pass(self, seconds, *, set_by=0.0):
        self.passed += seconds
        self.moment += seconds + set_by
        self.watch.look()

    @property
    def wait(self):
        """Minutes until the discovery comes, by the clock as it stands."""
        planned = self.scheduler.get_job("discovery").next_run_time
        return round((planned.timestamp() - self.moment) / 60)


@pytest.fixture
def scene():
    made = Scene()
    yield made
    made.scheduler.shutdown(wait=False)


def test_time_that_passes_moves_nothing(scene):
    for _ in range(60):
        scene.let_pass(5)
    assert (scene.wait, scene.steps) == (5, 0)


def test_set_back_what_is_planned_comes_after_the_time_that_it_would_have(scene):
    scene.let_pass(60, set_by=-7200)
    assert (scene.wait, scene.steps) == (9, 1)


def test_set_ahead_what_is_planned_is_due(scene):
    scene.let_pass(60, set_by=7200)
    assert (scene.wait, scene.steps) == (9 - 120, 1)


def test_a_step_is_told_once(scene):
    with capture_logs() as logs:
        scene.let_pass(5, set_by=-60)
        scene.let_pass(5)
    assert [(line["event"], line["seconds"]) for line in logs] == [("clock.stepped", -60.0)]


def test_a_clock_that_is_slewed_has_not_stepped(scene):
    for _ in range(10):
        scene.let_pass(5, set_by=0.1)
    assert scene.steps == 0
