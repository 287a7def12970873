"""Dashboards: up to date, about metrics that exist, and each panel with what a reader needs.

The rules of grafana/dashboard-linter are kept, but for those that ``.lint`` leaves out with the reason.
"""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from exporter.families import FAMILIES, SubjectFamily
from grafana import DASHBOARDS, board, panels, queries
from grafana.files import generated
from tests.grafana.names import KNOWN, RECORDS, metrics, records

EVERY_PANEL = [
    pytest.param(panel, id=f"{name}-{panel.title}")
    for name, dashboard in DASHBOARDS.items()
    for panel in panels(dashboard)
]
BY_NAME = {family.name: family for family in FAMILIES}
MADE = {"account_id", "account_name", "job", "instance", "kind", "place", "unit"}
BY_KIND = {"organization", "entity_id", "policy_id"}
LABELS = MADE | BY_KIND | {label for family in FAMILIES for label in family.labels}
VARIABLES = {
    dashboard.uid: {variable.name for variable in dashboard.templating.list_val}
    for dashboard in DASHBOARDS.values()
}


def headings(panel):
    """The heading of each column of a table, by the name of its label or value."""
    steps = [step for step in panel.transformations or [] if step.id_val == "organize"]
    return {name: heading for step in steps for name, heading in step.options["renameByName"].items()}


def to_dashboards(panel):
    return [url for url in links(panel) if url.startswith("/d/")]


def links(panel):
    """The addresses that clicks on a panel's cells open."""
    properties = [item for override in panel.field_config.overrides for item in override.properties]
    return [link["url"] for item in properties if item.id_val == "links" for link in item.value]


@pytest.mark.parametrize(("path", "text"), generated().items(), ids=lambda value: Path(value).name[:30])
def test_what_is_committed_is_what_is_generated(path, text):
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(("dashboard", "panel", "expression"), queries())
def test_a_panel_asks_for_what_exists(dashboard, panel, expression):
    assert metrics(expression) | records(expression) or "scrape_" in expression, (dashboard, panel)
    assert metrics(expression) <= KNOWN
    assert records(expression) <= RECORDS


@pytest.mark.parametrize("panel", EVERY_PANEL)
def test_a_panel_says_what_it_shows_and_in_which_unit(panel):
    assert panel.title
    assert panel.description.endswith(".")
    assert panel.field_config.defaults.unit
    assert panel.targets


@pytest.mark.parametrize("panel", EVERY_PANEL)
def test_no_panel_is_bound_to_one_data_source(panel):
    assert panel.datasource.uid == "${datasource}"


@pytest.mark.parametrize("panel", EVERY_PANEL)
def test_rates_are_over_the_interval_that_grafana_finds_right(panel):
    for expression in (target.expr for target in panel.targets):
        assert set(re.findall(r"rate\(.*?\[(.*?)\]", expression)) <= {"$__rate_interval"}
        assert set(re.findall(r"increase\(.*?\[(.*?)\]", expression)) <= {"$__rate_interval", "$__range"}
        counters = len(re.findall(r"_total\b", expression))
        assert len(re.findall(r"(?:rate|increase)\([a-z_]+_total\b", expression)) == counters


@pytest.mark.parametrize("panel", EVERY_PANEL)
def test_a_link_leads_to_a_dashboard_and_chooses_what_it_can(panel):
    for url in map(urlsplit, to_dashboards(panel)):
        uid = url.path.rpartition("/")[2]
        chosen = {name.removeprefix("var-") for name in parse_qs(url.query) if name.startswith("var-")}
        assert chosen <= VARIABLES[uid]


@pytest.mark.parametrize("panel", EVERY_PANEL)
def test_a_link_takes_its_values_from_labels_of_its_table_and_encodes_them(panel):
    wanted = [found for url in links(panel) for found in re.findall(r'fields\["(.*?)"\](.*?)\}', url)]
    assert {label for label, _ in wanted} <= {label for label in headings(panel) if label in LABELS}
    assert {encoding for _, encoding in wanted} <= {":percentencode"}


@pytest.mark.parametrize("panel", EVERY_PANEL)
def test_a_link_to_the_exporter_leads_to_a_page_that_it_has(panel):
    paths = [url.removeprefix("${landing}") for url in links(panel) if url.startswith("${landing}")]
    assert all(re.fullmatch(r"/entities/\$\{.*\}|/news\?(entity|service)=\$\{.*\}", path) for path in paths)


@pytest.mark.parametrize("panel", EVERY_PANEL)
def test_a_label_is_shown_as_it_is_and_a_number_with_its_unit(panel):
    units = {
        override.matcher.options: item.value
        for override in panel.field_config.overrides
        for item in override.properties
        if item.id_val == "unit"
    }
    for name, heading in headings(panel).items():
        assert (units[heading] == "string") == (name in LABELS)


def test_no_title_is_given_twice():
    titles = [panel.title for dashboard in DASHBOARDS.values() for panel in panels(dashboard)]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize(("dashboard", "panel", "expression"), queries())
def test_reports_on_single_scps_are_never_taken_for_those_of_entities(dashboard, panel, expression):
    """What both have says which is meant."""
    for name, selected in re.findall(r"aws_org_access_(\w+)\{((?:[^\"}]|\"[^\"]*\")*)\}", expression):
        family = BY_NAME.get(f"aws_org_access_{name}")
        if isinstance(family, SubjectFamily) and name != "entity_info":
            assert "policy_id" in selected, (dashboard, panel, name)


@pytest.mark.parametrize(("dashboard", "panel", "expression"), queries())
def test_names_are_joined_one_for_each_thing(dashboard, panel, expression):
    """An exporter may know yesterday's name for some minutes, and its replica today's."""
    groups = re.findall(r"(topk by \([^)]*\) \(1, )?group by \([^)]*_name\b[^)]*\) \(aws_", expression)
    assert all(groups), (dashboard, panel)


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)
def test_a_dashboard_is_linked_with_the_others_and_with_the_landing_page(dashboard):
    tags, urls = zip(*((link.tags, link.url) for link in dashboard.links), strict=True)
    assert [board.TAG] in tags
    assert "${landing}" in urls
    assert board.TAG in dashboard.tags


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)
def test_variables_are_asked_for_again_when_the_time_range_changes(dashboard):
    asked = [variable for variable in dashboard.templating.list_val if variable.type_val == "query"]
    assert {variable.refresh.value for variable in asked} == {2}


def test_dashboards_cannot_be_edited_in_place_and_keep_their_uids():
    assert {dashboard.uid: dashboard.editable for dashboard in DASHBOARDS.values()} == {
        "org-access-overview": False,
        "org-access-entity": False,
        "org-access-service": False,
        "org-access-exporter": False,
    }
