"""Who is next, where hundreds of clients speak at the same instant.

The event loop would take up all their requests before it answers the first one, and a probe that came last
would wait for everybody. Here a probe does not wait, and of the others a few are taken up in each turn of the
loop.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable

EACH_TURN = 4
_PROBE = re.compile(rb"(?:GET|HEAD) [^ ?]*/-/(?:healthy|ready)[ ?]")


class Turns:
    """The line in which clients wait to be read."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._line: deque[Callable[[], None]] = deque()
        self._places = EACH_TURN
        self._next: asyncio.Handle | None = None

    def at_once(self, data: bytes) -> bool:
        """Whether a client that has sent this, and does not stand in the line, may be read now."""
        if _PROBE.match(data):
            return True
        if self._line or not self._places:
            return False
        self._take_place()
        return True

    def line_up(self, read: Callable[[], None]) -> None:
        """Have ``read`` called when it is its turn."""
        self._line.append(read)

    def _take_place(self) -> None:
        self._places -= 1
        if self._next is None:
            self._next = self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._next = None
        self._places = EACH_TURN
        while self._places and self._line:
            self._take_place()
            self._line.popleft()()
