"""A state that is read while an exporter uses it."""

import shutil
import tempfile
from contextlib import closing
from threading import Event, Thread

import pytest

from exporter.errors import StateError
from exporter.store.snapshot import snapshot
from exporter.store.sqlite import SqliteStore
from tests.store.test_sqlite import TESTDATA, contents, fill, fill_and_die, standings
from tests.store.writing import standing


@pytest.fixture(autouse=True)
def temporary(monkeypatch, tmp_path_factory):
    """Where copies are made."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.db"


def read(path):
    with snapshot(path) as store:
        return store.recall("org").standings


def test_a_state_in_use_is_read_with_all_that_was_kept(path):
    with closing(SqliteStore(path)) as store:
        store.keep(store.acquire("org"), standing(0))
        assert read(path) == standings(1)


def test_the_one_who_uses_it_goes_on(path):
    with closing(SqliteStore(path)) as store:
        read(path)
        store.keep(store.acquire("org"), standing(0))
        assert store.recall("org").standings == standings(1)


@pytest.mark.parametrize("filled", [fill, fill_and_die])
def test_a_state_that_nobody_uses_is_read_and_left_as_it_is(tmp_path, path, filled):
    before = contents(filled(path).parent)
    assert read(path) == standings(20)
    assert contents(tmp_path) == before


def test_the_state_of_an_earlier_version_is_read_and_left_as_it_is(tmp_path, path):
    shutil.copyfile(TESTDATA / "state.v1.db", path)
    before = contents(tmp_path)
    with snapshot(path) as store:
        assert store.recall("org").standings
    assert contents(tmp_path) == before


def test_no_copy_stays(path, temporary):
    read(fill(path))
    assert list(temporary.iterdir()) == []


def test_what_is_read_is_of_one_instant_however_busy_the_writer(path):
    stopped = Event()
    with closing(SqliteStore(path)) as store:
        store.keep(store.acquire("org"), standing(0))

        def write():
            number = 0
            while not stopped.is_set():
                number += 1
                store.keep(store.acquire("org"), standing(number))

        writer = Thread(target=write)
        writer.start()
        try:
            for _ in range(20):
                found = read(path)
                assert found == standings(len(found))
        finally:
            stopped.set()
            writer.join()


def test_a_file_that_is_no_state_is_refused_by_its_own_name(path, temporary):
    path.write_text("organizations:")
    with pytest.raises(StateError, match="not a state of this program") as caught:
        read(path)
    assert (str(path) in str(caught.value), str(temporary) in str(caught.value)) == (True, False)


def test_a_file_that_is_not_there_is_not_made(tmp_path, path):
    with pytest.raises(StateError, match="no such file"):
        read(path)
    assert list(tmp_path.iterdir()) == []


def test_without_room_for_a_copy_it_says_so(path, monkeypatch):
    fill(path)
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    with pytest.raises(StateError, match="cannot be copied to be read"):
        read(path)
