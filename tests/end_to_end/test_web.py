"""The program behind TLS and passwords, and on sockets that it did not open itself."""

import re
import socket
import subprocess
import sys

import pytest

from tests.end_to_end.conftest import configuration, environment, get, organization, running
from tests.web.certificates import write_all
from tests.web.protection_cases import USERS, Client

NOWHERE = "http://127.0.0.1:9"
TLS = "tls_server_config: {cert_file: server.crt, key_file: server.key}\n"


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.yml"
    file.write_text(configuration(organization("mine", NOWHERE)))
    return f"--config.file={file}"


def place(url):
    host, port = re.fullmatch(r"https?://(.+):(\d+)", url).groups()
    return host, int(port)


def test_it_serves_behind_tls_and_a_password(serving, tmp_path):
    write_all(tmp_path)
    (tmp_path / "web.yml").write_text(TLS + USERS)
    program = serving(
        configuration(organization("mine", NOWHERE)), f"--web.config.file={tmp_path / 'web.yml'}"
    )
    assert program.url.startswith("https://")
    logins = (None, "alice:wrong", "alice:sesame")
    answers = [Client(login=login).ask(place(program.url), tmp_path) for login in logins]
    assert answers == [401, 401, 200]


def test_a_broken_web_configuration_ends_the_start(tmp_path, config):
    (tmp_path / "web.yml").write_text("basic_auth_users: {alice: sesame}")
    with running(
        tmp_path, "serve", config, "--web.listen-address=127.0.0.1:0", f"--web.config.file={tmp_path}/web.yml"
    ) as program:
        assert program.process.wait(30) == 1
    *_, line = program.log
    assert line.endswith("web.yml:1:27: basic_auth_users.alice: not a bcrypt hash: it is too short")


AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


def test_it_serves_on_a_socket_that_is_handed_over(tmp_path, config):
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port, descriptor = opened.getsockname()[1], opened.fileno()
        serve = ["-m", "exporter", "serve", config, "--web.systemd-socket"]
        process = subprocess.Popen(
            [sys.executable, "-c", AS_SYSTEMD, str(descriptor), *serve],
            env=environment(tmp_path),
            stderr=subprocess.DEVNULL,
            pass_fds=(descriptor,),
        )
    try:
        assert get(f"http://127.0.0.1:{port}/-/healthy") == (200, "Healthy.\n")
    finally:
        process.terminate()
        assert process.wait(15) == 0


def test_without_a_socket_to_take_over_it_says_so(tmp_path, config):
    with running(tmp_path, "serve", config, "--web.systemd-socket") as program:
        assert program.process.wait(30) == 1
    assert program.log[-1] == (
        "error: --web.systemd-socket: systemd has handed over no socket (LISTEN_PID, LISTEN_FDS)"
    )
