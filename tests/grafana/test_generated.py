"""Dashboards and rules: up to date, and about metrics that exist."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from exporter.families import FAMILIES, Type
from grafana import DASHBOARDS, panels, queries
from grafana.files import RULES, generated

ROOT = Path(__file__).parents[2]
ENDINGS = {Type.HISTOGRAM: ("_bucket", "_count", "_sum")}
KNOWN = {family.name + end for family in FAMILIES for end in ENDINGS.get(family.type, ("",))}
GROUPS = yaml.safe_load(RULES.read_text())["groups"]
EVERY_RULE = [rule for group in GROUPS for rule in group["rules"]]
ALERTS = [rule for rule in EVERY_RULE if "alert" in rule]


def metrics(expression):
    return set(re.findall(r"(?<![\w:])aws_org_access_\w+", expression))


@pytest.mark.parametrize(("path", "text"), generated().items(), ids=lambda value: Path(value).name[:30])
def test_what_is_committed_is_what_is_generated(path, text):
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(("dashboard", "panel", "expression"), queries())
def test_a_panel_asks_for_metrics_that_exist(dashboard, panel, expression):
    assert metrics(expression)
    assert metrics(expression) <= KNOWN, (dashboard, panel)


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_is_about_metrics_that_exist(rule):
    assert metrics(rule["expr"])
    assert metrics(rule["expr"]) <= KNOWN


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_has_a_runbook(rule):
    page = ROOT / rule["annotations"]["runbook_url"]
    assert page.read_text().startswith(f"# {rule['alert']}\n")


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)
def test_every_panel_says_what_it_shows(dashboard):
    assert all(panel.title and panel.description for panel in panels(dashboard))


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)
def test_no_panel_is_bound_to_one_data_source(dashboard):
    assert {panel.datasource.uid for panel in panels(dashboard)} == {"${datasource}"}


@pytest.mark.tool("promtool")
def test_promtool_finds_no_fault_in_the_rules(tool):
    subprocess.run([tool("promtool"), "check", "rules", "--lint-fatal", RULES], check=True)


@pytest.mark.tool("promtool")
def test_every_alert_fires_when_it_should(tool):
    subprocess.run([tool("promtool"), "test", "rules", RULES.parent / "tests" / "alerts.yml"], check=True)


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_is_tested(rule):
    tests = yaml.safe_load((RULES.parent / "tests" / "alerts.yml").read_text())["tests"]
    tested = [case for test in tests for case in test.get("alert_rule_test", ())]
    expected = {bool(case["exp_alerts"]) for case in tested if case["alertname"] == rule["alert"]}
    assert expected == {True, False}
