"""A control plane of Kubernetes on loopback: etcd, API server, controller manager; nothing that runs pods.

What a chart asks for is judged by who judges it in a cluster: admission, Pod Security, permissions, fields
that cannot be changed; and the controllers make the pods, which stay Pending.
"""

import json
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yaml

ADMIN, TENANT = "admin-token", "tenant-token"
_TOKENS = f"""{ADMIN},admin,1,system:masters
{TENANT},tenant,2
"""
# What makes pods of workloads, and takes away what belonged to them.
_CONTROLLERS = [
    "clusterrole-aggregation-controller",
    "deployment-controller",
    "garbage-collector-controller",
    "namespace-controller",
    "persistentvolumeclaim-protection-controller",
    "replicaset-controller",
    "serviceaccount-controller",
    "statefulset-controller",
]
_PLURALS = {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses"}


class Cluster:
    """The API as one user or the other sees it; ``kubeconfig`` gives Helm the same."""

    def __init__(self, port: int, directory: Path) -> None:
        self._base = f"https://127.0.0.1:{port}"
        self.directory = directory
        self._trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._trust.check_hostname = False
        self._trust.verify_mode = ssl.CERT_NONE

    def kubeconfig(self, token: str, namespace: str = "default") -> Path:
        """A file for Helm; the server's certificate is one of its own making."""
        path = self.directory / f"{token}-{namespace}.yml"
        cluster = {"server": self._base, "insecure-skip-tls-verify": True}
        text = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": {"token": token}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", "namespace": namespace}}],
            "current-context": "x",
        }
        path.write_text(yaml.safe_dump(text))
        path.chmod(0o600)
        return path

    def ask(self, path: str, body=None, *, method: str | None = None, token: str = ADMIN, form: str = "json"):
        """The answer to a request, as JSON; ``RefusedError`` with the server's words."""
        request = urllib.request.Request(
            self._base + path,
            method=method or ("POST" if body is not None else "GET"),
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": f"application/{form}"},
        )
        return json.loads(self._answer(request))

    def text(self, path: str) -> str:
        """An answer that is no JSON, such as a log."""
        request = urllib.request.Request(self._base + path, headers={"Authorization": f"Bearer {ADMIN}"})
        return self._answer(request).decode()

    def _answer(self, request: urllib.request.Request) -> bytes:
        try:
            with urllib.request.urlopen(request, context=self._trust, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            said = error.read().decode()
            raise RefusedError(json.loads(said)["message"] if said.startswith("{") else said) from error

    def apply(self, item, *, dry: bool = False, token: str = ADMIN):
        """Server-side apply, in which a field that the server does not know is an error."""
        query = f"?fieldManager=test&fieldValidation=Strict&force=true{'&dryRun=All' * dry}"
        return self.ask(self.path(item) + query, item, method="PATCH", form="apply-patch+yaml", token=token)

    def path(self, item) -> str:
        """Where an object lives."""
        version, kind, metadata = item["apiVersion"], item["kind"], item["metadata"]
        group = f"/api/{version}" if "/" not in version else f"/apis/{version}"
        space = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
        return f"{group}{space}/{_PLURALS.get(kind, kind.lower() + 's')}/{metadata['name']}"

    def namespace(self, name: str) -> str:
        """A namespace that takes restricted pods alone, and in which the tenant is ``admin``."""
        labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
        made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
        self.apply(made)
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"}
        binding = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "tenant", "namespace": name},
            "roleRef": role,
            "subjects": [{"kind": "User", "name": "tenant", "apiGroup": "rbac.authorization.k8s.io"}],
        }
        self.apply(binding)
        return name

    def listed(self, namespace: str, kind: str, group: str = "/api/v1"):
        """The objects of a kind, such as ``pods``, that nobody is deleting."""
        found = self.ask(f"{group}/namespaces/{namespace}/{kind}")["items"]
        return [item for item in found if "deletionTimestamp" not in item["metadata"]]

    def custom_resources(self, directory: Path, *names: str) -> None:
        """Makes these kinds known, and waits until they are."""
        for name in names:
            definition = yaml.safe_load((directory / f"{name}.yaml").read_text())
            definition.pop("status", None)
            self.apply(definition)
            group, version = definition["spec"]["group"], definition["spec"]["versions"][0]["name"]
            plural = definition["spec"]["names"]["plural"]
            until(lambda path=f"/apis/{group}/{version}/{plural}": self.answers(path))

    def answers(self, path: str) -> bool:
        """Whether something is there by now."""
        try:
            self.ask(path)
        except (RefusedError, OSError, ValueError):
            return False
        return True


class RefusedError(Exception):
    """What the API server said instead of doing it."""


def until(true, seconds: float = 60.0):
    """Waits for something to be true, and gives it back."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "it never was"
        time.sleep(0.2)
    return found


@contextmanager
def control_plane(program: str, directory: Path, more: Sequence[str] = ()):
    """A ``Cluster``, as long as the context lasts; ``program`` is what `make tools` calls kubernetes.

    ``more`` are controllers that have something to do where pods run.
    """
    etcd, peer, port = _free_ports(3)
    (directory / "tokens.csv").write_text(_TOKENS)
    key = directory / "sa.key"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], capture_output=True, check=True)
    cluster = Cluster(port, directory)
    with ExitStack() as stack:

        def start(name, *flags):
            log = stack.enter_context((directory / f"{name}.log").open("wb"))
            process = subprocess.Popen([program, name, *flags], stdout=log, stderr=log, cwd=directory)
            stack.callback(process.wait, 30)
            stack.callback(process.kill)

        start("etcd", *_etcd_flags(etcd, peer, directory))
        start("kube-apiserver", *_api_flags(etcd, port, key, directory))
        until(lambda: cluster.answers("/api/v1/namespaces/default"), 120)
        config = cluster.kubeconfig(ADMIN)
        start(
            "kube-controller-manager",
            f"--kubeconfig={config}",
            f"--service-account-private-key-file={key}",
            f"--controllers={','.join([*_CONTROLLERS, *more])}",
            "--leader-elect=false",
            "--secure-port=0",
        )
        yield cluster


def _etcd_flags(port, peer, directory):
    return [
        f"--data-dir={directory}/etcd",
        f"--listen-client-urls=http://127.0.0.1:{port}",
        f"--advertise-client-urls=http://127.0.0.1:{port}",
        f"--listen-peer-urls=http://127.0.0.1:{peer}",
        f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
        f"--initial-cluster=default=http://127.0.0.1:{peer}",
        "--unsafe-no-fsync",
    ]


def _api_flags(etcd, port, key, directory):
    return [
        f"--etcd-servers=http://127.0.0.1:{etcd}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={directory}/certificates",
        f"--token-auth-file={directory}/tokens.csv",
        "--authorization-mode=RBAC",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--kubelet-preferred-address-types=InternalIP",
        "--profiling=false",
    ]


def _free_ports(count):
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [item.getsockname()[1] for item in sockets]
