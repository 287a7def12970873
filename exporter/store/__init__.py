"""What a restart should find again, and the kinds of place it can be kept in."""

from exporter.errors import StateError
from exporter.store.interface import Remembered, Store
from exporter.store.memory import MemoryStore

DEFAULT_URL = "memory:"

__all__ = ["DEFAULT_URL", "MemoryStore", "Remembered", "Store", "open_store"]


def open_store(url: str) -> Store:
    """The store behind a ``--state.url``; StateError for an address that no store answers to."""
    if url == "memory:":
        return MemoryStore()
    raise StateError(f"--state.url {url!r}: not a state this version knows; it knows memory:")
