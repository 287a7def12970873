"""What the chart starts, under what Kubernetes gives a restricted pod, without Kubernetes.

A user of any number in group 0, no capabilities, a root file system that is read-only, and two volumes.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.deploy.manifests import flags

PROGRAM = Path(sys.executable).parent / "org-access-exporter"
USER = 1000660000
STATE = "/var/lib/org-access-exporter"
# Volumes first, then everything else becomes read-only; the namespace of mounts is this process's alone.
START = """
mount --make-rprivate / && mount --bind "$PLACE/state" "$PLACE/state" && mount --bind "$PLACE/tmp" /tmp
mount -o remount,bind,ro /
exec setpriv --reuid=$UID_ --regid=0 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
"""

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else"),
    pytest.mark.tool("helm", "setpriv", "unshare"),
]


@pytest.fixture
def place():
    """Two volumes, as an emptyDir of a pod with fsGroup 0 is: nobody's, and of group 0."""
    found = Path(tempfile.mkdtemp(dir="/var/tmp"))
    found.chmod(0o755)
    for name in ("state", "tmp"):
        (found / name).mkdir()
        (found / name).chmod(0o770)
    yield found
    shutil.rmtree(found)


@pytest.fixture
def started(render, tool, place):
    """``started(values) -> port``: the chart's command; its health port answers on loopback."""
    processes = []

    def start(values):
        with socket.create_server(("127.0.0.1", 0)) as main, socket.create_server(("127.0.0.1", 0)) as health:
            ports = {":10078": main.getsockname()[1], ":10080": health.getsockname()[1]}
        words = [word.replace(STATE, f"{place}/state") for word in flags(render(values))]
        words = [re.sub(r":100(78|80)$", lambda at: f"127.0.0.1:{ports[at[0]]}", word) for word in words]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_EC2_METADATA_DISABLED": "true",
            "HOME": "/",
            "PLACE": str(place),
            "PYTHONDONTWRITEBYTECODE": "1",
            "UID_": str(USER),
        }
        command = [tool("unshare"), "--mount", "sh", "-ec", START, "sh", PROGRAM, *words]
        processes.append(subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, cwd="/"))
        return processes[-1], ports[":10080"]

    yield start
    for process in processes:
        process.terminate()
        process.communicate(timeout=30)


def answers(process, url):
    """The status of an address, once somebody listens there."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            assert process.poll() is None, process.communicate()[1].decode()
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.mark.slow
def test_the_exporter_starts_as_shipped_and_keeps_its_state(started, place):
    process, port = started({})
    assert answers(process, f"http://127.0.0.1:{port}/-/healthy") == 200
    assert (place / "state" / "state.db").stat().st_uid == USER
    status = Path(f"/proc/{process.pid}/status").read_text()
    assert re.search(rf"^Uid:\t{USER}\b", status, re.MULTILINE)
    assert re.search(r"^CapBnd:\t0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)


@pytest.mark.slow
def test_the_demo_is_ready_without_aws(started):
    process, port = started({"demo": {"enabled": True, "accounts": 3}})
    deadline = time.monotonic() + 60
    while answers(process, f"http://127.0.0.1:{port}/-/ready") != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
