"""From the demo over a rule to a notification: Prometheus and Alertmanager are real."""

import pytest

from tests.end_to_end.conftest import wait_for
from tests.end_to_end.prometheus import query

PATIENCE = 300.0  # s: on a machine with nothing else to do, the last of it comes after fifty

pytestmark = [
    pytest.mark.slow,
    pytest.mark.tool("prometheus"),
    pytest.mark.tool("alertmanager"),
]


@pytest.mark.parametrize("name", ["OrgAccessDormantServiceUsed", "OrgAccessServiceFirstUsed"])
def test_those_who_watch_over_security_hear_of_what_accounts_do(scene, name):
    alert, *_ = wait_for(lambda: scene.notified("security", name), name, seconds=PATIENCE)
    labels, told = alert["labels"], alert["annotations"]["description"]
    [entity] = query(scene.prometheus, f'aws_org_access_entity_info{{entity_id="{labels["entity_id"]}"}}')
    namespace = labels["service_namespace"]
    [service] = query(scene.prometheus, f'aws_org_access_service_info{{service_namespace="{namespace}"}}')
    assert f"{entity['metric']['entity_name']} ({labels['entity_id']})" in told
    assert told.startswith(f"{service['metric']['service_name']} ({namespace})")
    assert f" in {labels['access_region']}, at 20" in told


def test_those_who_run_it_hear_of_the_ou_whose_report_is_never_done(scene):
    alert, *_ = wait_for(
        lambda: scene.notified("platform", "OrgAccessReportsOutdated", target="ous"),
        "the stale OU",
        seconds=PATIENCE,
    )
    assert "instance" not in alert["labels"]
