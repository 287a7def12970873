"""A real Prometheus scrapes the demo, and answers for every family."""

import contextlib
import json
import socket
import subprocess
import urllib.parse

import pytest

from exporter.families import FAMILIES, Type
from grafana import queries, with_variables
from tests.end_to_end.conftest import get, running, wait_for

# Families that have series only when something goes wrong, or when it is asked for.
ELSEWHERE = {
    "aws_org_access_report_job_error_info",
    "aws_org_access_api_request_failures_total",
    "aws_org_access_policy_info",
}
ANY_MOMENT = "1s"


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory, tool):
    """The URL of a Prometheus that has scraped a demo which has every report."""
    folder = tmp_path_factory.mktemp("prometheus")
    arguments = ["demo", "--accounts=4", "--ous=2", "--speed=100", "--web.listen-address=127.0.0.1:0"]
    with running(folder, *arguments) as demo:
        demo.wait_until_listening()
        demo.wait_for_line(r'^aws_org_access_reports\{organization="demo",state="pending"\} 0$')
        demo.wait_for_line(r'^aws_org_access_reports\{organization="demo",state="fresh"\} [1-9]')
        target = demo.url.removeprefix("http://")
        with _prometheus(tool("prometheus"), folder, target) as url:
            yield url


@contextlib.contextmanager
def _prometheus(program, folder, target):
    (folder / "prometheus.yml").write_text(
        json.dumps(
            {
                "global": {"scrape_interval": ANY_MOMENT, "scrape_timeout": ANY_MOMENT},
                "scrape_configs": [{"job_name": "demo", "static_configs": [{"targets": [target]}]}],
            }
        )
    )
    port = free_port()
    arguments = [
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen([program, *arguments], stderr=log, stdout=log)
        try:
            wait_for(lambda: _up(f"http://127.0.0.1:{port}"), "Prometheus to scrape the demo three times")
            yield f"http://127.0.0.1:{port}"
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


def _up(url):
    try:
        return query(url, 'sum_over_time(up{job="demo"}[1m]) >= 3')
    except OSError:
        return None


def names(family):
    """What Prometheus calls the family, or one series of it."""
    return f"{family.name}_count" if family.type is Type.HISTOGRAM else family.name


@pytest.mark.tool("prometheus")
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_prometheus_answers_for(prometheus, family):
    found = query(prometheus, names(family))
    assert bool(found) is (family.name not in ELSEWHERE)


@pytest.mark.tool("prometheus")
@pytest.mark.parametrize(("dashboard", "panel", "expression"), queries())
def test_prometheus_answers_a_panel(prometheus, dashboard, panel, expression):
    assert query(prometheus, with_variables(expression)), (dashboard, panel)


@pytest.mark.tool("prometheus")
def test_nothing_was_dropped_at_the_scrape(prometheus):
    [before], [after] = (
        query(prometheus, f"scrape_samples_{when}") for when in ("scraped", "post_metric_relabeling")
    )
    assert before["value"][1] == after["value"][1]
