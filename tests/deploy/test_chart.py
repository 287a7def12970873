"""The chart, rendered by helm itself: what each way to run it is made of."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from exporter import __version__
from grafana.ruleset import defaults, rules
from tests.deploy.manifests import container, pod, workload

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "org-access-exporter"
RULES = ROOT / "grafana" / "rules" / "org-access-exporter.yml"
SHARED = {"state": {"url": "dynamodb://table?region=eu-central-1"}}
OPERATOR = "monitoring.coreos.com/v1"
VALUES = {
    "newsFor": "12h",
    "firstUsedIn": ".+",
    "widelyAccounts": 5,
    "missedDays": 30,
    "exporterUrl": "http://x/a",
}
PROGRAM = Path(sys.executable).parent / "org-access-exporter"

pytestmark = pytest.mark.tool("helm")


def test_the_chart_is_for_this_version():
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] == __version__


def test_the_rules_are_those_of_the_repository(render):
    rules = yaml.safe_load(RULES.read_text())
    assert render({"prometheusRule": {"enabled": True}})["PrometheusRule"]["spec"] == rules


def test_the_dashboards_are_those_of_the_repository(tool):
    command = [tool("helm"), "template", "demo", CHART, "--set", "dashboards.enabled=true"]
    rendered = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    maps = [item for item in yaml.safe_load_all(rendered) if item and item["kind"] == "ConfigMap"]
    shown = {name: text for item in maps for name, text in item["data"].items()}
    assert shown == {
        f"org-access-{path.name}": path.read_text() for path in ROOT.glob("grafana/dashboards/*.json")
    }


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({}, "http://localhost:10078"),
        ({"prometheusRule": {"config": {"exporterUrl": "https://a.example/x/"}}}, "https://a.example/x"),
        (
            {
                "prometheusRule": {"config": {"exporterUrl": "https://a.example"}},
                "dashboards": {"exporterUrl": 'https://b.example/"&'},
            },
            'https://b.example/"&',
        ),
    ],
    ids=["nobody said", "that of the rules", "their own"],
)
def test_dashboards_find_the_exporter_where_the_values_say(render, values, address):
    enabled = {**values, "dashboards": {"enabled": True, **values.get("dashboards", {})}}
    [text] = render(enabled)["ConfigMap"]["data"].values()
    chosen = {item["name"]: item for item in json.loads(text)["templating"]["list"]}
    assert chosen["landing"]["query"] == address


def test_by_default_one_pod_asks_and_shows_and_can_be_tested(render):
    objects = render({})
    assert set(objects) == {"Deployment", "Service", "ServiceAccount", "Pod"}
    assert workload(objects)["spec"]["strategy"] == {"type": "Recreate"}


def test_where_the_prometheus_operator_is_there_the_exporter_is_monitored(render):
    more = {"ServiceMonitor", "PrometheusRule", "ConfigMap"}
    assert set(render({}, "--api-versions", OPERATOR)) - set(render({})) == more


def test_a_pod_monitor_takes_the_place_of_the_service_monitor(render):
    objects = render({"podMonitor": {"enabled": True}}, "--api-versions", OPERATOR)
    assert ("PodMonitor" in objects, "ServiceMonitor" in objects) == (True, False)


def test_a_state_without_a_claim_lives_in_the_pod(render):
    objects = render({})
    mounts = {mount["name"]: mount["mountPath"] for mount in container(objects)["volumeMounts"]}
    assert mounts["state"] == "/var/lib/org-access-exporter"
    assert {"name": "state", "emptyDir": {}} in pod(objects)["volumes"]


@pytest.mark.parametrize("url", ["memory:", "dynamodb://table?region=eu-central-1"])
def test_a_state_elsewhere_needs_no_volume(render, url):
    assert [volume["name"] for volume in pod(render({"state": {"url": url}}))["volumes"]] == ["tmp"]


def test_an_existing_claim_is_mounted(render):
    objects = render({"persistence": {"enabled": True, "existingClaim": "mine"}})
    assert pod(objects)["volumes"][0]["persistentVolumeClaim"] == {"claimName": "mine"}


def test_replicas_that_share_a_state_come_before_the_old_ones_go(render):
    strategy = workload(render({**SHARED, "replicaCount": 3}))["spec"]["strategy"]
    assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


@pytest.mark.parametrize(
    ("kind", "when"),
    [
        ("soft", "preferredDuringSchedulingIgnoredDuringExecution"),
        ("hard", "requiredDuringSchedulingIgnoredDuringExecution"),
    ],
)
def test_replicas_stay_apart(render, kind, when):
    objects = render({**SHARED, "replicaCount": 2, "antiAffinity": kind})
    assert list(pod(objects)["affinity"]["podAntiAffinity"]) == [when]


def test_the_test_pod_is_none_of_the_exporters(render):
    objects = render({})
    assert not objects["Service"]["spec"]["selector"].items() <= objects["Pod"]["metadata"]["labels"].items()


def test_the_test_pod_is_content_with_an_exporter_that_shows_something(render, demo):
    done = run_test_pod(render, demo(PROGRAM))
    assert done.returncode == 0, done.stderr


def test_the_test_pod_fails_where_nothing_is_shown(render, answering):
    assert run_test_pod(render, answering(200).rstrip("/")).returncode != 0
    assert run_test_pod(render, answering(503).rstrip("/")).returncode != 0


def run_test_pod(render, address):
    """The test pod's command, which finds the Service at an address here, and gives it a while."""
    [own] = render({})["Pod"]["spec"]["containers"]
    urls = [re.sub(r"http://demo-[^/]+", address, argument) for argument in own["args"]]
    _, *arguments = own["command"]
    return subprocess.run([sys.executable, *arguments, *urls], capture_output=True, text=True, check=False)


def test_tls_brings_the_scheme_and_the_name_to_the_monitor(render):
    objects = render({"tls": {"existingSecret": "x"}, "serviceMonitor": {"enabled": True}})
    [endpoint] = objects["ServiceMonitor"]["spec"]["endpoints"]
    assert (endpoint["scheme"], endpoint["tlsConfig"]) == (
        "https",
        {"serverName": "demo-org-access-exporter.default.svc"},
    )


def alerts(objects):
    """The alerts of a PrometheusRule."""
    groups = objects["PrometheusRule"]["spec"]["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def test_an_alert_carries_the_labels_and_the_link_that_are_asked_for(render):
    values = {"enabled": True, "alertLabels": {"team": "a"}, "runbookUrl": "https://example.com/"}
    found = alerts(render({"prometheusRule": values}))
    assert found
    for alert in found:
        assert (alert["labels"]["team"], alert["annotations"]["runbook_url"]) == (
            "a",
            f"https://example.com/{alert['alert']}.md",
        )


def test_an_alert_leads_to_the_repository_once_that_is_known(render):
    values = {"prometheusRule": {"enabled": True}, "repositoryUrl": "https://example.com/exporter/"}
    for alert in alerts(render(values)):
        link = f"https://example.com/exporter/blob/v{__version__}/docs/runbooks/{alert['alert']}.md"
        assert alert["annotations"]["runbook_url"] == link


def test_without_an_address_an_alert_has_no_link(render):
    for alert in alerts(render({"prometheusRule": {"enabled": True}})):
        assert set(alert["annotations"]) == {"summary", "description"}


def test_values_change_the_rules_as_the_ruleset_does(render):
    config = {**VALUES, "grafanaUrl": "https://grafana.example.com", "unusedShare": 0.95, "denials": 5}
    rendered = render({"prometheusRule": {"enabled": True, "config": config}})["PrometheusRule"]["spec"]
    assert rendered == yaml.safe_load(rules(config))


def test_the_values_of_the_rules_are_those_of_the_repository():
    values = yaml.safe_load((CHART / "values.yaml").read_text())["prometheusRule"]["config"]
    assert {**values, "runbookUrl": ""} == defaults()


def test_an_alert_can_be_left_out(render):
    disabled = ["OrgAccessReportFailing"]
    rules = json.dumps(render({"prometheusRule": {"enabled": True, "disabled": disabled}})["PrometheusRule"])
    assert ("OrgAccessReportFailing" in rules, "OrgAccessNothingExported" in rules) == (False, True)


def test_a_network_policy_lets_the_exporter_reach_aws_and_the_test_reach_the_exporter(render):
    spec = render({"networkPolicy": {"enabled": True, "from": [{"podSelector": {}}]}})["NetworkPolicy"][
        "spec"
    ]
    assert {"port": 443, "protocol": "TCP"} in spec["egress"][0]["ports"]
    [tester] = spec["ingress"][-1]["from"]
    assert tester["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == "test"


@pytest.mark.parametrize(
    "example", re.findall(r"^```yaml\n(.*?)^```", (CHART / "README.md").read_text(), re.DOTALL | re.MULTILINE)
)
def test_the_examples_of_the_readme_can_be_used(render, example):
    assert "Service" in render(yaml.safe_load(example))


def test_the_notes_say_what_to_do_next(tool):
    command = [tool("helm"), "install", "demo", CHART, "--dry-run=client", "--namespace", "there"]
    notes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.partition("NOTES:")[2]
    assert "create-pod-identity-association --cluster-name CLUSTER --namespace there" in notes
    assert "helm test demo --namespace there" in notes


def test_templates_in_extra_objects_are_filled(render):
    extra = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-x"}}
    assert render({"extraObjects": [extra]})["ConfigMap"]["metadata"]["name"] == "demo-x"


def test_a_long_name_leaves_room_for_what_kubernetes_adds(render):
    name = workload(render({"fullnameOverride": "n" * 63}))["metadata"]["name"]
    assert len(name) == 52
