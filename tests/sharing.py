"""What workers of pytest-xdist have in common: begun by the first that needs it, ended once nobody does."""

import contextlib
import fcntl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path


@contextlib.contextmanager
def shared(place: Path, begin: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """What ``begin()`` gives; whoever began ends it, when the others are through.

    The file ``place`` says what it is. Whoever uses it holds a lock of the file, which ends with its process.
    """
    with place.open("a+") as file, contextlib.ExitStack() as stack:
        while not (found := _used(file)):
            fcntl.flock(file, fcntl.LOCK_EX)
            if not _read(file):
                file.write(stack.enter_context(begin()))
                file.flush()
                stack.callback(_left, file)
        yield found


def _used(file):
    fcntl.flock(file, fcntl.LOCK_SH)
    return _read(file)


def _read(file):
    file.seek(0)
    return file.read()


def _left(file):
    """Wait for the others, and leave nothing for those who come later."""
    fcntl.flock(file, fcntl.LOCK_EX)
    file.truncate(0)
