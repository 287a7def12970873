"""The chart on a real API server: every value set, both Helms, and what went wrong there before."""

import itertools
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.cluster import ADMIN, TENANT, RefusedError, control_plane, until

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "org-access-exporter"
FORMER = Path(__file__).parent / "testdata" / "org-access-exporter-0.1.0.tgz"
SETS = {path.name.removesuffix("-values.yaml"): path for path in sorted(CHART.glob("ci/*-values.yaml"))}
CUSTOM = [
    "monitoring.coreos.com_servicemonitors",
    "monitoring.coreos.com_podmonitors",
    "monitoring.coreos.com_prometheusrules",
    "gateway.networking.k8s.io_httproutes",
]
# Of the Operator's kinds, the role `admin` may make none.
OPERATED = {"auto", "everything", "existing-secret", "monitored", "tls"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.tool("kubernetes"),
    pytest.mark.tool("helm"),
]
HELMS = ["helm", pytest.param("helm3", marks=pytest.mark.tool("helm3"))]


@pytest.fixture(scope="module")
def cluster(tool, tmp_path_factory):
    directory = tmp_path_factory.mktemp("cluster")
    found = subprocess.run([tool("kubernetes"), "crds"], capture_output=True, text=True, check=True)
    with control_plane(tool("kubernetes"), directory) as made:
        made.custom_resources(Path(found.stdout.strip()), *CUSTOM)
        made.namespace("monitoring")
        yield made


@pytest.fixture
def namespace(cluster):
    """``namespace(name)``: one that is there, with what its tenant may do."""
    return cluster.namespace


@pytest.fixture
def helm(cluster, tool, tmp_path):
    """``helm(namespace, words…)``: what it says, as the tenant unless another token is given."""

    def run(space, *words, program="helm", token=TENANT, fails=False):
        environment = {
            **os.environ,
            "KUBECONFIG": str(cluster.kubeconfig(token, space)),
            "HELM_CACHE_HOME": str(tmp_path / "cache"),
        }
        command = [tool(program), *words, "--namespace", space]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode != 0) == fails, done.stderr
        assert "would violate PodSecurity" not in done.stderr
        return done.stdout + done.stderr

    return run


def pods(cluster, space):
    return cluster.listed(space, "pods")


def workloads(cluster, space):
    return [
        item
        for kind in ("deployments", "statefulsets")
        for item in cluster.listed(space, kind, "/apis/apps/v1")
    ]


def settled(cluster, space):
    """Whether the controllers have made all pods as they are asked for now, which the admission let them.

    What a kubelet would say is said of each: that it is ready, unless its image is none.
    """
    [workload] = workloads(cluster, space)
    wanted = workload["spec"]["template"]["metadata"]["annotations"]
    found = pods(cluster, space)
    for pod in found:
        if "conditions" not in pod["status"] and not image(pod).endswith(":none"):
            say_ready(cluster, pod)
    as_wanted = [pod for pod in found if pod["metadata"]["annotations"] == wanted]
    return len(as_wanted) == len(found) == workload["spec"]["replicas"]


def say_ready(cluster, pod):
    path = cluster.path({**pod, "apiVersion": "v1", "kind": "Pod"}) + "/status"
    said = {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}
    cluster.ask(path, said, method="PATCH", form="merge-patch+json")


def image(pod):
    return next(item["image"] for item in pod["spec"]["containers"] if item["name"] == "exporter")


@pytest.mark.parametrize("program", HELMS)
def test_every_value_set_is_installed_upgraded_rolled_back_and_uninstalled(cluster, namespace, helm, program):
    space = namespace(f"sets-{program}")
    for name, values in SETS.items():
        how = {"program": program, "token": ADMIN if name in OPERATED else TENANT}
        # Nobody waits for minutes here to see whether a pod stays ready.
        given = [CHART, "--values", values, "--set", "minReadySeconds=0"]
        helm(space, "install", "demo", *given, **how)
        until(lambda: settled(cluster, space))
        helm(space, "upgrade", "demo", *given, "--set", "podAnnotations.a=b", **how)
        until(lambda: settled(cluster, space))
        helm(space, "rollback", "demo", "1", **how)
        until(lambda: settled(cluster, space))
        helm(space, "uninstall", "demo", **how)
        left = [item for kind in ("services", "secrets") for item in cluster.listed(space, kind)]
        assert left == workloads(cluster, space) == [], name
        for claim in cluster.listed(space, "persistentvolumeclaims"):  # what a policy keeps
            assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
            cluster.ask(
                cluster.path({**claim, "apiVersion": "v1", "kind": "PersistentVolumeClaim"}), method="DELETE"
            )
        until(lambda: not (pods(cluster, space) or claims(cluster, space)))


@pytest.mark.parametrize("name", SETS)
def test_the_api_server_knows_every_field(cluster, namespace, helm, name):
    space = namespace("strict")
    kinds = (f"monitoring.coreos.com/v1/{kind}" for kind in ("ServiceMonitor", "PrometheusRule"))
    known = itertools.chain.from_iterable(("--api-versions", kind) for kind in kinds)
    text = helm(space, "template", "demo", CHART, "--values", SETS[name], *known)
    for item in filter(None, yaml.safe_load_all(text)):
        item["metadata"].setdefault("namespace", space)
        # No pod is taken without its account.
        cluster.apply(item, dry=item["kind"] != "ServiceAccount")


def test_a_field_that_the_api_server_does_not_know_is_found(cluster, namespace):
    wrong = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "x", "namespace": namespace("strict")},
        "spec": {"prots": []},
    }
    with pytest.raises(RefusedError, match="prots"):
        cluster.apply(wrong, dry=True)


@pytest.mark.parametrize("program", HELMS)
def test_a_user_with_the_role_admin_installs_the_chart_as_it_is_where_the_operator_is(
    namespace, helm, program
):
    space = namespace(f"tenant-{program}")
    helm(space, "install", "demo", CHART, program=program)
    said = helm(
        space, "upgrade", "demo", CHART, "--set", "serviceMonitor.enabled=true", program=program, fails=True
    )
    assert "servicemonitors" in said


def test_a_bad_upgrade_is_rolled_back_with_persistence(cluster, namespace, helm):
    space = namespace("bad")
    helm(space, "install", "demo", CHART)
    until(lambda: settled(cluster, space))
    good = images(cluster, space)
    helm(space, "upgrade", "demo", CHART, "--set", "image.tag=none")
    until(lambda: images(cluster, space) == {"org-access-exporter:none"})
    helm(space, "rollback", "demo", "1")
    until(lambda: images(cluster, space) == good)


def claims(cluster, space):
    """The claims, also those that are about to go: no other of their name can be made before."""
    return cluster.ask(f"/api/v1/namespaces/{space}/persistentvolumeclaims")["items"]


def images(cluster, space):
    return {image(pod) for pod in pods(cluster, space)}


def test_two_releases_live_in_one_namespace(cluster, namespace, helm):
    space = namespace("two")
    asked = ["--set", "prometheusRule.enabled=true,dashboards.enabled=true,serviceMonitor.enabled=true"]
    for name in ("a", "b"):
        helm(space, "install", name, CHART, *asked, token=ADMIN)
    until(lambda: len(pods(cluster, space)) == 2)
    services = [item for item in cluster.listed(space, "services") if item["spec"]["clusterIP"] != "None"]
    for service in services:
        chosen = [
            pod
            for pod in pods(cluster, space)
            if service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
        ]
        assert len(chosen) == 1


@pytest.mark.parametrize("program", HELMS)
def test_a_namespace_and_a_release_of_digits_are_names(cluster, namespace, helm, program):
    space = namespace({"helm": "12345", "helm3": "67890"}[program])
    helm(space, "install", "007", CHART, "--set-string", "fullnameOverride=e12", program=program)
    until(lambda: pods(cluster, space))


def test_a_release_of_the_chart_that_changes_nothing_keeps_the_pods(cluster, namespace, helm, tmp_path):
    space = namespace("same")
    other = shutil.copytree(CHART, tmp_path / "chart")
    file = other / "Chart.yaml"
    file.write_text(re.sub(r"(?m)^version: .*$", "version: 99.0.0", file.read_text()))
    helm(space, "install", "demo", CHART)
    [before] = until(lambda: pods(cluster, space))
    helm(space, "upgrade", "demo", other)
    [workload] = workloads(cluster, space)
    until(lambda: observed(cluster, space) == workload["metadata"]["generation"])
    assert [pod["metadata"]["uid"] for pod in pods(cluster, space)] == [before["metadata"]["uid"]]


def observed(cluster, space):
    [workload] = workloads(cluster, space)
    return workload.get("status", {}).get("observedGeneration")


@pytest.mark.parametrize("program", HELMS)
@pytest.mark.parametrize(
    "values", [[], ["--set", "persistence.enabled=true"]], ids=["as it is", "with persistence"]
)
def test_what_version_0_1_0_installed_is_upgraded_and_taken_back(cluster, namespace, helm, program, values):
    space = namespace(f"former-{program}-{len(values)}")
    helm(space, "install", "demo", FORMER, *values, program=program, token=ADMIN)
    former = cluster.listed(space, "persistentvolumeclaims")
    helm(space, "upgrade", "demo", CHART, *values, program=program, token=ADMIN)
    [workload] = workloads(cluster, space)
    assert (workload["spec"]["podManagementPolicy"], workload["metadata"]["name"]) == (
        "Parallel",
        "demo-org-access-exporter-state",
    )
    kept = {item["metadata"]["uid"] for item in cluster.listed(space, "persistentvolumeclaims")}
    assert {item["metadata"]["uid"] for item in former} <= kept
    assert len(kept) == 1
    helm(space, "rollback", "demo", "1", program=program, token=ADMIN)
    until(lambda: settled(cluster, space))


@pytest.mark.parametrize("missing", ["PrometheusRule", "ServiceMonitor"])
def test_auto_makes_what_the_cluster_knows_where_it_knows_but_one_kind(cluster, namespace, helm, missing):
    space = namespace("half")
    plural = f"{missing.lower()}s"
    definition = (
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + f"{plural}.monitoring.coreos.com"
    )
    kept = cluster.ask(definition)
    cluster.ask(definition, method="DELETE")
    until(lambda: not cluster.answers(f"/apis/monitoring.coreos.com/v1/{plural}"))
    try:
        helm(space, "install", "demo", CHART, "--values", SETS["auto"], token=ADMIN)
        helm(space, "uninstall", "demo", token=ADMIN)
    finally:
        kept["metadata"] = {key: kept["metadata"][key] for key in ("name", "annotations")}
        del kept["status"]
        cluster.apply({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", **kept})
        until(lambda: cluster.answers(f"/apis/monitoring.coreos.com/v1/{plural}"))
