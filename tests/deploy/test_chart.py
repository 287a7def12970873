"""The chart, rendered by helm itself."""

import importlib.util
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from exporter import __version__
from exporter.cli.serve import serve
from exporter.config import parse

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "org-access-exporter"
FILES = {"config": {"organizations": [{"name": "prod", "region": "us-east-1"}]}}

pytestmark = pytest.mark.tool("helm")


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("chart", ROOT / "deploy" / "helm" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["chart"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["chart"]


@cache
def _template(helm, values):
    return subprocess.run(
        [helm, "template", "demo", CHART, "--values", "-"],
        input=values,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def render(tool):
    """``render(**values)``: the objects, by kind."""

    def objects(**values):
        done = _template(tool("helm"), json.dumps(values))
        assert done.returncode == 0, done.stderr
        found = [item for item in yaml.safe_load_all(done.stdout) if item]
        assert len({(item["kind"], item["metadata"]["name"]) for item in found}) == len(found)
        return {item["kind"]: item for item in found}

    return objects


@pytest.fixture
def refused(tool):
    """``refused(**values)``: what helm says instead of rendering."""

    def told(**values):
        done = _template(tool("helm"), json.dumps(values))
        assert done.returncode != 0
        return done.stderr

    return told


def container(objects):
    return objects["Deployment"]["spec"]["template"]["spec"]["containers"][0]


def test_helm_finds_no_fault(tool):
    done = subprocess.run(
        [tool("helm"), "lint", "--strict", CHART], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_chart_is_for_this_version():
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] == __version__


def test_what_is_generated_is_up_to_date(generate):
    assert [path.name for path, text in generate.files().items() if path.read_text() != text] == []


def test_every_value_is_in_the_readmes_table(generate):
    names = {name.partition(".")[0] for name, _, _ in generate.rows()}
    assert names == set(yaml.safe_load((CHART / "values.yaml").read_text()))


def test_by_default_there_is_a_deployment_a_service_and_an_account(render):
    assert set(render()) == {"Deployment", "Service", "ServiceAccount"}


@pytest.mark.parametrize(
    "values",
    [
        {},
        FILES,
        {"state": {"url": "dynamodb://table"}, "replicaCount": 3},
        {"log": {"level": "debug", "format": "json"}},
        {"extraArgs": ["--web.max-requests=7"]},
    ],
)
def test_the_program_takes_the_flags(render, values):
    command, *flags = container(render(**values))["args"]
    assert command == "serve"
    assert serve.make_context("serve", flags)


def test_the_program_takes_the_configuration(render):
    text = render(**FILES)["Secret"]["stringData"]["config.yml"]
    assert [item.name for item in parse(text, "config.yml").organizations] == ["prod"]


def test_an_existing_secret_is_mounted_in_place_of_a_new_one(render):
    objects = render(existingConfigSecret="mine")
    volumes = objects["Deployment"]["spec"]["template"]["spec"]["volumes"]
    assert ("Secret" in objects, volumes[0]["secret"]["secretName"]) == (False, "mine")


def test_a_digest_wins_over_the_tag(render):
    digest = f"sha256:{'0' * 64}"
    image = container(render(image={"digest": digest, "tag": "1"}))["image"]
    assert image == f"org-access-exporter@{digest}"


def test_the_account_carries_the_roles_annotation(render):
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/reader"}
    objects = render(serviceAccount={"annotations": role})
    assert objects["ServiceAccount"]["metadata"]["annotations"] == role


def test_the_pod_runs_with_no_more_rights_than_it_needs(render):
    objects = render()
    pod = objects["Deployment"]["spec"]["template"]["spec"]["securityContext"]
    own = container(objects)["securityContext"]
    assert (pod["runAsNonRoot"], own["readOnlyRootFilesystem"], own["capabilities"]["drop"]) == (
        True,
        True,
        ["ALL"],
    )


def test_probes_ask_where_no_password_is_needed(render):
    probes = container(render(webConfig={"basic_auth_users": {"me": "$2y$10$x"}}))
    assert {probes[name]["httpGet"]["port"] for name in ("livenessProbe", "readinessProbe")} == {"health"}


def test_a_state_in_a_file_gets_a_volume(render):
    state = {"url": "sqlite:////var/lib/org-access-exporter/state.db"}
    objects = render(state=state, persistence={"enabled": True})
    mounts = {mount["name"]: mount["mountPath"] for mount in container(objects)["volumeMounts"]}
    assert ("PersistentVolumeClaim" in objects, mounts["state"]) == (True, "/var/lib/org-access-exporter")


@pytest.mark.parametrize("monitor", ["serviceMonitor", "podMonitor"])
def test_a_monitor_scrapes_the_groups_that_are_asked_for(render, monitor):
    objects = render(**{monitor: {"enabled": True, "collect": ["reports", "info"]}})
    spec = objects[monitor[0].upper() + monitor[1:]]["spec"]
    [endpoint] = spec.get("endpoints") or spec["podMetricsEndpoints"]
    assert endpoint["params"] == {"collect[]": ["reports", "info"]}


def test_the_rules_are_those_of_the_repository(render):
    rules = yaml.safe_load((ROOT / "grafana" / "rules" / "org-access-exporter.yml").read_text())
    assert render(prometheusRule={"enabled": True})["PrometheusRule"]["spec"] == rules


def test_the_dashboards_are_those_of_the_repository(render):
    data = render(dashboards={"enabled": True})["ConfigMap"]["data"]
    own = {f"org-access-{path.name}": path.read_text() for path in ROOT.glob("grafana/dashboards/*.json")}
    assert data == own


def test_a_network_policy_lets_the_exporter_reach_aws(render):
    egress = render(networkPolicy={"enabled": True})["NetworkPolicy"]["spec"]["egress"]
    assert {"port": 443, "protocol": "TCP"} in egress[0]["ports"]


def test_a_disruption_budget_is_made(render):
    objects = render(podDisruptionBudget={"enabled": True})
    assert objects["PodDisruptionBudget"]["spec"]["maxUnavailable"] == 1


@pytest.mark.parametrize(
    "extra",
    [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-x"}},
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}-x'}",
    ],
)
def test_templates_in_extra_objects_are_filled(render, extra):
    assert render(extraObjects=[extra])["ConfigMap"]["metadata"]["name"] == "demo-x"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"replicaCount": 2}, "each pod would have a state of its own"),
        ({"replicaCount": 2, "state": {"url": "sqlite:///x"}}, "each pod would have a state of its own"),
        ({**FILES, "existingConfigSecret": "mine"}, "exclude each other"),
        ({"persistence": {"enabled": True}}, "is in no file"),
        ({"serviceMonitor": {"enabled": True}, "podMonitor": {"enabled": True}}, "scraped twice"),
        ({"replicas": 2}, "additional properties 'replicas' not allowed"),
        ({"replicaCount": "two"}, "got string, want integer"),
        ({"config": {"organizations": [{"nmae": "x"}]}}, "additional properties 'nmae' not allowed"),
        ({"state": {"url": "redis://x"}}, "does not match pattern"),
        ({"image": {"digest": "sha256:1"}}, "does not match pattern"),
        ({"serviceMonitor": {"collect": ["everything"]}}, "value must be one of"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(refused, values, reason):
    assert reason in refused(**values)
