"""Pods for real: the chart on two nodes with kubelet and containerd, with the image of the Dockerfile.

`make pods` runs them, as root and in namespaces of their own.
"""

import base64
import itertools
import os
import re
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

from exporter.simulator import SimulationOptions, start
from tests.deploy.cluster import ADMIN, RefusedError, until
from tests.deploy.pods.nodes import GATEWAY, NODES, nodes

CHART = Path(__file__).parents[3] / "deploy" / "helm" / "org-access-exporter"
IMAGES = Path(__file__).parents[3] / ".tools" / "pods" / "images.tar"
NAME = "demo-org-access-exporter"
# The number that a cluster such as OpenShift picks, which no file of the image belongs to.
ANYBODY = {"runAsUser": 1000660000, "runAsGroup": 0, "fsGroup": 1000660000}
DEMO = {"demo": {"enabled": True, "accounts": 3}}
PATIENCE = 180.0
_spaces = itertools.count(1)

pytestmark = [
    pytest.mark.pods,
    pytest.mark.tool("kubernetes", "helm", "containerd", "ctr", "runc", "iptables", "openssl"),
]


@pytest.fixture(scope="module")
def cluster(tool):
    with nodes(tool("kubernetes"), IMAGES) as made:
        yield made


@pytest.fixture(scope="module")
def aws(cluster):
    """An AWS that pods reach; a bridge's address is there only after the bridge."""
    with start(SimulationOptions(accounts=4, ous=2, speed=200), GATEWAY) as simulated:
        yield simulated


@pytest.fixture(scope="module")
def table(cluster, dynamodb_local):
    return dynamodb_local.replace("127.0.0.1", GATEWAY)


@pytest.fixture
def space(cluster, request):
    """A namespace of the test's own, empty of pods afterwards."""
    words = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_"))[:50]
    name = f"{words.strip('-')}-{next(_spaces)}"
    yield cluster.namespace(name)
    cluster.ask(f"/api/v1/namespaces/{name}", method="DELETE")


@pytest.fixture
def helm(cluster, tool, space, tmp_path):
    """``helm(words…, values=…)``: what it says."""

    def run(*words, values=None, fails=False):
        environment = {**os.environ, "KUBECONFIG": str(cluster.kubeconfig(ADMIN, space))}
        if values is not None:
            file = tmp_path / "values.yml"
            file.write_text(yaml.safe_dump(values))
            words = (*words, CHART, "--values", file)
        command = [tool("helm"), *words, "--namespace", space]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def pods(cluster, space):
    """``pods()``: those of the exporter that nobody deletes."""

    def found():
        own = [
            item
            for item in cluster.listed(space, "pods")
            if "helm.sh/hook" not in item["metadata"]["annotations"]
        ]
        return sorted(own, key=lambda item: item["metadata"]["name"])

    return found


def watched(aws, **more):
    """The values of an exporter that asks the simulated AWS."""
    places = dict.fromkeys(("iam", "organizations", "sts"), aws.url)
    keys = {"AWS_ACCESS_KEY_ID": "AKIDSIMULATED", "AWS_SECRET_ACCESS_KEY": "simulated"}
    return {
        "config": {"organizations": [{"name": "sim", "endpoints": places}]},
        "extraEnv": [{"name": name, "value": value} for name, value in keys.items()],
        **more,
    }


def status(pod):
    """What the kubelet says of the exporter's container."""
    return next(iter(pod["status"].get("containerStatuses", ())), {"ready": False, "restartCount": 0})


def all_ready(found, count=1):
    return found if len(found) == count and all(status(pod)["ready"] for pod in found) else None


def get(pod, path, port=10080):
    """Status and body, from a pod's own address."""
    try:
        with urllib.request.urlopen(f"http://{pod['status']['podIP']}:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def uids(found):
    return {pod["metadata"]["uid"] for pod in found}


def events(cluster, space):
    return [
        f"{item['reason']}: {item['message']}"
        for item in cluster.ask(f"/api/v1/namespaces/{space}/events")["items"]
    ]


def log(cluster, pod):
    metadata = pod["metadata"]
    return cluster.text(f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/log")


@pytest.mark.parametrize("security", [{}, ANYBODY], ids=["nobody", "anybody"])
def test_the_demo_starts_as_shipped_under_restricted_and_all_its_probes_succeed(
    cluster, space, helm, pods, security
):
    helm("install", "demo", values={**DEMO, "podSecurityContext": security})
    [pod] = until(lambda: all_ready(pods()), PATIENCE)
    assert status(pod)["started"]
    assert [get(pod, path)[0] for path in ("/-/healthy", "/-/ready")] == [200, 200]
    assert "\naws_org_access_up{" in get(pod, "/metrics", 10078)[1]
    assert process(pod)["Uid"].split()[0] == str(security.get("runAsUser", 65534))
    assert process(pod)["Gid"].split()[0] == str(security.get("runAsGroup", 65534))
    assert int(process(pod)["CapBnd"], 16) == 0
    assert (process(pod)["NoNewPrivs"], process(pod)["Seccomp"]) == ("1", "2")
    # Longer than a liveness probe's period: it is not only not yet asked.
    time.sleep(12)
    [later] = pods()
    assert (status(later)["ready"], status(later)["restartCount"]) == (True, 0)
    assert not [event for event in events(cluster, space) if event.startswith("Unhealthy: Liveness")]


def process(pod):
    """What the kernel says of the exporter's first process."""
    container = status(pod)["containerID"].removeprefix("containerd://")
    for group in Path("/sys/fs/cgroup/pids").rglob(container):
        number = (group / "cgroup.procs").read_text().split()[0]
        lines = Path(f"/proc/{number}/status").read_text().splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    raise AssertionError(container)


def test_as_shipped_without_aws_it_lives_and_is_not_ready_and_says_why(cluster, space, helm, pods):
    volume(cluster, space, group=ANYBODY["runAsGroup"])
    helm(
        "install", "demo", values={"persistence": {"storageClassName": space}, "podSecurityContext": ANYBODY}
    )
    [pod] = until(lambda: [pod for pod in pods() if status(pod).get("started")], PATIENCE)
    until(lambda: [event for event in events(cluster, space) if "Readiness probe failed" in event], PATIENCE)
    until(lambda: "credentials" in get(pod, "/-/ready")[1], PATIENCE)
    [later] = pods()
    assert (get(pod, "/-/ready")[0], status(later)["ready"], status(later)["restartCount"]) == (503, False, 0)
    assert get(pod, "/-/healthy")[0] == 200
    assert (volume_of(cluster, space) / "state.db").stat().st_uid == ANYBODY["runAsUser"]
    said = helm("test", "demo", "--logs", fails=True)
    assert "answers 503" in said
    assert "credentials" in said


def volume(cluster, space, *, group):
    """A volume in a directory of a node; to such a one Kubernetes gives no group, so it has it already."""
    place = volume_of(cluster, space)
    place.mkdir(parents=True)
    place.chmod(0o770)
    os.chown(place, 0, group)
    spec = {
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": space,
        "hostPath": {"path": str(place)},
    }
    cluster.apply({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": space}, "spec": spec})


def volume_of(cluster, space):
    return cluster.directory / "volumes" / space


def test_a_configuration_that_changes_is_reloaded_without_a_new_pod(cluster, space, helm, pods, aws):
    values = watched(aws, state={"url": "memory:"})
    helm("install", "demo", values=values)
    [pod] = until(lambda: all_ready(pods()), PATIENCE)
    assert 'organization="sim"' in get(pod, "/metrics", 10078)[1]
    values["config"]["organizations"][0]["name"] = "renamed"
    begun = time.monotonic()
    helm("upgrade", "demo", values=values)
    until(lambda: 'aws_org_access_up{organization="renamed"}' in get(pod, "/metrics", 10078)[1], PATIENCE)
    print(f"a changed configuration is served after {time.monotonic() - begun:.0f} s")
    [later] = pods()
    assert (uids([later]), status(later)["restartCount"]) == (uids([pod]), 0)


def test_a_configuration_that_is_refused_leaves_the_one_before_and_says_why(cluster, space, helm, pods, aws):
    values = watched(aws, state={"url": "memory:"})
    helm("install", "demo", values=values)
    [pod] = until(lambda: all_ready(pods()), PATIENCE)
    values["config"]["organizations"] *= 2  # of one name: the schema cannot see that
    helm("upgrade", "demo", values=values)
    failed = "\naws_org_access_exporter_config_last_reload_successful 0\n"
    until(lambda: failed in get(pod, "/metrics", 10078)[1], PATIENCE)
    assert get(pod, "/-/ready")[0] == 200
    assert re.search(r"config\.\w*refused.*sim", log(cluster, pod))


def certificate(directory, name):
    """A Secret's key and certificate, for a name."""
    key, file = directory / f"{name}.key", directory / f"{name}.crt"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(
        [*command, "-subj", f"/CN={name}", "-keyout", key, "-out", file], capture_output=True, check=True
    )
    return {
        "tls.key": base64.b64encode(key.read_bytes()).decode(),
        "tls.crt": base64.b64encode(file.read_bytes()).decode(),
    }


def served_certificate(pod):
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((pod["status"]["podIP"], 10078), timeout=10))


def test_a_certificate_that_is_renewed_is_served_without_a_new_pod(cluster, space, helm, pods, aws):
    def secret(name):
        metadata = {"name": "certificate", "namespace": space}
        data = certificate(cluster.directory, name)
        cluster.apply(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": metadata,
                "type": "kubernetes.io/tls",
                "data": data,
            }
        )
        return ssl.PEM_cert_to_DER_cert(base64.b64decode(data["tls.crt"]).decode())

    first = secret("first")
    helm(
        "install",
        "demo",
        values=watched(aws, state={"url": "memory:"}, tls={"existingSecret": "certificate"}),
    )
    [pod] = until(lambda: all_ready(pods()), PATIENCE)
    assert served_certificate(pod) == first
    begun = time.monotonic()
    second = secret("second")
    until(lambda: served_certificate(pod) == second, PATIENCE)
    print(f"a renewed certificate is served after {time.monotonic() - begun:.0f} s")
    [later] = pods()
    assert (uids([later]), status(later)["restartCount"]) == (uids([pod]), 0)


@pytest.fixture
def replicated(aws, table, space):
    """``replicated(**more)``: values of as many replicas as nodes, of which no node may have two."""
    return lambda **more: watched(
        aws,
        replicaCount=len(NODES),
        state={"url": f"dynamodb://{space}?region=eu-west-1&endpoint={table}"},
        extraArgs=["--state.create"],
        **{"antiAffinity": "hard", **more},
    )


def places(found):
    return {pod["spec"].get("nodeName") for pod in found}


def test_as_many_replicas_as_nodes_are_replaced_one_after_the_other(helm, pods, replicated):
    values = replicated()
    helm("install", "demo", values=values)
    before = until(lambda: all_ready(pods(), len(NODES)), PATIENCE)
    assert places(before) == set(NODES)
    begun = time.monotonic()
    helm("upgrade", "demo", values={**values, "podAnnotations": {"new": "yes"}})
    fewest = len(NODES)

    def replaced():
        nonlocal fewest
        now = pods()
        fewest = min(fewest, sum(status(pod)["ready"] for pod in now))
        return all_ready(now, len(NODES)) and not uids(now) & uids(before)

    until(replaced, PATIENCE)
    print(f"{len(NODES)} replicas on as many nodes are replaced after {time.monotonic() - begun:.0f} s")
    assert (places(pods()), fewest) == (set(NODES), len(NODES) - 1)


def test_a_node_is_drained_one_replica_after_the_other(cluster, space, helm, pods, replicated):
    values = replicated(podDisruptionBudget={"enabled": True}, antiAffinity="soft")
    helm("install", "demo", values=values)
    first, second = until(lambda: all_ready(pods(), len(NODES)), PATIENCE)
    budget = f"/apis/policy/v1/namespaces/{space}/poddisruptionbudgets/{NAME}"
    until(lambda: cluster.ask(budget)["status"].get("disruptionsAllowed") == 1)
    leaving = first["spec"]["nodeName"]
    cordon(cluster, leaving, unschedulable=True)
    try:
        evict(cluster, first)
        with pytest.raises(RefusedError, match="disruption budget"):
            evict(cluster, second)
        moved = until(lambda: all_ready(pods(), len(NODES)), PATIENCE)
    finally:
        cordon(cluster, leaving, unschedulable=False)
    assert uids([first]) - uids(moved) == uids([first])
    assert uids([second]) <= uids(moved)
    assert leaving not in places(moved)


def cordon(cluster, node, *, unschedulable):
    spec = {"spec": {"unschedulable": unschedulable}}
    cluster.ask(f"/api/v1/nodes/{node}", spec, method="PATCH", form="merge-patch+json")


def evict(cluster, pod):
    metadata = {name: pod["metadata"][name] for name in ("name", "namespace")}
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
    cluster.ask(f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/eviction", body)


def test_helm_test_passes_through_the_services_names(helm, pods):
    helm("install", "demo", values=DEMO)
    until(lambda: all_ready(pods()), PATIENCE)
    said = helm("test", "demo")
    assert re.search(r"Phase:\s+Succeeded", said)


def test_a_bad_upgrade_is_rolled_back_and_finds_its_state_again(cluster, space, helm, pods, aws):
    volume(cluster, space, group=65534)
    values = watched(aws, persistence={"storageClassName": space})
    helm("install", "demo", values=values)
    [before] = until(lambda: all_ready(pods()), PATIENCE)
    until(lambda: 'state="fresh"} 8' in get(before, "/metrics", 10078)[1], PATIENCE)
    asked = len(list(aws.simulation.calls.latest))
    helm("upgrade", "demo", values={**values, "image": {"tag": "none"}})
    until(
        lambda: [
            pod
            for pod in pods()
            if status(pod).get("state", {}).get("waiting", {}).get("reason")
            in {"ErrImagePull", "ImagePullBackOff"}
        ],
        PATIENCE,
    )
    begun = time.monotonic()
    helm("rollback", "demo", "1")
    [after] = until(lambda: all_ready(pods()), PATIENCE)
    print(f"a bad upgrade is taken back after {time.monotonic() - begun:.0f} s")
    assert uids([after]) != uids([before])
    assert 'state="fresh"} 8' in get(after, "/metrics", 10078)[1]
    new = [call.operation for call in list(aws.simulation.calls.latest)[asked:]]
    assert "GenerateOrganizationsAccessReport" not in new
