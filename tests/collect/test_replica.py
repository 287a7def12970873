"""Whose turn it is: one replica's thread, driven through its waits on a clock that moves with them."""

from dataclasses import replace
from threading import Thread

import pytest
from structlog.testing import capture_logs

from exporter.collect import Replica
from exporter.collect.pace import Stopped
from exporter.errors import LeaseLostError, StateError, StateUnavailableError
from exporter.model import NO_NEWS, Discovery, News, NewsKind, Standing, StartedJob, Subject, tallied
from exporter.publication import Publication
from exporter.store import Lease, Pulse
from exporter.store.memory import MemoryStore
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer
from tests.collect.conftest import ROOT, UNIT, every

TERM = 30.0
FOUND = Discovery("o-org", "999999999999", "aws", (ROOT, UNIT))
AWAY = StateUnavailableError("out of reach")


class Shared(MemoryStore):
    """A table as one replica sees it: others may hold the lease, and trouble may be had with it."""

    term = TERM

    def __init__(self):
        super().__init__()
        self.token = 0
        self.free = True
        self.trouble = None
        self.beats = []
        self.released = []
        self.news = None
        self.on_acquire = lambda: None

    def acquire(self, organization):
        self._stumble()
        if not self.free:
            return None
        self.token += 1
        self.on_acquire()
        return Lease(organization, self.token)

    def renew(self, lease, pulse):
        self._stumble()
        self.keep_out(lease)
        self.beats.append(pulse)

    def release(self, lease):
        self.released.append(lease.token)

    def keep_out(self, lease):
        if lease.token != self.token:
            raise LeaseLostError("somebody else's")

    def changes(self, organization, since):
        self._stumble()
        return self.news or super().changes(organization, since)

    def taken(self):
        """Another replica has it now."""
        self.token += 1
        self.free = False

    def _stumble(self):
        if self.trouble:
            raise self.trouble


class ScriptedPace:
    """At each wait the next step of the script is taken; at its end everything stops."""

    def __init__(self):
        self.moment = 100.0
        self.script = []
        self.waits = []
        self.stopped = False

    def steady(self):
        return self.moment

    def pause(self, seconds):
        if self.stopped:
            raise Stopped
        if seconds > 0:
            self.waits.append(seconds)
            self.moment += seconds
            if not self.script:
                raise Stopped
            step = self.script.pop(0)
            if step:
                step()

    def stop(self):
        self.stopped = True


class Tenure:
    """What would collect: tells when it was started, stopped, and whether it might still ask AWS then."""

    def __init__(self, told, hold):
        self.told = told
        self.hold = hold

    def start(self):
        self.told.append("started")

    def stop(self):
        self.told.append("stopped")

    @property
    def may_ask(self):
        try:
            self.hold.check()
        except LeaseLostError:
            return False
        return True


class Scene:
    def __init__(self):
        self.store = Shared()
        self.pace = ScriptedPace()
        self.publication = Publication(lambda: 1.7e9)
        self.publication.configure([("org", every(), ())])
        self.told = []
        self.tenures = []
        self.replica = Replica(
            "org",
            store=self.store,
            publication=self.publication,
            observer=Observer("org", Instruments(with_process=False)),
            pace=self.pace,
            poll_interval=20.0,
            collecting=self.collecting,
        )

    def collecting(self, hold, unread):
        self.tenures.append(Tenure(self.told, hold))
        return self.tenures[-1]

    def play(self, *script):
        self.pace.script = list(script)
        self.replica.run()

    @property
    def view(self):
        return self.publication.current.organization("org")


@pytest.fixture
def scene():
    return Scene()


def test_whoever_gets_the_lease_collects(scene):
    scene.play(lambda: scene.told.append(scene.view.lease_held))
    assert scene.told == ["started", True, "stopped"]


def test_whoever_does_not_get_it_collects_nothing(scene):
    scene.store.free = False
    scene.play(lambda: scene.told.append(scene.view.lease_held))
    assert scene.told == [False]


def test_a_follower_looks_at_least_three_times_a_term(scene):
    scene.store.free = False
    scene.play(None, None)
    assert scene.pace.waits == [10.0, 10.0, 10.0]


def test_a_follower_publishes_what_others_found_and_how_they_are(scene):
    scene.store.free = False
    kept = Standing(Subject(ROOT.id), failures=1)
    news = scene.store.recall("org")
    scene.store.news = replace(
        news,
        discovery=FOUND,
        standings={kept.subject: kept},
        position=7,
        holder="other/1",
        pulse=Pulse(up=True, job_seconds=8.5),
        started=StartedJob(kept.subject, "job-1", "principal", 1.7e9),
    )
    scene.play(None, None)
    view = scene.view
    assert (view.discovery, view.standings) == (FOUND, {kept.subject: kept})
    assert (view.up, view.job_seconds, view.running) == (True, 8.5, kept.subject)
    assert (view.lease_holder, view.lease_held) == ("other/1", False)


def test_a_follower_takes_over_when_it_can(scene):
    scene.store.free = False
    scene.play(None, lambda: setattr(scene.store, "free", True), None)
    assert scene.told == ["started", "stopped"]


def test_a_lease_is_renewed_three_times_a_term_with_how_the_holder_is(scene):
    scene.play(lambda: scene.publication.changed("org", up=True, job_seconds=9.0), None, None)
    assert scene.pace.waits == [10.0, 10.0, 10.0, 10.0]
    assert scene.store.beats == [Pulse(up=True, job_seconds=9.0)] * 3


def test_a_holder_whose_lease_was_taken_follows_again(scene):
    scene.play(None, scene.store.taken, lambda: scene.told.append(scene.view.lease_held))
    assert scene.told == ["started", "stopped", False]


def test_a_holder_that_cannot_renew_collects_on_as_long_as_nobody_else_may(scene):
    def lose():
        scene.store.trouble = AWAY

    seen = []
    scene.play(lose, *[lambda: seen.append((scene.pace.moment, scene.tenures[0].may_ask))] * 10)
    assert [moment for moment, may in seen if may][-1] < 100.0 + 0.8 * TERM
    assert scene.told[:2] == ["started", "stopped"]
    assert not scene.tenures[0].may_ask


def test_a_renewal_that_came_too_late_revives_nothing(scene):
    def paused():
        scene.pace.moment += TERM

    scene.play(paused, None)
    assert not scene.tenures[0].may_ask
    assert scene.told == ["started", "stopped", "started", "stopped"]
    assert scene.store.beats == [Pulse()] * len(scene.store.beats)


def test_every_tenure_ends_with_a_release(scene):
    scene.play(None, scene.store.taken, None)
    assert scene.store.released == [1]


def test_a_stop_releases_the_lease(scene):
    scene.play()
    assert scene.store.released == [1]


def test_a_stop_that_comes_while_the_lease_is_granted_releases_it(scene):
    scene.store.on_acquire = scene.replica.leave
    scene.play()
    assert (scene.tenures, scene.store.released) == ([], [1])


def test_one_that_was_stopped_before_it_began_asks_for_no_lease(scene):
    scene.replica.leave()
    scene.play()
    assert scene.store.token == 0


def test_leaving_waits_for_nobody(scene):
    def leave_in_the_middle():
        with scene.tenures[0].hold.acting():
            leaving = Thread(target=scene.replica.leave)
            leaving.start()
            leaving.join(20)
            told.append(leaving.is_alive())

    told = []
    scene.play(leave_in_the_middle)
    assert told == [False]
    assert not scene.tenures[0].may_ask


def test_a_stop_waits_for_what_is_being_published(scene):
    def stop_in_the_middle():
        with scene.tenures[0].hold.acting():
            stopping = Thread(target=scene.replica.stop)
            stopping.start()
            stopping.join(0.05)
            told.append(stopping.is_alive())
        stopping.join(20)
        told.append(stopping.is_alive())

    told = []
    scene.play(stop_in_the_middle)
    assert told == [True, False]


def test_after_a_stop_nothing_may_be_asked(scene):
    scene.play(scene.replica.stop)
    assert not scene.tenures[0].may_ask


def test_a_stop_is_not_logged_as_a_loss(scene):
    with capture_logs() as logs:
        scene.play(scene.replica.stop)
    assert [line["event"] for line in logs] == ["lease.acquired"]


def test_a_state_out_of_reach_is_tried_again(scene):
    scene.store.trouble = AWAY
    scene.play(None, lambda: setattr(scene.store, "trouble", None), None)
    assert scene.told == ["started", "stopped"]


def test_what_goes_wrong_while_following_ends_nothing(scene):
    scene.store.trouble = RuntimeError("a bug")
    scene.play(lambda: setattr(scene.store, "trouble", None), None)
    assert scene.told == ["started", "stopped"]


def test_a_state_that_cannot_be_used_is_refused_at_the_start(scene):
    def recall(_):
        raise StateError("damaged")

    scene.store.recall = recall
    with pytest.raises(StateError, match="damaged"):
        scene.replica.recall()


def test_after_a_tenure_the_store_is_believed_and_not_what_was_published(scene):
    scene.store.discovered(Lease("org"), FOUND)
    scene.store.keep(Lease("org"), Standing(Subject(ROOT.id), failures=1))

    def unkept():
        scene.publication.stood("org", Standing(Subject(ROOT.id), failures=9))
        scene.store.taken()

    scene.play(unkept, None)
    assert scene.view.standings[Subject(ROOT.id)].failures == 1


TOLD = tuple(
    News(Subject(ROOT.id), kind, "s3", 1.6e9, 1.7e9, name="Amazon S3")
    for kind in (NewsKind.FIRST_USED, NewsKind.NEWLY_ACCESSIBLE)
)


def left(store):
    """A program kept news, and was killed before it was in the log."""
    store.discovered(Lease("org"), FOUND)
    store.keep(Lease("org"), Standing(Subject(ROOT.id)), TOLD, tallied(NO_NEWS, TOLD))


def events(logs):
    return [line["event"] for line in logs if line["event"] in {"service.first_used", "access.changed"}]


def test_news_that_was_kept_and_not_logged_is_told_by_whoever_collects_next(scene):
    left(scene.store)
    with capture_logs() as logs:
        scene.play(None)
    assert events(logs) == ["service.first_used", "access.changed"]
    assert next(line for line in logs if line["event"] == "service.first_used")["entity_name"] == ROOT.name
    assert (scene.store.recall("org").unlogged, scene.view.tally) == ((), tallied(NO_NEWS, TOLD))


def test_what_was_told_after_a_restart_is_told_by_nobody_else(scene):
    left(scene.store)
    scene.play(scene.store.taken, None)
    after = Scene()
    after.store = after.replica._store = after.replica._follower._store = scene.store
    with capture_logs() as logs:
        after.play(None)
    assert events(logs) == []


def test_where_the_state_cannot_learn_that_it_was_told_the_tenure_goes_on(scene):
    left(scene.store)

    def full(*_):
        raise StateUnavailableError("database or disk is full")

    scene.store.logged = full
    with capture_logs() as logs:
        scene.play(None)
    assert scene.told == ["started", "stopped"]
    assert len(events(logs)) == 2
