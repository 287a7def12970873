"""A real Prometheus over some targets."""

import contextlib
import json
import socket
import subprocess
import urllib.parse

from tests.end_to_end.conftest import get, wait_for

_EVERY = "1s"


@contextlib.contextmanager
def prometheus_of(program, folder, jobs, rules=None, alertmanager=None, *, more=()):
    """The URL of a Prometheus that has scraped each of ``jobs`` (name: target, path) three times.

    ``rules`` is the path of a file with rules, ``alertmanager`` the host and port of who is told of alerts,
    ``more`` are scrape configurations whose targets need not be there.
    """
    configs = [
        {"job_name": name, "metrics_path": path, "static_configs": [{"targets": [target]}]}
        for name, (target, path) in jobs.items()
    ]
    every = {"scrape_interval": _EVERY, "scrape_timeout": _EVERY, "evaluation_interval": _EVERY}
    told = [{"static_configs": [{"targets": [alertmanager]}]}] if alertmanager else []
    configuration = {
        "global": every,
        "scrape_configs": [*configs, *more],
        "rule_files": [str(rules)] if rules else [],
        "alerting": {"alertmanagers": told},
    }
    (folder / "prometheus.yml").write_text(json.dumps(configuration))
    port = free_port()
    arguments = [
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    url = f"http://127.0.0.1:{port}"
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen([program, *arguments], stderr=log, stdout=log)
        try:
            wait_for(lambda: _scraped(url) >= len(jobs), "Prometheus to scrape each target three times")
            yield url
        finally:
            process.terminate()
            process.wait(30)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def query(url, expression):
    """The result of an instant query."""
    status, body = get(f"{url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}")
    assert status == 200, body
    return json.loads(body)["data"]["result"]


def is_ready(url):
    try:
        return get(f"{url}/-/ready")[0] == 200
    except OSError:
        return False


def _scraped(url):
    return len(query(url, "sum_over_time(up[1m]) >= 3")) if is_ready(url) else 0
