"""A state in a file: made, refused, migrated, and written to whatever the disk says."""

import contextlib
import multiprocessing
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from exporter.errors import StateError, StateUnavailableError
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    Standing,
    Subject,
)
from exporter.store import default_url, open_store
from exporter.store.file import open_file
from exporter.store.schema import APPLICATION_ID, STEPS, version_of
from exporter.store.sqlite import SqliteStore
from tests.searching import examples
from tests.store.writing import keep_and_die, keep_on, standing

# A hundred programs from nothing would take two minutes.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.store.writing"])
TESTDATA = Path(__file__).parent / "testdata"
DISCOVERY = Discovery(
    "o-org", "9", "aws", (Entity("r-exam", EntityType.ROOT, "Root", "o-org/r-exam"),), at=5.0
)


def kept_in(path, organization="org"):
    with contextlib.closing(SqliteStore(path)) as store:
        return store.recall(organization).standings


def standings(count):
    return {standing(number).subject: standing(number) for number in range(count)}


def fill(path, count=20):
    with contextlib.closing(SqliteStore(path)) as store:
        lease = store.acquire("org")
        for number in range(count):
            store.keep(lease, standing(number))
    return path


def fill_and_die(path, count=20):
    killed = FORKS.Process(target=keep_and_die, args=(path, count))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    return path


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@contextlib.contextmanager
def untouched(folder, match):
    """Opening is refused, and no file is another than before."""
    before = contents(folder)
    with pytest.raises(StateError, match=match):
        yield
    assert contents(folder) == before


def test_the_file_and_the_folders_made_for_it_are_the_owners_alone(tmp_path):
    path = tmp_path / "new" / "deep" / "state.db"
    with contextlib.closing(SqliteStore(path)) as store:
        store.keep(store.acquire("org"), standing(1))
        modes = [
            stat.S_IMODE(each.stat().st_mode)
            for each in (path.parent, path.parent.parent, *path.parent.iterdir())
        ]
    assert modes == [0o700, 0o700, 0o600, 0o600]


def test_only_the_state_itself_remains_once_it_is_closed(tmp_path):
    fill(tmp_path / "state.db")
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]


def test_what_was_kept_is_there_after_closing(tmp_path):
    assert kept_in(fill(tmp_path / "state.db")) == standings(20)


def test_what_was_kept_is_there_after_kill_9(tmp_path):
    assert kept_in(fill_and_die(tmp_path / "state.db")) == standings(20)


def test_the_log_of_a_state_that_is_gone_is_not_taken_for_that_of_a_new_one(tmp_path):
    fill_and_die(tmp_path / "state.db").unlink()
    with untouched(tmp_path, "its log state.db-wal is not"):
        SqliteStore(tmp_path / "state.db")


def test_a_state_in_use_is_refused_to_others(tmp_path):
    with contextlib.closing(SqliteStore(tmp_path / "state.db")) as store:
        store.keep(store.acquire("org"), standing(1))
        with untouched(tmp_path, "another process is using it"):
            SqliteStore(tmp_path / "state.db")


def test_a_state_that_was_only_opened_is_refused_to_others(tmp_path):
    with contextlib.closing(SqliteStore(tmp_path / "state.db")), untouched(tmp_path, "another process"):
        SqliteStore(tmp_path / "state.db")


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3\0", b"organizations:\n", bytes(100_000)])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    (tmp_path / "state.db").write_bytes(content)
    with untouched(tmp_path, "not a state of this program"):
        SqliteStore(tmp_path / "state.db")


@pytest.mark.parametrize("application_id", [0, 1])
def test_the_database_of_another_program_is_refused_with_its_log(tmp_path, application_id):
    script = (
        "import os, sqlite3, sys; it = sqlite3.connect(sys.argv[1], isolation_level=None);"
        f"it.execute('PRAGMA application_id = {application_id}'); it.execute('PRAGMA journal_mode = WAL');"
        "it.execute('CREATE TABLE theirs (x)'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "state.db")], check=False)
    assert (tmp_path / "state.db-wal").stat().st_size
    with untouched(tmp_path, "not a state of this program"):
        SqliteStore(tmp_path / "state.db")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(StateError, match="not a file"):
        SqliteStore(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "state.db")
    with pytest.raises(StateError, match="not a file"):
        SqliteStore(tmp_path / "state.db")


def test_a_place_where_nothing_can_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match=r"file/state\.db cannot be used: .*Not a directory"):
        SqliteStore(tmp_path / "file" / "state.db")


@pytest.mark.parametrize(("filled", "version"), [(fill, len(STEPS) + 1), (fill_and_die, 2**31 - 1)])
def test_the_state_of_a_later_program_is_refused(tmp_path, filled, version):
    path = filled(tmp_path / "state.db")
    damaged = bytearray(path.read_bytes())
    damaged[60:64] = version.to_bytes(4)
    path.write_bytes(damaged)
    with untouched(tmp_path, rf"a later version .*schema {version}, this one knows {len(STEPS)}"):
        SqliteStore(path)


def test_a_file_that_was_cut_off_is_refused(tmp_path):
    path = fill(tmp_path / "state.db")
    os.truncate(path, path.stat().st_size - 4096)
    with untouched(tmp_path, "damaged"):
        SqliteStore(path)


def test_a_damaged_record_is_refused(tmp_path):
    path = fill(tmp_path / "state.db")
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE standing SET value = X'00' || value WHERE rowid = 7")
    with untouched(tmp_path, "record of the state is damaged"):
        SqliteStore(path)


def test_damage_below_the_log_of_a_killed_program_is_refused(tmp_path):
    path = fill(tmp_path / "state.db")
    damaged = bytearray(path.read_bytes())
    damaged[2 * 4096 : 3 * 4096] = bytes(4096)
    fill_and_die(path, 1)
    path.write_bytes(damaged)
    with untouched(tmp_path, "damaged"):
        SqliteStore(path)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("sound") / "state.db")


@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**20), st.integers(1, 255))
@example(40876, 128)  # the name of an index is no text any more
def test_no_damaged_byte_changes_what_is_recalled(tmp_path, sound, place, change):
    damaged = bytearray(sound.read_bytes())
    damaged[place % len(damaged)] ^= change
    path = tmp_path / "state.db"
    path.write_bytes(damaged)
    before = contents(tmp_path)
    try:
        assert kept_in(path) == standings(20)
    except StateError:
        assert contents(tmp_path) == before


@pytest.mark.parametrize("table", ["discovery", "standing", "started", "news", "tally"])
def test_a_state_whose_columns_have_other_names_is_refused(tmp_path, sound, table):
    damaged = sound.read_bytes()
    place = damaged.index(b"organization", damaged.index(f"CREATE TABLE {table}".encode()))
    path = tmp_path / "state.db"
    path.write_bytes(damaged[:place] + b"X" + damaged[place + 1 :])
    with untouched(tmp_path, "damaged"):
        SqliteStore(path)


LATER = (*STEPS, ("CREATE TABLE later (x)", "INSERT INTO later VALUES (1)"))


@pytest.mark.parametrize("filled", [fill, fill_and_die])
def test_an_older_state_is_brought_to_the_newest_version(tmp_path, filled):
    path = filled(tmp_path / "state.db")
    with contextlib.closing(open_file(path, LATER)) as connection:
        assert version_of(connection) == len(LATER)
        assert connection.execute("SELECT count(*) FROM standing, later").fetchone() == (20,)
    with untouched(tmp_path, "a later version"):
        SqliteStore(path)


def test_a_migration_that_fails_changes_nothing(tmp_path):
    path = fill(tmp_path / "state.db")
    with pytest.raises(StateError):
        open_file(path, (*STEPS, ("CREATE TABLE later (x)", "no SQL")))
    assert kept_in(path) == standings(20)


def test_a_later_version_that_only_the_log_knows_of_is_refused(tmp_path):
    path = fill(tmp_path / "state.db")
    script = (
        "import os, sqlite3, sys; it = sqlite3.connect(sys.argv[1], isolation_level=None);"
        f"it.execute('PRAGMA user_version = {len(LATER)}'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    with pytest.raises(StateError, match="a later version"):
        SqliteStore(path)


@pytest.mark.parametrize("version", range(1, len(STEPS) + 1))
def test_the_state_of_every_version_is_read(tmp_path, version):
    path = tmp_path / "state.db"
    shutil.copy(TESTDATA / f"state.v{version}.db", path)
    assert kept_in(path) == standings(3)
    with contextlib.closing(SqliteStore(path)) as store:
        found = store.recall("org")
    assert found.discovery == DISCOVERY
    assert found.started.job_id == "2a3b4c5d-0000-4111-8222-333344445555"


def test_a_file_says_what_it_is(tmp_path):
    header = fill(tmp_path / "state.db").read_bytes()[:100]
    assert header[68:72] == b"OAAX" == APPLICATION_ID.to_bytes(4)


@contextlib.contextmanager
def no_room_beyond(size):
    """The kernel lets no file of this process grow beyond so many bytes."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def test_without_room_nothing_is_kept_and_nothing_lost_and_with_room_all_is_well(tmp_path):
    path = fill(tmp_path / "state.db", 3)
    store = SqliteStore(path)
    lease = store.acquire("org")
    with no_room_beyond(4096):
        for _ in range(3):
            with pytest.raises(StateUnavailableError, match=r"state\.db is out of reach"):
                store.keep(lease, standing(3))
        with pytest.raises(StateUnavailableError):
            store.discovered(lease, DISCOVERY)
        assert store.recall("org").standings == standings(3)
    store.keep(lease, standing(3))
    store.close()
    assert kept_in(path) == standings(4)


def test_a_log_that_cannot_grow_is_emptied_into_the_file(tmp_path):
    store = SqliteStore(fill(tmp_path / "state.db", 3))
    lease = store.acquire("org")
    with no_room_beyond(100_000):
        for number in range(200):
            try:
                store.keep(lease, replace(standing(1), failures=number))
            except StateUnavailableError:
                store.keep(lease, replace(standing(1), failures=number))
    assert store.recall("org").standings[standing(1).subject].failures == 199
    store.close()


def test_a_log_is_read_where_there_is_no_room_for_its_index(tmp_path):
    path = fill_and_die(tmp_path / "state.db", 3)
    with no_room_beyond(4096):
        assert kept_in(path) == standings(3)


def test_a_store_that_was_closed_takes_nothing_more(tmp_path):
    store = SqliteStore(tmp_path / "state.db")
    store.close()
    with pytest.raises(StateUnavailableError):
        store.keep(store.acquire("org"), standing(1))


def test_half_a_surrogate_pair_can_be_part_of_a_key(tmp_path):
    odd = "\ud800"
    kept = Standing(Subject(odd, odd))
    with contextlib.closing(SqliteStore(tmp_path / "state.db")) as store:
        store.keep(store.acquire(odd), kept)
        assert store.recall(odd).standings == {kept.subject: kept}


def test_an_address_is_a_path_from_the_root_or_from_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_store(f"sqlite:///{tmp_path}/a?b#c%20.db").close()
    open_store("sqlite:///relative.db").close()
    assert {path.name for path in tmp_path.iterdir()} == {"a?b#c%20.db", "relative.db"}


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"STATE_DIRECTORY": "/var/lib/unit"}, "/var/lib/unit"),
        ({"STATE_DIRECTORY": "/var/lib/one:/var/lib/two", "HOME": "/home/me"}, "/var/lib/one"),
        ({"XDG_STATE_HOME": "/home/me/states"}, "/home/me/states/org-access-exporter"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/home/me"}, "/home/me/.local/state/org-access-exporter"),
        ({"HOME": "/home/me"}, "/home/me/.local/state/org-access-exporter"),
    ],
)
def test_without_an_address_the_state_is_where_such_things_are(environment, folder):
    nowhere = Path("/proc/1/org-access-exporter")
    assert default_url(environment, nowhere) == f"sqlite:///{folder}/state.db"


def test_without_an_address_the_state_is_the_systems_where_that_may_be_written(tmp_path):
    for system in (tmp_path, tmp_path / "org-access-exporter"):
        assert default_url({"HOME": "/home/me"}, system) == f"sqlite:///{system}/state.db"


@pytest.mark.slow
def test_a_hundred_killed_writers_lose_and_change_nothing(tmp_path):
    """Each is killed at an instant of its own; what it had said was kept must be there."""
    path = tmp_path / "state.db"
    promised = {}
    for round_ in range(100):
        promised |= _killed_writer(path, round_)
        with contextlib.closing(SqliteStore(path)) as store:
            found = store.recall("org").standings
        for subject, least in promised.items():
            assert found[subject].failures >= least
            assert replace(found[subject], failures=0) == standing(int(subject.entity_id))


def _killed_writer(path, round_):
    """What a writer said it had kept before it was killed: subjects, and the number of their last writing."""
    ours, its = FORKS.Pipe(duplex=False)
    writer = FORKS.Process(target=keep_on, args=(path, round_ * 1_000_000, its))
    writer.start()
    its.close()
    numbers = [ours.recv() for _ in range(1 + 37 * round_ % 300)]
    writer.kill()
    with contextlib.suppress(EOFError):
        while True:
            numbers.append(ours.recv())
    writer.join()
    ours.close()
    return {Subject(f"{number % 500:012}"): number for number in numbers}
