"""From the demo over a rule to a notification: Prometheus and Alertmanager are real."""

import pytest

from tests.end_to_end.conftest import wait_for

PATIENCE = 300.0  # s: on a machine with nothing else to do, the last of it comes after fifty

pytestmark = [pytest.mark.slow, pytest.mark.tool("prometheus"), pytest.mark.tool("alertmanager")]


@pytest.mark.parametrize("name", ["OrgAccessDormantServiceUsed", "OrgAccessServiceFirstUsed"])
def test_those_who_watch_over_security_hear_of_what_accounts_do(scene, name):
    alert, *_ = wait_for(lambda: scene.notified("security", name), name, seconds=PATIENCE)
    labels, told = alert["labels"], alert["annotations"]["description"]
    assert labels["entity_name"] in told
    assert labels["service_name"] in told
    assert alert["annotations"]["runbook_url"].endswith(f"{name}.md")


def test_those_who_run_it_hear_of_the_ou_whose_report_is_never_done(scene):
    alert, *_ = wait_for(
        lambda: scene.notified("platform", "OrgAccessReportsOutdated", target="ous"),
        "the stale OU",
        seconds=PATIENCE,
    )
    assert "instance" not in alert["labels"]
