"""What is found is published and kept, while the lease lasts; what cannot be kept now is kept later."""

import pytest

from exporter.collect import Desk, Hold
from exporter.errors import LeaseLostError, StateError, StateUnavailableError
from exporter.lease import Tenure
from exporter.model import Discovery, Standing, Subject
from exporter.publication import Publication
from exporter.store import Lease, MemoryStore
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer
from tests.collect.conftest import ROOT, UNIT, every

FOUND = Discovery("o-org", "999999999999", "aws", (ROOT, UNIT))
ON_ROOT = Standing(Subject(ROOT.id), failures=1)
ON_UNIT = Standing(Subject(UNIT.id), failures=2)


class Stumbling(MemoryStore):
    """Raises what stands in ``troubles``, one at each write."""

    def __init__(self):
        super().__init__()
        self.troubles = []

    def keep(self, lease, standing):
        self._stumble()
        super().keep(lease, standing)

    def discovered(self, lease, discovery):
        self._stumble()
        super().discovered(lease, discovery)

    def _stumble(self):
        if self.troubles:
            raise self.troubles.pop(0)


class Scene:
    def __init__(self):
        self.moment = 0.0
        self.store = Stumbling()
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
    return Scene()


def test_what_is_found_is_published_and_kept(scene):
    scene.desk.stood(ON_ROOT)
    assert scene.shown == scene.kept == [ON_ROOT]


def test_what_holds_for_the_moment_is_published_alone(scene):
    scene.desk.shown(ON_ROOT)
    assert (scene.shown, scene.kept) == ([ON_ROOT], [])


def test_what_cannot_be_kept_is_published_all_the_same(scene):
    scene.store.troubles = [StateUnavailableError("full")]
    scene.desk.stood(ON_ROOT)
    assert (scene.shown, scene.kept) == ([ON_ROOT], [])


def test_what_could_not_be_kept_is_kept_with_what_comes_next(scene):
    scene.store.troubles = [StateUnavailableError("full")]
    scene.desk.stood(ON_ROOT)
    scene.desk.stood(ON_UNIT)
    assert scene.kept == [ON_ROOT, ON_UNIT]


def test_a_discovery_that_could_not_be_kept_is_kept_when_the_store_is_offered_it_again(scene):
    scene.store.troubles = [StateUnavailableError("full")]
    scene.desk.discovered(Discovery("o-new", "999999999999", "aws", (ROOT,)))
    scene.desk.keep()
    assert scene.store.recall("org").discovery.org_id == "o-new"


def test_only_the_newest_of_a_subject_is_kept_in_the_end(scene):
    scene.store.troubles = [StateUnavailableError("full")] * 2
    for failures in (1, 2, 3):
        scene.desk.stood(Standing(Subject(ROOT.id), failures=failures))
    assert scene.kept == [Standing(Subject(ROOT.id), failures=3)]


def test_what_the_store_will_never_take_does_not_keep_the_rest_out(scene):
    scene.store.troubles = [StateError("too large")]
    scene.desk.stood(ON_ROOT)
    scene.desk.stood(ON_UNIT)
    assert scene.kept == [ON_UNIT]


def test_after_the_end_of_the_lease_nothing_is_published_or_kept(scene):
    scene.moment = 24.0
    for write in (scene.desk.stood, scene.desk.shown):
        with pytest.raises(LeaseLostError):
            write(ON_ROOT)
    with pytest.raises(LeaseLostError):
        scene.desk.discovered(Discovery("o-new", "9", "aws", ()))
    assert (scene.shown, scene.kept, scene.desk.view.discovery) == ([], [], FOUND)


def test_a_store_that_knows_of_another_holder_ends_the_lease_for_all_threads(scene):
    scene.store.troubles = [LeaseLostError("somebody else's")]
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
