"""The chart, rendered by helm itself: what it makes of typical values, and what it refuses."""

import json
import re
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from exporter import __version__
from exporter.cli.serve import serve

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "org-access-exporter"
SETS = {path.name.removesuffix("-values.yaml"): path for path in sorted(CHART.glob("ci/*-values.yaml"))}
RULES = ROOT / "grafana" / "rules" / "org-access-exporter.yml"
CONFIG = {"config": {"organizations": [{"name": "prod", "region": "us-east-1"}]}}
SHARED = {"state": {"url": "dynamodb://table?region=eu-central-1"}}
ROLE = "arn:aws:iam::111122223333:role/reader"
LIMITED = {"rate_limit": {"burst": 1}}
OPERATOR = "monitoring.coreos.com/v1"
PROGRAM = Path(sys.executable).parent / "org-access-exporter"
TLS_FILES = "/etc/org-access-exporter-tls"

pytestmark = pytest.mark.tool("helm")
each_helm = pytest.mark.parametrize("helm", ["helm", pytest.param("helm3", marks=pytest.mark.tool("helm3"))])
each_set = pytest.mark.parametrize("name", SETS)


@pytest.fixture
def render_set(render):
    """``render_set(name)``: the objects of a value set."""
    return lambda name, **how: render(yaml.safe_load(SETS[name].read_text()), **how)


def workload(objects):
    return objects.get("Deployment") or objects["StatefulSet"]


def pod(objects):
    return workload(objects)["spec"]["template"]["spec"]


def container(objects):
    return pod(objects)["containers"][0]


def flags(objects):
    return container(objects)["args"]


def secret_files(objects):
    """The files of the Secrets, by name."""
    return {name: text for item in objects.values() for name, text in item.get("stringData", {}).items()}


@each_helm
@each_set
def test_helm_finds_no_fault(tool, helm, name):
    command = [tool(helm), "lint", "--strict", CHART, "--values", SETS[name]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.tool("helm3")
@each_set
def test_helm_3_renders_what_helm_4_renders(render_set, name):
    assert render_set(name, helm="helm3") == render_set(name, helm="helm")


@pytest.mark.parametrize("version", ["1.27", kubernetes_validate.latest_version()])
@each_set
def test_kubernetes_knows_every_field(render_set, name, version):
    for item in render_set(name).values():
        if item["apiVersion"] != OPERATOR:
            kubernetes_validate.validate(item, version, strict=True)


@pytest.mark.tool("monitoring")
@each_set
def test_the_prometheus_operator_knows_every_field(tool, render_set, name):
    for item in render_set(name).values():
        if item["apiVersion"] == OPERATOR:
            subprocess.run([tool("monitoring")], input=yaml.safe_dump(item), text=True, check=True)


@pytest.mark.tool("monitoring")
def test_a_field_that_the_prometheus_operator_does_not_know_is_found(tool):
    wrong = {"apiVersion": OPERATOR, "kind": "PodMonitor", "spec": {"sampelLimit": 1}}
    done = subprocess.run(
        [tool("monitoring")], input=json.dumps(wrong), text=True, capture_output=True, check=False
    )
    assert (done.returncode, "sampelLimit" in done.stderr) == (1, True)


@each_set
def test_the_program_takes_the_flags(render_set, name):
    command, *given = flags(render_set(name))
    assert command == "serve"
    assert serve.make_context("serve", given)


@each_set
def test_the_program_finds_no_fault_in_the_files(render_set, name, certificate, tmp_path):
    options = {"config.yml": "--config.file", "web.yml": "--web.config.file"}
    for file, text in secret_files(render_set(name)).items():
        (tmp_path / file).write_text(text.replace(TLS_FILES, str(certificate)))
        command = [sys.executable, "-m", "exporter", "check-config", options[file], tmp_path / file]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def certificate(tmp_path):
    """A directory with what a Secret of type kubernetes.io/tls holds."""
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x"
    subprocess.run(
        [*command.split(), "-keyout", "tls.key", "-out", "tls.crt"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    return tmp_path


@pytest.mark.tool("promtool")
@pytest.mark.parametrize("name", ["monitored", "everything"])
def test_promtool_finds_no_fault_in_the_rules(tool, render_set, name, tmp_path):
    rules = tmp_path / "rules.yml"
    rules.write_text(yaml.safe_dump(render_set(name)["PrometheusRule"]["spec"]))
    subprocess.run([tool("promtool"), "check", "rules", "--lint-fatal", rules], check=True)


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


@each_set
def test_pods_meet_the_restricted_standard(render_set, name):
    objects = render_set(name)
    for spec in (pod(objects), objects["Pod"]["spec"]):
        [own], whole = (item["securityContext"] for item in spec["containers"]), spec["securityContext"]
        assert spec["automountServiceAccountToken"] is False
        assert (whole["runAsNonRoot"], whole["runAsUser"], whole["seccompProfile"]) == (
            True,
            65534,
            {"type": "RuntimeDefault"},
        )
        assert (own["readOnlyRootFilesystem"], own["allowPrivilegeEscalation"], own["privileged"]) == (
            True,
            False,
            False,
        )
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert {"hostNetwork", "hostPID", "hostIPC"}.isdisjoint(spec)


@each_set
def test_probes_ask_where_no_password_is_needed(render_set, name):
    objects = render_set(name)
    asked = {
        container(objects)[f"{kind}Probe"]["httpGet"]["port"] for kind in ("startup", "liveness", "readiness")
    }
    assert (asked, "--web.health-listen-address=:10080" in flags(objects)) == ({"health"}, True)


@each_set
def test_every_object_has_the_recommended_labels(render_set, name):
    recommended = {
        f"app.kubernetes.io/{name}"
        for name in ("name", "instance", "version", "component", "part-of", "managed-by")
    }
    extra = {"demo-more"}
    for item in render_set(name).values():
        if item["metadata"]["name"] not in extra:
            assert recommended <= set(item["metadata"]["labels"]), item["kind"]


@each_set
def test_what_selects_pods_selects_these_and_no_version_of_them(render_set, name):
    objects = render_set(name)
    labels = workload(objects)["spec"]["template"]["metadata"]["labels"]
    selectors = [
        workload(objects)["spec"]["selector"]["matchLabels"],
        objects["Service"]["spec"]["selector"],
        *(
            objects[kind]["spec"]["podSelector"]["matchLabels"]
            for kind in ("NetworkPolicy",)
            if kind in objects
        ),
        *(
            objects[kind]["spec"]["selector"]["matchLabels"]
            for kind in ("PodDisruptionBudget", "PodMonitor")
            if kind in objects
        ),
    ]
    for selector in selectors:
        assert selector.items() <= labels.items()
        assert not {"helm.sh/chart", "app.kubernetes.io/version"} & set(selector)


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


def test_an_alert_carries_the_labels_and_the_link_that_are_asked_for(render):
    values = {"enabled": True, "alertLabels": {"team": "a"}, "runbookUrl": "https://example.com/"}
    groups = render({"prometheusRule": values})["PrometheusRule"]["spec"]["groups"]
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    assert alerts
    for alert in alerts:
        assert (alert["labels"]["team"], alert["annotations"]["runbook_url"]) == (
            "a",
            f"https://example.com/{alert['alert']}.md",
        )


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


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"replicaCount": 2}, "each pod would have a state of its own"),
        ({"replicaCount": 2, "state": {"url": "memory:"}}, "each pod would have a state of its own"),
        ({**CONFIG, "existingConfigSecret": "mine"}, "exclude each other"),
        ({"webConfig": LIMITED, "existingWebConfigSecret": "mine"}, "exclude each other"),
        ({"persistence": {"enabled": True}, "state": {"url": "memory:"}}, "is in no file"),
        ({"state": {"url": "sqlite:////tmp2/state.db"}}, "can be written to"),
        ({"state": {"url": "sqlite:///state.db"}}, "can be written to"),
        ({"serviceMonitor": {"enabled": True}, "podMonitor": {"enabled": True}}, "scraped twice"),
        ({"aws": {"roleArn": ROLE}, "serviceAccount": {"create": False}}, "annotate your own"),
        ({"replicas": 2}, "additional properties 'replicas' not allowed"),
        ({"replicaCount": "two"}, "got string, want integer"),
        ({"config": {"organizations": [{"nmae": "x"}]}}, "additional properties 'nmae' not allowed"),
        ({"webConfig": {"rate_limit": {"brust": 1}}}, "additional properties 'brust' not allowed"),
        ({"aws": {"roleArn": "role/x"}}, "does not match pattern"),
        ({"state": {"url": "redis://x"}}, "does not match pattern"),
        ({"state": {"url": "memory:x"}}, "does not match pattern"),
        ({"image": {"digest": "sha256:1"}}, "does not match pattern"),
        ({"serviceMonitor": {"collect": ["everything"]}}, "value must be one of"),
        ({"serviceMonitor": {"enabled": "yes"}}, "value must be one of"),
        ({"livenessProbe": {"periodSeconds": 0}}, "minimum: got 0, want 1"),
        ({"livenessProbe": {"httpGet": {}}}, "additional properties 'httpGet' not allowed"),
        ({"resources": {"limit": {}}}, "additional properties 'limit' not allowed"),
        ({"service": {"port": 70000}}, "maximum: got 70,000, want 65,535"),
        ({"log": {"level": "loud"}}, "value must be one of"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_with_the_reason(refused, values, reason):
    assert reason in refused(values)
