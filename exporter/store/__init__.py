"""What a restart should find again, and the kinds of place it can be kept in.

It never lets a holder write whose lease is over.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from exporter.errors import StateError
from exporter.store.address import DYNAMODB, MEMORY, SQLITE, default_url, sqlite_path
from exporter.store.dynamodb import open_table
from exporter.store.interface import Lease, Pulse, Remembered, Store
from exporter.store.memory import MemoryStore
from exporter.store.snapshot import snapshot
from exporter.store.sqlite import SqliteStore

_TERM = 30.0

__all__ = [
    "Lease",
    "Pulse",
    "Remembered",
    "Store",
    "default_url",
    "open_store",
    "reading",
]


def open_store(url: str, *, term: float = _TERM, create: bool = False) -> Store:
    """The store behind a ``--state.url``; StateError for an address that no store answers to.

    Where several processes share a state, ``term`` is how many seconds a lease lasts unless renewed, and
    ``create`` makes a table that is not there.
    """
    if url == MEMORY:
        return MemoryStore()
    if url.startswith(SQLITE):
        return SqliteStore(sqlite_path(url))
    if url.startswith(DYNAMODB):
        return open_table(url, term=term, create=create)
    known = "memory:, sqlite:///PATH and dynamodb://TABLE"
    raise StateError(f"--state.url {url!r}: not a state this version knows; it knows {known}")


@contextmanager
def reading(url: str) -> Iterator[Store]:
    """The store behind a ``--state.url`` as it is now, to be read only, whoever uses it; StateError as above.

    A file has to be there: none is made.
    """
    if url.startswith(SQLITE):
        with snapshot(sqlite_path(url)) as copy:
            yield copy
        return
    with closing(open_store(url)) as store:
        yield store
