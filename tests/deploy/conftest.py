"""The chart as helm renders it, and a web server for one answer."""

import contextlib
import json
import subprocess
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "org-access-exporter"
# What helm takes a cluster for depends on how it was built: 1.20 for a helm 3 from Go's installer.
KUBERNETES = "1.37"


@cache
def template(helm, values, *flags):
    """What ``helm template`` makes of values, given as JSON."""
    return subprocess.run(
        [helm, "template", "demo", CHART, "--values", "-", "--kube-version", KUBERNETES, *flags],
        input=values,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def chart():
    return CHART


@pytest.fixture
def render(tool):
    """``render(values, *flags)``: the objects, by kind; where there are several, the last."""

    def objects(values, *flags, helm="helm"):
        done = template(tool(helm), json.dumps(values), *flags)
        assert done.returncode == 0, done.stderr
        found = [item for item in yaml.safe_load_all(done.stdout) if item]
        assert len({(item["kind"], item["metadata"]["name"]) for item in found}) == len(found)
        return {item["kind"]: item for item in found}

    return objects


@pytest.fixture
def refused(tool):
    """``refused(values)``: what helm says instead of rendering."""

    def told(values):
        done = template(tool("helm"), json.dumps(values))
        assert done.returncode != 0
        return done.stderr

    return told


@pytest.fixture
def answering():
    """``answering(status) -> url`` of a server on loopback that gives every GET that status."""
    with contextlib.ExitStack() as stack:
        yield lambda status: stack.enter_context(_server(status))


@contextlib.contextmanager
def _server(status: int):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
