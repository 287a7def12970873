"""Dashboards: up to date, about metrics that exist, and each panel with what a reader needs."""

import re
from pathlib import Path

import pytest

from exporter.families import FAMILIES, Type
from grafana import DASHBOARDS, panels, queries
from grafana.files import generated

ENDINGS = {Type.HISTOGRAM: ("_bucket", "_count", "_sum")}
KNOWN = {family.name + end for family in FAMILIES for end in ENDINGS.get(family.type, ("",))}


def metrics(expression):
    return set(re.findall(r"(?<![\w:])aws_org_access_\w+", expression))


@pytest.mark.parametrize(("path", "text"), generated().items(), ids=lambda value: Path(value).name[:30])
def test_what_is_committed_is_what_is_generated(path, text):
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(("dashboard", "panel", "expression"), queries())
def test_a_panel_asks_for_metrics_that_exist(dashboard, panel, expression):
    assert metrics(expression)
    assert metrics(expression) <= KNOWN, (dashboard, panel)


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)
def test_every_panel_says_what_it_shows(dashboard):
    assert all(panel.title and panel.description for panel in panels(dashboard))


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)
def test_no_panel_is_bound_to_one_data_source(dashboard):
    assert {panel.datasource.uid for panel in panels(dashboard)} == {"${datasource}"}
