"""What becomes of findings while the state cannot be written."""

import pytest

from exporter.errors import StateError, StateUnavailableError
from exporter.model import Subject
from tests.collect.conftest import ACCOUNT, ROOT, UNIT

FULL = StateUnavailableError("database or disk is full")


@pytest.fixture
def trouble(bench):
    """Errors that the store raises instead of taking anything, in their order, before it works again."""
    waiting = []

    def failing(write):
        def attempt(lease, *found):
            if waiting:
                raise waiting.pop(0)
            write(lease, *found)

        return attempt

    bench.store.keep, bench.store.discovered = map(failing, (bench.store.keep, bench.store.discovered))
    return waiting


def available(bench):
    return bench.count("aws_org_access_exporter_state_available")


def kept(bench):
    return {subject.entity_id for subject in bench.store.recall("org").standings}


def test_without_trouble_the_state_is_available(bench):
    bench.sweep()
    assert available(bench) == 1
    assert bench.count("aws_org_access_exporter_state_failures_total") == 0


def test_what_cannot_be_kept_is_served_all_the_same(bench, trouble):
    trouble += [FULL] * 9
    bench.sweep()
    assert bench.standing(ACCOUNT).report
    assert kept(bench) == set()


def test_a_state_that_cannot_be_written_is_told_and_counted(bench, trouble):
    trouble += [FULL] * 9
    bench.sweep()
    assert available(bench) == 0
    assert bench.count("aws_org_access_exporter_state_failures_total") == 3


def test_what_could_not_be_kept_is_kept_later(bench, trouble):
    trouble += [FULL] * 4
    bench.sweep()
    bench.collector.discover()
    assert kept(bench) == set()
    bench.collector.keep()
    assert kept(bench) == {ROOT.id, UNIT.id, ACCOUNT.id}
    assert bench.store.recall("org").discovery == bench.view.discovery
    assert available(bench) == 1


def test_the_newest_is_what_is_kept_later(bench, trouble):
    trouble += [FULL] * 3
    bench.sweep()
    bench.pace.moment += 3600.0
    bench.sweep()
    assert bench.store.recall("org").standings[Subject(ROOT.id)] == bench.standing(ROOT)


def test_what_the_store_will_never_take_does_not_hold_up_the_rest(bench, trouble):
    trouble += [StateError("too large")]
    bench.sweep()
    assert kept(bench) == {UNIT.id, ACCOUNT.id}


def test_a_state_is_not_called_available_before_it_took_everything(bench, trouble):
    trouble += [FULL] * 3
    bench.sweep()
    real, bench.store.discovered = bench.store.discovered, refuse
    bench.collector.discover()
    assert kept(bench) == {ROOT.id, UNIT.id, ACCOUNT.id}
    assert available(bench) == 0
    bench.store.discovered = real
    bench.collector.keep()
    assert available(bench) == 1


def refuse(*_):
    raise FULL
