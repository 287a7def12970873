"""From the demo over a rule to a notification: Prometheus and Alertmanager are real."""

import pytest

from tests.end_to_end.conftest import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.tool("prometheus"), pytest.mark.tool("alertmanager")]


@pytest.mark.parametrize("name", ["OrgAccessDormantServiceUsed", "OrgAccessServiceFirstUsed"])
def test_those_who_watch_over_security_hear_of_what_accounts_do(scene, name):
    alert, *_ = wait_for(lambda: scene.notified("security", name), name, seconds=150)
    labels, told = alert["labels"], alert["annotations"]["description"]
    assert labels["entity_name"] in told
    assert labels["service_name"] in told
    assert alert["annotations"]["runbook_url"].endswith(f"{name}.md")


def test_those_who_run_it_hear_of_the_ou_whose_report_is_never_done(scene):
    alert, *_ = wait_for(
        lambda: scene.notified("platform", "OrgAccessReportsOutdated", target="ous"),
        "the stale OU",
        seconds=150,
    )
    assert "instance" not in alert["labels"]


def test_nobody_hears_of_anything_else(scene):
    heard = {(to, alert["labels"]["alertname"]) for to, sent in scene.received for alert in sent["alerts"]}
    assert heard <= {
        ("security", "OrgAccessDormantServiceUsed"),
        ("security", "OrgAccessServiceFirstUsed"),
        ("platform", "OrgAccessReportsOutdated"),
        ("platform", "OrgAccessReportFailing"),
        ("digest", "OrgAccessServicesUnused"),
    }
