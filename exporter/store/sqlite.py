"""State in one file: SQLite with a write-ahead log, for one process at a time."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from exporter.errors import StateUnavailableError
from exporter.model import NO_NEWS, Counts, Discovery, News, Standing, StartedJob, Subject
from exporter.store import codec
from exporter.store.file import open_file
from exporter.store.interface import Lease, Remembered, Unshared
from exporter.store.schema import VALUE
from exporter.store.telling import Tally, by_report, joined, reports_of, told_by

_OF_SUBJECT = "WHERE organization = ? AND entity_id = ? AND policy_id = ?"


class SqliteStore(Unshared):
    """See :class:`exporter.store.interface.Store`.

    No other process can open the file meanwhile. What was kept is on the disk when the call returns. Killed
    at any instant, the file holds all of that.
    """

    def __init__(self, path: Path) -> None:
        """Raises StateError for a file that cannot be used, and leaves that as it is."""
        self._lock = Lock()
        self._path = path
        self._connection = open_file(path)

    def started(self, lease: Lease, job: StartedJob) -> None:
        row = (*_key(lease.organization, *job.subject), codec.encode_job(job))
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO started VALUES (?, ?, ?, ?)", row)

    def keep(
        self, lease: Lease, standing: Standing, news: Sequence[News] = (), tally: Counts = NO_NEWS
    ) -> None:
        key = _key(lease.organization, *standing.subject)
        value = codec.encode_standing(standing)
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?)", (*key, value))
            connection.execute(f"DELETE FROM started {_OF_SUBJECT}", key)  # noqa: S608 - a constant
            if news:
                told = [(*key, at, codec.encode_news(pieces)) for at, pieces in by_report(news).items()]
                connection.executemany("INSERT OR REPLACE INTO news VALUES (?, ?, ?, ?, ?)", told)
                _count(connection, lease, Tally(tally, reports_of(news)))

    def logged(self, lease: Lease, tally: Counts) -> None:
        with self._writing() as connection:
            _count(connection, lease, Tally(tally))

    def forget_news(self, lease: Lease, before: float) -> None:
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM news WHERE organization = ? AND told < ?", (*_key(lease.organization), before)
            )

    def discovered(self, lease: Lease, discovery: Discovery) -> None:
        key = _key(lease.organization)
        known = {entity.id for entity in discovery.entities}
        row = (*key, codec.encode_discovery(discovery))
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO discovery VALUES (?, ?)", row)
            for table in ("standing", "news"):
                gone = [
                    (*key, *_key(*each))
                    for each in _subjects(connection, table, key)
                    if not (each.foreign or each.entity_id in known)
                ]
                connection.executemany(f"DELETE FROM {table} {_OF_SUBJECT}", gone)  # noqa: S608 - constants

    def recall(self, organization: str) -> Remembered:
        with self._lock, _told(self._path):
            standings = map(codec.decode_standing, self._values("standing", organization))
            news = joined(map(codec.decode_news, self._values("news", organization)))
            tally = next(map(codec.decode_tally, self._values("tally", organization)), None)
            return Remembered(
                next(map(codec.decode_discovery, self._values("discovery", organization)), None),
                {standing.subject: standing for standing in standings},
                self._started(organization),
                news=news,
                tally=tally.counts if tally else None,
                unlogged=told_by(tally.unlogged, news) if tally else (),
            )

    def _started(self, organization: str) -> StartedJob | None:
        return next(map(codec.decode_job, self._values("started", organization)), None)

    def _values(self, table: str, organization: str) -> Iterator[bytes]:
        query = f"SELECT {VALUE} FROM {table} WHERE organization = ?"  # noqa: S608 - constants
        return (value for (value,) in self._connection.execute(query, _key(organization)).fetchall())

    def changes(self, organization: str, since: int) -> Remembered:
        with self._lock, _told(self._path):
            return Remembered(started=self._started(organization), position=since)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction; raises StateUnavailableError, and nothing was written then."""
        with self._lock, _told(self._path):
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._recover()
                raise

    def _recover(self) -> None:
        """Make the next attempt possible: on a full disk, what is in the log may find room in the file."""
        for statement in ("ROLLBACK", "PRAGMA wal_checkpoint(TRUNCATE)"):
            with suppress(sqlite3.Error):
                self._connection.execute(statement)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StateUnavailableError(f"the state {path} is out of reach: {error}") from error


def _count(connection: sqlite3.Connection, lease: Lease, tally: Tally) -> None:
    row = (*_key(lease.organization), codec.encode_tally(tally))
    connection.execute("INSERT OR REPLACE INTO tally VALUES (?, ?)", row)


def _subjects(
    connection: sqlite3.Connection, table: str, organization: tuple[bytes, ...]
) -> Iterable[Subject]:
    rows = connection.execute(
        f"SELECT DISTINCT entity_id, policy_id FROM {table} WHERE organization = ?",  # noqa: S608 - constants
        organization,
    )
    return [Subject(*(part.decode("utf-8", "surrogatepass") for part in row)) for row in rows]


def _key(*texts: str) -> tuple[bytes, ...]:
    return tuple(text.encode("utf-8", "surrogatepass") for text in texts)
