"""The endpoint: HTTP/1.1 with connections that stay, one thread each, and a stop that does not wait."""

import contextlib
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

from exporter.errors import UserError
from exporter.simulator.messages import Answer, Request

_POLL = 0.2  # s between two looks whether to stop, where closing the socket does not say so at once
_MOST = 1_000_000  # bytes of a request's body
_LINGER_NOT = struct.pack("ii", 1, 0)  # closing then resets the connection


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "SimulatedAWS"
    disable_nagle_algorithm = True
    wbufsize = -1  # status, headers and body leave in one packet
    server: "_Server"

    def version_string(self) -> str:
        return self.server_version

    def answer(self) -> None:
        length = self._length()
        if length is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path.partition("?")[0], headers, self.rfile.read(length))
        answer = self.server.answer(request)
        if answer.delay and self.server.stopped.wait(answer.delay):
            self.close_connection = True
            return
        self._write(answer)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - http.server looks for these names

    def _length(self) -> int | None:
        """How long the body is; None once the request was refused for it."""
        told = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not told.isdecimal():
            self.send_error(411)
        elif int(told) > _MOST:
            self.send_error(413)
        else:
            return int(told)
        return None

    def _write(self, answer: Answer) -> None:
        if answer.cut != 0:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: answer.cut])
            self.wfile.flush()
        if answer.cut is not None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's signature
        """Nothing: the calls are remembered, and the demo's log is the exporter's."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, listener: socket.socket, answer: Callable[[Request], Answer]) -> None:
        self.answer = answer
        self.stopped = Event()
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        super().__init__(listener.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        # Not socketserver's own: it would end the connection in good order where a reset is wanted.
        with self._lock:
            self._open.discard(request)
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """End listening and every connection, whatever it is in the middle of."""
        self.stopped.set()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def serving(host: str, port: int, answer: Callable[[Request], Answer]) -> Iterator[int]:
    """Answer requests while the context lasts; gives the port. Raises UserError if it cannot listen."""
    listener = _listen(host, port)
    server = _Server(listener, answer)
    thread = Thread(target=server.serve_forever, args=(_POLL,), name="simulated-aws", daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.stop()
        thread.join()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if not 0 <= port <= 65535:
        raise UserError(f"cannot listen on {host}:{port}: there is no such port")
    try:
        return socket.create_server((host, port), family=family, backlog=_Server.request_queue_size)
    except OSError as error:
        raise UserError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
