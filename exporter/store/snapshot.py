"""A state file as it is now, read from a copy: the exporter that uses the file keeps it to itself."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from exporter.errors import StateError
from exporter.store.inspection import exists, unusable
from exporter.store.sqlite import SqliteStore

_TRIES = 20
_LOG_HEADER = 32  # bytes; https://sqlite.org/fileformat2.html#the_write_ahead_log


@contextmanager
def snapshot(path: Path) -> Iterator[SqliteStore]:
    """A store on a copy of the file, which goes with the context; raises StateError where that cannot be."""
    with _folder(path) as folder:
        copy = Path(folder, path.name)
        try:
            _copy(path, copy)
        except OSError as error:
            raise _uncopied(path, error) from error
        with closing(_opened(copy, path)) as store:
            yield store


def _folder(path: Path) -> TemporaryDirectory[str]:
    try:
        return TemporaryDirectory(prefix="org-access-exporter.")
    except OSError as error:
        raise _uncopied(path, error) from error


def _uncopied(path: Path, error: OSError) -> StateError:
    return unusable(path, f"it cannot be copied to be read ({error.strerror or error})")


def _opened(copy: Path, path: Path) -> SqliteStore:
    try:
        return SqliteStore(copy)
    except StateError as error:
        raise StateError(str(error).replace(str(copy), str(path))) from error


def _copy(path: Path, copy: Path) -> None:
    """File and log of one instant: neither was changed by more than what SQLite adds to the log's end.

    A record that is half written at the end of the log, SQLite leaves out.
    """
    for _ in range(_TRIES):
        before = _state_of(path)
        for suffix in ("", "-wal"):
            _copy_one(Path(f"{path}{suffix}"), Path(f"{copy}{suffix}"))
        if before == _state_of(path):
            return
    raise unusable(path, "it is written to without a pause; try again")


def _copy_one(path: Path, copy: Path) -> None:
    if exists(path):
        shutil.copyfile(path, copy)
    else:
        copy.unlink(missing_ok=True)


def _state_of(path: Path) -> tuple[object, ...]:
    """What changes whenever the log was written into the file, or begun anew."""
    if not path.is_file():
        raise unusable(path, "there is no such file")
    found, log = path.stat(), Path(f"{path}-wal")
    header = b""
    if exists(log):
        with log.open("rb") as file:
            header = file.read(_LOG_HEADER)
    return found.st_ino, found.st_mtime_ns, found.st_size, header
