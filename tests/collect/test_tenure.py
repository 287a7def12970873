"""What is found is published and kept while the lease lasts, and not a moment longer."""

import pytest

from exporter.collect import Desk, Hold
from exporter.errors import LeaseLostError
from exporter.lease import Tenure
from exporter.model import Discovery, Standing, Subject
from exporter.publication import Publication
from exporter.store import Lease
from exporter.store.memory import MemoryStore
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer
from tests.collect.conftest import ROOT, UNIT, every

FOUND = Discovery("o-org", "999999999999", "aws", (ROOT, UNIT))
ON_ROOT = Standing(Subject(ROOT.id), failures=1)


class Taken(MemoryStore):
    """A store that knows of another holder."""

    def keep(self, lease, *found):
        raise LeaseLostError("somebody else's")


class Scene:
    def __init__(self, store):
        self.moment = 0.0
        self.store = store
        self.hold = Hold(Lease("org", 3), Tenure(30.0, 0.0), lambda: self.moment)
        self.publication = Publication(lambda: 1.7e9)
        self.publication.configure([("org", every(), ())])
        self.desk = Desk(
            self.publication, self.store, self.hold, Observer("org", Instruments(with_process=False))
        )
        self.desk.discovered(FOUND)

    @property
    def shown(self):
        return list(self.desk.view.standings.values())

    @property
    def kept(self):
        return list(self.store.recall("org").standings.values())


@pytest.fixture
def scene():
    return Scene(MemoryStore())


def test_what_is_found_is_published_and_kept(scene):
    scene.desk.stood(ON_ROOT)
    assert scene.shown == scene.kept == [ON_ROOT]


def test_what_holds_for_the_moment_is_published_alone(scene):
    scene.desk.shown(ON_ROOT)
    assert (scene.shown, scene.kept) == ([ON_ROOT], [])


def test_after_the_end_of_the_lease_nothing_is_published_or_kept(scene):
    scene.moment = 24.0
    for write in (scene.desk.stood, scene.desk.shown):
        with pytest.raises(LeaseLostError):
            write(ON_ROOT)
    with pytest.raises(LeaseLostError):
        scene.desk.discovered(Discovery("o-new", "9", "aws", ()))
    assert (scene.shown, scene.kept, scene.desk.view.discovery) == ([], [], FOUND)


def test_a_store_that_knows_of_another_holder_ends_the_lease_for_all_threads():
    scene = Scene(Taken())
    with pytest.raises(LeaseLostError):
        scene.desk.stood(ON_ROOT)
    with pytest.raises(LeaseLostError):
        scene.hold.check()


def test_a_lease_once_over_stays_over(scene):
    scene.moment = 24.0
    with pytest.raises(LeaseLostError):
        scene.hold.renewed(23.0)
    scene.moment = 0.0
    with pytest.raises(LeaseLostError):
        scene.hold.check()
