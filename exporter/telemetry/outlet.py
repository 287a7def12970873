"""Where log lines leave the process, whether or not anybody takes them.

A pipe whose reader has stopped takes 64 KiB and then keeps whoever writes to it waiting: a thread of its own
waits here, so that nobody else does, no scrape, no reload and no SIGTERM.
"""

import atexit
import os
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Thread

_LINES = 10_000  # that wait to be written; later ones are lost until there is room
_AT_THE_END = 1.0  # s for what is still to be written when the program ends


class Outlet:
    """A stream for a log handler; ``lost`` hears how many lines nobody took, when lines are taken again."""

    def __init__(self, descriptor: int, lost: Callable[[int], None], most: int = _LINES) -> None:
        self._descriptor = descriptor
        self._lost = lost
        self._queue: Queue[bytes] = Queue(most)
        self._missing = 0
        self._busy = False
        Thread(target=self._run, name="log", daemon=True).start()
        atexit.register(self.drain)

    def write(self, text: str) -> int:
        """Take a piece of text; it is lost where too much waits already."""
        try:
            self._queue.put_nowait(text.encode("utf-8", "backslashreplace"))
        except Full:
            self._missing += 1
        return len(text)

    def flush(self) -> None:
        """Nothing: the thread writes as soon as it can."""

    def drain(self, seconds: float = _AT_THE_END) -> None:
        """Wait until all is written, but no longer than this."""
        until = time.monotonic() + seconds
        while (self._busy or not self._queue.empty()) and time.monotonic() < until:
            time.sleep(0.01)

    def _run(self) -> None:
        while True:
            self._busy = not self._queue.empty()
            with suppress(Empty):
                piece = self._queue.get(timeout=1.0)
                self._busy = True
                self._out(piece)
            if self._missing and self._queue.empty():
                missing, self._missing = self._missing, 0
                self._lost(missing)

    def _out(self, piece: bytes) -> None:
        # Not by a file object: the interpreter waits for its lock at the end, for ever if a write hangs.
        with suppress(OSError):
            while piece:
                piece = piece[os.write(self._descriptor, piece) :]
