"""The units for systemd: what systemd says of them, and their command with a socket handed over."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICE = UNITS / "org-access-exporter.service"
PROGRAM = Path(sys.executable).parent / "org-access-exporter"
OFFLINE = """
organizations:
  - {name: nobody, endpoints: {iam: "http://127.0.0.1:1", organizations: "http://127.0.0.1:1", sts: "http://127.0.0.1:1"}}
"""


@pytest.fixture
def units(tmp_path):
    """The units, with the program where it is here."""
    for unit in UNITS.iterdir():
        text = unit.read_text().replace("/opt/org-access-exporter/bin/org-access-exporter", str(PROGRAM))
        (tmp_path / unit.name).write_text(text)
    return sorted(tmp_path.iterdir())


@pytest.mark.tool("systemd-analyze")
def test_systemd_finds_no_fault(tool, units):
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.tool("systemd-analyze")
def test_the_service_is_exposed_to_little(tool):
    """10 is a service without any sandbox, 1.5 what systemd calls OK."""
    command = [tool("systemd-analyze"), "security", "--offline=yes", "--threshold=15", "--no-pager", SERVICE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-200:]


def start_command():
    [line] = re.findall(r"^ExecStart=(\S+) (.*) \$FLAGS$", SERVICE.read_text(), re.MULTILINE)
    return [str(PROGRAM), *line[1].split()]


@contextmanager
def activated(tool, directory):
    """The service's command, started by the first connection to the socket; gives the port."""
    (directory / "config.yml").write_text(OFFLINE)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "ORG_ACCESS_EXPORTER_CONFIG_FILE": f"{directory}/config.yml",
        "ORG_ACCESS_EXPORTER_STATE_URL": "memory:",
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": str(directory),
        "NOTIFY_SOCKET": str(directory / "notify"),
    }
    given = [f"--setenv={name}={value}" for name, value in settings.items()]
    command = [tool("systemd-socket-activate"), f"--listen=127.0.0.1:{port}", *given, *start_command()]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.terminate()


def connect(port):
    """A connection, as soon as somebody listens."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=30)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


@contextmanager
def manager_in(directory):
    """systemd's end of what a service tells it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(directory / "notify"))
        end.settimeout(30)
        yield end


@pytest.fixture
def manager(tmp_path):
    with manager_in(tmp_path) as end:
        yield end


@pytest.fixture(scope="module")
def life(tool, tmp_path_factory):
    """What a client got of the service, and what systemd was told before and when it was ended."""
    directory = tmp_path_factory.mktemp("life")
    with manager_in(directory) as manager:
        with activated(tool, directory) as port:
            connect(port).close()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/healthy", timeout=30) as answer:
                status = answer.status
            told = manager.recv(100)
        return status, told, manager.recv(100)


@pytest.mark.tool("systemd-socket-activate")
def test_the_service_serves_on_the_socket_that_systemd_hands_over(life):
    assert life[0] == 200


@pytest.mark.tool("systemd-socket-activate")
def test_systemd_is_told_when_the_service_is_ready_and_when_it_stops(life):
    assert life[1:] == (b"READY=1", b"STOPPING=1")


@pytest.mark.tool("systemd-socket-activate")
def test_a_service_whose_configuration_is_refused_never_was_ready(tool, tmp_path, manager):
    assert "Type=notify" in SERVICE.read_text()
    command = start_command()
    environment = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")}
    (tmp_path / "config.yml").write_text("organisations: []")
    environment["ORG_ACCESS_EXPORTER_CONFIG_FILE"] = str(tmp_path / "config.yml")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    manager.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.recv(100)
    assert (done.returncode, "organisations" in done.stderr) == (1, True)


def test_a_reload_checks_the_configuration_first(tmp_path):
    check, hang_up = re.findall(r"^ExecReload=(.*)$", SERVICE.read_text(), re.MULTILINE)
    assert hang_up == "/bin/kill -HUP $MAINPID"
    (tmp_path / "c.yml").write_text("organisations: []")
    environment = {**os.environ, "ORG_ACCESS_EXPORTER_CONFIG_FILE": str(tmp_path / "c.yml")}
    done = subprocess.run(
        [PROGRAM, *check.split()[1:]], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode != 0, "organisations" in done.stderr) == (True, True)
