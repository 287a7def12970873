"""How often Python searches for unreachable cycles.

A start makes hundreds of thousands of objects that all stay. To search them every few hundred, and all of
them once more before the process ends, takes a quarter of the start.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_USUAL = gc.get_threshold()
_SELDOM = 50_000  # objects more than before; their search takes milliseconds


@contextmanager
def searched_seldom() -> Iterator[None]:
    """For what starts, and for commands that end soon."""
    gc.set_threshold(_SELDOM, *_USUAL[1:])
    try:
        yield
    finally:
        search_as_usual()


def search_as_usual() -> None:
    """For what stays."""
    gc.set_threshold(*_USUAL)


def search_no_more() -> None:
    """The process ends, and all it has ends with it."""
    gc.freeze()
