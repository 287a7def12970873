"""An AWS of a few lines over real HTTP: what a test tells it to answer, it answers."""

import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from threading import Event, Thread
from urllib.parse import parse_qsl

import pytest

from exporter.aws import AwsOrganization
from exporter.aws.access import Access, Door
from exporter.aws.scope import Scope

EVERYTHING = Scope()
NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"


def query(operation, inner):
    """A good answer of the Query protocol."""
    metadata = "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
    body = f"<{operation}Result>{inner}</{operation}Result>{metadata}"
    return 200, f'<{operation}Response xmlns="{NAMESPACE}">{body}</{operation}Response>'


def query_error(status, code, message="told"):
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, f'<ErrorResponse xmlns="{NAMESPACE}">{error}<RequestId>r</RequestId></ErrorResponse>'


def data(**members):
    """A good answer of the JSON protocol."""
    return 200, json.dumps(members)


def data_error(status, code, message="told"):
    return status, json.dumps({"__type": code, "Message": message})


@dataclass
class Aws:
    """``answers[operation]`` is a queue whose last stays; ``asked`` is what came.

    An answer is (status, body), (status, body, bytes missing) for one that is cut off, or bytes that drip.
    """

    answers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    url: str = ""
    closed: Event = field(default_factory=Event)

    def say(self, operation, *answers):
        self.answers[operation] = deque(answers)

    def answer(self, operation, parameters):
        self.asked.append((operation, parameters))
        queue = self.answers.get(operation)
        if not queue:
            return 400, json.dumps({"__type": "UnknownOperationException"})
        answer = queue.popleft() if len(queue) > 1 else queue[0]
        return answer(parameters) if callable(answer) else answer

    def count(self, operation):
        return sum(name == operation for name, _ in self.asked)

    def parameters(self, operation):
        return [parameters for name, parameters in self.asked if name == operation]


def _handler(aws):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            target = self.headers.get("X-Amz-Target")
            if target:
                operation, parameters = target.rpartition(".")[2], json.loads(body)
            else:
                parameters = dict(parse_qsl(body.decode()))
                operation = parameters["Action"]
            parameters["_authorization"] = self.headers.get("Authorization", "")
            answer = aws.answer(operation, parameters)
            if answer is None:
                self.connection.shutdown(SHUT_RDWR)
                self.close_connection = True
                return
            if isinstance(answer, bytes):
                self._drip(answer)
                return
            status, body, *more = answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(body.encode()) + sum(more)))
            self.end_headers()
            self.wfile.write(body.encode())
            self.close_connection = bool(more)

        def _drip(self, answer):
            self.close_connection = True
            with suppress(OSError):
                for byte in answer:
                    self.wfile.write(bytes([byte]))
                    aws.closed.wait(0.02)

        def log_message(self, *_):
            pass

    return Handler


@pytest.fixture
def aws():
    made = Aws()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(made)) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        made.url = f"http://127.0.0.1:{server.server_port}"
        yield made
        made.closed.set()
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def keys(monkeypatch, tmp_path):
    """Nothing of the machine's own AWS configuration, and one pair of keys."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOWN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.fixture
def calls():
    """Every request that was counted."""
    return []


@pytest.fixture
def organization(aws, calls):
    """``organization(scope, clock=…, **access)``: an AwsOrganization that asks ``aws``."""

    def make(scope=EVERYTHING, clock=lambda: 1.7e9, wire_times=False, attachments=False, **access):
        endpoints = dict.fromkeys(("iam_endpoint", "organizations_endpoint", "sts_endpoint"), aws.url)
        door = Door(Access(**{**endpoints, **access}), calls.append, clock, wire_times=wire_times)
        return AwsOrganization(door, scope, clock, attachments=attachments)

    return make
