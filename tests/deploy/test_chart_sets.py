"""What holds for every set of values that the chart comes with, whoever looks at it."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from exporter.__main__ import main
from exporter.cli.demo import demo
from exporter.cli.serve import serve
from tests.deploy.manifests import container, flags, pod, secret_files, workload

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "org-access-exporter"
SETS = {path.name.removesuffix("-values.yaml"): path for path in sorted(CHART.glob("ci/*-values.yaml"))}
OPERATOR = "monitoring.coreos.com/v1"
TLS_FILES = "/etc/org-access-exporter-tls"

pytestmark = pytest.mark.tool("helm")
each_helm = pytest.mark.parametrize("helm", ["helm", pytest.param("helm3", marks=pytest.mark.tool("helm3"))])
each_set = pytest.mark.parametrize("name", SETS)


@pytest.fixture
def render_set(render):
    """``render_set(name)``: the objects of a value set."""
    return lambda name, **how: render(yaml.safe_load(SETS[name].read_text()), **how)


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


@pytest.mark.parametrize("version", ["1.27", "the latest"])
@each_set
def test_kubernetes_knows_every_field(render_set, name, version):
    import kubernetes_validate as kubernetes  # noqa: PLC0415 - takes seconds, of whoever collects the tests too

    version = kubernetes.latest_version() if version == "the latest" else version
    for item in render_set(name).values():
        if item["apiVersion"] in {"v1", "apps/v1", "policy/v1", "networking.k8s.io/v1"}:
            kubernetes.validate(item, version, strict=True)


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
    assert {"serve": serve, "demo": demo}[command].make_context(command, given)


@each_set
def test_the_program_finds_no_fault_in_the_files(render_set, name, certificate, tmp_path, capsys):
    options = {"config.yml": "--config.file", "web.yml": "--web.config.file"}
    for file, text in secret_files(render_set(name)).items():
        (tmp_path / file).write_text(text.replace(TLS_FILES, str(certificate)))
        code = main(["check-config", options[file], str(tmp_path / file)])
        assert code == 0, capsys.readouterr().err


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


@each_set
def test_pods_meet_the_restricted_standard(render_set, name):
    objects = render_set(name)
    for spec in (pod(objects), objects["Pod"]["spec"]):
        own, whole = spec["containers"][0]["securityContext"], spec["securityContext"]
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
    for item in render_set(name).values():
        if not given(item):
            assert recommended <= set(item["metadata"]["labels"]), item["kind"]


@each_set
def test_every_object_says_where_it_lives(render_set, name):
    homes = {item["metadata"].get("namespace") for item in render_set(name).values() if not given(item)}
    assert homes <= {"default", "monitoring"}


def given(item):
    """Whether an object came with the values, as it is."""
    return item["metadata"]["name"] == "demo-more"


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
