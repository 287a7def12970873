"""What a restart should find again, and the kinds of place it can be kept in."""

from exporter.errors import StateError
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


def open_store(url: str, *, term: float = DEFAULT_TERM) -> Store:  # noqa: ARG001 - no store of this version is shared
    """The store behind a ``--state.url``; StateError for an address that no store answers to.

    ``term``: seconds that a lease lasts unless renewed, where several processes share a state.
    """
    if url == "memory:":
        return MemoryStore()
    raise StateError(f"--state.url {url!r}: not a state this version knows; it knows memory:")
