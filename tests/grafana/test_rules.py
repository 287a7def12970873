"""The rules: about metrics that exist, each alert with its runbook and its tests, and the routing example."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from grafana.files import ROUTING, RULES
from tests.grafana.names import ALERTS, EVERY_RULE, KNOWN, RECORDS, metrics, records

ROOT = Path(__file__).parents[2]
TESTS = sorted((RULES.parent / "tests").glob("*.yml"))
SITUATIONS = {"fires", "stays silent", "restart", "gap"}


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_is_about_metrics_that_exist(rule):
    assert metrics(rule["expr"]) | records(rule["expr"])
    assert metrics(rule["expr"]) <= KNOWN
    assert records(rule["expr"]) <= RECORDS


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_a_record_is_named_by_its_level_its_metric_and_what_was_done(name):
    level, metric, operation = name.split(":")
    assert set(level.split("_")) <= {"organization", "entity", "service", "target"}
    assert metric.startswith("aws_org_access_")
    assert operation


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_keeps_no_label_of_a_pod(rule):
    kept = re.findall(r"by \(([^)]*)\)|group_left \(([^)]*)\)", rule["expr"])
    names = {name.strip() for pair in kept for part in pair for name in part.split(",")}
    assert not names & {"instance", "pod", "container", "endpoint", "node"}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_and_what_to_do(rule):
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert "{{" not in rule["annotations"]["summary"]


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_has_a_runbook(rule):
    text = (ROOT / rule["annotations"]["runbook_url"]).read_text()
    assert text.startswith(f"# {rule['alert']}\n")
    headings = re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE)
    assert headings == ["Meaning", "Impact", "Diagnosis", "Mitigation"]


def test_every_runbook_belongs_to_an_alert():
    pages = {page.stem for page in (ROOT / "docs" / "runbooks").glob("*.md")}
    assert pages == {rule["alert"] for rule in ALERTS}


def test_every_alert_is_tested_in_every_situation():
    names = {test["name"] for path in TESTS for test in yaml.safe_load(path.read_text())["tests"]}
    wanted = {f"{rule['alert']}: {situation}" for rule in ALERTS for situation in SITUATIONS}
    assert wanted - names == set()


@pytest.mark.tool("promtool")
def test_promtool_finds_no_fault_in_the_rules(tool):
    subprocess.run([tool("promtool"), "check", "rules", "--lint=all", "--lint-fatal", RULES], check=True)


@pytest.mark.slow
@pytest.mark.tool("promtool")
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_the_rules_do_what_their_tests_say(tool, path):
    done = subprocess.run(
        [tool("promtool"), "test", "rules", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.tool("amtool")
def test_alertmanager_takes_the_routing(tool):
    subprocess.run([tool("amtool"), "check-config", ROUTING], check=True)


@pytest.mark.tool("amtool")
@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_reaches_those_who_can_do_something(tool, rule):
    labels = [f"alertname={rule['alert']}", f"severity={rule['labels']['severity']}"]
    command = [tool("amtool"), "config", "routes", "test", f"--config.file={ROUTING}", *labels]
    receiver = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    about_accounts = rule["alert"] in {"OrgAccessDormantServiceUsed", "OrgAccessServiceFirstUsed"}
    digest = rule["labels"]["severity"] == "info"
    assert receiver == ("digest" if digest else "security" if about_accounts else "platform")
