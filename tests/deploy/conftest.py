"""The chart as helm renders it, the demo, and a web server for one answer."""

import contextlib
import copy
import json
import re
import subprocess
import threading
import time
import urllib.error
import urllib.request
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "org-access-exporter"
# What helm takes a cluster for depends on how it was built: 1.20 for a helm 3 from Go's installer.
KUBERNETES = "1.37"
COMPONENT = "app.kubernetes.io/component"
OTHERS = {"headless", "test"}
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where libyaml is built in


@cache
def template(helm, values, *flags, chart=CHART):
    """What ``helm template`` makes of values, given as JSON."""
    return subprocess.run(
        [helm, "template", "demo", chart, "--values", "-", "--kube-version", KUBERNETES, *flags],
        input=values,
        capture_output=True,
        text=True,
        check=False,
    )


@cache
def parsed(text):
    return [item for item in yaml.load_all(text, Loader) if item]


@pytest.fixture
def render(tool):
    """``render(values, *flags)``: the objects, by kind; of several the last of the exporter's own."""

    def objects(values, *flags, helm="helm", chart=CHART):
        done = template(tool(helm), json.dumps(values), *flags, chart=chart)
        assert done.returncode == 0, done.stderr
        found = copy.deepcopy(parsed(done.stdout))
        assert len({(item["kind"], item["metadata"]["name"]) for item in found}) == len(found)
        found.sort(key=lambda item: item["metadata"].get("labels", {}).get(COMPONENT) not in OTHERS)
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
def demo(tmp_path):
    """``demo(program) -> url`` of a small demo that has something to show, run far from the sources."""
    with contextlib.ExitStack() as stack:
        yield lambda program: stack.enter_context(_demo(program, tmp_path))


@contextlib.contextmanager
def _demo(program, directory):
    command = [program, "demo", "--web.listen-address=127.0.0.1:0", "--accounts=3", "--ous=1"]
    with subprocess.Popen(command, cwd=directory, stderr=subprocess.PIPE, text=True) as process:
        try:
            lines = iter(process.stderr.readline, "")
            url = next(found[1] for line in lines if (found := re.search(r"listen=(http://\S+)", line)))
            _wait_until_ready(url)
            yield url
        finally:
            process.terminate()


def _wait_until_ready(url):
    deadline = time.monotonic() + 60
    while not _ready(url):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _ready(url):
    try:
        urllib.request.urlopen(f"{url}/-/ready", timeout=30).close()
    except urllib.error.HTTPError as error:
        error.close()
        return False
    return True


@pytest.fixture
def answering():
    """``answering(status, text="") -> url`` of a server on loopback that gives every GET that status."""
    with contextlib.ExitStack() as stack:
        yield lambda status, text="": stack.enter_context(_server(status, text.encode()))


@contextlib.contextmanager
def _server(status: int, text: bytes):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

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
