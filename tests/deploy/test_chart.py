"""The chart, rendered by helm itself: what each way to run it is made of."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from grafana.ruleset import defaults, rules
from tests.deploy.conftest import Loader
from tests.deploy.manifests import container, pod, workload

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "org-access-exporter"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
RULES = ROOT / "grafana" / "rules" / "org-access-exporter.yml"
SHARED = {"state": {"url": "dynamodb://table?region=eu-central-1"}}
KINDS = ["ServiceMonitor", "PodMonitor", "PrometheusRule"]
AUTO = {name: {"enabled": "auto"} for name in ("serviceMonitor", "prometheusRule", "dashboards")}
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
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] == VERSION


def test_where_only_a_secret_names_organizations_the_rules_are_those_of_the_repository(render):
    objects = render({"prometheusRule": {"enabled": True}, "existingConfigSecret": "mine"})
    assert objects["PrometheusRule"]["spec"] == yaml.safe_load(RULES.read_text())


def dashboards(tool, *flags):
    """The dashboards of a release, by the names of their files."""
    command = [tool("helm"), "template", CHART, "--set", "dashboards.enabled=true", *flags]
    rendered = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    maps = [item for item in yaml.load_all(rendered, Loader) if item and item["kind"] == "ConfigMap"]
    return {name: text for item in maps for name, text in item["data"].items()}


def test_the_dashboards_are_those_of_the_repository_with_names_of_the_releases_own(tool):
    shown = dashboards(tool, "--name-template", "demo", "--namespace", "there")
    mark = next(iter(shown)).split("-")[0]
    title = " (there/demo-org-access-exporter)"
    assert {
        name.removeprefix(f"{mark}-"): text.replace(f"{mark}-", "").replace(title, "")
        for name, text in shown.items()
    } == {f"org-access-{path.name}": path.read_text() for path in ROOT.glob("grafana/dashboards/*.json")}
    assert all(title in json.loads(text)["title"] for text in shown.values())


@pytest.mark.parametrize("other", [("b", "x"), ("a", "y")], ids=["release", "namespace"])
def test_the_dashboards_of_two_releases_can_live_in_one_grafana(tool, other):
    both = [
        dashboards(tool, "--name-template", name, "--namespace", namespace)
        for name, namespace in (("a", "x"), other)
    ]
    files = [{*shown} for shown in both]
    read = [[json.loads(text) for text in shown.values()] for shown in both]
    for found in (
        files,
        *([{board[key] for board in boards} for boards in read] for key in ("uid", "title")),
    ):
        assert found[0].isdisjoint(found[1])
    uids = [{board["uid"] for board in boards} for boards in read]
    for own, shown in zip(uids, both, strict=True):
        linked = {uid for text in shown.values() for uid in re.findall(r"/d/([\w-]+)", text)}
        assert linked <= own


def test_alerts_lead_to_the_dashboards_of_their_release(render):
    values = {"prometheusRule": {"enabled": True, "config": {"grafanaUrl": "https://g.example"}}}
    objects = render({**values, "dashboards": {"enabled": True}})
    uids = {json.loads(text)["uid"] for text in objects["ConfigMap"]["data"].values()}
    links = re.findall(r"/d/([\w-]+)", json.dumps(alerts(objects)))
    assert {link.split("-")[0] for link in links} == {uid.split("-")[0] for uid in uids}


def test_pages_and_alerts_lead_to_one_grafana_and_pages_to_the_dashboards_of_their_release(render):
    values = {"grafanaUrl": "https://g.example", "dashboards": {"enabled": True}}
    objects = render({**values, "prometheusRule": {"enabled": True}})
    uids = {json.loads(text)["uid"] for text in objects["ConfigMap"]["data"].values()}
    arguments = dict(
        argument.split("=", 1)
        for argument in workload(objects)["spec"]["template"]["spec"]["containers"][0]["args"]
        if "=" in argument
    )
    prefix = arguments["--web.grafana-uid-prefix"]
    assert all(uid.startswith(f"{prefix}org-access-") for uid in uids)
    assert arguments["--web.grafana-url"] == "https://g.example"
    assert "https://g.example/d/" in json.dumps(alerts(objects))


def test_without_dashboards_of_its_own_pages_lead_to_those_of_the_repository(render):
    text = json.dumps(workload(render({"grafanaUrl": "https://g.example"})))
    assert "--web.grafana-url=https://g.example" in text
    assert "uid-prefix" not in text


def test_what_is_collected_takes_the_place_of_what_is_left_out(render):
    monitor = {"enabled": True, "collect": ["reports"]}
    [endpoint] = render({"serviceMonitor": monitor})["ServiceMonitor"]["spec"]["endpoints"]
    assert endpoint["params"] == {"collect[]": ["reports"]}
    monitor |= {"collect": [], "exclude": []}
    [endpoint] = render({"serviceMonitor": monitor})["ServiceMonitor"]["spec"]["endpoints"]
    assert "params" not in endpoint


TWO = {"config": {"organizations": [{"name": "prod"}, {"name": 'a.b "x"'}]}}


@pytest.mark.parametrize(
    ("values", "organizations"),
    [
        ({}, ["default"]),
        ({"demo": {"enabled": True}}, ["demo"]),
        (TWO, ["prod", 'a.b "x"']),
        ({"existingConfigSecret": "x", "prometheusRule": {"config": {"organizations": ["o"]}}}, ["o"]),
    ],
    ids=["default", "demo", "of the configuration", "named"],
)
def test_the_rules_are_about_the_organizations_of_their_release(render, values, organizations):
    rule = {**values.get("prometheusRule", {}), "enabled": True}
    rendered = render({**values, "prometheusRule": rule})["PrometheusRule"]["spec"]
    assert rendered == yaml.safe_load(rules({"organizations": organizations}))


@pytest.mark.tool("promtool")
def test_an_organization_with_any_name_makes_rules_that_prometheus_takes(render, tool, tmp_path):
    spec = render({**TWO, "prometheusRule": {"enabled": True}})["PrometheusRule"]["spec"]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(spec))
    subprocess.run([tool("promtool"), "check", "rules", tmp_path / "rules.yml"], check=True)
    asked = [rule["expr"] for group in spec["groups"] for rule in group["rules"] if "expr" in rule]
    assert all(r'organization=~"prod|a\\.b \"x\""' in expression for expression in asked[:2])


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


def test_dashboards_lead_to_the_check_of_a_draft_once_the_chart_knows_where_that_is_told(tool):
    known = "repositoryUrl=https://git.example.com/x/"
    for text in dashboards(tool, "--set", known).values():
        urls = [link["url"] for link in json.loads(text)["links"]]
        assert re.fullmatch(r"https://git\.example\.com/x/blob/v[\w.]+/docs/check-scp\.md", urls[0])
        assert "${landing}" in urls


def test_by_default_one_pod_asks_and_shows_and_can_be_tested(render):
    objects = render({})
    assert set(objects) == {"StatefulSet", "PersistentVolumeClaim", "Service", "ServiceAccount", "Pod"}


def knowing(*kinds):
    """The flags of a cluster that knows these kinds of the Prometheus Operator's."""
    return [word for kind in kinds for word in ("--api-versions", f"monitoring.coreos.com/v1/{kind}")]


def test_a_plain_installation_asks_for_no_kind_that_its_user_may_not_make(render):
    assert set(render({}, *knowing(*KINDS))) == set(render({}))


@pytest.mark.parametrize(
    ("known", "made"),
    [
        ([], set()),
        (["ServiceMonitor"], {"ServiceMonitor", "ConfigMap"}),
        (["PrometheusRule"], {"PrometheusRule"}),
        (KINDS, {"ServiceMonitor", "PrometheusRule", "ConfigMap"}),
    ],
)
def test_auto_makes_what_the_cluster_knows(render, known, made):
    assert set(render(AUTO, *knowing(*known))) - set(render({})) == made


def test_a_pod_monitor_takes_the_place_of_the_service_monitor(render):
    objects = render({**AUTO, "podMonitor": {"enabled": True}}, *knowing(*KINDS))
    assert ("PodMonitor" in objects, "ServiceMonitor" in objects) == (True, False)


def test_a_state_that_is_a_file_outlives_its_pod(render):
    objects = render({})
    assert objects["StatefulSet"]["spec"]["podManagementPolicy"] == "Parallel"
    assert claims(objects) == [objects["PersistentVolumeClaim"]["metadata"]["name"]]


def claims(objects):
    """The claims that a pod mounts."""
    return [
        volume["persistentVolumeClaim"]["claimName"]
        for volume in pod(objects)["volumes"]
        if "persistentVolumeClaim" in volume
    ]


def test_the_service_of_a_stateful_set_gives_its_pods_addresses(render, tool):
    name = render({})["StatefulSet"]["spec"]["serviceName"]
    [service] = [item for item in everything(tool) if item["metadata"]["name"] == name]
    assert (service["spec"]["clusterIP"], service["spec"]["publishNotReadyAddresses"]) == ("None", True)


def everything(tool, *flags):
    """Every object of a release named demo."""
    command = [tool("helm"), "template", "demo", CHART, *flags]
    rendered = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [item for item in yaml.load_all(rendered, Loader) if item]


def test_one_service_is_scraped(render, tool):
    selector = render({"serviceMonitor": {"enabled": True}})["ServiceMonitor"]["spec"]["selector"]
    services = [item for item in everything(tool) if item["kind"] == "Service"]
    selected = [
        item for item in services if selector["matchLabels"].items() <= item["metadata"]["labels"].items()
    ]
    assert (len(services), len(selected)) == (2, 1)


@pytest.mark.parametrize("values", [{}, {**SHARED, "replicaCount": 2}], ids=["embedded", "shared"])
def test_a_release_of_the_chart_that_changes_nothing_leaves_the_pods_as_they_are(render, values, tmp_path):
    other = shutil.copytree(CHART, tmp_path / "chart")
    file = other / "Chart.yaml"
    file.write_text(re.sub(r"(?m)^version: .*$", "version: 99.0.0", file.read_text()))
    pods = [workload(render(values, chart=chart))["spec"]["template"] for chart in (CHART, other)]
    assert pods[0] == pods[1]


@pytest.mark.parametrize("name", ["12345", "1e3", "true", "null", "0x1"])
def test_text_that_looks_like_something_else_stays_text(tool, name):
    values = ["--set-string", f"persistence.storageClassName={name},tls.existingSecret={name}"]
    values += ["--set-string", f"priorityClassName={name},existingConfigSecret={name}"]
    made = everything(tool, "--namespace", name, "--set-string", f"fullnameOverride={name}", *values)
    for item in made:
        assert item["metadata"]["namespace"] == name
        assert isinstance(item["metadata"]["name"], str)
        assert all(isinstance(value, str) for value in item["metadata"]["labels"].values())
    objects = {item["kind"]: item for item in made}
    assert objects["PersistentVolumeClaim"]["spec"]["storageClassName"] == name
    assert (pod(objects)["priorityClassName"], pod(objects)["serviceAccountName"]) == (name, name)
    assert pod(objects)["volumes"][0]["secret"]["secretName"] == name
    assert claims(objects) == [name]


def test_a_million_is_written_as_a_number(render):
    values = {"serviceMonitor": {"enabled": True, "sampleLimit": 2_000_000}}
    limit = render({**values, "minReadySeconds": 1_000_000})
    assert limit["ServiceMonitor"]["spec"]["sampleLimit"] == 2_000_000
    assert workload(limit)["spec"]["minReadySeconds"] == 1_000_000


def test_on_openshift_the_numbers_of_user_and_group_are_left_to_it(render):
    known = ["--api-versions", "security.openshift.io/v1/SecurityContextConstraints"]
    for flags, numbers in ((known, set()), ([], {"runAsUser", "runAsGroup", "fsGroup"})):
        objects = render({}, *flags)
        for spec in (pod(objects), objects["Pod"]["spec"]):
            assert {"runAsUser", "runAsGroup", "fsGroup"} & set(spec["securityContext"]) == numbers


def test_a_state_without_a_claim_lives_in_the_pod(render):
    objects = render({"persistence": {"enabled": False}})
    assert workload(objects)["spec"]["strategy"] == {"type": "Recreate"}
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


HARD = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}}


@pytest.mark.parametrize(
    "values",
    [{"antiAffinity": "hard"}, {"hostNetwork": True}, {"affinity": HARD}],
    ids=["hard", "host network", "own affinity"],
)
def test_replicas_that_no_node_can_have_two_of_go_before_new_ones_come(render, values):
    strategy = workload(render({**SHARED, "replicaCount": 3, **values}))["spec"]["strategy"]
    assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}


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


def test_the_test_pod_says_why_it_fails(render, answering):
    for address, cause in (
        (answering(200).rstrip("/"), "shows no organization"),
        (answering(503, "Not ready: no credentials.").rstrip("/"), "503: Not ready: no credentials."),
        ("http://127.0.0.1:1", "cannot be reached: [Errno 111]"),
    ):
        done = run_test_pod(render, address)
        assert done.returncode == 1
        assert cause in done.stderr.splitlines()[-1]


def test_the_test_pod_asks_pods_that_are_not_ready(render):
    [first, *_] = re.findall(r"http://(\S+?):", json.dumps(render({})["Pod"]))
    assert first == render({})["StatefulSet"]["spec"]["serviceName"]


def test_the_test_pod_has_an_account_of_its_own(render, tool):
    name = render({})["Pod"]["spec"]["serviceAccountName"]
    [account] = [
        item
        for item in everything(tool)
        if (item["kind"], item["metadata"]["name"]) == ("ServiceAccount", name)
    ]
    assert int(account["metadata"]["annotations"]["helm.sh/hook-weight"]) < 0


def run_test_pod(render, address):
    """The test pod's command, which finds the Service at an address here."""
    [own] = render({"test": {"timeoutSeconds": 0}})["Pod"]["spec"]["containers"]
    script, *rest = own["args"]
    urls = [re.sub(r"http://demo-[^/]+", address, argument) for argument in rest]
    _, *flags = own["command"]
    command = [sys.executable, *flags, script, *urls]
    return subprocess.run(command, capture_output=True, text=True, check=False)


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
        link = f"https://example.com/exporter/blob/v{VERSION}/docs/runbooks/{alert['alert']}.md"
        assert alert["annotations"]["runbook_url"] == link


def test_without_an_address_an_alert_has_no_link(render):
    for alert in alerts(render({"prometheusRule": {"enabled": True}})):
        assert set(alert["annotations"]) == {"summary", "description"}


def test_values_change_the_rules_as_the_ruleset_does(render):
    config = {**VALUES, "grafanaUrl": "https://grafana.example.com", "unusedShare": 0.95, "denials": 5}
    config["organizations"] = ["a", "b"]
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
