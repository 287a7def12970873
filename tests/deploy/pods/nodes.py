"""Two nodes on one machine: a kubelet and a containerd each; scheduler, proxy, names and one network.

Wants namespaces of network, mounts and processes of its own: `make pods`.
"""

import contextlib
import json
import os
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yaml

from tests.deploy.cluster import ADMIN, Cluster, control_plane, until
from tests.deploy.pods import names
from tests.deploy.pods.image import PAUSE

NODES = {"one": "10.88.0.2", "two": "10.88.0.3"}
# Where the tests' own servers are for pods: the bridge's end.
GATEWAY = "10.88.0.1"
_HIERARCHIES = Path("/sys/fs/cgroup")
CONTROLLERS = [
    "disruption-controller",
    "endpoints-controller",
    "endpointslice-controller",
    "node-lifecycle-controller",
    "persistentvolume-attach-detach-controller",
    "persistentvolume-binder-controller",
    "pod-garbage-collector-controller",
    "root-ca-certificate-publisher-controller",
    "taint-eviction-controller",
]


@contextmanager
def nodes(program: str, images: Path):
    """A ``Cluster`` that runs pods, as long as the context lasts."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp", prefix="pods-")))
        directory.chmod(0o755)
        _network()
        cluster = stack.enter_context(control_plane(program, directory, CONTROLLERS))
        stack.enter_context(_groups(directory.name))
        config = cluster.kubeconfig(ADMIN)
        for node in NODES:
            stack.enter_context(_node(program, node, directory / node, config, images))
        for node in NODES:
            until(lambda node=node: ready(cluster, node), 120)
        logs = directory
        for name, flags in _others(config).items():
            stack.enter_context(running([program, name, *flags], logs / f"{name}.log"))
        stack.enter_context(names.served(GATEWAY, cluster.ask))
        yield cluster


def ready(cluster: Cluster, node: str) -> bool:
    """Whether a node takes pods."""
    if not cluster.answers(f"/api/v1/nodes/{node}"):
        return False
    found = cluster.ask(f"/api/v1/nodes/{node}")
    conditions = {item["type"]: item["status"] for item in found["status"]["conditions"]}
    return conditions["Ready"] == "True" and not found["spec"].get("taints")


@contextmanager
def running(command, log: Path):
    """A program, as long as the context lasts; its log is shown where it ends before that."""
    with log.open("wb") as out:
        process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=out)
        try:
            yield process
            assert process.poll() is None, log.read_text()[-4000:]
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _network():
    """The bridge that all pods share, with the nodes' addresses."""
    for words in (
        "link set lo up",
        "link add pods0 type bridge",
        *(f"address add {address}/16 dev pods0" for address in (GATEWAY, *NODES.values())),
        "link set pods0 up",
        # A way to everywhere, which ends here: programs look for one to find their own address.
        "route add default dev pods0",
    ):
        subprocess.run(["ip", *words.split()], check=True)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    subprocess.run(["mount", "--make-rshared", "/"], check=True)


@contextmanager
def _groups(name: str):
    """A control group of all nodes; gone afterwards, with those that the kubelets made below it."""
    made = [path / name for path in _HIERARCHIES.iterdir() if path.is_dir()]
    for group in made:
        for node in NODES:
            (group / node).mkdir(parents=True, exist_ok=True)
    for node in NODES:  # a set of processors begins empty
        for path in ("", node):
            place = _HIERARCHIES / "cpuset" / name / path
            for file in ("cpuset.cpus", "cpuset.mems"):
                (place / file).write_text((place.parent / file).read_text())
    try:
        yield
    finally:
        for group in made:
            for path, *_ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    Path(path).rmdir()


@contextmanager
def _node(program: str, name: str, directory: Path, config: Path, images: Path):
    directory.mkdir()
    socket = directory / "containerd.sock"
    (directory / "cni").mkdir()
    (directory / "cni" / "pods.conflist").write_text(json.dumps(_bridge(name, directory)))
    (directory / "containerd.toml").write_text(_containerd(directory, socket))
    (directory / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    (directory / "kubelet.yml").write_text(yaml.safe_dump(_kubelet(name, directory, socket)))
    with ExitStack() as stack:
        stack.enter_context(
            running(["containerd", "--config", directory / "containerd.toml"], directory / "containerd.log")
        )
        until(socket.exists)
        command = ["ctr", "--address", socket, "--namespace", "k8s.io", "images", "import", images]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        stack.callback(_clear, socket, directory)
        flags = [
            f"--config={directory}/kubelet.yml",
            f"--kubeconfig={config}",
            f"--hostname-override={name}",
            f"--node-ip={NODES[name]}",
            f"--root-dir={directory}/kubelet",
            f"--cert-dir={directory}/pki",
        ]
        stack.enter_context(running([program, "kubelet", *flags], directory / "kubelet.log"))
        yield


def _clear(socket: Path, directory: Path):
    """Ends what the kubelet left running, and unmounts what it mounted."""
    ctr = ["ctr", "--address", str(socket), "--namespace", "k8s.io"]
    found = subprocess.run([*ctr, "tasks", "list", "--quiet"], capture_output=True, text=True, check=True)
    for task in found.stdout.split():
        subprocess.run([*ctr, "tasks", "delete", "--force", task], capture_output=True, check=False)
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted((item for item in mounts if item.startswith(f"{directory}/")), reverse=True):
        subprocess.run(["umount", "--lazy", mount], check=False)


def _bridge(node: str, directory: Path):
    third = 1 + list(NODES).index(node)
    own = {
        "subnet": "10.88.0.0/16",
        "rangeStart": f"10.88.{third}.2",
        "rangeEnd": f"10.88.{third}.250",
        "gateway": GATEWAY,
    }
    where = {
        "type": "host-local",
        "dataDir": f"{directory}/addresses",
        "ranges": [[own]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {"type": "bridge", "bridge": "pods0", "hairpinMode": True, "ipam": where}
    return {"cniVersion": "0.4.0", "name": "pods", "plugins": [bridge]}


def _containerd(directory: Path, socket: Path) -> str:
    return f"""version = 2
root = "{directory}/images"
state = "{directory}/containerd"
[grpc]
address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{PAUSE}"
restrict_oom_score_adj = true
disable_apparmor = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "{directory}/cni"
[plugins."io.containerd.internal.v1.opt"]
path = "{directory}/opt"
"""


def _kubelet(node: str, directory: Path, socket: Path):
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": NODES[node],
        "containerRuntimeEndpoint": f"unix://{socket}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{directory.parent.name}/{node}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "healthzPort": 0,
        "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
        "authorization": {"mode": "AlwaysAllow"},
        "clusterDNS": [GATEWAY],
        "clusterDomain": names.DOMAIN,
        "resolvConf": f"{directory}/resolv.conf",
        "podLogsDir": f"{directory}/logs",
        "volumePluginDir": f"{directory}/plugins",
        "staticPodPath": "",
        # How soon a pod sees that its Secret has changed; by default a minute.
        "syncFrequency": "10s",
        "evictionHard": {"memory.available": "50Mi", "nodefs.available": "1%"},
    }


def _others(config: Path) -> dict[str, list[str]]:
    return {
        "kube-scheduler": [f"--kubeconfig={config}", "--leader-elect=false"],
        "kube-proxy": [
            f"--kubeconfig={config}",
            f"--hostname-override={next(iter(NODES))}",
            "--proxy-mode=iptables",
            "--masquerade-all",
            "--conntrack-max-per-core=0",
            "--conntrack-tcp-timeout-established=0",
            "--conntrack-tcp-timeout-close-wait=0",
        ],
    }
