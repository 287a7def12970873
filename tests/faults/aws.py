"""A hostile AWS: one server on loopback, one simulated organization for each path, faults on request."""

import contextlib
import json
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from exporter.simulator.messages import Answer, Request
from exporter.simulator.options import SimulationOptions
from exporter.simulator.simulation import Simulation
from tests.faults.replies import End, Fault, error, right

# Twelve rows do for what is asked here, and every one costs time.
_MANY = re.compile(rb"(<AccessDetails>(?:<member>.{1,400}?</member>){12}).*(?=</AccessDetails>)", re.DOTALL)
_ENDED = error(403, "ExpiredToken", "these keys have ended")
_RESET = struct.pack("ii", 1, 0)
ROLE_KEYS = {"key": "ASIAROLE", "secret": "canary-role-secret", "token": "canary-session-token"}
_ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>
<Expiration>2036-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


@dataclass
class Site:
    """One organization. ``arm`` lets a fault meet the next ``times`` calls (0: all) that ``when`` picks.

    ``ended`` are access keys that are not good any more.
    """

    simulation: Simulation
    operation: str = ""
    fault: Fault | None = None
    left: int = 0
    met: int = 0
    ended: set[str] = field(default_factory=set)
    when: Callable[[Answer], bool] = lambda _: True
    healed: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, operation, fault, times=0, when=lambda _: True):
        with self._lock:
            self.operation, self.fault, self.left, self.when = operation, fault, times, when
            self.healed.clear()

    def heal(self):
        """What is under way goes on without pauses."""
        with self._lock:
            self.fault = None
            self.healed.set()

    def reply(self, operation, answer):
        with self._lock:
            fault = self.fault
            if fault is None or operation != self.operation or not self.when(answer):
                return right(answer)
            self.met += 1
            if self.left and self.met >= self.left:
                self.fault = None
        return fault(answer)


def _operation(headers, body):
    target = headers.get("x-amz-target")
    return target.rpartition(".")[2] if target else parse_qs(body.decode()).get("Action", [""])[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        if self.server.stopped.is_set():
            self.close_connection = True
            return
        request_body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        operation = _operation(headers, request_body)
        site = self.server.sites[self.path.split("/")[1]]
        answer = _answer(site, operation, headers, request_body)
        ended = any(f"Credential={key}/" in headers.get("authorization", "") for key in site.ended)
        self._send(_ENDED(answer) if ended else site.reply(operation, answer), site.healed)

    def _send(self, reply, healed):
        for piece in reply.pieces:
            if isinstance(piece, float):
                healed.wait(piece)
            else:
                self.wfile.write(piece)
        self.wfile.flush()
        if reply.end is not End.KEPT:
            self.close_connection = True
        if reply.end is End.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def log_message(self, *args):
        pass


def _answer(site, operation, headers, body):
    if operation == "AssumeRole":
        return Answer(200, "text/xml", _ASSUMED.format(**ROLE_KEYS).encode())
    answer = site.simulation.answer(Request("POST", "/", headers, body))
    return replace(answer, body=_MANY.sub(rb"\1", answer.body))


class _Server(ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = True
    block_on_close = False

    def shutdown_request(self, request):
        # Not in good order: where a reset is wanted, an end would be sent before it.
        self.close_request(request)

    def handle_error(self, request, client_address):
        pass  # a client that went away is what some faults are about


@contextlib.contextmanager
def hostile_aws(names, port=0, **options):
    """Gives the URL of the server and its sites by name; a site answers below ``URL/name``."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.stopped = threading.Event()
    server.sites = {
        name: Site(
            Simulation(SimulationOptions(**{"accounts": 1, "ous": 1, "speed": 100, "seed": seed, **options}))
        )
        for seed, name in enumerate(names)
    }
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server.sites
    finally:
        server.stopped.set()
        for site in server.sites.values():
            site.heal()
        server.shutdown()
        server.server_close()
        thread.join()


def members(answer):
    """The items of a page of Organizations."""
    return next((value for value in json.loads(answer.body).values() if isinstance(value, list)), [])
