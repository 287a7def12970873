"""A real Prometheus that has scraped the demo, and has the rules, answers every panel and every variable."""

import re

import pytest

from grafana import DASHBOARDS, queries, with_variables
from tests.end_to_end.conftest import wait_for
from tests.end_to_end.prometheus import query

RANGE = {"__rate_interval": "30s", "__range": "600s", "__range_s": "600"}
VARIABLES = [
    (f"{name} {variable.name}", variable.query, variable.regex)
    for name, dashboard in DASHBOARDS.items()
    for variable in dashboard.templating.list_val
    if variable.type_val == "query"
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.tool("prometheus"),
    pytest.mark.tool("alertmanager"),
]


@pytest.fixture(scope="module")
def prometheus(scene):
    """A Prometheus before which services came into use, some of them after a long rest."""
    for wanted in (
        'aws_org_access_service_returned_after_seconds{entity_id=~"[0-9]{12}"}',
        'aws_org_access_service_first_used_timestamp_seconds{entity_id=~"r-.+"}',
    ):
        wait_for(lambda asked=wanted: query(scene.prometheus, asked), wanted, seconds=300)
    return scene.prometheus


@pytest.fixture(scope="module")
def chosen(prometheus):
    """What a viewer might choose: an account with news, and a service that it uses and an OU does not."""
    returned = 'aws_org_access_service_returned_after_seconds{entity_id=~"[0-9]{12}"}'
    account, *_ = query(prometheus, f"aws_org_access_entity_info and on (entity_id) {returned}")
    used = 'aws_org_access_service_authenticated_entities{entity_id=~"ou-.+"}'
    partly = query(
        prometheus,
        f"count by (service_namespace) ({used} == 0) and count by (service_namespace) ({used} > 0)",
    )
    return {
        "organization": ".+",
        "entity": account["metric"]["entity_id"],
        "parent": account["metric"]["parent_id"],
        "watched": ".+",
        "regions": "nowhere",
        "service": partly[0]["metric"]["service_namespace"],
        "unused_for": "7776000",
        **RANGE,
    }


@pytest.mark.parametrize(("dashboard", "panel", "expression"), queries())
def test_prometheus_answers_a_panel(prometheus, chosen, dashboard, panel, expression):
    found = query(prometheus, with_variables(expression, chosen))
    assert bool(found) != ('policy_id!=""' in expression), (dashboard, panel)  # the demo has none of these


def test_a_panel_about_names_has_them(prometheus, chosen):
    expression, *_ = [expr for name, title, expr in queries() if (name, title) == ("overview", "What is new")]
    labels = query(prometheus, with_variables(expression, chosen))[0]["metric"]
    assert labels["account_name"] != labels["account_id"]
    assert labels["service_name"] != labels["service_namespace"]


@pytest.mark.parametrize(("name", "asked", "pattern"), VARIABLES)
def test_prometheus_answers_a_variable(prometheus, chosen, name, asked, pattern):
    if asked.startswith("label_values("):
        metric, label = asked.removeprefix("label_values(").removesuffix(")").rsplit(", ", 1)
        assert all(label in series["metric"] for series in query(prometheus, with_variables(metric, chosen)))
        return
    expression = asked.removeprefix("query_result(").removesuffix(")")
    found = [_choice(series, pattern) for series in query(prometheus, with_variables(expression, chosen))]
    assert all(text and value for text, value in found)
    assert any(text != value for text, value in found)


def _choice(series, pattern):
    """What Grafana shows and takes of a series: it lays the pattern over the labels, in their order."""
    shown = "{" + ",".join(f'{name}="{value}"' for name, value in series["metric"].items()) + "} 1 1"
    found = re.search(pattern.strip("/").replace("(?<", "(?P<"), shown)
    return found["text"], found["value"]
