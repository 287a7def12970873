"""The demo with all that a user would put around it: Prometheus with the rules, Alertmanager, and a receiver.

The rules are sixty times as fast as they are, and the demo is ten times as fast as it is.
"""

import contextlib
import json
import re
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from grafana.files import ROUTING
from grafana.hurried import hurried
from tests.end_to_end.conftest import get, running, wait_for
from tests.end_to_end.prometheus import free_port, prometheus_of

DEMO = ("demo", "--accounts=12", "--ous=5", "--speed=200", "--failing-account", "--stale-ou")


@dataclass
class Scene:
    """Where Prometheus answers, and the notifications so far: receiver and what it was sent."""

    prometheus: str
    received: list[tuple[str, dict]] = field(default_factory=list)

    def notified(self, receiver, alertname, **labels):
        """Alerts of this name, with these labels, that the receiver was notified of."""
        wanted = {"alertname": alertname, **labels}
        return [
            alert
            for name, notification in list(self.received)
            for alert in notification["alerts"]
            if name == receiver and wanted.items() <= alert["labels"].items()
        ]


@pytest.fixture(scope="module")
def scene(tmp_path_factory, tool):
    """Whoever asks for it says which tools it needs: Prometheus and Alertmanager.

    It ends with those who ask: an eighth of a processor goes into it as long as it lives.
    """
    folder = tmp_path_factory.mktemp("scene")
    (folder / "rules.yml").write_text(hurried(60))
    received = []
    with contextlib.ExitStack() as stack:
        webhook = stack.enter_context(webhook_of(received))
        alertmanager = stack.enter_context(alertmanager_of(tool("alertmanager"), folder, webhook))
        demo = stack.enter_context(running(folder, *DEMO, "--web.listen-address=127.0.0.1:0"))
        demo.wait_until_listening()
        jobs = {"demo": (demo.url.removeprefix("http://"), "/metrics")}
        prometheus = prometheus_of(tool("prometheus"), folder, jobs, folder / "rules.yml", alertmanager)
        yield Scene(stack.enter_context(prometheus), received)


@contextlib.contextmanager
def webhook_of(received):
    """The address of a server that keeps every notification, with the end of the path it was sent to."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.path.rpartition("/")[2], json.loads(body)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def alertmanager_of(program, folder, webhook):
    """The address of an Alertmanager with the example's routing, without its patience."""
    routing = ROUTING.read_text().replace("127.0.0.1:9095", webhook)
    patience = re.compile(r"\b(group_wait|group_interval): \w+")
    (folder / "alertmanager.yml").write_text(patience.sub(r"\1: 1s", routing))
    address = f"127.0.0.1:{free_port()}"
    arguments = [
        f"--config.file={folder}/alertmanager.yml",
        f"--storage.path={folder}/alertmanager",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with (folder / "alertmanager.log").open("w") as log:
        process = subprocess.Popen([program, *arguments], stderr=log, stdout=log)
        try:
            wait_for(lambda: _ready(address), "Alertmanager to be ready")
            yield address
        finally:
            process.terminate()
            process.wait(30)


def _ready(address):
    try:
        return get(f"http://{address}/-/ready")[0] == 200
    except OSError:
        return False
