"""A client's connection: how much it may send, when it is read, and which goes where there are too many."""

import asyncio
import math
import re
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong
from aiohttp.web_protocol import RequestHandler

from exporter.web.manners import EVERY, Handler

EACH_TURN = 4
_PROBE = re.compile(rb"(?:GET|HEAD) [^ ?]*/-/(?:healthy|ready)[ ?]")


class Turns:
    """The line in which clients wait to be read, where hundreds speak at the same instant.

    The event loop would take up all their requests before it answers the first one, and a probe that came
    last would wait for everybody. Here a probe does not wait, and of the others a few are taken up in each
    turn of the loop.
    """

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


MOST_HEADERS = 64
MOST_BODY = 1 << 16
_MOST_UNREAD = 1 << 13
_LONGEST_LINE = 8190
# Not the same, so that aiohttp's error tells which of the two it was.
_LONGEST_FIELD = _LONGEST_LINE + 2


class Connection(RequestHandler):
    """Where there would be too many, one that has said nothing for ``grace`` seconds has to go, oldest first.

    A newcomer is therefore served however many clients hold a connection and say nothing; one that comes
    with a thousand others is not taken for one of them. ``most`` is too many less one, and there are never
    twice as many.
    """

    __slots__ = ("_grace", "_most", "_server", "_turns", "_unread", "idle_since")

    def __init__(self, server: web.Server, grace: float, most: int, turns: Turns, **settings: Any) -> None:
        super().__init__(
            server,
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_FIELD,
            max_headers=MOST_HEADERS,
            **settings,
        )
        self._server = server
        self._grace = grace
        self._most = most
        self._turns = turns
        self._unread = b""
        self.idle_since = asyncio.get_running_loop().time()

    def connection_made(self, transport: Any) -> None:
        """Make room, if need be."""
        super().connection_made(transport)
        many = len(self._server.connections)
        if many > self._most and not hang_up(self._server) and many > 2 * self._most:
            self.force_close()

    def data_received(self, data: bytes) -> None:
        """Read this now, or when it is its turn; what is large is not kept for that."""
        waiting, self._unread = self._unread, b""
        whole = waiting + data
        # aiohttp calls this with nothing to go on where it stopped.
        if not whole or len(whole) > _MOST_UNREAD or (not waiting and self._turns.at_once(whole)):
            super().data_received(whole)
            return
        self._unread = whole
        if not waiting:
            self._turns.line_up(self._read)

    def _read(self) -> None:
        data, self._unread = self._unread, b""
        if data and self.transport is not None:
            super().data_received(data)

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio asks for it, and aiohttp leaves it out
        """Answer one who has said all that it will; True to keep the connection for that."""
        self._read()
        answering = self._request_count > 0 and (self._waiter is None or self._waiter.done())
        # With TLS, asyncio allows no connection to be closed by halves.
        if not answering or self.transport is None or self.transport.get_extra_info("sslcontext"):
            return False
        self.close()
        return True

    @property
    def silent(self) -> bool:
        """It has said nothing for so long that it may have to go."""
        return self.idle_since + self._grace <= asyncio.get_running_loop().time()

    def dismiss(self) -> None:
        """Let it go; once, for until it has gone it is in the list of those that are there."""
        self.idle_since = math.inf
        self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is not HTTP, or too much of it, with a line of text: it is no news for the log."""
        if not isinstance(exc, BadHttpMessage):
            return super().handle_error(request, status, exc, message)
        status, reason = _complaint(exc)
        response = web.Response(status=status, text=f"{status}: {reason}\n", headers=EVERY)
        response.force_close()
        return response


def _complaint(error: BadHttpMessage) -> tuple[int, str]:
    if isinstance(error, LineTooLong):
        if error.args[1] == _LONGEST_LINE:
            return 414, f"the request line is longer than {_LONGEST_LINE} bytes"
        return 431, f"a header is longer than {_LONGEST_FIELD} bytes"
    if "Too many headers" in error.message:
        return 431, f"there are more than {MOST_HEADERS} headers"
    return 400, "this is not an HTTP request"


@web.middleware
async def attend(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a body that nobody would read, and keep the connection while there is something to do for it."""
    if (request.content_length or 0) > MOST_BODY:
        raise web.HTTPRequestEntityTooLarge(
            MOST_BODY, text=f"413: a body may have {MOST_BODY} bytes, and none is read\n"
        )
    connection = request.protocol
    if not isinstance(connection, Connection):
        return await handler(request)
    connection.idle_since = math.inf
    try:
        return await handler(request)
    finally:
        connection.idle_since = asyncio.get_running_loop().time()


def hang_up(server: web.Server) -> bool:
    """Let the first of the silent clients go; whether there was one."""
    silent = (one for one in server.connections if isinstance(one, Connection) and one.silent)
    going = next(silent, None)
    if going:
        going.dismiss()
    return going is not None


def factory(server: web.Server, grace: float, most: int, **settings: Any) -> Callable[[], Connection]:
    turns = Turns(asyncio.get_running_loop())
    return lambda: Connection(server, grace, most, turns, **settings)
