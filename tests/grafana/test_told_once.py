"""Whatever happens to names, places and exporters while news is told: a piece is one alert, from then on.

Prometheus, Alertmanager and the demo are real; the rules are sixty times as fast as they are. What is renamed
and moved is so on the way, in what the exporter shows.
"""

import contextlib
import re
import time

import pytest

from grafana.hurried import hurried
from tests.end_to_end.conftest import get, running, wait_for
from tests.end_to_end.prometheus import prometheus_of, query
from tests.grafana.conftest import alertmanager_of, webhook_of
from tests.grafana.relay import relay

ABOUT_ACCOUNTS = 'alertname=~"OrgAccess(DormantServiceUsed|ServiceFirstUsed)"'
KEY = ("alertname", "organization", "entity_id", "service_namespace")
STEP = 6.0  # s: some scrapes and evaluations

pytestmark = [
    pytest.mark.slow,
    pytest.mark.tool("prometheus"),
    pytest.mark.tool("alertmanager"),
]


def firing(url, selector):
    """Labels of the alerts that fire, without their values."""
    return {
        frozenset(found["metric"].items())
        for found in query(url, f'ALERTS{{alertstate="firing", {selector}}}')
    }


@pytest.fixture(scope="module")
def story(tmp_path_factory, tool):
    """Prometheus' address and the notifications, after everything has happened."""
    folder, received = tmp_path_factory.mktemp("told"), []
    (folder / "rules.yml").write_text(hurried(60))
    demo = ("demo", "--accounts=12", "--ous=5", "--speed=200", "--web.listen-address=127.0.0.1:0")
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        alertmanager = enter(alertmanager_of(tool("alertmanager"), folder, enter(webhook_of(received))))
        exporter = enter(running(folder, *demo)).wait_until_listening()
        first, second, other = (enter(relay(exporter.url)) for _ in range(3))
        second.origin = ""
        other.renamed = {'organization="demo"': 'organization="other"'}
        # One under two jobs, one that is dead at first, one that will die, and one by service discovery.
        jobs = {"a": first, "c": other, "d": first}
        discovered = [{"url": f"{exporter.url}/sd", "refresh_interval": "1s"}]
        more = [
            {"job_name": "b", "static_configs": [{"targets": [second.address]}]},
            {"job_name": "sd", "http_sd_configs": discovered},
        ]
        prometheus = enter(
            prometheus_of(
                tool("prometheus"),
                folder,
                {name: (one.address, "/metrics") for name, one in jobs.items()},
                folder / "rules.yml",
                alertmanager,
                more=more,
            )
        )
        wait_for(lambda: len(firing(prometheus, ABOUT_ACCOUNTS)) >= 4, "news", seconds=120)
        before = firing(prometheus, ABOUT_ACCOUNTS)
        happened(exporter, first, second, other)
        yield prometheus, received, before


def happened(exporter, first, second, other):
    """An account, an OU and a service get other names, an account another OU; replicas change; one dies."""
    text = exporter.metrics()
    names = set(re.findall(r'(?:entity|service)_name="[^"]+', text))
    parents = sorted(set(re.findall(r'parent_id="(ou-[^"]+)"', text)))
    for changes in (
        {f'{name}"': f'{name}, renamed"' for name in names},
        {f'parent_id="{parents[0]}"': f'parent_id="{parents[-1]}"'},
    ):
        first.renamed |= changes
        time.sleep(STEP)
    second.origin = first.origin  # a replica that has the old names
    time.sleep(STEP)
    first.origin = ""
    time.sleep(STEP)
    first.origin, second.origin = second.origin, ""
    other.origin = ""
    time.sleep(2 * STEP)


def test_no_alert_was_lost_or_interrupted(story):
    prometheus, _, before = story
    assert before <= firing(prometheus, ABOUT_ACCOUNTS)
    assert not query(prometheus, f"changes(ALERTS_FOR_STATE{{{ABOUT_ACCOUNTS}}}[10m]) > 0")


def test_no_alert_was_doubled(story):
    prometheus, received, _ = story
    alike = [tuple(dict(labels)[name] for name in KEY) for labels in firing(prometheus, ABOUT_ACCOUNTS)]
    assert len(set(alike)) == len(alike)
    begun = {
        (alert["fingerprint"], alert["startsAt"])
        for name, notification in received
        if name == "security"
        for alert in notification["alerts"]
    }
    assert begun
    assert len({fingerprint for fingerprint, _ in begun}) == len(begun)


def test_nobody_is_told_of_lease_holders_although_one_is_scraped_in_three_ways(story):
    prometheus, _, _ = story
    assert not query(prometheus, 'ALERTS{alertname="OrgAccessLeaseHolders"}')


def test_an_exporter_that_died_is_missed_while_another_is_well(story):
    prometheus, _, _ = story
    wait_for(
        lambda: firing(prometheus, 'alertname="OrgAccessOrganizationNotExported", organization="other"'),
        "the dead exporter's organization to be missed",
        seconds=60,
    )
    assert not firing(prometheus, 'alertname="OrgAccessOrganizationNotExported", organization="demo"')


def test_every_rule_could_be_evaluated(story):
    prometheus, _, _ = story
    assert '"health":"err"' not in get(f"{prometheus}/api/v1/rules")[1]
