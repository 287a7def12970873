"""How often Python searches for unreachable cycles.

A start makes hundreds of thousands of objects that all stay. To search them every few hundred, and all of
them once more before the process ends, takes a twentieth of the start. What an organization of a thousand
accounts is known by is some 200,000 of them, and a full search walks them all with the interpreter in its
hands: 0.1 s in which nobody is answered, at moments that nobody chose.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_USUAL = gc.get_threshold()
_SELDOM = 50_000  # objects more than before; their search takes milliseconds
INTERVAL = 600.0  # s between two full searches


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
