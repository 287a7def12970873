"""Credentials that do not come: told by the daemon within half a minute, and found again in another."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.credentials.conftest import printed

PROGRAM = Path(sys.executable).with_name("org-access-exporter")
SOON = 30.0  # s: what the first line, and the recovery, may take
SLACK = 30.0  # s for a machine with other things to do
EVER = str(1_000_000 + os.getpid())  # s, and a name for the programs of this run

pytestmark = pytest.mark.slow


class Daemon:
    def __init__(self, folder, config, state="memory:", **environ):
        (folder / "exporter.yml").write_text(config)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        own = {"HOME": str(folder), "AWS_CONFIG_FILE": str(folder / "config"), "AWS_REGION": "eu-west-1"}
        arguments = ["--config.file", folder / "exporter.yml", f"--state.url={state}", "--log.format=json"]
        arguments += ["--web.listen-address", self.url.removeprefix("http://")]
        self.began = time.monotonic()
        self._log = folder / "log"
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", *arguments],
                env={**kept, **own, "AWS_EC2_METADATA_DISABLED": "true", **environ},
                stderr=log,
            )

    def log(self):
        return self._log.read_text()

    def up(self):
        try:
            with urllib.request.urlopen(f"{self.url}/metrics", timeout=5) as answer:
                return 'aws_org_access_up{organization="default"} 1' in answer.read().decode()
        except OSError:
            return None

    def until(self, condition, seconds):
        """Seconds that it took; AssertionError with the log where it took longer."""
        start = time.monotonic()
        while not condition():
            assert time.monotonic() - start < seconds + SLACK, self.log()
            time.sleep(0.2)
        return time.monotonic() - start


@pytest.fixture
def daemon(tmp_path):
    made = []

    def start(config, **more):
        made.append(Daemon(tmp_path, config, **more))
        return made[0]

    yield start
    for one in made:
        one.process.kill()
        one.process.wait()


def program(folder, body):
    path = folder / "keys.sh"
    fresh = folder / "keys.new"
    fresh.write_text(f"#!/bin/sh\n{body}\n")
    fresh.chmod(fresh.stat().st_mode | stat.S_IXUSR)
    fresh.replace(path)
    (folder / "config").write_text(f"[default]\ncredential_process = {path}\n")


def endpoints(url):
    return f"endpoints: {{iam: '{url}', organizations: '{url}', sts: '{url}'}}"


@pytest.fixture
def simulated():
    from exporter.simulator import SimulationOptions, start  # noqa: PLC0415 - moto takes a while

    with start(SimulationOptions(accounts=2, ous=1, speed=100.0)) as simulation:
        yield simulation.url


def alive(marker):
    commands = (path for path in Path("/proc").glob("[0-9]*/cmdline"))
    return any(marker.encode() in _read(path).split(b"\0") for path in commands)


def _read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_a_program_that_hangs_is_told_given_up_and_found_again(daemon, tmp_path, simulated):
    program(tmp_path, f"sleep {EVER}\ntrue")
    running = daemon(f"organizations: [{{{endpoints(simulated)}}}]")
    running.until(lambda: "organization.down" in running.log(), SOON)
    assert "keys.sh did not answer" in running.log()
    program(tmp_path, printed(3600, key="AKIAIOSFODNN7EXAMPLE"))
    running.until(running.up, SOON)
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(20) == 0
    assert not alive(EVER)


def test_a_renewal_that_hangs_is_told_while_the_former_keys_would_last(daemon, tmp_path, simulated):
    program(tmp_path, printed(700, key="AKIAIOSFODNN7EXAMPLE"))
    often = "{refresh: 3s}"
    targets = f"targets: {{root: {often}, ous: {often}, accounts: {often}, management_account: {often}}}"
    running = daemon(f"organizations: [{{{endpoints(simulated)}, {targets}}}]")
    running.until(running.up, SOON)
    program(tmp_path, f"sleep {EVER}\ntrue")
    # New ones are asked for once a minute, since those at hand end soon.
    running.until(lambda: "organization.down" in running.log(), 60.0 + SOON)
    assert not running.up()
    program(tmp_path, printed(3600, key="AKIAIOSFODNN7EXAMPLE"))
    running.until(running.up, SOON)
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(20) == 0
    assert not alive(EVER)


def test_nobody_is_asked_for_a_code_by_a_daemon_at_a_terminal(daemon, tmp_path):
    base = "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n"
    role = "role_arn = arn:aws:iam::111122223333:role/r\nsource_profile = base\n"
    (tmp_path / "config").write_text(
        f"{base}[default]\n{role}mfa_serial = arn:aws:iam::111122223333:mfa/me\n"
    )
    running = daemon("{}")
    running.until(lambda: "organization.down" in running.log(), SOON)
    assert "mfa_serial" in running.log()
    assert all(line.startswith("{") for line in running.log().splitlines())


def test_a_listener_waits_for_the_credentials_of_a_table_no_longer_than_a_look(daemon, tmp_path):
    program(tmp_path, f"sleep {EVER}\ntrue")
    several = ", ".join(f"{{name: o{number}}}" for number in range(5))
    running = daemon(f"organizations: [{several}]", state="dynamodb://reports?endpoint=http://127.0.0.1:9")
    running.until(lambda: running.up() is not None, SOON)
    running.until(lambda: "state.unavailable" in running.log() or "keys.sh" in running.log(), SOON)


def test_an_endpoint_that_never_answers_is_told_within_half_a_minute(daemon, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "s"}
        running = daemon(f"organizations: [{{{endpoints(url)}}}]", **keys)
        running.until(lambda: "organization.down" in running.log(), SOON)
