"""The file of an embedded state: made, checked, and opened for one process."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from tempfile import mkstemp

from exporter.errors import StateError
from exporter.store.inspection import (
    PATIENCE,
    check_records,
    check_structure,
    check_version,
    exists,
    inspect,
    refused,
    unusable,
    uri,
)
from exporter.store.schema import STEPS, migrate, version_of

_LOG_SIZE = 16 << 20  # bytes that the log keeps of the room it once needed


def open_file(path: Path, steps: Sequence[Sequence[str]] = STEPS) -> sqlite3.Connection:
    """The one connection to the state, made if there was none; raises StateError where it cannot be used."""
    if not exists(path):
        _create(path, steps)
    for needed in (path, path.parent):
        if not os.access(needed, os.W_OK):
            raise unusable(path, f"{needed} cannot be written to")
    checked = inspect(path, len(steps))
    connection = sqlite3.connect(
        uri(path, "mode=rw"), uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(path, connection, steps, checked=checked)
    except sqlite3.Error as error:
        connection.close()
        raise refused(path, error) from error
    except StateError:
        connection.close()
        raise
    return connection


def _create(path: Path, steps: Sequence[Sequence[str]]) -> None:
    """Make a state, readable for its owner alone, whole or not at all."""
    log = Path(f"{path}-wal")
    if exists(log):
        # SQLite would take up what it says into a file that it does not belong to.
        raise unusable(path, f"it is gone and its log {log.name} is not: put it back, or remove that too")
    try:
        _make_folders(path.parent)
        handle, name = mkstemp(prefix=f"{path.name}.", suffix=".new", dir=path.parent)
        os.close(handle)
        try:
            with closing(sqlite3.connect(name, isolation_level=None)) as connection:
                migrate(connection, steps)
                connection.execute("PRAGMA journal_mode = WAL")
            # Unlike a rename, this does not take the place of one that another process has just made.
            with suppress(FileExistsError):
                os.link(name, path)
        finally:
            Path(name).unlink()
    except OSError as error:
        raise unusable(path, f"it cannot be made: {error.strerror}") from error
    except sqlite3.Error as error:
        raise unusable(path, f"it cannot be made: {error}") from error


def _make_folders(folder: Path) -> None:
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def _prepare(
    path: Path, connection: sqlite3.Connection, steps: Sequence[Sequence[str]], *, checked: bool
) -> None:
    # Before anything is read: the file is then locked until the connection closes or the process dies, and
    # the index of the log is in memory, so that a state on a full disk can be opened.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    version = version_of(connection)
    # The log that a killed program left may be newer than the file's header, which is all that was seen yet.
    check_version(path, version, len(steps))
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {_LOG_SIZE}")
    if version < len(steps):
        migrate(connection, steps)
        # The header must say so: it is what the next program looks at first.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if not checked:
        check_structure(path, connection)
        check_records(path, connection)
