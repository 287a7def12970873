"""A machine without any AWS configuration but what a test writes."""

import json
import os
import stat
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl

import pytest

from exporter.credentials import Chain, Source
from exporter.credentials.look import Looks


@pytest.fixture(autouse=True)
def machine(monkeypatch, tmp_path):
    """Nothing of the machine's own AWS configuration."""
    for name in os.environ:
        if name.startswith("AWS_") or name.lower() in {"http_proxy", "https_proxy", "no_proxy"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def configured(tmp_path):
    """``configured(text)``: write the AWS configuration file."""
    return (tmp_path / "config").write_text


@pytest.fixture
def program(tmp_path):
    """``program(body)``: a shell script; its path. Each run adds a line to the file ``runs`` beside it."""

    def make(body):
        path = tmp_path / "keys.sh"
        path.write_text(f"#!/bin/sh\necho run >> {tmp_path}/runs\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return make


@pytest.fixture
def runs(tmp_path):
    """How often the program was run."""
    path = tmp_path / "runs"
    return lambda: len(path.read_text().splitlines()) if path.exists() else 0


def printed(lifetime=None, key="ASIAPROGRAM"):
    """A command that prints keys which end in so many seconds, or never."""
    keys = {"Version": 1, "AccessKeyId": key, "SecretAccessKey": "secret", "SessionToken": "token"}
    if lifetime is not None:
        keys["Expiration"] = datetime.fromtimestamp(time.time() + lifetime, UTC).isoformat()
    return f"echo '{json.dumps(keys)}'"


class Steady:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def steady():
    return Steady()


@pytest.fixture
def chain(steady):
    """``chain(seconds, attendance…, **source)``: a chain with so many seconds for a look."""

    def make(*attendance, seconds=30.0, **source):
        return Chain(Source(**source), *attendance, looks=Looks(seconds), steady=steady)

    return make


class Sts:
    """STS that lets everybody have a role."""

    url = ""

    def __init__(self):
        self.asked = []
        self.signed = []

    def answer(self, body):
        self.asked.append(dict(parse_qsl(body)))
        keys = "<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
        end = datetime.fromtimestamp(time.time() + 3600, UTC).isoformat()
        keys += f"<SessionToken>t</SessionToken><Expiration>{end}</Expiration>"
        result = f"{self.asked[-1]['Action']}Result"
        return f"<Response><{result}><Credentials>{keys}</Credentials></{result}></Response>".encode()


@pytest.fixture
def sts():
    made = Sts()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            made.signed.append(self.headers["Authorization"] or "")
            body = made.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        made.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield made
        server.shutdown()
