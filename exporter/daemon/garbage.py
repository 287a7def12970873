"""Python's search for unreachable cycles, kept away from what is known.

What an organization of a thousand accounts is known by is some 200,000 objects, and a full search walks them
all with the interpreter in its hands: 0.1 s in which nobody is answered, at moments that nobody chose.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from exporter.garbage import search_as_usual

INTERVAL = 600.0  # s between two full searches


@contextmanager
def unsearched() -> Iterator[None]:
    """No search while so much is made at once of which nothing is garbage; one at the end."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        search_as_usual()
        sweep_garbage()


def sweep_garbage() -> None:
    """Search everything once; what is left is not looked at again until the next call."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
