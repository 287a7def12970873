"""How many files this process may have open: how many connections fit, and what is said when none does."""

import asyncio
import errno
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from exporter.web.sockets import BACKLOG

MOST_CONNECTIONS = 1024
_WANTED = MOST_CONNECTIONS * 9 // 4 + 512
_AT_LEAST = 8
_QUIET = 60.0  # s between two lines about the same shortage
_SHORT = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Room:
    """How many connections a server holds before silent clients have to go; it never has twice as many.

    ``backlog`` is how many it accepts in one go.
    """

    connections: int
    backlog: int = BACKLOG

    @property
    def for_health(self) -> "Room":
        """That of the server for probes, beside which the others fit."""
        return Room(max(_AT_LEAST, self.connections // 8), self.backlog)


def room_in(limit: int) -> Room:
    """What fits into ``limit`` open files: 64 to 512, if need be a quarter, are for AWS, state and files."""
    fitting = (limit - max(64, min(512, limit // 4))) * 4 // 9
    if fitting >= MOST_CONNECTIONS:
        return Room(MOST_CONNECTIONS)
    return Room(max(_AT_LEAST, fitting), backlog=max(_AT_LEAST, fitting // 4))


def make_room() -> Room:
    """Raise the soft limit of open files to what the connections need, as far as the hard one lets us.

    Many systems have it at 1,024 for the sake of programs that use select(); Go's raise it as well.
    """
    limit = _raised()
    room = room_in(limit)
    if room.connections < MOST_CONNECTIONS:
        _log.warning("connections.limited", open_files=limit, connections=room.connections)
    return room


def _raised() -> int:
    """The soft limit, raised as far as it may be and has to be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(_WANTED, _finite(hard))
    if _finite(soft) >= wanted:
        return _finite(soft)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        return soft  # a sandbox may forbid it
    return wanted


def _finite(limit: int) -> int:
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


class Shortage:
    """An event loop's handler of exceptions: asyncio tells of each connection that it could not accept.

    ``make_way`` is called for each: no connection that comes would make the silent ones go.
    """

    def __init__(self, make_way: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._make_way = make_way
        self._clock = clock
        self._told = float("-inf")
        self._untold = 0

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tell of shortages once a minute, with how often they were met since; of all else at once."""
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in _SHORT or "socket" not in context:
            loop.default_exception_handler(context)
            return
        self._make_way()
        self._untold += 1
        if self._clock() < self._told + _QUIET:
            return
        _log.error("connections.refused", reason=error.strerror, times=self._untold)
        self._told, self._untold = self._clock(), 0
