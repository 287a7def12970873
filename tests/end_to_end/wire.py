"""The wire between a replica and its table: hears every call, and can be cut for a while."""

import http.client
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import NamedTuple
from urllib.parse import urlsplit

_DOWN = (500, "application/x-amz-json-1.0", b'{"__type": "InternalServerError", "message": "down"}')
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}


class Heard(NamedTuple):
    """One call: when its answer came (``time.monotonic``), the operation, and the status."""

    at: float
    operation: str
    status: int


@dataclass
class Wire:
    """``holding`` names operations whose requests are kept back until ``let_go``; ``down``: 500 for all."""

    target: str
    heard: list[Heard] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    holding: frozenset[str] = frozenset()
    down: bool = False
    url: str = ""
    _open: Event = field(default_factory=Event)

    def __enter__(self):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_):
        self.let_go()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def hold(self, *operations):
        self._open.clear()
        self.holding = frozenset(operations)

    def let_go(self):
        self.holding = frozenset()
        self._open.set()

    def writes_since(self, moment):
        """The statuses of all writes that were answered after ``moment``."""
        return [call.status for call in list(self.heard) if call.at > moment and call.operation in WRITES]

    def passed(self, operation):
        """Wait here while the operation is held."""
        if operation in self.holding:
            self.held.append(operation)
            self._open.wait()


def _handler(wire):
    place = urlsplit(wire.target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            wire.passed(operation)
            status, kind, answer = _DOWN if wire.down else self._forwarded(body)
            wire.heard.append(Heard(time.monotonic(), operation, status))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _forwarded(self, body):
            connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
            try:
                connection.request("POST", "/", body, dict(self.headers))
                answer = connection.getresponse()
                return answer.status, answer.headers["Content-Type"], answer.read()
            finally:
                connection.close()

        def log_message(self, *_):
            pass

        def handle(self):
            try:
                super().handle()
            except OSError:
                return  # the replica gave up waiting, or was killed

    return Handler
