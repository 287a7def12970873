"""What a restart should find again, and the kinds of place it can be kept in."""

from exporter.errors import StateError
from exporter.store.dynamodb import open_table
from exporter.store.interface import Lease, Pulse, Remembered, Store
from exporter.store.memory import MemoryStore

DEFAULT_URL = "memory:"
DEFAULT_TERM = 30.0

__all__ = [
    "DEFAULT_TERM",
    "DEFAULT_URL",
    "Lease",
    "MemoryStore",
    "Pulse",
    "Remembered",
    "Store",
    "open_store",
]


def open_store(url: str, *, term: float = DEFAULT_TERM, create: bool = False) -> Store:
    """The store behind a ``--state.url``; StateError for an address that no store answers to.

    Where several processes share a state, ``term`` is how many seconds a lease lasts unless renewed, and
    ``create`` makes a table that is not there.
    """
    if url == "memory:":
        return MemoryStore()
    if url.startswith("dynamodb:"):
        return open_table(url, term=term, create=create)
    raise StateError(
        f"--state.url {url!r}: not a state this version knows; it knows memory: and dynamodb://TABLE"
    )
