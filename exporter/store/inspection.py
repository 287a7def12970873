"""Whether a file is a state that this program may open, found out without changing a byte of it.

SQLite itself would: a writer that opens a file takes up the log that a killed program left beside it, and
writes it into the file when it closes. So the header is read without SQLite, and the rest through connections
that cannot write.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from exporter.errors import StateError
from exporter.store import codec
from exporter.store.schema import APPLICATION_ID, STEPS, columns, records

_MAGIC = b"SQLite format 3\0"
_HEADER = 100  # bytes; https://sqlite.org/fileformat2.html#the_database_header
_VERSION = slice(60, 64)
_APPLICATION = slice(68, 72)
PATIENCE = 1.0  # s for a process that is just leaving

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})


def exists(path: Path) -> bool:
    """Whether there is anything of that name; raises StateError where that cannot be told."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise unusable(path, error.strerror) from error
    return True


def inspect(path: Path, newest: int = len(STEPS)) -> bool:
    """Raise StateError unless the file is a sound state of a version up to ``newest``.

    True if all of it was read; False where that takes room on the disk.
    """
    header = _header(path)
    version = int.from_bytes(header[_VERSION])
    if not header.startswith(_MAGIC) or int.from_bytes(header[_APPLICATION]) != APPLICATION_ID:
        raise unusable(path, "it is not a state of this program, and was left as it is")
    check_version(path, version, newest)
    try:
        with _reading(path) as connection:
            check_structure(path, connection)
            check_records(path, connection, version)
    except sqlite3.Error as error:
        if primary(error) == sqlite3.SQLITE_IOERR:
            return False
        raise refused(path, error) from error
    return True


def check_version(path: Path, version: int, newest: int = len(STEPS)) -> None:
    """Raise StateError for the version of a later program."""
    if version > newest:
        later = f"a later version of this program wrote it (schema {version}, this one knows {newest})"
        raise unusable(path, f"{later}; it was left as it is")


def unusable(path: Path, reason: object) -> StateError:
    """The error to raise: which file it is about, and why."""
    return StateError(f"the state {path} cannot be used: {reason}")


def refused(path: Path, error: sqlite3.Error) -> StateError:
    """What SQLite raised at opening, for people."""
    match primary(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return unusable(path, "another process is using it; each needs a --state.url of its own")
        case code if code in _DAMAGE:
            return unusable(path, f"it is damaged ({error}), and was left as it is")
    return unusable(path, error)


def primary(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 for an error of Python's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def uri(path: Path, parameters: str) -> str:
    return f"file:{quote(str(path))}?{parameters}"


def _header(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise unusable(path, "it is not a file")
        with path.open("rb") as file:
            return file.read(_HEADER)
    except OSError as error:
        raise unusable(path, error.strerror) from error


def check_structure(path: Path, connection: sqlite3.Connection) -> None:
    """Raise StateError or sqlite3.DatabaseError unless the file is put together as SQLite does."""
    try:
        ((told,), *_) = connection.execute("PRAGMA integrity_check(1)")
    except UnicodeDecodeError:
        told = "a name in it is no text"
    if told != "ok":
        raise unusable(path, f"it is damaged ({told}), and was left as it is")


def check_records(path: Path, connection: sqlite3.Connection, version: int = len(STEPS)) -> None:
    """Raise StateError or sqlite3.DatabaseError unless every record is there as it was written."""
    for query in columns(version):
        connection.execute(query)
    try:
        for (record,) in connection.execute(records(version)):
            codec.check(record)
    except StateError as error:
        raise unusable(path, f"{error}; it was left as it is") from error


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing, and leaves nothing beside the file that was not there."""
    log, index = Path(f"{path}-wal"), Path(f"{path}-shm")
    stray = not index.exists()
    # "immutable" looks at the file alone. It may only do so where no log belongs to it.
    logged = log.exists() and log.stat().st_size
    mode = "mode=ro" if logged else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri(path, mode), uri=True, timeout=PATIENCE)) as connection:
            yield connection
    finally:
        if stray:
            index.unlink(missing_ok=True)
