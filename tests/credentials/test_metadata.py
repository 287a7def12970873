"""What the metadata service of an instance has against giving credentials."""

import json
import socket
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from botocore.exceptions import NoCredentialsError

from exporter.aws.faults import unfound
from exporter.causes import Cause
from exporter.credentials.metadata import MetadataError

ROLES = "/latest/meta-data/iam/security-credentials/"
TOKEN = {"/latest/api/token": (200, "token")}
NODE = TOKEN | {ROLES: (200, "node")}
UNTRUSTED = json.dumps({"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role"})


@contextmanager
def instance(answers, *, silent_for=0.0):
    """A metadata service with these answers, a status and a text for each path; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            time.sleep(silent_for)
            status, text = answers.get(self.path, (404, "Not Found"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_PUT(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def nothing(chain, monkeypatch):
    """``nothing(address, **source)``: the error where nothing is found, with the service at ``address``."""

    def ask(address, **source):
        monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", address)
        with pytest.raises((MetadataError, NoCredentialsError)) as caught:
            chain(seconds=20.0, **source).keys(0.0)
        return unfound(caught.value)

    return ask


@pytest.mark.parametrize(
    ("answers", "cause", "told"),
    [
        ({"/latest/api/token": (403, "")}, Cause.METADATA_DENIED, "refuses us a token (403)"),
        ({"/latest/api/token": (401, "")}, Cause.METADATA_DENIED, "refuses us a token (401)"),
        (TOKEN | {ROLES: (401, "")}, Cause.METADATA_DENIED, "refuses us (401)"),
        (TOKEN, Cause.METADATA_NO_ROLE, "knows of no role"),
        (TOKEN | {ROLES: (200, "\n")}, Cause.METADATA_NO_ROLE, "knows of no role"),
        (
            NODE | {f"{ROLES}node": (200, UNTRUSTED)},
            Cause.METADATA,
            "EC2 cannot assume",
        ),
        ({"/latest/api/token": (404, ""), ROLES: (503, "busy")}, Cause.METADATA, "fails (503)"),
    ],
)
def test_a_service_that_gives_nothing_is_told_with_its_cause(nothing, answers, cause, told):
    with instance(answers) as address:
        error = nothing(address)
    assert (error.cause, told in str(error)) == (cause, True)


def test_an_answer_that_does_not_come_is_told_as_a_hop_limit(nothing):
    with instance({}, silent_for=1.5) as address:
        error = nothing(address)
    assert error.cause is Cause.METADATA_HOPS
    assert "HttpPutResponseHopLimit" in error.remedy


def test_where_nobody_listens_there_are_no_credentials(nothing):
    with closing(socket.create_server(("127.0.0.1", 0))) as closed:
        port = closed.getsockname()[1]
    assert nothing(f"http://127.0.0.1:{port}").cause is Cause.NO_CREDENTIALS


def test_what_answers_with_something_else_is_no_such_service(nothing):
    with instance(NODE | {f"{ROLES}node": (200, "<html>")}) as address:
        assert nothing(address).cause is Cause.NO_CREDENTIALS


def test_it_is_not_asked_where_it_is_switched_off(chain, monkeypatch):
    with instance(TOKEN) as address:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", address)
        with pytest.raises(NoCredentialsError):
            chain().keys(0.0)


def test_with_a_profile_it_is_the_profile_that_has_nothing(nothing, configured):
    configured("[profile ops]\nregion = eu-west-1\n")
    with instance(TOKEN) as address:
        assert nothing(address, profile="ops").cause is Cause.NO_CREDENTIALS
