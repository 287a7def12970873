"""What is known is not searched for garbage at every turn, and garbage goes all the same."""

import gc
import weakref

import pytest

from exporter.garbage import searched_seldom, sweep_garbage, unsearched


class Node:
    def __init__(self):
        self.itself = self


@pytest.fixture(autouse=True)
def thawed():
    yield
    gc.unfreeze()


def test_what_is_left_is_not_looked_at_again():
    kept = Node()
    sweep_garbage()
    assert gc.get_freeze_count() > 0
    assert not any(found is kept for found in gc.get_objects())


def test_a_cycle_that_was_alive_at_one_sweep_goes_at_the_next():
    node = Node()
    seen = weakref.ref(node)
    sweep_garbage()
    del node
    gc.collect()
    assert seen() is not None
    sweep_garbage()
    assert seen() is None


def test_a_daemon_that_has_started_is_searched_as_usual():
    usual = gc.get_threshold()
    with searched_seldom():
        with unsearched():
            pass
        assert gc.get_threshold() == usual
