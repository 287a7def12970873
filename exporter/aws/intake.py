"""How much of an answer is taken in: one that never ends would take the memory, or the thread.

botocore waits for every single byte as long as for the first, and reads whatever comes.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Event, Timer
from typing import Any

from botocore.exceptions import ConnectionClosedError, HTTPClientError, ReadTimeoutError
from urllib3.exceptions import ProtocolError
from urllib3.exceptions import ReadTimeoutError as Urllib3ReadTimeoutError

MOST_BYTES = 32 * 1024 * 1024  # thirty times the largest page that AWS sends
LONGEST = 25.0  # s for one body
LONGEST_HEAD = 20.0  # s until all headers are there; the first byte may take 15
_PIECE = 64 * 1024


def limit(client: Any, clock: Callable[[], float] = time.monotonic) -> None:
    """Let a client of botocore give up an answer that is too long or takes too long; it is then repeated."""
    endpoint = client._endpoint  # noqa: SLF001 - a client has no other door to what sends its requests
    pools = endpoint.http_session._pool_classes_by_scheme  # noqa: SLF001 - nor a session to its connections
    pools.update({scheme: _impatient(pool) for scheme, pool in pools.items()})
    endpoint.http_session = _Measured(endpoint.http_session, clock)


@cache
def _impatient(pool: Any) -> type:
    """The same kind of pool, with connections that give up headers without end."""
    connection = type("Connection", (_Impatient, pool.ConnectionCls), {})
    return type("Pool", (pool,), {"ConnectionCls": connection})


class _Impatient:
    """A connection of urllib3 whose headers have to come within ``LONGEST_HEAD``."""

    sock: Any

    def getresponse(self) -> Any:
        with _at_most(LONGEST_HEAD, self.sock):
            return super().getresponse()  # type: ignore[misc]  # a class behind this one has it


@contextmanager
def _at_most(seconds: float, connected: socket.socket) -> Iterator[None]:
    """Raise TimeoutError, which urllib3 knows, for what is not over in time: the socket ends under it."""
    late = Event()

    def end() -> None:
        late.set()
        with suppress(OSError):
            # Not the method of a TLS socket: it takes the encryption away under the thread that reads.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():
            raise TimeoutError(f"the headers did not end within {seconds:.0f} s")


class _Measured:
    """A session that reads bodies piece by piece; its errors are those of the session it stands for."""

    def __init__(self, session: Any, clock: Callable[[], float]) -> None:
        self._session = session
        self._clock = clock

    def send(self, request: Any) -> Any:
        request.stream_output = True
        response = self._session.send(request)
        # botocore takes a body that was cut off for a whole one, and would not ask for it again.
        response.raw.enforce_content_length = True
        try:
            response._content = b"".join(self._pieces(response.raw))  # noqa: SLF001 - where ``content`` keeps what it read
        except Urllib3ReadTimeoutError as error:
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except ProtocolError as error:
            raise ConnectionClosedError(endpoint_url=request.url, request=request, error=error) from error
        except Exception as error:
            raise HTTPClientError(error=error) from error
        return response

    def _pieces(self, raw: Any) -> Iterator[bytes]:
        """The body; raises ValueError, and gives the connection up, where it goes on beyond all measure."""
        until, size = self._clock() + LONGEST, 0
        # Not ``read``: it would wait for a whole piece, however slowly the bytes of it come.
        while piece := raw.read1(_PIECE):
            yield piece
            size += len(piece)
            if size > MOST_BYTES or self._clock() > until:
                raw.close()
                raise ValueError(f"the answer did not end within {MOST_BYTES} bytes and {LONGEST:.0f} s")

    def close(self) -> None:
        self._session.close()
