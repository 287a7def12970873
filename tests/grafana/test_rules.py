"""The rules: about metrics that exist, each alert with its runbook and its tests, and the routing example."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from grafana.files import ROUTING, RULES
from grafana.ruleset import defaults, rules
from tests.grafana.names import ALERTS, EVERY_RULE, KNOWN, RECORDS, metrics, records
from tests.grafana.scrapes import concerned, every_second, parted, read, slower

ROOT = Path(__file__).parents[2]
TESTS = sorted((RULES.parent / "tests").glob("*.yml"))
WEEKS = {"unused"}  # in which all rules would be made 10,000 times
MINUTES = [path for path in TESTS if "interval: 1m" in path.read_text()]
NEWS = {"OrgAccessDormantServiceUsed", "OrgAccessServiceFirstUsed", "OrgAccessServiceUsedWidely"}
SITUATIONS = {"fires", "stays silent", "restart", "gap"}


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_is_about_metrics_that_exist(rule):
    assert metrics(rule["expr"]) | records(rule["expr"])
    assert metrics(rule["expr"]) <= KNOWN
    assert records(rule["expr"]) <= RECORDS


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_a_record_is_named_by_its_level_its_metric_and_what_was_done(name):
    level, metric, operation = name.split(":")
    assert set(level.split("_")) <= {
        *("organization", "entity", "parent", "policy", "service", "kind", "target")
    }
    assert metric.startswith("aws_org_access_")
    assert operation


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_keeps_no_label_of_a_pod(rule):
    inside = r"group by \(organization, instance\) \(aws_org_access_exporter_lease_held == 1\)"
    kept = re.findall(r"by \(([^)]*)\)|group_left \(([^)]*)\)", re.sub(inside, "", rule["expr"]))
    names = {name.strip() for pair in kept for part in pair for name in part.split(",")}
    assert not names & {"instance", "job", "pod", "container", "endpoint", "node"}


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.get("alert") or rule["record"])
def test_no_series_is_named_by_what_can_be_renamed(rule):
    assert not re.findall(r"entity_name|service_name\b|entity_path|policy_name", rule["expr"])


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.get("alert") or rule["record"])
def test_whole_reports_are_told_from_those_on_one_scp(rule):
    families = (
        "services_(?:not_)?access\\w+|report_generated_timestamp_seconds|service_(?:first|returned)_\\w+"
    )
    for matchers in re.findall(
        rf"(?<![\w:])aws_org_access_(?:{families})(?!\w|:)(\{{[^}}]*\}})?", rule["expr"]
    ):
        assert "policy_id" in matchers


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_and_what_to_do(rule):
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "description"}
    assert "{{" not in rule["annotations"]["summary"]


ADDRESSES = {
    "runbookUrl": "https://example.com/runbooks",
    "exporterUrl": "https://exporter.example.com",
    "grafanaUrl": "https://grafana.example.com",
}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_leads_to_addresses_that_are_known(rule):
    whole = alerts(rules(ADDRESSES))[rule["alert"]]["annotations"]
    links = {name: text for name, text in whole.items() if name.endswith("_url")}
    assert links["runbook_url"] == f"https://example.com/runbooks/{rule['alert']}.md"
    assert all(text.startswith(tuple(ADDRESSES.values())) for text in links.values())
    assert {**rule["annotations"], **links} == whole


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_link_without_an_address_is_left_out(name):
    text = rules({**ADDRESSES, name: ""})
    assert ADDRESSES[name] not in text
    assert not re.search(r"_url: *(/|$)", text, re.MULTILINE)


def test_what_accounts_do_leads_to_the_page_and_to_the_dashboard():
    linked = {
        name for name, rule in alerts(rules(ADDRESSES)).items() if "dashboard_url" in rule["annotations"]
    }
    assert linked == {*NEWS, "OrgAccessServicesUnused"}


def alerts(text):
    """The alerts of rules, by name."""
    groups = yaml.safe_load(text)["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


@pytest.mark.parametrize("name", defaults())
def test_a_value_of_the_configuration_changes_the_rules(name):
    value = defaults()[name]
    if isinstance(value, list):
        assert rules({name: ["a"]}) != rules()
        return
    other = ADDRESSES.get(name) or {"10m": "11m"}.get(value, "9h" if str(value)[0].isdigit() else "x")
    assert rules({name: other}) != rules()


def test_a_value_that_is_none_is_refused():
    with pytest.raises(ValueError, match="newsfor"):
        rules({"newsfor": "1h"})


def test_no_place_is_left_empty():
    assert not re.search(r"\$\{|%\w+%", rules())


@pytest.mark.tool("promtool")
def test_rules_with_values_of_ones_own_are_rules(tool, tmp_path):
    (tmp_path / "mine.yml").write_text(
        "{newsFor: 1d, unusedShare: 0.95, grafanaUrl: 'https://g.example.com'}"
    )
    command = [sys.executable, "-m", "grafana.ruleset", tmp_path / "mine.yml"]
    made = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    (tmp_path / "rules.yml").write_text(made)
    subprocess.run([tool("promtool"), "check", "rules", tmp_path / "rules.yml"], check=True)
    assert "[1d]" in made
    assert "> 0.95" in made


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_has_a_runbook(rule):
    text = (ROOT / "docs" / "runbooks" / f"{rule['alert']}.md").read_text()
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


@pytest.fixture
def alone(tmp_path):
    """``alone(document)``: a file for each of its tests, with no rules but those that the test is about."""
    return lambda document: list(parted(document, RULES.read_text(), tmp_path))


@pytest.fixture
def holds(tool):
    """``holds(paths)``: that promtool finds it so."""

    def tested(paths):
        command = [tool("promtool"), "test", "rules", *paths]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    return tested


@pytest.mark.slow
@pytest.mark.tool("promtool")
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_the_rules_do_what_their_tests_say(holds, alone, path):
    holds(alone(read(path.read_text())) if path.stem in WEEKS else [path])


# All rules on these samples have been made above.
@pytest.mark.slow
@pytest.mark.tool("promtool")
@pytest.mark.parametrize("path", MINUTES, ids=lambda path: path.stem)
def test_the_rules_do_the_same_with_a_scrape_every_two_minutes(holds, alone, path):
    holds(alone(slower(read(path.read_text()))))


def named(groups):
    return {rule.get("alert") or rule["record"] for group in groups for rule in group["rules"]}


ALL = yaml.safe_load(RULES.read_text())["groups"]


def test_a_test_is_about_the_rules_that_it_names_and_those_that_they_are_made_of():
    test = {"alert_rule_test": [{"alertname": "OrgAccessServicesUnused"}]}
    assert named(concerned(test, ALL)) == {
        "OrgAccessServicesUnused",
        "organization_entity:aws_org_access_services_unused:ratio",
    }


@pytest.mark.parametrize("expression", ["ALERTS", "count(ALERTS)", 'ALERTS{alertstate="firing"}'])
def test_a_test_of_any_alert_is_about_all_rules(expression):
    assert concerned({"promql_expr_test": [{"expr": expression}]}, ALL) == ALL


@pytest.mark.parametrize(
    ("written", "half"),
    [
        ("0x240", " ".join(["0.0"] * 121)),
        ("0+60x3 5", "0.0 120.0 5.0"),
        ("1 2 stale _x3", "1.0 stale _"),
        ("1 stale _x2 7", "1.0 stale 7.0"),
    ],
)
def test_half_of_the_samples_are_every_second_one(written, half):
    assert every_second(written) == half


@pytest.mark.tool("amtool")
def test_alertmanager_takes_the_routing(tool):
    subprocess.run([tool("amtool"), "check-config", ROUTING], check=True)


@pytest.mark.tool("amtool")
@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_reaches_those_who_can_do_something(tool, rule):
    labels = [f"alertname={rule['alert']}", f"severity={rule['labels']['severity']}"]
    command = [tool("amtool"), "config", "routes", "test", f"--config.file={ROUTING}", *labels]
    receiver = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    about_accounts = rule["alert"] in NEWS
    digest = rule["labels"]["severity"] == "info"
    assert receiver == ("digest" if digest else "security" if about_accounts else "platform")
