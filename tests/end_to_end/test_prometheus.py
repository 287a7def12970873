"""A real Prometheus scrapes the demo, and answers for every family."""

import pytest

from exporter.families import FAMILIES, Group, Type
from tests.end_to_end.conftest import running
from tests.end_to_end.prometheus import prometheus_of, query

# Families that have series only when something goes wrong, or when it is asked for.
ELSEWHERE = {
    "aws_org_access_report_job_error_info",
    "aws_org_access_api_request_failures_total",
    "aws_org_access_policy_info",
}
# Those of news have series from the moment that something changes on.
STEADY = [family for family in FAMILIES if family.group is not Group.NEWS or family.type is Type.COUNTER]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory, tool):
    """The URL of a Prometheus that has scraped a demo which has every report."""
    folder = tmp_path_factory.mktemp("prometheus")
    arguments = ["demo", "--accounts=4", "--ous=2", "--speed=100", "--web.listen-address=127.0.0.1:0"]
    with running(folder, *arguments) as demo:
        demo.wait_until_listening()
        demo.wait_for_line(r'^aws_org_access_reports\{organization="demo",state="pending"\} 0$')
        demo.wait_for_line(r'^aws_org_access_reports\{organization="demo",state="fresh"\} [1-9]')
        jobs = {"demo": (demo.url.removeprefix("http://"), "/metrics")}
        with prometheus_of(tool("prometheus"), folder, jobs) as url:
            yield url


def names(family):
    """What Prometheus calls the family, or one series of it."""
    return f"{family.name}_count" if family.type is Type.HISTOGRAM else family.name


@pytest.mark.tool("prometheus")
@pytest.mark.parametrize("family", STEADY, ids=lambda family: family.name)
def test_prometheus_answers_for(prometheus, family):
    found = query(prometheus, names(family))
    assert bool(found) is (family.name not in ELSEWHERE)


@pytest.mark.tool("prometheus")
def test_nothing_was_dropped_at_the_scrape(prometheus):
    [before], [after] = (
        query(prometheus, f"scrape_samples_{when}") for when in ("scraped", "post_metric_relabeling")
    )
    assert before["value"][1] == after["value"][1]
